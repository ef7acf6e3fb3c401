//! One indicator of a group: its value, its weight, and how it is scored.

use rust_decimal::Decimal;

use super::benchmark::{self, Benchmark};
use super::expression::{self, Vocabulary};
use super::points::{self, Missing, Points};
use super::source::{Block, Key};
use super::term::{Kind, Term};
use crate::dictionary::{Bilingual, Dictionary};
use crate::finding::{Code, Finding, Findings};

/// An indicator.
#[derive(Debug, Clone, PartialEq)]
pub struct Indicator {
    /// snake_case name: a column of the result.
    pub id: String,
    /// Where the id stands.
    pub key: Key,
    /// Heading.
    pub title: Bilingual,
    /// Unit symbols.
    pub unit: Option<Bilingual>,
    /// The value. A division at the top is missing unless its denominator is positive.
    pub value: Term,
    /// As the policy writes the value.
    pub formula: String,
    /// Stands in where the value is missing.
    pub fallback: Option<Term>,
    /// Is less better?
    pub lower_is_better: bool,
    /// Weight; zero: shown and usable, but without points.
    pub weight: Decimal,
    /// From value to points.
    pub points: Points,
    /// What the value is measured against.
    pub benchmark: Option<Benchmark>,
    /// Points are never more than this.
    pub at_most: Option<Term>,
    /// Points are never less than this.
    pub at_least: Option<Term>,
    /// What a missing value gets.
    pub missing: Missing,
    /// Id of the source.
    pub source: Option<Key>,
}

impl Indicator {
    /// Does it give points?
    pub fn is_scored(&self) -> bool {
        self.weight > Decimal::ZERO
    }
}

/// Reads a `[[group.indicator]]`. `vocabulary` holds the columns and the indicators defined before it.
pub fn read(block: Block, vocabulary: &Vocabulary, earlier: &dyn Fn(&str) -> Option<Term>, findings: &mut Findings) -> Option<Indicator> {
    let source = block.source;
    let key = block.need_text("id", findings);
    let title = block.bilingual("title", findings);
    let unit = unit(&block, findings);
    let formula = block.need_text("value", findings);
    let number = |key: &Key, findings: &mut Findings| {
        expression::read(key, source, vocabulary, Kind::Number, findings).map(|term| term.replaced(earlier))
    };
    let value = formula.as_ref().and_then(|key| number(key, findings));
    let fallback = block.text("fallback", findings).and_then(|key| number(&key, findings));
    let lower_is_better = block.word("better", &[("higher", false), ("lower", true)], findings).unwrap_or(false);
    let weight = block.number("weight", findings).and_then(|key| key.text.parse::<Decimal>().ok()).unwrap_or(Decimal::ZERO);
    if weight < Decimal::ZERO {
        findings.push(
            Finding::error(Code::BadValue, block.place_of("weight")).text(weight.to_string()).with("key", "weight").with("wanted", "≥ 0"),
        );
    }
    let points = points::read(&block, findings);
    let benchmark = benchmark::read(&block, findings);
    let (at_most, at_least) = (points::bound(&block, "at_most", findings), points::bound(&block, "at_least", findings));
    let missing = points::missing(&block, findings);
    let cited = block.text("source", findings);
    let (Some(key), Some(formula), Some(value)) = (key, formula, value) else {
        // A misspelt key often is the one that is missing: both are told.
        block.finish(findings);
        return None;
    };
    let indicator = Indicator {
        at_most,
        at_least,
        missing,
        source: cited,
        title: key.or_title(title),
        id: key.text.clone(),
        key,
        unit,
        formula: formula.text,
        value,
        fallback,
        lower_is_better,
        weight,
        points,
        benchmark,
    };
    check_benchmark(&indicator, &block, findings);
    check_bounds(&indicator, &block, findings);
    block.finish(findings);
    Some(indicator)
}

/// A unit in both languages: given so, or in English and translated symbol by symbol with the dictionary.
fn unit(block: &Block, findings: &mut Findings) -> Option<Bilingual> {
    let unit = block.bilingual("unit", findings)?;
    if unit.zh != unit.en {
        return Some(unit);
    }
    let chinese = |symbol: &str| {
        let known = Dictionary::get().units.iter().find(|known| known.name == symbol);
        known.map_or_else(|| symbol.to_owned(), |known| known.zh.clone())
    };
    Some(Bilingual { zh: unit.en.split('/').map(chinese).collect::<Vec<_>>().join("/"), en: unit.en })
}

/// Points cannot be at most less than they are at least.
fn check_bounds(indicator: &Indicator, block: &Block, findings: &mut Findings) {
    let number = |bound: &Option<Term>| match bound {
        Some(Term::Number(text)) => text.parse::<Decimal>().ok(),
        Some(Term::Negative(inner)) => match inner.as_ref() {
            Term::Number(text) => text.parse::<Decimal>().ok().map(|number| -number),
            _ => None,
        },
        _ => None,
    };
    if let (Some(most), Some(least)) = (number(&indicator.at_most), number(&indicator.at_least))
        && most < least
    {
        let finding = Finding::error(Code::BadValue, block.place_of("at_most")).text(most.to_string());
        findings.push(finding.with("key", "at_most").with("wanted", format!("≥ {least}")));
    }
}

fn check_benchmark(indicator: &Indicator, block: &Block, findings: &mut Findings) {
    let uses_b = match &indicator.points {
        Points::Ratio | Points::ReversedRatio => true,
        Points::Expression(term) => term.names().contains("b"),
        _ => false,
    };
    if indicator.is_scored() && uses_b && block.item("benchmark").is_none() {
        block.missing("benchmark", findings);
    }
    if let Some(Benchmark::Of { figure: benchmark::Figure::RatioOfSums, .. }) = indicator.benchmark
        && indicator.value.ratio().is_none()
    {
        findings.push(Finding::error(Code::NotARatio, block.place_of("value")).text(&indicator.formula));
    }
    if let Some(Benchmark::Constant(text)) = &indicator.benchmark
        && text.parse::<Decimal>().is_ok_and(|number| number <= Decimal::ZERO)
    {
        findings
            .push(Finding::error(Code::BadValue, block.place_of("benchmark")).text(text).with("key", "benchmark").with("wanted", "> 0"));
    }
}
