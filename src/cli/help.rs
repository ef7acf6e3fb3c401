//! What `--help` shows, in the reader's language: every text, heading and bracket is ours.
//!
//! In: the commands as they are defined, without a text. Out: the same with the texts of the locale (`help.<command>` and
//! `help.<command>.<argument>`). Next: the arguments are parsed, and `usage` tells what is wrong with them.

use clap::{Arg, ArgAction, Command};

use crate::locale::Locale;
use crate::render;

/// What clap calls the options of a command, in every line of usage.
const OPTIONS: &str = "[OPTIONS]";

/// Before and behind the words of an option: two blanks, room for a short name, two blanks.
const AROUND: usize = 8;
/// A text has at least so much room.
const LEAST: usize = 24;

/// Options of every command stand below those of the command itself.
const LAST: usize = 900;

/// The commands with all their texts, for a terminal of so many columns.
pub fn localised(command: Command, locale: &'static Locale, width: usize) -> Command {
    let common = command.get_arguments().map(words).max().unwrap_or(0);
    let mut command = below(command, "mujun", locale, (width, common)).term_width(width);
    command.build();
    with_usage(command, locale)
}

/// How wide the words of an argument are: its name and what stands for its value.
fn words(argument: &Arg) -> usize {
    let value =
        argument.get_value_names().map_or_else(|| argument.get_id().as_str().len(), |names| names.iter().map(|name| name.len()).sum());
    let name = argument.get_long().map_or(0, |name| name.len() + "--".len());
    name + if argument.get_action().takes_values() { value + " <>".len() } else { 0 }
}

fn below(command: Command, path: &str, locale: &'static Locale, (width, common): (usize, usize)) -> Command {
    let own: Vec<String> = command.get_arguments().map(|argument| argument.get_id().to_string()).collect();
    let deeper: Vec<String> = command.get_subcommands().map(|inner| inner.get_name().to_owned()).collect();
    // clap ends lines at blanks alone, which Chinese does not have.
    let longest = command.get_arguments().map(words).max().unwrap_or(0).max(common);
    let room = width.saturating_sub(longest + AROUND).max(LEAST);
    let mut command = titled(command, path, locale).term_width(width);
    for id in own.iter().filter(|id| !["help", "version"].contains(&id.as_str())) {
        command = command.mut_arg(id, |argument| explained(argument, path, locale, room));
    }
    for name in deeper {
        let path = format!("{path}-{name}");
        command = command.mut_subcommand(&name, |inner| below(inner, &path, locale, (width, common)));
    }
    command
}

/// A command with what stands above and below its arguments, and with its options of help.
fn titled(command: Command, path: &str, locale: &'static Locale) -> Command {
    let says = |key: String| locale.has(&key).then(|| locale.text(&key).to_owned());
    let template = template(&command, locale);
    let help = Arg::new("help").short('h').long("help").action(ArgAction::Help).display_order(LAST + 1);
    let mut command = command
        .help_template(template)
        .subcommand_value_name(locale.text("help.command"))
        .disable_help_flag(true)
        .arg(help.help(locale.text("help.help")));
    if path == "mujun" {
        let version = Arg::new("version").short('V').long("version").action(ArgAction::Version).display_order(LAST + 2);
        command = command.disable_version_flag(true).arg(version.help(locale.text("help.version")));
    }
    if let Some(about) = says(format!("help.{path}.about")) {
        command = command.about(about);
    }
    if let Some(examples) = says(format!("help.{path}.examples")) {
        command = command.after_help(examples);
    }
    command
}

/// The sections of a command's help: those that it has, each with its title.
fn template(command: &Command, locale: &Locale) -> String {
    let section = |title: &str, what: &str| format!("{}\n{{{what}}}\n\n", locale.text(title));
    let mut template = format!("{{about-with-newline}}\n{}{{usage}}\n\n", locale.text("help.usage"));
    if command.get_positionals().next().is_some() {
        template += &section("help.arguments", "positionals");
    }
    if command.has_subcommands() {
        template += &section("help.commands", "subcommands");
    }
    format!("{template}{}\n{{options}}{{after-help}}", locale.text("help.options"))
}

/// An argument with its text, and what may be written for it, in lines of a width.
fn explained(argument: Arg, path: &str, locale: &'static Locale, room: usize) -> Arg {
    let id = argument.get_id();
    let keys = [format!("help.{path}.{id}"), format!("help.common.{id}")];
    let mut text = keys.iter().find(|key| locale.has(key)).map_or("", |key| locale.text(key)).to_owned();
    let takes_value = argument.get_action().takes_values();
    if takes_value {
        let separator = locale.text("render.list-separator");
        let values: Vec<String> = argument.get_possible_values().iter().map(|value| value.get_name().to_owned()).collect();
        if !values.is_empty() {
            text += &format!(" {}", locale.say("help.values", &[("values", values.join(separator))]));
        }
        let usual: Vec<String> = argument.get_default_values().iter().map(|value| value.to_string_lossy().into_owned()).collect();
        if !usual.is_empty() {
            text += &format!(" {}", locale.say("help.default", &[("value", usual.join(separator))]));
        }
    }
    let argument = if argument.is_global_set() { argument.display_order(LAST) } else { argument };
    argument.help(render::wrapped(&text, room).join("\n")).hide_possible_values(takes_value).hide_default_value(takes_value)
}

/// The line of usage of each command in the reader's language. clap writes it once all commands know where they stand.
fn with_usage(mut command: Command, locale: &'static Locale) -> Command {
    let line = command.render_usage().to_string();
    let line = usage_line(&line, locale);
    for inner in command.get_subcommands_mut() {
        *inner = with_usage(std::mem::take(inner), locale);
    }
    command.override_usage(line)
}

/// A usage as clap writes it, without its title and in the reader's language.
pub fn usage_line(usage: &str, locale: &Locale) -> String {
    let lines = usage.trim_start_matches("Usage:").trim();
    lines.replace(OPTIONS, locale.text("help.some-options"))
}
