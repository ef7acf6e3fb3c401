//! What must hold for any data: the order of rows and columns, units, split parcels and threads change no byte; quotas are met;
//! nobody without a positive denominator is ranked.

use std::collections::BTreeMap;

use proptest::prelude::*;
use rust_decimal::Decimal;

mod tables;

use tables::{Table, Tables, sample};

/// The CSV of `rank`.
fn rank(tables: &Tables, arguments: &[&str], threads: &str) -> String {
    tables::csv("rank", tables, arguments, threads)
}

/// Multiplies the cells of a column by a factor and gives it another heading.
fn convert(table: &mut Table, heading: &str, new: &str, factor: &str) {
    let at = table[0].iter().position(|cell| cell == heading).unwrap_or_else(|| panic!("{heading} in {:?}", table[0]));
    table[0][at] = new.to_owned();
    for row in &mut table[1..] {
        if let Ok(number) = row[at].parse::<Decimal>() {
            row[at] = (number * factor.parse::<Decimal>().expect("a factor")).to_string();
        }
    }
}

#[test]
fn the_number_of_threads_changes_no_byte() {
    let tables = sample();
    for arguments in [&["--policy", "default"][..], &["--policy", "huangyan-2022"], &["--by", "zone"]] {
        assert_eq!(rank(&tables, arguments, "1"), rank(&tables, arguments, "4"));
    }
}

#[test]
fn units_change_no_byte() {
    let tables = sample();
    let plain = rank(&tables, &[], "2");
    let mut other = tables.clone();
    // Powers of ten, which keep every amount a decimal.
    convert(other.get_mut("tax").expect("tax"), "实缴税收（万元）", "实缴税收（元）", "10000");
    convert(other.get_mut("output").expect("output"), "工业总产值（万元）", "工业总产值（亿元）", "0.0001");
    convert(other.get_mut("output").expect("output"), "工业增加值（万元）", "value_added (k CNY)", "10");
    convert(other.get_mut("energy").expect("energy"), "综合能耗（吨标准煤）", "综合能耗（千克标准煤）", "1000");
    convert(other.get_mut("energy").expect("energy"), "用电量（千瓦时）", "用电量（万kWh）", "0.0001");
    assert_eq!(plain, rank(&other, &[], "2"));
    // Areas: the same land written in mu and in m2, from whole multiples of 2000 m2 = 3 mu.
    let (mut in_mu, mut in_m2) = (tables.clone(), tables);
    for (at, row) in in_mu.get_mut("land").expect("land").iter_mut().enumerate().skip(1) {
        row[2] = (Decimal::from(at as i64 + 40) * Decimal::new(15, 2)).to_string();
    }
    for (at, row) in in_m2.get_mut("land").expect("land").iter_mut().enumerate().skip(1) {
        row[2] = ((at + 40) * 100).to_string();
    }
    in_m2.get_mut("land").expect("land")[0][2] = "用地面积（平方米）".to_owned();
    assert_eq!(rank(&in_mu, &[], "2"), rank(&in_m2, &[], "2"));
}

#[test]
fn scaling_all_taxes_changes_no_place() {
    let tables = sample();
    let places = |text: &str| {
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let rows: Vec<BTreeMap<String, String>> = reader.deserialize().map(|row| row.expect("a row")).collect();
        rows.into_iter().map(|row| (row["enterprise_id"].clone(), (row["place"].clone(), row["grade"].clone()))).collect::<BTreeMap<_, _>>()
    };
    let plain = places(&rank(&tables, &[], "2"));
    for factor in ["2", "0.5", "1000"] {
        let mut scaled = tables.clone();
        for heading in ["实缴税收（万元）", "评价税收（万元）"] {
            convert(scaled.get_mut("tax").expect("tax"), heading, heading, factor);
        }
        assert_eq!(plain, places(&rank(&scaled, &[], "2")), "× {factor}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_rows_and_columns_changes_no_byte(seed in any::<u64>()) {
        let tables = sample();
        let mixed = tables::mixed(&tables, seed);
        prop_assert_eq!(rank(&tables, &[], "2"), rank(&mixed, &[], "2"));
        prop_assert_eq!(rank(&tables, &["--by", "industry"], "2"), rank(&mixed, &["--by", "industry"], "2"));
    }

    #[test]
    fn splitting_parcels_changes_no_byte(cuts in proptest::collection::vec(1i64..99, 65)) {
        let tables = sample();
        let mut split = tables.clone();
        let land = split.get_mut("land").expect("land");
        let mut rows = vec![land[0].clone()];
        for (row, cut) in land[1..].iter().zip(cuts.iter().cycle()) {
            let area: Decimal = row[2].parse().expect("an area");
            let part = area * Decimal::new(*cut, 2);
            for (name, area) in [("a", part), ("b", area - part)] {
                let mut half = row.clone();
                half[0] = format!("{}{name}", row[0]);
                half[2] = area.to_string();
                rows.push(half);
            }
        }
        *land = rows;
        prop_assert_eq!(rank(&tables, &[], "2"), rank(&split, &[], "2"));
    }

    #[test]
    fn quotas_are_met_and_nobody_without_a_denominator_is_ranked(
        rows in proptest::collection::vec((0u32..4, 0i64..400, -200i64..2000, 1i64..90_000, 0i64..3000), 1..60)
    ) {
        let mut tables = Tables::new();
        let heading = |text: &str| vec![text.split(',').map(str::to_owned).collect::<Vec<_>>()];
        tables.insert("enterprises".into(), heading("enterprise_id,name,zone,above_scale,industry"));
        tables.insert("land".into(), heading("parcel_id,enterprise_id,area,tenure"));
        tables.insert("output".into(), heading("enterprise_id,year,gross_output,value_added,employees"));
        tables.insert("tax".into(), heading("enterprise_id,year,tax_paid"));
        tables.insert("energy".into(), heading("enterprise_id,year,energy_tce"));
        let mut push = |table: &str, row: Vec<String>| tables.get_mut(table).expect("a table").push(row);
        let mut land_of = BTreeMap::new();
        for (at, (kind, area, tax, output, energy)) in rows.iter().enumerate() {
            let id = format!("E{at}");
            push("enterprises", vec![id.clone(), format!("n{at}"), "Z".into(), "1".into(), "C3562".into()]);
            // No land, land let out beyond what is owned, unknown land, or land.
            match kind {
                0 => {}
                1 => push("land", vec![format!("P{at}"), id.clone(), area.to_string(), "leased_out".into()]),
                2 => push("land", vec![format!("P{at}"), id.clone(), String::new(), "owned".into()]),
                _ => push("land", vec![format!("P{at}"), id.clone(), area.to_string(), "owned".into()]),
            }
            land_of.insert(id.clone(), if *kind == 3 { *area } else { 0 });
            push("output", vec![id.clone(), "2025".into(), output.to_string(), (output / 4).to_string(), (energy / 10).to_string()]);
            push("tax", vec![id.clone(), "2025".into(), tax.to_string()]);
            push("energy", vec![id.clone(), "2025".into(), energy.to_string()]);
        }
        let text = rank(&tables, &[], "2");
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let ranked: Vec<BTreeMap<String, String>> = reader.deserialize().map(|row| row.expect("a row")).collect();
        prop_assert_eq!(ranked.len(), rows.len());
        let n = ranked.iter().filter(|row| !row["place"].is_empty()).count() as i64;
        for row in &ranked {
            let land = land_of[&row["enterprise_id"]];
            prop_assert_eq!(!row["place"].is_empty(), land > 0, "{:?}", row);
            prop_assert_eq!(row["grade"].is_empty(), row["place"].is_empty());
        }
        // Cut k stands at round-half-up(share × n); whoever is placed at or before it has at least that grade, whoever is after it has not.
        for (share, grades) in [(20, &["A"][..]), (70, &["A", "B"]), (95, &["A", "B", "C"])] {
            let cut = (2 * share * n + 100) / 200;
            for row in ranked.iter().filter(|row| !row["place"].is_empty()) {
                let place: i64 = row["place"].parse().expect("a place");
                prop_assert_eq!(grades.contains(&row["grade"].as_str()), place <= cut, "{:?} with n = {}", row, n);
            }
        }
    }
}
