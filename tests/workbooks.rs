//! Workbooks that the program writes: return sheets that come back filled in, and results.
//!
//! A sheet is filled in as a spreadsheet program would: the cells that were left open get a text, everything else stays byte for byte.

use std::fs;
use std::io::{Cursor, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use calamine::{Data, Reader, Xlsx, open_workbook};

fn run(arguments: &[&str], home: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_mujun")).args(arguments).current_dir(home).output().expect("the program runs")
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a directory");
    for entry in fs::read_dir(from).expect("the files are there").flatten().filter(|entry| entry.path().is_file()) {
        fs::copy(entry.path(), to.join(entry.file_name())).expect("a file");
    }
}

fn replace(path: &Path, row: usize, from: &str, to: &str) {
    let text = fs::read_to_string(path).expect("a file");
    let lines: Vec<String> =
        text.lines().enumerate().map(|(at, line)| if at + 1 == row { line.replacen(from, to, 1) } else { line.to_owned() }).collect();
    assert_ne!(text, lines.join("\n") + "\n", "{from} stands in row {row}");
    fs::write(path, lines.join("\n") + "\n").expect("a file");
}

/// The sample with a formula, a negative number, and an id whose last letters are swapped.
fn faulty(home: &Path) -> PathBuf {
    let data = home.join("data");
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("sample_data"), &data);
    replace(&data.join("tax.csv"), 2, "4225.4", "=4225.4*1");
    replace(&data.join("tax.csv"), 5, "91990101MAEX00029B", "91990101MAEX0002B9");
    replace(&data.join("land.csv"), 3, "133143", "-5");
    data
}

fn rows(path: &Path) -> Vec<Vec<Data>> {
    let mut book: Xlsx<_> = open_workbook(path).expect("a workbook");
    let name = book.sheet_names()[0].clone();
    assert!(book.worksheet_formula(&name).expect("a sheet").is_empty(), "nothing is a formula");
    book.worksheet_range(&name).expect("a sheet").rows().map(<[Data]>::to_vec).collect()
}

/// Puts texts into cells that are blank, as a spreadsheet program does, and leaves the rest of the file as it is.
fn fill(path: &Path, cells: &[(String, &str)]) {
    let mut book = zip::ZipArchive::new(Cursor::new(fs::read(path).expect("a file"))).expect("a workbook");
    let mut filled = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for number in 0..book.len() {
        let mut part = book.by_index(number).expect("a part");
        let name = part.name().expect("a name").to_string();
        let mut bytes = Vec::new();
        part.read_to_end(&mut bytes).expect("a whole part");
        if name == "xl/worksheets/sheet1.xml" {
            let mut text = String::from_utf8(bytes).expect("XML");
            for (cell, value) in cells {
                let start = text.find(&format!("<c r=\"{cell}\"")).unwrap_or_else(|| panic!("{cell} is left open"));
                let end = start + text[start..].find("/>").expect("a blank cell");
                let filled = match value.strip_prefix('=') {
                    // A formula that nobody has reckoned.
                    Some(formula) => format!("><f>{formula}</f></c>"),
                    None => format!(" t=\"inlineStr\"><is><t>{value}</t></is></c>"),
                };
                text.replace_range(end..end + 2, &filled);
            }
            bytes = text.into_bytes();
        }
        filled.start_file(name, zip::write::SimpleFileOptions::default()).expect("a part");
        filled.write_all(&bytes).expect("a part");
    }
    fs::write(path, filled.finish().expect("a workbook").into_inner()).expect("a file");
}

#[test]
fn return_sheets_come_back_as_workbooks_with_the_same_corrections_as_csv() {
    let home = tempfile::tempdir().expect("a directory");
    let data = faulty(home.path());
    let write = |format: &str, to: &str| {
        let output = run(&["check", "data", "--by", "department", "--format", format, "-o", to, "--lang", "zh"], home.path());
        assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    };
    write("csv", "sheets");
    write("xlsx", "books");
    write("xlsx", "again");
    let names = ["land-registry-land", "tax-bureau-tax"];
    for name in names {
        let [book, again] = ["books", "again"].map(|folder| home.path().join(folder).join(format!("{name}.xlsx")));
        assert!(fs::read(&book).expect("a file") == fs::read(again).expect("a file"), "the same bytes each time");
        // Cell by cell what the CSV says, all of it text. The mark before formulas is there, too: whoever saves one as the other keeps it.
        let csv = fs::read(home.path().join(format!("sheets/{name}.csv"))).expect("a file");
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(&csv[3..]);
        for (record, row) in reader.records().map(|record| record.expect("a record")).zip(rows(&book)) {
            for (cell, data) in record.iter().zip(&row) {
                let is_same = matches!(data, Data::String(text) if text == cell) || (cell.is_empty() && *data == Data::Empty);
                assert!(is_same, "{cell} {data:?}");
            }
        }
    }
    let tax = rows(&home.path().join("books/tax-bureau-tax.xlsx"));
    assert_eq!(tax[0][11], Data::String("更正值".to_owned()));
    let texts: Vec<String> = tax[1..].iter().map(|row| row[6].to_string()).collect();
    assert_eq!(texts, ["'=4225.4*1", "91990101MAEX0002B9"]);

    let new = |row: usize, value: &'static str| -> Vec<(String, &'static str)> {
        [("L", value), ("M", "李娜"), ("N", "2025年12月1日"), ("O", "第7号")].map(|(letter, text)| (format!("{letter}{row}"), text)).into()
    };
    fill(&home.path().join("books/tax-bureau-tax.xlsx"), &[new(2, "4225.4"), new(3, "91990101MAEX00029B")].concat());
    fill(&home.path().join("books/land-registry-land.xlsx"), &new(2, "133143"));
    for (name, values) in [("tax-bureau-tax", &["4225.4", "91990101MAEX00029B"][..]), ("land-registry-land", &["133143"])] {
        let path = home.path().join(format!("sheets/{name}.csv"));
        let text = fs::read_to_string(&path).expect("a file");
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        for (line, value) in lines[1..].iter_mut().zip(values) {
            *line = format!("{},{value},李娜,2025年12月1日,第7号", line.strip_suffix(",,,,").expect("left open"));
        }
        fs::write(path, lines.join("\n") + "\n").expect("a file");
    }
    let apply = |folder: &str, ending: &str| {
        let files: Vec<String> = names.iter().map(|name| format!("{folder}/{name}.{ending}")).collect();
        let output = run(&["check", "data", "--apply", &files.join(",")], home.path());
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        let path = data.join("corrections.csv");
        let written = fs::read_to_string(&path).expect("corrections");
        fs::remove_file(path).expect("a file");
        written
    };
    let by_book = apply("books", "xlsx");
    assert_eq!(by_book, apply("sheets", "csv"));
    assert_eq!(by_book.lines().count(), 4);
    assert!(
        by_book
            .contains("tax,tax.csv,2,实缴税收（万元）,enterprise_id=91990101MAEX00010E; year=2023,'=4225.4*1,4225.4,李娜,2025-12-01,第7号")
    );
}

#[test]
fn a_formula_without_a_value_in_a_return_sheet_is_named_and_nothing_is_written() {
    let home = tempfile::tempdir().expect("a directory");
    let data = faulty(home.path());
    run(&["check", "data", "--by", "department", "--format", "xlsx", "-o", "books"], home.path());
    let cells = [("L2", "=4225.4*1"), ("M2", "Li"), ("O2", "letter 7"), ("L3", "91990101MAEX00029B"), ("M3", "Li"), ("O3", "letter 7")];
    fill(&home.path().join("books/tax-bureau-tax.xlsx"), &cells.map(|(cell, value)| (cell.to_owned(), value)));
    let output = run(&["check", "data", "--apply", "books/tax-bureau-tax.xlsx"], home.path());
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(told.contains("error[bad-correction]") && told.contains("L2"), "{told}");
    assert!(!told.contains("L3") && !told.contains("M2"), "{told}");
    assert!(!data.join("corrections.csv").exists());
}

#[test]
fn corrections_of_one_workbook_are_not_applied_to_another_beside_it() {
    let home = tempfile::tempdir().expect("a directory");
    let book = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/intake/files/one-workbook/data.xlsx");
    for name in ["draft1.xlsx", "draft2.xlsx"] {
        fs::copy(&book, home.path().join(name)).expect("a file");
    }
    let line = |file: &str| format!("tax,{file},9,实缴税收（万元）,enterprise_id=E1; year=2025,123.45678,150,Li,2025-12-01,letter 1\n");
    let lines = ["draft1.xlsx!税收", "draft2.xlsx!产出", "draft2.xlsx!旧税收"].map(line).concat();
    fs::write(home.path().join("corrections.csv"), format!("table,file,row,column,key,before,after,who,when,why\n{lines}"))
        .expect("a file");
    let outcomes = |book: &str| -> Vec<String> {
        let output = run(&["check", book, "--part", "corrections", "--format", "csv"], home.path());
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        text.lines().skip(1).filter_map(|line| Some(line.rsplit_once(',')?.1.to_owned())).collect()
    };
    // Another workbook, another sheet that is there, and a sheet that is gone.
    assert_eq!(outcomes("draft2.xlsx"), ["other-file", "other-file", "applied"]);
    assert_eq!(outcomes("draft1.xlsx"), ["applied", "other-file", "other-file"]);
    fs::remove_file(home.path().join("draft1.xlsx")).expect("a file");
    assert_eq!(outcomes("draft2.xlsx"), ["applied", "other-file", "already"]);
}

#[test]
fn results_are_numbers_and_texts_under_headings_in_the_readers_language() {
    let home = tempfile::tempdir().expect("a directory");
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample_data").display().to_string();
    let csv = run(&["rank", &sample, "--format", "csv", "--columns", "place,enterprise_id,name,tax_per_mu"], home.path());
    let output = run(
        &["rank", &sample, "--format", "xlsx", "--columns", "place,enterprise_id,name,tax_per_mu", "-o", "r.xlsx", "--lang", "zh"],
        home.path(),
    );
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let rows = rows(&home.path().join("r.xlsx"));
    assert_eq!(rows[0][1], Data::String("统一社会信用代码".to_owned()));
    let mut reader = csv::Reader::from_reader(csv.stdout.as_slice());
    let records: Vec<csv::StringRecord> = reader.records().map(|record| record.expect("a record")).collect();
    assert_eq!(records.len(), rows.len() - 1);
    for (record, row) in records.iter().zip(&rows[1..]) {
        for (at, cell) in record.iter().enumerate() {
            match &row[at] {
                Data::Float(value) => assert_eq!(cell.parse::<f64>().ok(), Some(*value)),
                Data::String(text) => assert_eq!(text, cell),
                Data::Empty => assert_eq!(cell, ""),
                other => panic!("{other:?}"),
            }
        }
        assert!(matches!(row[1], Data::String(_)), "an id is text");
    }
}
