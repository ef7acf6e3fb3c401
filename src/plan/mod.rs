//! From a policy to one SQL statement: a named stage (CTE) per step, in the domain's words.
//!
//! In: a checked policy, the year, and which columns the data have. Out: the statement as text, the same for the same input.
//! Stages, each in a file of its own: panel → derived → surveyed → admitted → indicators → benchmarks → points → scores →
//! placed → graded → adjusted → reviewed, then the rows (`listed`) or their sums (`rolled`).

mod adjusted;
mod admitted;
mod benchmarks;
mod bonus;
pub mod flags;
mod graded;
mod indicators;
pub mod lines;
mod listed;
mod made;
mod panel;
mod placed;
mod points;
pub mod print;
mod reviewed;
mod rolled;
pub mod scheme;
mod scores;
mod units;

use std::collections::{BTreeMap, BTreeSet};

use crate::dictionary::ColumnType;
use crate::policy::benchmark::Benchmark;
use crate::policy::grade::{Grades, Rule};
use crate::policy::indicator::Indicator;
use crate::policy::points::Points;
use crate::policy::scope::Group;
use crate::policy::term::Term;
use crate::policy::{self, Policy};

use self::print::Printer;

/// What `--by` can name: the word and the panel column behind it.
pub const ROLL_UPS: &[(&str, &str)] = &[
    ("zone", "zone"),
    ("county", "county"),
    ("town", "town"),
    ("park", "park"),
    ("industry", "industry_division"),
    ("chain", "chain"),
    ("group", "peer_group"),
];

/// Columns of the data that every row carries, whatever the policy.
const EVERY_ROW: [&str; 4] = ["enterprise_id", "name", "zone", "year"];

/// The panel column behind a `--by` word.
pub fn roll_up_column(by: &str) -> &str {
    ROLL_UPS.iter().find(|(word, _)| *word == by).map_or(by, |(_, column)| column)
}

pub use self::bonus::column as bonus_column;
pub use self::units::joining;

/// What is asked of the statement.
pub struct Options<'o> {
    /// The evaluated year.
    pub year: i32,
    /// Columns of the panel that the data have, with their types.
    pub present: &'o [(String, ColumnType)],
    /// Are there measures to apply?
    pub adjustments: bool,
    /// Roll-up column, one of the second words of [`ROLL_UPS`].
    pub by: Option<&'o str>,
    /// Rows that are wanted.
    pub filter: Option<&'o Term>,
    /// Columns wanted besides the usual ones.
    pub extra: &'o [String],
    /// Only these of the optional columns; `None`: all.
    pub only: Option<&'o [String]>,
    /// Column to sort by, and whether the largest comes first.
    pub sort: Option<(&'o str, bool)>,
    /// For the rules: with the enterprise's number and the figures of the review in each of its years.
    pub for_rules: bool,
}

/// Columns of the tables that the statement reads, besides those every row has (enterprise, id, name, zone, year).
pub fn reads(policy: &Policy, options: &Options) -> BTreeSet<String> {
    let mut reads = policy.columns();
    let mut want = |name: &str| match policy::derived(name) {
        Some(term) => reads.extend(term.names()),
        None => {
            reads.insert(name.to_owned());
        }
    };
    ["output_per_mu", "tax_per_mu", "energy_per_output", "land_mu"].iter().for_each(|name| want(name));
    options.extra.iter().for_each(|name| want(name));
    options.filter.iter().for_each(|filter| filter.names().iter().for_each(|name| want(name)));
    options.by.iter().for_each(|column| want(column));
    if options.for_rules {
        review_figures(policy).iter().for_each(|name| want(name));
    }
    if let Some(merge) = &policy.merge {
        want(merge.by.column());
        merge.when.iter().flat_map(Term::names).for_each(|name| want(&name));
    }
    made::reads(policy).iter().for_each(|name| want(name));
    let made = made_by_stages(policy);
    reads.retain(|name| !made.contains(name) && !EVERY_ROW.contains(&name.as_str()));
    reads
}

/// Names whose figures show why the review says what it says: those of its condition, and what they are made of.
pub fn review_figures(policy: &Policy) -> Vec<String> {
    let mut names: BTreeSet<String> = BTreeSet::new();
    for name in policy.review.iter().flat_map(|review| review.low.names()) {
        names.extend(policy::derived(&name).into_iter().flat_map(|formula| formula.names()));
        names.insert(name);
    }
    names.remove("group");
    names.into_iter().collect()
}

/// Earlier years of the review, the latest first.
pub fn review_years(policy: &Policy, year: i32) -> Vec<i32> {
    policy.review.iter().flat_map(|review| (1..review.years as i32).map(|back| year - back)).collect()
}

/// One CTE.
#[derive(Debug, Clone)]
pub struct Stage {
    /// Its name.
    pub name: String,
    /// What it does, in a line.
    pub about: &'static str,
    /// Its `SELECT`.
    pub select: String,
}

/// What the stages share.
struct Draft<'d> {
    policy: &'d Policy,
    options: &'d Options<'d>,
    /// Years that run through scoring and grading, ascending; the evaluated one is the last.
    years: Vec<i32>,
    /// Columns of the tables that the statement reads.
    reads: BTreeSet<String>,
    types: BTreeMap<&'d str, ColumnType>,
    stages: Vec<Stage>,
}

/// One SQL statement: what grades, and the order in which it is published.
#[derive(Debug, Clone)]
pub struct Statement {
    /// Name of the method, as a comment.
    pub head: String,
    /// The stages in order: name, what it is, `SELECT …`.
    pub stages: Vec<Stage>,
    /// The last `SELECT`, without its order.
    pub rows: String,
    /// `ORDER BY …`
    pub order: String,
    /// Ids of the groups, where the order is the usual one: group, pool, place, enterprise id.
    pub usual: Option<Vec<String>>,
}

impl Statement {
    /// The whole statement.
    pub fn text(&self) -> String {
        format!("{}\n{}\n", self.unordered(), self.order)
    }

    /// The statement without its order.
    pub fn unordered(&self) -> String {
        with(&self.head, &self.stages, &self.rows)
    }
}

/// The statement for a policy.
pub fn statement(policy: &Policy, options: &Options) -> Statement {
    let mut draft = Draft::new(policy, options);
    panel::add(&mut draft);
    admitted::add(&mut draft);
    indicators::add(&mut draft);
    benchmarks::add(&mut draft);
    points::add(&mut draft);
    scores::add(&mut draft);
    placed::add(&mut draft);
    graded::add(&mut draft);
    adjusted::add(&mut draft);
    reviewed::add(&mut draft);
    units::share(&mut draft);
    let (last, order) = match options.by {
        Some(column) => rolled::select_rolled(&mut draft, column),
        None => listed::select_list(&draft),
    };
    let is_usual = options.by.is_none() && options.sort.is_none() && !units::has_merged_rows(&draft);
    let usual = is_usual.then(|| policy.groups.iter().map(|group| group.id.clone()).collect());
    let mut head = format!("-- {}: {}\n", policy.id, policy.title.en.replace('\n', " "));
    for unknown in &policy.about.unknown {
        head += &format!("-- not in the source ({}): {}\n", unknown.part, unknown.note.en).replace(['\n', '\r'], " ");
        head += "\n";
    }
    Statement { head, stages: draft.stages, rows: last, order, usual }
}

/// Columns that `--columns`, `--sort` and `--where` may name besides those of the policy: id and what it is made of.
pub fn result_columns(policy: &Policy) -> Vec<String> {
    let mut names: Vec<String> = ["place", "enterprise_id", "name", "zone", "group", "year", "land_mu"].map(str::to_owned).to_vec();
    names.extend(["output_per_mu", "tax_per_mu", "energy_per_output"].map(str::to_owned));
    let mut push = |name: String| {
        if !names.contains(&name) {
            names.push(name);
        }
    };
    let ids = policy.indicator_ids();
    ids.iter().for_each(|id| push((*id).to_owned()));
    for id in &ids {
        if policy.groups.iter().flat_map(|group| &group.indicators).any(|indicator| indicator.id == *id && indicator.is_scored()) {
            push(format!("{id}_points"));
        }
    }
    bonus::columns(policy).into_iter().for_each(&mut push);
    push("score".to_owned());
    push("grade".to_owned());
    if !policy.moves.is_empty() {
        push("moves".to_owned());
    }
    if policy.merge.is_some() {
        push("unit".to_owned());
    }
    if policy.treats() {
        push("treated_as".to_owned());
    }
    for name in ["review", "outcome", "missing"] {
        push(name.to_owned());
    }
    names
}

/// Columns that exist on request only: benchmarks, pool, the grade before moves.
pub fn detail_columns(policy: &Policy) -> Vec<String> {
    let mut names: Vec<String> = ["pool", "pool_size", "admission", "ranked_grade", "moves", "low"].map(str::to_owned).to_vec();
    names.extend(policy.benchmarks.iter().map(|benchmark| benchmark.id.clone()));
    let measured = |indicator: &Indicator| indicator.is_scored() && (indicator.benchmark.is_some() || indicator.points == Points::Best);
    for id in policy.indicator_ids() {
        if policy.groups.iter().flat_map(|group| &group.indicators).any(|indicator| indicator.id == id && measured(indicator)) {
            names.push(format!("{id}_benchmark"));
        }
    }
    names
}

/// Columns that the quota proof needs besides the usual ones.
pub fn proof_columns(policy: &Policy) -> Vec<String> {
    let mut names: Vec<String> = ["pool_size", "ranked_grade", "order_key", "score"].map(str::to_owned).to_vec();
    let grades: Vec<&Grades> = policy.groups.iter().filter_map(|group| policy.grades_of(group)).collect();
    if grades.iter().filter_map(|grades| grades.cut()).any(|cut| cut.of_all) {
        names.push("everybody".to_owned());
    }
    let picks =
        grades.iter().map(|grades| if let Rule::TwoStage(stages) = &grades.rule { stages.picks.len() } else { 0 }).max().unwrap_or(0);
    if picks > 0 {
        names.push("better_half".to_owned());
    }
    (1..=picks).for_each(|number| names.extend([format!("pick_place_{number}"), format!("picked_{number}")]));
    names
}

impl<'d> Draft<'d> {
    fn new(policy: &'d Policy, options: &'d Options<'d>) -> Self {
        let reads = reads(policy, options);
        let types: BTreeMap<&str, ColumnType> = options.present.iter().map(|(name, kind)| (name.as_str(), *kind)).collect();
        let mut years = BTreeSet::from([options.year]);
        if uses_last_year(policy) {
            years.insert(options.year - 1);
        }
        if let Some(review) = policy.review.as_ref().filter(|_| reviewed::is_deep(policy)) {
            (0..review.years as i32).for_each(|back| {
                years.insert(options.year - back);
            });
        }
        Draft { policy, options, years: years.into_iter().collect(), reads, types, stages: Vec::new() }
    }

    /// Does the data set have the column?
    fn has(&self, column: &str) -> bool {
        self.types.contains_key(column)
    }

    fn printer(&self) -> Printer<'d> {
        Printer {
            decimals: self.policy.decimals,
            rename: &|name| (name == "group").then(|| "peer_group".to_owned()),
            present: Some(self.options.present),
        }
    }

    fn push(&mut self, name: impl Into<String>, about: &'static str, select: String) {
        self.stages.push(Stage { name: name.into(), about, select });
    }

    /// The name of the stage written last.
    fn last(&self) -> &str {
        self.stages.last().map_or("enterprise_years", |stage| stage.name.as_str())
    }

    /// `PARTITION BY` keys of a pool; the year only where several run.
    fn pool_keys(&self) -> &'static str {
        if self.years.len() > 1 { "year, peer_group, pool" } else { "peer_group, pool" }
    }

    /// One expression where all groups agree, else a `CASE` over the group; groups without one get NULL.
    fn by_group(&self, of: impl FnMut(&Group) -> Option<String>) -> Option<String> {
        self.by_group_of("peer_group", of)
    }

    /// The same where the column of the group goes by another name, as in a join.
    fn by_group_of(&self, column: &str, mut of: impl FnMut(&Group) -> Option<String>) -> Option<String> {
        let each: Vec<(&str, Option<String>)> = self.policy.groups.iter().map(|group| (group.id.as_str(), of(group))).collect();
        let first = each.iter().find_map(|(_, sql)| sql.clone())?;
        if each.iter().all(|(_, sql)| sql.as_ref() == Some(&first)) {
            return Some(first);
        }
        let mut sql = format!("CASE {column}");
        for (group, expression) in each.iter().filter_map(|(group, sql)| sql.as_ref().map(|sql| (group, sql))) {
            sql += &format!(" WHEN {} THEN {expression}", print::text(group));
        }
        Some(sql + " END")
    }
}

/// Membership in one of some groups; `None` where none is named.
fn of_groups<'g>(ids: impl Iterator<Item = &'g str>) -> Option<String> {
    let ids: Vec<String> = ids.map(print::text).collect();
    (!ids.is_empty()).then(|| format!("peer_group IN ({})", ids.join(", ")))
}

/// `WITH` the stages, then the last `SELECT`.
fn with(head: &str, stages: &[Stage], last: &str) -> String {
    let all: Vec<String> =
        stages.iter().map(|stage| format!("-- {}\n{} AS (\n{}\n)", stage.about, stage.name, indent(&stage.select))).collect();
    format!("{head}WITH\n{}\n{last}", all.join(",\n"))
}

fn indent(text: &str) -> String {
    text.lines().map(|line| format!("  {line}")).collect::<Vec<_>>().join("\n")
}

/// Names that stages make, so that they are not looked for in the tables.
fn made_by_stages(policy: &Policy) -> BTreeSet<String> {
    let mut names: BTreeSet<String> = result_columns(policy).into_iter().chain(detail_columns(policy)).collect();
    names.insert("peer_group".to_owned());
    names.extend(proof_columns(policy));
    names.insert(crate::policy::bonus::ADJUSTMENT_POINTS.to_owned());
    names.remove("land_mu");
    names
}

/// Is any value measured against last year's figure?
pub fn uses_last_year(policy: &Policy) -> bool {
    (policy.groups.iter().flat_map(|group| &group.indicators))
        .any(|indicator| matches!(indicator.benchmark, Some(Benchmark::Of { last_year: true, .. })))
}

/// A `SELECT` with one column per line.
fn select(columns: &[String], rest: &str) -> String {
    format!("SELECT\n  {}\n{rest}", columns.join(",\n  "))
}
