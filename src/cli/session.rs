//! What a command needs of the world: language, terminal, progress, and the way results leave the program.

use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::Path;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::sources::Watch;
use super::{Color, Common, Exit, FormatArgument};
use crate::finding::{Findings, Severity, system};
use crate::inputs;
use crate::load::corrections::Outcome;
use crate::load::{Dataset, Progress, Quiet};
use crate::locale::Locale;
use crate::render::{self, Format, Terminal};
use crate::report::flags::Due;
use crate::report::table::{Phrase, Report};

/// Width of a table where there is no terminal and `COLUMNS` does not say otherwise.
const PLAIN_WIDTH: usize = 120;
/// Findings of one code shown beside a result; `check` shows all.
const WARNINGS_SHOWN: usize = 20;
/// Tables with more rows than this are shortened on a terminal.
const LONG: usize = 2000;

/// Tables of so many bytes take long enough to show how far the reading is.
const LONG_READ: u64 = 20_000_000;

/// Lines of help are no wider.
const WIDEST_HELP: usize = 100;

/// What `COLUMNS` says.
fn given_width() -> Option<usize> {
    std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok()).filter(|columns| *columns >= 20)
}

fn measured_width() -> Option<usize> {
    terminal_size::terminal_size().map(|(width, _)| usize::from(width.0))
}

/// How wide the help may be.
pub fn help_width() -> usize {
    measured_width().or_else(given_width).unwrap_or(WIDEST_HELP).min(WIDEST_HELP)
}

/// One run.
pub struct Session {
    /// The reader's language.
    pub locale: &'static Locale,
    color: Color,
    quiet: bool,
    /// Say more?
    pub verbose: bool,
}

impl Session {
    /// From the common options.
    pub fn new(common: &Common, locale: &'static Locale) -> Self {
        Session { locale, color: common.color, quiet: common.quiet, verbose: common.verbose }
    }

    fn colored(&self, terminal: bool) -> bool {
        match self.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
        }
    }

    fn terminal(&self, is_terminal: bool, rows: usize) -> Terminal {
        let (given, measured) = (given_width(), measured_width());
        let width = if is_terminal { measured.or(given) } else { given };
        Terminal {
            width: Some(width.unwrap_or(PLAIN_WIDTH)),
            rows: (is_terminal && rows > LONG).then_some(20),
            color: self.colored(is_terminal),
        }
    }

    /// Progress on a terminal, else silence; with `--verbose` what was decided about every file.
    pub fn progress(&self) -> Box<dyn Progress> {
        Box::new(self.watch(self.verbose))
    }

    /// Progress on a terminal, and what was decided about the files; `tells`: that goes to standard error.
    pub fn watch(&self, tells: bool) -> Watch {
        let quiet = self.quiet || !io::stderr().is_terminal();
        let inner: Box<dyn Progress> = if quiet { Box::new(Quiet) } else { Box::new(Bar::new(self.locale)) };
        Watch::new(inner, self.locale, tells)
    }

    /// Findings to standard error: all errors, and warnings up to a number of each code.
    pub fn tell(&self, findings: &Findings) {
        let errors = findings.count(Severity::Error);
        if findings.is_empty() || (self.quiet && errors == 0) {
            return;
        }
        let mut out = io::stderr().lock();
        let terminal = Terminal { width: None, rows: None, color: self.colored(io::stderr().is_terminal()) };
        let limit = if self.verbose || errors > 0 { None } else { Some(WARNINGS_SHOWN) };
        // Nothing can be done where standard error is closed.
        let errors_only = self.quiet.then(|| findings.errors());
        let findings = errors_only.as_ref().unwrap_or(findings);
        let _ = render::findings_text(findings, self.locale, &terminal, limit, &mut out);
    }

    /// All findings to standard error.
    pub fn tell_all(&self, findings: &Findings) {
        let terminal = Terminal { width: None, rows: None, color: self.colored(io::stderr().is_terminal()) };
        let _ = render::findings_text(findings, self.locale, &terminal, None, &mut io::stderr().lock());
    }

    /// A sentence to standard error.
    pub fn say(&self, key: &str, values: &[(&str, String)]) {
        if !self.quiet {
            let _ = writeln!(io::stderr(), "{}", self.locale.say(key, values));
        }
    }

    /// A sentence of a report to standard error.
    pub fn say_phrase(&self, phrase: &Phrase) {
        if !self.quiet {
            let _ = writeln!(io::stderr(), "{}", render::say(phrase, self.locale));
        }
    }

    /// An error that has no place in the user's files.
    pub fn fail(&self, key: &str, values: &[(&str, String)]) -> Exit {
        let _ = writeln!(io::stderr(), "{}", self.locale.say(key, values));
        Exit::Failed
    }

    /// Writes a report to a file or to standard output.
    pub fn write(&self, report: &Report, format: FormatArgument, output: Option<&Path>) -> Exit {
        let output = output.filter(|path| !is_standard_output(path));
        if format.is_binary() && output.is_none() && io::stdout().is_terminal() {
            return self.fail("cli.not-for-terminals", &[]);
        }
        let format = match format {
            FormatArgument::Table => Format::Table,
            FormatArgument::Csv => Format::Csv,
            FormatArgument::Json => Format::Json,
            FormatArgument::Md => Format::Md,
            FormatArgument::Xlsx => Format::Xlsx,
            FormatArgument::Parquet => Format::Parquet,
        };
        let rows = report.parts.iter().map(|part| part.rows()).max().unwrap_or(0);
        let is_terminal = output.is_none() && io::stdout().is_terminal();
        let terminal = self.terminal(is_terminal, rows);
        self.emit(output, &mut |out| render::render(report, format, self.locale, &terminal, out))
    }

    /// Writes a report as CSV that begins with a mark.
    pub fn write_marked(&self, report: &Report, path: &Path, mark: &[u8]) -> Exit {
        let terminal = self.terminal(false, 0);
        self.emit(Some(path), &mut |out| {
            out.write_all(mark)?;
            render::render(report, Format::Csv, self.locale, &terminal, out)
        })
    }

    /// Says how many corrections were applied, to whoever wants to know more.
    pub fn say_corrections(&self, dataset: &Dataset) {
        if self.verbose && !dataset.corrections.is_empty() {
            let count =
                |is: fn(&Outcome) -> bool| dataset.corrections.iter().filter(|corrected| is(&corrected.outcome)).count().to_string();
            let values = [
                ("applied", count(|outcome| matches!(outcome, Outcome::Applied(_)))),
                ("already", count(|outcome| matches!(outcome, Outcome::Already(_)))),
                ("stale", count(|outcome| !outcome.holds())),
            ];
            self.say("correction.applied-count", &values);
        }
    }

    /// Writes dates as a calendar.
    pub fn write_calendar(&self, name: &str, due: &[Due], stamp: &str, path: &Path) -> Exit {
        self.emit(Some(path), &mut |out| render::write_calendar(name, due, stamp, out))
    }

    /// Refuses, before anything is written, a target that the run has read, and two targets that are one file.
    pub fn guard(&self, targets: &[Option<&Path>]) -> Result<(), Exit> {
        let targets: Vec<&Path> = targets.iter().copied().flatten().collect();
        for (at, target) in targets.iter().enumerate() {
            if let Some(input) = inputs::overwritten(target) {
                let values = [("file", target.display().to_string()), ("input", input.display().to_string())];
                return Err(self.fail("cli.is-input", &values));
            }
            if targets[..at].iter().any(|other| inputs::is_one(other, target) || is_standard_output(other) && is_standard_output(target)) {
                return Err(self.fail("cli.two-results", &[("file", target.display().to_string())]));
            }
        }
        Ok(())
    }

    /// Lets `write` fill a file, which takes its name only when complete, or standard output. A closed pipe is no failure.
    pub fn emit(&self, output: Option<&Path>, write: &mut dyn FnMut(&mut dyn Write) -> io::Result<()>) -> Exit {
        let output = output.filter(|path| !is_standard_output(path));
        if let Err(exit) = self.guard(&[output]) {
            return exit;
        }
        let result = match output {
            Some(path) => to_file(path, write),
            None => {
                let mut out = BufWriter::with_capacity(1 << 16, io::stdout().lock());
                write(&mut out).and_then(|()| out.flush())
            }
        };
        match result {
            Ok(()) => Exit::Done,
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Exit::Done,
            Err(error) => self.cannot_write(output.unwrap_or(Path::new(self.locale.text("cli.standard-output"))), &error),
        }
    }

    /// Says of the file that was asked for that it cannot be written, and why.
    pub fn cannot_write(&self, path: &Path, error: &io::Error) -> Exit {
        let reason = self.locale.say(system::reason_against_writing(error), &[("detail", system::detail(error))]);
        self.fail("cli.cannot-write", &[("file", path.display().to_string()), ("reason", reason)])
    }
}

/// `-`, as everywhere.
fn is_standard_output(path: &Path) -> bool {
    path == Path::new("-")
}

fn to_file(path: &Path, write: &mut dyn FnMut(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if path.is_dir() {
        return Err(io::Error::from(io::ErrorKind::IsADirectory));
    }
    // A device or a pipe (`/dev/null`) is written to, not replaced.
    if path.exists() && !path.is_file() {
        let mut out = BufWriter::new(std::fs::OpenOptions::new().write(true).open(path)?);
        return write(&mut out).and_then(|()| out.flush());
    }
    let mut builder = tempfile::Builder::new();
    builder.prefix(".mujun-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    let file = builder.tempfile_in(directory)?;
    let mut out = BufWriter::with_capacity(1 << 16, file);
    write(&mut out)?;
    let file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// A bar on standard error while tables are read.
struct Bar(ProgressBar);

impl Bar {
    fn new(locale: &Locale) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        let style = ProgressStyle::with_template("{msg} {wide_bar} {bytes}/{total_bytes}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar.set_message(locale.text("cli.reading").to_owned());
        Bar(bar)
    }
}

impl Progress for Bar {
    fn start(&self, total_bytes: u64) {
        self.0.set_length(total_bytes);
        if total_bytes >= LONG_READ {
            self.0.set_draw_target(ProgressDrawTarget::stderr());
        }
    }

    fn advance(&self, _table: &str, bytes: u64) {
        self.0.inc(bytes);
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
