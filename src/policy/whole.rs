//! What only the whole policy can show: names that clash, orders, sources and definitions that hang in the air.
//!
//! In: a policy as it was read. Out: findings. Next: the gate.

use std::collections::BTreeSet;

use super::grade::{self, Grades, Order};
use super::indicator::Indicator;
use super::scope::Group;
use super::source::{Block, Key, Source, pick};
use super::{Policy, Reference, book, derived, expression, panel_vocabulary};
use crate::finding::{Code, Finding, Findings};

/// What only the whole policy can show: orders, sources and definitions that hang in the air. Where a part could not be read,
/// what seems to be missing or unused may stand in that part: only what is certain is told.
pub(super) fn check(policy: &Policy, block: &Block, all_read: bool, findings: &mut Findings) {
    check_benchmark_ids(policy, block.source, findings);
    let source = block.source;
    for group in &policy.groups {
        let Some(grades) = policy.grades_of(group) else {
            if block.item("grades").is_none() {
                block.missing("grades", findings);
            }
            continue;
        };
        if !all_read {
            continue;
        }
        check_order(policy, group, grades, source, findings);
        let unscored = !group.indicators.iter().any(Indicator::is_scored);
        let needs_score = grades.order == Order::Score && !matches!(grades.rule, grade::Rule::Predicate(..))
            || matches!(grades.rule, grade::Rule::Lines(..));
        if unscored && needs_score {
            findings.push(Finding::error(Code::MissingKey, source.place(&group.key)).with("key", "weight"));
        }
    }
    check_names(policy, source, findings);
    let cited = check_cited(policy, source, findings);
    if all_read {
        check_used(policy, source, &cited, findings);
    }
}

/// Groups and grades that other parts name have to be there.
fn check_names(policy: &Policy, source: &Source, findings: &mut Findings) {
    let groups: Vec<(&str, ())> = policy.groups.iter().map(|group| (group.id.as_str(), ())).collect();
    let named = policy.bonuses.items.iter().flat_map(|item| &item.groups).chain(policy.moves.iter().flat_map(|step| &step.groups));
    for key in named {
        pick(source, key, "groups", &groups, findings);
    }
}

/// An order may name what its own group measures, not what another does.
fn check_order(policy: &Policy, group: &Group, grades: &Grades, source: &Source, findings: &mut Findings) {
    let elsewhere = policy.indicator_ids();
    let own: Vec<&str> = group.indicators.iter().map(|indicator| indicator.id.as_str()).collect();
    for order in grades.orders() {
        let Order::By { term, key } = order else { continue };
        for name in term.names() {
            let id = name.strip_suffix("_points").unwrap_or(&name);
            if elsewhere.contains(&id) && !own.contains(&id) && derived(id).is_none() {
                let finding = Finding::error(Code::UnknownColumn, source.place(key)).text(&name).with("name", &name);
                let near = expression::nearest(&name, own.iter().copied().chain(["score"]));
                findings.push(near.map_or(finding.clone(), |near| finding.with("hint", near)));
            }
        }
    }
}

/// Every citation must have its source; returns the citations.
fn check_cited<'p>(policy: &'p Policy, source: &Source, findings: &mut Findings) -> Vec<&'p Key> {
    let cited: Vec<&Key> = (policy.admissions.iter().filter_map(|admission| admission.source.as_ref()))
        .chain(policy.groups.iter().flat_map(|group| &group.indicators).filter_map(|indicator| indicator.source.as_ref()))
        .chain(policy.bonuses.items.iter().filter_map(|item| item.source.as_ref()))
        .chain(policy.moves.iter().filter_map(|step| step.source.as_ref()))
        .chain(policy.review.iter().filter_map(|review| review.source.as_ref()))
        .collect();
    for key in &cited {
        check_citation(key, &policy.sources, source, findings);
    }
    cited
}

/// A citation must name one of the sources.
pub(super) fn check_citation(key: &Key, sources: &[Reference], source: &Source, findings: &mut Findings) {
    if sources.iter().any(|reference| reference.id.text == key.text) {
        return;
    }
    let finding = Finding::error(Code::UnknownSource, source.place(key)).text(&key.text);
    let near = expression::nearest(&key.text, sources.iter().map(|reference| reference.id.text.as_str()));
    findings.push(near.map_or(finding.clone(), |near| finding.with("hint", near)));
}

/// A benchmark that bears the name of an indicator, or of its points, could not be told from it.
fn check_benchmark_ids(policy: &Policy, source: &Source, findings: &mut Findings) {
    let ids = policy.indicator_ids();
    for benchmark in &policy.benchmarks {
        let made = ["_points", "_benchmark", "_raw", "_known_points", "_mean_points", "_min", "_max", "_known"];
        let clashes = |id: &&str| benchmark.id == **id || made.iter().any(|suffix| benchmark.id.strip_suffix(suffix) == Some(id));
        if ids.iter().any(clashes) {
            findings.push(
                Finding::error(Code::BadValue, source.place(&benchmark.key))
                    .text(&benchmark.id)
                    .with("key", "id")
                    .with("wanted", "wanted.free-id"),
            );
        }
    }
}

/// What is defined and never used.
fn check_used(policy: &Policy, source: &Source, cited: &[&Key], findings: &mut Findings) {
    let by_rules = policy.book.as_ref().map(book::cited_sources).unwrap_or_default();
    for reference in policy.sources.iter().filter(|reference| !by_rules.contains(&reference.id.text)) {
        if !cited.iter().any(|key| key.text == reference.id.text) && !source.is_inherited(&reference.id) {
            findings.push(Finding::warning(Code::UnusedSource, source.place(&reference.id)).text(&reference.id.text));
        }
    }
    let mut used: BTreeSet<String> = BTreeSet::new();
    policy.admissions.iter().for_each(|admission| used.extend(admission.when.names()));
    for group in &policy.groups {
        group.when.iter().for_each(|when| used.extend(when.names()));
        let terms = group.indicators.iter().flat_map(|indicator| std::iter::once(&indicator.value).chain(&indicator.fallback));
        terms.for_each(|term| used.extend(term.names()));
        policy.grades_of(group).iter().flat_map(|grades| grades.terms()).for_each(|term| used.extend(term.names()));
    }
    policy.bonuses.terms().for_each(|term| used.extend(term.names()));
    policy.moves.iter().filter_map(|step| step.when.as_ref()).for_each(|term| used.extend(term.names()));
    policy.review.iter().for_each(|review| used.extend(review.low.names()));
    if let Some(own) = &policy.book {
        used.extend(book::used_names(own));
        let unbenched = book::Book { benchmarks: Vec::new(), ..own.clone() };
        book::check_used_names(&unbenched, source, findings);
    }
    for benchmark in policy.benchmarks.iter().filter(|benchmark| !used.contains(&benchmark.id) && !source.is_inherited(&benchmark.key)) {
        findings.push(Finding::warning(Code::UnusedDefinition, source.place(&benchmark.key)).text(&benchmark.id));
    }
    for group in &policy.groups {
        for indicator in group.indicators.iter().filter(|indicator| !indicator.is_scored()) {
            if !used.contains(&indicator.id) && !source.is_inherited(&indicator.key) {
                findings.push(Finding::warning(Code::UnusedDefinition, source.place(&indicator.key)).text(&indicator.id));
            }
        }
    }
}

/// Columns that the stages make: an indicator of that name would stand beside them or hide them.
const MADE: &[&str] = &[
    "enterprise",
    "admission",
    "group",
    "peer_group",
    "pool",
    "pool_size",
    "score",
    "place",
    "ranked_grade",
    "grade",
    "review",
    "outcome",
    "missing",
    "low",
    "adjustment_points",
    "bonus",
    "treated_as",
    "moves",
    "unit",
    "unit_key",
    "members",
    "merged",
    "fixed_to",
    "raised",
    "raised_to",
    "lowered",
    "lowered_to",
    "ceiling_at",
    "floor_at",
    "everybody",
    "equals",
    "order_key",
    "standing",
    "selected",
    "exempted",
    "measured",
    "measured_in",
    "grade_index",
    "x",
    "b",
    "w",
];

/// Is the id no column already? A per-mu figure of the dictionary may be defined anew: it is an indicator itself.
pub(super) fn is_free(source: &Source, key: &Key, findings: &mut Findings) -> bool {
    let name = key.text.as_str();
    let is_column = panel_vocabulary(&[]).kind(name).is_some() && derived(name).is_none();
    if is_column || MADE.contains(&name) {
        findings.push(Finding::error(Code::BadValue, source.place(key)).text(name).with("key", "id").with("wanted", "wanted.free-id"));
        return false;
    }
    true
}
