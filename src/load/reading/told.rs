//! What is told of a file of a table when its rows are read: formulas without a value, columns without a heading, ids that nobody has,
//! rows that were skipped.
//!
//! In: the rows of one file. Out: findings, and the rest of its [`Decision`]. Next: `joined` puts the files of a table together.

use std::collections::HashMap;

use crate::finding::{Code, Finding, Findings, Place};
use crate::load::cells::credit_code;
use crate::load::decision::Decision;
use crate::load::headings::Means;
use crate::load::headings::shape::Heading;
use crate::load::joins;
use crate::load::reading::skipped::Skipped;
use crate::load::reading::table::Loaded;
use crate::load::source::{Body, Source};
use crate::load::tables::enterprises::Enterprises;
use crate::load::tables::nearest;

impl Loaded<'_> {
    /// Warns of formulas without a stored value among the rows.
    pub fn report_hollow(&self, source: &Source, heading: &Heading, findings: &mut Findings) {
        let Body::Grid(grid) = &source.body else { return };
        for &(row, column) in grid.hollow.iter().filter(|cell| u64::from(cell.0) >= heading.last.row) {
            if (column as usize) < self.layout.readers.len() {
                let place = self.layout.place(u64::from(row) + 1, Some(column as usize));
                findings.push(Finding::warning(Code::FormulaWithoutValue, place));
            }
        }
    }

    /// Which rows were no rows, for people.
    pub fn tell_skipped(&self, decision: &mut Decision) {
        for &(row, skipped) in self.parts.iter().flat_map(|part| &part.skipped) {
            let list = match skipped {
                Skipped::Total => &mut decision.totals,
                Skipped::Note => &mut decision.notes,
                Skipped::Heading => &mut decision.repeated,
            };
            list.push(u64::from(row));
        }
        decision.serials = self.parts.iter().map(|part| part.serials).sum();
        decision.marked_ids = self.parts.iter().map(|part| part.marked_ids).sum();
    }

    /// Tells what was found in its rows, and what is wrong with its columns.
    pub fn report(&mut self, enterprises: Option<&Enterprises>, findings: &mut Findings) {
        let mut quiet = true;
        for part in &mut self.parts {
            quiet &= part.findings.is_empty();
            findings.extend(std::mem::take(&mut part.findings));
        }
        let layout = &self.layout;
        if quiet && self.parts.iter().all(|part| part.rows.is_empty()) {
            let make = if layout.table.name == "enterprises" { Finding::error } else { Finding::warning };
            findings.push(make(Code::NoRows, Place::File { file: layout.file.clone() }).with_both(
                "table",
                &layout.table.zh,
                &layout.table.en,
            ));
        }
        for (at, reader) in layout.readers.iter().enumerate() {
            // A column that is wholly blank loses nothing.
            let first = || self.parts.iter().find_map(|part| part.first[at]);
            if let Some(first) = Some(()).filter(|()| matches!(reader.file.means, Means::Unnamed)).and_then(|()| first()) {
                findings.push(Finding::error(Code::EmptyHeading, layout.place(layout.heading_row, Some(at))).with("row", first));
            }
        }
        if let Some(enterprises) = enterprises {
            self.report_unknown(enterprises, findings);
        }
    }

    fn report_unknown(&self, enterprises: &Enterprises, findings: &mut Findings) {
        let unknown = || self.parts.iter().flat_map(|part| part.unknown.iter().map(|(at, id)| (part.rows[*at as usize], id.as_str())));
        let Some(at) = self.position("enterprise_id").filter(|_| unknown().next().is_some()) else { return };
        let mut places: HashMap<&str, usize> = HashMap::new();
        let mut names: Vec<&str> = Vec::new();
        for (_, id) in unknown() {
            if names.len() == nearest::LOOKED_UP {
                break;
            }
            places.entry(id).or_insert_with(|| {
                names.push(id);
                names.len() - 1
            });
        }
        let known = enterprises.ids();
        // In their normal forms: what differs only in case or width is nearest of all.
        let [unknown_ids, known_ids] = [&names, &known].map(|ids| ids.iter().map(|id| credit_code::normal(id)).collect::<Vec<_>>());
        let found = nearest::nearest_each(&unknown_ids, &known_ids);
        for (row, id) in unknown() {
            let looked_up = places.get(id).and_then(|&place| Some((place, found.get(place)?)));
            let finding = Finding::warning(Code::UnknownEnterprise, self.layout.place(u64::from(row), Some(at))).text(id);
            if !findings.tells(&finding) {
                findings.push(finding);
                continue;
            }
            findings.push(match looked_up {
                None => finding.with("remedy", "unknown-enterprise.plain"),
                Some((place, &Some(number))) if joins::is_near(&unknown_ids[place], &known_ids[number]) => {
                    finding.with("nearest", known[number]).with("name", enterprises.name(number).unwrap_or("—"))
                }
                Some((place, _)) => finding.with("remedy", joins::without_repair(credit_code::is_valid(&unknown_ids[place]))),
            });
        }
    }
}
