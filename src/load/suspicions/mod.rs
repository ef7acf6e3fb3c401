//! What can be read and is hardly meant, seen only when several rows are looked at together.
//!
//! In: each table as it is read. Out: warnings at cells. Nothing is altered. Only `check` asks for this; what is looked for, and from
//! which figure on, stands in `dictionary/suspicions.toml`.

use super::enterprises::Enterprises;
use super::table::Loaded;
use crate::finding::Findings;

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

/// A figure for a sentence, without zeros at its end.
fn figure(value: f64) -> String {
    let text = format!("{value:.4}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
