//! The selection in two stages: one key picks the better half, others pick inside it or inside the worse.

use rust_decimal::Decimal;

use super::order::{self, Order};
use super::{Cut, cut, rest};
use crate::finding::{Code, Finding, Findings};
use crate::policy::expression::Vocabulary;
use crate::policy::source::Block;

/// The rule `two-stage`.
#[derive(Debug, Clone, PartialEq)]
pub struct TwoStage {
    /// Per cent of the graded in the better half.
    pub better: Decimal,
    /// How cuts are made.
    pub cut: Cut,
    /// What is picked, in order.
    pub picks: Vec<Pick>,
    /// The grade of those who are not picked.
    pub rest: String,
}

/// From where a pick takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum From {
    /// The better half.
    Better,
    /// The worse half.
    Worse,
    /// The whole pool.
    All,
}

impl From {
    /// The words of policies.
    pub const WORDS: &'static [(&'static str, From)] = &[("better", From::Better), ("worse", From::Worse), ("all", From::All)];

    /// The word.
    pub fn as_str(self) -> &'static str {
        From::WORDS.iter().find(|(_, from)| *from == self).map_or("", |(word, _)| word)
    }
}

/// One `[[grades.pick]]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Pick {
    /// The grade it gives.
    pub grade: String,
    /// Of whom.
    pub from: From,
    /// By what.
    pub by: Order,
    /// The smallest rather than the largest.
    pub last: bool,
    /// Per cent of the whole pool.
    pub share: Decimal,
}

/// Reads the keys of the rule.
pub fn read(block: &Block, vocabulary: &Vocabulary, findings: &mut Findings) -> Option<TwoStage> {
    let better = share(block, "better", findings).unwrap_or(Decimal::from(50));
    let cut = cut(block, findings);
    let mut picks = Vec::new();
    for inner in block.blocks("pick", findings) {
        picks.extend(read_pick(inner, vocabulary, findings));
    }
    let rest = rest(block, findings);
    if rest.is_none() {
        block.missing("rest", findings);
    }
    if picks.is_empty() && !findings.stop() {
        block.missing("pick", findings);
    }
    Some(TwoStage { better, cut, picks, rest: rest? })
}

fn read_pick(block: Block, vocabulary: &Vocabulary, findings: &mut Findings) -> Option<Pick> {
    let grade = block.need_text("grade", findings);
    let from = block.word("from", From::WORDS, findings).unwrap_or(From::All);
    let by = order::read(&block, "by", vocabulary, findings);
    let last = block.word("take", &[("first", false), ("last", true)], findings).unwrap_or(false);
    if block.item("share").is_none() {
        block.missing("share", findings);
    }
    let share = share(&block, "share", findings);
    block.finish(findings);
    Some(Pick { grade: grade?.text, from, by: by?, last, share: share? })
}

/// A per cent.
pub(super) fn share(block: &Block, name: &'static str, findings: &mut Findings) -> Option<Decimal> {
    let key = block.number(name, findings)?;
    let number = key.text.parse::<Decimal>().ok().filter(|number| *number >= Decimal::ZERO && *number <= Decimal::ONE_HUNDRED);
    if number.is_none() {
        findings.push(Finding::error(Code::BadValue, block.place_of(name)).text(&key.text).with("key", name).with("wanted", "0–100"));
    }
    number
}
