//! `mujun init --from`: what the files of a data set seem to be, as a `mujun.toml` to be looked over.
//!
//! In: what was decided about every file, and what was found. Out: the text of the file. What was guessed has a comment that says
//! by what; what is in doubt is marked with `??`.

use std::path::Path;

use crate::finding::{Code, Finding, Findings, Place};
use crate::load::corrections::home;
use crate::load::{Decision, Known, SaidBy, UnitOf, sheet_of};
use crate::locale::Locale;
use crate::render;

use super::sources;

/// Findings that are doubts about which file is what.
const DOUBTS: [Code; 18] = [
    Code::AmbiguousSource,
    Code::AmbiguousTable,
    Code::UnknownFile,
    Code::MissingFile,
    Code::MissingHeading,
    Code::MissingColumn,
    Code::DuplicateHeading,
    Code::DuplicateColumn,
    Code::ColumnLeftOut,
    Code::HeadingOfAnotherYear,
    Code::ContradictingYears,
    Code::ContradictingUnits,
    Code::UnlikelyHeading,
    Code::UnknownUnit,
    Code::UnknownUnitLine,
    Code::TwoUnits,
    Code::UnitBelow,
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
            ignored.iter().map(|decision| one_line(&format!("#   {}: {}", own(data, &decision.file), sources::sentence(decision, locale)))),
        );
        lines.push("ignore = []".to_owned());
    }
    let read: Vec<&Decision> = decisions.iter().filter(|decision| decision.table.is_some()).collect();
    for sources in read.chunk_by(|a, b| a.table == b.table) {
        lines.push(String::new());
        for decision in sources {
            lines.push(one_line(&format!("# {}: {}", decision.file, sources::sentence(decision, locale))));
            let doubts = findings.iter().filter(|finding| DOUBTS.contains(&finding.code) && finding.place.file() == Some(&decision.file));
            for doubt in doubts {
                told.push(doubt);
                lines.push(marked(doubt, locale));
            }
        }
        match sources.iter().find(|decision| has_no_name(data, decision)) {
            Some(decision) => {
                lines.push(one_line(&format!("# ?? {}", locale.say("survey.no-name", &[("file", own(data, &decision.file))]))))
            }
            None => lines.extend(section(data, sources, locale)),
        }
    }
    lines.extend(stubs(data, &ignored, locale));
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

/// What is said of a table: of several files only what is the same for all, as each is read by its own headings otherwise.
fn section(data: &Path, sources: &[&Decision], locale: &Locale) -> Vec<String> {
    let decision = sources[0];
    let mut lines = vec![format!("[tables.{}]", decision.table.unwrap_or_default())];
    lines.extend(files(data, sources));
    let same = |of: &dyn Fn(&Decision) -> Vec<String>| {
        let first = of(decision);
        if sources.iter().all(|other| of(other) == first) { first } else { Vec::new() }
    };
    lines.extend(years(sources).map(|years| format!("year = {years} {}", comment(locale.text("survey.guessed")))));
    lines.extend(same(&|decision| of_text(decision, locale)));
    lines.extend(same(&|decision| {
        let rows = decision
            .headings
            .filter(|rows| *rows != (1, 1))
            .map(|(from, to)| if from == to { from.to_string() } else { format!("[{from}, {to}]") });
        rows.map(|rows| format!("headings = {rows} {}", comment(locale.text("survey.guessed")))).into_iter().collect()
    }));
    lines.extend(same(&|decision| {
        units(decision).map(|units| format!("units = {{ {units} }} {}", comment(locale.text("survey.guessed")))).into_iter().collect()
    }));
    let mut unsaid: Vec<String> = sources.iter().flat_map(|decision| assumed(decision, locale)).collect();
    unsaid.dedup();
    lines.extend(unsaid);
    lines.push(format!("# columns = {{ {} = {} }} {}", quoted("…"), quoted("…"), comment(locale.text("survey.columns"))));
    lines
}

/// Has its file a name that is no text? It cannot be written, and the word for what is no letter leads to no file.
fn has_no_name(data: &Path, decision: &Decision) -> bool {
    let own = own(data, &decision.file);
    own.contains(char::REPLACEMENT_CHARACTER) && !Path::new(sheet_of(&decision.file).0).exists()
}

/// The files and sheets of a table: one, or a list in which a sheet stands behind its file.
fn files(data: &Path, sources: &[&Decision]) -> Vec<String> {
    if let [decision] = sources {
        let own = own(data, &decision.file);
        let (file, sheet) = sheet_of(&own);
        let sheet = sheet.map(|sheet| format!("sheet = {}", quoted(sheet)));
        return std::iter::once(format!("file = {}", quoted(file))).chain(sheet).collect();
    }
    let list: Vec<String> = sources.iter().map(|decision| quoted(&own(data, &decision.file))).collect();
    vec![format!("file = [{}]", list.join(", "))]
}

/// The years of files without a column of years.
fn years(sources: &[&Decision]) -> Option<String> {
    let years: Vec<String> = sources.iter().map(|decision| decision.year.map(|(year, _)| year.to_string())).collect::<Option<_>>()?;
    if let [year] = years.as_slice() { Some(year.clone()) } else { Some(format!("[{}]", years.join(", "))) }
}

/// Sections, as comments, for tables that several files could be.
fn stubs(data: &Path, ignored: &[&Decision], locale: &Locale) -> Vec<String> {
    let mut lines = Vec::new();
    let open: Vec<&Decision> = ignored.iter().copied().filter(|decision| decision.ignored == Some("several")).collect();
    let mut tables: Vec<&str> = open.iter().filter_map(|decision| decision.table_of).collect();
    tables.sort_unstable();
    tables.dedup();
    for table in tables {
        lines.push(String::new());
        lines.push(format!("# ?? {}", locale.text("survey.several")));
        lines.push(format!("# [tables.{table}]"));
        for decision in open.iter().filter(|decision| decision.table_of == Some(table)) {
            lines.push(one_line(&format!("# file = {}", quoted(&own(data, &decision.file)))));
        }
    }
    lines
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

/// The units that stand outside the headings: by quantity where all its columns have one unit, else by column.
fn units(decision: &Decision) -> Option<String> {
    let (mut list, mut told): (Vec<String>, Vec<&str>) = (Vec::new(), Vec::new());
    for unit in decision.units_of.iter().filter(|unit| matches!(unit.by, SaidBy::Line(_) | SaidBy::Name | SaidBy::User)) {
        let quantity = unit.unit.quantity.as_str();
        let is_one = decision.units_of.iter().all(|other| other.unit.quantity != quantity || other.unit.factor == unit.unit.factor);
        let key = if is_one { quantity } else { unit.column.name.as_str() };
        if !told.contains(&key) {
            told.push(key);
            list.push(format!("{} = {}", quoted(key), quoted(word(unit))));
        }
    }
    (!list.is_empty()).then(|| list.join(", "))
}

/// Columns of which nobody says the unit: they are read in the canonical one, and that may be wrong.
fn assumed(decision: &Decision, locale: &Locale) -> Vec<String> {
    let mut lines = Vec::new();
    let assumed = || decision.units_of.iter().filter(|unit| unit.by == SaidBy::Nobody && has_others(unit));
    let mut quantities: Vec<&str> = assumed().map(|unit| unit.unit.quantity.as_str()).collect();
    quantities.sort_unstable();
    quantities.dedup();
    for quantity in quantities {
        let columns: Vec<&UnitOf> = assumed().filter(|unit| unit.unit.quantity == quantity).collect();
        let labels: Vec<&str> = columns.iter().map(|unit| unit.column.label(locale.language.as_str())).collect();
        let unit = columns.first().map_or("", |unit| word(unit));
        let say = format!("units = {{ {} = {} }}", quoted(quantity), quoted(unit));
        let values = [("columns", labels.join(", ")), ("unit", unit.to_owned()), ("say", say)];
        lines.push(one_line(&format!("# ?? {}", locale.say("survey.assumed", &values))));
    }
    lines
}

/// Is there a unit that it could be instead? A share and its percent alone are told apart in the cells.
fn has_others(unit: &UnitOf) -> bool {
    crate::dictionary::Dictionary::get().units_of(&unit.unit.quantity).len() > 2
}

/// A unit as it is read again.
fn word(unit: &UnitOf) -> &'static str {
    let is_read =
        crate::dictionary::Dictionary::get().unit(&unit.unit.quantity, &unit.unit.zh).is_some_and(|known| known.factor == unit.unit.factor);
    if is_read { &unit.unit.zh } else { &unit.unit.name }
}

/// A file or sheet as it is seen from the data directory.
fn own(data: &Path, file: &str) -> String {
    Path::new(file).strip_prefix(home(data)).map_or_else(|_| file.to_owned(), |own| own.display().to_string())
}

fn one_line(text: &str) -> String {
    text.replace(['\n', '\r'], " ")
}

fn marked(finding: &Finding, locale: &Locale) -> String {
    let (message, remedy) = render::sentences(finding, locale);
    let address = match &finding.place {
        Place::Row { row, .. } => Some(locale.say("label.row", &[("row", row.to_string())])),
        other => other.address(),
    };
    let place = address.map(|address| format!("{address}: ")).unwrap_or_default();
    one_line(&format!("# ?? {place}{message} — {remedy}"))
}

fn comment(text: &str) -> String {
    text.lines().map(|line| format!("# {line}")).collect::<Vec<_>>().join("\n")
}

/// A string of TOML.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}
