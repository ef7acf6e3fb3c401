//! Labels of units: 单位, 金额单位, 建筑面积单位, and the units that stand behind them.
//!
//! In: the plain text of a cell. Out: its labels, and the words behind each. Next: `unit_line`.

use crate::dictionary::{Dictionary, Office, UnitLabel};
use crate::load::headings::unit_line::{UnitWord, names};
use crate::load::headings::unit_words::{Part, is_apart, is_unit, is_unread, parts};

/// Letters up to which a word that is no unit is told as one: a longer one is a remark.
const LONGEST: usize = 6;

/// A label in a text.
pub struct Label {
    /// Where it begins.
    pub at: usize,
    /// Where the name before it begins that it is said of.
    pub from: usize,
    /// Where it ends.
    pub end: usize,
    /// The label.
    pub of: &'static UnitLabel,
    /// What it is said of, or an organisation: what stands before it.
    pub named: Option<String>,
}

/// The labels of a text, the longest at each place.
pub fn labels(plain: &str) -> Vec<Label> {
    let mut labels: Vec<Label> = Vec::new();
    let mut free = 0;
    for (at, _) in plain.char_indices() {
        if at < free {
            continue;
        }
        let all = Office::get().unit_labels.iter();
        let longest = all.filter_map(|of| Some((of.words.iter().filter_map(|word| stands(&plain[at..], word)).max()?, of)));
        let Some((length, of)) = longest.max_by_key(|(length, _)| *length) else { continue };
        let Some(named) = before(&plain[..at], of, &plain[at..at + length], &plain[at + length..]) else { continue };
        let is_pointed = Office::get().unit_pointers.iter().any(|pointer| plain[..at].ends_with(pointer.as_str()));
        let from = if named.is_some() || is_pointed { at - name_before(&plain[..at]).len() } else { at };
        labels.push(Label { at, from, end: at + length, of, named });
        free = at + length;
    }
    labels
}

/// The length of a word that stands at the beginning of a text, perhaps with spaces between its letters: 单 位.
pub fn stands(text: &str, word: &str) -> Option<usize> {
    let mut rest = text;
    for letter in word.chars() {
        rest = if rest.len() < text.len() { rest.trim_start_matches(' ') } else { rest };
        rest = rest.strip_prefix(letter)?;
    }
    Some(text.len() - rest.len())
}

/// May a label stand behind this text, and what is it said of then?
fn before(text: &str, of: &UnitLabel, word: &str, after: &str) -> Option<Option<String>> {
    let office = Office::get();
    let is_end = |ends: &[String]| ends.iter().any(|end| text.ends_with(end.as_str()));
    let is_clear = text.is_empty()
        || text.ends_with(is_apart)
        || text.ends_with([':', '.', '-', '—'])
        || is_end(&office.unit_conjunctions)
        || is_end(&office.unit_pointers);
    // In the middle of an English word it is none of its own: communities.
    let is_letter = |character: char| character.is_ascii_alphabetic();
    if word.is_ascii() && (text.ends_with(is_letter) || after.starts_with(is_letter)) {
        return None;
    }
    if is_clear || !of.weak && is_end(&office.title_endings) && !is_end(&office.organisations) {
        return Some(None);
    }
    (!of.weak).then(|| Some(format!("{}{}", name_before(text), office.measured_by(word))))
}

/// The name at the end of a text.
fn name_before(text: &str) -> &str {
    text.rsplit(|letter| letter == ':' || is_apart(letter)).next().unwrap_or(text)
}

impl Label {
    /// Adds the units that stand behind it.
    pub fn words(&self, rest: &str, words: &mut Vec<UnitWord>) {
        let office = Office::get();
        let mut inner = rest;
        let mut is_marked = false;
        while let Some(next) = office.unit_marks.iter().find_map(|mark| inner.strip_prefix(mark.as_str())) {
            (inner, is_marked) = (next.trim_start(), true);
        }
        let parts = parts(inner);
        let is_sound = |part: &Part| is_unit(&part.word) || is_unread(&part.word);
        let Some(first) = parts.first() else { return };
        let is_organisation = office.organisation_endings.iter().any(|end| first.word.ends_with(end.as_str()));
        let is_strict = !is_marked || self.named.is_some() || self.of.weak;
        if !is_sound(first) && (is_strict || is_organisation) && !parts.get(1).is_some_and(|next| next.is_bracketed && is_sound(next)) {
            return;
        }
        let mut last_is_sound = true;
        for (at, part) in parts.iter().enumerate() {
            let is_sound = is_sound(part);
            if part.is_bracketed && at > 0 {
                // A remark behind a unit; behind another word it is the unit: 税额（元）.
                if last_is_sound || !is_sound {
                    name_last(words, &part.word);
                    continue;
                }
                words.pop();
            } else if !is_sound && (is_strict || is_remark(&part.word)) {
                return;
            }
            last_is_sound = is_sound;
            words.push(UnitWord { word: part.word.clone(), about: &self.of.about, named: self.named.clone() });
        }
    }
}

/// A remark behind a unit that is a heading says what the unit is of: 元（营业收入）.
fn name_last(words: &mut [UnitWord], remark: &str) {
    let is_heading = Dictionary::get().tables.iter().any(|table| names(table, remark).is_some());
    if let Some(last) = words.last_mut().filter(|_| is_heading) {
        last.named = Some(remark.to_owned());
    }
}

/// What comes behind the units and is no word of them: another label, a date, a sentence.
fn is_remark(word: &str) -> bool {
    word.contains(':') || word.starts_with(|c: char| c.is_ascii_digit()) || word.chars().count() > LONGEST
}
