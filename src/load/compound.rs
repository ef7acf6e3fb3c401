//! How large the sheets of an .xls file are, before anything is made of them.
//!
//! In: the bytes of a compound file. Out: nothing, or a refusal. Two cells in the corners of a sheet of a few bytes would become
//! sixteen million; a thousand such sheets would fill any memory, and so would a chain of sectors that comes back to itself.
//! Next: `workbook` lets calamine read it.

use super::source::Refusal;

/// How every compound file begins.
pub const MAGIC: [u8; 8] = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
/// Most cells of all sheets, blank ones among them.
const MOST_CELLS: u64 = 40_000_000;
/// The end of a chain of sectors.
const END: u32 = 0xffff_fffe;

/// The stream of a workbook; refuses one whose sheets span too many cells, or whose parts cannot be followed.
pub fn measure(bytes: &[u8]) -> Result<Vec<u8>, Refusal> {
    // Programs that lock a workbook pack it into a file of this kind.
    let has = |name: &str| {
        let name: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        memchr::memmem::find(bytes, &name).is_some()
    };
    if has("EncryptedPackage") {
        return Err(Refusal::Because("reason.password"));
    }
    let Book { stream, is_circular } = workbook(bytes).unwrap_or(Book { stream: Vec::new(), is_circular: false });
    if is_circular {
        return Err(Refusal::Because("reason.damaged"));
    }
    if stream.is_empty() {
        let others = [("WordDocument", "format.word"), ("PowerPoint Document", "format.slides")];
        let other = others.into_iter().find(|(name, _)| has(name));
        return Err(other.map_or(Refusal::Because("reason.damaged"), |(_, key)| Refusal::NoTable(key)));
    }
    let cells = spans(&stream);
    if cells > MOST_CELLS { Err(Refusal::Bomb) } else { Ok(stream) }
}

/// Four bytes as a number.
pub fn word(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

/// Two bytes as a number.
pub fn half(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

/// What a compound file holds.
struct Book {
    /// The stream of the workbook; empty if it is not where it should be.
    stream: Vec<u8>,
    /// Does a chain of sectors come back to itself?
    is_circular: bool,
}

/// Does a chain come back to itself? Every sector is looked at once.
fn is_circular(table: &[u32]) -> bool {
    let mut seen = vec![0_u32; table.len()];
    for start in 0..table.len() {
        let (mut at, mark) = (start, start as u32 + 1);
        while at < table.len() && seen[at] == 0 {
            seen[at] = mark;
            at = table[at] as usize;
        }
        if at < table.len() && seen[at] == mark {
            return true;
        }
    }
    false
}

fn workbook(bytes: &[u8]) -> Option<Book> {
    let size = 1_usize.checked_shl(u32::from(half(bytes, 30)?))?;
    if !(64..=1 << 16).contains(&size) {
        return None;
    }
    let sector = |number: u32| bytes.get((number as usize + 1).checked_mul(size)?..).map(|rest| &rest[..size.min(rest.len())]);
    // The table of sectors: its first 109 parts are named in the header, the others in a chain of sectors.
    let mut parts: Vec<u32> = (0..109).filter_map(|at| word(bytes, 76 + at * 4)).collect();
    let (mut next, mut left) = (word(bytes, 68)?, bytes.len() / size + 1);
    while next < END && left > 0 {
        let more = sector(next)?;
        parts.extend((0..size / 4 - 1).filter_map(|at| word(more, at * 4)));
        (next, left) = (word(more, size - 4)?, left - 1);
    }
    let mut table: Vec<u32> = Vec::new();
    for part in parts.into_iter().filter(|part| *part < END).take(bytes.len() / size + 1) {
        let part = sector(part)?;
        table.extend((0..part.len() / 4).filter_map(|at| word(part, at * 4)));
    }
    let chain = |start: u32| {
        let (mut all, mut next) = (Vec::new(), start);
        while next < END && all.len() <= bytes.len() {
            let Some(sector) = sector(next) else { break };
            all.extend_from_slice(sector);
            next = table.get(next as usize).copied().unwrap_or(END);
        }
        all
    };
    let small: Vec<u32> = chain(word(bytes, 60)?).chunks_exact(4).filter_map(|word| self::word(word, 0)).collect();
    if left == 0 || is_circular(&table) || is_circular(&small) {
        return Some(Book { stream: Vec::new(), is_circular: true });
    }
    let directory = chain(word(bytes, 48)?);
    let stream = directory.chunks_exact(128).find_map(|entry| {
        let letters = usize::from(half(entry, 64)?).min(64) / 2;
        let name: Vec<u16> = (0..letters.saturating_sub(1)).filter_map(|at| half(entry, at * 2)).collect();
        let name = String::from_utf16_lossy(&name);
        let is_book = name.eq_ignore_ascii_case("Workbook") || name.eq_ignore_ascii_case("Book");
        let start = word(entry, 116)?;
        // A stream of less than 4,096 bytes lies in sectors of 64, in a stream of their own that the first entry names.
        match (is_book, word(entry, 120)? < 4096) {
            (false, _) => None,
            (true, false) => Some(chain(start)),
            (true, true) => Some(short(&chain(word(&directory, 116)?), &small, start)),
        }
    });
    Some(Book { stream: stream.unwrap_or_default(), is_circular: false })
}

/// A stream of short sectors.
fn short(sectors: &[u8], table: &[u32], start: u32) -> Vec<u8> {
    let (mut all, mut next) = (Vec::new(), start);
    while next < END && all.len() < 4096 {
        let Some(rest) = (next as usize).checked_mul(64).and_then(|from| sectors.get(from..)) else { break };
        all.extend_from_slice(&rest[..rest.len().min(64)]);
        next = table.get(next as usize).copied().unwrap_or(END);
    }
    all
}

/// The cells that the sheets span together.
fn spans(stream: &[u8]) -> u64 {
    let (mut cells, mut at, mut declared) = (0_u64, 0, 0_u64);
    let mut corner: Option<[u64; 4]> = None;
    let area = |corner: Option<[u64; 4]>| corner.map_or(0, |[top, left, bottom, right]| (bottom - top + 1) * (right - left + 1));
    while let (Some(kind), Some(length)) = (half(stream, at), half(stream, at + 2)) {
        let data = at + 4;
        match kind {
            0x0809 | 0x000a => {
                cells = cells.saturating_add(area(corner.take()).max(declared));
                declared = 0;
            }
            // What a sheet says of its size: room is made for that before a cell is read.
            0x0200 => declared = size_said(stream, data, usize::from(length)),
            0x0203 | 0x027e | 0x00bd | 0x00fd | 0x0204 | 0x0205 | 0x0006 | 0x00d6 | 0x0406 | 0x0206 | 0x00be => {
                if let (Some(row), Some(column)) = (half(stream, data), half(stream, data + 2)) {
                    let last =
                        if matches!(kind, 0x00bd | 0x00be) { half(stream, data + usize::from(length).saturating_sub(2)) } else { None };
                    let (row, column, last) = (u64::from(row), u64::from(column), u64::from(last.unwrap_or(column).max(column)));
                    let old = corner.unwrap_or([row, column, row, last]);
                    corner = Some([old[0].min(row), old[1].min(column), old[2].max(row), old[3].max(last)]);
                }
            }
            _ => {}
        }
        at = data + usize::from(length);
    }
    cells.saturating_add(area(corner).max(declared))
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

#[cfg(test)]
mod tests {
    use super::*;

    /// A cell record of a number: kind, length, row, column, format, eight bytes.
    fn cell(row: u16, column: u16) -> Vec<u8> {
        [&[0x03, 0x02, 14, 0][..], &row.to_le_bytes(), &column.to_le_bytes(), &[0; 10]].concat()
    }

    #[test]
    fn chains_that_come_back_to_themselves_are_seen() {
        assert!(is_circular(&[1, 2, 0]) && is_circular(&[END, 1]) && is_circular(&[1, 2, 3, 2]));
        assert!(!is_circular(&[1, 2, END, 1]) && !is_circular(&[]) && !is_circular(&[900, END]));
    }

    #[test]
    fn two_corners_span_all_between_them() {
        let begin = [0x09, 0x08, 0, 0];
        let sheet = [&begin[..], &cell(0, 0), &cell(99, 9), &[0x0a, 0, 0, 0]].concat();
        assert_eq!(spans(&sheet), 1000);
        assert_eq!(spans(&[sheet.clone(), sheet].concat()), 2000);
        assert_eq!(spans(b"\x03"), 0);
    }

    #[test]
    fn a_size_that_is_only_said_counts_too() {
        let said = |rows: u32, columns: u16| {
            [
                &[0x09, 0x08, 0, 0, 0x00, 0x02, 14, 0][..],
                &0_u32.to_le_bytes(),
                &rows.to_le_bytes(),
                &0_u16.to_le_bytes(),
                &columns.to_le_bytes(),
                &[0; 2],
            ]
            .concat()
        };
        assert_eq!(spans(&said(100, 10)), 1000);
        assert!(spans(&said(0xaa00_0005, 3)) > MOST_CELLS);
    }
}
