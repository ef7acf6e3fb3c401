//! Markdown: a report for a document, complete and without colours.
//!
//! In: a report. Out: heading lines, one GitHub table per section with every column, notes. Numbers stand to the right.

use std::io::{self, Write};

use crate::locale::Locale;
use crate::report::cell::Cell;
use crate::report::table::{Part, Phrase, Report};

use super::cell::Shown;
use super::phrase::say;
use super::text;

/// Writes the report.
pub(super) fn write(report: &Report, locale: &Locale, out: &mut dyn Write) -> io::Result<()> {
    let mut blocks = Blocks { out, first: true };
    if !report.heading.is_empty() {
        // two blanks keep the lines apart within one paragraph
        let lines: Vec<String> = report.heading.iter().map(|line| sentence(line, locale)).collect();
        blocks.next(&format!("{}\n", lines.join("  \n")))?;
    }
    for part in &report.parts {
        if let Some(title) = &part.title {
            blocks.next(&format!("## {}\n", sentence(title, locale)))?;
        }
        write_part(part, locale, &mut blocks)?;
    }
    if !report.notes.is_empty() {
        let notes: Vec<String> = report.notes.iter().map(|note| format!("- {}\n", sentence(note, locale))).collect();
        blocks.next(&notes.concat())?;
    }
    Ok(())
}

/// Blocks of text with an empty line between them.
struct Blocks<'a> {
    out: &'a mut dyn Write,
    first: bool,
}

impl Blocks<'_> {
    fn next(&mut self, block: &str) -> io::Result<()> {
        if !std::mem::replace(&mut self.first, false) {
            self.out.write_all(b"\n")?;
        }
        self.out.write_all(block.as_bytes())
    }
}

fn write_part(part: &Part, locale: &Locale, blocks: &mut Blocks<'_>) -> io::Result<()> {
    let columns: Vec<Shown> = part.columns.iter().map(|column| Shown::new(column, locale)).collect();
    for section in part.laid_out() {
        if let Some(title) = &section.title {
            blocks.next(&format!("### {}\n", sentence(title, locale)))?;
        }
        let labels = columns.iter().map(|column| match &column.unit {
            Some(unit) => escaped(&locale.say("render.heading-unit", &[("label", &column.label), ("unit", unit)])),
            None => escaped(&column.label),
        });
        let rules = columns.iter().map(|column| (if column.right { "---:" } else { "---" }).to_owned());
        blocks.next(&(line(labels) + &line(rules)))?;
        for row in section.rows {
            blocks.out.write_all(line(columns.iter().map(|column| cell(column, row, locale))).as_bytes())?;
        }
    }
    Ok(())
}

fn line(cells: impl Iterator<Item = String>) -> String {
    let mut line = "|".to_owned();
    for cell in cells {
        line.push(' ');
        line.push_str(&cell);
        line.push_str(" |");
    }
    line.push('\n');
    line
}

fn cell(column: &Shown<'_>, row: usize, locale: &Locale) -> String {
    match column.cells.get(row) {
        // line breaks of the text are kept as breaks
        Cell::Text(value) => {
            value.replace("\r\n", "\n").split(['\n', '\r']).map(|line| escaped(&text::clean(line))).collect::<Vec<_>>().join("<br>")
        }
        _ => escaped(&column.text(row, locale)),
    }
}

fn sentence(phrase: &Phrase, locale: &Locale) -> String {
    escaped(&say(phrase, locale))
}

/// Escapes what Markdown would read as markup or as the end of a cell.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\\' | '|' | '*' | '`' => escaped.extend(['\\', character]),
            '<' => escaped.push_str("&lt;"),
            _ => escaped.push(character),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::super::example;
    use super::*;
    use crate::locale::Language;

    fn written(report: &Report, language: Language) -> String {
        let mut out = Vec::new();
        write(report, Locale::get(language), &mut out).expect("a Vec takes all");
        String::from_utf8(out).expect("text in, text out")
    }

    #[test]
    fn every_column_stands_in_the_table_and_numbers_to_the_right() {
        assert_eq!(
            written(&example::report(), Language::Zh),
            "低效\n\
             \n\
             ### 参评\n\
             \n\
             | 名次 | 企业名称 | 用地面积（亩） | 等级 | 复核 | 规上 |\n\
             | ---: | --- | ---: | --- | --- | --- |\n\
             | 1 | 甲厂, 一分厂 | 12.35 | A | 通过 | 是 |\n\
             | 2 | He said \"no\" | 2.68 | B | 关注 | 否 |\n\
             | 3 | two<br>lines | 100.00 | C | 低效 | – |\n\
             \n\
             ### 无对应分组\n\
             \n\
             | 名次 | 企业名称 | 用地面积（亩） | 等级 | 复核 | 规上 |\n\
             | ---: | --- | ---: | --- | --- | --- |\n\
             | – | =1+1 | – | – | 无法判断 | 是 |\n\
             \n\
             - Land（mu）\n"
        );
    }

    #[test]
    fn pipes_and_markup_are_escaped() {
        let texts = ["a|b", "a\\|b", "<b>", "*x*"];
        let expected = "| T |\n| --- |\n| a\\|b |\n| a\\\\\\|b |\n| &lt;b> |\n| \\*x\\* |\n";
        assert_eq!(written(&example::one_column(&texts), Language::En), expected);
    }
}
