//! Columns in another unit than their heading says: the sample data, spoilt as offices spoil theirs.
//!
//! In: the sample data with columns multiplied. Out: one warning for each of them, at its heading, with the right unit and factor.

use std::fs;
use std::path::Path;

use mujun::finding::{Code, Finding, Findings, Value};
use mujun::load::{Options, Quiet, Rows, load};
use rust_decimal::Decimal;

/// A copy of the sample data.
struct Spoilt(tempfile::TempDir);

impl Spoilt {
    fn new() -> Spoilt {
        let copy = tempfile::tempdir().expect("a directory");
        for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("sample_data"))
            .expect("the sample data")
            .flatten()
            .filter(|entry| entry.path().is_file())
        {
            fs::copy(entry.path(), copy.path().join(entry.file_name())).expect("a copy");
        }
        Spoilt(copy)
    }

    /// Gives a column another heading and multiplies its numbers by `times` / `by`.
    fn column(self, table: &str, heading: &str, new: &str, times: i64, by: i64) -> Spoilt {
        let path = self.0.path().join(format!("{table}.csv"));
        let mut rows: Vec<Vec<String>> =
            fs::read_to_string(&path).expect("text").lines().map(|line| line.split(',').map(str::to_owned).collect()).collect();
        let at = rows[0].iter().position(|cell| cell == heading).expect(heading);
        rows[0][at] = new.to_owned();
        for row in &mut rows[1..] {
            if let Ok(number) = row[at].parse::<Decimal>() {
                row[at] = (number * Decimal::from(times) / Decimal::from(by)).to_string();
            }
        }
        let text: Vec<String> = rows.iter().map(|row| row.join(",")).collect();
        fs::write(&path, text.join("\n") + "\n").expect("a file");
        self
    }

    /// Leaves of the land that is held only parcel, holder, area and tenure, the area times `times` / `by`.
    fn bare_land(self, times: i64, by: i64) -> Spoilt {
        let spoilt = self.column("land", "用地面积（亩）", "用地面积（亩）", times, by);
        let path = spoilt.0.path().join("land.csv");
        let text = fs::read_to_string(&path).expect("text");
        let rows = text.lines().map(|line| line.split(',').take(4).collect::<Vec<_>>()).filter(|cells| !cells[1].is_empty());
        let rows: Vec<String> = rows.map(|cells| cells.join(",")).collect();
        fs::write(&path, rows.join("\n") + "\n").expect("a file");
        spoilt
    }

    /// Multiplies the area of one parcel.
    fn parcel(self, id: &str, times: i64, by: i64) -> Spoilt {
        let path = self.0.path().join("land.csv");
        let spoil = |line: &str| {
            let mut cells: Vec<String> = line.split(',').map(str::to_owned).collect();
            if cells[0] == id {
                cells[2] = (cells[2].parse::<Decimal>().expect("an area") * Decimal::from(times) / Decimal::from(by)).to_string();
            }
            cells.join(",")
        };
        let rows: Vec<String> = fs::read_to_string(&path).expect("text").lines().map(spoil).collect();
        fs::write(&path, rows.join("\n") + "\n").expect("a file");
        self
    }

    /// Turns the rows of a table round.
    fn turned(self, table: &str) -> Spoilt {
        let path = self.0.path().join(format!("{table}.csv"));
        let text = fs::read_to_string(&path).expect("text");
        let (heading, rows) = text.split_once('\n').expect("rows");
        let rows: Vec<&str> = rows.lines().rev().collect();
        fs::write(&path, format!("{heading}\n{}\n", rows.join("\n"))).expect("a file");
        self
    }

    fn findings(&self, suspicions: bool) -> Vec<Finding> {
        self.findings_of(Rows { suspicions, ..Rows::default() })
    }

    fn findings_of(&self, rows: Rows<'_>) -> Vec<Finding> {
        let mut findings = Findings::default();
        load(self.0.path(), &Options { lenient: false, keep: None, rows, parts: false, tried: &[], progress: &Quiet }, &mut findings);
        findings.iter().filter(|finding| finding.code != Code::NoLand).cloned().collect()
    }

    /// Code, heading, address, unit suspected, factor.
    fn told(&self) -> Vec<(Code, String, String, String, String)> {
        let findings = self.findings(true).into_iter().map(|finding| {
            let heading = finding.place.heading().unwrap_or("").to_owned();
            let address = finding.place.address().unwrap_or_default();
            (finding.code, heading, address, value(&finding, "suspect"), value(&finding, "factor"))
        });
        findings.collect()
    }
}

fn value(finding: &Finding, name: &str) -> String {
    match finding.values.iter().find(|(known, _)| *known == name) {
        Some((_, Value::Plain(text) | Value::Both { en: text, .. })) => text.clone(),
        Some((_, Value::Row(row))) => row.to_string(),
        None => String::new(),
    }
}

fn slip(code: Code, heading: &str, address: &str, unit: &str, factor: &str) -> (Code, String, String, String, String) {
    (code, heading.to_owned(), address.to_owned(), unit.to_owned(), factor.to_owned())
}

#[test]
fn the_sample_data_are_in_the_units_that_their_headings_say() {
    assert_eq!(Spoilt::new().told(), []);
}

#[test]
fn each_column_in_another_unit_gets_one_warning_with_its_factor() {
    let spoilt = Spoilt::new()
        .column("land", "用地面积（亩）", "用地面积", 2000, 3)
        .column("output", "工业总产值（万元）", "工业总产值", 10_000, 1)
        .column("energy", "综合能耗（吨标准煤）", "综合能耗", 1000, 1);
    let expected = [
        slip(Code::UnitSlip, "综合能耗", "C1", "kgce", "1000"),
        slip(Code::UnitSlip, "用地面积", "C1", "m2", "666.67"),
        slip(Code::UnitSlip, "工业总产值", "C1", "CNY", "10000"),
    ];
    assert_eq!(spoilt.told(), expected);
    assert_eq!(spoilt.findings(false), [], "an evaluation does not look for it");
}

#[test]
fn a_heading_may_say_the_wrong_unit_itself() {
    let spoilt = Spoilt::new().column("land", "用地面积（亩）", "用地面积（平方米）", 1, 1);
    assert_eq!(spoilt.told(), [slip(Code::UnitSlip, "用地面积（平方米）", "C1", "mu", "666.67")]);
    let right = Spoilt::new().column("tax", "实缴税收（万元）", "实缴税收（元）", 10_000, 1);
    assert_eq!(right.told(), []);
}

#[test]
fn hectares_are_known_by_what_they_do_to_figures_per_mu() {
    let spoilt = Spoilt::new().column("land", "用地面积（亩）", "用地面积", 1, 15);
    assert_eq!(spoilt.told(), [slip(Code::RatioSlip, "用地面积", "C1", "ha", "15")]);
}

#[test]
fn areas_converted_once_too_often_are_not_called_square_kilometres() {
    let spoilt = Spoilt::new().column("land", "用地面积（亩）", "用地面积", 3, 2000);
    assert_eq!(spoilt.told(), [slip(Code::UnitSlip, "用地面积", "C1", "mu (divided by 666.67 as if they were m²)", "666.67")]);
}

/// The medians of the sample are 19.6 per mu for the tax and 450 for the output. Two fifths of them are 7.8 and 180, as in many a zone; in
/// hectares they are 118 and 2701, both below what is only just usual, 200 and 6000, and above what is typical, 70 and 2500.
#[test]
fn bare_land_in_hectares_is_known_by_tax_and_output_together() {
    let poorer = || {
        let spoilt = Spoilt::new().column("tax", "实缴税收（万元）", "实缴税收（万元）", 2, 5);
        spoilt.column("output", "工业总产值（万元）", "工业总产值（万元）", 2, 5)
    };
    assert_eq!(poorer().bare_land(1, 1).told(), []);
    assert_eq!(poorer().bare_land(1, 15).told(), [slip(Code::RatioSlip, "用地面积（亩）", "C1", "ha", "15")]);
    // A fifth of the output, 90, is 1351 in hectares: one figure outside is not enough.
    let one = poorer().column("output", "工业总产值（万元）", "工业总产值（万元）", 1, 2);
    assert_eq!(one.bare_land(1, 15).told(), []);
}

/// YT-021 has 21.48 mu, and its holder figures per mu like others; each way of another unit is told of a bare table, and 1.5 times as much is not.
#[test]
fn a_single_parcel_in_another_unit_is_known_by_what_its_holder_does_on_it() {
    let told = |times: i64, by: i64| -> Vec<(String, String, String)> {
        let findings = Spoilt::new().bare_land(1, 1).parcel("YT-021", times, by).findings_of(Rows::CHECKED);
        let slips = findings.iter().filter(|finding| finding.code == Code::ParcelSlip);
        slips.map(|finding| (finding.place.address().unwrap_or_default(), value(finding, "factor"), value(finding, "units"))).collect()
    };
    let one = |factor: &str, units: &str| vec![("C32".to_owned(), factor.to_owned(), units.to_owned())];
    assert_eq!(told(2000, 3), one("666.67", "as if written in m2 under a heading in mu"));
    assert_eq!(told(3, 2000), one("666.67", "as if it was in mu already and was converted from m2 once more"));
    assert_eq!(told(10_000, 1), one("10000", "as if it was in mu already and was converted from 10k mu once more"));
    assert_eq!(told(1, 10_000), one("10000", "as if written in 10k mu under a heading in mu"));
    assert_eq!(told(3, 2), []);
    assert_eq!(told(1, 1), []);
}

#[test]
fn the_order_of_rows_does_not_matter() {
    let spoilt = || Spoilt::new().column("land", "用地面积（亩）", "用地面积", 1, 15).column("tax", "实缴税收（万元）", "税收", 10_000, 1);
    assert_eq!(spoilt().findings(true).iter().map(|finding| finding.values.clone()).collect::<Vec<_>>(), {
        let turned = spoilt().turned("land").turned("tax").turned("output").turned("enterprises");
        turned.findings(true).iter().map(|finding| finding.values.clone()).collect::<Vec<_>>()
    });
}

#[test]
fn a_single_value_is_told_by_itself_and_not_beside_a_column_that_is_suspected() {
    let tax = |text: String| {
        let spoilt = Spoilt::new();
        fs::write(spoilt.0.path().join("tax.csv"), text).expect("a file");
        spoilt
    };
    let sample = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("sample_data/tax.csv")).expect("text");
    let one = tax(sample.replacen("4225.4", "422540", 1));
    assert_eq!(one.told(), [slip(Code::ImplausibleValue, "实缴税收（万元）", "C2", "", "")]);
    let all = tax(sample).column("tax", "实缴税收（万元）", "实缴税收", 10_000, 1);
    assert_eq!(all.told().len(), 1);
}

#[test]
fn money_per_hectare_in_an_agreement_is_fifteen_times_too_much() {
    let spoilt = Spoilt::new();
    let rows: String = (0..6).map(|number| format!("A{number},91990101MAEX00010E,{},{}\n", 4500 + 300 * number, 300 + number)).collect();
    fs::write(spoilt.0.path().join("agreements.csv"), format!("agreement_id,enterprise_id,investment_per_mu,tax_per_mu\n{rows}"))
        .expect("a file");
    let expected =
        [slip(Code::UnitSlip, "investment_per_mu", "C1", "10k CNY/ha", "15"), slip(Code::UnitSlip, "tax_per_mu", "D1", "10k CNY/ha", "15")];
    assert_eq!(spoilt.told(), expected);
}

#[test]
fn a_few_values_say_nothing_of_a_column() {
    let spoilt = Spoilt::new();
    let rows: String = (0..4).map(|number| format!("A{number},{}\n", 4500 + 300 * number)).collect();
    fs::write(spoilt.0.path().join("agreements.csv"), format!("agreement_id,investment_per_mu\n{rows}")).expect("a file");
    assert_eq!(spoilt.told(), []);
}
