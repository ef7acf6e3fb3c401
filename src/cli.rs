//! The command line: arguments in, an exit code out. One file per command, a few lines each.

mod check;
mod flag;
mod help;
mod init;
mod method;
mod policy;
mod rank;
mod session;
mod sources;
mod sql;
mod survey;
mod usage;
mod zone;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};

use self::session::Session;
use crate::locale::{Language, Locale};

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done.
    Done,
    /// Done, and something was found that `--fail-on` names.
    Found,
    /// Could not run.
    Failed,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(match exit {
            Exit::Done => 0,
            Exit::Found => 1,
            Exit::Failed => 2,
        })
    }
}

#[derive(Debug, Parser)]
#[command(name = "mujun", version, disable_help_subcommand = true)]
struct Arguments {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Commands,
}

/// Options of every command.
#[derive(Debug, Clone, Args)]
pub struct Common {
    /// Language.
    #[arg(long, global = true, value_enum)]
    lang: Option<Lang>,
    /// Colours.
    #[arg(long, global = true, value_enum, default_value = "auto")]
    color: Color,
    /// Say less.
    #[arg(short, long, global = true)]
    quiet: bool,
    /// Say more.
    #[arg(short, long, global = true, conflicts_with = "quiet")]
    verbose: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Lang {
    Zh,
    En,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Color {
    Auto,
    Always,
    Never,
}

/// Output formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FormatArgument {
    /// For people.
    Table,
    /// For spreadsheets.
    Csv,
    /// For programs.
    Json,
    /// For documents.
    Md,
    /// A workbook.
    Xlsx,
    /// Columns with their types.
    Parquet,
}

impl FormatArgument {
    /// Rows for programs and spreadsheets rather than sentences?
    pub fn is_for_machines(self) -> bool {
        !matches!(self, FormatArgument::Table | FormatArgument::Md)
    }

    /// No text: nothing for a terminal.
    pub fn is_binary(self) -> bool {
        matches!(self, FormatArgument::Xlsx | FormatArgument::Parquet)
    }
}

#[derive(Debug, Subcommand)]
enum Commands {
    Rank(rank::Rank),
    Flag(flag::Flag),
    Zone(zone::Zone),
    Check(check::Check),
    Policy(policy::PolicyArguments),
    Sql(sql::Sql),
    Init(init::Init),
}

/// Runs the program on its arguments.
pub fn main(arguments: impl Iterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<OsString> = arguments.collect();
    let locale = Locale::get(language(&arguments));
    let mut command = help::localised(Arguments::command(), locale, session::help_width());
    let parsed = command.try_get_matches_from_mut(&arguments).and_then(|matches| Arguments::from_arg_matches(&matches));
    match parsed {
        Ok(arguments) => run(arguments, locale).into(),
        Err(error) => usage::tell(&error, &command, &arguments, locale).into(),
    }
}

fn run(arguments: Arguments, locale: &'static Locale) -> Exit {
    let session = Session::new(&arguments.common, locale);
    match arguments.command {
        Commands::Rank(rank) => rank.run(&session),
        Commands::Flag(flag) => flag.run(&session),
        Commands::Zone(zone) => zone.run(&session),
        Commands::Check(check) => check.run(&session),
        Commands::Policy(policy) => policy.run(&session),
        Commands::Sql(sql) => sql.run(&session),
        Commands::Init(init) => init.run(&session),
    }
}

/// `--lang`, else the locale of the environment, else English. Needed before the arguments are parsed: for the help, and for what is
/// said of arguments that cannot be used.
fn language(arguments: &[OsString]) -> Language {
    let words: Vec<&str> = arguments.iter().filter_map(|argument| argument.to_str()).collect();
    for (at, word) in words.iter().enumerate() {
        let value = if *word == "--lang" { words.get(at + 1).copied() } else { word.strip_prefix("--lang=") };
        match value {
            Some("zh") => return Language::Zh,
            Some("en") => return Language::En,
            _ => {}
        }
    }
    Language::from_locale(&sys_locale::get_locale().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use clap::Command;

    use super::*;

    fn undocumented(command: &Command, path: &str, locale: &Locale, missing: &mut Vec<String>) {
        if !locale.has(&format!("help.{path}.about")) {
            missing.push(format!("help.{path}.about"));
        }
        for argument in command.get_arguments() {
            let id = argument.get_id().to_string();
            if !["help", "version"].contains(&id.as_str())
                && !locale.has(&format!("help.{path}.{id}"))
                && !locale.has(&format!("help.common.{id}"))
            {
                missing.push(format!("help.{path}.{id}"));
            }
        }
        for inner in command.get_subcommands() {
            undocumented(inner, &format!("{path}-{}", inner.get_name()), locale, missing);
        }
    }

    #[test]
    fn every_command_and_argument_is_explained_in_both_languages() {
        for language in [Language::Zh, Language::En] {
            let mut missing = Vec::new();
            undocumented(&Arguments::command(), "mujun", Locale::get(language), &mut missing);
            assert!(missing.is_empty(), "{language}: {missing:?}");
        }
    }

    #[test]
    fn the_language_is_known_before_parsing() {
        let words = |text: &str| text.split(' ').map(OsString::from).collect::<Vec<_>>();
        assert_eq!(language(&words("mujun --lang zh rank x")), Language::Zh);
        assert_eq!(language(&words("mujun rank x --lang=en")), Language::En);
    }

    #[test]
    fn the_definition_of_the_command_line_is_sound() {
        help::localised(Arguments::command(), Locale::get(Language::Zh), 80).debug_assert();
    }
}
