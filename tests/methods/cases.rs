//! The cases of the methods: `tests/methods/<method id>.toml`, read, and written as data sets.
//!
//! A case has tables as CSV text, generated rows (`series`), and what must come out. TOML puts a key that follows `[case.data]` or
//! `[[case.series]]` into that table, so `expect`, `counts` and `group` are found there as well.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use rust_decimal::Decimal;
use toml::Value;

/// Tables that a data set must have: made with a heading alone where a case does not give them.
const NEEDED: &[(&str, &str)] = &[
    ("enterprises", "enterprise_id,name,zone,county,industry"),
    ("land", "parcel_id,enterprise_id,area"),
    ("output", "enterprise_id,year,gross_output"),
    ("tax", "enterprise_id,year,tax_paid"),
    ("energy", "enterprise_id,year"),
];

/// Keys of a case that are no table.
const PLAIN: &[&str] = &["about", "year", "data", "series", "expect", "counts", "group"];

/// One enterprise as it must come out: columns of the result and their text.
pub type Expected = BTreeMap<String, String>;

/// A case.
pub struct Case {
    pub about: String,
    pub year: Option<i64>,
    /// Table and CSV text with heading.
    pub tables: BTreeMap<String, String>,
    pub expect: Vec<Expected>,
    /// Group (empty: the whole result), grade, and how many.
    pub counts: Vec<(String, String, usize)>,
}

/// The cases of a method.
pub struct Method {
    pub id: String,
    pub cases: Vec<Case>,
}

/// Every file, in the order of ids.
pub fn all() -> Vec<Method> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/methods");
    let mut files: Vec<PathBuf> = fs::read_dir(folder).expect("the cases are there").flatten().map(|entry| entry.path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    files.sort();
    let read = |path: &PathBuf| {
        let id = path.file_stem().expect("a file has a name").to_string_lossy().into_owned();
        parsed(&id, &fs::read_to_string(path).expect("cases are text"))
    };
    files.iter().map(read).collect()
}

/// The cases in a text.
pub fn parsed(id: &str, text: &str) -> Method {
    let file: toml::Table = toml::from_str(text).unwrap_or_else(|error| panic!("tests/methods/{id}.toml: {error}"));
    let year = file.get("year").and_then(Value::as_integer);
    let cases = file.get("case").and_then(Value::as_array).unwrap_or_else(|| panic!("{id}: no [[case]]"));
    let cases = cases.iter().map(|value| case(id, value.as_table().expect("a table"), year)).collect();
    Method { id: id.to_owned(), cases }
}

fn case(id: &str, table: &toml::Table, year: Option<i64>) -> Case {
    let about = table.get("about").and_then(Value::as_str).unwrap_or_else(|| panic!("{id}: a case without `about`")).to_owned();
    let data = table.get("data").and_then(Value::as_table).cloned().unwrap_or_default();
    let series: Vec<&toml::Table> =
        table.get("series").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_table).collect();
    let unknown: Vec<&String> = table.keys().filter(|key| !PLAIN.contains(&key.as_str())).collect();
    assert!(unknown.is_empty(), "{id}: \"{about}\": unknown keys {unknown:?}");
    let find = |name: &str| [table, &data].into_iter().chain(series.iter().copied()).find_map(|table| table.get(name));
    Case {
        year: find("year").and_then(Value::as_integer).or(year),
        expect: find("expect").and_then(Value::as_array).into_iter().flatten().map(expected).collect(),
        counts: counts(find("counts"), find("group").and_then(Value::as_str).unwrap_or_default()),
        tables: tables(&data, &series, &format!("{id}: \"{about}\"")),
        about,
    }
}

fn expected(row: &Value) -> Expected {
    row.as_table().into_iter().flatten().map(|(column, value)| (column.clone(), text(value))).collect()
}

/// A TOML value as the text of a cell.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Boolean(truth) => if *truth { "yes" } else { "no" }.to_owned(),
        other => other.to_string(),
    }
}

/// `{ A = 6 }`, or `{ above-scale = { A = 6 } }`.
fn counts(value: Option<&Value>, group: &str) -> Vec<(String, String, usize)> {
    let count = |value: &Value| usize::try_from(value.as_integer().unwrap_or(-1)).expect("a count");
    let mut list = Vec::new();
    for (name, value) in value.and_then(Value::as_table).into_iter().flatten() {
        match value.as_table() {
            Some(inner) => list.extend(inner.iter().map(|(grade, value)| (name.clone(), grade.clone(), count(value)))),
            None => list.push((group.to_owned(), name.clone(), count(value))),
        }
    }
    list
}

fn tables(data: &toml::Table, series: &[&toml::Table], told: &str) -> BTreeMap<String, String> {
    let mut tables: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in data.iter().filter(|(name, _)| !PLAIN.contains(&name.as_str())) {
        let text = value.as_str().unwrap_or_else(|| panic!("{told}: {name} is no text"));
        tables.insert(name.clone(), text.trim().to_owned() + "\n");
    }
    for (name, heading) in NEEDED {
        tables.entry((*name).to_owned()).or_insert_with(|| format!("{heading}\n"));
    }
    for rows in series {
        let count = rows.get("count").and_then(Value::as_integer).unwrap_or_else(|| panic!("{told}: a series without `count`"));
        for (name, value) in rows.iter().filter(|(name, _)| *name != "count" && !PLAIN.contains(&name.as_str())) {
            let pattern = value.as_str().unwrap_or_else(|| panic!("{told}: {name} of a series is no text"));
            let table = tables.get_mut(name).unwrap_or_else(|| panic!("{told}: a series of {name}, which has no heading in the data"));
            for i in 1..=count {
                let _ = writeln!(table, "{}", filled(pattern.trim(), i, told));
            }
        }
    }
    tables
}

/// The pattern with every `{i}`, `{i:03}`, `{i*10}`, `{i+5}`, `{i-1}` replaced.
fn filled(pattern: &str, i: i64, told: &str) -> String {
    let mut out = String::new();
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('{') {
        let (inside, behind) = after.split_once('}').unwrap_or_else(|| panic!("{told}: no }} in {pattern}"));
        out += before;
        out += &number(inside, i).unwrap_or_else(|| panic!("{told}: {{{inside}}} in {pattern}"));
        rest = behind;
    }
    out + rest
}

fn number(inside: &str, i: i64) -> Option<String> {
    let (formula, width) = inside.split_once(':').map_or((inside, None), |(formula, width)| (formula, Some(width)));
    let behind = formula.strip_prefix('i')?;
    let value = match behind.chars().next() {
        None => Decimal::from(i),
        Some(operator) => {
            let operand: Decimal = behind[1..].trim().parse().ok()?;
            match operator {
                '+' => Decimal::from(i) + operand,
                '-' => Decimal::from(i) - operand,
                '*' => Decimal::from(i) * operand,
                _ => return None,
            }
        }
    };
    let value = value.normalize().to_string();
    match width {
        None => Some(value),
        Some(width) => Some(format!("{value:0>width$}", width = width.trim_start_matches('0').parse().ok()?)),
    }
}

impl Case {
    /// Writes the data set.
    pub fn write(&self, folder: &Path) {
        for (name, text) in &self.tables {
            fs::write(folder.join(format!("{name}.csv")), text).expect("a directory for tests takes files");
        }
    }

    /// Every column that the case asks for.
    pub fn columns(&self) -> String {
        let mut names: BTreeSet<&str> = ["group", "grade", "outcome"].into();
        names.extend(self.expect.iter().flat_map(|row| row.keys().map(String::as_str)));
        names.remove("id");
        names.remove("enterprise_id");
        std::iter::once("enterprise_id").chain(names).collect::<Vec<_>>().join(",")
    }
}

/// Is the text of a cell what was expected? Numbers are compared as decimals, exactly; `~110.0192` is met by whatever rounds to it
/// half-up.
pub fn agrees(expected: &str, found: &str) -> bool {
    let rounded = expected.strip_prefix('~');
    match (rounded.unwrap_or(expected).parse::<Decimal>(), found.parse::<Decimal>()) {
        (Ok(expected), Ok(found)) if rounded.is_some() => {
            found.round_dp_with_strategy(expected.scale(), rust_decimal::RoundingStrategy::MidpointAwayFromZero) == expected
        }
        (Ok(expected), Ok(found)) => expected == found,
        _ => expected == found,
    }
}
