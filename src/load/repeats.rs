//! How many cells an .ods file asks for, before any is made: a cell or a row may say that it stands a million times.
//!
//! In: a path. Out: what the reader of the format does not tell of the cells of each sheet, or a refusal. Next: `workbook` lets
//! calamine read it.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use memchr::memmem;

use super::damage;
use super::grid::Area;
use super::source::Refusal;

/// Most cells that are not blank, counted as often as they say they stand.
const MOST_CELLS: u64 = 40_000_000;
/// Most bytes of the part that holds the cells.
const LARGEST: u64 = 1 << 30;
/// Bytes that are looked at together.
const WINDOW: usize = 1 << 20;

/// What the cells of a sheet are, besides their values.
#[derive(Debug, Default)]
pub struct Marks {
    /// Merged cells, in the order of the sheet.
    pub merged: Vec<Area>,
    /// Cells that are percentages, in the order of the sheet.
    pub percents: Vec<Area>,
}

impl Marks {
    /// Those of percentages in a row, to be asked for its columns.
    pub fn percents_of(&self, row: u32) -> &[Area] {
        let from = self.percents.partition_point(|area| area.bottom < row);
        let count = self.percents[from..].partition_point(|area| area.top <= row);
        &self.percents[from..from + count]
    }
}

/// The marks of every sheet in order; refuses a file that asks for too many cells.
pub fn measure(path: &Path) -> Result<Vec<Marks>, Refusal> {
    let mut archive = zip::ZipArchive::new(BufReader::new(File::open(path)?))?;
    let mut content = archive.by_name("content.xml")?.take(LARGEST);
    let (mut count, mut pending, mut buffer) = (Count::default(), Vec::new(), vec![0; WINDOW]);
    loop {
        let read = content.read(&mut buffer).map_err(damage::unpacking)?;
        if read == 0 {
            break;
        }
        pending.extend_from_slice(&buffer[..read]);
        let used = count.elements(&pending);
        pending.drain(..used);
        if count.cells > MOST_CELLS || pending.len() > 16 * WINDOW {
            return Err(Refusal::Bomb);
        }
    }
    // The reader of the format would wait for their ends for ever.
    if count.open != [0, 0] {
        return Err(Refusal::Because("reason.damaged"));
    }
    Ok(count.sheets)
}

/// Elements that must end.
const ENDED: [&[u8]; 2] = [b"table:table", b"office:annotation"];

/// What has been counted.
#[derive(Default)]
struct Count {
    sheets: Vec<Marks>,
    /// Where the next row and the next cell of this row stand.
    at: (u64, u64),
    cells: u64,
    /// Elements that have begun and not ended.
    open: [i64; 2],
    /// How often the row stands, and its cells up to the last that is not blank.
    row: (u64, u64),
    /// Blank cells since.
    blanks: u64,
}

impl Count {
    /// Counts all whole elements; how many bytes they are.
    fn elements(&mut self, bytes: &[u8]) -> usize {
        let mut at = 0;
        while let Some(start) = memchr::memchr(b'<', &bytes[at..]).map(|found| at + found) {
            let Some(end) = memchr::memchr(b'>', &bytes[start..]).map(|found| start + found) else { return start };
            self.element(&bytes[start..end]);
            at = end + 1;
        }
        at
    }

    fn element(&mut self, tag: &[u8]) {
        for (name, open) in ENDED.iter().zip(&mut self.open) {
            let is_it = |rest: &[u8]| rest.starts_with(name) && rest.get(name.len()).is_none_or(u8::is_ascii_whitespace);
            *open += i64::from(tag.strip_prefix(b"<").is_some_and(is_it) && !tag.ends_with(b"/"));
            *open -= i64::from(tag.strip_prefix(b"</").is_some_and(is_it));
        }
        if tag.starts_with(b"<table:table ") {
            self.sheets.push(Marks::default());
            self.at = (0, 0);
        } else if tag.starts_with(b"<table:table-row") {
            self.finish_row();
            self.row = (repeated(tag, b"table:number-rows-repeated="), 0);
        } else if tag.starts_with(b"</table:table-row") {
            self.finish_row();
        } else if tag.starts_with(b"<table:table-cell") || tag.starts_with(b"<table:covered-table-cell") {
            let times = repeated(tag, b"table:number-columns-repeated=");
            self.mark(tag, times);
            self.at.1 = self.at.1.saturating_add(times);
            if memmem::find(tag, b"office:").is_some() || memmem::find(tag, b"formula").is_some() {
                self.row.1 += std::mem::take(&mut self.blanks) + times;
            } else {
                self.blanks += times;
            }
        }
    }

    /// Remembers what is merged and what is a percentage.
    fn mark(&mut self, tag: &[u8], times: u64) {
        let (down, right) = (repeated(tag, b"table:number-rows-spanned="), repeated(tag, b"table:number-columns-spanned="));
        let (Some(sheet), Ok(top), Ok(left)) = (self.sheets.last_mut(), u32::try_from(self.at.0), u32::try_from(self.at.1)) else {
            return;
        };
        let last = |first: u32, count: u64| first.saturating_add(u32::try_from(count.saturating_sub(1)).unwrap_or(u32::MAX));
        if down > 1 || right > 1 {
            sheet.merged.push(Area { top, left, bottom: last(top, down), right: last(left, right) });
        }
        if memmem::find(tag, b"value-type=\"percentage\"").is_some() {
            sheet.percents.push(Area { top, left, bottom: last(top, self.row.0), right: last(left, times) });
        }
    }

    fn finish_row(&mut self) {
        self.at = (self.at.0.saturating_add(self.row.0), 0);
        self.cells = self.cells.saturating_add(self.row.0.saturating_mul(self.row.1));
        (self.row, self.blanks) = ((0, 0), 0);
    }
}

/// The number after an attribute's name; 1 where it is not there.
fn repeated(tag: &[u8], name: &[u8]) -> u64 {
    let Some(at) = memmem::find(tag, name) else { return 1 };
    let digits = tag[at + name.len()..].iter().skip(1).take_while(|byte| byte.is_ascii_digit());
    digits.fold(0, |value: u64, digit| value.saturating_mul(10).saturating_add(u64::from(digit - b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_begins_must_end() {
        let open = |text: &[u8]| {
            let mut count = Count::default();
            count.elements(text);
            count.open
        };
        assert_eq!(open(br#"<table:table table:name="S"><table:table-row/></table:table><table:table table:name="T"/>"#), [0, 0]);
        assert_eq!(open(br#"<table:table table:name="S"><table:table-row/>"#), [1, 0]);
        assert_eq!(open(br#"<office:annotation-end/><office:annotation><table:table-cell/>"#), [0, 1]);
    }

    #[test]
    fn cells_count_as_often_as_they_say() {
        let count = |text: &[u8]| {
            let mut count = Count::default();
            count.elements(text);
            count.cells
        };
        let cell = r#"<table:table-cell office:value="1" table:number-columns-repeated="100"/>"#;
        let blank = r#"<table:table-cell table:number-columns-repeated="16384"/>"#;
        let row = |inner: &str| format!(r#"<table:table-row table:number-rows-repeated="7">{inner}</table:table-row>"#);
        assert_eq!(count(row(cell).as_bytes()), 700);
        assert_eq!(count(row(blank).as_bytes()), 0);
        assert_eq!(count(row(&format!("{blank}{cell}")).as_bytes()), 7 * (16_384 + 100));
    }
}
