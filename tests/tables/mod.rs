//! Data sets as tables of text, to be changed by tests, and what the program says of them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A table as text: headings and rows.
pub type Table = Vec<Vec<String>>;

/// The tables of a data set by name.
pub type Tables = BTreeMap<String, Table>;

fn read(folder: &Path) -> Tables {
    let mut tables = Tables::new();
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if let Some(table) = name.strip_suffix(".csv") {
            let mut reader = csv::ReaderBuilder::new().has_headers(false).from_path(entry.path()).expect("a table");
            let rows = reader.records().map(|row| row.expect("a row").iter().map(str::to_owned).collect()).collect();
            tables.insert(table.to_owned(), rows);
        }
    }
    tables
}

fn write(tables: &Tables, folder: &Path) {
    fs::create_dir_all(folder).expect("a folder");
    for (name, rows) in tables {
        let mut writer = csv::Writer::from_path(folder.join(format!("{name}.csv"))).expect("a file");
        for row in rows {
            writer.write_record(row).expect("a row");
        }
        writer.flush().expect("a complete file");
    }
}

/// The CSV of a command over tables written under the same name, so that nothing but the tables differs.
pub fn csv(command: &str, tables: &Tables, arguments: &[&str], threads: &str) -> String {
    let home = tempfile::tempdir().expect("a temporary directory");
    let data = home.path().join("data");
    write(tables, &data);
    let output = Command::new(env!("CARGO_BIN_EXE_mujun"))
        .arg(command)
        .arg(&data)
        .args(["--format", "csv", "--quiet"])
        .args(arguments)
        .env("POLARS_MAX_THREADS", threads)
        .env("RAYON_NUM_THREADS", threads)
        .output()
        .expect("the program runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// The sample data.
pub fn sample() -> Tables {
    read(&PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("sample_data"))
}

/// Deterministic shuffling: a key per position, from a seed.
fn shuffled<T: Clone>(list: &[T], seed: u64) -> Vec<T> {
    let mut keyed: Vec<(u64, usize)> = (0..list.len())
        .map(|at| {
            let mut x = seed.wrapping_add(at as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            x ^= x >> 29;
            (x.wrapping_mul(0xbf58_476d_1ce4_e5b9), at)
        })
        .collect();
    keyed.sort_unstable();
    keyed.into_iter().map(|(_, at)| list[at].clone()).collect()
}

/// The same tables with their rows and columns in another order.
pub fn mixed(tables: &Tables, seed: u64) -> Tables {
    let mut mixed = Tables::new();
    for (name, rows) in tables {
        let columns: Vec<usize> = shuffled(&(0..rows[0].len()).collect::<Vec<_>>(), seed ^ name.len() as u64);
        let pick = |row: &Vec<String>| columns.iter().map(|at| row[*at].clone()).collect::<Vec<_>>();
        let mut table = vec![pick(&rows[0])];
        table.extend(shuffled(&rows[1..], seed).iter().map(pick));
        mixed.insert(name.clone(), table);
    }
    mixed
}
