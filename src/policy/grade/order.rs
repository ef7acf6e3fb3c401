//! What places go by: the score, an indicator, or a formula.

use crate::finding::{Code, Finding, Findings};
use crate::policy::expression::{self, Vocabulary};
use crate::policy::source::{Block, Key};
use crate::policy::term::{Kind, Term};

/// What places go by.
#[derive(Debug, Clone, PartialEq)]
pub enum Order {
    /// The score.
    Score,
    /// A figure: the larger the better, except for an indicator of which less is better.
    By {
        /// The figure.
        term: Term,
        /// As the policy writes it.
        key: Key,
    },
}

impl Order {
    /// The figure, if it is not the score.
    pub fn term(&self) -> Option<&Term> {
        match self {
            Order::Score => None,
            Order::By { term, .. } => Some(term),
        }
    }

    /// The name, where the figure is a single one.
    pub fn name(&self) -> Option<&str> {
        match self.term() {
            Some(Term::Column(name, _)) => Some(name),
            _ => None,
        }
    }

    /// In the words of the policy.
    pub fn formula(&self) -> &str {
        match self {
            Order::Score => "score",
            Order::By { key, .. } => &key.text,
        }
    }
}

/// Reads an order; `None` and a finding where it is no figure. Without the key it is the score.
pub fn read(block: &Block, name: &'static str, vocabulary: &Vocabulary, findings: &mut Findings) -> Option<Order> {
    let Some(key) = block.text(name, findings) else { return Some(Order::Score) };
    if key.text == "score" {
        return Some(Order::Score);
    }
    let term = expression::read(&key, block.source, vocabulary, Kind::Number, findings)?;
    // There is no place before the order.
    if let Some(later) = term.names().into_iter().find(|name| name == "place" || name == "grade") {
        let finding = Finding::error(Code::UnknownColumn, block.source.place(&key)).text(&later).with("name", &later);
        findings.push(finding.with("hint", "score"));
        return None;
    }
    Some(Order::By { term, key })
}
