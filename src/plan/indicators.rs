//! Stages `indicators` and `assessed`: the values, rounded to the policy's decimals, and who can be assessed.

use super::print::name;
use super::{Draft, select};
use crate::policy;
use crate::policy::points::Missing;
use crate::policy::scope::Group;

/// Adds the stages.
pub fn add(draft: &mut Draft) {
    let printer = draft.printer();
    let mut columns = vec!["*".to_owned()];
    let mut renamed = Vec::new();
    for id in draft.policy.indicator_ids() {
        let value = |group: &Group| {
            let indicator = group.indicators.iter().find(|indicator| indicator.id == id)?;
            Some(printer.value_or(&indicator.value, indicator.fallback.as_ref()))
        };
        let sql = draft.by_group(value).unwrap_or_else(|| "CAST(NULL AS DOUBLE)".to_owned());
        match policy::derived(id).map(|term| printer.value(&term)) {
            // The dictionary's own figure: already there.
            Some(derived) if derived == sql => {}
            Some(_) => {
                columns.push(format!("{sql} AS own_{id}"));
                renamed.push(id.to_owned());
            }
            None => columns.push(format!("{sql} AS {}", name(id))),
        }
    }
    draft.push(
        "indicators",
        "the values, half-up to the policy's decimals; missing where the denominator is not positive",
        select(&columns, "FROM pooled"),
    );
    if !renamed.is_empty() {
        shadow(draft, &renamed);
    }
    standing(draft);
}

/// An indicator that bears the name of a derived column and means something else takes its place.
fn shadow(draft: &mut Draft, renamed: &[String]) {
    // Two stages: polars drops what EXCLUDE names from the whole select list, new columns of that name too.
    let last = draft.last().to_owned();
    let kept = format!("* EXCLUDE ({})", renamed.join(", "));
    draft.push(
        "without_dictionary_figures",
        "the dictionary's figures that the policy defines anew, left out",
        select(&[kept], &format!("FROM {last}")),
    );
    let own = renamed.iter().map(|id| format!("own_{id} AS {id}"));
    let columns: Vec<String> = ["*".to_owned()].into_iter().chain(own).collect();
    draft.push("own_indicators", "the policy's own figures take their place", select(&columns, "FROM without_dictionary_figures"));
}

fn standing(draft: &mut Draft) {
    let needed = |group: &Group| {
        let mut missing = vec!["land_mu IS NULL OR land_mu <= 0".to_owned()];
        let placing = draft.policy.grades_of(group).map(|grades| grades.placing_names()).unwrap_or_default();
        for indicator in &group.indicators {
            let is_needed = indicator.is_scored() && indicator.missing == Missing::NotAssessable || placing.contains(&indicator.id);
            if is_needed {
                missing.push(format!("{} IS NULL", name(&indicator.id)));
            }
        }
        Some(format!("({})", missing.join(" OR ")))
    };
    let unassessable = draft.by_group(needed).unwrap_or_else(|| "FALSE".to_owned());
    let standing = format!(
        "CASE WHEN admission IN ('exempt', 'deferred', 'collected-only') THEN admission \
         WHEN peer_group IS NULL OR pool IS NULL THEN 'no-group' WHEN {unassessable} THEN 'not-assessable' ELSE admission END"
    );
    let last = draft.last().to_owned();
    let columns = ["*".to_owned(), format!("{standing} AS standing")];
    draft.push(
        "assessed",
        "who can be assessed: land and every figure that may not be missing are known",
        select(&columns, &format!("FROM {last}")),
    );
}
