//! Which cells of a table's files the corrections mean.
//!
//! In: the files as they stand and the corrections of their table. Out: [`Patches`] of each file, the cells that are read otherwise,
//! and what became of each correction. Where several files could be meant, it holds only if it fits a single row of them all. A row is known by its key; the row number decides where several rows have it, or where there is no key. A key
//! that the sender has mended meanwhile is looked for as the corrections would have it.

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::ops::ControlFlow;

use super::Correction;
use super::Corrections;
use super::Outcome;
use super::Settled;
use super::origin::{Origin, origin};
use super::patches::Patches;
use crate::dictionary::Table;
use crate::load::cells::cell;
use crate::load::config::Config;
use crate::load::headings::Means;
use crate::load::headings::shape::Heading;
use crate::load::reading::reader::Reader;
use crate::load::source::Source;

/// A key, by columns and cells.
type Key = BTreeMap<usize, String>;

/// A row, and the text of a column there.
type Found = (u64, String);

/// A file of a table as it was opened.
pub struct Sheet<'s> {
    /// The file.
    pub source: &'s Source,
    /// Its headings.
    pub heading: &'s Heading,
    /// Its columns.
    pub readers: &'s [Reader],
    /// The year of all its rows, where no column says it; else 0.
    pub year: i16,
}

/// A correction of this table in one of its files.
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
    /// The cells of each of a table's files that are read otherwise; `None` if there is none. Looks the files through once more.
    ///
    /// # Errors
    ///
    /// When a file cannot be read: its number.
    pub fn resolve(&self, (table, config): (&Table, &Config), sheets: &[Sheet<'_>]) -> Result<Vec<Option<Patches>>, (usize, io::Error)> {
        let of_table: Vec<(usize, &Correction)> =
            self.list.iter().enumerate().filter(|(_, correction)| correction.table == table.name).collect();
        if of_table.is_empty() {
            return Ok(sheets.iter().map(|_| None).collect());
        }
        let mut wanted: Vec<Vec<Wanted>> = sheets.iter().map(|_| Vec::new()).collect();
        let mut origins: HashMap<&str, Vec<Origin>> = HashMap::new();
        for (number, correction) in of_table {
            let origins = origins
                .entry(&correction.file)
                .or_insert_with(|| sheets.iter().map(|sheet| origin(&correction.file, &sheet.source.file, &self.home, config)).collect());
            self.place(number, sheets, origins, &mut wanted);
        }
        for (at, (sheet, wanted)) in sheets.iter().zip(&mut wanted).enumerate() {
            self.find(wanted, sheet).map_err(|error| (at, error))?;
        }
        Ok(self.apply_all(sheets, wanted))
    }

    /// Puts a correction among those that are looked for in the files that it may mean.
    fn place(&self, number: usize, sheets: &[Sheet<'_>], origins: &[Origin], wanted: &mut [Vec<Wanted>]) {
        let correction = &self.list[number];
        let best = [Origin::Own, Origin::Gone].into_iter().find(|origin| origins.contains(origin)).unwrap_or(Origin::Other);
        let read = || sheets.first().map_or(String::new(), |sheet| sheet.source.file.to_string());
        match best {
            Origin::Other => return self.settle(number, Outcome::OtherFile(read()), None, None),
            Origin::Gone if correction.key.is_empty() => return self.settle(number, Outcome::NoKey(read()), None, None),
            Origin::Gone | Origin::Own => {}
        }
        let mut reason = Outcome::NoColumn;
        let mut is_sought = false;
        for (sheet, wanted) in sheets.iter().zip(wanted).zip(origins).filter(|(_, origin)| **origin == best).map(|(pair, _)| pair) {
            match wanted_of(number, correction, sheet) {
                // The numbers of its rows are those of another file.
                Ok(one) if best == Origin::Gone => wanted.push(Wanted { row: None, is_moved: true, ..one }),
                Ok(one) => wanted.push(one),
                Err(why) => {
                    reason = why;
                    continue;
                }
            }
            is_sought = true;
        }
        if !is_sought {
            self.settle(number, reason, None, None);
        }
    }

    /// Finds the rows of what is looked for in a file.
    fn find(&self, wanted: &mut [Wanted], sheet: &Sheet<'_>) -> io::Result<()> {
        let sought: Vec<Sought> = wanted.iter().map(|one| Sought { key: one.key.clone(), row: one.row, column: one.column }).collect();
        for (one, found) in wanted.iter_mut().zip(look(&sought, sheet.source, sheet.heading, sheet.readers.len())?) {
            one.found = found;
        }
        self.look_for_mended(wanted, sheet.source, sheet.heading, sheet.readers.len())
    }

    /// Applies the corrections in their order, each to the one row of all files that it fits.
    fn apply_all(&self, sheets: &[Sheet<'_>], wanted: Vec<Vec<Wanted>>) -> Vec<Option<Patches>> {
        let mut all: Vec<(usize, Wanted)> =
            wanted.into_iter().enumerate().flat_map(|(at, of_sheet)| of_sheet.into_iter().map(move |one| (at, one))).collect();
        all.sort_by_key(|(_, one)| one.number);
        let mut now: Vec<Changes> = sheets.iter().map(|_| Changes::new()).collect();
        let mut chosen: Vec<Chosen<'_>> = Vec::new();
        for of_one in all.chunk_by(|a, b| a.1.number == b.1.number) {
            let (number, after) = (of_one[0].1.number, &self.list[of_one[0].1.number].after);
            let outcomes: Vec<Outcome> = of_one.iter().map(|(at, one)| outcome(one, &self.list[number], &now[*at])).collect();
            let applied = outcomes.iter().filter(|outcome| matches!(outcome, Outcome::Applied(_))).count();
            if applied > 1 {
                self.settle(number, Outcome::Several(applied), None, None);
                continue;
            }
            let best = (0..outcomes.len()).min_by_key(|&at| rank(&outcomes[at])).unwrap_or(0);
            let (sheet, one) = &of_one[best];
            if let Outcome::Applied(row) = outcomes[best] {
                now[*sheet].insert((row, one.column), after.clone());
            }
            chosen.push(Chosen { sheet: *sheet, one, outcome: outcomes[best].clone() });
        }
        self.follow_chains(&mut chosen);
        for Chosen { sheet, one, outcome } in chosen {
            let file = sheets[sheet].source.file.to_string();
            self.settle(one.number, outcome, one.is_moved.then(|| file.clone()), Some(file));
        }
        let patches = now.into_iter().map(|changes| {
            let mut patches = Patches::default();
            for ((row, column), text) in changes {
                patches.rows.entry(row).or_default().push((column, text));
            }
            Some(patches)
        });
        patches.collect()
    }

    /// A correction that a later one goes on from (A to B, B to C) is done where the sender has mended the cell to what the later one
    /// wants: the cell is past it.
    fn follow_chains(&self, chosen: &mut [Chosen<'_>]) {
        for at in (0..chosen.len()).rev() {
            let (before, later) = chosen.split_at_mut(at + 1);
            let this = &mut before[at];
            let Outcome::Stale(row, _) = this.outcome else { continue };
            let after = &self.list[this.one.number].after;
            let goes_on = |later: &Chosen<'_>| {
                (later.sheet, later.one.column) == (this.sheet, this.one.column)
                    && self.list[later.one.number].before == *after
                    && matches!(later.outcome, Outcome::Already(there) | Outcome::Applied(there) if there == row)
            };
            if later.iter().any(goes_on) {
                this.outcome = Outcome::Already(row);
            }
        }
    }

    fn settle(&self, number: usize, outcome: Outcome, moved: Option<String>, file: Option<String>) {
        if let Ok(mut outcomes) = self.outcomes.lock() {
            outcomes[number] = Some(Settled { outcome, moved, file });
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

/// What is to be looked for in a file; else why it cannot be there.
fn wanted_of(number: usize, correction: &Correction, sheet: &Sheet<'_>) -> Result<Wanted, Outcome> {
    let at = |name: &str| {
        let is =
            |reader: &Reader| matches!(reader.file.means, Means::Known(column) if column.name == name) || *reader.file.heading == *name;
        sheet.readers.iter().position(is).ok_or(Outcome::NoColumn)
    };
    let mut key = Key::new();
    for part in correction.key.split([';', '；']).map(cell::trim).filter(|part| !part.is_empty()) {
        let (name, text) = part.split_once('=').map(|(name, text)| (cell::trim(name), cell::trim(text))).ok_or(Outcome::NoColumn)?;
        if name == "year" && sheet.year != 0 {
            // No column says the year of this file.
            match cell::year(text) {
                Ok(year) if year == sheet.year => continue,
                _ => return Err(Outcome::NoRow),
            }
        }
        key.insert(at(name)?, text.to_owned());
    }
    Ok(Wanted { number, column: at(&correction.column)?, key, row: correction.row, found: Vec::new(), is_moved: false })
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

/// The file in which a correction says most, and what it comes to there.
struct Chosen<'w> {
    sheet: usize,
    one: &'w Wanted,
    outcome: Outcome,
}

/// Cells as corrections left them, by row and column.
type Changes = HashMap<(u64, usize), String>;

/// The outcome that says most comes first.
fn rank(outcome: &Outcome) -> u8 {
    match outcome {
        Outcome::Applied(_) => 0,
        Outcome::Several(_) => 1,
        Outcome::Already(_) => 2,
        Outcome::Stale(..) => 3,
        _ => 4,
    }
}

/// What a correction comes to, the cells being as earlier ones left them.
fn outcome(one: &Wanted, correction: &Correction, now: &Changes) -> Outcome {
    let same = |a: &str, b: &str| a == b || (cell::is_missing(a) && cell::is_missing(b));
    let current = |(row, text): &Found| now.get(&(*row, one.column)).unwrap_or(text).clone();
    let mut rows: Vec<Found> = one.found.iter().map(|found| (found.0, current(found))).collect();
    if rows.iter().any(|(row, _)| Some(*row) == one.row) {
        rows.retain(|(row, _)| Some(*row) == one.row);
    }
    let before: Vec<u64> = rows.iter().filter(|(_, text)| same(text, &correction.before)).map(|(row, _)| *row).collect();
    match (before.as_slice(), rows.as_slice()) {
        ([row], _) => Outcome::Applied(*row),
        ([], []) => Outcome::NoRow,
        ([], [(row, _), ..]) if rows.iter().all(|(_, text)| same(text, &correction.after)) => Outcome::Already(*row),
        ([], [(row, text), ..]) => Outcome::Stale(*row, text.clone()),
        (several, _) => Outcome::Several(several.len()),
    }
}
