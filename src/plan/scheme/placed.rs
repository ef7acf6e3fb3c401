//! Stages `scored`, `placed` and `laddered`: the plan's own score, the places of zones, and what follows from them.
//!
//! A target that cannot be told takes no part in the score; where too little of the weight is told there is no score and no
//! place. A year without a place breaks the chain of years.

use super::super::print::{double, name, rounded};
use super::Draft;
use crate::plan::select;
use crate::policy::scheme::{Direction, End, Score, ScoreRule, Target};

/// Adds the stages.
pub fn add(draft: &mut Draft) {
    let by = draft.options.by;
    let scored: Vec<Target> = draft.scheme.targets_of(by).filter(|target| target.weight.is_some()).cloned().collect();
    match draft.scheme.score.clone().filter(|_| !scored.is_empty()) {
        Some(score) => add_scores(draft, &score, &scored),
        None => draft.push(
            "placed",
            "the plan has no score",
            "SELECT *, CAST(NULL AS DOUBLE) AS score, CAST(NULL AS BIGINT) AS place, CAST(NULL AS BIGINT) AS placed\nFROM judged"
                .to_owned(),
        ),
    }
    add_ladder(draft);
}

fn add_scores(draft: &mut Draft, score: &Score, targets: &[Target]) {
    let (mut points, mut told, mut all) = (Vec::new(), Vec::new(), Vec::new());
    for target in targets {
        let (slug, weight) = (target.slug(), double(target.weight.as_deref().unwrap_or("0")));
        let is_told = format!("{slug}__verdict IN ('met', 'missed', 'on-course')");
        points.push(format!("CASE WHEN {is_told} THEN {weight} * {} ELSE 0.0 END", attained(target, score.rule)));
        told.push(format!("CASE WHEN {is_told} THEN {weight} ELSE 0.0 END"));
        all.push(format!("CASE WHEN {slug}__verdict <> 'not-applicable' THEN {weight} ELSE 0.0 END"));
    }
    let columns = [
        "*".to_owned(),
        format!("CAST({} AS DOUBLE) AS points", points.join("\n    + ")),
        format!("CAST({} AS DOUBLE) AS told_weight", told.join(" + ")),
        format!("CAST({} AS DOUBLE) AS all_weight", all.join(" + ")),
    ];
    draft.push("weighed", "points and weights of the targets that can be told", select(&columns, "FROM judged"));
    let known = rounded(&format!("({} * all_weight)", double(&score.known)), 6);
    let value = rounded("(100.0 * points / told_weight)", 6);
    let columns =
        ["*".to_owned(), format!("CASE WHEN scope <> 'city' AND told_weight > 0 AND told_weight >= {known} THEN {value} END AS score")];
    draft.push("scored", "the plan's own score: points of what can be told, per hundred", select(&columns, "FROM weighed"));
    let keys: Vec<String> =
        ["year".to_owned(), "unscored".to_owned()].into_iter().chain(score.within.iter().map(|key| name(&key.text))).collect();
    let keys = keys.join(", ");
    draft.push(
        "sorted",
        "those without a score apart",
        "SELECT *, CASE WHEN score IS NULL THEN 1 ELSE 0 END AS unscored\nFROM scored".to_owned(),
    );
    let columns = [
        "*".to_owned(),
        format!("CASE WHEN score IS NOT NULL THEN CAST(RANK() OVER (PARTITION BY {keys} ORDER BY score DESC) AS BIGINT) END AS place"),
        format!(
            "CASE WHEN score IS NOT NULL THEN CAST(RANK() OVER (PARTITION BY {keys} ORDER BY score ASC) AS BIGINT) END AS place_from_below"
        ),
        format!("CASE WHEN score IS NOT NULL THEN CAST(COUNT(score) OVER (PARTITION BY {keys}) AS BIGINT) END AS placed"),
    ];
    draft.push("placed", "places, equal scores sharing one", select(&columns, "FROM sorted"));
}

/// The part of the goal that is reached, from 0 to 1.
fn attained(target: &Target, rule: ScoreRule) -> String {
    let slug = target.slug();
    let is_met = format!("{slug}__verdict = 'met'");
    if rule == ScoreRule::Met {
        return format!("CASE WHEN {is_met} THEN 1.0 ELSE 0.0 END");
    }
    let (value, goal) = (format!("{slug}__value"), format!("{slug}__goal"));
    let part = match target.direction {
        Direction::AtLeast | Direction::Above => format!("WHEN {goal} > 0 THEN LEAST(GREATEST({value} / {goal}, 0.0), 1.0)"),
        Direction::AtMost | Direction::Below => format!("WHEN {value} > 0 AND {goal} > 0 THEN LEAST({goal} / {value}, 1.0)"),
        Direction::About => {
            format!("WHEN {value} > 0 AND {goal} > 0 THEN LEAST({value}, {goal}) / GREATEST({value}, {goal})")
        }
    };
    format!("CASE WHEN {is_met} THEN 1.0 {part} ELSE 0.0 END")
}

/// For each step whether its place holds this year, and whether it held in all the years before that it asks for.
fn add_ladder(draft: &mut Draft) {
    let ladder = &draft.scheme.ladder;
    let has_places = draft.stages.iter().any(|stage| stage.name == "sorted");
    if ladder.is_empty() || !has_places {
        return;
    }
    let mut columns = vec!["*".to_owned()];
    for (number, step) in ladder.iter().enumerate() {
        let place = if step.end == End::Top { "place" } else { "place_from_below" };
        let holds = match (step.count, &step.share) {
            // Among so few zones that all of them would be at the end, none is.
            (Some(count), _) => format!("{place} <= {count} AND placed > {count}"),
            (None, Some(share)) => {
                format!("CAST({place} AS DOUBLE) <= {}", rounded(&format!("({} * CAST(placed AS DOUBLE))", double(share)), 6))
            }
            (None, None) => "FALSE".to_owned(),
        };
        columns.push(format!("{holds} AS at_end_{number}"));
    }
    let most = ladder.iter().map(|step| step.years).max().unwrap_or(1);
    draft.push("ends", "who stands at an end of the table", select(&columns, "FROM placed"));
    let (mut from, mut joined) = ("FROM ends AS f".to_owned(), vec!["f.*".to_owned()]);
    for back in 1..most {
        let mut columns = vec!["scope".to_owned(), "unit_name".to_owned(), format!("year + {back} AS year")];
        for (number, _) in ladder.iter().enumerate().filter(|(_, step)| step.years > back) {
            columns.push(format!("at_end_{number} AS at_end_{number}_{back}"));
            joined.push(format!("b{back}.at_end_{number}_{back}"));
        }
        draft.push(format!("ends_{back}"), "who stood there before", select(&columns, "FROM ends"));
        from += &format!(
            "\nLEFT JOIN ends_{back} AS b{back} ON f.scope = b{back}.scope AND f.unit_name = b{back}.unit_name AND f.year = b{back}.year"
        );
    }
    draft.push("runs", "beside this year's", select(&joined, &from));
    let mut columns = vec!["*".to_owned()];
    for (number, step) in ladder.iter().enumerate() {
        let years: Vec<String> =
            std::iter::once(format!("at_end_{number}")).chain((1..step.years).map(|back| format!("at_end_{number}_{back}"))).collect();
        columns.push(format!("{} AS step_{number}", years.join(" AND ")));
    }
    draft.push("laddered", "so many years running; a year without a place leaves it open", select(&columns, "FROM runs"));
}
