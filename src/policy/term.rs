//! The checked form of a policy's SQL expressions: a small tree in which every name is known and every type fits.
//!
//! In: what `expression` accepted. Out: what `plan` prints as SQL. Nothing here can be invalid any more.

use std::collections::BTreeSet;

/// The type of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A number.
    Number,
    /// A whole number (years and parts of dates).
    Whole,
    /// Text.
    Text,
    /// True, false or unknown.
    Truth,
    /// A calendar date.
    Date,
    /// `NULL`: fits everywhere.
    Missing,
}

impl Kind {
    /// A number of either sort?
    pub fn is_numeric(self) -> bool {
        matches!(self, Kind::Number | Kind::Whole)
    }

    /// Could a value of one kind stand where the other is asked for?
    pub fn fits(self, other: Kind) -> bool {
        self == other || self == Kind::Missing || other == Kind::Missing || (self.is_numeric() && other.is_numeric())
    }

    /// Key of the word in the locale files.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Number | Kind::Whole => "kind.number",
            Kind::Text => "kind.text",
            Kind::Truth => "kind.truth",
            Kind::Date => "kind.date",
            Kind::Missing => "kind.missing",
        }
    }
}

/// Operators between two values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`, missing where the divisor is zero.
    Divide,
    /// `=`
    Equal,
    /// `<>`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `AND`
    And,
    /// `OR`
    Or,
}

impl Operator {
    /// How SQL writes it.
    pub fn symbol(self) -> &'static str {
        match self {
            Operator::Add => "+",
            Operator::Subtract => "-",
            Operator::Multiply => "*",
            Operator::Divide => "/",
            Operator::Equal => "=",
            Operator::NotEqual => "<>",
            Operator::Less => "<",
            Operator::LessOrEqual => "<=",
            Operator::Greater => ">",
            Operator::GreaterOrEqual => ">=",
            Operator::And => "AND",
            Operator::Or => "OR",
        }
    }

    /// Arithmetic?
    pub fn is_arithmetic(self) -> bool {
        matches!(self, Operator::Add | Operator::Subtract | Operator::Multiply | Operator::Divide)
    }

    /// A comparison?
    pub fn is_comparison(self) -> bool {
        !self.is_arithmetic() && !matches!(self, Operator::And | Operator::Or)
    }
}

/// The functions that every engine shares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Call {
    /// Largest argument, missing ones ignored.
    Greatest,
    /// Smallest argument, missing ones ignored.
    Least,
    /// First argument that is not missing.
    Coalesce,
    /// Missing where both arguments are equal.
    Nullif,
    /// Without the sign.
    Abs,
    /// Next whole number downwards.
    Floor,
    /// Next whole number upwards.
    Ceil,
    /// Half-up at a number of decimals.
    Round,
    /// Square root, missing for negative numbers.
    Sqrt,
    /// Natural logarithm, missing unless positive.
    Ln,
    /// Power of a positive base, else missing.
    Power,
    /// Part of a text, from a 1-based place.
    Substr,
    /// Upper case.
    Upper,
    /// Lower case.
    Lower,
    /// Number of characters.
    Length,
}

impl Call {
    /// Every function: name, fewest and most arguments.
    pub const ALL: &'static [(Call, &'static str, usize, usize)] = &[
        (Call::Greatest, "GREATEST", 2, 99),
        (Call::Least, "LEAST", 2, 99),
        (Call::Coalesce, "COALESCE", 2, 99),
        (Call::Nullif, "NULLIF", 2, 2),
        (Call::Abs, "ABS", 1, 1),
        (Call::Floor, "FLOOR", 1, 1),
        (Call::Ceil, "CEIL", 1, 1),
        (Call::Round, "ROUND", 1, 2),
        (Call::Sqrt, "SQRT", 1, 1),
        (Call::Ln, "LN", 1, 1),
        (Call::Power, "POWER", 2, 2),
        (Call::Substr, "SUBSTR", 2, 3),
        (Call::Upper, "UPPER", 1, 1),
        (Call::Lower, "LOWER", 1, 1),
        (Call::Length, "LENGTH", 1, 1),
    ];

    /// Its SQL name.
    pub fn name(self) -> &'static str {
        Call::ALL.iter().find(|(call, ..)| *call == self).map_or("", |(_, name, ..)| name)
    }
}

/// Steps of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The same day so many years on; where the month has no such day, its last.
    Year,
    /// The same day so many months on; where the month has no such day, its last.
    Month,
    /// So many days on.
    Day,
}

impl Step {
    /// The words of `INTERVAL`, one and several.
    pub const WORDS: &'static [(&'static str, &'static str, Step)] =
        &[("year", "years", Step::Year), ("month", "months", Step::Month), ("day", "days", Step::Day)];
}

/// A checked expression.
#[derive(Debug, Clone, PartialEq)]
pub enum Term {
    /// A column, or an id defined earlier in the policy.
    Column(String, Kind),
    /// A number as it was written, plain decimal.
    Number(String),
    /// A text.
    Text(String),
    /// `TRUE` or `FALSE`.
    Truth(bool),
    /// `NULL`.
    Missing,
    /// A date, ISO.
    Date(String),
    /// `-x`
    Negative(Box<Term>),
    /// `NOT x`
    Not(Box<Term>),
    /// Two values and what stands between them.
    Binary(Operator, Box<Term>, Box<Term>),
    /// `x IS NULL`, or with `true` its opposite.
    IsMissing(Box<Term>, bool),
    /// `x IN (…)`, or with `true` its opposite.
    In(Box<Term>, Vec<Term>, bool),
    /// `x LIKE 'pattern'`, or with `true` its opposite.
    Like(Box<Term>, String, bool),
    /// `CASE [operand] WHEN … THEN … [ELSE …] END`
    Case(Option<Box<Term>>, Vec<(Term, Term)>, Option<Box<Term>>),
    /// A function.
    Call(Call, Vec<Term>),
    /// `EXTRACT(YEAR FROM date)`: YEAR, MONTH or DAY.
    Extract(&'static str, Box<Term>),
    /// `date + INTERVAL '2 years'`, or with a negative number its opposite: counted from the date at once, never step by step.
    Offset(Box<Term>, i32, Step),
    /// `later - earlier` of two dates: days.
    Days(Box<Term>, Box<Term>),
    /// `has_label('x')`
    HasLabel(String),
    /// `has_column('x')`: do the data have that column at all?
    HasColumn(String),
}

impl Term {
    /// A number as it was written, with or without a sign.
    pub fn literal(text: &str) -> Term {
        match text.strip_prefix('-') {
            Some(positive) => Term::Negative(Box::new(Term::Number(positive.to_owned()))),
            None => Term::Number(text.to_owned()),
        }
    }

    /// The kind of its value.
    pub fn kind(&self) -> Kind {
        match self {
            Term::Column(_, kind) => *kind,
            Term::Number(text) => {
                if text.contains('.') {
                    Kind::Number
                } else {
                    Kind::Whole
                }
            }
            Term::Text(_) => Kind::Text,
            Term::Truth(_) | Term::Not(_) | Term::IsMissing(..) | Term::In(..) | Term::Like(..) => Kind::Truth,
            Term::HasLabel(_) | Term::HasColumn(_) => Kind::Truth,
            Term::Missing => Kind::Missing,
            Term::Date(_) | Term::Offset(..) => Kind::Date,
            Term::Negative(inner) => inner.kind(),
            Term::Binary(operator, left, right) => match operator {
                Operator::Divide => Kind::Number,
                arithmetic if arithmetic.is_arithmetic() => {
                    if left.kind() == Kind::Whole && right.kind() == Kind::Whole {
                        Kind::Whole
                    } else {
                        Kind::Number
                    }
                }
                _ => Kind::Truth,
            },
            Term::Case(_, branches, otherwise) => widest(branches.iter().map(|(_, result)| result).chain(otherwise.as_deref())),
            Term::Call(call, arguments) => match call {
                Call::Greatest | Call::Least | Call::Coalesce | Call::Nullif => widest(arguments.iter()),
                Call::Substr | Call::Upper | Call::Lower => Kind::Text,
                Call::Length => Kind::Whole,
                _ => Kind::Number,
            },
            Term::Extract(..) | Term::Days(..) => Kind::Whole,
        }
    }

    /// The columns and ids it uses.
    pub fn names(&self) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        self.visit(&mut |term| match term {
            Term::Column(name, _) => {
                names.insert(name.clone());
            }
            Term::HasLabel(_) => {
                names.insert("labels".to_owned());
            }
            _ => {}
        });
        names
    }

    /// Columns whose presence it asks for with `has_column`.
    pub fn asked_for(&self) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        self.visit(&mut |term| {
            if let Term::HasColumn(name) = term {
                names.insert(name.clone());
            }
        });
        names
    }

    /// Numerator and denominator, where the expression is a division at the top.
    pub fn ratio(&self) -> Option<(&Term, &Term)> {
        match self {
            Term::Binary(Operator::Divide, numerator, denominator) => Some((numerator, denominator)),
            _ => None,
        }
    }

    /// The same term with every column that has a definition replaced by it.
    #[must_use]
    pub fn replaced(self, definition: &dyn Fn(&str) -> Option<Term>) -> Term {
        let each = |term: Box<Term>| Box::new(term.replaced(definition));
        match self {
            Term::Column(name, kind) => definition(&name).unwrap_or(Term::Column(name, kind)),
            Term::Negative(inner) => Term::Negative(each(inner)),
            Term::Not(inner) => Term::Not(each(inner)),
            Term::Binary(operator, left, right) => Term::Binary(operator, each(left), each(right)),
            Term::IsMissing(inner, negated) => Term::IsMissing(each(inner), negated),
            Term::In(inner, list, negated) => {
                Term::In(each(inner), list.into_iter().map(|term| term.replaced(definition)).collect(), negated)
            }
            Term::Like(inner, pattern, negated) => Term::Like(each(inner), pattern, negated),
            Term::Case(operand, branches, otherwise) => Term::Case(
                operand.map(each),
                branches.into_iter().map(|(when, then)| (when.replaced(definition), then.replaced(definition))).collect(),
                otherwise.map(each),
            ),
            Term::Call(call, arguments) => Term::Call(call, arguments.into_iter().map(|term| term.replaced(definition)).collect()),
            Term::Extract(part, inner) => Term::Extract(part, each(inner)),
            Term::Offset(inner, count, step) => Term::Offset(each(inner), count, step),
            Term::Days(later, earlier) => Term::Days(each(later), each(earlier)),
            plain @ (Term::Number(_)
            | Term::Text(_)
            | Term::Truth(_)
            | Term::Missing
            | Term::Date(_)
            | Term::HasLabel(_)
            | Term::HasColumn(_)) => plain,
        }
    }

    /// Calls `see` for the term and everything below it.
    pub fn visit(&self, see: &mut dyn FnMut(&Term)) {
        see(self);
        match self {
            Term::Negative(inner) | Term::Not(inner) | Term::IsMissing(inner, _) | Term::Like(inner, ..) | Term::Extract(_, inner) => {
                inner.visit(see)
            }
            Term::Offset(inner, ..) => inner.visit(see),
            Term::Binary(_, left, right) | Term::Days(left, right) => {
                left.visit(see);
                right.visit(see);
            }
            Term::In(inner, list, _) => {
                inner.visit(see);
                list.iter().for_each(|item| item.visit(see));
            }
            Term::Case(operand, branches, otherwise) => {
                operand.iter().for_each(|operand| operand.visit(see));
                for (condition, result) in branches {
                    condition.visit(see);
                    result.visit(see);
                }
                otherwise.iter().for_each(|otherwise| otherwise.visit(see));
            }
            Term::Call(_, arguments) => arguments.iter().for_each(|argument| argument.visit(see)),
            Term::Column(..) | Term::Number(_) | Term::Text(_) | Term::Truth(_) | Term::Missing | Term::Date(_) => {}
            Term::HasLabel(_) | Term::HasColumn(_) => {}
        }
    }
}

fn widest<'t>(terms: impl Iterator<Item = &'t Term>) -> Kind {
    let mut widest = Kind::Missing;
    for term in terms {
        widest = match (widest, term.kind()) {
            (Kind::Missing, kind) | (Kind::Whole, kind @ Kind::Number) => kind,
            (known, _) => known,
        };
    }
    widest
}
