//! Spans of whole months of one year: `2025-01-01至2025-12-31`, `2025.01-2025.03`, `2025年4月—6月`.
//!
//! In: the text of a cell. Out: year, first and last month. Next: `period`, which names the part of the year.

use jiff::civil::Date;

use crate::dictionary::Office;

/// Year, first and last month; `None` where the text is no span, or where its days leave out a part of a month.
pub fn span(text: &str) -> Option<(i32, i8, i8)> {
    if text.len() > 80 {
        return None;
    }
    let (numbers, gaps) = taken_apart(text)?;
    let number = |at: usize| numbers.get(at)?.parse::<i32>().ok();
    // Where each end stands among the numbers: 2025 1 1 2025 12 31, 2025 1 2025 12, 2025 4 6.
    let (first, last, gap) = match numbers.len() {
        6 => ((number(0)?, number(1)?, number(2)), (number(3)?, number(4)?, number(5)), 2),
        4 => ((number(0)?, number(1)?, None), (number(2)?, number(3)?, None), 1),
        // 2025-04-06 is a day.
        3 if gaps[2].ends_with('月') => ((number(0)?, number(1)?, None), (number(0)?, number(2)?, None), 1),
        _ => return None,
    };
    let is_cut = gaps[gap].contains(is_between) && first.0 == last.0;
    let whole = first.2.is_none_or(|day| day == 1) && last.2.is_none_or(|day| Some(day) == last_day(last.0, last.1));
    let months = (i8::try_from(first.1).ok()?, i8::try_from(last.1).ok()?);
    let in_order = 1 <= months.0 && months.0 <= months.1 && months.1 <= 12;
    (is_cut && whole && in_order).then_some((first.0, months.0, months.1))
}

/// The numbers of a text, `20250101` as three and `202501` as two, and what stands behind each. `None` where anything else is in it.
fn taken_apart(text: &str) -> Option<(Vec<&str>, Vec<String>)> {
    let (mut numbers, mut gaps, mut rest) = (Vec::new(), Vec::new(), text);
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (number, behind) = rest.split_at(digits);
        let end = behind.find(|next: char| next.is_ascii_digit()).unwrap_or(behind.len());
        let gap: String = behind[..end].chars().filter(|letter| !letter.is_whitespace()).collect();
        let is_known = |letter: char| is_between(letter) || matches!(letter, '年' | '月' | '日' | '.' | '/');
        if numbers.len() > 6 || gap.chars().count() > 2 || !gap.chars().all(is_known) {
            return None;
        }
        let cuts: &[usize] = match digits {
            8 => &[4, 6, 8],
            6 => &[4, 6],
            1..=4 => &[digits],
            _ => return None,
        };
        let starts = std::iter::once(&0).chain(cuts);
        numbers.extend(starts.zip(cuts).map(|(from, to)| &number[*from..*to]));
        gaps.resize(numbers.len() - 1, String::new());
        gaps.push(gap);
        rest = &behind[end..];
    }
    Some((numbers, gaps))
}

/// May it stand between the two ends of a span?
fn is_between(letter: char) -> bool {
    Office::get().span_signs.contains(letter)
}

fn last_day(year: i32, month: i32) -> Option<i32> {
    let first = Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, 1).ok()?;
    Some(i32::from(first.days_in_month()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_of_whole_months_of_one_year() {
        for text in [
            "2025-01-01至2025-12-31",
            "2025.01.01-2025.12.31",
            "20250101-20251231",
            "2025/1/1~2025/12/31",
            "2025年1月1日至2025年12月31日",
            "2025-01-01 至 2025-12-31",
            "2025-01-01-2025-12-31",
            "2025.01-2025.12",
            "202501-202512",
            "2025-01—2025-12",
            "2025年1月-2025年12月",
            "2025年1月至12月",
            "2025年1-12月",
        ] {
            assert_eq!(span(text), Some((2025, 1, 12)), "{text}");
        }
        assert_eq!(span("2024-02-01至2024-02-29"), Some((2024, 2, 2)));
        assert_eq!(span("2025年4月—6月"), Some((2025, 4, 6)));
        for text in [
            "2025-01-01至2025-12-30",
            "2025-01-02至2025-12-31",
            "2025-02-01至2025-02-29",
            "2024-07-01至2025-06-30",
            "2025-12-01至2025-01-31",
            "2025-01-12",
            "2025",
            "2025-01",
            "2025年1月1日",
            "2025.01.2025.12",
            "2025-01-01x2025-12-31",
            "2025年1-13月",
            "",
            "至",
        ] {
            assert_eq!(span(text), None, "{text}");
        }
    }
}
