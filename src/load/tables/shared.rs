//! Which enterprises share parcels.
//!
//! In: the loaded land table. Out: for every enterprise the id that stands for all who are linked by common parcels: the smallest id
//! of those who own one of them, else the smallest of all.

use std::collections::HashMap;

use polars::prelude::*;

use crate::load::reading::table::Loaded;
use crate::load::tables::enterprise::NOBODY;
use crate::load::tables::enterprises::Enterprises;

/// The column of the panel.
pub const COLUMN: &str = "site_unit";

/// Who holds what.
#[derive(Debug, Clone)]
pub struct Links {
    /// Parcel, enterprise, and whether it is owned.
    rows: Vec<(u32, u32, bool)>,
    /// Ids by enterprise.
    ids: Vec<String>,
}

impl Links {
    /// The rows of the land table.
    pub fn of(loaded: &Loaded<'_>, enterprises: &Enterprises, owned: &dyn Fn((u32, u32)) -> bool) -> Links {
        let mut parcels: HashMap<&str, u32> = HashMap::new();
        let mut rows = Vec::new();
        let parcel = loaded.position("parcel_id");
        for spot in loaded.spots() {
            let (part, at) = (&loaded.parts[spot.0 as usize], spot.1 as usize);
            let Some(id) = parcel.and_then(|column| part.cells[column].text(at)).filter(|_| part.owners[at] != NOBODY) else { continue };
            let next = parcels.len() as u32;
            rows.push((*parcels.entry(id).or_insert(next), part.owners[at], owned(spot)));
        }
        let column = enterprises.loaded.position("enterprise_id");
        let ids = (0..enterprises.len()).map(|number| enterprises.text(column, number).unwrap_or("").to_owned()).collect();
        Links { rows, ids }
    }

    /// Those of several data sets, one after the other: the links of each, and its ids by enterprise.
    pub fn joined<'l>(all: impl Iterator<Item = (Option<&'l Links>, Vec<String>)>) -> Links {
        let mut joined = Links { rows: Vec::new(), ids: Vec::new() };
        let mut parcels = 0;
        for (links, ids) in all {
            let (parcel, number) = (parcels, joined.ids.len() as u32);
            let rows = links.iter().flat_map(|links| &links.rows);
            joined.rows.extend(rows.map(|&(held, by, owned)| (held + parcel, by + number, owned)));
            parcels = joined.rows.iter().map(|(held, ..)| held + 1).max().unwrap_or(0);
            joined.ids.extend(ids);
        }
        joined
    }

    /// One text per enterprise, all joining in.
    pub fn of_all(&self) -> Series {
        let leads = self.leads(&|_| true);
        StringChunked::from_iter_options(COLUMN.into(), leads.iter().map(|lead| lead.map(|lead| self.ids[lead as usize].as_str())))
            .into_series()
    }

    /// One text per enterprise and year, in the order of the panel; only those link and are linked who join in.
    pub fn of_those(&self, joins: &BooleanChunked) -> Series {
        let years = joins.len() / self.ids.len().max(1);
        let mut units: Vec<Option<u32>> = vec![None; joins.len()];
        for year in 0..years {
            let leads = self.leads(&|number| joins.get(number as usize * years + year) == Some(true));
            leads.into_iter().enumerate().for_each(|(number, lead)| units[number * years + year] = lead);
        }
        StringChunked::from_iter_options(COLUMN.into(), units.iter().map(|lead| lead.map(|lead| self.ids[lead as usize].as_str())))
            .into_series()
    }

    /// Who stands for each, if it joins in.
    fn leads(&self, joins: &dyn Fn(u32) -> bool) -> Vec<Option<u32>> {
        let mut roots: Vec<u32> = (0..self.ids.len() as u32).collect();
        let mut holders: HashMap<u32, u32> = HashMap::new();
        let joining: Vec<bool> = (0..self.ids.len() as u32).map(joins).collect();
        let held = || self.rows.iter().filter(|(_, number, _)| joining[*number as usize]);
        for (parcel, number, _) in held() {
            let other = *holders.entry(*parcel).or_insert(*number);
            let (one, other) = (root(&mut roots, *number), root(&mut roots, other));
            roots[one.max(other) as usize] = one.min(other);
        }
        let owners: std::collections::HashSet<u32> = held().filter(|(.., owned)| *owned).map(|(_, number, _)| *number).collect();
        // Numbers follow the order of the file, ids do not.
        let mut best: HashMap<u32, u32> = HashMap::new();
        let rank = |number: u32| (!owners.contains(&number), self.ids[number as usize].as_str());
        for number in (0..self.ids.len() as u32).filter(|number| joining[*number as usize]) {
            let root = root(&mut roots, number);
            let lead = best.entry(root).or_insert(number);
            if rank(number) < rank(*lead) {
                *lead = number;
            }
        }
        let numbers = (0..self.ids.len() as u32).map(|number| joining[number as usize].then(|| root(&mut roots, number)));
        let numbers: Vec<Option<u32>> = numbers.collect();
        numbers.into_iter().map(|root| root.and_then(|root| best.get(&root).copied())).collect()
    }
}

/// The number that stands for all that are linked.
fn root(roots: &mut [u32], number: u32) -> u32 {
    let mut root = number;
    while roots[root as usize] != root {
        let next = roots[root as usize];
        roots[root as usize] = roots[next as usize];
        root = next;
    }
    root
}
