//! Stages `united`, `unit_sums`, `units`, and at the end `results` and `shared`: several enterprises evaluated as one.
//!
//! Amounts of the members are added, and unknown where one of them is unknown; of a group or on an owner's site land is added where it
//! is known, since not every member has land. Everything else is the leading member's: the one that gives the unit its name, else
//! the one with the smallest id.

use super::panel::exact_sum;
use super::print::{Printer, name};
use super::{Draft, EVERY_ROW, select};
use crate::dictionary::{ColumnType, Dictionary};
use crate::policy::merge::{By, Merge};
use crate::policy::{self, Policy, panel_vocabulary};

/// Adds the stages that make units of the panel.
pub fn add(draft: &mut Draft) {
    let Some(merge) = &draft.policy.merge else { return };
    let columns = ["*".to_owned(), format!("{} AS unit_key", key(draft, merge))];
    draft.push("united", "which enterprises are evaluated together; ~ before those who stay alone", select(&columns, "FROM panel"));
    let amounts: Vec<String> = draft.reads.iter().filter(|column| is_amount(draft, column)).cloned().collect();
    let mut columns = vec!["unit_key AS key".to_owned(), "year AS unit_year".to_owned(), "COUNT(*) AS members".to_owned()];
    let leading = "MIN(CASE WHEN enterprise_id = unit_key THEN enterprise_id END)";
    columns.push(format!("COALESCE({leading}, MIN(enterprise_id)) AS lead_id"));
    for column in &amounts {
        let quoted = name(column);
        let all = if column.starts_with("land_") && merge.by != By::Parcel { "> 0" } else { "= COUNT(*)" };
        let sum = format!("CASE WHEN COUNT({quoted}) {all} THEN {} / 1000000.0 END", exact_sum(&quoted, 6));
        columns.push(format!("{sum} AS {}", name(&format!("sum_{column}"))));
    }
    draft.push("unit_sums", "what the members have together", select(&columns, "FROM united\nGROUP BY unit_key, year"));
    let mut columns: Vec<String> = std::iter::once("enterprise").chain(EVERY_ROW).map(|column| format!("p.{column}")).collect();
    columns.extend(draft.reads.iter().map(|column| {
        if amounts.contains(column) {
            format!("u.{} AS {}", name(&format!("sum_{column}")), name(column))
        } else {
            format!("p.{}", name(column))
        }
    }));
    columns.extend(["p.unit_key", "u.members", "CASE WHEN u.members > 1 THEN u.lead_id END AS unit"].map(str::to_owned));
    let from = "FROM united AS p\nJOIN unit_sums AS u ON p.unit_key = u.key AND p.year = u.unit_year\nWHERE p.enterprise_id = u.lead_id";
    draft.push("units", "one row per unit and year", select(&columns, from));
    if merge.beside {
        beside(draft);
    }
}

/// The members alone, and the units of more than one beside them.
fn beside(draft: &mut Draft) {
    let own: Vec<String> =
        EVERY_ROW.iter().map(|column| (*column).to_owned()).chain(draft.reads.iter().map(|column| name(column))).collect();
    let alone: Vec<String> = ["enterprise".to_owned()]
        .into_iter()
        .chain(own.clone())
        .chain(["CAST(NULL AS VARCHAR) AS unit", "FALSE AS merged"].map(str::to_owned))
        .collect();
    // A number of its own: no year of a member may pass for one of its unit.
    let merged: Vec<String> =
        ["-1 - enterprise AS enterprise".to_owned()].into_iter().chain(own).chain(["unit", "TRUE AS merged"].map(str::to_owned)).collect();
    let both = format!("{}\nUNION ALL\n{}", select(&alone, "FROM united"), select(&merged, "FROM units\nWHERE members > 1"));
    draft.push("beside", "every enterprise alone, and units of several beside them", both);
}

/// Adds the stages that give every member the result of its unit.
pub fn share(draft: &mut Draft) {
    if draft.policy.merge.as_ref().is_none_or(|merge| merge.beside) || draft.options.by.is_some() {
        return;
    }
    draft.push("results", "the results of the units", select(&["* EXCLUDE (enterprise, enterprise_id, name)".to_owned()], "FROM reviewed"));
    let columns = ["r.*", "m.enterprise", "m.enterprise_id", "m.name"].map(str::to_owned);
    let from = "FROM united AS m\nJOIN results AS r ON m.unit_key = r.unit_key AND m.year = r.year";
    draft.push("shared", "every member with the result of its unit", select(&columns, from));
}

/// Who joins in, as a statement over the panel: one row each, in its order; `None` where everybody does.
pub fn joining(policy: &Policy, present: &[(String, ColumnType)]) -> Option<String> {
    let merge = policy.merge.as_ref().filter(|merge| merge.by == By::Parcel)?;
    let when = merge.when.clone()?.replaced(&policy::derived);
    let known = |name: &str| present.iter().any(|(column, _)| column == name);
    let rename = |name: &str| (!known(name)).then(|| format!("CAST(NULL AS {})", super::panel::sql_type(name)));
    let printer = Printer { decimals: policy.decimals, rename: &rename, present: Some(present) };
    Some(format!("SELECT COALESCE({}, FALSE) AS joins FROM enterprise_years", printer.print(&when)))
}

/// The stage with the measures of the table, those of members counted for their unit.
pub fn measured(draft: &mut Draft) -> &'static str {
    if draft.policy.merge.as_ref().is_none_or(|merge| merge.beside) {
        return "adjustments";
    }
    let columns = ["u.enterprise", "a.year", "a.kind", "a.value", "a.points"].map(str::to_owned);
    let from = "FROM adjustments AS a\nJOIN united AS m ON a.enterprise = m.enterprise AND a.year = m.year\n\
                JOIN units AS u ON m.unit_key = u.unit_key AND m.year = u.year";
    draft.push("unit_adjustments", "measures for a member count for its unit", select(&columns, from));
    "unit_adjustments"
}

/// Does the statement have rows of units beside those of enterprises?
pub fn has_merged_rows(draft: &Draft) -> bool {
    draft.policy.merge.as_ref().is_some_and(|merge| merge.beside)
}

fn key(draft: &Draft, merge: &Merge) -> String {
    let column = name(merge.by.column());
    let printer = draft.printer();
    // Derived figures come after this stage: their formulas stand here.
    let when = merge.when.as_ref().map(|when| format!("({})", printer.print(&when.clone().replaced(&policy::derived))));
    let (key, condition) = match merge.by {
        // Whoever sits on nobody's land leads those who sit on its own.
        By::Owner => {
            (format!("COALESCE({column}, enterprise_id)"), when.map_or("TRUE".to_owned(), |when| format!("{column} IS NULL OR {when}")))
        }
        By::Parcel | By::Group => {
            (column.clone(), when.map_or(format!("{column} IS NOT NULL"), |when| format!("{column} IS NOT NULL AND {when}")))
        }
    };
    format!("CASE WHEN {condition} THEN {key} ELSE '~' || enterprise_id END")
}

/// Is it an amount of the enterprise, which can be added?
fn is_amount(draft: &Draft, column: &str) -> bool {
    let is_number = draft.types.get(column).is_some_and(|kind| *kind == ColumnType::Number)
        || panel_vocabulary(&[]).kind(column).is_some_and(policy::term::Kind::is_numeric);
    let of_others = Dictionary::get().tables.iter().filter(|table| ["zones", "enterprises"].contains(&table.name.as_str()));
    is_number && !of_others.flat_map(|table| &table.columns).any(|known| known.name == column)
}
