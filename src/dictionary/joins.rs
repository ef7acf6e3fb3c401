//! How tables are joined for `check`: leading figures, the order of repairs, and how names are compared, read from `joins.toml`.
//!
//! In: the embedded file. Out: [`Joins`]. Next: `load::joins` counts, sums and looks for repairs by it.

use std::borrow::Cow;
use std::sync::LazyLock;

use serde::Deserialize;

use super::{normalise, traditional};

/// The leading figure of a table.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lead {
    /// The table.
    pub table: String,
    /// Its column.
    pub column: String,
}

/// Why an unknown id may mean a known one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "joins.toml says what each kind means")]
pub enum RepairKind {
    Form,
    MisreadLetter,
    CheckSlip,
    OrganisationCode,
    CheckLength,
    SameName,
    ShortName,
    Swapped,
    Length,
    OneCharacter,
}

/// How sure a repair is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// The same id, written otherwise.
    Certain,
    /// A check character or a name speaks for it.
    Likely,
    /// It is near, and that is all.
    Possible,
}

impl Confidence {
    /// The word of results.
    pub fn as_str(self) -> &'static str {
        match self {
            Confidence::Certain => "certain",
            Confidence::Likely => "likely",
            Confidence::Possible => "possible",
        }
    }
}

impl RepairKind {
    /// The word of results.
    pub fn as_str(self) -> &'static str {
        match self {
            RepairKind::Form => "form",
            RepairKind::MisreadLetter => "misread-letter",
            RepairKind::CheckSlip => "check-slip",
            RepairKind::OrganisationCode => "organisation-code",
            RepairKind::CheckLength => "check-length",
            RepairKind::SameName => "same-name",
            RepairKind::ShortName => "short-name",
            RepairKind::Swapped => "swapped",
            RepairKind::Length => "length",
            RepairKind::OneCharacter => "one-character",
        }
    }
}

/// One kind of repair with its place in the order.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RepairRule {
    /// Which.
    pub kind: RepairKind,
    /// How sure.
    pub confidence: Confidence,
}

/// How names are compared.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Names {
    brackets: Vec<String>,
    ignored: String,
    suffixes: Vec<String>,
    /// Is one of those a Chinese character, a figure or a small letter?
    #[serde(skip)]
    changes_words: bool,
}

/// The whole file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Joins {
    /// Tables in which an enterprise should stand.
    pub presence: Vec<String>,
    /// Fewest characters of an id that is compared for slips.
    pub shortest_id: usize,
    /// Fewest characters of a name that is compared.
    pub shortest_name: usize,
    /// How many repairs are told of each id.
    pub most_repairs: usize,
    /// Leading figures.
    pub lead: Vec<Lead>,
    /// Kinds of repair, the surest first.
    #[serde(rename = "repair")]
    pub repairs: Vec<RepairRule>,
    /// How names are compared.
    pub names: Names,
}

static JOINS: LazyLock<Joins> = LazyLock::new(|| {
    let mut joins: Joins = toml::from_str(include_str!("joins.toml")).expect("the embedded file is read by a test");
    joins.names.changes_words = joins.names.brackets.iter().flat_map(|pair| pair.chars()).chain(joins.names.ignored.chars()).any(is_word);
    joins.names.suffixes.sort_by_key(|word| std::cmp::Reverse(word.chars().count()));
    joins
});

/// Is a character the same in every form of a name?
fn is_word(character: char) -> bool {
    matches!(character, '\u{4e00}'..='\u{9fff}' | '0'..='9' | 'a'..='z')
}

impl Joins {
    /// The built-in choices.
    pub fn get() -> &'static Joins {
        &JOINS
    }

    /// The column whose cells are added up, if the table has one.
    pub fn lead(&self, table: &str) -> Option<&str> {
        self.lead.iter().find(|lead| lead.table == table).map(|lead| lead.column.as_str())
    }

    /// Place of a kind in the order of repairs, and how sure it is.
    pub fn rank(&self, kind: RepairKind) -> (usize, Confidence) {
        let at = self.repairs.iter().position(|rule| rule.kind == kind);
        at.map_or((self.repairs.len(), Confidence::Possible), |at| (at, self.repairs[at].confidence))
    }
}

impl Names {
    /// A name without what is written one way or another: width, case, kind of brackets, spaces and dots, traditional characters.
    pub fn plain<'n>(&self, name: &'n str) -> Cow<'n, str> {
        if !self.changes_words && name.chars().all(is_word) {
            return traditional::plain(name);
        }
        let (first, pairs) = (&self.brackets[0], &self.brackets);
        let bracket = |character: char| {
            let at = pairs.iter().find_map(|pair| pair.chars().position(|one| one == character))?;
            first.chars().nth(at)
        };
        let kept = traditional::plain(&normalise(name)).chars().filter(|&character| !self.ignored.contains(character)).collect::<String>();
        Cow::Owned(kept.chars().map(|character| bracket(character).unwrap_or(character)).collect())
    }

    /// A plain name without its brackets, but with what stands in them.
    pub fn bare<'n>(&self, plain: &'n str) -> Cow<'n, str> {
        let is_bracket = |character: char| self.brackets[0].contains(character);
        if plain.contains(is_bracket) { Cow::Owned(plain.replace(is_bracket, "")) } else { Cow::Borrowed(plain) }
    }

    /// A plain name without the words that are left out or added at will.
    pub fn core<'n>(&self, plain: &'n str) -> &'n str {
        let mut core = plain;
        while let Some(rest) = self.suffixes.iter().find_map(|word| core.strip_suffix(word.as_str())).filter(|rest| !rest.is_empty()) {
            core = rest;
        }
        core
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dictionary::{ColumnType, Dictionary};

    #[test]
    fn leading_figures_are_numbers_and_every_kind_has_a_place() {
        for lead in &Joins::get().lead {
            let table = Dictionary::get().table(&lead.table).expect("a table of the dictionary");
            let column = table.columns.iter().find(|column| column.name == lead.column).expect("a column of it");
            assert_eq!(column.kind, ColumnType::Number, "{}", lead.column);
        }
        for name in &Joins::get().presence {
            assert!(Dictionary::get().table(name).is_some(), "{name}");
        }
        let mut kinds: Vec<RepairKind> = Joins::get().repairs.iter().map(|rule| rule.kind).collect();
        kinds.sort_unstable();
        kinds.dedup();
        assert_eq!(kinds.len(), 10, "every kind once");
    }

    #[test]
    fn names_are_the_same_without_brackets_width_and_the_words_at_their_end() {
        let names = &Joins::get().names;
        let plain = |name: &'static str| names.plain(name);
        assert_eq!(plain("浙江（永康）五金 有限公司"), "浙江(永康)五金有限公司");
        assert_eq!(plain("浙江【永康】五金有限公司"), plain("浙江(永康)五金有限公司"));
        assert_eq!(plain("ＡＢＣ Co., Ltd."), "abccoltd");
        let core = |name: &str| names.core(&names.plain(name)).to_owned();
        for name in ["永康五金", "永康五金有限公司", "永康五金股份有限公司", "永康五金（集团）有限公司", "永康五金集团股份有限公司"]
        {
            assert_eq!(core(name), "永康五金", "{name}");
        }
        assert_eq!(core("有限公司"), "有限公司", "nothing would be left");
        assert_eq!(names.bare(&plain("【永康】五金")), names.bare("永康(五金)"));
        assert_eq!(plain("雲汀(杭州)機械"), "云汀(杭州)机械");
        assert_eq!(plain("雲汀機械"), "云汀机械");
    }
}
