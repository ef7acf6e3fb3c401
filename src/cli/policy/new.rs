//! `mujun policy new`: a method of one's own that extends another, with copies of what one usually changes.

use std::fmt::Write as _;
use std::fs::OpenOptions;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use clap::Args;
use rust_decimal::Decimal;

use super::super::Exit;
use super::super::session::Session;
use crate::finding::Findings;
use crate::locale::Locale;
use crate::policy::benchmark::Benchmark;
use crate::policy::grade::{Grades, Rule};
use crate::policy::{Policy, library};

/// Arguments of `policy new`.
#[derive(Debug, Args)]
pub struct New {
    /// What it starts from.
    #[arg(long, value_name = "ID|FILE")]
    from: String,
    /// Its id.
    #[arg(long, value_name = "NEW")]
    id: String,
    /// Where to.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

impl New {
    /// Runs the command.
    pub fn run(self, session: &Session) -> Exit {
        let mut findings = Findings::default();
        let policy = super::read(&self.from, &mut findings);
        session.tell(&findings);
        let Some(policy) = policy else { return Exit::Failed };
        let sound = !self.id.is_empty() && self.id.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_');
        if !sound || library::BUILT_IN.iter().chain(library::BOOKS).any(|(id, _)| *id == self.id) {
            return session.fail("policy.bad-id", &[("id", self.id)]);
        }
        let path = self.output.unwrap_or_else(|| PathBuf::from(format!("{}.toml", self.id)));
        let text = text(&policy, &base(&self.from, &path), &self.id, session.locale);
        let file = path.display().to_string();
        // Never over a file that is there.
        match OpenOptions::new().write(true).create_new(true).open(&path).and_then(|mut out| out.write_all(text.as_bytes())) {
            Ok(()) => {
                session.say("init.written", &[("file", file.clone())]);
                session.say("policy.new-next", &[("file", file), ("from", self.from)]);
                Exit::Done
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => session.fail("policy.exists", &[("file", file)]),
            Err(error) => session.cannot_write(&path, &error),
        }
    }
}

/// The base as the new file has to name it: a file is looked for beside the one that names it.
fn base(from: &str, path: &Path) -> String {
    if library::BUILT_IN.iter().any(|(id, _)| *id == from) {
        return from.to_owned();
    }
    let folder = |path: &Path| path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new(".")).canonicalize().ok();
    let name = Path::new(from).file_name().map(|name| name.to_string_lossy().into_owned());
    match name.filter(|_| folder(Path::new(from)) == folder(path)) {
        Some(name) => name,
        None => Path::new(from).canonicalize().map_or_else(|_| from.to_owned(), |path| path.display().to_string()),
    }
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

fn text(policy: &Policy, base: &str, id: &str, locale: &Locale) -> String {
    let mut text = String::new();
    for line in locale.say("policy.new-head", &[("title", policy.title.get(locale.language.as_str()))]).lines() {
        let _ = writeln!(text, "# {line}");
    }
    let titled = |language: &str| quoted(&format!("{} ({id})", policy.title.get(language)));
    let _ = writeln!(text, "extends = {}\nid      = {}", quoted(base), quoted(id));
    let _ = writeln!(text, "title   = {{ zh = {}, en = {} }}\nstatus  = \"draft\"", titled("zh"), titled("en"));
    if let Some((from, to)) = policy.years {
        let _ = writeln!(text, "# years = {{ from = {from}, to = {to} }}");
    }
    if let Some(grades) = &policy.grades {
        let _ = write!(text, "\n# {}\n{}", locale.text("policy.new-grades"), of_grades(grades, "grades"));
    }
    for group in &policy.groups {
        let _ = write!(text, "\n# {}\n# [[group]]\n# id = {}\n", group.title.get(locale.language.as_str()), quoted(&group.id));
        for indicator in &group.indicators {
            let _ = writeln!(text, "#\n#   [[group.indicator]]\n#   id        = {}", quoted(&indicator.id));
            let _ = writeln!(text, "#   weight    = {}", indicator.weight.normalize());
            if let Some(Benchmark::Constant(number)) = &indicator.benchmark {
                let _ = writeln!(text, "#   benchmark = {number}");
            }
        }
        if let Some(grades) = &group.grades {
            let _ = write!(text, "#\n{}", of_grades(grades, "group.grades"));
        }
    }
    text
}

/// Shares or lines of a rule, as comments.
fn of_grades(grades: &Grades, table: &str) -> String {
    let list = |pairs: &[(String, Decimal)]| {
        let one = |(grade, number): &(String, Decimal)| format!("{} = {}", quoted(grade), number.normalize());
        pairs.iter().map(one).collect::<Vec<_>>().join(", ")
    };
    match &grades.rule {
        Rule::Shares(shares) => format!("# [{table}]\n# shares = {{ {} }}\n", list(&shares.shares)),
        Rule::Lines(lines, rest) => format!("# [{table}]\n# lines = {{ {} }}\n# rest = {}\n", list(lines), quoted(rest)),
        Rule::Predicate(..) | Rule::TwoStage(_) => format!("# [{table}]\n"),
    }
}
