//! Parcels and their land by zone and state.

use polars::prelude::*;

use crate::policy::book::Book;
use crate::report::table::{Column, Part, Phrase, Section, Values};

/// What stands for a state that cannot be told.
const CANNOT_TELL: &str = "cannot-tell";

/// One row per zone and state, zones by name, states in the order of the book.
pub fn part(book: &Book, rows: &DataFrame, with_sections: bool) -> Part {
    let states: Vec<&str> = book.inventory.iter().flat_map(|inventory| &inventory.states).map(|(id, _)| id.as_str()).collect();
    let mut all = read(rows);
    let place = |state: &str| states.iter().position(|known| *known == state).unwrap_or(states.len());
    all.sort_by(|a, b| (&a.0, place(&a.1), &a.1).cmp(&(&b.0, place(&b.1), &b.1)));
    let mut names: Vec<_> = book.inventory.iter().flat_map(|inventory| inventory.states.clone()).collect();
    let untold = crate::dictionary::Bilingual { zh: "无法判断".to_owned(), en: "cannot tell".to_owned() };
    names.push((CANNOT_TELL.to_owned(), untold));
    let text = |of: &dyn Fn(&Row) -> Option<String>| Values::Text(all.iter().map(of).collect::<StringChunked>());
    let parcels: Vec<i64> = all.iter().map(|row| row.2).collect();
    let mu: Vec<f64> = all.iter().map(|row| row.3).collect();
    let areas = Values::Number { values: Float64Chunked::from_slice("".into(), &mu), shown: 2, exact: 6 };
    let mut land = Column::new("mu", "面积", "Land", 0, areas);
    land.unit = Some(crate::dictionary::Bilingual { zh: "亩".to_owned(), en: "mu".to_owned() });
    let columns = vec![
        Column::new("zone", "开发区", "Zone", 0, text(&|row| Some(row.0.clone()).filter(|zone| !zone.is_empty()))),
        Column::new("state", "状态", "State", 0, text(&|row| Some(row.1.clone()))).named(names),
        Column::new("parcels", "宗数", "Parcels", 0, Values::Integer(Int64Chunked::from_slice("".into(), &parcels))),
        land,
    ];
    let title = book.inventory.as_ref().map(|inventory| Phrase::new("flag.inventory").with_both("title", inventory.title.clone()));
    let mut part = Part::new("inventory", title.filter(|_| with_sections), columns);
    part.sections = vec![Section { title: None, rows: 0..all.len(), cuts: cuts(&all) }];
    part
}

/// Zone, state, parcels, mu.
type Row = (String, String, i64, f64);

fn read(rows: &DataFrame) -> Vec<Row> {
    let text = |name: &str| rows.column(name).ok().and_then(|column| column.str().ok().cloned());
    let number = |name: &str| rows.column(name).ok().and_then(|column| column.cast(&DataType::Float64).ok()?.f64().ok().cloned());
    let (Some(zones), Some(states)) = (text("zone"), text("state")) else { return Vec::new() };
    let (Some(parcels), Some(mu)) = (number("parcels"), number("mu")) else { return Vec::new() };
    let each = (0..rows.height()).map(|row| {
        let state = states.get(row).unwrap_or(CANNOT_TELL).to_owned();
        (zones.get(row).unwrap_or("").to_owned(), state, parcels.get(row).unwrap_or(0.0) as i64, mu.get(row).unwrap_or(0.0))
    });
    each.collect()
}

/// A line between two zones.
fn cuts(rows: &[Row]) -> Vec<usize> {
    (1..rows.len()).filter(|&at| rows[at].0 != rows[at - 1].0).collect()
}
