//! Which cells of an .xls file are shown as percentages: what the reader of the format does not tell.
//!
//! In: the stream of the workbook. Out: by sheet, in the order in which the workbook lists them, the cells whose format has a percent
//! sign. Next: `workbook` reads those numbers as they are shown.

use std::collections::HashSet;

use crate::load::source::compound::{half, word};
use crate::load::source::grid::Area;

/// The two formats with a percent sign that every workbook has.
const BUILT_IN: [u16; 2] = [9, 10];

/// A record: its kind, and where its data begin and end.
type Record = (u16, usize, usize);

/// The cells shown as percentages, by sheet.
pub fn of(stream: &[u8]) -> Vec<Vec<Area>> {
    let (mut formats, mut styles, mut sheets) = (HashSet::from(BUILT_IN), Vec::new(), Vec::new());
    for (kind, from, to) in records(stream, 0) {
        match kind {
            0x041e => {
                let Some(number) = half(stream, from) else { break };
                // The text of the format: letters of one byte or two, a percent sign among them either way.
                if stream[from + 2..to].contains(&b'%') {
                    formats.insert(number);
                } else {
                    formats.remove(&number);
                }
            }
            0x00e0 => styles.push(half(stream, from + 2).unwrap_or(0)),
            0x0085 => sheets.push(word(stream, from).unwrap_or(u32::MAX) as usize),
            0x000a => break,
            _ => {}
        }
    }
    let percents: Vec<bool> = styles.iter().map(|format| formats.contains(format)).collect();
    if !percents.contains(&true) {
        return sheets.iter().map(|_| Vec::new()).collect();
    }
    sheets.into_iter().map(|start| in_sheet(stream, start, &percents)).collect()
}

/// The records from a place on, as long as they are whole.
pub fn records(stream: &[u8], start: usize) -> impl Iterator<Item = Record> {
    let mut at = start;
    std::iter::from_fn(move || {
        let (kind, length) = (half(stream, at)?, usize::from(half(stream, at + 2)?));
        let from = at + 4;
        at = from + length;
        (at <= stream.len()).then_some((kind, from, at))
    })
}

fn in_sheet(stream: &[u8], start: usize, percents: &[bool]) -> Vec<Area> {
    let (mut cells, mut depth) = (Vec::new(), 0);
    let is_percent = |at: usize| half(stream, at).is_some_and(|style| percents.get(usize::from(style)) == Some(&true));
    for (kind, from, to) in records(stream, start) {
        match kind {
            0x0809 => depth += 1,
            0x000a if depth <= 1 => break,
            0x000a => depth -= 1,
            // A number, a packed number, a formula.
            0x0203 | 0x027e | 0x0006 | 0x0206 | 0x0406 if depth == 1 => {
                if let (Some(row), Some(column)) = (half(stream, from), half(stream, from + 2))
                    && is_percent(from + 4)
                {
                    cells.push((row, column));
                }
            }
            // Packed numbers side by side: style and number of each, and the last column.
            0x00bd if depth == 1 => {
                let (Some(row), Some(first)) = (half(stream, from), half(stream, from + 2)) else { continue };
                let count = to.saturating_sub(from + 6) / 6;
                let own = (0..count).filter(|number| is_percent(from + 4 + number * 6));
                cells.extend(own.map(|number| (row, first.saturating_add(number as u16))));
            }
            _ => {}
        }
    }
    cells.sort_unstable();
    cells.dedup();
    let area = |(row, column): (u16, u16)| (u32::from(row), u32::from(column));
    cells.into_iter().map(area).map(|(row, column)| Area { top: row, left: column, bottom: row, right: column }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(kind: u16, data: &[u8]) -> Vec<u8> {
        [&kind.to_le_bytes()[..], &(data.len() as u16).to_le_bytes(), data].concat()
    }

    #[test]
    fn numbers_with_a_percent_format_are_found() {
        // Styles 0 and 1, the second in format 10; one sheet with a number in B3 and three packed ones from A4 on.
        let style = |format: u16| record(0x00e0, &[&[0, 0][..], &format.to_le_bytes(), &[0; 16]].concat());
        let head = [record(0x0809, &[0; 16]), style(0), style(10)].concat();
        let start = (head.len() + 4 + 8 + 4) as u32;
        let packed = |style: u16| [&style.to_le_bytes()[..], &[0; 4]].concat();
        let row = [&[3, 0, 0, 0][..], &packed(1), &packed(0), &packed(1), &[2, 0]].concat();
        let stream = [
            head,
            record(0x0085, &[&start.to_le_bytes()[..], &[0; 4]].concat()),
            record(0x000a, &[]),
            record(0x0809, &[0; 16]),
            record(0x0203, &[&[2, 0, 1, 0, 1, 0][..], &[0; 8]].concat()),
            record(0x00bd, &row),
            record(0x000a, &[]),
        ]
        .concat();
        let cells: Vec<(u32, u32)> = of(&stream)[0].iter().map(|area| (area.top, area.left)).collect();
        assert_eq!(cells, [(2, 1), (3, 0), (3, 2)]);
        assert_eq!(of(&stream[..9]), Vec::<Vec<Area>>::new());
    }
}
