//! One rule: what is looked at, under which condition, with what consequence, by when, and where it stands written.
//!
//! In: a `[[rule]]` block. Out: a checked [`Rule`]. Its verdict is three-valued: yes, no, cannot tell. Next: `plan::flags`.

use super::expression::{self, Vocabulary};
use super::source::{Block, Key};
use super::subject::Subject;
use super::term::{Kind, Term};
use crate::dictionary::Bilingual;
use crate::finding::{Code, Finding, Findings};

/// How much it matters, the least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Good to know.
    Info,
    /// To be looked at.
    Notice,
    /// To be dealt with.
    Warn,
    /// With a fee, damages or a duty.
    Major,
    /// The land itself is at stake.
    Critical,
}

impl Severity {
    /// The words of books, options and results.
    pub const WORDS: &'static [(&'static str, Severity)] = &[
        ("info", Severity::Info),
        ("notice", Severity::Notice),
        ("warn", Severity::Warn),
        ("major", Severity::Major),
        ("critical", Severity::Critical),
    ];

    /// The word.
    pub fn as_str(self) -> &'static str {
        Severity::WORDS.iter().find(|(_, severity)| *severity == self).map_or("", |(word, _)| word)
    }
}

/// An expression as the book writes it, and its checked form.
#[derive(Debug, Clone, PartialEq)]
pub struct Formula {
    /// As written.
    pub text: String,
    /// Checked.
    pub term: Term,
}

/// What follows; of several the first whose condition holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Consequence {
    /// When; `None`: else.
    pub when: Option<Formula>,
    /// In words.
    pub text: Bilingual,
}

/// A sum of money or another quantity that follows.
#[derive(Debug, Clone, PartialEq)]
pub struct Amount {
    /// How much.
    pub value: Formula,
    /// Of what.
    pub unit: Bilingual,
    /// At most so much?
    pub ceiling: bool,
    /// What is printed where the value is not known: the rate and its unit.
    pub rate: Option<(String, Bilingual)>,
}

/// A checked rule.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// Id in the catalogue of rules.
    pub id: String,
    /// Where the id stands.
    pub key: Key,
    /// What is looked at.
    pub subject: Subject,
    /// Short name.
    pub title: Bilingual,
    /// The condition.
    pub when: Formula,
    /// It must hold in so many consecutive years.
    pub years: u32,
    /// How much it matters.
    pub severity: Severity,
    /// When it is determined and no longer suspected.
    pub status: Option<Formula>,
    /// What follows.
    pub consequences: Vec<Consequence>,
    /// How much.
    pub amount: Option<Amount>,
    /// Since when it holds.
    pub since: Option<Formula>,
    /// The next date that matters.
    pub due: Option<Formula>,
    /// Columns and definitions that decide, in reading order.
    pub evidence: Vec<Key>,
    /// Id of the source.
    pub source: Option<Key>,
    /// Article of the source.
    pub article: Option<Bilingual>,
    /// Wording and boundaries.
    pub note: Option<Bilingual>,
    /// Why it is off unless it is named.
    pub off: Option<Bilingual>,
}

impl Rule {
    /// Every expression of the rule.
    pub fn terms(&self) -> impl Iterator<Item = &Term> {
        let optional = [&self.status, &self.since, &self.due].into_iter().flatten();
        let consequences = self.consequences.iter().filter_map(|consequence| consequence.when.as_ref());
        std::iter::once(&self.when)
            .chain(optional)
            .chain(consequences)
            .chain(self.amount.iter().map(|amount| &amount.value))
            .map(|formula| &formula.term)
    }
}

/// The subject of a block.
pub fn read_subject(block: &Block, findings: &mut Findings) -> Option<Subject> {
    if block.item("subject").is_none() {
        block.missing("subject", findings);
    }
    block.word("subject", Subject::WORDS, findings)
}

/// Reads a `[[rule]]`. The vocabulary is that of its subject.
pub fn read(block: Block, vocabulary: &dyn Fn(Subject) -> Vocabulary, findings: &mut Findings) -> Option<Rule> {
    let key = block.need_text("id", findings);
    let subject = read_subject(&block, findings);
    let names = subject.map(vocabulary).unwrap_or_default();
    let title = block.bilingual("title", findings);
    if block.item("when").is_none() {
        block.missing("when", findings);
    }
    let when = formula(&block, "when", Kind::Truth, &names, findings);
    let years = block.whole("years", 1..=10, findings).unwrap_or(1);
    if years > 1 && subject.is_some_and(|subject| subject != Subject::Enterprise) {
        let finding = Finding::error(Code::BadValue, block.place_of("years")).text(years.to_string());
        findings.push(finding.with("key", "years").with("wanted", "subject = \"enterprise\""));
    }
    if block.item("severity").is_none() {
        block.missing("severity", findings);
    }
    let severity = block.word("severity", Severity::WORDS, findings);
    let status = formula(&block, "status", Kind::Truth, &names, findings);
    let consequences = read_consequences(&block, &names, findings);
    let amount = block.block("amount", findings).and_then(|amount| read_amount(amount, &names, findings));
    let since = formula(&block, "since", Kind::Date, &names, findings);
    let due = formula(&block, "due", Kind::Date, &names, findings);
    let evidence = read_evidence(&block, &names, findings);
    let (source, article) = (block.text("source", findings), block.bilingual("article", findings));
    let (note, off) = (block.bilingual("note", findings), block.bilingual("off", findings));
    block.finish(findings);
    let key = key?;
    Some(Rule {
        id: key.text.clone(),
        subject: subject?,
        title: key.or_title(title),
        key,
        when: when?,
        years: u32::try_from(years).unwrap_or(1),
        severity: severity?,
        status,
        consequences,
        amount,
        since,
        due,
        evidence,
        source,
        article,
        note,
        off,
    })
}

fn formula(block: &Block, name: &'static str, kind: Kind, names: &Vocabulary, findings: &mut Findings) -> Option<Formula> {
    let key = block.text(name, findings)?;
    let term = expression::read(&key, block.source, names, kind, findings)?;
    Some(Formula { text: key.text, term })
}

/// One text for all, or a list of cases.
fn read_consequences(block: &Block, names: &Vocabulary, findings: &mut Findings) -> Vec<Consequence> {
    let Some(item) = block.item("consequence") else {
        block.missing("consequence", findings);
        return Vec::new();
    };
    if item.get_ref().as_array().is_none() {
        return block.bilingual("consequence", findings).map(|text| Consequence { when: None, text }).into_iter().collect();
    }
    let cases = block.blocks("consequence", findings).into_iter().filter_map(|case| {
        let when = formula(&case, "when", Kind::Truth, names, findings);
        let (zh, en) = (case.need_text("zh", findings), case.need_text("en", findings));
        case.finish(findings);
        Some(Consequence { when, text: Bilingual { zh: zh?.text, en: en?.text } })
    });
    cases.collect()
}

fn read_amount(block: Block, names: &Vocabulary, findings: &mut Findings) -> Option<Amount> {
    if block.item("value").is_none() {
        block.missing("value", findings);
    }
    if block.item("unit").is_none() {
        block.missing("unit", findings);
    }
    let value = formula(&block, "value", Kind::Number, names, findings);
    let unit = block.bilingual("unit", findings);
    let ceiling = match block.item("ceiling") {
        None => false,
        Some(item) => item.get_ref().as_bool().unwrap_or_else(|| {
            block.wrong(item, "ceiling", "true | false", findings);
            false
        }),
    };
    let rate = block.number("rate", findings).map(|key| key.text);
    let rate_unit = block.bilingual("rate_unit", findings);
    if rate.is_some() != rate_unit.is_some() {
        block.missing(if rate.is_some() { "rate_unit" } else { "rate" }, findings);
    }
    block.finish(findings);
    Some(Amount { value: value?, unit: unit?, ceiling, rate: rate.zip(rate_unit) })
}

/// Names of columns and definitions.
fn read_evidence(block: &Block, names: &Vocabulary, findings: &mut Findings) -> Vec<Key> {
    let keys = block.texts("evidence", findings);
    for key in keys.iter().filter(|key| names.kind(&key.text).is_none()) {
        let mut finding = Finding::error(Code::UnknownColumn, block.source.place(key)).text(&key.text).with("name", &key.text);
        if let Some(near) = names.nearest(&key.text) {
            finding = finding.with("hint", near);
        }
        findings.push(finding);
    }
    keys
}
