//! The driver of `zone`, and of `rank --by zone|chain` with a plan: data and a zone plan in, verdicts on targets out.
//!
//! load → plan → gate → SQL → engine. Land by state is asked of the rule books; how figures lie on the land is worked out here.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use polars::prelude::{Column, DataFrame, DataType, Float64Chunked, Int64Chunked, IntoColumn, NamedFrom, Series, StringChunked};

use super::books::{give, unknown};
use crate::dictionary::{ColumnType, Dictionary, Part};
use crate::engine::{self, EngineError};
use crate::finding::{Code, Finding, Findings, Place};
use crate::load::{self, Dataset, Progress, Rows, Want};
use crate::plan::flags::{self, InventoryStatement};
use crate::plan::scheme::{self as statements, SchemeStatement};
use crate::policy::book::{self, Book};
use crate::policy::definition::shown;
use crate::policy::library;
use crate::policy::scheme::{self, Scheme, Scope};
use crate::policy::subject::Extra;
use crate::policy::term::Term;
use crate::report::zone::ranked::Said;

/// The plan used where none is named: figures without targets.
pub const OVERVIEW: &str = "overview";

/// What is asked.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Built-in id or file; `None`: the overview.
    pub plan: Option<String>,
    /// Evaluated year; `None`: that of the period, else the last of the data that has ended by the date asked.
    pub year: Option<i32>,
    /// Evaluated period, `2025`, `2025H1`, `2025Q3`.
    pub period: Option<String>,
    /// Evaluated part of the year, where no period is said.
    pub part: Option<Part>,
    /// The date asked; `None`: the last day of the period.
    pub as_of: Option<String>,
    /// `SETTING=VALUE`.
    pub settings: Vec<String>,
    /// By chain and not by zone?
    pub by_chain: bool,
    /// Unreadable cells count as missing.
    pub lenient: bool,
    /// What is said about the files, in the place of the data set's own `mujun.toml`.
    pub data_config: Option<PathBuf>,
}

impl Request {
    fn scope(&self) -> Scope {
        if self.by_chain { Scope::Chain } else { Scope::Zone }
    }
}

/// A plan and its statement, ready to run over a data set.
#[derive(Debug)]
pub struct Planned {
    /// The plan.
    pub scheme: Scheme,
    /// Values of its settings.
    pub settings: BTreeMap<String, Term>,
    /// The evaluated year.
    pub year: i32,
    /// The evaluated part of it.
    pub part: Part,
    /// The date asked, ISO.
    pub as_of: String,
    /// What the rows are.
    pub by: Scope,
    /// The statement.
    pub statement: SchemeStatement,
    /// Rule books that know states of land, and their statements.
    pub land: Vec<(Book, InventoryStatement)>,
}

/// Everything that is said of zones.
#[derive(Debug)]
pub struct Judged {
    /// A row per zone or chain, and one for the city (the last).
    pub rows: DataFrame,
    /// Land by zone, book and state: zone, book, state, parcels, mu.
    pub land: DataFrame,
    /// The panel of the evaluated part of the year.
    pub panel: DataFrame,
}

/// What a plan needs of the data.
#[derive(Debug, Clone)]
pub struct Needs {
    /// Columns of the panel; `None`: it names columns that only the data know.
    pub panel: Option<BTreeSet<String>>,
    /// Rows of land, factories and agreements.
    pub rows: Rows<'static>,
    /// Quarters?
    pub parts: bool,
}

/// What a plan needs of the data, as far as that is known before they are read.
pub fn needs(request: &Request) -> Needs {
    let mut quiet = Findings::default();
    let read =
        |name: &str, quiet: &mut Findings| library::find_plan(name, quiet).and_then(|source| scheme::read(&source, &Extra::new(), quiet));
    let scheme = read(request.plan.as_deref().unwrap_or(OVERVIEW), &mut quiet);
    let overview = read(OVERVIEW, &mut quiet).filter(|_| request.by_chain);
    let over = |of: scheme::Of| scheme.as_ref().is_none_or(|scheme| scheme.measures.iter().any(|measure| measure.of == of));
    let want = |wanted: bool| if wanted && !request.by_chain { Want::All } else { Want::Nothing };
    let states = scheme.as_ref().is_none_or(|scheme| !scheme.states.is_empty());
    let rows = Rows {
        land: want(states || over(scheme::Of::Parcel)),
        factories: want(over(scheme::Of::Factory)),
        agreements: want(over(scheme::Of::Agreement)),
        ..Rows::default()
    };
    let panel = scheme.map(|scheme| {
        let reads = statements::reads(&scheme).into_iter();
        reads.chain(overview.iter().flat_map(statements::reads)).chain(["labels", "chain"].map(str::to_owned)).collect()
    });
    Needs { panel, rows, parts: request.by_chain || request.period.is_some() }
}

/// Loads the data sets as one and reads the plan. `None` when the gate is shut; the findings then say why.
pub fn prepare(data: &[PathBuf], request: &Request, progress: &dyn Progress, findings: &mut Findings) -> Option<(Dataset, Planned)> {
    let parts = request.period.is_some() || request.by_chain;
    let rows = if request.by_chain { Rows::default() } else { Rows::ALL };
    let options = load::Options { lenient: request.lenient, keep: None, rows, tried: &[], parts, progress };
    let dataset = load::city(data, request.data_config.as_deref(), &options, findings);
    let dataset = dataset?;
    let planned = plan(&dataset, request, findings)?;
    Some((dataset, planned))
}

/// Reads the plan for a data set that is loaded. `None` when the gate is shut.
pub fn plan(dataset: &Dataset, request: &Request, findings: &mut Findings) -> Option<Planned> {
    let source = library::find_plan(request.plan.as_deref().unwrap_or(OVERVIEW), findings)?;
    let extra = super::flag::extra_columns(dataset);
    let scheme = scheme::read(&source, &extra, findings);
    let when = dates(dataset, request, findings);
    let scheme = scheme?;
    let settings = settings(&scheme, &request.settings, findings);
    check(&scheme, dataset, request.scope(), findings);
    let (year, part, as_of) = when?;
    if findings.stop() {
        return None;
    }
    let mut present: BTreeMap<&'static str, Vec<(String, ColumnType)>> = BTreeMap::from([("panel", dataset.columns())]);
    present.extend(dataset.row_tables().into_iter().map(|(table, frame)| (table, load::columns_of(frame))));
    present.insert("zones", load::columns_of(&dataset.zone_years));
    let years: Vec<i32> = dataset.years.iter().copied().filter(|known| *known <= year).collect();
    let by = request.scope();
    let options = statements::Options { years: &years, year, part, as_of: &as_of, present: &present, settings: &settings, by };
    let statement = statements::statement(&scheme, options);
    let land = if by == Scope::Zone { land_statements(&scheme, &present, &extra, year, &as_of, findings) } else { Vec::new() };
    Some(Planned { scheme, settings, year, part, as_of, by, statement, land })
}

/// The period asked; a finding where it is none.
fn period(request: &Request, findings: &mut Findings) -> Option<(Option<i32>, Part)> {
    let Some(text) = &request.period else { return Some((request.year, request.part.unwrap_or(Part::Year))) };
    match Part::parse(text) {
        Some((year, part)) if request.year.is_none_or(|asked| asked == year) => Some((Some(year), part)),
        _ => {
            let finding = Finding::error(Code::BadOption, Place::Nowhere).text(text).with("option", "--period");
            findings.push(finding.with("wanted", "2025 | 2025H1 | 2025Q3"));
            None
        }
    }
}

/// Year, part and date.
fn dates(dataset: &Dataset, request: &Request, findings: &mut Findings) -> Option<(i32, Part, String)> {
    let asked = super::flag::as_of(request.as_of.as_ref(), findings)?;
    let (year, part) = period(request, findings)?;
    let year = super::flag::year_by(dataset, year, asked.as_deref(), findings)?;
    let last = match part {
        Part::Q1 => "03-31",
        Part::H1 | Part::Q2 => "06-30",
        Part::Q3 => "09-30",
        Part::Year | Part::H2 | Part::Q4 => "12-31",
    };
    let last = format!("{year}-{last}");
    if part != Part::Year && !dataset.parts.contains(&part) {
        findings.push(Finding::warning(Code::PartAbsent, Place::Nowhere).text(part.period(year)));
    }
    if asked.as_ref().is_some_and(|asked| *asked < last) && request.year.is_none() && request.period.is_none() {
        findings.push(Finding::warning(Code::FiguresAfterDate, Place::Nowhere).text(year.to_string()).with("as_of", asked.as_ref()?));
    }
    Some((year, part, asked.unwrap_or(last)))
}

/// The plan's settings with what the options set.
fn settings(scheme: &Scheme, chosen: &[String], findings: &mut Findings) -> BTreeMap<String, Term> {
    let mut settings: BTreeMap<String, Term> = scheme.settings.iter().map(|setting| (setting.id.clone(), setting.value.clone())).collect();
    for text in chosen {
        let Some((name, value)) = text.split_once('=') else {
            let finding = Finding::error(Code::BadOption, Place::Nowhere).text(text).with("option", "--set");
            findings.push(finding.with("wanted", "SETTING=VALUE"));
            continue;
        };
        let name = name.trim();
        let name = name.strip_prefix(&format!("{}.", scheme.id)).unwrap_or(name);
        let Some(setting) = scheme.setting(name) else {
            findings.push(unknown(Code::UnknownSetting, name, scheme.settings.iter().map(|setting| setting.id.as_str())));
            continue;
        };
        give(&mut settings, setting, value, name, findings);
    }
    settings
}

/// The plan against the data: is it in force, and are the columns there that it sums?
fn check(scheme: &Scheme, dataset: &Dataset, by: Scope, findings: &mut Findings) {
    super::warn_of_no_law(scheme.status, &scheme.id, findings);
    let present: BTreeSet<String> = dataset.columns().into_iter().map(|(name, _)| name).collect();
    let mut wanted = statements::reads(scheme);
    if by == Scope::Zone {
        wanted.remove("chain");
    }
    let derived = |name: &str| crate::policy::derived(name).is_some();
    let quiet = ["registered_on", "land_mu"];
    for name in wanted.iter().filter(|name| !present.contains(*name) && !derived(name) && !quiet.contains(&name.as_str())) {
        findings.push(super::absent(name, &scheme.id));
    }
}

/// The statements of every book that knows states of land: those that the plan names, and all national ones.
fn land_statements(
    scheme: &Scheme,
    present: &BTreeMap<&'static str, Vec<(String, ColumnType)>>,
    extra: &Extra,
    year: i32,
    as_of: &str,
    findings: &mut Findings,
) -> Vec<(Book, InventoryStatement)> {
    let mut books = Vec::new();
    for (id, _) in library::BOOKS {
        let Some(book) = library::find_book(id, findings).and_then(|source| book::read(&source, extra, findings)) else { continue };
        if book.inventory.is_none() || !(book.national || scheme.states.iter().any(|state| state.book == book.id)) {
            continue;
        }
        let settings: BTreeMap<String, Term> = book.settings.iter().map(|setting| (setting.id.clone(), setting.value.clone())).collect();
        let options = flags::Options { year, as_of, present, extra, settings: &settings };
        if let Some(statement) = flags::inventory(&book, options) {
            books.push((book, statement));
        }
    }
    books
}

/// Runs the statements.
///
/// # Errors
///
/// When the engine does not run one of them: a fault of the program.
pub fn evaluate(planned: &Planned, dataset: &Dataset) -> Result<Judged, EngineError> {
    let land = land(planned, dataset)?;
    let panel = panel(dataset, planned.part);
    let rows = run(planned, dataset, &panel, &land)?;
    Ok(Judged { rows, land, panel })
}

/// What a plan says of zones or chains, to stand beside their sums.
#[derive(Debug)]
pub struct Told {
    scheme: Scheme,
    settings: BTreeMap<String, Term>,
    rows: DataFrame,
    overview: Option<DataFrame>,
    quarters: Vec<(Part, DataFrame)>,
    leading: Vec<(String, String)>,
}

impl Told {
    /// For the report.
    ///
    /// `every`: also zones without enterprises, which have no sums.
    pub fn said<'t>(&'t self, every: bool, language: &'t str) -> Said<'t> {
        let (overview, quarters, leading) = (self.overview.as_ref(), self.quarters.as_slice(), self.leading.as_slice());
        let settings = self.settings.iter().filter(|(_, value)| **value != Term::Missing);
        let settings = settings.map(|(name, value)| format!("{name}={}", shown(value))).collect();
        Said { scheme: &self.scheme, rows: &self.rows, overview, quarters, leading, settings, every, language }
    }
}

/// What a plan says of a data set that is loaded. `None` when the gate is shut.
///
/// # Errors
///
/// When the engine does not run a statement.
pub fn said(dataset: &Dataset, request: &Request, findings: &mut Findings) -> Option<Result<Told, EngineError>> {
    let planned = plan(dataset, request, findings)?;
    Some(tell(dataset, request, planned))
}

fn tell(dataset: &Dataset, request: &Request, planned: Planned) -> Result<Told, EngineError> {
    let land = if planned.scheme.states.is_empty() { Land::default().frame()? } else { land(&planned, dataset)? };
    let rows = run(&planned, dataset, &dataset.panel, &land)?;
    let (mut overview, mut quarters, mut leading) = (None, Vec::new(), Vec::new());
    if request.by_chain {
        let general = Request { plan: None, settings: Vec::new(), ..request.clone() };
        if let Some(general_plan) = plan(dataset, &general, &mut Findings::default()) {
            overview = Some(run(&general_plan, dataset, &dataset.panel, &land)?);
            leading = leading_firms(dataset, &general_plan);
        }
        quarters = self::quarters(dataset, &general)?;
    }
    Ok(Told { scheme: planned.scheme, settings: planned.settings, rows, overview, quarters, leading })
}

/// Chain and name of the enterprises that the overview counts as leading, by its labels.
fn leading_firms(dataset: &Dataset, overview: &Planned) -> Vec<(String, String)> {
    let mut wanted: Vec<String> = Vec::new();
    if let Some(when) = overview.scheme.measure("leading_firms").and_then(|measure| measure.when.as_ref()) {
        when.term.visit(&mut |term| {
            if let Term::HasLabel(name) = term {
                wanted.push(format!(";{name};"));
            }
        });
    }
    let text = |name: &str| dataset.panel.column(name).ok().and_then(|column| column.str().ok());
    let years = dataset.panel.column("year").ok().and_then(|column| column.i32().ok());
    let (Some(labels), Some(chains), Some(names), Some(years)) = (text("labels"), text("chain"), text("name"), years) else {
        return Vec::new();
    };
    let rows = years.iter().enumerate().filter(|(_, year)| *year == Some(overview.year)).map(|(row, _)| row);
    let is_leading = |row: &usize| labels.get(*row).is_some_and(|labels| wanted.iter().any(|label| labels.contains(label)));
    let mut list: Vec<(String, String)> =
        rows.filter(is_leading).filter_map(|row| Some((chains.get(row)?.to_owned(), names.get(row)?.to_owned()))).collect();
    list.sort();
    list
}

/// The panel of a part of the year; where the data do not have the part, every figure of it is missing.
fn panel(dataset: &Dataset, part: Part) -> DataFrame {
    if part == Part::Year {
        return dataset.panel.clone();
    }
    dataset.panel_of(part).unwrap_or_else(|| {
        let yearly = Dictionary::get().tables.iter().filter(|table| ["output", "tax", "energy"].contains(&table.name.as_str()));
        let names = yearly.flat_map(|table| &table.columns).map(|column| column.name.as_str());
        let names: BTreeSet<&str> = names.filter(|name| !["enterprise_id", "year"].contains(name)).collect();
        let blank = |column: &Column| match names.contains(column.name().as_str()) {
            true => Column::full_null(column.name().clone(), column.len(), column.dtype()),
            false => column.clone(),
        };
        let columns = dataset.panel.columns().iter().map(blank).collect();
        DataFrame::new(dataset.panel.height(), columns).unwrap_or_else(|_| dataset.panel.clear())
    })
}

/// The plan's rows for each quarter that is in the data, in the order of the year.
///
/// # Errors
///
/// When the engine does not run a statement.
pub fn quarters(dataset: &Dataset, request: &Request) -> Result<Vec<(Part, DataFrame)>, EngineError> {
    let mut all = Vec::new();
    for part in Part::QUARTERS.into_iter().filter(|part| dataset.parts.contains(part)) {
        let of_part = Request { period: None, part: Some(part), ..request.clone() };
        let Some(planned) = plan(dataset, &of_part, &mut Findings::default()) else { continue };
        let panel = panel(dataset, part);
        all.push((part, run(&planned, dataset, &panel, &land(&planned, dataset)?)?));
    }
    Ok(all)
}

/// The plan's own statement over a panel.
///
/// # Errors
///
/// When the engine does not run it.
pub fn run(planned: &Planned, dataset: &Dataset, panel: &DataFrame, land: &DataFrame) -> Result<DataFrame, EngineError> {
    let tables = [
        ("enterprise_years", panel),
        ("parcels", &dataset.parcels),
        ("factories", &dataset.factories),
        ("agreements", &dataset.agreements),
        ("zone_years", &dataset.zone_years),
        ("kpis", &dataset.kpis),
        ("land_states", land),
    ];
    // After the first sums there are as many rows as zones: stage by stage is faster than one long statement, at any size.
    let stages: Vec<(&str, &str)> = planned.statement.stages.iter().map(|stage| (stage.name.as_str(), stage.select.as_str())).collect();
    engine::evaluate_stages(&stages, &planned.statement.rows, &tables)
}

/// Land by zone, book and state.
///
/// # Errors
///
/// When the engine does not run a statement.
pub fn land(planned: &Planned, dataset: &Dataset) -> Result<DataFrame, EngineError> {
    let empty = DataFrame::empty();
    let tables = [
        ("enterprise_years", &dataset.panel),
        ("grades", &empty),
        ("parcels", &dataset.parcels),
        ("factories", &dataset.factories),
        ("agreements", &dataset.agreements),
    ];
    let mut all = Land::default();
    for (book, statement) in &planned.land {
        if dataset.parcels.height() > 0 {
            all.add(&book.id, &engine::evaluate(&statement.text(), &tables)?)?;
        }
    }
    all.frame()
}

/// Rows of land by state.
#[derive(Default)]
struct Land {
    zone: Vec<Option<String>>,
    book: Vec<String>,
    state: Vec<Option<String>>,
    parcels: Vec<Option<i64>>,
    mu: Vec<Option<f64>>,
}

impl Land {
    fn add(&mut self, book: &str, rows: &DataFrame) -> Result<(), EngineError> {
        let text = |name: &str| rows.column(name)?.str().cloned();
        let (zones, states) = (text("zone")?, text("state")?);
        let parcels = rows.column("parcels")?.cast(&DataType::Int64)?;
        let mu = rows.column("mu")?.cast(&DataType::Float64)?;
        let mut order: Vec<usize> = (0..rows.height()).collect();
        order.sort_by_key(|&row| (zones.get(row), states.get(row)));
        for row in order {
            self.zone.push(zones.get(row).map(str::to_owned));
            self.book.push(book.to_owned());
            self.state.push(states.get(row).map(str::to_owned));
            self.parcels.push(parcels.i64()?.get(row));
            self.mu.push(mu.f64()?.get(row));
        }
        Ok(())
    }

    fn frame(self) -> Result<DataFrame, EngineError> {
        let rows = self.book.len();
        let columns = vec![
            self.zone.into_iter().collect::<StringChunked>().with_name("zone".into()).into_column(),
            Series::new("book".into(), self.book).into_column(),
            self.state.into_iter().collect::<StringChunked>().with_name("state".into()).into_column(),
            self.parcels.into_iter().collect::<Int64Chunked>().with_name("parcels".into()).into_column(),
            self.mu.into_iter().collect::<Float64Chunked>().with_name("mu".into()).into_column(),
        ];
        Ok(DataFrame::new(rows, columns)?)
    }
}

/// The zones (or chains) of a data set, by name.
pub fn units(dataset: &Dataset, by: Scope) -> Vec<String> {
    let column = match by {
        Scope::Chain => dataset.panel.column("chain"),
        _ => dataset.zone_years.column("zone"),
    };
    let names = column
        .ok()
        .and_then(|column| column.str().ok())
        .map(|names| names.iter().flatten().map(str::to_owned).collect::<BTreeSet<String>>());
    names.unwrap_or_default().into_iter().collect()
}

/// Every statement, one after the other.
pub fn sql(planned: &Planned) -> String {
    let land = planned.land.iter().map(|(_, statement)| statement.text());
    land.chain([planned.statement.text()]).collect::<Vec<_>>().join(";\n\n")
}
