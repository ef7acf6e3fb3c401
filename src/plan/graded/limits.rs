//! So many per cent at most of the best grades, at least of the worst.

use rust_decimal::Decimal;

use super::super::Draft;
use super::super::print::{grade_at, grade_number};
use super::{base, count, inside};
use crate::policy::grade::{Grades, Limits};

/// The grade within the limits, from `ruled_grade`; `None` where no group has limits.
pub fn limited(draft: &Draft) -> Option<String> {
    let of = |grades: &Grades| grades.limits.as_ref().map(|limits| one(&grades.names(), limits));
    draft.policy.groups.iter().filter_map(|group| draft.policy.grades_of(group)).find_map(of)?;
    draft.by_group(|group| draft.policy.grades_of(group).map(|grades| of(grades).unwrap_or_else(|| "ruled_grade".to_owned())))
}

fn one(names: &[String], limits: &Limits) -> String {
    let number = |grade: &String| names.iter().position(|name| name == grade).map_or(0, |at| at + 1);
    let mut parts = vec![grade_number(names, "ruled_grade")];
    let base = base(limits.cut);
    if !limits.at_most.is_empty() {
        let place = if limits.cut.ties_down { "(place + equals - 1)" } else { "place" };
        let mut total = Decimal::ZERO;
        let mut best = "CASE".to_owned();
        for (grade, share) in &limits.at_most {
            total += share;
            best += &format!(" WHEN {} THEN {}", inside(limits.cut.rounding, total, place, base), number(grade));
        }
        parts.push(format!("{best} ELSE {} END", limits.at_most.len() + 1));
    }
    if !limits.at_least.is_empty() {
        let place = if limits.cut.ties_down { "place + equals - 1" } else { "place" };
        let mut counts: Vec<String> = Vec::new();
        let mut worst = "CASE".to_owned();
        for (grade, share) in &limits.at_least {
            counts.push(count(limits.cut.rounding, *share, base));
            worst += &format!(" WHEN {place} > pool_size - ({}) THEN {}", counts.join(" + "), number(grade));
        }
        parts.push(format!("{worst} ELSE 1 END"));
    }
    format!("CASE WHEN ruled_grade IS NOT NULL THEN {} END", grade_at(names, &format!("GREATEST({})", parts.join(", "))))
}
