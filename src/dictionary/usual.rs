//! What figures usually are, as data: by which a column in the wrong unit is known, and a value that can hardly be true.
//!
//! In: `usual` of a column, `[[slip]]` and `[[plausible]]` of `dictionary.toml`. Out: bounds, and the units a column may really
//! be in. Next: `load::plausible` compares medians and values with them, and warns; nothing is ever converted by guess.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::Deserialize;

use super::{Bilingual, Column, Dictionary, Table};

/// Bounds, both included.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Usual {
    /// The lower bound.
    pub low: Decimal,
    /// The upper bound.
    pub high: Decimal,
    /// Where most are, for columns of which several units would be usual: the one that brings the median nearest to it is suspected.
    /// `None`: the first in the order of the file.
    #[serde(default)]
    pub middle: Option<Decimal>,
}

impl Usual {
    /// Is a value between them?
    pub fn holds(&self, value: f64) -> bool {
        self.low.to_f64().is_some_and(|low| low <= value) && self.high.to_f64().is_some_and(|high| value <= high)
    }
}

/// A unit that values are taken over in by mistake, and that no heading may name: its factor is no exact decimal.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Slip {
    /// What is measured.
    pub quantity: String,
    /// So many of them are one canonical unit.
    pub divisor: Decimal,
    /// Chinese symbol.
    pub zh: String,
    /// English symbol.
    pub en: String,
    /// So many times nearer to the middle than a unit it must bring a median to be suspected.
    #[serde(default = "likely")]
    pub unlikely: f64,
}

/// Of a unit that is as likely as others.
pub(super) fn likely() -> f64 {
    1.0
}

/// A figure, or a ratio of two, that tells whether a table can be true.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plausible {
    /// Chinese label.
    pub zh: String,
    /// English label.
    pub en: String,
    /// Unit symbols.
    pub unit: Bilingual,
    /// `table.column`.
    pub numerator: String,
    /// `table.column`: of the same table, in the same row; `land.area` from another, the land that the enterprise holds in the
    /// year of the row. `None`: the numerator alone.
    #[serde(default)]
    pub denominator: Option<String>,
    /// Of the median.
    #[serde(default)]
    pub usual: Option<Usual>,
    /// Of the median, narrower: a column explains a table only if it explains two such figures, and all of them.
    #[serde(default)]
    pub typical: Option<Usual>,
    /// A single value above it can hardly be true.
    pub high: Decimal,
}

/// A unit that a column may really be in.
#[derive(Debug, Clone, Copy)]
pub struct Suspect<'d> {
    /// Chinese symbol.
    pub zh: &'d str,
    /// English symbol.
    pub en: &'d str,
    /// Canonical units in one of it.
    pub factor: f64,
    /// So many times nearer to the middle than others it must bring a median.
    pub unlikely: f64,
}

impl Dictionary {
    /// The units of a column's quantity, in the order of the file.
    pub fn units_for<'d>(&'d self, column: &'d Column) -> impl Iterator<Item = Suspect<'d>> + 'd {
        let units = self.units.iter().filter(move |unit| column.quantity.as_deref() == Some(unit.quantity.as_str()));
        units.map(|unit| Suspect {
            zh: &unit.zh,
            en: &unit.name,
            factor: unit.factor.to_f64().unwrap_or(f64::NAN),
            unlikely: unit.unlikely,
        })
    }

    /// The units that a column may really be in, the likelier first: units of its quantity in the order of the file, then slips.
    pub fn suspects<'d>(&'d self, column: &'d Column) -> impl Iterator<Item = Suspect<'d>> + 'd {
        let slips = self.slips.iter().filter(move |slip| column.quantity.as_deref() == Some(slip.quantity.as_str()));
        self.units_for(column).chain(slips.map(|slip| Suspect {
            zh: &slip.zh,
            en: &slip.en,
            factor: 1.0 / slip.divisor.to_f64().unwrap_or(f64::NAN),
            unlikely: slip.unlikely,
        }))
    }

    /// The table and the column of an address such as `land.area`.
    pub fn at(&self, address: &str) -> Option<(&Table, &Column)> {
        let (table, column) = address.split_once('.')?;
        let table = self.table(table)?;
        Some((table, table.columns.iter().find(|known| known.name == column)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dictionary::ColumnType;

    #[test]
    fn bounds_stand_in_order_and_only_on_numbers() {
        let dictionary = Dictionary::get();
        for table in &dictionary.tables {
            for column in &table.columns {
                let Some(usual) = column.usual else { continue };
                assert!(column.kind == ColumnType::Number && column.quantity.is_some(), "{}.{}", table.name, column.name);
                assert!(Decimal::ZERO < usual.low && usual.low < usual.high, "{}.{}", table.name, column.name);
            }
        }
        for plausible in &dictionary.plausible {
            assert!(plausible.usual.is_none_or(|usual| usual.low < usual.high && usual.high <= plausible.high), "{}", plausible.en);
            if let (Some(usual), Some(typical)) = (plausible.usual, plausible.typical) {
                assert!(usual.low < typical.low && typical.high < usual.high, "{}", plausible.en);
            }
        }
    }

    #[test]
    fn plausible_ratios_name_columns_and_cross_tables_only_to_the_land_held() {
        let dictionary = Dictionary::get();
        for plausible in &dictionary.plausible {
            let (table, column) = dictionary.at(&plausible.numerator).expect(&plausible.numerator);
            assert!(column.usual.is_some(), "{}", plausible.numerator);
            let Some(address) = &plausible.denominator else { continue };
            let (under, column) = dictionary.at(address).expect(address);
            assert!(column.usual.is_some(), "{address}");
            assert!(under.name == table.name || address == "land.area" && table.columns.iter().any(|column| column.name == "year"));
        }
    }

    #[test]
    fn slips_are_of_known_quantities_and_come_after_units() {
        let dictionary = Dictionary::get();
        for slip in &dictionary.slips {
            assert!(dictionary.canonical_unit(&slip.quantity).is_some(), "{}", slip.quantity);
        }
        let (_, column) = dictionary.at("agreements.output_per_mu").expect("a column of the dictionary");
        let names: Vec<&str> = dictionary.suspects(column).map(|suspect| suspect.en).collect();
        assert_eq!(names.first(), Some(&"10k CNY/mu"));
        assert!(names.contains(&"10k CNY/ha"), "{names:?}");
    }
}
