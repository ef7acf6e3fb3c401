//! A report as plain data: what a renderer needs, and nothing it would have to calculate.
//!
//! Columns are typed and stand side by side, so that a million rows cost no more than their values. Labels are in both
//! languages; codes that a reader should see translated are marked as words.

use std::ops::Range;

use polars::prelude::{BooleanChunked, Float64Chunked, Int64Chunked, StringChunked};

use crate::dictionary::Bilingual;

/// A sentence to be said by the locale: its key and named values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phrase {
    /// Key in the locale files.
    pub key: String,
    /// Named values. A value that is itself a `{key}` of the locale is not expanded.
    pub values: Vec<(&'static str, Said)>,
}

/// A value inside a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// The same in every language.
    Plain(String),
    /// A text in both languages.
    Both(Bilingual),
    /// A key of the locale files.
    Key(String),
}

impl Phrase {
    /// A sentence without values.
    pub fn new(key: impl Into<String>) -> Self {
        Phrase { key: key.into(), values: Vec::new() }
    }

    /// Adds a value that is the same in every language.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.values.push((name, Said::Plain(value.to_string())));
        self
    }

    /// Adds a value in both languages.
    #[must_use]
    pub fn with_both(mut self, name: &'static str, value: Bilingual) -> Self {
        self.values.push((name, Said::Both(value)));
        self
    }

    /// Adds a value that is itself a key of the locale.
    #[must_use]
    pub fn with_key(mut self, name: &'static str, key: impl Into<String>) -> Self {
        self.values.push((name, Said::Key(key.into())));
        self
    }
}

/// The values of one column, one per row; missing values are null.
#[derive(Debug, Clone)]
pub enum Values {
    /// Text as it stands.
    Text(StringChunked),
    /// Text that is JSON already: an object where JSON is written.
    Json(StringChunked),
    /// Texts of which many rows share one: each row's place among the texts, `u32::MAX` for none.
    Shared {
        /// Row by row.
        at: Vec<u32>,
        /// The texts.
        texts: Vec<String>,
        /// They are codes with a translation, as in [`Values::Word`].
        words: bool,
    },
    /// Codes with a translation under `word.<code>` in the locale; CSV and JSON carry the code.
    Word(StringChunked),
    /// Whole numbers.
    Integer(Int64Chunked),
    /// Numbers, compared at six decimals; people are shown `shown` decimals, half-up on the decimal.
    Number {
        /// The values.
        values: Float64Chunked,
        /// Decimals shown to people.
        shown: u32,
        /// Decimals in CSV and JSON, trailing zeros cut.
        exact: u32,
    },
    /// True or false.
    Flag(BooleanChunked),
}

/// One column of a report's table.
#[derive(Debug, Clone)]
pub struct Column {
    /// snake_case name in CSV and JSON.
    pub id: String,
    /// Heading for people.
    pub label: Bilingual,
    /// Unit, shown in the heading.
    pub unit: Option<Bilingual>,
    /// The values.
    pub values: Values,
    /// On a narrow terminal columns with the largest number are left out first; 0 is never left out.
    pub rank: u8,
    /// The values are grades: coloured by their place in [`Part::grades`].
    pub graded: bool,
    /// What people are shown for a code of a text column.
    pub names: Vec<(String, Bilingual)>,
    /// At a terminal its text stands in full on a line of its own below the row.
    pub below: bool,
    /// The reader is to fill it in: a workbook lets nothing else be changed.
    pub open: bool,
}

impl Column {
    /// A plain column. `rank`: which go first where the terminal is narrow.
    pub fn new(id: &str, zh: &str, en: &str, rank: u8, values: Values) -> Column {
        let label = Bilingual { zh: zh.to_owned(), en: en.to_owned() };
        Column { id: id.to_owned(), label, unit: None, values, rank, graded: false, names: Vec::new(), below: false, open: false }
    }

    /// The same below the row.
    #[must_use]
    pub fn below(mut self) -> Column {
        self.below = true;
        self
    }

    /// The same left to the reader.
    #[must_use]
    pub fn open(mut self, open: bool) -> Column {
        self.open = open;
        self
    }

    /// What people are shown for its codes.
    #[must_use]
    pub fn named(mut self, names: Vec<(String, Bilingual)>) -> Column {
        self.names = names;
        self
    }
}

/// Rows that stand together under a title.
#[derive(Debug, Clone)]
pub struct Section {
    /// What unites them.
    pub title: Option<Phrase>,
    /// Which rows of the table.
    pub rows: Range<usize>,
    /// Rows before which a cut line is drawn.
    pub cuts: Vec<usize>,
}

/// One table of a report.
#[derive(Debug, Clone)]
pub struct Part {
    /// snake_case name in JSON.
    pub id: String,
    /// Its title, if the report has several.
    pub title: Option<Phrase>,
    /// Columns of equal length.
    pub columns: Vec<Column>,
    /// Rows grouped for people. CSV and JSON ignore it.
    pub sections: Vec<Section>,
    /// Grade names from best to worst, for colours.
    pub grades: Vec<String>,
}

impl Part {
    /// A table without sections.
    pub fn new(id: &str, title: Option<Phrase>, columns: Vec<Column>) -> Part {
        Part { id: id.to_owned(), title, columns, sections: Vec::new(), grades: Vec::new() }
    }

    /// How many rows.
    pub fn rows(&self) -> usize {
        self.columns.first().map_or(0, |column| column.values.len())
    }

    /// The sections with their rows held to those there are; one with all rows where none is named.
    pub fn laid_out(&self) -> Vec<Section> {
        let rows = self.rows();
        if self.sections.is_empty() {
            return vec![Section { title: None, rows: 0..rows, cuts: Vec::new() }];
        }
        let held = |section: &Section| Section { rows: section.rows.start.min(rows)..section.rows.end.min(rows), ..section.clone() };
        self.sections.iter().map(held).collect()
    }
}

impl Values {
    /// A text of each entry of a list.
    pub fn texts<T>(list: &[T], of: impl Fn(&T) -> Option<String>) -> Values {
        Values::Text(list.iter().map(of).collect::<StringChunked>())
    }

    /// How many values.
    pub fn len(&self) -> usize {
        match self {
            Values::Text(values) | Values::Json(values) | Values::Word(values) => values.len(),
            Values::Shared { at, .. } => at.len(),
            Values::Integer(values) => values.len(),
            Values::Number { values, .. } => values.len(),
            Values::Flag(values) => values.len(),
        }
    }

    /// No rows?
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A fact of the run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact {
    /// A name or a word.
    Text(String),
    /// A year or a count.
    Count(i64),
}

impl From<&str> for Fact {
    fn from(text: &str) -> Self {
        Fact::Text(text.to_owned())
    }
}

impl From<i32> for Fact {
    fn from(count: i32) -> Self {
        Fact::Count(count.into())
    }
}

impl From<usize> for Fact {
    fn from(count: usize) -> Self {
        Fact::Count(i64::try_from(count).unwrap_or(i64::MAX))
    }
}

/// A whole report.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// Facts of the run for machines, in order (`policy`, `year`, …).
    pub facts: Vec<(&'static str, Fact)>,
    /// Lines above the tables, for people.
    pub heading: Vec<Phrase>,
    /// Tables; CSV writes the first only.
    pub parts: Vec<Part>,
    /// Lines below the tables, for people and (rendered) in JSON.
    pub notes: Vec<Phrase>,
}
