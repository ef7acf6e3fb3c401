//! Stage `graded`: from place, score or conditions to a grade.
//!
//! Shares are compared by cross-multiplication in whole numbers, so that no cut depends on a division: a place is inside a
//! share s of n, rounded half-up, when 100 · place − 50 ≤ s · n.

use rust_decimal::Decimal;

use super::print::text;
use super::{Draft, select};
use crate::policy::grade::{Grades, Rounding, Rule, Shares};

/// Adds the stage.
pub fn add(draft: &mut Draft) {
    let grade = draft.by_group(|group| draft.policy.grades_of(group).map(|grades| rule(draft, grades)));
    let grade = grade.unwrap_or_else(|| "CAST(NULL AS VARCHAR)".to_owned());
    let columns = ["*".to_owned(), format!("CASE WHEN outcome = 'graded' THEN {grade} END AS ranked_grade")];
    draft.push("graded", "the grade by the policy's rule, before any move", select(&columns, "FROM placed"));
}

fn rule(draft: &Draft, grades: &Grades) -> String {
    let mut sql = "CASE".to_owned();
    match &grades.rule {
        Rule::Shares(rule) => return shares(rule),
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

fn shares(rule: &Shares) -> String {
    let place = if rule.ties_down { "(place + equals - 1)" } else { "place" };
    let base = if rule.of_all { "everybody" } else { "pool_size" };
    let scale = rule.shares.iter().map(|(_, share)| share.normalize().scale()).max().unwrap_or(0);
    let unit = Decimal::from(10i64.pow(scale.min(12)));
    let hundred = Decimal::ONE_HUNDRED * unit;
    let mut sql = "CASE".to_owned();
    match &rule.remainder {
        None => {
            let mut total = Decimal::ZERO;
            for (grade, share) in rule.shares.iter().take(rule.shares.len().saturating_sub(1)) {
                total += share;
                let share = (total * unit).normalize();
                let inside = match rule.rounding {
                    Rounding::HalfUp => format!("{hundred} * {place} - {} <= {share} * {base}", (hundred / Decimal::TWO).normalize()),
                    Rounding::Floor => format!("{hundred} * {place} <= {share} * {base}"),
                    Rounding::Ceiling => format!("{hundred} * {place} - {hundred} < {share} * {base}"),
                };
                sql += &format!(" WHEN {inside} THEN {}", text(grade));
            }
            let last = rule.shares.last().map_or("", |(grade, _)| grade.as_str());
            if rule.shares.len() == 1 {
                return text(last);
            }
            sql + &format!(" ELSE {} END", text(last))
        }
        Some(remainder) => {
            let count = |share: Decimal| count(rule.rounding, (share * unit).normalize(), hundred, base);
            let at = rule.shares.iter().position(|(grade, _)| grade == remainder).unwrap_or(0);
            let mut counts: Vec<String> = Vec::new();
            for (grade, share) in &rule.shares[..at] {
                counts.push(count(*share));
                sql += &format!(" WHEN {place} <= {} THEN {}", counts.join(" + "), text(grade));
            }
            let mut counts: Vec<String> = Vec::new();
            for (grade, share) in rule.shares[at + 1..].iter().rev() {
                counts.push(count(*share));
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
fn count(rounding: Rounding, share: Decimal, hundred: Decimal, base: &str) -> String {
    let added = match rounding {
        Rounding::HalfUp => "0.500001",
        Rounding::Floor => "0.000001",
        Rounding::Ceiling => "0.999999",
    };
    format!("FLOOR({share}.0 * {base} / {hundred}.0 + {added})")
}
