//! Corrections: cells that somebody mended without touching the office's own file, each with who, when and why.
//!
//! In: `corrections.csv` of a data set, or a return sheet that came back. Out: [`Corrections`], which every table asks while it is
//! read ([`Corrections::resolve`]), and at the end what became of each. A data set without the file pays nothing.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use crate::dictionary::Dictionary;
use crate::finding::{Code, Finding, Findings, Place, Severity, system};
use crate::inputs;

mod append;
mod lines;
mod lock;
mod origin;
mod pages;
mod patches;
mod raw;
mod resolve;

pub use append::{Unwritten, append};
pub use lines::read_sheet;
pub use lock::{FILE as LOCK, Lock, lock};
pub use origin::last;
pub use patches::Patches;
pub use raw::Raw;
pub use resolve::Sheet;

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
    /// It is of another file that is there, not of this one.
    OtherFile(String),
    /// It is of a file that is gone, and has no key by which its row could be known in this one.
    NoKey(String),
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
            Outcome::OtherFile(_) => "other-file",
            Outcome::NoKey(_) => "no-key",
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
    /// The file whose cell it is, where it names one that is gone.
    pub moved: Option<String>,
    /// The file whose cell it is; `None` where there is none.
    pub file: Option<String>,
}

/// What became of a correction so far.
#[derive(Debug, Clone)]
struct Settled {
    outcome: Outcome,
    moved: Option<String>,
    file: Option<String>,
}

/// The corrections of a data set, in order, and what became of them so far.
#[derive(Debug, Default)]
pub struct Corrections {
    /// The directory of the data.
    home: PathBuf,
    list: Vec<Correction>,
    outcomes: Mutex<Vec<Option<Settled>>>,
}

impl Corrections {
    /// Those of a directory, then others that are tried out.
    pub fn of(directory: &Path, tried: &[Correction], findings: &mut Findings) -> Corrections {
        let home = home(directory).to_owned();
        let path = home.join(FILE);
        inputs::note(&path);
        let mut list = match is_there(&path) {
            Ok(true) => lines::read(&path, findings),
            Ok(false) => Vec::new(),
            Err(error) => {
                findings.push(system::unreadable(&error, Place::File { file: path.display().to_string().into() }));
                Vec::new()
            }
        };
        list.extend(tried.iter().cloned());
        let outcomes = Mutex::new(vec![None; list.len()]);
        Corrections { home, list, outcomes }
    }

    /// Nothing to correct?
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// What became of each, in order; a warning for each that does not hold.
    pub fn finish(self, findings: &mut Findings) -> Vec<Corrected> {
        let outcomes = self.outcomes.into_inner().unwrap_or_default();
        let pairs = self.list.into_iter().zip(outcomes);
        let told: Vec<Corrected> = pairs
            .map(|(correction, settled)| {
                let settled = settled.unwrap_or(Settled { outcome: Outcome::NoTable, moved: None, file: None });
                Corrected { correction, outcome: settled.outcome, moved: settled.moved, file: settled.file }
            })
            .collect();
        let is_of_other = |corrected: &&Corrected| matches!(corrected.outcome, Outcome::OtherFile(_));
        for corrected in told.iter().filter(|corrected| !corrected.outcome.holds() && !is_of_other(corrected)) {
            findings.push(stale(corrected, Severity::Warning));
        }
        origin::tell(&told, findings);
        told
    }
}

/// Is there a file of corrections? What has its name and is no plain file is an error, and so is a link that leads nowhere: corrections
/// are never passed over in silence.
fn is_there(path: &Path) -> io::Result<bool> {
    match path.symlink_metadata() {
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(false),
        Err(error) => Err(error),
        Ok(_) => inputs::plain(path).map(|_| true),
    }
}

/// The finding for a correction that does not hold.
pub fn stale(corrected: &Corrected, severity: Severity) -> Finding {
    let Corrected { correction, outcome, .. } = corrected;
    let found = match outcome {
        Outcome::Stale(row, found) => format!("{row}: {found}"),
        Outcome::Several(count) => count.to_string(),
        Outcome::OtherFile(file) | Outcome::NoKey(file) => format!("{} / {}", correction.file, last(file)),
        _ => "—".to_owned(),
    };
    let finding = Finding { severity, ..Finding::warning(Code::CorrectionStale, correction.place.clone()) };
    let label = Dictionary::get().table(&correction.table).map_or(&correction.table, |table| &table.zh);
    let finding = finding.text(&correction.before).with_both("table", label, &correction.table).with("column", &correction.column);
    let key =
        if correction.key.is_empty() { correction.row.map_or("—".to_owned(), |row| row.to_string()) } else { correction.key.clone() };
    // Where nothing was found nothing is shown.
    let finding = if found == "—" { finding.with("message", "correction.not-applied") } else { finding };
    finding
        .with("key", key)
        .with("after", &correction.after)
        .with("reason", format!("correction.{}", outcome.as_str()))
        .with("remedy", format!("correction-remedy.{}", outcome.as_str()))
        .with("found", found)
}

/// The finding for a correction that cannot be used, with what to do about it.
pub fn bad(place: Place, reason: &str, what: &str) -> Finding {
    let finding = Finding::error(Code::BadCorrection, place).with("reason", format!("correction.{reason}"));
    finding.with("remedy", format!("correction-remedy.{reason}")).with("what", what)
}
