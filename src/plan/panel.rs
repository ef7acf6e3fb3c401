//! Stages `panel`, `derived`, `surveyed`: what the tables say about each enterprise and year.
//!
//! `panel` names the columns the statement reads (a column the data do not have is written as missing), `derived` adds the
//! per-mu figures, and `surveyed` the benchmarks that formulas name.

use std::collections::BTreeSet;

use super::print::{Printer, name, rounded};
use super::{Draft, EVERY_ROW, Stage, select};
use crate::dictionary::Dictionary;
use crate::policy::benchmark::{Figure, Named};
use crate::policy::term::{Kind, Term};
use crate::policy::{self, panel_vocabulary};

/// Adds the stages.
pub fn add(draft: &mut Draft) {
    let years = years(draft);
    let mut columns: Vec<String> = std::iter::once("enterprise").chain(EVERY_ROW).map(str::to_owned).collect();
    for column in &draft.reads {
        if let Some(made) = super::made::sql(draft, column) {
            columns.push(format!("{made} AS {}", name(column)));
            continue;
        }
        columns.push(if draft.has(column) { name(column) } else { format!("CAST(NULL AS {}) AS {}", sql_type(column), name(column)) });
    }
    draft.push(
        "panel",
        "what the tables say, one row per enterprise and year",
        select(&columns, &format!("FROM enterprise_years\nWHERE {years}")),
    );
    super::units::add(draft);
    let printer = draft.printer();
    let mut measures = vec!["*".to_owned()];
    for derived in Dictionary::get().derived.iter().filter(|derived| derived.formula.is_some()) {
        if let Some(term) = policy::derived(&derived.name).filter(|term| term.names().iter().all(|input| draft.reads.contains(input))) {
            measures.push(format!("{} AS {}", printer.value(&term), derived.name));
        }
    }
    let from = format!("FROM {}", draft.last());
    draft.push("derived", "the per-mu figures of the dictionary", select(&measures, &from));
    let rows = if super::units::has_merged_rows(draft) { "\nWHERE NOT merged" } else { "" };
    for benchmark in &draft.policy.benchmarks {
        let stages = named(&draft.printer(), benchmark, draft.last(), rows);
        draft.stages.extend(stages);
    }
}

/// All years that any stage looks at.
fn years(draft: &Draft) -> String {
    let mut years: BTreeSet<i32> = draft.years.iter().copied().collect();
    if let Some(review) = &draft.policy.review {
        years.extend((0..review.years as i32).map(|back| draft.options.year - back));
    }
    let list: Vec<String> = years.iter().map(i32::to_string).collect();
    if list.len() == 1 { format!("year = {}", list[0]) } else { format!("year IN ({})", list.join(", ")) }
}

/// The SQL type of a column that the data do not have.
pub fn sql_type(column: &str) -> &'static str {
    match panel_vocabulary(&[]).kind(column) {
        Some(Kind::Text) | None => "VARCHAR",
        Some(Kind::Truth) => "BOOLEAN",
        Some(Kind::Date) => "DATE",
        Some(_) => "DOUBLE",
    }
}

/// A benchmark of its own over the rows of a stage: a stage with the figure, and a stage that brings it to every row.
///
/// `rows`: a `WHERE` that leaves out rows that are not enterprises, or nothing.
pub fn named(printer: &Printer, benchmark: &Named, before: &str, rows: &str) -> [Stage; 2] {
    let value = printer.value(&benchmark.of);
    let known = both_known(printer, &benchmark.of).map_or_else(|| "land_mu > 0".to_owned(), |both| format!("land_mu > 0 AND {both}"));
    let figure = rounded(&figure(printer, benchmark.figure, &benchmark.of, &value, Some(&known)), printer.decimals);
    let figure = match benchmark.members {
        0 | 1 => figure,
        members => format!("CASE WHEN COUNT(CASE WHEN {known} THEN {value} END) >= {members} THEN {figure} END"),
    };
    let keys: Vec<&str> = ["year"].into_iter().chain(benchmark.peers.keys().iter().copied()).collect();
    let mut columns: Vec<String> = keys.iter().map(|key| (*key).to_owned()).collect();
    columns.push(format!("{figure} AS {}", name(&benchmark.id)));
    let stage = format!("by_{}", benchmark.id.replace('-', "_"));
    let on: Vec<String> = keys.iter().map(|key| format!("p.{key} = b.{key}")).collect();
    let joined = ["p.*".to_owned(), format!("b.{}", name(&benchmark.id))];
    let from = format!("FROM {before} AS p\nLEFT JOIN {stage} AS b ON {}", on.join(" AND "));
    [
        Stage {
            about: "a benchmark that formulas name, over every enterprise whose value is known",
            select: select(&columns, &format!("FROM {before}{rows}\nGROUP BY {}", keys.join(", "))),
            name: stage,
        },
        Stage {
            name: format!("surveyed_{}", benchmark.id.replace('-', "_")),
            about: "every enterprise with that benchmark",
            select: select(&joined, &from),
        },
    ]
}

/// The SQL aggregate of a figure over the rows where `condition` holds (everywhere, if there is none).
///
/// For a ratio of sums the condition must imply that numerator and denominator are known and the denominator is positive.
/// Sums are taken over whole millionths, so that they do not depend on the order of the rows.
pub fn figure(printer: &Printer, figure: Figure, term: &Term, value: &str, condition: Option<&str>) -> String {
    let known = |inner: &str| condition.map_or_else(|| inner.to_owned(), |condition| format!("CASE WHEN {condition} THEN {inner} END"));
    match figure {
        Figure::RatioOfSums => match term.ratio() {
            Some((above, below)) => {
                let sum = |inner: &Term| exact_sum(&known(&printer.part(inner)), 6);
                format!("{} / NULLIF({}, 0.0)", sum(above), sum(below))
            }
            None => "CAST(NULL AS DOUBLE)".to_owned(),
        },
        Figure::Mean => format!("{} / NULLIF(CAST(COUNT({}) AS DOUBLE) * 1000000.0, 0.0)", exact_sum(&known(value), 6), known(value)),
        Figure::Median => format!("MEDIAN({})", known(value)),
        Figure::Quantile(share) => format!("QUANTILE_CONT({}, {})", known(value), share.normalize()),
        Figure::Max => format!("MAX({})", known(value)),
        Figure::Min => format!("MIN({})", known(value)),
    }
}

/// The condition under which numerator and denominator of a ratio can be added: both known, and the denominator positive.
pub fn both_known(printer: &Printer, term: &Term) -> Option<String> {
    term.ratio().map(|(above, below)| format!("{} IS NOT NULL AND {} > 0", printer.part(above), printer.part(below)))
}

/// A sum in whole units of the last decimal, as DOUBLE (in those units).
pub fn exact_sum(inner: &str, decimals: u32) -> String {
    format!("CAST(SUM(CAST(FLOOR({inner} * 1{}.0 + 0.5) AS BIGINT)) AS DOUBLE)", "0".repeat(decimals as usize))
}
