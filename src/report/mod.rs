//! Reports as plain data: an evaluation goes in, tables and sentences come out. Formats are the renderers' business.

pub mod articles;
pub mod books;
pub mod cell;
pub mod check;
pub mod diff;
pub mod flags;
pub mod joins;
pub mod listed;
pub mod plans;
pub mod policies;
pub mod proof;
pub mod rank;
pub mod roll;
pub mod sheets;
pub mod sources;
pub mod table;
pub mod words;
pub mod zone;
