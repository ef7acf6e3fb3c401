//! A figure that stands twice, in two units: `用地面积（平方米）` beside `用地面积（亩）`.
//!
//! In: the rows of a file. Out: what is decided where both columns agree in every row, and an error at the first row where they do not.
//! They agree within the rounding of the digits that are written: of each column as many decimals as any of its cells has.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::finding::{Code, Finding, Findings, column_letters};
use crate::load::cells::cell;
use crate::load::decision::Decision;
use crate::load::headings::Twin;
use crate::load::reading::table::Loaded;

/// Decimals that are looked at.
const DECIMALS: usize = 8;
/// Figures that differ by less, relatively, are the same.
const ROUNDING: f64 = 1e-12;

impl Loaded<'_> {
    /// Holds columns that mean the same in two units against each other.
    pub fn report_two_units(&self, decision: &mut Decision, findings: &mut Findings) {
        let readers = &self.layout.readers;
        for (at, reader) in readers.iter().enumerate() {
            let Some(twin) = &reader.file.twin else { continue };
            let (own, other) = (letters(at), letters(twin.other));
            match self.first_difference(at, twin) {
                None => decision.twins.push(format!("{own} = {other}")),
                Some((row, text)) => {
                    let finding = Finding::error(Code::DuplicateColumn, self.layout.place(row, Some(at))).text(text);
                    let finding = finding.with("message", "twin.differs").with("remedy", "twin.remedy").with("row", row);
                    let finding = finding.with("second", &*reader.file.heading).with("second_at", own);
                    let finding = finding.with("first", &*readers[twin.other].file.heading).with("first_at", other);
                    let finding = finding.with("table", &self.layout.table.name).with("name", &twin.column.name);
                    findings.push(finding.with_both("column", &twin.column.zh, &twin.column.en));
                }
            }
        }
    }

    /// The first row in which a column says something else than the other, and its text.
    fn first_difference(&self, at: usize, twin: &Twin) -> Option<(u64, &str)> {
        let [own, other] = [twin.factor, self.layout.readers[twin.other].file.factor].map(|factor: Decimal| factor.to_f64().unwrap_or(1.0));
        let rows = || {
            self.parts.iter().flat_map(move |part| {
                (0..part.rows.len()).map(move |place| {
                    let text = part.cells[at].text(place).map_or("", cell::trim);
                    (part.rows[place], text, part.cells[twin.other].number(place))
                })
            })
        };
        let own_step = step(rows().map(|(_, text, _)| decimals(text)));
        let other_step = step(rows().map(|(_, _, number)| decimals(format!("{:.DECIMALS$}", number / other).trim_end_matches('0'))));
        let most = 0.5 * (own_step * own + other_step * other);
        let differs = |(_, text, number): &(u32, &str, f64)| match cell::extra_number(text) {
            Ok(figure) => number.is_nan() || (figure * own - number).abs() > most + ROUNDING * number.abs(),
            Err(_) => !text.is_empty() && !cell::is_missing(text),
        };
        rows().find(differs).map(|(row, text, _)| (u64::from(row), text))
    }
}

/// The last digit of a column whose cells have so many decimals.
fn step(decimals: impl Iterator<Item = usize>) -> f64 {
    10_f64.powi(-(decimals.max().unwrap_or(0) as i32))
}

/// The decimals of a number as it is written.
fn decimals(text: &str) -> usize {
    text.split_once('.').map_or(0, |(_, digits)| digits.len().min(DECIMALS))
}

fn letters(at: usize) -> String {
    column_letters(at as u32)
}
