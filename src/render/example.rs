//! Small reports that the tests of every format write down.

use polars::prelude::{BooleanChunked, Float64Chunked, Int64Chunked, NewChunkedArray, PlSmallStr, StringChunked};

use crate::dictionary::Bilingual;
use crate::report::table::{Column, Part, Phrase, Report, Section, Values};

fn both(zh: &str, en: &str) -> Bilingual {
    Bilingual { zh: zh.to_owned(), en: en.to_owned() }
}

fn column(id: &str, label: Bilingual, values: Values, rank: u8) -> Column {
    Column { id: id.to_owned(), label, unit: None, values, rank, graded: id == "grade", names: Vec::new(), below: false, open: false }
}

fn texts(values: &[Option<&str>]) -> StringChunked {
    StringChunked::from_slice_options(PlSmallStr::EMPTY, values)
}

/// Four rows in two sections, each kind of value, a missing value in most columns.
pub(super) fn report() -> Report {
    let land = Float64Chunked::from_slice_options(PlSmallStr::EMPTY, &[Some(12.345_678), Some(2.675), Some(100.0), None]);
    let names = [Some("甲厂, 一分厂"), Some("He said \"no\""), Some("two\nlines"), Some("=1+1")];
    let columns = vec![
        column(
            "place",
            both("名次", "Place"),
            Values::Integer(Int64Chunked::from_slice_options(PlSmallStr::EMPTY, &[Some(1), Some(2), Some(3), None])),
            0,
        ),
        column("name", both("企业名称", "Name"), Values::Text(texts(&names)), 0),
        Column {
            unit: Some(both("亩", "mu")),
            ..column("land_mu", both("用地面积", "Land"), Values::Number { values: land, shown: 2, exact: 6 }, 3)
        },
        column("grade", both("等级", "Grade"), Values::Text(texts(&[Some("A"), Some("B"), Some("C"), None])), 0),
        column("review", both("复核", "Review"), Values::Word(texts(&[Some("pass"), Some("watch"), Some("low"), Some("unknown")])), 1),
        column(
            "above_scale",
            both("规上", "Above scale"),
            Values::Flag(BooleanChunked::from_slice_options(PlSmallStr::EMPTY, &[Some(true), Some(false), None, Some(true)])),
            2,
        ),
    ];
    let part = Part {
        id: "enterprises".to_owned(),
        title: None,
        columns,
        sections: vec![
            Section { title: Some(Phrase::new("word.graded")), rows: 0..3, cuts: vec![2] },
            Section { title: Some(Phrase::new("word.no-group")), rows: 3..9, cuts: vec![] },
        ],
        grades: ["A", "B", "C"].map(str::to_owned).to_vec(),
    };
    Report {
        facts: vec![("policy", "zone \"x\"".into()), ("year", 2024.into())],
        heading: vec![Phrase::new("word.low")],
        parts: vec![part],
        notes: vec![Phrase::new("render.heading-unit").with("label", "Land").with("unit", "mu")],
    }
}

/// A column of texts and nothing else.
pub(super) fn one_column(values: &[&str]) -> Report {
    let values: Vec<Option<&str>> = values.iter().copied().map(Some).collect();
    let columns = vec![column("t", both("文", "T"), Values::Text(texts(&values)), 0)];
    Report { parts: vec![Part { id: "list".to_owned(), title: None, columns, sections: vec![], grades: vec![] }], ..Report::default() }
}
