//! Which candidate is the source of which table.
//!
//! In: the candidates. Out: the sources of the tables, and what is said of files that are none or could be several. Names come before
//! headings; two sources for a table are an error that names both.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use super::Assigned;
use super::COMPARED;
use super::Intake;
use super::Open;
use super::candidate::Candidate;
use super::ending;
use super::own_name;
use crate::dictionary::{ColumnType, Dictionary};
use crate::finding::{Code, Finding, Findings, Place};
use crate::load::decision::{By, Decision, YearBy};
use crate::load::source::text::{Text, Told};
use crate::load::source::twins::{self, Shared};
use crate::load::source::{Body, Source};
use crate::load::tables::nearest;

/// Candidates for a table that are compared with the first of them; of more it is not asked whether they are the same.
const MOST_COMPARED: usize = 100;

impl Intake {
    /// Gives every table its source: the one that is named, else the one whose headings are its own.
    pub(super) fn assign(&mut self, mut candidates: Vec<Candidate>, findings: &mut Findings) {
        let mut assigned = BTreeMap::new();
        self.elsewhere = candidates.iter().flat_map(|one| one.also.iter().map(|table| (*table, one.file.clone()))).collect();
        self.follow_config(&mut candidates, &mut assigned, findings);
        for table in &Dictionary::get().tables {
            let table = table.name.as_str();
            if assigned.contains_key(table) || self.refused.contains(table) {
                continue;
            }
            match found(table, &candidates) {
                Found::Nothing => {}
                Found::One(by, at) => {
                    let chosen = candidates.remove(at);
                    assigned.insert(table, vec![Assigned::one(chosen, by)]);
                }
                Found::ByYear(hits) => {
                    let chosen = taken(&mut candidates, &hits);
                    assigned.insert(table, Assigned::by_year(chosen, None));
                }
                Found::Several(by, hits) => {
                    let chosen = self.report_several(table, &hits, &mut candidates, findings);
                    if let Some(chosen) = chosen {
                        assigned.insert(table, vec![Assigned::one(chosen, by)]);
                    } else {
                        self.refused.insert(table);
                    }
                }
            }
        }
        let others: Vec<String> = candidates.iter().map(|candidate| own_name(&self.data, &candidate.file)).collect();
        self.config.warn_of_unused_tables(&|table| assigned.contains_key(table) || self.refused.contains(table), &others, findings);
        for candidate in candidates {
            self.report_left_over(candidate, &assigned, findings);
        }
        self.assigned = Mutex::new(assigned);
    }

    /// Tells of candidates that could all be one table, and takes them out. Where they hold the same rows, gives the first.
    fn report_several(
        &self,
        table: &'static str,
        hits: &[usize],
        candidates: &mut Vec<Candidate>,
        findings: &mut Findings,
    ) -> Option<Candidate> {
        let mut compared: Vec<Option<Shared>> = Vec::new();
        for &at in &hits[1..] {
            let one = if compared.len() < MOST_COMPARED { shared(&candidates[hits[0]], &candidates[at]) } else { None };
            compared.push(one);
            if one != Some(Shared::All) {
                break;
            }
        }
        let files: Vec<Arc<str>> = hits.iter().map(|&at| candidates[at].file.clone()).collect();
        let is_one = compared.iter().all(|shared| *shared == Some(Shared::All));
        // The one that differs says that they are not one table.
        let told = compared.iter().zip(&files[1..]).skip(if is_one { 0 } else { compared.len() - 1 });
        told.for_each(|(shared, file)| findings.push(two_sources(Finding::error, table, &files[0], file, *shared)));
        let hits = taken(candidates, hits);
        // The same rows under two names are one table: the first of them is read.
        let (why, first) = if is_one { ("second", 1) } else { ("several", 0) };
        files[first..].iter().for_each(|file| self.decide(Decision { table_of: Some(table), ..Decision::ignored(&**file, why) }));
        hits.into_iter().next().filter(|_| is_one)
    }

    /// What is no table, or could be two, or is one that was read from elsewhere.
    fn report_left_over(&mut self, candidate: Candidate, assigned: &BTreeMap<&'static str, Vec<Assigned>>, findings: &mut Findings) {
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
        } else if let Some((table, source)) = known.and_then(|table| Some((table, assigned.get(table)?.first()?))) {
            // What `mujun.toml` says has decided it.
            if source.by != By::Config {
                let shared = shared_by(&source.open, &candidate.open);
                findings.push(two_sources(Finding::warning, table, &source.file(), &candidate.file, shared));
            }
            self.decide(Decision::ignored(&*candidate.file, "second"));
        } else if known.is_some_and(|table| self.refused.contains(table)) {
            // It was said why the table is not read.
            self.decide(Decision::ignored(&*candidate.file, "unclear"));
        } else {
            // Sheets of a workbook beside tables may hold anything; a file that calls itself a table may not.
            let is_told = || findings.iter().any(|known| known.code == Code::UnknownFile && known.place == place);
            if candidate.is_text && ending(&candidate.path) != "txt" && !is_told() {
                findings.push(Finding::warning(Code::UnknownFile, place).with("nearest", nearest_file(&candidate)));
            }
            self.decide(Decision::ignored(&*candidate.file, "no-table"));
        }
    }
}

/// The candidates for a table, by their places.
enum Found {
    Nothing,
    One(By, usize),
    /// One for each year, in the order of their names.
    ByYear(Vec<usize>),
    /// Which of them it is nobody says.
    Several(By, Vec<usize>),
}

/// Looks for a table among the candidates: those with its name, also beside a year, and those whose headings are its own alone. Where
/// all their names say years and no two the same, each is a part of it; else one with its bare name comes first.
fn found(table: &str, candidates: &[Candidate]) -> Found {
    let is_named = |at: &usize| candidates[*at].named == Some(table);
    let fits = |at: &usize| candidates[*at].named.is_none() && candidates[*at].fits == [table];
    let mut all: Vec<usize> = (0..candidates.len()).filter(|at| is_named(at) || fits(at)).collect();
    all.sort_by_key(|&at| &candidates[at].file);
    let years: Option<BTreeSet<i32>> = all.iter().map(|&at| candidates[at].year()).collect();
    if all.len() > 1 && years.is_some_and(|years| years.len() == all.len()) && is_dated(table) {
        return Found::ByYear(all);
    }
    let by = if all.iter().any(is_named) { By::Name } else { By::Headings };
    let exact: Vec<usize> = all.iter().copied().filter(|at| is_named(at) && !candidates[*at].of_year).collect();
    let mut hits = if exact.is_empty() { all } else { exact };
    if hits.is_empty() {
        // One that lacks only the year: a finding says so.
        let lacks_year = |at: &usize| candidates[*at].is_nearly(table);
        hits = (0..candidates.len()).filter(lacks_year).collect();
        hits.truncate(if hits.len() == 1 { 1 } else { 0 });
    }
    // The first of the directory comes first.
    hits.sort_unstable();
    match hits.as_slice() {
        [] => Found::Nothing,
        [at] => Found::One(by, *at),
        _ => Found::Several(by, hits),
    }
}

/// Do the rows of a table say their year or period?
fn is_dated(table: &str) -> bool {
    let columns = Dictionary::get().table(table).map_or(&[][..], |table| &table.columns);
    columns.iter().any(|column| matches!(column.kind, ColumnType::Year | ColumnType::Period))
}

/// Takes candidates out, in the order of `places`.
fn taken(candidates: &mut Vec<Candidate>, places: &[usize]) -> Vec<Candidate> {
    let mut all: Vec<Option<Candidate>> = std::mem::take(candidates).into_iter().map(Some).collect();
    let chosen = places.iter().filter_map(|&at| all[at].take()).collect();
    candidates.extend(all.into_iter().flatten());
    chosen
}

impl Assigned {
    /// The only source of a table.
    pub(super) fn one(candidate: Candidate, by: By) -> Assigned {
        let expected = candidate.year().filter(|_| candidate.of_year && by != By::Config);
        Assigned { by, named_years: candidate.named_years, unfit: candidate.unfit, expected, open: candidate.open }
    }

    /// The sources of a table with one for each year. Where a workbook has several of them its own name is not about their years.
    pub(super) fn by_year(candidates: Vec<Candidate>, by: Option<By>) -> Vec<Assigned> {
        let paths: Vec<PathBuf> = candidates.iter().map(|candidate| candidate.path.clone()).collect();
        let is_alone = |path: &PathBuf| paths.iter().filter(|other| *other == path).count() == 1;
        let one = |mut candidate: Candidate| {
            let by = by.unwrap_or(if candidate.named.is_some() { By::Name } else { By::Headings });
            let expected = candidate.year().filter(|_| by != By::Config);
            if !is_alone(&candidate.path) {
                candidate.named_years.retain(|(by, _)| *by != YearBy::File);
            }
            Assigned { by, named_years: candidate.named_years, unfit: candidate.unfit, expected, open: candidate.open }
        };
        candidates.into_iter().map(one).collect()
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
