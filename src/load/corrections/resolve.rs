//! Which cells of a table's file the corrections mean.
//!
//! In: the file as it stands and the corrections of its table. Out: [`Patches`], the cells that are read otherwise, and what became
//! of each correction. A row is known by its key; the row number decides where several rows have it, or where there is no key. A key
//! that the sender has mended meanwhile is looked for as the corrections would have it.

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::ops::ControlFlow;

use super::origin::{Origin, origin};
use super::{Correction, Corrections, Outcome};
use crate::dictionary::Table;
use crate::load::cell;
use crate::load::config::Config;
use crate::load::heading::Means;
use crate::load::reader::Reader;
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

/// A key, by columns and cells.
type Key = BTreeMap<usize, String>;

/// A row, and the text of a column there.
type Found = (u64, String);

/// A correction of this table.
struct Wanted {
    number: usize,
    column: usize,
    key: Key,
    row: Option<u64>,
    /// Rows with the key.
    found: Vec<Found>,
    /// It names a file that is gone.
    is_moved: bool,
}

/// What to look for.
struct Sought {
    key: Key,
    /// Where there is no key.
    row: Option<u64>,
    /// Whose text is told.
    column: usize,
}

impl Corrections {
    /// The cells of a table's file that are read otherwise; `None` if there is none. Looks the file through once more.
    ///
    /// # Errors
    ///
    /// When the file cannot be read.
    pub fn resolve(
        &self,
        (table, config): (&Table, &Config),
        source: &Source,
        heading: &Heading,
        readers: &[Reader],
    ) -> io::Result<Option<Patches>> {
        let of_table: Vec<(usize, &Correction)> =
            self.list.iter().enumerate().filter(|(_, correction)| correction.table == table.name).collect();
        if of_table.is_empty() {
            return Ok(None);
        }
        let mut origins: HashMap<&str, Origin> = HashMap::new();
        let mut wanted = Vec::new();
        for (number, correction) in of_table {
            let origin = *origins.entry(&correction.file).or_insert_with(|| origin(&correction.file, &source.file, &self.home, config));
            match (origin, wanted_of(number, correction, readers)) {
                (Origin::Other, _) => self.settle(number, Outcome::OtherFile(source.file.to_string()), None),
                (Origin::Gone, _) if correction.key.is_empty() => {
                    self.settle(number, Outcome::NoKey(source.file.to_string()), None);
                }
                // The numbers of its rows are those of another file.
                (Origin::Gone, Some(one)) => wanted.push(Wanted { row: None, is_moved: true, ..one }),
                (Origin::Own, Some(one)) => wanted.push(one),
                (_, None) => self.settle(number, Outcome::NoColumn, None),
            }
        }
        let sought: Vec<Sought> = wanted.iter().map(|one| Sought { key: one.key.clone(), row: one.row, column: one.column }).collect();
        for (one, found) in wanted.iter_mut().zip(look(&sought, source, heading, readers.len())?) {
            one.found = found;
        }
        self.look_for_mended(&mut wanted, source, heading, readers.len())?;
        let mut now: HashMap<(u64, usize), String> = HashMap::new();
        let mut outcomes: Vec<Outcome> = wanted.iter().map(|one| apply(one, &self.list[one.number], &mut now)).collect();
        self.follow_chains(&wanted, &mut outcomes);
        for (one, outcome) in wanted.iter().zip(outcomes) {
            self.settle(one.number, outcome, one.is_moved.then(|| source.file.to_string()));
        }
        let mut patches = Patches::default();
        for ((row, column), text) in now {
            patches.rows.entry(row).or_default().push((column, text));
        }
        Ok(Some(patches))
    }

    /// A correction that a later one goes on from (A to B, B to C) is done where the sender has mended the cell to what the later one
    /// wants: the cell is past it.
    fn follow_chains(&self, wanted: &[Wanted], outcomes: &mut [Outcome]) {
        for at in (0..wanted.len()).rev() {
            let Outcome::Stale(row, _) = outcomes[at] else { continue };
            let after = &self.list[wanted[at].number].after;
            let goes_on = |(later, outcome): (&Wanted, &Outcome)| {
                later.column == wanted[at].column
                    && self.list[later.number].before == *after
                    && matches!(outcome, Outcome::Already(there) | Outcome::Applied(there) if *there == row)
            };
            if wanted[at + 1..].iter().zip(&outcomes[at + 1..]).any(goes_on) {
                outcomes[at] = Outcome::Already(row);
            }
        }
    }

    fn settle(&self, number: usize, outcome: Outcome, moved: Option<String>) {
        if let Ok(mut outcomes) = self.outcomes.lock() {
            outcomes[number] = Some((outcome, moved));
        }
    }

    /// Rows that no longer have their key because the sender has mended a cell of it as a correction asks. The row with the number of
    /// the correction is the surer one where other rows have the old key.
    fn look_for_mended(&self, wanted: &mut [Wanted], source: &Source, heading: &Heading, columns: usize) -> io::Result<()> {
        let mut changes: HashMap<Key, Key> = HashMap::new();
        for one in wanted.iter().filter(|one| one.key.contains_key(&one.column)) {
            let after = self.list[one.number].after.clone();
            changes.entry(one.key.clone()).or_default().insert(one.column, after);
        }
        let (mut sought, mut whose) = (Vec::new(), Vec::new());
        for (place, one) in wanted.iter().enumerate() {
            let is_here = |found: &Found| one.row.is_none() || Some(found.0) == one.row;
            let Some(changes) = changes.get(&one.key).filter(|_| !one.found.iter().any(is_here)) else { continue };
            for key in mended(&one.key, changes) {
                sought.push(Sought { key, row: None, column: one.column });
                whose.push(place);
            }
        }
        if sought.is_empty() {
            return Ok(());
        }
        for (place, found) in whose.into_iter().zip(look(&sought, source, heading, columns)?) {
            let one = &mut wanted[place];
            let has_row = |found: &[Found]| found.iter().any(|(row, _)| Some(*row) == one.row);
            if has_row(&found) && !has_row(&one.found) || one.found.is_empty() {
                one.found = found;
            }
        }
        Ok(())
    }
}

/// The keys that a row may have once its sender has mended cells of its key, that of most cells first.
fn mended(key: &Key, changes: &Key) -> Vec<Key> {
    /// No table has a longer key.
    const MOST: usize = 4;
    let changes: Vec<(&usize, &String)> = changes.iter().take(MOST).collect();
    let mut some: Vec<u32> = (1..1 << changes.len()).collect();
    some.sort_by_key(|some: &u32| std::cmp::Reverse(some.count_ones()));
    let with = |some: u32| {
        let mut key = key.clone();
        let chosen = changes.iter().enumerate().filter(|(at, _)| some & (1 << at) != 0);
        key.extend(chosen.map(|(_, (column, text))| (**column, (*text).clone())));
        key
    };
    some.into_iter().map(with).collect()
}

/// `None` if a column is not there.
fn wanted_of(number: usize, correction: &Correction, readers: &[Reader]) -> Option<Wanted> {
    let at = |name: &str| {
        let is =
            |reader: &Reader| matches!(reader.file.means, Means::Known(column) if column.name == name) || *reader.file.heading == *name;
        readers.iter().position(is)
    };
    let mut key = Key::new();
    for part in correction.key.split([';', '；']).map(cell::trim).filter(|part| !part.is_empty()) {
        let (name, text) = part.split_once('=')?;
        key.insert(at(cell::trim(name))?, cell::trim(text).to_owned());
    }
    Some(Wanted { number, column: at(&correction.column)?, key, row: correction.row, found: Vec::new(), is_moved: false })
}

/// Finds the rows of all that is sought in one pass: they are looked up by the cells of their keys.
fn look(sought: &[Sought], source: &Source, heading: &Heading, columns: usize) -> io::Result<Vec<Vec<Found>>> {
    let mut by_row: HashMap<u64, Vec<usize>> = HashMap::new();
    let mut by_key: BTreeMap<Vec<usize>, HashMap<Vec<String>, Vec<usize>>> = BTreeMap::new();
    for (place, one) in sought.iter().enumerate() {
        if one.key.is_empty() {
            by_row.entry(one.row.unwrap_or(0)).or_default().push(place);
        } else {
            let cells = one.key.values().cloned().collect();
            by_key.entry(one.key.keys().copied().collect()).or_default().entry(cells).or_default().push(place);
        }
    }
    let (mut all, mut buffer) = (vec![Vec::new(); sought.len()], Vec::new());
    for piece in source.pieces(&heading.last, columns) {
        let _ = piece.for_each(&mut buffer, |record| {
            let field = |at: usize| record.fields.get(at).map_or("", |text| cell::trim(text));
            let mut hits: Vec<usize> = by_row.get(&record.row).cloned().unwrap_or_default();
            for (columns, keys) in &by_key {
                let cells: Vec<String> = columns.iter().map(|&at| field(at).to_owned()).collect();
                hits.extend(keys.get(&cells).into_iter().flatten());
            }
            for place in hits {
                all[place].push((record.row, field(sought[place].column).to_owned()));
            }
            ControlFlow::Continue(())
        })?;
    }
    Ok(all)
}

/// What a correction makes of the cells as earlier ones left them.
fn apply(one: &Wanted, correction: &Correction, now: &mut HashMap<(u64, usize), String>) -> Outcome {
    let same = |a: &str, b: &str| a == b || (cell::is_missing(a) && cell::is_missing(b));
    let current = |(row, text): &Found| now.get(&(*row, one.column)).unwrap_or(text).clone();
    let mut rows: Vec<Found> = one.found.iter().map(|found| (found.0, current(found))).collect();
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
