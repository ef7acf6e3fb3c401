//! The cells of a row, each as its column has it.
//!
//! In: the text of a cell that is not blank. Out: its value among those of the column, or what is wrong. Next: `row`.

use std::borrow::Cow;

use crate::dictionary::{Column, ColumnType};
use crate::load::cells::cell::{self, BadDate, BadYear};
use crate::load::cells::column::{Cells, NO_WORD};
use crate::load::cells::credit_code;
use crate::load::cells::flaw::{Flaw, is_error};
use crate::load::cells::forms;
use crate::load::cells::industry_code;
use crate::load::cells::period;
use crate::load::headings::Means;
use crate::load::reading::part::Part;
use crate::load::reading::reader::Reader;
use crate::load::reading::row::Layout;
use crate::load::source::record::Record;
use crate::load::tables::enterprise::Key;

impl Layout<'_> {
    /// Reads a cell that is not blank; the year of the row is handed on.
    #[inline]
    pub fn read_cell(
        &self,
        at: usize,
        reader: &Reader,
        text: &str,
        record: &Record<'_>,
        part: &mut Part,
        year: &mut i16,
    ) -> Result<(), Flaw> {
        let row = record.row;
        let column = match reader.file.means {
            Means::Known(column) => column,
            Means::Extra => {
                if is_error(text) {
                    return Err(Flaw::Formula);
                }
                if part.first[at].is_none() && cell::extra_number(text).is_err() {
                    part.first[at] = Some(row as u32);
                }
                push_text(&mut part.cells[at], text);
                return Ok(());
            }
            Means::Unnamed => {
                part.first[at].get_or_insert(row as u32);
                return Ok(());
            }
            Means::Skipped => return Ok(()),
        };
        match column.kind {
            ColumnType::Number => {
                if reader.is_ratio {
                    part.note_percent(at, row, text);
                }
                return reader.read_number(text, self.factor(at, record.fields), &mut part.cells[at]);
            }
            ColumnType::Text | ColumnType::Id | ColumnType::Labels | ColumnType::Industry if is_error(text) => return Err(Flaw::Formula),
            ColumnType::Period => {
                let normal = period::normal(text).map_err(|bad| match bad {
                    BadYear::Unparsable => Flaw::Unparsable(period::ACCEPTED.into()),
                    BadYear::OutOfRange => Flaw::Year(bad),
                })?;
                push_text(&mut part.cells[at], &normal);
            }
            ColumnType::Id => {
                let plain = forms::id(text);
                part.marked_ids += u64::from(matches!(plain, Cow::Owned(_)));
                return self.read_id(at, &plain, row, part);
            }
            ColumnType::Year => *year = self.read_year(reader, text, part).map_err(Flaw::Year)?,
            ColumnType::Text if reader.names && cell::is_scientific(text) => return Err(Flaw::Scientific),
            ColumnType::Text => push_text(&mut part.cells[at], text),
            ColumnType::Labels => push_text(&mut part.cells[at], cell::labels(text).as_deref().unwrap_or("")),
            ColumnType::Industry => {
                if let Some(doubt) = industry_code::doubt(text).filter(|doubt| self.suspicions || doubt.is_unreadable()) {
                    part.findings.push(doubt.finding(self.place(row, Some(at))).text(text));
                }
                push_text(&mut part.cells[at], text);
            }
            ColumnType::Bool => {
                let value = cell::boolean(text).ok_or_else(|| Flaw::Unparsable("是, 否, 规上, 规下, true, false, yes, no, 1, 0".into()))?;
                if let Cells::Bool(values) = &mut part.cells[at] {
                    values.push(u8::from(value));
                }
            }
            ColumnType::Date => {
                let day = match cell::date(text) {
                    Err(BadDate::Unparsable) => self.serial(text, part),
                    day => day,
                }
                .map_err(Flaw::Date)?;
                if let Cells::Date(values) = &mut part.cells[at] {
                    values.push(day);
                }
            }
            ColumnType::Choice => {
                if self.within.is_some_and(|within| within.is_whole_year(at, text)) {
                    part.cells[at].push_missing();
                    return Ok(());
                }
                let word = cell::choice(column, text).or_else(|| self.part_with_year(at, text, part));
                let word = word.ok_or_else(|| Flaw::Unparsable(words(column)))?;
                if let Cells::Choice(values) = &mut part.cells[at] {
                    values.push(word.min(NO_WORD - 1));
                }
            }
        }
        Ok(())
    }

    /// A day as a spreadsheet numbers it.
    #[cold]
    fn serial(&self, text: &str, part: &mut Part) -> Result<i32, BadDate> {
        let day = forms::serial(text, self.since_1904).ok_or(BadDate::Unparsable)?;
        part.serials += 1;
        if cell::DAYS.contains(&day) { Ok(day) } else { Err(BadDate::OutOfRange) }
    }

    fn read_id(&self, at: usize, text: &str, row: u64, part: &mut Part) -> Result<(), Flaw> {
        if cell::is_scientific(text) {
            return Err(Flaw::Scientific);
        }
        match self.index {
            Some(index) => {
                let key = index.key(text);
                if key == Key::NOBODY {
                    part.unknown.push((part.rows.len() as u32, text.to_owned()));
                }
                part.keys.push(key);
                part.keyed = true;
                push_text(&mut part.cells[at], text);
            }
            None => {
                push_text(&mut part.cells[at], text);
                if let Some(doubt) = credit_code::doubt(text).filter(|_| !self.readers[at].foreign) {
                    part.findings.push(doubt.finding(self.place(row, Some(at))).text(text));
                }
            }
        }
        Ok(())
    }
}

#[inline]
fn push_text(cells: &mut Cells, text: &str) {
    if let Cells::Text(texts) = cells {
        texts.push(text);
    }
}

/// The words of a choice column, as an office writes them.
fn words(column: &Column) -> String {
    column.values.iter().filter_map(|choice| choice.spellings.first()).map(String::as_str).collect::<Vec<_>>().join(", ")
}
