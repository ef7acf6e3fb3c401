//! Forms of cells that offices write and that are no plain numbers or dates: `1,234.5`, `85%`, `￥12`, `2025.3.1`, `20250301`, `45717`.
//!
//! Ids as spreadsheets and input methods leave them: `="E3"`, `'E3`, `Ｅ３`.
//!
//! In: a trimmed text that is not plain. Out: the plain text, or the day. Only asked where the plain reading fails, so that plain
//! cells pay nothing. Next: `cell` and `row`.

use std::borrow::Cow;

use crate::dictionary::Office;

/// A number as it was meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plain {
    /// Without marks.
    pub text: String,
    /// It stood before a percent sign.
    pub is_percent: bool,
}

/// The day of serial 0 of a spreadsheet, 1899-12-30, in days since 1970.
const SERIAL_ZERO: i32 = -25_569;
/// The same for a workbook that counts from 1904-01-01: four years and a leap day later.
const SERIAL_ZERO_1904: i32 = SERIAL_ZERO + 1462;

/// Is it no character of the kind that takes no room and only comes along when text is copied?
pub fn is_seen(character: char) -> bool {
    !matches!(character, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

/// A text without what only keeps a spreadsheet from reading it as a number, and without characters that cannot be seen.
pub fn unwrapped(text: &str) -> Cow<'_, str> {
    let text = match text.chars().all(is_seen) {
        true => Cow::Borrowed(text),
        false => Cow::Owned(text.chars().filter(|character| is_seen(*character)).collect()),
    };
    let plain = inner(&text);
    if plain.len() == text.len() { text } else { Cow::Owned(plain.to_owned()) }
}

/// What stands inside `="…"` or behind an apostrophe.
fn inner(text: &str) -> &str {
    let text = text.trim();
    let inner = text.strip_prefix("=\"").and_then(|inner| inner.strip_suffix('"')).unwrap_or(text);
    inner.strip_prefix(['\'', '‘', '’', '＇', '`']).unwrap_or(inner).trim()
}

/// An id without what only keeps a spreadsheet from reading it as a number, without characters that cannot be seen, and in characters
/// of ASCII where it has their wide forms.
#[inline]
pub fn id(text: &str) -> Cow<'_, str> {
    let is_plain = text.is_ascii() && !matches!(text.as_bytes(), [b'\'' | b'=' | b'`', ..]) && (text.len() < 16 || !text.contains(' '));
    if is_plain { Cow::Borrowed(text) } else { unmarked(text) }
}

#[cold]
fn unmarked(text: &str) -> Cow<'_, str> {
    // Letters and digits only: brackets may be part of a local key as they are.
    let plain = |character: char| match character {
        '\u{ff10}'..='\u{ff19}' | '\u{ff21}'..='\u{ff3a}' | '\u{ff41}'..='\u{ff5a}' | '\u{ff0d}' => narrow(character),
        '\u{a0}' => ' ',
        other => other,
    };
    let seen: String = text.chars().filter(|character| is_seen(*character)).map(plain).collect();
    let inner = inner(&seen);
    // A code that is read out in groups: 9199 0101 MAEX 0001 0E.
    let joined: String = inner.split_whitespace().collect();
    let is_code = joined.len() < inner.len() && matches!(joined.len(), 15 | 18) && joined.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let inner = if is_code { &joined } else { inner };
    if inner == text || inner.is_empty() { Cow::Borrowed(text) } else { Cow::Owned(inner.to_owned()) }
}

/// A number with separators of thousands, a percent sign or the mark of a currency, in characters of any width.
pub fn number(text: &str) -> Option<Plain> {
    if text.len() > 100 {
        return None;
    }
    let narrow: String = unwrapped(text).chars().map(narrow).collect();
    let mut rest = narrow.trim();
    // Accounts write what is below zero in brackets.
    if let Some(inner) = rest.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')) {
        let plain = number(inner).filter(|plain| !plain.text.starts_with('-') && !inner.contains(['+', '(', '%']))?;
        return Some(Plain { text: format!("-{}", plain.text), ..plain });
    }
    let (sign, unsigned) = match rest.as_bytes().first()? {
        b'-' => ("-", rest[1..].trim_start()),
        b'+' => ("", rest[1..].trim_start()),
        _ => ("", rest),
    };
    rest = unsigned;
    if let Some(after) = Office::get().currency.iter().find_map(|mark| rest.strip_prefix(mark.as_str())) {
        rest = after.trim_start();
    }
    let is_percent = rest.ends_with('%');
    rest = rest.strip_suffix('%').unwrap_or(rest).trim_end();
    let (whole, fraction) = rest.split_once('.').map_or((rest, None), |(whole, fraction)| (whole, Some(fraction)));
    let digits = joined(whole)?;
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !fraction.is_none_or(is_number) {
        return None;
    }
    let fraction = fraction.filter(|fraction| !fraction.is_empty()).map(|fraction| format!(".{fraction}")).unwrap_or_default();
    Some(Plain { text: format!("{sign}{digits}{fraction}"), is_percent })
}

/// Digits, in groups of three after the first if they are separated at all.
fn joined(whole: &str) -> Option<String> {
    let mut groups = whole.split(',');
    let first = groups.next()?;
    let is_digits = |group: &str| group.bytes().all(|byte| byte.is_ascii_digit());
    if first.len() == whole.len() {
        return (!first.is_empty() && is_digits(first)).then(|| first.to_owned());
    }
    // `0,050` is a decimal comma.
    if !(1..=3).contains(&first.len()) || !is_digits(first) || first.starts_with('0') {
        return None;
    }
    let mut digits = first.to_owned();
    for group in groups {
        if group.len() != 3 || !is_digits(group) {
            return None;
        }
        digits.push_str(group);
    }
    Some(digits)
}

/// Year, month and day of `2025.3.1`, `20250301`, `2025 年 3 月 1 日`, and of any form with a time of day after it; the texts still have to be checked.
pub fn date(text: &str) -> Option<(String, String, String)> {
    if text.len() > 60 {
        return None;
    }
    let narrow: String = text.chars().map(narrow).collect();
    let narrow = if narrow.contains('年') { in_words(&narrow) } else { narrow };
    let mut day = narrow.trim();
    if let Some((before, after)) = day.split_once([' ', 'T']) {
        let is_time = after.trim().bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b':' | b'.')) && after.contains(':');
        day = if is_time { before } else { return None };
    }
    if day.len() == 8 && day.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some((day[..4].to_owned(), day[4..6].to_owned(), day[6..].to_owned()));
    }
    for separator in ['.', '-', '/'] {
        let parts: Vec<&str> = day.split(separator).map(str::trim).collect();
        if let [year, month, day] = parts.as_slice() {
            return Some(((*year).to_owned(), (*month).to_owned(), (*day).to_owned()));
        }
    }
    None
}

/// `2025 年 3 月 1 日` with strokes instead of its words; a time of day may follow.
fn in_words(text: &str) -> String {
    let parts: Vec<&str> = text.split(['年', '月']).map(str::trim).collect();
    match parts.as_slice() {
        [year, month, rest] => match rest.split_once('日') {
            Some((day, time)) => format!("{year}-{month}-{} {}", day.trim(), time.trim()).trim_end().to_owned(),
            None => String::new(),
        },
        _ => String::new(),
    }
}

/// Days since 1970 of a day that a spreadsheet shows as a number: 45717 is 2025-03-01, and 44255 where days are counted from 1904.
/// Five digits, perhaps with a time after the point.
pub fn serial(text: &str, since_1904: bool) -> Option<i32> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.len() != 5 || !is_digits(whole) || !is_digits(fraction) {
        return None;
    }
    let zero = if since_1904 { SERIAL_ZERO_1904 } else { SERIAL_ZERO };
    whole.parse::<i32>().ok().map(|serial| serial + zero)
}

fn narrow(character: char) -> char {
    match character {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(character as u32 - 0xfee0).unwrap_or(character),
        '\u{a0}' | '\u{3000}' | '\u{202f}' | '\u{2009}' => ' ',
        '\u{2212}' => '-',
        '\u{3001}' => ',',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_lose_what_is_none_of_them() {
        assert_eq!(id("9199 0101 MAEX 0001 0E"), "91990101MAEX00010E");
        for text in ["=\"E3\"", "'E3", "‘E3", "＇E3", "Ｅ３", "\u{a0}E3", "E3\u{200b}", "\u{feff}'Ｅ3\u{a0}"] {
            assert_eq!(id(text), "E3", "{text}");
        }
        for text in ["E3", "e3", "甲-3", "E 3", "'", "=E3"] {
            assert_eq!(id(text), text);
        }
    }

    fn plain(text: &str) -> Option<(String, bool)> {
        number(text).map(|plain| (plain.text, plain.is_percent))
    }

    #[test]
    fn numbers_lose_their_marks_and_nothing_else() {
        let cases = [
            ("1,234", "1234", false),
            ("-1,234,567.80", "-1234567.80", false),
            ("１，２３４．５", "1234.5", false),
            ("￥12.5", "12.5", false),
            ("85%", "85", true),
            ("12.5 ％", "12.5", true),
            ("－3", "-3", false),
            ("'1234.5", "1234.5", false),
            ("=\"1234.5\"", "1234.5", false),
            ("=\"1,234\"", "1234", false),
            ("1234.5\u{200b}", "1234.5", false),
            ("(1,234)", "-1234", false),
            ("（12.5）", "-12.5", false),
        ];
        for (text, number, percent) in cases {
            assert_eq!(plain(text), Some((number.to_owned(), percent)), "{text}");
        }
        for text in [
            "1,23",
            "0,050",
            "012,345",
            "12,34,567",
            "1,2345",
            ",123",
            "12元",
            "1 234",
            "1.2.3",
            "1,234 567",
            "-",
            "",
            "%",
            "约12",
            "12万",
            "(-5)",
            "(12",
            "((12))",
            "(12%)",
            "()",
            "1e3,000",
        ] {
            assert_eq!(plain(text), None, "{text}");
        }
    }

    #[test]
    fn dates_are_taken_apart() {
        let parts = |year: &str, month: &str, day: &str| Some((year.to_owned(), month.to_owned(), day.to_owned()));
        assert_eq!(date("2025.3.1"), parts("2025", "3", "1"));
        assert_eq!(date("20250301"), parts("2025", "03", "01"));
        assert_eq!(date("2025-03-01 00:00:00"), parts("2025", "03", "01"));
        assert_eq!(date("２０２５．３．１"), parts("2025", "3", "1"));
        for text in ["2025 年 3 月 1 日", "２０２５年３月１日", "2025年3月1日 00:00", "2025年3月1日00:00:00"] {
            assert_eq!(date(text), parts("2025", "3", "1"), "{text}");
        }
        assert_eq!(["2025年3月", "2025年3月1", "2025年3月1日至", "3月1日"].map(date), [None, None, None, None]);
        assert_eq!([date("2025.3"), date("2025-03-01 noon"), date("unknown")], [None, None, None]);
    }

    #[test]
    fn serials_are_days() {
        // 2025-03-01 is day 20,148 since 1970: 55 × 365 + 14 leap days + 59. Excel shows it as 45717.
        // Counted from 1904-01-01 it is 121 × 365 + 31 leap days (1904 to 2024) + 59.
        let usual = |text| serial(text, false);
        assert_eq!([usual("45717"), usual("45717.75"), serial("44255", true)], [Some(20_148); 3]);
        assert_eq!([usual("2025"), usual("123456"), usual("4571x")], [None; 3]);
    }
}
