//! One line per zone and target: what was measured, what was wanted, the verdict, and what is missing where none can be given.

use polars::prelude::{AnyValue, DataFrame};

use super::Context;
use crate::dictionary::{Bilingual, Dictionary};
use crate::locale::{Language, Locale};
use crate::plan::scheme::take;
use crate::policy::scheme::{Scheme, Scope, Target};
use crate::policy::term::Term;

/// The verdicts that are counted: the name of the count, and the verdict.
const VERDICTS: [(&str, &str); 4] = [("met", "met"), ("missed", "missed"), ("on_course", "on-course"), ("cannot_tell", "cannot-tell")];

/// How many lines have each verdict.
pub fn counts(lines: &[Line]) -> [(&'static str, usize); 4] {
    VERDICTS.map(|(name, verdict)| (name, lines.iter().filter(|line| line.verdict == verdict).count()))
}

/// One line.
pub struct Line<'c> {
    /// `zone`, `chain` or `city`.
    pub scope: String,
    /// The zone's or chain's name; empty: the city.
    pub unit: String,
    /// The target.
    pub target: &'c Target,
    /// What was measured.
    pub value: Option<f64>,
    /// What is wanted.
    pub goal: Option<f64>,
    /// How far off "about" may be.
    pub tolerance: Option<f64>,
    /// Value less goal.
    pub gap: Option<f64>,
    /// met, missed, on-course, cannot-tell, not-applicable.
    pub verdict: String,
    /// By when: a year, or a day of the evaluated year.
    pub by: Option<String>,
    /// Growth a year that is still needed, %.
    pub needed: Option<f64>,
    /// Growth of the last year, %.
    pub growth: Option<f64>,
    /// What it would take.
    pub take: Option<f64>,
    /// Its unit.
    pub take_unit: Option<String>,
    /// Rows that lack the figure.
    pub incomplete: i64,
    /// What is missing for a verdict.
    pub missing: Vec<Untold>,
}

impl Line<'_> {
    /// Document and article.
    pub fn source(&self, context: &Context) -> Option<String> {
        source(context.scheme, self.target, context.language)
    }
}

/// Document and article of a target.
pub fn source(scheme: &Scheme, target: &Target, language: &str) -> Option<String> {
    let reference = scheme.reference(target.source.as_ref())?;
    let name = super::super::flags::in_language(&reference.name, language);
    let article = target.article.as_ref().map_or("", |article| article.get(language));
    let grade = reference.grade.as_deref().map_or_else(String::new, |grade| format!(" [{grade}]"));
    Some(format!("{}{grade}", format!("{name} {article}").trim()))
}

/// Something that is missing for a verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Untold {
    /// Its name in the plan.
    name: String,
    /// In words.
    title: Bilingual,
    /// Rows that lack it; 0: the figure itself.
    rows: i64,
    /// It is there and zero, and something is divided by it.
    zero: bool,
}

impl Untold {
    /// For programs.
    pub fn code(&self) -> String {
        match (self.zero, self.rows) {
            (true, _) => format!("{}=0", self.name),
            (false, 0) => self.name.clone(),
            (false, rows) => format!("{}({rows})", self.name),
        }
    }

    /// For people.
    pub fn said(&self, language: &str) -> String {
        let title = self.title.get(language);
        match (self.zero, self.rows) {
            (true, _) => format!("{title} = 0"),
            (false, 0) => title.to_owned(),
            (false, rows) => format!("{title} ({rows})"),
        }
    }
}

/// The lines of all zones or chains that are wanted, and of the city.
pub fn of<'c>(context: &'c Context) -> Vec<Line<'c>> {
    let mut lines = Vec::new();
    for row in 0..context.rows.height() {
        let scope = text(context.rows, "scope", row).unwrap_or("");
        let unit = text(context.rows, "unit_name", row).unwrap_or("");
        let wanted = if scope == "city" { context.only.is_empty() } else { context.wants(unit) };
        if !wanted {
            continue;
        }
        let of = if scope == "city" { Scope::City } else { context.by };
        let targets = context.scheme.targets_of(of).filter(|_| of != Scope::City || context.by == Scope::Zone);
        let each = targets.map(|target| line(context, row, scope, unit, target));
        lines.extend(each.filter(|line| context.all || line.verdict != "not-applicable"));
    }
    lines
}

fn line<'c>(context: &'c Context, row: usize, scope: &str, unit: &str, target: &'c Target) -> Line<'c> {
    let slug = target.slug();
    let value = |what: &str| number(context.rows, &format!("{slug}__{what}"), row);
    let verdict = text(context.rows, &format!("{slug}__verdict"), row).unwrap_or("cannot-tell").to_owned();
    let is_open = matches!(verdict.as_str(), "missed" | "on-course" | "cannot-tell");
    let take_of = take(target, context.scheme).filter(|_| is_open && verdict != "cannot-tell");
    let take_unit = take_of.as_ref().and_then(|(_, name)| match name {
        Some(name) => unit_of(context, name),
        None => target.unit.as_ref().map(|unit| context.said(unit).to_owned()),
    });
    Line {
        scope: scope.to_owned(),
        unit: unit.to_owned(),
        target,
        value: value("value"),
        goal: value("goal"),
        tolerance: value("tolerance"),
        gap: value("gap"),
        by: by(context, target),
        needed: value("needed").filter(|_| is_open),
        growth: value("growth"),
        take: take_of.and(value("take")),
        take_unit,
        incomplete: value("incomplete").map_or(0, |count| count as i64),
        missing: if verdict == "cannot-tell" { missing(context, row, target) } else { Vec::new() },
        verdict,
    }
}

fn by(context: &Context, target: &Target) -> Option<String> {
    let year = target.by.as_ref().and_then(|by| {
        let of_setting =
            || context.settings.iter().find_map(|text| text.strip_prefix(by.setting.as_deref()?)?.strip_prefix('=').map(str::to_owned));
        by.year.map(|year| year.to_string()).or_else(of_setting)
    });
    year.or_else(|| target.by_day.as_ref().map(|day| format!("{}-{day}", context.year)))
}

/// The unit of a figure or a column.
fn unit_of(context: &Context, name: &str) -> Option<String> {
    let scheme = context.scheme;
    let name = scheme.names.get(name).map_or(name, |reference| reference.name.as_str());
    match scheme.figures().find(|(id, ..)| *id == name) {
        Some((.., unit)) => unit.map(|unit| context.said(unit).to_owned()),
        None => Dictionary::get().describe(name, context.language).and_then(|(_, unit)| unit.map(str::to_owned)),
    }
}

/// What a verdict wants for: the figures behind whichever of value, goal, tolerance and condition is not known or may be off.
fn missing(context: &Context, row: usize, target: &Target) -> Vec<Untold> {
    let mut found: Vec<Untold> = Vec::new();
    let slug = target.slug();
    let is_null = |what: &str| number(context.rows, &format!("{slug}__{what}"), row).is_none();
    let flag = |what: &str| truth(context.rows, &format!("{slug}__{what}"), row) == Some(true);
    let (goal, open) = (&target.goal.term, flag("open"));
    if is_null("value") || flag("may_rise") || flag("may_fall") {
        collect(context, row, &target.value.term, "", 0, &mut found);
    }
    if is_null("goal") || open {
        collect(context, row, goal, "", 0, &mut found);
    }
    if let Some(tolerance) = target.tolerance.as_ref().filter(|_| is_null("tolerance") || open) {
        collect(context, row, &tolerance.term, "", 0, &mut found);
    }
    let untold = truth(context.rows, &format!("{slug}__applies"), row).is_none() || flag("may_apply") || flag("may_lapse");
    if let Some(when) = target.when.as_ref().filter(|_| untold) {
        collect(context, row, &when.term, "", 0, &mut found);
    }
    if let Some(setting) = target.by.as_ref().and_then(|by| by.setting.as_ref()).filter(|setting| context.unset.contains(setting)) {
        add(context, setting, setting, 0, &mut found);
    }
    if found.is_empty() {
        zeros(context, row, &target.value.term, 0, &mut found);
    }
    if found.is_empty() && target.by.is_some() && is_null("growth") {
        found.push(Untold { name: "growth".to_owned(), title: last_year(), rows: 0, zero: false });
    }
    found
}

/// What an unmet dated target wants for, where everything of this year is known.
fn last_year() -> Bilingual {
    let text = |language: Language| Locale::get(language).text("zone.last-year").to_owned();
    Bilingual { zh: text(Language::Zh), en: text(Language::En) }
}

/// The value of a column in a row, as yes or no.
pub fn truth(rows: &DataFrame, column: &str, row: usize) -> Option<bool> {
    match rows.column(column).ok()?.get(row).ok()? {
        AnyValue::Boolean(truth) => Some(truth),
        _ => None,
    }
}

/// Divisors that are zero: nothing is missing, and there is still nothing to tell.
fn zeros(context: &Context, row: usize, term: &Term, depth: usize, found: &mut Vec<Untold>) {
    term.visit(&mut |inner| {
        let below = inner.ratio().map(|(_, below)| below.names()).unwrap_or_default();
        for alias in below.iter().filter(|alias| number(context.rows, alias, row) == Some(0.0)) {
            let name = context.scheme.names.get(alias).map_or(alias.as_str(), |reference| reference.name.as_str());
            add(context, alias, name, 0, found);
            if let Some(last) = found.last_mut().filter(|last| last.name == *alias && !last.zero) {
                last.zero = true;
            }
        }
    });
    for alias in term.names() {
        if let Some(definition) = context.scheme.definition(&alias).filter(|_| depth < 20) {
            zeros(context, row, &definition.value, depth + 1, found);
        }
    }
}

fn collect(context: &Context, row: usize, term: &Term, suffix: &str, depth: usize, found: &mut Vec<Untold>) {
    let scheme = context.scheme;
    for alias in term.names() {
        let Some(reference) = scheme.names.get(&alias) else { continue };
        if reference.given {
            if scheme.setting(&reference.name).is_some() && context.unset.contains(&reference.name) {
                add(context, &reference.name, &reference.name, 0, found);
            }
            continue;
        }
        let ending = alias.strip_prefix(reference.name.as_str()).unwrap_or("");
        let column = format!("{alias}{suffix}");
        let is_null = context.rows.column(&column).is_ok_and(|column| matches!(column.get(row), Ok(AnyValue::Null)));
        if let Some(definition) = scheme.definition(&reference.name).filter(|_| depth < 20) {
            if !is_null && !is_off(context, row, &column) && context.rows.column(&column).is_ok() {
                continue;
            }
            let deeper = if ending.is_empty() { suffix } else { ending };
            let before = found.len();
            collect(context, row, &definition.value, deeper, depth + 1, found);
            if is_null && found.len() == before {
                add(context, &column, &reference.name, 0, found);
            }
            continue;
        }
        let blank = number(context.rows, &format!("{}__blank", reference.name), row).map_or(0, |count| count as i64);
        let is_sum = scheme.measure(&reference.name).is_none_or(|measure| !measure.left_out);
        if is_null {
            add(context, &column, &reference.name, 0, found);
        } else if blank > 0 && is_sum && ending.is_empty() && suffix.is_empty() && !reference.city {
            add(context, &column, &reference.name, blank, found);
        } else if is_off(context, row, &column) {
            add(context, &column, &reference.name, 0, found);
        }
    }
}

/// May a figure be off?
fn is_off(context: &Context, row: usize, column: &str) -> bool {
    ["__hi", "__lo"].iter().any(|ending| truth(context.rows, &format!("{column}{ending}"), row) == Some(true))
}

fn add(context: &Context, alias: &str, name: &str, rows: i64, found: &mut Vec<Untold>) {
    if found.iter().any(|known| known.name == alias) {
        return;
    }
    let scheme = context.scheme;
    let title = scheme.figures().find(|(id, ..)| *id == name).map(|(_, title, _)| title);
    let title = title.or_else(|| scheme.setting(name).map(|setting| &setting.title)).cloned();
    let described = |language: &str| Dictionary::get().describe(name, language).map_or(name, |(label, _)| label).to_owned();
    let mut title = title.unwrap_or_else(|| Bilingual { zh: described("zh"), en: described("en") });
    for (ending, zh, en) in [("_last", "（上年）", " (last year)"), ("_base", "（基年）", " (base year)")] {
        if alias != name && alias.ends_with(ending) {
            title = Bilingual { zh: format!("{}{zh}", title.zh), en: format!("{}{en}", title.en) };
        }
    }
    if alias != name && alias.starts_with("city_") {
        title = Bilingual { zh: format!("全市{}", title.zh), en: format!("{} (city)", title.en) };
    }
    found.push(Untold { name: alias.to_owned(), title, rows, zero: false });
}

/// The expression of a target; where it only names a definition, what that is made of.
pub fn formula(scheme: &Scheme, text: &str) -> String {
    let formula = scheme.definition(text.trim()).map_or(text, |definition| definition.formula.as_str());
    formula.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The value of a column in a row, as a number.
pub fn number(rows: &DataFrame, column: &str, row: usize) -> Option<f64> {
    match rows.column(column).ok()?.get(row).ok()? {
        AnyValue::Null => None,
        value => value.try_extract::<f64>().ok().filter(|number| number.is_finite()),
    }
}

/// The value of a column in a row, as text.
pub fn text<'r>(rows: &'r DataFrame, column: &str, row: usize) -> Option<&'r str> {
    rows.column(column).ok()?.str().ok()?.get(row)
}
