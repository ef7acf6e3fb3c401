//! So many per cent at most of the best grades, at least of the worst.

use rust_decimal::Decimal;

use super::super::Draft;
use super::super::print::text;
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
    let index: Vec<String> = names.iter().map(|grade| format!("WHEN {} THEN {}", text(grade), number(grade))).collect();
    let back: Vec<String> = names.iter().map(|grade| format!("WHEN {} THEN {}", number(grade), text(grade))).collect();
    let mut parts = vec![format!("CASE ruled_grade {} END", index.join(" "))];
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
    format!("CASE WHEN ruled_grade IS NOT NULL THEN CASE GREATEST({}) {} END END", parts.join(", "), back.join(" "))
}
