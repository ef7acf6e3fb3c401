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

    /// Times something: the same where that is never negative.
    fn times(self, never_negative: bool) -> Way {
        if self == Way::Still || never_negative { self } else { Way::Either }
    }
}

impl Draft<'_> {
    /// Which way a term may be off.
    pub(super) fn bounds_of(&self, term: &Term) -> Bounds {
        let mut bounds = Bounds::default();
        for name in term.names() {
            let Some(of) = self.bounds.get(&name) else { continue };
            let (with, against) = self.sides(term, &name);
            bounds.high |= (with && of.high) || (against && of.low);
            bounds.low |= (with && of.low) || (against && of.high);
        }
        bounds
    }

    fn sides(&self, term: &Term, name: &str) -> (bool, bool) {
        match self.way(term, name) {
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

    /// May the term be higher (or lower) than it is said? A condition without NULL.
    pub(super) fn off(&self, term: &Term, higher: bool) -> String {
        let mut reasons = Vec::new();
        for name in term.names() {
            let Some(of) = self.bounds.get(&name) else { continue };
            let (with, against) = self.sides(term, &name);
            let (same, other) = if higher { (of.high, of.low) } else { (of.low, of.high) };
            let (same_ending, other_ending) = if higher { ("__hi", "__lo") } else { ("__lo", "__hi") };
            if with && same {
                reasons.push(format!("COALESCE({name}{same_ending}, FALSE)"));
            }
            if against && other {
                reasons.push(format!("COALESCE({name}{other_ending}, FALSE)"));
            }
        }
        reasons.dedup();
        if reasons.is_empty() { "FALSE".to_owned() } else { reasons.join(" OR ") }
    }

    /// How a term moves with a name.
    fn way(&self, term: &Term, name: &str) -> Way {
        let of = |term: &Term| self.way(term, name);
        match term {
            Term::Column(column, _) => {
                if column == name {
                    Way::With
                } else {
                    Way::Still
                }
            }
            Term::Negative(inner) => of(inner).turned(),
            Term::Binary(Operator::Add, left, right) => of(left).and(of(right)),
            Term::Binary(Operator::Subtract, left, right) => of(left).and(of(right).turned()),
            Term::Binary(Operator::Multiply, left, right) => {
                of(left).times(self.never_negative(right)).and(of(right).times(self.never_negative(left)))
            }
            Term::Binary(Operator::Divide, left, right) => {
                of(left).times(self.never_negative(right)).and(of(right).turned().times(self.never_negative(left)))
            }
            Term::Call(
                Call::Greatest | Call::Least | Call::Round | Call::Floor | Call::Ceil | Call::Sqrt | Call::Ln | Call::Nullif,
                list,
            ) => list.first().map_or(Way::Still, of).and(list[1..].iter().map(of).fold(Way::Still, Way::and)),
            Term::Call(Call::Coalesce, list) => list.iter().map(of).fold(Way::Still, Way::and),
            Term::Call(Call::Power, list) if matches!(list.get(1), Some(exponent) if self.never_negative(exponent)) => {
                let exponent = list.get(1).map_or(Way::Still, of);
                if exponent == Way::Still { list.first().map_or(Way::Still, of) } else { Way::Either }
            }
            Term::Case(operand, branches, otherwise) => {
                let asks = operand.iter().map(|term| of(term)).chain(branches.iter().map(|(when, _)| of(when)));
                let asked = asks.fold(Way::Still, Way::and);
                let gives =
                    branches.iter().map(|(_, then)| of(then)).chain(otherwise.iter().map(|term| of(term))).fold(Way::Still, Way::and);
                if asked == Way::Still { gives } else { Way::Either }
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
