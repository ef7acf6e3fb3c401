//! `mujun rank`: places, grades and the review, by enterprise or rolled up.

use std::path::PathBuf;

use clap::Args;

use super::method::Method;
use super::session::Session;
use super::{Exit, FormatArgument};
use crate::assess::{self, Request, zone};
use crate::finding::{Code, Finding, Findings, Place};
use crate::report::{policies, proof, rank, roll};

/// Arguments of `rank`.
#[derive(Debug, Args)]
pub struct Rank {
    /// The data sets.
    #[arg(required = true)]
    data: Vec<PathBuf>,
    /// By what method, for which year, rows of what.
    #[command(flatten)]
    method: Method,
    /// A zone plan.
    #[arg(long, value_name = "ID|FILE")]
    plan: Option<String>,
    /// Values of settings of the plan.
    #[arg(long, value_name = "SETTING=VALUE")]
    set: Vec<String>,
    /// The date asked of the plan.
    #[arg(long, value_name = "DATE")]
    as_of: Option<String>,
    /// Which rows.
    #[arg(long = "where", value_name = "EXPR", allow_hyphen_values = true)]
    filter: Option<String>,
    /// In which order.
    #[arg(long, value_name = "COL")]
    sort: Option<String>,
    /// How many rows.
    #[arg(long, value_name = "N")]
    top: Option<usize>,
    /// Which columns.
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    columns: Option<Vec<String>>,
    /// The quota proof instead of the rows.
    #[arg(long, conflicts_with_all = ["by", "filter", "sort", "top", "columns"])]
    proof: bool,
    /// Unreadable cells count as missing.
    #[arg(long)]
    lenient: bool,
    /// The format.
    #[arg(long, value_enum, default_value = "table")]
    format: FormatArgument,
    /// Where to.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

impl Rank {
    /// Runs the command.
    pub fn run(self, session: &Session) -> Exit {
        let mut findings = Findings::default();
        let zones = self.zones(&mut findings);
        let request = Request {
            filter: self.filter,
            sort: self.sort,
            columns: self.columns.map(distinct),
            lenient: self.lenient,
            proof: self.proof,
            zones,
            ..self.method.request()
        };
        let progress = session.progress();
        let prepared = assess::prepare_city(&self.data, &request, &*progress, &mut findings);
        drop(progress);
        let of_plan = prepared.as_ref().zip(request.zones.as_ref()).map(|(prepared, zones)| {
            let zones = zone::Request { year: Some(prepared.year), ..zones.clone() };
            zone::said(&prepared.dataset, &zones, &mut findings)
        });
        let prepared = prepared.filter(|_| !findings.stop());
        let Some(prepared) = prepared else {
            session.tell(&findings);
            return Exit::Failed;
        };
        let frame = match assess::evaluate(&prepared, &mut findings) {
            Ok(frame) => frame,
            Err(error) => return session.fail("cli.engine", &[("reason", error.to_string())]),
        };
        let of_plan = match of_plan.flatten().transpose() {
            Ok(of_plan) => of_plan,
            Err(error) => return session.fail("cli.engine", &[("reason", error.to_string())]),
        };
        session.say_corrections(&prepared.dataset);
        session.tell(&findings);
        let said = of_plan.as_ref().map(|told| told.said(request.filter.is_none(), session.locale.language.as_str()));
        let context = rank::Context {
            data_set: &prepared.dataset.name,
            policy: &prepared.policy,
            year: prepared.year,
            columns: request.columns.as_deref(),
            top: self.top,
            sorted: request.sort.is_some(),
            measures: assess::measures(&prepared),
        };
        let report = match &request.by {
            None if request.proof => proof::build(&frame, &context),
            None => rank::build(&frame, &context),
            Some(by) => roll::build(&frame, by, said.as_ref(), &context),
        };
        if matches!(self.format, FormatArgument::Csv | FormatArgument::Parquet) {
            // A file of rows has no notes: what the source of the method does not give is told beside it.
            policies::notes(&prepared.policy).iter().filter(|note| note.key == "rank.unknown").for_each(|note| session.say_phrase(note));
        }
        session.write(&report, self.format, self.output.as_deref())
    }
}

impl Rank {
    /// What a zone plan is asked for: where one is named, and by chain always.
    fn zones(&self, findings: &mut Findings) -> Option<zone::Request> {
        let by = self.method.by();
        if self.plan.is_some() && !["zone", "chain"].contains(&by) {
            let finding = Finding::error(Code::BadOption, Place::Nowhere).text(by).with("option", "--by");
            findings.push(finding.with("wanted", "zone | chain (--plan)"));
        }
        (by == "chain" || (by == "zone" && self.plan.is_some())).then(|| zone::Request {
            plan: self.plan.clone(),
            as_of: self.as_of.clone(),
            settings: self.set.clone(),
            by_chain: by == "chain",
            lenient: self.lenient,
            ..zone::Request::default()
        })
    }
}

/// Column names without blanks around them, each once.
fn distinct(columns: Vec<String>) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for name in columns {
        let name = name.trim().to_owned();
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}
