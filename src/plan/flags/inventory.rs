//! Parcels and their land by zone and state.
//!
//! In: the inventory of a book. Out: one statement with a row per zone and state; areas are summed in whole millionths.

use super::{Options, Reach, Writer, subjects, with};
use crate::plan::panel::exact_sum;
use crate::plan::print::name;
use crate::plan::{Stage, select};
use crate::policy::book::Book;
use crate::policy::subject::Subject;

/// One SQL statement: land by zone and state.
#[derive(Debug, Clone)]
pub struct InventoryStatement {
    /// Id of the book, as a comment.
    pub head: String,
    /// The stages.
    pub stages: Vec<Stage>,
    /// The last `SELECT`: zone, state, parcels, mu.
    pub rows: String,
}

impl InventoryStatement {
    /// The whole statement.
    pub fn text(&self) -> String {
        with(&self.head, &self.stages, &self.rows)
    }
}

/// The statement for a book that knows states.
pub fn inventory(book: &Book, options: Options) -> Option<InventoryStatement> {
    let inventory = book.inventory.as_ref()?;
    let reach = Reach::new(book, Subject::Parcel, options.extra);
    let mut needs = reach.needs(std::iter::empty());
    reach.visit(Subject::Parcel, &inventory.when.term, &mut needs);
    reach.name(Subject::Parcel, &inventory.of.text, &mut needs);
    reach.name(Subject::Parcel, "area", &mut needs);
    let mut writer = Writer { reach, options, needs, rules: Vec::new(), stages: Vec::new() };
    if writer.looks_at_enterprises() {
        super::enterprises::add(&mut writer);
    }
    subjects::add(&mut writer);
    let when = writer.print(Subject::Parcel, &inventory.when.term);
    let columns = [
        "zone".to_owned(),
        "state".to_owned(),
        "COUNT(DISTINCT parcel_id) AS parcels".to_owned(),
        format!("{} / 1000000.0 AS mu", exact_sum("area", 6)),
    ];
    // A state that rests on a date in doubt cannot be told.
    let of = crate::policy::term::Term::Column(inventory.of.text.clone(), crate::policy::term::Kind::Text);
    let doubts: Vec<String> = writer.doubts(&of).iter().map(|doubt| format!("COALESCE({}, FALSE)", name(doubt))).collect();
    let state = match doubts.as_slice() {
        [] => name(&inventory.of.text),
        doubts => format!("CASE WHEN {} THEN NULL ELSE {} END", doubts.join(" OR "), name(&inventory.of.text)),
    };
    let counted = ["zone".to_owned(), "parcel_id".to_owned(), "area".to_owned(), format!("{state} AS state")];
    let from = format!("FROM {}\nWHERE {when}", writer.last());
    writer.push("counted", "the state of every parcel that counts", select(&counted, &from));
    let rows = select(&columns, "FROM counted\nGROUP BY zone, state");
    Some(InventoryStatement { head: format!("-- {}: inventory\n", book.id), stages: writer.stages, rows })
}
