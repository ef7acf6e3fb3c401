//! One cell: its text as a value of its column's type.
//!
//! In: the text as the file has it. Out: the value, or what is wrong. Next: `table` stores the value or reports the flaw.

use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::dictionary::{Column, Office, normalise};
use crate::load::cells::forms;
use crate::load::cells::number::{self, Bad};

/// First and last year that a table may name.
pub const YEARS: std::ops::RangeInclusive<i64> = 1990..=2100;
/// First and last day that a table may name, 1950-01-01 and 2100-12-31, in days since 1970-01-01.
pub const DAYS: std::ops::RangeInclusive<i32> = -7305..=47_846;

/// The text without spaces at either end, ASCII or full-width.
#[inline]
pub fn trim(text: &str) -> &str {
    match text.as_bytes() {
        [first, .., last] if *first > b' ' && *first != 0xe3 && *last > b' ' && *last != 0x80 => text,
        [only] if *only > b' ' => text,
        [] => text,
        _ => text.trim_matches(|character: char| character.is_ascii_whitespace() || matches!(character, '\u{b}' | '\u{3000}')),
    }
}

/// Does a trimmed text say that there is no value?
#[inline]
pub fn is_missing(text: &str) -> bool {
    match text.as_bytes() {
        [] | [b'-' | b'/'] => true,
        [b'n' | b'N', b'/', _] => text.eq_ignore_ascii_case("N/A"),
        [b'n' | b'N', b'u' | b'U', _, _] => is_dash(text),
        [0xe6, _, _] => text == "无",
        // Dashes of every width.
        [b'-' | b'/' | 0xe2 | 0xef, ..] => is_dash(text),
        _ => false,
    }
}

#[cold]
fn is_dash(text: &str) -> bool {
    Office::get().blanks.iter().any(|mark| mark == text)
}

/// True or false, as tables write it.
pub fn boolean(text: &str) -> Option<bool> {
    const YES: [&str; 5] = ["true", "1", "是", "规上", "yes"];
    const NO: [&str; 5] = ["false", "0", "否", "规下", "no"];
    let is = |words: [&str; 5]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
    if is(YES) {
        Some(true)
    } else if is(NO) {
        Some(false)
    } else {
        None
    }
}

/// Why a text is no date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadDate {
    /// It names no day.
    Unparsable,
    /// The day is not in [`DAYS`].
    OutOfRange,
}

/// Days since 1970-01-01 of `YYYY-MM-DD`, `YYYY/M/D`, `YYYY年M月D日`, `YYYY.M.D` or `YYYYMMDD`, perhaps with a time after it.
pub fn date(text: &str) -> Result<i32, BadDate> {
    let other = || forms::date(text).and_then(|(year, month, day)| day_of(&year, &month, &day));
    let day = any_date(text).or_else(other).ok_or(BadDate::Unparsable)?;
    if DAYS.contains(&day) { Ok(day) } else { Err(BadDate::OutOfRange) }
}

fn any_date(text: &str) -> Option<i32> {
    let (year, month, day) = if let Some(rest) = text.strip_suffix('日') {
        let (year, rest) = rest.split_once('年')?;
        let (month, day) = rest.split_once('月')?;
        (year, month, day)
    } else {
        let mark = if text.contains('/') { '/' } else { '-' };
        let (year, rest) = text.split_once(mark)?;
        let (month, day) = rest.split_once(mark)?;
        (year, month, day)
    };
    day_of(year, month, day)
}

fn day_of(year: &str, month: &str, day: &str) -> Option<i32> {
    let digits = |text: &str, lengths: std::ops::RangeInclusive<usize>| -> Option<i16> {
        let plain = lengths.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        if plain { text.parse().ok() } else { None }
    };
    let (month, day) = (digits(month, 1..=2)?, digits(day, 1..=2)?);
    let date = Date::new(digits(year, 4..=4)?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
    let epoch = jiff::civil::date(1970, 1, 1);
    i32::try_from(date.duration_since(epoch).as_hours() / 24).ok()
}

/// Why a text is no year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadYear {
    /// It is no whole number.
    Unparsable,
    /// It is not in [`YEARS`].
    OutOfRange,
}

/// `2025`, `2025年` or `2025年度`; `2025.0` and `="2025"` as programs write them.
pub fn year(text: &str) -> Result<i16, BadYear> {
    let whole = text;
    if let [a @ b'1'..=b'2', b @ b'0'..=b'9', c @ b'0'..=b'9', d @ b'0'..=b'9'] = text.as_bytes() {
        let value = [a, b, c, d].iter().fold(0_i16, |value, &&digit| value * 10 + i16::from(digit - b'0'));
        return if YEARS.contains(&i64::from(value)) { Ok(value) } else { Err(BadYear::OutOfRange) };
    }
    let text = text.strip_suffix('年').or_else(|| Office::get().year_suffixes.iter().find_map(|suffix| text.strip_suffix(suffix.as_str())));
    let text = forms::unwrapped(trim(text.unwrap_or(whole)));
    let text = text
        .split_once('.')
        .filter(|(_, rest)| !rest.is_empty() && rest.bytes().all(|byte| byte == b'0'))
        .map_or(&*text, |(whole, _)| whole);
    let plain = number::plain_digits(text);
    let text = plain.as_deref().unwrap_or(text);
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(BadYear::Unparsable);
    }
    let value: i64 = text.parse().map_err(|_| BadYear::OutOfRange)?;
    if YEARS.contains(&value) { Ok(value as i16) } else { Err(BadYear::OutOfRange) }
}

/// The year of its first or last day, as which spreadsheets store a year: `2025-12-31`, `2025-01-01 00:00:00`.
pub fn year_of_its_end(text: &str) -> Option<i16> {
    let day = Date::new(1970, 1, 1).ok()?.checked_add(jiff::ToSpan::days(i64::from(date(text).ok()?))).ok()?;
    (matches!((day.month(), day.day()), (1, 1) | (12, 31)) && YEARS.contains(&i64::from(day.year()))).then_some(day.year())
}

/// Which word of a choice column; canonical name or spelling, any case.
pub fn choice(column: &Column, text: &str) -> Option<u8> {
    let is = |word: &str| word.eq_ignore_ascii_case(text);
    let at = column.values.iter().position(|choice| is(&choice.name) || choice.spellings.iter().any(|word| is(word)));
    u8::try_from(at.or_else(|| wide_choice(column, text))?).ok()
}

/// The same for a word with spaces in it or in full-width characters.
#[cold]
fn wide_choice(column: &Column, text: &str) -> Option<usize> {
    let text = normalise(text);
    let is = |word: &String| normalise(word) == text;
    column.values.iter().position(|choice| is(&choice.name) || choice.spellings.iter().any(is))
}

/// The two-digit division of an industry code: an optional letter A–T and two to four digits.
pub fn division(text: &str) -> Option<&str> {
    industry(text).map(|digits| &digits[..2])
}

/// The three-digit group of an industry code; `None` where the code ends with the division.
pub fn group(text: &str) -> Option<&str> {
    industry(text)?.get(..3)
}

fn industry(text: &str) -> Option<&str> {
    let digits = match text.as_bytes().first()? {
        b'A'..=b'T' | b'a'..=b't' => &text[1..],
        _ => text,
    };
    let sound = (2..=4).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    sound.then_some(digits)
}

/// Labels as `;a;b;`; `None` if there is none.
pub fn labels(text: &str) -> Option<String> {
    let mut joined = String::from(";");
    for label in text.split([';', '；']).map(trim).filter(|label| !label.is_empty()) {
        joined.push_str(label);
        joined.push(';');
    }
    if joined.len() > 1 { Some(joined) } else { None }
}

/// Was an id turned into a number by a spreadsheet (`9.11E+17`)? `1E05` may be a local key: a point or a plus must be there.
#[inline]
pub fn is_scientific(id: &str) -> bool {
    let bytes = id.as_bytes();
    if !bytes.first().is_some_and(u8::is_ascii_digit) {
        return false;
    }
    let Some(at) = bytes.iter().position(|byte| !byte.is_ascii_digit() && *byte != b'.') else { return false };
    if !matches!(bytes[at], b'e' | b'E') {
        return false;
    }
    let (number, power) = (&bytes[..at], &bytes[at + 1..]);
    let digits = power.strip_prefix(b"+").unwrap_or(power);
    let points = number.iter().filter(|&&byte| byte == b'.').count();
    points <= 1 && (points == 1 || digits.len() < power.len()) && !digits.is_empty() && digits.iter().all(u8::is_ascii_digit)
}

/// Reads an extra cell as a number.
pub fn extra_number(text: &str) -> Result<f64, Bad> {
    extra(text, figure)
}

/// Reads an extra cell as an exact amount.
pub fn extra_amount(text: &str) -> Result<i128, Bad> {
    extra(text, number::amount)
}

/// An extra column of codes may be all digits; what is too large for a figure is none.
fn figure(text: &str, factor: Decimal) -> Result<f64, Bad> {
    let value = number::float(text, factor)?;
    let largest = number::amount_to_float(number::LARGEST);
    if value.abs() > largest { Err(Bad::TooLarge) } else { Ok(value) }
}

fn extra<T>(text: &str, read: fn(&str, Decimal) -> Result<T, Bad>) -> Result<T, Bad> {
    read(text, Decimal::ONE).or_else(|bad| match forms::number(text) {
        Some(plain) if !plain.is_percent => read(&plain.text, Decimal::ONE),
        _ => Err(bad),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_and_dashes_are_missing_and_zero_is_not() {
        for text in ["", " ", "-", "/", "无", "N/A", " n/a ", "\u{3000}无\u{3000}", "\t", "--", "—", "——", "－", "–", "NULL", "null"]
        {
            assert!(is_missing(trim(text)), "{text:?}");
        }
        for text in ["0", "-1", "……", "/1", "无锡", "无厂", "NA", "n.a.", "NaN"] {
            assert!(!is_missing(trim(text)), "{text:?}");
        }
    }

    #[test]
    fn dates_are_read_in_the_forms_of_offices_and_checked() {
        // 2024-02-29 is day 19,782: 54 years × 365 + 13 leap days + 31 + 28.
        for text in ["2024-02-29", "2024/2/29", "2024年2月29日"] {
            assert_eq!(date(text), Ok(19_782), "{text}");
        }
        for text in ["2024.2.29", "20240229", "2024-02-29 00:00", "2024/2/29 8:30:00"] {
            assert_eq!(date(text), Ok(19_782), "{text}");
        }
        for text in ["2023-02-29", "2024-13-01", "24-1-1", "2024-1", "2024.1", "2024022", "2023.2.29", "20230229", "2024-01-01 x"] {
            assert_eq!(date(text), Err(BadDate::Unparsable), "{text}");
        }
    }

    #[test]
    fn dates_are_of_the_age_of_industrial_land() {
        // 1950 to 1970: 20 × 365 + 5 leap days (1952 to 1968). 1970 to the end of 2100: 131 × 365 + 32 (1972 to 2096) − 1.
        assert_eq!([date("1950-01-01"), date("2100-12-31")], [Ok(-7305), Ok(47_846)]);
        for text in ["1949-12-31", "2101-01-01", "0202-06-30", "9999-12-31", "0000-01-01"] {
            assert_eq!(date(text), Err(BadDate::OutOfRange), "{text}");
        }
    }

    #[test]
    fn years_stand_alone_or_with_their_character() {
        assert_eq!([year("2025"), year("2025年"), year("２０２５"), year("2025年度")], [Ok(2025); 4]);
        assert_eq!([year("1989"), year("2101"), year("25"), year("-1")], [Err(BadYear::OutOfRange); 4]);
        assert_eq!([year("2025.0"), year("2025.00"), year("=\"2025\""), year("'2025"), year("2025\u{200b}")], [Ok(2025); 5]);
        assert_eq!([year("2025.5"), year("2025."), year("x"), year("年"), year(".0")], [Err(BadYear::Unparsable); 5]);
    }

    #[test]
    fn years_may_be_stored_as_their_first_or_last_day() {
        for text in ["2024-12-31", "2024-01-01 00:00:00", "2024/1/1", "2024年12月31日", "20241231"] {
            assert_eq!(year_of_its_end(text), Some(2024), "{text}");
        }
        for text in ["2024-12-30", "2024-06-30", "2024", "2024-01", "45657"] {
            assert_eq!(year_of_its_end(text), None, "{text}");
        }
    }

    #[test]
    fn divisions_are_the_first_two_digits_and_groups_the_first_three() {
        for (text, expected) in [("C3562", Some("35")), ("3562", Some("35")), ("06", Some("06")), ("D44", Some("44"))] {
            assert_eq!(division(text), expected);
        }
        for text in ["C3", "35621", "U35", "机械", "", "C"] {
            assert_eq!(division(text), None, "{text}");
        }
        assert_eq!(["C3562", "356", "35", "机械"].map(group), [Some("356"), Some("356"), None, None]);
    }

    #[test]
    fn labels_stand_between_semicolons() {
        assert_eq!(labels(" high_tech； listed;").as_deref(), Some(";high_tech;listed;"));
        assert_eq!(labels(";;"), None);
    }

    #[test]
    fn ids_that_a_spreadsheet_rounded_are_told_from_codes() {
        for id in ["9.11E+17", "9.1133E17", "9e+17"] {
            assert!(is_scientific(id), "{id}");
        }
        for id in ["91350100M000100Y43", "1E05", "E1", "9.11", "", "12E+", "91110000600037341E"] {
            assert!(!is_scientific(id), "{id}");
        }
    }

    #[test]
    fn booleans_have_five_words_each() {
        assert_eq!(["TRUE", "1", "是", "规上", "Yes"].map(boolean), [Some(true); 5]);
        assert_eq!(["False", "0", "否", "规下", "NO"].map(boolean), [Some(false); 5]);
        assert_eq!(boolean("2"), None);
    }
}
