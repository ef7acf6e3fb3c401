//! A parcel in another unit where no other year shows it: an area far from all others, whose holder's figures per mu are as far off the
//! other way, and which is like the others once it is taken back by a factor between units.
//!
//! In: the yearly tables as they are read ([`Latest::add`]), then the land. Out: a warning at the cell of the area. Numbers stand in
//! `[parcel_slip]` of `dictionary/suspicions.toml`; all is compared in logarithms. An honest giant has figures per mu like others.

use rayon::prelude::*;

use super::Held;
use super::factor;
use super::figure;
use crate::dictionary::Dictionary;
use crate::dictionary::suspicions::ParcelSlip;
use crate::finding::{Code, Finding, Findings};
use crate::load::cells::column::{Cells, NO_AMOUNT};
use crate::load::cells::number;
use crate::load::reading::table::Loaded;
use crate::load::tables::enterprise::NOBODY;
use crate::load::tables::enterprises::Enterprises;

/// Place among the words of tenure: land that somebody else holds.
const LEASED_OUT: u8 = 2;

/// The quarters of a set of values.
const QUARTERS: [f64; 3] = [0.25, 0.5, 0.75];
/// How many standard deviations a quarter of a normal distribution is from its middle.
const OF_QUARTER: f64 = 0.674_489_75;

/// The latest figures of all enterprises.
#[derive(Default)]
pub struct Latest {
    figures: Vec<Figure>,
}

/// One figure: by number of the enterprise its latest value above zero, and the year of it; 0 is none.
struct Figure {
    years: Vec<i16>,
    values: Vec<f32>,
}

/// Where values lie, as logarithms.
struct Middle {
    middle: f64,
    spread: f64,
}

/// A parcel whose area is far from all others.
struct Candidate {
    spot: (u32, u32),
    owner: u32,
    area: f64,
}

impl Latest {
    /// Remembers the figures of a table; nothing, unless suspicions are asked for.
    pub fn add(&mut self, loaded: &Loaded<'_>, enterprises: &Enterprises) {
        if !loaded.layout.suspicions {
            return;
        }
        let table = &loaded.layout.table.name;
        let listed = loaded.layout.limits.parcel_slip.figures.iter();
        let columns = listed.filter_map(|address| address.strip_prefix(table.as_str())?.strip_prefix('.'));
        for at in columns.filter_map(|name| loaded.position(name)).filter(|at| loaded.layout.readers[*at].stored) {
            self.figures.push(Figure::of(loaded, at, enterprises.len()));
        }
    }

    /// Adds those of other tables.
    pub fn extend(&mut self, other: Latest) {
        self.figures.extend(other.figures);
    }

    /// Looks at every parcel. `told`: what was said of cells already.
    pub fn judge(&self, land: &Loaded<'_>, enterprises: &Enterprises, held: &Held, told: &Findings, findings: &mut Findings) {
        let rules = &land.layout.limits.parcel_slip;
        let Some(at) = land.position("area") else { return };
        let areas = areas(land, at);
        let Some(all) = Middle::of(areas.iter().map(|area| area.ln()), rules) else { return };
        let middles: Vec<(&Figure, Middle)> =
            self.figures.iter().filter_map(|figure| Some((figure, figure.middle(held, rules)?))).collect();
        for candidate in candidates(land, at, &all, rules) {
            let Some((times, known)) = slip(&candidate, &all, &middles, held, rules) else { continue };
            let place = land.place(candidate.spot, Some(at));
            if told.iter().any(|finding| finding.code == Code::CellSlip && finding.place == place) {
                continue;
            }
            let finding = Finding::warning(Code::ParcelSlip, place).with("count", areas.len());
            findings.push(sentence(finding, land, enterprises, &candidate, (all.middle.exp(), times, known)));
        }
    }
}

impl Figure {
    fn of(loaded: &Loaded<'_>, at: usize, enterprises: usize) -> Figure {
        let mut figure = Figure { years: vec![0; enterprises], values: vec![0.0; enterprises] };
        for part in &loaded.parts {
            for (place, &owner) in part.owners.iter().enumerate() {
                let value = part.cells[at].number(place);
                if owner == NOBODY || value.is_nan() || value <= 0.0 || !part.used[place] || !part.is_whole(place) {
                    continue;
                }
                let owner = owner as usize;
                if part.years[place] > figure.years[owner] {
                    (figure.years[owner], figure.values[owner]) = (part.years[place], value as f32);
                }
            }
        }
        figure
    }

    /// The figure of an enterprise per mu of the land that it holds, and that land.
    fn per_mu(&self, owner: u32, held: &Held) -> Option<(f64, f64)> {
        let (year, value) = (*self.years.get(owner as usize)?, self.values[owner as usize]);
        let land = held(owner, year).filter(|land| year != 0 && *land > 0.0)?;
        Some((f64::from(value) / land, land))
    }

    fn middle(&self, held: &Held, rules: &ParcelSlip) -> Option<Middle> {
        let ratios = 0..self.years.len() as u32;
        Middle::of(ratios.filter_map(|owner| Some(self.per_mu(owner, held)?.0.ln())), rules)
    }
}

impl Middle {
    /// Of logarithms; `None` if they are too few. A town of parcels in another unit widens one side of them: the narrower side counts.
    fn of(values: impl Iterator<Item = f64>, rules: &ParcelSlip) -> Option<Middle> {
        let mut values: Vec<f64> = values.collect();
        if values.len() < rules.fewest {
            return None;
        }
        let last = values.len() - 1;
        let [low, middle, high] =
            QUARTERS.map(|share| *values.select_nth_unstable_by((share * last as f64).round() as usize, f64::total_cmp).1);
        let narrower = (middle - low).min(high - middle) / OF_QUARTER;
        Some(Middle { middle, spread: narrower.max(rules.least_spread) })
    }

    /// How many spreads a value is from the middle; above zero: larger.
    fn off(&self, value: f64) -> f64 {
        (value.ln() - self.middle) / self.spread
    }

    /// Is a value so many spreads away, and so many times larger (`way` 1) or smaller (`way` −1)?
    fn is_far(&self, value: f64, way: f64, far: f64, rules: &ParcelSlip) -> bool {
        self.off(value) * way >= far && (value.ln() - self.middle) * way >= rules.fewest_times.ln()
    }
}

/// The area of a row that is held, above zero.
fn area(cells: &Cells, place: usize) -> Option<f64> {
    match cells {
        Cells::Amount(values) if values[place] != NO_AMOUNT => Some(number::amount_to_float(values[place])).filter(|area| *area > 0.0),
        _ => None,
    }
}

/// The areas of all parcels.
fn areas(land: &Loaded<'_>, at: usize) -> Vec<f64> {
    let each = land.parts.par_iter().map(|part| {
        let used = (0..part.rows.len()).filter(|place| part.used[*place]);
        used.filter_map(|place| area(&part.cells[at], place)).collect::<Vec<_>>()
    });
    each.flatten_iter().collect()
}

/// The parcels far from all others, in the order of the file.
fn candidates(land: &Loaded<'_>, at: usize, all: &Middle, rules: &ParcelSlip) -> Vec<Candidate> {
    let tenure = land.position("tenure");
    let each = land.parts.par_iter().enumerate().map(|(number, part)| {
        let is_held = |place: usize| tenure.and_then(|column| part.cells[column].word(place)) != Some(LEASED_OUT);
        let used = (0..part.rows.len()).filter(|place| part.used[*place] && part.owners[*place] != NOBODY);
        let far = used.filter_map(|place| {
            let area = area(&part.cells[at], place)?;
            let is_far = all.is_far(area, 1.0, rules.far, rules) || all.is_far(area, -1.0, rules.far, rules);
            (is_far && is_held(place)).then(|| Candidate { spot: (number as u32, place as u32), owner: part.owners[place], area })
        });
        far.collect::<Vec<_>>()
    });
    each.flatten_iter().collect()
}

/// How many times too large an area is, and how many figures say so, where a factor explains it all.
fn slip(candidate: &Candidate, all: &Middle, middles: &[(&Figure, Middle)], held: &Held, rules: &ParcelSlip) -> Option<(f64, usize)> {
    let way = all.off(candidate.area).signum();
    let known: Vec<(f64, f64, &Middle)> = middles
        .iter()
        .filter_map(|(figure, middle)| figure.per_mu(candidate.owner, held).map(|(ratio, land)| (ratio, land, middle)))
        .collect();
    let far = if known.len() >= rules.fewest_figures { rules.far } else { rules.far_alone };
    // A row that is no part of the land held in the year of a figure cannot have spoilt it.
    let is_spoilt = |(ratio, land, middle): &(f64, f64, &Middle)| {
        candidate.area <= land * (1.0 + 1e-9) && middle.is_far(*ratio, -way, rules.far_figures, rules)
    };
    if !all.is_far(candidate.area, way, far, rules) || !known.iter().all(is_spoilt) {
        return None;
    }
    let is_ordinary = |times: f64| {
        let meant = candidate.area / times;
        let each = |(ratio, land, middle): &(f64, f64, &Middle)| {
            middle.off(ratio * land / (land - candidate.area + meant)).abs() <= rules.ordinary
        };
        all.off(meant).abs() <= rules.ordinary && known.iter().all(each)
    };
    let is_told =
        |factor: &&f64| **factor >= rules.small || known.iter().all(|(ratio, _, middle)| middle.is_far(*ratio, -way, rules.far, rules));
    let factors = rules.factors.iter().filter(is_told).map(|factor| if way > 0.0 { *factor } else { 1.0 / factor });
    let off = |times: &f64| all.off(candidate.area / times).abs();
    factors.filter(|times| is_ordinary(*times)).min_by(|a, b| off(a).total_cmp(&off(b))).map(|times| (times, known.len()))
}

/// The values of the sentence.
fn sentence(
    finding: Finding,
    land: &Loaded<'_>,
    enterprises: &Enterprises,
    candidate: &Candidate,
    (middle, times, known): (f64, f64, usize),
) -> Finding {
    let parcel = land.position("parcel_id").and_then(|column| land.text(column, candidate.spot)).unwrap_or("—");
    let is_large = times > 1.0;
    let off = if is_large { candidate.area / middle } else { middle / candidate.area };
    let finding = finding.with("parcel", parcel).with("id", enterprises.id(candidate.owner as usize));
    let finding = finding.with("value", figure(candidate.area)).with("middle", figure(middle)).with("times", figure(off.round()));
    let finding = finding.with("direction", if is_large { "parcel.larger" } else { "parcel.smaller" });
    let finding = finding.with("known", known).with("figures", if known > 0 { "parcel.figures" } else { "parcel.alone" });
    let per_unit = land.position("area").map_or(1.0, |at| super::to_float(land.layout.readers[at].file.factor));
    let column = Dictionary::get().at("land.area").map(|(_, column)| column);
    let units = column.map(|column| land.layout.limits.cell_slip.told.of(column, per_unit, times)).unwrap_or_default();
    finding.with("factor", factor(times)).with_both("units", units.zh, units.en).with("meant", figure(candidate.area / times))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dictionary::suspicions::Suspicions;

    /// The middle of 20 mu, or of 10 per mu, and a spread of one.
    fn middle(of: f64) -> Middle {
        Middle { middle: of.ln(), spread: 1.0 }
    }

    /// The factor found for an area, and the figure per mu of its holder, who holds nothing else.
    fn found(area: f64, ratios: &[f64]) -> Option<f64> {
        let rules = &Suspicions::get().parcel_slip;
        let figures: Vec<Figure> = ratios.iter().map(|ratio| Figure { years: vec![2025], values: vec![(ratio * area) as f32] }).collect();
        let middles: Vec<(&Figure, Middle)> = figures.iter().map(|figure| (figure, middle(10.0))).collect();
        let candidate = Candidate { spot: (0, 0), owner: 0, area };
        slip(&candidate, &middle(20.0), &middles, &|_, _| Some(area), rules).map(|(times, _)| times)
    }

    #[test]
    fn an_area_is_a_slip_if_the_figures_say_so_too_and_a_factor_explains_both() {
        // 20 mu written in m²: 666.67 times the middle, e^6.5; 10 per mu become 0.015.
        assert_eq!(found(13_333.0, &[0.015, 0.02]), Some(666.67));
        assert_eq!(found(200_000.0, &[0.001, 0.001]), Some(10_000.0));
        assert_eq!(found(0.03, &[6_667.0, 5_000.0]), Some(1.0 / 666.67));
        // A giant with figures per mu like others, or with one that is.
        assert_eq!(found(13_333.0, &[10.0, 8.0]), None);
        assert_eq!(found(13_333.0, &[0.015, 8.0]), None);
        // 95 times the middle is e^4.55: divided by 15 it is 6.3 times, e^1.85, and ordinary; by 666.67 it would be e^-1.95, which is farther.
        assert_eq!(found(1_900.0, &[0.1, 0.1]), Some(15.0));
        assert_eq!(found(1_900.0, &[0.15, 0.1]), None, "of 15 each figure must be as far off as the area: 0.15 is e^-4.2");
        assert_eq!(found(1_900.0, &[0.001, 0.1]), None, "one figure is 10,000 times off: 15 does not explain it");
        // 300 times is e^5.7, and 20 times, e^3.0, once it is divided by 15; by 666.67 it would be e^-0.8.
        assert_eq!(found(6_000.0, &[0.05, 0.05]), Some(666.67));
        // 13 times is not far.
        assert_eq!(found(260.0, &[0.5, 0.5]), None);
        // Without figures the area alone must be farther: 6.5 spreads are, 4.6 are not.
        assert_eq!(found(13_333.0, &[]), Some(666.67));
        assert_eq!(found(2_000.0, &[]), None);
    }

    #[test]
    fn the_middle_and_the_spread_are_those_of_the_logarithms() {
        let rules = &Suspicions::get().parcel_slip;
        // 101 logarithms from 0 to 10: the 17th is 1.6, the 85th 8.4, and half of what lies between 3.4.
        // From 0 to 10 the quarters are 2.5, 5 and 7.5: 2.5 / 0.67449 = 3.70651. Wide above and narrow below it is the same.
        for wide in [1.0, 20.0] {
            let values = (0..=100).map(|at| f64::from(at) / 10.0).map(|value| if value > 5.0 { 5.0 + (value - 5.0) * wide } else { value });
            let middle = Middle::of(values, rules).expect("they are enough");
            assert!((middle.middle - 5.0).abs() < 1e-9 && (middle.spread - 3.70651).abs() < 1e-5, "{} {}", middle.middle, middle.spread);
        }
        assert!(Middle::of((0..29).map(f64::from), rules).is_none(), "29 are too few");
        assert!((Middle::of((0..30).map(|_| 1.0), rules).expect("30 are enough").spread - rules.least_spread).abs() < 1e-12);
    }
}
