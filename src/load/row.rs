//! Rows of a table: every cell is read and checked, whether it is stored or not.
//!
//! In: the records of one piece. Out: a [`Part`]: typed columns, the row numbers, and the findings of the piece.
//! Next: `table` puts the parts together.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::sync::Arc;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::Options;
use super::cell::{self, BadDate, BadYear};
use super::column::{Cells, NO_AMOUNT, NO_WORD};
use super::corrections::Patches;
use super::enterprise::{Index, Key, NOBODY};
use super::furniture::Furniture;
use super::heading::{FileColumn, Means};
use super::mixed::{self, Mixed};
use super::number::{self, Bad};
use super::origins::At;
use super::quarters::{WHOLE, Within};
use super::record::Record;
use super::skipped::Skipped;
use super::source::Piece;
use super::stored::Stored;
use super::totals::Total;
use super::unheld::Unheld;
use super::{credit_code, forms, industry_code, period};
use crate::dictionary::suspicions::Suspicions;
use crate::dictionary::{Column, ColumnType, Dictionary, Office, Table};
use crate::finding::{Code, Finding, Findings, Place, system};

/// How one column of a file is read.
pub struct Reader {
    /// Heading, meaning and factor.
    pub file: FileColumn,
    /// Are its cells stored?
    pub stored: bool,
    /// Does the panel take them?
    pub paneled: bool,
    /// Does the frame of its table's rows take them?
    pub framed: bool,
    /// Stored as an exact amount, to be summed.
    pub exact: bool,
    /// A blank cell makes the row useless.
    pub needed: bool,
    /// Part of the table's key: lenience does not reach it.
    pub key: bool,
    /// Its texts name things: digits that a spreadsheet rounded name another.
    names: bool,
    /// It may hold percentages, and its heading says nothing of them.
    is_ratio: bool,
    foreign: bool,
    low: f64,
    high: f64,
}

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

/// The rows of one piece.
#[derive(Default)]
pub struct Part {
    /// The file, by its number among those of the table.
    pub origin: u16,
    /// Spreadsheet rows.
    pub rows: Vec<u32>,
    /// May the row be used? Its key is there.
    pub used: Vec<bool>,
    /// Numbers of the enterprises, [`NOBODY`] for none.
    pub owners: Vec<u32>,
    /// Years; 0 is missing.
    pub years: Vec<i16>,
    /// Periods of their years; empty where all rows are of whole years.
    periods: Vec<u8>,
    /// A year that the quarter or month of the row says besides.
    pub(super) said_year: Option<(usize, i16)>,
    /// One per column of the file.
    pub cells: Vec<Cells>,
    /// The sums that stand in for a blank `emission_t`; amounts where rows are of parts of years.
    pub emission: Cells,
    /// Missing cells per column.
    pub missing: Vec<u64>,
    /// First row with a cell that is no number, per extra column; with any cell at all, per column without a heading.
    pub first: Vec<Option<u32>>,
    /// Rows whose enterprise is not known: place in the part, and the id.
    pub unknown: Vec<(u32, String)>,
    /// Columns with numbers above one without a percent sign, and with one.
    pub mixed: Vec<Mixed>,
    /// Ids of enterprises whose rows are refused.
    pub refused: Vec<String>,
    /// Dates in doubt: place in the part, and column.
    pub doubtful: Vec<(u32, u32)>,
    /// Rows that are no rows of the table.
    pub skipped: Vec<(u32, Skipped)>,
    /// Those that were skipped as totals, with their figures.
    pub totals: Vec<Total>,
    /// Dates that were numbers of days.
    pub serials: u64,
    /// Ids that were read without their marks.
    pub marked_ids: u64,
    /// What was found.
    pub findings: Findings,
    keys: Vec<Key>,
    keyed: bool,
}

impl Reader {
    /// A reader for a column of a file.
    pub fn new(table: &Table, file: FileColumn, options: &Options<'_>) -> Self {
        let (mut low, mut high, mut key, mut needed, mut names) = (f64::NEG_INFINITY, f64::INFINITY, false, false, false);
        if let Means::Known(column) = file.means {
            let largest = Dictionary::get().largest.figure;
            low = column.at_least.unwrap_or(-largest).to_f64().unwrap_or(low);
            high = column.at_most.unwrap_or(largest).to_f64().unwrap_or(high);
            key = table.key.contains(&column.name);
            needed = is_needed(&table.name, &column.name);
            names = key || column.name.ends_with("_id");
        }
        let Stored { stored, paneled, framed, exact } = Stored::of(table, &file, options);
        let is_ratio = options.rows.suspicions && mixed::may_mix(&file);
        Reader { is_ratio, foreign: table.name != "enterprises", file, stored, paneled, framed, exact, needed, key, names, low, high }
    }

    /// Is it a column of figures?
    pub fn holds_numbers(&self) -> bool {
        matches!(self.file.means, Means::Known(column) if column.kind == ColumnType::Number)
    }

    /// What is to be done about a cell that cannot be read, where it is not what is usual: a key of the locale.
    fn remedy(&self) -> Option<&'static str> {
        match self.file.means {
            Means::Known(_) if self.key => Some("remedy.needed"),
            _ if self.holds_numbers() => Some("remedy.number"),
            _ => None,
        }
    }

    /// Is it this column of the dictionary?
    pub fn means(&self, name: &str) -> bool {
        matches!(self.file.means, Means::Known(column) if column.name == name)
    }
}

impl Part {
    /// A row, by its place in the part.
    pub fn row(&self, at: usize) -> At {
        At { origin: self.origin, row: self.rows[at] }
    }

    /// The period of a row in its year.
    #[inline]
    pub fn period(&self, at: usize) -> u8 {
        self.periods.get(at).copied().unwrap_or(WHOLE)
    }

    /// Is a row of a whole year, or of none?
    #[inline]
    pub fn is_whole(&self, at: usize) -> bool {
        self.period(at) == WHOLE
    }
}

/// Is a row useless without this cell?
fn is_needed(table: &str, column: &str) -> bool {
    match column {
        "enterprise_id" => !matches!(table, "factories" | "agreements" | "zones"),
        "year" => matches!(table, "output" | "tax" | "energy" | "adjustments"),
        "parcel_id" => table == "land",
        "kind" => table == "adjustments",
        "period" | "indicator" => table == "kpi",
        "zone" => table == "zones",
        "building_id" => table == "factories",
        "agreement_id" => table == "agreements",
        _ => false,
    }
}

/// What a cell was found to be.
enum Flaw {
    Unparsable(String),
    NotFinite,
    BelowLow,
    AboveHigh(String),
    Year(BadYear),
    Date(BadDate),
    Scientific,
    Formula,
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
            if let Err(flaw) = self.read_cell(at, reader, text, record.row, part, &mut year) {
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
            let period = within.period(&part.cells, part.rows.len());
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
        let amounts = parts.iter().map(|&at| self.readers[at].amount(cell::trim(record.fields[at])));
        amounts.sum::<Result<i128, Bad>>().ok()
    }

    #[inline]
    fn read_cell(&self, at: usize, reader: &Reader, text: &str, row: u64, part: &mut Part, year: &mut i16) -> Result<(), Flaw> {
        let column = match reader.file.means {
            Means::Known(column) => column,
            Means::Extra => {
                if is_error(text) {
                    return Err(Flaw::Formula);
                }
                if part.first[at].is_none() && cell::extra_number(text).is_err() {
                    part.first[at] = Some(row as u32);
                }
                push_text(&mut part.cells[at], text);
                return Ok(());
            }
            Means::Unnamed => {
                part.first[at].get_or_insert(row as u32);
                return Ok(());
            }
            Means::Skipped => return Ok(()),
        };
        match column.kind {
            ColumnType::Number => {
                if reader.is_ratio {
                    part.note_percent(at, row, text);
                }
                return reader.read_number(text, &mut part.cells[at]);
            }
            ColumnType::Text | ColumnType::Id | ColumnType::Labels | ColumnType::Industry if is_error(text) => return Err(Flaw::Formula),
            ColumnType::Period => {
                let normal = period::normal(text).map_err(|bad| match bad {
                    BadYear::Unparsable => Flaw::Unparsable(period::ACCEPTED.into()),
                    BadYear::OutOfRange => Flaw::Year(bad),
                })?;
                push_text(&mut part.cells[at], &normal);
            }
            ColumnType::Id => {
                let plain = forms::id(text);
                part.marked_ids += u64::from(matches!(plain, Cow::Owned(_)));
                return self.read_id(at, &plain, row, part);
            }
            ColumnType::Year => *year = cell::year(text).map_err(Flaw::Year)?,
            ColumnType::Text if reader.names && cell::is_scientific(text) => return Err(Flaw::Scientific),
            ColumnType::Text => push_text(&mut part.cells[at], text),
            ColumnType::Labels => push_text(&mut part.cells[at], cell::labels(text).as_deref().unwrap_or("")),
            ColumnType::Industry => {
                if let Some(doubt) = industry_code::doubt(text).filter(|doubt| self.suspicions || doubt.is_unreadable()) {
                    part.findings.push(doubt.finding(self.place(row, Some(at))).text(text));
                }
                push_text(&mut part.cells[at], text);
            }
            ColumnType::Bool => {
                let value = cell::boolean(text).ok_or_else(|| Flaw::Unparsable("是, 否, 规上, 规下, true, false, yes, no, 1, 0".into()))?;
                if let Cells::Bool(values) = &mut part.cells[at] {
                    values.push(u8::from(value));
                }
            }
            ColumnType::Date => {
                let day = match cell::date(text) {
                    Err(BadDate::Unparsable) => self.serial(text, part),
                    day => day,
                }
                .map_err(Flaw::Date)?;
                if let Cells::Date(values) = &mut part.cells[at] {
                    values.push(day);
                }
            }
            ColumnType::Choice => {
                if self.within.is_some_and(|within| within.is_whole_year(at, text)) {
                    part.cells[at].push_missing();
                    return Ok(());
                }
                let word = cell::choice(column, text).or_else(|| self.part_with_year(at, text, part));
                let word = word.ok_or_else(|| Flaw::Unparsable(words(column)))?;
                if let Cells::Choice(values) = &mut part.cells[at] {
                    values.push(word.min(NO_WORD - 1));
                }
            }
        }
        Ok(())
    }

    /// A day as a spreadsheet numbers it.
    #[cold]
    fn serial(&self, text: &str, part: &mut Part) -> Result<i32, BadDate> {
        let day = forms::serial(text, self.since_1904).ok_or(BadDate::Unparsable)?;
        part.serials += 1;
        if cell::DAYS.contains(&day) { Ok(day) } else { Err(BadDate::OutOfRange) }
    }

    fn read_id(&self, at: usize, text: &str, row: u64, part: &mut Part) -> Result<(), Flaw> {
        if cell::is_scientific(text) {
            return Err(Flaw::Scientific);
        }
        match self.index {
            Some(index) => {
                let key = index.key(text);
                if key == Key::NOBODY {
                    part.unknown.push((part.rows.len() as u32, text.to_owned()));
                }
                part.keys.push(key);
                part.keyed = true;
                push_text(&mut part.cells[at], text);
            }
            None => {
                push_text(&mut part.cells[at], text);
                if let Some(doubt) = credit_code::doubt(text).filter(|_| !self.readers[at].foreign) {
                    part.findings.push(doubt.finding(self.place(row, Some(at))).text(text));
                }
            }
        }
        Ok(())
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

    fn finding(&self, flaw: Flaw, reader: &Reader, at: usize, row: u64, text: &str) -> Finding {
        // Lenience is for what cannot be read; what is read and cannot be stays an error.
        let make = if self.lenient && !reader.key { Finding::warning } else { Finding::error };
        let place = self.place(row, Some(at));
        let finding = match flaw {
            Flaw::Formula => make(Code::FormulaError, place),
            Flaw::Unparsable(_) | Flaw::Year(BadYear::Unparsable) | Flaw::Date(BadDate::Unparsable) if is_error(text) => {
                make(Code::FormulaError, place)
            }
            Flaw::Unparsable(accepted) => {
                let finding = make(Code::UnparsableCell, place).with("accepted", accepted);
                reader.remedy().map_or(finding.clone(), |remedy| finding.with("remedy", remedy))
            }
            Flaw::NotFinite => Finding::error(Code::NotFinite, place),
            Flaw::BelowLow if reader.low == 0.0 => Finding::error(Code::NegativeValue, place),
            Flaw::BelowLow => Finding::error(Code::OutOfRange, place).with("low", reader.low).with("high", reader.high),
            Flaw::AboveHigh(high) => Finding::error(Code::OutOfRange, place).with("low", reader.low).with("high", high),
            Flaw::Year(BadYear::OutOfRange) => Finding::error(Code::YearOutOfRange, place),
            Flaw::Year(BadYear::Unparsable) => {
                let finding = make(Code::UnparsableCell, place).with("accepted", "2025, 2025年");
                reader.remedy().map_or(finding.clone(), |remedy| finding.with("remedy", remedy))
            }
            Flaw::Date(BadDate::OutOfRange) => make(Code::DateOutOfRange, place),
            Flaw::Date(BadDate::Unparsable) => {
                make(Code::UnparsableCell, place).with("accepted", "2025-06-30, 2025/6/30, 2025.6.30, 2025年6月30日")
            }
            Flaw::Scientific => Finding::error(Code::ScientificId, place),
        };
        finding.text(text)
    }
}

impl Reader {
    /// Empty cells of the right kind, with room for so many.
    pub fn cells(&self, rows: usize) -> Cells {
        match self.file.means {
            _ if !self.stored => Cells::Nothing,
            Means::Known(column) if column.kind == ColumnType::Year => Cells::Nothing,
            Means::Known(column) => Cells::of(column.kind, self.exact, rows),
            Means::Extra => Cells::of(ColumnType::Text, false, rows),
            _ => Cells::Nothing,
        }
    }

    #[inline]
    fn read_number(&self, text: &str, cells: &mut Cells) -> Result<(), Flaw> {
        let flaw = |bad| match bad {
            Bad::Unparsable => Flaw::Unparsable("1234.5".into()),
            Bad::NotFinite => Flaw::NotFinite,
            Bad::TooLarge => Flaw::AboveHigh(number::amount_to_text(number::LARGEST)),
        };
        if self.exact {
            let amount = self.amount(text).map_err(|bad| match self.value(text) {
                Err(worse) => flaw(worse),
                Ok(_) => flaw(bad),
            })?;
            let value = number::amount_to_float(amount);
            self.check(value)?;
            if let Cells::Amount(values) = cells {
                debug_assert!(amount != NO_AMOUNT);
                values.push(amount);
            }
            return Ok(());
        }
        let value = self.value(text).map_err(flaw)?;
        self.check(value)?;
        if let Cells::Number(values) = cells {
            values.push(value);
        }
        Ok(())
    }

    /// A cell as a number in the canonical unit.
    #[inline]
    fn value(&self, text: &str) -> Result<f64, Bad> {
        match number::float(text, self.file.factor) {
            Err(Bad::Unparsable) => self.in_another_form(text, number::float),
            value => value,
        }
    }

    /// A cell as a number in the canonical unit, if it is one.
    pub fn value_of(&self, text: &str) -> Option<f64> {
        self.value(text).ok()
    }

    /// A cell as an exact amount in the canonical unit.
    fn amount(&self, text: &str) -> Result<i128, Bad> {
        match number::amount(text, self.file.factor) {
            Err(Bad::Unparsable) => self.in_another_form(text, number::amount),
            amount => amount,
        }
    }

    /// A percent sign says the unit, whatever the heading says; where the column knows no percent it is no number.
    #[cold]
    fn in_another_form<T>(&self, text: &str, read: fn(&str, Decimal) -> Result<T, Bad>) -> Result<T, Bad> {
        let plain = forms::number(text).ok_or(Bad::Unparsable)?;
        if !plain.is_percent {
            return read(&plain.text, self.file.factor);
        }
        let Means::Known(column) = self.file.means else { return Err(Bad::Unparsable) };
        let percent = column.quantity.as_deref().and_then(|quantity| Dictionary::get().unit(quantity, "%"));
        read(&plain.text, percent.ok_or(Bad::Unparsable)?.factor)
    }

    #[inline]
    fn check(&self, value: f64) -> Result<(), Flaw> {
        if value < self.low {
            Err(Flaw::BelowLow)
        } else if value > self.high {
            Err(Flaw::AboveHigh(self.high.to_string()))
        } else {
            Ok(())
        }
    }
}

/// Is it what a spreadsheet writes where a formula failed?
#[inline]
fn is_error(text: &str) -> bool {
    text.as_bytes().first() == Some(&b'#') && Office::get().is_error(text)
}

#[inline]
fn push_text(cells: &mut Cells, text: &str) {
    if let Cells::Text(texts) = cells {
        texts.push(text);
    }
}

/// The words of a choice column, as an office writes them.
fn words(column: &Column) -> String {
    column.values.iter().filter_map(|choice| choice.spellings.first()).map(String::as_str).collect::<Vec<_>>().join(", ")
}
