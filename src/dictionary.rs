//! The contract of tables, read from `dictionary.toml`: every column's type, unit, labels and aliases.
//!
//! In: a heading as an office writes it (`用地面积（平方米）`). Out: the column it names and the exact factor to the
//! canonical unit. Everything that names columns (loading, policies, docs, headings of reports) asks here.

use std::collections::HashMap;
use std::sync::LazyLock;

use rust_decimal::Decimal;
use serde::Deserialize;

pub mod industry;
pub mod joins;
mod office;
mod part;
pub mod sayings;
pub mod sheets;
pub mod suspicions;
mod traditional;
mod usual;

pub use office::{Office, UnitLabel, squeezed};
pub use part::Part;
pub use usual::{Plausible, Slip, Suspect, Usual};

/// The pollutants whose plain sum in tonnes stands in for a blank `emission_t`.
pub const POLLUTANTS: [&str; 4] = ["cod_t", "ammonia_t", "so2_t", "nox_t"];

/// A text in both languages.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bilingual {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

impl Bilingual {
    /// The same text in both languages.
    pub fn same(text: &str) -> Bilingual {
        Bilingual { zh: text.to_owned(), en: text.to_owned() }
    }

    /// The text in a language, `zh` or `en`.
    pub fn get(&self, language: &str) -> &str {
        if language == "zh" { &self.zh } else { &self.en }
    }
}

/// How a cell of a column is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ColumnType {
    /// Text as it stands.
    Text,
    /// A key: text that must not have been turned into a number.
    Id,
    /// A number, stored in the canonical unit of its quantity.
    Number,
    /// A calendar year, 1990–2100.
    Year,
    /// A calendar date.
    Date,
    /// True or false.
    Bool,
    /// One of a few words.
    Choice,
    /// An industry code of GB/T 4754.
    Industry,
    /// Labels separated by semicolons.
    Labels,
    /// A year, or a half, quarter or month of one.
    Period,
}

/// A unit and its exact factor to the canonical unit of its quantity.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unit {
    /// English symbol (`mu`, `10k CNY`).
    pub name: String,
    /// What is measured (`area`, `money`). The first unit of a quantity is its canonical one.
    pub quantity: String,
    /// Canonical units in one of this unit, an exact decimal.
    pub factor: Decimal,
    /// Chinese symbol (`亩`, `万元`).
    pub zh: String,
    /// What headings write for it.
    pub spellings: Vec<String>,
    /// So many times nearer to the middle of a column than others it must bring a median, for `check` to suspect it.
    #[serde(default = "usual::likely")]
    pub unlikely: f64,
}

impl Unit {
    /// The symbol in a language, `zh` or `en`.
    pub fn symbol(&self, language: &str) -> &str {
        if language == "zh" { &self.zh } else { &self.name }
    }
}

/// One accepted word of a choice column.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// The canonical word.
    pub name: String,
    /// What files write for it.
    pub spellings: Vec<String>,
}

/// One column of a table.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// Canonical snake_case name.
    pub name: String,
    /// How its cells are read.
    #[serde(rename = "type")]
    pub kind: ColumnType,
    /// Must the heading be there?
    #[serde(default)]
    pub required: bool,
    /// What is measured, for numbers with a unit.
    #[serde(default)]
    pub quantity: Option<String>,
    /// Smallest legal value, canonical unit.
    #[serde(default)]
    pub at_least: Option<Decimal>,
    /// Largest legal value, canonical unit.
    #[serde(default)]
    pub at_most: Option<Decimal>,
    /// What the median of a column usually is, canonical unit; outside it `check` suspects the unit.
    #[serde(default)]
    pub usual: Option<Usual>,
    /// Land only: summed over the parcels of an enterprise in the panel.
    #[serde(default)]
    pub summed: bool,
    /// It adds up over time: the parts of a year make the year.
    #[serde(default)]
    pub flow: bool,
    /// Chinese label.
    pub zh: String,
    /// English label.
    pub en: String,
    /// Other headings that mean this column.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Accepted words, for choices.
    #[serde(default)]
    pub values: Vec<Choice>,
    /// What an analyst should know.
    #[serde(default)]
    pub note: Option<Bilingual>,
    /// An example cell, for templates.
    #[serde(default)]
    pub example: Option<String>,
}

impl Column {
    /// The label in a language, `zh` or `en`.
    pub fn label(&self, language: &str) -> &str {
        if language == "zh" { &self.zh } else { &self.en }
    }
}

/// One table: a file of a data set.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// Table name; the file is `<name>.csv`.
    pub name: String,
    /// Chinese label.
    pub zh: String,
    /// English label.
    pub en: String,
    /// Must the file be there?
    pub required: bool,
    /// Columns that together must not repeat.
    pub key: Vec<String>,
    /// What one row is.
    pub about: Bilingual,
    /// Its columns.
    #[serde(rename = "column")]
    pub columns: Vec<Column>,
}

/// A column of the panel that is computed rather than read.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Derived {
    /// Canonical snake_case name.
    pub name: String,
    /// Type of its values.
    #[serde(rename = "type")]
    pub kind: ColumnType,
    /// Unit symbols.
    #[serde(default)]
    pub unit: Option<Bilingual>,
    /// Chinese label.
    pub zh: String,
    /// English label.
    pub en: String,
    /// SQL scalar expression over other columns; `None`: loading computes it.
    #[serde(default)]
    pub formula: Option<String>,
    /// What an analyst should know.
    #[serde(default)]
    pub note: Option<Bilingual>,
}

/// Dates of a row that follow one another.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Order {
    /// The table.
    pub table: String,
    /// Its date columns: none may be earlier than one named before it.
    pub dates: Vec<String>,
}

impl Order {
    /// Every two of the dates, the one that may not be later first.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.dates.iter().enumerate().flat_map(|(at, before)| self.dates[at + 1..].iter().map(|after| (before.as_str(), after.as_str())))
    }
}

/// What a heading turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heading<'d> {
    /// Column number in the table, and the factor to the canonical unit.
    Known {
        /// Index into [`Table::columns`].
        column: usize,
        /// Canonical units per written unit.
        factor: Decimal,
        /// Does the heading itself say the unit?
        says_unit: bool,
    },
    /// A column of ours with a unit that we do not know.
    UnknownUnit {
        /// Index into [`Table::columns`].
        column: usize,
        /// What stood in the brackets.
        unit: String,
        /// The units that would do.
        accepted: Vec<&'d str>,
    },
    /// A column the dictionary does not know.
    Extra,
}

impl Heading<'_> {
    /// The column it is meant for, whatever its unit.
    pub fn column(&self) -> Option<usize> {
        match self {
            Heading::Known { column, .. } | Heading::UnknownUnit { column, .. } => Some(*column),
            Heading::Extra => None,
        }
    }
}

/// What no figure and no sum of a column is beyond, in canonical units: what is, is a slip, and would not fit into exact sums.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Largest {
    /// One figure, either sign.
    pub figure: Decimal,
    /// All figures of a column together, signs left out.
    pub sum: Decimal,
}

/// The whole contract.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dictionary {
    /// From where on a figure or a sum is a slip.
    pub largest: Largest,
    /// Units with their factors.
    #[serde(rename = "unit")]
    pub units: Vec<Unit>,
    /// Tables with their columns.
    #[serde(rename = "table")]
    pub tables: Vec<Table>,
    /// Computed columns.
    pub derived: Vec<Derived>,
    /// Units that values are in by mistake.
    #[serde(rename = "slip")]
    pub slips: Vec<Slip>,
    /// What single values and medians of ratios usually are.
    pub plausible: Vec<Plausible>,
    /// Which dates follow which.
    #[serde(rename = "order")]
    pub orders: Vec<Order>,
}

/// Bytes up to which a text may be a heading of ours.
const LONGEST_HEADING: usize = 400;

static BUILT_IN: LazyLock<Dictionary> =
    LazyLock::new(|| toml::from_str(include_str!("dictionary.toml")).expect("the embedded dictionary is read by a test"));

impl Dictionary {
    /// The built-in dictionary.
    pub fn get() -> &'static Dictionary {
        &BUILT_IN
    }

    /// The table of that name.
    pub fn table(&self, name: &str) -> Option<&Table> {
        self.tables.iter().find(|table| table.name == name)
    }

    /// The canonical unit of a quantity.
    pub fn canonical_unit(&self, quantity: &str) -> Option<&Unit> {
        self.units.iter().find(|unit| unit.quantity == quantity)
    }

    /// The unit of a column, `None` for columns without one.
    pub fn unit_of(&self, column: &Column) -> Option<&Unit> {
        column.quantity.as_deref().and_then(|quantity| self.canonical_unit(quantity))
    }

    /// Label and unit symbol of a column by canonical name, wherever it stands; for report headings.
    pub fn describe(&self, name: &str, language: &str) -> Option<(&str, Option<&str>)> {
        if let Some(derived) = self.derived.iter().find(|derived| derived.name == name) {
            let label = if language == "zh" { &derived.zh } else { &derived.en };
            return Some((label, derived.unit.as_ref().map(|unit| unit.get(language))));
        }
        let column = self.tables.iter().flat_map(|table| &table.columns).find(|column| column.name == name)?;
        Some((column.label(language), self.unit_of(column).map(|unit| unit.symbol(language))))
    }

    /// The label of a column by canonical name in both languages; the name itself if there is none.
    pub fn labels(&self, name: &str) -> Bilingual {
        let [zh, en] = ["zh", "en"].map(|language| self.describe(name, language).map_or(name, |(label, _)| label).to_owned());
        Bilingual { zh, en }
    }

    /// What a heading of a table's file means: canonical name, label or alias, with or without a unit in brackets.
    pub fn recognise<'d>(&'d self, table: &'d Table, heading: &str) -> Heading<'d> {
        if heading.len() > LONGEST_HEADING {
            return Heading::Extra;
        }
        let plain = comparable(heading);
        let found = self.recognise_plain(table, &plain);
        if matches!(found, Heading::Known { .. }) {
            return found;
        }
        let without = unit_last(&Office::get().without_remarks(&plain));
        match (found, self.recognise_plain(table, &without)) {
            (_, known @ Heading::Known { .. }) if without != plain => known,
            // 实缴税收（增速） is another figure.
            (Heading::UnknownUnit { unit, .. }, _) if Office::get().is_qualified(&unit) => Heading::Extra,
            (found, _) => found,
        }
    }

    fn recognise_plain<'d>(&'d self, table: &'d Table, plain: &str) -> Heading<'d> {
        let names = NAMES.get(table.name.as_str());
        let named = |text: &str| names.and_then(|names| names.get(text)).copied();
        if let Some(column) = named(plain) {
            return Heading::Known { column, factor: Decimal::ONE, says_unit: plain == table.columns[column].name };
        }
        let Some((base, bracket)) = split_bracket(plain) else {
            return self.with_unit_behind(table, plain, &named).unwrap_or(Heading::Extra);
        };
        let Some(column) = named(base) else { return Heading::Extra };
        let Some(quantity) = table.columns[column].quantity.as_deref() else {
            return Heading::Known { column, factor: Decimal::ONE, says_unit: true };
        };
        match self.unit(quantity, bracket) {
            Some(unit) => Heading::Known { column, factor: unit.factor, says_unit: true },
            None => Heading::UnknownUnit { column, unit: bracket.to_owned(), accepted: self.units_of(quantity) },
        }
    }

    /// A heading with its unit behind a stroke, or behind nothing: `实缴税收/元`, `减免_元`, `用地面积亩`. What is no unit there makes it
    /// a heading of its own.
    fn with_unit_behind<'d>(&'d self, table: &'d Table, plain: &str, named: &impl Fn(&str) -> Option<usize>) -> Option<Heading<'d>> {
        plain.char_indices().skip(1).find_map(|(at, mark)| {
            let column = named(&plain[..at])?;
            let is_mark = is_unit_mark(mark);
            let word = if is_mark { &plain[at + mark.len_utf8()..] } else { &plain[at..] };
            // Two words of Latin letters need a mark between them.
            let unit =
                self.unit(table.columns[column].quantity.as_deref()?, word).filter(|_| is_mark || !is_latin_within(&plain[..at], mark))?;
            Some(Heading::Known { column, factor: unit.factor, says_unit: true })
        })
    }

    /// The year beside a heading, and the rest of it: `2025年实缴税收`, `2025实缴税收`, `实缴税收2025年`, `实缴税收（2025年）（万元）`.
    pub fn year_beside(heading: &str) -> Option<(i32, String)> {
        if heading.len() > LONGEST_HEADING {
            return None;
        }
        let plain = comparable(heading);
        let suffixes = || Office::get().year_suffixes.iter().map(String::as_str).chain([""]);
        let year_of = |text: &str| text.parse().ok().filter(|year| (1990..=2100).contains(year) && text.len() == 4);
        let before = || {
            let year = year_of(plain.get(..4)?)?;
            let (suffix, rest) = suffixes().find_map(|suffix| Some((suffix, plain[4..].strip_prefix(suffix)?)))?;
            let rest = rest.trim_start_matches(['的', '-', '_']);
            // A number with more digits is no year.
            (!suffix.is_empty() || !rest.starts_with(|next: char| next.is_ascii())).then(|| (year, rest.to_owned()))
        };
        let is_year = |text: &str| suffixes().find_map(|suffix| year_of(text.strip_suffix(suffix)?));
        let inside = || {
            let mut brackets = plain.match_indices('(').filter_map(|(at, _)| Some((at, at + plain[at..].find(')')?)));
            brackets.find_map(|(open, close)| {
                let mut parts: Vec<&str> = plain[open + 1..close].split([',', '、', ';']).collect();
                let at = parts.iter().position(|part| is_year(part).is_some())?;
                let year = is_year(parts.remove(at))?;
                let bracket = if parts.is_empty() { String::new() } else { format!("({})", parts.join(",")) };
                Some((year, format!("{}{bracket}{}", &plain[..open], &plain[close + 1..])))
            })
        };
        let behind = || {
            let (base, bracket) = plain.find('(').map_or((plain.as_str(), ""), |at| plain.split_at(at));
            suffixes().find_map(|suffix| {
                let text = base.strip_suffix(suffix)?;
                let at = text.len().checked_sub(4)?;
                let year = year_of(text.get(at..)?)?;
                (!text[..at].ends_with(|last: char| last.is_ascii_digit())).then(|| (year, format!("{}{bracket}", &text[..at])))
            })
        };
        before().or_else(inside).or_else(behind).filter(|(_, rest)| !rest.is_empty())
    }

    /// The unit of a quantity that a word means.
    pub fn unit(&self, quantity: &str, word: &str) -> Option<&Unit> {
        spelled(word)?.iter().map(|&at| &self.units[at]).find(|unit| unit.quantity == quantity)
    }

    /// Is it a unit of anything?
    pub fn is_unit(&self, word: &str) -> bool {
        spelled(word).is_some()
    }

    /// The unit of a quantity with a factor, as an office writes it.
    pub fn unit_by_factor(&self, quantity: &str, factor: Decimal) -> Option<&str> {
        self.units.iter().find(|unit| unit.quantity == quantity && unit.factor == factor).map(|unit| unit.zh.as_str())
    }

    /// The column of a table that a heading names, its factor, and whether the heading says its unit.
    pub fn names_column<'d>(&'d self, table: &'d Table, heading: &str) -> Option<(&'d Column, Decimal, bool)> {
        match self.recognise(table, heading) {
            Heading::Known { column, factor, says_unit } => Some((&table.columns[column], factor, says_unit)),
            _ => None,
        }
    }

    /// The units of a quantity, as an office writes them.
    pub fn units_of(&self, quantity: &str) -> Vec<&str> {
        self.units.iter().filter(|unit| unit.quantity == quantity).map(|unit| unit.zh.as_str()).collect()
    }
}

/// By spelling, the units it may mean, in the order of the file.
static UNITS: LazyLock<HashMap<String, Vec<usize>>> = LazyLock::new(|| {
    let mut units: HashMap<String, Vec<usize>> = HashMap::new();
    for (at, unit) in Dictionary::get().units.iter().enumerate() {
        for word in std::iter::once(&unit.name).chain(&unit.spellings) {
            let places = units.entry(normalise(word)).or_default();
            if places.last() != Some(&at) {
                places.push(at);
            }
        }
    }
    units
});

/// The units that a word may mean, whatever they measure.
fn spelled(word: &str) -> Option<&'static [usize]> {
    let plain = comparable(word);
    UNITS.get(plain.strip_prefix("单位:").unwrap_or(&plain)).map(Vec::as_slice)
}

/// By table, every heading that means a column, without its unit.
static NAMES: LazyLock<HashMap<&str, HashMap<String, usize>>> = LazyLock::new(|| {
    let names = |table: &'static Table| {
        let mut names = HashMap::new();
        for (at, column) in table.columns.iter().enumerate() {
            for word in [&column.name, &column.zh, &column.en].into_iter().chain(&column.aliases) {
                names.entry(normalise(word)).or_insert(at);
            }
        }
        // Rows that may be of parts of years have their year in a column of periods, too.
        let at = |name: &str| table.columns.iter().position(|column| column.name == name);
        if let (Some(year), Some(_)) = (at("year"), at("quarter")) {
            Office::get().period_headings.iter().for_each(|word| _ = names.entry(word.clone()).or_insert(year));
        }
        (table.name.as_str(), names)
    };
    Dictionary::get().tables.iter().map(names).collect()
});

/// Headings are compared without spaces, in lower case, with full-width characters made plain.
pub fn normalise(heading: &str) -> String {
    heading
        .trim_start_matches('\u{feff}')
        .chars()
        .map(|character| match character {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(character as u32 - 0xfee0).unwrap_or(character),
            '【' | '〔' => '(',
            '】' | '〕' => ')',
            other => other,
        })
        .filter(|character| !character.is_whitespace())
        .flat_map(char::to_lowercase)
        .collect()
}

/// A heading, a unit or a word of an office as it is compared with ours: traditional characters are those of the dictionary, too.
pub fn comparable(heading: &str) -> String {
    traditional::plain(&normalise(heading)).into_owned()
}

/// Does a Latin word go on there? Two of them need a mark between.
pub fn is_latin_within(before: &str, next: char) -> bool {
    next.is_ascii() && before.ends_with(|last: char| last.is_ascii())
}

/// May it stand between a heading and its unit?
pub fn is_unit_mark(mark: char) -> bool {
    matches!(mark, '/' | '_' | '-' | '—' | ':' | ',' | '、')
}

/// A heading with the unit that stands in brackets before it behind it: `（元）实缴税收`.
fn unit_last(plain: &str) -> String {
    let parts = plain.strip_prefix('(').and_then(|rest| rest.split_once(')')).filter(|(unit, _)| Dictionary::get().is_unit(unit));
    parts.map_or_else(|| plain.to_owned(), |(unit, rest)| format!("{rest}({unit})"))
}

/// Splits `area(mu)` or `area[mu]` into `area` and `mu`.
fn split_bracket(heading: &str) -> Option<(&str, &str)> {
    let (open, close) = if heading.ends_with(')') { ('(', ')') } else { ('[', ']') };
    let inner = heading.strip_suffix(close)?;
    let at = inner.rfind(open)?;
    Some((&inner[..at], &inner[at + open.len_utf8()..]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn factor(table: &str, heading: &str) -> Option<(String, Decimal)> {
        let dictionary = Dictionary::get();
        let table = dictionary.table(table).expect("a table of the dictionary");
        match dictionary.recognise(table, heading) {
            Heading::Known { column, factor, .. } => Some((table.columns[column].name.clone(), factor)),
            _ => None,
        }
    }

    #[test]
    fn headings_are_known_by_name_label_alias_and_unit() {
        let dec = |text: &str| text.parse::<Decimal>().expect("a decimal");
        // Factors by definition: 1 mu = 2000/3 m2, 1 ha = 15 mu, 1 yi = 10^8.
        for (heading, expected) in [
            ("area", "1"),
            ("用地面积", "1"),
            ("用地面积(亩)", "1"),
            ("用地面积（平方米）", "0.0015"),
            ("用地面积（㎡）", "0.0015"),
            ("Area (ha)", "15"),
            (" 用地 面积（公顷） ", "15"),
            ("area [m2]", "0.0015"),
        ] {
            assert_eq!(factor("land", heading), Some(("area".to_owned(), dec(expected))), "{heading}");
        }
        assert_eq!(factor("tax", "实缴税收（元）"), Some(("tax_paid".to_owned(), dec("0.0001"))));
        assert_eq!(factor("tax", "tax_paid(yi)"), Some(("tax_paid".to_owned(), dec("10000"))));
        assert_eq!(factor("energy", "用电量（万kWh）"), Some(("electricity_kwh".to_owned(), dec("10000"))));
        assert_eq!(factor("tax", "实缴税收/元"), Some(("tax_paid".to_owned(), dec("0.0001"))));
        assert_eq!(factor("tax", "实缴税收_亿元"), Some(("tax_paid".to_owned(), dec("10000"))));
        assert_eq!(factor("tax", "实缴税收 元"), Some(("tax_paid".to_owned(), dec("0.0001"))));
        assert_eq!(factor("tax", "实缴税收/户"), None);
        assert_eq!(factor("tax", "*实缴税收（含滞纳金，元）"), None);
        assert_eq!(factor("tax", "* 实缴税收（人民币，元）："), Some(("tax_paid".to_owned(), dec("0.0001"))));
        assert_eq!(factor("output", "工业总产值（当年价格）（元）"), Some(("gross_output".to_owned(), dec("0.0001"))));
        assert_eq!(factor("tax", "实缴税收（增速）"), None);
        assert_eq!(factor("land", "area_m2"), Some(("area".to_owned(), dec("0.0015"))));
        assert_eq!(factor("land", "aream2"), None);
        for (heading, rest) in [
            ("2025年度 实缴税收（元）", "实缴税收(元)"),
            ("2025实缴税收", "实缴税收"),
            ("实缴税收2025年", "实缴税收"),
            ("实缴税收2025（元）", "实缴税收(元)"),
            ("实缴税收（2025年）（万元）", "实缴税收(万元)"),
            ("实缴税收（万元）（2025年）", "实缴税收(万元)"),
            ("实缴税收（万元，2025年）", "实缴税收(万元)"),
            ("实缴税收（2025）", "实缴税收"),
        ] {
            assert_eq!(Dictionary::year_beside(heading), Some((2025, rest.to_owned())), "{heading}");
        }
        for heading in ["2025年", "1025年产值", "20251实缴税收", "实缴税收12025", "实缴税收", "实缴税收（二〇二五年）"]
        {
            assert_eq!(Dictionary::year_beside(heading), None, "{heading}");
        }
        assert_eq!(factor("energy", "electricity_kwh (MWh)"), Some(("electricity_kwh".to_owned(), dec("1000"))));
    }

    #[test]
    fn an_unknown_unit_is_told_apart_from_an_unknown_column() {
        let dictionary = Dictionary::get();
        let land = dictionary.table("land").expect("land");
        assert!(matches!(dictionary.recognise(land, "用地面积（丈）"), Heading::UnknownUnit { .. }));
        assert_eq!(dictionary.recognise(land, "备注"), Heading::Extra);
    }

    #[test]
    fn no_heading_means_two_columns_of_a_table() {
        for table in &Dictionary::get().tables {
            let mut seen = BTreeSet::new();
            for column in &table.columns {
                let mut words: Vec<String> = vec![normalise(&column.name), normalise(&column.zh), normalise(&column.en)];
                words.extend(column.aliases.iter().map(|alias| normalise(alias)));
                for word in words.into_iter().collect::<BTreeSet<_>>() {
                    assert!(seen.insert(word.clone()), "{}: {word} names two columns", table.name);
                }
            }
        }
    }

    #[test]
    fn orders_name_dates_and_no_two_twice() {
        let mut seen = BTreeSet::new();
        for order in &Dictionary::get().orders {
            let table = Dictionary::get().table(&order.table).expect("a table of the dictionary");
            for (before, after) in order.pairs() {
                for name in [before, after] {
                    let column = table.columns.iter().find(|column| column.name == name).expect(name);
                    assert_eq!(column.kind, ColumnType::Date, "{name}");
                }
                assert!(seen.insert((&order.table, before, after)), "{before} and {after} twice");
                assert!(!seen.contains(&(&order.table, after, before)), "{before} and {after} both ways");
            }
        }
        assert!(seen.contains(&(&"land".to_owned(), "approved_on", "delivered_on")), "not only neighbours are compared");
    }

    #[test]
    fn every_quantity_and_key_is_defined() {
        let dictionary = Dictionary::get();
        for table in &dictionary.tables {
            for key in &table.key {
                assert!(table.columns.iter().any(|column| &column.name == key), "{}.{key}", table.name);
            }
            for column in &table.columns {
                if let Some(quantity) = &column.quantity {
                    let unit = dictionary.canonical_unit(quantity).expect(quantity);
                    assert_eq!(unit.factor, Decimal::ONE, "the first unit of {quantity} is canonical");
                }
            }
        }
    }
}
