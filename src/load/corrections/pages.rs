//! The sheets of a file of corrections, and whether their heading rows will do.
//!
//! In: a path. Out: a [`Page`] for a text file, or for each sheet of a workbook with rows. Next: `lines` reads their lines.

use std::path::Path;

use super::bad;
use crate::dictionary::sheets::{self, Heading};
use crate::finding::{Finding, Place, column_letters};
use crate::inputs;
use crate::load::cells::cell;
use crate::load::intake::{self, sheet_of};
use crate::load::source::{Refusal, Row, Source};

/// Columns of a sheet that only people read.
pub const FOR_PEOPLE: [&str; 4] = ["code", "problem", "remedy", "suggested"];

/// A sheet or a file, and what its heading row names.
pub struct Page {
    pub source: Source,
    pub heading: Row,
    pub columns: Vec<Option<&'static str>>,
}

/// The file, or the sheets of a workbook that have rows.
///
/// # Errors
///
/// When it is no plain file, or a sheet cannot be read.
pub fn pages(file: &str, headings: &'static [Heading]) -> Result<Vec<Page>, Refusal> {
    let book = if Path::new(file).exists() { file } else { sheet_of(file).0 };
    // A pipe or a device would be waited for without end.
    inputs::plain(Path::new(book))?;
    inputs::note(Path::new(book));
    let mut pages = Vec::new();
    for source in intake::pages(file)? {
        let source = source?;
        let Some(heading) = source.head(1)?.into_iter().next() else { continue };
        let columns = heading.fields.iter().map(|field| sheets::column(headings, cell::trim(field))).collect();
        pages.push(Page { source, heading, columns });
    }
    Ok(pages)
}

impl Page {
    /// Does it have several of the headings? Then the others are missing; else it is something else.
    pub fn is_likely(&self) -> bool {
        const ENOUGH: usize = 3;
        self.columns.iter().flatten().count() >= ENOUGH
    }

    /// Is every column there that is needed, and none twice?
    pub fn fault(&self, headings: &[Heading]) -> Option<Finding> {
        let needed = ["table", "row", "column", "key", "who", "why"]
            .iter()
            .chain(if headings.iter().any(|heading| heading.id == "before") { &["before", "after"] } else { &["text", "new_value"] });
        let missing: Vec<&str> = needed.copied().filter(|id| !self.columns.contains(&Some(*id)) && *id != "column").collect();
        let place = || Place::Row { file: self.source.file.clone(), row: self.heading.row };
        if !missing.is_empty() || self.heading.flaw.is_some() {
            return Some(bad(place(), "no-heading", &missing.join(", ")));
        }
        let twice = |id: &&str| !FOR_PEOPLE.contains(id) && self.columns.iter().filter(|column| *column == &Some(*id)).count() > 1;
        let double = self.columns.iter().flatten().copied().find(twice)?;
        let named = self.columns.iter().zip(&self.heading.fields).enumerate().filter(|(_, (id, _))| **id == Some(double));
        let named: Vec<String> = named.map(|(at, (_, field))| format!("{} ({})", cell::trim(field), column_letters(at as u32))).collect();
        Some(bad(place(), "two-columns", &named.join(", ")))
    }
}
