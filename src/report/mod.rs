//! Reports as plain data: an evaluation goes in, tables and sentences come out. Formats are the renderers' business.
pub mod table;
