//! `mujun sql`: the statement that grades, as text.

use std::path::PathBuf;

use clap::Args;

use super::Exit;
use super::method::Method;
use super::session::Session;
use crate::assess;
use crate::finding::Findings;

/// Arguments of `sql`.
#[derive(Debug, Args)]
pub struct Sql {
    /// The data set; without it every column counts as present.
    data: Option<PathBuf>,
    /// By what method, for which year, rows of what.
    #[command(flatten)]
    method: Method,
    /// Where to.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

impl Sql {
    /// Runs the command.
    pub fn run(self, session: &Session) -> Exit {
        let mut findings = Findings::default();
        let request = self.method.request();
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
