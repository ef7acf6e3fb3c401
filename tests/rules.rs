//! Every rule of every book, on data: it fires, it just does not, it cannot be told.
//!
//! In: `tests/rules/<book>.toml`, each case with figures worked out by hand. The program is run on the case's data set with the rule
//! alone, and its line is compared. `RULE=IDLE-04 cargo test --release --test rules` runs only the cases of rules that contain the word.
//! The same cases are the worked examples of docs/rules.md, which this file writes: `UPDATE_DOCS=1 cargo test --release --test rules`.

#[path = "rules/cases.rs"]
mod cases;
#[path = "rules/page.rs"]
mod page;
#[path = "program/mod.rs"]
mod program;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use mujun::finding::Findings;
use mujun::policy::book::{self, Book};
use mujun::policy::library;
use mujun::policy::subject::{Extra, Subject};
use rayon::prelude::*;

use self::cases::Case;

fn books() -> Vec<Book> {
    let read = |(id, _): &(&str, &str)| {
        let mut findings = Findings::default();
        let source = library::find_book(id, &mut findings).expect("a built-in book");
        book::read(&source, &Extra::new(), &mut findings).unwrap_or_else(|| panic!("{id}: {findings:?}"))
    };
    let mut books: Vec<Book> = library::BOOKS.iter().map(read).collect();
    // On the page those that are always on stand first.
    books.sort_by_key(|book| !book.national);
    books
}

/// The line of a result, by column.
type Line = BTreeMap<String, String>;

fn run(case: &Case) -> Result<Vec<Line>, String> {
    let folder = tempfile::tempdir().expect("a directory");
    case.write(folder.path());
    let mut command = Command::new(env!("CARGO_BIN_EXE_mujun"));
    command.arg("flag").arg(folder.path()).args(case.arguments()).args(["--format", "csv", "--lang", "en"]);
    program::rows(&mut command)
}

/// The id of the site that a case is about: the first row of its table.
fn site(case: &Case, subject: Subject) -> String {
    let of = |rows: &Option<cases::Rows>, key: &str, usual: &str| {
        rows.as_ref().and_then(|rows| rows.list().first()?.get(key).map(cases::cell)).unwrap_or_else(|| usual.to_owned())
    };
    match subject {
        Subject::Enterprise => case.enterprise.as_ref().and_then(|row| row.get("enterprise_id")).map_or("E1".to_owned(), cases::cell),
        Subject::Parcel => of(&case.land, "parcel_id", "P1"),
        Subject::Factory => of(&case.factory, "building_id", "B1"),
        Subject::Agreement => of(&case.agreement, "agreement_id", "A1"),
    }
}

fn check(case: &Case, subject: Subject) -> Result<(), String> {
    let lines = run(case)?;
    let id = site(case, subject);
    let found: Vec<&Line> = lines.iter().filter(|line| line["rule"] == case.rule && line["subject_id"] == id).collect();
    let told = match found.as_slice() {
        [] => "clear",
        [line] if line["status"] == "cannot-tell" => "cannot-tell",
        [_] => "flagged",
        more => return Err(format!("{} lines", more.len())),
    };
    if told != case.expect {
        return Err(format!("{told}, not {}: {found:?}", case.expect));
    }
    let Some(line) = found.first() else { return Ok(()) };
    let amount = case.amount.map(|amount| format!("{amount}"));
    let shown = line["amount"].parse::<f64>().map(|amount| format!("{amount}")).ok();
    let expected = [
        ("amount", amount.clone(), shown.unwrap_or_default()),
        ("unit", case.unit.clone(), line["unit"].clone()),
        ("ceiling", case.ceiling.map(|ceiling| ceiling.to_string()), line["ceiling"].clone()),
        ("due_on", case.due_on.clone(), line["due_on"].clone()),
        ("since_on", case.since_on.clone(), line["since_on"].clone()),
        ("status", case.status.clone(), line["status"].clone()),
    ];
    for (name, expected, found) in expected {
        if expected.as_ref().is_some_and(|expected| *expected != found) {
            return Err(format!("{name} is {found:?}, not {:?}: {line:?}", expected.unwrap_or_default()));
        }
    }
    if let Some(missing) = &case.missing {
        let found: BTreeSet<&str> = line["missing"].split(';').filter(|name| !name.is_empty()).collect();
        let expected: BTreeSet<&str> = missing.iter().map(String::as_str).collect();
        if found != expected {
            return Err(format!("missing is {found:?}, not {expected:?}"));
        }
    }
    if told == "cannot-tell" && (!line["amount"].is_empty() || !line["consequence"].is_empty()) {
        return Err(format!("what cannot be told has no consequence: {line:?}"));
    }
    Ok(())
}

#[test]
fn every_case_is_told_as_it_says() {
    let wanted = std::env::var("RULE").unwrap_or_default();
    let subjects: BTreeMap<String, Subject> = books().into_iter().flat_map(|book| book.rules).map(|rule| (rule.id, rule.subject)).collect();
    let cases: Vec<(String, Case)> =
        cases::all().into_iter().flat_map(|(book, cases)| cases.into_iter().map(move |case| (book.clone(), case))).collect();
    let cases: Vec<&(String, Case)> = cases.iter().filter(|(_, case)| case.rule.contains(&wanted)).collect();
    assert!(!cases.is_empty(), "no case is about {wanted}");
    let failures: Vec<String> = cases
        .par_iter()
        .filter_map(|(book, case)| {
            let subject = subjects.get(&case.rule).ok_or_else(|| "no such rule".to_owned());
            let told = subject.and_then(|subject| check(case, *subject));
            told.err().map(|failure| format!("{book}: {} \"{}\": {failure}", case.rule, case.say))
        })
        .collect();
    assert!(failures.is_empty(), "{} of {}\n{}", failures.len(), cases.len(), failures.join("\n"));
}

#[test]
fn every_rule_has_a_case_of_each_kind_and_every_file_its_book() {
    let cases = cases::all();
    for book in books() {
        let of_book = cases.iter().find(|(id, _)| *id == book.id).map(|(_, cases)| cases);
        let of_book = of_book.unwrap_or_else(|| panic!("tests/rules/{}.toml is missing", book.id));
        for rule in &book.rules {
            for kind in ["flagged", "clear", "cannot-tell"] {
                let has = of_book.iter().any(|case| case.rule == rule.id && case.expect == kind);
                assert!(has, "{}: no case is {kind}", rule.id);
            }
        }
    }
    let known: BTreeSet<&str> = library::BOOKS.iter().map(|(id, _)| *id).collect();
    for (id, _) in &cases {
        assert!(known.contains(id.as_str()), "tests/rules/{id}.toml is about no book");
    }
}

#[test]
fn the_page_on_rules_says_what_the_books_say() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/rules.md");
    let document = page::document(&books(), &cases::all());
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &document).expect("docs can be written");
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    let differs = written.lines().zip(document.lines()).find(|(old, new)| old != new);
    assert!(written == document, "docs/rules.md is not what the books say: UPDATE_DOCS=1 cargo test --release --test rules\n{differs:?}");
}
