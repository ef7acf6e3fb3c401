//! Units in the names of files and sheets: `税收（千元）.csv`, `2025税收（单位：元）.xlsx`, a sheet `税收_元`.
//!
//! In: a file as the user would type it, with its sheet. Out: the units that its names say, those of the sheet first. Next: `measure`
//! follows them where nothing in the table says a unit, `unfollowed` tells of those that cannot be followed.

use crate::dictionary::Office;
use crate::load::headings::unit_line::{UnitWord, said};
use crate::load::headings::unit_words::{is_unit, is_unread, spaced};

/// Latin letters that a unit behind a separator has at least: `land_b`.
const FEWEST_LETTERS: usize = 3;

/// The units that the names say, those of the sheet before those of the file.
pub fn of(file: &str, is_sheet: bool) -> Vec<UnitWord> {
    let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
    let (name, sheet) = name.split_once('!').filter(|_| is_sheet).map_or((name, None), |(name, sheet)| (name, Some(sheet)));
    let packed = name.strip_suffix(".gz").unwrap_or(name);
    let stem = packed.rsplit_once('.').map_or(packed, |(stem, _)| stem);
    sheet.into_iter().chain([stem]).flat_map(said_by_name).collect()
}

/// The units in brackets in a name, or behind a separator at its end; a word in which one is seen says none: 亿元企业.
fn said_by_name(name: &str) -> Vec<UnitWord> {
    let plain = spaced(name);
    let brackets = plain.split(['(', '[']).skip(1).filter_map(|piece| Some(piece.split_once([')', ']'])?.0));
    let in_brackets: Vec<UnitWord> = brackets.flat_map(said).collect();
    if !in_brackets.is_empty() {
        return in_brackets;
    }
    let is_apart = |letter: char| matches!(letter, '_' | '-' | '—' | '.' | '·') || letter.is_whitespace();
    // A year or a number of a version may stand behind it.
    let is_number = |piece: &&str| piece.is_empty() || piece.starts_with(|first: char| first.is_ascii_digit());
    let mut pieces = plain.rsplit(is_apart).skip_while(is_number);
    let Some(last) = pieces.next().filter(|_| pieces.next().is_some()) else { return Vec::new() };
    // CNY is a currency, too.
    let is_short = last.is_ascii() && (last.len() < FEWEST_LETTERS || Office::get().own_currencies.iter().any(|own| own == last));
    if !is_short && (is_unit(last) || is_unread(last)) { said(last) } else { Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_units_in_brackets_and_behind_separators() {
        let words = |file: &str, is_sheet: bool| of(file, is_sheet).into_iter().map(|said| said.word).collect::<Vec<_>>();
        for (file, expected) in [
            ("data/税收（千元）.csv", &["千元"][..]),
            ("2025税收（单位：元）.csv", &["元"]),
            ("税收_元.csv.gz", &["元"]),
            ("税收_元_2025.csv", &["元"]),
            ("税收（元）2025年.csv", &["元"]),
            ("税收（美元）.csv", &["美元"]),
            ("用地（公顷）.csv", &["公顷"]),
            ("亿元企业名单.csv", &[]),
            ("税收（元旦）.csv", &[]),
            ("tax_k.csv", &[]),
            ("tax_cny.csv", &[]),
            ("元.csv", &[]),
            ("元/税收.csv", &[]),
            ("税收.csv", &[]),
        ] {
            assert_eq!(words(file, false), expected, "{file}");
        }
        assert_eq!(words("data/2025（万元）.xlsx!税收(元)", true), ["元", "万元"]);
    }
}
