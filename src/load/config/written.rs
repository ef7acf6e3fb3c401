//! The text of `mujun.toml` with places, so that every fault points at its own key or value.
//!
//! In: the TOML tree with its spans. Out: words and numbers, each with its place, and findings for what has another shape than the
//! key wants or for keys that have no meaning. Next: `config` checks what the words say.

use std::ops::Range;
use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::dictionary::sayings;
use crate::finding::{Code, Finding, Findings, Place, line_and_column};

/// Letters of a value that a finding shows.
const SHOWN: usize = 40;

/// A text of the file and where it stands.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Word {
    /// The text, without its quotes.
    pub text: String,
    /// Where it stands, quotes included.
    pub span: Range<usize>,
}

/// The file as it is written.
#[derive(Debug, Default, Clone)]
pub struct Written {
    /// Its path, as the user would type it.
    pub file: Arc<str>,
    /// Its text.
    pub text: Arc<str>,
}

/// A value of a key.
pub type Item<'t> = &'t Spanned<DeValue<'t>>;

/// What a key wants: a key of the locale, and an example, or the key of one.
pub type Wanted = (&'static str, &'static str);

impl Written {
    /// The place of a span.
    pub fn place(&self, span: &Range<usize>) -> Place {
        Place::Text { file: self.file.clone(), text: self.text.clone(), start: span.start, end: span.end.max(span.start) }
    }

    /// The file and line of a span, as one says it.
    pub fn line(&self, span: &Range<usize>) -> String {
        let name = self.file.rsplit(['/', '\\']).next().unwrap_or(&self.file);
        format!("{name}:{}", line_and_column(&self.text, span.start).0)
    }

    /// The finding for a text that is no TOML, at the place where the mistake was made.
    pub fn no_toml(&self, error: &toml::de::Error) -> Finding {
        let (why, span) = sayings::why(&self.text, error.message(), error.span().unwrap_or(0..0));
        let (line, column) = line_and_column(&self.text, span.start);
        Finding::error(Code::ConfigSyntax, self.place(&span)).with("why", why).with("line", line).with("column", column)
    }

    /// A word that is no such thing; what is nearest to it among names is a hint.
    pub fn fault(&self, word: &Word, what: &'static str, accepted: &str) -> Finding {
        let finding = Finding::error(Code::BadConfig, self.place(&word.span)).text(&word.text);
        finding.with("what", what).with("accepted", accepted)
    }

    /// A value of another shape than its key wants.
    pub fn wrong(&self, key: &str, item: Item<'_>, (what, accepted): Wanted) -> Finding {
        let span = item.span();
        let raw = self.text.get(span.clone()).unwrap_or("").lines().next().unwrap_or("");
        let shown: String = raw.chars().take(SHOWN).collect();
        let mark = if shown.len() < raw.len() { "…" } else { "" };
        // A section begins with its name, on a line of its own.
        let is_header = raw.starts_with('[') && (span.start == 0 || self.text[..span.start].ends_with('\n'));
        let text = if is_header { format!("{shown}{mark}") } else { format!("{key} = {shown}{mark}") };
        self.fault(&Word { text, span: span.start..span.start + raw.len() }, what, accepted)
    }

    /// A text.
    pub fn word(&self, key: &str, item: Item<'_>, wanted: Wanted, findings: &mut Findings) -> Option<Word> {
        let word = item.get_ref().as_str().map(|text| Word { text: text.to_owned(), span: item.span() });
        if word.is_none() {
            findings.push(self.wrong(key, item, wanted));
        }
        word
    }

    /// A list of texts.
    pub fn words(&self, key: &str, item: Item<'_>, wanted: Wanted, findings: &mut Findings) -> Vec<Word> {
        let Some(array) = item.get_ref().as_array() else {
            findings.push(self.wrong(key, item, wanted));
            return Vec::new();
        };
        array.iter().filter_map(|entry| self.word(key, entry, wanted, findings)).collect()
    }

    /// The keys of a table with their values, in the order of the file.
    pub fn entries<'t>(&self, key: &str, item: Item<'t>, wanted: Wanted, findings: &mut Findings) -> Vec<(Word, Item<'t>)> {
        match item.get_ref().as_table() {
            Some(table) => entries(table),
            None => {
                findings.push(self.wrong(key, item, wanted));
                Vec::new()
            }
        }
    }

    /// A table of texts.
    pub fn pairs(&self, key: &str, item: Item<'_>, wanted: Wanted, findings: &mut Findings) -> Vec<(Word, Word)> {
        let (entries, text) = (self.entries(key, item, wanted, findings), ("config.text", wanted.1));
        entries.into_iter().filter_map(|(word, item)| Some((word.clone(), self.word(&word.text, item, text, findings)?))).collect()
    }

    /// A key without a meaning.
    pub fn unknown(&self, key: &Word, known: &[&str], hint: Option<String>) -> Finding {
        let finding = Finding::error(Code::UnknownKey, self.place(&key.span)).text(&key.text).with("known", known.join(", "));
        let hint = hint.or_else(|| hint_for(&key.text, known.iter().copied()));
        hint.into_iter().fold(finding, |finding, hint| finding.with("hint", hint))
    }
}

/// The known name that a word is a slip of.
pub fn hint_for<'k>(word: &str, known: impl Iterator<Item = &'k str>) -> Option<String> {
    let lower = word.to_lowercase();
    let nearest = known.map(|name| (strsim::osa_distance(&lower, &name.to_lowercase()), name)).min()?;
    (nearest.0 * 2 <= lower.chars().count()).then(|| nearest.1.to_owned())
}

/// The keys of a table with their values, in the order of the file.
pub fn entries<'t>(table: &'t DeTable<'t>) -> Vec<(Word, Item<'t>)> {
    let word = |key: &Spanned<toml::de::DeString<'_>>| Word { text: key.get_ref().to_string(), span: key.span() };
    let mut entries: Vec<(Word, Item<'t>)> = table.iter().map(|(key, value)| (word(key), value)).collect();
    entries.sort_by_key(|(key, _)| key.span.start);
    entries
}

/// A whole number that counts something.
pub fn count(item: Item<'_>) -> Option<u64> {
    match item.get_ref() {
        DeValue::Integer(number) if number.radix() == 10 => number.as_str().replace('_', "").parse().ok(),
        _ => None,
    }
}
