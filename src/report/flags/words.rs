//! Names and values as people and programs read them.

use std::sync::LazyLock;

use super::evidence::Shown;
use crate::dictionary::Dictionary;

/// What people call what the run and the method give.
const OF_THE_RUN: &[(&str, &str, &str)] = &[
    ("as_of", "截至日期", "The date asked"),
    ("effective_on", "评价年度次年1月1日", "1 January after the evaluated year"),
    ("year", "评价年度", "The evaluated year"),
    ("grade", "等级", "Grade"),
    ("grade_years", "连续年数", "Years with this grade"),
    ("grade_years_open", "更早年度不明", "Earlier years unknown"),
    ("outcome", "评价状态", "Outcome"),
    ("score", "总分", "Score"),
    ("review", "复核", "Review"),
    ("sites", "对象数", "Sites"),
];

/// Prefixes of a name that another table has too.
const PREFIXES: [&str; 2] = ["enterprise_", "parcel_"];

/// The dictionary's label of a column, with or without a prefix; the name where it has none.
pub fn dictionary_label(name: &str, language: &str) -> String {
    if let Some((_, zh, en)) = OF_THE_RUN.iter().find(|(known, ..)| *known == name) {
        return if language == "zh" { zh } else { en }.to_string();
    }
    let known = |name: &str| Dictionary::get().describe(name, language).map(|(label, _)| label.to_owned());
    known(name).or_else(|| PREFIXES.iter().find_map(|prefix| name.strip_prefix(prefix).and_then(known))).unwrap_or_else(|| name.to_owned())
}

/// The dictionary's unit of a column.
pub fn dictionary_unit(name: &str, language: &str) -> &'static str {
    let known = |name: &str| Dictionary::get().describe(name, language).and_then(|(_, unit)| unit);
    let unit = known(name).or_else(|| PREFIXES.iter().find_map(|prefix| name.strip_prefix(prefix).and_then(known)));
    unit.filter(|unit| !["ratio", "比值"].contains(unit)).unwrap_or("")
}

/// The Chinese word for the code of a choice column.
pub fn chinese_word<'w>(name: &str, code: &str) -> Option<&'w str> {
    let column = Dictionary::get().tables.iter().flat_map(|table| &table.columns).find(|column| column.name == name)?;
    column.values.iter().find(|choice| choice.name == code)?.spellings.first().map(String::as_str)
}

/// A title without what it explains in brackets.
pub fn brief(title: &str) -> String {
    title.split(['（', '(']).next().unwrap_or(title).trim().to_owned()
}

/// Of a document's name in two languages (`中文 / English`) the one that is read.
pub fn in_language<'n>(name: &'n str, language: &str) -> &'n str {
    let (zh, en) = name.split_once("/ ").unwrap_or((name, name));
    if language == "zh" { zh.trim() } else { en.trim() }
}

/// A name with the year of its value, where it is not the evaluated one.
pub fn with_year(name: &str, year: Option<i32>) -> String {
    year.map_or_else(|| name.to_owned(), |year| format!("{name}_{year}"))
}

/// Days of 1950 to 2200 as text, told by the calendar once: lists have millions of dates.
static DAYS: LazyLock<Vec<String>> = LazyLock::new(|| (FIRST_DAY..LAST_DAY).map(told).collect());
const FIRST_DAY: i32 = -7305;
const LAST_DAY: i32 = 84_371;

fn told(day: i32) -> String {
    let epoch = jiff::civil::date(1970, 1, 1);
    epoch.checked_add(jiff::Span::new().days(i64::from(day))).map_or_else(|_| String::new(), |date| date.to_string())
}

/// Adds `2025-06-30` of days since 1970.
pub fn push_iso(day: i32, text: &mut String) {
    match DAYS.get((day - FIRST_DAY) as usize).filter(|_| day >= FIRST_DAY) {
        Some(known) => text.push_str(known),
        None => text.push_str(&told(day)),
    }
}

/// `2025-06-30` of days since 1970.
pub fn iso(day: i32) -> String {
    let mut text = String::with_capacity(10);
    push_iso(day, &mut text);
    text
}

/// Up to so many decimals, half-up, trailing zeros cut.
pub fn number(value: f64, decimals: u32) -> String {
    // The shortest text of what was read from a cell is the cell's own; only computed figures have more decimals.
    let shortest = value.to_string();
    if shortest.split_once('.').is_none_or(|(_, fraction)| fraction.len() <= decimals as usize) {
        return shortest;
    }
    let decimal = shortest.parse::<rust_decimal::Decimal>();
    let half_up = rust_decimal::RoundingStrategy::MidpointAwayFromZero;
    decimal.map_or(shortest, |decimal| decimal.round_dp_with_strategy(decimals, half_up).normalize().to_string())
}

/// Adds a value as programs read it; nothing where it is missing.
pub fn push_plain(shown: &Shown, text: &mut String) {
    match shown {
        Shown::Missing => {}
        Shown::Number(value) => text.push_str(&number(*value, 6)),
        Shown::Text(words) => text.push_str(words),
        Shown::Truth(truth) => text.push_str(if *truth { "true" } else { "false" }),
        Shown::Date(day) => push_iso(*day, text),
    }
}

/// A value as programs read it.
pub fn plain(shown: &Shown) -> String {
    let mut text = String::new();
    push_plain(shown, &mut text);
    text
}

/// A value as JSON.
pub fn json(shown: &Shown) -> String {
    match shown {
        Shown::Missing => "null".to_owned(),
        Shown::Number(_) | Shown::Truth(_) => plain(shown),
        Shown::Text(_) | Shown::Date(_) => serde_json::Value::from(plain(shown)).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_the_calendars_own() {
        for (day, date) in [(0, "1970-01-01"), (-1, "1969-12-31"), (19_782, "2024-02-29"), (-7305, "1950-01-01"), (-7306, "1949-12-31")] {
            assert_eq!(iso(day), date);
        }
        assert_eq!(iso(LAST_DAY), told(LAST_DAY));
    }

    #[test]
    fn numbers_are_short_and_half_up() {
        assert_eq!([number(2.675, 2), number(3.0, 6), number(0.1 + 0.2, 6), number(-0.5, 0)], ["2.68", "3", "0.3", "-1"]);
        assert_eq!(plain(&Shown::Number(120.0)), "120");
    }
}
