//! Stages `industries` to `structured`: what a zone would yield with its industries at the city's figures, and how far it is from it.
//!
//! expected = Σ over industries (land of the zone in the industry × the city's figure per mu of the industry) / land of the zone;
//! structure effect = expected − the city's figure; own effect = the zone's figure − expected. Only enterprises with both figures
//! and an industry take part.

use super::super::panel::exact_sum;
use super::super::print::{name, rounded};
use super::Draft;
use crate::plan::select;
use crate::policy::scheme::Scope;

/// Adds the stages.
pub fn add(draft: &mut Draft) {
    let columns = ["actual_per", "expected_per", "structure_effect", "own_effect"];
    let here = draft.scheme.structure.clone().filter(|structure| {
        draft.options.by == Scope::Zone && [&structure.value, &structure.per, &structure.by].iter().all(|column| draft.has("panel", column))
    });
    let before = draft.last();
    let Some(structure) = here else {
        let nulls: Vec<String> = columns.iter().map(|column| format!("CAST(NULL AS DOUBLE) AS {column}")).collect();
        draft.push(
            "structured",
            "the plan takes no structure out",
            format!("SELECT *, {}, CAST(NULL AS BIGINT) AS place_own\nFROM {before}", nulls.join(", ")),
        );
        return;
    };
    let (value, per, by) = (name(&structure.value), name(&structure.per), name(&structure.by));
    let known = format!("year = {} AND {value} IS NOT NULL AND {per} > 0 AND {by} IS NOT NULL AND zone IS NOT NULL", draft.options.year);
    draft.push(
        "industries",
        "figures and land of each zone by industry",
        select(
            &[
                "zone AS unit_name".to_owned(),
                format!("{by} AS industry_key"),
                format!("{} / 1000000.0 AS figure", exact_sum(&value, 6)),
                format!("{} / 1000000.0 AS land", exact_sum(&per, 6)),
            ],
            &format!("FROM enterprise_years\nWHERE {known}\nGROUP BY zone, {by}"),
        ),
    );
    draft.push(
        "industry_rates",
        "the city's figure per unit of land of each industry",
        format!(
            "SELECT industry_key, {0} / NULLIF({1}, 0.0) AS rate\nFROM industries\nGROUP BY industry_key",
            exact_sum("figure", 6),
            exact_sum("land", 6)
        ),
    );
    draft.push(
        "city_rate",
        "the city's figure per unit of land",
        format!("SELECT {} / NULLIF({}, 0.0) AS city_per\nFROM industries", exact_sum("figure", 6), exact_sum("land", 6)),
    );
    draft.push("rated", "each industry of a zone at the city's rate", "SELECT i.unit_name, i.figure, i.land, i.land * r.rate AS at_rate\nFROM industries AS i\nLEFT JOIN industry_rates AS r ON i.industry_key = r.industry_key".to_owned());
    let land = exact_sum("land", 6);
    draft.push(
        "expected",
        "what the zone yields, and what it would with its industries at the city's rates",
        select(
            &[
                "unit_name".to_owned(),
                format!("{} AS actual_per", rounded(&format!("({} / NULLIF({land}, 0.0))", exact_sum("figure", 6)), 6)),
                format!("{} AS expected_per", rounded(&format!("({} / NULLIF({land}, 0.0))", exact_sum("at_rate", 6)), 6)),
            ],
            "FROM rated\nGROUP BY unit_name",
        ),
    );
    draft.push(
        "effects",
        "the part of the structure and the zone's own",
        select(
            &[
                "e.unit_name".to_owned(),
                "e.actual_per".to_owned(),
                "e.expected_per".to_owned(),
                format!("{} AS structure_effect", rounded("(e.expected_per - c.city_per)", 6)),
                format!("{} AS own_effect", rounded("(e.actual_per - e.expected_per)", 6)),
            ],
            "FROM expected AS e CROSS JOIN city_rate AS c",
        ),
    );
    draft.push(
        "own_places",
        "places by the zone's own part",
        "SELECT *, CAST(RANK() OVER (ORDER BY own_effect DESC) AS BIGINT) AS place_own\nFROM effects".to_owned(),
    );
    let mut joined = vec!["f.*".to_owned()];
    joined.extend(columns.iter().map(|column| format!("o.{column}")));
    joined.push("o.place_own".to_owned());
    draft.push(
        "structured",
        "beside the rest",
        select(&joined, &format!("FROM {before} AS f\nLEFT JOIN own_places AS o ON f.unit_name = o.unit_name")),
    );
}
