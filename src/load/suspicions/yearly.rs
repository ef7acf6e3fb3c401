//! The years of one enterprise against each other: a cell in another unit, a row copied from another year.
//!
//! In: a table with a row per enterprise and year. Out: warnings at cells and rows.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::Slip;
use crate::finding::{Code, Finding, Findings};
use crate::load::reading::part::Part;
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
        let (mut found, mut slipped, mut years, mut there) = (Findings::default(), Vec::new(), Vec::new(), Vec::new());
        for number in block * BLOCK..((block + 1) * BLOCK).min(enterprises.len()) {
            let spots = &order[starts[number] as usize..starts[number + 1] as usize];
            years.clear();
            years.extend(spots.iter().map(|&spot| (loaded.parts[spot.0 as usize].years[spot.1 as usize], spot)));
            years.sort_unstable();
            if years.len() > loaded.layout.limits.cell_slip.fewest_others {
                slips.iter().for_each(|&column| slipped.extend(slip(loaded, column, &years, &mut there)));
            }
            repeated(loaded, &figures, &years, &mut found);
        }
        (slipped, found)
    });
    let mut slipped = Vec::new();
    for (slips, found) in blocks.collect::<Vec<_>>() {
        slipped.extend(slips);
        findings.extend(found);
    }
    tell(loaded, slipped, findings);
}

/// Warns of slips: of each cell, or once of a file's figures of a year where most are off by the same factor.
fn tell(loaded: &Loaded<'_>, slipped: Vec<Slip>, findings: &mut Findings) {
    let mut alike: BTreeMap<(usize, u16, i16, u64), Vec<Slip>> = BTreeMap::new();
    for slip in slipped {
        let key = (slip.column, loaded.row(slip.spot).origin, slip.year, slip.times.to_bits());
        alike.entry(key).or_default().push(slip);
    }
    let limits = &loaded.layout.limits.cell_slip;
    for ((column, origin, year, _), slips) in alike {
        let enough = slips.len() >= limits.fewest_together;
        let all = if enough { figures_of(loaded, column, origin, year) } else { 0 };
        if !enough || slips.len() as f64 <= limits.together * all as f64 {
            findings.push_all(slips.into_iter().map(|slip| slip.finding));
            continue;
        }
        let (place, count) = (loaded.origins[usize::from(origin)].heading(column), slips.len());
        let finding = slips.into_iter().next().map(|slip| Finding { place, ..slip.finding }.with("message", "together.message"));
        findings.push_all(finding.map(|finding| finding.with("remedy", "together.remedy").with("count", count).with("all", all)));
    }
}

/// How many figures above zero a file has of a year.
fn figures_of(loaded: &Loaded<'_>, column: usize, origin: u16, year: i16) -> usize {
    let of_file = loaded.parts.iter().filter(|part| part.origin == origin);
    let of_part = |part: &Part| {
        let counts = |at: &usize| part.used[*at] && part.years[*at] == year && part.is_whole(*at) && part.cells[column].number(*at) > 0.0;
        (0..part.rows.len()).filter(counts).count()
    };
    of_file.map(of_part).sum()
}

/// The number of a cell; NaN if there is none.
fn number(loaded: &Loaded<'_>, column: usize, (part, at): (u32, u32)) -> f64 {
    loaded.parts[part as usize].cells[column].number(at as usize)
}

/// Cells that are a factor off the other years. `there` is for those that have a value.
fn slip(loaded: &Loaded<'_>, column: usize, years: &Years, there: &mut Vec<(f64, i16, (u32, u32))>) -> Vec<Slip> {
    there.clear();
    there.extend(years.iter().map(|&(year, spot)| (number(loaded, column, spot), year, spot)).filter(|(value, ..)| *value > 0.0));
    super::slips(loaded, column, there)
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
