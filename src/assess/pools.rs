//! Pools that are too small for their quota: a grade has a share there, and nobody got it.
//!
//! In: an evaluated data set. Out: one warning for each grade of a group, with every pool in which its share gives no place.

use std::collections::BTreeMap;

use polars::prelude::{DataFrame, StringChunked};

use super::Prepared;
use crate::finding::{Code, Finding, Findings, Place};
use crate::policy::grade::Rule;

/// Pools named at most.
const MOST: usize = 8;

/// Warns of them.
pub fn check(prepared: &Prepared, frame: &DataFrame, findings: &mut Findings) {
    let texts = |name: &str| -> Option<StringChunked> { frame.column(name).ok()?.str().ok().cloned() };
    let (Some(groups), Some(pools)) = (texts("peer_group"), texts("pool")) else { return };
    let Some(grades) = texts("ranked_grade").or_else(|| texts("grade")) else { return };
    let mut counts: BTreeMap<(&str, &str), BTreeMap<&str, usize>> = BTreeMap::new();
    for row in 0..frame.height() {
        if let (Some(group), Some(grade)) = (groups.get(row), grades.get(row)) {
            *counts.entry((group, pools.get(row).unwrap_or_default())).or_default().entry(grade).or_default() += 1;
        }
    }
    for group in &prepared.policy.groups {
        let Some(Rule::Shares(shares)) = prepared.policy.grades_of(group).map(|grades| &grades.rule) else { continue };
        for (grade, share) in shares.shares.iter().filter(|(_, share)| !share.is_zero()) {
            let of_group = counts.iter().filter(|((id, _), grades)| *id == group.id && !grades.contains_key(grade.as_str()));
            let small: Vec<String> = of_group
                .map(|((_, pool), grades)| {
                    let members: usize = grades.values().sum();
                    if pool.is_empty() { members.to_string() } else { format!("{pool} ({members})") }
                })
                .collect();
            if small.is_empty() {
                continue;
            }
            let more = if small.len() > MOST { format!(" … +{}", small.len() - MOST) } else { String::new() };
            let named = small.iter().take(MOST).map(String::as_str).collect::<Vec<_>>().join(", ");
            findings.push(
                Finding::warning(Code::PoolTooSmall, Place::Nowhere)
                    .text(named + &more)
                    .with("grade", grade)
                    .with("share", share.normalize())
                    .with("group", &group.id),
            );
        }
    }
}
