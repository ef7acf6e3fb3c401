//! A single figure that can hardly be true.
//!
//! In: the rows of a figure in a table that is not suspected as a whole. Out: a warning for each that is too high.

use super::Given;
use super::figure;
use crate::finding::{Code, Finding, Findings, Place};

/// Warns of every row above what can be believed.
pub fn judge(given: &Given, findings: &mut Findings) {
    let plausible = given.plausible;
    let high = super::to_float(plausible.high);
    for (&row, &ratio) in given.rows.iter().zip(&given.ratios).filter(|(_, ratio)| **ratio > high) {
        let place = Place::Cell { file: given.file.clone(), row: row.into(), column: given.column, heading: given.heading.clone() };
        let finding = Finding::warning(Code::ImplausibleValue, place).with_both("figure", &plausible.zh, &plausible.en);
        findings.push(
            finding.with("value", figure(ratio)).with_both("unit", &plausible.unit.zh, &plausible.unit.en).with("high", plausible.high),
        );
    }
}
