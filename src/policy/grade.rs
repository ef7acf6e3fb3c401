//! How places or scores become grades: shares with a rounding rule, score lines, or conditions.

use rust_decimal::Decimal;

use super::expression::{self, Vocabulary};
use super::source::{Block, Key, number_text, pick};
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

/// Shares of a pool.
#[derive(Debug, Clone, PartialEq)]
pub struct Shares {
    /// Grade and per cent, best first.
    pub shares: Vec<(String, Decimal)>,
    /// How counts are rounded.
    pub rounding: Rounding,
    /// Shares of everybody in the pool rather than of those who are graded.
    pub of_all: bool,
    /// Equal scores across a cut get the worse grade rather than the better.
    pub ties_down: bool,
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
}

/// Rule and order.
#[derive(Debug, Clone, PartialEq)]
pub struct Grades {
    /// The rule.
    pub rule: Rule,
    /// Places are by this indicator; `None`: by score.
    pub order: Option<String>,
    /// Where `order` stands.
    pub order_key: Option<Key>,
}

impl Grades {
    /// Grade names, best first.
    pub fn names(&self) -> Vec<String> {
        match &self.rule {
            Rule::Shares(shares) => shares.shares.iter().map(|(grade, _)| grade.clone()).collect(),
            Rule::Lines(lines, rest) => lines.iter().map(|(grade, _)| grade.clone()).chain([rest.clone()]).collect(),
            Rule::Predicate(cases, rest) => {
                let mut names: Vec<String> = Vec::new();
                for grade in cases.iter().map(|(grade, _)| grade).chain(rest) {
                    if !names.contains(grade) {
                        names.push(grade.clone());
                    }
                }
                names
            }
        }
    }
}

/// Reads a `[grades]` block.
pub fn read(block: Block, vocabulary: &Vocabulary, findings: &mut Findings) -> Option<Grades> {
    let order_key = block.text("order", findings);
    let order = order_key.as_ref().map(|key| key.text.clone()).filter(|order| order != "score");
    if block.item("rule").is_none() {
        block.missing("rule", findings);
    }
    let rule = match block.word("rule", &[("shares", 0), ("lines", 1), ("predicate", 2)], findings) {
        Some(0) => shares(&block, findings).map(Rule::Shares),
        Some(1) => lines(&block, findings),
        Some(_) => predicate(&block, vocabulary, findings),
        None => None,
    };
    if rule.is_some() {
        block.finish(findings);
    }
    Some(Grades { rule: rule?, order, order_key })
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
    let rounding =
        block.word("rounding", &[("half-up", Rounding::HalfUp), ("floor", Rounding::Floor), ("ceiling", Rounding::Ceiling)], findings);
    let of_all = block.word("base", &[("graded", false), ("all", true)], findings);
    let ties_down = block.word("ties", &[("up", false), ("down", true)], findings);
    let remainder = block.text("remainder", findings).and_then(|key| {
        let names: Vec<(&str, &str)> = shares.iter().map(|(grade, _)| (grade.as_str(), grade.as_str())).collect();
        pick(block.source, &key, "remainder", &names, findings).map(str::to_owned)
    });
    Some(Shares {
        shares,
        rounding: rounding.unwrap_or(Rounding::HalfUp),
        of_all: of_all.unwrap_or(false),
        ties_down: ties_down.unwrap_or(false),
        remainder,
    })
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
    Some(Rule::Lines(lines, rest?))
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
