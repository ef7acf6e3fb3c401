//! Which way a figure may be off, where rows lack what it is summed from.
//!
//! In: a term, and which of its names may be higher or lower than they are said. Out: whether the value may be, and the columns
//! that say so row by row. A verdict that this could change cannot be told; one that it cannot change stands.

use super::{Bounds, Draft};
use crate::dictionary::Dictionary;
use crate::policy::scheme::{Of, Scheme};
use crate::policy::term::{Call, Operator, Term};

/// How a value moves with one of its names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// Not at all.
    Still,
    /// With it.
    With,
    /// Against it.
    Against,
    /// One cannot say.
    Either,
}

impl Way {
    fn and(self, other: Way) -> Way {
        match (self, other) {
            (Way::Still, way) | (way, Way::Still) => way,
            (one, two) if one == two => one,
            _ => Way::Either,
        }
    }

    fn turned(self) -> Way {
        match self {
            Way::With => Way::Against,
            Way::Against => Way::With,
            way => way,
        }
    }
}

impl Draft<'_> {
    /// Which way a term may be off.
    pub(super) fn bounds_of(&self, term: &Term) -> Bounds {
        let (mut bounds, mut open, mut signs) = (Bounds::default(), false, Vec::new());
        for name in term.names() {
            let Some(of) = self.bounds.get(&name) else { continue };
            let (with, against) = self.sides(term, &name, &mut signs);
            bounds.high |= (with && of.high) || (against && of.low);
            bounds.low |= (with && of.low) || (against && of.high);
            open |= of.high || of.low;
        }
        // Where a sign is not what was taken for granted, the value goes the other way.
        if open && !signs.is_empty() { Bounds { high: true, low: true } } else { bounds }
    }

    /// With the name, against it; and whose signs that rests on.
    fn sides(&self, term: &Term, name: &str, signs: &mut Vec<Term>) -> (bool, bool) {
        match self.way(term, name, signs) {
            Way::Still => (false, false),
            Way::With => (true, false),
            Way::Against => (false, true),
            Way::Either => (true, true),
        }
    }

    /// The columns that say row by row which way a figure may be off.
    pub(super) fn bound_columns(&self, id: &str, term: &Term, bounds: Bounds) -> Vec<String> {
        let mut columns = Vec::new();
        for (is, ending) in [(bounds.high, "__hi"), (bounds.low, "__lo")] {
            if is {
                columns.push(format!("{} AS {id}{ending}", self.off(term, ending == "__hi")));
            }
        }
        columns
    }

    /// May the term be higher (or lower) than it is said? A condition without NULL. Of conditions: may it hold (or not hold)?
    pub(super) fn off(&self, term: &Term, higher: bool) -> String {
        let (mut reasons, mut any, mut signs) = (Vec::new(), Vec::new(), Vec::new());
        for name in term.names() {
            let Some(of) = self.bounds.get(&name) else { continue };
            let (with, against) = self.sides(term, &name, &mut signs);
            for (is, ending, up) in [(of.high, "__hi", true), (of.low, "__lo", false)] {
                let flag = format!("COALESCE({name}{ending}, FALSE)");
                if is && ((with && up == higher) || (against && up != higher)) {
                    reasons.push(flag.clone());
                }
                if is {
                    any.push(flag);
                }
            }
        }
        if !any.is_empty() {
            let mut signs: Vec<String> = signs.iter().map(|sign| self.sql(sign)).collect();
            signs.sort();
            signs.dedup();
            reasons.extend(signs.iter().map(|sign| format!("(NOT COALESCE(({sign}) >= 0, FALSE) AND ({}))", any.join(" OR "))));
        }
        reasons.dedup();
        if reasons.is_empty() { "FALSE".to_owned() } else { reasons.join(" OR ") }
    }

    /// A way, times something: the same where that is never negative. What is known row by row is taken for positive, and noted.
    fn times(&self, way: Way, by: &Term, signs: &mut Vec<Term>) -> Way {
        if way == Way::Still || self.never_negative(by) {
            return way;
        }
        if by.names().iter().any(|name| self.bounds.contains_key(name)) {
            return Way::Either;
        }
        signs.push(by.clone());
        way
    }

    /// How a term moves with a name.
    fn way(&self, term: &Term, name: &str, signs: &mut Vec<Term>) -> Way {
        match term {
            Term::Column(column, _) => {
                if column == name {
                    Way::With
                } else {
                    Way::Still
                }
            }
            Term::Negative(inner) | Term::Not(inner) => self.way(inner, name, signs).turned(),
            Term::Binary(operator, left, right) => {
                let (of_left, of_right) = (self.way(left, name, signs), self.way(right, name, signs));
                match operator {
                    Operator::Add | Operator::And | Operator::Or => of_left.and(of_right),
                    Operator::Subtract | Operator::Greater | Operator::GreaterOrEqual => of_left.and(of_right.turned()),
                    Operator::Less | Operator::LessOrEqual => of_left.turned().and(of_right),
                    Operator::Multiply => self.times(of_left, right, signs).and(self.times(of_right, left, signs)),
                    Operator::Divide => self.times(of_left, right, signs).and(self.times(of_right.turned(), left, signs)),
                    Operator::Equal | Operator::NotEqual if of_left == Way::Still && of_right == Way::Still => Way::Still,
                    Operator::Equal | Operator::NotEqual => Way::Either,
                }
            }
            Term::Call(
                Call::Greatest
                | Call::Least
                | Call::Round
                | Call::Floor
                | Call::Ceil
                | Call::Sqrt
                | Call::Ln
                | Call::Nullif
                | Call::Coalesce,
                list,
            ) => self.all(list.iter(), name, signs),
            Term::Call(Call::Power, list) => {
                let (Some(base), Some(exponent)) = (list.first(), list.get(1)) else { return Way::Either };
                let of_base = self.way(base, name, signs);
                if self.way(exponent, name, signs) == Way::Still { self.times(of_base, exponent, signs) } else { Way::Either }
            }
            Term::Case(operand, branches, otherwise) => {
                let asks = operand.as_deref().into_iter().chain(branches.iter().map(|(when, _)| when));
                let asked = self.all(asks, name, signs);
                let gives = branches.iter().map(|(_, then)| then).chain(otherwise.as_deref());
                if asked == Way::Still { self.all(gives, name, signs) } else { Way::Either }
            }
            other => {
                if other.names().contains(name) {
                    Way::Either
                } else {
                    Way::Still
                }
            }
        }
    }

    /// How terms move together.
    fn all<'t>(&self, terms: impl Iterator<Item = &'t Term>, name: &str, signs: &mut Vec<Term>) -> Way {
        terms.fold(Way::Still, |way, term| way.and(self.way(term, name, signs)))
    }

    /// Can the value of a term never be negative?
    fn never_negative(&self, term: &Term) -> bool {
        match term {
            Term::Number(_) => true,
            Term::Column(column, _) => self.is_never_negative(column),
            Term::Binary(Operator::Add | Operator::Multiply | Operator::Divide, left, right) => {
                self.never_negative(left) && self.never_negative(right)
            }
            Term::Call(Call::Greatest, list) => list.iter().any(|term| self.never_negative(term)),
            Term::Call(Call::Least | Call::Coalesce | Call::Round | Call::Floor | Call::Ceil, list) => {
                list.iter().all(|term| self.never_negative(term))
            }
            Term::Call(Call::Nullif, list) => list.first().is_some_and(|term| self.never_negative(term)),
            Term::Call(Call::Abs | Call::Sqrt | Call::Power, _) => true,
            Term::Case(_, branches, otherwise) => {
                branches.iter().map(|(_, then)| then).chain(otherwise.as_deref()).all(|term| self.never_negative(term))
            }
            _ => false,
        }
    }

    fn is_never_negative(&self, alias: &str) -> bool {
        if let Some(Term::Number(_)) = self.options.settings.get(alias) {
            return true;
        }
        let Some(reference) = self.names().get(alias) else { return false };
        let name = reference.name.as_str();
        if let Some(measure) = self.scheme.measure(name) {
            return measure.only_adds();
        }
        if let Some(definition) = self.scheme.definition(name) {
            return self.never_negative(&definition.value);
        }
        let is_column = self.scheme.names.zone_columns().iter().any(|(column, _)| column == name);
        name == "enterprises"
            || self.scheme.states.iter().any(|state| state.id == name)
            || (is_column && crate::policy::scheme::never_negative(name))
    }
}

/// Is a value an amount of a whole year, so that a part of the year is less by nature? Amounts over amounts are not.
pub fn is_yearly(scheme: &Scheme, term: &Term) -> bool {
    degree(scheme, term) != 0
}

/// The power of time in a term: 1 for an amount, 0 for a ratio of amounts.
fn degree(scheme: &Scheme, term: &Term) -> i32 {
    match term {
        Term::Column(alias, _) => {
            let Some(reference) = scheme.names.get(alias) else { return 0 };
            if let Some(definition) = scheme.definition(&reference.name) {
                return degree(scheme, &definition.value);
            }
            let measure = scheme.measure(&reference.name).filter(|measure| measure.of == Of::Enterprise);
            i32::from(
                measure.and_then(|measure| measure.value.as_ref()).is_some_and(|value| value.term.names().iter().any(|name| is_flow(name))),
            )
        }
        Term::Negative(inner) => degree(scheme, inner),
        Term::Binary(Operator::Multiply, left, right) => degree(scheme, left) + degree(scheme, right),
        Term::Binary(Operator::Divide, left, right) => degree(scheme, left) - degree(scheme, right),
        Term::Binary(Operator::Add | Operator::Subtract, left, right) => degree(scheme, left).max(degree(scheme, right)),
        Term::Call(_, list) => list.first().map_or(0, |term| degree(scheme, term)),
        Term::Case(_, branches, otherwise) => {
            branches.iter().map(|(_, then)| then).chain(otherwise.as_deref()).map(|term| degree(scheme, term)).max().unwrap_or(0)
        }
        _ => 0,
    }
}

/// Does a column of the panel add up over time?
fn is_flow(name: &str) -> bool {
    Dictionary::get().tables.iter().flat_map(|table| &table.columns).any(|column| column.name == name && column.flow)
}
