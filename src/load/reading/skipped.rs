//! Rows that stand in a table and are none of its rows: totals, notes, what a printer repeats on every page.
//!
//! In: the cells of a record. Out: what it is, if it is no row. It is never dropped without a word: `decision` says which rows
//! were skipped. Next: `row`.

use std::collections::BTreeSet;

use crate::dictionary::{ColumnType, Dictionary, Office};
use crate::finding::{Code, Finding, Place};
use crate::load::cells::cell::{self, trim};
use crate::load::cells::forms;
use crate::load::config;
use crate::load::headings::Means;
use crate::load::headings::measure::SaidBy;
use crate::load::headings::unfollowed;
use crate::load::headings::unit_line::{self, UnitWord};
use crate::load::headings::years;
use crate::load::reading::reader::Reader;
use crate::load::reading::row::Layout;
use crate::load::source::record::Record;

/// What a row is that is no row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Skipped {
    /// The sum of others.
    Total,
    /// Words below the table.
    Note,
    /// The headings again, or a title.
    Heading,
}

/// Cells of a row that is a title: the title, and a line of units beside it.
const MOST_OF_TITLE: usize = 2;

impl Layout<'_> {
    /// What the record is, if it is no row of the table. Rows whose key looks like a key are not looked at further.
    #[inline]
    pub fn skipped(&self, fields: &[&str]) -> Option<Skipped> {
        let is_plain = match fields.get(self.label).map(|field| field.as_bytes()) {
            Some([b'0'..=b'9']) => true,
            Some([b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z', b'0'..=b'9', .., last]) => last.is_ascii(),
            Some([b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z', b'0'..=b'9']) => true,
            Some([b'0'..=b'9', b'A'..=b'Z' | b'a'..=b'z', .., last]) => last.is_ascii(),
            _ => false,
        };
        if is_plain && fields.len() == self.readers.len() && fields.get(1).is_none_or(|field| !field.is_empty()) {
            return None;
        }
        self.skipped_at_leisure(fields)
    }

    #[cold]
    fn skipped_at_leisure(&self, fields: &[&str]) -> Option<Skipped> {
        let mut filled = fields.iter().map(|field| trim(field)).filter(|field| !field.is_empty());
        let (first, others) = (filled.next()?, filled.count());
        // Nearly every row that is looked at has a key of Chinese characters and a plain number.
        let key = fields.get(self.label).map_or("", |field| trim(field));
        let is_row = others > 1 && !key.is_empty() && has_plain_number(fields);
        if is_row && ![key, first].iter().any(|text| Office::get().may_be_total(text)) {
            return self.furniture.has(fields).then_some(Skipped::Heading);
        }
        if self.is_note(fields, first, others) {
            return Some(Skipped::Note);
        }
        if self.is_total(fields, first) {
            return Some(Skipped::Total);
        }
        (self.furniture.has(fields) || self.are_headings(fields)).then_some(Skipped::Heading)
    }

    /// Words below the table: few of them, or without a figure where figures stand.
    fn is_note(&self, fields: &[&str], first: &str, others: usize) -> bool {
        let office = Office::get();
        if others < 2 && (office.is_note(first) || fields.iter().any(|field| unit_line::is_labelled(trim(field)))) {
            return true;
        }
        if office.is_page(first) && fields.iter().map(|field| trim(field)).all(|field| field.is_empty() || office.is_page(field)) {
            return true;
        }
        // `填表人：张三,审核人：李四,日期：2026-1-5`.
        let key = fields.get(self.label).map_or("", |field| trim(field));
        let has_key = !key.is_empty() && !office.is_note(key) && !key.contains([':', '：']);
        let is_alone =
            || office.is_numbered_note(first) || office.is_note_alone(first) || is_date(first) || !first.contains(char::is_alphanumeric);
        (others == 0 && fields.len() > 2 && is_alone())
            || ((office.is_note(first) || self.is_form_row(fields)) && !has_key && !self.has_figure(fields))
    }

    /// Does a form say something about itself in every cell: `综合机关名称：税务局,2025年,计量单位：元`?
    fn is_form_row(&self, fields: &[&str]) -> bool {
        let is_form_line = |text: &str| Office::get().is_form_line(text);
        let is_of_form = |text: &str| is_form_line(text) || is_date(text) || Office::get().is_note_alone(text) || cell::year(text).is_ok();
        let mut filled = fields.iter().map(|field| trim(field)).filter(|field| !field.is_empty());
        filled.next().is_some_and(is_form_line) && filled.all(is_of_form)
    }

    /// The sum of rows: a word says so, and there is no key.
    fn is_total(&self, fields: &[&str], first: &str) -> bool {
        let office = Office::get();
        let key = fields.get(self.label).map_or("", |field| trim(field));
        // `合计,3,,,66`: what stands where the key would be counts the rows.
        let counts = office.is_total_alone(first) && is_count(key);
        (key.is_empty() || counts || office.is_total(key)) && self.words(fields).any(|(_, word)| office.is_total(word))
    }

    /// Does a figure stand where figures stand?
    fn has_figure(&self, fields: &[&str]) -> bool {
        let is_figure = |reader: &Reader, text: &str| reader.holds_numbers() && forms::number(text).is_some();
        self.readers.iter().zip(fields).any(|(reader, field)| is_figure(reader, trim(field)))
    }

    /// Cells of columns of words.
    fn words<'f>(&self, fields: &'f [&str]) -> impl Iterator<Item = (usize, &'f str)> {
        fields.iter().enumerate().filter(|(at, _)| self.may_say_total(*at)).map(|(at, field)| (at, trim(field)))
    }

    /// Are all cells headings of this table, in whatever order and with whatever units?
    fn are_headings(&self, fields: &[&str]) -> bool {
        let is_heading = |text: &str| {
            self.readers.iter().any(|reader| *reader.file.heading == *text) || Dictionary::get().names_column(self.table, text).is_some()
        };
        // A plain number is no heading: rows of data have a year or a figure.
        if has_plain_number(fields) {
            return false;
        }
        let mut filled = fields.iter().map(|field| trim(field)).filter(|field| !field.is_empty());
        let named = self.readers.iter().filter(|reader| !reader.file.heading.is_empty()).count();
        // One that is none ends it: nearly always the first.
        filled.clone().all(is_heading) && (filled.nth(2).is_some() || named < 3)
    }

    /// An error for a title or a dividing row among the data that says another year than all rows are taken for, or a part of one.
    #[inline]
    pub fn of_another_block(&self, record: &Record<'_>) -> Option<Finding> {
        let filled = record.fields.iter().filter(|field| !field.is_empty()).take(MOST_OF_TITLE + 1).count();
        if filled > MOST_OF_TITLE { None } else { self.of_another_block_at_leisure(record) }
    }

    #[cold]
    fn of_another_block_at_leisure(&self, record: &Record<'_>) -> Option<Finding> {
        let first = record.fields.iter().map(|field| trim(field)).find(|field| !field.is_empty())?;
        let is_number = |text: &str| cell::year(text).is_err() && forms::number(text).is_some();
        if Office::get().is_note(first) || record.fields.iter().any(|field| is_number(trim(field))) {
            return None;
        }
        let said = years::of_title(first);
        let own = i32::from(self.year);
        let other = said.years.iter().find(|year| **year != own && !said.years.contains(&own));
        let part = said.unfit.as_ref().filter(|unfit| unfit.contradicts(own));
        (other.is_some() || part.is_some()).then(|| {
            let finding = Finding::error(Code::ContradictingYears, self.place(record.row, None)).text(first);
            finding.with("message", "years.block").with("remedy", "years.block-remedy").with("first", self.year)
        })
    }

    /// What is doubtful about skipping a record.
    #[cold]
    pub fn doubt_of(&self, skipped: Skipped, row: u64, fields: &[&str]) -> Option<Finding> {
        let office = Office::get();
        let place = self.place(row, None);
        match skipped {
            Skipped::Heading if self.furniture.has(fields) => None,
            Skipped::Heading => self.doubt_of_headings(row, fields),
            Skipped::Total => {
                let (at, name) = self.words(fields).find(|(_, field)| office.names_enterprise(field))?;
                Some(Finding::warning(Code::NamedTotal, self.place(row, Some(at))).text(name))
            }
            Skipped::Note => {
                let words: Vec<UnitWord> = fields.iter().flat_map(|field| unit_line::said(trim(field))).collect();
                let contradicted = words.iter().find_map(|word| self.contradicted(word, place.clone()));
                contradicted.or_else(|| self.unfollowed(fields, &words, place.clone()))
            }
        }
    }

    /// Headings that come again in another order, or with another unit.
    fn doubt_of_headings(&self, row: u64, fields: &[&str]) -> Option<Finding> {
        for (at, reader) in self.readers.iter().enumerate() {
            let text = fields.get(at).map_or("", |field| trim(field));
            if *reader.file.heading == *text {
                continue;
            }
            let other_order = || Finding::error(Code::HeadingsInOtherOrder, self.place(row, None)).with("row", self.heading_row);
            let (Means::Known(own), Some((column, factor, says_unit))) =
                (reader.file.means, Dictionary::get().names_column(self.table, text))
            else {
                return Some(other_order());
            };
            if column.name != own.name {
                return Some(other_order());
            }
            if says_unit && factor != reader.file.factor {
                let unit = |factor| own.quantity.as_deref().and_then(|quantity| Dictionary::get().unit_by_factor(quantity, factor));
                let finding = Finding::error(Code::TwoUnits, self.place(row, Some(at))).text(text);
                let finding = finding.with("first", unit(reader.file.factor).unwrap_or("")).with("first_row", self.heading_row);
                return Some(finding.with("second", unit(factor).unwrap_or("")).with("second_row", row));
            }
        }
        None
    }

    /// A unit in a line below the table that is not the one its columns were read in. Where the headings themselves do not say theirs,
    /// nobody knows which of the two is right: an error.
    fn contradicted(&self, word: &UnitWord, place: Place) -> Option<Finding> {
        let dictionary = Dictionary::get();
        self.readers.iter().enumerate().find_map(|(at, reader)| {
            let Means::Known(column) = reader.file.means else { return None };
            let quantity = column.quantity.as_deref()?;
            let unit = word.unit_for(self.table, column).filter(|unit| unit.factor != reader.file.factor)?;
            let own = dictionary.unit_by_factor(quantity, reader.file.factor)?;
            let heading = self.place(self.heading_row, Some(at));
            let told = |finding: Finding| finding.text(&*reader.file.heading).with("first", own).with("second", &unit.zh);
            match reader.file.unit {
                by @ (SaidBy::User | SaidBy::Heading | SaidBy::Column(_)) => {
                    let finding = told(Finding::warning(Code::ContradictingUnits, place.clone()));
                    let finding = match by {
                        SaidBy::User => finding.with("first_at", config::FILE),
                        SaidBy::Column(at) => finding.with_place("first_at", &self.place(self.heading_row, Some(at))),
                        _ => finding.with_place("first_at", &heading),
                    };
                    Some(finding.with_place("second_at", &place))
                }
                SaidBy::Line(first) => {
                    let finding = told(Finding::error(Code::TwoUnits, place.clone())).with("first_row", first);
                    Some(finding.with("second_row", place.row().unwrap_or_default()))
                }
                SaidBy::Nobody | SaidBy::Name => Some(told(Finding::error(Code::UnitBelow, place.clone()))),
            }
        })
    }

    /// A unit in a note that is not understood, where a column has none.
    fn unfollowed(&self, fields: &[&str], words: &[UnitWord], place: Place) -> Option<Finding> {
        self.readers.iter().filter_map(|reader| reader.file.unsaid()).find_map(|quantity| {
            let unknown = words.iter().find(|word| !word.is_known() && word.is_about(quantity)).map(|word| word.word.clone());
            let seen = || fields.iter().find_map(|field| unfollowed::trace(field, quantity)).filter(|_| words.is_empty());
            let unit = unknown.or_else(|| seen().map(str::to_owned))?;
            Some(unfollowed::unfollowed(&unit, &BTreeSet::from([quantity]), place.clone()))
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

/// A day as people write it: eight digits may be an id.
fn is_date(text: &str) -> bool {
    !text.bytes().all(|byte| byte.is_ascii_digit()) && cell::date(text).is_ok()
}

fn has_plain_number(fields: &[&str]) -> bool {
    fields.iter().any(|field| !field.is_empty() && field.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.'))
}

/// A number of rows: `3`, `3户`.
fn is_count(text: &str) -> bool {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    (1..=5).contains(&digits) && (text.len() == digits || Office::get().counted_units.iter().any(|unit| unit == &text[digits..]))
}
