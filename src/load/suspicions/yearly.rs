//! The years of one enterprise against each other: a cell in another unit, a row copied from another year.
//!
//! In: a table with a row per enterprise and year. Out: warnings at cells and rows.

use rayon::prelude::*;

use crate::finding::{Code, Finding, Findings};
use crate::load::reading::table::Loaded;
use crate::load::tables::enterprises::Enterprises;
use crate::load::tables::land;

/// The rows of an enterprise: year and spot, by year.
type Years = [(i16, (u32, u32))];

/// Enterprises that one thread looks at at a time.
const BLOCK: usize = 8192;

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
    // Parts of a year are not held against whole ones.
    let counts = |spot: (u32, u32)| {
        let (part, at) = (&loaded.parts[spot.0 as usize], spot.1 as usize);
        part.years[at] != 0 && part.is_whole(at)
    };
    let (starts, order) = land::by_enterprise(loaded, enterprises.len(), counts);
    let blocks = (0..enterprises.len().div_ceil(BLOCK)).into_par_iter().map(|block| {
        let (mut found, mut years, mut there) = (Findings::default(), Vec::new(), Vec::new());
        for number in block * BLOCK..((block + 1) * BLOCK).min(enterprises.len()) {
            let spots = &order[starts[number] as usize..starts[number + 1] as usize];
            years.clear();
            years.extend(spots.iter().map(|&spot| (loaded.parts[spot.0 as usize].years[spot.1 as usize], spot)));
            years.sort_unstable();
            if years.len() > loaded.layout.limits.cell_slip.fewest_others {
                slips.iter().for_each(|&column| slip(loaded, column, &years, &mut there, &mut found));
            }
            repeated(loaded, &figures, &years, &mut found);
        }
        found
    });
    blocks.collect::<Vec<_>>().into_iter().for_each(|found| findings.extend(found));
}

/// The number of a cell; NaN if there is none.
fn number(loaded: &Loaded<'_>, column: usize, (part, at): (u32, u32)) -> f64 {
    loaded.parts[part as usize].cells[column].number(at as usize)
}

/// Warns of cells that are a factor off the other years. `there` is for those that have a value.
fn slip(loaded: &Loaded<'_>, column: usize, years: &Years, there: &mut Vec<(f64, i16, (u32, u32))>, findings: &mut Findings) {
    there.clear();
    there.extend(years.iter().map(|&(year, spot)| (number(loaded, column, spot), year, spot)).filter(|(value, ..)| *value > 0.0));
    super::slip(loaded, column, there, findings);
}

/// Warns of a row whose figures are all those of another year of the enterprise.
fn repeated(loaded: &Loaded<'_>, figures: &[usize], years: &Years, findings: &mut Findings) {
    let fewest = loaded.layout.limits.repeated_year.fewest_figures;
    for pair in years.windows(2) {
        let [before, after] = [0, 1].map(|at| move |column: &usize| number(loaded, *column, pair[at].1));
        // Most years differ in the first figure.
        if !figures.iter().all(|column| before(column).to_bits() == after(column).to_bits()) {
            continue;
        }
        let there = figures.iter().map(before).filter(|value| value.is_finite() && *value != 0.0).count();
        if there >= fewest {
            let finding = Finding::warning(Code::RepeatedYear, loaded.place(pair[1].1, None));
            let finding = finding.with("year", pair[1].0).with("other", pair[0].0).with("count", there);
            findings.push(loaded.with_first(finding, loaded.row(pair[1].1), loaded.row(pair[0].1)));
        }
    }
}
