//! The rule books of `check`: what can hardly be true of figures that can be read.
//!
//! In: a data set loaded with all its rows, and the books. Out: a warning at the cell of the first figure that decides, for every rule
//! that holds, in every year of the data. What cannot be told is no finding here: blanks are told as blanks.

use std::collections::BTreeSet;
use std::sync::Arc;

use polars::prelude::DataFrame;

use super::books::{self, Wanted};
use super::flag::{self as verdicts, Keep};
use super::{bunching, grades, tax_without_output};
use crate::dictionary::suspicions::Suspicions;
use crate::dictionary::{Bilingual, Dictionary};
use crate::engine::{self, EngineError};
use crate::finding::{Code, Finding, Findings, Place};
use crate::load::{self, Dataset};
use crate::plan::flags::{self, RuleStatement};
use crate::plan::{self, Statement};
use crate::policy::book::Book;
use crate::policy::subject::{Extra, Subject};
use crate::policy::{self, Policy, library};
use crate::report::flags::holding::{self, Holding};

/// The book that `check` always runs.
pub const BOOK: &str = "plausible";

/// Rows that are judged at a time.
const AT_A_TIME: usize = 500_000;

/// Tables whose rows are numbered by enterprise.
const OF_ENTERPRISES: [&str; 4] = ["enterprises", "output", "tax", "energy"];

/// What is asked of the books.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Books besides [`BOOK`]: ids or files.
    pub books: Vec<String>,
    /// Rules that do not run.
    pub without: Vec<String>,
    /// `BOOK.SETTING=VALUE`.
    pub settings: Vec<String>,
    /// The method in force, by id or file: whose lines are looked at, and whose grades books may ask for.
    pub method: Option<String>,
    /// The year of those lines; `None`: the last of the data.
    pub year: Option<i32>,
    /// From which figures on several rows together are told; `None`: the built-in ones.
    pub limits: Option<&'static Suspicions>,
}

/// Runs the books on every year of the data.
///
/// # Errors
///
/// When the engine does not run a statement: a fault of the program.
pub fn judge(dataset: &mut Dataset, request: &Request, findings: &mut Findings) -> Result<(), EngineError> {
    let extra = verdicts::extra_columns(dataset);
    let Some(mut active) = active(&extra, request, findings) else { return Ok(()) };
    let mut told = Findings::default();
    let method = method(&extra, request, &mut told);
    // The evaluation of the same method may have said so already.
    told.retain(|finding| !findings.iter().any(|known| known == finding));
    findings.extend(told);
    if let Some(policy) = &method {
        super::unite(policy, dataset);
    }
    let dataset = &*dataset;
    let grades = match &method {
        Some(policy) if verdicts::asks_for_grades(&active) => grades_of(policy, dataset)?,
        Some(_) => DataFrame::empty(),
        None => {
            refuse_graded(&mut active, findings);
            DataFrame::empty()
        }
    };
    let suspected = suspected(findings);
    let mut found = Findings::default();
    let limits = request.limits.unwrap_or_else(Suspicions::get);
    tax_without_output::judge(dataset, &limits.tax_without_output, findings, &mut found);
    if let (Some(policy), Some(year)) = (&method, request.year.or(dataset.years.last().copied())) {
        bunching::judge(dataset, policy, year, &limits.bunching, &mut found)?;
    }
    for &year in &dataset.years {
        let is_last = Some(&year) == dataset.years.last();
        for active in &active {
            for (_, subject) in Subject::WORDS.iter().filter(|(_, subject)| is_last || *subject == Subject::Enterprise) {
                run((dataset, &grades), active, (*subject, year), &suspected, &mut found)?;
            }
        }
    }
    found.sort();
    findings.extend(found);
    Ok(())
}

/// What has to be kept of the data; `None`, everything, where a book names what the dictionary does not know or cannot be read.
pub fn keep(request: &Request) -> Option<Keep> {
    let mut told = Findings::default();
    let active = active(&Extra::new(), request, &mut told)?;
    let mut keep = Keep::default();
    active.iter().for_each(|active| keep.add(active, false));
    keep.panel.extend(tax_without_output::READS.map(str::to_owned));
    if request.method.is_some() {
        let policy = method(&Extra::new(), request, &mut told)?;
        keep.panel.extend(bunching::reads(&policy));
        if verdicts::asks_for_grades(&active) {
            keep.panel.extend(plan::reads(&policy, &grades::options(2000, &[], true)));
        }
    }
    Some(keep)
}

/// The method in force; `None` if there is none, or it cannot be read, and a finding says why.
fn method(extra: &Extra, request: &Request, findings: &mut Findings) -> Option<Policy> {
    let source = library::find(request.method.as_ref()?, findings)?;
    policy::read(&source, extra, findings)
}

/// The table of grades, year by year.
fn grades_of(policy: &Policy, dataset: &Dataset) -> Result<DataFrame, EngineError> {
    let (columns, adjusted) = (dataset.columns(), policy.adjustments && dataset.adjustments.height() > 0);
    let statement = |year: i32| plan::statement(policy, &grades::options(year, &columns, adjusted));
    let graded: Vec<(i32, Statement)> = dataset.years.iter().map(|&year| (year, statement(year))).collect();
    grades::frame(&graded, None, dataset)
}

/// Without a method there are no grades: the books that ask for them do not run.
fn refuse_graded(active: &mut Vec<books::Active>, findings: &mut Findings) {
    active.retain(|active| {
        let asks = verdicts::asks_for_grades(std::slice::from_ref(active));
        if asks {
            let known: Vec<&str> = library::BUILT_IN.iter().map(|(id, _)| *id).collect();
            let finding = Finding::error(Code::BookNeedsMethod, Place::Nowhere).text(&active.book.id);
            findings.push(finding.with("known", known.join(", ")));
        }
        !asks
    });
}

/// The books with the rules that run; `None` if one of them cannot be read.
fn active(extra: &Extra, request: &Request, findings: &mut Findings) -> Option<Vec<books::Active>> {
    let method = library::find(super::DEFAULT_POLICY, findings)?;
    let policy = policy::read(&method, extra, &mut Findings::default())?;
    let names: Vec<String> = std::iter::once(BOOK.to_owned()).chain(request.books.iter().cloned()).collect();
    let mut told = Findings::default();
    let sources: Vec<_> = names.iter().filter_map(|name| library::find_book(name, &mut told)).collect();
    let wanted = Wanted { books: &names, rules: &[], subject: None, settings: &request.settings };
    let mut active = books::read(&sources, &policy, &wanted, extra, &mut told);
    active.retain(|active| active.book.id != policy.id);
    let known: Vec<String> = active.iter().flat_map(|active| active.book.rules.iter().map(|rule| rule.id.clone())).collect();
    for rule in request.without.iter().filter(|rule| !known.contains(rule)) {
        told.push(Finding::error(Code::UnknownRule, Place::Nowhere).text(rule).with("known", known.join(", ")));
    }
    for active in &mut active {
        let rules = &active.book.rules;
        active.rules.retain(|&at| !request.without.contains(&rules[at].id));
    }
    let stops = told.stop();
    findings.extend(told);
    (!stops).then_some(active)
}

/// Columns that are suspected as a whole: file and column. They explain every rule that rests on them.
fn suspected(findings: &Findings) -> BTreeSet<(Arc<str>, u32)> {
    let slips = findings.iter().filter(|finding| matches!(finding.code, Code::UnitSlip | Code::RatioSlip));
    slips.filter_map(|finding| column_of(&finding.place)).collect()
}

fn column_of(place: &Place) -> Option<(Arc<str>, u32)> {
    if let Place::Cell { file, column, .. } = place { Some((file.clone(), *column)) } else { None }
}

fn run(
    (dataset, grades): (&Dataset, &DataFrame),
    active: &books::Active,
    (subject, year): (Subject, i32),
    suspected: &BTreeSet<(Arc<str>, u32)>,
    findings: &mut Findings,
) -> Result<(), EngineError> {
    let mut present = std::collections::BTreeMap::from([("panel", dataset.columns())]);
    present.extend(dataset.row_tables().into_iter().map(|(table, frame)| (table, load::columns_of(frame))));
    let extra = verdicts::extra_columns(dataset);
    let as_of = format!("{year}-12-31");
    let options = flags::Options { year, as_of: &as_of, present: &present, extra: &extra, settings: &active.settings };
    let rows = dataset.row_tables().into_iter().find(|(table, _)| Some(*table) == subject.table());
    if rows.is_some_and(|(_, frame)| frame.height() == 0) {
        return Ok(());
    }
    let Some(statement) = flags::statement(&active.book, subject, &active.rules, options) else { return Ok(()) };
    let mut tables = vec![("enterprise_years", &dataset.panel), ("parcels", &dataset.parcels), ("grades", grades)];
    tables.extend([("factories", &dataset.factories), ("agreements", &dataset.agreements)]);
    for holding in holdings(dataset, &active.book, &statement, &tables, &extra)? {
        let places = places(dataset, subject, year, &holding);
        if !places.iter().filter_map(column_of).any(|column| suspected.contains(&column)) {
            let place = places.into_iter().next().unwrap_or(Place::Nowhere);
            findings.push(finding(&active.book, year, &holding, place));
        }
    }
    Ok(())
}

/// The rules that hold, in the order of the book. Where nobody is measured against others, a part of the table is judged at a time:
/// what is made on the way has the size of the part.
fn holdings(
    dataset: &Dataset,
    book: &Book,
    statement: &RuleStatement,
    tables: &[(&str, &DataFrame)],
    extra: &Extra,
) -> Result<Vec<Holding>, EngineError> {
    let own = match statement.subject {
        Subject::Enterprise => "enterprise_years",
        Subject::Parcel => "parcels",
        Subject::Factory => "factories",
        Subject::Agreement => "agreements",
    };
    let Some((_, whole)) = tables.iter().find(|(name, _)| *name == own) else { return Ok(Vec::new()) };
    // The rows of an enterprise stay together.
    let years = if statement.subject == Subject::Enterprise { dataset.years.len().max(1) } else { 1 };
    let step = if statement.apart { AT_A_TIME.next_multiple_of(years) } else { whole.height().max(1) };
    let mut all = Vec::new();
    for start in (0..whole.height()).step_by(step) {
        let part = whole.slice(start as i64, step);
        let tables: Vec<(&str, &DataFrame)> = tables.iter().map(|&(name, frame)| (name, if name == own { &part } else { frame })).collect();
        all.extend(holding::of(book, statement, &rows(statement, &tables)?, extra));
    }
    all.sort_by_key(|holding| holding.rule);
    Ok(all)
}

/// The rows for which a rule holds.
fn rows(statement: &RuleStatement, tables: &[(&str, &DataFrame)]) -> Result<DataFrame, EngineError> {
    let largest = tables.iter().map(|(_, frame)| frame.height()).max().unwrap_or(0);
    if largest > super::STEP_BY_STEP {
        return engine::evaluate(&statement.text_of_holding(), tables);
    }
    engine::evaluate_stages(&super::named(&statement.stages), &statement.holding(), tables)
}

fn finding(book: &Book, year: i32, holding: &Holding, place: Place) -> Finding {
    let rule = &book.rules[holding.rule];
    let finding = Finding::warning(Code::ImplausibleFigures, place).with("rule", &rule.id);
    let finding = finding.with("id", &holding.id).with("year", year).with_both("title", &rule.title.zh, &rule.title.en);
    let finding = finding.with_both("evidence", &holding.evidence.zh, &holding.evidence.en);
    let nothing = Bilingual { zh: "—".to_owned(), en: "—".to_owned() };
    let todo = rule.consequences.last().map_or(&nothing, |consequence| &consequence.text);
    finding.with_both("todo", &todo.zh, &todo.en)
}

/// The cells of the deciding columns, as far as they have one, then that of the id.
fn places(dataset: &Dataset, subject: Subject, year: i32, holding: &Holding) -> Vec<Place> {
    let Some(addresses) = &dataset.addresses else { return Vec::new() };
    let own = subject.table().and_then(|table| Some((table, holding.number?)));
    let of_holder = |column: &str| {
        let tables = Dictionary::get().tables.iter().map(|table| table.name.as_str()).filter(|table| OF_ENTERPRISES.contains(table));
        tables.filter_map(|table| addresses.cell(table, column, holding.enterprise?, year)).next()
    };
    let cell = |column: &str| own.and_then(|(table, number)| addresses.cell(table, column, number, year)).or_else(|| of_holder(column));
    let names = holding.columns.iter().map(String::as_str).chain([subject.key()]);
    names.filter_map(cell).collect()
}
