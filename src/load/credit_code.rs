//! The unified social credit code of GB 32100-2015: what looks like one, and its check character.
//!
//! In: an enterprise id. Out: nothing to say, or the check character that would be right. Next: `table`, which warns.

/// The 31 characters of the standard; a character's value is its place.
const ALPHABET: &[u8] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

/// Does an id look like a credit code: 18 letters and digits, a registering authority, an area code?
pub fn looks_like_one(id: &str) -> bool {
    let id = id.as_bytes();
    id.len() == 18
        && matches!(id[0].to_ascii_uppercase(), b'1'..=b'9' | b'A' | b'N' | b'Y')
        && id[2..8].iter().all(u8::is_ascii_digit)
        && id[2] != b'0'
        && id.iter().all(u8::is_ascii_alphanumeric)
}

/// The check character of the first 17 places: (31 − Σ value × 3^place mod 31) mod 31; `None` if one is not of the alphabet.
pub fn check_character(id: &str) -> Option<char> {
    let (mut sum, mut weight) = (0, 1);
    for byte in id.bytes().take(17) {
        sum += ALPHABET.iter().position(|&letter| letter == byte.to_ascii_uppercase())? * weight;
        weight = weight * 3 % 31;
    }
    Some(char::from(ALPHABET[(31 - sum % 31) % 31]))
}

/// Is the last character the check character?
pub fn is_valid(id: &str) -> bool {
    let last = id.chars().next_back().map(|last| last.to_ascii_uppercase());
    id.len() == 18 && last.is_some() && check_character(id) == last
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALID: [&str; 3] = ["91110000600037341L", "91350100M000100Y43", "12100000400000624D"];

    #[test]
    fn valid_codes_pass_and_any_changed_character_fails() {
        for code in VALID {
            assert!(looks_like_one(code) && is_valid(code), "{code}");
            for place in 0..18 {
                for &letter in ALPHABET {
                    let mut changed = code.as_bytes().to_vec();
                    changed[place] = letter;
                    let changed = String::from_utf8(changed).expect("ASCII");
                    assert_eq!(is_valid(&changed), changed == code, "{changed}");
                }
            }
        }
    }

    #[test]
    fn local_keys_are_left_alone() {
        for id in ["E00000000000000001", "1", "", "企业", "91010000600037341", "310000600037341LXX"] {
            assert!(!looks_like_one(id), "{id}");
        }
    }
}
