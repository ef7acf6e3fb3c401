//! What the tag of a cell of an .ods file says: its value as a person would type it, and how often it stands.
//!
//! In: a tag. Out: a [`Cell`]. Next: the row that it stands in.

use quick_xml::events::BytesStart;

use crate::load::source::workbook::number;
use crate::load::source::xml;

/// What the tag of a cell says.
#[derive(Default)]
pub struct Cell {
    /// Its value; `None`: its text is its value.
    pub value: Option<String>,
    /// Is it a number?
    pub is_number: bool,
    /// Has it a formula?
    pub has_formula: bool,
    /// How often it stands.
    pub times: u64,
    /// Rows over which it is merged.
    pub down: u64,
    /// Columns over which it is merged.
    pub right: u64,
}

impl Cell {
    /// What a tag says. Of several values the first is taken, as calamine does.
    pub fn of(tag: &BytesStart<'_>) -> Cell {
        let mut cell = Cell { times: 1, ..Cell::default() };
        let (mut is_text, mut is_percent, mut is_error, mut value) = (false, false, false, None);
        for attribute in tag.attributes().with_checks(false).flatten() {
            let text = || xml::text(&attribute);
            match attribute.key.as_ref() {
                "office:value" if value.is_none() => {
                    cell.is_number = true;
                    value = Some(text());
                }
                "office:string-value" | "office:time-value" | "office:boolean-value" if value.is_none() => value = Some(text()),
                "office:date-value" if value.is_none() => value = Some(text().trim_end_matches("T00:00:00").replace('T', " ")),
                "office:value-type" => (is_text, is_percent) = (&*attribute.value == "string", &*attribute.value == "percentage"),
                "calcext:value-type" => is_error = &*attribute.value == "error",
                "table:formula" => cell.has_formula = !attribute.value.is_empty(),
                "table:number-columns-repeated" => cell.times = xml::number(&text()).max(1),
                "table:number-columns-spanned" => cell.right = xml::number(&text()),
                "table:number-rows-spanned" => cell.down = xml::number(&text()),
                _ => {}
            }
        }
        let is_in_text = value.is_none() && is_text || is_error && value.as_ref().is_some_and(String::is_empty);
        cell.value = if is_in_text { None } else { Some(value.unwrap_or_default()) };
        if cell.is_number {
            cell.value = cell.value.map(|value| written(&value, is_percent));
        }
        cell
    }
}

/// A number as a person would type it; what is none stays as it is, for whoever reads the table to refuse.
fn written(value: &str, is_percent: bool) -> String {
    match fast_float2::parse::<f64, _>(value.trim()) {
        Ok(value) if is_percent => format!("{}%", number(value * 100.0)),
        Ok(value) => number(value),
        Err(_) => value.to_owned(),
    }
}

/// How often something stands, or how much it spans.
pub fn times(tag: &BytesStart<'_>, name: &str) -> u64 {
    xml::value(tag, name).map_or(1, |value| xml::number(&value)).clamp(1, u64::from(u32::MAX))
}
