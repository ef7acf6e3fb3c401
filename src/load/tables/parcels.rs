//! The rows of `land.csv`, one by one: whose they are, in which zone, and in which years they hold.
//!
//! In: the loaded table and the enterprises. Out: the frame of parcels. Next: `agreements`, which find their parcel among them,
//! and the rules on land.

use polars::prelude::*;
use rayon::prelude::*;

use crate::load::reading::table::Loaded;
use crate::load::tables::enterprise::NOBODY;
use crate::load::tables::enterprises::Enterprises;
use crate::load::tables::frame;

/// The year until which a row holds that nothing replaces.
const OPEN: i32 = 9999;
/// Place of `owned` among the words of tenure; blank is owned.
pub const OWNED: u8 = 0;

/// All rows of land that may be used, in the order of the file.
pub struct Parcels<'l, 'i> {
    /// The table; `None` if there is none.
    pub loaded: Option<&'l Loaded<'i>>,
    enterprises: &'l Enterprises,
    /// Where each stands.
    pub spots: Vec<(u32, u32)>,
    id: Option<usize>,
    holder: Option<usize>,
    zone: Option<usize>,
    zone_of_enterprise: Option<usize>,
    tenure: Option<usize>,
}

impl<'l, 'i> Parcels<'l, 'i> {
    /// Numbers the rows.
    pub fn number(loaded: Option<&'l Loaded<'i>>, enterprises: &'l Enterprises) -> Self {
        let position = |name: &str| loaded.and_then(|loaded| loaded.position(name));
        Parcels {
            loaded,
            enterprises,
            spots: loaded.map_or(Vec::new(), |loaded| loaded.spots().collect()),
            id: position("parcel_id"),
            holder: position("enterprise_id"),
            zone: position("zone"),
            zone_of_enterprise: enterprises.loaded.position("zone"),
            tenure: position("tenure"),
        }
    }

    fn text(&self, column: Option<usize>, number: usize) -> Option<&'l str> {
        self.loaded?.text(column?, self.spots[number])
    }

    /// The id of the parcel.
    pub fn id(&self, number: usize) -> Option<&'l str> {
        self.text(self.id, number)
    }

    /// The number of the holder, or [`NOBODY`], and its id as it stands in the file.
    pub fn holder(&self, number: usize) -> (u32, Option<&'l str>) {
        (self.loaded.map_or(NOBODY, |loaded| loaded.owner(self.spots[number])), self.text(self.holder, number))
    }

    /// Its place among the words of tenure.
    pub fn tenure(&self, number: usize) -> u8 {
        let (part, at) = self.spots[number];
        let cells = self.loaded.zip(self.tenure).map(|(loaded, column)| &loaded.parts[part as usize].cells[column]);
        cells.and_then(|cells| cells.word(at as usize)).unwrap_or(OWNED)
    }

    /// The zone the land names, else that of its holder.
    pub fn zone(&self, number: usize) -> Option<&'l str> {
        let of_holder = || Some(self.holder(number).0).filter(|holder| *holder != NOBODY);
        self.text(self.zone, number).or_else(|| self.enterprises.text(self.zone_of_enterprise, of_holder()? as usize))
    }

    /// The year from which a row holds; 0 if it has none.
    pub fn holds_from(&self, number: usize) -> i32 {
        let (part, at) = self.spots[number];
        self.loaded.map_or(0, |loaded| i32::from(loaded.parts[part as usize].years[at as usize]))
    }

    /// The years in which each row holds: from its own until that of the next row of the same parcel, holder and tenure.
    fn holds(&self) -> (Vec<i32>, Vec<i32>) {
        let from: Vec<i32> = (0..self.spots.len()).map(|number| self.holds_from(number)).collect();
        let mut until = vec![OPEN; from.len()];
        if from.iter().all(|year| *year == 0) {
            return (from, until);
        }
        let piece = |number: usize| (self.holder(number), self.id(number), self.tenure(number));
        let mut order: Vec<usize> = (0..from.len()).collect();
        order.par_sort_unstable_by(|&a, &b| (piece(a), from[a], a).cmp(&(piece(b), from[b], b)));
        for pair in order.windows(2).filter(|pair| piece(pair[0]) == piece(pair[1])) {
            until[pair[0]] = from[pair[1]];
        }
        (from, until)
    }

    /// One row per row of land. `has`: which of the columns besides its number, holder and id are filled.
    pub fn frame(&self, has: &dyn Fn(&str) -> bool) -> DataFrame {
        let (from, until) = self.holds();
        let zones =
            || crate::load::cells::column::texts("zone".into(), self.spots.len(), (0..self.spots.len()).map(|number| self.zone(number)));
        let or_absent = |name: &str, series: &dyn Fn() -> Series| if has(name) { series() } else { frame::absent(name, self.spots.len()) };
        let first = vec![
            frame::numbers("parcel", self.spots.len()),
            frame::owners(self.loaded, &self.spots),
            frame::text("parcel_id", self.loaded, &self.spots),
            or_absent("enterprise_id", &|| frame::text("enterprise_id", self.loaded, &self.spots)),
            or_absent("name", &|| frame::of_owner("name", self.loaded, self.enterprises, &self.spots)),
            or_absent("zone", &zones),
            Int32Chunked::from_vec("holds_from".into(), from).into_series(),
            Int32Chunked::from_vec("holds_until".into(), until).into_series(),
        ];
        frame::build(self.loaded, &self.spots, first)
    }
}
