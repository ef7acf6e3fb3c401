//! Stages `measures` and `admitted`: who takes part, and in which group and pool.
//!
//! `admission` is the outcome of the first case that holds, `peer_group` the first group whose condition holds (unknown where
//! an earlier condition is unknown), `pool` the combination of the group's `within` keys.

use super::print::{grade_number, name, text};
use super::{Draft, select, units};
use crate::policy::scope::{Group, Outcome};

/// Adds the stages.
pub fn add(draft: &mut Draft) {
    let surveyed = draft.last().to_owned();
    if draft.options.adjustments {
        measures(draft);
    }
    let printer = draft.printer();
    // The figures of a unit beside its members are scored and shown, nothing more.
    let graded = if units::has_merged_rows(draft) { "CASE WHEN merged THEN 'scored-only' ELSE 'graded' END" } else { "'graded'" };
    let mut cases = String::new();
    if draft.options.adjustments {
        cases += "WHEN m.exempted > 0 THEN 'exempt' ";
    }
    for admission in &draft.policy.admissions {
        let outcome = match admission.outcome {
            Outcome::Graded => graded.to_owned(),
            outcome => text(outcome.as_str()),
        };
        cases += &format!("WHEN {} THEN {outcome} ", printer.print(&admission.when));
    }
    let admission = if cases.is_empty() { graded.to_owned() } else { format!("CASE {cases}ELSE {graded} END") };
    let mut columns = vec!["p.*".to_owned(), format!("{admission} AS admission"), format!("{} AS peer_group", peer_group(draft))];
    columns.extend(treated_as(draft));
    let mut from = format!("FROM {surveyed} AS p");
    if draft.options.adjustments {
        columns.extend(
            ["adjustment_points", "fixed_to", "raised", "raised_to", "lowered", "lowered_to", "ceiling_at", "floor_at"]
                .map(|name| format!("m.{name}")),
        );
        from += "\nLEFT JOIN measures AS m ON p.enterprise = m.measured AND p.year = m.measured_in";
    }
    let years: Vec<String> = draft.years.iter().map(i32::to_string).collect();
    from += &format!("\nWHERE p.year IN ({})", years.join(", "));
    draft.push("admitted", "who takes part: the first case that holds decides; and in which group", select(&columns, &from));
    let pool = draft.by_group(|group| Some(pool(group))).unwrap_or_else(|| "''".to_owned());
    let pooled = select(&["*".to_owned(), format!("{pool} AS pool")], "FROM admitted");
    draft.push("pooled", "against whom: the pool inside the group", pooled);
}

/// How those who are not graded are administered, where a case says so.
fn treated_as(draft: &Draft) -> Option<String> {
    draft.policy.treats().then(|| {
        let printer = draft.printer();
        let mut cases = String::new();
        if draft.options.adjustments {
            cases += "WHEN m.exempted > 0 THEN NULL ";
        }
        for admission in &draft.policy.admissions {
            let treated = admission.treated_as.as_ref().map_or("NULL".to_owned(), |grade| text(&grade.text));
            cases += &format!("WHEN {} THEN {treated} ", printer.print(&admission.when));
        }
        format!("CASE {cases}END AS treated_as")
    })
}

fn peer_group(draft: &Draft) -> String {
    let printer = draft.printer();
    let mut sql = String::new();
    for group in &draft.policy.groups {
        match &group.when {
            None => return if sql.is_empty() { text(&group.id) } else { format!("CASE {sql}ELSE {} END", text(&group.id)) },
            Some(when) => {
                let (condition, id) = (printer.print(when), text(&group.id));
                sql += &format!("WHEN {condition} THEN {id} WHEN ({condition}) IS NULL THEN NULL ");
            }
        }
    }
    format!("CASE {sql}END")
}

fn pool(group: &Group) -> String {
    match group.within.as_slice() {
        [] => "''".to_owned(),
        keys => keys.iter().map(|key| name(key)).collect::<Vec<_>>().join(" || ' / ' || "),
    }
}

/// One row per enterprise and year with its measures; grades as their place in the policy's list, best first.
fn measures(draft: &mut Draft) {
    let grade = grade_number(&draft.policy.grade_names(), "value");
    let of = |kind: &str, inner: &str| format!("CASE WHEN kind = '{kind}' THEN {inner} END");
    let columns = [
        "enterprise AS measured".to_owned(),
        "year AS measured_in".to_owned(),
        format!(
            "CAST(SUM(CAST({} AS BIGINT)) AS DOUBLE) / 1000000.0 AS adjustment_points",
            of("points", "FLOOR(points * 1000000.0 + 0.5)")
        ),
        format!("COUNT({}) AS exempted", of("exempt", "1")),
        format!("MAX({}) AS fixed_to", of("fix", &grade)),
        format!("SUM({}) AS raised", of("raise", "CASE WHEN value IS NULL THEN 1 ELSE COALESCE(points, 0) END")),
        format!("MIN({}) AS raised_to", of("raise", &grade)),
        format!("SUM({}) AS lowered", of("lower", "CASE WHEN value IS NULL THEN 1 ELSE COALESCE(points, 0) END")),
        format!("MAX({}) AS lowered_to", of("lower", &grade)),
        format!("MAX({}) AS ceiling_at", of("ceiling", &grade)),
        format!("MIN({}) AS floor_at", of("floor", &grade)),
    ];
    let from = units::measured(draft);
    let from = format!("FROM {from}\nGROUP BY enterprise, year");
    draft.push("measures", "adjustments, one row per enterprise and year", select(&columns, &from));
}
