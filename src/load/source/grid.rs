//! The cells of one sheet of a workbook as text, end to end, without an allocation per cell.
//!
//! In: cells in the order of a sheet. Out: the same records that a text file gives, with the sheet's own rows and columns.
//! Next: `row` reads them as it reads any record.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use crate::load::source::record::Record;
use crate::load::source::{MOST_COLUMNS, Refusal, Row};

/// Rows of a piece.
const PIECE: usize = 1 << 12;
/// Most rows of a sheet, as of every spreadsheet program.
const MOST_ROWS: u32 = 1 << 20;
/// Most cells of a sheet, blank ones before others of their row counted.
pub const MOST_CELLS: u64 = 50_000_000;
/// Most bytes of a cell: spreadsheet programs end at 32,767 characters.
const LONGEST: usize = 1 << 20;
/// Most bytes of text in a sheet.
const MOST_TEXT: u64 = 1 << 29;

/// The cells of a sheet.
#[derive(Debug, Default)]
pub struct Grid {
    parts: Vec<Part>,
    /// Rows with a cell that is not blank.
    pub rows: usize,
    /// Formulas without a stored value: row and column, from zero.
    pub hollow: Vec<(u32, u32)>,
    /// The widest row.
    pub width: usize,
    /// Cells that are merged into one, in the order of their first cells.
    pub merged: Vec<Area>,
    /// Rows with cells that are hidden, in order, from zero.
    pub hidden_rows: Vec<u32>,
    /// Columns that are hidden: the first and the last of some that stand together, from zero.
    pub hidden_columns: Vec<(u32, u32)>,
    /// Texts of merged cells, and by row the columns in which one of them stands.
    texts: Vec<String>,
    filled: BTreeMap<u32, Vec<(u32, u32)>>,
    last: Option<(u32, u32)>,
    /// Days are counted from 1904 on, as old workbooks of the Macintosh do, and not from 1900.
    pub since_1904: bool,
    /// Most rows, where they are more than those of a sheet.
    most_rows: u32,
    cells: u64,
    text: u64,
}

/// Cells that are merged into one: rows and columns from zero, the last ones among them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Area {
    /// First row.
    pub top: u32,
    /// First column.
    pub left: u32,
    /// Last row.
    pub bottom: u32,
    /// Last column.
    pub right: u32,
}

/// Some rows.
#[derive(Debug, Default)]
struct Part {
    text: String,
    ends: Vec<u32>,
    /// Row from zero, its first cell, one past its last.
    rows: Vec<(u32, u32, u32)>,
}

/// Some rows of a grid.
#[derive(Debug, Clone, Copy)]
pub struct Piece<'g> {
    grid: &'g Grid,
    part: &'g Part,
    from_row: u32,
    width: usize,
}

impl Grid {
    /// A grid that may have so many rows, where they are more than those of a sheet.
    pub fn with_rows(most_rows: u32) -> Grid {
        Grid { most_rows, ..Grid::default() }
    }

    /// Adds a cell that is not blank. Row and column count from zero.
    ///
    /// # Errors
    ///
    /// When cells do not come in order, or there are too many.
    pub fn push(&mut self, row: u32, column: u32, text: &str) -> Result<(), Refusal> {
        if self.last.is_some_and(|last| last >= (row, column)) {
            return Err(Refusal::DamagedRow { row: u64::from(row) + 1 });
        }
        if column as usize >= MOST_COLUMNS {
            return Err(Refusal::ManyColumns { row: u64::from(row) + 1 });
        }
        if text.len() > LONGEST {
            return Err(Refusal::LongText);
        }
        let is_new = self.last.is_none_or(|last| last.0 != row);
        if is_new {
            self.rows += 1;
            if self.parts.last().is_none_or(|part| part.rows.len() == PIECE) {
                self.parts.push(Part::default());
            }
        }
        let part = self.parts.last_mut().expect("there is one for the first row");
        if is_new {
            let at = part.ends.len() as u32;
            part.rows.push((row, at, at));
        }
        let (_, start, end) = part.rows.last_mut().expect("there is one for this row");
        let blanks = column - (*end - *start);
        self.cells += u64::from(blanks) + 1;
        self.text += text.len() as u64;
        if self.cells > MOST_CELLS
            || self.text > MOST_TEXT
            || row >= MOST_ROWS.max(self.most_rows)
            || part.text.len() + text.len() > u32::MAX as usize
        {
            return Err(Refusal::ManyCells { row: u64::from(row) + 1 });
        }
        let filled = part.text.len() as u32;
        part.ends.extend(std::iter::repeat_n(filled, blanks as usize));
        part.text.push_str(text);
        part.ends.push(part.text.len() as u32);
        *end = part.ends.len() as u32;
        self.width = self.width.max(column as usize + 1);
        self.last = Some((row, column));
        Ok(())
    }

    /// Hides columns from one to another.
    pub fn hide_columns(&mut self, first: u64, last: u64) {
        let place = |at: u64| u32::try_from(at).unwrap_or(u32::MAX);
        self.hidden_columns.push((place(first), place(last)));
    }

    /// Bytes of text in it.
    pub fn len(&self) -> u64 {
        self.text
    }

    /// The first rows, up to so many.
    pub fn head(&self, wanted: usize) -> Vec<Row> {
        let rows = self.parts.iter().flat_map(|part| part.rows.iter().map(move |row| (part, row)));
        let rows = rows.take(wanted).map(|(part, &(row, start, end))| {
            let fields = (start..end).map(|at| part.cell(at).to_owned()).collect();
            Row { row: u64::from(row) + 1, fields, flaw: None, end: u64::from(row) + 1 }
        });
        rows.collect()
    }

    /// The widest of the rows from one on, counted from zero.
    pub fn width_from(&self, from_row: u32) -> usize {
        let rows = self.parts.iter().flat_map(|part| &part.rows).filter(|row| row.0 >= from_row);
        rows.map(|&(_, start, end)| (end - start) as usize).max().unwrap_or(0)
    }

    /// The rows from one on, counted from zero, in pieces; every record has so many cells, or more where its row is wider.
    pub fn pieces(&self, from_row: u32, width: usize) -> Vec<Piece<'_>> {
        let parts = self.parts.iter().filter(|part| part.rows.last().is_some_and(|row| row.0 >= from_row));
        parts.map(|part| Piece { grid: self, part, from_row, width }).collect()
    }

    /// The cells of a row, counted from zero; `None` where none of them is filled.
    pub fn row(&self, row: u32) -> Option<Vec<&str>> {
        let part = self.parts.get(self.part_of(row))?;
        let at = part.rows.binary_search_by_key(&row, |known| known.0).ok()?;
        let (_, start, end) = part.rows[at];
        Some((start..end).map(|at| part.cell(at)).collect())
    }

    /// The rows with a cell that is not blank from one to another, counted from zero.
    pub fn rows_between(&self, first: u32, last: u32) -> impl Iterator<Item = u32> {
        let rows = self.parts[self.part_of(first)..].iter().flat_map(|part| part.rows.iter().map(|row| row.0));
        rows.skip_while(move |row| *row < first).take_while(move |row| *row <= last)
    }

    /// The part in which a row stands, or would.
    fn part_of(&self, row: u32) -> usize {
        self.parts.partition_point(|part| part.rows.last().is_some_and(|last| last.0 < row))
    }

    /// Lets a text stand in a column of these rows where nothing does. More than a sheet may hold is left as it is.
    pub fn fill(&mut self, rows: &[u32], column: u32, text: &str) {
        let (cells, bytes) = (rows.len() as u64, (rows.len() * text.len()) as u64);
        if self.cells + cells > MOST_CELLS || self.text + bytes > MOST_TEXT {
            return;
        }
        (self.cells, self.text) = (self.cells + cells, self.text + bytes);
        let number = self.texts.len() as u32;
        self.texts.push(text.to_owned());
        rows.iter().for_each(|row| self.filled.entry(*row).or_default().push((column, number)));
    }
}

impl Part {
    fn cell(&self, at: u32) -> &str {
        let start = if at == 0 { 0 } else { self.ends[at as usize - 1] as usize };
        &self.text[start..self.ends[at as usize] as usize]
    }
}

impl Piece<'_> {
    /// Bytes of text in it.
    pub fn len(&self) -> usize {
        self.part.text.len()
    }

    /// It has no more records than that.
    pub fn most_records(&self) -> usize {
        self.part.rows.len()
    }

    /// Calls `f` for each row, until it breaks.
    pub fn for_each(&self, mut f: impl FnMut(Record<'_>) -> ControlFlow<()>) -> ControlFlow<()> {
        let mut fields = Vec::with_capacity(self.width);
        for &(row, start, end) in self.part.rows.iter().filter(|row| row.0 >= self.from_row) {
            fields.clear();
            fields.extend((start..end).map(|at| self.part.cell(at)));
            if fields.len() < self.width {
                fields.resize(self.width, "");
            }
            for &(column, text) in self.grid.filled.get(&row).into_iter().flatten() {
                if let Some(field) = fields.get_mut(column as usize).filter(|field| field.trim_ascii().is_empty()) {
                    *field = &self.grid.texts[text as usize];
                }
            }
            f(Record { row: u64::from(row) + 1, fields: &fields, flaw: None })?;
        }
        ControlFlow::Continue(())
    }
}
