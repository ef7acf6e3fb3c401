//! What a packed workbook unpacks to, measured before its reader makes room for it.
//!
//! In: a path. Out: a [`Packed`], or a refusal. What a part says of its own size is not believed: it is unpacked and counted. A
//! reader of workbooks makes room for as many texts as are announced, and holds the longest tag or text as a whole; what is larger
//! than any table has is refused. Next: `workbook` and `ods` read the cells.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use memchr::memmem::Finder;
use quick_xml::events::Event;
use zip::ZipArchive;

use crate::load::source::Refusal;
use crate::load::source::container::Parts;
use crate::load::source::damage;
use crate::load::source::epochs;
use crate::load::source::store;
use crate::load::source::tokens::Scan;
use crate::load::source::xml::{self, Xml};

/// Most bytes that the parts of a workbook unpack to, together.
const UNPACKED: u64 = 2 << 30;
/// Most different texts of a workbook: four for every row of a sheet.
const MOST_TEXTS: u64 = 4 << 20;
/// Most bytes of the styles of a workbook, each with its longest word: the reader keeps words once for every style.
const MOST_STYLES: u64 = 256 << 20;
/// Most bytes of a picture in a workbook without the one that begins a tag: a reader that is sent to one by mistake holds it as a text.
const LARGEST_PICTURE: u64 = 128 << 20;
/// Beyond [`store::SMALL`] bytes no part of a workbook is so many times larger than it is packed: cells are packed to a tenth.
const RATIO: u64 = 100;
/// Bytes before the next ones that are looked at again, for a word that is cut in two.
const AGAIN: usize = 64;
/// Bytes that are unpacked together.
const BUFFER: usize = 1 << 16;

/// A packed workbook.
pub type Archive = ZipArchive<BufReader<File>>;

/// What a packed workbook is.
#[derive(Debug, Default)]
pub struct Packed {
    /// Is it an .ods file?
    pub is_ods: bool,
    /// The word for merged cells is in it.
    pub is_merged: bool,
    /// Its days are counted from 1904.
    pub since_1904: bool,
    /// The names of its parts, in small letters.
    pub names: Vec<String>,
    /// The numbers of the parts in which something is said to be hidden.
    pub hidden: Vec<usize>,
}

/// What was seen of a part.
struct Seen {
    name: String,
    size: u64,
    scan: Scan,
    /// Does it begin as XML does? Else it is a picture.
    is_xml: bool,
    is_merged: bool,
    is_hidden: bool,
}

/// Looks through a packed workbook, and hands it on opened.
///
/// # Errors
///
/// When it is no workbook, or holds more than one could.
pub fn look(path: &Path) -> Result<(Packed, Archive), Refusal> {
    let mut archive = ZipArchive::new(BufReader::new(File::open(path)?))?;
    let (mut packed, mut parts, mut all) = (Packed::default(), Parts::default(), 0);
    let mut read_by_xml = Vec::new();
    for number in 0..archive.len() {
        let seen = look_through(&mut archive, number, UNPACKED - all, &mut parts, &mut packed.since_1904)?;
        all += seen.size;
        packed.is_merged |= seen.is_merged;
        packed.hidden.extend(seen.is_hidden.then_some(number));
        if seen.scan.is_odd || seen.name.ends_with("styles.xml") {
            read_by_xml.push(number);
        } else {
            within_bounds(seen.scan.texts, seen.scan.announced, seen.size)?;
            if seen.scan.longest > if seen.is_xml { xml::LONGEST } else { LARGEST_PICTURE } {
                return Err(Refusal::LongText);
            }
        }
        packed.names.push(seen.name);
    }
    packed.is_ods = parts.is_ods()?;
    // An .ods file is read by a reader of XML anyway.
    for number in read_by_xml.into_iter().filter(|_| !packed.is_ods) {
        read_through(&mut archive, number)?;
    }
    Ok((packed, archive))
}

fn look_through(archive: &mut Archive, number: usize, left: u64, parts: &mut Parts, since_1904: &mut bool) -> Result<Seen, Refusal> {
    let mut part = archive.by_index(number)?;
    let most = part.compressed_size().saturating_mul(RATIO).max(store::SMALL).min(left);
    let name = part.name().map(|name| name.to_string()).unwrap_or_default();
    let plain = name.replace('\\', "/").to_ascii_lowercase();
    let mut seen = Seen {
        scan: Scan::new(plain.ends_with("sharedstrings.xml")),
        name: plain,
        size: 0,
        is_xml: true,
        is_merged: false,
        is_hidden: false,
    };
    let (merged, hidden) = (Finder::new(b"mergeCell"), Finder::new(b"hidden"));
    let mut buffer = vec![0; AGAIN + BUFFER];
    loop {
        let read = part.read(&mut buffer[AGAIN..]).map_err(damage::unpacking)?;
        if read == 0 {
            return Ok(seen);
        }
        let (bytes, looked_at) = (&buffer[AGAIN..AGAIN + read], &buffer[..AGAIN + read]);
        if seen.size == 0 {
            parts.add(&name, bytes);
            let start = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes).trim_ascii_start();
            seen.is_xml = matches!(start.first(), None | Some(b'<' | 0xFE | 0xFF | 0));
            *since_1904 |= epochs::is_1904(&name, bytes);
        }
        seen.scan.feed(bytes);
        seen.is_merged = seen.is_merged || merged.find(looked_at).is_some();
        seen.is_hidden = seen.is_hidden || hidden.find_iter(looked_at).any(|at| is_yes(&looked_at[at + b"hidden".len()..]));
        buffer.copy_within(read..read + AGAIN, 0);
        seen.size += read as u64;
        if seen.size > most {
            return Err(Refusal::Bomb);
        }
        if seen.scan.texts > MOST_TEXTS {
            return Err(Refusal::ManyTexts);
        }
    }
}

/// Does `="1"` or `="true"` follow? What is cut off is seen again with the next bytes.
fn is_yes(rest: &[u8]) -> bool {
    let Some(rest) = rest.trim_ascii_start().strip_prefix(b"=") else { return false };
    let rest = rest.trim_ascii_start();
    rest.first().is_some_and(|quote| matches!(quote, b'"' | b'\'')) && !matches!(rest.get(1), None | Some(b'0' | b'f' | b'"' | b'\''))
}

/// Room is made for as many texts as a part announces.
fn within_bounds(texts: u64, announced: u64, size: u64) -> Result<(), Refusal> {
    match announced.max(texts) {
        most if most > MOST_TEXTS => Err(Refusal::ManyTexts),
        most if most > size => Err(Refusal::Because("reason.damaged")),
        _ => Ok(()),
    }
}

/// Counts the elements of a part as its reader will meet them.
fn read_through(archive: &mut Archive, number: usize) -> Result<(), Refusal> {
    let part = archive.by_index(number)?;
    let mut xml = Xml::new(part);
    let (mut texts, mut announced, mut styles, mut longest, mut size) = (0, 0, 0, 0, 0);
    loop {
        let tag = match xml.next() {
            Ok(Event::Start(tag)) => tag,
            // What is no XML ends the reading of it, too.
            Ok(Event::Eof) | Err(Refusal::Because(damage::DAMAGED)) => break,
            Err(refusal) => return Err(refusal),
            Ok(_) => continue,
        };
        size += tag.len() as u64;
        match tag.local_name().as_ref() {
            "si" => texts += 1,
            "sst" => announced = announced.max(xml::announced(&tag, tag.name().as_ref().len())),
            "xf" => styles += 1,
            _ => longest = longest.max(tag.len() as u64),
        }
        if texts > MOST_TEXTS {
            return Err(Refusal::ManyTexts);
        }
    }
    if longest.saturating_mul(styles) > MOST_STYLES {
        return Err(Refusal::Bomb);
    }
    within_bounds(texts, announced, size)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_hidden_is_told_from_what_is_not() {
        for yes in ["=\"1\"", "='true'", " = \"on\""] {
            assert!(is_yes(yes.as_bytes()), "{yes}");
        }
        for no in ["=\"0\"", "=\"false\"", "", "=", "=\"", " sheet", "=\"\""] {
            assert!(!is_yes(no.as_bytes()), "{no}");
        }
    }

    #[test]
    fn what_is_announced_must_be_there() {
        let of = |texts, announced, size| within_bounds(texts, announced, size).map_err(|refusal| format!("{refusal:?}"));
        assert_eq!(of(3, 3, 100), Ok(()));
        assert_eq!(of(3, 101, 100), Err("Because(\"reason.damaged\")".to_owned()));
        assert_eq!(of(MOST_TEXTS + 1, 0, u64::MAX), Err("ManyTexts".to_owned()));
        assert_eq!(of(0, MOST_TEXTS + 1, u64::MAX), Err("ManyTexts".to_owned()));
    }
}
