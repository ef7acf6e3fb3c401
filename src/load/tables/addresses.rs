//! Where the figures of an enterprise, a parcel or a building stand: for findings that are made when nothing but numbers is left.
//!
//! In: the loaded tables. Out: [`Addresses`]. Only `check` asks for this.

use std::collections::BTreeSet;

use crate::finding::Place;
use crate::load::headings::Means;
use crate::load::reading::origins::{At, Origin};
use crate::load::reading::table::Loaded;
use crate::load::tables::enterprise::NOBODY;
use crate::load::tables::enterprises::Enterprises;

/// The cells of all tables that are addressed.
#[derive(Debug, Clone, Default)]
pub struct Addresses {
    tables: Vec<Addressed>,
}

/// The rows of a table by number: of the enterprise (and year), or of the row itself.
#[derive(Debug, Clone)]
struct Addressed {
    table: &'static str,
    /// Its files.
    origins: Vec<Origin>,
    /// Names and places of its columns.
    columns: Vec<(&'static str, usize)>,
    /// The years of a yearly table, sorted; empty for others.
    years: Vec<i16>,
    rows: Vec<At>,
}

impl Addresses {
    /// Adds a table with one row per enterprise and year; where a year has rows of its parts only, the first of them stands for it.
    pub fn add_yearly(&mut self, loaded: &Loaded<'_>, enterprises: &Enterprises) {
        let mut years: BTreeSet<i16> = BTreeSet::new();
        for year in loaded.parts.iter().flat_map(|part| part.years.chunk_by(i16::eq)).map(|years| years[0]).filter(|year| *year != 0) {
            years.insert(year);
        }
        let years: Vec<i16> = years.into_iter().collect();
        let mut rows = vec![At::default(); enterprises.len() * years.len()];
        let rounds: &[bool] = if loaded.layout.within.is_some() { &[true, false] } else { &[true] };
        for (whole, part) in rounds.iter().flat_map(|&whole| loaded.parts.iter().map(move |part| (whole, part))) {
            let is_one = |at: usize, owner: u32| owner != NOBODY && part.used[at] && part.is_whole(at) == whole;
            for (at, &owner) in part.owners.iter().enumerate().filter(|(at, owner)| is_one(*at, **owner)) {
                if let Ok(slot) = years.binary_search(&part.years[at]) {
                    let row: &mut At = &mut rows[owner as usize * years.len() + slot];
                    *row = if row.row == 0 { part.row(at) } else { *row };
                }
            }
        }
        self.tables.push(Addressed { years, rows, ..Addressed::of(loaded) });
    }

    /// Adds a table whose rows are numbered in the order of the file.
    pub fn add_rows(&mut self, loaded: &Loaded<'_>) {
        let rows = loaded.spots().map(|spot| loaded.row(spot)).collect();
        self.tables.push(Addressed { rows, ..Addressed::of(loaded) });
    }

    /// Adds the enterprises.
    pub fn add_enterprises(&mut self, enterprises: &Enterprises) {
        let rows = enterprises.spots.iter().map(|&spot| enterprises.loaded.row(spot)).collect();
        self.tables.push(Addressed { rows, ..Addressed::of(&enterprises.loaded) });
    }

    /// Adds those of other tables.
    pub fn extend(&mut self, other: Addresses) {
        self.tables.extend(other.tables);
    }

    /// The cell of a column for a number, and for a year where the table has a row for each.
    pub fn cell(&self, table: &str, column: &str, number: usize, year: i32) -> Option<Place> {
        let addressed = self.tables.iter().find(|addressed| addressed.table == table)?;
        let (_, column) = addressed.columns.iter().find(|(name, _)| *name == column)?;
        let at = match addressed.years.as_slice() {
            [] => *addressed.rows.get(number)?,
            years => *addressed.rows.get(number * years.len() + years.binary_search(&i16::try_from(year).ok()?).ok()?)?,
        };
        let place = addressed.origins[usize::from(at.origin)].place(at.row.into(), Some(*column));
        (at.row != 0).then_some(place)
    }

    /// The heading of a column, in the last of its files.
    pub fn heading(&self, table: &str, column: &str) -> Option<Place> {
        let addressed = self.tables.iter().find(|addressed| addressed.table == table)?;
        let (_, column) = addressed.columns.iter().find(|(name, _)| *name == column)?;
        addressed.origins.last().map(|origin| origin.heading(*column))
    }
}

impl Addressed {
    fn of(loaded: &Loaded<'_>) -> Addressed {
        let columns = loaded.layout.readers.iter().enumerate().filter_map(|(at, reader)| match reader.file.means {
            Means::Known(column) => Some((column.name.as_str(), at)),
            _ => None,
        });
        Addressed {
            table: loaded.layout.table.name.as_str(),
            origins: loaded.origins.clone(),
            columns: columns.collect(),
            years: Vec::new(),
            rows: Vec::new(),
        }
    }
}
