//! What `mujun.toml` says of one table.
//!
//! In: the section `[tables.NAME]`. Out: [`OfTable`], and a finding for every key or value that cannot be followed. Next: `intake`
//! takes file and sheet, `table` the headings, units and columns.

use super::OfSource;
use super::OfTable;
use super::Places;
use super::ToldUnit;
use super::written::{Item, Wanted, Word, Written, count};
use crate::dictionary::{ColumnType, Dictionary, Office, Table, comparable, normalise};
use crate::finding::{Finding, Findings, Severity};
use crate::load::cells::cell::YEARS;
use crate::load::intake::sheet_of;
use crate::load::source::encoding;

/// Below this row no headings are looked for, whatever is said.
const LAST_HEADING: u64 = 1000;
/// Most rows of headings.
const MOST_HEADINGS: u64 = 10;

/// The keys of a section.
const KEYS: [&str; 8] = ["file", "sheet", "year", "encoding", "delimiter", "headings", "units", "columns"];

const SECTION: Wanted = ("config.section", "example.section");
const FILE: Wanted = ("config.text-or-texts", "example.file");
const SHEET: Wanted = ("config.text-or-texts", "example.sheet");
const YEAR: Wanted = ("config.year", "2025, [2024, 2025]");
const ENCODING: Wanted = ("config.encoding", "utf-8, gbk, gb18030, big5, utf-16le, utf-16be");
const DELIMITER: Wanted = ("config.delimiter", "\",\", \";\", \"|\", \"\\t\"");
const HEADINGS: Wanted = ("config.headings", "1, 2, [2, 3]");
const UNITS: Wanted = ("config.units", "example.units");
const COLUMNS: Wanted = ("config.columns", "example.columns");

/// Reads the section of a table.
pub fn read(written: &Written, table: &'static Table, name: &Word, item: Item<'_>, findings: &mut Findings) -> OfTable {
    let mut of_table = OfTable { at: Places { name: name.span.clone(), ..Places::default() }, ..OfTable::default() };
    let (mut files, mut sheets) = (Vec::new(), Vec::new());
    for (key, item) in written.entries(&format!("tables.{}", name.text), item, SECTION, findings) {
        match key.text.as_str() {
            "file" => files = written.one_or_more("file", item, FILE, findings),
            "sheet" => sheets = written.one_or_more("sheet", item, SHEET, findings),
            "year" => years_of(written, table, item, &mut of_table, findings),
            "encoding" => {
                let word = written.word("encoding", item, ENCODING, findings);
                of_table.told.encoding = word.and_then(|word| known(encoding::named(&word.text), &word, written, ENCODING, findings));
            }
            "delimiter" => {
                let word = written.word("delimiter", item, DELIMITER, findings);
                of_table.told.delimiter = word.and_then(|word| known(delimiter(&word.text), &word, written, DELIMITER, findings));
            }
            "headings" => {
                of_table.headings = headings(item);
                of_table.at.headings = item.span();
                if of_table.headings.is_none() {
                    findings.push(written.wrong("headings", item, HEADINGS));
                }
            }
            "units" => {
                for (mut key, unit) in written.pairs("units", item, UNITS, findings) {
                    key.text = measured(table, key.text);
                    check_unit(written, table, &key, &unit, findings);
                    of_table.units.insert(key.text, ToldUnit { word: unit.text, at: written.line(&unit.span) });
                }
            }
            "columns" => columns(written, table, written.pairs("columns", item, COLUMNS, findings), &mut of_table, findings),
            _ => findings.push(written.unknown(&key, &KEYS, None)),
        }
    }
    if files.len() > 1 && sheets.len() > 1 {
        findings.push(written.fault(&sheets[0], "config.sheets-of-files", "example.files"));
    }
    of_table.sources = sources(files, sheets);
    of_table
}

/// Every file with its sheet: a sheet alone is in whatever file, one sheet is that of all files, one file has all sheets.
fn sources(files: Vec<Word>, sheets: Vec<Word>) -> Vec<OfSource> {
    let apart = |file: Word| match sheet_of(&file.text) {
        (book, Some(sheet)) => OfSource {
            sheet: Some(Word { text: sheet.to_owned(), span: file.span.clone() }),
            file: Some(Word { text: book.to_owned(), span: file.span.clone() }),
        },
        _ => OfSource { file: Some(file), sheet: None },
    };
    let files: Vec<OfSource> = files.into_iter().map(apart).collect();
    match (files.as_slice(), sheets.as_slice()) {
        (_, []) => files,
        ([], sheets) => sheets.iter().map(|sheet| OfSource { file: None, sheet: Some(sheet.clone()) }).collect(),
        ([one], sheets) => sheets.iter().map(|sheet| OfSource { sheet: Some(sheet.clone()), ..one.clone() }).collect(),
        (_, [sheet, ..]) => {
            files.into_iter().map(|source| OfSource { sheet: source.sheet.or_else(|| Some(sheet.clone())), file: source.file }).collect()
        }
    }
}

/// The years of a table that has a column of years.
fn years_of(written: &Written, table: &Table, item: Item<'_>, of_table: &mut OfTable, findings: &mut Findings) {
    let dated = |table: &Table| table.columns.iter().any(|column| column.kind == ColumnType::Year);
    of_table.at.years = item.span();
    match years(item) {
        Some(_) if !dated(table) => {
            let names: Vec<&str> = Dictionary::get().tables.iter().filter(|table| dated(table)).map(|table| table.name.as_str()).collect();
            let span = item.span();
            let word = Word { text: written.text.get(span.clone()).unwrap_or("").to_owned(), span };
            findings.push(written.fault(&word, "config.year-of", &names.join(", ")));
        }
        Some(years) => of_table.years = years,
        None => findings.push(written.wrong("year", item, YEAR)),
    }
}

/// A year, or one for each file.
fn years(item: Item<'_>) -> Option<Vec<i32>> {
    let year = |item: Item<'_>| i32::try_from(count(item)?).ok().filter(|year| YEARS.contains(&i64::from(*year)));
    match item.get_ref().as_array() {
        Some(list) => list.iter().map(year).collect::<Option<Vec<i32>>>().filter(|years| !years.is_empty()),
        None => Some(vec![year(item)?]),
    }
}

fn known<T>(value: Option<T>, word: &Word, written: &Written, (what, accepted): Wanted, findings: &mut Findings) -> Option<T> {
    if value.is_none() {
        findings.push(written.fault(word, what, accepted));
    }
    value
}

fn delimiter(text: &str) -> Option<u8> {
    match text.as_bytes() {
        [byte] if *byte != b'"' && (byte.is_ascii_punctuation() || matches!(byte, b'\t' | b' ')) => Some(*byte),
        _ => None,
    }
}

/// First and last row of headings, where they can be.
fn headings(item: Item<'_>) -> Option<(u64, u64)> {
    let (from, to) = match item.get_ref().as_array() {
        Some(array) if array.len() == 2 => (count(array.first()?)?, count(array.get(1)?)?),
        Some(_) => return None,
        None => (count(item)?, count(item)?),
    };
    (1 <= from && from <= to && to <= LAST_HEADING && to - from < MOST_HEADINGS).then_some((from, to))
}

/// Is it a label as the program prints it, in either language?
pub fn is_label(text: &str, zh: &str, en: &str) -> bool {
    let text = comparable(text);
    text == comparable(zh) || text == comparable(en)
}

/// The column of a label.
fn labelled<'t>(table: &'t Table, text: &str) -> Option<&'t str> {
    table.columns.iter().find(|column| is_label(text, &column.zh, &column.en)).map(|column| column.name.as_str())
}

/// The name of the column or the quantity that a key of `units` means: either may be called by its label.
fn measured(table: &Table, key: String) -> String {
    let is_name = table.columns.iter().any(|column| column.name == key);
    let quantity = || Office::get().quantities.iter().find(|(_, words)| words.contains(&comparable(&key))).map(|(name, _)| name.as_str());
    let name = if is_name { None } else { labelled(table, &key).or_else(quantity) };
    name.map_or(key, str::to_owned)
}

/// A unit is of a quantity that the table has, and the quantity has it.
fn check_unit(written: &Written, table: &Table, key: &Word, unit: &Word, findings: &mut Findings) {
    let dictionary = Dictionary::get();
    let column = table.columns.iter().find(|column| column.name == key.text);
    let quantity = column.map_or(Some(key.text.as_str()), |column| column.quantity.as_deref());
    let units = quantity.map(|quantity| dictionary.units_of(quantity)).unwrap_or_default();
    let (quantities, columns) = with_units(table);
    let names = || quantities.iter().chain(&columns).copied();
    if units.is_empty() {
        let finding = written.fault(key, "config.unit-of", &names().collect::<Vec<_>>().join(", "));
        let hint = super::written::hint_for(&key.text, names());
        findings.push(hint.into_iter().fold(finding, |finding, hint| finding.with("hint", hint)));
    } else if quantity.is_some_and(|quantity| dictionary.unit(quantity, &unit.text).is_none()) {
        findings.push(written.fault(unit, "config.unit", &units.join(", ")));
    } else if quantity.is_some_and(|quantity| !quantities.contains(&quantity)) {
        let finding = written.fault(key, "config.unit-of", &names().collect::<Vec<_>>().join(", "));
        findings.push(Finding { severity: Severity::Warning, ..finding });
    }
}

/// The quantities of a table, and its columns that have one.
fn with_units(table: &Table) -> (Vec<&str>, Vec<&str>) {
    let columns = table.columns.iter().filter(|column| column.quantity.is_some());
    let mut quantities: Vec<&str> = Vec::new();
    for quantity in columns.clone().filter_map(|column| column.quantity.as_deref()) {
        if !quantities.contains(&quantity) {
            quantities.push(quantity);
        }
    }
    (quantities, columns.map(|column| column.name.as_str()).collect())
}

fn columns(written: &Written, table: &Table, pairs: Vec<(Word, Word)>, of_table: &mut OfTable, findings: &mut Findings) {
    for (heading, mut column) in pairs {
        let is_turned = table.columns.iter().any(|known| known.name == heading.text);
        if let Some(name) = labelled(table, &column.text).filter(|_| !is_turned) {
            column.text = name.to_owned();
        }
        if !table.columns.iter().any(|known| known.name == column.text) {
            let names: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
            let finding = written.fault(&column, "config.column", &names.join(", "));
            // Whoever turns the pair round has both.
            let turned = is_turned.then(|| format!("\"{}\" = \"{}\"", column.text, heading.text));
            let hint = turned.or_else(|| super::written::hint_for(&column.text, names.iter().copied()));
            findings.push(hint.into_iter().fold(finding, |finding, hint| finding.with("hint", hint)));
        }
        of_table.columns.insert(normalise(&heading.text), column.text);
        of_table.written.push(heading);
    }
}
