//! The review over consecutive years: `[review]`.
//!
//! `low` is asked for the evaluated year and the years before it. Low in all of them: `low`; low this year and not in one of
//! the others: `watch`; not low this year: `pass`; where a year is unknown and would decide: `unknown`.

use super::expression::{self, Vocabulary};
use super::rule::Severity;
use super::source::{Block, Key};
use super::term::{Kind, Term};
use crate::dictionary::Bilingual;
use crate::finding::Findings;

/// The review.
#[derive(Debug, Clone, PartialEq)]
pub struct Review {
    /// How many consecutive years.
    pub years: u32,
    /// What makes a year a low one.
    pub low: Term,
    /// As the policy writes it.
    pub formula: String,
    /// In words.
    pub note: Option<Bilingual>,
    /// Id of the source.
    pub source: Option<Key>,
    /// How much a low site matters among the flags.
    pub severity: Severity,
    /// What follows for a low site.
    pub consequence: Option<Bilingual>,
}

/// Reads `[review]`.
pub fn read(block: Block, vocabulary: &Vocabulary, findings: &mut Findings) -> Option<Review> {
    let years = block.whole("years", 1..=10, findings).unwrap_or(2);
    let low = block.need_text("low", findings);
    let term = low.as_ref().and_then(|key| expression::read(key, block.source, vocabulary, Kind::Truth, findings));
    let note = block.bilingual("note", findings);
    let source = block.text("source", findings);
    let severity = block.word("severity", Severity::WORDS, findings).unwrap_or(Severity::Warn);
    let consequence = block.bilingual("consequence", findings);
    block.finish(findings);
    Some(Review { years: u32::try_from(years).unwrap_or(2), low: term?, formula: low?.text, note, source, severity, consequence })
}
