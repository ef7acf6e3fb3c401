//! Checks that look at several rows at once, read from `suspicions.toml`.
//!
//! In: the embedded file. Out: [`Suspicions`]. Next: `load::suspicions` looks at the tables by it.

use std::sync::LazyLock;

use serde::Deserialize;

use super::{Bilingual, Column, Dictionary, Suspect};

/// A factor between two units.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Factor {
    /// Larger than one.
    pub factor: f64,
    /// Quantities whose units differ by it.
    pub quantities: Vec<String>,
}

/// What is said of a cell in another unit, with `{unit}` and `{heading}`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Told {
    /// The number is the one in the other unit.
    pub written: Bilingual,
    /// The number was right, and was converted from the other unit once more.
    pub again: Bilingual,
    /// No unit explains it.
    pub plain: Bilingual,
}

/// One cell in another unit.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CellSlip {
    /// Other years that must be there.
    pub fewest_others: usize,
    /// None of them is more than so many times another.
    pub steady: f64,
    /// How far from the factor, as a factor.
    pub tolerance: f64,
    /// Of a year's figures in a file a larger share than this is told once, not cell by cell.
    pub together: f64,
    /// At least so many.
    pub fewest_together: usize,
    /// `table.column`.
    pub columns: Vec<String>,
    /// What is said.
    pub told: Told,
    /// The factors.
    #[serde(rename = "factor")]
    pub factors: Vec<Factor>,
}

/// A parcel in another unit, without other years.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ParcelSlip {
    /// Spreads from the middle that are far.
    pub far: f64,
    /// The same for figures.
    pub far_figures: f64,
    /// The same for the area where the holder has not so many figures.
    pub far_alone: f64,
    /// Of factors below it figures must be as far off as the area.
    pub small: f64,
    /// Spreads from the middle that are ordinary.
    pub ordinary: f64,
    /// No spread is smaller.
    pub least_spread: f64,
    /// From the middle at least so many times.
    pub fewest_times: f64,
    /// Parcels, and holders with a figure, that make a middle.
    pub fewest: usize,
    /// Figures of the holder that must be there.
    pub fewest_figures: usize,
    /// The factors, each larger than one.
    pub factors: Vec<f64>,
    /// `table.column` of yearly tables: what is divided by the land held.
    pub figures: Vec<String>,
}

/// Tax of an enterprise that has no output.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TaxWithoutOutput {
    /// From which tax on (10k CNY).
    pub tax_at_least: f64,
    /// Of those who pay so much in the year more than this share has an output.
    pub share: f64,
}

/// Figures of a year that are those of another.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RepeatedYear {
    /// Figures that must be there and not be zero.
    pub fewest_figures: usize,
}

/// Land that changes without a deed.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LandJump {
    /// By at least this share of the earlier area.
    pub share: f64,
    /// Dates that stand for a deed.
    pub deeds: Vec<String>,
}

/// A parcel beyond its area.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ParcelClaims {
    /// How far areas may differ and be the same.
    pub tolerance: f64,
}

/// A figure beside the figures it is made of.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parts {
    /// How far they may differ, as a share of the figure.
    pub tolerance: f64,
}

/// Where it pays to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// On the line or above.
    Above,
    /// Below the line.
    Below,
}

/// A line that is known.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// `land.area`, or the numerator of a figure of the dictionary.
    pub figure: String,
    /// The line, canonical unit.
    pub at: f64,
    /// Where it pays to be.
    pub side: Side,
}

/// More values on one side of a line than on the other.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bunching {
    /// How far either way, as a share of the line.
    pub width: f64,
    /// Values that must be there.
    pub fewest: usize,
    /// The statistic from which it is told.
    pub z: f64,
    /// Whose lines these are.
    pub list: Bilingual,
    /// The lines.
    #[serde(rename = "line")]
    pub lines: Vec<Line>,
}

/// The whole file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "the types say what they are")]
pub struct Suspicions {
    pub cell_slip: CellSlip,
    pub parcel_slip: ParcelSlip,
    pub tax_without_output: TaxWithoutOutput,
    pub repeated_year: RepeatedYear,
    pub land_jump: LandJump,
    pub parcel_claims: ParcelClaims,
    pub parts: Parts,
    pub bunching: Bunching,
}

static SUSPICIONS: LazyLock<Suspicions> =
    LazyLock::new(|| toml::from_str(include_str!("suspicions.toml")).expect("the embedded file is read by a test"));

impl Suspicions {
    /// The built-in ones.
    pub fn get() -> &'static Suspicions {
        &SUSPICIONS
    }

    /// The built-in ones with other numbers at some places (`land_jump.share`).
    ///
    /// # Errors
    ///
    /// A place that has no number, or a number that cannot stand there.
    pub fn with<'s>(settings: &[(&'s str, f64)]) -> Result<Suspicions, &'s str> {
        let mut file: toml::Table = include_str!("suspicions.toml").parse().expect("the embedded file is read by a test");
        for &(place, number) in settings {
            let (part, name) = place.split_once('.').ok_or(place)?;
            let value = file.get_mut(part).and_then(|part| part.get_mut(name)).ok_or(place)?;
            if !(value.is_float() || value.is_integer()) || !(number > 0.0 && number < 1e9) {
                return Err(place);
            }
            *value = if number.fract() == 0.0 { toml::Value::Integer(number as i64) } else { toml::Value::Float(number) };
        }
        let last = settings.last().map_or("", |(place, _)| *place);
        file.try_into().map_err(|_| last)
    }

    /// The places that have a number.
    pub fn places() -> Vec<String> {
        let file: toml::Table = include_str!("suspicions.toml").parse().expect("the embedded file is read by a test");
        let numbers = file.iter().filter_map(|(part, inner)| Some((part, inner.as_table()?))).flat_map(|(part, inner)| {
            let inner = inner.iter().filter(|(_, value)| value.is_float() || value.is_integer());
            inner.map(move |(name, _)| format!("{part}.{name}"))
        });
        numbers.collect()
    }
}

impl CellSlip {
    /// Of values of one quantity those that are a factor off the others: place, the middle of the others, the factor.
    pub fn judge(&self, quantity: &str, values: &[f64]) -> Vec<(usize, f64, &Factor)> {
        if values.len() <= self.fewest_others || !self.are_apart(values) {
            return Vec::new();
        }
        let judged = values.iter().enumerate().filter_map(|(place, value)| {
            let mut others = [&values[..place], &values[place + 1..]].concat();
            others.sort_by(f64::total_cmp);
            if others[others.len() - 1] > others[0] * self.steady {
                return None;
            }
            let middle = (others[(others.len() - 1) / 2] + others[others.len() / 2]) / 2.0;
            Some((place, middle, self.factor(quantity, value / middle)?))
        });
        judged.collect()
    }

    /// Are the largest and the smallest so far apart that one of them can be off by a factor? Most are not, and nothing else is asked.
    fn are_apart(&self, values: &[f64]) -> bool {
        let (low, high) = values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &value| (value.min(low), value.max(high)));
        let least = self.factors.iter().map(|factor| factor.factor).fold(f64::INFINITY, f64::min) / self.tolerance;
        // A hair less, for what is lost in dividing.
        !(low > 0.0 && high / low < least * 0.999_999)
    }

    /// The factor that a ratio is near to, either way round: the nearest.
    fn factor(&self, quantity: &str, ratio: f64) -> Option<&Factor> {
        let off = |factor: &Factor| {
            let times = if ratio < 1.0 { 1.0 / ratio } else { ratio } / factor.factor;
            if times < 1.0 { 1.0 / times } else { times }
        };
        let is_of = |factor: &&Factor| factor.quantities.iter().any(|known| known == quantity);
        let near = self.factors.iter().filter(is_of).filter(|factor| off(factor) <= self.tolerance);
        near.min_by(|a, b| off(a).total_cmp(&off(b)))
    }
}

impl Told {
    /// What is said of a cell of a column that is `times` what it should be, in canonical units; `per_unit`: canonical units in what its
    /// heading says.
    pub fn of(&self, column: &Column, per_unit: f64, times: f64) -> Bilingual {
        let units: Vec<Suspect<'_>> = Dictionary::get().units_for(column).collect();
        let is = |a: f64, b: f64| (a / b - 1.0).abs() < 1e-3;
        let unit = |wanted: f64| units.iter().find(|unit| is(unit.factor, wanted));
        let Some(heading) = unit(per_unit) else { return self.plain.clone() };
        let (sentence, other) = match (unit(per_unit / times), unit(per_unit * times)) {
            (Some(other), _) => (&self.written, other),
            (None, Some(other)) => (&self.again, other),
            (None, None) => return self.plain.clone(),
        };
        Bilingual {
            zh: sentence.zh.replace("{unit}", other.zh).replace("{heading}", heading.zh),
            en: sentence.en.replace("{unit}", other.en).replace("{heading}", heading.en),
        }
    }
}

impl Bunching {
    /// Is a value near enough to a line to be counted?
    pub fn is_near(&self, line: &Line, value: f64) -> bool {
        self.side(line, value).is_some()
    }

    /// The side of a line on which a value counts: from the line, which is met exactly, up to a width above it, which is not; from a width
    /// below it, which is met, up to the line.
    fn side(&self, line: &Line, value: f64) -> Option<Side> {
        // A hair, for what is lost in dividing.
        let (off, hair) = (value / line.at - 1.0, 1e-9);
        match off {
            _ if off >= -hair && off < self.width - hair => Some(Side::Above),
            _ if off < -hair && off >= -self.width - hair => Some(Side::Below),
            _ => None,
        }
    }

    /// Values on the wanted side and on the other, and the statistic, where values bunch at a line.
    pub fn judge(&self, line: &Line, values: impl Iterator<Item = f64>) -> Option<(usize, usize, f64)> {
        let (mut above, mut below) = (0_usize, 0_usize);
        for value in values {
            match self.side(line, value) {
                Some(Side::Above) => above += 1,
                Some(Side::Below) => below += 1,
                None => {}
            }
        }
        let (wanted, other) = if line.side == Side::Above { (above, below) } else { (below, above) };
        let all = wanted + other;
        let z = (wanted as f64 - other as f64) / (all as f64).sqrt();
        (all >= self.fewest && z >= self.z).then_some((wanted, other, z))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_can_be_set_and_nothing_else() {
        let set = Suspicions::with(&[("land_jump.share", 0.25), ("bunching.fewest", 5.0)]).expect("both are numbers");
        assert_eq!((set.land_jump.share, set.bunching.fewest, set.bunching.z), (0.25, 5, Suspicions::get().bunching.z));
        for wrong in [("land_jump.deeds", 1.0), ("land_jump", 1.0), ("nothing.at_all", 1.0), ("bunching.fewest", 0.5), ("bunching.z", -1.0)]
        {
            assert_eq!(Suspicions::with(&[wrong]).err(), Some(wrong.0));
        }
        let places = Suspicions::places();
        assert!(places.contains(&"cell_slip.steady".to_owned()) && !places.contains(&"land_jump.deeds".to_owned()));
    }

    #[test]
    fn columns_and_dates_are_those_of_the_dictionary() {
        let suspicions = Suspicions::get();
        for address in &suspicions.cell_slip.columns {
            assert!(Dictionary::get().at(address).is_some(), "{address}");
        }
        for deed in &suspicions.land_jump.deeds {
            assert!(Dictionary::get().at(&format!("land.{deed}")).is_some(), "{deed}");
        }
    }

    #[test]
    fn a_cell_is_off_by_a_factor_of_its_quantity_or_not_at_all() {
        let rules = &Suspicions::get().cell_slip;
        let off = |quantity: &str, values: &[f64]| -> Vec<(usize, f64)> {
            rules.judge(quantity, values).into_iter().map(|(place, _, factor)| (place, factor.factor)).collect()
        };
        assert_eq!(off("money", &[100.0, 1_100_000.0, 120.0]), [(1, 10_000.0)]);
        assert_eq!(off("money", &[0.011, 100.0, 120.0]), [(0, 10_000.0)]);
        assert_eq!(off("money", &[100.0, 1650.0, 120.0]), [], "15 is no factor of money");
        assert_eq!(off("area", &[20.0, 20.0, 13_333.3]), [(2, 666.67)]);
        assert_eq!(off("area", &[20.0, 300.0, 20.0]), [(1, 15.0)]);
        assert_eq!(off("area", &[20.0, 300.0]), [], "one other year does not tell which is wrong");
        assert_eq!(off("money", &[10.0, 1_100_000.0, 120.0]), [], "the others are not steady");
        assert_eq!(off("energy", &[300.0, 300_000.0, 300.0]), [(1, 1000.0)]);
    }

    #[test]
    fn a_cell_is_explained_by_its_direction_and_the_unit_of_its_heading() {
        let told = |address: &str, per_unit: f64, times: f64| {
            let (_, column) = Dictionary::get().at(address).expect(address);
            Suspicions::get().cell_slip.told.of(column, per_unit, times).en
        };
        let written = |unit: &str, heading: &str| format!("as if written in {unit} under a heading in {heading}");
        let again = |unit: &str, heading: &str| format!("as if it was in {heading} already and was converted from {unit} once more");
        for (address, per_unit, times, expected) in [
            // Under 亩: m² written; mu divided once more; mu multiplied once more; ha written; and 万亩 either way.
            ("land.area", 1.0, 666.67, written("m2", "mu")),
            ("land.area", 1.0, 1.0 / 666.67, again("m2", "mu")),
            ("land.area", 1.0, 15.0, again("ha", "mu")),
            ("land.area", 1.0, 1.0 / 15.0, written("ha", "mu")),
            ("land.area", 1.0, 10_000.0, again("10k mu", "mu")),
            ("land.area", 1.0, 1.0 / 10_000.0, written("10k mu", "mu")),
            // Under 平方米 it is the other way round.
            ("land.area", 0.0015, 1.0 / 666.67, written("mu", "m2")),
            ("land.area", 0.0015, 666.67, again("mu", "m2")),
            ("land.area", 0.0015, 1.0 / 10_000.0, written("ha", "m2")),
            ("land.area", 15.0, 15.0, written("mu", "ha")),
            ("land.area", 15.0, 10_000.0, written("m2", "ha")),
            ("tax.tax_paid", 1.0, 10_000.0, written("CNY", "10k CNY")),
            ("tax.tax_paid", 1.0, 1.0 / 10_000.0, written("yi CNY", "10k CNY")),
            ("tax.tax_paid", 0.0001, 1.0 / 10_000.0, written("10k CNY", "CNY")),
            ("tax.tax_paid", 0.0001, 10_000.0, again("10k CNY", "CNY")),
            ("energy.energy_tce", 1.0, 1000.0, written("kgce", "tce")),
            ("energy.energy_tce", 1.0, 1.0 / 1000.0, again("kgce", "tce")),
            ("energy.energy_tce", 1.0, 10_000.0, again("10k tce", "tce")),
            ("energy.energy_tce", 1.0, 1.0 / 10_000.0, written("10k tce", "tce")),
            ("energy.electricity_kwh", 10_000.0, 10_000.0, written("kWh", "10k kWh")),
            ("energy.electricity_kwh", 1.0, 1.0 / 10_000.0, written("10k kWh", "kWh")),
            ("energy.electricity_kwh", 1.0, 10_000.0, again("10k kWh", "kWh")),
        ] {
            assert_eq!(told(address, per_unit, times), expected, "{address} {per_unit} {times}");
        }
        let (_, area) = Dictionary::get().at("land.area").expect("a column");
        assert_eq!(Suspicions::get().cell_slip.told.of(area, 1.0, 666.67).zh, "似按“平方米”填写，列名的单位是“亩”");
    }

    #[test]
    fn values_bunch_where_one_side_has_far_more_than_the_other() {
        let bunching = Suspicions::get().bunching.clone();
        let line = |side| Line { figure: "land.area".to_owned(), at: 10.0, side };
        let values = |above: usize, below: usize| std::iter::repeat_n(10.0, above).chain(std::iter::repeat_n(9.99, below));
        // (16 - 4) / sqrt(20) = 2.68; (18 - 2) / sqrt(20) = 3.58; (19 - 0) of 19 values are too few.
        assert_eq!(bunching.judge(&line(Side::Above), values(16, 4)), None);
        assert_eq!(bunching.judge(&line(Side::Above), values(18, 2)).map(|found| (found.0, found.1)), Some((18, 2)));
        assert_eq!(bunching.judge(&line(Side::Below), values(2, 18)).map(|found| (found.0, found.1)), Some((18, 2)));
        assert_eq!(bunching.judge(&line(Side::Above), values(19, 0)), None);
        assert_eq!(bunching.judge(&line(Side::Above), [8.99, 11.0].into_iter().cycle().take(100)), None, "outside the width");
        // 300 times 1.1 is 330.00000000000006 and 0.3 less a tenth 0.27: the outer ends are the same for every line.
        let near = |at: f64, value: f64| bunching.is_near(&Line { at, ..line(Side::Above) }, value);
        assert!(!near(300.0, 330.0) && near(300.0, 329.99) && near(300.0, 270.0) && !near(300.0, 269.99));
        assert!(near(0.3, 0.27) && near(2.2, 1.98) && near(1.1, 1.1));
    }
}
