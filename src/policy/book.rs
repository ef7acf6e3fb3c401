//! A rule book: the rules of one document, place or edition, with the names they use.
//!
//! In: a TOML file with `reach`, or the rule parts of a policy. Out: a [`Book`] in which every name is known and every expression
//! fits, or findings with line and column. Next: `plan::flags` makes SQL of it.

use std::collections::{BTreeMap, BTreeSet};

use toml::de::DeTable;

use super::benchmark::Named;
use super::definition::{self, Definition, Setting};
use super::expression::{self, Vocabulary};
use super::rule::{self, Formula, Rule};
use super::source::{Block, Ids, Key, Source};
use super::subject::{self, Extra, Known, Subject};
use super::term::{Kind, Term};
use super::{Reference, Status};
use crate::dictionary::Bilingual;
use crate::finding::{Code, Finding, Findings, Severity};

/// Parcels and their land by state.
#[derive(Debug, Clone, PartialEq)]
pub struct Inventory {
    /// Heading.
    pub title: Bilingual,
    /// The definition that holds the state.
    pub of: Key,
    /// Which parcels count.
    pub when: Formula,
    /// The states in their order.
    pub states: Vec<(String, Bilingual)>,
    /// Does `flag` list it? Else it is for the scorecards of zones alone.
    pub listed: bool,
}

/// A checked rule book.
#[derive(Debug, Clone, PartialEq)]
pub struct Book {
    /// kebab-case id.
    pub id: String,
    /// Heading.
    pub title: Bilingual,
    /// In force?
    pub status: Status,
    /// Always on? Else only where a policy or an option names it.
    pub national: bool,
    /// Administrative code of the place, if any.
    pub region: Option<String>,
    /// What a reader should know.
    pub notes: Vec<Bilingual>,
    /// The documents.
    pub sources: Vec<Reference>,
    /// What an office may set.
    pub settings: Vec<Setting>,
    /// Figures over enterprises.
    pub benchmarks: Vec<Named>,
    /// Lookups and definitions, in order.
    pub definitions: Vec<Definition>,
    /// The rules, in order.
    pub rules: Vec<Rule>,
    /// Parcels by state, if the book knows states.
    pub inventory: Option<Inventory>,
}

impl Book {
    /// The definition of that name for a subject: its own, else one of the enterprise behind it.
    pub fn definition(&self, subject: Subject, name: &str) -> Option<&Definition> {
        let of = |wanted: Subject| self.definitions.iter().find(move |known| known.subject == wanted && known.id == name);
        of(subject).or_else(|| of(Subject::Enterprise))
    }

    /// The setting of that name.
    pub fn setting(&self, name: &str) -> Option<&Setting> {
        self.settings.iter().find(|setting| setting.id == name)
    }

    /// The benchmark of that name.
    pub fn benchmark(&self, name: &str) -> Option<&Named> {
        self.benchmarks.iter().find(|benchmark| benchmark.id == name)
    }

    /// The document a rule cites, and its article.
    pub fn reference(&self, source: Option<&Key>) -> Option<&Reference> {
        source.and_then(|key| self.sources.iter().find(|reference| reference.id.text == key.text))
    }
}

/// Is the text a rule book? A method has no `reach`.
pub fn is_book(source: &Source) -> bool {
    DeTable::parse(&source.text).is_ok_and(|tree| tree.get_ref().iter().any(|(key, _)| key.get_ref() == "reach"))
}

/// Reads and checks a rule book. `extra`: columns of the data that the dictionary does not know.
pub fn read(source: &Source, extra: &Extra, findings: &mut Findings) -> Option<Book> {
    let tree = super::parse(&source.text, source, findings)?;
    let before = findings.count(Severity::Error);
    let block = Block::new(source, tree.get_ref(), 0..source.text.len());
    let book = read_block(&block, extra, findings);
    let clean = findings.count(Severity::Error) == before;
    if let Some(book) = book.as_ref().filter(|_| clean) {
        check_used(book, source, findings);
    }
    block.finish(findings);
    book.filter(|_| findings.count(Severity::Error) == before)
}

fn read_block(block: &Block, extra: &Extra, findings: &mut Findings) -> Option<Book> {
    let id = block.need_text("id", findings);
    let title = block.bilingual("title", findings);
    for name in ["status", "reach"] {
        if block.item(name).is_none() {
            block.missing(name, findings);
        }
    }
    let status = block.word("status", Status::WORDS, findings);
    let national = block.word("reach", &[("national", true), ("local", false)], findings);
    let region = block.text("region", findings).map(|key| key.text);
    let notes = super::read_notes(block, findings);
    let sources = super::read_sources(block, findings);
    let panel = super::panel_vocabulary(extra.get("panel").map_or(&[][..], Vec::as_slice));
    let benchmarks = super::read_benchmarks(block, &panel, findings);
    let id = id?;
    Ids::default().add(block.source, &id, findings);
    let title = id.or_title(title);
    let (status, national) = (status.unwrap_or(Status::Draft), national.unwrap_or(false));
    let frame = Book { id: id.text, title, status, national, region, notes, sources, benchmarks, ..Book::empty() };
    Some(read_parts(block, frame, extra, findings))
}

impl Book {
    /// A book without anything in it.
    pub fn empty() -> Book {
        Book {
            id: String::new(),
            title: Bilingual { zh: String::new(), en: String::new() },
            status: Status::Draft,
            national: false,
            region: None,
            notes: Vec::new(),
            sources: Vec::new(),
            settings: Vec::new(),
            benchmarks: Vec::new(),
            definitions: Vec::new(),
            rules: Vec::new(),
            inventory: None,
        }
    }
}

/// Reads settings, lookups, definitions, rules and the inventory into a book that has the rest.
pub fn read_parts(block: &Block, mut book: Book, extra: &Extra, findings: &mut Findings) -> Book {
    let mut scope = Scope::new(extra);
    book.benchmarks.iter().for_each(|benchmark| scope.add_everywhere(&benchmark.id, Kind::Number));
    for inner in block.blocks("setting", findings) {
        let Some(setting) = definition::read_setting(inner, findings) else { continue };
        if scope.is_free(block.source, Subject::WORDS.iter().map(|(_, subject)| *subject), &setting.key, findings) {
            scope.add_everywhere(&setting.id, setting.kind);
            book.settings.push(setting);
        }
    }
    read_definitions(block, &mut book, &mut scope, findings);
    let mut ids = Ids::with_dots();
    for inner in block.blocks("rule", findings) {
        let rule = rule::read(inner, &|subject| scope.vocabulary(subject), findings);
        book.rules.extend(rule.filter(|rule| ids.add(block.source, &rule.key, findings)));
    }
    book.inventory = block.block("inventory", findings).and_then(|inner| read_inventory(inner, &scope, findings));
    check_cited(&book, block.source, findings);
    book
}

/// Lookups and definitions in the order of the file: each knows what stands before it.
fn read_definitions(block: &Block, book: &mut Book, scope: &mut Scope, findings: &mut Findings) {
    let lookups = block.blocks("lookup", findings).into_iter().map(|inner| (inner, true));
    let definitions = block.blocks("define", findings).into_iter().map(|inner| (inner, false));
    let mut all: Vec<(Block, bool)> = lookups.chain(definitions).collect();
    all.sort_by_key(|(inner, _)| inner.start());
    for (inner, is_lookup) in all {
        let vocabulary = |subject| scope.vocabulary(subject);
        let read = if is_lookup {
            definition::read_lookup(inner, &vocabulary, findings)
        } else {
            definition::read_definition(inner, &vocabulary, findings)
        };
        let Some(definition) = read else { continue };
        let subjects: Vec<Subject> = Subject::WORDS
            .iter()
            .map(|(_, subject)| *subject)
            .filter(|subject| *subject == definition.subject || definition.subject == Subject::Enterprise)
            .collect();
        if scope.is_free(block.source, subjects.iter().copied(), &definition.key, findings) {
            subjects.iter().for_each(|subject| scope.add(*subject, &definition.id, definition.value.kind()));
            book.definitions.push(definition);
        }
    }
}

fn read_inventory(block: Block, scope: &Scope, findings: &mut Findings) -> Option<Inventory> {
    let names = scope.vocabulary(Subject::Parcel);
    let title = block.bilingual("title", findings);
    let of = block.need_text("of", findings).filter(|of| {
        let known = names.kind(&of.text) == Some(Kind::Text);
        if !known {
            findings.push(Finding::error(Code::UnknownColumn, block.source.place(of)).text(&of.text).with("name", &of.text));
        }
        known
    });
    let when = block.need_text("when", findings);
    let term = when.as_ref().and_then(|key| expression::read(key, block.source, &names, Kind::Truth, findings));
    let states = block.blocks("states", findings).into_iter().filter_map(|state| {
        let (id, zh, en) = (state.need_text("id", findings), state.need_text("zh", findings), state.need_text("en", findings));
        state.finish(findings);
        Some((id?.text, Bilingual { zh: zh?.text, en: en?.text }))
    });
    let states = states.collect();
    let listed = block.truth("listed", findings).unwrap_or(true);
    block.finish(findings);
    Some(Inventory { title: title?, of: of?, when: Formula { text: when?.text, term: term? }, states, listed })
}

/// The names known so far, by subject.
struct Scope {
    names: BTreeMap<Subject, BTreeMap<String, Known>>,
    made: BTreeMap<Subject, BTreeMap<String, Kind>>,
}

impl Scope {
    fn new(extra: &Extra) -> Self {
        let names = Subject::WORDS.iter().map(|(_, subject)| (*subject, subject::names(*subject, extra))).collect();
        Scope { names, made: BTreeMap::new() }
    }

    fn add(&mut self, subject: Subject, id: &str, kind: Kind) {
        self.made.entry(subject).or_default().insert(id.to_owned(), kind);
    }

    fn add_everywhere(&mut self, id: &str, kind: Kind) {
        Subject::WORDS.iter().for_each(|(_, subject)| self.add(*subject, id, kind));
    }

    fn vocabulary(&self, subject: Subject) -> Vocabulary {
        let mut vocabulary = subject::vocabulary(&self.names[&subject]);
        self.made.get(&subject).into_iter().flatten().for_each(|(id, kind)| vocabulary.add(id, *kind));
        vocabulary
    }

    /// Is the id no column and nothing defined before, for these subjects?
    fn is_free(&self, source: &Source, subjects: impl Iterator<Item = Subject>, key: &Key, findings: &mut Findings) -> bool {
        let mut one = Ids::default();
        if !one.add(source, key, findings) {
            return false;
        }
        let taken = subjects.into_iter().any(|subject| self.vocabulary(subject).kind(&key.text).is_some());
        if taken || key.text.contains('-') || is_made(&key.text) {
            let finding = Finding::error(Code::BadValue, source.place(key)).text(&key.text).with("key", "id");
            findings.push(finding.with("wanted", "wanted.free-id"));
            return false;
        }
        true
    }
}

/// Could the statement make a column of that name, or an engine read it as a word of its own?
fn is_made(id: &str) -> bool {
    const WORDS: &[&str] = &["enterprise", "parcel", "factory", "agreement", "sites", "null", "true", "false", "interval", "date"];
    let lower = id.to_ascii_lowercase();
    WORDS.contains(&lower.as_str()) || id.contains("__") || id.starts_with("doubt_")
}

/// Every citation must have its source.
fn check_cited(book: &Book, source: &Source, findings: &mut Findings) {
    for key in cited(book) {
        super::whole::check_citation(key, &book.sources, source, findings);
    }
}

fn cited(book: &Book) -> impl Iterator<Item = &Key> {
    let settings = book.settings.iter().filter_map(|setting| setting.source.as_ref());
    let definitions = book.definitions.iter().filter_map(|definition| definition.source.as_ref());
    settings.chain(definitions).chain(book.rules.iter().filter_map(|rule| rule.source.as_ref()))
}

/// Sources that a policy's own rules cite.
pub fn cited_sources(book: &Book) -> BTreeSet<String> {
    cited(book).map(|key| key.text.clone()).collect()
}

/// Names that rules and definitions use.
pub fn used_names(book: &Book) -> BTreeSet<String> {
    let mut used: BTreeSet<String> = BTreeSet::new();
    let terms = book.definitions.iter().map(|definition| &definition.value).chain(book.rules.iter().flat_map(Rule::terms));
    let terms: Vec<&Term> = terms.chain(book.inventory.iter().map(|inventory| &inventory.when.term)).collect();
    terms.iter().for_each(|term| used.extend(term.names()));
    used.extend(book.rules.iter().flat_map(|rule| &rule.evidence).map(|key| key.text.clone()));
    used.extend(book.inventory.iter().map(|inventory| inventory.of.text.clone()));
    used
}

/// What is defined and never used.
fn check_used(book: &Book, source: &Source, findings: &mut Findings) {
    let cited = cited_sources(book);
    for reference in book.sources.iter().filter(|reference| !cited.contains(&reference.id.text)) {
        findings.push(Finding::warning(Code::UnusedSource, source.place(&reference.id)).text(&reference.id.text));
    }
    check_used_names(book, source, findings);
}

/// Settings, benchmarks and definitions that no rule uses.
pub fn check_used_names(book: &Book, source: &Source, findings: &mut Findings) {
    let used = used_names(book);
    let settings = book.settings.iter().map(|setting| &setting.key);
    let benchmarks = book.benchmarks.iter().map(|benchmark| &benchmark.key);
    let definitions = book.definitions.iter().map(|definition| &definition.key);
    for key in settings.chain(benchmarks).chain(definitions).filter(|key| !used.contains(&key.text)) {
        findings.push(Finding::warning(Code::UnusedDefinition, source.place(key)).text(&key.text));
    }
}
