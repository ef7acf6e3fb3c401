//! `mujun check`: everything that is wrong with a data set, cell by cell.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::session::Session;
use super::sources;
use super::{Exit, FormatArgument};
use crate::assess::{self, Request};
use crate::finding::{Code, Finding, Findings, Severity};
use crate::load::{self, Rows};
use crate::render;
use crate::report::{self, check};

/// What makes the exit code 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FailOn {
    Error,
    Warning,
}

/// Arguments of `check`.
#[derive(Debug, Args)]
pub struct Check {
    /// The data set.
    data: PathBuf,
    /// The method.
    #[arg(long, value_name = "ID|FILE")]
    policy: Option<String>,
    /// The year.
    #[arg(long, value_name = "Y")]
    year: Option<i32>,
    /// What the files are.
    #[arg(long, value_name = "FILE")]
    data_config: Option<PathBuf>,
    /// Unreadable cells count as missing.
    #[arg(long)]
    lenient: bool,
    /// What makes the exit code 1.
    #[arg(long, value_enum, value_name = "error|warning", default_value = "error")]
    fail_on: FailOn,
    /// The format.
    #[arg(long, value_enum, default_value = "table")]
    format: FormatArgument,
    /// Where to.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

impl Check {
    /// Runs the command.
    pub fn run(self, session: &Session) -> Exit {
        let mut findings = Findings::default();
        let progress = session.watch(false);
        let name = self.data.file_name().map_or_else(|| self.data.display().to_string(), |name| name.to_string_lossy().into_owned());
        let options = load::Options { lenient: self.lenient, keep: None, rows: Rows::CHECKED, progress: &progress };
        let (tables, years) = match &self.policy {
            None => load::load_as_told(&self.data, self.data_config.as_deref(), &options, &mut findings)
                .map(|dataset| (dataset.tables, dataset.years)),
            Some(policy) => {
                let request = Request {
                    policy: Some(policy.clone()),
                    year: self.year,
                    lenient: self.lenient,
                    check_rows: true,
                    data_config: self.data_config.clone(),
                    ..Request::default()
                };
                let prepared = assess::prepare(&self.data, &request, &progress, &mut findings);
                if let Some(prepared) = &prepared
                    && let Err(error) = assess::evaluate(prepared, &mut findings)
                {
                    return session.fail("cli.engine", &[("reason", error.to_string())]);
                }
                prepared.map(|prepared| (prepared.dataset.tables, prepared.dataset.years))
            }
        }
        .unwrap_or_default();
        let decisions = progress.take();
        drop(progress);
        let decided: Vec<String> = decisions.iter().map(|decision| sources::sentence(decision, session.locale)).collect();
        let sentences: Vec<(String, String)> = findings.iter().map(|finding| render::sentences(finding, session.locale)).collect();
        if self.format == FormatArgument::Table {
            session.tell_all(&findings);
        }
        let mut report = check::build(&name, &tables, &years, &findings, &sentences);
        if self.format == FormatArgument::Table {
            report.notes.splice(0..0, report::sources::lines(&decisions, &decided));
        } else {
            report.parts.push(report::sources::part(&decisions, &decided));
        }
        if self.format == FormatArgument::Table {
            // The findings were told in full, with their places; the table holds what was read.
            report.parts.remove(0);
        }
        let exit = session.write(&report, self.format, self.output.as_deref());
        // Nothing was there to be checked, or nothing to check it by: that is not a faulty data set but a run that could not be.
        let is_absent = |finding: &Finding| match finding.code {
            Code::MissingDirectory | Code::UnknownPolicy => true,
            Code::UnreadableFile => self.policy.is_some() && finding.place.file() == self.policy.as_deref(),
            _ => false,
        };
        if exit == Exit::Done && findings.iter().any(is_absent) {
            return Exit::Failed;
        }
        let found = findings.count(Severity::Error) > 0 || (self.fail_on == FailOn::Warning && !findings.is_empty());
        if exit == Exit::Done && found { Exit::Found } else { exit }
    }
}
