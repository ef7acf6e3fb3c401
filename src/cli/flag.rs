//! `mujun flag`: which sites are idle or poorly used, under which article, since when, with what consequence, by what date.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::session::Session;
use super::{Exit, FormatArgument};
use crate::assess::flag::{self, Flagged, Prepared, Request};
use crate::finding::{Code, Finding, Findings, Place};
use crate::policy::library;
use crate::policy::rule::Severity;
use crate::policy::subject::{Extra, Subject};
use crate::policy::{self, book};
use crate::report::flags::{self, Context, Reader, Verdicts, explain};
use crate::report::policies;

/// What a rule looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum SubjectArgument {
    Enterprise,
    Parcel,
    Factory,
    Agreement,
}

/// How much it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum SeverityArgument {
    Info,
    Notice,
    Warn,
    Major,
    Critical,
}

/// Arguments of `flag`.
#[derive(Debug, Args)]
pub struct Flag {
    /// The data set.
    #[arg(required_unless_present = "explain")]
    data: Option<PathBuf>,
    /// The date asked.
    #[arg(long, value_name = "DATE")]
    as_of: Option<String>,
    /// The method.
    #[arg(long, value_name = "ID|FILE")]
    policy: Option<String>,
    /// The year.
    #[arg(long, value_name = "Y")]
    year: Option<i32>,
    /// Rule books to switch on.
    #[arg(long, value_name = "ID|FILE", value_delimiter = ',')]
    rules: Vec<String>,
    /// Only these rules.
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    rule: Vec<String>,
    /// Only rules about this.
    #[arg(long, value_enum, value_name = "KIND")]
    subject: Option<SubjectArgument>,
    /// Nothing below this.
    #[arg(long, value_enum, value_name = "SEVERITY", default_value = "info")]
    min_severity: SeverityArgument,
    /// Values of settings.
    #[arg(long, value_name = "BOOK.SETTING=VALUE")]
    set: Vec<String>,
    /// What the files are.
    #[arg(long, value_name = "FILE")]
    data_config: Option<PathBuf>,
    /// Unreadable cells count as missing.
    #[arg(long)]
    lenient: bool,
    /// What makes the exit code 1.
    #[arg(long, value_enum, value_name = "SEVERITY")]
    fail_on: Option<SeverityArgument>,
    /// Explain a rule.
    #[arg(long, value_name = "RULE", conflicts_with_all = ["ics", "inventory", "sql", "output", "fail_on"])]
    explain: Option<String>,
    /// Land by state only.
    #[arg(long, conflicts_with_all = ["ics", "sql", "rule", "fail_on"])]
    inventory: bool,
    /// The statements.
    #[arg(long)]
    sql: bool,
    /// A calendar of due dates.
    #[arg(long, value_name = "FILE")]
    ics: Option<PathBuf>,
    /// The format.
    #[arg(long, value_enum, default_value = "table")]
    format: FormatArgument,
    /// Where to.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

impl Flag {
    /// Runs the command.
    pub fn run(self, session: &Session) -> Exit {
        if let Some(rule) = &self.explain {
            return self.explain(rule, session);
        }
        let Some(data) = self.data.clone() else { return Exit::Failed };
        let mut findings = Findings::default();
        let request = self.request();
        let progress = session.progress();
        let prepared = flag::prepare(&data, &request, &*progress, &mut findings);
        drop(progress);
        let Some(prepared) = prepared else {
            session.tell(&findings);
            return Exit::Failed;
        };
        if self.sql {
            session.tell(&findings);
            let text = flag::text(&prepared);
            return session.emit(self.output.as_deref(), &mut |out| out.write_all(text.as_bytes()));
        }
        let flagged = match flag::evaluate(&prepared, &mut findings) {
            Ok(flagged) => flagged,
            Err(error) => return session.fail("cli.engine", &[("reason", error.to_string())]),
        };
        session.say_corrections(&prepared.dataset);
        session.tell(&findings);
        self.write(&prepared, &flagged, session)
    }

    fn request(&self) -> Request {
        let subjects = Subject::WORDS.iter().map(|(_, subject)| *subject);
        Request {
            policy: self.policy.clone(),
            year: self.year,
            as_of: self.as_of.clone(),
            books: self.rules.clone(),
            rules: self.rule.clone(),
            subject: self.subject.and_then(|subject| subjects.clone().nth(subject as usize)),
            settings: self.set.clone(),
            lenient: self.lenient,
            data_config: self.data_config.clone(),
        }
    }

    fn reader(&self) -> Reader {
        match self.format {
            FormatArgument::Table | FormatArgument::Md => Reader::People,
            FormatArgument::Csv | FormatArgument::Xlsx | FormatArgument::Parquet => Reader::Table,
            FormatArgument::Json => Reader::Objects,
        }
    }

    fn write(&self, prepared: &Prepared, flagged: &Flagged, session: &Session) -> Exit {
        let extra = prepared.extra();
        let context = Context {
            data_set: &prepared.dataset.name,
            policy: &prepared.policy,
            year: prepared.year,
            as_of: &prepared.as_of,
            verdicts: verdicts(prepared, flagged),
            review: flagged.review.as_ref(),
            inventories: flagged.inventories.iter().map(|(book, rows)| (&prepared.books[*book].book, rows)).collect(),
            extra: &extra,
            least: severity(self.min_severity),
            language: session.locale.language.as_str(),
            reader: self.reader(),
            settings: prepared.chosen(),
        };
        if self.inventory {
            return session.write(&flags::inventory_alone(&context), self.format, self.output.as_deref());
        }
        // Without a target the rest goes to standard output.
        let output = self.output.as_deref().or(Some(Path::new("-")));
        if let Err(exit) = session.guard(&[self.ics.as_deref(), output]) {
            return exit;
        }
        let flags = flags::build(&context);
        if let Some(path) = &self.ics {
            let exit = session.write_calendar(&prepared.dataset.name, &flags.due, &prepared.as_of, path);
            if exit != Exit::Done {
                return exit;
            }
        }
        let exit = session.write(&flags.report, self.format, self.output.as_deref());
        let found = self.fail_on.is_some_and(|least| flags.gravest.is_some_and(|gravest| gravest >= severity(least)));
        if exit == Exit::Done && found { Exit::Found } else { exit }
    }

    /// The review is a rule of the method: its page explains it.
    fn explain_review(&self, session: &Session) -> Exit {
        let mut findings = Findings::default();
        let name = self.policy.as_deref().unwrap_or(crate::assess::DEFAULT_POLICY);
        let policy = library::find(name, &mut findings).and_then(|source| policy::read(&source, &Extra::new(), &mut findings));
        session.tell(&findings);
        let language = session.locale.language.as_str();
        let show = |policy| session.write(&policies::show(&policy, language, self.format.is_for_machines()), self.format, None);
        policy.map_or(Exit::Failed, show)
    }

    fn explain(&self, rule: &str, session: &Session) -> Exit {
        let mut findings = Findings::default();
        let named = self.rules.iter().filter_map(|name| library::find_book(name, &mut findings));
        let named: Vec<_> = named.collect();
        let built_in = library::BOOKS.iter().filter_map(|(id, _)| library::find_book(id, &mut Findings::default()));
        let sources = named.into_iter().chain(built_in);
        let books: Vec<_> = sources.filter_map(|source| book::read(&source, &Extra::new(), &mut findings)).collect();
        if rule == crate::assess::books::REVIEW {
            return self.explain_review(session);
        }
        let found = books.iter().find_map(|book| explain::build(book, rule, session.locale.language.as_str(), self.reader()));
        match found {
            Some(report) => {
                session.tell(&findings);
                session.write(&report, self.format, None)
            }
            None => {
                let known: Vec<&str> = books.iter().flat_map(|book| &book.rules).map(|rule| rule.id.as_str()).collect();
                let mut finding = Finding::error(Code::UnknownRule, Place::Nowhere).text(rule);
                if let Some(near) = crate::policy::expression::nearest(rule, known.iter().copied()) {
                    finding = finding.with("hint", near);
                }
                findings.push(finding.with("known", known.join(", ")));
                session.tell(&findings);
                Exit::Failed
            }
        }
    }
}

fn severity(argument: SeverityArgument) -> Severity {
    Severity::WORDS[argument as usize].1
}

fn verdicts<'p>(prepared: &'p Prepared, flagged: &'p Flagged) -> Vec<Verdicts<'p>> {
    let each = flagged.found.iter().map(|found| Verdicts {
        book: &prepared.books[found.book].book,
        statement: &prepared.statements[found.statement].1,
        rows: &found.rows,
        undecided: &found.undecided,
    });
    each.collect()
}
