//! Files as offices send them: each is read beside a sound data set, and gives the expected figures, findings and decisions.
//!
//! The files stand in `intake/files`, made by `intake/make.py` with Python's codecs, openpyxl, xlwt and odfpy; what is expected
//! stands in `intake/cases.toml`, written by hand from what the script puts into the files.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

use mujun::finding::Findings;
use mujun::load::{By, Dataset, Decision, Options, Progress, Rows, load};

const BASE: [(&str, &str); 5] = [
    ("enterprises", "企业代码,企业名称,开发区,行业代码\nE1,甲,Z1,C35\nE2,乙,Z1,C3625\n"),
    ("land", "宗地编号,企业代码,用地面积（亩）,权属\nP1,E1,10,自有\nP2,E2,20,自有\n"),
    ("output", "企业代码,年度,工业总产值（万元）\nE1,2024,100\nE1,2025,110\nE2,2025,200\n"),
    ("tax", "企业代码,年度,实缴税收（万元）\nE1,2024,5\nE1,2025,6\nE2,2025,7\n"),
    ("energy", "企业代码,年度,综合能耗（吨标准煤）\nE1,2025,7\n"),
];

#[derive(Default)]
struct Watch(Mutex<Vec<Decision>>);

impl Progress for Watch {
    fn start(&self, _: u64) {}
    fn advance(&self, _: &str, _: u64) {}
    fn decided(&self, decisions: Vec<Decision>) {
        self.0.lock().expect("no thread fails").extend(decisions);
    }
}

fn here() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/intake")
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a directory");
    for entry in fs::read_dir(from).expect("the files are there").flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() { copy(&entry.path(), &target) } else { fs::copy(entry.path(), target).map(drop).expect("a copy") }
    }
}

/// The value of a panel column for an enterprise and year, as text: numbers as Rust writes them.
fn value(dataset: &Dataset, column: &str, id: &str, year: i64) -> String {
    let ids = dataset.panel.column("enterprise_id").expect("ids").str().expect("text").clone();
    let years = dataset.panel.column("year").expect("years").i32().expect("numbers").clone();
    let at = ids.iter().zip(years.iter()).position(|(known, of)| known == Some(id) && of.map(i64::from) == Some(year));
    let Some(at) = at else { return "no row".to_owned() };
    let Ok(column) = dataset.panel.column(column) else { return "no column".to_owned() };
    match (column.f64(), column.str()) {
        (Ok(numbers), _) => numbers.get(at).map_or("none".to_owned(), |number| number.to_string()),
        (_, Ok(texts)) => texts.get(at).unwrap_or("none").to_owned(),
        _ => format!("{:?}", column.get(at)),
    }
}

fn strings(value: &toml::Value) -> Vec<String> {
    value.as_array().expect("a list").iter().map(|item| item.as_str().map_or_else(|| item.to_string(), str::to_owned)).collect()
}

/// What a decision says under a name of a case.
fn decided(decision: &Decision, key: &str) -> Vec<String> {
    let rows = |rows: &[u64]| rows.iter().map(u64::to_string).collect();
    match key {
        "encoding" => decision.encoding.map(str::to_owned).into_iter().collect(),
        "delimiter" => decision.delimiter.map(String::from).into_iter().collect(),
        "headings" => decision.headings.map(|(from, to)| vec![from.to_string(), to.to_string()]).unwrap_or_default(),
        "units" => decision.units.clone(),
        "titles" => rows(&decision.titles),
        "below" => rows(&decision.below),
        "totals" => rows(&decision.totals),
        "notes" => rows(&decision.notes),
        "repeated" => rows(&decision.repeated),
        "marked_ids" => vec![decision.marked_ids.to_string()],
        "merged" => decision.merged.clone(),
        "serials" => vec![decision.serials.to_string()],
        "by" => decision
            .by
            .map(|by| match by {
                By::Name => "name".to_owned(),
                By::Headings => "headings".to_owned(),
                By::Config => "config".to_owned(),
            })
            .into_iter()
            .collect(),
        _ => panic!("a case asks for {key}"),
    }
}

fn run(case: &toml::Table) -> Vec<String> {
    let name = case["dir"].as_str().expect("a name");
    let home = tempfile::tempdir().expect("a directory");
    let data = home.path().join("data");
    copy(&here().join("files").join(name), &data);
    let own = case.get("tables").map(strings).unwrap_or_default();
    for (table, text) in BASE.iter().filter(|(table, _)| !own.iter().any(|own| own == table)) {
        fs::write(data.join(format!("{table}.csv")), text).expect("a file");
    }
    let path = case.get("data").map_or(data.clone(), |file| data.join(file.as_str().expect("a name")));
    let (watch, mut findings) = (Watch::default(), Findings::default());
    let rows = if case.contains_key("unsuspicious") { Rows::default() } else { Rows::CHECKED };
    let dataset = load(&path, &Options { lenient: false, keep: None, rows, parts: false, tried: &[], progress: &watch }, &mut findings);
    let decisions = watch.0.into_inner().expect("no thread fails");
    let mut wrong = Vec::new();
    let told: Vec<String> = findings
        .iter()
        .map(|finding| {
            let file = finding.place.file().unwrap_or("").strip_prefix(&format!("{}/", data.display())).unwrap_or("-").to_owned();
            format!("{} {} {file} {}", finding.severity.as_str(), finding.code, finding.place.address().unwrap_or_default())
                .trim_end()
                .to_owned()
        })
        .collect();
    let expected = case.get("findings").map(strings).unwrap_or_default();
    if told != expected {
        wrong.push(format!("{name}: findings {told:?}, not {expected:?}"));
    }
    for (place, expected) in case.get("values").and_then(toml::Value::as_table).into_iter().flatten() {
        let words: Vec<&str> = place.split(' ').collect();
        let expected = expected.as_str().map_or_else(|| expected.to_string(), str::to_owned);
        let found = match &dataset {
            Some(dataset) => value(dataset, words[2], words[0], words[1].parse().expect("a year")),
            None => "no data set".to_owned(),
        };
        if found != expected {
            wrong.push(format!("{name}: {place} is {found}, not {expected}"));
        }
    }
    for (table, said) in case.get("decided").and_then(toml::Value::as_table).into_iter().flatten() {
        let Some(decision) = decisions.iter().find(|decision| decision.table == Some(table)) else {
            wrong.push(format!("{name}: nothing was decided about {table}"));
            continue;
        };
        for (key, expected) in said.as_table().expect("a table") {
            let (found, expected) = (decided(decision, key), strings(expected));
            if found != expected {
                wrong.push(format!("{name}: {table} {key} is {found:?}, not {expected:?}"));
            }
        }
    }
    for (file, why) in case.get("ignored").and_then(toml::Value::as_table).into_iter().flatten() {
        let found = decisions.iter().find(|decision| decision.file.ends_with(file.as_str())).and_then(|decision| decision.ignored);
        if found != why.as_str() {
            wrong.push(format!("{name}: {file} is ignored because {found:?}, not {why}"));
        }
    }
    wrong
}

#[test]
fn every_file_gives_what_is_expected_of_it() {
    let text = fs::read_to_string(here().join("cases.toml")).expect("the cases are there");
    let cases: toml::Table = toml::from_str(&text).expect("cases are TOML");
    let cases = cases["case"].as_array().expect("a list of cases");
    let only = std::env::var("CASE").unwrap_or_default();
    let tables: Vec<&toml::Table> = cases.iter().filter_map(toml::Value::as_table).collect();
    let wrong: Vec<String> =
        tables.iter().filter(|case| case["dir"].as_str().is_some_and(|name| name.contains(&only))).flat_map(|case| run(case)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let mut folders: BTreeMap<String, bool> = BTreeMap::new();
    for entry in fs::read_dir(here().join("files")).expect("the files are there").flatten() {
        folders.insert(entry.file_name().to_string_lossy().into_owned(), false);
    }
    for case in &tables {
        *folders.get_mut(case["dir"].as_str().expect("a name")).expect("a case has a folder") = true;
    }
    let forgotten: Vec<&String> = folders.iter().filter(|(_, is_used)| !**is_used).map(|(name, _)| name).collect();
    assert!(forgotten.is_empty(), "no case for {forgotten:?}");
}

/// What a command prints on standard output about a data set, with the name of the data set taken out.
fn output(arguments: &[&str], data: &Path) -> Vec<u8> {
    let output = Command::new(env!("CARGO_BIN_EXE_mujun"))
        .arg(arguments[0])
        .arg(data)
        .args(&arguments[1..])
        .env("COLUMNS", "200")
        .output()
        .expect("the program runs");
    assert!(output.status.success(), "{}: {}", data.display(), String::from_utf8_lossy(&output.stderr));
    output.stdout
}

#[test]
fn the_sample_gives_the_same_bytes_in_every_shape() {
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample_data");
    let commands: [&[&str]; 5] = [
        &["rank", "--format", "csv"],
        &["rank", "--by", "zone", "--format", "csv"],
        &["rank", "--policy", "huangyan-2022", "--format", "csv"],
        &["flag", "--format", "csv"],
        &["flag", "--inventory", "--format", "csv"],
    ];
    for arguments in commands {
        let expected = output(arguments, &sample);
        assert!(expected.len() > 100, "{arguments:?} says something");
        for shape in ["gbk", "book.xlsx", "two-rows", "two-rows/汇总.xlsx"] {
            let found = output(arguments, &here().join("shapes").join(shape));
            assert!(found == expected, "{arguments:?} differs for {shape}:\n{}", String::from_utf8_lossy(&found));
        }
    }
}

/// A copy of a data set that `mujun init --from` may write to.
fn copied(from: &Path, home: &Path) -> PathBuf {
    let data = home.join("data");
    if from.is_dir() {
        copy(from, &data);
        return data;
    }
    fs::create_dir_all(&data).expect("a directory");
    let book = data.join(from.file_name().expect("a name"));
    fs::copy(from, &book).expect("a copy");
    book
}

fn init(data: &Path) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_mujun")).args(["init", "--from"]).arg(data).output().expect("the program runs");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{}: {told}", data.display());
    told
}

#[test]
fn the_sample_is_the_same_with_the_file_that_init_writes() {
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample_data");
    let expected = output(&["rank", "--format", "csv"], &sample);
    let shapes = ["gbk", "book.xlsx", "two-rows", "two-rows/汇总.xlsx"].map(|shape| here().join("shapes").join(shape));
    for from in shapes.iter().chain([&sample]) {
        let home = tempfile::tempdir().expect("a directory");
        let data = copied(from, home.path());
        init(&data);
        assert!(home.path().join("data/mujun.toml").is_file(), "beside the data");
        assert!(output(&["rank", "--format", "csv"], &data) == expected, "{} differs", from.display());
    }
}

#[test]
fn every_file_is_the_same_with_the_file_that_init_writes() {
    let quiet = mujun::load::Quiet;
    let read = |data: &Path| {
        let mut findings = Findings::default();
        let options = Options { lenient: false, keep: None, rows: Rows::CHECKED, parts: false, tried: &[], progress: &quiet };
        let dataset = load(data, &options, &mut findings);
        dataset.filter(|_| !findings.stop())
    };
    let text = fs::read_to_string(here().join("cases.toml")).expect("the cases are there");
    let cases: toml::Table = toml::from_str(&text).expect("cases are TOML");
    let (mut wrong, mut count) = (Vec::new(), 0);
    for case in cases["case"].as_array().expect("a list of cases") {
        let name = case["dir"].as_str().expect("a name");
        let home = tempfile::tempdir().expect("a directory");
        let data = copied(&here().join("files").join(name), home.path());
        let own = case.get("tables").map(strings).unwrap_or_default();
        for (table, text) in BASE.iter().filter(|(table, _)| !own.iter().any(|own| own == table)) {
            fs::write(data.join(format!("{table}.csv")), text).expect("a file");
        }
        let path = case.get("data").map_or(data.clone(), |file| data.join(file.as_str().expect("a name")));
        if data.join("mujun.toml").exists() {
            continue;
        }
        let Some(before) = read(&path) else { continue };
        init(&path);
        count += 1;
        let Some(after) = read(&path) else {
            let text = fs::read_to_string(data.join("mujun.toml")).unwrap_or_default();
            wrong.push(format!("{name} does not load any more:\n{text}"));
            continue;
        };
        let frames = |dataset: &Dataset| {
            [&dataset.panel, &dataset.parcels, &dataset.adjustments, &dataset.zone_years, &dataset.kpis].map(Clone::clone)
        };
        if frames(&before).iter().zip(&frames(&after)).any(|(before, after)| !before.equals_missing(after)) {
            wrong.push(format!("{name} differs"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count > 50, "only {count} were read");
}
