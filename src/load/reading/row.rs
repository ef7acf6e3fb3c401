//! Rows of a table: every cell is read and checked, whether it is stored or not.
//!
//! In: the records of one piece. Out: a [`Part`]: typed columns, the row numbers, and the findings of the piece.
//! Next: `table` puts the parts together.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::sync::Arc;

use crate::dictionary::suspicions::Suspicions;
use crate::dictionary::{ColumnType, Table};
use crate::finding::{Code, Finding, Findings, Place, system};
use crate::load::cells::cell;
use crate::load::cells::column::{Cells, NO_AMOUNT};
use crate::load::cells::forms;
use crate::load::cells::number::{self, Bad};
use crate::load::corrections::Patches;
use crate::load::headings::Means;
use crate::load::headings::furniture::Furniture;
use crate::load::headings::unit_column::RowUnits;
use crate::load::reading::part::Part;
use crate::load::reading::quarters::{WHOLE, Within};
use crate::load::reading::reader::Reader;
use crate::load::reading::skipped::Skipped;
use crate::load::source::Piece;
use crate::load::source::record::Record;
use crate::load::tables::enterprise::{Index, Key, NOBODY};
use crate::load::tables::unheld::Unheld;

/// What all pieces of a table share.
pub struct Layout<'i> {
    /// The table.
    pub table: &'static Table,
    /// Its file, as the user would type it.
    pub file: Arc<str>,
    /// Are numbers of days counted from 1904?
    pub since_1904: bool,
    /// Are all findings told, however many they are? New values of cells are tried out.
    pub tells_all: bool,
    /// Where its key stands: a row without one may be a total or a note.
    pub label: usize,
    /// From this column on blank ones are no columns: a sheet has no end.
    pub open_end: usize,
    /// Its columns.
    pub readers: Vec<Reader>,
    /// Cells that are read otherwise than they stand.
    pub patches: Option<Patches>,
    /// Known enterprises; `None` while they are being read.
    pub index: Option<&'i Index>,
    /// Ids of enterprises whose rows are refused.
    pub refused: Option<&'i BTreeSet<String>>,
    /// Spreadsheet row of the headings.
    pub heading_row: u64,
    /// Units and currencies that rows say of themselves.
    pub row_units: RowUnits,
    /// The rows above the data.
    pub furniture: Furniture,
    /// Cells that do not parse are warnings.
    pub lenient: bool,
    /// What can be read and is hardly meant is told too.
    pub suspicions: bool,
    /// From which figures on several rows together are told.
    pub limits: &'static Suspicions,
    /// Columns whose sum stands in for a blank `emission_t`, and that column; empty if it is not wanted.
    pub emission: Option<(Option<usize>, Vec<usize>)>,
    /// Where rows say which part of a year they are of.
    pub within: Option<Within>,
    /// Do rows of some file of the table say so? Then figures are added up.
    pub sums_parts: bool,
    /// The year of all rows, where no column says it; else 0.
    pub year: i16,
    /// Which rows need no holder.
    pub unheld: Option<Unheld>,
    /// Are rows checked against each other, and doubts remembered?
    pub checked: bool,
    /// Places of dates that follow one another; empty where they are not checked.
    pub orders: Vec<(usize, usize)>,
}

impl Layout<'_> {
    /// Reads all rows of a piece. The buffer is for its bytes.
    pub fn read(&self, piece: Piece<'_>, buffer: &mut Vec<u8>) -> Part {
        let mut part = self.part(piece.most_records());
        let read = piece.for_each(buffer, |record| {
            match self.patches.as_ref().and_then(|patches| patches.of(record.row, record.fields)) {
                Some(fields) => self.read_record(&Record { fields: &fields, ..record }, &mut part),
                None => self.read_record(&record, &mut part),
            }
            ControlFlow::Continue(())
        });
        if let Err(error) = read {
            let place = Place::File { file: self.file.clone() };
            part.findings.push(system::unreadable(&error, place));
        }
        self.resolve(&mut part);
        part
    }

    /// A part with room for so many rows: vectors that grow would be copied, and their pages touched, twice.
    fn part(&self, rows: usize) -> Part {
        let columns = self.readers.len();
        Part {
            rows: Vec::with_capacity(rows),
            used: Vec::with_capacity(rows),
            years: Vec::with_capacity(rows),
            keys: Vec::with_capacity(if self.index.is_some() { rows } else { 0 }),
            periods: Vec::with_capacity(if self.within.is_some() { rows } else { 0 }),
            emission: Cells::of(ColumnType::Number, self.sums_parts, if self.emission.is_some() { rows } else { 0 }),
            cells: self.readers.iter().map(|reader| reader.cells(rows)).collect(),
            missing: vec![0; columns],
            findings: Findings::new(self.tells_all),
            first: vec![None; columns],
            ..Part::default()
        }
    }

    fn read_record(&self, record: &Record<'_>, part: &mut Part) {
        if let Some(fault) = &record.flaw {
            part.findings.push(fault.finding(self.place(record.row, fault.column)));
            self.refuse(record, part);
            return;
        }
        let fields = record.fields;
        if fields.first().is_none_or(|field| cell::trim(field).is_empty()) && fields.iter().all(|field| cell::trim(field).is_empty()) {
            return;
        }
        if self.year != 0
            && let Some(finding) = self.of_another_block(record)
        {
            part.findings.push(finding);
            self.refuse(record, part);
            return;
        }
        if let Some(skipped) = self.skipped(fields) {
            part.skipped.push((u32::try_from(record.row).unwrap_or(u32::MAX), skipped));
            let doubt = self.doubt_of(skipped, record.row, fields);
            if skipped == Skipped::Total && doubt.is_none() {
                self.note_total(record.row, fields, part);
            }
            doubt.into_iter().for_each(|doubt| part.findings.push(doubt));
            return;
        }
        if fields.len() != self.readers.len() {
            if let Some(fields) = self.fitted(fields) {
                return self.read_record(&Record { row: record.row, fields: &fields, flaw: None }, part);
            }
            let finding = Finding::error(Code::RaggedRow, self.place(record.row, None));
            part.findings.push(finding.with("found", fields.len()).with("expected", self.readers.len()));
            self.refuse(record, part);
            return;
        }
        let (mut used, mut year) = (true, self.year);
        if !self.row_units.is_empty() {
            used = self.check_units(record, part);
        }
        part.keyed = false;
        for (at, reader) in self.readers.iter().enumerate() {
            let text = cell::trim(fields[at]);
            if cell::is_missing(text) {
                part.missing[at] += 1;
                part.cells[at].push_missing();
                if reader.needed && !self.unheld.is_some_and(|unheld| unheld.may_lack(at, fields)) {
                    part.findings.push(Finding::error(Code::MissingValue, self.place(record.row, Some(at))).text(text));
                    used = false;
                }
                continue;
            }
            if let Err(flaw) = self.read_cell(at, reader, text, record, part, &mut year) {
                part.cells[at].push_missing();
                part.missing[at] += 1;
                used &= !reader.key;
                self.doubt(at, part);
                let finding = self.finding(flaw, reader, at, record.row, text);
                part.findings.push(finding);
            }
        }
        self.check_order(record, part);
        self.finish_row(record, part, used, year);
    }

    /// Remembers an enterprise whose row cannot be used: elsewhere its id is not unknown.
    #[cold]
    fn refuse(&self, record: &Record<'_>, part: &mut Part) {
        let id = record.fields.get(self.label).map(|field| forms::id(cell::trim(field)));
        part.refused.extend(id.filter(|id| self.table.name == "enterprises" && !id.is_empty()).map(Cow::into_owned));
    }

    /// A record as wide as the headings, where only blank cells are too many at its end, or cells that may be blank are not there:
    /// spreadsheets leave them out.
    #[cold]
    fn fitted<'f>(&self, fields: &[&'f str]) -> Option<Vec<&'f str>> {
        let missing = self.readers.iter().skip(fields.len());
        let may_lack = |reader: &Reader| !reader.needed && !matches!(reader.file.means, Means::Known(column) if column.required);
        let is_blank = |field: &&str| cell::trim(field).is_empty();
        let fits = missing.clone().all(may_lack) && fields.iter().skip(self.readers.len()).all(is_blank);
        let mut fitted = fields.to_vec();
        fitted.resize(self.readers.len(), "");
        fits.then_some(fitted)
    }

    fn finish_row(&self, record: &Record<'_>, part: &mut Part, mut used: bool, year: i16) {
        if !part.keyed && self.index.is_some() {
            part.keys.push(Key::NOBODY);
        }
        if let Some((total, parts)) = &self.emission {
            let blank = total.is_none_or(|at| cell::is_missing(cell::trim(record.fields[at])));
            let sum = if blank { self.sum(record, parts) } else { None };
            match &mut part.emission {
                Cells::Amount(amounts) => amounts.push(sum.unwrap_or(NO_AMOUNT)),
                Cells::Number(values) => values.push(sum.map_or(f64::NAN, number::amount_to_float)),
                _ => {}
            }
        }
        if let Some(within) = &self.within {
            let period = within.period(&part.cells, part.rows.len(), std::mem::take(&mut part.said_period));
            used &= period.is_ok();
            part.periods.push(*period.as_ref().unwrap_or(&WHOLE));
            if let Err(at) = period {
                part.findings.push(self.outside_quarter(record, at, within));
            }
            if let Some((at, _)) = part.said_year.take().filter(|(_, said)| *said != year) {
                used = false;
                part.findings.push(self.of_another_year(record, at, year));
            }
        }
        part.years.push(year);
        part.used.push(used);
        part.rows.push(u32::try_from(record.row).unwrap_or(u32::MAX));
    }

    /// The exact sum of some cells; nothing if one of them is blank or no number.
    fn sum(&self, record: &Record<'_>, parts: &[usize]) -> Option<i128> {
        let amounts = parts.iter().map(|&at| self.readers[at].amount(cell::trim(record.fields[at]), self.factor(at, record.fields)));
        amounts.sum::<Result<i128, Bad>>().ok()
    }

    /// Finds the numbers of all enterprises of a part at once.
    fn resolve(&self, part: &mut Part) {
        let Some(index) = self.index else { return };
        part.owners = index.find(&part.keys);
        for (at, _) in part.owners.iter().enumerate().filter(|(_, owner)| **owner == NOBODY) {
            if let Some(id) = part.keys[at].text() {
                part.unknown.push((at as u32, id));
            }
        }
        part.unknown.sort();
        part.unknown.retain(|(at, id)| part.used[*at as usize] && !self.refused.is_some_and(|refused| refused.contains(id)));
        part.keys = Vec::new();
    }

    /// Where a cell is, or its row.
    pub fn place(&self, row: u64, column: Option<usize>) -> Place {
        match column.and_then(|at| Some((at, self.readers.get(at)?))) {
            Some((at, reader)) => Place::Cell { file: self.file.clone(), row, column: at as u32, heading: reader.file.heading.clone() },
            None => Place::Row { file: self.file.clone(), row },
        }
    }
}
