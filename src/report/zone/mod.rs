//! `zone`: the scorecard of every zone: targets with value, goal and verdict, the figures behind them, how unevenly tax and output
//! lie on the land, the sites that weigh most, land by state, standard factories, and what falls due.
//!
//! In: the judged rows of a plan, land by state, and the panel. Out: a report with a table for each of these.

mod figures;
pub mod lines;
pub mod ranked;
pub mod sites;
pub mod spread;

use polars::prelude::{DataFrame, StringChunked};

use self::lines::{Line, Untold};
use super::flags::Reader;
use super::table::{Column, Part, Phrase, Report, Section, Values};
use crate::dictionary::{Bilingual, Part as YearPart};
use crate::locale::{Language, Locale};
use crate::policy::book::Book;
use crate::policy::scheme::{Direction, Scheme, Scope};

/// The tables of a scorecard, in their order.
pub const SECTIONS: [&str; 7] = ["targets", "figures", "concentration", "sites", "land", "factories", "reviews"];

/// What the report is about.
pub struct Context<'c> {
    /// Name of the data set.
    pub data_set: &'c str,
    /// The plan.
    pub scheme: &'c Scheme,
    /// Its settings, `setting=value`.
    pub settings: Vec<String>,
    /// Settings that have no value.
    pub unset: Vec<String>,
    /// The evaluated year.
    pub year: i32,
    /// The evaluated part of it.
    pub part: YearPart,
    /// The date asked, ISO.
    pub as_of: &'c str,
    /// Zones or chains?
    pub by: Scope,
    /// A row per zone or chain, the city last.
    pub rows: &'c DataFrame,
    /// Land by zone, book and state.
    pub land: &'c DataFrame,
    /// The books that know the states.
    pub books: Vec<&'c Book>,
    /// Enterprises and years.
    pub panel: &'c DataFrame,
    /// Standard factories.
    pub factories: &'c DataFrame,
    /// Only these zones or chains; empty: all.
    pub only: &'c [String],
    /// Only this table; `None`: all.
    pub section: Option<&'c str>,
    /// With targets that do not apply?
    pub all: bool,
    /// `zh` or `en`.
    pub language: &'c str,
    /// How it will be read.
    pub reader: Reader,
}

impl Context<'_> {
    /// Is a zone wanted?
    fn wants(&self, unit: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|wanted| wanted == unit)
    }

    fn people(&self) -> bool {
        self.reader == Reader::People
    }

    fn locale(&self) -> &'static Locale {
        Locale::get(if self.language == "zh" { Language::Zh } else { Language::En })
    }

    /// How people call the city.
    fn city(&self) -> String {
        self.locale().text("zone.city").to_owned()
    }

    fn cannot_tell(&self) -> String {
        self.locale().text("word.cannot-tell").to_owned()
    }

    fn said<'b>(&self, text: &'b Bilingual) -> &'b str {
        text.get(self.language)
    }
}

/// Builds the report.
pub fn build(context: &Context) -> Report {
    let lines = lines::of(context);
    let mut report = Report { facts: facts(context, &lines), heading: heading(context, &lines), ..Report::default() };
    let is_asked = context.section.is_none_or(|section| ["concentration", "sites"].contains(&section));
    let lying = if is_asked { figures::lying(context) } else { Vec::new() };
    for section in SECTIONS {
        if context.section.is_some_and(|wanted| wanted != section) {
            continue;
        }
        let part = match section {
            "targets" => Some(targets(context, &lines)),
            "figures" => Some(figures::values(context)),
            "concentration" => figures::concentration(context, &lying),
            "sites" => figures::heavy(context, &lying),
            "land" => figures::land(context),
            "factories" => figures::factories(context),
            _ => figures::reviews(context),
        };
        let part = part.filter(|part| part.rows() > 0 || context.section.is_some() || section == "targets");
        report.parts.extend(part.filter(|part| part.rows() > 0 || !context.people()));
    }
    notes(context, &lines, &mut report);
    report
}

fn facts(context: &Context, lines: &[Line]) -> Vec<(&'static str, super::table::Fact)> {
    let mut facts = vec![
        ("data_set", context.data_set.into()),
        ("plan", context.scheme.id.as_str().into()),
        ("plan_status", context.scheme.status.as_str().into()),
        ("period", context.part.period(context.year).as_str().into()),
        ("as_of", context.as_of.into()),
    ];
    facts.extend(lines::counts(lines).map(|(name, count)| (name, count.into())));
    facts
}

fn heading(context: &Context, lines: &[Line]) -> Vec<Phrase> {
    let scheme = context.scheme;
    let title = Phrase::new("zone.heading")
        .with("data", context.data_set)
        .with("period", context.part.period(context.year))
        .with_both("title", scheme.title.clone())
        .with("id", &scheme.id)
        .with_key("status", format!("status.{}", scheme.status.as_str()))
        .with("as_of", context.as_of);
    let mut heading = vec![title];
    if !context.settings.is_empty() {
        heading.push(Phrase::new("flag.settings").with("settings", context.settings.join(", ")));
    }
    if scheme.targets.is_empty() {
        return heading;
    }
    let units = (0..context.rows.height()).filter(|&row| lines::text(context.rows, "scope", row) != Some("city")).count();
    let key = if context.by == Scope::Chain { "zone.counts-chains" } else { "zone.counts" };
    heading.push(counted(Phrase::new(key).with("units", units), lines));
    heading
}

/// A sentence with how many of each verdict.
fn counted(phrase: Phrase, lines: &[Line]) -> Phrase {
    lines::counts(lines).into_iter().fold(phrase, |phrase, (name, count)| phrase.with(name, count))
}

fn targets(context: &Context, lines: &[Line]) -> Part {
    let columns = if context.people() { for_people(context, lines) } else { for_programs(context, lines) };
    let mut part = Part::new("targets", None, columns);
    let mut start = 0;
    while start < lines.len() {
        let end =
            start + lines[start..].iter().take_while(|line| line.unit == lines[start].unit && line.scope == lines[start].scope).count();
        let key = if lines[start].scope == "city" { "zone.section-city" } else { "zone.section" };
        let title = counted(Phrase::new(key).with("unit", &lines[start].unit), &lines[start..end]);
        part.sections.push(Section { title: Some(title), rows: start..end, cuts: Vec::new() });
        start = end;
    }
    part
}

fn texts<'l>(lines: &'l [Line], of: impl Fn(&'l Line) -> Option<String>) -> Values {
    Values::Text(lines.iter().map(of).collect::<StringChunked>())
}

fn numbers(lines: &[Line], of: impl Fn(&Line) -> Option<f64>, shown: u32) -> Values {
    Values::Number { values: lines.iter().map(of).collect(), shown, exact: 6 }
}

fn for_people(context: &Context, lines: &[Line]) -> Vec<Column> {
    let goal = |line: &Line| {
        let sign = match line.target.direction {
            Direction::AtLeast => "≥",
            Direction::Above => ">",
            Direction::AtMost => "≤",
            Direction::Below => "<",
            Direction::About => "≈",
        };
        let around = line.tolerance.map_or_else(String::new, |tolerance| format!(" ±{}", plain(tolerance)));
        line.goal.map(|goal| format!("{sign} {}{around}", plain(goal)))
    };
    let take = |line: &Line| {
        line.take.map(|take| {
            format!("{}{} {}", if take > 0.0 { "+" } else { "" }, plain(take), line.take_unit.as_deref().unwrap_or(""))
                .trim_end()
                .to_owned()
        })
    };
    let unit = |line: &Line| line.target.unit.as_ref().map(|unit| context.said(unit).to_owned());
    vec![
        Column::new("title", "目标", "Target", 0, texts(lines, |line| Some(context.said(&line.target.title).to_owned()))),
        Column::new("value", "现值", "Value", 0, numbers(lines, |line| line.value, 2)),
        Column::new("goal", "目标值", "Goal", 0, texts(lines, goal)),
        Column::new("unit", "单位", "Unit", 1, texts(lines, unit)),
        Column::new("gap", "差距", "Gap", 4, numbers(lines, |line| line.gap, 2)),
        Column::new(
            "verdict",
            "结论",
            "Verdict",
            0,
            Values::Word(lines.iter().map(|line| Some(line.verdict.as_str())).collect::<StringChunked>()),
        ),
        Column::new("by", "期限", "By", 3, texts(lines, |line| line.by.clone())),
        Column::new("needed_growth", "需年增 %", "Needed a year %", 2, numbers(lines, |line| line.needed, 2)),
        Column::new("growth", "上年增 %", "Last year %", 5, numbers(lines, |line| line.growth, 2)),
        Column::new("take", "还需", "It would take", 2, texts(lines, take)),
        Column::new("missing", "缺少的数据", "Missing", 6, texts(lines, |line| missing(line, context))).below(),
    ]
}

/// What is missing, in words; nothing where the verdict does not want for it.
fn missing(line: &Line, context: &Context) -> Option<String> {
    let words: Vec<String> = line.missing.iter().map(|untold| untold.said(context.language)).collect();
    (!words.is_empty()).then(|| words.join("; "))
}

fn for_programs(context: &Context, lines: &[Line]) -> Vec<Column> {
    let plain = |id: &str, values: Values| Column::new(id, id, id, 0, values);
    let codes = |line: &Line| {
        let codes: Vec<String> = line.missing.iter().map(Untold::code).collect();
        (!codes.is_empty()).then(|| codes.join(";"))
    };
    vec![
        plain("scope", texts(lines, |line| Some(line.scope.clone()))),
        plain("zone", texts(lines, |line| Some(line.unit.clone()).filter(|unit| !unit.is_empty()))),
        plain("target", texts(lines, |line| Some(line.target.id.clone()))),
        plain("title", texts(lines, |line| Some(context.said(&line.target.title).to_owned()))),
        plain("direction", texts(lines, |line| Some(line.target.direction.as_str().to_owned()))),
        plain("value", numbers(lines, |line| line.value, 6)),
        plain("unit", texts(lines, |line| line.target.unit.as_ref().map(|unit| context.said(unit).to_owned()))),
        plain("goal", numbers(lines, |line| line.goal, 6)),
        plain("tolerance", numbers(lines, |line| line.tolerance, 6)),
        plain("gap", numbers(lines, |line| line.gap, 6)),
        plain("verdict", Values::Word(lines.iter().map(|line| Some(line.verdict.as_str())).collect::<StringChunked>())),
        plain("by", texts(lines, |line| line.by.clone())),
        plain("needed_growth", numbers(lines, |line| line.needed, 6)),
        plain("growth", numbers(lines, |line| line.growth, 6)),
        plain("take", numbers(lines, |line| line.take, 6)),
        plain("take_unit", texts(lines, |line| line.take_unit.clone())),
        plain("incomplete", Values::Integer(lines.iter().map(|line| Some(line.incomplete)).collect())),
        plain("missing", texts(lines, codes)),
        plain("formula", texts(lines, |line| Some(lines::formula(context.scheme, &line.target.value.text)))),
        plain("source", texts(lines, |line| line.source(context))),
    ]
}

/// A number as people write it: at most four decimals, none that are zero.
fn plain(number: f64) -> String {
    let text = format!("{number:.4}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn notes(context: &Context, lines: &[Line], report: &mut Report) {
    let scheme = context.scheme;
    if context.section.is_none_or(|section| section == "targets") {
        for target in scheme.targets.iter().filter(|target| lines.iter().any(|line| line.target.id == target.id)) {
            let source = lines::source(scheme, target, context.language).unwrap_or_default();
            let mut phrase = Phrase::new(if target.note.is_some() { "zone.target-note" } else { "zone.target" })
                .with_both("title", target.title.clone())
                .with("formula", lines::formula(scheme, &target.value.text))
                .with("source", source);
            if let Some(note) = &target.note {
                phrase = phrase.with_both("note", note.clone());
            }
            report.notes.push(phrase);
        }
    }
    if let Some(note) = scheme.score.as_ref().and_then(|score| score.note.clone()) {
        report.notes.push(Phrase::new("rank.policy-note").with_both("note", note));
    }
    report.notes.extend(scheme.notes.iter().map(|note| Phrase::new("rank.policy-note").with_both("note", note.clone())));
    report.notes.extend(scheme.about.unknown.iter().map(super::policies::unknown));
    if scheme.targets.is_empty() {
        report.notes.push(
            Phrase::new("zone.no-targets")
                .with("plans", crate::policy::library::PLANS.iter().map(|(id, _)| *id).collect::<Vec<_>>().join(", ")),
        );
    }
}
