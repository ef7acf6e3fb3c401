//! Names of return sheets: one for each file of the data set, the same in every run, and no two alike.
//!
//! In: the sources of the data set, each with the office that keeps it. Out: a name for each, without its ending: office and file, of a
//! workbook also the sheet; where two are alike the ending, then the folder, and at last a number.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::load::sheet_of;

/// Bytes of a name; with ending and number it stays below the 255 that systems allow.
const LONGEST: usize = 200;

/// The names of sources, given by path (`a/tax.csv`, `a/book.xlsx!税收`) with the id of the office.
pub fn names(sources: &BTreeMap<String, &str>) -> BTreeMap<String, String> {
    let mut names: BTreeMap<String, String> =
        sources.iter().map(|(file, office)| (file.clone(), Parts::of(file).name(office, 0))).collect();
    for level in [1, 2] {
        for file in alike(&names) {
            let name = Parts::of(&file).name(sources[&file], level);
            names.insert(file, name);
        }
    }
    let mut taken = BTreeSet::new();
    for name in names.values_mut() {
        let candidates = std::iter::once(name.clone()).chain((2..).map(|number| format!("{name}-{number}")));
        if let Some(free) = candidates.into_iter().find(|candidate| !taken.contains(&candidate.to_lowercase())) {
            taken.insert(free.to_lowercase());
            *name = free;
        }
    }
    names
}

/// The files whose names are alike; most systems take no notice of the case of letters.
fn alike(names: &BTreeMap<String, String>) -> Vec<String> {
    let mut count: BTreeMap<String, usize> = BTreeMap::new();
    names.values().for_each(|name| *count.entry(name.to_lowercase()).or_default() += 1);
    names.iter().filter(|(_, name)| count[&name.to_lowercase()] > 1).map(|(file, _)| file.clone()).collect()
}

/// What a source's path says.
struct Parts {
    folder: Option<String>,
    stem: String,
    ending: Option<String>,
    sheet: Option<String>,
}

impl Parts {
    fn of(file: &str) -> Parts {
        let (book, sheet) = sheet_of(file);
        let path = Path::new(book);
        let text = |part: Option<&std::ffi::OsStr>| part.map(|part| part.to_string_lossy().into_owned());
        Parts {
            folder: text(path.parent().and_then(Path::file_name)),
            stem: text(path.file_stem()).unwrap_or_default(),
            ending: text(path.extension()),
            sheet: sheet.map(str::to_owned),
        }
    }

    /// At level 1 with the ending, at level 2 with the folder as well.
    fn name(&self, office: &str, level: usize) -> String {
        let parts = [
            Some(office),
            self.folder.as_deref().filter(|_| level > 1),
            Some(&self.stem),
            self.ending.as_deref().filter(|_| level > 0),
            self.sheet.as_deref(),
        ];
        let mut name = parts.into_iter().flatten().collect::<Vec<_>>().join("-").replace(no_part_of_a_name, "_");
        while name.len() > LONGEST {
            name.pop();
        }
        name
    }
}

/// Characters that some system does not take in the name of a file; sheets may have them.
fn no_part_of_a_name(letter: char) -> bool {
    letter.is_control() || "/\\:*?\"<>|".contains(letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(files: &[&str]) -> Vec<String> {
        let sources: BTreeMap<String, &str> = files.iter().map(|file| ((*file).to_owned(), "o")).collect();
        let names = names(&sources);
        files.iter().map(|file| names[*file].clone()).collect()
    }

    #[test]
    fn names_say_no_more_than_they_need_and_are_never_alike() {
        assert_eq!(of(&["d/tax.csv", "d/land.csv"]), ["o-tax", "o-land"]);
        assert_eq!(of(&["d/b.xlsx!2024", "d/b.xlsx!2025"]), ["o-b-2024", "o-b-2025"]);
        assert_eq!(of(&["d/tax.csv", "d/tax.tsv"]), ["o-tax-csv", "o-tax-tsv"]);
        assert_eq!(of(&["d/a/tax.csv", "d/b/tax.csv", "d/c/land.csv"]), ["o-a-tax-csv", "o-b-tax-csv", "o-land"]);
        assert_eq!(of(&["d/a/x/tax.csv", "d/b/x/tax.csv"]), ["o-x-tax-csv", "o-x-tax-csv-2"]);
        assert_eq!(of(&["d/A.csv", "d/a.csv"]), ["o-d-A-csv", "o-d-a-csv-2"]);
        assert_eq!(of(&["d/b.ods!../../x"]), ["o-b-.._.._x"]);
        let long = format!("d/b.ods!{}", "税".repeat(300));
        let names = of(&[&long, &format!("{long}收")]);
        assert!(names[0] != names[1] && names.iter().all(|name| name.len() < 250));
    }
}
