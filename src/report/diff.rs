//! `policy diff`: what two methods say differently, article by article, in words.
//!
//! In: two policies and a language. Out: a row for every clause that one has and the other has not, or that they have differently.

use polars::prelude::StringChunked;

use super::articles::{self, Item};
use super::policies::heading;
use super::table::{Column, Part, Phrase, Report, Section, Values};
use super::words::Words;
use crate::policy::Policy;

/// One difference.
struct Difference {
    article: &'static str,
    id: String,
    title: String,
    /// The aspect; none: the whole item stands in one of the two only.
    aspect: Option<&'static str>,
    first: Option<String>,
    second: Option<String>,
}

/// What differs. Its `facts` have the number as `differences`. `machine`: texts stand bare, for programs.
pub fn build(first: &Policy, second: &Policy, language: &str, machine: bool) -> Report {
    let differences = differences(first, second, language);
    let words = Words::new(first, language);
    let ids = [&first.id, &second.id];
    let mut report = Report {
        facts: vec![("first", first.id.as_str().into()), ("second", second.id.as_str().into()), ("differences", differences.len().into())],
        heading: vec![heading(first), heading(second)],
        ..Report::default()
    };
    if differences.is_empty() {
        report.notes.push(Phrase::new("policy.same").with("first", &first.id).with("second", &second.id));
    }
    if !differences.is_empty() || machine {
        report.parts.push(table(&differences, ids, &words, machine));
    }
    report
}

fn differences(first: &Policy, second: &Policy, language: &str) -> Vec<Difference> {
    let (ours, theirs) = (articles::of(first, language), articles::of(second, language));
    let (words, other_words) = (Words::new(first, language), Words::new(second, language));
    let mut list: Vec<Difference> = Vec::new();
    for article in articles::ARTICLES {
        let of = |items: &'_ [Item]| items.iter().filter(|item| item.article == *article).cloned().collect::<Vec<_>>();
        let (ours, theirs) = (of(&ours), of(&theirs));
        for item in &ours {
            match theirs.iter().find(|other| other.id == item.id) {
                Some(other) => list.extend(aspects(item, other)),
                None => list.push(whole(item, Some(item.text(&words)), None)),
            }
        }
        let added = theirs.iter().filter(|item| !ours.iter().any(|other| other.id == item.id));
        list.extend(added.map(|item| whole(item, None, Some(item.text(&other_words)))));
    }
    list
}

fn whole(item: &Item, first: Option<String>, second: Option<String>) -> Difference {
    Difference { article: item.article, id: item.id.clone(), title: item.title.clone(), aspect: None, first, second }
}

/// Clauses of an item that both have.
fn aspects(first: &Item, second: &Item) -> Vec<Difference> {
    let clause = |item: &Item, aspect: &str| {
        let clauses: Vec<&str> = item.aspects.iter().filter(|(name, _)| *name == aspect).map(|(_, clause)| clause.as_str()).collect();
        (!clauses.is_empty()).then(|| clauses.join(" "))
    };
    let mut names: Vec<&'static str> = first.aspects.iter().chain(&second.aspects).map(|(name, _)| *name).collect();
    let mut seen = std::collections::BTreeSet::new();
    names.retain(|name| seen.insert(*name));
    let mut list = Vec::new();
    let about = [("title", Some(&first.title), Some(&second.title)), ("source", first.source.as_ref(), second.source.as_ref())];
    for (name, ours, theirs) in about.into_iter().filter(|(_, ours, theirs)| ours != theirs) {
        list.push(Difference { aspect: Some(name), ..whole(first, ours.cloned(), theirs.cloned()) });
    }
    for name in names {
        let (ours, theirs) = (clause(first, name), clause(second, name));
        if ours != theirs {
            list.push(Difference { aspect: Some(name), ..whole(first, ours, theirs) });
        }
    }
    list
}

fn table(differences: &[Difference], ids: [&String; 2], words: &Words, machine: bool) -> Part {
    let text = |of: &dyn Fn(&Difference) -> Option<String>| Values::Text(differences.iter().map(of).collect::<StringChunked>());
    let nothing = words.say("policy.says-nothing", &[]);
    let side = |clause: &Option<String>, id: &str| match (clause, machine) {
        (clause, true) => clause.clone(),
        (clause, false) => Some(words.plain("policy.side", &[("id", id), ("clause", clause.as_ref().unwrap_or(&nothing))])),
    };
    let aspect = |name: &str| if machine { name.to_owned() } else { words.say(&format!("aspect.{name}"), &[]) };
    let mut columns = vec![
        Column::new("article", "条", "Article", 2, text(&|row| Some(row.article.to_owned()))),
        Column::new("item", "事项", "Item", 0, text(&|row| Some(if machine { row.id.clone() } else { row.title.clone() }))),
        Column::new("aspect", "方面", "Aspect", 0, text(&|row| row.aspect.map(&aspect))),
        Column::new("first", "前者", "First", 0, text(&|row| side(&row.first, ids[0]))).below(),
        Column::new("second", "后者", "Second", 0, text(&|row| side(&row.second, ids[1]))).below(),
    ];
    if machine {
        columns.insert(2, Column::new("title", "名称", "Title", 1, text(&|row| Some(row.title.clone()))));
    }
    let mut sections: Vec<Section> = Vec::new();
    for (row, difference) in differences.iter().enumerate() {
        match sections.last_mut().filter(|section| differences[section.rows.start].article == difference.article) {
            Some(section) => section.rows.end = row + 1,
            None => {
                let title = Phrase::new(format!("article.{}", difference.article));
                sections.push(Section { title: Some(title), rows: row..row + 1, cuts: Vec::new() });
            }
        }
    }
    if !machine {
        columns.remove(0);
    }
    Part { sections, ..Part::new("differences", None, columns) }
}
