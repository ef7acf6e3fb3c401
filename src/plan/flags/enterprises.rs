//! The enterprises behind the rules: figures of the tables, the method's grades, benchmarks, definitions.
//!
//! In: what the rules need. Out: stages with a row per enterprise and year; where the rules look at something else, a last stage
//! `holders` with the evaluated year alone.

use super::Writer;
use crate::dictionary::Dictionary;
use crate::plan::panel::{named, sql_type};
use crate::plan::print::{Printer, name};
use crate::plan::select;
use crate::policy;
use crate::policy::definition::Definition;
use crate::policy::subject::{OF_THE_METHOD, Subject};

/// Columns that every row has.
pub const IDENTITY: [&str; 5] = ["enterprise", "enterprise_id", "name", "zone", "year"];

/// Adds the stages.
pub fn add(writer: &mut Writer) {
    panel(writer);
    derived(writer);
    if writer.needs.method {
        method(writer);
    }
    let book = writer.reach.book;
    for at in writer.needs.benchmarks.clone() {
        let printer = Printer { decimals: super::DECIMALS, rename: &|_| None, present: None };
        let stages = named(&printer, &book.benchmarks[at], writer.last(), "");
        writer.stages.extend(stages);
    }
    writer.define(Subject::Enterprise, "enterprise_defined");
    if writer.subject() != Subject::Enterprise {
        holders(writer);
    }
}

fn panel(writer: &mut Writer) {
    let mut columns: Vec<String> = IDENTITY.iter().map(|column| (*column).to_owned()).collect();
    for column in &writer.needs.holder {
        let made = policy::derived(column).is_some() || IDENTITY.contains(&column.as_str());
        if !made {
            let there = writer.present("panel").iter().any(|(known, _)| known == column);
            columns.push(if there { name(column) } else { format!("CAST(NULL AS {}) AS {}", sql_type(column), name(column)) });
        }
    }
    let years: Vec<String> = years(writer).iter().map(i32::to_string).collect();
    let from = format!("FROM enterprise_years\nWHERE year IN ({})", years.join(", "));
    writer.push("panel", "what the tables say, one row per enterprise and year", select(&columns, &from));
}

/// The evaluated year and the earlier ones that rules or definitions look back to.
fn years(writer: &Writer) -> Vec<i32> {
    let book = writer.reach.book;
    let deepest = writer.rules.iter().map(|&at| book.rules[at].years as i32 - 1).max().unwrap_or(0);
    let back: i32 = writer.needs.definitions.iter().map(|&at| book.definitions[at].back as i32).sum();
    (writer.options.year - deepest - back..=writer.options.year).collect()
}

fn derived(writer: &mut Writer) {
    let printer = Printer { decimals: super::DECIMALS, rename: &|_| None, present: None };
    let mut columns = vec!["*".to_owned()];
    for figure in Dictionary::get().derived.iter().filter(|figure| writer.needs.holder.contains(&figure.name)) {
        if let Some(formula) = policy::derived(&figure.name) {
            columns.push(format!("{} AS {}", printer.value(&formula), figure.name));
        }
    }
    if columns.len() > 1 {
        writer.push("derived", "the per-mu figures of the dictionary", select(&columns, "FROM panel"));
    }
}

fn method(writer: &mut Writer) {
    let mut columns = vec!["p.*".to_owned()];
    columns.extend(OF_THE_METHOD.iter().map(|(column, _)| format!("g.{column}")));
    let from = format!("FROM {} AS p\nLEFT JOIN grades AS g ON p.enterprise = g.enterprise AND p.year = g.year", writer.last());
    writer.push("assessed", "what the method made of every enterprise", select(&columns, &from));
}

fn holders(writer: &mut Writer) {
    let book = writer.reach.book;
    let mut columns = vec!["enterprise".to_owned()];
    columns.extend(writer.needs.holder.iter().filter(|column| !IDENTITY.contains(&column.as_str())).map(|column| name(column)));
    if writer.needs.method {
        columns.extend(OF_THE_METHOD.iter().map(|(column, _)| (*column).to_owned()));
    }
    columns.extend(writer.needs.benchmarks.iter().map(|&at| name(&book.benchmarks[at].id)));
    let definitions = writer.needs.definitions.iter().map(|&at| &book.definitions[at]);
    columns.extend(definitions.filter(|definition| definition.subject == Subject::Enterprise).map(|definition| name(&definition.id)));
    let from = format!("FROM {}\nWHERE year = {}", writer.last(), writer.options.year);
    writer.push("holders", "the enterprises in the evaluated year", select(&columns, &from));
}

impl Writer<'_> {
    /// Adds the value of an earlier year: a join by enterprise, not a window.
    pub(super) fn define_earlier(&mut self, definition: &Definition) {
        let before = self.last().to_owned();
        let value = self.value(Subject::Enterprise, &definition.value);
        let (id, stage) = (name(&definition.id), format!("earlier_{}", definition.id));
        let columns = ["enterprise".to_owned(), format!("year + {} AS year", definition.back), format!("{value} AS {id}")];
        self.push(&stage, "a figure of an earlier year", select(&columns, &format!("FROM {before}")));
        let from = format!("FROM {before} AS p\nLEFT JOIN {stage} AS e ON p.enterprise = e.enterprise AND p.year = e.year");
        let columns = ["p.*".to_owned(), format!("e.{id}")];
        self.push(format!("with_{}", definition.id), "every row with that figure", select(&columns, &from));
    }
}
