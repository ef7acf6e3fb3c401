//! `rank` by enterprise: one row each, in sections by group and pool, with a cut line between grades.

use std::collections::BTreeMap;

use polars::prelude::{BooleanChunked, ChunkFullNull, DataFrame, DataType, IntoSeries, StringChunked};

use super::table::{Column, Fact, Part, Phrase, Report, Section, Values};
use crate::dictionary::{Bilingual, Dictionary};
use crate::plan::result_columns;
use crate::policy::Policy;
use crate::policy::points::Missing;

/// Sections shown to people before the rest is only counted.
const MOST_SECTIONS: usize = 60;

/// What the report is about.
pub struct Context<'c> {
    /// Name of the data set.
    pub data_set: &'c str,
    /// The method.
    pub policy: &'c Policy,
    /// The evaluated year.
    pub year: i32,
    /// Columns asked for, in their order; `None`: the usual ones.
    pub columns: Option<&'c [String]>,
    /// Show only so many rows.
    pub top: Option<usize>,
    /// Were rows sorted by a column of the user's? Then there are no sections.
    pub sorted: bool,
    /// Measures of the adjustments table that count in the evaluated year.
    pub measures: usize,
}

/// Builds the report from the evaluated rows.
pub fn build(frame: &DataFrame, context: &Context) -> Report {
    let counts = Counts::of(frame);
    let frame = wanted(frame, context.top);
    let mut report = Report { facts: facts(context, &counts), heading: heading(context, &counts), ..Report::default() };
    let (sections, left_out) = if context.sorted {
        (vec![Section { title: None, rows: 0..frame.height(), cuts: Vec::new() }], 0)
    } else {
        sections(&frame, context)
    };
    let names: Vec<String> = context.columns.map_or_else(|| result_columns(context.policy), <[String]>::to_vec);
    let columns = names.iter().map(|name| column(&frame, name, context.policy)).collect();
    report.parts.push(Part { id: "rows".to_owned(), title: None, columns, sections, grades: context.policy.grade_names() });
    if left_out > 0 {
        report.notes.push(Phrase::new("rank.sections-left-out").with("count", left_out));
    }
    notes(&mut report, context);
    report
}

pub(super) fn notes(report: &mut Report, context: &Context) {
    report.notes.extend(super::policies::notes(context.policy));
    for table in policy_tables(context.policy) {
        report.notes.push(table);
    }
    if context.measures > 0 && context.policy.adjustments {
        report.notes.push(Phrase::new("rank.measures").with("count", context.measures));
    }
}

/// The factor tables that stand behind energy and emissions, with their factors.
fn policy_tables(policy: &Policy) -> Vec<Phrase> {
    policy
        .factor_tables()
        .map(|table| {
            let factors: Vec<String> = table
                .factors
                .iter()
                .map(|factor| format!("{} {} {}", factor.column, if factor.divides { "÷" } else { "×" }, factor.number.normalize()))
                .collect();
            Phrase::new(match table.makes() {
                "energy_tce" => "rank.energy-table",
                _ => "rank.pollutants-table",
            })
            .with_both("title", table.title.clone())
            .with_key("basis", format!("basis.{}", table.basis))
            .with("factors", factors.join(", "))
            .with("id", &table.id)
        })
        .collect()
}

/// How many of each outcome.
struct Counts {
    all: usize,
    by: BTreeMap<String, usize>,
}

impl Counts {
    fn of(frame: &DataFrame) -> Counts {
        let mut by: BTreeMap<String, usize> = BTreeMap::new();
        if let Some(outcomes) = texts(frame, "outcome") {
            let mut runs: BTreeMap<&str, usize> = BTreeMap::new();
            for outcome in outcomes.iter().flatten() {
                *runs.entry(outcome).or_default() += 1;
            }
            by = runs.into_iter().map(|(outcome, count)| (outcome.to_owned(), count)).collect();
        }
        Counts { all: frame.height(), by }
    }

    fn get(&self, outcome: &str) -> usize {
        self.by.get(outcome).copied().unwrap_or(0)
    }

    /// Graded, cannot be assessed, and the rest.
    fn split(&self) -> (usize, usize, usize) {
        let (graded, cannot) = (self.get("graded"), self.get("not-assessable") + self.get("no-group"));
        (graded, cannot, self.all - graded - cannot)
    }
}

fn facts(context: &Context, counts: &Counts) -> Vec<(&'static str, Fact)> {
    let policy = context.policy;
    let (graded, cannot, rest) = counts.split();
    vec![
        ("data_set", context.data_set.into()),
        ("policy", policy.id.as_str().into()),
        ("policy_status", policy.status.as_str().into()),
        ("year", context.year.into()),
        ("enterprises", counts.all.into()),
        ("graded", graded.into()),
        ("not_assessable", cannot.into()),
        ("not_graded", rest.into()),
    ]
}

/// Two lines: what was evaluated by what, and what became of the enterprises.
pub fn heading_of(data_set: &str, policy: &Policy, year: i32) -> Phrase {
    let years = policy.years_written().unwrap_or_default();
    let key = if years.is_empty() { "rank.heading" } else { "rank.heading-edition" };
    Phrase::new(key)
        .with("data", data_set)
        .with("year", year)
        .with_both("title", policy.title.clone())
        .with("id", &policy.id)
        .with("edition", years)
        .with_key("status", format!("status.{}", policy.status.as_str()))
}

fn heading(context: &Context, counts: &Counts) -> Vec<Phrase> {
    let (graded, cannot, rest) = counts.split();
    let second = Phrase::new("rank.counts").with("all", counts.all).with("graded", graded).with("cannot", cannot).with("rest", rest);
    vec![heading_of(context.data_set, context.policy, context.year), second]
}

/// Rows that `--where` selects, and of them the first.
fn wanted(frame: &DataFrame, top: Option<usize>) -> DataFrame {
    let mut frame = frame.clone();
    if let Some(selected) = frame.column("selected").ok().and_then(|column| column.bool().ok().cloned()) {
        frame = frame.filter(&selected).unwrap_or(frame);
    }
    top.map_or(frame.clone(), |top| frame.head(Some(top)))
}

fn texts(frame: &DataFrame, name: &str) -> Option<StringChunked> {
    frame.column(name).ok().and_then(|column| column.str().ok().cloned())
}

/// Runs of equal group and pool, at most so many; and how many rows the sections left out hold.
fn sections(frame: &DataFrame, context: &Context) -> (Vec<Section>, usize) {
    let (Some(groups), Some(pools), Some(grades)) = (texts(frame, "peer_group"), texts(frame, "pool"), texts(frame, "grade")) else {
        return (Vec::new(), 0);
    };
    let key = |row: usize| (groups.get(row), pools.get(row));
    let mut sections: Vec<Section> = Vec::new();
    let mut start = 0;
    let rows = frame.height();
    while start < rows {
        if sections.len() == MOST_SECTIONS {
            return (sections, rows - start);
        }
        let mut end = start + 1;
        let mut cuts = Vec::new();
        while end < rows && key(end) == key(start) {
            if grades.get(end) != grades.get(end - 1) {
                cuts.push(end);
            }
            end += 1;
        }
        sections.push(Section { title: Some(section_title(context.policy, key(start), &grades, start..end)), rows: start..end, cuts });
        start = end;
    }
    (sections, 0)
}

fn section_title(policy: &Policy, key: (Option<&str>, Option<&str>), grades: &StringChunked, rows: std::ops::Range<usize>) -> Phrase {
    let graded = rows.clone().filter(|row| grades.get(*row).is_some()).count();
    let counts: Vec<String> = policy
        .grade_names()
        .iter()
        .map(|grade| format!("{grade} {}", rows.clone().filter(|row| grades.get(*row) == Some(grade)).count()))
        .collect();
    let phrase = match key.0.and_then(|id| policy.groups.iter().find(|group| group.id == id)) {
        None => Phrase::new("rank.no-group"),
        Some(group) if key.1.is_none_or(str::is_empty) => Phrase::new("rank.group").with_both("group", group.title.clone()),
        Some(group) => Phrase::new("rank.group-within").with_both("group", group.title.clone()).with("pool", key.1.unwrap_or("")),
    };
    phrase.with("graded", graded).with("rest", rows.len() - graded).with("counts", counts.join(" · "))
}

fn column(frame: &DataFrame, name: &str, policy: &Policy) -> Column {
    let values = match name {
        "missing" => Values::Text(missing(frame, policy)),
        "review" | "outcome" | "admission" => {
            Values::Word(texts(frame, name).unwrap_or_else(|| StringChunked::full_null("".into(), frame.height())))
        }
        _ => values(frame, if name == "group" { "peer_group" } else { name }, decimals(name, policy)),
    };
    let names =
        if name == "group" { policy.groups.iter().map(|group| (group.id.clone(), group.title.clone())).collect() } else { Vec::new() };
    let (label, unit) = label(name, policy);
    Column {
        id: name.to_owned(),
        label,
        unit,
        values,
        rank: rank(name),
        graded: name == "grade" || name == "ranked_grade",
        names,
        below: false,
        open: false,
    }
}

/// Decimals shown to people.
fn decimals(name: &str, policy: &Policy) -> u32 {
    if name == "score" || name.ends_with("_points") {
        return policy.shown;
    }
    let small = policy.indicator(name).and_then(|indicator| indicator.unit.as_ref()).is_some_and(|unit| unit.en == "ratio");
    if small || name == "energy_per_output" { 4 } else { 2 }
}

/// The typed values of a column of the frame.
pub fn values(frame: &DataFrame, name: &str, shown: u32) -> Values {
    let nothing = || Values::Text(StringChunked::full_null("".into(), frame.height()));
    let Ok(column) = frame.column(name) else { return nothing() };
    let series = column.as_materialized_series();
    let cast = |kind: DataType| series.cast(&kind).unwrap_or_else(|_| BooleanChunked::full_null("".into(), frame.height()).into_series());
    match series.dtype() {
        DataType::String => series.str().map_or_else(|_| nothing(), |values| Values::Text(values.clone())),
        DataType::Boolean => series.bool().map_or_else(|_| nothing(), |values| Values::Flag(values.clone())),
        DataType::Float64 | DataType::Float32 => {
            cast(DataType::Float64).f64().map_or_else(|_| nothing(), |values| Values::Number { values: values.clone(), shown, exact: 6 })
        }
        DataType::Date => cast(DataType::String).str().map_or_else(|_| nothing(), |values| Values::Text(values.clone())),
        _ => cast(DataType::Int64).i64().map_or_else(|_| nothing(), |values| Values::Integer(values.clone())),
    }
}

/// Label and unit of a column.
fn label(name: &str, policy: &Policy) -> (Bilingual, Option<Bilingual>) {
    let both = |zh: &str, en: &str| Bilingual { zh: zh.to_owned(), en: en.to_owned() };
    if let Some(indicator) = policy.indicator(name) {
        return (indicator.title.clone(), indicator.unit.clone().filter(|unit| unit.en != "ratio"));
    }
    for (suffix, zh, en) in [("_points", "得分", " points"), ("_benchmark", "基准值", " benchmark")] {
        if let Some(indicator) = name.strip_suffix(suffix).and_then(|id| policy.indicator(id)) {
            let label = both(&format!("{}{zh}", indicator.title.zh), &format!("{}{en}", indicator.title.en));
            return (label, Some(indicator.unit.clone()).flatten().filter(|_| suffix == "_benchmark"));
        }
    }
    if let Some(item) = policy.bonuses.items.iter().find(|item| crate::plan::bonus_column(&item.id) == name) {
        return (item.title.clone(), None);
    }
    if let Some(benchmark) = policy.benchmarks.iter().find(|benchmark| benchmark.id == name) {
        return (benchmark.title.clone(), None);
    }
    if let Some((zh, en)) = RESULT_LABELS.iter().find(|(id, ..)| *id == name).map(|(_, zh, en)| (zh, en)) {
        return (both(zh, en), None);
    }
    let dictionary = Dictionary::get();
    match (dictionary.describe(name, "zh"), dictionary.describe(name, "en")) {
        (Some((zh, zh_unit)), Some((en, en_unit))) => (both(zh, en), zh_unit.zip(en_unit).map(|(zh, en)| both(zh, en))),
        _ => (both(name, name), None),
    }
}

/// Headings of columns that stages make.
const RESULT_LABELS: &[(&str, &str, &str)] = &[
    ("place", "名次", "Place"),
    ("group", "分组", "Group"),
    ("year", "年度", "Year"),
    ("score", "总分", "Score"),
    ("grade", "等级", "Grade"),
    ("ranked_grade", "调整前等级", "Grade before moves"),
    ("review", "两年复核", "Review"),
    ("outcome", "评价状态", "Outcome"),
    ("admission", "准入", "Admission"),
    ("missing", "缺少的数据", "Missing"),
    ("moves", "等级调整", "Moves"),
    ("bonus", "加减分", "Bonus"),
    ("treated_as", "参照管理", "Administered as"),
    ("unit", "合并评价单元", "Evaluated together"),
    ("pool", "同组范围", "Pool"),
    ("pool_size", "同组定级数", "Graded in pool"),
    ("low", "本年低效", "Low this year"),
];

/// Which columns go first where the terminal is narrow: 0 never.
fn rank(name: &str) -> u8 {
    match name {
        "place" | "name" | "score" | "grade" => 0,
        "tax_per_mu" | "output_per_mu" | "review" => 1,
        "outcome" => 2,
        "land_mu" => 3,
        "missing" => 4,
        "enterprise_id" => 5,
        "energy_per_output" => 7,
        "zone" | "group" | "year" => 9,
        points if points.ends_with("_points") => 8,
        _ => 6,
    }
}

/// For everybody who cannot be assessed: which of the columns that are needed are missing.
fn missing(frame: &DataFrame, policy: &Policy) -> StringChunked {
    let (Some(outcomes), Some(groups)) = (texts(frame, "outcome"), texts(frame, "peer_group")) else {
        return StringChunked::full_null("missing".into(), frame.height());
    };
    let needed: BTreeMap<&str, Vec<String>> = policy.groups.iter().map(|group| (group.id.as_str(), needed(policy, &group.id))).collect();
    let lacks = |row: usize, column: &str| {
        let Ok(values) = frame.column(column) else { return false };
        values
            .get(row)
            .is_ok_and(|value| value.is_null() || column == "land_mu" && value.try_extract::<f64>().is_ok_and(|land| land <= 0.0))
    };
    let rows = (0..frame.height()).map(|row| match outcomes.get(row) {
        Some("not-assessable") => {
            let columns = groups.get(row).and_then(|group| needed.get(group))?;
            let lacking: Vec<&str> = columns.iter().filter(|column| lacks(row, column)).map(String::as_str).collect();
            Some(lacking.join(";")).filter(|list| !list.is_empty())
        }
        Some("no-group") => {
            let mut columns: Vec<String> = policy
                .groups
                .iter()
                .flat_map(|group| group.when.iter().flat_map(|when| when.names()).chain(group.within.clone()))
                .collect();
            columns.sort();
            columns.dedup();
            let lacking: Vec<String> = columns.into_iter().filter(|column| lacks(row, column)).collect();
            Some(lacking.join(";")).filter(|list| !list.is_empty())
        }
        _ => None,
    });
    rows.collect::<StringChunked>().with_name("missing".into())
}

/// Columns that a group's figures cannot do without.
fn needed(policy: &Policy, group: &str) -> Vec<String> {
    let mut columns = vec!["land_mu".to_owned()];
    for indicator in policy.groups.iter().filter(|known| known.id == group).flat_map(|group| &group.indicators) {
        if indicator.missing != Missing::NotAssessable {
            continue;
        }
        for name in indicator.value.names() {
            let inputs = crate::policy::derived(&name).map_or_else(|| [name.clone()].into(), |term| term.names());
            for input in inputs {
                if !columns.contains(&input) {
                    columns.push(input);
                }
            }
        }
    }
    columns
}
