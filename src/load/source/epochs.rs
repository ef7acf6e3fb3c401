//! From which day a workbook counts its days: 1900, or 1904 as on the old Macintosh. Read wrongly, every day that is stored as a
//! plain number is four years off.
//!
//! In: the beginning of a part of a packed workbook, or the stream of an .xls file. Out: is it 1904? Next: `row` reads days.

use crate::load::source::compound::half;
use crate::load::source::percents::records;

/// Does this part say that days are counted from 1904? `workbook.xml` of .xlsx files and the settings of .ods files do.
pub fn is_1904(name: &str, start: &[u8]) -> bool {
    let name = name.replace('\\', "/").to_ascii_lowercase();
    if name.starts_with("xl/workbook") && name.ends_with(".xml") {
        return matches!(value(start, b"date1904"), Some(b"1" | b"true" | b"on"));
    }
    name == "content.xml"
        && memchr::memmem::find(start, b"null-date")
            .is_some_and(|at| value(&start[at..], b"date-value").is_some_and(|day| day.starts_with(b"1904-")))
}

/// The value of the first attribute of that name.
fn value<'b>(bytes: &'b [u8], name: &[u8]) -> Option<&'b [u8]> {
    let rest = bytes[memchr::memmem::find(bytes, name)? + name.len()..].trim_ascii_start().strip_prefix(b"=")?.trim_ascii_start();
    let (quote, rest) = rest.split_first().filter(|(quote, _)| matches!(quote, b'"' | b'\''))?;
    rest.split(|byte| byte == quote).next().filter(|value| value.len() < rest.len())
}

/// Does the stream of an .xls file say so? A record of its own holds a one.
pub fn is_1904_of_stream(stream: &[u8]) -> bool {
    let mut own = records(stream, 0).take_while(|(kind, ..)| *kind != 0x000a);
    own.any(|(kind, from, _)| kind == 0x0022 && half(stream, from) == Some(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn workbooks_say_from_when_they_count() {
        let of = |inner: &str| is_1904("xl/workbook.xml", format!("<workbook><workbookPr {inner}/></workbook>").as_bytes());
        assert!(of("date1904=\"1\"") && of("codeName='x' date1904 = 'true'"));
        assert!(!of("date1904=\"0\"") && !of("date1904=\"false\"") && !of("") && !of("date1904="));
        assert!(!is_1904("xl/worksheets/sheet1.xml", b"date1904=\"1\""));
        let null = |day: &str| is_1904("content.xml", format!("<table:null-date table:date-value=\"{day}\"/>").as_bytes());
        assert!(null("1904-01-01") && !null("1899-12-30"));
    }

    #[test]
    fn the_record_of_an_xls_file_is_found() {
        let record = |kind: u16, data: &[u8]| [&kind.to_le_bytes()[..], &(data.len() as u16).to_le_bytes(), data].concat();
        let book = |flag: u8| [record(0x0809, &[0; 16]), record(0x0022, &[flag, 0]), record(0x000a, &[])].concat();
        assert!(is_1904_of_stream(&book(1)) && !is_1904_of_stream(&book(0)) && !is_1904_of_stream(b""));
    }
}
