//! Nothing is lost and nothing is overwritten: results never go over inputs, return sheets never over each other, corrections of two
//! runs never over those of one.
//!
//! The data set is a small yard, written by hand; what is expected is counted in it.
#![cfg(unix)]

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

const TABLES: [(&str, &str); 5] = [
    ("enterprises.csv", "enterprise_id,name,zone,industry\nE0001,Ash,Z,C3511\nE0002,Birch,Z,C3511\n"),
    ("land.csv", "parcel_id,enterprise_id,area\nP1,E0001,20\nP2,E0002,30\n"),
    ("tax.csv", "enterprise_id,year,tax_paid\nE0001,2025,100\nE0002,2025,70\n"),
    ("output.csv", "enterprise_id,year,gross_output\nE0001,2025,1000\nE0002,2025,700\n"),
    ("energy.csv", "enterprise_id,year,energy_tce\nE0001,2025,10\nE0002,2025,7\n"),
];

const SHEET: &str = "table,file,row,heading,key,text,new value,who,when,why\n";
const LINES: &str = "table,file,row,column,key,before,after,who,when,why\n";

/// A home with the yard in `d`.
fn yard() -> tempfile::TempDir {
    let home = tempfile::tempdir().expect("a directory");
    fs::create_dir(home.path().join("d")).expect("a directory");
    for (name, text) in TABLES {
        write(&home, &format!("d/{name}"), text);
    }
    home
}

fn write(home: &tempfile::TempDir, name: &str, text: &str) {
    fs::write(home.path().join(name), text).expect("a file");
}

fn read(home: &tempfile::TempDir, name: &str) -> String {
    fs::read_to_string(home.path().join(name)).expect("a file")
}

fn command(home: &Path, arguments: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mujun"));
    command.args(arguments.split(' ')).current_dir(home).stdin(Stdio::null());
    command
}

/// Runs to the end, but not for ever: what waits for a pipe or reads without end is stopped.
fn run(home: &tempfile::TempDir, arguments: &str) -> Output {
    let mut child = command(home.path(), arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program runs");
    let start = Instant::now();
    while child.try_wait().expect("a child").is_none() {
        if start.elapsed() > Duration::from_secs(60) {
            child.kill().expect("stopped");
            panic!("`{arguments}` does not end");
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    child.wait_with_output().expect("a child")
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Exit 2, with these words.
fn refused(home: &tempfile::TempDir, arguments: &str, words: &str) {
    let output = run(home, arguments);
    assert_eq!(output.status.code(), Some(2), "{arguments}: {}", told(&output));
    assert!(told(&output).contains(words), "{arguments}: {}", told(&output));
}

fn pipe(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().expect("mkfifo").success());
}

fn names(folder: &Path) -> BTreeSet<String> {
    fs::read_dir(folder).expect("a directory").flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// Every sheet that is said to be written is there, and no two are one.
fn sheets(home: &tempfile::TempDir, to: &str) -> BTreeSet<String> {
    let output = run(home, &format!("check d --by department -o {to} --format csv"));
    let written = told(&output).lines().filter(|line| line.starts_with("written: ")).count();
    let names = names(&home.path().join(to));
    assert_eq!(names.len(), written, "{}", told(&output));
    names
}

#[test]
fn return_sheets_of_files_with_one_name_do_not_overwrite_each_other() {
    let home = yard();
    fs::remove_file(home.path().join("d/tax.csv")).expect("a file");
    for (folder, year) in [("a", 2024), ("b", 2025)] {
        fs::create_dir(home.path().join("d").join(folder)).expect("a directory");
        write(&home, &format!("d/{folder}/tax.csv"), &format!("enterprise_id,year,tax_paid\nE0001,{year},much\n"));
    }
    write(&home, "d/mujun.toml", "[tables.tax]\nfile = [\"a/tax.csv\", \"b/tax.csv\"]\n");
    assert_eq!(sheets(&home, "s"), set(&["tax-bureau-a-tax-csv.csv", "tax-bureau-b-tax-csv.csv"]));
    assert!(read(&home, "s/tax-bureau-a-tax-csv.csv").contains("year=2024"));
    assert!(read(&home, "s/tax-bureau-b-tax-csv.csv").contains("year=2025"));
    // One of them is mended: the name of the other stays.
    write(&home, "d/a/tax.csv", "enterprise_id,year,tax_paid\nE0001,2024,100\n");
    assert_eq!(sheets(&home, "t"), set(&["tax-bureau-b-tax-csv.csv"]));
}

#[test]
fn return_sheets_of_one_workbook_have_the_names_of_its_sheets() {
    let home = yard();
    fs::remove_file(home.path().join("d/tax.csv")).expect("a file");
    let mut book = rust_xlsxwriter::Workbook::new();
    for year in ["2024", "2025"] {
        let page = book.add_worksheet();
        page.set_name(format!("税收{year}")).expect("a name");
        for (column, cells) in [["enterprise_id", "E0001"], ["year", year], ["tax_paid", "much"]].iter().enumerate() {
            for (row, cell) in cells.iter().enumerate() {
                page.write_string(row as u32, column as u16, *cell).expect("a cell");
            }
        }
    }
    book.save(home.path().join("d/数据.xlsx")).expect("a workbook");
    assert_eq!(sheets(&home, "s"), set(&["tax-bureau-数据-税收2024.csv", "tax-bureau-数据-税收2025.csv"]));
}

#[test]
fn results_are_never_written_over_what_is_read() {
    let home = yard();
    let root = home.path();
    symlink(root.join("d"), root.join("link")).expect("a link");
    fs::hard_link(root.join("d/tax.csv"), root.join("hard.csv")).expect("a link");
    write(&home, "d/mujun.toml", "ignore = []\n");
    write(&home, "p.toml", "extends = \"default\"\nid = \"p\"\nstatus = \"draft\"\n");
    write(&home, "s.csv", &format!("{SHEET}tax,tax.csv,2,tax_paid,enterprise_id=E0001; year=2025,100,101,Li,2025-12-01,letter\n"));
    let before: Vec<String> = TABLES.iter().map(|(name, _)| read(&home, &format!("d/{name}"))).collect();
    for target in ["d/tax.csv", "d/../d/tax.csv", "link/tax.csv", "hard.csv", "./d/land.csv", "d/mujun.toml", "d/corrections.csv"] {
        refused(&home, &format!("rank d -o {target}"), "is a file that this run reads");
    }
    for arguments in [
        "rank d --policy p.toml -o p.toml",
        "sql d --policy p.toml -o p.toml",
        "sql --policy p.toml -o ./p.toml",
        "check d --apply s.csv -o s.csv",
        "check d -o d/tax.csv",
        "check d --data-config d/mujun.toml -o link/mujun.toml",
        "flag d -o d/land.csv",
        "flag d --ics d/land.csv",
        "zone d -o d/output.csv",
    ] {
        refused(&home, arguments, "is a file that this run reads");
    }
    refused(&home, "flag d --ics x -o x", "two results would be written to x");
    refused(&home, "flag d --ics - -o -", "two results would be written to -");
    let after: Vec<String> = TABLES.iter().map(|(name, _)| read(&home, &format!("d/{name}"))).collect();
    assert_eq!(before, after);
    assert_eq!(read(&home, "p.toml"), "extends = \"default\"\nid = \"p\"\nstatus = \"draft\"\n");
    assert_eq!(read(&home, "d/mujun.toml"), "ignore = []\n");
    // Nothing else was written either: neither the correction of the sheet nor the calendar.
    assert!(!root.join("d/corrections.csv").exists() && !root.join("x").exists());
    // A result of before is no input, and `-` is standard output.
    for _ in 0..2 {
        assert_eq!(run(&home, "rank d -q --format csv -o r.csv").status.code(), Some(0));
    }
    assert_eq!(String::from_utf8_lossy(&run(&home, "rank d -q --format csv -o -").stdout), read(&home, "r.csv"));
    assert!(!root.join("-").exists());
}

#[test]
fn corrections_of_runs_at_once_are_all_kept() {
    let home = yard();
    const RUNS: usize = 8;
    let rows: String = (1..=RUNS).map(|at| format!("E000{at},2025,{at}00\n")).collect();
    let firms: String = (1..=RUNS).map(|at| format!("E000{at},F{at},Z,C3511\n")).collect();
    write(&home, "d/enterprises.csv", &format!("enterprise_id,name,zone,industry\n{firms}"));
    write(&home, "d/tax.csv", &format!("enterprise_id,year,tax_paid\n{rows}"));
    let line =
        |at: usize| format!("tax,tax.csv,{},tax_paid,enterprise_id=E000{at}; year=2025,{at}00,{at}01,Li,2025-12-01,letter\n", at + 1);
    (1..=RUNS).for_each(|at| write(&home, &format!("s{at}.csv"), &format!("{SHEET}{}", line(at))));
    let start = |at| {
        let mut command = command(home.path(), &format!("check d --apply s{at}.csv -q"));
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program runs")
    };
    let children: Vec<_> = (1..=RUNS).map(start).collect();
    for mut child in children {
        assert_ne!(child.wait().expect("a child").code(), Some(2));
    }
    let written = read(&home, "d/corrections.csv");
    let lines: BTreeSet<&str> = written.lines().skip(1).collect();
    assert_eq!(lines, (1..=RUNS).map(line).collect::<String>().lines().collect());
    assert_eq!(written.lines().count(), RUNS + 1);
    let left: BTreeSet<String> = names(&home.path().join("d")).into_iter().filter(|name| name.starts_with('.')).collect();
    assert_eq!(left, BTreeSet::new(), "no lock is left");
}

#[test]
fn every_sheet_of_a_returned_workbook_is_read_and_others_are_told() {
    let home = yard();
    let mut book = rust_xlsxwriter::Workbook::new();
    let tax = "tax,tax.csv,2,tax_paid,enterprise_id=E0001; year=2025,100,101,Li,2025-12-01,letter";
    let land = "land,land.csv,3,area,parcel_id=P2; enterprise_id=E0002,30,31,Li,2025-12-01,letter";
    for (name, lines) in [("one", &[SHEET.trim(), tax][..]), ("two", &[SHEET.trim(), land]), ("memo", &["call back", "on Monday"])] {
        let page = book.add_worksheet();
        page.set_name(name).expect("a name");
        for (row, line) in lines.iter().enumerate() {
            for (column, cell) in line.split(',').enumerate() {
                page.write_string(row as u32, column as u16, cell).expect("a cell");
            }
        }
    }
    book.save(home.path().join("s.xlsx")).expect("a workbook");
    let output = run(&home, "check d --apply s.xlsx");
    assert!(told(&output).contains("corrections added from s.xlsx: 2"), "{}", told(&output));
    assert!(told(&output).contains("no return sheet, and was not read): memo"), "{}", told(&output));
    assert_eq!(read(&home, "d/corrections.csv"), format!("{LINES}{tax}\n{land}\n"));
}

#[test]
fn two_columns_of_one_meaning_are_named() {
    let home = yard();
    let heading = SHEET.trim().replace("new value", "new value,更正值");
    write(&home, "s.csv", &format!("{heading}\ntax,tax.csv,2,tax_paid,enterprise_id=E0001; year=2025,100,,101,Li,2025-12-01,letter\n"));
    refused(&home, "check d --apply s.csv", "two columns have the same meaning): new value (G), 更正值 (H)");
    assert!(!home.path().join("d/corrections.csv").exists());
}

#[test]
fn corrections_that_are_no_plain_file_are_an_error() {
    let home = yard();
    let path = home.path().join("d/corrections.csv");
    let check = |words: &str| ["rank d", "check d"].iter().for_each(|arguments| refused(&home, arguments, words));
    fs::create_dir(&path).expect("a directory");
    check("it is a directory");
    fs::remove_dir(&path).expect("a directory");
    pipe(&path);
    check("it is a pipe, a device or a socket");
    fs::remove_file(&path).expect("a pipe");
    for (to, words) in
        [("/dev/zero", "it is a pipe, a device or a socket"), ("corrections.csv", "corrections.csv"), ("gone", "no such file")]
    {
        symlink(to, &path).expect("a link");
        check(words);
        fs::remove_file(&path).expect("a link");
    }
    assert_eq!(run(&home, "rank d").status.code(), Some(0));
    for name in ["Corrections.csv", "corrections.txt", "corrections.tsv", "corrections.xlsx", "Mujun.toml"] {
        write(&home, &format!("d/{name}"), LINES);
        let output = run(&home, "check d --part findings --format csv");
        let line = format!("warning,unknown-file,d/{name},");
        assert_eq!(String::from_utf8_lossy(&output.stdout).matches(&line).count(), 1, "{}", String::from_utf8_lossy(&output.stdout));
        fs::remove_file(home.path().join("d").join(name)).expect("a file");
    }
}

#[test]
fn a_line_without_a_key_is_written_with_the_key_of_its_row() {
    let home = yard();
    write(&home, "s.csv", &format!("{SHEET}tax,tax.csv,3,tax_paid,,70,75,Li,2025-12-01,letter\n"));
    let output = run(&home, "check d --apply s.csv -q");
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    let line = "tax,tax.csv,3,tax_paid,enterprise_id=E0002; year=2025,70,75,Li,2025-12-01,letter\n";
    assert_eq!(read(&home, "d/corrections.csv"), format!("{LINES}{line}"));
    // Another row with the same text stands there now: it is left alone.
    write(&home, "d/tax.csv", "enterprise_id,year,tax_paid\nE0002,2025,70\nE0001,2025,70\n");
    let output = run(&home, "check d --part corrections --format csv");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(text.lines().nth(1).is_some_and(|line| line.ends_with("applied")), "{text}");
    let ranked = run(&home, "rank d -q --format csv --columns enterprise_id,tax_paid");
    let text = String::from_utf8_lossy(&ranked.stdout).into_owned();
    assert!(text.contains("E0001,70") && text.contains("E0002,75"), "{text}");
}

#[test]
fn a_link_to_corrections_and_the_mode_of_the_file_stay() {
    let home = yard();
    fs::create_dir(home.path().join("shared")).expect("a directory");
    write(&home, "shared/all.csv", LINES);
    let (target, link) = (home.path().join("shared/all.csv"), home.path().join("d/corrections.csv"));
    fs::set_permissions(&target, fs::Permissions::from_mode(0o640)).expect("a mode");
    symlink("../shared/all.csv", &link).expect("a link");
    write(&home, "s.csv", &format!("{SHEET}tax,tax.csv,3,tax_paid,enterprise_id=E0002; year=2025,70,75,Li,2025-12-01,letter\n"));
    assert_eq!(run(&home, "check d --apply s.csv -q").status.code(), Some(0));
    assert!(link.symlink_metadata().expect("there").is_symlink());
    assert_eq!(fs::metadata(&target).expect("there").permissions().mode() & 0o777, 0o640);
    assert_eq!(read(&home, "shared/all.csv").lines().count(), 2);
    assert_eq!(names(&home.path().join("shared")), set(&["all.csv"]));
}

#[test]
fn settings_that_are_no_plain_files_are_refused_at_once() {
    let home = yard();
    pipe(&home.path().join("p.toml"));
    for arguments in [
        "rank d --policy FILE",
        "sql --policy FILE",
        "check d --rules FILE",
        "flag d --rules FILE",
        "zone d --plan FILE",
        "check d --apply FILE",
        "rank d --data-config FILE",
        "policy check FILE",
    ] {
        for file in ["/dev/zero", "./p.toml"] {
            let output = run(&home, &arguments.replace("FILE", file));
            let told = format!("{}{}", told(&output), String::from_utf8_lossy(&output.stdout));
            assert!(told.contains("it is a pipe, a device or a socket"), "{arguments} {file}: {told}");
            assert_ne!(output.status.code(), Some(0), "{arguments} {file}");
        }
    }
    symlink("/dev/zero", home.path().join("d/mujun.toml")).expect("a link");
    refused(&home, "rank d", "it is a pipe, a device or a socket");
    fs::remove_file(home.path().join("d/mujun.toml")).expect("a link");
    write(&home, "d/mujun.toml", &"#\n".repeat((4 << 20) / 2 + 1));
    refused(&home, "rank d", "longer than 4 MB");
}

#[test]
fn a_file_whose_name_is_no_text_is_left_out_of_the_file_of_the_data_set() {
    use std::os::unix::ffi::OsStrExt;
    let home = yard();
    let name = std::ffi::OsStr::from_bytes(b"d/\xcb\xb0\xff.csv");
    fs::rename(home.path().join("d/tax.csv"), home.path().join(name)).expect("a file");
    let before = run(&home, "rank d -q --format csv");
    assert_eq!(run(&home, "init --from d").status.code(), Some(0));
    let text = read(&home, "d/mujun.toml");
    assert!(text.contains("has bytes that are no text") && !text.contains("[tables.tax]"), "{text}");
    assert!(text.contains("[tables.land]"), "{text}");
    let after = run(&home, "rank d -q --format csv");
    assert_eq!((before.status.code(), after.status.code()), (Some(0), Some(0)), "{}", told(&after));
    assert_eq!(before.stdout, after.stdout);
}
