//! The last stages for sums: one row per zone, county, industry, ….
//!
//! Sums and ratios of sums, never means of ratios. A ratio is that of the sums shown beside it.

use super::panel::exact_sum;
use super::print::{name, rounded, text};
use super::{Draft, select};

/// Adds the stages and gives the statement's last part.
pub fn select_rolled(draft: &mut Draft, key: &str) -> (String, String) {
    let decimals = draft.policy.decimals;
    let mut conditions: Vec<String> = draft.options.filter.iter().map(|filter| format!("({})", draft.printer().print(filter))).collect();
    if super::units::has_merged_rows(draft) {
        conditions.push("NOT merged".to_owned());
    }
    let filter = if conditions.is_empty() { String::new() } else { format!("\nWHERE {}", conditions.join(" AND ")) };
    let sum = |column: &str, inner: &str| format!("{} AS {column}", exact_sum(inner, 6));
    let count = |column: String, condition: String| format!("COUNT(CASE WHEN {condition} THEN 1 END) AS {column}");
    let mut columns = vec![
        name(key),
        "COUNT(*) AS enterprises".to_owned(),
        sum("land_units", "land_mu"),
        sum("output_units", "gross_output"),
        sum("tax_units", "tax_evaluated"),
        sum("energy_units", "energy_tce"),
        count("incomplete".to_owned(), "land_mu IS NULL OR gross_output IS NULL OR tax_evaluated IS NULL OR energy_tce IS NULL".to_owned()),
    ];
    let grades = draft.policy.grade_names();
    for (at, grade) in grades.iter().enumerate() {
        columns.push(count(format!("grade_{at}"), format!("grade = {}", text(grade))));
    }
    columns.push(count("low_sites".to_owned(), "review = 'low'".to_owned()));
    columns.push(sum("low_units", "CASE WHEN review = 'low' THEN land_mu END"));
    draft.push("rolled", "sums in whole millionths", select(&columns, &format!("FROM reviewed{filter}\nGROUP BY {}", name(key))));
    let totals = ["land", "output", "tax"].map(|what| format!("CAST(SUM(CAST({what}_units AS BIGINT)) AS DOUBLE) AS all_{what}"));
    draft.push("totals", "the whole data set", select(&totals, "FROM rolled"));
    let value = |units: &str, column: &str| format!("ROUND({units} / 1000000.0, 6) AS {column}");
    let ratio = |above: &str, below: &str, column: &str| {
        format!("{} AS {column}", rounded(&format!("CASE WHEN {below} > 0 THEN {above} / {below} END"), decimals))
    };
    let mut columns = vec![name(key), "enterprises".to_owned()];
    columns.extend([
        value("land_units", "land_mu"),
        value("output_units", "gross_output"),
        value("tax_units", "tax"),
        value("energy_units", "energy_tce"),
    ]);
    columns.extend([
        ratio("output_units", "land_units", "output_per_mu"),
        ratio("tax_units", "land_units", "tax_per_mu"),
        ratio("energy_units", "output_units", "energy_per_output"),
    ]);
    columns.extend((0..grades.len()).map(|at| format!("grade_{at}")));
    columns.push("low_sites".to_owned());
    columns.push("COALESCE(ROUND(low_units / 1000000.0, 6), 0.0) AS low_mu".to_owned());
    for what in ["land", "output", "tax"] {
        columns.push(ratio(&format!("{what}_units"), &format!("all_{what}"), &format!("{what}_share")));
    }
    columns.push("incomplete".to_owned());
    draft.push("figures", "figures and shares", select(&columns, "FROM rolled CROSS JOIN totals"));
    let mut columns =
        vec!["CASE WHEN tax_per_mu IS NOT NULL THEN CAST(RANK() OVER (ORDER BY tax_per_mu DESC) AS BIGINT) END AS place".to_owned()];
    columns.push("*".to_owned());
    let order = match draft.options.sort {
        Some((column, descending)) => format!("{} {} NULLS LAST, {}", name(column), if descending { "DESC" } else { "ASC" }, name(key)),
        None => format!("place NULLS LAST, {} NULLS LAST", name(key)),
    };
    (select(&columns, "FROM figures"), format!("ORDER BY {order}"))
}
