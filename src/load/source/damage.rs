//! What is broken in a packed file or a workbook, as a sentence can say it: cut short, other than its checksum, a part missing.
//!
//! In: the errors of the libraries that unpack. Out: a [`Refusal`] with a key of the locale; what the libraries say themselves is of
//! their own inside, and in English. Next: `source` makes a finding of it.

use std::io;

use calamine::{XlsError, XlsxError};
use zip::result::ZipError;

use crate::load::source::Refusal;

/// The file ends before what is in it does.
const CUT_SHORT: &str = "reason.cut-short";
/// What was unpacked is not what was packed.
const CHECKSUM: &str = "reason.checksum";
/// A part that the format demands is not there.
const PART_MISSING: &str = "reason.part-missing";
/// Any other damage.
pub const DAMAGED: &str = "reason.damaged";

/// Those keys: copying the file anew helps.
pub const ALL: [&str; 4] = [CUT_SHORT, CHECKSUM, PART_MISSING, DAMAGED];

/// Why something that is packed does not unpack.
pub fn unpacking(error: io::Error) -> Refusal {
    use io::ErrorKind::{InvalidData, InvalidInput, Other, UnexpectedEof};
    match error.kind() {
        UnexpectedEof => Refusal::Because(CUT_SHORT),
        InvalidData | InvalidInput | Other if error.to_string().contains("checksum") => Refusal::Because(CHECKSUM),
        InvalidData | InvalidInput | Other => Refusal::Because(DAMAGED),
        _ => Refusal::Io(error),
    }
}

impl From<ZipError> for Refusal {
    fn from(error: ZipError) -> Self {
        match error {
            ZipError::Io(error) => unpacking(error),
            // The list of parts stands at the end of an archive: where there is none, the end is missing.
            ZipError::InvalidArchive(_) => Refusal::Because(CUT_SHORT),
            ZipError::FileNotFound => Refusal::Because(PART_MISSING),
            ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) | ZipError::InvalidPassword => Refusal::Because("reason.password"),
            ZipError::CompressionMethodNotSupported(_) => Refusal::Because("reason.packed-otherwise"),
            _ => Refusal::Because(DAMAGED),
        }
    }
}

impl From<XlsxError> for Refusal {
    fn from(error: XlsxError) -> Self {
        match error {
            XlsxError::Password => Refusal::Because("reason.password"),
            XlsxError::Io(error) => unpacking(error),
            XlsxError::Zip(error) => error.into(),
            XlsxError::FileNotFound(_) | XlsxError::RelationshipNotFound => Refusal::Because(PART_MISSING),
            _ => Refusal::Because(DAMAGED),
        }
    }
}

impl From<XlsError> for Refusal {
    fn from(error: XlsError) -> Self {
        match error {
            XlsError::Password => Refusal::Because("reason.password"),
            XlsError::Io(error) => unpacking(error),
            _ => Refusal::Because(DAMAGED),
        }
    }
}
