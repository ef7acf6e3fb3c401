//! Which enterprises share parcels.
//!
//! In: the loaded land table. Out: one text per enterprise, the same for all that are linked by common parcels: the smallest
//! of their ids.

use std::collections::HashMap;

use polars::prelude::*;

use super::enterprise::NOBODY;
use super::enterprises::Enterprises;
use super::table::Loaded;

/// The column of the panel.
pub const COLUMN: &str = "site_unit";

/// The unit of every enterprise; one that shares with nobody is its own.
pub fn units(loaded: &Loaded<'_>, enterprises: &Enterprises) -> Series {
    let mut leads: Vec<u32> = (0..enterprises.len() as u32).collect();
    let mut holders: HashMap<&str, u32> = HashMap::new();
    let parcel = loaded.position("parcel_id");
    for spot in loaded.spots() {
        let (part, at) = (&loaded.parts[spot.0 as usize], spot.1 as usize);
        let owner = part.owners[at];
        let Some(id) = parcel.and_then(|column| part.cells[column].text(at)).filter(|_| owner != NOBODY) else { continue };
        let other = *holders.entry(id).or_insert(owner);
        let (one, other) = (root(&mut leads, owner), root(&mut leads, other));
        leads[one.max(other) as usize] = one.min(other);
    }
    let id_column = enterprises.loaded.position("enterprise_id");
    let id = |number: u32| enterprises.text(id_column, number as usize).unwrap_or("");
    // The smallest id of each unit: numbers follow the order of the file, ids do not.
    let mut smallest: HashMap<u32, u32> = HashMap::new();
    for number in 0..enterprises.len() as u32 {
        let lead = root(&mut leads, number);
        let best = smallest.entry(lead).or_insert(number);
        if id(number) < id(*best) {
            *best = number;
        }
    }
    let units = (0..enterprises.len() as u32).map(|number| {
        let lead = root(&mut leads, number);
        Some(id(smallest.get(&lead).copied().unwrap_or(number)))
    });
    StringChunked::from_iter_options(COLUMN.into(), units.collect::<Vec<_>>().into_iter()).into_series()
}

/// The number that stands for all that are linked.
fn root(leads: &mut [u32], number: u32) -> u32 {
    let mut root = number;
    while leads[root as usize] != root {
        let next = leads[root as usize];
        leads[root as usize] = leads[next as usize];
        root = next;
    }
    root
}
