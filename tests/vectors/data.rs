//! Small data sets written from facts, and what the program says of them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use rust_decimal::{Decimal, RoundingStrategy};
use tempfile::TempDir;

pub type Row = BTreeMap<String, String>;

/// Which table a fact stands in; whatever is not named here stands in `enterprises`.
const TABLES: [(&str, &[&str]); 4] = [
    ("land", &["area", "tenure", "floor_area"]),
    (
        "output",
        &[
            "gross_output",
            "revenue",
            "main_revenue",
            "invoiced_sales",
            "value_added",
            "profit",
            "employees",
            "rd_expense",
            "technical_investment",
        ],
    ),
    ("tax", &["tax_paid", "tax_evaluated"]),
    ("energy", &["energy_tce", "electricity_kwh", "water_m3", "cod_t", "ammonia_t", "so2_t", "nox_t", "tp_t", "emission_t"]),
];

/// A data set in the making: rows per table.
#[derive(Default)]
pub struct Data {
    tables: BTreeMap<&'static str, Vec<Row>>,
}

fn table_of(fact: &str) -> &'static str {
    TABLES.iter().find(|(_, facts)| facts.contains(&fact)).map_or("enterprises", |(table, _)| table)
}

impl Data {
    /// One enterprise with figures of one year. Facts are `column=value`, apart by blanks; name and zone are made up where they are not given.
    pub fn firm(&mut self, id: &str, year: &str, facts: &str) -> &mut Self {
        let mut rows: BTreeMap<&'static str, Row> = BTreeMap::new();
        for table in ["enterprises", "land", "output", "tax", "energy"] {
            rows.insert(table, Row::from([("enterprise_id".to_owned(), id.to_owned())]));
        }
        for fact in ["name=Firm zone=Zone county=County industry=C3511", facts].iter().flat_map(|text| text.split(' ')) {
            let (column, value) = fact.split_once('=').unwrap_or_else(|| panic!("column=value: {fact:?}"));
            rows.get_mut(table_of(column)).expect("a table").insert(column.to_owned(), value.to_owned());
        }
        for (table, mut row) in rows {
            match table {
                "enterprises" => {
                    let known = self.tables.get(table).is_some_and(|rows| rows.iter().any(|row| row["enterprise_id"] == id));
                    if known {
                        continue;
                    }
                }
                "land" => {
                    let known = self.tables.get(table).is_some_and(|rows| rows.iter().any(|row| row["enterprise_id"] == id));
                    if known || !row.contains_key("area") {
                        continue;
                    }
                    row.insert("parcel_id".to_owned(), format!("{id}-1"));
                }
                _ => _ = row.insert("year".to_owned(), year.to_owned()),
            }
            self.tables.entry(table).or_default().push(row);
        }
        self
    }

    /// A measure of the table `adjustments`.
    pub fn adjust(&mut self, id: &str, year: &str, kind: &str, value: &str) -> &mut Self {
        let cells = [("enterprise_id", id), ("year", year), ("kind", kind), ("value", value), ("reason", "a test")];
        let row = cells.map(|(column, cell)| (column.to_owned(), cell.to_owned()));
        self.tables.entry("adjustments").or_default().push(Row::from(row));
        self
    }

    pub fn write(&self) -> TempDir {
        let home = tempfile::tempdir().expect("a temporary directory");
        for (table, rows) in &self.tables {
            let mut columns: BTreeSet<&str> = rows.iter().flat_map(|row| row.keys().map(String::as_str)).collect();
            columns.extend(match *table {
                "land" => ["area"].as_slice(),
                "output" => &["gross_output"],
                "tax" => &["tax_paid"],
                _ => &[],
            });
            let mut writer = csv::Writer::from_path(home.path().join(format!("{table}.csv"))).expect("a file");
            writer.write_record(&columns).expect("a heading row");
            for row in rows {
                let cells = columns.iter().map(|column| row.get(*column).map_or("", String::as_str));
                writer.write_record(cells).expect("a row");
            }
            writer.flush().expect("a complete file");
        }
        home
    }

    /// Ranks what is written so far; `policy` is an id, or the text of a file.
    pub fn rank(&self, policy: &str, year: &str, arguments: &[&str]) -> Vec<Row> {
        rank(self.write().path(), policy, year, arguments)
    }
}

/// The rows of `mujun rank`; `policy` is an id, or the text of a file.
pub fn rank(data: &Path, policy: &str, year: &str, arguments: &[&str]) -> Vec<Row> {
    let home = tempfile::tempdir().expect("a temporary directory");
    let file = home.path().join("policy.toml");
    let named = if policy.contains('\n') {
        fs::write(&file, policy).expect("a file");
        file.to_str().expect("a path")
    } else {
        policy
    };
    let output = Command::new(env!("CARGO_BIN_EXE_mujun"))
        .arg("rank")
        .arg(data)
        .args(["--policy", named, "--year", year, "--format", "csv", "--lang", "en", "--quiet"])
        .args(arguments)
        .output()
        .expect("the program runs");
    assert!(output.status.success(), "{policy}\n{}", String::from_utf8_lossy(&output.stderr));
    csv::Reader::from_reader(output.stdout.as_slice()).deserialize().map(|row| row.expect("a row of CSV")).collect()
}

/// The file of a built-in method.
pub fn source(policy: &str) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_mujun")).args(["policy", "show", policy, "--toml"]).output().expect("the program runs");
    assert!(output.status.success(), "{policy}\n{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// The only row of an enterprise.
pub fn of<'rows>(rows: &'rows [Row], id: &str) -> &'rows Row {
    rows.iter().find(|row| row["enterprise_id"] == id).unwrap_or_else(|| panic!("{id} is not there"))
}

/// A column over rows, in their order.
pub fn column<'rows>(rows: &'rows [Row], name: &str) -> Vec<&'rows str> {
    rows.iter().map(|row| row[name].as_str()).collect()
}

/// How many bear each grade, in the order asked for.
pub fn counts<const N: usize>(rows: &[Row], grades: [&str; N]) -> [usize; N] {
    grades.map(|grade| rows.iter().filter(|row| row["grade"] == grade).count())
}

pub fn decimal(text: &str) -> Decimal {
    text.parse().unwrap_or_else(|_| panic!("a number: {text:?}"))
}

/// Half-up (away from zero) to so many decimals, with all of them shown.
pub fn rounded(number: Decimal, decimals: u32) -> String {
    let mut number = number.round_dp_with_strategy(decimals, RoundingStrategy::MidpointAwayFromZero);
    number.rescale(decimals);
    number.to_string()
}
