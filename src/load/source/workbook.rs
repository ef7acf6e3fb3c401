//! Workbooks as grids of text: every sheet of an .xlsx, .xls or .ods file, with the values it stores.
//!
//! In: a path. Out: the sheets that can be seen, each as a [`Grid`]. Formulas are never evaluated: what is stored with them is
//! taken, and where nothing is stored the cell is remembered. Next: `intake` asks which table each sheet is.
//!
//! What a workbook unpacks to is measured before it is read (`survey`, `compound`): what is a thousand times larger than its file is not
//! a table. Sheets of .ods files are read by `ods`.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek};
use std::panic::{self, AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Once;

use calamine::{Data, DataRef, Dimensions, ExcelDateTime, Range, Reader, SheetType, SheetVisible, Xls, Xlsx};

use crate::load::source::Refusal;
use crate::load::source::biff;
use crate::load::source::compound;
use crate::load::source::container::Kind;
use crate::load::source::epochs;
use crate::load::source::grid::{Area, Grid};
use crate::load::source::hidden::{self, Hidden};
use crate::load::source::ods;
use crate::load::source::percents;
use crate::load::source::shown::{self, Shown};
use crate::load::source::survey::{self, Archive, Packed};

/// Most bytes of an .xls file; the format itself ends at 65,536 rows of 256 columns.
const LARGEST_XLS: u64 = 256 << 20;
/// From here on a number has lost digits: fifteen are kept.
const EXACT: f64 = 1e15;

/// A sheet of a workbook.
#[derive(Debug)]
pub struct Sheet {
    /// Its name.
    pub name: String,
    /// Can it be seen? What cannot is not read.
    pub is_visible: bool,
    /// Its cells, or why they were not read.
    pub grid: Result<Grid, Refusal>,
}

/// All sheets of a workbook.
///
/// # Errors
///
/// When it is no workbook, cannot be read, has a password, or unpacks to far too much.
pub fn read(path: &Path, kind: Kind) -> Result<Vec<Sheet>, Refusal> {
    let read = || match kind {
        Kind::Zip => match survey::look(path)? {
            (Packed { is_ods: true, since_1904, .. }, archive) => ods::read(archive, since_1904),
            (packed, mut archive) => read_xlsx(path, &packed, &mut archive),
        },
        Kind::Compound => read_xls(path),
        Kind::Other(key) => Err(Refusal::NoTable(key)),
        Kind::Text | Kind::Gzip => Err(Refusal::NoTable("format.text")),
        Kind::Columns => Err(Refusal::NoTable("format.parquet")),
    };
    // A damaged file may lead the reader of its format where it never thought to be; that is no reason to end.
    quietly(read).unwrap_or(Err(Refusal::Because("reason.damaged")))
}

thread_local! {
    /// Is this thread reading what may be damaged?
    static IS_READING: Cell<bool> = const { Cell::new(false) };
}

/// Runs something that may panic; what it would say of its own inside helps nobody who has a damaged file.
pub fn quietly<T>(run: impl FnOnce() -> T) -> Option<T> {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !IS_READING.get() {
                usual(info);
            }
        }));
    });
    IS_READING.set(true);
    let result = catch_unwind(AssertUnwindSafe(run));
    IS_READING.set(false);
    result.ok()
}

/// Names of the worksheets and whether they can be seen.
fn worksheets<RS: Read + Seek, R: Reader<RS>>(book: &R) -> Vec<(String, bool)> {
    let sheets = book.sheets_metadata().iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
    sheets.map(|sheet| (sheet.name.clone(), sheet.visible == SheetVisible::Visible)).collect()
}

fn each_visible(names: Vec<(String, bool)>, mut read: impl FnMut(&str) -> Result<Grid, Refusal>) -> Vec<Sheet> {
    let sheet = |(name, is_visible): (String, bool)| {
        let grid = if is_visible { read(&name) } else { Ok(Grid::default()) };
        Sheet { name, is_visible, grid }
    };
    names.into_iter().map(sheet).collect()
}

fn read_xlsx(path: &Path, packed: &Packed, archive: &mut Archive) -> Result<Vec<Sheet>, Refusal> {
    let mut book: Xlsx<_> = Xlsx::new(BufReader::new(File::open(path)?))?;
    let names = worksheets(&book);
    let mut hidden = hidden::of(archive, packed)?;
    Ok(each_visible(names, |name| {
        let mut grid = xlsx_sheet(&mut book, name)?;
        grid.since_1904 = packed.since_1904;
        let hidden = hidden.remove(name).unwrap_or_default();
        (grid.hidden_rows, grid.hidden_columns) = (hidden.rows, hidden.columns);
        if packed.is_merged {
            grid.merged = areas(&book.merge_cells_by_sheet_name(name)?);
        }
        Ok(grid)
    }))
}

/// What is merged, in the order of the sheet.
fn areas(merged: &[Dimensions]) -> Vec<Area> {
    let area = |part: &Dimensions| Area { top: part.start.0, left: part.start.1, bottom: part.end.0, right: part.end.1 };
    let mut areas: Vec<Area> = merged.iter().map(area).collect();
    areas.sort_unstable();
    areas
}

fn xlsx_sheet(book: &mut Xlsx<BufReader<File>>, name: &str) -> Result<Grid, Refusal> {
    let mut formats = xlsx_formats(book, name)?.into_iter().peekable();
    let mut cells = book.worksheet_cells_reader(name)?;
    let (mut grid, mut text) = (Grid::default(), String::new());
    while let Some(cell) = cells.next_cell_with_formula_metadata()? {
        let (row, column) = cell.pos;
        let shown = formats.next_if(|(pos, _)| *pos == cell.pos).map_or(Shown::Plain, |(_, shown)| shown);
        let filled = match &cell.value {
            DataRef::SharedString(shared) => *shared,
            value => {
                text.clear();
                write_value(&owned(value), shown, &mut text);
                &text
            }
        };
        match (filled.trim_ascii().is_empty(), cell.formula) {
            (false, _) => grid.push(row, column, filled)?,
            (true, Some(_)) => grid.hollow.push((row, column)),
            (true, None) => {}
        }
    }
    Ok(grid)
}

/// The cells whose format says more than their number, in the order of the sheet. Few workbooks have any, and only those are read twice.
fn xlsx_formats(book: &mut Xlsx<BufReader<File>>, name: &str) -> Result<Vec<((u32, u32), Shown)>, Refusal> {
    let mut cells = book.worksheet_cells_reader(name)?;
    let shown = |style: &calamine::Style| style.number_format.as_ref().map_or(Shown::Plain, |format| Shown::of(&format.format_code));
    let formats: Vec<Shown> = cells.styles().iter().map(shown).collect();
    let mut found = Vec::new();
    if formats.iter().any(|format| *format != Shown::Plain) {
        while let Some((row, column, style)) = cells.next_style_id()? {
            let format = formats.get(style).filter(|format| **format != Shown::Plain);
            found.extend(format.map(|format| ((row, column), *format)));
        }
    }
    Ok(found)
}

fn read_xls(path: &Path) -> Result<Vec<Sheet>, Refusal> {
    if std::fs::metadata(path)?.len() > LARGEST_XLS {
        return Err(Refusal::Bomb);
    }
    let bytes = std::fs::read(path)?;
    let stream = compound::stream(&bytes)?;
    let (hidden, percents, since_1904) = (biff::measure(&stream)?, percents::of(&stream), epochs::is_1904_of_stream(&stream));
    drop(stream);
    let mut book: Xls<_> = Xls::new(io::Cursor::new(bytes))?;
    let all = book.sheets_metadata().iter().map(|sheet| sheet.name.clone());
    let mut marks: HashMap<String, (Vec<Area>, Hidden)> = all.zip(percents.into_iter().zip(hidden)).collect();
    let names = worksheets(&book);
    Ok(each_visible(names, |name| {
        let range = book.worksheet_range(name)?;
        let formulas = book.worksheet_formula(name)?;
        let (percents, hidden) = marks.remove(name).unwrap_or_default();
        let mut grid = grid_of(&range, &formulas, &Percents(percents))?;
        (grid.hidden_rows, grid.hidden_columns) = (hidden.rows, hidden.columns);
        grid.merged = areas(&book.merge_cells_by_sheet_name(name)?);
        grid.since_1904 = since_1904;
        Ok(grid)
    }))
}

/// The cells that are shown as percentages, in the order of the sheet.
#[derive(Debug, Default)]
struct Percents(Vec<Area>);

impl Percents {
    /// Those in a row, to be asked for its columns.
    fn of(&self, row: u32) -> &[Area] {
        let from = self.0.partition_point(|area| area.bottom < row);
        let count = self.0[from..].partition_point(|area| area.top <= row);
        &self.0[from..from + count]
    }
}

fn grid_of(range: &Range<Data>, formulas: &Range<String>, percents: &Percents) -> Result<Grid, Refusal> {
    let Some((first_row, first_column)) = range.start() else { return Ok(Grid::default()) };
    let (mut grid, mut text) = (Grid::default(), String::new());
    for (row, cells) in (first_row..).zip(range.rows()) {
        let percents = percents.of(row);
        for (column, value) in (first_column..).zip(cells) {
            let area = percents.get(percents.partition_point(|area| area.right < column));
            text.clear();
            let is_percent = area.is_some_and(|area| area.left <= column);
            write_value(value, if is_percent { Shown::Percent } else { Shown::Plain }, &mut text);
            if !text.trim_ascii().is_empty() {
                grid.push(row, column, &text)?;
            } else if formulas.get_value((row, column)).is_some_and(|formula| !formula.is_empty()) {
                grid.hollow.push((row, column));
            }
        }
    }
    Ok(grid)
}

fn owned(value: &DataRef<'_>) -> Data {
    match value {
        DataRef::Int(value) => Data::Int(*value),
        DataRef::Float(value) => Data::Float(*value),
        DataRef::Bool(value) => Data::Bool(*value),
        DataRef::DateTime(value) => Data::DateTime(*value),
        DataRef::String(text) => Data::String(text.clone()),
        DataRef::SharedString(text) => Data::String((*text).to_owned()),
        DataRef::DateTimeIso(text) => Data::DateTimeIso(text.clone()),
        DataRef::DurationIso(text) => Data::DurationIso(text.clone()),
        DataRef::Error(error) => Data::Error(error.clone()),
        DataRef::Empty => Data::Empty,
    }
}

/// A value as a person would type it.
fn write_value(value: &Data, shown: Shown, text: &mut String) {
    match value {
        Data::Int(value) if shown == Shown::Percent => push_percent(*value as f64, text),
        Data::Float(value) if shown == Shown::Percent => push_percent(*value, text),
        Data::Int(value) => text.push_str(&shown::padded(value.to_string(), shown)),
        Data::Float(value) => text.push_str(&shown::padded(number(*value), shown)),
        Data::Bool(value) => text.push_str(if *value { "true" } else { "false" }),
        Data::DateTime(value) => text.push_str(&date(value)),
        Data::String(value) | Data::DurationIso(value) => text.push_str(value),
        Data::DateTimeIso(value) => text.push_str(&value.trim_end_matches("T00:00:00").replace('T', " ")),
        Data::Error(error) => text.push_str(&error.to_string()),
        Data::Empty => {}
    }
}

fn push_percent(value: f64, text: &mut String) {
    text.push_str(&number(value * 100.0));
    text.push('%');
}

/// A number with the fifteen digits that spreadsheets keep and show. Beyond them it is written with its power of ten, so that an
/// id that was turned into a number is seen as one.
pub fn number(value: f64) -> String {
    if value.fract() == 0.0 && value.abs() < EXACT {
        return format!("{}", value as i64);
    }
    let rounded: f64 = format!("{value:.14e}").parse().unwrap_or(value);
    if (1e-7..EXACT).contains(&rounded.abs()) {
        return rounded.to_string();
    }
    let text = format!("{rounded:e}");
    let (mantissa, power) = text.split_once('e').unwrap_or((&text, "0"));
    let mantissa = if mantissa.contains('.') { Cow::Borrowed(mantissa) } else { Cow::Owned(format!("{mantissa}.0")) };
    match power.starts_with('-') {
        true => format!("{mantissa}E{power}"),
        false => format!("{mantissa}E+{power}"),
    }
}

fn date(value: &ExcelDateTime) -> String {
    // A length of time, or a time of no day, is no date.
    if value.is_duration() || value.as_f64() < 1.0 {
        return number(value.as_f64());
    }
    let (year, month, day, hour, minute, second, _) = value.to_ymd_hms_milli();
    let date = format!("{year:04}-{month:02}-{day:02}");
    if (hour, minute, second) == (0, 0, 0) { date } else { format!("{date} {hour:02}:{minute:02}:{second:02}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_panics_is_refused() {
        assert_eq!(quietly(|| -> u8 { panic!("a damaged file") }), None);
        assert_eq!(quietly(|| 1), Some(1));
    }

    #[test]
    fn numbers_have_the_digits_that_spreadsheets_keep() {
        let cases = [
            (2025.0, "2025"),
            (0.1 + 0.2, "0.3"),
            (-12.5, "-12.5"),
            (123_456_789_012_345.0, "123456789012345"),
            (911_330_000_000_000_000.0, "9.1133E+17"),
            (9e17, "9.0E+17"),
            (1e-9, "1.0E-9"),
            (0.000_012_5, "0.0000125"),
        ];
        for (value, text) in cases {
            assert_eq!(number(value), text);
        }
    }
}
