//! Scorecards of zones against a second calculation in plain Python with `fractions` (`tests/oracle/zones.py`), in which figures, targets of
//! every built-in plan, score, places, ladder, concentration, structure and chains are coded by hand: on the sample data, on its second data
//! set that reports by quarter, on both as one city, and on made cities with gaps, months and figures on the very thresholds
//! (`tests/oracle/make_zones.py`).
//!
//! Needs python3; without it the test says so and is skipped.

#[path = "oracle/python.rs"]
mod python;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use rayon::prelude::*;
use serde_json::Value;

use self::python::python;

/// Plans, and settings that give their masked or missing figures a value: while Zunyi's plan runs, and after its end.
const PLANS: [(&str, [&[&str]; 2]); 7] = [
    ("zunyi", [&["base_year=2022", "end_year=2028"], &["base_year=2022", "end_year=2024"]]),
    ("quanzhou-taiwan-zone", [&LEFT, &LEFT]),
    ("nanjing-etdz", [&["growth_tolerance=1.5"], &["growth_tolerance=0"]]),
    ("wuhan-donghu", [&[], &[]]),
    ("national-etdz-land", [&["edition=2024"], &["edition=541"]]),
    ("etdz-exit", [&[], &[]]),
    ("zhejiang-zones-2021", [&[], &[]]),
];

const LEFT: [&str; 6] =
    ["not_expropriated_most=42", "not_supplied_most=50", "not_used_most=60", "low_use_most=64.5", "idle_most=58", "inventories_a_year=2"];

/// Which settings: as the plans have them, or one of the two sets of `PLANS`.
type Set = Option<usize>;
const PLAIN: Set = None;
const RUNNING: Set = Some(0);
const OVER: Set = Some(1);

/// A question to both.
struct Case {
    data: Vec<PathBuf>,
    /// As `--period` has it.
    period: &'static str,
    as_of: &'static str,
    set: Set,
}

impl Case {
    fn new(data: &[&Path], period: &'static str, as_of: &'static str, set: Set) -> Case {
        Case { data: data.iter().map(|path| (*path).to_owned()).collect(), period, as_of, set }
    }

    fn year(&self) -> &'static str {
        &self.period[..4]
    }

    fn is_year(&self) -> bool {
        self.period.len() == 4
    }

    /// `SETTING=VALUE` of a plan.
    fn settings(&self, plan: &str) -> &'static [&'static str] {
        let own = PLANS.iter().find(|(id, _)| *id == plan);
        self.set.zip(own).map_or(&[], |(set, (_, settings))| settings[set])
    }

    /// What the Python says; `None`: it is not there.
    fn oracle(&self) -> Option<Value> {
        let settings: Vec<&str> = PLANS.iter().flat_map(|(plan, _)| self.settings(plan)).copied().collect();
        let settings = if settings.is_empty() { "-".to_owned() } else { settings.join(",") };
        let part = if self.is_year() { "Y" } else { &self.period[4..] };
        let mut arguments = vec![self.year(), part, self.as_of, &settings];
        arguments.extend(self.data.iter().map(|path| path.to_str().expect("a path")));
        python("zones.py", &arguments).map(|text| serde_json::from_str(&text).expect("JSON"))
    }

    /// What the program says.
    fn program(&self, command: &str, plan: &str, more: &[&str]) -> Value {
        let mut run = Command::new(env!("CARGO_BIN_EXE_mujun"));
        run.arg(command).args(&self.data).args(["--plan", plan, "--as-of", self.as_of, "--format", "json", "--lang", "en", "--verbose"]);
        for setting in self.settings(plan) {
            run.args(["--set", setting]);
        }
        let output = run.args(more).output().expect("the program runs");
        assert!(output.status.success(), "{command} {plan} {more:?}: {}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).expect("JSON")
    }
}

/// What differs, for people.
#[derive(Default)]
struct Differences {
    lines: Vec<String>,
    compared: usize,
    verdicts: BTreeSet<String>,
}

impl Differences {
    /// Numbers within a millionth, the rest to the letter; what is missing has to be missing on both sides.
    fn compare(&mut self, about: &str, ours: &Value, theirs: &Value) {
        self.compared += 1;
        let same = match (ours.as_f64(), theirs.as_f64()) {
            (Some(ours), Some(theirs)) => (ours - theirs).abs() <= 1.1e-6 * theirs.abs().max(1.0),
            _ => ours == theirs,
        };
        if !same {
            self.lines.push(format!("{about}: program {ours}, oracle {theirs}"));
        }
    }

    fn add(&mut self, other: Differences) {
        self.lines.extend(other.lines);
        self.compared += other.compared;
        self.verdicts.extend(other.verdicts);
    }
}

fn rows<'v>(report: &'v Value, part: &str) -> &'v [Value] {
    report[part].as_array().map_or(&[], Vec::as_slice)
}

/// Rows by what a key says of each; no key twice.
fn by_key(rows: &[Value], key: impl Fn(&Value) -> String) -> BTreeMap<String, &Value> {
    let found: BTreeMap<String, &Value> = rows.iter().map(|row| (key(row), row)).collect();
    assert_eq!(found.len(), rows.len(), "a key is there twice");
    found
}

fn cell(row: &Value, column: &str) -> String {
    row[column].as_str().unwrap_or("").to_owned()
}

/// Rows of both by their keys: the same keys, and field by field (in the words of the program and of the oracle) the same figures.
fn compare_rows(
    found: &mut Differences,
    about: &str,
    ours: &BTreeMap<String, &Value>,
    theirs: &BTreeMap<String, &Value>,
    fields: &[(&str, &str)],
) {
    let (left, right): (BTreeSet<&String>, BTreeSet<&String>) = (ours.keys().collect(), theirs.keys().collect());
    if left != right {
        found.lines.push(format!(
            "{about}: the program alone has {:?}, the oracle alone {:?}",
            left.difference(&right),
            right.difference(&left)
        ));
    }
    for (key, row) in ours {
        let Some(their) = theirs.get(key) else { continue };
        for (ours, theirs) in fields {
            found.compare(&format!("{about} {key} {ours}"), &row[*ours], &their[*theirs]);
        }
    }
}

/// The entries of an object of objects under `outer:inner` keys.
fn nested(value: &Value, wanted: impl Fn(&str) -> bool) -> BTreeMap<String, &Value> {
    let outer = value.as_object().into_iter().flatten().filter(|(name, _)| wanted(name));
    outer.flat_map(|(name, inner)| inner.as_object().into_iter().flatten().map(move |(id, row)| (format!("{name}:{id}"), row))).collect()
}

const TARGET: [(&str, &str); 8] = [
    ("verdict", "verdict"),
    ("value", "value"),
    ("goal", "goal"),
    ("gap", "gap"),
    ("needed_growth", "needed"),
    ("growth", "growth"),
    ("take", "take"),
    ("incomplete", "incomplete"),
];

/// Targets, figures and dates due of a plan.
fn compare_plan(case: &Case, oracle: &Value, plan: &str) -> Differences {
    let (mut found, theirs) = (Differences::default(), &oracle["plans"][plan]);
    for (by, scopes) in [("zone", &["zone", "city"][..]), ("chain", &["chain"])] {
        let ours = case.program("zone", plan, &["--by", by, "--period", case.period]);
        let of_scope = |name: &str| scopes.iter().any(|scope| name.starts_with(&format!("{scope}:")));
        let lines = by_key(rows(&ours, "targets"), |row| format!("{}:{}:{}", cell(row, "scope"), cell(row, "zone"), cell(row, "target")));
        found.verdicts.extend(lines.values().map(|row| format!("{plan} {} {}", cell(row, "target"), cell(row, "verdict"))));
        compare_rows(&mut found, plan, &lines, &nested(&theirs["targets"], of_scope), &TARGET);
        if by == "zone" {
            let wanted = nested(&theirs["figures"], of_scope);
            let scope = |row: &Value| if cell(row, "zone").is_empty() { "city" } else { "zone" };
            let all = by_key(rows(&ours, "figures"), |row| format!("{}:{}:{}", scope(row), cell(row, "zone"), cell(row, "figure")));
            let all = all.into_iter().filter(|(key, _)| wanted.contains_key(key)).collect();
            compare_rows(&mut found, &format!("{plan} figures"), &all, &wanted, &[("value", "value"), ("incomplete", "incomplete")]);
            let due = by_key(rows(&ours, "reviews"), |row| format!("{}:{}", cell(row, "zone"), cell(row, "review")));
            let wanted = nested(&theirs["reviews"], |_| true);
            compare_rows(&mut found, &format!("{plan} reviews"), &due, &wanted, &[("due_on", "due_on"), ("state", "state")]);
            if plan == "zunyi" {
                compare_zones(&mut found, &ours, oracle);
            }
        }
    }
    if case.is_year() {
        compare_places(&mut found, case, oracle, plan);
    }
    found
}

/// What no plan has a say in: concentration, heavy sites, land by state, factories.
fn compare_zones(found: &mut Differences, ours: &Value, oracle: &Value) {
    let theirs = oracle["zones"].as_object().expect("zones");
    let of = |part: &str| -> Value { Value::Object(theirs.iter().map(|(zone, row)| (zone.clone(), row[part].clone())).collect()) };
    let lines = by_key(rows(ours, "concentration"), |row| format!("{}:{}", cell(row, "zone"), cell(row, "of")));
    let fields = ["share", "gini", "sites", "left_out"].map(|field| (field, field));
    compare_rows(found, "concentration", &lines, &nested(&of("concentration"), |_| true), &fields);
    let lines = by_key(rows(ours, "land"), |row| format!("{}:{}:{}", cell(row, "zone"), cell(row, "book"), cell(row, "state")));
    compare_rows(found, "land", &lines, &nested(&of("land"), |_| true), &[("mu", "mu"), ("parcels", "parcels")]);
    let lines = by_key(rows(ours, "factories"), |row| cell(row, "zone"));
    let factories = of("factories");
    let wanted =
        factories.as_object().into_iter().flatten().filter(|(_, row)| row["buildings"] != 0).map(|(zone, row)| (zone.clone(), row));
    let fields = ["buildings", "built_area", "leased_area", "used_area", "use_rate", "incomplete"].map(|field| (field, field));
    compare_rows(found, "factories", &lines, &wanted.collect(), &fields);
    for (zone, row) in theirs {
        let ours: Vec<&Value> = rows(ours, "sites").iter().filter(|site| cell(site, "zone") == *zone).collect();
        let theirs = row["sites"].as_array().expect("sites");
        found.compare(&format!("sites of {zone}"), &ours.len().into(), &theirs.len().into());
        for (place, (ours, theirs)) in ours.iter().zip(theirs).enumerate() {
            for (field, other) in [("enterprise_id", "enterprise_id"), ("land_mu", "land"), ("shortfall", "shortfall")] {
                found.compare(&format!("site {place} of {zone} {field}"), &ours[field], &theirs[other]);
            }
        }
    }
}

/// `rank --by zone` and, for the plan that has targets of chains, `rank --by chain`.
fn compare_places(found: &mut Differences, case: &Case, oracle: &Value, plan: &str) {
    let ours = case.program("rank", plan, &["--by", "zone", "--year", case.year()]);
    let theirs = &oracle["plans"][plan]["ranked"];
    let takes_structure_out = ["zunyi", "nanjing-etdz"].contains(&plan);
    for row in rows(&ours, "rows") {
        let zone = cell(row, "zone");
        let about = format!("rank {plan} {zone}");
        if let Some(their) = theirs.get(&zone) {
            for field in ["place", "score", "bottom_years"] {
                found.compare(&format!("{about} {field}"), &row[field], &their[field]);
            }
            for (field, word) in [("met", "met"), ("missed", "missed"), ("on_course", "on-course"), ("cannot_tell", "cannot-tell")] {
                found.compare(&format!("{about} {field}"), &row[field], &their["verdicts"].get(word).cloned().unwrap_or(0.into()));
            }
            let steps: Vec<&str> = their["steps"].as_array().expect("steps").iter().filter_map(Value::as_str).collect();
            found.compare(&format!("{about} step"), &cell(row, "step").into(), &steps.join("; ").into());
        }
        let their = &oracle["structure"][&zone];
        for (field, other) in [
            ("expected_per_mu", "expected"),
            ("structure_effect", "structure_effect"),
            ("own_effect", "own_effect"),
            ("place_own", "place_own"),
        ] {
            let wanted = if takes_structure_out { &their[other] } else { &Value::Null };
            found.compare(&format!("{about} {field}"), &row[field], wanted);
        }
    }
    if plan == "nanjing-etdz" {
        let ours = case.program("rank", plan, &["--by", "chain", "--year", case.year()]);
        compare_chains(found, &ours, oracle);
    }
}

fn compare_chains(found: &mut Differences, ours: &Value, oracle: &Value) {
    let lines = by_key(rows(ours, "rows"), |row| cell(row, "chain"));
    for (chain, theirs) in oracle["chains"].as_object().expect("chains") {
        let Some(row) = lines.get(chain) else {
            found.lines.push(format!("chain {chain} is not ranked"));
            continue;
        };
        let target = &oracle["plans"]["nanjing-etdz"]["targets"][format!("chain:{chain}")]["chain-growth"];
        let about = |field: &str| format!("rank chain {chain} {field}");
        for field in ["main_revenue", "main_revenue_last", "growth"] {
            found.compare(&about(field), &row[field], &theirs["year"][field]);
        }
        for field in ["goal", "verdict"] {
            found.compare(&about(field), &row[field], &target[field]);
        }
        found.compare(&about("leading_firms"), &row["leading_firms"], &theirs["leading_firms"]);
        for quarter in ["q1", "q2", "q3", "q4"] {
            for (field, other) in [(format!("{quarter}_main_revenue"), "main_revenue"), (format!("{quarter}_growth"), "growth")] {
                found.compare(&about(&field), row.get(&field).unwrap_or(&Value::Null), &theirs[quarter][other]);
            }
        }
    }
}

/// Everything of every plan; `None` where Python is not there.
fn differences(cases: &[Case]) -> Option<Differences> {
    let mut all = Differences::default();
    for case in cases {
        let oracle = case.oracle()?;
        let each: Vec<Differences> = PLANS.par_iter().map(|(plan, _)| compare_plan(case, &oracle, plan)).collect();
        for mut found in each {
            found.lines = found.lines.into_iter().map(|line| format!("{} {} {line}", case.period, case.as_of)).collect();
            all.add(found);
        }
    }
    Some(all)
}

fn check(cases: &[Case], least: usize) -> Option<Differences> {
    let found = differences(cases)?;
    assert!(found.compared >= least, "only {} figures were compared", found.compared);
    let shown = &found.lines[..found.lines.len().min(60)];
    assert!(found.lines.is_empty(), "{} of {} differ\n{}", found.lines.len(), found.compared, shown.join("\n"));
    Some(found)
}

fn sample() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("sample_data")
}

#[test]
fn the_sample_fares_as_the_second_calculation_says() {
    let (one, heyu) = (sample(), sample().join("heyu"));
    check(
        &[
            Case::new(&[&one], "2025", "2025-12-31", PLAIN),
            Case::new(&[&one], "2024", "2024-12-31", RUNNING),
            Case::new(&[&heyu], "2025", "2025-12-31", PLAIN),
            Case::new(&[&heyu], "2025H1", "2025-06-30", RUNNING),
            Case::new(&[&heyu], "2025Q3", "2025-10-20", RUNNING),
        ],
        7000,
    );
}

#[test]
fn two_data_sets_are_one_city() {
    let (one, heyu) = (sample(), sample().join("heyu"));
    let both = [one.as_path(), heyu.as_path()];
    check(&[Case::new(&both, "2025", "2025-12-31", RUNNING), Case::new(&both, "2025", "2025-08-15", PLAIN)], 5500);
}

/// A made city.
fn made(home: &Path, enterprises: &str, seed: &str) -> Option<[PathBuf; 2]> {
    let folder = home.join(seed);
    python("make_zones.py", &[folder.to_str().expect("a path"), enterprises, seed])?;
    Some(["a", "b"].map(|name| folder.join(name)))
}

#[test]
fn a_made_city_fares_as_the_second_calculation_says_in_every_period() {
    let home = tempfile::tempdir().expect("a temporary directory");
    for seed in ["1", "2"] {
        let Some([a, b]) = made(home.path(), "300", seed) else { return };
        let both = [a.as_path(), b.as_path()];
        let cases = [
            Case::new(&both, "2025", "2025-12-31", RUNNING),
            Case::new(&[&a], "2025", "2026-03-01", PLAIN),
            Case::new(&[&b], "2025H2", "2025-12-31", RUNNING),
            Case::new(&[&b], "2025Q1", "2025-04-15", PLAIN),
        ];
        check(&cases, 14_000);
    }
}

/// Eight small cities, and one of two thousand enterprises: on them every target of the five plans is met, missed and cannot be told, but
/// for one that is never in doubt, since an enterprise without labels leads nothing.
#[test]
fn every_target_is_met_and_missed_and_cannot_be_told() {
    let home = tempfile::tempdir().expect("a temporary directory");
    let mut all = BTreeSet::new();
    for (enterprises, seed) in
        [("16", "3"), ("16", "4"), ("16", "5"), ("16", "6"), ("16", "7"), ("16", "8"), ("16", "9"), ("16", "10"), ("1000", "12")]
    {
        let Some([a, b]) = made(home.path(), enterprises, seed) else { return };
        let both = [a.as_path(), b.as_path()];
        let cases = [Case::new(&both, "2025", "2025-12-31", OVER), Case::new(&both, "2024", "2024-10-15", RUNNING)];
        let Some(found) = check(&cases[..if enterprises == "16" { 2 } else { 1 }], 5000) else { return };
        all.extend(found.verdicts);
    }
    let ladders = ["etdz-exit", "zhejiang-zones-2021"];
    let targets: BTreeSet<&str> = all.iter().filter_map(|line| line.rsplit_once(' ')).map(|(target, _)| target).collect();
    let targets = targets.into_iter().filter(|target| !ladders.iter().any(|plan| target.starts_with(plan)));
    let verdicts = ["met", "missed", "cannot-tell"];
    let wanted = targets.flat_map(|target| verdicts.map(|verdict| format!("{target} {verdict}")));
    let lacking: Vec<String> = wanted.filter(|line| !all.contains(line) && line != "nanjing-etdz leading-firms cannot-tell").collect();
    assert!(lacking.is_empty(), "{lacking:#?}");
}
