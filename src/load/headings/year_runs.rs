//! Runs of digits and signs in a name or a title that may be years, months or spans.
//!
//! In: a text in which all is comparable. Out: where each run stands, and what it says: years, a part of a year, or nothing. Next: `years`.

use std::ops::Range;

use crate::dictionary::Office;
use crate::load::cells::cell::YEARS;
use crate::load::cells::span::span;

/// Last two digits of years that a name may leave alone: `税收24年`.
const SHORT_YEARS: std::ops::RangeInclusive<i32> = 10..=39;

/// What a run says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Says {
    /// Whole years.
    Years(Vec<i32>),
    /// Several months, perhaps with their year.
    Span(Option<i32>),
    /// A month, or a day up to which is counted, perhaps with its year.
    Date(Option<i32>),
    /// Nothing of the kind: a day, a number.
    Nothing,
}

/// The runs of a text, and where each stands.
pub fn runs(plain: &str, is_name: bool) -> Vec<(Range<usize>, Says)> {
    let mut runs = Vec::new();
    let mut start = 0;
    while let Some(from) = plain[start..].find(|letter: char| letter.is_ascii_digit()).map(|at| start + at) {
        let length = plain[from..].find(|letter: char| !is_of_run(letter)).unwrap_or(plain.len() - from);
        let run = plain[from..from + length].trim_end_matches(is_joint);
        start = from + run.len();
        let around = (&plain[..from], &plain[start..]);
        runs.push((from..start, if is_document(around) { Says::Nothing } else { says(run, around, is_name) }));
    }
    runs
}

fn is_joint(letter: char) -> bool {
    matches!(letter, '.' | '/' | '_') || Office::get().span_signs.contains(letter)
}

fn is_of_run(letter: char) -> bool {
    letter.is_ascii_digit() || matches!(letter, '年' | '月' | '日') || letter == Office::get().year_letters.whole || is_joint(letter)
}

/// Does the number of a document or of an edition stand there: `(2026)5号`, `2026年第3号`, `2026版`?
fn is_document((_, behind): (&str, &str)) -> bool {
    let number = behind.trim_start_matches([')', ']']);
    let letters = &Office::get().year_letters;
    let number = number.strip_prefix(letters.ordinal).unwrap_or(number);
    let digits = number.bytes().take_while(u8::is_ascii_digit).count();
    (digits > 0 && number[digits..].starts_with(letters.document))
        || Office::get().no_years.iter().any(|word| behind.starts_with(word.as_str()))
}

fn says(run: &str, (before, behind): (&str, &str), is_name: bool) -> Says {
    let letters = &Office::get().year_letters;
    let run = run.replace(letters.whole, "");
    let months = span(&run).map(|months| (Some(months.0), months));
    let months = months.or_else(|| run.contains('月').then(|| span(&format!("2000年{run}")))?.map(|months| (None, months)));
    if let Some((year, (_, first, last))) = months {
        return match (first, last) {
            (1, 12) => Says::Years(year.filter(is_year).into_iter().collect()),
            _ if first == last => Says::Date(year),
            _ => Says::Span(year),
        };
    }
    let numbers: Vec<&str> = run.split(|letter: char| !letter.is_ascii_digit()).filter(|number| !number.is_empty()).collect();
    let lengths: Vec<usize> = numbers.iter().map(|number| number.len()).collect();
    let value = |number: &str| number.parse::<i32>().unwrap_or(0);
    let until = Office::get().until.iter().any(|word| before.ends_with(word.as_str()));
    match lengths.as_slice() {
        [2] if is_name && run.ends_with('年') && SHORT_YEARS.contains(&value(&run[..2])) => Says::Years(vec![2000 + value(&run[..2])]),
        [4, ..] if lengths.iter().all(|length| *length == 4) && !run.contains('月') => {
            let years: Vec<i32> = numbers.iter().map(|number| value(number)).collect();
            if years.iter().all(is_year) { Says::Years(years) } else { Says::Nothing }
        }
        // 2025年3季度, 2025年1-4季度.
        [4, 1] if behind.starts_with(letters.quarter) => Says::Span(Some(value(numbers[0]))),
        [4, 1, 1] if behind.starts_with(letters.quarter) => match (value(numbers[0]), numbers[1], numbers[2]) {
            (year, "1", "4") if is_year(&year) => Says::Years(vec![year]),
            (year, ..) => Says::Span(Some(year)),
        },
        [4, 1 | 2] => date((Some(value(numbers[0])), value(numbers[1]), None), behind, until),
        [6] => date((Some(value(&run[..4])), value(&run[4..6]), None), behind, until),
        [1 | 2] if run.contains('月') => date((None, value(numbers[0]), None), behind, until),
        [8] => date((Some(value(&run[..4])), value(&run[4..6]), Some(value(&run[6..8]))), behind, until),
        [4, 1 | 2, 1 | 2] => date((Some(value(numbers[0])), value(numbers[1]), Some(value(numbers[2]))), behind, until),
        [1 | 2, 1 | 2] if run.contains('日') => date((None, value(numbers[0]), Some(value(numbers[1]))), behind, until),
        _ if run.contains('月') || lengths.len() == 6 => {
            Says::Span(numbers.first().filter(|number| number.len() == 4).map(|number| value(number)))
        }
        _ => Says::Nothing,
    }
}

fn is_year(year: &i32) -> bool {
    YEARS.contains(&i64::from(*year))
}

/// What a month or a day says. `until`: figures are counted up to it.
fn date((year, month, day): (Option<i32>, i32, Option<i32>), behind: &str, until: bool) -> Says {
    let is_edge = |word: &String| behind.strip_prefix(Office::get().year_letters.month).unwrap_or(behind).starts_with(word.as_str());
    let is_real = (1..=12).contains(&month) && year.as_ref().is_none_or(is_year);
    let is_end = month == 12 && day.is_none_or(|day| day == 31);
    match (until, day) {
        _ if !is_real => Says::Nothing,
        (true, _) if is_end => Says::Years(year.into_iter().collect()),
        (true, _) => Says::Date(year),
        (false, Some(_)) => Says::Nothing,
        (false, None) if Office::get().month_edges.iter().any(is_edge) => Says::Nothing,
        (false, None) => Says::Date(year),
    }
}
