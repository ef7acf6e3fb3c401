//! `zones.csv`: what is known of a zone in a year.
//!
//! In: the loaded table and the zone of each enterprise. Out: its columns for every enterprise and year, and warnings for zones
//! that it does not have. Next: `panel`.

use std::collections::HashMap;

use super::enterprises::Enterprises;
use super::nearest;
use super::table::Loaded;
use super::yearly::PanelColumn;
use crate::finding::{Code, Finding, Findings};

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
            let finding = Finding::warning(Code::UnknownZone, table.layout.place(table.row(spot), Some(at)));
            findings.push(finding.text(zone).with("nearest", near));
        }
    }

    /// The columns of the zones for every enterprise and year.
    pub fn columns(&self, enterprises: &Enterprises, years: &[i32]) -> Vec<PanelColumn> {
        let zone = enterprises.loaded.position("zone");
        let mut spots = Vec::with_capacity(enterprises.len() * years.len());
        for number in 0..enterprises.len() {
            let rows = enterprises.text(zone, number).and_then(|zone| self.rows.get(zone)).map_or(&[][..], Vec::as_slice);
            for &year in years {
                let later = rows.partition_point(|row| i32::from(row.0) <= year);
                spots.push(later.checked_sub(1).map(|at| rows[at].1));
            }
        }
        let stored = self.loaded.for_panel().filter(|(name, known, _)| known.is_none() || !matches!(*name, "zone" | "year"));
        let columns = stored.map(|(name, known, at)| {
            let name = if known.is_some() && name == "name" { "zone_name" } else { name };
            let series = self.loaded.series(name, known, at, spots.iter().copied());
            PanelColumn { table: "zones", extra: known.is_none(), series }
        });
        columns.collect()
    }
}
