//! Bytes as records with their spreadsheet rows: the only place that knows CSV.
//!
//! In: the bytes of a piece and what they are written in. Out: its records one by one; bytes that are no text are reported with
//! their record. They are decoded before they are split. Text without a quote is split at the delimiter, other text is read by the
//! csv crate. Next: `row` reads the cells.

use std::borrow::Cow;
use std::ops::ControlFlow;

use encoding_rs::{Encoding, UTF_8};
use memchr::{memchr, memchr_iter, memmem};

use crate::finding::Code;
use crate::load::source::encoding;
use crate::load::source::foreign::{self, Fault, Flaw};

/// One record.
pub struct Record<'r> {
    /// Spreadsheet row: the first of the file is 1.
    pub row: u64,
    /// Its cells.
    pub fields: &'r [&'r str],
    /// What is wrong with it as a whole.
    pub flaw: Option<Fault>,
}

/// What a text file is written in.
#[derive(Debug, Clone, Copy)]
pub struct Form {
    /// The encoding of its bytes.
    pub encoding: &'static Encoding,
    /// The encoding of the file itself, where its bytes were decoded before.
    pub own: &'static Encoding,
    /// They were decoded before, faults and all.
    pub is_decoded: bool,
    /// What stands between cells.
    pub delimiter: u8,
    /// A quote may be among the bytes.
    pub quoted: bool,
}

/// Calls `f` for each record that is not a blank line, until it breaks.
pub fn each_record(bytes: &[u8], first_row: u64, form: Form, f: impl FnMut(Record<'_>) -> ControlFlow<()>) -> ControlFlow<()> {
    let (text, flaws) = match plain(bytes, form) {
        Some(text) => (text, Vec::new()),
        None => {
            let (text, flaws) = foreign::read(bytes, form);
            (Cow::Owned(text), flaws)
        }
    };
    if form.quoted { each_quoted(&text, first_row, form, &flaws, f) } else { each_line(&text, first_row, form, &flaws, f) }
}

/// The text of bytes that are all in the encoding of their file.
fn plain(bytes: &[u8], form: Form) -> Option<Cow<'_, str>> {
    if memchr(0, bytes).is_some() {
        return None;
    }
    if form.encoding == UTF_8 {
        let text = std::str::from_utf8(bytes).ok()?;
        return (!form.is_decoded || memmem::find(bytes, "\u{fffd}".as_bytes()).is_none()).then_some(Cow::Borrowed(text));
    }
    let text = form.encoding.decode_without_bom_handling_and_without_replacement(bytes)?;
    // A line of UTF-8 would be read as other characters, and nothing would seem wrong.
    bytes.split(|byte| *byte == b'\n').all(|line| !foreign::is_suspect(line, form)).then_some(text)
}

fn each_line(text: &str, first_row: u64, form: Form, flaws: &[Flaw], mut f: impl FnMut(Record<'_>) -> ControlFlow<()>) -> ControlFlow<()> {
    let (mut start, mut row, mut flaws) = (0, first_row, flaws);
    let mut fields = Vec::with_capacity(32);
    while let Some(line) = line_at(text.as_bytes(), start) {
        let (begin, end) = (start, start + line.len());
        let content = text[begin..end].strip_suffix('\n').unwrap_or(&text[begin..end]);
        let content = content.strip_suffix('\r').unwrap_or(content);
        if !content.trim_ascii().is_empty() {
            split(content, form.delimiter, &mut fields);
            let flaw = take_flaw(&mut flaws, end).map(|flaw| {
                let commas = memchr_iter(form.delimiter, &text.as_bytes()[begin..flaw.at]).count();
                flaw.fault(form, commas)
            });
            f(Record { row, fields: &fields, flaw })?;
        }
        (start, row) = (end, row + 1);
    }
    ControlFlow::Continue(())
}

fn each_quoted(
    text: &str,
    first_row: u64,
    form: Form,
    flaws: &[Flaw],
    mut f: impl FnMut(Record<'_>) -> ControlFlow<()>,
) -> ControlFlow<()> {
    let mut reader = csv::ReaderBuilder::new();
    reader.has_headers(false).flexible(true).delimiter(form.delimiter).terminator(csv::Terminator::Any(b'\n'));
    let mut reader = reader.from_reader(text.as_bytes());
    let (mut record, mut flaws, mut inside) = (csv::StringRecord::new(), flaws, 0);
    // The text is valid UTF-8 and the reader is flexible: nothing is left that could fail.
    while reader.read_record(&mut record).unwrap_or(false) {
        let (start, line) = record.position().map_or((0, 1), |at| (at.byte() as usize, at.line()));
        let end = (reader.position().byte() as usize).min(text.len());
        // The position lies before the blank lines that the reader skips.
        let blank = text.as_bytes()[start.min(end)..].iter().take_while(|&&byte| byte == b'\n').count() as u64;
        let row = first_row + line - 1 + blank - inside;
        inside += record.iter().map(|field| memchr_iter(b'\n', field.as_bytes()).count() as u64).sum::<u64>();
        let begin = start.min(end);
        let mut flaw = take_flaw(&mut flaws, end)
            .map(|flaw| flaw.fault(form, last_cell(&text.as_bytes()[begin..flaw.at.max(begin)], form.delimiter).0));
        if end == text.len() {
            let open = open_quote(&text.as_bytes()[begin..end], form.delimiter);
            flaw = open.map(|at| Fault { code: Code::UnclosedQuote, column: Some(at), of: form.name(), reads: None }).or(flaw);
        }
        let fields: Vec<&str> = record.iter().collect();
        if fields.iter().any(|field| !field.trim_ascii().is_empty()) || fields.len() > 1 {
            f(Record { row, fields: &fields, flaw })?;
        }
    }
    ControlFlow::Continue(())
}

impl Form {
    /// The name of the encoding of the file itself.
    fn name(&self) -> &'static str {
        encoding::name(self.own)
    }
}

impl Flaw {
    /// What it is of its record, with the column in which it stands.
    fn fault(&self, form: Form, column: usize) -> Fault {
        Fault { code: self.code, column: self.in_cell.then_some(column), of: form.name(), reads: self.reads.clone() }
    }
}

/// The first flaw before `end`; those after it up to `end` are dropped with it.
fn take_flaw<'f>(flaws: &mut &'f [Flaw], end: usize) -> Option<&'f Flaw> {
    let here = flaws.iter().take_while(|flaw| flaw.at < end).count();
    let (before, after) = flaws.split_at(here);
    *flaws = after;
    before.first()
}

/// The line that begins at `start`, with its line end.
pub fn line_at(bytes: &[u8], start: usize) -> Option<&[u8]> {
    let rest = bytes.get(start..).filter(|rest| !rest.is_empty())?;
    Some(memchr(b'\n', rest).map_or(rest, |at| &rest[..=at]))
}

/// Cuts a line at its delimiters, eight bytes at a time: cells are too short for a search that has to be started for each.
fn split<'t>(line: &'t str, delimiter: u8, fields: &mut Vec<&'t str>) {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    fields.clear();
    let mut start = 0;
    let (words, rest) = line.as_bytes().as_chunks::<8>();
    for (number, word) in words.iter().enumerate() {
        // A byte that was a delimiter becomes zero; only a zero byte has no bit set after this.
        let word = u64::from_le_bytes(*word) ^ (ONES * u64::from(delimiter));
        let mut commas = !(((word & (ONES * 0x7f)) + ONES * 0x7f) | word) & (ONES * 0x80);
        while commas != 0 {
            let at = number * 8 + commas.trailing_zeros() as usize / 8;
            fields.push(&line[start..at]);
            start = at + 1;
            commas &= commas - 1;
        }
    }
    for (at, _) in rest.iter().enumerate().filter(|(_, byte)| **byte == delimiter) {
        let at = words.len() * 8 + at;
        fields.push(&line[start..at]);
        start = at + 1;
    }
    fields.push(&line[start..]);
}

/// The column whose quote is still open at the end of a record.
pub fn open_quote(record: &[u8], delimiter: u8) -> Option<usize> {
    let (column, is_open) = last_cell(record, delimiter);
    is_open.then_some(column)
}

/// The column in which a part of a record ends, and whether that is inside a quote.
fn last_cell(record: &[u8], delimiter: u8) -> (usize, bool) {
    let (mut column, mut inside, mut at_start) = (0, false, true);
    for &byte in record {
        match byte {
            b'"' if inside || at_start => (inside, at_start) = (!inside, inside),
            byte if byte == delimiter && !inside => (column, at_start) = (column + 1, true),
            _ => at_start = false,
        }
    }
    (column, inside)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_in_another_encoding_are_told() {
        // 云汀 in GB 2312, 乙厂 in UTF-8, and 联通, whose two GB 2312 characters look like UTF-8 of two bytes.
        let bytes = b"\xd4\xc6\xcd\xa1,1\n\xe4\xb9\x99\xe5\x8e\x82,2\n\xc1\xaa\xcd\xa8,3\n";
        for quoted in [false, true] {
            let mut flaws = Vec::new();
            let gb = encoding_rs::GB18030;
            let form = Form { encoding: gb, own: gb, is_decoded: false, delimiter: b',', quoted };
            let _ = each_record(bytes, 1, form, |record| {
                flaws.push((record.row, record.flaw.map(|fault| (fault.code, fault.column))));
                ControlFlow::Continue(())
            });
            assert_eq!(flaws, [(1, None), (2, Some((Code::TwoEncodings, None))), (3, None)]);
        }
    }

    #[test]
    fn lines_are_cut_at_commas_and_nowhere_else() {
        for line in [
            "",
            ",",
            "a,b",
            "-,-\u{ac},企业,12345678,,",
            "亩均,效益,1234567,,,,,,,,,,,,,,,x",
            "no comma at all in here",
            "1234567,12345678,",
        ] {
            let mut fields = Vec::new();
            split(line, b',', &mut fields);
            assert_eq!(fields, line.split(',').collect::<Vec<_>>(), "{line}");
        }
    }
}
