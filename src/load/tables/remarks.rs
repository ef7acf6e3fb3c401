//! What `check` remembers of the tables until all are read: figures against what is usual, and how the tables fit together.
//!
//! In: each table as it is read. Out: the two kinds of remarks, judged when all tables are known. Next: `plausible`, `joins`.

use crate::finding::Findings;
use crate::load::joins::Gathered;
use crate::load::plausible::Notes;
use crate::load::plausible::parcel::Latest;
use crate::load::reading::table::Loaded;
use crate::load::suspicions;
use crate::load::tables::addresses::Addresses;
use crate::load::tables::enterprises::Enterprises;

/// Tables with a row for every enterprise and year.
const YEARLY: [&str; 3] = ["output", "tax", "energy"];

/// What is remembered.
#[derive(Default)]
pub struct Remarks {
    /// Figures against what they usually are.
    pub notes: Notes,
    /// The latest figures, to hold parcels against.
    pub latest: Latest,
    /// Who stands where.
    pub joins: Gathered,
    /// What was seen when rows were looked at together.
    pub findings: Findings,
    /// Where figures stand.
    pub addresses: Addresses,
}

impl Remarks {
    /// Remembers a table whose rows belong to enterprises; nothing, unless suspicions are asked for.
    pub fn add(&mut self, loaded: &Loaded<'_>, enterprises: &Enterprises) {
        self.notes.add(loaded);
        self.latest.add(loaded, enterprises);
        self.joins.add(loaded, enterprises);
        suspicions::look(loaded, enterprises, &mut self.findings);
        if loaded.layout.suspicions && YEARLY.contains(&loaded.layout.table.name.as_str()) {
            self.addresses.add_yearly(loaded, enterprises);
        }
    }

    /// Adds those of other tables.
    pub fn extend(&mut self, other: Remarks) {
        self.notes.extend(other.notes);
        self.latest.extend(other.latest);
        self.joins.extend(other.joins);
        self.findings.extend(other.findings);
        self.addresses.extend(other.addresses);
    }
}
