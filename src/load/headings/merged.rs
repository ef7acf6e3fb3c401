//! Cells of a sheet that are merged over several rows or columns of data.
//!
//! In: a sheet, its headings and what its columns mean. Out: words reach down to every row of their cell, because whoever merged
//! them meant them so; a number does not, because nobody can say whether it is each row's or the sum of all: a finding names it.
//! Next: `table` reads the rows.

use std::collections::BTreeMap;

use crate::dictionary::{ColumnType, Office, normalise};
use crate::finding::{Code, Finding, Findings, Place, Severity, column_letters};
use crate::load::cells::cell::{self, trim};
use crate::load::headings::shape::Heading;
use crate::load::headings::{FileColumn, Means};
use crate::load::source::grid::Area;
use crate::load::source::{Body, Source};

/// Fills merged words down; gives the areas that were filled.
pub fn fill(source: &mut Source, columns: &[FileColumn], heading: &Heading, findings: &mut Findings) -> Vec<String> {
    let file = source.file.clone();
    let Body::Grid(grid) = &mut source.body else { return Vec::new() };
    let (mut filled, mut reached, mut data) = (Vec::new(), BTreeMap::new(), BTreeMap::new());
    for area in std::mem::take(&mut grid.merged) {
        // Areas that lie over each other are of a damaged file.
        if u64::from(area.top) < heading.last.end || reached.get(&area.left).is_some_and(|row| *row >= area.top) {
            continue;
        }
        reached.insert(area.left, area.bottom);
        let (Some(column), Some(first)) = (columns.get(area.left as usize), grid.row(area.top)) else { continue };
        let text = first.get(area.left as usize).map_or("", |text| trim(text)).to_owned();
        if text.is_empty() || is_no_data(&first, heading) || columns.iter().any(|column| *column.heading == *text) {
            continue;
        }
        // Each row is looked at once, however many areas reach over it.
        let mut is_data =
            |row: &u32| *data.entry(*row).or_insert_with(|| grid.row(*row).is_some_and(|fields| !is_no_data(&fields, heading)));
        let rows: Vec<u32> = grid.rows_between(area.top + 1, area.bottom).filter(|row| is_data(row)).collect();
        let is_wide = (area.left + 1..=area.right).any(|at| columns.get(at as usize).is_some_and(is_read));
        let reaches = reaches_down(column, &text);
        if reaches && !rows.is_empty() {
            grid.fill(&rows, area.left, &text);
            filled.push(name(area));
        }
        let is_lost = !reaches && !rows.is_empty() && !is_number_of_rows(column);
        if is_wide || is_lost {
            let place =
                Place::Cell { file: file.clone(), row: u64::from(area.top) + 1, column: area.left, heading: column.heading.clone() };
            let severity = if is_lost && is_required(column) { Severity::Error } else { Severity::Warning };
            let finding = Finding { severity, ..Finding::warning(Code::MergedCells, place) };
            findings.push(finding.text(&*text).with("range", name(area)));
        }
    }
    filled
}

/// A total, a note, or what is printed on every page: what is merged there is no row's.
fn is_no_data(fields: &[&str], heading: &Heading) -> bool {
    let office = Office::get();
    let mut filled = fields.iter().map(|field| trim(field)).filter(|field| !field.is_empty());
    let (first, is_short) = (filled.next().unwrap_or(""), filled.nth(1).is_none());
    is_short && office.is_note(first) || heading.furniture.has(fields) || fields.iter().any(|field| office.is_total(trim(field)))
}

/// Is a text in this column one that every row of its cell has?
fn reaches_down(column: &FileColumn, text: &str) -> bool {
    match column.means {
        Means::Known(known) => known.kind != ColumnType::Number,
        Means::Extra => cell::extra_number(text).is_err(),
        Means::Unnamed | Means::Skipped => false,
    }
}

fn is_read(column: &FileColumn) -> bool {
    matches!(column.means, Means::Known(_) | Means::Extra)
}

fn is_required(column: &FileColumn) -> bool {
    matches!(column.means, Means::Known(known) if known.required)
}

/// A column that numbers the rows: its merged cells say nothing.
fn is_number_of_rows(column: &FileColumn) -> bool {
    !is_read(column) || !column.is_known() && Office::get().numbering.contains(&normalise(&column.heading))
}

/// An area as a spreadsheet names it.
fn name(area: Area) -> String {
    let corner = |row: u32, column: u32| format!("{}{}", column_letters(column), u64::from(row) + 1);
    format!("{}:{}", corner(area.top, area.left), corner(area.bottom, area.right))
}
