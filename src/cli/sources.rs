//! What was decided about every file and sheet, put into words: on `--verbose` and in `check`.

use std::io::{self, Write};
use std::sync::{Mutex, PoisonError};

use crate::dictionary::Dictionary;
use crate::load::{By, Decision, Known, Progress};
use crate::locale::{Language, Locale};

/// Watches the reading, and keeps what was decided.
pub struct Watch {
    inner: Box<dyn Progress>,
    locale: &'static Locale,
    tells: bool,
    decisions: Mutex<Vec<Decision>>,
}

impl Watch {
    /// Shows progress with `inner`; `tells`: what was decided goes to standard error as well.
    pub fn new(inner: Box<dyn Progress>, locale: &'static Locale, tells: bool) -> Self {
        Watch { inner, locale, tells, decisions: Mutex::default() }
    }

    /// What was decided.
    pub fn take(&self) -> Vec<Decision> {
        std::mem::take(&mut *self.decisions.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Progress for Watch {
    fn start(&self, total_bytes: u64) {
        self.inner.start(total_bytes);
    }

    fn advance(&self, table: &str, bytes: u64) {
        self.inner.advance(table, bytes);
    }

    fn decided(&self, decisions: Vec<Decision>) {
        if self.tells {
            let mut out = io::stderr().lock();
            for decision in &decisions {
                // Nothing can be done where standard error is closed.
                let values = [("file", decision.file.clone()), ("what", sentence(decision, self.locale))];
                let _ = writeln!(out, "{}", self.locale.say("source.line", &values));
            }
        }
        self.decisions.lock().unwrap_or_else(PoisonError::into_inner).extend(decisions);
    }
}

/// What was decided about a file, without its name.
pub fn sentence(decision: &Decision, locale: &Locale) -> String {
    let (Some(table), None) = (decision.table, decision.ignored) else {
        let why = locale.text(&format!("source.why.{}", decision.ignored.unwrap_or("no-table"))).to_owned();
        return locale.say("source.ignored", &[("why", why)]);
    };
    // People of the language know the table by its label; in English that is its name.
    let label = match (locale.language, Dictionary::get().table(table)) {
        (Language::Zh, Some(table)) => table.zh.as_str(),
        _ => table,
    };
    let mut parts = vec![locale.say("source.table", &[("table", label)])];
    let mut say = |key: &str, value: String| parts.push(locale.say(key, &[("value", value)]));
    match decision.by {
        Some(By::Headings) => say("source.by-headings", String::new()),
        Some(By::Config) => say("source.by-config", String::new()),
        Some(By::Name) | None => {}
    }
    if let Some((year, by)) = decision.year {
        say(&format!("source.year-{}", by.as_str()), year.to_string());
    }
    if let Some(really) = decision.really {
        say(&format!("source.really-{really}"), String::new());
    }
    if let Some(encoding) = decision.encoding {
        let how = match decision.known {
            Some(Known::Mark) => "source.encoding-mark",
            Some(Known::Detected) => "source.encoding-detected",
            Some(Known::Told) => "source.encoding-told",
            Some(Known::Valid | Known::Ascii) | None => "source.encoding",
        };
        say(how, encoding.to_uppercase());
    }
    if let Some(delimiter) = decision.delimiter {
        let name = locale.text(match delimiter {
            ',' => "source.comma",
            '\t' => "source.tab",
            ';' => "source.semicolon",
            '|' => "source.bar",
            _ => "",
        });
        say("source.delimiter", if name.is_empty() { delimiter.to_string() } else { name.to_owned() });
    }
    if let Some((from, to)) = decision.headings {
        say("source.headings", if from == to { from.to_string() } else { format!("{from}–{to}") });
    }
    if !decision.units.is_empty() {
        say("source.units", decision.units.join(", "));
    }
    let assumed = decision.assumed(locale.language.as_str());
    if !assumed.is_empty() {
        say("source.assumed", assumed.join(", "));
    }
    let rows = [
        ("source.titles", &decision.titles),
        ("source.below", &decision.below),
        ("source.totals", &decision.totals),
        ("source.notes", &decision.notes),
        ("source.repeated", &decision.repeated),
    ];
    for (key, rows) in rows.into_iter().filter(|(_, rows)| !rows.is_empty()) {
        say(key, listed(rows));
    }
    if !decision.merged.is_empty() {
        say("source.merged", listed(&decision.merged));
    }
    if !decision.hidden_rows.is_empty() {
        say("source.hidden-rows", listed(&decision.hidden_rows));
    }
    if !decision.hidden_columns.is_empty() {
        say("source.hidden-columns", listed(&decision.hidden_columns));
    }
    if !decision.twins.is_empty() {
        say("source.twins", listed(&decision.twins));
    }
    if decision.serials > 0 {
        say("source.serials", decision.serials.to_string());
    }
    if decision.marked_ids > 0 {
        say("source.marked-ids", decision.marked_ids.to_string());
    }
    parts.join(locale.text("source.separator"))
}

/// Rows as people list them; of many the first ones and how many there are.
fn listed<T: ToString>(rows: &[T]) -> String {
    const SHOWN: usize = 8;
    let list: Vec<String> = rows.iter().take(SHOWN).map(T::to_string).collect();
    let more = if rows.len() > SHOWN { format!(" … ({})", rows.len()) } else { String::new() };
    format!("{}{more}", list.join(", "))
}
