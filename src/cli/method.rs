//! Arguments that `rank` and `sql` share: by what method, for which year, rows of what.

use std::path::PathBuf;

use clap::Args;

use crate::assess::Request;

/// Method, year and roll-up.
#[derive(Debug, Args)]
pub struct Method {
    /// The method.
    #[arg(long, value_name = "ID|FILE")]
    policy: Option<String>,
    /// The year.
    #[arg(long, value_name = "Y")]
    year: Option<i32>,
    /// Rows of what.
    #[arg(long, default_value = "enterprise", value_parser = ["enterprise", "zone", "county", "town", "park", "industry", "chain", "group"])]
    by: String,
    /// What the files are.
    #[arg(long, value_name = "FILE")]
    data_config: Option<PathBuf>,
}

impl Method {
    /// Rows of what.
    pub fn by(&self) -> &str {
        &self.by
    }

    /// The request that these arguments make.
    pub fn request(self) -> Request {
        let by = Some(self.by).filter(|by| by != "enterprise");
        Request { policy: self.policy, year: self.year, by, data_config: self.data_config, ..Request::default() }
    }
}
