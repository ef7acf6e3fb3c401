//! What a file is by its first bytes, whatever its name says: a workbook, text, or something that is no table.
//!
//! In: a path. Out: a [`Kind`]. What cannot be a table is named (`format.pdf`), so that its owner knows what to do. Next: `intake`
//! opens it as what it is, `workbook` reads the sheets.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::load::source::Refusal;
use crate::load::source::compound;
use crate::load::source::encoding;

/// Bytes by which a file is known.
const LOOKED_AT: u64 = 512;
/// Beginnings of files that are no tables: bytes that no text begins with, or marks that are known to all.
const OTHERS: [(&[u8], &str); 13] = [
    (b"%PDF", "format.pdf"),
    (b"\x89PNG", "format.image"),
    (b"\xff\xd8\xff", "format.image"),
    (b"GIF8", "format.image"),
    (b"II*\0", "format.image"),
    (b"MM\0*", "format.image"),
    (b"Rar!\x1a\x07", "format.archive"),
    (b"7z\xbc\xaf\x27\x1c", "format.archive"),
    (b"\x28\xb5\x2f\xfd", "format.packed"),
    (b"\xfd7zXZ\0", "format.packed"),
    (b"{\\rtf", "format.word"),
    (b"SQLite format 3", "format.database"),
    (b"\0\x01\0\0Standard ", "format.database"),
];

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A packed workbook, or another packed document.
    Zip,
    /// A workbook of the nineties, one with a password, or a document of that time.
    Compound,
    /// Text.
    Text,
    /// Packed by gzip: text as a rule.
    Gzip,
    /// A Parquet file.
    Columns,
    /// No table: what it is, a key of the locale.
    Other(&'static str),
}

impl Kind {
    /// Is it text, packed or not?
    pub fn is_text(self) -> bool {
        matches!(self, Kind::Text | Kind::Gzip)
    }
}

/// What a file is.
///
/// # Errors
///
/// When the system does not give its beginning.
pub fn kind(path: &Path) -> io::Result<Kind> {
    Ok(kind_of(&beginning(path)?))
}

fn beginning(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(LOOKED_AT as usize);
    File::open(path)?.take(LOOKED_AT).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Refuses what was unpacked and is no text: a second packing, a workbook in a packed file.
///
/// # Errors
///
/// When it is not text.
pub fn must_be_text(bytes: &[u8]) -> Result<(), Refusal> {
    match kind_of(&bytes[..bytes.len().min(LOOKED_AT as usize)]) {
        Kind::Text => Ok(()),
        Kind::Zip | Kind::Compound => Err(Refusal::NoTable("format.packed-workbook")),
        Kind::Gzip => Err(Refusal::NoTable("format.packed-twice")),
        Kind::Columns => Err(Refusal::NoTable("format.packed-parquet")),
        Kind::Other(key) => Err(Refusal::NoTable(key)),
    }
}

fn kind_of(bytes: &[u8]) -> Kind {
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return Kind::Zip;
    }
    if bytes.starts_with(&compound::MAGIC) {
        return Kind::Compound;
    }
    if bytes.starts_with(b"\x1f\x8b\x08") {
        return Kind::Gzip;
    }
    // Four letters that a heading may begin with; the metadata behind them no heading has.
    if bytes.starts_with(b"PAR1\x15") {
        return Kind::Columns;
    }
    if bytes.starts_with(b"BZh") && bytes.get(4..10) == Some(b"1AY&SY") {
        return Kind::Other("format.packed");
    }
    if let Some((_, key)) = OTHERS.iter().find(|(start, _)| bytes.starts_with(start)) {
        return Kind::Other(key);
    }
    let start = String::from_utf8_lossy(bytes).to_ascii_lowercase();
    let start = start.trim_start_matches('\u{feff}').trim_start();
    if start.starts_with("<?xml") && (start.contains("excel.sheet") || start.contains("office:spreadsheet")) {
        return Kind::Other("format.xml-sheet");
    }
    let is_page = ["<html", "<!doctype", "<table", "<?xml", "<meta", "<head", "<style"].iter().any(|tag| start.starts_with(tag));
    if is_page { Kind::Other("format.page") } else { Kind::Text }
}

/// Is it neither a workbook nor text? Text has no control characters, but for what ends lines and cells; UTF-16 has zeros.
///
/// # Errors
///
/// When the system does not give its beginning.
pub fn is_garbage(path: &Path) -> io::Result<bool> {
    let bytes = beginning(path)?;
    let controls = bytes.iter().filter(|byte| matches!(byte, 0x01..=0x08 | 0x0e..=0x19)).count();
    let is_wide = || encoding::decide(&bytes).is_some_and(|choice| !choice.encoding.is_ascii_compatible());
    Ok(controls * 100 > bytes.len() && encoding::mark(&bytes).is_none() && !is_wide())
}

/// What the parts of a packed document are of.
#[derive(Debug, Default)]
pub struct Parts {
    sheets: bool,
    binary: bool,
    content: bool,
    other: Option<&'static str>,
}

impl Parts {
    /// Adds the name of a part, and its first bytes.
    pub fn add(&mut self, name: &str, start: &[u8]) {
        let name = name.replace('\\', "/").to_ascii_lowercase();
        self.binary |= name == "xl/workbook.bin";
        self.sheets |= name.starts_with("xl/");
        self.content |= name == "content.xml";
        let other = match name.split('/').next() {
            Some("word") => Some("format.word"),
            Some("ppt") => Some("format.slides"),
            Some("ofd.xml") => Some("format.pdf"),
            Some("mimetype") if start.starts_with(b"application/vnd.oasis.opendocument.text") => Some("format.word"),
            Some("mimetype") if start.starts_with(b"application/vnd.oasis.opendocument.presentation") => Some("format.slides"),
            _ => None,
        };
        self.other = self.other.or(other);
    }

    /// Is it an .ods workbook, or else an .xlsx one?
    ///
    /// # Errors
    ///
    /// When it is neither.
    pub fn is_ods(&self) -> Result<bool, Refusal> {
        match (self.other, self.binary, self.sheets, self.content) {
            (_, true, ..) => Err(Refusal::NoTable("format.binary")),
            (_, _, true, _) => Ok(false),
            (Some(other), ..) => Err(Refusal::NoTable(other)),
            (None, _, _, true) => Ok(true),
            _ => Err(Refusal::NoTable("format.archive")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_known_by_their_first_bytes() {
        assert_eq!(kind_of(b"PK\x03\x04\x14"), Kind::Zip);
        assert_eq!(kind_of(&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, 0]), Kind::Compound);
        assert_eq!(kind_of(b"%PDF-1.7"), Kind::Other("format.pdf"));
        assert_eq!(kind_of("\u{feff}<html>".as_bytes()), Kind::Other("format.page"));
        assert_eq!(kind_of(b"<?xml version=\"1.0\"?><?mso-application progid=\"Excel.Sheet\"?>"), Kind::Other("format.xml-sheet"));
        assert_eq!([kind_of(b"\x1f\x8b\x08\0"), kind_of(b"PAR1\x15\x04")], [Kind::Gzip, Kind::Columns]);
        for packed in [&b"BZh91AY&SY\0"[..], b"\x28\xb5\x2f\xfd\x04", b"\xfd7zXZ\0\0"] {
            assert_eq!(kind_of(packed), Kind::Other("format.packed"));
        }
        for text in ["PAR1,name\n", "BZh9,name\n", "PK,name\n", "BM,年度\n", "", "企业代码,年度\n"] {
            assert_eq!(kind_of(text.as_bytes()), Kind::Text, "{text}");
        }
    }

    #[test]
    fn packed_documents_are_known_by_their_parts() {
        let of = |names: &[&str]| {
            let mut parts = Parts::default();
            names.iter().for_each(|name| parts.add(name, b""));
            parts.is_ods().map_err(|refusal| format!("{refusal:?}"))
        };
        assert_eq!(of(&["[Content_Types].xml", "xl/workbook.xml"]), Ok(false));
        assert_eq!(of(&["mimetype", "content.xml"]), Ok(true));
        assert_eq!(of(&["word/document.xml", "word/embeddings/a.xlsx"]), Err("NoTable(\"format.word\")".to_owned()));
        assert_eq!(of(&["xl/workbook.bin"]), Err("NoTable(\"format.binary\")".to_owned()));
        assert_eq!(of(&["a.csv"]), Err("NoTable(\"format.archive\")".to_owned()));
    }
}
