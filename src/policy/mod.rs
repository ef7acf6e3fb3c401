//! Policies: methods as TOML, read into a checked form.
//!
//! In: a policy text and the extra columns of the data. Out: a [`Policy`] in which every name is known, every expression fits
//! and every number is sane, or findings with line and column. `plan` turns it into SQL.

pub mod about;
pub mod benchmark;
pub mod bonus;
pub mod book;
pub mod definition;
pub mod evaluate;
pub mod expression;
mod extends;
pub mod factors;
pub mod grade;
pub mod indicator;
pub mod library;
pub mod lint;
pub mod merge;
pub mod moves;
pub mod points;
pub mod review;
pub mod rule;
pub mod scheme;
pub mod scope;
pub mod source;
pub mod subject;
pub mod term;
mod whole;

use std::collections::BTreeSet;

use toml::de::DeTable;

use self::about::About;
use self::benchmark::Named;
use self::bonus::Bonuses;
use self::book::Book;
use self::expression::Vocabulary;
use self::extends::Layers;
use self::factors::{Factors, Use};
use self::grade::Grades;
use self::indicator::Indicator;
use self::merge::Merge;
use self::moves::{Action, Move};
use self::review::Review;
use self::scope::{Admission, Group};
use self::source::{Block, Ids, Key, Source, number_text};
use self::subject::Extra;
use self::term::{Kind, Term};
use crate::dictionary::{Bilingual, ColumnType, Dictionary, sayings};
use crate::finding::{Code, Finding, Findings, Severity};

/// Is the document behind a policy in force?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Not adopted.
    Draft,
    /// Published for information, without consequences.
    Trial,
    /// Binding.
    InForce,
    /// No longer binding.
    Repealed,
}

impl Status {
    const WORDS: &'static [(&'static str, Status)] =
        &[("draft", Status::Draft), ("trial", Status::Trial), ("in-force", Status::InForce), ("repealed", Status::Repealed)];

    /// The word of policies and results.
    pub fn as_str(self) -> &'static str {
        Status::WORDS.iter().find(|(_, status)| *status == self).map_or("", |(word, _)| word)
    }
}

/// A document a policy rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// Id inside the policy.
    pub id: Key,
    /// Name and number of the document.
    pub name: String,
    /// Where it was read.
    pub url: Option<String>,
    /// How much of it was read: `full` or `excerpt`.
    pub read: Option<String>,
    /// How it was sourced: P primary text, O government page, N press or copy, T third party, S plan compilation, D derived by us,
    /// U unverified.
    pub grade: Option<String>,
}

/// A checked policy.
#[derive(Debug, Clone)]
pub struct Policy {
    /// kebab-case id.
    pub id: String,
    /// Heading.
    pub title: Bilingual,
    /// Place, edition, and what the source does not give.
    pub about: About,
    /// Administrative code of the place, if any.
    pub region: Option<String>,
    /// In force?
    pub status: Status,
    /// First and last year it was made for.
    pub years: Option<(i32, i32)>,
    /// Decimals of values before anything is compared.
    pub decimals: u32,
    /// Decimals of scores and points shown to people.
    pub shown: u32,
    /// Are the measures of the `adjustments` table applied?
    pub adjustments: bool,
    /// What a reader should know.
    pub notes: Vec<Bilingual>,
    /// The documents.
    pub sources: Vec<Reference>,
    /// Its own definition of the land that counts.
    pub land: Option<Land>,
    /// How fuels become energy.
    pub energy: Option<Factors>,
    /// How pollutants become emissions.
    pub pollutants: Option<Factors>,
    /// Several enterprises evaluated as one.
    pub merge: Option<Merge>,
    /// Admission, in order.
    pub admissions: Vec<Admission>,
    /// Benchmarks with names of their own.
    pub benchmarks: Vec<Named>,
    /// Groups, in order.
    pub groups: Vec<Group>,
    /// The rule of groups that have none of their own.
    pub grades: Option<Grades>,
    /// Bonus and deduction.
    pub bonuses: Bonuses,
    /// Moves after ranking, in order.
    pub moves: Vec<Move>,
    /// The review over years.
    pub review: Option<Review>,
    /// Rule books that it switches on.
    pub rules: Vec<Key>,
    /// What it sets in rule books.
    pub settings: Vec<Choice>,
    /// Rules of its own.
    pub book: Option<Book>,
}

/// The land that counts, by a definition of the policy's own.
#[derive(Debug, Clone, PartialEq)]
pub struct Land {
    /// Over the columns of the tables.
    pub term: Term,
    /// As the policy writes it.
    pub formula: String,
}

/// What a policy or an option sets in a rule book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// Id of the book.
    pub book: String,
    /// Id of the setting.
    pub setting: String,
    /// The value as written.
    pub value: String,
    /// Where it was written; `None`: an option.
    pub place: Option<Key>,
}

impl Policy {
    /// The factor tables that it names.
    pub fn factor_tables(&self) -> impl Iterator<Item = &Factors> {
        self.energy.iter().chain(&self.pollutants)
    }

    /// The years it was made for: `2022`, `2022–2024`, `2022–` where no end was given.
    pub fn years_written(&self) -> Option<String> {
        self.years.map(|years| match years {
            (from, to) if from == to => from.to_string(),
            // The ends that stand for none.
            (1990, to) => format!("–{to}"),
            (from, 2100) => format!("{from}–"),
            (from, to) => format!("{from}–{to}"),
        })
    }

    /// Every indicator id once, in order of first appearance.
    pub fn indicator_ids(&self) -> Vec<&str> {
        let mut ids: Vec<&str> = Vec::new();
        for indicator in self.groups.iter().flat_map(|group| &group.indicators) {
            if !ids.contains(&indicator.id.as_str()) {
                ids.push(&indicator.id);
            }
        }
        ids
    }

    /// The first indicator of that id, for headings.
    pub fn indicator(&self, id: &str) -> Option<&Indicator> {
        self.groups.iter().flat_map(|group| &group.indicators).find(|indicator| indicator.id == id)
    }

    /// The grade rule of a group.
    pub fn grades_of<'p>(&'p self, group: &'p Group) -> Option<&'p Grades> {
        group.grades.as_ref().or(self.grades.as_ref())
    }

    /// Every grade name once, best first.
    pub fn grade_names(&self) -> Vec<String> {
        grade_names(&self.groups, self.grades.as_ref())
    }

    /// Does a case of admission say how those who are not graded are administered?
    pub fn treats(&self) -> bool {
        self.admissions.iter().any(|admission| admission.treated_as.is_some())
    }

    /// Columns of the tables that the policy reads, derived ones resolved to what they are made of.
    pub fn columns(&self) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        let mut add = |term: &Term| names.extend(term.names());
        self.admissions.iter().for_each(|admission| add(&admission.when));
        self.benchmarks.iter().for_each(|benchmark| add(&benchmark.of));
        for group in &self.groups {
            group.when.iter().for_each(&mut add);
            for indicator in &group.indicators {
                add(&indicator.value);
                indicator.fallback.iter().for_each(&mut add);
            }
        }
        for grades in self.groups.iter().filter_map(|group| self.grades_of(group)) {
            grades.terms().into_iter().for_each(&mut add);
        }
        self.bonuses.terms().for_each(&mut add);
        self.moves.iter().filter_map(|step| step.when.as_ref()).for_each(&mut add);
        self.review.iter().for_each(|review| add(&review.low));
        if self.moves.iter().any(|step| step.action == Action::Owner) {
            names.insert("site_owner_id".to_owned());
        }
        for benchmark in &self.benchmarks {
            names.extend(benchmark.peers.keys().iter().map(|key| (*key).to_owned()));
        }
        for group in &self.groups {
            names.extend(group.within.iter().cloned());
            for indicator in &group.indicators {
                if let Some(benchmark::Benchmark::Of { peers, .. }) = &indicator.benchmark {
                    names.extend(peers.keys().iter().filter(|key| !["peer_group", "pool"].contains(key)).map(|key| (*key).to_owned()));
                }
            }
        }
        names.extend(self.land.iter().flat_map(|land| land.term.names()));
        names.extend(self.merge.iter().flat_map(|merge| merge.when.iter().flat_map(Term::names)));
        names.extend(self.merge.iter().map(|merge| merge.by.column().to_owned()));
        let defined: BTreeSet<String> = self.indicator_ids().iter().map(|id| (*id).to_owned()).collect();
        let names = names
            .into_iter()
            .filter(|name| !self.benchmarks.iter().any(|benchmark| &benchmark.id == name))
            .filter(|name| !["score", "place", "grade", bonus::ADJUSTMENT_POINTS].contains(&name.as_str()))
            .filter(|name| !name.strip_suffix("_points").is_some_and(|id| defined.contains(id)));
        let mut columns = BTreeSet::new();
        for name in names {
            match derived(&name) {
                Some(term) => columns.extend(term.names()),
                None if defined.contains(&name) => {}
                None => {
                    columns.insert(name);
                }
            }
        }
        columns
    }
}

/// Every grade name of the groups once, best first.
fn grade_names(groups: &[Group], general: Option<&Grades>) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for grade in groups.iter().filter_map(|group| group.grades.as_ref().or(general)).flat_map(Grades::names) {
        if !names.contains(&grade) {
            names.push(grade);
        }
    }
    names
}

/// The formula of a derived column of the dictionary.
pub fn derived(name: &str) -> Option<Term> {
    let derived = Dictionary::get().derived.iter().find(|derived| derived.name == name)?;
    let formula = derived.formula.as_ref()?;
    let source = Source::new("dictionary.toml", formula.as_str());
    let key = Key { text: formula.clone(), span: 0..formula.len() };
    expression::read(&key, &source, &panel_vocabulary(&[]), Kind::Number, &mut Findings::default())
}

/// The names of the panel: what the dictionary knows, its derived columns, and the extra columns of the data.
pub fn panel_vocabulary(extra: &[(String, ColumnType)]) -> Vocabulary {
    let mut names = Vocabulary::default();
    for (name, kind) in extra {
        names.add(name, kind_of(*kind));
    }
    for table in Dictionary::get()
        .tables
        .iter()
        .filter(|table| ["enterprises", "land", "output", "tax", "energy", "zones"].contains(&table.name.as_str()))
    {
        for column in &table.columns {
            match (table.name.as_str(), column.name.as_str()) {
                ("land", _) if !column.summed => {}
                // They tell the rows of a year apart; in the panel there is one row for the year.
                ("output" | "tax" | "energy", "quarter" | "month") => {}
                ("zones", "name") => names.add("zone_name", Kind::Text),
                _ => names.add(&column.name, kind_of(column.kind)),
            }
        }
    }
    for derived in &Dictionary::get().derived {
        names.add(&derived.name, kind_of(derived.kind));
    }
    names
}

/// What a column is in expressions.
pub fn kind_of(kind: ColumnType) -> Kind {
    match kind {
        ColumnType::Number => Kind::Number,
        ColumnType::Year => Kind::Whole,
        ColumnType::Date => Kind::Date,
        ColumnType::Bool => Kind::Truth,
        ColumnType::Text | ColumnType::Id | ColumnType::Choice | ColumnType::Industry | ColumnType::Labels | ColumnType::Period => {
            Kind::Text
        }
    }
}

/// The text as TOML; `None` and a finding if it is none.
fn parse<'s>(text: &'s str, source: &Source, findings: &mut Findings) -> Option<toml::Spanned<DeTable<'s>>> {
    match DeTable::parse(text) {
        Ok(tree) => Some(tree),
        Err(error) => {
            let (why, span) = sayings::why(text, error.message(), error.span().unwrap_or(0..1));
            findings.push(Finding::error(Code::PolicySyntax, source.at(span)).with("reason", why));
            None
        }
    }
}

/// Reads and checks a policy. `extra`: columns of the data that the dictionary does not know.
pub fn read(source: &Source, extra: &Extra, findings: &mut Findings) -> Option<Policy> {
    let before = findings.count(Severity::Error);
    let layers = Layers::find(source, findings)?;
    let tables = layers.tables(findings)?;
    let policy = read_block(Block::new(&layers.source, &tables, 0..source.text.len()), extra, findings);
    policy.filter(|_| findings.count(Severity::Error) == before)
}

fn read_block(block: Block, extra: &Extra, findings: &mut Findings) -> Option<Policy> {
    let before = findings.count(Severity::Error);
    let id = block.need_text("id", findings);
    let title = block.bilingual("title", findings);
    if block.item("status").is_none() {
        block.missing("status", findings);
    }
    let status = block.word("status", Status::WORDS, findings);
    let about = about::read(&block, findings);
    let region = block.text("region", findings).map(|key| key.text);
    let years = read_years(&block, findings);
    let decimals = block.whole("decimals", 0..=12, findings).unwrap_or(6);
    let shown = block.whole("shown", 0..=6, findings).unwrap_or(2);
    let adjustments = block.word("adjustments", &[("applied", true), ("ignored", false)], findings).unwrap_or(true);
    let notes = read_notes(&block, findings);
    let sources = read_sources(&block, findings);
    let mut names = panel_vocabulary(extra.get("panel").map_or(&[][..], Vec::as_slice));
    let land = block.text("land", findings).and_then(|key| {
        let term = expression::read(&key, block.source, &names, Kind::Number, findings)?;
        Some(Land { term, formula: key.text })
    });
    let energy = factors::named(&block, "energy", Use::Energy, &names, findings);
    let pollutants = factors::named(&block, "pollutants", Use::Pollutants, &names, findings);
    let merge = block.block("merge", findings).and_then(|inner| merge::read(inner, &names, findings));
    let benchmarks = read_benchmarks(&block, &names, findings);
    scope::extend_with_benchmarks(&mut names, &benchmarks);
    let admissions =
        block.blocks("admit", findings).into_iter().filter_map(|admit| scope::read_admission(admit, &names, findings)).collect();
    let groups = read_groups(&block, &names, findings);
    for group in &groups {
        scope::extend_with_points(&mut names, &group.indicators);
    }
    let bonuses = bonus::read(&block, &names, findings);
    for group in &groups {
        scope::extend_with_results(&mut names, &group.indicators);
    }
    let grades = block.block("grades", findings).and_then(|inner| grade::read(inner, &names, findings));
    names.add("grade", Kind::Text);
    let review = block.block("review", findings).and_then(|inner| review::read(inner, &names, findings));
    let grade_names = grade_names(&groups, grades.as_ref());
    let moves = moves::read(&block, &names, &grade_names, findings);
    let rules = block.texts("rules", findings);
    for name in rules.iter().filter(|name| !library::is_book_name(&name.text)) {
        let known: Vec<&str> = library::BOOKS.iter().map(|(id, _)| *id).collect();
        let mut finding = Finding::error(Code::UnknownBook, block.source.place(name)).text(&name.text);
        if let Some(near) = expression::nearest(&name.text, known.iter().copied()) {
            finding = finding.with("hint", near);
        }
        findings.push(finding.with("known", known.join(", ")));
    }
    let settings = read_choices(&block, findings);
    let Some(id) = id else {
        block.finish(findings);
        return None;
    };
    let frame = Book { id: id.text.clone(), national: true, sources: sources.clone(), benchmarks: benchmarks.clone(), ..Book::empty() };
    let book = book::read_parts(&block, frame, extra, findings);
    let book = Some(book).filter(|book| !book.rules.is_empty() || !book.definitions.is_empty() || !book.settings.is_empty());
    let policy = Policy {
        rules,
        settings,
        book,
        title: id.or_title(title),
        about,
        region,
        status: status.unwrap_or(Status::InForce),
        years,
        decimals: u32::try_from(decimals).unwrap_or(6),
        shown: u32::try_from(shown).unwrap_or(2),
        adjustments,
        notes,
        sources,
        land,
        energy,
        pollutants,
        merge,
        admissions,
        benchmarks,
        groups,
        grades,
        bonuses,
        moves,
        review,
        id: id.text.clone(),
    };
    let all_read = findings.count(Severity::Error) == before;
    Ids::default().add(block.source, &id, findings);
    whole::check(&policy, &block, all_read, findings);
    block.finish(findings);
    Some(policy)
}

/// `years = { from = …, to = … }`.
fn read_years(block: &Block, findings: &mut Findings) -> Option<(i32, i32)> {
    let years = block.block("years", findings)?;
    let from = years.whole("from", 1990..=2100, findings).unwrap_or(1990);
    let to = years.whole("to", 1990..=2100, findings).unwrap_or(2100);
    if from > to {
        let place = years.place_of("to");
        findings.push(Finding::error(Code::BadValue, place).text(to.to_string()).with("key", "to").with("wanted", format!("≥ {from}")));
    }
    years.finish(findings);
    Some((from as i32, to as i32))
}

fn read_notes(block: &Block, findings: &mut Findings) -> Vec<Bilingual> {
    let mut notes = Vec::new();
    for note in block.blocks("notes", findings) {
        if let (Some(zh), Some(en)) = (note.need_text("zh", findings), note.need_text("en", findings)) {
            notes.push(Bilingual { zh: zh.text, en: en.text });
        }
        note.finish(findings);
    }
    notes
}

/// `[settings.BOOK]`: the values that the policy chooses there.
fn read_choices(block: &Block, findings: &mut Findings) -> Vec<Choice> {
    let mut choices = Vec::new();
    let Some(books) = block.block("settings", findings) else { return choices };
    for (book, item) in books.entries() {
        let Some(table) = item.get_ref().as_table() else {
            books.wrong(item, &book.text, "{ … }", findings);
            continue;
        };
        for (setting, item) in Block::new(block.source, table, item.span()).entries() {
            let text = number_text(item).or_else(|| item.get_ref().as_str().map(str::to_owned));
            let Some(value) = text.or_else(|| item.get_ref().as_bool().map(|truth| truth.to_string())) else {
                books.wrong(item, &setting.text, "1.5 | \"…\" | true", findings);
                continue;
            };
            let place = Some(Key { text: value.clone(), span: item.span() });
            choices.push(Choice { book: book.text.clone(), setting: setting.text, value, place });
        }
    }
    choices
}

/// How a document was sourced.
const GRADES: &[(&str, &str)] = &[("P", "P"), ("O", "O"), ("N", "N"), ("T", "T"), ("S", "S"), ("D", "D"), ("U", "U")];

fn read_sources(block: &Block, findings: &mut Findings) -> Vec<Reference> {
    let mut ids = Ids::default();
    let mut sources = Vec::new();
    for inner in block.blocks("sources", findings) {
        let (id, name) = (inner.need_text("id", findings), inner.need_text("name", findings));
        let url = inner.text("url", findings).map(|key| key.text);
        let read = inner.word("read", &[("full", "full"), ("excerpt", "excerpt"), ("none", "none")], findings).map(str::to_owned);
        let grade = inner.word("grade", GRADES, findings).map(str::to_owned);
        if let (Some(id), Some(name)) = (id, name)
            && ids.add(inner.source, &id, findings)
        {
            sources.push(Reference { id, name: name.text, url, read, grade });
        }
        inner.finish(findings);
    }
    sources
}

fn read_benchmarks(block: &Block, names: &Vocabulary, findings: &mut Findings) -> Vec<Named> {
    let mut ids = Ids::default();
    let mut benchmarks = Vec::new();
    for inner in block.blocks("benchmark", findings) {
        let Some(named) = benchmark::read_named(inner, names, &derived, findings) else { continue };
        if ids.add(block.source, &named.key, findings) && whole::is_free(block.source, &named.key, findings) {
            benchmarks.push(named);
        }
    }
    benchmarks
}

fn read_groups(block: &Block, names: &Vocabulary, findings: &mut Findings) -> Vec<Group> {
    let mut ids = Ids::default();
    let mut groups = Vec::new();
    for inner in block.blocks("group", findings) {
        let Some(group) = scope::read_group(inner, names, findings) else { continue };
        if ids.add(block.source, &group.key, findings) {
            groups.push(group);
        }
    }
    if groups.is_empty() && !findings.stop() {
        block.missing("group", findings);
    }
    groups
}
