//! Dates of a row that cannot follow one another as they do, and dates that are in doubt.
//!
//! In: the orders of the dictionary and the rows as they are read. Out: a warning for every two dates in the wrong order, and a
//! column of truths for every date column in which a date is in doubt. Next: the rules, which then cannot tell.
//!
//! Which of the two dates is wrong nobody knows, so both are in doubt; nothing is reordered and nothing is dropped. A date that
//! could not be read is in doubt too: its cell was not blank.

use std::collections::{BTreeMap, HashSet};

use polars::prelude::*;

use crate::dictionary::{ColumnType, Dictionary};
use crate::finding::{Code, Finding};
use crate::load::cells::cell;
use crate::load::headings::Means;
use crate::load::reading::part::Part;
use crate::load::reading::reader::Reader;
use crate::load::reading::row::Layout;
use crate::load::reading::table::Loaded;
use crate::load::source::record::Record;

/// Where the dates stand that follow one another, the one that may not be later first.
pub fn orders(table: &str, readers: &[Reader]) -> Vec<(usize, usize)> {
    let at = |name: &str| readers.iter().position(|reader| reader.means(name));
    let of_table = Dictionary::get().orders.iter().filter(|order| order.table == table);
    of_table.flat_map(|order| order.pairs()).filter_map(|(before, after)| Some((at(before)?, at(after)?))).collect()
}

impl Layout<'_> {
    /// Warns of dates of a record that are in the wrong order, and remembers them as doubtful. Its cells have been read.
    pub fn check_order(&self, record: &Record<'_>, part: &mut Part) {
        for &(before, after) in &self.orders {
            let (Some(first), Some(second)) = (part.cells[before].last_day(), part.cells[after].last_day()) else { continue };
            if first <= second {
                continue;
            }
            part.doubtful.extend([before, after].map(|at| (part.rows.len() as u32, at as u32)));
            let finding = Finding::warning(Code::DatesOutOfOrder, self.place(record.row, Some(after)));
            part.findings.push(
                finding
                    .text(cell::trim(record.fields[after]))
                    .with("earlier_heading", &self.readers[before].file.heading)
                    .with("earlier", cell::trim(record.fields[before])),
            );
        }
    }

    /// Remembers a date that could not be read.
    pub fn doubt(&self, at: usize, part: &mut Part) {
        let is_date = matches!(self.readers[at].file.means, Means::Known(column) if column.kind == ColumnType::Date);
        if self.checked && is_date {
            part.doubtful.push((part.rows.len() as u32, at as u32));
        }
    }
}

/// For each date column that `is_wanted` and has a doubtful date in one of the spots, its name and `doubt_…`: is the date in doubt?
pub fn doubts(loaded: &Loaded<'_>, spots: &[(u32, u32)], is_wanted: impl Fn(&str) -> bool) -> Vec<Series> {
    let mut doubtful: BTreeMap<u32, HashSet<(u32, u32)>> = BTreeMap::new();
    for (number, part) in loaded.parts.iter().enumerate() {
        for &(row, column) in &part.doubtful {
            doubtful.entry(column).or_default().insert((number as u32, row));
        }
    }
    let column = |(at, places): (u32, HashSet<(u32, u32)>)| {
        let Means::Known(column) = loaded.layout.readers[at as usize].file.means else { return None };
        let truths: Vec<bool> = spots.iter().map(|spot| places.contains(spot)).collect();
        let name = PlSmallStr::from_string(format!("doubt_{}", column.name));
        (is_wanted(&column.name) && truths.contains(&true)).then(|| BooleanChunked::from_slice(name, &truths).into_series())
    };
    doubtful.into_iter().filter_map(column).collect()
}
