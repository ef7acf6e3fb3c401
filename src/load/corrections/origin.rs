//! Whose file a correction is of: the one that is read, another that is there, or one that was sent again under another name.
//!
//! In: the file that a correction names and the one that its table is read from. Out: an [`Origin`], and one warning for all
//! corrections of a table that name one other file. Next: `resolve` looks for the cells.

use std::collections::BTreeMap;
use std::path::Path;

use super::Corrected;
use super::Outcome;
use crate::dictionary::Dictionary;
use crate::finding::{Code, Finding, Findings};
use crate::load::config::Config;
use crate::load::intake::{self, sheet_of};

/// Whose file it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The one that is read.
    Own,
    /// One that is gone: the table may have been sent again under another name.
    Gone,
    /// Another one that is there.
    Other,
}

/// The last part of a path as any system writes it, with `!sheet` for a sheet.
pub fn last(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// Whose file a correction is of that names one.
pub fn origin(named: &str, read: &str, home: &Path, config: &Config) -> Origin {
    let is_same = |a: &str, b: &str| a == b || a.to_lowercase() == b.to_lowercase();
    let own = last(read);
    let ((book, sheet), (own_book, own_sheet)) = (sheet_of(named), sheet_of(own));
    let is_own_book = is_same(book, own_book);
    // A name without a sheet means whatever sheet it is.
    if named.is_empty() || is_same(named, own) || is_own_book && (sheet.is_none() || own_sheet.is_none()) {
        return Origin::Own;
    }
    let is_there = match sheet {
        Some(sheet) if is_own_book => intake::open(&format!("{}!{sheet}", sheet_of(read).0)).is_ok(),
        _ => home.join(book).is_file(),
    };
    if is_there && !config.ignores(named) && !config.ignores(book) { Origin::Other } else { Origin::Gone }
}

/// One warning for all corrections of a table that name one other file.
pub fn tell(told: &[Corrected], findings: &mut Findings) {
    let mut groups: BTreeMap<(&str, &str, &str, Option<&str>), Vec<&Corrected>> = BTreeMap::new();
    for corrected in told {
        let (reason, read) = match (&corrected.outcome, &corrected.moved) {
            (Outcome::OtherFile(read), _) => ("correction.of-other", read),
            (Outcome::Applied(_), Some(read)) => ("correction.of-gone", read),
            _ => continue,
        };
        let correction = &corrected.correction;
        groups.entry((reason, &correction.file, read, correction.place.file())).or_default().push(corrected);
    }
    for ((reason, named, read, _), group) in groups {
        let first = &group[0].correction;
        let finding = Finding::warning(Code::CorrectionOtherFile, first.place.clone()).text(named);
        let label = Dictionary::get().table(&first.table).map_or(&first.table, |table| &table.zh);
        let finding = finding.with_both("table", label, &first.table).with("read", last(read)).with("count", group.len());
        findings.push(finding.with("reason", reason));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_the_own_one_another_or_gone() {
        let home = tempfile::tempdir().expect("a directory");
        std::fs::write(home.path().join("draft1.xlsx"), "x").expect("a file");
        let of = |named: &str, read: &str| origin(named, read, home.path(), &Config::default());
        for (named, read) in [("tax.csv", "d/tax.csv"), ("", "d/tax.csv"), ("Tax.CSV", "d/tax.csv"), ("a.xlsx", "d/a.xlsx!税收")] {
            assert_eq!(of(named, read), Origin::Own, "{named}");
        }
        assert_eq!(of("draft1.xlsx!tax", "d/draft2.xlsx!tax"), Origin::Other);
        assert_eq!(of("draft3.xlsx!tax", "d/draft2.xlsx!tax"), Origin::Gone);
        assert_eq!([last("../../etc/passwd"), last("C:\\data\\tax.csv"), last("tax.csv")], ["passwd", "tax.csv", "tax.csv"]);
    }
}
