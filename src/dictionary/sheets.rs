//! Return sheets and corrections: departments and columns, read from `sheets.toml`.
//!
//! In: the embedded file. Out: [`Sheets`], and the mark that keeps texts from being run as
//! formulas. Next: `load::corrections` reads and writes by it, `report::sheets` fills return sheets.

use std::borrow::Cow;
use std::sync::LazyLock;

use serde::Deserialize;

use super::{Bilingual, normalise};

/// An office that keeps tables.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Department {
    /// kebab-case id, part of a file's name.
    pub id: String,
    /// Chinese name.
    pub zh: String,
    /// English name.
    pub en: String,
    /// The tables it keeps.
    pub tables: Vec<String>,
}

/// A column of a return sheet or of the corrections.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Heading {
    /// snake_case id.
    pub id: String,
    /// Chinese heading.
    pub zh: String,
    /// English heading.
    pub en: String,
    /// The office fills it in.
    #[serde(default)]
    pub open: bool,
}

/// The whole file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sheets {
    /// Offices, the one for what no other keeps last.
    #[serde(rename = "department")]
    pub departments: Vec<Department>,
    /// Columns of a return sheet, in order.
    #[serde(rename = "sheet")]
    pub sheet: Vec<Heading>,
    /// Columns of the corrections, in order.
    #[serde(rename = "correction")]
    pub correction: Vec<Heading>,
}

static SHEETS: LazyLock<Sheets> =
    LazyLock::new(|| toml::from_str(include_str!("sheets.toml")).expect("the embedded file is read by a test"));

impl Sheets {
    /// The built-in ones.
    pub fn get() -> &'static Sheets {
        &SHEETS
    }

    /// The office that keeps a table.
    pub fn department(&self, table: &str) -> &Department {
        let keeps = |department: &&Department| department.tables.iter().any(|kept| kept == table);
        self.departments.iter().find(keeps).unwrap_or_else(|| self.departments.last().expect("there is one: a test"))
    }
}

impl Department {
    /// Its name in both languages.
    pub fn name(&self) -> Bilingual {
        Bilingual { zh: self.zh.clone(), en: self.en.clone() }
    }
}

/// The id of the column that a heading names, by id or label.
pub fn column<'h>(headings: &'h [Heading], written: &str) -> Option<&'h str> {
    let plain = normalise(written);
    let is = |heading: &&Heading| [&heading.id, &heading.zh, &heading.en].iter().any(|name| normalise(name) == plain);
    headings.iter().find(is).map(|heading| heading.id.as_str())
}

/// Beginnings by which a spreadsheet takes a text for a formula.
const FORMULAS: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];
/// What keeps it from that.
const MARK: char = '\'';

/// A text as a sheet holds it: what a spreadsheet would run as a formula has a mark before it, and so has what begins with marks and
/// then like a formula, so that [`unmarked`] gives every text back as it was. Plain numbers and lone signs are no formulas.
pub fn marked(text: &str) -> Cow<'_, str> {
    let bare = text.trim_start_matches(MARK);
    let is_formula = bare.starts_with(FORMULAS) && (bare.len() < text.len() || !is_plain(text));
    if is_formula { format!("{MARK}{text}").into() } else { text.into() }
}

/// A signed number, or a lone sign.
fn is_plain(text: &str) -> bool {
    let Some(rest) = text.strip_prefix(['-', '+']) else { return false };
    let is_number = !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b','));
    is_number || text == "-" || text == "--"
}

/// A text without the mark that keeps a spreadsheet from taking it for a formula.
pub fn unmarked(text: &str) -> &str {
    match text.strip_prefix(MARK) {
        Some(rest) if text.trim_start_matches(MARK).starts_with(FORMULAS) => rest,
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_text_comes_back_as_it_was_and_a_spreadsheet_runs_none(text in "[-'=+@\t\r.,0-9a甲 ]{0,8}") {
            let marked = marked(&text);
            prop_assert_eq!(unmarked(&marked), &text);
            prop_assert!(!marked.starts_with(FORMULAS) || is_plain(&marked), "{:?}", marked);
        }
    }

    #[test]
    fn formulas_are_marked_and_numbers_are_not() {
        for (text, expected) in [
            ("=1", "'=1"),
            ("'=1", "''=1"),
            ("''=1", "'''=1"),
            ("'-5", "''-5"),
            ("-5", "-5"),
            ("+1,234.5", "+1,234.5"),
            ("-1e5", "'-1e5"),
            ("-", "-"),
            ("=", "'="),
            ("'甲'", "'甲'"),
            ("@a", "'@a"),
            ("\t1", "'\t1"),
            ("甲=1", "甲=1"),
        ] {
            assert_eq!(marked(text), expected);
            assert_eq!(unmarked(expected), text);
        }
        // Somebody writes the mark where none is needed.
        assert_eq!(["'-5", "'100", "'"].map(unmarked), ["-5", "'100", "'"]);
    }
    use crate::dictionary::Dictionary;

    #[test]
    fn every_table_has_one_department_and_headings_are_told_apart() {
        for table in &Dictionary::get().tables {
            let keep = Sheets::get().departments.iter().filter(|department| department.tables.contains(&table.name)).count();
            assert_eq!(keep, 1, "{}", table.name);
        }
        for headings in [&Sheets::get().sheet, &Sheets::get().correction] {
            for heading in headings {
                for name in [&heading.id, &heading.zh, &heading.en] {
                    assert_eq!(column(headings, name), Some(heading.id.as_str()), "{name}");
                }
            }
        }
    }
}
