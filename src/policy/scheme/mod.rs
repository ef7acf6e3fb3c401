//! Zone plans: the targets that a plan sets for zones, chains or a whole city, and what follows from them.
//!
//! In: a TOML file of `src/policies/plans`, or a user's own, and the extra columns of the data. Out: a checked [`Scheme`]. Users
//! say "plan"; here it is a scheme, because [`crate::plan`] is what makes SQL. Next: `plan::scheme`.

mod ladder;
mod measure;
mod names;
mod target;

use toml::de::DeTable;

pub use self::ladder::{Concentration, Due, End, Ladder, Score, ScoreRule, Structure};
pub use self::measure::{Definition, Kpi, Measure, Of, State, never_negative};
pub use self::names::{BASE_YEAR, Names, Reference as NameOf, When};
pub use self::target::{By, Direction, Scope, Target};

use super::about::About;
use super::definition::{self, Setting};
use super::expression;
use super::source::{Block, Ids, Key, Source};
use super::subject::Extra;
use super::term::Kind;
use super::{Reference, Status};
use crate::dictionary::Bilingual;
use crate::finding::{Code, Finding, Findings, Severity};

/// A checked zone plan.
#[derive(Debug, Clone)]
pub struct Scheme {
    /// kebab-case id.
    pub id: String,
    /// Heading.
    pub title: Bilingual,
    /// Place, edition, and what the source does not give.
    pub about: About,
    /// In force?
    pub status: Status,
    /// Administrative code of the place, if any.
    pub region: Option<String>,
    /// First and last year of the plan.
    pub years: Option<(i32, i32)>,
    /// What a reader should know.
    pub notes: Vec<Bilingual>,
    /// The documents.
    pub sources: Vec<Reference>,
    /// What an office may set.
    pub settings: Vec<Setting>,
    /// Sums over rows.
    pub measures: Vec<Measure>,
    /// Land by state.
    pub states: Vec<State>,
    /// Figures of `kpi.csv`.
    pub kpis: Vec<Kpi>,
    /// Named expressions, in order.
    pub definitions: Vec<Definition>,
    /// The targets, in order.
    pub targets: Vec<Target>,
    /// How zones are scored.
    pub score: Option<Score>,
    /// What follows from places.
    pub ladder: Vec<Ladder>,
    /// How the industry structure is taken out.
    pub structure: Option<Structure>,
    /// How unevenly figures lie on the land.
    pub concentration: Option<Concentration>,
    /// Dates that fall due.
    pub reviews: Vec<Due>,
    /// What the names in its expressions mean.
    pub names: Names,
}

impl Scheme {
    /// The document a part cites.
    pub fn reference(&self, source: Option<&Key>) -> Option<&Reference> {
        source.and_then(|key| self.sources.iter().find(|reference| reference.id.text == key.text))
    }

    /// The setting of that name.
    pub fn setting(&self, name: &str) -> Option<&Setting> {
        self.settings.iter().find(|setting| setting.id == name)
    }

    /// The definition of that name.
    pub fn definition(&self, name: &str) -> Option<&Definition> {
        self.definitions.iter().find(|definition| definition.id == name)
    }

    /// The measure of that name.
    pub fn measure(&self, name: &str) -> Option<&Measure> {
        self.measures.iter().find(|measure| measure.id == name)
    }

    /// Every figure with a name: its id, title and unit; land by state, which is in the unit of land, has none of its own.
    pub fn figures(&self) -> impl Iterator<Item = (&str, &Bilingual, Option<&Bilingual>)> {
        let measures = self.measures.iter().map(|measure| (measure.id.as_str(), &measure.title, measure.unit.as_ref()));
        let states = self.states.iter().map(|state| (state.id.as_str(), &state.title, None));
        let kpis = self.kpis.iter().map(|kpi| (kpi.id.as_str(), &kpi.title, kpi.unit.as_ref()));
        let definitions = self.definitions.iter().map(|definition| (definition.id.as_str(), &definition.title, definition.unit.as_ref()));
        measures.chain(states).chain(kpis).chain(definitions)
    }

    /// Targets for zones, the city or chains.
    pub fn targets_of(&self, scope: Scope) -> impl Iterator<Item = &Target> {
        self.targets.iter().filter(move |target| target.scope == scope)
    }
}

/// Is the text a zone plan? Only plans have targets, measures or a concentration.
pub fn is_scheme(source: &Source) -> bool {
    let own = ["target", "measure", "concentration", "ladder", "kpi"];
    DeTable::parse(&source.text).is_ok_and(|tree| tree.get_ref().iter().any(|(key, _)| own.contains(&key.get_ref().as_ref())))
}

/// Reads and checks a zone plan. `extra`: columns of the data that the dictionary does not know.
pub fn read(source: &Source, extra: &Extra, findings: &mut Findings) -> Option<Scheme> {
    let tree = super::parse(&source.text, source, findings)?;
    let before = findings.count(Severity::Error);
    let block = Block::new(source, tree.get_ref(), 0..source.text.len());
    let scheme = read_block(&block, extra, findings);
    if let Some(scheme) = scheme.as_ref().filter(|_| findings.count(Severity::Error) == before) {
        check_used(scheme, source, findings);
    }
    block.finish(findings);
    scheme.filter(|_| findings.count(Severity::Error) == before)
}

fn read_block(block: &Block, extra: &Extra, findings: &mut Findings) -> Option<Scheme> {
    let id = block.need_text("id", findings);
    let title = block.bilingual("title", findings);
    if block.item("status").is_none() {
        block.missing("status", findings);
    }
    let status = block.word("status", Status::WORDS, findings);
    let about = super::about::read(block, findings);
    let region = block.text("region", findings).map(|key| key.text);
    let years = super::read_years(block, findings);
    let notes = super::read_notes(block, findings);
    let sources = super::read_sources(block, findings);
    let mut names = Names::of_zones(extra);
    let settings = read_settings(block, &mut names, findings);
    let measures: Vec<Measure> =
        read_each(block, "measure", &mut names, findings, &mut |inner, _, findings| measure::read(inner, extra, findings));
    let states = read_each(block, "state", &mut names, findings, &mut |inner, _, findings| measure::read_state(inner, findings));
    let kpis = read_each(block, "kpi", &mut names, findings, &mut |inner, _, findings| measure::read_kpi(inner, findings));
    let definitions = read_each(block, "define", &mut names, findings, &mut measure::read_definition);
    let mut ids = Ids::default();
    let mut targets: Vec<Target> = Vec::new();
    for inner in block.blocks("target", findings) {
        let Some(target) = target::read(inner, &names, &settings, findings) else { continue };
        if ids.add(block.source, &target.key, findings) {
            targets.push(target);
        }
    }
    let score = block.block("score", findings).and_then(|inner| ladder::read_score(inner, findings));
    let ladder = block.blocks("ladder", findings).into_iter().filter_map(|inner| ladder::read(inner, findings)).collect();
    let structure = block.block("structure", findings).and_then(|inner| ladder::read_structure(inner, extra, findings));
    let concentration = block.block("concentration", findings).and_then(|inner| ladder::read_concentration(inner, extra, findings));
    let reviews = block.blocks("review", findings).into_iter().filter_map(|inner| ladder::read_due(inner, &names, findings)).collect();
    let id = id?;
    Ids::default().add(block.source, &id, findings);
    let title = id.or_title(title);
    let status = status.unwrap_or(Status::Draft);
    let scheme = Scheme {
        id: id.text,
        title,
        about,
        status,
        region,
        years,
        notes,
        sources,
        settings,
        measures,
        states,
        kpis,
        definitions,
        targets,
        score,
        ladder,
        structure,
        concentration,
        reviews,
        names,
    };
    for key in cited(&scheme) {
        super::whole::check_citation(key, &scheme.sources, block.source, findings);
    }
    Some(scheme)
}

fn read_settings(block: &Block, names: &mut Names, findings: &mut Findings) -> Vec<Setting> {
    let mut settings = Vec::new();
    for inner in block.blocks("setting", findings) {
        let Some(setting) = definition::read_setting(inner, findings) else { continue };
        if names.is_free(block.source, &setting.key, findings) {
            names.add_setting(&setting.id, setting.kind);
            settings.push(setting);
        }
    }
    settings
}

/// Something with a name that expressions may use.
trait Named {
    fn key(&self) -> &Key;
    fn kind(&self) -> Kind {
        Kind::Number
    }
}

impl Named for Measure {
    fn key(&self) -> &Key {
        &self.key
    }
}

impl Named for State {
    fn key(&self) -> &Key {
        &self.key
    }
}

impl Named for Kpi {
    fn key(&self) -> &Key {
        &self.key
    }
}

impl Named for Definition {
    fn key(&self) -> &Key {
        &self.key
    }

    fn kind(&self) -> Kind {
        self.value.kind()
    }
}

type ReadOne<'r, T> = dyn FnMut(Block, &Names, &mut Findings) -> Option<T> + 'r;

/// Blocks in the order of the file, each known to those after it.
fn read_each<T: Named>(block: &Block, name: &'static str, names: &mut Names, findings: &mut Findings, one: &mut ReadOne<T>) -> Vec<T> {
    let mut list = Vec::new();
    for inner in block.blocks(name, findings) {
        let Some(read) = one(inner, names, findings) else { continue };
        if names.is_free(block.source, read.key(), findings) {
            names.add_figure(&read.key().text, read.kind());
            list.push(read);
        }
    }
    list
}

/// Every citation.
fn cited(scheme: &Scheme) -> impl Iterator<Item = &Key> {
    let settings = scheme.settings.iter().filter_map(|setting| setting.source.as_ref());
    let measures = scheme.measures.iter().filter_map(|measure| measure.source.as_ref());
    let states = scheme.states.iter().filter_map(|state| state.source.as_ref());
    let definitions = scheme.definitions.iter().filter_map(|definition| definition.source.as_ref());
    let targets = scheme.targets.iter().filter_map(|target| target.source.as_ref());
    let ladder = scheme.ladder.iter().filter_map(|step| step.source.as_ref());
    let others = [
        scheme.score.as_ref().and_then(|score| score.source.as_ref()),
        scheme.structure.as_ref().and_then(|structure| structure.source.as_ref()),
        scheme.concentration.as_ref().and_then(|concentration| concentration.source.as_ref()),
    ];
    let reviews = scheme.reviews.iter().filter_map(|review| review.source.as_ref());
    let figures = measures.chain(states).chain(definitions);
    settings.chain(figures).chain(targets).chain(ladder).chain(others.into_iter().flatten()).chain(reviews)
}

/// What is said and never used: sources and settings. Figures are shown whether a target uses them or not.
fn check_used(scheme: &Scheme, source: &Source, findings: &mut Findings) {
    let cited: Vec<&str> = cited(scheme).map(|key| key.text.as_str()).collect();
    for reference in scheme.sources.iter().filter(|reference| !cited.contains(&reference.id.text.as_str())) {
        findings.push(Finding::warning(Code::UnusedSource, source.place(&reference.id)).text(&reference.id.text));
    }
    let terms = scheme.definitions.iter().map(|definition| &definition.value);
    let terms = terms.chain(scheme.targets.iter().flat_map(Target::terms)).chain(scheme.reviews.iter().map(|review| &review.due.term));
    let mut used: Vec<String> =
        terms.flat_map(|term| term.names()).filter_map(|name| Some(scheme.names.get(&name)?.name.clone())).collect();
    used.extend(scheme.targets.iter().filter_map(|target| target.by.as_ref().and_then(|by| by.setting.clone())));
    used.push(BASE_YEAR.to_owned());
    let settings = scheme.settings.iter().map(|setting| &setting.key);
    for key in settings.filter(|key| !used.contains(&key.text)) {
        findings.push(Finding::warning(Code::UnusedDefinition, source.place(key)).text(&key.text));
    }
}

/// An expression of a block, as written and checked.
fn formula(block: &Block, name: &'static str, kind: Kind, names: &Names, findings: &mut Findings) -> Option<super::rule::Formula> {
    let key = block.text(name, findings)?;
    let term = expression::read(&key, block.source, names.vocabulary(), kind, findings)?;
    Some(super::rule::Formula { text: key.text, term })
}
