//! Land: what each enterprise holds in each year, added exactly over its parcels.
//!
//! In: the loaded table and the years. Out: `land_mu` and the summed columns for every enterprise and year, and warnings for
//! enterprises that cannot be assessed. Next: `panel`.
//!
//! A dated row holds from its year until the next dated row of the same parcel, holder and tenure; an undated one until the
//! first dated one. Land held is owned + leased in − leased out.

use polars::prelude::*;
use rayon::prelude::*;

use crate::finding::{Code, Finding, Findings};
use crate::load::Options;
use crate::load::cells::column::{self, Cells, NO_AMOUNT, NO_WORD};
use crate::load::cells::number;
use crate::load::reading::table::{Loaded, wanted};
use crate::load::tables::enterprise::NOBODY;
use crate::load::tables::enterprises::Enterprises;
use crate::load::tables::shared::{self, Links};
use crate::load::tables::unheld;
use crate::load::tables::yearly::PanelColumn;

/// Place of `leased_out` among the words of tenure; 0 is owned.
const LEASED_OUT: u8 = 2;
/// Columns of one tenure alone, in the order of the words of tenure.
const BY_TENURE: [&str; 3] = ["land_owned", "land_leased_in", "land_leased_out"];
/// Enterprises that are summed at a time.
const BLOCK: usize = 8192;

/// The columns that land gives to the panel.
pub struct Land {
    /// Is there a value per year? Else one per enterprise holds for all years.
    pub per_year: bool,
    /// `land_mu` first, then the summed columns.
    pub columns: Vec<PanelColumn>,
    /// Who holds what, where units of those who share parcels are asked for.
    pub links: Option<Links>,
}

impl Land {
    /// What an enterprise, by number, holds in one of the years; `None` if that is not known.
    pub fn of(&self, number: u32, year: i16, years: &[i32]) -> Option<f64> {
        let slot = years.binary_search(&i32::from(year)).ok()?;
        let at = if self.per_year { number as usize * years.len() + slot } else { number as usize };
        let land = self.columns.first()?.series.f64().ok()?;
        if number == NOBODY || at >= land.len() { None } else { land.get(at) }
    }
}

/// What is summed, and where it stands.
struct Sums<'l, 'i> {
    loaded: &'l Loaded<'i>,
    enterprises: &'l Enterprises,
    years: &'l [i32],
    per_year: bool,
    parcel: Option<usize>,
    tenure: Option<usize>,
    area: Option<usize>,
    others: Vec<usize>,
    /// Words of tenure that have a column of their own.
    by_tenure: Vec<u8>,
}

/// One row: parcel, tenure, year, and where it stands.
struct Row<'l> {
    parcel: &'l str,
    tenure: u8,
    year: i16,
    spot: (u32, u32),
}

/// The sums of a block of enterprises.
struct Block {
    /// Per column (`land_mu` first), per enterprise and year.
    columns: Vec<Vec<f64>>,
    findings: Findings,
}

/// Sums the land of every enterprise.
pub fn sum(loaded: &Loaded<'_>, enterprises: &Enterprises, years: &[i32], options: &Options<'_>, findings: &mut Findings) -> Land {
    let stored: Vec<_> = loaded.for_panel().collect();
    let by_tenure: Vec<u8> = (0..3).filter(|word| wanted(options, BY_TENURE[*word as usize])).collect();
    let sums = Sums {
        loaded,
        enterprises,
        years,
        per_year: loaded.parts.iter().any(|part| part.years.iter().any(|&year| year != 0)),
        parcel: loaded.position("parcel_id"),
        tenure: loaded.position("tenure"),
        area: loaded.position("area"),
        others: stored.iter().map(|&(_, _, at)| at).collect(),
        by_tenure,
    };
    unheld::refuse_duplicates(loaded, findings);
    let (starts, order) = by_enterprise(loaded, enterprises.len(), |_| true);
    let blocks: Vec<Block> = (0..enterprises.len().div_ceil(BLOCK))
        .into_par_iter()
        .map(|block| {
            let numbers = block * BLOCK..((block + 1) * BLOCK).min(enterprises.len());
            sums.block(numbers, &starts, &order)
        })
        .collect();
    let mut columns: Vec<Vec<f64>> = vec![Vec::with_capacity(enterprises.len() * sums.width()); sums.count()];
    for block in blocks {
        columns.iter_mut().zip(&block.columns).for_each(|(all, some)| all.extend_from_slice(some));
        findings.extend(block.findings);
    }
    let names = std::iter::once(("land_mu", false)).chain(stored.iter().map(|&(name, known, _)| (name, known.is_none())));
    let names = names.chain(sums.by_tenure.iter().map(|word| (BY_TENURE[*word as usize], false)));
    let columns = names.zip(columns).map(|((name, extra), values)| PanelColumn {
        table: "land",
        extra,
        series: column::numbers(name.into(), values),
    });
    let is_owned = |spot: (u32, u32)| sums.row(spot).tenure == 0;
    let links = wanted(options, shared::COLUMN).then(|| Links::of(loaded, enterprises, &is_owned));
    Land { per_year: sums.per_year, columns: columns.collect(), links }
}

/// Rows that count in the order of their enterprises, and where each enterprise's rows begin: a counting sort.
pub fn by_enterprise(loaded: &Loaded<'_>, enterprises: usize, counts: impl Fn((u32, u32)) -> bool) -> (Vec<u32>, Vec<(u32, u32)>) {
    let owner = |spot: (u32, u32)| loaded.parts[spot.0 as usize].owners[spot.1 as usize];
    let mut starts = vec![0_u32; enterprises + 2];
    for spot in loaded.spots().filter(|&spot| owner(spot) != NOBODY && counts(spot)) {
        starts[owner(spot) as usize + 2] += 1;
    }
    for at in 1..starts.len() {
        starts[at] += starts[at - 1];
    }
    let mut order = vec![(0, 0); starts.last().copied().unwrap_or(0) as usize];
    for spot in loaded.spots().filter(|&spot| owner(spot) != NOBODY && counts(spot)) {
        let next = &mut starts[owner(spot) as usize + 1];
        order[*next as usize] = spot;
        *next += 1;
    }
    (starts, order)
}

impl<'l> Sums<'l, '_> {
    fn width(&self) -> usize {
        if self.per_year { self.years.len() } else { 1 }
    }

    /// How many columns are made.
    fn count(&self) -> usize {
        1 + self.others.len() + self.by_tenure.len()
    }

    fn block(&self, numbers: std::ops::Range<usize>, starts: &[u32], order: &[(u32, u32)]) -> Block {
        let mut block =
            Block { columns: vec![Vec::with_capacity(numbers.len() * self.width()); self.count()], findings: Findings::default() };
        let (mut rows, mut held) = (Vec::new(), Vec::new());
        for number in numbers {
            let spots = &order[starts[number] as usize..starts[number + 1] as usize];
            rows.clear();
            rows.extend(spots.iter().map(|&spot| self.row(spot)));
            if rows.len() > 1 {
                self.settle(&mut rows, &mut block.findings);
            }
            held.clear();
            for slot in 0..self.width() {
                let year = if self.per_year { Some(self.years[slot]) } else { None };
                let land = self.land(&rows, year);
                block.columns[0].push(land.map_or(f64::NAN, number::amount_to_float));
                held.push(land);
                for (place, &at) in self.others.iter().enumerate() {
                    block.columns[place + 1].push(self.total(&rows, year, at).map_or(f64::NAN, number::amount_to_float));
                }
                for (place, &word) in self.by_tenure.iter().enumerate() {
                    let area = self.of_tenure(&rows, year, word).map_or(f64::NAN, number::amount_to_float);
                    block.columns[self.others.len() + 1 + place].push(area);
                }
            }
            self.judge(number, spots.is_empty(), &held, &mut block.findings);
        }
        block
    }

    fn row(&self, spot: (u32, u32)) -> Row<'l> {
        let (part, at) = (&self.loaded.parts[spot.0 as usize], spot.1 as usize);
        let tenure = match self.tenure.map(|column| &part.cells[column]) {
            Some(Cells::Choice(words)) if words[at] != NO_WORD => words[at],
            _ => 0,
        };
        let parcel = self.parcel.and_then(|column| part.cells[column].text(at)).unwrap_or("");
        Row { parcel, tenure, year: part.years[at], spot }
    }

    /// Sorts the rows of an enterprise by parcel, tenure and year, and refuses what stands twice.
    fn settle(&self, rows: &mut Vec<Row<'l>>, findings: &mut Findings) {
        rows.sort_by(|a, b| (a.parcel, a.tenure, a.year, a.spot).cmp(&(b.parcel, b.tenure, b.year, b.spot)));
        rows.dedup_by(|later, first| {
            let twice = (later.parcel, later.tenure, later.year) == (first.parcel, first.tenure, first.year);
            if twice {
                let (row, first) = (self.loaded.row(later.spot), self.loaded.row(first.spot));
                findings.push(self.loaded.duplicate(row, first, later.parcel));
            }
            twice
        });
    }

    /// The rows that hold in a year (all, where no row has a year).
    fn holding<'r>(&self, rows: &'r [Row<'l>], year: Option<i32>) -> impl Iterator<Item = &'r Row<'l>> {
        rows.iter()
            .enumerate()
            .filter(move |(at, row)| {
                let Some(year) = year else { return true };
                let replaced = rows
                    .get(at + 1)
                    .is_some_and(|next| next.parcel == row.parcel && next.tenure == row.tenure && i32::from(next.year) <= year);
                i32::from(row.year) <= year && !replaced
            })
            .map(|(_, row)| row)
    }

    fn amount(&self, row: &Row<'_>, column: usize) -> Option<i128> {
        match &self.loaded.parts[row.spot.0 as usize].cells[column] {
            Cells::Amount(values) => Some(values[row.spot.1 as usize]).filter(|&value| value != NO_AMOUNT),
            _ => None,
        }
    }

    /// Land held; unknown without a row or where an area is blank.
    fn land(&self, rows: &[Row<'l>], year: Option<i32>) -> Option<i128> {
        let mut total = None;
        for row in self.holding(rows, year) {
            let area = self.amount(row, self.area?)?;
            let signed = if row.tenure == LEASED_OUT { -area } else { area };
            total = Some(total.unwrap_or(0_i128).saturating_add(signed));
        }
        total
    }

    /// Land of one tenure: nothing where no row has it, unknown without any row or where an area is blank.
    fn of_tenure(&self, rows: &[Row<'l>], year: Option<i32>, tenure: u8) -> Option<i128> {
        let mut total = None;
        for row in self.holding(rows, year) {
            let area = if row.tenure == tenure { self.amount(row, self.area?)? } else { 0 };
            total = Some(total.unwrap_or(0_i128).saturating_add(area));
        }
        total
    }

    /// Sum of a column over parcels owned or leased in; unknown where all are blank.
    fn total(&self, rows: &[Row<'l>], year: Option<i32>, column: usize) -> Option<i128> {
        let values = self.holding(rows, year).filter(|row| row.tenure != LEASED_OUT).filter_map(|row| self.amount(row, column));
        values.reduce(i128::saturating_add)
    }

    fn judge(&self, number: usize, no_rows: bool, held: &[Option<i128>], findings: &mut Findings) {
        let finding = |code| {
            let loaded = &self.enterprises.loaded;
            let place = loaded.place(self.enterprises.spots[number], loaded.position("enterprise_id"));
            let id = self.enterprises.text(loaded.position("enterprise_id"), number).unwrap_or("");
            Finding::warning(code, place).text(id).with("name", self.enterprises.name(number).unwrap_or("—"))
        };
        if no_rows {
            findings.push(finding(Code::NoLand));
            return;
        }
        let mut seen: Vec<i128> = Vec::new();
        for &value in held.iter().flatten().filter(|&&value| value <= 0) {
            if seen.contains(&value) {
                continue;
            }
            seen.push(value);
            let years = self.years.iter().enumerate().filter(|(slot, _)| !self.per_year || held[*slot] == Some(value));
            let years: Vec<String> = years.map(|(_, year)| year.to_string()).collect();
            findings.push(finding(Code::LandNotPositive).with("land", number::amount_to_text(value)).with_list("years", &years));
        }
    }
}

/// Land for a data set whose land table could not be read: unknown for everybody.
pub fn unknown(enterprises: usize) -> Land {
    let series = Series::full_null("land_mu".into(), enterprises, &DataType::Float64);
    Land { per_year: false, columns: vec![PanelColumn { table: "land", extra: false, series }], links: None }
}
