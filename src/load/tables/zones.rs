//! `zones.csv`: what is known of a zone in a year.
//!
//! In: the loaded table and the zone of each enterprise. Out: its columns for every enterprise and year, a frame with one row per zone
//! and year, and warnings for zones that it does not have. Next: `panel`, [`crate::load::Dataset::zone_years`].

use std::collections::{BTreeSet, HashMap, HashSet};

use polars::prelude::*;
use rayon::prelude::*;

use crate::finding::{Code, Finding, Findings};
use crate::load::cells::column::{Cells, Spot};
use crate::load::headings::Means;
use crate::load::reading::part::Part;
use crate::load::reading::table::Loaded;
use crate::load::tables::enterprises::Enterprises;
use crate::load::tables::nearest;
use crate::load::tables::yearly::PanelColumn;

/// The zones by name, each with its rows by year (0: no year).
pub struct Zones<'i> {
    loaded: Loaded<'i>,
    rows: HashMap<String, Vec<(i16, (u32, u32))>>,
    names: Vec<String>,
}

impl<'i> Zones<'i> {
    /// Sorts the rows of each zone by year; a zone and year that stand twice are an error.
    pub fn read(mut loaded: Loaded<'i>, findings: &mut Findings) -> Self {
        let zone = loaded.position("zone");
        loaded.refuse_duplicates(zone.as_slice(), findings);
        let mut rows: HashMap<String, Vec<(i16, (u32, u32))>> = HashMap::new();
        let mut names = Vec::new();
        for spot in loaded.spots() {
            let part = &loaded.parts[spot.0 as usize];
            let Some(name) = zone.and_then(|at| part.cells[at].text(spot.1 as usize)) else { continue };
            let of_zone = rows.entry(name.to_owned()).or_insert_with(|| {
                names.push(name.to_owned());
                Vec::new()
            });
            of_zone.push((part.years[spot.1 as usize], spot));
        }
        rows.values_mut().for_each(|rows| rows.sort());
        Zones { loaded, rows, names }
    }

    /// The table itself.
    pub fn loaded(&self) -> &Loaded<'i> {
        &self.loaded
    }

    /// Warns of every row of a table whose zone is not known.
    pub fn check(&self, table: &Loaded<'_>, findings: &mut Findings) {
        let Some(at) = table.position("zone") else { return };
        let names: Vec<&str> = self.names.iter().map(String::as_str).collect();
        let mut nearest: HashMap<&str, &str> = HashMap::new();
        for spot in table.spots() {
            let Some(zone) = table.parts[spot.0 as usize].cells[at].text(spot.1 as usize) else { continue };
            if self.rows.contains_key(zone) {
                continue;
            }
            if !nearest.contains_key(zone) && nearest.len() < nearest::LOOKED_UP {
                let place = nearest::nearest(zone, names.iter().copied());
                nearest.insert(zone, place.map_or("—", |place| names[place]));
            }
            let near = nearest.get(zone).copied().unwrap_or("—");
            let finding = Finding::warning(Code::UnknownZone, table.place(spot, Some(at)));
            findings.push(finding.text(zone).with("nearest", near));
        }
    }

    /// The columns of the zones for every enterprise and year.
    pub fn columns(&self, enterprises: &Enterprises, years: &[i32]) -> Vec<PanelColumn> {
        let zone = enterprises.loaded.position("zone");
        let mut spots = Vec::with_capacity(enterprises.len() * years.len());
        for number in 0..enterprises.len() {
            let zone = enterprises.text(zone, number);
            spots.extend(years.iter().map(|&year| zone.and_then(|zone| self.spot(zone, year))));
        }
        let stored = self.loaded.for_panel().filter(|(name, known, _)| known.is_none() || !matches!(*name, "zone" | "year"));
        let columns = stored.map(|(name, known, at)| {
            let name = if known.is_some() && name == "name" { "zone_name" } else { name };
            let series = self.loaded.series(name, known, at, spots.iter().copied());
            PanelColumn { table: "zones", extra: known.is_none(), series }
        });
        columns.collect()
    }

    /// The row that holds for a zone in a year.
    fn spot(&self, zone: &str, year: i32) -> Spot {
        let rows = self.rows.get(zone)?;
        let later = rows.partition_point(|row| i32::from(row.0) <= year);
        later.checked_sub(1).map(|at| rows[at].1)
    }
}

/// The zones that the rows of a table name.
pub fn named(loaded: &Loaded<'_>) -> BTreeSet<String> {
    let Some(at) = loaded.position("zone") else { return BTreeSet::new() };
    let of_part = |part: &Part| {
        let (mut names, mut last) = (HashSet::new(), "");
        if let Cells::Text(texts) = &part.cells[at] {
            for zone in part.used.iter().enumerate().filter(|(_, used)| **used).filter_map(|(row, _)| texts.some(row)) {
                // Rows of a zone often stand together.
                if zone != last {
                    names.insert(zone);
                    last = zone;
                }
            }
        }
        names.into_iter().map(str::to_owned).collect::<BTreeSet<String>>()
    };
    loaded.parts.par_iter().map(of_part).reduce(BTreeSet::new, |mut all, some| {
        all.extend(some);
        all
    })
}

/// One row per zone and year, sorted by both: zone, year, zone_name, then what the table has. Zones that only other tables name have
/// nothing else.
pub fn frame(zones: Option<&Zones<'_>>, mut names: BTreeSet<String>, years: &[i32]) -> DataFrame {
    names.extend(zones.iter().flat_map(|zones| zones.names.iter().cloned()));
    let rows = names.len() * years.len();
    let each = || names.iter().flat_map(|zone| years.iter().map(move |&year| (zone.as_str(), year)));
    let spots: Vec<Spot> = each().map(|(zone, year)| zones.and_then(|zones| zones.spot(zone, year))).collect();
    let mut columns = vec![
        StringChunked::from_iter_values("zone".into(), each().map(|(zone, _)| zone)).into_series(),
        Int32Chunked::from_iter_values("year".into(), each().map(|(_, year)| year)).into_series(),
        Series::full_null("zone_name".into(), rows, &DataType::String),
    ];
    let mut taken: HashSet<String> = ["zone", "year", "zone_name"].map(str::to_owned).into();
    let readers =
        zones.iter().flat_map(|zones| zones.loaded.layout.readers.iter().enumerate().map(|(at, reader)| (&zones.loaded, at, reader)));
    let (known, extra): (Vec<_>, Vec<_>) = readers.filter(|(.., reader)| reader.framed).partition(|(.., reader)| reader.file.is_known());
    for (loaded, at, reader) in known.into_iter().chain(extra) {
        let column = if let Means::Known(column) = reader.file.means { Some(column) } else { None };
        match column.map(|column| column.name.as_str()) {
            Some("zone" | "year") => {}
            Some("name") => columns[2] = loaded.series("zone_name", column, at, spots.iter().copied()),
            name => {
                let mut name = name.unwrap_or(&reader.file.heading).to_owned();
                while !taken.insert(name.clone()) {
                    name = format!("zones_{name}");
                }
                columns.push(loaded.series(&name, column, at, spots.iter().copied()));
            }
        }
    }
    let columns = columns.into_iter().map(IntoColumn::into_column).collect();
    DataFrame::new(rows, columns).expect("names are unique and every column has one value per zone and year")
}
