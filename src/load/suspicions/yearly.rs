//! The years of one enterprise against each other: a cell in another unit, a row copied from another year.
//!
//! In: a table with a row per enterprise and year. Out: warnings at cells and rows.

use crate::finding::{Code, Finding, Findings};
use crate::load::enterprise::NOBODY;
use crate::load::enterprises::Enterprises;
use crate::load::table::Loaded;

/// The rows of an enterprise: year and spot, by year.
type Years = Vec<(i16, (u32, u32))>;

/// Looks at every enterprise's years.
pub fn look(loaded: &Loaded<'_>, enterprises: &Enterprises, findings: &mut Findings) {
    let table = &loaded.layout.table.name;
    let listed = loaded.layout.limits.cell_slip.columns.iter();
    let slips: Vec<usize> = listed
        .filter_map(|address| address.strip_prefix(table.as_str())?.strip_prefix('.'))
        .filter_map(|name| loaded.position(name))
        .collect();
    let is_figure = |at: &usize| loaded.layout.readers[*at].file.is_known() && loaded.parts.iter().all(|part| part.cells[*at].is_numeric());
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
        if owner != NOBODY && year != 0 && loaded.parts[spot.0 as usize].is_whole(spot.1 as usize) {
            all[owner as usize].push((year, spot));
        }
    }
    all.iter_mut().for_each(|years| years.sort_unstable());
    all
}

/// The number of a cell; NaN if there is none.
fn number(loaded: &Loaded<'_>, column: usize, (part, at): (u32, u32)) -> f64 {
    loaded.parts[part as usize].cells[column].number(at as usize)
}

/// Warns of cells that are a factor off the other years.
fn slip(loaded: &Loaded<'_>, column: usize, years: &Years, findings: &mut Findings) {
    let there = years.iter().map(|&(year, spot)| (number(loaded, column, spot), year, spot)).filter(|(value, ..)| *value > 0.0);
    super::slip(loaded, column, &there.collect::<Vec<_>>(), findings);
}

/// Warns of a row whose figures are all those of another year of the enterprise.
fn repeated(loaded: &Loaded<'_>, figures: &[usize], years: &Years, findings: &mut Findings) {
    let row = |spot| -> Vec<f64> { figures.iter().map(|&column| number(loaded, column, spot)).collect() };
    let fewest = loaded.layout.limits.repeated_year.fewest_figures;
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
