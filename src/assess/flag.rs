//! The driver of `flag`: data, method and rule books in, verdicts out.
//!
//! load → books → gate → plan → engine, as for `rank`; the method is run as well where a rule asks for its review or its grades.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use polars::prelude::{AnyValue, DataFrame};

use super::books::{self, Active, REVIEW, Wanted};
use super::grades;
use crate::dictionary::ColumnType;
use crate::engine::{self, EngineError};
use crate::finding::{Code, Finding, Findings, Place};
use crate::load::{self, Dataset, Progress, Rows, Want};
use crate::plan::flags::{self, InventoryStatement, Reach, RuleStatement};
use crate::plan::{self, Statement};
use crate::policy::definition::shown;
use crate::policy::source::Source;
use crate::policy::subject::{Extra, Subject};
use crate::policy::{self, Policy, library};

/// Up to so many sites a rule that no column can decide is told site by site; beyond that in one line.
const EACH_SITE: u64 = 1000;

/// What is asked.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Built-in id or file; `None`: the default method.
    pub policy: Option<String>,
    /// Evaluated year; `None`: the last of the data that has ended by the date asked.
    pub year: Option<i32>,
    /// The date asked; `None`: the last day of the evaluated year.
    pub as_of: Option<String>,
    /// Rule books to switch on besides.
    pub books: Vec<String>,
    /// Only these rules.
    pub rules: Vec<String>,
    /// Only rules about this.
    pub subject: Option<Subject>,
    /// `BOOK.SETTING=VALUE`.
    pub settings: Vec<String>,
    /// Unreadable cells count as missing.
    pub lenient: bool,
    /// What is said about the files, in the place of the data set's own `mujun.toml`.
    pub data_config: Option<PathBuf>,
}

/// Statements ready to run.
#[derive(Debug)]
pub struct Prepared {
    /// The data.
    pub dataset: Dataset,
    /// The method.
    pub policy: Policy,
    /// The evaluated year.
    pub year: i32,
    /// The date asked, ISO.
    pub as_of: String,
    /// The books that are on.
    pub books: Vec<Active>,
    /// One statement per book and subject: place of the book, statement.
    pub statements: Vec<(usize, RuleStatement)>,
    /// One statement per book that knows states.
    pub inventories: Vec<(usize, InventoryStatement)>,
    /// The method's statement for the evaluated year, where its review is asked for.
    pub review: Option<Statement>,
    /// The method's statements year by year, the evaluated one last, where rules ask for its grades.
    pub graded: Vec<(i32, Statement)>,
}

/// The verdicts of one statement.
#[derive(Debug)]
pub struct Found {
    /// Place of the book.
    pub book: usize,
    /// Place of the statement.
    pub statement: usize,
    /// Rows for which a rule holds or cannot be told.
    pub rows: DataFrame,
    /// Rules that no column can decide for anybody: place of the rule in the book, and how many sites.
    pub undecided: BTreeMap<usize, u64>,
}

/// Everything that was found.
#[derive(Debug)]
pub struct Flagged {
    /// By statement.
    pub found: Vec<Found>,
    /// Land by state: place of the book, rows.
    pub inventories: Vec<(usize, DataFrame)>,
    /// The method's rows of the evaluated year, where its review is asked for.
    pub review: Option<DataFrame>,
}

/// Loads, reads, checks and plans. `None` when the gate is shut; the findings then say why.
pub fn prepare(data: &Path, request: &Request, progress: &dyn Progress, findings: &mut Findings) -> Option<Prepared> {
    let as_of = as_of(request.as_of.as_ref(), findings);
    let wanted = Wanted { books: &request.books, rules: &request.rules, subject: request.subject, settings: &request.settings };
    let method = library::find(&super::method_of(data, &request.policy, request.data_config.as_deref()), findings)?;
    // A method and books that need no extra column of the data are known before they are read, and so is what has to be kept of them.
    let mut told = Findings::default();
    let early = policy::read(&method, &Extra::new(), &mut told);
    let early = early.map(|policy| (books::sources(&policy, &wanted, &mut told), policy));
    let early = early.map(|(sources, policy)| (books::read(&sources, &policy, &wanted, &Extra::new(), &mut told), sources, policy));
    let early = early.filter(|_| !told.stop());
    let keep = early.as_ref().map(|(books, _, policy)| Keep::of(policy, books, request));
    let rows = keep.as_ref().map_or(Rows::ALL, Keep::rows);
    let options =
        load::Options { lenient: request.lenient, keep: keep.as_ref().map(|keep| &keep.panel), rows, tried: &[], parts: false, progress };
    let dataset = load::load_as_told(data, request.data_config.as_deref(), &options, findings);
    let extra = dataset.as_ref().map(extra_columns).unwrap_or_default();
    let (books, policy) = match early {
        Some((books, _, policy)) => {
            findings.extend(told);
            (books, policy)
        }
        None => read_late(&method, &wanted, &extra, findings)?,
    };
    let (mut dataset, as_of) = (dataset?, as_of?);
    let year = year_by(&dataset, request.year, as_of.as_deref(), findings)?;
    let as_of = as_of.unwrap_or_else(|| format!("{year}-12-31"));
    if request.year.is_none() && as_of < format!("{year}-12-31") {
        findings.push(Finding::warning(Code::FiguresAfterDate, Place::Nowhere).text(year.to_string()).with("as_of", &as_of));
    }
    if asks_for_method(&policy, &books, request) {
        check_method(&policy, &dataset, year, findings);
    }
    check(&policy, &books, findings);
    if findings.stop() {
        return None;
    }
    super::unite(&policy, &mut dataset);
    Some(plan(dataset, policy, books, year, as_of, &extra, request))
}

fn read_late(method: &Source, wanted: &Wanted, extra: &Extra, findings: &mut Findings) -> Option<(Vec<Active>, Policy)> {
    let policy = policy::read(method, extra, findings)?;
    let sources = books::sources(&policy, wanted, findings);
    Some((books::read(&sources, &policy, wanted, extra, findings), policy))
}

/// The date asked: `Some(None)` if none is, `None` if it is no date.
pub(super) fn as_of(asked: Option<&String>, findings: &mut Findings) -> Option<Option<String>> {
    let Some(text) = asked else { return Some(None) };
    match load::day(text) {
        Some(day) => Some(Some(day)),
        None => {
            let finding = Finding::error(Code::BadOption, Place::Nowhere).text(text).with("option", "--as-of");
            findings.push(finding.with("wanted", "2025-12-31 (1950-01-01 – 2100-12-31)"));
            None
        }
    }
}

/// The year asked; else the last of the data that has ended by the date; else the last of the data.
pub(super) fn year_by(dataset: &Dataset, asked: Option<i32>, as_of: Option<&str>, findings: &mut Findings) -> Option<i32> {
    let ended = |year: &i32| as_of.is_none_or(|as_of| format!("{year}-12-31").as_str() <= as_of);
    let found = asked.or_else(|| dataset.years.iter().copied().rfind(ended)).or_else(|| dataset.years.first().copied());
    super::year(dataset, found, findings)
}

/// What has to be kept of the data.
#[derive(Debug, Clone, Default)]
pub struct Keep {
    /// Columns of the panel.
    pub panel: BTreeSet<String>,
    /// Columns of tables of rows.
    own: BTreeMap<&'static str, BTreeSet<String>>,
}

impl Keep {
    fn of(policy: &Policy, books: &[Active], request: &Request) -> Keep {
        let mut keep = Keep::default();
        if asks_for_method(policy, books, request) {
            keep.panel = plan::reads(policy, &grades::options(2000, &[], true));
        }
        books.iter().for_each(|active| keep.add(active, active.inventory_is_on(request)));
        keep
    }

    /// Adds what the rules of a book read, and its inventory where it is on.
    pub(super) fn add(&mut self, active: &Active, inventory_is_on: bool) {
        for (_, subject) in Subject::WORDS {
            let rules = active.rules.iter().map(|&at| &active.book.rules[at]).filter(|rule| rule.subject == *subject);
            let extra = Extra::new();
            let reach = Reach::new(&active.book, *subject, &extra);
            let mut needs = reach.needs(rules);
            if *subject == Subject::Parcel && inventory_is_on {
                reach.name(*subject, "area", &mut needs);
                if let Some(inventory) = &active.book.inventory {
                    reach.visit(*subject, &inventory.when.term, &mut needs);
                    reach.name(*subject, &inventory.of.text, &mut needs);
                }
            }
            self.panel.extend(needs.holder);
            if let Some(table) = subject.table() {
                self.own.entry(table).or_default().extend(needs.own);
            }
            self.own.entry("land").or_default().extend(needs.parcel);
        }
    }

    /// The rows that rules look at.
    pub fn rows(&self) -> Rows<'_> {
        let of = |table: &str| self.own.get(table).map_or(Want::Nothing, Want::Only);
        Rows { land: of("land"), factories: of("factories"), agreements: of("agreements"), check: true, ..Rows::default() }
    }
}

impl Active {
    /// Is land counted by state? Not where somebody asks for something else.
    fn inventory_is_on(&self, request: &Request) -> bool {
        self.book.inventory.as_ref().is_some_and(|inventory| inventory.listed)
            && request.rules.is_empty()
            && request.subject.is_none_or(|subject| subject == Subject::Parcel)
    }
}

/// Is the method's review asked for?
fn asks_for_review(policy: &Policy, request: &Request) -> bool {
    policy.review.is_some()
        && request.subject.is_none_or(|subject| subject == Subject::Enterprise)
        && (request.rules.is_empty() || request.rules.iter().any(|rule| rule == REVIEW))
}

/// Does a rule ask for what the method made of enterprises?
pub(super) fn asks_for_grades(books: &[Active]) -> bool {
    let extra = Extra::new();
    books.iter().any(|active| {
        let asks = |subject: Subject| {
            let rules = active.rules.iter().map(|&at| &active.book.rules[at]).filter(|rule| rule.subject == subject);
            Reach::new(&active.book, subject, &extra).needs(rules).method
        };
        Subject::WORDS.iter().any(|(_, subject)| asks(*subject))
    })
}

fn asks_for_method(policy: &Policy, books: &[Active], request: &Request) -> bool {
    asks_for_review(policy, request) || asks_for_grades(books)
}

/// Columns of the data that the dictionary does not know, table by table.
pub(super) fn extra_columns(dataset: &Dataset) -> Extra {
    let mut extra = Extra::from([("panel", super::extra_columns(dataset))]);
    for (table, frame) in dataset.row_tables() {
        let known = crate::dictionary::Dictionary::get().table(table);
        let is_known = |name: &str| known.is_some_and(|table| table.columns.iter().any(|column| column.name == name));
        let made =
            ["parcel", "factory", "agreement", "enterprise", "name", "zone", "enterprise_id", "parcel_id", "holds_from", "holds_until"];
        let columns = load::columns_of(frame).into_iter();
        extra.insert(
            table,
            columns.filter(|(name, _)| !is_known(name) && !made.contains(&name.as_str()) && !name.starts_with("doubt_")).collect(),
        );
    }
    let zones = crate::dictionary::Dictionary::get().table("zones");
    let is_known = |name: &str| {
        ["zone", "year", "zone_name"].contains(&name) || zones.is_some_and(|table| table.columns.iter().any(|column| column.name == name))
    };
    extra.insert("zones", load::columns_of(&dataset.zone_years).into_iter().filter(|(name, _)| !is_known(name)).collect());
    extra
}

/// The method against the data; of columns that are not there only those that its review needs.
fn check_method(policy: &Policy, dataset: &Dataset, year: i32, findings: &mut Findings) {
    let mut found = Findings::default();
    super::check(policy, dataset, year, &mut found);
    let needed = plan::review_figures(policy);
    let concerns = |finding: &&Finding| finding.code != Code::ColumnAbsent || needed.iter().any(|name| Some(name) == finding.text.as_ref());
    found.iter().filter(concerns).for_each(|finding| findings.push(finding.clone()));
}

/// Books that are no law: drafts and repealed ones.
fn check(policy: &Policy, books: &[Active], findings: &mut Findings) {
    for active in books.iter().filter(|active| !active.rules.is_empty() && active.book.id != policy.id) {
        super::warn_of_no_law(active.book.status, &active.book.id, findings);
    }
}

fn plan(dataset: Dataset, policy: Policy, books: Vec<Active>, year: i32, as_of: String, extra: &Extra, request: &Request) -> Prepared {
    let mut present: BTreeMap<&'static str, Vec<(String, ColumnType)>> = BTreeMap::from([("panel", dataset.columns())]);
    present.extend(dataset.row_tables().into_iter().map(|(table, frame)| (table, load::columns_of(frame))));
    let (mut statements, mut inventories) = (Vec::new(), Vec::new());
    for (at, active) in books.iter().enumerate() {
        let options = flags::Options { year, as_of: &as_of, present: &present, extra, settings: &active.settings };
        for (_, subject) in Subject::WORDS {
            let rows = dataset.row_tables().into_iter().find(|(table, _)| Some(*table) == subject.table());
            if rows.is_none_or(|(_, frame)| frame.height() > 0) {
                statements.extend(flags::statement(&active.book, *subject, &active.rules, options).map(|statement| (at, statement)));
            }
        }
        if active.inventory_is_on(request) && dataset.parcels.height() > 0 {
            inventories.extend(flags::inventory(&active.book, options).map(|statement| (at, statement)));
        }
    }
    let columns = present.remove("panel").unwrap_or_default();
    let adjusted = policy.adjustments && dataset.adjustments.height() > 0;
    let statement = |year: i32| plan::statement(&policy, &grades::options(year, &columns, adjusted));
    let review = asks_for_review(&policy, request).then(|| statement(year));
    let years = dataset.years.iter().copied().filter(|known| *known <= year && asks_for_grades(&books));
    let graded = years.map(|year| (year, statement(year))).collect();
    Prepared { dataset, policy, year, as_of, books, statements, inventories, review, graded }
}

/// Runs the statements of a prepared request.
///
/// # Errors
///
/// When the engine does not run one of them: a fault of the program.
pub fn evaluate(prepared: &Prepared, findings: &mut Findings) -> Result<Flagged, EngineError> {
    let dataset = &prepared.dataset;
    let review = match &prepared.review {
        Some(statement) => Some(super::run(statement, dataset)?),
        None => None,
    };
    let grades = grades::frame(&prepared.graded, review.as_ref().map(|rows| (prepared.year, rows)), dataset)?;
    let mut tables = vec![("enterprise_years", &dataset.panel), ("grades", &grades), ("parcels", &dataset.parcels)];
    tables.extend([("factories", &dataset.factories), ("agreements", &dataset.agreements)]);
    let mut found = Vec::new();
    for (at, (book, statement)) in prepared.statements.iter().enumerate() {
        let judged = super::run_stages(&statement.stages, &statement.judged(), dataset, &tables)?;
        let (rows, undecided) = told(statement, &judged, prepared, *book, findings)?;
        found.push(Found { book: *book, statement: at, rows, undecided });
    }
    let mut inventories = Vec::new();
    for (book, statement) in &prepared.inventories {
        inventories.push((*book, engine::evaluate(&statement.text(), &tables)?));
    }
    Ok(Flagged { found, inventories, review })
}

impl Prepared {
    /// Columns of the data that the dictionary does not know, table by table.
    pub fn extra(&self) -> Extra {
        extra_columns(&self.dataset)
    }

    /// What the policy and the options set in the books.
    pub fn chosen(&self) -> Vec<String> {
        let each = self.books.iter().flat_map(|active| {
            let set = active.book.settings.iter().filter(|setting| active.settings.get(&setting.id) != Some(&setting.value));
            set.map(|setting| format!("{}.{}={}", active.book.id, setting.id, shown(&active.settings[&setting.id])))
        });
        each.collect()
    }
}

/// Every statement, one after the other.
pub fn text(prepared: &Prepared) -> String {
    let method = prepared.review.iter().map(Statement::text);
    let rules = prepared.statements.iter().map(|(_, statement)| statement.text());
    let land = prepared.inventories.iter().map(|(_, statement)| statement.text());
    method.chain(rules).chain(land).collect::<Vec<_>>().join(";\n\n")
}

/// The rows that are told, and the rules that are told in one line.
fn told(
    statement: &RuleStatement,
    judged: &DataFrame,
    prepared: &Prepared,
    book: usize,
    findings: &mut Findings,
) -> Result<(DataFrame, BTreeMap<usize, u64>), EngineError> {
    let counts = engine::evaluate(&statement.counts(), &[("judged", judged)])?;
    let count = |column: &str| match counts.column(column).ok().and_then(|column| column.get(0).ok()) {
        Some(AnyValue::Null) | None => 0,
        Some(value) => value.try_extract::<u64>().unwrap_or(0),
    };
    let sites = count("sites");
    let mut undecided = BTreeMap::new();
    for rule in &statement.rules {
        if sites > EACH_SITE && count(&rule.column("unknown")) == sites {
            undecided.insert(rule.rule, sites);
            let id = &prepared.books[book].book.rules[rule.rule].id;
            findings.push(Finding::warning(Code::RuleNeverDecided, Place::Nowhere).text(id).with("sites", sites));
        }
    }
    let left_out: BTreeSet<usize> = undecided.keys().copied().collect();
    Ok((engine::evaluate(&statement.rows(&left_out), &[("judged", judged)])?, undecided))
}
