//! Stages `year_*` and `reviewed`: the review over consecutive years.
//!
//! Each earlier year is a stage of its own, joined by enterprise: that is several times faster than a window per enterprise.
//! Where the condition needs grades or scores, the earlier years run through all stages before this one.

use super::print::{name, text};
use super::{Draft, select};
use crate::policy::{self, Policy};

/// Outcomes that are not reviewed.
const NOT_REVIEWED: &str = "'exempt', 'deferred', 'collected-only', 'scored-only', 'no-group'";

/// Does the condition need what scoring makes?
pub fn is_deep(policy: &Policy) -> bool {
    let made = super::made_by_stages(policy);
    policy.review.as_ref().is_some_and(|review| {
        review.low.names().iter().any(|name| {
            let own = policy.indicator_ids().contains(&name.as_str()) && !is_derived(policy, name);
            own || made.contains(name)
                && policy::derived(name).is_none()
                && !policy.benchmarks.iter().any(|benchmark| &benchmark.id == name)
                && !super::EVERY_ROW.contains(&name.as_str())
        })
    })
}

/// Is an indicator of that id everywhere the dictionary's own figure?
fn is_derived(policy: &Policy, id: &str) -> bool {
    let derived = policy::derived(id);
    derived.is_some()
        && policy
            .groups
            .iter()
            .flat_map(|group| &group.indicators)
            .filter(|indicator| indicator.id == id)
            .all(|indicator| Some(&indicator.value) == derived.as_ref())
}

/// Adds the stages.
pub fn add(draft: &mut Draft) {
    let year = draft.options.year;
    let only_year = if draft.years.len() > 1 { format!("\nWHERE a.year = {year}") } else { String::new() };
    let Some(review) = &draft.policy.review else {
        let columns = ["a.*", "CAST(NULL AS BOOLEAN) AS low", "'not-reviewed' AS review"].map(str::to_owned);
        draft.push("reviewed", "the policy has no review", select(&columns, &format!("FROM adjusted AS a{only_year}")));
        return;
    };
    let printer = draft.printer();
    let low = printer.print(&review.low);
    let surveyed = draft
        .stages
        .iter()
        .rev()
        .find(|stage| stage.name.starts_with("surveyed") || stage.name == "derived")
        .map_or("derived", |stage| stage.name.as_str());
    let source = if is_deep(draft.policy) { "adjusted".to_owned() } else { surveyed.to_owned() };
    let mut from = "FROM judged AS a".to_owned();
    let (mut earlier, mut figures) = (Vec::new(), Vec::new());
    let years = super::review_years(draft.policy, year);
    draft.push("judged", "is this year a low one?", select(&["*".to_owned(), format!("{low} AS low")], "FROM adjusted"));
    for past in years {
        let mut columns = vec!["enterprise".to_owned(), format!("{low} AS low_{past}")];
        earlier.push(format!("low_{past}"));
        if draft.options.for_rules {
            for figure in super::review_figures(draft.policy) {
                columns.push(format!("{} AS {}", name(&figure), name(&format!("{figure}_{past}"))));
                figures.push(name(&format!("{figure}_{past}")));
            }
        }
        draft.push(
            format!("year_{past}"),
            "was an earlier year a low one?",
            select(&columns, &format!("FROM {source}\nWHERE year = {past}")),
        );
        from += &format!("\nLEFT JOIN year_{past} ON a.enterprise = year_{past}.enterprise");
    }
    let mut verdict =
        format!("CASE WHEN a.outcome IN ({NOT_REVIEWED}) THEN 'not-reviewed' WHEN a.low IS NULL THEN 'unknown' WHEN NOT a.low THEN 'pass'");
    if !earlier.is_empty() {
        let any_good: Vec<String> = earlier.iter().map(|low| format!("NOT {low}")).collect();
        let any_unknown: Vec<String> = earlier.iter().map(|low| format!("{low} IS NULL")).collect();
        verdict += &format!(" WHEN {} THEN 'watch' WHEN {} THEN 'unknown'", any_good.join(" OR "), any_unknown.join(" OR "));
    }
    verdict += &format!(" ELSE {} END AS review", text("low"));
    let columns: Vec<String> = ["a.*".to_owned()].into_iter().chain(earlier).chain(figures).chain([verdict]).collect();
    draft.push(
        "reviewed",
        "low in every year: low; only now: watch; a year unknown that would decide: unknown",
        select(&columns, &format!("{from}{only_year}")),
    );
}
