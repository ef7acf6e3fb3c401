//! A period as a table writes it: a year, or a half, a quarter or a month of one.
//!
//! In: the text of a cell (`2025年上半年`). Out: its normal form (`2025H1`), and from that the year and the part. The words stand in
//! `office.toml`. Next: `row` stores the normal form, `kpis` takes it apart.

use super::cell::{self, BadYear, YEARS};
use super::number;
use crate::dictionary::Office;

/// What would do, for findings.
pub const ACCEPTED: &str = "2025, 2025H1, 2025Q3, 2025-06, 2025年6月";

/// The normal form: `2025`, `2025H1`, `2025Q3` or `2025-06`.
pub fn normal(text: &str) -> Result<String, BadYear> {
    let plain = number::plain_digits(text);
    let text: String = plain.as_deref().unwrap_or(text).chars().filter(|character| !character.is_whitespace()).collect();
    let text = text.to_lowercase();
    let (year, rest) = text.split_at_checked(4).ok_or(BadYear::Unparsable)?;
    if !year.bytes().all(|byte| byte.is_ascii_digit()) || rest.starts_with(|next: char| next.is_ascii_digit()) {
        return Err(BadYear::Unparsable);
    }
    let part = part(cell::trim(rest)).ok_or(BadYear::Unparsable)?;
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
    let month = match rest.strip_prefix(['-', 'm']) {
        Some(month) => month,
        None => word.strip_suffix('月')?,
    };
    let is_month = (1..=2).contains(&month.len()) && month.bytes().all(|byte| byte.is_ascii_digit());
    let month: u8 = month.parse().ok().filter(|month| is_month && (1..=12).contains(month))?;
    Some(format!("-{month:02}"))
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
            ("2025-06", &["2025-06", "2025-6", "2025年6月", "2025年06月", "2025M06", "2025m6"]),
            ("2025-12", &["2025-12", "2025年12月", "2025M12"]),
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
            "202506",
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
    fn normal_forms_are_taken_apart() {
        for (text, year, part) in [("2025", 2025, "Y"), ("2024H1", 2024, "H1"), ("2025Q4", 2025, "Q4"), ("2025-06", 2025, "M06")] {
            assert_eq!(taken_apart(text), Some((year, part.to_owned())));
            assert_eq!(normal(text).as_deref(), Ok(text), "a normal form is its own");
        }
    }
}
