//! Lists the methods, rule books, zone plans and factor tables of `src/policies`, so that a new one is a new file and nothing else.
//!
//! In: every `*.toml` of `src/policies` and of its folders `rules`, `plans` and `factors`. Out: `library.rs` in the build's own
//! folder, four lists of id (the file's name) and text, sorted by id.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").ok_or(io::ErrorKind::NotFound)?);
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?);
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=src/policies");
    let mut text = String::new();
    for (name, about, folder) in [
        ("BUILT_IN", "Id and text of every built-in method: the files of `src/policies`, by id.", "src/policies"),
        ("BOOKS", "Id and text of every built-in rule book: the files of `src/policies/rules`, by id.", "src/policies/rules"),
        ("PLANS", "Id and text of every built-in zone plan: the files of `src/policies/plans`, by id.", "src/policies/plans"),
        ("FACTORS", "Id and text of every built-in factor table: the files of `src/policies/factors`, by id.", "src/policies/factors"),
    ] {
        let _ = writeln!(text, "/// {about}\npub const {name}: &[(&str, &str)] = &[");
        for (id, path) in files(&root.join(folder))? {
            let _ = writeln!(text, "    ({id:?}, include_str!({path:?})),");
        }
        let _ = writeln!(text, "];");
    }
    fs::write(out.join("library.rs"), text)
}

/// Name without ending, and path, of every TOML file of a folder, by name; none where there is no folder.
fn files(folder: &Path) -> io::Result<Vec<(String, PathBuf)>> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut list = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_stem().map(|name| name.to_string_lossy().into_owned());
        if let Some(name) = name.filter(|_| path.is_file() && path.extension().is_some_and(|ending| ending == "toml")) {
            list.push((name, path));
        }
    }
    list.sort();
    Ok(list)
}
