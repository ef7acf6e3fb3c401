//! The heading record of a table: which column each heading means.
//!
//! In: the headings as written. Out: one [`FileColumn`] per heading, and findings for what is missing, doubled or unclear.
//! Next: `row` reads the cells of these columns.

pub mod furniture;
pub mod given;
pub mod heading_rows;
pub mod lower_words;
pub mod measure;
pub mod merged;
pub mod named_units;
pub mod names;
pub mod numbering;
pub mod shape;
pub mod unfollowed;
pub mod unit_column;
pub mod unit_label;
pub mod unit_line;
pub mod unit_trace;
pub mod unit_words;
pub mod year_runs;
pub mod years;

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use rust_decimal::Decimal;

use crate::dictionary::{Column, ColumnType, Office, Table, comparable, normalise};
use crate::finding::{Code, Finding, Findings, Place, column_letters};
use crate::load::cells::cell::trim;
use crate::load::config::Units;
use crate::load::headings::measure::{Said, SaidBy};
use crate::load::headings::names::Names;
use crate::load::source::foreign::Fault;

/// What a heading stands for.
#[derive(Debug, Clone, Copy)]
pub enum Means {
    /// A column of the dictionary.
    Known(&'static Column),
    /// A column the dictionary does not know.
    Extra,
    /// Nothing: the heading is empty.
    Unnamed,
    /// Nothing that can be read; a finding says why.
    Skipped,
}

/// One column of a file.
#[derive(Debug, Clone)]
pub struct FileColumn {
    /// The heading as written, without spaces at its ends.
    pub heading: Arc<str>,
    /// What it stands for.
    pub means: Means,
    /// Canonical units per written unit.
    pub factor: Decimal,
    /// Who says its unit.
    pub unit: SaidBy,
    /// The year that stands before the heading.
    pub year: Option<i32>,
    /// Where it is another column in another unit: that column, which is read.
    pub twin: Option<Twin>,
    /// Another column is this one in another unit, and is held against it.
    pub has_twin: bool,
    /// The column that another heading without a year is, where this one has a year and means the same.
    pub beside: Option<Beside>,
}

/// A column that is another one in another unit.
#[derive(Debug, Clone, Copy)]
pub struct Twin {
    /// Where the other stands.
    pub other: usize,
    /// The column that both mean.
    pub column: &'static Column,
    /// Canonical units per written unit.
    pub factor: Decimal,
}

/// What a heading with a year would be, were there none without.
#[derive(Debug, Clone, Copy)]
pub struct Beside {
    /// Where the heading without a year stands.
    pub other: usize,
    /// The column.
    pub column: &'static Column,
    /// The year.
    pub year: i32,
    /// Canonical units per written unit.
    pub factor: Decimal,
}

impl FileColumn {
    /// What it measures, where nobody says the unit.
    pub fn unsaid(&self) -> Option<&'static str> {
        match self.means {
            Means::Known(column) if self.unit == SaidBy::Nobody => column.quantity.as_deref(),
            _ => None,
        }
    }

    /// Is it a column of years?
    pub fn is_year(&self) -> bool {
        matches!(self.means, Means::Known(column) if column.kind == ColumnType::Year)
    }

    /// Is it a column of the dictionary?
    pub fn is_known(&self) -> bool {
        matches!(self.means, Means::Known(_))
    }
}

/// Reads the headings of a table's source; `None` if there is nothing to go by. `may_lack_year`: its year is known without a column.
pub fn read(
    names: &Names<'_>,
    units: &Units,
    file: &Arc<str>,
    heading: Option<&shape::Heading>,
    may_lack_year: bool,
    findings: &mut Findings,
) -> Option<Vec<FileColumn>> {
    let table = names.table;
    let Some(heading) = heading else {
        findings.push(missing_heading(table, &[], Place::File { file: file.clone() }));
        return None;
    };
    if let Some(fault) = &heading.flaw {
        findings.push(flaw(fault, file, heading));
        // Headings that read well in another encoding are known, so that the rows can be looked at, too.
        fault.reads.as_ref()?;
    }
    let columns = columns(names, units, file, heading, findings);
    let place = Place::Row { file: file.clone(), row: heading.row };
    let known = |name: &str| columns.iter().any(|(column, _)| column.is_some_and(|column| column.name == name));
    if !table.columns.iter().any(|column| known(&column.name)) {
        findings.push(missing_heading(table, &heading.fields, place));
        return None;
    }
    for column in table.columns.iter().filter(|column| column.required && !known(&column.name)) {
        let is_year = column.kind == ColumnType::Year;
        if !(is_year && may_lack_year) {
            let finding = Finding::error(Code::MissingColumn, place.clone());
            let finding =
                finding.with_both("column", format!("{} ({})", column.zh, column.name), format!("{} ({})", column.en, column.name));
            let finding = finding.with("accepted", accepted(column));
            if let Some(words) = lower_words::unclear(names, heading.two_rows.as_ref(), &column.name) {
                let finding = finding.with("message", "headings.lower-words").with("remedy", "headings.lower-words-remedy");
                findings.push(finding.with_list("words", &words).with("table", &table.name).with("name", &column.name));
                continue;
            }
            findings.push(if is_year { finding.with("table", &table.name).with("remedy", "years.missing-remedy") } else { finding });
        }
    }
    warn_of_unlikely(table, &columns, file, heading.row, findings);
    warn_of_lost_groups(names, &columns, file, heading, findings);
    unfollowed::report(table, &columns, file, heading, findings);
    Some(columns.into_iter().map(|(_, column)| column).collect())
}

/// Letters that a heading must have before it is held against others.
const LONG_ENOUGH: usize = 4;

/// Warns of headings that mean no column but look much like one that the file does not have: a slip would go unseen.
fn warn_of_unlikely(table: &Table, columns: &[(Option<&'static Column>, FileColumn)], file: &Arc<str>, row: u64, findings: &mut Findings) {
    let there: HashSet<&str> = columns.iter().filter_map(|(known, _)| Some(known.as_ref()?.name.as_str())).collect();
    let absent: Vec<(&Column, Vec<String>)> =
        table.columns.iter().filter(|column| !there.contains(column.name.as_str())).map(|column| (column, long_words(column))).collect();
    let has_periods = table.columns.iter().any(|column| column.name == "quarter");
    for (position, (_, column)) in
        columns.iter().enumerate().filter(|(_, (_, column))| matches!(column.means, Means::Extra) && column.twin.is_none())
    {
        let text = comparable(&column.heading);
        let text = text.split('(').next().unwrap_or(&text);
        let office = Office::get();
        let is_one_of = |words: &[String]| words.iter().any(|word| *word == text);
        if is_one_of(&office.period_ends) {
            continue;
        }
        let other =
            if has_periods && is_one_of(&office.period_headings) { absent.iter().find(|(known, _)| known.name == "quarter") } else { None };
        if let Some((near, _)) = other.or_else(|| absent.iter().find(|(_, words)| is_like(text, words))) {
            let place = Place::Cell { file: file.clone(), row, column: position as u32, heading: column.heading.clone() };
            let finding = Finding::warning(Code::UnlikelyHeading, place).text(&*column.heading);
            findings.push(finding.with_both("near", &near.zh, &near.name));
        }
    }
}

/// Warns of a cell over several headings that means a column, where none of these is that column.
fn warn_of_lost_groups(
    names: &Names<'_>,
    columns: &[(Option<&'static Column>, FileColumn)],
    file: &Arc<str>,
    heading: &shape::Heading,
    findings: &mut Findings,
) {
    for (row, fields) in &heading.upper {
        for (position, text) in fields.iter().enumerate().map(|(position, text)| (position, trim(text))) {
            let Some(known) = names.column(text).map(|at| &names.table.columns[at]).filter(|_| !text.is_empty()) else { continue };
            if known.quantity.is_some() && !columns.iter().any(|(column, _)| column.is_some_and(|column| column.name == known.name)) {
                let place = Place::Cell { file: file.clone(), row: *row, column: position as u32, heading: text.into() };
                findings.push(Finding::warning(Code::UnlikelyHeading, place).text(text).with_both("near", &known.zh, &known.name));
            }
        }
    }
}

/// The headings of a column that are long enough to be held against others.
fn long_words(column: &Column) -> Vec<String> {
    let words = [&column.name, &column.zh, &column.en].into_iter().chain(&column.aliases).map(|word| normalise(word));
    words.filter(|word| word.chars().count() >= LONG_ENOUGH).collect()
}

/// Is a heading a slip of one of the column's headings, or the beginning of one?
fn is_like(text: &str, words: &[String]) -> bool {
    let letters = text.chars().count();
    letters >= LONG_ENOUGH
        && words.iter().any(|word| {
            let most = (word.chars().count().max(letters) / 3).min(4);
            word.starts_with(text) || text.contains(word) || strsim::osa_distance(text, word) <= most
        })
}

/// A finding for a record that is no text.
fn flaw(fault: &Fault, file: &Arc<str>, heading: &shape::Heading) -> Finding {
    fault.finding(match fault.column.and_then(|column| Some((column, heading.fields.get(column)?))) {
        Some((column, text)) => Place::Cell { file: file.clone(), row: heading.row, column: column as u32, heading: text.as_str().into() },
        None => Place::Row { file: file.clone(), row: heading.row },
    })
}

/// Cells of a row that a finding shows.
const SHOWN: usize = 6;

/// The finding for a row that names no column of the table; blank cells count for nothing.
fn missing_heading(table: &Table, fields: &[String], place: Place) -> Finding {
    let required: Vec<String> = table.columns.iter().filter(|column| column.required).map(accepted).collect();
    let cells: Vec<&str> = fields.iter().map(|field| field.trim()).filter(|field| !field.is_empty()).collect();
    let there = match cells.len() {
        0 => "headings.none",
        1 => "headings.one-cell",
        _ => "headings.others",
    };
    let place_row = place.row().unwrap_or_default();
    let more = if cells.len() > SHOWN { ", …" } else { "" };
    let finding = Finding::error(Code::MissingHeading, place).with_both("table", &table.zh, &table.en).with("there", there);
    let finding = finding.with("cells", format!("{}{more}", cells[..cells.len().min(SHOWN)].join(", "))).with("at", place_row);
    finding.with("accepted", required.join("; "))
}

/// How a column is usually headed: its name, and its label in both languages. The pages of the manual list the other spellings.
fn accepted(column: &Column) -> String {
    [column.name.as_str(), &column.zh, &column.en].join(" / ")
}

/// The columns, each with the dictionary's column it was meant for (even if it cannot be read).
fn columns(
    names: &Names<'_>,
    units: &Units,
    file: &Arc<str>,
    heading: &shape::Heading,
    findings: &mut Findings,
) -> Vec<(Option<&'static Column>, FileColumn)> {
    let mut columns: Vec<(Option<&'static Column>, FileColumn)> = Vec::with_capacity(heading.fields.len());
    let (told, mut told_lines) = (Said { names, units, heading }, BTreeSet::new());
    let mut seen: HashMap<String, usize> = HashMap::new();
    for (position, text) in heading.fields.iter().enumerate() {
        let text: Arc<str> = trim(text).into();
        let place = Place::Cell { file: file.clone(), row: heading.row, column: position as u32, heading: text.clone() };
        let unknown = |unit: &str, accepted: Vec<&str>| {
            let finding = Finding::error(Code::UnknownUnit, place.clone()).text(&*text);
            finding.with("unit", unit).with_list("accepted", &accepted)
        };
        let unsaid = (Decimal::ONE, SaidBy::Nobody);
        let left_out = told.left_out(position, &text);
        let (mut means, (factor, unit), meant) = match told.means(position, &text) {
            None if text.is_empty() => (Means::Unnamed, unsaid, None),
            None => (Means::Extra, unsaid, None),
            Some((column, Err((unit, accepted)))) => {
                findings.push(unknown(&unit, accepted));
                (Means::Skipped, unsaid, Some(column))
            }
            Some((column, Ok(unit))) => {
                unit.contradictions(&place, &mut told_lines).into_iter().for_each(|finding| findings.push(finding));
                (Means::Known(column), (unit.factor, unit.by), Some(column))
            }
        };
        let first = *seen.entry(normalise(&text)).or_insert(position);
        let first = Some(first).filter(|first| *first != position);
        let twin = meant.filter(|_| first.is_none() && unit != SaidBy::Nobody).and_then(|column| twin_of(&columns, column, factor));
        if let Some(twin) = twin {
            means = Means::Extra;
            columns[twin.other].1.has_twin = true;
        } else if let Some(finding) = doubled(&columns, first, &text, meant, &place).filter(|_| !text.is_empty()) {
            findings.push(finding.with("second", format!("{}{}", column_letters(position as u32), heading.row)));
            means = Means::Skipped;
        }
        let year = names.year(&text).filter(|_| meant.is_some());
        let beside = left_out.and_then(|left_out| match left_out.year {
            Some(year) => Some(Beside { other: left_out.other, column: left_out.column, year, factor: left_out.factor }),
            None => {
                let finding = left_out_by(heading, left_out.other, left_out.column, place.clone(), "left-out.told");
                findings.push(finding.text(&*text));
                None
            }
        });
        columns.push((meant, FileColumn { heading: text, means, factor, unit, year, twin, has_twin: false, beside }));
    }
    columns
}

/// A warning of a heading that is not the column it means, because another one is.
pub fn left_out_by(heading: &shape::Heading, other: usize, column: &Column, place: Place, why: &'static str) -> Finding {
    let name = heading.fields.get(other).map_or("", |field| trim(field));
    let finding = Finding::warning(Code::ColumnLeftOut, place).with_both("column", &column.zh, &column.en);
    let finding = finding.with("other", name).with("other_at", format!("{}{}", column_letters(other as u32), heading.row));
    let say = format!("columns = {{ \"{}\" = \"{}\" }}", finding.place.heading().unwrap_or(""), column.name);
    finding.with("why", why).with("say", say)
}

/// The one column before that is this one in another unit, both units being said: whether they agree is seen in the rows.
fn twin_of(before: &[(Option<&'static Column>, FileColumn)], column: &'static Column, factor: Decimal) -> Option<Twin> {
    let mut same = (0..before.len()).filter(|&at| before[at].0.is_some_and(|known| known.name == column.name));
    let other = same.next().filter(|_| same.next().is_none())?;
    let file = &before[other].1;
    let is_twin = file.is_known() && file.unit != SaidBy::Nobody && file.factor != factor && file.year.is_none();
    (is_twin && column.kind == ColumnType::Number).then_some(Twin { other, column, factor })
}

/// The finding for a heading that stands twice, or for a column that two headings mean. `same`: where it stands first.
fn doubled(
    before: &[(Option<&'static Column>, FileColumn)],
    same: Option<usize>,
    text: &str,
    meant: Option<&'static Column>,
    place: &Place,
) -> Option<Finding> {
    let row = place.row().unwrap_or(1);
    let is_twin = |meant: &Column| before.iter().position(|(column, _)| column.is_some_and(|column| meant.name == column.name));
    let twin = meant.and_then(is_twin);
    let (code, at) = same.map(|at| (Code::DuplicateHeading, at)).or(twin.map(|at| (Code::DuplicateColumn, at)))?;
    let finding = Finding::error(code, place.clone()).text(text).with("first", format!("{}{row}", column_letters(at as u32)));
    let (zh, en) = meant.map_or((text, text), |column| (column.zh.as_str(), column.en.as_str()));
    Some(finding.with("other", &before[at].1.heading).with_both("column", zh, en))
}

#[cfg(test)]
mod tests {
    use crate::dictionary::Dictionary;
    use std::collections::BTreeMap;

    use super::*;
    use crate::load::source::Row;

    fn codes(table: &str, fields: &[&str]) -> Vec<Code> {
        let table = Dictionary::get().table(table).expect("a table of the dictionary");
        let aliases = BTreeMap::new();
        let names = Names { table, aliases: &aliases };
        let rows = Row::of_cells(&[fields]);
        let mut findings = Findings::default();
        read(&names, &Units::new(), &"t.csv".into(), shape::find(&names, &rows, None).as_ref(), false, &mut findings);
        findings.iter().map(|finding| finding.code).collect()
    }

    #[test]
    fn headings_are_missing_doubled_or_unclear() {
        assert_eq!(codes("tax", &["企业代码", "年度", "实缴税收（元）"]), []);
        assert_eq!(codes("tax", &["企业代码", "年度"]), [Code::MissingColumn]);
        assert_eq!(codes("tax", &["1", "2", "3"]), [Code::MissingHeading]);
        assert_eq!(codes("tax", &[""]), [Code::MissingHeading]);
        assert_eq!(codes("tax", &["企业代码", "年度", "tax_paid", "备注", "备注"]), [Code::DuplicateHeading]);
        assert_eq!(codes("tax", &["企业代码", "年度", "tax_paid", "实缴税收"]), [Code::DuplicateColumn]);
        // Whether two units of one figure agree its rows say.
        assert_eq!(codes("tax", &["企业代码", "年度", "tax_paid", "实缴税收（元）"]), []);
        assert_eq!(codes("tax", &["企业代码", "年度", "实缴税收（吨）"]), [Code::UnknownUnit]);
    }
}
