//! The panel: one row per enterprise and year, enterprise major, year minor.
//!
//! In: the columns of all tables. Out: one frame in which absent enterprise-years are rows of missing values.
//! Next: `engine` registers it for the one SQL statement.

use std::collections::{BTreeMap, HashSet};

use polars::prelude::*;
use rayon::prelude::*;

use crate::dictionary::Part;
use crate::load::Options;
use crate::load::cells::cell;
use crate::load::reading::dates;
use crate::load::reading::table::wanted;
use crate::load::tables::enterprises::Enterprises;
use crate::load::tables::land::Land;
use crate::load::tables::shared::Links;
use crate::load::tables::yearly::{PanelColumn, Yearly};

/// Columns that are there whatever is asked for.
const ALWAYS: [&str; 6] = ["enterprise", "enterprise_id", "name", "zone", "year", "land_mu"];

/// The figures of parts of a year, in the order of the panel.
#[derive(Debug, Clone, Default)]
pub struct Figures {
    /// Columns of the panel that are figures of a year.
    pub yearly: HashSet<String>,
    /// By part, the figures that add up over time.
    pub parts: BTreeMap<Part, Vec<Column>>,
}

impl Figures {
    /// The panel with the figures of a part for those of the year.
    pub fn panel(&self, panel: &DataFrame, part: Part) -> Option<DataFrame> {
        let figures = self.parts.get(&part)?;
        let columns = panel.columns().iter().map(|column| {
            if !self.yearly.contains(column.name().as_str()) {
                return column.clone();
            }
            let of_part = figures.iter().find(|figure| figure.name() == column.name()).cloned();
            of_part.unwrap_or_else(|| Column::full_null(column.name().clone(), column.len(), column.dtype()))
        });
        DataFrame::new(panel.height(), columns.collect()).ok()
    }
}

/// Tables whose figures are of a year.
const YEARLY: [&str; 3] = ["output", "tax", "energy"];

/// Puts all columns side by side.
pub fn build(
    enterprises: Enterprises,
    years: &[i32],
    land: Land,
    yearly: Vec<Yearly>,
    zones: Vec<PanelColumn>,
    options: &Options<'_>,
) -> (DataFrame, Figures) {
    let count = enterprises.len();
    let (mut of_enterprise, absent) = enterprise_columns(&enterprises, options);
    of_enterprise.extend(land.links.as_ref().map(Links::of_all).map(|series| PanelColumn { table: "land", extra: false, series }));
    // The largest columns are still to come, and nobody asks for ids or texts any more.
    drop(enterprises);
    let mut columns = stretch(of_enterprise, years.len());
    columns.extend(if land.per_year { land.columns } else { stretch(land.columns, years.len()) });
    let mut parts: BTreeMap<Part, Vec<PanelColumn>> = BTreeMap::new();
    for table in yearly {
        for (part, figures) in table.parts.into_iter().filter(|_| options.parts) {
            parts.entry(part).or_default().extend(over_years(&table.years, figures, count, years));
        }
        columns.extend(over_years(&table.years, table.columns, count, years));
    }
    columns.extend(zones);
    add_tax_evaluated(&mut columns);
    let names = names(&columns);
    let is_yearly = |(column, _): &(&PanelColumn, &String)| YEARLY.contains(&column.table);
    let figures = Figures {
        yearly: columns.iter().zip(&names).filter(is_yearly).map(|(_, name)| name.clone()).collect(),
        parts: parts.into_iter().map(|(part, figures)| (part, of_part(figures, options))).collect(),
    };
    let mut frame = vec![
        Int32Chunked::from_vec("enterprise".into(), repeated(0..count as i32, years.len())).into_column(),
        Int32Chunked::from_vec("year".into(), years.repeat(count)).into_column(),
    ];
    for (column, name) in columns.into_iter().zip(names) {
        // A doubt goes with the date it is about.
        if ALWAYS.contains(&name.as_str()) || wanted(options, name.strip_prefix("doubt_").unwrap_or(&name)) {
            frame.push(column.series.with_name(name.as_str().into()).into_column());
        }
    }
    frame.extend(absent.into_iter().map(|name| crate::load::tables::frame::absent(&name, count * years.len()).into_column()));
    let panel =
        DataFrame::new(count * years.len(), frame).expect("names are unique and every column has one value per enterprise and year");
    (panel, figures)
}

/// The figures of a part that are kept.
fn of_part(mut figures: Vec<PanelColumn>, options: &Options<'_>) -> Vec<Column> {
    add_tax_evaluated(&mut figures);
    figures.into_iter().map(|figure| figure.series.into_column()).filter(|figure| wanted(options, figure.name())).collect()
}

/// The columns of enterprises, and those that are there and nobody reads.
fn enterprise_columns(enterprises: &Enterprises, options: &Options<'_>) -> (Vec<PanelColumn>, Vec<String>) {
    let loaded = &enterprises.loaded;
    let is_read = |name: &str| !options.rows.bare || !["name", "zone"].contains(&name) || wanted(options, name);
    let (stored, absent): (Vec<_>, Vec<_>) = loaded.for_panel().partition(|(name, ..)| is_read(name));
    let absent = absent.into_iter().map(|(name, ..)| name.to_owned()).collect();
    let mut columns: Vec<PanelColumn> = stored
        .into_par_iter()
        .map(|(name, known, at)| {
            let series = loaded.series(name, known, at, enterprises.spots.iter().map(|&spot| Some(spot)));
            PanelColumn { table: "enterprises", extra: known.is_none(), series }
        })
        .collect();
    let derived: [(&str, fn(&str) -> Option<&str>); 2] = [("industry_division", cell::division), ("industry_group", cell::group)];
    for (name, part_of) in derived.into_iter().filter(|(name, _)| wanted(options, name)) {
        let Some(at) = loaded.position("industry") else { continue };
        let mut builder = StringChunkedBuilder::new(name.into(), enterprises.len());
        (0..enterprises.len()).for_each(|number| builder.append_option(enterprises.text(Some(at), number).and_then(part_of)));
        columns.push(PanelColumn { table: "enterprises", extra: false, series: builder.finish().into_series() });
    }
    let doubts = dates::doubts(loaded, &enterprises.spots, |_| true).into_iter();
    columns.extend(doubts.map(|series| PanelColumn { table: "enterprises", extra: false, series }));
    (columns, absent)
}

/// One value per enterprise becomes one per enterprise and year.
fn stretch(columns: Vec<PanelColumn>, years: usize) -> Vec<PanelColumn> {
    let Some(rows) = columns.first().map(|column| column.series.len()) else { return columns };
    take(columns, &IdxCa::from_vec(PlSmallStr::EMPTY, repeated(0..rows as IdxSize, years)))
}

/// Each value so many times.
fn repeated<T: Clone>(values: impl ExactSizeIterator<Item = T>, times: usize) -> Vec<T> {
    let mut all = Vec::with_capacity(values.len() * times);
    all.extend(values.flat_map(|value| std::iter::repeat_n(value, times)));
    all
}

/// The columns of a table with those years over all years of the data set.
fn over_years(own: &[i16], columns: Vec<PanelColumn>, enterprises: usize, years: &[i32]) -> Vec<PanelColumn> {
    if own.iter().copied().map(i32::from).eq(years.iter().copied()) {
        return columns;
    }
    let slots: Vec<Option<usize>> = years.iter().map(|year| own.iter().position(|own| i32::from(*own) == *year)).collect();
    let width = own.len();
    let places = (0..enterprises).flat_map(|number| slots.iter().map(move |slot| slot.map(|slot| (number * width + slot) as IdxSize)));
    let places: Vec<Option<IdxSize>> = places.collect();
    take(columns, &IdxCa::from_iter_options(PlSmallStr::EMPTY, places.into_iter()))
}

fn take(columns: Vec<PanelColumn>, places: &IdxCa) -> Vec<PanelColumn> {
    columns
        .into_par_iter()
        .map(|column| {
            let series = column.series.take(places).expect("every place is inside the series");
            PanelColumn { series, ..column }
        })
        .collect()
}

/// `tax_evaluated` is its cell, else `tax_paid`.
fn add_tax_evaluated(columns: &mut Vec<PanelColumn>) {
    let at = |name: &str| columns.iter().position(|column| !column.extra && column.series.name() == name);
    let Some(paid) = at("tax_paid").map(|at| columns[at].series.clone()) else { return };
    match at("tax_evaluated") {
        None => columns.push(PanelColumn { table: "tax", extra: false, series: paid.with_name("tax_evaluated".into()) }),
        Some(at) => {
            if let (Ok(given), Ok(paid)) = (columns[at].series.f64(), paid.f64()) {
                let either = given.iter().zip(paid.iter()).map(|(given, paid)| given.or(paid));
                columns[at].series = Float64Chunked::from_iter_options("tax_evaluated".into(), either).into_series();
            }
        }
    }
}

/// Names in the panel: an extra column whose name is taken gets its table's name before it.
fn names(columns: &[PanelColumn]) -> Vec<String> {
    let known = columns.iter().filter(|column| !column.extra).map(|column| column.series.name().to_string());
    let mut taken: HashSet<String> = known.chain(["enterprise".to_owned(), "year".to_owned()]).collect();
    columns
        .iter()
        .map(|column| {
            let mut name = column.series.name().to_string();
            while column.extra && !taken.insert(name.clone()) {
                name = format!("{}_{name}", column.table);
            }
            name
        })
        .collect()
}
