//! The cases of the rules: `tests/rules/<book>.toml`, read and written as data sets.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

/// A row of a table: column and cell.
pub type Row = BTreeMap<String, toml::Value>;

/// One row, or several.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum Rows {
    One(Row),
    Many(Vec<Row>),
}

impl Rows {
    pub fn list(&self) -> Vec<Row> {
        match self {
            Rows::One(row) => vec![row.clone()],
            Rows::Many(rows) => rows.clone(),
        }
    }
}

/// An enterprise with its tables.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Site {
    pub enterprise: Option<Row>,
    pub land: Option<Rows>,
    pub output: Option<BTreeMap<String, Row>>,
    pub tax: Option<BTreeMap<String, Row>>,
    pub energy: Option<BTreeMap<String, Row>>,
}

/// A case: data, and what a rule must say of them.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    pub rule: String,
    pub say: String,
    pub expect: String,
    pub as_of: String,
    pub year: Option<i32>,
    pub enterprise: Option<Row>,
    pub land: Option<Rows>,
    pub output: Option<BTreeMap<String, Row>>,
    pub tax: Option<BTreeMap<String, Row>>,
    pub energy: Option<BTreeMap<String, Row>>,
    pub factory: Option<Rows>,
    pub agreement: Option<Rows>,
    #[serde(default)]
    pub others: Vec<Site>,
    #[serde(default)]
    pub settings: BTreeMap<String, toml::Value>,
    pub policy: Option<String>,
    pub amount: Option<f64>,
    pub unit: Option<String>,
    pub ceiling: Option<bool>,
    pub due_on: Option<String>,
    pub since_on: Option<String>,
    pub status: Option<String>,
    pub missing: Option<Vec<String>>,
    pub why: Option<String>,
}

#[derive(Deserialize)]
struct File {
    case: Vec<Case>,
}

/// Every case by book, in the order of the files.
pub fn all() -> Vec<(String, Vec<Case>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rules");
    let mut files: Vec<PathBuf> = fs::read_dir(folder).expect("the cases are there").flatten().map(|entry| entry.path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    files.sort();
    let read = |path: &PathBuf| {
        let text = fs::read_to_string(path).expect("a text");
        let file: File = toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        (path.file_stem().expect("a name").to_string_lossy().into_owned(), file.case)
    };
    files.iter().map(read).collect()
}

/// The text of a cell.
pub fn cell(value: &toml::Value) -> String {
    match value {
        toml::Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn text(value: &str) -> toml::Value {
    toml::Value::String(value.to_owned())
}

/// A row with what it does not say itself.
fn with(row: Option<&Row>, defaults: &[(&str, toml::Value)]) -> Row {
    let mut row = row.cloned().unwrap_or_default();
    for (name, value) in defaults {
        row.entry((*name).to_owned()).or_insert_with(|| value.clone());
    }
    row
}

impl Case {
    fn site(&self) -> Site {
        Site {
            enterprise: self.enterprise.clone(),
            land: self.land.clone(),
            output: self.output.clone(),
            tax: self.tax.clone(),
            energy: self.energy.clone(),
        }
    }

    /// Writes the case as a data set.
    pub fn write(&self, folder: &Path) {
        let mut tables: BTreeMap<&str, Vec<Row>> = BTreeMap::new();
        for (number, site) in std::iter::once(self.site()).chain(self.others.clone()).enumerate() {
            add_site(&mut tables, &site, number + 1);
        }
        for (table, key, rows) in [("factories", "building_id", &self.factory), ("agreements", "agreement_id", &self.agreement)] {
            for row in rows.iter().flat_map(Rows::list) {
                let id = if table == "factories" { "B1" } else { "A1" };
                let mut defaults = vec![(key, text(id)), ("enterprise_id", text("E1"))];
                if table == "factories" {
                    defaults.push(("zone", text("Z1")));
                    defaults.push(("built_area", text("")));
                }
                tables.entry(table).or_default().push(with(Some(&row), &defaults));
            }
        }
        for (table, rows) in tables {
            let columns: BTreeSet<&String> = rows.iter().flat_map(|row| row.keys()).collect();
            let mut writer = csv::Writer::from_path(folder.join(format!("{table}.csv"))).expect("a file");
            writer.write_record(&columns).expect("a heading");
            for row in &rows {
                let cells = columns.iter().map(|column| row.get(*column).map(cell).unwrap_or_default());
                writer.write_record(cells).expect("a row");
            }
            writer.flush().expect("a file");
        }
    }

    /// The arguments after `mujun flag DIR`.
    pub fn arguments(&self) -> Vec<String> {
        let year = self.year.unwrap_or(2025).to_string();
        let mut arguments: Vec<String> =
            ["--rule", &self.rule, "--as-of", &self.as_of, "--year", &year].iter().map(|word| (*word).to_owned()).collect();
        if let Some(policy) = &self.policy {
            arguments.extend(["--policy".to_owned(), Path::new(env!("CARGO_MANIFEST_DIR")).join(policy).display().to_string()]);
        }
        for (setting, value) in &self.settings {
            arguments.extend(["--set".to_owned(), format!("{setting}={}", cell(value))]);
        }
        arguments
    }
}

fn add_site(tables: &mut BTreeMap<&str, Vec<Row>>, site: &Site, number: usize) {
    let id = format!("E{number}");
    let defaults = [
        ("enterprise_id", text(&id)),
        ("name", text("甲厂")),
        ("zone", text("Z1")),
        ("industry", text("C3562")),
        ("above_scale", text("true")),
    ];
    let enterprise = with(site.enterprise.as_ref(), &defaults);
    let id = enterprise["enterprise_id"].clone();
    tables.entry("enterprises").or_default().push(enterprise);
    let land = site.land.as_ref().map_or_else(|| vec![Row::new()], Rows::list);
    for row in land {
        let defaults = [("parcel_id", text(&format!("P{number}"))), ("enterprise_id", id.clone()), ("area", toml::Value::Integer(100))];
        tables.entry("land").or_default().push(with(Some(&row), &defaults));
    }
    let yearly =
        [("output", &site.output, "gross_output", 1000), ("tax", &site.tax, "tax_paid", 100), ("energy", &site.energy, "energy_tce", 100)];
    for (table, rows, column, usual) in yearly {
        let rows = rows.clone().unwrap_or_else(|| BTreeMap::from([("2025".to_owned(), Row::new())]));
        for (year, row) in rows {
            let defaults = [("enterprise_id", id.clone()), ("year", text(&year)), (column, toml::Value::Integer(usual))];
            tables.entry(table).or_default().push(with(Some(&row), &defaults));
        }
    }
}
