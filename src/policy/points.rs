//! How a value becomes points: `points`, `weight`, `at_most`, `at_least` and `missing` of an indicator.
//!
//! The words and the methods that use each are in `docs/policy.md`. `x` is the value, `b` the benchmark, `w` the weight.

use rust_decimal::Decimal;
use toml::de::DeValue;

use super::expression::{self, Vocabulary};
use super::source::{Block, Key, number_text, pick};
use super::term::{Kind, Term};
use crate::finding::{Code, Finding, Findings};

/// From value to points.
#[derive(Debug, Clone, PartialEq)]
pub enum Points {
    /// `x / b * w`
    Ratio,
    /// `x / best * w`: the best of the pool gets the full weight.
    Best,
    /// `(2 - x / b) * w`, at least 0: for indicators where less is better.
    ReversedRatio,
    /// `w * (base + (1 - base) * (x - min) / (max - min))`; everybody gets `w` where all values are equal.
    MinMax {
        /// The share of the weight that the last one gets, 0–1.
        base: Decimal,
    },
    /// `w * (n - r + 1) / n`, with `r` the competition rank of `x` among the `n` known values of the pool.
    Rank,
    /// Points of the first threshold that the value reaches, from the best down; 0 below all.
    Steps(Vec<(Decimal, Decimal)>),
    /// Straight lines between thresholds; the outer points beyond them.
    Linear(Vec<(Decimal, Decimal)>),
    /// Any expression over `x`, `b` and `w`.
    Expression(Term),
}

/// What a missing value gets.
#[derive(Debug, Clone, PartialEq)]
pub enum Missing {
    /// No points.
    Zero,
    /// So many points less.
    Minus(Decimal),
    /// The mean points of the members of the pool whose value is known; nobody's is: no points for anybody.
    GroupMeanPoints,
    /// The weight is spread over the indicators that are known.
    Spread,
    /// The enterprise cannot be assessed.
    NotAssessable,
}

/// Names inside a points expression or a bound.
fn formula_names() -> Vocabulary {
    let mut names = Vocabulary::default();
    for name in ["x", "b", "w"] {
        names.add(name, Kind::Number);
    }
    names
}

/// Reads `points`.
pub fn read(block: &Block, findings: &mut Findings) -> Points {
    let words = [("ratio", 0), ("best", 1), ("reversed-ratio", 2), ("min-max", 3), ("rank", 4)];
    let Some(item) = block.item("points") else { return Points::Ratio };
    if let Some(text) = item.get_ref().as_str() {
        let key = Key { text: text.to_owned(), span: item.span() };
        return match pick(block.source, &key, "points", &words, findings) {
            Some(1) => Points::Best,
            Some(2) => Points::ReversedRatio,
            Some(3) => Points::MinMax { base: Decimal::ZERO },
            Some(4) => Points::Rank,
            _ => Points::Ratio,
        };
    }
    let Some(shape) = block.block("points", findings) else { return Points::Ratio };
    let points = if let Some(key) = shape.text("expression", findings) {
        expression::read(&key, block.source, &formula_names(), Kind::Number, findings).map(Points::Expression)
    } else if let Some(base) = shape.number("min-max", findings) {
        base.text.parse().ok().filter(|base: &Decimal| *base >= Decimal::ZERO && *base <= Decimal::ONE).map(|base| Points::MinMax { base })
    } else if shape.item("steps").is_some() {
        thresholds(&shape, "steps", findings).map(Points::Steps)
    } else if shape.item("linear").is_some() {
        thresholds(&shape, "linear", findings).map(Points::Linear)
    } else {
        None
    };
    shape.finish(findings);
    points.unwrap_or_else(|| {
        if !findings.stop() {
            block.wrong(
                item,
                "points",
                "\"ratio\" | { min-max = 0.2 } | { steps = [[20, 5]] } | { linear = [[0, 0], [20, 5]] } | { expression = \"…\" }",
                findings,
            );
        }
        Points::Ratio
    })
}

/// `[[value, points], …]`, sorted by value.
fn thresholds(shape: &Block, name: &'static str, findings: &mut Findings) -> Option<Vec<(Decimal, Decimal)>> {
    let item = shape.item(name)?;
    let pairs: Option<Vec<(Decimal, Decimal)>> = item.get_ref().as_array().and_then(|list| {
        list.iter()
            .map(|pair| {
                let pair = pair.get_ref().as_array()?;
                let mut numbers = pair.iter().map(|number| number_text(number)?.parse::<Decimal>().ok());
                Some((numbers.next()??, numbers.next()??)).filter(|_| pair.len() == 2)
            })
            .collect()
    });
    let distinct =
        |pairs: &Vec<(Decimal, Decimal)>| pairs.windows(2).all(|two| two[0].0 != two[1].0) && pairs.len() > usize::from(name == "linear");
    match pairs.map(|mut pairs| {
        pairs.sort();
        pairs
    }) {
        Some(pairs) if distinct(&pairs) => Some(pairs),
        _ => {
            shape.wrong(item, name, "[[20, 5], [30, 10]]", findings);
            None
        }
    }
}

/// Reads `at_most` or `at_least`: a number of points, or an expression over `w`.
pub fn bound(block: &Block, name: &'static str, findings: &mut Findings) -> Option<Term> {
    let item = block.item(name)?;
    if let Some(text) = number_text(item) {
        return Some(Term::literal(&text));
    }
    let key = block.text(name, findings)?;
    let mut names = Vocabulary::default();
    names.add("w", Kind::Number);
    expression::read(&key, block.source, &names, Kind::Number, findings)
}

/// Reads `missing`: a word, or `{ minus = 3 }`.
pub fn missing(block: &Block, findings: &mut Findings) -> Missing {
    let words = [("zero", 0), ("group-mean-points", 1), ("spread", 2), ("not-assessable", 3)];
    let Some(item) = block.item("missing") else { return Missing::NotAssessable };
    match item.get_ref() {
        DeValue::String(text) => {
            let key = Key { text: text.to_string(), span: item.span() };
            match pick(block.source, &key, "missing", &words, findings) {
                Some(0) => Missing::Zero,
                Some(1) => Missing::GroupMeanPoints,
                Some(2) => Missing::Spread,
                _ => Missing::NotAssessable,
            }
        }
        _ => {
            let Some(shape) = block.block("missing", findings) else { return Missing::NotAssessable };
            let minus = shape.number("minus", findings).and_then(|key| key.text.parse::<Decimal>().ok());
            if minus.is_none() {
                findings.push(Finding::error(Code::MissingKey, block.source.at(item.span())).with("key", "minus"));
            }
            shape.finish(findings);
            minus.map_or(Missing::NotAssessable, Missing::Minus)
        }
    }
}
