//! Figures that bunch at a known line, in the last year of the data.
//!
//! In: the ratios of a figure. Out: a warning at the heading of its numerator.

use super::Given;
use crate::dictionary::Bilingual;
use crate::finding::{Findings, Place};
use crate::load::suspicions::bunching;

/// Warns of lines at which the figure bunches.
pub fn judge(given: &Given, findings: &mut Findings) {
    let rules = &given.limits.bunching;
    let last = given.years.iter().max();
    for line in rules.lines.iter().filter(|line| line.figure == given.plausible.numerator && given.plausible.denominator.is_some()) {
        let values = given.years.iter().zip(&given.ratios).filter(|(year, _)| Some(*year) == last).map(|(_, ratio)| *ratio);
        if let Some(found) = rules.judge(line, values) {
            let place =
                Place::Cell { file: given.file.clone(), row: given.heading_row, column: given.column, heading: given.heading.clone() };
            let figure = Bilingual { zh: given.plausible.zh.clone(), en: given.plausible.en.clone() };
            findings.push(bunching(place, &figure, rules, line, found));
        }
    }
}
