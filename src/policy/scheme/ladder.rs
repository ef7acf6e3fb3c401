//! What a plan makes of its targets: the score, the ladder of consequences, the industry structure, how unevenly figures lie on
//! the land, and dates that fall due.
//!
//! In: `[score]`, `[[ladder]]`, `[structure]`, `[concentration]` and `[[review]]` blocks. Out: checked parts of a plan.

use super::super::panel_vocabulary;
use super::super::rule::{Formula, Severity};
use super::super::source::{Block, Key, pick};
use super::super::subject::Extra;
use super::super::term::Kind;
use super::formula;
use super::names::Names;
use crate::dictionary::Bilingual;
use crate::finding::{Code, Finding, Findings};

/// What a target's points are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScoreRule {
    /// The part of the goal that is reached, all at most.
    Attained,
    /// All or nothing.
    Met,
}

/// How zones are scored.
#[derive(Debug, Clone, PartialEq)]
pub struct Score {
    /// What a target's points are.
    pub rule: ScoreRule,
    /// So much of the weight has to be told, else there is no score.
    pub known: String,
    /// Zones are ranked inside each combination of these.
    pub within: Vec<Key>,
    /// Id of the source.
    pub source: Option<Key>,
    /// What a reader should know.
    pub note: Option<Bilingual>,
}

/// Which end of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The best.
    Top,
    /// The worst.
    Bottom,
}

impl End {
    /// The words of plans.
    pub const WORDS: &'static [(&'static str, End)] = &[("top", End::Top), ("bottom", End::Bottom)];
}

/// A step of the ladder.
#[derive(Debug, Clone, PartialEq)]
pub struct Ladder {
    /// kebab-case id.
    pub id: String,
    /// Which end.
    pub end: End,
    /// So many places.
    pub count: Option<u32>,
    /// Or such a share of them.
    pub share: Option<String>,
    /// So many years running.
    pub years: u32,
    /// How much it matters.
    pub severity: Severity,
    /// What follows.
    pub consequence: Bilingual,
    /// Id of the source.
    pub source: Option<Key>,
    /// Article of the source.
    pub article: Option<Bilingual>,
}

/// How the industry structure is taken out: shift and share.
#[derive(Debug, Clone, PartialEq)]
pub struct Structure {
    /// The figure, a column of the panel.
    pub value: String,
    /// Per what, a column of the panel.
    pub per: String,
    /// By what.
    pub by: String,
    /// Id of the source.
    pub source: Option<Key>,
}

/// How unevenly figures lie on the land.
#[derive(Debug, Clone, PartialEq)]
pub struct Concentration {
    /// The land, a column of the panel.
    pub per: String,
    /// The figures, columns of the panel.
    pub of: Vec<String>,
    /// What share of the land is called the last.
    pub low: String,
    /// Id of the source.
    pub source: Option<Key>,
}

/// A date that falls due.
#[derive(Debug, Clone, PartialEq)]
pub struct Due {
    /// kebab-case id.
    pub id: String,
    /// In words.
    pub title: Bilingual,
    /// The date.
    pub due: Formula,
    /// Id of the source.
    pub source: Option<Key>,
    /// Article of the source.
    pub article: Option<Bilingual>,
}

/// Reads `[score]`.
pub fn read_score(block: Block, findings: &mut Findings) -> Option<Score> {
    let rule = block.word("rule", &[("attained", ScoreRule::Attained), ("met", ScoreRule::Met)], findings);
    let known = share(&block, "known", findings);
    let within = block.texts("within", findings);
    for key in &within {
        pick(block.source, key, "within", &[("level", ()), ("tier", ())], findings);
    }
    let (source, note) = (block.text("source", findings), block.bilingual("note", findings));
    block.finish(findings);
    Some(Score { rule: rule.unwrap_or(ScoreRule::Attained), known: known.unwrap_or_else(|| "0.5".to_owned()), within, source, note })
}

/// A number from 0 to 1.
fn share(block: &Block, name: &'static str, findings: &mut Findings) -> Option<String> {
    let key = block.number(name, findings)?;
    let is_share = |number: &rust_decimal::Decimal| !number.is_sign_negative() && *number <= rust_decimal::Decimal::ONE;
    if key.text.parse().ok().filter(is_share).is_none() {
        let finding = Finding::error(Code::BadValue, block.source.place(&key)).text(&key.text);
        findings.push(finding.with("key", name).with("wanted", "0 – 1"));
        return None;
    }
    Some(key.text)
}

/// Reads a `[[ladder]]`.
pub fn read(block: Block, findings: &mut Findings) -> Option<Ladder> {
    let id = block.need_text("id", findings);
    for name in ["place", "severity", "consequence"] {
        if block.item(name).is_none() {
            block.missing(name, findings);
        }
    }
    let end = block.word("place", End::WORDS, findings);
    let count = block.whole("count", 1..=1000, findings).and_then(|count| u32::try_from(count).ok());
    let share = share(&block, "share", findings);
    if block.item("count").is_some() == block.item("share").is_some() {
        block.missing("count | share", findings);
    }
    let years = block.whole("years", 1..=10, findings).and_then(|years| u32::try_from(years).ok()).unwrap_or(1);
    let severity = block.word("severity", Severity::WORDS, findings);
    let consequence = block.bilingual("consequence", findings);
    let (source, article) = (block.text("source", findings), block.bilingual("article", findings));
    block.finish(findings);
    Some(Ladder { id: id?.text, end: end?, count, share, years, severity: severity?, consequence: consequence?, source, article })
}

/// A column of the panel of the kind wanted.
fn column(block: &Block, name: &'static str, kind: Kind, extra: &Extra, findings: &mut Findings) -> Option<String> {
    let key = block.need_text(name, findings)?;
    is_column(block, &key, kind, extra, findings).then_some(key.text)
}

fn is_column(block: &Block, key: &Key, kind: Kind, extra: &Extra, findings: &mut Findings) -> bool {
    let names = panel_vocabulary(extra.get("panel").map_or(&[][..], Vec::as_slice));
    let is_known = names.kind(&key.text).is_some_and(|known| known.fits(kind)) && super::super::derived(&key.text).is_none();
    if !is_known {
        let mut finding = Finding::error(Code::UnknownColumn, block.source.place(key)).text(&key.text).with("name", &key.text);
        if let Some(near) = names.nearest(&key.text) {
            finding = finding.with("hint", near);
        }
        findings.push(finding);
    }
    is_known
}

/// Reads `[structure]`.
pub fn read_structure(block: Block, extra: &Extra, findings: &mut Findings) -> Option<Structure> {
    let value = column(&block, "value", Kind::Number, extra, findings);
    let per = column(&block, "per", Kind::Number, extra, findings);
    let by = column(&block, "by", Kind::Text, extra, findings);
    let source = block.text("source", findings);
    block.finish(findings);
    Some(Structure { value: value?, per: per?, by: by?, source })
}

/// Reads `[concentration]`.
pub fn read_concentration(block: Block, extra: &Extra, findings: &mut Findings) -> Option<Concentration> {
    let per = column(&block, "per", Kind::Number, extra, findings);
    let keys = block.texts("of", findings);
    let of: Vec<String> =
        keys.into_iter().filter(|key| is_column(&block, key, Kind::Number, extra, findings)).map(|key| key.text).collect();
    if block.item("of").is_none() {
        block.missing("of", findings);
    }
    let low = share(&block, "low", findings);
    let source = block.text("source", findings);
    block.finish(findings);
    Some(Concentration { per: per?, of, low: low.unwrap_or_else(|| "0.1".to_owned()), source })
}

/// Reads a `[[review]]`.
pub fn read_due(block: Block, names: &Names, findings: &mut Findings) -> Option<Due> {
    let id = block.need_text("id", findings);
    let title = block.bilingual("title", findings);
    if block.item("due").is_none() {
        block.missing("due", findings);
    }
    let due = formula(&block, "due", Kind::Date, names, findings);
    let (source, article) = (block.text("source", findings), block.bilingual("article", findings));
    block.finish(findings);
    let id = id?;
    Some(Due { title: id.or_title(title), id: id.text, due: due?, source, article })
}
