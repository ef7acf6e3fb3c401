//! What the conditions of a policy leave open: enterprises that no group takes, groups that cross, cases that can never decide.
//!
//! In: a policy that was read. Out: warnings, each with an example. The conditions are tried on the critical points of everything that
//! they compare: below, at and above every number, every word and another one, true and false, and missing. What cannot be taken apart
//! so (a pattern of steps of the calendar inside, figures that hang together) is left alone: no warning is a guess.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use super::Policy;
use super::evaluate::{self, Value};
use super::grade::Rule;
use super::scope::{Group, Outcome};
use super::term::{Kind, Operator, Term};
use crate::finding::{Code, Finding, Findings, Place};

/// Points tried at most; what has more is left alone.
const MOST: usize = 50_000;

/// Warns of gaps, of groups that cross, and of cases that never decide.
pub fn check(policy: &Policy, file: &str, findings: &mut Findings) {
    let place = || Place::File { file: file.into() };
    let admissions: Vec<&Term> = policy.admissions.iter().map(|case| &case.when).collect();
    for at in unreachable(&admissions) {
        let text = policy.admissions[at].formula.clone();
        findings.push(Finding::warning(Code::NeverDecides, place()).text(text).with("key", "admit"));
    }
    check_groups(policy, &place, findings);
    let rules = policy.groups.iter().filter_map(|group| group.grades.as_ref()).chain(&policy.grades);
    for grades in rules {
        let Rule::Predicate(cases, rest) = &grades.rule else { continue };
        let conditions: Vec<&Term> = cases.iter().map(|(_, when)| when).collect();
        for at in unreachable(&conditions) {
            findings.push(Finding::warning(Code::NeverDecides, place()).text(&cases[at].0).with("key", "grades.case"));
        }
        if rest.is_none()
            && let Some(example) = gap(&conditions, &[])
        {
            findings.push(Finding::warning(Code::CasesLeaveAGap, place()).text(example).with("key", "grades.case"));
        }
    }
}

fn check_groups(policy: &Policy, place: &dyn Fn() -> Place, findings: &mut Findings) {
    let always = Term::Truth(true);
    let groups: Vec<&Term> = policy.groups.iter().map(|group| group.when.as_ref().unwrap_or(&always)).collect();
    for at in unreachable(&groups) {
        findings.push(Finding::warning(Code::NeverDecides, place()).text(&policy.groups[at].id).with("key", "group"));
    }
    let out = policy.admissions.iter().filter(|case| !matches!(case.outcome, Outcome::Graded | Outcome::ScoredOnly));
    let out: Vec<&Term> = out.map(|case| &case.when).collect();
    if let Some(example) = gap(&groups, &out) {
        findings.push(Finding::warning(Code::CasesLeaveAGap, place()).text(example).with("key", "group"));
    }
    for (at, first) in policy.groups.iter().enumerate() {
        for second in &policy.groups[at + 1..] {
            if let Some(example) = crossing(first, second) {
                let both = format!("{}, {}", first.id, second.id);
                findings.push(Finding::warning(Code::GroupsCross, place()).text(example).with("groups", both));
            }
        }
    }
}

/// Cases that decide at no point: something above them always holds where they do.
fn unreachable(cases: &[&Term]) -> Vec<usize> {
    let Some(space) = Space::of(cases) else { return Vec::new() };
    let mut decided = vec![false; cases.len()];
    space.each(&mut |point| {
        if let Some(first) = space.cases.iter().position(|case| holds(case, point)) {
            decided[first] = true;
        }
        true
    });
    (0..cases.len()).filter(|at| !decided[*at]).collect()
}

/// A point with nothing missing at which no case holds, and none of those that come before.
fn gap(cases: &[&Term], before: &[&Term]) -> Option<String> {
    let all: Vec<&Term> = before.iter().chain(cases).copied().collect();
    let space = Space::of(&all)?;
    let mut example = None;
    space.each(&mut |point| {
        if !point.contains(&&Value::Missing) && !space.cases.iter().any(|case| holds(case, point)) {
            example = Some(space.describe(point));
        }
        example.is_none()
    });
    example
}

/// A point at which two groups hold, where neither lies inside the other.
fn crossing(first: &Group, second: &Group) -> Option<String> {
    let space = Space::of(&[first.when.as_ref()?, second.when.as_ref()?])?;
    let (mut both, mut alone) = (None, [false, false]);
    space.each(&mut |point| {
        match (holds(&space.cases[0], point), holds(&space.cases[1], point)) {
            (true, true) if both.is_none() => both = Some(space.describe(point)),
            (true, false) => alone[0] = true,
            (false, true) => alone[1] = true,
            _ => {}
        }
        true
    });
    both.filter(|_| alone == [true, true])
}

/// Conditions over numbered quantities, and the values that each may take.
struct Space {
    /// Conditions whose columns are `0`, `1`, …
    cases: Vec<Term>,
    /// Name in an example, and values.
    axes: Vec<(String, Vec<Value>)>,
}

type Point<'p> = Vec<&'p Value>;

/// Does a condition hold at a point?
fn holds(case: &Term, point: &Point) -> bool {
    let value =
        |name: &str| name.trim_start_matches("has_label:").parse::<usize>().ok().and_then(|at| point.get(at)).map(|value| (*value).clone());
    evaluate::value(case, &value) == Some(Value::Truth(true))
}

/// A quantity that is compared: the columns in it, its kind, and the values it is compared with.
struct Quantity {
    columns: BTreeSet<String>,
    kind: Kind,
    values: Vec<Value>,
}

/// Quantities by the text that tells them apart, in order of appearance.
#[derive(Default)]
struct Quantities {
    order: Vec<String>,
    known: BTreeMap<String, Quantity>,
}

impl Space {
    /// `None`: the conditions cannot be taken apart, or there are too many points.
    fn of(cases: &[&Term]) -> Option<Space> {
        let mut quantities = Quantities::default();
        let cases: Option<Vec<Term>> = cases.iter().map(|case| quantities.condition(case)).collect();
        let cases = cases?;
        let mut seen: BTreeSet<&String> = BTreeSet::new();
        // Figures that share a column hang together: their points are not free.
        if !quantities.known.values().all(|quantity| quantity.columns.iter().all(|column| seen.insert(column))) {
            return None;
        }
        let axes: Vec<(String, Vec<Value>)> = quantities.order.iter().map(|name| (name.clone(), quantities.known[name].points())).collect();
        let count = axes.iter().try_fold(1usize, |count, (_, values)| count.checked_mul(values.len()))?;
        (count <= MOST).then_some(Space { cases, axes })
    }

    /// Calls `see` for every point until it says stop.
    fn each(&self, see: &mut dyn FnMut(&Point) -> bool) {
        let mut at = vec![0; self.axes.len()];
        loop {
            let point: Point = at.iter().zip(&self.axes).map(|(at, (_, values))| &values[*at]).collect();
            if !see(&point) {
                return;
            }
            let Some(axis) = (0..at.len()).rev().find(|axis| at[*axis] + 1 < self.axes[*axis].1.len()) else { return };
            at[axis] += 1;
            at[axis + 1..].fill(0);
        }
    }

    fn describe(&self, point: &Point) -> String {
        let one = |(value, (name, _)): (&&Value, &(String, Vec<Value>))| match value {
            Value::Number(number) => format!("{name} = {}", number.normalize()),
            Value::Text(text) if text.is_empty() => format!("{name} = '…'"),
            Value::Text(text) => format!("{name} = '{text}'"),
            Value::Truth(truth) => format!("{name} = {}", truth.to_string().to_uppercase()),
            Value::Missing => format!("{name} IS NULL"),
        };
        point.iter().zip(&self.axes).map(one).collect::<Vec<_>>().join(", ")
    }
}

impl Quantity {
    /// Below, at and above every number; every word and another; true and false; missing.
    fn points(&self) -> Vec<Value> {
        let mut points: Vec<Value> = vec![Value::Missing];
        let numbers: BTreeSet<Decimal> =
            self.values.iter().filter_map(|value| if let Value::Number(number) = value { Some(*number) } else { None }).collect();
        let numbers: Vec<Decimal> = numbers.into_iter().collect();
        for (at, number) in numbers.iter().enumerate() {
            let below = at.checked_sub(1).map(|before| numbers[before]);
            let between = match below {
                Some(below) if self.kind == Kind::Whole => (number - below > Decimal::ONE).then(|| number - Decimal::ONE),
                Some(below) => Some((number + below) / Decimal::TWO),
                None if *number > Decimal::ZERO && self.kind != Kind::Whole => Some(number / Decimal::TWO),
                None if number.is_zero() => None,
                None => Some(number - Decimal::ONE),
            };
            points.extend(between.into_iter().chain([*number]).map(Value::Number));
        }
        points.extend(numbers.last().map(|last| Value::Number(last + Decimal::ONE)));
        let words: BTreeSet<&String> =
            self.values.iter().filter_map(|value| if let Value::Text(text) = value { Some(text) } else { None }).collect();
        points.extend(words.into_iter().cloned().map(Value::Text));
        match self.kind {
            Kind::Text => points.push(Value::Text(String::new())),
            Kind::Truth => points.extend([Value::Truth(true), Value::Truth(false)]),
            _ => {}
        }
        points
    }
}

impl Quantities {
    /// A column that stands for a quantity.
    fn column(&mut self, name: String, columns: BTreeSet<String>, kind: Kind) -> (Term, &mut Quantity) {
        let at = self.order.iter().position(|known| *known == name).unwrap_or_else(|| {
            self.order.push(name.clone());
            self.order.len() - 1
        });
        let quantity = self.known.entry(name).or_insert(Quantity { columns, kind, values: Vec::new() });
        (Term::Column(at.to_string(), kind), quantity)
    }

    /// The same for anything that is compared.
    fn quantity(&mut self, term: &Term) -> (Term, &mut Quantity) {
        let name = if let Term::Column(name, _) = term { name.clone() } else { sql(term) };
        self.column(name, term.names(), term.kind())
    }

    /// A condition over quantities.
    fn condition(&mut self, term: &Term) -> Option<Term> {
        Some(match term {
            Term::Truth(_) => term.clone(),
            Term::Column(_, Kind::Truth) => self.quantity(term).0,
            Term::HasLabel(label) => self.column(sql(term), [format!("labels:{label}")].into(), Kind::Truth).0,
            Term::Like(inner, pattern, negated) => {
                let plain = Term::Like(inner.clone(), pattern.clone(), false);
                let truth = self.column(sql(&plain), plain.names(), Kind::Truth).0;
                if *negated { Term::Not(Box::new(truth)) } else { truth }
            }
            Term::Not(inner) => Term::Not(Box::new(self.condition(inner)?)),
            Term::IsMissing(inner, negated) => Term::IsMissing(Box::new(self.quantity(inner).0), *negated),
            Term::In(inner, list, negated) => {
                let values: Option<Vec<Value>> = list.iter().map(constant).collect();
                let (column, quantity) = self.quantity(inner);
                quantity.values.extend(values?);
                Term::In(Box::new(column), list.clone(), *negated)
            }
            Term::Binary(operator @ (Operator::And | Operator::Or), left, right) => {
                Term::Binary(*operator, Box::new(self.condition(left)?), Box::new(self.condition(right)?))
            }
            Term::Binary(operator, left, right) if operator.is_comparison() => self.comparison(*operator, left, right),
            _ => return None,
        })
    }

    fn comparison(&mut self, operator: Operator, left: &Term, right: &Term) -> Term {
        let (compared, with, left_is_free) = match (constant(left), constant(right)) {
            (_, Some(with)) => (left.clone(), with, true),
            (Some(with), None) => (right.clone(), with, false),
            // Two figures: their difference is what counts.
            (None, None) => {
                let difference = Term::Binary(Operator::Subtract, Box::new(left.clone()), Box::new(right.clone()));
                let (column, quantity) = self.column(sql(&difference), difference.names(), Kind::Number);
                quantity.values.extend([Value::Number(Decimal::NEGATIVE_ONE), Value::Number(Decimal::ZERO)]);
                return Term::Binary(operator, Box::new(column), Box::new(Term::Number("0".to_owned())));
            }
        };
        let (column, quantity) = self.quantity(&compared);
        quantity.values.push(with);
        let sides = if left_is_free { (column, right.clone()) } else { (left.clone(), column) };
        Term::Binary(operator, Box::new(sides.0), Box::new(sides.1))
    }
}

/// The value of a term that names nothing.
fn constant(term: &Term) -> Option<Value> {
    evaluate::value(term, &|_| None)
}

/// Text that tells terms apart: close enough to SQL to be read.
fn sql(term: &Term) -> String {
    match term {
        Term::Column(name, _) => name.clone(),
        Term::Number(text) => text.clone(),
        Term::Text(text) | Term::Date(text) => format!("'{text}'"),
        Term::Binary(operator, left, right) => format!("{} {} {}", sql(left), operator.symbol(), sql(right)),
        Term::Extract(part, inner) => format!("EXTRACT({part} FROM {})", sql(inner)),
        Term::Call(call, arguments) => format!("{}({})", call.name(), arguments.iter().map(sql).collect::<Vec<_>>().join(", ")),
        Term::HasLabel(label) => format!("has_label('{label}')"),
        Term::Like(inner, pattern, _) => format!("{} LIKE '{pattern}'", sql(inner)),
        other => format!("{other:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::source::Source;
    use super::super::subject::Extra;
    use super::*;

    fn warnings(groups: &[&str], admit: &str) -> Vec<String> {
        let mut text = format!("id = \"p\"\ntitle = \"P\"\nstatus = \"trial\"\n{admit}\n");
        for (at, when) in groups.iter().enumerate() {
            text += &format!(
                "[[group]]\nid = \"g{at}\"\nwhen = \"{when}\"\n[[group.indicator]]\nid = \"t\"\nvalue = \"tax_evaluated / land_mu\"\nweight = 100\nbenchmark = 1\n"
            );
        }
        text += "[grades]\nrule = \"shares\"\nshares = { A = 100 }\n";
        let source = Source::new("p.toml", text);
        let mut findings = Findings::default();
        let policy = super::super::read(&source, &Extra::new(), &mut findings).unwrap_or_else(|| panic!("{findings:?}"));
        let mut findings = Findings::default();
        check(&policy, "p.toml", &mut findings);
        findings.iter().map(|finding| format!("{} {}", finding.code, finding.text.clone().unwrap_or_default())).collect()
    }

    #[test]
    fn a_gap_at_one_point_is_found() {
        assert_eq!(warnings(&["land_mu < 3", "land_mu > 3"], ""), ["cases-leave-a-gap land_mu = 3"]);
        assert_eq!(warnings(&["land_mu < 3", "land_mu >= 3"], ""), Vec::<String>::new());
        assert_eq!(warnings(&["above_scale", "NOT above_scale"], ""), Vec::<String>::new());
        assert_eq!(
            warnings(&["above_scale", "NOT above_scale AND land_mu >= 3"], ""),
            ["cases-leave-a-gap above_scale = FALSE, land_mu = 1.5"]
        );
    }

    #[test]
    fn admission_closes_a_gap() {
        let admit = "[[admit]]\nwhen = \"NOT above_scale AND land_mu < 3\"\noutcome = \"exempt\"\n";
        assert_eq!(warnings(&["above_scale", "NOT above_scale AND land_mu >= 3"], admit), Vec::<String>::new());
    }

    #[test]
    fn groups_that_cross_are_told_and_a_special_case_first_is_not() {
        assert_eq!(warnings(&["land_mu > 3", "land_mu < 10", "TRUE"], "").first().map(String::as_str), Some("groups-cross land_mu = 6.5"));
        assert_eq!(warnings(&["above_scale AND land_mu > 3", "above_scale", "NOT above_scale"], ""), Vec::<String>::new());
    }

    #[test]
    fn what_never_decides_is_told() {
        assert_eq!(warnings(&["land_mu >= 3", "land_mu >= 5", "TRUE"], ""), ["never-decides g1"]);
        // What hangs together is left alone.
        assert_eq!(warnings(&["land_mu < 3", "2 * land_mu > 6"], ""), Vec::<String>::new());
    }
}
