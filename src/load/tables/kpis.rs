//! `kpi.csv`: figures of a zone, or of the whole city, that are reported as they are.
//!
//! In: the loaded table. Out: one row per zone, period and indicator, sorted by them. Next: [`crate::load::Dataset::kpis`].

use polars::prelude::*;

use crate::finding::Findings;
use crate::load::cells::column::Cells;
use crate::load::cells::period;
use crate::load::reading::table::Loaded;
use crate::load::tables::zones::Zones;

/// One figure: zone (none: the city), normal form of the period, indicator, where it stands.
type Figure<'l> = (Option<&'l str>, &'l str, &'l str, (u32, u32));

/// The frame; empty where there is no table. A figure that stands twice is an error, a zone that is not known a warning.
pub fn frame(mut loaded: Option<Loaded<'_>>, zones: Option<&Zones<'_>>, findings: &mut Findings) -> DataFrame {
    if let Some(loaded) = &mut loaded {
        let key: Vec<usize> = ["zone", "period", "indicator"].iter().filter_map(|name| loaded.position(name)).collect();
        loaded.refuse_duplicates(&key, findings);
        if let Some(zones) = zones {
            zones.check(loaded, findings);
        }
    }
    let mut figures: Vec<Figure<'_>> = loaded.iter().flat_map(|loaded| loaded.spots().filter_map(|spot| figure(loaded, spot))).collect();
    figures.sort_unstable();
    let parts: Vec<(i32, String)> = figures.iter().filter_map(|(_, period, ..)| period::taken_apart(period)).collect();
    let value = |&(.., spot): &Figure<'_>| loaded.as_ref().and_then(|loaded| value(loaded, spot));
    let columns = vec![
        StringChunked::from_iter_options("zone".into(), figures.iter().map(|figure| figure.0)).into_column(),
        StringChunked::from_iter_values("period".into(), figures.iter().map(|figure| figure.1)).into_column(),
        Int32Chunked::from_vec("year".into(), parts.iter().map(|(year, _)| *year).collect()).into_column(),
        StringChunked::from_iter_values("part".into(), parts.iter().map(|(_, part)| part.as_str())).into_column(),
        StringChunked::from_iter_values("indicator".into(), figures.iter().map(|figure| figure.2)).into_column(),
        Float64Chunked::from_iter_options("value".into(), figures.iter().map(value)).into_column(),
    ];
    DataFrame::new(figures.len(), columns).expect("all columns have one value per figure")
}

fn figure<'l>(loaded: &'l Loaded<'_>, spot: (u32, u32)) -> Option<Figure<'l>> {
    let text = |name: &str| loaded.text(loaded.position(name)?, spot);
    let period = text("period").filter(|period| period::taken_apart(period).is_some())?;
    Some((text("zone"), period, text("indicator")?, spot))
}

fn value(loaded: &Loaded<'_>, (part, at): (u32, u32)) -> Option<f64> {
    let Cells::Number(values) = &loaded.parts[part as usize].cells[loaded.position("value")?] else { return None };
    Some(values[at as usize]).filter(|value| !value.is_nan())
}
