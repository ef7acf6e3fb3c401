//! Findings as a compiler shows them: what, where, the text itself, and what to do about it.
//!
//! In: the list of findings. Out: text. Places in tables are told as a spreadsheet counts; places in a policy are shown with
//! their line and a mark under it. The sentences stand in the locale under `finding.<code>`.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::ops::Range;

use annotate_snippets::renderer::{
    DEFAULT_EMPHASIS_STYLE, DEFAULT_ERROR_STYLE, DEFAULT_HELP_STYLE, DEFAULT_LINE_NUM_STYLE, DEFAULT_WARNING_STYLE,
};
use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use anstyle::Style;

use crate::finding::{Code, Finding, Findings, Place, Severity, Value, column_letters};
use crate::locale::{Language, Locale};

use super::Terminal;
use super::text;

/// Cell texts are cut to this width.
const LONGEST_TEXT: usize = 60;
/// Values inside sentences are cut to this width: a parser's own message is longer than a cell.
const LONGEST_VALUE: usize = 240;
/// Where there is no terminal, lines of a policy are cut to this width.
const WIDTH: usize = 140;

/// Writes the findings and a line that counts them; nothing if there are none. What stops a run stands before what does not, each in its
/// order. With a limit, only the first so many of each code are shown, and the rest is counted.
///
/// # Errors
///
/// Whatever `out` reports.
pub fn findings_text(
    findings: &Findings,
    locale: &Locale,
    terminal: &Terminal,
    limit_per_code: Option<usize>,
    out: &mut dyn Write,
) -> io::Result<()> {
    if findings.is_empty() {
        return Ok(());
    }
    let mut totals: BTreeMap<Code, usize> = BTreeMap::new();
    for finding in findings.iter() {
        *totals.entry(finding.code).or_default() += usize::try_from(finding.times).unwrap_or(usize::MAX);
    }
    let limit = limit_per_code.unwrap_or(usize::MAX);
    let mut told: BTreeMap<Code, usize> = BTreeMap::new();
    let of = |severity| findings.iter().filter(move |finding| finding.severity == severity);
    for finding in of(Severity::Error).chain(of(Severity::Warning)) {
        let told = told.entry(finding.code).or_default();
        if *told < limit {
            writeln!(out, "{}\n", one(finding, locale, terminal))?;
        }
        *told += 1;
        let total = totals[&finding.code];
        // the first that is held back stands for all that follow
        if *told - 1 == limit {
            let values = [("code", finding.code.to_string()), ("count", (total - limit).to_string())];
            writeln!(out, "{}\n", locale.say("render.findings-left-out", &values))?;
        }
    }
    let count = |severity| findings.count(severity).to_string();
    let values = [("errors", count(Severity::Error)), ("warnings", count(Severity::Warning))];
    writeln!(out, "{}", locale.say("render.findings-summary", &values))
}

/// Message and remedy of a finding, one line each.
pub fn sentences(finding: &Finding, locale: &Locale) -> (String, String) {
    let values = values(finding, locale);
    let say = |part: &str| said_of(finding, part, &values, locale);
    (say("message"), say("remedy"))
}

fn one(finding: &Finding, locale: &Locale, terminal: &Terminal) -> String {
    let values = values(finding, locale);
    let say = |part: &str| said_of(finding, part, &values, locale);
    let told = Told {
        finding,
        locale,
        message: say("message"),
        remedy: say("remedy"),
        hint: values.iter().any(|(name, _)| *name == "hint").then(|| locale.say("label.did-you-mean", &values)),
    };
    match &finding.place {
        Place::Text { file, text, start, end } => told.in_text(file, text, *start..*end, terminal),
        _ => told.in_table(terminal.color),
    }
}

/// Message or remedy: that of the code, unless the finding names one of its own.
fn said_of(finding: &Finding, part: &str, values: &[(&str, String)], locale: &Locale) -> String {
    let own = finding.values.iter().find_map(|(name, value)| match value {
        Value::Plain(key) if *name == part && locale.has(key) => Some(key.clone()),
        _ => None,
    });
    locale.say(&own.unwrap_or_else(|| format!("finding.{}.{part}", finding.code)), values)
}

/// A value in words. A text of ours may name other values of the finding.
fn said<'v>(value: &'v Value, all: &[(&'static str, Value)], locale: &'v Locale) -> Cow<'v, str> {
    match value {
        Value::Plain(key) if locale.has(key) && locale.text(key).contains('{') => {
            let plain = |(name, value): &(&'static str, Value)| match value {
                Value::Plain(text) => Some((*name, locale.text(text).to_owned())),
                _ => None,
            };
            locale.say(key, &all.iter().filter_map(plain).collect::<Vec<_>>()).into()
        }
        Value::Plain(text) => locale.text(text).into(),
        Value::Row(row) => said_row(*row, locale).into(),
        Value::Both { zh, en } => match locale.language {
            Language::Zh => zh.into(),
            Language::En => en.into(),
        },
    }
}

/// The values a sentence may name: the finding's own, then what its place says.
fn values<'f>(finding: &'f Finding, locale: &Locale) -> Vec<(&'f str, String)> {
    let safe = |value: &str| text::cut(&text::clean(value), LONGEST_VALUE).into_owned();
    // Lists of what would do come from the dictionary, not from the user's file: they are told in full.
    let is_ours = |name: &str| matches!(name, "accepted" | "known" | "wanted");
    let told = |name: &str, value: &str| if is_ours(name) { text::clean(value).into_owned() } else { safe(value) };
    let mut values: Vec<(&str, String)> =
        finding.values.iter().map(|(name, value)| (*name, told(name, &said(value, &finding.values, locale)))).collect();
    let place = &finding.place;
    let heading = if let Place::Cell { heading, .. } = place { Some(safe(heading)) } else { None };
    let known = [
        ("text", finding.text.as_deref().map(cell_text)),
        ("file", place.file().map(safe)),
        ("times", finding.is_rest().then(|| finding.times.to_string())),
        ("heading", heading),
        ("row", place.row().map(|row| row.to_string())),
        ("address", if let Place::Row { row, .. } = place { Some(said_row(*row, locale)) } else { place.address() }),
    ];
    values.extend(known.into_iter().filter_map(|(name, value)| value.map(|value| (name, value))));
    values
}

fn said_row(row: u64, locale: &Locale) -> String {
    locale.say("label.row", &[("row", row.to_string())])
}

fn cell_text(text: &str) -> String {
    text::cut(&text::clean(text), LONGEST_TEXT).into_owned()
}

/// A finding put into words.
struct Told<'a> {
    finding: &'a Finding,
    locale: &'a Locale,
    message: String,
    remedy: String,
    hint: Option<String>,
}

impl Told<'_> {
    fn severity(&self) -> &str {
        self.locale.text(match self.finding.severity {
            Severity::Error => "word.error",
            Severity::Warning => "word.warning",
        })
    }

    /// A place in a text: its line, with a mark under the span.
    fn in_text(&self, file: &str, source: &str, span: Range<usize>, terminal: &Terminal) -> String {
        let start = source.floor_char_boundary(span.start.min(source.len()));
        let end = source.ceil_char_boundary(span.end.min(source.len())).max(start);
        let level = match self.finding.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let annotation = AnnotationKind::Primary.span(start..end).label(self.hint.as_deref());
        let group = level
            .with_name(self.severity())
            .primary_title(self.message.as_str())
            .id(self.finding.code.as_str())
            .element(Snippet::source(source).path(file).annotation(annotation))
            .element(Level::HELP.with_name(self.locale.text("label.help")).message(self.remedy.as_str()));
        let renderer = if terminal.color { Renderer::styled() } else { Renderer::plain() };
        renderer.term_width(terminal.width.unwrap_or(WIDTH)).render(&[group])
    }

    /// Any other place: told in words, in the same shape and colours.
    fn in_table(&self, color: bool) -> String {
        let style = |style: Style| if color { style } else { Style::new() };
        let (bold, line, help) = (style(DEFAULT_EMPHASIS_STYLE), style(DEFAULT_LINE_NUM_STYLE), style(DEFAULT_HELP_STYLE));
        let level = style(match self.finding.severity {
            Severity::Error => DEFAULT_ERROR_STYLE,
            Severity::Warning => DEFAULT_WARNING_STYLE,
        });
        let mut lines = vec![format!("{level}{}[{}]{level:#}{bold}: {}{bold:#}", self.severity(), self.finding.code, self.message)];
        if let Some(place) = self.place() {
            lines.push(format!(" {line}-->{line:#} {place}"));
        }
        if let Some(text) = self.finding.text.as_deref().filter(|text| !text.is_empty()) {
            lines.push(format!("  {line}|{line:#} {}", cell_text(text)));
        }
        let helps = [self.hint.as_ref(), Some(&self.remedy)].into_iter().flatten();
        lines.extend(helps.map(|text| format!("  {line}={line:#} {help}{}{help:#}: {text}", self.locale.text("label.help"))));
        lines.join("\n")
    }

    fn place(&self) -> Option<String> {
        let file = text::clean(self.finding.place.file()?).into_owned();
        Some(match &self.finding.place {
            Place::Row { row, .. } => self.locale.say("label.place-row", &[("file", file), ("row", row.to_string())]),
            Place::Cell { row, column, heading, .. } => {
                let letters = column_letters(*column);
                let values = [
                    ("file", file),
                    ("address", format!("{letters}{row}")),
                    ("row", row.to_string()),
                    ("column", letters),
                    ("heading", cell_text(heading)),
                ];
                self.locale.say("label.place-cell", &values)
            }
            _ => file,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::locale::Language;

    fn told<'a>(finding: &'a Finding, language: Language, hint: Option<&str>) -> Told<'a> {
        let (message, remedy) = ("what happened".to_owned(), "what to do".to_owned());
        Told { finding, locale: Locale::get(language), message, remedy, hint: hint.map(str::to_owned) }
    }

    fn cell() -> Place {
        Place::Cell { file: "output.csv".into(), row: 17, column: 3, heading: "工业总产值".into() }
    }

    fn written(findings: &Findings, terminal: Terminal, limit: Option<usize>) -> String {
        let mut out = Vec::new();
        findings_text(findings, Locale::get(Language::En), &terminal, limit, &mut out).expect("a Vec takes all");
        String::from_utf8(out).expect("text in, text out")
    }

    #[test]
    fn a_cell_is_told_as_a_spreadsheet_counts() {
        let finding = Finding::error(Code::UnparsableCell, cell()).text("12\u{1b}[2J万");
        assert_eq!(
            told(&finding, Language::En, None).in_table(false),
            "error[unparsable-cell]: what happened\n \
             --> output.csv, D17 (row 17, column D \"工业总产值\")\n  \
             | 12\\u{1b}[2J万\n  \
             = help: what to do"
        );
        assert_eq!(
            told(&finding, Language::Zh, Some("是否应为“12”？")).in_table(false),
            "错误[unparsable-cell]: what happened\n \
             --> output.csv，D17（第 17 行，D 列“工业总产值”）\n  \
             | 12\\u{1b}[2J万\n  \
             = 建议: 是否应为“12”？\n  \
             = 建议: what to do"
        );
    }

    #[test]
    fn places_without_a_cell_say_less() {
        let row = Finding::warning(Code::DuplicateRow, Place::Row { file: "tax.csv".into(), row: 4 });
        assert_eq!(
            told(&row, Language::En, None).in_table(false),
            "warning[duplicate-row]: what happened\n --> tax.csv, row 4\n  = help: what to do"
        );
        let nowhere = Finding::error(Code::NothingGraded, Place::Nowhere);
        assert_eq!(told(&nowhere, Language::En, None).in_table(false), "error[nothing-graded]: what happened\n  = help: what to do");
    }

    #[test]
    fn a_place_in_a_policy_is_marked_in_its_line() {
        let source = "name = \"亩均税收\"\nvalue = \"税 + tax_evaluted / land_mu\"\n";
        let start = source.find("tax_evaluted").expect("it is there");
        let place = Place::Text { file: "my-policy.toml".into(), text: source.into(), start, end: start + 12 };
        let finding = Finding::error(Code::UnknownColumn, place);
        assert_eq!(
            told(&finding, Language::En, Some("did you mean \"tax_evaluated\"?")).in_text(
                "my-policy.toml",
                source,
                start..start + 12,
                &Terminal::default()
            ),
            "error[unknown-column]: what happened\n \
             --> my-policy.toml:2:14\n  \
             |\n\
             2 | value = \"税 + tax_evaluted / land_mu\"\n  \
             |               ^^^^^^^^^^^^ did you mean \"tax_evaluated\"?\n  \
             |\n  \
             = help: what to do"
        );
    }

    #[test]
    fn a_place_outside_its_text_does_no_harm() {
        for (start, end) in [(0, 0), (1, 2), (2, 1), (3, 900), (900, 901)] {
            let place = Place::Text { file: "--where".into(), text: "亩".into(), start, end };
            let mut findings = Findings::default();
            findings.push(Finding::error(Code::ExpressionSyntax, place).with("hint", "x"));
            assert!(written(&findings, Terminal::default(), None).contains("--where:1:"));
        }
    }

    #[test]
    fn more_than_the_limit_of_one_code_are_counted() {
        let mut findings = Findings::default();
        for row in 2..7 {
            findings.push(Finding::error(Code::RaggedRow, Place::Row { file: "land.csv".into(), row }));
            findings.push(Finding::warning(Code::ScientificId, Place::Row { file: "land.csv".into(), row }));
        }
        findings.push(Finding::warning(Code::NoLand, Place::Nowhere));
        let text = written(&findings, Terminal::default(), Some(3));
        assert_eq!(text.matches("[ragged-row]: ").count(), 3);
        assert_eq!(text.matches("Findings [ragged-row] not shown: 2. `mujun check` lists all of them.\n").count(), 1, "{text}");
        assert_eq!(text.matches("Findings [scientific-id] not shown: 2.").count(), 1);
        assert!(text.ends_with("\n\nErrors: 5, warnings: 6.\n"), "{text}");
        assert_eq!(written(&findings, Terminal::default(), None).matches("not shown").count(), 0);
        assert_eq!(written(&Findings::default(), Terminal::default(), None), "");
    }

    #[test]
    fn colour_is_used_only_when_asked() {
        let finding = Finding::error(Code::UnparsableCell, cell()).text("x");
        assert!(
            told(&finding, Language::En, None)
                .in_table(true)
                .starts_with("\u{1b}[1m\u{1b}[91merror[unparsable-cell]\u{1b}[0m\u{1b}[1m: what happened\u{1b}[0m")
        );
        assert!(!told(&finding, Language::En, None).in_table(false).contains('\u{1b}'));
    }

    #[test]
    fn sentences_may_name_the_place() {
        let finding = Finding::error(Code::UnparsableCell, cell()).text("1,2").with("unit", "mu");
        let values = values(&finding, Locale::get(Language::En));
        let sentence =
            [("unit", "mu"), ("text", "1,2"), ("file", "output.csv"), ("heading", "工业总产值"), ("row", "17"), ("address", "D17")];
        assert_eq!(values, sentence.map(|(name, value)| (name, value.to_owned())));
    }
}
