//! The lines of the report: sorted, counted, joined by site, with their dates.

use std::collections::BTreeMap;

use polars::prelude::*;
use rayon::prelude::*;

use super::evidence::{Rows, Shown};
use super::plans::{Plan, label};
use super::words::{iso, plain};
use super::{Context, Due, Reader, said};
use crate::dictionary::Bilingual;
use crate::policy::book::Book;
use crate::policy::rule::{Amount, Severity};
use crate::policy::subject::Subject;
use crate::report::table::Phrase;

/// One site under one rule.
#[derive(Debug, Clone, Copy)]
pub struct Line {
    /// The rule holds; else it cannot be told.
    pub holds: bool,
    /// How much it matters.
    pub severity: Severity,
    /// Place of the rule's plan.
    pub plan: u32,
    /// The row; [`EVERY_SITE`]: no site in particular.
    pub row: u32,
    /// The next date that matters, days since 1970; [`NEVER`].
    pub due: i32,
    /// Place of the row among its rows by site and holder.
    order: u32,
}

/// No date.
pub const NEVER: i32 = i32::MAX;
/// No row: the line is about every site.
pub const EVERY_SITE: u32 = u32::MAX;

/// All lines with what is needed to write them.
pub struct Lines<'c> {
    /// The lines in their order.
    pub all: Vec<Line>,
    /// How the lines of each rule are written.
    pub plans: Vec<Plan<'c>>,
    /// The rows of each statement; last those of the method.
    pub rows: Vec<Rows<'c>>,
}

/// What cannot be told of a site.
pub struct Untold {
    /// Parcel, enterprise, building or agreement.
    pub id: String,
    /// The enterprise.
    pub name: Option<String>,
    /// The zone.
    pub zone: Option<String>,
    /// The rules.
    pub rules: Vec<String>,
    /// The columns, as people call them.
    pub missing: String,
}

impl<'c> Lines<'c> {
    /// All lines of all verdicts, the most urgent first.
    pub fn of(context: &'c Context<'c>) -> Self {
        let mut lines = Lines { all: Vec::new(), plans: Vec::new(), rows: Vec::new() };
        for (set, verdicts) in context.verdicts.iter().enumerate() {
            let rows = Rows::new(verdicts.rows, verdicts.book, verdicts.statement.subject, context.extra);
            let order = order(&rows, verdicts.statement.subject.key(), verdicts.rows.height());
            for columns in &verdicts.statement.rules {
                let plan = Plan::of_rule(context, set, columns, &rows);
                lines.add(plan, &rows, &order, context.least);
            }
            lines.rows.push(rows);
        }
        if let Some(frame) = context.review {
            lines.add_review(context, frame);
        }
        lines.all.retain(|line| line.severity >= context.least);
        lines.sort();
        lines
    }

    fn add(&mut self, plan: Plan<'c>, rows: &Rows, order: &[u32], least: Severity) {
        let number = self.plans.len() as u32;
        let line = |holds, row: usize, due| Line {
            holds,
            severity: plan.severity,
            plan: number,
            row: row as u32,
            due,
            order: order.get(row).copied().unwrap_or(0),
        };
        if plan.severity < least {
            self.plans.push(plan);
            return;
        }
        if plan.undecided.is_some() {
            self.all.push(line(false, EVERY_SITE as usize, NEVER));
        } else {
            for row in 0..order.len() {
                match rows.truth(plan.holds, row) {
                    Some(false) => {}
                    Some(true) => self.all.push(line(true, row, rows.date(plan.due_at, row).unwrap_or(NEVER))),
                    None => self.all.push(line(false, row, NEVER)),
                }
            }
        }
        self.plans.push(plan);
    }

    fn add_review(&mut self, context: &'c Context<'c>, frame: &DataFrame) {
        static NOTHING: std::sync::LazyLock<Book> = std::sync::LazyLock::new(Book::empty);
        let rows = Rows::new(frame, &NOTHING, Subject::Enterprise, context.extra);
        let Some(plan) = Plan::of_review(context, self.rows.len(), &rows) else { return };
        let number = self.plans.len() as u32;
        let order = order(&rows, Subject::Enterprise.key(), frame.height());
        for (row, &order) in order.iter().enumerate() {
            let line = |holds| Line { holds, severity: plan.severity, plan: number, row: row as u32, due: NEVER, order };
            match rows.text(plan.holds, row) {
                Some("low") => self.all.push(line(true)),
                Some("unknown") => self.all.push(line(false)),
                _ => {}
            }
        }
        self.plans.push(plan);
        self.rows.push(rows);
    }

    /// Lines that hold before those that cannot be told; then by severity, date, rule and site.
    fn sort(&mut self) {
        self.all.par_sort_unstable_by_key(|line| (!line.holds, std::cmp::Reverse(line.severity), line.due, line.plan, line.order));
    }

    /// How many lines of a severity hold.
    pub fn count(&self, severity: Severity) -> usize {
        self.all.iter().filter(|line| line.holds && line.severity == severity).count()
    }

    /// How many cannot be told.
    pub fn untold(&self) -> usize {
        self.all.iter().filter(|line| !line.holds).count()
    }

    /// How the line is written.
    pub fn plan(&self, line: &Line) -> &Plan<'c> {
        &self.plans[line.plan as usize]
    }

    /// Its rows.
    pub fn rows(&self, line: &Line) -> &Rows<'c> {
        &self.rows[self.plan(line).set]
    }

    /// Parcel, enterprise, building or agreement.
    pub fn site(&self, line: &Line) -> Option<&str> {
        self.text(line, self.plan(line).site_at)
    }

    /// A text of the line's row.
    pub fn text(&self, line: &Line, at: super::evidence::At) -> Option<&str> {
        if line.row == EVERY_SITE { None } else { self.rows(line).text(at, line.row as usize) }
    }

    /// `suspected`, `determined` or `cannot-tell`.
    pub fn status(&self, line: &Line) -> &'static str {
        if !line.holds {
            return "cannot-tell";
        }
        let determined = self.rows(line).truth(self.plan(line).determined_at, line.row as usize);
        if determined == Some(true) { "determined" } else { "suspected" }
    }

    /// The amount and its unit; the rate and its unit where the amount is not known.
    pub fn amount(&self, line: &Line) -> Option<(f64, &'c Bilingual, &'c Amount)> {
        let plan = self.plan(line);
        let amount = plan.amount.filter(|_| line.holds)?;
        match self.rows(line).number(plan.amount_at, line.row as usize) {
            Some(value) => Some((value, &amount.unit, amount)),
            None => amount.rate.as_ref().and_then(|(rate, unit)| Some((rate.parse().ok()?, unit, amount))),
        }
    }

    /// Which of the rule's consequences follows.
    pub fn consequence_at(&self, line: &Line) -> Option<usize> {
        let plan = self.plan(line);
        let at = match plan.consequence_at {
            None => 0,
            some => self.rows(line).number(some, line.row as usize)? as usize,
        };
        Some(at).filter(|at| line.holds && *at < plan.consequences.len())
    }

    /// What follows.
    pub fn consequence(&self, line: &Line) -> Option<&'c Bilingual> {
        self.consequence_at(line).map(|at| self.plan(line).consequences[at])
    }

    /// Columns that were missing, those of earlier years with their year.
    pub fn missing(&self, line: &Line) -> Vec<String> {
        let plan = self.plan(line);
        let row = line.row as usize;
        match &plan.search {
            None => {
                let blank = plan.evidence.iter().filter(|value| self.rows(line).get(value.at, row) == Shown::Missing);
                blank.map(|value| value.name.clone()).collect()
            }
            Some(search) if line.row == EVERY_SITE => search.columns(),
            Some(search) => self.rows(line).missing(search, row),
        }
    }

    /// How people call what was missing.
    fn missing_label(&self, context: &Context, line: &Line, name: &str) -> String {
        let plan = self.plan(line);
        if let Some(value) = plan.evidence.iter().find(|value| value.name == name) {
            return value.label.clone();
        }
        let of = context.verdicts.get(plan.set).map(|verdicts| (verdicts.book, plan.subject));
        let year = name.rsplit_once('_').and_then(|(base, year)| Some((base, year.parse::<i32>().ok()?))).filter(|(_, year)| *year >= 1990);
        match year {
            Some((base, year)) => label(context, of, base, Some(year)),
            None => label(context, of, name.rsplit('.').next().unwrap_or(name), None),
        }
    }

    /// Lines that cannot be told, joined by site and by what is missing.
    pub fn by_site(&self, context: &Context) -> Vec<Untold> {
        let mut sites: BTreeMap<(String, String, String), Untold> = BTreeMap::new();
        for line in self.all.iter().filter(|line| !line.holds) {
            let labels = self.missing(line).into_iter().map(|name| self.missing_label(context, line, &name));
            let missing = labels.collect::<Vec<_>>().join(if context.language == "zh" { "、" } else { ", " });
            let id = self.site(line).map_or_else(
                || {
                    let sites = plain(&Shown::Number(self.plan(line).undecided.unwrap_or(0) as f64));
                    if context.language == "zh" { format!("全部（{sites}）") } else { format!("all ({sites})") }
                },
                str::to_owned,
            );
            let plan = self.plan(line);
            let own = |at| self.text(line, at).map(str::to_owned);
            let key = (id.clone(), own(plan.enterprise_at).unwrap_or_default(), missing.clone());
            let site = sites.entry(key).or_insert_with(|| Untold {
                id,
                name: own(plan.name_at),
                zone: own(plan.zone_at),
                rules: Vec::new(),
                missing,
            });
            site.rules.push(plan.id.to_owned());
        }
        sites.into_values().collect()
    }

    /// One line per rule and consequence: what it is, what follows, where it stands written.
    pub fn legend(&self, context: &Context) -> Vec<Phrase> {
        let mut seen: Vec<(u32, Option<usize>)> = Vec::new();
        if context.reader == Reader::Table {
            return Vec::new();
        }
        for line in self.all.iter().filter(|line| line.holds) {
            let of = (line.plan, self.consequence_at(line));
            if !seen.contains(&of) {
                seen.push(of);
            }
        }
        let phrase = |(plan, at): (u32, Option<usize>)| {
            let plan = &self.plans[plan as usize];
            let nothing = Bilingual { zh: "—".to_owned(), en: "—".to_owned() };
            let title = match plan.rule {
                Some(rule) => Phrase::new("flag.legend").with_both("title", rule.title.clone()),
                None => Phrase::new("flag.legend-review"),
            };
            let consequence = at.map_or(nothing, |at| plan.consequences[at].clone());
            let title = title.with("rule", plan.id).with_both("consequence", consequence).with("source", &plan.source);
            title.with_key("read", format!("source-grade.{}", plan.grade))
        };
        seen.into_iter().map(phrase).collect()
    }

    /// Books with a line that holds.
    pub fn books(&self, context: &'c Context<'c>) -> Vec<&'c Book> {
        let mut used = vec![false; context.verdicts.len()];
        for line in self.all.iter().filter(|line| line.holds) {
            if let Some(used) = used.get_mut(self.plan(line).set) {
                *used = true;
            }
        }
        let mut books: Vec<&Book> = Vec::new();
        for verdicts in context.verdicts.iter().zip(used).filter(|(_, used)| *used).map(|(verdicts, _)| verdicts) {
            if !books.iter().any(|book| book.id == verdicts.book.id) {
                books.push(verdicts.book);
            }
        }
        books
    }

    /// The dates of lines that hold.
    pub fn due(&self, context: &Context) -> Vec<Due> {
        let due = self.all.iter().filter(|line| line.holds && line.due != NEVER).map(|line| {
            let (plan, site, on) = (self.plan(line), self.site(line).unwrap_or(""), iso(line.due));
            let title = plan.rule.map_or("", |rule| said(&rule.title, context));
            let who = self.text(line, plan.name_at).unwrap_or("");
            let consequence = self.consequence(line).map_or("", |text| said(text, context));
            let description = [who, consequence, &plan.source].join("\n").trim().to_owned();
            let owner = self.text(line, plan.enterprise_at).unwrap_or("");
            Due { id: format!("{}-{site}-{owner}-{on}@mujun", plan.id), on, summary: format!("{} {title}: {site}", plan.id), description }
        });
        let mut due: Vec<Due> = due.collect();
        due.dedup_by(|later, first| later.id == first.id);
        due
    }
}

/// The place of every row by site, holder and row, so that no order depends on that of the tables.
fn order(rows: &Rows, site: &str, height: usize) -> Vec<u32> {
    let (site, holder) = (rows.at(site), rows.at("enterprise_id"));
    let mut sorted: Vec<u32> = (0..height as u32).collect();
    let key = |row: &u32| (rows.text(site, *row as usize), rows.text(holder, *row as usize));
    sorted.par_sort_by(|a, b| key(a).cmp(&key(b)).then_with(|| rows.compare(*a as usize, *b as usize)));
    let mut order = vec![0; height];
    sorted.into_iter().enumerate().for_each(|(place, row)| order[row as usize] = place as u32);
    order
}
