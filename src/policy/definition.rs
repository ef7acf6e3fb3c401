//! Named values of a rule book: settings that an office chooses, lookups by code, and definitions.
//!
//! In: `[[setting]]`, `[[lookup]]` and `[[define]]` blocks. Out: names with their kinds and, for definitions, a checked term. A lookup
//! is a definition whose term is a `CASE` over the beginnings of a text.

use super::expression::{self, Vocabulary};
use super::rule;
use super::source::{Block, Key, number_text};
use super::subject::Subject;
use super::term::{Call, Kind, Term};
use crate::dictionary::Bilingual;
use crate::finding::{Code, Finding, Findings};

/// Something an office may set.
#[derive(Debug, Clone, PartialEq)]
pub struct Setting {
    /// snake_case name.
    pub id: String,
    /// Where the id stands.
    pub key: Key,
    /// In words.
    pub title: Bilingual,
    /// What it is.
    pub kind: Kind,
    /// Its value; `Missing`: not set.
    pub value: Term,
    /// The only words allowed; empty: any.
    pub choices: Vec<String>,
    /// Id of the source.
    pub source: Option<Key>,
}

/// One row of a lookup.
#[derive(Debug, Clone, PartialEq)]
pub struct LookupRow {
    /// Beginnings of the text.
    pub keys: Vec<String>,
    /// The value.
    pub value: String,
    /// What a reader should know.
    pub note: Option<String>,
}

/// A named value.
#[derive(Debug, Clone, PartialEq)]
pub struct Definition {
    /// snake_case name.
    pub id: String,
    /// Where the id stands.
    pub key: Key,
    /// Whose value.
    pub subject: Subject,
    /// Id in the catalogue of rules, under which it is explained.
    pub cites: Option<String>,
    /// The value of so many years before the evaluated one.
    pub back: u32,
    /// In words.
    pub title: Bilingual,
    /// The checked expression.
    pub value: Term,
    /// As the book writes it; the key of a lookup.
    pub formula: String,
    /// Rows, where it is a lookup.
    pub rows: Vec<LookupRow>,
    /// Unit.
    pub unit: Option<Bilingual>,
    /// Id of the source.
    pub source: Option<Key>,
    /// Article of the source.
    pub article: Option<Bilingual>,
}

const KINDS: &[(&str, Kind)] = &[("number", Kind::Number), ("text", Kind::Text), ("bool", Kind::Truth), ("date", Kind::Date)];

/// Reads a `[[setting]]`.
pub fn read_setting(block: Block, findings: &mut Findings) -> Option<Setting> {
    let key = block.need_text("id", findings);
    let title = block.bilingual("title", findings);
    let wanted = block.word("type", KINDS, findings);
    let choices: Vec<String> = block.texts("values", findings).into_iter().map(|key| key.text).collect();
    let source = block.text("source", findings);
    let item = block.item("value");
    let (kind, value) = match item {
        None => (wanted, Some(Term::Missing)),
        Some(item) => {
            let text = number_text(item)
                .or_else(|| item.get_ref().as_str().map(str::to_owned))
                .or_else(|| item.get_ref().as_bool().map(|truth| truth.to_string()))
                .unwrap_or_default();
            let found = match (number_text(item), item.get_ref().as_bool()) {
                (Some(_), _) => Kind::Number,
                (_, Some(_)) => Kind::Truth,
                _ => wanted.unwrap_or(Kind::Text),
            };
            let kind = wanted.unwrap_or(found);
            let value = read_value(&text, kind, &choices);
            if value.is_none() {
                block.wrong(item, "value", &accepted(kind, &choices), findings);
            }
            (Some(kind), value)
        }
    };
    if kind.is_none() {
        block.missing("type", findings);
    }
    block.finish(findings);
    let (key, kind) = (key?, kind?);
    let title = key.or_title(title);
    Some(Setting { id: key.text.clone(), key, title, kind, value: value?, choices, source })
}

/// The value of a setting, from the text of a book, a policy or an option; `None` if it is none of its kind.
pub fn read_value(text: &str, kind: Kind, choices: &[String]) -> Option<Term> {
    let text = text.trim();
    if !choices.is_empty() && !choices.iter().any(|choice| choice == text) {
        return None;
    }
    match kind {
        Kind::Number | Kind::Whole => {
            let number = text.parse::<rust_decimal::Decimal>().ok()?;
            let plain = number.to_string();
            Some(if number.is_sign_negative() {
                Term::Negative(Box::new(Term::Number(with_point(plain.trim_start_matches('-')))))
            } else {
                Term::Number(with_point(&plain))
            })
        }
        Kind::Truth => match text {
            "true" => Some(Term::Truth(true)),
            "false" => Some(Term::Truth(false)),
            _ => None,
        },
        Kind::Date => Some(Term::Date(text.to_owned())).filter(|_| text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok()),
        Kind::Text | Kind::Missing => Some(Term::Text(text.to_owned())),
    }
}

/// A value of a setting as it is written.
pub fn shown(value: &Term) -> String {
    match value {
        Term::Number(text) => text.strip_suffix(".0").unwrap_or(text).to_owned(),
        Term::Text(text) | Term::Date(text) => text.clone(),
        Term::Truth(truth) => truth.to_string(),
        Term::Negative(inner) => format!("-{}", shown(inner)),
        _ => String::new(),
    }
}

/// What would do as the value of a setting.
pub fn accepted(kind: Kind, choices: &[String]) -> String {
    if !choices.is_empty() {
        return choices.join(" | ");
    }
    match kind {
        Kind::Number | Kind::Whole => "1.5".to_owned(),
        Kind::Truth => "true | false".to_owned(),
        Kind::Date => "2025-12-31".to_owned(),
        Kind::Text | Kind::Missing => "\"…\"".to_owned(),
    }
}

fn with_point(number: &str) -> String {
    if number.contains('.') { number.to_owned() } else { format!("{number}.0") }
}

/// Reads a `[[define]]`. The vocabulary is that of its subject.
pub fn read_definition(block: Block, vocabulary: &dyn Fn(Subject) -> Vocabulary, findings: &mut Findings) -> Option<Definition> {
    let key = block.need_text("id", findings);
    let subject = rule::read_subject(&block, findings);
    let cites = block.text("cites", findings).map(|key| key.text);
    let back = block.whole("back", 0..=9, findings).unwrap_or(0);
    if back > 0 && subject.is_some_and(|subject| subject != Subject::Enterprise) {
        let finding = Finding::error(Code::BadValue, block.place_of("back")).text(back.to_string());
        findings.push(finding.with("key", "back").with("wanted", "subject = \"enterprise\""));
    }
    let title = block.bilingual("title", findings);
    let formula = block.need_text("value", findings);
    let value = formula
        .as_ref()
        .zip(subject)
        .and_then(|(formula, subject)| expression::read(formula, block.source, &vocabulary(subject), Kind::Missing, findings));
    let unit = block.bilingual("unit", findings);
    let (source, article) = (block.text("source", findings), block.bilingual("article", findings));
    block.finish(findings);
    let key = key?;
    let title = key.or_title(title);
    Some(Definition {
        id: key.text.clone(),
        key,
        subject: subject?,
        cites,
        back: u32::try_from(back).unwrap_or(0),
        title,
        value: value?,
        formula: formula?.text,
        rows: Vec::new(),
        unit,
        source,
        article,
    })
}

/// Reads a `[[lookup]]`: the value of the row with the longest beginning of the key.
pub fn read_lookup(block: Block, vocabulary: &dyn Fn(Subject) -> Vocabulary, findings: &mut Findings) -> Option<Definition> {
    let key = block.need_text("id", findings);
    let subject = rule::read_subject(&block, findings);
    let title = block.bilingual("title", findings);
    let formula = block.need_text("key", findings);
    let text = formula
        .as_ref()
        .zip(subject)
        .and_then(|(formula, subject)| expression::read(formula, block.source, &vocabulary(subject), Kind::Text, findings));
    let unit = block.bilingual("unit", findings);
    let (source, article) = (block.text("source", findings), block.bilingual("article", findings));
    let rows: Vec<LookupRow> = block.blocks("rows", findings).into_iter().filter_map(|row| read_row(row, findings)).collect();
    if rows.is_empty() {
        block.missing("rows", findings);
    }
    block.finish(findings);
    let key = key?;
    let value = by_beginning(&text?, &rows);
    let title = key.or_title(title);
    let (id, formula) = (key.text.clone(), formula?.text);
    Some(Definition { id, key, subject: subject?, cites: None, back: 0, title, value, formula, rows, unit, source, article })
}

fn read_row(block: Block, findings: &mut Findings) -> Option<LookupRow> {
    let keys: Vec<String> = block.texts("keys", findings).into_iter().map(|key| key.text).filter(|key| !key.is_empty()).collect();
    if keys.is_empty() {
        block.missing("keys", findings);
    }
    if block.item("value").is_none() {
        block.missing("value", findings);
    }
    let value = block.number("value", findings);
    let note = block.text("note", findings).map(|key| key.text);
    block.finish(findings);
    Some(LookupRow { keys, value: value?.text, note })
}

/// `CASE WHEN SUBSTR(key, 1, 3) = '291' THEN 0.8 …`, the longest beginnings first.
fn by_beginning(key: &Term, rows: &[LookupRow]) -> Term {
    let mut lengths: Vec<usize> = rows.iter().flat_map(|row| &row.keys).map(|key| key.chars().count()).collect();
    lengths.sort_unstable();
    lengths.dedup();
    let mut branches = Vec::new();
    for length in lengths.into_iter().rev() {
        let number = |number: usize| Term::Number(number.to_string());
        let beginning = Term::Call(Call::Substr, vec![key.clone(), number(1), number(length)]);
        // Rows of one value share a branch: every branch is looked at for every row of the data.
        let mut values: Vec<(&str, Vec<Term>)> = Vec::new();
        for row in rows {
            let keys = row.keys.iter().filter(|key| key.chars().count() == length).map(|key| Term::Text(key.clone()));
            match values.iter_mut().find(|(value, _)| *value == row.value) {
                Some((_, known)) => known.extend(keys),
                None => values.push((&row.value, keys.collect())),
            }
        }
        for (value, keys) in values.into_iter().filter(|(_, keys)| !keys.is_empty()) {
            branches.push((Term::In(Box::new(beginning.clone()), keys, false), Term::Number(with_point(value))));
        }
    }
    Term::Case(None, branches, None)
}
