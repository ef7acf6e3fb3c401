//! `check`: what the tables hold, and everything that was found.

use polars::prelude::{Int64Chunked, NewChunkedArray, StringChunked};

use super::table::{Column, Part, Phrase, Report, Values};
use crate::dictionary::{Bilingual, Dictionary};
use crate::finding::{Finding, Findings, Severity};
use crate::load::corrections::{Corrected, Outcome};
use crate::load::{Dataset, TableSummary};

/// Builds the report. `sentences`: message and remedy of each finding, in the reader's language; `None`: without a table of findings.
pub fn build(data_set: &str, dataset: Option<&Dataset>, findings: &Findings, sentences: Option<&[(String, String)]>) -> Report {
    let (errors, warnings) = (findings.count(Severity::Error), findings.count(Severity::Warning));
    let (tables, years) = dataset.map_or((&[][..], &[][..]), |dataset| (&dataset.tables, &dataset.years));
    let list: Vec<String> = years.iter().map(i32::to_string).collect();
    let mut report = Report {
        facts: vec![("data_set", data_set.into()), ("errors", errors.into()), ("warnings", warnings.into())],
        heading: vec![
            Phrase::new("check.heading").with("data", data_set).with_both("years", Bilingual { zh: list.join("、"), en: list.join(", ") }),
        ],
        ..Report::default()
    };
    report.parts.extend(sentences.map(|sentences| findings_part(findings, sentences)));
    report.parts.push(tables_part(tables));
    report.parts.extend(dataset.and_then(|dataset| dataset.joined.as_ref()).into_iter().flat_map(super::joins::parts));
    if let Some(dataset) = dataset.filter(|dataset| !dataset.corrections.is_empty()) {
        report.parts.push(corrections_part(&dataset.corrections));
    }
    let verdict = match (errors, warnings) {
        (0, 0) => "check.clean",
        (0, _) => "check.warnings",
        _ => "check.errors",
    };
    report.notes.push(Phrase::new(verdict).with("errors", errors).with("warnings", warnings));
    report
}

fn text(values: impl Iterator<Item = Option<String>>) -> Values {
    Values::Text(values.collect::<StringChunked>())
}

fn findings_part(findings: &Findings, sentences: &[(String, String)]) -> Part {
    let each = |of: &dyn Fn(&Finding) -> Option<String>| text(findings.iter().map(of));
    let rows: Vec<Option<i64>> = findings.iter().map(|finding| finding.place.row().and_then(|row| i64::try_from(row).ok())).collect();
    let columns = vec![
        Column::new(
            "severity",
            "级别",
            "Severity",
            0,
            Values::Word(findings.iter().map(|finding| Some(finding.severity.as_str())).collect::<StringChunked>()),
        ),
        Column::new("code", "代码", "Code", 3, each(&|finding| Some(finding.code.to_string()))),
        Column::new("file", "文件", "File", 0, each(&|finding| finding.place.file().map(str::to_owned))),
        Column::new("row", "行", "Row", 4, Values::Integer(Int64Chunked::from_slice_options("row".into(), &rows))),
        Column::new("cell", "单元格", "Cell", 0, each(&|finding| finding.place.address())),
        Column::new("heading", "列名", "Heading", 5, each(&|finding| finding.place.heading().map(str::to_owned))),
        Column::new("text", "原文", "Text", 2, each(&|finding| finding.text.clone())),
        Column::new("message", "说明", "Message", 0, text(sentences.iter().map(|(message, _)| Some(message.clone())))),
        Column::new("remedy", "处理办法", "Remedy", 1, text(sentences.iter().map(|(_, remedy)| Some(remedy.clone())))),
    ];
    Part::new("findings", Some(Phrase::new("check.findings")), columns)
}

/// Every correction with what became of it: the audit lines.
fn corrections_part(list: &[Corrected]) -> Part {
    let each = |of: fn(&Corrected) -> String| text(list.iter().map(|one| Some(of(one)).filter(|text| !text.is_empty())));
    let row = |one: &Corrected| match one.outcome {
        Outcome::Applied(row) | Outcome::Already(row) | Outcome::Stale(row, _) => i64::try_from(row).ok(),
        _ => one.correction.row.and_then(|row| i64::try_from(row).ok()),
    };
    let rows: Vec<Option<i64>> = list.iter().map(row).collect();
    let outcome = Values::Word(list.iter().map(|one| Some(one.outcome.as_str())).collect::<StringChunked>());
    let columns = vec![
        Column::new("table", "表", "Table", 0, each(|one| one.correction.table.clone())).named(super::joins::names()),
        Column::new("file", "文件", "File", 5, each(|one| one.correction.file.clone())),
        Column::new("row", "行", "Row", 0, Values::Integer(Int64Chunked::from_slice_options("row".into(), &rows))),
        Column::new("column", "列名", "Heading", 0, each(|one| one.correction.column.clone())),
        Column::new("key", "对象", "Key", 3, each(|one| one.correction.key.clone())),
        Column::new("before", "更正前", "Before", 0, each(|one| one.correction.before.clone())),
        Column::new("after", "更正后", "After", 0, each(|one| one.correction.after.clone())),
        Column::new("who", "更正人", "Who", 1, each(|one| one.correction.who.clone())),
        Column::new("when", "更正日期", "When", 2, each(|one| one.correction.when.clone())),
        Column::new("why", "更正依据", "Why", 1, each(|one| one.correction.why.clone())),
        Column::new("outcome", "结果", "Outcome", 0, outcome),
    ];
    Part::new("corrections", Some(Phrase::new("check.corrections")), columns)
}

fn tables_part(tables: &[TableSummary]) -> Part {
    let dictionary = Dictionary::get();
    let rows: Vec<(&TableSummary, usize)> = tables.iter().flat_map(|table| (0..table.columns.len()).map(move |at| (table, at))).collect();
    let each = |of: &dyn Fn(&TableSummary, usize) -> Option<String>| text(rows.iter().map(|(table, at)| of(table, *at)));
    let count = |of: &dyn Fn(&TableSummary, usize) -> u64| {
        let list: Vec<i64> = rows.iter().map(|(table, at)| i64::try_from(of(table, *at)).unwrap_or(i64::MAX)).collect();
        Values::Integer(Int64Chunked::from_slice("".into(), &list))
    };
    let unit = |table: &TableSummary, at: usize| {
        let column = dictionary.table(&table.name)?.columns.iter().find(|column| column.name == table.columns[at].name)?;
        dictionary.unit_of(column).map(|unit| unit.name.clone())
    };
    let columns = vec![
        Column::new("table", "表", "Table", 0, each(&|table, _| Some(table.name.clone()))).named(super::joins::names()),
        Column::new("file", "文件", "File", 4, each(&|table, _| Some(table.file.clone()))),
        Column::new("rows", "行数", "Rows", 1, count(&|table, _| table.rows)),
        Column::new("column", "列", "Column", 0, each(&|table, at| Some(table.columns[at].name.clone()))),
        Column::new("heading", "表头", "Heading", 0, each(&|table, at| Some(table.columns[at].heading.clone()))),
        Column::new("unit", "单位", "Unit", 3, each(&unit)).named(super::joins::units()),
        Column::new("factor", "换算系数", "Factor", 2, each(&|table, at| Some(table.columns[at].factor.normalize().to_string()))),
        Column::new("missing", "缺失", "Missing", 1, count(&|table, at| table.columns[at].missing)),
    ];
    Part::new("tables", Some(Phrase::new("check.tables")), columns)
}
