//! The join report of `check`: how the tables fit the enterprises, who stands where, and what unknown ids probably mean.
//!
//! In: what loading joined. Out: parts of the report. Next: `render`.

use polars::prelude::{Float64Chunked, Int64Chunked, NewChunkedArray, StringChunked};

use super::table::{Column, Part, Phrase, Values};
use crate::dictionary::joins::Joins;
use crate::dictionary::{Bilingual, Dictionary, Table, Unit};
use crate::load::{Joined, Presence, Repair, StrayId, TableJoin};

/// Decimals of sums.
const SHOWN: u32 = 2;
const EXACT: u32 = 6;

/// The parts: tables, combinations, and repairs where there is an unknown id.
pub fn parts(joined: &Joined) -> Vec<Part> {
    let mut parts = vec![tables(&joined.tables), presence(&joined.presence)];
    if !joined.strays.is_empty() {
        parts.push(repairs(&joined.strays));
    }
    parts
}

fn text(values: impl Iterator<Item = Option<String>>) -> Values {
    Values::Text(values.collect::<StringChunked>())
}

fn word(values: impl Iterator<Item = Option<&'static str>>) -> Values {
    Values::Word(values.collect::<StringChunked>())
}

fn count(values: impl Iterator<Item = u64>) -> Values {
    let list: Vec<i64> = values.map(|value| i64::try_from(value).unwrap_or(i64::MAX)).collect();
    Values::Integer(Int64Chunked::from_slice("".into(), &list))
}

fn number(values: impl Iterator<Item = Option<f64>>) -> Values {
    let list: Vec<Option<f64>> = values.collect();
    Values::Number { values: Float64Chunked::from_slice_options("".into(), &list), shown: SHOWN, exact: EXACT }
}

/// Symbols of units for people.
pub fn units() -> Vec<(String, Bilingual)> {
    let symbol = |unit: &Unit| (unit.name.clone(), Bilingual { zh: unit.zh.clone(), en: unit.name.clone() });
    Dictionary::get().units.iter().map(symbol).collect()
}

/// Names of tables for people.
pub fn names() -> Vec<(String, Bilingual)> {
    Dictionary::get().tables.iter().map(|table| (table.name.clone(), Bilingual { zh: table.zh.clone(), en: table.en.clone() })).collect()
}

fn tables(tables: &[TableJoin]) -> Part {
    let each = |of: fn(&TableJoin) -> u64| count(tables.iter().map(of));
    let sum = |at: usize| number(tables.iter().map(|table| table.lead.map(|_| table.sums[at])));
    let lead = |of: fn(&TableJoin, &str) -> Option<String>| text(tables.iter().map(|table| of(table, &table.table.name)));
    let columns = vec![
        Column::new("table", "表", "Table", 0, text(tables.iter().map(|table| Some(table.table.name.clone())))).named(names()),
        Column::new("rows", "行数", "Rows", 4, each(|table| table.rows.iter().sum())),
        Column::new("matched_rows", "对上的行", "Rows matched", 5, each(|table| table.rows[0])),
        Column::new("unmatched_rows", "未对上的行", "Rows unmatched", 3, each(|table| table.rows[1])),
        Column::new("rows_without_id", "无代码的行", "Rows without an id", 6, each(|table| table.rows[2])),
        Column::new("enterprises", "对上的企业", "Enterprises matched", 0, each(|table| table.enterprises[0])),
        Column::new("unmatched_ids", "未对上的代码", "Ids unmatched", 0, each(|table| table.enterprises[1])),
        Column::new("enterprises_absent", "表中没有的企业", "Enterprises not in it", 2, each(|table| table.enterprises[2])),
        Column::new("figure", "合计指标", "Figure", 1, lead(|table, _| table.lead.map(|column| column.name.clone()))).named(figures()),
        Column::new("unit", "单位", "Unit", 1, lead(|table, _| unit(table))).named(units()),
        Column::new("matched_sum", "对上的合计", "Sum matched", 0, sum(0)),
        Column::new("unmatched_sum", "未对上的合计", "Sum unmatched", 0, sum(1)),
        Column::new("file", "文件", "File", 7, text(tables.iter().map(|table| Some(table.file.clone())))),
    ];
    Part::new("joins", Some(Phrase::new("check.joins")), columns)
}

fn unit(table: &TableJoin) -> Option<String> {
    Dictionary::get().unit_of(table.lead?).map(|unit| unit.name.clone())
}

/// Names of the leading figures for people.
fn figures() -> Vec<(String, Bilingual)> {
    let dictionary = Dictionary::get();
    let leads = Joins::get().lead.iter().filter_map(|lead| {
        let column = dictionary.table(&lead.table)?.columns.iter().find(|column| column.name == lead.column)?;
        Some((column.name.clone(), Bilingual { zh: column.zh.clone(), en: column.en.clone() }))
    });
    leads.collect()
}

fn presence(all: &[Presence]) -> Part {
    let dictionary = Dictionary::get();
    let tables: Vec<&Table> = Joins::get().presence.iter().filter_map(|name| dictionary.table(name)).collect();
    let stands = |presence: &Presence, name: &str| Some(if presence.tables.contains(&name) { "there" } else { "not-there" });
    let mut columns = vec![Column::new(
        "enterprises",
        "企业",
        "Enterprises",
        0,
        word(all.iter().map(|presence| Some(if presence.known { "there" } else { "not-there" }))),
    )];
    columns.extend(
        tables
            .iter()
            .map(|table| Column::new(&table.name, &table.zh, &table.en, 0, word(all.iter().map(|presence| stands(presence, &table.name))))),
    );
    columns.push(Column::new("ids", "代码数", "Ids", 0, count(all.iter().map(|presence| presence.ids))));
    for (at, table) in tables.iter().enumerate() {
        let Some(lead) = Joins::get().lead(&table.name) else { continue };
        let Some(column) = table.columns.iter().find(|column| column.name == lead) else { continue };
        let mut shown = Column::new(lead, &column.zh, &column.en, 2, number(all.iter().map(|presence| presence.sums[at])));
        shown.unit = dictionary.unit_of(column).map(|unit| Bilingual { zh: unit.zh.clone(), en: unit.name.clone() });
        columns.push(shown);
    }
    columns.push(Column::new("examples", "例如", "For example", 3, text(all.iter().map(|presence| Some(presence.examples.join(", "))))));
    Part::new("presence", Some(Phrase::new("check.presence")), columns)
}

fn repairs(strays: &[StrayId]) -> Part {
    let lines = |stray: &StrayId| (0..stray.repairs.len().max(1)).collect::<Vec<_>>();
    let rows: Vec<(&StrayId, usize)> = strays.iter().flat_map(|stray| lines(stray).into_iter().map(move |at| (stray, at))).collect();
    let of = |of: &dyn Fn(&StrayId) -> Option<String>| text(rows.iter().map(|(stray, _)| of(stray)));
    let repair = |of: &dyn Fn(&Repair) -> Option<String>| text(rows.iter().map(|(stray, at)| stray.repairs.get(*at).and_then(of)));
    let reason = |(stray, at): &(&StrayId, usize)| match stray.repairs.get(*at) {
        Some(repair) => Some(repair.kind.as_str()),
        None if stray.valid => Some("valid-code"),
        None => Some("nothing-near"),
    };
    let confidence = |(stray, at): &(&StrayId, usize)| stray.repairs.get(*at).map(|repair| repair.confidence.as_str());
    let columns = vec![
        Column::new("id", "未对上的代码", "Unmatched id", 0, of(&|stray| Some(stray.id.clone()))),
        Column::new("name_beside", "行内名称", "Name beside it", 3, of(&|stray| stray.name.clone())),
        Column::new("tables", "所在的表", "In tables", 2, of(&|stray| Some(stray.tables.join(", ")))),
        Column::new("rows", "行数", "Rows", 4, count(rows.iter().map(|(stray, _)| stray.rows))),
        Column::new("file", "首见文件", "First file", 6, of(&|stray| Some(stray.first.0.clone()))),
        Column::new("row", "首见行", "First row", 5, count(rows.iter().map(|(stray, _)| stray.first.1))),
        Column::new("likeliest", "序", "Order", 4, count(rows.iter().map(|(_, at)| *at as u64 + 1))),
        Column::new("enterprise_id", "可能的企业", "Probably", 0, repair(&|repair| Some(repair.id.clone()))),
        Column::new("name", "企业名称", "Name", 1, repair(&|repair| repair.name.clone())),
        Column::new("reason", "理由", "Reason", 0, word(rows.iter().map(reason))),
        Column::new("confidence", "把握", "Confidence", 0, word(rows.iter().map(confidence))),
    ];
    Part::new("repairs", Some(Phrase::new("check.repairs")), columns)
}
