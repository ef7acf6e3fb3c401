//! Cells of a file that are read otherwise than they stand.
//!
//! In: what `resolve` found. Out: the cells of a row as corrected. Next: `row` reads them in the place of the file's own.

use std::collections::HashMap;

/// Cells that are read otherwise than they stand, by row.
#[derive(Debug, Default)]
pub struct Patches {
    pub(super) rows: HashMap<u64, Vec<(usize, String)>>,
}

impl Patches {
    /// The cells of a row, if one of them is corrected.
    pub fn of<'p>(&'p self, row: u64, fields: &[&'p str]) -> Option<Vec<&'p str>> {
        let changes = self.rows.get(&row)?;
        let mut fields = fields.to_vec();
        for (at, text) in changes {
            if let Some(field) = fields.get_mut(*at) {
                *field = text;
            }
        }
        Some(fields)
    }
}
