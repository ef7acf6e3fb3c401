//! Promises about the sources themselves: every finding has its story, modules import only what the design allows, sentences
//! stand in the locales, policies are named like their files, and nothing unwraps.
//!
//! In: the files of `src` and `tests/stories`, read as text. Out: a list of what breaks a promise, with file and line.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use mujun::finding::Code;
use mujun::policy::library::{BOOKS, BUILT_IN, FACTORS, PLANS};

/// Which module of ours may name which: the table of the design, as it is kept.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    // The ground: they know nothing of the rest, so that everything may rest on them.
    ("dictionary", &[]),
    ("finding", &[]),
    ("locale", &[]),
    ("inputs", &[]),
    // A frame and a statement in, a frame out; neither policies nor data sets.
    ("engine", &[]),
    // Rows in, the same rows in the order of publication out.
    ("order", &[]),
    ("load", &["dictionary", "finding", "inputs"]),
    ("policy", &["dictionary", "finding", "inputs"]),
    ("plan", &["policy", "dictionary"]),
    // Headings for an empty data set: which columns a policy needs, as the dictionary names them.
    ("template", &["policy", "dictionary"]),
    // `plan` for the columns of a result and their order, `load` for the summaries of the tables that `check` shows.
    // `locale` for the words of a condition, which are put together long before they are a phrase.
    ("report", &["dictionary", "finding", "load", "locale", "plan", "policy"]),
    // `dictionary` for its pair of labels, `finding` because findings are rendered too.
    ("render", &["dictionary", "finding", "locale", "report"]),
    // The driver joins the stages; it neither renders nor speaks.
    ("assess", &["dictionary", "engine", "finding", "load", "order", "plan", "policy", "report"]),
    ("cli", &["assess", "dictionary", "engine", "finding", "inputs", "load", "locale", "plan", "policy", "render", "report", "template"]),
    // The library names its modules, the program calls one of them.
    ("lib", &[]),
    ("main", &[]),
];

/// Modules that must not know the engine's library: what they write or read is text and plain data.
const WITHOUT_POLARS: &[&str] = &["cli", "dictionary", "finding", "locale", "plan", "policy", "render", "template"];

/// Modules that must not speak; a word that a cell may hold is no sentence.
const WITHOUT_SENTENCES: &[&str] = &["assess", "cli", "engine", "load", "plan", "policy", "render"];

/// Words that cells hold, and that findings give as examples of what would do.
const CELL_WORDS: &[&str] = &["无", "是", "否", "规上", "规下", "年", "月", "日"];

/// A line of a source that is neither comment nor test.
struct Line {
    file: String,
    number: usize,
    text: String,
}

impl Line {
    /// The top-level module the line belongs to: `src/load/row.rs` and `src/load.rs` are both `load`.
    fn module(&self) -> &str {
        let first = self.file.strip_prefix("src/").unwrap_or(&self.file);
        let first = first.split('/').next().unwrap_or(first);
        first.strip_suffix(".rs").unwrap_or(first)
    }

    fn says(&self, what: impl std::fmt::Display) -> String {
        format!("{}:{}: {what}", self.file, self.number)
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All files below a folder with that ending, sorted.
fn files(folder: &str, ending: &str) -> Vec<PathBuf> {
    let mut folders = vec![root().join(folder)];
    let mut list = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("the folder is there").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == ending) {
                list.push(path);
            }
        }
    }
    list.sort();
    list
}

/// Every line of `src` that is compiled into the program. Tests stand at the bottom of a file, under `#[cfg(test)] mod …`; a
/// file that only tests use is declared so in the `mod.rs` beside it.
fn lines() -> Vec<Line> {
    let mut lines = Vec::new();
    for path in files("src", "rs").into_iter().filter(|path| !is_for_tests(path)) {
        let text = fs::read_to_string(&path).expect("sources are text");
        let file = path.strip_prefix(root()).expect("below the root").to_string_lossy().replace('\\', "/");
        let end = text.find("#[cfg(test)]\nmod tests {").unwrap_or(text.len());
        for (number, line) in text[..end].lines().enumerate() {
            let code = line.split(" //").next().unwrap_or("").trim();
            if !code.is_empty() && !code.starts_with("//") {
                lines.push(Line { file: file.clone(), number: number + 1, text: code.to_owned() });
            }
        }
    }
    assert!(lines.len() > 1000, "the sources were not found");
    lines
}

fn is_for_tests(path: &Path) -> bool {
    let (Some(name), Some(folder)) = (path.file_stem(), path.parent()) else { return false };
    let declared = format!("#[cfg(test)]\nmod {};", name.to_string_lossy());
    fs::read_to_string(folder.join("mod.rs")).is_ok_and(|text| text.contains(&declared))
}

/// The modules of ours that a line names: `crate::load::x`, `use crate::{load, render};`, `mujun::cli::main`.
fn named(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    for (at, start) in text.match_indices("crate::").chain(text.match_indices("mujun::")) {
        let rest = &text[at + start.len()..];
        let word = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
        match rest.strip_prefix('{') {
            None => names.push(word(rest)),
            Some(list) => names.extend(list.split('}').next().unwrap_or("").split(',').map(|name| word(name.trim()))),
        }
    }
    names
}

#[test]
fn every_code_has_a_story_that_shows_it_and_every_story_a_code() {
    let mut broken = Vec::new();
    let folder = root().join("tests/stories/findings");
    for code in Code::ALL {
        let Ok(story) = fs::read_to_string(folder.join(format!("{code}.md"))) else {
            broken.push(format!("{code} has no story"));
            continue;
        };
        let blocks = story.split("```console\n").skip(1).filter_map(|rest| rest.split("\n```").next());
        let mut printed = blocks.flat_map(str::lines).filter(|line| !line.starts_with("$ "));
        if !printed.any(|line| line.contains(&format!("[{code}]")) || line.contains(&format!(",{code},"))) {
            broken.push(format!("the story of {code} does not show it"));
        }
    }
    for story in files("tests/stories/findings", "md") {
        let name = story.file_stem().expect("a file has a name").to_string_lossy().into_owned();
        if !Code::ALL.iter().any(|code| code.as_str() == name) {
            broken.push(format!("{name}.md tells of no code"));
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn every_code_is_found_by_some_stage() {
    let lines = lines();
    let declared = fs::read_to_string(root().join("src/finding.rs")).expect("sources are text");
    for code in Code::ALL {
        let variant = declared.lines().find_map(|line| line.trim().strip_suffix(&format!(" = \"{code}\",")).map(str::to_owned));
        let variant = variant.expect("declared on a line of its own");
        let is_used = |line: &Line| line.module() != "finding" && line.text.contains(&format!("Code::{variant}"));
        assert!(lines.iter().any(is_used), "no stage ever finds {code}");
    }
}

#[test]
fn modules_import_only_what_the_design_allows() {
    let mut broken = Vec::new();
    for line in lines() {
        let module = line.module();
        let Some((_, allowed)) = MAY_IMPORT.iter().find(|(name, _)| *name == module) else {
            broken.push(line.says(format!("the module {module} is not in the table")));
            continue;
        };
        if line.text.contains("crate::{") && !line.text.contains('}') {
            broken.push(line.says("an import of several modules stands on one line, so that it can be read here"));
        }
        let ours = |name: &str| name != module && MAY_IMPORT.iter().any(|(known, _)| *known == name);
        // The program may call the command line and nothing else.
        let allowed = if module == "main" { &["cli"][..] } else { *allowed };
        for name in named(&line.text).into_iter().filter(|name| ours(name) && !allowed.contains(&name.as_str())) {
            broken.push(line.says(format!("{module} must not know {name}")));
        }
        if WITHOUT_POLARS.contains(&module) && line.text.contains("polars") {
            broken.push(line.says(format!("{module} must not know polars")));
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn the_import_table_goes_one_way() {
    // A module may name only modules of which none names it, directly or through others.
    fn reach(module: &str, seen: &mut BTreeSet<&str>) {
        for (_, allowed) in MAY_IMPORT.iter().filter(|(name, _)| *name == module) {
            for name in *allowed {
                if seen.insert(name) {
                    reach(name, seen);
                }
            }
        }
    }
    for (module, _) in MAY_IMPORT {
        let mut seen = BTreeSet::new();
        reach(module, &mut seen);
        assert!(!seen.contains(module), "{module} comes back to itself");
    }
}

#[test]
fn sentences_stand_in_the_locales_and_not_in_the_code() {
    let is_han = |c: char| ('\u{3400}'..='\u{9fff}').contains(&c);
    let mut broken = Vec::new();
    for line in lines().iter().filter(|line| WITHOUT_SENTENCES.contains(&line.module())) {
        let runs = line.text.split(|c| !is_han(c)).filter(|run| !run.is_empty() && !CELL_WORDS.contains(run));
        broken.extend(runs.map(|run| line.says(run)));
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn built_in_policies_are_named_like_their_files_and_none_is_forgotten() {
    let all: Vec<(&str, &str)> = BUILT_IN.iter().chain(BOOKS).chain(FACTORS).chain(PLANS).copied().collect();
    let mut ids = BTreeSet::new();
    for file in files("src/policies", "toml") {
        let name = file.file_stem().expect("a file has a name").to_string_lossy().into_owned();
        let text = fs::read_to_string(&file).expect("policies are text");
        let policy: toml::Table = toml::from_str(&text).expect("policies are TOML");
        assert_eq!(policy.get("id").and_then(toml::Value::as_str), Some(name.as_str()), "{}", file.display());
        assert!(all.iter().any(|(id, built_in)| *id == name && *built_in == text), "{name} is not in the library");
        ids.insert(name);
    }
    assert_eq!(ids.len(), all.len(), "an id stands twice in the library, or has no file");
}

#[test]
fn what_is_said_of_toml_and_sql_stands_in_the_locales() {
    let locale = mujun::locale::Locale::get(mujun::locale::Language::Zh);
    let missing: Vec<&str> = mujun::dictionary::sayings::keys().filter(|key| !locale.has(key)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn nothing_unwraps_outside_tests() {
    let broken: Vec<String> = lines().iter().filter(|line| line.text.contains(".unwrap()")).map(|line| line.says("unwrap")).collect();
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn names_of_modules_are_seen_in_every_shape_of_an_import() {
    assert_eq!(named("use crate::load::{self, Dataset};"), ["load"]);
    assert_eq!(named("use crate::{load, render};"), ["load", "render"]);
    assert_eq!(named("let rolled = crate::report::roll::columns(by);"), ["report"]);
    assert_eq!(named("mujun::cli::main(std::env::args_os())"), ["cli"]);
    assert!(named("use std::io;").is_empty());
}
