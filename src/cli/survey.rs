//! `mujun init --from`: what the files of a data set seem to be, as a `mujun.toml` to be looked over.
//!
//! In: what was decided about every file, and what was found. Out: the text of the file. What was guessed has a comment that says
//! by what; what is in doubt is marked with `??`.

use std::collections::BTreeMap;
use std::path::Path;

use crate::finding::{Code, Finding, Findings, Place};
use crate::load::{Decision, Known};
use crate::locale::Locale;
use crate::render;

use super::sources;

/// Findings that are doubts about which file is what.
const DOUBTS: [Code; 10] = [
    Code::AmbiguousSource,
    Code::AmbiguousTable,
    Code::UnknownFile,
    Code::MissingFile,
    Code::MissingHeading,
    Code::MissingColumn,
    Code::DuplicateColumn,
    Code::UnlikelyHeading,
    Code::UnknownUnit,
    Code::UnitSlip,
];

/// The text of the file.
pub fn text(data: &Path, decisions: &[Decision], findings: &Findings, locale: &Locale) -> String {
    let mut lines = vec![comment(locale.text("survey.head")), format!("# policy = {}", quoted("default"))];
    let mut told: Vec<&Finding> = Vec::new();
    let ignored: Vec<&Decision> = decisions.iter().filter(|decision| decision.table.is_none()).collect();
    if !ignored.is_empty() {
        lines.push(String::new());
        lines.push(comment(locale.text("survey.ignored")));
        lines.extend(
            ignored.iter().map(|decision| format!("#   {}: {}", name(data, &decision.file).0, sources::sentence(decision, locale))),
        );
        lines.push("ignore = []".to_owned());
    }
    for decision in decisions {
        let Some(table) = decision.table else { continue };
        let (file, sheet) = name(data, &decision.file);
        lines.push(String::new());
        lines.push(format!("# {}: {}", decision.file, sources::sentence(decision, locale)));
        let doubts = findings.iter().filter(|finding| DOUBTS.contains(&finding.code) && finding.place.file() == Some(&decision.file));
        for doubt in doubts {
            told.push(doubt);
            lines.push(marked(doubt, locale));
        }
        lines.push(format!("[tables.{table}]"));
        lines.push(format!("file = {}", quoted(&file)));
        lines.extend(sheet.map(|sheet| format!("sheet = {}", quoted(&sheet))));
        lines.extend(of_text(decision, locale));
        if let Some((from, to)) = decision.headings.filter(|rows| *rows != (1, 1)) {
            let rows = if from == to { from.to_string() } else { format!("[{from}, {to}]") };
            lines.push(format!("headings = {rows} {}", comment(locale.text("survey.guessed"))));
        }
        lines.extend(units(decision).map(|units| format!("units = {{ {units} }} {}", comment(locale.text("survey.guessed")))));
        lines.push(format!("# columns = {{ {} = {} }} {}", quoted("…"), quoted("…"), comment(locale.text("survey.columns"))));
    }
    let others =
        findings.iter().filter(|finding| DOUBTS.contains(&finding.code) && !told.iter().any(|known| std::ptr::eq(*known, *finding)));
    let others: Vec<String> = others.map(|doubt| marked(doubt, locale)).collect();
    if !others.is_empty() {
        lines.push(String::new());
        lines.extend(others);
    }
    lines.push(String::new());
    lines.join("\n")
}

/// Encoding and delimiter, where they were not said by the file itself.
fn of_text(decision: &Decision, locale: &Locale) -> Vec<String> {
    let mut lines = Vec::new();
    if let (Some(encoding), Some(Known::Detected | Known::Told)) = (decision.encoding, decision.known) {
        lines.push(format!("encoding = {} {}", quoted(&encoding.to_lowercase()), comment(locale.text("survey.guessed"))));
    }
    if let Some(delimiter) = decision.delimiter.filter(|delimiter| *delimiter != ',') {
        lines.push(format!("delimiter = {} {}", quoted(&delimiter.to_string()), comment(locale.text("survey.guessed"))));
    }
    lines
}

/// The units that stand outside the headings, by quantity, as far as a word means one quantity only.
fn units(decision: &Decision) -> Option<String> {
    let dictionary = crate::dictionary::Dictionary::get();
    let table = dictionary.table(decision.table?)?;
    let mut units: BTreeMap<&str, &str> = BTreeMap::new();
    for word in &decision.units {
        let quantities = table.columns.iter().filter_map(|column| column.quantity.as_deref());
        for quantity in quantities.filter(|quantity| dictionary.unit(quantity, word).is_some()) {
            units.entry(quantity).or_insert(word);
        }
    }
    let list: Vec<String> = units.iter().map(|(quantity, word)| format!("{} = {}", quoted(quantity), quoted(word))).collect();
    (!list.is_empty()).then(|| list.join(", "))
}

/// A file as it is seen from the data directory, and its sheet.
fn name(data: &Path, file: &str) -> (String, Option<String>) {
    let lower = file.to_lowercase();
    let end = [".xlsx!", ".xlsm!", ".xls!", ".ods!", ".csv!", ".tsv!", ".txt!"]
        .iter()
        .filter_map(|end| lower.find(end).map(|at| at + end.len() - 1))
        .min();
    let (path, sheet) =
        end.filter(|end| file.is_char_boundary(*end)).map_or((file, None), |end| (&file[..end], Some(file[end + 1..].to_owned())));
    let own = Path::new(path).strip_prefix(data).unwrap_or(Path::new(path));
    (own.display().to_string(), sheet)
}

fn marked(finding: &Finding, locale: &Locale) -> String {
    let (message, remedy) = render::sentences(finding, locale);
    let address = match &finding.place {
        Place::Row { row, .. } => Some(locale.say("label.row", &[("row", row.to_string())])),
        other => other.address(),
    };
    let place = address.map(|address| format!("{address}: ")).unwrap_or_default();
    format!("# ?? {place}{message} — {remedy}").replace(['\n', '\r'], " ")
}

fn comment(text: &str) -> String {
    text.lines().map(|line| format!("# {line}")).collect::<Vec<_>>().join("\n")
}

/// A string of TOML.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}
