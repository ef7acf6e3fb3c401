//! Cells as people read them: rounded, translated, safe to print.
//!
//! In: a column and a row. Out: its text. Next: the table and Markdown.

use crate::locale::Locale;
use crate::report::cell::{Cell, Cells};
use crate::report::table::{Column, Values};

use super::{number, phrase, text};

/// A column made ready to be read by people.
pub(super) struct Shown<'a> {
    /// The column itself.
    pub column: &'a Column,
    /// Its values.
    pub cells: Cells,
    /// Heading in the reader's language.
    pub label: String,
    /// Unit in the reader's language.
    pub unit: Option<String>,
    /// Numbers stand to the right, texts to the left.
    pub right: bool,
    decimals: u32,
}

impl<'a> Shown<'a> {
    /// A column in a language.
    pub fn new(column: &'a Column, locale: &Locale) -> Self {
        Shown {
            column,
            cells: Cells::of(&column.values),
            label: phrase::bilingual(&column.label, locale),
            unit: phrase::unit(column, locale),
            right: matches!(column.values, Values::Integer(_) | Values::Number { .. }),
            decimals: if let Values::Number { shown, .. } = column.values { shown } else { 0 },
        }
    }

    /// The untranslated text or code of a row, if it is one.
    pub fn code(&self, row: usize) -> Option<&str> {
        match self.cells.get(row) {
            Cell::Text(code) | Cell::Word(code) => Some(code),
            _ => None,
        }
    }

    /// The text of a row.
    pub fn text(&self, row: usize, locale: &Locale) -> String {
        match self.cells.get(row) {
            Cell::Missing => locale.text("word.missing").to_owned(),
            Cell::Text(value) => match self.column.names.iter().find(|(code, _)| code == value) {
                Some((_, name)) => name.get(locale.language.as_str()).to_owned(),
                None => text::clean(value).into_owned(),
            },
            Cell::Json(json) => text::clean(json).into_owned(),
            Cell::Word(code) => phrase::word(code, locale),
            Cell::Integer(value) => value.to_string(),
            Cell::Number(value) => number::shown(value, self.decimals),
            Cell::Flag(value) => locale.text(if value { "word.true" } else { "word.false" }).to_owned(),
        }
    }
}
