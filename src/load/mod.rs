//! From a directory of tables, or a workbook, to a [`Dataset`], with the exact address of everything that is wrong.
//!
//! In: a directory with the tables of the dictionary, in any of the formats of offices. Out: the panel (one row per enterprise and year), the adjustments, the rows
//! of land, factories and agreements where they are wanted, a summary per table, and findings, the same for any number of
//! threads. Next: `plan` and `engine` evaluate a policy on it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use rayon::prelude::*;

use crate::dictionary::{Dictionary, Part, Table};
use crate::finding::Findings;

mod cells;
mod config;
pub mod corrections;
mod dataset;
mod decision;
mod headings;
mod intake;
mod joins;
mod plausible;
mod reading;
mod source;
mod suspicions;
mod tables;

pub use config::FILE as CONFIG;
pub use dataset::{ColumnSummary, Dataset, TableSummary, columns_of};
pub use decision::{By, Decision, UnitOf, YearBy};
pub use headings::measure::SaidBy;
pub use intake::sheet_of;
pub use joins::{Joined, Presence, Repair, StrayId, TableJoin};
pub use source::encoding::Known;
pub use suspicions::bunching;
pub use tables::addresses::Addresses;
pub use tables::city::city;
pub use tables::rows::{Rows, Want};
pub use tables::shared::Links;

use cells::cell;
use corrections::Corrections;
use intake::Intake;
use reading::table;
use reading::table::Loaded;
use tables::adjustments;
use tables::enterprises::Enterprises;
use tables::kpis;
use tables::land;
use tables::panel;
use tables::remarks::Remarks;
use tables::subjects;
use tables::subjects::Tables;
use tables::yearly;
use tables::yearly::Yearly;
use tables::zones;
use tables::zones::Zones;

/// How to load.
pub struct Options<'a> {
    /// Cells that do not parse become warnings and are missing; keys stay errors.
    pub lenient: bool,
    /// Panel columns to store; `None`: all. Everything is read and checked either way.
    pub keep: Option<&'a BTreeSet<String>>,
    /// Rows of land, factories and agreements to hand on, and whether rows are checked against each other.
    pub rows: Rows<'a>,
    /// The figures of parts of a year are kept, for [`Dataset::panel_of`].
    pub parts: bool,
    /// Cells that are read otherwise than they stand, besides those of the data set's own `corrections.csv`: to be tried out.
    pub tried: &'a [corrections::Correction],
    /// Told how far the reading is.
    pub progress: &'a dyn Progress,
}

/// Somebody who watches the reading, from any thread.
pub trait Progress: Sync {
    /// Reading begins: so many bytes.
    fn start(&self, total_bytes: u64);
    /// So many more bytes of a table are read.
    fn advance(&self, table: &str, bytes: u64);
    /// Everything is read: what was decided about every file and sheet.
    fn decided(&self, _: Vec<Decision>) {}
}

/// Nobody watches.
#[derive(Debug, Clone, Copy)]
pub struct Quiet;

impl Progress for Quiet {
    fn start(&self, _: u64) {}
    fn advance(&self, _: &str, _: u64) {}
}

/// A date as a table writes it (`2025-06-30`, `2025/6/30`, `2025年6月30日`), as ISO; `None` if it is none.
pub fn day(text: &str) -> Option<String> {
    iso(cell::date(cell::trim(text)).ok()?)
}

/// A day since 1970-01-01 as ISO.
fn iso(day: i32) -> Option<String> {
    let epoch = jiff::civil::date(1970, 1, 1);
    epoch.checked_add(jiff::Span::new().days(i64::from(day))).ok().map(|date| date.to_string())
}

/// The method that a data set names for itself in its `mujun.toml`, or in the file that is named instead: a built-in id or a path.
/// Findings about the file are told by [`load_as_told`].
pub fn policy_of(data: &Path, told: Option<&Path>) -> Option<String> {
    config::read(data, told, &mut Findings::default())?.policy
}

/// Loads a data set. All files and all rows are read, whatever is wrong with them; the findings come sorted by file, row and column.
/// `None`: there are no enterprises to make a panel of, and a finding says why.
pub fn load(data: &Path, options: &Options<'_>, findings: &mut Findings) -> Option<Dataset> {
    load_as_told(data, None, options, findings)
}

/// Loads a data set, following a file in the place of its own `mujun.toml`.
pub fn load_as_told(data: &Path, told: Option<&Path>, options: &Options<'_>, findings: &mut Findings) -> Option<Dataset> {
    load_years(data, told, &BTreeSet::new(), options, findings)
}

/// Loads a data set, with rows of missing figures for years that are to be there besides its own.
fn load_years(
    data: &Path,
    told: Option<&Path>,
    besides: &BTreeSet<i32>,
    options: &Options<'_>,
    findings: &mut Findings,
) -> Option<Dataset> {
    let mut found = Findings::new(!options.tried.is_empty());
    let corrections = Corrections::of(data, options.tried, &mut found);
    let intake = config::read(data, told, &mut found).and_then(|config| intake::look(data, config, &mut found));
    let mut dataset = intake.as_ref().and_then(|intake| load_unsorted(intake, besides, options, &corrections, &mut found));
    if let Some(intake) = &intake {
        options.progress.decided(intake.decisions());
    }
    let corrected = corrections.finish(&mut found);
    dataset.iter_mut().for_each(|dataset| dataset.corrections.clone_from(&corrected));
    found.sort();
    findings.extend(found);
    dataset
}

fn load_unsorted(
    intake: &Intake,
    besides: &BTreeSet<i32>,
    options: &Options<'_>,
    corrections: &Corrections,
    findings: &mut Findings,
) -> Option<Dataset> {
    options.progress.start(intake.bytes);
    let dictionary = Dictionary::get();
    let expected = intake.expected();
    let named = |name: &str| dictionary.table(name).expect("a table of the dictionary");
    let from = table::From { intake, corrections };
    let known = enterprises(&from, options, findings)?;
    let read = |name: &str, findings: &mut Findings| table::read(&from, named(name), Some(&known), options, findings);
    let mut summaries = BTreeMap::from([("enterprises", known.loaded.summaries())]);
    let mut remarks = Remarks::default();
    let zones = read("zones", findings).map(|loaded| Zones::read(loaded, findings));
    if let Some(zones) = &zones {
        remarks.notes.add(zones.loaded());
        summaries.insert("zones", zones.loaded().summaries());
        zones.check(&known.loaded, findings);
    }
    let kpis = read("kpi", findings);
    summaries.extend(kpis.as_ref().map(|loaded| ("kpi", loaded.summaries())));
    let kpis = kpis::frame(kpis, zones.as_ref(), findings);
    let mut zone_names = zones::named(&known.loaded);
    let yearly = yearly_tables(&known, options, &read, &mut summaries, &mut remarks, findings);
    let years: BTreeSet<i32> =
        yearly.iter().flat_map(|table| table.years.iter().copied().map(i32::from)).chain(besides.iter().copied()).collect();
    let years: Vec<i32> = years.into_iter().collect();
    let mut land = read("land", findings);
    summaries.extend(land.as_ref().map(|loaded| ("land", loaded.summaries())));
    land.iter().for_each(|loaded| remarks.add(loaded, &known));
    let held = land.as_ref().map_or_else(|| land::unknown(known.len()), |loaded| land::sum(loaded, &known, &years, options, findings));
    zone_names.extend(land.iter().flat_map(zones::named));
    // Where nobody asks for its rows they go now: there is much still to come.
    land = land.filter(|_| options.rows.are_checked());
    if let (Some(zones), Some(land)) = (&zones, &land) {
        zones.check(land, findings);
    }
    let measures = read("adjustments", findings);
    summaries.extend(measures.as_ref().map(|loaded| ("adjustments", loaded.summaries())));
    measures.iter().for_each(|loaded| remarks.joins.add(loaded, &known));
    let adjustments = adjustments::frame(measures.as_ref(), findings);
    let [factories, agreements] = [("factories", "building_id"), ("agreements", "agreement_id")].map(|(name, key)| {
        let mut loaded = read(name, findings)?;
        check(&mut loaded, key, zones.as_ref(), findings);
        remarks.add(&loaded, &known);
        summaries.insert(name, loaded.summaries());
        Some(loaded)
    });
    let joined = options.rows.suspicions.then(|| remarks.joins.join(&known, findings));
    let land_of = |number: u32, year: i16| held.of(number, year, &years);
    if let Some(land) = land.as_ref().filter(|_| options.rows.suspicions) {
        remarks.latest.judge(land, &known, &land_of, &remarks.findings, findings);
    }
    remarks.notes.judge(&land_of, findings);
    let tables = Tables { land: land.as_ref(), factories: factories.as_ref(), agreements: agreements.as_ref() };
    findings.extend(remarks.findings);
    suspicions::look_at_enterprises(&known, findings);
    let addresses = options.rows.suspicions.then(|| {
        let mut addresses = remarks.addresses;
        addresses.add_enterprises(&known);
        [tables.land, tables.factories, tables.agreements].into_iter().flatten().for_each(|loaded| addresses.add_rows(loaded));
        addresses
    });
    let subjects::Frames { parcels, factories, agreements } = subjects::frames(&tables, &known, options, findings);
    zone_names.extend(tables.factories.into_iter().flat_map(zones::named));
    drop(land);
    let zone_years = zones::frame(zones.as_ref(), zone_names, &years);
    let of_zones = zones.map_or(Vec::new(), |zones| zones.columns(&known, &years));
    let enterprises = known.len();
    let links = held.links.clone();
    let occurring: BTreeSet<Part> = yearly.iter().flat_map(|table| table.parts.iter().map(|(part, _)| *part)).chain([Part::Year]).collect();
    let (panel, figures) = panel::build(known, &years, held, yearly, of_zones, options);
    let unread = expected.into_iter().filter(|table| !summaries.contains_key(table)).map(str::to_owned).collect();
    let tables = dictionary.tables.iter().filter_map(|table| summaries.remove(table.name.as_str())).flatten().collect();
    Some(Dataset {
        name: name_of(&intake.data),
        years,
        enterprises,
        tables,
        unread,
        panel,
        adjustments,
        parcels,
        factories,
        agreements,
        kpis,
        zone_years,
        parts: occurring.into_iter().collect(),
        figures,
        links,
        joined,
        addresses,
        corrections: Vec::new(),
    })
}

/// The enterprises. Without them nothing can be placed, but everything else is still read and checked.
fn enterprises(from: &table::From<'_>, options: &Options<'_>, findings: &mut Findings) -> Option<Enterprises> {
    let (first, others): (Vec<&Table>, Vec<&Table>) = Dictionary::get().tables.iter().partition(|table| table.name == "enterprises");
    let loaded = table::read(from, first.first()?, None, options, findings);
    let known = loaded.map(|loaded| Enterprises::number(loaded, findings)).filter(|known| known.len() > 0);
    if known.is_none() {
        others.into_iter().for_each(|table| drop(table::read(from, table, None, options, findings)));
    }
    known
}

/// Output, tax and energy, those that are there.
fn yearly_tables<'i>(
    known: &Enterprises,
    options: &Options<'_>,
    read: &(impl Fn(&'static str, &mut Findings) -> Option<Loaded<'i>> + Sync),
    summaries: &mut BTreeMap<&str, Vec<TableSummary>>,
    remarks: &mut Remarks,
    findings: &mut Findings,
) -> Vec<Yearly> {
    let mut yearly = Vec::new();
    // Side by side: while one table is in a step that only one thread can do, another is read.
    let tables = ["output", "tax", "energy"].into_par_iter().map(|name| {
        let (mut found, mut noted) = (Findings::new(!options.tried.is_empty()), Remarks::default());
        let table = read(name, &mut found).map(|loaded| {
            noted.add(&loaded, known);
            (loaded.summaries(), yearly::place(loaded, known, options, &mut found))
        });
        (name, table, noted, found)
    });
    for (name, table, noted, found) in tables.collect::<Vec<_>>() {
        findings.extend(found);
        remarks.extend(noted);
        if let Some((summary, table)) = table {
            summaries.insert(name, summary);
            yearly.push(table);
        }
    }
    yearly
}

/// What is checked of a table that the panel does not use.
fn check(loaded: &mut Loaded<'_>, key: &str, zones: Option<&Zones<'_>>, findings: &mut Findings) {
    let at = loaded.position(key);
    loaded.refuse_duplicates(at.as_slice(), findings);
    if let Some(zones) = zones {
        zones.check(loaded, findings);
    }
}

fn name_of(data: &Path) -> String {
    let full = data.canonicalize().unwrap_or_else(|_| data.to_owned());
    full.file_name().map_or_else(|| data.display().to_string(), |name| name.to_string_lossy().into_owned())
}
