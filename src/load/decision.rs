//! What was decided about a file or sheet: which table it is and how it is read. One line each, for people.
//!
//! In: what `intake` and `table` found out. Out: [`Decision`]. Next: `check` and `--verbose` put it into words.

use crate::dictionary::{Column, Dictionary, Unit};
use crate::load::headings::measure::SaidBy;
use crate::load::headings::{FileColumn, Means};
use crate::load::source::encoding::Known;

/// By what a table was known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// The name of the file or sheet.
    Name,
    /// The headings.
    Headings,
    /// `mujun.toml`.
    Config,
}

/// What says the year of all rows of a file, where no column does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum YearBy {
    /// `mujun.toml`.
    Config,
    /// A title above the headings, with its row.
    Title(u64),
    /// The name of the sheet.
    Sheet,
    /// The name of the file.
    File,
}

impl YearBy {
    /// The last part of the keys of the locale.
    pub fn as_str(self) -> &'static str {
        match self {
            YearBy::Config => "config",
            YearBy::Title(_) => "title",
            YearBy::Sheet => "sheet",
            YearBy::File => "file",
        }
    }
}

/// The unit of a column of a file.
#[derive(Debug, Clone)]
pub struct UnitOf {
    /// The column.
    pub column: &'static Column,
    /// Its unit.
    pub unit: &'static Unit,
    /// Who says so.
    pub by: SaidBy,
}

impl UnitOf {
    /// The unit of a column, if it has one.
    pub fn of(file: &FileColumn) -> Option<UnitOf> {
        let Means::Known(column) = file.means else { return None };
        let quantity = column.quantity.as_deref()?;
        let unit = Dictionary::get().units.iter().find(|unit| unit.quantity == quantity && unit.factor == file.factor)?;
        Some(UnitOf { column, unit, by: file.unit })
    }
}

/// What was decided about one file or sheet.
#[derive(Debug, Clone, Default)]
pub struct Decision {
    /// The file as the user would type it, with `!sheet` for a sheet.
    pub file: String,
    /// The table it is; `None`: it was not read.
    pub table: Option<&'static str>,
    /// The table it could be, where it was not read because others could be it as well.
    pub table_of: Option<&'static str>,
    /// Why it was not read: the last part of a key of the locale.
    pub ignored: Option<&'static str>,
    /// By what the table was known.
    pub by: Option<By>,
    /// The year of all its rows, where no column says it, and what does.
    pub year: Option<(i32, YearBy)>,
    /// It is something else than its name says: the last part of a key of the locale.
    pub really: Option<&'static str>,
    /// Name of the encoding of a text file.
    pub encoding: Option<&'static str>,
    /// By what the encoding was known.
    pub known: Option<Known>,
    /// What stands between the cells of a text file.
    pub delimiter: Option<char>,
    /// First and last row of the headings.
    pub headings: Option<(u64, u64)>,
    /// Units that stand outside the headings.
    pub units: Vec<String>,
    /// The unit of each column that has one, and who says it.
    pub units_of: Vec<UnitOf>,
    /// Rows of titles above the headings.
    pub titles: Vec<u64>,
    /// Rows of units and of numbers of columns.
    pub below: Vec<u64>,
    /// Rows of totals.
    pub totals: Vec<u64>,
    /// Rows of notes.
    pub notes: Vec<u64>,
    /// Rows in which the headings are repeated.
    pub repeated: Vec<u64>,
    /// Merged cells whose words were read in all of their rows.
    pub merged: Vec<String>,
    /// Hidden rows that were read.
    pub hidden_rows: Vec<u64>,
    /// Hidden columns that were read, by letter.
    pub hidden_columns: Vec<String>,
    /// Columns that say what another says in another unit: both, by letter.
    pub twins: Vec<String>,
    /// Dates that were numbers of days.
    pub serials: u64,
    /// Ids that were read without marks and in plain characters.
    pub marked_ids: u64,
}

impl Decision {
    /// Columns of which nobody says the unit, each with the one that is taken, where there is more than one it could be.
    pub fn assumed(&self, language: &str) -> Vec<String> {
        let open =
            self.units_of.iter().filter(|unit| unit.by == SaidBy::Nobody && Dictionary::get().units_of(&unit.unit.quantity).len() > 2);
        open.map(|unit| format!("{} {}", unit.column.label(language), unit.unit.symbol(language))).collect()
    }

    /// A file or sheet that was not read.
    pub fn ignored(file: impl Into<String>, why: &'static str) -> Decision {
        Decision { file: file.into(), ignored: Some(why), ..Decision::default() }
    }

    /// Is there anything to say besides the name?
    pub fn is_plain(&self) -> bool {
        let nothing = self.really.is_none()
            && self.year.is_none()
            && self.units.is_empty()
            && self.titles.is_empty()
            && self.below.is_empty()
            && self.totals.is_empty()
            && self.twins.is_empty()
            && self.hidden_rows.is_empty()
            && self.hidden_columns.is_empty();
        nothing && self.notes.is_empty() && self.repeated.is_empty() && self.merged.is_empty() && self.serials + self.marked_ids == 0
    }
}
