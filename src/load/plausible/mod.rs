//! Figures against what they usually are: columns in another unit than their heading says, values that can hardly be true.
//!
//! In: each table as it is read ([`Notes::add`]), then the land that enterprises hold. Out: warnings, one per column in the wrong
//! unit, else one per value. Nothing is converted or left out. Only `check` asks for this; bounds stand in the dictionary.

use std::sync::Arc;

use crate::dictionary::suspicions::Suspicions;
use crate::dictionary::{Column, Dictionary, Plausible};
use crate::finding::{Findings, Place};
use crate::load::headings::Means;
use crate::load::reading::origins::Origin;
use crate::load::reading::part::Part;
use crate::load::reading::table::Loaded;

mod bunching;
mod median;
pub mod parcel;
mod ratio;
mod slip;
mod value;

/// What is remembered of the tables until all are read.
#[derive(Default)]
pub struct Notes {
    columns: Vec<Noted>,
    givens: Vec<Given>,
}

/// A column whose median is usually between two bounds.
struct Noted {
    /// `table.column`.
    address: String,
    column: &'static Column,
    /// Its heading.
    place: Place,
    /// Canonical units in what the heading says.
    factor: f64,
    /// Values above zero.
    count: usize,
    /// Their median, where they are enough.
    median: Option<f64>,
}

/// The rows of a figure that can be judged, column by column: there may be as many as the table has.
struct Given {
    plausible: &'static Plausible,
    file: Arc<str>,
    column: u32,
    heading: Arc<str>,
    heading_row: u64,
    limits: &'static Suspicions,
    /// Who holds the land that a row is divided by; empty where the denominator stands in the row.
    owners: Vec<u32>,
    years: Vec<i16>,
    rows: Vec<u32>,
    /// The numerators alone until the land is known.
    ratios: Vec<f64>,
}

/// The land that an enterprise, by number, holds in a year.
pub type Held<'h> = dyn Fn(u32, i16) -> Option<f64> + 'h;

impl Notes {
    /// Remembers what is to be judged of a table; nothing, unless suspicions are asked for.
    pub fn add(&mut self, loaded: &Loaded<'_>) {
        if !loaded.layout.suspicions {
            return;
        }
        // Each file may be in units of its own.
        for (number, origin) in loaded.origins.iter().enumerate() {
            let of_file = OfFile { number: number as u16, origin, loaded };
            self.columns.extend(of_file.columns());
            self.givens.extend(Dictionary::get().plausible.iter().filter_map(|plausible| Given::of(plausible, &of_file)));
        }
    }

    /// Adds those of other tables.
    pub fn extend(&mut self, other: Notes) {
        self.columns.extend(other.columns);
        self.givens.extend(other.givens);
    }

    /// Warns of what is not usual. A column that is in the wrong unit explains every ratio and every value it has a part in.
    pub fn judge(mut self, held: &Held<'_>, findings: &mut Findings) {
        self.givens.iter_mut().for_each(|given| given.settle(held));
        let mut suspected: Vec<&Noted> = Vec::new();
        for noted in &self.columns {
            if let Some(finding) = slip::judge(noted) {
                findings.push(finding);
                suspected.push(noted);
            }
        }
        ratio::judge(&self.columns, &self.givens, &mut suspected, findings);
        for given in &self.givens {
            bunching::judge(given, self.last_year(given), findings);
        }
        for given in self.givens.iter().filter(|given| !given.involves_any(&suspected)) {
            value::judge(given, findings);
        }
    }

    /// The last year of a figure, in whatever file.
    fn last_year(&self, given: &Given) -> Option<i16> {
        let same = self.givens.iter().filter(|other| std::ptr::eq(other.plausible, given.plausible));
        same.flat_map(|other| other.years.iter().copied()).max()
    }
}

/// One of the files of a table.
struct OfFile<'l, 'i> {
    number: u16,
    origin: &'l Origin,
    loaded: &'l Loaded<'i>,
}

impl OfFile<'_, '_> {
    fn parts(&self) -> impl Iterator<Item = &Part> {
        self.loaded.parts.iter().filter(|part| part.origin == self.number)
    }

    /// The columns whose median is usually between two bounds.
    fn columns(&self) -> Vec<Noted> {
        let mut columns = Vec::new();
        let mut values: Vec<f64> = Vec::new();
        for (at, reader) in self.loaded.layout.readers.iter().enumerate() {
            let (Means::Known(column), Some((_, own))) = (reader.file.means, &self.origin.columns[at]) else { continue };
            if column.usual.is_none() || !reader.stored {
                continue;
            }
            values.clear();
            self.parts().for_each(|part| values.extend(positive(part, at)));
            columns.push(Noted {
                address: format!("{}.{}", self.loaded.layout.table.name, column.name),
                column,
                place: self.origin.heading(at),
                factor: to_float(own.factor),
                count: values.len(),
                median: median::median(&mut values),
            });
        }
        columns
    }
}

impl Given {
    /// The rows of a figure, if the table has its numerator.
    fn of(plausible: &'static Plausible, of_file: &OfFile<'_, '_>) -> Option<Given> {
        let (loaded, origin) = (of_file.loaded, of_file.origin);
        let of_table = |address: &'static str| {
            let (table, column) = address.split_once('.')?;
            (table == loaded.layout.table.name).then(|| loaded.position(column))
        };
        let at = of_table(&plausible.numerator)??;
        let under = plausible.denominator.as_deref().map(of_table);
        let (column, own) = origin.columns[at].as_ref()?;
        let mut given = Given {
            plausible,
            file: origin.file.clone(),
            column: *column,
            heading: own.heading.clone(),
            heading_row: origin.heading_row,
            limits: loaded.layout.limits,
            owners: Vec::new(),
            years: Vec::new(),
            rows: Vec::new(),
            ratios: Vec::new(),
        };
        let most = of_file.parts().map(|part| part.rows.len()).sum();
        given.years.reserve(most);
        given.rows.reserve(most);
        given.ratios.reserve(most);
        given.owners.reserve(if under == Some(None) { most } else { 0 });
        of_file.parts().for_each(|part| given.add(part, at, under));
        Some(given)
    }

    /// Adds the rows of a part that have a ratio, or may have one. `over`: where the numerator stands. `under`: where the denominator stands; `None` where there is none, and
    /// `Some(None)` where it stands in another table.
    fn add(&mut self, part: &Part, over: usize, under: Option<Option<Option<usize>>>) {
        for (place, &row) in part.rows.iter().enumerate().filter(|(place, _)| part.is_whole(*place)) {
            let numerator = part.cells[over].number(place);
            let denominator = match under {
                None | Some(None) => 1.0,
                Some(Some(under)) => under.map_or(f64::NAN, |under| part.cells[under].number(place)),
            };
            if numerator > 0.0 && denominator > 0.0 {
                self.years.push(part.years[place]);
                self.rows.push(row);
                self.ratios.push(numerator / denominator);
                if under == Some(None) {
                    self.owners.push(part.owners.get(place).copied().unwrap_or(crate::load::tables::enterprise::NOBODY));
                }
            }
        }
    }

    /// Divides by the land held, where that is the denominator, and drops the rows that have none.
    fn settle(&mut self, held: &Held<'_>) {
        let owners = std::mem::take(&mut self.owners);
        if owners.is_empty() {
            return;
        }
        let mut kept = 0;
        for (at, owner) in owners.into_iter().enumerate() {
            let Some(land) = held(owner, self.years[at]).filter(|land| *land > 0.0) else { continue };
            (self.years[kept], self.rows[kept], self.ratios[kept]) = (self.years[at], self.rows[at], self.ratios[at] / land);
            kept += 1;
        }
        self.years.truncate(kept);
        self.rows.truncate(kept);
        self.ratios.truncate(kept);
    }

    /// Has a column a part in it? Of its own table only that of its own file.
    fn involves(&self, noted: &Noted) -> bool {
        let is_own = self.plausible.numerator.split('.').next() == noted.address.split('.').next();
        let is_part = self.plausible.numerator == noted.address || self.plausible.denominator.as_deref() == Some(&noted.address);
        is_part && (!is_own || noted.place.file() == Some(&self.file))
    }

    fn involves_any(&self, columns: &[&Noted]) -> bool {
        columns.iter().any(|noted| self.involves(noted))
    }
}

/// A decimal of the dictionary as a number.
pub fn to_float(factor: rust_decimal::Decimal) -> f64 {
    rust_decimal::prelude::ToPrimitive::to_f64(&factor).unwrap_or(f64::NAN)
}

/// The numbers of whole years above zero: a zero is one in any unit, and what is usual is so of a year.
fn positive(part: &Part, at: usize) -> impl Iterator<Item = f64> + '_ {
    let whole = (0..part.rows.len()).filter(|&row| part.is_whole(row));
    whole.map(move |row| part.cells[at].number(row)).filter(|value| *value > 0.0)
}

/// A figure for a sentence: whole from a thousand on, else four digits.
fn figure(value: f64) -> String {
    let places = if value >= 1000.0 { 0 } else { (3 - value.max(1e-9).log10().floor() as i32).clamp(0, 12) };
    plain(value, places as usize)
}

/// A factor for a sentence, the way round that makes it larger than one.
fn factor(times: f64) -> String {
    plain(if times < 1.0 { 1.0 / times } else { times }, 2)
}

fn plain(value: f64, places: usize) -> String {
    let text = format!("{value:.places$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_short_and_factors_larger_than_one() {
        for (value, expected) in [(52_366.7, "52367"), (78.55, "78.55"), (0.000_123_456, "0.0001235"), (5.0, "5"), (1e12, "1000000000000")]
        {
            assert_eq!(figure(value), expected);
        }
        for (times, expected) in [(0.0015, "666.67"), (1.0 / 15.0, "15"), (10_000.0, "10000"), (0.001, "1000")] {
            assert_eq!(factor(times), expected);
        }
    }
}
