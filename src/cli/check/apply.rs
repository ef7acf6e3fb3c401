//! `mujun check --apply`: filled-in return sheets become lines of `corrections.csv`, all of them or none.
//!
//! The office's own files are never touched. Today's date stands only where a sheet has none and `--on` gives none: an audit line
//! says when it was written, and nothing is evaluated by it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::cli::session::Session;
use crate::dictionary::{Dictionary, Heading};
use crate::finding::{Code, Finding, Findings, Place, Severity, Value};
use crate::load::Dataset;
use crate::load::corrections::{self, Corrected, Correction, Outcome, Raw, Unwritten};

/// What the sheets ask for.
#[derive(Default)]
pub struct Asked {
    /// The corrections, sheet by sheet.
    pub corrections: Vec<Correction>,
    /// Of each sheet: its file, how many lines it fills in, how many are blank.
    sheets: Vec<(PathBuf, usize, usize)>,
}

/// Reads the sheets; `None` if one of them cannot be used, and a finding says why.
pub fn read(sheets: &[PathBuf], on: Option<&str>, findings: &mut Findings) -> Option<Asked> {
    let today = match on {
        Some(day) => day.to_owned(),
        None => jiff::Zoned::now().date().to_string(),
    };
    let mut asked = Asked::default();
    for path in sheets {
        if let Some((list, blank)) = corrections::read_sheet(path, &today, findings) {
            asked.sheets.push((path.clone(), list.len(), blank));
            asked.corrections.extend(list);
        }
    }
    (!findings.stop()).then_some(asked)
}

/// Writes what the sheets ask for, if all of it can be done; else the findings say why not and nothing is written.
pub fn write(directory: &Path, asked: &Asked, dataset: &Dataset, findings: &mut Findings, session: &Session) -> Result<(), ()> {
    let from = dataset.corrections.len() - asked.corrections.len().min(dataset.corrections.len());
    let tried = &dataset.corrections[from..];
    let refused: Vec<Finding> = tried.iter().filter_map(|corrected| refusal(corrected, findings)).collect();
    if !refused.is_empty() {
        let mut told = Findings::default();
        refused.into_iter().for_each(|finding| told.push(finding));
        session.tell_all(&told);
        session.fail("correction.refused", &[]);
        return Err(());
    }
    let new = match audits(tried, dataset) {
        Ok(new) => new,
        Err(unkeyed) => {
            let mut told = Findings::default();
            unkeyed.into_iter().for_each(|place| told.push(corrections::bad(place, "no-key-of-row", "—")));
            session.tell_all(&told);
            session.fail("correction.refused", &[]);
            return Err(());
        }
    };
    let path = corrections::home(directory).join(corrections::FILE);
    if !new.is_empty()
        && let Err(error) = corrections::append(directory, &new)
    {
        let (key, reason) = match error {
            Unwritten::Io(error) => {
                session.cannot_write(&path, &error);
                return Err(());
            }
            Unwritten::NotText(encoding) => ("correction.not-text", encoding.to_owned()),
            Unwritten::Heading(heading) => ("correction.other-heading", heading),
        };
        session.fail(key, &[("file", path.display().to_string()), ("reason", reason)]);
        return Err(());
    }
    let mut rest = tried;
    for (sheet, count, blank) in &asked.sheets {
        let (own, after) = rest.split_at(*count);
        rest = after;
        let known = own.iter().filter(|corrected| matches!(corrected.outcome, Outcome::Already(_))).count();
        let values = [
            ("file", path.display().to_string()),
            ("sheet", sheet.display().to_string()),
            ("count", (count - known).to_string()),
            ("known", known.to_string()),
            ("blank", blank.to_string()),
        ];
        session.say(if *count == 0 { "correction.none" } else { "correction.written" }, &values);
    }
    Ok(())
}

/// The audit lines, each with the key of its row: a row's number alone would hit whatever stands there later. The places of lines whose
/// row has none, unless it is the key that is mended.
fn audits(tried: &[Corrected], dataset: &Dataset) -> Result<Vec<Correction>, Vec<Place>> {
    let mut rows: BTreeMap<(&str, &str), BTreeSet<u64>> = BTreeMap::new();
    let place = |corrected: &Corrected| matches!(corrected.outcome, Outcome::Applied(_)) && corrected.correction.key.is_empty();
    for corrected in tried.iter().filter(|corrected| place(corrected)) {
        if let (Some(file), Outcome::Applied(row)) = (corrected.file.as_deref(), &corrected.outcome) {
            rows.entry((file, &corrected.correction.table)).or_default().insert(*row);
        }
    }
    let read = |((file, table), rows): ((&'_ str, &'_ str), BTreeSet<u64>)| {
        let table = Dictionary::get().table(table)?;
        Some((file.to_owned(), Raw::read(file, table, dataset.year_of(file), &rows).ok()?))
    };
    let raws: BTreeMap<String, Raw> = rows.into_iter().filter_map(read).collect();
    let (mut new, mut unkeyed) = (Vec::new(), Vec::new());
    for corrected in tried {
        let Some(mut audit) = audit(corrected) else { continue };
        if let (true, Some(row)) = (audit.key.is_empty(), audit.row) {
            audit.key = corrected.file.as_ref().and_then(|file| raws.get(file)).map_or(String::new(), |raw| raw.key(row));
            if audit.key.is_empty() && !is_of_key(&audit) {
                unkeyed.push(audit.place.clone());
            }
        }
        new.push(audit);
    }
    if unkeyed.is_empty() { Ok(new) } else { Err(unkeyed) }
}

/// Is it a cell of the key?
fn is_of_key(correction: &Correction) -> bool {
    let Some(table) = Dictionary::get().table(&correction.table) else { return false };
    match Dictionary::get().recognise(table, &correction.column) {
        Heading::Known { column, .. } => table.key.contains(&table.columns[column].name),
        _ => false,
    }
}

/// The audit line of a correction that changes a cell: it says the file and the row of the cell, whatever the sheet says.
fn audit(corrected: &Corrected) -> Option<Correction> {
    let Outcome::Applied(row) = corrected.outcome else { return None };
    let correction = corrected.correction.clone();
    let file = corrected.file.as_deref().map_or(correction.file.clone(), |file| corrections::last(file).to_owned());
    Some(Correction { file, row: Some(row), ..correction })
}

/// Why a correction cannot be accepted: it does not fit the cell, its new value cannot be read, or does not fit the other rows and
/// tables.
fn refusal(corrected: &Corrected, findings: &Findings) -> Option<Finding> {
    let Outcome::Applied(row) = corrected.outcome else {
        return (!corrected.outcome.holds()).then(|| corrections::stale(corrected, Severity::Error));
    };
    let correction = &corrected.correction;
    let refuse = |reason: &str, fault: &Finding| {
        corrections::bad(correction.place.clone(), reason, &format!("{} [{}]", correction.after, fault.code)).text(&correction.after)
    };
    let file = corrected.file.as_deref();
    let is_in_file = |finding: &Finding| finding.place.file() == file;
    let is_here = |finding: &&Finding| {
        let is_column = finding.place.heading() == Some(correction.column.as_str());
        finding.place.row() == Some(row) && is_column && is_in_file(finding) && finding.text.as_deref() == Some(&correction.after)
    };
    if let Some(fault) = findings.iter().filter(is_here).find(|finding| finding.severity == Severity::Error) {
        return Some(refuse("unreadable", fault));
    }
    let is_unknown = |finding: &&Finding| matches!(finding.code, Code::UnknownEnterprise | Code::UnknownZone | Code::UnknownParcel);
    let fault = findings
        .iter()
        .filter(is_unknown)
        .find(is_here)
        .or_else(|| findings.iter().find(|finding| stands_against(finding, correction, (file, row))));
    fault.map(|fault| refuse("against-others", fault))
}

/// Is it a row that has the corrected row's key, or one that had the id which is now gone?
fn stands_against(finding: &Finding, correction: &Correction, (file, row): (Option<&str>, u64)) -> bool {
    let Some(table) = Dictionary::get().table(&correction.table) else { return false };
    let column = match Dictionary::get().recognise(table, &correction.column) {
        Heading::Known { column, .. } => &table.columns[column].name,
        _ => return false,
    };
    match finding.code {
        Code::DuplicateRow => {
            let says = |wanted: &str, text: &str| {
                finding.values.iter().any(|(name, value)| *name == wanted && *value == Value::Plain(text.to_owned()))
            };
            let is_here = finding.place.file() == file && finding.place.row() == Some(row);
            // The earlier row may be of another file.
            let is_of_other = finding.values.iter().any(|(name, _)| *name == "first_file");
            let of_file = if is_of_other { file.is_some_and(|file| says("first_file", file)) } else { finding.place.file() == file };
            table.key.contains(column) && (is_here || of_file && says("first", &row.to_string()))
        }
        Code::UnknownEnterprise => {
            table.name == "enterprises" && column == "enterprise_id" && finding.text.as_deref() == Some(&correction.before)
        }
        _ => false,
    }
}
