//! A method article by article, in words: what `policy show` prints, `policy diff` compares and docs/methods.md is made of.
//!
//! In: a policy and a language. Out: [`Item`]s under a fixed list of articles, each with aspects that are clauses of their own, so that two
//! methods can be laid side by side. Every clause stands in the locale.

mod documents;
mod grading;
mod measuring;
mod scope;

use std::collections::BTreeMap;

use super::words::Words;
use crate::policy::Policy;

/// The articles, in their order. Each has a title in the locale: `article.<name>`.
pub const ARTICLES: &[&str] = &[
    "about",
    "admission",
    "definitions",
    "groups",
    "indicators",
    "bonus",
    "grades",
    "moves",
    "merge",
    "review",
    "rules",
    "sources",
    "unknown",
    "notes",
];

/// One thing that an article says: a case of admission, a group, an indicator, a grade rule …
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Which article.
    pub article: &'static str,
    /// What it is about, the same in every language: two methods are compared by it.
    pub id: String,
    /// Its heading.
    pub title: String,
    /// Name of the aspect (`aspect.<name>` in the locale) and the clause.
    pub aspects: Vec<(&'static str, String)>,
    /// Id of the source.
    pub source: Option<String>,
}

impl Item {
    fn new(article: &'static str, id: impl Into<String>, title: impl Into<String>) -> Item {
        Item { article, id: id.into(), title: title.into(), aspects: Vec::new(), source: None }
    }

    /// Adds a clause.
    fn with(mut self, aspect: &'static str, clause: impl Into<String>) -> Item {
        self.aspects.push((aspect, clause.into()));
        self
    }

    /// Adds a clause where there is one.
    fn with_some(self, aspect: &'static str, clause: Option<String>) -> Item {
        match clause {
            Some(clause) => self.with(aspect, clause),
            None => self,
        }
    }

    /// Cites a source.
    fn cites(mut self, source: Option<&crate::policy::source::Key>) -> Item {
        self.source = source.map(|key| key.text.clone());
        self
    }

    /// All clauses as one text.
    pub fn text(&self, words: &Words) -> String {
        let clauses: Vec<&str> = self.aspects.iter().map(|(_, clause)| clause.as_str()).collect();
        clauses.join(&words.say("says.separator", &[]))
    }
}

/// Everything that a policy says, in the order of the articles.
pub fn of(policy: &Policy, language: &str) -> Vec<Item> {
    let words = Words::new(policy, language);
    let mut items = documents::about(policy, &words);
    items.extend(scope::admission(policy, &words));
    items.extend(scope::definitions(policy, &words));
    items.extend(scope::groups(policy, &words));
    items.extend(measuring::indicators(policy, &words));
    items.extend(grading::bonus(policy, &words));
    items.extend(grading::grades(policy, &words));
    items.extend(grading::moves(policy, &words));
    items.extend(grading::merge(policy, &words));
    items.extend(grading::review(policy, &words));
    items.extend(documents::rules(policy, &words));
    items.extend(documents::sources(policy, &words));
    items.extend(documents::unknown(policy, &words));
    items.extend(documents::notes(policy, &words));
    tell_apart(&mut items);
    items
}

/// Items of an article that bear one id are numbered: they are compared by it.
fn tell_apart(items: &mut [Item]) {
    let mut seen: BTreeMap<(&'static str, String), usize> = BTreeMap::new();
    for item in items {
        let count = seen.entry((item.article, item.id.clone())).or_default();
        *count += 1;
        if *count > 1 {
            item.id = format!("{} {count}", item.id);
        }
    }
}

/// Titles of groups by their ids.
fn group_titles(policy: &Policy, ids: &[crate::policy::source::Key], words: &Words) -> Option<String> {
    let title = |id: &str| policy.groups.iter().find(|group| group.id == id).map_or_else(|| id.to_owned(), |group| words.of(&group.title));
    let titles: Vec<String> = ids.iter().map(|key| title(&key.text)).collect();
    (!titles.is_empty()).then(|| words.say("says.only-groups", &[("groups", &words.list(&titles, "words.and-last"))]))
}
