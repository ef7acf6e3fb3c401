//! How well the tables fit together: who is matched, how much of each leading figure, who stands only where, and what the ids that
//! no enterprise has were probably meant to be.
//!
//! In: each table as it is read ([`Gathered::add`]), then the enterprises. Out: [`Joined`], for the report of `check`. Nothing is
//! altered. Only `check` asks for this; what is counted and compared stands in `dictionary/joins.toml`.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::dictionary::joins::Joins;
use crate::dictionary::{Column, Dictionary, Heading, Table};
use crate::finding::{Code, Findings, Value};
use crate::load::cells::column::{Cells, NO_AMOUNT};
use crate::load::cells::number;
use crate::load::headings::{FileColumn, Means};
use crate::load::reading::origins::At;
use crate::load::reading::part::Part;
use crate::load::reading::quarters;
use crate::load::reading::table::Loaded;
use crate::load::tables::enterprise::NOBODY;
use crate::load::tables::enterprises::Enterprises;

mod near;
mod repair;

pub use repair::{Repair, is_near};

/// Most unknown ids, in their order, that are told one by one, with their repairs: where there are more, the ids are of another system,
/// and the others are only counted.
const MOST_TOLD: usize = 100_000;
/// Ids that are named as examples.
const EXAMPLES: usize = 3;
/// In place of what an enterprise holds in a table in which it does not stand.
const NO_ROW: i64 = i64::MIN;
/// Amounts are added as whole millionths, the same in any order.
const MILLIONTHS: f64 = 1e6;

/// What is remembered of the tables until all are read.
#[derive(Default)]
pub struct Gathered {
    tables: Vec<Counted>,
}

/// A table with its owners and strangers.
struct Counted {
    table: &'static Table,
    files: Vec<Arc<str>>,
    lead: Option<&'static Column>,
    rows: [u64; 3],
    /// In millionths, by number of the enterprise; [`NO_ROW`] where it has none.
    held: Vec<i64>,
    strangers: BTreeMap<String, Stranger>,
}

/// What stands under an id that no enterprise has.
#[derive(Default)]
struct Stranger {
    rows: u64,
    first: At,
    sum: i128,
    name: Option<String>,
}

/// How a table fits the enterprises.
#[derive(Debug, Clone)]
pub struct TableJoin {
    /// The table.
    pub table: &'static Table,
    /// Its file, or its files one after the other.
    pub file: String,
    /// Rows of enterprises, of unknown ids, and without a usable id.
    pub rows: [u64; 3],
    /// Enterprises with a row, unknown ids, and enterprises without a row.
    pub enterprises: [u64; 3],
    /// The column that is added up.
    pub lead: Option<&'static Column>,
    /// Its sum over the rows of enterprises and of unknown ids, in the canonical unit.
    pub sums: [f64; 2],
}

/// Ids that stand in the same tables.
#[derive(Debug, Clone)]
pub struct Presence {
    /// Are they in the enterprises table?
    pub known: bool,
    /// In which of the other tables, in the order of `joins.toml`.
    pub tables: Vec<&'static str>,
    /// How many ids.
    pub ids: u64,
    /// The sum of each table's leading figure, in the order of `joins.toml`; `None` where they do not stand.
    pub sums: Vec<Option<f64>>,
    /// The first of them.
    pub examples: Vec<String>,
}

/// An id that no enterprise has.
#[derive(Debug, Clone)]
pub struct StrayId {
    /// As it stands.
    pub id: String,
    /// The name beside it, where a table has one.
    pub name: Option<String>,
    /// Tables it stands in.
    pub tables: Vec<&'static str>,
    /// Its rows in all of them.
    pub rows: u64,
    /// File and row where it stands first.
    pub first: (String, u64),
    /// Is it a credit code with a right check character?
    pub valid: bool,
    /// What it was probably meant to be, the surest first.
    pub repairs: Vec<Repair>,
}

/// The whole.
#[derive(Debug, Clone, Default)]
pub struct Joined {
    /// In the order of the dictionary.
    pub tables: Vec<TableJoin>,
    /// The most frequent combination first.
    pub presence: Vec<Presence>,
    /// In the order of their ids, the first hundred thousand.
    pub strays: Vec<StrayId>,
}

/// Does a column that the table does not know hold the names of enterprises?
pub fn is_name(table: &Table, column: &FileColumn) -> bool {
    let Some(enterprises) = Dictionary::get().table("enterprises").filter(|known| known.name != table.name) else { return false };
    let recognised = matches!(column.means, Means::Extra).then(|| Dictionary::get().recognise(enterprises, &column.heading));
    matches!(recognised, Some(Heading::Known { column, .. }) if enterprises.columns[column].name == "name")
}

impl Gathered {
    /// Remembers who stands in a table; nothing, unless suspicions are asked for.
    pub fn add(&mut self, loaded: &Loaded<'_>, enterprises: &Enterprises) {
        if loaded.layout.suspicions && loaded.position("enterprise_id").is_some() {
            self.tables.push(Counted::of(loaded, enterprises));
        }
    }

    /// Adds those of other tables.
    pub fn extend(&mut self, other: Gathered) {
        self.tables.extend(other.tables);
    }

    /// Puts all tables together; unknown ids are told the enterprise they most likely mean.
    pub fn join(mut self, enterprises: &Enterprises, findings: &mut Findings) -> Joined {
        let place = |table: &Table| Dictionary::get().tables.iter().position(|known| known.name == table.name);
        self.tables.sort_by_key(|counted| place(counted.table));
        let strays = strays(&self.tables, enterprises);
        tell(&strays, findings);
        let tables = self.tables.iter().map(|counted| counted.joined(enterprises.len())).collect();
        Joined { tables, presence: presence(&self.tables, enterprises), strays }
    }
}

impl Counted {
    fn of(loaded: &Loaded<'_>, enterprises: &Enterprises) -> Counted {
        let table = loaded.layout.table;
        let lead = Joins::get().lead(&table.name).and_then(|name| Some((loaded.position(name)?, name)));
        let name = loaded.layout.readers.iter().position(|reader| is_name(table, &reader.file));
        let mut counted = Counted {
            table,
            files: loaded.files().cloned().collect(),
            lead: lead.and_then(|(_, name)| table.columns.iter().find(|column| column.name == name)),
            rows: [0; 3],
            held: vec![NO_ROW; enterprises.len()],
            strangers: BTreeMap::new(),
        };
        let covered = quarters::covered(loaded).unwrap_or_default();
        for (number, part) in loaded.parts.iter().enumerate() {
            let counts = |at: usize| covered.is_empty() || !covered.contains(&(number as u32, at as u32));
            counted.add(part, lead.map(|(at, _)| at), name, &counts);
        }
        counted
    }

    /// Adds the rows of a part; those that do not count are there, and their figures are in other rows.
    fn add(&mut self, part: &Part, lead: Option<usize>, name: Option<usize>, counts: &dyn Fn(usize) -> bool) {
        let amount = |at: usize| lead.filter(|_| counts(at)).map_or(0, |lead| millionths(&part.cells[lead], at));
        let mut unknown = part.unknown.iter().peekable();
        for at in 0..part.rows.len() {
            let owner = part.owners.get(at).copied().unwrap_or(NOBODY);
            let stranger = unknown.next_if(|(place, _)| *place as usize == at);
            if owner != NOBODY && part.used[at] {
                let held = &mut self.held[owner as usize];
                let before = if *held == NO_ROW { 0 } else { *held };
                *held = before.saturating_add(amount(at)).max(NO_ROW + 1);
                self.rows[0] += 1;
            } else if let Some((_, id)) = stranger {
                let entry = self.strangers.entry(id.clone()).or_default();
                if entry.rows == 0 {
                    entry.first = part.row(at);
                }
                entry.rows += 1;
                entry.sum += i128::from(amount(at));
                if entry.name.is_none() {
                    entry.name = name.and_then(|name| part.cells[name].text(at)).map(str::to_owned);
                }
                self.rows[1] += 1;
            } else {
                self.rows[2] += 1;
            }
        }
    }

    fn joined(&self, enterprises: usize) -> TableJoin {
        let held = || self.held.iter().filter(|held| **held != NO_ROW);
        let matched = held().count() as u64;
        let sum = held().map(|held| i128::from(*held)).sum();
        let strange = self.strangers.values().map(|stranger| stranger.sum).sum();
        TableJoin {
            table: self.table,
            file: self.files.join(", "),
            rows: self.rows,
            enterprises: [matched, self.strangers.len() as u64, enterprises as u64 - matched],
            lead: self.lead,
            sums: [amount(sum), amount(strange)],
        }
    }
}

fn millionths(cells: &Cells, at: usize) -> i64 {
    let value = match cells {
        Cells::Number(values) => values[at],
        Cells::Amount(values) if values[at] != NO_AMOUNT => number::amount_to_float(values[at]),
        _ => 0.0,
    };
    if value.is_finite() { (value * MILLIONTHS).round() as i64 } else { 0 }
}

fn amount(sum: i128) -> f64 {
    sum as f64 / MILLIONTHS
}

/// The unknown ids of all tables with their repairs.
fn strays(tables: &[Counted], enterprises: &Enterprises) -> Vec<StrayId> {
    let mut strays: BTreeMap<&str, StrayId> = BTreeMap::new();
    for counted in tables {
        // Whoever is among the first of all tables together is among the first of each.
        for (id, stranger) in counted.strangers.iter().take(MOST_TOLD) {
            let stray = strays.entry(id).or_insert_with(|| StrayId {
                id: id.clone(),
                name: None,
                tables: Vec::new(),
                rows: 0,
                first: (counted.files[usize::from(stranger.first.origin)].to_string(), stranger.first.row.into()),
                valid: crate::load::cells::credit_code::is_valid(&crate::load::cells::credit_code::normal(id)),
                repairs: Vec::new(),
            });
            stray.tables.push(&counted.table.name);
            stray.rows += stranger.rows;
            stray.name = stray.name.take().or_else(|| stranger.name.clone());
        }
    }
    let mut strays: Vec<StrayId> = strays.into_values().take(MOST_TOLD).collect();
    if !strays.is_empty() {
        let unknown: Vec<_> = strays.iter().map(|stray| repair::Unknown { id: &stray.id, name: stray.name.as_deref() }).collect();
        let found = repair::find(&unknown, enterprises);
        strays.iter_mut().zip(found).for_each(|(stray, repairs)| stray.repairs = repairs);
    }
    strays
}

/// Findings about unknown ids name the likeliest repair in place of what merely looks alike, and nobody where there is none.
fn tell(strays: &[StrayId], findings: &mut Findings) {
    if strays.is_empty() {
        return;
    }
    for finding in findings.iter_mut().filter(|finding| finding.code == Code::UnknownEnterprise) {
        let text = finding.text.as_deref().unwrap_or_default();
        let at = strays.binary_search_by(|stray| stray.id.as_str().cmp(text));
        let Some(stray) = at.ok().map(|at| &strays[at]) else { continue };
        finding.values.retain(|(name, _)| !["nearest", "name", "remedy"].contains(name));
        let mut say = |name, value: &str| finding.values.push((name, Value::Plain(value.to_owned())));
        match stray.repairs.first() {
            Some(best) => {
                say("nearest", &best.id);
                say("name", best.name.as_deref().unwrap_or("—"));
            }
            None => say("remedy", without_repair(stray.valid)),
        }
    }
}

/// The remedy for an unknown id that no enterprise is near to; `is_valid`: it is a right credit code.
pub fn without_repair(is_valid: bool) -> &'static str {
    if is_valid { "unknown-enterprise.valid-code" } else { "unknown-enterprise.nothing-near" }
}

/// Ids that stand in the same tables.
struct Group<'i> {
    ids: u64,
    sums: Vec<i128>,
    examples: Vec<&'i str>,
}

impl<'i> Group<'i> {
    fn add(&mut self, id: &'i str, held: &[Option<i128>]) {
        self.ids += 1;
        self.sums.iter_mut().zip(held).for_each(|(sum, held)| *sum += held.unwrap_or(0));
        // The first in the order of ids, so that the order of rows does not matter.
        let at = self.examples.partition_point(|known| *known < id);
        if at < EXAMPLES {
            self.examples.insert(at, id);
            self.examples.truncate(EXAMPLES);
        }
    }
}

/// For each combination of tables the ids that stand in just these.
fn presence(tables: &[Counted], enterprises: &Enterprises) -> Vec<Presence> {
    let counted: Vec<Option<&Counted>> =
        Joins::get().presence.iter().map(|name| tables.iter().find(|counted| counted.table.name == *name)).collect();
    let names: Vec<&'static str> =
        Joins::get().presence.iter().filter_map(|name| Dictionary::get().table(name)).map(|table| table.name.as_str()).collect();
    let mut groups: BTreeMap<(bool, Vec<bool>), Group<'_>> = BTreeMap::new();
    let mut last: Option<((bool, Vec<bool>), Group<'_>)> = None;
    let mut held: Vec<Option<i128>> = Vec::new();
    let mut add = |known: bool, id, held: &[Option<i128>]| {
        // Most enterprises stand where the one before them stands.
        let is_same = |there: &[bool]| held.iter().map(Option::is_some).eq(there.iter().copied());
        if !last.as_ref().is_some_and(|((of_known, there), _)| *of_known == known && is_same(there)) {
            groups.extend(last.take());
            let key = (known, held.iter().map(Option::is_some).collect());
            let group = groups.remove(&key).unwrap_or_else(|| Group { ids: 0, sums: vec![0; held.len()], examples: Vec::new() });
            last = Some((key, group));
        }
        last.iter_mut().for_each(|(_, group)| group.add(id, held));
    };
    for number in 0..enterprises.len() {
        held.clear();
        let of = |counted: &&Counted| Some(counted.held[number]).filter(|held| *held != NO_ROW).map(i128::from);
        held.extend(counted.iter().map(|counted| counted.as_ref().and_then(of)));
        add(true, enterprises.id(number), &held);
    }
    let mut strange: Vec<&str> = counted.iter().flatten().flat_map(|counted| counted.strangers.keys().map(String::as_str)).collect();
    strange.sort_unstable();
    strange.dedup();
    for id in strange {
        held.clear();
        held.extend(counted.iter().map(|counted| counted.and_then(|counted| counted.strangers.get(id)).map(|stranger| stranger.sum)));
        add(false, id, &held);
    }
    groups.extend(last);
    let mut all: Vec<Presence> = groups
        .into_iter()
        .map(|((known, there), Group { ids, sums, examples })| Presence {
            known,
            tables: names.iter().zip(&there).filter(|(_, there)| **there).map(|(name, _)| *name).collect(),
            ids,
            sums: sums.into_iter().zip(&there).map(|(sum, there)| there.then(|| amount(sum))).collect(),
            examples: examples.into_iter().map(str::to_owned).collect(),
        })
        .collect();
    all.sort_by_key(|presence| (!presence.known, std::cmp::Reverse(presence.ids)));
    all
}
