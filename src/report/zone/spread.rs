//! How unevenly a figure lies on the land: the Lorenz curve over land, its Gini coefficient, and what the last part of the land gives.
//!
//! In: the panel of a year. Out: for each zone the enterprises from the lowest figure per mu to the highest, and the share of the
//! figure on each share of the land. Enterprises without land or without the figure take no part and are counted.
//!
//! Source: Gini, C. (1912); the curve is straight between enterprises, so that the coefficient is 1 − Σ (uᵢ − uᵢ₋₁)(vᵢ + vᵢ₋₁).
//! Where figures may be negative (refunded taxes), the curve dips below zero and the coefficient may be above one.

use std::collections::BTreeMap;

use polars::prelude::{DataFrame, DataType};

use crate::report::flags::iso;

/// How a figure lies on the land of a zone.
#[derive(Debug, Clone, PartialEq)]
pub struct Spread {
    /// The zone.
    pub zone: String,
    /// The figure: a column of the panel.
    pub of: String,
    /// Enterprises that take part.
    pub sites: usize,
    /// Enterprises that lack the figure or the land.
    pub left_out: usize,
    /// What share of the land is called the last.
    pub low: f64,
    /// What share of the figure it gives; `None`: there is none, or its sum is not positive.
    pub share: Option<f64>,
    /// 0: everywhere the same per mu; near 1: all on a little land.
    pub gini: Option<f64>,
    /// The curve at every tenth of the land, from the lowest.
    pub tenths: Vec<f64>,
}

/// One enterprise.
#[derive(Debug, Clone, PartialEq)]
pub struct Site {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Land, mu.
    pub land: f64,
    /// The figure.
    pub figure: f64,
}

/// The enterprises of each zone, from the lowest figure per mu to the highest, and how many of it lack figure or land.
pub type Sites = BTreeMap<String, (Vec<Site>, usize)>;

/// The enterprises of each zone in a year.
pub fn sites(panel: &DataFrame, year: i32, per: &str, of: &str) -> Sites {
    let mut zones = Sites::new();
    let column = |name: &str| panel.column(name).ok().and_then(|column| column.f64().ok().cloned());
    let text = |name: &str| panel.column(name).ok().and_then(|column| column.str().ok().cloned());
    let years = panel.column("year").ok().and_then(|column| column.i32().ok().cloned());
    let (Some(years), Some(zone), Some(ids), Some(names)) = (years, text("zone"), text("enterprise_id"), text("name")) else {
        return zones;
    };
    let (land, figures) = (column(per), column(of));
    let dates = panel.column("registered_on").ok().and_then(|column| column.cast(&DataType::Int32).ok());
    let dates = dates.and_then(|dates| dates.i32().ok().cloned());
    let last_day = format!("{year}-12-31");
    let is_later = |row: usize| dates.as_ref().and_then(|dates| dates.get(row)).is_some_and(|day| iso(day) > last_day);
    for (row, _) in years.iter().enumerate().filter(|(_, known)| *known == Some(year)) {
        let Some(zone) = zone.get(row) else { continue };
        let entry = zones.entry(zone.to_owned()).or_default();
        let land = land.as_ref().and_then(|land| land.get(row)).filter(|land| *land > 0.0);
        match land.zip(figures.as_ref().and_then(|figures| figures.get(row))) {
            Some((land, figure)) => entry.0.push(Site {
                id: ids.get(row).unwrap_or("").to_owned(),
                name: names.get(row).unwrap_or("").to_owned(),
                land,
                figure,
            }),
            // Who is registered only afterwards lacks nothing.
            None if is_later(row) => {}
            None => entry.1 += 1,
        }
    }
    for (list, _) in zones.values_mut() {
        // Equal ones by id.
        list.sort_by(|a, b| (a.figure / a.land).total_cmp(&(b.figure / b.land)).then_with(|| a.id.cmp(&b.id)));
    }
    zones
}

/// How a figure lies on the land of every zone.
pub fn of_zones<'s>(sites: &'s Sites, of: &'s str, low: f64) -> impl Iterator<Item = Spread> + 's {
    sites.iter().map(move |(zone, (sites, left_out))| spread(zone, of, sites, *left_out, low))
}

fn spread(zone: &str, of: &str, sites: &[Site], left_out: usize, low: f64) -> Spread {
    let curve = curve(sites);
    let at = |share: f64| curve.as_ref().map(|curve| height(curve, share));
    let gini = curve.as_ref().map(|curve| 1.0 - curve.windows(2).map(|two| (two[1].0 - two[0].0) * (two[1].1 + two[0].1)).sum::<f64>());
    let tenths = (1..=10).filter_map(|tenth| at(f64::from(tenth) / 10.0)).collect();
    Spread { zone: zone.to_owned(), of: of.to_owned(), sites: sites.len(), left_out, low, share: at(low), gini, tenths }
}

/// Shares of land and figure, from (0, 0) to (1, 1); `None` where the sum of the figure is not positive.
fn curve(sites: &[Site]) -> Option<Vec<(f64, f64)>> {
    let (land, figure): (f64, f64) = sites.iter().fold((0.0, 0.0), |sum, site| (sum.0 + site.land, sum.1 + site.figure));
    if land <= 0.0 || figure <= 0.0 {
        return None;
    }
    let mut curve = vec![(0.0, 0.0)];
    let (mut land_so_far, mut figure_so_far) = (0.0, 0.0);
    for site in sites {
        land_so_far += site.land;
        figure_so_far += site.figure;
        curve.push((land_so_far / land, figure_so_far / figure));
    }
    Some(curve)
}

/// The height of the curve at a share of the land.
fn height(curve: &[(f64, f64)], share: f64) -> f64 {
    let after = curve.partition_point(|point| point.0 < share).clamp(1, curve.len() - 1);
    let ((x0, y0), (x1, y1)) = (curve[after - 1], curve[after]);
    if x1 > x0 { y0 + (y1 - y0) * ((share - x0) / (x1 - x0)).clamp(0.0, 1.0) } else { y1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(id: &str, land: f64, figure: f64) -> Site {
        Site { id: id.to_owned(), name: id.to_owned(), land, figure }
    }

    #[test]
    fn a_curve_worked_out_by_hand() {
        // Half the land gives a fifth: v = (0, 0.2, 1) at u = (0, 0.5, 1); Gini 1 − (0.5·0.2 + 0.5·1.2) = 0.3; a tenth of the land 0.04.
        let spread = spread("z", "tax", &[site("a", 50.0, 20.0), site("b", 50.0, 80.0)], 1, 0.1);
        assert!((spread.gini.unwrap_or(9.0) - 0.3).abs() < 1e-12, "{spread:?}");
        assert!((spread.share.unwrap_or(9.0) - 0.04).abs() < 1e-12, "{spread:?}");
        assert_eq!((spread.sites, spread.left_out, spread.tenths.len()), (2, 1, 10));
    }

    #[test]
    fn the_same_everywhere_is_a_straight_line() {
        let spread = spread("z", "tax", &[site("a", 3.0, 6.0), site("b", 7.0, 14.0)], 0, 0.1);
        assert!(spread.gini.is_some_and(|gini| gini.abs() < 1e-12));
        assert!(spread.share.is_some_and(|share| (share - 0.1).abs() < 1e-12));
    }

    #[test]
    fn nothing_is_said_of_a_sum_that_is_not_positive() {
        let none = spread("z", "tax", &[site("a", 3.0, -6.0)], 0, 0.1);
        assert_eq!((none.gini, none.share, none.tenths.len()), (None, None, 0));
    }
}
