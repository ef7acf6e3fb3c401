//! `enterprises.csv`: who there is, and the dense number by which every other table names an enterprise.
//!
//! In: the loaded table. Out: [`Enterprises`], numbered in the order of the file. Next: `panel`, one block of rows for each.

use std::collections::BTreeSet;

use rayon::prelude::*;

use crate::finding::Findings;
use crate::load::reading::table::Loaded;
use crate::load::tables::enterprise::{Index, drop_again};

/// The enterprises in the order of the file.
pub struct Enterprises {
    /// The table.
    pub loaded: Loaded<'static>,
    /// From id to number.
    pub index: Index,
    /// Where each stands.
    pub spots: Vec<(u32, u32)>,
    /// Ids whose rows are there and cannot be used.
    pub refused: BTreeSet<String>,
    id: Option<usize>,
    name: Option<usize>,
}

impl Enterprises {
    /// Numbers the enterprises; an id that stands twice is an error and keeps its first row.
    pub fn number(loaded: Loaded<'static>, findings: &mut Findings) -> Self {
        let (id, name) = (loaded.position("enterprise_id"), loaded.position("name"));
        let text = |&(part, at): &(u32, u32)| loaded.parts[part as usize].cells[id?].text(at as usize);
        let mut spots: Vec<(u32, u32)> = loaded.spots().filter(|spot| text(spot).is_some()).collect();
        let ids: Vec<&str> = spots.par_iter().map(|spot| text(spot).unwrap_or_default()).collect();
        let (index, twice) = Index::of(&ids);
        for &(again, first) in &twice {
            let [row, first] = [again, first].map(|place| loaded.row(spots[place as usize]));
            findings.push(loaded.duplicate(row, first, ids[again as usize]));
        }
        drop(ids);
        drop_again(&mut spots, &twice);
        let refused = loaded.parts.iter().flat_map(|part| part.refused.iter().cloned()).collect();
        Enterprises { loaded, index, spots, refused, id, name }
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.spots.len()
    }

    /// All ids, by number.
    pub fn ids(&self) -> Vec<&str> {
        (0..self.len()).map(|number| self.id(number)).collect()
    }

    /// The id of an enterprise.
    pub fn id(&self, number: usize) -> &str {
        self.text(self.id, number).unwrap_or_default()
    }

    /// The name of an enterprise.
    pub fn name(&self, number: usize) -> Option<&str> {
        self.text(self.name, number)
    }

    /// The text of a column for an enterprise.
    pub fn text(&self, column: Option<usize>, number: usize) -> Option<&str> {
        let (part, at) = self.spots[number];
        self.loaded.parts[part as usize].cells[column?].text(at as usize)
    }
}
