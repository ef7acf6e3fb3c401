//! The statements that grade and those that flag are run by a second engine, and every column is compared.
//!
//! Needs the Python package duckdb (`.ci/run` installs it); without it the test says so and is skipped.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use mujun::assess::{self, Request, flag, grades, zone};
use mujun::engine;
use mujun::finding::Findings;
use mujun::load::Quiet;
use mujun::policy::subject::Extra;
use mujun::policy::{book, library};
use polars::prelude::{AnyValue, DataFrame, DataType, IdxCa, IdxSize};
use rayon::prelude::*;

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
                DataType::Int64 => "BIGINT",
                DataType::Boolean => "BOOLEAN",
                DataType::Date => "DATE",
                _ => "VARCHAR",
            };
            format!("{} {kind}", column.name())
        })
        .collect();
    fs::write(folder.join(format!("{name}.types")), types.join("\n")).expect("a file");
}

/// What DuckDB gives: headings and rows.
struct Answer {
    headings: Vec<String>,
    rows: Vec<Vec<String>>,
}

/// Runs statements over tables in DuckDB; `None` where DuckDB is not there.
fn answers(statements: &[String], tables: &[(&str, &DataFrame)]) -> Option<Vec<Answer>> {
    let home = tempfile::tempdir().expect("a temporary directory");
    tables.iter().for_each(|(name, frame)| export(frame, name, home.path()));
    let path = |at: usize, ending: &str| home.path().join(format!("{at}.{ending}"));
    let mut run = Command::new("python3");
    run.arg(root().join("tests/oracle/run_duckdb.py")).arg(home.path());
    for (at, statement) in statements.iter().enumerate() {
        fs::write(path(at, "sql"), statement).expect("a file");
        run.arg(path(at, "sql")).arg(path(at, "out"));
    }
    let run = run.output().ok().filter(|run| run.status.code() != Some(77))?;
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let answer = |at: usize| {
        let mut reader = csv::Reader::from_path(path(at, "out")).expect("DuckDB's answer");
        let headings = reader.headers().expect("headings").iter().map(str::to_owned).collect();
        Answer { headings, rows: reader.records().map(|row| row.expect("a row").iter().map(str::to_owned).collect()).collect() }
    };
    Some((0..statements.len()).map(answer).collect())
}

/// The same columns, and the same cells row by row.
fn compare(what: &str, ours: &DataFrame, theirs: &Answer) {
    let names: Vec<String> = ours.columns().iter().map(|column| column.name().to_string()).collect();
    assert_eq!(theirs.headings, names, "{what}");
    assert_eq!(theirs.rows.len(), ours.height(), "{what}");
    for (row, record) in theirs.rows.iter().enumerate() {
        for (column, there) in ours.columns().iter().zip(record) {
            let here = text(&column.get(row).expect("a cell"));
            let close = match (here.parse::<f64>(), there.parse::<f64>()) {
                // Points are not rounded: engines may differ in the last bit.
                (Ok(here), Ok(there)) => (here - there).abs() <= 1e-9 * there.abs().max(1.0),
                _ => here == *there,
            };
            assert!(close, "{what}, row {row}, {}: polars {here:?}, DuckDB {there:?}", column.name());
        }
    }
}

/// Runs the request in both engines; `false` where DuckDB is not there.
fn same(data: &Path, request: &Request) -> bool {
    let mut findings = Findings::default();
    let prepared = assess::prepare(data, request, &Quiet, &mut findings).unwrap_or_else(|| panic!("{findings:?}"));
    let ours = assess::evaluate(&prepared, &mut findings).expect("polars runs the statement");
    let tables = [("enterprise_years", &prepared.dataset.panel), ("adjustments", &prepared.dataset.adjustments)];
    let statement = prepared.statement.text();
    let Some(theirs) = answers(std::slice::from_ref(&statement), &tables) else { return false };
    compare(&statement, &ours, &theirs[0]);
    true
}

const SKIPPED: &str = "skipped: DuckDB for Python is not installed (python3 -m pip install duckdb)";

/// Every column that a method makes.
fn columns(policy: &str) -> Vec<String> {
    let mut findings = Findings::default();
    let source = library::find(policy, &mut findings).expect("a method");
    let policy = mujun::policy::read(&source, &Extra::new(), &mut findings).unwrap_or_else(|| panic!("{findings:?}"));
    mujun::plan::result_columns(&policy).into_iter().chain(mujun::plan::detail_columns(&policy)).collect()
}

/// Every method of the library, and a method with every word that none of them uses, over made enterprises with gaps, ties and tenants.
#[test]
fn both_engines_give_the_same_table_for_every_method() {
    let home = tempfile::tempdir().expect("a temporary directory");
    let data = home.path().join("made");
    let script = root().join("tests/oracle/make_enterprises.py");
    let made = Command::new("python3").arg(script).arg(&data).args(["250", "5"]).status();
    if !made.is_ok_and(|status| status.success()) {
        eprintln!("skipped: python3 is not there");
        return;
    }
    let own = ["every-word", "every-word-beside"].map(|name| root().join(format!("tests/data/{name}.toml")).display().to_string());
    let all: Vec<String> = library::BUILT_IN.iter().map(|(id, _)| (*id).to_owned()).chain(own).collect();
    let here = all.par_iter().all(|policy| {
        let columns = Some(columns(policy));
        let request = Request { policy: Some(policy.clone()), year: Some(2024), columns, ..Request::default() };
        let rolled = Request { by: Some("zone".to_owned()), columns: None, ..request.clone() };
        same(&data, &request) && (!policy.contains("every-word") || same(&data, &rolled))
    });
    if !here {
        eprintln!("{SKIPPED}");
    }
}

#[test]
fn both_engines_give_the_same_table() {
    let sample = root().join("sample_data");
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
            eprintln!("{SKIPPED}");
            return;
        }
    }
}

/// The rows in the order of their identity: the statements that flag leave the order to the reports.
fn by_identity(ours: &DataFrame, theirs: &mut Answer, identity: &[&str]) -> DataFrame {
    let key = |row: &[String], names: &[String]| -> Vec<String> {
        identity.iter().map(|wanted| names.iter().position(|name| name == wanted).map_or(String::new(), |at| row[at].clone())).collect()
    };
    theirs.rows.sort_by_cached_key(|row| key(row, &theirs.headings));
    let names: Vec<String> = ours.columns().iter().map(|column| column.name().to_string()).collect();
    let cells = |row: usize| -> Vec<String> { ours.columns().iter().map(|column| text(&column.get(row).expect("a cell"))).collect() };
    let mut places: Vec<usize> = (0..ours.height()).collect();
    places.sort_by_cached_key(|&row| key(&cells(row), &names));
    let places: Vec<IdxSize> = places.into_iter().map(|row| row as IdxSize).collect();
    ours.take(&IdxCa::from_vec("places".into(), places)).expect("rows of the frame")
}

/// Every statement of `flag` for a request in both engines, and what the program makes of it stage by stage. How many rows were
/// compared; `None` where DuckDB is not there.
fn same_verdicts(data: &Path, request: &flag::Request) -> Option<usize> {
    let mut findings = Findings::default();
    let prepared = flag::prepare(data, request, &Quiet, &mut findings).unwrap_or_else(|| panic!("{findings:?}"));
    let flagged = flag::evaluate(&prepared, &mut findings).expect("polars runs the statements");
    let dataset = &prepared.dataset;
    let known = flagged.review.as_ref().map(|rows| (prepared.year, rows));
    let grades = grades::frame(&prepared.graded, known, dataset).expect("a frame");
    let tables = [
        ("enterprise_years", &dataset.panel),
        ("adjustments", &dataset.adjustments),
        ("grades", &grades),
        ("parcels", &dataset.parcels),
        ("factories", &dataset.factories),
        ("agreements", &dataset.agreements),
    ];
    let mut statements: Vec<String> =
        prepared.review.iter().chain(prepared.graded.iter().map(|(_, graded)| graded)).map(|one| one.text()).collect();
    let methods = statements.len();
    statements.extend(prepared.statements.iter().map(|(_, statement)| statement.text()));
    statements.extend(prepared.inventories.iter().map(|(_, statement)| statement.text()));
    let mut theirs = answers(&statements, &tables)?;
    let mut compared = 0;
    for (at, (statement, theirs)) in statements.iter().zip(&mut theirs).enumerate() {
        let ours = engine::evaluate(statement, &tables).unwrap_or_else(|error| panic!("{error}\n{statement}"));
        if at < methods {
            compare(statement, &ours, theirs);
            continue;
        }
        let identity = ["enterprise", "parcel_id", "building_id", "agreement_id", "zone", "state"];
        let ours = by_identity(&ours, theirs, &identity);
        compare(statement, &ours, theirs);
        compared += ours.height();
        // What the program tells is that answer.
        let told = match flagged.found.iter().find(|found| found.statement + methods == at) {
            Some(found) => &found.rows,
            None => &flagged.inventories[at - methods - prepared.statements.len()].1,
        };
        compare(statement, &by_identity(told, theirs, &identity), theirs);
    }
    Some(compared)
}

#[test]
fn both_engines_give_the_same_verdicts() {
    let books: Vec<String> = library::BOOKS.iter().map(|(id, _)| (*id).to_owned()).collect();
    let mut rules = vec![assess::books::REVIEW.to_owned()];
    for id in &books {
        let mut findings = Findings::default();
        let source = library::find_book(id, &mut findings).expect("a built-in book");
        let book = book::read(&source, &Extra::new(), &mut findings).unwrap_or_else(|| panic!("{findings:?}"));
        rules.extend(book.rules.iter().map(|rule| rule.id.clone()));
    }
    let sample = root().join("sample_data");
    let named = flag::Request { books: books.clone(), rules, ..flag::Request::default() };
    let local = flag::Request { books, ..flag::Request::default() };
    let earlier = flag::Request { year: Some(2024), as_of: Some("2024-02-29".to_owned()), ..local.clone() };
    for request in [named, local, earlier] {
        let Some(rows) = same_verdicts(&sample, &request) else {
            eprintln!("{SKIPPED}");
            return;
        };
        assert!(rows > 200, "{rows} rows of the sample are no test");
    }
}

/// The statement of a zone plan in both engines; `false` where DuckDB is not there.
fn same_plan(data: &[PathBuf], request: &zone::Request) -> bool {
    let mut findings = Findings::default();
    let (dataset, planned) = zone::prepare(data, request, &Quiet, &mut findings).unwrap_or_else(|| panic!("{findings:?}"));
    let judged = zone::evaluate(&planned, &dataset).expect("polars runs the statements");
    let tables = [
        ("enterprise_years", &judged.panel),
        ("parcels", &dataset.parcels),
        ("factories", &dataset.factories),
        ("agreements", &dataset.agreements),
        ("zone_years", &dataset.zone_years),
        ("kpis", &dataset.kpis),
        ("land_states", &judged.land),
    ];
    let statement = planned.statement.text();
    let Some(theirs) = answers(std::slice::from_ref(&statement), &tables) else { return false };
    assert!(judged.rows.height() > 1, "{statement}");
    compare(&statement, &judged.rows, &theirs[0]);
    true
}

/// Every zone plan of the library, and one with every word of the language, by zone and by chain, in earlier years and on other days.
#[test]
fn both_engines_give_the_same_scorecards() {
    let own = root().join("tests/data/every-plan-word.toml").display().to_string();
    let sample = vec![root().join("sample_data")];
    let plans = library::PLANS.iter().map(|(id, _)| (*id).to_owned()).chain([own]);
    for plan in plans {
        for (by_chain, year) in [(false, None), (false, Some(2024)), (true, None)] {
            let request = zone::Request { plan: Some(plan.clone()), by_chain, year, ..zone::Request::default() };
            if !same_plan(&sample, &request) {
                eprintln!("{SKIPPED}");
                return;
            }
        }
    }
}
