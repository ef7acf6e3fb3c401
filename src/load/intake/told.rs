//! The files and sheets that `mujun.toml` names for tables.
//!
//! In: what is said, and the candidates. Out: the sources of the tables that are named, and a finding at the word for one that is not
//! there, is not to be looked at, or was taken by another table. Next: `intake` finds the sources of the other tables.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::Assigned;
use super::BOOKS;
use super::Intake;
use super::TEXTS;
use super::candidate::Candidate;
use crate::finding::{Code, Finding, Findings, Place};
use crate::load::config::{self, Config, OfSource, Word};
use crate::load::corrections::{self, home};
use crate::load::decision::By;

/// The files that the user names, by table; one that is in the directory by the path that it has there.
pub fn told_files(data: &Path, paths: &[PathBuf], config: &Config) -> BTreeMap<&'static str, Vec<Option<PathBuf>>> {
    let known = |path: PathBuf| match paths.contains(&path) {
        true => path,
        false => paths.iter().find(|known| config::is_same(known, &path)).cloned().unwrap_or(path),
    };
    let path = |source: &OfSource| source.file.as_ref().map(|file| known(home(data).join(&file.text)));
    config.tables.iter().map(|(table, of_table)| (*table, of_table.sources.iter().map(path).collect())).collect()
}

/// A file or sheet as it is called in `mujun.toml`.
pub fn own_name(data: &Path, file: &str) -> String {
    Path::new(file).strip_prefix(home(data)).map_or_else(|_| file.to_owned(), |own| own.display().to_string())
}

/// The file of a place such as `data/book.xlsx!税收`, and its sheet.
pub fn sheet_of(place: &str) -> (&str, Option<&str>) {
    let lower = place.to_ascii_lowercase();
    let end = BOOKS.iter().chain(&TEXTS).filter_map(|ending| lower.find(&format!(".{ending}!")).map(|at| at + ending.len() + 1)).min();
    end.map_or((place, None), |end| (&place[..end], Some(&place[end + 1..])))
}

/// Warns of files that would be `corrections.csv` or `mujun.toml` but for a slip in their names: nothing would be read from them.
pub fn warn_of_misspelt(data: &Path, config: &Config, paths: &[PathBuf], findings: &mut Findings) {
    for path in paths {
        let Some(name) = path.file_name().map(|name| name.to_string_lossy()) else { continue };
        let lower = name.to_lowercase();
        let is_like = |own: &str| {
            let stem = own.rsplit_once('.').map_or(own, |(stem, _)| stem);
            lower == own || own == corrections::FILE && TEXTS.iter().chain(&BOOKS).any(|ending| lower == format!("{stem}.{ending}"))
        };
        // Where the case of letters does not count, it is the file itself.
        let meant = [corrections::FILE, config::FILE].into_iter().find(|own| *name != **own && is_like(own));
        if let Some(own) = meant.filter(|own| !config.ignores(&name) && !config::is_same(&home(data).join(own), path)) {
            let place = Place::File { file: path.display().to_string().into() };
            findings.push(Finding::warning(Code::UnknownFile, place).with("nearest", own));
        }
    }
}

/// A file and a sheet that were given to a table.
type Taken = (PathBuf, Option<String>);

impl Intake {
    /// Gives tables the sources that the user names.
    pub(super) fn follow_config(
        &mut self,
        candidates: &mut Vec<Candidate>,
        assigned: &mut BTreeMap<&'static str, Vec<Assigned>>,
        findings: &mut Findings,
    ) {
        let mut taken: Vec<Taken> = Vec::new();
        let tables: Vec<&'static str> = self.config.tables.keys().copied().collect();
        for table in tables {
            let count = self.config.of(table).map_or(0, |said| said.sources.len());
            let chosen: Vec<Option<Candidate>> = (0..count).map(|at| self.named(table, at, candidates, &mut taken, findings)).collect();
            match chosen.into_iter().collect::<Option<Vec<Candidate>>>() {
                Some(chosen) if chosen.is_empty() => {}
                Some(chosen) => drop(assigned.insert(table, Assigned::by_year(chosen, Some(By::Config)))),
                None => drop(self.refused.insert(table)),
            }
        }
    }

    /// Takes a source that the user names for a table out of the candidates.
    fn named(
        &self,
        table: &'static str,
        at: usize,
        candidates: &mut Vec<Candidate>,
        taken: &mut Vec<Taken>,
        findings: &mut Findings,
    ) -> Option<Candidate> {
        let (path, source) = (self.told.get(table)?.get(at)?.as_ref(), self.config.of(table)?.sources.get(at)?);
        let is_it = |known: &Path, sheet: &Option<String>| {
            path.is_none_or(|path| known == path) && source.sheet.as_ref().is_none_or(|wanted| sheet.as_ref() == Some(&wanted.text))
        };
        let is_there = |candidate: &Candidate| is_it(&candidate.path, &candidate.sheet);
        let mut hits: Vec<usize> = (0..candidates.len()).filter(|&at| is_there(&candidates[at])).collect();
        if hits.len() > 1 {
            hits.retain(|&at| candidates[at].named == Some(table) || candidates[at].fits.contains(&table));
        }
        if let [at] = hits.as_slice() {
            let chosen = candidates.remove(*at);
            taken.push((chosen.path.clone(), chosen.sheet.clone()));
            return Some(chosen);
        }
        // A file that is there and cannot be read has been reported.
        let is_reported = path.is_some_and(|path| self.unreadable.contains(path.display().to_string().as_str()));
        if !is_reported && !self.refused.contains(table) {
            let is_taken = taken.iter().any(|(path, sheet)| is_it(path, sheet));
            findings.push(self.not_there((path.map(PathBuf::as_path), source), candidates, is_taken));
        }
        None
    }

    /// The finding for a file or sheet that the user names for a table and that is not there, or not to be taken.
    fn not_there(&self, (path, source): (Option<&Path>, &OfSource), candidates: &[Candidate], is_taken: bool) -> Finding {
        let none = Word::default();
        let (file, sheet) = (source.file.as_ref(), source.sheet.as_ref());
        let word = sheet.or(file).unwrap_or(&none);
        let is_file = |candidate: &&Candidate| path.is_none_or(|path| candidate.path == path);
        let sheets: Vec<&str> = candidates.iter().filter(is_file).filter_map(|candidate| candidate.sheet.as_deref()).collect();
        let files: BTreeSet<String> = candidates.iter().map(|candidate| own_name(&self.data, sheet_of(&candidate.file).0)).collect();
        let whole = file.map(|file| format!("{}!{}", file.text, sheet.map_or("", |sheet| &sheet.text)));
        let is_ignored = file.is_some_and(|file| self.config.ignores(&file.text)) || whole.is_some_and(|name| self.config.ignores(&name));
        let files = || config::first_of(files.iter().map(String::as_str));
        match () {
            () if is_taken => self.config.fault(word, "config.taken", &files()),
            () if is_ignored => self.config.fault(file.unwrap_or(word), "config.ignored", &files()),
            // Several sheets could be it.
            () if sheet.is_none() && !sheets.is_empty() => self.config.fault(word, "config.sheet", &config::first_of(sheets.into_iter())),
            () if sheet.is_some() && !sheets.is_empty() => self.config.fault(word, "config.file", &config::first_of(sheets.into_iter())),
            () if sheet.is_some() && path.is_some() && candidates.iter().any(|candidate| is_file(&candidate)) => {
                self.config.fault(word, "config.no-sheets", "—")
            }
            () => self.config.fault(file.unwrap_or(word), "config.file", &files()),
        }
    }
}
