//! Rows that number the columns of a table: `甲 乙 1 2`, `(1) (2)`, `A B C`, `1 2 3=1+2`.
//!
//! In: the cells of a row. Out: whether it is such a row, or may be one of data all the same. Next: `shape`.

use crate::dictionary::{ColumnType, Office, normalise};
use crate::load::cells::cell::trim;
use crate::load::headings::names::Names;
use crate::load::headings::shape::Heading;
use crate::load::source::Row;

/// A row that numbers the columns: `甲, 乙, 1, 2, 3`, `(1), (2)`, `A, B, C`, `1, 2, 3=1+2`. Words and letters come first.
pub fn is_numbering(filled: &[(usize, &str)]) -> bool {
    let (mut words, mut letters, mut numbers) = (0, 0, 0);
    for (_, cell) in filled {
        match Numbering::of(cell) {
            Some(Numbering::Word) if letters + numbers == 0 => words += 1,
            Some(Numbering::Letter(at)) if numbers == 0 && at == letters => letters += 1,
            // Numbers begin anywhere with 0 or 1, and go on by one.
            Some(Numbering::Number(at)) if at == numbers || numbers == 0 && at <= 1 => numbers = at + 1,
            _ => return false,
        }
    }
    let counted = letters.max(numbers.saturating_sub(1));
    // One number alone may be a datum, unless two words stand before it.
    filled.len() >= 3 && (counted > 1 || counted == 1 && words > 1)
}

/// May a row that numbers the columns be a row of data all the same? Where no column is of years, and the row below has a number of the
/// same kind as its key, or there is none.
pub fn is_like_data(names: &Names<'_>, heading: &Heading, rows: &[Row], at: usize) -> bool {
    let column =
        |position: usize| heading.fields.get(position).and_then(|field| names.column(trim(field))).map(|at| &names.table.columns[at]);
    let positions = || (0..heading.fields.len()).filter_map(|position| Some((position, column(position)?)));
    let has_years = positions().any(|(_, column)| column.kind == ColumnType::Year);
    let key = positions().find(|(_, column)| names.table.key.contains(&column.name)).map_or(0, |(position, _)| position);
    let cell = |row: &Row| row.fields.get(key).map(|cell| trim(cell).to_owned()).unwrap_or_default();
    !has_years && rows.get(at + 1).is_none_or(|next| Numbering::of(&cell(next)).is_some() && Numbering::of(&cell(&rows[at])).is_some())
}

/// What a cell of such a row may be.
enum Numbering {
    Word,
    Letter(u32),
    Number(u32),
}

impl Numbering {
    fn of(cell: &str) -> Option<Numbering> {
        let plain = normalise(cell);
        let plain = plain.trim_start_matches('(').trim_end_matches(')');
        if Office::get().numbering.iter().any(|word| word == plain) {
            return Some(Numbering::Word);
        }
        // What a column is made of stands behind its number: 3=1+2.
        let number = plain.split(['=', ')']).next().unwrap_or(plain);
        let mut letters = number.chars();
        match (letters.next()?, letters.next()) {
            (letter @ 'a'..='z', None) => Some(Numbering::Letter(letter as u32 - 'a' as u32)),
            (circled @ '①'..='⑳', None) => Some(Numbering::Number(circled as u32 - '①' as u32 + 1)),
            _ if number.len() < 4 => number.parse().ok().map(Numbering::Number),
            _ => None,
        }
    }
}
