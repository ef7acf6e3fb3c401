//! Who takes part, what land and energy are, and who is compared with whom.

use super::Item;
use crate::dictionary::Bilingual;
use crate::policy::Policy;
use crate::policy::benchmark::{Figure, Named};
use crate::policy::factors::Factors;
use crate::policy::scope::{Admission, Group};
use crate::report::words::Words;

/// The cases of admission, and what becomes of everybody else.
pub fn admission(policy: &Policy, words: &Words) -> Vec<Item> {
    let mut items: Vec<Item> = Vec::new();
    for case in &policy.admissions {
        let same = items.iter().filter(|item| item.id.starts_with(case.outcome.as_str())).count();
        items.push(admission_case(case, same + 1, words));
    }
    let rest = if policy.admissions.is_empty() { "says.all-graded" } else { "says.rest-graded" };
    items.push(Item::new("admission", "rest", words.say("word.graded", &[])).with("condition", words.say(rest, &[])));
    items
}

fn admission_case(case: &Admission, number: usize, words: &Words) -> Item {
    let outcome = words.say(&format!("word.{}", case.outcome.as_str()), &[]);
    let treated = case.treated_as.as_ref().map(|grade| words.say("says.treated-as", &[("grade", &grade.text)]));
    // Methods that differ are laid side by side by what the case means, where it says so.
    let id = case.note.as_ref().map_or_else(|| number.to_string(), |note| note.en.clone());
    Item::new("admission", format!("{} {id}", case.outcome.as_str()), outcome)
        .with_some("meaning", case.note.as_ref().map(|note: &Bilingual| words.of(note)))
        .with("condition", words.say("says.where", &[("condition", &words.term(&case.when))]))
        .with_some("treated", treated)
        .cites(case.source.as_ref())
}

/// Land, energy, pollutants, named benchmarks, rounding.
pub fn definitions(policy: &Policy, words: &Words) -> Vec<Item> {
    let mut items: Vec<Item> = Vec::new();
    if let Some(land) = &policy.land {
        items.push(Item::new("definitions", "land", words.name("land_mu")).with("formula", words.term(&land.term)));
    }
    items.extend(policy.factor_tables().map(|table| factors(table, words)));
    items.extend(policy.benchmarks.iter().map(|benchmark| named(benchmark, words)));
    let (decimals, shown) = (policy.decimals.to_string(), policy.shown.to_string());
    let rounding = words.say("policy.rounding", &[("decimals", &decimals), ("shown", &shown)]);
    items.push(Item::new("definitions", "rounding", words.say("part.rounding", &[])).with("rounding", rounding));
    items
}

fn factors(table: &Factors, words: &Words) -> Item {
    let factor = |factor: &crate::policy::factors::Factor| {
        format!("{} {} {}", words.name(&factor.column), if factor.divides { "÷" } else { "×" }, factor.number.normalize())
    };
    let list: Vec<String> = table.factors.iter().map(factor).collect();
    let basis = words.say(&format!("basis.{}", table.basis), &[]);
    Item::new("definitions", table.makes(), words.name(table.makes()))
        .with("table", words.say("says.table", &[("title", &words.of(&table.title)), ("basis", &basis)]))
        .with("formula", list.join(" + "))
}

fn named(benchmark: &Named, words: &Words) -> Item {
    let over = words.say(&format!("says.over-{:?}", benchmark.peers).to_lowercase(), &[]);
    let few = (benchmark.members > 1).then(|| words.say("says.members", &[("members", &benchmark.members.to_string())]));
    let of = words.term(&benchmark.of);
    let clause = words.say("says.figure-of", &[("figure", &figure(benchmark.figure, words)), ("of", &of), ("over", &over)]);
    Item::new("definitions", &benchmark.id, words.of(&benchmark.title)).with("benchmark", clause).with_some("members", few)
}

/// The name of a figure.
pub fn figure(figure: Figure, words: &Words) -> String {
    let (key, share) = match figure {
        Figure::RatioOfSums => ("ratio-of-sums", String::new()),
        Figure::Mean => ("mean", String::new()),
        Figure::Median => ("median", String::new()),
        Figure::Quantile(share) => ("quantile", share.normalize().to_string()),
        Figure::Max => ("max", String::new()),
        Figure::Min => ("min", String::new()),
    };
    words.say(&format!("says.{key}"), &[("q", &share)])
}

/// The groups and their pools.
pub fn groups(policy: &Policy, words: &Words) -> Vec<Item> {
    policy.groups.iter().map(|group| group_item(group, words)).collect()
}

fn group_item(group: &Group, words: &Words) -> Item {
    let who = match &group.when {
        Some(when) => words.say("says.where", &[("condition", &words.term(when))]),
        None => words.say("says.everybody-left", &[]),
    };
    let keys: Vec<String> = group.within.iter().map(|key| words.name(key)).collect();
    let within = match keys.is_empty() {
        true => words.say("says.one-pool", &[]),
        false => words.say("says.within", &[("keys", &words.list(&keys, "words.and-last"))]),
    };
    Item::new("groups", &group.id, words.of(&group.title)).with("condition", who).with("within", within)
}
