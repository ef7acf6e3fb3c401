//! Each table by itself: what of its rows the panel, the frames and the checks take.
//!
//! In: loaded tables. Out: columns and frames. Next: `load` puts them into a data set.

pub mod addresses;
pub mod adjustments;
pub mod agreements;
pub mod city;
pub mod enterprise;
pub mod enterprises;
pub mod frame;
pub mod kpis;
pub mod land;
pub mod nearest;
pub mod panel;
pub mod parcels;
pub mod remarks;
pub mod rows;
pub mod shared;
pub mod subjects;
pub mod unheld;
pub mod yearly;
pub mod zones;
