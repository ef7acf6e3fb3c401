//! Which year a text is of: the name of a file or a sheet, or a title above the headings.
//!
//! In: the text. Out: its years, and the name without one. What says a day, a month or a part of a year says no year. Next: `intake`
//! puts the files of a table together by the years of their names, `given` takes a year that no column says.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::dictionary::{Office, comparable};
use crate::load::cells::cell::YEARS;

/// Signs that join the year of a name to the rest.
const JOINTS: [char; 12] = ['-', '_', '.', '(', ')', '[', ']', '—', '–', '·', ',', '、'];

/// The years that a text says; none where it is of a part of a year.
pub fn said(text: &str) -> BTreeSet<i32> {
    let plain = comparable(text);
    let is_of_part = Office::get().parts_of_year.iter().any(|word| plain.contains(word.as_str()));
    if is_of_part { BTreeSet::new() } else { found(&plain).into_iter().map(|(_, year)| year).collect() }
}

/// The one year that a text says.
pub fn only(text: &str) -> Option<i32> {
    let said = said(text);
    said.first().copied().filter(|_| said.len() == 1)
}

/// The year of a name, and the name without it: `税收（2024年）`, `tax_2024`.
pub fn taken_off(name: &str) -> Option<(i32, String)> {
    only(name)?;
    let plain = comparable(name);
    let found = found(&plain);
    let [(place, year)] = found.as_slice() else { return None };
    let behind = &plain[place.end..];
    let suffixes = &Office::get().year_suffixes;
    let behind = suffixes.iter().find_map(|suffix| behind.strip_prefix(suffix.as_str())).unwrap_or(behind);
    let mut whole = Office::get().periods.get("Y").into_iter().flatten().filter(|word| !word.is_empty());
    let behind = whole.find_map(|word| behind.strip_prefix(word.as_str())).unwrap_or(behind);
    let (before, behind) = (plain[..place.start].trim_matches(JOINTS), behind.trim_matches(JOINTS));
    Some((*year, format!("{before}{behind}"))).filter(|(_, rest)| !rest.is_empty())
}

/// Every year of a text in which all is comparable, and where it stands.
fn found(plain: &str) -> Vec<(Range<usize>, i32)> {
    let mut found = Vec::new();
    let mut start = 0;
    while let Some(from) = plain[start..].find(|letter: char| letter.is_ascii_digit()).map(|at| start + at) {
        let digits = plain[from..].bytes().take_while(u8::is_ascii_digit).count();
        start = from + digits;
        let year: Option<i64> = plain[from..start].parse().ok().filter(|year| digits == 4 && YEARS.contains(year));
        if let Some(year) = year.and_then(|year| i32::try_from(year).ok()).filter(|_| !is_of_part(&plain[start..])) {
            found.push((from..start, year));
        }
    }
    found
}

/// Does what follows a year make it a day, a month or a part of that year?
fn is_of_part(rest: &str) -> bool {
    let periods = &Office::get().periods;
    let rest = rest.strip_prefix(['年', '-', '.', '/', '_']).unwrap_or(rest);
    let is_whole = periods.get("Y").into_iter().flatten().any(|word| !word.is_empty() && rest.starts_with(word.as_str()));
    let is_part = periods.iter().any(|(part, words)| part != "Y" && words.iter().any(|word| rest.starts_with(word.as_str())));
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    !is_whole && (is_part || (1..=2).contains(&digits))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_year_of_a_name_is_taken_off() {
        for (name, rest) in [
            ("税收2024", "税收"),
            ("2024年税收", "税收"),
            ("2024年度税收", "税收"),
            ("税收（2024年）", "税收"),
            ("税收 (2024)", "税收"),
            ("税收-2024年度", "税收"),
            ("tax_2024", "tax"),
            ("tax2024", "tax"),
            ("2024-tax", "tax"),
            ("Tax ２０２４", "tax"),
            ("税收2024年1-12月", "税收"),
            ("国税局报送2024", "国税局报送"),
        ] {
            assert_eq!(taken_off(name), Some((2024, rest.to_owned())), "{name}");
        }
        for name in
            ["税收", "2024", "税收2023-2024", "税收202412", "税收20241231", "税收2024年12月", "税收2024-06", "税收1024", "税收2024上半年"]
        {
            assert_eq!(taken_off(name), None, "{name}");
        }
    }

    #[test]
    fn a_title_says_its_years_and_a_date_none() {
        let years = |text: &str| said(text).into_iter().collect::<Vec<_>>();
        assert_eq!(years("2024年度工业企业税收情况表"), [2024]);
        assert_eq!(years("2024年1-12月工业企业税收"), [2024]);
        assert_eq!(years("2023—2024年税收对比"), [2023, 2024]);
        for text in [
            "2024年1-6月税收",
            "2024年上半年税收",
            "2024年三季度税收",
            "税收季度报表（2024年）",
            "填报日期：2025年1月5日",
            "2025-01-05",
            "文号20241号",
        ] {
            assert_eq!(years(text), Vec::<i32>::new(), "{text}");
        }
    }
}
