//! What is wrong with the arguments, in the reader's language.
//!
//! In: what clap found, by kind and context. Out: a sentence, what would do, the usage of the command; exit code 2, as for everything
//! that cannot run. Help and version, which clap tells the same way, are printed as they are, with exit code 0.

use std::ffi::OsString;
use std::io::{self, Write};

use clap::Command;
use clap::error::{ContextKind, ContextValue, Error, ErrorKind};

use super::{Exit, help};
use crate::locale::Locale;
use crate::render;

/// Prints what clap has to say of the arguments.
pub fn tell(error: &Error, command: &Command, arguments: &[OsString], locale: &'static Locale) -> Exit {
    // Nothing can be done where the output is closed.
    let _ = match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => error.print(),
        _ => write!(io::stderr(), "{}", Told { error, command, arguments, locale }.all()),
    };
    if error.use_stderr() { Exit::Failed } else { Exit::Done }
}

/// An error, and what there is to put it into words.
struct Told<'e> {
    error: &'e Error,
    command: &'e Command,
    arguments: &'e [OsString],
    locale: &'static Locale,
}

impl Told<'_> {
    fn all(&self) -> String {
        let mut lines = vec![self.locale.say("usage.error", &[("what", self.sentence())])];
        let helps = [self.near(), self.accepted(), self.elsewhere(), self.remedy()];
        lines.extend(helps.into_iter().flatten().map(|text| format!("  = {}: {text}", self.locale.text("label.help"))));
        if let Some(ContextValue::StyledStr(usage)) = self.error.get(ContextKind::Usage) {
            let line = help::usage_line(&usage.to_string(), self.locale);
            lines.push(format!("\n{}{line}", self.locale.text("help.usage")));
        }
        lines.push(format!("\n{}\n", self.locale.say("usage.more", &[("command", self.path().join(" "))])));
        lines.join("\n")
    }

    fn sentence(&self) -> String {
        let (argument, value) = (self.shown(ContextKind::InvalidArg), self.shown(ContextKind::InvalidValue));
        let key = match self.error.kind() {
            ErrorKind::UnknownArgument if argument.starts_with('-') => "usage.unknown-option",
            ErrorKind::UnknownArgument => "usage.unknown-argument",
            ErrorKind::InvalidSubcommand => "usage.unknown-command",
            ErrorKind::MissingSubcommand => "usage.no-command",
            ErrorKind::InvalidValue if value.is_empty() => "usage.no-value",
            ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => "usage.no-value",
            ErrorKind::InvalidValue => "usage.bad-value",
            ErrorKind::ValueValidation => "usage.bad-number",
            ErrorKind::TooManyValues => "usage.value-too-many",
            ErrorKind::NoEquals => "usage.no-equals",
            ErrorKind::MissingRequiredArgument => "usage.missing",
            ErrorKind::ArgumentConflict if self.shown(ContextKind::PriorArg) == argument => "usage.twice",
            ErrorKind::ArgumentConflict => "usage.conflict",
            ErrorKind::InvalidUtf8 => "usage.no-text",
            _ => "usage.other",
        };
        let values = [
            ("argument", argument),
            ("value", value),
            ("other", self.shown(ContextKind::PriorArg)),
            ("command", self.shown(ContextKind::InvalidSubcommand)),
        ];
        self.locale.say(key, &values)
    }

    /// What the context says, safe to print.
    fn shown(&self, kind: ContextKind) -> String {
        self.words(kind).join(self.locale.text("render.list-separator"))
    }

    fn words(&self, kind: ContextKind) -> Vec<String> {
        let words = match self.error.get(kind) {
            Some(ContextValue::String(word)) => vec![word.clone()],
            Some(ContextValue::Strings(words)) => words.clone(),
            _ => Vec::new(),
        };
        words.iter().map(|word| render::shown(word)).collect()
    }

    /// The words that are much like the one that is not known, the likeliest of them last in clap's list.
    fn near(&self) -> Option<String> {
        let kinds = [ContextKind::SuggestedSubcommand, ContextKind::SuggestedArg, ContextKind::SuggestedValue];
        let of_clap = kinds.into_iter().find_map(|kind| self.words(kind).pop());
        let hint = of_clap.or_else(|| {
            let (value, words) = (self.shown(ContextKind::InvalidValue), self.words(ContextKind::ValidValue));
            crate::policy::expression::nearest(&value, words.iter().map(String::as_str)).map(str::to_owned)
        })?;
        Some(self.locale.say("label.did-you-mean", &[("hint", hint)]))
    }

    fn accepted(&self) -> Option<String> {
        let mut words = [self.words(ContextKind::ValidValue), self.words(ContextKind::ValidSubcommand)].concat();
        if self.error.kind() == ErrorKind::InvalidSubcommand {
            words = self.reached().get_subcommands().map(|inner| inner.get_name().to_owned()).collect();
        }
        let list = words.join(self.locale.text("render.list-separator"));
        (!words.is_empty()).then(|| self.locale.say("usage.accepted", &[("accepted", list)]))
    }

    /// An option of a command that stands before it, or of other commands.
    fn elsewhere(&self) -> Option<String> {
        let argument = self.shown(ContextKind::InvalidArg);
        let name = argument.strip_prefix("--").filter(|_| self.error.kind() == ErrorKind::UnknownArgument)?;
        let has = |command: &&Command| command.get_arguments().any(|argument| argument.get_long() == Some(name));
        let top = self.command.get_subcommands().filter(has).map(|command| format!("mujun {} {argument}", command.get_name()));
        let commands: Vec<String> = top.collect();
        let list = commands.join(self.locale.text("render.list-separator"));
        (!commands.is_empty()).then(|| self.locale.say("usage.elsewhere", &[("commands", list)]))
    }

    fn remedy(&self) -> Option<String> {
        let key = match self.error.kind() {
            ErrorKind::ValueValidation => "usage.write-number",
            ErrorKind::UnknownArgument if self.shown(ContextKind::InvalidArg).starts_with('-') => return None,
            ErrorKind::UnknownArgument => "usage.quote",
            _ => return None,
        };
        Some(self.locale.text(key).to_owned())
    }

    /// The command that the arguments name, as far as they name one.
    fn reached(&self) -> &Command {
        self.way().last().copied().unwrap_or(self.command)
    }

    fn way(&self) -> Vec<&Command> {
        let mut way = vec![self.command];
        for word in self.arguments.iter().skip(1).filter_map(|argument| argument.to_str()) {
            match way.last().and_then(|command| command.find_subcommand(word)) {
                Some(inner) => way.push(inner),
                None if word.starts_with('-') => {}
                None if way.len() > 1 => break,
                None => {}
            }
        }
        way
    }

    fn path(&self) -> Vec<&str> {
        self.way().into_iter().map(Command::get_name).collect()
    }
}
