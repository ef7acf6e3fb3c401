//! The year of all rows of a file that has no column of years.
//!
//! In: what `mujun.toml`, the titles and the names say. Out: the year, or a finding where they say two. Next: `row` gives it to every
//! row.

use std::sync::Arc;

use crate::dictionary::{ColumnType, Table};
use crate::finding::{Code, Finding, Findings, Place};
use crate::load::decision::YearBy;
use crate::load::headings::shape::Heading;
use crate::load::headings::years::{Kind, Unfit};
use crate::load::reading::table::Loaded;

/// Years of rows that a finding shows.
const SHOWN: usize = 4;

/// Has a table a column of years, and must it have one?
pub fn needs_year(table: &Table) -> bool {
    table.columns.iter().any(|column| column.kind == ColumnType::Year && column.required)
}

/// What is said of the year outside the rows.
#[derive(Debug, Clone, Copy)]
pub struct Outside<'n> {
    /// The year that the user says.
    pub told: Option<i32>,
    /// The years that the names say, that of the sheet first.
    pub years: &'n [(YearBy, i32)],
    /// What the names say that is no whole year.
    pub unfit: &'n [(YearBy, Unfit)],
}

/// What titles and names say that is no whole year, each with who says it.
pub fn unfit<'u>(heading: &'u Heading, names: &'u [(YearBy, Unfit)]) -> impl Iterator<Item = (YearBy, &'u Unfit)> {
    let titles = heading.unfit.iter().map(|(row, unfit)| (YearBy::Title(*row), unfit));
    titles.chain(names.iter().map(|(by, unfit)| (*by, unfit)))
}

/// The year that all rows are of. What the user says counts before all, titles before names; the nearest one is taken if the others agree
/// and none says a part of a year. A finding where two of them differ: an error, unless the user has decided. `has_parts`: each row says
/// of which part of the year it is.
pub fn year(
    table: &Table,
    (file, heading): (&Arc<str>, &Heading),
    outside: Outside<'_>,
    has_parts: bool,
) -> (Option<(i32, YearBy)>, Option<Finding>) {
    let title = heading.years.first_key_value().filter(|_| heading.years.len() == 1);
    let title = title.map(|(&year, &row)| (year, YearBy::Title(row)));
    let said: Vec<(i32, YearBy)> = title.into_iter().chain(outside.years.iter().map(|&(by, year)| (year, by))).collect();
    let part_of =
        |year: i32| unfit(heading, outside.unfit).find(|(_, unfit)| unfit.contradicts(year) && !(has_parts && unfit.kind != Kind::Plan));
    if let Some(year) = outside.told {
        let told = (year, YearBy::Config);
        let other = said.first().filter(|_| said.iter().all(|(other, _)| *other != year));
        let finding = other.map(|other| contradiction(Finding::warning, (table, file), told, *other));
        let part = || part_of(year).map(|unfit| no_whole_year(Finding::warning, (table, file), told, unfit));
        return (Some(told), finding.or_else(part));
    }
    let Some(&first) = said.first() else { return (None, None) };
    if let Some(other) = said.iter().find(|(year, _)| *year != first.0) {
        return (None, Some(contradiction(Finding::error, (table, file), first, *other)));
    }
    match part_of(first.0) {
        Some(unfit) => (None, Some(no_whole_year(Finding::error, (table, file), first, unfit))),
        None => (Some(first), None),
    }
}

/// The finding for a year of which another place says only a part, or a plan.
fn no_whole_year(
    make: fn(Code, Place) -> Finding,
    (table, file): (&Table, &Arc<str>),
    (year, by): (i32, YearBy),
    (other, unfit): (YearBy, &Unfit),
) -> Finding {
    let finding = make(Code::ContradictingYears, place(file, [other, by])).text(&*unfit.text).with("name", &table.name);
    let message = if unfit.kind == Kind::Plan { "years.plan" } else { "years.part" };
    let finding = finding.with("message", message).with("remedy", "years.part-remedy");
    let finding = finding.with("first", year).with("first_by", format!("year-by.{}", by.as_str()));
    finding.with("second_by", format!("year-by.{}", other.as_str()))
}

/// The row of a title among those who say a year, else the file.
fn place(file: &Arc<str>, by: [YearBy; 2]) -> Place {
    match by.into_iter().find_map(|by| if let YearBy::Title(row) = by { Some(row) } else { None }) {
        Some(row) => Place::Row { file: file.clone(), row },
        None => Place::File { file: file.clone() },
    }
}

fn contradiction(
    make: fn(Code, Place) -> Finding,
    (table, file): (&Table, &Arc<str>),
    first: (i32, YearBy),
    second: (i32, YearBy),
) -> Finding {
    let finding = make(Code::ContradictingYears, place(file, [first.1, second.1])).with("name", &table.name);
    let finding = finding.with("first", first.0).with("first_by", format!("year-by.{}", first.1.as_str()));
    finding.with("second", second.0).with("second_by", format!("year-by.{}", second.1.as_str()))
}

impl Loaded<'_> {
    /// Warns where a title or a name says a part of a year or a plan, and rows are of whole years.
    pub fn report_parts_beside_years(&self, heading: &Heading, names: &[(YearBy, Unfit)], findings: &mut Findings) {
        let has_rows = self.parts.iter().any(|part| !part.rows.is_empty());
        let is_yearly = needs_year(self.layout.table) && self.position("year").is_some() && self.layout.within.is_none();
        // A month beside rows that say their year may be that in which the table was made.
        let told = unfit(heading, names).find(|(_, unfit)| unfit.kind != Kind::Date).filter(|_| has_rows && is_yearly);
        let Some((by, unfit)) = told else { return };
        let finding = Finding::warning(Code::ContradictingYears, place(&self.layout.file, [by, by])).text(&*unfit.text);
        let message = if unfit.kind == Kind::Plan { "years.plan-beside" } else { "years.part-beside" };
        let finding = finding.with("message", message).with("remedy", "years.part-beside-remedy");
        findings.push(finding.with("second_by", format!("year-by.{}", by.as_str())));
    }

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
