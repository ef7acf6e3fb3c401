//! What decided a verdict, and what was missing to decide it.
//!
//! In: the rows of a statement and the expressions of a rule. Out: names with values, and names of columns that were blank. A
//! definition that is known hides what it is made of; one that is missing is followed down to the columns that are.

use std::cmp::Ordering;
use std::collections::HashMap;

use polars::prelude::*;
use rayon::prelude::*;

use super::words::with_year;

use crate::plan::flags::{Meaning, Reach};
use crate::policy;
use crate::policy::rule::Rule;
use crate::policy::subject::{Extra, Origin, Subject};
use crate::policy::term::{Call, Operator, Term};

/// A column of the rows, read cell by cell.
enum Cells {
    Number(Float64Chunked),
    Whole(Int64Chunked),
    Text(StringChunked),
    Truth(BooleanChunked),
    Date(Int32Chunked),
}

/// A value that decided.
#[derive(Debug, Clone, PartialEq)]
pub enum Shown {
    /// Nothing is known.
    Missing,
    /// A number, up to six decimals.
    Number(f64),
    /// A text or a code.
    Text(String),
    /// True or false.
    Truth(bool),
    /// A date, days since 1970.
    Date(i32),
}

/// Rows with their columns at hand. A column is looked up once; its cells are read by their place.
pub struct Rows<'r> {
    cells: Vec<Cells>,
    places: HashMap<String, usize>,
    reach: Reach<'r>,
}

/// Where a column stands among the cells.
pub type At = Option<usize>;

impl Cells {
    fn of(series: &Series) -> Option<Cells> {
        Some(match series.dtype() {
            DataType::Float64 => Cells::Number(series.f64().ok()?.rechunk().into_owned()),
            DataType::String => Cells::Text(series.str().ok()?.rechunk().into_owned()),
            DataType::Boolean => Cells::Truth(series.bool().ok()?.rechunk().into_owned()),
            DataType::Date => Cells::Date(series.cast(&DataType::Int32).ok()?.i32().ok()?.rechunk().into_owned()),
            DataType::Null => Cells::Text(StringChunked::full_null("".into(), series.len())),
            _ => Cells::Whole(series.cast(&DataType::Int64).ok()?.i64().ok()?.rechunk().into_owned()),
        })
    }

    fn get(&self, row: usize) -> Shown {
        let found = match self {
            Cells::Number(values) => values.get(row).map(Shown::Number),
            Cells::Whole(values) => values.get(row).map(|whole| Shown::Number(whole as f64)),
            Cells::Text(values) => values.get(row).map(|text| Shown::Text(text.to_owned())),
            Cells::Truth(values) => values.get(row).map(Shown::Truth),
            Cells::Date(values) => values.get(row).map(Shown::Date),
        };
        found.unwrap_or(Shown::Missing)
    }

    /// Which of two rows comes first; blank ones first.
    fn compare(&self, a: usize, b: usize) -> Ordering {
        match self {
            Cells::Number(values) => values.get(a).partial_cmp(&values.get(b)).unwrap_or(Ordering::Equal),
            Cells::Whole(values) => values.get(a).cmp(&values.get(b)),
            Cells::Text(values) => values.get(a).cmp(&values.get(b)),
            Cells::Truth(values) => values.get(a).cmp(&values.get(b)),
            Cells::Date(values) => values.get(a).cmp(&values.get(b)),
        }
    }

    fn is_missing(&self, row: usize) -> bool {
        match self {
            Cells::Number(values) => values.get(row).is_none(),
            Cells::Whole(values) => values.get(row).is_none(),
            Cells::Text(values) => values.get(row).is_none(),
            Cells::Truth(values) => values.get(row).is_none(),
            Cells::Date(values) => values.get(row).is_none(),
        }
    }
}

impl<'r> Rows<'r> {
    /// The rows of a book and subject.
    pub fn new(frame: &DataFrame, book: &'r policy::book::Book, subject: Subject, extra: &Extra) -> Self {
        let read = |column: &Column| Some((column.name().to_string(), Cells::of(column.as_materialized_series())?));
        let read: Vec<(String, Cells)> = frame.columns().par_iter().filter_map(read).collect();
        let (mut cells, mut places) = (Vec::with_capacity(read.len()), HashMap::new());
        for (name, column) in read {
            places.insert(name, cells.len());
            cells.push(column);
        }
        Rows { cells, places, reach: Reach::new(book, subject, extra) }
    }

    /// Where a column stands.
    pub fn at(&self, column: &str) -> At {
        self.places.get(column).copied()
    }

    /// Which of two rows of one site comes first, by all they hold but their number: the order of the table does not count.
    pub fn compare(&self, a: usize, b: usize) -> Ordering {
        let number = self.at(self.reach.subject.as_str());
        let held = self.cells.iter().enumerate().filter(|(at, _)| Some(*at) != number);
        held.map(|(_, cells)| cells.compare(a, b)).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
    }

    /// The value of a column in a row.
    pub fn get(&self, at: At, row: usize) -> Shown {
        at.map_or(Shown::Missing, |at| self.cells[at].get(row))
    }

    /// The text of a column in a row.
    pub fn text(&self, at: At, row: usize) -> Option<&str> {
        match &self.cells[at?] {
            Cells::Text(values) => values.get(row),
            _ => None,
        }
    }

    /// A truth in a row.
    pub fn truth(&self, at: At, row: usize) -> Option<bool> {
        match &self.cells[at?] {
            Cells::Truth(values) => values.get(row),
            _ => None,
        }
    }

    /// A number in a row.
    pub fn number(&self, at: At, row: usize) -> Option<f64> {
        match &self.cells[at?] {
            Cells::Number(values) => values.get(row),
            Cells::Whole(values) => values.get(row).map(|whole| whole as f64),
            _ => None,
        }
    }

    /// A date in a row.
    pub fn date(&self, at: At, row: usize) -> Option<i32> {
        match &self.cells[at?] {
            Cells::Date(values) => values.get(row),
            _ => None,
        }
    }

    /// Columns that decide, in reading order: name, year where it is not the evaluated one, place.
    pub fn deciding(&self, rule: &Rule, years: &[i32]) -> Vec<(String, Option<i32>, At)> {
        let names: Vec<String> = match rule.evidence.as_slice() {
            [] => in_order(&rule.when.term),
            keys => keys.iter().map(|key| key.text.clone()).collect(),
        };
        let mut deciding = Vec::new();
        for name in names.into_iter().filter(|name| self.places.contains_key(name)) {
            deciding.push((name.clone(), None, self.at(&name)));
            deciding.extend(years.iter().skip(1).map(|year| (name.clone(), Some(*year), self.at(&format!("{name}_{year}")))));
        }
        deciding
    }

    /// How to find what was missing to decide a rule.
    pub fn search(&self, rule: &Rule, years: &[i32]) -> Search {
        let subject = self.reach.subject;
        let doubts = self.reach.rests_on(&rule.when.term).into_iter();
        let doubts = doubts.filter_map(|name| Some((self.at(&format!("doubt_{name}"))?, name))).collect();
        let mut nodes = Vec::new();
        for (number, &year) in years.iter().enumerate() {
            let year = if number == 0 { None } else { Some(year) };
            nodes.extend(self.nodes(subject, &rule.when.term, year, years.first().copied().unwrap_or(0)));
        }
        Search { doubts, nodes }
    }

    fn nodes(&self, subject: Subject, term: &Term, year: Option<i32>, evaluated: i32) -> Vec<Node> {
        let mut nodes: Vec<Node> = in_order(term).into_iter().filter_map(|name| self.node(subject, name, year, evaluated)).collect();
        for name in zeros(term) {
            let alias = if subject == self.reach.subject { name } else { self.reach.alias(&name).to_owned() };
            nodes.push(Node::Zero { at: self.at(&with_year(&alias, year)), name: with_year(&alias, year) });
        }
        nodes
    }

    fn node(&self, subject: Subject, name: String, year: Option<i32>, evaluated: i32) -> Option<Node> {
        let full = with_year(&name, year);
        match self.reach.meaning(subject, &name) {
            Meaning::Given => {
                let setting = self.reach.book.setting(&name)?;
                (setting.value == Term::Missing).then(|| Node::Unset { name: format!("{}.{name}", self.reach.book.id) })
            }
            Meaning::Definition(at) => {
                let definition = &self.reach.book.definitions[at];
                let back = definition.back as i32;
                let inner = if back > 0 {
                    // The figures of that year are not carried: what the definition rests on is named with its year.
                    let earlier = year.unwrap_or(evaluated) - back;
                    in_order(&definition.value)
                        .into_iter()
                        .map(|name| Node::Blank { at: None, name: with_year(&name, Some(earlier)) })
                        .collect()
                } else {
                    self.nodes(definition.subject, &definition.value, year, evaluated)
                };
                Some(Node::Definition { at: self.at(&full), inner })
            }
            Meaning::Benchmark(_) => Some(Node::Blank { at: self.at(&full), name: full }),
            Meaning::Column(known) => {
                let (origin, column) = (known.origin, known.column.clone());
                let alias = if subject == self.reach.subject { name } else { self.reach.alias(&column).to_owned() };
                let place = |alias: &str| (self.at(&with_year(alias, year)), with_year(alias, year));
                let (at, full) = place(&alias);
                let formula = if origin == Origin::Holder { policy::derived(&column) } else { None };
                Some(match formula {
                    None => Node::Blank { at, name: full },
                    Some(formula) => {
                        let names = formula.names();
                        let inputs = names.iter().map(|input| place(self.reach.alias(input)));
                        Node::Definition { at, inner: inputs.map(|(at, name)| Node::Blank { at, name }).collect() }
                    }
                })
            }
        }
    }

    /// Columns that were missing, and dates that are in doubt.
    pub fn missing(&self, search: &Search, row: usize) -> Vec<String> {
        let mut missing = Vec::new();
        for (at, name) in &search.doubts {
            if self.truth(Some(*at), row) == Some(true) {
                add(&mut missing, name);
            }
        }
        let in_doubt = !missing.is_empty();
        if !self.blank(&search.nodes, row, &mut missing) && !in_doubt {
            self.not_enough(&search.nodes, row, &mut missing);
        }
        missing
    }

    fn is_missing(&self, at: At, row: usize) -> bool {
        at.is_none_or(|at| self.cells[at].is_missing(row))
    }

    /// Adds what is blank below. Was anything?
    fn blank(&self, nodes: &[Node], row: usize, missing: &mut Vec<String>) -> bool {
        let mut found = false;
        for node in nodes {
            found |= match node {
                Node::Blank { at, name } if self.is_missing(*at, row) => add(missing, name),
                Node::Unset { name } => add(missing, name),
                Node::Definition { at, inner } if self.is_missing(*at, row) => {
                    if !self.blank(inner, row, missing) {
                        self.not_enough(inner, row, missing);
                    }
                    true
                }
                _ => false,
            };
        }
        found
    }

    /// Nothing is blank, and yet it cannot be told: a divisor of zero, else figures that do not suffice.
    fn not_enough(&self, nodes: &[Node], row: usize, missing: &mut Vec<String>) {
        let mut zero = false;
        for node in nodes {
            if let Node::Zero { at, name } = node
                && self.number(*at, row) == Some(0.0)
            {
                zero |= add(missing, name);
            }
        }
        if zero {
            return;
        }
        for node in nodes {
            match node {
                Node::Blank { name, .. } => drop(add(missing, name)),
                Node::Definition { at, inner } if self.is_missing(*at, row) => self.not_enough(inner, row, missing),
                _ => {}
            }
        }
    }
}

/// How to find what was missing: made once for a rule, used for each of its lines.
pub struct Search {
    doubts: Vec<(usize, String)>,
    nodes: Vec<Node>,
}

impl Search {
    /// Every column that the rule rests on, blank or not.
    pub fn columns(&self) -> Vec<String> {
        let mut columns = Vec::new();
        leaves(&self.nodes, &mut columns);
        columns
    }
}

/// A name of a condition.
enum Node {
    /// A column or a benchmark.
    Blank { at: At, name: String },
    /// A column that must not be zero.
    Zero { at: At, name: String },
    /// A setting without a value.
    Unset { name: String },
    /// A definition, or a figure of the dictionary, and what it is made of.
    Definition { at: At, inner: Vec<Node> },
}

fn leaves(nodes: &[Node], found: &mut Vec<String>) {
    for node in nodes {
        match node {
            Node::Blank { name, .. } => drop(add(found, name)),
            Node::Definition { inner, .. } => leaves(inner, found),
            Node::Zero { .. } | Node::Unset { .. } => {}
        }
    }
}

/// Adds a name that is not there yet; says that there is one.
fn add(missing: &mut Vec<String>, name: &str) -> bool {
    if !missing.iter().any(|known| known == name) {
        missing.push(name.to_owned());
    }
    true
}

/// Names of a term in reading order, each once.
fn in_order(term: &Term) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    term.visit(&mut |part| {
        let name = match part {
            Term::Column(name, _) => name.clone(),
            Term::HasLabel(_) => "labels".to_owned(),
            _ => return,
        };
        if !names.contains(&name) {
            names.push(name);
        }
    });
    names
}

/// Names that make a term missing where they are zero: divisors, and what `NULLIF(x, 0)` guards.
fn zeros(term: &Term) -> Vec<String> {
    let mut names = Vec::new();
    term.visit(&mut |part| {
        let below = match part {
            Term::Binary(Operator::Divide, _, below) => below.as_ref(),
            Term::Call(Call::Nullif, arguments) => &arguments[0],
            _ => return,
        };
        if let Term::Column(name, _) = below {
            names.push(name.clone());
        }
    });
    names
}
