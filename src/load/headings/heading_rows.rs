//! Heading rows as one heading per column.
//!
//! In: one to three rows, in which cells may reach over several columns. Out: for each column what is known of its rows. Next: `shape`.

use std::collections::{BTreeMap, BTreeSet};

use crate::dictionary::{Office, normalise};
use crate::load::cells::cell::trim;
use crate::load::headings::lower_words;
use crate::load::headings::names::Names;
use crate::load::source::Row;

/// Heading rows as one heading per column.
pub fn joined(names: &Names<'_>, rows: &[Row]) -> Vec<String> {
    let mut rows = rows.iter().map(|row| &row.fields);
    let first = rows.next().cloned().unwrap_or_default();
    rows.fold(first, |upper, lower| two(names, &upper, lower))
}

/// Two heading rows as one. A blank cell in the upper row belongs to the cell on its left, as merged cells are stored.
fn two(names: &Names<'_>, upper: &[String], lower: &[String]) -> Vec<String> {
    let mut joined: Vec<String> = Vec::with_capacity(upper.len().max(lower.len()));
    let (mut group, mut seen) = ("", BTreeSet::new());
    let groups = lower_words::groups(names, upper, lower);
    let figures: BTreeMap<usize, String> = groups.iter().filter_map(|group| lower_words::figure(names, lower, group)).collect();
    for at in 0..upper.len().max(lower.len()) {
        let [own, below] = [upper, lower].map(|row| row.get(at).map_or("", |cell| trim(cell)));
        if !own.is_empty() {
            group = own;
        }
        let field = if let Some(figure) = figures.get(&at) {
            figure.clone()
        } else if groups.iter().any(|group| (group.from..group.to).contains(&at)) && lower_words::is_listed(below) {
            // Another word is the figure, or nobody knows which.
            if seen.contains(&normalise(below)) { format!("{group} {below}") } else { below.to_owned() }
        } else if below.is_empty() {
            own.to_owned()
        } else if group.is_empty() {
            below.to_owned()
        } else {
            // Over several sub-headings the word above is none of their columns.
            let filled = |row: &[String]| row.get(at + 1).is_some_and(|cell| !trim(cell).is_empty());
            let alone = filled(upper) || !filled(lower);
            together(names, own, group, below, alone, &seen)
        };
        seen.insert(normalise(&field));
        joined.push(field);
    }
    joined
}

/// The heading of a column with a cell in both rows: what is known, tried from the fullest to the shortest.
fn together(names: &Names<'_>, own: &str, group: &str, below: &str, alone: bool, before: &BTreeSet<String>) -> String {
    // 上年同期 or 计划 over a figure makes it another one, unless both together are known.
    if Office::get().is_qualified(group) && !names.knows(&format!("{group}{below}")) && !below.is_empty() {
        return format!("{group} {below}");
    }
    let plain = below.trim_matches(['(', ')', '（', '）']);
    let unit = group.rfind(['(', '（']).map(|at| group[at..].to_owned());
    let mut tries = vec![format!("{group}{below}")];
    // What says nothing about what is measured stands under the heading of the figure, which may reach over several: 当量值, 折标煤（吨）.
    let (head, behind) = below.find(['(', '（']).map_or((below, ""), |at| below.split_at(at));
    if Office::get().heading_remarks.contains(&normalise(head)) {
        tries.push(format!("{group}（{head}）{behind}"));
    }
    if !own.is_empty() {
        tries.push(format!("{own}（{plain}）"));
    }
    if let Some(unit) = &unit {
        tries.push(format!("{below}{unit}"));
    }
    tries.push(below.to_owned());
    // What is known to be another figure, or of a part of the year, is not the one above.
    if alone && !Office::get().is_qualified(below) && !Office::get().is_part_of_year(below) {
        tries.push(own.to_owned());
    }
    if let Some(known) = tries.into_iter().find(|text| !text.is_empty() && names.knows(text)) {
        return known;
    }
    // A name that is there already needs the group it stands in.
    if before.contains(&normalise(below)) { format!("{group} {below}") } else { below.to_owned() }
}
