//! `mujun` (亩均, "per mu") judges how well industrial land is used.
//!
//! A data set (CSV tables of enterprises, land, output, tax, energy) and a policy (a method as TOML) go in; per-mu figures,
//! places, grades and the review over years come out. The flow, stage by stage:
//!
//! ```no_run
//! use mujun::assess::{self, Request};
//! use mujun::finding::Findings;
//! use mujun::load::Quiet;
//!
//! let mut findings = Findings::default();
//! let request = Request { year: Some(2025), ..Request::default() };
//! if let Some(prepared) = assess::prepare("sample_data".as_ref(), &request, &Quiet, &mut findings) {
//!     println!("{}", prepared.statement.text()); // the statement that grades
//!     let rows = assess::evaluate(&prepared, &mut findings).expect("the engine runs what the plan writes");
//!     assert!(rows.height() > 0);
//! }
//! ```
//!
//! * [`load`] reads tables: every cell typed, every fault with its address.
//! * [`policy`] reads methods: every name known, every expression checked.
//! * [`plan`] writes one SQL statement; [`engine`] runs it.
//! * [`report`] is plain data; [`render`] turns it into text.

pub mod assess;
pub mod cli;
pub mod dictionary;
pub mod engine;
pub mod finding;
pub mod inputs;
pub mod load;
pub mod locale;
pub mod order;
pub mod plan;
pub mod policy;
pub mod render;
pub mod report;
pub mod template;
