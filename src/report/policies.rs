//! `policy list`, `policy show`, `policy columns`: methods explained, from their own data.

use polars::prelude::{NewChunkedArray, StringChunked};

use super::articles::{self, Item};
use super::table::{Column, Part, Phrase, Report, Section, Values};
use super::words::Words;
use crate::dictionary::{Bilingual, Dictionary};
use crate::policy::about::Unknown;
use crate::policy::{Policy, Reference};

fn column(id: &str, zh: &str, en: &str, rank: u8, values: Vec<Option<String>>) -> Column {
    Column::new(id, zh, en, rank, Values::Text(StringChunked::from_iter_options("".into(), values.into_iter())))
}

fn both(zh: &str, en: &str) -> Bilingual {
    Bilingual { zh: zh.to_owned(), en: en.to_owned() }
}

fn part(id: &str, title: &str, columns: Vec<Column>) -> Part {
    Part::new(id, Some(Phrase::new(title)), columns)
}

/// A column of words that have names in the two languages.
fn named(column: Column, names: Vec<(String, Bilingual)>) -> Column {
    column.named(names)
}

/// What a reader of any result should know: the notes, then what the source does not give and what stands in.
pub fn notes(policy: &Policy) -> Vec<Phrase> {
    let notes = policy.notes.iter().map(|note| Phrase::new("rank.policy-note").with_both("note", note.clone()));
    notes.chain(policy.about.unknown.iter().map(unknown)).collect()
}

/// A part that the source does not give.
pub fn unknown(unknown: &Unknown) -> Phrase {
    let phrase = Phrase::new("rank.unknown").with_both("note", unknown.note.clone());
    match Unknown::PARTS.contains(&unknown.part.as_str()) {
        true => phrase.with_key("part", format!("part.{}", unknown.part)),
        false => phrase.with("part", &unknown.part),
    }
}

/// Names of the words of a status.
pub fn status_names() -> Vec<(String, Bilingual)> {
    [("draft", "征求意见稿", "draft"), ("trial", "试行", "trial"), ("in-force", "现行", "in force"), ("repealed", "已废止", "repealed")]
        .map(|(code, zh, en)| (code.to_owned(), both(zh, en)))
        .to_vec()
}

/// Names of the words for how much was read.
pub fn read_names() -> Vec<(String, Bilingual)> {
    [("full", "全文", "full"), ("excerpt", "节选", "excerpt"), ("none", "未见原文", "not read")]
        .map(|(code, zh, en)| (code.to_owned(), both(zh, en)))
        .to_vec()
}

/// One method, article by article. `machine`: a row for every clause, with the names that stand for articles, items and aspects;
/// else a section for every article, in the words of the language.
pub fn show(policy: &Policy, language: &str, machine: bool) -> Report {
    let items = articles::of(policy, language);
    let part = if machine { clauses(&items) } else { told(policy, &items, language) };
    Report {
        facts: vec![("policy", policy.id.as_str().into()), ("policy_status", policy.status.as_str().into())],
        heading: vec![heading(policy)],
        parts: vec![part],
        notes: vec![Phrase::new("policy.show-note").with("id", &policy.id)],
    }
}

/// Title, id, edition and status.
pub fn heading(policy: &Policy) -> Phrase {
    let edition = policy.about.edition.clone().or_else(|| policy.years_written());
    Phrase::new(if edition.is_some() { "policy.heading-edition" } else { "policy.heading" })
        .with("id", &policy.id)
        .with_both("title", policy.title.clone())
        .with_key("status", format!("status.{}", policy.status.as_str()))
        .with("edition", edition.unwrap_or_default())
}

/// A row for every clause.
fn clauses(items: &[Item]) -> Part {
    let rows: Vec<(&Item, &(&str, String))> = items.iter().flat_map(|item| item.aspects.iter().map(move |aspect| (item, aspect))).collect();
    let each =
        |of: &dyn Fn(&Item, &(&str, String)) -> Option<String>| rows.iter().map(|(item, aspect)| of(item, aspect)).collect::<Vec<_>>();
    let columns = vec![
        column("article", "条", "Article", 0, each(&|item, _| Some(item.article.to_owned()))),
        column("item", "编号", "Item", 0, each(&|item, _| Some(item.id.clone()))),
        column("title", "名称", "Title", 0, each(&|item, _| Some(item.title.clone()))),
        column("aspect", "方面", "Aspect", 0, each(&|_, aspect| Some(aspect.0.to_owned()))),
        column("text", "内容", "Text", 0, each(&|_, aspect| Some(aspect.1.clone()))),
        column("source", "来源", "Source", 0, each(&|item, _| item.source.clone())),
    ];
    Part::new("articles", None, columns)
}

/// A section for every article that says something, numbered.
fn told(policy: &Policy, items: &[Item], language: &str) -> Part {
    let words = Words::new(policy, language);
    let mut sections: Vec<Section> = Vec::new();
    let mut numbers: Vec<Option<String>> = Vec::new();
    for (row, item) in items.iter().enumerate() {
        match sections.last_mut().filter(|_| row > 0 && items[row - 1].article == item.article) {
            Some(section) => section.rows.end = row + 1,
            None => {
                let title =
                    Phrase::new("policy.article").with("number", sections.len() + 1).with_key("title", format!("article.{}", item.article));
                sections.push(Section { title: Some(title), rows: row..row + 1, cuts: Vec::new() });
            }
        }
        let place = sections.last().map_or(0, |section| row - section.rows.start + 1);
        numbers.push(Some(format!("{}.{place}", sections.len())));
    }
    let columns = vec![
        column("number", "条", "No.", 0, numbers),
        column("title", "事项", "Item", 0, items.iter().map(|item| Some(item.title.clone())).collect()),
        column("source", "来源", "Source", 1, items.iter().map(|item| item.source.clone()).collect()),
        column("text", "内容", "Text", 0, items.iter().map(|item| Some(item.text(&words))).collect()).below(),
    ];
    Part { sections, ..Part::new("articles", None, columns) }
}

/// The documents.
pub fn sources(sources: &[Reference]) -> Part {
    let each = |of: &dyn Fn(&Reference) -> Option<String>| sources.iter().map(of).collect::<Vec<_>>();
    part(
        "sources",
        "policy.sources",
        vec![
            column("id", "编号", "Id", 0, each(&|source| Some(source.id.text.clone()))),
            column("name", "文件", "Document", 0, each(&|source| Some(source.name.clone()))),
            named(column("read", "原文", "Read", 0, each(&|source| source.read.clone())), read_names()),
            column("grade", "来源级别", "Grade", 2, each(&|source| source.grade.clone())),
            column("url", "网址", "Address", 1, each(&|source| source.url.clone())),
        ],
    )
}

/// A column that a method reads: table, column, label, unit, required.
type Read = (String, String, Bilingual, Option<Bilingual>, bool);

/// Which columns of which tables a method reads.
pub fn columns(policy: &Policy) -> Report {
    let dictionary = Dictionary::get();
    let mut rows: Vec<Read> = Vec::new();
    let mut wanted = policy.columns();
    wanted.extend(["enterprise_id", "name", "zone"].map(str::to_owned));
    if wanted.remove("land_mu") {
        wanted.insert("area".to_owned());
    }
    if wanted.remove("industry_division") | wanted.remove("industry_group") {
        wanted.insert("industry".to_owned());
    }
    if wanted.contains("tax_evaluated") {
        wanted.insert("tax_paid".to_owned());
    }
    for table in &dictionary.tables {
        for column in &table.columns {
            let is_key = table.required && column.required;
            let named =
                wanted.contains(&column.name) && ["enterprises", "land", "output", "tax", "energy", "zones"].contains(&table.name.as_str());
            let elsewhere = table.name == "zones" && column.name == "name"
                || table.name != "enterprises" && ["name", "zone"].contains(&column.name.as_str());
            if !(is_key || named && !elsewhere) {
                continue;
            }
            let unit = dictionary.unit_of(column).map(|unit| both(&unit.zh, &unit.name));
            rows.push((table.name.clone(), column.name.clone(), both(&column.zh, &column.en), unit, column.required));
        }
    }
    let each = |of: &dyn Fn(&Read) -> Option<String>| rows.iter().map(of).collect::<Vec<_>>();
    let labels = rows.iter().map(|row| (row.1.clone(), row.2.clone())).collect();
    let units = rows.iter().filter_map(|row| row.3.clone().map(|unit| (unit.en.clone(), unit))).collect();
    let flags: Vec<bool> = rows.iter().map(|row| row.4).collect();
    let mut required = column("required", "必需", "Required", 1, Vec::new());
    required.values = Values::Flag(polars::prelude::BooleanChunked::from_slice("".into(), &flags));
    let columns = vec![
        column("table", "表", "Table", 0, each(&|row| Some(row.0.clone()))),
        column("column", "列", "Column", 0, each(&|row| Some(row.1.clone()))),
        named(column("label", "表头", "Heading", 0, each(&|row| Some(row.1.clone()))), labels),
        named(column("unit", "单位", "Unit", 2, each(&|row| row.3.as_ref().map(|unit| unit.en.clone()))), units),
        required,
    ];
    let heading = vec![Phrase::new("policy.columns").with("id", &policy.id).with_both("title", policy.title.clone())];
    Report { heading, parts: vec![Part { title: None, ..part("columns", "policy.columns", columns) }], ..Report::default() }
}
