//! Stages `raw_points`, `known_points`, `points`: from values to points, within bounds, and what missing values get.

use rust_decimal::Decimal;

use super::panel::exact_sum;
use super::print::{Printer, double, name, text};
use super::{Draft, select};
use crate::policy::indicator::Indicator;
use crate::policy::points::{Missing, Points};
use crate::policy::scope::Group;

/// Adds the stages.
pub fn add(draft: &mut Draft) {
    let ids: Vec<String> = draft.policy.indicator_ids().into_iter().filter(|id| is_scored(draft, id)).map(str::to_owned).collect();
    per_indicator(draft, &ids, "raw_points", "points before bounds and before missing values", &|draft, indicator| raw(draft, indicator));
    per_indicator(draft, &ids, "known_points", "points of known values, within their bounds", &|_, indicator| Some(bounded(indicator)));
    mean_points(draft, &ids);
    per_indicator(draft, &ids, "points", "points, with what missing values get", &|_, indicator| Some(filled(indicator)));
}

fn is_scored(draft: &Draft, id: &str) -> bool {
    draft.policy.groups.iter().flat_map(|group| &group.indicators).any(|indicator| indicator.id == id && indicator.is_scored())
}

/// The column that a stage makes of an indicator.
fn column(stage: &str, id: &str) -> String {
    match stage {
        "raw_points" => format!("{id}_raw"),
        "known_points" => format!("{id}_known_points"),
        _ => format!("{id}_points"),
    }
}

fn per_indicator(draft: &mut Draft, ids: &[String], stage: &str, about: &'static str, sql: &dyn Fn(&Draft, &Indicator) -> Option<String>) {
    let mut columns = vec!["*".to_owned()];
    for id in ids {
        let of = |group: &Group| {
            group
                .indicators
                .iter()
                .find(|indicator| indicator.id == *id && indicator.is_scored())
                .and_then(|indicator| sql(draft, indicator))
        };
        let expression = draft.by_group(of).unwrap_or_else(|| "CAST(NULL AS DOUBLE)".to_owned());
        let guarded = if stage == "raw_points" {
            format!("CASE WHEN standing IN ('graded', 'scored-only') THEN {expression} END")
        } else {
            expression
        };
        columns.push(format!("{guarded} AS {}", name(&column(stage, id))));
    }
    let last = draft.last().to_owned();
    draft.push(stage, about, select(&columns, &format!("FROM {last}")));
}

fn weight(indicator: &Indicator) -> String {
    double(&indicator.weight.normalize().to_string())
}

fn raw(draft: &Draft, indicator: &Indicator) -> Option<String> {
    let (x, w) = (name(&indicator.id), weight(indicator));
    let b = name(&format!("{}_benchmark", indicator.id));
    let lower = indicator.lower_is_better;
    Some(match &indicator.points {
        Points::Ratio | Points::Best if lower => format!("CASE WHEN {b} <= 0 OR {x} <= 0 THEN 0.0 ELSE {b} / NULLIF({x}, 0.0) * {w} END"),
        Points::Ratio | Points::Best => format!("CASE WHEN {b} <= 0 AND {x} IS NOT NULL THEN 0.0 ELSE {x} / NULLIF({b}, 0.0) * {w} END"),
        Points::ReversedRatio => {
            let reversed = format!("(2.0 - {x} / NULLIF({b}, 0.0)) * {w}");
            format!("CASE WHEN {b} <= 0 OR {reversed} < 0 THEN 0.0 ELSE {reversed} END")
        }
        Points::MinMax { base } => min_max(indicator, *base),
        Points::Rank => {
            let (keys, known) = (draft.pool_keys(), name(&format!("{}_known", indicator.id)));
            let graded = format!("CASE WHEN standing = 'graded' THEN {}{x} END", if lower { "-" } else { "" });
            let rank = format!("RANK() OVER (PARTITION BY {keys} ORDER BY {graded} DESC)");
            format!(
                "CASE WHEN {graded} IS NOT NULL THEN {w} * CAST({known} + 1 - {rank} AS DOUBLE) / NULLIF(CAST({known} AS DOUBLE), 0.0) END"
            )
        }
        Points::Steps(steps) => steps_sql(&x, steps, lower),
        Points::Linear(corners) => linear_sql(&x, corners),
        Points::Expression(term) => {
            let rename = |name: &str| match name {
                "x" => Some(x.clone()),
                "b" => Some(b.clone()),
                "w" => Some(w.clone()),
                _ => None,
            };
            Printer { decimals: draft.policy.decimals, rename: &rename, present: None }.print(term)
        }
    })
}

fn min_max(indicator: &Indicator, base: Decimal) -> String {
    let (x, w) = (name(&indicator.id), weight(indicator));
    let (least, most) = (name(&format!("{}_min", indicator.id)), name(&format!("{}_max", indicator.id)));
    let above = if indicator.lower_is_better { format!("({most} - {x})") } else { format!("({x} - {least})") };
    let (base, rest) = (double(&base.normalize().to_string()), double(&(Decimal::ONE - base).normalize().to_string()));
    format!(
        "CASE WHEN {x} IS NULL THEN NULL WHEN {most} = {least} THEN {w} ELSE {w} * ({base} + {rest} * {above} / NULLIF({most} - {least}, 0.0)) END"
    )
}

fn steps_sql(x: &str, steps: &[(Decimal, Decimal)], lower: bool) -> String {
    let ordered: Vec<&(Decimal, Decimal)> = if lower { steps.iter().collect() } else { steps.iter().rev().collect() };
    let mut sql = format!("CASE WHEN {x} IS NULL THEN NULL");
    for (at, points) in ordered {
        sql +=
            &format!(" WHEN {x} {} {} THEN {}", if lower { "<=" } else { ">=" }, at.normalize(), double(&points.normalize().to_string()));
    }
    sql + " ELSE 0.0 END"
}

fn linear_sql(x: &str, corners: &[(Decimal, Decimal)]) -> String {
    let number = |number: &Decimal| double(&number.normalize().to_string());
    let mut sql = format!("CASE WHEN {x} IS NULL THEN NULL");
    if let Some((at, points)) = corners.first() {
        sql += &format!(" WHEN {x} <= {} THEN {}", number(at), number(points));
    }
    for pair in corners.windows(2) {
        let ((from, low), (to, high)) = (pair[0], pair[1]);
        let line = format!("{} + ({x} - {}) * {} / {}", number(&low), number(&from), number(&(high - low)), number(&(to - from)));
        sql += &format!(" WHEN {x} <= {} THEN {line}", number(&to));
    }
    let last = corners.last().map_or_else(|| "0.0".to_owned(), |(_, points)| number(points));
    sql + &format!(" ELSE {last} END")
}

fn bounded(indicator: &Indicator) -> String {
    let (raw, w) = (name(&column("raw_points", &indicator.id)), weight(indicator));
    let rename = |name: &str| (name == "w").then(|| w.clone());
    let printer = Printer { decimals: 6, rename: &rename, present: None };
    let mut cases = String::new();
    for (bound, sign) in [(&indicator.at_most, ">"), (&indicator.at_least, "<")] {
        if let Some(bound) = bound {
            let limit = double(&printer.print(bound));
            cases += &format!("WHEN {raw} {sign} {limit} THEN {limit} ");
        }
    }
    if cases.is_empty() { raw } else { format!("CASE {cases}ELSE {raw} END") }
}

/// Mean points of the pool, where a missing rule asks for them.
fn mean_points(draft: &mut Draft, ids: &[String]) {
    let asked: Vec<String> = ids
        .iter()
        .filter(|id| {
            let mut indicators = draft.policy.groups.iter().flat_map(|group| &group.indicators);
            indicators.any(|indicator| indicator.id == **id && indicator.is_scored() && indicator.missing == Missing::GroupMeanPoints)
        })
        .cloned()
        .collect();
    if asked.is_empty() {
        return;
    }
    let keys: Vec<&str> = draft.pool_keys().split(", ").collect();
    let mut columns: Vec<String> = keys.iter().map(|key| (*key).to_owned()).collect();
    for id in &asked {
        let known = name(&column("known_points", id));
        let mean = format!("{} / NULLIF(CAST(COUNT({known}) AS DOUBLE) * 1000000000.0, 0.0)", exact_sum(&known, 9));
        columns.push(format!("COALESCE({mean}, 0.0) AS {}", name(&format!("{id}_mean_points"))));
    }
    let from = format!("FROM known_points\nWHERE standing = 'graded'\nGROUP BY {}", keys.join(", "));
    draft.push("mean_points", "mean points of the pool's members whose value is known", select(&columns, &from));
    let mut columns = vec!["p.*".to_owned()];
    columns.extend(asked.iter().map(|id| format!("m.{}", name(&format!("{id}_mean_points")))));
    let on: Vec<String> = keys.iter().map(|key| format!("p.{key} = m.{key}")).collect();
    let from = format!("FROM known_points AS p\nLEFT JOIN mean_points AS m ON {}", on.join(" AND "));
    draft.push("with_means", "every enterprise beside the mean points of its pool", select(&columns, &from));
}

fn filled(indicator: &Indicator) -> String {
    let known = name(&column("known_points", &indicator.id));
    let instead = match &indicator.missing {
        Missing::NotAssessable | Missing::Spread => return known,
        Missing::Zero => "0.0".to_owned(),
        Missing::Minus(points) => double(&(-*points).normalize().to_string()),
        Missing::GroupMeanPoints => format!("COALESCE({}, 0.0)", name(&format!("{}_mean_points", indicator.id))),
    };
    let scored = format!("standing IN ({}, {})", text("graded"), text("scored-only"));
    format!("CASE WHEN {known} IS NULL AND {scored} THEN {instead} ELSE {known} END")
}
