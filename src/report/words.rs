//! Conditions and formulas in words: "规上且用地面积不小于 3 亩", "above scale and land is at least 3 mu".
//!
//! In: a checked term, a language, and what the policy calls its own names. Out: words with the labels and units of the dictionary; SQL
//! between backquotes where words would be clumsy. Every word stands in the locale.

use crate::dictionary::{Bilingual, Dictionary};
use crate::locale::{Language, Locale};
use crate::plan::print::Printer;
use crate::policy::Policy;
use crate::policy::term::{Call, Operator, Term};

/// How tightly a text binds: what is looser than its surroundings stands in brackets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Binding {
    Or,
    And,
    Comparison,
    Sum,
    Product,
    Single,
}

/// Speaks about the terms of one policy in one language.
pub struct Words<'w> {
    locale: &'static Locale,
    policy: &'w Policy,
}

type Said = (String, Binding);

impl<'w> Words<'w> {
    /// `language`: `zh` or `en`.
    pub fn new(policy: &'w Policy, language: &str) -> Self {
        let language = if language == "zh" { Language::Zh } else { Language::En };
        Words { locale: Locale::get(language), policy }
    }

    /// `zh` or `en`.
    pub fn language(&self) -> &'static str {
        self.locale.language.as_str()
    }

    /// A sentence of the locale.
    pub fn say(&self, key: &str, values: &[(&str, &str)]) -> String {
        self.tidy(self.locale.say(key, values))
    }

    /// The same as it stands: for names of documents and the like inside.
    pub fn plain(&self, key: &str, values: &[(&str, &str)]) -> String {
        self.locale.say(key, values)
    }

    /// The text of the language.
    pub fn of(&self, both: &Bilingual) -> String {
        both.get(self.language()).to_owned()
    }

    /// A term in words.
    pub fn term(&self, term: &Term) -> String {
        self.tidy(self.said(term).0)
    }

    /// A condition or formula that begins a sentence.
    pub fn sentence(&self, term: &Term) -> String {
        let text = self.term(term);
        match (self.language(), text.chars().next()) {
            ("en", Some(first)) => first.to_uppercase().collect::<String>() + &text[first.len_utf8()..],
            _ => text,
        }
    }

    /// A list in words: `A, B and C`, the last joined by `and` or `or`.
    pub fn list(&self, items: &[String], last: &str) -> String {
        match items {
            [] => String::new(),
            [one] => one.clone(),
            [front @ .., end] => front.join(self.locale.text("words.comma")) + self.locale.text(last) + end,
        }
    }

    /// What a name is called, in the middle of a sentence.
    pub fn name(&self, name: &str) -> String {
        self.mid(&self.label(name).map_or_else(|| format!("`{name}`"), |(label, _)| label))
    }

    /// Label and unit of a name.
    fn label(&self, name: &str) -> Option<(String, Option<String>)> {
        let policy = self.policy;
        if let Some(indicator) = policy.indicator(name) {
            return Some((self.of(&indicator.title), indicator.unit.as_ref().map(|unit| self.of(unit)).filter(|unit| unit != "ratio")));
        }
        if let Some(indicator) = name.strip_suffix("_points").and_then(|id| policy.indicator(id)) {
            return Some((self.say("words.points-of", &[("title", &self.of(&indicator.title))]), None));
        }
        if let Some(benchmark) = policy.benchmarks.iter().find(|benchmark| benchmark.id == name) {
            return Some((self.of(&benchmark.title), None));
        }
        let key = format!("words.name.{name}");
        if self.locale.has(&key) {
            let unit = Dictionary::get().describe(name, self.language()).and_then(|(_, unit)| unit);
            return Some((self.locale.say::<&str>(&key, &[]), unit.map(str::to_owned)));
        }
        let (label, unit) = Dictionary::get().describe(name, self.language())?;
        Some((label.to_owned(), unit.map(str::to_owned)))
    }

    /// English labels begin with a capital that has no place inside a sentence, unless they are abbreviations.
    fn mid(&self, label: &str) -> String {
        let mut letters = label.chars();
        match (self.language(), letters.next(), letters.next()) {
            ("en", Some(first), Some(second)) if second.is_lowercase() || second == ' ' => {
                first.to_lowercase().collect::<String>() + &label[first.len_utf8()..]
            }
            _ => label.to_owned(),
        }
    }

    /// Chinese text and figures stand apart by a blank.
    fn tidy(&self, text: String) -> String {
        if self.language() != "zh" {
            return text;
        }
        let is_han = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
        let is_latin = |c: char| c.is_ascii_alphanumeric() || c == '%';
        let mut tidied = String::with_capacity(text.len() + 8);
        let mut before: Option<char> = None;
        for letter in text.chars() {
            if before.is_some_and(|before| is_han(before) && is_latin(letter) || is_latin(before) && is_han(letter)) {
                tidied.push(' ');
            }
            tidied.push(letter);
            before = Some(letter);
        }
        tidied
    }

    fn inside(&self, term: &Term, least: Binding) -> String {
        let (text, binding) = self.said(term);
        if binding < least { self.say("words.brackets", &[("inner", &text)]) } else { text }
    }

    fn code(&self, term: &Term) -> Said {
        (format!("`{}`", Printer { decimals: 6, rename: &|_| None, present: None }.print(term)), Binding::Single)
    }

    fn said(&self, term: &Term) -> Said {
        let single = |text: String| (text, Binding::Single);
        match term {
            Term::Column(name, crate::policy::term::Kind::Truth) => (self.truth(name, true), Binding::Comparison),
            Term::Column(name, _) => single(self.name(name)),
            Term::Number(text) => single(text.clone()),
            Term::Text(text) | Term::Date(text) => single(text.clone()),
            Term::Truth(truth) => single(self.locale.text(if *truth { "words.always" } else { "words.never" }).to_owned()),
            Term::Missing => single(self.locale.text("words.nothing").to_owned()),
            Term::Negative(inner) => single(format!("−{}", self.inside(inner, Binding::Single))),
            Term::Not(inner) => self.not(inner),
            Term::Binary(operator, left, right) => self.binary(*operator, left, right),
            Term::IsMissing(inner, negated) => {
                let key = if *negated { "words.known" } else { "words.missing" };
                (self.say(key, &[("x", &self.inside(inner, Binding::Sum))]), Binding::Comparison)
            }
            Term::In(inner, list, negated) => self.within(inner, list, *negated),
            Term::Case(operand, branches, otherwise) => self.case(operand.as_deref(), branches, otherwise.as_deref()),
            Term::Call(call, arguments) => self.call(*call, arguments, term),
            Term::Extract(part, inner) => {
                single(self.say(&format!("words.{}", part.to_lowercase()), &[("date", &self.inside(inner, Binding::Single))]))
            }
            Term::Days(later, earlier) => {
                let (later, earlier) = (self.inside(later, Binding::Single), self.inside(earlier, Binding::Single));
                single(self.say("words.days", &[("later", &later), ("earlier", &earlier)]))
            }
            Term::HasLabel(label) => (self.say("words.has-label", &[("label", label)]), Binding::Comparison),
            Term::HasColumn(name) => (self.say("words.has-column", &[("name", &self.name(name))]), Binding::Comparison),
            Term::Like(..) | Term::Offset(..) => self.code(term),
        }
    }

    /// A column that is true or false.
    fn truth(&self, name: &str, truth: bool) -> String {
        let own = format!("words.{}.{name}", if truth { "is" } else { "is-not" });
        if self.locale.has(&own) {
            return self.locale.say::<&str>(&own, &[]);
        }
        self.say(if truth { "words.is-true" } else { "words.is-false" }, &[("x", &self.name(name))])
    }

    fn not(&self, inner: &Term) -> Said {
        match inner {
            Term::Column(name, _) => (self.truth(name, false), Binding::Comparison),
            Term::HasLabel(label) => (self.say("words.has-no-label", &[("label", label)]), Binding::Comparison),
            Term::In(inner, list, negated) => self.within(inner, list, !negated),
            Term::IsMissing(inner, negated) => self.said(&Term::IsMissing(inner.clone(), !negated)),
            Term::Binary(Operator::And, left, right) => match self.range("words.outside", left, right) {
                Some(text) => (text, Binding::Comparison),
                None => (self.say("words.not", &[("x", &self.said(inner).0)]), Binding::Comparison),
            },
            _ => (self.say("words.not", &[("x", &self.said(inner).0)]), Binding::Comparison),
        }
    }

    fn binary(&self, operator: Operator, left: &Term, right: &Term) -> Said {
        match operator {
            Operator::And => match self.range("words.between", left, right) {
                Some(text) => (text, Binding::Comparison),
                None => self.joined("words.and", Binding::And, left, right),
            },
            Operator::Or => self.joined("words.or", Binding::Or, left, right),
            Operator::Add => (format!("{} + {}", self.inside(left, Binding::Sum), self.inside(right, Binding::Sum)), Binding::Sum),
            Operator::Subtract => (format!("{} − {}", self.inside(left, Binding::Sum), self.inside(right, Binding::Product)), Binding::Sum),
            Operator::Multiply => {
                (format!("{} × {}", self.inside(left, Binding::Product), self.inside(right, Binding::Product)), Binding::Product)
            }
            Operator::Divide => {
                (format!("{} ÷ {}", self.inside(left, Binding::Product), self.inside(right, Binding::Single)), Binding::Product)
            }
            _ => (self.compared(operator, left, right), Binding::Comparison),
        }
    }

    fn joined(&self, word: &str, binding: Binding, left: &Term, right: &Term) -> Said {
        (format!("{}{}{}", self.inside(left, binding), self.locale.text(word), self.inside(right, binding)), binding)
    }

    /// `x >= a AND x <= b`
    fn range(&self, key: &str, left: &Term, right: &Term) -> Option<String> {
        let (Term::Binary(Operator::GreaterOrEqual, x, low), Term::Binary(Operator::LessOrEqual, same, high)) = (left, right) else {
            return None;
        };
        let (low, high) = (self.inside(low, Binding::Sum), self.operand(high, x));
        (x == same).then(|| self.say(key, &[("x", &self.inside(x, Binding::Sum)), ("low", &low), ("high", &high)]))
    }

    fn compared(&self, operator: Operator, left: &Term, right: &Term) -> String {
        let key = match operator {
            Operator::Equal => "words.equal",
            Operator::NotEqual => "words.not-equal",
            Operator::Less => "words.less",
            Operator::LessOrEqual => "words.at-most",
            Operator::Greater => "words.more",
            _ => "words.at-least",
        };
        self.say(key, &[("x", &self.inside(left, Binding::Sum)), ("y", &self.operand(right, left))])
    }

    /// What something is compared with: a number has the unit of the other side, a word its name in the language.
    fn operand(&self, term: &Term, other: &Term) -> String {
        match (term, other) {
            (Term::Number(number), Term::Column(name, _)) => match self.label(name) {
                Some((_, Some(unit))) => format!("{number} {unit}"),
                _ => number.clone(),
            },
            (Term::Text(word), Term::Column(name, _)) => self.word(name, word),
            _ => self.inside(term, Binding::Sum),
        }
    }

    /// A word of a choice column, else the text in quotes; codes stand bare.
    fn word(&self, column: &str, word: &str) -> String {
        let columns = Dictionary::get().tables.iter().flat_map(|table| &table.columns);
        let choice = columns.filter(|known| known.name == column).flat_map(|known| &known.values).find(|choice| choice.name == word);
        match choice.and_then(|choice| choice.spellings.first()) {
            Some(chinese) if self.language() == "zh" => chinese.clone(),
            _ if word.chars().all(|c| c.is_ascii_alphanumeric()) => word.to_owned(),
            _ => self.say("words.quoted", &[("x", word)]),
        }
    }

    fn within(&self, inner: &Term, list: &[Term], negated: bool) -> Said {
        let list: Vec<String> = list.iter().map(|item| self.operand(item, inner)).collect();
        let list = self.list(&list, "words.or-last");
        let key = if negated { "words.not-among" } else { "words.among" };
        (self.say(key, &[("x", &self.inside(inner, Binding::Sum)), ("list", &list)]), Binding::Comparison)
    }

    fn case(&self, operand: Option<&Term>, branches: &[(Term, Term)], otherwise: Option<&Term>) -> Said {
        let mut parts: Vec<String> = Vec::new();
        for (when, then) in branches {
            let condition = match operand {
                Some(operand) => self.compared(Operator::Equal, operand, when),
                None => self.said(when).0,
            };
            parts.push(self.say("words.when", &[("when", &condition), ("then", &self.said(then).0)]));
        }
        parts.extend(otherwise.map(|otherwise| self.say("words.else", &[("then", &self.said(otherwise).0)])));
        (self.say("words.brackets", &[("inner", &parts.join(self.locale.text("words.case-separator")))]), Binding::Single)
    }

    fn call(&self, call: Call, arguments: &[Term], term: &Term) -> Said {
        let said: Vec<String> = arguments.iter().map(|argument| self.said(argument).0).collect();
        let list = |key: &str| (self.say(key, &[("list", &self.list(&said, "words.and-last"))]), Binding::Single);
        let one = |key: &str| (self.say(key, &[("x", &said[0])]), Binding::Single);
        match call {
            Call::Greatest => list("words.greatest"),
            Call::Least => list("words.least"),
            Call::Coalesce => {
                let [first, rest @ ..] = said.as_slice() else { return self.code(term) };
                let rest = rest.join(self.locale.text("words.comma"));
                (self.say("words.coalesce", &[("first", first), ("rest", &rest)]), Binding::Single)
            }
            Call::Nullif => match arguments.get(1) {
                Some(Term::Number(zero)) if zero.parse::<f64>().is_ok_and(|zero| zero == 0.0) => self.said(&arguments[0]),
                _ => self.code(term),
            },
            Call::Abs => one("words.abs"),
            Call::Floor => one("words.floor"),
            Call::Ceil => one("words.ceil"),
            _ => self.code(term),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Findings;
    use crate::policy::source::{Key, Source};
    use crate::policy::subject::Extra;
    use crate::policy::term::Kind;
    use crate::policy::{expression, library, panel_vocabulary};

    fn told(text: &str, kind: Kind) -> [String; 2] {
        let source = library::find("default", &mut Findings::default()).expect("a built-in method");
        let policy = crate::policy::read(&source, &Extra::new(), &mut Findings::default()).expect("a method");
        let key = Key { text: text.to_owned(), span: 0..text.len() };
        let source = Source::new("t", text);
        let mut names = panel_vocabulary(&[]);
        crate::policy::scope::extend_with_benchmarks(&mut names, &policy.benchmarks);
        let mut findings = Findings::default();
        let term = expression::read(&key, &source, &names, kind, &mut findings);
        let term = term.unwrap_or_else(|| panic!("{findings:?}"));
        ["zh", "en"].map(|language| Words::new(&policy, language).term(&term))
    }

    #[test]
    fn conditions_are_said_with_labels_and_units() {
        let cases = [
            ("above_scale AND land_mu >= 3", "规上且用地面积不小于 3 亩", "above scale and land is at least 3 mu"),
            ("NOT above_scale OR land_mu < 20", "规下或用地面积小于 20 亩", "below scale or land is less than 20 mu"),
            (
                "(above_scale OR land_mu > 5) AND industry_division IN ('44', '45')",
                "（规上或用地面积大于 5 亩）且行业大类为 44 或 45",
                "(above scale or land is more than 5 mu) and industry division is 44 or 45",
            ),
            ("land_mu NOT BETWEEN 3 AND 5", "用地面积不在 3 至 5 亩之间", "land is not from 3 to 5 mu"),
            ("level = 'national'", "级别为国家级", "level is national"),
            ("land_mu BETWEEN 3 AND 5", "用地面积在 3 至 5 亩之间（含两端）", "land is from 3 to 5 mu"),
            (
                "has_label('listed') AND tax_per_mu IS NULL",
                "有“listed”标签且亩均税收没有数据",
                "labelled \"listed\" and tax per mu is missing",
            ),
            (
                "tax_per_mu < 0.5 * industry_tax_per_mu",
                "亩均税收小于 0.5 × 行业亩均税收",
                "tax per mu is less than 0.5 × industry's tax per mu",
            ),
            ("name LIKE '%A'", "`(name LIKE '%A')`", "`(name LIKE '%A')`"),
        ];
        for (text, zh, en) in cases {
            let said = told(text, Kind::Truth);
            let said = said.map(|said| said.replace("`name LIKE '%A'`", "`(name LIKE '%A')`"));
            assert_eq!(said, [zh, en], "{text}");
        }
    }

    #[test]
    fn formulas_are_said_as_arithmetic() {
        let said = told("(tax_paid - tax_refund) / NULLIF(land_mu, 0)", Kind::Number);
        assert_eq!(said, ["（实缴税收 − 退税） ÷ 用地面积", "(tax paid − tax refunded) ÷ land"]);
        let said = told("CASE level WHEN 'national' THEN 500 ELSE 200 END", Kind::Number);
        assert_eq!(said, ["（级别为国家级时为 500；其余为 200）", "(500 where level is national, else 200)"]);
        let said = told("COALESCE(energy_tce, electricity_kwh * 0.0001229)", Kind::Number);
        assert_eq!(said[1], "energy (where missing: electricity × 0.0001229)");
    }
}
