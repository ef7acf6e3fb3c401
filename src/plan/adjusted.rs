//! Stage `adjusted`: moves after grading, in order: fix, raise, lower, ceiling, floor.

use super::print::text;
use super::{Draft, select};

/// Adds the stage.
pub fn add(draft: &mut Draft) {
    let names = draft.policy.grade_names();
    if !draft.options.adjustments || names.is_empty() {
        draft.push("adjusted", "no measures move a grade", select(&["*".to_owned(), "ranked_grade AS grade".to_owned()], "FROM graded"));
        return;
    }
    let mut index = "CASE ranked_grade".to_owned();
    let mut back = "CASE grade_index".to_owned();
    for (at, grade) in names.iter().enumerate() {
        index += &format!(" WHEN {} THEN {}", text(grade), at + 1);
        back += &format!(" WHEN {} THEN {}", at + 1, text(grade));
    }
    let steps = [
        ("fixed", format!("COALESCE(fixed_to, {index} END)"), "fix: a grade given for a reason"),
        (
            "lifted",
            "CASE WHEN raised IS NULL THEN grade_0 ELSE LEAST(GREATEST(grade_0 - raised, 1), COALESCE(raised_to, 99)) END".to_owned(),
            "raise: so many grades up, or up to a grade",
        ),
        (
            "dropped",
            format!(
                "CASE WHEN lowered IS NULL THEN grade_1 ELSE GREATEST(LEAST(grade_1 + lowered, {}), COALESCE(lowered_to, 0)) END",
                names.len()
            ),
            "lower: so many grades down, or down to a grade",
        ),
        (
            "capped",
            "CASE WHEN ceiling_at IS NULL THEN grade_2 ELSE GREATEST(grade_2, ceiling_at) END".to_owned(),
            "ceiling: not better than",
        ),
        ("held", "CASE WHEN floor_at IS NULL THEN grade_3 ELSE LEAST(grade_3, floor_at) END".to_owned(), "floor: not worse than"),
    ];
    let mut from = "graded".to_owned();
    for (at, (stage, sql, about)) in steps.into_iter().enumerate() {
        let column = if at == 4 { "grade_index".to_owned() } else { format!("grade_{at}") };
        let sql = format!("CASE WHEN ranked_grade IS NULL THEN NULL ELSE {sql} END AS {column}");
        draft.push(stage, about, select(&["*".to_owned(), sql], &format!("FROM {from}")));
        from = stage.to_owned();
    }
    draft.push("adjusted", "the grade after all moves", select(&["*".to_owned(), format!("{back} END AS grade")], "FROM held"));
}
