//! What is measured: formula, weight, benchmark, points, bounds and missing values of every indicator.

use rust_decimal::Decimal;

use super::{Item, scope};
use crate::policy::Policy;
use crate::policy::benchmark::Benchmark;
use crate::policy::evaluate::{self, Value};
use crate::policy::indicator::Indicator;
use crate::policy::points::{Missing, Points};
use crate::policy::scope::Group;
use crate::policy::term::Term;
use crate::report::words::Words;

/// The indicators of every group.
pub fn indicators(policy: &Policy, words: &Words) -> Vec<Item> {
    policy.groups.iter().flat_map(|group| group.indicators.iter().map(move |indicator| one(policy, group, indicator, words))).collect()
}

fn one(policy: &Policy, group: &Group, indicator: &Indicator, words: &Words) -> Item {
    let title = words.of(&indicator.title);
    let title = if policy.groups.len() > 1 { format!("{} · {title}", words.of(&group.title)) } else { title };
    let id = if policy.groups.len() > 1 { format!("{} {}", group.id, indicator.id) } else { indicator.id.clone() };
    let item = Item::new("indicators", id, title).with("formula", formula(indicator, words));
    let fallback = indicator.fallback.as_ref().map(|term| words.say("says.fallback", &[("formula", &words.term(term))]));
    let item = item.with_some("fallback", fallback);
    if !indicator.is_scored() {
        return item.with("weight", words.say("says.unweighted", &[])).cites(indicator.source.as_ref());
    }
    item.with("weight", words.say("says.weight", &[("weight", &indicator.weight.normalize().to_string())]))
        .with_some("benchmark", indicator.benchmark.as_ref().map(|benchmark| benchmark_clause(benchmark, indicator, words)))
        .with("points", points(&indicator.points, words))
        .with_some("bounds", bounds(indicator, words))
        .with("missing", missing(&indicator.missing, words))
        .cites(indicator.source.as_ref())
}

/// The formula of an indicator with its unit.
pub fn formula(indicator: &Indicator, words: &Words) -> String {
    let formula = words.term(&indicator.value);
    let formula = match indicator.unit.as_ref().filter(|unit| unit.en != "ratio") {
        Some(unit) => words.say("says.formula-unit", &[("formula", &formula), ("unit", &words.of(unit))]),
        None => formula,
    };
    if indicator.lower_is_better { words.say("says.lower", &[("formula", &formula)]) } else { formula }
}

fn benchmark_clause(benchmark: &Benchmark, indicator: &Indicator, words: &Words) -> String {
    words.say("says.benchmark", &[("benchmark", &self::benchmark(benchmark, indicator, words))])
}

/// What a value is measured against.
pub fn benchmark(benchmark: &Benchmark, indicator: &Indicator, words: &Words) -> String {
    match benchmark {
        Benchmark::Constant(number) => match indicator.unit.as_ref().filter(|unit| unit.en != "ratio") {
            Some(unit) => format!("{number} {}", words.of(unit)),
            None => number.clone(),
        },
        Benchmark::Of { figure, peers, times, last_year } => {
            let over = words.say(&format!("says.over-{peers:?}").to_lowercase(), &[]);
            let year = words.say(if *last_year { "says.last-year" } else { "says.this-year" }, &[]);
            let said = words.say("says.figure", &[("figure", &scope::figure(*figure, words)), ("over", &over), ("year", &year)]);
            if *times == Decimal::ONE {
                said
            } else {
                words.say("says.times", &[("times", &times.normalize().to_string()), ("figure", &said)])
            }
        }
    }
}

/// From value to points.
pub fn points(points: &Points, words: &Words) -> String {
    let pairs = |pairs: &[(Decimal, Decimal)], key: &str| {
        let one = |(at, points): &(Decimal, Decimal)| {
            words.say(key, &[("at", &at.normalize().to_string()), ("points", &points.normalize().to_string())])
        };
        pairs.iter().map(one).collect::<Vec<_>>().join(&words.say("words.comma", &[]))
    };
    match points {
        Points::Ratio => words.say("says.points-ratio", &[]),
        Points::Best => words.say("says.points-best", &[]),
        Points::ReversedRatio => words.say("says.points-reversed", &[]),
        Points::MinMax { base } if base.is_zero() => words.say("says.points-min-max", &[]),
        Points::MinMax { base } => {
            let (base, rest) = (base.normalize().to_string(), (Decimal::ONE - base).normalize().to_string());
            words.say("says.points-shifted", &[("base", &base), ("rest", &rest)])
        }
        Points::Rank => words.say("says.points-rank", &[]),
        Points::Steps(steps) => words.say("says.points-steps", &[("steps", &pairs(steps, "says.step"))]),
        Points::Linear(corners) => words.say("says.points-linear", &[("corners", &pairs(corners, "says.corner"))]),
        Points::Expression(term) => words.say("says.points-formula", &[("formula", &words.term(term))]),
    }
}

/// The most and the least, worked out for the weight.
pub fn bounds(indicator: &Indicator, words: &Words) -> Option<String> {
    let bound = |term: &Term| {
        let weight = |name: &str| (name == "w").then_some(Value::Number(indicator.weight));
        let said = words.term(term);
        match evaluate::value(term, &weight) {
            Some(Value::Number(number)) if !matches!(term, Term::Number(_) | Term::Negative(_)) => {
                words.say("says.worked-out", &[("number", &number.normalize().to_string()), ("formula", &said)])
            }
            Some(Value::Number(number)) => number.normalize().to_string(),
            _ => said,
        }
    };
    let most = indicator.at_most.as_ref().map(bound);
    let least = indicator.at_least.as_ref().map(bound);
    Some(match (least, most) {
        (Some(least), Some(most)) => words.say("says.from-to", &[("least", &least), ("most", &most)]),
        (None, Some(most)) => words.say("says.most", &[("most", &most)]),
        (Some(least), None) => words.say("says.least", &[("least", &least)]),
        (None, None) => return None,
    })
}

/// What a missing value gets.
pub fn missing(missing: &Missing, words: &Words) -> String {
    match missing {
        Missing::Zero => words.say("says.missing-zero", &[]),
        Missing::Minus(points) => words.say("says.missing-minus", &[("points", &points.normalize().to_string())]),
        Missing::GroupMeanPoints => words.say("says.missing-mean", &[]),
        Missing::Spread => words.say("says.missing-spread", &[]),
        Missing::NotAssessable => words.say("says.missing-out", &[]),
    }
}
