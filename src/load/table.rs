//! One table: its file read piece by piece, its rows and findings put together in file order.
//!
//! In: a directory and a table of the dictionary. Out: [`Loaded`], the typed rows. Next: `enterprises` and `yearly`, `land`,
//! `zones`, `adjustments`, each for its kind of table.

use std::collections::{BTreeMap, HashMap};

use rayon::prelude::*;

use super::column::{Cells, Spot};
use super::config::{self, Unlike};
use super::corrections::Corrections;
use super::decision::{Decision, UnitOf};
use super::encoding::Known;
use super::enterprises::Enterprises;
use super::heading::{self, Means};
use super::intake::{self, Intake};
use super::merged;
use super::names::Names;
use super::nearest;
use super::part::Part;
use super::quarters::{self, Within};
use super::reader::Reader;
use super::row::Layout;
use super::shape::{self, Heading, LOOKED_AT};
use super::skipped::Skipped;
use super::source::{Body, Source};
use super::unheld::Unheld;
use super::unit_column::RowUnits;
use super::{ColumnSummary, Options, TableSummary, cell, credit_code, dates};
use crate::dictionary::suspicions::Suspicions;
use crate::dictionary::{Column, POLLUTANTS, Table};
use crate::finding::{Code, Finding, Findings, Place, system};

/// The typed rows of a table.
pub struct Loaded<'i> {
    /// Headings, file, ways of reading.
    pub layout: Layout<'i>,
    /// Its rows, in file order.
    pub parts: Vec<Part>,
}

/// Where tables come from.
pub struct From<'a> {
    /// Which file is which table.
    pub intake: &'a Intake,
    /// Cells that are read otherwise than they stand.
    pub corrections: &'a Corrections,
}

/// Does somebody want a panel column of that name?
pub fn wanted(options: &Options<'_>, name: &str) -> bool {
    options.keep.is_none_or(|keep| keep.contains(name))
}

/// Reads a table; `None` if there is no source or no usable heading. Findings say why.
pub fn read<'i>(
    from: &From<'_>,
    table: &'static Table,
    enterprises: Option<&'i Enterprises>,
    options: &Options<'_>,
    findings: &mut Findings,
) -> Option<Loaded<'i>> {
    let intake = from.intake;
    let Some(assigned) = intake.take(&table.name) else {
        if table.required && !intake.is_refused(&table.name) {
            findings.push(missing(intake, table));
        }
        return None;
    };
    let none = (BTreeMap::new(), BTreeMap::new());
    let said = intake.config.of(&table.name);
    let (aliases, units) = said.map_or((&none.0, &none.1), |said| (&said.columns, &said.units));
    let (by, file, names) = (assigned.by, assigned.file(), Names { table, aliases });
    let opened = assigned.open(said.map(|said| said.told).unwrap_or_default());
    let opened = opened.and_then(|source| Ok((headings(&source, &names, said.and_then(|said| said.headings))?, source)));
    let (heading, mut source) = match opened {
        Ok(opened) => opened,
        Err(refusal) if refusal.is_absence() => {
            if table.required {
                findings.push(missing(intake, table));
            }
            return None;
        }
        Err(refusal) => {
            findings.push(refusal.finding(&file));
            return None;
        }
    };
    let mut decision = decided(&source, heading.as_ref(), units);
    (decision.table, decision.by) = (Some(table.name.as_str()), Some(by));
    if let Some(unlike) = said.and_then(|said| Unlike::find(&source, &names, said.headings?).ok()?) {
        intake.config.headings_fault(&table.name, &source.file, &unlike).into_iter().for_each(|finding| findings.push(finding));
        if unlike.stops() {
            intake.decide(Decision { ignored: Some("no-headings"), ..decision });
            return None;
        }
    }
    let columns = heading::read(&names, units, &source.file, heading.as_ref(), findings);
    intake.config.warn_of_unused_headings(table, heading.as_ref().map_or(&[], |heading| &heading.fields), findings);
    let (Some(mut columns), Some(heading)) = (columns, heading) else {
        intake.decide(Decision { ignored: Some("no-headings"), ..decision });
        return None;
    };
    decision.merged = merged::fill(&mut source, &columns, &heading, findings);
    let row_units = RowUnits::find(&source, table, &heading, &mut columns, findings);
    decision.units.extend(row_units.words());
    decision.units_of = columns.iter().filter_map(UnitOf::of).collect();
    let mut readers: Vec<Reader> = columns.into_iter().map(|column| Reader::new(table, column, options)).collect();
    let within = Within::of(&readers);
    if within.is_some() {
        quarters::sum_exactly(&mut readers, options.rows.suspicions);
    }
    let checked = options.rows.are_checked();
    let patches = from.corrections.resolve((table, &intake.config), &source, &heading, &readers).unwrap_or_else(|error| {
        let place = Place::File { file: source.file.clone() };
        findings.push(system::unreadable(&error, place));
        None
    });
    let layout = Layout {
        patches,
        emission: emission(table, &readers, within.is_some() && options.rows.suspicions, options),
        within,
        unheld: Unheld::of(&table.name, &readers),
        checked,
        orders: if checked { dates::orders(&table.name, &readers) } else { Vec::new() },
        tells_all: !options.tried.is_empty(),
        since_1904: matches!(&source.body, Body::Grid(grid) if grid.since_1904),
        label: table.key.iter().find_map(|key| readers.iter().position(|reader| reader.needed && reader.means(key))).unwrap_or(0),
        open_end: if let Body::Grid(_) = &source.body { last_named(&readers) } else { usize::MAX },
        table,
        file: source.file.clone(),
        readers,
        index: enterprises.map(|known| &known.index),
        refused: enterprises.map(|known| &known.refused),
        heading_row: heading.row,
        row_units,
        furniture: heading.furniture.clone(),
        lenient: options.lenient,
        suspicions: options.rows.suspicions,
        limits: options.rows.limits.unwrap_or_else(Suspicions::get),
    };
    let parts: Vec<Part> = source
        .pieces(&heading.last, layout.readers.len())
        .into_par_iter()
        .map_init(Vec::new, |buffer, piece| {
            let part = layout.read(piece, buffer);
            options.progress.advance(&table.name, piece.len() as u64);
            part
        })
        .collect();
    let mut loaded = Loaded { layout, parts };
    loaded.report_hollow(&source, &heading, findings);
    loaded.report_headed_years(findings);
    loaded.report_left_out(&heading, findings);
    loaded.report_mixed(findings);
    loaded.report_totals(findings);
    loaded.report_sums(findings);
    loaded.report(enterprises, findings);
    loaded.settle_extras();
    loaded.tell_skipped(&mut decision);
    intake.decide(decision);
    Some(loaded)
}

/// One past the last column with a heading.
fn last_named(readers: &[Reader]) -> usize {
    readers.iter().rposition(|reader| !matches!(reader.file.means, Means::Unnamed)).map_or(0, |at| at + 1)
}

fn missing(intake: &Intake, table: &Table) -> Finding {
    let (file, name) = match intake.is_book {
        true => (intake.data.clone(), table.zh.clone()),
        false => (intake.data.join(format!("{}.csv", table.name)), format!("{}.csv", table.name)),
    };
    let place = Place::File { file: file.display().to_string().into() };
    Finding::error(Code::MissingFile, place).with_both("table", &table.zh, &table.en).with("name", name)
}

/// The headings of a source, as wide as its rows are.
pub(super) fn headings(source: &Source, names: &Names<'_>, told: Option<(u64, u64)>) -> Result<Option<Heading>, super::source::Refusal> {
    // Most first rows are good heading rows; then there is nothing to look for further down.
    let mut rows = source.head(4)?;
    let is_good = rows.first().is_some_and(|row| names.is_complete(&names.columns(&row.fields)));
    if !is_good || told.is_some() {
        rows = source.head(LOOKED_AT.max(told.map_or(0, |(_, to)| to as usize)))?;
    }
    let mut heading = shape::find(names, &rows, told);
    if let (Some(heading), Body::Grid(grid)) = (&mut heading, &source.body) {
        let filled = heading.fields.iter().rposition(|field| !cell::trim(field).is_empty()).map_or(0, |at| at + 1);
        heading.fields.resize(filled.max(grid.width_from(heading.last.end as u32)), String::new());
    }
    Ok(heading)
}

/// What is known of a source once its headings are.
fn decided(source: &Source, heading: Option<&Heading>, units: &config::Units) -> Decision {
    let mut decision = Decision { file: source.file.to_string(), ..Decision::default() };
    if let Body::Text(text) = &source.body {
        decision.encoding = Some(text.encoding.encoding.name());
        decision.known = Some(text.encoding.known).filter(|known| *known != Known::Ascii);
        decision.delimiter = Some(char::from(text.delimiter()));
    }
    decision.really = intake::misnamed(source);
    if let Some(heading) = heading {
        decision.headings = Some(heading.rows);
        decision.units = units
            .values()
            .map(|unit| &unit.word)
            .chain(heading.unit_words.iter().chain(&heading.own_words).map(|(_, word)| &word.word))
            .chain(heading.units.iter().flatten())
            .cloned()
            .collect();
        let mut seen = Vec::new();
        decision.units.retain(|unit| {
            !seen.contains(unit) && {
                seen.push(unit.clone());
                true
            }
        });
        decision.titles.clone_from(&heading.titles);
        decision.below.clone_from(&heading.below);
    }
    decision
}

/// Where `emission_t` stands, and the four pollutants whose sum stands in for it.
fn emission(table: &Table, readers: &[Reader], is_checked: bool, options: &Options<'_>) -> Option<(Option<usize>, Vec<usize>)> {
    if table.name != "energy" || !(is_checked || wanted(options, "emission_t")) {
        return None;
    }
    let at = |name: &str| readers.iter().position(|reader| reader.means(name));
    let parts: Vec<usize> = POLLUTANTS.into_iter().filter_map(at).collect();
    if parts.is_empty() { None } else { Some((at("emission_t"), parts)) }
}

impl Loaded<'_> {
    /// Where in the file a column of the dictionary stands.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.layout.readers.iter().position(|reader| reader.means(name))
    }

    /// The number of the enterprise of a row, or [`super::enterprise::NOBODY`].
    pub fn owner(&self, (part, at): (u32, u32)) -> u32 {
        self.parts[part as usize].owners[at as usize]
    }

    /// The text of a column at a spot.
    pub fn text(&self, column: usize, (part, at): (u32, u32)) -> Option<&str> {
        self.parts[part as usize].cells[column].text(at as usize)
    }

    /// The cells of a column, part by part.
    pub fn cells(&self, at: usize) -> Vec<&Cells> {
        self.parts.iter().map(|part| &part.cells[at]).collect()
    }

    /// Takes the cells of a column out, part by part: nobody asks for them again.
    pub fn take(&mut self, at: usize) -> Vec<Cells> {
        self.parts.iter_mut().map(|part| std::mem::take(&mut part.cells[at])).collect()
    }

    /// The spots of all rows that may be used, in file order.
    pub fn spots(&self) -> impl Iterator<Item = (u32, u32)> + '_ {
        self.parts.iter().enumerate().flat_map(|(number, part)| {
            let used = part.used.iter().enumerate().filter(|(_, used)| **used);
            used.map(move |(at, _)| (number as u32, at as u32))
        })
    }

    /// Spreadsheet row of a spot.
    pub fn row(&self, (part, at): (u32, u32)) -> u64 {
        u64::from(self.parts[part as usize].rows[at as usize])
    }

    /// Columns for the panel: name, meaning (`None`: extra), place in the file.
    pub fn for_panel(&self) -> impl Iterator<Item = (&str, Option<&'static Column>, usize)> + '_ {
        self.layout.readers.iter().enumerate().filter(|(_, reader)| reader.paneled).map(|(at, reader)| match reader.file.means {
            Means::Known(column) => (column.name.as_str(), Some(column), at),
            _ => (&*reader.file.heading, None, at),
        })
    }

    /// Values of a stored column in the order of the spots.
    pub fn series(
        &self,
        name: &str,
        known: Option<&Column>,
        at: usize,
        spots: impl ExactSizeIterator<Item = Spot>,
    ) -> polars::prelude::Series {
        super::column::series(name, known, &self.cells(at), spots)
    }

    /// What was read, for people.
    pub fn summary(&self) -> TableSummary {
        let named = |reader: &Reader| !matches!(reader.file.means, Means::Unnamed | Means::Skipped);
        let columns = self.layout.readers.iter().enumerate().filter(|(_, reader)| named(reader)).map(|(at, reader)| ColumnSummary {
            name: if let Means::Known(column) = reader.file.means { column.name.clone() } else { reader.file.heading.to_string() },
            heading: reader.file.heading.to_string(),
            factor: reader.file.factor,
            missing: self.parts.iter().map(|part| part.missing[at]).sum(),
            extra: matches!(reader.file.means, Means::Extra),
        });
        TableSummary {
            name: self.layout.table.name.clone(),
            file: self.layout.file.to_string(),
            rows: self.parts.iter().map(|part| part.rows.len() as u64).sum(),
            columns: columns.collect(),
        }
    }

    /// Warns of formulas without a stored value among the rows.
    fn report_hollow(&self, source: &Source, heading: &Heading, findings: &mut Findings) {
        let Body::Grid(grid) = &source.body else { return };
        for &(row, column) in grid.hollow.iter().filter(|cell| u64::from(cell.0) >= heading.last.row) {
            if (column as usize) < self.layout.readers.len() {
                let place = self.layout.place(u64::from(row) + 1, Some(column as usize));
                findings.push(Finding::warning(Code::FormulaWithoutValue, place));
            }
        }
    }

    /// Which rows were no rows, for people.
    fn tell_skipped(&self, decision: &mut Decision) {
        for &(row, skipped) in self.parts.iter().flat_map(|part| &part.skipped) {
            let list = match skipped {
                Skipped::Total => &mut decision.totals,
                Skipped::Note => &mut decision.notes,
                Skipped::Heading => &mut decision.repeated,
            };
            list.push(u64::from(row));
        }
        decision.serials = self.parts.iter().map(|part| part.serials).sum();
        decision.marked_ids = self.parts.iter().map(|part| part.marked_ids).sum();
    }

    fn report(&mut self, enterprises: Option<&Enterprises>, findings: &mut Findings) {
        let mut quiet = true;
        for part in &mut self.parts {
            quiet &= part.findings.is_empty();
            findings.extend(std::mem::take(&mut part.findings));
        }
        let layout = &self.layout;
        if quiet && self.parts.iter().all(|part| part.rows.is_empty()) {
            let make = if layout.table.name == "enterprises" { Finding::error } else { Finding::warning };
            findings.push(make(Code::NoRows, Place::File { file: layout.file.clone() }).with_both(
                "table",
                &layout.table.zh,
                &layout.table.en,
            ));
        }
        for (at, reader) in layout.readers.iter().enumerate() {
            let first = || self.parts.iter().find_map(|part| part.first[at]);
            if matches!(reader.file.means, Means::Unnamed) && (at < layout.open_end || first().is_some()) {
                let first = first();
                let make = if first.is_some() { Finding::error } else { Finding::warning };
                let finding = make(Code::EmptyHeading, layout.place(layout.heading_row, Some(at)));
                findings.push(finding.with("row", first.map_or("—".to_owned(), |row| row.to_string())));
            }
        }
        if let Some(enterprises) = enterprises {
            self.report_unknown(enterprises, findings);
        }
    }

    fn report_unknown(&self, enterprises: &Enterprises, findings: &mut Findings) {
        let unknown = || self.parts.iter().flat_map(|part| part.unknown.iter().map(|(at, id)| (part.rows[*at as usize], id.as_str())));
        let Some(at) = self.position("enterprise_id").filter(|_| unknown().next().is_some()) else { return };
        let mut places: HashMap<&str, usize> = HashMap::new();
        let mut names: Vec<&str> = Vec::new();
        for (_, id) in unknown() {
            if names.len() == nearest::LOOKED_UP {
                break;
            }
            places.entry(id).or_insert_with(|| {
                names.push(id);
                names.len() - 1
            });
        }
        let known = enterprises.ids();
        // In their normal forms: what differs only in case or width is nearest of all.
        let [unknown_ids, known_ids] = [&names, &known].map(|ids| ids.iter().map(|id| credit_code::normal(id)).collect::<Vec<_>>());
        let found = nearest::nearest_each(&unknown_ids, &known_ids);
        for (row, id) in unknown() {
            let hit = places.get(id).and_then(|&place| found.get(place).copied().flatten());
            let (nearest, name) = hit.map_or(("—", "—"), |number| (known[number], enterprises.name(number).unwrap_or("—")));
            let finding = Finding::warning(Code::UnknownEnterprise, self.layout.place(u64::from(row), Some(at))).text(id);
            findings.push(finding.with("nearest", nearest).with("name", name));
        }
    }

    /// Extra columns whose cells are all numbers become numbers.
    fn settle_extras(&mut self) {
        let land = self.layout.table.name == "land";
        for (at, reader) in self.layout.readers.iter_mut().enumerate() {
            if !reader.stored || !matches!(reader.file.means, Means::Extra) {
                continue;
            }
            let numeric = self.parts.iter().all(|part| part.first[at].is_none());
            let settled: Option<Vec<Cells>> = match numeric {
                true => self.parts.iter().map(|part| as_numbers(&part.cells[at], part.rows.len(), land)).collect(),
                false => None,
            };
            match settled {
                Some(cells) => self.parts.iter_mut().zip(cells).for_each(|(part, cells)| part.cells[at] = cells),
                // Text has no sum over parcels.
                None => reader.paneled &= !land,
            }
        }
    }

    /// Reports rows whose key stands twice and marks the later one as not to be used.
    pub fn refuse_duplicates(&mut self, key: &[usize], findings: &mut Findings) {
        let mut seen: HashMap<(String, i16), u64> = HashMap::new();
        let spots: Vec<(u32, u32)> = self.spots().collect();
        for spot in spots {
            let part = &self.parts[spot.0 as usize];
            let words: Vec<&str> = key.iter().filter_map(|&at| part.cells[at].text(spot.1 as usize)).collect();
            let row = self.row(spot);
            let first = *seen.entry((words.join("\u{1f}"), part.years[spot.1 as usize])).or_insert(row);
            if first != row {
                findings.push(duplicate(&self.layout, row, first, words.join(", ")));
                self.parts[spot.0 as usize].used[spot.1 as usize] = false;
            }
        }
    }
}

/// The finding for a row whose key an earlier row has.
pub fn duplicate(layout: &Layout<'_>, row: u64, first: u64, key: impl Into<String>) -> Finding {
    let finding = Finding::error(Code::DuplicateRow, layout.place(row, None));
    finding.with("first", first).with("second", row).with("key", key.into())
}

fn as_numbers(cells: &Cells, rows: usize, exact: bool) -> Option<Cells> {
    let text = |at: usize| cells.text(at);
    if exact {
        let amounts = (0..rows).map(|at| text(at).map_or(Some(super::column::NO_AMOUNT), |text| cell::extra_amount(text).ok()));
        return amounts.collect::<Option<Vec<i128>>>().map(Cells::Amount);
    }
    let values = (0..rows).map(|at| text(at).map_or(Some(f64::NAN), |text| cell::extra_number(text).ok()));
    values.collect::<Option<Vec<f64>>>().map(Cells::Number)
}
