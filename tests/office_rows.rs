//! Tables of tax as offices write them, each read beside a sound data set: the figures in 10k yuan that the text says by its own words,
//! worked out by hand, or what is found. A figure in yuan is a ten-thousandth of one in 10k yuan.

use mujun::finding::{Findings, Severity};
use mujun::load::{Options, Quiet, Rows, load};

const BASE: [(&str, &str); 4] = [
    ("enterprises.csv", "企业代码,企业名称,开发区\nE1,甲,Z1\nE2,乙,Z1\n91990101MAEX00010E,丙,Z1\n"),
    ("land.csv", "宗地编号,企业代码,用地面积（亩）\nP1,E1,10\nP2,E2,20\nP3,91990101MAEX00010E,20\n"),
    ("output.csv", "企业代码,年度,工业总产值（万元）\nE1,2025,110\nE2,2025,200\n"),
    ("energy.csv", "企业代码,年度,综合能耗（吨标准煤）\nE1,2025,7\n"),
];

/// `id figure` for every enterprise with tax in 2025, in the order of the enterprises; then errors and warnings with their addresses.
fn read(tax: &str) -> Vec<String> {
    figures("tax.csv", tax, "tax_paid")
}

/// The same for a column that another file gives.
fn figures(file: &str, text: &str, column: &str) -> Vec<String> {
    let home = tempfile::tempdir().expect("a directory");
    let sound = [("tax.csv", "企业代码,年度,实缴税收（万元）\nE1,2025,1\n")];
    for (name, text) in BASE.iter().chain(&sound).filter(|(name, _)| *name != file).chain(&[(file, text)]) {
        std::fs::write(home.path().join(name), text).expect("a file");
    }
    let mut findings = Findings::default();
    let options = Options { lenient: false, keep: None, rows: Rows::default(), parts: false, tried: &[], progress: &Quiet };
    let dataset = load(home.path(), &options, &mut findings);
    let told = findings.iter().filter(|finding| finding.place.file().is_some_and(|name| name.ends_with(file)));
    let told: Vec<String> = told
        .map(|finding| {
            format!("{} {} {}", finding.severity.as_str(), finding.code, finding.place.address().unwrap_or_default()).trim_end().to_owned()
        })
        .collect();
    let is_stopped = findings.iter().any(|finding| finding.severity == Severity::Error);
    let Some(panel) = dataset.filter(|_| !is_stopped).map(|dataset| dataset.panel) else { return told };
    let ids = panel.column("enterprise_id").expect("ids").str().expect("text").clone();
    let years = panel.column("year").expect("years").i32().expect("numbers").clone();
    let values = panel.column(column).expect("a column").f64().expect("numbers").clone();
    let rows = ids.iter().zip(years.iter()).zip(values.iter());
    let rows = rows.filter_map(|((id, year), value)| Some(format!("{} {}", id?, value.filter(|_| year == Some(2025))?)));
    rows.chain(told).collect()
}

#[track_caller]
fn same(cases: &[(&str, &[&str])]) {
    let wrong: Vec<String> = cases
        .iter()
        .filter_map(|(text, expected)| {
            let found = read(text);
            (found != *expected).then(|| format!("{text}\n  is {found:?}\n  not {expected:?}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

const ROWS: &str = "企业代码,年度,实缴税收\nE1,2025,500000\nE2,2025,70000\n";

#[test]
fn lines_of_units_are_followed_or_refused() {
    let in_yuan = ["E1 50", "E2 7"];
    for line in [
        "金额单位：元；面积单位：平方米,,",
        "面积单位：平方米；金额单位：元,,",
        "金额单位：元  面积单位：亩,,",
        "2025年税收,,单位：元",
        "2025年,,单位元",
        "税收情况,,单位元",
        "2025年,,元",
        ",,人民币：元",
        "（元）,,",
        "（单位：元）,,",
        "金额:元,,",
        "金额：元；面积：亩,,",
        "填报单位：云汀税务局    单位：元,,",
        "单位：金额（元）、面积（亩）,,",
        "单位：元 亩,,",
        "单位：RMB元,,",
        "币种：人民币；单位：元,,",
        "2025年税收情况表（元）,,",
        "2025年税收情况表单位：元,,",
        "2025年税收情况表（单位：元）,,2026-01-10",
        "Unit: CNY,,",
        "编制单位：税务局,,单位：元",
        "单位：元（列至角分）,,制表日期：2026-01-10",
        "单 位：元,,",
        ",,单 位：元",
        "金 额 单 位：元,,",
        "本表金额以元为单位,,",
        "（以元计）,,",
        "单位∶元,,",
        "单位—元,,",
        "“单位：元”,,",
        "税收：元,,",
        "实缴税收单位：元,,",
        "单位：圆,,",
        "Amounts in yuan,,",
        ",,实缴税收单位：元",
        "2025年税收情况表（金额单位：元）。,,",
        "2025年税收情况表（元），,,",
        "2025年税收情况表（元）；,,",
        "2025年税收情况表（元）。,,",
        "2025年税收情况表（元）：,,",
        "本表以元、亩为单位,,",
    ] {
        assert_eq!(read(&format!("{line}\n{ROWS}")), in_yuan, "{line}");
        // The same line below the headings.
        if !line.contains('年') && line.ends_with(",,") {
            assert_eq!(read(&ROWS.replacen('\n', &format!("\n{line}\n"), 1)), in_yuan, "{line}");
        }
    }
    // A unit that is said and cannot be followed is never passed over.
    for line in [
        "单位：美元",
        "单位：元/平方米",
        "单位：丈",
        "单位：吨",
        "2025年税收情况表（万美元）",
        "税收情况表（2025年，元）",
        "税收情况表（元） 2025年",
        "2025年度企业税收情况表 元",
        "云汀税务局 元",
        "云汀税务局：元",
        "营业收入单位：元",
        "退税单位：元",
        "金额单位：人民币仟港元",
        "Unit: CNY thousand of",
        "Unit: RMB 10 000",
    ] {
        assert_eq!(read(&format!("{line},,\n{ROWS}")), ["error unknown-unit-line 1:1"], "{line}");
    }
    for line in [
        "2025年亩均效益综合评价税收表",
        "营业收入2000万元以上企业税收表",
        "亿元企业税收表",
        "税收情况表（万元）",
        "本表以万元为单位",
        "税收情况表 万 元",
        "税收情况表（万 元）",
    ] {
        assert_eq!(read(&format!("{line},,\n{ROWS}")), ["E1 500000", "E2 70000"], "{line}");
    }
    for upper in ["企业,,税收（美元）", "基本信息,,税收情况/元", "基本信息,,税收情况 元"] {
        assert_eq!(read(&format!("{upper}\n{ROWS}")), ["error unknown-unit-line 1:1"], "{upper}");
    }
    for note in ["单位：美元", "注：金额单位为美元", "注：金额按元统计"] {
        assert_eq!(read(&format!("{ROWS}{note},,\n")), ["error unknown-unit-line 4:4"], "{note}");
    }
    assert_eq!(read(&format!("单位：元、万元,,\n{ROWS}")), ["error two-units C2"]);
    for line in ["编制单位：税务局", "填报单位：万元集团", "单位：（盖章）", "面积单位：平方米"] {
        assert_eq!(read(&format!("{line},,\n{ROWS}")), ["E1 500000", "E2 70000"], "{line}");
    }
    // The heading says its own; what the line says otherwise is told.
    let own = ROWS.replace("实缴税收", "实缴税收（元）");
    assert_eq!(read(&format!("单位：美元,,\n{own}")), ["E1 50", "E2 7", "warning unknown-unit-line 1:1"]);
    assert_eq!(read(&format!("{own}单位：万元,,\n")), ["E1 50", "E2 7", "warning contradicting-units 4:4"]);
    assert_eq!(read(&format!("{ROWS}单位：元,,\n")), ["error unit-below 4:4"]);
    assert_eq!(read(&format!("{ROWS}注：金额单位为元,,\n")), ["error unit-below 4:4"]);
    assert_eq!(read(&format!("单位：元,,\n{ROWS}单位：万元,,\n")), ["error two-units 5:5"]);
    assert_eq!(read(&format!("{ROWS}单位：万元,,\n")), ["E1 500000", "E2 70000"]);
}

#[test]
fn what_is_printed_on_every_page_is_no_row() {
    let page = "2025年税收情况表,,\n,,单位：元\n企业代码,年度,实缴税收\n";
    same(&[
        (&format!("{page}E1,2025,500000\n{page}E2,2025,70000\n"), &["E1 50", "E2 7"]),
        (&format!("{page}甲,乙,1\nE1,2025,500000\n第1页 共2页,,\n{page}甲,乙,1\nE2,2025,70000\n第2页 共2页,,\n"), &["E1 50", "E2 7"]),
        (&format!("{page}E1,2025,500000\n企业代码,年度,实缴税收（万元）\nE2,2025,7\n"), &["error two-units C5"]),
        (
            &format!("{page}E1,2025,500000\n企业代码,实缴税收,年度\nE2,7,2025\n"),
            &["error headings-in-other-order 5:5", "error year-out-of-range B6"],
        ),
        (&format!("{page}E1,2025,500000\n,,单位：万元\nE2,2025,7\n"), &["error two-units 5:5"]),
    ]);
}

#[test]
fn totals_and_notes_are_no_rows() {
    for row in [
        "合计,,570000",
        "汇总,,570000",
        "合计(户),,570000",
        "共2条记录,,",
        "来源：税务局,,",
        "附件：1,,",
        "续表,,",
        "（以下空白）,,",
        "- 1 -,,",
        "一、口径为实际入库数,,",
        "3户合计,,570000",
        "合计,2,570000",
        "合计,2户,570000",
        "共计2户,,570000",
        "合计（2户）,,570000",
        "其中：规上,,500000",
        "平均,,285000",
        "填表人：张三,审核人：李四,日期：2026-1-5",
        "填表人：,张三,",
        "1.本表数据截至12月底,,",
        "（1）本表数据截至12月底,,",
        "2、口径为实际入库数,,",
        "以下空白,,",
        "第1页 共1页,,",
        "第 1 页,,共 1 页",
        "注：数据为预计数,,",
        "2025年3月1日,,",
        ",,2025年3月1日",
        ",,2025-03-01",
        "二〇二五年三月,,",
        ",,    年   月   日",
        "（盖章）,,",
        "(公章),,",
        "（公章）：,,",
        "单位负责人：张三,统计负责人：李四,填表人：王五",
        "填表说明,,",
        "制表日期,2025-03-01,",
        "审核：  复核：  制表：,,",
        "（续表）,,",
        "续上表,,",
        "共 3 页 第 1 页,,",
        "附表2,,",
        "表号：A101  制定机关：国家统计局  文号：国统字〔2024〕1号  有效期至：2025年12月,,",
        ",,表    号：A101",
        ",,有效期至：2026年6月",
        "统一社会信用代码□□□□□□□□□□□□□□□□□□,,",
        "综合机关名称：云汀市税务局,2025年,计量单位：元",
        "主管税务机关：云汀税务局,,",
        "此表由税务局提供,,",
        "----,,",
    ] {
        let text = format!("企业代码,年度,实缴税收（元）\nE1,2025,500000\nE2,2025,70000\n{row}\n");
        assert_eq!(read(&text), ["E1 50", "E2 7"], "{row}");
    }
    // The same above the table, and between headings and rows.
    for row in [
        "表号：A101  制定机关：国家统计局  文号：国统字〔2024〕1号  有效期至：2025年12月,,",
        ",,文号：国统字〔2024〕88号",
        "综合机关名称：云汀市税务局,2025年,计量单位：元",
        "统一社会信用代码□□□□□□□□□□□□□□□□□□,,",
        "附件1,,",
        "（续表）,,",
        "（盖章）,,2025年3月1日",
        ",,2025年3月1日",
        "甲,乙,1",
        "代码,01,02",
    ] {
        let rows = "E1,2025,500000\nE2,2025,70000\n";
        if !row.starts_with("（盖章）") {
            assert_eq!(read(&format!("企业代码,年度,实缴税收（元）\n{row}\n{rows}")), ["E1 50", "E2 7"], "{row} below the headings");
        }
        assert_eq!(read(&format!("{row}\n企业代码,年度,实缴税收（元）\n{rows}")), ["E1 50", "E2 7"], "{row} above");
    }
    // What may be a row with a fault is not passed over.
    for (row, found) in [
        ("税号：E1,2025,7", "warning unknown-enterprise A4"),
        ("税号：E1,甲,", "error unparsable-cell B4"),
        ("20250301,,", "error missing-value B4"),
        ("E2,,", "error missing-value B4"),
        ("甲机械有限公司,,", "error missing-value B4"),
        ("合计机械有限公司,2025,7", "warning unknown-enterprise A4"),
        ("1.2,2025,7", "warning unknown-enterprise A4"),
        ("备注,2025,7", "warning unknown-enterprise A4"),
    ] {
        let text = format!("企业代码,年度,实缴税收（元）\nE1,2025,500000\nE2,2025,70000\n{row}\n");
        assert!(read(&text).contains(&found.to_owned()), "{row}: {:?}", read(&text));
    }
}

#[test]
fn cells_are_read_as_offices_write_them() {
    let table = |id: &str, year: &str, cell: &str| format!("企业代码,年度,实缴税收（万元）\n{id},{year},{cell}\n");
    for blank in ["", "-", "--", "—", "——", "－", "/", "无", "NULL"] {
        assert_eq!(read(&table("E1", "2025", blank)), Vec::<String>::new(), "{blank}");
    }
    for (cell, expected) in [
        ("\"1，234.5\"", "E1 1234.5"),
        ("１２３", "E1 123"),
        ("(123)", "E1 -123"),
        ("（123）", "E1 -123"),
        ("\"(1,234)\"", "E1 -1234"),
        ("0.00", "E1 0"),
        ("\"￥1,234\"", "E1 1234"),
        ("123\u{a0}", "E1 123"),
        ("123\u{200b}", "E1 123"),
        ("'123", "E1 123"),
        ("1.2e5", "E1 120000"),
        ("1e+05", "E1 100000"),
        ("1.23456E+05", "E1 123456"),
    ] {
        assert_eq!(read(&table("E1", "2025", cell)), [expected], "{cell}");
    }
    for bad in ["#N/A", "#REF!"] {
        assert_eq!(read(&table("E1", "2025", bad)), ["error formula-error C2"], "{bad}");
    }
    // 1.2E+05 is what a spreadsheet shows of 123456, too.
    for bad in [
        "…",
        "\"0,050\"",
        "12元",
        "约12",
        "≈12",
        "<5",
        "12%",
        "12.5％",
        "1/2",
        "12.5万",
        "\"1,234元\"",
        "\"1 234,5\"",
        "1.234.567",
        "1 234",
        "1.2E+05",
        "1E+05",
        "(-5)",
        "12-13",
        "2025-01-02",
    ] {
        assert_eq!(read(&table("E1", "2025", bad)), ["error unparsable-cell C2"], "{bad}");
    }
    for id in ["'E1", "‘E1", "＇E1", "Ｅ１", "=\"E1\"", "E1\u{200b}"] {
        assert_eq!(read(&table(id, "2025", "7")), ["E1 7"], "{id}");
    }
    assert_eq!(read(&table("9199 0101 MAEX 0001 0E", "2025", "7")), ["91990101MAEX00010E 7"]);
}

#[test]
fn headings_have_years_beside_them() {
    for heading in
        ["2025年实缴税收（元）", "2025实缴税收（元）", "实缴税收2025年（元）", "实缴税收（2025年）（元）", "实缴税收（元，2025年）"]
    {
        assert_eq!(read(&format!("企业代码,年度,\"{heading}\"\nE1,2025,70000\n")), ["E1 7"], "{heading}");
        assert_eq!(read(&format!("企业代码,年度,\"{heading}\"\nE1,2024,70000\n")), ["error heading-of-another-year C1"], "{heading}");
    }
}

#[test]
fn what_is_another_figure_is_not_taken() {
    for group in ["上年同期", "2026年计划", "同比增速", "2025年1-6月", "亩均"] {
        let text = format!("企业代码,年度,{group}\n,,实缴税收（万元）\nE1,2025,7\n");
        assert!(read(&text)[0].starts_with("error missing-column"), "{group}: {:?}", read(&text));
    }
    for other in ["实缴税收（增速）", "实缴税收（同比）", "实缴税收（排名）"] {
        assert_eq!(read(&format!("企业代码,年度,实缴税收（元）,{other}\nE1,2025,70000,3\n")), ["E1 7"], "{other}");
    }
    for heading in ["*实缴税收（元）", "实缴税收（必填）（元）", "实缴税收（人民币，元）", "实缴税收（元）："]
    {
        assert_eq!(read(&format!("企业代码,年度,\"{heading}\"\nE1,2025,70000\n")), ["E1 7"], "{heading}");
    }
}

#[test]
fn blank_cells_at_the_end_of_a_row_may_be_left_out() {
    assert_eq!(read("企业代码,年度,实缴税收（元）,备注\nE1,2025,70000\nE2,2025,70000,x,,\n"), ["E1 7", "E2 7"]);
    assert_eq!(read("企业代码,年度,实缴税收（元）,备注\nE1,2025\n"), ["error ragged-row 2:2"]);
    assert_eq!(read("企业代码,年度,实缴税收（元）\nE1,2025,7,7\n"), ["error ragged-row 2:2"]);
}

#[test]
fn parts_of_a_year_are_written_in_many_ways() {
    for (kind, words) in [
        ("月份", ["1,2,3,4,5,6,7,8,9,10,11,12", "１月,２月,３月,４月,５月,６月,７月,８月,９月,１０月,１１月,１２月"]),
        (
            "月份",
            [
                "一月,二月,三月,四月,五月,六月,七月,八月,九月,十月,十一月,十二月",
                "1月份,2月份,3月份,4月份,5月份,6月份,7月份,8月份,9月份,10月份,11月份,12月份",
            ],
        ),
        ("季度", ["1,2,3,4", "一,二,三,四"]),
        ("季度", ["Ⅰ,Ⅱ,Ⅲ,Ⅳ", "Q1,q2,第三季度,四季度"]),
        ("季度", ["2025Q1,2025-Q2,2025年三季度,2025年10-12月", "全年"]),
        ("月份", ["2025-01,2025-02,2025-03,2025年4月,5,6,7,8,9,10,11,2025-12", "全年"]),
    ] {
        for words in words {
            let rows: Vec<String> = words.split(',').map(|word| format!("E1,2025,{word},2")).collect();
            // Two in each part.
            let sum = 2 * rows.len();
            let text = format!("企业代码,年度,{kind},实缴税收（万元）\n{}\n", rows.join("\n"));
            assert_eq!(read(&text), [format!("E1 {sum}")], "{words}");
            if words.starts_with("2025") {
                assert!(read(&text.replace("E1,2025", "E1,2024"))[0].starts_with("error unparsable-cell C2"), "{words}");
            }
        }
    }
}

#[test]
fn rows_say_their_unit_in_a_column_of_units() {
    let tax = "企业代码,年度,实缴税收";
    for heading in ["单位", "计量单位", "金额单位", "实缴税收单位", "Unit"] {
        // 500,000 yuan are 50 times 10k yuan; 7 thousand are 0.7; 2 times 100m are 20,000.
        let rows = "E1,2025,500000,元\nE2,2025,7,千元\n91990101MAEX00010E,2025,2,（亿元）\n";
        assert_eq!(read(&format!("{tax},{heading}\n{rows}")), ["E1 50", "E2 0.7", "91990101MAEX00010E 20000"], "{heading}");
        assert_eq!(read(&format!("{tax},{heading}\nE1,2025,500000,元\nE2,2025,70000,元\n")), ["E1 50", "E2 7"], "{heading}");
    }
    same(&[
        // Before the figures, with a total, and a row without a figure.
        ("单位,企业代码,年度,实缴税收\n元,E1,2025,500000\n万元,E2,2025,7\n,合计,,57\n", &["E1 50", "E2 7"]),
        (&format!("{tax},单位\nE1,2025,500000,元\nE2,2025,,\n"), &["E1 50"]),
        // Names of enterprises are none; neither are units of things that are counted.
        (&format!("{tax},单位\nE1,2025,5,甲公司\nE2,2025,7,乙公司\n"), &["E1 5", "E2 7"]),
        (&format!("{tax}（万元）,计量单位\nE1,2025,5,台\nE2,2025,7,吨\n"), &["E1 5", "E2 7"]),
        (&format!("{tax}（万元）,单位\nE1,2025,5,万元\nE2,2025,7,万元\n"), &["E1 5", "E2 7"]),
        // Nobody knows the unit of a row.
        (&format!("{tax},单位\nE1,2025,500000,元\nE2,2025,7,丈\n91990101MAEX00010E,2025,2,元\n"), &["error unknown-unit-line D3"]),
        (&format!("{tax},单位\nE1,2025,5,美元\n"), &["error unknown-unit-line D2"]),
        (&format!("{tax},单位\nE1,2025,5,人民币\n"), &["error unknown-unit-line D2"]),
        (&format!("{tax},单位\nE1,2025,5,甲公司\nE2,2025,7,元\n"), &["error unknown-unit-line D1"]),
        (&format!("{tax},单位\nE1,2025,5,亩\nE2,2025,7,元\n"), &["error unknown-unit-line D2"]),
        (&format!("{tax},单位\nE1,2025,500000,元\nE2,2025,7,\n"), &["error missing-value D3"]),
        (&format!("{tax},计量单位\nE1,2025,5,丈\n"), &["error unknown-unit-line D1"]),
        // The heading, or a line, says another.
        (&format!("{tax}（万元）,单位\nE1,2025,5,万元\nE2,2025,70000,元\n"), &["error two-units D3"]),
        (&format!("单位：万元,,,\n{tax},单位\nE1,2025,50000,元\n"), &["error two-units D3"]),
    ]);
    // 20,000 square metres are 30 mu, 2 hectares 30 as well.
    let land = "宗地编号,企业代码,用地面积,单位\nP1,E1,10,亩\nP2,E2,20000,平方米\nP3,91990101MAEX00010E,2,公顷\n";
    assert_eq!(figures("land.csv", land, "land_mu")[0], "E1 10");
    assert!(figures("land.csv", land, "land_mu")[1..].iter().all(|row| row.ends_with(" 30")));
    // Each quantity has its own.
    let output = "企业代码,年度,工业总产值,金额单位,建筑面积\nE1,2025,3,亿元,7\nE2,2025,90000,元,7\n";
    assert_eq!(figures("output.csv", output, "gross_output"), ["E1 30000", "E2 9"]);
}

#[test]
fn rows_say_their_currency() {
    let table = |cell: &str| format!("企业代码,年度,实缴税收（万元）,币种\nE1,2025,5,{cell}\nE2,2025,7,人民币\n");
    for own in ["人民币", "CNY", "RMB", "人民币元", ""] {
        assert_eq!(read(&table(own)), ["E1 5", "E2 7"], "{own}");
    }
    for other in ["美元", "USD", "港币", "？"] {
        assert_eq!(read(&table(other)), ["error unknown-unit-line D2"], "{other}");
    }
}

#[test]
fn a_column_of_periods_is_one_of_years() {
    let table = |heading: &str, cell: &str| format!("企业代码,{heading},实缴税收（万元）\nE1,{cell},7\n");
    for heading in ["期间", "所属期", "税款所属期", "报告期"] {
        for cell in ["2025", "2025年", "2025年度", "2025-01-01至2025-12-31", "2025.01-2025.12", "2025年1-12月", "202501-202512"] {
            assert_eq!(read(&table(heading, cell)), ["E1 7"], "{heading} {cell}");
        }
        // The half of a year is no part that a row may be of, and a day may be the end of a month or of a year.
        for cell in
            ["2025年1-6月", "2025年上半年", "2025-12-31", "2025.1", "2025-01-15至2025-12-31", "2024-07-01至2025-06-30", "上年", "45657"]
        {
            let found = read(&table(heading, cell));
            assert!(found.len() == 1 && found[0].starts_with("error ") && found[0].ends_with(" B2"), "{heading} {cell}: {found:?}");
        }
        // Two in each part of the year.
        for words in [
            "202501,202502,202503,202504,202505,202506,202507,202508,202509,202510,202511,202512",
            "2025-01,2025/2,2025.03,2025年4月,2025年05月,2025-6,2025M07,2025.08,2025/09,2025.10,2025-11,2025年12月",
            "2025-01-01至2025-01-31,2025-02-01至2025-02-28,2025年3月,2025Q2,2025年7-9月,2025-10-01至2025-12-31",
            "2025Q1,2025年二季度,2025-07-01至2025-09-30,2025年10-12月",
        ] {
            let rows: Vec<String> = words.split(',').map(|word| format!("E1,{word},2")).collect();
            let text = format!("企业代码,{heading},实缴税收（万元）\n{}\n", rows.join("\n"));
            assert_eq!(read(&text), [format!("E1 {}", 2 * rows.len())], "{heading} {words}");
            // One part is missing: nobody knows the year.
            let text = format!("企业代码,{heading},实缴税收（万元）\n{}\n", rows[1..].join("\n"));
            assert_eq!(read(&text), Vec::<String>::new(), "{heading} {words}");
        }
    }
    // Beside a column of years it is another one, as before.
    let both = "企业代码,年度,期间,实缴税收（万元）\nE1,2025,2025年1-12月,7\n";
    assert_eq!(read(both), ["E1 7", "warning unlikely-heading C1"]);
    // A month that does not lie in the quarter.
    let both = "企业代码,期间,月份,实缴税收（万元）\nE1,2025Q1,4,7\n";
    assert_eq!(read(both), ["error month-outside-quarter C2"]);
}

#[test]
fn a_year_may_be_stored_as_a_day() {
    let table = |cell: &str| format!("企业代码,年度,实缴税收（万元）\nE1,{cell},7\n");
    for cell in ["2025-12-31", "2025-01-01", "2025-12-31 00:00:00", "2025/1/1", "2025年1-12月", "2025-01-01至2025-12-31"] {
        assert_eq!(read(&table(cell)), ["E1 7"], "{cell}");
    }
    for cell in ["2025-06-30", "2025Q1", "202501", "2025年6月", "2025-2026"] {
        assert_eq!(read(&table(cell)), ["error unparsable-cell B2"], "{cell}");
    }
}

#[test]
fn dates_are_read_in_words_and_never_guessed() {
    let table = |cell: &str| format!("企业代码,企业名称,开发区,注册日期\nE1,甲,Z1,{cell}\n");
    for cell in ["2025.3.1", "20250301", "45717", "2025/03/01 00:00", "2025 年 3 月 1 日", "２０２５年３月１日", "2025年3月1日 00:00", "/"]
    {
        let found = figures("enterprises.csv", &table(cell), "land_mu");
        assert!(!found.iter().any(|line| line.starts_with("error")), "{cell}: {found:?}");
    }
    for cell in ["2025年3月", "2025.3", "3/1/2025", "01-Mar-25", "25.3.1", "民国114年3月1日", "长期", "永久", "2025-03-01至2075-02-28"]
    {
        let found = figures("enterprises.csv", &table(cell), "land_mu");
        assert!(found.contains(&"error unparsable-cell D2".to_owned()), "{cell}: {found:?}");
    }
}

/// A table of two enterprises under two heading rows: the words below the name, and the figures of both rows.
fn under(name: &str, words: &[&str], rows: [&[&str]; 2]) -> String {
    let blanks = ",".repeat(words.len() - 1);
    let [first, second] = rows.map(|row| row.join(","));
    format!("企业代码,年度,{name}{blanks},备注\n,,{},\nE1,2025,{first},\nE2,2025,{second},\n", words.join(","))
}

#[test]
fn of_words_under_the_name_of_a_figure_the_one_of_the_year_is_it() {
    for words in [
        &["本年", "上年同期", "增速"] as &[&str],
        &["本期", "上期"],
        &["累计", "当月"],
        &["1-12月", "12月"],
        &["本年累计", "本年"],
        &["小计", "其中：增值税"],
        &["总额", "占比"],
        &["本年累计", "增长%"],
        &["2025年", "2024年", "增速"],
        &["全年", "上半年增速"],
        &["实际", "计划"],
    ] {
        // The columns beside hold figures of their own.
        let rows = [["50", "3", "4"], ["7", "5", "6"]].map(|row| row[..words.len()].to_vec());
        let text = under("实缴税收（万元）", words, [&rows[0], &rows[1]]);
        assert_eq!(read(&text), ["E1 50", "E2 7"], "{text}");
        // Of two years the first is the column that its rows must be of.
        if words[0] == "2025年" {
            continue;
        }
        let turned: Vec<&str> = words.iter().rev().copied().collect();
        let rows = rows.map(|row| row.into_iter().rev().collect::<Vec<_>>());
        let text = under("实缴税收（万元）", &turned, [&rows[0], &rows[1]]);
        assert_eq!(read(&text), ["E1 50", "E2 7"], "{text}");
    }
    let rows: [&[&str]; 2] = [&["500000", "3"], &["70000", "5"]];
    assert_eq!(read(&under("实缴税收", &["金额（元）", "同比"], rows)), ["E1 50", "E2 7"]);
}

#[test]
fn of_words_under_the_name_of_a_figure_that_do_not_say_which_none_is_read() {
    let rows: [&[&str]; 2] = [&["50", "3"], &["7", "5"]];
    for words in [["甲项", "乙项"], ["1-6月", "增速"], ["6月", "累计"], ["合计", "小计"], ["上年", "增速"]] {
        let text = under("实缴税收（万元）", &words, rows);
        // Besides there may be a warning that the words are not understood.
        let told: Vec<String> = read(&text).into_iter().filter(|line| line != "warning unlikely-heading C1").collect();
        assert_eq!(told, ["error missing-column 2:2"], "{text}");
    }
    // A single word that is of another figure does not make it this one.
    let alone = "企业代码,年度,实缴税收（万元）,备注\n,,上年同期,\nE1,2025,50,\n";
    assert!(read(alone).iter().any(|line| line.starts_with("error")), "{:?}", read(alone));
}

#[test]
fn signatures_ends_and_counts_below_a_table_are_no_rows() {
    for line in ["税务局（盖章）,,", "——以下空白——,,", "—— 完 ——,,", "【注】口径为入库数,,", ",,税务局2026年1月5日", "共2户,,57", "共2户,,"]
    {
        let text = format!("企业代码,年度,实缴税收（万元）\nE1,2025,50\nE2,2025,7\n{line}\n");
        assert_eq!(read(&text), ["E1 50", "E2 7"], "{line}");
    }
    // With a figure beside it, it is a row without a year, whatever its name is.
    let text = "企业代码,年度,实缴税收（万元）\nE1,2025,50\n税务局（盖章）,,9\n";
    assert_eq!(read(text), ["error missing-value B3"]);
}

/// Two parcels whose area is said in two columns, of which 15 mu are a hectare of 10,000 m².
#[test]
fn a_figure_in_two_units_is_read_once_where_both_agree() {
    let land = |rows: [&str; 2]| format!("宗地编号,企业代码,用地面积（平方米）,用地面积（亩）\nP1,E1,{}\nP2,E2,{}\n", rows[0], rows[1]);
    let read = |text: &str| figures("land.csv", text, "land_mu");
    // 10,000 m² are 15 mu; 6,667 m² are 10.0005 mu.
    assert_eq!(read(&land(["10000,15.00", "20000,30"])), ["E1 15", "E2 30"]);
    assert!(!read(&land(["6667,10.00", "20000,30"])).iter().any(|line| line.starts_with("error")));
    assert_eq!(read(&land(["10000,15.00", "20000,31"])), ["error duplicate-column D3"]);
    assert_eq!(read(&land(["10000,15.25", "20000,30"])), ["error duplicate-column D2"]);
    assert!(read(&land(["10000,15", ",30"])).iter().any(|line| line == "error duplicate-column D3"));
    let below = "宗地编号,企业代码,用地面积,\n,,平方米,亩\nP1,E1,10000,15\nP2,E2,20000,30\n";
    assert_eq!(read(below), ["E1 15", "E2 30"]);
    assert_eq!(read("宗地编号,企业代码,用地面积（亩）,用地面积（亩）\nP1,E1,1,1\n"), ["error duplicate-heading D1"]);
}

#[test]
fn the_unit_of_a_heading_that_is_said_to_be_a_column_counts() {
    let home = tempfile::tempdir().expect("a directory");
    for (name, text) in BASE {
        std::fs::write(home.path().join(name), text).expect("a file");
    }
    let land = "宗地编号,企业代码,占地（平方米）,用地面积（亩）\nP1,E1,10000,99\nP2,E2,20000,99\n";
    std::fs::write(home.path().join("land.csv"), land).expect("a file");
    std::fs::write(home.path().join("税收表.csv"), "企业代码,年度,税额\nE1,2025,500000\n").expect("a file");
    let said = "[tables.\"用地\"]\ncolumns = { \"占地（平方米）\" = \"用地面积\" }\n\
                [tables.\"税收\"]\nfile = \"税收表.csv\"\nunits = { \"金额\" = \"元\" }\ncolumns = { \"税额\" = \"实缴税收\" }\n";
    std::fs::write(home.path().join("mujun.toml"), said).expect("a file");
    let mut findings = Findings::default();
    let options = Options { lenient: false, keep: None, rows: Rows::default(), parts: false, tried: &[], progress: &Quiet };
    let dataset = load(home.path(), &options, &mut findings);
    let told: Vec<String> = findings.iter().map(|finding| finding.code.to_string()).collect();
    let panel = dataset.unwrap_or_else(|| panic!("{told:?}")).panel;
    let of = |column: &str| panel.column(column).expect("a column").f64().expect("numbers").get(0);
    assert_eq!((of("land_mu"), of("tax_paid")), (Some(15.0), Some(50.0)), "{told:?}");
}
