//! What a value is measured against: a constant, or a figure of a peer set.
//!
//! In: `benchmark` of an indicator, or a `[[benchmark]]` of its own that formulas may name. Out: the kind of figure, the
//! peers it is taken over, a multiple, and whether last year's figure is meant.

use rust_decimal::Decimal;

use super::expression::{self, Vocabulary};
use super::source::{Block, Key, number_text, pick};
use super::term::{Kind, Term};
use crate::dictionary::Bilingual;
use crate::finding::{Code, Finding, Findings};

/// Which figure of the peers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Figure {
    /// Σ numerators ÷ Σ denominators.
    RatioOfSums,
    /// Mean of the values.
    Mean,
    /// Middle value.
    Median,
    /// Value below which a share of the peers lies, linear between values.
    Quantile(Decimal),
    /// Largest value.
    Max,
    /// Smallest value.
    Min,
}

/// Over whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Peers {
    /// The enterprise's own pool: its group inside the combination of `within` keys.
    Group,
    /// The same industry division, in the whole data set.
    Industry,
    /// The same zone, all groups.
    Zone,
    /// The whole data set.
    All,
}

impl Peers {
    /// The words a policy uses.
    pub const WORDS: &'static [(&'static str, Peers)] =
        &[("group", Peers::Group), ("industry", Peers::Industry), ("zone", Peers::Zone), ("all", Peers::All)];

    /// The panel columns that the peers share, besides the year.
    pub fn keys(self) -> &'static [&'static str] {
        match self {
            Peers::Group => &["peer_group", "pool"],
            Peers::Industry => &["industry_division"],
            Peers::Zone => &["zone"],
            Peers::All => &[],
        }
    }
}

/// The benchmark of an indicator.
#[derive(Debug, Clone, PartialEq)]
pub enum Benchmark {
    /// A number, with the decimals it was written with.
    Constant(String),
    /// A figure of the peers.
    Of {
        /// Which figure.
        figure: Figure,
        /// Over whom.
        peers: Peers,
        /// Times this.
        times: Decimal,
        /// Of the year before.
        last_year: bool,
    },
}

/// A benchmark with a name of its own, for formulas: over every enterprise of the data set whose value is known.
#[derive(Debug, Clone, PartialEq)]
pub struct Named {
    /// The name formulas use.
    pub id: String,
    /// Where it was defined.
    pub key: Key,
    /// Heading.
    pub title: Bilingual,
    /// The value, a division at the top where a ratio of sums is asked.
    pub of: Term,
    /// Which figure.
    pub figure: Figure,
    /// Over whom (never the pool: there is none yet).
    pub peers: Peers,
    /// Fewer of them with a known value than this: unknown.
    pub members: u32,
}

const FIGURES: &[(&str, Figure)] = &[
    ("ratio-of-sums", Figure::RatioOfSums),
    ("mean", Figure::Mean),
    ("median", Figure::Median),
    ("quantile", Figure::Quantile(Decimal::ZERO)),
    ("max", Figure::Max),
    ("min", Figure::Min),
];

/// Reads `benchmark` of an indicator: a number, a word (over the group), or a table.
pub fn read(block: &Block, findings: &mut Findings) -> Option<Benchmark> {
    let item = block.item("benchmark")?;
    if let Some(text) = number_text(item) {
        return Some(Benchmark::Constant(text));
    }
    if let Some(text) = item.get_ref().as_str() {
        let key = Key { text: text.to_owned(), span: item.span() };
        let figure = pick(
            block.source,
            &key,
            "benchmark",
            &FIGURES.iter().filter(|(word, _)| *word != "quantile").copied().collect::<Vec<_>>(),
            findings,
        )?;
        return Some(Benchmark::Of { figure, peers: Peers::Group, times: Decimal::ONE, last_year: false });
    }
    let shape = block.block("benchmark", findings)?;
    let figure = figure(&shape, findings);
    let peers = shape.word("over", Peers::WORDS, findings).unwrap_or(Peers::Group);
    let times = shape.number("times", findings).and_then(|key| key.text.parse::<Decimal>().ok()).unwrap_or(Decimal::ONE);
    if times <= Decimal::ZERO {
        findings.push(
            Finding::error(Code::BadValue, shape.place_of("times")).text(times.to_string()).with("key", "times").with("wanted", "> 0"),
        );
    }
    let last_year = shape.word("year", &[("this", false), ("last", true)], findings).unwrap_or(false);
    shape.finish(findings);
    Some(Benchmark::Of { figure: figure?, peers, times, last_year })
}

fn figure(shape: &Block, findings: &mut Findings) -> Option<Figure> {
    if shape.item("kind").is_none() {
        shape.missing("kind", findings);
    }
    let kind = shape.word("kind", FIGURES, findings)?;
    if !matches!(kind, Figure::Quantile(_)) {
        return Some(kind);
    }
    let Some(item) = shape.item("q") else {
        shape.missing("q", findings);
        return None;
    };
    let share = number_text(item).and_then(|text| text.parse::<Decimal>().ok());
    let share = share.filter(|share| *share >= Decimal::ZERO && *share <= Decimal::ONE);
    if share.is_none() {
        shape.wrong(item, "q", "0–1", findings);
    }
    share.map(Figure::Quantile)
}

/// Reads a `[[benchmark]]`.
pub fn read_named(block: Block, vocabulary: &Vocabulary, derived: &dyn Fn(&str) -> Option<Term>, findings: &mut Findings) -> Option<Named> {
    let key = block.need_text("id", findings);
    let title = block.bilingual("title", findings);
    let of = block.need_text("of", findings).and_then(|of| {
        let term = expression::read(&of, block.source, vocabulary, Kind::Number, findings)?;
        // A derived column stands for its formula, so that its sums can be taken.
        let term = match &term {
            Term::Column(name, _) => derived(name).unwrap_or(term),
            _ => term,
        };
        Some((of, term))
    });
    let figure = figure(&block, findings);
    let words: Vec<(&str, Peers)> = Peers::WORDS.iter().filter(|(_, peers)| *peers != Peers::Group).copied().collect();
    let peers = block.word("over", &words, findings).unwrap_or(Peers::All);
    let members = block.whole("members", 1..=1_000_000, findings).unwrap_or(1);
    if let (Some((of, term)), Some(Figure::RatioOfSums)) = (&of, figure)
        && term.ratio().is_none()
    {
        findings.push(Finding::error(Code::NotARatio, block.source.place(of)).text(&of.text));
    }
    block.finish(findings);
    let key = key?;
    let title = key.or_title(title);
    Some(Named { id: key.text.clone(), key, title, of: of?.1, figure: figure?, peers, members: u32::try_from(members).unwrap_or(1) })
}
