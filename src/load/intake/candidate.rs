//! What each file and sheet may be: by its name, and by its headings.
//!
//! In: a path, and what `mujun.toml` says. Out: a [`Candidate`] for the file or for each of its sheets, or why there is none. Next:
//! `assign` gives the tables their sources.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{BOOKS, COLUMNS, NOT_TABLES, Open, TEXTS, ending};
use crate::dictionary::{Dictionary, Office, Table, comparable, normalise};
use crate::load::config::Config;
use crate::load::container::{self, Kind};
use crate::load::decision::Decision;
use crate::load::parquet;
use crate::load::shape::{self, LOOKED_AT, Names};
use crate::load::source::{Body, Refusal, Row, Source};
use crate::load::text::{Text, Told};
use crate::load::workbook;

/// A file or sheet that may be a table.
pub struct Candidate {
    pub path: PathBuf,
    pub sheet: Option<String>,
    pub file: Arc<str>,
    /// The table that its name says.
    pub named: Option<&'static str>,
    /// The table that its headings say; several where they do not tell.
    pub fits: Vec<&'static str>,
    pub is_text: bool,
    pub open: Open,
}

/// What a look at one file gave.
#[derive(Default)]
pub struct Looked {
    pub candidates: Vec<Candidate>,
    pub decisions: Vec<Decision>,
    pub refusal: Option<(Arc<str>, Option<&'static str>, Refusal)>,
    pub bytes: u64,
}

/// The table of a name as people give it to files and sheets.
pub fn table_named(name: &str) -> Option<&'static Table> {
    let name = comparable(name);
    let is = |word: &String| normalise(word) == name;
    let offices = |table: &Table| Office::get().tables.get(&table.name).is_some_and(|names| names.iter().any(is));
    Dictionary::get().tables.iter().find(|table| is(&table.name) || is(&table.zh) || is(&table.en) || offices(table))
}

/// Looks at one file.
pub fn look_at(path: &Path, is_book: bool, told: &BTreeMap<&'static str, PathBuf>, config: &Config) -> Looked {
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
