//! Published methods against a second reading of their words, in plain Python with `decimal` (`tests/oracle/methods.py`), on made enterprises
//! with equal scores, thresholds met exactly, gaps, negative tax, tenants and labels (`tests/oracle/make_enterprises.py`).
//!
//! Needs python3; without it the test says so and is skipped.

#[path = "oracle/python.rs"]
mod python;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use rayon::prelude::*;
use rust_decimal::Decimal;

use self::python::python;

/// The methods that the Python knows, and the grades they give.
const METHODS: [(&str, &[&str]); 14] = [
    ("huangyan-2022", &FOUR),
    ("linhai-2014", &FOUR),
    ("dongyang-clearing", &["priority", "low", "clear"]),
    ("jiangshan-2023", &FOUR),
    ("wenling-park-2022", &FOUR),
    ("cixi-2024", &FOUR),
    ("suichang-2022", &FOUR),
    ("jingde-2022", &FOUR),
    ("anhui-city-jiayibingding", &["甲", "乙", "丙", "丁"]),
    ("changle-2023", &FOUR),
    ("huaian-2024", &FOUR),
    ("anyang-2018", &["A", "B", "C"]),
    ("zhengzhou-2018", &["A", "B", "C"]),
    ("sichuan-2020", &["A", "B", "C"]),
];

const FOUR: [&str; 4] = ["A", "B", "C", "D"];

/// Group, place, score, grade and outcome of an enterprise.
type Line = (String, String, Option<Decimal>, String, String);

/// The lines of a CSV by enterprise. Scores are compared as numbers: `12.5` and `12.500000` are one score.
fn lines(text: &str) -> BTreeMap<String, Line> {
    let mut lines = BTreeMap::new();
    for row in csv::Reader::from_reader(text.as_bytes()).deserialize() {
        let row: BTreeMap<String, String> = row.expect("a row of CSV");
        let cell = |column: &str| row[column].clone();
        let score = Some(cell("score")).filter(|text| !text.is_empty());
        let score = score.map(|text| text.parse().unwrap_or_else(|_| panic!("a number: {text:?}")));
        let before = lines.insert(cell("enterprise_id"), (cell("group"), cell("place"), score, cell("grade"), cell("outcome")));
        assert!(before.is_none(), "twice: {row:?}");
    }
    lines
}

fn program(data: &Path, method: &str) -> BTreeMap<String, Line> {
    let output = Command::new(env!("CARGO_BIN_EXE_mujun"))
        .arg("rank")
        .arg(data)
        .args(["--policy", method, "--year", "2024", "--format", "csv", "--lang", "en", "--quiet"])
        .args(["--columns", "enterprise_id,group,place,score,grade,outcome"])
        .output()
        .expect("the program runs");
    assert!(output.status.success(), "{method}: {}", String::from_utf8_lossy(&output.stderr));
    lines(&String::from_utf8(output.stdout).expect("UTF-8"))
}

/// What differs between program and oracle under one method, for people; empty where nothing does.
fn different(data: &Path, method: &str, grades: &[&str]) -> String {
    let folder = data.to_str().expect("a path");
    let theirs = lines(&python("methods.py", &[method, folder, "2024"]).expect("python3 ran before"));
    let ours = program(data, method);
    assert_eq!(ours.len(), 3000, "{method}");
    assert!(ours.keys().eq(theirs.keys()), "{method}: the same enterprises");
    // No method agrees because it hardly grades.
    for grade in grades {
        let count = theirs.values().filter(|line| line.3 == *grade).count();
        assert!(count >= 10, "{method}: {count} with {grade}");
    }
    assert!(theirs.values().filter(|line| line.4 != "graded").count() >= 10, "{method}: all are graded");
    let lines: Vec<String> = ours
        .iter()
        .filter(|(id, line)| theirs[*id] != **line)
        .map(|(id, line)| format!("{method} {id}\n  program {line:?}\n  oracle  {:?}\n", theirs[id]))
        .collect();
    if lines.is_empty() {
        String::new()
    } else {
        format!("{method}: {} of 3000 differ\n{}", lines.len(), lines[..lines.len().min(5)].concat())
    }
}

/// Two seeds: what the one leaves untried (a share that is not whole, equals across a cut of two stages) the other tries.
#[test]
fn three_thousand_enterprises_fare_as_the_documents_say() {
    let home = tempfile::tempdir().expect("a temporary directory");
    for seed in ["2", "8"] {
        let data = home.path().join(seed);
        if python("make_enterprises.py", &[data.to_str().expect("a path"), "3000", seed]).is_none() {
            return;
        }
        let differences: String = METHODS.par_iter().map(|(method, grades)| different(&data, method, grades)).collect();
        assert!(differences.is_empty(), "seed {seed}\n{differences}");
    }
}
