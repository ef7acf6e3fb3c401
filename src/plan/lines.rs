//! The lines of a method: fixed bounds that its figures are compared with, and the statement that gives both for every enterprise.
//!
//! In: a policy. Out: [`Line`]s, and one statement with a figure and a bound per line. A line is told by its number alone, or by a word
//! of the enterprise (`CASE level WHEN …`): places and shares have none, and a bound that other enterprises make is none. The figure is
//! a ratio: per mu, per tce, per employee. Next: `assess::bunching` looks at who stands just beside.

use super::{Draft, Options, admitted, indicators, panel, print, select, with};
use crate::dictionary::Bilingual;
use crate::dictionary::suspicions::Side;
use crate::policy::benchmark::Benchmark;
use crate::policy::grade::Rule;
use crate::policy::points::Points;
use crate::policy::term::{Kind, Operator, Term};
use crate::policy::{self, Policy};

/// A bound of a method.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// What it is for: a key of the locale files, `line.grade`.
    pub part: &'static str,
    /// What is compared.
    pub figure: Term,
    /// What it is called.
    pub title: Bilingual,
    /// With what.
    pub bound: Term,
    /// Where it pays to be; `None`: not known.
    pub side: Option<Side>,
    /// For the enterprises of these groups; none: for all that are graded.
    pub groups: Vec<String>,
    /// For everybody in the data, whether graded or not.
    pub everybody: bool,
}

/// Every line of a method, in the order of the policy.
pub fn of(policy: &Policy) -> Vec<Line> {
    let mut lines = Lines { policy, all: Vec::new() };
    for admission in &policy.admissions {
        lines.compared("line.admission", &admission.when, &[], true);
    }
    for group in &policy.groups {
        group.when.iter().for_each(|when| lines.compared("line.group", when, &[], true));
    }
    for group in &policy.groups {
        let own = [group.id.clone()];
        for indicator in group.indicators.iter().filter(|indicator| indicator.value.ratio().is_some()) {
            let figure = Term::Column(indicator.id.clone(), Kind::Number);
            let side = Some(if indicator.lower_is_better { Side::Below } else { Side::Above });
            if let Some(Benchmark::Constant(text)) = &indicator.benchmark {
                lines.push("line.benchmark", &figure, &Term::literal(text), side, &own, false);
            }
            if let Points::Steps(steps) = &indicator.points {
                let bounds = steps.iter().map(|(bound, _)| Term::literal(&bound.to_string()));
                bounds.for_each(|bound| lines.push("line.step", &figure, &bound, side, &own, false));
            }
        }
        if let Some(Rule::Predicate(cases, _)) = policy.grades_of(group).map(|grades| &grades.rule) {
            cases.iter().for_each(|(_, when)| lines.compared("line.grade", when, &own, false));
        }
    }
    for step in &policy.moves {
        let groups: Vec<String> = step.groups.iter().map(|key| key.text.clone()).collect();
        step.when.iter().for_each(|when| lines.compared("line.move", when, &groups, false));
    }
    policy.review.iter().for_each(|review| lines.compared("line.review", &review.low, &[], false));
    lines.all
}

/// The whole statement: for each line the columns `figure_0` and `bound_0`, missing where the line is not the enterprise's.
pub fn statement(policy: &Policy, lines: &[Line], options: &Options) -> String {
    let mut draft = Draft::new(policy, options);
    panel::add(&mut draft);
    admitted::add(&mut draft);
    indicators::add(&mut draft);
    let printer = draft.printer();
    let mut columns = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let who = match super::of_groups(line.groups.iter().map(String::as_str)) {
            _ if line.everybody => "TRUE".to_owned(),
            Some(groups) => format!("admission = 'graded' AND {groups}"),
            None => "admission = 'graded' AND peer_group IS NOT NULL".to_owned(),
        };
        columns.push(format!("CASE WHEN {who} THEN {} END AS figure_{at}", printer.value(&line.figure)));
        columns.push(format!("{} AS bound_{at}", printer.value(&line.bound)));
    }
    let from = format!("FROM {}\nWHERE year = {}", draft.last(), options.year);
    with(&format!("-- {}: lines\n", print::name(&policy.id)), &draft.stages, &select(&columns, &from))
}

/// The lines as they are found.
struct Lines<'p> {
    policy: &'p Policy,
    all: Vec<Line>,
}

impl Lines<'_> {
    /// Adds what a condition compares with a fixed bound.
    fn compared(&mut self, part: &'static str, when: &Term, groups: &[String], everybody: bool) {
        when.visit(&mut |term| {
            let Term::Binary(operator, left, right) = term else { return };
            if !matches!(operator, Operator::Less | Operator::LessOrEqual | Operator::Greater | Operator::GreaterOrEqual) {
                return;
            }
            for (figure, bound) in [(left, right), (right, left)] {
                if self.is_ratio(figure) && is_fixed(bound) {
                    self.push(part, figure, bound, None, groups, everybody);
                }
            }
        });
    }

    fn push(&mut self, part: &'static str, figure: &Term, bound: &Term, side: Option<Side>, groups: &[String], everybody: bool) {
        let title = self.title(figure);
        let line = Line { part, figure: figure.clone(), title, bound: bound.clone(), side, groups: groups.to_vec(), everybody };
        if !self.all.contains(&line) {
            self.all.push(line);
        }
    }

    fn is_ratio(&self, term: &Term) -> bool {
        definition(self.policy, term).is_some_and(|term| term.ratio().is_some())
    }

    fn title(&self, figure: &Term) -> Bilingual {
        let Term::Column(name, _) = figure else {
            let names: Vec<String> = figure.names().into_iter().collect();
            return Bilingual::same(&names.join(", "));
        };
        match self.policy.indicator(name) {
            Some(indicator) => indicator.title.clone(),
            None => crate::dictionary::Dictionary::get().labels(name),
        }
    }
}

/// What a figure is made of: the formula of an indicator, of a figure of the dictionary, or what stands there.
pub fn definition(policy: &Policy, figure: &Term) -> Option<Term> {
    match figure {
        Term::Column(name, _) => policy.indicator(name).map(|indicator| indicator.value.clone()).or_else(|| policy::derived(name)),
        other => Some(other.clone()),
    }
}

/// A number, or one by a word of the enterprise: nothing measured has a part in it.
fn is_fixed(bound: &Term) -> bool {
    let (mut fixed, mut numbers) = (bound.kind().is_numeric(), 0);
    bound.visit(&mut |term| match term {
        Term::Column(_, kind) => fixed &= *kind == Kind::Text,
        Term::Number(_) => numbers += 1,
        Term::Extract(..) | Term::Days(..) => fixed = false,
        _ => {}
    });
    fixed && numbers > 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Findings;
    use crate::policy::library;
    use crate::policy::subject::Extra;

    /// Part, figure, printed bound.
    fn lines(policy: &str) -> Vec<(&'static str, String, String)> {
        let source = library::find(policy, &mut Findings::default()).expect("a built-in method");
        let policy = policy::read(&source, &Extra::new(), &mut Findings::default()).expect("a method that can be read");
        let printer = print::Printer { decimals: 6, rename: &|_| None, present: None };
        of(&policy).iter().map(|line| (line.part, line.title.en.clone(), printer.print(&line.bound))).collect()
    }

    #[test]
    fn fixed_bounds_of_ratios_are_lines_and_shares_and_others_figures_are_none() {
        let default = lines("default");
        assert_eq!(default.len(), 1, "{default:?}");
        assert_eq!((default[0].0, default[0].1.as_str()), ("line.review", "Output per mu"));
        assert!(default[0].2.contains("500") && default[0].2.contains("300"), "{default:?}");
        // 3 mu is no ratio, half of the industry's figure no fixed bound.
        let clearing: Vec<_> = lines("dongyang-clearing").into_iter().map(|(part, _, bound)| (part, bound)).collect();
        assert_eq!(clearing, [("line.grade", "5".to_owned())]);
        let benchmarks = lines("huangyan-2021");
        assert!(benchmarks.iter().any(|(part, _, bound)| *part == "line.benchmark" && bound == "26.01"), "{benchmarks:?}");
        assert_eq!(lines("jining-hightech-2023"), [], "shares alone have no line to bunch at");
    }
}
