//! Bytes as records with their spreadsheet rows: the only place that knows CSV.
//!
//! In: the bytes of a piece and what they are written in. Out: its records one by one; bytes that are no text are reported with
//! their record. They are decoded before they are split. Text without a quote is split at the delimiter, other text is read by the
//! csv crate. Next: `row` reads the cells.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::ControlFlow;

use encoding_rs::{Encoding, UTF_8};
use memchr::{memchr, memchr_iter};

use crate::finding::Code;

/// One record.
pub struct Record<'r> {
    /// Spreadsheet row: the first of the file is 1.
    pub row: u64,
    /// Its cells.
    pub fields: &'r [&'r str],
    /// What is wrong with it as a whole, and in which column if that is known.
    pub flaw: Option<(Code, Option<usize>)>,
}

/// What a text file is written in.
#[derive(Debug, Clone, Copy)]
pub struct Form {
    /// The encoding of its bytes.
    pub encoding: &'static Encoding,
    /// What stands between cells.
    pub delimiter: u8,
    /// A quote may be among the bytes.
    pub quoted: bool,
}

/// Calls `f` for each record that is not a blank line, until it breaks.
pub fn each_record(bytes: &[u8], first_row: u64, form: Form, f: impl FnMut(Record<'_>) -> ControlFlow<()>) -> ControlFlow<()> {
    let (text, flaws) = if form.encoding == UTF_8 {
        match std::str::from_utf8(bytes) {
            Ok(text) if memchr(0, bytes).is_none() => (Cow::Borrowed(text), Vec::new()),
            _ => {
                let (text, flaws) = cleaned(bytes);
                (Cow::Owned(text), flaws)
            }
        }
    } else {
        let (text, is_faulty) = form.encoding.decode_without_bom_handling(bytes);
        let mut flaws = if is_faulty || memchr(0, text.as_bytes()).is_some() { faults(&text) } else { Vec::new() };
        add_others(bytes, &text, &mut flaws);
        (text, flaws)
    };
    if form.quoted {
        each_quoted(&text, first_row, form.delimiter, &flaws, f)
    } else {
        each_line(&text, first_row, form.delimiter, &flaws, f)
    }
}

/// Where a decoded text has what could not be decoded.
fn faults(text: &str) -> Vec<Flaw> {
    let fault = |character: char| match character {
        '\0' => Some(Code::NulByte),
        '\u{fffd}' => Some(Code::NotUtf8),
        _ => None,
    };
    text.char_indices().filter_map(|(at, character)| fault(character).map(|code| Flaw { at, code })).collect()
}

/// Adds the lines of a file in another encoding that are UTF-8: it would read them as other characters, and nothing would seem wrong.
fn add_others(bytes: &[u8], text: &str, flaws: &mut Vec<Flaw>) {
    let mut lines = bytes.split(|byte| *byte == b'\n').enumerate().filter(|(_, line)| !line.is_ascii() && is_other(line)).peekable();
    if lines.peek().is_none() {
        return;
    }
    let lines: BTreeSet<usize> = lines.map(|(number, _)| number).collect();
    let starts = std::iter::once(0).chain(memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1));
    flaws.extend(starts.enumerate().filter(|(number, _)| lines.contains(number)).map(|(_, at)| Flaw { at, code: Code::TwoEncodings }));
    flaws.sort_by_key(|flaw| flaw.at);
}

/// Is a line UTF-8 and Chinese? Two characters of three bytes each are by chance no text of an encoding with two bytes.
fn is_other(line: &[u8]) -> bool {
    let is_chinese = |character: char| matches!(character, '\u{3000}'..='\u{9fff}' | '\u{ff00}'..='\u{ffef}');
    std::str::from_utf8(line).is_ok_and(|line| {
        let mut others = line.chars().filter(|character| !character.is_ascii());
        others.clone().all(is_chinese) && others.nth(1).is_some()
    })
}

fn each_line(
    text: &str,
    first_row: u64,
    delimiter: u8,
    flaws: &[Flaw],
    mut f: impl FnMut(Record<'_>) -> ControlFlow<()>,
) -> ControlFlow<()> {
    let (mut start, mut row, mut flaws) = (0, first_row, flaws);
    let mut fields = Vec::with_capacity(32);
    while let Some(line) = line_at(text.as_bytes(), start) {
        let (begin, end) = (start, start + line.len());
        let content = text[begin..end].strip_suffix('\n').unwrap_or(&text[begin..end]);
        let content = content.strip_suffix('\r').unwrap_or(content);
        if !content.trim_ascii().is_empty() {
            split(content, delimiter, &mut fields);
            let flaw = take_flaw(&mut flaws, end).map(|flaw| {
                let commas = || memchr_iter(delimiter, &text.as_bytes()[begin..flaw.at]).count();
                (flaw.code, (flaw.code != Code::TwoEncodings).then(commas))
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
    delimiter: u8,
    flaws: &[Flaw],
    mut f: impl FnMut(Record<'_>) -> ControlFlow<()>,
) -> ControlFlow<()> {
    let mut reader = csv::ReaderBuilder::new();
    reader.has_headers(false).flexible(true).delimiter(delimiter).terminator(csv::Terminator::Any(b'\n'));
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
        let mut flaw = take_flaw(&mut flaws, end).map(|flaw| (flaw.code, None));
        if end == text.len() {
            flaw = open_quote(&text.as_bytes()[start.min(end)..end], delimiter).map(|column| (Code::UnclosedQuote, Some(column))).or(flaw);
        }
        let fields: Vec<&str> = record.iter().collect();
        if fields.iter().any(|field| !field.trim_ascii().is_empty()) || fields.len() > 1 {
            f(Record { row, fields: &fields, flaw })?;
        }
    }
    ControlFlow::Continue(())
}

/// A byte that is no text.
struct Flaw {
    at: usize,
    code: Code,
}

/// The bytes as text of the same length, with `?` for what is no text.
fn cleaned(bytes: &[u8]) -> (String, Vec<Flaw>) {
    let (mut text, mut flaws) = (String::with_capacity(bytes.len()), Vec::new());
    for chunk in bytes.utf8_chunks() {
        for (at, _) in chunk.valid().match_indices('\0') {
            flaws.push(Flaw { at: text.len() + at, code: Code::NulByte });
        }
        text.push_str(&chunk.valid().replace('\0', "?"));
        if !chunk.invalid().is_empty() {
            flaws.push(Flaw { at: text.len(), code: Code::NotUtf8 });
            text.extend(chunk.invalid().iter().map(|_| '?'));
        }
    }
    (text, flaws)
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
    let (mut column, mut inside, mut at_start) = (0, false, true);
    for &byte in record {
        match byte {
            b'"' if inside || at_start => (inside, at_start) = (!inside, inside),
            byte if byte == delimiter && !inside => (column, at_start) = (column + 1, true),
            _ => at_start = false,
        }
    }
    inside.then_some(column)
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
            let form = Form { encoding: encoding_rs::GB18030, delimiter: b',', quoted };
            let _ = each_record(bytes, 1, form, |record| {
                flaws.push((record.row, record.flaw));
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
