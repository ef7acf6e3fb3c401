//! The rows of `agreements.csv`, and the parcel each is about.
//!
//! In: the loaded table and the parcels. Out: the frame of agreements, and a warning for each parcel that land does not have.
//! Next: the rules on agreements.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use polars::prelude::*;

use crate::finding::{Code, Finding, Findings};
use crate::load::reading::table::Loaded;
use crate::load::tables::enterprise::NOBODY;
use crate::load::tables::enterprises::Enterprises;
use crate::load::tables::frame;
use crate::load::tables::nearest;
use crate::load::tables::parcels::{OWNED, Parcels};

/// All rows of agreements that may be used, in the order of the file.
pub struct Agreements<'l, 'i> {
    loaded: Option<&'l Loaded<'i>>,
    parcels: &'l Parcels<'l, 'i>,
    enterprises: &'l Enterprises,
    spots: Vec<(u32, u32)>,
    /// The parcel of each.
    found: Vec<Option<usize>>,
    /// The parcel that an agreement names, where others hold it.
    foreign: Vec<Option<usize>>,
}

impl<'l, 'i> Agreements<'l, 'i> {
    /// Finds the parcel of each agreement.
    pub fn place(loaded: Option<&'l Loaded<'i>>, parcels: &'l Parcels<'l, 'i>, enterprises: &'l Enterprises) -> Self {
        let spots: Vec<(u32, u32)> = loaded.map_or(Vec::new(), |loaded| loaded.spots().collect());
        let mut agreements = Agreements { loaded, parcels, enterprises, spots, found: Vec::new(), foreign: Vec::new() };
        (agreements.found, agreements.foreign) = agreements.find();
        agreements
    }

    fn text(&self, name: &str, number: usize) -> Option<&'l str> {
        let loaded = self.loaded?;
        loaded.text(loaded.position(name)?, self.spots[number])
    }

    fn find(&self) -> (Vec<Option<usize>>, Vec<Option<usize>>) {
        let ids: Vec<Option<&str>> = (0..self.spots.len()).map(|number| self.text("parcel_id", number)).collect();
        // Land may have millions of rows: only those that an agreement names are remembered.
        let mut named: HashMap<&str, Vec<usize>> = ids.iter().flatten().map(|id| (*id, Vec::new())).collect();
        if !named.is_empty() {
            for parcel in 0..self.parcels.spots.len() {
                if let Some(rows) = self.parcels.id(parcel).and_then(|id| named.get_mut(id)) {
                    rows.push(parcel);
                }
            }
        }
        let rows = |id: &Option<&str>| id.and_then(|id| named.get(id)).filter(|rows| !rows.is_empty());
        let found: Vec<Option<usize>> = ids.iter().enumerate().map(|(number, id)| self.best(number, rows(id)?)).collect();
        let others = ids.iter().zip(&found).map(|(id, found)| if found.is_none() { rows(id).map(|rows| rows[0]) } else { None });
        let others = others.collect();
        (found, others)
    }

    /// Of the rows of a parcel the owned one of the same holder, of several the one dated last; for a tenant the row of the one owner.
    /// Whose facts those of others are cannot be told; where an agreement names no enterprise, the parcel's only holder is meant.
    fn best(&self, number: usize, rows: &[usize]) -> Option<usize> {
        let owner = self.loaded.map_or(NOBODY, |loaded| loaded.owner(self.spots[number]));
        let id = self.text("enterprise_id", number);
        let of_one = |rows: &[usize]| rows.iter().all(|&row| self.parcels.holder(row) == self.parcels.holder(rows[0]));
        let is_same = |&row: &usize| match (id, self.parcels.holder(row)) {
            (Some(_), (holder, text)) => holder == owner && (holder != NOBODY || text == id),
            (None, _) => of_one(rows),
        };
        let last = |rows: &[usize]| rows.iter().copied().min_by_key(|&row| (Reverse(self.parcels.holds_from(row)), row));
        let (owned, rented): (Vec<usize>, Vec<usize>) = rows.iter().partition(|&&row| self.parcels.tenure(row) == OWNED);
        let own: Vec<usize> = owned.iter().copied().filter(is_same).collect();
        let lent: Vec<usize> = rented.into_iter().filter(is_same).collect();
        match (own.is_empty(), lent.is_empty()) {
            (false, _) => last(&own),
            (true, false) if !owned.is_empty() && of_one(&owned) => last(&owned),
            (true, false) => last(&lent),
            (true, true) => None,
        }
    }

    /// Warns of parcels that land does not have. Without a table of land there is nothing to compare with.
    pub fn check(&self, findings: &mut Findings) {
        let (Some(loaded), Some(_)) = (self.loaded, self.parcels.loaded) else { return };
        let at = loaded.position("parcel_id");
        for (number, parcel) in self.foreign.iter().enumerate().filter_map(|(number, parcel)| Some((number, (*parcel)?))) {
            let place = loaded.place(self.spots[number], at);
            let holder = self.parcels.holder(parcel).1.unwrap_or("—");
            let finding = Finding::warning(Code::ParcelOfAnother, place).text(self.text("parcel_id", number).unwrap_or(""));
            findings.push(finding.with("holder", holder).with("enterprise", self.text("enterprise_id", number).unwrap_or("—")));
        }
        let unknown: Vec<(usize, &str)> = (0..self.spots.len())
            .filter(|&number| self.found[number].is_none() && self.foreign[number].is_none())
            .filter_map(|number| Some((number, self.text("parcel_id", number)?)))
            .collect();
        if unknown.is_empty() {
            return;
        }
        let known: Vec<&str> = (0..self.parcels.spots.len()).filter_map(|parcel| self.parcels.id(parcel)).collect();
        let mut names: Vec<&str> = Vec::new();
        let mut places: BTreeMap<&str, usize> = BTreeMap::new();
        for &(_, id) in &unknown {
            places.entry(id).or_insert_with(|| {
                names.push(id);
                names.len() - 1
            });
        }
        let near = nearest::nearest_each(&names, &known);
        for (number, id) in unknown {
            let hit = places.get(id).and_then(|&place| near.get(place).copied().flatten()).map_or("—", |parcel| known[parcel]);
            let place = loaded.place(self.spots[number], at);
            findings.push(Finding::warning(Code::UnknownParcel, place).text(id).with("nearest", hit));
        }
    }

    /// One row per agreement.
    pub fn frame(&self) -> DataFrame {
        let of_enterprise = self.enterprises.loaded.position("zone");
        let owner = |number: usize| self.loaded.map(|loaded| loaded.owner(self.spots[number])).filter(|owner| *owner != NOBODY);
        let zone = |number: usize| {
            let of_parcel = self.found[number].and_then(|parcel| self.parcels.zone(parcel));
            of_parcel.or_else(|| self.enterprises.text(of_enterprise, owner(number)? as usize))
        };
        let found = self.found.iter().map(|parcel| parcel.map(|parcel| parcel as i32));
        let first = vec![
            frame::numbers("agreement", self.spots.len()),
            frame::owners(self.loaded, &self.spots),
            Int32Chunked::from_iter_options("parcel".into(), found).into_series(),
            frame::text("agreement_id", self.loaded, &self.spots),
            frame::text("enterprise_id", self.loaded, &self.spots),
            frame::of_owner("name", self.loaded, self.enterprises, &self.spots),
            crate::load::cells::column::texts("zone".into(), self.spots.len(), (0..self.spots.len()).map(zone)),
            frame::text("parcel_id", self.loaded, &self.spots),
        ];
        frame::build(self.loaded, &self.spots, first)
    }
}
