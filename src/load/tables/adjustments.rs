//! `adjustments.csv`: measures that raise, lower or fix a grade, or add points.
//!
//! In: the loaded table. Out: a frame with one row per measure of a known enterprise. Next: `engine` joins it by enterprise and year.

use polars::prelude::*;

use crate::dictionary::Dictionary;
use crate::finding::{Code, Finding, Findings};
use crate::load::cells::cell;
use crate::load::cells::column::Cells;
use crate::load::reading::table::Loaded;
use crate::load::tables::enterprise::NOBODY;

/// Places of `points`, `raise` and `lower` among the kinds.
const POINTS: u8 = 0;
const STEPS: [u8; 2] = [2, 3];

/// The frame of adjustments; empty if there is no file.
pub fn frame(loaded: Option<&Loaded<'_>>, findings: &mut Findings) -> DataFrame {
    let Some(loaded) = loaded else { return build(0, Vec::new(), Vec::new(), Vec::new(), |_, _| None) };
    let owner = |spot: (u32, u32)| loaded.parts[spot.0 as usize].owners[spot.1 as usize];
    let spots: Vec<(u32, u32)> = loaded.spots().filter(|&spot| owner(spot) != NOBODY).collect();
    let owners = spots.iter().map(|&spot| owner(spot) as i32).collect();
    let years = spots.iter().map(|&spot| i32::from(loaded.parts[spot.0 as usize].years[spot.1 as usize])).collect();
    let points = spots.iter().map(|&spot| points(loaded, spot, findings)).collect();
    build(spots.len(), owners, years, points, |name, known| {
        let at = loaded.position(name)?;
        Some(loaded.series(name, Some(known), at, spots.iter().map(|&spot| Some(spot))))
    })
}

fn build(
    rows: usize,
    owners: Vec<i32>,
    years: Vec<i32>,
    points: Vec<Option<f64>>,
    column: impl Fn(&str, &crate::dictionary::Column) -> Option<Series>,
) -> DataFrame {
    let table = Dictionary::get().table("adjustments").expect("the dictionary has adjustments");
    let read = |name: &str, kind: DataType| {
        let known = table.columns.iter().find(|column| column.name == name);
        let series = known.and_then(|known| column(name, known));
        series.unwrap_or_else(|| Series::full_null(name.into(), rows, &kind)).into_column()
    };
    let columns = vec![
        Int32Chunked::from_vec("enterprise".into(), owners).into_column(),
        Int32Chunked::from_vec("year".into(), years).into_column(),
        read("kind", DataType::String),
        read("value", DataType::String),
        Float64Chunked::from_iter_options("points".into(), points.into_iter()).into_column(),
        read("reason", DataType::String),
        read("document", DataType::String),
        read("decided_on", DataType::Date),
    ];
    DataFrame::new(rows, columns).expect("all columns have one value per measure")
}

/// The points of a measure, or the number of grades it raises or lowers by. Points that are no number are reported; what raises or
/// lowers may also be a grade, which only a policy can tell.
fn points(loaded: &Loaded<'_>, spot: (u32, u32), findings: &mut Findings) -> Option<f64> {
    let (part, at) = (&loaded.parts[spot.0 as usize], spot.1 as usize);
    let Cells::Choice(kinds) = &part.cells[loaded.position("kind")?] else { return None };
    let column = loaded.position("value");
    if STEPS.contains(&kinds[at]) {
        let steps = column.and_then(|column| part.cells[column].text(at)).and_then(|text| cell::extra_number(text).ok());
        return steps.filter(|steps| *steps >= 0.0 && steps.fract() == 0.0);
    }
    if kinds[at] != POINTS {
        return None;
    }
    let place = loaded.place(spot, column);
    let Some(text) = column.and_then(|column| part.cells[column].text(at)) else {
        let finding = Finding::error(Code::MissingValue, place).text("");
        findings.push(if column.is_none() { finding.with("heading", "value") } else { finding });
        return None;
    };
    let make = if loaded.layout.lenient { Finding::warning } else { Finding::error };
    match cell::extra_number(text) {
        Ok(points) => Some(points),
        Err(crate::load::cells::number::Bad::NotFinite) => {
            findings.push(Finding::error(Code::NotFinite, place).text(text));
            None
        }
        Err(_) => {
            findings.push(make(Code::UnparsableCell, place).text(text).with("accepted", "2, -1.5"));
            None
        }
    }
}
