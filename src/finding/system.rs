//! What the system does not give, put into words.
//!
//! In: an error of the system. Out: a key of the locale, and the finding for a file that cannot be read. The system's own words are
//! English and may name files that nobody asked for: they are told only where there are no others.

use std::io;

use super::{Code, Finding, Place};

/// Why a file cannot be read: a key of the locale, whose text may name the `detail`.
pub fn reason(error: &io::Error) -> &'static str {
    use io::ErrorKind::{FileTooLarge, InvalidData, InvalidInput, IsADirectory, NotADirectory, NotFound, PermissionDenied, UnexpectedEof};
    match error.kind() {
        NotFound => "reason.not-found",
        NotADirectory => "reason.not-directory",
        PermissionDenied => "reason.permission",
        IsADirectory => "reason.directory",
        UnexpectedEof => "reason.changed",
        InvalidData => "reason.not-text",
        FileTooLarge => "reason.no-settings",
        // Our own word for what is no plain file; the system may mean something else.
        InvalidInput if error.raw_os_error().is_none() => "reason.no-file",
        _ => "reason.system",
    }
}

/// Why a file cannot be written: a key of the locale, whose text may name the `detail`.
pub fn reason_against_writing(error: &io::Error) -> &'static str {
    use io::ErrorKind::{IsADirectory, NotADirectory, NotFound, PermissionDenied, ReadOnlyFilesystem, StorageFull};
    match error.kind() {
        NotFound => "reason.no-directory",
        NotADirectory => "reason.below-file",
        PermissionDenied => "reason.no-right",
        IsADirectory => "reason.directory",
        ReadOnlyFilesystem => "reason.read-only",
        StorageFull => "reason.full",
        _ => "reason.other",
    }
}

/// What the system says itself, without the names of files.
pub fn detail(error: &io::Error) -> String {
    match (error.raw_os_error(), error.kind()) {
        (Some(number), _) => io::Error::from_raw_os_error(number).to_string(),
        // Words of ours, or of a library that writes files.
        (None, io::ErrorKind::Other) => error.to_string(),
        (None, kind) => kind.to_string(),
    }
}

/// The finding for a file that cannot be read.
pub fn unreadable(error: &io::Error, place: Place) -> Finding {
    let finding = Finding::error(Code::UnreadableFile, place).with("reason", reason(error)).with("detail", detail(error));
    match error.kind() {
        io::ErrorKind::InvalidData => finding.with("remedy", "remedy.utf8"),
        io::ErrorKind::NotFound => finding.with("remedy", "remedy.path"),
        _ => finding,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_names_no_file_of_ours() {
        let wrapped = io::Error::new(io::ErrorKind::PermissionDenied, "denied at path \"/x/.mujun-abc\"");
        assert_eq!(reason_against_writing(&wrapped), "reason.no-right");
        assert!(!detail(&wrapped).contains("mujun"));
    }
}
