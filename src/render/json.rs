//! JSON: a whole report for programs.
//!
//! In: a report. Out: one object, facts first, then each table as an array of one-line rows, then the notes; keys in the order
//! of the report, numbers with the digits CSV has, missing values null, codes untranslated. It is streamed, never held whole.

use std::io::{self, Write};

use crate::locale::Locale;
use crate::report::cell::{Cell, Cells};
use crate::report::table::{Fact, Part, Report};

use super::blocks::write_rows;
use super::csv::decimals;
use super::number::{write_exact, write_integer};
use super::phrase::say;

/// Writes the report.
pub(super) fn write(report: &Report, locale: &Locale, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(b"{\n")?;
    for (name, value) in &report.facts {
        let value = match value {
            Fact::Text(text) => string(text),
            Fact::Count(count) => count.to_string(),
        };
        writeln!(out, "  {}: {value},", string(name))?;
    }
    for part in &report.parts {
        write_part(part, out)?;
    }
    let notes: Vec<String> = report.notes.iter().map(|note| format!("\n    {}", string(&say(note, locale)))).collect();
    let end = if notes.is_empty() { "" } else { "\n  " };
    writeln!(out, "  \"notes\": [{}{end}]\n}}", notes.join(","))
}

fn write_part(part: &Part, out: &mut dyn Write) -> io::Result<()> {
    let columns: Vec<JsonColumn> = part
        .columns
        .iter()
        .map(|column| JsonColumn {
            key: format!("{}: ", string(&column.id)),
            cells: Cells::of(&column.values),
            decimals: decimals(&column.values),
        })
        .collect();
    write!(out, "  {}: [", string(&part.id))?;
    write_rows(part.rows(), out, |row, line| write_row(&columns, row, line))?;
    out.write_all(if part.rows() > 0 { b"\n  ],\n" } else { b"],\n" })
}

struct JsonColumn {
    /// The quoted id, with colon and blank.
    key: String,
    cells: Cells,
    decimals: u32,
}

fn write_row(columns: &[JsonColumn], row: usize, line: &mut Vec<u8>) {
    line.extend_from_slice(if row > 0 { b",\n    {" } else { b"\n    {" });
    for (number, column) in columns.iter().enumerate() {
        if number > 0 {
            line.extend_from_slice(b", ");
        }
        line.extend_from_slice(column.key.as_bytes());
        match column.cells.get(row) {
            Cell::Missing => line.extend_from_slice(b"null"),
            Cell::Text(text) | Cell::Word(text) => serde_json::to_writer(&mut *line, text).expect("a Vec takes any text"),
            Cell::Json(json) => line.extend_from_slice(json.as_bytes()),
            Cell::Integer(value) => write_integer(value, line),
            Cell::Number(value) => write_exact(value, column.decimals, line),
            Cell::Flag(value) => line.extend_from_slice(if value { b"true" } else { b"false" }),
        }
    }
    line.push(b'}');
}

fn string(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::super::example;
    use super::*;
    use crate::locale::Language;

    fn written(report: &Report) -> String {
        let mut out = Vec::new();
        write(report, Locale::get(Language::En), &mut out).expect("a Vec takes all");
        String::from_utf8(out).expect("text in, text out")
    }

    #[test]
    fn keys_stand_in_order_and_rows_on_one_line() {
        assert_eq!(
            written(&example::report()),
            r#"{
  "policy": "zone \"x\"",
  "year": 2024,
  "enterprises": [
    {"place": 1, "name": "甲厂, 一分厂", "land_mu": 12.345678, "grade": "A", "review": "pass", "above_scale": true},
    {"place": 2, "name": "He said \"no\"", "land_mu": 2.675, "grade": "B", "review": "watch", "above_scale": false},
    {"place": 3, "name": "two\nlines", "land_mu": 100, "grade": "C", "review": "low", "above_scale": null},
    {"place": null, "name": "=1+1", "land_mu": null, "grade": null, "review": "unknown", "above_scale": true}
  ],
  "notes": [
    "Land (mu)"
  ]
}
"#
        );
    }

    #[test]
    fn a_parser_reads_it_back() {
        let value: serde_json::Value = serde_json::from_str(&written(&example::report())).expect("it is JSON");
        assert_eq!(value["enterprises"][1]["land_mu"], serde_json::json!(2.675));
        assert_eq!(value["enterprises"][3]["place"], serde_json::Value::Null);
        let empty: serde_json::Value = serde_json::from_str(&written(&Report::default())).expect("it is JSON");
        assert_eq!(empty, serde_json::json!({ "notes": [] }));
        let no_rows: serde_json::Value = serde_json::from_str(&written(&example::one_column(&[]))).expect("it is JSON");
        assert_eq!(no_rows, serde_json::json!({ "list": [], "notes": [] }));
    }
}
