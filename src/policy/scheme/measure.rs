//! The figures of a zone: sums over its rows, land by state, figures of `kpi.csv`, and what is made of them.
//!
//! In: `[[measure]]`, `[[state]]`, `[[kpi]]` and `[[define]]` blocks. Out: names with checked expressions.

use super::super::expression::{self, Vocabulary};
use super::super::rule::Formula;
use super::super::source::{Block, Key};
use super::super::subject::Extra;
use super::super::term::{Kind, Term};
use super::super::{kind_of, panel_vocabulary};
use super::names::Names;
use crate::dictionary::Part;
use crate::dictionary::{Bilingual, Dictionary};
use crate::finding::Findings;

/// Over what a figure is summed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Of {
    /// Enterprises, with the figures of the year.
    Enterprise,
    /// Rows of land, as they are now.
    Parcel,
    /// Standard factories, as they are now.
    Factory,
    /// Agreements, as they are now.
    Agreement,
}

impl Of {
    /// The words of plans.
    pub const WORDS: &'static [(&'static str, Of)] =
        &[("enterprise", Of::Enterprise), ("parcel", Of::Parcel), ("factory", Of::Factory), ("agreement", Of::Agreement)];

    /// The word.
    pub fn as_str(self) -> &'static str {
        Of::WORDS.iter().find(|(_, of)| *of == self).map_or("", |(word, _)| word)
    }

    /// The table of the dictionary; `None`: the panel.
    pub fn table(self) -> Option<&'static str> {
        match self {
            Of::Enterprise => None,
            Of::Parcel => Some("land"),
            Of::Factory => Some("factories"),
            Of::Agreement => Some("agreements"),
        }
    }
}

/// A sum or a count over rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Measure {
    /// snake_case name.
    pub id: String,
    /// Where the id stands.
    pub key: Key,
    /// In words.
    pub title: Bilingual,
    /// Unit.
    pub unit: Option<Bilingual>,
    /// Over what.
    pub of: Of,
    /// What is summed; `None`: rows are counted.
    pub value: Option<Formula>,
    /// Which rows.
    pub when: Option<Formula>,
    /// Blanks are left out and nothing is in doubt for them?
    pub left_out: bool,
    /// Id of the source.
    pub source: Option<Key>,
}

impl Measure {
    /// Can a row never take anything away? So that more rows can only raise the figure.
    pub fn only_adds(&self) -> bool {
        self.value.as_ref().is_none_or(|value| value.term.names().iter().all(|name| never_negative(name)) && is_sum(&value.term))
    }
}

/// Sums and products of what is never negative are never negative.
fn is_sum(term: &Term) -> bool {
    use super::super::term::{Call, Operator};
    match term {
        Term::Column(..) | Term::Number(_) => true,
        Term::Binary(Operator::Add | Operator::Multiply | Operator::Divide, left, right) => is_sum(left) && is_sum(right),
        Term::Call(Call::Greatest | Call::Least | Call::Coalesce, arguments) => arguments.iter().all(is_sum),
        _ => false,
    }
}

/// Does the dictionary refuse negative values of a column, in every table that has it?
pub fn never_negative(name: &str) -> bool {
    let mut columns = Dictionary::get().tables.iter().flat_map(|table| &table.columns).filter(|column| column.name == name).peekable();
    name == "land_mu" || columns.peek().is_some() && columns.all(|column| column.at_least.is_some_and(|least| !least.is_sign_negative()))
}

/// Land by state of a rule book's inventory.
#[derive(Debug, Clone, PartialEq)]
pub struct State {
    /// snake_case name.
    pub id: String,
    /// Where the id stands.
    pub key: Key,
    /// In words.
    pub title: Bilingual,
    /// The book whose inventory is asked.
    pub book: String,
    /// Its states, of which land is added up.
    pub states: Vec<String>,
    /// Id of the source.
    pub source: Option<Key>,
}

/// A figure of `kpi.csv`.
#[derive(Debug, Clone, PartialEq)]
pub struct Kpi {
    /// snake_case name.
    pub id: String,
    /// Where the id stands.
    pub key: Key,
    /// In words.
    pub title: Bilingual,
    /// Unit.
    pub unit: Option<Bilingual>,
    /// Names under which the table may have it.
    pub indicators: Vec<String>,
    /// A part of the year; `None`: the period that is evaluated.
    pub part: Option<Part>,
}

/// A named expression.
#[derive(Debug, Clone, PartialEq)]
pub struct Definition {
    /// snake_case name.
    pub id: String,
    /// Where the id stands.
    pub key: Key,
    /// In words.
    pub title: Bilingual,
    /// Unit.
    pub unit: Option<Bilingual>,
    /// Checked.
    pub value: Term,
    /// As written.
    pub formula: String,
    /// Id of the source.
    pub source: Option<Key>,
}

/// The names of a row that is summed.
fn row_names(of: Of, extra: &Extra) -> Vocabulary {
    let Some(table) = of.table() else {
        let mut names = panel_vocabulary(extra.get("panel").map_or(&[][..], Vec::as_slice));
        names.add("as_of", Kind::Date);
        return names;
    };
    let mut names = Vocabulary::default();
    let known = Dictionary::get().table(table).into_iter().flat_map(|table| &table.columns).filter(|column| column.name != "year");
    known.for_each(|column| names.add(&column.name, kind_of(column.kind)));
    extra.get(table).into_iter().flatten().for_each(|(name, kind)| names.add(name, kind_of(*kind)));
    ["enterprise_id", "name", "zone"].iter().for_each(|name| names.add(*name, Kind::Text));
    names.add("as_of", Kind::Date);
    names.add("year", Kind::Whole);
    names
}

/// Reads a `[[measure]]`.
pub fn read(block: Block, extra: &Extra, findings: &mut Findings) -> Option<Measure> {
    let key = block.need_text("id", findings);
    let title = block.bilingual("title", findings);
    let unit = block.bilingual("unit", findings);
    if block.item("of").is_none() {
        block.missing("of", findings);
    }
    let of = block.word("of", Of::WORDS, findings);
    let names = of.map(|of| row_names(of, extra)).unwrap_or_default();
    let mut formula = |name: &'static str, kind: Kind| -> Option<Option<Formula>> {
        let Some(key) = block.text(name, findings) else { return Some(None) };
        let term = expression::read(&key, block.source, &names, kind, findings)?;
        Some(Some(Formula { text: key.text, term }))
    };
    let (value, when) = (formula("value", Kind::Number), formula("when", Kind::Truth));
    let left_out = block.word("missing", &[("left-out", true), ("unknown", false)], findings).unwrap_or(false);
    let source = block.text("source", findings);
    block.finish(findings);
    let key = key?;
    Some(Measure { id: key.text.clone(), title: key.or_title(title), key, unit, of: of?, value: value?, when: when?, left_out, source })
}

/// Reads a `[[state]]`.
pub fn read_state(block: Block, findings: &mut Findings) -> Option<State> {
    let key = block.need_text("id", findings);
    let title = block.bilingual("title", findings);
    let book = block.text("book", findings).map_or_else(|| "national-stock".to_owned(), |key| key.text);
    let states: Vec<String> = block.texts("states", findings).into_iter().map(|key| key.text).collect();
    if states.is_empty() {
        block.missing("states", findings);
    }
    let source = block.text("source", findings);
    block.finish(findings);
    let key = key?;
    Some(State { id: key.text.clone(), title: key.or_title(title), key, book, states, source })
}

/// Reads a `[[kpi]]`.
pub fn read_kpi(block: Block, findings: &mut Findings) -> Option<Kpi> {
    let key = block.need_text("id", findings);
    let title = block.bilingual("title", findings);
    let unit = block.bilingual("unit", findings);
    let indicators: Vec<String> = block.texts("indicators", findings).into_iter().map(|key| key.text).collect();
    if indicators.is_empty() {
        block.missing("indicators", findings);
    }
    let parts: Vec<(&str, Part)> = Part::ALL.iter().map(|part| (part.as_str(), *part)).collect();
    let part = block.word("period", &parts, findings);
    block.finish(findings);
    let key = key?;
    Some(Kpi { id: key.text.clone(), title: key.or_title(title), key, unit, indicators, part })
}

/// Reads a `[[define]]`.
pub fn read_definition(block: Block, names: &Names, findings: &mut Findings) -> Option<Definition> {
    let key = block.need_text("id", findings);
    let title = block.bilingual("title", findings);
    let unit = block.bilingual("unit", findings);
    let formula = block.need_text("value", findings);
    let value = formula.as_ref().and_then(|key| expression::read(key, block.source, names.vocabulary(), Kind::Missing, findings));
    let source = block.text("source", findings);
    block.finish(findings);
    let key = key?;
    Some(Definition { id: key.text.clone(), title: key.or_title(title), key, unit, value: value?, formula: formula?.text, source })
}
