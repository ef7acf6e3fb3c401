//! Bonus and deduction: `[[bonus]]` items, the `[[theme]]`s they count under, and bounds of their `[total]`.

use rust_decimal::Decimal;

use super::expression::{self, Vocabulary};
use super::source::{Block, Ids, Key, number_text};
use super::term::{Kind, Term};
use crate::dictionary::Bilingual;
use crate::finding::{Code, Finding, Findings};

/// The name of the points that the table `adjustments` gives, for formulas of bonus items.
pub const ADJUSTMENT_POINTS: &str = "adjustment_points";

/// Points are never more and never less than this.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Bounds {
    /// The most.
    pub at_most: Option<Decimal>,
    /// The least.
    pub at_least: Option<Decimal>,
}

/// One `[[bonus]]`: points beside the indicators, negative for a deduction.
#[derive(Debug, Clone, PartialEq)]
pub struct Bonus {
    /// snake_case name; the column is `bonus_<id>`.
    pub id: String,
    /// Where the id stands.
    pub key: Key,
    /// Heading.
    pub title: Bilingual,
    /// The theme it counts under.
    pub theme: Option<Key>,
    /// Who gets it; unknown does not hold.
    pub when: Option<Term>,
    /// As the policy writes it.
    pub formula: Option<String>,
    /// How many points; unknown: none.
    pub points: Term,
    /// As the policy writes them.
    pub points_formula: String,
    /// Bounds of the item.
    pub bounds: Bounds,
    /// Only enterprises of these groups.
    pub groups: Vec<Key>,
    /// Id of the source.
    pub source: Option<Key>,
}

/// One `[[theme]]`: bounds for the sum of its items.
#[derive(Debug, Clone, PartialEq)]
pub struct Theme {
    /// Name.
    pub key: Key,
    /// Heading.
    pub title: Bilingual,
    /// Bounds of the sum.
    pub bounds: Bounds,
}

/// Everything beside the indicators.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Bonuses {
    /// The items, in order.
    pub items: Vec<Bonus>,
    /// The themes.
    pub themes: Vec<Theme>,
    /// Bounds of all together.
    pub total: Bounds,
}

impl Bonuses {
    /// Does an item say what becomes of the points of the table `adjustments`?
    pub fn use_adjustments(&self) -> bool {
        self.items.iter().any(|item| item.points.names().contains(ADJUSTMENT_POINTS))
    }

    /// Every term in it.
    pub fn terms(&self) -> impl Iterator<Item = &Term> {
        self.items.iter().flat_map(|item| std::iter::once(&item.points).chain(&item.when))
    }
}

/// Reads the three. `vocabulary`: columns and indicators.
pub fn read(block: &Block, vocabulary: &Vocabulary, findings: &mut Findings) -> Bonuses {
    let mut names = vocabulary.clone();
    names.add(ADJUSTMENT_POINTS, Kind::Number);
    let mut ids = Ids::default();
    let mut themes: Vec<Theme> = Vec::new();
    for inner in block.blocks("theme", findings) {
        themes.extend(read_theme(inner, findings).filter(|theme| ids.add(block.source, &theme.key, findings)));
    }
    let mut ids = Ids::default();
    let mut items: Vec<Bonus> = Vec::new();
    for inner in block.blocks("bonus", findings) {
        items.extend(read_item(inner, &names, &themes, findings).filter(|item| ids.add(block.source, &item.key, findings)));
    }
    let total = block.block("total", findings).map(|inner| {
        let total = bounds(&inner, findings);
        inner.finish(findings);
        total
    });
    for theme in themes.iter().filter(|theme| !items.iter().any(|item| item.theme.as_ref().is_some_and(|key| key.text == theme.key.text))) {
        findings.push(Finding::warning(Code::UnusedDefinition, block.source.place(&theme.key)).text(&theme.key.text));
    }
    Bonuses { items, themes, total: total.unwrap_or_default() }
}

fn read_theme(block: Block, findings: &mut Findings) -> Option<Theme> {
    let key = block.need_text("id", findings);
    let title = block.bilingual("title", findings);
    let bounds = bounds(&block, findings);
    block.finish(findings);
    let key = key?;
    Some(Theme { title: key.or_title(title), bounds, key })
}

fn read_item(block: Block, names: &Vocabulary, themes: &[Theme], findings: &mut Findings) -> Option<Bonus> {
    let key = block.need_text("id", findings);
    let title = block.bilingual("title", findings);
    let theme = block.text("theme", findings);
    if let Some(theme) = theme.as_ref().filter(|theme| !themes.iter().any(|known| known.key.text == theme.text)) {
        let known: Vec<&str> = themes.iter().map(|theme| theme.key.text.as_str()).collect();
        let finding = Finding::error(Code::BadValue, block.source.place(theme)).text(&theme.text);
        findings.push(finding.with("key", "theme").with("wanted", known.join(" | ")));
    }
    let when = expression::optional(&block, "when", names, findings);
    let points = points(&block, names, findings);
    let bounds = bounds(&block, findings);
    let groups = block.texts("groups", findings);
    let source = block.text("source", findings);
    block.finish(findings);
    let (key, (points, points_formula), (when, formula)) = (key?, points?, when?.unzip());
    Some(Bonus {
        title: key.or_title(title),
        id: key.text.clone(),
        key,
        theme,
        when,
        formula,
        points,
        points_formula,
        bounds,
        groups,
        source,
    })
}

/// A number of points or a formula, with the text of either.
fn points(block: &Block, names: &Vocabulary, findings: &mut Findings) -> Option<(Term, String)> {
    let Some(item) = block.item("points") else {
        block.missing("points", findings);
        return None;
    };
    if let Some(text) = number_text(item) {
        return Some((Term::literal(&text), text));
    }
    let key = block.text("points", findings)?;
    Some((expression::read(&key, block.source, names, Kind::Number, findings)?, key.text))
}

/// `at_most` and `at_least` as numbers.
fn bounds(block: &Block, findings: &mut Findings) -> Bounds {
    let mut one = |name| block.number(name, findings).and_then(|key| key.text.parse::<Decimal>().ok());
    let bounds = Bounds { at_most: one("at_most"), at_least: one("at_least") };
    if let (Some(most), Some(least)) = (bounds.at_most, bounds.at_least)
        && most < least
    {
        let finding = Finding::error(Code::BadValue, block.place_of("at_most")).text(most.to_string());
        findings.push(finding.with("key", "at_most").with("wanted", format!("≥ {least}")));
    }
    bounds
}
