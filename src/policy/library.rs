//! The methods, rule books, zone plans and factor tables that come with the program, and how one is found by id or by file.
//!
//! A new one is a file in `src/policies` or its folders `rules`, `plans` and `factors`, named like its id, and nothing else.

use std::io;
use std::path::Path;

use super::expression::nearest;
use super::source::Source;
use crate::finding::{Code, Finding, Findings, Place, system};
use crate::inputs;

// `BUILT_IN` (methods), `BOOKS` (rule books), `PLANS` (zone plans) and `FACTORS` (factor tables): made by build.rs from the files of `src/policies`.
include!(concat!(env!("OUT_DIR"), "/library.rs"));

/// The text behind an id or a path: a built-in method, else a file.
pub fn find(name: &str, findings: &mut Findings) -> Option<Source> {
    look_up(name, &[BUILT_IN], Code::UnknownPolicy, findings)
}

/// The text behind an id or a path: a built-in rule book, else a file.
pub fn find_book(name: &str, findings: &mut Findings) -> Option<Source> {
    look_up(name, &[BOOKS], Code::UnknownBook, findings)
}

/// The text behind an id or a path: a built-in zone plan, else a file.
pub fn find_plan(name: &str, findings: &mut Findings) -> Option<Source> {
    look_up(name, &[PLANS], Code::UnknownPlan, findings)
}

/// The text behind an id or a path: a built-in factor table, else a file.
pub fn find_factors(name: &str, findings: &mut Findings) -> Option<Source> {
    look_up(name, &[FACTORS], Code::UnknownPolicy, findings)
}

/// The text behind an id or a path: a built-in method, rule book or zone plan, else a file.
pub fn find_any(name: &str, findings: &mut Findings) -> Option<Source> {
    look_up(name, &[BUILT_IN, BOOKS, PLANS], Code::UnknownPolicy, findings)
}

/// Is it the id of a built-in rule book, or a file?
pub fn is_book_name(name: &str) -> bool {
    BOOKS.iter().any(|(id, _)| *id == name) || Path::new(name).is_file()
}

fn look_up(name: &str, lists: &[&[(&str, &str)]], unknown: Code, findings: &mut Findings) -> Option<Source> {
    let all = || lists.iter().flat_map(|list| list.iter());
    if let Some((id, text)) = all().find(|(id, _)| *id == name) {
        return Some(Source::new(format!("{id}.toml"), *text));
    }
    if !Path::new(name).is_file() && !name.contains(['/', '\\']) && !name.ends_with(".toml") {
        let mut finding = Finding::error(unknown, Place::Nowhere).text(name);
        if let Some(near) = nearest(name, all().map(|(id, _)| *id)) {
            finding = finding.with("hint", near);
        }
        findings.push(finding.with("known", all().map(|(id, _)| *id).collect::<Vec<_>>().join(", ")));
        return None;
    }
    let text = inputs::settings(Path::new(name)).and_then(|bytes| String::from_utf8(bytes).map_err(|_| io::ErrorKind::InvalidData.into()));
    match text {
        Ok(text) => Some(Source::new(name, text.trim_start_matches('\u{feff}'))),
        Err(error) => {
            findings.push(system::unreadable(&error, Place::File { file: name.into() }));
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::subject::Extra;
    use super::*;

    #[test]
    fn every_built_in_method_reads_without_findings_and_is_named_like_its_file() {
        for (id, _) in BUILT_IN {
            let mut findings = Findings::default();
            let source = find(id, &mut findings).expect("a built-in method");
            let policy = super::super::read(&source, &Extra::new(), &mut findings);
            assert!(findings.is_empty(), "{id}: {findings:?}");
            assert_eq!(policy.expect("a method without findings").id, *id);
        }
    }

    #[test]
    fn ids_stand_in_order_and_once_in_all_lists_together() {
        for list in [BUILT_IN, BOOKS, PLANS, FACTORS] {
            assert!(list.windows(2).all(|two| two[0].0 < two[1].0));
        }
        let all: std::collections::BTreeSet<&str> = [BUILT_IN, BOOKS, PLANS, FACTORS].concat().iter().map(|(id, _)| *id).collect();
        assert_eq!(all.len(), BUILT_IN.len() + BOOKS.len() + PLANS.len() + FACTORS.len());
    }

    #[test]
    fn every_built_in_plan_reads_without_findings_and_cites_its_targets() {
        for (id, _) in PLANS {
            let mut findings = Findings::default();
            let source = find_plan(id, &mut findings).expect("a built-in plan");
            let scheme = super::super::scheme::read(&source, &Extra::new(), &mut findings);
            assert!(findings.is_empty(), "{id}: {findings:?}");
            let scheme = scheme.expect("a plan without findings");
            assert_eq!(scheme.id, *id);
            assert!(scheme.targets.iter().all(|target| target.source.is_some()), "{id}: a target cites nothing");
        }
    }

    #[test]
    fn every_built_in_book_reads_without_findings_and_no_rule_stands_in_two() {
        let mut rules: BTreeMap<String, &str> = BTreeMap::new();
        for (id, _) in BOOKS {
            let mut findings = Findings::default();
            let source = find_book(id, &mut findings).expect("a built-in book");
            let book = super::super::book::read(&source, &Extra::new(), &mut findings);
            assert!(findings.is_empty(), "{id}: {findings:?}");
            let book = book.expect("a book without findings");
            assert_eq!(book.id, *id);
            for rule in book.rules {
                assert_eq!(rules.insert(rule.id.clone(), id), None, "{} stands twice", rule.id);
                assert!(rule.source.is_some(), "{} cites nothing", rule.id);
            }
        }
    }
}
