//! Rows of quarters and months: what each adds to its year, and what the parts of a year come to.
//!
//! In: a table with a column `quarter` or `month`. Out: for each row its place in the year, and for each figure that adds up over time
//! its exact sums by part. Next: `yearly` puts them in the panel. A table without such columns pays nothing.

use std::collections::{BTreeSet, HashSet};

use crate::dictionary::suspicions::Suspicions;
use crate::dictionary::{Office, Part};
use crate::finding::{Code, Finding, Findings};
use crate::load::cells::cell::{self, BadYear};
use crate::load::cells::column::{Cells, NO_AMOUNT};
use crate::load::cells::number;
use crate::load::cells::period;
use crate::load::headings::Means;
use crate::load::reading::part;
use crate::load::reading::reader::Reader;
use crate::load::reading::row::Layout;
use crate::load::reading::table::Loaded;
use crate::load::source::record::Record;
use crate::load::tables::enterprise::NOBODY;

/// Periods of a year that a row may be of: the year itself, four quarters, twelve months.
pub const PERIODS: usize = 17;
/// Where the year, the first quarter and the first month stand among them.
pub const WHOLE: u8 = 0;
const QUARTER: u8 = 1;
const MONTH: u8 = 5;

/// Where a table says which part of the year a row is of.
#[derive(Debug, Clone, Copy)]
pub struct Within {
    quarter: Option<usize>,
    month: Option<usize>,
    /// A column of periods that is that of the years as well.
    period: Option<usize>,
}

impl Within {
    /// `None`: every row is of a whole year.
    pub fn of(readers: &[Reader]) -> Option<Within> {
        let at = |name: &str| readers.iter().position(|reader| reader.means(name));
        let (quarter, month) = (at("quarter"), at("month"));
        let period = readers.iter().position(|reader| reader.is_period);
        [quarter, month, period].iter().any(Option::is_some).then_some(Within { quarter, month, period })
    }

    /// Does a cell of the quarter or the month say that its row is of the whole year?
    pub fn is_whole_year(&self, column: usize, text: &str) -> bool {
        [self.quarter, self.month].contains(&Some(column)) && Office::get().is_whole_year(text)
    }

    /// The period of a row, by its cells and by what its column of years says; the column where one of them does not lie in the other.
    pub fn period(&self, cells: &[Cells], row: usize, said: u8) -> Result<u8, usize> {
        let own = self.own_period(cells, row)?;
        let lies_in = |inner: u8, outer: u8| outer == WHOLE || inner == outer || inner >= MONTH && QUARTER + (inner - MONTH) / 3 == outer;
        match (lies_in(own, said), lies_in(said, own)) {
            (true, _) if own != WHOLE => Ok(own),
            (_, true) => Ok(said),
            _ => Err(self.month.or(self.quarter).unwrap_or_default()),
        }
    }

    fn own_period(&self, cells: &[Cells], row: usize) -> Result<u8, usize> {
        let word = |column: Option<usize>| column.and_then(|column| cells[column].word(row));
        match (word(self.quarter), self.month.zip(word(self.month))) {
            (None, None) => Ok(WHOLE),
            (Some(quarter), None) => Ok(QUARTER + quarter),
            (Some(quarter), Some((column, month))) if month / 3 != quarter => Err(column),
            (_, Some((_, month))) => Ok(MONTH + month),
        }
    }
}

/// How a period is written after the year: nothing, `Q3`, `-06`.
pub fn suffix(period: u8) -> String {
    match period {
        WHOLE => String::new(),
        QUARTER..MONTH => format!("Q{}", period - QUARTER + 1),
        _ => format!("-{:02}", period - MONTH + 1),
    }
}

impl Layout<'_> {
    /// The year of a cell; the quarter or month that it says besides is remembered where its column may say one.
    pub fn read_year(&self, reader: &Reader, text: &str, part: &mut part::Part) -> Result<i16, BadYear> {
        part.said_period = WHOLE;
        let bad = match cell::year(text) {
            Err(bad) => bad,
            year => return year,
        };
        if let Some(year) = cell::year_of_its_end(text).filter(|_| !reader.is_period) {
            return Ok(year);
        }
        let (year, word) = period::year_and_part(text).map_err(|worse| if bad == BadYear::Unparsable { worse } else { bad })?;
        let number = |letter: char| word.strip_prefix(letter).and_then(|digits| digits.parse::<u8>().ok());
        match (word.as_str(), number('Q'), number('M')) {
            ("Y", ..) => {}
            (_, Some(quarter), _) if reader.is_period => part.said_period = QUARTER + quarter - 1,
            (_, _, Some(month)) if reader.is_period => part.said_period = MONTH + month - 1,
            _ => return Err(BadYear::Unparsable),
        }
        Ok(year)
    }

    /// The quarter or month of `2025Q3`, `2025-06`, `2025年6月`; the year that it says is remembered.
    pub fn part_with_year(&self, column: usize, text: &str, part: &mut part::Part) -> Option<u8> {
        let within = self.within?;
        let (year, word) = period::taken_apart(&period::normal(text).ok()?)?;
        let letter = if within.quarter == Some(column) { 'Q' } else { 'M' };
        let number: u8 = word.strip_prefix(letter).filter(|_| [within.quarter, within.month].contains(&Some(column)))?.parse().ok()?;
        part.said_year = Some((column, i16::try_from(year).ok()?));
        number.checked_sub(1)
    }

    /// The finding for a quarter or month that says another year than its row.
    pub fn of_another_year(&self, record: &Record<'_>, column: usize, year: i16) -> Finding {
        let text = cell::trim(record.fields[column]);
        let normal = period::normal(text).unwrap_or_default();
        let finding = Finding::error(Code::UnparsableCell, self.place(record.row, Some(column)));
        finding.text(text).with("accepted", format!("{year}{}", normal.get(4..).unwrap_or_default()))
    }

    /// The finding for a row whose month, in that column, does not lie in its quarter.
    pub fn outside_quarter(&self, record: &Record<'_>, month: usize, within: &Within) -> Finding {
        let quarter = within.quarter.filter(|column| *column != month).or(within.period);
        let quarter = quarter.map_or("", |column| cell::trim(record.fields[column]));
        let finding = Finding::error(Code::MonthOutsideQuarter, self.place(record.row, Some(month)));
        finding.text(cell::trim(record.fields[month])).with("quarter", quarter)
    }
}

/// A figure of one enterprise by periods of a year; [`NO_AMOUNT`] where there is none.
#[derive(Debug, Clone, Copy)]
struct Year([i128; PERIODS]);

impl Year {
    fn own(&self, period: u8) -> Option<i128> {
        Some(self.0[usize::from(period)]).filter(|amount| *amount != NO_AMOUNT)
    }

    /// The sum of three months.
    fn months(&self, quarter: u8) -> Option<i128> {
        (0..3).map(|month| self.own(MONTH + quarter * 3 + month)).sum()
    }

    /// A quarter is its own figure, else its months.
    fn quarter(&self, quarter: u8) -> Option<i128> {
        self.own(QUARTER + quarter).or_else(|| self.months(quarter))
    }

    fn quarters(&self, quarters: std::ops::Range<u8>) -> Option<i128> {
        quarters.map(|quarter| self.quarter(quarter)).sum()
    }

    /// What a part comes to. A year is its own figure, else its quarters; it says nothing of its parts.
    fn part(&self, part: Part) -> Option<i128> {
        match part {
            Part::Year => self.own(WHOLE).or_else(|| self.quarters(0..4)),
            Part::H1 => self.quarters(0..2),
            Part::H2 => self.quarters(2..4),
            Part::Q1 => self.quarter(0),
            Part::Q2 => self.quarter(1),
            Part::Q3 => self.quarter(2),
            Part::Q4 => self.quarter(3),
        }
    }

    /// Where a figure stands and also all that it is made of: its period, itself and the sum.
    fn doubled(&self) -> impl Iterator<Item = (u8, i128, i128)> + '_ {
        let quarters = (0..4).filter_map(|quarter| Some((QUARTER + quarter, self.own(QUARTER + quarter)?, self.months(quarter)?)));
        self.own(WHOLE).zip(self.quarters(0..4)).map(|(own, sum)| (WHOLE, own, sum)).into_iter().chain(quarters)
    }
}

/// The rows of a table by enterprise, year and period.
pub struct Placed {
    /// Place and spot, sorted; the place is [`PERIODS`] times that of enterprise and year, and the period.
    rows: Vec<(u32, (u32, u32))>,
    /// Parts of which there are rows, the whole year first.
    pub parts: Vec<Part>,
}

/// The sums of a figure: the part, and a value for each enterprise and year; NaN is missing.
pub type Sums = Vec<(Part, Vec<f64>)>;

impl Placed {
    /// Puts rows in order by their places; `nowhere` is none.
    pub fn of(slots: &[Vec<u32>], nowhere: u32) -> Placed {
        let each = |(part, slots): (usize, &Vec<u32>)| {
            let rows = slots.iter().enumerate().filter(|(_, slot)| **slot != nowhere);
            rows.map(|(at, &slot)| (slot, (part as u32, at as u32))).collect::<Vec<_>>()
        };
        let mut rows: Vec<_> = slots.iter().enumerate().flat_map(each).collect();
        rows.sort_unstable();
        let periods: BTreeSet<u8> = rows.iter().map(|(slot, _)| (*slot as usize % PERIODS) as u8).collect();
        Placed { rows, parts: occurring(&periods) }
    }

    /// The sums of a figure over `places` enterprises and years, for each of `parts`. Where a figure stands beside all it is made of, and
    /// the two are not the same, a warning at the figure, which counts.
    pub fn sums(
        &self,
        loaded: &Loaded<'_>,
        column: Option<usize>,
        amount: &dyn Fn((u32, u32)) -> i128,
        places: usize,
        parts: &[Part],
    ) -> (Sums, Findings) {
        let mut sums: Sums = parts.iter().map(|&part| (part, vec![f64::NAN; places])).collect();
        let mut findings = Findings::default();
        for rows in self.rows.chunk_by(|a, b| a.0 as usize / PERIODS == b.0 as usize / PERIODS) {
            let place = rows[0].0 as usize / PERIODS;
            let mut year = Year([NO_AMOUNT; PERIODS]);
            rows.iter().for_each(|&(slot, spot)| year.0[slot as usize % PERIODS] = amount(spot));
            for (part, values) in &mut sums {
                values[place] = year.part(*part).map_or(f64::NAN, number::amount_to_float);
            }
            for (period, own, sum) in year.doubled().filter(|(_, own, sum)| differ(*own, *sum)) {
                let row = rows.iter().find(|(slot, _)| *slot as usize % PERIODS == usize::from(period));
                row.into_iter().for_each(|&(_, spot)| findings.push(disagreement(loaded, column, spot, period, own, sum)));
            }
        }
        (sums, findings)
    }
}

/// The parts of a year of which there may be figures.
fn occurring(periods: &BTreeSet<u8>) -> Vec<Part> {
    let has = |quarter: u8| periods.contains(&(QUARTER + quarter)) || (0..3).all(|month| periods.contains(&(MONTH + quarter * 3 + month)));
    let occurs = |part: &Part| match part {
        Part::Year => true,
        Part::H1 => has(0) && has(1),
        Part::H2 => has(2) && has(3),
        Part::Q1 => has(0),
        Part::Q2 => has(1),
        Part::Q3 => has(2),
        Part::Q4 => has(3),
    };
    Part::ALL.into_iter().filter(occurs).collect()
}

/// Are a figure and the sum of its parts further apart than rounding explains?
fn differ(own: i128, sum: i128) -> bool {
    let [apart, own] = [(own - sum).abs(), own.abs()].map(number::amount_to_float);
    apart > Suspicions::get().parts.tolerance * own
}

fn disagreement(loaded: &Loaded<'_>, column: Option<usize>, spot: (u32, u32), period: u8, own: i128, sum: i128) -> Finding {
    let year = loaded.parts[spot.0 as usize].years[spot.1 as usize];
    let finding = Finding::warning(Code::PartsDisagree, loaded.place(spot, column));
    let finding = finding.with("period", format!("{year}{}", suffix(period))).with("value", number::amount_to_text(own));
    let of = if period == WHOLE { "parts.quarters" } else { "parts.months" };
    finding.with("sum", number::amount_to_text(sum)).with("of", of)
}

/// Rows whose figures another row of the same enterprise and year has in its own: months of a quarter, anything of a year. They are not
/// added up with it. `None` where all rows are of whole years.
pub fn covered(loaded: &Loaded<'_>) -> Option<HashSet<(u32, u32)>> {
    loaded.layout.within?;
    let key = |(part, at): (u32, u32)| {
        let part = &loaded.parts[part as usize];
        (part.owners[at as usize], part.years[at as usize], part.period(at as usize))
    };
    let there: HashSet<(u32, i16, u8)> = loaded.spots().map(key).filter(|(owner, ..)| *owner != NOBODY).collect();
    let is_covered = |spot: &(u32, u32)| {
        let (owner, year, period) = key(*spot);
        let by = |other: u8| other != period && there.contains(&(owner, year, other));
        by(WHOLE) || (period >= MONTH && by(QUARTER + (period - MONTH) / 3))
    };
    Some(loaded.spots().filter(is_covered).collect())
}

/// Figures that are added up are exact amounts. `all`: they are added up though nobody wants them, to be held against their parts.
pub fn sum_exactly(readers: &mut [Reader], all: bool) {
    for reader in readers.iter_mut().filter(|reader| matches!(reader.file.means, Means::Known(column) if column.flow)) {
        reader.exact = true;
        reader.stored |= all;
        reader.paneled |= all;
    }
}
