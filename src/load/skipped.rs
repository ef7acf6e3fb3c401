//! Rows that stand in a table and are none of its rows: totals, notes, headings that a printer repeats on every page.
//!
//! In: the cells of a record. Out: what it is, if it is no row. It is never dropped without a word: `decision` says which rows
//! were skipped. Next: `row`.

use super::cell::trim;
use super::heading::Means;
use super::measure::SaidBy;
use super::row::Layout;
use super::unit_line::{self, UnitWord};
use crate::dictionary::{ColumnType, Dictionary, Office};
use crate::finding::{Code, Finding, Place};

/// What a row is that is no row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Skipped {
    /// The sum of others.
    Total,
    /// Words below the table.
    Note,
    /// The headings again.
    Heading,
}

impl Layout<'_> {
    /// What the record is, if it is no row of the table. Rows whose key looks like a key are not looked at further.
    #[inline]
    pub fn skipped(&self, fields: &[&str]) -> Option<Skipped> {
        let is_plain = match fields.get(self.label).map(|field| field.as_bytes()) {
            Some([b'0'..=b'9', ..]) | Some([b'A'..=b'Z' | b'a'..=b'z', b'0'..=b'9', ..]) => fields.len() == self.readers.len(),
            _ => false,
        };
        if is_plain { None } else { self.skipped_at_leisure(fields) }
    }

    #[cold]
    fn skipped_at_leisure(&self, fields: &[&str]) -> Option<Skipped> {
        let office = Office::get();
        let mut filled = fields.iter().map(|field| trim(field)).enumerate().filter(|(_, field)| !field.is_empty());
        let (first, few) = (filled.next()?.1, filled.nth(1).is_none());
        if few && (office.is_note(first) || fields.iter().any(|field| unit_line::is_line(trim(field)))) {
            return Some(Skipped::Note);
        }
        let key = fields.get(self.label).map_or("", |field| trim(field));
        if key.is_empty() || office.is_total(key) {
            let mut words = fields.iter().enumerate().filter(|(at, _)| self.may_say_total(*at)).map(|(_, field)| trim(field));
            if words.any(|word| office.is_total(word)) {
                return Some(Skipped::Total);
            }
        }
        self.are_headings(fields).then_some(Skipped::Heading)
    }

    /// Are all cells headings of this table, in whatever order?
    fn are_headings(&self, fields: &[&str]) -> bool {
        let is_heading = |text: &str| self.readers.iter().any(|reader| *reader.file.heading == *text);
        let mut filled = fields.iter().map(|field| trim(field)).filter(|field| !field.is_empty());
        let named = self.readers.iter().filter(|reader| !reader.file.heading.is_empty()).count();
        // One that is none ends it: nearly always the first.
        filled.clone().all(is_heading) && (filled.nth(2).is_some() || named < 3)
    }

    /// What is doubtful about skipping a record.
    #[cold]
    pub fn doubt_of(&self, skipped: Skipped, row: u64, fields: &[&str]) -> Option<Finding> {
        let office = Office::get();
        let place = self.place(row, None);
        match skipped {
            Skipped::Heading => {
                let headings = self.readers.iter().map(|reader| &*reader.file.heading);
                let is_same = headings.eq(fields.iter().map(|field| trim(field)));
                let finding = || Finding::error(Code::HeadingsInOtherOrder, place).with("row", self.heading_row);
                (!is_same).then(finding)
            }
            Skipped::Total => {
                let words = fields.iter().enumerate().filter(|(at, _)| self.may_say_total(*at));
                let (at, name) = words.map(|(at, field)| (at, trim(field))).find(|(_, field)| office.names_enterprise(field))?;
                Some(Finding::warning(Code::NamedTotal, self.place(row, Some(at))).text(name))
            }
            Skipped::Note => {
                let words = fields.iter().flat_map(|field| unit_line::said(trim(field)));
                words.into_iter().find_map(|word| self.contradicted(&word, place.clone()))
            }
        }
    }

    /// A unit in a line below the table that is not the one its columns were read in. Where the headings themselves do not say theirs,
    /// nobody knows which of the two is right: an error.
    fn contradicted(&self, word: &UnitWord, place: Place) -> Option<Finding> {
        let dictionary = Dictionary::get();
        self.readers.iter().enumerate().find_map(|(at, reader)| {
            let Means::Known(column) = reader.file.means else { return None };
            let quantity = column.quantity.as_deref()?;
            let unit = word.unit(quantity).filter(|unit| unit.factor != reader.file.factor)?;
            let own = dictionary.units.iter().find(|unit| unit.quantity == quantity && unit.factor == reader.file.factor)?;
            let heading = self.place(self.heading_row, Some(at)).address().unwrap_or_default();
            let told = |finding: Finding| finding.text(&*reader.file.heading).with("first", &own.zh).with("second", &unit.zh);
            match reader.file.unit {
                SaidBy::User => None,
                SaidBy::Heading => {
                    let finding = told(Finding::warning(Code::ContradictingUnits, place.clone())).with("first_at", heading);
                    Some(finding.with("second_at", place.address().unwrap_or_default()))
                }
                SaidBy::Line(first) => {
                    let finding = told(Finding::error(Code::TwoUnits, place.clone())).with("first_row", first);
                    Some(finding.with("second_row", place.row().unwrap_or_default()))
                }
                SaidBy::Nobody => Some(told(Finding::error(Code::UnitBelow, place.clone()))),
            }
        })
    }

    /// Columns of words.
    fn may_say_total(&self, at: usize) -> bool {
        match self.readers.get(at).map(|reader| reader.file.means) {
            Some(Means::Known(column)) => matches!(column.kind, ColumnType::Id | ColumnType::Text | ColumnType::Year),
            _ => true,
        }
    }
}
