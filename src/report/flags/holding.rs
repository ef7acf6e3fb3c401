//! The rows for which a rule holds, with what decided, for findings.
//!
//! In: a book, its statement and the rows. Out: one [`Holding`] per rule and row. Next: `assess::plausible` gives each its cell.

use polars::prelude::DataFrame;

use super::evidence::Rows;
use super::words::{dictionary_label, dictionary_unit, plain};
use crate::dictionary::Bilingual;
use crate::plan::flags::RuleStatement;
use crate::policy::book::Book;
use crate::policy::subject::Extra;

/// A rule that holds for a row.
#[derive(Debug, Clone)]
pub struct Holding {
    /// Place of the rule in the book.
    pub rule: usize,
    /// Id of the enterprise, parcel, building or agreement.
    pub id: String,
    /// Number of the enterprise.
    pub enterprise: Option<usize>,
    /// Number of the row in its own table.
    pub number: Option<usize>,
    /// Columns that decide, in reading order.
    pub columns: Vec<String>,
    /// They, with values and units, in both languages.
    pub evidence: Bilingual,
}

/// The rules that hold, row by row.
pub fn of(book: &Book, statement: &RuleStatement, frame: &DataFrame, extra: &Extra) -> Vec<Holding> {
    let rows = Rows::new(frame, book, statement.subject, extra);
    let number = |column: &str, row: usize| rows.number(rows.at(column), row).map(|number| number as usize);
    let own = statement.subject.as_str();
    let mut all = Vec::new();
    for columns in &statement.rules {
        let rule = &book.rules[columns.rule];
        let deciding = rows.deciding(rule, &columns.years);
        let said = |row: usize, language: &str, between: &str| -> String {
            let each = deciding.iter().map(|(name, year, at)| {
                let definition = book.definition(statement.subject, name);
                let label = definition.map_or_else(|| dictionary_label(name, language), |known| known.title.get(language).to_owned());
                let own = definition.and_then(|known| known.unit.as_ref()).map(|unit| unit.get(language));
                let unit = own.unwrap_or_else(|| dictionary_unit(name, language));
                let year = year.map_or(String::new(), |year| format!(" {year}"));
                format!("{label}{year} {} {unit}", plain(&rows.get(*at, row))).trim_end().to_owned()
            });
            each.collect::<Vec<_>>().join(between)
        };
        for row in (0..frame.height()).filter(|&row| rows.truth(rows.at(&columns.holds), row) == Some(true)) {
            all.push(Holding {
                rule: columns.rule,
                id: rows.text(rows.at(statement.subject.key()), row).unwrap_or("").to_owned(),
                enterprise: number("enterprise", row),
                number: number(own, row),
                columns: deciding.iter().map(|(name, ..)| name.clone()).collect(),
                evidence: Bilingual { zh: said(row, "zh", "；"), en: said(row, "en", "; ") },
            });
        }
    }
    all
}
