//! Where the rows of a table stand: its files, and where each of them has the columns.
//!
//! In: the layout of each file. Out: [`Origin`], which gives the place of a row and a column in its own file. Next: whoever tells of
//! rows when the table is read: findings, summaries, addresses.

use std::sync::Arc;

use crate::finding::Place;
use crate::load::headings::FileColumn;
use crate::load::reading::row::Layout;

/// A row of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct At {
    /// The file, by its number among those of the table.
    pub origin: u16,
    /// The spreadsheet row there; 0 is none.
    pub row: u32,
}

/// A file of a table.
#[derive(Debug, Clone)]
pub struct Origin {
    /// The file, as the user would type it.
    pub file: Arc<str>,
    /// Spreadsheet row of its headings.
    pub heading_row: u64,
    /// The year of all rows, where no column says it; else 0.
    pub year: i16,
    /// For each column of the table where it stands in the file, and how; `None` where the file has it not.
    pub columns: Vec<Option<(u32, FileColumn)>>,
}

impl Origin {
    /// The file that a layout is of.
    pub fn of(layout: &Layout<'_>) -> Origin {
        let columns = layout.readers.iter().enumerate().map(|(at, reader)| Some((at as u32, reader.file.clone())));
        Origin { file: layout.file.clone(), heading_row: layout.heading_row, year: layout.year, columns: columns.collect() }
    }

    /// Where a cell is; its row, where the file has not the column.
    pub fn place(&self, row: u64, column: Option<usize>) -> Place {
        match column.and_then(|column| self.columns.get(column)?.as_ref()) {
            Some((at, column)) => Place::Cell { file: self.file.clone(), row, column: *at, heading: column.heading.clone() },
            None => Place::Row { file: self.file.clone(), row },
        }
    }

    /// Where the heading of a column is.
    pub fn heading(&self, column: usize) -> Place {
        self.place(self.heading_row, Some(column))
    }
}
