//! Two sources that could be the same table: how many rows stand in both.
//!
//! In: two sources. Out: whether they hold the same rows, or how many they share. Next: `intake` tells it with the two names.

use std::collections::HashMap;
use std::ops::ControlFlow;

use crate::load::cells::cell::trim;
use crate::load::source::{Refusal, Source};

/// What two sources share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shared {
    /// All rows, in whatever order.
    All,
    /// So many.
    Some(u64),
}

/// Compares all rows of two sources, headings among them.
///
/// # Errors
///
/// When one of them cannot be read.
pub fn shared(first: &Source, second: &Source) -> Result<Shared, Refusal> {
    let mut rows: HashMap<String, (u64, u64)> = HashMap::new();
    let mut others = 0_u64;
    each_row(first, |row| rows.entry(row).or_default().0 += 1)?;
    each_row(second, |row| {
        if let Some(count) = rows.get_mut(&row) {
            count.1 += 1;
        } else {
            others += 1;
        }
    })?;
    if others == 0 && rows.values().all(|(a, b)| a == b) {
        return Ok(Shared::All);
    }
    let top = first.head(1)?.first().map(|row| joined(row.fields.iter().map(String::as_str)));
    let both = rows.iter().filter(|(row, _)| Some(*row) != top.as_ref()).map(|(_, (a, b))| a.min(b)).sum();
    Ok(Shared::Some(both))
}

/// A row as it is compared: what a program adds at its end or around its cells makes no other row of it.
fn joined<'t>(fields: impl Iterator<Item = &'t str>) -> String {
    let fields: Vec<&str> = fields.map(trim).collect();
    let end = fields.iter().rposition(|field| !field.is_empty()).map_or(0, |at| at + 1);
    fields[..end].join("\u{1f}")
}

fn each_row(source: &Source, mut f: impl FnMut(String)) -> Result<(), Refusal> {
    let Some(first) = source.head(1)?.into_iter().next() else { return Ok(()) };
    f(joined(first.fields.iter().map(String::as_str)));
    let mut buffer = Vec::new();
    for piece in source.pieces(&first, first.fields.len()) {
        let _ = piece.for_each(&mut buffer, |record| {
            f(joined(record.fields.iter().copied()));
            ControlFlow::Continue(())
        })?;
    }
    Ok(())
}
