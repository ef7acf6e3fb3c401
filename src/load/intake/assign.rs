//! Which candidate is the source of which table.
//!
//! In: the candidates. Out: the sources of the tables, and what is said of files that are none or could be several. Names come before
//! headings; two sources for a table are an error that names both.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use super::candidate::Candidate;
use super::{Assigned, COMPARED, Intake, Open, ending, own_name};
use crate::dictionary::Dictionary;
use crate::finding::{Code, Finding, Findings, Place};
use crate::load::decision::{By, Decision};
use crate::load::nearest;
use crate::load::source::{Body, Source};
use crate::load::text::{Text, Told};
use crate::load::twins::{self, Shared};

impl Intake {
    /// Gives every table its source: the one that is named, else the one whose headings are its own.
    pub(super) fn assign(&mut self, mut candidates: Vec<Candidate>, findings: &mut Findings) {
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
