//! How places or scores become grades: shares with a rounding rule, score lines, conditions, or a selection in two stages.

pub mod limits;
pub mod order;
pub mod two_stage;

use std::collections::BTreeSet;

use rust_decimal::Decimal;

pub use self::limits::Limits;
pub use self::order::Order;
pub use self::two_stage::{From, Pick, TwoStage};
use super::expression::{self, Vocabulary};
use super::source::{Block, number_text, pick};
use super::term::{Kind, Term};
use crate::finding::{Code, Finding, Findings};

/// Which way a count that is no whole number goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rounding {
    /// 5.5 → 6
    HalfUp,
    /// 5.9 → 5
    Floor,
    /// 5.1 → 6
    Ceiling,
}

impl Rounding {
    /// The words of policies.
    pub const WORDS: &'static [(&'static str, Rounding)] =
        &[("half-up", Rounding::HalfUp), ("floor", Rounding::Floor), ("ceiling", Rounding::Ceiling)];

    /// The word.
    pub fn as_str(self) -> &'static str {
        Rounding::WORDS.iter().find(|(_, rounding)| *rounding == self).map_or("", |(word, _)| word)
    }
}

/// How per cents become a number of places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cut {
    /// How counts are rounded.
    pub rounding: Rounding,
    /// Per cent of everybody in the pool rather than of those who are graded.
    pub of_all: bool,
    /// Equals across a cut get the worse grade rather than the better.
    pub ties_down: bool,
}

/// Shares of a pool.
#[derive(Debug, Clone, PartialEq)]
pub struct Shares {
    /// Grade and per cent, best first.
    pub shares: Vec<(String, Decimal)>,
    /// How the shares are cut.
    pub cut: Cut,
    /// The grade that takes what the others leave; `None`: cuts are cumulative.
    pub remainder: Option<String>,
}

/// A rule that gives grades.
#[derive(Debug, Clone, PartialEq)]
pub enum Rule {
    /// By place.
    Shares(Shares),
    /// By score: grade and the least score, best first; then the grade of the rest.
    Lines(Vec<(String, Decimal)>, String),
    /// By conditions: the first that holds; then the grade of the rest, if there is one.
    Predicate(Vec<(String, Term)>, Option<String>),
    /// One key picks a half, others pick inside it.
    TwoStage(TwoStage),
}

/// Rule and order.
#[derive(Debug, Clone, PartialEq)]
pub struct Grades {
    /// The rule.
    pub rule: Rule,
    /// What places go by.
    pub order: Order,
    /// The most of the best and the least of the worst grades.
    pub limits: Option<Limits>,
    /// Grades in words, best first, where the rule does not say it.
    stated: Option<Vec<String>>,
}

impl Grades {
    /// Grade names, best first.
    pub fn names(&self) -> Vec<String> {
        if let Some(stated) = &self.stated {
            return stated.clone();
        }
        match &self.rule {
            Rule::Shares(shares) => shares.shares.iter().map(|(grade, _)| grade.clone()).collect(),
            Rule::Lines(lines, rest) => lines.iter().map(|(grade, _)| grade.clone()).chain([rest.clone()]).collect(),
            Rule::Predicate(..) | Rule::TwoStage(_) => self.mentioned(),
        }
    }

    /// Grades in the order in which the rule mentions them.
    fn mentioned(&self) -> Vec<String> {
        let all: Vec<&String> = match &self.rule {
            Rule::Shares(shares) => shares.shares.iter().map(|(grade, _)| grade).collect(),
            Rule::Lines(lines, rest) => lines.iter().map(|(grade, _)| grade).chain([rest]).collect(),
            Rule::Predicate(cases, rest) => cases.iter().map(|(grade, _)| grade).chain(rest).collect(),
            Rule::TwoStage(stages) => stages.picks.iter().map(|pick| &pick.grade).chain([&stages.rest]).collect(),
        };
        let mut names: Vec<String> = Vec::new();
        for grade in all {
            if !names.contains(grade) {
                names.push(grade.clone());
            }
        }
        names
    }

    /// How per cents are cut, where the rule has any.
    pub fn cut(&self) -> Option<Cut> {
        match &self.rule {
            Rule::Shares(shares) => Some(shares.cut),
            Rule::TwoStage(stages) => Some(stages.cut),
            Rule::Lines(..) | Rule::Predicate(..) => self.limits.as_ref().map(|limits| limits.cut),
        }
    }

    /// What places go by, and what picks go by.
    pub fn orders(&self) -> Vec<&Order> {
        let picks = match &self.rule {
            Rule::TwoStage(stages) => stages.picks.iter().map(|pick| &pick.by).collect(),
            _ => Vec::new(),
        };
        std::iter::once(&self.order).chain(picks).collect()
    }

    /// The figures that places and picks go by: without one of them nobody can be placed.
    pub fn placing_names(&self) -> BTreeSet<String> {
        self.orders().into_iter().filter_map(Order::term).flat_map(Term::names).collect()
    }

    /// Every term in it.
    pub fn terms(&self) -> Vec<&Term> {
        let cases = match &self.rule {
            Rule::Predicate(cases, _) => cases.iter().map(|(_, term)| term).collect(),
            _ => Vec::new(),
        };
        self.orders().into_iter().filter_map(Order::term).chain(cases).collect()
    }
}

/// Reads a `[grades]` block.
pub fn read(block: Block, vocabulary: &Vocabulary, findings: &mut Findings) -> Option<Grades> {
    let order = order::read(&block, "order", vocabulary, findings);
    if block.item("rule").is_none() {
        block.missing("rule", findings);
    }
    let rule = match block.word("rule", &[("shares", 0), ("lines", 1), ("predicate", 2), ("two-stage", 3)], findings) {
        Some(0) => shares(&block, findings).map(Rule::Shares),
        Some(1) => lines(&block, findings),
        Some(2) => predicate(&block, vocabulary, findings),
        Some(_) => two_stage::read(&block, vocabulary, findings).map(Rule::TwoStage),
        None => None,
    };
    let mut grades = Grades { rule: rule?, order: order?, limits: None, stated: None };
    grades.stated = stated(&block, &grades.mentioned(), findings);
    grades.limits = limits::read(&block, &grades, findings);
    block.finish(findings);
    Some(grades)
}

/// `grades = ["A", "B", "C"]`: best first. Every grade that the rule gives has to be there.
fn stated(block: &Block, mentioned: &[String], findings: &mut Findings) -> Option<Vec<String>> {
    block.item("grades")?;
    let names: Vec<String> = block.texts("grades", findings).into_iter().map(|key| key.text).collect();
    for grade in mentioned.iter().filter(|grade| !names.contains(grade)) {
        findings.push(
            Finding::error(Code::BadValue, block.place_of("grades")).text(names.join(", ")).with("key", "grades").with("wanted", grade),
        );
    }
    for grade in names.iter().filter(|grade| !mentioned.contains(grade)) {
        findings.push(Finding::warning(Code::UnreachableGrade, block.place_of("grades")).with("grade", grade));
    }
    Some(names)
}

/// Reads `rounding`, `base` and `ties`.
fn cut(block: &Block, findings: &mut Findings) -> Cut {
    let rounding = block.word("rounding", Rounding::WORDS, findings);
    let of_all = block.word("base", &[("graded", false), ("all", true)], findings);
    let ties_down = block.word("ties", &[("up", false), ("down", true)], findings);
    Cut { rounding: rounding.unwrap_or(Rounding::HalfUp), of_all: of_all.unwrap_or(false), ties_down: ties_down.unwrap_or(false) }
}

fn shares(block: &Block, findings: &mut Findings) -> Option<Shares> {
    if block.item("shares").is_none() {
        block.missing("shares", findings);
    }
    let before = findings.len();
    let shares = percentages(block, "shares", findings)?;
    let total: Decimal = shares.iter().map(|(_, share)| *share).sum();
    // A share that is no number cannot be added.
    if findings.len() == before && total != Decimal::ONE_HUNDRED {
        findings.push(Finding::error(Code::SharesDoNotAddUp, block.place_of("shares")).with("total", total.normalize()));
    }
    for (grade, share) in &shares {
        if *share < Decimal::ZERO {
            findings.push(
                Finding::error(Code::BadValue, block.place_of("shares")).text(share.to_string()).with("key", grade).with("wanted", "0–100"),
            );
        } else if share.is_zero() {
            findings.push(Finding::warning(Code::UnreachableGrade, block.place_of("shares")).with("grade", grade));
        }
    }
    let cut = cut(block, findings);
    let remainder = block.text("remainder", findings).and_then(|key| {
        let names: Vec<(&str, &str)> = shares.iter().map(|(grade, _)| (grade.as_str(), grade.as_str())).collect();
        pick(block.source, &key, "remainder", &names, findings).map(str::to_owned)
    });
    Some(Shares { shares, cut, remainder })
}

/// `{ A = 20, B = 50 }` in the order of the file.
fn percentages(block: &Block, name: &'static str, findings: &mut Findings) -> Option<Vec<(String, Decimal)>> {
    let table = block.block(name, findings)?;
    let mut list = Vec::new();
    for (key, item) in table.entries() {
        match number_text(item).and_then(|text| text.parse::<Decimal>().ok()) {
            Some(number) if !key.text.trim().is_empty() => list.push((key.text, number)),
            Some(_) => block.wrong(item, "\"\"", "A", findings),
            None => block.wrong(item, &key.text, "20", findings),
        }
    }
    if list.is_empty() {
        block.missing(name, findings);
    }
    Some(list).filter(|list| !list.is_empty())
}

fn rest(block: &Block, findings: &mut Findings) -> Option<String> {
    block.text("rest", findings).map(|key| key.text)
}

fn lines(block: &Block, findings: &mut Findings) -> Option<Rule> {
    if block.item("lines").is_none() {
        block.missing("lines", findings);
    }
    let lines = percentages(block, "lines", findings)?;
    for two in lines.windows(2) {
        if two[0].1 <= two[1].1 {
            findings.push(Finding::error(Code::UnreachableGrade, block.place_of("lines")).with("grade", &two[1].0));
        }
    }
    let rest = rest(block, findings);
    if rest.is_none() {
        block.missing("rest", findings);
    }
    let rest = rest?;
    if lines.iter().any(|(grade, _)| *grade == rest) {
        findings.push(
            Finding::error(Code::BadValue, block.place_of("rest")).text(&rest).with("key", "rest").with("wanted", "wanted.other-grade"),
        );
    }
    Some(Rule::Lines(lines, rest))
}

fn predicate(block: &Block, vocabulary: &Vocabulary, findings: &mut Findings) -> Option<Rule> {
    let mut cases = Vec::new();
    for case in block.blocks("case", findings) {
        let grade = case.need_text("grade", findings);
        let when = case.need_text("when", findings);
        let place = case.place();
        let source = case.source;
        case.finish(findings);
        let (Some(grade), Some(when)) = (grade, when) else { continue };
        if cases.iter().any(|(_, term)| *term == Term::Truth(true)) {
            findings.push(Finding::error(Code::UnreachableGrade, place).with("grade", &grade.text));
        }
        if let Some(term) = expression::read(&when, source, vocabulary, Kind::Truth, findings) {
            cases.push((grade.text, term));
        }
    }
    let rest = rest(block, findings);
    if cases.is_empty() && !findings.stop() {
        block.missing("case", findings);
    }
    Some(Rule::Predicate(cases, rest)).filter(|rule| !matches!(rule, Rule::Predicate(cases, _) if cases.is_empty()))
}
