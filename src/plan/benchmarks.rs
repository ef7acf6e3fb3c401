//! Stages `benchmarks_*` and `benchmarked`: what each value is measured against, as a column `<id>_benchmark`.
//!
//! Figures are taken over the graded enterprises of the peer set whose value is known.

use std::collections::{BTreeMap, BTreeSet};

use super::panel::{both_known, figure};
use super::print::{double, name, text};
use super::{Draft, select};
use crate::policy::benchmark::{Benchmark, Figure, Peers};
use crate::policy::indicator::Indicator;
use crate::policy::points::{Missing, Points};
use crate::policy::scope::Group;

/// Adds the stages.
pub fn add(draft: &mut Draft) {
    let mut figures: BTreeMap<Peers, Vec<(String, String)>> = BTreeMap::new();
    let mut joins: BTreeSet<(Peers, bool)> = BTreeSet::new();
    let mut columns = vec!["p.*".to_owned()];
    for id in draft.policy.indicator_ids() {
        let scored = |group: &Group| group.indicators.iter().find(|indicator| indicator.id == id && indicator.is_scored()).cloned();
        if let Some(column) = draft.by_group_of("p.peer_group", |group| {
            let indicator = scored(group)?;
            reference(draft, group, &indicator, &mut |peers, last, column, sql| {
                joins.insert((peers, last));
                let list = figures.entry(peers).or_default();
                if !list.iter().any(|(known, _)| *known == column) {
                    list.push((column, sql));
                }
            })
        }) {
            columns.push(format!("{column} AS {}", name(&format!("{id}_benchmark"))));
        }
        let mut spread = |wanted: fn(&Points) -> bool, column: &str, sql: &str| {
            if draft.policy.groups.iter().filter_map(scored).any(|indicator| wanted(&indicator.points)) {
                joins.insert((Peers::Group, false));
                figures.entry(Peers::Group).or_default().push((format!("{id}_{column}"), format!("{sql}({})", name(id))));
                columns.push(format!("{}.{}", alias(Peers::Group, false), name(&format!("{id}_{column}"))));
            }
        };
        spread(|points| matches!(points, Points::MinMax { .. }), "min", "MIN");
        spread(|points| matches!(points, Points::MinMax { .. }), "max", "MAX");
        spread(|points| matches!(points, Points::Rank), "known", "COUNT");
    }
    for (peers, list) in figures {
        let keys = keys(draft, peers);
        let mut columns: Vec<String> = keys.iter().map(|key| (*key).to_owned()).collect();
        columns.extend(list.into_iter().map(|(column, sql)| format!("{sql} AS {}", name(&column))));
        let group_by = if keys.is_empty() { String::new() } else { format!("\nGROUP BY {}", keys.join(", ")) };
        draft.push(
            stage(peers),
            "benchmarks over the graded enterprises",
            select(&columns, &format!("FROM assessed\nWHERE standing = 'graded'{group_by}")),
        );
    }
    let mut from = "FROM assessed AS p".to_owned();
    for (peers, last_year) in joins {
        from += &join(draft, peers, last_year);
    }
    draft.push("benchmarked", "every value beside its benchmark", select(&columns, &from));
}

fn stage(peers: Peers) -> String {
    format!("benchmarks_{}", Peers::WORDS.iter().find(|(_, known)| *known == peers).map_or("", |(word, _)| word))
}

fn alias(peers: Peers, last_year: bool) -> String {
    let letter = match peers {
        Peers::Group => "g",
        Peers::Industry => "i",
        Peers::Zone => "z",
        Peers::All => "a",
    };
    format!("{letter}{}", if last_year { "_last" } else { "" })
}

fn keys(draft: &Draft, peers: Peers) -> Vec<&'static str> {
    let year = if draft.years.len() > 1 || peers.keys().is_empty() { &["year"][..] } else { &[] };
    year.iter().chain(peers.keys()).copied().collect()
}

fn join(draft: &Draft, peers: Peers, last_year: bool) -> String {
    let alias = alias(peers, last_year);
    let on: Vec<String> = keys(draft, peers)
        .iter()
        .map(|key| match *key {
            "year" if last_year => format!("p.year = {alias}.year + 1"),
            key => format!("p.{key} = {alias}.{key}"),
        })
        .collect();
    format!("\nLEFT JOIN {} AS {alias} ON {}", stage(peers), on.join(" AND "))
}

/// The SQL of an indicator's benchmark; figures it needs are handed to `need`: peers, last year, column, aggregate.
fn reference(draft: &Draft, group: &Group, indicator: &Indicator, need: &mut dyn FnMut(Peers, bool, String, String)) -> Option<String> {
    let benchmark = match (&indicator.points, &indicator.benchmark) {
        (Points::Best, _) => {
            let figure = if indicator.lower_is_better { Figure::Min } else { Figure::Max };
            Benchmark::Of { figure, peers: Peers::Group, times: rust_decimal::Decimal::ONE, last_year: false }
        }
        (_, Some(benchmark)) => benchmark.clone(),
        (_, None) => return None,
    };
    match benchmark {
        Benchmark::Constant(number) => Some(double(&number)),
        Benchmark::Of { figure: kind, peers, times, last_year } => {
            let id = name(&indicator.id);
            let printer = draft.printer();
            let mut known: Vec<String> = Vec::new();
            if indicator.missing != Missing::NotAssessable || peers != Peers::Group {
                known.push(format!("{id} IS NOT NULL"));
            }
            if indicator.fallback.is_some() {
                known.extend(both_known(&printer, &indicator.value));
            }
            // Different formulas under one id in different groups keep figures of their own.
            let shared = draft.policy.groups.iter().flat_map(|other| &other.indicators).all(|other| {
                other.id != indicator.id
                    || other.benchmark == indicator.benchmark && other.value == indicator.value && other.points == indicator.points
            });
            let column = if shared {
                format!("{}_benchmark", indicator.id)
            } else {
                format!("{}_benchmark_{}", indicator.id, group.id.replace('-', "_"))
            };
            if !shared && peers != Peers::Group {
                known.push(format!("peer_group = {}", text(&group.id)));
            }
            let condition = known.join(" AND ");
            let sql = figure(&printer, kind, &indicator.value, &id, Some(condition.as_str()).filter(|condition| !condition.is_empty()));
            let reference = format!("{}.{}", alias(peers, last_year), name(&column));
            need(peers, last_year, column, sql);
            Some(if times == rust_decimal::Decimal::ONE {
                reference
            } else {
                format!("{} * {reference}", double(&times.normalize().to_string()))
            })
        }
    }
}
