//! The names that the expressions of a plan may use, and what each means.
//!
//! In: the columns of zones, then one by one what the plan names. Out: a vocabulary, and for each name which figure it is, of
//! which year, and whether of the city.

use std::collections::BTreeMap;

use super::super::expression::Vocabulary;
use super::super::kind_of;
use super::super::source::{Ids, Key, Source};
use super::super::subject::Extra;
use super::super::term::Kind;
use crate::dictionary::Dictionary;
use crate::finding::{Code, Finding, Findings};

/// The setting that says which year `…_base` is about.
pub const BASE_YEAR: &str = "base_year";

/// Of which year a figure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum When {
    /// The year of the row.
    Now,
    /// A year before, the same part of the year.
    Last,
    /// The year of the setting `base_year`.
    Base,
}

/// What a name means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// The figure, setting or column itself.
    pub name: String,
    /// Of which year.
    pub when: When,
    /// Of the whole city?
    pub city: bool,
    /// A setting or something the run gives?
    pub given: bool,
}

/// The names of a plan.
#[derive(Debug, Clone, Default)]
pub struct Names {
    vocabulary: Vocabulary,
    known: BTreeMap<String, Reference>,
    zone_columns: Vec<(String, Kind)>,
}

/// Columns of the table of zones that are keys, and names that the statement makes for itself.
const TAKEN: [&str; 8] = ["zone", "year", "scope", "unit_name", "place", "score", "as_of", "enterprises"];

impl Names {
    /// The columns of zones, those of the dictionary and those of the data.
    pub fn of_zones(extra: &Extra) -> Names {
        let mut names = Names::default();
        names.given("as_of", Kind::Date);
        names.given("year", Kind::Whole);
        names.given("zone", Kind::Text);
        let known = Dictionary::get().table("zones").into_iter().flat_map(|table| &table.columns);
        let known = known.filter(|column| !["zone", "year", "name"].contains(&column.name.as_str()));
        let own = known.map(|column| (column.name.clone(), kind_of(column.kind)));
        let others = extra.get("zones").into_iter().flatten().map(|(name, kind)| (name.clone(), kind_of(*kind)));
        for (name, kind) in own.chain(others).chain([("zone_name".to_owned(), Kind::Text)]) {
            if names.vocabulary.kind(&name).is_none() {
                names.add_figure(&name, kind);
                names.zone_columns.push((name, kind));
            }
        }
        names.add_figure("enterprises", Kind::Number);
        names
    }

    fn given(&mut self, name: &str, kind: Kind) {
        self.vocabulary.add(name, kind);
        self.known.insert(name.to_owned(), Reference { name: name.to_owned(), when: When::Now, city: false, given: true });
    }

    /// Adds a setting.
    pub fn add_setting(&mut self, name: &str, kind: Kind) {
        self.given(name, kind);
    }

    /// Adds a figure, with the same of last year, of the base year and of the city.
    pub fn add_figure(&mut self, name: &str, kind: Kind) {
        let forms = [(String::new(), When::Now, false), ("_last".to_owned(), When::Last, false), ("_base".to_owned(), When::Base, false)];
        for (ending, when, city) in forms {
            self.add(format!("{name}{ending}"), kind, Reference { name: name.to_owned(), when, city, given: false });
        }
        self.add(format!("city_{name}"), kind, Reference { name: name.to_owned(), when: When::Now, city: true, given: false });
    }

    fn add(&mut self, alias: String, kind: Kind, reference: Reference) {
        // A name of its own goes before what could be made of another one.
        if reference.name == alias || !self.known.contains_key(&alias) {
            self.vocabulary.add(&alias, kind);
            self.known.insert(alias, reference);
        }
    }

    /// What a name means.
    pub fn get(&self, alias: &str) -> Option<&Reference> {
        self.known.get(alias)
    }

    /// For expressions.
    pub fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    /// Columns of zones that expressions may name, and what they are.
    pub fn zone_columns(&self) -> &[(String, Kind)] {
        &self.zone_columns
    }

    /// Is the id no column and nothing defined before? Ids are snake_case, so that they are names in expressions.
    pub fn is_free(&self, source: &Source, key: &Key, findings: &mut Findings) -> bool {
        if !Ids::default().add(source, key, findings) {
            return false;
        }
        let id = key.text.as_str();
        let is_plain = id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_') && !id.contains("__");
        if !is_plain || id.starts_with(|c: char| c.is_ascii_digit()) || TAKEN.contains(&id) || self.known.contains_key(id) {
            findings.push(Finding::error(Code::BadValue, source.place(key)).text(id).with("key", "id").with("wanted", "wanted.free-id"));
            return false;
        }
        true
    }
}
