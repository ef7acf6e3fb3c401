//! What each file and sheet may be: by its name, and by its headings.
//!
//! In: a path, and what `mujun.toml` says. Out: a [`Candidate`] for the file or for each of its sheets, or why there is none. Next:
//! `assign` gives the tables their sources.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::BOOKS;
use super::COLUMNS;
use super::NOT_TABLES;
use super::Open;
use super::TEXTS;
use super::ending;
use crate::dictionary::{Dictionary, Office, Table, comparable, normalise};
use crate::load::config::Config;
use crate::load::decision::{Decision, YearBy};
use crate::load::headings::names::Names;
use crate::load::headings::shape::{self, LOOKED_AT};
use crate::load::headings::years::{self, Unfit};
use crate::load::source::container::{self, Kind};
use crate::load::source::parquet;
use crate::load::source::text::{Text, Told};
use crate::load::source::workbook;
use crate::load::source::{Body, Refusal, Row, Source};

/// A file or sheet that may be a table.
pub struct Candidate {
    pub path: PathBuf,
    pub sheet: Option<String>,
    pub file: Arc<str>,
    /// The table that its name says.
    pub named: Option<&'static str>,
    /// Its own name is that of the table with a year.
    pub of_year: bool,
    /// The years that its names say, that of the sheet first.
    pub named_years: Vec<(YearBy, i32)>,
    /// What its names say that is no whole year.
    pub unfit: Vec<(YearBy, Unfit)>,
    /// The table that its headings say; several where they do not tell.
    pub fits: Vec<&'static str>,
    /// Tables of which it lacks only the year.
    pub lacks_year: Vec<&'static str>,
    /// Other tables of which it has all required columns.
    pub also: Vec<&'static str>,
    pub is_text: bool,
    pub open: Open,
}

impl Candidate {
    /// Would its headings be those of this table alone, if anything said the year?
    pub fn is_nearly(&self, table: &str) -> bool {
        self.named.is_none() && self.fits.is_empty() && self.lacks_year == [table]
    }

    /// The year that its own name says, else that of its file.
    pub fn year(&self) -> Option<i32> {
        self.named_years.first().map(|(_, year)| *year)
    }
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
pub fn look_at(path: &Path, is_book: bool, told: &ToldFiles, config: &Config) -> Looked {
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
    let named = Name::of(stem, YearBy::File);
    if path.is_dir() && named.table.is_none() {
        return Looked::default();
    }
    let file: Arc<str> = path.display().to_string().into();
    // A pipe or a device would be waited for without end.
    if std::fs::metadata(path).is_ok_and(|data| !data.is_file() && !data.is_dir()) {
        looked.refusal = Some((file, named.table, Refusal::Because("reason.no-file")));
        return looked;
    }
    // What it is, whatever it is called; a file that cannot be opened says so when it is read.
    let kind = container::kind(path).unwrap_or(Kind::Text);
    let (is_text, is_columns) = (is_text && kind.is_text(), is_columns || kind == Kind::Columns);
    // The usual case costs nothing: a file with the name of its table is opened when the table is read.
    let is_told = || told.values().flatten().any(|told| told.as_deref() == Some(path));
    if is_text && ending == "csv" && !is_packed && named.table.is_some_and(|table| table == stem) && !is_told() {
        let open = Open::Path(path.to_owned(), file.clone());
        looked.candidates.push(named.candidate(path, &file, Fits::default(), open));
        return looked;
    }
    let result = match is_columns {
        true => columns(path, &file, &named, config),
        false if is_text => text(path, &file, &named, (told, config)),
        false => book(path, &file, &named, (told, config), &mut looked.decisions),
    };
    match result {
        Ok(candidates) => looked.candidates = candidates,
        Err(refusal) => looked.refusal = Some((file, named.table, refusal)),
    }
    looked
}

/// What is said of the table that a file is said to be.
fn told_of(path: &Path, named: Option<&str>, (told, config): Said<'_>) -> Told {
    let is_it = |told: &Option<PathBuf>| told.as_deref() == Some(path);
    let table = told.iter().find(|(_, told)| told.iter().any(is_it)).map(|(table, _)| *table).or(named);
    table.and_then(|table| config.of(table)).map(|table| table.told).unwrap_or_default()
}

/// Tables whose headings a file has.
#[derive(Debug, Default)]
struct Fits {
    /// Those of which most columns are named.
    best: Vec<&'static str>,
    /// Others.
    also: Vec<&'static str>,
    /// Those of which only the year is missing.
    lacks_year: Vec<&'static str>,
}

/// The files that the user names, and all else that is said.
type Said<'c> = (&'c ToldFiles, &'c Config);

/// The files that the user names, by table.
type ToldFiles = BTreeMap<&'static str, Vec<Option<PathBuf>>>;

/// What the name of a file or a sheet says.
#[derive(Debug, Clone)]
struct Name {
    table: Option<&'static str>,
    /// It is that of the table with a year.
    of_year: bool,
    years: Vec<(YearBy, i32)>,
    /// What it says that is no whole year.
    unfit: Vec<(YearBy, Unfit)>,
}

impl Name {
    fn of(name: &str, by: YearBy) -> Name {
        let exact = table_named(name);
        let without = || years::taken_off(name).and_then(|(_, rest)| table_named(&rest));
        let of_year = exact.is_none().then(without).flatten();
        let said = years::of_name(name);
        let years = said.years.first().filter(|_| said.years.len() == 1).map(|&year| (by, year)).into_iter().collect();
        let unfit = said.unfit.map(|unfit| (by, unfit)).into_iter().collect();
        Name { table: exact.or(of_year).map(|table| table.name.as_str()), of_year: of_year.is_some(), years, unfit }
    }

    /// A file that is no workbook.
    fn candidate(&self, path: &Path, file: &Arc<str>, fits: Fits, open: Open) -> Candidate {
        let Name { table, of_year, years, unfit } = self.clone();
        let (path, file) = (path.to_owned(), file.clone());
        Candidate {
            path,
            sheet: None,
            file,
            named: table,
            of_year,
            named_years: years,
            unfit,
            lacks_year: fits.lacks_year,
            fits: fits.best,
            also: fits.also,
            is_text: true,
            open,
        }
    }
}

fn text(path: &Path, file: &Arc<str>, named: &Name, said: Said<'_>) -> Result<Vec<Candidate>, Refusal> {
    let source = Source { file: file.clone(), body: Body::Text(Text::open(path, told_of(path, named.table, said))?) };
    let fits = fits(&source.head(LOOKED_AT)?, !named.years.is_empty(), said.1);
    Ok(vec![named.candidate(path, file, fits, Open::Source(source))])
}

fn columns(path: &Path, file: &Arc<str>, named: &Name, config: &Config) -> Result<Vec<Candidate>, Refusal> {
    let source = Source { file: file.clone(), body: Body::Grid(parquet::read(path)?) };
    let fits = fits(&source.head(LOOKED_AT)?, !named.years.is_empty(), config);
    Ok(vec![named.candidate(path, file, fits, Open::Source(source))])
}

fn book(path: &Path, file: &Arc<str>, named: &Name, said: Said<'_>, decisions: &mut Vec<Decision>) -> Result<Vec<Candidate>, Refusal> {
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
        let own = Name::of(&sheet.name, YearBy::Sheet);
        let years: Vec<(YearBy, i32)> = own.years.iter().chain(&named.years).copied().collect();
        let unfit = own.unfit.iter().chain(&named.unfit).cloned().collect();
        let fits = fits(&source.head(LOOKED_AT)?, !years.is_empty(), said.1);
        candidates.push(Candidate {
            path: path.to_owned(),
            sheet: Some(sheet.name),
            file: place,
            named: own.table,
            of_year: own.of_year,
            named_years: years,
            unfit,
            lacks_year: fits.lacks_year,
            fits: fits.best,
            also: fits.also,
            is_text: false,
            open: Open::Source(source),
        });
    }
    // The name of the file speaks for its only sheet, or for the one whose headings agree.
    if let Some(table) = named.table.filter(|table| candidates.iter().all(|candidate| candidate.named != Some(table))) {
        let is_only = candidates.len() == 1;
        let fitting = candidates.iter().filter(|candidate| candidate.named.is_none() && candidate.fits.contains(&table)).count();
        let speaks = |candidate: &&mut Candidate| candidate.named.is_none() && (is_only || fitting == 1 && candidate.fits.contains(&table));
        if let Some(candidate) = candidates.iter_mut().find(speaks) {
            (candidate.named, candidate.of_year) = (Some(table), named.of_year);
        }
    }
    Ok(candidates)
}

/// The tables that the headings among the first rows could be of: those of which most columns are named, if all required ones are.
///
/// A column of years may be missing where a name (`is_dated`), a title or the user says the year.
fn fits(rows: &[Row], is_dated: bool, config: &Config) -> Fits {
    let none = BTreeMap::new();
    let mut complete: Vec<(usize, &'static str)> = Vec::new();
    let mut lacks_year = Vec::new();
    for table in &Dictionary::get().tables {
        let of_table = config.of(&table.name);
        let names = Names { table, aliases: of_table.map_or(&none, |of_table| &of_table.columns) };
        let Some(heading) = shape::find(&names, rows, of_table.and_then(|of_table| of_table.headings)) else { continue };
        let columns = names.columns(&heading.fields);
        let beyond_key = columns.iter().any(|&at| !table.key.contains(&table.columns[at].name));
        let has_year = || is_dated || heading.years.len() == 1 || of_table.is_some_and(|of_table| !of_table.years.is_empty());
        let is_complete = names.is_complete(&columns) || names.lacks_only_year(&columns) && has_year();
        if is_complete && beyond_key {
            complete.push((columns.len(), &table.name));
        } else if beyond_key && names.lacks_only_year(&columns) {
            lacks_year.push(table.name.as_str());
        }
    }
    let most = complete.iter().map(|(columns, _)| *columns).max().unwrap_or(0);
    let (best, also): (Vec<_>, Vec<_>) = complete.into_iter().partition(|(columns, _)| *columns == most);
    let names = |list: Vec<(usize, &'static str)>| list.into_iter().map(|(_, table)| table).collect();
    Fits { best: names(best), also: names(also), lacks_year }
}
