//! Phrases of a report as sentences, and codes as words, in the reader's language.
//!
//! In: a [`Phrase`], a code or a heading. Out: text in the language of the locale, safe to print. Next: every format.

use crate::dictionary::Bilingual;
use crate::locale::Locale;
use crate::report::table::{Column, Phrase, Said};

use super::text;

/// The sentence of a phrase.
pub fn say(phrase: &Phrase, locale: &Locale) -> String {
    let values: Vec<(&str, String)> = phrase.values.iter().map(|(name, value)| (*name, value_text(value, locale))).collect();
    locale.say(&phrase.key, &values)
}

fn value_text(value: &Said, locale: &Locale) -> String {
    match value {
        Said::Plain(plain) => text::clean(plain).into_owned(),
        Said::Both(both) => bilingual(both, locale),
        Said::Key(key) => locale.text(key).to_owned(),
    }
}

/// The text of the locale's language.
pub(super) fn bilingual(both: &Bilingual, locale: &Locale) -> String {
    text::clean(both.get(locale.language.as_str())).into_owned()
}

/// The word for a code; the code itself (the name of a grade, say) where the language has none.
pub(super) fn word(code: &str, locale: &Locale) -> String {
    let key = format!("word.{code}");
    if locale.has(&key) { locale.text(&key).to_owned() } else { text::clean(code).into_owned() }
}

/// The unit of a column, if it has one.
pub(super) fn unit(column: &Column, locale: &Locale) -> Option<String> {
    column.unit.as_ref().map(|unit| bilingual(unit, locale)).filter(|unit| !unit.is_empty())
}

/// Several texts as an enumeration.
pub(super) fn list(texts: &[String], locale: &Locale) -> String {
    texts.join(locale.text("render.list-separator"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::locale::Language;

    #[test]
    fn values_are_said_in_the_language_of_the_locale() {
        let phrase = Phrase::new("render.heading-unit")
            .with_both("label", Bilingual { zh: "用地面积".to_owned(), en: "Land".to_owned() })
            .with_key("unit", "word.low");
        assert_eq!(say(&phrase, Locale::get(Language::Zh)), "用地面积（低效）");
        assert_eq!(say(&phrase, Locale::get(Language::En)), "Land (low)");
    }

    #[test]
    fn a_word_without_an_entry_is_its_code() {
        let zh = Locale::get(Language::Zh);
        assert_eq!((word("not-reviewed", zh).as_str(), word("A+", zh).as_str()), ("未复核", "A+"));
    }
}
