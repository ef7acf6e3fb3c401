//! Files that ask for more than they hold, and odd ones that ask for nothing: refused with a reason, or read, in a few seconds.

use std::fs;
use std::io::{Read, Write};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

/// Longer than any of them takes on a busy machine, and shorter than without the bounds.
const MOST_TIME: Duration = Duration::from_secs(20);
const HEAD: &str = "<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>enterprise_id</t></is></c><c r=\"B1\" t=\"inlineStr\"><is><t>year</t></is></c>\
    <c r=\"C1\" t=\"inlineStr\"><is><t>tax_paid</t></is></c></row>";

fn pack(path: &Path, parts: &[(&str, &str)]) {
    let mut file = zip::ZipWriter::new(fs::File::create(path).expect("a file"));
    for (name, text) in parts {
        file.start_file(*name, zip::write::SimpleFileOptions::default()).expect("a part");
        file.write_all(text.as_bytes()).expect("a part");
    }
    file.finish().expect("a workbook");
}

/// A workbook with one sheet, and other parts.
fn xlsx(path: &Path, sheet: &str, others: &[(&str, &str)]) {
    let parts = [
        ("[Content_Types].xml", "<Types/>"),
        (
            "_rels/.rels",
            "<Relationships><Relationship Id='r' Type='a/relationships/officeDocument' Target='xl/workbook.xml'/></Relationships>",
        ),
        ("xl/workbook.xml", "<workbook><sheets><sheet name='tax' sheetId='1' r:id='r'/></sheets></workbook>"),
        (
            "xl/_rels/workbook.xml.rels",
            "<Relationships><Relationship Id='r' Type='a/relationships/worksheet' Target='worksheets/sheet1.xml'/></Relationships>",
        ),
        ("xl/worksheets/sheet1.xml", sheet),
    ];
    pack(path, &[&parts[..], others].concat());
}

/// The workbook with another text for one of its parts.
fn replace(path: &Path, name: &str, text: &str) {
    let mut archive = zip::ZipArchive::new(fs::File::open(path).expect("a file")).expect("a workbook");
    let mut parts: Vec<(String, String)> = Vec::new();
    for number in 0..archive.len() {
        let mut part = archive.by_index(number).expect("a part");
        let own = part.name().expect("a name").to_string();
        let mut old = String::new();
        part.read_to_string(&mut old).expect("a text");
        parts.push((own.clone(), if own == name { text.to_owned() } else { old }));
    }
    let parts: Vec<(&str, &str)> = parts.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    pack(path, &parts);
}

fn row(number: u32, attributes: &str) -> String {
    format!(
        "<row r=\"{number}\" {attributes}><c r=\"A{number}\" t=\"inlineStr\"><is><t>E1</t></is></c><c r=\"B{number}\"><v>{}</v></c>\
         <c r=\"C{number}\"><v>5</v></c></row>",
        2018 + number
    )
}

fn sheet(before: &str, rows: &str) -> String {
    format!("<worksheet>{before}<sheetData>{HEAD}{rows}</sheetData></worksheet>")
}

fn ods(path: &Path, rows: &str) {
    let text = |text: &str| format!("<table:table-cell office:value-type='string'><text:p>{text}</text:p></table:table-cell>");
    let head = ["enterprise_id", "year", "tax_paid"].map(text).concat();
    let content = format!(
        "<office:document-content><table:table table:name='tax'><table:table-row>{head}</table:table-row>{rows}</table:table></office:document-content>"
    );
    pack(
        path,
        &[("mimetype", "application/vnd.oasis.opendocument.spreadsheet"), ("META-INF/manifest.xml", "<m/>"), ("content.xml", &content)],
    );
}

/// What `check` says of the one table beside the enterprises.
fn said(write: impl FnOnce(&Path)) -> Vec<String> {
    let home = tempfile::tempdir().expect("a directory");
    fs::write(home.path().join("enterprises.csv"), "enterprise_id,name,zone\nE1,a,Z\n").expect("a file");
    write(home.path());
    let begun = Instant::now();
    let output = Command::new(env!("CARGO_BIN_EXE_mujun"))
        .args(["check", ".", "--format", "csv", "--lang", "en"])
        .current_dir(home.path())
        .output()
        .expect("the program runs");
    assert!(begun.elapsed() < MOST_TIME, "{:?}", begun.elapsed());
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.lines().filter(|line| line.contains("tax.") && !line.contains("missing-file")).map(str::to_owned).collect()
}

fn refused(write: impl FnOnce(&Path), reason: &str) {
    let lines = said(write);
    assert!(lines.iter().any(|line| line.starts_with("error,too-large,") && line.contains(reason)), "{reason}: {lines:?}");
}

#[test]
fn workbooks_that_announce_or_hold_too_much_are_refused() {
    let plain = sheet("", &row(2, ""));
    let with = |name: &'static str, text: String| {
        let plain = plain.clone();
        move |home: &Path| xlsx(&home.join("tax.xlsx"), &plain, &[(name, &text)])
    };
    let texts = "more different texts";
    // Behind a comment that is longer than what is looked at first; with the value as nobody writes it.
    refused(with("xl/sharedStrings.xml", format!("<!--{}--><sst uniqueCount=\"400000000\"/>", "x".repeat(70_000))), texts);
    refused(with("xl/sharedStrings.xml", "<sst a='>' uniqueCount = '&#52;00000000'/>".to_owned()), texts);
    refused(with("xl/sharedStrings.xml", format!("<sst>{}</sst>", "<si ><t/></si >".repeat((4 << 20) + 1))), texts);
    // One format of a million letters that fifty thousand styles have.
    let styles = format!(
        "<styleSheet><numFmts><numFmt numFmtId='164' formatCode='{}'/></numFmts><cellXfs>{}</cellXfs></styleSheet>",
        "0".repeat(1_000_000),
        "<xf numFmtId='164'/>".repeat(50_000)
    );
    refused(with("xl/styles.xml", styles), "hundreds of times larger");
    let long = |rows: String| move |home: &Path| xlsx(&home.join("tax.xlsx"), &sheet("", &rows), &[]);
    let cell = |inner: String| format!("<row r=\"2\"><c r=\"A2\" t=\"inlineStr\"><is>{inner}</is></c></row>");
    refused(long(cell(format!("<t>{}</t>", "x".repeat(17 << 20)))), "several million characters");
    refused(long(cell("<r><t>abcdefgh</t></r>".repeat(200_000))), "several million characters");
    refused(long(format!("<!--{}-->", "<".repeat(17 << 20))), "several million characters");
}

#[test]
fn a_part_that_is_several_sheets_is_read_by_nobody() {
    let sheets: String = (0..2000).map(|at| format!("<sheet name='s{at}' sheetId='{at}' r:id='r'/>")).collect();
    let rows: String = (2..2000).map(|number| row(number, "")).collect();
    let book = format!("<workbook><sheets>{sheets}</sheets></workbook>");
    let lines = said(|home| {
        let path = home.join("tax.xlsx");
        xlsx(&path, &sheet("", &rows), &[]);
        replace(&path, "xl/workbook.xml", &book);
    });
    assert!(lines.len() == 1 && lines[0].starts_with("error,unreadable-file,./tax.xlsx,"), "{lines:?}");
}

#[test]
fn what_says_that_it_is_large_and_is_not_is_read() {
    for before in
        ["<dimension ref=\"A1:XFD1048576\"/>", "<cols><col min=\"1\" max=\"16384\" width=\"9\"/></cols>", "<!-- made by a program -->"]
    {
        let lines = said(|home| xlsx(&home.join("tax.xlsx"), &sheet(before, &row(2, "")), &[]));
        assert_eq!(lines, Vec::<String>::new(), "{before}");
    }
    let picture = format!("BM{}", "x".repeat(20 << 20));
    let lines = said(|home| xlsx(&home.join("tax.xlsx"), &sheet("", &row(2, "")), &[("xl/media/image1.bmp", &picture)]));
    assert_eq!(lines, Vec::<String>::new());
}

#[test]
fn repeated_cells_are_bounded_however_they_are_written() {
    let cell = |attributes: &str| {
        format!("<table:table-row {attributes}><table:table-cell office:value='5' table:number-columns-repeated='10'/></table:table-row>")
    };
    for attributes in
        ["table:number-rows-repeated = '1000000'", "a='>' table:number-rows-repeated='1000000'", "table:number-rows-repeated='&#49;000000'"]
    {
        refused(|home| ods(&home.join("tax.ods"), &cell(attributes)), "hundreds of times larger");
    }
    let text = format!(
        "<table:table-row><table:table-cell office:value-type='string' table:number-columns-repeated='9000'><text:p>{}</text:p></table:table-cell></table:table-row>",
        "x".repeat(500_000)
    );
    refused(|home| ods(&home.join("tax.ods"), &text), "more cells, rows or text");
}

#[test]
fn hidden_rows_and_columns_are_told() {
    let hidden = |rows: [&str; 3]| {
        let rows: String = (2..).zip(rows).map(|(number, attributes)| row(number, attributes)).collect();
        said(|home| xlsx(&home.join("tax.xlsx"), &sheet("<cols><col min=\"2\" max=\"2\" hidden=\"1\"/></cols>", &rows), &[]))
    };
    let lines = hidden(["", "hidden=\"1\"", "hidden = 'true'"]);
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(
        lines[0].starts_with("warning,hidden-rows,./tax.xlsx!tax,3,") && lines[0].contains("hidden rows are read as data: 3–4 (2 in all);"),
        "{lines:?}"
    );
    assert_eq!(hidden(["", "hidden=\"0\"", "hidden=\"false\""]), Vec::<String>::new());
    let cells = "<table:table-cell office:value-type='string'><text:p>E1</text:p></table:table-cell><table:table-cell office:value='2024'/><table:table-cell office:value='5'/>";
    let rows = format!(
        "<table:table-row table:visibility='filter'>{cells}</table:table-row><table:table-row table:visibility='collapse' table:number-rows-repeated='9'/>"
    );
    let lines = said(|home| ods(&home.join("tax.ods"), &rows));
    assert!(lines.len() == 1 && lines[0].contains("hidden rows are read as data: 2 (1 in all);"), "{lines:?}");
}

#[test]
fn the_error_beside_a_number_is_the_value() {
    let cells = "<table:table-cell office:value-type='string'><text:p>E1</text:p></table:table-cell><table:table-cell office:value='2024'/>\
        <table:table-cell office:value-type='float' office:value='0' table:formula='of:=1/0'><text:p>#DIV/0!</text:p></table:table-cell>";
    let lines = said(|home| ods(&home.join("tax.ods"), &format!("<table:table-row>{cells}</table:table-row>")));
    assert!(lines.len() == 1 && lines[0].starts_with("error,formula-error,./tax.ods!tax,2,C2,"), "{lines:?}");
}

#[test]
fn sixteen_thousand_columns_take_seconds() {
    let lines = said(|home| {
        let names: String = (0..16_000).map(|at| format!(",未知列{at}")).collect();
        fs::write(home.join("tax.csv"), format!("enterprise_id,year,tax_paid{names}\nE1,2024,5{}\n", ",1".repeat(16_000))).expect("a file");
    });
    assert_eq!(lines, Vec::<String>::new());
}
