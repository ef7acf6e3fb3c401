//! The industry classification GB/T 4754-2017 as far as a division: which section it belongs to, read from `industry.toml`.
//!
//! In: a letter or a division. Out: its [`Section`]. Next: `load` doubts codes whose letter and division disagree.

use std::sync::LazyLock;

use serde::Deserialize;

/// A section of the classification: a letter, and the divisions it holds.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Section {
    /// `A` to `T`.
    pub letter: char,
    /// Its first division.
    pub first: u8,
    /// Its last division.
    pub last: u8,
    /// Mining, manufacturing or the supply of power, heat, gas and water.
    #[serde(default)]
    pub industrial: bool,
    /// Chinese name.
    pub zh: String,
    /// English name.
    pub en: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Classification {
    section: Vec<Section>,
}

static SECTIONS: LazyLock<Vec<Section>> = LazyLock::new(|| {
    let classification: Classification = toml::from_str(include_str!("industry.toml")).expect("the embedded sections are read by a test");
    classification.section
});

/// All sections, in their order.
pub fn sections() -> &'static [Section] {
    &SECTIONS
}

/// The section of a division; `None` if the classification has no such division.
pub fn section(division: u8) -> Option<&'static Section> {
    SECTIONS.iter().find(|section| (section.first..=section.last).contains(&division))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn divisions_run_from_1_to_97_without_a_gap_and_letters_from_a_to_t() {
        let letters: String = sections().iter().map(|section| section.letter).collect();
        assert_eq!(letters, "ABCDEFGHIJKLMNOPQRST");
        let divisions: Vec<u8> = sections().iter().flat_map(|section| section.first..=section.last).collect();
        assert_eq!(divisions, (1..=97).collect::<Vec<u8>>());
        assert!(section(0).is_none() && section(98).is_none());
    }

    #[test]
    fn industry_is_06_to_46() {
        let industrial: Vec<u8> = (0..=99).filter(|&division| section(division).is_some_and(|section| section.industrial)).collect();
        assert_eq!(industrial, (6..=46).collect::<Vec<u8>>());
    }
}
