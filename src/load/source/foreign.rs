//! Lines and cells that are in another encoding than their file: rows of two programs put together, a cell pasted from elsewhere.
//!
//! In: the bytes of a piece that its own encoding does not explain. Out: text in which every line and cell is read as what it is, and
//! what is wrong where. Next: `record` cuts the text into records, and each of them carries its fault.
//!
//! Short texts are valid in several encodings; a reading counts where its characters are mostly the common ones of its encoding.

use encoding_rs::{BIG5, Encoding, GB18030, UTF_8};
use memchr::memchr;

use crate::finding::{Code, Finding, Place};
use crate::load::source::encoding::{common, is_chinese, is_traditional, name};
use crate::load::source::record::Form;

/// What is wrong with a record as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What kind.
    pub code: Code,
    /// In which column, if that is known.
    pub column: Option<usize>,
    /// The encoding of its file.
    pub of: &'static str,
    /// What it reads as in another encoding.
    pub reads: Option<Reads>,
}

/// A text in another encoding than its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reads {
    /// That encoding.
    pub encoding: &'static str,
    /// The text.
    pub text: String,
}

impl Fault {
    /// The finding for a record at a place.
    pub fn finding(&self, place: Place) -> Finding {
        let finding = Finding::error(self.code, place).with("encoding", self.of);
        match &self.reads {
            Some(reads) => {
                let finding = finding.text(&*reads.text).with("reads", &reads.text).with("other", reads.encoding);
                if self.code == Code::NotUtf8 { finding.with("message", "encoding.reads") } else { finding }
            }
            None => finding,
        }
    }
}

/// A fault in a text, at a place of it.
pub struct Flaw {
    /// Where.
    pub at: usize,
    /// What kind.
    pub code: Code,
    /// It is of one cell, and not of the whole line.
    pub in_cell: bool,
    /// What it reads as.
    pub reads: Option<Reads>,
}

/// A cell that its file's encoding does not explain.
enum Foreign {
    /// It is text in another encoding.
    Reads(&'static Encoding, String),
    /// It is no text at all.
    Nothing,
}

/// Does a line have what the encoding of its file does not explain? UTF-8 is not asked for: that is told by the text as a whole.
pub fn is_suspect(line: &[u8], form: Form) -> bool {
    !line.is_ascii()
        && (explains(line, form) || line.split(|byte| *byte == form.delimiter).any(|cell| !cell.is_ascii() && explains(cell, form)))
}

/// Is a cell of a file in another encoding UTF-8 rather? Two characters of three bytes each are by chance no text of two bytes.
fn explains(cell: &[u8], form: Form) -> bool {
    if form.encoding == UTF_8 {
        return false;
    }
    let Ok(text) = std::str::from_utf8(cell) else { return false };
    let mut others = text.chars().filter(|character| !character.is_ascii());
    if !others.clone().all(is_chinese) || others.nth(1).is_none() {
        return false;
    }
    let own = form.encoding.decode_without_bom_handling(cell).0;
    common(text, form.encoding) > common(&own, form.encoding)
}

/// The text of a piece that its encoding does not explain, line by line, and its flaws.
pub fn read(bytes: &[u8], form: Form) -> (String, Vec<Flaw>) {
    let (mut text, mut flaws, mut rest) = (String::with_capacity(bytes.len() * 3 / 2), Vec::new(), bytes);
    while !rest.is_empty() {
        let (line, after) = rest.split_at(memchr(b'\n', rest).map_or(rest.len(), |at| at + 1));
        read_line(line, form, &mut text, &mut flaws);
        rest = after;
    }
    (text, flaws)
}

fn read_line(line: &[u8], form: Form, text: &mut String, flaws: &mut Vec<Flaw>) {
    let own = own_text(line, form);
    if let Some(own) = own.as_deref().filter(|_| !is_suspect(line, form)) {
        flaws.extend(own.char_indices().find(|(_, character)| *character == '\0').map(|(at, _)| nul(text.len() + at)));
        text.push_str(&own.replace('\0', "?"));
        return;
    }
    let cells: Vec<(&[u8], Option<Foreign>)> = line.split(|byte| *byte == form.delimiter).map(|cell| (cell, foreign(cell, form))).collect();
    if let Some(encoding) = whole(&cells, line) {
        let reads = cells.iter().find_map(|(cell, _)| (!cell.is_ascii()).then(|| shown(&encoding.decode_without_bom_handling(cell).0)));
        let reads = reads.map(|text| Reads { encoding: name(encoding), text });
        flaws.push(Flaw { at: text.len(), code: Code::TwoEncodings, in_cell: false, reads });
        text.push_str(&encoding.decode_without_bom_handling(line).0.replace('\0', "?"));
        return;
    }
    for (number, (cell, foreign)) in cells.into_iter().enumerate() {
        if number > 0 {
            text.push(char::from(form.delimiter));
        }
        let (at, mut code, mut reads) = (text.len(), Code::NotUtf8, None);
        match &foreign {
            Some(Foreign::Reads(encoding, other)) => {
                reads = Some(Reads { encoding: name(encoding), text: shown(other) });
                text.push_str(other);
            }
            Some(Foreign::Nothing) => {
                let lossy = form.encoding.decode_without_bom_handling(cell).0.replace('\u{fffd}', "?");
                text.push_str(&lossy.replace('\0', "?"));
            }
            None if memchr(0, cell).is_some() => {
                code = Code::NulByte;
                text.push_str(&String::from_utf8_lossy(cell).replace('\0', "?"));
            }
            None => text.push_str(&own_text(cell, form).unwrap_or_default()),
        }
        if foreign.is_some() || code == Code::NulByte {
            flaws.push(Flaw { at, code, in_cell: true, reads });
        }
    }
}

fn nul(at: usize) -> Flaw {
    Flaw { at, code: Code::NulByte, in_cell: true, reads: None }
}

/// A cell as it is shown: without its quotes and its line end.
fn shown(cell: &str) -> String {
    cell.trim().trim_matches('"').to_owned()
}

/// The text in the encoding of the file, if that explains it.
fn own_text(bytes: &[u8], form: Form) -> Option<String> {
    let text = form.encoding.decode_without_bom_handling_and_without_replacement(bytes)?;
    // What was decoded before has its faults as replacement characters.
    (!form.is_decoded || !text.contains('\u{fffd}')).then(|| text.into_owned())
}

/// What a cell is, if it is not in the encoding of its file.
fn foreign(cell: &[u8], form: Form) -> Option<Foreign> {
    if cell.is_ascii() {
        return None;
    }
    let own = own_text(cell, form);
    if own.is_some() && !explains(cell, form) {
        return None;
    }
    // What was decoded before has lost its bytes.
    if form.is_decoded {
        return Some(Foreign::Nothing);
    }
    let reading = if form.encoding == UTF_8 { other_than_utf8(cell) } else { utf8(cell).map(|text| (UTF_8, text)) };
    Some(reading.map_or(Foreign::Nothing, |(encoding, text)| Foreign::Reads(encoding, text)))
}

fn utf8(cell: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(cell).ok()?;
    text.chars().all(|character| character.is_ascii() || is_chinese(character)).then(|| text.to_owned())
}

/// What bytes that are not UTF-8 read as: Chinese throughout, and mostly the common characters of an encoding.
fn other_than_utf8(bytes: &[u8]) -> Option<(&'static Encoding, String)> {
    // A cell of which most is UTF-8 is a damaged one.
    let good: usize = bytes.utf8_chunks().map(|chunk| chunk.valid().chars().filter(|character| is_chinese(*character)).count()).sum();
    let bad = bytes.utf8_chunks().filter(|chunk| !chunk.invalid().is_empty()).count();
    if good > bad {
        return None;
    }
    let order = if is_traditional(bytes) { [BIG5, GB18030] } else { [GB18030, BIG5] };
    order.into_iter().find_map(|encoding| {
        let text = encoding.decode_without_bom_handling_and_without_replacement(bytes)?;
        let is_text = text.chars().all(|character| character.is_ascii() && character != '\0' || is_chinese(character));
        (is_text && common(&text, encoding) >= 500).then(|| (encoding, text.into_owned()))
    })
}

/// The other encoding in which a line is as a whole: at least two characters, and nothing beyond ASCII that is the file's own.
fn whole(cells: &[(&[u8], Option<Foreign>)], line: &[u8]) -> Option<&'static Encoding> {
    let mut all = cells.iter().filter(|(cell, _)| !cell.is_ascii());
    let Some((_, Some(Foreign::Reads(encoding, _)))) = all.next() else { return None };
    let is_it = |cell: &(&[u8], Option<Foreign>)| matches!(&cell.1, Some(Foreign::Reads(other, _)) if other == encoding);
    if memchr(0, line).is_some() || !all.all(is_it) {
        return None;
    }
    let text = encoding.decode_without_bom_handling_and_without_replacement(line)?;
    (text.chars().filter(|character| !character.is_ascii()).count() > 1).then_some(*encoding)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 云汀电子厂 and 二零, by Python's codecs.
    const GB: &[u8] = b"\xd4\xc6\xcd\xa1\xb5\xe7\xd7\xd3\xb3\xa7";

    fn form(encoding: &'static Encoding) -> Form {
        Form { encoding, own: encoding, delimiter: b',', quoted: false, is_decoded: false }
    }

    fn flaws(bytes: &[u8], encoding: &'static Encoding) -> (String, Vec<(Code, bool, Option<String>)>) {
        let (text, flaws) = read(bytes, form(encoding));
        let told =
            flaws.into_iter().map(|flaw| (flaw.code, flaw.in_cell, flaw.reads.map(|reads| format!("{}: {}", reads.encoding, reads.text))));
        (text, told.collect())
    }

    #[test]
    fn a_cell_in_another_encoding_is_read_as_what_it_is() {
        let mixed = [b"E1,", GB, ",甲\n".as_bytes()].concat();
        let expected = vec![(Code::NotUtf8, true, Some("GB18030: 云汀电子厂".to_owned()))];
        assert_eq!(flaws(&mixed, UTF_8), ("E1,云汀电子厂,甲\n".to_owned(), expected));
        let mixed = [b"E1,", GB, ",甲乙\n".as_bytes()].concat();
        let expected = vec![(Code::NotUtf8, true, Some("UTF-8: 甲乙".to_owned()))];
        assert_eq!(flaws(&mixed, GB18030), ("E1,云汀电子厂,甲乙\n".to_owned(), expected));
    }

    #[test]
    fn a_line_in_another_encoding_is_told_as_a_whole() {
        let line = [b"E1,", GB, b",", GB, b"\n"].concat();
        let expected = vec![(Code::TwoEncodings, false, Some("GB18030: 云汀电子厂".to_owned()))];
        assert_eq!(flaws(&line, UTF_8), ("E1,云汀电子厂,云汀电子厂\n".to_owned(), expected));
        let expected = vec![(Code::TwoEncodings, false, Some("UTF-8: 乙厂".to_owned()))];
        assert_eq!(flaws("乙厂,1\n".as_bytes(), GB18030), ("乙厂,1\n".to_owned(), expected));
    }

    #[test]
    fn what_is_damaged_reads_as_nothing() {
        let cut = &"云汀电子厂".as_bytes()[..14];
        assert_eq!(flaws(cut, UTF_8).1, [(Code::NotUtf8, true, None)]);
        assert_eq!(flaws(b"3,\xff4\n", UTF_8), ("3,?4\n".to_owned(), vec![(Code::NotUtf8, true, None)]));
        assert_eq!(flaws(b"1,\0\n", UTF_8), ("1,?\n".to_owned(), vec![(Code::NulByte, true, None)]));
        // 联通: two characters that look like UTF-8 of two bytes each.
        assert_eq!(flaws(b"\xc1\xaa\xcd\xa8,3\n", GB18030).1, []);
    }
}
