//! A table that comes in one file for each year, and files in which no column says the year. Figures are worked out by hand.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Mutex;

use mujun::finding::{Findings, Value};
use mujun::load::{Dataset, Decision, Options, Progress, Rows, YearBy, load};
use rust_xlsxwriter::Workbook;

const BASE: [(&str, &str); 5] = [
    ("enterprises", "企业代码,企业名称,开发区,行业代码\nE1,甲,Z1,C35\nE2,乙,Z1,C3625\n"),
    ("land", "宗地编号,企业代码,用地面积（亩）,权属\nP1,E1,10,自有\nP2,E2,20,自有\n"),
    ("output", "企业代码,年度,工业总产值（万元）\nE1,2024,100\nE1,2025,110\nE2,2024,190\nE2,2025,200\n"),
    ("tax", "企业代码,年度,实缴税收（万元）\nE1,2025,6\n"),
    ("energy", "企业代码,年度,综合能耗（吨标准煤）\nE1,2025,7\n"),
];

#[derive(Default)]
struct Watch(Mutex<Vec<Decision>>);

impl Progress for Watch {
    fn start(&self, _: u64) {}
    fn advance(&self, _: &str, _: u64) {}
    fn decided(&self, decisions: Vec<Decision>) {
        self.0.lock().expect("no thread fails").extend(decisions);
    }
}

/// A data set in a directory of its own: the base but for one table, and files.
struct Case {
    _home: tempfile::TempDir,
    data: PathBuf,
}

impl Case {
    fn without(table: &str) -> Case {
        let home = tempfile::tempdir().expect("a directory");
        let data = home.path().join("d");
        fs::create_dir(&data).expect("a directory");
        for (name, text) in BASE.iter().filter(|(name, _)| *name != table) {
            fs::write(data.join(format!("{name}.csv")), text).expect("a file");
        }
        Case { _home: home, data }
    }

    fn with(self, name: &str, text: &str) -> Case {
        fs::write(self.data.join(name), text).expect("a file");
        self
    }

    fn with_gbk(self, name: &str, text: &str) -> Case {
        let (bytes, _, is_lossy) = encoding_rs::GBK.encode(text);
        assert!(!is_lossy, "GBK has all of it");
        fs::write(self.data.join(name), bytes).expect("a file");
        self
    }

    /// A workbook of sheets with rows of texts and numbers.
    fn with_book(self, name: &str, sheets: &[(&str, &str)]) -> Case {
        let mut book = Workbook::new();
        for (name, text) in sheets {
            let sheet = book.add_worksheet();
            sheet.set_name(*name).expect("a name");
            for (row, line) in text.lines().enumerate() {
                for (column, cell) in line.split(',').enumerate().filter(|(_, cell)| !cell.is_empty()) {
                    let at = (row as u32, column as u16);
                    match cell.parse::<f64>() {
                        Ok(number) => sheet.write_number(at.0, at.1, number),
                        Err(_) => sheet.write_string(at.0, at.1, cell),
                    }
                    .expect("a cell");
                }
            }
        }
        book.save(self.data.join(name)).expect("a workbook");
        self
    }

    fn load(&self) -> Read {
        let (watch, mut findings) = (Watch::default(), Findings::default());
        let options = Options { lenient: false, keep: None, rows: Rows::CHECKED, parts: false, tried: &[], progress: &watch };
        let dataset = load(&self.data, &options, &mut findings);
        let own = |file: &str| file.strip_prefix(&format!("{}/", self.data.display())).unwrap_or(file).to_owned();
        let told = findings.iter().map(|finding| {
            let file = own(finding.place.file().unwrap_or(""));
            let place = finding.place.address().unwrap_or_default();
            format!("{} {} {file} {place}", finding.severity.as_str(), finding.code).trim_end().to_owned()
        });
        let decisions = watch.0.into_inner().expect("no thread fails");
        let decided = decisions.into_iter().map(|decision| (own(&decision.file), decision)).collect();
        Read { told: told.collect(), findings, dataset, decided }
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mujun"));
        command.args(arguments).current_dir(self.data.parent().expect("a home")).env("COLUMNS", "200").output().expect("the program runs")
    }
}

struct Read {
    told: Vec<String>,
    findings: Findings,
    dataset: Option<Dataset>,
    decided: BTreeMap<String, Decision>,
}

impl Read {
    /// A figure of the panel; NaN is missing.
    fn figure(&self, id: &str, year: i32, column: &str) -> f64 {
        let panel = &self.dataset.as_ref().expect("a data set").panel;
        let ids = panel.column("enterprise_id").expect("ids").str().expect("text").clone();
        let years = panel.column("year").expect("years").i32().expect("numbers").clone();
        let at =
            ids.iter().zip(years.iter()).position(|of| of == (Some(id), Some(year))).unwrap_or_else(|| panic!("no row for {id} {year}"));
        panel.column(column).unwrap_or_else(|_| panic!("no {column}")).f64().expect("numbers").get(at).unwrap_or(f64::NAN)
    }

    fn tax(&self) -> [f64; 4] {
        [("E1", 2024), ("E1", 2025), ("E2", 2024), ("E2", 2025)].map(|(id, year)| self.figure(id, year, "tax_paid"))
    }

    fn year_of(&self, file: &str) -> Option<(i32, YearBy)> {
        self.decided.get(file).unwrap_or_else(|| panic!("nothing was decided about {file}")).year
    }

    fn value(&self, code: &str, name: &str) -> String {
        let finding = self.findings.iter().find(|finding| finding.code.as_str() == code).unwrap_or_else(|| panic!("no {code}"));
        match finding.values.iter().find(|(known, _)| *known == name) {
            Some((_, Value::Plain(text))) => text.clone(),
            other => panic!("{name} of {code} is {other:?}"),
        }
    }
}

const TAX: [f64; 4] = [5.0, 6.0, 7.0, 8.5];
const OF_2024: &str = "企业代码,年度,实缴税收（元）\nE1,2024,50000\nE2,2024,70000\n";
const OF_2025: &str = "备注,实缴税收（万元）,统一社会信用代码,年度\n新,6,E1,2025\n,8.5,E2,2025\n";

#[test]
fn each_file_is_read_by_its_own_encoding_order_headings_and_units() {
    let read = Case::without("tax").with("税收2024.csv", OF_2024).with_gbk("税收2025.csv", OF_2025).load();
    assert_eq!(read.told, Vec::<String>::new());
    assert_eq!(read.tax(), TAX);
    // A column that only one of them has is missing in the other.
    let panel = &read.dataset.as_ref().expect("a data set").panel;
    let notes: Vec<Option<&str>> = panel.column("备注").expect("the column").str().expect("text").iter().collect();
    assert_eq!(notes, [None, Some("新"), None, None]);
    let tables: Vec<(String, u64, Vec<String>)> = read
        .dataset
        .as_ref()
        .expect("a data set")
        .tables
        .iter()
        .filter(|table| table.name == "tax")
        .map(|table| {
            let name = table.file.rsplit('/').next().unwrap_or_default().to_owned();
            (name, table.rows, table.columns.iter().map(|column| format!("{} × {}", column.heading, column.factor.normalize())).collect())
        })
        .collect();
    assert_eq!(
        tables,
        [
            ("税收2024.csv".to_owned(), 2, vec!["企业代码 × 1".to_owned(), "年度 × 1".to_owned(), "实缴税收（元） × 0.0001".to_owned()]),
            (
                "税收2025.csv".to_owned(),
                2,
                vec!["备注 × 1".to_owned(), "实缴税收（万元） × 1".to_owned(), "统一社会信用代码 × 1".to_owned(), "年度 × 1".to_owned()]
            ),
        ]
    );
}

#[test]
fn names_with_a_year_are_those_of_the_table() {
    for (first, second) in [
        ("2024年税收.csv", "2025年税收.csv"),
        ("税收（2024年）.csv", "税收（2025年）.csv"),
        ("tax_2024.csv", "tax_2025.csv"),
        ("tax2024.csv", "tax2025.csv"),
        ("2024-tax.csv", "2025-tax.csv"),
        ("税收2024.csv", "国税局报送2025.csv"),
        ("国税局2024年报送.csv", "国税局2025年报送.csv"),
    ] {
        let read = Case::without("tax").with(first, OF_2024).with(second, OF_2025).load();
        assert_eq!((read.told, read.dataset.is_some()), (Vec::new(), true), "{first}, {second}");
    }
}

#[test]
fn sheets_and_workbooks_of_each_year_are_one_table() {
    let sheets = Case::without("tax").with_book("汇总.xlsx", &[("税收2024", OF_2024), ("税收2025", OF_2025)]).load();
    assert_eq!((sheets.told.clone(), sheets.tax()), (Vec::new(), TAX));
    let books = Case::without("tax").with_book("2024.xlsx", &[("税收", OF_2024)]).with_book("2025.xlsx", &[("税收", OF_2025)]).load();
    assert_eq!((books.told.clone(), books.tax()), (Vec::new(), TAX));
    let mixed = Case::without("tax").with("税收2024.csv", OF_2024).with_book("2025年税收.xlsx", &[("Sheet1", OF_2025)]).load();
    assert_eq!((mixed.told.clone(), mixed.tax()), (Vec::new(), TAX));
    // The workbook is of 2025, its sheets are of their own years.
    let of_year = Case::without("tax")
        .with_book(
            "2025年上报.xlsx",
            &[("税收2024", "企业代码,实缴税收（元）\nE1,50000\nE2,70000"), ("税收2025", "企业代码,实缴税收（万元）\nE1,6\nE2,8.5")],
        )
        .load();
    assert_eq!((of_year.told.clone(), of_year.tax()), (Vec::new(), TAX));
    assert_eq!(of_year.year_of("2025年上报.xlsx!税收2024"), Some((2024, YearBy::Sheet)));
}

const BARE_2024: &str = "企业代码,实缴税收（元）\nE1,50000\nE2,70000\n";
const BARE_2025: &str = "实缴税收（万元）,企业代码\n6,E1\n8.5,E2\n";

#[test]
fn a_year_that_no_column_says_is_that_of_the_name_or_the_title() {
    let names = Case::without("tax").with("税收2024.csv", BARE_2024).with("2025年税收.csv", BARE_2025).load();
    assert_eq!((names.told.clone(), names.tax()), (Vec::new(), TAX));
    assert_eq!(names.year_of("税收2024.csv"), Some((2024, YearBy::File)));
    let title = format!("2025年度工业企业税收情况表,\n{BARE_2025}");
    let one = Case::without("tax").with("税收.csv", &title).load();
    assert_eq!((one.told.clone(), one.figure("E2", 2025, "tax_paid")), (Vec::new(), 8.5));
    assert_eq!(one.year_of("税收.csv"), Some((2025, YearBy::Title(1))));
    let single = Case::without("tax").with("税收2025.csv", BARE_2025).load();
    assert_eq!((single.told.clone(), single.figure("E1", 2025, "tax_paid")), (Vec::new(), 6.0));
    let by_headings = Case::without("tax").with("国税局报送2025.csv", BARE_2025).load();
    assert_eq!((by_headings.told.clone(), by_headings.figure("E1", 2025, "tax_paid")), (Vec::new(), 6.0));
    // One has a column of years, the other has none.
    let mixed = Case::without("tax").with("税收2024.csv", BARE_2024).with("税收2025.csv", OF_2025).load();
    assert_eq!((mixed.told.clone(), mixed.tax()), (Vec::new(), TAX));
}

#[test]
fn a_year_that_nobody_says_or_two_say_is_an_error() {
    let nobody = Case::without("tax").with("税收.csv", BARE_2025).load();
    assert_eq!(nobody.told, ["error missing-column 税收.csv 1:1"]);
    assert_eq!(nobody.value("missing-column", "remedy"), "years.missing-remedy");
    // Half a year is none, and neither is a day.
    for title in ["2025年上半年税收", "2025年1-6月税收", "2025年6月税收", "填报日期：2025年7月1日"] {
        let read = Case::without("tax").with("税收.csv", &format!("{title},\n{BARE_2025}")).load();
        assert_eq!(read.told, ["error missing-column 税收.csv 2:2"], "{title}");
    }
    let title = format!("2024年度工业企业税收情况表,\n{BARE_2025}");
    let two = Case::without("tax").with("税收2025.csv", &title).load();
    assert_eq!(two.told, ["error contradicting-years 税收2025.csv 1:1"]);
    assert_eq!([two.value("contradicting-years", "first"), two.value("contradicting-years", "second")], ["2024", "2025"]);
    let sheet = Case::without("tax").with_book("2024.xlsx", &[("税收2025", BARE_2025)]).load();
    assert_eq!(sheet.told, ["error contradicting-years 2024.xlsx!税收2025"]);
    // What the user says counts, and is doubted only where everything else says otherwise.
    let told = Case::without("tax").with("税收2025.csv", &title).with("mujun.toml", "[tables.tax]\nyear = 2024\n").load();
    assert_eq!((told.told.clone(), told.figure("E1", 2024, "tax_paid")), (Vec::new(), 6.0));
    let stale = Case::without("tax").with("税收2025.csv", BARE_2025).with("mujun.toml", "[tables.tax]\nyear = 2024\n").load();
    assert_eq!(stale.told, ["warning contradicting-years 税收2025.csv"]);
    assert_eq!(stale.figure("E1", 2024, "tax_paid"), 6.0);
}

#[test]
fn files_that_are_not_one_for_each_year_stay_an_error() {
    for (first, second) in [("税收2025.csv", "tax_2025.csv"), ("税收2024.csv", "国税局报送.csv")] {
        let read = Case::without("tax").with(first, OF_2024).with(second, OF_2025).load();
        assert_eq!(read.told.len(), 1, "{:?}", read.told);
        assert!(read.told[0].starts_with("error ambiguous-source "), "{:?}", read.told);
    }
    let same = Case::without("tax").with("税收2025.csv", OF_2025).with("tax_2025.csv", OF_2025).load();
    assert_eq!(same.told, ["warning same-table-twice 税收2025.csv"]);
    // A list of enterprises has no year: two are two.
    let lists =
        Case::without("enterprises").with("企业名单2024.csv", BASE[0].1).with("企业名单2025.csv", &BASE[0].1.replace('乙', "丙")).load();
    assert_eq!(lists.told.first().map(String::as_str), Some("error ambiguous-source 企业名单2025.csv"), "{:?}", lists.told);
    // Land without a year holds for all years: it is not taken for that of one.
    let land = Case::without("land").with("land2024.csv", BASE[1].1).with("land2025.csv", BASE[1].1).load();
    assert!(land.told.iter().any(|told| told == "error missing-column land2024.csv 1:1"), "{:?}", land.told);
}

#[test]
fn a_name_whose_year_no_row_has_is_told() {
    let read = Case::without("tax").with("税收2023.csv", OF_2024).with("税收2025.csv", OF_2025).load();
    assert_eq!((read.told.clone(), read.tax()), (vec!["warning contradicting-years 税收2023.csv".to_owned()], TAX));
    assert_eq!(read.value("contradicting-years", "found"), "2024");
    // Known by its headings alone it may have been sent in that year.
    let sent = Case::without("tax").with("2026年报送.csv", OF_2025).load();
    assert_eq!(sent.told, Vec::<String>::new());
}

#[test]
fn what_stands_twice_names_both_files() {
    let again = OF_2025.replace("E2,2025", "E2,2024");
    let read = Case::without("tax").with("税收2024.csv", OF_2024).with("税收2025.csv", &again).load();
    assert_eq!(read.told, ["error duplicate-row 税收2025.csv 3:3"]);
    assert_eq!([read.value("duplicate-row", "first"), read.value("duplicate-row", "second")], ["3", "3"]);
    assert!(read.value("duplicate-row", "first_file").ends_with("税收2024.csv"));
}

#[test]
fn findings_and_doubts_are_of_their_own_file_and_column() {
    let odd = OF_2025.replace("8.5,E2", "x,E9");
    let read = Case::without("tax").with("税收2024.csv", OF_2024).with("税收2025.csv", &odd).load();
    assert_eq!(read.told, ["error unparsable-cell 税收2025.csv B3", "warning unknown-enterprise 税收2025.csv C3"]);
    // Tax of a year that is all that of the year before: the row before stands in the other file.
    let heading = "企业代码,年度,实缴税收（万元）,退税（万元）,评价税收（万元）\n";
    let (before, after) = (format!("{heading}E1,2024,5,1,4\n"), format!("{heading}E2,2025,8,1,7\nE1,2025,5,1,4\n"));
    let same = Case::without("tax").with("税收2024.csv", &before).with("税收2025.csv", &after).load();
    assert_eq!(same.told, ["warning repeated-year 税收2025.csv 3:3"]);
    assert!(same.value("repeated-year", "first_file").ends_with("税收2024.csv"));
}

#[test]
fn quarters_of_one_year_stand_beside_another_year() {
    let quarters = "企业代码,年度,季度,实缴税收（万元）\nE1,2025,1,1\nE1,2025,2,1.5\nE1,2025,3,1.5\nE1,2025,4,2\n";
    for (first, second) in [("税收2024.csv", "税收2025.csv"), ("b2024税收.csv", "a2025税收.csv")] {
        let read = Case::without("tax").with(first, OF_2024).with(second, quarters).load();
        assert_eq!([read.figure("E1", 2024, "tax_paid"), read.figure("E1", 2025, "tax_paid")], [5.0, 6.0], "{:?}", read.told);
    }
    // Pollutants that only one year has are its sum there, and nothing in the other.
    let with = "企业代码,年度,综合能耗（吨标准煤）,COD排放量（吨）,氨氮排放量（吨）,二氧化硫排放量（吨）,氮氧化物排放量（吨）\nE1,2024,7,1,2,3,4\n";
    let read = Case::without("energy")
        .with("能耗2024.csv", with)
        .with("能耗2025.csv", "综合能耗（吨标准煤）,企业代码,年度\n9,E1,2025\n8,E2,2025\n")
        .load();
    assert_eq!([read.figure("E1", 2024, "emission_t"), read.figure("E2", 2025, "energy_tce")], [10.0, 8.0], "{:?}", read.told);
    assert!(read.figure("E1", 2025, "emission_t").is_nan() && read.figure("E2", 2025, "emission_t").is_nan());
}

#[test]
fn mujun_toml_lists_files_and_years() {
    let list = "[tables.tax]\nfile = [\"甲.csv\", \"乙.csv\"]\nyear = [2024, 2025]\n";
    let read = Case::without("tax").with("甲.csv", BARE_2024).with("乙.csv", BARE_2025).with("mujun.toml", list).load();
    assert_eq!((read.told.clone(), read.tax()), (Vec::new(), TAX));
    let sheets = "[tables.tax]\nfile = \"汇总.xlsx\"\nsheet = [\"甲\", \"乙\"]\n";
    let read = Case::without("tax").with_book("汇总.xlsx", &[("甲", OF_2024), ("乙", OF_2025)]).with("mujun.toml", sheets).load();
    assert_eq!((read.told.clone(), read.tax()), (Vec::new(), TAX));
    // A heading that one of them has is told once for both.
    let named = "[tables.tax]\nfile = [\"甲.csv\", \"乙.csv\"]\ncolumns = { \"上缴\" = \"tax_paid\" }\n";
    let read =
        Case::without("tax").with("甲.csv", OF_2024).with("乙.csv", &OF_2025.replace("实缴税收", "上缴")).with("mujun.toml", named).load();
    assert_eq!((read.told.clone(), read.tax()), (Vec::new(), TAX));
    let both = "[tables.tax]\nfile = [\"甲.csv\", \"汇总.xlsx!乙\"]\n";
    let read = Case::without("tax")
        .with("甲.csv", OF_2024)
        .with_book("汇总.xlsx", &[("乙", OF_2025), ("丙", "说明\n无")])
        .with("mujun.toml", both)
        .load();
    assert_eq!(read.told, Vec::<String>::new());
    assert_eq!(read.tax(), TAX);
    for (text, place) in [
        ("[tables.tax]\nfile = [\"甲.csv\", \"丙.csv\"]\n", "2:18"),
        ("[tables.tax]\nfile = [\"甲.csv\", \"甲.csv\"]\n", "2:18"),
        ("[tables.tax]\nfile = [\"甲.csv\", \"乙.csv\"]\nyear = 2024\n", "3:8"),
        ("[tables.tax]\nfile = [\"甲.csv\", \"乙.csv\"]\nyear = \"2024\"\n", "3:8"),
        ("[tables.enterprises]\nyear = 2024\n", "2:8"),
        ("[tables.tax]\nfile = [\"甲.csv\", \"乙.csv\"]\nsheet = [\"一\", \"二\"]\n", "3:10"),
    ] {
        let read = Case::without("tax").with("甲.csv", OF_2024).with("乙.csv", OF_2025).with("mujun.toml", text).load();
        assert_eq!(
            read.told.first().map(|told| told.replace("error bad-config mujun.toml ", "")).as_deref(),
            Some(place),
            "{text}: {:?}",
            read.told
        );
    }
}

#[test]
fn a_correction_is_of_the_row_and_file_that_it_names() {
    let heading = "table,file,row,column,key,before,after,who,when,why\n";
    let line = "tax,税收2025.csv,2,实缴税收（万元）,enterprise_id=E1; year=2025,6,6.5,李,2025-12-01,函1\n";
    let case = || Case::without("tax").with("税收2024.csv", OF_2024).with("税收2025.csv", OF_2025);
    let read = case().with("corrections.csv", &format!("{heading}{line}")).load();
    assert_eq!((read.told.clone(), read.tax()), (Vec::new(), [5.0, 6.5, 7.0, 8.5]));
    // Without a file the key tells which; without a column of years the year of the file is one.
    let nameless = "tax,,,tax_paid,enterprise_id=E1; year=2024,50000,60000,李,2025-12-01,函1\n";
    let read = case().with("corrections.csv", &format!("{heading}{nameless}")).load();
    assert_eq!((read.told.clone(), read.tax()), (Vec::new(), [6.0, 6.0, 7.0, 8.5]));
    let bare = Case::without("tax").with("税收2024.csv", BARE_2024).with("税收2025.csv", &BARE_2025.replace("6,E1", "50000,E1"));
    let read = bare.with("corrections.csv", &format!("{heading}{nameless}")).load();
    assert_eq!(read.tax(), [6.0, 50000.0, 7.0, 8.5], "{:?}", read.told);
    // A key that rows of two files have is that of neither.
    let bare = Case::without("tax").with("税收2024.csv", BARE_2024).with("税收2025.csv", &BARE_2025.replace("6,E1", "50000,E1"));
    let loose = "tax,,,tax_paid,enterprise_id=E1,50000,60000,李,2025-12-01,函1\n";
    let read = bare.with("corrections.csv", &format!("{heading}{loose}")).load();
    assert_eq!(read.told.first().map(String::as_str), Some("warning correction-stale corrections.csv 2:2"), "{:?}", read.told);
    assert_eq!(read.tax(), [5.0, 50000.0, 7.0, 8.5]);
}

#[test]
fn a_return_sheet_of_the_second_file_comes_back() {
    let odd = OF_2025.replace("8.5,E2", "x,E2");
    let case = Case::without("tax").with("税收2024.csv", OF_2024).with("税收2025.csv", &odd);
    let sheets = case.run(&["check", "d", "--by", "department", "--output", "sheets"]);
    assert!(String::from_utf8_lossy(&sheets.stderr).contains("sheets"), "{}", String::from_utf8_lossy(&sheets.stderr));
    let home = case.data.parent().expect("a home");
    let names: Vec<String> = fs::read_dir(home.join("sheets"))
        .expect("the sheets")
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    assert_eq!(names.len(), 1, "{names:?}");
    assert!(names[0].contains("税收2025"), "{names:?}");
    let sheet = "table,file,row,heading,key,text,new value,who,when,why\ntax,税收2025.csv,3,实缴税收（万元）,enterprise_id=E2; year=2025,x,8.5,李,2025-12-01,函1\n";
    fs::write(home.join("back.csv"), sheet).expect("a file");
    let applied = case.run(&["check", "d", "--apply", "back.csv", "--format", "csv"]);
    assert!(applied.status.success(), "{}{}", String::from_utf8_lossy(&applied.stdout), String::from_utf8_lossy(&applied.stderr));
    let lines = fs::read_to_string(case.data.join("corrections.csv")).expect("the corrections");
    assert!(lines.contains("税收2025.csv,3,"), "{lines}");
    let read = case.load();
    assert_eq!((read.told.clone(), read.tax()), (Vec::new(), TAX));
    // A correction that makes a row that of the other file is refused.
    let twice = "table,file,row,heading,key,text,new value,who,when,why\ntax,税收2024.csv,2,年度,enterprise_id=E1; year=2024,2024,2025,李,2025-12-01,函2\n";
    fs::write(home.join("twice.csv"), twice).expect("a file");
    assert!(!case.run(&["check", "d", "--apply", "twice.csv"]).status.success());
}

#[test]
fn a_correction_keeps_the_year_that_no_column_says() {
    let of = |year: i32| format!("{year}年税收表,\n企业代码,实缴税收（万元）\nE1,40\nE2,7\n");
    let last = Case::without("tax").with("税收.csv", &of(2024));
    let sheet = "table,file,row,heading,key,text,new value,who,when,why\ntax,税收.csv,3,实缴税收（万元）,,40,45,李,2025-02-01,函1\n";
    fs::write(last.data.parent().expect("a home").join("back.csv"), sheet).expect("a file");
    let applied = last.run(&["check", "d", "--apply", "back.csv"]);
    assert!(applied.status.success(), "{}", String::from_utf8_lossy(&applied.stderr));
    let lines = fs::read_to_string(last.data.join("corrections.csv")).expect("the corrections");
    assert!(lines.contains("enterprise_id=E1; year=2024"), "{lines}");
    assert_eq!(last.load().figure("E1", 2024, "tax_paid"), 45.0);
    // A year later the file has the same name, and the enterprise the same figure: it is another one.
    let next = last.with("税收.csv", &of(2025)).load();
    assert_eq!(next.figure("E1", 2025, "tax_paid"), 40.0);
    assert!(next.told.iter().any(|told| told.starts_with("warning correction-")), "{:?}", next.told);
}

#[test]
fn what_init_writes_is_read_as_before() {
    let sets: [fn() -> Case; 4] = [
        || Case::without("tax").with("税收2024.csv", OF_2024).with_gbk("税收2025.csv", OF_2025),
        || Case::without("tax").with("税收2024.csv", BARE_2024).with("税收2025.csv", BARE_2025),
        || Case::without("tax").with_book("汇总.xlsx", &[("税收2024", OF_2024), ("税收2025", OF_2025)]),
        || {
            Case::without("tax")
                .with("税收2024.csv", &format!("单位：元,,\n{}", OF_2024.replace("（元）", "")))
                .with("税收2025.csv", OF_2025)
        },
    ];
    for make in sets {
        let case = make();
        let init = case.run(&["init", "--from", "d"]);
        assert!(init.status.success(), "{}", String::from_utf8_lossy(&init.stderr));
        let text = fs::read_to_string(case.data.join("mujun.toml")).expect("the file");
        assert!(text.contains("file = [\""), "{text}");
        let read = case.load();
        assert_eq!((read.told.clone(), read.tax()), (Vec::new(), TAX), "{text}");
    }
}

#[test]
fn init_leaves_open_which_of_several_files_it_is() {
    let case = Case::without("tax").with("税收2025.csv", OF_2025).with("tax_2025.csv", &OF_2025.replace("8.5", "9"));
    assert!(case.run(&["init", "--from", "d"]).status.success());
    let text = fs::read_to_string(case.data.join("mujun.toml")).expect("the file");
    let stub = "# [tables.tax]\n# file = \"tax_2025.csv\"\n# file = \"税收2025.csv\"\n";
    assert!(text.contains(stub), "{text}");
}

#[test]
fn a_file_with_the_columns_of_a_missing_table_is_named() {
    let all = "企业代码,年度,工业总产值（万元）,营业收入（万元）,实缴税收（万元）\nE1,2025,1,1,1\n";
    let home = Case::without("tax");
    fs::remove_file(home.data.join("output.csv")).expect("a table");
    let read = home.with("综合.csv", all).load();
    assert_eq!(read.told, ["error missing-file tax.csv"]);
    assert!(read.value("missing-file", "elsewhere").ends_with("综合.csv"));
}

/// The rows of a file by the year in its second column.
fn by_year(text: &str) -> BTreeMap<String, Vec<Vec<&str>>> {
    let mut years: BTreeMap<String, Vec<Vec<&str>>> = BTreeMap::new();
    for line in text.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        years.entry(cells[1].to_owned()).or_default().push(cells);
    }
    years
}

#[test]
fn the_sample_split_by_year_gives_the_same_bytes() {
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample_data");
    let commands: [&[&str]; 4] = [
        &["rank", "d", "--format", "csv"],
        &["rank", "d", "--by", "zone", "--format", "csv"],
        &["flag", "d", "--format", "csv"],
        &["flag", "d", "--inventory", "--format", "csv"],
    ];
    let home = |fill: &dyn Fn(&Path)| {
        let home = tempfile::tempdir().expect("a directory");
        let data = home.path().join("d");
        fs::create_dir(&data).expect("a directory");
        for entry in fs::read_dir(&sample).expect("the sample").flatten().filter(|entry| entry.path().is_file()) {
            fs::copy(entry.path(), data.join(entry.file_name())).expect("a copy");
        }
        fill(&data);
        Case { _home: home, data }
    };
    let whole = home(&|_| {});
    let split = |keeps_year: bool| {
        home(&move |data: &Path| {
            for table in ["output", "tax", "energy"] {
                let path = data.join(format!("{table}.csv"));
                let text = fs::read_to_string(&path).expect("a table");
                let keep = |cells: &[&str]| {
                    cells.iter().enumerate().filter(|(at, _)| keeps_year || *at != 1).map(|(_, cell)| *cell).collect::<Vec<_>>().join(",")
                };
                let heading: Vec<&str> = text.lines().next().expect("headings").split(',').collect();
                for (year, rows) in by_year(&text) {
                    let lines: Vec<String> = std::iter::once(keep(&heading)).chain(rows.iter().map(|cells| keep(cells))).collect();
                    fs::write(data.join(format!("{table}_{year}.csv")), lines.join("\n") + "\n").expect("a file");
                }
                fs::remove_file(path).expect("the whole table");
            }
        })
    };
    let split = [split(true), split(false)];
    for arguments in commands {
        let expected = whole.run(arguments);
        assert!(expected.status.success() && expected.stdout.len() > 100, "{}", String::from_utf8_lossy(&expected.stderr));
        for case in &split {
            let found = case.run(arguments);
            assert!(found.status.success(), "{}", String::from_utf8_lossy(&found.stderr));
            assert!(found.stdout == expected.stdout, "{arguments:?} differs:\n{}", String::from_utf8_lossy(&found.stdout));
        }
    }
}

/// The only sheet of a workbook, under a title.
fn book(file: &str, sheet: &str, title: &str) -> Read {
    let text = if title.is_empty() { BARE_2025.to_owned() } else { format!("{title}\n{BARE_2025}") };
    Case::without("tax").with_book(file, &[(sheet, &text)]).load()
}

#[test]
fn a_part_of_a_year_is_not_taken_for_the_year_that_another_place_says() {
    let no_year = |read: &Read, at: &str, case: &str| {
        assert_eq!(read.told, [format!("error contradicting-years {at}").trim_end()], "{case}");
        assert_eq!(read.value("contradicting-years", "message"), "years.part", "{case}");
        assert_eq!(read.value("contradicting-years", "first"), "2025", "{case}");
    };
    for sheet in ["一季度", "第一季度", "Q1", "2025Q1", "1月", "6月", "202506", "上半年", "半年", "1-6月", "2025年1-6月"] {
        no_year(&book("税收2025.xlsx", sheet, ""), &format!("税收2025.xlsx!{sheet}"), sheet);
    }
    for title in [
        "2025年1-6月企业税收",
        "上半年企业税收",
        "企业税收表（一季度）",
        "所属期：2025年1-6月",
        "2025年度企业税收（1-11月）",
        "2025年税收（截至6月30日）",
        "截至2025年6月30日",
    ] {
        no_year(&book("税收2025.xlsx", "Sheet1", title), "税收2025.xlsx!Sheet1 1:1", title);
    }
    for (file, sheet) in [
        ("税收.xlsx", "一季度"),
        ("税收.xlsx", "上半年"),
        ("税收一季度.xlsx", "税收"),
        ("税收1-6月.xlsx", "Sheet1"),
        ("税收6月.xlsx", "Sheet1"),
    ] {
        no_year(&book(file, sheet, "2025年企业税收"), &format!("{file}!{sheet} 1:1"), file);
    }
    for title in ["2025年,1-6月", "2025年,上半年", "2025年\n1-6月", "2025年\n上半年"] {
        let read = book("税收.xlsx", "税收", title);
        let row = if title.contains('\n') { "2:2" } else { "1:1" };
        no_year(&read, &format!("税收.xlsx!税收 {row}"), title);
    }
    // Nobody says a whole year: it is missing.
    let alone = Case::without("tax").with("2025年度1至11月税收.csv", BARE_2025).load();
    assert_eq!(alone.told, ["error missing-column 2025年度1至11月税收.csv 1:1"]);
}

#[test]
fn a_whole_year_may_be_said_by_its_months_and_days_and_a_date_is_none() {
    for (file, sheet, title) in [
        ("税收2025.xlsx", "全年", ""),
        ("税收2025.xlsx", "1-12月", ""),
        ("税收2025年1-12月.xlsx", "税收", "2025年1—12月企业税收"),
        ("税收.xlsx", "税收", "税款所属期：2025-01-01至2025-12-31"),
        ("税收.xlsx", "税收", "税款所属期：2025年1月1日至2025年12月31日"),
        ("税收.xlsx", "税收", "所属期：2025年1月—12月"),
        ("税收.xlsx", "税收", "2025-01-01至2025-12-31"),
        ("税收.xlsx", "税收", "企业税收（截至2025年12月31日）"),
        ("税收.xlsx", "税收", "统计年度：2025"),
        ("税收.xlsx", "税收", "统计年度,2025"),
        ("税收.xlsx", "税收", "企业税收表\n统计年度,2025"),
        ("税收.xlsx", "税收", "2025年度企业税收\n制表日期：2026年1月5日"),
        ("税收.xlsx", "税收", "2025年度企业税收\n2026年3月"),
        ("税收.xlsx", "税收", "2025年度企业税收\n请于3月底前报送"),
        ("税收.xlsx", "税收", "2025年度企业税收\n填报时间：2025年6月"),
        ("税收.xlsx", "税收", "云经信〔2026〕5号\n2025年度企业税收"),
        ("税收_202601.xlsx", "税收", "2025年度企业税收"),
        ("税收二〇二五年.xlsx", "Sheet1", ""),
        ("税收25年.xlsx", "Sheet1", ""),
    ] {
        let read = book(file, sheet, title);
        let case = format!("{file} {sheet} {title}");
        assert_eq!(read.told, Vec::<String>::new(), "{case}");
        assert_eq!([read.figure("E1", 2025, "tax_paid"), read.figure("E2", 2025, "tax_paid")], [6.0, 8.5], "{case}");
    }
}

#[test]
fn the_user_may_say_that_a_part_is_the_year_and_a_column_of_years_counts_before_names() {
    let told = Case::without("tax").with("税收1-6月.csv", BARE_2025).with("mujun.toml", "[tables.tax]\nyear = 2025\n").load();
    assert_eq!(
        (told.told.clone(), told.figure("E1", 2025, "tax_paid")),
        (vec!["warning contradicting-years 税收1-6月.csv".to_owned()], 6.0)
    );
    let beside = Case::without("tax").with("税收.csv", &format!("2025年1-6月企业税收,,,\n{OF_2025}")).load();
    assert_eq!(
        (beside.told.clone(), beside.figure("E1", 2025, "tax_paid")),
        (vec!["warning contradicting-years 税收.csv 1:1".to_owned()], 6.0)
    );
    assert_eq!(beside.value("contradicting-years", "message"), "years.part-beside");
    // Rows that say their quarter are of a part of a year, and may be: 5 + 6 of the four quarters that a year has is no year.
    let quarters = "企业代码,季度,实缴税收（万元）\nE1,1,1\nE1,2,2\nE1,3,3\nE1,4,4\n";
    let read = Case::without("tax").with_book("税收2025.xlsx", &[("分季度", quarters)]).load();
    assert_eq!((read.told.clone(), read.figure("E1", 2025, "tax_paid")), (Vec::new(), 10.0));
}

#[test]
fn a_title_of_another_year_among_the_rows_is_an_error() {
    let head = "2024年度企业税收情况表,\n企业代码,实缴税收（元）\nE1,50000\n";
    for (divider, row) in [("2025年度企业税收情况表,", 4), ("2025年,", 4), ("2025年上半年,", 4), ("2025年度企业税收情况表,单位：元", 4)]
    {
        let text = format!("{head}{divider}\n企业代码,实缴税收（元）\nE1,60000\n");
        let read = Case::without("tax").with("税收.csv", &text).load();
        let expected = format!("error contradicting-years 税收.csv {row}:{row}");
        assert_eq!(read.told.first(), Some(&expected), "{divider} {:?}", read.told);
        assert_eq!(read.value("contradicting-years", "message"), "years.block");
    }
    // The title again on the next page is none.
    let again = format!("{head}2024年度企业税收情况表,\n企业代码,实缴税收（元）\nE2,70000\n制表日期：2025年1月5日,\n");
    let read = Case::without("tax").with("税收.csv", &again).load();
    assert_eq!((read.told.clone(), read.figure("E2", 2024, "tax_paid")), (Vec::new(), 7.0));
}

#[test]
fn the_year_of_a_document_an_edition_or_a_plan_is_not_that_of_the_rows() {
    for title in ["云经信〔2026〕5号", "云政办（2026）3号", "云政办[2026]3号"] {
        let read = Case::without("tax").with("税收.csv", &format!("{title},\n{BARE_2025}")).load();
        assert_eq!(read.told, ["error missing-column 税收.csv 2:2"], "{title}");
    }
    for file in ["云经信〔2026〕5号税收.csv", "税收2026版.csv", "税收20241231.csv", "税收202501.csv"] {
        let read = Case::without("tax").with(file, BARE_2025).load();
        assert_eq!(read.told, [format!("error missing-column {file} 1:1")], "{file}");
        assert_eq!(read.value("missing-column", "table"), "tax", "{file}");
    }
    for title in ["2025年计划税收", "2025年度预计税收", "2025年企业税收目标"] {
        let read = Case::without("tax").with("税收2025.csv", &format!("{title},\n{BARE_2025}")).load();
        assert_eq!(read.told, ["error contradicting-years 税收2025.csv 1:1"], "{title}");
        assert_eq!(read.value("contradicting-years", "message"), "years.plan", "{title}");
    }
    let done = Case::without("tax").with("税收.csv", &format!("2025年税收目标完成情况,\n{BARE_2025}")).load();
    assert_eq!((done.told.clone(), done.figure("E2", 2025, "tax_paid")), (Vec::new(), 8.5));
}

#[test]
fn a_column_of_years_has_many_names_and_two_columns_of_days_are_none() {
    for heading in ["年", "报告年度", "税务年度", "统计年", "统计年度", "所属时期", "所属年份"] {
        let read = Case::without("tax").with("税收.csv", &format!("企业代码,{heading},实缴税收（万元）\nE1,2024,5\nE1,2025,6\n")).load();
        assert_eq!((read.told.clone(), read.figure("E1", 2024, "tax_paid")), (Vec::new(), 5.0), "{heading}");
    }
    let days = "企业代码,税款所属期起,税款所属期止,实缴税收（万元）\nE1,2025-01-01,2025-03-31,6\n";
    let read = Case::without("tax").with("税收2025.csv", days).load();
    assert_eq!(read.told, ["error contradicting-years 税收2025.csv B1"]);
    assert_eq!(read.value("contradicting-years", "message"), "years.between-days");
}

#[test]
fn of_columns_of_two_years_that_of_the_file_counts() {
    let text = "企业代码,2024年实缴税收（万元）,2025年实缴税收（万元）\nE1,5,6\nE2,7,8.5\n";
    let read = Case::without("tax").with("税收2025.csv", text).load();
    assert_eq!((read.told.clone(), read.figure("E1", 2025, "tax_paid")), (Vec::new(), 6.0));
    let before = Case::without("tax").with("税收2024.csv", text).load();
    assert_eq!((before.told.clone(), before.figure("E2", 2024, "tax_paid")), (Vec::new(), 7.0));
    // A third year is that of no column.
    let other = Case::without("tax").with("税收2023.csv", text).load();
    assert!(other.told.iter().any(|told| told.starts_with("error duplicate-column")), "{:?}", other.told);
}

#[test]
fn rows_whose_year_is_contradicted_are_no_duplicates_of_each_other() {
    let read = Case::without("tax").with("税收2025.csv", "2024年度税收,\n企业代码,实缴税收（元）\nE1,1\nE1,2\n").load();
    assert_eq!(read.told, ["error contradicting-years 税收2025.csv 1:1"]);
}
