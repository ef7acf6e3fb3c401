//! Output, tax and energy: one row per enterprise and year, put in its place without a join.
//!
//! In: a loaded table. Out: its columns, enterprise major and year minor, over the years of that table. Next: `panel`
//! stretches them to the years of the data set.

use std::collections::BTreeSet;

use polars::prelude::*;
use rayon::prelude::*;

use super::column::{self, Spot};
use super::enterprise::NOBODY;
use super::enterprises::Enterprises;
use super::row::Part;
use super::table::{Loaded, duplicate};
use crate::finding::Findings;

/// The place of a row that is not used.
const NOWHERE: u32 = u32::MAX;

/// A column of the panel, under the name its file gives it.
pub struct PanelColumn {
    /// The table it comes from.
    pub table: &'static str,
    /// The dictionary does not know it.
    pub extra: bool,
    /// Its values.
    pub series: Series,
}

/// The columns of one table.
pub struct Yearly {
    /// Its years, sorted.
    pub years: Vec<i16>,
    /// Its columns.
    pub columns: Vec<PanelColumn>,
}

/// Puts the rows of a table in their places. A second row for a place is an error and is not used.
pub fn place(loaded: &Loaded<'_>, enterprises: &Enterprises, findings: &mut Findings) -> Yearly {
    if ["enterprise_id", "year"].iter().any(|key| loaded.position(key).is_none()) {
        // The missing key column has been reported; without it no row has a place.
        return Yearly { years: Vec::new(), columns: Vec::new() };
    }
    let years: Vec<i16> = loaded
        .parts
        .par_iter()
        .map(years_of)
        .reduce(BTreeSet::new, |mut all, some| {
            all.extend(some);
            all
        })
        .into_iter()
        .collect();
    let slots = slots(loaded, enterprises, &years, findings);
    let rows = enterprises.len() * years.len();
    let table = loaded.layout.table.name.as_str();
    let stored: Vec<_> = loaded.for_panel().filter(|(name, ..)| *name != "year").collect();
    let mut columns: Vec<PanelColumn> = stored
        .into_par_iter()
        .map(|(name, known, at)| {
            let numbers = loaded.parts.iter().map(|part| part.cells[at].numbers()).collect::<Option<Vec<_>>>();
            let series = match numbers {
                Some(numbers) => column::numbers(name.into(), scatter(&numbers, &slots, rows)),
                None => loaded.series(name, known, at, grid(&slots, rows).into_iter()),
            };
            PanelColumn { table: static_name(table), extra: known.is_none(), series }
        })
        .collect();
    if loaded.layout.emission.is_some() {
        add_emission(loaded, &slots, rows, &mut columns);
    }
    Yearly { years, columns }
}

/// For each row, part by part, its place among the enterprises and years, or [`NOWHERE`].
fn slots(loaded: &Loaded<'_>, enterprises: &Enterprises, years: &[i16], findings: &mut Findings) -> Vec<Vec<u32>> {
    let wanted = |part: &Part| -> Vec<u32> {
        let mut last = (0, 0);
        let mut slot = |at: usize| {
            let (owner, year) = (part.owners[at], part.years[at]);
            if owner == NOBODY || !part.used[at] {
                return NOWHERE;
            }
            if last.0 != year {
                last = (year, years.binary_search(&year).unwrap_or_default());
            }
            (owner as usize * years.len() + last.1) as u32
        };
        (0..part.rows.len()).map(&mut slot).collect()
    };
    let mut slots: Vec<Vec<u32>> = loaded.parts.par_iter().map(wanted).collect();
    if has_duplicates(&slots, enterprises.len() * years.len()) {
        refuse_duplicates(&mut slots, loaded, enterprises, years, findings);
    }
    slots
}

/// Does a place stand twice? One bit for each place fits into the nearest caches; the rows that took them would not.
fn has_duplicates(slots: &[Vec<u32>], places: usize) -> bool {
    let mut taken = vec![0_u64; places.div_ceil(64)];
    slots.iter().flatten().filter(|slot| **slot != NOWHERE).any(|&slot| {
        let (word, bit) = (&mut taken[slot as usize / 64], 1 << (slot % 64));
        let twice = *word & bit != 0;
        *word |= bit;
        twice
    })
}

/// Reports every row whose place an earlier row has; it then goes [`NOWHERE`].
fn refuse_duplicates(slots: &mut [Vec<u32>], loaded: &Loaded<'_>, enterprises: &Enterprises, years: &[i16], findings: &mut Findings) {
    // Spreadsheet rows begin at 1, so that 0 is free.
    let mut taken = vec![0_u32; enterprises.len() * years.len()];
    for (slots, part) in slots.iter_mut().zip(&loaded.parts) {
        for (at, slot) in slots.iter_mut().enumerate().filter(|(_, slot)| **slot != NOWHERE) {
            let (first, row) = (taken[*slot as usize], part.rows[at]);
            if first == 0 {
                taken[*slot as usize] = row;
                continue;
            }
            let key = format!("{}, {}", enterprises.id(part.owners[at] as usize), part.years[at]);
            findings.push(duplicate(&loaded.layout, row.into(), first.into(), key));
            *slot = NOWHERE;
        }
    }
}

/// The values of a column, each in its place: reading in order and writing at random is several times faster than the reverse.
fn scatter(numbers: &[&[f64]], slots: &[Vec<u32>], rows: usize) -> Vec<f64> {
    let mut placed = vec![f64::NAN; rows];
    for (numbers, slots) in numbers.iter().zip(slots) {
        for (&number, &slot) in numbers.iter().zip(slots) {
            if slot != NOWHERE {
                placed[slot as usize] = number;
            }
        }
    }
    placed
}

/// For each enterprise and year where its row stands.
fn grid(slots: &[Vec<u32>], rows: usize) -> Vec<Spot> {
    let mut grid = vec![None; rows];
    for (part, slots) in slots.iter().enumerate() {
        for (at, &slot) in slots.iter().enumerate().filter(|(_, slot)| **slot != NOWHERE) {
            grid[slot as usize] = Some((part as u32, at as u32));
        }
    }
    grid
}

fn years_of(part: &Part) -> BTreeSet<i16> {
    let mut seen = BTreeSet::new();
    let mut last = 0;
    for ((&year, &owner), &used) in part.years.iter().zip(&part.owners).zip(&part.used) {
        if year != last && used && owner != NOBODY {
            seen.insert(year);
            last = year;
        }
    }
    seen
}

/// Table names live as long as the dictionary.
fn static_name(table: &str) -> &'static str {
    crate::dictionary::Dictionary::get().table(table).map_or("", |table| table.name.as_str())
}

/// `emission_t` is its cell, else the sum of the pollutants of its row.
fn add_emission(loaded: &Loaded<'_>, slots: &[Vec<u32>], rows: usize, columns: &mut Vec<PanelColumn>) {
    let sums: Vec<&[f64]> = loaded.parts.iter().map(|part| part.emission.as_slice()).collect();
    let mut values = scatter(&sums, slots, rows);
    let given = columns.iter().position(|column| !column.extra && column.series.name() == "emission_t");
    if let Some(cells) = given.and_then(|at| columns[at].series.f64().ok()) {
        values.iter_mut().zip(cells.iter()).for_each(|(sum, cell)| *sum = cell.unwrap_or(*sum));
    }
    let series = column::numbers("emission_t".into(), values);
    match given {
        Some(at) => columns[at].series = series,
        None => columns.push(PanelColumn { table: "energy", extra: false, series }),
    }
}
