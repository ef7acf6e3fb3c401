//! `policy show` of a zone plan: its targets, figures, ladder, settings and sources, from its own data.

use polars::prelude::{Int64Chunked, StringChunked};

use super::books::settings;
use super::flags::explain::one_line;
use super::policies::{sources, unknown};
use super::table::{Column, Part, Phrase, Report, Values};
use crate::dictionary::Bilingual;
use crate::policy::rule::Formula;
use crate::policy::scheme::{End, Scheme, Target};

/// A zone plan, target by target.
pub fn show(scheme: &Scheme, language: &str) -> Report {
    let mut report = Report {
        facts: vec![("plan", scheme.id.as_str().into()), ("status", scheme.status.as_str().into())],
        heading: vec![
            Phrase::new("policy.plan-heading")
                .with("id", &scheme.id)
                .with_both("title", scheme.title.clone())
                .with_key("status", format!("status.{}", scheme.status.as_str())),
        ],
        ..Report::default()
    };
    if !scheme.targets.is_empty() {
        report.parts.push(targets(scheme, language));
    }
    report.parts.push(figures(scheme, language));
    if !scheme.ladder.is_empty() {
        report.parts.push(ladder(scheme, language));
    }
    if !scheme.settings.is_empty() {
        report.parts.push(settings(&scheme.id, &scheme.settings));
    }
    report.parts.push(sources(&scheme.sources));
    report.notes.extend(scheme.notes.iter().map(|note| Phrase::new("rank.policy-note").with_both("note", note.clone())));
    let score = scheme.score.as_ref().and_then(|score| score.note.clone());
    report.notes.extend(score.map(|note| Phrase::new("rank.policy-note").with_both("note", note)));
    report.notes.extend(scheme.about.unknown.iter().map(unknown));
    report
}

fn targets(scheme: &Scheme, language: &str) -> Part {
    let targets = &scheme.targets;
    let said = |both: &Bilingual| both.get(language).to_owned();
    let line = |formula: &Formula| one_line(&formula.text);
    let by = |target: &Target| {
        let year = target.by.as_ref().and_then(|by| by.year.map(|year| year.to_string()).or_else(|| by.setting.clone()));
        year.or_else(|| target.by_day.clone())
    };
    let scope = Values::Word(targets.iter().map(|target| Some(target.scope.as_str())).collect::<StringChunked>());
    let columns = vec![
        Column::new("id", "编号", "Id", 2, Values::texts(targets, |target| Some(target.id.clone()))),
        Column::new("title", "名称", "Title", 0, Values::texts(targets, |target| Some(said(&target.title)))),
        Column::new("scope", "对象", "Of", 1, scope),
        Column::new("direction", "方向", "Direction", 0, Values::texts(targets, |target| Some(target.direction.as_str().to_owned())))
            .named(directions()),
        Column::new("goal", "目标值", "Goal", 0, Values::texts(targets, |target| Some(line(&target.goal)))),
        Column::new("tolerance", "容差", "Tolerance", 4, Values::texts(targets, |target| target.tolerance.as_ref().map(line))),
        Column::new("unit", "单位", "Unit", 1, Values::texts(targets, |target| target.unit.as_ref().map(said))),
        Column::new("by", "期限", "By", 3, Values::texts(targets, by)),
        Column::new("weight", "权重", "Weight", 4, Values::texts(targets, |target| target.weight.clone())),
        Column::new("source", "来源", "Source", 5, Values::texts(targets, |target| target.source.as_ref().map(|key| key.text.clone()))),
        Column::new("article", "条款", "Article", 6, Values::texts(targets, |target| target.article.as_ref().map(said))),
        Column::new("value", "公式", "Formula", 0, Values::texts(targets, |target| Some(line(&target.value)))).below(),
        Column::new("when", "适用", "For whom", 0, Values::texts(targets, |target| target.when.as_ref().map(line))).below(),
        Column::new("note", "说明", "Note", 0, Values::texts(targets, |target| target.note.as_ref().map(said))).below(),
    ];
    Part::new("targets", Some(Phrase::new("policy.plan-targets")), columns)
}

fn directions() -> Vec<(String, Bilingual)> {
    let signs = [("at-least", "≥"), ("above", ">"), ("at-most", "≤"), ("below", "<"), ("about", "≈")];
    signs.map(|(word, sign)| (word.to_owned(), Bilingual { zh: sign.to_owned(), en: sign.to_owned() })).into()
}

/// A figure, where it comes from, and what it is made of.
type Figure<'s> = (&'s str, &'s Bilingual, &'static str, String);

fn figures(scheme: &Scheme, language: &str) -> Part {
    let mut list: Vec<Figure> = Vec::new();
    for measure in &scheme.measures {
        let value = measure.value.as_ref().map_or_else(|| "1".to_owned(), |value| one_line(&value.text));
        let when = measure.when.as_ref().map_or_else(String::new, |when| format!(" [{}]", one_line(&when.text)));
        list.push((&measure.id, &measure.title, measure.of.as_str(), format!("Σ {value}{when}")));
    }
    list.extend(
        scheme
            .states
            .iter()
            .map(|state| (state.id.as_str(), &state.title, "parcel", format!("{}: {}", state.book, state.states.join(", ")))),
    );
    list.extend(scheme.kpis.iter().map(|kpi| (kpi.id.as_str(), &kpi.title, "kpi", kpi.indicators.join(" | "))));
    let definitions = scheme.definitions.iter();
    list.extend(definitions.map(|definition| (definition.id.as_str(), &definition.title, "figure", one_line(&definition.formula))));
    let columns = vec![
        Column::new("id", "编号", "Id", 0, Values::texts(&list, |figure| Some(figure.0.to_owned()))),
        Column::new("title", "名称", "Title", 0, Values::texts(&list, |figure| Some(figure.1.get(language).to_owned()))),
        Column::new("of", "来自", "From", 1, Values::Word(list.iter().map(|figure| Some(figure.2)).collect::<StringChunked>())),
        Column::new("value", "公式", "Formula", 0, Values::texts(&list, |figure| Some(figure.3.clone()))).below(),
    ];
    Part::new("figures", Some(Phrase::new("policy.plan-figures")), columns)
}

fn ladder(scheme: &Scheme, language: &str) -> Part {
    let ladder = &scheme.ladder;
    let end = ladder.iter().map(|step| Some(if step.end == End::Top { "top" } else { "bottom" })).collect::<StringChunked>();
    let severity = ladder.iter().map(|step| Some(step.severity.as_str())).collect::<StringChunked>();
    let years = ladder.iter().map(|step| Some(i64::from(step.years))).collect::<Int64Chunked>();
    let columns = vec![
        Column::new("id", "编号", "Id", 1, Values::texts(ladder, |step| Some(step.id.clone()))),
        Column::new("place", "名次", "Places", 0, Values::Word(end)),
        Column::new(
            "count",
            "个数",
            "How many",
            0,
            Values::texts(ladder, |step| step.count.map(|count| count.to_string()).or_else(|| step.share.clone())),
        ),
        Column::new("years", "连续年数", "Years running", 0, Values::Integer(years)),
        Column::new("severity", "程度", "Severity", 1, Values::Word(severity)),
        Column::new("source", "来源", "Source", 2, Values::texts(ladder, |step| step.source.as_ref().map(|key| key.text.clone()))),
        Column::new("consequence", "后果", "Consequence", 0, Values::texts(ladder, |step| Some(step.consequence.get(language).to_owned())))
            .below(),
    ];
    Part::new("ladder", Some(Phrase::new("policy.plan-ladder")), columns)
}
