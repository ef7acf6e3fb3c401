//! Any bytes as a file of a data set: whatever they are, loading ends, and gives a data set or says what is wrong.
//!
//! Used by the targets of `cargo fuzz` and by `tests/mutations.rs`, which drives them without it.

use std::path::Path;

use mujun::finding::{Findings, Severity};
use mujun::load::{Options, Quiet, Rows, load};

/// Bytes as a text file: what the first byte says (plain, packed, with tabs), the rest of it.
pub fn csv(directory: &Path, bytes: &[u8]) {
    let Some((&kind, rest)) = bytes.split_first() else { return };
    let name = ["enterprises.csv", "tax.csv", "land.tsv", "tax.csv.gz", "anything.txt", "mujun.toml"][usize::from(kind) % 6];
    feed(directory, name, rest);
}

/// Bytes as heading rows above one row of data.
pub fn heading(directory: &Path, bytes: &[u8]) {
    feed(directory, "land.csv", &[bytes, b"\nP1,E1,1\n"].concat());
}

/// Bytes as a workbook: .xlsx, .xls or .ods by the first byte.
pub fn workbook(directory: &Path, bytes: &[u8]) {
    let Some((&kind, rest)) = bytes.split_first() else { return };
    feed(directory, ["tax.xlsx", "tax.xls", "tax.ods"][usize::from(kind) % 3], rest);
}

/// Bytes as a Parquet file.
pub fn parquet(directory: &Path, bytes: &[u8]) {
    feed(directory, "tax.parquet", bytes);
}

fn feed(directory: &Path, name: &str, bytes: &[u8]) {
    let path = directory.join(name);
    std::fs::write(&path, bytes).expect("the directory can be written to");
    let mut findings = Findings::default();
    let dataset = load(
        directory,
        &Options { lenient: false, keep: None, rows: Rows::CHECKED, parts: false, tried: &[], progress: &Quiet },
        &mut findings,
    );
    // Without enterprises there is no data set, and an error says so.
    assert!(dataset.is_some() || findings.count(Severity::Error) > 0);
    drop(dataset);
    std::fs::remove_file(path).expect("the directory can be written to");
}
