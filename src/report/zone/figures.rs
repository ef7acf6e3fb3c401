//! The other tables of a scorecard: figures, how unevenly they lie, heavy sites, land by state, factories, what falls due.

use std::collections::BTreeMap;

use polars::prelude::{AnyValue, DataFrame, Float64Chunked, Int64Chunked, StringChunked};

use super::lines::{number, text};
use super::spread::Sites;
use super::{Context, sites, spread};
use crate::dictionary::{Bilingual, Dictionary};
use crate::policy::scheme::Scope;
use crate::report::flags::iso;
use crate::report::table::{Column, Part, Phrase, Section, Values};

/// A column of numbers.
fn numbers(values: Vec<Option<f64>>, shown: u32) -> Values {
    Values::Number { values: values.into_iter().collect::<Float64Chunked>(), shown, exact: 6 }
}

fn counts(values: Vec<i64>) -> Values {
    Values::Integer(values.into_iter().map(Some).collect::<Int64Chunked>())
}

fn texts(values: Vec<Option<String>>) -> Values {
    Values::Text(values.into_iter().collect::<StringChunked>())
}

fn with_unit(mut column: Column, zh: &str, en: &str) -> Column {
    column.unit = Some(Bilingual { zh: zh.to_owned(), en: en.to_owned() });
    column
}

/// A part with its title, if people read it, and a line between zones.
fn part(context: &Context, id: &str, zones: &[String], columns: Vec<Column>) -> Part {
    let mut part = Part::new(id, context.people().then(|| Phrase::new(format!("zone.part-{id}"))), columns);
    let cuts = (1..zones.len()).filter(|&at| zones[at] != zones[at - 1]).collect();
    part.sections = vec![Section { title: None, rows: 0..zones.len(), cuts }];
    part
}

fn zone_column(context: &Context, zones: &[String]) -> Column {
    let (zh, en) = if context.by == Scope::Chain { ("产业链", "Chain") } else { ("开发区", "Zone") };
    Column::new("zone", zh, en, 0, texts(zones.iter().map(|zone| Some(zone.clone()).filter(|zone| !zone.is_empty())).collect()))
}

/// Every figure that the plan names, zone by zone.
pub fn values(context: &Context) -> Part {
    let scheme = context.scheme;
    let mu = Dictionary::get()
        .canonical_unit("area")
        .map(|unit| Bilingual { zh: unit.symbol("zh").to_owned(), en: unit.symbol("en").to_owned() });
    let is_state = |id: &str| scheme.states.iter().any(|state| state.id == id);
    let is_number = |id: &str| scheme.definition(id).is_none_or(|definition| definition.value.kind().is_numeric());
    let known = scheme.figures().filter(|(id, ..)| is_number(id));
    let known: Vec<_> = known.map(|(id, title, unit)| (id, title, if is_state(id) { mu.as_ref() } else { unit })).collect();
    let (mut zones, mut ids, mut titles, mut values, mut units, mut blanks) = (vec![], vec![], vec![], vec![], vec![], vec![]);
    for row in 0..context.rows.height() {
        let unit = text(context.rows, "unit_name", row).unwrap_or("");
        let is_city = text(context.rows, "scope", row) == Some("city");
        if !(if is_city { context.only.is_empty() } else { context.wants(unit) }) {
            continue;
        }
        for (id, title, of) in &known {
            let value = number(context.rows, id, row);
            let blank = number(context.rows, &format!("{id}__blank"), row).unwrap_or(0.0);
            // What nobody has is said with the targets that want it.
            if value.is_none() && blank == 0.0 && context.people() {
                continue;
            }
            zones.push(if is_city && context.people() { context.city() } else { unit.to_owned() });
            ids.push(Some((*id).to_owned()));
            titles.push(Some(context.said(title).to_owned()));
            values.push(value);
            units.push(of.map(|of| context.said(of).to_owned()));
            blanks.push(blank as i64);
        }
    }
    let mut columns = vec![zone_column(context, &zones)];
    if !context.people() {
        columns.push(Column::new("figure", "figure", "figure", 0, texts(ids)));
    }
    columns.extend([
        Column::new("title", "指标", "Figure", 0, texts(titles)),
        Column::new("value", "数值", "Value", 0, numbers(values, 2)),
        Column::new("unit", "单位", "Unit", 0, texts(units)),
        Column::new("incomplete", "缺数据的", "Without it", 1, counts(blanks)),
    ]);
    part(context, "figures", &zones, columns)
}

/// The enterprises that the tables of concentration and of heavy sites are made of, figure by figure.
pub fn lying<'c>(context: &'c Context) -> Vec<(&'c str, Sites)> {
    let concentration = context.scheme.concentration.iter().filter(|_| context.by == Scope::Zone);
    let each = concentration.flat_map(|concentration| concentration.of.iter().map(|of| (concentration.per.as_str(), of.as_str())));
    each.map(|(per, of)| (of, spread::sites(context.panel, context.year, per, of))).collect()
}

/// How unevenly figures lie on the land.
pub fn concentration(context: &Context, lying: &[(&str, Sites)]) -> Option<Part> {
    let concentration = context.scheme.concentration.as_ref().filter(|_| context.by == Scope::Zone)?;
    let low = concentration.low.parse().unwrap_or(0.1);
    let each = lying.iter().flat_map(|(of, sites)| spread::of_zones(sites, of, low));
    let mut spreads: Vec<spread::Spread> = each.filter(|spread| context.wants(&spread.zone)).collect();
    let place = |of: &str| concentration.of.iter().position(|known| known == of);
    spreads.sort_by(|a, b| (&a.zone, place(&a.of)).cmp(&(&b.zone, place(&b.of))));
    let zones: Vec<String> = spreads.iter().map(|spread| spread.zone.clone()).collect();
    let label = |of: &str| Dictionary::get().describe(of, context.language).map_or(of, |(label, _)| label).to_owned();
    let of = spreads.iter().map(|spread| Some(if context.people() { label(&spread.of) } else { spread.of.clone() })).collect();
    let percent = |value: Option<f64>| value.map(|value| 100.0 * value);
    let mut columns = vec![
        zone_column(context, &zones),
        Column::new("of", "指标", "Figure", 0, texts(of)),
        with_unit(
            Column::new(
                "low_share_of_land",
                "末位用地",
                "Last land",
                1,
                numbers(spreads.iter().map(|spread| percent(Some(spread.low))).collect(), 0),
            ),
            "%",
            "%",
        ),
        with_unit(
            Column::new("share", "贡献", "gives", 0, numbers(spreads.iter().map(|spread| percent(spread.share)).collect(), 2)),
            "%",
            "%",
        ),
        Column::new("gini", "基尼系数", "Gini", 0, numbers(spreads.iter().map(|spread| spread.gini).collect(), 4)),
        Column::new("sites", "企业数", "Enterprises", 2, counts(spreads.iter().map(|spread| spread.sites as i64).collect())),
        Column::new("left_out", "缺数据的", "Left out", 2, counts(spreads.iter().map(|spread| spread.left_out as i64).collect())),
    ];
    for (tenth, percent) in (1..10).map(|tenth| (tenth, tenth * 10)) {
        let heights = spreads.iter().map(|spread| spread.tenths.get(tenth - 1).map(|height| 100.0 * height)).collect();
        let column =
            Column::new(&format!("lorenz_{percent}"), &format!("{percent}%用地"), &format!("{percent} % of land"), 3, numbers(heights, 1));
        columns.push(with_unit(column, "%", "%"));
    }
    Some(part(context, "concentration", &zones, columns))
}

/// The sites that weigh most.
pub fn heavy(context: &Context, lying: &[(&str, Sites)]) -> Option<Part> {
    let (of, sites) = lying.first()?;
    let list: Vec<sites::Heavy> = sites::heaviest(sites).into_iter().filter(|site| context.wants(&site.zone)).collect();
    let zones: Vec<String> = list.iter().map(|site| site.zone.clone()).collect();
    let (label, unit) = Dictionary::get().describe(of, context.language).unwrap_or((of, None));
    let unit = unit.unwrap_or("").to_owned();
    let mut columns = vec![
        zone_column(context, &zones),
        Column::new(
            "enterprise_id",
            "统一社会信用代码",
            "Enterprise id",
            6,
            texts(list.iter().map(|site| Some(site.id.clone())).collect()),
        ),
        Column::new("name", "企业名称", "Enterprise", 0, texts(list.iter().map(|site| Some(site.name.clone())).collect())),
    ];
    if !context.people() {
        columns.push(Column::new("of", "of", "of", 0, texts(list.iter().map(|_| Some((*of).to_owned())).collect())));
    }
    columns.extend([
        with_unit(Column::new("land_mu", "用地", "Land", 0, numbers(list.iter().map(|site| Some(site.land)).collect(), 2)), "亩", "mu"),
        with_unit(
            Column::new(
                "land_share",
                "占用地",
                "Share of land",
                1,
                numbers(list.iter().map(|site| Some(100.0 * site.land_share)).collect(), 2),
            ),
            "%",
            "%",
        ),
        Column::new(
            "per_mu",
            &format!("亩均{label}"),
            &format!("{label} per mu"),
            0,
            numbers(list.iter().map(|site| Some(site.per_mu)).collect(), 2),
        ),
        Column::new("zone_per_mu", "全区亩均", "Zone per mu", 2, numbers(list.iter().map(|site| Some(site.zone_per_mu)).collect(), 2)),
        Column::new(
            "shortfall",
            "较全区平均少",
            "Short of the zone's average",
            0,
            numbers(list.iter().map(|site| Some(site.shortfall)).collect(), 2),
        ),
    ]);
    if let Some(last) = columns.last_mut().filter(|_| !unit.is_empty()) {
        last.unit = Some(Bilingual { zh: unit.clone(), en: unit });
    }
    Some(part(context, "sites", &zones, columns))
}

/// Land by state, as the rule books know states.
pub fn land(context: &Context) -> Option<Part> {
    let land = context.land;
    let mut rows: Vec<(String, usize, usize, Option<String>, i64, Option<f64>)> = Vec::new();
    for row in 0..land.height() {
        let zone = text(land, "zone", row).unwrap_or("").to_owned();
        let state = text(land, "state", row).map(str::to_owned);
        let book = text(land, "book", row).unwrap_or("");
        let Some(at) = context.books.iter().position(|known| known.id == book).filter(|_| context.wants(&zone)) else { continue };
        let states = context.books[at].inventory.as_ref().map_or(&[][..], |inventory| inventory.states.as_slice());
        let place = states.iter().position(|(id, _)| Some(id) == state.as_ref()).unwrap_or(states.len());
        rows.push((zone, at, place, state, number(land, "parcels", row).unwrap_or(0.0) as i64, number(land, "mu", row)));
    }
    rows.sort_by(|a, b| (&a.0, a.1, a.2).cmp(&(&b.0, b.1, b.2)));
    let zones: Vec<String> = rows.iter().map(|row| row.0.clone()).collect();
    let title = |at: usize| context.books[at].inventory.as_ref().map(|inventory| context.said(&inventory.title).to_owned());
    let state = |row: &(String, usize, usize, Option<String>, i64, Option<f64>)| {
        let states = context.books[row.1].inventory.as_ref()?;
        match (&row.3, context.people()) {
            (Some(state), true) => states.states.iter().find(|(id, _)| id == state).map(|(_, title)| context.said(title).to_owned()),
            (Some(state), false) => Some(state.clone()),
            (None, _) => Some(if context.people() { context.cannot_tell() } else { "cannot-tell".to_owned() }),
        }
    };
    let book = |at: usize| if context.people() { title(at) } else { Some(context.books[at].id.clone()) };
    let columns = vec![
        zone_column(context, &zones),
        Column::new("book", "口径", "Kind", 1, texts(rows.iter().map(|row| book(row.1)).collect())),
        Column::new("state", "状态", "State", 0, texts(rows.iter().map(state).collect())),
        Column::new("parcels", "宗数", "Parcels", 0, counts(rows.iter().map(|row| row.4).collect())),
        with_unit(Column::new("mu", "面积", "Land", 0, numbers(rows.iter().map(|row| row.5).collect(), 2)), "亩", "mu"),
    ];
    Some(part(context, "land", &zones, columns))
}

/// Sums of a zone's factories.
#[derive(Default)]
struct Factories {
    buildings: i64,
    /// built, leased and used area in millionths of a square metre, and how many buildings lack each.
    areas: [(i128, i64); 3],
}

/// How standard factories are used.
pub fn factories(context: &Context) -> Option<Part> {
    const AREAS: [&str; 3] = ["built_area", "leased_area", "used_area"];
    let frame = Some(context.factories).filter(|_| context.by == Scope::Zone)?;
    let mut zones: BTreeMap<String, Factories> = BTreeMap::new();
    for row in 0..frame.height() {
        let Some(zone) = text(frame, "zone", row).filter(|zone| context.wants(zone)) else { continue };
        let factories = zones.entry(zone.to_owned()).or_default();
        factories.buildings += 1;
        for (sum, column) in factories.areas.iter_mut().zip(AREAS) {
            match number(frame, column, row) {
                Some(area) => sum.0 += (area * 1e6).round() as i128,
                None => sum.1 += 1,
            }
        }
    }
    let names: Vec<String> = zones.keys().cloned().collect();
    let area = |at: usize| -> Vec<Option<f64>> {
        let known = |factories: &Factories| (factories.areas[at].1 < factories.buildings).then(|| factories.areas[at].0 as f64 / 1e6);
        zones.values().map(known).collect()
    };
    // Used over built, of all that is built; what nobody said is not nothing.
    let rate = |factories: &Factories| {
        let [(built, no_built), _, (used, no_used)] = factories.areas;
        (no_built + no_used == 0 && built > 0).then(|| 100.0 * used as f64 / built as f64)
    };
    let blank = |factories: &Factories| factories.areas[0].1.max(factories.areas[2].1);
    let columns = vec![
        zone_column(context, &names),
        Column::new("buildings", "厂房数", "Buildings", 0, counts(zones.values().map(|factories| factories.buildings).collect())),
        with_unit(Column::new("built_area", "建成", "Built", 0, numbers(area(0), 2)), "平方米", "m2"),
        with_unit(Column::new("leased_area", "出租", "Leased", 1, numbers(area(1), 2)), "平方米", "m2"),
        with_unit(Column::new("used_area", "使用", "Used", 0, numbers(area(2), 2)), "平方米", "m2"),
        with_unit(Column::new("use_rate", "使用率", "Use", 0, numbers(zones.values().map(rate).collect(), 2)), "%", "%"),
        Column::new("incomplete", "缺数据的", "Without figures", 2, counts(zones.values().map(blank).collect())),
    ];
    Some(part(context, "factories", &names, columns))
}

/// What falls due.
pub fn reviews(context: &Context) -> Option<Part> {
    let (mut zones, mut ids, mut titles, mut due, mut states) = (vec![], vec![], vec![], vec![], vec![]);
    for row in 0..context.rows.height() {
        let unit = text(context.rows, "unit_name", row).unwrap_or("");
        if text(context.rows, "scope", row) != Some("zone") || !context.wants(unit) {
            continue;
        }
        for review in &context.scheme.reviews {
            let on = date(context.rows, &format!("{}__due", review.id.replace('-', "_")), row);
            states.push(Some(match &on {
                None => "cannot-tell",
                Some(on) if on.as_str() < context.as_of => "overdue",
                Some(_) => "not-due",
            }));
            zones.push(unit.to_owned());
            ids.push(Some(review.id.clone()));
            titles.push(Some(context.said(&review.title).to_owned()));
            due.push(on);
        }
    }
    if zones.is_empty() {
        return None;
    }
    let mut columns = vec![zone_column(context, &zones)];
    if !context.people() {
        columns.push(Column::new("review", "review", "review", 0, texts(ids)));
    }
    columns.extend([
        Column::new("title", "事项", "What", 0, texts(titles)),
        Column::new("due_on", "到期日", "Due", 0, texts(due)),
        Column::new("state", "状态", "State", 0, Values::Word(states.into_iter().collect::<StringChunked>())),
    ]);
    Some(part(context, "reviews", &zones, columns))
}

/// A date of a row, ISO.
fn date(rows: &DataFrame, column: &str, row: usize) -> Option<String> {
    match rows.column(column).ok()?.get(row).ok()? {
        AnyValue::Date(day) => Some(iso(day)),
        _ => None,
    }
}
