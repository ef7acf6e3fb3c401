//! Stages `bonuses` and `rewarded`: bonus and deduction, item by item, within the bounds of item, theme and total.

use rust_decimal::Decimal;

use super::print::{Printer, double, name, rounded};
use super::scores::DECIMALS;
use super::{Draft, of_groups, select};
use crate::policy::Policy;
use crate::policy::bonus::{ADJUSTMENT_POINTS, Bonus, Bounds};

/// The column of an item.
pub fn column(id: &str) -> String {
    format!("bonus_{}", id.replace('-', "_"))
}

/// Adds the stages and gives what is added to the sum of the points; `None` where there is nothing.
pub fn add(draft: &mut Draft) -> Option<String> {
    let bonuses = &draft.policy.bonuses;
    let table = draft.options.adjustments.then(|| format!("COALESCE({ADJUSTMENT_POINTS}, 0.0)"));
    if bonuses.items.is_empty() {
        return table.map(|points| bounded(points, bonuses.total));
    }
    let items: Vec<String> = bonuses.items.iter().map(|item| format!("{} AS {}", points(draft, item), name(&column(&item.id)))).collect();
    let last = draft.last().to_owned();
    let columns: Vec<String> = ["*".to_owned()].into_iter().chain(items).collect();
    draft.push("bonuses", "bonus and deduction, item by item; unknown gives none", select(&columns, &format!("FROM {last}")));
    let of_theme = |theme: Option<&str>| -> Vec<String> {
        let items = bonuses.items.iter().filter(|item| item.theme.as_ref().map(|key| key.text.as_str()) == theme);
        items.map(|item| name(&column(&item.id))).collect()
    };
    let mut parts = of_theme(None);
    parts.extend(bonuses.themes.iter().filter_map(|theme| {
        let items = of_theme(Some(&theme.key.text));
        (!items.is_empty()).then(|| bounded(items.join(" + "), theme.bounds))
    }));
    if !bonuses.use_adjustments() {
        parts.extend(table);
    }
    let total = rounded(&format!("({})", bounded(parts.join(" + "), bonuses.total)), DECIMALS);
    draft.push(
        "rewarded",
        "their sum, within the bounds of themes and total",
        select(&["*".to_owned(), format!("{total} AS bonus")], "FROM bonuses"),
    );
    Some("bonus".to_owned())
}

fn points(draft: &Draft, item: &Bonus) -> String {
    let has_table = draft.options.adjustments;
    let rename = |name: &str| match name {
        "group" => Some("peer_group".to_owned()),
        ADJUSTMENT_POINTS => Some(if has_table { format!("COALESCE({ADJUSTMENT_POINTS}, 0.0)") } else { "0.0".to_owned() }),
        _ => None,
    };
    let printer = Printer { decimals: draft.policy.decimals, rename: &rename, present: Some(draft.options.present) };
    let points = rounded(&format!("({})", printer.print(&item.points)), DECIMALS);
    let mut conditions = vec!["standing IN ('graded', 'scored-only')".to_owned()];
    conditions.extend(of_groups(item.groups.iter().map(|key| key.text.as_str())));
    conditions.extend(item.when.iter().map(|when| format!("({})", printer.print(when))));
    let given = format!("CASE WHEN {} THEN COALESCE({points}, 0.0) ELSE 0.0 END", conditions.join(" AND "));
    bounded(given, item.bounds)
}

/// A sum within its bounds.
fn bounded(sum: String, bounds: Bounds) -> String {
    let number = |number: Decimal| double(&number.normalize().to_string());
    let sum = bounds.at_least.map_or(sum.clone(), |least| format!("GREATEST({sum}, {})", number(least)));
    bounds.at_most.map_or(sum.clone(), |most| format!("LEAST({sum}, {})", number(most)))
}

/// Columns of the result.
pub fn columns(policy: &Policy) -> Vec<String> {
    let items: Vec<String> = policy.bonuses.items.iter().map(|item| column(&item.id)).collect();
    if items.is_empty() { items } else { items.into_iter().chain(["bonus".to_owned()]).collect() }
}
