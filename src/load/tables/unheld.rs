//! Land without a holder: approved for building, not yet supplied to anybody.
//!
//! In: the rows of `land.csv`. Out: which of them may leave the enterprise blank, and an error where such a parcel stands twice.
//! It counts for no enterprise. Next: `subjects`, which hands it on.

use std::collections::{HashMap, HashSet};

use crate::finding::Findings;
use crate::load::cells::cell;
use crate::load::cells::column::Cells;
use crate::load::reading::origins::At;
use crate::load::reading::reader::Reader;
use crate::load::reading::table::Loaded;
use crate::load::tables::enterprise::NOBODY;

/// Where the columns stand by which land without a holder is known.
#[derive(Debug, Clone, Copy)]
pub struct Unheld {
    holder: usize,
    approved: usize,
    supplied: Option<usize>,
}

impl Unheld {
    /// `None` where no row may be without a holder.
    pub fn of(table: &str, readers: &[Reader]) -> Option<Unheld> {
        let at = |name: &str| readers.iter().position(|reader| reader.means(name));
        if table != "land" {
            return None;
        }
        Some(Unheld { holder: at("enterprise_id")?, approved: at("approved_on")?, supplied: at("supplied_on") })
    }

    /// May the blank cell of a column stay blank? The land is approved and not supplied, and the column is the holder's.
    pub fn may_lack(self, column: usize, fields: &[&str]) -> bool {
        let is_blank = |at: usize| cell::is_missing(cell::trim(fields[at]));
        column == self.holder && !is_blank(self.approved) && self.supplied.is_none_or(is_blank)
    }
}

/// Reports parcels without a holder that stand twice with the same tenure and year.
pub fn refuse_duplicates(loaded: &Loaded<'_>, findings: &mut Findings) {
    if loaded.layout.unheld.is_none() {
        return;
    }
    let (parcel, tenure) = (loaded.position("parcel_id"), loaded.position("tenure"));
    let mut seen: HashMap<(&str, u8, i16), At> = HashMap::new();
    for (number, part) in loaded.parts.iter().enumerate() {
        let unknown: HashSet<u32> = part.unknown.iter().map(|(at, _)| *at).collect();
        let is_unheld = |at: &usize| part.used[*at] && part.owners[*at] == NOBODY && !unknown.contains(&(*at as u32));
        for at in (0..part.rows.len()).filter(is_unheld) {
            let word = match tenure.map(|column| &part.cells[column]) {
                Some(cells @ Cells::Choice(_)) => cells.word(at).unwrap_or(0),
                _ => 0,
            };
            let name = parcel.and_then(|column| part.cells[column].text(at)).unwrap_or("");
            let row = loaded.row((number as u32, at as u32));
            let first = *seen.entry((name, word, part.years[at])).or_insert(row);
            if first != row {
                findings.push(loaded.duplicate(row, first, name));
            }
        }
    }
}
