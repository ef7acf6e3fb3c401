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

/// The name of an encoding as people write it.
pub fn name(encoding: &'static Encoding) -> &'static str {
    if encoding == GB18030 { "GB18030" } else { encoding.name() }
}

/// Is it a Chinese character, or a mark that stands among them?
pub fn is_chinese(character: char) -> bool {
    matches!(character, '\u{2010}'..='\u{2027}' | '\u{3000}'..='\u{9fff}' | '\u{ff00}'..='\u{ffef}' | '\u{20000}'..='\u{3ffff}' | '·' | '×' | '°')
}

/// Lines of a sample by what they are in, as far as they tell.
struct Lines<'s> {
    /// How many are UTF-8, some of them perhaps damaged.
    utf8: usize,
    /// Those that are not.
    others: Vec<&'s [u8]>,
    /// Is the first that tells UTF-8?
    begins_with_utf8: bool,
    /// All bytes of them are valid UTF-8.
    is_valid: bool,
}

impl<'s> Lines<'s> {
    fn of(sample: &'s [u8]) -> Lines<'s> {
        let mut lines = Lines { utf8: 0, others: Vec::new(), begins_with_utf8: true, is_valid: true };
        let mut first = None;
        for line in sample.split(|byte| *byte == b'\n').filter(|line| !line.is_ascii()) {
            let (good, bad) = utf8(line);
            lines.is_valid &= bad == 0;
            // Characters of two bytes tell nothing: two of GBK look like them.
            let is_utf8 = match (good, bad) {
                (0, 0) => continue,
                (good, bad) => good >= MOSTLY * bad,
            };
            first.get_or_insert(is_utf8);
            if is_utf8 { lines.utf8 += 1 } else { lines.others.push(line) }
        }
        lines.begins_with_utf8 = first.unwrap_or(true);
        lines
    }

    /// More of them are UTF-8 than not; of as many, the first one counts.
    fn are_utf8(&self) -> bool {
        self.is_valid || self.utf8 > self.others.len() || self.utf8 == self.others.len() && self.begins_with_utf8
    }
}

/// What of a sample may be judged: a last line that the sample cuts off is left out, where there is another.
fn whole_lines(sample: &[u8]) -> &[u8] {
    memchr::memrchr(b'\n', sample).map_or(sample, |at| &sample[..=at])
}

/// The encoding of a sample; `None` while all of it is ASCII. Where lines of two programs were put together, that of most lines.
pub fn decide(sample: &[u8]) -> Option<Choice> {
    let chosen = |encoding, known| Some(Choice { encoding, known });
    if let Some(encoding) = wide(sample) {
        return chosen(encoding, Known::Detected);
    }
    if sample.is_ascii() {
        return None;
    }
    let whole = whole_lines(sample);
    let lines = Lines::of(if whole.is_ascii() { sample } else { whole });
    let other = if lines.are_utf8() { None } else { other(&lines.others.join(&b'\n')) };
    match other {
        Some(encoding) => chosen(encoding, Known::Detected),
        // Neither: read as UTF-8, whose damaged rows are named one by one.
        None => chosen(UTF_8, Known::Valid),
    }
}

/// Which Chinese encoding lines are in that are not UTF-8.
fn other(sample: &[u8]) -> Option<&'static Encoding> {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(sample, true);
    let guess = detector.guess(Some(b"cn"), Utf8Detection::Deny);
    // A western guess on a short Chinese text is the usual mistake of a detector: what reads as Chinese is Chinese.
    let guess = if is_traditional(sample) { BIG5 } else { guess };
    let order = if guess == BIG5 { [BIG5, GB18030] } else { [GB18030, BIG5] };
    order.into_iter().find(|encoding| fits(encoding, sample))
}

fn fits(encoding: &'static Encoding, sample: &[u8]) -> bool {
    let (good, bad) = decoded(encoding, sample);
    bad == 0 || good >= MOSTLY * bad
}

/// What a sample seems to be in, where that is certainly not what the user says.
pub fn misfit(told: &'static Encoding, sample: &[u8]) -> Option<&'static Encoding> {
    let seems = mark(sample).map(|(choice, _)| choice).or_else(|| decide(sample))?.encoding;
    let (lines, is_wide) = (Lines::of(whole_lines(sample)), |encoding: &'static Encoding| !encoding.is_ascii_compatible());
    if is_wide(told) || is_wide(seems) {
        return (told != seems).then_some(seems);
    }
    let is_wrong = match (told == UTF_8, seems == UTF_8) {
        (true, true) => false,
        (true, false) => true,
        // Where no line tells, the user is believed.
        (false, true) => lines.utf8 > 0 && lines.utf8 > lines.others.len(),
        (false, false) => {
            let others = lines.others.join(&b'\n');
            // Most texts are valid in both; only in their own encoding are they made of common characters.
            let commonness = |encoding: &'static Encoding| common(&encoding.decode_without_bom_handling(&others).0, encoding);
            !fits(told, &others)
                || [told, seems].iter().all(|it| [GB18030, BIG5].contains(it)) && commonness(told) * 3 < commonness(seems) * 2
        }
    };
    is_wrong.then_some(seems)
}

/// Per thousand characters beyond ASCII, how many are common ones of an encoding.
pub fn common(text: &str, encoding: &'static Encoding) -> usize {
    let (mut all, mut known) = (0, 0);
    let mut buffer = [0; 4];
    for character in text.chars().filter(|character| !character.is_ascii()) {
        let small: &str = character.encode_utf8(&mut buffer);
        let (bytes, _, is_lossy) = if encoding == BIG5 { BIG5.encode(small) } else { GBK.encode(small) };
        let leads = if encoding == BIG5 { 0xa4..=0xc6 } else { 0xb0..=0xd7 };
        let is_common = !is_lossy && matches!(*bytes, [lead, trail] if leads.contains(&lead) && (encoding == BIG5 || trail >= 0xa1));
        (all, known) = (all + 1, known + usize::from(is_common));
    }
    (known * 1000).checked_div(all).unwrap_or(0)
}

/// Big5 is valid GBK, too; but its common characters are not the common ones of GBK, which all have a high second byte.
pub fn is_traditional(sample: &[u8]) -> bool {
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
    (out.chars().filter(|character| is_chinese(*character)).count(), out.chars().filter(|character| *character == '\u{fffd}').count())
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

    /// 企业代码 and 云汀 in GB 2312.
    const GB: [&[u8]; 2] = [b"\xc6\xf3\xd2\xb5\xb4\xfa\xc2\xeb", b"\xd4\xc6\xcd\xa1"];

    #[test]
    fn of_two_encodings_that_of_most_lines_is_the_files() {
        let line = |parts: &[&[u8]]| parts.concat();
        let (utf8, gb) = ("企业代码,云汀\n".as_bytes(), line(&[GB[0], b",", GB[1], b"\n"]));
        assert_eq!(name(&line(&[utf8, &gb, &gb])), Some("gb18030"));
        assert_eq!(name(&line(&[&gb, utf8, utf8])), Some("UTF-8"));
        // Of as many, that of the headings.
        assert_eq!(name(&line(&[&gb, utf8])), Some("gb18030"));
        assert_eq!(name(&line(&[utf8, &gb])), Some("UTF-8"));
    }

    #[test]
    fn what_the_user_says_is_held_against_the_file() {
        let (utf8, gb) = ("企业代码,云汀\n".as_bytes(), [GB[0], b",", GB[1], b"\n"].concat());
        let seems = |told, sample: &[u8]| misfit(told, sample).map(Encoding::name);
        assert_eq!(seems(GB18030, utf8), Some("UTF-8"));
        assert_eq!(seems(UTF_8, &gb), Some("gb18030"));
        assert_eq!(seems(UTF_16LE, utf8), Some("UTF-8"));
        assert_eq!((seems(UTF_8, utf8), seems(GB18030, &gb), seems(GB18030, b"a,b\n")), (None, None, None));
        assert_eq!(seems(BIG5, &[&gb[..], &gb].concat()), Some("gb18030"));
        assert_eq!(seems(encoding_rs::WINDOWS_1252, b"a,\xc4\n"), None);
    }

    #[test]
    fn marks_and_names_are_known() {
        assert_eq!(mark(b"\xff\xfea\0").map(|(choice, length)| (choice.encoding.name(), length)), Some(("UTF-16LE", 2)));
        assert_eq!(named("gb2312").map(Encoding::name), Some("gb18030"));
        assert_eq!(named("klingon"), None);
    }
}
