//! `rank --by`: sums and ratios of sums, one row per zone, county, town, park, industry, chain or group.

use polars::prelude::DataFrame;

use super::rank::{self, Context};
use super::table::{Column, Part, Phrase, Report, Section, Values};
use super::zone::ranked::{self, Said};
use crate::dictionary::{Bilingual, Dictionary};
use crate::plan::roll_up_column;

/// Every column after the key: id, Chinese, English, unit, decimals shown, rank.
const FIGURES: &[(&str, &str, &str, Option<(&str, &str)>, u32, u8)] = &[
    ("enterprises", "企业数", "Enterprises", None, 0, 1),
    ("land_mu", "用地", "Land", Some(("亩", "mu")), 2, 1),
    ("gross_output", "工业总产值", "Gross output", Some(("万元", "10k CNY")), 2, 4),
    ("tax", "税收", "Tax", Some(("万元", "10k CNY")), 2, 4),
    ("energy_tce", "综合能耗", "Energy", Some(("吨标准煤", "tce")), 2, 6),
    ("output_per_mu", "亩均产值", "Output per mu", Some(("万元/亩", "10k CNY/mu")), 2, 0),
    ("tax_per_mu", "亩均税收", "Tax per mu", Some(("万元/亩", "10k CNY/mu")), 2, 0),
    ("energy_per_output", "单位产值能耗", "Energy per output", Some(("吨标煤/万元", "tce/10k CNY")), 4, 5),
];

const TAIL: &[(&str, &str, &str, Option<(&str, &str)>, u32, u8)] = &[
    ("low_sites", "低效企业", "Low sites", None, 0, 2),
    ("low_mu", "低效用地", "Low land", Some(("亩", "mu")), 2, 2),
    ("land_share", "用地占比", "Share of land", None, 4, 3),
    ("output_share", "产值占比", "Share of output", None, 4, 3),
    ("tax_share", "税收占比", "Share of tax", None, 4, 3),
    ("incomplete", "数据不全企业", "With missing figures", None, 0, 7),
];

/// Columns a roll-up has, for `--columns` and `--sort`: id, and the name the statement gives it.
pub fn columns(by: &str, grades: &[String]) -> Vec<(String, String)> {
    let mut names: Vec<(String, String)> = vec![("place".to_owned(), "place".to_owned()), (by.to_owned(), roll_up_column(by).to_owned())];
    names.extend(FIGURES.iter().map(|(id, ..)| ((*id).to_owned(), (*id).to_owned())));
    names.extend(grades.iter().enumerate().map(|(at, grade)| (format!("grade_{grade}"), format!("grade_{at}"))));
    names.extend(TAIL.iter().map(|(id, ..)| ((*id).to_owned(), (*id).to_owned())));
    names
}

/// Builds the report from the rolled-up rows.
pub fn build(frame: &DataFrame, by: &str, said: Option<&Said>, context: &Context) -> Report {
    let is_placed = by == "zone" && !context.sorted;
    let frame = &said.filter(|_| is_placed).map_or_else(|| frame.clone(), |said| ranked::ordered(frame, by, said));
    let rows = frame.height();
    let frame = context.top.map_or_else(|| frame.clone(), |top| frame.head(Some(top)));
    let policy = context.policy;
    let all = columns(by, &policy.grade_names());
    let wanted: Vec<&(String, String)> = match context.columns {
        Some(names) => names.iter().filter_map(|name| all.iter().find(|(id, _)| id == name)).collect(),
        None => all.iter().collect(),
    };
    let mut columns: Vec<Column> = wanted.into_iter().map(|(id, name)| column(&frame, id, name, by, context)).collect();
    let of_plan = match said {
        Some(said) if by == "zone" => ranked::of_zones(&frame, said),
        Some(said) => ranked::of_chains(&frame, said),
        None => Vec::new(),
    };
    add(&mut columns, of_plan, context);
    let mut report = Report {
        facts: vec![
            ("data_set", context.data_set.into()),
            ("policy", policy.id.as_str().into()),
            ("policy_status", policy.status.as_str().into()),
            ("year", context.year.into()),
            ("by", by.into()),
        ],
        heading: vec![
            rank::heading_of(context.data_set, policy, context.year),
            Phrase::new(if is_placed && said.is_some() { "zone.rolled" } else { "rank.rolled" })
                .with("rows", rows)
                .with_key("by", format!("by.{by}")),
        ],
        ..Report::default()
    };
    let sections = vec![Section { title: None, rows: 0..frame.height(), cuts: Vec::new() }];
    report.parts.push(Part { id: "rows".to_owned(), title: None, columns, sections, grades: policy.grade_names() });
    report.notes.push(Phrase::new(if is_placed && said.is_some() { "zone.ranked-note" } else { "rank.rolled-note" }));
    report.notes.extend(super::policies::notes(policy));
    if let Some(said) = said.filter(|said| !said.scheme.targets.is_empty()) {
        report.facts.push(("plan", said.scheme.id.as_str().into()));
        report.facts.push(("plan_status", said.scheme.status.as_str().into()));
        report.heading.push(ranked::heading(said));
        report.notes.extend(ranked::notes(said));
    }
    report
}

/// The columns of a plan: after the place and the name where all are shown, else where they were asked for.
fn add(columns: &mut Vec<Column>, of_plan: Vec<Column>, context: &Context) {
    let Some(names) = context.columns else {
        let after = columns.len().min(2);
        columns.splice(after..after, of_plan);
        return;
    };
    columns.extend(of_plan.into_iter().filter(|column| names.contains(&column.id)));
    columns.sort_by_key(|column| names.iter().position(|name| *name == column.id));
}

fn column(frame: &DataFrame, id: &str, name: &str, by: &str, context: &Context) -> Column {
    let both = |zh: &str, en: &str| Bilingual { zh: zh.to_owned(), en: en.to_owned() };
    let known = FIGURES.iter().chain(TAIL).find(|(known, ..)| *known == id);
    let (label, unit, shown, rank) = match known {
        Some((_, zh, en, unit, shown, rank)) => (both(zh, en), unit.map(|(zh, en)| both(zh, en)), *shown, *rank),
        None if id == "place" => (both("名次", "Place"), None, 0, 0),
        None if id == by => {
            let dictionary = Dictionary::get();
            let label = dictionary.describe(name, "zh").zip(dictionary.describe(name, "en")).map(|((zh, _), (en, _))| both(zh, en));
            (label.unwrap_or_else(|| both("分组", "Group")), None, 0, 0)
        }
        None => {
            let grade = id.strip_prefix("grade_").unwrap_or(id);
            (both(&format!("{grade} 级"), &format!("Grade {grade}")), None, 0, 2)
        }
    };
    let names = if id == "group" {
        context.policy.groups.iter().map(|group| (group.id.clone(), group.title.clone())).collect()
    } else {
        Vec::new()
    };
    let values: Values = rank::values(frame, name, shown);
    Column { id: id.to_owned(), label, unit, values, rank, graded: false, names, below: false, open: false }
}
