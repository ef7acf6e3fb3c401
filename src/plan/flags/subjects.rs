//! The rows that rules look at: parcels, factories, agreements or enterprises, each with what is known of its holder.
//!
//! In: what the rules need. Out: stages that end in the definitions of the subject, and the columns that a result carries.

use std::collections::BTreeSet;

use super::{RuleColumns, Writer, slug};
use crate::plan::print::{name, sql_type};
use crate::plan::select;
use crate::policy::subject::{Known, Origin, Subject};

/// Adds the stages.
pub fn add(writer: &mut Writer) {
    let subject = writer.subject();
    if subject == Subject::Enterprise {
        return;
    }
    let mut columns: Vec<String> = identity(subject).into_iter().map(|column| format!("s.{column}")).collect();
    for (alias, known) in &writer.reach.names {
        if let Some(column) = column(writer, alias, known) {
            columns.push(column);
        }
        if writer.is_doubted(alias) && is_needed(writer, known) {
            let side = if known.origin == Origin::Own { "s" } else { "p" };
            columns.push(format!("{side}.{} AS {}", name(&format!("doubt_{}", known.column)), name(&format!("doubt_{alias}"))));
        }
    }
    let book = writer.reach.book;
    if writer.looks_at_enterprises() {
        columns.extend(writer.needs.benchmarks.iter().map(|&at| format!("h.{}", name(&book.benchmarks[at].id))));
        let definitions = writer.needs.definitions.iter().map(|&at| &book.definitions[at]);
        let of_holder = definitions.filter(|definition| definition.subject == Subject::Enterprise);
        columns.extend(of_holder.map(|definition| format!("h.{}", name(&definition.id))));
    }
    let from = from(writer);
    writer.push("rows", "what is looked at, with what is known of its holder", select(&columns, &from));
    writer.define(subject, "defined");
}

fn from(writer: &Writer) -> String {
    let (table, held) = match writer.subject() {
        Subject::Parcel => {
            let year = writer.options.as_of.get(..4).unwrap_or("9998");
            ("parcels", format!("\nWHERE s.holds_from <= {year} AND s.holds_until > {year}"))
        }
        Subject::Factory => ("factories", String::new()),
        _ => ("agreements", String::new()),
    };
    let mut from = format!("FROM {table} AS s");
    if writer.subject() == Subject::Agreement {
        from += "\nLEFT JOIN parcels AS p ON s.parcel = p.parcel";
    }
    if writer.looks_at_enterprises() {
        from += "\nLEFT JOIN holders AS h ON s.enterprise = h.enterprise";
    }
    from + &held
}

fn is_needed(writer: &Writer, known: &Known) -> bool {
    match known.origin {
        Origin::Own => writer.needs.own.contains(&known.column),
        Origin::Parcel => writer.needs.parcel.contains(&known.column),
        Origin::Holder => writer.needs.holder.contains(&known.column),
        Origin::Method => writer.needs.method,
    }
}

/// A column of the rows; `None` if nobody needs it or every row has it.
fn column(writer: &Writer, alias: &str, known: &Known) -> Option<String> {
    let is_identity = known.origin == Origin::Own && identity(writer.subject()).contains(&known.column.as_str());
    if is_identity || !is_needed(writer, known) {
        return None;
    }
    let (side, table) = match known.origin {
        Origin::Own => ("s", writer.subject().table()),
        Origin::Parcel => ("p", Some("land")),
        Origin::Holder | Origin::Method => ("h", None),
    };
    let there = table.is_none_or(|table| writer.present(table).iter().any(|(column, _)| *column == known.column));
    let source = if there { format!("{side}.{}", name(&known.column)) } else { format!("CAST(NULL AS {})", sql_type(known.kind)) };
    Some(if there && alias == known.column { source } else { format!("{source} AS {}", name(alias)) })
}

/// Columns that say who a row is about.
fn identity(subject: Subject) -> Vec<&'static str> {
    match subject {
        Subject::Enterprise => super::enterprises::IDENTITY.to_vec(),
        _ => vec!["enterprise", subject.as_str(), subject.key(), "enterprise_id", "name", "zone"],
    }
}

/// `FROM` of the verdicts. Where a rule asks for several years in a row, each earlier year is a stage of its own, joined by enterprise.
pub fn with_earlier_years(writer: &mut Writer, rules: &[RuleColumns]) -> String {
    let last = writer.last().to_owned();
    if writer.subject() != Subject::Enterprise {
        return format!("FROM {last}");
    }
    let years: BTreeSet<i32> = rules.iter().flat_map(|rule| rule.years[1..].to_vec()).collect();
    if years.is_empty() {
        return format!("FROM {last}\nWHERE year = {}", writer.options.year);
    }
    let book = writer.reach.book;
    let (mut joined, mut joins) = (vec!["p.*".to_owned()], String::new());
    for year in years.into_iter().rev() {
        let mut columns = vec!["enterprise".to_owned()];
        for columns_of in rules.iter().filter(|rule| rule.years.contains(&year)) {
            let rule = &book.rules[columns_of.rule];
            columns.push(format!("({}) AS {}", writer.condition(rule), name(&format!("{}__{year}", slug(&rule.id)))));
        }
        for shown in figures(writer, rules, year) {
            columns.push(format!("{} AS {}", name(&shown), name(&format!("{shown}_{year}"))));
        }
        let stage = format!("year_{year}");
        joined.extend(columns[1..].iter().filter_map(|column| column.rsplit_once(" AS ")).map(|(_, alias)| format!("{stage}.{alias}")));
        joins += &format!("\nLEFT JOIN {stage} ON p.enterprise = {stage}.enterprise");
        writer.push(&stage, "the same in an earlier year", select(&columns, &format!("FROM {last}\nWHERE year = {year}")));
    }
    let from = format!("FROM {last} AS p{joins}\nWHERE p.year = {}", writer.options.year);
    writer.push("years", "the evaluated year beside the earlier ones", select(&joined, &from));
    "FROM years".to_owned()
}

/// Names of the rules that look at a year, as far as they are columns of the rows.
fn figures(writer: &Writer, rules: &[RuleColumns], year: i32) -> BTreeSet<String> {
    let book = writer.reach.book;
    let rules = rules.iter().filter(|rule| rule.years.contains(&year));
    let needs = writer.reach.needs(rules.map(|columns| &book.rules[columns.rule]));
    names(writer, &needs)
}

/// What needs come to as columns of the rows.
fn names(writer: &Writer, needs: &super::Needs) -> BTreeSet<String> {
    let book = writer.reach.book;
    let known = writer.reach.names.iter().filter(|(_, known)| match known.origin {
        Origin::Own => needs.own.contains(&known.column),
        Origin::Parcel => needs.parcel.contains(&known.column),
        Origin::Holder => needs.holder.contains(&known.column),
        Origin::Method => needs.method,
    });
    let mut names: BTreeSet<String> = known.map(|(alias, _)| alias.clone()).collect();
    names.extend(needs.definitions.iter().map(|&at| book.definitions[at].id.clone()));
    names.extend(needs.benchmarks.iter().map(|&at| book.benchmarks[at].id.clone()));
    names
}

/// Columns that a result carries: who it is, what decided, what is in doubt, and the same of earlier years.
pub fn carried(writer: &Writer, rules: &[RuleColumns]) -> Vec<String> {
    let mut carried: Vec<String> = identity(writer.subject()).iter().map(|column| (*column).to_owned()).collect();
    let add = |column: String, carried: &mut Vec<String>| {
        if !carried.contains(&column) {
            carried.push(column);
        }
    };
    for column in names(writer, &writer.needs) {
        if writer.is_doubted(&column) {
            add(format!("doubt_{column}"), &mut carried);
        }
        add(column, &mut carried);
    }
    let earlier: BTreeSet<i32> = rules.iter().flat_map(|rule| rule.years[1..].to_vec()).collect();
    for year in earlier {
        for column in figures(writer, rules, year) {
            add(format!("{column}_{year}"), &mut carried);
        }
    }
    carried
}
