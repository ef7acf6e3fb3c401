//! Reports as plain data: an evaluation goes in, tables and sentences come out. Formats are the renderers' business.

pub mod books;
pub mod cell;
pub mod check;
pub mod flags;
pub mod policies;
pub mod rank;
pub mod roll;
pub mod sources;
pub mod table;
