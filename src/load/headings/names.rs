//! What headings may be called: the names of the dictionary, those of the user, and either with a year beside them.
//!
//! In: a heading and a table. Out: the column it means. Next: `shape` finds the headings by it, `measure` their units.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use crate::dictionary::{self, Column, ColumnType, Dictionary, Office, Table, Unit, normalise};
use crate::load::cells::cell::trim;
use crate::load::headings::unit_trace::traces;
use crate::load::headings::unit_words::is_unread;

/// What headings may be called.
#[derive(Debug, Clone, Copy)]
pub struct Names<'a> {
    /// The table.
    pub table: &'static Table,
    /// Other headings, normalised, and the columns they mean.
    pub aliases: &'a BTreeMap<String, String>,
}

impl Names<'_> {
    /// What a heading means, a year beside it not looked at.
    pub fn recognise(&self, heading: &str) -> dictionary::Heading<'static> {
        match self.as_written(heading) {
            known @ dictionary::Heading::Known { .. } => known,
            unknown => self.beside_year(heading).map_or(unknown, |(_, known)| known),
        }
    }

    /// The year beside a heading, and what the heading means without it: figures have a year.
    fn beside_year(&self, heading: &str) -> Option<(i32, dictionary::Heading<'static>)> {
        let (year, rest) = Dictionary::year_beside(heading)?;
        let means = self.as_written(&rest);
        (self.table.columns[means.column()?].kind == ColumnType::Number).then_some((year, means))
    }

    /// The year beside a heading that means a column only without it.
    pub fn year(&self, heading: &str) -> Option<i32> {
        if matches!(Dictionary::get().recognise(self.table, heading), dictionary::Heading::Known { .. }) {
            return None;
        }
        let told = || self.told(heading).and_then(|_| Dictionary::year_beside(heading)).map(|(year, _)| year);
        self.beside_year(heading).map(|(year, _)| year).or_else(told)
    }

    fn as_written(&self, heading: &str) -> dictionary::Heading<'static> {
        let known = || Dictionary::get().recognise(self.table, heading);
        if self.aliases.is_empty() { known() } else { self.aliased(heading).unwrap_or_else(known) }
    }

    /// The column that the user says a heading means.
    pub fn told(&self, heading: &str) -> Option<usize> {
        if self.aliases.is_empty() { None } else { self.aliased(heading)?.column() }
    }

    /// What the user says a heading means. It is held against his headings as it stands and without its unit, then against them without
    /// theirs, if it is none of ours; whoever writes the unit, that of the file counts.
    fn aliased(&self, heading: &str) -> Option<dictionary::Heading<'static>> {
        let plain = normalise(heading);
        let without = Office::get().without_remarks(&plain);
        let told = self.as_told(&plain, false).or_else(|| self.as_told(&without, false));
        if told.is_some() || Dictionary::get().recognise(self.table, heading).column().is_some() {
            return told;
        }
        self.as_told(&plain, true).or_else(|| self.as_told(&without, true))
    }

    /// The same for a heading that is compared as it stands. `bare`: the headings of the user are taken without their units.
    fn as_told(&self, plain: &str, bare: bool) -> Option<dictionary::Heading<'static>> {
        if bare {
            let of_base = |base: &str| {
                let mut known = self.aliases.iter().filter_map(|(alias, column)| Some((alias, self.position(column)?)));
                known.find(|(alias, at)| unit_behind(&self.table.columns[*at], alias).is_some_and(|of| of.base == base)).map(|(_, at)| at)
            };
            return of_base(plain).map(|column| without_unit(column)).or_else(|| self.with_unit(plain, of_base));
        }
        let named = |text: &str| self.position(self.aliases.get(text)?);
        if let Some(at) = named(plain) {
            let column = &self.table.columns[at];
            let own = unit_behind(column, plain).map(|own| own.heading(at, column));
            return Some(own.unwrap_or_else(|| without_unit(at)));
        }
        self.with_unit(plain, named)
    }

    /// A heading of which what stands before its brackets or its unit means a column.
    fn with_unit(&self, plain: &str, named: impl Fn(&str) -> Option<usize>) -> Option<dictionary::Heading<'static>> {
        let base = plain.split(['(', '[']).next().unwrap_or(plain);
        if let Some(at) = named(base).filter(|_| base.len() < plain.len()) {
            let known = Dictionary::get().recognise(self.table, &format!("{}{}", self.table.columns[at].name, &plain[base.len()..]));
            return Some(known);
        }
        plain.char_indices().skip(1).find_map(|(end, _)| {
            let at = named(&plain[..end])?;
            let column = &self.table.columns[at];
            Some(unit_behind(column, plain).filter(|own| own.base == &plain[..end])?.heading(at, column))
        })
    }

    fn position(&self, column: &str) -> Option<usize> {
        self.table.columns.iter().position(|known| known.name == *column)
    }

    /// The column a heading means.
    pub fn column(&self, heading: &str) -> Option<usize> {
        self.recognise(heading).column()
    }

    /// Is it a heading that can be read?
    pub fn knows(&self, heading: &str) -> bool {
        matches!(self.recognise(heading), dictionary::Heading::Known { .. })
    }

    /// The different columns that headings mean.
    pub fn columns(&self, fields: &[String]) -> BTreeSet<usize> {
        fields.iter().filter(|field| !trim(field).is_empty()).filter_map(|field| self.column(trim(field))).collect()
    }

    /// Is the year the only required column that is not among them?
    pub fn lacks_only_year(&self, columns: &BTreeSet<usize>) -> bool {
        let is_year = |at: &usize| self.table.columns[*at].kind == ColumnType::Year;
        let mut lacking = (0..self.table.columns.len()).filter(|at| self.table.columns[*at].required && !columns.contains(at));
        lacking.next().is_some_and(|at| is_year(&at)) && lacking.next().is_none()
    }

    /// Are all required columns among them?
    pub fn is_complete(&self, columns: &BTreeSet<usize>) -> bool {
        self.table.columns.iter().enumerate().all(|(at, column)| !column.required || columns.contains(&at))
    }
}

/// A heading of a column of which nothing says the unit.
fn without_unit(column: usize) -> dictionary::Heading<'static> {
    dictionary::Heading::Known { column, factor: Decimal::ONE, says_unit: false }
}

/// A word behind a heading that stands where a unit does.
struct UnitBehind<'t> {
    /// What stands before it.
    base: &'t str,
    /// The word.
    word: &'t str,
    /// The unit it is; `None`: none of the column.
    unit: Option<&'static Unit>,
}

impl UnitBehind<'_> {
    fn heading(&self, at: usize, column: &Column) -> dictionary::Heading<'static> {
        match self.unit {
            Some(unit) => dictionary::Heading::Known { column: at, factor: unit.factor, says_unit: true },
            None => dictionary::Heading::UnknownUnit {
                column: at,
                unit: self.word.to_owned(),
                accepted: Dictionary::get().units_of(column.quantity.as_deref().unwrap_or("")),
            },
        }
    }
}

/// The unit at the end of a heading that the user has written: in brackets, perhaps beside a remark, behind a mark or behind nothing.
/// What cannot be a unit is part of the name: `交税（含滞纳金）`.
fn unit_behind<'t>(column: &Column, plain: &'t str) -> Option<UnitBehind<'t>> {
    let (dictionary, quantity) = (Dictionary::get(), column.quantity.as_deref()?);
    let behind = |base: &'t str, word: &'t str, is_apart: bool| {
        let unit = dictionary.unit(quantity, word);
        let is_other = || is_unread(word) || is_apart && dictionary.is_unit(word);
        (unit.is_some() || is_other()).then_some(UnitBehind { base, word, unit })
    };
    let brackets = || plain.match_indices(['(', '[']).filter_map(|(at, _)| Some((&plain[..at], plain[at + 1..].split([')', ']']).next()?)));
    let parts = brackets().flat_map(|(base, inner)| {
        let parts = std::iter::once(inner).chain(inner.split([',', '、', ';']));
        parts.map(move |part| (base, part))
    });
    let is_measured = |inner: &str| traces(inner).iter().any(|(of, _)| *of == quantity);
    let seen = || brackets().find(|(_, inner)| is_measured(inner)).map(|(base, word)| UnitBehind { base, word, unit: None });
    if plain.ends_with([')', ']']) {
        return parts.into_iter().find_map(|(base, part)| behind(base, part, true)).or_else(seen);
    }
    plain.char_indices().skip(1).find_map(|(at, mark)| {
        let is_mark = dictionary::is_unit_mark(mark);
        let word = if is_mark { &plain[at + mark.len_utf8()..] } else { &plain[at..] };
        if is_mark || !dictionary::is_latin_within(&plain[..at], mark) { behind(&plain[..at], word, is_mark) } else { None }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The column and the factor that a heading means, where the user says what one heading means; the unit that is none.
    fn means(table: &str, (alias, column): (&str, &str), heading: &str) -> String {
        let table = Dictionary::get().table(table).expect("a table");
        let aliases = BTreeMap::from([(normalise(alias), column.to_owned())]);
        match (Names { table, aliases: &aliases }).recognise(heading) {
            dictionary::Heading::Known { column, factor, .. } => format!("{} {}", table.columns[column].name, factor.normalize()),
            dictionary::Heading::UnknownUnit { unit, .. } => format!("no {unit}"),
            dictionary::Heading::Extra => "extra".to_owned(),
        }
    }

    #[test]
    fn a_heading_of_the_user_keeps_its_unit() {
        for heading in ["交税（元）", "交税(元)", "交税/元", "交税_元", "交税 元", "交税[元]", "交税（单位：元）", "交税（元）（必填）"]
        {
            for alias in [heading, "交税", "交税（元）", "交税（万元）"] {
                assert_eq!(means("tax", (alias, "tax_paid"), heading), "tax_paid 0.0001", "{alias} {heading}");
            }
        }
        let same = |table, column, heading| means(table, (heading, column), heading);
        assert_eq!(same("tax", "tax_paid", "交税（千元）"), "tax_paid 0.1");
        assert_eq!(same("tax", "tax_paid", "实缴税收（元）"), "tax_paid 0.0001");
        assert_eq!(same("tax", "tax_paid", "交税（含滞纳金，元）"), "tax_paid 0.0001");
        assert_eq!(same("tax", "tax_paid", "交税（含滞纳金）"), "tax_paid 1");
        assert_eq!(same("tax", "tax_paid", "2025年交税（元）"), "tax_paid 0.0001");
        assert_eq!(same("land", "area", "证载面积（公顷）"), "area 15");
        assert_eq!(same("land", "area", "用地面积（平方米）"), "area 0.0015");
        for (heading, unit) in [("交税（美元）", "美元"), ("交税/美元", "美元"), ("交税（元/月）", "元/月"), ("交税（亩）", "亩")]
        {
            assert_eq!(same("tax", "tax_paid", heading), format!("no {unit}"), "{heading}");
        }
        assert_eq!(means("tax", ("交税", "tax_paid"), "交税（美元）"), "no 美元");
        assert_eq!(means("tax", ("交税（元）", "tax_paid"), "交税"), "tax_paid 1");
        // Our own heading means what it means, if the user speaks of another with a unit.
        assert_eq!(means("output", ("营业收入（元）", "gross_output"), "营业收入（元）"), "gross_output 0.0001");
        assert_eq!(means("output", ("营业收入（元）", "gross_output"), "营业收入"), "revenue 1");
    }
}
