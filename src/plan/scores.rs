//! Stage `scores`: the sum of the points, compared at six decimals, and the outcome.

use rust_decimal::Decimal;

use super::print::{double, name, rounded};
use super::{Draft, of_groups, select};
use crate::policy::points::Missing;
use crate::policy::scope::Group;

/// Decimals at which scores are compared.
pub const DECIMALS: u32 = 6;

/// Adds the stage.
pub fn add(draft: &mut Draft) {
    let bonus = super::bonus::add(draft).map_or(String::new(), |bonus| format!(" + {bonus}"));
    let score = draft.by_group(|group| sum(group).map(|sum| rounded(&format!("({sum}{bonus})"), DECIMALS)));
    let score = score.unwrap_or_else(|| "CAST(NULL AS DOUBLE)".to_owned());
    let from = format!("FROM {}", draft.last());
    draft.push("summed", "the sum of the points, compared at six decimals", select(&["*".to_owned(), format!("{score} AS score")], &from));
    let scored: Vec<&Group> = draft.policy.groups.iter().filter(|group| sum(group).is_some()).collect();
    let outcome = if scored.is_empty() {
        "standing".to_owned()
    } else {
        let member = if scored.len() == draft.policy.groups.len() {
            String::new()
        } else {
            of_groups(scored.iter().map(|group| group.id.as_str())).map_or(String::new(), |member| format!(" AND {member}"))
        };
        format!("CASE WHEN standing IN ('graded', 'scored-only') AND score IS NULL{member} THEN 'not-assessable' ELSE standing END")
    };
    draft.push(
        "scores",
        "what becomes of each: without a score nobody is graded",
        select(&["*".to_owned(), format!("{outcome} AS outcome")], "FROM summed"),
    );
}

fn sum(group: &Group) -> Option<String> {
    let scored: Vec<_> = group.indicators.iter().filter(|indicator| indicator.is_scored()).collect();
    if scored.is_empty() {
        return None;
    }
    let spread: Vec<_> = scored.iter().filter(|indicator| indicator.missing == Missing::Spread).collect();
    let points = |id: &str| name(&format!("{id}_points"));
    let terms: Vec<String> = scored
        .iter()
        .map(|indicator| match indicator.missing {
            Missing::Spread => format!("COALESCE({}, 0.0)", points(&indicator.id)),
            _ => points(&indicator.id),
        })
        .collect();
    let sum = terms.join(" + ");
    if spread.is_empty() {
        return Some(sum);
    }
    let total: Decimal = scored.iter().map(|indicator| indicator.weight).sum();
    let number = |number: Decimal| double(&number.normalize().to_string());
    let missing: Vec<String> = spread
        .iter()
        .map(|indicator| format!("CASE WHEN {} IS NULL THEN {} ELSE 0.0 END", points(&indicator.id), number(indicator.weight)))
        .collect();
    Some(format!("({sum}) * {} / NULLIF({} - ({}), 0.0)", number(total), number(total), missing.join(" + ")))
}
