//! `mujun` (亩均, "per mu") judges how well industrial land is used.
pub mod dictionary;
pub mod finding;
pub mod locale;
pub mod report;
