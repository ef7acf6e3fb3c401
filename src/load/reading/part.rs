//! The rows of one piece of a table, as they are read.

use crate::finding::Findings;
use crate::load::cells::column::Cells;
use crate::load::reading::mixed::Mixed;
use crate::load::reading::origins::At;
use crate::load::reading::quarters::WHOLE;
use crate::load::reading::skipped::Skipped;
use crate::load::reading::totals::Total;
use crate::load::tables::enterprise::Key;

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
    pub periods: Vec<u8>,
    /// A year that the quarter or month of the row says besides.
    pub said_year: Option<(usize, i16)>,
    /// The period that the column of years says of the row at hand.
    pub said_period: u8,
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
    /// What stands in the column of the enterprise, until it is looked up.
    pub keys: Vec<Key>,
    /// Has the row at hand such a key?
    pub keyed: bool,
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
