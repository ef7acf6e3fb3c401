//! Columns read row by row: what a renderer asks for.
//!
//! In: the [`Values`] of a column. Out: a [`Cell`] for a row, in constant time whatever the column was built from. Cells of
//! different rows may be read by different threads. Next: `render` writes them down.

use polars::prelude::{BooleanType, ChunkedArray, Float64Type, Int64Type, PolarsDataType, StaticArray, StringType};

use super::table::Values;

/// One value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cell<'a> {
    /// No value. A number that is not finite is none either.
    Missing,
    /// Text as it stands.
    Text(&'a str),
    /// JSON as it stands.
    Json(&'a str),
    /// A code, translated for people under `word.<code>`.
    Word(&'a str),
    /// A whole number.
    Integer(i64),
    /// A number; how many decimals are written is the column's affair.
    Number(f64),
    /// True or false.
    Flag(bool),
}

/// The cells of one column. Cheap to make: the values are shared, not copied, unless they lie in several chunks.
#[derive(Debug)]
pub struct Cells(Source);

#[derive(Debug)]
enum Source {
    Nothing,
    Text(<StringType as PolarsDataType>::Array),
    Json(<StringType as PolarsDataType>::Array),
    Shared { at: Vec<u32>, texts: Vec<String>, words: bool },
    Word(<StringType as PolarsDataType>::Array),
    Integer(<Int64Type as PolarsDataType>::Array),
    Number(<Float64Type as PolarsDataType>::Array),
    Flag(<BooleanType as PolarsDataType>::Array),
}

impl Cells {
    /// The cells of a column.
    pub fn of(values: &Values) -> Self {
        let source = match values {
            Values::Text(values) => single(values).map(Source::Text),
            Values::Json(values) => single(values).map(Source::Json),
            Values::Word(values) => single(values).map(Source::Word),
            Values::Shared { at, texts, words } => Some(Source::Shared { at: at.clone(), texts: texts.clone(), words: *words }),
            Values::Integer(values) => single(values).map(Source::Integer),
            Values::Number { values, .. } => single(values).map(Source::Number),
            Values::Flag(values) => single(values).map(Source::Flag),
        };
        Cells(source.unwrap_or(Source::Nothing))
    }

    /// The cell of a row; missing beyond the last one.
    pub fn get(&self, row: usize) -> Cell<'_> {
        match &self.0 {
            Source::Nothing => Cell::Missing,
            Source::Text(values) => at(values, row).map_or(Cell::Missing, Cell::Text),
            Source::Json(values) => at(values, row).map_or(Cell::Missing, Cell::Json),
            Source::Word(values) => at(values, row).map_or(Cell::Missing, Cell::Word),
            Source::Shared { at, texts, words } => match at.get(row).and_then(|&place| texts.get(place as usize)) {
                Some(text) if *words => Cell::Word(text),
                Some(text) if !text.is_empty() => Cell::Text(text),
                _ => Cell::Missing,
            },
            Source::Integer(values) => at(values, row).map_or(Cell::Missing, Cell::Integer),
            Source::Number(values) => at(values, row).filter(|value| value.is_finite()).map_or(Cell::Missing, Cell::Number),
            Source::Flag(values) => at(values, row).map_or(Cell::Missing, Cell::Flag),
        }
    }
}

fn single<T: PolarsDataType<Array: Clone>>(values: &ChunkedArray<T>) -> Option<T::Array> {
    values.rechunk().downcast_iter().next().cloned()
}

fn at<A: StaticArray>(values: &A, row: usize) -> Option<A::ValueT<'_>> {
    if row < values.len() { StaticArray::get(values, row) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use polars::prelude::{Float64Chunked, NewChunkedArray, PlSmallStr, StringChunked};

    #[test]
    fn cells_are_found_across_chunks() {
        let mut text = StringChunked::from_slice(PlSmallStr::from_static("name"), &["甲", "乙"]);
        text.append(&StringChunked::from_slice_options(PlSmallStr::from_static("name"), &[None, Some("丁")])).expect("same type");
        let cells = Cells::of(&Values::Text(text));
        let read: Vec<Cell> = (0..5).map(|row| cells.get(row)).collect();
        assert_eq!(read, [Cell::Text("甲"), Cell::Text("乙"), Cell::Missing, Cell::Text("丁"), Cell::Missing]);
    }

    #[test]
    fn a_number_that_is_not_finite_is_missing() {
        let values = Float64Chunked::from_slice(PlSmallStr::from_static("x"), &[f64::NAN, f64::INFINITY, 1.5]);
        let cells = Cells::of(&Values::Number { values, shown: 2, exact: 6 });
        assert_eq!([cells.get(0), cells.get(1), cells.get(2)], [Cell::Missing, Cell::Missing, Cell::Number(1.5)]);
    }
}
