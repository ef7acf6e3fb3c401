//! Moves after ranking: `[[move]]`, in the order of the file, each with its reason.

use super::expression::{self, Vocabulary};
use super::source::{Block, Ids, Key, pick};
use super::term::Term;
use crate::dictionary::Bilingual;
use crate::finding::{Code, Finding, Findings};

/// What a move does.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// This grade, whatever it was.
    Fix(String),
    /// So many grades better.
    Raise(u32),
    /// So many grades worse.
    Lower(u32),
    /// Not better than this.
    Ceiling(String),
    /// Not worse than this.
    Floor(String),
    /// The grade of the enterprise on whose land it sits.
    Owner,
    /// The moves of the table `adjustments`.
    Adjustments,
}

impl Action {
    /// The word of policies.
    pub fn as_str(&self) -> &'static str {
        match self {
            Action::Fix(_) => "fix",
            Action::Raise(_) => "raise",
            Action::Lower(_) => "lower",
            Action::Ceiling(_) => "ceiling",
            Action::Floor(_) => "floor",
            Action::Owner => "owner",
            Action::Adjustments => "adjustments",
        }
    }

    /// The grade it names.
    pub fn grade(&self) -> Option<&str> {
        match self {
            Action::Fix(grade) | Action::Ceiling(grade) | Action::Floor(grade) => Some(grade),
            _ => None,
        }
    }
}

/// One `[[move]]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Move {
    /// Name in the trace.
    pub key: Key,
    /// What it does.
    pub action: Action,
    /// For whom; unknown does not hold.
    pub when: Option<Term>,
    /// As the policy writes it.
    pub formula: Option<String>,
    /// Only enterprises of these groups.
    pub groups: Vec<Key>,
    /// Why.
    pub reason: Option<Bilingual>,
    /// Id of the source.
    pub source: Option<Key>,
}

const KINDS: &[(&str, u8)] = &[("fix", 0), ("raise", 1), ("lower", 2), ("ceiling", 3), ("floor", 4), ("owner", 5), ("adjustments", 6)];

/// Reads every `[[move]]`. `vocabulary`: everything predicates may name, and `grade`; `grades`: the names of the policy's grades.
pub fn read(block: &Block, vocabulary: &Vocabulary, grades: &[String], findings: &mut Findings) -> Vec<Move> {
    let mut ids = Ids::default();
    let mut moves: Vec<Move> = Vec::new();
    for inner in block.blocks("move", findings) {
        let Some(step) = read_one(inner, vocabulary, grades, findings) else { continue };
        if ids.add(block.source, &step.key, findings) {
            moves.push(step);
        }
    }
    if let Some(second) = moves.iter().filter(|step| step.action == Action::Adjustments).nth(1) {
        findings.push(Finding::error(Code::DuplicateId, block.source.place(&second.key)).text("adjustments").with("line", ""));
    }
    moves
}

fn read_one(block: Block, vocabulary: &Vocabulary, grades: &[String], findings: &mut Findings) -> Option<Move> {
    let key = block.need_text("id", findings);
    if block.item("kind").is_none() {
        block.missing("kind", findings);
    }
    let kind = block.word("kind", KINDS, findings);
    let to = block.text("to", findings);
    let by = block.whole("by", 1..=99, findings).unwrap_or(1) as u32;
    if block.item("when").is_none() && kind.is_some_and(|kind| kind < 5) {
        block.missing("when", findings);
    }
    let when = expression::optional(&block, "when", vocabulary, findings);
    let groups = block.texts("groups", findings);
    let reason = block.bilingual("reason", findings);
    let source = block.text("source", findings);
    let mut grade = || {
        let Some(to) = &to else {
            block.missing("to", findings);
            return None;
        };
        let names: Vec<(&str, &str)> = grades.iter().map(|grade| (grade.as_str(), grade.as_str())).collect();
        pick(block.source, to, "to", &names, findings).map(str::to_owned)
    };
    let action = match kind? {
        0 => Action::Fix(grade()?),
        1 => Action::Raise(by),
        2 => Action::Lower(by),
        3 => Action::Ceiling(grade()?),
        4 => Action::Floor(grade()?),
        5 => Action::Owner,
        _ => Action::Adjustments,
    };
    block.finish(findings);
    let (when, formula) = when?.unzip();
    Some(Move { key: key?, action, when, formula, groups, reason, source })
}
