//! A data set to start from: the headings of what a policy needs, and one example row each.
//!
//! Headings are the dictionary's labels in the reader's language, with their unit; the example rows load without findings.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;

use crate::dictionary::{Column, ColumnType, Dictionary, Table};
use crate::policy::Policy;

/// Why nothing was written.
#[derive(Debug)]
pub enum Refusal {
    /// The file is there already, and is not overwritten.
    Exists(String),
    /// The system refused.
    Io(io::Error),
}

impl From<io::Error> for Refusal {
    fn from(error: io::Error) -> Self {
        Refusal::Io(error)
    }
}

/// Writes the files; none where one of them exists. Gives their paths.
///
/// # Errors
///
/// When a file is there already, or the system refuses to write.
pub fn write(directory: &Path, policy: &Policy, language: &str) -> Result<Vec<String>, Refusal> {
    let files: Vec<(std::path::PathBuf, String)> = tables(policy)
        .into_iter()
        .map(|(table, columns)| (directory.join(format!("{}.csv", table.name)), text(&columns, policy, language)))
        .collect();
    if let Some((path, _)) = files.iter().find(|(path, _)| path.exists()) {
        return Err(Refusal::Exists(path.display().to_string()));
    }
    std::fs::create_dir_all(directory)?;
    let mut written = Vec::new();
    for (path, text) in files {
        let mut file = tempfile::Builder::new().prefix(".mujun-").tempfile_in(directory)?;
        io::Write::write_all(&mut file, text.as_bytes())?;
        file.persist_noclobber(&path).map_err(|error| error.error)?;
        written.push(path.display().to_string());
    }
    Ok(written)
}

/// Tables and columns that the policy needs, with what makes them readable.
fn tables(policy: &Policy) -> Vec<(&'static Table, Vec<&'static Column>)> {
    let dictionary = Dictionary::get();
    let mut wanted: BTreeSet<String> = policy.columns();
    wanted.extend(["gross_output", "tax_evaluated", "energy_tce", "area", "tenure"].map(str::to_owned));
    if wanted.remove("industry_division") | wanted.remove("industry_group") {
        wanted.insert("industry".to_owned());
    }
    wanted.remove("tax_evaluated");
    let mut tables = Vec::new();
    for table in &dictionary.tables {
        let is_zones = table.name == "zones"
            && table
                .columns
                .iter()
                .any(|column| column.name != "year" && column.name != "zone" && column.name != "name" && wanted.contains(&column.name));
        if !table.required && !is_zones {
            continue;
        }
        let columns = table
            .columns
            .iter()
            .filter(|column| column.required || (wanted.contains(&column.name) && is_read_here(table, column)))
            .collect();
        tables.push((table, columns));
    }
    tables
}

/// Columns that several tables have are read from one of them.
fn is_read_here(table: &Table, column: &Column) -> bool {
    match column.name.as_str() {
        "year" => table.name == "output",
        "zone" => table.name != "land",
        _ => true,
    }
}

fn text(columns: &[&Column], policy: &Policy, language: &str) -> String {
    let dictionary = Dictionary::get();
    let headings: Vec<String> = columns
        .iter()
        .map(|column| match dictionary.unit_of(column) {
            Some(unit) if language == "zh" => format!("{}（{}）", column.label(language), unit.symbol(language)),
            Some(unit) => format!("{} ({})", column.label(language), unit.symbol(language)),
            None => column.label(language).to_owned(),
        })
        .collect();
    let year = policy.years.map(|(_, to)| to.to_string());
    let cells: Vec<&str> = columns
        .iter()
        .map(|column| match (&year, column.kind) {
            (Some(year), ColumnType::Year) => year.as_str(),
            _ => column.example.as_deref().unwrap_or(""),
        })
        .collect();
    format!("{}\n{}\n", headings.join(","), cells.join(","))
}
