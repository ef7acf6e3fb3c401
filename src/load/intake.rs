//! Which file or sheet is which table.
//!
//! In: a directory, or one workbook, and what `mujun.toml` says. Out: for every table its source, and what was decided about every
//! other file. Names come before headings; two sources for a table are an error that names both. Next: `table` reads them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;

use super::config::{self, Config};
use super::container::{self, Kind};
use super::decision::{By, Decision};
use super::names::Names;
use super::nearest;
use super::parquet;
use super::shape::{self, LOOKED_AT};
use super::source::{Body, Refusal, Row, Source};
use super::text::{Text, Told};
use super::twins::{self, Shared};
use super::workbook;
use crate::dictionary::{Dictionary, Office, Table, comparable, normalise};
use crate::finding::{Code, Finding, Findings, Place, system};

mod told;

pub use told::sheet_of;
use told::{own_name, told_files};

/// Files of ours that are no tables.
const NOT_TABLES: [&str; 3] = [config::FILE, "corrections.csv", "readme.md"];
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
    assigned: Mutex<BTreeMap<&'static str, Assigned>>,
    /// Files that the user names, by table.
    told: BTreeMap<&'static str, PathBuf>,
    /// Files that cannot be read.
    unreadable: BTreeSet<Arc<str>>,
    /// Tables of which it was said why they are not read.
    refused: BTreeSet<&'static str>,
    decisions: Mutex<Vec<Decision>>,
}

/// The source of a table.
pub struct Assigned {
    /// By what it was known.
    pub by: By,
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

/// A file or sheet that may be a table.
struct Candidate {
    path: PathBuf,
    sheet: Option<String>,
    file: Arc<str>,
    /// The table that its name says.
    named: Option<&'static str>,
    /// The table that its headings say; several where they do not tell.
    fits: Vec<&'static str>,
    is_text: bool,
    open: Open,
}

/// What a look at one file gave.
#[derive(Default)]
struct Looked {
    candidates: Vec<Candidate>,
    decisions: Vec<Decision>,
    refusal: Option<(Arc<str>, Option<&'static str>, Refusal)>,
    bytes: u64,
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
    let mut all: Vec<PathBuf> = paths;
    all.extend(told.values().filter(|path| path.is_file()).cloned());
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
            intake.refused.extend(named);
            intake.unreadable.insert(file);
        }
    }
    intake.config.warn_of_unused_files(&names, findings);
    intake.assign(candidates, findings);
    Some(intake)
}

/// Opens a source by the name it is told by: a file, a file with `!sheet`, or of a workbook the first sheet with rows.
///
/// # Errors
///
/// When it cannot be read.
pub fn open(file: &str) -> Result<Source, Refusal> {
    let (path, wanted) = match file.rsplit_once('!') {
        Some((book, sheet)) if !Path::new(file).is_file() => (Path::new(book), Some(sheet)),
        _ => (Path::new(file), None),
    };
    let text = || Ok(Source { file: file.into(), body: Body::Text(Text::open(path, Told::default())?) });
    let is_columns = ending(path) == COLUMNS;
    let kind = if is_columns { Kind::Columns } else { container::kind(path)? };
    if kind == Kind::Columns {
        return Ok(Source { file: file.into(), body: Body::Grid(parquet::read(path)?) });
    }
    if kind.is_text() {
        return text();
    }
    for sheet in workbook::read(path, kind)? {
        let grid = sheet.grid?;
        if wanted.map_or(sheet.is_visible && grid.rows > 0, |wanted| wanted == sheet.name) {
            return Ok(Source { file: file.into(), body: Body::Grid(grid) });
        }
    }
    Err(Refusal::Io(std::io::ErrorKind::NotFound.into()))
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

/// The table of a name as people give it to files and sheets.
pub fn table_named(name: &str) -> Option<&'static Table> {
    let name = comparable(name);
    let is = |word: &String| normalise(word) == name;
    let offices = |table: &Table| Office::get().tables.get(&table.name).is_some_and(|names| names.iter().any(is));
    Dictionary::get().tables.iter().find(|table| is(&table.name) || is(&table.zh) || is(&table.en) || offices(table))
}

fn look_at(path: &Path, is_book: bool, told: &BTreeMap<&'static str, PathBuf>, config: &Config) -> Looked {
    let mut looked = Looked { bytes: std::fs::metadata(path).map_or(0, |data| data.len()), ..Looked::default() };
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let ignore = |why| Looked { decisions: vec![Decision::ignored(path.display().to_string(), why)], ..Looked::default() };
    if NOT_TABLES.contains(&name.to_lowercase().as_str()) {
        return Looked::default();
    }
    if config.ignores(&name) {
        return ignore("by-config");
    }
    if name.starts_with("~$") || name.starts_with(".~lock.") {
        return ignore("lock");
    }
    if name.starts_with('.') && !is_book {
        return ignore("hidden");
    }
    let (ending, is_packed) = (ending(path), name.to_lowercase().ends_with(".gz"));
    let is_text = TEXTS.contains(&ending.as_str());
    let is_columns = ending == COLUMNS;
    if !is_text && (is_packed || !(is_columns || BOOKS.contains(&ending.as_str()))) {
        return if path.is_dir() { Looked::default() } else { ignore("format") };
    }
    let stem = &name[..name.len() - ending.len() - 1 - if is_packed { 3 } else { 0 }];
    let named = table_named(stem).map(|table| table.name.as_str());
    if path.is_dir() && named.is_none() {
        return Looked::default();
    }
    let file: Arc<str> = path.display().to_string().into();
    // A pipe or a device would be waited for without end.
    if std::fs::metadata(path).is_ok_and(|data| !data.is_file() && !data.is_dir()) {
        looked.refusal = Some((file, named, Refusal::Because("reason.no-file")));
        return looked;
    }
    // What it is, whatever it is called; a file that cannot be opened says so when it is read.
    let kind = container::kind(path).unwrap_or(Kind::Text);
    let (is_text, is_columns) = (is_text && kind.is_text(), is_columns || kind == Kind::Columns);
    // The usual case costs nothing: a file with the name of its table is opened when the table is read.
    if is_text && ending == "csv" && !is_packed && named.is_some_and(|table| table == stem) && !told.values().any(|told| told == path) {
        let open = Open::Path(path.to_owned(), file.clone());
        looked.candidates.push(Candidate { path: path.to_owned(), sheet: None, file, named, fits: Vec::new(), is_text, open });
        return looked;
    }
    let result = match is_columns {
        true => columns(path, &file, named, config),
        false if is_text => text(path, &file, named, (told, config)),
        false => book(path, &file, named, (told, config), &mut looked.decisions),
    };
    match result {
        Ok(candidates) => looked.candidates = candidates,
        Err(refusal) => looked.refusal = Some((file, named, refusal)),
    }
    looked
}

/// What is said of the table that a file is said to be.
fn told_of(path: &Path, named: Option<&str>, (told, config): Said<'_>) -> Told {
    let table = told.iter().find(|(_, told)| *told == path).map(|(table, _)| *table).or(named);
    table.and_then(|table| config.of(table)).map(|table| table.told).unwrap_or_default()
}

/// The files that the user names, and all else that is said.
type Said<'c> = (&'c BTreeMap<&'static str, PathBuf>, &'c Config);

fn text(path: &Path, file: &Arc<str>, named: Option<&'static str>, said: Said<'_>) -> Result<Vec<Candidate>, Refusal> {
    let source = Source { file: file.clone(), body: Body::Text(Text::open(path, told_of(path, named, said))?) };
    let fits = fits(&source.head(LOOKED_AT)?, said.1);
    Ok(vec![Candidate { path: path.to_owned(), sheet: None, file: file.clone(), named, fits, is_text: true, open: Open::Source(source) }])
}

fn columns(path: &Path, file: &Arc<str>, named: Option<&'static str>, config: &Config) -> Result<Vec<Candidate>, Refusal> {
    let source = Source { file: file.clone(), body: Body::Grid(parquet::read(path)?) };
    let fits = fits(&source.head(LOOKED_AT)?, config);
    Ok(vec![Candidate { path: path.to_owned(), sheet: None, file: file.clone(), named, fits, is_text: true, open: Open::Source(source) }])
}

fn book(
    path: &Path,
    file: &Arc<str>,
    named: Option<&'static str>,
    said: Said<'_>,
    decisions: &mut Vec<Decision>,
) -> Result<Vec<Candidate>, Refusal> {
    let kind = container::kind(path)?;
    // Many programs write text and call it .xls.
    if kind.is_text() {
        if kind == Kind::Text && container::is_garbage(path)? {
            return Err(Refusal::Because("reason.damaged"));
        }
        return text(path, file, named, said);
    }
    let mut candidates = Vec::new();
    for sheet in workbook::read(path, kind)? {
        let place: Arc<str> = format!("{file}!{}", sheet.name).into();
        let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
        if said.1.ignores(&format!("{name}!{}", sheet.name)) {
            decisions.push(Decision::ignored(&*place, "by-config"));
            continue;
        }
        let grid = sheet.grid?;
        if !sheet.is_visible || grid.rows == 0 {
            decisions.push(Decision::ignored(&*place, if sheet.is_visible { "empty" } else { "hidden-sheet" }));
            continue;
        }
        let source = Source { file: place.clone(), body: Body::Grid(grid) };
        let fits = fits(&source.head(LOOKED_AT)?, said.1);
        let by_sheet = table_named(&sheet.name).map(|table| table.name.as_str());
        candidates.push(Candidate {
            path: path.to_owned(),
            sheet: Some(sheet.name),
            file: place,
            named: by_sheet,
            fits,
            is_text: false,
            open: Open::Source(source),
        });
    }
    // The name of the file speaks for its only sheet, or for the one whose headings agree.
    if let Some(table) = named.filter(|table| candidates.iter().all(|candidate| candidate.named != Some(table))) {
        let is_only = candidates.len() == 1;
        let fitting = candidates.iter().filter(|candidate| candidate.named.is_none() && candidate.fits.contains(&table)).count();
        let speaks = |candidate: &&mut Candidate| candidate.named.is_none() && (is_only || fitting == 1 && candidate.fits.contains(&table));
        if let Some(candidate) = candidates.iter_mut().find(speaks) {
            candidate.named = Some(table);
        }
    }
    Ok(candidates)
}

/// The tables that the headings among the first rows could be of: those of which most columns are named, if all required ones are.
fn fits(rows: &[Row], config: &Config) -> Vec<&'static str> {
    let none = BTreeMap::new();
    let mut best: (usize, Vec<&'static str>) = (0, Vec::new());
    for table in &Dictionary::get().tables {
        let of_table = config.of(&table.name);
        let names = Names { table, aliases: of_table.map_or(&none, |of_table| &of_table.columns) };
        let Some(heading) = shape::find(&names, rows, of_table.and_then(|of_table| of_table.headings)) else { continue };
        let columns = names.columns(&heading.fields);
        let beyond_key = columns.iter().any(|&at| !table.key.contains(&table.columns[at].name));
        if !names.is_complete(&columns) || !beyond_key || columns.len() < best.0 {
            continue;
        }
        if columns.len() > best.0 {
            best = (columns.len(), Vec::new());
        }
        best.1.push(&table.name);
    }
    best.1
}

impl Intake {
    /// The source of a table, to be opened.
    pub fn take(&self, table: &str) -> Option<Assigned> {
        self.assigned.lock().unwrap_or_else(PoisonError::into_inner).remove(table)
    }

    /// The tables that are there, or should be.
    pub fn expected(&self) -> Vec<&'static str> {
        let assigned = self.assigned.lock().unwrap_or_else(PoisonError::into_inner);
        let is_expected = |table: &&Table| table.required || assigned.contains_key(table.name.as_str()) || self.is_refused(&table.name);
        Dictionary::get().tables.iter().filter(is_expected).map(|table| table.name.as_str()).collect()
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

    fn assign(&mut self, mut candidates: Vec<Candidate>, findings: &mut Findings) {
        let mut assigned = BTreeMap::new();
        self.follow_config(&mut candidates, &mut assigned, findings);
        for table in &Dictionary::get().tables {
            let table = table.name.as_str();
            if assigned.contains_key(table) || self.refused.contains(table) {
                continue;
            }
            let is_named = |candidate: &Candidate| candidate.named == Some(table);
            let fits = |candidate: &Candidate| candidate.named.is_none() && candidate.fits == [table];
            let (by, count) = match candidates.iter().filter(|candidate| is_named(candidate)).count() {
                0 => (By::Headings, candidates.iter().filter(|candidate| fits(candidate)).count()),
                count => (By::Name, count),
            };
            let is_it: &dyn Fn(&Candidate) -> bool = if by == By::Name { &is_named } else { &fits };
            if count > 1 {
                let hits: Vec<usize> = (0..candidates.len()).filter(|&at| is_it(&candidates[at])).collect();
                let shared: Vec<Option<Shared>> = hits.iter().skip(1).map(|&at| shared(&candidates[hits[0]], &candidates[at])).collect();
                let files: Vec<Arc<str>> = hits.iter().map(|&at| candidates[at].file.clone()).collect();
                let is_one = shared.iter().all(|shared| *shared == Some(Shared::All));
                let told = shared.iter().zip(&files[1..]).take(if is_one { shared.len() } else { 1 });
                told.for_each(|(shared, file)| findings.push(two_sources(Finding::error, table, &files[0], file, *shared)));
                if is_one {
                    // The same rows under two names are one table: the first of them is read.
                    let chosen = candidates.remove(hits[0]);
                    assigned.insert(table, Assigned { by, open: chosen.open });
                    files[1..].iter().for_each(|file| self.decide(Decision::ignored(&**file, "second")));
                } else {
                    self.refused.insert(table);
                }
                let rest = if is_one { &files[1..] } else { &files[..] };
                candidates.retain(|candidate| !rest.contains(&candidate.file));
            } else if let Some(at) = candidates.iter().position(is_it) {
                let chosen = candidates.remove(at);
                assigned.insert(table, Assigned { by, open: chosen.open });
            }
        }
        let others: Vec<String> = candidates.iter().map(|candidate| own_name(&self.data, &candidate.file)).collect();
        self.config.warn_of_unused_tables(&|table| assigned.contains_key(table) || self.refused.contains(table), &others, findings);
        for candidate in candidates {
            self.report_left_over(candidate, &assigned, findings);
        }
        self.assigned = Mutex::new(assigned);
    }

    /// What is no table, or could be two, or is one that was read from elsewhere.
    fn report_left_over(&mut self, candidate: Candidate, assigned: &BTreeMap<&'static str, Assigned>, findings: &mut Findings) {
        let place = Place::File { file: candidate.file.clone() };
        let label = |table: &str| Dictionary::get().table(table).map(|table| (table.zh.clone(), table.en.clone())).unwrap_or_default();
        let known = candidate.named.or_else(|| candidate.fits.first().copied());
        if let [first, second, ..] = candidate.fits.as_slice()
            && candidate.named.is_none()
            && !(assigned.contains_key(first) && assigned.contains_key(second))
        {
            let ((first_zh, first_en), (second_zh, second_en)) = (label(first), label(second));
            let finding = Finding::error(Code::AmbiguousTable, place).with_both("first", first_zh, first_en);
            findings.push(finding.with_both("second", second_zh, second_en).with("table", first));
            let tables: Vec<&'static str> = candidate.fits.iter().filter(|table| !assigned.contains_key(*table)).copied().collect();
            self.refused.extend(tables);
            self.decide(Decision::ignored(&*candidate.file, "unclear"));
        } else if let Some((table, source)) = known.and_then(|table| Some((table, assigned.get(table)?))) {
            let shared = shared_by(&source.open, &candidate.open);
            findings.push(two_sources(Finding::warning, table, &source.file(), &candidate.file, shared));
            self.decide(Decision::ignored(&*candidate.file, "second"));
        } else if known.is_some_and(|table| self.refused.contains(table)) {
            // It was said why the table is not read.
            self.decide(Decision::ignored(&*candidate.file, "unclear"));
        } else {
            // Sheets of a workbook beside tables may hold anything; a file that calls itself a table may not.
            if candidate.is_text && ending(&candidate.path) != "txt" {
                findings.push(Finding::warning(Code::UnknownFile, place).with("nearest", nearest_file(&candidate)));
            }
            self.decide(Decision::ignored(&*candidate.file, "no-table"));
        }
    }
}

/// What two candidates share; `None` where that cannot be told cheaply.
fn shared(first: &Candidate, second: &Candidate) -> Option<Shared> {
    shared_by(&first.open, &second.open)
}

fn shared_by(first: &Open, second: &Open) -> Option<Shared> {
    let opened = |open: &Open| match open {
        Open::Path(path, file) => {
            let text = std::fs::metadata(path).is_ok_and(|data| data.len() <= COMPARED).then(|| Text::open(path, Told::default()))?.ok()?;
            Some(Source { file: file.clone(), body: Body::Text(text) })
        }
        Open::Source(_) => None,
    };
    let (a, b) = (opened(first), opened(second));
    let [first, second] = [(first, &a), (second, &b)].map(|(open, own)| match open {
        Open::Source(source) => Some(source),
        Open::Path(..) => own.as_ref(),
    });
    let (first, second) = (first?, second?);
    (first.size() <= COMPARED && second.size() <= COMPARED).then(|| twins::shared(first, second).ok())?
}

fn two_sources(make: fn(Code, Place) -> Finding, table: &str, first: &Arc<str>, second: &Arc<str>, shared: Option<Shared>) -> Finding {
    let (zh, en) = Dictionary::get().table(table).map_or((table, table), |table| (&table.zh, &table.en));
    let place = Place::File { file: second.clone() };
    let finding = match shared {
        Some(Shared::All) => Finding::warning(Code::SameTableTwice, place),
        Some(Shared::Some(rows)) => make(Code::AmbiguousSource, place).with("rows", rows),
        None => make(Code::AmbiguousSource, place).with("rows", "?"),
    };
    finding.with_both("table", zh, en).with("name", table).with("first", first).with("second", second)
}

/// The name that a file with a slip in its own was meant to have.
fn nearest_file(candidate: &Candidate) -> String {
    let names: Vec<&str> = Dictionary::get().tables.iter().map(|table| table.name.as_str()).collect();
    let stem = candidate.path.file_name().map(|name| name.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
    let stem = stem.split('.').next().unwrap_or(&stem);
    let near = nearest::nearest(stem, names.iter().copied()).map_or("—", |at| names[at]);
    format!("{near}.csv")
}
