//! The methods and rule books that come with the program, and how one is found by id or by file.

use std::path::Path;

use super::expression::nearest;
use super::source::Source;
use crate::finding::{Code, Finding, Findings, Place};

/// Id and text of every built-in method. A new method is a file in `policies/` and a line here.
pub const BUILT_IN: &[(&str, &str)] = &[
    ("default", include_str!("../policies/default.toml")), //
    ("huangyan-2022", include_str!("../policies/huangyan-2022.toml")),
];

/// Id and text of every built-in rule book. A new book is a file in `policies/rules/` and a line here.
pub const BOOKS: &[(&str, &str)] = &[
    ("national-idle", include_str!("../policies/rules/national-idle.toml")),
    ("national-stock", include_str!("../policies/rules/national-stock.toml")),
    ("controls", include_str!("../policies/rules/controls.toml")),
    ("agreements", include_str!("../policies/rules/agreements.toml")),
    ("factories", include_str!("../policies/rules/factories.toml")),
    ("zombie", include_str!("../policies/rules/zombie.toml")),
    ("minhou-2018", include_str!("../policies/rules/minhou-2018.toml")),
    ("lixin-2022", include_str!("../policies/rules/lixin-2022.toml")),
    ("huzhou-2021", include_str!("../policies/rules/huzhou-2021.toml")),
    ("changxing-2018", include_str!("../policies/rules/changxing-2018.toml")),
    ("pujiang", include_str!("../policies/rules/pujiang.toml")),
    ("dongyang", include_str!("../policies/rules/dongyang.toml")),
    ("jinhua-draft", include_str!("../policies/rules/jinhua-draft.toml")),
    ("city-a", include_str!("../policies/rules/city-a.toml")),
    ("zhejiang-standard-land", include_str!("../policies/rules/zhejiang-standard-land.toml")),
    ("yongkang-2008", include_str!("../policies/rules/yongkang-2008.toml")),
    ("yongchun-2022", include_str!("../policies/rules/yongchun-2022.toml")),
    ("shandong-price", include_str!("../policies/rules/shandong-price.toml")),
    ("suqian-2022", include_str!("../policies/rules/suqian-2022.toml")),
    ("plausible", include_str!("../policies/rules/plausible.toml")),
    ("fei-2021", include_str!("../policies/rules/fei-2021.toml")),
];

/// The text behind an id or a path: a built-in method, else a file.
pub fn find(name: &str, findings: &mut Findings) -> Option<Source> {
    look_up(name, &[BUILT_IN], Code::UnknownPolicy, findings)
}

/// The text behind an id or a path: a built-in rule book, else a file.
pub fn find_book(name: &str, findings: &mut Findings) -> Option<Source> {
    look_up(name, &[BOOKS], Code::UnknownBook, findings)
}

/// The text behind an id or a path: a built-in method or rule book, else a file.
pub fn find_any(name: &str, findings: &mut Findings) -> Option<Source> {
    look_up(name, &[BUILT_IN, BOOKS], Code::UnknownPolicy, findings)
}

/// Is it the id of a built-in rule book, or a file?
pub fn is_book_name(name: &str) -> bool {
    BOOKS.iter().any(|(id, _)| *id == name) || Path::new(name).is_file()
}

fn look_up(name: &str, lists: &[&[(&str, &str)]], unknown: Code, findings: &mut Findings) -> Option<Source> {
    let all = || lists.iter().flat_map(|list| list.iter());
    if let Some((id, text)) = all().find(|(id, _)| *id == name) {
        return Some(Source { file: format!("{id}.toml").into(), text: (*text).into() });
    }
    if !Path::new(name).is_file() && !name.contains(['/', '\\']) && !name.ends_with(".toml") {
        let mut finding = Finding::error(unknown, Place::Nowhere).text(name);
        if let Some(near) = nearest(name, all().map(|(id, _)| *id)) {
            finding = finding.with("hint", near);
        }
        findings.push(finding.with("known", all().map(|(id, _)| *id).collect::<Vec<_>>().join(", ")));
        return None;
    }
    match std::fs::read(name)
        .map_err(|error| error.to_string())
        .and_then(|bytes| String::from_utf8(bytes).map_err(|error| error.to_string()))
    {
        Ok(text) => Some(Source { file: name.into(), text: text.trim_start_matches('\u{feff}').into() }),
        Err(reason) => {
            findings.push(Finding::error(Code::UnreadableFile, Place::File { file: name.into() }).with("reason", reason));
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
