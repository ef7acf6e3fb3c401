//! Arguments that `rank` and `sql` share: by what method, for which year, rows of what.

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
}

impl Method {
    /// The request that these arguments make.
    pub fn request(self) -> Request {
        Request { policy: self.policy, year: self.year, by: Some(self.by).filter(|by| by != "enterprise"), ..Request::default() }
    }
}
