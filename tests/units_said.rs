//! Who says the unit of a figure, in places where it is easily lost: the headings that mujun.toml names, columns of units and of currencies,
//! names of files, two heading rows. Each table stands beside a sound data set. Expected are the figures in 10k yuan, mu or tce, worked out by
//! hand (1 yuan = 0.0001, 1 m2 = 0.0015 mu, 1 ha = 15 mu), or what is found.

use std::path::Path;

use mujun::finding::{Findings, Severity};
use mujun::load::{Options, Quiet, Rows, load};

const BASE: [(&str, &str); 5] = [
    ("enterprises.csv", "企业代码,企业名称,开发区\nE1,甲,Z1\nE2,乙,Z1\n"),
    ("land.csv", "宗地编号,企业代码,用地面积（亩）\nP1,E1,10\nP2,E2,20\n"),
    ("output.csv", "企业代码,年度,工业总产值（万元）\nE1,2025,110\nE2,2025,200\n"),
    ("energy.csv", "企业代码,年度,综合能耗（吨标准煤）\nE1,2025,7\n"),
    ("tax.csv", "企业代码,年度,实缴税收（万元）\nE1,2025,1\n"),
];

/// `id figure` of a column in 2025 for every enterprise that has one; where an error stops, the errors; then warnings, both with their
/// addresses.
fn read(files: &[(&str, &str)], table: &str, column: &str) -> Vec<String> {
    let home = tempfile::tempdir().expect("a directory");
    let own = format!("{table}.csv");
    for (name, text) in BASE.iter().filter(|(name, _)| *name != own).chain(files) {
        std::fs::write(home.path().join(name), text).expect("a file");
    }
    loaded(home.path(), column)
}

fn loaded(home: &Path, column: &str) -> Vec<String> {
    let mut findings = Findings::default();
    let options = Options { lenient: false, keep: None, rows: Rows::default(), parts: false, tried: &[], progress: &Quiet };
    let dataset = load(home, &options, &mut findings);
    let tell = |finding: &mujun::finding::Finding| {
        let place = finding.place.address().unwrap_or_default();
        format!("{} {} {place}", finding.severity.as_str(), finding.code).trim_end().to_owned()
    };
    let told: Vec<String> = findings.iter().filter(|finding| finding.code.to_string() != "no-land").map(tell).collect();
    let is_stopped = findings.iter().any(|finding| finding.severity == Severity::Error);
    let Some(panel) = dataset.filter(|_| !is_stopped).map(|dataset| dataset.panel) else { return told };
    let ids = panel.column("enterprise_id").expect("ids").str().expect("text").clone();
    let years = panel.column("year").expect("years").i32().expect("numbers").clone();
    let Ok(values) = panel.column(column) else { return [vec![format!("no {column}")], told].concat() };
    let values = values.f64().expect("numbers").clone();
    let rows = ids.iter().zip(years.iter()).zip(values.iter());
    let rows = rows.filter_map(|((id, year), value)| Some(format!("{} {}", id?, value.filter(|_| year == Some(2025))?)));
    rows.chain(told).collect()
}

fn tax(text: &str) -> Vec<String> {
    read(&[("tax.csv", text)], "tax", "tax_paid")
}

/// Tables of tax and what they are read as; all that are wrong are shown.
#[track_caller]
fn taxes(cases: &[(&str, &[&str])]) {
    all(cases, tax);
}

#[track_caller]
fn all(cases: &[(&str, &[&str])], read: impl Fn(&str) -> Vec<String>) {
    let wrong = cases.iter().filter_map(|(text, expected)| {
        let found = read(text);
        (found != *expected).then(|| format!("{text}\n  is {found:?}\n  not {expected:?}"))
    });
    let wrong: Vec<String> = wrong.collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn a_heading_that_the_user_names_keeps_its_unit() {
    let named = |heading: &str, alias: &str| {
        let config = format!("[tables.tax]\ncolumns = {{ \"{alias}\" = \"tax_paid\" }}\n");
        let table = format!("企业代码,年度,\"{heading}\"\nE1,2025,440000\nE2,2025,70000\n");
        read(&[("tax.csv", &table), ("mujun.toml", &config)], "tax", "tax_paid")
    };
    for heading in ["交税（元）", "交税(元)", "交税/元", "交税_元", "交税 元", "交税[元]", "交税（单位：元）", "实缴税收（元）"]
    {
        assert_eq!(named(heading, heading), ["E1 44", "E2 7"], "{heading}");
    }
    assert_eq!(named("交税（元）", "交税"), ["E1 44", "E2 7"]);
    assert_eq!(named("交税（元）", "交税（万元）"), ["E1 44", "E2 7"]);
    assert_eq!(named("交税（千元）", "交税（千元）"), ["E1 44000", "E2 7000"]);
    assert_eq!(named("交税（含滞纳金）", "交税（含滞纳金）"), ["E1 440000", "E2 70000"]);
    assert_eq!(named("交税（美元）", "交税（美元）"), ["error unknown-unit C1"]);
    let two = "企业代码,年度,交税\n,,（元）\nE1,2025,440000\nE2,2025,70000\n";
    for alias in ["交税（元）", "交税"] {
        let config = format!("[tables.tax]\ncolumns = {{ \"{alias}\" = \"tax_paid\" }}\n");
        assert_eq!(read(&[("tax.csv", two), ("mujun.toml", &config)], "tax", "tax_paid"), ["E1 44", "E2 7"], "{alias}");
    }
    for (heading, area) in [("用地面积（平方米）", "30"), ("证载面积（公顷）", "300000")] {
        let config = format!("[tables.land]\ncolumns = {{ \"{heading}\" = \"area\" }}\n");
        let table = format!("宗地编号,企业代码,{heading}\nP1,E1,20000\n");
        let found = read(&[("land.csv", &table), ("mujun.toml", &config)], "land", "land_mu");
        assert_eq!(found.first(), Some(&format!("E1 {area}")), "{heading} {found:?}");
    }
}

#[test]
fn units_of_something_else_in_a_column_of_units_are_errors() {
    let land = |unit: &str| {
        read(&[("land.csv", &format!("宗地编号,企业代码,用地面积,单位\nP1,E1,10,{unit}\nP2,E2,20,{unit}\n"))], "land", "land_mu")
    };
    for unit in ["公亩", "分", "顷", "平方英尺", "米", "m", "元", "弓步亩"] {
        assert_eq!(land(unit), ["error unknown-unit-line D2", "error unknown-unit-line D3"], "{unit}");
    }
    assert_eq!(land("公顷"), ["E1 150", "E2 300"]);
    for name in ["甲机械厂", "税务局", "小米科技", "一单元", "财政"] {
        assert_eq!(land(name), ["E1 10", "E2 20"], "{name}");
    }
    let energy = |unit: &str| read(&[("energy.csv", &format!("企业代码,年度,综合能耗,单位\nE1,2025,7,{unit}\n"))], "energy", "energy_tce");
    for unit in ["万千瓦时", "MJ", "GJ", "立方米", "万元"] {
        assert_eq!(energy(unit), ["error unknown-unit-line D2"], "{unit}");
    }
    let tax = |unit: &str| tax(&format!("企业代码,年度,实缴税收,单位\nE1,2025,500000,{unit}\n"));
    for unit in ["分", "角", "元/年", "吨标准煤"] {
        assert_eq!(tax(unit), ["error unknown-unit-line D2"], "{unit}");
    }
    assert_eq!(tax("万元（人民币）"), ["E1 500000"]);
    assert_eq!(tax("元（人民币）"), ["E1 50"]);
    assert_eq!(tax("甲"), ["E1 500000"]);
}

#[test]
fn yuan_in_a_column_of_currencies_is_the_unit_of_the_row() {
    let table = |heading: &str, of: &str, currency: &str| format!("企业代码,年度,实缴税收{of},{heading}\nE1,2025,500000,{currency}\n");
    for currency in ["元", "人民币元", "人民币（元）"] {
        assert_eq!(tax(&table("币种", "", currency)), ["E1 50"], "{currency}");
        assert_eq!(tax(&table("币种", "（万元）", currency)), ["E1 500000"], "{currency}");
    }
    for sign in ["¥", "￥"] {
        assert_eq!(tax(&table("币种", "", sign)), ["error unknown-unit-line D2"], "{sign}");
        assert_eq!(tax(&table("币种", "（元）", sign)), ["E1 50"], "{sign}");
    }
    for heading in ["币种", "结算币种", "货币", "币别"] {
        assert_eq!(tax(&table(heading, "", "人民币")), ["E1 500000"], "{heading}");
        assert_eq!(tax(&table(heading, "（元）", "美元")), ["error unknown-unit-line D2"], "{heading}");
        assert_eq!(tax(&table(heading, "", "美元")), ["error unknown-unit-line D2"], "{heading}");
    }
    let mixed = "企业代码,年度,实缴税收,币种\nE1,2025,500000,元\nE2,2025,7,人民币\n";
    assert_eq!(tax(mixed), ["error unknown-unit-line D3"]);
}

#[test]
fn names_of_files_say_units_where_nothing_else_does() {
    let table = "企业代码,年度,实缴税收\nE1,2025,500000\n";
    let named = |name: &str, text: &str| read(&[(name, text)], "tax", "tax_paid");
    for (name, figure) in
        [("税收（千元）.csv", "E1 50000"), ("2025税收（单位：元）.csv", "E1 50"), ("税收_元.csv", "E1 50"), ("亿元税收.csv", "E1 500000")]
    {
        assert_eq!(named(name, table), [figure], "{name}");
    }
    assert_eq!(named("税收（元）.csv", &table.replace("税收", "税收（千元）")), ["E1 50000"]);
    assert_eq!(named("税收（元）.csv", &format!("单位：千元,,\n{table}")), ["E1 50000"]);
    assert_eq!(named("税收（美元）.csv", table), ["error unknown-unit-line"]);
    let land = "宗地编号,企业代码,用地面积\nP1,E1,10\n";
    assert_eq!(read(&[("用地（公顷）.csv", land)], "land", "land_mu").first().map(String::as_str), Some("E1 150"));
}

#[test]
fn lines_and_headings_of_offices_are_followed() {
    let rows = "企业代码,年度,实缴税收\nE1,2025,500000\n";
    for line in ["金额单位：元至角分", "单位：人民币/元", "\"请以元为单位填写，保留两位小数\"", "本表金额单位均为元", "以上金额单位：元"]
    {
        assert_eq!(tax(&format!("{line},,\n{rows}")), ["E1 50"], "{line}");
    }
    for note in ["以上金额单位均为元", "注：以上金额单位均为元"] {
        assert_eq!(tax(&format!("{rows}{note},,\n")), ["error unit-below 3:3"], "{note}");
        assert_eq!(tax(&format!("{}{note},,\n", rows.replace("税收", "税收（元）"))), ["E1 50"], "{note}");
    }
    taxes(&[
        ("企业代码,年度,实缴税收（元）①\nE1,2025,500000\n", &["E1 50"]),
        ("企业代码,年度,①实缴税收（元）\nE1,2025,500000\n", &["E1 50"]),
        ("企业代码,年度,1.实缴税收\nE1,2025,50\n", &["E1 50"]),
        ("企业代码,年度,3、实缴税收（元）\nE1,2025,500000\n", &["E1 50"]),
        ("企业代码,年度,（元）实缴税收\nE1,2025,500000\n", &["E1 50"]),
        ("企业代码,年度,\"实缴税收（万元，保留两位小数）\"\nE1,2025,50\n", &["E1 50"]),
        ("企业代码,年度,实缴税收（百元）\nE1,2025,5000\n", &["E1 50"]),
        ("企业代码,年度,实缴税收（百万）\nE1,2025,0.5\n", &["E1 50"]),
        // The heading says its own unit: an exception from the line.
        ("单位：万元,,\n企业代码,年度,实缴税收（元）\nE1,2025,500000\n", &["E1 50"]),
    ]);
    let config = "[tables.tax]\nunits = { money = \"万元\" }\n";
    let contradicted = read(&[("tax.csv", "企业代码,年度,实缴税收（元）\nE1,2025,50\n"), ("mujun.toml", config)], "tax", "tax_paid");
    assert_eq!(contradicted, ["E1 50", "warning contradicting-units C1"]);
    let land = |heading: &str| read(&[("land.csv", &format!("宗地编号,企业代码,{heading}\nP1,E1,20000\nP2,E2,2000\n"))], "land", "land_mu");
    assert_eq!(land("用地面积m2"), ["E1 30", "E2 3"]);
    assert_eq!(land("用地面积（市亩）").first().map(String::as_str), Some("E1 20000"));
}

#[test]
fn energy_is_read_with_the_remarks_of_its_unit() {
    let energy = |text: &str| read(&[("energy.csv", text)], "energy", "energy_tce");
    for (unit, figure) in [
        ("吨标准煤，等价值", "7000"),
        ("吨标准煤/年", "7000"),
        ("kg标煤", "7"),
        ("千克标煤", "7"),
        ("吨ce", "7000"),
        ("折标煤，吨", "7000"),
    ] {
        assert_eq!(energy(&format!("企业代码,年度,\"综合能耗（{unit}）\"\nE1,2025,7000\n")), [format!("E1 {figure}")], "{unit}");
    }
    assert_eq!(energy("企业代码,年度,综合能耗\n,,折标煤（吨）\nE1,2025,7\n"), ["E1 7"]);
    assert_eq!(energy("企业代码,年度,综合能耗（千克标准煤）\n,,等价值\nE1,2025,7000\n"), ["E1 7"]);
    // Two of them: nobody knows which, until the user says so; the unit stays that of the heading.
    let two = "企业代码,年度,综合能耗（千克标准煤）,\n,,当量值,等价值\nE1,2025,7000,8000\n";
    assert_eq!(energy(two), ["error duplicate-column D2"]);
    let config = "[tables.energy]\ncolumns = { \"综合能耗（千克标准煤）（等价值）\" = \"energy_tce\" }\n";
    let told = read(&[("energy.csv", two), ("mujun.toml", config)], "energy", "energy_tce");
    assert_eq!(told, ["E1 8", "warning column-left-out C2"]);
    // Sub-headings that are not understood do not make the column vanish in silence.
    let lost = energy("企业代码,年度,用电量,综合能耗（吨标准煤）,\n,,,甲法,乙法\nE1,2025,5,7,8\n");
    assert!(lost.iter().any(|told| told.starts_with("warning unlikely-heading D1")), "{lost:?}");
}
