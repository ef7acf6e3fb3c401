//! Limits on a rule: so many per cent at most of the best grades, at least of the worst.

use rust_decimal::Decimal;

use super::{Cut, Grades, Rule, percentages};
use crate::finding::{Code, Finding, Findings};
use crate::policy::source::Block;

/// `at_most` and `at_least` of `[grades]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Limits {
    /// The best grades, best first, and how many per cent each may have.
    pub at_most: Vec<(String, Decimal)>,
    /// The worst grades, worst first, and how many per cent each has to have.
    pub at_least: Vec<(String, Decimal)>,
    /// How the cuts are made.
    pub cut: Cut,
}

/// Reads them; `None` where there are none.
pub fn read(block: &Block, grades: &Grades, findings: &mut Findings) -> Option<Limits> {
    if block.item("at_most").is_none() && block.item("at_least").is_none() {
        return None;
    }
    let names = grades.names();
    let best: Vec<&String> = names.iter().collect();
    let worst: Vec<&String> = names.iter().rev().collect();
    let at_most = side(block, "at_most", &best, findings);
    let at_least = side(block, "at_least", &worst, findings);
    let cut = match &grades.rule {
        Rule::Shares(shares) => shares.cut,
        Rule::TwoStage(stages) => stages.cut,
        Rule::Lines(..) | Rule::Predicate(..) => super::cut(block, findings),
    };
    Some(Limits { at_most, at_least, cut })
}

/// The grades limited have to be the first of the list: what is beyond the limit has to go somewhere.
fn side(block: &Block, name: &'static str, order: &[&String], findings: &mut Findings) -> Vec<(String, Decimal)> {
    if block.item(name).is_none() {
        return Vec::new();
    }
    let given = percentages(block, name, findings).unwrap_or_default();
    let mut sorted = Vec::new();
    for grade in order.iter().take(given.len()) {
        match given.iter().find(|(known, _)| known == *grade) {
            Some(limit) if limit.1 >= Decimal::ZERO && limit.1 <= Decimal::ONE_HUNDRED => sorted.push(limit.clone()),
            Some((_, share)) => {
                let finding = Finding::error(Code::BadValue, block.place_of(name)).text(share.to_string());
                findings.push(finding.with("key", name).with("wanted", "0–100"));
            }
            None => {
                let wanted: Vec<&str> = order.iter().take(given.len()).map(|grade| grade.as_str()).collect();
                let text = given.iter().map(|(grade, _)| grade.as_str()).collect::<Vec<_>>().join(", ");
                findings.push(
                    Finding::error(Code::BadValue, block.place_of(name)).text(text).with("key", name).with("wanted", wanted.join(", ")),
                );
                break;
            }
        }
    }
    sorted
}
