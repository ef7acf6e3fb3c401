//! The statement that grades is run by a second engine, and every column is compared.
//!
//! Needs the Python package duckdb (`.ci/run` installs it); without it the test says so and is skipped.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use mujun::assess::{self, Request};
use mujun::finding::Findings;
use mujun::load::Quiet;
use polars::prelude::{AnyValue, DataFrame, DataType};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn text(value: &AnyValue) -> String {
    match value {
        AnyValue::Null => String::new(),
        AnyValue::String(text) => (*text).to_owned(),
        AnyValue::StringOwned(text) => text.to_string(),
        AnyValue::Float64(number) => format!("{number:?}"),
        AnyValue::Boolean(truth) => truth.to_string(),
        other => other.to_string(),
    }
}

/// Writes a frame as CSV, with its DuckDB types beside it.
fn export(frame: &DataFrame, name: &str, folder: &Path) {
    let mut writer = csv::Writer::from_path(folder.join(format!("{name}.csv"))).expect("a file");
    writer.write_record(frame.columns().iter().map(|column| column.name().as_str())).expect("a heading row");
    for row in 0..frame.height() {
        writer.write_record(frame.columns().iter().map(|column| text(&column.get(row).expect("a cell")))).expect("a row");
    }
    writer.flush().expect("a complete file");
    let types: Vec<String> = frame
        .columns()
        .iter()
        .map(|column| {
            let kind = match column.dtype() {
                DataType::Float64 => "DOUBLE",
                DataType::Int32 => "INTEGER",
                DataType::Boolean => "BOOLEAN",
                DataType::Date => "DATE",
                _ => "VARCHAR",
            };
            format!("{} {kind}", column.name())
        })
        .collect();
    fs::write(folder.join(format!("{name}.types")), types.join("\n")).expect("a file");
}

/// Runs the request in both engines; `false` where DuckDB is not there.
fn same(data: &Path, request: &Request) -> bool {
    let mut findings = Findings::default();
    let prepared = assess::prepare(data, request, &Quiet, &mut findings).unwrap_or_else(|| panic!("{findings:?}"));
    let ours = assess::evaluate(&prepared, &mut findings).expect("polars runs the statement");
    let home = tempfile::tempdir().expect("a temporary directory");
    export(&prepared.dataset.panel, "enterprise_years", home.path());
    export(&prepared.dataset.adjustments, "adjustments", home.path());
    let (statement, out) = (home.path().join("statement.sql"), home.path().join("out.csv"));
    fs::write(&statement, prepared.statement.text()).expect("a file");
    let run = Command::new("python3")
        .arg(root().join("tests/oracle/run_duckdb.py"))
        .args([&statement, &home.path().to_path_buf(), &out])
        .output();
    let run = match run {
        Ok(run) if run.status.code() == Some(77) => return false,
        Ok(run) => run,
        Err(_) => return false,
    };
    assert!(run.status.success(), "{}\n{}", prepared.statement.text(), String::from_utf8_lossy(&run.stderr));
    let mut reader = csv::Reader::from_path(&out).expect("DuckDB's answer");
    let headings: Vec<String> = reader.headers().expect("headings").iter().map(str::to_owned).collect();
    let names: Vec<String> = ours.columns().iter().map(|column| column.name().to_string()).collect();
    assert_eq!(headings, names);
    let theirs: Vec<csv::StringRecord> = reader.records().map(|row| row.expect("a row")).collect();
    assert_eq!(theirs.len(), ours.height());
    for (row, record) in theirs.iter().enumerate() {
        for (column, there) in ours.columns().iter().zip(record) {
            let here = text(&column.get(row).expect("a cell"));
            let close = match (here.parse::<f64>(), there.parse::<f64>()) {
                // Points are not rounded: engines may differ in the last bit.
                (Ok(here), Ok(there)) => (here - there).abs() <= 1e-9 * there.abs().max(1.0),
                _ => here == there,
            };
            assert!(close, "row {row}, {}: polars {here:?}, DuckDB {there:?}", column.name());
        }
    }
    true
}

#[test]
fn both_engines_give_the_same_table() {
    let sample = root().join("sample_data");
    let columns = |policy: &str| {
        let source = mujun::policy::library::find(policy, &mut Findings::default()).expect("a built-in method");
        let policy = mujun::policy::read(&source, &mujun::policy::subject::Extra::new(), &mut Findings::default()).expect("a sound method");
        mujun::plan::result_columns(&policy).into_iter().chain(mujun::plan::detail_columns(&policy)).collect::<Vec<_>>()
    };
    let mut requests = Vec::new();
    for policy in ["default", "huangyan-2022"] {
        requests.push((sample.clone(), Request { policy: Some(policy.to_owned()), columns: Some(columns(policy)), ..Request::default() }));
        for by in ["zone", "industry", "group"] {
            requests.push((sample.clone(), Request { policy: Some(policy.to_owned()), by: Some(by.to_owned()), ..Request::default() }));
        }
    }
    let lishui = root().join("tests/data/lishui-2019");
    requests.push((lishui, Request { policy: Some("huangyan-2022".to_owned()), ..Request::default() }));
    requests.push((
        sample,
        Request { filter: Some("land_mu >= 50 AND tax_evaluated / land_mu < 10".to_owned()), year: Some(2024), ..Request::default() },
    ));
    for (data, request) in requests {
        if !same(&data, &request) {
            eprintln!("skipped: DuckDB for Python is not installed (python3 -m pip install duckdb)");
            return;
        }
    }
}
