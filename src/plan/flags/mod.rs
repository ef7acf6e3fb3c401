//! From a rule book to SQL: one statement per book and subject, a verdict column per rule.
//!
//! In: a checked book, the rules wanted, the dates of the run, and which columns the data have. Out: a [`RuleStatement`]: stages
//! that end in `judged`, and the `SELECT` of the rows for which a rule holds or cannot be told. Stages: the enterprises behind
//! (`enterprises`), the subject's rows and definitions (`subjects`), the verdicts (here).

mod enterprises;
mod inventory;
mod needs;
mod subjects;

use std::collections::{BTreeMap, BTreeSet};

use super::print::{Printer, double, name, text};
use super::{Stage, select};
use crate::dictionary::ColumnType;
use crate::policy::book::Book;
use crate::policy::definition::Definition;
use crate::policy::rule::{Formula, Rule};
use crate::policy::subject::{Extra, Subject};
use crate::policy::term::{Kind, Operator, Term};

pub use inventory::{InventoryStatement, inventory};
pub use needs::{Meaning, Needs, Reach};

/// Decimals of figures before they are compared.
const DECIMALS: u32 = 7;

/// What is asked of the statements.
#[derive(Clone, Copy)]
pub struct Options<'o> {
    /// The evaluated year.
    pub year: i32,
    /// The date asked, ISO.
    pub as_of: &'o str,
    /// Columns that the data have: of the panel, and of the tables by the dictionary's names.
    pub present: &'o BTreeMap<&'static str, Vec<(String, ColumnType)>>,
    /// Columns that the dictionary does not know.
    pub extra: &'o Extra,
    /// Values of the book's settings by id.
    pub settings: &'o BTreeMap<String, Term>,
}

/// The columns of one rule in the result.
#[derive(Debug, Clone)]
pub struct RuleColumns {
    /// Place of the rule in the book.
    pub rule: usize,
    /// Its verdict: true, false, or missing where it cannot be told.
    pub holds: String,
    /// Columns that the last `SELECT` adds: name and expression.
    pub told: Vec<(String, String)>,
    /// The years looked at, the evaluated one first.
    pub years: Vec<i32>,
}

impl RuleColumns {
    /// The column with one of the rule's further figures: `amount`, `since_on`, `due_on`, `determined`, `consequence`.
    pub fn column(&self, what: &str) -> String {
        format!("{}__{what}", self.holds.trim_end_matches("__holds"))
    }
}

/// One SQL statement: the verdicts of a book on one kind of subject.
#[derive(Debug, Clone)]
pub struct RuleStatement {
    /// Id and title of the book, as a comment.
    pub head: String,
    /// What is looked at.
    pub subject: Subject,
    /// Every stage; the last is `judged`.
    pub stages: Vec<Stage>,
    /// The rules in the order of the book.
    pub rules: Vec<RuleColumns>,
    /// Columns that every row has: who it is, and what decided.
    pub carried: Vec<String>,
    /// Nobody is measured against others: enterprises, or rows, may be judged a part at a time.
    pub apart: bool,
}

impl RuleStatement {
    /// How many rows there are, and for how many each rule holds or cannot be told.
    pub fn counts(&self) -> String {
        let mut columns = vec!["COUNT(*) AS sites".to_owned()];
        for rule in &self.rules {
            let holds = name(&rule.holds);
            columns.push(format!("SUM(CASE WHEN {holds} IS NULL THEN 1 ELSE 0 END) AS {}", name(&rule.column("unknown"))));
        }
        select(&columns, "FROM judged")
    }

    /// The rows for which one of the rules holds or cannot be told, without those left out.
    pub fn rows(&self, left_out: &BTreeSet<usize>) -> String {
        let asked: Vec<&RuleColumns> = self.rules.iter().filter(|rule| !left_out.contains(&rule.rule)).collect();
        let mut columns: Vec<String> = self.carried.iter().map(|column| name(column)).collect();
        for rule in &asked {
            columns.push(name(&rule.holds));
            columns.extend(rule.told.iter().map(|(column, expression)| format!("{expression} AS {}", name(column))));
        }
        let wanted: Vec<String> = asked.iter().map(|rule| format!("{0} IS NULL OR {0}", name(&rule.holds))).collect();
        select(&columns, &format!("FROM judged\nWHERE {}", if wanted.is_empty() { "FALSE".to_owned() } else { wanted.join(" OR ") }))
    }

    /// The rows for which one of the rules holds.
    pub fn holding(&self) -> String {
        let columns = self.carried.iter().chain(self.rules.iter().map(|rule| &rule.holds));
        let wanted: Vec<String> = self.rules.iter().map(|rule| name(&rule.holds)).collect();
        select(&columns.map(|column| name(column)).collect::<Vec<_>>(), &format!("FROM judged\nWHERE {}", wanted.join(" OR ")))
    }

    /// The whole statement.
    pub fn text(&self) -> String {
        with(&self.head, &self.stages, &self.rows(&BTreeSet::new()))
    }

    /// The whole statement, for the rows for which one of the rules holds.
    pub fn text_of_holding(&self) -> String {
        with(&self.head, &self.stages, &self.holding())
    }

    /// The stages as one statement that gives every row with its verdicts.
    pub fn judged(&self) -> String {
        let (last, stages) = self.stages.split_last().expect("there is a last stage: judged");
        if stages.is_empty() { last.select.clone() } else { with(&self.head, stages, &last.select) }
    }
}

/// The whole statement, ended by a line.
fn with(head: &str, stages: &[Stage], last: &str) -> String {
    super::with(head, stages, last) + "\n"
}

/// What the stages share.
struct Writer<'w> {
    reach: Reach<'w>,
    options: Options<'w>,
    needs: Needs,
    rules: Vec<usize>,
    stages: Vec<Stage>,
}

/// The statement of a book for a subject and some of its rules; `None` if none of them is about the subject.
pub fn statement(book: &Book, subject: Subject, rules: &[usize], options: Options) -> Option<RuleStatement> {
    let rules: Vec<usize> = rules.iter().copied().filter(|&at| book.rules[at].subject == subject).collect();
    if rules.is_empty() {
        return None;
    }
    let reach = Reach::new(book, subject, options.extra);
    let needs = reach.needs(rules.iter().map(|&at| &book.rules[at]));
    let mut writer = Writer { reach, options, needs, rules, stages: Vec::new() };
    if writer.looks_at_enterprises() {
        enterprises::add(&mut writer);
    }
    subjects::add(&mut writer);
    Some(writer.finish())
}

impl Writer<'_> {
    fn subject(&self) -> Subject {
        self.reach.subject
    }

    fn push(&mut self, name: impl Into<String>, about: &'static str, select: String) {
        self.stages.push(Stage { name: name.into(), about, select });
    }

    fn last(&self) -> &str {
        self.stages.last().map_or("enterprise_years", |stage| stage.name.as_str())
    }

    fn looks_at_enterprises(&self) -> bool {
        let has_definitions = self.needs.definitions.iter().any(|&at| self.reach.book.definitions[at].subject == Subject::Enterprise);
        let needs = &self.needs;
        self.subject() == Subject::Enterprise || !needs.holder.is_empty() || !needs.benchmarks.is_empty() || needs.method || has_definitions
    }

    fn present(&self, table: &str) -> &[(String, ColumnType)] {
        self.options.present.get(table).map_or(&[], Vec::as_slice)
    }

    /// Does the data have the column behind a name of a subject?
    fn has(&self, subject: Subject, name: &str) -> bool {
        let Meaning::Column(known) = self.reach.meaning(subject, name) else { return true };
        let table = match known.origin {
            crate::policy::subject::Origin::Own => subject.table().unwrap_or("panel"),
            crate::policy::subject::Origin::Parcel => "land",
            crate::policy::subject::Origin::Holder => "panel",
            crate::policy::subject::Origin::Method => return true,
        };
        self.present(table).iter().any(|(column, _)| *column == known.column)
    }

    /// Prints a term of a subject, with what the run and the settings give in place of their names.
    fn print(&self, subject: Subject, term: &Term) -> String {
        self.with_printer(subject, term, &|printer, term| printer.print(term))
    }

    /// Prints the value of a definition: figures are rounded, so that a threshold met exactly is met.
    fn value(&self, subject: Subject, term: &Term) -> String {
        match term.kind() {
            Kind::Number => self.with_printer(subject, term, &|printer, term| printer.value(term)),
            Kind::Truth => self.truth(subject, term),
            _ => self.print(subject, term),
        }
    }

    fn with_printer(&self, subject: Subject, term: &Term, print: &dyn Fn(&Printer, &Term) -> String) -> String {
        let given = |name: &str| self.given(subject, name);
        let asked: Vec<(String, ColumnType)> = term
            .asked_for()
            .into_iter()
            .chain(["labels".to_owned()])
            .filter(|name| self.has(subject, name))
            .map(|name| (name, ColumnType::Text))
            .collect();
        print(&Printer { decimals: DECIMALS, rename: &given, present: Some(&asked) }, term)
    }

    /// The literal behind a name that is no column.
    fn given(&self, subject: Subject, name: &str) -> Option<String> {
        match name {
            "as_of" => return Some(format!("DATE '{}'", self.options.as_of)),
            "effective_on" => return Some(format!("DATE '{}-01-01'", self.options.year + 1)),
            "year" if subject != Subject::Enterprise => return Some(self.options.year.to_string()),
            _ => {}
        }
        let setting = self.reach.book.setting(name)?;
        Some(literal(self.options.settings.get(name).unwrap_or(&setting.value), setting.kind))
    }

    /// Adds the definitions of a subject, those first that need no other.
    fn define(&mut self, subject: Subject, stage: &str) {
        let book = self.reach.book;
        let wanted: Vec<&Definition> =
            self.needs.definitions.iter().map(|&at| &book.definitions[at]).filter(|definition| definition.subject == subject).collect();
        let mut level: BTreeMap<&str, usize> = BTreeMap::new();
        for definition in &wanted {
            let below = definition.value.names().iter().filter_map(|name| level.get(name.as_str())).max().copied().unwrap_or(0);
            level.insert(&definition.id, below + 1);
        }
        for now in 1..=level.values().max().copied().unwrap_or(0) {
            let of_level: Vec<&&Definition> = wanted.iter().filter(|definition| level[definition.id.as_str()] == now).collect();
            let mut columns = vec!["*".to_owned()];
            for definition in of_level.iter().filter(|definition| definition.back == 0) {
                columns.push(format!("{} AS {}", self.value(subject, &definition.value), name(&definition.id)));
            }
            if columns.len() > 1 {
                let from = format!("FROM {}", self.last());
                self.push(format!("{stage}_{now}"), "what the book defines", select(&columns, &from));
            }
            for definition in of_level.into_iter().filter(|definition| definition.back > 0) {
                self.define_earlier(definition);
            }
        }
    }

    /// The condition of a rule.
    fn condition(&self, rule: &Rule) -> String {
        self.truth(self.subject(), &rule.when.term)
    }

    /// A condition, each part of it unknown where it rests on a date that is in doubt: what is certain without that date stays so.
    fn truth(&self, subject: Subject, term: &Term) -> String {
        if subject != self.subject() || self.doubts(term).is_empty() {
            return self.print(subject, term);
        }
        match term {
            Term::Binary(operator @ (Operator::And | Operator::Or), left, right) => {
                format!("({}) {} ({})", self.truth(subject, left), operator.symbol(), self.truth(subject, right))
            }
            Term::Not(inner) => format!("NOT ({})", self.truth(subject, inner)),
            // A condition that the book defines answers for itself; inside anything else the doubt would be lost.
            Term::Column(_, Kind::Truth) => self.print(subject, term),
            part => {
                let doubts: Vec<String> = self.doubts(part).iter().map(|doubt| format!("COALESCE({}, FALSE)", name(doubt))).collect();
                let printed = self.print(subject, part);
                if doubts.is_empty() { printed } else { format!("CASE WHEN {} THEN NULL ELSE ({printed}) END", doubts.join(" OR ")) }
            }
        }
    }

    /// Columns that say whether a date on which a term rests is in doubt.
    fn doubts(&self, term: &Term) -> Vec<String> {
        self.reach.rests_on(term).iter().filter(|column| self.is_doubted(column)).map(|column| format!("doubt_{column}")).collect()
    }

    fn is_doubted(&self, name: &str) -> bool {
        let Some(known) = self.reach.names.get(name) else { return false };
        let table = match known.origin {
            crate::policy::subject::Origin::Own => self.subject().table(),
            crate::policy::subject::Origin::Parcel => Some("land"),
            _ => None,
        };
        let doubt = format!("doubt_{}", known.column);
        table.is_some_and(|table| self.present(table).iter().any(|(column, _)| *column == doubt))
    }

    fn finish(mut self) -> RuleStatement {
        let book = self.reach.book;
        let mut rules = Vec::new();
        let mut columns = vec!["*".to_owned()];
        let mut slugs: BTreeSet<String> = BTreeSet::new();
        for &at in &self.rules {
            let rule = &book.rules[at];
            let mut slug = slug(&rule.id);
            while !slugs.insert(slug.clone()) {
                slug.push('_');
            }
            let years: Vec<i32> = (0..rule.years as i32).map(|back| self.options.year - back).collect();
            let mut each = vec![format!("({})", self.condition(rule))];
            each.extend(years[1..].iter().map(|year| name(&format!("{slug}__{year}"))));
            columns.push(format!("{} AS {}", each.join(" AND "), name(&format!("{slug}__holds"))));
            let told = self.told(rule, &slug);
            rules.push(RuleColumns { rule: at, holds: format!("{slug}__holds"), told, years });
        }
        let from = subjects::with_earlier_years(&mut self, &rules);
        self.push("judged", "every rule: does it hold? missing where that cannot be told", select(&columns, &from));
        let carried = subjects::carried(&self, &rules);
        let head = format!("-- {}: {}\n", book.id, book.title.en.replace('\n', " "));
        let apart = self.judges_apart();
        RuleStatement { head, subject: self.reach.subject, stages: self.stages, rules, carried, apart }
    }

    /// Does each row rest on nothing but itself, or its own enterprise in other years?
    fn judges_apart(&self) -> bool {
        match self.subject() {
            Subject::Enterprise => self.needs.benchmarks.is_empty() && !self.needs.method,
            Subject::Agreement => false,
            _ => !self.looks_at_enterprises(),
        }
    }

    fn told(&self, rule: &Rule, slug: &str) -> Vec<(String, String)> {
        let mut told = Vec::new();
        let mut add = |what: &str, expression: String| told.push((format!("{slug}__{what}"), expression));
        let print = |formula: &Formula| self.print(self.subject(), &formula.term);
        if let Some(amount) = &rule.amount {
            add("amount", self.value(self.subject(), &amount.value.term));
        }
        rule.since.iter().for_each(|since| add("since_on", print(since)));
        rule.due.iter().for_each(|due| add("due_on", print(due)));
        rule.status.iter().for_each(|status| add("determined", format!("COALESCE({}, FALSE)", print(status))));
        if rule.consequences.iter().any(|case| case.when.is_some()) {
            let mut cases = String::new();
            let mut otherwise = "NULL".to_owned();
            for (at, case) in rule.consequences.iter().enumerate() {
                match &case.when {
                    Some(when) => cases += &format!(" WHEN {} THEN {at}", print(when)),
                    None => {
                        otherwise = at.to_string();
                        break;
                    }
                }
            }
            add("consequence", if cases.is_empty() { otherwise } else { format!("CASE{cases} ELSE {otherwise} END") });
        }
        told
    }
}

/// A value of a setting as SQL; missing ones keep their type.
fn literal(value: &Term, kind: Kind) -> String {
    match value {
        Term::Number(number) => double(number),
        Term::Negative(inner) => format!("-{}", literal(inner, kind)),
        Term::Text(words) => text(words),
        Term::Truth(truth) => if *truth { "TRUE" } else { "FALSE" }.to_owned(),
        Term::Date(date) => format!("DATE '{date}'"),
        _ => format!("CAST(NULL AS {})", super::print::sql_type(kind)),
    }
}

/// A rule's id as the beginning of column names.
fn slug(id: &str) -> String {
    id.chars().map(|c| if c.is_alphanumeric() { c.to_ascii_lowercase() } else { '_' }).collect()
}
