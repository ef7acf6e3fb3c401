//! Columns of the panel that a policy makes itself: land by its own definition, energy from fuels, emissions from pollutants.

use super::Draft;
use super::print::{Printer, double, name, rounded};
use crate::dictionary::POLLUTANTS;
use crate::policy::factors::{Factor, Use};
use crate::policy::{self, Policy};

/// Columns of the tables from which the policy makes one.
pub fn reads(policy: &Policy) -> Vec<String> {
    let land = policy.land.iter().flat_map(|land| land.term.names());
    land.chain(policy.factor_tables().flat_map(|table| table.factors.iter().map(|factor| factor.column.clone()))).collect()
}

/// What stands for a column in the panel, where the policy makes it.
pub fn sql(draft: &Draft, column: &str) -> Option<String> {
    if let Some(land) = draft.policy.land.as_ref().filter(|_| column == "land_mu") {
        // Columns that the data lack are missing, and figures of later stages stand here as their formulas.
        let rename = |name: &str| (!draft.has(name)).then(|| format!("CAST(NULL AS {})", super::panel::sql_type(name)));
        let printer = Printer { decimals: draft.policy.decimals, rename: &rename, present: Some(draft.options.present) };
        return Some(printer.value(&land.term.clone().replaced(&policy::derived)));
    }
    let table = draft.policy.factor_tables().find(|table| table.makes() == column)?;
    let known: Vec<&Factor> = table.factors.iter().filter(|factor| draft.has(&factor.column)).collect();
    let given = if draft.has(column) { name(column) } else { "CAST(NULL AS DOUBLE)".to_owned() };
    if !table.works_with(|column| draft.has(column)) {
        return Some(given);
    }
    let parts: Vec<String> = known
        .iter()
        .map(|factor| {
            let sign = if factor.divides { "/" } else { "*" };
            format!("COALESCE({} {sign} {}, 0.0)", name(&factor.column), double(&factor.number.normalize().to_string()))
        })
        .collect();
    // Without what is needed, or without any quantity at all, the sum is unknown.
    let condition = if table.needs.is_empty() {
        known.iter().map(|factor| format!("{} IS NOT NULL", name(&factor.column))).collect::<Vec<_>>().join(" OR ")
    } else {
        table.needs.iter().map(|need| format!("{} IS NOT NULL", name(need))).collect::<Vec<_>>().join(" AND ")
    };
    let sum = rounded(&format!("({})", parts.join(" + ")), super::scores::DECIMALS);
    let sum = format!("CASE WHEN {condition} THEN {sum} END");
    Some(match table.used_for {
        Use::Energy => format!("COALESCE({given}, {sum})"),
        Use::Pollutants => pollutants(draft, &given, &sum),
    })
}

/// The cell of `emission_t` goes before the table. Where it was blank it is the plain sum in tonnes of all the pollutants by now: then
/// the table goes before it.
fn pollutants(draft: &Draft, given: &str, sum: &str) -> String {
    let parts: Vec<String> = POLLUTANTS.into_iter().filter(|column| draft.has(column)).map(name).collect();
    if parts.is_empty() {
        return format!("COALESCE({given}, {sum})");
    }
    let known: Vec<String> = parts.iter().map(|part| format!("{part} IS NOT NULL")).collect();
    let plain = rounded(&format!("({} - {given})", parts.join(" + ")), super::scores::DECIMALS);
    let plain = format!("{} AND {plain} = 0", known.join(" AND "));
    format!("CASE WHEN {plain} THEN {sum} WHEN {given} IS NOT NULL THEN {given} ELSE {sum} END")
}
