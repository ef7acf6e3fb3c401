//! Output, tax and energy: one row per enterprise and year, put in its place without a join; rows of quarters and months are added up.
//!
//! In: a loaded table. Out: its columns, enterprise major and year minor, over the years of that table, and those of parts of the year
//! where they are asked for. Next: `panel` stretches them to the years of the data set.

use std::collections::BTreeSet;

use polars::prelude::*;
use rayon::prelude::*;

use crate::dictionary;
use crate::finding::Findings;
use crate::load::Options;
use crate::load::cells::column::{self, Cells, NO_AMOUNT, Spot};
use crate::load::reading::origins::At;
use crate::load::reading::part::Part;
use crate::load::reading::quarters::{self, PERIODS, Placed};
use crate::load::reading::table::Loaded;
use crate::load::tables::enterprise::NOBODY;
use crate::load::tables::enterprises::Enterprises;

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
    /// Parts of a year of which it has rows; the columns that add up over time, where they are asked for.
    pub parts: Vec<(dictionary::Part, Vec<PanelColumn>)>,
}

/// Puts the rows of a table in their places. A second row for a place is an error and is not used.
///
/// The cells of a column go when it is placed, so that a large table is never in memory twice.
pub fn place(mut loaded: Loaded<'_>, enterprises: &Enterprises, options: &Options<'_>, findings: &mut Findings) -> Yearly {
    if ["enterprise_id", "year"].iter().any(|key| loaded.position(key).is_none()) {
        // The missing key column has been reported; without it no row has a place.
        return Yearly { years: Vec::new(), columns: Vec::new(), parts: Vec::new() };
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
    let mut slots = slots(&loaded, enterprises, &years, findings);
    let rows = enterprises.len() * years.len();
    let placed = loaded.layout.within.is_some().then(|| Placed::of(&slots, NOWHERE));
    if placed.is_some() {
        // What does not add up over time is known of whole years only.
        for slot in slots.iter_mut().flatten().filter(|slot| **slot != NOWHERE) {
            *slot = if (*slot as usize).is_multiple_of(PERIODS) { *slot / PERIODS as u32 } else { NOWHERE };
        }
    }
    let table = static_name(&loaded.layout.table.name);
    let adds_up = |known: Option<&dictionary::Column>| placed.is_some() && known.is_some_and(|known| known.flow);
    let stored: Vec<(String, Option<&dictionary::Column>, usize)> = loaded
        .for_panel()
        .filter(|(name, known, _)| *name != "year" && !adds_up(*known))
        .map(|(name, known, at)| (name.to_owned(), known, at))
        .collect();
    let stored: Vec<_> = stored.into_iter().map(|(name, known, at)| (name, known, loaded.take(at))).collect();
    let mut columns: Vec<PanelColumn> = stored
        .into_par_iter()
        .map(|(name, known, cells)| {
            let series = match cells.iter().map(Cells::numbers).collect::<Option<Vec<_>>>() {
                Some(numbers) => column::numbers(name.as_str().into(), scatter(&numbers, &slots, rows)),
                None => column::series(&name, known, &cells.iter().collect::<Vec<_>>(), grid(&slots, rows).into_iter()),
            };
            PanelColumn { table, extra: known.is_none(), series }
        })
        .collect();
    let mut parts = Vec::new();
    if let Some(placed) = &placed {
        parts = add_sums(&loaded, placed, rows, options, &mut columns, findings);
    } else if loaded.layout.emission.is_some() {
        add_emission(&loaded, &slots, rows, &mut columns);
    }
    Yearly { years, columns, parts }
}

/// Adds the figures that add up over time; gives those of parts of a year.
fn add_sums(
    loaded: &Loaded<'_>,
    placed: &Placed,
    rows: usize,
    options: &Options<'_>,
    columns: &mut Vec<PanelColumn>,
    findings: &mut Findings,
) -> Vec<(dictionary::Part, Vec<PanelColumn>)> {
    let table = static_name(&loaded.layout.table.name);
    let asked: &[dictionary::Part] = if options.parts { &placed.parts } else { &[dictionary::Part::Year] };
    let given = loaded.for_panel().filter(|(_, known, _)| known.is_some_and(|known| known.flow));
    let mut figures: Vec<(&str, Option<usize>)> = given.map(|(name, _, at)| (name, Some(at))).collect();
    let sums_up = |name: &str| name == "emission_t" && loaded.layout.emission.is_some();
    if loaded.layout.emission.is_some() && !figures.iter().any(|(name, _)| sums_up(name)) {
        figures.push(("emission_t", None));
    }
    let added = figures.into_par_iter().map(|(name, at)| {
        let amount = |(part, row): (u32, u32)| {
            let part = &loaded.parts[part as usize];
            let own = at.map_or(NO_AMOUNT, |at| amount(&part.cells[at], row));
            if own == NO_AMOUNT && sums_up(name) { amount(&part.emission, row) } else { own }
        };
        let (sums, found) = placed.sums(loaded, at, &amount, rows, asked);
        let column = |values| PanelColumn { table, extra: false, series: column::numbers(name.into(), values) };
        (sums.into_iter().map(|(part, values)| (part, column(values))).collect::<Vec<_>>(), found)
    });
    let mut parts: Vec<(dictionary::Part, Vec<PanelColumn>)> =
        placed.parts.iter().filter(|part| **part != dictionary::Part::Year).map(|&part| (part, Vec::new())).collect();
    for (sums, found) in added.collect::<Vec<_>>() {
        findings.extend(found);
        for (part, column) in sums {
            match parts.iter_mut().find(|(known, _)| *known == part) {
                Some((_, of_part)) => of_part.push(column),
                None => columns.push(column),
            }
        }
    }
    parts
}

fn amount(cells: &Cells, row: u32) -> i128 {
    if let Cells::Amount(amounts) = cells { amounts[row as usize] } else { NO_AMOUNT }
}

/// For each row, part by part, its place among the enterprises and years, or [`NOWHERE`].
fn slots(loaded: &Loaded<'_>, enterprises: &Enterprises, years: &[i16], findings: &mut Findings) -> Vec<Vec<u32>> {
    let width = if loaded.layout.within.is_some() { PERIODS } else { 1 };
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
            ((owner as usize * years.len() + last.1) * width + usize::from(part.period(at))) as u32
        };
        (0..part.rows.len()).map(&mut slot).collect()
    };
    let mut slots: Vec<Vec<u32>> = loaded.parts.par_iter().map(wanted).collect();
    let places = enterprises.len() * years.len() * width;
    if has_duplicates(&slots, places) {
        refuse_duplicates(&mut slots, loaded, enterprises, places, findings);
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
fn refuse_duplicates(slots: &mut [Vec<u32>], loaded: &Loaded<'_>, enterprises: &Enterprises, places: usize, findings: &mut Findings) {
    // Spreadsheet rows begin at 1, so that 0 is free.
    let mut taken = vec![At::default(); places];
    for (slots, part) in slots.iter_mut().zip(&loaded.parts) {
        for (at, slot) in slots.iter_mut().enumerate().filter(|(_, slot)| **slot != NOWHERE) {
            let (first, row) = (taken[*slot as usize], part.row(at));
            if first == At::default() {
                taken[*slot as usize] = row;
                continue;
            }
            let key = format!("{}, {}{}", enterprises.id(part.owners[at] as usize), part.years[at], quarters::suffix(part.period(at)));
            findings.push(loaded.duplicate(row, first, key));
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
    let sums: Vec<&[f64]> = loaded.parts.iter().filter_map(|part| part.emission.numbers()).collect();
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
