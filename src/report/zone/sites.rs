//! The sites that weigh most: those whose land would give most more, if each mu gave what a mu of the zone gives on average.
//!
//! In: the enterprises of each zone. Out: the five largest shortfalls of each zone, largest first.

use super::spread::Sites;

/// So many sites of each zone.
const MOST: usize = 5;

/// A site that weighs.
#[derive(Debug, Clone, PartialEq)]
pub struct Heavy {
    /// The zone.
    pub zone: String,
    /// Id of the enterprise.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its land, mu.
    pub land: f64,
    /// Its share of the zone's land.
    pub land_share: f64,
    /// Its figure per mu.
    pub per_mu: f64,
    /// The zone's figure per mu.
    pub zone_per_mu: f64,
    /// What is short of the zone's average on its land.
    pub shortfall: f64,
}

/// The sites that weigh most in each zone.
pub fn heaviest(sites: &Sites) -> Vec<Heavy> {
    let mut all = Vec::new();
    for (zone, (sites, _)) in sites {
        let (land, figure) = sites.iter().fold((0.0, 0.0), |sum, site| (sum.0 + site.land, sum.1 + site.figure));
        if land <= 0.0 {
            continue;
        }
        let mean = figure / land;
        let mut heavy: Vec<Heavy> = sites
            .iter()
            .map(|site| Heavy {
                zone: zone.clone(),
                land_share: site.land / land,
                per_mu: site.figure / site.land,
                zone_per_mu: mean,
                shortfall: mean * site.land - site.figure,
                id: site.id.clone(),
                name: site.name.clone(),
                land: site.land,
            })
            .filter(|site| site.shortfall > 1e-9)
            .collect();
        // Equal shortfalls by id: what binary sums differ by is no difference.
        heavy.sort_by(|a, b| rounded(b.shortfall).total_cmp(&rounded(a.shortfall)).then_with(|| a.id.cmp(&b.id)));
        heavy.truncate(MOST);
        all.extend(heavy);
    }
    all
}

fn rounded(value: f64) -> f64 {
    (value * 1e6).round()
}
