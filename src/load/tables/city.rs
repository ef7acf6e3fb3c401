//! Several data sets as one: the zones of a city, each in its own directory.
//!
//! In: their directories. Out: one [`Dataset`], and the findings of each under its own paths. Years are those of all: an enterprise has a
//! row of missing figures for a year that only others have. Columns are those of all, missing where a data set lacks them; numbers of
//! enterprises, parcels, factories and agreements go on from one to the next. One directory is what [`load_as_told`] gives.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use polars::prelude::*;

use crate::dictionary::{Dictionary, Part};
use crate::finding::{Code, Finding, Findings, Place};
use crate::load::Dataset;
use crate::load::Links;
use crate::load::Options;
use crate::load::Quiet;
use crate::load::cells::credit_code;
use crate::load::load_as_told;
use crate::load::load_years;
use crate::load::tables::panel::Figures;

/// Loads data sets as one. `told`: a file in the place of each one's own `mujun.toml`. `None`: one of them has no enterprises, and a
/// finding says why.
pub fn city(paths: &[PathBuf], told: Option<&Path>, options: &Options<'_>, findings: &mut Findings) -> Option<Dataset> {
    if let [path] = paths {
        return load_as_told(path, told, options, findings);
    }
    let all: Vec<Option<Dataset>> = paths.iter().map(|path| load_as_told(path, told, options, findings)).collect();
    let mut all: Vec<Dataset> = all.into_iter().collect::<Option<_>>()?;
    let years: BTreeSet<i32> = all.iter().flat_map(|dataset| dataset.years.iter().copied()).collect();
    for (dataset, path) in all.iter_mut().zip(paths).filter(|(dataset, _)| dataset.years.len() < years.len()) {
        // Land and zones are dated, so the rows of other years are made where they are known. What is wrong has been said.
        let again = Options { progress: &Quiet, ..*options };
        *dataset = load_years(path, told, &years, &again, &mut Findings::default())?;
    }
    let mut found = Findings::default();
    zones_in_two(&all, paths, &mut found);
    figures_in_two(&all, paths, &mut found);
    enterprises_in_two(&all, paths, &mut found);
    found.sort();
    findings.extend(found);
    joined(all)
}

/// Puts loaded data sets together. They have the same years.
fn joined(all: Vec<Dataset>) -> Option<Dataset> {
    let each = |frame: fn(&Dataset) -> &DataFrame| -> Vec<&DataFrame> { all.iter().map(frame).collect() };
    let enterprise = ("enterprise", starts(all.iter().map(|dataset| dataset.enterprises)));
    let parcel = ("parcel", starts(all.iter().map(|dataset| dataset.parcels.height())));
    let factory = ("factory", starts(all.iter().map(|dataset| dataset.factories.height())));
    let agreement = ("agreement", starts(all.iter().map(|dataset| dataset.agreements.height())));
    let parts: BTreeSet<Part> = all.iter().flat_map(|dataset| dataset.parts.iter().copied()).collect();
    let panel = stacked(&each(|dataset| &dataset.panel), &[&enterprise])?;
    let of_all = Figures {
        yearly: all.iter().flat_map(|dataset| dataset.figures.yearly.iter().cloned()).collect(),
        parts: figures(&all, &parts, &panel)?,
    };
    Some(Dataset {
        name: all.iter().map(|dataset| dataset.name.as_str()).collect::<Vec<_>>().join(" + "),
        years: all.first()?.years.clone(),
        enterprises: all.iter().map(|dataset| dataset.enterprises).sum(),
        tables: in_order(&all),
        unread: all.iter().flat_map(|dataset| dataset.unread.iter().cloned()).collect::<BTreeSet<_>>().into_iter().collect(),
        adjustments: stacked(&each(|dataset| &dataset.adjustments), &[&enterprise])?,
        parcels: stacked(&each(|dataset| &dataset.parcels), &[&parcel, &enterprise])?,
        factories: stacked(&each(|dataset| &dataset.factories), &[&factory, &enterprise])?,
        agreements: stacked(&each(|dataset| &dataset.agreements), &[&agreement, &enterprise, &parcel])?,
        kpis: stacked(&each(|dataset| &dataset.kpis), &[])?.sort(["zone", "period", "indicator"], SortMultipleOptions::default()).ok()?,
        zone_years: stacked(&each(|dataset| &dataset.zone_years), &[])?.sort(["zone", "year"], SortMultipleOptions::default()).ok()?,
        parts: parts.into_iter().collect(),
        figures: of_all,
        links: all.iter().any(|dataset| dataset.links.is_some()).then(|| {
            let ids = all.iter().map(|dataset| ids(dataset).into_iter().map(str::to_owned).collect());
            Links::joined(all.iter().map(|dataset| dataset.links.as_ref()).zip(ids))
        }),
        joined: None,
        addresses: None,
        corrections: all.iter().flat_map(|dataset| dataset.corrections.iter().cloned()).collect(),
        panel,
    })
}

/// Where the numbers of each begin.
fn starts(counts: impl Iterator<Item = usize>) -> Vec<i32> {
    counts
        .scan(0, |next, count| {
            let start = *next;
            *next += count as i32;
            Some(start)
        })
        .collect()
}

/// The summaries of all tables, in the order of the dictionary, then of the data sets.
fn in_order(all: &[Dataset]) -> Vec<crate::load::TableSummary> {
    let place = |name: &str| Dictionary::get().tables.iter().position(|table| table.name == name);
    let mut tables: Vec<crate::load::TableSummary> = all.iter().flat_map(|dataset| dataset.tables.iter().cloned()).collect();
    tables.sort_by_key(|table| place(&table.name));
    tables
}

/// Frames one below the other. `numbered`: columns of numbers, and where those of each frame begin.
fn stacked(frames: &[&DataFrame], numbered: &[&(&str, Vec<i32>)]) -> Option<DataFrame> {
    let mut names: Vec<&PlSmallStr> = Vec::new();
    let mut seen = BTreeSet::new();
    for name in frames.iter().flat_map(|frame| frame.columns().iter().map(Column::name)) {
        if seen.insert(name.as_str()) {
            names.push(name);
        }
    }
    let columns: Option<Vec<Column>> = names
        .into_iter()
        .map(|name| {
            let starts = numbered.iter().find(|(numbered, _)| *numbered == name.as_str()).map(|(_, starts)| starts);
            let pieces = frames.iter().enumerate().map(|(at, frame)| {
                let column = frame.column(name).ok();
                let start = starts.map_or(0, |starts| starts[at]);
                (column.map(|column| if start == 0 { column.clone() } else { shifted(column, start) }), frame.height())
            });
            stack(name, pieces.collect())
        })
        .collect();
    let height = frames.iter().map(|frame| frame.height()).sum();
    DataFrame::new(height, columns?).ok()
}

fn shifted(column: &Column, start: i32) -> Column {
    match column.i32() {
        Ok(numbers) => numbers.apply_values(|number| number + start).into_column(),
        Err(_) => column.clone(),
    }
}

/// Columns one below the other, missing where there is none; texts where one of them is of texts and another is not.
fn stack(name: &PlSmallStr, pieces: Vec<(Option<Column>, usize)>) -> Option<Column> {
    let kinds: Vec<&DataType> = pieces.iter().filter_map(|(column, _)| column.as_ref()).map(Column::dtype).collect();
    let first = (*kinds.first()?).clone();
    let kind = if kinds.iter().all(|kind| **kind == first) { first } else { DataType::String };
    let mut stacked: Option<Series> = None;
    for (column, rows) in pieces {
        let series = match column {
            None => Series::full_null(name.clone(), rows, &kind),
            Some(column) if *column.dtype() == kind => column.as_materialized_series().clone(),
            Some(column) => written(&column),
        };
        match &mut stacked {
            None => stacked = Some(series),
            Some(stacked) => {
                stacked.append(&series).ok()?;
            }
        }
    }
    Some(stacked?.rechunk().into_column())
}

/// Values as texts.
fn written(column: &Column) -> Series {
    match column.f64() {
        Ok(numbers) => {
            let texts = numbers.iter().map(|number| number.map(|number| number.to_string()));
            StringChunked::from_iter_options(column.name().clone(), texts).into_series()
        }
        Err(_) => {
            let texts = column.cast(&DataType::String).map(|texts| texts.as_materialized_series().clone());
            texts.unwrap_or_else(|_| Series::full_null(column.name().clone(), column.len(), &DataType::String))
        }
    }
}

/// The figures of parts of a year, of all data sets.
fn figures(all: &[Dataset], parts: &BTreeSet<Part>, panel: &DataFrame) -> Option<BTreeMap<Part, Vec<Column>>> {
    let mut of_all = BTreeMap::new();
    for part in parts.iter().filter(|part| all.iter().any(|dataset| dataset.figures.parts.contains_key(part))) {
        let of = |dataset: &'_ Dataset| dataset.figures.parts.get(part).cloned().unwrap_or_default();
        let figures: Vec<Vec<Column>> = all.iter().map(of).collect();
        let names: BTreeSet<&PlSmallStr> = figures.iter().flatten().map(Column::name).filter(|name| panel.column(name).is_ok()).collect();
        let column = |name: &PlSmallStr| {
            let pieces = figures
                .iter()
                .zip(all)
                .map(|(figures, dataset)| (figures.iter().find(|figure| figure.name() == name).cloned(), dataset.panel.height()));
            stack(name, pieces.collect())
        };
        of_all.insert(*part, names.into_iter().map(column).collect::<Option<Vec<Column>>>()?);
    }
    Some(of_all)
}

/// The ids of the enterprises.
fn ids(dataset: &Dataset) -> Vec<&str> {
    let Ok(column) = dataset.panel.column("enterprise_id").and_then(|column| column.str()) else { return Vec::new() };
    column.iter().step_by(dataset.years.len().max(1)).map(Option::unwrap_or_default).collect()
}

/// What stands in more than one data set: each in the order of the texts, with the first two.
fn in_two<'d>(all: impl Iterator<Item = Vec<String>>, paths: &'d [PathBuf]) -> Vec<(String, &'d Path, &'d Path)> {
    let mut first: BTreeMap<String, Vec<&'d Path>> = BTreeMap::new();
    for (names, path) in all.zip(paths) {
        for name in names.into_iter().collect::<BTreeSet<_>>() {
            first.entry(name).or_default().push(path);
        }
    }
    first.into_iter().filter_map(|(name, paths)| Some((name, *paths.first()?, *paths.get(1)?))).collect()
}

fn told(make: fn(Code, Place) -> Finding, code: Code, first: &Path, second: &Path) -> Finding {
    let [first, second] = [first, second].map(|path| path.display().to_string());
    make(code, Place::File { file: second.as_str().into() }).with("first", first).with("second", second)
}

/// A zone belongs to one data set.
fn zones_in_two(all: &[Dataset], paths: &[PathBuf], findings: &mut Findings) {
    let zones = all.iter().map(|dataset| texts(&dataset.zone_years, "zone").into_iter().flatten().collect());
    for (zone, first, second) in in_two(zones, paths) {
        findings.push(told(Finding::error, Code::ZoneInTwoDataSets, first, second).text(zone));
    }
}

/// A figure of the whole city belongs to one data set.
fn figures_in_two(all: &[Dataset], paths: &[PathBuf], findings: &mut Findings) {
    const BETWEEN: char = '\u{1f}';
    let figures = all.iter().map(|dataset| {
        let [zones, periods, indicators] = ["zone", "period", "indicator"].map(|name| texts(&dataset.kpis, name));
        let rows = zones.into_iter().zip(periods).zip(indicators);
        let of_city = rows.filter(|((zone, _), _)| zone.is_none());
        of_city.filter_map(|((_, period), indicator)| Some(format!("{}{BETWEEN}{}", period?, indicator?))).collect()
    });
    for (figure, first, second) in in_two(figures, paths) {
        let (period, indicator) = figure.split_once(BETWEEN).unwrap_or_default();
        findings.push(told(Finding::error, Code::FigureInTwoDataSets, first, second).text(indicator).with("period", period));
    }
}

/// An enterprise may have a plant in each; that is told once.
fn enterprises_in_two(all: &[Dataset], paths: &[PathBuf], findings: &mut Findings) {
    let ids = all.iter().map(|dataset| ids(dataset).into_iter().map(|id| credit_code::normal(id).into()).collect());
    for (id, first, second) in in_two(ids, paths) {
        findings.push(told(Finding::warning, Code::EnterpriseInTwoDataSets, first, second).text(id));
    }
}

fn texts(frame: &DataFrame, column: &str) -> Vec<Option<String>> {
    let Ok(column) = frame.column(column).and_then(|column| column.str()) else { return Vec::new() };
    column.iter().map(|text| text.map(str::to_owned)).collect()
}
