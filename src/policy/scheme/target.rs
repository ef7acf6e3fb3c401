//! One target: what is measured, what it should be, for whom, by when, and where it stands written.
//!
//! In: a `[[target]]` block. Out: a checked [`Target`]. Its verdict is met, missed, on course or cannot tell.

use super::super::definition::Setting;
use super::super::rule::Formula;
use super::super::source::{Block, Key, number_text};
use super::super::term::{Kind, Term};
use super::formula;
use super::names::Names;
use crate::dictionary::Bilingual;
use crate::finding::{Code, Finding, Findings};

/// Whose target it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// Each zone's.
    Zone,
    /// All zones' together.
    City,
    /// Each industry chain's.
    Chain,
}

impl Scope {
    /// The words of plans and results.
    pub const WORDS: &'static [(&'static str, Scope)] = &[("zone", Scope::Zone), ("city", Scope::City), ("chain", Scope::Chain)];

    /// The word.
    pub fn as_str(self) -> &'static str {
        Scope::WORDS.iter().find(|(_, scope)| *scope == self).map_or("", |(word, _)| word)
    }
}

/// How value and goal are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// The goal itself is met.
    AtLeast,
    /// The goal itself is missed.
    Above,
    /// The goal itself is met.
    AtMost,
    /// The goal itself is missed.
    Below,
    /// Within a tolerance on both sides.
    About,
}

impl Direction {
    /// The keys of plans and the words of results.
    pub const WORDS: &'static [(&'static str, &'static str, Direction)] = &[
        ("at_least", "at-least", Direction::AtLeast),
        ("above", "above", Direction::Above),
        ("at_most", "at-most", Direction::AtMost),
        ("below", "below", Direction::Below),
        ("about", "about", Direction::About),
    ];

    /// The word of results.
    pub fn as_str(self) -> &'static str {
        Direction::WORDS.iter().find(|(.., direction)| *direction == self).map_or("", |(_, word, _)| word)
    }
}

/// The year by which a target is to be met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct By {
    /// The year itself; `None`: the setting says it.
    pub year: Option<i32>,
    /// The setting that says it.
    pub setting: Option<String>,
}

/// A checked target.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    /// kebab-case id.
    pub id: String,
    /// Where the id stands.
    pub key: Key,
    /// In words.
    pub title: Bilingual,
    /// Under which heading it is shown.
    pub group: Option<Bilingual>,
    /// Unit of value and goal.
    pub unit: Option<Bilingual>,
    /// Whose.
    pub scope: Scope,
    /// For which of them; `None`: all.
    pub when: Option<Formula>,
    /// What is measured.
    pub value: Formula,
    /// How it is compared.
    pub direction: Direction,
    /// With what.
    pub goal: Formula,
    /// How far off "about" may be.
    pub tolerance: Option<Formula>,
    /// By which year.
    pub by: Option<By>,
    /// By which day of the evaluated year, `MM-DD`.
    pub by_day: Option<String>,
    /// Is the goal one for a whole year, so that a part of a year cannot tell?
    /// `None`: it follows from the value.
    pub yearly: Option<bool>,
    /// Share in the score; `None`: not scored.
    pub weight: Option<String>,
    /// Id of the source.
    pub source: Option<Key>,
    /// Article of the source.
    pub article: Option<Bilingual>,
    /// Wording and boundaries.
    pub note: Option<Bilingual>,
}

impl Target {
    /// Every expression.
    pub fn terms(&self) -> impl Iterator<Item = &Term> {
        let optional = [self.when.as_ref(), self.tolerance.as_ref()].into_iter().flatten();
        optional.chain([&self.value, &self.goal]).map(|formula| &formula.term)
    }

    /// As a name of SQL.
    pub fn slug(&self) -> String {
        self.id.replace('-', "_")
    }
}

/// Reads a `[[target]]`.
pub fn read(block: Block, names: &Names, settings: &[Setting], findings: &mut Findings) -> Option<Target> {
    let key = block.need_text("id", findings);
    let (title, group, unit) = (block.bilingual("title", findings), block.bilingual("group", findings), block.bilingual("unit", findings));
    let scope = if block.item("scope").is_none() { Some(Scope::Zone) } else { block.word("scope", Scope::WORDS, findings) };
    let when = block.item("when").map(|_| formula(&block, "when", Kind::Truth, names, findings));
    if block.item("value").is_none() {
        block.missing("value", findings);
    }
    let value = formula(&block, "value", Kind::Number, names, findings);
    let goal = read_goal(&block, names, findings);
    let tolerance = number_or_formula(&block, "tolerance", names, findings);
    if goal.as_ref().is_some_and(|(direction, _)| *direction == Direction::About) && block.item("tolerance").is_none() {
        block.missing("tolerance", findings);
    }
    if let Some(Some(tolerance)) = tolerance.as_ref().filter(|tolerance| matches!(tolerance, Some(Formula { term: Term::Negative(_), .. })))
    {
        let finding = Finding::error(Code::BadValue, block.place_of("tolerance")).text(&tolerance.text);
        findings.push(finding.with("key", "tolerance").with("wanted", "≥ 0"));
    }
    let by = read_by(&block, settings, findings);
    let by_day = read_by_day(&block, findings);
    let yearly = block.truth("yearly", findings);
    let weight = block.number("weight", findings);
    if let Some(weight) = weight.as_ref().filter(|weight| weight.text.starts_with('-')) {
        let finding = Finding::error(Code::BadValue, block.source.place(weight)).text(&weight.text);
        findings.push(finding.with("key", "weight").with("wanted", "≥ 0"));
    }
    let (source, article, note) = (block.text("source", findings), block.bilingual("article", findings), block.bilingual("note", findings));
    block.finish(findings);
    let key = key?;
    let (direction, goal) = goal?;
    Some(Target {
        id: key.text.clone(),
        title: key.or_title(title),
        key,
        group,
        unit,
        scope: scope?,
        when: match when {
            None => None,
            Some(read) => Some(read?),
        },
        value: value?,
        direction,
        goal,
        tolerance: tolerance.flatten(),
        by: by?,
        by_day: by_day?,
        yearly,
        weight: weight.map(|weight| weight.text),
        source,
        article,
        note,
    })
}

/// The one of five keys that says the goal.
fn read_goal(block: &Block, names: &Names, findings: &mut Findings) -> Option<(Direction, Formula)> {
    let given: Vec<&(&'static str, &str, Direction)> = Direction::WORDS.iter().filter(|(key, ..)| block.item(key).is_some()).collect();
    match given.as_slice() {
        [(key, _, direction)] => Some((*direction, number_or_formula(block, key, names, findings)??)),
        [] => {
            block.missing("at_least | above | at_most | below | about", findings);
            None
        }
        [_, (second, ..), ..] => {
            let finding = Finding::error(Code::BadValue, block.place_of(second)).text(*second);
            findings.push(finding.with("key", *second).with("wanted", "at_least | above | at_most | below | about: 1"));
            None
        }
    }
}

/// A number, or an expression in quotes. `Some(None)`: the key is not there.
fn number_or_formula(block: &Block, name: &'static str, names: &Names, findings: &mut Findings) -> Option<Option<Formula>> {
    let Some(item) = block.item(name) else { return Some(None) };
    match number_text(item) {
        Some(text) => Some(Some(Formula { term: Term::literal(&text), text })),
        None => formula(block, name, Kind::Number, names, findings).map(Some),
    }
}

/// A year, or the setting that says it. `Some(None)`: the key is not there.
fn read_by(block: &Block, settings: &[Setting], findings: &mut Findings) -> Option<Option<By>> {
    let Some(item) = block.item("by") else { return Some(None) };
    if number_text(item).is_some() {
        let year = block.whole("by", 1990..=2100, findings)?;
        return Some(Some(By { year: i32::try_from(year).ok(), setting: None }));
    }
    let key = block.text("by", findings)?;
    let known = settings.iter().any(|setting| setting.id == key.text && setting.kind.is_numeric());
    if !known {
        let wanted: Vec<&str> = settings.iter().filter(|setting| setting.kind.is_numeric()).map(|setting| setting.id.as_str()).collect();
        let finding = Finding::error(Code::BadValue, block.source.place(&key)).text(&key.text).with("key", "by");
        findings.push(finding.with("wanted", std::iter::once("2025").chain(wanted).collect::<Vec<_>>().join(" | ")));
        return None;
    }
    Some(Some(By { year: None, setting: Some(key.text) }))
}

/// `MM-DD`. `Some(None)`: the key is not there.
fn read_by_day(block: &Block, findings: &mut Findings) -> Option<Option<String>> {
    let Some(key) = block.text("by_day", findings) else { return Some(None) };
    // A year without a 29th of February: the day has to be there every year.
    if key.text.len() == 5 && format!("2025-{}", key.text).parse::<jiff::civil::Date>().is_ok() {
        return Some(Some(key.text));
    }
    findings.push(Finding::error(Code::BadValue, block.source.place(&key)).text(&key.text).with("key", "by_day").with("wanted", "MM-DD"));
    None
}
