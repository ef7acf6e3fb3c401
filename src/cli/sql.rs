//! `mujun sql`: the statement that grades, as text.

use std::path::PathBuf;

use clap::Args;

use super::Exit;
use super::session::Session;
use crate::assess::{self, Request};
use crate::finding::Findings;

/// Arguments of `sql`.
#[derive(Debug, Args)]
pub struct Sql {
    /// The data set; without it every column counts as present.
    data: Option<PathBuf>,
    /// The method.
    #[arg(long, value_name = "ID|FILE")]
    policy: Option<String>,
    /// The year.
    #[arg(long, value_name = "Y")]
    year: Option<i32>,
    /// Rows of what.
    #[arg(long, default_value = "enterprise", value_parser = ["enterprise", "zone", "county", "town", "park", "industry", "chain", "group"])]
    by: String,
    /// Where to.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

impl Sql {
    /// Runs the command.
    pub fn run(self, session: &Session) -> Exit {
        let mut findings = Findings::default();
        let request =
            Request { policy: self.policy, year: self.year, by: Some(self.by).filter(|by| by != "enterprise"), ..Request::default() };
        let sql = match &self.data {
            Some(data) => {
                let progress = session.progress();
                assess::prepare(data, &request, &*progress, &mut findings).map(|prepared| prepared.statement.text())
            }
            None => assess::statement_without_data(&request, &mut findings),
        };
        session.tell(&findings);
        let Some(sql) = sql else { return Exit::Failed };
        session.emit(self.output.as_deref(), &mut |out| out.write_all(sql.as_bytes()))
    }
}
