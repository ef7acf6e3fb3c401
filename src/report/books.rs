//! `policy show` of a rule book: its rules, settings, definitions and sources, from its own data.

use polars::prelude::{BooleanChunked, NewChunkedArray, StringChunked};

use super::flags::explain::one_line;
use super::policies::sources;
use super::table::{Column, Part, Phrase, Report, Values};
use crate::dictionary::Bilingual;
use crate::policy::book::Book;
use crate::policy::definition::Setting;
use crate::policy::term::Term;

/// A rule book, rule by rule.
pub fn show(book: &Book) -> Report {
    let reach = if book.national { "reach.national" } else { "reach.local" };
    let mut report = Report {
        facts: vec![("book", book.id.as_str().into()), ("status", book.status.as_str().into())],
        heading: vec![
            Phrase::new("policy.book-heading")
                .with("id", &book.id)
                .with_both("title", book.title.clone())
                .with_key("status", format!("status.{}", book.status.as_str()))
                .with_key("reach", reach),
        ],
        ..Report::default()
    };
    report.parts.push(rules(book));
    if !book.settings.is_empty() {
        report.parts.push(settings(&book.id, &book.settings));
    }
    if !book.definitions.is_empty() {
        report.parts.push(definitions(book));
    }
    report.parts.push(sources(&book.sources));
    report.notes.extend(book.notes.iter().map(|note| Phrase::new("rank.policy-note").with_both("note", note.clone())));
    report.notes.push(Phrase::new("policy.book-note"));
    report
}

/// A column of titles in both languages, told by the ids.
fn titles<T>(id: &str, zh: &str, en: &str, list: &[T], of: impl Fn(&T) -> (String, Bilingual)) -> Column {
    let names: Vec<(String, Bilingual)> = list.iter().map(&of).collect();
    Column::new(id, zh, en, 0, Values::texts(list, |entry| Some(of(entry).0))).named(names)
}

fn rules(book: &Book) -> Part {
    let rules = &book.rules;
    let on: Vec<bool> = rules.iter().map(|rule| rule.off.is_none()).collect();
    let severity = Values::Word(rules.iter().map(|rule| Some(rule.severity.as_str())).collect::<StringChunked>());
    let subject = Values::Word(rules.iter().map(|rule| Some(rule.subject.as_str())).collect::<StringChunked>());
    let article = |rule: &crate::policy::rule::Rule| rule.article.as_ref().map(|article| article.en.clone());
    let articles: Vec<(String, Bilingual)> =
        rules.iter().filter_map(|rule| rule.article.clone()).map(|article| (article.en.clone(), article)).collect();
    let columns = vec![
        Column::new("id", "编号", "Id", 0, Values::texts(rules, |rule| Some(rule.id.clone()))),
        titles("title", "名称", "Title", rules, |rule| (rule.id.clone(), rule.title.clone())),
        Column::new("subject", "对象", "Subject", 2, subject),
        Column::new("severity", "程度", "Severity", 0, severity),
        Column::new("when", "条件", "Condition", 1, Values::texts(rules, |rule| Some(one_line(&rule.when.text)))).below(),
        Column::new("article", "条款", "Article", 3, Values::texts(rules, article)).named(articles),
        Column::new("on", "启用", "On", 2, Values::Flag(BooleanChunked::from_slice("".into(), &on))),
        Column::new("source", "来源", "Source", 4, Values::texts(rules, |rule| rule.source.as_ref().map(|key| key.text.clone()))),
    ];
    Part::new("rules", Some(Phrase::new("policy.rules")), columns)
}

/// The settings of a book or a plan.
pub fn settings(owner: &str, settings: &[Setting]) -> Part {
    let value = |value: &Term| match value {
        Term::Number(text) | Term::Text(text) | Term::Date(text) => Some(text.clone()),
        Term::Truth(truth) => Some(truth.to_string()),
        _ => None,
    };
    let columns = vec![
        Column::new("id", "编号", "Id", 0, Values::texts(settings, |setting| Some(format!("{owner}.{}", setting.id)))),
        titles("title", "名称", "Title", settings, |setting| (setting.id.clone(), setting.title.clone())),
        Column::new("value", "取值", "Value", 0, Values::texts(settings, |setting| value(&setting.value))),
        Column::new(
            "values",
            "可选",
            "Allowed",
            1,
            Values::texts(settings, |setting| Some(setting.choices.join(", ")).filter(|list| !list.is_empty())),
        ),
    ];
    Part::new("settings", Some(Phrase::new("policy.settings")), columns)
}

fn definitions(book: &Book) -> Part {
    let definitions = &book.definitions;
    let subject = Values::Word(definitions.iter().map(|known| Some(known.subject.as_str())).collect::<StringChunked>());
    let columns = vec![
        Column::new("id", "编号", "Id", 0, Values::texts(definitions, |known| Some(known.id.clone()))),
        titles("title", "名称", "Title", definitions, |known| (known.id.clone(), known.title.clone())),
        Column::new("subject", "对象", "Subject", 2, subject),
        Column::new("value", "公式", "Formula", 0, Values::texts(definitions, |known| Some(one_line(&known.formula)))).below(),
    ];
    Part::new("definitions", Some(Phrase::new("policy.definitions")), columns)
}
