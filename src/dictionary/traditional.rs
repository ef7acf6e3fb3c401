//! Traditional characters in headings, from `traditional.toml`: `實繳稅收` means what `实缴税收` means.
//!
//! In: a heading, a unit or a word of an office, or a name that is compared. Out: the same in the characters of the dictionary. Values
//! are never altered.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    characters: BTreeMap<String, String>,
}

static CHARACTERS: LazyLock<HashMap<char, char, FixedState>> = LazyLock::new(|| {
    let raw: Raw = toml::from_str(include_str!("traditional.toml")).expect("the embedded characters are read by a test");
    let each = |(plain, others): (&String, &String)| {
        let plain = plain.chars().next();
        others.chars().filter_map(move |other| Some((other, plain?))).collect::<Vec<_>>()
    };
    raw.characters.iter().flat_map(each).collect()
});

/// A text in the characters of the dictionary.
pub fn plain(heading: &str) -> Cow<'_, str> {
    if heading.chars().any(|character| CHARACTERS.contains_key(&character)) {
        Cow::Owned(heading.chars().map(|character| CHARACTERS.get(&character).copied().unwrap_or(character)).collect())
    } else {
        Cow::Borrowed(heading)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_known_in_traditional_characters() {
        for (written, meant) in [
            ("統一社會信用代碼", "统一社会信用代码"),
            ("實繳稅收（萬元）", "实缴税收（万元）"),
            ("用地面積（畝）", "用地面积（亩）"),
            ("年度", "年度"),
        ] {
            assert_eq!(plain(written), meant);
        }
    }

    #[test]
    fn no_character_of_the_dictionary_is_altered() {
        for text in [include_str!("../dictionary.toml"), include_str!("office.toml")] {
            assert!(matches!(plain(text), Cow::Borrowed(_)), "{:?}", text.chars().find(|character| CHARACTERS.contains_key(character)));
        }
    }
}
