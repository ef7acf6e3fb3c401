//! Lines of units: `单位：万元、亩`, `金额单位：元；面积单位：平方米`, `人民币（元）`, or a unit alone in its cell.
//!
//! In: the text of a cell that is no datum. Out: the units it says, each with the quantities it speaks of, and words that stand where
//! a unit should. The words of labels are data (`office.toml`). Next: `shape` keeps them with their rows, `measure` follows them.

use crate::dictionary::{Column, Dictionary, Office, Table, Unit};
use crate::load::headings::unit_label::labels;
use crate::load::headings::unit_words::{is_apart, is_unit, is_unread, parts, spaced};

/// A unit, or a word that stands where one should.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitWord {
    /// The word as it is compared.
    pub word: String,
    /// The quantities it speaks of; none: all of the table.
    pub about: &'static [String],
    /// The heading it is said of, as it is written there: 建筑面积单位 is said of 建筑面积.
    pub named: Option<String>,
}

impl UnitWord {
    fn of_all(word: String) -> UnitWord {
        UnitWord { word, about: &[], named: None }
    }

    /// May it be the unit of a quantity?
    pub fn is_about(&self, quantity: &str) -> bool {
        self.about.is_empty() || self.about.iter().any(|about| about == quantity)
    }

    /// The unit it would be for a quantity, whatever it is said of.
    pub fn unit(&self, quantity: &str) -> Option<&'static Unit> {
        if self.is_about(quantity) { Dictionary::get().unit(quantity, &self.word) } else { None }
    }

    /// The unit it is for a column of a table.
    pub fn unit_for(&self, table: &Table, column: &Column) -> Option<&'static Unit> {
        self.unit(column.quantity.as_deref()?).filter(|_| self.is_of(table, column))
    }

    /// May it be said of a column of a table?
    pub fn is_of(&self, table: &Table, column: &Column) -> bool {
        self.named.as_ref().is_none_or(|name| names(table, name).is_some_and(|named| named.name == column.name))
    }

    /// Is it a unit of anything?
    pub fn is_measure(&self) -> bool {
        is_unit(&self.word)
    }

    /// Is it a unit of anything, or of things that are counted?
    pub fn is_known(&self) -> bool {
        is_unit(&self.word) || Office::get().counted_units.contains(&self.word)
    }
}

/// The column that a name of a line of units means, perhaps with a year before it.
pub fn names<'t>(table: &'t Table, name: &str) -> Option<&'t Column> {
    let known = |name: &str| Dictionary::get().recognise(table, name).column().map(|at| &table.columns[at]);
    known(name).or_else(|| known(&Dictionary::year_beside(name)?.1))
}

/// What a cell says as a line of units does.
struct Line {
    words: Vec<UnitWord>,
    /// Where in its plain text the first label stands.
    at: usize,
    /// It is units and nothing else.
    is_bare: bool,
}

/// The units that a cell says as a line of units does; none if it is no such line.
pub fn said(text: &str) -> Vec<UnitWord> {
    read(text).map(|line| line.words).unwrap_or_default()
}

/// The units of a title: those of a line of units, or in brackets at its end (`2025年税收情况表（万元）`).
pub fn said_by_title(text: &str) -> Vec<UnitWord> {
    if let Some(line) = read(text) {
        return line.words;
    }
    let plain = spaced(text);
    let plain = plain.trim_end_matches([' ', ',', ';', '。', ':', '、', '.']);
    let inner = plain.strip_suffix([')', ']']).and_then(|rest| Some(&rest[rest.rfind(['(', '['])? + 1..]));
    inner.and_then(bare).unwrap_or_default()
}

/// The units that a cell says by a label; a heading that is only a unit says none.
pub fn said_by_label(text: &str) -> Vec<UnitWord> {
    read(text).filter(|line| !line.is_bare).map(|line| line.words).unwrap_or_default()
}

/// Is a cell a line of units that says so?
pub fn is_labelled(text: &str) -> bool {
    read(text).is_some_and(|line| line.at == 0 && !line.is_bare)
}

/// Is a cell a line of units and nothing else before it? A group heading (`税收（单位：元）`) has words before.
pub fn is_line(text: &str) -> bool {
    read(text).is_some_and(|line| line.at == 0)
}

/// A cell as a line of units; `None` if it says none.
fn read(text: &str) -> Option<Line> {
    // Cells are short; a page of text is no line of units.
    if text.is_empty() || text.len() > 600 {
        return None;
    }
    let plain = spaced(text);
    let plain = plain.trim_matches(['(', ')', '[', ']', ' ']);
    if let Some(words) = bare(plain) {
        return Some(Line { words, at: 0, is_bare: true });
    }
    let labels = labels(plain);
    let mut words = Vec::new();
    let ends = labels.iter().skip(1).map(|next| next.at).chain([plain.len()]);
    for (label, end) in labels.iter().zip(ends) {
        label.words(plain[label.end..end].trim(), &mut words);
    }
    if words.is_empty() {
        let words = in_sentences(plain).or_else(|| behind_colon(plain))?;
        return Some(Line { words, at: 0, is_bare: false });
    }
    Some(Line { words, at: labels.first()?.from, is_bare: false })
}

/// The units of `本表以元为单位，面积以亩计`.
fn in_sentences(plain: &str) -> Option<Vec<UnitWord>> {
    let office = Office::get();
    // 以元、亩为单位 is one of them.
    let words = plain.split(|letter| letter != '、' && is_apart(letter)).flat_map(|piece| {
        let framed = office.unit_frames.iter().find_map(|(before, after)| {
            let inner = piece.strip_suffix(after.as_str())?;
            bare(&inner[inner.rfind(before.as_str())? + before.len()..])
        });
        framed.unwrap_or_default()
    });
    let words: Vec<UnitWord> = words.collect();
    (!words.is_empty()).then_some(words)
}

/// The units of `税额：元`: said of what stands before.
fn behind_colon(plain: &str) -> Option<Vec<UnitWord>> {
    let (name, rest) = plain.rsplit_once(':')?;
    let words = bare(rest)?;
    Some(words.into_iter().map(|word| UnitWord { named: Some(name.to_owned()), ..word }).collect())
}

/// A text that is units and nothing else.
fn bare(plain: &str) -> Option<Vec<UnitWord>> {
    let chunks: Vec<String> = parts(plain).into_iter().map(|part| part.word).collect();
    let are_units = !chunks.is_empty() && chunks.iter().all(|word| is_unit(word) || is_unread(word));
    are_units.then(|| chunks.into_iter().map(UnitWord::of_all).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::headings::unit_trace::traces;

    fn words(text: &str) -> Vec<String> {
        let show = |said: UnitWord| match (said.named, said.about.first()) {
            (Some(name), _) => format!("{name}:{}", said.word),
            (None, Some(about)) => format!("{about}:{}", said.word),
            (None, None) => said.word,
        };
        said(text).into_iter().map(show).collect()
    }

    #[test]
    fn lines_of_units_say_their_units() {
        for (text, expected) in [
            ("单位：万元、亩", &["万元", "亩"][..]),
            ("单位：元 亩", &["元", "亩"]),
            ("单位元", &["元"]),
            ("（单位：万元）", &["万元"]),
            ("单位：人民币元（列至角分）", &["money:元"]),
            ("金额单位：人民币元（列至角分）", &["money:元"]),
            ("人民币：元", &["money:元"]),
            ("金额:元", &["money:元"]),
            ("金额：元；面积：亩", &["money:元", "area:亩"]),
            ("金额单位：元；面积单位：平方米", &["money:元", "area:平方米"]),
            ("面积单位：平方米；金额单位：万元", &["area:平方米", "money:万元"]),
            ("金额单位：元  面积单位：亩", &["money:元", "area:亩"]),
            ("单位：金额（元）、面积（亩）", &["money:元", "area:亩"]),
            ("金额单位为元，面积单位为公顷", &["money:元", "area:公顷"]),
            ("填报单位：云汀税务局    单位：元", &["元"]),
            ("2025年税收情况表 单位：元", &["元"]),
            ("2025年税收情况表单位：元", &["元"]),
            ("单位：元 制表人：张三", &["元"]),
            ("单位：税额（元）", &["元"]),
            ("（元）", &["元"]),
            ("元", &["元"]),
            ("元/亩", &[]),
            ("单位：万元/亩", &["万元/亩"]),
            ("Unit: 10k CNY, mu", &["10kcny", "mu"]),
            ("Units: 10k CNY", &["10kcny"]),
            ("单位：美元", &["美元"]),
            ("单位：RMB元", &["rmb元"]),
            ("单 位：元", &["元"]),
            ("金 额 单 位：元", &["money:元"]),
            ("本表金额以元为单位", &["元"]),
            ("本表以元、亩为单位", &["元", "亩"]),
            ("单位：万 吨 标 准 煤、万 元", &["万吨标准煤", "万元"]),
            ("单位：仟 元", &["仟元"]),
            ("（单位：人民币 万元）", &["money:万元"]),
            ("金额以元计，面积以亩计", &["元", "亩"]),
            ("单位∶元", &["元"]),
            ("单位—元", &["元"]),
            ("“单位：元”", &["元"]),
            ("单位\u{200b}：元", &["元"]),
            ("税额：元", &["税额:元"]),
            ("建筑面积单位：平方米", &["建筑面积:平方米"]),
            ("产值单位：元；营业收入单位：万元", &["产值:元", "营业收入:万元"]),
            ("单位：元（营业收入）", &["营业收入:元"]),
            ("Unit: CNY thousand", &["cnythousand"]),
            ("Unit: RMB 10,000", &["rmb10"]),
            ("Unit: ten thousand yuan", &["tenthousandyuan"]),
            ("单位：元/平方米", &["元/平方米"]),
            ("单位：元、万元", &["元", "万元"]),
            ("单位：万元、丈", &["万元", "丈"]),
        ] {
            assert_eq!(words(text), expected, "{text}");
        }
    }

    #[test]
    fn organisations_names_and_sentences_are_no_lines_of_units() {
        for text in [
            "编制单位：税务局",
            "填报单位：万元集团",
            "填报单位：云汀税务局",
            "单位：云汀税务局",
            "单位：（盖章）",
            "单位名称",
            "单位面积税收",
            "单位",
            "单位：",
            "用地单位：甲机械",
            "金额合计",
            "人民币贷款",
            "2025年税收情况表",
            "2025年",
            "甲机械有限公司",
            "",
        ] {
            assert_eq!(words(text), Vec::<String>::new(), "{text}");
        }
        assert!(!is_line("税收（单位：元）") && is_line("（单位：元）") && is_line("实缴税收单位：元"));
    }

    #[test]
    fn units_can_be_seen_in_sentences_and_not_in_other_words() {
        let words = |text: &str| traces(text).into_iter().map(|(_, word)| word).collect::<Vec<_>>();
        assert_eq!(words("税收情况表（2025年，元）"), ["元"]);
        assert_eq!(words("2025年度企业税收情况表 万元"), ["万元"]);
        assert_eq!(words("税收情况表 万 元"), ["万元"]);
        assert_eq!(words("用电情况表 千 瓦 时 元"), ["千瓦时", "元"]);
        assert_eq!(words("税收（美元）"), ["美元"]);
        assert_eq!(words("Amounts in yuan"), ["yuan"]);
        for text in ["亩均效益评价表", "年营业收入2000万元以上企业", "亿元企业名单", "第二单元", "2025年度", "多元化经营", "cnyx"]
        {
            assert_eq!(words(text), Vec::<&str>::new(), "{text}");
        }
    }

    #[test]
    fn titles_say_their_unit_in_brackets() {
        let words = |text: &str| said_by_title(text).into_iter().map(|said| said.word).collect::<Vec<_>>();
        assert_eq!(words("2025年税收情况表（万元）"), ["万元"]);
        assert_eq!(words("企业税收情况表(单位万元)"), ["万元"]);
        assert_eq!(words("用地情况表（万元、亩）"), ["万元", "亩"]);
        assert_eq!(words("税收情况表（美元）"), ["美元"]);
        for end in ["，", "；", "。", "：", " 。"] {
            assert_eq!(words(&format!("税收情况表（仟元）{end}")), ["仟元"], "{end}");
        }
        for text in ["税收情况表（一）", "税收情况表（2025年）", "税收情况表（规上）", "税收情况表"] {
            assert_eq!(words(text), Vec::<String>::new(), "{text}");
        }
    }
}
