//! What the method made of every enterprise, year by year: grade, how many years running, outcome, score, review.
//!
//! In: the method's statements for the years of the data. Out: a frame with a row per enterprise and year, a table for the rules.
//! A year without a grade ends the chain: it is never bridged, and `grade_years_open` says that more years may lie behind it.

use std::collections::HashMap;

use polars::prelude::*;

use crate::dictionary::ColumnType;
use crate::engine::EngineError;
use crate::load::Dataset;
use crate::plan::{Options, Statement};

/// Columns of the result that are wanted.
const WANTED: [&str; 8] = ["enterprise_id", "name", "zone", "year", "outcome", "grade", "score", "review"];

/// How the method is run for the rules.
pub fn options(year: i32, present: &[(String, ColumnType)], adjustments: bool) -> Options<'_> {
    static ONLY: std::sync::LazyLock<Vec<String>> = std::sync::LazyLock::new(|| WANTED.iter().map(|name| (*name).to_owned()).collect());
    let only = Some(ONLY.as_slice());
    Options { year, present, adjustments, by: None, filter: None, extra: &[], only, sort: None, for_rules: true }
}

/// A grade that is running.
struct Run {
    grade: String,
    years: i64,
    open: bool,
}

/// By enterprise: its running grade, or none in a year for which it is known that it had none. Who is not there is not known.
type Runs = HashMap<i32, Option<Run>>;

/// Outcomes of those who surely had no grade.
const LEFT_OUT: [&str; 4] = ["exempt", "deferred", "collected-only", "scored-only"];

/// The table `grades`, by the method's statements year by year. `known`: the rows of a year, where they are known already.
///
/// # Errors
///
/// When the engine does not run one of the method's statements: a fault of the program.
pub fn frame(graded: &[(i32, Statement)], known: Option<(i32, &DataFrame)>, dataset: &Dataset) -> Result<DataFrame, EngineError> {
    let mut parts: Vec<DataFrame> = Vec::new();
    let mut before: Option<(i32, Runs)> = None;
    for (year, statement) in graded {
        let rows = match known.filter(|(known, _)| known == year) {
            Some((_, rows)) => rows.clone(),
            None => super::run(statement, dataset)?,
        };
        let earlier = before.take().filter(|(last, _)| last + 1 == *year).map(|(_, runs)| runs);
        let (part, runs) = with_runs(&rows, *year, earlier.as_ref())?;
        before = Some((*year, runs));
        parts.push(part);
    }
    let mut all = parts.pop().map_or_else(empty, Ok)?;
    for part in parts {
        all.vstack_mut(&part)?;
    }
    Ok(all)
}

/// One year's rows with the number of years that each grade has been running.
fn with_runs(rows: &DataFrame, year: i32, earlier: Option<&Runs>) -> PolarsResult<(DataFrame, Runs)> {
    let enterprises = rows.column("enterprise")?.i32()?.clone();
    let grades = rows.column("grade")?.str()?.clone();
    let outcomes = rows.column("outcome")?.str()?.clone();
    let mut runs: Runs = HashMap::with_capacity(rows.height());
    let (mut years, mut open) = (Vec::with_capacity(rows.height()), Vec::with_capacity(rows.height()));
    for ((enterprise, grade), outcome) in enterprises.iter().zip(grades.iter()).zip(outcomes.iter()) {
        let run = grade.map(|grade| match enterprise.and_then(|enterprise| earlier?.get(&enterprise)) {
            Some(Some(last)) if last.grade == grade => Run { grade: grade.to_owned(), years: last.years + 1, open: last.open },
            Some(_) => Run { grade: grade.to_owned(), years: 1, open: false },
            None => Run { grade: grade.to_owned(), years: 1, open: true },
        });
        years.push(run.as_ref().map(|run| run.years));
        open.push(run.as_ref().map(|run| run.open));
        let left_out = outcome.is_some_and(|outcome| LEFT_OUT.contains(&outcome));
        if let Some(enterprise) = enterprise.filter(|_| run.is_some() || left_out) {
            runs.insert(enterprise, run);
        }
    }
    let column = |name: &str| rows.column(name).cloned();
    let columns = vec![
        column("enterprise")?,
        Int32Chunked::from_vec("year".into(), vec![year; rows.height()]).into_column(),
        column("grade")?,
        Int64Chunked::from_iter_options("grade_years".into(), years.into_iter()).into_column(),
        BooleanChunked::from_iter_options("grade_years_open".into(), open.into_iter()).into_column(),
        column("outcome")?,
        column("score")?,
        column("review")?,
    ];
    Ok((DataFrame::new(rows.height(), columns)?, runs))
}

fn empty() -> PolarsResult<DataFrame> {
    let texts = |name: &str| StringChunked::full_null(name.into(), 0).into_column();
    let columns = vec![
        Int32Chunked::full_null("enterprise".into(), 0).into_column(),
        Int32Chunked::full_null("year".into(), 0).into_column(),
        texts("grade"),
        Int64Chunked::full_null("grade_years".into(), 0).into_column(),
        BooleanChunked::full_null("grade_years_open".into(), 0).into_column(),
        texts("outcome"),
        Float64Chunked::full_null("score".into(), 0).into_column(),
        texts("review"),
    ];
    DataFrame::new(0, columns)
}
