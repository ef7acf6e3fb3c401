//! Writing corrections: lines are only ever added, and the file takes its name when it is complete.
//!
//! In: a directory and new corrections. Out: `corrections.csv` with the bytes it had and the new lines. A file that a spreadsheet
//! program has written in another encoding becomes UTF-8 with a mark, its text character for character as it was.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::Correction;
use super::FILE;
use super::home;
use crate::dictionary::sheets::{self, Sheets};
use crate::inputs;
use crate::load::source::encoding;
use crate::load::source::text::{Text, Told};

/// What spreadsheets know UTF-8 by.
const MARK: &str = "\u{feff}";

/// Why nothing was written.
#[derive(Debug)]
pub enum Unwritten {
    /// The system says so.
    Io(io::Error),
    /// The file is no text in the encoding that it seems to be in.
    NotText(&'static str),
    /// Its heading is not that of corrections.
    Heading(String),
}

impl From<io::Error> for Unwritten {
    fn from(error: io::Error) -> Self {
        Unwritten::Io(error)
    }
}

impl From<csv::Error> for Unwritten {
    fn from(error: csv::Error) -> Self {
        Unwritten::Io(error.into())
    }
}

/// The file that the corrections of a directory stand in: the end of a link, so that the link stays.
///
/// # Errors
///
/// When the link leads nowhere.
pub fn target(directory: &Path) -> io::Result<PathBuf> {
    let path = home(directory).join(FILE);
    if path.symlink_metadata().is_ok_and(|known| known.is_symlink()) { path.canonicalize() } else { Ok(path) }
}

/// Adds lines to the corrections of a directory.
///
/// # Errors
///
/// When the file is no text, has a heading of others, or cannot be written. It is then as it was.
pub fn append(directory: &Path, new: &[Correction]) -> Result<(), Unwritten> {
    let path = target(directory)?;
    let directory = path.parent().unwrap_or(Path::new("."));
    let mut bytes = match inputs::plain(&path).and_then(|_| std::fs::read(&path)) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(error.into()),
    };
    let mut delimiter = b',';
    let ids: Vec<&str> = Sheets::get().correction.iter().map(|heading| heading.id.as_str()).collect();
    let columns = match bytes.is_empty() {
        true => {
            bytes.extend(record(&ids, delimiter)?);
            ids
        }
        false => {
            (bytes, delimiter) = as_utf8(&path, bytes)?;
            columns(&bytes, delimiter)?
        }
    };
    if bytes.last().is_some_and(|last| *last != b'\n') {
        bytes.push(b'\n');
    }
    for correction in new {
        let row = correction.row.map_or(String::new(), |row| row.to_string());
        let cells: Vec<String> = columns.iter().map(|id| sheets::marked(cell(correction, id, &row)).into_owned()).collect();
        bytes.extend(record(&cells, delimiter)?);
    }
    let mut file = tempfile::Builder::new().prefix(".mujun-").tempfile_in(directory)?;
    file.write_all(&bytes)?;
    file.as_file().sync_all()?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(&path).map_or(0o644, |known| known.permissions().mode());
        file.as_file().set_permissions(std::fs::Permissions::from_mode(mode))?;
    }
    file.persist(&path).map_err(|error| error.error)?;
    Ok(())
}

/// The bytes of a file as UTF-8, and what stands between its cells.
fn as_utf8(path: &Path, bytes: Vec<u8>) -> Result<(Vec<u8>, u8), Unwritten> {
    let Ok(text) = Text::open(path, Told::default()) else { return Err(Unwritten::NotText("UTF-8")) };
    if std::str::from_utf8(&bytes).is_ok() && !bytes.contains(&0) {
        return Ok((bytes, text.delimiter()));
    }
    let own = text.encoding.encoding;
    let start = encoding::mark(&bytes).map_or(0, |(_, length)| length);
    let decoded = own.decode_without_bom_handling_and_without_replacement(&bytes[start..]);
    let decoded = decoded.ok_or_else(|| Unwritten::NotText(encoding::name(own)))?;
    Ok((format!("{MARK}{decoded}").into_bytes(), text.delimiter()))
}

fn cell<'c>(correction: &'c Correction, id: &str, row: &'c str) -> &'c str {
    match id {
        "table" => &correction.table,
        "file" => &correction.file,
        "row" => row,
        "column" => &correction.column,
        "key" => &correction.key,
        "before" => &correction.before,
        "after" => &correction.after,
        "who" => &correction.who,
        "when" => &correction.when,
        "why" => &correction.why,
        _ => "",
    }
}

/// The columns of a file that is there, in its own order; an unknown one stays blank.
fn columns(bytes: &[u8], delimiter: u8) -> Result<Vec<&'static str>, Unwritten> {
    let bytes = bytes.strip_prefix(MARK.as_bytes()).unwrap_or(bytes);
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).has_headers(false).flexible(true).from_reader(bytes);
    let first = reader.records().next().transpose()?.unwrap_or_default();
    let columns: Vec<&str> = first.iter().map(|name| sheets::column(&Sheets::get().correction, name).unwrap_or("")).collect();
    let is_whole = Sheets::get().correction.iter().all(|heading| columns.contains(&heading.id.as_str()));
    if is_whole { Ok(columns) } else { Err(Unwritten::Heading(first.iter().collect::<Vec<_>>().join(","))) }
}

fn record<T: AsRef<[u8]>>(cells: &[T], delimiter: u8) -> io::Result<Vec<u8>> {
    let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
    writer.write_record(cells)?;
    writer.into_inner().map_err(|error| io::Error::other(error.to_string()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::lines;
    use super::*;
    use crate::finding::{Findings, Place};

    fn one(before: &str, after: &str) -> Correction {
        let text = str::to_owned;
        Correction {
            place: Place::Nowhere,
            table: text("tax"),
            file: text("tax.csv"),
            row: Some(3),
            column: text("实缴税收"),
            key: text("enterprise_id=E1; year=2025"),
            before: text(before),
            after: text(after),
            who: text("甲"),
            when: text("2025-11-20"),
            why: text("a, b"),
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn texts_come_back_from_the_file_as_they_were(before in "[-'=+@,\"0-9甲a]{1,6}", after in "[-'=+@,\"0-9甲a]{1,6}") {
            let home = tempfile::tempdir().expect("a directory");
            append(home.path(), &[one(&before, &after)]).expect("written");
            let mut findings = Findings::default();
            let back = lines::read(&home.path().join(FILE), &mut findings);
            prop_assert!(findings.is_empty());
            prop_assert_eq!(back.iter().map(|one| (&one.before, &one.after)).collect::<Vec<_>>(), [(&before, &after)]);
        }
    }

    #[test]
    fn lines_are_added_and_what_was_there_stays_byte_for_byte() {
        let home = tempfile::tempdir().expect("a directory");
        append(home.path(), &[one("1", "2")]).expect("written");
        let first = std::fs::read(home.path().join(FILE)).expect("there");
        let line = "tax,tax.csv,3,实缴税收,enterprise_id=E1; year=2025,1,2,甲,2025-11-20,\"a, b\"\n";
        assert_eq!(String::from_utf8_lossy(&first), format!("table,file,row,column,key,before,after,who,when,why\n{line}"));
        append(home.path(), &[one("=1+1", "-5")]).expect("written");
        let second = std::fs::read(home.path().join(FILE)).expect("there");
        assert!(second.starts_with(&first));
        assert!(String::from_utf8_lossy(&second[first.len()..]).contains(",'=1+1,-5,"));
    }

    #[test]
    fn columns_of_a_file_that_is_there_keep_their_order_and_others_are_refused() {
        let home = tempfile::tempdir().expect("a directory");
        let path = home.path().join(FILE);
        std::fs::write(&path, "更正后,更正前,表,文件,行,列名,对象,更正人,更正日期,更正依据,备注").expect("written");
        append(home.path(), &[one("1", "2")]).expect("written");
        assert!(std::fs::read_to_string(&path).expect("there").contains("\n2,1,tax,"));
        std::fs::write(&path, "a,b\n").expect("written");
        assert!(append(home.path(), &[one("1", "2")]).is_err());
        assert_eq!(std::fs::read_to_string(&path).expect("there"), "a,b\n");
    }

    #[test]
    fn a_file_that_a_spreadsheet_saved_in_gbk_becomes_utf_8_and_loses_nothing() {
        let home = tempfile::tempdir().expect("a directory");
        let path = home.path().join(FILE);
        append(home.path(), &[one("1", "2")]).expect("written");
        let first = std::fs::read_to_string(&path).expect("there").replace('\n', "\r\n");
        std::fs::write(&path, encoding_rs::GBK.encode(&first).0).expect("written");
        append(home.path(), &[one("3", "4")]).expect("written");
        let line = "tax,tax.csv,3,实缴税收,enterprise_id=E1; year=2025,3,4,甲,2025-11-20,\"a, b\"\n";
        assert_eq!(std::fs::read_to_string(&path).expect("there"), format!("\u{feff}{first}{line}"));
        // Neither of both: nothing is guessed, and the file stays.
        let broken = [first.as_bytes(), b"tax,\xff\xff,,,,,,,,\n"].concat();
        std::fs::write(&path, &broken).expect("written");
        assert!(matches!(append(home.path(), &[one("5", "6")]), Err(Unwritten::NotText(_))));
        assert_eq!(std::fs::read(&path).expect("there"), broken);
    }
}
