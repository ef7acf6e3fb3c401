//! The selection in two stages: halves by place, then picks inside them by keys of their own.

use super::super::print::text;
use super::super::{Draft, placed, select};
use super::{base, inside};
use crate::policy::grade::{From, Pick, Rule, TwoStage};
use crate::policy::scope::Group;

/// The rule of a group, where it is one of this kind.
fn stages<'d>(draft: &Draft<'d>, group: &Group) -> Option<&'d TwoStage> {
    match &draft.policy.grades_of(draft.policy.groups.iter().find(|known| known.id == group.id)?)?.rule {
        Rule::TwoStage(stages) => Some(stages),
        _ => None,
    }
}

/// Adds the halves and a pair of stages for each pick.
pub fn add(draft: &mut Draft) {
    let most = draft.policy.groups.iter().filter_map(|group| stages(draft, group)).map(|stages| stages.picks.len()).max();
    let Some(most) = most else { return };
    let half = draft.by_group(|group| {
        // Equals at the cut belong to the better half.
        stages(draft, group).map(|stages| inside(stages.cut.rounding, stages.better, "place", "pool_size"))
    });
    let half = format!("CASE WHEN place IS NOT NULL THEN {} END AS better_half", half.unwrap_or_else(|| "NULL".to_owned()));
    draft.push("halved", "who is in the better half; equals at the cut are", select(&["*".to_owned(), half], "FROM placed"));
    for at in 0..most {
        pick(draft, at);
    }
}

fn pick(draft: &mut Draft, at: usize) {
    let number = at + 1;
    let key = draft.by_group(|group| {
        let pick = stages(draft, group)?.picks.get(at)?;
        let key = placed::key(draft, group, &pick.by);
        let key = if pick.last { format!("-({key})") } else { key };
        let mut conditions = vec![may_take(pick).to_owned()];
        conditions.extend((1..number).map(|before| format!("NOT COALESCE(picked_{before}, FALSE)")));
        Some(format!("CASE WHEN {} THEN {key} END", conditions.join(" AND ")))
    });
    let key = format!("{} AS pick_key_{number}", key.unwrap_or_else(|| "CAST(NULL AS DOUBLE)".to_owned()));
    let from = format!("FROM {}", draft.last());
    draft.push(format!("keyed_{number}"), "what the pick goes by, for those it may take", select(&["*".to_owned(), key], &from));
    let keys = draft.pool_keys();
    let known = |sql: String| format!("CASE WHEN pick_key_{number} IS NOT NULL THEN CAST({sql} AS BIGINT) END");
    let place = known(format!("RANK() OVER (PARTITION BY {keys} ORDER BY pick_key_{number} DESC)"));
    let equals = known(format!("COUNT(*) OVER (PARTITION BY {keys}, pick_key_{number})"));
    let columns = ["*".to_owned(), format!("{place} AS pick_place_{number}"), format!("{equals} AS pick_equals_{number}")];
    draft.push(format!("picks_{number}"), "the place among them", select(&columns, &format!("FROM keyed_{number}")));
    let picked = draft.by_group(|group| {
        let stages = stages(draft, group)?;
        let pick = stages.picks.get(at)?;
        let names = draft.policy.grades_of(group)?.names();
        Some(inside(stages.cut.rounding, pick.share, &place_of(stages, pick, &names, number), base(stages.cut)))
    });
    let picked = format!("{} AS picked_{number}", picked.unwrap_or_else(|| "CAST(NULL AS BOOLEAN)".to_owned()));
    draft.push(format!("picked_{number}"), "is it picked?", select(&["*".to_owned(), picked], &format!("FROM picks_{number}")));
}

/// Whom a pick may take.
fn may_take(pick: &Pick) -> &'static str {
    match pick.from {
        From::Better => "better_half",
        From::Worse => "NOT better_half",
        From::All => "better_half IS NOT NULL",
    }
}

/// Equals across the cut all get the better grade, or all the worse: the pick's own, or that of those who are not picked.
fn place_of(stages: &TwoStage, pick: &Pick, names: &[String], number: usize) -> String {
    let rank = |grade: &String| names.iter().position(|name| name == grade);
    let gives_better = rank(&pick.grade) < rank(&stages.rest);
    let takes_equals = gives_better != stages.cut.ties_down;
    if takes_equals { format!("pick_place_{number}") } else { format!("(pick_place_{number} + pick_equals_{number} - 1)") }
}

/// The grade: of the first pick that took it; unknown where the key of a pick that might take it is unknown.
pub fn grade(rule: &TwoStage) -> String {
    let mut sql = "CASE".to_owned();
    for (at, pick) in rule.picks.iter().enumerate() {
        let number = at + 1;
        let may = may_take(pick);
        sql += &format!(" WHEN picked_{number} THEN {} WHEN {may} AND pick_key_{number} IS NULL THEN NULL", text(&pick.grade));
    }
    format!("{sql} WHEN place IS NULL THEN NULL ELSE {} END", text(&rule.rest))
}
