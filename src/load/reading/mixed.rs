//! Columns of ratios in which some cells have a percent sign and others are numbers above one without it: `85%` beside `85`.
//!
//! In: the cells of a column whose heading says nothing of percentages, as they are read. Out: one warning per column, at the first
//! number without a sign. Only `check` asks for this.

use crate::dictionary::Dictionary;
use crate::finding::{Code, Finding, Findings};
use crate::load::cells::forms;
use crate::load::headings::{FileColumn, Means};
use crate::load::reading::part::Part;
use crate::load::reading::table::Loaded;

/// What the cells of a column have beside their numbers.
#[derive(Debug, Default, Clone)]
pub struct Mixed {
    column: usize,
    /// Cells with a percent sign.
    signed: u64,
    /// The first cell above one without: its row and its text.
    first: Option<(u64, String)>,
    /// How many of these.
    plain: u64,
}

/// May a column hold percentages, while its heading does not say so?
pub fn may_mix(file: &FileColumn) -> bool {
    let Means::Known(column) = file.means else { return false };
    let percent = column.quantity.as_deref().and_then(|quantity| Dictionary::get().unit(quantity, "%"));
    // A ratio of areas is above one by nature, and nobody writes it with a sign.
    percent.is_some_and(|percent| percent.factor != file.factor)
}

impl Part {
    /// Remembers whether a cell has a percent sign.
    #[cold]
    pub fn note_percent(&mut self, column: usize, row: u64, text: &str) {
        let at = self.mixed.iter().position(|mixed| mixed.column == column).unwrap_or_else(|| {
            self.mixed.push(Mixed { column, ..Mixed::default() });
            self.mixed.len() - 1
        });
        let mixed = &mut self.mixed[at];
        if text.ends_with(['%', '％']) {
            mixed.signed += 1;
        } else if forms::number(text).map_or(text.parse(), |plain| plain.text.parse()).is_ok_and(|value: f64| value > 1.0) {
            mixed.plain += 1;
            mixed.first.get_or_insert_with(|| (row, text.to_owned()));
        }
    }
}

impl Loaded<'_> {
    /// Warns of columns in which both stand.
    pub fn report_mixed(&self, findings: &mut Findings) {
        for column in 0..self.layout.readers.len() {
            let all = || self.parts.iter().flat_map(|part| &part.mixed).filter(|mixed| mixed.column == column);
            let (signed, plain) = (all().map(|mixed| mixed.signed).sum::<u64>(), all().map(|mixed| mixed.plain).sum::<u64>());
            let Some((row, text)) = all().find_map(|mixed| mixed.first.clone()).filter(|_| signed > 0) else { continue };
            let finding = Finding::warning(Code::MixedPercent, self.layout.place(row, Some(column))).text(text);
            findings.push(finding.with("signed", signed).with("plain", plain));
        }
    }
}
