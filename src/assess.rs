//! The driver: data and policy in, an evaluation out. Reads like the flow in the design.
//!
//! load → policy → gate → plan → engine. Everything found on the way is in one list; nothing is printed here.

pub mod books;
mod bunching;
pub mod flag;
pub mod grades;
pub mod plausible;
pub mod pools;
mod tax_without_output;
pub mod zone;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use polars::prelude::DataFrame;

use crate::dictionary::suspicions::Suspicions;
use crate::dictionary::{ColumnType, Dictionary, Table};
use crate::engine::{self, EngineError};
use crate::finding::{Code, Finding, Findings, Place};
use crate::load::{self, Dataset, Progress, Rows};
use crate::order;
use crate::plan::{self, ROLL_UPS, Stage, Statement};
use crate::policy::expression::{self, Vocabulary, nearest};
use crate::policy::source::{Key, Source};
use crate::policy::subject::Extra;
use crate::policy::term::{Kind, Term};
use crate::policy::{self, Policy, Status, library, scope};

/// The method used where none is named.
pub const DEFAULT_POLICY: &str = "default";

/// Up to so many rows the stages of the statement are run one after the other: reading a long statement costs the engine more than
/// that. Beyond it the whole statement is run at once, which reads only the columns it needs.
const STEP_BY_STEP: usize = 100_000;

/// What is asked.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Built-in id or file; `None`: the default method.
    pub policy: Option<String>,
    /// Evaluated year; `None`: the last of the data.
    pub year: Option<i32>,
    /// Roll-up word, one of [`ROLL_UPS`].
    pub by: Option<String>,
    /// Rows wanted: an expression over columns of the result or the tables.
    pub filter: Option<String>,
    /// Column to sort by, with `:asc` or `:desc`.
    pub sort: Option<String>,
    /// Columns wanted.
    pub columns: Option<Vec<String>>,
    /// Unreadable cells count as missing.
    pub lenient: bool,
    /// With what the quota proof needs.
    pub proof: bool,
    /// Rows that the method does not read are checked against each other, and what can be read and is hardly meant is told.
    pub check_rows: bool,
    /// From which figures on several rows together are told; `None`: the built-in ones.
    pub limits: Option<&'static Suspicions>,
    /// What those checks read besides the method; `None`: everything.
    pub checks: Option<flag::Keep>,
    /// Cells that are read otherwise than they stand, to be tried out.
    pub tried: Vec<load::corrections::Correction>,
    /// What is said about the files, in the place of the data set's own `mujun.toml`.
    pub data_config: Option<PathBuf>,
    /// A zone plan whose verdicts stand beside the sums of zones or chains.
    pub zones: Option<zone::Request>,
}

/// A statement ready to run.
#[derive(Debug)]
pub struct Prepared {
    /// The data.
    pub dataset: Dataset,
    /// The method.
    pub policy: Policy,
    /// The evaluated year.
    pub year: i32,
    /// The statement.
    pub statement: Statement,
}

/// Loads, reads, checks and plans. `None` when the gate is shut; the findings then say why.
pub fn prepare(data: &Path, request: &Request, progress: &dyn Progress, findings: &mut Findings) -> Option<Prepared> {
    prepare_city(&[data.to_owned()], request, progress, findings)
}

/// The same for several data sets that make one city. The method is the one asked for, else the one that the first of them names.
pub fn prepare_city(data: &[PathBuf], request: &Request, progress: &dyn Progress, findings: &mut Findings) -> Option<Prepared> {
    let method = method_of(data.first().map_or(Path::new(""), PathBuf::as_path), &request.policy, request.data_config.as_deref());
    let source = library::find(&method, findings);
    // A policy that needs no extra column of the data is known before they are read, and so is what has to be kept of them.
    let mut told = Findings::default();
    let early = source.as_ref().and_then(|source| policy::read(source, &Extra::new(), &mut told));
    let checks = request.checks.as_ref().filter(|_| request.check_rows && early.is_some());
    let keep = early.as_ref().filter(|_| !request.check_rows || checks.is_some()).and_then(|policy| keep(policy, request));
    let keep = match checks {
        Some(checks) => keep.map(|keep| checks.panel.iter().cloned().chain(keep).collect()),
        None => keep,
    };
    let needs = request.zones.as_ref().map(zone::needs);
    let keep = match &needs {
        Some(needs) => keep.zip(needs.panel.clone()).map(|(keep, panel)| keep.into_iter().chain(panel).collect()),
        None => keep,
    };
    let rows = match &needs {
        Some(needs) if !request.check_rows => needs.rows,
        _ if request.check_rows => checks.map_or(Rows::CHECKED, |checks| Rows { suspicions: true, ..checks.rows() }),
        _ => Rows::default(),
    };
    let rows = Rows { limits: request.limits, ..rows };
    let parts = needs.is_some_and(|needs| needs.parts);
    let options = load::Options { lenient: request.lenient, keep: keep.as_ref(), rows, tried: &request.tried, parts, progress };
    let dataset = load::city(data, request.data_config.as_deref(), &options, findings);
    let extra = dataset.as_ref().map(extra_columns).unwrap_or_default();
    let policy = match early {
        Some(policy) => {
            findings.extend(told);
            policy
        }
        None => policy::read(source.as_ref()?, &Extra::from([("panel", extra.clone())]), findings)?,
    };
    let mut dataset = dataset?;
    let mut asked = Asked::read(&policy, &extra, &dataset, request, findings);
    if request.proof {
        asked.extra.extend(plan::proof_columns(&policy));
    }
    let year = year(&dataset, request.year, findings)?;
    check(&policy, &dataset, year, findings);
    if findings.stop() {
        return None;
    }
    unite(&policy, &mut dataset);
    let present = dataset.columns();
    let options = plan::Options {
        year,
        present: &present,
        adjustments: policy.adjustments && dataset.adjustments.height() > 0,
        by: request.by.as_deref().map(plan::roll_up_column),
        filter: asked.filter.as_ref(),
        extra: &asked.extra,
        only: request.columns.as_deref().filter(|_| request.by.is_none()),
        sort: asked.sort.as_ref().map(|(column, descending)| (column.as_str(), *descending)),
        for_rules: false,
    };
    let statement = plan::statement(&policy, &options);
    Some(Prepared { dataset, policy, year, statement })
}

/// The method that is asked for, else the one that the data set names for itself, else the default.
fn method_of(data: &Path, asked: &Option<String>, told: Option<&Path>) -> String {
    asked.clone().or_else(|| load::policy_of(data, told)).unwrap_or_else(|| DEFAULT_POLICY.to_owned())
}

/// Runs the statement of a prepared request.
///
/// # Errors
///
/// When the engine does not run the statement: a fault of the program.
pub fn evaluate(prepared: &Prepared, findings: &mut Findings) -> Result<DataFrame, EngineError> {
    let frame = run(&prepared.statement, &prepared.dataset)?;
    judge(&frame, findings);
    Ok(frame)
}

/// Runs the statement of a method over a data set.
fn run(statement: &Statement, dataset: &Dataset) -> Result<DataFrame, EngineError> {
    let tables = [("enterprise_years", &dataset.panel), ("adjustments", &dataset.adjustments)];
    if dataset.panel.height() <= STEP_BY_STEP {
        return engine::evaluate_stages(&named(&statement.stages), &format!("{}\n{}", statement.rows, statement.order), &tables);
    }
    match &statement.usual {
        Some(groups) => Ok(order::published(engine::evaluate(&statement.unordered(), &tables)?, groups)?),
        None => engine::evaluate(&statement.text(), &tables),
    }
}

/// Runs stages up to the last one, step by step or at once.
fn run_stages(stages: &[Stage], whole: &str, dataset: &Dataset, tables: &[(&str, &DataFrame)]) -> Result<DataFrame, EngineError> {
    let largest = tables.iter().map(|(_, frame)| frame.height()).max().unwrap_or(0).max(dataset.panel.height());
    match stages.split_last() {
        Some((last, before)) if largest <= STEP_BY_STEP => engine::evaluate_stages(&named(before), &last.select, tables),
        _ => engine::evaluate(whole, tables),
    }
}

fn named(stages: &[Stage]) -> Vec<(&str, &str)> {
    stages.iter().map(|stage| (stage.name.as_str(), stage.select.as_str())).collect()
}

/// The statement as it would be for data that have every column of the dictionary.
pub fn statement_without_data(request: &Request, findings: &mut Findings) -> Option<String> {
    let source = library::find(request.policy.as_deref().unwrap_or(DEFAULT_POLICY), findings)?;
    let policy = policy::read(&source, &Extra::new(), findings)?;
    let present: Vec<(String, ColumnType)> = Dictionary::get()
        .tables
        .iter()
        .flat_map(|table| &table.columns)
        .map(|column| (column.name.clone(), column.kind))
        .chain(["land_mu", "industry_division", "industry_group", "zone_name"].map(|name| (name.to_owned(), ColumnType::Text)))
        .collect();
    let options = plan::Options {
        year: request.year.or(policy.years.map(|(_, to)| to)).unwrap_or(2025),
        present: &present,
        adjustments: policy.adjustments,
        by: request.by.as_deref().map(plan::roll_up_column),
        filter: None,
        extra: &[],
        only: None,
        sort: None,
        for_rules: false,
    };
    Some(plan::statement(&policy, &options).text())
}

/// How many measures of the adjustments table count in the evaluated year.
pub fn measures(prepared: &Prepared) -> usize {
    let years = prepared.dataset.adjustments.column("year").and_then(|column| column.i32().cloned());
    years.map_or(0, |years| years.iter().filter(|year| *year == Some(prepared.year)).count())
}

/// What the result itself gives rise to.
fn judge(frame: &DataFrame, findings: &mut Findings) {
    let (Ok(outcomes), Ok(ids)) =
        (frame.column("outcome").and_then(|column| column.str()), frame.column("enterprise_id").and_then(|column| column.str()))
    else {
        return;
    };
    let mut graded = 0usize;
    for (outcome, id) in outcomes.iter().zip(ids.iter()) {
        match outcome {
            Some("graded") => graded += 1,
            Some("no-group") => findings.push(Finding::warning(Code::NoPeerGroup, Place::Nowhere).with("enterprise", id.unwrap_or(""))),
            _ => {}
        }
    }
    if graded == 0 {
        findings.push(Finding::warning(Code::NothingGraded, Place::Nowhere));
    }
}

/// Panel columns that the request needs, where that can be known before the data are read.
fn keep(policy: &Policy, request: &Request) -> Option<BTreeSet<String>> {
    let mut findings = Findings::default();
    let filter = match &request.filter {
        None => None,
        Some(text) => Some(filter(text, &vocabulary(policy, &[]), &mut findings)?),
    };
    let extra: Vec<String> =
        request.columns.iter().flatten().cloned().chain(request.sort.iter().map(|sort| split_sort(sort).0.to_owned())).collect();
    let options = plan::Options {
        year: 2000,
        present: &[],
        adjustments: false,
        by: request.by.as_deref().map(plan::roll_up_column),
        filter: filter.as_ref(),
        extra: &extra,
        only: None,
        sort: None,
        for_rules: false,
    };
    Some(plan::reads(policy, &options))
}

/// Units of those who share parcels are linked only through those who join in.
fn unite(policy: &Policy, dataset: &mut Dataset) {
    let Some(statement) = plan::joining(policy, &dataset.columns()) else { return };
    let joins = engine::evaluate(&statement, &[("enterprise_years", &dataset.panel)]);
    let joins = joins.ok().and_then(|frame| frame.column("joins").ok().and_then(|column| column.bool().ok().cloned()));
    if let (Some(links), Some(joins)) = (&dataset.links, joins) {
        let units = links.of_those(&joins);
        let replaced = dataset.panel.with_column(units.into());
        debug_assert!(replaced.is_ok(), "one unit per row of the panel");
    }
}

/// Names that `--where` may use.
fn vocabulary(policy: &Policy, extra: &[(String, ColumnType)]) -> Vocabulary {
    let mut names = policy::panel_vocabulary(extra);
    scope::extend_with_benchmarks(&mut names, &policy.benchmarks);
    for group in &policy.groups {
        scope::extend_with_results(&mut names, &group.indicators);
    }
    names.add("low", Kind::Truth);
    names.add("pool_size", Kind::Whole);
    for id in policy.indicator_ids() {
        names.add(format!("{id}_benchmark"), Kind::Number);
    }
    for text in ["grade", "ranked_grade", "review", "outcome", "group", "peer_group", "pool", "admission"] {
        names.add(text, Kind::Text);
    }
    names
}

fn filter(text: &str, names: &Vocabulary, findings: &mut Findings) -> Option<Term> {
    let source = Source::new("--where", text);
    let key = Key { text: text.to_owned(), span: 0..text.len() };
    expression::read(&key, &source, names, Kind::Truth, findings)
}

/// The options that name columns, read and checked.
struct Asked {
    filter: Option<Term>,
    extra: Vec<String>,
    sort: Option<(String, bool)>,
}

impl Asked {
    fn read(policy: &Policy, extra: &[(String, ColumnType)], dataset: &Dataset, request: &Request, findings: &mut Findings) -> Asked {
        let names = vocabulary(policy, extra);
        let filter = request.filter.as_ref().and_then(|text| filter(text, &names, findings));
        let rolled: Option<Vec<(String, String)>> = request.by.as_ref().map(|by| crate::report::roll::columns(by, &policy.grade_names()));
        let of_plan = |by: &String| request.zones.iter().flat_map(|_| crate::report::zone::ranked::names(by)).collect::<Vec<_>>();
        let known: Vec<String> = match &rolled {
            Some(columns) => columns.iter().map(|(id, _)| id.clone()).chain(request.by.iter().flat_map(of_plan)).collect(),
            None => {
                let panel = dataset.columns().into_iter().map(|(name, _)| name).filter(|name| name != "enterprise");
                let words = Dictionary::get().derived.iter().map(|derived| derived.name.clone());
                plan::result_columns(policy)
                    .into_iter()
                    .chain(plan::detail_columns(policy))
                    .chain(panel)
                    .chain(words)
                    .chain(names.names().map(str::to_owned))
                    .collect()
            }
        };
        let mut check = |option: &str, name: &str| {
            if known.iter().any(|known| known == name) {
                return;
            }
            let mut finding = Finding::error(Code::UnknownOutputColumn, Place::Nowhere).text(name).with("option", option);
            if let Some(near) = nearest(name, known.iter().map(String::as_str)) {
                finding = finding.with("hint", near);
            }
            findings.push(finding);
        };
        let columns: Vec<String> = request.columns.clone().unwrap_or_default();
        columns.iter().for_each(|name| check("--columns", name));
        let sort = request.sort.as_ref().map(|sort| {
            let (name, direction) = split_sort(sort);
            check("--sort", name);
            let descending = direction
                .unwrap_or_else(|| !["place", "rank"].contains(&name) && names.kind(name).is_none_or(Kind::is_numeric) && !is_text(name));
            let column = rolled.iter().flatten().find(|(id, _)| id == name).map_or(name, |(_, column)| column);
            (column.to_owned(), descending)
        });
        let mut extra = if request.by.is_some() { Vec::new() } else { columns };
        if request.by.is_none() {
            extra.extend(sort.iter().map(|(column, _)| column.clone()));
        }
        extra.retain(|name| name != "missing");
        Asked { filter, extra, sort }
    }
}

/// Roll-up keys and names sort upwards.
fn is_text(name: &str) -> bool {
    ROLL_UPS.iter().any(|(word, _)| *word == name)
}

/// `tax_per_mu:asc` → the column, and whether descending was asked.
fn split_sort(sort: &str) -> (&str, Option<bool>) {
    match sort.rsplit_once(':') {
        Some((column, "asc")) => (column, Some(false)),
        Some((column, "desc")) => (column, Some(true)),
        _ => (sort, None),
    }
}

/// Columns of the data that the dictionary does not know.
pub fn extra_columns(dataset: &Dataset) -> Vec<(String, ColumnType)> {
    let known = policy::panel_vocabulary(&[]);
    dataset.columns().into_iter().filter(|(name, _)| known.kind(name).is_none() && name != "enterprise").collect()
}

fn year(dataset: &Dataset, asked: Option<i32>, findings: &mut Findings) -> Option<i32> {
    let known: Vec<String> = dataset.years.iter().map(i32::to_string).collect();
    let year = asked.or(dataset.years.last().copied());
    if year.is_none_or(|year| !dataset.years.contains(&year)) {
        let asked = year.map_or(String::new(), |year| year.to_string());
        findings.push(Finding::error(Code::YearAbsent, Place::Nowhere).text(asked).with_list("years", &known));
        return None;
    }
    year
}

/// A column that a policy or a plan needs and the data do not have.
fn absent(name: &str, policy: &str) -> Finding {
    let label = |language: &str| Dictionary::get().describe(name, language).map_or(name, |(label, _)| label).to_owned();
    Finding::warning(Code::ColumnAbsent, Place::Nowhere).text(name).with("policy", policy).with_both("label", label("zh"), label("en"))
}

/// Warns of a method, a book or a plan that is no law: drafts and repealed ones.
fn warn_of_no_law(status: Status, id: &str, findings: &mut Findings) {
    let code = match status {
        Status::Draft => Code::PolicyDraft,
        Status::Repealed => Code::PolicyRepealed,
        Status::Trial | Status::InForce => return,
    };
    findings.push(Finding::warning(code, Place::Nowhere).with("policy", id));
}

/// The policy against the data and the year.
fn check(policy: &Policy, dataset: &Dataset, year: i32, findings: &mut Findings) {
    let present: BTreeSet<String> = dataset.columns().into_iter().map(|(name, _)| name).collect();
    let is_made =
        |name: &str| policy.factor_tables().any(|table| table.makes() == name && table.works_with(|column| present.contains(column)));
    for name in policy.columns().iter().filter(|name| !present.contains(*name) && !is_made(name) && !is_explained(name, dataset)) {
        findings.push(absent(name, &policy.id));
    }
    warn_of_no_law(policy.status, &policy.id, findings);
    if policy.years.is_some_and(|(from, to)| year < from || year > to) {
        let finding = Finding::warning(Code::PolicyOutOfForce, Place::Nowhere).with("policy", &policy.id).with("year", year);
        findings.push(finding.with("years", policy.years_written().unwrap_or_default()));
    }
    if plan::uses_last_year(policy) && !dataset.years.contains(&(year - 1)) {
        let known: Vec<String> = dataset.years.iter().map(i32::to_string).collect();
        findings.push(Finding::warning(Code::YearAbsent, Place::Nowhere).text((year - 1).to_string()).with_list("years", &known));
    }
    check_adjustments(policy, dataset, findings);
}

/// Is a column absent because its table could not be read? That has been said, and is not said again for each column.
fn is_explained(name: &str, dataset: &Dataset) -> bool {
    let has = |table: &&Table| table.columns.iter().any(|column| column.name == name);
    let mut holders = Dictionary::get().tables.iter().filter(has).peekable();
    let is_unread = |table: &Table| dataset.unread.contains(&table.name);
    // What is computed has no table of its own.
    if holders.peek().is_none() { !dataset.unread.is_empty() } else { holders.all(is_unread) }
}

/// Measures that will not be applied: the policy ignores them, or it has no such grade.
fn check_adjustments(policy: &Policy, dataset: &Dataset, findings: &mut Findings) {
    let frame = &dataset.adjustments;
    let column = |name: &str| frame.column(name).and_then(|column| column.str().cloned()).ok();
    let (Some(kinds), Some(values)) = (column("kind"), column("value")) else { return };
    let Ok(numbers) = frame.column("points").and_then(|column| column.f64().cloned()) else { return };
    let grades = policy.grade_names();
    for (row, (kind, value)) in kinds.iter().zip(values.iter()).enumerate() {
        let kind = kind.unwrap_or("");
        let is_grade = value.is_some_and(|value| grades.iter().any(|grade| grade == value));
        let unknown = match kind {
            "fix" | "ceiling" | "floor" => !is_grade,
            "raise" | "lower" => value.is_some() && !is_grade && numbers.get(row).is_none(),
            _ => false,
        };
        if !policy.adjustments || unknown {
            let finding = Finding::warning(Code::AdjustmentNotApplied, Place::Nowhere).text(value.unwrap_or("")).with("number", row + 1);
            findings.push(finding.with("kind", kind).with("policy", &policy.id).with("grades", grades.join(", ")));
        }
    }
}
