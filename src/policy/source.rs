//! A policy file as text with places: TOML tables whose every key knows where it stands.
//!
//! In: the text of a policy. Out: blocks that are asked for their keys by name; what was never asked for is an unknown key.
//! Every complaint points at line and column of the file.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::expression::nearest;
use crate::dictionary::Bilingual;
use crate::finding::{Code, Finding, Findings, Place};

/// The text of a policy and its name.
#[derive(Debug, Clone)]
pub struct Source {
    /// Path or id.
    pub file: Arc<str>,
    /// The whole TOML text, those of the bases behind it.
    pub text: Arc<str>,
    /// Where the texts of the bases begin, and their files.
    bases: Vec<(usize, Source)>,
}

/// A text value and where it stands (quotes included).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// The value.
    pub text: String,
    /// Its span in the file.
    pub span: Range<usize>,
}

impl Key {
    /// A title, or the key itself where there is none.
    pub fn or_title(&self, title: Option<Bilingual>) -> Bilingual {
        title.unwrap_or_else(|| Bilingual { zh: self.text.clone(), en: self.text.clone() })
    }
}

impl Source {
    /// A text and its name.
    pub fn new(file: impl Into<Arc<str>>, text: impl Into<Arc<str>>) -> Self {
        Source { file: file.into(), text: text.into(), bases: Vec::new() }
    }

    /// The text of a base behind it.
    pub fn and(&self, base: &Source) -> Self {
        let mut bases = self.bases.clone();
        bases.push((self.text.len(), base.clone()));
        Source { file: self.file.clone(), text: format!("{}{}", self.text, base.text).into(), bases }
    }

    /// Does it stand in a base?
    pub fn is_inherited(&self, key: &Key) -> bool {
        self.bases.first().is_some_and(|(start, _)| key.span.start >= *start)
    }

    /// A place for a span of bytes.
    pub fn at(&self, span: Range<usize>) -> Place {
        if let Some((start, base)) = self.bases.iter().rev().find(|(start, _)| span.start >= *start) {
            return base.at(span.start - start..span.end.saturating_sub(*start));
        }
        let end = self.bases.first().map_or(self.text.len(), |(start, _)| *start);
        Place::Text {
            file: self.file.clone(),
            text: if self.bases.is_empty() { self.text.clone() } else { self.text[..end].into() },
            start: span.start,
            end: span.end.max(span.start + 1).min(end),
        }
    }

    /// The place of a whole value.
    pub fn place(&self, key: &Key) -> Place {
        self.at(key.span.clone())
    }

    /// The place of a part of a value: 1-based line and column inside its text, length in characters.
    pub fn within(&self, key: &Key, line: u64, column: u64, length: u64) -> Place {
        let raw = self.text.get(key.span.clone()).unwrap_or("");
        let Some(inner) = raw.find(key.text.as_str()).filter(|_| !key.text.is_empty()) else { return self.place(key) };
        let mut start = key.span.start + inner;
        for _ in 1..line {
            start += self.text[start..].find('\n').map_or(0, |at| at + 1);
        }
        let characters = |from: usize, count: u64| self.text[from..].chars().take(count as usize).map(char::len_utf8).sum::<usize>();
        start += characters(start, column.saturating_sub(1));
        self.at(start..start + characters(start, length))
    }
}

/// A table of the file that is asked for its keys.
pub struct Block<'t> {
    /// The file.
    pub source: &'t Source,
    table: &'t DeTable<'t>,
    span: Range<usize>,
    asked: RefCell<Vec<&'static str>>,
}

/// A value of a key that may have several shapes.
pub type Item<'t> = &'t Spanned<DeValue<'t>>;

impl<'t> Block<'t> {
    /// The whole file as a block.
    pub fn new(source: &'t Source, table: &'t DeTable<'t>, span: Range<usize>) -> Self {
        Block { source, table, span, asked: RefCell::default() }
    }

    /// Where the block begins: its first line.
    pub fn place(&self) -> Place {
        let line = self.source.text[self.span.start.min(self.source.text.len())..].find('\n').unwrap_or(self.span.len());
        self.source.at(self.span.start..self.span.start + line.max(1))
    }

    /// The byte of the file where it begins.
    pub fn start(&self) -> usize {
        self.span.start
    }

    /// The value of a key, whatever its shape.
    pub fn item(&self, name: &'static str) -> Option<Item<'t>> {
        self.asked.borrow_mut().push(name);
        self.table.iter().find(|(key, _)| key.get_ref() == name).map(|(_, value)| value)
    }

    /// Where a key's value stands; the block where it has none.
    pub fn place_of(&self, name: &'static str) -> Place {
        self.item(name).map_or_else(|| self.place(), |item| self.source.at(item.span()))
    }

    /// Says that a value has the wrong shape.
    pub fn wrong(&self, item: Item<'t>, name: &str, wanted: &str, findings: &mut Findings) {
        let text = self.source.text.get(item.span()).unwrap_or("");
        findings.push(Finding::error(Code::BadValue, self.source.at(item.span())).text(text).with("key", name).with("wanted", wanted));
    }

    /// Says that a key is missing.
    pub fn missing(&self, name: &str, findings: &mut Findings) {
        findings.push(Finding::error(Code::MissingKey, self.place()).with("key", name));
    }

    /// A text.
    pub fn text(&self, name: &'static str, findings: &mut Findings) -> Option<Key> {
        let item = self.item(name)?;
        match item.get_ref() {
            DeValue::String(text) => Some(Key { text: text.to_string(), span: item.span() }),
            _ => {
                self.wrong(item, name, "\"…\"", findings);
                None
            }
        }
    }

    /// A text that must be there.
    pub fn need_text(&self, name: &'static str, findings: &mut Findings) -> Option<Key> {
        if self.item(name).is_none() {
            self.missing(name, findings);
        }
        self.text(name, findings)
    }

    /// A text that is one of a few words.
    pub fn word<T: Copy>(&self, name: &'static str, words: &[(&str, T)], findings: &mut Findings) -> Option<T> {
        let key = self.text(name, findings)?;
        pick(self.source, &key, name, words, findings)
    }

    /// A number, as text with the decimals it was written with.
    pub fn number(&self, name: &'static str, findings: &mut Findings) -> Option<Key> {
        let item = self.item(name)?;
        match number_text(item) {
            Some(text) => Some(Key { text, span: item.span() }),
            None => {
                self.wrong(item, name, "1.5", findings);
                None
            }
        }
    }

    /// A whole number in a range.
    pub fn whole(&self, name: &'static str, range: std::ops::RangeInclusive<i64>, findings: &mut Findings) -> Option<i64> {
        let item = self.item(name)?;
        let number = number_text(item).and_then(|text| text.parse::<i64>().ok()).filter(|number| range.contains(number));
        if number.is_none() {
            self.wrong(item, name, &format!("{}–{}", range.start(), range.end()), findings);
        }
        number
    }

    /// A list of texts; empty where the key is absent.
    pub fn texts(&self, name: &'static str, findings: &mut Findings) -> Vec<Key> {
        let Some(item) = self.item(name) else { return Vec::new() };
        let list = item.get_ref().as_array().map(|array| {
            array
                .iter()
                .map(|entry| entry.get_ref().as_str().map(|text| Key { text: text.to_owned(), span: entry.span() }))
                .collect::<Option<Vec<Key>>>()
        });
        if let Some(Some(list)) = list {
            return list;
        }
        self.wrong(item, name, "[\"…\"]", findings);
        Vec::new()
    }

    /// A table.
    pub fn block(&self, name: &'static str, findings: &mut Findings) -> Option<Block<'t>> {
        let item = self.item(name)?;
        match item.get_ref().as_table() {
            Some(table) => Some(Block::new(self.source, table, item.span())),
            None => {
                self.wrong(item, name, "{ … }", findings);
                None
            }
        }
    }

    /// A list of tables; empty where the key is absent.
    pub fn blocks(&self, name: &'static str, findings: &mut Findings) -> Vec<Block<'t>> {
        let Some(item) = self.item(name) else { return Vec::new() };
        let list = item.get_ref().as_array().map(|array| {
            array
                .iter()
                .map(|entry| entry.get_ref().as_table().map(|table| Block::new(self.source, table, entry.span())))
                .collect::<Option<Vec<_>>>()
        });
        if let Some(Some(list)) = list {
            return list;
        }
        self.wrong(item, name, "[[…]]", findings);
        Vec::new()
    }

    /// True or false.
    pub fn truth(&self, name: &'static str, findings: &mut Findings) -> Option<bool> {
        let item = self.item(name)?;
        let truth = item.get_ref().as_bool();
        if truth.is_none() {
            self.wrong(item, name, "true | false", findings);
        }
        truth
    }

    /// A text in both languages: `{ zh = "…", en = "…" }`, or one text for both.
    pub fn bilingual(&self, name: &'static str, findings: &mut Findings) -> Option<Bilingual> {
        let item = self.item(name)?;
        if let Some(text) = item.get_ref().as_str() {
            return Some(Bilingual { zh: text.to_owned(), en: text.to_owned() });
        }
        let block = self.block(name, findings)?;
        let (zh, en) = (block.need_text("zh", findings), block.need_text("en", findings));
        block.finish(findings);
        Some(Bilingual { zh: zh?.text, en: en?.text })
    }

    /// All keys in the order of the file, with their values.
    pub fn entries(&self) -> Vec<(Key, Item<'t>)> {
        let mut entries: Vec<(Key, Item<'t>)> =
            self.table.iter().map(|(key, value)| (Key { text: key.get_ref().to_string(), span: key.span() }, value)).collect();
        entries.sort_by_key(|(key, _)| key.span.start);
        entries
    }

    /// Reports every key that nobody asked for.
    pub fn finish(self, findings: &mut Findings) {
        let asked = self.asked.borrow();
        for (key, _) in self.entries() {
            if asked.iter().any(|name| *name == key.text) {
                continue;
            }
            let mut finding = Finding::error(Code::UnknownKey, self.source.place(&key)).text(&key.text);
            if let Some(near) = nearest(&key.text, asked.iter().copied()) {
                finding = finding.with("hint", near);
            }
            findings.push(finding.with("known", sorted(&asked).join(", ")));
        }
    }
}

fn sorted(names: &[&'static str]) -> Vec<&'static str> {
    let mut names = names.to_vec();
    names.sort_unstable();
    names.dedup();
    names
}

/// The text of a TOML number, with the decimals it was written with.
pub fn number_text(item: Item) -> Option<String> {
    match item.get_ref() {
        DeValue::Integer(number) if number.radix() == 10 => Some(number.as_str().replace('_', "")),
        DeValue::Float(number) => Some(number.as_str().replace('_', "")).filter(|text| text.parse::<rust_decimal::Decimal>().is_ok()),
        _ => None,
    }
}

/// The meaning of a word, or a finding that lists the words that would do.
pub fn pick<T: Copy>(source: &Source, key: &Key, name: &str, words: &[(&str, T)], findings: &mut Findings) -> Option<T> {
    if let Some((_, meaning)) = words.iter().find(|(word, _)| *word == key.text) {
        return Some(*meaning);
    }
    let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
    let mut finding = Finding::error(Code::BadValue, source.place(key)).text(&key.text).with("key", name).with("wanted", known.join(" | "));
    if let Some(near) = nearest(&key.text, known.iter().copied()) {
        finding = finding.with("hint", near);
    }
    findings.push(finding);
    None
}

/// Reports ids that are used twice, and ids that are no kebab-case or snake_case word.
#[derive(Debug, Default)]
pub struct Ids {
    seen: BTreeMap<String, Range<usize>>,
    dots: bool,
}

impl Ids {
    /// Ids in which a dot may stand: those of rules.
    pub fn with_dots() -> Self {
        Ids { dots: true, ..Ids::default() }
    }

    /// Remembers an id; `false` and a finding where it stood before.
    pub fn add(&mut self, source: &Source, key: &Key, findings: &mut Findings) -> bool {
        if key.text.is_empty() || !key.text.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-' || (c == '.' && self.dots)) {
            findings
                .push(Finding::error(Code::BadValue, source.place(key)).text(&key.text).with("key", "id").with("wanted", "a-z 0-9 _ -"));
            return false;
        }
        match self.seen.get(&key.text) {
            None => {
                self.seen.insert(key.text.clone(), key.span.clone());
                true
            }
            Some(first) => {
                let line = crate::finding::line_and_column(&source.text, first.start).0;
                findings.push(Finding::error(Code::DuplicateId, source.place(key)).text(&key.text).with("line", line));
                false
            }
        }
    }
}
