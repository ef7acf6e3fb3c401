//! Tax of enterprises that have no output in the year: no row, or a blank cell.
//!
//! In: the panel. Out: a warning at the blank cell, else at the tax. Only in years in which most of those who pay as much have an output:
//! elsewhere it was not surveyed. An output of zero is a rule of the book `plausible`.

use std::collections::BTreeMap;

use polars::prelude::{DataFrame, Float64Chunked, PolarsResult};

use crate::dictionary::suspicions::TaxWithoutOutput;
use crate::finding::{Code, Finding, Findings, Place, Severity};
use crate::load::Dataset;

/// Panel columns that are looked at.
pub const READS: [&str; 3] = ["tax_paid", "gross_output", "revenue"];

/// A year of an enterprise without output.
struct Row {
    enterprise: usize,
    year: i32,
    tax: f64,
}

/// Looks at every enterprise and year; nothing where the data have no tax or no output.
///
/// `told`: what was found before. Where rows or cells of the output could not be read, that is what has to be mended first.
pub fn judge(dataset: &Dataset, rules: &TaxWithoutOutput, told: &Findings, findings: &mut Findings) {
    let output = dataset.tables.iter().find(|table| table.name == "output").map(|table| table.file.as_str());
    let is_fault = |finding: &Finding| finding.severity == Severity::Error && finding.place.file() == output;
    if output.is_none() || told.iter().any(is_fault) {
        return;
    }
    let Ok(Some((rows, payers))) = rows(&dataset.panel, rules) else { return };
    let ids = dataset.panel.column("enterprise_id").ok().and_then(|column| column.str().ok());
    for row in &rows {
        let (all, known) = payers[&row.year];
        if known as f64 <= rules.share * all as f64 {
            continue;
        }
        let (place, reason) = place(dataset, row);
        let at = row.enterprise * dataset.years.len();
        let finding = Finding::warning(Code::TaxWithoutOutput, place).with("id", ids.and_then(|ids| ids.get(at)).unwrap_or(""));
        let finding = finding.with("year", row.year).with("tax", figure(row.tax)).with("reason", reason);
        findings.push(finding.with("known", known).with("payers", all).with("least", rules.tax_at_least));
    }
}

/// By year: who pays so much, and how many of them have an output.
type Payers = BTreeMap<i32, (usize, usize)>;

fn rows(panel: &DataFrame, rules: &TaxWithoutOutput) -> PolarsResult<Option<(Vec<Row>, Payers)>> {
    let number =
        |name: &str| -> PolarsResult<Option<Float64Chunked>> { panel.column(name).ok().map(|column| column.f64().cloned()).transpose() };
    let (Some(taxes), Some(outputs)) = (number("tax_paid")?, number("gross_output")?) else { return Ok(None) };
    let revenues = number("revenue")?;
    let (enterprises, years) = (panel.column("enterprise")?.i32()?, panel.column("year")?.i32()?);
    let (mut rows, mut payers) = (Vec::new(), Payers::new());
    for at in 0..panel.height() {
        let (Some(tax), Some(enterprise), Some(year)) = (taxes.get(at), enterprises.get(at), years.get(at)) else { continue };
        if tax < rules.tax_at_least {
            continue;
        }
        let has_revenue = revenues.as_ref().and_then(|revenues| revenues.get(at)).is_some_and(|revenue| revenue > 0.0);
        let known = outputs.get(at).is_some() || has_revenue;
        let (all, with_output) = payers.entry(year).or_default();
        *all += 1;
        *with_output += usize::from(known);
        if !known {
            rows.push(Row { enterprise: enterprise as usize, year, tax });
        }
    }
    Ok(Some((rows, payers)))
}

/// The blank cell, or the tax where the output has no row of it.
fn place(dataset: &Dataset, row: &Row) -> (Place, &'static str) {
    let cell = |table: &str, column: &str| dataset.addresses.as_ref()?.cell(table, column, row.enterprise, row.year);
    match cell("output", "gross_output") {
        Some(place) => (place, "output.blank"),
        None => (cell("tax", "tax_paid").unwrap_or(Place::Nowhere), "output.no-row"),
    }
}

fn figure(value: f64) -> String {
    let text = format!("{value:.4}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
