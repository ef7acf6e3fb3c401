//! Every zone plan of the library, on data: value, goal and verdict of every target, worked out by hand from its text.
//!
//! In: `tests/plans/<plan id>.toml`, with figures that come from the document or from arithmetic on paper, never from what the
//! program prints. `[files]` are the tables that a case does not bring itself; a line `@n …` of a table stands for n lines, `{i}`
//! counting from 1. `PLAN=zunyi cargo test --release --test plans` runs only the plans whose id contains the word.

#[path = "program/mod.rs"]
mod program;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use mujun::policy::library::PLANS;
use rayon::prelude::*;
use toml::{Table, Value};

/// Counts of one or two: they are there or not, and no growth leads to them.
const NEVER_ON_COURSE: &[&str] = &["zones-2000", "zones-1000", "zones-500"];

/// A row of a result, by column.
type Row = BTreeMap<String, String>;

/// The cases of a plan.
struct Plan {
    id: &'static str,
    /// Ids of its targets.
    targets: Vec<String>,
    /// `[files]` and `[[case]]`.
    file: Table,
}

/// Every built-in plan that has targets.
fn plans() -> Vec<Plan> {
    let with_targets = PLANS.iter().map(|(id, text)| (*id, targets(id, text))).filter(|(_, targets)| !targets.is_empty());
    with_targets.map(|(id, targets)| Plan { id, targets, file: cases(id) }).collect()
}

fn targets(id: &str, text: &str) -> Vec<String> {
    let plan: Table = toml::from_str(text).unwrap_or_else(|error| panic!("{id}: {error}"));
    let blocks = plan.get("target").and_then(Value::as_array).into_iter().flatten();
    blocks.filter_map(|target| Some(target.get("id")?.as_str()?.to_owned())).collect()
}

fn cases(id: &str) -> Table {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/plans/{id}.toml"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

impl Plan {
    fn cases(&self) -> impl Iterator<Item = &Table> {
        self.file.get("case").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_table)
    }

    fn expectations(&self) -> impl Iterator<Item = &Table> {
        self.cases().flat_map(expectations)
    }

    /// The tables of a case, and those of all cases that it does not have.
    fn files<'p>(&'p self, case: &'p Table) -> BTreeMap<&'p str, &'p str> {
        let both = [Some(&self.file), Some(case)].into_iter().flatten().filter_map(|table| table.get("files")?.as_table());
        both.flatten().filter_map(|(name, text)| Some((name.as_str(), text.as_str()?))).collect()
    }

    fn run(&self, case: &Table) -> Result<Vec<Row>, String> {
        let folder = tempfile::tempdir().expect("a directory");
        for (name, text) in self.files(case) {
            std::fs::write(folder.path().join(name), written_out(text)).expect("a table");
        }
        let args = case.get("args").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
        let mut command = Command::new(env!("CARGO_BIN_EXE_mujun"));
        command.arg("zone").arg(folder.path()).args(["--plan", self.id, "--format", "csv", "--lang", "en", "--quiet"]).args(args);
        program::rows(&mut command)
    }
}

fn expectations(case: &Table) -> impl Iterator<Item = &Table> {
    case.get("expect").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_table)
}

/// A table with its repeated lines.
fn written_out(text: &str) -> String {
    let lines = text.trim_matches('\n').lines().flat_map(|line| match line.strip_prefix('@').and_then(|rest| rest.split_once(' ')) {
        Some((count, line)) => {
            let count: u32 = count.parse().unwrap_or_else(|_| panic!("@{count}: no number"));
            (1..=count).map(|number| line.replace("{i}", &number.to_string())).collect()
        }
        None => vec![line.to_owned()],
    });
    lines.map(|line| line + "\n").collect()
}

/// A TOML value as the text of a cell.
fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Numbers agree to the six decimals that are kept; everything else to the letter.
fn agrees(expected: &str, found: &str) -> bool {
    match (expected.parse::<f64>(), found.parse::<f64>()) {
        (Ok(expected), Ok(found)) => (expected - found).abs() < 1.5e-6,
        _ => expected == found,
    }
}

/// What of a case does not come out as it says: one line each.
fn differences(case: &Table, rows: &[Row]) -> Vec<String> {
    let mut wrong = Vec::new();
    for expected in expectations(case) {
        let key = ["scope", "zone", "target"].map(|column| expected.get(column).map(text).unwrap_or_default());
        let found: Vec<&Row> =
            rows.iter().filter(|row| [&row["scope"], &row["zone"], &row["target"]] == [&key[0], &key[1], &key[2]]).collect();
        match (expected.contains_key("absent"), found.as_slice()) {
            (true, []) => {}
            (true, _) => wrong.push(format!("{key:?}: the target does not apply, and is there")),
            (false, [row]) => {
                let cells = expected.iter().filter(|(column, _)| !["scope", "zone", "target"].contains(&column.as_str()));
                let cells = cells.filter(|(column, value)| row.get(*column).is_none_or(|found| !agrees(&text(value), found)));
                wrong.extend(cells.map(|(column, value)| format!("{key:?}: {column} is {:?}, not {value}", row.get(column))));
            }
            (false, rows) => wrong.push(format!("{key:?}: {} rows", rows.len())),
        }
    }
    wrong
}

#[test]
fn every_case_comes_out_as_it_says() {
    let wanted = std::env::var("PLAN").unwrap_or_default();
    let plans = plans();
    let cases: Vec<(&Plan, &Table)> =
        plans.iter().filter(|plan| plan.id.contains(&wanted)).flat_map(|plan| plan.cases().map(move |case| (plan, case))).collect();
    assert!(!cases.is_empty(), "no case is about {wanted}");
    let failures: Vec<String> = cases
        .par_iter()
        .filter_map(|(plan, case)| {
            let wrong = plan.run(case).map_or_else(|error| vec![error], |rows| differences(case, &rows));
            let name = case.get("name").map(text).unwrap_or_default();
            Some(format!("{}: \"{name}\"\n    {}", plan.id, wrong.join("\n    "))).filter(|_| !wrong.is_empty())
        })
        .collect();
    assert!(failures.is_empty(), "{} of {} cases\n{}", failures.len(), cases.len(), failures.join("\n"));
}

#[test]
fn every_target_is_met_missed_and_cannot_be_told_in_some_case() {
    let mut lacking = Vec::new();
    for plan in plans() {
        let told: BTreeSet<(String, String)> =
            plan.expectations().filter_map(|row| Some((text(row.get("target")?), text(row.get("verdict")?)))).collect();
        let pairs = plan.targets.iter().flat_map(|target| ["met", "missed", "cannot-tell"].map(|verdict| (target, verdict)));
        let none = pairs.filter(|(target, verdict)| !told.contains(&((*target).clone(), (*verdict).to_owned())));
        lacking.extend(none.map(|(target, verdict)| format!("{}: {target} is nowhere {verdict}", plan.id)));
        let strange = told.iter().filter(|(target, _)| !plan.targets.contains(target));
        lacking.extend(strange.map(|(target, _)| format!("{}: there is no target {target}", plan.id)));
    }
    assert!(lacking.is_empty(), "{}", lacking.join("\n"));
}

#[test]
fn every_dated_target_is_on_course_in_some_case() {
    for plan in plans() {
        let text_of_plan = PLANS.iter().find(|(id, _)| *id == plan.id).map_or("", |(_, text)| *text);
        let table: Table = toml::from_str(text_of_plan).expect("read before");
        let blocks = table.get("target").and_then(Value::as_array).into_iter().flatten();
        let dated = blocks.filter(|target| target.get("by").is_some() || target.get("by_day").is_some());
        for id in dated.filter_map(|target| target.get("id")?.as_str()).filter(|id| !NEVER_ON_COURSE.contains(id)) {
            let is_there = plan.expectations().any(|row| {
                row.get("target").and_then(Value::as_str) == Some(id) && row.get("verdict").and_then(Value::as_str) == Some("on-course")
            });
            assert!(is_there, "{}: {id} is nowhere on course", plan.id);
        }
    }
}

#[test]
fn every_file_is_about_a_plan() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/plans");
    for entry in std::fs::read_dir(folder).expect("the cases are there").flatten() {
        let path = entry.path();
        let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        assert!(PLANS.iter().any(|(id, _)| *id == stem), "{}: no such plan", path.display());
    }
}

#[test]
fn a_wrong_expectation_is_told_and_lines_are_repeated() {
    assert_eq!(written_out("\na\n@2 S{i},x\n"), "a\nS1,x\nS2,x\n");
    assert!(agrees("90", "90.0") && agrees("", "") && agrees("met", "met") && agrees("17.260393", "17.260393"));
    assert!(!agrees("90", "89.99999") && !agrees("0", "") && !agrees("", "0") && !agrees("met", "missed"));
    let case: Table = toml::from_str("expect = [{ scope = \"zone\", zone = \"A\", target = \"t\", verdict = \"met\" }]").expect("a table");
    let row = |verdict: &str| -> Row {
        [("scope", "zone"), ("zone", "A"), ("target", "t"), ("verdict", verdict)].map(|(a, b)| (a.to_owned(), b.to_owned())).into()
    };
    assert_eq!(differences(&case, &[row("met")]), Vec::<String>::new());
    assert_eq!(differences(&case, &[row("missed")]).len(), 1);
    assert_eq!(differences(&case, &[]).len(), 1);
    let case: Table = toml::from_str("expect = [{ scope = \"zone\", zone = \"A\", target = \"t\", absent = true }]").expect("a table");
    assert_eq!(differences(&case, &[row("met")]).len(), 1);
}
