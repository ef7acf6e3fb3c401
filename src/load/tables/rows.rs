//! Which rows are handed on as they are, besides what the panel takes from them.
//!
//! In: the options of loading. Out: for each column of a file whether a frame wants it, and whether rows are checked against
//! each other. Next: `table` stores the cells, `subjects` makes the frames.

use std::collections::BTreeSet;

use crate::dictionary::Dictionary;
use crate::dictionary::suspicions::Suspicions;

/// What is wanted of a table's rows.
#[derive(Debug, Clone, Copy, Default)]
pub enum Want<'a> {
    /// No frame.
    #[default]
    Nothing,
    /// A frame with these columns, besides those it always has.
    Only(&'a BTreeSet<String>),
    /// A frame with all columns.
    All,
}

/// What is wanted of the rows of land, factories and agreements. By default nothing, and nothing is spent on it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Rows<'a> {
    /// For [`crate::load::Dataset::parcels`].
    pub land: Want<'a>,
    /// For [`crate::load::Dataset::factories`].
    pub factories: Want<'a>,
    /// For [`crate::load::Dataset::agreements`].
    pub agreements: Want<'a>,
    /// The order of dates and the parcels of agreements are checked, though no frame is wanted. Where one is, they are.
    pub check: bool,
    /// What can be read and is hardly meant is told, too: columns in another unit, values that can hardly be true, industry codes
    /// that do not fit.
    pub suspicions: bool,
    /// Columns that every frame has, and nobody named, are missing from end to end, but for the keys: millions of names that nobody reads.
    pub bare: bool,
    /// From which figures on several rows together are told; `None`: the built-in ones.
    pub limits: Option<&'static Suspicions>,
}

impl Want<'_> {
    /// Is there a frame?
    pub fn is_wanted(self) -> bool {
        !matches!(self, Want::Nothing)
    }

    /// Is this column in the frame?
    pub fn wants(self, name: &str) -> bool {
        match self {
            Want::Nothing => false,
            Want::Only(names) => names.contains(name),
            Want::All => true,
        }
    }
}

impl Rows<'_> {
    /// All rows, and everything is checked.
    pub const CHECKED: Rows<'static> = Rows { suspicions: true, ..Rows::ALL };
    /// All rows of all three tables with all columns.
    pub const ALL: Rows<'static> =
        Rows { land: Want::All, factories: Want::All, agreements: Want::All, check: true, suspicions: false, bare: false, limits: None };

    /// Are rows checked against each other?
    pub fn are_checked(&self) -> bool {
        self.check || [self.land, self.factories, self.agreements].into_iter().any(Want::is_wanted)
    }

    /// What is wanted of a table.
    pub fn of(&self, table: &str) -> Want<'_> {
        match table {
            "land" => self.land,
            "factories" => self.factories,
            "agreements" => self.agreements,
            // Few, and always there.
            "zones" => Want::All,
            _ => Want::Nothing,
        }
    }

    /// Do the checks, or the columns that every frame has, need this column?
    pub fn need(&self, table: &str, column: &str) -> bool {
        let always = match table {
            "land" => matches!(column, "parcel_id" | "enterprise_id" | "zone"),
            "factories" => matches!(column, "building_id" | "enterprise_id" | "zone"),
            "agreements" => matches!(column, "agreement_id" | "enterprise_id" | "parcel_id"),
            _ => false,
        };
        let is_ordered = |dates: &[String]| dates.iter().any(|date| date == column);
        self.are_checked() && (always || Dictionary::get().orders.iter().any(|order| order.table == table && is_ordered(&order.dates)))
    }
}
