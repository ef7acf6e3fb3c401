//! Which year a text is of: the name of a file or a sheet, or a title above the headings.
//!
//! In: the text. Out: its years, and the name without one. What says a part of a year or a plan says so, and no year. Next: `intake`
//! puts the files of a table together by the years of their names, `given` takes a year that no column says.

use std::collections::BTreeSet;

use crate::dictionary::{Office, comparable};
use crate::load::headings::year_runs::{Says, runs};

/// Signs that join the year of a name to the rest.
const JOINTS: [char; 12] = ['-', '_', '.', '(', ')', '[', ']', '—', '–', '·', ',', '、'];

/// Letters of a text that may be a title; a sentence is none.
const LONGEST: usize = 60;

/// What a text says of years.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Said {
    /// The whole years; none where something else is said, too.
    pub years: BTreeSet<i32>,
    /// What is no whole year that is over.
    pub unfit: Option<Unfit>,
}

/// What a name or a title says that is no whole year of figures that were reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfit {
    /// The text.
    pub text: String,
    /// The year that stands beside it.
    pub year: Option<i32>,
    /// What it is.
    pub kind: Kind,
}

/// What is no whole year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Months, a quarter, a half.
    Span,
    /// One month, or a day up to which is counted: of a later year it says when something was done.
    Date,
    /// Figures that are still to be reached.
    Plan,
}

impl Unfit {
    /// May figures be none of the whole of this year?
    pub fn contradicts(&self, year: i32) -> bool {
        self.kind != Kind::Date || self.year.is_none_or(|own| own <= year)
    }
}

/// What a name says of years.
pub fn of_name(name: &str) -> Said {
    read(name, true)
}

/// What a cell above the headings says of years. The day on which a table was made is no year of its figures.
pub fn of_title(cell: &str) -> Said {
    let (office, plain) = (Office::get(), comparable(cell));
    let is_until = office.until.iter().any(|word| plain.starts_with(word.as_str()));
    if office.says_making(&plain) && !is_until {
        return Said::default();
    }
    let mut said = read(cell, false);
    let is_label = plain.split_once(':').is_some_and(|(label, _)| office.is_period_label(label));
    if plain.chars().count() > LONGEST || office.is_note(cell) && !is_until && !is_label {
        said.unfit = None;
    }
    said
}

fn read(text: &str, is_name: bool) -> Said {
    let plain = with_digits(&comparable(text));
    let runs = runs(&plain, is_name);
    let years: BTreeSet<i32> =
        runs.iter().filter_map(|(_, says)| if let Says::Years(years) = says { Some(years) } else { None }).flatten().copied().collect();
    let unfit = |year: Option<i32>, kind| Unfit { text: text.trim().to_owned(), year: year.or(years.first().copied()), kind };
    let part = runs.iter().find_map(|(_, says)| match says {
        Says::Span(year) => Some(unfit(*year, Kind::Span)),
        Says::Date(year) => Some(unfit(*year, Kind::Date)),
        _ => None,
    });
    let is_whole = runs.iter().any(|(at, says)| matches!(says, Says::Years(_)) && plain[at.clone()].contains('月'));
    let part = part.or_else(|| says_part(&plain, is_whole).then(|| unfit(None, Kind::Span)));
    let unfit = part.or_else(|| ((is_name || !years.is_empty()) && is_plan(&plain)).then(|| unfit(None, Kind::Plan)));
    Said { years: if unfit.is_some() { BTreeSet::new() } else { years }, unfit }
}

/// Does a word of a part of a year stand in it? `is_whole`: it says all months of one.
fn says_part(plain: &str, is_whole: bool) -> bool {
    let office = Office::get();
    let whole = office.periods.get("Y").into_iter().flatten().filter(|word| word.chars().count() > 1);
    let plain = whole.fold(plain.to_owned(), |plain, word| plain.replace(word.as_str(), " "));
    let parts = || office.periods.iter().filter(|(part, _)| *part != "Y").flat_map(|(_, words)| words);
    parts().any(|word| stands_in(&plain, word)) || !is_whole && office.parts_of_year.iter().any(|word| plain.contains(word.as_str()))
}

/// Does a word stand in a text, and not within a longer number or word of letters?
fn stands_in(plain: &str, word: &str) -> bool {
    let is_letter = |letter: Option<char>| letter.is_some_and(|letter| letter.is_ascii_alphabetic());
    let is_digit = |letter: Option<char>| letter.is_some_and(|letter| letter.is_ascii_digit());
    plain.match_indices(word).any(|(at, _)| {
        let (before, behind) = (plain[..at].chars().next_back(), plain[at + word.len()..].chars().next());
        let is_cut = |first: Option<char>, next: Option<char>| is_letter(first) && is_letter(next) || is_digit(first) && is_digit(next);
        let (first, last) = (word.chars().next(), word.chars().next_back());
        let is_of_letters = is_letter(first) && is_letter(behind);
        !is_cut(first, before) && !is_cut(last, behind) && !is_of_letters
    })
}

fn is_plan(plain: &str) -> bool {
    let office = Office::get();
    let without = office.innocent_plans.iter().fold(plain.to_owned(), |plain, word| plain.replace(word.as_str(), ""));
    let stands = |words: &[String]| words.iter().any(|word| without.contains(word.as_str()));
    stands(&office.plans) && !stands(&office.done)
}

/// A text in which the numbers of years, months and quarters are digits: `二〇二四年`, `一至六月`.
fn with_digits(plain: &str) -> String {
    let letters = &Office::get().year_letters;
    let is_numeral = |letter: char| letters.numerals.contains(letter) || letters.zeros.contains(letter) || letter == letters.ten;
    let (mut text, mut rest) = (String::with_capacity(plain.len()), plain);
    while let Some(from) = rest.find(is_numeral) {
        let length = rest[from..].find(|letter| !is_numeral(letter)).unwrap_or(rest.len() - from);
        let (run, behind) = rest[from..].split_at(length);
        text.push_str(&rest[..from]);
        text.push_str(&number(run, behind.chars().next()).unwrap_or_else(|| run.to_owned()));
        rest = behind;
    }
    text + rest
}

/// A number in digits, if what follows makes it one of a year, a month or a quarter.
fn number(run: &str, next: Option<char>) -> Option<String> {
    let known = &Office::get().year_letters;
    let digit = |letter: char| known.numerals.chars().position(|numeral| numeral == letter).or(known.zeros.contains(letter).then_some(0));
    let letters: Vec<char> = run.chars().collect();
    match (next?, letters.as_slice()) {
        ('年', [_, _, _, _]) => letters.into_iter().map(|letter| Some(digit(letter)?.to_string())).collect(),
        (next, letters) if next == '月' || next == known.quarter || Office::get().span_signs.contains(next) => match *letters {
            [ten] if ten == known.ten => Some("10".to_owned()),
            [ten, unit] if ten == known.ten => Some((10 + digit(unit)?).to_string()),
            [unit] => Some(digit(unit)?.to_string()),
            _ => None,
        },
        _ => None,
    }
}

/// The year of a name, and the name without it: `税收（2024年）`, `tax_2024`.
pub fn taken_off(name: &str) -> Option<(i32, String)> {
    let said = of_name(name);
    let year = said.years.first().copied().filter(|_| said.years.len() == 1)?;
    let plain = with_digits(&comparable(name));
    let mut places = runs(&plain, true).into_iter().filter(|(_, says)| matches!(says, Says::Years(_)));
    let (Some((place, _)), None) = (places.next(), places.next()) else { return None };
    let behind = &plain[place.end..];
    let suffixes = &Office::get().year_suffixes;
    let behind = suffixes.iter().find_map(|suffix| behind.strip_prefix(suffix.as_str())).unwrap_or(behind);
    let mut whole = Office::get().periods.get("Y").into_iter().flatten().filter(|word| !word.is_empty());
    let behind = whole.find_map(|word| behind.strip_prefix(word.as_str())).unwrap_or(behind);
    let (before, behind) = (plain[..place.start].trim_matches(JOINTS), behind.trim_matches(JOINTS));
    Some((year, format!("{before}{behind}"))).filter(|(_, rest)| !rest.is_empty())
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
            ("税收2024年全年", "税收"),
            ("税收24年", "税收"),
            ("税收二〇二四年", "税收"),
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
        let years = |text: &str| of_title(text).years.into_iter().collect::<Vec<_>>();
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

    #[test]
    fn a_part_of_a_year_a_plan_and_a_date_are_told_apart() {
        let kind = |said: Said| (said.years.into_iter().collect::<Vec<_>>(), said.unfit.map(|unfit| (unfit.kind, unfit.year)));
        for (text, year) in [("一季度", None), ("第一季度", None), ("Q1", None), ("2025Q1", Some(2025)), ("上半年", None), ("1-6月", None)]
        {
            assert_eq!(kind(of_name(text)), (vec![], Some((Kind::Span, year))), "{text}");
            assert_eq!(kind(of_title(text)), (vec![], Some((Kind::Span, year))), "{text}");
        }
        for text in ["2025年度1至11月税收", "所属期：2025年1-6月", "2025年一至六月税收", "2025年度企业税收（1-11月）"]
        {
            assert_eq!(kind(of_title(text)), (vec![], Some((Kind::Span, Some(2025)))), "{text}");
        }
        for (text, year) in [("6月", None), ("202506", Some(2025)), ("税收6月", None), ("2025年六月税收", Some(2025))] {
            assert_eq!(kind(of_name(text)), (vec![], Some((Kind::Date, year))), "{text}");
        }
        assert_eq!(kind(of_title("2025年税收（截至6月30日）")), (vec![], Some((Kind::Date, Some(2025)))));
        for text in ["2025年计划税收", "2025年度预计税收", "2025年税收预算"] {
            assert_eq!(kind(of_title(text)), (vec![], Some((Kind::Plan, Some(2025)))), "{text}");
        }
        for text in [
            "2025年1—12月",
            "2025年1月—12月",
            "2025年全年税收",
            "2025年1-4季度税收",
            "2025-01-01至2025-12-31",
            "税款所属期：2025-01-01至2025-12-31",
            "税款所属期：2025年1月1日至2025年12月31日",
            "截至2025年12月31日",
            "统计年度：2025",
            "2025年度税收目标完成情况",
            "2025年一般公共预算收入",
            "二〇二五年度税收",
        ] {
            assert_eq!(kind(of_title(text)), (vec![2025], None), "{text}");
        }
        for text in [
            "制表日期：2026年1月5日",
            "填报时间：2026年3月",
            "请于3月底前报送",
            "云经信〔2026〕5号",
            "云政办（2026）3号",
            "云政办[2026]3号",
            "税收2026版",
            "2026年第3号",
            "填表说明：上半年补报的税收计入",
        ] {
            assert_eq!(kind(of_title(text)), (vec![], None), "{text}");
        }
    }
}
