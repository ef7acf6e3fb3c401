//! The lines of `corrections.csv` and of return sheets that came back.
//!
//! In: a path. Out: [`Correction`]s, and a finding for each line that cannot be used. Next: `resolve` finds their cells.

use std::path::Path;
use std::sync::Arc;

use super::Correction;
use super::bad;
use super::origin::last;
use super::pages::{FOR_PEOPLE, Page, pages};
use crate::dictionary::sheets::{self, Heading, Sheets};
use crate::dictionary::{Dictionary, normalise};
use crate::finding::{Finding, Findings, Place, Severity, system};
use crate::load::cells::cell::{self, BadDate};
use crate::load::cells::forms;
use crate::load::intake::sheet_of;
use crate::load::iso;
use crate::load::source::{Body, Row, Source};

/// Days on which a correction can have been made, since 1970: 1990-01-01 to 2100-12-31, as for years.
const WHEN: std::ops::RangeInclusive<i32> = 7305..=47_846;

/// The corrections of a file in order; a finding for each line that cannot be used.
pub fn read(path: &Path, findings: &mut Findings) -> Vec<Correction> {
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
            // Somebody answers for a value that is not there.
            if !line.get("who").is_empty() && !line.get("why").is_empty() {
                let what = format!("{}, {}", line.get("who"), line.get("why"));
                findings.push(Finding { severity: Severity::Warning, ..bad(line.place, "unfilled", &what) });
            }
        } else if let Some(mut correction) = line.correction("text", "new_value", findings) {
            // Whatever way the office writes its dates, an audit line has one.
            correction.when = match correction.when.as_str() {
                "" => today.to_owned(),
                written => match day(written, line.since_1904) {
                    Ok(day) => day,
                    Err(reason) => {
                        findings.push(bad(correction.place, reason, written).text(written));
                        continue;
                    }
                },
            };
            list.push(correction);
        }
    }
    Some((list, blank))
}

/// A day as tables write it, the number of a spreadsheet's day among them; else why it is none.
fn day(text: &str, since_1904: bool) -> Result<String, &'static str> {
    let text = cell::trim(text);
    let day = match cell::date(text) {
        Ok(day) => Some(day),
        Err(BadDate::OutOfRange) => return Err("late-date"),
        Err(BadDate::Unparsable) => forms::serial(text, since_1904),
    };
    match day {
        Some(day) if WHEN.contains(&day) => iso(day).ok_or("no-date"),
        Some(_) => Err("late-date"),
        None => Err("no-date"),
    }
}

/// The finding for a cell that must not be blank, by the heading of its column.
fn no_cell(place: Place, id: &str) -> Finding {
    let sheets = Sheets::get();
    let heading = sheets.correction.iter().chain(&sheets.sheet).find(|heading| heading.id == id);
    let (zh, en) = heading.map_or((id, id), |heading| (heading.zh.as_str(), heading.id.as_str()));
    let mut finding = bad(place, "no-cell", "");
    finding.values.retain(|(name, _)| *name != "what");
    finding.with_both("what", zh, en)
}

/// A line of a file of corrections.
struct Line {
    place: Place,
    cells: Vec<(&'static str, String)>,
    /// Its workbook counts days from 1904.
    since_1904: bool,
}

/// All lines with their cells by column: of a workbook those of every sheet that has the headings. A sheet with other rows is told.
fn lines(path: &Path, headings: &'static [Heading], findings: &mut Findings) -> Option<Vec<Line>> {
    let file: Arc<str> = path.display().to_string().into();
    let pages = match pages(&file, headings) {
        Ok(pages) => pages,
        Err(refusal) => {
            findings.push(refusal.finding(&file));
            return None;
        }
    };
    let likely = pages.iter().filter(|page| page.is_likely()).count();
    let mut all = Vec::new();
    for (at, mut page) in pages.into_iter().enumerate() {
        // Where none is like it, the first one says what is missing.
        if likely > 0 && !page.is_likely() {
            let what = sheet_of(&page.source.file).1.unwrap_or("—").to_owned();
            findings.push(Finding { severity: Severity::Warning, ..bad(Place::File { file: file.clone() }, "other-sheet", &what) });
        } else if likely > 0 || at == 0 {
            if likely < 2 {
                page.source.file = file.clone();
            }
            all.extend(page.lines(headings, findings)?);
        }
    }
    Some(all)
}

impl Page {
    /// Its lines; `None` if they cannot be used, and a finding says why.
    fn lines(&self, headings: &[Heading], findings: &mut Findings) -> Option<Vec<Line>> {
        if let Some(fault) = self.fault(headings) {
            findings.push(fault);
            return None;
        }
        let (source, columns, file) = (&self.source, &self.columns, &self.source.file);
        if tell_hollow(source, &self.heading, columns, findings) {
            return None;
        }
        let since_1904 = matches!(&source.body, Body::Grid(grid) if grid.since_1904);
        let (mut all, mut buffer) = (Vec::new(), Vec::new());
        for piece in source.pieces(&self.heading, self.heading.fields.len()) {
            let read = piece.for_each(&mut buffer, |record| {
                let place = Place::Row { file: file.clone(), row: record.row };
                if record.flaw.is_some() || record.fields.len() > columns.len() {
                    findings.push(bad(place, "no-record", &record.fields.len().to_string()));
                } else {
                    let cells = columns
                        .iter()
                        .zip(record.fields)
                        .filter_map(|(id, field)| Some(((*id)?, sheets::unmarked(cell::trim(field)).to_owned())));
                    all.push(Line { place, cells: cells.collect(), since_1904 });
                }
                std::ops::ControlFlow::Continue(())
            });
            if let Err(error) = read {
                findings.push(system::unreadable(&error, Place::File { file: file.clone() }));
                return None;
            }
        }
        Some(all)
    }
}

/// Names the cells that hold a formula and no value: nobody can tell what it would say, and blank is not what was meant.
fn tell_hollow(source: &Source, heading: &Row, columns: &[Option<&'static str>], findings: &mut Findings) -> bool {
    let Body::Grid(grid) = &source.body else { return false };
    let used = |column: u32| columns.get(column as usize).copied().flatten().filter(|id| !FOR_PEOPLE.contains(id));
    let mut is_told = false;
    for &(row, column) in grid.hollow.iter().filter(|cell| u64::from(cell.0) >= heading.row) {
        let Some(id) = used(column) else { continue };
        let named = heading.fields.get(column as usize).map_or(id, |name| cell::trim(name));
        let place = Place::Cell { file: source.file.clone(), row: u64::from(row) + 1, column, heading: named.into() };
        findings.push(bad(place, "hollow", named));
        is_told = true;
    }
    is_told
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
            findings.push(bad(self.place.clone(), reason, what));
            None
        };
        let Some(known) = known else { return refuse("unknown-table", table) };
        // The heading as written, else the letter of a spreadsheet says nothing without it.
        let column = if self.get("heading").is_empty() { self.get("column") } else { self.get("heading") };
        let needed = ["column", "who", "why", "key"];
        let is_missing = |id: &&str| match *id {
            "column" => column.is_empty(),
            "key" => self.get("key").is_empty() && self.get("row").is_empty(),
            other => self.get(other).is_empty(),
        };
        if let Some(missing) = needed.into_iter().find(is_missing) {
            findings.push(no_cell(self.place.clone(), missing));
            return None;
        }
        let row = match self.get("row") {
            "" => None,
            text => match text.parse() {
                Ok(row) => Some(row),
                Err(_) => return refuse("no-number", text),
            },
        };
        let text = |id: &str| self.get(id).to_owned();
        Some(Correction {
            place: self.place.clone(),
            table: known.name.clone(),
            file: last(self.get("file")).to_owned(),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_workbook_gives_every_text_back_as_it_was() {
        let texts = ["=1", "'=1", "''=1", "+a", "'-5", "-5", "@x", "'@x", "'甲'", "-"];
        let mut book = rust_xlsxwriter::Workbook::new();
        let page = book.add_worksheet();
        let write = |page: &mut rust_xlsxwriter::Worksheet, row: usize, column: usize, text: &str| {
            page.write_string(row as u32, column as u16, text).map(drop).expect("a cell");
        };
        for (column, heading) in Sheets::get().sheet.iter().enumerate() {
            write(page, 0, column, &heading.en);
            for (row, text) in texts.iter().enumerate() {
                let text = match heading.id.as_str() {
                    "table" => "tax",
                    "row" => "2",
                    "heading" => "tax_paid",
                    "text" | "new_value" => text,
                    "who" | "why" => "x",
                    _ => "",
                };
                write(page, row + 1, column, &sheets::marked(text));
            }
        }
        let home = tempfile::tempdir().expect("a directory");
        let path = home.path().join("sheet.xlsx");
        book.save(&path).expect("written");
        let mut findings = Findings::default();
        let (list, blank) = read_sheet(&path, "2025-12-01", &mut findings).expect("read");
        assert_eq!((blank, findings.len()), (0, 0), "{findings:?}");
        let back: Vec<[&str; 2]> = list.iter().map(|one| [one.before.as_str(), one.after.as_str()]).collect();
        assert_eq!(back, texts.map(|text| [text, text]));
    }

    #[test]
    fn days_are_those_of_tables_and_numbers_of_spreadsheets() {
        // 45717 is 2025-03-01, and 275 days follow; 1904 is 1462 days after the usual beginning.
        for (text, since_1904) in [("2025年12月1日", false), ("45992", false), ("44530", true)] {
            assert_eq!(day(text, since_1904).as_deref(), Ok("2025-12-01"), "{text}");
        }
        assert_eq!([day("2999-01-01", false), day("end of May", false)], [Err("late-date"), Err("no-date")]);
        assert_eq!(
            ["1989-12-31", "1990-01-01", "2100-12-31", "2101-01-01"].map(|text| day(text, false).is_ok()),
            [false, true, true, false]
        );
    }
}
