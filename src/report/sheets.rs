//! Return sheets: for each file the cells to mend, for the office that keeps it.
//!
//! In: a data set, its findings and their sentences. Out: one [`Sheet`] per file with a finding. Next: `render` writes them; what
//! comes back goes to `load::corrections`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

mod names;

use polars::prelude::StringChunked;

use super::table::{Column, Part, Phrase, Report, Values};
use crate::dictionary::joins::Confidence;
use crate::dictionary::sheets::{self, Department, Sheets};
use crate::dictionary::{Bilingual, Dictionary, Table};
use crate::finding::{Code, Finding, Findings, Place, Value, column_letters};
use crate::load::Dataset;
use crate::load::corrections::{Outcome, Raw};

/// The cells of one file.
pub struct Sheet {
    /// Name of the file to write, without its ending: department and file, and what else tells it from the others.
    pub name: String,
    /// Who keeps the table.
    pub department: &'static Department,
    /// How many lines.
    pub lines: usize,
    /// The lines.
    pub report: Report,
}

/// The sheets, in the order of the departments. A file that cannot be read again has keys and texts as far as findings tell them.
/// `marks`: what looks like a formula is marked here, as the format is one that does not do it.
pub fn build(dataset: Option<&Dataset>, findings: &Findings, sentences: &[(String, String)], language: &str, marks: bool) -> Vec<Sheet> {
    let mut by_file: BTreeMap<&str, Vec<(&Finding, &(String, String))>> = BTreeMap::new();
    for (finding, sentence) in findings.iter().zip(sentences) {
        if let Place::Row { file, .. } | Place::Cell { file, .. } = &finding.place {
            by_file.entry(file).or_default().push((finding, sentence));
        } else if let Place::File { file } = &finding.place
            && finding.is_rest()
        {
            by_file.entry(file).or_default().push((finding, sentence));
        }
    }
    // All files of the data set count, so that a name does not depend on what is wrong with the others.
    let read = dataset.iter().flat_map(|dataset| dataset.tables.iter().map(|table| table.file.as_str()));
    let all = read.chain(by_file.keys().copied());
    let office = |file: &str| Some((file.to_owned(), Sheets::get().department(&table_of(file, dataset)?.name).id.as_str()));
    let names = names::names(&all.filter_map(office).collect());
    let mut sheets: Vec<Sheet> = by_file
        .into_iter()
        .filter_map(|(file, found)| {
            let table = table_of(file, dataset)?;
            let department = Sheets::get().department(&table.name);
            let rows: Vec<[String; 15]> = lines(file, table, dataset, &found, language);
            let name = names.get(file)?.clone();
            Some(Sheet { name, department, lines: rows.len(), report: report(&rows, language, marks) })
        })
        .collect();
    let place = |sheet: &Sheet| Sheets::get().departments.iter().position(|known| known.id == sheet.department.id);
    sheets.sort_by_key(|sheet| (place(sheet), sheet.name.clone()));
    sheets
}

fn table_of(file: &str, dataset: Option<&Dataset>) -> Option<&'static Table> {
    let read = dataset.and_then(|dataset| dataset.tables.iter().find(|table| table.file == file)).map(|table| table.name.as_str());
    let stem = Path::new(file).file_stem()?.to_string_lossy();
    Dictionary::get().table(read.unwrap_or(&stem))
}

fn lines(
    file: &str,
    table: &'static Table,
    dataset: Option<&Dataset>,
    found: &[(&Finding, &(String, String))],
    language: &str,
) -> Vec<[String; 15]> {
    let wanted: BTreeSet<u64> = found.iter().filter_map(|(finding, _)| finding.place.row()).collect();
    let year = dataset.and_then(|dataset| dataset.year_of(file));
    let raw = Raw::read(file, table, year, &wanted).unwrap_or_default();
    let name = Path::new(file).file_name().map_or(String::new(), |name| name.to_string_lossy().into_owned());
    let line = |(finding, (problem, remedy)): &(&Finding, &(String, String))| {
        let row = finding.place.row().unwrap_or(0);
        let (letters, heading, text) = match &finding.place {
            Place::Cell { column, heading, .. } => {
                let now = dataset.and_then(|dataset| corrected(dataset, file, row, heading));
                let text = now.or_else(|| raw.cell(row, *column)).or(finding.text.as_deref()).unwrap_or("");
                (column_letters(*column), heading.to_string(), text.to_owned())
            }
            _ => Default::default(),
        };
        let label = if language == "zh" { &table.zh } else { &table.en };
        [
            label.clone(),
            name.clone(),
            if row > 0 { row.to_string() } else { String::new() },
            letters,
            heading,
            raw.key(row),
            text,
            finding.code.to_string(),
            problem.clone(),
            remedy.clone(),
            suggested(finding, dataset).unwrap_or_default(),
            String::new(),
            String::new(),
            String::new(),
            String::new(),
        ]
    };
    found.iter().map(line).collect()
}

/// What earlier corrections made of a cell.
fn corrected<'d>(dataset: &'d Dataset, file: &str, row: u64, heading: &str) -> Option<&'d str> {
    let of_cell = dataset.corrections.iter().rev().find(|corrected| {
        let is_column = corrected.correction.column == heading;
        corrected.outcome == Outcome::Applied(row) && corrected.file.as_deref() == Some(file) && is_column
    });
    of_cell.map(|corrected| corrected.correction.after.as_str())
}

/// A value that is probably right; nothing where it is a mere guess.
fn suggested(finding: &Finding, dataset: Option<&Dataset>) -> Option<String> {
    let value = |name: &str| {
        let value = finding.values.iter().find(|(known, _)| *known == name).map(|(_, value)| value);
        if let Some(Value::Plain(text)) = value { Some(text.clone()).filter(|text| text != "—") } else { None }
    };
    match finding.code {
        Code::UnknownEnterprise => {
            let strays = &dataset?.joined.as_ref()?.strays;
            let text = finding.text.as_deref()?;
            let at = strays.binary_search_by(|stray| stray.id.as_str().cmp(text)).ok()?;
            let best = strays[at].repairs.first()?;
            (best.alone && best.confidence < Confidence::Possible).then(|| best.id.clone())
        }
        Code::CreditCodeForm => value("normal"),
        Code::CreditCodeLetter | Code::LostLeadingZero => value("meant"),
        _ => None,
    }
}

fn report(rows: &[[String; 15]], language: &str, marks: bool) -> Report {
    let columns = Sheets::get().sheet.iter().enumerate().map(|(at, heading)| {
        let written = |text: &str| if marks { sheets::marked(text).into_owned() } else { text.to_owned() };
        let text = |row: &[String; 15]| Some(written(&row[at])).filter(|text| !text.is_empty());
        let label = Bilingual { zh: heading.zh.clone(), en: heading.en.clone() };
        let id = label.get(language).to_owned();
        Column::new(&id, &heading.zh, &heading.en, 0, Values::Text(rows.iter().map(text).collect::<StringChunked>())).open(heading.open)
    });
    Report { parts: vec![Part::new("sheet", Some(Phrase::new("sheets.title")), columns.collect())], ..Report::default() }
}
