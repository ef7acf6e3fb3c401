//! Text from plain data: a report as a table, CSV, JSON, Markdown, a workbook or Parquet, and findings as a compiler would show them.
//!
//! In: a [`Report`] or [`Findings`](crate::finding::Findings), the sentences of a language and what the terminal can show. Out: bytes, the same for the
//! same input. Nothing is calculated here; a new format is one file and one line in [`render`].

use std::io::{self, Write};

use crate::locale::Locale;
use crate::report::table::Report;

mod blocks;
mod calendar;
mod cell;
mod csv;
#[cfg(test)]
mod example;
mod findings;
mod fit;
mod json;
mod markdown;
mod number;
mod paint;
mod parquet;
mod phrase;
mod table;
mod text;
mod xlsx;

pub use calendar::write as write_calendar;
pub use findings::{findings_text, sentences};
pub use phrase::say;
pub use text::{shown, wrapped};

/// How a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For people at a terminal.
    Table,
    /// The first table, for spreadsheets and programs.
    Csv,
    /// Everything, for programs.
    Json,
    /// For documents: complete, in GitHub's Markdown.
    Md,
    /// For people with a spreadsheet: every table on a sheet.
    Xlsx,
    /// The first table, for programs: columns with their types.
    Parquet,
}

/// What the place the text goes to can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Terminal {
    /// Columns of characters; `None` where it is not a terminal: every column and every text is shown in full.
    pub width: Option<usize>,
    /// Most rows shown of one section; `None` shows all.
    pub rows: Option<usize>,
    /// May colours be used?
    pub color: bool,
}

/// Writes a report. The terminal concerns [`Format::Table`] only.
///
/// # Errors
///
/// Whatever `out` reports; a closed pipe is the caller's to judge.
pub fn render(report: &Report, format: Format, locale: &Locale, terminal: &Terminal, out: &mut dyn Write) -> io::Result<()> {
    match format {
        Format::Table => table::write(report, locale, terminal, out),
        Format::Csv => csv::write(report, out),
        Format::Json => json::write(report, locale, out),
        Format::Md => markdown::write(report, locale, out),
        Format::Xlsx => xlsx::write(report, locale, out),
        Format::Parquet => parquet::write(report, out),
    }
}
