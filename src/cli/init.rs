//! `mujun init`: a data set to start from.

use std::path::PathBuf;

use clap::Args;

use super::Exit;
use super::session::Session;
use crate::assess::DEFAULT_POLICY;
use crate::finding::Findings;
use crate::policy::subject::Extra;
use crate::policy::{self, library};
use crate::template;

/// Arguments of `init`.
#[derive(Debug, Args)]
pub struct Init {
    /// The new directory.
    #[arg(value_name = "DIR")]
    directory: PathBuf,
    /// The method.
    #[arg(long, value_name = "ID|FILE")]
    policy: Option<String>,
}

impl Init {
    /// Runs the command.
    pub fn run(self, session: &Session) -> Exit {
        let mut findings = Findings::default();
        let name = self.policy.as_deref().unwrap_or(DEFAULT_POLICY);
        let policy = library::find(name, &mut findings).and_then(|source| policy::read(&source, &Extra::new(), &mut findings));
        session.tell(&findings);
        let Some(policy) = policy else { return Exit::Failed };
        match template::write(&self.directory, &policy, session.locale.language.as_str()) {
            Ok(files) => {
                for file in files {
                    session.say("init.written", &[("file", file)]);
                }
                session.say("init.next", &[("dir", self.directory.display().to_string())]);
                Exit::Done
            }
            Err(template::Refusal::Exists(file)) => session.fail("init.exists", &[("file", file)]),
            Err(template::Refusal::Io(reason)) => {
                session.fail("cli.cannot-write", &[("file", self.directory.display().to_string()), ("reason", reason)])
            }
        }
    }
}
