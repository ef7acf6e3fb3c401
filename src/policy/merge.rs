//! `[merge]`: several enterprises evaluated as one.

use super::expression::{self, Vocabulary};
use super::source::Block;
use super::term::Term;
use crate::finding::Findings;

/// What makes enterprises one unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// Common parcels.
    Parcel,
    /// The group of companies.
    Group,
    /// The enterprise on whose land they sit.
    Owner,
}

impl By {
    const WORDS: &'static [(&'static str, By)] = &[("parcel", By::Parcel), ("group_id", By::Group), ("site_owner_id", By::Owner)];

    /// The column of the panel that names the unit.
    pub fn column(self) -> &'static str {
        match self {
            By::Parcel => "site_unit",
            By::Group => "group_id",
            By::Owner => "site_owner_id",
        }
    }
}

/// The block.
#[derive(Debug, Clone, PartialEq)]
pub struct Merge {
    /// What makes a unit.
    pub by: By,
    /// Who joins in; `None`: everybody. Unknown does not hold.
    pub when: Option<Term>,
    /// As the policy writes it.
    pub formula: Option<String>,
    /// Members are evaluated alone, and the merged figures are scored beside them; else all share the result of the unit.
    pub beside: bool,
}

/// Reads `[merge]`. `vocabulary`: the columns of the tables.
pub fn read(block: Block, vocabulary: &Vocabulary, findings: &mut Findings) -> Option<Merge> {
    if block.item("by").is_none() {
        block.missing("by", findings);
    }
    let by = block.word("by", By::WORDS, findings);
    let when = expression::optional(&block, "when", vocabulary, findings);
    let beside = block.word("result", &[("shared", false), ("beside", true)], findings).unwrap_or(false);
    block.finish(findings);
    let (when, formula) = when?.unzip();
    Some(Merge { by: by?, when, formula, beside })
}
