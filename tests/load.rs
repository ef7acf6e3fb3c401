//! Loading: one failing example per finding code, and the promises that hold for every data set.

use std::path::Path;

use mujun::finding::{Code, Finding, Findings, Severity};
use mujun::load::{Dataset, Options, Quiet, Rows, load};
use proptest::prelude::*;

const ENTERPRISES: &str = "enterprise_id,name,zone,industry\nE1,甲,Z1,C35\nE2,乙,Z1,C3625\n";
const LAND: &str = "parcel_id,enterprise_id,area,tenure\nP1,E1,10,owned\nP2,E2,20,owned\n";
const OUTPUT: &str = "enterprise_id,year,gross_output\nE1,2024,100\nE1,2025,110\nE2,2025,200\n";
const TAX: &str = "enterprise_id,year,tax_paid\nE1,2024,5\nE2,2025,-1\n";
const ENERGY: &str = "enterprise_id,year,energy_tce\nE1,2025,7\n";
const SOUND: [(&str, &str); 5] =
    [("enterprises.csv", ENTERPRISES), ("land.csv", LAND), ("output.csv", OUTPUT), ("tax.csv", TAX), ("energy.csv", ENERGY)];

fn load_bytes(files: &[(&str, &[u8])], lenient: bool) -> (Option<Dataset>, Vec<Finding>) {
    let directory = tempfile::tempdir().expect("a directory");
    for (name, bytes) in SOUND.map(|(name, text)| (name, text.as_bytes())).iter().chain(files) {
        std::fs::write(directory.path().join(name), bytes).expect("a file");
    }
    load_directory(directory.path(), lenient)
}

fn load_directory(directory: &Path, lenient: bool) -> (Option<Dataset>, Vec<Finding>) {
    let mut findings = Findings::default();
    let dataset =
        load(directory, &Options { lenient, keep: None, rows: Rows::CHECKED, parts: false, tried: &[], progress: &Quiet }, &mut findings);
    (dataset, findings.iter().cloned().collect())
}

fn found(files: &[(&str, &str)]) -> Vec<(Code, Severity, Option<String>)> {
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
    told(&load_bytes(&files, false).1)
}

fn told(findings: &[Finding]) -> Vec<(Code, Severity, Option<String>)> {
    findings.iter().map(|finding| (finding.code, finding.severity, finding.place.address())).collect()
}

#[track_caller]
fn one(file: &str, text: &str, code: Code, severity: Severity, address: &str) {
    let all = found(&[(file, text)]);
    assert!(all.contains(&(code, severity, Some(address.to_owned()))), "{all:?}");
}

fn numbers(dataset: &Dataset, column: &str) -> Vec<Option<f64>> {
    dataset.panel.column(column).expect(column).f64().expect("numbers").iter().collect()
}

use Severity::{Error, Warning};

#[test]
fn a_sound_data_set_has_no_findings_and_a_row_for_every_enterprise_and_year() {
    let (dataset, findings) = load_bytes(&[], false);
    assert_eq!(findings, []);
    let dataset = dataset.expect("a data set");
    assert_eq!((dataset.enterprises, dataset.years.as_slice(), dataset.panel.height()), (2, &[2024, 2025][..], 4));
    assert_eq!(numbers(&dataset, "land_mu"), [Some(10.0), Some(10.0), Some(20.0), Some(20.0)]);
    assert_eq!(numbers(&dataset, "gross_output"), [Some(100.0), Some(110.0), None, Some(200.0)]);
    assert_eq!(numbers(&dataset, "tax_evaluated"), [Some(5.0), None, None, Some(-1.0)]);
    assert_eq!(numbers(&dataset, "energy_tce"), [None, Some(7.0), None, None]);
    let divisions = dataset.panel.column("industry_division").expect("a column");
    assert_eq!(divisions.str().expect("text").iter().collect::<Vec<_>>(), [Some("35"), Some("35"), Some("36"), Some("36")]);
    let groups = dataset.panel.column("industry_group").expect("a column");
    assert_eq!(groups.str().expect("text").iter().collect::<Vec<_>>(), [None, None, Some("362"), Some("362")]);
}

#[test]
fn files_that_are_missing_or_unknown_are_named() {
    let empty = tempfile::tempdir().expect("a directory");
    let (dataset, findings) = load_directory(empty.path(), false);
    assert!(dataset.is_none());
    assert_eq!(findings.iter().filter(|finding| finding.code == Code::MissingFile).count(), 5);
    let file = empty.path().join("a.csv");
    std::fs::write(&file, "").expect("a file");
    assert_eq!(told(&load_directory(&file, false).1), [(Code::MissingDirectory, Error, None)]);
    assert_eq!(found(&[("outputs.csv", "x")]), [(Code::UnknownFile, Warning, None)]);
    std::fs::create_dir(empty.path().join("land.csv")).expect("a directory");
    assert!(told(&load_directory(empty.path(), false).1).contains(&(Code::UnreadableFile, Error, None)));
}

#[test]
fn headings_are_checked() {
    one("tax.csv", "1,2,3\n", Code::MissingHeading, Error, "1:1");
    one("tax.csv", "enterprise_id,year\nE1,2024\n", Code::MissingColumn, Error, "1:1");
    one("tax.csv", "enterprise_id,year,tax_paid,x,x\n", Code::DuplicateHeading, Error, "E1");
    one("tax.csv", "enterprise_id,year,tax_paid,税收\n", Code::DuplicateColumn, Error, "D1");
    for blank in [
        "enterprise_id,year,tax_paid,\nE1,2024,1,\n",
        "enterprise_id,,year,tax_paid,,,\nE1,,2024,1,,,\n",
        ",,enterprise_id,year,tax_paid\n,,E1,2024,1\n",
    ] {
        assert_eq!(found(&[("tax.csv", blank)]), [], "a column that is wholly blank: {blank}");
    }
    one("tax.csv", "enterprise_id,year,tax_paid,\nE1,2024,1,x\n", Code::EmptyHeading, Error, "D1");
    one("tax.csv", "enterprise_id,year,tax_paid(吨)\n", Code::UnknownUnit, Error, "C1");
    assert_eq!(found(&[("tax.csv", "enterprise_id,year,tax_paid\n")]), [(Code::NoRows, Warning, None)]);
    assert!(found(&[("enterprises.csv", "enterprise_id,name,zone\n")]).contains(&(Code::NoRows, Error, None)));
}

#[test]
fn records_that_are_broken_name_their_row() {
    one("tax.csv", "enterprise_id,year,tax_paid\nE1,2024,1\nE2,2024\n", Code::RaggedRow, Error, "3:3");
    one("tax.csv", "enterprise_id,year,tax_paid\n\nE1,2024,1,000\n", Code::RaggedRow, Error, "3:3");
    one("tax.csv", "enterprise_id,year,tax_paid\nE1,2024,\"1\nE2,2024,1\n", Code::UnclosedQuote, Error, "C2");
    one("tax.csv", "enterprise_id,year,tax_paid\nE1,2024,1\nE2,20\u{0}24,1\n", Code::NulByte, Error, "B3");
    let (_, findings) = load_bytes(&[("tax.csv", b"enterprise_id,year,tax_paid\nE1,2024,1\nE2,2024,\xb9\n")], false);
    assert_eq!(told(&findings), [(Code::NotUtf8, Error, Some("C3".to_owned()))]);
}

#[test]
fn cells_that_are_wrong_name_their_address() {
    one("tax.csv", "enterprise_id,year,tax_paid\nE1,2024,\"1,00\"\n", Code::UnparsableCell, Error, "C2");
    one("tax.csv", "enterprise_id,year,tax_paid\nE1,2024,1e400\n", Code::NotFinite, Error, "C2");
    one("land.csv", "parcel_id,enterprise_id,area\nP,E1,-1\n", Code::NegativeValue, Error, "C2");
    one("land.csv", "parcel_id,enterprise_id,area,foundation_done\nP,E1,1,1.5\n", Code::OutOfRange, Error, "D2");
    one("tax.csv", "enterprise_id,year,tax_paid\nE1,1989,1\n", Code::YearOutOfRange, Error, "B2");
    one("tax.csv", "enterprise_id,year,tax_paid\nE1,,1\n", Code::MissingValue, Error, "B2");
    one("tax.csv", "enterprise_id,year,tax_paid\n9.11E+17,2024,1\n", Code::ScientificId, Error, "A2");
    one("enterprises.csv", "enterprise_id,name,zone\n91110000600037341M,甲,Z\n", Code::BadCreditCode, Warning, "A2");
    one("enterprises.csv", "enterprise_id,name,zone,industry\nE1,甲,Z,机械\n", Code::BadIndustryCode, Warning, "D2");
    one("adjustments.csv", "enterprise_id,year,kind,value,reason\nE1,2025,points,x,r\n", Code::UnparsableCell, Error, "D2");
}

#[test]
fn rows_are_checked_against_rows() {
    one("tax.csv", "enterprise_id,year,tax_paid\nE1,2024,1\nE1,2024,2\n", Code::DuplicateRow, Error, "3:3");
    one("land.csv", "parcel_id,enterprise_id,area\nP,E1,1\nP,E1,2\n", Code::DuplicateRow, Error, "3:3");
    one("enterprises.csv", "enterprise_id,name,zone\nE1,甲,Z\nE1,乙,Z\n", Code::DuplicateRow, Error, "3:3");
    one("factories.csv", "building_id,zone\nB,Z\nB,Z\n", Code::DuplicateRow, Error, "3:3");
    one("tax.csv", "enterprise_id,year,tax_paid\nE3,2024,1\n", Code::UnknownEnterprise, Warning, "A2");
    one("zones.csv", "zone\nZ2\n", Code::UnknownZone, Warning, "C2");
    one("land.csv", "parcel_id,enterprise_id,area\nP,E1,1\n", Code::NoLand, Warning, "A3");
    one("land.csv", "parcel_id,enterprise_id,area,tenure\nP,E1,1,租出\n", Code::LandNotPositive, Warning, "A2");
}

#[test]
fn a_million_faults_are_a_thousand_and_a_count_whatever_the_threads() {
    // 200,000 lines of 15 bytes are three pieces. Every row is of a known enterprise and has a word for its figure.
    let text = format!("enterprise_id,year,tax_paid\n{}", "E1,2025,vielen\n".repeat(200_000));
    let directory = tempfile::tempdir().expect("a directory");
    for (name, text) in SOUND.iter().filter(|(name, _)| *name != "tax.csv").chain(&[("tax.csv", text.as_str())]) {
        std::fs::write(directory.path().join(name), text).expect("a file");
    }
    let read = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        pool.install(|| load_directory(directory.path(), false).1)
    };
    let alone = read(1);
    let of = |code: Code| alone.iter().filter(move |finding| finding.code == code);
    let cells: Vec<Option<u64>> = of(Code::UnparsableCell).map(|finding| finding.place.row()).collect();
    assert_eq!(cells.len(), 1001);
    assert!((0..1000).all(|at| cells[at] == Some(at as u64 + 2)));
    let times = |code| of(code).map(|finding| finding.times).sum::<u64>();
    // All rows after the first are of the same enterprise and year.
    assert_eq!([times(Code::UnparsableCell), times(Code::DuplicateRow)], [200_000, 199_999]);
    assert_eq!(alone, read(4));
}

#[test]
fn lenience_turns_cells_into_missing_ones_but_not_keys() {
    let (dataset, findings) = load_bytes(&[("tax.csv", b"enterprise_id,year,tax_paid\nE1,2024,x\nE1,1800,1\n")], true);
    let told = told(&findings);
    assert_eq!(told, [(Code::UnparsableCell, Warning, Some("C2".to_owned())), (Code::YearOutOfRange, Error, Some("B3".to_owned()))]);
    assert_eq!(numbers(&dataset.expect("a data set"), "tax_paid"), [None; 4]);
}

#[test]
fn lenience_is_for_what_cannot_be_read_not_for_what_cannot_be() {
    let land = "parcel_id,enterprise_id,area\nP,E1,-3\nQ,E2,NaN\nR,E2,many\n";
    let (_, findings) = load_bytes(&[("land.csv", land.as_bytes())], true);
    let told: Vec<_> = findings.iter().map(|finding| (finding.code, finding.severity)).take(3).collect();
    assert_eq!(told, [(Code::NegativeValue, Error), (Code::NotFinite, Error), (Code::UnparsableCell, Warning)]);
}

#[test]
fn dated_land_holds_until_the_next_date() {
    let land = "parcel_id,enterprise_id,area,year\nP,E1,10,\nP,E1,4,2025\nQ,E2,5,2025\n";
    let (dataset, findings) = load_bytes(&[("land.csv", land.as_bytes())], false);
    assert_eq!(findings, []);
    assert_eq!(numbers(&dataset.expect("a data set"), "land_mu"), [Some(10.0), Some(4.0), None, Some(5.0)]);
}

#[test]
fn emissions_are_summed_exactly_where_no_sum_is_given() {
    let energy = "enterprise_id,year,cod_t,so2_t,emission_t\nE1,2024,0.1,0.2,\nE1,2025,0.1,,\nE2,2025,1,1,9\n";
    let (dataset, _) = load_bytes(&[("energy.csv", energy.as_bytes())], false);
    assert_eq!(numbers(&dataset.expect("a data set"), "emission_t"), [Some(0.3), None, None, Some(9.0)]);
}

#[test]
fn zones_hold_from_their_year_and_extra_columns_keep_their_headings() {
    let zones = "zone,name,year,备注\nZ1,老,2024,a\nZ1,新,2025,b\n";
    let output = "enterprise_id,year,gross_output,备注\nE1,2024,1,3\nE1,2025,1,\nE2,2025,1,4\n";
    let (dataset, findings) = load_bytes(&[("zones.csv", zones.as_bytes()), ("output.csv", output.as_bytes())], false);
    assert_eq!(findings, []);
    let dataset = dataset.expect("a data set");
    let names = dataset.panel.column("zone_name").expect("a column").str().expect("text").clone();
    assert_eq!(names.iter().collect::<Vec<_>>(), [Some("老"), Some("新"), Some("老"), Some("新")]);
    assert_eq!(numbers(&dataset, "备注"), [Some(3.0), None, None, Some(4.0)]);
    assert!(dataset.panel.column("zones_备注").is_ok());
}

/// land_mu and gross_output by enterprise id and year.
fn figures(land: &str, output: &str, enterprises: &str) -> Vec<(String, i32, Option<u64>, Option<u64>)> {
    let files = [("land.csv", land.as_bytes()), ("output.csv", output.as_bytes()), ("enterprises.csv", enterprises.as_bytes())];
    let (dataset, findings) = load_bytes(&files, false);
    assert!(findings.iter().all(|finding| finding.severity == Warning), "{findings:?}");
    let dataset = dataset.expect("a data set");
    let ids = dataset.panel.column("enterprise_id").expect("ids").str().expect("text").clone();
    let years = dataset.panel.column("year").expect("years").i32().expect("numbers").clone();
    let bits = |name: &str| numbers(&dataset, name).into_iter().map(|value| value.map(f64::to_bits)).collect::<Vec<_>>();
    let rows = ids.iter().zip(years.iter()).zip(bits("land_mu")).zip(bits("gross_output"));
    let mut rows: Vec<_> =
        rows.map(|(((id, year), land), output)| (id.unwrap_or("").to_owned(), year.unwrap_or(0), land, output)).collect();
    rows.sort();
    rows
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn the_order_of_rows_and_columns_and_the_cut_of_parcels_do_not_matter(
        areas in prop::collection::vec(1_u64..1_000_000, 1..12),
        outputs in prop::collection::vec(0_u64..100_000_000, 2),
    ) {
        let mut rows: Vec<String> = areas.iter().enumerate().map(|(at, area)| format!("P{at},E{},{}.{:02}", at % 2 + 1, area / 100, area % 100)).collect();
        let land = format!("parcel_id,enterprise_id,area\n{}\n", rows.join("\n"));
        let output = format!("enterprise_id,year,gross_output\nE1,2024,{}\nE2,2025,{}\n", outputs[0], outputs[1]);
        let expected = figures(&land, &output, ENTERPRISES);

        rows.reverse();
        let turned = rows.iter().map(|row| row.split(',').rev().collect::<Vec<_>>().join(",")).collect::<Vec<_>>().join("\n");
        let enterprises = "zone,name,enterprise_id,industry\nZ1,乙,E2,C36\nZ1,甲,E1,C35\n";
        let other = format!("gross_output,year,enterprise_id\n{},2025,E2\n{},2024,E1\n", outputs[1], outputs[0]);
        prop_assert_eq!(&figures(&format!("area,enterprise_id,parcel_id\n{turned}\n"), &other, enterprises), &expected);

        let halves: Vec<String> = areas.iter().enumerate().flat_map(|(at, area)| {
            let (a, b) = (area / 3, area - area / 3);
            [("a", a), ("b", b)].map(|(half, area)| format!("P{at}{half},E{},{}.{:02}", at % 2 + 1, area / 100, area % 100))
        }).collect();
        let halved = format!("parcel_id,enterprise_id,area\n{}\n", halves.join("\n"));
        prop_assert_eq!(&figures(&halved, &output, ENTERPRISES), &expected);
    }

    #[test]
    fn units_do_not_matter(mu_hundredths in 1_u64..10_000_000, ten_thousandths in 0_u64..1_000_000_000_000) {
        // 3 mu = 2000 m2: hundredths of 3 mu are twentieths of 400 m2, so that both texts are exact.
        let thirds = mu_hundredths * 3;
        let mu = format!("parcel_id,enterprise_id,area\nP,E1,{}.{:02}\n", thirds / 100, thirds % 100);
        let square = format!("parcel_id,enterprise_id,用地面积（平方米）\nP,E1,{}\n", mu_hundredths * 20);
        let (whole, rest) = (ten_thousandths / 10_000, ten_thousandths % 10_000);
        let wan = format!("enterprise_id,year,gross_output\nE1,2024,{whole}.{rest:04}\n");
        let yuan = format!("enterprise_id,year,工业总产值（元）\nE1,2024,{ten_thousandths}\n");
        prop_assert_eq!(figures(&mu, &wan, ENTERPRISES), figures(&square, &yuan, ENTERPRISES));
    }
}
