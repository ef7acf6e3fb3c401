//! `mujun rank`: places, grades and the review, by enterprise or rolled up.

use std::path::PathBuf;

use clap::Args;

use super::method::Method;
use super::session::Session;
use super::{Exit, FormatArgument};
use crate::assess::{self, Request};
use crate::finding::Findings;
use crate::report::{policies, proof, rank, roll};

/// Arguments of `rank`.
#[derive(Debug, Args)]
pub struct Rank {
    /// The data set.
    data: PathBuf,
    /// By what method, for which year, rows of what.
    #[command(flatten)]
    method: Method,
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
        let request = Request {
            filter: self.filter,
            sort: self.sort,
            columns: self.columns.map(distinct),
            lenient: self.lenient,
            proof: self.proof,
            ..self.method.request()
        };
        let progress = session.progress();
        let prepared = assess::prepare(&self.data, &request, &*progress, &mut findings);
        drop(progress);
        let Some(prepared) = prepared else {
            session.tell(&findings);
            return Exit::Failed;
        };
        let frame = match assess::evaluate(&prepared, &mut findings) {
            Ok(frame) => frame,
            Err(error) => return session.fail("cli.engine", &[("reason", error.to_string())]),
        };
        session.say_corrections(&prepared.dataset);
        session.tell(&findings);
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
            Some(by) => roll::build(&frame, by, &context),
        };
        if self.format == FormatArgument::Csv {
            // A CSV file has no notes: what the source of the method does not give is told beside it.
            policies::notes(&prepared.policy).iter().filter(|note| note.key == "rank.unknown").for_each(|note| session.say_phrase(note));
        }
        session.write(&report, self.format, self.output.as_deref())
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
