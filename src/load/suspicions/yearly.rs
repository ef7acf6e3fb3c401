//! The years of one enterprise against each other: a cell in another unit, a row copied from another year.
//!
//! In: a table with a row per enterprise and year. Out: warnings at cells and rows.

use crate::dictionary::suspicions::{Factor, Suspicions};
use crate::finding::{Code, Finding, Findings};
use crate::load::column::Cells;
use crate::load::enterprise::NOBODY;
use crate::load::enterprises::Enterprises;
use crate::load::table::Loaded;

/// The rows of an enterprise: year and spot, by year.
type Years = Vec<(i16, (u32, u32))>;

/// Looks at every enterprise's years.
pub fn look(loaded: &Loaded<'_>, enterprises: &Enterprises, findings: &mut Findings) {
    let table = &loaded.layout.table.name;
    let listed = Suspicions::get().cell_slip.columns.iter();
    let slips: Vec<usize> = listed
        .filter_map(|address| address.strip_prefix(table.as_str())?.strip_prefix('.'))
        .filter_map(|name| loaded.position(name))
        .collect();
    let is_figure =
        |at: &usize| loaded.layout.readers[*at].file.is_known() && loaded.parts.iter().all(|part| part.cells[*at].numbers().is_some());
    let figures: Vec<usize> = (0..loaded.layout.readers.len()).filter(is_figure).collect();
    for years in by_enterprise(loaded, enterprises.len()) {
        for &column in &slips {
            slip(loaded, column, &years, findings);
        }
        repeated(loaded, &figures, &years, findings);
    }
}

fn by_enterprise(loaded: &Loaded<'_>, enterprises: usize) -> Vec<Years> {
    let mut all: Vec<Years> = vec![Years::new(); enterprises];
    for spot in loaded.spots() {
        let (owner, year) = (loaded.owner(spot), loaded.parts[spot.0 as usize].years[spot.1 as usize]);
        if owner != NOBODY && year != 0 {
            all[owner as usize].push((year, spot));
        }
    }
    all.iter_mut().for_each(|years| years.sort_unstable());
    all
}

/// The number of a cell; NaN if there is none.
fn number(loaded: &Loaded<'_>, column: usize, (part, at): (u32, u32)) -> f64 {
    match &loaded.parts[part as usize].cells[column] {
        Cells::Number(values) => values[at as usize],
        _ => f64::NAN,
    }
}

/// Warns of a cell that is a factor off the other years.
fn slip(loaded: &Loaded<'_>, column: usize, years: &Years, findings: &mut Findings) {
    let rules = &Suspicions::get().cell_slip;
    let values: Vec<(f64, i16, (u32, u32))> =
        years.iter().map(|&(year, spot)| (number(loaded, column, spot), year, spot)).filter(|(value, ..)| *value > 0.0).collect();
    if values.len() <= rules.fewest_others {
        return;
    }
    for (place, &(value, year, spot)) in values.iter().enumerate() {
        let mut others: Vec<f64> = values.iter().enumerate().filter(|(other, _)| *other != place).map(|(_, (value, ..))| *value).collect();
        others.sort_by(f64::total_cmp);
        if others[others.len() - 1] > others[0] * rules.steady {
            continue;
        }
        let middle = (others[(others.len() - 1) / 2] + others[others.len() / 2]) / 2.0;
        if let Some(factor) = factor(value / middle) {
            let text = super::figure(value);
            let finding = Finding::warning(Code::CellSlip, loaded.layout.place(loaded.row(spot), Some(column)));
            let finding =
                finding.with("value", text).with("year", year).with("middle", super::figure(middle)).with("factor", factor.factor);
            let meant = if value > middle { value / factor.factor } else { value * factor.factor };
            findings.push(finding.with_both("units", &factor.zh, &factor.en).with("meant", super::figure(meant)));
        }
    }
}

/// The factor that a ratio is near to, either way round: the nearest.
fn factor(ratio: f64) -> Option<&'static Factor> {
    let rules = &Suspicions::get().cell_slip;
    let off = |factor: &Factor| {
        let times = if ratio < 1.0 { 1.0 / ratio } else { ratio } / factor.factor;
        if times < 1.0 { 1.0 / times } else { times }
    };
    let near = rules.factors.iter().filter(|factor| off(factor) <= rules.tolerance);
    near.min_by(|a, b| off(a).total_cmp(&off(b)))
}

/// Warns of a row whose figures are all those of another year of the enterprise.
fn repeated(loaded: &Loaded<'_>, figures: &[usize], years: &Years, findings: &mut Findings) {
    let row = |spot| -> Vec<f64> { figures.iter().map(|&column| number(loaded, column, spot)).collect() };
    let fewest = Suspicions::get().repeated_year.fewest_figures;
    for pair in years.windows(2) {
        let [before, after] = [row(pair[0].1), row(pair[1].1)];
        let there = before.iter().filter(|value| value.is_finite() && **value != 0.0).count();
        if there >= fewest && before.iter().zip(&after).all(|(a, b)| a.to_bits() == b.to_bits()) {
            let finding = Finding::warning(Code::RepeatedYear, loaded.layout.place(loaded.row(pair[1].1), None));
            let finding = finding.with("year", pair[1].0).with("other", pair[0].0).with("count", there);
            findings.push(finding.with("first", loaded.row(pair[0].1)));
        }
    }
}
