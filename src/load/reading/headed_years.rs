//! Headings that name a year (`2025年实缴税收`): above rows of another, or beside a heading without one.
//!
//! In: the rows of a table. Out: an error for each such heading, with the first row of another year; a finding where a column with a year
//! says for that year what the column without one does not. Next: nothing; a table of years is never taken apart on a guess.

use crate::finding::{Code, Finding, Findings, Severity};
use crate::load::cells::cell;
use crate::load::headings::shape::Heading;
use crate::load::headings::{self, Beside};
use crate::load::reading::table::Loaded;

/// Figures that differ by less, relatively, are the same.
const ROUNDING: f64 = 1e-9;

impl Loaded<'_> {
    /// Reports headings whose year is not the year of every row.
    pub fn report_headed_years(&self, findings: &mut Findings) {
        for (at, reader) in self.layout.readers.iter().enumerate() {
            let Some(year) = reader.file.year.filter(|_| reader.file.is_known()) else { continue };
            let mut rows = self.parts.iter().flat_map(|part| part.rows.iter().zip(&part.years));
            if let Some((row, other)) = rows.find(|(_, other)| **other != 0 && i32::from(**other) != year) {
                let finding = Finding::error(Code::HeadingOfAnotherYear, self.layout.place(self.layout.heading_row, Some(at)));
                findings.push(finding.text(&*reader.file.heading).with("year", year).with("row", row).with("other", other));
            }
        }
    }

    /// Reports columns with a year in their heading that are left out beside one without, where they say something else: for a year of
    /// the rows, or anything at all where the other column is blank.
    pub fn report_left_out(&self, headings: &Heading, findings: &mut Findings) {
        for (at, reader) in self.layout.readers.iter().enumerate() {
            let Some(beside) = &reader.file.beside else { continue };
            let is_blank = self.parts.iter().all(|part| part.missing[beside.other] == part.rows.len() as u64);
            let of_year = self.first_other(at, beside, true);
            let Some((row, text)) = of_year.or_else(|| self.first_other(at, beside, false).filter(|_| is_blank)) else { continue };
            let why = if is_blank { "left-out.blank" } else { "left-out.differs" };
            let finding = headings::left_out_by(headings, beside.other, beside.column, self.layout.place(row, Some(at)), why);
            let severity = if is_blank && of_year.is_some() { Severity::Error } else { Severity::Warning };
            findings.push(Finding { severity, ..finding }.text(text).with("heading", &*reader.file.heading));
        }
    }

    /// The first row, of its own year or of any, in which a column says what the other column does not.
    fn first_other(&self, at: usize, beside: &Beside, own_year: bool) -> Option<(u64, &str)> {
        for part in &self.parts {
            for (place, (row, year)) in part.rows.iter().zip(&part.years).enumerate() {
                let text = part.cells[at].text(place).map_or("", cell::trim);
                let Ok(figure) = cell::extra_number(text) else { continue };
                if own_year && *year != 0 && i32::from(*year) != beside.year {
                    continue;
                }
                let figure = figure * rust_decimal::prelude::ToPrimitive::to_f64(&beside.factor).unwrap_or(1.0);
                let other = part.cells[beside.other].number(place);
                let is_same = (figure - other).abs() <= ROUNDING * figure.abs();
                let is_other = part.cells[beside.other].is_numeric() && !is_same;
                if is_other || part.missing[beside.other] == part.rows.len() as u64 {
                    return Some((u64::from(*row), text));
                }
            }
        }
        None
    }
}
