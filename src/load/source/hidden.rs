//! Rows and columns of an .xlsx file that are hidden: what the reader of the format does not tell.
//!
//! In: a packed workbook and the parts in which something is said to be hidden. Out: by sheet, its hidden rows with cells and its
//! hidden columns. A filter hides rows and deletes none, so whoever sees ten rows sends a hundred. Next: `shadows` tells of them.

use std::collections::{HashMap, HashSet};

use quick_xml::events::{BytesStart, Event};

use crate::load::source::Refusal;
use crate::load::source::damage;
use crate::load::source::survey::{Archive, Packed};
use crate::load::source::xml::{self, Xml};

/// What of a sheet is hidden.
#[derive(Debug, Default, PartialEq)]
pub struct Hidden {
    /// Rows with cells, from zero, in order.
    pub rows: Vec<u32>,
    /// The first and the last of columns that stand together, from zero.
    pub columns: Vec<(u32, u32)>,
}

/// What is hidden, by the name of the sheet. Sheets in which nothing is are left out, and cost nothing.
///
/// # Errors
///
/// When a part cannot be read, and when two sheets have one name or one part: no program writes that, and reading it again and again has
/// no end.
pub fn of(archive: &mut Archive, packed: &Packed) -> Result<HashMap<String, Hidden>, Refusal> {
    let (mut all, mut names, mut parts) = (HashMap::new(), HashSet::new(), HashSet::new());
    for (name, part) in sheets(archive, &packed.names)? {
        if !names.insert(name.clone()) || !parts.insert(part.clone()) {
            return Err(Refusal::Because(damage::DAMAGED));
        }
        let number = packed.hidden.iter().find(|number| packed.names[**number] == part);
        if let Some(number) = number {
            all.insert(name, in_sheet(Xml::new(archive.by_index(*number)?))?);
        }
    }
    Ok(all)
}

/// The names of the sheets, each with its part.
fn sheets(archive: &mut Archive, names: &[String]) -> Result<Vec<(String, String)>, Refusal> {
    const FOLDER: &str = "xl/";
    let relations = |name: &String| name.starts_with("xl/_rels/") && name.ends_with(".rels");
    let Some(number) = names.iter().position(relations) else { return Ok(Vec::new()) };
    let book = names[number].replace("_rels/", "").trim_end_matches(".rels").to_owned();
    let mut targets = HashMap::new();
    each(archive, number, |tag| {
        if let ("Relationship", Some(id), Some(target)) = (tag.local_name().as_ref(), xml::value(tag, "Id"), xml::value(tag, "Target")) {
            let part = target.strip_prefix('/').map_or_else(|| format!("{FOLDER}{target}"), str::to_owned);
            targets.insert(id, part.to_ascii_lowercase());
        }
    })?;
    let mut sheets = Vec::new();
    let Some(number) = names.iter().position(|name| *name == book) else { return Ok(sheets) };
    each(archive, number, |tag| {
        let id = tag.attributes().with_checks(false).flatten().find(|attribute| attribute.key.local_name().as_ref() == "id");
        let part = id.and_then(|id| targets.get(&xml::text(&id)));
        if let ("sheet", Some(name), Some(part)) = (tag.local_name().as_ref(), xml::value(tag, "name"), part) {
            sheets.push((name, part.clone()));
        }
    })?;
    Ok(sheets)
}

/// Calls `see` for every element of a part.
fn each(archive: &mut Archive, number: usize, mut see: impl FnMut(&BytesStart<'_>)) -> Result<(), Refusal> {
    let mut xml = Xml::new(archive.by_index(number)?);
    loop {
        match xml.next()? {
            Event::Start(tag) => see(&tag),
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}

fn in_sheet<R: std::io::Read>(mut xml: Xml<R>) -> Result<Hidden, Refusal> {
    let (mut hidden, mut next, mut is_hidden, mut is_filled) = (Hidden::default(), 0, false, false);
    let place = |at: u64| u32::try_from(at).unwrap_or(u32::MAX);
    loop {
        match xml.next()? {
            Event::Eof => return Ok(hidden),
            Event::Start(tag) => match tag.local_name().as_ref() {
                "col" if says_hidden(&tag) => {
                    let number = |name| xml::value(&tag, name).map_or(1, |value| xml::number(&value).max(1)) - 1;
                    hidden.columns.push((place(number("min")), place(number("max"))));
                }
                "row" => {
                    next = xml::value(&tag, "r").map_or(next, |value| xml::number(&value).saturating_sub(1));
                    (is_hidden, is_filled) = (says_hidden(&tag), false);
                }
                "v" | "is" => is_filled = true,
                _ => {}
            },
            Event::End(tag) => match tag.local_name().as_ref() {
                "row" => {
                    hidden.rows.extend((is_hidden && is_filled).then(|| place(next)));
                    next += 1;
                }
                "sheetData" => return Ok(hidden),
                _ => {}
            },
            _ => {}
        }
    }
}

fn says_hidden(tag: &BytesStart<'_>) -> bool {
    xml::value(tag, "hidden").is_some_and(|value| xml::is_yes(&value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_rows_with_cells_and_hidden_columns_are_found() {
        let sheet = r#"<worksheet><cols><col min="2" max="3" hidden="1"/><col min="5" max="5"/></cols><sheetData>
            <row r="1"><c r="A1"><v>1</v></c></row><row r="2" hidden = 'true'><c r="A2" t="inlineStr"><is><t>x</t></is></c></row>
            <row hidden="1"><c r="A3"/></row><row hidden="1"><c><v>4</v></c></row><row r="9" hidden="false"><c><v>4</v></c></row>
            <x:row r="11" hidden="1"><x:c><x:v>4</x:v></x:c></x:row></sheetData><row r="12" hidden="1"><v/></row></worksheet>"#;
        let found = in_sheet(Xml::new(sheet.as_bytes())).expect("it is read");
        assert_eq!(found, Hidden { rows: vec![1, 3, 10], columns: vec![(1, 2)] });
    }
}
