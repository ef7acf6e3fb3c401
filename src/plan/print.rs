//! Prints checked terms as SQL that polars, DuckDB and Spark read alike.
//!
//! Three things happen on the way, so that the same statement means the same everywhere: a division is missing where its
//! divisor is zero, numbers in arithmetic are written as DOUBLE, and computed numbers are rounded to the policy's decimals
//! before they are compared, so that a threshold met exactly is met.

use crate::dictionary::ColumnType;
use crate::policy::term::{Call, Kind, Operator, Step, Term};

/// A factor just above one, larger than the error of a few DOUBLE operations: it lifts a decimal tie, which binary numbers
/// hold a hair too low, over the tie, so that every engine's ROUND goes half-up (away from zero).
pub const NUDGE: &str = "1.000000000000001";

/// From here on the nudge shows in the sixth decimal.
const LARGE: f64 = 100_000_000.0;

/// Logarithm of the largest power that is a number and not missing: beyond e^30 no figure of this field is left.
const LARGEST_POWER: &str = "30.0";

/// How terms are printed.
pub struct Printer<'p> {
    /// Decimals of values before they are compared.
    pub decimals: u32,
    /// What stands for a name; `None`: the name itself.
    pub rename: &'p dyn Fn(&str) -> Option<String>,
    /// Columns that the data have; `None`: all. `has_label` is unknown where `labels` is not there.
    pub present: Option<&'p [(String, ColumnType)]>,
}

/// A name as SQL writes it: quoted unless it is a plain lower-case word that no engine reserves.
pub fn name(name: &str) -> String {
    const RESERVED: &[&str] = &[
        "all",
        "and",
        "any",
        "as",
        "between",
        "by",
        "case",
        "cast",
        "check",
        "column",
        "create",
        "cross",
        "current_date",
        "current_user",
        "date",
        "desc",
        "distinct",
        "else",
        "end",
        "exists",
        "false",
        "from",
        "full",
        "group",
        "having",
        "in",
        "inner",
        "interval",
        "into",
        "is",
        "join",
        "left",
        "like",
        "limit",
        "natural",
        "not",
        "null",
        "offset",
        "on",
        "or",
        "order",
        "outer",
        "right",
        "select",
        "session_user",
        "set",
        "some",
        "table",
        "then",
        "time",
        "timestamp",
        "to",
        "true",
        "union",
        "unique",
        "use",
        "user",
        "using",
        "values",
        "when",
        "where",
        "window",
        "with",
    ];
    let plain = name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if plain && !RESERVED.contains(&name) { name.to_owned() } else { format!("\"{}\"", name.replace('"', "\"\"")) }
}

/// A text literal.
pub fn text(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// The place of a grade in a list, best first, from 1: `CASE of WHEN 'A' THEN 1 … END`.
pub fn grade_number(names: &[String], of: &str) -> String {
    let cases: Vec<String> = names.iter().enumerate().map(|(at, grade)| format!("WHEN {} THEN {}", text(grade), at + 1)).collect();
    format!("CASE {of} {} END", cases.join(" "))
}

/// The grade at a place of the list: `CASE of WHEN 1 THEN 'A' … END`.
pub fn grade_at(names: &[String], of: &str) -> String {
    let cases: Vec<String> = names.iter().enumerate().map(|(at, grade)| format!("WHEN {} THEN {}", at + 1, text(grade))).collect();
    format!("CASE {of} {} END", cases.join(" "))
}

/// The SQL type of a kind.
pub fn sql_type(kind: Kind) -> &'static str {
    match kind {
        Kind::Text | Kind::Missing => "VARCHAR",
        Kind::Truth => "BOOLEAN",
        Kind::Date => "DATE",
        Kind::Whole => "BIGINT",
        Kind::Number => "DOUBLE",
    }
}

/// A number as a DOUBLE literal.
pub fn double(number: &str) -> String {
    if number.contains('.') { number.to_owned() } else { format!("{number}.0") }
}

/// A computed number rounded half-up.
pub fn rounded(expression: &str, decimals: u32) -> String {
    format!("ROUND({expression} * {NUDGE}, {decimals})")
}

impl Printer<'_> {
    /// The value of an indicator or a derived column, rounded: a division at the top is missing unless its denominator is
    /// positive.
    pub fn value(&self, term: &Term) -> String {
        rounded(&self.unrounded(term), self.decimals)
    }

    fn unrounded(&self, term: &Term) -> String {
        match term.ratio() {
            Some((numerator, denominator)) => {
                let below = self.number(denominator, true);
                format!("CASE WHEN {below} > 0 THEN {} / {below} END", self.number(numerator, true))
            }
            None if matches!(term, Term::Column(..) | Term::Call(..) | Term::Case(..)) => self.print(term),
            None => format!("({})", self.print(term)),
        }
    }

    /// Value with a fallback where it is missing, rounded.
    pub fn value_or(&self, term: &Term, fallback: Option<&Term>) -> String {
        match fallback {
            None => self.value(term),
            Some(fallback) => rounded(&format!("COALESCE({}, {})", self.unrounded(term), self.unrounded(fallback)), self.decimals),
        }
    }

    /// Any term.
    pub fn print(&self, term: &Term) -> String {
        match term {
            Term::Column(column, _) => (self.rename)(column).unwrap_or_else(|| name(column)),
            Term::Number(number) => number.clone(),
            Term::Text(value) => text(value),
            Term::Truth(truth) => if *truth { "TRUE" } else { "FALSE" }.to_owned(),
            Term::Missing => "NULL".to_owned(),
            Term::Date(date) => format!("DATE '{date}'"),
            Term::Negative(inner) => format!("-{}", self.number(inner, false)),
            Term::Not(inner) => format!("NOT {}", self.part(inner)),
            Term::Binary(operator, left, right) => self.binary(*operator, left, right),
            Term::IsMissing(inner, negated) => format!("{} IS {}NULL", self.part(inner), if *negated { "NOT " } else { "" }),
            Term::In(inner, list, negated) => {
                let texts = list.iter().all(|item| matches!(item, Term::Text(_)));
                if texts {
                    let list: Vec<String> = list.iter().map(|item| self.print(item)).collect();
                    return format!("{} {}IN ({})", self.part(inner), if *negated { "NOT " } else { "" }, list.join(", "));
                }
                // Engines differ on lists of several types and of columns; they agree on this.
                let equal: Vec<String> = list.iter().map(|item| self.binary(Operator::Equal, inner, item)).collect();
                format!("{}({})", if *negated { "NOT " } else { "" }, equal.join(" OR "))
            }
            Term::Like(inner, pattern, negated) => {
                format!("{} {}LIKE {}", self.part(inner), if *negated { "NOT " } else { "" }, text(pattern))
            }
            Term::Case(operand, branches, otherwise) => self.case(operand.as_deref(), branches, otherwise.as_deref()),
            Term::Call(call, arguments) => self.call(*call, arguments),
            Term::Extract(part, inner) => format!("EXTRACT({part} FROM {})", self.print(inner)),
            Term::Offset(inner, count, step) => self.offset(inner, *count, *step),
            // Seconds since 1970 over the seconds of a day: engines differ on the type of a difference of dates.
            Term::Days(later, earlier) => {
                let seconds = |date: &Term| format!("EXTRACT(EPOCH FROM CAST({} AS TIMESTAMP))", self.print(date));
                format!("CAST(({} - {}) / 86400 AS BIGINT)", seconds(later), seconds(earlier))
            }
            Term::HasColumn(column) => if self.has(column) { "TRUE" } else { "FALSE" }.to_owned(),
            Term::HasLabel(label) if self.has("labels") => format!("COALESCE(labels LIKE {}, FALSE)", text(&format!("%;{label};%"))),
            Term::HasLabel(_) => "CAST(NULL AS BOOLEAN)".to_owned(),
        }
    }

    /// A term in parentheses where it is made of parts.
    pub fn part(&self, term: &Term) -> String {
        match term {
            Term::Binary(..) | Term::Not(_) | Term::IsMissing(..) | Term::In(..) | Term::Like(..) | Term::Negative(_) => {
                format!("({})", self.print(term))
            }
            _ => self.print(term),
        }
    }

    fn has(&self, column: &str) -> bool {
        self.present.is_none_or(|columns| columns.iter().any(|(known, _)| known == column))
    }

    /// A date so many steps on or back; the cast, because some engines make a time of it.
    fn offset(&self, base: &Term, count: i32, step: Step) -> String {
        let (one, several) =
            Step::WORDS.iter().find(|(.., known)| *known == step).map_or(("day", "days"), |(one, several, _)| (one, several));
        let sign = if count < 0 { "-" } else { "+" };
        let word = if count.abs() == 1 { one } else { several };
        format!("CAST({} {sign} INTERVAL '{} {word}' AS DATE)", self.part(base), count.abs())
    }

    fn number(&self, term: &Term, divided: bool) -> String {
        match term {
            Term::Number(number) => double(number),
            _ if divided && term.kind() == Kind::Whole => format!("CAST({} AS DOUBLE)", self.print(term)),
            _ => self.part(term),
        }
    }

    fn binary(&self, operator: Operator, left: &Term, right: &Term) -> String {
        let symbol = operator.symbol();
        if operator == Operator::Divide {
            let below = match right {
                Term::Number(number) => double(number),
                _ => format!("NULLIF({}, 0.0)", self.number(right, true)),
            };
            return format!("{} / {below}", self.number(left, true));
        }
        if operator.is_arithmetic() {
            let whole = left.kind() == Kind::Whole && right.kind() == Kind::Whole;
            let side = |term: &Term| if whole { self.part(term) } else { self.number(term, false) };
            // Sums and products are read from the left: no parentheses there, or long sums would nest too deep.
            let chained = match (operator, left) {
                (Operator::Add | Operator::Subtract, Term::Binary(Operator::Add | Operator::Subtract, ..)) => {
                    left.kind() != Kind::Whole || whole
                }
                (Operator::Multiply, Term::Binary(Operator::Multiply, ..)) => left.kind() != Kind::Whole || whole,
                _ => false,
            };
            let before = if chained { self.print(left) } else { side(left) };
            return format!("{before} {symbol} {}", side(right));
        }
        if operator.is_comparison() {
            // What the nudge does to large numbers it then does to both sides.
            let computed = is_computed(left) || is_computed(right);
            return format!("{} {symbol} {}", self.compared(left, computed), self.compared(right, computed));
        }
        let chained = |term: &Term| match term {
            Term::Binary(inner, ..) if inner.is_comparison() || *inner == operator => self.print(term),
            _ => self.part(term),
        };
        format!("{} {symbol} {}", chained(left), chained(right))
    }

    fn compared(&self, term: &Term, computed: bool) -> String {
        if is_computed(term) {
            return rounded(&self.part(term), self.decimals);
        }
        if let Term::Number(number) = term
            && computed
            && number.parse::<f64>().is_ok_and(|number| number.abs() >= LARGE)
        {
            return rounded(&double(number), self.decimals);
        }
        match term {
            Term::Binary(operator, ..) if operator.is_arithmetic() => self.print(term),
            _ => self.part(term),
        }
    }

    fn case(&self, operand: Option<&Term>, branches: &[(Term, Term)], otherwise: Option<&Term>) -> String {
        let mut sql = "CASE".to_owned();
        if let Some(operand) = operand {
            sql += &format!(" {}", self.part(operand));
        }
        for (condition, result) in branches {
            sql += &format!(" WHEN {} THEN {}", self.print(condition), self.print(result));
        }
        if let Some(otherwise) = otherwise {
            sql += &format!(" ELSE {}", self.print(otherwise));
        }
        sql + " END"
    }

    fn call(&self, call: Call, arguments: &[Term]) -> String {
        let printed: Vec<String> = arguments
            .iter()
            .map(
                |argument| {
                    if argument.kind().is_numeric() && call != Call::Substr { self.number(argument, false) } else { self.print(argument) }
                },
            )
            .collect();
        let first = printed.first().cloned().unwrap_or_default();
        match call {
            Call::Round => {
                let decimals = match arguments.get(1) {
                    Some(Term::Number(number)) => number.parse().unwrap_or(0),
                    _ => 0,
                };
                rounded(&first, decimals)
            }
            Call::Sqrt => format!("CASE WHEN {first} >= 0 THEN SQRT({first}) END"),
            Call::Ln => format!("CASE WHEN {first} > 0 THEN LN({first}) END"),
            Call::Power => {
                let exponent = printed.get(1).cloned().unwrap_or_default();
                format!(
                    "CASE WHEN {first} > 0 THEN CASE WHEN ABS({exponent} * LN({first})) < {LARGEST_POWER} THEN POWER({first}, {exponent}) END END"
                )
            }
            Call::Floor | Call::Ceil if arguments.first().is_some_and(is_computed) => {
                format!("{}({})", call.name(), rounded(&first, self.decimals))
            }
            _ => format!("{}({})", call.name(), printed.join(", ")),
        }
    }
}

/// Is it a number that arithmetic made, and so may be a hair off its decimal?
fn is_computed(term: &Term) -> bool {
    let mut computed = false;
    term.visit(&mut |part| {
        computed |= match part {
            Term::Binary(operator, ..) => operator.is_arithmetic() && part.kind() == Kind::Number,
            Term::Call(call, _) => matches!(call, Call::Sqrt | Call::Ln | Call::Power),
            _ => false,
        }
    });
    computed && term.kind() == Kind::Number
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Findings;
    use crate::policy::source::{Key, Source};
    use crate::policy::{expression, panel_vocabulary};

    fn sql(formula: &str) -> String {
        let source = Source::new("test", formula);
        let key = Key { text: formula.to_owned(), span: 0..formula.len() };
        let mut findings = Findings::default();
        let term =
            expression::read(&key, &source, &panel_vocabulary(&[]), Kind::Missing, &mut findings).unwrap_or_else(|| panic!("{findings:?}"));
        Printer { decimals: 6, rename: &|_| None, present: None }.print(&term)
    }

    #[test]
    fn a_division_is_missing_where_its_divisor_is_zero() {
        assert_eq!(sql("tax_paid / land_mu"), "tax_paid / NULLIF(land_mu, 0.0)");
        assert_eq!(sql("tax_paid / 2"), "tax_paid / 2.0");
        assert_eq!(sql("year / 2"), "CAST(year AS DOUBLE) / 2.0");
    }

    #[test]
    fn computed_numbers_are_rounded_before_they_are_compared() {
        assert_eq!(sql("tax_paid >= 35"), "tax_paid >= 35");
        assert_eq!(sql("tax_paid / land_mu >= 35"), "ROUND((tax_paid / NULLIF(land_mu, 0.0)) * 1.000000000000001, 6) >= 35");
        assert_eq!(sql("year - EXTRACT(YEAR FROM production_on) < 2"), "year - EXTRACT(YEAR FROM production_on) < 2");
    }

    #[test]
    fn large_numbers_are_nudged_on_both_sides() {
        assert_eq!(
            sql("tax_paid * 10000 <= 1000000000"),
            "ROUND((tax_paid * 10000.0) * 1.000000000000001, 6) <= ROUND(1000000000.0 * 1.000000000000001, 6)"
        );
    }

    #[test]
    fn nesting_keeps_its_meaning() {
        assert_eq!(sql("(tax_paid + 1) * 2 - (profit - 3)"), "((tax_paid + 1.0) * 2.0) - (profit - 3.0)");
        assert_eq!(sql("above_scale AND (land_mu >= 3 OR NOT above_scale)"), "above_scale AND (land_mu >= 3 OR (NOT above_scale))");
        assert_eq!(sql("land_mu BETWEEN 3 AND 5"), "land_mu >= 3 AND land_mu <= 5");
    }

    #[test]
    fn no_function_can_give_what_is_not_a_number() {
        assert_eq!(sql("SQRT(profit)"), "CASE WHEN profit >= 0 THEN SQRT(profit) END");
        assert_eq!(sql("LN(profit)"), "CASE WHEN profit > 0 THEN LN(profit) END");
    }

    #[test]
    fn dates_are_counted_from_the_base_date_at_once() {
        assert_eq!(sql("production_on + INTERVAL '2 years'"), "CAST(production_on + INTERVAL '2 years' AS DATE)");
        assert_eq!(sql("production_on - INTERVAL '1' MONTH"), "CAST(production_on - INTERVAL '1 month' AS DATE)");
        assert_eq!(
            sql("registered_on - production_on > 30"),
            "CAST((EXTRACT(EPOCH FROM CAST(registered_on AS TIMESTAMP)) - EXTRACT(EPOCH FROM CAST(production_on AS TIMESTAMP))) / 86400 AS BIGINT) > 30"
        );
        assert_eq!(sql("has_column('production_on')"), "TRUE");
    }

    #[test]
    fn names_that_are_no_plain_words_are_quoted() {
        assert_eq!(name("land_mu"), "land_mu");
        assert_eq!(name("备注"), "\"备注\"");
        assert_eq!(name("group"), "\"group\"");
        assert_eq!(text("O'Neil"), "'O''Neil'");
    }
}
