//! Corrections: cells that somebody mended without touching the office's own file, each with who, when and why.
//!
//! In: `corrections.csv` of a data set, or a return sheet that came back. Out: [`Corrections`], which every table asks while it is
//! read ([`Corrections::resolve`]), and at the end what became of each. A data set without the file pays nothing.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use super::cell;
use super::intake;
use super::source;
use crate::dictionary::sheets::{self, Heading, Sheets};
use crate::dictionary::{Dictionary, normalise};
use crate::finding::{Code, Finding, Findings, Place, Severity};

mod append;
mod raw;
mod resolve;

pub use append::{append, guarded};
pub use raw::Raw;
pub use resolve::Patches;

/// Where the corrections of a data set stand: in its directory, or beside the workbook that it is.
pub fn home(data: &Path) -> &Path {
    let beside = data.parent().map(|parent| if parent.as_os_str().is_empty() { Path::new(".") } else { parent });
    beside.filter(|_| data.is_file()).unwrap_or(data)
}

/// The file in the directory of a data set.
pub const FILE: &str = "corrections.csv";

/// One mended cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correction {
    /// Where the correction itself stands.
    pub place: Place,
    /// Name of the table.
    pub table: String,
    /// Name of the file, without its directory.
    pub file: String,
    /// Spreadsheet row, where the key does not tell rows apart.
    pub row: Option<u64>,
    /// Heading as written, or name of the column.
    pub column: String,
    /// Columns and cells by which the row is known: `enterprise_id=…; year=2025`.
    pub key: String,
    /// The cell before.
    pub before: String,
    /// The cell after.
    pub after: String,
    /// Who mended it.
    pub who: String,
    /// On which day, as written.
    pub when: String,
    /// By what document or reason.
    pub why: String,
}

/// What became of a correction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The cell of a row is read as corrected.
    Applied(u64),
    /// The cell says so already.
    Already(u64),
    /// The cell says something else.
    Stale(u64, String),
    /// No row has the key.
    NoRow,
    /// So many rows have the key and the text before.
    Several(usize),
    /// The table has no such column.
    NoColumn,
    /// There is no such table.
    NoTable,
}

impl Outcome {
    /// The word of results.
    pub fn as_str(&self) -> &'static str {
        match self {
            Outcome::Applied(_) => "applied",
            Outcome::Already(_) => "already",
            Outcome::Stale(..) => "stale",
            Outcome::NoRow => "no-row",
            Outcome::Several(_) => "several-rows",
            Outcome::NoColumn => "no-column",
            Outcome::NoTable => "no-table",
        }
    }

    /// Is the cell as the correction wants it?
    pub fn holds(&self) -> bool {
        matches!(self, Outcome::Applied(_) | Outcome::Already(_))
    }
}

/// A correction with what became of it.
#[derive(Debug, Clone)]
pub struct Corrected {
    /// The correction.
    pub correction: Correction,
    /// What became of it.
    pub outcome: Outcome,
}

/// The corrections of a data set, in order, and what became of them so far.
#[derive(Debug, Default)]
pub struct Corrections {
    list: Vec<Correction>,
    outcomes: Mutex<Vec<Option<Outcome>>>,
}

impl Corrections {
    /// Those of a directory, then others that are tried out.
    pub fn of(directory: &Path, tried: &[Correction], findings: &mut Findings) -> Corrections {
        let path = home(directory).join(FILE);
        let mut list = if path.is_file() { read(&path, findings) } else { Vec::new() };
        list.extend(tried.iter().cloned());
        let outcomes = Mutex::new(vec![None; list.len()]);
        Corrections { list, outcomes }
    }

    /// Nothing to correct?
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// What became of each, in order; a warning for each that does not hold.
    pub fn finish(self, findings: &mut Findings) -> Vec<Corrected> {
        let outcomes = self.outcomes.into_inner().unwrap_or_default();
        let pairs = self.list.into_iter().zip(outcomes);
        let told: Vec<Corrected> =
            pairs.map(|(correction, outcome)| Corrected { correction, outcome: outcome.unwrap_or(Outcome::NoTable) }).collect();
        for corrected in told.iter().filter(|corrected| !corrected.outcome.holds()) {
            findings.push(stale(corrected, Severity::Warning));
        }
        told
    }
}

/// The finding for a correction that does not hold.
pub fn stale(corrected: &Corrected, severity: Severity) -> Finding {
    let Corrected { correction, outcome } = corrected;
    let found = match outcome {
        Outcome::Stale(row, found) => format!("{row}: {found}"),
        Outcome::Several(count) => count.to_string(),
        _ => "—".to_owned(),
    };
    let finding = Finding { severity, ..Finding::warning(Code::CorrectionStale, correction.place.clone()) };
    let finding = finding.text(&correction.before).with("table", &correction.table).with("column", &correction.column);
    let key =
        if correction.key.is_empty() { correction.row.map_or("—".to_owned(), |row| row.to_string()) } else { correction.key.clone() };
    finding
        .with("key", key)
        .with("after", &correction.after)
        .with("reason", format!("correction.{}", outcome.as_str()))
        .with("found", found)
}

/// The corrections of a file in order; a finding for each line that cannot be used.
fn read(path: &Path, findings: &mut Findings) -> Vec<Correction> {
    let mut list = Vec::new();
    for line in lines(path, &Sheets::get().correction, findings).unwrap_or_default() {
        if let Some(correction) = line.correction("before", "after", findings) {
            list.push(correction);
        }
    }
    list
}

/// The filled-in lines of a return sheet, and how many were left blank; `None` if it cannot be read.
pub fn read_sheet(path: &Path, today: &str, findings: &mut Findings) -> Option<(Vec<Correction>, usize)> {
    let (mut list, mut blank) = (Vec::new(), 0);
    for line in lines(path, &Sheets::get().sheet, findings)? {
        if line.get("new_value").is_empty() {
            blank += 1;
        } else if let Some(mut correction) = line.correction("text", "new_value", findings) {
            // Whatever way the office writes its dates, an audit line has one.
            let day = if correction.when.is_empty() { Some(today.to_owned()) } else { super::day(&correction.when) };
            let Some(day) = day else {
                let finding = Finding::error(Code::BadCorrection, correction.place).text(&correction.when);
                findings.push(finding.with("reason", "correction.no-date").with("what", correction.when));
                continue;
            };
            correction.when = day;
            list.push(correction);
        }
    }
    Some((list, blank))
}

/// A line of a file of corrections.
struct Line {
    place: Place,
    cells: Vec<(&'static str, String)>,
}

/// All lines with their cells by column.
fn lines(path: &Path, headings: &'static [Heading], findings: &mut Findings) -> Option<Vec<Line>> {
    let file: Arc<str> = path.display().to_string().into();
    let source = intake::open(&file).and_then(|source| Ok((source.head(1)?.into_iter().next(), source)));
    let (heading, source) = match source {
        Ok((Some(heading), source)) => (heading, source),
        Ok((None, _)) => return Some(Vec::new()),
        Err(refusal) => {
            findings.push(refusal.finding(&file));
            return None;
        }
    };
    let columns: Vec<Option<&'static str>> = heading.fields.iter().map(|field| sheets::column(headings, cell::trim(field))).collect();
    let needed = ["table", "row", "column", "key", "who", "why"].iter().chain(if headings.iter().any(|heading| heading.id == "before") {
        &["before", "after"]
    } else {
        &["text", "new_value"]
    });
    let missing: Vec<&str> = needed.copied().filter(|id| !columns.contains(&Some(*id)) && *id != "column").collect();
    if !missing.is_empty() || heading.flaw.is_some() {
        let place = Place::Row { file, row: heading.row };
        findings.push(Finding::error(Code::BadCorrection, place).with("reason", "correction.no-heading").with("what", missing.join(", ")));
        return None;
    }
    let (mut all, mut buffer) = (Vec::new(), Vec::new());
    for piece in source.pieces(&heading, heading.fields.len()) {
        let read = piece.for_each(&mut buffer, |record| {
            let place = Place::Row { file: file.clone(), row: record.row };
            if record.flaw.is_some() || record.fields.len() > columns.len() {
                let finding = Finding::error(Code::BadCorrection, place);
                findings.push(finding.with("reason", "correction.no-record").with("what", record.fields.len()));
            } else {
                let cells = columns.iter().zip(record.fields).filter_map(|(id, field)| Some(((*id)?, unguarded(cell::trim(field)))));
                all.push(Line { place, cells: cells.collect() });
            }
            std::ops::ControlFlow::Continue(())
        });
        if let Err(error) = read {
            findings.push(source::unreadable(&error, Place::File { file: file.clone() }));
            return None;
        }
    }
    Some(all)
}

/// A text without the mark that keeps a spreadsheet from taking it for a formula.
fn unguarded(text: &str) -> String {
    match text.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@']) => rest.to_owned(),
        _ => text.to_owned(),
    }
}

impl Line {
    fn get(&self, column: &str) -> &str {
        self.cells.iter().find(|(id, _)| *id == column).map_or("", |(_, text)| text)
    }

    /// The correction; a finding says what it lacks.
    fn correction(&self, before: &str, after: &str, findings: &mut Findings) -> Option<Correction> {
        let table = self.get("table");
        let known = Dictionary::get()
            .tables
            .iter()
            .find(|known| [&known.name, &known.zh, &known.en].iter().any(|name| normalise(name) == normalise(table)));
        let mut refuse = |reason: &str, what: &str| {
            let finding = Finding::error(Code::BadCorrection, self.place.clone()).with("reason", format!("correction.{reason}"));
            findings.push(finding.with("what", what));
            None
        };
        let Some(known) = known else { return refuse("unknown-table", table) };
        // The heading as written, else the letter of a spreadsheet says nothing without it.
        let column = if self.get("heading").is_empty() { self.get("column") } else { self.get("heading") };
        if column.is_empty() {
            return refuse("no-cell", "column");
        }
        if let Some(missing) = ["who", "why"].into_iter().find(|id| self.get(id).is_empty()) {
            return refuse("no-cell", missing);
        }
        if self.get("key").is_empty() && self.get("row").is_empty() {
            return refuse("no-cell", "key");
        }
        let row = match self.get("row") {
            "" => None,
            text => match text.parse() {
                Ok(row) => Some(row),
                Err(_) => return refuse("no-number", text),
            },
        };
        let name = |path: &str| PathBuf::from(path).file_name().map_or(String::new(), |name| name.to_string_lossy().into_owned());
        let text = |id: &str| self.get(id).to_owned();
        Some(Correction {
            place: self.place.clone(),
            table: known.name.clone(),
            file: name(self.get("file")),
            row,
            column: column.to_owned(),
            key: text("key"),
            before: text(before),
            after: text(after),
            who: text("who"),
            when: text("when"),
            why: text("why"),
        })
    }
}
