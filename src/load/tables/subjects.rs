//! Land, factories and agreements row by row, for the rules that judge them.
//!
//! In: the loaded tables. Out: a frame for each that is wanted, an empty one with the columns that are always there for the
//! others, and what is found when rows are checked against rows. Next: [`crate::load::Dataset`].

use polars::prelude::DataFrame;

use crate::finding::Findings;
use crate::load::Options;
use crate::load::reading::table::Loaded;
use crate::load::tables::agreements::Agreements;
use crate::load::tables::enterprises::Enterprises;
use crate::load::tables::frame;
use crate::load::tables::parcels::Parcels;

/// The tables whose rows may be wanted; `None` where there is no file.
pub struct Tables<'l, 'i> {
    /// `land.csv`.
    pub land: Option<&'l Loaded<'i>>,
    /// `factories.csv`.
    pub factories: Option<&'l Loaded<'i>>,
    /// `agreements.csv`.
    pub agreements: Option<&'l Loaded<'i>>,
}

/// A frame per table.
pub struct Frames {
    /// One row per row of land.
    pub parcels: DataFrame,
    /// One row per building or unit.
    pub factories: DataFrame,
    /// One row per agreement.
    pub agreements: DataFrame,
}

/// Makes the frames that are wanted.
pub fn frames(tables: &Tables<'_, '_>, enterprises: &Enterprises, options: &Options<'_>, findings: &mut Findings) -> Frames {
    let rows = &options.rows;
    let parcels = Parcels::number(tables.land.filter(|_| rows.are_checked()), enterprises);
    let agreements = Agreements::place(tables.agreements.filter(|_| rows.are_checked()), &parcels, enterprises);
    agreements.check(findings);
    let no_parcels = Parcels::number(None, enterprises);
    let no_agreements = Agreements::place(None, &no_parcels, enterprises);
    Frames {
        parcels: if rows.land.is_wanted() { &parcels } else { &no_parcels }.frame(&|name| !rows.bare || rows.land.wants(name)),
        factories: factories(tables.factories.filter(|_| rows.factories.is_wanted()), enterprises),
        agreements: if rows.agreements.is_wanted() { &agreements } else { &no_agreements }.frame(),
    }
}

fn factories(loaded: Option<&Loaded<'_>>, enterprises: &Enterprises) -> DataFrame {
    let spots: Vec<(u32, u32)> = loaded.map_or(Vec::new(), |loaded| loaded.spots().collect());
    let first = vec![
        frame::numbers("factory", spots.len()),
        frame::owners(loaded, &spots),
        frame::text("building_id", loaded, &spots),
        frame::text("enterprise_id", loaded, &spots),
        frame::of_owner("name", loaded, enterprises, &spots),
        frame::text("zone", loaded, &spots),
    ];
    frame::build(loaded, &spots, first)
}
