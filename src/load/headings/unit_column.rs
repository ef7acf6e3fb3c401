//! Columns in which the unit or the currency of each row stands: 计量单位, 金额单位, 币种, and 单位 where its cells are units.
//!
//! In: a source and what its headings mean. Out: the columns whose figures are in the unit of their row, with the factor of every unit that
//! stands there; an error at the cell where nobody knows the unit of a row. Next: `row` reads the figures by it.

use std::collections::{BTreeSet, HashMap};
use std::ops::ControlFlow;

use rayon::prelude::*;
use rust_decimal::Decimal;

use crate::dictionary::{Dictionary, Office, Table, comparable};
use crate::finding::{Code, Finding, Findings, Place};
use crate::load::cells::cell::{is_missing, trim};
use crate::load::headings::measure::SaidBy;
use crate::load::headings::shape::Heading;
use crate::load::headings::unfollowed;
use crate::load::headings::unit_label;
use crate::load::headings::unit_line::UnitWord;
use crate::load::headings::unit_words::{self, is_in_list, is_unit, is_unread, spaced};
use crate::load::headings::{FileColumn, Means};
use crate::load::reading::part::Part;
use crate::load::reading::row::Layout;
use crate::load::source::Source;
use crate::load::source::record::Record;

/// More different texts than a column of units has.
const MOST_UNITS: usize = 200;

/// A column of figures that are measured.
#[derive(Debug, Clone, Copy)]
struct Figure {
    at: usize,
    quantity: &'static str,
    /// Its unit, if something else says it.
    own: Option<Decimal>,
}

/// A column with the unit of each row.
#[derive(Debug)]
struct UnitColumn {
    at: usize,
    figures: Vec<Figure>,
    /// By the text of a cell, the factor of each figure; `None` where it is no unit of that figure.
    factors: HashMap<String, Vec<Option<Decimal>>>,
    /// It is one of currencies.
    is_currency: bool,
}

/// What the rows of a table say of their own figures.
#[derive(Debug, Default)]
pub struct RowUnits {
    units: Vec<UnitColumn>,
    currency: Option<usize>,
    money: Vec<usize>,
}

impl RowUnits {
    /// Finds the columns. Where all rows of one say the same unit, it is the unit of the columns.
    pub fn find(source: &Source, table: &Table, heading: &Heading, columns: &mut [FileColumn], findings: &mut Findings) -> RowUnits {
        let mut found = RowUnits::default();
        let extras =
            |columns: &[FileColumn]| (0..columns.len()).filter(|at| matches!(columns[*at].means, Means::Extra)).collect::<Vec<_>>();
        for at in extras(columns) {
            let text = columns[at].heading.clone();
            if Office::get().currency_headings.contains(&comparable(&text)) {
                if found.currency.is_none() {
                    found.currency = Some(at);
                    found.units.extend(UnitColumn::of_currency(at, source, heading, (table, columns)));
                }
                continue;
            }
            let Some((word, is_weak)) = label(&text) else { continue };
            let figures = figures(table, columns, &word);
            if figures.is_empty() {
                continue;
            }
            let cells = cells(source, heading, columns.len(), at);
            let all: u64 = cells.values().sum();
            let is_repeated = cells.len() as u64 * 2 <= all;
            let is_one = |cell: &str| is_any_unit(cell) || unit_words::is_other_unit(&bare(cell), is_repeated);
            let known: u64 = cells.iter().filter(|(cell, _)| is_one(cell)).map(|(_, times)| times).sum();
            let is_of_names = all == 0 || is_weak && known == 0;
            if known * 2 > all {
                found.units.extend(UnitColumn::of(at, figures, &cells, columns));
            } else if let Some(open) = figures.iter().find(|figure| figure.own.is_none() && !is_of_names) {
                let place = Place::Cell { file: source.file.clone(), row: heading.row, column: at as u32, heading: text.clone() };
                findings.push(unfollowed::unfollowed(&text, &BTreeSet::from([open.quantity]), place));
            }
        }
        let is_money = |column: &FileColumn| matches!(column.means, Means::Known(known) if known.quantity.as_deref() == Some("money"));
        found.money = (0..columns.len()).filter(|at| is_money(&columns[*at])).collect();
        found
    }

    /// Is there no such column?
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.units.is_empty() && self.currency.is_none()
    }

    /// The units that rows say, in the order of their texts.
    pub fn words(&self) -> Vec<String> {
        let words = self.units.iter().flat_map(|column| column.factors.keys().cloned());
        words.collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// The factor that a row says for a column of figures.
    #[cold]
    pub fn factor(&self, at: usize, fields: &[&str]) -> Option<Decimal> {
        self.units.iter().find_map(|column| {
            let figure = column.figures.iter().position(|figure| figure.at == at && figure.own.is_none())?;
            column.factor(figure, trim(fields[column.at]))
        })
    }
}

/// What a heading says that its column has units of, if it does, and whether it may as well have something else.
fn label(heading: &str) -> Option<(UnitWord, bool)> {
    let plain = spaced(heading);
    let labels = unit_label::labels(&plain);
    let [label] = labels.as_slice() else { return None };
    let is_all = label.end == plain.len() && !label.of.weak && (label.at == 0 || label.named.is_some());
    let word = UnitWord { word: String::new(), about: &label.of.about, named: label.named.clone() };
    // 单位 may as well be where somebody works.
    is_all.then(|| (word, comparable(heading) == Office::get().unit_word))
}

/// The columns of figures that the units of such a column may be of.
fn figures(table: &Table, columns: &[FileColumn], word: &UnitWord) -> Vec<Figure> {
    let figure = |(at, file): (usize, &FileColumn)| {
        let Means::Known(column) = file.means else { return None };
        let quantity = column.quantity.as_deref()?;
        let own = (!matches!(file.unit, SaidBy::Nobody | SaidBy::Name)).then_some(file.factor);
        // What the user says counts before all.
        let may_be = word.is_about(quantity) && word.is_of(table, column) && file.unit != SaidBy::User;
        may_be.then_some(Figure { at, quantity, own })
    };
    columns.iter().enumerate().filter_map(figure).collect()
}

/// The different texts of a column, and how often each stands there; not all of them, if they are too many for units.
fn cells(source: &Source, heading: &Heading, width: usize, at: usize) -> HashMap<String, u64> {
    let of_piece = |piece: crate::load::source::Piece<'_>| {
        let mut cells: HashMap<String, u64> = HashMap::new();
        // What cannot be read is told when the rows are.
        let _ = piece.for_each(&mut Vec::new(), |record| {
            let text = record.fields.get(at).map_or("", |field| trim(field));
            match cells.get_mut(text) {
                Some(times) => *times += 1,
                None if !is_missing(text) => _ = cells.insert(text.to_owned(), 1),
                None => {}
            }
            if cells.len() > MOST_UNITS { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        cells
    };
    source.pieces(&heading.last, width).into_par_iter().map(of_piece).reduce(HashMap::new, |mut all, some| {
        some.into_iter().for_each(|(text, times)| *all.entry(text).or_default() += times);
        all
    })
}

fn is_any_unit(cell: &str) -> bool {
    let word = bare(cell);
    is_unit(&word) || is_unfollowed(&word) || Office::get().counted_units.contains(&word)
}

/// Is it a unit that cannot be followed: a foreign currency, or ours without saying how many of it?
fn is_unfollowed(word: &str) -> bool {
    is_unread(word) || !is_unit(word) && Office::get().own_currencies.iter().any(|own| own == word)
}

/// A unit as it is compared, without brackets around it or in it: `万元（人民币）`.
fn bare(cell: &str) -> String {
    comparable(cell).replace(['(', '[', ')', ']'], "")
}

/// Does the word of a currency say a unit, too: 人民币元, but not 人民币 or CNY?
fn is_currency_with_unit(cell: &str) -> bool {
    let word = bare(cell);
    Dictionary::get().unit("money", &word).is_some() && !Office::get().own_currencies.contains(&word)
}

/// Is it a sign that may as well be the unit: ¥?
fn is_sign(cell: &str) -> bool {
    Office::get().own_currency_signs.contains(&bare(cell))
}

impl UnitColumn {
    /// The factor that the text of a cell says for a figure. A corrected cell may have a text of its own.
    fn factor(&self, figure: usize, text: &str) -> Option<Decimal> {
        let own = || Dictionary::get().unit(self.figures[figure].quantity, &bare(text)).map(|unit| unit.factor);
        self.factors.get(text).map_or_else(own, |factors| factors[figure])
    }

    fn of(at: usize, figures: Vec<Figure>, cells: &HashMap<String, u64>, columns: &mut [FileColumn]) -> Option<UnitColumn> {
        let unit = |cell: &str, figure: &Figure| Dictionary::get().unit(figure.quantity, &bare(cell));
        let is_foreign = cells.keys().any(|cell| is_unfollowed(&bare(cell)));
        let is_measured = |figure: &Figure| cells.keys().any(|cell| unit(cell, figure).is_some());
        // Units of none of the figures, and not only of things that are counted: nobody knows the units of those that have none.
        let is_counted = cells.keys().all(|cell| Office::get().counted_units.contains(&bare(cell)) && !is_in_list(&bare(cell)));
        let is_lost = is_foreign || !is_counted && !figures.iter().any(is_measured);
        let figures: Vec<Figure> = figures.into_iter().filter(|figure| is_measured(figure) || is_lost && figure.own.is_none()).collect();
        Some(UnitColumn::with(at, figures, cells, columns)).filter(|column| !column.figures.is_empty())
    }

    /// A column of currencies of which some say a unit: 元. Sums of money without another are in it.
    fn of_currency(at: usize, source: &Source, heading: &Heading, (table, columns): (&Table, &mut [FileColumn])) -> Option<UnitColumn> {
        let about_all = UnitWord { word: String::new(), about: &[], named: None };
        let figures: Vec<Figure> = figures(table, columns, &about_all);
        let figures: Vec<Figure> = figures.into_iter().filter(|figure| figure.quantity == "money" && figure.own.is_none()).collect();
        if figures.is_empty() {
            return None;
        }
        let cells = cells(source, heading, columns.len(), at);
        let says = cells.keys().any(|cell| is_currency_with_unit(cell) || is_sign(cell));
        says.then(|| UnitColumn { is_currency: true, ..UnitColumn::with(at, figures, &cells, columns) })
    }

    fn with(at: usize, figures: Vec<Figure>, cells: &HashMap<String, u64>, columns: &mut [FileColumn]) -> UnitColumn {
        let unit = |cell: &str, figure: &Figure| Dictionary::get().unit(figure.quantity, &bare(cell));
        let factors = |cell: &String| figures.iter().map(|figure| unit(cell, figure).map(|unit| unit.factor)).collect::<Vec<_>>();
        let factors: HashMap<String, Vec<Option<Decimal>>> = cells.keys().map(|cell| (cell.clone(), factors(cell))).collect();
        for (number, figure) in figures.iter().enumerate().filter(|(_, figure)| figure.own.is_none()) {
            let different: BTreeSet<Option<Decimal>> = factors.values().map(|factors| factors[number]).collect();
            let file = &mut columns[figure.at];
            file.unit = SaidBy::Column(at);
            if let (Some(Some(factor)), 1) = (different.first(), different.len()) {
                file.factor = *factor;
            }
        }
        UnitColumn { at, figures, factors, is_currency: false }
    }
}

impl Layout<'_> {
    /// The factor of a column of figures in a row.
    #[inline]
    pub fn factor(&self, at: usize, fields: &[&str]) -> Decimal {
        let own = self.readers[at].file.factor;
        if self.row_units.is_empty() { own } else { self.row_units.factor(at, fields).unwrap_or(own) }
    }

    /// Can the figures of a row be read in the units and the currency that it says? Findings say why not.
    #[cold]
    pub fn check_units(&self, record: &Record<'_>, part: &mut Part) -> bool {
        let foreign = self.wrong_currency(record);
        let units = self.row_units.units.iter().filter(|column| !(column.is_currency && foreign.is_some()));
        let wrong: Vec<Finding> = units.filter_map(|column| self.wrong_unit(column, record)).chain(foreign.clone()).collect();
        let is_sound = wrong.is_empty();
        wrong.into_iter().for_each(|finding| part.findings.push(finding));
        is_sound
    }

    fn wrong_unit(&self, column: &UnitColumn, record: &Record<'_>) -> Option<Finding> {
        let text = trim(record.fields[column.at]);
        let place = self.place(record.row, Some(column.at));
        let factor = |number: usize| column.factor(number, text);
        let filled = || column.figures.iter().enumerate().filter(|(_, figure)| !is_missing(trim(record.fields[figure.at])));
        let mut open = filled().filter(|(_, figure)| figure.own.is_none()).peekable();
        let has_open = open.peek().is_some();
        if let Some((_, figure)) = open.find(|(number, _)| factor(*number).is_none()) {
            if is_missing(text) {
                return Some(Finding::error(Code::MissingValue, place).text(text));
            }
            let finding = unfollowed::unfollowed(text, &BTreeSet::from([figure.quantity]), place);
            return Some(finding.with("message", "unit-column.unknown").with("remedy", "unit-column.remedy"));
        }
        let (own, unit, figure) = filled().filter(|_| !has_open).find_map(|(number, figure)| {
            let (own, said) = (figure.own?, factor(number)?);
            (own != said).then_some((own, said, figure))
        })?;
        let name = |factor| Dictionary::get().unit_by_factor(figure.quantity, factor).unwrap_or("");
        let finding = Finding::error(Code::TwoUnits, place).text(&*self.readers[figure.at].file.heading);
        let finding = finding.with("first", name(own)).with("first_row", self.heading_row);
        Some(finding.with("second", name(unit)).with("second_row", record.row))
    }

    fn wrong_currency(&self, record: &Record<'_>) -> Option<Finding> {
        let at = self.row_units.currency?;
        let text = trim(record.fields[at]);
        let has_money = self.row_units.money.iter().any(|at| !is_missing(trim(record.fields[*at])));
        let is_own = || Office::get().own_currencies.contains(&bare(text)) || is_currency_with_unit(text) || is_sign(text);
        if !has_money || is_missing(text) || is_own() {
            return None;
        }
        let finding = unfollowed::unfollowed(text, &BTreeSet::from(["money"]), self.place(record.row, Some(at)));
        Some(finding.with("message", "unit-column.currency").with("remedy", "unit-column.convert"))
    }
}
