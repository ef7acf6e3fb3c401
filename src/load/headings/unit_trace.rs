//! Units that can be seen in a text that says none by a label: words, and sentences that are not understood.
//!
//! In: a title or a note. Out: the words, with the quantities they measure. Next: `unfollowed`.

use crate::dictionary::Office;
use crate::load::headings::unit_label::stands;
use crate::load::headings::unit_words::spaced;

/// Units that can be seen in a text, by the quantity they measure: for texts that say nothing else.
pub fn traces(text: &str) -> Vec<(&'static str, &'static str)> {
    let office = Office::get();
    let mut plain: String = spaced(&text.chars().take(300).collect::<String>());
    for word in &office.innocent {
        plain = plain.replace(word.as_str(), "|");
    }
    let mut traces = Vec::new();
    let mut free = 0;
    for (at, _) in plain.char_indices() {
        // A figure before it makes it a threshold: 2000万元以上.
        if at < free || plain[..at].ends_with(|before: char| before.is_ascii_digit()) {
            continue;
        }
        // 万 元 is no 元.
        let length = |word: &str| stands(&plain[at..], word).filter(|length| is_apart(&plain, at, &plain[at..at + length]));
        let all = office.unit_traces.iter().flat_map(|trace| trace.words.iter().map(move |word| (trace, word)));
        let found = all.filter_map(|(trace, word)| Some((trace, word, length(word)?)));
        let Some((trace, word, length)) = found.max_by_key(|(_, _, length)| *length) else { continue };
        traces.extend(trace.quantities.iter().map(|quantity| (quantity.as_str(), word.as_str())));
        free = at + length;
    }
    traces
}

/// Latin words stand apart from other letters.
fn is_apart(text: &str, at: usize, word: &str) -> bool {
    let is_letter = |character: char| character.is_ascii_alphanumeric();
    !word.starts_with(is_letter)
        || !text[..at].ends_with(|before: char| before.is_ascii_alphabetic()) && !text[at + word.len()..].starts_with(is_letter)
}
