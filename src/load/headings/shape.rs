//! Where the headings of a table are: under a title, in two rows with merged cells, with a line or a row of units.
//!
//! In: the first records of a source, the table, and other names of its columns. Out: one heading per column, its units where they
//! stand outside it, and where the rows begin. A first row that is a good heading row is taken as it is. Next: `heading`.

use std::collections::BTreeMap;

use crate::dictionary::{ColumnType, Dictionary, Office, comparable, normalise};
use crate::load::cells::cell::{is_missing, trim};
use crate::load::headings::furniture::Furniture;
use crate::load::headings::heading_rows::joined;
use crate::load::headings::lower_words;
use crate::load::headings::names::Names;
use crate::load::headings::numbering::{is_like_data, is_numbering};
use crate::load::headings::unit_line::{self, UnitWord};
use crate::load::headings::years::{self, Unfit};
use crate::load::source::Row;
use crate::load::source::foreign::Fault;

/// Records among which headings are looked for.
pub const LOOKED_AT: usize = 40;
/// Most rows of a heading.
const MOST_ROWS: usize = 3;

/// The headings of a source.
#[derive(Debug, Clone)]
pub struct Heading {
    /// Spreadsheet row of the last heading row, which findings name.
    pub row: u64,
    /// First and last heading row.
    pub rows: (u64, u64),
    /// One heading per column.
    pub fields: Vec<String>,
    /// What is wrong with them.
    pub flaw: Option<Fault>,
    /// Units of single columns, from a row of units.
    pub units: Vec<Option<String>>,
    /// Units of the whole table, from a line above or below the headings, each with its row; the nearest first.
    pub unit_words: Vec<(u64, UnitWord)>,
    /// Such units in a heading row itself: they count where nothing else does.
    pub own_words: Vec<(u64, UnitWord)>,
    /// Units that the names of the sheet and the file say: they count where nothing in the table does.
    pub named_units: Vec<UnitWord>,
    /// The row of units, if there is one.
    pub unit_row: u64,
    /// Cells above the headings that say no unit, with their rows.
    pub texts: Vec<(u64, String)>,
    /// Heading rows but the last.
    pub upper: Vec<(u64, Vec<String>)>,
    /// The last heading row and what stands over it, where there are two.
    pub two_rows: Option<(Vec<String>, Vec<String>)>,
    /// All rows above the data.
    pub furniture: Furniture,
    /// Rows of titles above the headings.
    pub titles: Vec<u64>,
    /// The years that they say, each with the first row that does.
    pub years: BTreeMap<i32, u64>,
    /// What they say that is no whole year, each with its row.
    pub unfit: Vec<(u64, Unfit)>,
    /// The year of all rows, where no column says it.
    pub of_year: Option<i32>,
    /// Rows between the headings and the data: units, numbers of columns.
    pub below: Vec<u64>,
    /// The last record before the data.
    pub last: Row,
}

/// Finds the headings; `None` where there is no record. `told`: first and last heading row, if the user says so.
pub fn find(names: &Names<'_>, rows: &[Row], told: Option<(u64, u64)>) -> Option<Heading> {
    let (first, count) = match told {
        Some((from, to)) => {
            let first = rows.iter().position(|row| row.row >= from)?;
            (first, rows[first..].iter().take_while(|row| row.row <= to).count().max(1))
        }
        None => best(names, rows)?,
    };
    let mut heading = of(names, rows, first, count);
    // What the user says is not second-guessed; what stands below is still no data.
    below(names, rows, first + count, told.is_none(), &mut heading);
    let above = rows.iter().take_while(|row| row.row <= heading.last.row).count();
    heading.furniture = Furniture::of(&rows[..above]);
    Some(heading)
}

/// The rows that name the most columns: the first of them, and how many.
fn best(names: &Names<'_>, rows: &[Row]) -> Option<(usize, usize)> {
    if names.is_complete(&names.columns(&rows.first()?.fields)) {
        return Some((0, 1));
    }
    let mut best = (0, 0, 1);
    // Of those that name as many the fewest rows, so that no title above is taken in.
    for count in 1..=MOST_ROWS.min(rows.len()) {
        for first in 0..=rows.len() - count {
            let known = names.columns(&joined(names, &rows[first..first + count])).len();
            if known > best.0 {
                best = (known, first, count);
            }
        }
    }
    let (known, mut first, mut count) = best;
    // Cells that reach over several headings may hold their unit.
    while first > 0 && count < MOST_ROWS && is_group(&rows[first - 1]) {
        if names.columns(&joined(names, &rows[first - 1..first + count])).len() < known {
            break;
        }
        (first, count) = (first - 1, count + 1);
    }
    Some((first, count))
}

/// A row that heads groups of columns: several cells, or one that does not begin the row as a title does.
fn is_group(row: &Row) -> bool {
    let filled = |field: &&String| !trim(field).is_empty();
    let is_of_form = |field: &String| unit_line::is_line(trim(field)) || Office::get().is_form_line(trim(field));
    let is_form = row.fields.iter().any(is_of_form) || is_period_line(row);
    let begins = row.fields.first().is_some_and(|field| filled(&field));
    !is_form && row.flaw.is_none() && row.fields.iter().filter(filled).count() > usize::from(begins)
}

/// A label and the year behind it in a cell of its own: `统计年度 | 2025`.
fn is_period_line(row: &Row) -> bool {
    let mut filled = row.fields.iter().map(|field| trim(field)).filter(|field| !field.is_empty());
    let is_label = filled.next().is_some_and(|first| Office::get().is_period_label(&comparable(first)));
    let said = filled.next().map(years::of_title).unwrap_or_default();
    is_label && (!said.years.is_empty() || said.unfit.is_some())
}

fn of(names: &Names<'_>, rows: &[Row], first: usize, count: usize) -> Heading {
    let own = &rows[first..first + count];
    // The line next to the headings counts first.
    let above = rows[..first].iter().rev().flat_map(|row| row.fields.iter().map(|cell| (row.row, cell)));
    let untold = rows[..first].iter().flat_map(|row| row.fields.iter().map(|cell| (row.row, cell)));
    let untold = untold.filter(|(_, cell)| unit_line::said_by_title(cell).is_empty());
    let (years, unfit) = years_above(&rows[..first]);
    let inside = own.iter().flat_map(|row| row.fields.iter().map(|cell| (row.row, cell)));
    let inside = inside.filter(|(_, cell)| names.column(trim(cell)).is_none());
    Heading {
        row: own[count - 1].row,
        rows: (own[0].row, own[count - 1].row),
        fields: joined(names, own),
        flaw: own.iter().find_map(|row| row.flaw.clone()),
        units: Vec::new(),
        unit_words: above.flat_map(|(row, cell)| unit_line::said_by_title(cell).into_iter().map(move |word| (row, word))).collect(),
        own_words: inside.flat_map(|(row, cell)| unit_line::said_by_label(cell).into_iter().map(move |word| (row, word))).collect(),
        named_units: Vec::new(),
        unit_row: 0,
        texts: untold.map(|(row, cell)| (row, cell.clone())).collect(),
        upper: own[..count - 1].iter().map(|row| (row.row, row.fields.clone())).collect(),
        two_rows: (count > 1).then(|| (joined(names, &own[..count - 1]), own[count - 1].fields.clone())),
        furniture: Furniture::default(),
        titles: rows[..first].iter().map(|row| row.row).collect(),
        years,
        unfit,
        of_year: None,
        below: Vec::new(),
        last: own[count - 1].clone(),
    }
}

/// The years that titles say, each with the first row that does, and what they say that is no whole year.
fn years_above(titles: &[Row]) -> (BTreeMap<i32, u64>, Vec<(u64, Unfit)>) {
    let (mut years, mut unfit) = (BTreeMap::new(), Vec::new());
    let cells = titles.iter().flat_map(|row| row.fields.iter().map(|cell| (row.row, trim(cell))));
    for (row, cell) in cells.filter(|(_, cell)| !cell.is_empty()) {
        let said = years::of_title(cell);
        unfit.extend(said.unfit.map(|unfit| (row, unfit)));
        for year in said.years {
            years.entry(year).or_insert(row);
        }
    }
    (years, unfit)
}

/// What stands between the headings and the data.
fn below(names: &Names<'_>, rows: &[Row], from: usize, may_grow: bool, heading: &mut Heading) {
    for (at, row) in rows.iter().enumerate().skip(from).take(MOST_ROWS).take_while(|(_, row)| row.flaw.is_none()) {
        let filled: Vec<(usize, &str)> =
            row.fields.iter().map(|cell| trim(cell)).enumerate().filter(|(_, cell)| !cell.is_empty()).collect();
        let words: Vec<UnitWord> = filled.iter().flat_map(|&(at, cell)| below_heading(names, heading, at, cell)).collect();
        if !words.is_empty() && filled.len() == 1 {
            heading.unit_words.extend(words.into_iter().map(|word| (row.row, word)));
        } else if let Some(units) = units(names, heading, &filled) {
            (heading.units, heading.unit_row) = (units, row.row);
            spread(names, heading, &filled);
        } else if may_grow && heading.below.is_empty() && is_lower_heading(names, heading, &filled) {
            heading.upper.push((heading.row, heading.fields.clone()));
            let upper = Row { fields: std::mem::take(&mut heading.fields), ..heading.last.clone() };
            heading.two_rows = Some((upper.fields.clone(), row.fields.clone()));
            heading.fields = joined(names, &[upper, row.clone()]);
            (heading.row, heading.rows.1, heading.last) = (row.row, row.row, row.clone());
            continue;
        } else if !is_numbering(&filled) || is_like_data(names, heading, rows, at) {
            return;
        }
        heading.below.push(row.row);
        heading.last = row.clone();
    }
}

/// The units that a cell says as a line does. A unit alone in its cell is none where its column can be measured: it is that column's.
fn below_heading(names: &Names<'_>, heading: &Heading, at: usize, cell: &str) -> Vec<UnitWord> {
    let column = heading.fields.get(at).and_then(|field| names.column(trim(field)));
    let is_measured = column.is_some_and(|column| names.table.columns[column].quantity.is_some());
    if is_measured { unit_line::said_by_label(cell) } else { unit_line::said(cell) }
}

/// The units of a row in which everything is a unit.
fn units(names: &Names<'_>, heading: &Heading, filled: &[(usize, &str)]) -> Option<Vec<Option<String>>> {
    let (dictionary, office) = (Dictionary::get(), Office::get());
    let mut units = vec![None; heading.fields.len()];
    for &(at, cell) in filled {
        let word = normalise(cell);
        let word = word.trim_start_matches(['(', '[']).trim_end_matches([')', ']']);
        let quantity =
            heading.fields.get(at).and_then(|field| names.column(trim(field))).map(|at| names.table.columns[at].quantity.as_deref());
        let is_unit = match quantity {
            Some(Some(quantity)) => dictionary.unit(quantity, word).is_some(),
            // Under a heading that is not known anything that is a unit of something will do.
            _ => dictionary.is_unit(word),
        };
        if is_unit && matches!(quantity, Some(Some(_))) {
            units[at] = Some(word.to_owned());
        } else if !is_unit && !office.no_unit.iter().any(|mark| mark == word) {
            return None;
        }
    }
    units.iter().any(Option::is_some).then_some(units)
}

/// Names columns without a heading that have a unit, and whose heading reaches over from the left: `用地面积` over `平方米`, `亩`.
fn spread(names: &Names<'_>, heading: &mut Heading, filled: &[(usize, &str)]) {
    for &(at, cell) in filled.iter().filter(|(at, _)| *at < heading.units.len()) {
        let group = heading.fields[..=at].iter().rposition(|field| !trim(field).is_empty());
        let Some(group) = group.filter(|group| *group < at && heading.units[*group].is_some()) else { continue };
        let own = format!("{}（{cell}）", trim(&heading.fields[group]));
        if names.knows(&own) {
            heading.fields[at] = own;
        }
    }
}

/// A second heading row under cells that reach over several columns: nothing in it is a key, a number or long. `合计` may be one of
/// its headings beside others: the row of a total has numbers.
fn is_lower_heading(names: &Names<'_>, heading: &Heading, filled: &[(usize, &str)]) -> bool {
    let column = |at: usize| heading.fields.get(at).and_then(|field| names.column(trim(field))).map(|at| &names.table.columns[at]);
    let is_key = |at: usize| column(at).is_some_and(|column| names.table.key.contains(&column.name));
    let is_unit = |cell: &str| Dictionary::get().is_unit(cell);
    let is_word = |cell: &str| {
        let has_digits = cell.chars().any(|letter| letter.is_ascii_digit());
        cell.chars().count() <= 30 && (!has_digits || lower_words::is_word(cell)) && !is_missing(cell) && !is_unit(cell)
    };
    // Where numbers stand a word is no datum.
    let among_numbers = filled.iter().filter(|(at, _)| column(*at).is_some_and(|column| column.kind == ColumnType::Number)).count();
    // A row of data may lack its key, too; a heading stands under a cell that is blank or reaches over it.
    let under_blank = filled.iter().filter(|(at, _)| heading.fields.get(*at).is_none_or(|field| trim(field).is_empty())).count();
    // Alone under its figure stands what says nothing about it: 折标煤（吨）, 等价值.
    let head = |cell: &str| normalise(cell.split(['(', '（']).next().unwrap_or(cell));
    let is_remark = || filled.iter().all(|(_, cell)| Office::get().heading_remarks.contains(&head(cell)));
    heading.rows.1 - heading.rows.0 + 1 < MOST_ROWS as u64
        && (under_blank > 0 || among_numbers == filled.len() && is_remark() || among_numbers > 0 && filled.len() > 1)
        && filled.iter().all(|&(at, cell)| !is_key(at) && is_word(cell))
        && (filled.len() > 1 || !filled.iter().all(|(_, cell)| Office::get().is_total(cell)))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn found(table: &str, rows: &[&[&str]]) -> Heading {
        let table = Dictionary::get().table(table).expect("a table");
        let rows = Row::of_cells(rows);
        find(&Names { table, aliases: &BTreeMap::new() }, &rows, None).expect("a heading")
    }

    #[test]
    fn headings_stand_under_titles_and_a_line_of_units() {
        let heading = found(
            "tax",
            &[
                &["2025年税收情况表", "", ""],
                &["", "", "单位：元"],
                &["信用代码", "年度", "实缴税收"],
                &["91990101MAEX00010E", "2025", "1"],
            ],
        );
        assert_eq!((heading.rows, heading.titles), ((3, 3), vec![1, 2]));
        assert_eq!(heading.unit_words, [(2, UnitWord { word: "元".to_owned(), about: &[], named: None })]);
        assert_eq!(heading.last.row, 3);
    }

    #[test]
    fn two_rows_of_merged_headings_become_one() {
        let heading = found(
            "tax",
            &[
                &["企业", "", "税收（元）", "", "备注"],
                &["统一社会信用代码", "年度", "实缴税收", "退税", ""],
                &["91990101MAEX00010E", "2025", "1", "", ""],
            ],
        );
        assert_eq!(heading.fields, ["企业统一社会信用代码", "年度", "实缴税收（元）", "退税（元）", "备注"]);
        assert_eq!(heading.rows, (1, 2));
        let below =
            found("tax", &[&["企业代码", "年度", "实缴税收", "其中", ""], &["", "", "", "增值税", "所得税"], &["E1", "2025", "1", "", ""]]);
        assert_eq!(below.fields, ["企业代码", "年度", "实缴税收", "增值税", "所得税"]);
    }

    #[test]
    fn a_total_among_lower_headings_is_one_of_them() {
        let heading =
            found("tax", &[&["企业代码", "年度", "实缴税收", "其中", ""], &["", "", "", "合计", "增值税"], &["E1", "2025", "1", "1", "1"]]);
        assert_eq!((heading.rows, heading.fields.last().map(String::as_str)), ((1, 2), Some("增值税")));
        // The first row of data, and a total with nothing to add up, stay below.
        assert_eq!(found("tax", &[&["企业代码", "年度", "实缴税收"], &["", "合计", "7"]]).rows, (1, 1));
        assert_eq!(found("tax", &[&["企业代码", "年度", "实缴税收"], &["合计", "", ""]]).rows, (1, 1));
    }

    #[test]
    fn rows_of_units_and_of_numbers_are_no_data() {
        let heading =
            found("land", &[&["宗地编号", "企业代码", "用地面积"], &["-", "-", "平方米"], &["甲", "乙", "1", "2"], &["P1", "E1", "1"]]);
        assert_eq!(heading.units, [None, None, Some("平方米".to_owned())]);
        assert_eq!(heading.below, [2, 3]);
        let data = found("land", &[&["宗地编号", "企业代码", "用地面积"], &["1", "2", "3.5"]]);
        assert_eq!((data.below, data.units), (Vec::new(), Vec::new()));
        for row in [["甲", "乙", "1"], ["(1)", "（2）", "(3)"], ["A", "B", "C"], ["①", "②", "③=①-②"], ["1", "2", "3=1+2"], ["甲", "1", "2"]]
        {
            let rows: [&[&str]; 3] = [&["宗地编号", "企业代码", "用地面积"], &row, &["P1", "E1", "7"]];
            assert_eq!(found("land", &rows).below, [2], "{row:?}");
            // Where such keys go on below, or nothing does, it may be data.
            let rows: [&[&str]; 3] = [rows[0], rows[1], &["2", "E1", "7"]];
            assert_eq!((found("land", &rows).below, found("land", &rows[..2]).below), (vec![], vec![]), "{row:?}");
        }
        for row in [["P1", "E1", "1"], ["1", "3", "2"], ["A", "C", "B"], ["甲", "E1", "1"], ["2", "3", "4"]] {
            assert_eq!(found("land", &[&["宗地编号", "企业代码", "用地面积"], &row]).below, Vec::<u64>::new(), "{row:?}");
        }
    }

    #[test]
    fn a_first_row_that_is_good_or_that_nothing_is_better_than_stays() {
        assert_eq!(found("tax", &[&["enterprise_id", "year", "tax_paid"], &["E1", "2025", "1"]]).rows, (1, 1));
        assert_eq!(found("tax", &[&["enterprise_id", "year"], &["E1", "2025"]]).rows, (1, 1));
        assert_eq!(found("tax", &[&["a", "b"], &["c", "d"]]).rows, (1, 1));
    }
}
