//! Stages `halved`, `picked_*`, `ruled` and `graded`: from place, score or conditions to a grade.
//!
//! Shares are compared by cross-multiplication in whole numbers, so that no cut depends on a division: a place is inside a
//! share s of n, rounded half-up, when 100 · place − 50 ≤ s · n.

mod limits;
mod two_stage;

use rust_decimal::Decimal;

use super::print::text;
use super::{Draft, select};
use crate::policy::grade::{Cut, Grades, Rounding, Rule, Shares};

/// Adds the stages.
pub fn add(draft: &mut Draft) {
    two_stage::add(draft);
    let grade = draft.by_group(|group| draft.policy.grades_of(group).map(|grades| rule(draft, grades)));
    let grade = grade.unwrap_or_else(|| "CAST(NULL AS VARCHAR)".to_owned());
    let grade = format!("CASE WHEN outcome = 'graded' THEN {grade} END");
    let from = format!("FROM {}", draft.last());
    let about = "the grade by the policy's rule, before any move";
    let Some(limited) = limits::limited(draft) else {
        draft.push("graded", about, select(&["*".to_owned(), format!("{grade} AS ranked_grade")], &from));
        return;
    };
    draft.push("ruled", "the grade by the rule, before its limits", select(&["*".to_owned(), format!("{grade} AS ruled_grade")], &from));
    draft.push("graded", about, select(&["*".to_owned(), format!("{limited} AS ranked_grade")], "FROM ruled"));
}

fn rule(draft: &Draft, grades: &Grades) -> String {
    let mut sql = "CASE".to_owned();
    match &grades.rule {
        Rule::Shares(rule) => return shares(rule),
        Rule::TwoStage(rule) => return two_stage::grade(rule),
        Rule::Lines(lines, rest) => {
            for (grade, least) in lines {
                sql += &format!(" WHEN score >= {} THEN {}", least.normalize(), text(grade));
            }
            sql += &format!(" WHEN score IS NULL THEN NULL ELSE {} END", text(rest));
        }
        Rule::Predicate(cases, rest) => {
            let printer = draft.printer();
            for (grade, when) in cases {
                let when = printer.print(when);
                // A grade that cannot be told is not the next grade.
                sql += &format!(" WHEN {when} THEN {} WHEN ({when}) IS NULL THEN NULL", text(grade));
            }
            if let Some(rest) = rest {
                sql += &format!(" ELSE {}", text(rest));
            }
            sql += " END";
        }
    }
    sql
}

/// What per cents are of.
fn base(cut: Cut) -> &'static str {
    if cut.of_all { "everybody" } else { "pool_size" }
}

/// A per cent in whole numbers: the share, and what stands for 100.
fn whole(share: Decimal) -> (Decimal, Decimal) {
    let unit = Decimal::from(10i64.pow(share.normalize().scale().min(12)));
    ((share * unit).normalize(), (Decimal::ONE_HUNDRED * unit).normalize())
}

/// Is a place among the first so many per cent?
fn inside(rounding: Rounding, share: Decimal, place: &str, base: &str) -> String {
    let (share, hundred) = whole(share);
    match rounding {
        Rounding::HalfUp => format!("{hundred} * {place} - {} <= {share} * {base}", (hundred / Decimal::TWO).normalize()),
        Rounding::Floor => format!("{hundred} * {place} <= {share} * {base}"),
        Rounding::Ceiling => format!("{hundred} * {place} - {hundred} < {share} * {base}"),
    }
}

fn shares(rule: &Shares) -> String {
    let place = if rule.cut.ties_down { "(place + equals - 1)" } else { "place" };
    let base = base(rule.cut);
    let mut sql = "CASE".to_owned();
    match &rule.remainder {
        None => {
            let mut total = Decimal::ZERO;
            for (grade, share) in rule.shares.iter().take(rule.shares.len().saturating_sub(1)) {
                total += share;
                sql += &format!(" WHEN {} THEN {}", inside(rule.cut.rounding, total, place, base), text(grade));
            }
            let last = rule.shares.last().map_or("", |(grade, _)| grade.as_str());
            if rule.shares.len() == 1 {
                return text(last);
            }
            sql + &format!(" ELSE {} END", text(last))
        }
        Some(remainder) => {
            let at = rule.shares.iter().position(|(grade, _)| grade == remainder).unwrap_or(0);
            let mut counts: Vec<String> = Vec::new();
            for (grade, share) in &rule.shares[..at] {
                counts.push(count(rule.cut.rounding, *share, base));
                sql += &format!(" WHEN {place} <= {} THEN {}", counts.join(" + "), text(grade));
            }
            let mut counts: Vec<String> = Vec::new();
            for (grade, share) in rule.shares[at + 1..].iter().rev() {
                counts.push(count(rule.cut.rounding, *share, base));
                sql += &format!(" WHEN {place} > pool_size - ({}) THEN {}", counts.join(" + "), text(grade));
            }
            if rule.shares.len() == 1 {
                return text(remainder);
            }
            sql + &format!(" ELSE {} END", text(remainder))
        }
    }
}

/// How many places a share of its own takes. The millionth lifts whole quotients over the error of a division.
fn count(rounding: Rounding, share: Decimal, base: &str) -> String {
    let (share, hundred) = whole(share);
    let added = match rounding {
        Rounding::HalfUp => "0.500001",
        Rounding::Floor => "0.000001",
        Rounding::Ceiling => "0.999999",
    };
    format!("FLOOR({share}.0 * {base} / {hundred}.0 + {added})")
}
