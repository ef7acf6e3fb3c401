//! From a zone plan to one SQL statement: a named stage (CTE) per step.
//!
//! In: a checked plan, the years, and which columns the data have. Out: a statement with a row per zone (or chain), one for the
//! city, and per target its value, goal, verdict and what is needed. Stages: sums → figures → definitions → targets → judged →
//! scored → placed → laddered.

mod bounds;
mod figures;
mod judged;
mod placed;
mod structure;
mod sums;

use std::collections::{BTreeMap, BTreeSet};

use super::print::{Printer, name};
use super::{Stage, select};
use crate::dictionary::{ColumnType, Part};
use crate::policy::expression::Vocabulary;
use crate::policy::scheme::{BASE_YEAR, Names, Scheme, Scope, Target, When};
use crate::policy::term::{Kind, Term};

pub use self::bounds::is_yearly;
pub use self::judged::take;

/// What is asked of the statement.
#[derive(Debug, Clone, Copy)]
pub struct Options<'o> {
    /// Years of the data up to the evaluated one, ascending.
    pub years: &'o [i32],
    /// The evaluated year.
    pub year: i32,
    /// The evaluated part of the year.
    pub part: Part,
    /// The date asked, ISO.
    pub as_of: &'o str,
    /// Columns that the data have, by table; those of enterprises and years under `panel`.
    pub present: &'o BTreeMap<&'static str, Vec<(String, ColumnType)>>,
    /// The values of settings.
    pub settings: &'o BTreeMap<String, Term>,
    /// What the rows are: zones (and the city) or chains (and the city).
    pub by: Scope,
}

/// One SQL statement: a row per zone or chain, and one for the city.
#[derive(Debug, Clone)]
pub struct SchemeStatement {
    /// Id and title of the plan, as comments.
    pub head: String,
    /// The stages.
    pub stages: Vec<Stage>,
    /// The last `SELECT`.
    pub rows: String,
}

impl SchemeStatement {
    /// The whole statement.
    pub fn text(&self) -> String {
        super::with(&self.head, &self.stages, &self.rows) + "\n"
    }
}

/// The statement for a plan.
pub fn statement(scheme: &Scheme, options: Options) -> SchemeStatement {
    let mut draft = Draft { scheme, options, stages: Vec::new(), columns: BTreeSet::new(), bounds: BTreeMap::new() };
    sums::add(&mut draft);
    figures::add(&mut draft);
    draft.columns.extend(figures::base_names(&draft).into_iter().map(|(name, _)| name));
    draft.define();
    judged::add(&mut draft);
    placed::add(&mut draft);
    structure::add(&mut draft);
    let rows = format!(
        "SELECT *\nFROM {}\nWHERE year = {}\nORDER BY CASE scope WHEN 'city' THEN 1 ELSE 0 END, unit_name",
        draft.last(),
        options.year
    );
    let head = format!("-- {}: {}\n", scheme.id, scheme.title.en.replace(['\n', '\r'], " "));
    SchemeStatement { head, stages: draft.stages, rows }
}

/// Columns of the panel that a plan reads.
pub fn reads(scheme: &Scheme) -> BTreeSet<String> {
    let mut reads = BTreeSet::from(["registered_on".to_owned(), "chain".to_owned(), "land_mu".to_owned()]);
    let measures = scheme.measures.iter().filter(|measure| measure.of == crate::policy::scheme::Of::Enterprise);
    for formula in measures.flat_map(|measure| measure.value.iter().chain(&measure.when)) {
        for name in formula.term.names() {
            reads.extend(crate::policy::derived(&name).into_iter().flat_map(|formula| formula.names()));
            reads.insert(name);
        }
    }
    reads.extend(scheme.structure.iter().flat_map(|structure| [&structure.value, &structure.per, &structure.by].map(Clone::clone)));
    for concentration in scheme.concentration.iter() {
        reads.insert(concentration.per.clone());
        reads.extend(concentration.of.iter().cloned());
    }
    reads
}

/// Which way a figure may be off for want of others' figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Bounds {
    /// It may be higher than it is said: there is a column `…__hi`.
    high: bool,
    /// It may be lower.
    low: bool,
}

/// What the stages share.
struct Draft<'d> {
    scheme: &'d Scheme,
    options: Options<'d>,
    stages: Vec<Stage>,
    /// Names that the last stage has as columns.
    columns: BTreeSet<String>,
    /// Names that may be off.
    bounds: BTreeMap<String, Bounds>,
}

impl Draft<'_> {
    fn push(&mut self, name: impl Into<String>, about: &'static str, select: String) {
        self.stages.push(Stage { name: name.into(), about, select });
    }

    /// The name of the stage written last.
    fn last(&self) -> String {
        self.stages.last().map_or_else(|| "enterprise_years".to_owned(), |stage| stage.name.clone())
    }

    fn names(&self) -> &Names {
        &self.scheme.names
    }

    /// A term with the settings' values in it.
    fn settled(&self, term: &Term) -> Term {
        term.clone().replaced(&|name| self.options.settings.get(name).cloned())
    }

    /// A term as SQL.
    fn sql(&self, term: &Term) -> String {
        self.printer().print(&self.settled(term))
    }

    /// A number as SQL, rounded.
    fn value(&self, term: &Term) -> String {
        let term = self.settled(term);
        if term.names().is_empty() {
            // Constants are decimals to some engines, too narrow for the nudge.
            return super::print::rounded(&format!("CAST({} AS DOUBLE)", self.printer().print(&term)), 6);
        }
        self.printer().value(&term)
    }

    fn printer(&self) -> Printer<'_> {
        Printer {
            decimals: 6,
            rename: &|name| (name == "zone").then(|| "unit_name".to_owned()),
            present: self.options.present.get("zones").map(Vec::as_slice),
        }
    }

    /// A row for each figure and definition that expressions name, with what it needs of other years and of the city.
    fn define(&mut self) {
        let scheme = self.scheme;
        for definition in &scheme.definitions {
            self.reach(&[&definition.value]);
            let mut columns = vec!["*".to_owned()];
            let term = self.settled(&definition.value);
            let value = if term.kind().is_numeric() { self.printer().value(&term) } else { self.printer().print(&term) };
            columns.push(format!("{} AS {}", typed(&value, &term), name(&definition.id)));
            let bounds = self.bounds_of(&term);
            columns.extend(self.bound_columns(&definition.id, &term, bounds));
            let from = format!("FROM {}", self.last());
            self.push(format!("with_{}", definition.id), "a figure that the plan makes of others", select(&columns, &from));
            self.columns.insert(definition.id.clone());
            if bounds != Bounds::default() {
                self.bounds.insert(definition.id.clone(), bounds);
            }
        }
    }

    /// Brings to the last stage what terms name of other years and of the city.
    fn reach(&mut self, terms: &[&Term]) {
        let names: BTreeSet<String> = terms.iter().flat_map(|term| term.names()).filter(|name| !self.columns.contains(name)).collect();
        for (when, city) in [(When::Last, false), (When::Base, false), (When::Now, true)] {
            let wanted: Vec<(String, String)> = names
                .iter()
                .filter_map(|alias| Some((alias.clone(), self.names().get(alias)?)))
                .filter(|(_, reference)| !reference.given && reference.when == when && reference.city == city)
                .map(|(alias, reference)| (alias, reference.name.clone()))
                .collect();
            if !wanted.is_empty() {
                self.bring(when, city, &wanted);
            }
        }
    }

    /// Joins other rows: those of last year, of the base year, or of the city.
    fn bring(&mut self, when: When, city: bool, wanted: &[(String, String)]) {
        let (before, number) = (self.last(), self.stages.len());
        let source = format!("others_{number}");
        let mut columns: Vec<String> = if city { Vec::new() } else { vec!["scope".to_owned(), "unit_name".to_owned()] };
        let mut joined = vec!["f.*".to_owned()];
        for (alias, figure) in wanted {
            columns.push(format!("{} AS {}", name(figure), name(alias)));
            joined.push(format!("o.{}", name(alias)));
            let bounds = self.bounds.get(figure).copied().unwrap_or_default();
            for (is, ending) in [(bounds.high, "__hi"), (bounds.low, "__lo")] {
                if is {
                    columns.push(format!("{figure}{ending} AS {alias}{ending}"));
                    joined.push(format!("o.{alias}{ending}"));
                }
            }
            if bounds != Bounds::default() {
                self.bounds.insert(alias.clone(), bounds);
            }
            self.columns.insert(alias.clone());
        }
        let filter = match (when, self.options.settings.get(BASE_YEAR)) {
            (When::Base, Some(Term::Number(base))) => format!("\nWHERE year = {}", whole(base)),
            // Without a base year nothing is known of it.
            (When::Base, _) => "\nWHERE year = 0".to_owned(),
            (When::Last, _) => String::new(),
            (When::Now, _) => "\nWHERE scope = 'city'".to_owned(),
        };
        match when {
            When::Last => columns.push("year + 1 AS year".to_owned()),
            When::Now => columns.push("year".to_owned()),
            When::Base => {}
        }
        self.push(&source, "the figures of another year, or of the city", select(&columns, &format!("FROM {before}{filter}")));
        let mut on: Vec<&str> = if city { Vec::new() } else { vec!["f.scope = o.scope", "f.unit_name = o.unit_name"] };
        if when != When::Base {
            on.push("f.year = o.year");
        }
        let from = format!("FROM {before} AS f\nLEFT JOIN {source} AS o ON {}", on.join(" AND "));
        self.push(format!("joined_{number}"), "beside the row's own", select(&joined, &from));
    }

    /// Targets that the rows can have.
    fn targets(&self) -> Vec<&Target> {
        let by = self.options.by;
        self.scheme.targets.iter().filter(|target| target.scope == by || (target.scope == Scope::City && by == Scope::Zone)).collect()
    }

    /// Is a column in the data?
    fn has(&self, table: &str, column: &str) -> bool {
        self.options.present.get(table).is_some_and(|columns| columns.iter().any(|(known, _)| known == column))
    }
}

/// A whole number of a setting, without its decimals.
fn whole(number: &str) -> &str {
    number.split('.').next().unwrap_or(number)
}

/// A value that is missing everywhere still has a type.
fn typed(sql: &str, term: &Term) -> String {
    if term.kind() == Kind::Missing { format!("CAST({sql} AS DOUBLE)") } else { sql.to_owned() }
}

/// The kinds of a table's columns.
fn vocabulary_of(columns: &[(String, ColumnType)]) -> Vocabulary {
    let mut names = Vocabulary::default();
    columns.iter().for_each(|(name, kind)| names.add(name, crate::policy::kind_of(*kind)));
    names
}
