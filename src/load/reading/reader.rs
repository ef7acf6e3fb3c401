//! How one column of a file is read: its meaning, its factor, and what its figures may be.
//!
//! In: a column of a file and what is wanted of it. Out: cells of the right kind, and figures in the canonical unit. Next: `row`.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::dictionary::{ColumnType, Dictionary, Table};
use crate::load::Options;
use crate::load::cells::column::{Cells, NO_AMOUNT};
use crate::load::cells::flaw::Flaw;
use crate::load::cells::forms;
use crate::load::cells::number::{self, Bad};
use crate::load::cells::period;
use crate::load::headings::{FileColumn, Means};
use crate::load::reading::mixed;
use crate::load::reading::stored::Stored;

/// How one column of a file is read.
pub struct Reader {
    /// Heading, meaning and factor.
    pub file: FileColumn,
    /// Are its cells stored?
    pub stored: bool,
    /// Does the panel take them?
    pub paneled: bool,
    /// Does the frame of its table's rows take them?
    pub framed: bool,
    /// Stored as an exact amount, to be summed.
    pub exact: bool,
    /// A blank cell makes the row useless.
    pub needed: bool,
    /// Part of the table's key: lenience does not reach it.
    pub key: bool,
    /// Its texts name things: digits that a spreadsheet rounded name another.
    pub names: bool,
    /// It may hold percentages, and its heading says nothing of them.
    pub is_ratio: bool,
    /// A column of years under the heading of one of periods: its rows may be of parts of years.
    pub is_period: bool,
    /// Its ids are those of another table.
    pub foreign: bool,
    /// The smallest figure that it may hold.
    pub low: f64,
    /// The largest.
    pub high: f64,
}

impl Reader {
    /// A reader for a column of a file.
    pub fn new(table: &Table, file: FileColumn, options: &Options<'_>) -> Self {
        let (mut low, mut high, mut key, mut needed, mut names) = (f64::NEG_INFINITY, f64::INFINITY, false, false, false);
        if let Means::Known(column) = file.means {
            let largest = Dictionary::get().largest.figure;
            low = column.at_least.unwrap_or(-largest).to_f64().unwrap_or(low);
            high = column.at_most.unwrap_or(largest).to_f64().unwrap_or(high);
            key = table.key.contains(&column.name);
            needed = is_needed(&table.name, &column.name);
            names = key || column.name.ends_with("_id");
        }
        let Stored { stored, paneled, framed, exact } = Stored::of(table, &file, options);
        let is_period = matches!(file.means, Means::Known(column) if column.kind == ColumnType::Year) && period::is_heading(&file.heading);
        let is_ratio = options.rows.suspicions && mixed::may_mix(&file);
        Reader {
            is_ratio,
            is_period,
            foreign: table.name != "enterprises",
            file,
            stored,
            paneled,
            framed,
            exact,
            needed,
            key,
            names,
            low,
            high,
        }
    }

    /// Is it a column of figures?
    pub fn holds_numbers(&self) -> bool {
        matches!(self.file.means, Means::Known(column) if column.kind == ColumnType::Number)
    }

    /// What is to be done about a cell that cannot be read, where it is not what is usual: a key of the locale.
    pub fn remedy(&self) -> Option<&'static str> {
        match self.file.means {
            Means::Known(_) if self.key => Some("remedy.needed"),
            _ if self.holds_numbers() => Some("remedy.number"),
            _ => None,
        }
    }

    /// Is it this column of the dictionary?
    pub fn means(&self, name: &str) -> bool {
        matches!(self.file.means, Means::Known(column) if column.name == name)
    }
}

/// Is a row useless without this cell?
fn is_needed(table: &str, column: &str) -> bool {
    match column {
        "enterprise_id" => !matches!(table, "factories" | "agreements" | "zones"),
        "year" => matches!(table, "output" | "tax" | "energy" | "adjustments"),
        "parcel_id" => table == "land",
        "kind" => table == "adjustments",
        "period" | "indicator" => table == "kpi",
        "zone" => table == "zones",
        "building_id" => table == "factories",
        "agreement_id" => table == "agreements",
        _ => false,
    }
}

impl Reader {
    /// Empty cells of the right kind, with room for so many.
    pub fn cells(&self, rows: usize) -> Cells {
        match self.file.means {
            _ if !self.stored => Cells::Nothing,
            Means::Known(column) if column.kind == ColumnType::Year => Cells::Nothing,
            Means::Known(column) => Cells::of(column.kind, self.exact, rows),
            Means::Extra => Cells::of(ColumnType::Text, false, rows),
            _ => Cells::Nothing,
        }
    }

    #[inline]
    pub fn read_number(&self, text: &str, factor: Decimal, cells: &mut Cells) -> Result<(), Flaw> {
        let flaw = |bad| match bad {
            Bad::Unparsable => Flaw::Unparsable("1234.5".into()),
            Bad::NotFinite => Flaw::NotFinite,
            Bad::Rounded => Flaw::Rounded,
            Bad::TooLarge => Flaw::AboveHigh(number::amount_to_text(number::LARGEST)),
        };
        if self.exact {
            let amount = self.amount(text, factor).map_err(|bad| match self.value(text, factor) {
                Err(worse) => flaw(worse),
                Ok(_) => flaw(bad),
            })?;
            let value = number::amount_to_float(amount);
            self.check(value)?;
            if let Cells::Amount(values) = cells {
                debug_assert!(amount != NO_AMOUNT);
                values.push(amount);
            }
            return Ok(());
        }
        let value = self.value(text, factor).map_err(flaw)?;
        self.check(value)?;
        if let Cells::Number(values) = cells {
            values.push(value);
        }
        Ok(())
    }

    /// A cell as a number in the canonical unit.
    #[inline]
    fn value(&self, text: &str, factor: Decimal) -> Result<f64, Bad> {
        match number::float(text, factor) {
            Err(Bad::Unparsable) => self.in_another_form(text, factor, number::float),
            value => value,
        }
    }

    /// A cell as a number in the canonical unit, if it is one.
    pub fn value_of(&self, text: &str) -> Option<f64> {
        self.value(text, self.file.factor).ok()
    }

    /// A cell as an exact amount in the canonical unit.
    pub fn amount(&self, text: &str, factor: Decimal) -> Result<i128, Bad> {
        match number::amount(text, factor) {
            Err(Bad::Unparsable) => self.in_another_form(text, factor, number::amount),
            amount => amount,
        }
    }

    /// A percent sign says the unit, whatever the heading says; where the column knows no percent it is no number.
    #[cold]
    fn in_another_form<T>(&self, text: &str, factor: Decimal, read: fn(&str, Decimal) -> Result<T, Bad>) -> Result<T, Bad> {
        let plain = forms::number(text).ok_or(Bad::Unparsable)?;
        if !plain.is_percent {
            return read(&plain.text, factor);
        }
        let Means::Known(column) = self.file.means else { return Err(Bad::Unparsable) };
        let percent = column.quantity.as_deref().and_then(|quantity| Dictionary::get().unit(quantity, "%"));
        read(&plain.text, percent.ok_or(Bad::Unparsable)?.factor)
    }

    #[inline]
    fn check(&self, value: f64) -> Result<(), Flaw> {
        if value < self.low {
            Err(Flaw::BelowLow)
        } else if value > self.high {
            Err(Flaw::AboveHigh(self.high.to_string()))
        } else {
            Ok(())
        }
    }
}
