//! Which file or sheet is which table.
//!
//! In: a directory, or one workbook, and what `mujun.toml` says. Out: for every table its source, and what was decided about every
//! other file. Names come before headings; two sources for a table are an error that names both. Next: `table` reads them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;

use crate::dictionary::{Dictionary, Table};
use crate::finding::{Code, Finding, Findings, Place, system};
use crate::inputs;
use crate::load::config::{self, Config};
use crate::load::corrections;
use crate::load::decision::{By, Decision, YearBy};
use crate::load::headings::years::Unfit;
use crate::load::source::container::{self, Kind};
use crate::load::source::parquet;
use crate::load::source::text::{Text, Told};
use crate::load::source::workbook;
use crate::load::source::{Body, Refusal, Source};

mod assign;
mod candidate;
mod told;

pub use candidate::table_named;
pub use told::sheet_of;

use candidate::{Looked, look_at};
use told::{own_name, told_files};

/// Files of ours that are no tables.
const NOT_TABLES: [&str; 4] = [config::FILE, corrections::FILE, corrections::LOCK, "readme.md"];
/// Bytes up to which two files for one table are compared.
const COMPARED: u64 = 64 << 20;
/// Endings of text files.
const TEXTS: [&str; 3] = ["csv", "tsv", "txt"];
/// Endings of workbooks.
const BOOKS: [&str; 4] = ["xlsx", "xlsm", "xls", "ods"];
/// Ending of files of columns.
const COLUMNS: &str = "parquet";

/// The sources of a data set.
pub struct Intake {
    /// The data set as the user would type it.
    pub data: PathBuf,
    /// Is it one workbook?
    pub is_book: bool,
    /// What the user says.
    pub config: Config,
    /// Bytes of all sources.
    pub bytes: u64,
    assigned: Mutex<BTreeMap<&'static str, Vec<Assigned>>>,
    /// Files that the user names, by table, in the order of what is said.
    told: BTreeMap<&'static str, Vec<Option<PathBuf>>>,
    /// Files that are read as one table and have the columns of another, too, by that other table.
    elsewhere: BTreeMap<&'static str, Arc<str>>,
    /// Files that cannot be read.
    unreadable: BTreeSet<Arc<str>>,
    /// Tables of which it was said why they are not read.
    refused: BTreeSet<&'static str>,
    decisions: Mutex<Vec<Decision>>,
}

/// A source of a table.
pub struct Assigned {
    /// By what it was known.
    pub by: By,
    /// The years that its names say, that of the sheet first.
    pub named_years: Vec<(YearBy, i32)>,
    /// What its names say that is no whole year.
    pub unfit: Vec<(YearBy, Unfit)>,
    /// The year of which there should be rows: its name says so for its rows.
    pub expected: Option<i32>,
    open: Open,
}

enum Open {
    /// Not opened yet.
    Path(PathBuf, Arc<str>),
    /// Opened, to see its headings.
    Source(Source),
}

impl Assigned {
    /// The file as the user would type it.
    pub fn file(&self) -> Arc<str> {
        match &self.open {
            Open::Path(_, file) => file.clone(),
            Open::Source(source) => source.file.clone(),
        }
    }

    /// Opens it.
    ///
    /// # Errors
    ///
    /// When it cannot be read.
    pub fn open(self, told: Told) -> Result<Source, Refusal> {
        match self.open {
            Open::Path(path, file) => Ok(Source { file, body: Body::Text(Text::open(&path, told)?) }),
            Open::Source(source) => Ok(source),
        }
    }
}

/// Looks through a data set; `None` if there is none. Findings say what is unclear.
pub fn look(data: &Path, config: Config, findings: &mut Findings) -> Option<Intake> {
    let (paths, is_book) = match std::fs::read_dir(data) {
        Ok(entries) => {
            let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
            paths.sort();
            (paths, false)
        }
        Err(_) if data.is_file() && BOOKS.contains(&ending(data).as_str()) => (vec![data.to_owned()], true),
        Err(error) => {
            let place = Place::File { file: data.display().to_string().into() };
            findings.push(
                Finding::error(Code::MissingDirectory, place).with("reason", system::reason(&error)).with("detail", system::detail(&error)),
            );
            return None;
        }
    };
    let config = if is_book { config.of_book(data) } else { config };
    let told = told_files(data, &paths, &config);
    let mut names: Vec<String> = paths.iter().filter_map(|path| Some(path.file_name()?.to_string_lossy().into_owned())).collect();
    let mut all: Vec<PathBuf> = paths.clone();
    all.extend(told.values().flatten().flatten().filter(|path| path.is_file()).cloned());
    all.sort();
    all.dedup();
    let looked: Vec<Looked> = all.into_par_iter().map(|path| look_at(&path, is_book, &told, &config)).collect();
    let mut intake = Intake {
        data: data.to_owned(),
        is_book,
        config,
        bytes: looked.iter().map(|looked| looked.bytes).sum(),
        assigned: Mutex::default(),
        told,
        elsewhere: BTreeMap::new(),
        unreadable: BTreeSet::new(),
        refused: BTreeSet::new(),
        decisions: Mutex::default(),
    };
    let mut candidates = Vec::new();
    for looked in looked {
        names.extend(looked.candidates.iter().map(|candidate| own_name(data, &candidate.file)));
        names.extend(looked.decisions.iter().map(|decision| own_name(data, &decision.file)));
        candidates.extend(looked.candidates);
        looked.decisions.into_iter().for_each(|decision| intake.decide(decision));
        if let Some((file, named, refusal)) = looked.refusal {
            findings.push(refusal.finding(&file));
            inputs::note(Path::new(&*file));
            intake.refused.extend(named);
            intake.unreadable.insert(file);
        }
    }
    names.sort();
    names.dedup();
    intake.config.warn_of_unused_files(&names, findings);
    told::warn_of_misspelt(data, &intake.config, &paths, findings);
    candidates.iter().filter(|candidate| candidate.named.is_some()).for_each(|candidate| inputs::note(&candidate.path));
    intake.assign(candidates, findings);
    intake.note_sources();
    Some(intake)
}

/// Opens a source by the name it is told by: a file, a file with `!sheet`, or of a workbook the first sheet with rows.
///
/// # Errors
///
/// When it cannot be read.
pub fn open(file: &str) -> Result<Source, Refusal> {
    let first = pages(file)?.into_iter().next();
    let source = first.unwrap_or_else(|| Err(Refusal::Io(std::io::ErrorKind::NotFound.into())))?;
    Ok(Source { file: file.into(), ..source })
}

/// Everything that the name of a file means: itself, or of a workbook the sheet that is named, else each that can be seen and has rows,
/// as `file!sheet`.
///
/// # Errors
///
/// When the file cannot be read; for each sheet, when that one cannot be.
pub fn pages(file: &str) -> Result<Vec<Result<Source, Refusal>>, Refusal> {
    let (path, wanted) = match file.rsplit_once('!') {
        Some((book, sheet)) if !Path::new(file).is_file() => (Path::new(book), Some(sheet)),
        _ => (Path::new(file), None),
    };
    let kind = if ending(path) == COLUMNS { Kind::Columns } else { container::kind(path)? };
    if kind == Kind::Columns {
        return Ok(vec![Ok(Source { file: file.into(), body: Body::Grid(parquet::read(path)?) })]);
    }
    if kind.is_text() {
        return Ok(vec![Ok(Source { file: file.into(), body: Body::Text(Text::open(path, Told::default())?) })]);
    }
    let is_meant = |sheet: &workbook::Sheet| match (wanted, &sheet.grid) {
        (Some(wanted), _) => wanted == sheet.name,
        (None, Ok(grid)) => sheet.is_visible && grid.rows > 0,
        (None, Err(_)) => true,
    };
    let source = |sheet: workbook::Sheet| {
        let file = format!("{}!{}", path.display(), sheet.name);
        sheet.grid.map(|grid| Source { file: file.into(), body: Body::Grid(grid) })
    };
    Ok(workbook::read(path, kind)?.into_iter().filter(is_meant).map(source).collect())
}

/// The ending of a file's name, in lower case, without the one of a packer.
fn ending(path: &Path) -> String {
    let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    let name = name.strip_suffix(".gz").unwrap_or(&name);
    name.rsplit_once('.').map(|(_, ending)| ending.to_owned()).unwrap_or_default()
}

/// What a source is, where the name of its file says something else.
pub fn misnamed(source: &Source) -> Option<&'static str> {
    let file = match &source.body {
        Body::Grid(_) => source.file.rsplit_once('!').map_or(&*source.file, |(book, _)| book),
        Body::Text(_) => &source.file,
    };
    let ending = ending(Path::new(file));
    match &source.body {
        // A sheet has its name behind a mark.
        Body::Grid(_) if TEXTS.contains(&ending.as_str()) => Some(if source.file.contains('!') { "workbook" } else { "parquet" }),
        Body::Text(_) if BOOKS.contains(&ending.as_str()) => Some("text"),
        _ => None,
    }
}

impl Intake {
    /// Notes the files of the tables: no result is written over them.
    fn note_sources(&self) {
        let assigned = self.assigned.lock().unwrap_or_else(PoisonError::into_inner);
        assigned.values().flatten().for_each(|source| inputs::note(Path::new(sheet_of(&source.file()).0)));
    }

    /// The sources of a table, to be opened: one, or one for each year.
    pub fn take(&self, table: &str) -> Option<Vec<Assigned>> {
        self.assigned.lock().unwrap_or_else(PoisonError::into_inner).remove(table)
    }

    /// The tables that are there, or should be.
    pub fn expected(&self) -> Vec<&'static str> {
        let assigned = self.assigned.lock().unwrap_or_else(PoisonError::into_inner);
        let is_expected = |table: &&Table| table.required || assigned.contains_key(table.name.as_str()) || self.is_refused(&table.name);
        Dictionary::get().tables.iter().filter(is_expected).map(|table| table.name.as_str()).collect()
    }

    /// A file that is read as another table, and has the columns of this one as well.
    pub fn elsewhere(&self, table: &str) -> Option<&Arc<str>> {
        self.elsewhere.get(table)
    }

    /// Was it said already why a table is not read?
    pub fn is_refused(&self, table: &str) -> bool {
        self.refused.contains(table)
    }

    /// Adds what was decided.
    pub fn decide(&self, decision: Decision) {
        self.decisions.lock().unwrap_or_else(PoisonError::into_inner).push(decision);
    }

    /// What was decided, tables first in the order of the dictionary.
    pub fn decisions(&self) -> Vec<Decision> {
        let mut all = std::mem::take(&mut *self.decisions.lock().unwrap_or_else(PoisonError::into_inner));
        let tables = &Dictionary::get().tables;
        let place = |decision: &Decision| {
            decision.table.map_or(tables.len(), |name| tables.iter().position(|table| table.name == name).unwrap_or(0))
        };
        all.sort_by(|a, b| (place(a), &a.file).cmp(&(place(b), &b.file)));
        all
    }
}
