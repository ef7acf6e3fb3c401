//! A code used by two names, and a name under two codes.
//!
//! In: the enterprises, and tables that hold names beside ids. Out: a warning at the later name or id. Names are compared as `joins.toml`
//! says: brackets of any kind or none, width and words such as 有限公司 make no difference.

use rayon::prelude::*;

use super::alike;
use crate::dictionary::joins::Joins;
use crate::finding::{Code, Finding, Findings};
use crate::load::joins::is_name;
use crate::load::reading::table::Loaded;
use crate::load::tables::enterprise::NOBODY;
use crate::load::tables::enterprises::Enterprises;

/// Warns of rows whose name is not that of the enterprise whose id they have; once for each enterprise.
pub fn look(loaded: &Loaded<'_>, enterprises: &Enterprises, findings: &mut Findings) {
    let names = &Joins::get().names;
    let Some(column) = loaded.layout.readers.iter().position(|reader| is_name(loaded.layout.table, &reader.file)) else { return };
    let mut told = vec![false; enterprises.len()];
    for spot in loaded.spots() {
        let owner = loaded.owner(spot);
        let Some(written) = loaded.text(column, spot).filter(|_| owner != NOBODY) else { continue };
        let Some(known) = enterprises.name(owner as usize).filter(|known| *known != written) else { continue };
        let (plain, other) = (names.plain(written), names.plain(known));
        let is_same = names.core(&plain) == names.core(&other) || names.core(&names.bare(&plain)) == names.core(&names.bare(&other));
        if !is_same && !std::mem::replace(&mut told[owner as usize], true) {
            let finding = Finding::warning(Code::CodeOfTwoNames, loaded.place(spot, Some(column))).text(written);
            findings.push(finding.with("id", enterprises.id(owner as usize)).with("name", known));
        }
    }
}

/// Warns of enterprises that have the name of an earlier one.
pub fn twins(enterprises: &Enterprises, findings: &mut Findings) {
    let rules = Joins::get();
    let loaded = &enterprises.loaded;
    let plain = |number: u32| rules.names.plain(enterprises.name(number as usize).unwrap_or_default());
    let entries = (0..enterprises.len() as u32).into_par_iter().filter_map(|number| {
        let plain = plain(number);
        (plain.chars().count() >= rules.shortest_name.max(1)).then(|| alike::entry(&plain, number))
    });
    alike::each(entries.collect(), plain, |numbers| {
        let known = numbers[0] as usize;
        for number in numbers[1..].iter().map(|&number| number as usize) {
            let name = enterprises.name(number).unwrap_or_default();
            let place = loaded.place(enterprises.spots[number], loaded.position("name"));
            let finding = Finding::warning(Code::NameOfTwoCodes, place).text(name).with("id", enterprises.id(number));
            findings.push(finding.with("other", enterprises.id(known)).with("first", loaded.row(enterprises.spots[known]).row));
        }
    });
}
