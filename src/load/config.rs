//! `mujun.toml`: what an office says about its files, where they do not say it themselves.
//!
//! In: the file in the data directory, or one that is named. Out: [`Config`], checked: every key, table, column, unit and encoding
//! that it names is known. Next: `intake` and `table` follow it before they look for themselves.

use std::collections::BTreeMap;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use encoding_rs::Encoding;
use toml::de::DeTable;

use crate::dictionary::{Dictionary, Table, normalise};
use crate::finding::{Code, Finding, Findings, Place, Severity, system};
use crate::inputs;
use crate::load::corrections::home;
use crate::load::headings::names::Names;
use crate::load::source::encoding;
use crate::load::source::text::Told;
use crate::load::tables::nearest;

mod headings;
mod table;
mod written;

pub use headings::Unlike;
pub use written::Word;

use written::{Item, Wanted, Written};

/// Names that a finding lists.
const SHOWN: usize = 12;

/// Name of the file in a data directory.
pub const FILE: &str = "mujun.toml";

/// What is said, checked.
#[derive(Debug, Default, Clone)]
pub struct Config {
    /// The method where none is named: a built-in id, or a path.
    pub policy: Option<String>,
    /// Files and sheets that are not looked at.
    pub ignore: Vec<Word>,
    /// By table.
    pub tables: BTreeMap<&'static str, OfTable>,
    written: Written,
}

/// What is said of a table.
#[derive(Debug, Default, Clone)]
pub struct OfTable {
    /// Its files and sheets, in their order; none where only its sheet or nothing is said.
    pub sources: Vec<OfSource>,
    /// The years of its files, where no column says them, in the same order.
    pub years: Vec<i32>,
    /// Encoding and delimiter.
    pub told: Told,
    /// First and last row of its headings.
    pub headings: Option<(u64, u64)>,
    /// Units by column or by quantity.
    pub units: Units,
    /// Headings, normalised, and the columns they mean.
    pub columns: BTreeMap<String, String>,
    /// The same headings as they are written.
    written: Vec<Word>,
    /// Where its name, its rows of headings and its years stand.
    at: Places,
}

/// Where some words of a section stand.
#[derive(Debug, Default, Clone)]
struct Places {
    name: Range<usize>,
    headings: Range<usize>,
    years: Range<usize>,
}

/// A file or sheet that is said to be a table, or a part of one.
#[derive(Debug, Default, Clone)]
pub struct OfSource {
    /// The file, seen from the data directory.
    pub file: Option<Word>,
    /// The sheet.
    pub sheet: Option<Word>,
}

/// A unit that the user says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToldUnit {
    /// The word.
    pub word: String,
    /// Where it is said: file and line.
    pub at: String,
}

/// Units that the user says: of single columns by name, and of quantities.
pub type Units = BTreeMap<String, ToldUnit>;

/// Reads what is said about a data set: in the file that is named, else in the data directory or beside the workbook. `None` where
/// it cannot be followed.
pub fn read(data: &Path, named: Option<&Path>, findings: &mut Findings) -> Option<Config> {
    let path = named.map_or_else(|| home(data).join(FILE), Path::to_owned);
    let file: Arc<str> = path.display().to_string().into();
    let mut unreadable = |error: &io::Error| {
        findings.push(system::unreadable(error, Place::File { file: file.clone() }));
        None
    };
    let bytes = match inputs::settings(&path) {
        Ok(bytes) => bytes,
        // To have none is the usual case.
        Err(error) if named.is_none() && error.kind() == io::ErrorKind::NotFound && path.symlink_metadata().is_err() => {
            return Some(Config::default());
        }
        Err(error) if named.is_none() && error.kind() == io::ErrorKind::NotADirectory => return Some(Config::default()),
        Err(error) => return unreadable(&error),
    };
    let Some((text, seems)) = decoded(&bytes) else { return unreadable(&io::ErrorKind::InvalidData.into()) };
    if let Some(seems) = seems {
        let finding = Finding::warning(Code::EncodingMisfit, Place::File { file: file.clone() }).with("seems", encoding::name(seems));
        findings.push(finding.with("message", "config.read-as").with("remedy", "remedy.utf8"));
    }
    let written = Written { file, text: text.clone() };
    let tree = match DeTable::parse(&text) {
        Ok(tree) => tree,
        Err(error) => {
            findings.push(written.no_toml(&error));
            return None;
        }
    };
    let mut config = Config { written, ..Config::default() };
    let mut faults = Findings::default();
    config.fill(tree.get_ref(), &mut faults);
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

/// The text, and the encoding where it is not the one that TOML asks for; `None` where it is no text in either. The file stays as it is.
fn decoded(bytes: &[u8]) -> Option<(Arc<str>, Option<&'static Encoding>)> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Some((text.into(), None));
    }
    let (choice, length) = encoding::mark(bytes).or_else(|| Some((encoding::decide(bytes)?, 0)))?;
    let (text, has_faults) = choice.encoding.decode_without_bom_handling(&bytes[length..]);
    (!has_faults).then(|| (text.into(), Some(choice.encoding)))
}

fn beside(path: &Path, name: &str) -> String {
    path.parent().map_or_else(|| PathBuf::from(name), |directory| directory.join(name)).display().to_string()
}

/// What the keys want that stand outside tables.
const NAME: Wanted = ("config.text", "example.policy");
const NAMES: Wanted = ("config.texts", "example.ignore");
const SECTIONS: Wanted = ("config.section", "example.section");

impl Config {
    fn fill(&mut self, tree: &DeTable<'_>, findings: &mut Findings) {
        for (key, item) in written::entries(tree) {
            match key.text.as_str() {
                "policy" => self.policy = self.written.word("policy", item, NAME, findings).map(|word| word.text),
                "ignore" => self.ignore = self.written.words("ignore", item, NAMES, findings),
                "tables" => {
                    for (name, item) in self.written.entries("tables", item, SECTIONS, findings) {
                        self.add(&name, item, findings);
                    }
                }
                other => {
                    let is_table = Dictionary::get().tables.iter().any(|table| table.name == other);
                    findings.push(self.written.unknown(&key, &["policy", "ignore", "tables"], is_table.then(|| format!("tables.{other}"))));
                }
            }
        }
    }

    fn add(&mut self, name: &Word, item: Item<'_>, findings: &mut Findings) {
        let tables = &Dictionary::get().tables;
        let labelled = || tables.iter().find(|table| table::is_label(&name.text, &table.zh, &table.en));
        let Some(table) = tables.iter().find(|table| table.name == name.text).or_else(labelled) else {
            let names: Vec<&str> = tables.iter().map(|table| table.name.as_str()).collect();
            let meant = crate::load::intake::table_named(&name.text).map(|table| table.name.clone());
            let hint = meant.or_else(|| written::hint_for(&name.text, names.iter().copied()));
            let finding = self.written.fault(name, "config.table", &names.join(", "));
            findings.push(hint.into_iter().fold(finding, |finding, hint| finding.with("hint", hint)));
            return;
        };
        if self.tables.contains_key(table.name.as_str()) {
            findings.push(self.written.fault(name, "config.table-once", &table.name));
            return;
        }
        let of_table = table::read(&self.written, table, name, item, findings);
        self.tables.insert(&table.name, of_table);
    }

    /// What is said of a table.
    pub fn of(&self, table: &str) -> Option<&OfTable> {
        self.tables.get(table)
    }

    /// Is a file, or a sheet as `file!sheet`, not to be looked at?
    pub fn ignores(&self, name: &str) -> bool {
        self.ignore.iter().any(|word| word.text == name)
    }

    /// What is said of a workbook that is a data set of its own, by a file that may be about others beside it.
    pub fn of_book(mut self, book: &Path) -> Config {
        let is_of_book = |source: &OfSource| source.file.as_ref().is_none_or(|file| is_same(&home(book).join(&file.text), book));
        self.tables.retain(|_, table| table.sources.iter().all(is_of_book));
        let name = book.file_name().map(|name| format!("{}!", name.to_string_lossy())).unwrap_or_default();
        self.ignore.retain(|word| word.text.starts_with(&name));
        self
    }

    /// A finding at a word of the file.
    pub fn fault(&self, word: &Word, what: &'static str, accepted: &str) -> Finding {
        self.written.fault(word, what, accepted)
    }

    /// Warns of names of files and sheets to be ignored that none has.
    pub fn warn_of_unused_files(&self, names: &[String], findings: &mut Findings) {
        for word in self.ignore.iter().filter(|word| !names.contains(&word.text)) {
            let is_pattern = word.text.contains(['*', '?']);
            let what = if is_pattern { "config.no-pattern" } else { "config.file" };
            let finding = self.fault(word, what, &nearest_first(&word.text, names));
            findings.push(Finding { severity: Severity::Warning, ..finding });
        }
    }

    /// Warns of headings that are said to mean a column and that the table's file does not have.
    pub fn warn_of_unused_headings(&self, table: &'static Table, fields: &[String], findings: &mut Findings) {
        let Some(of_table) = self.of(&table.name) else { return };
        let fields: Vec<String> = fields.iter().map(|field| field.trim().to_owned()).filter(|field| !field.is_empty()).collect();
        let is_there = |heading: &&Word| {
            let heading = normalise(&heading.text);
            let aliases = of_table.columns.get(&heading).map(|column| BTreeMap::from([(heading, column.clone())])).unwrap_or_default();
            fields.iter().any(|field| Names { table, aliases: &aliases }.told(field).is_some())
        };
        for heading in of_table.written.iter().filter(|heading| !is_there(heading)) {
            let finding = self.fault(heading, "config.heading", &nearest_first(&heading.text, &fields));
            findings.push(Finding { severity: Severity::Warning, ..finding });
        }
    }

    /// Warns of what is said of tables for which nothing is read: it has no effect.
    pub fn warn_of_unused_tables(&self, is_read: &dyn Fn(&str) -> bool, others: &[String], findings: &mut Findings) {
        for (table, of_table) in self.tables.iter().filter(|(table, _)| !is_read(table)) {
            let word = Word { text: (*table).to_owned(), span: of_table.at.name.clone() };
            let finding = self.fault(&word, "config.read-table", &first_of(others.iter().map(String::as_str)));
            findings.push(Finding { severity: Severity::Warning, ..finding });
        }
    }

    /// A finding for years that are not one for each file of a table, or that something else contradicts.
    pub fn years_fault(&self, table: &str, what: &'static str, accepted: &str) -> Option<Finding> {
        let of_table = self.of(table)?;
        let text = self.written.text.get(of_table.at.years.clone()).unwrap_or("").to_owned();
        Some(self.fault(&Word { text, span: of_table.at.years.clone() }, what, accepted))
    }

    /// A finding for rows that are said to be headings and are none.
    pub fn headings_fault(&self, table: &str, source: &str, unlike: &Unlike) -> Option<Finding> {
        let of_table = self.of(table)?;
        let finding = Finding::error(unlike.code(), self.written.place(&of_table.at.headings));
        let said = rows(of_table.headings?);
        Some(unlike.tell(finding.text(format!("headings = {said}")).with("source", source)))
    }
}

/// Rows as they are written.
fn rows((from, to): (u64, u64)) -> String {
    if from == to { from.to_string() } else { format!("[{from}, {to}]") }
}

/// Do two paths lead to one file?
pub fn is_same(a: &Path, b: &Path) -> bool {
    a == b || matches!((a.canonicalize(), b.canonicalize()), (Ok(a), Ok(b)) if a == b)
}

/// Names that would do, the nearest one before the others.
fn nearest_first(name: &str, known: &[String]) -> String {
    let near = nearest::nearest(name, known.iter().map(String::as_str));
    let others = (0..known.len()).filter(|at| Some(*at) != near);
    first_of(near.into_iter().chain(others).map(|at| known[at].as_str()))
}

/// The first of many names.
pub fn first_of<'k>(names: impl Iterator<Item = &'k str>) -> String {
    let list: Vec<&str> = names.take(SHOWN).collect();
    if list.is_empty() { "—".to_owned() } else { list.join(", ") }
}
