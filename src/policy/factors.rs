//! Factor tables: what a quantity of each fuel is in standard coal, or of each pollutant in equivalents.
//!
//! In: a TOML file of `policies/factors`, or one of the user's. Out: columns with their factors. A policy names one for `energy` and
//! one for `pollutants`; `plan` writes the sum.

use rust_decimal::Decimal;

use super::Reference;
use super::expression::Vocabulary;
use super::library;
use super::source::{Block, Ids, Key, Source};
use super::term::Kind;
use crate::dictionary::Bilingual;
use crate::finding::{Code, Finding, Findings};

/// What a table converts into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// `energy_tce`
    Energy,
    /// `emission_t`
    Pollutants,
}

/// How a table counts.
const BASES: &[(&str, &str)] =
    &[("calorific", "calorific"), ("equivalent", "equivalent"), ("tonnes", "tonnes"), ("tax-equivalents", "tax-equivalents")];

/// One column of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Factor {
    /// The quantity.
    pub column: String,
    /// How much one of it is.
    pub number: Decimal,
    /// The quantity is divided by the number: so much of it makes one.
    pub divides: bool,
}

/// A factor table.
#[derive(Debug, Clone, PartialEq)]
pub struct Factors {
    /// Name of the file.
    pub id: String,
    /// What it converts into.
    pub used_for: Use,
    /// 当量, 等价, tonnes, or equivalents of the tax law.
    pub basis: &'static str,
    /// Heading.
    pub title: Bilingual,
    /// Columns without which the sum is unknown.
    pub needs: Vec<String>,
    /// The columns.
    pub factors: Vec<Factor>,
    /// Documents.
    pub sources: Vec<Reference>,
}

impl Factors {
    /// The column that it makes.
    pub fn makes(&self) -> &'static str {
        match self.used_for {
            Use::Energy => "energy_tce",
            Use::Pollutants => "emission_t",
        }
    }

    /// Can it make its column from the columns that are there?
    pub fn works_with(&self, has: impl Fn(&str) -> bool) -> bool {
        self.needs.iter().all(|need| has(need)) && self.factors.iter().any(|factor| has(&factor.column))
    }
}

/// The table that a key of the policy names; `None` where the key is absent, or with a finding.
pub fn named(block: &Block, key: &'static str, used_for: Use, names: &Vocabulary, findings: &mut Findings) -> Option<Factors> {
    let name = block.text(key, findings)?;
    let is_there = library::FACTORS.iter().any(|(id, _)| *id == name.text) || std::path::Path::new(&name.text).is_file();
    let table =
        if is_there { Some(library::find_factors(&name.text, findings).and_then(|source| read(&source, names, findings))?) } else { None };
    let table = table.filter(|table| table.used_for == used_for);
    if table.is_none() {
        let known: Vec<&str> = library::FACTORS.iter().map(|(id, _)| *id).collect();
        let finding = Finding::error(Code::BadValue, block.source.place(&name)).text(&name.text);
        findings.push(finding.with("key", key).with("wanted", known.join(" | ")));
    }
    table
}

/// Reads a table.
pub fn read(source: &Source, names: &Vocabulary, findings: &mut Findings) -> Option<Factors> {
    let tree = super::parse(&source.text, source, findings)?;
    let block = Block::new(source, tree.get_ref(), 0..source.text.len());
    let id = block.need_text("id", findings);
    let used_for = block.word("kind", &[("energy", Use::Energy), ("pollutants", Use::Pollutants)], findings);
    let basis = block.word("basis", BASES, findings);
    for key in ["kind", "basis", "title"] {
        if block.item(key).is_none() {
            block.missing(key, findings);
        }
    }
    let title = block.bilingual("title", findings);
    let needs: Vec<Key> = block.texts("needs", findings);
    let sources = super::read_sources(&block, findings);
    let mut ids = Ids::default();
    let mut factors = Vec::new();
    for inner in block.blocks("factor", findings) {
        let column = inner.need_text("column", findings);
        let times = inner.number("times", findings);
        let per = inner.number("per", findings);
        if times.is_some() == per.is_some() {
            inner.missing("times | per", findings);
        }
        let column = column.filter(|column| ids.add(source, column, findings) && is_number(source, column, names, findings));
        let number =
            times.as_ref().or(per.as_ref()).and_then(|key| key.text.parse::<Decimal>().ok()).filter(|number| *number > Decimal::ZERO);
        if let (Some(key), None) = (times.as_ref().or(per.as_ref()), number) {
            findings.push(Finding::error(Code::BadValue, source.place(key)).text(&key.text).with("key", "times").with("wanted", "> 0"));
        }
        if let (Some(column), Some(number)) = (column, number) {
            factors.push(Factor { column: column.text, number, divides: per.is_some() });
        }
        inner.finish(findings);
    }
    for key in &needs {
        if !factors.iter().any(|factor| factor.column == key.text) {
            let known: Vec<&str> = factors.iter().map(|factor| factor.column.as_str()).collect();
            let finding = Finding::error(Code::BadValue, source.place(key)).text(&key.text);
            findings.push(finding.with("key", "needs").with("wanted", known.join(" | ")));
        }
    }
    block.finish(findings);
    let needs = needs.into_iter().map(|key| key.text).collect();
    Some(Factors { id: id?.text, used_for: used_for?, basis: basis?, title: title?, needs, factors, sources })
}

fn is_number(source: &Source, column: &Key, names: &Vocabulary, findings: &mut Findings) -> bool {
    if names.kind(&column.text).is_some_and(Kind::is_numeric) {
        return true;
    }
    let finding = Finding::error(Code::UnknownColumn, source.place(column)).text(&column.text).with("name", &column.text);
    findings.push(match names.nearest(&column.text) {
        Some(near) => finding.with("hint", near),
        None => finding,
    });
    false
}
