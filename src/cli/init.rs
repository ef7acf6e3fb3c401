//! `mujun init`: a data set to start from.

use std::path::{Path, PathBuf};

use clap::Args;

use super::session::Session;
use super::{Exit, survey};
use crate::assess::DEFAULT_POLICY;
use crate::finding::Findings;
use crate::load::corrections::home;
use crate::load::{self, CONFIG as FILE, Rows};
use crate::policy::subject::Extra;
use crate::policy::{self, library};
use crate::template;

/// Arguments of `init`.
#[derive(Debug, Args)]
pub struct Init {
    /// The new directory.
    #[arg(value_name = "DIR", required_unless_present = "from")]
    directory: Option<PathBuf>,
    /// The method.
    #[arg(long, value_name = "ID|FILE")]
    policy: Option<String>,
    /// The files to look at.
    #[arg(long, value_name = "DIR|WORKBOOK", conflicts_with = "policy")]
    from: Option<PathBuf>,
}

impl Init {
    /// Runs the command.
    pub fn run(self, session: &Session) -> Exit {
        if let Some(from) = &self.from {
            return self.survey(from, session);
        }
        let Some(directory) = self.directory else { return Exit::Failed };
        let mut findings = Findings::default();
        let name = self.policy.as_deref().unwrap_or(DEFAULT_POLICY);
        let policy = library::find(name, &mut findings).and_then(|source| policy::read(&source, &Extra::new(), &mut findings));
        session.tell(&findings);
        let Some(policy) = policy else { return Exit::Failed };
        match template::write(&directory, &policy, session.locale.language.as_str()) {
            Ok(files) => {
                for file in files {
                    session.say("init.written", &[("file", file)]);
                }
                session.say("init.next", &[("dir", directory.display().to_string())]);
                Exit::Done
            }
            Err(template::Refusal::Exists(file)) => session.fail("init.exists", &[("file", file)]),
            Err(template::Refusal::Io(error)) => session.cannot_write(&directory, &error),
        }
    }

    /// Looks at files and writes what they seem to be, where they are read with the file: in their directory, or beside the workbook.
    fn survey(&self, from: &Path, session: &Session) -> Exit {
        let own = home(from).join(FILE);
        let target = self.directory.as_ref().map_or_else(|| own.clone(), |directory| directory.join(FILE));
        // What it says of the files would be taken for what they are.
        if let Some(there) = [&own, &target].into_iter().find(|path| path.exists()) {
            return session.fail("init.exists", &[("file", there.display().to_string())]);
        }
        let (watch, mut findings) = (session.watch(false), Findings::default());
        let options = load::Options { lenient: true, keep: None, rows: Rows::CHECKED, parts: false, tried: &[], progress: &watch };
        load::load(from, &options, &mut findings);
        let decisions = watch.take();
        drop(watch);
        if decisions.is_empty() {
            session.tell(&findings);
            return Exit::Failed;
        }
        let text = survey::text(from, &decisions, &findings, session.locale);
        let file = target.display().to_string();
        if let Some(Err(error)) = self.directory.as_ref().map(std::fs::create_dir_all) {
            return session.cannot_write(&target, &error);
        }
        let exit = session.emit(Some(&target), &mut |out| out.write_all(text.as_bytes()));
        if exit == Exit::Done {
            session.say("init.written", &[("file", file.clone())]);
            let is_own = matches!((own.canonicalize(), target.canonicalize()), (Ok(own), Ok(target)) if own == target);
            session.say(if is_own { "init.look-over" } else { "init.look-over-elsewhere" }, &[("file", file)]);
        }
        exit
    }
}
