//! The rows of one parcel against each other: areas that change without a deed, parcels claimed beyond their area, areas that bunch
//! at a known line.
//!
//! In: the table of land. Out: warnings at cells.

use rayon::prelude::*;

use super::alike;
use crate::dictionary::suspicions::{Bunching, Line, Side};
use crate::dictionary::{Bilingual, Dictionary};
use crate::finding::{Code, Finding, Findings, Place};
use crate::load::cells::column::{Cells, NO_AMOUNT, NO_DATE};
use crate::load::cells::credit_code::normal;
use crate::load::cells::number;
use crate::load::reading::part::Part;
use crate::load::reading::table::Loaded;
use crate::load::tables::enterprise::NOBODY;
use crate::load::tables::enterprises::Enterprises;

/// Places among the words of tenure; blank is owned.
const OWNED: u8 = 0;
const LEASED_IN: u8 = 1;

/// A hair less than one, for what is lost in adding and dividing: a bound that is met exactly is met.
const EXACT: f64 = 1.0 - 1e-9;

/// One row of a parcel.
#[derive(Clone, Copy)]
struct Row {
    owner: u32,
    tenure: u8,
    year: i16,
    area: f64,
    spot: (u32, u32),
}

/// Looks at every parcel.
pub fn look(loaded: &Loaded<'_>, enterprises: &Enterprises, findings: &mut Findings) {
    let (Some(parcel), Some(area)) = (loaded.position("parcel_id"), loaded.position("area")) else { return };
    let tenure = loaded.position("tenure");
    // The first row of each part among all rows.
    let starts: Vec<u32> =
        loaded.parts.iter().scan(0, |next, part| Some(std::mem::replace(next, *next + part.rows.len() as u32))).collect();
    let spot = |number: u32| {
        let part = starts.partition_point(|start| *start <= number) - 1;
        (part as u32, number - starts[part])
    };
    let id = |spot: (u32, u32)| loaded.text(parcel, spot);
    let row = |spot: (u32, u32)| {
        let (part, at) = (&loaded.parts[spot.0 as usize], spot.1 as usize);
        let area = match &part.cells[area] {
            Cells::Amount(values) if values[at] != NO_AMOUNT => number::amount_to_float(values[at]),
            _ => return None,
        };
        let tenure = tenure.and_then(|column| part.cells[column].word(at)).unwrap_or(OWNED);
        Some(Row { owner: loaded.owner(spot), tenure, year: part.years[at], area, spot })
    };
    let lines: Vec<&Line> = loaded.layout.limits.bunching.lines.iter().filter(|line| line.figure == "land.area").collect();
    let seen = |(number, part): (usize, &Part)| {
        let (mut entries, mut near) = (Vec::with_capacity(part.rows.len()), Vec::new());
        for at in (0..part.rows.len() as u32).filter(|at| part.used[*at as usize]) {
            let (Some(id), Some(row)) = (id((number as u32, at)), row((number as u32, at))) else { continue };
            entries.push(alike::entry(&normal(id), starts[number] + at));
            let is_near = row.tenure == OWNED && lines.iter().any(|line| loaded.layout.limits.bunching.is_near(line, row.area));
            near.extend(is_near.then_some(row.area));
        }
        (entries, near)
    };
    let seen: Vec<(Vec<u64>, Vec<f64>)> = loaded.parts.par_iter().enumerate().map(seen).collect();
    let mut entries = Vec::with_capacity(seen.iter().map(|(entries, _)| entries.len()).sum());
    let mut near = Vec::new();
    for (some, close) in seen {
        entries.extend(some);
        near.extend(close);
    }
    alike::each(
        entries,
        |number| id(spot(number)).map(normal),
        |numbers| {
            writings(loaded, parcel, numbers.iter().map(|&number| spot(number)), findings);
            let mut rows: Vec<Row> = numbers.iter().filter_map(|&number| row(spot(number))).collect();
            rows.sort_by_key(|row| (row.owner, row.tenure, row.year, row.spot));
            jumps(loaded, area, &rows, findings);
            for same in rows.chunk_by(|a, b| (a.owner, a.tenure) == (b.owner, b.tenure)) {
                let years: Vec<_> = same.iter().filter(|row| row.area > 0.0).map(|row| (row.area, row.year, row.spot)).collect();
                findings.push_all(super::slips(loaded, area, &years).into_iter().map(|slip| slip.finding));
            }
            claims(loaded, area, id(rows[0].spot).unwrap_or(""), &rows, enterprises, findings);
        },
    );
    let rules = &loaded.layout.limits.bunching;
    for line in lines {
        if let Some(found) = rules.judge(line, near.iter().copied()) {
            let place = loaded.origins.last().map_or(Place::Nowhere, |origin| origin.heading(area));
            let labels = Dictionary::get().at("land.area").map(|(_, column)| Bilingual { zh: column.zh.clone(), en: column.en.clone() });
            let figure = labels.unwrap_or_default();
            findings.push(bunching(place, &figure, rules, line, found));
        }
    }
}

/// The sentence's values for figures that bunch at a line; `figure`: what is counted.
pub fn bunching(place: Place, figure: &Bilingual, rules: &Bunching, line: &Line, (wanted, other, z): (usize, usize, f64)) -> Finding {
    let finding = Finding::warning(Code::Bunching, place).with_both("figure", &figure.zh, &figure.en);
    let finding = finding.with("part", "line.list").with_both("whose", &rules.list.zh, &rules.list.en);
    let side = if line.side == Side::Above { "side.above" } else { "side.below" };
    let width = rules.width * 100.0;
    let finding = finding.with("line", line.at).with("side", side).with("wanted", wanted).with("other", other);
    finding.with("z", format!("{z:.1}")).with("width", super::figure(width))
}

/// Warns of ids that are an earlier one in another case, width or with spaces; once for each writing.
fn writings(loaded: &Loaded<'_>, parcel: usize, spots: impl Iterator<Item = (u32, u32)>, findings: &mut Findings) {
    let mut seen: Vec<(&str, (u32, u32))> = Vec::new();
    for spot in spots {
        let Some(id) = loaded.text(parcel, spot).filter(|id| seen.iter().all(|(known, _)| known != id)) else { continue };
        if let Some((known, first)) = seen.first() {
            let finding = Finding::warning(Code::ParcelTwoWritings, loaded.place(spot, Some(parcel))).text(id).with("other", known);
            findings.push(loaded.with_first(finding, loaded.row(spot), loaded.row(*first)));
        }
        seen.push((id, spot));
    }
}

/// Warns of areas that change by much from one dated row to the next without a deed in between.
fn jumps(loaded: &Loaded<'_>, area: usize, rows: &[Row], findings: &mut Findings) {
    let rules = &loaded.layout.limits.land_jump;
    if rules.deeds.iter().all(|name| loaded.position(name).is_none()) {
        // A table that knows no deeds says nothing of their absence.
        return;
    }
    for pair in rows.windows(2) {
        let [before, after] = [pair[0], pair[1]];
        let is_same = (before.owner, before.tenure) == (after.owner, after.tenure) && before.year < after.year;
        let change = (after.area - before.area).abs();
        if !is_same || before.area <= 0.0 || change < rules.share * before.area * EXACT || has_deed(loaded, before, after) {
            continue;
        }
        let finding = Finding::warning(Code::LandJump, loaded.place(after.spot, Some(area)));
        let finding = finding.with("before", super::figure(before.area)).with("after", super::figure(after.area));
        findings.push(loaded.with_first(finding, loaded.row(after.spot), loaded.row(before.spot)).with("year", after.year));
    }
}

/// Does a date of the later row that stands for a deed fall after the earlier row's year, up to its own?
fn has_deed(loaded: &Loaded<'_>, before: Row, after: Row) -> bool {
    let day = |name: &String| match &loaded.parts[after.spot.0 as usize].cells[loaded.position(name)?] {
        Cells::Date(days) => Some(days[after.spot.1 as usize]).filter(|day| *day != NO_DATE),
        _ => None,
    };
    let epoch = jiff::civil::date(1970, 1, 1);
    let year = |day: i32| epoch.checked_add(jiff::Span::new().days(i64::from(day))).map_or(0, |date| date.year());
    loaded.layout.limits.land_jump.deeds.iter().filter_map(day).any(|day| (before.year + 1..=after.year).contains(&year(day)))
}

/// Warns of parcels of which tenants have more than owners, and of parcels that two owners are each given as a whole.
fn claims(loaded: &Loaded<'_>, area: usize, id: &str, rows: &[Row], enterprises: &Enterprises, findings: &mut Findings) {
    let tolerance = loaded.layout.limits.parcel_claims.tolerance;
    // Of each holder and tenure the row that holds last.
    let last = |at: usize| rows.get(at + 1).is_none_or(|next| (next.owner, next.tenure) != (rows[at].owner, rows[at].tenure));
    let held: Vec<Row> = (0..rows.len()).filter(|&at| last(at) && rows[at].owner != NOBODY).map(|at| rows[at]).collect();
    let of = |tenure: u8| held.iter().filter(move |row| row.tenure == tenure);
    let name = |row: &Row| enterprises.id(row.owner as usize).to_owned();
    let finding = |row: &Row| Finding::warning(Code::ParcelBeyondArea, loaded.place(row.spot, Some(area))).with("parcel", id);
    let (owned, leased): (f64, f64) = (of(OWNED).map(|row| row.area).sum(), of(LEASED_IN).map(|row| row.area).sum());
    if let Some(tenant) = of(LEASED_IN).max_by_key(|row| row.spot)
        && of(OWNED).count() > 0
        && leased * EXACT > owned * (1.0 + tolerance)
    {
        let others: Vec<String> = of(OWNED).chain(of(LEASED_IN)).filter(|row| row.spot != tenant.spot).map(name).collect();
        let told = finding(tenant).with("claimed", super::figure(leased)).with("area", super::figure(owned));
        findings.push(told.with_list("others", &others));
    }
    let owners: Vec<&Row> = of(OWNED).collect();
    for (at, row) in owners.iter().enumerate().skip(1) {
        let twin = owners[..at].iter().find(|other| (other.area - row.area).abs() * EXACT <= other.area * tolerance && row.area > 0.0);
        if let Some(twin) = twin {
            let (first, second) = if twin.spot < row.spot { (*twin, *row) } else { (*row, *twin) };
            let told = finding(second).with("claimed", super::figure(first.area + second.area)).with("area", super::figure(first.area));
            findings.push(told.with("others", name(first)));
        }
    }
}
