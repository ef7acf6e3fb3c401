//! From scores to grades: bonus, grade rules with their cuts and limits, moves, merged evaluation, the review.

use rust_decimal::Decimal;

use super::{Item, group_titles};
use crate::policy::Policy;
use crate::policy::bonus::{Bonus, Bounds, Theme};
use crate::policy::grade::limits::Limits;
use crate::policy::grade::order::Order;
use crate::policy::grade::two_stage::{Pick, TwoStage};
use crate::policy::grade::{Cut, Grades, Rule, Shares};
use crate::policy::moves::{Action, Move};
use crate::policy::term::Term;
use crate::report::words::Words;

fn number(number: &Decimal) -> String {
    number.normalize().to_string()
}

/// Bonus and deduction, their themes and their total.
pub fn bonus(policy: &Policy, words: &Words) -> Vec<Item> {
    let bonuses = &policy.bonuses;
    let mut items: Vec<Item> = bonuses.items.iter().map(|item| bonus_item(policy, item, words)).collect();
    items.extend(bonuses.themes.iter().map(|theme| theme_item(theme, words)));
    if let Some(clause) = bounded(&bonuses.total, words) {
        items.push(Item::new("bonus", "total", words.say("says.total", &[])).with("bounds", clause));
    }
    items
}

fn bonus_item(policy: &Policy, item: &Bonus, words: &Words) -> Item {
    let points = words.say("says.bonus-points", &[("points", &words.term(&item.points))]);
    let theme = item.theme.as_ref().and_then(|key| policy.bonuses.themes.iter().find(|theme| theme.key.text == key.text));
    Item::new("bonus", &item.id, words.of(&item.title))
        .with_some("condition", item.when.as_ref().map(|when| words.say("says.where", &[("condition", &words.term(when))])))
        .with("points", points)
        .with_some("bounds", bounded(&item.bounds, words))
        .with_some("theme", theme.map(|theme| words.say("says.theme", &[("theme", &words.of(&theme.title))])))
        .with_some("groups", group_titles(policy, &item.groups, words))
        .cites(item.source.as_ref())
}

fn theme_item(theme: &Theme, words: &Words) -> Item {
    let title = words.say("says.theme-sum", &[("theme", &words.of(&theme.title))]);
    Item::new("bonus", format!("theme {}", theme.key.text), title).with_some("bounds", bounded(&theme.bounds, words))
}

fn bounded(bounds: &Bounds, words: &Words) -> Option<String> {
    let (least, most) = (bounds.at_least.as_ref().map(number), bounds.at_most.as_ref().map(number));
    Some(match (least, most) {
        (Some(least), Some(most)) => words.say("says.from-to", &[("least", &least), ("most", &most)]),
        (None, Some(most)) => words.say("says.most", &[("most", &most)]),
        (Some(least), None) => words.say("says.least", &[("least", &least)]),
        (None, None) => return None,
    })
}

/// The grade rule of the policy, or of each group that has its own.
pub fn grades(policy: &Policy, words: &Words) -> Vec<Item> {
    let mut items: Vec<Item> = Vec::new();
    if let Some(grades) = policy.grades.as_ref().filter(|_| policy.groups.iter().any(|group| group.grades.is_none())) {
        items.push(grade_item(Item::new("grades", "all", words.say("says.grades", &[])), grades, words));
    }
    for group in &policy.groups {
        if let Some(grades) = &group.grades {
            items.push(grade_item(Item::new("grades", &group.id, words.of(&group.title)), grades, words));
        }
    }
    items
}

fn grade_item(item: Item, grades: &Grades, words: &Words) -> Item {
    let order = words.say("says.order", &[("order", &order(&grades.order, words))]);
    let item = item.with("order", order).with("rule", rule(grades, words));
    item.with_some("cut", grades.cut().map(|cut| cut_clause(cut, words)))
        .with_some("limits", grades.limits.as_ref().map(|limits| limit_clause(limits, words)))
}

/// What places go by.
fn order(order: &Order, words: &Words) -> String {
    order.term().map_or_else(|| words.name("score"), |term| words.term(term))
}

/// How grades are given, in words.
pub fn rule(grades: &Grades, words: &Words) -> String {
    match &grades.rule {
        Rule::Shares(of) => shares(of, words),
        Rule::Lines(lines, rest) => {
            let one = |(grade, least): &(String, Decimal)| words.say("says.line", &[("grade", grade), ("least", &number(least))]);
            let list: Vec<String> = lines.iter().map(one).collect();
            words.say("says.lines", &[("lines", &list.join(&words.say("words.comma", &[]))), ("rest", rest)])
        }
        Rule::Predicate(cases, rest) => predicate(cases, rest.as_deref(), words),
        Rule::TwoStage(stages) => two_stage(stages, words),
    }
}

fn shares(shares: &Shares, words: &Words) -> String {
    let one = |(grade, share): &(String, Decimal)| words.say("says.share", &[("grade", grade), ("share", &number(share))]);
    let list: Vec<String> = shares.shares.iter().map(one).collect();
    let list = list.join(&words.say("words.comma", &[]));
    match &shares.remainder {
        None => words.say("says.shares", &[("shares", &list)]),
        Some(rest) => words.say("says.shares-rest", &[("shares", &list), ("rest", rest)]),
    }
}

fn predicate(cases: &[(String, Term)], rest: Option<&str>, words: &Words) -> String {
    let one = |(grade, when): &(String, Term)| words.say("says.case", &[("grade", grade), ("condition", &words.term(when))]);
    let list: Vec<String> = cases.iter().map(one).collect();
    let list = list.join(&words.say("words.semicolon", &[]));
    match rest {
        Some(rest) => words.say("says.cases-rest", &[("cases", &list), ("rest", rest)]),
        None => words.say("says.cases", &[("cases", &list)]),
    }
}

fn two_stage(stages: &TwoStage, words: &Words) -> String {
    let pick = |pick: &Pick| {
        let from = words.say(&format!("says.from-{}", pick.from.as_str()), &[]);
        let key = if pick.last { "says.pick-last" } else { "says.pick-first" };
        let by = order(&pick.by, words);
        words.say(key, &[("from", &from), ("by", &by), ("share", &number(&pick.share)), ("grade", &pick.grade)])
    };
    let picks: Vec<String> = stages.picks.iter().map(pick).collect();
    let picks = picks.join(&words.say("words.semicolon", &[]));
    words.say("says.two-stage", &[("better", &number(&stages.better)), ("picks", &picks), ("rest", &stages.rest)])
}

/// Rounding, base and ties.
pub fn cut_clause(cut: Cut, words: &Words) -> String {
    let rounding = words.say(&format!("says.rounding-{}", cut.rounding.as_str()), &[]);
    let base = words.say(if cut.of_all { "says.base-all" } else { "says.base-graded" }, &[]);
    let ties = words.say(if cut.ties_down { "says.ties-down" } else { "says.ties-up" }, &[]);
    words.say("says.cut", &[("rounding", &rounding), ("base", &base), ("ties", &ties)])
}

fn limit_clause(limits: &Limits, words: &Words) -> String {
    let side = |list: &[(String, Decimal)], key: &str| {
        let one = |(grade, share): &(String, Decimal)| words.say(key, &[("grade", grade), ("share", &number(share))]);
        list.iter().map(one).collect::<Vec<_>>()
    };
    let mut list = side(&limits.at_most, "says.limit-most");
    list.extend(side(&limits.at_least, "says.limit-least"));
    list.join(&words.say("words.comma", &[]))
}

/// Moves after ranking, in order, and the table of adjustments.
pub fn moves(policy: &Policy, words: &Words) -> Vec<Item> {
    let mut items: Vec<Item> = policy.moves.iter().map(|step| move_item(policy, step, words)).collect();
    let adjusted = words.say(if policy.adjustments { "policy.adjusted" } else { "policy.not-adjusted" }, &[]);
    items.push(Item::new("moves", "adjustments table", words.say("part.adjustments", &[])).with("adjustments", adjusted));
    items
}

fn move_item(policy: &Policy, step: &Move, words: &Words) -> Item {
    let (grade, by) = match &step.action {
        Action::Raise(by) | Action::Lower(by) => (String::new(), by.to_string()),
        action => (action.grade().unwrap_or_default().to_owned(), String::new()),
    };
    let action = words.say(&format!("says.move-{}", step.action.as_str()), &[("grade", &grade), ("by", &by)]);
    let title = step.reason.as_ref().map_or_else(|| step.key.text.clone(), |reason| words.of(reason));
    Item::new("moves", &step.key.text, title)
        .with_some("condition", step.when.as_ref().map(|when| words.say("says.where", &[("condition", &words.term(when))])))
        .with("move", action)
        .with_some("groups", group_titles(policy, &step.groups, words))
        .cites(step.source.as_ref())
}

/// Several enterprises evaluated as one.
pub fn merge(policy: &Policy, words: &Words) -> Vec<Item> {
    let Some(merge) = &policy.merge else { return Vec::new() };
    let result = words.say(if merge.beside { "says.merge-beside" } else { "says.merge-shared" }, &[]);
    let item = Item::new("merge", "merge", words.say("article.merge", &[]))
        .with("merge", words.say(&format!("says.merge-{}", merge.by.column()), &[]))
        .with_some("condition", merge.when.as_ref().map(|when| words.say("says.where", &[("condition", &words.term(when))])))
        .with("result", result);
    vec![item]
}

/// The review over years.
pub fn review(policy: &Policy, words: &Words) -> Vec<Item> {
    let Some(review) = &policy.review else { return Vec::new() };
    let low = words.say("says.review", &[("years", &review.years.to_string()), ("condition", &words.term(&review.low))]);
    let item = Item::new("review", "review", words.say("part.review", &[]))
        .with_some("meaning", review.note.as_ref().map(|note| words.of(note)))
        .with("condition", low)
        .with("severity", words.say(&format!("severity.{}", review.severity.as_str()), &[]))
        .with_some("consequence", review.consequence.as_ref().map(|text| words.of(text)))
        .cites(review.source.as_ref());
    vec![item]
}
