//! The value of a term for given values of its names: three-valued, exact, and unknown wherever something is not worked out here.
//!
//! In: a [`Term`] and a lookup of names. Out: a [`Value`], `Missing` for what is missing, or `None` where this small interpreter has no
//! answer (roots, logarithms, patterns, steps of the calendar). The engine runs policies; this asks them questions: which cases can
//! never decide, and what falls between them.

use rust_decimal::Decimal;

use super::term::{Call, Operator, Term};

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A number.
    Number(Decimal),
    /// Text, and dates as ISO text.
    Text(String),
    /// True or false.
    Truth(bool),
    /// Nothing.
    Missing,
}

/// Names and their values; `None`: not known here.
pub type Names<'n> = dyn Fn(&str) -> Option<Value> + 'n;

/// The value of a term.
pub fn value(term: &Term, names: &Names) -> Option<Value> {
    Some(match term {
        Term::Column(name, _) => names(name)?,
        Term::Number(text) => Value::Number(text.parse().ok()?),
        Term::Text(text) | Term::Date(text) => Value::Text(text.clone()),
        Term::Truth(truth) => Value::Truth(*truth),
        Term::Missing => Value::Missing,
        Term::Negative(inner) => match value(inner, names)? {
            Value::Number(number) => Value::Number(-number),
            _ => Value::Missing,
        },
        Term::Not(inner) => match value(inner, names)? {
            Value::Truth(truth) => Value::Truth(!truth),
            _ => Value::Missing,
        },
        Term::Binary(operator, left, right) => binary(*operator, left, right, names)?,
        Term::IsMissing(inner, negated) => Value::Truth((value(inner, names)? == Value::Missing) != *negated),
        Term::In(inner, list, negated) => within(inner, list, *negated, names)?,
        Term::Case(operand, branches, otherwise) => case(operand.as_deref(), branches, otherwise.as_deref(), names)?,
        Term::Call(call, arguments) => call_of(*call, arguments, names)?,
        Term::HasLabel(label) => names(&format!("has_label:{label}"))?,
        Term::Extract(part, inner) => match value(inner, names)? {
            Value::Text(date) => {
                let place = ["YEAR", "MONTH", "DAY"].iter().position(|known| known == part)?;
                Value::Number(date.split('-').nth(place)?.parse().ok()?)
            }
            _ => Value::Missing,
        },
        Term::Like(..) | Term::Offset(..) | Term::Days(..) | Term::HasColumn(_) => return None,
    })
}

/// Does a condition hold? `None` inside: unknown.
pub fn holds(term: &Term, names: &Names) -> Option<Option<bool>> {
    Some(match value(term, names)? {
        Value::Truth(truth) => Some(truth),
        _ => None,
    })
}

fn binary(operator: Operator, left: &Term, right: &Term, names: &Names) -> Option<Value> {
    let (left, right) = (value(left, names), value(right, names));
    // One side alone may decide.
    let decides = match operator {
        Operator::And => Some(Value::Truth(false)),
        Operator::Or => Some(Value::Truth(true)),
        _ => None,
    };
    if decides.is_some() && (left == decides || right == decides) {
        return decides;
    }
    let (left, right) = (left?, right?);
    if left == Value::Missing || right == Value::Missing {
        return Some(Value::Missing);
    }
    Some(match (operator, left, right) {
        (Operator::And | Operator::Or, _, right) => right,
        (operator, Value::Number(left), Value::Number(right)) if operator.is_arithmetic() => {
            let result = match operator {
                Operator::Add => left.checked_add(right),
                Operator::Subtract => left.checked_sub(right),
                Operator::Multiply => left.checked_mul(right),
                _ if right.is_zero() => return Some(Value::Missing),
                _ => left.checked_div(right),
            };
            Value::Number(result?)
        }
        (operator, Value::Number(left), Value::Number(right)) => Value::Truth(compared(operator, left.cmp(&right))),
        (operator, Value::Text(left), Value::Text(right)) => Value::Truth(compared(operator, left.cmp(&right))),
        (operator, Value::Truth(left), Value::Truth(right)) => Value::Truth(compared(operator, left.cmp(&right))),
        _ => return None,
    })
}

fn compared(operator: Operator, order: std::cmp::Ordering) -> bool {
    match operator {
        Operator::Equal => order.is_eq(),
        Operator::NotEqual => order.is_ne(),
        Operator::Less => order.is_lt(),
        Operator::LessOrEqual => order.is_le(),
        Operator::Greater => order.is_gt(),
        _ => order.is_ge(),
    }
}

fn within(inner: &Term, list: &[Term], negated: bool, names: &Names) -> Option<Value> {
    let wanted = value(inner, names)?;
    let list: Option<Vec<Value>> = list.iter().map(|item| value(item, names)).collect();
    let list = list?;
    Some(match wanted {
        Value::Missing => Value::Missing,
        wanted if list.contains(&wanted) => Value::Truth(!negated),
        _ if list.contains(&Value::Missing) => Value::Missing,
        _ => Value::Truth(negated),
    })
}

fn case(operand: Option<&Term>, branches: &[(Term, Term)], otherwise: Option<&Term>, names: &Names) -> Option<Value> {
    let asked = match operand {
        Some(operand) => Some(value(operand, names)?),
        None => None,
    };
    for (when, then) in branches {
        let when = value(when, names)?;
        let holds = match &asked {
            Some(asked) => *asked != Value::Missing && *asked == when,
            None => when == Value::Truth(true),
        };
        if holds {
            return value(then, names);
        }
    }
    otherwise.map_or(Some(Value::Missing), |otherwise| value(otherwise, names))
}

fn call_of(call: Call, arguments: &[Term], names: &Names) -> Option<Value> {
    let values: Option<Vec<Value>> = arguments.iter().map(|argument| value(argument, names)).collect();
    let values = values?;
    let numbers = || values.iter().filter_map(|value| if let Value::Number(number) = value { Some(*number) } else { None });
    let number = |number: Option<Decimal>| Some(number.map_or(Value::Missing, Value::Number));
    match call {
        Call::Greatest => number(numbers().max()),
        Call::Least => number(numbers().min()),
        Call::Coalesce => Some(values.iter().find(|value| **value != Value::Missing).cloned().unwrap_or(Value::Missing)),
        Call::Nullif => Some(if values.first() == values.get(1) { Value::Missing } else { values.first()?.clone() }),
        Call::Abs => number(numbers().next().map(|number| number.abs())),
        Call::Floor => number(numbers().next().map(|number| number.floor())),
        Call::Ceil => number(numbers().next().map(|number| number.ceil())),
        Call::Substr => match (&values[0], &values[1], values.get(2)) {
            (Value::Text(text), Value::Number(from), length) => {
                let whole = |number: &Decimal| number.to_string().parse::<usize>().ok();
                let length = match length {
                    Some(Value::Number(length)) => whole(length)?,
                    _ => usize::MAX,
                };
                Some(Value::Text(text.chars().skip(whole(from)?.checked_sub(1)?).take(length).collect()))
            }
            _ => Some(Value::Missing),
        },
        Call::Round | Call::Sqrt | Call::Ln | Call::Power | Call::Upper | Call::Lower | Call::Length => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::expression::{self, Vocabulary};
    use super::super::source::{Key, Source};
    use super::super::term::Kind;
    use super::*;
    use crate::finding::Findings;

    fn told(text: &str, x: Option<&str>) -> Option<Value> {
        let mut names = Vocabulary::default();
        names.add("x", Kind::Number);
        names.add("y", Kind::Truth);
        let source = Source::new("t", text);
        let kind = if text.starts_with("1.5") || text.starts_with("CASE") { Kind::Number } else { Kind::Truth };
        let key = Key { text: text.to_owned(), span: 0..text.len() };
        let term = expression::read(&key, &source, &names, kind, &mut Findings::default()).expect("an expression");
        let x = x.map_or(Value::Missing, |x| Value::Number(x.parse().expect("a number")));
        value(&term, &|name| if name == "x" { Some(x.clone()) } else { Some(Value::Missing) })
    }

    #[test]
    fn unknown_is_kept_apart_from_false() {
        assert_eq!(told("x >= 3", Some("3")), Some(Value::Truth(true)));
        assert_eq!(told("x >= 3", None), Some(Value::Missing));
        assert_eq!(told("x >= 3 AND y", Some("2")), Some(Value::Truth(false)));
        assert_eq!(told("x >= 3 AND y", Some("3")), Some(Value::Missing));
        assert_eq!(told("x >= 3 OR y", Some("3")), Some(Value::Truth(true)));
        assert_eq!(told("NOT (x < 3 OR x IS NULL)", None), Some(Value::Truth(false)));
        assert_eq!(told("x NOT IN (1, 2)", Some("2")), Some(Value::Truth(false)));
    }

    #[test]
    fn numbers_are_decimals() {
        assert_eq!(told("1.5 * x", Some("0.1")), Some(Value::Number("0.15".parse().expect("a number"))));
        assert_eq!(told("CASE WHEN x > 1 THEN 2 ELSE 3 END", None), Some(Value::Number(Decimal::from(3))));
        assert_eq!(told("1.5 / x", Some("0")), Some(Value::Missing));
    }
}
