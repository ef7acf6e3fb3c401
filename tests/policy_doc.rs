//! `docs/policy.md` and `docs/rule-books.md` must name every key and every word that `src/policy` reads, every function, and every finding about policies.
//!
//! Keys are found in the sources themselves: they are the first argument of the methods that ask a block for one.

use std::collections::BTreeSet;
use std::path::Path;

use mujun::finding::Code;
use mujun::policy::benchmark::Peers;
use mujun::policy::scope::Outcome;
use mujun::policy::term::Call;

/// Methods of a block whose first argument is a key.
const ASKING: &[&str] =
    &["text", "need_text", "word", "number", "whole", "texts", "block", "blocks", "bilingual", "item", "percentages", "thresholds"];

/// The pages on methods and on rule books.
fn page() -> String {
    let read = |name: &str| std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).expect("the page is there");
    read("docs/policy.md") + &read("docs/rule-books.md")
}

/// The sources of `src/policy`, without their tests and without the list of methods.
fn sources() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/policy");
    let files = std::fs::read_dir(folder).expect("src/policy is there").flatten();
    let files = files.filter(|file| file.path().is_file() && file.file_name() != "library.rs");
    let texts = files.map(|file| std::fs::read_to_string(file.path()).expect("a source"));
    texts.map(|text| text.split("#[cfg(test)]").next().unwrap_or_default().to_owned()).collect()
}

/// Every `"literal"` that follows one of the openings.
fn literals<'s>(text: &'s str, opening: &str, found: &mut BTreeSet<&'s str>) {
    for (at, _) in text.match_indices(opening) {
        let literal = text[at + opening.len()..].split('"').next().unwrap_or_default();
        if !literal.is_empty() && literal.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_') {
            found.insert(literal);
        }
    }
}

fn missing<'w>(words: impl IntoIterator<Item = &'w str>) -> Vec<&'w str> {
    let page = page();
    words.into_iter().filter(|word| !page.contains(&format!("`{word}`"))).collect()
}

#[test]
fn every_key_that_a_policy_may_have_is_explained() {
    let sources = sources();
    let mut keys = BTreeSet::new();
    for source in &sources {
        for method in ASKING {
            literals(source, &format!(".{method}(\""), &mut keys);
            literals(source, "(&shape, \"", &mut keys);
            literals(source, "(block, \"", &mut keys);
            literals(source, "(&block, \"", &mut keys);
        }
    }
    assert!(keys.len() > 40, "the scan finds keys: {keys:?}");
    assert_eq!(missing(keys), Vec::<&str>::new());
}

#[test]
fn every_word_that_a_key_may_have_is_explained() {
    let sources = sources();
    let mut words = BTreeSet::new();
    // Lists of words are pairs: `[("higher", false), ("lower", true)]`.
    for source in &sources {
        literals(source, "[(\"", &mut words);
        literals(source, ", (\"", &mut words);
        literals(source, "\n    (\"", &mut words);
    }
    words.extend(Peers::WORDS.iter().map(|(word, _)| *word));
    words.extend(Outcome::WORDS.iter().map(|(word, _)| *word));
    assert!(words.len() > 30, "the scan finds words: {words:?}");
    assert_eq!(missing(words), Vec::<&str>::new());
}

#[test]
fn every_function_and_every_finding_about_policies_is_explained() {
    assert_eq!(missing(Call::ALL.iter().map(|(_, name, ..)| *name).filter(|name| *name != "ROUND")), Vec::<&str>::new());
    let codes = Code::ALL.iter().copied().skip_while(|code| *code != Code::PolicySyntax);
    let codes = codes.take_while(|code| *code != Code::ColumnAbsent).map(Code::as_str);
    assert_eq!(missing(codes), Vec::<&str>::new());
}
