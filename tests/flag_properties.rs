//! What must hold of `flag` for any data: the order of rows and columns and the number of threads change no byte; stages exclude each
//! other and only go forward; what cannot be told names no consequence; REVIEW is the method's own review.

use std::collections::{BTreeMap, BTreeSet};

use mujun::dictionary::{Dictionary, Heading};
use mujun::policy::library;
use rust_decimal::Decimal;

mod tables;

use tables::{Table, Tables, mixed, sample};

type Row = BTreeMap<String, String>;

/// The CSV of `flag`.
fn flag(tables: &Tables, arguments: &[&str], threads: &str) -> String {
    tables::csv("flag", tables, &[&["--lang", "en"], arguments].concat(), threads)
}

fn rows(text: &str) -> Vec<Row> {
    csv::Reader::from_reader(text.as_bytes()).deserialize().map(|row| row.expect("a row of CSV")).collect()
}

/// Every rule book, to be named with `--rules`.
fn every_book() -> String {
    library::BOOKS.iter().map(|(id, _)| *id).collect::<Vec<_>>().join(",")
}

/// Numbers that look random and are the same in every run.
struct Draw(u64);

impl Draw {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (x ^ (x >> 31)) % limit
    }

    fn one_of(&mut self, words: &[&str]) -> String {
        words[self.below(words.len() as u64) as usize].to_owned()
    }

    /// A day from 2021 to 2026; month ends are frequent.
    fn day(&mut self) -> String {
        let (year, month) = (2021 + self.below(6), 1 + self.below(12));
        let last = match month {
            2 if year == 2024 => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        };
        let day = if self.below(4) == 0 { last } else { 1 + self.below(last) };
        format!("{year}-{month:02}-{day:02}")
    }

    fn day_or_blank(&mut self, blank: u64) -> String {
        if self.below(100) < blank { String::new() } else { self.day() }
    }
}

/// The tables that a data set needs besides land: enterprises E0, E1, …
fn others(enterprises: usize) -> Tables {
    let mut tables = Tables::new();
    let heading = |text: &str| vec![text.split(',').map(str::to_owned).collect::<Vec<_>>()];
    tables.insert("enterprises".into(), heading("enterprise_id,name,zone,above_scale,industry"));
    tables.insert("output".into(), heading("enterprise_id,year,gross_output"));
    tables.insert("tax".into(), heading("enterprise_id,year,tax_paid"));
    tables.insert("energy".into(), heading("enterprise_id,year,energy_tce"));
    let mut push = |table: &str, row: &[&str]| {
        tables.get_mut(table).expect("a table").push(row.iter().map(|cell| (*cell).to_owned()).collect());
    };
    for at in 0..enterprises {
        let (id, name) = (format!("E{at}"), format!("Plant {at}"));
        push("enterprises", &[&id, &name, "Z1", "1", "C3562"]);
        for year in ["2024", "2025"] {
            push("output", &[&id, year, "1000"]);
            push("tax", &[&id, year, "100"]);
            push("energy", &[&id, year, "100"]);
        }
    }
    tables
}

/// Dates that follow one another.
const STEPS: [&str; 10] = [
    "approved_on",
    "expropriated_on",
    "supplied_on",
    "delivered_on",
    "start_due_on",
    "permit_on",
    "started_on",
    "suspended_on",
    "completed_on",
    "complete_due_on",
];

/// Parcels with anything in any column; in a quarter of them the dates may not follow one another as they do.
fn wild(seed: u64, count: usize) -> Tables {
    const HEADING: &str = "parcel_id,enterprise_id,zone,area,tenure,ownership,approved_on,expropriated_on,supplied_on,delivered_on,\
        start_due_on,complete_due_on,permit_on,started_on,completed_on,foundation,foundation_done,suspended_on,developed_area,due_area,\
        invested,invest_total,land_price,cause,cause_verified,determination_no,determined_on,disposal,new_start_due_on,\
        supplement_start_on,extended_to,mortgaged,floor_area,footprint";
    let mut draw = Draw(seed);
    let columns: Vec<String> = HEADING.split(',').map(str::to_owned).collect();
    let enterprises = count / 2;
    let mut tables = others(enterprises);
    let mut land: Table = vec![columns.clone()];
    for at in 0..count {
        let held = draw.below(10) > 0;
        let mut row: Vec<String> = Vec::new();
        for column in &columns {
            row.push(match column.as_str() {
                "parcel_id" => format!("P{at}"),
                "enterprise_id" if held => format!("E{}", at % enterprises),
                "enterprise_id" => String::new(),
                "zone" => "Z1".to_owned(),
                "area" => (20 + draw.below(180)).to_string(),
                "tenure" => draw.one_of(if held { &["owned", "owned", "owned", "", "leased_in"] } else { &[""] }),
                "ownership" => draw.one_of(&["", "state", "collective"]),
                "approved_on" if !held => draw.day(),
                "supplied_on" if !held => String::new(),
                "start_due_on" | "delivered_on" => draw.day_or_blank(25),
                "permit_on" | "completed_on" | "started_on" | "determined_on" | "disposal" if draw.below(3) > 0 => String::new(),
                "foundation" => draw.one_of(&["", "pit", "pile", "other"]),
                "foundation_done" => draw.one_of(&["", "", "0", "0.3333", "0.3334", "1"]),
                "developed_area" => draw.one_of(&["", "0", "9.99", "10", "10.01"]),
                "due_area" => draw.one_of(&["", "0", "30"]),
                "invested" => draw.one_of(&["", "0", "249.99", "250", "250.01"]),
                "invest_total" => draw.one_of(&["", "0", "1000"]),
                "land_price" => draw.one_of(&["", "0", "0.05", "1000"]),
                "cause" => draw.one_of(&["", "holder", "gov", "force_majeure", "prework", "unknown"]),
                "cause_verified" | "mortgaged" => draw.one_of(&["", "true", "false"]),
                "determination_no" => draw.one_of(&["", "D1"]),
                "disposal" => draw.one_of(&["extend", "change_use", "interim", "recovery", "swap", "other"]),
                "floor_area" | "footprint" => draw.one_of(&["", "5000", "40000"]),
                _ => draw.day_or_blank(45),
            });
        }
        let place = |name: &str| columns.iter().position(|column| column == name).expect("a column");
        match draw.below(4) {
            0 | 1 => {
                let steps: Vec<usize> = STEPS.into_iter().map(place).filter(|&at| !row[at].is_empty()).collect();
                let mut days: Vec<String> = steps.iter().map(|&at| row[at].clone()).collect();
                days.sort();
                steps.iter().zip(days).for_each(|(&at, day)| row[at] = day);
            }
            // Begun, and perhaps stopped.
            2 if held => {
                for (column, day) in [("supplied_on", ""), ("permit_on", "2021-06-30"), ("started_on", "2021-06-30"), ("completed_on", "")]
                {
                    row[place(column)] = day.to_owned();
                }
                row[place("suspended_on")] = draw.one_of(&["", "2022-02-28", "2023-02-28", "2024-02-29", "2024-12-31", "2025-01-01"]);
            }
            _ => {}
        }
        land.push(row);
    }
    tables.insert("land".into(), land);
    tables
}

#[test]
fn the_order_of_rows_and_columns_changes_no_byte() {
    let books = every_book();
    for (tables, seeds) in [(sample(), [1, 2, 3]), (wild(11, 300), [4, 5, 6])] {
        for as_of in ["2024-02-29", "2025-12-31"] {
            let arguments = ["--as-of", as_of, "--year", "2025", "--rules", &books];
            let plain = flag(&tables, &arguments, "2");
            assert!(plain.lines().count() > 50, "{plain}");
            for seed in seeds {
                same_lines(&plain, &flag(&mixed(&tables, seed), &arguments, "2"));
            }
        }
    }
}

#[test]
fn the_number_of_threads_changes_no_byte() {
    let books = every_book();
    for tables in [sample(), wild(12, 1500)] {
        let arguments = ["--year", "2025", "--rules", &books];
        same_lines(&flag(&tables, &arguments, "1"), &flag(&tables, &arguments, "2"));
    }
}

/// Equal to the byte; else the first line that differs is shown.
fn same_lines(one: &str, other: &str) {
    let differ = one.lines().zip(other.lines()).find(|(one, other)| one != other);
    assert!(differ.is_none(), "{differ:#?}");
    assert_eq!(one, other);
}

#[test]
fn stages_exclude_each_other_and_what_is_not_told_names_no_consequence() {
    let books = every_book();
    let mut seen: BTreeMap<(String, bool), usize> = BTreeMap::new();
    for seed in 1..=4 {
        let tables = wild(seed, 800);
        for as_of in ["2023-02-28", "2024-02-29", "2025-12-31"] {
            let lines = rows(&flag(&tables, &["--as-of", as_of, "--year", "2025", "--rules", &books], "2"));
            let held = |rule: &str| -> BTreeSet<String> {
                let told = lines.iter().filter(|line| line["rule"] == rule && line["status"] != "cannot-tell");
                told.map(|line| line["subject_id"].clone()).collect()
            };
            // One consequence at most, and none without the land being idle.
            let stages = ["IDLE-04", "IDLE-05", "IDLE-06", "IDLE-08"].map(held);
            let idle = held("IDLE-03");
            for (at, stage) in stages.iter().enumerate() {
                assert!(stage.is_subset(&idle), "{:?}", stage.difference(&idle));
                for other in &stages[at + 1..] {
                    assert!(stage.is_disjoint(other), "{:?}", stage.intersection(other));
                }
            }
            assert!(held("IDLE-02").is_disjoint(&idle));
            assert!(held("IDLE-07").is_disjoint(&idle));
            assert!(held("STOCK-01").is_disjoint(&held("STOCK-02")) && held("STOCK-02").is_disjoint(&held("STOCK-03")));
            for line in &lines {
                let told = line["status"] != "cannot-tell";
                *seen.entry((line["rule"].clone(), told)).or_default() += 1;
                if line["rule"] == "IDLE-07" {
                    assert!(line["amount"].is_empty() && line["unit"].is_empty(), "{line:?}");
                }
                if !told {
                    for column in ["amount", "unit", "ceiling", "consequence", "due_on", "since_on"] {
                        assert!(line[column].is_empty(), "{column}: {line:?}");
                    }
                }
                assert_eq!(line["missing"].is_empty(), told, "{line:?}");
                assert_eq!(line["amount"].is_empty(), line["unit"].is_empty(), "{line:?}");
            }
        }
    }
    for rule in ["IDLE-02", "IDLE-03", "IDLE-04", "IDLE-05", "IDLE-06", "IDLE-07", "IDLE-08", "STOCK-01", "STOCK-02", "STOCK-03"] {
        assert!(seen.get(&(rule.to_owned(), true)).is_some_and(|count| *count >= 10), "{rule} is hardly tried: {seen:?}");
    }
    assert!(seen.iter().any(|((_, told), count)| !told && *count > 100), "{seen:?}");
}

/// Nothing but the dates agreed and the cause is known: as time passes land is overdue, idle, to be recovered, and never less.
#[test]
fn time_never_undoes_a_stage() {
    let mut tables = others(100);
    let heading = "parcel_id,enterprise_id,area,tenure,delivered_on,start_due_on,permit_on,land_price,cause,cause_verified";
    let mut land: Table = vec![heading.split(',').map(str::to_owned).collect()];
    let mut draw = Draw(7);
    for at in 0..600 {
        let (delivered, due) = (draw.day_or_blank(30), draw.day_or_blank(40));
        let cause = draw.one_of(&["holder", "holder", "gov", "force_majeure", "prework", "", "unknown"]);
        let verified = draw.one_of(&["true", "false", ""]);
        let (parcel, enterprise) = (format!("P{at}"), format!("E{}", at % 100));
        land.push(vec![parcel, enterprise, "50".into(), "owned".into(), delivered, due, String::new(), "1000".into(), cause, verified]);
    }
    tables.insert("land".into(), land);
    // A stage is as far as land has come; the rules of one cause stand in one row.
    let stage = |rule: &str| match rule {
        "IDLE-02" => 1,
        "IDLE-03" | "IDLE-04" | "IDLE-06" | "IDLE-08" => 2,
        "IDLE-05" => 3,
        _ => 0,
    };
    let mut days: Vec<String> = (0..10).map(|_| draw.day()).collect();
    days.extend(["2023-12-31", "2024-02-28", "2024-02-29", "2024-03-01", "2025-02-28", "2026-02-28", "2028-02-29"].map(str::to_owned));
    days.sort();
    let mut before: BTreeMap<String, i32> = BTreeMap::new();
    let mut steps = 0;
    for day in days {
        let mut now: BTreeMap<String, i32> = BTreeMap::new();
        for line in rows(&flag(&tables, &["--as-of", &day, "--year", "2025"], "2")) {
            if line["status"] != "cannot-tell" {
                let furthest = now.entry(line["subject_id"].clone()).or_default();
                *furthest = stage(&line["rule"]).max(*furthest);
            }
        }
        for (parcel, stage) in &before {
            assert!(now.get(parcel) >= Some(stage), "{parcel} as of {day}: stage {:?} after {stage}", now.get(parcel));
        }
        steps += now.iter().filter(|(parcel, stage)| before.get(*parcel).is_some_and(|before| before < stage)).count();
        before = now;
    }
    assert!(steps > 300, "{steps} steps are no test");
    assert!(before.values().any(|stage| *stage == 3));
}

/// A parcel in two halves is flagged as the whole was, and nothing else is.
#[test]
fn splitting_parcels_changes_nothing_else() {
    let tables = sample();
    let table = Dictionary::get().table("land").expect("a table");
    let land = &tables["land"];
    let named: BTreeSet<&str> = tables["agreements"].iter().flatten().map(String::as_str).collect();
    let is_alone = |id: &str| land.iter().filter(|row| row[0] == id).count() == 1 && !named.contains(id);
    let shared: Vec<usize> = (0..land[0].len())
        .filter(|at| match Dictionary::get().recognise(table, &land[0][*at]) {
            Heading::Known { column, .. } => table.columns[column].summed || table.columns[column].name == "area",
            _ => false,
        })
        .collect();
    assert!(shared.len() > 5);
    let mut split_land = vec![land[0].clone()];
    let mut cut: BTreeSet<String> = BTreeSet::new();
    for row in &land[1..] {
        if !is_alone(&row[0]) {
            split_land.push(row.clone());
            continue;
        }
        cut.insert(row[0].clone());
        for half in ["a", "b"] {
            let mut part = row.clone();
            part[0] += half;
            for &at in &shared {
                if let Ok(number) = row[at].parse::<Decimal>() {
                    part[at] = (number / Decimal::TWO).to_string();
                }
            }
            split_land.push(part);
        }
    }
    assert!(cut.len() > 30, "{}", cut.len());
    let mut split = tables.clone();
    split.insert("land".into(), split_land);
    let books = every_book();
    for as_of in ["2024-02-29", "2025-12-31"] {
        let arguments = ["--as-of", as_of, "--year", "2025", "--rules", &books];
        let (whole, halves) = (rows(&flag(&tables, &arguments, "2")), rows(&flag(&split, &arguments, "2")));
        let whole_of = |line: &Row| -> Option<String> {
            let id = &line["subject_id"];
            let stem = id.strip_suffix('a').or_else(|| id.strip_suffix('b'));
            [Some(id.as_str()), stem].into_iter().flatten().find(|id| cut.contains(*id)).map(str::to_owned)
        };
        let rest = |lines: &[Row]| -> Vec<Row> { lines.iter().filter(|line| whole_of(line).is_none()).cloned().collect() };
        assert_eq!(rest(&whole), rest(&halves));
        // Idle and unused land: no figure of these rules is an area of its own.
        let said = |lines: &[Row], half: bool| -> Vec<Vec<String>> {
            let is_asked = |line: &&Row| ["IDLE-", "STOCK-"].iter().any(|rule| line["rule"].starts_with(rule));
            let line = |line: &Row| -> Vec<String> {
                let words = ["rule", "status", "unit", "due_on", "since_on", "consequence", "missing"].map(|column| line[column].clone());
                let amount = line["amount"].parse::<Decimal>().ok();
                let share = if half && line["unit"] == "10k CNY" { Decimal::TWO } else { Decimal::ONE };
                let amount = amount.map(|amount| (amount * share).normalize().to_string()).unwrap_or_default();
                [&[whole_of(line).unwrap_or_default(), amount][..], &words].concat()
            };
            let mut said: Vec<Vec<String>> = lines.iter().filter(is_asked).filter(|line| whole_of(line).is_some()).map(line).collect();
            said.sort();
            said
        };
        let twice: Vec<Vec<String>> = said(&whole, false).into_iter().flat_map(|line| [line.clone(), line]).collect();
        assert_eq!(twice, said(&halves, true));
        assert!(!twice.is_empty());
    }
}

#[test]
fn review_lines_are_the_reviews_of_the_ranking() {
    let mut gaps = sample();
    // Every fourth cell of output is not known.
    for (at, row) in gaps.get_mut("output").expect("output").iter_mut().enumerate().skip(1) {
        if at % 4 == 0 {
            row[2..].iter_mut().for_each(String::clear);
        }
    }
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for tables in [sample(), gaps] {
        for policy in ["default", "huangyan-2022"] {
            for year in ["2024", "2025"] {
                let arguments = ["--policy", policy, "--year", year];
                let ranked = rows(&tables::csv("rank", &tables, &arguments, "2"));
                let expected: BTreeMap<String, &str> = ranked
                    .iter()
                    .filter_map(|row| match row.get("review").map(String::as_str) {
                        Some("low") => Some((row["enterprise_id"].clone(), "suspected")),
                        Some("unknown") => Some((row["enterprise_id"].clone(), "cannot-tell")),
                        _ => None,
                    })
                    .collect();
                let lines = rows(&flag(&tables, &arguments, "2"));
                let review: Vec<&Row> = lines.iter().filter(|line| line["rule"] == "REVIEW").collect();
                let ours: BTreeMap<String, &str> =
                    review.iter().map(|line| (line["subject_id"].clone(), line["status"].as_str())).collect();
                assert_eq!(ours, expected, "{policy} {year}");
                assert_eq!(ours.len(), review.len(), "one line each");
                review.iter().for_each(|line| *seen.entry(line["status"].clone()).or_default() += 1);
            }
        }
    }
    assert!(seen.contains_key("suspected") && seen.contains_key("cannot-tell"), "{seen:?}");
}

/// One enterprise and the parcels given.
fn small(heading: &str, land: &[&str]) -> Tables {
    let mut tables = others(1);
    let cells = |line: &str| line.split(',').map(str::to_owned).collect::<Vec<_>>();
    tables.insert("land".into(), [&[heading], land].concat().into_iter().map(cells).collect());
    tables
}

/// Named alone or among others, REVIEW says the same.
#[test]
fn the_review_is_told_where_no_rule_is_asked_for_besides() {
    let review = |arguments: &[&str]| -> Vec<Row> {
        rows(&flag(&sample(), arguments, "2")).into_iter().filter(|line| line["rule"] == "REVIEW").collect()
    };
    let told = review(&[]);
    assert!(!told.is_empty());
    assert_eq!(review(&["--rule", "REVIEW"]), told);
}

/// A parcel that its holder lets in part stands in two rows; an office's own rule may look at both.
#[test]
fn two_rows_of_one_parcel_and_holder_stand_in_the_same_order_whatever_the_order_of_the_table() {
    let home = tempfile::tempdir().expect("a temporary directory");
    let book = home.path().join("own.toml");
    let text = r#"
id = "own"
title = { zh = "自定", en = "Own" }
status = "in-force"
reach = "local"
sources = [{ id = "own", name = "自定 / own", read = "full", grade = "D" }]

[[rule]]
id = "OWN-1"
subject = "parcel"
title = { zh = "大", en = "Large" }
when = "area > 100"
severity = "info"
consequence = { zh = "查看", en = "look" }
evidence = ["area", "tenure"]
source = "own"
"#;
    std::fs::write(&book, text).expect("a file");
    let arguments = ["--rules", book.to_str().expect("a path"), "--rule", "OWN-1"];
    let heading = "parcel_id,enterprise_id,area,tenure";
    let (owned, let_out) = ("P1,E0,150,owned", "P1,E0,120,leased_out");
    let one = flag(&small(heading, &[owned, let_out]), &arguments, "2");
    assert_eq!(one.lines().count(), 3, "{one}");
    same_lines(&one, &flag(&small(heading, &[let_out, owned]), &arguments, "2"));
}

/// A supply after the agreed start puts both dates in doubt. A rule that neither can decide is decided without them: on rented land,
/// which idle land is not, and on land that is complete.
#[test]
fn a_doubtful_date_leaves_certain_what_does_not_turn_on_it() {
    let heading = "parcel_id,enterprise_id,area,tenure,supplied_on,start_due_on,permit_on,started_on,completed_on";
    let complete = "P1,E0,50,owned,2020-05-01,2020-03-01,2020-06-01,2020-07-01,2022-01-01";
    let rented = "P2,E0,20,leased_in,2020-05-01,2020-03-01,,,";
    let not_begun = "P3,E0,50,owned,2020-05-01,2020-03-01,,,";
    let lines = rows(&flag(&small(heading, &[complete, rented, not_begun]), &["--as-of", "2025-12-31", "--year", "2025"], "2"));
    let of = |parcel: &str| -> Vec<&str> {
        let is_about = |line: &&Row| line["subject_id"] == parcel && !line["rule"].starts_with("CTRL");
        lines.iter().filter(is_about).map(|line| line["rule"].as_str()).collect()
    };
    assert!(of("P3").contains(&"IDLE-03"), "{lines:?}");
    assert_eq!(of("P2"), Vec::<&str>::new());
    let idle: Vec<&str> = of("P1").into_iter().filter(|rule| rule.starts_with("IDLE") || *rule == "STOCK-03").collect();
    assert_eq!(idle, Vec::<&str>::new());
}
