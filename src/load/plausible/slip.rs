//! A column in another unit than its heading says, known by its median.
//!
//! In: the median of a column. Out: a warning at its heading, if the median is not usual and would be in another unit of the
//! same quantity. Where no unit fits, nothing is said: an unusual zone is no mistake.

use super::Noted;
use super::factor;
use super::figure;
use crate::dictionary::{Dictionary, Suspect, Usual};
use crate::finding::{Code, Finding};

/// The warning for a column whose median is not usual.
pub fn judge(noted: &Noted) -> Option<Finding> {
    let (median, usual) = (noted.median?, noted.column.usual?);
    if usual.holds(median) {
        return None;
    }
    let (suspect, times) = likeliest(noted, usual, median)?;
    let unit = Dictionary::get().unit_of(noted.column)?;
    let finding = Finding::warning(Code::UnitSlip, noted.place.clone()).with("count", noted.count).with("median", figure(median));
    let finding = finding.with_both("unit", &unit.zh, &unit.name).with("low", usual.low).with("high", usual.high);
    let finding = finding.with_both("suspect", suspect.zh, suspect.en).with("taken", figure(median * times));
    Some(finding.with("factor", factor(times)))
}

/// Of the units in which a median would be usual the likeliest.
fn likeliest(noted: &Noted, usual: Usual, median: f64) -> Option<(Suspect<'static>, f64)> {
    let mut fitting = others(noted).filter(|(_, times)| usual.holds(median * times));
    let Some(middle) = usual.middle.map(super::to_float) else { return fitting.next() };
    let off = |(suspect, times): &(Suspect<'static>, f64)| (median * times / middle).ln().abs() + suspect.unlikely.ln();
    // Of equals the first.
    fitting.min_by(|a, b| off(a).total_cmp(&off(b)))
}

/// The units a column may be in besides the one its heading says, each with what its values would then have to be multiplied by.
pub fn others(noted: &Noted) -> impl Iterator<Item = (Suspect<'static>, f64)> + '_ {
    let suspects = Dictionary::get().suspects(noted.column);
    suspects.map(|suspect| (suspect, suspect.factor / noted.factor)).filter(|(_, times)| (times - 1.0).abs() > 1e-9)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{Place, Value};

    /// Suspected unit and factor.
    fn judged(address: &str, median: f64, factor: f64) -> Option<(String, String)> {
        let (_, column) = Dictionary::get().at(address).expect(address);
        let noted = Noted { address: address.to_owned(), column, place: Place::Nowhere, factor, count: 9, median: Some(median) };
        let finding = judge(&noted)?;
        let value = |name: &str| finding.values.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone());
        match (value("suspect"), value("factor")) {
            (Some(Value::Both { en, .. }), Some(Value::Plain(factor))) => Some((en, factor)),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn each_quantity_is_taken_for_the_unit_that_makes_it_usual() {
        for (address, median, factor, unit, slip) in [
            ("land.area", 52_366.0, 1.0, "m2", "666.67"),
            ("land.area", 0.0786, 0.0015, "mu", "666.67"),
            // 20 mu, spoilt each way.
            ("land.area", 200_000.0, 1.0, "mu (multiplied by 10,000 as if they were 10k mu)", "10000"),
            ("land.area", 0.002, 1.0, "10k mu", "10000"),
            ("land.area", 13_333.0, 1.0, "m2", "666.67"),
            ("land.area", 0.03, 1.0, "mu (divided by 666.67 as if they were m²)", "666.67"),
            ("land.area", 0.6, 1.0, "ha", "15"),
            ("land.area", 200_000.0, 15.0, "m2", "10000"),
            ("land.floor_area", 2.5, 1.0, "10k m2", "10000"),
            ("output.gross_output", 5.2e7, 1.0, "CNY", "10000"),
            ("tax.tax_paid", 0.052, 1.0, "yi CNY", "10000"),
            ("energy.energy_tce", 300_000.0, 1.0, "kgce", "1000"),
            ("tax.tax_paid", 2e6, 1.0, "CNY", "10000"),
            ("tax.tax_paid", 0.02, 0.0001, "10k CNY", "10000"),
            // 3,000 tce times 1000 and 300 tce times 10,000 are the same: kilograms are likelier.
            ("energy.energy_tce", 3e6, 1.0, "kgce", "1000"),
            ("energy.energy_tce", 3e8, 1.0, "tce (multiplied by 10,000 as if they were 10k tce)", "10000"),
            ("energy.energy_tce", 0.03, 1.0, "10k tce", "10000"),
            ("energy.electricity_kwh", 250.0, 1.0, "10k kWh", "10000"),
            ("energy.electricity_kwh", 2.5e10, 1.0, "kWh (multiplied by 10,000 as if they were 10k kWh)", "10000"),
            ("output.employees", 0.02, 1.0, "10k persons", "10000"),
            ("agreements.plot_ratio", 120.0, 1.0, "%", "100"),
            ("agreements.tax_per_mu", 300.0, 1.0, "10k CNY/ha", "15"),
            ("agreements.output_per_mu", 6000.0, 1.0, "10k CNY/ha", "15"),
        ] {
            assert_eq!(judged(address, median, factor), Some((unit.to_owned(), slip.to_owned())), "{address}");
        }
    }

    #[test]
    fn what_is_usual_or_fits_no_unit_is_left_alone() {
        assert_eq!(judged("land.area", 43.0, 1.0), None);
        assert_eq!(judged("energy.electricity_kwh", 1e30, 1.0), None);
    }
}
