//! Key figures, zones by year, quarters and months, and several data sets as one. Expected figures are worked out by hand, beside them.

use std::path::{Path, PathBuf};

use mujun::dictionary::Part;
use mujun::finding::{Code, Finding, Findings, Severity};
use mujun::load::{Dataset, Options, Quiet, Rows, city, load};
use polars::prelude::*;
use proptest::prelude::*;

const ENTERPRISES: &str = "enterprise_id,name,zone,industry\nE1,甲,Z1,C35\nE2,乙,Z2,C3625\n";
const LAND: &str = "parcel_id,enterprise_id,area,tenure\nP1,E1,10,owned\nP2,E2,20,owned\n";
const OUTPUT: &str = "enterprise_id,year,gross_output\nE1,2025,100\nE2,2025,200\n";
const TAX: &str = "enterprise_id,year,tax_paid\nE1,2025,5\nE2,2025,1\n";
const ENERGY: &str = "enterprise_id,year,energy_tce\nE1,2025,7\n";
const SOUND: [(&str, &str); 5] =
    [("enterprises.csv", ENTERPRISES), ("land.csv", LAND), ("output.csv", OUTPUT), ("tax.csv", TAX), ("energy.csv", ENERGY)];

fn write(directory: &Path, files: &[(&str, &str)]) {
    std::fs::create_dir_all(directory).expect("a directory");
    for (name, text) in SOUND.iter().chain(files) {
        std::fs::write(directory.join(name), text).expect("a file");
    }
}

fn options(parts: bool) -> Options<'static> {
    Options { lenient: false, keep: None, rows: Rows::ALL, parts, tried: &[], progress: &Quiet }
}

fn read(files: &[(&str, &str)]) -> (Dataset, Vec<Finding>) {
    let directory = tempfile::tempdir().expect("a directory");
    write(directory.path(), files);
    let mut findings = Findings::default();
    let dataset = load(directory.path(), &options(true), &mut findings).expect("a data set");
    (dataset, findings.iter().cloned().collect())
}

fn told(findings: &[Finding]) -> Vec<(Code, Severity, Option<String>)> {
    findings.iter().map(|finding| (finding.code, finding.severity, finding.place.address())).collect()
}

fn numbers(frame: &DataFrame, column: &str) -> Vec<Option<f64>> {
    frame.column(column).expect(column).f64().expect("numbers").iter().collect()
}

fn whole(frame: &DataFrame, column: &str) -> Vec<Option<i32>> {
    frame.column(column).expect(column).i32().expect("whole numbers").iter().collect()
}

fn texts(frame: &DataFrame, column: &str) -> Vec<Option<String>> {
    frame.column(column).expect(column).str().expect("texts").iter().map(|text| text.map(str::to_owned)).collect()
}

fn some(texts: &[&str]) -> Vec<Option<String>> {
    texts.iter().map(|text| Some((*text).to_owned()).filter(|text| !text.is_empty())).collect()
}

use Severity::{Error, Warning};

#[test]
fn key_figures_are_read_with_their_periods_in_order() {
    let text =
        "开发区,时期,指标,数值（%）,单位\nZ2,2025年第三季度,增速,12.5,%\nZ1,2025M6,增速,-1,%\n,2025年,增速,3,%\nZ1,2024年上半年,增速,,%\n";
    let (dataset, findings) = read(&[("kpi.csv", text)]);
    assert_eq!(told(&findings), []);
    assert_eq!(texts(&dataset.kpis, "zone"), some(&["", "Z1", "Z1", "Z2"]));
    assert_eq!(texts(&dataset.kpis, "period"), some(&["2025", "2024H1", "2025-06", "2025Q3"]));
    assert_eq!(whole(&dataset.kpis, "year"), [2025, 2024, 2025, 2025].map(Some));
    assert_eq!(texts(&dataset.kpis, "part"), some(&["Y", "H1", "M06", "Q3"]));
    assert_eq!(numbers(&dataset.kpis, "value"), [Some(3.0), None, Some(-1.0), Some(12.5)]);
    assert_eq!(read(&[]).0.kpis.height(), 0);
    let of_city = read(&[("kpi.csv", "zone,period,indicator,value\n,2025,工业增加值累计,1\n")]).0;
    assert_eq!(of_city.kpis.height(), 1, "a figure of the city is no total, whatever its name");
}

#[test]
fn what_is_wrong_with_key_figures_has_its_address() {
    let zones = "zone\nZ1\nZ2\n";
    let of = |rows: &str| told(&read(&[("zones.csv", zones), ("kpi.csv", &format!("zone,period,indicator,value\n{rows}"))]).1);
    assert_eq!(of("Z1,2025Q5,a,1\n"), [(Code::UnparsableCell, Error, Some("B2".to_owned()))]);
    assert_eq!(of("Z1,1889,a,1\n"), [(Code::YearOutOfRange, Error, Some("B2".to_owned()))]);
    assert_eq!(of("Z1,,a,1\n"), [(Code::MissingValue, Error, Some("B2".to_owned()))]);
    assert_eq!(of("Z1,2025,,1\n"), [(Code::MissingValue, Error, Some("C2".to_owned()))]);
    assert_eq!(of("Z1,2025,a,x\n"), [(Code::UnparsableCell, Error, Some("D2".to_owned()))]);
    assert_eq!(of("Z3,2025,a,1\n"), [(Code::UnknownZone, Warning, Some("A2".to_owned()))]);
    // The same period in two spellings; a blank zone is a zone of its own.
    assert_eq!(of("Z1,2025Q1,a,1\n,2025Q1,a,1\nZ1,2025年一季度,a,1\n"), [(Code::DuplicateRow, Error, Some("4:4".to_owned()))]);
}

#[test]
fn zones_have_a_row_for_every_year_and_those_of_other_tables_are_among_them() {
    let output = "enterprise_id,year,gross_output\nE1,2023,1\nE1,2024,1\nE1,2025,1\n";
    let zones = "zone,name,year,industrial_land,备注\nZ1,一区,2024,50,x\nZ1,,2025,60,y\n";
    let factories = "building_id,zone\nB1,Z9\n";
    let (dataset, _) = read(&[("output.csv", output), ("zones.csv", zones), ("factories.csv", factories)]);
    let frame = &dataset.zone_years;
    assert_eq!(texts(frame, "zone"), some(&["Z1", "Z1", "Z1", "Z2", "Z2", "Z2", "Z9", "Z9", "Z9"]));
    assert_eq!(whole(frame, "year"), [2023, 2024, 2025, 2023, 2024, 2025, 2023, 2024, 2025].map(Some));
    assert_eq!(texts(frame, "zone_name")[..4], some(&["", "一区", "", ""]));
    assert_eq!(numbers(frame, "industrial_land")[..4], [None, Some(50.0), Some(60.0), None]);
    assert_eq!(texts(frame, "备注")[..4], some(&["", "x", "y", ""]));
}

#[test]
fn a_year_is_its_figure_else_its_quarters_else_unknown() {
    // 2023: a yearly row. 2024: quarters 1, 2, 4 and the months 4 + 5 + 6 of the third. 2025: one quarter is not there.
    let output = "enterprise_id,year,季度,月份,gross_output,employees\n\
        E1,2023,,,100,9\nE1,2024,1,,10.1,9\nE1,2024,Q2,,20.2,9\nE1,2024,,7月,4,9\nE1,2024,三季度,8,5,9\nE1,2024,,09,6,9\nE1,2024,第4季度,,40.4,9\n\
        E1,2025,1,,1,9\nE1,2025,2,,2,9\nE1,2025,4,,4,9\n";
    let (dataset, findings) = read(&[("output.csv", output)]);
    assert_eq!(told(&findings), []);
    assert_eq!(dataset.years, [2023, 2024, 2025]);
    assert_eq!(dataset.parts, Part::ALL, "every quarter occurs in some year");
    let of = |part: Part, column: &str| numbers(&dataset.panel_of(part).expect("figures"), column)[..3].to_vec();
    // 10.1 + 20.2 + (4 + 5 + 6) + 40.4
    assert_eq!(of(Part::Year, "gross_output"), [Some(100.0), Some(85.7), None]);
    assert_eq!(of(Part::H1, "gross_output"), [None, Some(30.3), Some(3.0)]);
    assert_eq!(of(Part::H2, "gross_output"), [None, Some(55.4), None]);
    assert_eq!(of(Part::Q3, "gross_output"), [None, Some(15.0), None]);
    assert_eq!(of(Part::Q4, "gross_output"), [None, Some(40.4), Some(4.0)]);
    assert_eq!(of(Part::Year, "employees"), [Some(9.0), None, None], "people do not add up over time");
    assert_eq!(of(Part::Q1, "employees"), [None, None, None]);
    assert_eq!(of(Part::Q1, "tax_paid"), [None, None, None], "the table of taxes knows only years");
    assert_eq!(of(Part::Q1, "land_mu"), [Some(10.0); 3]);
    let names = |frame: &DataFrame| frame.get_column_names_owned();
    assert_eq!(names(&dataset.panel_of(Part::Q1).expect("figures")), names(&dataset.panel));
}

#[test]
fn parts_are_kept_only_where_they_are_asked_for() {
    let directory = tempfile::tempdir().expect("a directory");
    write(directory.path(), &[("tax.csv", "enterprise_id,year,quarter,tax_paid\nE1,2025,1,5\nE2,2025,2,1\n")]);
    let dataset = load(directory.path(), &options(false), &mut Findings::default()).expect("a data set");
    assert_eq!(dataset.parts, [Part::Year, Part::H1, Part::Q1, Part::Q2]);
    assert!(dataset.panel_of(Part::Q1).is_none());
    assert!(dataset.panel_of(Part::Year).expect("the panel").equals_missing(&dataset.panel));
    let (asked, _) = read(&[("tax.csv", "enterprise_id,year,quarter,tax_paid\nE1,2025,1,5\nE2,2025,2,1\n")]);
    let first = asked.panel_of(Part::Q1).expect("figures");
    assert_eq!(numbers(&first, "tax_evaluated"), [Some(5.0), None], "what stands for a blank cell does so in parts, too");
    assert!(asked.panel_of(Part::Q3).is_none());
}

#[test]
fn pollutants_of_quarters_stand_in_for_their_sum() {
    let energy = "enterprise_id,year,quarter,cod_t,so2_t,emission_t\nE1,2025,1,0.1,0.2,\nE1,2025,2,0.1,0.2,\nE1,2025,3,0.1,0.2,\nE1,2025,4,9,9,0.1\n";
    let (dataset, _) = read(&[("energy.csv", energy)]);
    // 3 × (0.1 + 0.2) + 0.1
    assert_eq!(numbers(&dataset.panel, "emission_t")[0], Some(1.0));
    assert_eq!(numbers(&dataset.panel_of(Part::Q1).expect("figures"), "emission_t")[0], Some(0.3));
}

#[test]
fn a_figure_beside_its_parts_counts_and_is_held_against_them() {
    let of = |year: &str, fourth: &str| {
        let tax = format!(
            "enterprise_id,year,quarter,tax_paid\nE1,2025,1,250\nE1,2025,2,250\nE1,2025,3,250\nE1,2025,4,{fourth}\nE1,2025,,{year}\n"
        );
        let (dataset, findings) = read(&[("tax.csv", &tax)]);
        (numbers(&dataset.panel, "tax_paid")[0], told(&findings))
    };
    // Half a percent of 1000 is 5.
    assert_eq!(of("1000", "255"), (Some(1000.0), vec![]));
    assert_eq!(of("1000", "255.01"), (Some(1000.0), vec![(Code::PartsDisagree, Warning, Some("D6".to_owned()))]));
    assert_eq!(of("1000", ""), (Some(1000.0), vec![]), "nothing to hold it against");
    assert_eq!(of("", "250"), (Some(1000.0), vec![]), "the row of the year lacks the figure");
    let tax = "enterprise_id,year,month,quarter,tax_paid\nE1,2025,1,,1\nE1,2025,2,,1\nE1,2025,3,,1\nE1,2025,,1,4\n";
    assert_eq!(told(&read(&[("tax.csv", tax)]).1), [(Code::PartsDisagree, Warning, Some("E5".to_owned()))]);
}

#[test]
fn quarters_and_months_are_parts_of_the_key() {
    let of = |rows: &str| told(&read(&[("tax.csv", &format!("enterprise_id,year,quarter,month,tax_paid\n{rows}"))]).1);
    assert_eq!(of("E1,2025,,,1\nE1,2025,1,,1\nE1,2025,1,2,1\nE1,2025,2,,1\n"), []);
    assert_eq!(of("E1,2025,1,,1\nE1,2025,一季度,,1\n"), [(Code::DuplicateRow, Error, Some("3:3".to_owned()))]);
    assert_eq!(of("E1,2025,1,2,1\nE1,2025,,2月,1\n"), [(Code::DuplicateRow, Error, Some("3:3".to_owned()))]);
    assert_eq!(of("E1,2025,1,4,1\n"), [(Code::MonthOutsideQuarter, Error, Some("D2".to_owned()))]);
    assert_eq!(of("E1,2025,5,,1\n"), [(Code::UnparsableCell, Error, Some("C2".to_owned()))]);
    assert_eq!(of("E1,2025,,13,1\n"), [(Code::UnparsableCell, Error, Some("D2".to_owned()))]);
}

#[test]
fn folders_in_a_data_set_are_passed_over() {
    let directory = tempfile::tempdir().expect("a directory");
    write(directory.path(), &[]);
    let mut findings = Findings::default();
    let before = load(directory.path(), &options(false), &mut findings).expect("a data set");
    write(&directory.path().join("另一区"), &[("kpi.csv", "period,indicator,value\n2025,a,1\n")]);
    let after = load(directory.path(), &options(false), &mut findings).expect("a data set");
    assert!(findings.is_empty());
    assert!(before.panel.equals_missing(&after.panel) && after.kpis.height() == 0);
}

fn city_of(home: &Path, sets: &[&[(&str, &str)]]) -> (Option<Dataset>, Vec<Finding>) {
    let paths: Vec<PathBuf> = (0..sets.len()).map(|at| home.join(at.to_string())).collect();
    paths.iter().zip(sets).for_each(|(path, files)| write(path, files));
    let mut findings = Findings::default();
    let dataset = city(&paths, None, &options(true), &mut findings);
    (dataset, findings.iter().cloned().collect())
}

const SECOND: [(&str, &str); 7] = [
    ("enterprises.csv", "enterprise_id,name,zone,industry\nE3,丙,Z3,C35\n"),
    ("land.csv", "parcel_id,enterprise_id,area,tenure,year\nP1,E3,30,owned,2024\nP1,E3,40,owned,2025\n"),
    ("output.csv", "enterprise_id,year,quarter,gross_output,revenue,级\nE3,2024,1,3,2,x\n"),
    ("tax.csv", "enterprise_id,year,tax_paid\nE3,2024,9\n"),
    ("energy.csv", "enterprise_id,year,energy_tce\nE3,2024,8\n"),
    ("factories.csv", "building_id,zone,enterprise_id\nB1,Z3,E3\n"),
    ("adjustments.csv", "enterprise_id,year,kind,value,reason\nE3,2024,points,1,r\n"),
];

#[test]
fn several_data_sets_are_one() {
    let home = tempfile::tempdir().expect("a directory");
    let first = [
        ("output.csv", "enterprise_id,year,gross_output,级\nE1,2025,100,7.5\nE2,2025,200,8\n"),
        ("factories.csv", "building_id,zone\nB1,Z1\n"),
        ("kpi.csv", "period,indicator,value\n2025,a,1\n"),
    ];
    let (dataset, findings) = city_of(home.path(), &[&first, &SECOND]);
    assert_eq!(told(&findings), []);
    let dataset = dataset.expect("a data set");
    assert_eq!((dataset.years.as_slice(), dataset.enterprises, dataset.name.as_str()), (&[2024, 2025][..], 3, "0 + 1"));
    let panel = &dataset.panel;
    assert_eq!(whole(panel, "enterprise"), [0, 0, 1, 1, 2, 2].map(Some));
    assert_eq!(texts(panel, "enterprise_id"), some(&["E1", "E1", "E2", "E2", "E3", "E3"]));
    assert_eq!(whole(panel, "year"), [2024, 2025, 2024, 2025, 2024, 2025].map(Some));
    assert_eq!(numbers(panel, "tax_paid"), [None, Some(5.0), None, Some(1.0), Some(9.0), None]);
    assert_eq!(numbers(panel, "land_mu"), [10.0, 10.0, 20.0, 20.0, 30.0, 40.0].map(Some), "the year of others has its own land");
    assert_eq!(texts(panel, "级"), some(&["", "7.5", "", "8", "", ""]), "a number beside texts is a text");
    assert_eq!(texts(&dataset.zone_years, "zone"), some(&["Z1", "Z1", "Z2", "Z2", "Z3", "Z3"]));
    assert_eq!(whole(&dataset.parcels, "parcel"), [0, 1, 2, 3].map(Some));
    assert_eq!(whole(&dataset.parcels, "enterprise"), [0, 1, 2, 2].map(Some));
    assert_eq!(whole(&dataset.factories, "factory"), [0, 1].map(Some));
    assert_eq!(whole(&dataset.factories, "enterprise"), [None, Some(2)]);
    assert_eq!(whole(&dataset.adjustments, "enterprise"), [Some(2)]);
    assert_eq!(texts(panel, "site_unit"), some(&["E1", "E1", "E2", "E2", "E3", "E3"]), "the same parcel number is another parcel");
    assert_eq!(dataset.parts, [Part::Year, Part::Q1]);
    assert_eq!(numbers(&dataset.panel_of(Part::Q1).expect("figures"), "gross_output"), [None, None, None, None, Some(3.0), None]);
    let links = dataset.links.expect("who shares parcels");
    let all = BooleanChunked::from_slice("joins".into(), &[true; 6]);
    assert_eq!(links.of_those(&all).str().expect("texts").iter().flatten().collect::<Vec<_>>(), ["E1", "E1", "E2", "E2", "E3", "E3"]);
}

#[test]
fn findings_of_each_data_set_have_its_own_path_and_one_path_is_that_data_set() {
    let home = tempfile::tempdir().expect("a directory");
    let bad: Vec<(&str, &str)> = SECOND.iter().copied().chain([("tax.csv", "enterprise_id,year,tax_paid\nE3,2024,x\n")]).collect();
    let (_, findings) = city_of(home.path(), &[&[], &bad]);
    assert_eq!(
        told(&findings),
        [(Code::UnparsableCell, Error, Some("C2".to_owned()))],
        "a fault is told once, also where years are completed"
    );
    assert_eq!(findings[0].place.file(), Some(home.path().join("1/tax.csv").display().to_string().as_str()));
    let (one, _) = city_of(home.path(), &[&[]]);
    let alone = load(&home.path().join("0"), &options(true), &mut Findings::default()).expect("a data set");
    let one = one.expect("a data set");
    assert!(one.panel.equals_missing(&alone.panel) && one.name == "0");
    let (none, _) = city_of(home.path(), &[&[], &[("enterprises.csv", "enterprise_id,name,zone\n")]]);
    assert!(none.is_none());
}

#[test]
fn a_row_of_nobody_among_quarters_is_told_and_stands_nowhere() {
    // `employees` does not add up over time, and so is known of whole years only.
    let output = "enterprise_id,year,quarter,gross_output,employees\nE1,2025,1,10,3\nX9,2025,1,1,1\nE1,2025,1,9,9\nE2,2025,,200,8\n";
    let (dataset, findings) = read(&[("output.csv", output)]);
    assert_eq!(
        told(&findings),
        [(Code::UnknownEnterprise, Warning, Some("A3".to_owned())), (Code::DuplicateRow, Error, Some("4:4".to_owned()))]
    );
    assert_eq!(numbers(&dataset.panel, "employees"), [None, Some(8.0)]);
    assert_eq!(numbers(&dataset.panel, "gross_output"), [None, Some(200.0)]);
}

#[test]
fn what_stands_in_two_data_sets_is_told() {
    let home = tempfile::tempdir().expect("a directory");
    let with = |name: &'static str, text: &'static str| -> Vec<(&str, &str)> { SECOND.iter().copied().chain([(name, text)]).collect() };
    let codes = |other: &[(&str, &str)]| {
        let kpi = [("kpi.csv", "period,indicator,value\n2025,a,1\n")];
        told(&city_of(home.path(), &[&kpi, other]).1)
    };
    assert_eq!(codes(&SECOND), []);
    let twin = with("enterprises.csv", "enterprise_id,name,zone,industry\nE3,丙,Z3,C35\ne1,甲,Z3,C35\n");
    assert!(codes(&twin).contains(&(Code::EnterpriseInTwoDataSets, Warning, None)));
    let zone = with("enterprises.csv", "enterprise_id,name,zone,industry\nE3,丙,Z1,C35\n");
    assert_eq!(codes(&zone).iter().filter(|(code, ..)| *code == Code::ZoneInTwoDataSets).count(), 1);
    let figure = with("kpi.csv", "period,indicator,value\n2025年,a,2\n2024,a,1\n");
    assert_eq!(codes(&figure), [(Code::FigureInTwoDataSets, Error, None)]);
}

/// A year of two enterprises by rows of the year, quarters or months; figures are in hundredths.
fn year(months: &[[i64; 12]; 2], step: usize, order: &[usize]) -> String {
    let mut rows = Vec::new();
    for (number, months) in months.iter().enumerate() {
        for (at, group) in months.chunks(step).enumerate() {
            let sum: i64 = group.iter().sum();
            let (quarter, month) = match step {
                12 => (String::new(), String::new()),
                3 => ((at + 1).to_string(), String::new()),
                _ => (String::new(), (at + 1).to_string()),
            };
            rows.push(format!(
                "E{},2025,{quarter},{month},{}{}.{:02}\n",
                number + 1,
                if sum < 0 { "-" } else { "" },
                sum.abs() / 100,
                sum.abs() % 100
            ));
        }
    }
    let mut ordered: Vec<(usize, String)> = rows.into_iter().enumerate().map(|(at, row)| (order[at % order.len()], row)).collect();
    ordered.sort();
    let rows: String = ordered.into_iter().map(|(_, row)| row).collect();
    format!("enterprise_id,year,quarter,month,tax_paid\n{rows}")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn twelve_months_are_four_quarters_are_a_year_in_any_order(
        months in [proptest::array::uniform12(-1_000_000_000_i64..1_000_000_000), proptest::array::uniform12(0_i64..100)],
        order in proptest::collection::vec(0_usize..30, 24),
    ) {
        let of = |step: usize, order: &[usize]| read(&[("tax.csv", &year(&months, step, order))]);
        let (by_months, told) = of(1, &[0]);
        prop_assert!(told.is_empty(), "{told:?}");
        for (step, order) in [(1, &order[..]), (3, &[0]), (3, &order[..]), (12, &[0]), (12, &order[..])] {
            let (other, _) = of(step, order);
            prop_assert!(by_months.panel.equals_missing(&other.panel));
            for part in Part::ALL.iter().filter(|_| step < 12) {
                let [a, b] = [&by_months, &other].map(|dataset| dataset.panel_of(*part).expect("figures"));
                prop_assert!(a.equals_missing(&b), "{part:?}");
            }
        }
    }

    #[test]
    fn the_order_of_key_figures_changes_nothing(order in Just((0..8).collect::<Vec<usize>>()).prop_shuffle()) {
        let row = |at: usize| format!("{},{},i{},{at}\n", ["", "Z1"][at % 2], ["2025", "2025-03"][at / 2 % 2], at / 4);
        let of = |order: &[usize]| read(&[("kpi.csv", &format!("zone,period,indicator,value\n{}", order.iter().map(|&at| row(at)).collect::<String>()))]).0;
        prop_assert!(of(&order).kpis.equals_missing(&of(&(0..8).collect::<Vec<_>>()).kpis));
    }
}
