//! Lines as columns: those of the contract for programs, labels and words for people.
//!
//! Lists have millions of lines: what is the same for many is stored once, and texts are made in blocks, side by side.

use polars::prelude::*;
use rayon::prelude::*;

use super::evidence::{At, Shown};
use super::lines::{EVERY_SITE, Line, Lines};
use super::plans::Deciding;
use super::words::{chinese_word, json, number, plain, push_iso, push_plain};
use super::{Context, Reader, said};
use crate::report::table::{Column, Values};

/// Lines whose texts one thread makes at a time.
const BLOCK: usize = 1 << 14;

/// The columns for some lines.
pub fn columns(context: &Context, lines: &Lines, list: &[&Line]) -> Vec<Column> {
    let writer = Writer { context, lines, list };
    let people = context.reader == Reader::People;
    let amounts: Vec<Option<f64>> = list.iter().map(|line| lines.amount(line).map(|(value, ..)| value)).collect();
    let amounts = Values::Number { values: Float64Chunked::from_iter_options("".into(), amounts.into_iter()), shown: 2, exact: 6 };
    let own = |of: fn(&super::plans::Plan) -> At| writer.texts(|line, text| writer.push_own(line, of, text));
    let mut columns = vec![
        Column::new("severity", "程度", "Severity", 9, writer.words(|line| line.severity.as_str())),
        Column::new("rule", "规则", "Rule", 0, writer.of_plan(|plan| plan.id.to_owned())),
        Column::new("subject", "类别", "Subject", 7, writer.words(|line| lines.plan(line).subject.as_str())),
        Column::new("subject_id", "对象", "Site", 0, own(|plan| plan.site_at)),
        Column::new("enterprise_id", "统一社会信用代码", "Enterprise id", 8, own(|plan| plan.enterprise_at)),
        Column::new("name", "企业名称", "Enterprise", 2, own(|plan| plan.name_at)),
        Column::new("zone", "开发区", "Zone", 4, own(|plan| plan.zone_at)),
        Column::new("status", "认定", "Status", 1, writer.words(|line| lines.status(line))),
        Column::new("evidence", "依据的数值", "Evidence", 0, writer.evidence()).below(),
        Column::new("amount", "金额", "Amount", 0, if people { writer.amounts_for_people() } else { amounts }),
        Column::new("unit", "单位", "Unit", 0, writer.units()),
        Column::new("due_on", "下一时点", "Due", 0, writer.dates(|plan| plan.due_at)),
        Column::new("consequence", "后果", "Consequence", 6, writer.consequences()),
        Column::new("source", "来源", "Source", 3, writer.of_plan(|plan| plan.source.clone())),
    ];
    if people {
        columns.retain(|column| !["severity", "subject", "enterprise_id", "unit", "consequence"].contains(&column.id.as_str()));
        return columns;
    }
    let ceilings: BooleanChunked = list.iter().map(|line| lines.amount(line).map(|(_, _, amount)| amount.ceiling)).collect();
    columns.push(Column::new("ceiling", "上限", "Ceiling", 9, Values::Flag(ceilings)));
    columns.push(Column::new("since_on", "自何时", "Since", 9, writer.dates(|plan| plan.since_at)));
    columns.push(Column::new("missing", "缺少的数据", "Missing", 9, writer.missing()));
    columns.push(Column::new("book", "规则库", "Book", 9, writer.of_plan(|plan| plan.book.to_owned())));
    columns
}

struct Writer<'w> {
    context: &'w Context<'w>,
    lines: &'w Lines<'w>,
    list: &'w [&'w Line],
}

impl Writer<'_> {
    /// Texts made line by line: `write` adds to the buffer and says whether there is a text at all.
    fn texts(&self, write: impl Fn(&Line, &mut String) -> bool + Sync) -> Values {
        let blocks: Vec<StringChunked> = self
            .list
            .par_chunks(BLOCK)
            .map(|block| {
                let mut builder = StringChunkedBuilder::new(PlSmallStr::EMPTY, block.len());
                let mut buffer = String::new();
                for line in block {
                    buffer.clear();
                    builder.append_option(if write(line, &mut buffer) { Some(buffer.as_str()) } else { None });
                }
                builder.finish()
            })
            .collect();
        let mut all = StringChunkedBuilder::new(PlSmallStr::EMPTY, 0).finish();
        for block in &blocks {
            all.append(block).expect("texts and texts");
        }
        Values::Text(all)
    }

    fn words(&self, of: impl Fn(&Line) -> &'static str) -> Values {
        let mut texts: Vec<&'static str> = Vec::new();
        let place = |word: &'static str, texts: &mut Vec<&'static str>| {
            texts.iter().position(|known| *known == word).unwrap_or_else(|| {
                texts.push(word);
                texts.len() - 1
            }) as u32
        };
        let at = self.list.iter().map(|line| place(of(line), &mut texts)).collect();
        Values::Shared { at, texts: texts.into_iter().map(str::to_owned).collect(), words: true }
    }

    /// A text that all lines of a rule share.
    fn of_plan(&self, of: impl Fn(&super::plans::Plan) -> String) -> Values {
        let texts = self.lines.plans.iter().map(of).collect();
        Values::Shared { at: self.list.iter().map(|line| line.plan).collect(), texts, words: false }
    }

    fn push_own(&self, line: &Line, of: fn(&super::plans::Plan) -> At, text: &mut String) -> bool {
        let own = self.lines.text(line, of(self.lines.plan(line)));
        text.push_str(own.unwrap_or(""));
        own.is_some()
    }

    fn dates(&self, of: fn(&super::plans::Plan) -> At) -> Values {
        self.texts(|line, text| {
            let known = line.holds && line.row != EVERY_SITE;
            let day = if known { self.lines.rows(line).date(of(self.lines.plan(line)), line.row as usize) } else { None };
            day.iter().for_each(|day| push_iso(*day, text));
            day.is_some()
        })
    }

    /// Programs are told in a column of its own that it is a ceiling, and get the English unit whatever the language.
    fn units(&self) -> Values {
        self.texts(|line, text| {
            let unit = self.lines.amount(line).map(|(_, unit, _)| unit.en.as_str());
            text.push_str(unit.unwrap_or(""));
            unit.is_some()
        })
    }

    fn amounts_for_people(&self) -> Values {
        self.texts(|line, text| {
            let Some((value, unit, amount)) = self.lines.amount(line) else { return false };
            let most = if amount.ceiling { "≤ " } else { "" };
            *text += &format!("{most}{} {}", number(value, 2), said(unit, self.context));
            true
        })
    }

    fn consequences(&self) -> Values {
        let mut texts = Vec::new();
        let starts: Vec<usize> = (self.lines.plans.iter())
            .map(|plan| {
                texts.extend(plan.consequences.iter().map(|text| said(text, self.context).to_owned()));
                texts.len() - plan.consequences.len()
            })
            .collect();
        let place = |line: &&Line| self.lines.consequence_at(line).map_or(u32::MAX, |at| (starts[line.plan as usize] + at) as u32);
        Values::Shared { at: self.list.iter().map(place).collect(), texts, words: false }
    }

    fn missing(&self) -> Values {
        self.texts(|line, text| {
            if line.holds {
                return false;
            }
            for (at, name) in self.lines.missing(line).iter().enumerate() {
                text.push_str(if at > 0 { ";" } else { "" });
                text.push_str(name);
            }
            !text.is_empty()
        })
    }

    fn evidence(&self) -> Values {
        let texts = self.texts(|line, text| self.push_evidence(line, text));
        match texts {
            Values::Text(texts) if self.context.reader == Reader::Objects => Values::Json(texts),
            other => other,
        }
    }

    fn push_evidence(&self, line: &Line, text: &mut String) -> bool {
        let plan = self.lines.plan(line);
        if line.row == EVERY_SITE {
            let sites = plan.undecided.unwrap_or(0);
            *text += &if self.context.reader == Reader::Objects { format!("{{\"sites\": {sites}}}") } else { format!("sites={sites}") };
            return true;
        }
        let mut first = true;
        for value in &plan.evidence {
            let shown = self.lines.rows(line).get(value.at, line.row as usize);
            // People are spared what is blank: what was missing to decide stands in a part of its own.
            if self.context.reader == Reader::People && shown == Shown::Missing {
                continue;
            }
            match (self.context.reader, first) {
                (Reader::Objects, true) => text.push('{'),
                (Reader::Objects, false) => text.push_str(", "),
                (_, true) => {}
                (_, false) => text.push_str("; "),
            }
            first = false;
            match self.context.reader {
                Reader::People => *text += &format!("{} {}", value.label, self.for_people(value, &shown)),
                Reader::Table => {
                    text.push_str(&value.name);
                    text.push('=');
                    push_plain(&shown, text);
                }
                Reader::Objects => *text += &format!("{}: {}", serde_json::Value::from(value.name.as_str()), json(&shown)),
            }
        }
        if self.context.reader == Reader::Objects && !first {
            text.push('}');
        }
        !first
    }

    /// A value with its unit; a word of a choice in the reader's language.
    fn for_people(&self, value: &Deciding, shown: &Shown) -> String {
        let zh = self.context.language == "zh";
        match shown {
            Shown::Truth(truth) => match (truth, zh) {
                (true, true) => "是".to_owned(),
                (false, true) => "否".to_owned(),
                (true, false) => "yes".to_owned(),
                (false, false) => "no".to_owned(),
            },
            Shown::Number(_) => format!("{} {}", plain(shown), value.unit).trim_end().to_owned(),
            Shown::Text(code) if zh => chinese_word(&value.column, code).unwrap_or(code).to_owned(),
            _ => plain(shown),
        }
    }
}
