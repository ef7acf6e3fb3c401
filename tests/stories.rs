//! Stories: Markdown documents whose commands are run and whose outputs are compared.
//!
//! In a story, a fence ```` ```csv data/land.csv ```` (any language, then a path) is a file, written into a directory of its own; a fence
//! ```` ```console ```` holds commands after `$ ` and, below each, what is printed: standard output, then standard error. `? 2` is the exit
//! code where it is not 0. A line `...` stands for any number of lines, `[..]` for anything within a line. `sample_data` is at hand.
//! `STORY=ragged cargo test --test stories` runs only the stories whose path contains the word.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Documents that are stories besides those in `tests/stories`.
const DOCUMENTS: &[&str] = &[
    "README.md",
    "docs/README.zh.md",
    "docs/tour.md",
    "docs/policy.md",
    "docs/rule-books.md",
    "docs/zone-plans.md",
    "docs/zones.md",
    "docs/checking.md",
    "docs/files.md",
];

fn stories() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut list: Vec<PathBuf> = DOCUMENTS.iter().map(|name| root.join(name)).collect();
    let mut folders = vec![root.join("tests/stories")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("the stories are there").flatten() {
            if entry.path().is_dir() {
                folders.push(entry.path());
            } else if entry.path().extension().is_some_and(|extension| extension == "md") {
                list.push(entry.path());
            }
        }
    }
    let wanted = std::env::var("STORY").unwrap_or_default();
    list.retain(|story| story.strip_prefix(root).is_ok_and(|path| path.to_string_lossy().contains(&wanted)));
    list.sort();
    list
}

/// One command, its expected output, and where it stands.
struct Step {
    command: String,
    code: i32,
    expected: Vec<String>,
    line: usize,
}

fn run_story(path: &Path) -> Result<usize, String> {
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let home = tempfile::tempdir().expect("a temporary directory");
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("sample_data"), &home.path().join("sample_data"));
    let mut steps = 0;
    let mut lines = text.lines().enumerate();
    while let Some((_, line)) = lines.next() {
        let Some(info) = line.trim_start().strip_prefix("```") else { continue };
        let mut body = Vec::new();
        for (number, inner) in lines.by_ref() {
            if inner.trim_start().starts_with("```") {
                break;
            }
            body.push((number + 1, inner));
        }
        let mut words = info.split_whitespace();
        let language = words.next().unwrap_or("");
        if language == "console" {
            for step in read_steps(&body) {
                steps += 1;
                run_step(&step, home.path()).map_err(|error| format!("{}:{}: {error}", path.display(), step.line))?;
            }
        } else if let Some(name) = words.next() {
            let file = home.path().join(name);
            fs::create_dir_all(file.parent().expect("a file has a parent")).expect("a directory");
            let body: Vec<&str> = body.into_iter().map(|(_, line)| line).collect();
            fs::write(file, body.join("\n") + "\n").expect("a file");
        }
    }
    Ok(steps)
}

fn read_steps(body: &[(usize, &str)]) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for (number, line) in body {
        if let Some(command) = line.strip_prefix("$ ") {
            steps.push(Step { command: command.to_owned(), code: 0, expected: Vec::new(), line: *number });
        } else if let Some(step) = steps.last_mut() {
            match line.strip_prefix("? ").and_then(|code| code.trim().parse().ok()) {
                Some(code) if step.expected.is_empty() => step.code = code,
                _ => step.expected.push((*line).to_owned()),
            }
        }
    }
    steps
}

fn run_step(step: &Step, home: &Path) -> Result<(), String> {
    let program = Path::new(env!("CARGO_BIN_EXE_mujun"));
    let path =
        format!("{}:{}", program.parent().expect("the program has a directory").display(), std::env::var("PATH").unwrap_or_default());
    // The command as a reader of the README types it.
    let command = step.command.replace("cargo run --release -- ", "mujun ");
    let output = Command::new("sh")
        .args(["-c", &command])
        .current_dir(home)
        .env("PATH", path)
        .env("LANG", "en_US.UTF-8")
        .env("LC_ALL", "en_US.UTF-8")
        .env("COLUMNS", "110")
        .env("NO_COLOR", "1")
        .output()
        .map_err(|error| error.to_string())?;
    let mut printed = String::from_utf8_lossy(&output.stdout).into_owned();
    printed.push_str(&String::from_utf8_lossy(&output.stderr));
    let printed: Vec<&str> = printed.lines().map(str::trim_end).collect();
    let expected: Vec<&str> = step.expected.iter().map(|line| line.trim_end()).collect();
    if output.status.code() != Some(step.code) {
        return Err(format!("`{}` ended with {:?}, not {}:\n{}", step.command, output.status.code(), step.code, printed.join("\n")));
    }
    if matches(&trimmed(&expected), &trimmed(&printed)) {
        return Ok(());
    }
    Err(format!("`{}` printed\n{}\n-- where this was expected:\n{}", step.command, printed.join("\n"), expected.join("\n")))
}

fn trimmed<'t>(lines: &[&'t str]) -> Vec<&'t str> {
    let start = lines.iter().position(|line| !line.is_empty()).unwrap_or(lines.len());
    let end = lines.iter().rposition(|line| !line.is_empty()).map_or(start, |at| at + 1);
    lines[start..end].to_vec()
}

fn matches(expected: &[&str], printed: &[&str]) -> bool {
    match expected.split_first() {
        None => printed.is_empty(),
        Some((&"...", rest)) => (0..=printed.len()).any(|skip| matches(rest, &printed[skip..])),
        Some((line, rest)) => printed.split_first().is_some_and(|(first, after)| line_matches(line, first) && matches(rest, after)),
    }
}

fn line_matches(expected: &str, printed: &str) -> bool {
    let mut parts = expected.split("[..]");
    let Some(mut rest) = printed.strip_prefix(parts.next().unwrap_or("")) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    for part in middle {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a directory");
    for entry in fs::read_dir(from).expect("a directory to copy").flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() { copy(&entry.path(), &target) } else { fs::copy(entry.path(), target).map(drop).expect("a copy") }
    }
}

#[test]
fn every_story_prints_what_it_says() {
    let mut failures = Vec::new();
    let mut steps = 0;
    for story in stories() {
        match run_story(&story) {
            Ok(count) => steps += count,
            Err(failure) => failures.push(failure),
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
    assert!(steps > 0, "no story ran a command");
}

#[test]
fn patterns_match_lines_and_parts_of_lines() {
    assert!(matches(&["a", "...", "c"], &["a", "b", "b", "c"]));
    assert!(!matches(&["a", "c"], &["a", "b", "c"]));
    assert!(line_matches("x [..] y", "x anything y"));
    assert!(!line_matches("x [..] y", "x anything z"));
}
