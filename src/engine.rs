//! The only door to polars SQL.
//!
//! In: a statement and the tables it names. Out: a frame. Past the gate an error here is a fault of ours, and is reported as one.

use std::fmt;

use polars::prelude::{DataFrame, IntoLazy, PolarsError};
use polars::sql::SQLContext;

/// A statement that the engine would not run: a fault of the program.
#[derive(Debug)]
pub struct EngineError {
    /// What the engine said.
    pub reason: String,
}

impl fmt::Display for EngineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

impl std::error::Error for EngineError {}

impl From<PolarsError> for EngineError {
    fn from(error: PolarsError) -> Self {
        EngineError { reason: error.to_string() }
    }
}

/// Runs a statement over named tables.
///
/// # Errors
///
/// When the engine does not run it.
pub fn evaluate(sql: &str, tables: &[(&str, &DataFrame)]) -> Result<DataFrame, EngineError> {
    Ok(context(tables).execute(sql)?.collect()?)
}

/// Runs the stages of a statement one after the other, each as a table for the next, and then its last part: the same answer.
///
/// # Errors
///
/// When the engine does not run one of them.
pub fn evaluate_stages(stages: &[(&str, &str)], last: &str, tables: &[(&str, &DataFrame)]) -> Result<DataFrame, EngineError> {
    let mut context = context(tables);
    for (name, select) in stages {
        let frame = context.execute(select)?.collect()?;
        context.register(name, frame.lazy());
    }
    Ok(context.execute(last)?.collect()?)
}

fn context(tables: &[(&str, &DataFrame)]) -> SQLContext {
    // Dates in formulas are cast from text, which the engine calls deprecated on standard error.
    polars::error::set_warning_function(|_, _| {});
    let context = SQLContext::new();
    for (name, frame) in tables {
        context.register(name, (*frame).clone().lazy());
    }
    context
}
