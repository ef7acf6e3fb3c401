//! A report as tables for a terminal.
//!
//! In: a report and what the terminal can show. Out: heading lines, a table per section in the quiet three-rule style, notes.
//! What does not fit is left out, and the reader is told what and how to get it.

use std::io::{self, Write};
use std::ops::Range;

use comfy_table::{CellAlignment, ColumnConstraint, Table, Width, presets};

use crate::locale::Locale;
use crate::report::cell::Cell;
use crate::report::table::{Column, Part, Report, Section, Values};

use super::Terminal;
use super::cell::Shown;
use super::fit::{Layout, PADDING, Wish, fit};
use super::paint::{self, Paint};
use super::phrase::{list, say};
use super::text;

/// Rows laid out at a time, so that a long table is never held whole.
const CHUNK: usize = 1024;
const RULE: &str = "─";
const CUT: &str = "╌";
/// Most lines of a cell.
const MOST_LINES: usize = 8;
/// Before a text below its row.
const BELOW: &str = "     ";
/// A text below its row has at least so much room.
const LEAST_BELOW: usize = 60;

/// Writes the report.
pub(super) fn write(report: &Report, locale: &Locale, terminal: &Terminal, out: &mut dyn Write) -> io::Result<()> {
    for line in &report.heading {
        writeln!(out, "{}", say(line, locale))?;
    }
    for (number, part) in report.parts.iter().enumerate() {
        if number > 0 || !report.heading.is_empty() {
            writeln!(out)?;
        }
        if let Some(title) = &part.title {
            writeln!(out, "{}\n", paint::title(&say(title, locale), terminal.color))?;
        }
        PartTable::new(part, locale, terminal).write(out)?;
    }
    if !report.notes.is_empty() && !report.parts.is_empty() {
        writeln!(out)?;
    }
    for note in &report.notes {
        writeln!(out, "{}", say(note, locale))?;
    }
    Ok(())
}

/// A part with everything that is the same for all its sections.
struct PartTable<'a> {
    part: &'a Part,
    columns: Vec<Shown<'a>>,
    /// Columns whose texts stand below their rows.
    below: Vec<Shown<'a>>,
    layout: Layout,
    locale: &'a Locale,
    terminal: &'a Terminal,
}

impl<'a> PartTable<'a> {
    fn new(part: &'a Part, locale: &'a Locale, terminal: &'a Terminal) -> Self {
        let (below, columns): (Vec<&Column>, Vec<&Column>) = part.columns.iter().partition(|column| column.below);
        let [below, columns] = [below, columns].map(|list| list.into_iter().map(|column| Shown::new(column, locale)).collect::<Vec<_>>());
        let sections = part.laid_out();
        let wish = |column: &Shown| {
            let rows = sections.iter().flat_map(|section| limited(section, terminal));
            Wish {
                heading: text::width(&column.label).max(column.unit.as_deref().map_or(0, text::width)),
                values: rows.map(|row| text::width(&column.text(row, locale))).max().unwrap_or(0),
                rank: column.column.rank,
                text: matches!(column.column.values, Values::Text(_) | Values::Shared { words: false, .. }),
            }
        };
        let layout = fit(&columns.iter().map(wish).collect::<Vec<_>>(), terminal.width);
        PartTable { part, columns, below, layout, locale, terminal }
    }

    fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        for (number, section) in self.part.laid_out().iter().enumerate() {
            if number > 0 {
                writeln!(out)?;
            }
            self.write_section(section, out)?;
        }
        if !self.layout.left_out.is_empty() {
            let labels: Vec<String> = self.layout.left_out.iter().map(|&column| self.columns[column].label.clone()).collect();
            let said = self.locale.say("render.columns-left-out", &[("columns", list(&labels, self.locale))]);
            writeln!(out, "{said}")?;
        }
        Ok(())
    }

    fn write_section(&self, section: &Section, out: &mut dyn Write) -> io::Result<()> {
        if let Some(title) = &section.title {
            writeln!(out, "{}", paint::title(&say(title, self.locale), self.terminal.color))?;
        }
        let rows = limited(section, self.terminal);
        let rule = RULE.repeat(self.layout.width());
        writeln!(out, "{rule}")?;
        self.write_heading(out)?;
        writeln!(out, "{rule}")?;
        // a cut ends a chunk, so that its line falls between two
        let mut start = rows.start;
        for row in rows.clone().skip(1) {
            let cut = section.cuts.contains(&row);
            if cut || row - start == CHUNK {
                self.write_rows(start..row, out)?;
                start = row;
            }
            if cut {
                writeln!(out, "{}", CUT.repeat(self.layout.width()))?;
            }
        }
        self.write_rows(start..rows.end, out)?;
        writeln!(out, "{rule}")?;
        let left_out = section.rows.len() - rows.len();
        if left_out > 0 {
            writeln!(out, "{}", self.locale.say("render.rows-left-out", &[("count", left_out.to_string())]))?;
        }
        Ok(())
    }

    fn write_heading(&self, out: &mut dyn Write) -> io::Result<()> {
        let units = self.layout.shown.iter().any(|(column, _)| self.columns[*column].unit.is_some());
        let heading = self.layout.shown.iter().map(|(column, _)| {
            let column = &self.columns[*column];
            if units { format!("{}\n{}", column.label, column.unit.as_deref().unwrap_or_default()) } else { column.label.clone() }
        });
        self.lines(vec![heading.collect()]).into_iter().try_for_each(|line| writeln!(out, "{line}"))
    }

    fn write_rows(&self, rows: Range<usize>, out: &mut dyn Write) -> io::Result<()> {
        let cells: Vec<Vec<Vec<String>>> = rows.clone().map(|row| self.row(row)).collect();
        let heights: Vec<usize> = cells.iter().map(Vec::len).collect();
        // The table library gets a row of its own for each line.
        let lines = self.lines(cells.into_iter().flatten().collect());
        let mut lines = lines.iter();
        for (row, height) in rows.zip(heights) {
            lines.by_ref().take(height).try_for_each(|line| writeln!(out, "{line}"))?;
            let said = |column: &&Shown| !matches!(column.cells.get(row), Cell::Missing | Cell::Text(""));
            for column in self.below.iter().filter(said) {
                for line in text::filled(&column.text(row, self.locale), self.layout.width().max(LEAST_BELOW)) {
                    writeln!(out, "{BELOW}{line}")?;
                }
            }
        }
        Ok(())
    }

    /// Cells laid out at the widths of the layout.
    fn lines(&self, rows: Vec<Vec<String>>) -> Vec<String> {
        if rows.is_empty() {
            return Vec::new();
        }
        let mut table = Table::new();
        table.load_preset(presets::NOTHING).force_no_tty().add_rows(rows);
        for (laid, (column, width)) in table.column_iter_mut().zip(&self.layout.shown) {
            let padded = u16::try_from(width + PADDING).unwrap_or(u16::MAX);
            laid.set_constraint(ColumnConstraint::Absolute(Width::Fixed(padded)));
            if self.columns[*column].right {
                laid.set_cell_alignment(CellAlignment::Right);
            }
        }
        table.lines().map(|line| paint::revealed(&line)).collect()
    }

    /// A row as lines of cells: as many as its longest text needs.
    fn row(&self, row: usize) -> Vec<Vec<String>> {
        let cells: Vec<Vec<String>> =
            self.layout.shown.iter().map(|&(column, width)| self.cell(&self.columns[column], row, width)).collect();
        let height = cells.iter().map(Vec::len).max().unwrap_or(1);
        (0..height).map(|line| cells.iter().map(|cell| cell.get(line).cloned().unwrap_or_default()).collect()).collect()
    }

    /// The lines of a cell.
    fn cell(&self, column: &Shown<'_>, row: usize, width: usize) -> Vec<String> {
        let text = column.text(row, self.locale);
        let lines = text::wrapped(&text::cut(&text, width * MOST_LINES), width);
        match self.paint(column, row) {
            Some(paint) => lines.iter().map(|line| paint::marked(line, paint)).collect(),
            None => lines,
        }
    }

    fn paint(&self, column: &Shown<'_>, row: usize) -> Option<Paint> {
        if !self.terminal.color {
            return None;
        }
        let code = column.code(row)?;
        if column.column.graded {
            Paint::of_grade(code, &self.part.grades)
        } else if column.column.id == "review" {
            Paint::of_review(code)
        } else {
            None
        }
    }
}

/// The rows of a section that the terminal is to show.
fn limited(section: &Section, terminal: &Terminal) -> Range<usize> {
    let rows = section.rows.clone();
    rows.start..rows.end.min(rows.start.saturating_add(terminal.rows.unwrap_or(usize::MAX)))
}

#[cfg(test)]
mod tests {
    use super::super::example;
    use super::*;
    use crate::locale::Language;

    fn written(report: &Report, language: Language, terminal: Terminal) -> String {
        let mut out = Vec::new();
        write(report, Locale::get(language), &terminal, &mut out).expect("a Vec takes all");
        String::from_utf8(out).expect("text in, text out")
    }

    #[test]
    fn chinese_and_latin_line_up_under_two_line_headings() {
        let text = written(&example::report(), Language::Zh, Terminal::default());
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[..3], ["低效", "", "参评"]);
        // place 4, name 12, land 8, grade 4, review 8, above scale 4, and 2 for each of six
        let tables: Vec<&&str> = lines.iter().filter(|line| line.starts_with(['─', '╌', ' '])).collect();
        assert!(tables.iter().all(|line| text::width(line) == 52), "{text}");
        assert_eq!(lines[4], " 名次  企业名称      用地面积  等级  复核      规上 ");
        assert_eq!(lines[5], "                           亩                       ");
        assert_eq!(lines[7], "    1  甲厂, 一分厂     12.35  A     通过      是   ");
        assert_eq!(lines[8], "    2  He said \"no\"      2.68  B     关注      否   ");
        assert_eq!(lines[9], "╌".repeat(52));
        assert_eq!(lines[10], "    3  two\\nlines      100.00  C     低效      –    ");
        assert_eq!(lines[12..14], ["", "无对应分组"]);
        assert_eq!(lines[18], "    –  =1+1                 –  –     无法判断  是   ");
        assert_eq!(lines[20..], ["", "Land（mu）"]);
    }

    #[test]
    fn columns_that_do_not_fit_are_named() {
        let terminal = Terminal { width: Some(45), ..Terminal::default() };
        let text = written(&example::report(), Language::Zh, terminal);
        // without land (rank 3) 42 columns remain
        assert!(text.lines().any(|line| line == " 名次  企业名称      等级  复核      规上 "), "{text}");
        assert!(text.contains("用地面积"), "{text}");
        assert!(text.contains("--columns") && text.contains("--format csv"), "{text}");
        let all = written(&example::report(), Language::Zh, Terminal { width: Some(52), ..Terminal::default() });
        assert!(!all.contains("--columns"), "{all}");
    }

    #[test]
    fn rows_beyond_the_limit_are_counted() {
        let terminal = Terminal { rows: Some(2), ..Terminal::default() };
        let text = written(&example::report(), Language::En, terminal);
        assert!(text.contains("He said") && !text.contains("lines"), "{text}");
        assert!(text.contains(&Locale::get(Language::En).say("render.rows-left-out", &[("count", "1")])), "{text}");
    }

    #[test]
    fn grades_and_reviews_are_coloured_only_when_asked() {
        let terminal = Terminal { color: true, ..Terminal::default() };
        let text = written(&example::report(), Language::En, terminal);
        for painted in ["\u{1b}[32mA\u{1b}[0m", "\u{1b}[33mB\u{1b}[0m", "\u{1b}[31mC\u{1b}[0m"] {
            assert!(text.contains(painted), "{painted:?} in {text}");
        }
        for painted in ["\u{1b}[33mwatch\u{1b}[0m", "\u{1b}[31mlow\u{1b}[0m", "\u{1b}[35mcannot tell\u{1b}[0m", "  pass "] {
            assert!(text.contains(painted), "{painted:?} in {text}");
        }
        assert!(!written(&example::report(), Language::En, Terminal::default()).contains('\u{1b}'));
    }

    #[test]
    fn colours_do_not_move_anything() {
        let plain = written(&example::report(), Language::Zh, Terminal::default());
        let mut coloured = written(&example::report(), Language::Zh, Terminal { color: true, ..Terminal::default() });
        for code in ["0", "1", "31", "32", "33", "35"] {
            coloured = coloured.replace(&format!("\u{1b}[{code}m"), "");
        }
        assert_eq!(coloured, plain);
    }

    #[test]
    fn long_texts_have_several_lines_on_a_terminal_and_one_in_a_file() {
        let name = "很长的名字".repeat(20);
        let report = example::one_column(&[&name, "短"]);
        assert!(written(&report, Language::Zh, Terminal::default()).contains(&name));
        let narrow = written(&report, Language::Zh, Terminal { width: Some(80), ..Terminal::default() });
        assert!(narrow.lines().all(|line| text::width(line) <= 80), "{narrow}");
        let lines: Vec<&str> = narrow.lines().map(str::trim).filter(|line| line.contains('名')).collect();
        assert_eq!(lines.len(), 3, "{narrow}");
        assert_eq!(lines.concat(), name);
    }

    #[test]
    fn long_tables_line_up_across_chunks() {
        let names: Vec<String> = (0..3 * CHUNK + 1).map(|row| "x".repeat(1 + row % 9)).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let text = written(&example::one_column(&names), Language::En, Terminal::default());
        assert_eq!(text.lines().count(), names.len() + 4);
        assert!(text.lines().all(|line| text::width(line) == 11));
    }
}
