//! `rank --proof`: how many of each grade the rule gives, and why exactly these: share, base, rounding, equals at the cut, moves.
//!
//! The places by the rule are worked out here, in decimals, beside the statement that graded: where both disagree the proof shows it.

use std::ops::Range;

use polars::prelude::{BooleanChunked, DataFrame, Float64Chunked, Int64Chunked, NewChunkedArray, StringChunked};
use rust_decimal::prelude::ToPrimitive;
use rust_decimal::{Decimal, RoundingStrategy};

use super::rank::{Context, heading_of, notes};
use super::table::{Column, Part, Phrase, Report, Section, Values};
use crate::policy::Policy;
use crate::policy::grade::{Cut, Grades, Rounding, Rule};
use crate::policy::scope::Group;

/// One line: a grade of a pool.
#[derive(Default)]
struct Line {
    group: String,
    pool: Option<String>,
    grade: String,
    share: Option<String>,
    base: Option<i64>,
    exact: Option<f64>,
    places: Option<i64>,
    ranked: i64,
    equals: Option<i64>,
    last_in: Option<String>,
    first_out: Option<String>,
    moved_in: i64,
    moved_out: i64,
    given: i64,
    given_share: Option<f64>,
}

/// The rows of one pool.
struct Pool<'f> {
    frame: &'f Rows,
    rows: Range<usize>,
}

/// The columns of the evaluated rows.
struct Rows {
    name: Vec<Option<String>>,
    group: Vec<Option<String>>,
    pool: Vec<Option<String>>,
    ranked: Vec<Option<String>>,
    grade: Vec<Option<String>>,
    place: Vec<Option<i64>>,
    key: Vec<Option<f64>>,
    size: Vec<Option<i64>>,
    everybody: Vec<Option<i64>>,
    better: Vec<Option<bool>>,
    picks: Vec<(Vec<Option<i64>>, Vec<Option<bool>>)>,
}

/// Builds the proof from the evaluated rows.
pub fn build(frame: &DataFrame, context: &Context) -> Report {
    let rows = Rows::of(&counted_once(frame));
    let mut lines = Vec::new();
    let mut sections = Vec::new();
    for range in rows.pools() {
        let Some(group) = rows.group[range.start].as_ref().and_then(|id| context.policy.groups.iter().find(|group| &group.id == id)) else {
            continue;
        };
        let Some(grades) = context.policy.grades_of(group) else { continue };
        let start = lines.len();
        let pool = Pool { frame: &rows, rows: range };
        lines.extend(pool.lines(group, grades));
        sections.push(Section { title: None, rows: start..lines.len(), cuts: Vec::new() });
    }
    let mut report = Report {
        facts: vec![
            ("data_set", context.data_set.into()),
            ("policy", context.policy.id.as_str().into()),
            ("policy_status", context.policy.status.as_str().into()),
            ("year", context.year.into()),
        ],
        heading: vec![heading_of(context.data_set, context.policy, context.year), Phrase::new("proof.heading")],
        ..Report::default()
    };
    let columns = columns(&lines, context.policy);
    report.parts.push(Part { id: "proof".to_owned(), title: None, columns, sections, grades: context.policy.grade_names() });
    report.notes.push(Phrase::new("proof.note"));
    notes(&mut report, context);
    report
}

/// Of enterprises evaluated together only the leading one counts: the unit takes one place.
fn counted_once(frame: &DataFrame) -> DataFrame {
    let text = |name: &str| frame.column(name).ok().and_then(|column| column.str().ok().cloned());
    let (Some(units), Some(ids)) = (text("unit"), text("enterprise_id")) else { return frame.clone() };
    let counts: BooleanChunked = units.iter().zip(ids.iter()).map(|(unit, id)| Some(unit.is_none() || unit == id)).collect();
    frame.filter(&counts).unwrap_or_else(|_| frame.clone())
}

impl Rows {
    fn of(frame: &DataFrame) -> Rows {
        let texts = |name: &str| -> Vec<Option<String>> {
            let column = frame.column(name).ok().and_then(|column| column.str().ok().cloned());
            column.map_or_else(|| vec![None; frame.height()], |values| values.iter().map(|value| value.map(str::to_owned)).collect())
        };
        let whole = |name: &str| -> Vec<Option<i64>> {
            let column = frame.column(name).ok().and_then(|column| column.i64().ok().cloned());
            column.map_or_else(|| vec![None; frame.height()], |values| values.iter().collect())
        };
        let truths = |name: &str| -> Vec<Option<bool>> {
            let column = frame.column(name).ok().and_then(|column| column.bool().ok().cloned());
            column.map_or_else(|| vec![None; frame.height()], |values| values.iter().collect())
        };
        let key = frame.column("order_key").ok().and_then(|column| column.f64().ok().cloned());
        let picks = (1..).map(|number| (format!("pick_place_{number}"), format!("picked_{number}")));
        let picks = picks.take_while(|(place, _)| frame.column(place).is_ok()).map(|(place, picked)| (whole(&place), truths(&picked)));
        Rows {
            name: texts("name").into_iter().zip(texts("enterprise_id")).map(|(name, id)| name.or(id)).collect(),
            group: texts("peer_group"),
            pool: texts("pool"),
            ranked: texts("ranked_grade"),
            grade: texts("grade"),
            place: whole("place"),
            key: key.map_or_else(|| vec![None; frame.height()], |values| values.iter().collect()),
            size: whole("pool_size"),
            everybody: whole("everybody"),
            better: truths("better_half"),
            picks: picks.collect(),
        }
    }

    /// Runs of equal group and pool: the rows come in that order.
    fn pools(&self) -> Vec<Range<usize>> {
        let mut pools = Vec::new();
        let mut start = 0;
        for row in 1..=self.name.len() {
            let ends = row == self.name.len() || (&self.group[row], &self.pool[row]) != (&self.group[start], &self.pool[start]);
            if ends {
                pools.push(start..row);
                start = row;
            }
        }
        pools
    }
}

impl Pool<'_> {
    fn lines(&self, group: &Group, grades: &Grades) -> Vec<Line> {
        let names = grades.names();
        let mut lines: Vec<Line> = names.iter().map(|grade| self.counted(group, grade, &names)).collect();
        let (size, everybody) = (self.first(&self.frame.size), self.first(&self.frame.everybody));
        let base = |cut: Cut| if cut.of_all { everybody } else { size };
        match &grades.rule {
            Rule::Shares(shares) => {
                let all = base(shares.cut).unwrap_or(0);
                let mut total = Decimal::ZERO;
                let mut before = 0;
                for (line, (_, share)) in lines.iter_mut().zip(&shares.shares) {
                    line.share = Some(share.normalize().to_string());
                    line.base = Some(all);
                    let own = shares.remainder.is_some();
                    total = if own { *share } else { total + share };
                    let exact = total * Decimal::from(all) / Decimal::ONE_HUNDRED;
                    let cut = rounded(exact, shares.cut.rounding);
                    line.exact = exact.to_f64();
                    line.places = Some(if own { cut } else { cut - before });
                    before = cut;
                }
                if let Some(remainder) = &shares.remainder {
                    let others: i64 = lines.iter().filter(|line| &line.grade != remainder).filter_map(|line| line.places).sum();
                    lines
                        .iter_mut()
                        .filter(|line| &line.grade == remainder)
                        .for_each(|line| line.places = Some(size.unwrap_or(0) - others));
                }
            }
            Rule::TwoStage(stages) => {
                for (at, pick) in stages.picks.iter().enumerate() {
                    let all = base(stages.cut).unwrap_or(0);
                    let exact = pick.share * Decimal::from(all) / Decimal::ONE_HUNDRED;
                    let Some(line) = lines.iter_mut().find(|line| line.grade == pick.grade) else { continue };
                    line.share = Some(pick.share.normalize().to_string());
                    line.base = Some(all);
                    line.exact = exact.to_f64();
                    line.places = Some(rounded(exact, stages.cut.rounding));
                    (line.last_in, line.first_out) = self.around_pick(at);
                }
                let half = stages.better * Decimal::from(size.unwrap_or(0)) / Decimal::ONE_HUNDRED;
                lines.insert(0, self.half(group, stages.better, half, rounded(half, stages.cut.rounding)));
            }
            Rule::Lines(..) | Rule::Predicate(..) => {}
        }
        if let Some(limits) = &grades.limits {
            let all = base(limits.cut);
            let sides = [("≤ ", &limits.at_most), ("≥ ", &limits.at_least)];
            for (sign, (grade, share)) in sides.into_iter().flat_map(|(sign, side)| side.iter().map(move |limit| (sign, limit))) {
                let Some(line) = lines.iter_mut().find(|line| &line.grade == grade) else { continue };
                line.share = Some(format!("{sign}{}", share.normalize()));
                line.base = all;
            }
        }
        for line in &mut lines {
            // Fewer than the places with nobody left to take is no matter of equals.
            let runs_out = matches!(&grades.rule, Rule::TwoStage(_)) && line.first_out.is_none();
            line.equals = line.places.map(|places| line.ranked - places).filter(|more| *more > 0 || *more < 0 && !runs_out);
            line.given_share = line.base.or(size).filter(|base| *base > 0).map(|base| line.given as f64 * 100.0 / base as f64);
        }
        lines
    }

    fn first(&self, values: &[Option<i64>]) -> Option<i64> {
        self.rows.clone().find_map(|row| values[row])
    }

    /// What was counted of a grade, and who stands on both sides of its lower cut.
    fn counted(&self, group: &Group, grade: &str, names: &[String]) -> Line {
        let rows = self.frame;
        let is = |values: &[Option<String>], row: usize| values[row].as_deref() == Some(grade);
        let count = |holds: &dyn Fn(usize) -> bool| self.rows.clone().filter(|row| holds(*row)).count() as i64;
        let worse = names.iter().skip_while(|name| *name != grade).skip(1);
        let worse: Vec<&String> = worse.collect();
        let last = self.rows.clone().filter(|row| is(&rows.ranked, *row)).max_by_key(|row| (rows.place[*row], std::cmp::Reverse(*row)));
        let next = self.rows.clone().filter(|row| rows.ranked[*row].as_ref().is_some_and(|ranked| worse.contains(&ranked)));
        let next = next.min_by_key(|row| (rows.place[*row], *row));
        Line {
            group: group.id.clone(),
            pool: rows.pool[self.rows.start].clone().filter(|pool| !pool.is_empty()),
            grade: grade.to_owned(),
            ranked: count(&|row| is(&rows.ranked, row)),
            given: count(&|row| is(&rows.grade, row)),
            moved_in: count(&|row| is(&rows.grade, row) && !is(&rows.ranked, row)),
            moved_out: count(&|row| is(&rows.ranked, row) && !is(&rows.grade, row)),
            last_in: last.filter(|_| next.is_some()).map(|row| self.named(row, rows.place[row])),
            first_out: next.filter(|_| last.is_some()).map(|row| self.named(row, rows.place[row])),
            ..Line::default()
        }
    }

    /// The cut between the halves.
    fn half(&self, group: &Group, better: Decimal, exact: Decimal, places: i64) -> Line {
        let rows = self.frame;
        let of = |half: bool| self.rows.clone().filter(move |row| rows.better[*row] == Some(half));
        let last = of(true).max_by_key(|row| (rows.place[*row], std::cmp::Reverse(*row)));
        let next = of(false).min_by_key(|row| (rows.place[*row], *row));
        let count = of(true).count() as i64;
        Line {
            group: group.id.clone(),
            pool: rows.pool[self.rows.start].clone().filter(|pool| !pool.is_empty()),
            grade: "better".to_owned(),
            share: Some(better.normalize().to_string()),
            base: self.first(&rows.size),
            exact: exact.to_f64(),
            places: Some(places),
            ranked: count,
            given: count,
            last_in: last.map(|row| self.named(row, rows.place[row])),
            first_out: next.map(|row| self.named(row, rows.place[row])),
            ..Line::default()
        }
    }

    /// Who is the last that a pick took, and who the first that it left.
    fn around_pick(&self, at: usize) -> (Option<String>, Option<String>) {
        let Some((places, picked)) = self.frame.picks.get(at) else { return (None, None) };
        let of = |taken: bool| self.rows.clone().filter(move |row| places[*row].is_some() && (picked[*row] == Some(true)) == taken);
        let last = of(true).max_by_key(|row| (places[*row], std::cmp::Reverse(*row)));
        let next = of(false).min_by_key(|row| (places[*row], *row));
        (last.map(|row| self.named(row, places[row])), next.map(|row| self.named(row, places[row])))
    }

    /// Name, place and what the place goes by.
    fn named(&self, row: usize, place: Option<i64>) -> String {
        let name = self.frame.name[row].as_deref().unwrap_or("—");
        let place = place.map_or(String::new(), |place| place.to_string());
        match self.frame.key[row].and_then(Decimal::from_f64_retain) {
            Some(key) if self.frame.picks.is_empty() => {
                format!("{place} {name} ({})", key.abs().round_dp_with_strategy(6, RoundingStrategy::MidpointAwayFromZero).normalize())
            }
            _ => format!("{place} {name}"),
        }
    }
}

/// A number of places, rounded as the rule says.
fn rounded(exact: Decimal, rounding: Rounding) -> i64 {
    let strategy = match rounding {
        Rounding::HalfUp => RoundingStrategy::MidpointAwayFromZero,
        Rounding::Floor => RoundingStrategy::ToNegativeInfinity,
        Rounding::Ceiling => RoundingStrategy::ToPositiveInfinity,
    };
    exact.round_dp_with_strategy(0, strategy).to_i64().unwrap_or(0)
}

fn columns(lines: &[Line], policy: &Policy) -> Vec<Column> {
    let texts = |of: &dyn Fn(&Line) -> Option<String>| Values::Text(StringChunked::from_iter_options("".into(), lines.iter().map(of)));
    let whole = |of: &dyn Fn(&Line) -> Option<i64>| Values::Integer(Int64Chunked::from_iter_options("".into(), lines.iter().map(of)));
    let numbers = |of: &dyn Fn(&Line) -> Option<f64>| Values::Number {
        values: Float64Chunked::from_iter_options("".into(), lines.iter().map(of)),
        shown: 2,
        exact: 6,
    };
    let titles = policy.groups.iter().map(|group| (group.id.clone(), group.title.clone())).collect();
    let better = vec![("better".to_owned(), crate::dictionary::Bilingual { zh: "前半部分".to_owned(), en: "Better half".to_owned() })];
    vec![
        Column::new("group", "分组", "Group", 1, texts(&|line| Some(line.group.clone()))).named(titles),
        Column::new("pool", "同组范围", "Pool", 1, texts(&|line| line.pool.clone())),
        Column::new("grade", "等级", "Grade", 0, texts(&|line| Some(line.grade.clone()))).named(better),
        Column::new("share", "比例（%）", "Share (%)", 0, texts(&|line| line.share.clone())),
        Column::new("base", "基数", "Base", 0, whole(&|line| line.base)),
        Column::new("exact", "取整前", "Before rounding", 2, numbers(&|line| line.exact)),
        Column::new("places", "按规则名额", "Places by the rule", 0, whole(&|line| line.places)),
        Column::new("ranked", "排名所得", "By place", 0, whole(&|line| Some(line.ranked))),
        Column::new("equals", "并列增减", "By equals", 1, whole(&|line| line.equals)),
        Column::new("last_in", "线上最后", "Last inside", 1, texts(&|line| line.last_in.clone())),
        Column::new("first_out", "线下最先", "First outside", 1, texts(&|line| line.first_out.clone())),
        Column::new("moved_in", "调入", "Moved in", 2, whole(&|line| Some(line.moved_in))),
        Column::new("moved_out", "调出", "Moved out", 2, whole(&|line| Some(line.moved_out))),
        Column::new("given", "最终数", "Given", 0, whole(&|line| Some(line.given))),
        Column::new("given_share", "最终比例（%）", "Share given (%)", 2, numbers(&|line| line.given_share)),
    ]
}
