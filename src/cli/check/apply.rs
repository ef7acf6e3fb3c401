//! `mujun check --apply`: filled-in return sheets become lines of `corrections.csv`, all of them or none.
//!
//! The office's own files are never touched. Today's date stands only where a sheet has none and `--on` gives none: an audit line
//! says when it was written, and nothing is evaluated by it.

use std::path::{Path, PathBuf};

use crate::cli::session::Session;
use crate::finding::{Code, Finding, Findings, Severity};
use crate::load::Dataset;
use crate::load::corrections::{self, Corrected, Correction, Outcome};

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
    let new: Vec<Correction> = tried
        .iter()
        .filter(|corrected| matches!(corrected.outcome, Outcome::Applied(_)))
        .map(|corrected| corrected.correction.clone())
        .collect();
    let path = directory.join(corrections::FILE).display().to_string();
    if !new.is_empty()
        && let Err(error) = corrections::append(directory, &new)
    {
        session.fail("cli.cannot-write", &[("file", path), ("reason", error.to_string())]);
        return Err(());
    }
    let mut rest = tried;
    for (sheet, count, blank) in &asked.sheets {
        let (own, after) = rest.split_at(*count);
        rest = after;
        let known = own.iter().filter(|corrected| matches!(corrected.outcome, Outcome::Already(_))).count();
        let values = [
            ("file", path.clone()),
            ("sheet", sheet.display().to_string()),
            ("count", (count - known).to_string()),
            ("known", known.to_string()),
            ("blank", blank.to_string()),
        ];
        session.say(if *count == 0 { "correction.none" } else { "correction.written" }, &values);
    }
    Ok(())
}

/// Why a correction cannot be accepted: it does not fit the cell, or its new value cannot be read.
fn refusal(corrected: &Corrected, findings: &Findings) -> Option<Finding> {
    let Outcome::Applied(row) = corrected.outcome else {
        return (!corrected.outcome.holds()).then(|| corrections::stale(corrected, Severity::Error));
    };
    let correction = &corrected.correction;
    let is_here = |finding: &&Finding| {
        let is_column = finding.place.heading() == Some(correction.column.as_str());
        finding.severity == Severity::Error
            && finding.place.row() == Some(row)
            && is_column
            && finding.text.as_deref() == Some(&correction.after)
    };
    let fault = findings.iter().find(is_here)?;
    let refusal = Finding::error(Code::BadCorrection, correction.place.clone()).text(&correction.after);
    Some(refusal.with("reason", "correction.unreadable").with("what", format!("{} [{}]", correction.after, fault.code)))
}
