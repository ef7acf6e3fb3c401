//! A table in another unit that no single column shows: land in hectares, say, makes every figure per mu fifteen times too large.
//!
//! In: the columns with their medians, and the ratios. Out: a warning at the heading of the column that explains most of the
//! medians that are not usual, and the column among the suspected. A column explains a ratio if another unit makes it usual,
//! while its own median and every other ratio it has a part in stay usual. Bounds are looked at twice: first the wide ones, of which one
//! is enough; then, of tables that these leave alone, the narrow ones, of which two must be explained and none be left.

use super::Given;
use super::Noted;
use super::factor;
use super::figure;
use super::median;
use super::slip;
use crate::dictionary::{Plausible, Suspect, Usual};
use crate::finding::{Code, Finding, Findings};

/// How many figures outside narrow bounds one column must explain.
const TOGETHER: usize = 2;

/// A ratio with its median.
#[derive(Clone, Copy)]
struct Judged<'g> {
    given: &'g Given,
    usual: Usual,
    median: f64,
}

/// A column that is perhaps in another unit.
struct Explanation<'n, 'g> {
    noted: &'n Noted,
    suspect: Suspect<'static>,
    times: f64,
    /// The first of the ratios it explains.
    ratio: &'g Given,
    median: f64,
    usual: Usual,
    explains: usize,
}

/// Warns of columns that explain ratios which are not usual; the land first, if several explain as many.
pub fn judge<'n>(columns: &'n [Noted], givens: &[Given], suspected: &mut Vec<&'n Noted>, findings: &mut Findings) {
    let medians: Vec<(&Given, f64)> = givens
        .iter()
        .filter(|given| given.plausible.usual.is_some() && !given.involves_any(suspected))
        .filter_map(|given| Some((given, median::median(&mut given.ratios.clone())?)))
        .collect();
    let within = |bounds: fn(&Plausible) -> Option<Usual>| -> Vec<Judged<'_>> {
        medians.iter().filter_map(|&(given, median)| Some(Judged { given, usual: bounds(given.plausible)?, median })).collect()
    };
    let mut ratios = within(|plausible| plausible.usual);
    while let Some(best) = best(columns, &ratios) {
        tell(&best, suspected, findings);
        ratios.retain(|judged| !judged.given.involves(best.noted));
    }
    let mut ratios = within(|plausible| plausible.typical);
    ratios.retain(|judged| !judged.given.involves_any(suspected));
    let is_alone = |best: &Explanation<'_, '_>| best.explains == ratios.iter().filter(|judged| judged.given.involves(best.noted)).count();
    if let Some(best) = best(columns, &ratios).filter(|best| best.explains >= TOGETHER && is_alone(best)) {
        tell(&best, suspected, findings);
    }
}

fn tell<'n>(best: &Explanation<'n, '_>, suspected: &mut Vec<&'n Noted>, findings: &mut Findings) {
    findings.push(finding(best));
    suspected.push(best.noted);
}

/// The column that explains most.
fn best<'n, 'g>(columns: &'n [Noted], ratios: &[Judged<'g>]) -> Option<Explanation<'n, 'g>> {
    let is_land = |noted: &&Noted| noted.address == "land.area";
    let land_first = columns.iter().filter(is_land).chain(columns.iter().filter(|noted| !is_land(noted)));
    let mut best: Option<Explanation<'n, 'g>> = None;
    for noted in land_first {
        for (suspect, times) in slip::others(noted) {
            let Some(new) = explain(noted, suspect, times, ratios) else { continue };
            if best.as_ref().is_none_or(|best| best.explains < new.explains) {
                best = Some(new);
            }
        }
    }
    best
}

fn explain<'n, 'g>(noted: &'n Noted, suspect: Suspect<'static>, times: f64, ratios: &[Judged<'g>]) -> Option<Explanation<'n, 'g>> {
    let own = noted.column.usual.zip(noted.median);
    if own.is_some_and(|(usual, median)| !usual.holds(median * times)) {
        return None;
    }
    let mut explanation: Option<Explanation<'n, 'g>> = None;
    for Judged { given, usual, median } in ratios.iter().filter(|judged| judged.given.involves(noted)) {
        if !usual.holds(median * effect(given, noted, times)) {
            return None;
        }
        if !usual.holds(*median) {
            let first = Explanation { noted, suspect, times, ratio: given, median: *median, usual: *usual, explains: 0 };
            explanation.get_or_insert(first).explains += 1;
        }
    }
    explanation
}

/// What a ratio is multiplied by when a column of it is.
fn effect(given: &Given, noted: &Noted, times: f64) -> f64 {
    if given.plausible.numerator == noted.address { times } else { 1.0 / times }
}

fn finding(best: &Explanation<'_, '_>) -> Finding {
    let (plausible, taken) = (best.ratio.plausible, best.median * effect(best.ratio, best.noted, best.times));
    let finding = Finding::warning(Code::RatioSlip, best.noted.place.clone()).with_both("figure", &plausible.zh, &plausible.en);
    let finding = finding.with("count", best.ratio.rows.len()).with("median", figure(best.median));
    let finding =
        finding.with_both("unit", &plausible.unit.zh, &plausible.unit.en).with("low", best.usual.low).with("high", best.usual.high);
    let finding = finding.with_both("suspect", best.suspect.zh, best.suspect.en).with("taken", figure(taken));
    finding.with("factor", factor(best.times))
}
