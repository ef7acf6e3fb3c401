//! Hidden rows and columns that were read: a filter hides rows, and whoever sees ten of them sends a hundred.
//!
//! In: a table that was read. Out: a warning that counts the hidden rows among its rows, and what is decided about hidden columns.

use crate::finding::{Code, Finding, Findings, column_letters};
use crate::load::decision::Decision;
use crate::load::headings::Means;
use crate::load::reading::table::Loaded;
use crate::load::source::{Body, Source};

/// Rows that are named; of more the first ones.
const NAMED: usize = 8;

impl Loaded<'_> {
    /// Tells of rows and columns that were read although they are hidden.
    pub fn report_hidden(&self, source: &Source, decision: &mut Decision, findings: &mut Findings) {
        let Body::Grid(grid) = &source.body else { return };
        let hidden = |row: &u32| row.checked_sub(1).is_some_and(|row| grid.hidden_rows.binary_search(&row).is_ok());
        if !grid.hidden_rows.is_empty() {
            let rows = self.parts.iter().flat_map(|part| &part.rows);
            decision.hidden_rows = rows.filter(|row| hidden(row)).map(|row| u64::from(*row)).collect();
        }
        let is_hidden = |at: usize| grid.hidden_columns.iter().any(|(first, last)| (*first as usize..=*last as usize).contains(&at));
        let columns = self.layout.readers.iter().enumerate().filter(|(_, reader)| matches!(reader.file.means, Means::Known(_)));
        decision.hidden_columns = columns.filter(|(at, _)| is_hidden(*at)).map(|(at, _)| column_letters(at as u32)).collect();
        if let Some(first) = decision.hidden_rows.first() {
            let finding = Finding::warning(Code::HiddenRows, self.layout.place(*first, None));
            findings.push(finding.with("count", decision.hidden_rows.len()).with("rows", ranges(&decision.hidden_rows)));
        }
    }
}

/// Rows as people list them: `3, 5–9, 12 …`.
fn ranges(rows: &[u64]) -> String {
    let mut ranges: Vec<(u64, u64)> = Vec::new();
    for &row in rows {
        let count = ranges.len();
        match ranges.last_mut().filter(|(_, last)| *last + 1 == row) {
            Some((_, last)) => *last = row,
            None if count > NAMED => break,
            None => ranges.push((row, row)),
        }
    }
    let name = |(first, last): &(u64, u64)| if first == last { first.to_string() } else { format!("{first}–{last}") };
    let named: Vec<String> = ranges.iter().take(NAMED).map(name).collect();
    format!("{}{}", named.join(", "), if ranges.len() > NAMED { " …" } else { "" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_that_stand_together_are_one_range() {
        assert_eq!(ranges(&[3, 5, 6, 7, 9]), "3, 5–7, 9");
        let odd: Vec<u64> = (0..20).map(|at| 2 * at + 1).collect();
        assert_eq!(ranges(&odd), "1, 3, 5, 7, 9, 11, 13, 15 …");
        assert_eq!(ranges(&odd[..8]), "1, 3, 5, 7, 9, 11, 13, 15");
    }
}
