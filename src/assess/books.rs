//! Which rule books and which of their rules are on, and what is set in them.
//!
//! In: the policy and the options. Out: [`Active`] books, in the order: national, named by the policy, named by options, the policy's
//! own rules. A rule that is off runs only where it is named.

use std::collections::BTreeMap;

use crate::finding::{Code, Finding, Findings, Place};
use crate::policy::book::{self, Book};
use crate::policy::definition::{Setting, accepted, read_value};
use crate::policy::expression::nearest;
use crate::policy::source::Source;
use crate::policy::subject::{Extra, Subject};
use crate::policy::term::Term;
use crate::policy::{Choice, Policy, library};

/// The id of the rule that the method's own review makes.
pub const REVIEW: &str = "REVIEW";

/// A book that is on.
#[derive(Debug, Clone)]
pub struct Active {
    /// The book.
    pub book: Book,
    /// Places of the rules that run.
    pub rules: Vec<usize>,
    /// The values of its settings.
    pub settings: BTreeMap<String, Term>,
}

/// What decides which books and rules run.
pub struct Wanted<'w> {
    /// Books named by options.
    pub books: &'w [String],
    /// Rules named by options; empty: all that are on.
    pub rules: &'w [String],
    /// Only rules about this.
    pub subject: Option<Subject>,
    /// `BOOK.SETTING=VALUE`.
    pub settings: &'w [String],
}

/// The text of every book that may run.
pub fn sources(policy: &Policy, wanted: &Wanted, findings: &mut Findings) -> Vec<Source> {
    let mut names: Vec<String> = Vec::new();
    let mut add = |name: &str| {
        if !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    };
    library::BOOKS.iter().filter(|(_, text)| is_national(text)).for_each(|(id, _)| add(id));
    policy.rules.iter().for_each(|key| add(&key.text));
    wanted.books.iter().for_each(|name| add(name));
    // A rule that is named brings its book along.
    for rule in wanted.rules {
        library::BOOKS.iter().filter(|(_, text)| text.contains(&format!("\"{rule}\""))).for_each(|(id, _)| add(id));
    }
    names.iter().filter_map(|name| library::find_book(name, findings)).collect()
}

fn is_national(text: &str) -> bool {
    text.lines().any(|line| line.split_whitespace().collect::<String>().starts_with("reach=\"national\""))
}

/// Reads the books and picks their rules.
pub fn read(sources: &[Source], policy: &Policy, wanted: &Wanted, extra: &Extra, findings: &mut Findings) -> Vec<Active> {
    let mut books: Vec<Book> = sources.iter().filter_map(|source| book::read(source, extra, findings)).collect();
    books.extend(policy.book.clone());
    refuse_twins(&books, findings);
    let known: Vec<&str> = books.iter().flat_map(|book| &book.rules).map(|rule| rule.id.as_str()).chain([REVIEW]).collect();
    for rule in wanted.rules.iter().filter(|rule| !known.contains(&rule.as_str())) {
        findings.push(unknown(Code::UnknownRule, rule, known.iter().copied()));
    }
    let named = |book: &Book| {
        let names = policy.rules.iter().map(|key| &key.text).chain(wanted.books);
        book.national || names.into_iter().any(|name| is_named(name, book))
    };
    let mut active: Vec<Active> = Vec::new();
    for book in books {
        let on = named(&book);
        let runs = |at: &usize| {
            let rule = &book.rules[*at];
            let is_asked = wanted.rules.contains(&rule.id);
            let is_on = if wanted.rules.is_empty() { on && rule.off.is_none() } else { is_asked };
            is_on && wanted.subject.is_none_or(|subject| subject == rule.subject)
        };
        let rules: Vec<usize> = (0..book.rules.len()).filter(runs).collect();
        let settings = book.settings.iter().map(|setting| (setting.id.clone(), setting.value.clone())).collect();
        active.push(Active { book, rules, settings });
    }
    set(&mut active, policy, wanted, findings);
    active
}

/// Two books of one id, or two rules of one id, could not be told from each other in a result.
fn refuse_twins(books: &[Book], findings: &mut Findings) {
    let mut twin = |what: &str, first: &str, second: &str| {
        let finding = Finding::error(Code::IdInTwoBooks, Place::Nowhere).text(what);
        findings.push(finding.with("first", first).with("second", second));
    };
    let mut rules: BTreeMap<&str, &str> = BTreeMap::from([(REVIEW, "REVIEW")]);
    for (at, book) in books.iter().enumerate() {
        if books[..at].iter().any(|known| known.id == book.id) {
            twin(&book.id, &book.id, &book.id);
            continue;
        }
        for rule in &book.rules {
            if let Some(first) = rules.insert(&rule.id, &book.id) {
                twin(&rule.id, first, &book.id);
            }
        }
    }
}

/// A book is named by its id or by its file.
fn is_named(name: &str, book: &Book) -> bool {
    name == book.id
        || std::path::Path::new(name).file_stem().is_some_and(|stem| stem.to_string_lossy() == book.id)
        || is_file_of(name, book)
}

fn is_file_of(name: &str, book: &Book) -> bool {
    let mut quiet = Findings::default();
    name.ends_with(".toml")
        && library::find_book(name, &mut quiet)
            .is_some_and(|source| book::read(&source, &Extra::new(), &mut quiet).is_some_and(|read| read.id == book.id))
}

/// Gives settings the values that the policy and the options choose; options win.
fn set(active: &mut [Active], policy: &Policy, wanted: &Wanted, findings: &mut Findings) {
    for choice in &policy.settings {
        choose(active, choice, findings);
    }
    for text in wanted.settings {
        let parts = text.split_once('=').and_then(|(name, value)| Some((name.rsplit_once('.')?, value)));
        let Some(((book, setting), value)) = parts else {
            let finding = Finding::error(Code::BadOption, Place::Nowhere).text(text).with("option", "--set");
            findings.push(finding.with("wanted", "BOOK.SETTING=VALUE"));
            continue;
        };
        let choice = Choice { book: book.trim().to_owned(), setting: setting.trim().to_owned(), value: value.to_owned(), place: None };
        choose(active, &choice, findings);
    }
}

fn choose(active: &mut [Active], choice: &Choice, findings: &mut Findings) {
    let full = format!("{}.{}", choice.book, choice.setting);
    let all = active.iter().flat_map(|active| active.book.settings.iter().map(|setting| format!("{}.{}", active.book.id, setting.id)));
    let known: Vec<String> = all.collect();
    let found = active.iter_mut().find(|active| active.book.id == choice.book);
    let Some((setting, settings)) = found.and_then(|active| Some((active.book.setting(&choice.setting)?.clone(), &mut active.settings)))
    else {
        findings.push(unknown(Code::UnknownSetting, &full, known.iter().map(String::as_str)));
        return;
    };
    give(settings, &setting, &choice.value, &full, findings);
}

/// Gives a setting a value as it is written; `option`: how the setting is called there.
pub(super) fn give(settings: &mut BTreeMap<String, Term>, setting: &Setting, text: &str, option: &str, findings: &mut Findings) {
    match read_value(text, setting.kind, &setting.choices) {
        Some(value) => drop(settings.insert(setting.id.clone(), value)),
        None => {
            let finding = Finding::error(Code::BadOption, Place::Nowhere).text(text).with("option", option);
            findings.push(finding.with("wanted", accepted(setting.kind, &setting.choices)));
        }
    }
}

/// The finding for a name that is none of those known.
pub(super) fn unknown<'k>(code: Code, text: &str, known: impl Iterator<Item = &'k str> + Clone) -> Finding {
    let mut finding = Finding::error(code, Place::Nowhere).text(text);
    if let Some(near) = nearest(text, known.clone()) {
        finding = finding.with("hint", near);
    }
    finding.with("known", known.collect::<Vec<_>>().join(", "))
}
