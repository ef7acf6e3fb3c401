//! What a rule looks at: an enterprise in a year, a parcel, a factory, an agreement; and the names that its expressions may use.
//!
//! In: a subject and the extra columns of the data. Out: every name with where its value comes from. A subject's own columns keep
//! their names; those of its parcel or its holder get `parcel_` or `enterprise_` before them where the name is taken.

use std::collections::BTreeMap;

use super::expression::Vocabulary;
use super::term::Kind;
use super::{kind_of, panel_vocabulary};
use crate::dictionary::{ColumnType, Dictionary};

/// What a rule looks at. Zones are to come: a word, a table and its names here, and a frame from `load`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// An enterprise in the evaluated year.
    Enterprise,
    /// A parcel and its holder: a row of `land`.
    Parcel,
    /// A standard factory: a row of `factories`.
    Factory,
    /// A signed agreement: a row of `agreements`.
    Agreement,
}

impl Subject {
    /// The words of books, options and results.
    pub const WORDS: &'static [(&'static str, Subject)] = &[
        ("enterprise", Subject::Enterprise),
        ("parcel", Subject::Parcel),
        ("factory", Subject::Factory),
        ("agreement", Subject::Agreement),
    ];

    /// The word.
    pub fn as_str(self) -> &'static str {
        Subject::WORDS.iter().find(|(_, subject)| *subject == self).map_or("", |(word, _)| word)
    }

    /// The table of the dictionary whose rows are looked at; `None`: the panel.
    pub fn table(self) -> Option<&'static str> {
        match self {
            Subject::Enterprise => None,
            Subject::Parcel => Some("land"),
            Subject::Factory => Some("factories"),
            Subject::Agreement => Some("agreements"),
        }
    }

    /// The column that names one of them.
    pub fn key(self) -> &'static str {
        match self {
            Subject::Enterprise => "enterprise_id",
            Subject::Parcel => "parcel_id",
            Subject::Factory => "building_id",
            Subject::Agreement => "agreement_id",
        }
    }
}

/// Where a value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// The subject's own row.
    Own,
    /// The parcel that an agreement names.
    Parcel,
    /// The enterprise: the panel in the evaluated year.
    Holder,
    /// What the method made of the enterprise.
    Method,
}

/// A name that is read from the data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Where from.
    pub origin: Origin,
    /// The column there.
    pub column: String,
    /// What it is.
    pub kind: Kind,
}

/// Columns of the data that the dictionary does not know, by table; those of the panel under `panel`.
pub type Extra = BTreeMap<&'static str, Vec<(String, ColumnType)>>;

/// Columns that every row of a subject has whatever its table: the same names everywhere.
const IDENTITY: [&str; 3] = ["enterprise_id", "name", "zone"];

/// What the method says of an enterprise.
pub const OF_THE_METHOD: &[(&str, Kind)] = &[
    ("grade", Kind::Text),
    ("grade_years", Kind::Whole),
    ("grade_years_open", Kind::Truth),
    ("outcome", Kind::Text),
    ("score", Kind::Number),
    ("review", Kind::Text),
];

/// Names that the run itself gives.
pub const OF_THE_RUN: &[(&str, Kind)] = &[("as_of", Kind::Date), ("effective_on", Kind::Date), ("year", Kind::Whole)];

/// Every name that is read from the data for a subject.
pub fn names(subject: Subject, extra: &Extra) -> BTreeMap<String, Known> {
    let mut names: BTreeMap<String, Known> = BTreeMap::new();
    let mut add = |prefix: &str, origin: Origin, column: &str, kind: Kind| {
        let name = if names.contains_key(column) { format!("{prefix}_{column}") } else { column.to_owned() };
        names.entry(name).or_insert(Known { origin, column: column.to_owned(), kind });
    };
    if subject != Subject::Enterprise {
        IDENTITY.iter().for_each(|column| add("", Origin::Own, column, Kind::Text));
    }
    for (column, kind) in subject.table().into_iter().flat_map(|table| columns(table, extra)) {
        add("", Origin::Own, &column, kind);
    }
    if subject == Subject::Agreement {
        let land = columns("land", extra).into_iter().filter(|(column, _)| !IDENTITY.contains(&column.as_str()) && column != "parcel_id");
        land.for_each(|(column, kind)| add("parcel", Origin::Parcel, &column, kind));
    }
    let panel = panel_vocabulary(extra.get("panel").map_or(&[][..], Vec::as_slice));
    let (holder, is_own) = (Origin::Holder, subject == Subject::Enterprise);
    for column in panel.names().filter(|column| *column != "year" && (is_own || !IDENTITY.contains(column))) {
        add("enterprise", holder, column, panel.kind(column).unwrap_or(Kind::Text));
    }
    OF_THE_METHOD.iter().for_each(|(column, kind)| add("enterprise", Origin::Method, column, *kind));
    names
}

/// The columns of a table, without its year: a row is looked at for the evaluated one.
fn columns(table: &str, extra: &Extra) -> Vec<(String, Kind)> {
    let known = Dictionary::get().table(table).into_iter().flat_map(|table| &table.columns);
    let known = known.filter(|column| column.name != "year" && !IDENTITY.contains(&column.name.as_str()));
    let own = known.map(|column| (column.name.clone(), kind_of(column.kind)));
    own.chain(extra.get(table).into_iter().flatten().map(|(name, kind)| (name.clone(), kind_of(*kind)))).collect()
}

/// The names as a vocabulary of expressions, with those that the run gives.
pub fn vocabulary(names: &BTreeMap<String, Known>) -> Vocabulary {
    let mut vocabulary = Vocabulary::default();
    names.iter().for_each(|(name, known)| vocabulary.add(name, known.kind));
    OF_THE_RUN.iter().for_each(|(name, kind)| vocabulary.add(*name, *kind));
    vocabulary
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(subject: Subject, name: &str) -> Option<(Origin, String)> {
        names(subject, &Extra::new()).get(name).map(|known| (known.origin, known.column.clone()))
    }

    #[test]
    fn a_name_that_is_taken_says_whose_it_is() {
        let own = |column: &str| Some((Origin::Own, column.to_owned()));
        assert_eq!(known(Subject::Parcel, "floor_area"), own("floor_area"));
        assert_eq!(known(Subject::Parcel, "enterprise_floor_area"), Some((Origin::Holder, "floor_area".to_owned())));
        assert_eq!(known(Subject::Parcel, "tax_per_mu"), Some((Origin::Holder, "tax_per_mu".to_owned())));
        assert_eq!(known(Subject::Agreement, "tax_per_mu"), own("tax_per_mu"));
        assert_eq!(known(Subject::Agreement, "enterprise_tax_per_mu"), Some((Origin::Holder, "tax_per_mu".to_owned())));
        assert_eq!(known(Subject::Agreement, "parcel_start_due_on"), Some((Origin::Parcel, "start_due_on".to_owned())));
        assert_eq!(known(Subject::Agreement, "enterprise_land_price"), Some((Origin::Holder, "land_price".to_owned())));
        assert_eq!(known(Subject::Enterprise, "land_price"), Some((Origin::Holder, "land_price".to_owned())));
        assert_eq!(known(Subject::Enterprise, "enterprise_land_price"), None);
    }
}
