//! Headings that name a year (`2025年实缴税收`) above rows of another.
//!
//! In: the rows of a table. Out: an error for each such heading, with the first row of another year. Next: nothing; a table of years
//! is never taken apart on a guess.

use super::table::Loaded;
use crate::finding::{Code, Finding, Findings};

impl Loaded<'_> {
    /// Reports headings whose year is not the year of every row.
    pub fn report_headed_years(&self, findings: &mut Findings) {
        for (at, reader) in self.layout.readers.iter().enumerate() {
            let Some(year) = reader.file.year.filter(|_| reader.file.is_known()) else { continue };
            let mut rows = self.parts.iter().flat_map(|part| part.rows.iter().zip(&part.years));
            if let Some((row, other)) = rows.find(|(_, other)| **other != 0 && i32::from(**other) != year) {
                let finding = Finding::error(Code::HeadingOfAnotherYear, self.layout.place(self.layout.heading_row, Some(at)));
                findings.push(finding.text(&*reader.file.heading).with("year", year).with("row", row).with("other", other));
            }
        }
    }
}
