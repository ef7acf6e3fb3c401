//! Where the figures of an enterprise, a parcel or a building stand: for findings that are made when nothing but numbers is left.
//!
//! In: the loaded tables. Out: [`Addresses`]. Only `check` asks for this.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::enterprise::NOBODY;
use super::enterprises::Enterprises;
use super::heading::Means;
use super::table::Loaded;
use crate::finding::Place;

/// The cells of all tables that are addressed.
#[derive(Debug, Clone, Default)]
pub struct Addresses {
    tables: Vec<Addressed>,
}

/// The rows of a table by number: of the enterprise (and year), or of the row itself.
#[derive(Debug, Clone)]
struct Addressed {
    table: &'static str,
    file: Arc<str>,
    heading_row: u64,
    /// Name, place in the file, heading.
    columns: Vec<(&'static str, u32, Arc<str>)>,
    /// The years of a yearly table, sorted; empty for others.
    years: Vec<i16>,
    /// Spreadsheet rows; 0 is none.
    rows: Vec<u32>,
}

impl Addresses {
    /// Adds a table with one row per enterprise and year; where a year has rows of its parts only, the first of them stands for it.
    pub fn add_yearly(&mut self, loaded: &Loaded<'_>, enterprises: &Enterprises) {
        let mut years: BTreeSet<i16> = BTreeSet::new();
        for year in loaded.parts.iter().flat_map(|part| part.years.chunk_by(i16::eq)).map(|years| years[0]).filter(|year| *year != 0) {
            years.insert(year);
        }
        let years: Vec<i16> = years.into_iter().collect();
        let mut rows = vec![0; enterprises.len() * years.len()];
        let rounds: &[bool] = if loaded.layout.within.is_some() { &[true, false] } else { &[true] };
        for (whole, part) in rounds.iter().flat_map(|&whole| loaded.parts.iter().map(move |part| (whole, part))) {
            let is_one = |at: usize, owner: u32| owner != NOBODY && part.used[at] && part.is_whole(at) == whole;
            for (at, &owner) in part.owners.iter().enumerate().filter(|(at, owner)| is_one(*at, **owner)) {
                if let Ok(slot) = years.binary_search(&part.years[at]) {
                    let row: &mut u32 = &mut rows[owner as usize * years.len() + slot];
                    *row = if *row == 0 { part.rows[at] } else { *row };
                }
            }
        }
        self.tables.push(Addressed { years, rows, ..Addressed::of(loaded) });
    }

    /// Adds a table whose rows are numbered in the order of the file.
    pub fn add_rows(&mut self, loaded: &Loaded<'_>) {
        let rows = loaded.spots().map(|spot| loaded.row(spot) as u32).collect();
        self.tables.push(Addressed { rows, ..Addressed::of(loaded) });
    }

    /// Adds the enterprises.
    pub fn add_enterprises(&mut self, enterprises: &Enterprises) {
        let rows = enterprises.spots.iter().map(|&spot| enterprises.loaded.row(spot) as u32).collect();
        self.tables.push(Addressed { rows, ..Addressed::of(&enterprises.loaded) });
    }

    /// Adds those of other tables.
    pub fn extend(&mut self, other: Addresses) {
        self.tables.extend(other.tables);
    }

    /// The cell of a column for a number, and for a year where the table has a row for each.
    pub fn cell(&self, table: &str, column: &str, number: usize, year: i32) -> Option<Place> {
        let addressed = self.tables.iter().find(|addressed| addressed.table == table)?;
        let (_, column, heading) = addressed.columns.iter().find(|(name, ..)| *name == column)?;
        let row = match addressed.years.as_slice() {
            [] => *addressed.rows.get(number)?,
            years => *addressed.rows.get(number * years.len() + years.binary_search(&i16::try_from(year).ok()?).ok()?)?,
        };
        let place = Place::Cell { file: addressed.file.clone(), row: row.into(), column: *column, heading: heading.clone() };
        (row != 0).then_some(place)
    }

    /// The heading of a column.
    pub fn heading(&self, table: &str, column: &str) -> Option<Place> {
        let addressed = self.tables.iter().find(|addressed| addressed.table == table)?;
        let (_, column, heading) = addressed.columns.iter().find(|(name, ..)| *name == column)?;
        let (file, heading) = (addressed.file.clone(), heading.clone());
        Some(Place::Cell { file, row: addressed.heading_row, column: *column, heading })
    }
}

impl Addressed {
    fn of(loaded: &Loaded<'_>) -> Addressed {
        let columns = loaded.layout.readers.iter().enumerate().filter_map(|(at, reader)| match reader.file.means {
            Means::Known(column) => Some((column.name.as_str(), at as u32, reader.file.heading.clone())),
            _ => None,
        });
        Addressed {
            table: loaded.layout.table.name.as_str(),
            file: loaded.layout.file.clone(),
            heading_row: loaded.layout.heading_row,
            columns: columns.collect(),
            years: Vec::new(),
            rows: Vec::new(),
        }
    }
}
