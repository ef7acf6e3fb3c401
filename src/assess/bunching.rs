//! Figures that bunch at a line of the method in force.
//!
//! In: a data set, the method, the year. Out: a warning at the heading of the first column of the figure, for each line beside which one
//! side has far more enterprises than the other (`[bunching]` of `dictionary/suspicions.toml`).

use std::collections::BTreeMap;

use polars::prelude::{DataFrame, DataType};

use crate::dictionary::suspicions::{Bunching, Line, Side};
use crate::dictionary::{ColumnType, Dictionary};
use crate::engine::{self, EngineError};
use crate::finding::{Findings, Place, Value};
use crate::load::{self, Dataset};
use crate::plan::{self, lines};
use crate::policy::Policy;

/// Panel columns that the lines of a method read; none where it has no line.
pub fn reads(policy: &Policy) -> Vec<String> {
    if lines::of(policy).is_empty() { Vec::new() } else { plan::reads(policy, &options(2000, &[], false)).into_iter().collect() }
}

/// Looks at every line of the method.
///
/// # Errors
///
/// When the engine does not run the statement: a fault of the program.
pub fn judge(dataset: &Dataset, policy: &Policy, year: i32, rules: &Bunching, findings: &mut Findings) -> Result<(), EngineError> {
    let lines = lines::of(policy);
    if lines.is_empty() {
        return Ok(());
    }
    let present = dataset.columns();
    let adjusted = policy.adjustments && dataset.adjustments.height() > 0;
    let statement = lines::statement(policy, &lines, &options(year, &present, adjusted));
    let frame = engine::evaluate(&statement, &[("enterprise_years", &dataset.panel), ("adjustments", &dataset.adjustments)])?;
    for (at, line) in lines.iter().enumerate() {
        for (bound, values) in near(&frame, at, rules)? {
            let sides = line.side.map_or(vec![Side::Above, Side::Below], |side| vec![side]);
            for side in sides {
                let known = Line { figure: String::new(), at: f64::from_bits(bound), side };
                let Some(found) = rules.judge(&known, values.iter().copied()) else { continue };
                let mut finding = load::bunching(place(dataset, policy, line), &line.title, rules, &known, found);
                finding.values.retain(|(name, _)| !["part", "whose"].contains(name));
                finding.values.push(("part", Value::Plain(line.part.to_owned())));
                findings.push(finding.with_both("whose", &policy.id, &policy.id));
            }
        }
    }
    Ok(())
}

fn options(year: i32, present: &[(String, ColumnType)], adjustments: bool) -> plan::Options<'_> {
    plan::Options { year, present, adjustments, by: None, filter: None, extra: &[], only: None, sort: None, for_rules: false }
}

/// By bound above zero, the figures near enough to count.
fn near(frame: &DataFrame, at: usize, rules: &Bunching) -> Result<BTreeMap<u64, Vec<f64>>, EngineError> {
    let column = |name: &str| -> Result<_, EngineError> { Ok(frame.column(&format!("{name}_{at}"))?.cast(&DataType::Float64)?) };
    let (figures, bounds) = (column("figure")?, column("bound")?);
    let mut near: BTreeMap<u64, Vec<f64>> = BTreeMap::new();
    for (figure, bound) in figures.f64()?.iter().zip(bounds.f64()?.iter()) {
        if let (Some(figure), Some(bound)) = (figure, bound)
            && bound > 0.0
            && rules.is_near(&Line { figure: String::new(), at: bound, side: Side::Above }, figure)
        {
            // Bits of numbers above zero are in their order.
            near.entry(bound.to_bits()).or_default().push(figure);
        }
    }
    Ok(near)
}

/// The heading of the first column that the figure is made of.
fn place(dataset: &Dataset, policy: &Policy, line: &lines::Line) -> Place {
    let Some(addresses) = &dataset.addresses else { return Place::Nowhere };
    let definition = lines::definition(policy, &line.figure);
    let above = definition.as_ref().and_then(|term| term.ratio()).map_or(Vec::new(), |(above, _)| above.names().into_iter().collect());
    let heading = |name: &String| Dictionary::get().tables.iter().find_map(|table| addresses.heading(&table.name, name));
    above.iter().find_map(heading).unwrap_or(Place::Nowhere)
}
