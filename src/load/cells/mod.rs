//! Cells: the text of one as a value of its column's type, and what it cannot be.
//!
//! In: the text of a cell. Out: numbers, dates, periods, codes, or what is wrong. Next: `reading` reads rows of them.

pub mod cell;
pub mod column;
pub mod credit_code;
pub mod flaw;
pub mod forms;
pub mod industry_code;
pub mod number;
pub mod period;
pub mod span;
