//! `mujun zone`: the scorecard of every zone under a plan; several data sets are one city.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::session::Session;
use super::{Exit, FormatArgument};
use crate::assess::zone::{self, Judged, Planned, Request};
use crate::finding::{Code, Finding, Findings, Place};
use crate::load::Dataset;
use crate::policy::definition::shown;
use crate::policy::term::Term;
use crate::report::flags::Reader;
use crate::report::zone::{self as report, Context, SECTIONS};

/// What the rows are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum By {
    Zone,
    Chain,
}

/// Arguments of `zone`.
#[derive(Debug, Args)]
pub struct Zone {
    /// The data sets.
    #[arg(required = true)]
    data: Vec<PathBuf>,
    /// The plan.
    #[arg(long, value_name = "ID|FILE")]
    plan: Option<String>,
    /// Only these zones or chains.
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    zone: Vec<String>,
    /// The year.
    #[arg(long, value_name = "Y")]
    year: Option<i32>,
    /// The period.
    #[arg(long, value_name = "PERIOD")]
    period: Option<String>,
    /// The date asked.
    #[arg(long, value_name = "DATE")]
    as_of: Option<String>,
    /// Values of settings.
    #[arg(long, value_name = "SETTING=VALUE")]
    set: Vec<String>,
    /// Rows of what.
    #[arg(long, value_enum, default_value = "zone")]
    by: By,
    /// Only this table.
    #[arg(long, value_name = "TABLE", value_parser = SECTIONS)]
    section: Option<String>,
    /// The statements.
    #[arg(long)]
    sql: bool,
    /// What the files are.
    #[arg(long, value_name = "FILE")]
    data_config: Option<PathBuf>,
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

impl Zone {
    /// Runs the command.
    pub fn run(self, session: &Session) -> Exit {
        let mut findings = Findings::default();
        let request = self.request();
        let progress = session.progress();
        let prepared = zone::prepare(&self.data, &request, &*progress, &mut findings);
        drop(progress);
        if let Some((dataset, planned)) = &prepared {
            self.check_names(dataset, planned, &mut findings);
        }
        let Some((dataset, planned)) = prepared.filter(|_| !findings.stop()) else {
            session.tell(&findings);
            return Exit::Failed;
        };
        session.say_corrections(&dataset);
        session.tell(&findings);
        if self.sql {
            let text = zone::sql(&planned);
            return session.emit(self.output.as_deref(), &mut |out| out.write_all(text.as_bytes()));
        }
        match zone::evaluate(&planned, &dataset) {
            Ok(judged) => self.write(&dataset, &planned, &judged, session),
            Err(error) => session.fail("cli.engine", &[("reason", error.to_string())]),
        }
    }

    fn request(&self) -> Request {
        Request {
            plan: self.plan.clone(),
            year: self.year,
            period: self.period.clone(),
            part: None,
            as_of: self.as_of.clone(),
            settings: self.set.clone(),
            by_chain: self.by == By::Chain,
            lenient: self.lenient,
            data_config: self.data_config.clone(),
        }
    }

    /// Zones that are asked for have to be there.
    fn check_names(&self, dataset: &Dataset, planned: &Planned, findings: &mut Findings) {
        let known = zone::units(dataset, planned.by);
        for name in self.zone.iter().filter(|name| !known.contains(name)) {
            let mut finding = Finding::error(Code::BadOption, Place::Nowhere).text(name).with("option", "--zone");
            if let Some(near) = crate::policy::expression::nearest(name, known.iter().map(String::as_str)) {
                finding = finding.with("hint", near);
            }
            findings.push(finding.with("wanted", known.join(" | ")));
        }
    }

    fn write(&self, dataset: &Dataset, planned: &Planned, judged: &Judged, session: &Session) -> Exit {
        let is_missing = |value: &&Term| matches!(value, Term::Missing);
        let settings = planned.settings.iter().filter(|(_, value)| !is_missing(value));
        let unset = planned.settings.iter().filter(|(_, value)| is_missing(value)).map(|(name, _)| name.clone());
        let context = Context {
            data_set: &dataset.name,
            scheme: &planned.scheme,
            settings: settings.map(|(name, value)| format!("{name}={}", shown(value))).collect(),
            unset: unset.collect(),
            year: planned.year,
            part: planned.part,
            as_of: &planned.as_of,
            by: planned.by,
            rows: &judged.rows,
            land: &judged.land,
            books: planned.land.iter().map(|(book, _)| book).collect(),
            panel: &judged.panel,
            factories: &dataset.factories,
            only: &self.zone,
            section: self.section.as_deref(),
            all: session.verbose,
            language: session.locale.language.as_str(),
            reader: if self.format.is_for_machines() { Reader::Table } else { Reader::People },
        };
        session.write(&report::build(&context), self.format, self.output.as_deref())
    }
}
