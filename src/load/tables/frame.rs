//! The rows of a table as a frame: what its own file puts first, then the columns of the table, then what is in doubt.
//!
//! In: a loaded table and the spots of its rows. Out: one row per spot, in their order. Next: `subjects`.

use std::collections::HashSet;

use polars::prelude::*;
use rayon::prelude::*;

use crate::dictionary::ColumnType;
use crate::load::headings::Means;
use crate::load::reading::dates;
use crate::load::reading::reader::Reader;
use crate::load::reading::table::Loaded;
use crate::load::tables::enterprise::NOBODY;
use crate::load::tables::enterprises::Enterprises;

/// Puts the columns side by side. `first`: those that are always there, whatever is wanted of the table.
pub fn build(loaded: Option<&Loaded<'_>>, spots: &[(u32, u32)], first: Vec<Series>) -> DataFrame {
    let (mut columns, mut extras) = (first, Vec::new());
    if let Some(loaded) = loaded {
        let there: HashSet<String> = columns.iter().map(|series| series.name().to_string()).collect();
        let framed = |is: &(dyn Fn(&Reader) -> bool + Sync)| -> Vec<Series> {
            let readers: Vec<(usize, &Reader)> = loaded.layout.readers.iter().enumerate().collect();
            readers.into_par_iter().filter(|(_, reader)| reader.framed && is(reader)).map(|(at, _)| column(loaded, at, spots)).collect()
        };
        columns.extend(framed(&|reader| matches!(reader.file.means, Means::Known(column) if !there.contains(&column.name))));
        extras = framed(&|reader| matches!(reader.file.means, Means::Extra));
        let is_framed = |name: &str| loaded.layout.readers.iter().any(|reader| reader.framed && reader.means(name));
        columns.extend(dates::doubts(loaded, spots, is_framed));
    }
    let mut taken: HashSet<String> = columns.iter().map(|series| series.name().to_string()).collect();
    for series in extras {
        let mut name = series.name().to_string();
        // As in the panel: an extra column whose name is taken gets its table's name before it.
        while !taken.insert(name.clone()) {
            name = format!("{}_{name}", loaded.map_or("", |loaded| &loaded.layout.table.name));
        }
        columns.push(series.with_name(name.into()));
    }
    let columns = columns.into_iter().map(IntoColumn::into_column).collect();
    DataFrame::new(spots.len(), columns).expect("names are unique and every column has one value per row")
}

fn column(loaded: &Loaded<'_>, at: usize, spots: &[(u32, u32)]) -> Series {
    match loaded.layout.readers[at].file.means {
        Means::Known(known) if known.kind == ColumnType::Year => {
            let year = |&(part, at): &(u32, u32)| Some(i32::from(loaded.parts[part as usize].years[at as usize])).filter(|year| *year != 0);
            Int32Chunked::from_iter_options(known.name.as_str().into(), spots.iter().map(year)).into_series()
        }
        Means::Known(known) => loaded.series(&known.name, Some(known), at, spots.iter().map(|&spot| Some(spot))),
        _ => loaded.series(&loaded.layout.readers[at].file.heading, None, at, spots.iter().map(|&spot| Some(spot))),
    }
}

/// A text column that nobody reads: missing from end to end.
pub fn absent(name: &str, rows: usize) -> Series {
    Series::full_null(name.into(), rows, &DataType::String)
}

/// The numbers of rows.
pub fn numbers(name: &str, rows: usize) -> Series {
    Int32Chunked::from_vec(name.into(), (0..rows as i32).collect()).into_series()
}

/// The enterprises of rows; missing where they are unknown or blank.
pub fn owners(loaded: Option<&Loaded<'_>>, spots: &[(u32, u32)]) -> Series {
    let owner = |&spot: &(u32, u32)| loaded.map(|loaded| loaded.owner(spot)).filter(|owner| *owner != NOBODY).map(|owner| owner as i32);
    Int32Chunked::from_iter_options("enterprise".into(), spots.iter().map(owner)).into_series()
}

/// A column of the enterprises of rows.
pub fn of_owner(name: &str, loaded: Option<&Loaded<'_>>, enterprises: &Enterprises, spots: &[(u32, u32)]) -> Series {
    let at = enterprises.loaded.position(name);
    let text =
        |&spot: &(u32, u32)| enterprises.text(at, loaded.map(|loaded| loaded.owner(spot)).filter(|owner| *owner != NOBODY)? as usize);
    crate::load::cells::column::texts(name.into(), spots.len(), spots.iter().map(text))
}

/// A text column of rows as it stands in the file; missing everywhere if it is not there.
pub fn text(name: &str, loaded: Option<&Loaded<'_>>, spots: &[(u32, u32)]) -> Series {
    let at = loaded.and_then(|loaded| loaded.position(name));
    let text = |&spot: &(u32, u32)| loaded?.text(at?, spot);
    crate::load::cells::column::texts(name.into(), spots.len(), spots.iter().map(text))
}
