//! Stage `placed`: the place inside the pool. Equal scores share a place (1, 2, 2, 4).

use super::print::{name, rounded};
use super::{Draft, select};
use crate::policy::grade::{Cut, Grades, Order};
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
    let cuts: Vec<Cut> = draft.policy.groups.iter().filter_map(|group| draft.policy.grades_of(group)).filter_map(Grades::cut).collect();
    if cuts.iter().any(|cut| cut.of_all) {
        let whom = if super::units::has_merged_rows(draft) { "CASE WHEN NOT merged THEN 1 END" } else { "*" };
        columns.push(format!("{} AS everybody", graded(format!("COUNT({whom}) OVER (PARTITION BY {keys})"))));
    }
    if cuts.iter().any(|cut| cut.ties_down) {
        columns.push(format!("{} AS equals", graded(format!("COUNT(*) OVER (PARTITION BY {keys}, order_key)"))));
    }
    draft.push("placed", "the place inside the pool; equals share a place", select(&columns, "FROM ordered"));
}

fn order(draft: &Draft, group: &Group) -> String {
    draft.policy.grades_of(group).map_or_else(|| "score".to_owned(), |grades| key(draft, group, &grades.order))
}

/// What an order goes by, the larger the better: the score, an indicator, or a formula rounded like a score.
pub fn key(draft: &Draft, group: &Group, order: &Order) -> String {
    let Some(term) = order.term() else { return "score".to_owned() };
    match order.name().and_then(|id| group.indicators.iter().find(|indicator| indicator.id == id)) {
        Some(indicator) if indicator.lower_is_better => format!("-{}", name(&indicator.id)),
        Some(indicator) => name(&indicator.id),
        None => rounded(&format!("({})", draft.printer().print(term)), super::scores::DECIMALS),
    }
}
