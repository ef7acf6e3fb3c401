//! The cells of one column, as they are read: typed vectors without an allocation per row.
//!
//! In: values pushed by `row`. Out: polars series in any order of rows. Next: `yearly`, `land`, `zones` and `panel` put them in place.

use polars::prelude::*;

use crate::dictionary::{Column as Known, ColumnType};
use crate::load::cells::number;

/// A missing amount.
pub const NO_AMOUNT: i128 = i128::MIN;
/// A missing date.
pub const NO_DATE: i32 = i32::MIN;
/// A missing word of a choice, or a missing truth.
pub const NO_WORD: u8 = u8::MAX;

/// Texts end to end; an empty one is missing.
#[derive(Debug, Default)]
pub struct Texts {
    text: String,
    ends: Vec<u32>,
}

impl Texts {
    /// Adds one.
    #[inline]
    pub fn push(&mut self, text: &str) {
        self.text.push_str(text);
        self.ends.push(self.text.len() as u32);
    }

    /// The text at a place; empty if it is missing.
    #[inline]
    pub fn get(&self, at: usize) -> &str {
        let start = if at == 0 { 0 } else { self.ends[at - 1] as usize };
        &self.text[start..self.ends[at] as usize]
    }

    /// The text at a place; `None` if it is missing.
    #[inline]
    pub fn some(&self, at: usize) -> Option<&str> {
        Some(self.get(at)).filter(|text| !text.is_empty())
    }
}

/// The cells of a column in one piece of a file.
#[derive(Debug, Default)]
pub enum Cells {
    /// Checked, not stored.
    #[default]
    Nothing,
    /// Numbers; NaN is missing.
    Number(Vec<f64>),
    /// Numbers to be summed, counts of 10⁻²⁴; [`NO_AMOUNT`] is missing.
    Amount(Vec<i128>),
    /// Texts of any kind.
    Text(Texts),
    /// 0, 1 or [`NO_WORD`].
    Bool(Vec<u8>),
    /// Days since 1970; [`NO_DATE`] is missing.
    Date(Vec<i32>),
    /// Places in the column's list of words, or [`NO_WORD`].
    Choice(Vec<u8>),
}

impl Cells {
    /// Empty cells for a type, with room for so many.
    pub fn of(kind: ColumnType, exact: bool, rows: usize) -> Cells {
        match kind {
            ColumnType::Number if exact => Cells::Amount(Vec::with_capacity(rows)),
            ColumnType::Number => Cells::Number(Vec::with_capacity(rows)),
            ColumnType::Bool => Cells::Bool(Vec::with_capacity(rows)),
            ColumnType::Date => Cells::Date(Vec::with_capacity(rows)),
            ColumnType::Choice => Cells::Choice(Vec::with_capacity(rows)),
            ColumnType::Text | ColumnType::Id | ColumnType::Industry | ColumnType::Labels | ColumnType::Year | ColumnType::Period => {
                Cells::Text(Texts { text: String::new(), ends: Vec::with_capacity(rows) })
            }
        }
    }

    /// Adds a missing cell.
    #[inline]
    pub fn push_missing(&mut self) {
        match self {
            Cells::Nothing => {}
            Cells::Number(values) => values.push(f64::NAN),
            Cells::Amount(values) => values.push(NO_AMOUNT),
            Cells::Text(values) => values.push(""),
            Cells::Bool(values) | Cells::Choice(values) => values.push(NO_WORD),
            Cells::Date(values) => values.push(NO_DATE),
        }
    }

    /// The word at a place, for choice columns.
    pub fn word(&self, at: usize) -> Option<u8> {
        if let Cells::Choice(words) = self { Some(words[at]).filter(|word| *word != NO_WORD) } else { None }
    }

    /// The date that was pushed last, for date columns.
    pub fn last_day(&self) -> Option<i32> {
        if let Cells::Date(days) = self { days.last().copied().filter(|day| *day != NO_DATE) } else { None }
    }

    /// The number at a place; NaN if there is none.
    pub fn number(&self, at: usize) -> f64 {
        match self {
            Cells::Number(values) => values[at],
            Cells::Amount(values) if values[at] != NO_AMOUNT => number::amount_to_float(values[at]),
            _ => f64::NAN,
        }
    }

    /// Are they numbers?
    pub fn is_numeric(&self) -> bool {
        matches!(self, Cells::Number(_) | Cells::Amount(_))
    }

    /// All of it, for columns of numbers.
    pub fn numbers(&self) -> Option<&[f64]> {
        if let Cells::Number(values) = self { Some(values) } else { None }
    }

    /// The text at a place, for text columns.
    pub fn text(&self, at: usize) -> Option<&str> {
        if let Cells::Text(texts) = self { texts.some(at) } else { None }
    }
}

/// Where a row's cells are: part and place in the part.
pub type Spot = Option<(u32, u32)>;

/// A series with the cells of the given spots, in their order.
pub fn series(name: &str, known: Option<&Known>, parts: &[&Cells], spots: impl ExactSizeIterator<Item = Spot>) -> Series {
    let name = PlSmallStr::from_str(name);
    let cells = |spot: Spot| spot.map(|(part, at)| (parts[part as usize], at as usize));
    match parts.first() {
        Some(Cells::Text(_)) => texts(name, spots.len(), spots.map(|spot| cells(spot).and_then(|(part, at)| part.text(at)))),
        Some(Cells::Choice(_)) => {
            let word = |(part, at): (&Cells, usize)| Some(known?.values.get(usize::from(part.word(at)?))?.name.as_str());
            texts(name, spots.len(), spots.map(|spot| cells(spot).and_then(|(part, at)| word((part, at)))))
        }
        Some(Cells::Bool(_)) => {
            let values = spots.map(|spot| match cells(spot)? {
                (Cells::Bool(values), at) if values[at] != NO_WORD => Some(values[at] == 1),
                _ => None,
            });
            BooleanChunked::from_iter_options(name, values).into_series()
        }
        Some(Cells::Date(_)) => {
            let values = spots.map(|spot| match cells(spot)? {
                (Cells::Date(values), at) => Some(values[at]).filter(|&day| day != NO_DATE),
                _ => None,
            });
            Int32Chunked::from_iter_options(name, values).into_date().into_series()
        }
        Some(Cells::Number(_) | Cells::Amount(_)) => {
            let values = spots.map(|spot| cells(spot).map_or(f64::NAN, |(part, at)| part.number(at)));
            numbers(name, values.collect())
        }
        Some(Cells::Nothing) | None => Series::full_null(name, spots.len(), &DataType::String),
    }
}

/// A series of so many texts.
pub fn texts<'t>(name: PlSmallStr, rows: usize, texts: impl Iterator<Item = Option<&'t str>>) -> Series {
    let mut builder = StringChunkedBuilder::new(name, rows);
    texts.for_each(|text| builder.append_option(text));
    builder.finish().into_series()
}

/// Numbers in which NaN stands for missing.
pub fn numbers(name: PlSmallStr, values: Vec<f64>) -> Series {
    if values.iter().any(|value| value.is_nan()) {
        let some = values.iter().map(|&value| if value.is_nan() { None } else { Some(value) });
        return Float64Chunked::from_iter_options(name, some).into_series();
    }
    Float64Chunked::from_vec(name, values).into_series()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_given_back_and_blank_ones_are_missing() {
        let mut texts = Texts::default();
        for text in ["亩", "", "均"] {
            texts.push(text);
        }
        assert_eq!([texts.some(0), texts.some(1), texts.some(2)], [Some("亩"), None, Some("均")]);
    }

    #[test]
    fn a_series_follows_its_spots() {
        let (first, second) = (Cells::Number(vec![1.0, f64::NAN]), Cells::Number(vec![3.0]));
        let spots = [Some((1, 0)), None, Some((0, 0)), Some((0, 1))];
        let series = series("x", None, &[&first, &second], spots.into_iter());
        let values: Vec<Option<f64>> = series.f64().expect("numbers").iter().collect();
        assert_eq!(values, [Some(3.0), None, Some(1.0), None]);
    }
}
