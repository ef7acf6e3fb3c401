//! Rows that were skipped as totals and are the sum of nothing: an enterprise called 友谊总计 without its id would be lost in silence.
//!
//! In: the figures of each skipped total, and the rows that are stored. Out: a warning where none of its figures is the sum of rows that
//! stand together above or below it, up to another total. Nothing is altered: the row stays skipped.

use std::collections::BTreeMap;

use crate::dictionary::{ColumnType, Office};
use crate::finding::{Code, Finding, Findings, Severity};
use crate::load::cells::cell;
use crate::load::cells::column::{Cells, NO_AMOUNT};
use crate::load::cells::number;
use crate::load::headings::Means;
use crate::load::reading::part::Part;
use crate::load::reading::row::Layout;
use crate::load::reading::table::Loaded;

/// Other totals up to which rows are added, on either side.
const REACH: usize = 30;
/// Totals beyond so many are not looked at: a table has them for its groups, and the check is for the odd one.
const MOST: usize = 1000;
/// Sums of rounded figures differ by so much of themselves.
const ROUNDING: f64 = 1e-3;

/// A skipped total.
#[derive(Debug)]
pub struct Total {
    /// How many rows of its part stand above it.
    before: usize,
    row: u64,
    /// Its text with the word of a total.
    text: String,
    year: Option<i16>,
    /// Its figures, by column.
    figures: Vec<(usize, f64)>,
}

/// Does a text end with the word of a total, and may it be a name all the same?
fn is_doubtful(text: &str) -> bool {
    let office = Office::get();
    let begins = |word: &String| text.starts_with(word.as_str());
    office.is_total(text) && !office.is_average(text) && !office.is_total_alone(text) && !office.total_beginnings.iter().any(begins)
}

impl Layout<'_> {
    /// Remembers a record that is skipped as a total.
    #[cold]
    pub fn note_total(&self, row: u64, fields: &[&str], part: &mut Part) {
        if part.totals.len() >= MOST {
            return;
        }
        let (mut figures, mut year, mut text) = (Vec::new(), None, None);
        for (at, (reader, field)) in self.readers.iter().zip(fields).enumerate() {
            let field = cell::trim(field);
            match reader.file.means {
                Means::Known(column) if column.kind == ColumnType::Number && reader.stored => {
                    figures.extend(reader.value_of(field).filter(|value| *value != 0.0).map(|value| (at, value)));
                }
                Means::Known(column) if column.kind == ColumnType::Year => year = cell::year(field).ok(),
                _ if text.is_none() && is_doubtful(field) => text = Some(field.to_owned()),
                _ => {}
            }
        }
        // 合计 alone, an average or a part of a total names nobody; they still bound the others.
        figures.retain(|_| text.is_some());
        part.totals.push(Total { before: part.rows.len(), row, text: text.unwrap_or_default(), year, figures });
    }
}

impl Loaded<'_> {
    /// Warns of totals that are the sum of nothing; not where rows are refused, and so are missing in every sum, and not where rows are of
    /// parts of years, some of which stand in others.
    pub fn report_totals(&self, findings: &mut Findings) {
        let is_error = |finding: &Finding| finding.severity == Severity::Error;
        let is_faulty = self.parts.iter().any(|part| part.findings.iter().any(is_error));
        if is_faulty || self.layout.within.is_some() || self.parts.iter().all(|part| part.totals.is_empty()) {
            return;
        }
        let (mut first, mut totals) = (0, Vec::new());
        for part in &self.parts {
            totals.extend(part.totals.iter().map(|total| (first + total.before, total)));
            first += part.rows.len();
        }
        totals.truncate(MOST);
        let bounds: Vec<usize> = totals.iter().map(|(at, _)| *at).chain([first]).collect();
        let (mut sums, last) = (BTreeMap::new(), bounds.len());
        for (number, (_, total)) in totals.iter().enumerate().filter(|(_, (_, total))| first > 0 && !total.figures.is_empty()) {
            // Up to another total on either side, or to the first or last row. Place 0 is before all rows.
            let own = number + 1;
            let from = (own.saturating_sub(REACH)..own).chain([0]).map(|from| (from, own));
            let to = (own + 1..(own + REACH).min(last)).chain([last]).map(|to| (own, to));
            let spans: Vec<(usize, usize)> = from.chain(to).collect();
            let is_sum = |(column, figure): &(usize, f64)| {
                [None, total.year].into_iter().any(|year| {
                    let sums: &Vec<f64> = sums.entry((*column, year)).or_insert_with(|| self.sums(*column, year, &bounds));
                    spans.iter().any(|(from, to)| (sums[*to] - sums[*from] - figure).abs() <= figure.abs() * ROUNDING)
                })
            };
            if !total.figures.iter().any(is_sum) {
                let finding = Finding::warning(Code::NamedTotal, self.layout.place(total.row, None)).text(&*total.text);
                findings.push(finding.with("message", "total.of-nothing").with("remedy", "total.remedy"));
            }
        }
    }

    /// What a column adds up to before the first row, and before the row at each bound: of one year, or of all.
    fn sums(&self, column: usize, year: Option<i16>, bounds: &[usize]) -> Vec<f64> {
        let cells = self.parts.iter().flat_map(|part| (0..part.rows.len()).map(move |at| (part, at)));
        let (mut sums, mut sum, mut row) = (vec![0.0], 0.0, 0);
        let mut bounds = bounds.iter().peekable();
        for (part, at) in cells {
            while bounds.next_if(|bound| **bound <= row).is_some() {
                sums.push(sum);
            }
            if year.is_none_or(|year| part.years[at] == year) {
                sum += match &part.cells[column] {
                    Cells::Number(values) if !values[at].is_nan() => values[at],
                    Cells::Amount(values) if values[at] != NO_AMOUNT => number::amount_to_float(values[at]),
                    _ => 0.0,
                };
            }
            row += 1;
        }
        sums.extend(bounds.map(|_| sum));
        sums
    }
}
