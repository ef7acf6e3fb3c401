//! Rows of land, factories and agreements as frames: what they hold, worked out by hand, for a data set that fits on a page.

use std::collections::BTreeSet;

use mujun::finding::{Code, Finding, Findings, Severity};
use mujun::load::{Dataset, Options, Quiet, Rows, Want, load};
use polars::prelude::{AnyValue, DataFrame, DataType};

const ENTERPRISES: &str =
    "enterprise_id,name,zone,production_on,stopped_on\nE1,甲,Z1,2010-01-01,2009-12-31\nE2,乙,Z2,2010-01-01,2020-01-01\n";
const OUTPUT: &str = "enterprise_id,year,gross_output\nE1,2024,100\nE1,2025,110\nE2,2025,200\n";
const TAX: &str = "enterprise_id,year,tax_paid\nE1,2024,5\nE2,2025,1\n";
const ENERGY: &str = "enterprise_id,year,energy_tce\nE1,2025,7\n";
const LAND: &str = "\
parcel_id,enterprise_id,用地面积（平方米）,tenure,zone,approved_on,supplied_on,delivered_on,cause,mortgaged,备注,楼号,name
P1,E1,20000,自有,,2019-01-01,2020-01-01,2020-02-01,企业原因,是,甲地,1,x
P2,E9,10000,,Z2,,,,gov_c,否,,2,
P3,,2000,,Z1,2024-05-01,,,,,待供,,
P1,E2,4000,租入,,,2021-06-01,2021-05-31,,,,3,
";

fn read(files: &[(&str, &str)], rows: Rows<'_>, lenient: bool) -> (Dataset, Vec<Finding>) {
    let directory = tempfile::tempdir().expect("a directory");
    let sound = [("enterprises.csv", ENTERPRISES), ("output.csv", OUTPUT), ("tax.csv", TAX), ("energy.csv", ENERGY), ("land.csv", LAND)];
    for (name, text) in sound.iter().chain(files) {
        std::fs::write(directory.path().join(name), text).expect("a file");
    }
    let mut findings = Findings::default();
    let dataset = load(directory.path(), &Options { lenient, keep: None, rows, parts: false, tried: &[], progress: &Quiet }, &mut findings);
    (dataset.expect("a data set"), findings.iter().cloned().collect())
}

/// The cells of a column as text; missing ones are `-`.
fn cells(frame: &DataFrame, column: &str) -> Vec<String> {
    let column = frame.column(column).unwrap_or_else(|_| panic!("no {column} among {:?}", frame.get_column_names()));
    let cell = |at: usize| match column.get(at).expect("a row") {
        AnyValue::Null => "-".to_owned(),
        AnyValue::String(text) => text.to_owned(),
        other => other.to_string(),
    };
    (0..frame.height()).map(cell).collect()
}

#[track_caller]
fn same(frame: &DataFrame, columns: &[(&str, &[&str])]) {
    for (name, expected) in columns {
        assert_eq!(cells(frame, name), *expected, "{name}");
    }
}

fn names(frame: &DataFrame) -> Vec<String> {
    frame.get_column_names().iter().map(ToString::to_string).collect()
}

fn found(findings: &[Finding], code: Code) -> Vec<String> {
    findings.iter().filter(|finding| finding.code == code).filter_map(|finding| finding.place.address()).collect()
}

#[test]
fn parcels_are_the_rows_of_land_with_what_their_holder_lends_them() {
    let (dataset, findings) = read(&[], Rows::ALL, false);
    assert!(findings.iter().all(|finding| finding.severity == Severity::Warning), "{findings:?}");
    let parcels = &dataset.parcels;
    same(
        parcels,
        &[
            ("parcel", &["0", "1", "2", "3"]),
            ("enterprise", &["0", "-", "-", "1"]),
            ("parcel_id", &["P1", "P2", "P3", "P1"]),
            ("enterprise_id", &["E1", "E9", "-", "E2"]),
            ("name", &["甲", "-", "-", "乙"]),
            ("zone", &["Z1", "Z2", "Z1", "Z2"]),
            ("holds_from", &["0", "0", "0", "0"]),
            ("holds_until", &["9999", "9999", "9999", "9999"]),
            // 20,000 m2 × 0.0015 = 30 mu.
            ("area", &["30.0", "15.0", "3.0", "6.0"]),
            ("tenure", &["owned", "-", "-", "leased_in"]),
            ("approved_on", &["2019-01-01", "-", "2024-05-01", "-"]),
            ("cause", &["holder", "gov", "-", "-"]),
            ("mortgaged", &["true", "false", "-", "-"]),
            ("备注", &["甲地", "-", "待供", "-"]),
            ("楼号", &["1.0", "2.0", "-", "3.0"]),
            // Taken by the holder's name.
            ("land_name", &["x", "-", "-", "-"]),
        ],
    );
    let kinds =
        ["parcel", "area", "approved_on", "mortgaged", "cause", "楼号"].map(|name| parcels.column(name).expect(name).dtype().clone());
    let expected = [DataType::Int32, DataType::Float64, DataType::Date, DataType::Boolean, DataType::String, DataType::Float64];
    assert_eq!(kinds, expected);
}

#[test]
fn land_without_a_holder_counts_for_nobody_and_text_stays_out_of_the_panel() {
    let (dataset, _) = read(&[], Rows::ALL, false);
    // E1 owns 30 mu, E2 rents 6; the rows of P2 and P3 are nobody's. One row per enterprise and year.
    same(&dataset.panel, &[("land_mu", &["30.0", "30.0", "6.0", "6.0"]), ("楼号", &["1.0", "1.0", "3.0", "3.0"])]);
    assert!(dataset.panel.column("备注").is_err());
}

#[test]
fn dated_rows_hold_until_the_next_of_the_same_parcel_holder_and_tenure() {
    let land = "\
parcel_id,enterprise_id,area,tenure,year
P1,E1,5,owned,2025
P1,E1,10,,
P1,E2,3,leased_in,
P1,E1,2,leased_out,2024
P1,E1,4,owned,2023
P2,E9,1,,2024
P2,E9,1,,
P2,E8,1,,
";
    let (dataset, _) = read(&[("land.csv", land)], Rows::ALL, false);
    same(
        &dataset.parcels,
        &[
            ("holds_from", &["2025", "0", "0", "2024", "2023", "2024", "0", "0"]),
            ("holds_until", &["9999", "2023", "9999", "9999", "2025", "9999", "2024", "9999"]),
            ("year", &["2025", "-", "-", "2024", "2023", "2024", "-", "-"]),
        ],
    );
}

#[test]
fn dates_in_the_wrong_order_are_kept_and_both_are_in_doubt() {
    let (dataset, findings) = read(&[], Rows::ALL, false);
    // Row 5: delivered on 2021-05-31, supplied on 2021-06-01. Enterprise E1 stopped a day before it began.
    assert_eq!(found(&findings, Code::DatesOutOfOrder), ["E2", "H5"]);
    same(
        &dataset.parcels,
        &[
            ("delivered_on", &["2020-02-01", "-", "-", "2021-05-31"]),
            ("doubt_delivered_on", &["false", "false", "false", "true"]),
            ("doubt_supplied_on", &["false", "false", "false", "true"]),
        ],
    );
    assert!(dataset.parcels.column("doubt_approved_on").is_err());
    same(
        &dataset.panel,
        &[("doubt_stopped_on", &["true", "true", "false", "false"]), ("doubt_production_on", &["true", "true", "false", "false"])],
    );
}

#[test]
fn dates_that_are_not_neighbours_are_compared_too() {
    let land = "parcel_id,enterprise_id,area,approved_on,expropriated_on,supplied_on,delivered_on\nP1,E1,1,2020-01-01,,,2019-01-01\n";
    let (dataset, findings) = read(&[("land.csv", land)], Rows::ALL, false);
    assert_eq!(found(&findings, Code::DatesOutOfOrder), ["E2", "G2"]);
    same(&dataset.parcels, &[("doubt_approved_on", &["true"]), ("doubt_delivered_on", &["true"])]);
    assert!(dataset.parcels.column("doubt_supplied_on").is_err());
}

#[test]
fn dates_that_cannot_be_read_are_in_doubt_under_lenience() {
    let land = "parcel_id,enterprise_id,area,started_on,permit_on\nP1,E1,1,2020年,2020-01-01\nP2,E2,1,2020-03-01,1820-01-01\n";
    let (dataset, findings) = read(&[("land.csv", land)], Rows::ALL, true);
    assert!(findings.iter().all(|finding| finding.severity == Severity::Warning), "{findings:?}");
    assert_eq!((found(&findings, Code::UnparsableCell), found(&findings, Code::DateOutOfRange)), (vec!["D2".into()], vec!["E3".into()]));
    same(
        &dataset.parcels,
        &[
            ("started_on", &["-", "2020-03-01"]),
            ("doubt_started_on", &["true", "false"]),
            ("permit_on", &["2020-01-01", "-"]),
            ("doubt_permit_on", &["false", "true"]),
        ],
    );
    let (_, findings) = read(&[("land.csv", land)], Rows::ALL, false);
    assert_eq!(findings.iter().filter(|finding| finding.severity == Severity::Error).count(), 2);
}

#[test]
fn factories_carry_their_tenant() {
    let factories = "building_id,zone,enterprise_id,built_area,delivered_on,层数\nB1,Z1,E2,1000,2020-01-01,5\nB2,Z2,,2000,,\nB3,Z2,E7,,,\n";
    let (dataset, findings) = read(&[("factories.csv", factories)], Rows::ALL, false);
    assert_eq!(found(&findings, Code::UnknownEnterprise), ["C4", "B3"]);
    same(
        &dataset.factories,
        &[
            ("factory", &["0", "1", "2"]),
            ("enterprise", &["1", "-", "-"]),
            ("building_id", &["B1", "B2", "B3"]),
            ("enterprise_id", &["E2", "-", "E7"]),
            ("name", &["乙", "-", "-"]),
            ("zone", &["Z1", "Z2", "Z2"]),
            ("built_area", &["1000.0", "2000.0", "-"]),
            ("delivered_on", &["2020-01-01", "-", "-"]),
            ("层数", &["5.0", "-", "-"]),
        ],
    );
}

const AGREEMENTS: &str = "\
agreement_id,enterprise_id,parcel_id,signed_on,reach_due_on,tax_per_mu
A1,E2,P1,2020-01-01,2025-01-01,20
A2,E2,,2020-01-01,2019-01-01,
A3,,P3,,,
A4,E9,P2,,,
A5,E1,P4,,,
";

#[test]
fn agreements_find_their_parcel_the_owned_row_first() {
    let (dataset, findings) = read(&[("agreements.csv", AGREEMENTS)], Rows::ALL, false);
    assert_eq!(found(&findings, Code::UnknownParcel), ["C6"]);
    same(
        &dataset.agreements,
        &[
            ("agreement", &["0", "1", "2", "3", "4"]),
            ("enterprise", &["1", "1", "-", "-", "0"]),
            // A1 is of E2, which only rents P1: the agreement is about the land of the owned row.
            ("parcel", &["0", "-", "2", "1", "-"]),
            ("agreement_id", &["A1", "A2", "A3", "A4", "A5"]),
            ("name", &["乙", "乙", "-", "-", "甲"]),
            // The parcel's (E1's, then the land's own), else the enterprise's.
            ("zone", &["Z1", "Z2", "Z1", "Z2", "Z1"]),
            ("parcel_id", &["P1", "-", "P3", "P2", "P4"]),
            ("tax_per_mu", &["20.0", "-", "-", "-", "-"]),
            ("doubt_signed_on", &["false", "true", "false", "false", "false"]),
        ],
    );
}

#[test]
fn of_several_owned_rows_the_same_holder_and_the_last_date_decide() {
    let land = "parcel_id,enterprise_id,area,year\nP1,E1,1,2025\nP1,E2,1,2024\nP1,E2,1,2025\nP1,E2,1,\n";
    let agreements = "agreement_id,enterprise_id,parcel_id\nA1,E2,P1\nA2,,P1\n";
    let (dataset, _) = read(&[("land.csv", land), ("agreements.csv", agreements)], Rows::ALL, false);
    // A2 names no enterprise, and the parcel has two holders.
    same(&dataset.agreements, &[("parcel", &["2", "-"])]);
}

#[test]
fn the_order_of_rows_decides_only_their_numbers() {
    let mut lines: Vec<&str> = LAND.lines().collect();
    lines[1..].reverse();
    let turned = lines.join("\n");
    let (dataset, _) = read(&[("agreements.csv", AGREEMENTS)], Rows::ALL, false);
    let (other, _) = read(&[("agreements.csv", AGREEMENTS), ("land.csv", &turned)], Rows::ALL, false);
    assert_eq!(names(&dataset.parcels), names(&other.parcels));
    for name in names(&dataset.parcels).iter().filter(|name| *name != "parcel") {
        let mut cells_of_other = cells(&other.parcels, name);
        cells_of_other.reverse();
        assert_eq!(cells(&dataset.parcels, name), cells_of_other, "{name}");
    }
    // Row n of four is now row 3 − n.
    same(&other.agreements, &[("parcel", &["3", "-", "1", "2", "-"])]);
}

#[test]
fn nothing_is_stored_or_checked_that_nobody_wants() {
    let (dataset, findings) = read(&[("agreements.csv", AGREEMENTS)], Rows::default(), false);
    assert!(found(&findings, Code::DatesOutOfOrder).is_empty() && found(&findings, Code::UnknownParcel).is_empty());
    let heights = [&dataset.parcels, &dataset.factories, &dataset.agreements].map(DataFrame::height);
    assert_eq!(heights, [0; 3]);
    assert_eq!(
        names(&dataset.parcels),
        ["parcel", "enterprise", "parcel_id", "enterprise_id", "name", "zone", "holds_from", "holds_until"]
    );
    assert_eq!(names(&dataset.factories), ["factory", "enterprise", "building_id", "enterprise_id", "name", "zone"]);
    let of_agreements = ["agreement", "enterprise", "parcel", "agreement_id", "enterprise_id", "name", "zone", "parcel_id"];
    assert_eq!(names(&dataset.agreements), of_agreements);
    assert!(!names(&dataset.panel).iter().any(|name| name.starts_with("doubt_")));
    let texts = dataset.agreements.column("parcel_id").expect("a column").dtype().clone();
    assert_eq!(texts, DataType::String);
}

#[test]
fn a_frame_has_the_columns_that_are_asked_for_and_their_doubts() {
    let wanted: BTreeSet<String> = ["delivered_on", "备注"].map(str::to_owned).into();
    let rows = Rows { land: Want::Only(&wanted), ..Rows::default() };
    let (dataset, findings) = read(&[("agreements.csv", AGREEMENTS)], rows, false);
    let own = ["parcel", "enterprise", "parcel_id", "enterprise_id", "name", "zone", "holds_from", "holds_until"];
    assert_eq!(names(&dataset.parcels), [&own[..], &["delivered_on", "doubt_delivered_on", "备注"]].concat());
    assert_eq!((dataset.agreements.height(), found(&findings, Code::UnknownParcel).len()), (0, 1));
}
