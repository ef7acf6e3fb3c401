//! The files of a table, each read by its own layout.
//!
//! In: the sources that `intake` gave to the table. Out: the rows of each file, and findings. Next: `joined` puts them together.

pub mod dates;
pub mod headed_years;
pub mod joined;
pub mod mixed;
pub mod opened;
pub mod origins;
pub mod part;
pub mod quarters;
pub mod reader;
pub mod row;
pub mod row_cells;
pub mod shadows;
pub mod skipped;
pub mod stored;
pub mod sums;
pub mod table;
pub mod told;
pub mod totals;
pub mod two_units;

use rayon::prelude::*;

use crate::dictionary::suspicions::Suspicions;
use crate::dictionary::{Column, ColumnType, POLLUTANTS, Table};
use crate::finding::{Code, Finding, Findings, Place, system};
use crate::load::Options;
use crate::load::corrections::{Patches, Sheet};
use crate::load::headings::{FileColumn, Means};
use crate::load::intake::{Assigned, Intake};
use crate::load::reading::opened::{Asked, Opened};
use crate::load::reading::origins::Origin;
use crate::load::reading::part::Part;
use crate::load::reading::quarters::Within;
use crate::load::reading::reader::Reader;
use crate::load::reading::row::Layout;
use crate::load::reading::table::{From, Loaded, wanted};
use crate::load::source::Body;
use crate::load::tables::enterprises::Enterprises;
use crate::load::tables::unheld::Unheld;

/// Opens the sources of a table, those that can be.
pub fn open_all(intake: &Intake, table: &'static Table, assigned: Vec<Assigned>, findings: &mut Findings) -> Vec<Opened> {
    let count = assigned.len();
    let years = intake.config.of(&table.name).map_or(&[][..], |said| &said.years);
    if !years.is_empty() && years.len() != count {
        let accepted = format!("[{}]", vec!["…"; count].join(", "));
        findings.push_all(intake.config.years_fault(&table.name, "config.years", &accepted));
    }
    let years = if years.len() == count { years } else { &[] };
    let one = |(at, one): (usize, Assigned)| {
        let asked = Asked { year: years.get(at).copied(), is_alone: count == 1 };
        opened::open(intake, table, one, asked, findings)
    };
    let opened: Vec<Opened> = assigned.into_iter().enumerate().filter_map(one).collect();
    if count > 1 {
        // A heading that one of the files has is not said in vain.
        let fields: Vec<String> = opened.iter().flat_map(|one| one.heading.fields.iter().cloned()).collect();
        intake.config.warn_of_unused_headings(table, &fields, findings);
    }
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
pub struct Reading<'r, 'i, 'o> {
    /// The table.
    pub table: &'static Table,
    /// Known enterprises; `None` while they are being read.
    pub enterprises: Option<&'i Enterprises>,
    /// How to load.
    pub options: &'r Options<'o>,
}

impl<'i> Reading<'_, 'i, '_> {
    /// Reads the rows of all files, each by its own layout.
    pub fn rows(&self, from: &From<'_>, opened: Vec<Opened>, findings: &mut Findings) -> Vec<Loaded<'i>> {
        let readers = |one: &Opened| one.columns.iter().map(|column| Reader::new(self.table, column.clone(), self.options)).collect();
        let mut readers: Vec<Vec<Reader>> = opened.iter().map(readers).collect();
        let within: Vec<Option<Within>> = readers.iter().map(|readers| Within::of(readers)).collect();
        let sums_parts = within.iter().any(Option::is_some);
        if sums_parts {
            readers.iter_mut().for_each(|readers| quarters::sum_exactly(readers, self.options.rows.suspicions));
        }
        let sheets: Vec<Sheet<'_>> = opened.iter().zip(&readers).map(|(one, readers)| sheet(one, readers)).collect();
        let patches = from.corrections.resolve((self.table, &from.intake.config), &sheets).unwrap_or_else(|(at, error)| {
            findings.push(system::unreadable(&error, Place::File { file: sheets[at].source.file.clone() }));
            sheets.iter().map(|_| None).collect()
        });
        drop(sheets);
        let all = opened.into_iter().zip(readers).zip(patches).zip(within);
        all.map(|(((mut one, readers), patches), within)| {
            let layout = self.layout(&mut one, readers, patches, (within, sums_parts));
            self.read_one(from.intake, one, layout, findings)
        })
        .collect()
    }

    fn layout(
        &self,
        one: &mut Opened,
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
            row_units: std::mem::take(&mut one.row_units),
            furniture: one.heading.furniture.clone(),
            lenient: options.lenient,
            suspicions: options.rows.suspicions,
            limits: options.rows.limits.unwrap_or_else(Suspicions::get),
        }
    }

    /// Reads the rows of one file, and tells what is wrong with them.
    fn read_one(&self, intake: &Intake, one: Opened, layout: Layout<'i>, findings: &mut Findings) -> Loaded<'i> {
        let Opened { source, heading, mut decision, expected, unfit, .. } = one;
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
        loaded.report_parts_beside_years(&heading, &unfit, findings);
        loaded.report_left_out(&heading, findings);
        loaded.report_two_units(&mut decision, findings);
        loaded.report_mixed(findings);
        loaded.report_totals(findings);
        loaded.report_sums(findings);
        loaded.report(self.enterprises, findings);
        loaded.report_hidden(&source, &mut decision, findings);
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
