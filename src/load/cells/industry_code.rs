//! An industry code of GB/T 4754-2017: can it be read, and do its letter and its division agree?
//!
//! In: the text of a cell. Out: nothing to say, or a [`Doubt`]. The text stays as it is, whatever is doubted. Next: `row`,
//! which warns.

use crate::dictionary::industry::{self, Section};
use crate::finding::{Code, Finding, Place};
use crate::load::cells::cell;

/// Why an industry code is doubted.
#[derive(Debug)]
pub enum Doubt {
    /// It is not written as a code.
    Unreadable,
    /// One digit: a leading zero was lost.
    LostZero {
        /// The code with its zero.
        meant: String,
    },
    /// The classification has no such division.
    Unknown {
        /// Two digits.
        division: String,
    },
    /// The letter is another section's.
    Letter {
        /// Two digits.
        division: String,
        /// Where the division belongs.
        section: &'static Section,
    },
    /// It is no industry: farming, trade, services.
    NotIndustrial {
        /// Two digits.
        division: String,
        /// Where the division belongs.
        section: &'static Section,
    },
}

impl Doubt {
    /// Does it leave the division unknown?
    pub fn is_unreadable(&self) -> bool {
        matches!(self, Doubt::Unreadable | Doubt::LostZero { .. })
    }

    /// The warning at a cell.
    pub fn finding(self, place: Place) -> Finding {
        let of_section = |code, division: String, section: &Section| {
            let finding = Finding::warning(code, place.clone()).with("division", division).with("letter", section.letter);
            finding.with_both("section", &section.zh, &section.en)
        };
        match self {
            Doubt::Unreadable => Finding::warning(Code::BadIndustryCode, place),
            Doubt::LostZero { meant } => Finding::warning(Code::LostLeadingZero, place).with("meant", meant),
            Doubt::Unknown { division } => Finding::warning(Code::UnknownIndustry, place).with("division", division),
            Doubt::Letter { division, section } => of_section(Code::IndustryLetter, division, section),
            Doubt::NotIndustrial { division, section } => of_section(Code::NotIndustrial, division, section),
        }
    }
}

/// What is doubtful about an industry code.
pub fn doubt(text: &str) -> Option<Doubt> {
    let letter = text.chars().next().filter(char::is_ascii_alphabetic).map(|letter| letter.to_ascii_uppercase());
    let Some(division) = cell::division(text) else { return Some(unreadable(text, letter)) };
    let Some(section) = division.parse().ok().and_then(industry::section) else {
        return Some(Doubt::Unknown { division: division.to_owned() });
    };
    if letter.is_some_and(|letter| letter != section.letter) {
        return Some(Doubt::Letter { division: division.to_owned(), section });
    }
    (!section.industrial).then(|| Doubt::NotIndustrial { division: division.to_owned(), section })
}

/// `6` and `B6` were 06; `C3` was not 03, which is no manufacturing.
fn unreadable(text: &str, letter: Option<char>) -> Doubt {
    let digits = if letter.is_some() { &text[1..] } else { text };
    let section = match digits.as_bytes() {
        [digit @ b'1'..=b'9'] => industry::section(digit - b'0'),
        _ => None,
    };
    match section {
        Some(section) if letter.is_none_or(|letter| letter == section.letter) => {
            Doubt::LostZero { meant: format!("{}0{digits}", letter.map_or(String::new(), String::from)) }
        }
        _ => Doubt::Unreadable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// In short: the kind of doubt, and what it names.
    fn short(text: &str) -> Option<(&'static str, String)> {
        doubt(text).map(|doubt| match doubt {
            Doubt::Unreadable => ("unreadable", String::new()),
            Doubt::LostZero { meant } => ("zero", meant),
            Doubt::Unknown { division } => ("unknown", division),
            Doubt::Letter { section, .. } => ("letter", section.letter.to_string()),
            Doubt::NotIndustrial { section, .. } => ("other", section.letter.to_string()),
        })
    }

    #[test]
    fn industrial_codes_of_any_depth_pass_with_or_without_their_letter() {
        for text in ["C13", "13", "131", "1311", "C1311", "c1311", "06", "B06", "D4610"] {
            assert_eq!(short(text), None, "{text}");
        }
    }

    #[test]
    fn every_doubt_has_its_reason() {
        for (text, kind, names) in [
            ("C06", "letter", "B"),
            ("B1311", "letter", "C"),
            ("E44", "letter", "D"),
            ("C00", "unknown", "00"),
            ("98", "unknown", "98"),
            ("5941", "other", "G"),
            ("A0111", "other", "A"),
            ("6", "zero", "06"),
            ("b6", "zero", "B06"),
            ("3", "zero", "03"),
            ("C3", "unreadable", ""),
            ("0", "unreadable", ""),
            ("机械", "unreadable", ""),
            ("35621", "unreadable", ""),
        ] {
            assert_eq!(short(text), Some((kind, names.to_owned())), "{text}");
        }
    }
}
