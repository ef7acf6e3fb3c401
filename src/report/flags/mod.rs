//! `flag`: one line per site and rule, the most urgent first; what cannot be told in a part of its own; land by state.
//!
//! In: the verdicts of every statement, the books, and how the lines will be read. Out: a report. People get labels, sections by
//! severity and one line per site for what cannot be told; programs get the columns of the contract, every line in one table.

mod columns;
mod evidence;
pub mod explain;
pub mod holding;
mod inventory;
mod lines;
mod plans;
mod words;

use std::collections::BTreeMap;

use polars::prelude::{DataFrame, StringChunked};

use self::lines::{Line, Lines};
pub use self::words::{in_language, iso};
use super::rank::heading_of;
use super::table::{Column, Part, Phrase, Report, Section, Values};
use crate::dictionary::Bilingual;
use crate::plan::flags::RuleStatement;
use crate::policy::Policy;
use crate::policy::book::Book;
use crate::policy::rule::Severity;
use crate::policy::subject::Extra;

/// Lines of the legend.
const MOST_IN_LEGEND: usize = 60;

/// How the lines will be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    /// By people: labels and sections.
    People,
    /// By a spreadsheet or a program, one table.
    Table,
    /// By a program that reads objects.
    Objects,
}

/// The verdicts of one statement.
pub struct Verdicts<'v> {
    /// The book.
    pub book: &'v Book,
    /// Its statement.
    pub statement: &'v RuleStatement,
    /// Rows for which a rule holds or cannot be told.
    pub rows: &'v DataFrame,
    /// Rules that cannot be told for anybody, and for how many sites.
    pub undecided: &'v BTreeMap<usize, u64>,
}

/// What the report is about.
pub struct Context<'c> {
    /// Name of the data set.
    pub data_set: &'c str,
    /// The method.
    pub policy: &'c Policy,
    /// The evaluated year.
    pub year: i32,
    /// The date asked, ISO.
    pub as_of: &'c str,
    /// Verdicts, in the order of the books.
    pub verdicts: Vec<Verdicts<'c>>,
    /// The method's rows, where its review is asked for.
    pub review: Option<&'c DataFrame>,
    /// Land by state: book and rows.
    pub inventories: Vec<(&'c Book, &'c DataFrame)>,
    /// Columns that the dictionary does not know.
    pub extra: &'c Extra,
    /// Nothing below this.
    pub least: Severity,
    /// `zh` or `en`.
    pub language: &'c str,
    /// How the lines will be read.
    pub reader: Reader,
    /// What was set in the books, `book.setting=value`.
    pub settings: Vec<String>,
}

/// A report, and what a calendar and an exit code need of it.
pub struct Flags {
    /// The report.
    pub report: Report,
    /// Dates that matter: date, id, summary, description.
    pub due: Vec<Due>,
    /// The gravest severity that holds somewhere.
    pub gravest: Option<Severity>,
}

/// A date that matters for a site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// ISO date.
    pub on: String,
    /// The same for the same site, rule and date.
    pub id: String,
    /// Rule and site.
    pub summary: String,
    /// Who, what follows, where it stands written.
    pub description: String,
}

/// Builds the report.
pub fn build<'c>(context: &'c Context<'c>) -> Flags {
    let lines = Lines::of(context);
    let mut report = Report { facts: facts(context, &lines), heading: heading(context, &lines), ..Report::default() };
    match context.reader {
        Reader::People => people(context, &lines, &mut report),
        Reader::Table | Reader::Objects => {
            let all: Vec<&Line> = lines.all.iter().collect();
            report.parts.push(Part::new("flags", None, columns::columns(context, &lines, &all)));
        }
    }
    add_inventories(context, &mut report);
    notes(context, &lines, &mut report);
    let gravest = lines.all.iter().filter(|line| line.holds).map(|line| line.severity).max();
    Flags { due: lines.due(context), report, gravest }
}

/// The inventory alone.
pub fn inventory_alone(context: &Context) -> Report {
    let mut report =
        Report { heading: vec![heading_of(context.data_set, context.policy, context.year), as_of(context)], ..Report::default() };
    report.facts = vec![("data_set", context.data_set.into()), ("as_of", context.as_of.into())];
    add_inventories(context, &mut report);
    report
}

/// One table per book that knows states; the first is called `inventory`.
fn add_inventories(context: &Context, report: &mut Report) {
    for (at, (book, rows)) in context.inventories.iter().enumerate() {
        let mut part = inventory::part(book, rows, context.reader == Reader::People);
        if at > 0 {
            part.id = format!("inventory_{}", book.id.replace('-', "_"));
        }
        report.parts.push(part);
    }
}

fn facts(context: &Context, lines: &Lines) -> Vec<(&'static str, super::table::Fact)> {
    let mut facts = vec![
        ("data_set", context.data_set.into()),
        ("policy", context.policy.id.as_str().into()),
        ("year", context.year.into()),
        ("as_of", context.as_of.into()),
    ];
    for (word, severity) in Severity::WORDS.iter().rev() {
        facts.push((*word, lines.count(*severity).into()));
    }
    facts.push(("cannot_tell", lines.untold().into()));
    facts
}

fn as_of(context: &Context) -> Phrase {
    Phrase::new("flag.as-of").with("as_of", context.as_of).with("year", context.year)
}

fn heading(context: &Context, lines: &Lines) -> Vec<Phrase> {
    let mut counts = Phrase::new("flag.counts").with("untold", lines.untold());
    for (name, severity) in [
        ("critical", Severity::Critical),
        ("major", Severity::Major),
        ("warn", Severity::Warn),
        ("notice", Severity::Notice),
        ("info", Severity::Info),
    ] {
        counts = counts.with(name, lines.count(severity));
    }
    let mut lines = vec![Phrase::new("flag.heading").with("data", context.data_set).with("policy", &context.policy.id), as_of(context)];
    if !context.settings.is_empty() {
        lines.push(Phrase::new("flag.settings").with("settings", context.settings.join(", ")));
    }
    lines.push(counts);
    lines
}

fn people(context: &Context, lines: &Lines, report: &mut Report) {
    let holding: Vec<&Line> = lines.all.iter().filter(|line| line.holds).collect();
    if !holding.is_empty() {
        let mut part = Part::new("flags", None, columns::columns(context, lines, &holding));
        let mut start = 0;
        while start < holding.len() {
            let severity = holding[start].severity;
            let end = start + holding[start..].iter().take_while(|line| line.severity == severity).count();
            let title =
                Phrase::new("flag.section").with_key("severity", format!("severity.{}", severity.as_str())).with("count", end - start);
            part.sections.push(Section { title: Some(title), rows: start..end, cuts: Vec::new() });
            start = end;
        }
        report.parts.push(part);
    }
    let untold = lines.by_site(context);
    if !untold.is_empty() {
        let title = Phrase::new("flag.cannot-tell").with("count", lines.untold()).with("sites", untold.len());
        let text = |of: &dyn Fn(&lines::Untold) -> Option<String>| Values::Text(untold.iter().map(of).collect::<StringChunked>());
        let mut part = Part::new(
            "cannot_tell",
            None,
            vec![
                Column::new("subject_id", "对象", "Site", 0, text(&|site| Some(site.id.clone()))),
                Column::new("name", "企业名称", "Enterprise", 1, text(&|site| site.name.clone())),
                Column::new("zone", "开发区", "Zone", 3, text(&|site| site.zone.clone())),
                Column::new("rules", "规则", "Rules", 0, text(&|site| Some(site.rules.join(", ")))),
                Column::new("missing", "缺少的数据", "Missing", 0, text(&|site| Some(site.missing.clone()))),
            ],
        );
        part.sections.push(Section { title: Some(title), rows: 0..untold.len(), cuts: Vec::new() });
        report.parts.push(part);
    }
    if holding.is_empty() && untold.is_empty() {
        report.notes.push(Phrase::new("flag.nothing"));
    }
}

/// One line per rule that holds somewhere: what it is, what follows, where it stands written; then what the books want known.
fn notes<'c>(context: &'c Context<'c>, lines: &Lines<'c>, report: &mut Report) {
    let legend = lines.legend(context);
    let left_out = legend.len().saturating_sub(MOST_IN_LEGEND);
    report.notes.extend(legend.into_iter().take(MOST_IN_LEGEND));
    if left_out > 0 {
        report.notes.push(Phrase::new("flag.legend-left-out").with("count", left_out));
    }
    for book in lines.books(context) {
        report.notes.extend(book.notes.iter().map(|note| Phrase::new("rank.policy-note").with_both("note", note.clone())));
    }
    if context.review.is_some() {
        report.notes.extend(context.policy.about.unknown.iter().map(super::policies::unknown));
    }
    report.notes.push(Phrase::new("flag.disclaimer"));
}

/// The text of a language.
fn said<'b>(both: &'b Bilingual, context: &Context) -> &'b str {
    both.get(context.language)
}
