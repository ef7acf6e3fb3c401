//! The join report against a second reading of its words, in plain Python (`tests/oracle/joins.py`), which compares every unknown id
//! with every enterprise where the program looks them up.
//!
//! Needs python3; without it the tests say so and are skipped.

#[path = "oracle/python.rs"]
mod python;

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use self::python::python;

/// What the program says, in the shape of the oracle.
fn told(data: &Path, threads: &str) -> Value {
    let run = Command::new(env!("CARGO_BIN_EXE_mujun"))
        .args(["check", "--lang", "en", "--format", "json"])
        .arg(data)
        .env("RAYON_NUM_THREADS", threads)
        .output()
        .expect("the program runs");
    let report: Value = serde_json::from_slice(&run.stdout).expect("JSON");
    let pick = |part: &str, keys: &[&str]| -> Vec<Value> {
        let rows = report[part].as_array().cloned().unwrap_or_default();
        rows.iter().map(|row| Value::from(keys.iter().map(|key| row[*key].clone()).collect::<Vec<_>>())).collect()
    };
    let joins = pick(
        "joins",
        &[
            "table",
            "matched_rows",
            "unmatched_rows",
            "rows_without_id",
            "enterprises",
            "unmatched_ids",
            "enterprises_absent",
            "matched_sum",
            "unmatched_sum",
        ],
    );
    let repairs = pick("repairs", &["id", "name_beside", "tables", "rows", "row", "likeliest", "enterprise_id", "reason", "confidence"]);
    let presence = report["presence"].as_array().cloned().unwrap_or_default().into_iter().map(|row| {
        let there: Vec<bool> = ["enterprises", "land", "output", "tax", "energy"].iter().map(|key| row[*key] == "there").collect();
        let sums: Vec<Value> = ["area", "gross_output", "tax_paid", "energy_tce"].iter().map(|key| row[*key].clone()).collect();
        json!([there, row["ids"], sums, row["examples"]])
    });
    json!({ "joins": joins, "presence": presence.collect::<Vec<_>>(), "repairs": repairs })
}

/// Numbers as floats, combinations in the order of their keys.
fn settled(value: &Value) -> Value {
    match value {
        Value::Number(number) => json!(number.as_f64()),
        Value::Array(list) => list.iter().map(settled).collect(),
        Value::Object(map) => map
            .iter()
            .map(|(key, value)| {
                let mut value = settled(value);
                if let (true, Some(list)) = (key == "presence", value.as_array_mut()) {
                    list.sort_by_key(|row| row[0].to_string());
                }
                (key.clone(), value)
            })
            .collect(),
        other => other.clone(),
    }
}

#[test]
fn the_join_report_is_what_comparing_everything_with_everything_gives() {
    for (seed, enterprises, strays) in [("1", "300", "120"), ("2", "50", "200"), ("3", "400", "60")] {
        let home = tempfile::tempdir().expect("a directory");
        let data = home.path().join("d");
        let path = data.to_str().expect("UTF-8");
        let Some(_) = python("joins.py", &["make", path, enterprises, strays, seed]) else { return };
        let Some(expected) = python("joins.py", &["expect", path]) else { return };
        let expected = settled(&serde_json::from_str(&expected).expect("JSON"));
        let found = settled(&told(&data, "2"));
        for part in ["joins", "presence", "repairs"] {
            let [found, expected] = [&found, &expected].map(|side| side[part].as_array().cloned().unwrap_or_default());
            assert!(!expected.is_empty());
            for (found, expected) in found.iter().zip(&expected) {
                assert_eq!(found, expected, "{part}, seed {seed}");
            }
            assert_eq!(found.len(), expected.len(), "{part}, seed {seed}");
        }
        let kinds: std::collections::BTreeSet<String> =
            expected["repairs"].as_array().into_iter().flatten().map(|row| row[7].to_string()).collect();
        assert!(kinds.len() >= 9, "the data set shows nearly every kind: {kinds:?}");
        assert_eq!(settled(&told(&data, "1")), found, "threads");
    }
}

#[test]
fn of_very_many_unknown_ids_the_first_are_told_and_all_are_counted() {
    let home = tempfile::tempdir().expect("a directory");
    let put = |name: &str, text: String| std::fs::write(home.path().join(name), text).expect("a file");
    put("enterprises.csv", "enterprise_id,name,zone\nE1,a,Z\n".to_owned());
    put("land.csv", "land_id,enterprise_id,land_mu\nP1,E1,10\n".to_owned());
    put("output.csv", "enterprise_id,year,gross_output\nE1,2024,10\n".to_owned());
    put("energy.csv", "enterprise_id,year,energy_tce\nE1,2024,10\n".to_owned());
    let rows: String = (0..100_050).map(|number| format!("X{number:06},2024,1\n")).collect();
    put("tax.csv", format!("enterprise_id,year,tax_paid\n{rows}"));
    let report = told(home.path(), "2");
    let tax = report["joins"].as_array().into_iter().flatten().find(|row| row[0] == "tax").cloned().expect("the table is counted");
    assert_eq!([&tax[2], &tax[5]], [&json!(100_050), &json!(100_050)]);
    let repairs = report["repairs"].as_array().expect("a list");
    assert_eq!((repairs.len(), &repairs[0][0], &repairs[99_999][0]), (100_000, &json!("X000000"), &json!("X099999")));
}

/// The remedies for unknown ids of a table of tax, by id.
fn remedies(enterprises: &str, tax: &str) -> Vec<(String, String)> {
    let home = tempfile::tempdir().expect("a directory");
    let put = |name: &str, text: &str| std::fs::write(home.path().join(name), text).expect("a file");
    put("enterprises.csv", enterprises);
    put("land.csv", "land_id,enterprise_id,land_mu\n");
    put("output.csv", "enterprise_id,year,gross_output\n");
    put("energy.csv", "enterprise_id,year,energy_tce\n");
    put("tax.csv", tax);
    let run = Command::new(env!("CARGO_BIN_EXE_mujun")).args(["check", "--lang", "en", "--format", "json"]).arg(home.path()).output();
    let report: Value = serde_json::from_slice(&run.expect("the program runs").stdout).expect("JSON");
    let text = |row: &Value, key: &str| row[key].as_str().unwrap_or_default().to_owned();
    let findings = report["findings"].as_array().cloned().unwrap_or_default();
    let unknown = findings.iter().filter(|row| row["code"] == "unknown-enterprise");
    unknown.map(|row| (text(row, "text"), text(row, "remedy"))).collect()
}

#[test]
fn nobody_is_named_for_an_id_that_no_enterprise_is_near_to() {
    let enterprises = "enterprise_id,name,zone\n91350100M000100Y43,云汀轴承有限公司,Z\n";
    // The first is a right code of somebody else, the second far from all, the third one character off.
    let tax = "enterprise_id,year,tax_paid\n12100000400000624D,2025,1\n99350199M999100Y43,2025,1\n91350100M000100Y48,2025,1\n";
    let told = remedies(enterprises, tax);
    let of = |id: &str| told.iter().find(|(known, _)| known == id).map(|(_, remedy)| remedy.clone()).expect("it is told");
    assert!(of("12100000400000624D").contains("a right code"), "{told:?}");
    assert!(of("99350199M999100Y43").starts_with("no enterprise is near"), "{told:?}");
    assert!(of("91350100M000100Y48").contains("91350100M000100Y43 (云汀轴承有限公司)"), "{told:?}");
    for id in ["12100000400000624D", "99350199M999100Y43"] {
        assert!(!of(id).contains("91350100M000100Y43"), "{told:?}");
    }
}

#[test]
fn names_are_the_same_with_and_without_brackets_and_in_traditional_characters() {
    let enterprises = "enterprise_id,name,zone\nE00001,云汀化工（杭州）有限公司,Z\nE00002,霁川机械有限公司,Z\n";
    let rows =
        [("X1", "云汀化工杭州有限公司"), ("X2", "霁川机械（有限公司）"), ("X3", "霁川機械有限公司"), ("X4", "雲汀化工(杭州)有限公司")];
    let lines: String = rows.iter().map(|(id, name)| format!("{id},2025,{name},1\n")).collect();
    let told = remedies(enterprises, &format!("enterprise_id,year,企业名称,tax_paid\n{lines}"));
    for (id, meant) in [("X1", "E00001"), ("X2", "E00002"), ("X3", "E00002"), ("X4", "E00001")] {
        assert!(told.iter().any(|(known, remedy)| known == id && remedy.contains(meant)), "{id}: {told:?}");
    }
}
