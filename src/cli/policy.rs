//! `mujun policy`: the methods that come with the program, and your own.

mod check;
mod new;

use clap::{Args, Subcommand};

use super::session::Session;
use super::{Exit, FormatArgument};
use crate::finding::Findings;
use crate::policy::subject::Extra;
use crate::policy::{self, Policy, book, library, scheme};
use crate::report::listed::{self, Listed};
use crate::report::{books, diff, plans, policies};

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
        /// Only those of this place.
        #[arg(long, value_name = "TEXT")]
        place: Option<String>,
        /// Only those with this status.
        #[arg(long, value_name = "STATUS", value_parser = ["draft", "trial", "in-force", "repealed"])]
        status: Option<String>,
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
    /// Two methods compared.
    Diff {
        /// One.
        #[arg(value_name = "ID|FILE")]
        first: String,
        /// The other.
        #[arg(value_name = "ID|FILE")]
        second: String,
        /// The format.
        #[arg(long, value_enum, default_value = "table")]
        format: FormatArgument,
    },
    /// A file checked.
    Check(check::Check),
    /// A method of one's own.
    New(new::New),
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
            Commands::List { place, status, format } => {
                let mut all = all();
                all.retain(|row| place.as_ref().is_none_or(|word| row.is_of(word)));
                all.retain(|row| status.as_ref().is_none_or(|status| row.status == status));
                session.write(&listed::list(&all, session.locale.language.as_str()), format, None)
            }
            Commands::Show { id, toml: true, .. } => {
                let mut findings = Findings::default();
                let source = library::find_any(&id, &mut findings);
                session.tell(&findings);
                let Some(source) = source else { return Exit::Failed };
                session.emit(None, &mut |out| out.write_all(source.text.as_bytes()))
            }
            Commands::Show { id, format, .. } => show(session, &id, format),
            Commands::Columns { id, format } => with(session, &id, |policy| session.write(&policies::columns(policy), format, None)),
            Commands::Diff { first, second, format } => with(session, &first, |first| {
                with(session, &second, |second| {
                    let report = diff::build(first, second, session.locale.language.as_str(), format.is_for_machines());
                    session.write(&report, format, None)
                })
            }),
            Commands::Check(check) => check.run(session),
            Commands::New(new) => new.run(session),
        }
    }
}

/// Every method by id, then the rule books that are always on, then the others, then the zone plans.
fn all() -> Vec<Listed> {
    let mut findings = Findings::default();
    let methods = library::BUILT_IN.iter().filter_map(|(id, _)| read(id, &mut findings)).collect::<Vec<_>>();
    let books = library::BOOKS.iter().filter_map(|(id, _)| library::find_book(id, &mut Findings::default()));
    let books = books.filter_map(|source| book::read(&source, &Extra::new(), &mut Findings::default()));
    let mut books: Vec<Listed> = books.map(|book| Listed::of_book(&book)).collect();
    books.sort_by_key(|book| book.kind != "national-rules");
    let plans = library::PLANS.iter().filter_map(|(id, _)| library::find_plan(id, &mut Findings::default()));
    let plans = plans.filter_map(|source| scheme::read(&source, &Extra::new(), &mut Findings::default()));
    let plans: Vec<Listed> = plans.map(|plan| Listed::of_plan(&plan)).collect();
    methods.iter().map(Listed::of_method).chain(books).chain(plans).collect()
}

fn read(id: &str, findings: &mut Findings) -> Option<Policy> {
    let source = library::find(id, findings)?;
    policy::read(&source, &Extra::new(), findings)
}

fn with(session: &Session, id: &str, then: impl FnOnce(&Policy) -> Exit) -> Exit {
    let mut findings = Findings::default();
    let policy = read(id, &mut findings);
    session.tell(&findings);
    policy.map_or(Exit::Failed, |policy| then(&policy))
}

fn show(session: &Session, id: &str, format: FormatArgument) -> Exit {
    let mut findings = Findings::default();
    let source = library::find_any(id, &mut findings);
    let report = source.and_then(|source| {
        if book::is_book(&source) {
            book::read(&source, &Extra::new(), &mut findings).map(|book| books::show(&book))
        } else if scheme::is_scheme(&source) {
            let plan = scheme::read(&source, &Extra::new(), &mut findings);
            plan.map(|plan| plans::show(&plan, session.locale.language.as_str()))
        } else {
            let policy = policy::read(&source, &Extra::new(), &mut findings);
            policy.map(|policy| policies::show(&policy, session.locale.language.as_str(), format.is_for_machines()))
        }
    });
    session.tell(&findings);
    report.map_or(Exit::Failed, |report| session.write(&report, format, None))
}
