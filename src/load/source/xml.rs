//! XML read by a reader of XML, of whose pieces none is longer than a bound.
//!
//! In: the bytes of a part of a workbook. Out: its elements, one after the other, as the reader of the format will meet them. Next:
//! `survey` counts, `hidden` looks for rows that cannot be seen, `sheet` reads an .ods file.

use std::io::{self, BufRead, BufReader, Read};

use quick_xml::Reader;
use quick_xml::events::attributes::Attribute;
use quick_xml::events::{BytesStart, Event};

use crate::load::source::Refusal;
use crate::load::source::damage;

/// Most bytes of a tag, of the text between two tags, or of a comment.
pub const LONGEST: u64 = 16 << 20;
/// Bytes that are unpacked together.
const BUFFER: usize = 1 << 16;

/// Bytes of which no more than so many are given.
struct Bounded<R> {
    inner: BufReader<R>,
    left: u64,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let bytes = self.fill_buf()?;
        let count = bytes.len().min(into.len());
        into[..count].copy_from_slice(&bytes[..count]);
        self.consume(count);
        Ok(count)
    }
}

impl<R: Read> BufRead for Bounded<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let most = usize::try_from(self.left).unwrap_or(usize::MAX);
        let bytes = self.inner.fill_buf()?;
        if most == 0 && !bytes.is_empty() {
            return Err(io::Error::other("too long"));
        }
        Ok(&bytes[..bytes.len().min(most)])
    }

    fn consume(&mut self, count: usize) {
        self.left -= count as u64;
        self.inner.consume(count);
    }
}

/// The elements of a part.
pub struct Xml<R> {
    reader: Reader<Bounded<R>>,
    buffer: Vec<u8>,
}

impl<R: Read> Xml<R> {
    /// Of these bytes, read as the reader of the format reads them.
    pub fn new(bytes: R) -> Xml<R> {
        let mut reader = Reader::from_reader(Bounded { inner: BufReader::with_capacity(BUFFER, bytes), left: LONGEST });
        let config = reader.config_mut();
        config.check_end_names = false;
        config.check_comments = false;
        config.expand_empty_elements = true;
        Xml { reader, buffer: Vec::new() }
    }

    /// The next piece; [`Event::Eof`] at the end.
    ///
    /// # Errors
    ///
    /// When it is no XML, or a piece is too long.
    pub fn next(&mut self) -> Result<Event<'_>, Refusal> {
        self.buffer.clear();
        self.reader.get_mut().left = LONGEST;
        match self.reader.read_event_into(&mut self.buffer) {
            Ok(event) => Ok(event),
            Err(_) if self.reader.get_ref().left == 0 => Err(Refusal::LongText),
            Err(quick_xml::Error::Io(error)) => Err(damage::unpacking(io::Error::new(error.kind(), error.to_string()))),
            Err(_) => Err(Refusal::Because(damage::DAMAGED)),
        }
    }
}

/// The value of an attribute by its whole name, as it means.
pub fn value(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    tag.attributes().with_checks(false).flatten().find(|attribute| attribute.key.as_ref() == name).map(|attribute| text(&attribute))
}

/// What an attribute means.
pub fn text(attribute: &Attribute<'_>) -> String {
    quick_xml::escape::unescape(&attribute.value).map_or_else(|_| attribute.value.to_string(), std::borrow::Cow::into_owned)
}

/// Is it one of the words for yes?
pub fn is_yes(value: &str) -> bool {
    matches!(value, "1" | "true" | "on")
}

/// How many texts a tag announces.
pub fn announced(tag: &str, name: usize) -> u64 {
    let tag = BytesStart::from_content(tag, name);
    let mut attributes = tag.attributes();
    let said = attributes.with_checks(false).flatten().filter(|attribute| attribute.key.as_ref() == "uniqueCount");
    said.map(|attribute| number(&text(&attribute))).max().unwrap_or(0)
}

/// A number; the greatest where it is too large for one, none where it is no number.
pub fn number(text: &str) -> u64 {
    let text = text.trim().trim_start_matches('+');
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) { 0 } else { text.parse().unwrap_or(u64::MAX) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_pieces_are_refused_and_many_short_ones_are_not() {
        let count = |bytes: &mut dyn Read| {
            let mut xml = Xml::new(bytes);
            loop {
                match xml.next() {
                    Ok(Event::Eof) => return Ok(()),
                    Ok(_) => {}
                    Err(refusal) => return Err(format!("{refusal:?}")),
                }
            }
        };
        let long = |start: &'static str| start.as_bytes().chain(io::repeat(b'<'));
        for start in ["<!-- ", "<a b='", "<![CDATA["] {
            assert_eq!(count(&mut long(start)), Err("LongText".to_owned()), "{start}");
        }
        assert_eq!(count(&mut "<a>".as_bytes().chain(io::repeat(b'x'))), Err("LongText".to_owned()));
        assert_eq!(count(&mut "<a b='1'><!-- c -->".repeat(1 << 20).as_bytes()), Ok(()));
    }

    #[test]
    fn announcements_are_read() {
        for (tag, count) in [
            ("sst count=\"9\" uniqueCount=\"4000000000\"", 4_000_000_000),
            ("sst uniqueCount = '12'", 12),
            ("sst uniqueCount='&#49;2'", 12),
            ("sst uniqueCount='99999999999999999999999'", u64::MAX),
            ("sst", 0),
        ] {
            assert_eq!(announced(tag, 3), count, "{tag}");
        }
    }
}
