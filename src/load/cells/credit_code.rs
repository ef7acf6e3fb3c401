//! The unified social credit code, GB 32100-2015: its normal form, its check character, and the older codes it is taken for.
//!
//! In: an enterprise id as written. Out: nothing to say, or a [`Doubt`]. A local key is none of our business: only what is
//! shaped like a code is doubted, and nothing is ever altered. Next: `row`, which warns.

use std::borrow::Cow;

use crate::finding::{Code, Finding, Place};
use crate::load::cells::forms::is_seen;

/// The 31 characters of the standard; a character's value is its place.
const ALPHABET: &[u8] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
/// Letters that no code has, and the character each is written for.
const MISREAD: &[(u8, u8)] = &[(b'O', b'0'), (b'I', b'1'), (b'Z', b'2'), (b'S', b'5'), (b'V', b'U')];
/// Weights of the first eight places of an organisation code, GB 11714.
const ORGANISATION_WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];
/// Places of the organisation code inside a credit code: 9 to 17.
const ORGANISATION: std::ops::Range<usize> = 8..17;

/// Why an id that looks like a code is doubted.
#[derive(Debug, PartialEq, Eq)]
pub enum Doubt {
    /// The last character should be another.
    Check {
        /// The right one.
        expected: char,
    },
    /// There are letters that no code has.
    Letters {
        /// They, in order, each once.
        letters: String,
        /// The code with a right check character that was probably meant.
        meant: Option<String>,
    },
    /// Lower case, full-width or spaced: another id than its normal form.
    Form {
        /// How codes are written.
        normal: String,
    },
    /// Fifteen digits: the registration number that credit codes replaced.
    OldNumber,
    /// The organisation code at places 9 to 17 fails its own check.
    Organisation {
        /// What should stand at place 17.
        expected: char,
    },
}

impl Doubt {
    /// The warning at a cell.
    pub fn finding(self, place: Place) -> Finding {
        match self {
            Doubt::Check { expected } => Finding::warning(Code::BadCreditCode, place).with("expected", expected),
            Doubt::Letters { letters, meant } => {
                let finding = Finding::warning(Code::CreditCodeLetter, place).with("letters", letters);
                finding.with("meant", meant.as_deref().unwrap_or("—"))
            }
            Doubt::Form { normal } => Finding::warning(Code::CreditCodeForm, place).with("normal", normal),
            Doubt::OldNumber => Finding::warning(Code::OldRegistrationNumber, place),
            Doubt::Organisation { expected } => Finding::warning(Code::BadOrganisationCode, place).with("expected", expected),
        }
    }
}

/// What is doubtful about an id; the gravest only.
pub fn doubt(id: &str) -> Option<Doubt> {
    let normal = normal(id);
    if normal.len() == 15 && normal.bytes().all(|byte| byte.is_ascii_digit()) && !normal.starts_with('0') {
        return Some(Doubt::OldNumber);
    }
    if normal.len() != 18 {
        return None;
    }
    if let Some(doubt) = letters(&normal) {
        return Some(doubt);
    }
    let expected = if looks_like_one(&normal) { check_character(&normal)? } else { return None };
    if !normal.ends_with(expected) {
        return Some(Doubt::Check { expected });
    }
    if let Some(expected) = organisation_check(&normal[ORGANISATION]).filter(|&expected| !normal[..ORGANISATION.end].ends_with(expected)) {
        return Some(Doubt::Organisation { expected });
    }
    (normal != id).then(|| Doubt::Form { normal: normal.into_owned() })
}

/// The id as codes are written: half-width, upper case, without spaces.
pub fn normal(id: &str) -> Cow<'_, str> {
    if id.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase()) {
        return Cow::Borrowed(id);
    }
    let plain = id.chars().filter(|character| !character.is_whitespace() && is_seen(*character));
    let plain = plain.map(|character| match character {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(character as u32 - 0xfee0).unwrap_or(character),
        other => other,
    });
    Cow::Owned(plain.map(|character| character.to_ascii_uppercase()).collect())
}

/// Is an id, in its normal form, a credit code with the right check character?
pub fn is_valid(normal: &str) -> bool {
    looks_like_one(normal) && check_character(normal).is_some_and(|expected| normal.ends_with(expected))
}

/// An id, in its normal form, with every letter that no code has read as the character it is written for.
pub fn read_letters(normal: &str) -> String {
    let right = |byte: char| MISREAD.iter().find(|(wrong, _)| char::from(*wrong) == byte).map_or(byte, |(_, right)| char::from(*right));
    normal.chars().map(right).collect()
}

/// The organisation code that an id, in its normal form, is or holds: nine characters, with or without a hyphen before the last;
/// the last nine of an old tax number of fifteen; places 9 to 17 of a credit code. Its own check must be right, but for those in a
/// credit code.
pub fn organisation(normal: &str) -> Option<Cow<'_, str>> {
    if !normal.is_ascii() {
        return None;
    }
    let code = match normal.len() {
        18 if looks_like_one(normal) => return Some(Cow::Borrowed(&normal[ORGANISATION])),
        15 if normal[..6].bytes().all(|byte| byte.is_ascii_digit()) => Cow::Borrowed(&normal[6..]),
        10 if normal.as_bytes()[8] == b'-' => Cow::Owned(format!("{}{}", &normal[..8], &normal[9..])),
        9 => Cow::Borrowed(normal),
        _ => return None,
    };
    organisation_check(&code).filter(|&expected| code.ends_with(expected)).map(|_| code)
}

/// Does an id look like a credit code: 18 letters and digits, a registering authority, an area code?
fn looks_like_one(id: &str) -> bool {
    let id = id.as_bytes();
    id.len() == 18
        && matches!(id[0], b'1'..=b'9' | b'A' | b'N' | b'Y')
        && id[2..8].iter().all(u8::is_ascii_digit)
        && id[2] != b'0'
        && id.iter().all(u8::is_ascii_alphanumeric)
}

/// Letters outside the alphabet, in what looks like a code once they are read as what they are written for.
fn letters(id: &str) -> Option<Doubt> {
    let right = |byte: u8| MISREAD.iter().find(|(wrong, _)| *wrong == byte).map(|(_, right)| *right);
    let mut letters = String::new();
    for letter in id.bytes().filter(|&byte| right(byte).is_some()).map(char::from) {
        if !letters.contains(letter) {
            letters.push(letter);
        }
    }
    if letters.is_empty() {
        return None;
    }
    let meant: String = id.bytes().map(|byte| char::from(right(byte).unwrap_or(byte))).collect();
    if !looks_like_one(&meant) {
        return None;
    }
    let is_right = check_character(&meant).is_some_and(|expected| meant.ends_with(expected));
    Some(Doubt::Letters { letters, meant: is_right.then_some(meant) })
}

/// The check character of the first 17 places: (31 − Σ value × 3^place mod 31) mod 31; `None` if one is not of the alphabet.
fn check_character(id: &str) -> Option<char> {
    let (mut sum, mut weight) = (0, 1);
    for byte in id.bytes().take(17) {
        sum += ALPHABET.iter().position(|&letter| letter == byte)? * weight;
        weight = weight * 3 % 31;
    }
    Some(char::from(ALPHABET[(31 - sum % 31) % 31]))
}

/// The check of an organisation code, letters counted from A = 10: 11 − Σ mod 11, 10 written X, 11 written 0.
/// `None` if nine characters are no such code: it ends in a digit or X.
fn organisation_check(code: &str) -> Option<char> {
    if !code.ends_with(|last: char| last.is_ascii_digit() || last == 'X') {
        return None;
    }
    let values = code.chars().map(|character| character.to_digit(36));
    let sum: u32 = values.zip(ORGANISATION_WEIGHTS).map(|(value, weight)| value.map(|value| value * weight)).sum::<Option<u32>>()?;
    match 11 - sum % 11 {
        10 => Some('X'),
        11 => Some('0'),
        digit => char::from_digit(digit, 10),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALID: [&str; 3] = ["91110000600037341L", "91350100M000100Y43", "12100000400000624D"];

    #[test]
    fn valid_codes_pass_and_any_changed_character_fails() {
        for code in VALID {
            assert_eq!(doubt(code), None, "{code}");
            for place in 0..18 {
                for &letter in ALPHABET {
                    let mut changed = code.as_bytes().to_vec();
                    changed[place] = letter;
                    let changed = String::from_utf8(changed).expect("ASCII");
                    let is_valid = check_character(&changed).is_some_and(|expected| changed.ends_with(expected));
                    assert_eq!(is_valid, changed == code, "{changed}");
                    assert!(changed == code || !looks_like_one(&changed) || matches!(doubt(&changed), Some(Doubt::Check { .. })));
                }
            }
        }
    }

    #[test]
    fn no_swap_of_neighbours_leaves_a_code_valid() {
        for code in VALID {
            assert!(is_valid(code));
            for place in 0..17 {
                let mut swapped = code.as_bytes().to_vec();
                swapped.swap(place, place + 1);
                let swapped = String::from_utf8(swapped).expect("ASCII");
                assert_eq!(is_valid(&swapped), swapped == code, "{swapped}");
            }
        }
    }

    #[test]
    fn organisation_codes_are_found_alone_in_tax_numbers_and_in_credit_codes() {
        for id in ["91110000600037341L", "600037341", "60003734-1", "110000600037341"] {
            assert_eq!(organisation(id).as_deref(), Some("600037341"), "{id}");
        }
        for id in ["600037342", "110000600037342", "X10000600037341", "企业六零零", "E00000042"] {
            assert_eq!(organisation(id), None, "{id}");
        }
        assert_eq!(read_letters("9I35O1OOM000100Y43"), "91350100M000100Y43");
    }

    #[test]
    fn local_keys_are_left_alone() {
        for id in
            ["E00000000000000001", "1", "", "企业", "91010000600037341", "310000600037341LXX", "e1", "000000000000015", "E0000000000SIZO01"]
        {
            assert_eq!(doubt(id), None, "{id}");
        }
    }

    #[test]
    fn another_form_of_a_valid_code_is_told_its_normal_form() {
        let normal = "91350100M000100Y43".to_owned();
        for id in ["91350100m000100y43", "９１３５０１００Ｍ０００１００Ｙ４３", "91350100 M000100Y4 3", "91350100M000100Y43\u{200b}"]
        {
            assert_eq!(doubt(id), Some(Doubt::Form { normal: normal.clone() }), "{id}");
        }
        assert_eq!(doubt("91350100m000100y44"), Some(Doubt::Check { expected: '3' }));
    }

    #[test]
    fn letters_that_no_code_has_are_named_and_what_was_meant_is_told_if_it_passes() {
        let doubted = |id: &str| doubt(id).expect(id);
        let meant = Some("91350100M000100Y43".to_owned());
        assert_eq!(doubted("9I35O1OOM000100Y43"), Doubt::Letters { letters: "IO".to_owned(), meant });
        assert_eq!(doubted("91350100M000100V43"), Doubt::Letters { letters: "V".to_owned(), meant: None });
        assert_eq!(doubted("9135010OM000100Y44"), Doubt::Letters { letters: "O".to_owned(), meant: None });
    }

    #[test]
    fn fifteen_digits_are_an_old_number() {
        assert_eq!(doubt("350100100012345"), Some(Doubt::OldNumber));
        assert_eq!(doubt("３５０１００１０００１２３４５"), Some(Doubt::OldNumber));
    }

    #[test]
    fn an_organisation_code_has_a_check_of_its_own() {
        assert_eq!(["M000100Y4", "600037341", "400000624"].map(organisation_check), [Some('4'), Some('1'), Some('4')]);
        assert_eq!(organisation_check("60003734A"), None);
        // 91110000600037342 with its own right check character: only the inner check fails.
        let code = "91110000600037342";
        let code = format!("{code}{}", check_character(code).expect("of the alphabet"));
        assert_eq!(doubt(&code), Some(Doubt::Organisation { expected: '1' }));
    }
}
