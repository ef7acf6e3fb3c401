//! Which cells of a table's file the corrections mean.
//!
//! In: the file as it stands and the corrections of its table. Out: [`Patches`], the cells that are read otherwise, and what became
//! of each correction. A row is known by its key; the row number decides where several rows have it, or where there is no key.

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::ops::ControlFlow;

use super::{Correction, Corrections, Outcome};
use crate::dictionary::Table;
use crate::load::cell;
use crate::load::heading::Means;
use crate::load::row::Reader;
use crate::load::shape::Heading;
use crate::load::source::Source;

/// Cells that are read otherwise than they stand, by row.
#[derive(Debug, Default)]
pub struct Patches {
    rows: HashMap<u64, Vec<(usize, String)>>,
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

/// A correction of this table.
struct Wanted {
    number: usize,
    column: usize,
    /// Columns and cells.
    key: BTreeMap<usize, String>,
    row: Option<u64>,
    /// Rows with the key, and the corrected column's text there.
    found: Vec<(u64, String)>,
}

impl Corrections {
    /// The cells of a table's file that are read otherwise; `None` if there is none. Looks the file through once more.
    ///
    /// # Errors
    ///
    /// When the file cannot be read.
    pub fn resolve(&self, table: &Table, source: &Source, heading: &Heading, readers: &[Reader]) -> io::Result<Option<Patches>> {
        let of_table: Vec<(usize, &Correction)> =
            self.list.iter().enumerate().filter(|(_, correction)| correction.table == table.name).collect();
        if of_table.is_empty() {
            return Ok(None);
        }
        let mut wanted = Vec::new();
        for (number, correction) in of_table {
            match wanted_of(number, correction, readers) {
                Some(one) => wanted.push(one),
                None => self.settle(number, Outcome::NoColumn),
            }
        }
        look(&mut wanted, source, heading, readers.len())?;
        let mut now: HashMap<(u64, usize), String> = HashMap::new();
        for one in &wanted {
            let outcome = apply(one, &self.list[one.number], &mut now);
            self.settle(one.number, outcome);
        }
        let mut patches = Patches::default();
        for ((row, column), text) in now {
            patches.rows.entry(row).or_default().push((column, text));
        }
        Ok(Some(patches))
    }

    fn settle(&self, number: usize, outcome: Outcome) {
        if let Ok(mut outcomes) = self.outcomes.lock() {
            outcomes[number] = Some(outcome);
        }
    }
}

/// `None` if a column is not there.
fn wanted_of(number: usize, correction: &Correction, readers: &[Reader]) -> Option<Wanted> {
    let at = |name: &str| {
        let is =
            |reader: &Reader| matches!(reader.file.means, Means::Known(column) if column.name == name) || *reader.file.heading == *name;
        readers.iter().position(is)
    };
    let mut key = BTreeMap::new();
    for part in correction.key.split([';', '；']).map(cell::trim).filter(|part| !part.is_empty()) {
        let (name, text) = part.split_once('=')?;
        key.insert(at(cell::trim(name))?, cell::trim(text).to_owned());
    }
    Some(Wanted { number, column: at(&correction.column)?, key, row: correction.row, found: Vec::new() })
}

/// Finds the rows of all corrections in one pass: they are looked up by the cells of their keys.
fn look(wanted: &mut [Wanted], source: &Source, heading: &Heading, columns: usize) -> io::Result<()> {
    let mut by_row: HashMap<u64, Vec<usize>> = HashMap::new();
    let mut by_key: BTreeMap<Vec<usize>, HashMap<Vec<String>, Vec<usize>>> = BTreeMap::new();
    for (place, one) in wanted.iter().enumerate() {
        if one.key.is_empty() {
            by_row.entry(one.row.unwrap_or(0)).or_default().push(place);
        } else {
            let cells = one.key.values().cloned().collect();
            by_key.entry(one.key.keys().copied().collect()).or_default().entry(cells).or_default().push(place);
        }
    }
    let mut buffer = Vec::new();
    for piece in source.pieces(&heading.last, columns) {
        let _ = piece.for_each(&mut buffer, |record| {
            let field = |at: usize| record.fields.get(at).map_or("", |text| cell::trim(text));
            let mut hits: Vec<usize> = by_row.get(&record.row).cloned().unwrap_or_default();
            for (columns, keys) in &by_key {
                let cells: Vec<String> = columns.iter().map(|&at| field(at).to_owned()).collect();
                hits.extend(keys.get(&cells).into_iter().flatten());
            }
            for place in hits {
                let text = field(wanted[place].column).to_owned();
                wanted[place].found.push((record.row, text));
            }
            ControlFlow::Continue(())
        })?;
    }
    Ok(())
}

/// What a correction makes of the cells as earlier ones left them.
fn apply(one: &Wanted, correction: &Correction, now: &mut HashMap<(u64, usize), String>) -> Outcome {
    let same = |a: &str, b: &str| a == b || (cell::is_missing(a) && cell::is_missing(b));
    let current = |(row, text): &(u64, String)| now.get(&(*row, one.column)).unwrap_or(text).clone();
    let mut rows: Vec<(u64, String)> = one.found.iter().map(|found| (found.0, current(found))).collect();
    if rows.iter().any(|(row, _)| Some(*row) == one.row) {
        rows.retain(|(row, _)| Some(*row) == one.row);
    }
    let before: Vec<u64> = rows.iter().filter(|(_, text)| same(text, &correction.before)).map(|(row, _)| *row).collect();
    match (before.as_slice(), rows.as_slice()) {
        ([row], _) => {
            now.insert((*row, one.column), correction.after.clone());
            Outcome::Applied(*row)
        }
        ([], []) => Outcome::NoRow,
        ([], [(row, _), ..]) if rows.iter().all(|(_, text)| same(text, &correction.after)) => Outcome::Already(*row),
        ([], [(row, text), ..]) => Outcome::Stale(*row, text.clone()),
        (several, _) => Outcome::Several(several.len()),
    }
}
