//! `policy list`, `policy show`, `policy columns`: methods explained, from their own data.

use polars::prelude::{NewChunkedArray, StringChunked};

use super::listed::years;
use super::table::{Column, Part, Phrase, Report, Values};
use crate::dictionary::{Bilingual, Dictionary};
use crate::policy::about::Unknown;
use crate::policy::benchmark::{Benchmark, Figure};
use crate::policy::grade::Rule;
use crate::policy::indicator::Indicator;
use crate::policy::points::{Missing, Points};
use crate::policy::scope::Group;
use crate::policy::term::Term;
use crate::policy::{Policy, Reference};

fn column(id: &str, zh: &str, en: &str, rank: u8, values: Vec<Option<String>>) -> Column {
    Column::new(id, zh, en, rank, Values::Text(StringChunked::from_iter_options("".into(), values.into_iter())))
}

fn both(zh: &str, en: &str) -> Bilingual {
    Bilingual { zh: zh.to_owned(), en: en.to_owned() }
}

fn part(id: &str, title: &str, columns: Vec<Column>) -> Part {
    Part::new(id, Some(Phrase::new(title)), columns)
}

/// A column of words that have names in the two languages.
fn named(column: Column, names: Vec<(String, Bilingual)>) -> Column {
    column.named(names)
}

/// What a reader of any result should know: the notes, then what the source does not give and what stands in.
pub fn notes(policy: &Policy) -> Vec<Phrase> {
    let notes = policy.notes.iter().map(|note| Phrase::new("rank.policy-note").with_both("note", note.clone()));
    notes.chain(policy.about.unknown.iter().map(unknown)).collect()
}

/// A part that the source does not give.
pub fn unknown(unknown: &Unknown) -> Phrase {
    let phrase = Phrase::new("rank.unknown").with_both("note", unknown.note.clone());
    match Unknown::PARTS.contains(&unknown.part.as_str()) {
        true => phrase.with_key("part", format!("part.{}", unknown.part)),
        false => phrase.with("part", &unknown.part),
    }
}

/// Names of the words of a status.
pub fn status_names() -> Vec<(String, Bilingual)> {
    [("draft", "征求意见稿", "draft"), ("trial", "试行", "trial"), ("in-force", "现行", "in force"), ("repealed", "已废止", "repealed")]
        .map(|(code, zh, en)| (code.to_owned(), both(zh, en)))
        .to_vec()
}

/// Names of the words for how much was read.
pub fn read_names() -> Vec<(String, Bilingual)> {
    [("full", "全文", "full"), ("excerpt", "节选", "excerpt"), ("none", "未见原文", "not read")]
        .map(|(code, zh, en)| (code.to_owned(), both(zh, en)))
        .to_vec()
}

/// One method, article by article.
pub fn show(policy: &Policy) -> Report {
    let mut report = Report {
        facts: vec![("policy", policy.id.as_str().into()), ("policy_status", policy.status.as_str().into())],
        heading: vec![
            Phrase::new(if policy.years.is_some() { "policy.heading-edition" } else { "policy.heading" })
                .with("id", &policy.id)
                .with_both("title", policy.title.clone())
                .with_key("status", format!("status.{}", policy.status.as_str()))
                .with("edition", years(policy).unwrap_or_default()),
        ],
        ..Report::default()
    };
    if !policy.admissions.is_empty() {
        report.parts.push(admissions(policy));
    }
    report.parts.push(groups(policy));
    for group in &policy.groups {
        report.parts.push(indicators(group));
    }
    if !policy.benchmarks.is_empty() {
        report.parts.push(benchmarks(policy));
    }
    report.parts.push(sources(&policy.sources));
    report.notes.push(Phrase::new("policy.rounding").with("decimals", policy.decimals).with("shown", policy.shown));
    if let Some(review) = &policy.review {
        report.notes.push(
            Phrase::new("policy.review")
                .with("years", review.years)
                .with("low", review.formula.split_whitespace().collect::<Vec<_>>().join(" ")),
        );
        report.notes.extend(review.note.clone().map(|note| Phrase::new("rank.policy-note").with_both("note", note)));
    }
    report.notes.push(Phrase::new(if policy.adjustments { "policy.adjusted" } else { "policy.not-adjusted" }));
    report.notes.extend(notes(policy));
    report
}

fn admissions(policy: &Policy) -> Part {
    let each = |of: &dyn Fn(&crate::policy::scope::Admission) -> Option<String>| policy.admissions.iter().map(of).collect::<Vec<_>>();
    let words: Vec<(String, Bilingual)> =
        policy.admissions.iter().filter_map(|admission| Some((admission.formula.clone(), admission.note.clone()?))).collect();
    let mut outcome = column("outcome", "结果", "Outcome", 0, each(&|admission| Some(admission.outcome.as_str().to_owned())));
    if let Values::Text(values) = outcome.values {
        outcome.values = Values::Word(values);
    }
    part(
        "admission",
        "policy.admission",
        vec![
            outcome,
            named(
                column("note", "说明", "Meaning", 1, each(&|admission| admission.note.as_ref().map(|_| admission.formula.clone()))),
                words,
            ),
            column("when", "条件", "Condition", 0, each(&|admission| Some(admission.formula.clone()))),
            column("source", "来源", "Source", 2, each(&|admission| admission.source.as_ref().map(|key| key.text.clone()))),
        ],
    )
}

fn groups(policy: &Policy) -> Part {
    let each = |of: &dyn Fn(&Group) -> Option<String>| policy.groups.iter().map(of).collect::<Vec<_>>();
    part(
        "groups",
        "policy.groups",
        vec![
            column("group", "编号", "Group", 2, each(&|group| Some(group.id.clone()))),
            named(
                column("title", "名称", "Title", 0, each(&|group| Some(group.id.clone()))),
                policy.groups.iter().map(|group| (group.id.clone(), group.title.clone())).collect(),
            ),
            column("when", "条件", "Condition", 0, each(&|group| group.formula.clone())),
            column(
                "within",
                "在何范围内比较",
                "Compared within",
                0,
                each(&|group| Some(group.within.join(", ")).filter(|keys| !keys.is_empty())),
            ),
            column("grades", "等级", "Grades", 0, each(&|group| Some(grades(policy, group)))),
        ],
    )
}

/// The grade rule in the words of the policy language, the same in both languages.
fn grades(policy: &Policy, group: &Group) -> String {
    let Some(grades) = policy.grades_of(group) else { return String::new() };
    let order = grades.order.formula();
    match &grades.rule {
        Rule::Shares(shares) => {
            let list: Vec<String> = shares.shares.iter().map(|(grade, share)| format!("{grade} {} %", share.normalize())).collect();
            let rounding = shares.cut.rounding.as_str();
            let base = if shares.cut.of_all { "all" } else { "graded" };
            let ties = if shares.cut.ties_down { "down" } else { "up" };
            format!("{order}: {} (rounding {rounding}, base {base}, ties {ties})", list.join(", "))
        }
        Rule::Lines(lines, rest) => {
            let list: Vec<String> = lines.iter().map(|(grade, least)| format!("{grade} ≥ {}", least.normalize())).collect();
            format!("score: {}, {rest}", list.join(", "))
        }
        Rule::Predicate(cases, rest) => {
            let list: Vec<&str> = cases.iter().map(|(grade, _)| grade.as_str()).chain(rest.as_deref()).collect();
            format!("predicate: {}", list.join(", "))
        }
        Rule::TwoStage(stages) => {
            let list: Vec<String> = stages
                .picks
                .iter()
                .map(|pick| {
                    let take = if pick.last { "last" } else { "first" };
                    format!("{} {take} {} % of {} by {}", pick.grade, pick.share.normalize(), pick.from.as_str(), pick.by.formula())
                })
                .collect();
            format!("{order}: {}, {}", list.join(", "), stages.rest)
        }
    }
}

fn indicators(group: &Group) -> Part {
    let each = |of: &dyn Fn(&Indicator) -> Option<String>| group.indicators.iter().map(of).collect::<Vec<_>>();
    let titles = group.indicators.iter().map(|indicator| (indicator.id.clone(), indicator.title.clone())).collect();
    let units =
        group.indicators.iter().filter_map(|indicator| Some((indicator.unit.as_ref()?.en.clone(), indicator.unit.clone()?))).collect();
    let bounds = |indicator: &Indicator| {
        let printed = |term: &Option<Term>| term.as_ref().map_or("–".to_owned(), formula);
        (indicator.at_least.is_some() || indicator.at_most.is_some())
            .then(|| format!("{} … {}", printed(&indicator.at_least), printed(&indicator.at_most)))
    };
    let mut indicators = part(
        &format!("indicators_{}", group.id.replace('-', "_")),
        "policy.indicators",
        vec![
            named(column("title", "指标", "Indicator", 0, each(&|indicator| Some(indicator.id.clone()))), titles),
            column("id", "编号", "Id", 3, each(&|indicator| Some(indicator.id.clone()))),
            column("value", "公式", "Formula", 0, each(&|indicator| Some(indicator.formula.clone()))),
            named(column("unit", "单位", "Unit", 4, each(&|indicator| indicator.unit.as_ref().map(|unit| unit.en.clone()))), units),
            column(
                "weight",
                "权重",
                "Weight",
                0,
                each(&|indicator| indicator.is_scored().then(|| indicator.weight.normalize().to_string())),
            ),
            column("points", "计分", "Points", 0, each(&|indicator| indicator.is_scored().then(|| points(&indicator.points)))),
            column("benchmark", "基准值", "Benchmark", 0, each(&|indicator| indicator.benchmark.as_ref().map(benchmark))),
            column("bounds", "上下限", "Bounds", 1, each(&bounds)),
            column("missing", "缺数据", "Missing", 1, each(&|indicator| indicator.is_scored().then(|| missing(&indicator.missing)))),
            column("source", "来源", "Source", 5, each(&|indicator| indicator.source.as_ref().map(|key| key.text.clone()))),
        ],
    );
    indicators.title = Some(Phrase::new("policy.indicators").with_both("group", group.title.clone()));
    indicators
}

fn formula(term: &Term) -> String {
    crate::plan::print::Printer { decimals: 6, rename: &|_| None, present: None }.print(term)
}

fn points(points: &Points) -> String {
    match points {
        Points::Ratio => "x / b · w".to_owned(),
        Points::Best => "x / best · w".to_owned(),
        Points::ReversedRatio => "(2 − x / b) · w, ≥ 0".to_owned(),
        Points::MinMax { base } => {
            format!("w · ({} + {} · (x − min) / (max − min))", base.normalize(), (rust_decimal::Decimal::ONE - base).normalize())
        }
        Points::Rank => "w · (n − rank + 1) / n".to_owned(),
        Points::Steps(steps) => {
            steps.iter().map(|(at, points)| format!("{} → {}", at.normalize(), points.normalize())).collect::<Vec<_>>().join(", ")
        }
        Points::Linear(corners) => {
            corners.iter().map(|(at, points)| format!("{} ↗ {}", at.normalize(), points.normalize())).collect::<Vec<_>>().join(", ")
        }
        Points::Expression(term) => formula(term),
    }
}

fn benchmark(benchmark: &Benchmark) -> String {
    match benchmark {
        Benchmark::Constant(number) => number.clone(),
        Benchmark::Of { figure, peers, times, last_year } => {
            let times = if *times == rust_decimal::Decimal::ONE { String::new() } else { format!("{} × ", times.normalize()) };
            let peers = crate::policy::benchmark::Peers::WORDS.iter().find(|(_, known)| known == peers).map_or("", |(word, _)| word);
            format!("{times}{} ({peers}{})", figure_word(*figure), if *last_year { ", last year" } else { "" })
        }
    }
}

fn figure_word(figure: Figure) -> String {
    match figure {
        Figure::RatioOfSums => "ratio-of-sums".to_owned(),
        Figure::Mean => "mean".to_owned(),
        Figure::Median => "median".to_owned(),
        Figure::Quantile(share) => format!("quantile {}", share.normalize()),
        Figure::Max => "max".to_owned(),
        Figure::Min => "min".to_owned(),
    }
}

fn missing(missing: &Missing) -> String {
    match missing {
        Missing::Zero => "zero".to_owned(),
        Missing::Minus(points) => format!("minus {}", points.normalize()),
        Missing::GroupMeanPoints => "group-mean-points".to_owned(),
        Missing::Spread => "spread".to_owned(),
        Missing::NotAssessable => "not-assessable".to_owned(),
    }
}

fn benchmarks(policy: &Policy) -> Part {
    let each = |of: &dyn Fn(&crate::policy::benchmark::Named) -> Option<String>| policy.benchmarks.iter().map(of).collect::<Vec<_>>();
    let titles = policy.benchmarks.iter().map(|benchmark| (benchmark.id.clone(), benchmark.title.clone())).collect();
    part(
        "benchmarks",
        "policy.benchmarks",
        vec![
            named(column("title", "基准", "Benchmark", 0, each(&|benchmark| Some(benchmark.id.clone()))), titles),
            column("id", "编号", "Id", 1, each(&|benchmark| Some(benchmark.id.clone()))),
            column("of", "公式", "Formula", 0, each(&|benchmark| Some(formula(&benchmark.of)))),
            column("kind", "口径", "Kind", 0, each(&|benchmark| Some(figure_word(benchmark.figure)))),
            column("over", "范围", "Over", 0, each(&|benchmark| Some(benchmark.peers.keys().join(", ")).filter(|keys| !keys.is_empty()))),
        ],
    )
}

/// The documents.
pub fn sources(sources: &[Reference]) -> Part {
    let each = |of: &dyn Fn(&Reference) -> Option<String>| sources.iter().map(of).collect::<Vec<_>>();
    part(
        "sources",
        "policy.sources",
        vec![
            column("id", "编号", "Id", 0, each(&|source| Some(source.id.text.clone()))),
            column("name", "文件", "Document", 0, each(&|source| Some(source.name.clone()))),
            named(column("read", "原文", "Read", 0, each(&|source| source.read.clone())), read_names()),
            column("grade", "来源级别", "Grade", 2, each(&|source| source.grade.clone())),
            column("url", "网址", "Address", 1, each(&|source| source.url.clone())),
        ],
    )
}

/// A column that a method reads: table, column, label, unit, required.
type Read = (String, String, Bilingual, Option<Bilingual>, bool);

/// Which columns of which tables a method reads.
pub fn columns(policy: &Policy) -> Report {
    let dictionary = Dictionary::get();
    let mut rows: Vec<Read> = Vec::new();
    let mut wanted = policy.columns();
    wanted.extend(["enterprise_id", "name", "zone"].map(str::to_owned));
    if wanted.remove("land_mu") {
        wanted.insert("area".to_owned());
    }
    if wanted.remove("industry_division") | wanted.remove("industry_group") {
        wanted.insert("industry".to_owned());
    }
    if wanted.contains("tax_evaluated") {
        wanted.insert("tax_paid".to_owned());
    }
    for table in &dictionary.tables {
        for column in &table.columns {
            let is_key = table.required && column.required;
            let named =
                wanted.contains(&column.name) && ["enterprises", "land", "output", "tax", "energy", "zones"].contains(&table.name.as_str());
            let elsewhere = table.name == "zones" && column.name == "name"
                || table.name != "enterprises" && ["name", "zone"].contains(&column.name.as_str());
            if !(is_key || named && !elsewhere) {
                continue;
            }
            let unit = dictionary.unit_of(column).map(|unit| both(&unit.zh, &unit.name));
            rows.push((table.name.clone(), column.name.clone(), both(&column.zh, &column.en), unit, column.required));
        }
    }
    let each = |of: &dyn Fn(&Read) -> Option<String>| rows.iter().map(of).collect::<Vec<_>>();
    let labels = rows.iter().map(|row| (row.1.clone(), row.2.clone())).collect();
    let units = rows.iter().filter_map(|row| row.3.clone().map(|unit| (unit.en.clone(), unit))).collect();
    let flags: Vec<bool> = rows.iter().map(|row| row.4).collect();
    let mut required = column("required", "必需", "Required", 1, Vec::new());
    required.values = Values::Flag(polars::prelude::BooleanChunked::from_slice("".into(), &flags));
    let columns = vec![
        column("table", "表", "Table", 0, each(&|row| Some(row.0.clone()))),
        column("column", "列", "Column", 0, each(&|row| Some(row.1.clone()))),
        named(column("label", "表头", "Heading", 0, each(&|row| Some(row.1.clone()))), labels),
        named(column("unit", "单位", "Unit", 2, each(&|row| row.3.as_ref().map(|unit| unit.en.clone()))), units),
        required,
    ];
    let heading = vec![Phrase::new("policy.columns").with("id", &policy.id).with_both("title", policy.title.clone())];
    Report { heading, parts: vec![Part { title: None, ..part("columns", "policy.columns", columns) }], ..Report::default() }
}
