//! Return sheets and corrections: departments and columns, read from `sheets.toml`.
//!
//! In: the embedded file. Out: [`Sheets`]. Next: `load::corrections` reads and writes by it, `report::sheets` fills return sheets.

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

#[cfg(test)]
mod tests {
    use super::*;
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
