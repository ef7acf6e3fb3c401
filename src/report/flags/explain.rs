//! `flag --explain` and `policy show` of a rule book: a rule as its book states it.
//!
//! In: a book and the id of a rule, or of a definition that stands for one. Out: condition, inputs, consequence, dates, source, status.

use std::collections::BTreeSet;

use polars::prelude::StringChunked;

use super::{Reader, words};
use crate::dictionary::{Bilingual, Dictionary};
use crate::plan::flags::{Meaning, Reach};
use crate::policy::Reference;
use crate::policy::book::Book;
use crate::policy::definition::Definition;
use crate::policy::rule::Rule;
use crate::policy::source::Key;
use crate::policy::subject::{Extra, Subject};
use crate::policy::term::Term;
use crate::report::table::{Column, Part, Phrase, Report, Values};

/// What an id stands for.
pub enum Entry<'b> {
    /// A rule.
    Rule(&'b Rule),
    /// A definition that cites the id.
    Definition(&'b Definition),
}

/// The rule or the definition of that id.
pub fn find<'b>(book: &'b Book, id: &str) -> Option<Entry<'b>> {
    let rule = book.rules.iter().find(|rule| rule.id == id).map(Entry::Rule);
    rule.or_else(|| book.definitions.iter().find(|known| known.cites.as_deref() == Some(id)).map(Entry::Definition))
}

/// The report on one id. People get the facts as lines, whole whatever their length.
pub fn build(book: &Book, id: &str, language: &str, reader: Reader) -> Option<Report> {
    let entry = find(book, id)?;
    let (title, subject, term) = match &entry {
        Entry::Rule(rule) => (&rule.title, rule.subject, &rule.when.term),
        Entry::Definition(definition) => (&definition.title, definition.subject, &definition.value),
    };
    let heading = Phrase::new("flag.explain").with("rule", id).with_both("title", title.clone()).with("book", &book.id);
    let heading = heading.with_both("name", book.title.clone()).with_key("status", format!("status.{}", book.status.as_str()));
    let facts = match &entry {
        Entry::Rule(rule) => rule_facts(book, rule),
        Entry::Definition(definition) => definition_facts(book, definition),
    };
    let mut report = Report {
        facts: vec![("rule", id.into()), ("book", book.id.as_str().into()), ("status", book.status.as_str().into())],
        heading: vec![heading],
        ..Report::default()
    };
    if reader == Reader::People {
        report.heading.push(Phrase::new("flag.explain-gap"));
        report.heading.extend(facts.into_iter().map(|(word, text)| {
            let what = WORDS.iter().find(|(id, ..)| *id == word).map_or(both(word, word), |(_, zh, en)| both(zh, en));
            let phrase = Phrase::new("flag.explain-fact").with_both("what", what);
            if ["subject", "severity"].contains(&word) {
                phrase.with_key("text", format!("word.{}", text.en))
            } else {
                phrase.with_both("text", text)
            }
        }));
    } else {
        report.parts.push(facts_part(facts, language));
    }
    report.parts.push(inputs(book, subject, term, language));
    if let Entry::Rule(Rule { off: Some(off), .. }) = &entry {
        report.notes.push(Phrase::new("flag.off").with_both("why", off.clone()).with("rule", id));
    }
    report.notes.extend(book.notes.iter().map(|note| Phrase::new("rank.policy-note").with_both("note", note.clone())));
    Some(report)
}

/// A word and what is said of it.
type Fact = (&'static str, Bilingual);

fn same(text: &str) -> Bilingual {
    Bilingual { zh: text.to_owned(), en: text.to_owned() }
}

/// A formula on one line.
pub fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn rule_facts(book: &Book, rule: &Rule) -> Vec<Fact> {
    let mut facts = vec![("subject", same(rule.subject.as_str())), ("severity", same(rule.severity.as_str()))];
    facts.push(("when", same(&one_line(&rule.when.text))));
    if rule.years > 1 {
        facts.push(("years", same(&rule.years.to_string())));
    }
    for case in &rule.consequences {
        let when = case.when.as_ref().map_or(String::new(), |when| format!("[{}] ", one_line(&when.text)));
        facts.push(("consequence", Bilingual { zh: format!("{when}{}", case.text.zh), en: format!("{when}{}", case.text.en) }));
    }
    if let Some(amount) = &rule.amount {
        let (most_zh, most_en) = if amount.ceiling { ("（上限）", " (at most)") } else { ("", "") };
        let value = one_line(&amount.value.text);
        let text = |unit: &str, most: &str| format!("{value} {unit}{most}");
        facts.push(("amount", Bilingual { zh: text(&amount.unit.zh, most_zh), en: text(&amount.unit.en, most_en) }));
        if let Some((rate, unit)) = &amount.rate {
            facts.push(("rate", Bilingual { zh: format!("{rate} {}", unit.zh), en: format!("{rate} {}", unit.en) }));
        }
    }
    for (name, formula) in [("determined", &rule.status), ("since", &rule.since), ("due", &rule.due)] {
        facts.extend(formula.iter().map(|formula| (name, same(&one_line(&formula.text)))));
    }
    facts.push(("evidence", same(&rule.evidence.iter().map(|key| key.text.as_str()).collect::<Vec<_>>().join(", "))));
    facts.extend(source_facts(book, rule.source.as_ref(), rule.article.as_ref()));
    facts.extend(rule.note.iter().map(|note| ("note", note.clone())));
    facts
}

fn definition_facts(book: &Book, definition: &Definition) -> Vec<Fact> {
    let mut facts = vec![("subject", same(definition.subject.as_str())), ("name", same(&definition.id))];
    facts.push(("value", same(&one_line(&definition.formula))));
    facts.extend(source_facts(book, definition.source.as_ref(), definition.article.as_ref()));
    facts
}

fn source_facts(book: &Book, source: Option<&Key>, article: Option<&Bilingual>) -> Vec<Fact> {
    let Some(reference) = book.reference(source) else { return Vec::new() };
    let Reference { name, url, read, grade, .. } = reference;
    let with = |language: &str| {
        let article = article.map_or("", |article| article.get(language));
        format!("{} {article}", words::in_language(name, language)).trim().to_owned()
    };
    let mut facts = vec![("source", Bilingual { zh: with("zh"), en: with("en") })];
    facts.extend(url.iter().map(|url| ("url", same(url))));
    facts.extend(read.iter().map(|read| ("read", same(read))));
    facts.extend(grade.iter().map(|grade| ("grade", same(grade))));
    facts
}

fn facts_part(facts: Vec<Fact>, language: &str) -> Part {
    let text = |of: &dyn Fn(&Fact) -> String| Values::Text(facts.iter().map(|fact| Some(of(fact))).collect::<StringChunked>());
    let names: Vec<(String, Bilingual)> = WORDS.iter().map(|(id, zh, en)| ((*id).to_owned(), both(zh, en))).collect();
    let columns = vec![
        Column::new("what", "项目", "What", 0, text(&|fact| fact.0.to_owned())).named(names),
        Column::new("text", "内容", "Text", 0, text(&|fact| fact.1.get(language).to_owned())),
    ];
    Part::new("rule", None, columns)
}

fn both(zh: &str, en: &str) -> Bilingual {
    Bilingual { zh: zh.to_owned(), en: en.to_owned() }
}

/// What people read for the words of the first column.
const WORDS: &[(&str, &str, &str)] = &[
    ("subject", "对象", "Subject"),
    ("severity", "程度", "Severity"),
    ("when", "条件", "Condition"),
    ("years", "连续年数", "Years in a row"),
    ("consequence", "后果", "Consequence"),
    ("amount", "金额", "Amount"),
    ("rate", "金额不明时", "Where unknown"),
    ("determined", "已认定条件", "Determined when"),
    ("since", "自何时", "Since"),
    ("due", "下一时点", "Due"),
    ("evidence", "依据", "Evidence"),
    ("source", "来源", "Source"),
    ("url", "网址", "Address"),
    ("read", "原文", "Read"),
    ("grade", "来源级别", "Source grade"),
    ("note", "说明", "Note"),
    ("name", "名称", "Name"),
    ("value", "公式", "Value"),
];

/// Every name that the condition leads to: columns with their tables, definitions with their formulas.
fn inputs(book: &Book, subject: Subject, term: &Term, language: &str) -> Part {
    let reach = Reach::new(book, subject, &Extra::new());
    let mut rows: Vec<(String, String, String)> = Vec::new();
    let mut seen = BTreeSet::new();
    add_inputs(&reach, subject, term, language, &mut seen, &mut rows);
    let text =
        |of: &dyn Fn(&(String, String, String)) -> String| Values::Text(rows.iter().map(|row| Some(of(row))).collect::<StringChunked>());
    let columns = vec![
        Column::new("name", "名称", "Name", 0, text(&|row| row.0.clone())),
        Column::new("label", "含义", "Meaning", 0, text(&|row| row.1.clone())),
        Column::new("value", "公式或来源", "Formula or table", 0, text(&|row| row.2.clone())).below(),
    ];
    Part::new("inputs", Some(Phrase::new("flag.inputs")), columns)
}

fn add_inputs(
    reach: &Reach,
    subject: Subject,
    term: &Term,
    language: &str,
    seen: &mut BTreeSet<String>,
    rows: &mut Vec<(String, String, String)>,
) {
    for name in term.names().into_iter().chain(term.asked_for()) {
        if !seen.insert(name.clone()) {
            continue;
        }
        match reach.meaning(subject, &name) {
            Meaning::Definition(at) => {
                let definition = &reach.book.definitions[at];
                let title = definition.title.get(language).to_owned();
                rows.push((name, title, one_line(&definition.formula)));
                add_inputs(reach, definition.subject, &definition.value, language, seen, rows);
            }
            Meaning::Benchmark(at) => {
                let benchmark = &reach.book.benchmarks[at];
                rows.push((name, benchmark.title.get(language).to_owned(), benchmark.peers.keys().join(", ")));
            }
            Meaning::Column(known) => {
                let column = known.column.clone();
                rows.push((name.clone(), words::dictionary_label(&name, language), table_of(&column, subject)));
            }
            Meaning::Given => {
                let value = reach.book.setting(&name).map(|setting| (setting.title.get(language).to_owned(), setting_text(&setting.value)));
                let (label, value) = value.unwrap_or_else(|| (words::dictionary_label(&name, language), String::new()));
                rows.push((name, label, value));
            }
        }
    }
}

fn setting_text(value: &Term) -> String {
    match value {
        Term::Number(text) | Term::Text(text) | Term::Date(text) => text.clone(),
        Term::Truth(truth) => truth.to_string(),
        Term::Negative(inner) => format!("-{}", setting_text(inner)),
        _ => "–".to_owned(),
    }
}

/// The table that holds a column: the subject's own first.
fn table_of(column: &str, subject: Subject) -> String {
    let dictionary = Dictionary::get();
    let own = subject.table().and_then(|table| dictionary.table(table));
    let has = |table: &&crate::dictionary::Table| table.columns.iter().any(|known| known.name == column);
    let table = own.filter(has).or_else(|| dictionary.tables.iter().find(has));
    table.map_or_else(String::new, |table| format!("{}.csv", table.name))
}
