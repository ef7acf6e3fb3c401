//! Rows around the rows of a table that a printer puts on every page: titles, headings, units, numbers of columns.
//!
//! In: the records down to the last one before the data. Out: whether a later record is one of them again. Next: `skipped`, `merged`.

use std::collections::BTreeSet;

use crate::dictionary::normalise;
use crate::load::cells::cell::trim;
use crate::load::source::Row;

/// The rows above the data, as they are compared.
#[derive(Debug, Clone, Default)]
pub struct Furniture {
    rows: BTreeSet<Vec<String>>,
    /// Their first cells: by them nearly every row is told to be none.
    firsts: BTreeSet<String>,
}

impl Furniture {
    /// Of the records above the data.
    pub fn of(rows: &[Row]) -> Furniture {
        let rows = rows.iter().map(|row| filled(row.fields.iter().map(String::as_str)));
        let rows: BTreeSet<Vec<String>> = rows.filter(|cells| !cells.is_empty()).collect();
        Furniture { firsts: rows.iter().filter_map(|cells| cells.first().cloned()).collect(), rows }
    }

    /// Is a record one of them again?
    pub fn has(&self, fields: &[&str]) -> bool {
        let first = fields.iter().map(|field| trim(field)).find(|field| !field.is_empty());
        if !first.is_some_and(|first| self.firsts.contains(&normalise(first))) {
            return false;
        }
        let cells = filled(fields.iter().copied());
        // Numbers alone may be data.
        cells.iter().any(|cell| !cell.bytes().all(|byte| byte.is_ascii_digit())) && self.rows.contains(&cells)
    }
}

fn filled<'c>(cells: impl Iterator<Item = &'c str>) -> Vec<String> {
    cells.map(trim).filter(|cell| !cell.is_empty()).map(normalise).collect()
}
