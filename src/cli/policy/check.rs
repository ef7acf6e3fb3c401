//! `mujun policy check`: a method or rule book read and linted, with `--data` also against a data set.

use std::path::{Path, PathBuf};

use clap::Args;

use super::super::Exit;
use super::super::session::Session;
use crate::assess::{self, Request, pools};
use crate::finding::Findings;
use crate::policy::subject::Extra;
use crate::policy::{self, book, library, lint, scheme};

/// Arguments of `policy check`.
#[derive(Debug, Args)]
pub struct Check {
    /// Which.
    #[arg(value_name = "FILE")]
    file: String,
    /// A data set to try it on.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// The year.
    #[arg(long, value_name = "Y", requires = "data")]
    year: Option<i32>,
}

impl Check {
    /// Runs the command.
    pub fn run(self, session: &Session) -> Exit {
        let mut findings = Findings::default();
        let source = library::find_any(&self.file, &mut findings);
        let id = source.and_then(|source| {
            if book::is_book(&source) {
                return book::read(&source, &Extra::new(), &mut findings).map(|book| book.id);
            }
            if scheme::is_scheme(&source) {
                return scheme::read(&source, &Extra::new(), &mut findings).map(|plan| plan.id);
            }
            // Extra columns of the data may stand in its formulas: with data it is read against them.
            let found = match &self.data {
                Some(data) => self.on_data(data, session, &mut findings),
                None => policy::read(&source, &Extra::new(), &mut findings),
            };
            found.map(|policy| {
                lint::check(&policy, &source.file, &mut findings);
                policy.id
            })
        });
        session.tell_all(&findings);
        let Some(id) = id else { return Exit::Failed };
        let key = if findings.is_empty() { "policy.clean" } else { "policy.usable" };
        let line = session.locale.say(key, &[("id", id), ("file", self.file)]) + "\n";
        session.emit(None, &mut |out| out.write_all(line.as_bytes()))
    }

    /// Pools in which a grade has a share and no place.
    fn on_data(&self, data: &Path, session: &Session, findings: &mut Findings) -> Option<policy::Policy> {
        let request = Request { policy: Some(self.file.clone()), year: self.year, ..Request::default() };
        let progress = session.progress();
        let prepared = assess::prepare(data, &request, &*progress, findings);
        drop(progress);
        let prepared = prepared?;
        match assess::evaluate(&prepared, findings) {
            Ok(frame) => pools::check(&prepared, &frame, findings),
            Err(error) => {
                session.fail("cli.engine", &[("reason", error.to_string())]);
                return None;
            }
        }
        Some(prepared.policy)
    }
}
