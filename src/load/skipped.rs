//! Rows that stand in a table and are none of its rows: totals, notes, headings that a printer repeats on every page.
//!
//! In: the cells of a record. Out: what it is, if it is no row. It is never dropped without a word: `decision` says which rows
//! were skipped. Next: `row`.

use super::cell::trim;
use super::heading::Means;
use super::row::Layout;
use crate::dictionary::{ColumnType, Office};

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
        if few && office.is_note(first) {
            return Some(Skipped::Note);
        }
        let key = fields.get(self.label).map_or("", |field| trim(field));
        if key.is_empty() || office.is_total(key) {
            let mut words = fields.iter().enumerate().filter(|(at, _)| self.may_say_total(*at)).map(|(_, field)| trim(field));
            if words.any(|word| office.is_total(word)) {
                return Some(Skipped::Total);
            }
        }
        let headings = self.readers.iter().map(|reader| &*reader.file.heading);
        let is_heading = fields.len() == self.readers.len() && headings.eq(fields.iter().map(|field| trim(field)));
        is_heading.then_some(Skipped::Heading)
    }

    /// Columns of words.
    fn may_say_total(&self, at: usize) -> bool {
        match self.readers.get(at).map(|reader| reader.file.means) {
            Some(Means::Known(column)) => matches!(column.kind, ColumnType::Id | ColumnType::Text | ColumnType::Year),
            _ => true,
        }
    }
}
