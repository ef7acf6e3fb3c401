//! `mujun policy`: the methods that come with the program, and your own.

use clap::{Args, Subcommand};

use super::session::Session;
use super::{Exit, FormatArgument};
use crate::finding::Findings;
use crate::policy::{self, Policy, library};
use crate::report::policies;

/// Arguments of `policy`.
#[derive(Debug, Args)]
pub struct PolicyArguments {
    #[command(subcommand)]
    command: Commands,
}

#[derive(Debug, Subcommand)]
enum Commands {
    /// All methods.
    List {
        /// The format.
        #[arg(long, value_enum, default_value = "table")]
        format: FormatArgument,
    },
    /// One method explained.
    Show {
        /// Which.
        #[arg(value_name = "ID|FILE")]
        id: String,
        /// The file as it is.
        #[arg(long)]
        toml: bool,
        /// The format.
        #[arg(long, value_enum, default_value = "table")]
        format: FormatArgument,
    },
    /// A file checked.
    Check {
        /// Which.
        #[arg(value_name = "FILE")]
        file: String,
    },
    /// The columns a method reads.
    Columns {
        /// Which.
        #[arg(value_name = "ID|FILE")]
        id: String,
        /// The format.
        #[arg(long, value_enum, default_value = "table")]
        format: FormatArgument,
    },
}

impl PolicyArguments {
    /// Runs the command.
    pub fn run(self, session: &Session) -> Exit {
        match self.command {
            Commands::List { format } => {
                let mut findings = Findings::default();
                let policies: Vec<Policy> = library::BUILT_IN.iter().filter_map(|(id, _)| read(id, &mut findings)).collect();
                session.write(&policies::list(&policies), format, None)
            }
            Commands::Show { id, toml: true, .. } => {
                let mut findings = Findings::default();
                let source = library::find(&id, &mut findings);
                session.tell(&findings);
                let Some(source) = source else { return Exit::Failed };
                session.emit(None, &mut |out| out.write_all(source.text.as_bytes()))
            }
            Commands::Show { id, format, .. } => with(session, &id, |policy| session.write(&policies::show(policy), format, None)),
            Commands::Columns { id, format } => with(session, &id, |policy| session.write(&policies::columns(policy), format, None)),
            Commands::Check { file } => check(session, &file),
        }
    }
}

fn read(id: &str, findings: &mut Findings) -> Option<Policy> {
    let source = library::find(id, findings)?;
    policy::read(&source, &[], findings)
}

fn with(session: &Session, id: &str, then: impl FnOnce(&Policy) -> Exit) -> Exit {
    let mut findings = Findings::default();
    let policy = read(id, &mut findings);
    session.tell(&findings);
    policy.map_or(Exit::Failed, |policy| then(&policy))
}

fn check(session: &Session, file: &str) -> Exit {
    let mut findings = Findings::default();
    let policy = read(file, &mut findings);
    session.tell_all(&findings);
    match policy {
        Some(policy) => {
            let key = if findings.is_empty() { "policy.clean" } else { "policy.usable" };
            let values = [("id", policy.id.clone()), ("file", file.to_owned())];
            let line = session.locale.say(key, &values) + "\n";
            session.emit(None, &mut |out| out.write_all(line.as_bytes()))
        }
        None => Exit::Failed,
    }
}
