//! `rank --by zone --plan` and `rank --by chain`: what a plan says of zones and chains, beside their sums.
//!
//! In: the rolled rows of the method, and the plan's rows. Out: zones in the order of the plan's own score, and columns with score,
//! verdicts, the place without the industry structure, and what follows; for chains main revenue, growth, target and quarters.

use polars::prelude::{DataFrame, Float64Chunked, IdxCa, Int64Chunked, IntoColumn, StringChunked};

use super::lines::{number, text, truth};
use crate::dictionary::{Bilingual, Part};
use crate::policy::scheme::{End, Scheme, Scope};
use crate::report::table::{Column, Phrase, Values};

/// What a plan says of the rows.
pub struct Said<'s> {
    /// The plan.
    pub scheme: &'s Scheme,
    /// Its rows.
    pub rows: &'s DataFrame,
    /// For chains: figures of the overview.
    pub overview: Option<&'s DataFrame>,
    /// For chains: the same quarter by quarter.
    pub quarters: &'s [(Part, DataFrame)],
    /// For chains: names of leading firms.
    pub leading: &'s [(String, String)],
    /// Its settings, `setting=value`.
    pub settings: Vec<String>,
    /// Also zones without enterprises?
    pub every: bool,
    /// `zh` or `en`.
    pub language: &'s str,
}

const OF_ZONES: [&str; 13] = [
    "score",
    "met",
    "missed",
    "on_course",
    "cannot_tell",
    "expected_per_mu",
    "structure_effect",
    "own_effect",
    "place_own",
    "bottom_years",
    "step",
    "severity",
    "consequence",
];

const OF_CHAINS: [&str; 7] = ["main_revenue", "main_revenue_last", "growth", "goal", "verdict", "leading_firms", "leading"];

/// Ids of the columns that a plan adds.
pub fn names(by: &str) -> Vec<String> {
    let quarters = ["q1", "q2", "q3", "q4"].iter().flat_map(|quarter| [format!("{quarter}_main_revenue"), format!("{quarter}_growth")]);
    match by {
        "zone" => OF_ZONES.iter().map(|name| (*name).to_owned()).collect(),
        "chain" => OF_CHAINS.iter().map(|name| (*name).to_owned()).chain(quarters).collect(),
        _ => Vec::new(),
    }
}

/// Which plan it is, and what is set in it.
pub fn heading(said: &Said) -> Phrase {
    Phrase::new(if said.settings.is_empty() { "zone.plan-line" } else { "zone.plan-line-set" })
        .with_both("title", said.scheme.title.clone())
        .with("id", &said.scheme.id)
        .with_key("status", format!("status.{}", said.scheme.status.as_str()))
        .with("settings", said.settings.join(", "))
}

/// What a reader of the plan should know, and what its source does not give.
pub fn notes(said: &Said) -> Vec<Phrase> {
    let scheme = said.scheme;
    let texts = scheme.score.iter().filter_map(|score| score.note.clone()).chain(scheme.notes.iter().cloned());
    let notes = texts.map(|note| Phrase::new("rank.policy-note").with_both("note", note));
    notes.chain(scheme.about.unknown.iter().map(super::super::policies::unknown)).collect()
}

/// For each rolled row the row of the plan.
fn places(frame: &DataFrame, key: &str, rows: &DataFrame) -> Vec<Option<usize>> {
    let of =
        |unit: &str| (0..rows.height()).find(|&row| text(rows, "unit_name", row) == Some(unit) && text(rows, "scope", row) != Some("city"));
    (0..frame.height()).map(|row| text(frame, key, row).and_then(of)).collect()
}

/// Zones in the order of the plan's places, those without one last, and the places themselves.
pub fn ordered(frame: &DataFrame, key: &str, said: &Said) -> DataFrame {
    let frame = &with_empty(frame, key, said);
    let at = places(frame, key, said.rows);
    let place = |row: usize| at[row].and_then(|row| number(said.rows, "place", row)).map(|place| place as i64);
    let mut order: Vec<usize> = (0..frame.height()).collect();
    order.sort_by_key(|&row| (place(row).is_none(), place(row), text(frame, key, row).map(str::to_owned)));
    let places: Int64Chunked = order.iter().map(|&row| place(row)).collect();
    let mut sorted =
        frame.take(&IdxCa::from_vec("".into(), order.iter().map(|&row| row as u32).collect())).unwrap_or_else(|_| frame.clone());
    let _ = sorted.with_column(places.into_column().with_name("place".into()));
    sorted
}

/// With the zones that have no enterprises, and so no sums: they have places all the same.
fn with_empty(frame: &DataFrame, key: &str, said: &Said) -> DataFrame {
    let known: Vec<&str> = (0..frame.height()).filter_map(|row| text(frame, key, row)).collect();
    let zones = (0..said.rows.height()).filter(|&row| said.every && text(said.rows, "scope", row) == Some("zone"));
    let empty: Vec<&str> = zones.filter_map(|row| text(said.rows, "unit_name", row)).filter(|zone| !known.contains(zone)).collect();
    let column = |column: &polars::prelude::Column| match column.name().as_str() == key {
        true => empty.iter().map(|zone| Some(*zone)).collect::<StringChunked>().into_column().with_name(key.into()),
        false => polars::prelude::Column::full_null(column.name().clone(), empty.len(), column.dtype()),
    };
    let rows = DataFrame::new(empty.len(), frame.columns().iter().map(column).collect());
    rows.and_then(|rows| frame.vstack(&rows)).unwrap_or_else(|_| frame.clone())
}

/// The columns that a plan adds to the rolled rows of zones.
pub fn of_zones(frame: &DataFrame, said: &Said) -> Vec<Column> {
    let at = places(frame, "zone", said.rows);
    let numbers = |column: &str, shown: u32| {
        let values = at.iter().map(|row| row.and_then(|row| number(said.rows, column, row))).collect::<Float64Chunked>();
        Values::Number { values, shown, exact: 6 }
    };
    let verdicts = |wanted: &str| {
        let count = |row: usize| {
            said.scheme
                .targets_of(Scope::Zone)
                .filter(|target| text(said.rows, &format!("{}__verdict", target.slug()), row) == Some(wanted))
                .count() as i64
        };
        Values::Integer(at.iter().map(|row| row.map(count)).collect())
    };
    let place_own = at.iter().map(|row| row.and_then(|row| number(said.rows, "place_own", row)).map(|place| place as i64)).collect();
    let bottom = at.iter().map(|row| row.and_then(|row| bottom_years(said, row))).collect();
    let steps: Vec<Vec<usize>> = at.iter().map(|row| row.map_or_else(Vec::new, |row| steps(said, row))).collect();
    let of_steps = |say: &dyn Fn(usize) -> String| -> Values {
        let said = |steps: &Vec<usize>| (!steps.is_empty()).then(|| steps.iter().map(|&step| say(step)).collect::<Vec<_>>().join("; "));
        Values::Text(steps.iter().map(said).collect::<StringChunked>())
    };
    let ladder = &said.scheme.ladder;
    let worst = |steps: &Vec<usize>| steps.iter().map(|&step| ladder[step].severity).max().map(|severity| severity.as_str());
    let unit = |mut column: Column| {
        column.unit = Some(Bilingual { zh: "万元/亩".to_owned(), en: "10k CNY/mu".to_owned() });
        column
    };
    vec![
        Column::new("score", "方案得分", "Score", 0, numbers("score", 2)),
        Column::new("met", "达到", "Met", 1, verdicts("met")),
        Column::new("missed", "未达", "Missed", 1, verdicts("missed")),
        Column::new("on_course", "有望按期", "On course", 1, verdicts("on-course")),
        Column::new("cannot_tell", "无法判断", "Cannot tell", 1, verdicts("cannot-tell")),
        unit(Column::new("expected_per_mu", "按产业结构应有", "Expected of its industries", 2, numbers("expected_per", 2))),
        unit(Column::new("structure_effect", "结构因素", "By structure", 3, numbers("structure_effect", 2))),
        unit(Column::new("own_effect", "自身因素", "Its own", 1, numbers("own_effect", 2))),
        Column::new("place_own", "剔除结构后名次", "Place without structure", 0, Values::Integer(place_own)),
        Column::new("bottom_years", "连续末位年数", "Years at the bottom", 2, Values::Integer(bottom)),
        Column::new("step", "阶梯", "Step", 1, of_steps(&|step| ladder[step].id.clone())),
        Column::new("severity", "程度", "Severity", 3, Values::Word(steps.iter().map(worst).collect::<StringChunked>())),
        Column::new("consequence", "后果", "Consequence", 4, of_steps(&|step| ladder[step].consequence.get(said.language).to_owned()))
            .below(),
    ]
}

/// Steps of the ladder that hold for a row.
fn steps(said: &Said, row: usize) -> Vec<usize> {
    (0..said.scheme.ladder.len()).filter(|step| truth(said.rows, &format!("step_{step}"), row) == Some(true)).collect()
}

/// How many years running a zone has been at the bottom, as far back as the ladder looks.
fn bottom_years(said: &Said, row: usize) -> Option<i64> {
    let ladder = said.scheme.ladder.iter().enumerate().filter(|(_, step)| step.end == End::Bottom);
    let (step, years) = ladder.map(|(at, step)| (at, step.years)).max_by_key(|(at, years)| (*years, std::cmp::Reverse(*at)))?;
    let mut running = 0;
    for back in 0..years {
        let column = if back == 0 { format!("at_end_{step}") } else { format!("at_end_{step}_{back}") };
        match truth(said.rows, &column, row) {
            Some(true) => running += 1,
            Some(false) => return Some(running),
            None => return (running > 0).then_some(running),
        }
    }
    Some(running)
}

/// The columns that chains have besides their sums.
pub fn of_chains(frame: &DataFrame, said: &Said) -> Vec<Column> {
    let Some(overview) = said.overview else { return Vec::new() };
    let at = places(frame, "chain", overview);
    let figures = |rows: &DataFrame, at: &[Option<usize>], column: &str| -> Values {
        let values = at.iter().map(|row| row.and_then(|row| known(rows, column, row))).collect::<Float64Chunked>();
        Values::Number { values, shown: 2, exact: 6 }
    };
    let money = |mut column: Column| {
        column.unit = Some(Bilingual { zh: "万元".to_owned(), en: "10k CNY".to_owned() });
        column
    };
    let percent = |mut column: Column| {
        column.unit = Some(Bilingual { zh: "%".to_owned(), en: "%".to_owned() });
        column
    };
    let mut columns = vec![
        money(Column::new("main_revenue", "主营业务收入", "Main revenue", 0, figures(overview, &at, "main_revenue"))),
        money(Column::new(
            "main_revenue_last",
            "上年主营业务收入",
            "Main revenue last year",
            3,
            figures(overview, &at, "main_revenue_last"),
        )),
        percent(Column::new("growth", "增速", "Growth", 0, figures(overview, &at, "main_revenue_growth"))),
    ];
    let of_plan = places(frame, "chain", said.rows);
    if let Some(target) = said.scheme.targets_of(Scope::Chain).next() {
        let verdicts = of_plan.iter().map(|row| row.and_then(|row| text(said.rows, &format!("{}__verdict", target.slug()), row)));
        columns.push(percent(Column::new(
            "goal",
            "目标增速",
            "Target",
            0,
            figures(said.rows, &of_plan, &format!("{}__goal", target.slug())),
        )));
        columns.push(Column::new("verdict", "结论", "Verdict", 0, Values::Word(verdicts.collect::<StringChunked>())));
    }
    let firms = at.iter().map(|row| row.and_then(|row| number(overview, "leading_firms", row)).map(|count| count as i64)).collect();
    columns.push(Column::new("leading_firms", "龙头企业", "Leading firms", 1, Values::Integer(firms)));
    let names = (0..frame.height()).map(|row| {
        let chain = text(frame, "chain", row)?;
        let names: Vec<&str> = said.leading.iter().filter(|(of, _)| of == chain).map(|(_, name)| name.as_str()).collect();
        (!names.is_empty()).then(|| names.join("; "))
    });
    columns.push(Column::new("leading", "龙头企业名单", "Leading", 4, Values::Text(names.collect::<StringChunked>())).below());
    for (part, rows) in said.quarters {
        let at = places(frame, "chain", rows);
        let id = part.as_str().to_lowercase();
        let quarter = part.as_str();
        columns.push(money(Column::new(
            &format!("{id}_main_revenue"),
            &format!("{quarter} 主营业务收入"),
            &format!("{quarter} main revenue"),
            2,
            figures(rows, &at, "main_revenue"),
        )));
        columns.push(percent(Column::new(
            &format!("{id}_growth"),
            &format!("{quarter} 同比"),
            &format!("{quarter} growth"),
            2,
            figures(rows, &at, "main_revenue_growth"),
        )));
    }
    columns
}

/// A figure as it stands; growth is missing where rows lack what it is made of: it needs both periods of everybody.
fn known(rows: &DataFrame, column: &str, row: usize) -> Option<f64> {
    let off = |ending: &str| truth(rows, &format!("{column}{ending}"), row) == Some(true);
    let is_growth = column.ends_with("_growth");
    number(rows, column, row).filter(|_| !is_growth || (!off("__hi") && !off("__lo")))
}
