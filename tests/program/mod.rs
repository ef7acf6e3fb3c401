//! The program as a user runs it.

use std::collections::BTreeMap;
use std::process::Command;

/// The rows of the CSV that a command prints, by column; what it says where it does not end well.
pub fn rows(command: &mut Command) -> Result<Vec<BTreeMap<String, String>>, String> {
    let output = command.output().map_err(|error| error.to_string())?;
    if output.status.code() != Some(0) {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let mut reader = csv::Reader::from_reader(output.stdout.as_slice());
    let columns = reader.headers().map_err(|error| error.to_string())?.clone();
    let rows = reader.records().map(|record| {
        let record = record.map_err(|error| error.to_string())?;
        Ok(columns.iter().map(str::to_owned).zip(record.iter().map(str::to_owned)).collect())
    });
    rows.collect()
}
