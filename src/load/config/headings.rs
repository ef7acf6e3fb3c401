//! Rows that `mujun.toml` says are headings, held against what stands in them.
//!
//! In: the source, the names of its columns, the rows that are said. Out: [`Unlike`] where no column is named there, or where a row
//! reads like data: it would be swallowed without a word. Rows that would be found without being told are never doubted.

use crate::dictionary::{Column, ColumnType, Dictionary, Heading};
use crate::finding::{Code, Finding, Severity, column_letters};
use crate::load::cells::cell::{self, is_missing, trim};
use crate::load::headings::heading_rows::joined;
use crate::load::headings::names::Names;
use crate::load::headings::numbering::is_numbering;
use crate::load::headings::shape::{self, LOOKED_AT};
use crate::load::source::{Refusal, Row, Source};

/// Letters of a row that a finding shows.
const SHOWN: usize = 60;

/// Why rows are no headings.
#[derive(Debug, PartialEq, Eq)]
pub struct Unlike {
    kind: Kind,
    /// The row in question.
    row: u64,
    /// What stands there.
    there: String,
    /// Where headings are found without being told.
    found: Option<(u64, u64)>,
}

#[derive(Debug, PartialEq, Eq)]
enum Kind {
    /// No column is named there.
    NoColumn,
    /// A cell of this address is a value.
    Data(String),
    /// A cell of this address names nothing and adds nothing.
    Idle(String),
}

impl Unlike {
    /// The code of its finding.
    pub fn code(&self) -> Code {
        if self.kind == Kind::NoColumn { Code::HeadingsNotThere } else { Code::DataAmongHeadings }
    }

    /// Can the table not be read?
    pub fn stops(&self) -> bool {
        !matches!(self.kind, Kind::Idle(_))
    }

    /// The rest of its finding.
    pub fn tell(&self, finding: Finding) -> Finding {
        let found = self.found.map_or("—".to_owned(), super::rows);
        let finding = finding.with("at", self.row).with("there", &self.there).with("found", found);
        match &self.kind {
            Kind::NoColumn => finding,
            Kind::Data(address) => finding.with("cell", address),
            Kind::Idle(address) => Finding { severity: Severity::Warning, ..finding.with("cell", address) },
        }
    }

    /// Holds rows that are said against the source.
    ///
    /// # Errors
    ///
    /// When it cannot be read.
    pub fn find(source: &Source, names: &Names<'_>, told: (u64, u64)) -> Result<Option<Unlike>, Refusal> {
        let rows = source.head(LOOKED_AT.max(told.1 as usize))?;
        Ok(check(&rows, names, told))
    }
}

fn check(rows: &[Row], names: &Names<'_>, told: (u64, u64)) -> Option<Unlike> {
    let found = shape::find(names, rows, None).filter(|heading| !names.columns(&heading.fields).is_empty()).map(|heading| heading.rows);
    if found == Some(told) {
        return None;
    }
    let unlike = |kind, row: u64, there: String| Some(Unlike { kind, row, there, found });
    let first = rows.iter().position(|row| row.row >= told.0).unwrap_or(rows.len());
    let count = rows[first..].iter().take_while(|row| row.row <= told.1).count();
    let own = &rows[first..first + count];
    if own.iter().any(|row| row.flaw.is_some()) {
        return None;
    }
    if own.is_empty() {
        let there = if rows.last().is_none_or(|last| last.row < told.0) { "config.beyond" } else { "config.blank" };
        return unlike(Kind::NoColumn, told.0, there.to_owned());
    }
    let fields = joined(names, own);
    if names.columns(&fields).is_empty() {
        return unlike(Kind::NoColumn, own[0].row, shown(&own[0]));
    }
    // A title may hold a number or a year; a row of data holds more.
    let above = rows[..first].iter().filter(|row| values(names, &fields, row).count() > 1);
    let below = own.iter().enumerate().skip(1).filter(|(at, row)| {
        let upper = joined(names, &own[..*at]);
        values(names, &fields, row).chain(values(names, &upper, row)).next().is_some()
    });
    if let Some(row) = above.chain(below.map(|(_, row)| row)).next() {
        let filled = values(names, &fields, row).chain(values(names, &joined(names, &own[..1]), row)).next();
        let (address, text) = filled.map(|at| cell(row, at)).unwrap_or_default();
        return unlike(Kind::Data(address), row.row, text);
    }
    let idle = (1..count).find(|&at| adds_nothing(names, &own[..at], &own[at]))?;
    let filled = own[idle].fields.iter().position(|field| !trim(field).is_empty())?;
    let (address, text) = cell(&own[idle], filled);
    unlike(Kind::Idle(address), own[idle].row, text)
}

/// Where cells of a row are values of the columns above them. A row that numbers the columns has none.
fn values<'r>(names: &Names<'_>, fields: &[String], row: &'r Row) -> impl Iterator<Item = usize> + 'r {
    let filled: Vec<(usize, &str)> =
        row.fields.iter().map(|field| trim(field)).enumerate().filter(|(_, field)| !field.is_empty()).collect();
    let is_numbering = is_numbering(&filled);
    let is_value = |&(at, text): &(usize, &str)| {
        let column = fields.get(at).and_then(|field| names.column(trim(field))).map(|at| &names.table.columns[at]);
        !is_numbering && column.is_some_and(|column| is_value(column, text))
    };
    filled.iter().filter(|cell| is_value(cell)).map(|(at, _)| *at).collect::<Vec<_>>().into_iter()
}

/// Can a text only be a value of a column, and no heading?
fn is_value(column: &Column, text: &str) -> bool {
    if is_missing(text) {
        return false;
    }
    match column.kind {
        ColumnType::Number => cell::extra_number(text.trim_end_matches('%')).is_ok(),
        ColumnType::Year => cell::year(text).is_ok(),
        ColumnType::Date => cell::date(text).is_ok(),
        ColumnType::Industry => cell::division(text).is_some(),
        ColumnType::Id => is_id(text),
        _ => false,
    }
}

/// Letters and digits that no heading is made of: `E1`, `91990101MAEX00010E`, `甲001`.
fn is_id(text: &str) -> bool {
    let is_plain = text.chars().all(|letter| letter.is_alphanumeric() || matches!(letter, '-' | '_'));
    is_plain
        && text.contains(|letter: char| letter.is_ascii_digit())
        && (text.is_ascii() || text.ends_with(|letter: char| letter.is_ascii_digit()))
}

/// A lower row of which nothing comes into the headings: neither a column nor a unit. What stands in brackets explains them.
fn adds_nothing(names: &Names<'_>, upper: &[Row], row: &Row) -> bool {
    let (before, after) = (joined(names, upper), joined(names, &[upper, std::slice::from_ref(row)].concat()));
    let filled: Vec<(usize, &str)> =
        row.fields.iter().map(|field| trim(field)).enumerate().filter(|(_, field)| !field.is_empty()).collect();
    let is_unit = |text: &str| Dictionary::get().is_unit(text);
    let is_heading = |text: &str| text.starts_with(['(', '（']) || is_missing(text) || is_unit(text) || names.column(text).is_some();
    let means = |fields: &[String], at: usize| match fields.get(at).map(|field| names.recognise(trim(field))) {
        Some(Heading::Known { column, factor, .. }) => Some((column, factor)),
        _ => None,
    };
    let is_dropped =
        |&(at, text): &(usize, &str)| !is_heading(text) && means(&before, at).is_some_and(|known| means(&after, at) == Some(known));
    !is_numbering(&filled) && !filled.is_empty() && filled.iter().all(is_dropped)
}

fn cell(row: &Row, at: usize) -> (String, String) {
    (format!("{}{}", column_letters(at as u32), row.row), row.fields.get(at).map(|field| trim(field).to_owned()).unwrap_or_default())
}

/// What stands in a row.
fn shown(row: &Row) -> String {
    let filled: Vec<&str> = row.fields.iter().map(|field| trim(field)).filter(|field| !field.is_empty()).collect();
    let text = filled.join(" | ");
    let shown: String = text.chars().take(SHOWN).collect();
    if shown.len() < text.len() { format!("“{shown}…”") } else { format!("“{shown}”") }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn told(rows: &[&[&str]], told: (u64, u64)) -> Option<(Kind, u64)> {
        let table = Dictionary::get().table("tax").expect("a table");
        let rows = Row::of_cells(rows);
        check(&rows, &Names { table, aliases: &BTreeMap::new() }, told).map(|unlike| (unlike.kind, unlike.row))
    }

    const HEAD: &[&str] = &["企业代码", "年度", "实缴税收"];

    #[test]
    fn a_row_of_data_is_no_heading() {
        let rows: &[&[&str]] = &[HEAD, &["E1", "2025", "7"], &["E2", "2025", "8"]];
        assert_eq!(told(rows, (1, 1)), None);
        assert_eq!(told(rows, (1, 2)), Some((Kind::Data("A2".to_owned()), 2)));
        assert_eq!(told(rows, (1, 3)), Some((Kind::Data("A2".to_owned()), 2)));
        assert_eq!(told(rows, (2, 2)), Some((Kind::NoColumn, 2)));
        assert_eq!(told(rows, (99, 99)), Some((Kind::NoColumn, 99)));
        // Without an id and a year the figure tells.
        assert_eq!(told(&[HEAD, &["", "", "1,234.5"]], (1, 2)), Some((Kind::Data("C2".to_owned()), 2)));
        // Headings of a second page: the rows above them would be titles.
        assert_eq!(told(&[HEAD, &["E1", "2025", "7"], HEAD, &["E2", "2025", "8"]], (3, 3)), Some((Kind::Data("A2".to_owned()), 2)));
    }

    #[test]
    fn words_that_come_into_no_heading_are_told() {
        assert_eq!(told(&[HEAD, &["甲", "", ""], &["E1", "2025", "7"]], (1, 2)), Some((Kind::Idle("A2".to_owned()), 2)));
    }

    #[test]
    fn titles_units_numbers_and_second_rows_are_headings() {
        assert_eq!(told(&[&["2025年税收"], &["", "", "单位：元"], HEAD, &["E1", "2025", "7"]], (3, 3)), None);
        assert_eq!(told(&[HEAD, &["（必填）", "（必填）", ""], &["E1", "2025", "7"]], (1, 2)), None);
        assert_eq!(told(&[HEAD, &["-", "-", "元"], &["E1", "2025", "7"]], (1, 2)), None);
        assert_eq!(told(&[HEAD, &["甲", "1", "2"], &["E1", "2025", "7"]], (1, 2)), None);
        assert_eq!(told(&[&["企业", "", "2025"], HEAD, &["E1", "2025", "7"]], (1, 2)), None);
        assert_eq!(told(&[&["企业代码", "年度", "税收", ""], &["", "", "实缴税收", "退税"], &["E1", "2025", "7", "0"]], (1, 2)), None);
    }
}
