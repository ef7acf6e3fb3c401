//! What is no TOML, put into words that whoever wrote `mujun.toml` understands.
//!
//! In: the text and what its parser says. Out: the finding, at the place where the mistake was made. What is usual in offices comes
//! first: marks of a Chinese keyboard, Chinese names without quotes, paths with backslashes.

use std::ops::Range;

use super::written::Written;
use crate::finding::{Code, Finding, line_and_column};

/// Marks of a Chinese keyboard that look like those of TOML.
const FULL_WIDTH: [char; 16] = ['“', '”', '‘', '’', '＂', '＇', '＝', '，', '、', '［', '］', '｛', '｝', '【', '】', '＃'];

/// What parsers say, in part, and the key of the locale that says it better. The first that fits is taken.
const SAYINGS: [(&str, &str); 16] = [
    ("duplicate key", "toml.twice"),
    ("string values must be quoted", "toml.unquoted"),
    ("escape", "toml.backslash"),
    ("unicode", "toml.backslash"),
    ("unclosed", "toml.open"),
    ("invalid basic string", "toml.open"),
    ("invalid literal string", "toml.open"),
    ("invalid string", "toml.open"),
    ("missing comma", "toml.comma"),
    ("extra comma", "toml.comma"),
    ("missing assignment", "toml.no-equals"),
    ("key with no value", "toml.no-equals"),
    ("extra assignment", "toml.no-equals"),
    ("missing value", "toml.no-value"),
    ("invalid unquoted key", "toml.bare-key"),
    ("unquoted keys", "toml.bare-key"),
];

/// The finding for a text that is no TOML.
pub fn finding(written: &Written, message: &str, span: Range<usize>) -> Finding {
    let (why, span) = why(&written.text, message, span);
    let (line, column) = line_and_column(&written.text, span.start);
    let detail = if why == "toml.other" { format!(" ({})", message.lines().next().unwrap_or("")) } else { String::new() };
    let finding = Finding::error(Code::ConfigSyntax, written.place(&span)).with("why", why).with("detail", detail);
    finding.with("line", line).with("column", column)
}

fn why(text: &str, message: &str, span: Range<usize>) -> (&'static str, Range<usize>) {
    let at = text.floor_char_boundary(span.start.min(text.len()));
    let start = text[..at].rfind('\n').map_or(0, |end| end + 1);
    let line = text[start..].lines().next().unwrap_or("");
    let outside = outside_quotes(line);
    if let Some((offset, mark)) = outside.iter().find(|(_, mark)| FULL_WIDTH.contains(mark)) {
        return ("toml.full-width", start + offset..start + offset + mark.len_utf8());
    }
    // Outside quotes TOML has no letters but those of English.
    if let Some((offset, _)) = outside.iter().find(|(_, mark)| !mark.is_ascii()) {
        let length: usize = line[*offset..].chars().take_while(|next| !next.is_ascii()).map(char::len_utf8).sum();
        return ("toml.bare-key", start + offset..start + offset + length);
    }
    if text[at..].lines().next().unwrap_or("").split('#').next().is_none_or(|rest| rest.trim().is_empty()) && line.trim_end().ends_with('=')
    {
        return ("toml.no-value", span);
    }
    let message = message.to_lowercase();
    let saying = SAYINGS.iter().find(|(part, _)| message.contains(part));
    (saying.map_or("toml.other", |(_, key)| key), span)
}

/// The characters of a line that stand in no quotes and no comment.
fn outside_quotes(line: &str) -> Vec<(usize, char)> {
    let (mut outside, mut quote, mut is_escaped) = (Vec::new(), None, false);
    for (at, mark) in line.char_indices() {
        match quote {
            None if mark == '#' => break,
            None if matches!(mark, '"' | '\'') => quote = Some(mark),
            None => outside.push((at, mark)),
            Some(open) if mark == open && !is_escaped => quote = None,
            Some(_) => {}
        }
        is_escaped = quote == Some('"') && mark == '\\' && !is_escaped;
    }
    outside
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> (&'static str, String) {
        let error = toml::de::DeTable::parse(text).expect_err("no TOML");
        let (why, span) = why(text, error.message(), error.span().unwrap_or(0..0));
        let (line, column) = line_and_column(text, span.start);
        (why, format!("{line}:{column}"))
    }

    #[test]
    fn usual_slips_are_told_where_they_were_made() {
        for (text, expected, place) in [
            ("policy = “default”", "toml.full-width", "1:10"),
            ("policy ＝ \"default\"", "toml.full-width", "1:8"),
            ("ignore = [\"a“.csv\"， \"b.csv\"]", "toml.full-width", "1:19"),
            ("[tables.tax]\ncolumns = { 税额 = \"tax_paid\" }", "toml.bare-key", "2:13"),
            ("[tables.税收]", "toml.bare-key", "1:9"),
            ("# “\n税额 = 1", "toml.bare-key", "2:1"),
            ("policy = default", "toml.unquoted", "1:10"),
            ("policy = \"a\"\npolicy = \"b\"", "toml.twice", "2:1"),
            ("[tables.tax\n", "toml.open", "1:12"),
            ("policy", "toml.no-equals", ""),
            ("policy =", "toml.no-value", ""),
        ] {
            let (why, at) = told(text);
            assert_eq!(why, expected, "{text}");
            assert!(place.is_empty() || at == place, "{text}: {at}");
        }
    }
}
