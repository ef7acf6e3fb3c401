//! Stage `placed`: the place inside the pool. Equal scores share a place (1, 2, 2, 4).

use super::print::name;
use super::{Draft, select};
use crate::policy::grade::{Grades, Rule};
use crate::policy::scope::Group;

/// Adds the stage.
pub fn add(draft: &mut Draft) {
    let key = draft.by_group(|group| Some(order(draft, group))).unwrap_or_else(|| "score".to_owned());
    let key = format!("CASE WHEN outcome = 'graded' THEN {key} END AS order_key");
    draft.push("ordered", "what places go by, larger is better; only the graded have it", select(&["*".to_owned(), key], "FROM scores"));
    let keys = draft.pool_keys();
    let graded = |sql: String| format!("CASE WHEN order_key IS NOT NULL THEN CAST({sql} AS BIGINT) END");
    let mut columns = vec![
        "*".to_owned(),
        format!("{} AS place", graded(format!("RANK() OVER (PARTITION BY {keys} ORDER BY order_key DESC)"))),
        format!("{} AS pool_size", graded(format!("COUNT(order_key) OVER (PARTITION BY {keys})"))),
    ];
    let shares: Vec<_> = draft.policy.groups.iter().filter_map(|group| draft.policy.grades_of(group)).filter_map(shares).collect();
    if shares.iter().any(|shares| shares.of_all) {
        columns.push(format!("{} AS everybody", graded(format!("COUNT(*) OVER (PARTITION BY {keys})"))));
    }
    if shares.iter().any(|shares| shares.ties_down) {
        columns.push(format!("{} AS equals", graded(format!("COUNT(*) OVER (PARTITION BY {keys}, order_key)"))));
    }
    draft.push("placed", "the place inside the pool; equals share a place", select(&columns, "FROM ordered"));
}

fn shares(grades: &Grades) -> Option<&crate::policy::grade::Shares> {
    match &grades.rule {
        Rule::Shares(shares) => Some(shares),
        _ => None,
    }
}

fn order(draft: &Draft, group: &Group) -> String {
    let by = draft.policy.grades_of(group).and_then(|grades| grades.order.as_deref());
    match by.and_then(|id| group.indicators.iter().find(|indicator| indicator.id == id)) {
        None => "score".to_owned(),
        Some(indicator) if indicator.lower_is_better => format!("-{}", name(&indicator.id)),
        Some(indicator) => name(&indicator.id),
    }
}
