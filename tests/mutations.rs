//! The targets of `fuzz/` driven by a loop of random changes, for machines without `cargo fuzz`: whatever the bytes are, loading
//! ends without a panic. `MUTATIONS=SECONDS` runs each target so long and says how many files were read.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

#[path = "../fuzz/feed.rs"]
mod feed;

/// A generator of numbers that looks random and is the same on every machine: xorshift.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit.max(1) as u64) as usize
    }
}

/// Bytes that mean something to a reader of tables.
const PIECES: [&[u8]; 22] = [
    b",",
    b"\"",
    b"\n",
    b"\r\n",
    b"\t",
    b";",
    b"|",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\x81\x7c",
    b"\xc4\xea",
    b"\0",
    b"9.11E+17",
    b"#REF!",
    b"85%",
    b"1,234",
    "企业代码,年度,实缴税收（元）\n".as_bytes(),
    "单位：万元".as_bytes(),
    "合计".as_bytes(),
    "注：".as_bytes(),
    b"=1+1",
    b"sep=;\n",
];

fn change(bytes: &mut Vec<u8>, seeds: &[Vec<u8>], numbers: &mut Numbers) {
    for _ in 0..=numbers.below(6) {
        let at = numbers.below(bytes.len() + 1);
        match numbers.below(7) {
            0 if at < bytes.len() => bytes[at] = numbers.below(256) as u8,
            1 if at < bytes.len() => bytes[at] ^= 1 << numbers.below(8),
            2 => {
                let piece = PIECES[numbers.below(PIECES.len())];
                bytes.splice(at..at, piece.iter().copied());
            }
            3 => {
                let end = (at + numbers.below(40)).min(bytes.len());
                bytes.drain(at..end);
            }
            4 => {
                let end = (at + numbers.below(200)).min(bytes.len());
                let copied: Vec<u8> = bytes[at..end].to_vec();
                let to = numbers.below(bytes.len() + 1);
                bytes.splice(to..to, copied);
            }
            5 => bytes.truncate(at),
            _ => {
                let other = &seeds[numbers.below(seeds.len())];
                let from = numbers.below(other.len());
                bytes.truncate(at);
                bytes.extend_from_slice(&other[from..]);
            }
        }
    }
}

/// Files of the given endings among the cases of `intake`, each behind the byte that says what it is.
fn seeds(kinds: &[(&str, u8)]) -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for folder in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/intake/files")).expect("the files are there").flatten() {
        for file in fs::read_dir(folder.path()).expect("a folder").flatten().filter(|file| file.path().is_file()) {
            let name = file.file_name().to_string_lossy().into_owned();
            let kind = kinds.iter().find(|(ending, _)| name.ends_with(ending));
            if let Some((_, kind)) = kind.filter(|_| file.metadata().is_ok_and(|data| data.len() < 20_000)) {
                seeds.push([&[*kind][..], &fs::read(file.path()).expect("a file")].concat());
            }
        }
    }
    assert!(!seeds.is_empty());
    seeds.sort();
    seeds
}

/// Changes single bytes of a Parquet file, of its pages or of what it says of itself, and keeps what it is known by: what is behind it
/// is reached.
fn change_columns(bytes: &mut Vec<u8>, seeds: &[Vec<u8>], numbers: &mut Numbers) {
    const MARK: usize = 4;
    const END: usize = 8;
    let end = bytes.len().saturating_sub(END);
    let length = bytes.get(end..end + 4).map_or(0, |four| u32::from_le_bytes(four.try_into().expect("four bytes")) as usize);
    let footer = end.saturating_sub(length).max(MARK);
    if end <= MARK || numbers.below(8) == 0 {
        return change(bytes, seeds, numbers);
    }
    let (from, to) = if numbers.below(2) == 0 && footer > MARK { (MARK, footer) } else { (footer, end) };
    for _ in 0..=numbers.below(4) {
        let at = (from + numbers.below(to - from)).min(end - 1);
        match numbers.below(4) {
            0 => bytes[at] = numbers.below(256) as u8,
            1 => bytes[at] ^= 1 << numbers.below(8),
            // A great number in as many bytes as it takes.
            2 => bytes[at..(at + 5).min(end)].fill(0xff),
            _ => bytes[at] = [0, 1, 0x7f, 0x80][numbers.below(4)],
        }
    }
}

/// Parquet files of the tests.
fn column_seeds() -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/parquet");
    let files = ["files", "sample"].into_iter().flat_map(|name| fs::read_dir(folder.join(name)).expect("the files are there").flatten());
    let files = files.filter(|file| file.path().extension().is_some_and(|ending| ending == "parquet"));
    let mut seeds: Vec<Vec<u8>> = files.map(|file| fs::read(file.path()).expect("a file")).filter(|bytes| bytes.len() < 20_000).collect();
    assert!(seeds.len() > 5);
    seeds.sort();
    seeds
}

/// Every file is read or refused in so much time, however busy the machine is.
const MOST_TIME: Duration = Duration::from_secs(10);

fn run(target: fn(&Path, &[u8]), seeds: &[Vec<u8>], start: u64, most: usize) -> usize {
    run_with(target, change, seeds, start, most)
}

/// What changes a file.
type Change = fn(&mut Vec<u8>, &[Vec<u8>], &mut Numbers);

fn run_with(target: fn(&Path, &[u8]), change: Change, seeds: &[Vec<u8>], start: u64, most: usize) -> usize {
    let seconds = std::env::var("MUTATIONS").ok().and_then(|seconds| seconds.parse().ok());
    let (begun, limit) = (Instant::now(), seconds.map(Duration::from_secs));
    let directory = tempfile::tempdir().expect("a directory");
    fs::write(directory.path().join("enterprises.csv"), "enterprise_id,name,zone\nE1,a,Z\n").expect("a file");
    let (mut numbers, mut count) = (Numbers(start), 0);
    while limit.map_or(count < most, |limit| begun.elapsed() < limit) {
        let mut bytes = seeds[numbers.below(seeds.len())].clone();
        change(&mut bytes, seeds, &mut numbers);
        // What failed is found again by its number.
        fs::write(directory.path().join(".last"), &bytes).expect("a file");
        let before = Instant::now();
        target(directory.path(), &bytes);
        assert!(before.elapsed() < MOST_TIME, "file {count} took {:?}", before.elapsed());
        if !directory.path().join("enterprises.csv").exists() {
            fs::write(directory.path().join("enterprises.csv"), "enterprise_id,name,zone\nE1,a,Z\n").expect("a file");
        }
        count += 1;
    }
    count
}

#[test]
fn any_text_is_read_or_refused() {
    let count = run(feed::csv, &seeds(&[(".csv", 1), (".tsv", 2), (".txt", 4), (".gz", 3), (".toml", 5)]), 0x9e37_79b9_7f4a_7c15, 1500);
    eprintln!("text: {count}");
}

#[test]
fn any_heading_is_read_or_refused() {
    let count = run(feed::heading, &seeds(&[(".csv", b'a')]), 0xd1b5_4a32_d192_ed03, 1500);
    eprintln!("heading: {count}");
}

#[test]
fn any_workbook_is_read_or_refused() {
    let count = run(feed::workbook, &seeds(&[(".xlsx", 0), (".xls", 1), (".ods", 2)]), 0x2545_f491_4f6c_dd1d, 600);
    eprintln!("workbook: {count}");
}

#[test]
fn any_file_of_columns_is_read_or_refused() {
    let count = run_with(feed::parquet, change_columns, &column_seeds(), 0xa076_1d64_78bd_642f, 1500);
    eprintln!("columns: {count}");
}
