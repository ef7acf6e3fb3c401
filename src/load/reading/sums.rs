//! What a column adds up to: sums are made in whole millionths of 64 bits, and one that does not fit would be another number.
//!
//! In: a table that was read. Out: an error at the row where a column leaves what fits. Next: the gate stops the run.

use rayon::prelude::*;
use rust_decimal::prelude::ToPrimitive;

use crate::dictionary::Dictionary;
use crate::finding::{Code, Finding, Findings};
use crate::load::cells::column::{Cells, NO_AMOUNT};
use crate::load::cells::number;
use crate::load::reading::table::Loaded;

impl Loaded<'_> {
    /// Reports every column of numbers whose figures add up to more than any sum holds.
    pub fn report_sums(&self, findings: &mut Findings) {
        let most = Dictionary::get().largest.sum;
        let Some(limit) = most.to_f64() else { return };
        let columns = 0..self.layout.readers.len();
        let beyond: Vec<(usize, u64)> = columns.into_par_iter().filter_map(|at| Some((at, self.row_beyond(at, limit)?))).collect();
        for (at, row) in beyond {
            let finding = Finding::error(Code::OutOfRange, self.layout.place(row, Some(at)));
            findings.push(finding.with("message", "sum.beyond").with("high", most));
        }
    }

    /// The row at which a column has added up to more than a limit, whatever the signs.
    fn row_beyond(&self, at: usize, limit: f64) -> Option<u64> {
        let mut sum = 0.0;
        for part in &self.parts {
            let before = sum;
            sum += match &part.cells[at] {
                Cells::Number(values) => values.iter().filter(|value| !value.is_nan()).map(|value| value.abs()).sum(),
                Cells::Amount(values) => values.iter().map(|value| size(*value)).sum(),
                _ => 0.0,
            };
            if sum > limit {
                let row = match &part.cells[at] {
                    Cells::Number(values) => {
                        place(before, limit, values.iter().map(|value| if value.is_nan() { 0.0 } else { value.abs() }))
                    }
                    Cells::Amount(values) => place(before, limit, values.iter().map(|value| size(*value))),
                    _ => 0,
                };
                return part.rows.get(row).map(|row| u64::from(*row));
            }
        }
        None
    }
}

fn size(amount: i128) -> f64 {
    if amount == NO_AMOUNT { 0.0 } else { number::amount_to_float(amount).abs() }
}

/// The place of the value that takes a sum beyond its limit, or of the last.
fn place(before: f64, limit: f64, values: impl ExactSizeIterator<Item = f64>) -> usize {
    let last = values.len().saturating_sub(1);
    let mut sum = before;
    values
        .enumerate()
        .find_map(|(at, value)| {
            sum += value;
            (sum > limit).then_some(at)
        })
        .unwrap_or(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_row_that_is_too_much_is_found() {
        assert_eq!(place(0.0, 9.0, [4.0, 5.0, 1.0, 8.0].into_iter()), 2);
        assert_eq!(place(8.5, 9.0, [1.0].into_iter()), 0);
        assert_eq!([size(NO_AMOUNT), size(-number::LARGEST)], [0.0, 1e12]);
    }
}
