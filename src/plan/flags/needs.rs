//! What rules need: columns by where they come from, definitions, benchmarks.
//!
//! In: a book, a subject and its rules. Out: [`Needs`], closed under definitions. Next: `load` stores no more than that, and the
//! stages select no more.

use std::collections::{BTreeMap, BTreeSet};

use crate::policy;
use crate::policy::book::Book;
use crate::policy::rule::Rule;
use crate::policy::subject::{self, Extra, Known, OF_THE_RUN, Origin, Subject};
use crate::policy::term::Term;

/// Everything that some rules of one subject read.
#[derive(Debug, Clone, Default)]
pub struct Needs {
    /// Columns of the subject's own row.
    pub own: BTreeSet<String>,
    /// Columns of the parcel that an agreement names.
    pub parcel: BTreeSet<String>,
    /// Columns of the panel, figures of the dictionary among them.
    pub holder: BTreeSet<String>,
    /// Does it read what the method made of the enterprise?
    pub method: bool,
    /// Places of definitions in the book.
    pub definitions: BTreeSet<usize>,
    /// Places of benchmarks in the book.
    pub benchmarks: BTreeSet<usize>,
}

/// The names of a book for a subject, and what they lead to.
pub struct Reach<'b> {
    /// The book.
    pub book: &'b Book,
    /// The subject.
    pub subject: Subject,
    /// Names read from the data for the subject.
    pub names: BTreeMap<String, Known>,
    /// The same for the enterprise behind it.
    pub of_enterprise: BTreeMap<String, Known>,
}

/// What a name is.
pub enum Meaning<'b> {
    /// A definition: its place in the book.
    Definition(usize),
    /// A benchmark: its place in the book.
    Benchmark(usize),
    /// A column.
    Column(&'b Known),
    /// A setting, or something the run gives.
    Given,
}

impl<'b> Reach<'b> {
    /// The names of a book for a subject.
    pub fn new(book: &'b Book, subject: Subject, extra: &Extra) -> Self {
        Reach { book, subject, names: subject::names(subject, extra), of_enterprise: subject::names(Subject::Enterprise, extra) }
    }

    /// What a name is, said of a subject (the book's own or the enterprise behind it).
    pub fn meaning(&self, subject: Subject, name: &str) -> Meaning<'_> {
        let is = |wanted: Subject| self.book.definitions.iter().position(|known| known.subject == wanted && known.id == name);
        if let Some(at) = is(subject).or_else(|| is(Subject::Enterprise)) {
            return Meaning::Definition(at);
        }
        if let Some(at) = self.book.benchmarks.iter().position(|benchmark| benchmark.id == name) {
            return Meaning::Benchmark(at);
        }
        let names = if subject == self.subject { &self.names } else { &self.of_enterprise };
        match names.get(name) {
            Some(known) if self.book.setting(name).is_none() && !OF_THE_RUN.iter().any(|(run, _)| *run == name) => Meaning::Column(known),
            _ => Meaning::Given,
        }
    }

    /// The name by which the subject knows a column of the enterprise behind it.
    pub fn alias<'n>(&'n self, column: &'n str) -> &'n str {
        let is = |known: &Known| matches!(known.origin, Origin::Holder | Origin::Method) && known.column == column;
        self.names.iter().find(|(_, known)| is(known)).map_or(column, |(name, _)| name)
    }

    /// Everything that rules need.
    pub fn needs<'r>(&self, rules: impl Iterator<Item = &'r Rule>) -> Needs {
        let mut needs = Needs::default();
        for rule in rules {
            rule.terms().for_each(|term| self.visit(self.subject, term, &mut needs));
            rule.evidence.iter().for_each(|key| self.name(self.subject, &key.text, &mut needs));
        }
        needs
    }

    /// Adds what a term needs.
    pub fn visit(&self, subject: Subject, term: &Term, needs: &mut Needs) {
        term.names().iter().chain(&term.asked_for()).for_each(|name| self.name(subject, name, needs));
    }

    /// Adds what a name needs.
    pub fn name(&self, subject: Subject, name: &str, needs: &mut Needs) {
        match self.meaning(subject, name) {
            Meaning::Given => {}
            Meaning::Definition(at) => {
                if needs.definitions.insert(at) {
                    let definition = &self.book.definitions[at];
                    self.visit(definition.subject, &definition.value, needs);
                }
            }
            Meaning::Benchmark(at) => {
                if needs.benchmarks.insert(at) {
                    let benchmark = &self.book.benchmarks[at];
                    self.visit(Subject::Enterprise, &benchmark.of, needs);
                    needs.holder.extend(benchmark.peers.keys().iter().map(|key| (*key).to_owned()));
                    needs.holder.insert("land_mu".to_owned());
                }
            }
            Meaning::Column(known) => match known.origin {
                Origin::Own => drop(needs.own.insert(known.column.clone())),
                Origin::Parcel => drop(needs.parcel.insert(known.column.clone())),
                Origin::Method => needs.method = true,
                Origin::Holder => {
                    needs.holder.insert(known.column.clone());
                    if let Some(formula) = policy::derived(&known.column) {
                        needs.holder.extend(formula.names());
                    }
                }
            },
        }
    }

    /// Columns of the subject's own row (its parcel's under their names here) that a term rests on, through definitions.
    pub fn rests_on(&self, term: &Term) -> BTreeSet<String> {
        let mut needs = Needs::default();
        self.visit(self.subject, term, &mut needs);
        let is_there = |known: &Known| match known.origin {
            Origin::Own => needs.own.contains(&known.column),
            Origin::Parcel => needs.parcel.contains(&known.column),
            _ => false,
        };
        self.names.iter().filter(|(_, known)| is_there(known)).map(|(name, _)| name.clone()).collect()
    }
}
