//! A data set in memory, and what was read of it.
//!
//! In: what `load` made of the tables. Out: [`Dataset`]. Next: `plan` and `engine` evaluate a policy on it.

use polars::prelude::{DataFrame, DataType};
use rust_decimal::Decimal;

use super::corrections;
use super::joins::Joined;
use super::tables::addresses::Addresses;
use super::tables::panel::Figures;
use super::tables::shared::Links;
use crate::dictionary::{ColumnType, Dictionary, Part};

/// A data set in memory.
#[derive(Debug, Clone)]
pub struct Dataset {
    /// The directory's file name.
    pub name: String,
    /// All years of output, tax and energy, sorted.
    pub years: Vec<i32>,
    /// How many enterprises.
    pub enterprises: usize,
    /// What was read, file by file, in the order of the dictionary.
    pub tables: Vec<TableSummary>,
    /// Tables that are there, or should be, and could not be read.
    pub unread: Vec<String>,
    /// One row per enterprise and year, enterprise major; canonical units.
    pub panel: DataFrame,
    /// One row per measure: enterprise, year, kind, value, points, reason, document, decided_on.
    pub adjustments: DataFrame,
    /// One row per row of land: parcel, enterprise, parcel_id, enterprise_id, name, zone, holds_from, holds_until, and its columns.
    pub parcels: DataFrame,
    /// One row per building or unit: factory, enterprise, building_id, enterprise_id, name, zone, and its columns.
    pub factories: DataFrame,
    /// One row per agreement: agreement, enterprise, parcel, agreement_id, enterprise_id, name, zone, parcel_id, and its columns.
    pub agreements: DataFrame,
    /// One row per figure that is reported as it is: zone (missing: the whole city), period, year, part (`Y`, `H1`, `Q3`, `M06`),
    /// indicator, value; sorted by zone, period and indicator.
    pub kpis: DataFrame,
    /// One row per zone and year, sorted by both: zone, year, zone_name, and the columns of zones. Zones of land are among them where
    /// rows of land are kept.
    pub zone_years: DataFrame,
    /// Parts of a year for which there are figures, the whole year first.
    pub parts: Vec<Part>,
    /// The figures of those parts, where they are asked for.
    pub(in crate::load) figures: Figures,
    /// Who holds what, where units of those who share parcels are asked for.
    pub links: Option<Links>,
    /// How the tables fit together; `None` where suspicions are not asked for.
    pub joined: Option<Joined>,
    /// Where figures stand; `None` where suspicions are not asked for.
    pub addresses: Option<Addresses>,
    /// What became of the corrections.
    pub corrections: Vec<corrections::Corrected>,
}

/// What was read of a file of a table.
#[derive(Debug, Clone)]
pub struct TableSummary {
    /// Name of the table.
    pub name: String,
    /// Path as the user would type it.
    pub file: String,
    /// The year of all its rows, where no column says it.
    pub year: Option<i16>,
    /// Rows, without the heading and blank lines.
    pub rows: u64,
    /// Its columns, in the order of the file.
    pub columns: Vec<ColumnSummary>,
}

/// What was read of a column.
#[derive(Debug, Clone)]
pub struct ColumnSummary {
    /// Canonical name, or the heading if the dictionary does not know it.
    pub name: String,
    /// The heading as written.
    pub heading: String,
    /// Canonical units per written unit.
    pub factor: Decimal,
    /// Missing cells.
    pub missing: u64,
    /// The dictionary does not know it.
    pub extra: bool,
}

impl Dataset {
    /// Names and types of the panel's columns.
    pub fn columns(&self) -> Vec<(String, ColumnType)> {
        columns_of(&self.panel)
    }

    /// The panel for a part of the years: the same rows and columns in the same order, but figures that add up over time are those of the
    /// part, and other figures of a year are missing. `None` where there are none, or where [`super::Options::parts`] did not ask for them.
    pub fn panel_of(&self, part: Part) -> Option<DataFrame> {
        if part == Part::Year { Some(self.panel.clone()) } else { self.figures.panel(&self.panel, part) }
    }

    /// The year of all rows of a file, where no column says it.
    pub fn year_of(&self, file: &str) -> Option<i16> {
        self.tables.iter().find(|table| table.file == file)?.year
    }

    /// Forgets panel and rows: what was read, and how it fits together, stays.
    pub fn forget_rows(&mut self) {
        for frame in [&mut self.panel, &mut self.parcels, &mut self.factories, &mut self.agreements] {
            *frame = DataFrame::empty();
        }
        (self.figures, self.links, self.addresses) = (Figures::default(), None, None);
    }

    /// The frames of rows, by the names of their tables.
    pub fn row_tables(&self) -> [(&'static str, &DataFrame); 3] {
        [("land", &self.parcels), ("factories", &self.factories), ("agreements", &self.agreements)]
    }
}

/// Names and types of a frame's columns.
pub fn columns_of(frame: &DataFrame) -> Vec<(String, ColumnType)> {
    let known = |name: &str| Dictionary::get().tables.iter().flat_map(|table| &table.columns).find(|column| column.name == name);
    let columns = frame.columns().iter().map(|column| {
        let kind = match column.dtype() {
            DataType::Boolean => ColumnType::Bool,
            DataType::Date => ColumnType::Date,
            DataType::String => match known(column.name()).map(|column| column.kind) {
                Some(kind @ (ColumnType::Id | ColumnType::Choice | ColumnType::Industry | ColumnType::Labels)) => kind,
                _ => ColumnType::Text,
            },
            _ if column.name() == "year" => ColumnType::Year,
            _ => ColumnType::Number,
        };
        (column.name().to_string(), kind)
    });
    columns.collect()
}
