//! Stages `targets` and `judged`: value, goal and verdict of every target, the gap, and what it would take.
//!
//! Verdicts: `met`, `missed`, `on-course` (a dated target whose year is to come, growing fast enough, or whose day is to come),
//! `cannot-tell`, `not-applicable`.

use super::super::print::rounded;
use super::figures::base_names;
use super::{Draft, is_yearly};
use crate::dictionary::Part;
use crate::plan::select;
use crate::policy::scheme::{By, Direction, Scheme, Target};
use crate::policy::term::{Operator, Term};

/// Adds the stages.
pub fn add(draft: &mut Draft) {
    let targets: Vec<Target> = draft.targets().into_iter().cloned().collect();
    let terms: Vec<Term> = targets.iter().flat_map(|target| target.terms().cloned().collect::<Vec<_>>()).collect();
    let dues: Vec<Term> = draft.scheme.reviews.iter().map(|review| review.due.term.clone()).collect();
    let takes: Vec<Term> = targets.iter().filter_map(|target| take(target, draft.scheme).map(|(term, _)| term)).collect();
    draft.reach(&terms.iter().chain(&dues).chain(&takes).collect::<Vec<_>>());
    let mut columns = vec!["*".to_owned()];
    for target in &targets {
        columns.extend(measured(draft, target));
    }
    for review in &draft.scheme.reviews {
        columns.push(format!("CAST({} AS DATE) AS {}__due", draft.sql(&review.due.term), review.id.replace('-', "_")));
    }
    let from = format!("FROM {}", draft.last());
    draft.push("targets", "what each target measures, and its goal", select(&columns, &from));
    before(draft, &targets);
    let mut columns = vec!["*".to_owned()];
    for target in &targets {
        columns.extend(path(draft, target));
    }
    let from = format!("FROM {}", draft.last());
    draft.push("paths", "how far from the goal, how fast, and how fast it would have to be", select(&columns, &from));
    let mut columns = vec!["*".to_owned()];
    for target in &targets {
        columns.push(format!("{} AS {}__verdict", verdict(draft, target), target.slug()));
    }
    draft.push("judged", "the verdict on each target", select(&columns, "FROM paths"));
}

/// Value, goal and for whom.
fn measured(draft: &Draft, target: &Target) -> Vec<String> {
    let slug = target.slug();
    let mut columns = vec![format!("CAST({} AS DOUBLE) AS {slug}__value", draft.value(&target.value.term))];
    columns.push(format!("CAST({} AS DOUBLE) AS {slug}__goal", draft.value(&target.goal.term)));
    if let Some(when) = &target.when {
        columns.push(format!("CAST({} AS BOOLEAN) AS {slug}__applies", draft.sql(&when.term)));
        columns.push(format!("{} AS {slug}__may_apply", draft.off(&when.term, true)));
        columns.push(format!("{} AS {slug}__may_lapse", draft.off(&when.term, false)));
    }
    if let Some(tolerance) = &target.tolerance {
        columns.push(format!("CAST({} AS DOUBLE) AS {slug}__tolerance", draft.value(&tolerance.term)));
    }
    let value = draft.settled(&target.value.term);
    columns.push(format!("{} AS {slug}__may_rise", draft.off(&value, true)));
    columns.push(format!("{} AS {slug}__may_fall", draft.off(&value, false)));
    let others = target.tolerance.iter().chain([&target.goal]).map(|formula| &formula.term);
    let open: Vec<String> =
        others.flat_map(|term| [draft.off(term, true), draft.off(term, false)]).filter(|text| text != "FALSE").collect();
    columns.push(format!("{} AS {slug}__open", if open.is_empty() { "FALSE".to_owned() } else { open.join(" OR ") }));
    columns.push(format!("{} AS {slug}__incomplete", incomplete(draft, &target.value.term)));
    if let Some((term, _)) = take(target, draft.scheme) {
        // Written as SQL of its own: it names the goal, which is a column only afterwards.
        columns.push(format!("CAST({} AS DOUBLE) AS {slug}__take", draft.value(&term)));
    }
    columns
}

/// How many rows lack a figure that a value rests on: of several figures the most.
fn incomplete(draft: &Draft, term: &Term) -> String {
    let mut blanks: Vec<String> = rests_on(draft, term, 0).into_iter().map(|id| format!("{id}__blank")).collect();
    blanks.sort();
    blanks.dedup();
    match blanks.as_slice() {
        [] => "CAST(0 AS BIGINT)".to_owned(),
        [one] => one.clone(),
        several => format!("GREATEST({})", several.join(", ")),
    }
}

/// Sums that a term rests on, through definitions.
fn rests_on(draft: &Draft, term: &Term, depth: usize) -> Vec<String> {
    let mut found = Vec::new();
    for alias in term.names() {
        let Some(reference) = draft.names().get(&alias) else { continue };
        match draft.scheme.definition(&reference.name) {
            Some(definition) if depth < 20 => found.extend(rests_on(draft, &definition.value, depth + 1)),
            _ => {
                let is_sum = draft.bounds.contains_key(&reference.name)
                    && (draft.scheme.measure(&reference.name).is_some()
                        || draft.scheme.states.iter().any(|state| state.id == reference.name));
                if is_sum && base_names(draft).iter().any(|(name, _)| *name == reference.name) {
                    found.push(reference.name.clone());
                }
            }
        }
    }
    found
}

/// What it would take, and the name whose unit it has: for a ratio so much more of what stands above, else the gap itself.
pub fn take(target: &Target, scheme: &Scheme) -> Option<(Term, Option<String>)> {
    let goal = target.goal.term.clone();
    let value = &target.value.term;
    let inner = match value {
        Term::Column(id, _) => scheme.definition(id).map_or(value, |definition| &definition.value),
        other => other,
    };
    let (factor, inner) = match inner {
        Term::Binary(Operator::Multiply, left, right) => match (left.as_ref(), right.as_ref()) {
            (factor @ Term::Number(_), ratio) | (ratio, factor @ Term::Number(_)) => (Some(factor.clone()), ratio),
            _ => (None, inner),
        },
        other => (None, other),
    };
    let goal = match factor {
        Some(factor) => Term::Binary(Operator::Divide, Box::new(goal), Box::new(factor)),
        None => goal,
    };
    let (goal, inner) = match inner {
        Term::Binary(Operator::Subtract, ratio, one) if matches!(one.as_ref(), Term::Number(one) if one == "1") => {
            (Term::Binary(Operator::Add, Box::new(goal), one.clone()), ratio.as_ref())
        }
        other => (goal, other),
    };
    let times = |below: &Term, above: &Term| {
        let wanted = Term::Binary(Operator::Multiply, Box::new(goal.clone()), Box::new(below.clone()));
        Term::Binary(Operator::Subtract, Box::new(wanted), Box::new(above.clone()))
    };
    match inner.ratio() {
        Some((above, below)) => {
            let unit = if let Term::Column(name, _) = above { Some(name.clone()) } else { None };
            unit.map(|unit| (times(below, above), Some(unit)))
        }
        None if inner == value => Some((Term::Binary(Operator::Subtract, Box::new(goal), Box::new(value.clone())), None)),
        None => None,
    }
}

/// Beside each dated target its value a year before.
fn before(draft: &mut Draft, targets: &[Target]) {
    let dated: Vec<String> = targets.iter().filter(|target| target.by.is_some()).map(Target::slug).collect();
    if dated.is_empty() {
        return;
    }
    let mut columns = vec!["scope".to_owned(), "unit_name".to_owned(), "year + 1 AS year".to_owned()];
    columns.extend(
        dated
            .iter()
            .map(|slug| format!("CASE WHEN NOT {slug}__may_rise AND NOT {slug}__may_fall THEN {slug}__value END AS {slug}__before")),
    );
    draft.push("a_year_before", "what was measured a year before", select(&columns, "FROM targets"));
    let mut columns = vec!["t.*".to_owned()];
    columns.extend(dated.iter().map(|slug| format!("b.{slug}__before")));
    let from = "FROM targets AS t\nLEFT JOIN a_year_before AS b ON t.scope = b.scope AND t.unit_name = b.unit_name AND t.year = b.year";
    draft.push("followed", "beside the year's own", select(&columns, from));
}

/// The year of a dated target; `None`: its setting is not set.
fn due_year(draft: &Draft, by: &By) -> Option<i32> {
    by.year.or_else(|| match draft.options.settings.get(by.setting.as_ref()?) {
        Some(Term::Number(year)) => super::whole(year).parse().ok(),
        _ => None,
    })
}

/// Gap, growth and growth needed, in per cent a year.
fn path(draft: &Draft, target: &Target) -> Vec<String> {
    let slug = target.slug();
    let mut columns = vec![format!("{} AS {slug}__gap", rounded(&format!("({slug}__value - {slug}__goal)"), 6))];
    let null = |what: &str| format!("CAST(NULL AS DOUBLE) AS {slug}__{what}");
    let Some(by) = &target.by else {
        columns.extend([null("needed"), null("growth")]);
        return columns;
    };
    let growth = format!("CASE WHEN {slug}__before > 0 AND {slug}__value > 0 THEN 100.0 * ({slug}__value / {slug}__before - 1.0) END");
    let needed = due_year(draft, by).map(|due| {
        let rate = format!("POWER({slug}__goal / {slug}__value, 1.0 / CAST({due} - year AS DOUBLE))");
        format!("CASE WHEN year < {due} AND {slug}__value > 0 AND {slug}__goal > 0 THEN 100.0 * ({rate} - 1.0) END")
    });
    match needed {
        Some(needed) => columns.push(format!("{} AS {slug}__needed", rounded(&needed, 6))),
        None => columns.push(null("needed")),
    }
    columns.push(format!("{} AS {slug}__growth", rounded(&growth, 6)));
    columns
}

/// Met, missed, on course or cannot tell.
fn verdict(draft: &Draft, target: &Target) -> String {
    let slug = target.slug();
    let (value, goal) = (format!("{slug}__value"), format!("{slug}__goal"));
    let (hi, lo) = (format!("{slug}__may_rise"), format!("{slug}__may_fall"));
    let distance = rounded(&format!("ABS({value} - {goal})"), 6);
    let met = match target.direction {
        Direction::AtLeast => format!("{value} >= {goal}"),
        Direction::Above => format!("{value} > {goal}"),
        Direction::AtMost => format!("{value} <= {goal}"),
        Direction::Below => format!("{value} < {goal}"),
        Direction::About => format!("{distance} <= {slug}__tolerance"),
    };
    // What others lack could turn the verdict round.
    let (met_open, missed_open) = match target.direction {
        Direction::AtLeast | Direction::Above => (lo.clone(), hi.clone()),
        Direction::AtMost | Direction::Below => (hi.clone(), lo.clone()),
        Direction::About => (format!("({hi} OR {lo})"), format!("({hi} AND {value} < {goal}) OR ({lo} AND {value} > {goal})")),
    };
    let mut cases = Vec::new();
    if target.when.is_some() {
        cases.push(format!("WHEN NOT {slug}__applies AND NOT {slug}__may_apply THEN 'not-applicable'"));
        cases.push(format!("WHEN {slug}__applies IS NULL OR NOT {slug}__applies OR {slug}__may_lapse THEN 'cannot-tell'"));
    }
    if draft.options.part != Part::Year && target.yearly.unwrap_or_else(|| is_yearly(draft.scheme, &target.value.term)) {
        cases.push("WHEN TRUE THEN 'cannot-tell'".to_owned());
    }
    cases.push(format!("WHEN {met} AND NOT {slug}__open AND NOT {met_open} THEN 'met'"));
    if let Some(day) = target.by_day.as_ref().filter(|day| draft.options.as_of < format!("{}-{day}", draft.options.year).as_str()) {
        cases.push(format!("WHEN year = {} THEN 'on-course' /* before {day} */", draft.options.year));
    }
    let tolerance = if target.direction == Direction::About { format!(" OR {slug}__tolerance IS NULL") } else { String::new() };
    cases.push(format!("WHEN {value} IS NULL OR {goal} IS NULL{tolerance} OR {slug}__open THEN 'cannot-tell'"));
    cases.push(format!("WHEN {met} THEN 'cannot-tell'"));
    cases.push(format!("WHEN {missed_open} THEN 'cannot-tell'"));
    if let Some(by) = &target.by {
        match due_year(draft, by) {
            Some(due) => {
                let (needed, growth) = (format!("{slug}__needed"), format!("{slug}__growth"));
                let is_rising = match target.direction {
                    Direction::AtLeast | Direction::Above => format!("{growth} >= {needed}"),
                    Direction::AtMost | Direction::Below => format!("{growth} <= {needed}"),
                    Direction::About => {
                        format!("({value} < {goal} AND {growth} >= {needed}) OR ({value} > {goal} AND {growth} <= {needed})")
                    }
                };
                cases.push(format!("WHEN year < {due} AND ({growth} IS NULL OR {needed} IS NULL) THEN 'cannot-tell'"));
                cases.push(format!("WHEN year < {due} AND ({is_rising}) THEN 'on-course'"));
            }
            // The plan's end is not set: whether there is time left cannot be told.
            None => cases.push("WHEN TRUE THEN 'cannot-tell'".to_owned()),
        }
    }
    format!("CASE {} ELSE 'missed' END", cases.join(" "))
}
