//! Units that stand around a table and are not followed: words that are none, units of a column that the table does not have, units in
//! sentences. Where a column has no unit of its own, nobody knows it then: an error, and never an amount in a wrong unit.
//!
//! In: the columns of a file and what stands above them. Out: findings. Next: `heading`, and `skipped` for lines below the table.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rust_decimal::Decimal;

use crate::dictionary::{Column, Dictionary, Table};
use crate::finding::{Code, Finding, Findings, Place, Severity};
use crate::load::cells::cell::trim;
use crate::load::headings::FileColumn;
use crate::load::headings::shape;
use crate::load::headings::unit_line::UnitWord;
use crate::load::headings::unit_trace;

/// The columns of a file, with those of the dictionary that they were meant for.
pub type Columns = [(Option<&'static Column>, FileColumn)];

/// Reports the units above a table that are not followed.
pub fn report(table: &Table, columns: &Columns, file: &Arc<str>, heading: &shape::Heading, findings: &mut Findings) {
    let place = |row: u64| Place::Row { file: file.clone(), row };
    let mut told: BTreeSet<u64> = BTreeSet::new();
    let mut lines: BTreeMap<u64, Vec<&UnitWord>> = BTreeMap::new();
    heading.unit_words.iter().chain(&heading.own_words).for_each(|(row, word)| lines.entry(*row).or_default().push(word));
    for (row, words) in &lines {
        for word in words.iter().filter(|word| !word.is_known()) {
            let open: BTreeSet<&str> = open(columns).map(|(_, quantity)| quantity).filter(|quantity| word.is_about(quantity)).collect();
            findings.push(of_word(&word.word, &open, columns, place(*row)));
            told.extend((!open.is_empty()).then_some(*row));
        }
        let lost = words.iter().find_map(|word| open(columns).find(|(_, quantity)| is_lost(word, quantity)).map(|open| (word, open)));
        let idle = || words.first().filter(|_| is_idle(words, table, columns)).and_then(|word| Some((word, open(columns).next()?)));
        if let Some((word, (_, quantity))) = lost.or_else(idle).filter(|_| !told.contains(row)) {
            findings.push(of_word(&word.word, &BTreeSet::from([quantity]), columns, place(*row)));
            told.insert(*row);
        }
    }
    for word in heading.named_units.iter().filter(|word| !word.is_known()) {
        let open: BTreeSet<&str> = open(columns).map(|(_, quantity)| quantity).filter(|quantity| is_of(&word.word, quantity)).collect();
        if !open.is_empty() {
            findings.push(unfollowed(&word.word, &open, Place::File { file: file.clone() }));
        }
    }
    for (position, quantity) in open(columns) {
        let above = heading.texts.iter().map(|(row, text)| (*row, text.as_str()));
        let upper = heading.upper.iter().filter_map(|(row, fields)| Some((*row, group(fields, position)?)));
        for (row, text) in above.chain(upper) {
            if let Some(word) = trace(text, quantity).filter(|_| told.insert(row)) {
                findings.push(of_word(word, &BTreeSet::from([quantity]), columns, place(row)).text(text));
            }
        }
    }
}

/// A unit in a text, other than the one that is taken where nothing is said.
pub fn trace(text: &str, quantity: &str) -> Option<&'static str> {
    let is_other = |word: &str| Dictionary::get().unit(quantity, word).is_none_or(|unit| unit.factor != Decimal::ONE);
    unit_trace::traces(text).into_iter().find(|(of, word)| *of == quantity && is_other(word)).map(|(_, word)| word)
}

/// The columns of which nobody says the unit: where they stand, and what they measure.
fn open(columns: &Columns) -> impl Iterator<Item = (usize, &'static str)> + '_ {
    columns.iter().enumerate().filter_map(|(at, (_, column))| Some((at, column.unsaid()?)))
}

/// A unit of a quantity that is said of another column than the one that has none.
fn is_lost(word: &UnitWord, quantity: &str) -> bool {
    word.unit(quantity).is_some_and(|unit| unit.factor != Decimal::ONE)
}

/// A line that says a unit of none of the columns, while some have none.
fn is_idle(words: &[&UnitWord], table: &Table, columns: &Columns) -> bool {
    let is_of_one = |word: &UnitWord| columns.iter().filter_map(|(column, _)| *column).any(|column| word.unit_for(table, column).is_some());
    words.iter().all(|word| word.about.is_empty() && word.named.is_none() && word.is_measure() && !is_of_one(word))
}

/// May a word that is not read measure a quantity: 美元 is money?
fn is_of(word: &str, quantity: &str) -> bool {
    unit_trace::traces(word).is_empty() || trace(word, quantity).is_some()
}

/// The cell of an upper heading row that reaches over a column.
fn group(fields: &[String], position: usize) -> Option<&str> {
    fields.iter().take(position + 1).rev().map(|field| trim(field)).find(|field| !field.is_empty())
}

/// The finding for a word: an error where a column needs it.
fn of_word(word: &str, open: &BTreeSet<&str>, columns: &Columns, place: Place) -> Finding {
    if !open.is_empty() {
        return unfollowed(word, open, place);
    }
    let all: BTreeSet<&str> = columns.iter().filter_map(|(column, _)| column.as_ref()?.quantity.as_deref()).collect();
    Finding { severity: Severity::Warning, ..unfollowed(word, &all, place) }
}

/// The error for a word that is not followed, with the units that would do for these quantities.
pub fn unfollowed(word: &str, quantities: &BTreeSet<&str>, place: Place) -> Finding {
    let accepted: Vec<&str> = quantities.iter().flat_map(|quantity| Dictionary::get().units_of(quantity)).collect();
    Finding::error(Code::UnknownUnitLine, place).text(word).with("unit", word).with_list("accepted", &accepted)
}
