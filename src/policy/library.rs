//! The methods that come with the program, and how a policy is found by id or by file.

use std::path::Path;

use super::expression::nearest;
use super::source::Source;
use crate::finding::{Code, Finding, Findings, Place};

/// Id and text of every built-in method. A new method is a file in `policies/` and a line here.
pub const BUILT_IN: &[(&str, &str)] = &[
    ("default", include_str!("../policies/default.toml")), //
    ("huangyan-2022", include_str!("../policies/huangyan-2022.toml")),
];

/// The text behind an id or a path: a built-in method, else a file.
pub fn find(name: &str, findings: &mut Findings) -> Option<Source> {
    if let Some((id, text)) = BUILT_IN.iter().find(|(id, _)| *id == name) {
        return Some(Source { file: format!("{id}.toml").into(), text: (*text).into() });
    }
    if !Path::new(name).is_file() && !name.contains(['/', '\\']) && !name.ends_with(".toml") {
        let mut finding = Finding::error(Code::UnknownPolicy, Place::Nowhere).text(name);
        if let Some(near) = nearest(name, BUILT_IN.iter().map(|(id, _)| *id)) {
            finding = finding.with("hint", near);
        }
        findings.push(finding.with("known", BUILT_IN.iter().map(|(id, _)| *id).collect::<Vec<_>>().join(", ")));
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
    use super::*;

    #[test]
    fn every_built_in_method_reads_without_findings_and_is_named_like_its_file() {
        for (id, _) in BUILT_IN {
            let mut findings = Findings::default();
            let source = find(id, &mut findings).expect("a built-in method");
            let policy = super::super::read(&source, &[], &mut findings);
            assert!(findings.is_empty(), "{id}: {findings:?}");
            assert_eq!(policy.expect("a method without findings").id, *id);
        }
    }
}
