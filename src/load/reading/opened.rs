//! A source of a table, opened: its headings, and what each column means.
//!
//! In: the file that `intake` gave to the table. Out: [`Opened`], or findings that say why it cannot be read. Next: `table` reads its
//! rows.

use crate::dictionary::{ColumnType, Office, Table, comparable};
use crate::finding::{Code, Finding, Findings, Place};
use crate::load::cells::cell;
use crate::load::config::{self, OfTable, Unlike};
use crate::load::decision::{Decision, UnitOf, YearBy};
use crate::load::headings::given::{self, Outside};
use crate::load::headings::merged;
use crate::load::headings::named_units;
use crate::load::headings::names::Names;
use crate::load::headings::shape::{self, Heading, LOOKED_AT};
use crate::load::headings::unit_column::RowUnits;
use crate::load::headings::years::Unfit;
use crate::load::headings::{self, FileColumn};
use crate::load::intake::{self, Assigned, Intake};
use crate::load::source::encoding::Known;
use crate::load::source::{Body, Refusal, Source};

/// A source with its headings.
pub struct Opened {
    /// The source.
    pub source: Source,
    /// Its headings.
    pub heading: Heading,
    /// What they mean.
    pub columns: Vec<FileColumn>,
    /// What its rows say of their own units.
    pub row_units: RowUnits,
    /// What was decided so far.
    pub decision: Decision,
    /// The year of all rows, where no column says it; else 0.
    pub year: i16,
    /// The year of which there should be rows: the name says so.
    pub expected: Option<i32>,
    /// What the names say that is no whole year.
    pub unfit: Vec<(YearBy, Unfit)>,
}

/// What is asked of a source.
#[derive(Debug, Clone, Copy)]
pub struct Asked {
    /// The year that the user says.
    pub year: Option<i32>,
    /// It is the only file of its table.
    pub is_alone: bool,
}

/// Opens a source of a table; `None` where it is not there or has no usable headings, and findings say why.
pub fn open(intake: &Intake, table: &'static Table, assigned: Assigned, asked: Asked, findings: &mut Findings) -> Option<Opened> {
    let none = OfTable::default();
    let said = intake.config.of(&table.name).unwrap_or(&none);
    let (by, file, expected) = (assigned.by, assigned.file(), assigned.expected);
    let (named_years, unfit) = (assigned.named_years.clone(), assigned.unfit.clone());
    let names = Names { table, aliases: &said.columns };
    let opened = assigned.open(said.told).and_then(|source| Ok((headings(&source, &names, said.headings)?, source)));
    let (mut heading, mut source) = match opened {
        Ok(opened) => opened,
        Err(refusal) if refusal.is_absence() => {
            findings.push_all(table.required.then(|| missing(intake, table)));
            return None;
        }
        Err(refusal) => {
            findings.push(refusal.finding(&file));
            return None;
        }
    };
    if let Some(heading) = &mut heading {
        heading.named_units = named_units::of(&source.file, matches!(source.body, Body::Grid(_)));
    }
    let mut decision = decided(&source, heading.as_ref(), &said.units);
    (decision.table, decision.by) = (Some(table.name.as_str()), Some(by));
    if let Some(unlike) = said.headings.and_then(|rows| Unlike::find(&source, &names, rows).ok()?) {
        findings.push_all(intake.config.headings_fault(&table.name, &source.file, &unlike));
        if unlike.stops() {
            intake.decide(Decision { ignored: Some("no-headings"), ..decision });
            return None;
        }
    }
    let (year, contradiction) = match &heading {
        Some(heading) => year(intake, &names, (&source, heading), Outside { told: asked.year, years: &named_years, unfit: &unfit }),
        None => (None, None),
    };
    decision.year = year;
    if let Some(heading) = &mut heading {
        heading.of_year = year.map(|(year, _)| year);
    }
    // Where two years are said none is missing: a finding tells of both.
    let may_lack_year = year.is_some() || contradiction.as_ref().is_some_and(|finding| finding.code == Code::ContradictingYears);
    findings.push_all(contradiction);
    let columns = headings::read(&names, &said.units, &source.file, heading.as_ref(), may_lack_year, findings);
    if asked.is_alone {
        intake.config.warn_of_unused_headings(table, heading.as_ref().map_or(&[], |heading| &heading.fields), findings);
    }
    let (Some(mut columns), Some(heading)) = (columns, heading) else {
        intake.decide(Decision { ignored: Some("no-headings"), ..decision });
        return None;
    };
    decision.merged = merged::fill(&mut source, &columns, &heading, findings);
    let row_units = RowUnits::find(&source, table, &heading, &mut columns, findings);
    decision.units.extend(row_units.words());
    decision.units_of = columns.iter().filter_map(UnitOf::of).collect();
    let year = year.and_then(|(year, _)| i16::try_from(year).ok()).unwrap_or(0);
    Some(Opened { source, heading, columns, row_units, decision, year, expected, unfit })
}

/// The year of all rows, where no column says it, and what is wrong with what is said of it.
fn year(
    intake: &Intake,
    names: &Names<'_>,
    (source, heading): (&Source, &Heading),
    outside: Outside<'_>,
) -> (Option<(i32, YearBy)>, Option<Finding>) {
    let table = names.table;
    let is_year = |at: usize| table.columns[at].kind == ColumnType::Year;
    if names.columns(&heading.fields).into_iter().any(is_year) {
        let without_effect = outside.told.and_then(|_| intake.config.years_fault(&table.name, "config.year-there", "—"));
        return (None, without_effect.map(|finding| Finding { severity: crate::finding::Severity::Warning, ..finding }));
    }
    if !given::needs_year(table) && outside.told.is_none() {
        return (None, None);
    }
    if let Some(finding) = between_days(names, (source, heading)).filter(|_| outside.told.is_none()) {
        return (None, Some(finding));
    }
    let is_part = |at: usize| matches!(table.columns[at].name.as_str(), "quarter" | "month");
    let has_parts = names.columns(&heading.fields).into_iter().any(is_part);
    given::year(table, (&source.file, heading), outside, has_parts)
}

/// An error where each row says the first and the last day of what it is of, in two columns: nobody knows that those are of a whole year.
fn between_days(names: &Names<'_>, (source, heading): (&Source, &Heading)) -> Option<Finding> {
    let is_end = |field: &String| Office::get().period_ends.contains(&comparable(field)) && names.column(cell::trim(field)).is_none();
    let column = heading.fields.iter().position(is_end)?;
    let text = cell::trim(&heading.fields[column]);
    let place = Place::Cell { file: source.file.clone(), row: heading.row, column: column as u32, heading: text.into() };
    let finding = Finding::error(Code::ContradictingYears, place).text(text).with("name", &names.table.name);
    Some(finding.with("message", "years.between-days").with("remedy", "years.between-days-remedy"))
}

/// The finding for a table that is not there.
pub fn missing(intake: &Intake, table: &Table) -> Finding {
    let (file, name) = match intake.is_book {
        true => (intake.data.clone(), table.zh.clone()),
        false => (intake.data.join(format!("{}.csv", table.name)), format!("{}.csv", table.name)),
    };
    let place = Place::File { file: file.display().to_string().into() };
    let finding = Finding::error(Code::MissingFile, place).with_both("table", &table.zh, &table.en).with("name", name);
    match intake.elsewhere(&table.name) {
        Some(file) => finding.with("elsewhere", file).with("message", "elsewhere.message").with("remedy", "elsewhere.remedy"),
        None => finding,
    }
}

/// The headings of a source, as wide as its rows are.
pub fn headings(source: &Source, names: &Names<'_>, told: Option<(u64, u64)>) -> Result<Option<Heading>, Refusal> {
    // Most first rows are good heading rows; then there is nothing to look for further down.
    let mut rows = source.head(4)?;
    let is_good = rows.first().is_some_and(|row| names.is_complete(&names.columns(&row.fields)));
    if !is_good || told.is_some() {
        rows = source.head(LOOKED_AT.max(told.map_or(0, |(_, to)| to as usize)))?;
    }
    let mut heading = shape::find(names, &rows, told);
    if let (Some(heading), Body::Grid(grid)) = (&mut heading, &source.body) {
        let filled = heading.fields.iter().rposition(|field| !cell::trim(field).is_empty()).map_or(0, |at| at + 1);
        heading.fields.resize(filled.max(grid.width_from(heading.last.end as u32)), String::new());
    }
    Ok(heading)
}

/// What is known of a source once its headings are.
fn decided(source: &Source, heading: Option<&Heading>, units: &config::Units) -> Decision {
    let mut decision = Decision { file: source.file.to_string(), ..Decision::default() };
    if let Body::Text(text) = &source.body {
        decision.encoding = Some(text.encoding.encoding.name());
        decision.known = Some(text.encoding.known).filter(|known| *known != Known::Ascii);
        decision.delimiter = Some(char::from(text.delimiter()));
    }
    decision.really = intake::misnamed(source);
    if let Some(heading) = heading {
        decision.headings = Some(heading.rows);
        decision.units = units
            .values()
            .map(|unit| &unit.word)
            .chain(heading.unit_words.iter().chain(&heading.own_words).map(|(_, word)| &word.word))
            .chain(heading.units.iter().flatten())
            .chain(heading.named_units.iter().map(|word| &word.word))
            .cloned()
            .collect();
        let mut seen = Vec::new();
        decision.units.retain(|unit| {
            !seen.contains(unit) && {
                seen.push(unit.clone());
                true
            }
        });
        decision.titles.clone_from(&heading.titles);
        decision.below.clone_from(&heading.below);
    }
    decision
}
