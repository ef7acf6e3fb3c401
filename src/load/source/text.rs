//! A text file in pieces that can be read side by side.
//!
//! In: a path, and what the user says of it. Out: encoding and delimiter, the first records, and the pieces after them. A file is
//! cut at ends of records and is never wholly in memory. Next: `record` reads the records of a piece.

use std::io;
use std::ops::ControlFlow;
use std::path::Path;

use encoding_rs::{Encoding, UTF_8};
use memchr::{memchr, memchr_iter, memchr2};
use rayon::prelude::*;

use crate::load::source::container::{self, Kind};
use crate::load::source::encoding::{self, Choice, Known};
use crate::load::source::record::{Form, Record, each_record, line_at, open_quote};
use crate::load::source::store::{self, Store};
use crate::load::source::{MOST_COLUMNS, Refusal, Row};

/// Bytes of a piece: a few hundred pieces in a large file, whatever the number of threads.
const PIECE: u64 = 1 << 20;
/// Bytes in which the first records are first looked for.
const HEAD: u64 = 1 << 14;
/// Bytes by which encoding and delimiter are decided.
const SAMPLE: u64 = 1 << 16;
/// Most bytes of a record, about: a worksheet row of the longest cells would be longer, a table row is a thousandth of it.
const LONGEST: u64 = 4 << 20;
/// Lines by which the delimiter is decided.
const LINES: usize = 20;
/// What may stand between cells, the usual one first.
const DELIMITERS: [u8; 4] = [b',', b'\t', b';', b'|'];

/// What the user says of a text file.
#[derive(Debug, Clone, Copy, Default)]
pub struct Told {
    /// Its encoding.
    pub encoding: Option<&'static Encoding>,
    /// What stands between its cells.
    pub delimiter: Option<u8>,
}

/// A file that has been looked through once.
#[derive(Debug)]
pub struct Text {
    store: Store,
    /// Where the first record may begin, and its row.
    start: (u64, u64),
    length: u64,
    /// Where a record begins, and how many rows are before it: at most one place in each piece.
    cuts: Vec<(u64, u64)>,
    /// Line ends in the file.
    lines: u64,
    form: Form,
    /// The encoding of the file itself, and by what it was known.
    pub encoding: Choice,
}

/// What the first look at a part of the file saw.
struct Look {
    quote: bool,
    is_ascii: bool,
    lines: u64,
    cut: Option<u64>,
}

/// A part of a text that can be read by itself.
#[derive(Debug, Clone, Copy)]
pub struct Piece<'s> {
    text: &'s Text,
    from: u64,
    to: u64,
    first_row: u64,
    lines: u64,
}

impl Text {
    /// Looks a file through.
    ///
    /// # Errors
    ///
    /// When the system does not give it, when it unpacks to far too much, or when a record is far too long.
    pub fn open(path: &Path, told: Told) -> Result<Text, Refusal> {
        let store = match container::kind(path)? {
            Kind::Gzip => {
                let store = Store::unpacked(path)?;
                container::must_be_text(store.bytes(0, store.len()?.min(SAMPLE), &mut Vec::new())?)?;
                store
            }
            _ => Store::File(path.to_owned()),
        };
        let is_tabbed = path.with_extension("").extension().into_iter().chain(path.extension()).any(|end| end.eq_ignore_ascii_case("tsv"));
        Text::look(store, told, is_tabbed)
    }

    fn look(mut store: Store, told: Told, is_tabbed: bool) -> Result<Text, Refusal> {
        let mut buffer = Vec::new();
        let mut length = store.len()?;
        let sample = store.bytes(0, length.min(SAMPLE), &mut buffer)?;
        let mark = encoding::mark(sample);
        let by_user = told.encoding.map(|encoding| Choice { encoding, known: Known::Told });
        let is_plain = sample.is_ascii() && !sample.contains(&0);
        if let Some(seems) = told.encoding.filter(|_| !is_plain).and_then(|told| encoding::misfit(told, sample)) {
            return Err(Refusal::misfit(told.encoding, seems));
        }
        let mut choice = by_user.or(mark.map(|(choice, _)| choice)).or_else(|| encoding::decide(sample));
        let mut start = mark.map_or(0, |(_, length)| length as u64);
        let is_wide = choice.is_some_and(|choice| !choice.encoding.is_ascii_compatible());
        if let Some(choice) = choice.filter(|_| is_wide) {
            store = store.decoded(start, choice.encoding)?;
            (start, length) = (0, store.len()?);
        }
        let ask_ascii = choice.is_none() || is_plain && !is_wide;
        let mut looks = looks(&store, length, ask_ascii)?;
        if looks.iter().all(|look| look.lines == 0) && length <= store::SMALL && has_old_line_ends(&store, length)? {
            let old = store.bytes(0, length, &mut buffer)?;
            store = Store::Memory(old.iter().map(|byte| if *byte == b'\r' { b'\n' } else { *byte }).collect());
            looks = self::looks(&store, length, ask_ascii)?;
        }
        if let Some(at) = looks.iter().position(|look| !look.is_ascii).filter(|_| ask_ascii) {
            let from = at as u64 * PIECE;
            let sample = store.bytes(from, (from + PIECE).min(length), &mut buffer)?;
            if let Some(seems) = told.encoding.and_then(|told| encoding::misfit(told, sample)) {
                return Err(Refusal::misfit(told.encoding, seems));
            }
            choice = choice.or_else(|| encoding::decide(sample));
        }
        let choice = choice.unwrap_or(Choice { encoding: UTF_8, known: Known::Ascii });
        let (own, encoding) = (choice.encoding, if is_wide { UTF_8 } else { choice.encoding });
        let mut form = Form { encoding, own, is_decoded: is_wide, delimiter: b',', quoted: false };
        let (hinted, skipped) = hint(&store, start, length)?;
        form.delimiter = match told.delimiter.or(hinted) {
            Some(delimiter) => delimiter,
            None => delimiter(&store, start, length, form.encoding, is_tabbed)?,
        };
        // A byte that can be the second one of a character cannot be looked for before decoding.
        if form.encoding != UTF_8 && form.delimiter >= b'@' {
            store = store.decoded(start, form.encoding)?;
            (start, length, form.encoding, form.is_decoded) = (0, store.len()?, UTF_8, true);
            looks = self::looks(&store, length, false)?;
        }
        let first = (start + skipped, 1 + u64::from(skipped > 0));
        form.quoted = looks.iter().any(|look| look.quote);
        let mut text = Text { store, start: first, length, cuts: Vec::with_capacity(looks.len()), lines: 0, form, encoding: choice };
        for look in looks {
            text.cuts.extend(look.cut.map(|cut| (cut, text.lines + 1)));
            text.lines += look.lines;
        }
        if form.quoted {
            (text.cuts, text.lines) = quoted_cuts(&text.store, start, length, form.delimiter)?;
        }
        text.refuse_long_records()?;
        Ok(text)
    }

    /// Bytes of it.
    pub fn len(&self) -> u64 {
        self.length
    }

    /// What stands between cells.
    pub fn delimiter(&self) -> u8 {
        self.form.delimiter
    }

    fn refuse_long_records(&self) -> Result<(), Refusal> {
        let mut before = (self.start.0, 0);
        for &cut in self.cuts.iter().chain([&(self.length, self.lines)]) {
            if cut.0.saturating_sub(before.0) > LONGEST {
                // Line ends inside a quote that is never closed end no row.
                let row = if self.form.quoted { before.1 + 1 } else { self.last_row_before_nothing(before)? };
                return Err(Refusal::LongRecord { row });
            }
            before = cut;
        }
        Ok(())
    }

    /// From a place and the rows before it, the row after which no line ends for a long time.
    fn last_row_before_nothing(&self, (mut at, mut rows): (u64, u64)) -> io::Result<u64> {
        let mut buffer = Vec::new();
        while at < self.length {
            let to = (at + PIECE).min(self.length);
            match memchr_iter(b'\n', self.store.bytes(at, to, &mut buffer)?).count() {
                0 => break,
                ends => (at, rows) = (to, rows + ends as u64),
            }
        }
        Ok(rows + 1)
    }

    /// The first records that are not blank, up to so many; what is too wide to be a table ends them.
    ///
    /// # Errors
    ///
    /// When the system does not give the bytes.
    pub fn head(&self, wanted: usize) -> Result<Vec<Row>, Refusal> {
        let mut buffer = Vec::new();
        let (start, mut size) = (self.start.0, HEAD);
        loop {
            let end = (start + size).min(self.length);
            let bytes = self.store.bytes(start, end, &mut buffer)?;
            let rows = self.head_in(bytes, wanted, end == self.length)?;
            if rows.len() >= wanted || end == self.length || size > LONGEST {
                return Ok(rows);
            }
            size *= 4;
        }
    }

    fn head_in(&self, bytes: &[u8], wanted: usize, is_all: bool) -> Result<Vec<Row>, Refusal> {
        let (mut rows, mut row, mut at) = (Vec::new(), self.start.1, 0);
        while let Some(line) = line_at(bytes, at).filter(|_| rows.len() < wanted) {
            let mut length = line.len();
            if !line.trim_ascii().is_empty() {
                while self.form.quoted && open_quote(&bytes[at..at + length], self.form.delimiter).is_some() && at + length < bytes.len() {
                    length += line_at(bytes, at + length).map_or(0, <[u8]>::len);
                }
            }
            let record = &bytes[at..at + length];
            // The last record of a part of the file may be cut off.
            if !is_all && at + length == bytes.len() {
                break;
            }
            if memchr_iter(self.form.delimiter, record).count() >= MOST_COLUMNS {
                return Err(Refusal::ManyColumns { row });
            }
            let end = self.start.0 + (at + length) as u64;
            let _ = each_record(record, row, self.form, |record| {
                let fields = record.fields.iter().map(|&field| field.to_owned()).collect();
                rows.push(Row { row, fields, flaw: record.flaw, end });
                ControlFlow::Break(())
            });
            (row, at) = (row + 1, at + length);
        }
        Ok(rows)
    }

    /// The records from a place on, in pieces, and the row of the first. At least one, if only an empty one.
    pub fn pieces(&self, from: u64, first_row: u64) -> Vec<Piece<'_>> {
        let last = Piece { text: self, from, to: self.length, first_row, lines: self.lines };
        let mut pieces = vec![last];
        for &(from, lines) in self.cuts.iter().filter(|cut| cut.0 > from && cut.0 < self.length) {
            let before = pieces.last_mut().expect("there is one from the beginning");
            before.to = from;
            before.lines = (lines + 1).saturating_sub(before.first_row);
            pieces.push(Piece { from, first_row: lines + 1, lines: self.lines - lines, ..last });
        }
        pieces
    }
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
        let bytes = self.text.store.bytes(self.from, self.to, buffer)?;
        Ok(each_record(bytes, self.first_row, self.text.form, f))
    }
}

/// The first look at all parts. Whether they are ASCII is asked only where that is still needed.
fn looks(store: &Store, length: u64, ask_ascii: bool) -> io::Result<Vec<Look>> {
    let starts: Vec<u64> = (0..length.div_ceil(PIECE)).map(|number| number * PIECE).collect();
    let look = |buffer: &mut Vec<u8>, start: u64| {
        let bytes = store.bytes(start, (start + PIECE).min(length), buffer)?;
        let cut = memchr(b'\n', bytes).map(|at| start + at as u64 + 1);
        let is_ascii = !ask_ascii || bytes.is_ascii();
        io::Result::Ok(Look { quote: memchr(b'"', bytes).is_some(), is_ascii, lines: memchr_iter(b'\n', bytes).count() as u64, cut })
    };
    starts.into_par_iter().map_init(Vec::new, look).collect()
}

/// Lines that end as they did on machines of the last century.
fn has_old_line_ends(store: &Store, length: u64) -> io::Result<bool> {
    let mut buffer = Vec::new();
    let bytes = store.bytes(0, length, &mut buffer)?;
    Ok(memchr(b'\r', bytes).is_some_and(|at| at + 1 < bytes.len()))
}

/// Where records begin in a text with quotes, one place in each piece, and how many rows there are: line ends inside quotes are none.
fn quoted_cuts(store: &Store, start: u64, length: u64, delimiter: u8) -> io::Result<(Vec<(u64, u64)>, u64)> {
    let (mut cuts, mut rows, mut next) = (Vec::new(), 0, start + PIECE);
    let (mut inside, mut closed, mut before) = (false, false, b'\n');
    let (mut buffer, mut at) = (Vec::new(), start);
    while at < length {
        let bytes = store.bytes(at, (at + PIECE).min(length), &mut buffer)?;
        let mut place = 0;
        while place < bytes.len() {
            // A quote right after the one that closed is a quote inside the cell.
            if std::mem::take(&mut closed) && bytes[place] == b'"' {
                inside = true;
                place += 1;
                continue;
            }
            let found = if inside { memchr(b'"', &bytes[place..]) } else { memchr2(b'"', b'\n', &bytes[place..]) };
            let Some(found) = found.map(|found| place + found) else { break };
            let previous = if found == 0 { before } else { bytes[found - 1] };
            place = found + 1;
            match (bytes[found], inside) {
                (b'"', true) => (inside, closed) = (false, true),
                (b'"', false) => inside = previous == delimiter || previous == b'\n',
                _ => {
                    rows += 1;
                    let begin = at + place as u64;
                    if begin >= next {
                        cuts.push((begin, rows));
                        next = begin + PIECE;
                    }
                }
            }
        }
        before = bytes.last().copied().unwrap_or(before);
        at += bytes.len() as u64;
    }
    Ok((cuts, rows))
}

/// What a first line `sep=;` says, and its length.
fn hint(store: &Store, start: u64, length: u64) -> io::Result<(Option<u8>, u64)> {
    let mut buffer = Vec::new();
    let bytes = store.bytes(start, (start + 16).min(length), &mut buffer)?;
    let line = line_at(bytes, 0).unwrap_or(b"");
    match line.trim_ascii_end() {
        [b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', delimiter]
            if line.ends_with(b"\n") && (delimiter.is_ascii_punctuation() && *delimiter != b'"') =>
        {
            Ok((Some(*delimiter), line.len() as u64))
        }
        [b's' | b'S', b'e' | b'E', b'p' | b'P', b'='] if line.starts_with(b"sep=\t") || line.starts_with(b"SEP=\t") => {
            Ok((Some(b'\t'), line.len() as u64))
        }
        _ => Ok((None, 0)),
    }
}

/// What stands between the cells of the first lines: what is in most of them, and a comma where that does not tell.
fn delimiter(store: &Store, start: u64, length: u64, encoding: &'static Encoding, is_tabbed: bool) -> io::Result<u8> {
    let mut buffer = Vec::new();
    let bytes = store.bytes(start, (start + SAMPLE).min(length), &mut buffer)?;
    let (text, _) = encoding.decode_without_bom_handling(bytes);
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).take(LINES).collect();
    let with = |delimiter: u8| lines.iter().filter(|line| has_outside_quotes(line, delimiter)).count();
    let usual = if is_tabbed { b'\t' } else { b',' };
    let mut best = (with(usual), usual);
    for delimiter in DELIMITERS {
        let count = with(delimiter);
        if count > best.0 {
            best = (count, delimiter);
        }
    }
    Ok(best.1)
}

fn has_outside_quotes(line: &str, delimiter: u8) -> bool {
    let mut inside = false;
    line.bytes().any(|byte| {
        inside ^= byte == b'"';
        byte == delimiter && !inside
    })
}
