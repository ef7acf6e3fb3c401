//! What headings may be called: the names of the dictionary, those of the user, and either with a year beside them.
//!
//! In: a heading and a table. Out: the column it means. Next: `shape` finds the headings by it, `measure` their units.

use std::collections::{BTreeMap, BTreeSet};

use crate::dictionary::{self, ColumnType, Dictionary, Table, normalise};
use crate::load::cells::cell::trim;

/// What headings may be called.
#[derive(Debug, Clone, Copy)]
pub struct Names<'a> {
    /// The table.
    pub table: &'static Table,
    /// Other headings, normalised, and the columns they mean.
    pub aliases: &'a BTreeMap<String, String>,
}

impl Names<'_> {
    /// What a heading means, a year beside it not looked at.
    pub fn recognise(&self, heading: &str) -> dictionary::Heading<'static> {
        match self.as_written(heading) {
            known @ dictionary::Heading::Known { .. } => known,
            unknown => self.beside_year(heading).map_or(unknown, |(_, known)| known),
        }
    }

    /// The year beside a heading, and what the heading means without it: figures have a year.
    fn beside_year(&self, heading: &str) -> Option<(i32, dictionary::Heading<'static>)> {
        let (year, rest) = Dictionary::year_beside(heading)?;
        let means = self.as_written(&rest);
        (self.table.columns[means.column()?].kind == ColumnType::Number).then_some((year, means))
    }

    /// The year beside a heading that means a column only without it.
    pub fn year(&self, heading: &str) -> Option<i32> {
        if matches!(Dictionary::get().recognise(self.table, heading), dictionary::Heading::Known { .. }) {
            return None;
        }
        let told = || self.told(heading).and_then(|_| Dictionary::year_beside(heading)).map(|(year, _)| year);
        self.beside_year(heading).map(|(year, _)| year).or_else(told)
    }

    fn as_written(&self, heading: &str) -> dictionary::Heading<'static> {
        let dictionary = Dictionary::get();
        if self.aliases.is_empty() {
            return dictionary.recognise(self.table, heading);
        }
        let plain = normalise(heading);
        let base = plain.split('(').next().unwrap_or(&plain);
        let whole = self.aliases.get(&plain);
        // A unit in a heading that is said with it is still one: { "用地面积（平方米）" = "area" }.
        if let Some(known) = whole.and_then(|column| self.with_own_unit(column, &plain)) {
            return known;
        }
        let found = whole.map(|column| (column, "")).or_else(|| Some((self.aliases.get(base)?, &plain[base.len()..])));
        let Some((column, bracket)) = found else { return dictionary.recognise(self.table, heading) };
        match dictionary.recognise(self.table, &format!("{column}{bracket}")) {
            dictionary::Heading::Known { column, factor, .. } => {
                dictionary::Heading::Known { column, factor, says_unit: !bracket.is_empty() }
            }
            other => other,
        }
    }

    /// The column that is said of a heading, in the unit that stands behind a bracket or a stroke in it.
    fn with_own_unit(&self, column: &str, plain: &str) -> Option<dictionary::Heading<'static>> {
        let unit = &plain[plain.rfind(['(', '[', '/', '_'])?..];
        let found = Dictionary::get().recognise(self.table, &format!("{column}{unit}"));
        matches!(found, dictionary::Heading::Known { says_unit: true, .. }).then_some(found)
    }

    /// The column that the user says a heading means.
    pub fn told(&self, heading: &str) -> Option<usize> {
        let plain = normalise(heading);
        let base = plain.split('(').next().unwrap_or(&plain);
        let name = self.aliases.get(&plain).or_else(|| self.aliases.get(base))?;
        self.table.columns.iter().position(|column| column.name == *name)
    }

    /// The column a heading means.
    pub fn column(&self, heading: &str) -> Option<usize> {
        self.recognise(heading).column()
    }

    /// Is it a heading that can be read?
    pub fn knows(&self, heading: &str) -> bool {
        matches!(self.recognise(heading), dictionary::Heading::Known { .. })
    }

    /// The different columns that headings mean.
    pub fn columns(&self, fields: &[String]) -> BTreeSet<usize> {
        fields.iter().filter(|field| !trim(field).is_empty()).filter_map(|field| self.column(trim(field))).collect()
    }

    /// Is the year the only required column that is not among them?
    pub fn lacks_only_year(&self, columns: &BTreeSet<usize>) -> bool {
        let is_year = |at: &usize| self.table.columns[*at].kind == ColumnType::Year;
        let mut lacking = (0..self.table.columns.len()).filter(|at| self.table.columns[*at].required && !columns.contains(at));
        lacking.next().is_some_and(|at| is_year(&at)) && lacking.next().is_none()
    }

    /// Are all required columns among them?
    pub fn is_complete(&self, columns: &BTreeSet<usize>) -> bool {
        self.table.columns.iter().enumerate().all(|(at, column)| !column.required || columns.contains(&at))
    }
}
