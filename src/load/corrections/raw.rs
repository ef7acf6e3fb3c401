//! Rows of a table's file as they stand: for return sheets, which show a cell's own text and the key of its row.
//!
//! In: a file of a table and the rows that are asked for. Out: their cells and keys. Next: `report::sheets`.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::ControlFlow;

use crate::dictionary::{Dictionary, Heading, Table};
use crate::load::cells::cell;
use crate::load::headings::names::Names;
use crate::load::intake;
use crate::load::reading::opened::headings;
use crate::load::source::Refusal;

/// The column of the key that a file may have in its name.
const YEAR: &str = "year";

/// Some rows of a file.
#[derive(Debug, Default)]
pub struct Raw {
    rows: HashMap<u64, Vec<String>>,
    /// Name and place of the columns of the key.
    key: Vec<(String, usize)>,
    /// The year of all rows, where no column says it.
    year: Option<i16>,
    /// Cells of the heading row: a row with more or fewer has no key that could be trusted.
    width: usize,
}

impl Raw {
    /// Reads the rows of a table's file. `year`: that of all its rows, where no column says it.
    ///
    /// # Errors
    ///
    /// When the file cannot be read.
    pub fn read(file: &str, table: &'static Table, year: Option<i16>, wanted: &BTreeSet<u64>) -> Result<Raw, Refusal> {
        let source = intake::open(file)?;
        let none = BTreeMap::new();
        let Some(heading) = headings(&source, &Names { table, aliases: &none }, None)? else { return Ok(Raw::default()) };
        let place = |name: &str| {
            let is = |field: &String| matches!(Dictionary::get().recognise(table, cell::trim(field)), Heading::Known { column, .. } if table.columns[column].name == name);
            Some((name.to_owned(), heading.fields.iter().position(is)?))
        };
        let key: Vec<(String, usize)> = table.key.iter().filter_map(|name| place(name)).collect();
        let year = year.filter(|_| !key.iter().any(|(name, _)| name == YEAR));
        let mut raw = Raw { key, year, width: heading.fields.len(), ..Raw::default() };
        let mut buffer = Vec::new();
        for piece in source.pieces(&heading.last, heading.fields.len()) {
            let _ = piece.for_each(&mut buffer, |record| {
                if wanted.contains(&record.row) {
                    raw.rows.insert(record.row, record.fields.iter().map(|field| cell::trim(field).to_owned()).collect());
                }
                ControlFlow::Continue(())
            })?;
        }
        Ok(raw)
    }

    /// The text of a cell.
    pub fn cell(&self, row: u64, column: u32) -> Option<&str> {
        self.rows.get(&row)?.get(column as usize).map(String::as_str)
    }

    /// The key of a row: `enterprise_id=…; year=2025`, without what is blank. Empty if nothing would be left.
    pub fn key(&self, row: u64) -> String {
        let Some(cells) = self.rows.get(&row).filter(|cells| cells.len() == self.width) else { return String::new() };
        let parts = self.key.iter().filter_map(|(name, at)| {
            let text = cells.get(*at).filter(|text| !cell::is_missing(text) && !text.contains([';', '；']))?;
            Some(format!("{name}={text}"))
        });
        let mut parts: Vec<String> = parts.collect();
        // A year alone names no row.
        if let (Some(year), false) = (self.year, parts.is_empty()) {
            parts.push(format!("{YEAR}={year}"));
        }
        parts.join("; ")
    }
}
