//! A period as a table writes it: a year, or a half, a quarter or a month of one.
//!
//! In: the text of a cell (`2025年上半年`). Out: its normal form (`2025H1`), and from that the year and the part. The words stand in
//! `office.toml`. Next: `row` stores the normal form, `kpis` takes it apart.

use crate::dictionary::{Office, comparable, normalise};
use crate::load::cells::cell::{self, BadYear, YEARS};
use crate::load::cells::span::span;

/// What would do, for findings.
pub const ACCEPTED: &str = "2025, 2025H1, 2025Q3, 2025-06, 2025年6月";

/// What would do for a row, which is of a year, a quarter or a month.
pub const ACCEPTED_OF_ROWS: &str = "2025, 2025年1-12月, 2025.01-2025.12, 2025Q3, 2025-06, 2025年6月";

/// Is it the heading of a column of periods under another name than that of years?
pub fn is_heading(heading: &str) -> bool {
    Office::get().period_headings.contains(&comparable(heading))
}

/// The normal form: `2025`, `2025H1`, `2025Q3` or `2025-06`.
pub fn normal(text: &str) -> Result<String, BadYear> {
    let text = normalise(text);
    let (year, rest) = text.split_at_checked(4).ok_or(BadYear::Unparsable)?;
    if !year.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(BadYear::Unparsable);
    }
    let part = match rest.starts_with(|next: char| next.is_ascii_digit()) {
        // 202506; a single digit more is no month.
        true => (rest.len() == 2).then(|| month(rest)).flatten(),
        false => part(cell::trim(rest)),
    };
    let part = part.ok_or(BadYear::Unparsable)?;
    let in_range = year.parse().is_ok_and(|year: i64| YEARS.contains(&year));
    if in_range { Ok(format!("{year}{part}")) } else { Err(BadYear::OutOfRange) }
}

/// What follows the year, in its normal form.
fn part(rest: &str) -> Option<String> {
    let word = rest.strip_prefix('年').or_else(|| rest.strip_prefix('-')).unwrap_or(rest);
    let words = Office::get().periods.iter().find(|(_, words)| words.iter().any(|known| known == word));
    if let Some((part, _)) = words {
        return Some(if part == "Y" { String::new() } else { part.clone() });
    }
    match rest.strip_prefix(['-', 'm', '/', '.']) {
        // A spreadsheet shows October as 2025.1, too.
        Some("1") if rest.starts_with('.') => None,
        Some(digits) => month(digits),
        None => month(word.strip_suffix('月')?),
    }
}

/// The normal form of a month: `-06`.
fn month(month: &str) -> Option<String> {
    let is_month = (1..=2).contains(&month.len()) && month.bytes().all(|byte| byte.is_ascii_digit());
    let month: u8 = month.parse().ok().filter(|month| is_month && (1..=12).contains(month))?;
    Some(format!("-{month:02}"))
}

/// Year and part of what a column of years or periods has: any form of [`normal`], or the first and the last day or month of it.
///
/// # Errors
///
/// What is no period, or lies far from any year of a table.
pub fn year_and_part(text: &str) -> Result<(i16, String), BadYear> {
    let normal = normal(text).or_else(|bad| match span(&normalise(text)) {
        Some((year, _, _)) if !YEARS.contains(&i64::from(year)) => Err(BadYear::OutOfRange),
        Some((year, 1, 12)) => Ok(year.to_string()),
        Some((year, first, last)) if first == last => Ok(format!("{year}-{first:02}")),
        Some((year, first, last)) if last - first == 2 && last % 3 == 0 => Ok(format!("{year}Q{}", last / 3)),
        _ => Err(bad),
    })?;
    let (year, part) = taken_apart(&normal).ok_or(BadYear::Unparsable)?;
    Ok((i16::try_from(year).map_err(|_| BadYear::OutOfRange)?, part))
}

/// Year and part (`Y`, `H1`, `Q3`, `M06`) of a normal form.
pub fn taken_apart(normal: &str) -> Option<(i32, String)> {
    let (year, part) = normal.split_at_checked(4)?;
    let part = match part.strip_prefix('-') {
        Some(month) => format!("M{month}"),
        None if part.is_empty() => "Y".to_owned(),
        None => part.to_owned(),
    };
    Some((year.parse().ok()?, part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_read_as_offices_write_them() {
        for (normal_form, texts) in [
            ("2025", &["2025", "2025年", "2025年度", "２０２５"][..]),
            ("2025H1", &["2025H1", "2025h1", "2025上半年", "2025年上半年", "2025年1-6月", "2025年1—6月", "2025 年 上半年"]),
            ("2025H2", &["2025H2", "2025下半年", "2025年下半年"]),
            (
                "2025Q3",
                &[
                    "2025Q3",
                    "2025年三季度",
                    "2025年第3季度",
                    "2025年第三季度",
                    "2025-Q3",
                    "2025年7-9月",
                    "2025年3季度",
                    "２０２５年第３季度",
                ],
            ),
            (
                "2025-06",
                &[
                    "2025-06",
                    "2025-6",
                    "2025年6月",
                    "2025年06月",
                    "2025M06",
                    "2025m6",
                    "202506",
                    "2025/6",
                    "2025.06",
                    "2025.6",
                    "２０２５．０６",
                ],
            ),
            ("2025-12", &["2025-12", "2025年12月", "2025M12"]),
            ("2025-10", &["2025.10", "2025/10", "202510"]),
            ("2025-01", &["2025.01", "2025/1", "202501"]),
        ] {
            for text in texts {
                assert_eq!(normal(text).as_deref(), Ok(normal_form), "{text}");
            }
        }
    }

    #[test]
    fn what_is_no_period_is_refused() {
        for text in [
            "",
            "25",
            "2025H3",
            "2025Q0",
            "2025Q5",
            "2025-13",
            "2025-0",
            "2025M",
            "2025061",
            "202513",
            "20256",
            "2025.1",
            "2025.13",
            "2025.001",
            "2025年13月",
            "2025-06-30",
            "六月",
            "2025-2026",
        ] {
            assert_eq!(normal(text), Err(BadYear::Unparsable), "{text}");
        }
        for text in ["1989", "2101Q1", "0202年"] {
            assert_eq!(normal(text), Err(BadYear::OutOfRange), "{text}");
        }
    }

    #[test]
    fn a_year_and_its_part_may_be_said_by_its_first_and_last_day() {
        for (text, year, part) in [
            ("2024", 2024, "Y"),
            ("2024年1-12月", 2024, "Y"),
            ("2024-01-01至2024-12-31", 2024, "Y"),
            ("２０２４－０１－０１至２０２４－１２－３１", 2024, "Y"),
            ("2024.01-2024.12", 2024, "Y"),
            ("2024-01-01至2024-03-31", 2024, "Q1"),
            ("202407-202409", 2024, "Q3"),
            ("2024-05-01~2024-05-31", 2024, "M05"),
            ("2024年1-6月", 2024, "H1"),
        ] {
            assert_eq!(year_and_part(text), Ok((year, part.to_owned())), "{text}");
        }
        for text in ["2024-01-01至2024-06-30", "2024-02-01至2024-04-30", "2024-12-31", "上年"] {
            assert_eq!(year_and_part(text), Err(BadYear::Unparsable), "{text}");
        }
        assert_eq!(year_and_part("1989-01-01至1989-12-31"), Err(BadYear::OutOfRange));
    }

    #[test]
    fn normal_forms_are_taken_apart() {
        for (text, year, part) in [("2025", 2025, "Y"), ("2024H1", 2024, "H1"), ("2025Q4", 2025, "Q4"), ("2025-06", 2025, "M06")] {
            assert_eq!(taken_apart(text), Some((year, part.to_owned())));
            assert_eq!(normal(text).as_deref(), Ok(text), "a normal form is its own");
        }
    }
}
