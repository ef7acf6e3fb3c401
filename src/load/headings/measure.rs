//! Which unit a column is in: what the user says, the heading itself, the row of units, the line of units, the names of the
//! sheet and the file, in this order.
//!
//! In: the headings of a source and what the user says of its units. Out: for each heading the column and factor it means, and
//! findings where two of these say different things. Next: `heading` makes the columns of the file of it.

use std::collections::BTreeSet;
use std::sync::Arc;

use rust_decimal::Decimal;

use crate::dictionary::{Column, ColumnType, Dictionary, Heading, Unit};
use crate::finding::{Code, Finding, Place};
use crate::load::cells::cell::trim;
use crate::load::cells::period;
use crate::load::config::Units;
use crate::load::headings::names::Names;
use crate::load::headings::shape;
use crate::load::headings::unit_line::UnitWord;

/// All that is said about the columns of a source.
pub struct Said<'a> {
    /// The table, and other names of its columns.
    pub names: &'a Names<'a>,
    /// What the user says.
    pub units: &'a Units,
    /// The headings.
    pub heading: &'a shape::Heading,
}

/// Who says the unit of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SaidBy {
    /// Nobody: the canonical unit is taken.
    Nobody,
    /// A line for the whole table, in that row.
    Line(u64),
    /// Its heading, or a row of units.
    Heading,
    /// The name of the sheet or the file.
    Name,
    /// A column of units, which stands there, row by row.
    Column(usize),
    /// The user.
    User,
}

/// One place that says a unit.
struct Saying {
    /// The unit as it is called there.
    word: String,
    factor: Decimal,
    by: SaidBy,
    /// Its row, or the heading itself.
    row: Option<u64>,
    /// Where the user says it: file and line.
    told: Option<String>,
}

/// A heading that is not the column it means, because another one is.
pub struct LeftOut {
    /// The column.
    pub column: &'static Column,
    /// Where the other heading stands.
    pub other: usize,
    /// The year before this heading; `None`: the user says that the other one is the column.
    pub year: Option<i32>,
    /// Canonical units per written unit.
    pub factor: Decimal,
}

/// The unit of a column, and everything that says otherwise.
pub struct Measure {
    /// Canonical units per written unit.
    pub factor: Decimal,
    /// Who says it.
    pub by: SaidBy,
    first: Option<Saying>,
    others: Vec<Saying>,
}

/// A word that is no unit of the column, and those that are.
pub type NoUnit = (String, Vec<&'static str>);

impl Said<'_> {
    /// The column that a heading means, and its unit.
    pub fn means(&self, position: usize, text: &str) -> Option<(&'static Column, Result<Measure, NoUnit>)> {
        if text.is_empty() {
            return None;
        }
        let column = |at: usize| &self.names.table.columns[at];
        if self.left_out(position, text).is_some() || self.is_beside_years(text) {
            return None;
        }
        match self.names.recognise(text) {
            Heading::Known { column: at, factor, says_unit } => {
                let column = column(at);
                Some((column, self.measure(column, position, factor, says_unit)))
            }
            Heading::UnknownUnit { column: at, unit, accepted } => Some((column(at), Err((unit, accepted)))),
            Heading::Extra => None,
        }
    }

    /// Is it the heading of a column of periods beside one of years? Alone it is that of the years.
    fn is_beside_years(&self, text: &str) -> bool {
        let is_years = |field: &str| {
            self.names.column(field).is_some_and(|at| self.names.table.columns[at].kind == ColumnType::Year) && !period::is_heading(field)
        };
        period::is_heading(text) && self.names.told(text).is_none() && self.heading.fields.iter().any(|field| is_years(trim(field)))
    }

    /// A heading of which another is the column: one that the user says, or one without the year that stands before this.
    pub fn left_out(&self, position: usize, text: &str) -> Option<LeftOut> {
        let at = self.names.column(text).filter(|_| !text.is_empty())?;
        let fields = || self.heading.fields.iter().enumerate().map(|(at, field)| (at, trim(field)));
        let column = &self.names.table.columns[at];
        let is_told = |field: &str| self.names.told(field) == Some(at);
        let told = fields().filter(|_| !self.names.aliases.is_empty()).find(|(_, field)| is_told(field));
        if let Some((other, _)) = told {
            return (!is_told(text)).then_some(LeftOut { column, other, year: None, factor: Decimal::ONE });
        }
        let year = self.names.year(text)?;
        let Heading::Known { factor, says_unit, .. } = self.names.recognise(text) else { return None };
        let same = |field: &str| self.names.column(field) == Some(at);
        // Beside a column of the year that all rows are of one of another year is an extra one.
        let of_year = self.heading.of_year.filter(|of_all| *of_all != year);
        let is_of_year = |field: &str| of_year.is_some() && self.names.year(field) == of_year;
        let (other, _) = fields()
            .find(|(_, field)| same(field) && self.names.year(field).is_none())
            .or_else(|| fields().find(|(_, field)| same(field) && is_of_year(field)))?;
        let factor = self.measure(column, position, factor, says_unit).map_or(factor, |measure| measure.factor);
        Some(LeftOut { column, other, year: Some(year), factor })
    }

    fn measure(&self, column: &Column, position: usize, factor: Decimal, says_unit: bool) -> Result<Measure, NoUnit> {
        let dictionary = Dictionary::get();
        let Some(quantity) = column.quantity.as_deref() else { return Ok(Measure::said(factor, SaidBy::Nobody)) };
        let read = |word: &str| dictionary.unit(quantity, word).ok_or_else(|| (word.to_owned(), dictionary.units_of(quantity)));
        let mut sayings = Vec::new();
        if let Some(told) = self.units.get(&column.name).or_else(|| self.units.get(quantity)) {
            sayings.push(Saying { told: Some(told.at.clone()), ..saying(read(&told.word)?, SaidBy::User, None) });
        }
        if says_unit {
            let own = dictionary.units.iter().find(|unit| unit.quantity == quantity && unit.factor == factor);
            sayings.extend(own.map(|unit| saying(unit, SaidBy::Heading, None)));
        }
        if let Some(word) = self.heading.units.get(position).and_then(Option::as_deref) {
            match read(word) {
                Ok(unit) => sayings.push(saying(unit, SaidBy::Heading, Some(self.heading.unit_row))),
                Err(no_unit) if sayings.is_empty() => return Err(no_unit),
                Err(_) => {}
            }
        }
        let line = |(row, word): &(u64, UnitWord)| Some(saying(word.unit_for(self.names.table, column)?, SaidBy::Line(*row), Some(*row)));
        sayings.extend(self.heading.unit_words.iter().filter_map(line));
        if sayings.is_empty() {
            sayings.extend(self.heading.own_words.iter().filter_map(line));
        }
        if sayings.is_empty() {
            let named = self.heading.named_units.iter().filter_map(|word| word.unit_for(self.names.table, column));
            sayings.extend(named.take(1).map(|unit| saying(unit, SaidBy::Name, None)));
        }
        let mut sayings = sayings.into_iter();
        let first = sayings.next();
        let (factor, by) = first.as_ref().map_or((factor, SaidBy::Nobody), |first| (first.factor, first.by));
        Ok(Measure { factor, by, first, others: sayings.filter(|other| other.factor != factor).collect() })
    }
}

fn saying(unit: &Unit, by: SaidBy, row: Option<u64>) -> Saying {
    Saying { word: unit.zh.clone(), factor: unit.factor, by, row, told: None }
}

impl Measure {
    fn said(factor: Decimal, by: SaidBy) -> Measure {
        Measure { factor, by, first: None, others: Vec::new() }
    }

    /// A finding for what says otherwise; two lines that contradict each other are told once.
    pub fn contradictions(&self, place: &Place, told: &mut BTreeSet<(u64, u64)>) -> Option<Finding> {
        let first = self.first.as_ref()?;
        // A heading that says its own unit under a line for all is the usual way to write an exception.
        let is_exception = |other: &&Saying| first.by == SaidBy::Heading && first.row.is_none() && matches!(other.by, SaidBy::Line(_));
        let other = self.others.iter().find(|other| !is_exception(other))?;
        // What the user says stands before the first row.
        let row = |saying: &Saying| saying.row.or(saying.told.as_ref().map(|_| 0));
        if let (Some(a), Some(b)) = (row(first), row(other))
            && !told.insert((a, b))
        {
            return None;
        }
        // Two units of one quantity in one line: neither is the nearer one.
        if first.row.is_some() && first.row == other.row {
            let finding = Finding::error(Code::TwoUnits, place.clone()).text(place.heading().unwrap_or(""));
            return Some(
                finding
                    .with("first", &first.word)
                    .with("second", &other.word)
                    .with("first_row", first.row.unwrap_or_default())
                    .with("second_row", other.row.unwrap_or_default()),
            );
        }
        let file: Arc<str> = place.file().unwrap_or_default().into();
        let at = |finding: Finding, key: &'static str, saying: &Saying| match (&saying.told, saying.row) {
            (Some(told), _) => finding.with(key, told),
            (None, Some(row)) => finding.with_place(key, &Place::Row { file: file.clone(), row }),
            (None, None) => finding.with_place(key, place),
        };
        let finding = Finding::warning(Code::ContradictingUnits, place.clone()).text(place.heading().unwrap_or(""));
        let finding = at(finding.with("first", &first.word), "first_at", first);
        Some(at(finding.with("second", &other.word), "second_at", other))
    }
}
