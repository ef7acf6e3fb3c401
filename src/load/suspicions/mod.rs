//! What can be read and is hardly meant, seen only when several rows are looked at together.
//!
//! In: each table as it is read. Out: warnings at cells. Nothing is altered. Only `check` asks for this; what is looked for, and from
//! which figure on, stands in `dictionary/suspicions.toml`.

use crate::dictionary::suspicions::Factor;
use crate::finding::{Code, Finding, Findings};
use crate::load::headings::Means;
use crate::load::reading::table::Loaded;
use crate::load::tables::enterprises::Enterprises;

mod alike;
mod land;
mod names;
mod yearly;

pub use land::bunching;

/// Looks at a table; nothing, unless suspicions are asked for.
pub fn look(loaded: &Loaded<'_>, enterprises: &Enterprises, findings: &mut Findings) {
    if !loaded.layout.suspicions {
        return;
    }
    match loaded.layout.table.name.as_str() {
        "output" | "tax" | "energy" => yearly::look(loaded, enterprises, findings),
        "land" => land::look(loaded, enterprises, findings),
        _ => {}
    }
    names::look(loaded, enterprises, findings);
}

/// Looks at the enterprises themselves.
pub fn look_at_enterprises(enterprises: &Enterprises, findings: &mut Findings) {
    if enterprises.loaded.layout.suspicions {
        names::twins(enterprises, findings);
    }
}

/// A cell that is a factor off the others.
struct Slip {
    column: usize,
    year: i16,
    spot: (u32, u32),
    /// What it is times what it should be.
    times: f64,
    finding: Finding,
}

/// Cells of a column that are a factor off the others: value, year, spot.
fn slips(loaded: &Loaded<'_>, column: usize, cells: &[(f64, i16, (u32, u32))]) -> Vec<Slip> {
    let limits = &loaded.layout.limits.cell_slip;
    let Means::Known(known) = loaded.layout.readers[column].file.means else { return Vec::new() };
    if cells.len() <= limits.fewest_others {
        return Vec::new();
    }
    let values: Vec<f64> = cells.iter().map(|(value, ..)| *value).collect();
    let judged = limits.judge(known.quantity.as_deref().unwrap_or(""), &values).into_iter();
    let slip = |(place, middle, factor): (usize, f64, &Factor)| {
        let (value, year, spot) = cells[place];
        let times = if value > middle { factor.factor } else { 1.0 / factor.factor };
        let finding = Finding::warning(Code::CellSlip, loaded.place(spot, Some(column)));
        let finding = finding.with("value", figure(value)).with("year", year).with("middle", figure(middle)).with("factor", factor.factor);
        let units = limits.told.of(known, per_unit(loaded, column, spot), times);
        let finding = finding.with_both("units", units.zh, units.en).with("meant", figure(value / times));
        Slip { column, year, spot, times, finding }
    };
    judged.map(slip).collect()
}

/// Canonical units in what the heading of a cell says in its own file.
fn per_unit(loaded: &Loaded<'_>, column: usize, spot: (u32, u32)) -> f64 {
    let own = loaded.origins[usize::from(loaded.row(spot).origin)].columns[column].as_ref().map(|(_, own)| own.factor);
    crate::load::plausible::to_float(own.unwrap_or(loaded.layout.readers[column].file.factor))
}

/// A figure for a sentence, without zeros at its end.
fn figure(value: f64) -> String {
    let text = format!("{value:.4}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
