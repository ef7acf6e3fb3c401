//! What a method is, what it rests on, and what its source does not give.

use super::Item;
use crate::policy::Policy;
use crate::policy::about::Unknown;
use crate::report::words::Words;

/// Place, edition, years, status.
pub fn about(policy: &Policy, words: &Words) -> Vec<Item> {
    let about = &policy.about;
    let place = about.place.as_ref().map(|place| words.say("says.place", &[("place", &words.of(place))]));
    let edition = about.edition.as_ref().map(|edition| words.say("says.edition", &[("edition", edition)]));
    let code = policy.region.as_ref().or(about.province.as_ref());
    let region = code.map(|code| words.say("says.region", &[("region", code)]));
    let years = policy.years_written().map(|years| words.say("says.years", &[("years", &years)]));
    let status = words.say(&format!("status.{}", policy.status.as_str()), &[]);
    let item = Item::new("about", "about", words.of(&policy.title))
        .with_some("place", place)
        .with_some("region", region)
        .with_some("edition", edition)
        .with_some("years", years)
        .with("status", words.say("says.status", &[("status", &status)]));
    vec![item]
}

/// Rule books that it switches on, and what it sets in them.
pub fn rules(policy: &Policy, words: &Words) -> Vec<Item> {
    let mut items: Vec<Item> = Vec::new();
    for key in &policy.rules {
        items.push(Item::new("rules", &key.text, &key.text).with("rule", words.say("says.book", &[("book", &key.text)])));
    }
    for choice in &policy.settings {
        let id = format!("{}.{}", choice.book, choice.setting);
        let clause = words.say("says.setting", &[("setting", &id), ("value", &choice.value)]);
        items.push(Item::new("rules", &id, &id).with("setting", clause));
    }
    for rule in policy.book.iter().flat_map(|book| &book.rules) {
        let condition = rule.when.text.split_whitespace().collect::<Vec<_>>().join(" ");
        items.push(Item::new("rules", &rule.id, words.of(&rule.title)).with("condition", format!("`{condition}`")));
    }
    items
}

/// The documents.
pub fn sources(policy: &Policy, words: &Words) -> Vec<Item> {
    let item = |source: &crate::policy::Reference| {
        let read = source.read.as_ref().map(|read| words.say(&format!("says.read-{read}"), &[]));
        Item::new("sources", &source.id.text, &source.id.text)
            .with("document", source.name.clone())
            .with_some("read", read)
            .with_some("url", source.url.clone())
    };
    policy.sources.iter().map(item).collect()
}

/// The name of a part of a method.
pub fn part(unknown: &Unknown, words: &Words) -> String {
    match Unknown::PARTS.contains(&unknown.part.as_str()) {
        true => words.say(&format!("part.{}", unknown.part), &[]),
        false => unknown.part.clone(),
    }
}

/// What the source does not give.
pub fn unknown(policy: &Policy, words: &Words) -> Vec<Item> {
    let item = |unknown: &Unknown| Item::new("unknown", &unknown.part, part(unknown, words)).with("unknown", words.of(&unknown.note));
    policy.about.unknown.iter().map(item).collect()
}

/// What a reader should know.
pub fn notes(policy: &Policy, words: &Words) -> Vec<Item> {
    let item = |(at, note)| Item::new("notes", format!("{}", at + 1), words.say("says.note", &[])).with("note", words.of(note));
    policy.notes.iter().enumerate().map(item).collect()
}
