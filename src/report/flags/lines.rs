//! The lines of the report: sorted, counted, and written as columns.

use std::collections::BTreeMap;

use polars::prelude::*;
use rayon::prelude::*;

use super::evidence::{Rows, Shown};
use super::{Context, Due, Reader, Verdicts, said, subject_word};
use crate::dictionary::{Bilingual, Dictionary};
use crate::plan::{review_figures, review_years};
use crate::policy::Reference;
use crate::policy::rule::{Amount, Rule, Severity};
use crate::policy::subject::Subject;
use crate::report::table::{Column, Phrase, Values};

/// The id of the rule that the method's own review makes.
const REVIEW: &str = "REVIEW";

/// One site under one rule.
#[derive(Debug, Clone, Copy)]
pub struct Line {
    /// The rule holds; else it cannot be told.
    pub holds: bool,
    /// How much it matters.
    pub severity: Severity,
    /// Place of the verdicts; after the last: the method's review.
    set: u32,
    /// Place of the rule among those of the statement.
    rule: u32,
    /// The row; `u32::MAX`: no site in particular.
    row: u32,
    /// The next date that matters, days since 1970.
    due: i32,
}

/// No date.
const NEVER: i32 = i32::MAX;
/// No row: the line is about every site.
const EVERY_SITE: u32 = u32::MAX;

/// All lines with what is needed to write them.
pub struct Lines<'l> {
    /// The lines in their order.
    pub all: Vec<Line>,
    rows: Vec<Rows<'l>>,
    review: Option<Rows<'l>>,
    figures: Vec<String>,
    years: Vec<i32>,
}

/// What cannot be told of a site.
pub struct Untold {
    /// Parcel, enterprise, building or agreement.
    pub id: String,
    /// The enterprise.
    pub name: Option<String>,
    /// The zone.
    pub zone: Option<String>,
    /// The rules.
    pub rules: Vec<String>,
    /// The columns, as people call them.
    pub missing: String,
}

impl<'l> Lines<'l> {
    /// All lines of all verdicts, the most urgent first.
    pub fn of(context: &'l Context<'l>) -> Self {
        let rows: Vec<Rows> = (context.verdicts.iter())
            .map(|verdicts| Rows::new(verdicts.rows, verdicts.book, verdicts.statement.subject, context.extra))
            .collect();
        let empty = context.policy.book.as_ref().or(context.verdicts.first().map(|verdicts| verdicts.book));
        let review = context.review.zip(empty).map(|(frame, book)| Rows::new(frame, book, Subject::Enterprise, context.extra));
        let (figures, years) = (review_figures(context.policy), review_years(context.policy, context.year));
        let mut lines = Lines { all: Vec::new(), rows, review, figures, years };
        for (set, verdicts) in context.verdicts.iter().enumerate() {
            lines.add(set, verdicts);
        }
        lines.add_review(context);
        lines.all.retain(|line| line.severity >= context.least);
        lines.sort(context);
        lines
    }

    fn add(&mut self, set: usize, verdicts: &Verdicts) {
        let rows = &self.rows[set];
        for (at, columns) in verdicts.statement.rules.iter().enumerate() {
            let rule = &verdicts.book.rules[columns.rule];
            let line = |holds, row, due| Line { holds, severity: rule.severity, set: set as u32, rule: at as u32, row, due };
            if verdicts.undecided.contains_key(&columns.rule) {
                self.all.push(line(false, EVERY_SITE, NEVER));
                continue;
            }
            let due = columns.column("due_on");
            for row in 0..verdicts.rows.height() {
                match rows.truth(&columns.holds, row) {
                    Some(false) => {}
                    Some(true) => self.all.push(line(true, row as u32, rows.date(&due, row).unwrap_or(NEVER))),
                    None => self.all.push(line(false, row as u32, NEVER)),
                }
            }
        }
    }

    fn add_review(&mut self, context: &Context) {
        let (Some(review), Some(rows)) = (&context.policy.review, &self.review) else { return };
        let set = context.verdicts.len() as u32;
        let height = context.review.map_or(0, DataFrame::height);
        for row in 0..height {
            let line = |holds| Line { holds, severity: review.severity, set, rule: 0, row: row as u32, due: NEVER };
            match rows.text("review", row) {
                Some("low") => self.all.push(line(true)),
                Some("unknown") => self.all.push(line(false)),
                _ => {}
            }
        }
    }

    /// Lines that hold before those that cannot be told; then by severity, date, rule and site.
    fn sort(&mut self, context: &Context) {
        let mut all = std::mem::take(&mut self.all);
        let key = |line: &Line| (!line.holds, std::cmp::Reverse(line.severity), line.due, line.set, line.rule);
        let site = |line: &Line| (self.id(context, line), self.text(context, line, "enterprise_id"), line.row);
        all.par_sort_unstable_by(|a, b| key(a).cmp(&key(b)).then_with(|| site(a).cmp(&site(b))));
        self.all = all;
    }

    /// How many lines of a severity hold.
    pub fn count(&self, severity: Severity) -> usize {
        self.all.iter().filter(|line| line.holds && line.severity == severity).count()
    }

    /// How many cannot be told.
    pub fn untold(&self) -> usize {
        self.all.iter().filter(|line| !line.holds).count()
    }

    fn rows_of(&self, context: &Context, line: &Line) -> Option<&Rows<'l>> {
        if (line.set as usize) < context.verdicts.len() { self.rows.get(line.set as usize) } else { self.review.as_ref() }
    }

    fn rule<'c>(&self, context: &'c Context, line: &Line) -> Option<(&'c Verdicts<'c>, &'c Rule)> {
        let verdicts = context.verdicts.get(line.set as usize)?;
        Some((verdicts, &verdicts.book.rules[verdicts.statement.rules[line.rule as usize].rule]))
    }

    fn rule_id<'c>(&self, context: &'c Context, line: &Line) -> &'c str {
        self.rule(context, line).map_or(REVIEW, |(_, rule)| rule.id.as_str())
    }

    fn subject(&self, context: &Context, line: &Line) -> Subject {
        self.rule(context, line).map_or(Subject::Enterprise, |(_, rule)| rule.subject)
    }

    fn id(&self, context: &Context, line: &Line) -> Option<&str> {
        self.text(context, line, self.subject(context, line).key())
    }

    fn text(&self, context: &Context, line: &Line, column: &str) -> Option<&str> {
        if line.row == EVERY_SITE { None } else { self.rows_of(context, line)?.text(column, line.row as usize) }
    }

    fn further(&self, context: &Context, line: &Line, what: &str) -> Option<String> {
        self.rule(context, line).map(|(verdicts, _)| verdicts.statement.rules[line.rule as usize].column(what))
    }

    fn date(&self, context: &Context, line: &Line, what: &str) -> Option<String> {
        let column = self.further(context, line, what).filter(|_| line.holds)?;
        self.rows_of(context, line)?.date(&column, line.row as usize).map(iso)
    }

    fn status(&self, context: &Context, line: &Line) -> &'static str {
        if !line.holds {
            return "cannot-tell";
        }
        let column = self.further(context, line, "determined");
        let determined = column.and_then(|column| self.rows_of(context, line)?.truth(&column, line.row as usize));
        if determined == Some(true) { "determined" } else { "suspected" }
    }

    /// The amount and its unit; the rate and its unit where the amount is not known.
    fn amount<'c>(&self, context: &'c Context, line: &Line) -> Option<(f64, &'c Bilingual, &'c Amount)> {
        let (_, rule) = self.rule(context, line).filter(|_| line.holds)?;
        let amount = rule.amount.as_ref()?;
        let column = self.further(context, line, "amount")?;
        match self.rows_of(context, line)?.number(&column, line.row as usize) {
            Some(value) => Some((value, &amount.unit, amount)),
            None => amount.rate.as_ref().and_then(|(rate, unit)| Some((rate.parse().ok()?, unit, amount))),
        }
    }

    fn consequence<'c>(&self, context: &'c Context, line: &Line) -> Option<&'c Bilingual> {
        if !line.holds {
            return None;
        }
        let Some((_, rule)) = self.rule(context, line) else {
            let review = context.policy.review.as_ref()?;
            return review.consequence.as_ref().or(review.note.as_ref());
        };
        let column = self.further(context, line, "consequence")?;
        let at = self.rows_of(context, line)?.number(&column, line.row as usize).map_or(0, |at| at as usize);
        let is_listed = rule.consequences.iter().any(|case| case.when.is_some());
        let chosen = if is_listed { self.rows_of(context, line)?.number(&column, line.row as usize).map(|_| at) } else { Some(0) };
        rule.consequences.get(chosen?).map(|case| &case.text)
    }

    fn reference<'c>(&self, context: &'c Context, line: &Line) -> (Option<&'c Reference>, Option<&'c Bilingual>) {
        match self.rule(context, line) {
            Some((verdicts, rule)) => (verdicts.book.reference(rule.source.as_ref()), rule.article.as_ref()),
            None => {
                let key = context.policy.review.as_ref().and_then(|review| review.source.as_ref());
                (key.and_then(|key| context.policy.sources.iter().find(|source| source.id.text == key.text)), None)
            }
        }
    }

    fn source(&self, context: &Context, line: &Line) -> Option<String> {
        let (reference, article) = self.reference(context, line);
        let name = reference.map_or("", |reference| in_language(&reference.name, context.language));
        let article = article.map_or("", |article| said(article, context));
        Some(format!("{name} {article}").trim().to_owned()).filter(|text| !text.is_empty())
    }

    /// What decided: name, year where it is not the evaluated one, value.
    fn evidence(&self, context: &Context, line: &Line) -> Vec<(String, Option<i32>, Shown)> {
        let Some((verdicts, rule)) = self.rule(context, line) else { return self.review_evidence(line.row as usize) };
        let columns = &verdicts.statement.rules[line.rule as usize];
        if line.row == EVERY_SITE {
            let sites = verdicts.undecided.get(&columns.rule).copied().unwrap_or(0);
            return vec![("sites".to_owned(), None, Shown::Number(sites as f64))];
        }
        self.rows_of(context, line).map_or_else(Vec::new, |rows| rows.evidence(rule, &columns.years, line.row as usize))
    }

    fn review_evidence(&self, row: usize) -> Vec<(String, Option<i32>, Shown)> {
        let Some(rows) = &self.review else { return Vec::new() };
        let mut shown = Vec::new();
        for name in &self.figures {
            shown.push((name.clone(), None, rows.get(name, row)));
            shown.extend(self.years.iter().map(|year| (name.clone(), Some(*year), rows.get(&format!("{name}_{year}"), row))));
        }
        shown
    }

    fn missing(&self, context: &Context, line: &Line) -> Vec<(String, Option<i32>)> {
        let Some((verdicts, rule)) = self.rule(context, line) else {
            let blank = self.review_evidence(line.row as usize).into_iter().filter(|(_, _, shown)| *shown == Shown::Missing);
            return blank.map(|(name, year, _)| (name, year)).collect();
        };
        let columns = &verdicts.statement.rules[line.rule as usize];
        if line.row == EVERY_SITE {
            return rule.when.term.names().into_iter().map(|name| (name, None)).collect();
        }
        self.rows_of(context, line).map_or_else(Vec::new, |rows| rows.missing(rule, &columns.years, line.row as usize))
    }

    /// The columns of the contract for some lines; people get labels for names.
    pub fn columns(&self, context: &Context, lines: &[&Line]) -> Vec<Column> {
        let text = |of: &(dyn Fn(&Line) -> Option<String> + Sync)| {
            Values::Text(lines.par_iter().map(|line| of(line)).collect::<Vec<_>>().into_iter().collect::<StringChunked>())
        };
        let word = |of: &dyn Fn(&Line) -> &'static str| Values::Word(lines.iter().map(|line| Some(of(line))).collect::<StringChunked>());
        let own = |column: &'static str| text(&move |line| self.text(context, line, column).map(str::to_owned));
        let amounts: Vec<Option<f64>> = lines.iter().map(|line| self.amount(context, line).map(|(value, ..)| value)).collect();
        let amounts = Float64Chunked::from_iter_options("".into(), amounts.into_iter());
        let mut columns = vec![
            Column::new("severity", "程度", "Severity", 9, word(&|line| line.severity.as_str())),
            Column::new("rule", "规则", "Rule", 0, text(&|line| Some(self.rule_id(context, line).to_owned()))),
            Column::new("subject", "类别", "Subject", 7, word(&|line| subject_word(self.subject(context, line)))),
            Column::new("subject_id", "对象", "Site", 0, text(&|line| self.id(context, line).map(str::to_owned))),
            Column::new("enterprise_id", "统一社会信用代码", "Enterprise id", 8, own("enterprise_id")),
            Column::new("name", "企业名称", "Enterprise", 1, own("name")),
            Column::new("zone", "开发区", "Zone", 4, own("zone")),
            Column::new("status", "认定", "Status", 3, word(&|line| self.status(context, line))),
            Column::new("evidence", "依据的数值", "Evidence", 0, self.evidence_column(context, lines)).below(),
            Column::new("amount", "金额", "Amount", 0, Values::Number { values: amounts, shown: 2, exact: 6 }),
            Column::new("unit", "单位", "Unit", 0, text(&|line| self.unit(context, line))),
            Column::new("due_on", "下一时点", "Due", 0, text(&|line| self.date(context, line, "due_on"))),
            Column::new(
                "consequence",
                "后果",
                "Consequence",
                6,
                text(&|line| Some(said(self.consequence(context, line)?, context).to_owned())),
            ),
            Column::new("source", "来源", "Source", 2, text(&|line| self.source(context, line))),
        ];
        if context.reader == Reader::People {
            columns.retain(|column| !["severity", "subject", "enterprise_id", "unit", "consequence"].contains(&column.id.as_str()));
            if let Some(amount) = columns.iter_mut().find(|column| column.id == "amount") {
                amount.values = text(&|line| self.amount_text(context, line));
            }
        } else {
            let ceilings: BooleanChunked =
                lines.iter().map(|line| self.amount(context, line).map(|(_, _, amount)| amount.ceiling)).collect();
            columns.push(Column::new("ceiling", "上限", "Ceiling", 9, Values::Flag(ceilings)));
            columns.push(Column::new("since_on", "自何时", "Since", 9, text(&|line| self.date(context, line, "since_on"))));
            columns.push(Column::new("missing", "缺少的数据", "Missing", 9, text(&|line| self.missing_names(context, line))));
            columns.push(Column::new("book", "规则库", "Book", 9, text(&|line| Some(self.book_id(context, line)))));
        }
        columns
    }

    /// The amount with its unit, as people read it.
    fn amount_text(&self, context: &Context, line: &Line) -> Option<String> {
        let (value, unit, amount) = self.amount(context, line)?;
        let most = match (amount.ceiling, context.language) {
            (false, _) => "",
            (true, "zh") => "（上限）",
            (true, _) => " (at most)",
        };
        Some(format!("{} {}{most}", number(value, 2), said(unit, context)))
    }

    /// Programs are told in a column of its own that it is a ceiling, and get the English unit whatever the language.
    fn unit(&self, context: &Context, line: &Line) -> Option<String> {
        self.amount(context, line).map(|(_, unit, _)| unit.en.clone())
    }

    fn book_id(&self, context: &Context, line: &Line) -> String {
        self.rule(context, line).map_or_else(|| context.policy.id.clone(), |(verdicts, _)| verdicts.book.id.clone())
    }

    fn evidence_column(&self, context: &Context, lines: &[&Line]) -> Values {
        let written = |line: &&Line| -> Option<String> {
            let shown = self.evidence(context, line);
            if shown.is_empty() {
                return None;
            }
            // People are spared what is blank: what was missing to decide stands in a part of its own.
            let shown = shown.iter().filter(|(.., shown)| context.reader != Reader::People || *shown != Shown::Missing);
            let pairs = shown.map(|(name, year, shown)| match context.reader {
                Reader::People => format!("{} {}", self.label(context, line, name, *year), self.people(context, line, name, shown)),
                Reader::Table => format!("{}={}", with_year(name, *year), plain(shown)),
                Reader::Objects => format!("{}: {}", serde_json::Value::from(with_year(name, *year)), json(shown)),
            });
            let pairs: Vec<String> = pairs.collect();
            Some(if context.reader == Reader::Objects { format!("{{{}}}", pairs.join(", ")) } else { pairs.join("; ") })
        };
        let texts = lines.par_iter().map(written).collect::<Vec<_>>().into_iter().collect::<StringChunked>();
        if context.reader == Reader::Objects { Values::Json(texts) } else { Values::Text(texts) }
    }

    /// A value as people read it: with its unit, a word of a choice in their language.
    fn people(&self, context: &Context, line: &Line, name: &str, shown: &Shown) -> String {
        let zh = context.language == "zh";
        match shown {
            Shown::Missing => "–".to_owned(),
            Shown::Truth(truth) => match (truth, zh) {
                (true, true) => "是".to_owned(),
                (false, true) => "否".to_owned(),
                (true, false) => "yes".to_owned(),
                (false, false) => "no".to_owned(),
            },
            Shown::Number(_) => format!("{} {}", plain(shown), self.unit_of(context, line, name)).trim_end().to_owned(),
            Shown::Text(code) if zh => chinese_word(name, code).unwrap_or(code).to_owned(),
            _ => plain(shown),
        }
    }

    fn unit_of<'c>(&self, context: &'c Context, line: &Line, name: &str) -> &'c str {
        let defined = self.rule(context, line).and_then(|(verdicts, rule)| verdicts.book.definition(rule.subject, name));
        if let Some(definition) = defined {
            return definition.unit.as_ref().map_or("", |unit| said(unit, context));
        }
        let dictionary = Dictionary::get();
        let plain = ["enterprise_", "parcel_"].iter().find_map(|prefix| name.strip_prefix(prefix));
        let known = |name: &str| dictionary.describe(name, context.language).and_then(|(_, unit)| unit);
        known(name).or_else(|| plain.and_then(known)).filter(|unit| !["ratio", "比值"].contains(unit)).unwrap_or("")
    }

    fn missing_names(&self, context: &Context, line: &Line) -> Option<String> {
        if line.holds {
            return None;
        }
        let names: Vec<String> = self.missing(context, line).iter().map(|(name, year)| with_year(name, *year)).collect();
        Some(names.join(";")).filter(|names| !names.is_empty())
    }

    /// How people call a name: a definition's title, or the dictionary's label.
    fn label(&self, context: &Context, line: &Line, name: &str, year: Option<i32>) -> String {
        let known = self.rule(context, line).and_then(|(verdicts, rule)| {
            let definition = verdicts.book.definition(rule.subject, name).map(|definition| &definition.title);
            let benchmark = verdicts.book.benchmark(name).map(|benchmark| &benchmark.title);
            definition.or(benchmark).or(verdicts.book.setting(name).map(|setting| &setting.title))
        });
        let review = context.policy.benchmarks.iter().find(|benchmark| benchmark.id == name).map(|benchmark| &benchmark.title);
        let label = known.or(review).map_or_else(|| dictionary_label(name, context.language), |title| brief(said(title, context)));
        year.map_or_else(|| label.clone(), |year| format!("{label} {year}"))
    }

    /// Lines that cannot be told, joined by site and by what is missing.
    pub fn by_site(&self, context: &Context) -> Vec<Untold> {
        let mut sites: BTreeMap<(String, String, String), Untold> = BTreeMap::new();
        for line in self.all.iter().filter(|line| !line.holds) {
            let labels: Vec<String> =
                self.missing(context, line).iter().map(|(name, year)| self.label(context, line, name, *year)).collect();
            let missing = labels.join(if context.language == "zh" { "、" } else { ", " });
            let id = match self.id(context, line) {
                Some(id) => id.to_owned(),
                None => {
                    let sites = self.evidence(context, line).into_iter().map(|(.., shown)| plain(&shown)).collect::<String>();
                    if context.language == "zh" { format!("全部（{sites}）") } else { format!("all ({sites})") }
                }
            };
            let own = |column: &str| self.text(context, line, column).map(str::to_owned);
            let key = (id.clone(), own("enterprise_id").unwrap_or_default(), missing.clone());
            let site = sites.entry(key).or_insert_with(|| Untold { id, name: own("name"), zone: own("zone"), rules: Vec::new(), missing });
            site.rules.push(self.rule_id(context, line).to_owned());
        }
        sites.into_values().collect()
    }

    /// One line per rule and consequence: what it is, what follows, where it stands written.
    pub fn legend(&self, context: &Context) -> Vec<Phrase> {
        let mut seen: Vec<(u32, u32, Option<&Bilingual>)> = Vec::new();
        let mut legend = Vec::new();
        if context.reader == Reader::Table {
            return legend;
        }
        for line in self.all.iter().filter(|line| line.holds) {
            let consequence = self.consequence(context, line);
            if seen.contains(&(line.set, line.rule, consequence)) {
                continue;
            }
            seen.push((line.set, line.rule, consequence));
            let nothing = Bilingual { zh: "—".to_owned(), en: "—".to_owned() };
            let title = self
                .rule(context, line)
                .map_or(Phrase::new("flag.legend-review"), |(_, rule)| Phrase::new("flag.legend").with_both("title", rule.title.clone()));
            let (reference, _) = self.reference(context, line);
            let read = reference.and_then(|reference| reference.grade.as_deref()).unwrap_or("P");
            legend.push(
                title
                    .with("rule", self.rule_id(context, line))
                    .with_both("consequence", consequence.cloned().unwrap_or(nothing))
                    .with("source", self.source(context, line).unwrap_or_default())
                    .with_key("read", format!("source-grade.{read}")),
            );
        }
        legend
    }

    /// Books with a line that holds.
    pub fn books<'c>(&self, context: &'c Context) -> Vec<&'c crate::policy::book::Book> {
        let mut books: Vec<&crate::policy::book::Book> = Vec::new();
        for (verdicts, _) in self.all.iter().filter(|line| line.holds).filter_map(|line| self.rule(context, line)) {
            if !books.iter().any(|book| book.id == verdicts.book.id) {
                books.push(verdicts.book);
            }
        }
        books
    }

    /// The dates of lines that hold.
    pub fn due(&self, context: &Context) -> Vec<Due> {
        let due = self.all.iter().filter(|line| line.holds && line.due != NEVER).map(|line| {
            let (rule, site) = (self.rule_id(context, line), self.id(context, line).unwrap_or(""));
            let title = self.rule(context, line).map_or("", |(_, rule)| said(&rule.title, context));
            let who = self.text(context, line, "name").unwrap_or("");
            let consequence = self.consequence(context, line).map_or("", |text| said(text, context));
            let on = iso(line.due);
            let description = [who, consequence, &self.source(context, line).unwrap_or_default()].join("\n").trim().to_owned();
            let owner = self.text(context, line, "enterprise_id").unwrap_or("");
            Due { id: format!("{rule}-{site}-{owner}-{on}@mujun"), on, summary: format!("{rule} {title}: {site}"), description }
        });
        due.collect()
    }
}

/// What people call what the run and the method give.
const OF_THE_RUN: &[(&str, &str, &str)] = &[
    ("as_of", "截至日期", "The date asked"),
    ("effective_on", "评价年度次年1月1日", "1 January after the evaluated year"),
    ("year", "评价年度", "The evaluated year"),
    ("grade", "等级", "Grade"),
    ("grade_years", "连续年数", "Years with this grade"),
    ("grade_years_open", "更早年度不明", "Earlier years unknown"),
    ("outcome", "评价状态", "Outcome"),
    ("score", "总分", "Score"),
    ("review", "复核", "Review"),
    ("sites", "对象数", "Sites"),
];

pub fn dictionary_label(name: &str, language: &str) -> String {
    if let Some((_, zh, en)) = OF_THE_RUN.iter().find(|(known, ..)| *known == name) {
        return if language == "zh" { zh } else { en }.to_string();
    }
    let dictionary = Dictionary::get();
    let known = |name: &str| dictionary.describe(name, language).map(|(label, _)| label.to_owned());
    let of_other = |prefix: &str| name.strip_prefix(prefix).and_then(known);
    known(name).or_else(|| of_other("enterprise_")).or_else(|| of_other("parcel_")).unwrap_or_else(|| name.to_owned())
}

/// The Chinese word for the code of a choice column.
fn chinese_word<'w>(name: &str, code: &str) -> Option<&'w str> {
    let column = Dictionary::get().tables.iter().flat_map(|table| &table.columns).find(|column| column.name == name)?;
    column.values.iter().find(|choice| choice.name == code)?.spellings.first().map(String::as_str)
}

/// A title without what it explains in brackets.
fn brief(title: &str) -> String {
    title.split(['（', '(']).next().unwrap_or(title).trim().to_owned()
}

/// Of a document's name in two languages (`中文 / English`) the one that is read.
pub fn in_language<'n>(name: &'n str, language: &str) -> &'n str {
    let (zh, en) = name.split_once("/ ").unwrap_or((name, name));
    if language == "zh" { zh.trim() } else { en.trim() }
}

fn with_year(name: &str, year: Option<i32>) -> String {
    year.map_or_else(|| name.to_owned(), |year| format!("{name}_{year}"))
}

/// `2025-06-30` of days since 1970.
pub fn iso(day: i32) -> String {
    let epoch = jiff::civil::date(1970, 1, 1);
    epoch.checked_add(jiff::Span::new().days(i64::from(day))).map_or_else(|_| String::new(), |date| date.to_string())
}

/// Up to so many decimals, half-up, trailing zeros cut.
fn number(value: f64, decimals: u32) -> String {
    let text = rust_decimal::Decimal::from_f64_retain(value).map(|decimal| {
        decimal.round_dp_with_strategy(decimals, rust_decimal::RoundingStrategy::MidpointAwayFromZero).normalize().to_string()
    });
    text.unwrap_or_else(|| value.to_string())
}

fn plain(shown: &Shown) -> String {
    match shown {
        Shown::Missing => String::new(),
        Shown::Number(value) => number(*value, 6),
        Shown::Text(text) => text.clone(),
        Shown::Truth(truth) => truth.to_string(),
        Shown::Date(day) => iso(*day),
    }
}

fn json(shown: &Shown) -> String {
    match shown {
        Shown::Missing => "null".to_owned(),
        Shown::Number(_) | Shown::Truth(_) => plain(shown),
        Shown::Text(_) | Shown::Date(_) => serde_json::Value::from(plain(shown)).to_string(),
    }
}
