//! Stages of the moves after ranking, each a column `grade_<n>` (the place in the policy's list of grades), and `adjusted`:
//! the grade after all of them, and in `moves` what moved it.
//!
//! The measures of the table `adjustments` come first (fix, raise, lower, ceiling, floor), or where the policy says so.

use super::print::{Printer, grade_at, grade_number, text};
use super::{Draft, of_groups, select};
use crate::policy::moves::{Action, Move};

/// Adds the stages.
pub fn add(draft: &mut Draft) {
    let names = draft.policy.grade_names();
    let has_table = draft.options.adjustments;
    if !has_table && draft.policy.moves.is_empty() || names.is_empty() {
        draft.push(
            "adjusted",
            "no measures move a grade",
            select(&["*", "ranked_grade AS grade", "CAST(NULL AS VARCHAR) AS moves"].map(str::to_owned), "FROM graded"),
        );
        return;
    }
    let index = grade_number(&names, "ranked_grade");
    let mut steps = Steps { names, made: 0, trace: Vec::new() };
    draft.push(
        "standing_grade",
        "the grade as its place in the list of grades",
        select(&["*".to_owned(), format!("{index} AS grade_0")], "FROM graded"),
    );
    let says_when = draft.policy.moves.iter().any(|step| step.action == Action::Adjustments);
    if has_table && !says_when {
        steps.table(draft);
    }
    for step in draft.policy.moves.clone() {
        match step.action {
            Action::Adjustments if has_table => steps.table(draft),
            Action::Adjustments => {}
            Action::Owner => steps.owner(draft, &step),
            _ => steps.own(draft, &step),
        }
    }
    steps.finish(draft);
}

/// The moves so far.
struct Steps {
    names: Vec<String>,
    /// How many moves were made: the grade is in `grade_<made>`.
    made: usize,
    /// Column, name of the move.
    trace: Vec<(usize, String)>,
}

impl Steps {
    /// The grade after so many moves.
    fn name_of(&self, column: usize) -> String {
        grade_at(&self.names, &format!("grade_{column}"))
    }

    fn number(&self, grade: &str) -> usize {
        self.names.iter().position(|name| name == grade).map_or(0, |at| at + 1)
    }

    /// A move as a stage: `sql` over the grade so far.
    fn push(&mut self, draft: &mut Draft, id: &str, about: &'static str, sql: &str) {
        let from = format!("FROM {}", draft.last());
        self.made += 1;
        let column = format!("{sql} AS grade_{}", self.made);
        draft.push(format!("moved_{}", self.made), about, select(&["*".to_owned(), column], &from));
        self.trace.push((self.made, id.to_owned()));
    }

    /// The measures of the table.
    fn table(&mut self, draft: &mut Draft) {
        let last = self.names.len();
        type Sql = fn(&str, usize) -> String;
        let steps: [(&str, &'static str, Sql); 5] = [
            ("fix", "fix: a grade given for a reason", |grade, _| format!("COALESCE(fixed_to, {grade})")),
            ("raise", "raise: so many grades up, or up to a grade", |grade, _| {
                format!("CASE WHEN raised IS NULL THEN {grade} ELSE LEAST(GREATEST({grade} - raised, 1), COALESCE(raised_to, 99)) END")
            }),
            ("lower", "lower: so many grades down, or down to a grade", |grade, last| {
                format!(
                    "CASE WHEN lowered IS NULL THEN {grade} ELSE GREATEST(LEAST({grade} + lowered, {last}), COALESCE(lowered_to, 0)) END"
                )
            }),
            ("ceiling", "ceiling: not better than", |grade, _| {
                format!("CASE WHEN ceiling_at IS NULL THEN {grade} ELSE GREATEST({grade}, ceiling_at) END")
            }),
            ("floor", "floor: not worse than", |grade, _| {
                format!("CASE WHEN floor_at IS NULL THEN {grade} ELSE LEAST({grade}, floor_at) END")
            }),
        ];
        for (id, about, sql) in steps {
            let grade = format!("grade_{}", self.made);
            let sql = format!("CASE WHEN ranked_grade IS NULL THEN NULL ELSE {} END", sql(&grade, last));
            self.push(draft, id, about, &sql);
        }
    }

    /// For whom a move is.
    fn condition(&self, draft: &Draft, step: &Move) -> String {
        let grade = self.name_of(self.made);
        let rename = |name: &str| match name {
            "group" => Some("peer_group".to_owned()),
            "grade" => Some(grade.clone()),
            _ => None,
        };
        let printer = Printer { decimals: draft.policy.decimals, rename: &rename, present: Some(draft.options.present) };
        let mut conditions: Vec<String> = Vec::new();
        conditions.extend(of_groups(step.groups.iter().map(|key| key.text.as_str())));
        conditions.extend(step.when.iter().map(|when| format!("({})", printer.print(when))));
        if conditions.is_empty() { "TRUE".to_owned() } else { conditions.join(" AND ") }
    }

    /// A move of the policy.
    fn own(&mut self, draft: &mut Draft, step: &Move) {
        let grade = format!("grade_{}", self.made);
        let moved = match &step.action {
            Action::Fix(to) => self.number(to).to_string(),
            Action::Raise(by) => format!("GREATEST({grade} - {by}, 1)"),
            Action::Lower(by) => format!("LEAST({grade} + {by}, {})", self.names.len()),
            Action::Ceiling(to) => format!("GREATEST({grade}, {})", self.number(to)),
            Action::Floor(to) => format!("LEAST({grade}, {})", self.number(to)),
            Action::Owner | Action::Adjustments => return,
        };
        let condition = self.condition(draft, step);
        let sql = format!("CASE WHEN {grade} IS NOT NULL AND {condition} THEN {moved} ELSE {grade} END");
        self.push(draft, &step.key.text, "a move of the policy", &sql);
    }

    /// Whoever sits on another's land takes its grade, where it has one.
    fn owner(&mut self, draft: &mut Draft, step: &Move) {
        let (before, grade) = (draft.last().to_owned(), format!("grade_{}", self.made));
        let (owners, owned) = (format!("owners_{}", self.made + 1), format!("owned_{}", self.made + 1));
        let columns =
            ["enterprise_id AS owner_id", "year AS owner_year"].map(str::to_owned).into_iter().chain([format!("{grade} AS {owned}")]);
        let columns: Vec<String> = columns.collect();
        draft.push(
            owners.clone(),
            "the grades of those who own land",
            select(&columns, &format!("FROM {before}\nWHERE {grade} IS NOT NULL")),
        );
        let from = format!("FROM {before} AS p\nLEFT JOIN {owners} AS o ON p.site_owner_id = o.owner_id AND p.year = o.owner_year");
        let columns = ["p.*".to_owned(), format!("o.{owned}")];
        draft.push(format!("beside_{owners}"), "every enterprise beside the grade of its site's owner", select(&columns, &from));
        let condition = self.condition(draft, step);
        let sql = format!(
            "CASE WHEN {owned} IS NOT NULL AND outcome IN ('graded', 'not-assessable') AND {condition} THEN {owned} ELSE {grade} END"
        );
        self.push(draft, &step.key.text, "the grade of the site's owner", &sql);
    }

    fn finish(&self, draft: &mut Draft) {
        let grade = format!("{} AS grade", self.name_of(self.made));
        let moved: Vec<String> = self
            .trace
            .iter()
            .map(|(column, id)| {
                let (before, after) = (column - 1, column);
                let from = format!("COALESCE({}, '-')", self.name_of(before));
                let piece = format!("{} || {from} || '→' || {}", text(&format!("; {id} ")), self.name_of(*after));
                format!("CASE WHEN grade_{after} <> COALESCE(grade_{before}, 0) THEN {piece} ELSE '' END")
            })
            .collect();
        let from = format!("FROM {}", draft.last());
        let moves = match moved.as_slice() {
            [] => "CAST(NULL AS VARCHAR) AS moves".to_owned(),
            moved => format!("NULLIF(SUBSTR({}, 3), '') AS moves", moved.join(" || ")),
        };
        draft.push("adjusted", "the grade after all moves, and what moved it", select(&["*".to_owned(), grade, moves], &from));
    }
}
