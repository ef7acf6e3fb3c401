//! `extends`: a policy that is another one with some parts changed.
//!
//! In: the text of a policy. Out: the tables of the policy and of its bases as one, in which every span still leads to the file it stands in.
//! The texts are put one behind the other, and each base is read with as many line breaks before it as there are bytes before it: so its
//! spans are those of the long text, and [`Source::at`] finds the file again.

use std::ops::Range;
use std::path::Path;

use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

use super::library;
use super::source::Source;
use crate::finding::{Code, Finding, Findings};

/// Policies that extend one another.
const DEEPEST: usize = 8;

/// What a policy says of itself, and never of those that extend it.
const OWN: &[&str] = &["id", "title", "status", "years", "region", "place", "edition", "notes", "extends"];

/// Tables that are put together key by key; `grades` too, unless it has a rule of its own.
const BY_KEY: &[&str] = &["years", "review", "settings", "total"];

/// A policy and its bases.
pub struct Layers {
    /// All texts as one.
    pub source: Source,
    /// Each text with as many line breaks before it as there are bytes before it.
    padded: Vec<String>,
}

impl Layers {
    /// Finds the bases of a policy; `None` and a finding where one is not there.
    pub fn find(source: &Source, findings: &mut Findings) -> Option<Layers> {
        let mut all = vec![source.clone()];
        let mut at = 0;
        let mut layered = source.clone();
        while let Some((name, span)) = base_of(&all[at]) {
            let place = |span: Range<usize>| all[at].at(span);
            let mut quiet = Findings::default();
            let path = beside(&all[at], &name);
            let Some(base) = library::find(&path, &mut quiet) else {
                let known: Vec<&str> = library::BUILT_IN.iter().map(|(id, _)| *id).collect();
                findings.push(Finding::error(Code::UnknownPolicy, place(span)).text(&name).with("known", known.join(", ")));
                return None;
            };
            if all.len() == DEEPEST || all.iter().any(|known| known.file == base.file) {
                let finding = Finding::error(Code::BadValue, place(span)).text(&name);
                findings.push(finding.with("key", "extends").with("wanted", "wanted.no-circle"));
                return None;
            }
            layered = layered.and(&base);
            all.push(base);
            at += 1;
        }
        let mut before = 0;
        let padded = all.iter().map(|one| {
            let padded = "\n".repeat(before) + &one.text;
            before = padded.len();
            padded
        });
        Some(Layers { padded: padded.collect(), source: layered })
    }

    /// The tables as one; `None` and a finding where a text is no TOML.
    pub fn tables(&self, findings: &mut Findings) -> Option<DeTable<'_>> {
        let mut trees = Vec::new();
        for text in &self.padded {
            trees.push(super::parse(text, &self.source, findings)?.into_inner());
        }
        let mut merged = trees.pop()?;
        while let Some(over) = trees.pop() {
            for own in OWN {
                merged.remove(*own);
            }
            merged = merge(merged, over, &self.source, findings);
        }
        merged.remove("extends");
        Some(merged)
    }
}

/// What a text says it extends, and where.
fn base_of(source: &Source) -> Option<(String, Range<usize>)> {
    let tree = DeTable::parse(&source.text).ok()?;
    let (_, value) = tree.get_ref().iter().find(|(key, _)| key.get_ref() == "extends")?;
    Some((value.get_ref().as_str()?.to_owned(), value.span()))
}

/// A file is looked for beside the file that names it.
fn beside(source: &Source, name: &str) -> String {
    let is_file = name.ends_with(".toml") || name.contains(['/', '\\']);
    match Path::new(&*source.file).parent().filter(|folder| is_file && !folder.as_os_str().is_empty()) {
        Some(folder) => folder.join(name).display().to_string(),
        None => name.to_owned(),
    }
}

/// The keys of `over` before those of `base`.
fn merge<'t>(mut base: DeTable<'t>, over: DeTable<'t>, source: &Source, findings: &mut Findings) -> DeTable<'t> {
    for (key, value) in over {
        let name = key.get_ref().to_string();
        let Some(old) = base.remove(name.as_str()) else {
            refuse_drops(&value, source, findings);
            base.insert(key, value);
            continue;
        };
        let span = value.span();
        let merged = match (old.into_inner(), value.into_inner()) {
            (DeValue::Table(old), DeValue::Table(new)) if by_key(&name, &new) => DeValue::Table(merge(old, new, source, findings)),
            (DeValue::Array(old), DeValue::Array(new)) if has_ids(&old) && has_ids(&new) => {
                let mut blocks = merge_lists(old.to_vec(), new.to_vec(), source, findings);
                // The document of a method is the first of its own.
                let own = new.first().and_then(id_of);
                if let Some(first) = blocks.iter().position(|block| name == "sources" && id_of(block) == own) {
                    blocks[..=first].rotate_right(1);
                }
                let mut list = DeArray::new();
                blocks.into_iter().for_each(|block| list.push(block));
                DeValue::Array(list)
            }
            (_, new) => new,
        };
        base.insert(key, Spanned::new(span, merged));
    }
    base
}

/// Is a table put together key by key? In `settings` the tables of the books are.
fn by_key(name: &str, new: &DeTable) -> bool {
    let has_rule = new.iter().any(|(key, _)| key.get_ref() == "rule");
    BY_KEY.contains(&name) || name == "grades" && !has_rule || library::BOOKS.iter().any(|(id, _)| *id == name)
}

/// The id of a block.
fn id_of(value: &Spanned<DeValue>) -> Option<String> {
    let table = value.get_ref().as_table()?;
    table.iter().find(|(key, _)| key.get_ref() == "id").and_then(|(_, id)| id.get_ref().as_str().map(str::to_owned))
}

fn has_ids(list: &[Spanned<DeValue>]) -> bool {
    !list.is_empty() && list.iter().all(|value| id_of(value).is_some())
}

fn drops(value: &Spanned<DeValue>) -> bool {
    let table = value.get_ref().as_table();
    table.is_some_and(|table| table.iter().any(|(key, value)| key.get_ref() == "drop" && value.get_ref().as_bool() == Some(true)))
}

/// Blocks of one id become one, in the base's place; new ones follow.
fn merge_lists<'t>(
    mut base: Vec<Spanned<DeValue<'t>>>,
    over: Vec<Spanned<DeValue<'t>>>,
    source: &Source,
    findings: &mut Findings,
) -> Vec<Spanned<DeValue<'t>>> {
    for value in over {
        let id = id_of(&value);
        let at = base.iter().position(|old| id_of(old) == id);
        match (at, drops(&value)) {
            (Some(at), true) => {
                base.remove(at);
            }
            (None, true) => nothing_to_drop(&value, source, findings),
            (Some(at), false) => {
                let span = value.span();
                let (DeValue::Table(old), DeValue::Table(new)) = (base[at].get_ref().clone(), value.into_inner()) else { continue };
                base[at] = Spanned::new(span, DeValue::Table(merge(old, new, source, findings)));
            }
            (None, false) => base.push(value),
        }
    }
    base
}

/// A list that the base does not have: there is nothing in it to drop.
fn refuse_drops(value: &Spanned<DeValue>, source: &Source, findings: &mut Findings) {
    if let DeValue::Array(list) = value.get_ref() {
        list.iter().filter(|item| drops(item)).for_each(|item| nothing_to_drop(item, source, findings));
    }
}

fn nothing_to_drop(value: &Spanned<DeValue>, source: &Source, findings: &mut Findings) {
    let id = id_of(value).unwrap_or_default();
    findings.push(Finding::error(Code::BadValue, source.at(value.span())).text(id).with("key", "drop").with("wanted", "wanted.id-of-base"));
}
