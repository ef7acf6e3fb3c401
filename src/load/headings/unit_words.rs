//! A text as words between separators, each of which may be a unit.
//!
//! In: the text of a cell. Out: its words. Next: `unit_line`, `unit_label`, `unit_trace`.

use crate::dictionary::{Dictionary, Office, comparable};
use crate::load::cells::forms::is_seen;

/// Most words of a unit: ten thousand yuan, 万 吨 标 准 煤.
const MOST_WORDS: usize = 6;

/// Letters that a unit has at most.
const LONGEST_UNIT: usize = 5;

/// A label before it makes it no unit but a line of units.
pub fn is_unit(word: &str) -> bool {
    !word.contains(':') && Dictionary::get().is_unit(word)
}

pub fn is_unread(word: &str) -> bool {
    Office::get().unread_units.iter().any(|unit| unit == word)
}

/// Is it a unit of tables of units that is never read there: 公亩, 元/年?
pub fn is_in_list(word: &str) -> bool {
    let is_rate = || word.split_once('/').is_some_and(|(of, _)| is_unit(of));
    Office::get().unread_in_columns.iter().any(|unit| unit == word) || is_rate()
}

/// Is it one of the units that are not read, or does it end like a unit? `is_repeated`: the same few words stand in many rows, which names
/// of offices and firms do not.
pub fn is_other_unit(word: &str, is_repeated: bool) -> bool {
    let office = Office::get();
    let ends = || office.unit_endings.iter().any(|end| word.ends_with(end.as_str()));
    let is_name = || {
        office.innocent.iter().any(|innocent| word.contains(innocent.as_str()))
            || office.names_enterprise(word)
            || office.organisation_endings.iter().any(|end| word.ends_with(end.as_str()))
    };
    is_in_list(word) || is_repeated && word.chars().count() <= LONGEST_UNIT && ends() && !is_name()
}

/// Does a letter stand between words: a bracket, or a separator of units?
pub fn is_apart(letter: char) -> bool {
    matches!(letter, '(' | ')' | '[' | ']') || Office::get().unit_separators.contains(&letter)
}

/// A word between separators.
pub struct Part {
    /// The word, as it is compared.
    pub word: String,
    /// It stands in brackets behind another.
    pub is_bracketed: bool,
}

/// A text as the words between its separators and brackets.
pub fn parts(text: &str) -> Vec<Part> {
    let office = Office::get();
    let mut parts = Vec::new();
    let mut in_brackets = false;
    for piece in text.split_inclusive(['(', ')', '[', ']']) {
        let (inner, end) = match piece.char_indices().last() {
            Some((at, end @ ('(' | ')' | '[' | ']'))) => (&piece[..at], Some(end)),
            _ => (piece, None),
        };
        // Spaces may also stand inside a unit.
        let mut chunks: Vec<&str> = inner.split(|letter| letter != ' ' && is_apart(letter)).collect();
        for word in &office.unit_conjunctions {
            chunks = chunks.iter().flat_map(|chunk| chunk.split(word.as_str())).collect();
        }
        for chunk in chunks.iter().map(|chunk| chunk.trim()).filter(|chunk| !chunk.is_empty()) {
            parts.extend(unspaced(chunk).into_iter().map(|word| Part { word, is_bracketed: in_brackets }));
        }
        in_brackets = matches!(end, Some('(' | '['));
    }
    parts
}

/// A text cut at its spaces, as few times as gives units: `10k cny mu` is two. Latin letters or figures that are left over make all of it
/// one word that is no unit: `cny thousand` is no yuan.
fn unspaced(text: &str) -> Vec<String> {
    let words: Vec<&str> = text.split(' ').filter(|word| !word.is_empty()).collect();
    let (mut all, mut from) = (Vec::new(), 0);
    while from < words.len() {
        let to = (from + 1..=words.len().min(from + MOST_WORDS)).rev().find(|&to| is_unit(&words[from..to].concat()));
        let is_left_over = to.is_none() && from > 0 && words[from].is_ascii() && !words[from].contains(':');
        if is_left_over && words[..from].iter().all(|word| word.is_ascii()) {
            return vec![words.concat()];
        }
        let to = to.unwrap_or(from + 1);
        all.push(words[from..to].concat());
        from = to;
    }
    all
}

/// A text as it is compared, its spaces kept as one each.
pub fn spaced(text: &str) -> String {
    let is_text = |character: &char| is_seen(*character) && !matches!(character, '“' | '”' | '"' | '「' | '」');
    let text: String = text.chars().filter(is_text).collect();
    text.split_whitespace().map(comparable).collect::<Vec<_>>().join(" ")
}
