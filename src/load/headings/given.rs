//! The year of all rows of a file that has no column of years.
//!
//! In: what `mujun.toml`, the titles and the names say. Out: the year, or a finding where they say two. Next: `row` gives it to every
//! row.

use std::sync::Arc;

use crate::dictionary::{ColumnType, Table};
use crate::finding::{Code, Finding, Findings, Place};
use crate::load::decision::YearBy;
use crate::load::headings::shape::Heading;
use crate::load::reading::table::Loaded;

/// Years of rows that a finding shows.
const SHOWN: usize = 4;

/// Has a table a column of years, and must it have one?
pub fn needs_year(table: &Table) -> bool {
    table.columns.iter().any(|column| column.kind == ColumnType::Year && column.required)
}

/// The year that all rows are of. What the user says counts before all, titles before names; the nearest one is taken if the others agree.
/// A finding where two of them differ: an error, unless the user has decided.
pub fn year(
    table: &Table,
    (file, heading): (&Arc<str>, &Heading),
    told: Option<i32>,
    names: &[(YearBy, i32)],
) -> (Option<(i32, YearBy)>, Option<Finding>) {
    let title = heading.years.first_key_value().filter(|_| heading.years.len() == 1);
    let title = title.map(|(&year, &row)| (year, YearBy::Title(row)));
    let said: Vec<(i32, YearBy)> = title.into_iter().chain(names.iter().map(|&(by, year)| (year, by))).collect();
    if let Some(year) = told {
        let other = said.first().filter(|_| said.iter().all(|(other, _)| *other != year));
        let finding = other.map(|other| contradiction(Finding::warning, (table, file), (year, YearBy::Config), *other));
        return (Some((year, YearBy::Config)), finding);
    }
    let Some(&first) = said.first() else { return (None, None) };
    match said.iter().find(|(year, _)| *year != first.0) {
        Some(other) => (None, Some(contradiction(Finding::error, (table, file), first, *other))),
        None => (Some(first), None),
    }
}

fn contradiction(
    make: fn(Code, Place) -> Finding,
    (table, file): (&Table, &Arc<str>),
    first: (i32, YearBy),
    second: (i32, YearBy),
) -> Finding {
    let row = [first.1, second.1].into_iter().find_map(|by| if let YearBy::Title(row) = by { Some(row) } else { None });
    let place = match row {
        Some(row) => Place::Row { file: file.clone(), row },
        None => Place::File { file: file.clone() },
    };
    let finding = make(Code::ContradictingYears, place).with("name", &table.name);
    let finding = finding.with("first", first.0).with("first_by", format!("year-by.{}", first.1.as_str()));
    finding.with("second", second.0).with("second_by", format!("year-by.{}", second.1.as_str()))
}

impl Loaded<'_> {
    /// Warns where the name of the file says a year, and no row is of it.
    pub fn report_unexpected_years(&self, expected: Option<i32>, findings: &mut Findings) {
        let Some(expected) = expected.filter(|_| self.position("year").is_some()) else { return };
        let mut years: Vec<i16> = Vec::new();
        for year in self.parts.iter().flat_map(|part| part.years.chunk_by(i16::eq)).map(|same| same[0]).filter(|year| *year != 0) {
            if i32::from(year) == expected {
                return;
            }
            if !years.contains(&year) {
                years.push(year);
            }
        }
        if years.is_empty() {
            return;
        }
        years.sort_unstable();
        let more = if years.len() > SHOWN { "…" } else { "" };
        let found: Vec<String> = years.iter().take(SHOWN).map(i16::to_string).collect();
        let finding = Finding::warning(Code::ContradictingYears, Place::File { file: self.layout.file.clone() });
        let finding = finding.with("message", "years.of-no-row").with("remedy", "years.of-no-row-remedy");
        findings.push(finding.with("first", expected).with("found", format!("{}{more}", found.join(", "))));
    }
}
