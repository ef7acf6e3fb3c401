//! Text of unknown origin, made safe to print and cut to a width.
//!
//! In: what stands in a cell or a policy. Out: one line without control characters, at most so many terminal columns wide.

use std::borrow::Cow;
use std::fmt::Write;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

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

/// A word of the user's, safe to print and no longer than a line or two.
pub fn shown(text: &str) -> String {
    cut(&clean(text), 240).into_owned()
}

/// The text in lines of a width: broken after blanks and between Chinese characters, and within a word only where it is longer than a
/// line. No line begins with a mark that ends something.
pub fn wrapped(text: &str, most: usize) -> Vec<String> {
    if width(text) <= most {
        return vec![text.to_owned()];
    }
    let mut lines = vec![String::new()];
    for piece in pieces(text) {
        let line = lines.last_mut().expect("there is always a line");
        if width(line) + width(piece.trim_end()) <= most {
            line.push_str(piece);
            continue;
        }
        if !line.is_empty() {
            lines.push(String::new());
        }
        for character in piece.chars() {
            let line = lines.last_mut().expect("there is always a line");
            let is_full = !line.is_empty() && width(line) + character.width().unwrap_or(0) > most;
            if is_full && character != ' ' { lines.push(character.to_string()) } else { line.push(character) }
        }
    }
    lines.iter().map(|line| line.trim_end().to_owned()).collect()
}

/// Marks that stay with what stands before them.
const CLOSING: &str = "，。、；：！？）》】」』”’％,.;:!?)]}%";

/// Parts of a text between which a line may end.
fn pieces(text: &str) -> Vec<&str> {
    let (mut pieces, mut start, mut before) = (Vec::new(), 0, '\u{0}');
    let is_wide = |character: char| character.width() == Some(2);
    for (at, character) in text.char_indices() {
        let stays = character == ' ' || CLOSING.contains(character) || character.width() == Some(0);
        let may_end = before == ' ' || is_wide(before) || is_wide(character);
        // An opening bracket stays with what it opens.
        let is_open = matches!(before, '（' | '《' | '【' | '“' | '‘' | '(' | '[' | '\u{0}');
        if may_end && !stays && !is_open {
            pieces.push(&text[start..at]);
            start = at;
        }
        before = character;
    }
    pieces.push(&text[start..]);
    pieces
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

    #[test]
    fn lines_end_where_a_reader_would_end_them() {
        assert_eq!(wrapped("Leading firms (label leading)", 16), ["Leading firms", "(label leading)"]);
        assert_eq!(wrapped("龙头企业（标签 leading、龙头）", 10), ["龙头企业", "（标签", "leading、", "龙头）"]);
        assert_eq!(wrapped("亩均税收，万元", 8), ["亩均税", "收，万元"]);
        assert_eq!(wrapped("abcdefghij", 4), ["abcd", "efgh", "ij"]);
        assert_eq!(wrapped("甲厂", 4), ["甲厂"]);
        assert_eq!(wrapped("", 4), [""]);
        for most in 2..20 {
            let text = "甲乙 丙丁（戊 ab）cd、efghijkl 己";
            let lines = wrapped(text, most);
            assert!(lines.iter().all(|line| width(line) <= most.max(4)), "{most}: {lines:?}");
            assert_eq!(lines.concat().replace(' ', ""), text.replace(' ', ""));
        }
    }
}
