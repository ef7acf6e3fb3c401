//! Which encoding a text file is in: what its mark says, else strict UTF-8, else what a detector that knows Chinese says.
//!
//! In: bytes from the beginning of a file, or of the first part of it that is not ASCII. Out: the encoding, and by what it was
//! known. Next: `text` decodes, and only then splits: in GBK the second byte of a character can be a `|`.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{BIG5, Encoding, GB18030, GBK, UTF_8, UTF_16BE, UTF_16LE};

/// By what an encoding was known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// The mark at the beginning of the file.
    Mark,
    /// All of it is valid, or nearly all.
    Valid,
    /// There is nothing in it that is not ASCII.
    Ascii,
    /// The detector.
    Detected,
    /// The user said so.
    Told,
}

/// An encoding, and by what it was known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice {
    /// The encoding.
    pub encoding: &'static Encoding,
    /// By what it was known.
    pub known: Known,
}

/// Of so many characters that are read well, one that is not is a damaged cell and not another encoding.
const MOSTLY: usize = 3;

/// What the mark at the beginning says, and its length.
pub fn mark(bytes: &[u8]) -> Option<(Choice, usize)> {
    let (encoding, length) = Encoding::for_bom(bytes)?;
    Some((Choice { encoding, known: Known::Mark }, length))
}

/// The encoding by a name that people write (`GBK`, `utf-8`, `GB2312`, `UTF-16`).
pub fn named(label: &str) -> Option<&'static Encoding> {
    let encoding = Encoding::for_label_no_replacement(label.trim().as_bytes())?;
    Some(if encoding == GBK { GB18030 } else { encoding })
}

/// The encoding of a sample; `None` while all of it is ASCII.
pub fn decide(sample: &[u8]) -> Option<Choice> {
    let chosen = |encoding, known| Some(Choice { encoding, known });
    if let Some(encoding) = wide(sample) {
        return chosen(encoding, Known::Detected);
    }
    if sample.is_ascii() {
        return None;
    }
    let (good, bad) = utf8(sample);
    if bad == 0 || good >= MOSTLY * bad {
        return chosen(UTF_8, Known::Valid);
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(sample, true);
    let guess = detector.guess(Some(b"cn"), Utf8Detection::Deny);
    let guess = if guess == GBK { GB18030 } else { guess };
    // A western guess on a short Chinese text is the usual mistake of a detector: what reads as Chinese is Chinese.
    let guess = if is_traditional(sample) { BIG5 } else { guess };
    let order = if guess == BIG5 { [BIG5, GB18030] } else { [GB18030, BIG5] };
    for encoding in order {
        let (good, bad) = decoded(encoding, sample);
        if bad == 0 || good >= MOSTLY * bad {
            return chosen(encoding, Known::Detected);
        }
    }
    // Neither: read as UTF-8, whose damaged rows are named one by one.
    chosen(UTF_8, Known::Valid)
}

/// Big5 is valid GBK, too; but its common characters are not the common ones of GBK, which all have a high second byte.
fn is_traditional(sample: &[u8]) -> bool {
    let mut at = sample.iter().take_while(|byte| byte.is_ascii()).count();
    let (mut all, mut simplified, mut traditional) = (0, 0, 0);
    while let [lead @ 0x81..=0xfe, trail, ..] = sample[at..] {
        (all, at) = (all + 1, at + 2);
        simplified += usize::from((0xa1..=0xf7).contains(&lead) && trail >= 0xa1);
        traditional += usize::from((0xa1..=0xc6).contains(&lead) && (matches!(trail, 0x40..=0x7e) || trail >= 0xa1));
        at += sample[at..].iter().take_while(|byte| byte.is_ascii()).count();
    }
    all > 0 && simplified * 10 < all * 7 && traditional * 20 > all * 19
}

/// UTF-16 without a mark: every other byte of what is ASCII in it is zero.
fn wide(sample: &[u8]) -> Option<&'static Encoding> {
    let zeros = |parity: usize| sample.iter().skip(parity).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    let many = sample.len() / 10 + 1;
    match (even > many, odd > many) {
        (true, false) if odd * 20 <= even => Some(UTF_16BE),
        (false, true) if even * 20 <= odd => Some(UTF_16LE),
        _ => None,
    }
}

/// Characters beyond ASCII that are valid UTF-8, those of two bytes not counted, and faults.
fn utf8(sample: &[u8]) -> (usize, usize) {
    let (mut good, mut bad) = (0, 0);
    let mut rest = sample.len();
    for chunk in sample.utf8_chunks() {
        good += chunk.valid().chars().filter(|character| *character >= '\u{800}').count();
        rest -= chunk.valid().len() + chunk.invalid().len();
        // What the sample cuts off at its end is no fault.
        let is_cut = rest == 0 && std::str::from_utf8(chunk.invalid()).is_err_and(|error| error.error_len().is_none());
        bad += usize::from(!chunk.invalid().is_empty() && !is_cut);
    }
    (good, bad)
}

/// Chinese characters and faults when read in an encoding.
fn decoded(encoding: &'static Encoding, sample: &[u8]) -> (usize, usize) {
    let mut text = encoding.new_decoder_without_bom_handling();
    let mut out = String::with_capacity(text.max_utf8_buffer_length(sample.len()).unwrap_or(sample.len() * 3));
    let _ = text.decode_to_string(sample, &mut out, false);
    let is_chinese = |character: &char| ('\u{3000}'..='\u{9fff}').contains(character) || ('\u{ff00}'..='\u{ffef}').contains(character);
    (out.chars().filter(is_chinese).count(), out.chars().filter(|character| *character == '\u{fffd}').count())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(bytes: &[u8]) -> Option<&'static str> {
        decide(bytes).map(|choice| choice.encoding.name())
    }

    #[test]
    fn encodings_are_told_apart() {
        // 企业代码 in GB 2312; with 㐀, which has four bytes in GB 18030; and two lines of traditional Chinese by Python's codec.
        assert_eq!(name(b"enterprise_id,year"), None);
        assert_eq!(name("企业代码,年度".as_bytes()), Some("UTF-8"));
        assert_eq!(name(b"\xc6\xf3\xd2\xb5\xb4\xfa\xc2\xeb,\xc4\xea\xb6\xc8\n"), Some("gb18030"));
        assert_eq!(name(b"\xc6\xf3\xd2\xb5\xb4\xfa\xc2\xeb,\x81\x39\xee\x39\n"), Some("gb18030"));
        let traditional = b"\xa5\xf8\xb7\x7e\xa5\x4e\xbd\x58\x2c\xa5\xf8\xb7\x7e\xa6\x57\xba\xd9\x2c\xa9\xd2\xc4\xdd\xa6\x7e\xa5\xf7\x2c\xb9\xea\xc3\xba\xb5\x7c\xa6\xac\x2c\xb3\xc6\xb5\xf9\x0a\xa5\xd2\xbe\xf7\xb1\xf1\xaa\xd1\xa5\xf7\xa6\xb3\xad\xad\xa4\xbd\xa5\x71\x2c\xa4\x47\xb9\x73\xa4\x47\xa4\xad\xa6\x7e\xab\xd7\x2c\xa5\xbb\xa6\x7e\xb9\xea\xbb\xda\xc3\xba\xaf\xc7\xb5\x7c\xb4\xda\x2c\xa5\x48\xb5\x7c\xb0\xc8\xbe\xf7\xc3\xf6\xb6\x7d\xa8\xe3\xa4\xa7\xa7\xb9\xb5\x7c\xc3\xd2\xa9\xfa\xac\xb0\xb7\xc7\x0a";
        assert_eq!(name(traditional), Some("Big5"));
        assert_eq!(name(b"i\0d\0,\0y\0e\0a\0r\0\n\0"), Some("UTF-16LE"));
    }

    #[test]
    fn a_damaged_cell_does_not_change_the_encoding() {
        let mut text = "企业代码,年度\n一,2025\n".as_bytes().to_vec();
        text.extend(b"\xc4\xea,2\n");
        assert_eq!(name(&text), Some("UTF-8"));
        assert_eq!(name(b"a,b\n3,\xff4\n"), Some("UTF-8"));
        assert_eq!(name(&"企业".as_bytes()[..5]), Some("UTF-8"));
    }

    #[test]
    fn marks_and_names_are_known() {
        assert_eq!(mark(b"\xff\xfea\0").map(|(choice, length)| (choice.encoding.name(), length)), Some(("UTF-16LE", 2)));
        assert_eq!(named("gb2312").map(Encoding::name), Some("gb18030"));
        assert_eq!(named("klingon"), None);
    }
}
