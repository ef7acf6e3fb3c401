//! `mujun check`: everything that is wrong with a data set, cell by cell.

mod apply;
mod limits;
mod sheets;

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::session::Session;
use super::sources;
use super::{Exit, FormatArgument};
use crate::assess::plausible;
use crate::assess::{self, Request};
use crate::finding::{Code, Finding, Findings, Place, Severity};
use crate::load::{self, Rows, corrections};
use crate::render;
use crate::report::{self, check};

/// What makes the exit code 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FailOn {
    Error,
    Warning,
}

/// A table of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum PartArgument {
    Findings,
    Tables,
    Joins,
    Presence,
    Repairs,
    Corrections,
}

/// For whom files are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum By {
    Department,
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
    /// Books of checks of one's own.
    #[arg(long, value_name = "ID|FILE,…", value_delimiter = ',')]
    rules: Vec<String>,
    /// Checks to leave out.
    #[arg(long, value_name = "RULE,…", value_delimiter = ',')]
    without: Vec<String>,
    /// Settings of the books.
    #[arg(long, value_name = "BOOK.SETTING=VALUE")]
    set: Vec<String>,
    /// Which table of the report.
    #[arg(long, value_enum, value_name = "PART")]
    part: Option<PartArgument>,
    /// What makes the exit code 1.
    #[arg(long, value_enum, value_name = "error|warning", default_value = "error")]
    fail_on: FailOn,
    /// The format.
    #[arg(long, value_enum, default_value = "table")]
    format: FormatArgument,
    /// Where to.
    #[arg(long, short, value_name = "FILE|DIR")]
    output: Option<PathBuf>,
    /// Return sheets.
    #[arg(long, value_enum, requires = "output")]
    by: Option<By>,
    /// Sheets may be overwritten.
    #[arg(long, requires = "by")]
    force: bool,
    /// Return sheets that came back.
    #[arg(long, value_name = "FILE,…", value_delimiter = ',')]
    apply: Vec<PathBuf>,
    /// The day of what is applied.
    #[arg(long, value_name = "DATE", requires = "apply")]
    on: Option<String>,
}

impl Check {
    /// Runs the command.
    pub fn run(self, session: &Session) -> Exit {
        let mut findings = Findings::new(!self.apply.is_empty());
        let Some(asked) = self.asked(&mut findings) else {
            session.tell_all(&findings);
            return session.fail("correction.refused", &[]);
        };
        let progress = session.watch(false);
        let name = self.data.file_name().map_or_else(|| self.data.display().to_string(), |name| name.to_string_lossy().into_owned());
        let Some(limits) = limits::read(&self.set, &mut findings) else {
            session.tell_all(&findings);
            return Exit::Failed;
        };
        let (without, codes) = limits::switches(&self.without);
        let method = self.policy.clone().or_else(|| load::policy_of(&self.data, self.data_config.as_deref()));
        let suspicions = limits.suspicions;
        let books =
            plausible::Request { books: self.rules.clone(), without, settings: limits.others, method, year: self.year, limits: suspicions };
        let keep = plausible::keep(&books);
        let rows = keep.as_ref().map_or(Rows::CHECKED, |keep| Rows { suspicions: true, bare: true, ..keep.rows() });
        let rows = Rows { limits: suspicions, ..rows };
        let panel = keep.as_ref().map(|keep| &keep.panel);
        let options =
            load::Options { lenient: self.lenient, keep: panel, rows, parts: false, tried: &asked.corrections, progress: &progress };
        // Where there can be no lock, there is nothing to write either, or nobody to wait for.
        let lock = if self.apply.is_empty() { None } else { corrections::lock(&self.data).ok() };
        let mut dataset = match &self.policy {
            None => load::load_as_told(&self.data, self.data_config.as_deref(), &options, &mut findings),
            Some(policy) => {
                let request = Request {
                    policy: Some(policy.clone()),
                    year: self.year,
                    lenient: self.lenient,
                    check_rows: true,
                    limits: suspicions,
                    checks: keep.clone(),
                    tried: asked.corrections.clone(),
                    data_config: self.data_config.clone(),
                    ..Request::default()
                };
                let prepared = assess::prepare(&self.data, &request, &progress, &mut findings);
                if let Some(prepared) = &prepared
                    && let Err(error) = assess::evaluate(prepared, &mut findings)
                {
                    return session.fail("cli.engine", &[("reason", error.to_string())]);
                }
                prepared.map(|prepared| prepared.dataset)
            }
        };
        if !self.apply.is_empty() {
            let Some(dataset) = &dataset else {
                // Nothing could be tried out, and so nothing is written.
                session.tell_all(&findings);
                return session.fail("correction.refused", &[]);
            };
            // Of the sheets of offices that are written, each is asked about by its own name.
            if self.by.is_none()
                && let Err(exit) = session.guard(&[self.output.as_deref()])
            {
                return exit;
            }
            if apply::write(&self.data, &asked, dataset, &mut findings, session).is_err() {
                return Exit::Failed;
            }
            // From here on they are only told.
            let all = std::mem::take(&mut findings);
            findings.extend(all);
        }
        drop(lock);
        if let Some(dataset) = &mut dataset
            && let Err(error) = plausible::judge(dataset, &books, &mut findings)
        {
            return session.fail("cli.engine", &[("reason", error.to_string())]);
        }
        // What follows tells of files and findings: the rows have been looked at.
        dataset.iter_mut().for_each(load::Dataset::forget_rows);
        findings.retain(|finding| !codes.contains(&finding.code));
        let decisions = progress.take();
        drop(progress);
        let decided: Vec<String> = decisions.iter().map(|decision| sources::sentence(decision, session.locale)).collect();
        let sentences = || -> Vec<(String, String)> { findings.iter().map(|finding| render::sentences(finding, session.locale)).collect() };
        if let (Some(By::Department), Some(directory)) = (self.by, &self.output) {
            let exit = sheets::write(dataset.as_ref(), &findings, &sentences(), (directory, self.format, self.force), session);
            return self.exit(exit, &findings);
        }
        if self.format == FormatArgument::Table {
            session.tell_all(&findings);
        }
        // Where nothing was looked at there is nothing to report besides.
        let is_idle = dataset.is_none() && decisions.is_empty();
        if is_idle && self.format == FormatArgument::Table {
            return self.exit(Exit::Done, &findings);
        }
        // In a table for people the findings were told in full, with their places; the table holds what was read.
        let are_told = self.part.map_or(self.format != FormatArgument::Table, |part| part == PartArgument::Findings);
        let mut report = check::build(&name, dataset.as_ref(), &findings, are_told.then(sentences).as_deref());
        if self.format == FormatArgument::Table {
            report.notes.splice(0..0, report::sources::lines(&decisions, &decided));
        } else {
            report.parts.push(report::sources::part(&decisions, &decided));
        }
        if is_idle {
            report.heading.clear();
            report.parts.retain(|part| part.id == "findings");
        }
        if let Some(wanted) = self.part.as_ref().and_then(ValueEnum::to_possible_value) {
            report.parts.retain(|part| part.id == wanted.get_name());
        }
        let exit = session.write(&report, self.format, self.output.as_deref());
        self.exit(exit, &findings)
    }

    /// What the filled-in return sheets ask for; `None` if they cannot be used.
    fn asked(&self, findings: &mut Findings) -> Option<apply::Asked> {
        if self.apply.is_empty() {
            return Some(apply::Asked::default());
        }
        if let Some(day) = self.on.as_deref().filter(|day| load::day(day).is_none()) {
            let finding = Finding::error(Code::BadOption, Place::Nowhere).text(day).with("option", "--on");
            findings.push(finding.with("wanted", "2025-12-31 (1950-01-01 – 2100-12-31)"));
            return None;
        }
        apply::read(&self.apply, self.on.as_deref(), findings)
    }

    fn exit(&self, exit: Exit, findings: &Findings) -> Exit {
        // Nothing was there to be checked, or nothing to check it by: that is not a faulty data set but a run that could not be.
        let is_absent = |finding: &Finding| match finding.code {
            Code::MissingDirectory | Code::UnknownPolicy => true,
            // Without the corrections every figure that they mend would be the wrong one.
            Code::UnreadableFile => {
                let file = finding.place.file();
                file.is_some_and(|file| Path::new(file).ends_with(corrections::FILE))
                    || self.policy.is_some() && file == self.policy.as_deref()
            }
            _ => false,
        };
        if exit == Exit::Done && findings.iter().any(is_absent) {
            return Exit::Failed;
        }
        let found = findings.count(Severity::Error) > 0 || (self.fail_on == FailOn::Warning && !findings.is_empty());
        if exit == Exit::Done && found { Exit::Found } else { exit }
    }
}
