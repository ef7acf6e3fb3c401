//! Words that offices write into their tables and that are no data, from `office.toml`.
//!
//! In: the text of a cell. Out: whether it is the word of a total, the beginning of a note, a line of units. Next: `load` tells
//! such rows from the rows of a table.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::{comparable, normalise};

/// Words before units, and what the units are of.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnitLabel {
    /// The words.
    pub words: Vec<String>,
    /// The quantities they speak of; none: all.
    #[serde(default)]
    pub about: Vec<String>,
    /// It counts only if a unit follows at once.
    #[serde(default)]
    pub weak: bool,
}

/// Words in which a unit can be seen.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnitTrace {
    /// What they measure.
    pub quantities: Vec<String>,
    /// The words.
    pub words: Vec<String>,
}

/// Letters of years, quarters and numbers in names and titles.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct YearLetters {
    /// Behind 年, saying nothing more.
    pub whole: char,
    /// Before the number of a document.
    pub ordinal: char,
    /// Behind it.
    pub document: char,
    /// Behind the number of a quarter.
    pub quarter: char,
    /// Behind 月, saying nothing more.
    pub month: char,
    /// The digits, in their order.
    pub numerals: String,
    /// Other digits of nothing.
    pub zeros: String,
    /// Ten.
    pub ten: char,
}

/// The words.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Office {
    /// Words of a total.
    pub totals: Vec<String>,
    /// Words of what is worked out of other rows and is no sum of them.
    pub averages: Vec<String>,
    /// Beginnings of parts of a total.
    pub total_beginnings: Vec<String>,
    /// Numbers of pages, without their digits.
    pub pages: Vec<String>,
    /// Marks of a blank cell.
    pub blanks: Vec<String>,
    /// Words of which one stands in the name of an enterprise.
    pub enterprise_words: Vec<String>,
    /// Beginnings of a note.
    pub notes: Vec<String>,
    /// Beginnings of a note that stands alone in its row.
    pub note_sentences: Vec<String>,
    /// A note that stands alone in its row.
    pub note_words: Vec<String>,
    /// Ends of one.
    pub note_endings: Vec<String>,
    /// What may stand around one.
    pub note_dashes: String,
    /// Blanks of a form.
    pub form_blanks: Vec<String>,
    /// Letters of a date in words.
    pub date_letters: String,
    /// What stands before the units in the line that names them.
    #[serde(rename = "unit_label")]
    pub unit_labels: Vec<UnitLabel>,
    /// What stands between units.
    pub unit_separators: Vec<char>,
    /// Words that stand between units.
    pub unit_conjunctions: Vec<String>,
    /// The word of a label behind what is measured.
    pub unit_word: String,
    /// What stands before a label and says which figures are meant.
    pub unit_pointers: Vec<String>,
    /// What may stand between the label and the units.
    pub unit_marks: Vec<String>,
    /// Words before 单位 that make it an organisation.
    pub organisations: Vec<String>,
    /// Ends of a name of an organisation.
    pub organisation_endings: Vec<String>,
    /// Ends of a title.
    pub title_endings: Vec<String>,
    /// Units that are not read.
    pub unread_units: Vec<String>,
    /// What stands before and behind units in a sentence that says them.
    pub unit_frames: Vec<(String, String)>,
    /// Words in which a unit is none.
    pub innocent: Vec<String>,
    /// Words that make a figure another one.
    pub qualifiers: Vec<String>,
    /// Words under the name of a figure that mean all of the year.
    pub whole_year: Vec<String>,
    /// The same, up to some month.
    pub cumulative: Vec<String>,
    /// The same, where none of those stands beside.
    pub figures: Vec<String>,
    /// Brackets in a heading that say nothing about what is measured.
    pub heading_remarks: Vec<String>,
    /// Headings of a column of periods.
    pub period_headings: Vec<String>,
    /// Headings of a column of currencies.
    pub currency_headings: Vec<String>,
    /// The names of our own currency.
    pub own_currencies: Vec<String>,
    /// Signs of our own currency, which may as well be the unit.
    pub own_currency_signs: Vec<String>,
    /// Units that are not read in a column of units.
    pub unread_in_columns: Vec<String>,
    /// Ends of units.
    pub unit_endings: Vec<String>,
    /// Words in which a unit can be seen.
    #[serde(rename = "unit_trace")]
    pub unit_traces: Vec<UnitTrace>,
    /// Units of things that are counted.
    pub counted_units: Vec<String>,
    /// Words of a row that numbers the columns.
    pub numbering: Vec<String>,
    /// What a row of units has where there is none.
    pub no_unit: Vec<String>,
    /// What a spreadsheet writes where a formula failed.
    pub errors: Vec<String>,
    /// What may stand after a year.
    pub year_suffixes: Vec<String>,
    /// Words of names and titles that are of a part of a year.
    pub parts_of_year: Vec<String>,
    /// Words before a day or month up to which figures are counted.
    pub until: Vec<String>,
    /// What stands behind a year that is none of figures.
    pub no_years: Vec<String>,
    /// What stands behind a month by which something is due.
    pub month_edges: Vec<String>,
    /// Words of figures that are still to be reached.
    pub plans: Vec<String>,
    /// Words in which one of those is none.
    pub innocent_plans: Vec<String>,
    /// Words of what was reached.
    pub done: Vec<String>,
    /// Beginnings of a label that says when a table was made or is due.
    pub making: Vec<String>,
    /// Ends of a line that says when a table was made.
    pub making_endings: Vec<String>,
    /// Labels of the time that figures are of.
    pub period_labels: Vec<String>,
    /// Headings of the first and the last day of what a row is of.
    pub period_ends: Vec<String>,
    /// Marks of a currency.
    pub currency: Vec<String>,
    /// By quantity, its names.
    pub quantities: BTreeMap<String, Vec<String>>,
    /// Names that offices give to tables.
    pub tables: BTreeMap<String, Vec<String>>,
    /// Signs between the first and the last day of a span.
    pub span_signs: String,
    /// Letters of years, quarters and numbers.
    pub year_letters: YearLetters,
    /// By part of a year, what stands after the year.
    pub periods: BTreeMap<String, Vec<String>>,
}

static BUILT_IN: LazyLock<Office> =
    LazyLock::new(|| toml::from_str(include_str!("office.toml")).expect("the embedded words are read by a test"));

/// The text as it is compared, without an allocation where it is short of anything to change.
pub fn squeezed(text: &str) -> String {
    normalise(text)
}

impl Office {
    /// The built-in words.
    pub fn get() -> &'static Office {
        &BUILT_IN
    }

    /// Is it the word of a total, or does it end with one (`A区小计`)?
    pub fn is_total(&self, text: &str) -> bool {
        // No total is longer than a name with a word after it.
        if text.is_empty() || text.len() > 90 {
            return false;
        }
        let text = comparable(text);
        let whole = text.trim_end_matches(':');
        let text = self.uncounted(whole);
        // `共6户`
        if text.is_empty() && whole.starts_with('共') {
            return true;
        }
        let ends = |word: &String| text == *word || (!word.is_ascii() && text.ends_with(word.as_str()));
        self.totals.iter().chain(&self.averages).any(ends) || self.total_beginnings.iter().any(|word| text.starts_with(word.as_str()))
    }

    /// May it be the word of a total? A quick look, by which most keys are told to be none.
    pub fn may_be_total(&self, text: &str) -> bool {
        let is_plain = |letter: char| !letter.is_ascii_uppercase() && !letter.is_whitespace() && !matches!(letter, '\u{ff00}'..='\u{ffef}');
        let words = || self.totals.iter().chain(&self.averages).chain(&self.total_beginnings);
        !text.chars().all(is_plain) || text.starts_with('共') || words().any(|word| text.contains(word.as_str()))
    }

    /// Is it or ends it with the word of an average?
    pub fn is_average(&self, text: &str) -> bool {
        text.len() <= 90 && self.averages.iter().any(|word| normalise(text).ends_with(word.as_str()))
    }

    /// Is it the word of a total and nothing else?
    pub fn is_total_alone(&self, text: &str) -> bool {
        text.len() <= 90 && self.totals.iter().any(|word| *word == self.uncounted(comparable(text).trim_end_matches(':')))
    }

    /// A text without the number of what is added up behind it: `共计3户`, `合计（3家）`.
    fn uncounted<'t>(&self, text: &'t str) -> &'t str {
        let inner = text.trim_end_matches(')');
        let word = self.counted_units.iter().filter_map(|unit| inner.strip_suffix(unit.as_str())).min_by_key(|rest| rest.len());
        let without = word.unwrap_or(inner).trim_end_matches(|digit: char| digit.is_ascii_digit());
        let is_counted = without.len() < word.unwrap_or(inner).len() || word.is_some_and(|word| word.ends_with('('));
        if is_counted { without.trim_end_matches('(').trim_end_matches('共').trim_end_matches(':') } else { text }
    }

    /// Is it a line that says when a table was made or is due: `制表日期：2026年1月5日`?
    pub fn says_making(&self, plain: &str) -> bool {
        let label = |word: &String| plain.strip_prefix(word.as_str()).is_some_and(|rest| rest.contains(':') || rest.len() <= 36);
        let ends = |word: &String| plain.trim_end_matches(')').ends_with(word.as_str());
        plain.starts_with(|first: char| !first.is_ascii_digit()) && self.making.iter().any(label) || self.making_endings.iter().any(ends)
    }

    /// Is it a label of the time that figures are of: `所属期`, `统计年度：`?
    pub fn is_period_label(&self, plain: &str) -> bool {
        let plain = plain.trim_end_matches(':');
        self.period_headings.iter().chain(&self.period_labels).any(|word| word == plain)
    }

    /// Does it say that a row is of the whole year: `全年`?
    pub fn is_whole_year(&self, text: &str) -> bool {
        let text = normalise(text);
        let words = self.periods.get("Y").into_iter().flatten();
        text.chars().count() > 1 && words.into_iter().any(|word| *word == text)
    }

    /// A heading without marks around it and without what says nothing about what is measured: `*产值（当年价格）（万元）`.
    pub fn without_remarks(&self, plain: &str) -> String {
        let is_circled = |letter: char| matches!(letter, '①'..='⑳');
        let is_mark = |letter: char| is_circled(letter) || matches!(letter, '*' | '★' | '#' | '●');
        let plain =
            unnumbered(plain.trim_start_matches(is_mark)).trim_end_matches(|letter| is_circled(letter) || matches!(letter, '*' | ':'));
        let mut rest = String::with_capacity(plain.len());
        for piece in plain.split_inclusive(')') {
            let Some((before, bracket)) = piece.strip_suffix(')').and_then(|inner| inner.split_once('(')) else {
                rest.push_str(piece);
                continue;
            };
            let is_remark = |part: &&str| self.heading_remarks.iter().any(|remark| remark == part);
            let parts: Vec<&str> = bracket.split([',', '、', ';']).filter(|part| !is_remark(part)).collect();
            rest.push_str(before);
            if !parts.is_empty() {
                rest.push_str(&format!("({})", parts.join(",")));
            }
        }
        rest
    }

    /// What a label measures by its own words: 面积 of 面积单位, nothing of 单位.
    pub fn measured_by<'l>(&self, label: &'l str) -> &'l str {
        label.strip_suffix(self.unit_word.as_str()).unwrap_or("")
    }

    /// Is it a part of a year that is not the whole: `6月`, `1-6月`, `上半年`?
    pub fn is_part_of_year(&self, text: &str) -> bool {
        let text = comparable(text);
        let month = text
            .trim_end_matches("累计")
            .strip_suffix('月')
            .map(|months| months.rsplit(['-', '—', '至', '~', '~']).next().unwrap_or(months));
        let is_month = month.and_then(|month| month.parse::<u32>().ok()).is_some_and(|month| (1..12).contains(&month));
        is_month || self.periods.iter().any(|(part, words)| part != "Y" && words.contains(&text))
    }

    /// Does a word stand in it that makes a figure another one?
    pub fn is_qualified(&self, text: &str) -> bool {
        let text = comparable(text);
        self.qualifiers.iter().any(|word| text.contains(word.as_str()))
    }

    /// Is it the number of a page?
    pub fn is_page(&self, text: &str) -> bool {
        if text.len() > 60 {
            return false;
        }
        let digits = |character: &char| character.is_ascii_digit();
        let text = normalise(text);
        let rest: String = text.chars().filter(|character| !digits(character)).collect();
        rest.len() < text.len() && self.pages.contains(&rest)
    }

    /// Is it a note with a number before it: `1.本表数据…`, `（2）…`? It has words, and more than a name.
    pub fn is_numbered_note(&self, text: &str) -> bool {
        let text = normalise(&text.chars().take(200).collect::<String>());
        let rest = text.trim_start_matches('(');
        let words = rest.trim_start_matches(|digit: char| digit.is_ascii_digit());
        let is_numbered = (1..=2).contains(&(rest.len() - words.len())) && words.starts_with(['.', '、', ')', ',']);
        is_numbered && words.chars().skip(1).take(4).filter(|letter| letter.is_alphabetic() && !letter.is_ascii()).count() > 1
    }

    /// Does it name an enterprise, whatever word of a total stands behind the name? `公司合计` names none.
    pub fn names_enterprise(&self, text: &str) -> bool {
        let text = comparable(&text.chars().take(200).collect::<String>());
        let name = self.totals.iter().find_map(|word| text.strip_suffix(word.as_str())).unwrap_or(&text);
        let own = |word: &String| name.find(word.as_str()).map(|at| name[..at].chars().count() + name[at + word.len()..].chars().count());
        self.enterprise_words.iter().filter_map(own).any(|letters| letters > 1)
    }

    /// Does a note begin like this? The word stands alone or has a mark, a number or the end after it.
    pub fn is_note(&self, text: &str) -> bool {
        let text: String = comparable(&text.chars().take(200).collect::<String>());
        self.notes.iter().any(|word| {
            let is_sign = !word.ends_with(char::is_alphanumeric);
            text.strip_prefix(word.as_str()).is_some_and(|rest| {
                is_sign
                    || rest.chars().take(12).any(|next| matches!(next, ':' | '、' | '.'))
                    || rest.is_empty()
                    || rest.starts_with(|c: char| c.is_ascii_digit())
            })
        })
    }

    /// Is it a note, if nothing stands beside it: a sentence about the table, a date in words, perhaps not filled in, or a blank of a form?
    pub fn is_note_alone(&self, text: &str) -> bool {
        let text = comparable(&text.chars().take(200).collect::<String>());
        let is_of_date = |letter: char| letter.is_ascii_digit() || self.date_letters.contains(letter);
        let is_date = text.contains('年') && text.contains('月') && text.chars().all(is_of_date);
        let core = text.trim_matches(|letter: char| self.note_dashes.contains(letter));
        is_date
            || self.is_dated_signature(&text)
            || self.note_words.iter().any(|word| word == core)
            || self.note_endings.iter().any(|word| text.len() > word.len() && text.ends_with(word.as_str()))
            || self.note_sentences.iter().any(|word| core.starts_with(word.as_str()))
            || self.form_blanks.iter().any(|blank| text.contains(blank.as_str()))
    }

    /// Is it the name of an office with a day behind it: `税务局2026年1月5日`?
    fn is_dated_signature(&self, text: &str) -> bool {
        let name = text.trim_end_matches(|letter: char| letter.is_ascii_digit() || self.date_letters.contains(letter));
        let day = &text[name.len()..];
        day.contains('年')
            && day.contains('月')
            && day.ends_with('日')
            && self.organisation_endings.iter().any(|end| name.ends_with(end.as_str()))
    }

    /// Is it what is filled in on a form: `表号：A101`, `综合机关名称：`? The words before the colon are no total's.
    pub fn is_form_line(&self, text: &str) -> bool {
        let is_word = |letter: char| letter.is_alphabetic() && !letter.is_ascii() || letter.is_whitespace();
        text.split_once([':', '：']).is_some_and(|(words, _)| {
            let letters = words.chars().filter(|letter| !letter.is_whitespace()).count();
            (2..=12).contains(&letters) && words.chars().all(is_word) && !self.is_total(words)
        })
    }

    /// Is it what a spreadsheet writes where a formula failed?
    pub fn is_error(&self, text: &str) -> bool {
        text.starts_with('#') && {
            let text = text.to_ascii_lowercase();
            self.errors.iter().any(|error| text == *error || (error == "####" && text.len() > 3 && text.bytes().all(|byte| byte == b'#')))
        }
    }
}

/// A heading without the number before it: `1.实缴税收`, `2、减免`. `1.5` has none.
fn unnumbered(plain: &str) -> &str {
    let rest = plain.trim_start_matches(|digit: char| digit.is_ascii_digit());
    let named = rest.strip_prefix(['.', '、']).filter(|name| !name.starts_with(|first: char| first.is_ascii_digit()));
    named.filter(|_| (1..=2).contains(&(plain.len() - rest.len()))).unwrap_or(plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dictionary::Dictionary;

    #[test]
    fn totals_and_notes_are_told_from_data() {
        let office = Office::get();
        for text in ["合计", "合 计", "合　计：", "Total", "A区小计", "总计", "共6户", "共 6 户："] {
            assert!(office.is_total(text), "{text}");
        }
        for text in ["合计机械有限公司", "total energy", "91990101MAEX00010E", "", "Subtotal Ltd", "6户", "6", "共享6户机械", "共"]
        {
            assert!(!office.is_total(text), "{text}");
        }
        for text in ["甲机械有限公司合计", "云汀电子厂", "Heyu Co., Ltd."] {
            assert!(office.names_enterprise(text), "{text}");
        }
        for text in ["合计", "公司合计", "A区小计", "规上企业合计", ""] {
            assert!(!office.names_enterprise(text), "{text}");
        }
        for text in ["注：数据截至年底", "备注:", "填表人：张三", "*为预计数", "说明1、口径", "Note: provisional"]
        {
            assert!(office.is_note(text), "{text}");
        }
        for text in ["注塑机械厂", "说明书印刷公司", "91990101MAEX00010E", "Notex Ltd"] {
            assert!(!office.is_note(text), "{text}");
        }
        for text in [
            "2025年3月",
            "二〇二五年三月一日",
            "年  月  日",
            "本表由税务局提供",
            "统一社会信用代码□□□□",
            "税务局（盖章）",
            "——以下空白——",
            "—— 完 ——",
            "税务局2026年1月5日",
        ] {
            assert!(office.is_note_alone(text), "{text}");
        }
        for text in ["2025", "20250301", "三月", "甲机械有限公司", "年月日机械厂", "E1", "完美机械厂", "（盖章）", "乙2026年1月5日"]
        {
            assert!(!office.is_note_alone(text), "{text}");
        }
        for text in ["表号：A101", "表    号:A101", "综合机关名称：", "单位负责人：张三"] {
            assert!(office.is_form_line(text), "{text}");
        }
        for text in ["其中：规上", "合计：", "税收（单位：元）", "E1：甲", "12:30", "甲：乙"] {
            assert!(!office.is_form_line(text), "{text}");
        }
        assert!(office.is_error("#REF!") && office.is_error("######") && !office.is_error("#1厂房"));
    }

    #[test]
    fn names_of_tables_are_of_tables_and_of_one_only() {
        let mut seen = std::collections::BTreeSet::new();
        for (table, names) in &Office::get().tables {
            assert!(Dictionary::get().table(table).is_some(), "{table}");
            assert!(names.iter().all(|name| seen.insert(name)), "{table}");
        }
    }
}
