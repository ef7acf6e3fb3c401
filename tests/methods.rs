//! Every method of the library, on data: scores, places and grades worked out by hand from its text.
//!
//! In: `tests/methods/<method id>.toml`, each case with figures that come from the document or from arithmetic on paper, never from
//! what the program prints. The page docs/methods.md is written here: `UPDATE_DOCS=1 cargo test --release --test methods`.
//! `METHOD=huangyan cargo test --release --test methods` runs only the methods whose id contains the word.

#[path = "methods/cases.rs"]
mod cases;
#[path = "methods/page.rs"]
mod page;
#[path = "program/mod.rs"]
mod program;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use mujun::finding::Findings;
use mujun::policy::subject::Extra;
use mujun::policy::{self, Policy, library, lint};
use rayon::prelude::*;

use self::cases::{Case, agrees};

/// The method that is used where none is named has its own tests: tests/golden.rs and tests/oracle.
const TESTED_ELSEWHERE: &[&str] = &["default"];

/// A row of a result, by column.
type Row = BTreeMap<String, String>;

fn run(id: &str, case: &Case) -> Result<Vec<Row>, String> {
    let folder = tempfile::tempdir().expect("a directory");
    case.write(folder.path());
    let mut command = Command::new(env!("CARGO_BIN_EXE_mujun"));
    command.arg("rank").arg(folder.path()).args(["--policy", id, "--columns", &case.columns()]);
    command
        .args(case.year.iter().flat_map(|year| ["--year".to_owned(), year.to_string()]))
        .args(["--format", "csv", "--lang", "en", "--quiet"]);
    program::rows(&mut command)
}

/// What of a case does not come out as it says: one line each.
fn differences(case: &Case, rows: &[Row]) -> Vec<String> {
    let mut list = Vec::new();
    for expected in &case.expect {
        let Some(id) = expected.get("id").or_else(|| expected.get("enterprise_id")) else {
            list.push(format!("an expectation without `id`: {expected:?}"));
            continue;
        };
        let of_id: Vec<&Row> = rows.iter().filter(|row| row["enterprise_id"] == *id).collect();
        let wrong = |row: &Row| -> Vec<String> {
            let columns = expected.iter().filter(|(column, _)| *column != "id");
            let wrong = columns.filter(|(column, text)| row.get(*column).is_none_or(|found| !agrees(text, found)));
            wrong.map(|(column, text)| format!("{id}: {column} is {:?}, not {text:?}", row.get(column))).collect()
        };
        // A unit scored beside its members is a row of its own under the same id: one of them must be as expected.
        match of_id.iter().map(|row| wrong(row)).min_by_key(Vec::len) {
            None => list.push(format!("{id}: no such row")),
            Some(wrong) => list.extend(wrong),
        }
    }
    for (group, grade, count) in &case.counts {
        let found = rows.iter().filter(|row| row["grade"] == *grade && (group.is_empty() || row["group"] == *group)).count();
        if found != *count {
            list.push(format!(
                "{found} have {grade}{}, not {count}",
                if group.is_empty() { String::new() } else { format!(" in {group}") }
            ));
        }
    }
    if case.expect.is_empty() && case.counts.is_empty() {
        list.push("expects nothing".to_owned());
    }
    list
}

#[test]
fn every_case_comes_out_as_it_says() {
    let wanted = std::env::var("METHOD").unwrap_or_default();
    let methods = cases::all();
    let cases: Vec<(&str, &Case)> = methods
        .iter()
        .filter(|method| method.id.contains(&wanted))
        .flat_map(|method| method.cases.iter().map(|case| (method.id.as_str(), case)))
        .collect();
    assert!(!cases.is_empty(), "no case is about {wanted}");
    let failures: Vec<String> = cases
        .par_iter()
        .filter_map(|(id, case)| {
            let wrong = run(id, case).map_or_else(|error| vec![error], |rows| differences(case, &rows));
            Some(format!("{id}: \"{}\"\n    {}", case.about, wrong.join("\n    "))).filter(|_| !wrong.is_empty())
        })
        .collect();
    assert!(failures.is_empty(), "{} of {} cases\n{}", failures.len(), cases.len(), failures.join("\n"));
}

#[test]
fn every_method_has_its_cases_and_every_file_its_method() {
    let built_in: BTreeSet<&str> = library::BUILT_IN.iter().map(|(id, _)| *id).collect();
    let methods = cases::all();
    let tested: BTreeSet<&str> = methods.iter().map(|method| method.id.as_str()).collect();
    let untested: Vec<&str> = built_in.iter().copied().filter(|id| !tested.contains(id) && !TESTED_ELSEWHERE.contains(id)).collect();
    let unknown: Vec<&str> = tested.iter().copied().filter(|id| !built_in.contains(id)).collect();
    assert!(untested.is_empty(), "methods without tests/methods/<id>.toml: {}", untested.join(", "));
    assert!(unknown.is_empty(), "files of tests/methods about no method: {}", unknown.join(", "));
}

fn policies() -> Vec<Policy> {
    let read = |(id, _): &(&str, &str)| {
        let mut findings = Findings::default();
        let source = library::find(id, &mut findings).expect("a built-in method");
        policy::read(&source, &Extra::new(), &mut findings).unwrap_or_else(|| panic!("{id}: {findings:?}"))
    };
    library::BUILT_IN.iter().map(read).collect()
}

#[test]
fn no_method_leaves_a_gap_or_has_a_case_that_never_decides() {
    let mut told = Vec::new();
    for policy in policies() {
        let mut findings = Findings::default();
        lint::check(&policy, &policy.id, &mut findings);
        told.extend(findings.iter().map(|finding| format!("{}: {} {:?} {:?}", policy.id, finding.code, finding.values, finding.text)));
    }
    assert!(told.is_empty(), "{}", told.join("\n"));
}

#[test]
fn the_page_on_methods_says_what_the_methods_say() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/methods.md");
    let document = page::document(&policies());
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &document).expect("docs can be written");
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    let differs = written.lines().zip(document.lines()).find(|(old, new)| old != new);
    let how = "UPDATE_DOCS=1 cargo test --release --test methods";
    assert!(written == document, "docs/methods.md is not what the methods say: {how}\n{differs:?}");
}

#[test]
fn a_wrong_expectation_is_told_and_a_series_is_counted_out() {
    assert!(agrees("100", "100.000000") && agrees("", "") && agrees("A", "A"));
    assert!(!agrees("100", "100.000001") && !agrees("0", "") && !agrees("", "0"));
    assert!(agrees("~110.0192", "110.019150") && !agrees("~110.0192", "110.019149"));
    let file = "[[case]]\nabout = \"x\"\n[case.data]\ntax = \"enterprise_id,year,tax_paid\"\n[[case.series]]\ncount = 2\ntax = \"S{i:03},2024,{i*10}\"\nexpect = [{ id = \"S001\", grade = \"A\" }]\n";
    let case = cases::parsed("m", file).cases.remove(0);
    assert_eq!(case.tables["tax"], "enterprise_id,year,tax_paid\nS001,2024,10\nS002,2024,20\n");
    let row = |grade: &str| [("enterprise_id", "S001"), ("group", ""), ("grade", grade)].map(|(a, b)| (a.to_owned(), b.to_owned())).into();
    assert_eq!(differences(&case, &[row("A")]), Vec::<String>::new());
    assert_eq!(differences(&case, &[row("B")]).len(), 1);
    assert_eq!(differences(&case, &[]).len(), 1);
}
