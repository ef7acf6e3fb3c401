//! Runs the scripts of this folder.

use std::path::PathBuf;
use std::process::Command;

/// What a script prints; `None`, and a word that the test is skipped, where Python is not there.
pub fn python(script: &str, arguments: &[&str]) -> Option<String> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/oracle");
    match Command::new("python3").arg(folder.join(script)).args(arguments).env("PYTHONUTF8", "1").output() {
        Ok(run) => {
            assert!(run.status.success(), "{script} {arguments:?}\n{}", String::from_utf8_lossy(&run.stderr));
            Some(String::from_utf8(run.stdout).expect("UTF-8"))
        }
        Err(error) => {
            eprintln!("skipped: python3 does not run ({error})");
            None
        }
    }
}
