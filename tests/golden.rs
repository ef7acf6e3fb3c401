//! Results against figures that were not made by this program.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

type Rows = Vec<BTreeMap<String, String>>;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn rows(text: &str) -> Rows {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader.deserialize().map(|row| row.expect("a row of CSV")).collect()
}

fn rank(arguments: &[&str]) -> Rows {
    let output = Command::new(env!("CARGO_BIN_EXE_mujun"))
        .arg("rank")
        .args(arguments)
        .args(["--format", "csv", "--lang", "en"])
        .output()
        .expect("the program runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    rows(&String::from_utf8(output.stdout).expect("UTF-8"))
}

/// A decimal text rounded half-up (away from zero), by hand on the digits.
fn rounded(text: &str, decimals: u32) -> String {
    let number: rust_decimal::Decimal = text.parse().unwrap_or_else(|_| panic!("a number: {text:?}"));
    let mut number = number.round_dp_with_strategy(decimals, rust_decimal::RoundingStrategy::MidpointAwayFromZero);
    number.rescale(decimals);
    number.to_string()
}

/// Points and scores of ten units of a city in 2019 under the method of Huangyan 2022. Source: `tests/data/lishui-2019/README.md`.
#[test]
fn ten_units_of_a_city_score_as_published_figures_say() {
    let data = root().join("tests/data/lishui-2019");
    let ranked = rank(&[data.to_str().expect("a path"), "--policy", "huangyan-2022", "--year", "2019"]);
    let expected = rows(&std::fs::read_to_string(data.join("expected-huangyan-2022.txt")).expect("the vector"));
    assert_eq!(ranked.len(), expected.len());
    for (place, (ours, theirs)) in ranked.iter().zip(&expected).enumerate() {
        assert_eq!(ours["place"], (place + 1).to_string());
        for (column, value) in theirs {
            let value_here = if column == "name" { ours[column].clone() } else { rounded(&ours[column], 4) };
            assert_eq!(&value_here, value, "{column} of {}", theirs["name"]);
        }
    }
}

/// The sample data under `default`, against plain Python with `decimal` (`tests/oracle/default_policy.py`, which wrote the file).
#[test]
fn the_sample_ranks_as_the_independent_calculation_says() {
    let ranked = rank(&[root().join("sample_data").to_str().expect("a path"), "--year", "2025"]);
    let expected = rows(&std::fs::read_to_string(root().join("tests/golden/sample-2025.csv")).expect("the golden file"));
    same_results(&ranked, &expected);
}

/// A generated data set of 5,000 enterprises with gaps, ties, refunds and measures, against the same Python.
#[test]
fn five_thousand_enterprises_rank_as_the_independent_calculation_says() {
    let home = tempfile::tempdir().expect("a temporary directory");
    for seed in ["1", "2"] {
        let data = home.path().join(seed);
        let python = |script: &str, arguments: &[&str]| {
            Command::new("python3").arg(root().join("tests/oracle").join(script)).args(arguments).output()
        };
        let data_text = data.to_str().expect("a path");
        match python("make_panel.py", &["5000", data_text, seed]) {
            Ok(made) => assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr)),
            Err(error) => {
                eprintln!("skipped: python3 does not run ({error})");
                return;
            }
        }
        let oracle = python("default_policy.py", &[data_text, "2025"]).expect("python3 ran before");
        assert!(oracle.status.success(), "{}", String::from_utf8_lossy(&oracle.stderr));
        same_results(&rank(&[data_text, "--year", "2025"]), &rows(&String::from_utf8(oracle.stdout).expect("UTF-8")));
    }
}

/// Small data run stage by stage and ordered by the engine; large data run whole and ordered by `order`. Both give the same rows.
#[test]
fn the_whole_statement_at_once_gives_the_same_rows_in_the_same_order() {
    use mujun::{assess, engine, finding::Findings, load::Quiet, order};
    for policy in ["default", "huangyan-2022"] {
        let request = assess::Request { policy: Some(policy.to_owned()), ..assess::Request::default() };
        let prepared = assess::prepare(&root().join("sample_data"), &request, &Quiet, &mut Findings::default()).expect("a sound sample");
        let staged = assess::evaluate(&prepared, &mut Findings::default()).expect("polars runs the stages");
        let tables = [("enterprise_years", &prepared.dataset.panel), ("adjustments", &prepared.dataset.adjustments)];
        let whole = engine::evaluate(&prepared.statement.unordered(), &tables).expect("polars runs the statement");
        let groups = prepared.statement.usual.clone().expect("the usual order");
        let ordered = order::published(whole, &groups).expect("an order");
        assert!(ordered.equals_missing(&staged), "{policy}:\n{ordered}\n{staged}");
    }
}

/// Outcome, group, place, score, grade and review are equal; values and points to the last digit but one.
fn same_results(ours: &Rows, theirs: &Rows) {
    assert_eq!(ours.len(), theirs.len(), "as many rows");
    let ours: BTreeMap<&str, &BTreeMap<String, String>> = ours.iter().map(|row| (row["enterprise_id"].as_str(), row)).collect();
    for expected in theirs {
        let id = expected["enterprise_id"].as_str();
        let row = ours.get(id).unwrap_or_else(|| panic!("{id} is not ranked"));
        for (column, value) in expected {
            let here = &row[column];
            if value.is_empty()
                || here.is_empty()
                || ["enterprise_id", "outcome", "group", "place", "grade", "review"].contains(&column.as_str())
            {
                assert_eq!(here, value, "{column} of {id}");
            } else {
                let (here, there): (f64, f64) = (here.parse().expect("a number"), value.parse().expect("a number"));
                assert!((here - there).abs() < 1.5e-6, "{column} of {id}: {here}, not {there}");
            }
        }
    }
}

/// Every file of `Path` that the README of the sample names is there.
#[test]
fn the_sample_has_the_tables_it_promises() {
    for table in ["enterprises", "land", "output", "tax", "energy", "adjustments", "zones"] {
        assert!(Path::new(&root().join("sample_data").join(format!("{table}.csv"))).is_file(), "{table}");
    }
}
