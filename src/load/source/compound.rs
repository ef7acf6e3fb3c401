//! The compound file in which an .xls workbook lies.
//!
//! In: the bytes of a file. Out: the stream of the workbook, or a refusal: a chain of sectors that comes back to itself would fill any
//! memory. Next: `biff` measures the sheets in it.

use crate::load::source::Refusal;

/// How every compound file begins.
pub const MAGIC: [u8; 8] = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
/// The end of a chain of sectors.
const END: u32 = 0xffff_fffe;

/// The stream of a workbook; refuses one whose parts cannot be followed.
pub fn stream(bytes: &[u8]) -> Result<Vec<u8>, Refusal> {
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
    Ok(stream)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chains_that_come_back_to_themselves_are_seen() {
        assert!(is_circular(&[1, 2, 0]) && is_circular(&[END, 1]) && is_circular(&[1, 2, 3, 2]));
        assert!(!is_circular(&[1, 2, END, 1]) && !is_circular(&[]) && !is_circular(&[900, END]));
    }
}
