//! What becomes of the cells of a column: everything is read and checked, but only what somebody asks for is stored.
//!
//! In: a column of a file, and the options. Out: [`Stored`]. Next: `row` reads the cells accordingly.

use crate::dictionary::joins::Joins;
use crate::dictionary::suspicions::Suspicions;
use crate::dictionary::{Column, ColumnType, Dictionary, Plausible, Table};
use crate::load::Options;
use crate::load::headings::{FileColumn, Means};
use crate::load::joins;
use crate::load::reading::table::wanted;

/// What becomes of the cells of a column.
#[derive(Debug, Clone, Copy)]
pub struct Stored {
    /// They are stored.
    pub stored: bool,
    /// The panel takes them.
    pub paneled: bool,
    /// The frame of rows takes them.
    pub framed: bool,
    /// They are stored as exact amounts.
    pub exact: bool,
}

impl Stored {
    /// What becomes of the cells of a column of a table.
    pub fn of(table: &Table, file: &FileColumn, options: &Options<'_>) -> Stored {
        let (paneled, exact) = in_panel(table, file, options);
        let rows = options.rows.of(&table.name);
        let (framed, needed) = match file.means {
            Means::Known(column) => {
                let suspected = options.rows.suspicions && is_looked_at(table, column);
                let needed = suspected || file.has_twin || options.rows.need(&table.name, &column.name) || tells_rows_apart(table, column);
                (rows.wants(&column.name), needed)
            }
            Means::Extra => (
                rows.wants(&file.heading) || rows.wants(&format!("{}_{}", table.name, file.heading)),
                file.beside.is_some() || file.twin.is_some() || options.rows.suspicions && joins::is_name(table, file),
            ),
            Means::Unnamed | Means::Skipped => (false, false),
        };
        Stored { stored: paneled || framed || needed, paneled, framed, exact }
    }
}

/// Does a check that looks at several rows, or at what is usual, read a column?
fn is_looked_at(table: &Table, column: &Column) -> bool {
    let address = format!("{}.{}", table.name, column.name);
    let (slips, deeds) = (&Suspicions::get().cell_slip.columns, &Suspicions::get().land_jump.deeds);
    let is_part = |ratio: &Plausible| ratio.numerator == address || ratio.denominator.as_ref() == Some(&address);
    let of_year = matches!(table.name.as_str(), "output" | "tax" | "energy") && column.kind == ColumnType::Number;
    column.usual.is_some()
        || of_year
        || slips.contains(&address)
        || (table.name == "land" && deeds.contains(&column.name))
        || Joins::get().lead(&table.name) == Some(column.name.as_str())
        || Dictionary::get().plausible.iter().any(is_part)
}

/// Is a column stored whatever is asked for, because rows are told apart by it?
fn tells_rows_apart(table: &Table, column: &Column) -> bool {
    match table.name.as_str() {
        "factories" | "agreements" => matches!(column.name.as_str(), "building_id" | "agreement_id" | "zone"),
        "land" => matches!(column.name.as_str(), "parcel_id" | "tenure" | "area"),
        "output" | "tax" | "energy" => matches!(column.name.as_str(), "quarter" | "month"),
        "kpi" => matches!(column.name.as_str(), "zone" | "period" | "indicator" | "value"),
        _ => false,
    }
}

/// Does the panel (or the frame of adjustments) take a column, and is it summed exactly?
fn in_panel(table: &Table, file: &FileColumn, options: &Options<'_>) -> (bool, bool) {
    let want = |name: &str| wanted(options, name);
    match (file.means, table.name.as_str()) {
        // The ids of other tables are numbers by the time they are stored.
        (Means::Known(column), name) if name != "enterprises" && column.kind == ColumnType::Id => (false, false),
        (Means::Known(column), "enterprises") => {
            let always = matches!(column.name.as_str(), "enterprise_id" | "name" | "zone");
            let derived = column.name == "industry" && (want("industry_division") || want("industry_group"));
            (always || want(&column.name) || derived, false)
        }
        (Means::Known(column), "land") => (column.summed && want(&column.name), column.summed || column.name == "area"),
        (Means::Known(column), "zones") => match column.name.as_str() {
            "zone" => (true, false),
            "name" => (want("zone_name"), false),
            name => (want(name), false),
        },
        (Means::Known(_), "adjustments") => (true, false),
        (_, "factories" | "agreements" | "kpi") | (Means::Extra, "adjustments") => (false, false),
        (Means::Known(column), "output" | "tax" | "energy") if matches!(column.name.as_str(), "quarter" | "month") => (false, false),
        (Means::Known(column), _) => (want(&column.name) || (column.name == "tax_paid" && want("tax_evaluated")), false),
        (Means::Extra, _) => (want(&file.heading) || want(&format!("{}_{}", table.name, file.heading)), false),
        (Means::Unnamed | Means::Skipped, _) => (false, false),
    }
}
