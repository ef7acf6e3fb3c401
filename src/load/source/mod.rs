//! Where the rows of a table come from: a text file or a sheet of a workbook, read by one reader.
//!
//! In: a path, or a sheet that has been read. Out: the first records, by which headings are found, and the pieces after them.
//! Next: `shape` finds the headings, `table` asks for the pieces.

pub mod biff;
pub mod compound;
pub mod container;
pub mod damage;
pub mod encoding;
pub mod epochs;
pub mod foreign;
pub mod grid;
pub mod hidden;
pub mod ods;
pub mod parquet;
pub mod percents;
pub mod record;
pub mod shown;
pub mod store;
pub mod survey;
pub mod text;
pub mod tokens;
pub mod twins;
pub mod workbook;
pub mod xml;

use std::io;
use std::ops::ControlFlow;
use std::sync::Arc;

use encoding_rs::Encoding;

use crate::finding::system::unreadable;
use crate::finding::{Code, Finding, Place};
use crate::load::source::foreign::Fault;
use crate::load::source::grid::Grid;
use crate::load::source::record::Record;
use crate::load::source::text::Text;

/// Most columns of a table, as of every spreadsheet program.
pub const MOST_COLUMNS: usize = 1 << 14;

/// Rows of a table, wherever they are.
#[derive(Debug)]
pub struct Source {
    /// Path as the user would type it, with `!sheet` for a sheet.
    pub file: Arc<str>,
    /// The rows.
    pub body: Body,
}

/// The rows of a source.
#[derive(Debug)]
pub enum Body {
    /// A text file.
    Text(Text),
    /// A sheet of a workbook.
    Grid(Grid),
}

/// One of the first records.
#[derive(Debug, Clone)]
pub struct Row {
    /// Its spreadsheet row.
    pub row: u64,
    /// Its cells, as written.
    pub fields: Vec<String>,
    /// What is wrong with it.
    pub flaw: Option<Fault>,
    /// Where the next record begins.
    pub end: u64,
}

#[cfg(test)]
impl Row {
    /// Records of these cells, from row 1 on.
    pub fn of_cells(rows: &[&[&str]]) -> Vec<Row> {
        let row = |(at, fields): (usize, &&[&str])| {
            let fields = fields.iter().map(|&field| field.to_owned()).collect();
            Row { row: at as u64 + 1, fields, flaw: None, end: at as u64 + 1 }
        };
        rows.iter().enumerate().map(row).collect()
    }
}

/// A part of a source that can be read by itself.
#[derive(Debug, Clone, Copy)]
pub enum Piece<'s> {
    /// Of a text file.
    Text(text::Piece<'s>),
    /// Of a sheet.
    Grid(grid::Piece<'s>),
}

/// Why a file is not read.
#[derive(Debug)]
pub enum Refusal {
    /// The system says so.
    Io(io::Error),
    /// A row in which cells do not come in their order.
    DamagedRow {
        /// The row.
        row: u64,
    },
    /// A reason for which there are words: a key of the locale.
    Because(&'static str),
    /// It is something else than a table: a key of the locale says what.
    NoTable(&'static str),
    /// It is not in the encoding that the user says.
    Misfit {
        /// What the user says.
        told: &'static str,
        /// What it seems to be.
        seems: &'static str,
    },
    /// It unpacks to far more than a table.
    Bomb,
    /// More different texts than a table has.
    ManyTexts,
    /// A cell of millions of bytes.
    LongText,
    /// A few cells that stand too far from each other.
    Sparse,
    /// A record of millions of bytes.
    LongRecord {
        /// A row at or before it.
        row: u64,
    },
    /// More columns than a spreadsheet has.
    ManyColumns {
        /// The row.
        row: u64,
    },
    /// A column that cannot be read: a key of the locale says why.
    Column {
        /// Its number, from zero.
        column: u32,
        /// Its heading.
        heading: Arc<str>,
        /// The key.
        why: &'static str,
    },
    /// More cells than can be held.
    ManyCells {
        /// The row that is too much.
        row: u64,
    },
}

impl From<io::Error> for Refusal {
    fn from(error: io::Error) -> Self {
        Refusal::Io(error)
    }
}

impl From<store::Refusal> for Refusal {
    fn from(refusal: store::Refusal) -> Self {
        match refusal {
            store::Refusal::Io(error) => damage::unpacking(error),
            store::Refusal::Bomb => Refusal::Bomb,
        }
    }
}

impl Refusal {
    /// The finding for a file that is not read.
    pub fn finding(&self, file: &Arc<str>) -> Finding {
        let (whole, at) = (|| Place::File { file: file.clone() }, |row: &u64| Place::Row { file: file.clone(), row: *row });
        let large = |place, what: &str| Finding::error(Code::TooLarge, place).with("reason", what);
        match self {
            Refusal::Io(error) => unreadable(error, whole()),
            Refusal::DamagedRow { row } => {
                let finding = Finding::error(Code::UnreadableFile, at(row)).with("reason", "reason.damaged");
                finding.with("remedy", "remedy.damaged")
            }
            Refusal::Because(key) => {
                let finding = Finding::error(Code::UnreadableFile, whole()).with("reason", key);
                match *key {
                    "reason.password" => finding.with("remedy", "remedy.password"),
                    key if damage::ALL.contains(&key) => finding.with("remedy", "remedy.damaged"),
                    _ => finding,
                }
            }
            Refusal::NoTable(key) => Finding::error(Code::NotATable, whole()).with("what", key),
            Refusal::Misfit { told, seems } => Finding::error(Code::EncodingMisfit, whole()).with("told", told).with("seems", seems),
            Refusal::Column { column, heading, why } => {
                let place = Place::Cell { file: file.clone(), row: 1, column: *column, heading: heading.clone() };
                Finding::error(Code::UnreadableFile, place).text(&**heading).with("reason", why)
            }
            Refusal::Bomb => large(whole(), "limit.bomb"),
            Refusal::ManyTexts => large(whole(), "limit.texts"),
            Refusal::LongText => large(whole(), "limit.text"),
            Refusal::Sparse => large(whole(), "limit.sparse"),
            Refusal::LongRecord { row } => large(at(row), "limit.record"),
            Refusal::ManyColumns { row } => large(at(row), "limit.columns"),
            Refusal::ManyCells { row } => large(at(row), "limit.cells"),
        }
    }

    /// It is not in the encoding that the user says.
    pub fn misfit(told: Option<&'static Encoding>, seems: &'static Encoding) -> Refusal {
        Refusal::Misfit { told: told.map_or("", encoding::name), seems: encoding::name(seems) }
    }

    /// Is it that there is no such file?
    pub fn is_absence(&self) -> bool {
        matches!(self, Refusal::Io(error) if error.kind() == io::ErrorKind::NotFound)
    }
}

impl Source {
    /// The first records that are not blank, up to so many.
    ///
    /// # Errors
    ///
    /// When the system does not give them, or one is too wide to be of a table.
    pub fn head(&self, wanted: usize) -> Result<Vec<Row>, Refusal> {
        match &self.body {
            Body::Text(text) => text.head(wanted),
            Body::Grid(grid) => Ok(grid.head(wanted)),
        }
    }

    /// Bytes of it, about.
    pub fn size(&self) -> u64 {
        match &self.body {
            Body::Text(text) => text.len(),
            Body::Grid(grid) => grid.len(),
        }
    }

    /// The records after one, in pieces, for a table of so many columns. At least one piece, if only an empty one.
    pub fn pieces(&self, after: &Row, columns: usize) -> Vec<Piece<'_>> {
        match &self.body {
            Body::Text(text) => text.pieces(after.end, after.row + 1).into_iter().map(Piece::Text).collect(),
            Body::Grid(grid) => grid.pieces(after.end as u32, columns).into_iter().map(Piece::Grid).collect(),
        }
    }
}

impl Piece<'_> {
    /// Bytes in it.
    pub fn len(&self) -> usize {
        match self {
            Piece::Text(piece) => piece.len(),
            Piece::Grid(piece) => piece.len(),
        }
    }

    /// It has no more records than that.
    pub fn most_records(&self) -> usize {
        match self {
            Piece::Text(piece) => piece.most_records(),
            Piece::Grid(piece) => piece.most_records(),
        }
    }

    /// Calls `f` for each record that is not blank, until it breaks. The buffer is for the bytes.
    pub fn for_each(&self, buffer: &mut Vec<u8>, f: impl FnMut(Record<'_>) -> ControlFlow<()>) -> io::Result<ControlFlow<()>> {
        match self {
            Piece::Text(piece) => piece.for_each(buffer, f),
            Piece::Grid(piece) => Ok(piece.for_each(f)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::load::source::text::Told;

    type Read = (u64, Vec<String>, Option<(Code, Option<usize>)>);

    fn open(path: &Path) -> Result<Source, Refusal> {
        Ok(Source { file: "t.csv".into(), body: Body::Text(Text::open(path, Told::default())?) })
    }

    fn told(fault: Option<Fault>) -> Option<(Code, Option<usize>)> {
        fault.map(|fault| (fault.code, fault.column))
    }

    fn records(bytes: &[u8]) -> Vec<Read> {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("t.csv");
        std::fs::write(&path, bytes).expect("a file");
        let source = open(&path).expect("readable");
        let heading = source.head(1).expect("readable").remove(0);
        let mut all = Vec::new();
        for piece in source.pieces(&heading, heading.fields.len()) {
            let _ = piece.for_each(&mut Vec::new(), |record| {
                all.push((record.row, record.fields.iter().map(|&field| field.to_owned()).collect(), told(record.flaw)));
                ControlFlow::Continue(())
            });
        }
        all
    }

    fn row(row: u64, fields: &[&str]) -> Read {
        (row, fields.iter().map(|&field| field.to_owned()).collect(), None)
    }

    #[test]
    fn rows_are_counted_as_a_spreadsheet_does() {
        assert_eq!(records(b"a,b\r\n1,2\r\n\r\n3,4\r\n\r\n"), [row(2, &["1", "2"]), row(4, &["3", "4"])]);
        assert_eq!(records(b"a,b\n\"1\n1\",2\n\n\"3 \"\"x\"\"\",4"), [row(2, &["1\n1", "2"]), row(4, &["3 \"x\"", "4"])]);
        assert_eq!(records(b"\"a\n a\",b\n1,2\n"), [row(2, &["1", "2"])]);
        assert_eq!(records(b"a\n1"), [row(2, &["1"])]);
        assert_eq!(records(b"a;b\r1;2\r"), [row(2, &["1", "2"])]);
    }

    #[test]
    fn what_stands_between_cells_is_found_or_said_by_the_file() {
        for text in ["a\tb\n1\t2\n", "a;b\n1;2\n", "a|b\n1|2\n", "\"a,b\"|c\n1|2\n"] {
            assert_eq!(records(text.as_bytes()), [row(2, &["1", "2"])], "{text}");
        }
        assert_eq!(records(b"sep=;\na;b,c\n1;2,3\n"), [row(3, &["1", "2,3"])]);
        // What is no delimiter is a heading of its own.
        for line in [&b"sep=\xbb\n"[..], b"sep=\"\n", b"sep=x\n"] {
            assert_eq!(records(&[line, "企业,b\n".as_bytes()].concat()).len(), 1, "{line:?}");
        }
    }

    #[test]
    fn decoding_comes_before_splitting() {
        // 亅 is 81 7C in GBK: its second byte is a bar. 年 is C4 EA.
        assert_eq!(records(b"\xc4\xea|b\n\x81\x7c|\xc4\xea\n"), [row(2, &["亅", "年"])]);
        assert_eq!(records(b"\xc4\xea,b\n\x81\x5c\xc4\xea,\"x\"\n"), [row(2, &["乗年", "x"])]);
        assert_eq!(records(b"\xff\xfea\0,\0b\0\n\0t^,\x002\0\n\0"), [row(2, &["年", "2"])]);
    }

    #[test]
    fn an_open_quote_names_the_row_where_it_opens() {
        let all = records(b"a,b\n1,2\n3,\"4\n5,6\n");
        assert_eq!(all.last().map(|record| (record.0, record.2)), Some((3, Some((Code::UnclosedQuote, Some(1))))));
        assert_eq!(records(b"a,b\n1,\"2\"\"\"\n"), [row(2, &["1", "2\""])]);
    }

    #[test]
    fn bytes_that_are_no_text_name_their_row_and_column() {
        let all = records(b"a,b\n1,2\n3,\xff4\n5\0,6\n");
        let flaws: Vec<_> = all.iter().map(|record| (record.0, record.2)).collect();
        assert_eq!(flaws, [(2, None), (3, Some((Code::NotUtf8, Some(1)))), (4, Some((Code::NulByte, Some(0))))]);
    }

    #[test]
    fn a_large_file_reads_the_same_in_pieces() {
        for quote in ["", "\""] {
            let mut text = format!("a,{quote}b{quote}\n");
            for number in 0..300_000 {
                let inner = if quote.is_empty() { "x" } else { "\"x\n\"\"\ny\"" };
                text.push_str(&format!("{number},{inner}\n"));
            }
            let all = records(text.as_bytes());
            assert_eq!(all.len(), 300_000);
            assert!(all.iter().enumerate().all(|(at, record)| record.0 == at as u64 + 2 && record.1[0] == at.to_string()));
        }
    }

    #[test]
    fn what_no_table_is_like_is_refused_before_it_is_read() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("t.csv");
        let refused = |bytes: &[u8]| {
            std::fs::write(&path, bytes).expect("a file");
            open(&path).and_then(|source| source.head(1)).err()
        };
        let long = [b"a,b\n1,".as_slice(), &vec![b'x'; 20 << 20], b"\n"].concat();
        assert!(matches!(refused(&long), Some(Refusal::LongRecord { row: 2 })));
        assert!(matches!(refused(&vec![b','; 1 << 20]), Some(Refusal::ManyColumns { row: 1 })));
    }
}
