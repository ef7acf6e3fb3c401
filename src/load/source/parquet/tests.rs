//! Files of `tests/parquet/files`, made by `tests/parquet/make.py` with pyarrow and DuckDB.

use std::io::Write;
use std::path::PathBuf;
use std::time::Instant;

use parquet::file::metadata::ParquetMetaDataWriter;

use super::*;

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/parquet/files").join(name)
}

/// The cells below each heading.
fn column(grid: &Grid, heading: &str) -> Vec<String> {
    let rows = grid.head(100);
    let at = rows[0].fields.iter().position(|field| field == heading).expect("a heading");
    rows[1..].iter().map(|row| row.fields.get(at).cloned().unwrap_or_default()).collect()
}

#[test]
fn every_type_is_written_as_a_person_would() {
    let grid = read(&file("types.parquet")).expect("readable");
    let cases = [
        ("text", ["a", "=1+1", "", "丁"]),
        ("large", ["甲", "乙", "丙", "丁"]),
        ("dictionary", ["x", "y", "x", ""]),
        ("bool", ["true", "false", "", "true"]),
        ("int8", ["-1", "0", "1", ""]),
        ("uint32", ["4294967295", "0", "1", ""]),
        ("int64", ["911330000000000001", "-5", "0", ""]),
        ("float", ["0.1", "1.5", "-2.25", ""]),
        ("half", ["0.1", "1.5", "-2.25", ""]),
        ("double", ["4225.4", "0.0000001", "123456789.125", ""]),
        ("decimal", ["1234.50", "-0.01", "0.00", ""]),
        ("small", ["1.5", "-0.5", "", "0.0"]),
        ("date", ["2025-06-30", "1969-12-31", "", "2000-02-29"]),
        ("moment", ["2025-06-30", "2025-06-30 01:02:03", "", ""]),
        ("instant", ["2025-06-30", "2025-06-30 08:00:00", "", ""]),
        ("time", ["08:30:00", "", "", ""]),
    ];
    for (heading, cells) in cases {
        assert_eq!(column(&grid, heading), cells, "{heading}");
    }
    assert_eq!(grid.head(9).iter().map(|row| row.row).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
}

#[test]
fn other_encodings_and_writers_are_read() {
    assert_eq!(column(&read(&file("int96.parquet")).expect("readable"), "moment"), ["2025-06-30"]);
    let delta = read(&file("delta.parquet")).expect("readable");
    // A record without a value is a blank line: it has no row, and those after it keep theirs.
    assert_eq!([column(&delta, "a"), column(&delta, "b")], [["1", "5", "7"], ["甲", "乙", "丁"]]);
    assert_eq!(delta.head(9).last().map(|row| row.row), Some(5));
    let duckdb = read(&file("duckdb.parquet")).expect("readable");
    assert_eq!([column(&duckdb, "a"), column(&duckdb, "b")], [["0", "1", "2"], ["x0", "x1", "x2"]]);
    assert_eq!(column(&duckdb, "c"), ["0", "0.25", "0.5"]);
}

fn refusal(bytes: &[u8]) -> Option<Refusal> {
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    file.write_all(bytes).expect("a file");
    read(file.path()).err()
}

#[test]
fn what_no_cell_holds_names_its_column() {
    let cases = [
        ("list.parquet", "b", "reason.parquet-nested"),
        ("record.parquet", "b", "reason.parquet-nested"),
        ("brotli.parquet", "a", "reason.parquet-packed"),
    ];
    for (name, named, reason) in cases {
        let refusal = read(&file(name)).err();
        let is_it = matches!(&refusal, Some(Refusal::Column { heading, why, .. }) if &**heading == named && *why == reason);
        assert!(is_it, "{name}: {refusal:?}");
    }
    for (name, reason) in [("prefixes.parquet", "reason.parquet-encoding"), ("bytes.parquet", "reason.parquet-bytes")] {
        let refusal = read(&file(name)).err();
        assert!(matches!(refusal, Some(Refusal::Because(why)) if why == reason), "{name}: {refusal:?}");
    }
}

#[test]
fn what_unpacks_to_far_more_than_the_file_is_refused() {
    let started = Instant::now();
    let refusal = read(&file("bomb.parquet")).err();
    assert!(matches!(refusal, Some(Refusal::Bomb)), "{refusal:?}");
    assert!(started.elapsed().as_secs() < 5);
}

/// A file whose groups of rows say that they have so many.
fn claiming(name: &str, rows: i64) -> Vec<u8> {
    let mut bytes = std::fs::read(file(name)).expect("a file");
    let length = u32::from_le_bytes(bytes[bytes.len() - 8..][..4].try_into().expect("four bytes")) as usize;
    let metadata = ParquetMetaDataReader::new().parse_and_finish(&File::open(file(name)).expect("a file")).expect("a footer");
    let groups = metadata.row_groups().iter().map(|group| group.clone().into_builder().set_num_rows(rows).build().expect("a group"));
    let groups = groups.collect();
    let metadata = metadata.into_builder().set_row_groups(groups).build();
    bytes.truncate(bytes.len() - 8 - length);
    ParquetMetaDataWriter::new(&mut bytes, &metadata).finish().expect("a footer");
    bytes
}

#[test]
fn more_rows_than_there_are_is_damage_and_more_than_can_be_held_is_refused() {
    assert!(refusal(&claiming("delta.parquet", 4)).is_none());
    for rows in [5, 50, 20_000_000, -1] {
        let refusal = refusal(&claiming("delta.parquet", rows));
        assert!(matches!(refusal, Some(Refusal::Because("reason.parquet-damaged"))), "{rows}: {refusal:?}");
    }
    for rows in [25_000_001, i64::MAX] {
        let refusal = refusal(&claiming("delta.parquet", rows));
        assert!(matches!(refusal, Some(Refusal::ManyCells { row: 25_000_002 })), "{rows}: {refusal:?}");
    }
}

#[test]
fn a_schema_without_a_bottom_is_refused_before_it_is_followed() {
    // Version 1; a list of a hundred thousand records, each named "a" and holding one other.
    let mut footer = vec![0x15, 0x02, 0x19, 0xfc, 0xa0, 0x8d, 0x06];
    for _ in 0..100_000 {
        footer.extend([0x48, 1, b'a', 0x15, 2, 0]);
    }
    footer.push(0);
    let length = (footer.len() as u32).to_le_bytes();
    let refusal = refusal(&[b"PAR1", &footer[..], &length, b"PAR1"].concat());
    assert!(matches!(refusal, Some(Refusal::Column { why: "reason.parquet-nested", .. })), "{refusal:?}");
}

#[test]
fn whatever_is_cut_or_changed_is_read_or_refused() {
    for name in ["types.parquet", "delta.parquet", "duckdb.parquet", "int96.parquet"] {
        let whole = std::fs::read(file(name)).expect("a file");
        for length in (0..whole.len()).step_by(7) {
            assert!(refusal(&whole[..length]).is_some(), "{name} up to {length}");
        }
        for at in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[at] ^= 0x55;
            let _ = refusal(&bytes);
        }
    }
}

#[test]
fn other_files_and_encrypted_ones_are_told() {
    for (bytes, key) in [
        (&b"enterprise_id,year\nE1,2025\n"[..], "reason.no-parquet"),
        (b"PAR1", "reason.no-parquet"),
        (b"PAREabcdefghPARE", "reason.parquet-password"),
        (b"PAR1abcd\xff\xff\xff\xffPAR1", "reason.parquet-damaged"),
    ] {
        let refusal = refusal(bytes);
        assert!(matches!(refusal, Some(Refusal::Because(why)) if why == key), "{refusal:?}");
    }
}

#[test]
fn a_map_of_more_pairs_than_bytes_is_damage() {
    // 26 bytes: a footer whose map announces 2^63 pairs of truths, which take no byte each. Found by fuzzing.
    let bytes = [
        0x50, 0x41, 0x52, 0x31, 0x15, 0x02, 0x6b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 0x11, 0x00, 0x0e, 0, 0, 0, 0x50,
        0x41, 0x52, 0x31,
    ];
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    file.write_all(&bytes).expect("written");
    let start = Instant::now();
    assert!(read(file.path()).is_err());
    assert!(start.elapsed().as_secs() < 10);
}
