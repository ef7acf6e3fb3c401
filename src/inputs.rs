//! The files that a run reads: settings within bounds, and a note of every file, so that no result is written over one of them.
//!
//! In: paths, as they are read. Out: their bytes, and of a target the input that it would overwrite. Next: `cli` asks before it writes.

use std::collections::BTreeSet;
use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// Most bytes of a file of settings: hundreds of times what the longest method has.
const MOST_BYTES: u64 = 4 << 20;

/// Everything that was read so far.
static READ: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

/// Notes that a file is read, or would be if it were there.
pub fn note(path: &Path) {
    READ.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_owned());
}

/// What the system says of a plain file. Nothing is opened: a pipe would be waited for without end.
///
/// # Errors
///
/// When it is not there, or is a directory, a pipe, a device or a socket ([`io::ErrorKind::InvalidInput`]).
pub fn plain(path: &Path) -> io::Result<Metadata> {
    let known = std::fs::metadata(path)?;
    match () {
        () if known.is_file() => Ok(known),
        () if known.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
        () => Err(io::ErrorKind::InvalidInput.into()),
    }
}

/// The bytes of a file of settings: `mujun.toml`, a method, a rule book, a plan.
///
/// # Errors
///
/// When it is no plain file, cannot be read, or is longer than any such file ([`io::ErrorKind::FileTooLarge`]).
pub fn settings(path: &Path) -> io::Result<Vec<u8>> {
    plain(path)?;
    note(path);
    let mut bytes = Vec::new();
    File::open(path)?.take(MOST_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MOST_BYTES { Err(io::ErrorKind::FileTooLarge.into()) } else { Ok(bytes) }
}

/// The input that a target is, by whatever path or link; `None` where it is another file, or no plain one.
pub fn overwritten(target: &Path) -> Option<PathBuf> {
    READ.lock().unwrap_or_else(PoisonError::into_inner).iter().find(|read| is_one(read, target)).cloned()
}

/// Do two paths lead to one plain file, be it there or not?
pub fn is_one(a: &Path, b: &Path) -> bool {
    let is_other = |path: &Path| std::fs::metadata(path).is_ok_and(|known| !known.is_file());
    if is_other(a) || is_other(b) {
        return false;
    }
    matches!((place(a), place(b)), (Some(a), Some(b)) if a == b) || is_one_node(a, b)
}

/// The path without links; of a file that is not there, that of its directory with its name.
fn place(path: &Path) -> Option<PathBuf> {
    let of_directory = || {
        let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        Some(directory.canonicalize().ok()?.join(path.file_name()?))
    };
    path.canonicalize().ok().or_else(of_directory)
}

/// Are they two names of one file (hard links)?
#[cfg(unix)]
fn is_one_node(a: &Path, b: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let node = |path: &Path| std::fs::metadata(path).ok().map(|known| (known.dev(), known.ino()));
    node(a).is_some_and(|one| node(b) == Some(one))
}

#[cfg(not(unix))]
fn is_one_node(_: &Path, _: &Path) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_plain_files_of_a_few_megabytes() {
        let home = tempfile::tempdir().expect("a directory");
        let path = home.path().join("p.toml");
        std::fs::write(&path, vec![b'#'; 4 << 20]).expect("a file");
        assert_eq!(settings(&path).expect("read").len(), 4 << 20);
        std::fs::write(&path, vec![b'#'; (4 << 20) + 1]).expect("a file");
        assert_eq!(settings(&path).expect_err("too long").kind(), io::ErrorKind::FileTooLarge);
        assert_eq!(settings(home.path()).expect_err("no file").kind(), io::ErrorKind::IsADirectory);
        assert_eq!(settings(&home.path().join("q.toml")).expect_err("none").kind(), io::ErrorKind::NotFound);
        #[cfg(unix)]
        assert_eq!(settings(Path::new("/dev/zero")).expect_err("a device").kind(), io::ErrorKind::InvalidInput);
    }

    #[cfg(unix)]
    #[test]
    fn one_file_is_known_by_every_path() {
        let home = tempfile::tempdir().expect("a directory");
        let data = home.path().join("d");
        std::fs::create_dir(&data).expect("a directory");
        let file = data.join("tax.csv");
        std::fs::write(&file, "a").expect("a file");
        std::os::unix::fs::symlink(&data, home.path().join("link")).expect("a link");
        std::fs::hard_link(&file, home.path().join("hard.csv")).expect("a link");
        for path in ["d/tax.csv", "d/../d/tax.csv", "link/tax.csv", "hard.csv"] {
            assert!(is_one(&file, &home.path().join(path)), "{path}");
        }
        // The one that is not there yet as well.
        assert!(is_one(&data.join("corrections.csv"), &home.path().join("link/corrections.csv")));
        std::fs::write(home.path().join("tax.csv"), "a").expect("a file");
        assert!(!is_one(&file, &home.path().join("tax.csv")));
        assert!(!is_one(Path::new("/dev/null"), Path::new("/dev/null")));
    }
}
