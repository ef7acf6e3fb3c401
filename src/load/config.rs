//! `mujun.toml`: what an office says about its files, where they do not say it themselves.
//!
//! In: the file in the data directory, or one that is named. Out: [`Config`], checked: every table, column, unit and encoding
//! that it names is known. Next: `intake` and `table` follow it before they look for themselves.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Deserialize;

use super::corrections::home;
use super::text::Told;
use super::{encoding, nearest, source};
use crate::dictionary::{Dictionary, Table, normalise};
use crate::finding::{Code, Finding, Findings, Place, Severity};

/// Names that a finding lists.
const SHOWN: usize = 12;

/// Name of the file in a data directory.
pub const FILE: &str = "mujun.toml";

/// What is said, checked.
#[derive(Debug, Default, Clone)]
pub struct Config {
    /// The method where none is named: a built-in id, or a path.
    pub policy: Option<String>,
    /// Files that are not looked at.
    pub ignore: Vec<String>,
    /// By table.
    pub tables: BTreeMap<&'static str, OfTable>,
    file: Arc<str>,
    text: Arc<str>,
}

/// What is said of a table.
#[derive(Debug, Default, Clone)]
pub struct OfTable {
    /// Its file, seen from the data directory.
    pub file: Option<String>,
    /// Its sheet.
    pub sheet: Option<String>,
    /// Encoding and delimiter.
    pub told: Told,
    /// First and last row of its headings.
    pub headings: Option<(u64, u64)>,
    /// Units by column or by quantity.
    pub units: BTreeMap<String, String>,
    /// Headings, normalised, and the columns they mean.
    pub columns: BTreeMap<String, String>,
    /// The same headings as they are written.
    written: Vec<String>,
}

/// Below this row no headings are looked for, whatever is said.
const LAST_HEADING: u64 = 1000;
/// Most rows of headings.
const MOST_HEADINGS: u64 = 10;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    policy: Option<String>,
    #[serde(default)]
    ignore: Vec<String>,
    #[serde(default)]
    tables: BTreeMap<String, RawTable>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTable {
    file: Option<String>,
    sheet: Option<String>,
    encoding: Option<String>,
    delimiter: Option<String>,
    headings: Option<Rows>,
    #[serde(default)]
    units: BTreeMap<String, String>,
    #[serde(default)]
    columns: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Rows {
    One(u64),
    Two([u64; 2]),
}

/// Reads what is said about a data set: in the file that is named, else in the data directory or beside the workbook. `None` where
/// it cannot be followed.
pub fn read(data: &Path, named: Option<&Path>, findings: &mut Findings) -> Option<Config> {
    let path = named.map_or_else(|| home(data).join(FILE), Path::to_owned);
    let file: Arc<str> = path.display().to_string().into();
    let text: Arc<str> = match std::fs::read_to_string(&path) {
        Ok(text) => text.into(),
        // To have none is the usual case.
        Err(_) if named.is_none() && !path.is_file() => return Some(Config::default()),
        Err(error) => {
            findings.push(source::unreadable(&error, Place::File { file }));
            return None;
        }
    };
    let raw: Raw = match toml::from_str(&text) {
        Ok(raw) => raw,
        Err(error) => {
            let span = error.span().unwrap_or(0..0);
            let place = Place::Text { file, text, start: span.start, end: span.end };
            findings.push(Finding::error(Code::ConfigSyntax, place).with("reason", error.message()));
            return None;
        }
    };
    let mut config = Config { policy: raw.policy, ignore: raw.ignore, tables: BTreeMap::new(), file, text };
    let mut faults = Findings::default();
    for (name, of_table) in raw.tables {
        config.add(&name, of_table, &mut faults);
    }
    // The file itself may stand beside the data under the name of a method.
    if let Some(policy) = &mut config.policy
        && policy.ends_with(".toml")
    {
        *policy = beside(&path, policy);
    }
    let is_sound = !faults.stop();
    findings.extend(faults);
    is_sound.then_some(config)
}

fn beside(path: &Path, name: &str) -> String {
    path.parent().map_or_else(|| PathBuf::from(name), |directory| directory.join(name)).display().to_string()
}

impl Config {
    /// What is said of a table.
    pub fn of(&self, table: &str) -> Option<&OfTable> {
        self.tables.get(table)
    }

    /// What is said of a workbook that is a data set of its own, by a file that may be about others beside it.
    pub fn of_book(mut self, book: &Path) -> Config {
        self.tables.retain(|_, table| table.file.as_ref().is_none_or(|file| home(book).join(file) == *book));
        self.ignore.clear();
        self
    }

    /// A finding at a word of the file.
    pub fn fault(&self, word: &str, what: &'static str, accepted: &str) -> Finding {
        self.fault_at(self.text.find(word), word, what, accepted)
    }

    /// A finding at a word in what is said of a table.
    fn fault_of(&self, table: &str, word: &str, what: &'static str, accepted: &str) -> Finding {
        let section = self.text.find(&format!("tables.{table}")).unwrap_or(0);
        self.fault_at(self.text[section..].find(word).map(|at| section + at), word, what, accepted)
    }

    fn fault_at(&self, start: Option<usize>, word: &str, what: &'static str, accepted: &str) -> Finding {
        let (start, end) = start.map_or((0, 0), |start| (start, start + word.len()));
        let place = Place::Text { file: self.file.clone(), text: self.text.clone(), start, end };
        Finding::error(Code::BadConfig, place).text(word).with("what", what).with("accepted", accepted)
    }

    /// Warns of names of files to be ignored that no file has.
    pub fn warn_of_unused_files(&self, files: &[String], findings: &mut Findings) {
        for name in self.ignore.iter().filter(|name| !files.contains(name)) {
            let finding = self.fault(name, "config.file", &nearest_first(name, files));
            findings.push(Finding { severity: Severity::Warning, ..finding });
        }
    }

    /// Warns of headings that are said to mean a column and that the table's file does not have.
    pub fn warn_of_unused_headings(&self, table: &Table, fields: &[String], findings: &mut Findings) {
        let Some(of_table) = self.of(&table.name) else { return };
        let fields: Vec<String> = fields.iter().map(|field| field.trim().to_owned()).filter(|field| !field.is_empty()).collect();
        let is_there = |heading: &&String| {
            let heading = normalise(heading);
            fields.iter().map(|field| normalise(field)).any(|field| field == heading || field.split('(').next() == Some(&heading))
        };
        for heading in of_table.written.iter().filter(|heading| !is_there(heading)) {
            let finding = self.fault_of(&table.name, heading, "config.heading", &nearest_first(heading, &fields));
            findings.push(Finding { severity: Severity::Warning, ..finding });
        }
    }

    /// First and last row of headings; a finding where they cannot be.
    fn headings(&self, table: &str, rows: &Rows, findings: &mut Findings) -> Option<(u64, u64)> {
        let (from, to) = match *rows {
            Rows::One(row) => (row, row),
            Rows::Two([from, to]) => (from, to),
        };
        if 1 <= from && from <= to && to <= LAST_HEADING && to - from < MOST_HEADINGS {
            return Some((from, to));
        }
        let finding = self.fault_of(table, "headings", "config.headings", "1, 2, [2, 3]");
        let said = if matches!(rows, Rows::One(_)) { from.to_string() } else { format!("[{from}, {to}]") };
        findings.push(finding.text(format!("headings = {said}")));
        None
    }

    fn add(&mut self, name: &str, raw: RawTable, findings: &mut Findings) {
        let dictionary = Dictionary::get();
        let Some(table) = dictionary.table(name) else {
            let names: Vec<&str> = dictionary.tables.iter().map(|table| table.name.as_str()).collect();
            findings.push(self.fault(name, "config.table", &names.join(", ")));
            return;
        };
        let mut of_table = OfTable { file: raw.file, sheet: raw.sheet, ..OfTable::default() };
        if let Some(label) = raw.encoding {
            of_table.told.encoding = encoding::named(&label);
            if of_table.told.encoding.is_none() {
                findings.push(self.fault(&label, "config.encoding", "utf-8, gbk, gb18030, big5, utf-16le, utf-16be"));
            }
        }
        if let Some(delimiter) = raw.delimiter {
            match delimiter.as_bytes() {
                [byte] if !matches!(byte, b'"' | b'\n' | b'\r') => of_table.told.delimiter = Some(*byte),
                _ => findings.push(self.fault(&delimiter, "config.delimiter", "\",\", \";\", \"|\", \"\\t\"")),
            }
        }
        of_table.headings = raw.headings.and_then(|rows| self.headings(name, &rows, findings));
        for (key, unit) in raw.units {
            let column = table.columns.iter().find(|column| column.name == key);
            let quantity = column.map_or(Some(key.as_str()), |column| column.quantity.as_deref());
            let units = quantity.map(|quantity| dictionary.units_of(quantity)).unwrap_or_default();
            if units.is_empty() {
                findings.push(self.fault(&key, "config.unit-of", &columns(name)));
            } else if quantity.is_some_and(|quantity| dictionary.unit(quantity, &unit).is_none()) {
                findings.push(self.fault(&unit, "config.unit", &units.join(", ")));
            }
            of_table.units.insert(key, unit);
        }
        for (heading, column) in raw.columns {
            if !table.columns.iter().any(|known| known.name == column) {
                findings.push(self.fault(&column, "config.column", &columns(name)));
            }
            of_table.columns.insert(normalise(&heading), column);
            of_table.written.push(heading);
        }
        self.tables.insert(&table.name, of_table);
    }
}

/// Names that would do, the nearest one before the others.
fn nearest_first(name: &str, known: &[String]) -> String {
    let near = nearest::nearest(name, known.iter().map(String::as_str));
    let others = (0..known.len()).filter(|at| Some(*at) != near);
    let list: Vec<&str> = near.into_iter().chain(others).take(SHOWN).map(|at| known[at].as_str()).collect();
    if list.is_empty() { "—".to_owned() } else { list.join(", ") }
}

/// The columns of a table, for people.
fn columns(table: &str) -> String {
    let table = Dictionary::get().table(table);
    table.map(|table| table.columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>().join(", ")).unwrap_or_default()
}
