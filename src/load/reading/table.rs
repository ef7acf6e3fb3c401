//! One table: its files read piece by piece, each by its own layout, its rows and findings put together in file order.
//!
//! In: a directory and a table of the dictionary. Out: [`Loaded`], the typed rows. Next: `enterprises` and `yearly`, `land`,
//! `zones`, `adjustments`, each for its kind of table.

use std::collections::HashMap;
use std::sync::Arc;

use crate::dictionary::{Column, Table};
use crate::finding::{Code, Finding, Findings, Place};
use crate::load::ColumnSummary;
use crate::load::Options;
use crate::load::TableSummary;
use crate::load::cells::column::{Cells, Spot};
use crate::load::corrections::Corrections;
use crate::load::headings::given;
use crate::load::headings::{FileColumn, Means};
use crate::load::intake::Intake;
use crate::load::reading::joined;
use crate::load::reading::opened;
use crate::load::reading::origins::{At, Origin};
use crate::load::reading::part::Part;
use crate::load::reading::row::Layout;
use crate::load::reading::{self, Reading};
use crate::load::tables::enterprises::Enterprises;

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
    let opened = reading::open_all(intake, table, assigned, findings);
    let loaded = Reading { table, enterprises, options }.rows(from, opened, findings);
    // A table of which a part is missing would be another one.
    if loaded.len() < count { None } else { joined::join(loaded, options) }
}

impl Loaded<'_> {
    /// Where in the file a column of the dictionary stands.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.layout.readers.iter().position(|reader| reader.means(name))
    }

    /// The number of the enterprise of a row, or [`crate::load::tables::enterprise::NOBODY`].
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
        crate::load::cells::column::series(name, known, &self.cells(at), spots)
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
            year: Some(origin.year).filter(|year| *year != 0),
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
            // Where the year of a file is not known it was said why.
            if part.years[spot.1 as usize] == 0 && given::needs_year(self.layout.table) {
                continue;
            }
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
