//! CSV: the first table of a report, for spreadsheets and programs.
//!
//! In: a report. Out: a heading of ids and one line a row, ended by `\n`; missing values empty, codes untranslated, numbers with
//! trailing zeros cut, quoted where the csv crate would quote. A text that a spreadsheet would run as a formula has an apostrophe
//! before it. Written by hand for speed: a million rows are usual.

use std::io::{self, Write};

use crate::dictionary::sheets;
use crate::report::cell::{Cell, Cells};
use crate::report::table::{Report, Values};

use super::blocks::write_rows;
use super::number::{write_exact, write_integer};

/// Writes the first part of the report; nothing if there is none.
pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let Some(part) = report.parts.first() else { return Ok(()) };
    let mut heading = Vec::new();
    for (number, column) in part.columns.iter().enumerate() {
        if number > 0 {
            heading.push(b',');
        }
        write_harmless(&column.id, &mut heading);
    }
    heading.push(b'\n');
    out.write_all(&heading)?;

    let columns: Vec<(Cells, u32)> = part.columns.iter().map(|column| (Cells::of(&column.values), decimals(&column.values))).collect();
    write_rows(part.rows(), out, |row, line| write_row(&columns, row, line))
}

/// Decimals that machines get of a column's numbers.
pub(super) fn decimals(values: &Values) -> u32 {
    if let Values::Number { exact, .. } = values { *exact } else { 0 }
}

fn write_row(columns: &[(Cells, u32)], row: usize, line: &mut Vec<u8>) {
    let start = line.len();
    for (number, (cells, decimals)) in columns.iter().enumerate() {
        if number > 0 {
            line.push(b',');
        }
        match cells.get(row) {
            Cell::Missing => {}
            Cell::Text(text) => write_harmless(text, line),
            Cell::Json(text) | Cell::Word(text) => write_text(text, line),
            Cell::Integer(value) => write_integer(value, line),
            Cell::Number(value) => write_exact(value, *decimals, line),
            Cell::Flag(value) => line.extend_from_slice(if value { b"true" } else { b"false" }),
        }
    }
    if line.len() == start {
        line.extend_from_slice(b"\"\""); // an empty line would be no record
    }
    line.push(b'\n');
}

/// A text of the user's data. What begins like a formula is marked as text.
fn write_harmless(text: &str, line: &mut Vec<u8>) {
    if matches!(text.as_bytes().first(), Some(b'=' | b'+' | b'-' | b'@' | b'\t' | b'\r' | b'\'')) {
        write_text(&sheets::marked(text), line);
    } else {
        write_text(text, line);
    }
}

fn write_text(text: &str, line: &mut Vec<u8>) {
    // no early exit: the loop is short, and this way it runs on many bytes at a time
    let quoted = text.bytes().fold(false, |quoted, byte| quoted | (byte == b',') | (byte == b'"') | (byte == b'\n') | (byte == b'\r'));
    if !quoted {
        line.extend_from_slice(text.as_bytes());
        return;
    }
    line.push(b'"');
    for byte in text.bytes() {
        if byte == b'"' {
            line.push(b'"');
        }
        line.push(byte);
    }
    line.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::super::example;
    use super::*;

    fn written(report: &Report) -> String {
        let mut out = Vec::new();
        write(report, &mut out).expect("a Vec takes all");
        String::from_utf8(out).expect("text in, text out")
    }

    #[test]
    fn the_first_part_is_written_with_ids_codes_and_exact_numbers() {
        assert_eq!(
            written(&example::report()),
            "place,name,land_mu,grade,review,above_scale\n\
             1,\"甲厂, 一分厂\",12.345678,A,pass,true\n\
             2,\"He said \"\"no\"\"\",2.675,B,watch,false\n\
             3,\"two\nlines\",100,C,low,\n\
             ,'=1+1,,,unknown,true\n"
        );
    }

    #[test]
    fn what_is_written_is_what_the_csv_crate_writes() {
        let texts = ["", "plain", "a,b", "\"", "a\rb", "a\nb", " lead", "-1", "-", "中，文"];
        let mut theirs = ::csv::Writer::from_writer(Vec::new());
        theirs.write_record(["t"]).expect("one field");
        for text in texts {
            theirs.write_record([text]).expect("one field");
        }
        let theirs = theirs.into_inner().expect("flushed into a Vec");
        assert_eq!(written(&example::one_column(&texts)), String::from_utf8_lossy(&theirs));
    }

    #[test]
    fn what_a_spreadsheet_would_run_is_marked_as_text() {
        let texts = ["=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "-12.5", "a=1"];
        assert_eq!(written(&example::one_column(&texts)), "t\n'=cmd|' /C calc'!A0\n'+1+1\n'-2+3\n'@SUM(A1)\n'\t=1\n-12.5\na=1\n");
    }

    #[test]
    fn a_report_without_parts_is_empty() {
        assert_eq!(written(&Report::default()), "");
    }
}
