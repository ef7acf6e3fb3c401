//! One table: its files read piece by piece, each by its own layout, its rows and findings put together in file order.
//!
//! In: a directory and a table of the dictionary. Out: [`Loaded`], the typed rows. Next: `enterprises` and `yearly`, `land`,
//! `zones`, `adjustments`, each for its kind of table.

use std::collections::HashMap;
use std::sync::Arc;

use rayon::prelude::*;

use super::column::{Cells, Spot};
use super::corrections::{Corrections, Patches, Sheet};
use super::enterprises::Enterprises;
use super::heading::{FileColumn, Means};
use super::intake::{Assigned, Intake};
use super::joined;
use super::opened::{self, Opened};
use super::origins::{At, Origin};
use super::quarters::{self, Within};
use super::row::{Layout, Part, Reader};
use super::source::{self, Body};
use super::unheld::Unheld;
use super::{ColumnSummary, Options, TableSummary, dates};
use crate::dictionary::suspicions::Suspicions;
use crate::dictionary::{Column, ColumnType, POLLUTANTS, Table};
use crate::finding::{Code, Finding, Findings, Place};

/// The typed rows of a table.
pub struct Loaded<'i> {
    /// Headings, ways of reading.
    pub layout: Layout<'i>,
    /// Its files.
    pub origins: Vec<Origin>,
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
            findings.push(opened::missing(intake, table));
        }
        return None;
    };
    let count = assigned.len();
    let opened = open_all(intake, table, assigned, findings);
    let reading = Reading { table, enterprises, options };
    let loaded = reading.rows(from, opened, findings);
    // A table of which a part is missing would be another one.
    if loaded.len() < count { None } else { joined::join(loaded, options) }
}

/// Opens the sources of a table, those that can be.
fn open_all(intake: &Intake, table: &'static Table, assigned: Vec<Assigned>, findings: &mut Findings) -> Vec<Opened> {
    let count = assigned.len();
    let years = intake.config.of(&table.name).map_or(&[][..], |said| &said.years);
    if !years.is_empty() && years.len() != count {
        findings.push_all(intake.config.years_fault(&table.name, "config.years", &count.to_string()));
    }
    let years = if years.len() == count { years } else { &[] };
    let all = assigned.into_iter().enumerate();
    let opened: Vec<Opened> = all.filter_map(|(at, one)| opened::open(intake, table, one, years.get(at).copied(), findings)).collect();
    // Where the year may be blank a row without one holds for all years, so that two files would not go together.
    let is_undated = |one: &&Opened| one.year == 0 && !one.columns.iter().any(FileColumn::is_year);
    if let Some(undated) = opened.iter().find(is_undated).filter(|_| count > 1 && has_optional_year(table)) {
        let other = opened.iter().find(|one| one.source.file != undated.source.file).map_or("—", |one| &*one.source.file);
        let finding = Finding::error(Code::MissingColumn, Place::Row { file: undated.source.file.clone(), row: undated.heading.row });
        let year = table.columns.iter().find(|column| column.kind == ColumnType::Year);
        let label = |of: fn(&Column) -> &str| year.map_or(String::new(), |year| format!("{} ({})", of(year), year.name));
        let finding = finding.with_both("column", label(|column| &column.zh), label(|column| &column.en)).with("other", other);
        findings.push(finding.with("message", "years.optional").with("remedy", "years.optional-remedy"));
    }
    opened
}

fn has_optional_year(table: &Table) -> bool {
    table.columns.iter().any(|column| column.kind == ColumnType::Year && !column.required)
}

/// What is the same for all files of a table.
struct Reading<'r, 'i, 'o> {
    table: &'static Table,
    enterprises: Option<&'i Enterprises>,
    options: &'r Options<'o>,
}

impl<'i> Reading<'_, 'i, '_> {
    /// Reads the rows of all files, each by its own layout.
    fn rows(&self, from: &From<'_>, opened: Vec<Opened>, findings: &mut Findings) -> Vec<Loaded<'i>> {
        let readers = |one: &Opened| one.columns.iter().map(|column| Reader::new(self.table, column.clone(), self.options)).collect();
        let mut readers: Vec<Vec<Reader>> = opened.iter().map(readers).collect();
        let within: Vec<Option<Within>> = readers.iter().map(|readers| Within::of(readers)).collect();
        let sums_parts = within.iter().any(Option::is_some);
        if sums_parts {
            readers.iter_mut().for_each(|readers| quarters::sum_exactly(readers, self.options.rows.suspicions));
        }
        let sheets: Vec<Sheet<'_>> = opened.iter().zip(&readers).map(|(one, readers)| sheet(one, readers)).collect();
        let patches = from.corrections.resolve((self.table, &from.intake.config), &sheets).unwrap_or_else(|(at, error)| {
            findings.push(source::unreadable(&error, Place::File { file: sheets[at].source.file.clone() }));
            sheets.iter().map(|_| None).collect()
        });
        drop(sheets);
        let all = opened.into_iter().zip(readers).zip(patches).zip(within);
        all.map(|(((one, readers), patches), within)| {
            let layout = self.layout(&one, readers, patches, (within, sums_parts));
            self.read_one(from.intake, one, layout, findings)
        })
        .collect()
    }

    fn layout(
        &self,
        one: &Opened,
        readers: Vec<Reader>,
        patches: Option<Patches>,
        (within, sums_parts): (Option<Within>, bool),
    ) -> Layout<'i> {
        let (table, options) = (self.table, self.options);
        let checked = options.rows.are_checked();
        Layout {
            patches,
            emission: emission(table, &readers, sums_parts && options.rows.suspicions, options),
            within,
            sums_parts,
            year: one.year,
            unheld: Unheld::of(&table.name, &readers),
            checked,
            orders: if checked { dates::orders(&table.name, &readers) } else { Vec::new() },
            tells_all: !options.tried.is_empty(),
            since_1904: matches!(&one.source.body, Body::Grid(grid) if grid.since_1904),
            label: table.key.iter().find_map(|key| readers.iter().position(|reader| reader.needed && reader.means(key))).unwrap_or(0),
            open_end: if let Body::Grid(_) = &one.source.body { last_named(&readers) } else { usize::MAX },
            table,
            file: one.source.file.clone(),
            readers,
            index: self.enterprises.map(|known| &known.index),
            refused: self.enterprises.map(|known| &known.refused),
            heading_row: one.heading.row,
            furniture: one.heading.furniture.clone(),
            lenient: options.lenient,
            suspicions: options.rows.suspicions,
            limits: options.rows.limits.unwrap_or_else(Suspicions::get),
        }
    }

    /// Reads the rows of one file, and tells what is wrong with them.
    fn read_one(&self, intake: &Intake, one: Opened, layout: Layout<'i>, findings: &mut Findings) -> Loaded<'i> {
        let Opened { source, heading, mut decision, expected, .. } = one;
        let parts: Vec<Part> = source
            .pieces(&heading.last, layout.readers.len())
            .into_par_iter()
            .map_init(Vec::new, |buffer, piece| {
                let part = layout.read(piece, buffer);
                self.options.progress.advance(&self.table.name, piece.len() as u64);
                part
            })
            .collect();
        let mut loaded = Loaded { origins: vec![Origin::of(&layout)], layout, parts };
        loaded.report_hollow(&source, &heading, findings);
        loaded.report_headed_years(findings);
        loaded.report_unexpected_years(expected, findings);
        loaded.report_left_out(&heading, findings);
        loaded.report_mixed(findings);
        loaded.report_totals(findings);
        loaded.report_sums(findings);
        loaded.report(self.enterprises, findings);
        loaded.tell_skipped(&mut decision);
        intake.decide(decision);
        loaded
    }
}

fn sheet<'s>(one: &'s Opened, readers: &'s [Reader]) -> Sheet<'s> {
    Sheet { source: &one.source, heading: &one.heading, readers, year: one.year }
}

/// One past the last column with a heading.
fn last_named(readers: &[Reader]) -> usize {
    readers.iter().rposition(|reader| !matches!(reader.file.means, Means::Unnamed)).map_or(0, |at| at + 1)
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

    /// The spots of all rows that may be used, in file order.
    pub fn spots(&self) -> impl Iterator<Item = (u32, u32)> + '_ {
        self.parts.iter().enumerate().flat_map(|(number, part)| {
            let used = part.used.iter().enumerate().filter(|(_, used)| **used);
            used.map(move |(at, _)| (number as u32, at as u32))
        })
    }

    /// Its files, as the user would type them.
    pub fn files(&self) -> impl Iterator<Item = &Arc<str>> {
        self.origins.iter().map(|origin| &origin.file)
    }

    /// The row of a spot.
    pub fn row(&self, (part, at): (u32, u32)) -> At {
        self.parts[part as usize].row(at as usize)
    }

    /// Where a cell of a spot is; the row, without a column.
    pub fn place(&self, spot: (u32, u32), column: Option<usize>) -> Place {
        self.place_of(self.row(spot), column)
    }

    /// Where a cell of a row is; the row, without a column.
    pub fn place_of(&self, at: At, column: Option<usize>) -> Place {
        self.origins[usize::from(at.origin)].place(at.row.into(), column)
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

    /// What was read, file by file, for people.
    pub fn summaries(&self) -> Vec<TableSummary> {
        (0..self.origins.len()).map(|number| self.summary(number)).collect()
    }

    fn summary(&self, number: usize) -> TableSummary {
        let origin = &self.origins[number];
        let parts = || self.parts.iter().filter(|part| usize::from(part.origin) == number);
        let named = |file: &FileColumn| !matches!(file.means, Means::Unnamed | Means::Skipped);
        let own = origin.columns.iter().enumerate().filter_map(|(at, own)| own.as_ref().map(|(place, file)| (*place, at, file)));
        let mut own: Vec<(u32, usize, &FileColumn)> = own.filter(|(.., file)| named(file)).collect();
        own.sort_by_key(|(place, ..)| *place);
        let columns = own.into_iter().map(|(_, at, file)| ColumnSummary {
            name: if let Means::Known(column) = file.means { column.name.clone() } else { file.heading.to_string() },
            heading: file.heading.to_string(),
            factor: file.factor,
            missing: parts().map(|part| part.missing[at]).sum(),
            extra: matches!(file.means, Means::Extra),
        });
        TableSummary {
            name: self.layout.table.name.clone(),
            file: origin.file.to_string(),
            rows: parts().map(|part| part.rows.len() as u64).sum(),
            columns: columns.collect(),
        }
    }

    /// Reports rows whose key stands twice and marks the later one as not to be used.
    pub fn refuse_duplicates(&mut self, key: &[usize], findings: &mut Findings) {
        let mut seen: HashMap<(String, i16), At> = HashMap::new();
        let spots: Vec<(u32, u32)> = self.spots().collect();
        for spot in spots {
            let part = &self.parts[spot.0 as usize];
            let words: Vec<&str> = key.iter().filter_map(|&at| part.cells[at].text(spot.1 as usize)).collect();
            let row = self.row(spot);
            let first = *seen.entry((words.join("\u{1f}"), part.years[spot.1 as usize])).or_insert(row);
            if first != row {
                findings.push(self.duplicate(row, first, words.join(", ")));
                self.parts[spot.0 as usize].used[spot.1 as usize] = false;
            }
        }
    }

    /// The finding for a row whose key an earlier row has.
    pub fn duplicate(&self, row: At, first: At, key: impl Into<String>) -> Finding {
        let finding = Finding::error(Code::DuplicateRow, self.place_of(row, None));
        self.with_first(finding, row, first).with("second", row.row).with("key", key.into())
    }

    /// Names an earlier row to the finding of a row, with its file where that is another.
    pub fn with_first(&self, finding: Finding, row: At, first: At) -> Finding {
        let finding = finding.with("first", first.row);
        if row.origin == first.origin {
            return finding;
        }
        let message = format!("across.{}", finding.code);
        finding.with("first_file", &self.origins[usize::from(first.origin)].file).with("message", message)
    }
}
