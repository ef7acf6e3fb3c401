//! Words under the name of a figure that say which of its columns is the year's: `工业总产值` over `本年`, `上年同期`, `增速`.
//!
//! In: two heading rows. Out: for each column whether it is the figure itself, and the columns of which no word says so. Next:
//! `heading_rows` names the column by the figure.

use crate::dictionary::{ColumnType, Office, comparable};
use crate::load::cells::cell::trim;
use crate::load::headings::names::Names;

/// The name of a figure and where the words below it stand: from, and up to but not including.
pub struct Group<'f> {
    /// The name.
    pub name: &'f str,
    /// The first of its columns.
    pub from: usize,
    /// The first column behind.
    pub to: usize,
}

/// The names of figures in the upper of two rows that have words below them.
pub fn groups<'f>(names: &Names<'_>, upper: &'f [String], lower: &[String]) -> Vec<Group<'f>> {
    let width = upper.len().max(lower.len());
    let starts: Vec<usize> = (0..upper.len()).filter(|&at| !trim(&upper[at]).is_empty()).collect();
    let group = |(number, &from): (usize, &usize)| {
        let to = starts.get(number + 1).copied().unwrap_or(width);
        Group { name: trim(&upper[from]), from, to }
    };
    let is_figure = |group: &Group<'_>| {
        let column = names.column(group.name).map(|at| &names.table.columns[at]);
        column.is_some_and(|column| column.kind == ColumnType::Number) && words(lower, group).next().is_some()
    };
    starts.iter().enumerate().map(group).filter(is_figure).collect()
}

/// The words below a name, with their columns.
pub fn words<'l>(lower: &'l [String], group: &Group<'_>) -> impl Iterator<Item = (usize, &'l str)> {
    let cells = lower.iter().enumerate().take(group.to).skip(group.from);
    cells.map(|(at, cell)| (at, trim(cell))).filter(|(_, cell)| !cell.is_empty())
}

/// The column of a group that is the figure of the year, and its heading; `None` where no word says so, or two do.
pub fn figure(names: &Names<'_>, lower: &[String], group: &Group<'_>) -> Option<(usize, String)> {
    let office = Office::get();
    // What a word and the name are together comes first, as 2025年 does.
    let is_own = |word: &str| !is_listed(word) && names.knows(&format!("{}{word}", group.name));
    if words(lower, group).any(|(_, word)| is_own(word)) {
        return None;
    }
    let among = |list: &[String]| -> Vec<(usize, String)> {
        let heading = |(at, word): (usize, &str)| {
            let (word, unit) = apart(word);
            list.contains(&comparable(word)).then(|| (at, format!("{}{unit}", group.name)))
        };
        words(lower, group).filter_map(heading).collect()
    };
    let mut found = among(&office.whole_year);
    // Beside a part of the year nothing else is of all of it.
    if found.is_empty() && !words(lower, group).any(|(_, word)| office.is_part_of_year(word)) {
        found = among(&office.cumulative);
        if found.is_empty() {
            found = among(&office.figures);
        }
    }
    found.pop().filter(|(_, heading)| found.is_empty() && names.knows(heading))
}

/// Is it a word that means the figure itself, where no other does?
pub fn is_listed(word: &str) -> bool {
    let (office, word) = (Office::get(), comparable(apart(word).0));
    [&office.whole_year, &office.cumulative, &office.figures].iter().any(|list| list.contains(&word))
}

/// A word and the bracket behind it: `金额（万元）`.
fn apart(word: &str) -> (&str, &str) {
    word.find(['(', '（']).map_or((word, ""), |at| (trim(&word[..at]), &word[at..]))
}

/// May it stand below the name of a figure though digits are in it: `1-12月`, `12月`, `2025年`?
pub fn is_word(cell: &str) -> bool {
    let office = Office::get();
    let text = comparable(apart(cell).0);
    let is_of_time = |letter: char| letter.is_ascii_digit() || office.date_letters.contains(letter);
    let is_time = text.ends_with(|letter: char| !letter.is_ascii_digit()) && text.chars().all(is_of_time);
    is_time || is_listed(&text) || office.is_part_of_year(&text)
}

/// The words below the names of a column's figure, none of which is the figure, as they are shown.
pub fn unclear(names: &Names<'_>, rows: Option<&(Vec<String>, Vec<String>)>, column: &str) -> Option<Vec<String>> {
    let (upper, lower) = rows?;
    let is_it = |group: &Group<'_>| names.column(group.name).is_some_and(|at| names.table.columns[at].name == column);
    let group = groups(names, upper, lower).into_iter().find(is_it)?;
    Some(words(lower, &group).map(|(_, word)| word.to_owned()).collect())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::dictionary::Dictionary;

    fn found(lower: &[&str]) -> Option<(usize, String)> {
        let aliases = BTreeMap::new();
        let names = Names { table: Dictionary::get().table("tax").expect("a table"), aliases: &aliases };
        let lower: Vec<String> = lower.iter().map(|cell| (*cell).to_owned()).collect();
        let upper = vec!["实缴税收".to_owned()];
        figure(&names, &lower, &groups(&names, &upper, &lower)[0])
    }

    #[test]
    fn one_word_is_the_figure_of_the_year_or_none() {
        let at = |place, heading: &str| Some((place, heading.to_owned()));
        for (lower, expected) in [
            (vec!["本年", "上年同期", "增速"], at(0, "实缴税收")),
            (vec!["上期", "本期"], at(1, "实缴税收")),
            (vec!["当月", "累计"], at(1, "实缴税收")),
            (vec!["本年", "本年累计"], at(1, "实缴税收")),
            (vec!["12月", "1-12月"], at(1, "实缴税收")),
            (vec!["金额（元）", "同比"], at(0, "实缴税收（元）")),
            (vec!["全年", "上半年"], at(0, "实缴税收")),
            (vec!["合计", "小计"], None),
            (vec!["6月", "累计"], None),
            (vec!["1-6月", "增速"], None),
            (vec!["甲", "乙"], None),
        ] {
            assert_eq!(found(&lower), expected, "{lower:?}");
        }
    }
}
