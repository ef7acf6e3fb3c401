//! What is no TOML and no SQL, put into words that whoever wrote the file understands, read from `sayings.toml`.
//!
//! In: the text and what its parser says. Out: a key of the locale, and the place where the mistake was made. What is usual in offices
//! comes first: marks of a Chinese keyboard, Chinese names without quotes, paths with backslashes. Next: the finding of whoever reads it.

use std::ops::Range;
use std::sync::LazyLock;

use serde::Deserialize;

/// The whole file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sayings {
    /// Marks of a Chinese keyboard that look like those of TOML.
    full_width: String,
    /// What parsers say, in part, and the key of the locale that says it better.
    saying: Vec<(String, String)>,
    /// The same of parsers of SQL.
    sql: Vec<(String, String)>,
}

static SAYINGS: LazyLock<Sayings> =
    LazyLock::new(|| toml::from_str(include_str!("sayings.toml")).expect("the embedded file is read by a test"));

/// Where nothing better is known.
const OTHER: &str = "toml.other";

/// Every key that [`why`] and [`why_no_sql`] give.
pub fn keys() -> impl Iterator<Item = &'static str> {
    let ours = ["toml.full-width", "toml.bare-key", "toml.no-value", OTHER, OTHER_SQL];
    SAYINGS.saying.iter().chain(&SAYINGS.sql).map(|(_, key)| key.as_str()).chain(ours)
}

/// Where nothing better is known.
const OTHER_SQL: &str = "sql.other";

/// Why a text is no SQL, as a key of the locale, and what stands there instead of what is wanted.
pub fn why_no_sql(message: &str) -> (&'static str, &str) {
    let small = message.to_lowercase();
    let saying = SAYINGS.sql.iter().find(|(part, _)| small.contains(part.as_str()));
    let found = message.rsplit_once("found: ").map_or("", |(_, found)| found.trim());
    (saying.map_or(OTHER_SQL, |(_, key)| key), found)
}

/// Why a text is no TOML, as a key of the locale, and where: what its parser says, and the bytes that it says it of.
pub fn why(text: &str, message: &str, span: Range<usize>) -> (&'static str, Range<usize>) {
    let at = text.floor_char_boundary(span.start.min(text.len()));
    let start = text[..at].rfind('\n').map_or(0, |end| end + 1);
    let line = text[start..].lines().next().unwrap_or("");
    let outside = outside_quotes(line);
    if let Some((offset, mark)) = outside.iter().find(|(_, mark)| SAYINGS.full_width.contains(*mark)) {
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
    let saying = SAYINGS.saying.iter().find(|(part, _)| message.contains(part.as_str()));
    (saying.map_or(OTHER, |(_, key)| key), span)
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
        let (before, line) = (&text[..span.start], text[..span.start].lines().count().max(1));
        (
            why,
            format!("{}:{}", line + usize::from(before.ends_with('\n')), before.chars().rev().take_while(|mark| *mark != '\n').count() + 1),
        )
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

    #[test]
    fn what_is_no_sql_has_words_and_names_what_is_in_the_way() {
        assert_eq!(why_no_sql("Unterminated string literal"), ("sql.open", ""));
        assert_eq!(why_no_sql("Expected: an expression, found: EOF"), ("sql.ends", "EOF"));
        assert_eq!(why_no_sql("Expected: an expression, found: /"), ("sql.unexpected", "/"));
        assert_eq!(why_no_sql("recursion limit exceeded"), ("sql.deep", ""));
        assert_eq!(why_no_sql("?"), ("sql.other", ""));
    }

    #[test]
    fn rarer_slips_have_words_too() {
        for (text, expected) in [
            ("a = 1\na.b = 2", "toml.twice"),
            ("a = 012", "toml.number"),
            ("a = 1__0", "toml.number"),
            ("a = 0X1F", "toml.number"),
            ("a = 1.", "toml.number"),
            ("a = 0b12", "toml.number"),
            ("a = nan1", "toml.number"),
            ("a = 1,200", "toml.two-in-line"),
            ("a = \"x\" \"y\"", "toml.two-in-line"),
            ("[a] b = 1", "toml.two-in-line"),
            ("a = 1\rb = 2\n", "toml.line-end"),
            ("= 1", "toml.no-key"),
            ("[]", "toml.no-key"),
            ("{\"a\": 1}", "toml.no-key"),
            ("a == 1", "toml.equals"),
            ("a = ]", "toml.opening"),
            ("]", "toml.opening"),
            ("a = True", "toml.truth"),
            ("a = 2025-1-1", "toml.date"),
            ("a = 2025-06-31", "toml.date"),
            ("# a\0", "toml.control"),
            ("a = \"b\0\"", "toml.control"),
            ("a = { b = 1,, c = 2 }", "toml.comma"),
            ("a = { b = 1 c = 2 }", "toml.comma"),
            ("a = \"C:\\x\"", "toml.backslash"),
            ("a = \"\"\"x", "toml.open"),
            ("a : 1", "toml.no-equals"),
        ] {
            assert_eq!(told(text).0, expected, "{text}");
        }
        assert!(
            toml::de::DeTable::parse(&format!("a = {}", "[".repeat(200)))
                .is_err_and(|error| why("", error.message(), 0..0).0 == "toml.deep")
        );
    }
}
