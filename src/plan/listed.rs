//! The last `SELECT` for rows: one per enterprise of the evaluated year.

use super::print::{name, text};
use super::{Draft, result_columns, review_figures, review_years, select};
use crate::policy::Policy;
use crate::policy::moves::Action;

/// The statement's last part.
pub fn select_list(draft: &Draft) -> (String, String) {
    let wanted = |column: &str| draft.options.only.is_none_or(|only| only.iter().any(|name| name == column));
    let mut columns: Vec<String> = Vec::new();
    // Headings, sections and counts need these whatever is shown.
    for column in ["place", "enterprise_id", "peer_group", "pool", "land_mu"] {
        columns.push(column.to_owned());
    }
    let names = result_columns(draft.policy);
    for column in names.iter().filter(|column| wanted(column)) {
        if !["place", "enterprise_id", "group", "land_mu", "grade", "review", "outcome", "missing"].contains(&column.as_str()) {
            columns.push(name(column));
        }
    }
    columns.extend(["grade", "review"].map(str::to_owned));
    columns.push(outcome(draft.policy));
    let mut more: Vec<String> = draft.options.extra.iter().filter(|column| !names.contains(column)).map(|column| name(column)).collect();
    if draft.options.only.is_none_or(|only| only.iter().any(|column| column == "missing")) {
        more.extend(draft.policy.columns().iter().filter(|column| draft.reads.contains(*column)).map(|column| name(column)));
    }
    if draft.options.for_rules {
        more.push("enterprise".to_owned());
        for figure in review_figures(draft.policy) {
            more.extend(review_years(draft.policy, draft.options.year).into_iter().map(|year| name(&format!("{figure}_{year}"))));
            more.push(name(&figure));
        }
    }
    for column in more {
        if !columns.contains(&column) {
            columns.push(column);
        }
    }
    if let Some(filter) = draft.options.filter {
        columns.push(format!("COALESCE({}, FALSE) AS selected", draft.printer().print(filter)));
    }
    let mut order: Vec<String> = Vec::new();
    if let Some((column, descending)) = draft.options.sort {
        order.push(format!(
            "{} {} NULLS LAST",
            name(if column == "group" { "peer_group" } else { column }),
            if descending { "DESC" } else { "ASC" }
        ));
    }
    order.extend([group_order(draft), "pool NULLS LAST".to_owned(), "place NULLS LAST".to_owned(), "enterprise_id".to_owned()]);
    if super::units::has_merged_rows(draft) {
        order.push("merged".to_owned());
    }
    (select(&columns, &format!("FROM {}", draft.last())), format!("ORDER BY {}", order.join(", ")))
}

/// What became of each: a grade that cannot be told, and a grade that came with the site's owner.
pub fn outcome(policy: &Policy) -> String {
    let owners = policy.moves.iter().any(|step| step.action == Action::Owner);
    let owned = if owners { " WHEN outcome = 'not-assessable' AND grade IS NOT NULL THEN 'graded'" } else { "" };
    format!("CASE WHEN outcome = 'graded' AND grade IS NULL THEN 'not-assessable'{owned} ELSE outcome END AS outcome")
}

/// Groups in the order of the policy.
fn group_order(draft: &Draft) -> String {
    let cases: Vec<String> =
        draft.policy.groups.iter().enumerate().map(|(at, group)| format!("WHEN {} THEN {}", text(&group.id), at + 1)).collect();
    format!("CASE peer_group {} ELSE {} END", cases.join(" "), draft.policy.groups.len() + 1)
}
