//! Stage `figures`: one row per zone (or chain) and year, and one per year for the city, with every figure by its name.
//!
//! A sum of which no row is known is missing, unless no row could have it: then it is zero. What rows lack makes it a figure
//! that may be higher (or lower, where figures may be negative).

use super::sums::{frame, measures};
use super::{Bounds, Draft};
use crate::plan::print::{name, rounded, sql_type};
use crate::plan::select;
use crate::policy::scheme::{Of, Scope};
use crate::policy::term::Kind;

/// Where the figures of the rows come from.
struct From {
    /// `zones` or `city`.
    units: &'static str,
    /// Alias of each stage of sums, its name, and the columns it is joined on.
    joins: Vec<String>,
}

/// Adds the stages.
pub fn add(draft: &mut Draft) {
    let zones = draft.options.by == Scope::Zone;
    let ofs: Vec<Of> =
        [Of::Parcel, Of::Factory, Of::Agreement].into_iter().filter(|of| zones && !measures(draft, *of).is_empty()).collect();
    let (states, kpis) = (zones && !draft.scheme.states.is_empty(), zones && !draft.scheme.kpis.is_empty());
    let mut own = From { units: if zones { "zone" } else { "chain" }, joins: Vec::new() };
    let mut city = From { units: "city", joins: Vec::new() };
    if zones {
        own.joins.push("FROM zone_years AS u\nLEFT JOIN sums AS e ON u.zone = e.unit_name AND u.year = e.year".to_owned());
        zone_sums(draft);
        city.joins.push("FROM city_sums AS e\nLEFT JOIN zone_sums AS u ON e.year = u.year".to_owned());
    } else {
        own.joins.push("FROM sums AS e".to_owned());
        city.joins.push("FROM city_sums AS e".to_owned());
    }
    let others = ofs.iter().map(|of| frame(*of)).chain(states.then_some("state"));
    for (number, table) in others.enumerate() {
        // Rows as they are now stand beside the evaluated year alone.
        draft.push(
            format!("{table}_now"),
            "of the evaluated year alone",
            format!("SELECT *, CAST({} AS INT) AS year\nFROM {table}_sums", draft.options.year),
        );
        draft.push(
            format!("city_{table}_now"),
            "of the evaluated year alone",
            format!("SELECT *, CAST({} AS INT) AS year\nFROM city_{table}_sums", draft.options.year),
        );
        own.joins.push(format!("LEFT JOIN {table}_now AS r{number} ON u.zone = r{number}.unit_name AND u.year = r{number}.year"));
        city.joins.push(format!("LEFT JOIN city_{table}_now AS r{number} ON e.year = r{number}.year"));
    }
    if kpis {
        own.joins.push("LEFT JOIN kpi_figures AS k ON u.zone = k.unit_name AND u.year = k.year".to_owned());
        draft.push("city_kpis", "those of the city", "SELECT *\nFROM kpi_figures\nWHERE unit_name = ''".to_owned());
        city.joins.push("LEFT JOIN city_kpis AS k ON e.year = k.year".to_owned());
    }
    let rows = columns(draft, &own, &ofs, states, kpis);
    let filter = if zones { "" } else { "\nWHERE e.unit_name IS NOT NULL" };
    draft.push("own_figures", "every figure of every zone or chain", select(&rows, &format!("{}{filter}", own.joins.join("\n"))));
    let rows = columns(draft, &city, &ofs, states, kpis);
    draft.push("city_figures", "every figure of the city", select(&rows, &city.joins.join("\n")));
    draft.push("figures", "both", "SELECT *\nFROM own_figures\nUNION ALL\nSELECT *\nFROM city_figures".to_owned());
}

/// The areas and amounts of the zones together: missing where one of them is.
fn zone_sums(draft: &mut Draft) {
    let mut columns = vec!["year".to_owned()];
    for (column, kind) in draft.scheme.names.zone_columns() {
        if kind.is_numeric() && draft.has("zones", column) {
            let quoted = name(column);
            let sum = super::super::panel::exact_sum(&quoted, 6);
            columns.push(format!("CASE WHEN COUNT({quoted}) = COUNT(*) THEN {sum} / 1000000.0 END AS {quoted}"));
        }
    }
    draft.push(
        "zone_sums",
        "areas and amounts of all zones together; missing where one is",
        select(&columns, "FROM zone_years\nGROUP BY year"),
    );
}

/// The columns of a row, in the same order for zones and for the city.
fn columns(draft: &mut Draft, from: &From, ofs: &[Of], states: bool, kpis: bool) -> Vec<String> {
    let city = from.units == "city";
    let zones = draft.options.by == Scope::Zone;
    let unit = if city {
        "''"
    } else if zones {
        "u.zone"
    } else {
        "e.unit_name"
    };
    let year = if zones && !city { "u.year" } else { "e.year" };
    let mut columns = vec![format!("'{}' AS scope", from.units), format!("{unit} AS unit_name"), format!("CAST({year} AS INT) AS year")];
    columns.push(format!("{} AS as_of", as_of(draft, year)));
    for (column, kind) in draft.scheme.names.zone_columns() {
        let here = zones && draft.has("zones", column) && (!city || kind.is_numeric());
        let column = name(column);
        let sql = if here { format!("CAST(u.{column} AS {})", sql_type(*kind)) } else { format!("CAST(NULL AS {})", sql_type(*kind)) };
        columns.push(format!("{sql} AS {column}"));
    }
    columns.push("CAST(COALESCE(e.enterprises__known, 0) AS DOUBLE) AS enterprises".to_owned());
    let enterprise: Vec<(String, bool, bool)> = of_measures(draft, Of::Enterprise);
    summed(draft, &mut columns, "e", None, enterprise);
    for (number, of) in ofs.iter().enumerate() {
        let list = of_measures(draft, *of);
        summed(draft, &mut columns, &format!("r{number}"), Some(year), list);
    }
    if states {
        let list = draft.scheme.states.iter().map(|state| (state.id.clone(), true, false)).collect();
        summed(draft, &mut columns, &format!("r{}", ofs.len()), Some(year), list);
    }
    let others = draft
        .scheme
        .measures
        .iter()
        .filter(|measure| measure.of != Of::Enterprise && !ofs.contains(&measure.of))
        .map(|measure| &measure.id);
    let no_states = draft.scheme.states.iter().filter(|_| !states).map(|state| &state.id);
    let no_kpis = draft.scheme.kpis.iter().filter(|_| !kpis).map(|kpi| &kpi.id);
    columns.extend(others.chain(no_states).chain(no_kpis).map(|id| format!("CAST(NULL AS DOUBLE) AS {}", name(id))));
    if kpis {
        columns.extend(draft.scheme.kpis.iter().map(|kpi| format!("CAST(k.{0} AS DOUBLE) AS {0}", name(&kpi.id))));
    }
    columns
}

/// Name, does it only add, are blanks left out.
fn of_measures(draft: &Draft, of: Of) -> Vec<(String, bool, bool)> {
    measures(draft, of).into_iter().map(|measure| (measure.id.clone(), measure.only_adds(), measure.left_out)).collect()
}

/// A sum by its name, how many rows lack the figure, and which way it may be off for that. Of rows that are known as they are now
/// (`now`: the column of years) there is no sum in other years.
fn summed(draft: &mut Draft, columns: &mut Vec<String>, alias: &str, now: Option<&str>, list: Vec<(String, bool, bool)>) {
    let then = now.map_or_else(String::new, |year| format!("WHEN {year} <> {} THEN NULL ", draft.options.year));
    for (id, only_adds, left_out) in list {
        let (known, blank) = (format!("COALESCE({alias}.{id}__known, 0)"), format!("COALESCE({alias}.{id}__blank, 0)"));
        let value = format!("CASE {then}WHEN {known} > 0 THEN {alias}.{id}__sum / 1000000.0 WHEN {blank} = 0 THEN 0.0 END");
        columns.push(format!("{} AS {}", rounded(&value, 6), name(&id)));
        columns.push(format!("CAST({blank} AS BIGINT) AS {id}__blank"));
        if !left_out {
            columns.push(format!("{blank} > 0 AS {id}__hi"));
            if !only_adds {
                columns.push(format!("{blank} > 0 AS {id}__lo"));
            }
            draft.bounds.insert(id, Bounds { high: true, low: !only_adds });
        }
    }
}

/// The date asked in the evaluated year, the last day in the others.
fn as_of(draft: &Draft, year: &str) -> String {
    let others = draft.options.years.iter().filter(|year| **year != draft.options.year);
    let cases: Vec<String> = others.map(|year| format!("WHEN {year} THEN DATE '{year}-12-31'")).collect();
    let now = format!("DATE '{}'", draft.options.as_of);
    if cases.is_empty() { now } else { format!("CASE {year} {} ELSE {now} END", cases.join(" ")) }
}

/// For columns that are there from the beginning.
pub fn base_names(draft: &Draft) -> Vec<(String, Kind)> {
    let zone = draft.scheme.names.zone_columns().iter().cloned();
    let measures = draft.scheme.measures.iter().map(|measure| (measure.id.clone(), Kind::Number));
    let states = draft.scheme.states.iter().map(|state| (state.id.clone(), Kind::Number));
    let kpis = draft.scheme.kpis.iter().map(|kpi| (kpi.id.clone(), Kind::Number));
    zone.chain(measures).chain(states).chain(kpis).chain([("enterprises".to_owned(), Kind::Number)]).collect()
}
