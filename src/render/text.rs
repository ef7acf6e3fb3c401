//! Text of unknown origin, made safe to print and cut to a width.
//!
//! In: what stands in a cell or a policy. Out: one line without control characters, at most so many terminal columns wide.

use std::borrow::Cow;
use std::fmt::Write;

use unicode_width::UnicodeWidthStr;

/// No terminal line is longer; texts are cut here before they are measured.
const LONGEST: usize = 4096;

/// The text with control characters, and those that turn the writing direction, written as escapes.
pub(super) fn clean(text: &str) -> Cow<'_, str> {
    if !text.chars().any(must_be_escaped) {
        return Cow::Borrowed(text);
    }
    let mut cleaned = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        if must_be_escaped(character) {
            write!(cleaned, "{}", character.escape_default()).expect("a String takes all");
        } else {
            cleaned.push(character);
        }
    }
    Cow::Owned(cleaned)
}

fn must_be_escaped(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        || matches!(character, '\u{e0000}'..='\u{e0fff}')
}

/// How many terminal columns the text takes.
pub(super) fn width(text: &str) -> usize {
    text.width()
}

/// The text if it fits, else its beginning and an ellipsis.
pub(super) fn cut(text: &str, most: usize) -> Cow<'_, str> {
    if text.len() <= most || text.len() <= LONGEST && width(text) <= most {
        return Cow::Borrowed(text);
    }
    let head = &text[..text.floor_char_boundary(LONGEST.min(text.len()))];
    let room = most.saturating_sub(1);
    let mut end = 0;
    for (at, character) in head.char_indices() {
        let next = at + character.len_utf8();
        if width(&head[..next]) > room {
            break;
        }
        end = next;
    }
    Cow::Owned(format!("{}…", &head[..end]))
}

/// Pieces between `; ` filled into lines of a width; a longer piece has a line of its own. In a sentence the semicolon stays.
pub fn filled(text: &str, most: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for piece in text.split("; ") {
        match lines.last_mut().filter(|line| width(line) + width(piece) + 2 <= most) {
            Some(line) => *line += &format!("; {piece}"),
            None => lines.push(piece.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_escaped() {
        assert_eq!(clean("甲\u{1b}[31m\r\n乙\t\u{202e}"), "甲\\u{1b}[31m\\r\\n乙\\t\\u{202e}");
        assert_eq!(clean("沪 A-1"), "沪 A-1");
    }

    #[test]
    fn long_texts_are_cut_by_display_width() {
        assert_eq!(cut("上海某某有限公司", 16), "上海某某有限公司");
        assert_eq!(cut("上海某某有限公司", 15), "上海某某有限公…");
        assert_eq!(cut("上海某某有限公司", 14), "上海某某有限…");
        assert_eq!(cut("abcdef", 4), "abc…");
        assert_eq!(width(&cut(&"长".repeat(100_000), 60)), 59);
    }
}
