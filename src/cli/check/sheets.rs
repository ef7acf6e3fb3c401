//! `mujun check --by department`: a file for each office, with the cells that it is asked to mend.

use std::path::Path;

use crate::cli::session::Session;
use crate::cli::{Exit, FormatArgument};
use crate::finding::Findings;
use crate::load::Dataset;
use crate::report::sheets::{self, Sheet};

/// What spreadsheets know UTF-8 by.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// Writes the sheets into a directory; nothing if one of them is there already and `force` does not say otherwise.
pub fn write(
    dataset: Option<&Dataset>,
    findings: &Findings,
    sentences: &[(String, String)],
    (directory, format, force): (&Path, FormatArgument, bool),
    session: &Session,
) -> Exit {
    let is_workbook = format == FormatArgument::Xlsx;
    let sheets = sheets::build(dataset, findings, sentences, session.locale.language.as_str(), is_workbook);
    let ending = match format {
        FormatArgument::Table | FormatArgument::Csv => "csv",
        FormatArgument::Xlsx => "xlsx",
        _ => return session.fail("sheets.format", &[]),
    };
    let path = |sheet: &Sheet| directory.join(format!("{}.{ending}", sheet.name));
    let paths: Vec<_> = sheets.iter().map(path).collect();
    if let Err(exit) = session.guard(&paths.iter().map(|path| Some(path.as_path())).collect::<Vec<_>>()) {
        return exit;
    }
    if let Some(there) = sheets.iter().map(path).find(|path| path.exists() && !force) {
        return session.fail("sheets.exists", &[("file", there.display().to_string())]);
    }
    if let Err(error) = std::fs::create_dir_all(directory) {
        return session.cannot_write(directory, &error);
    }
    for sheet in &sheets {
        let exit = match format {
            FormatArgument::Xlsx => session.write(&sheet.report, format, Some(&path(sheet))),
            _ => session.write_marked(&sheet.report, &path(sheet), MARK),
        };
        if exit != Exit::Done {
            return exit;
        }
        let name = sheet.department.name();
        let values = [
            ("file", path(sheet).display().to_string()),
            ("lines", sheet.lines.to_string()),
            ("department", name.get(session.locale.language.as_str()).to_owned()),
        ];
        session.say("sheets.written", &values);
    }
    if sheets.is_empty() {
        session.say("sheets.nothing", &[]);
    }
    Exit::Done
}
