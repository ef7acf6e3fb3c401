//! What decided a verdict, and what was missing to decide it.
//!
//! In: the rows of a statement and the expressions of a rule. Out: names with values, and names of columns that were blank. A
//! definition that is known hides what it is made of; one that is missing is followed down to the columns that are.

use std::collections::BTreeMap;

use polars::prelude::*;

use crate::plan::flags::{Meaning, Reach};
use crate::policy;
use crate::policy::rule::Rule;
use crate::policy::subject::{Extra, Origin, Subject};
use crate::policy::term::Term;

/// A column of the rows, read cell by cell.
enum Cells {
    Number(Float64Chunked),
    Whole(Int64Chunked),
    Text(StringChunked),
    Truth(BooleanChunked),
    Date(Int32Chunked),
}

/// A value that decided.
#[derive(Debug, Clone, PartialEq)]
pub enum Shown {
    /// Nothing is known.
    Missing,
    /// A number, up to six decimals.
    Number(f64),
    /// A text or a code.
    Text(String),
    /// True or false.
    Truth(bool),
    /// A date, days since 1970.
    Date(i32),
}

/// Rows with their columns at hand.
pub struct Rows<'r> {
    cells: BTreeMap<String, Cells>,
    reach: Reach<'r>,
}

impl Cells {
    fn of(series: &Series) -> Option<Cells> {
        Some(match series.dtype() {
            DataType::Float64 => Cells::Number(series.f64().ok()?.rechunk().into_owned()),
            DataType::String => Cells::Text(series.str().ok()?.rechunk().into_owned()),
            DataType::Boolean => Cells::Truth(series.bool().ok()?.rechunk().into_owned()),
            DataType::Date => Cells::Date(series.cast(&DataType::Int32).ok()?.i32().ok()?.rechunk().into_owned()),
            DataType::Null => Cells::Text(StringChunked::full_null("".into(), series.len())),
            _ => Cells::Whole(series.cast(&DataType::Int64).ok()?.i64().ok()?.rechunk().into_owned()),
        })
    }

    fn get(&self, row: usize) -> Shown {
        let found = match self {
            Cells::Number(values) => values.get(row).map(Shown::Number),
            Cells::Whole(values) => values.get(row).map(|whole| Shown::Number(whole as f64)),
            Cells::Text(values) => values.get(row).map(|text| Shown::Text(text.to_owned())),
            Cells::Truth(values) => values.get(row).map(Shown::Truth),
            Cells::Date(values) => values.get(row).map(Shown::Date),
        };
        found.unwrap_or(Shown::Missing)
    }

    fn is_missing(&self, row: usize) -> bool {
        match self {
            Cells::Number(values) => values.get(row).is_none(),
            Cells::Whole(values) => values.get(row).is_none(),
            Cells::Text(values) => values.get(row).is_none(),
            Cells::Truth(values) => values.get(row).is_none(),
            Cells::Date(values) => values.get(row).is_none(),
        }
    }
}

impl<'r> Rows<'r> {
    /// The rows of a book and subject.
    pub fn new(frame: &DataFrame, book: &'r policy::book::Book, subject: Subject, extra: &Extra) -> Self {
        let columns = frame.columns().iter();
        let cells = columns.filter_map(|column| Some((column.name().to_string(), Cells::of(column.as_materialized_series())?)));
        Rows { cells: cells.collect(), reach: Reach::new(book, subject, extra) }
    }

    /// The value of a column in a row.
    pub fn get(&self, column: &str, row: usize) -> Shown {
        self.cells.get(column).map_or(Shown::Missing, |cells| cells.get(row))
    }

    /// The text of a column in a row.
    pub fn text(&self, column: &str, row: usize) -> Option<&str> {
        match self.cells.get(column)? {
            Cells::Text(values) => values.get(row),
            _ => None,
        }
    }

    /// A truth in a row.
    pub fn truth(&self, column: &str, row: usize) -> Option<bool> {
        match self.cells.get(column)? {
            Cells::Truth(values) => values.get(row),
            _ => None,
        }
    }

    /// A number in a row.
    pub fn number(&self, column: &str, row: usize) -> Option<f64> {
        match self.get(column, row) {
            Shown::Number(number) => Some(number),
            _ => None,
        }
    }

    /// A date in a row.
    pub fn date(&self, column: &str, row: usize) -> Option<i32> {
        match self.cells.get(column)? {
            Cells::Date(values) => values.get(row),
            _ => None,
        }
    }

    /// What decided: name, year where it is not the evaluated one, value.
    pub fn evidence(&self, rule: &Rule, years: &[i32], row: usize) -> Vec<(String, Option<i32>, Shown)> {
        let names: Vec<String> = match rule.evidence.as_slice() {
            [] => rule.when.term.names().into_iter().collect(),
            keys => keys.iter().map(|key| key.text.clone()).collect(),
        };
        let mut shown = Vec::new();
        for name in names.into_iter().filter(|name| self.cells.contains_key(name)) {
            shown.push((name.clone(), None, self.get(&name, row)));
            for &year in years.iter().skip(1) {
                shown.push((name.clone(), Some(year), self.get(&format!("{name}_{year}"), row)));
            }
        }
        shown
    }

    /// Columns that were missing, and dates that are in doubt: name, year where it is not the evaluated one.
    pub fn missing(&self, rule: &Rule, years: &[i32], row: usize) -> Vec<(String, Option<i32>)> {
        let mut missing = Vec::new();
        let subject = self.reach.subject;
        for name in self.reach.rests_on(&rule.when.term) {
            if self.truth(&format!("doubt_{name}"), row) == Some(true) {
                missing.push((name, None));
            }
        }
        for (at, &year) in years.iter().enumerate() {
            let year = if at == 0 { None } else { Some(year) };
            self.search(subject, &rule.when.term, year, row, &mut missing);
        }
        if missing.is_empty() {
            // Nothing is blank, and yet it cannot be told: the figures are there and do not suffice.
            self.leaves(subject, &rule.when.term, row, &mut missing);
        }
        missing
    }

    fn column(&self, name: &str, year: Option<i32>) -> Option<&Cells> {
        match year {
            None => self.cells.get(name),
            Some(year) => self.cells.get(&format!("{name}_{year}")),
        }
    }

    fn search(&self, subject: Subject, term: &Term, year: Option<i32>, row: usize, missing: &mut Vec<(String, Option<i32>)>) {
        for name in in_order(term) {
            match self.reach.meaning(subject, &name) {
                Meaning::Given => {
                    let unset = self.reach.book.setting(&name).is_some_and(|setting| setting.value == Term::Missing);
                    if unset {
                        add(missing, name, None);
                    }
                }
                Meaning::Definition(at) => {
                    let definition = &self.reach.book.definitions[at];
                    if self.column(&name, year).is_none_or(|cells| cells.is_missing(row)) {
                        let before = missing.len();
                        self.search(definition.subject, &definition.value, year, row, missing);
                        if missing.len() == before {
                            self.leaves(definition.subject, &definition.value, row, missing);
                        }
                    }
                }
                Meaning::Benchmark(_) => {
                    if self.column(&name, year).is_none_or(|cells| cells.is_missing(row)) {
                        add(missing, name, year);
                    }
                }
                Meaning::Column(known) => {
                    let (origin, column) = (known.origin, known.column.clone());
                    let alias = if subject == self.reach.subject { name } else { self.reach.alias(&column).to_owned() };
                    self.column_of(&alias, origin, &column, year, row, missing);
                }
            }
        }
    }

    /// A blank column; of a figure the columns that it is made of.
    fn column_of(
        &self,
        alias: &str,
        origin: Origin,
        column: &str,
        year: Option<i32>,
        row: usize,
        missing: &mut Vec<(String, Option<i32>)>,
    ) {
        if self.column(alias, year).is_some_and(|cells| !cells.is_missing(row)) {
            return;
        }
        let formula = if origin == Origin::Holder { policy::derived(column) } else { None };
        let Some(formula) = formula else { return add(missing, alias.to_owned(), year) };
        let before = missing.len();
        for input in formula.names() {
            let alias = self.reach.alias(&input);
            if self.column(alias, year).is_none_or(|cells| cells.is_missing(row)) {
                add(missing, alias.to_owned(), year);
            }
        }
        if missing.len() == before {
            add(missing, alias.to_owned(), year);
        }
    }

    /// Every column that a term rests on, blank or not; known definitions are not looked into.
    fn leaves(&self, subject: Subject, term: &Term, row: usize, found: &mut Vec<(String, Option<i32>)>) {
        for name in in_order(term) {
            match self.reach.meaning(subject, &name) {
                Meaning::Definition(at) => {
                    let definition = &self.reach.book.definitions[at];
                    if self.cells.get(&name).is_none_or(|cells| cells.is_missing(row)) {
                        self.leaves(definition.subject, &definition.value, row, found);
                    }
                }
                Meaning::Column(_) | Meaning::Benchmark(_) => add(found, name, None),
                Meaning::Given => {}
            }
        }
    }
}

fn add(missing: &mut Vec<(String, Option<i32>)>, name: String, year: Option<i32>) {
    let entry = (name, year);
    if !missing.contains(&entry) {
        missing.push(entry);
    }
}

/// Names of a term in reading order, each once.
fn in_order(term: &Term) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    term.visit(&mut |part| {
        let name = match part {
            Term::Column(name, _) => name.clone(),
            Term::HasLabel(_) => "labels".to_owned(),
            _ => return,
        };
        if !names.contains(&name) {
            names.push(name);
        }
    });
    names
}
