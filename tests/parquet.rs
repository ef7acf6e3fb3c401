//! Parquet, in and out: the sample gives the same results from it as from CSV, and what is written is what CSV says.
//!
//! `parquet/sample` is the sample as pyarrow writes it, with every codec that is read; `parquet/make.py` makes it. What the program
//! writes is read back by the reader of the format, and by DuckDB where Python has it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_mujun")).args(arguments).env("COLUMNS", "200").output().expect("the program runs")
}

const COMMANDS: [&[&str]; 6] = [
    &["rank", "DATA"],
    &["rank", "DATA", "--by", "zone"],
    &["rank", "DATA", "--policy", "huangyan-2022"],
    &["flag", "DATA"],
    &["flag", "DATA", "--inventory"],
    &["zone", "DATA", "--plan", "zunyi"],
];

fn csv_of(arguments: &[&str], data: &Path) -> String {
    let data = data.display().to_string();
    let words: Vec<&str> =
        arguments.iter().map(|word| if *word == "DATA" { data.as_str() } else { word }).chain(["--format", "csv"]).collect();
    let output = run(&words);
    assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

#[test]
fn the_sample_gives_the_same_bytes_from_parquet() {
    for arguments in COMMANDS {
        let expected = csv_of(arguments, &root().join("sample_data"));
        assert!(expected.len() > 100, "{arguments:?} says something");
        assert!(csv_of(arguments, &root().join("tests/parquet/sample")) == expected, "{arguments:?} differs");
    }
}

/// A cell as CSV writes it.
fn text(field: &Field) -> String {
    match field {
        Field::Null => String::new(),
        Field::Bool(value) => value.to_string(),
        Field::Long(value) => value.to_string(),
        Field::Double(value) => value.to_string(),
        Field::Str(value) => value.clone(),
        other => panic!("a column of {other:?}"),
    }
}

/// In CSV, what a spreadsheet would run as a formula has a mark before it.
fn unmarked(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|rest| rest.starts_with(['=', '+', '-', '@'])).unwrap_or(cell)
}

fn write(arguments: &[&str], path: &Path) {
    let (data, path) = (root().join("sample_data").display().to_string(), path.display().to_string());
    let words = arguments.iter().map(|word| if *word == "DATA" { data.as_str() } else { word });
    let output = run(&words.chain(["--format", "parquet", "-o", &path]).collect::<Vec<_>>());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn what_is_written_is_what_csv_says() {
    let home = tempfile::tempdir().expect("a directory");
    for (number, arguments) in COMMANDS.iter().enumerate() {
        let path = home.path().join(format!("{number}.parquet"));
        write(arguments, &path);
        let csv = csv_of(arguments, &root().join("sample_data"));
        let mut reader = csv::Reader::from_reader(csv.as_bytes());
        let heading: Vec<String> = reader.headers().expect("a heading").iter().map(str::to_owned).collect();
        let expected: Vec<Vec<String>> =
            reader.records().map(|record| record.expect("a record").iter().map(|cell| unmarked(cell).to_owned()).collect()).collect();
        let file = SerializedFileReader::new(fs::File::open(&path).expect("a file")).expect("a Parquet file");
        let schema = file.metadata().file_metadata().schema_descr();
        assert_eq!(schema.columns().iter().map(|column| column.name().to_owned()).collect::<Vec<_>>(), heading, "{arguments:?}");
        let rows = file.get_row_iter(None).expect("rows");
        let found: Vec<Vec<String>> =
            rows.map(|row| row.expect("a row").get_column_iter().map(|(_, field)| text(field)).collect()).collect();
        for (found, expected) in found.iter().zip(&expected) {
            assert_eq!(found, expected, "{arguments:?}");
        }
        assert_eq!(found.len(), expected.len());
    }
}

#[test]
fn results_are_read_back_as_a_data_set_would_be_and_are_the_same_bytes_each_time() {
    let home = tempfile::tempdir().expect("a directory");
    let [first, second] = ["a.parquet", "b.parquet"].map(|name| home.path().join(name));
    write(&["rank", "DATA"], &first);
    write(&["rank", "DATA"], &second);
    assert!(fs::read(first).expect("a file") == fs::read(second).expect("a file"));
    assert_eq!(fs::read_dir(home.path()).expect("the directory").count(), 2, "nothing is left over");
}

#[test]
fn duckdb_reads_the_same() {
    let is_there = Command::new("python3").args(["-c", "import duckdb"]).output().is_ok_and(|output| output.status.success());
    if !is_there {
        eprintln!("skipped: Python has no duckdb");
        return;
    }
    let home = tempfile::tempdir().expect("a directory");
    let (path, csv) = (home.path().join("rank.parquet"), home.path().join("rank.csv"));
    write(&["rank", "DATA"], &path);
    fs::write(&csv, csv_of(&["rank", "DATA"], &root().join("sample_data"))).expect("a file");
    let script = "import duckdb, sys\n\
                  a = f\"SELECT * FROM read_parquet('{sys.argv[1]}')\"\n\
                  types = {name: kind for name, kind, *_ in duckdb.sql('DESCRIBE ' + a).fetchall()}\n\
                  b = f\"SELECT * FROM read_csv('{sys.argv[2]}', header = true, types = {types})\"\n\
                  assert duckdb.sql(a).fetchall() == duckdb.sql(b).fetchall()\n\
                  print(types['place'], types['name'], types['tax_per_mu'])";
    let output = Command::new("python3").args(["-c", script]).arg(&path).arg(&csv).output().expect("Python runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), "BIGINT VARCHAR DOUBLE");
}

#[test]
fn a_file_that_cannot_be_read_is_told_in_both_languages() {
    let home = tempfile::tempdir().expect("a directory");
    let data = home.path().join("data");
    fs::create_dir(&data).expect("a directory");
    for table in ["enterprises", "land", "output", "energy"] {
        let name = format!("{table}.parquet");
        fs::copy(root().join("tests/parquet/sample").join(&name), data.join(&name)).expect("a file");
    }
    for (file, en, zh) in [
        ("list", "holds lists or records", "列表或记录"),
        ("bomb", "hundreds of times larger", "几百倍"),
        ("brotli", "Snappy, gzip or Zstandard", "Snappy、gzip 或 Zstandard"),
    ] {
        fs::copy(root().join(format!("tests/parquet/files/{file}.parquet")), data.join("tax.parquet")).expect("a file");
        for (language, words) in [("en", en), ("zh", zh)] {
            let output = run(&["check", &data.display().to_string(), "--lang", language, "--format", "csv"]);
            let text = String::from_utf8_lossy(&output.stdout);
            assert_eq!(output.status.code(), Some(1));
            assert!(text.lines().any(|line| line.contains("tax.parquet") && line.contains(words)), "{file} {language}: {text}");
        }
    }
}
