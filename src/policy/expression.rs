//! Reads the SQL scalar expressions of a policy.
//!
//! In: the text of a key and the names that may stand in it. Out: a checked [`Term`], or findings that point at the place in
//! the policy file, with "did you mean". There is no language of our own here: the parser is the engine's own SQL parser,
//! and what it accepts is narrowed to scalar expressions that polars, DuckDB and Spark read alike.

mod date;

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use sqlparser::ast::{
    BinaryOperator, CeilFloorKind, DateTimeField, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments, Ident, Spanned,
    UnaryOperator, Value,
};
use sqlparser::dialect::GenericDialect;
use sqlparser::parser::Parser;
use sqlparser::tokenizer::Span;

use super::source::{Block, Key, Source};
use super::term::{Call, Kind, Operator, Term};
use crate::dictionary::sayings;
use crate::finding::{Code, Finding, Findings, Place};

/// The names an expression may use, and what each is.
#[derive(Debug, Clone, Default)]
pub struct Vocabulary {
    names: BTreeMap<String, Kind>,
}

impl Vocabulary {
    /// Adds a name; a later meaning replaces an earlier one.
    pub fn add(&mut self, name: impl Into<String>, kind: Kind) {
        self.names.insert(name.into(), kind);
    }

    /// Is the name known?
    pub fn kind(&self, name: &str) -> Option<Kind> {
        self.names.get(name).copied()
    }

    /// All names, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.names.keys().map(String::as_str)
    }

    /// The name that somebody who wrote this probably meant.
    pub fn nearest(&self, name: &str) -> Option<&str> {
        nearest(name, self.names())
    }
}

/// The candidate most like a word, if one is like enough to be worth suggesting.
pub fn nearest<'a>(word: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let lower = word.to_lowercase();
    candidates
        .map(|candidate| (strsim::damerau_levenshtein(&lower, &candidate.to_lowercase()), candidate))
        .filter(|(distance, candidate)| *distance <= (candidate.chars().count().max(word.chars().count()) / 3).max(1))
        .min()
        .map(|(_, candidate)| candidate)
}

/// Reads an expression of the kind asked for. `None` when something was wrong; the findings then say what.
pub fn read(key: &Key, source: &Source, vocabulary: &Vocabulary, wanted: Kind, findings: &mut Findings) -> Option<Term> {
    let mut reader = Reader { key, source, vocabulary, findings: Vec::new() };
    let term = reader.expression(wanted);
    let clean = reader.findings.is_empty();
    for finding in reader.findings {
        findings.push(finding);
    }
    term.filter(|_| clean)
}

/// A condition that may be left out. `None`: it is there and cannot be read.
pub fn optional(block: &Block, name: &'static str, vocabulary: &Vocabulary, findings: &mut Findings) -> Option<Option<(Term, String)>> {
    let Some(key) = block.text(name, findings) else { return Some(None) };
    read(&key, block.source, vocabulary, Kind::Truth, findings).map(|term| Some((term, key.text)))
}

/// Numbers stay below this: they are exact in every engine.
const LARGEST: i64 = 1_000_000_000_000_000;
/// Bytes of the longest expression.
const LONGEST: usize = 4000;
/// How deep the parser goes.
const DEEPEST: usize = 30;
/// How deep an expression may nest, so that every engine reads it.
const NESTED: usize = 12;

/// Levels of a term; a chain of operators to the left is one.
fn depth(term: &Term) -> usize {
    let most = |terms: &mut dyn Iterator<Item = &Term>| terms.map(depth).max().unwrap_or(0);
    match term {
        Term::Binary(_, left, right) => {
            let mut deepest = depth(right) + 1;
            let mut spine = left;
            while let Term::Binary(_, left, right) = spine.as_ref() {
                deepest = deepest.max(depth(right) + 1);
                spine = left;
            }
            deepest.max(depth(spine) + 1)
        }
        Term::Negative(inner) | Term::Not(inner) | Term::IsMissing(inner, _) | Term::Like(inner, ..) | Term::Extract(_, inner) => {
            depth(inner) + 1
        }
        Term::Offset(inner, ..) => depth(inner) + 1,
        Term::Days(later, earlier) => depth(later).max(depth(earlier)) + 1,
        Term::In(inner, list, _) => most(&mut std::iter::once(inner.as_ref()).chain(list)) + 1,
        Term::Case(operand, branches, otherwise) => {
            let inside = branches.iter().flat_map(|(when, then)| [when, then]);
            most(&mut operand.as_deref().into_iter().chain(inside).chain(otherwise.as_deref())) + 1
        }
        Term::Call(_, arguments) => most(&mut arguments.iter()) + 1,
        _ => 1,
    }
}

struct Reader<'r> {
    key: &'r Key,
    source: &'r Source,
    vocabulary: &'r Vocabulary,
    findings: Vec<Finding>,
}

impl Reader<'_> {
    fn expression(&mut self, wanted: Kind) -> Option<Term> {
        if self.key.text.len() > LONGEST {
            let finding = Finding::error(Code::ExpressionSyntax, self.source.place(self.key)).text(&self.key.text);
            self.findings.push(finding.with("reason", "sql.long").with("most", LONGEST));
            return None;
        }
        let dialect = GenericDialect {};
        let parsed = Parser::new(&dialect).with_recursion_limit(DEEPEST).try_with_sql(&self.key.text).and_then(|mut parser| {
            let expression = parser.parse_expr()?;
            let rest = parser.peek_token();
            if rest.token == sqlparser::tokenizer::Token::EOF { Ok(expression) } else { parser.expected("the end of the expression", rest) }
        });
        let expression = match parsed {
            Ok(expression) => expression,
            Err(error) => {
                let reason = error.to_string().replace("sql parser error: ", "");
                self.syntax(&reason);
                return None;
            }
        };
        let term = self.term(&expression)?;
        if !term.kind().fits(wanted) || (term.kind() == Kind::Missing && wanted != Kind::Missing) {
            self.mismatch(expression.span(), term.kind(), wanted);
            return None;
        }
        if depth(&term) > NESTED {
            self.syntax("recursion");
            return None;
        }
        Some(term)
    }

    fn syntax(&mut self, reason: &str) {
        let (reason, place) = match reason.rsplit_once(" at Line: ") {
            Some((text, at)) => {
                let mut numbers = at.split(|c: char| !c.is_ascii_digit()).filter_map(|part| part.parse::<u64>().ok());
                let (line, column) = (numbers.next().unwrap_or(1), numbers.next().unwrap_or(1));
                (text, self.source.within(self.key, line, column, 1))
            }
            None => (reason, self.source.place(self.key)),
        };
        let (key, found) = sayings::why_no_sql(reason);
        let finding = Finding::error(Code::ExpressionSyntax, place).text(&self.key.text).with("reason", key);
        self.findings.push(finding.with("found", found));
    }

    fn place(&self, span: Span) -> Place {
        let length = if span.start.line == span.end.line { span.end.column.saturating_sub(span.start.column).max(1) } else { 1 };
        if span.start.line == 0 {
            return self.source.place(self.key);
        }
        self.source.within(self.key, span.start.line, span.start.column, length)
    }

    fn mismatch(&mut self, span: Span, found: Kind, wanted: Kind) {
        let finding = Finding::error(Code::TypeMismatch, self.place(span))
            .text(&self.key.text)
            .with("found", found.word())
            .with("wanted", wanted.word());
        self.findings.push(finding);
    }

    fn refuse<T>(&mut self, expression: &Expr) -> Option<T> {
        let what = expression.to_string();
        let finding = Finding::error(Code::ExpressionNotAllowed, self.place(expression.span())).text(&self.key.text).with("what", what);
        self.findings.push(finding);
        None
    }

    fn typed(&mut self, expression: &Expr, wanted: Kind) -> Option<Term> {
        let term = self.term(expression)?;
        if term.kind().fits(wanted) && term.kind() != Kind::Missing {
            return Some(term);
        }
        self.mismatch(expression.span(), term.kind(), wanted);
        None
    }

    fn boxed(&mut self, expression: &Expr, wanted: Kind) -> Option<Box<Term>> {
        self.typed(expression, wanted).map(Box::new)
    }

    fn term(&mut self, expression: &Expr) -> Option<Term> {
        match expression {
            Expr::Identifier(name) => self.name(name),
            Expr::Nested(inner) => self.term(inner),
            Expr::Value(value) => self.value(expression, &value.value),
            Expr::TypedString(typed) => match (&typed.value.value, typed.data_type.to_string().as_str()) {
                (Value::SingleQuotedString(text), "DATE") if text.parse::<jiff::civil::Date>().is_ok() && text.len() == 10 => {
                    Some(Term::Date(text.clone()))
                }
                _ => self.refuse(expression),
            },
            Expr::UnaryOp { op: UnaryOperator::Minus, expr } => Some(Term::Negative(self.boxed(expr, Kind::Number)?)),
            Expr::UnaryOp { op: UnaryOperator::Plus, expr } => self.typed(expr, Kind::Number),
            Expr::UnaryOp { op: UnaryOperator::Not, expr } => Some(Term::Not(self.boxed(expr, Kind::Truth)?)),
            Expr::BinaryOp { left, op, right } => self.binary(expression, left, op, right),
            Expr::IsNull(inner) => Some(Term::IsMissing(Box::new(self.term(inner)?), false)),
            Expr::IsNotNull(inner) => Some(Term::IsMissing(Box::new(self.term(inner)?), true)),
            Expr::InList { expr, list, negated } => {
                let value = self.term(expr)?;
                let list: Option<Vec<Term>> = list.iter().map(|item| self.typed(item, value.kind())).collect();
                Some(Term::In(Box::new(value), list?, *negated))
            }
            Expr::Between { expr, negated, low, high } => self.between(expr, low, high, *negated),
            Expr::Like { negated, any: false, expr, pattern, escape_char: None } => match pattern.as_ref() {
                Expr::Value(value) => match &value.value {
                    Value::SingleQuotedString(pattern) => Some(Term::Like(self.boxed(expr, Kind::Text)?, pattern.clone(), *negated)),
                    _ => self.refuse(expression),
                },
                _ => self.refuse(expression),
            },
            Expr::Case { operand, conditions, else_result, .. } => self.case(operand.as_deref(), conditions, else_result.as_deref()),
            Expr::Extract { field, expr, .. } => {
                let part = match field {
                    DateTimeField::Year => "YEAR",
                    DateTimeField::Month => "MONTH",
                    DateTimeField::Day => "DAY",
                    _ => return self.refuse(expression),
                };
                Some(Term::Extract(part, self.boxed(expr, Kind::Date)?))
            }
            Expr::Floor { expr, field: CeilFloorKind::DateTimeField(DateTimeField::NoDateTime) } => {
                Some(Term::Call(Call::Floor, vec![self.typed(expr, Kind::Number)?]))
            }
            Expr::Ceil { expr, field: CeilFloorKind::DateTimeField(DateTimeField::NoDateTime) } => {
                Some(Term::Call(Call::Ceil, vec![self.typed(expr, Kind::Number)?]))
            }
            Expr::Substring { expr, substring_from: Some(from), substring_for, .. } => {
                let places: Vec<&Expr> = std::iter::once(expr.as_ref()).chain([from.as_ref()]).chain(substring_for.as_deref()).collect();
                self.arguments(Call::Substr, &places).map(|arguments| Term::Call(Call::Substr, arguments))
            }
            Expr::Function(function) => self.call(expression, function),
            _ => self.refuse(expression),
        }
    }

    fn name(&mut self, name: &Ident) -> Option<Term> {
        if let Some(kind) = self.vocabulary.kind(&name.value) {
            return Some(Term::Column(name.value.clone(), kind));
        }
        let mut finding = Finding::error(Code::UnknownColumn, self.place(name.span)).text(&self.key.text).with("name", &name.value);
        if let Some(near) = self.vocabulary.nearest(&name.value) {
            finding = finding.with("hint", near);
        }
        self.findings.push(finding);
        None
    }

    fn value(&mut self, expression: &Expr, value: &Value) -> Option<Term> {
        match value {
            Value::Number(text, _) => match text.parse::<Decimal>().or_else(|_| Decimal::from_scientific(text)) {
                Ok(number) if number < Decimal::from(LARGEST) => {
                    Some(Term::Number(if text.contains('.') && number.scale() == 0 { format!("{number}.0") } else { number.to_string() }))
                }
                _ => self.refuse(expression),
            },
            Value::SingleQuotedString(text) => Some(Term::Text(text.clone())),
            Value::Boolean(truth) => Some(Term::Truth(*truth)),
            Value::Null => Some(Term::Missing),
            _ => self.refuse(expression),
        }
    }

    fn binary(&mut self, expression: &Expr, left: &Expr, operator: &BinaryOperator, right: &Expr) -> Option<Term> {
        if let Some(about_dates) = self.date_arithmetic(expression, left, operator, right) {
            return about_dates;
        }
        let operator = match operator {
            BinaryOperator::Plus => Operator::Add,
            BinaryOperator::Minus => Operator::Subtract,
            BinaryOperator::Multiply => Operator::Multiply,
            BinaryOperator::Divide => Operator::Divide,
            BinaryOperator::Eq => Operator::Equal,
            BinaryOperator::NotEq => Operator::NotEqual,
            BinaryOperator::Lt => Operator::Less,
            BinaryOperator::LtEq => Operator::LessOrEqual,
            BinaryOperator::Gt => Operator::Greater,
            BinaryOperator::GtEq => Operator::GreaterOrEqual,
            BinaryOperator::And => Operator::And,
            BinaryOperator::Or => Operator::Or,
            _ => return self.refuse(expression),
        };
        let wanted = if operator.is_arithmetic() {
            Some(Kind::Number)
        } else if operator.is_comparison() {
            None
        } else {
            Some(Kind::Truth)
        };
        let (first, second) = match wanted {
            Some(kind) => (self.typed(left, kind), self.typed(right, kind)),
            None => {
                let first = self.term(left);
                let second = match &first {
                    Some(first) => self.typed(right, first.kind()),
                    None => self.term(right),
                };
                (first, second)
            }
        };
        let (first, second) = (first?, second?);
        if operator == Operator::Divide
            && matches!(&second, Term::Number(text) if text.parse::<Decimal>().is_ok_and(|number| number.is_zero()))
        {
            return self.refuse(expression);
        }
        Some(Term::Binary(operator, Box::new(first), Box::new(second)))
    }

    fn between(&mut self, value: &Expr, low: &Expr, high: &Expr, negated: bool) -> Option<Term> {
        let value = self.term(value)?;
        let (low, high) = (self.boxed(low, value.kind())?, self.boxed(high, value.kind())?);
        let within = Term::Binary(
            Operator::And,
            Box::new(Term::Binary(Operator::GreaterOrEqual, Box::new(value.clone()), low)),
            Box::new(Term::Binary(Operator::LessOrEqual, Box::new(value), high)),
        );
        Some(if negated { Term::Not(Box::new(within)) } else { within })
    }

    fn case(&mut self, operand: Option<&Expr>, conditions: &[sqlparser::ast::CaseWhen], otherwise: Option<&Expr>) -> Option<Term> {
        let operand = match operand {
            Some(operand) => Some(self.term(operand)?),
            None => None,
        };
        let asked = operand.as_ref().map_or(Kind::Truth, Term::kind);
        let mut branches = Vec::new();
        let mut result_kind = Kind::Missing;
        for when in conditions {
            let condition = self.typed(&when.condition, asked)?;
            let result = self.result(&when.result, result_kind)?;
            result_kind = if result_kind == Kind::Missing { result.kind() } else { result_kind };
            branches.push((condition, result));
        }
        let otherwise = match otherwise {
            Some(otherwise) => Some(Box::new(self.result(otherwise, result_kind)?)),
            None => None,
        };
        Some(Term::Case(operand.map(Box::new), branches, otherwise))
    }

    /// What a branch gives: here alone `NULL` has a meaning.
    fn result(&mut self, expression: &Expr, wanted: Kind) -> Option<Term> {
        match expression {
            Expr::Value(value) if value.value == Value::Null => Some(Term::Missing),
            _ => self.typed(expression, wanted),
        }
    }

    fn call(&mut self, expression: &Expr, function: &Function) -> Option<Term> {
        let plain = function.over.is_none() && function.filter.is_none() && function.within_group.is_empty();
        let name = function.name.to_string();
        let FunctionArguments::List(list) = &function.args else { return self.refuse(expression) };
        if !plain || list.duplicate_treatment.is_some() || !list.clauses.is_empty() {
            return self.refuse(expression);
        }
        let arguments: Option<Vec<&Expr>> = list
            .args
            .iter()
            .map(|argument| match argument {
                FunctionArg::Unnamed(FunctionArgExpr::Expr(inner)) => Some(inner),
                _ => None,
            })
            .collect();
        let Some(arguments) = arguments else { return self.refuse(expression) };
        let is = |known: &str| name.eq_ignore_ascii_case(known);
        if is("has_label") || is("has_column") {
            let text = match arguments.as_slice() {
                [Expr::Value(value)] => match &value.value {
                    Value::SingleQuotedString(text) => Some(text.clone()),
                    _ => None,
                },
                _ => None,
            };
            let Some(text) = text else { return self.refuse(expression) };
            return if is("has_label") { Some(Term::HasLabel(text)) } else { self.has_column(arguments[0], text) };
        }
        let wanted = if name.eq_ignore_ascii_case("SUBSTRING") { "SUBSTR".to_owned() } else { name.to_ascii_uppercase() };
        let Some((call, _, fewest, most)) = Call::ALL.iter().find(|(_, known, ..)| *known == wanted) else {
            return self.unknown_function(expression, &name);
        };
        if !(*fewest..=*most).contains(&arguments.len()) {
            return self.refuse(expression);
        }
        self.arguments(*call, &arguments).map(|arguments| Term::Call(*call, arguments))
    }

    fn arguments(&mut self, call: Call, arguments: &[&Expr]) -> Option<Vec<Term>> {
        let mut terms: Vec<Term> = Vec::new();
        for (index, argument) in arguments.iter().enumerate() {
            let wanted = match call {
                Call::Greatest | Call::Least | Call::Coalesce | Call::Nullif => terms.first().map_or(Kind::Missing, Term::kind),
                Call::Upper | Call::Lower | Call::Length => Kind::Text,
                Call::Substr if index == 0 => Kind::Text,
                _ => Kind::Number,
            };
            let term = self.typed(argument, wanted)?;
            if call == Call::Round
                && index == 1
                && !matches!(&term, Term::Number(text) if text.parse::<u32>().is_ok_and(|decimals| decimals <= 12))
            {
                return self.refuse(argument);
            }
            if call == Call::Substr
                && index > 0
                && !matches!(&term, Term::Number(text) if text.parse::<u32>().is_ok_and(|place| place >= 1))
            {
                return self.refuse(argument);
            }
            terms.push(term);
        }
        Some(terms)
    }

    fn has_column(&mut self, argument: &Expr, column: String) -> Option<Term> {
        let name = Ident { value: column.clone(), quote_style: None, span: argument.span() };
        self.name(&name).map(|_| Term::HasColumn(column))
    }

    fn unknown_function(&mut self, expression: &Expr, name: &str) -> Option<Term> {
        let known: Vec<&str> = Call::ALL.iter().map(|(_, name, ..)| *name).chain(["EXTRACT", "has_label", "has_column"]).collect();
        let mut finding = Finding::error(Code::UnknownFunction, self.place(expression.span()))
            .text(&self.key.text)
            .with("name", name)
            .with("known", known.join(", "));
        if let Some(near) = nearest(name, known.iter().copied()) {
            finding = finding.with("hint", near);
        }
        self.findings.push(finding);
        None
    }
}
