//! A CSV file in pieces that can be read side by side.
//!
//! In: a path. Out: the heading record, and the pieces after it. A file without a quote is cut at line ends and is never
//! wholly in memory; a file with quotes is one piece. Next: `record` reads the records of a piece, `table` asks for them.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use memchr::{memchr, memchr_iter};
use rayon::prelude::*;

use super::record::{Record, each_record, line_at, open_quote};
use crate::finding::Code;

/// Bytes of a piece: a few hundred pieces in a large file, whatever the number of threads.
const PIECE: u64 = 1 << 20;
/// Bytes in which the heading is first looked for.
const HEAD: u64 = 1 << 14;
/// What some programs put before UTF-8.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// A file that has been looked through once.
pub struct Source {
    /// Path as the user would type it.
    pub file: Arc<str>,
    path: PathBuf,
    length: u64,
    /// Where a line begins, and how many line ends are before it: at most one place in each piece.
    cuts: Vec<(u64, u64)>,
    /// Line ends in the file.
    lines: u64,
    /// All of it, if there is a quote in it.
    quoted: Option<Vec<u8>>,
}

/// A part of a file that can be read by itself.
#[derive(Clone, Copy)]
pub struct Piece<'s> {
    source: &'s Source,
    from: u64,
    to: u64,
    first_row: u64,
    lines: u64,
}

/// The heading record, and where the rows after it begin.
pub struct Heading {
    /// Its spreadsheet row.
    pub row: u64,
    /// Its cells, as written.
    pub fields: Vec<String>,
    /// What is wrong with it.
    pub flaw: Option<(Code, Option<usize>)>,
    body: u64,
}

/// What the first look at a part of the file saw.
struct Look {
    quote: bool,
    lines: u64,
    cut: Option<u64>,
}

impl Source {
    /// Looks a file through for quotes and line ends.
    pub fn read(path: &Path) -> io::Result<Source> {
        let length = File::open(path)?.metadata()?.len();
        let starts: Vec<u64> = (0..length.div_ceil(PIECE)).map(|number| number * PIECE).collect();
        let look = |buffer: &mut Vec<u8>, start: u64| {
            fill(path, start, (start + PIECE).min(length), buffer)?;
            let cut = memchr(b'\n', buffer).map(|at| start + at as u64 + 1);
            io::Result::Ok(Look { quote: memchr(b'"', buffer).is_some(), lines: memchr_iter(b'\n', buffer).count() as u64, cut })
        };
        let looks = starts.into_par_iter().map_init(Vec::new, look).collect::<io::Result<Vec<Look>>>()?;
        let quoted = match looks.iter().any(|look| look.quote) {
            true => Some(std::fs::read(path)?),
            false => None,
        };
        let (mut cuts, mut lines) = (Vec::with_capacity(looks.len()), 0);
        for look in looks {
            cuts.extend(look.cut.map(|cut| (cut, lines + 1)));
            lines += look.lines;
        }
        let length = quoted.as_ref().map_or(length, |bytes| bytes.len() as u64);
        Ok(Source { file: path.display().to_string().into(), path: path.to_owned(), length, cuts, lines, quoted })
    }

    /// The bytes from a place to another; in the buffer, unless they are in memory already.
    fn bytes<'b>(&'b self, from: u64, to: u64, buffer: &'b mut Vec<u8>) -> io::Result<&'b [u8]> {
        if let Some(all) = &self.quoted {
            return Ok(&all[from as usize..to as usize]);
        }
        fill(&self.path, from, to, buffer)?;
        Ok(buffer)
    }

    /// The first record that is not blank; `None` in an empty file.
    pub fn heading(&self) -> io::Result<Option<Heading>> {
        let mut buffer = Vec::new();
        let mut size = if self.quoted.is_some() { self.length } else { HEAD };
        loop {
            let head = self.bytes(0, size.min(self.length), &mut buffer)?;
            let heading = self.heading_in(head);
            if size >= self.length || heading.as_ref().is_some_and(|heading| heading.body < size) {
                return Ok(heading);
            }
            size *= 2;
        }
    }

    fn heading_in(&self, head: &[u8]) -> Option<Heading> {
        let (mut row, mut start) = (1, if head.starts_with(MARK) { MARK.len() } else { 0 });
        while let Some(line) = line_at(head, start) {
            if !line.trim_ascii().is_empty() {
                break;
            }
            (row, start) = (row + 1, start + line.len());
        }
        let rest = head.get(start..).filter(|rest| !rest.is_empty())?;
        let mut length = line_at(rest, 0)?.len();
        while self.quoted.is_some() && open_quote(&rest[..length]).is_some() && length < rest.len() {
            length += line_at(rest, length)?.len();
        }
        let mut heading = None;
        let _ = each_record(&rest[..length], row, self.quoted.is_some(), |record| {
            let fields = record.fields.iter().map(|&field| field.to_owned()).collect();
            heading = Some(Heading { row, fields, flaw: record.flaw, body: (start + length) as u64 });
            ControlFlow::Break(())
        });
        heading
    }

    /// The rows after the heading, in pieces.
    /// At least one, if only an empty one.
    pub fn pieces(&self, heading: &Heading) -> Vec<Piece<'_>> {
        let last = Piece { source: self, from: heading.body, to: self.length, first_row: heading.row + 1, lines: self.lines };
        let mut pieces = vec![last];
        for &(from, lines) in self.cuts.iter().filter(|cut| self.quoted.is_none() && cut.0 > heading.body && cut.0 < self.length) {
            let before = pieces.last_mut().expect("there is one from the beginning");
            before.to = from;
            before.lines = lines + 1 - before.first_row;
            pieces.push(Piece { from, first_row: lines + 1, lines: self.lines - lines, ..last });
        }
        pieces
    }
}

/// Fills the buffer with the bytes of a file from a place to another.
/// Every call opens the file anew, so that threads need not share a place in it.
fn fill(path: &Path, from: u64, to: u64, buffer: &mut Vec<u8>) -> io::Result<()> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(from))?;
    buffer.resize((to - from) as usize, 0);
    file.read_exact(buffer)
}

impl Piece<'_> {
    /// Bytes in it.
    pub fn len(&self) -> usize {
        (self.to - self.from) as usize
    }

    /// It has no more records than that.
    pub fn most_records(&self) -> usize {
        self.lines as usize + 1
    }

    /// Calls `f` for each record that is not a blank line, until it breaks. The buffer is for the bytes.
    pub fn for_each(&self, buffer: &mut Vec<u8>, f: impl FnMut(Record<'_>) -> ControlFlow<()>) -> io::Result<ControlFlow<()>> {
        let bytes = self.source.bytes(self.from, self.to, buffer)?;
        Ok(each_record(bytes, self.first_row, self.source.quoted.is_some(), f))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records(bytes: &[u8]) -> Vec<(u64, Vec<String>, Option<(Code, Option<usize>)>)> {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("t.csv");
        std::fs::write(&path, bytes).expect("a file");
        let source = Source::read(&path).expect("readable");
        let heading = source.heading().expect("readable").expect("a heading");
        let mut all = Vec::new();
        for piece in source.pieces(&heading) {
            let _ = piece.for_each(&mut Vec::new(), |record| {
                all.push((record.row, record.fields.iter().map(|&field| field.to_owned()).collect(), record.flaw));
                ControlFlow::Continue(())
            });
        }
        all
    }

    fn row(row: u64, fields: &[&str]) -> (u64, Vec<String>, Option<(Code, Option<usize>)>) {
        (row, fields.iter().map(|&field| field.to_owned()).collect(), None)
    }

    #[test]
    fn rows_are_counted_as_a_spreadsheet_does() {
        assert_eq!(records(b"a,b\r\n1,2\r\n\r\n3,4\r\n\r\n"), [row(2, &["1", "2"]), row(4, &["3", "4"])]);
        assert_eq!(records(b"a,b\n\"1\n1\",2\n\n\"3 \"\"x\"\"\",4"), [row(2, &["1\n1", "2"]), row(4, &["3 \"x\"", "4"])]);
        assert_eq!(records(b"\"a\n a\",b\n1,2\n"), [row(2, &["1", "2"])]);
        assert_eq!(records(b"a\n1"), [row(2, &["1"])]);
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
        let mut text = String::from("a,b\n");
        for number in 0..300_000 {
            text.push_str(&format!("{number},x\n"));
        }
        let all = records(text.as_bytes());
        assert_eq!(all.len(), 300_000);
        assert!(all.iter().enumerate().all(|(at, record)| record.0 == at as u64 + 2 && record.1[0] == at.to_string()));
    }
}
