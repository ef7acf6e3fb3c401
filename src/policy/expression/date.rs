//! Dates in expressions: `date + INTERVAL '2 years'` and `later - earlier`, calendar-exact in every engine.
//!
//! In: the parts of a sum or a difference. Out: an [`Term::Offset`] or [`Term::Days`]. The years are added to the base date at
//! once; a day that the month does not have is its last day (Civil Code art. 202).

use sqlparser::ast::{BinaryOperator, DateTimeField, Expr, FunctionArg, FunctionArgExpr, FunctionArguments, Interval, Value};

use super::Reader;
use crate::policy::term::{Kind, Step, Term};

/// More steps than this lead out of the calendar that tables may name.
const MOST_STEPS: i32 = 40_000;

impl Reader<'_> {
    /// The term of a sum or difference that is about dates; `None` if it is not about dates.
    pub(super) fn date_arithmetic(&mut self, whole: &Expr, left: &Expr, operator: &BinaryOperator, right: &Expr) -> Option<Option<Term>> {
        match (operator, right) {
            (BinaryOperator::Plus, Expr::Interval(interval)) => Some(self.offset(whole, left, interval, 1)),
            (BinaryOperator::Minus, Expr::Interval(interval)) => Some(self.offset(whole, left, interval, -1)),
            (BinaryOperator::Minus, _) if self.is_date(left) => Some(self.days(left, right)),
            _ => None,
        }
    }

    fn offset(&mut self, whole: &Expr, base: &Expr, interval: &Interval, sign: i32) -> Option<Term> {
        let base = self.typed(base, Kind::Date);
        let Some((count, step)) = steps(interval) else { return self.refuse(whole) };
        Some(Term::Offset(Box::new(base?), sign * count, step))
    }

    fn days(&mut self, later: &Expr, earlier: &Expr) -> Option<Term> {
        let (later, earlier) = (self.typed(later, Kind::Date), self.typed(earlier, Kind::Date));
        Some(Term::Days(Box::new(later?), Box::new(earlier?)))
    }

    /// Is it a date, by what can be seen of it? Looks down one side only, so that long differences cost nothing.
    fn is_date(&self, expression: &Expr) -> bool {
        match expression {
            Expr::Identifier(name) => self.vocabulary.kind(&name.value) == Some(Kind::Date),
            Expr::TypedString(_) => true,
            Expr::Nested(inner) => self.is_date(inner),
            Expr::BinaryOp { right, .. } => matches!(right.as_ref(), Expr::Interval(_)),
            Expr::Case { conditions, .. } => conditions.first().is_some_and(|when| self.is_date(&when.result)),
            Expr::Function(function) => match &function.args {
                FunctionArguments::List(list) => match list.args.first() {
                    Some(FunctionArg::Unnamed(FunctionArgExpr::Expr(first))) => self.is_date(first),
                    _ => false,
                },
                _ => false,
            },
            _ => false,
        }
    }
}

/// `INTERVAL '2 years'` or `INTERVAL '2' YEAR`.
fn steps(interval: &Interval) -> Option<(i32, Step)> {
    let Expr::Value(value) = interval.value.as_ref() else { return None };
    let Value::SingleQuotedString(text) = &value.value else { return None };
    let is_plain = interval.leading_precision.is_none() && interval.last_field.is_none() && interval.fractional_seconds_precision.is_none();
    let mut words = text.split_whitespace();
    let count = words.next()?.parse::<i32>().ok().filter(|count| (0..=MOST_STEPS).contains(count))?;
    let step = match (words.next(), &interval.leading_field) {
        (Some(word), None) => {
            let word = word.to_ascii_lowercase();
            Step::WORDS.iter().find(|(one, several, _)| *one == word || *several == word)?.2
        }
        (None, Some(DateTimeField::Year)) => Step::Year,
        (None, Some(DateTimeField::Month)) => Step::Month,
        (None, Some(DateTimeField::Day)) => Step::Day,
        _ => return None,
    };
    let largest = if step == Step::Day { MOST_STEPS } else { 1200 };
    if is_plain && words.next().is_none() && count <= largest { Some((count, step)) } else { None }
}
