//! TV-12 and TV-13: what single rules of documents give for single inputs.

use super::data::{Data, column, decimal, of, rounded};

/// TV-12. The park rule of Wenling (https://www.wl.gov.cn/art/2022/7/29/art_1229299726_3809240.html): who lets factories loses points. Above scale the first
/// tenant costs nothing and each further one 5; below scale the first costs 10 and each further one 5; there is no bound.
#[test]
fn letting_factories_costs_points_without_bound() {
    let tenants = [0, 1, 2, 3, 4, 30];
    let mut firms = Data::default();
    for above in [true, false] {
        for count in tenants {
            // All alike but for the tenants, so what differs between two scores is what the tenants cost.
            let facts = format!(
                "above_scale={above} chain=pumps tenants={count} area=10 tax_paid=100 value_added=300 energy_tce=100 electricity_kwh=400000 emission_t=2 employees=20 rd_expense=20 revenue=1000 main_revenue=1000 gross_output=1000"
            );
            firms.firm(&format!("{above}-{count}"), "2022", &facts);
        }
    }
    let rows = firms.rank("wenling-park-2022", "2022", &["--columns", "enterprise_id,score"]);
    for (above, costs) in [(true, [0, 0, -5, -10, -15, -145]), (false, [0, -10, -15, -20, -25, -155])] {
        let score = |count: i32| decimal(&of(&rows, &format!("{above}-{count}"))["score"]);
        let here = tenants.map(|count| rounded(score(count) - score(0), 2));
        assert_eq!(here, costs.map(|cost| format!("{cost}.00")), "above scale: {above}");
    }
    assert!(decimal(&of(&rows, "false-30")["score"]) < decimal("0"), "a total may be negative");
}

/// TV-12. Huai'an 2024 (copy at http://at2000.net/col/16801_148235/art/17171712/1717377730245iH6Bz1NN.html): A the first 20 % with the twentieth, B above 20 to 60,
/// C above 60 to 95, D the last 5. Of 100 distinct scores places 1 to 20 have A, 21 to 60 B, 61 to 95 C, 96 to 100 D.
#[test]
fn huaians_bounds_lie_at_20_60_and_95() {
    let mut firms = Data::default();
    for year in ["2023", "2024"] {
        for number in 1..=100 {
            let facts = format!(
                "above_scale=true production_on=2010-01-01 area=10 tax_paid={} revenue=1000 main_revenue=1000 invoiced_sales=1000 energy_tce=100 electricity_kwh=1000000 gross_output=1000",
                100 + number
            );
            firms.firm(&format!("F{number:03}"), year, &facts);
        }
    }
    let rows = firms.rank("huaian-2024", "2024", &["--columns", "place,enterprise_id,grade"]);
    let expected: Vec<&str> = [("A", 20), ("B", 40), ("C", 35), ("D", 5)].iter().flat_map(|(grade, count)| vec![*grade; *count]).collect();
    assert_eq!(column(&rows, "grade"), expected);
    assert_eq!(column(&rows, "place"), (1..=100).map(|place: i32| place.to_string()).collect::<Vec<_>>());
    assert_eq!((rows[0]["enterprise_id"].as_str(), rows[99]["enterprise_id"].as_str()), ("F100", "F001"));
}

/// TV-13. Annex 2 of the Environmental Protection Tax Law (copies at https://lx0797.cn/zc?article_id=111815 and http://wcakee.cn/jhw/57779.html): 1,000 kg COD,
/// 800 kg ammonia nitrogen, 950 kg SO2, 950 kg NOx and 250 kg total phosphorus are 1,000 equivalents each.
#[test]
fn pollutants_add_up_in_equivalents_of_the_tax_law() {
    let policy = "
id         = 'equivalents'
status     = 'draft'
pollutants = 'ept-2018'
[grades]
rule  = 'lines'
order = 'equivalents'
lines = { A = 0 }
rest  = 'B'
[[group]]
id = 'all'
[[group.indicator]]
id        = 'equivalents'
value     = 'emission_t'
benchmark = 1
weight    = 1
";
    let mut firms = Data::default();
    for (id, facts) in [
        ("COD", "cod_t=1"),
        ("NH3N", "ammonia_t=0.8"),
        ("SO2", "so2_t=0.95"),
        ("NOX", "nox_t=0.95"),
        ("ALL", "cod_t=1 ammonia_t=0.8 so2_t=0.95 nox_t=0.95"),
        ("HALF", "cod_t=0.5 ammonia_t=0 so2_t=0 nox_t=1.9"),
        ("OWN", "cod_t=1 emission_t=7"),
        ("NONE", "energy_tce=1"),
    ] {
        firms.firm(id, "2024", &format!("above_scale=true area=1 tax_paid=1 gross_output=1 {facts}"));
    }
    let rows = firms.rank(policy, "2024", &["--columns", "enterprise_id,equivalents,outcome"]);
    // 0.5 + 1.9 / 0.95; a figure of its own stands; nothing known is no zero.
    for (id, sum) in [("COD", "1"), ("NH3N", "1"), ("SO2", "1"), ("NOX", "1"), ("ALL", "4"), ("HALF", "2.5"), ("OWN", "7"), ("NONE", "")] {
        assert_eq!(of(&rows, id)["equivalents"], sum, "{id}");
    }
    assert_eq!(of(&rows, "NONE")["outcome"], "not-assessable");
}
