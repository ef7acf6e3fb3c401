//! Who is evaluated, and against whom: `[[admit]]` cases and `[[group]]`s.

use super::benchmark::Named;
use super::expression::{self, Vocabulary};
use super::grade::{self, Grades};
use super::indicator::{self, Indicator};
use super::source::{Block, Ids, Key, pick};
use super::term::{Kind, Term};
use crate::dictionary::Bilingual;
use crate::finding::{Code, Finding, Findings, Severity};
use rust_decimal::Decimal;

/// What becomes of an enterprise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Scored, placed, graded.
    Graded,
    /// Scored, but neither placed nor graded.
    ScoredOnly,
    /// Its data are collected, nothing more.
    CollectedOnly,
    /// Outside the method.
    Exempt,
    /// Not yet.
    Deferred,
}

impl Outcome {
    /// The words of policies and results.
    pub const WORDS: &'static [(&'static str, Outcome)] = &[
        ("graded", Outcome::Graded),
        ("scored-only", Outcome::ScoredOnly),
        ("collected-only", Outcome::CollectedOnly),
        ("exempt", Outcome::Exempt),
        ("deferred", Outcome::Deferred),
    ];

    /// The word.
    pub fn as_str(self) -> &'static str {
        Outcome::WORDS.iter().find(|(_, outcome)| *outcome == self).map_or("", |(word, _)| word)
    }
}

/// One `[[admit]]` case: the first that holds decides.
#[derive(Debug, Clone, PartialEq)]
pub struct Admission {
    /// The condition.
    pub when: Term,
    /// As the policy writes it.
    pub formula: String,
    /// What follows.
    pub outcome: Outcome,
    /// The grade or class as which it is administered all the same.
    pub treated_as: Option<Key>,
    /// Why, in words.
    pub note: Option<Bilingual>,
    /// Id of the source.
    pub source: Option<Key>,
}

/// One `[[group]]`: enterprises that are compared with each other.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// kebab-case name.
    pub id: String,
    /// Where the id stands.
    pub key: Key,
    /// Heading.
    pub title: Bilingual,
    /// Who belongs to it; `None`: everybody left.
    pub when: Option<Term>,
    /// As the policy writes it.
    pub formula: Option<String>,
    /// Places and shares are taken inside each combination of these columns.
    pub within: Vec<String>,
    /// What is measured.
    pub indicators: Vec<Indicator>,
    /// How grades are given; `None`: the policy's own rule.
    pub grades: Option<Grades>,
}

/// Reads an `[[admit]]`.
pub fn read_admission(block: Block, vocabulary: &Vocabulary, findings: &mut Findings) -> Option<Admission> {
    let when = block.need_text("when", findings);
    let term = when.as_ref().and_then(|key| expression::read(key, block.source, vocabulary, Kind::Truth, findings));
    if block.item("outcome").is_none() {
        block.missing("outcome", findings);
    }
    let outcome = block.word("outcome", Outcome::WORDS, findings);
    let treated_as = block.text("as", findings);
    let note = block.bilingual("note", findings);
    let source = block.text("source", findings);
    block.finish(findings);
    Some(Admission { when: term?, formula: when?.text, outcome: outcome?, treated_as, note, source })
}

/// Columns that `within` may name.
const WITHIN: &[(&str, ())] = &[
    ("zone", ()),
    ("county", ()),
    ("town", ()),
    ("park", ()),
    ("industry_division", ()),
    ("industry", ()),
    ("chain", ()),
    ("level", ()),
    ("tier", ()),
];

/// Reads a `[[group]]` with its indicators.
pub fn read_group(block: Block, columns: &Vocabulary, findings: &mut Findings) -> Option<Group> {
    let source = block.source;
    let key = block.need_text("id", findings);
    let title = block.bilingual("title", findings);
    let when = expression::optional(&block, "when", columns, findings);
    let mut within = Vec::new();
    for name in block.texts("within", findings) {
        if columns.kind(&name.text) != Some(Kind::Text) || pick(source, &name, "within", WITHIN, &mut Findings::default()).is_none() {
            pick(source, &name, "within", WITHIN, findings);
        } else {
            within.push(name.text);
        }
    }
    let declared = block.number("weights", findings).and_then(|key| key.text.parse::<Decimal>().ok()).unwrap_or(Decimal::ONE_HUNDRED);
    let before = findings.count(Severity::Error);
    let indicators = read_indicators(&block, columns, findings);
    let total: Decimal = indicators.iter().map(|indicator| indicator.weight).sum();
    // An indicator that could not be read has no weight to add.
    let all_read = findings.count(Severity::Error) == before;
    if all_read && total != declared && !total.is_zero() {
        let place = key.as_ref().map_or_else(|| block.place(), |key| source.place(key));
        let finding =
            Finding::warning(Code::WeightsDoNotAddUp, place).with("total", total.normalize()).with("declared", declared.normalize());
        findings.push(finding.with("group", key.as_ref().map_or("", |key| key.text.as_str())));
    }
    let mut names = columns.clone();
    extend_with_results(&mut names, &indicators);
    let grades = block.block("grades", findings).map(|inner| grade::read(inner, &names, findings));
    block.finish(findings);
    let (key, (when, formula)) = (key?, when?.unzip());
    Some(Group { title: key.or_title(title), id: key.text.clone(), key, when, formula, within, indicators, grades: grades.flatten() })
}

fn read_indicators(block: &Block, columns: &Vocabulary, findings: &mut Findings) -> Vec<Indicator> {
    let mut names = columns.clone();
    let mut ids = Ids::default();
    let mut indicators: Vec<Indicator> = Vec::new();
    for inner in block.blocks("indicator", findings) {
        let earlier = |name: &str| indicators.iter().find(|indicator| indicator.id == name).map(|indicator| indicator.value.clone());
        let Some(indicator) = indicator::read(inner, &names, &earlier, findings) else { continue };
        if ids.add(block.source, &indicator.key, findings) && super::whole::is_free(block.source, &indicator.key, findings) {
            names.add(&indicator.id, Kind::Number);
            indicators.push(indicator);
        }
    }
    if indicators.is_empty() && !findings.stop() {
        block.missing("indicator", findings);
    }
    indicators
}

/// Adds what exists after scoring: indicators, their points, the score and the place.
pub fn extend_with_results(names: &mut Vocabulary, indicators: &[Indicator]) {
    extend_with_points(names, indicators);
    names.add("score", Kind::Number);
    names.add("place", Kind::Whole);
}

/// Adds indicators and their points.
pub fn extend_with_points(names: &mut Vocabulary, indicators: &[Indicator]) {
    for indicator in indicators {
        names.add(&indicator.id, Kind::Number);
        if indicator.is_scored() {
            names.add(format!("{}_points", indicator.id), Kind::Number);
        }
    }
}

/// Adds the named benchmarks.
pub fn extend_with_benchmarks(names: &mut Vocabulary, benchmarks: &[Named]) {
    for benchmark in benchmarks {
        names.add(&benchmark.id, Kind::Number);
    }
}
