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
    let home = tempfile::tempdir().expect("a directory");
    for (name, text) in BASE.iter().chain(&[("tax.csv", tax)]) {
        std::fs::write(home.path().join(name), text).expect("a file");
    }
    let mut findings = Findings::default();
    let options = Options { lenient: false, keep: None, rows: Rows::default(), parts: false, tried: &[], progress: &Quiet };
    let dataset = load(home.path(), &options, &mut findings);
    let told = findings.iter().filter(|finding| finding.place.file().is_some_and(|file| file.ends_with("tax.csv")));
    let told: Vec<String> = told
        .map(|finding| {
            format!("{} {} {}", finding.severity.as_str(), finding.code, finding.place.address().unwrap_or_default()).trim_end().to_owned()
        })
        .collect();
    let is_stopped = findings.iter().any(|finding| finding.severity == Severity::Error);
    let Some(panel) = dataset.filter(|_| !is_stopped).map(|dataset| dataset.panel) else { return told };
    let ids = panel.column("enterprise_id").expect("ids").str().expect("text").clone();
    let years = panel.column("year").expect("years").i32().expect("numbers").clone();
    let values = panel.column("tax_paid").expect("tax").f64().expect("numbers").clone();
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
    for line in
        ["2025年亩均效益综合评价税收表", "营业收入2000万元以上企业税收表", "亿元企业税收表", "税收情况表（万元）", "本表以万元为单位"]
    {
        assert_eq!(read(&format!("{line},,\n{ROWS}")), ["E1 500000", "E2 70000"], "{line}");
    }
    for upper in ["企业,,税收（美元）", "基本信息,,税收情况/元", "基本信息,,税收情况 元"] {
        assert_eq!(read(&format!("{upper}\n{ROWS}")), ["error unknown-unit-line 1:1"], "{upper}");
    }
    assert_eq!(read("企业代码,年度,实缴税收,计量单位\nE1,2025,500000,元\n"), ["error unknown-unit-line D1"]);
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
    ] {
        let text = format!("企业代码,年度,实缴税收（元）\nE1,2025,500000\nE2,2025,70000\n{row}\n");
        assert_eq!(read(&text), ["E1 50", "E2 7"], "{row}");
    }
    // What may be a row with a fault is not passed over.
    for (row, found) in [
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
    for blank in ["", "-", "--", "—", "——", "－", "/", "无"] {
        assert_eq!(read(&table("E1", "2025", blank)), Vec::<String>::new(), "{blank}");
    }
    for bad in ["…", "\"0,050\"", "12元", "约12"] {
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
