//! The sheets of an .ods file, read once from beginning to end.
//!
//! In: a path. Out: its [`Sheet`]s. A cell and a row may say that they stand a million times: what is repeated is bounded before it is
//! held, which is why this does not go through calamine, as other workbooks do. It also sees the error that an old program writes
//! beside a zero, percentages, merged cells, and rows that are hidden. Next: `intake` asks which table each sheet is.

use std::collections::HashSet;
use std::io::Read;

use quick_xml::events::{BytesRef, BytesStart, Event};

use self::cell::{Cell, times};
use crate::dictionary::Office;
use crate::load::source::Refusal;
use crate::load::source::grid::{Area, Grid};
use crate::load::source::survey::Archive;
use crate::load::source::workbook::Sheet;
use crate::load::source::xml::{self, LONGEST, Xml};

mod cell;

/// Most cells that stand only because another one or its row is repeated, in all sheets.
const MOST_REPEATED: u64 = 4 << 20;
/// Most bytes of the part that holds the cells.
const LARGEST: u64 = 1 << 30;
/// Most spaces that one element stands for.
const MOST_SPACES: u64 = 1 << 16;
/// What is said beside a cell and not in it.
const BESIDE: [&str; 2] = ["office:annotation", "table:table"];

/// All sheets of an .ods file.
///
/// # Errors
///
/// When it has a password, is damaged, or holds more than can be held.
pub fn read(mut archive: Archive, since_1904: bool) -> Result<Vec<Sheet>, Refusal> {
    if let Ok(manifest) = archive.by_name("META-INF/manifest.xml") {
        refuse_locked(Xml::new(manifest))?;
    }
    let content = archive.by_name("content.xml")?;
    if content.size() > LARGEST {
        return Err(Refusal::Bomb);
    }
    let mut book = Book { xml: Xml::new(content.take(LARGEST)), hidden: HashSet::new(), repeated: 0 };
    let mut sheets = book.sheets()?;
    for grid in sheets.iter_mut().filter_map(|sheet| sheet.grid.as_mut().ok()) {
        grid.since_1904 = since_1904;
    }
    Ok(sheets)
}

fn refuse_locked<R: Read>(mut manifest: Xml<R>) -> Result<(), Refusal> {
    loop {
        match manifest.next()? {
            Event::Start(tag) if tag.name().as_ref() == "manifest:encryption-data" => return Err(Refusal::Because("reason.password")),
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}

/// A file that is being read.
struct Book<R> {
    xml: Xml<R>,
    /// Styles of sheets that are not shown.
    hidden: HashSet<String>,
    repeated: u64,
}

/// A row that is being read.
#[derive(Default)]
struct Line {
    is_hidden: bool,
    times: u64,
    /// Where the next cell stands.
    column: u64,
    /// First column, how often, where its text ends; in the order of the sheet.
    cells: Vec<(u64, u64, usize)>,
    text: String,
    /// Formulas without a value.
    hollow: Vec<u64>,
}

impl<R: Read> Book<R> {
    fn sheets(&mut self) -> Result<Vec<Sheet>, Refusal> {
        let (mut sheets, mut style) = (Vec::new(), String::new());
        loop {
            let found = match self.xml.next()? {
                Event::Eof => return Ok(sheets),
                Event::Start(tag) => match tag.name().as_ref() {
                    "style:style" => {
                        style = xml::value(&tag, "style:name").unwrap_or_default();
                        None
                    }
                    "style:table-properties" if xml::value(&tag, "table:display").as_deref() == Some("false") => {
                        self.hidden.insert(std::mem::take(&mut style));
                        None
                    }
                    "table:table" => xml::value(&tag, "table:name").map(|name| (name, xml::value(&tag, "table:style-name"))),
                    _ => None,
                },
                _ => None,
            };
            if let Some((name, style)) = found {
                let is_visible = style.is_none_or(|style| !self.hidden.contains(&style));
                let grid = self.sheet(is_visible);
                sheets.push(Sheet { name, is_visible, grid: Ok(grid?) });
            }
        }
    }

    fn sheet(&mut self, is_visible: bool) -> Result<Grid, Refusal> {
        let (mut grid, mut line, mut row, mut columns) = (Grid::default(), Line::default(), 0, 0);
        loop {
            match self.xml.next()? {
                Event::Eof => return Err(Refusal::Because("reason.damaged")),
                Event::End(tag) if tag.name().as_ref() == "table:table" => return Ok(grid),
                Event::Start(tag) => match tag.name().as_ref() {
                    "table:table-column" => {
                        let first = columns;
                        columns += times(&tag, "table:number-columns-repeated");
                        if is_hidden(&tag) {
                            grid.hide_columns(first, columns - 1);
                        }
                    }
                    "table:table-row" => line.begin(is_hidden(&tag), times(&tag, "table:number-rows-repeated")),
                    "table:table-cell" | "table:covered-table-cell" => {
                        let cell = Cell::of(&tag);
                        let text = self.text()?;
                        line.add(cell, &text, row, &mut grid);
                    }
                    "table:table" => self.leave_out()?,
                    _ => {}
                },
                Event::End(tag) if tag.name().as_ref() == "table:table-row" => {
                    if is_visible {
                        self.repeated = self.repeated.saturating_add(line.repeated());
                        if self.repeated > MOST_REPEATED {
                            return Err(Refusal::Bomb);
                        }
                        line.push(row, &mut grid)?;
                    }
                    row += std::mem::take(&mut line.times);
                }
                _ => {}
            }
        }
    }

    /// The text of the cell whose tag was read, up to its end.
    fn text(&mut self) -> Result<String, Refusal> {
        let (mut text, mut paragraphs) = (String::new(), 0);
        loop {
            let mut is_beside = false;
            match self.xml.next()? {
                Event::Eof => return Err(Refusal::Because("reason.damaged")),
                Event::Text(part) => text.push_str(&part.xml10_content()),
                Event::CData(part) => text.push_str(&part.xml10_content()),
                Event::GeneralRef(reference) => text.push_str(&meant(&reference)),
                Event::End(tag) if matches!(tag.name().as_ref(), "table:table-cell" | "table:covered-table-cell") => return Ok(text),
                Event::Start(tag) => match tag.name().as_ref() {
                    "text:p" => {
                        paragraphs += 1;
                        text.push_str(if paragraphs > 1 { "\n" } else { "" });
                    }
                    "text:s" => {
                        let spaces = times(&tag, "text:c").min(MOST_SPACES);
                        text.extend(std::iter::repeat_n(' ', spaces as usize));
                    }
                    "text:tab" => text.push('\t'),
                    "text:line-break" => text.push('\n'),
                    name => is_beside = BESIDE.contains(&name) || name.starts_with("draw:"),
                },
                _ => {}
            }
            if is_beside {
                self.leave_out()?;
            }
            if text.len() as u64 > LONGEST {
                return Err(Refusal::LongText);
            }
        }
    }

    /// Passes over the element that has begun.
    fn leave_out(&mut self) -> Result<(), Refusal> {
        let mut depth = 1_u64;
        while depth > 0 {
            match self.xml.next()? {
                Event::Eof => return Err(Refusal::Because("reason.damaged")),
                Event::Start(_) => depth += 1,
                Event::End(_) => depth -= 1,
                _ => {}
            }
        }
        Ok(())
    }
}

fn is_hidden(tag: &BytesStart<'_>) -> bool {
    xml::value(tag, "table:visibility").is_some_and(|value| matches!(value.as_str(), "collapse" | "filter"))
}

/// The character that `&…;` stands for.
fn meant(reference: &BytesRef<'_>) -> String {
    let named = quick_xml::escape::resolve_xml_entity(reference).map(str::to_owned);
    named.or_else(|| reference.resolve_char_ref().ok().flatten().map(String::from)).unwrap_or_default()
}

impl Line {
    fn begin(&mut self, is_hidden: bool, times: u64) {
        *self = Line { is_hidden, times, cells: std::mem::take(&mut self.cells), text: std::mem::take(&mut self.text), ..Line::default() };
        self.cells.clear();
        self.text.clear();
    }

    /// The next cell, whose text was read as well.
    fn add(&mut self, cell: Cell, text: &str, row: u64, grid: &mut Grid) {
        // An old program writes a number beside the error that its formula has.
        let is_error = cell.is_number && text.starts_with('#') && text.bytes().any(|byte| byte != b'#') && Office::get().is_error(text);
        let filled = if is_error { text } else { cell.value.as_deref().unwrap_or(text) };
        if !filled.trim_ascii().is_empty() {
            self.text.push_str(filled);
            self.cells.push((self.column, cell.times, self.text.len()));
        } else if cell.has_formula {
            self.hollow.push(self.column);
        }
        if (cell.down > 1 || cell.right > 1)
            && let (Ok(top), Ok(left)) = (u32::try_from(row), u32::try_from(self.column))
        {
            let last = |first: u32, count: u64| first.saturating_add(u32::try_from(count.saturating_sub(1)).unwrap_or(u32::MAX));
            grid.merged.push(Area { top, left, bottom: last(top, cell.down), right: last(left, cell.right) });
        }
        self.column = self.column.saturating_add(cell.times);
    }

    /// Cells that stand only because something is repeated.
    fn repeated(&self) -> u64 {
        let all = self.cells.iter().map(|cell| cell.1).fold(0, u64::saturating_add).saturating_mul(self.times);
        all.saturating_sub(self.cells.len() as u64)
    }

    /// Lets the row stand as often as it says, from a row on.
    fn push(&self, first: u64, grid: &mut Grid) -> Result<(), Refusal> {
        let all = if self.cells.is_empty() { 0 } else { self.times };
        let place = |at: u64| u32::try_from(at).unwrap_or(u32::MAX);
        for row in first..first.saturating_add(all) {
            let mut from = 0;
            for &(column, times, to) in &self.cells {
                for column in column..column.saturating_add(times) {
                    grid.push(place(row), place(column), &self.text[from..to])?;
                }
                from = to;
            }
            if self.is_hidden {
                grid.hidden_rows.push(place(row));
            }
        }
        grid.hollow.extend(self.hollow.iter().map(|column| (place(first), place(*column))));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(rows: &str) -> Result<Vec<Vec<String>>, String> {
        let sheet = format!("<office:document-content><table:table table:name='S'>{rows}</table:table></office:document-content>");
        let mut book = Book { xml: Xml::new(sheet.as_bytes()), hidden: HashSet::new(), repeated: 0 };
        let sheets = book.sheets().map_err(|refusal| format!("{refusal:?}"))?;
        let grid = sheets.into_iter().next().expect("a sheet").grid.map_err(|refusal| format!("{refusal:?}"))?;
        Ok(grid.head(usize::MAX).into_iter().map(|row| row.fields).collect())
    }

    fn cell(attributes: &str, inner: &str) -> Result<Vec<Vec<String>>, String> {
        read(&format!("<table:table-row><table:table-cell {attributes}>{inner}</table:table-cell></table:table-row>"))
    }

    #[test]
    fn however_they_are_written_repeated_cells_are_bounded() {
        for odd in [
            "<table:table-row table:number-rows-repeated = '1000000'><table:table-cell table:number-columns-repeated='10' office:value='1'/></table:table-row>",
            "<table:table-row><table:table-cell a='>' table:number-columns-repeated='&#49;000000000' office:value='1'/></table:table-row>",
            "<table:table-row table:number-rows-repeated='1000000'><!-- --><table:table-cell\toffice:value='1' table:number-columns-repeated='16384'/></table:table-row>",
            "<table:table-row table:number-rows-repeated='99999999999999999999'><table:table-cell office:value='1'/></table:table-row>",
        ] {
            assert_eq!(read(odd), Err("Bomb".to_owned()), "{odd}");
        }
        let spaces = "<text:s text:c='4000000000'/>";
        assert_eq!(cell("office:value-type='string'", spaces), Ok(vec![]));
        let long = cell("office:value-type='string'", &format!("{}x", spaces.repeat(300)));
        assert_eq!(long, Err("LongText".to_owned()));
        assert!(read("<table:table-row><table:table-cell>").is_err());
    }

    #[test]
    fn blank_rows_to_the_end_of_the_sheet_are_nothing() {
        let blank = "<table:table-row table:number-rows-repeated='1048570'><table:table-cell table:number-columns-repeated='16384'/></table:table-row>";
        let filled =
            "<table:table-row><table:table-cell table:number-columns-repeated='2'/><table:table-cell office:value='7'/></table:table-row>";
        assert_eq!(read(&format!("{filled}{blank}")), Ok(vec![vec![String::new(), String::new(), "7".to_owned()]]));
    }

    #[test]
    fn values_are_what_the_program_stores() {
        let one = |attributes: &str, inner: &str| cell(attributes, inner).expect("it is read").concat().concat();
        assert_eq!(one("office:value-type='float' office:value='0.30000000000000004'", "<text:p>0</text:p>"), "0.3");
        assert_eq!(one("office:value-type='percentage' office:value='0.85'", "<text:p>85%</text:p>"), "85%");
        assert_eq!(one("office:value-type='date' office:date-value='2025-03-01T00:00:00'", ""), "2025-03-01");
        assert_eq!(one("office:value-type='boolean' office:boolean-value='true'", "<text:p>TRUE</text:p>"), "true");
        assert_eq!(one("office:value-type='string'", "<text:p>a<text:s/>&amp;&#49;</text:p><text:p>b</text:p>"), "a &1\nb");
        assert_eq!(
            one("office:value-type='string'", "<office:annotation><text:p>no</text:p></office:annotation><text:p>yes</text:p>"),
            "yes"
        );
        assert_eq!(
            one("office:value-type='string' office:string-value='' calcext:value-type='error'", "<text:p>Err:502</text:p>"),
            "Err:502"
        );
        // The error, and not the number beside it; what is only too narrow for its column is a number.
        assert_eq!(one("office:value-type='float' office:value='0' table:formula='of:=1/0'", "<text:p>#DIV/0!</text:p>"), "#DIV/0!");
        assert_eq!(one("office:value-type='float' office:value='12'", "<text:p>###</text:p>"), "12");
    }
}
