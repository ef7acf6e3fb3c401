//! A workbook: every table of a report on a sheet of its own, for people who go on working with it.
//!
//! In: a report. Out: an .xlsx file with headings in the reader's language that stay in view, numbers as numbers and all else as text:
//! an id keeps its eighteen digits, and nothing is ever a formula. Columns left to the reader are coloured, and the only ones that may
//! be changed. The same bytes for the same report: no clock.

use std::borrow::Cow;
use std::io::{self, Write};

use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, IgnoreError, ProtectionOptions, Workbook, Worksheet, XlsxError,
};

use crate::locale::Locale;
use crate::report::cell::Cell;
use crate::report::table::{Part, Report, Values};

use super::cell::Shown;
use super::phrase::{say, word};
use super::{csv, number, text};

/// Rows of a sheet, its headings among them.
const MOST_ROWS: usize = 1 << 20;
/// UTF-16 units of a cell.
const MOST_UNITS: usize = 32_767;
/// Letters of a sheet's name.
const MOST_NAME: usize = 31;
/// A column is as wide as its texts, between these; a wider text is wrapped.
const WIDTHS: (usize, usize) = (8, 40);
/// Rows whose texts are measured.
const MEASURED: usize = 1000;
/// Whole numbers beyond this are no longer told apart by a spreadsheet.
const EXACT: u64 = 999_999_999_999_999;

/// Writes the report.
pub(super) fn write(report: &Report, locale: &Locale, out: &mut dyn Write) -> io::Result<()> {
    let mut book = Workbook::new();
    let created = ExcelDateTime::from_ymd(2000, 1, 1).map_err(io::Error::other)?;
    book.set_properties(&DocProperties::new().set_creation_datetime(&created));
    let mut names = Vec::new();
    for part in &report.parts {
        if part.rows() >= MOST_ROWS {
            return Err(io::Error::other(locale.text("xlsx.too-many-rows")));
        }
        let title = part.title.as_ref().map_or_else(|| part.id.clone(), |title| say(title, locale));
        let sheet = book.add_worksheet();
        sheet.set_name(name(&title, &mut names)).map_err(io::Error::other)?;
        write_part(part, locale, sheet).map_err(io::Error::other)?;
    }
    let lines: Vec<String> = report.heading.iter().chain(&report.notes).map(|line| say(line, locale)).collect();
    if !lines.is_empty() {
        let sheet = book.add_worksheet();
        sheet.set_name(name(locale.text("xlsx.notes"), &mut names)).map_err(io::Error::other)?;
        write_lines(&lines, sheet).map_err(io::Error::other)?;
    }
    out.write_all(&book.save_to_buffer().map_err(io::Error::other)?)
}

/// A name that no other sheet has, without what names of sheets may not hold.
fn name(title: &str, names: &mut Vec<String>) -> String {
    let plain: String = title.chars().filter(|character| !"[]:*?/\\'".contains(*character)).collect();
    let mut short: String = plain.chars().take(MOST_NAME).collect();
    if short.trim().is_empty() || names.contains(&short.to_lowercase()) {
        short = format!("{} {}", short.chars().take(MOST_NAME - 6).collect::<String>(), names.len() + 1);
    }
    names.push(short.to_lowercase());
    short
}

fn write_part(part: &Part, locale: &Locale, sheet: &mut Worksheet) -> Result<(), XlsxError> {
    let columns: Vec<Shown> = part.columns.iter().map(|column| Shown::new(column, locale)).collect();
    let rows = part.rows();
    let heading = Format::new().set_bold().set_background_color(Color::RGB(0x00D9_E2F3)).set_border_bottom(FormatBorder::Thin);
    let heading = heading.set_text_wrap().set_align(FormatAlign::VerticalCenter);
    for (at, column) in (0..).zip(&columns) {
        let label = match &column.unit {
            Some(unit) => locale.say("render.heading-unit", &[("label", &column.label), ("unit", unit)]),
            None => column.label.clone(),
        };
        sheet.write_string_with_format(0, at, &*label, &heading)?;
        let widest = (0..rows.min(MEASURED)).map(|row| longest_line(&cell_text(column, row, locale))).max().unwrap_or(0);
        let width = widest.max(text::width(&label)).clamp(WIDTHS.0, WIDTHS.1);
        sheet.set_column_width(at, width as f64 + 2.0)?;
        write_column(column, at, rows, locale, sheet)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    if let (Some(last), Ok(bottom)) = (columns.len().checked_sub(1), u32::try_from(rows))
        && rows > 0
    {
        sheet.autofilter(0, 0, bottom, last as u16)?;
        sheet.ignore_error_range(1, 0, bottom, last as u16, IgnoreError::NumberStoredAsText)?;
    }
    if part.columns.iter().any(|column| column.open) {
        let allowed =
            ProtectionOptions { format_cells: true, format_columns: true, format_rows: true, use_autofilter: true, ..Default::default() };
        sheet.protect_with_options(&allowed);
    }
    Ok(())
}

fn write_column(column: &Shown<'_>, at: u16, rows: usize, locale: &Locale, sheet: &mut Worksheet) -> Result<(), XlsxError> {
    let text = Format::new().set_num_format("@").set_text_wrap().set_align(FormatAlign::Top);
    let open = text.clone().set_unlocked().set_background_color(Color::RGB(0x00FF_F2CC)).set_border(FormatBorder::Thin);
    let text = if column.column.open { open } else { text };
    let exact = csv::decimals(&column.column.values);
    let shown = if let Values::Number { shown, .. } = column.column.values { shown as usize } else { 0 };
    let pattern = if shown == 0 { "0".to_owned() } else { format!("0.{}", "0".repeat(shown)) };
    let numbers = Format::new().set_num_format(pattern).set_align(FormatAlign::Top);
    for (line, row) in (1..).zip(0..rows) {
        match column.cells.get(row) {
            Cell::Integer(value) if value.unsigned_abs() <= EXACT => {
                sheet.write_number_with_format(line, at, value as f64, &numbers)?;
            }
            Cell::Number(value) => {
                sheet.write_number_with_format(line, at, number::exact(value, exact), &numbers)?;
            }
            Cell::Missing if !column.column.open => {}
            _ => {
                sheet.write_string_with_format(line, at, held(&cell_text(column, row, locale)), &text)?;
            }
        }
    }
    Ok(())
}

fn write_lines(lines: &[String], sheet: &mut Worksheet) -> Result<(), XlsxError> {
    sheet.set_column_width(0, 120.0)?;
    let format = Format::new().set_num_format("@").set_text_wrap();
    for (row, line) in (0..).zip(lines) {
        sheet.write_string_with_format(row, 0, held(line), &format)?;
    }
    Ok(())
}

/// The text of a cell; what stands in the user's data is left as it is.
fn cell_text<'c>(column: &'c Shown<'_>, row: usize, locale: &Locale) -> Cow<'c, str> {
    match column.cells.get(row) {
        Cell::Missing => Cow::Borrowed(""),
        Cell::Text(value) if column.column.names.is_empty() => Cow::Borrowed(value),
        Cell::Json(value) => Cow::Borrowed(value),
        Cell::Word(code) => Cow::Owned(word(code, locale)),
        _ => Cow::Owned(column.text(row, locale)),
    }
}

/// As much of a text as a cell holds.
fn held(text: &str) -> String {
    if text.len() <= MOST_UNITS || text.encode_utf16().count() <= MOST_UNITS {
        return text.to_owned();
    }
    let mut units = 0;
    let fits = |character: &char| {
        units += character.len_utf16();
        units < MOST_UNITS
    };
    text.chars().take_while(fits).chain(['…']).collect()
}

fn longest_line(text: &str) -> usize {
    text.lines().take(WIDTHS.1).map(|line| if line.len() > 4 * WIDTHS.1 { WIDTHS.1 } else { text::width(line) }).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use calamine::{Data, Reader, Xlsx};

    use super::super::example;
    use super::*;
    use crate::locale::Language;

    fn written(report: &Report) -> Vec<u8> {
        let mut out = Vec::new();
        write(report, Locale::get(Language::Zh), &mut out).expect("a Vec takes all");
        out
    }

    fn sheets(report: &Report) -> Vec<(String, Vec<Vec<Data>>)> {
        let mut book: Xlsx<_> = Xlsx::new(io::Cursor::new(written(report))).expect("a workbook");
        let rows = |range: calamine::Range<Data>| range.rows().map(<[Data]>::to_vec).collect();
        book.worksheets().into_iter().map(|(name, range)| (name, rows(range))).collect()
    }

    #[test]
    fn numbers_are_numbers_codes_are_words_and_the_rest_is_text() {
        let sheets = sheets(&example::report());
        assert_eq!(sheets.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["enterprises", "说明"]);
        let rows = &sheets[0].1;
        let text = |text: &str| Data::String(text.to_owned());
        assert_eq!(rows[0][2], text("用地面积（亩）"));
        assert_eq!(rows[1], [Data::Float(1.0), text("甲厂, 一分厂"), Data::Float(12.345_678), text("A"), text("通过"), text("是")]);
        assert_eq!(rows[3][1], text("two\nlines"));
        assert_eq!(rows[4][1], text("=1+1"));
        assert_eq!(rows[4][0], Data::Empty);
    }

    #[test]
    fn texts_come_back_as_they_were_and_only_endless_ones_are_cut() {
        let texts = [" blank ", "911330000000000001", "_x0041_", "a\u{1}b", "甲\t乙", "<&\">", "'x", "@x"];
        let found: Vec<String> = sheets(&example::one_column(&texts))[0].1[1..].iter().map(|row| row[0].to_string()).collect();
        assert_eq!(found, texts);
        let long = "𠮷".repeat(20_000);
        let rows = &sheets(&example::one_column(&[&long]))[0].1;
        assert_eq!(rows[1][0].to_string(), format!("{}…", "𠮷".repeat(16_383)));
    }

    #[test]
    fn the_same_report_is_the_same_bytes() {
        assert!(written(&example::report()) == written(&example::report()));
    }

    #[test]
    fn names_of_sheets_are_short_and_differ() {
        let mut names = Vec::new();
        let given: Vec<String> = ["各表/[对应]", "各表对应", "", &"长".repeat(40)].iter().map(|title| name(title, &mut names)).collect();
        assert_eq!(given, ["各表对应", "各表对应 2", " 3", &"长".repeat(31)]);
    }
}
