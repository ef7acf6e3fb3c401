//! Keeps two runs from adding corrections at once: each would write the lines that it knows, and those of the other would be lost.
//!
//! In: a directory of data. Out: a [`Lock`], held until it is dropped. The lock is one of the system on a hidden file beside
//! `corrections.csv`; what a killed run leaves behind holds nobody up.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use super::append::target;

/// Name of the file beside `corrections.csv`.
pub const FILE: &str = ".corrections.csv.lock";

/// Others wait while it is there.
#[derive(Debug)]
pub struct Lock {
    path: PathBuf,
    /// The system lets go when it is closed.
    _file: File,
}

/// Waits until nobody else adds corrections to a directory.
///
/// # Errors
///
/// When the directory is not there, cannot be written, or is on a medium without locks.
pub fn lock(directory: &Path) -> io::Result<Lock> {
    let path = target(directory)?.with_file_name(FILE);
    loop {
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path)?;
        file.lock()?;
        // The one before has removed it meanwhile: what is held is no longer what others find.
        if is_still(&file, &path) {
            return Ok(Lock { path, _file: file });
        }
    }
}

#[cfg(unix)]
fn is_still(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    matches!((file.metadata(), std::fs::metadata(path)), (Ok(own), Ok(there)) if (own.dev(), own.ino()) == (there.dev(), there.ino()))
}

#[cfg(not(unix))]
fn is_still(_: &File, _: &Path) -> bool {
    true
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Elsewhere it stays: whether it is still the same could not be told.
        if cfg!(unix) {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}
