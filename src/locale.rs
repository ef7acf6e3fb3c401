//! Every human sentence, in Chinese and in English, by key.
//!
//! In: a key (`finding.missing-file.message`) and named values. Out: the sentence with its `{placeholders}` filled.
//! The texts stand in `locales/zh.toml` and `locales/en.toml`; a test holds both to the same keys and placeholders.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::LazyLock;

/// A language the program speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// Chinese.
    Zh,
    /// English.
    En,
}

impl Language {
    /// `zh` or `en`.
    pub fn as_str(self) -> &'static str {
        match self {
            Language::Zh => "zh",
            Language::En => "en",
        }
    }

    /// From a locale name such as `zh_CN.UTF-8`: Chinese if it says so, else English.
    pub fn from_locale(name: &str) -> Self {
        if name.to_ascii_lowercase().starts_with("zh") { Language::Zh } else { Language::En }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The sentences of one language.
#[derive(Debug)]
pub struct Locale {
    /// Which language.
    pub language: Language,
    texts: BTreeMap<String, String>,
}

static ZH: LazyLock<Locale> = LazyLock::new(|| Locale::read(Language::Zh, include_str!("locales/zh.toml")));
static EN: LazyLock<Locale> = LazyLock::new(|| Locale::read(Language::En, include_str!("locales/en.toml")));

impl Locale {
    /// The sentences of a language.
    pub fn get(language: Language) -> &'static Locale {
        match language {
            Language::Zh => &ZH,
            Language::En => &EN,
        }
    }

    fn read(language: Language, source: &str) -> Locale {
        let tree: toml::Table = toml::from_str(source).expect("the embedded locales are read by a test");
        let mut texts = BTreeMap::new();
        flatten("", &tree, &mut texts);
        Locale { language, texts }
    }

    /// Is there a text for the key?
    pub fn has(&self, key: &str) -> bool {
        self.texts.contains_key(key)
    }

    /// All keys, sorted.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.texts.keys().map(String::as_str)
    }

    /// The text of a key as it stands; the key itself where there is none, which a test rules out.
    pub fn text<'a>(&'a self, key: &'a str) -> &'a str {
        self.texts.get(key).map_or(key, String::as_str)
    }

    /// The sentence of a key with `{name}` replaced by the value of that name.
    pub fn say<V: AsRef<str>>(&self, key: &str, values: &[(&str, V)]) -> String {
        let mut rest = self.text(key);
        let mut sentence = String::with_capacity(rest.len() + 32);
        while let Some(open) = rest.find('{') {
            sentence.push_str(&rest[..open]);
            let Some(length) = rest[open..].find('}') else { break };
            let name = &rest[open + 1..open + length];
            match values.iter().find(|(known, _)| *known == name) {
                Some((_, value)) => sentence.push_str(value.as_ref()),
                None => sentence.push_str(&rest[open..=open + length]),
            }
            rest = &rest[open + length + 1..];
        }
        sentence.push_str(rest);
        sentence
    }
}

fn flatten(prefix: &str, tree: &toml::Table, texts: &mut BTreeMap<String, String>) {
    for (key, value) in tree {
        let path = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
        match value {
            toml::Value::Table(inner) => flatten(&path, inner, texts),
            toml::Value::String(text) => {
                texts.insert(path, text.clone());
            }
            other => {
                texts.insert(path, other.to_string());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn placeholders(text: &str) -> Vec<String> {
        let mut names: Vec<String> =
            text.split('{').skip(1).filter_map(|part| part.split_once('}')).map(|(name, _)| name.to_owned()).collect();
        names.sort();
        names.dedup();
        names
    }

    #[test]
    fn both_languages_have_the_same_keys_and_placeholders() {
        let (zh, en) = (Locale::get(Language::Zh), Locale::get(Language::En));
        let (zh_keys, en_keys): (Vec<_>, Vec<_>) = (zh.keys().collect(), en.keys().collect());
        assert_eq!(zh_keys, en_keys);
        for key in en_keys {
            assert_eq!(placeholders(zh.text(key)), placeholders(en.text(key)), "{key}");
        }
    }

    #[test]
    fn every_finding_code_has_a_message_and_a_remedy() {
        for code in crate::finding::Code::ALL {
            for part in ["message", "remedy"] {
                let key = format!("finding.{code}.{part}");
                assert!(Locale::get(Language::En).has(&key), "{key}");
            }
        }
    }

    #[test]
    fn values_fill_their_places_and_unknown_places_stay() {
        let locale = Locale { language: Language::En, texts: BTreeMap::from([("k".to_owned(), "{a} and {b}".to_owned())]) };
        assert_eq!(locale.say("k", &[("a", "1")]), "1 and {b}");
    }
}
