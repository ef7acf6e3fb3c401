//! How the lines of one rule are written: everything that is the same for all its lines is looked up once.

use super::evidence::{At, Rows, Search};
use super::words::{brief, dictionary_label, dictionary_unit, in_language, with_year};
use super::{Context, said};
use crate::dictionary::Bilingual;
use crate::plan::flags::RuleColumns;
use crate::plan::{review_figures, review_years};
use crate::policy::Reference;
use crate::policy::book::Book;
use crate::policy::rule::{Amount, Rule, Severity};
use crate::policy::subject::Subject;

/// The id of the rule that the method's own review makes.
pub const REVIEW: &str = "REVIEW";

/// A value that decides.
pub struct Deciding {
    /// Its name, for programs.
    pub name: String,
    /// Its label, for people.
    pub label: String,
    /// Its unit, for people.
    pub unit: String,
    /// The column, without the year.
    pub column: String,
    /// Where it stands.
    pub at: At,
}

/// One rule as its lines are written.
pub struct Plan<'c> {
    /// Its rows among the rows of all statements.
    pub set: usize,
    /// The rule; `None`: the review of the method.
    pub rule: Option<&'c Rule>,
    /// Id of the rule.
    pub id: &'c str,
    /// Id of the book, or of the method.
    pub book: &'c str,
    /// What is looked at.
    pub subject: Subject,
    /// How much it matters.
    pub severity: Severity,
    /// Values that decide.
    pub evidence: Vec<Deciding>,
    /// How to find what was missing; `None`: blank values that decide.
    pub search: Option<Search>,
    /// Document and article, in the reader's language.
    pub source: String,
    /// How the document was sourced.
    pub grade: String,
    /// Consequences in their order, and whether a column says which.
    pub consequences: Vec<&'c Bilingual>,
    /// The amount, if there is one.
    pub amount: Option<&'c Amount>,
    /// Places of columns.
    pub holds: At,
    pub amount_at: At,
    pub since_at: At,
    pub due_at: At,
    pub determined_at: At,
    pub consequence_at: At,
    pub site_at: At,
    pub enterprise_at: At,
    pub name_at: At,
    pub zone_at: At,
    /// So many sites, none of which it can be told for.
    pub undecided: Option<u64>,
}

impl<'c> Plan<'c> {
    /// The plan of a rule of a book.
    pub fn of_rule(context: &'c Context<'c>, set: usize, columns: &RuleColumns, rows: &Rows) -> Plan<'c> {
        let verdicts = &context.verdicts[set];
        let (book, rule) = (verdicts.book, &verdicts.book.rules[columns.rule]);
        let at = |what: &str| rows.at(&columns.column(what));
        let evidence = rows.deciding(rule, &columns.years).into_iter().map(|(name, year, at)| Deciding {
            label: label(context, Some((book, rule.subject)), &name, year),
            unit: unit(context, Some((book, rule.subject)), &name),
            name: with_year(&name, year),
            column: name,
            at,
        });
        let article = rule.article.as_ref().map_or("", |article| said(article, context));
        let reference = book.reference(rule.source.as_ref());
        Plan {
            set,
            rule: Some(rule),
            id: &rule.id,
            book: &book.id,
            subject: rule.subject,
            severity: rule.severity,
            evidence: evidence.collect(),
            search: Some(rows.search(rule, &columns.years)),
            source: source(context, reference, article),
            grade: reference.and_then(|reference| reference.grade.as_deref()).map_or_else(|| read_of(reference), str::to_owned),
            consequences: rule.consequences.iter().map(|case| &case.text).collect(),
            amount: rule.amount.as_ref(),
            holds: rows.at(&columns.holds),
            amount_at: at("amount"),
            since_at: at("since_on"),
            due_at: at("due_on"),
            determined_at: at("determined"),
            consequence_at: at("consequence"),
            site_at: rows.at(rule.subject.key()),
            enterprise_at: rows.at("enterprise_id"),
            name_at: rows.at("name"),
            zone_at: rows.at("zone"),
            undecided: verdicts.undecided.get(&columns.rule).copied(),
        }
    }

    /// The plan of the method's own review.
    pub fn of_review(context: &'c Context<'c>, set: usize, rows: &Rows) -> Option<Plan<'c>> {
        let review = context.policy.review.as_ref()?;
        let years = review_years(context.policy, context.year);
        let mut evidence = Vec::new();
        for name in review_figures(context.policy) {
            for year in std::iter::once(None).chain(years.iter().map(|year| Some(*year))) {
                let at = rows.at(&with_year(&name, year));
                let (label, unit) = (label(context, None, &name, year), unit(context, None, &name));
                evidence.push(Deciding { name: with_year(&name, year), label, unit, column: name.clone(), at });
            }
        }
        let key = review.source.as_ref();
        let reference = key.and_then(|key| context.policy.sources.iter().find(|source| source.id.text == key.text));
        Some(Plan {
            set,
            rule: None,
            id: REVIEW,
            book: &context.policy.id,
            subject: Subject::Enterprise,
            severity: review.severity,
            evidence,
            search: None,
            source: source(context, reference, ""),
            grade: reference.and_then(|reference| reference.grade.as_deref()).map_or_else(|| read_of(reference), str::to_owned),
            consequences: review.consequence.as_ref().or(review.note.as_ref()).into_iter().collect(),
            amount: None,
            holds: rows.at("review"),
            amount_at: None,
            since_at: None,
            due_at: None,
            determined_at: None,
            consequence_at: None,
            site_at: rows.at("enterprise_id"),
            enterprise_at: rows.at("enterprise_id"),
            name_at: rows.at("name"),
            zone_at: rows.at("zone"),
            undecided: None,
        })
    }
}

/// How much of a document was read, where it is not said how it was sourced.
fn read_of(reference: Option<&Reference>) -> String {
    reference.and_then(|reference| reference.read.clone()).unwrap_or_else(|| "none".to_owned())
}

fn source(context: &Context, reference: Option<&Reference>, article: &str) -> String {
    let name = reference.map_or("", |reference| in_language(&reference.name, context.language));
    format!("{name} {article}").trim().to_owned()
}

/// How people call a name: a definition's title, or the dictionary's label.
pub fn label(context: &Context, of: Option<(&Book, Subject)>, name: &str, year: Option<i32>) -> String {
    let known = of.and_then(|(book, subject)| {
        let definition = book.definition(subject, name).map(|definition| &definition.title);
        let benchmark = book.benchmark(name).map(|benchmark| &benchmark.title);
        definition.or(benchmark).or(book.setting(name).map(|setting| &setting.title))
    });
    let known = known.or(context.policy.benchmarks.iter().find(|benchmark| benchmark.id == name).map(|benchmark| &benchmark.title));
    let label = known.map_or_else(|| dictionary_label(name, context.language), |title| brief(said(title, context)));
    year.map_or_else(|| label.clone(), |year| format!("{label} {year}"))
}

fn unit(context: &Context, of: Option<(&Book, Subject)>, name: &str) -> String {
    match of.and_then(|(book, subject)| book.definition(subject, name)) {
        Some(definition) => definition.unit.as_ref().map_or("", |unit| said(unit, context)).to_owned(),
        None => dictionary_unit(name, context.language).to_owned(),
    }
}
