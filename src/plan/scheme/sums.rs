//! Stages `sums`, `city_sums` and those of parcels, factories and agreements: what the rows of a zone add up to.
//!
//! Sums are taken over whole millionths. Beside each stands how many rows have the figure, and how many lack it: an enterprise
//! that is registered after the year lacks nothing.

use super::super::panel::exact_sum;
use super::super::print::{Printer, name, sql_type, text};
use super::{Draft, vocabulary_of};
use crate::plan::select;
use crate::policy;
use crate::policy::scheme::{Measure, Of, Scope};
use crate::policy::term::{Kind, Term};

/// Adds the stages.
pub fn add(draft: &mut Draft) {
    enterprises(draft);
    if draft.options.by == Scope::Zone {
        for of in [Of::Parcel, Of::Factory, Of::Agreement] {
            rows(draft, of);
        }
        states(draft);
        kpis(draft);
    }
}

/// The measures over rows of a sort.
pub fn measures<'d>(draft: &Draft<'d>, of: Of) -> Vec<&'d Measure> {
    draft.scheme.measures.iter().filter(|measure| measure.of == of).collect()
}

/// The column of zones' or chains' names in a table of rows.
fn key(draft: &Draft) -> &'static str {
    if draft.options.by == Scope::Chain { "chain" } else { "zone" }
}

fn enterprises(draft: &mut Draft) {
    let there =
        if draft.has("panel", "registered_on") { "COALESCE(EXTRACT(YEAR FROM registered_on) <= year, TRUE)" } else { "year IS NOT NULL" };
    let key = key(draft);
    let unit = if draft.has("panel", key) { key.to_owned() } else { "CAST(NULL AS VARCHAR)".to_owned() };
    let list = measures(draft, Of::Enterprise);
    let mut columns =
        vec![format!("{unit} AS unit_name"), "year".to_owned(), format!("COUNT(CASE WHEN {there} THEN 1 END) AS enterprises__known")];
    for measure in &list {
        columns.extend(columns_of(draft, measure, "panel", there));
    }
    let group = if draft.has("panel", key) { format!("GROUP BY {key}, year") } else { "GROUP BY year".to_owned() };
    let years: Vec<String> = draft.options.years.iter().map(i32::to_string).collect();
    let from = format!("FROM enterprise_years\nWHERE year IN ({})\n{group}", years.join(", "));
    draft.push("sums", "what enterprises add up to, in whole millionths, and how many lack the figure", select(&columns, &from));
    let mut columns = vec!["year".to_owned(), total("enterprises__known")];
    columns.extend(list.iter().flat_map(|measure| totals(measure)));
    draft.push("city_sums", "the same for the whole city", select(&columns, "FROM sums\nGROUP BY year"));
}

fn rows(draft: &mut Draft, of: Of) {
    let list = measures(draft, of);
    let Some(table) = of.table().filter(|_| !list.is_empty()) else { return };
    let mut columns = vec!["zone AS unit_name".to_owned()];
    for measure in &list {
        columns.extend(columns_of(draft, measure, table, "(zone IS NULL OR zone IS NOT NULL)"));
    }
    let year = draft.options.as_of.get(..4).unwrap_or("9998");
    let held = if of == Of::Parcel { format!("\nWHERE holds_from <= {year} AND holds_until > {year}") } else { String::new() };
    let frame = frame(of);
    draft.push(
        format!("{frame}_sums"),
        "the same of rows as they are now",
        select(&columns, &format!("FROM {frame}{held}\nGROUP BY zone")),
    );
    let columns: Vec<String> = list.iter().flat_map(|measure| totals(measure)).collect();
    draft.push(format!("city_{frame}_sums"), "the same for the whole city", select(&columns, &format!("FROM {frame}_sums")));
}

/// The name of the frame of rows.
pub fn frame(of: Of) -> &'static str {
    match of {
        Of::Enterprise => "enterprise_years",
        Of::Parcel => "parcels",
        Of::Factory => "factories",
        Of::Agreement => "agreements",
    }
}

/// Sum, rows that count and rows that lack the figure.
fn columns_of(draft: &Draft, measure: &Measure, table: &str, there: &str) -> [String; 3] {
    let present = draft.options.present.get(table).map_or(&[][..], Vec::as_slice);
    let kinds = vocabulary_of(present);
    // A column that the data do not have is missing everywhere.
    let here = |term: &Term| {
        let term = term.clone().replaced(&|name| policy::derived(name).filter(|_| table == "panel"));
        term.replaced(&|name| match name {
            "as_of" => Some(Term::Date(draft.options.as_of.to_owned())),
            "year" if table != "panel" => Some(Term::Number(draft.options.year.to_string())),
            _ => draft.options.settings.get(name).cloned(),
        })
    };
    let rename = |column: &str| match kinds.kind(column) {
        None if column != "year" => Some(format!("CAST(NULL AS {})", sql_type(absent_kind(measure, column)))),
        _ => None,
    };
    let printer = Printer { decimals: 6, rename: &rename, present: Some(present) };
    let when = measure.when.as_ref().map(|when| printer.part(&here(&when.term)));
    let value = measure.value.as_ref().map(|value| printer.part(&here(&value.term)));
    let id = &measure.id;
    // Nothing here is a constant: engines take the sum of a constant for one row's.
    let every = if table == "panel" { "year IS NOT NULL" } else { there };
    let counts = when.clone().unwrap_or_else(|| every.to_owned());
    let (sum, known, blank) = match (&value, &when) {
        // Rows that are there and count are counted; a condition that cannot be told may be one of them.
        (None, when) => {
            let counted = when.as_ref().map_or_else(|| there.to_owned(), |when| format!("{there} AND {when}"));
            let open = when.as_ref().map_or_else(|| format!("NOT {every}"), |when| format!("{there} AND {when} IS NULL"));
            let count = |condition: &str| format!("COUNT(CASE WHEN {condition} THEN 1 END)");
            (format!("{} * 1000000.0", count(&counted)), count(&counted), count(&open))
        }
        (Some(value), when) => {
            let lacks = match when {
                Some(when) => format!("({when} IS NULL OR ({when} AND {value} IS NULL))"),
                None => format!("{value} IS NULL"),
            };
            (
                exact_sum(&format!("CASE WHEN {counts} THEN {value} END"), 6),
                format!("COUNT(CASE WHEN {counts} THEN {value} END)"),
                format!("COUNT(CASE WHEN {there} AND {lacks} THEN 1 END)"),
            )
        }
    };
    [format!("{sum} AS {id}__sum"), format!("{known} AS {id}__known"), format!("{blank} AS {id}__blank")]
}

/// The kind of a column that the data do not have.
fn absent_kind(measure: &Measure, column: &str) -> Kind {
    let mut found = Kind::Number;
    for formula in measure.value.iter().chain(&measure.when) {
        formula.term.visit(&mut |term| {
            if let Term::Column(name, kind) = term
                && name == column
            {
                found = *kind;
            }
        });
    }
    found
}

fn total(column: &str) -> String {
    format!("CAST(SUM(CAST({column} AS BIGINT)) AS DOUBLE) AS {column}")
}

fn totals(measure: &Measure) -> [String; 3] {
    ["__sum", "__known", "__blank"].map(|ending| total(&format!("{}{ending}", measure.id)))
}

/// Land by state: of states that cannot be told it is known how many parcels are in doubt.
fn states(draft: &mut Draft) {
    if draft.scheme.states.is_empty() {
        return;
    }
    let mut columns = vec!["zone AS unit_name".to_owned()];
    for state in &draft.scheme.states {
        let list: Vec<String> = state.states.iter().map(|state| text(state)).collect();
        let is = format!("book = {} AND state IN ({})", text(&state.book), list.join(", "));
        columns.push(format!("{} AS {}__sum", exact_sum(&format!("CASE WHEN {is} THEN mu ELSE 0.0 END"), 6), state.id));
        columns.push(format!("COUNT(CASE WHEN book = {} AND state IS NOT NULL THEN 1 END) AS {}__known", text(&state.book), state.id));
        let blank = format!("SUM(CASE WHEN book = {} AND state IS NULL THEN parcels ELSE 0 END)", text(&state.book));
        columns.push(format!("{blank} AS {}__blank", state.id));
    }
    draft.push("state_sums", "land by state, in whole millionths of a mu", select(&columns, "FROM land_states\nGROUP BY zone"));
    let endings = ["__sum", "__known", "__blank"];
    let columns: Vec<String> =
        draft.scheme.states.iter().flat_map(|state| endings.map(|ending| total(&format!("{}{ending}", state.id)))).collect();
    draft.push("city_state_sums", "the same for the whole city", select(&columns, "FROM state_sums"));
}

/// Figures of `kpi.csv`; a blank zone is the whole city.
fn kpis(draft: &mut Draft) {
    if draft.scheme.kpis.is_empty() {
        return;
    }
    let mut columns = vec!["COALESCE(zone, '') AS unit_name".to_owned(), "year".to_owned()];
    for kpi in &draft.scheme.kpis {
        let list: Vec<String> = kpi.indicators.iter().map(|indicator| text(indicator)).collect();
        let part = kpi.part.unwrap_or(draft.options.part).as_str();
        columns.push(format!(
            "MAX(CASE WHEN part = {} AND indicator IN ({}) THEN value END) AS {}",
            text(part),
            list.join(", "),
            name(&kpi.id)
        ));
    }
    draft.push("kpi_figures", "figures that are reported as they are", select(&columns, "FROM kpis\nGROUP BY COALESCE(zone, ''), year"));
}
