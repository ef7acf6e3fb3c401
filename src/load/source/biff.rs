//! The sheets of an .xls file, before anything is made of them: how far their cells reach, and what is hidden.
//!
//! In: the stream of the workbook. Out: by sheet, what is hidden; or a refusal. Two cells in the corners of a sheet of a few bytes would
//! become sixteen million, a sheet that is listed a thousand times would be read a thousand times, and a long text that every cell
//! names would be written for each of them. Next: `workbook` lets calamine read it.

use crate::load::source::Refusal;
use crate::load::source::compound::{half, word};
use crate::load::source::hidden::Hidden;
use crate::load::source::percents::records;

/// Most cells of all sheets, blank ones among them.
const MOST_CELLS: u64 = 40_000_000;
/// Blank cells beyond so many must be fewer than [`BLANK`] times those that are filled.
const SPARSE: u64 = 4_000_000;
const BLANK: u64 = 4;
/// Most bytes of the texts of all cells.
const MOST_TEXT: u64 = 512 << 20;
/// Records of cells, each with its row and its column.
const CELLS: [u16; 11] = [0x0203, 0x027e, 0x00bd, 0x00fd, 0x0204, 0x0205, 0x0006, 0x00d6, 0x0406, 0x0206, 0x00be];

/// How far the cells of a sheet reach.
#[derive(Debug, Default)]
struct Span {
    /// First row, first column, last row, last column.
    corners: Option<[u64; 4]>,
    /// Rows times columns that the sheet says it has: room is made for that before a cell is read.
    said: u64,
    filled: u64,
    text: u64,
    /// Bytes of its records.
    length: u64,
    hidden: Hidden,
}

/// What is hidden in each sheet, in the order in which the workbook lists them.
///
/// # Errors
///
/// When they span too many cells together.
pub fn measure(stream: &[u8]) -> Result<Vec<Hidden>, Refusal> {
    let (mut starts, mut texts) = (Vec::new(), Vec::new());
    for (kind, from, to) in records(stream, 0) {
        match kind {
            0x0085 => starts.push(word(stream, from).unwrap_or(u32::MAX) as usize),
            0x00fc => texts = lengths(stream, from, to),
            0x000a => break,
            _ => {}
        }
    }
    let (mut all, mut hidden) = (Span::default(), Vec::new());
    for start in starts {
        let span = sheet(stream, start, &texts);
        let area = span.area();
        if area > SPARSE && area > span.filled.saturating_mul(BLANK) {
            return Err(Refusal::Sparse);
        }
        all.said = all.said.saturating_add(area.max(span.said));
        all.text = all.text.saturating_add(span.text);
        all.length = all.length.saturating_add(span.length);
        if all.said > MOST_CELLS || all.text > MOST_TEXT {
            return Err(Refusal::Bomb);
        }
        // Sheets lie one behind the other.
        if all.length > 2 * stream.len() as u64 {
            return Err(Refusal::Because("reason.damaged"));
        }
        hidden.push(span.hidden);
    }
    Ok(hidden)
}

impl Span {
    fn area(&self) -> u64 {
        self.corners.map_or(0, |[top, left, bottom, right]| (bottom - top + 1) * (right - left + 1))
    }

    fn reach(&mut self, row: u64, first: u64, last: u64) {
        let last = last.max(first);
        let [top, left, bottom, right] = self.corners.unwrap_or([row, first, row, last]);
        self.corners = Some([top.min(row), left.min(first), bottom.max(row), right.max(last)]);
        self.filled += last - first + 1;
    }
}

/// The records of a sheet, without those of the charts in it.
fn sheet(stream: &[u8], start: usize, texts: &[u64]) -> Span {
    let (mut span, mut depth) = (Span::default(), 0);
    for (kind, from, to) in records(stream, start) {
        span.length += (to - from) as u64 + 4;
        let at = |place: usize| half(stream, from + place).filter(|_| from + place + 2 <= to);
        match kind {
            0x0809 => depth += 1,
            0x000a if depth <= 1 => break,
            0x000a => depth -= 1,
            _ if depth > 1 => {}
            0x0200 => span.said = span.said.max(size_said(stream, from, to - from)),
            0x0208 if at(12).is_some_and(|options| options & 0x20 != 0) => span.hidden.rows.extend(at(0).map(u32::from)),
            0x007d if at(8).is_some_and(|options| options & 1 != 0) => {
                span.hidden.columns.extend(at(0).zip(at(2)).map(|(first, last)| (first.into(), last.into())));
            }
            _ if CELLS.contains(&kind) => {
                let Some((row, column)) = at(0).zip(at(2)) else { continue };
                // Several cells in one record end with the last of them.
                let is_many = matches!(kind, 0x00bd | 0x00be);
                let last = if is_many { half(stream, to.saturating_sub(2)).unwrap_or(column) } else { column };
                span.reach(row.into(), column.into(), last.into());
                if kind == 0x00fd {
                    let text = word(stream, from + 6).and_then(|text| texts.get(text as usize));
                    span.text += text.copied().unwrap_or(0);
                }
            }
            _ => {}
        }
    }
    span.hidden.rows.sort_unstable();
    span
}

/// Rows times columns of a record of dimensions.
fn size_said(stream: &[u8], at: usize, length: usize) -> u64 {
    let rows = if length >= 14 { word(stream, at).zip(word(stream, at + 4)) } else { halves(stream, at) };
    let columns = halves(stream, at + if length >= 14 { 8 } else { 4 });
    // As the reader takes it: a first column that cannot be is the first of all.
    let columns = columns.map(|(from, to)| if from > 0xff || to < from { (0, to) } else { (from, to) });
    let span = |pair: Option<(u32, u32)>| pair.map_or(0, |(from, to)| u64::from(to.saturating_sub(from)));
    span(rows).saturating_mul(span(columns))
}

fn halves(stream: &[u8], at: usize) -> Option<(u32, u32)> {
    Some((half(stream, at)?.into(), half(stream, at + 2)?.into()))
}

/// Bytes of each shared text, at most; they lie in a record and in those that continue it.
fn lengths(stream: &[u8], from: usize, to: usize) -> Vec<u64> {
    let more = records(stream, to).take_while(|(kind, ..)| *kind == 0x003c).map(|(_, from, to)| &stream[from..to]);
    let mut texts = Texts { pieces: std::iter::once(stream.get(from + 8..to).unwrap_or_default()).chain(more).collect(), at: 0 };
    texts.pieces.reverse();
    std::iter::from_fn(|| texts.next()).collect()
}

/// Shared texts: the pieces that are left, the next one last, and a place in it.
struct Texts<'s> {
    pieces: Vec<&'s [u8]>,
    at: usize,
}

impl Texts<'_> {
    fn next(&mut self) -> Option<u64> {
        while self.left() == 0 {
            self.turn()?;
        }
        let head = &self.pieces.last()?[self.at..];
        let (letters, flags) = (usize::from(half(head, 0)?), *head.get(2)?);
        let (runs, extra) = (if flags & 8 != 0 { 2 } else { 0 }, if flags & 4 != 0 { 4 } else { 0 });
        let formats = if runs > 0 { usize::from(half(head, 3)?) * 4 } else { 0 };
        let sounds = if extra > 0 { word(head, 3 + runs)? as usize } else { 0 };
        self.at += (3 + runs + extra).min(head.len());
        let (mut left, mut is_wide) = (letters, flags & 1 != 0);
        while left > 0 {
            let width = if is_wide { 2 } else { 1 };
            let here = left.min(self.left() / width);
            (left, self.at) = (left - here, self.at + here * width);
            if left > 0 {
                // What goes on in another record says its width anew.
                self.turn()?;
                is_wide = *self.pieces.last()?.first()? & 1 != 0;
                self.at = 1;
            }
        }
        self.skip(formats.saturating_add(sounds))?;
        Some(letters as u64 * 3)
    }

    fn left(&self) -> usize {
        self.pieces.last().map_or(0, |piece| piece.len() - self.at)
    }

    /// Goes to the next piece.
    fn turn(&mut self) -> Option<()> {
        self.pieces.pop()?;
        self.at = 0;
        (!self.pieces.is_empty()).then_some(())
    }

    fn skip(&mut self, mut count: usize) -> Option<()> {
        while count > self.left() {
            count -= self.left();
            self.turn()?;
        }
        self.at += count;
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(kind: u16, data: &[u8]) -> Vec<u8> {
        [&kind.to_le_bytes()[..], &(data.len() as u16).to_le_bytes(), data].concat()
    }

    /// A cell record of a number: row, column, format, eight bytes.
    fn cell(row: u16, column: u16) -> Vec<u8> {
        record(0x0203, &[&row.to_le_bytes()[..], &column.to_le_bytes(), &[0; 10]].concat())
    }

    /// A workbook in which a sheet of these records is listed so many times, with these shared texts.
    fn book(sheet: &[Vec<u8>], times: usize, texts: &[Vec<u8>]) -> Vec<u8> {
        let globals = |at: u32| {
            let listed = record(0x0085, &[&at.to_le_bytes()[..], &[0, 0, 1, 0, b'S']].concat()).repeat(times);
            [record(0x0809, &[0; 16]), listed, texts.concat(), record(0x000a, &[])].concat()
        };
        let at = globals(0).len() as u32;
        [globals(at), record(0x0809, &[0; 16]), sheet.concat(), record(0x000a, &[])].concat()
    }

    fn said(book: &[u8]) -> String {
        measure(book).map_or_else(|refusal| format!("{refusal:?}"), |hidden| format!("{hidden:?}"))
    }

    #[test]
    fn two_corners_span_all_between_them() {
        assert_eq!(sheet(&book(&[cell(0, 0), cell(99, 9)], 0, &[]), 24, &[]).area(), 1000);
        assert_eq!(said(&book(&[cell(0, 0), cell(65535, 255)], 1, &[])), "Sparse");
        assert!(measure(&book(&[cell(0, 0), cell(65535, 20)], 1, &[])).is_ok());
        assert!(measure(b"\x03").is_ok());
    }

    #[test]
    fn a_size_that_is_only_said_counts_once_for_every_sheet() {
        let size = |rows: u32| record(0x0200, &[&[0; 4][..], &rows.to_le_bytes(), &[0, 0, 0, 1, 0, 0]].concat());
        assert!(measure(&book(&[size(65536)], 1, &[])).is_ok());
        // A smaller one behind it takes nothing back.
        assert_eq!(said(&book(&[size(0xaa00_0005), size(1)], 1, &[])), "Bomb");
        assert_eq!(said(&book(&[size(65536)], 3, &[])), "Bomb");
    }

    #[test]
    fn a_sheet_that_is_listed_many_times_is_damage() {
        let rows: Vec<Vec<u8>> = (0..200).map(|row| cell(row, 0)).collect();
        assert!(measure(&book(&rows, 1, &[])).is_ok());
        assert_eq!(said(&book(&rows, 20, &[])), "Because(\"reason.damaged\")");
    }

    #[test]
    fn texts_count_for_every_cell_that_names_them() {
        // "ab", a wide text with a format and a sound, one that goes on in a second record, and "c".
        let first =
            [&[0; 8][..], &[2, 0, 0, b'a', b'b'], &[1, 0, 0x0d, 1, 0, 2, 0, 0, 0, 0x4e, 0x4f, 9, 9, 9, 9, 7, 7], &[3, 0, 0, b'x']].concat();
        let second = [1, b'y', 0, b'z', 0, 1, 0, 0, b'c'];
        let texts = [record(0x00fc, &first), record(0x003c, &second)];
        let stream = book(&[], 0, &texts);
        let sst = records(&stream, 0).find(|record| record.0 == 0x00fc).expect("it is there");
        assert_eq!(lengths(&stream, sst.1, sst.2), [6, 3, 9, 3]);
        let long = [record(0x00fc, &[&[0; 8][..], &8000_u16.to_le_bytes(), &[0], &[b'x'; 8000]].concat())];
        let label = |row: u16| record(0x00fd, &[&row.to_le_bytes()[..], &[0; 8]].concat());
        let cells = |count: u16| (0..count).map(label).collect::<Vec<_>>();
        assert!(measure(&book(&cells(1000), 1, &long)).is_ok());
        assert_eq!(said(&book(&cells(30_000), 1, &long)), "Bomb");
    }

    #[test]
    fn hidden_rows_and_columns_are_seen() {
        let row = |row: u16, options: u16| record(0x0208, &[&row.to_le_bytes()[..], &[0; 10], &options.to_le_bytes(), &[0; 2]].concat());
        let columns = |options: u16| record(0x007d, &[&[2, 0, 4, 0, 0, 0, 0, 0][..], &options.to_le_bytes(), &[0; 2]].concat());
        let found = measure(&book(&[columns(0), columns(1), row(3, 0x120), row(4, 0x100)], 1, &[])).expect("it is read");
        assert_eq!(found, [Hidden { rows: vec![3], columns: vec![(2, 4)] }]);
    }
}
