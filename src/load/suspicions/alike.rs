//! Which of millions of texts stand more than once, without a map of them all.
//!
//! In: a hash and a number for each text. Out: the numbers of those with the same text, in their order. Most texts stand once: they cost
//! eight bytes and a place in a sort.

use std::hash::BuildHasher;

use foldhash::fast::FixedState;
use rayon::prelude::*;

/// A text by its hash, and its number.
pub fn entry(text: &str, number: u32) -> u64 {
    (FixedState::default().hash_one(text) >> 32) << 32 | u64::from(number)
}

/// Calls `f` with the numbers of every text that stands more than once, in order. `text`: what was entered with a number.
pub fn each<T: Ord>(mut entries: Vec<u64>, text: impl Fn(u32) -> T, mut f: impl FnMut(&[u32])) {
    entries.par_sort_unstable();
    let mut same: Vec<(T, u32)> = Vec::new();
    let mut numbers: Vec<u32> = Vec::new();
    for alike in entries.chunk_by(|a, b| a >> 32 == b >> 32).filter(|alike| alike.len() > 1) {
        same.clear();
        same.extend(alike.iter().map(|&entry| (text(entry as u32), entry as u32)));
        // Of one hash are nearly always those of one text.
        same.sort();
        for group in same.chunk_by(|a, b| a.0 == b.0).filter(|group| group.len() > 1) {
            numbers.clear();
            numbers.extend(group.iter().map(|(_, number)| *number));
            f(&numbers);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_stand_more_than_once_are_found_with_all_their_places() {
        let texts = ["b", "a", "c", "a", "b", "d", "a"];
        let entries = texts.iter().enumerate().map(|(at, text)| entry(text, at as u32)).collect();
        let mut found = Vec::new();
        each(entries, |number| texts[number as usize], |numbers| found.push(numbers.to_vec()));
        found.sort();
        assert_eq!(found, [vec![0, 4], vec![1, 3, 6]]);
    }

    #[test]
    fn texts_of_one_hash_are_told_apart() {
        let texts = ["x", "y", "x", "y", "z"];
        let mut found = Vec::new();
        each((0..5).collect(), |number| texts[number as usize], |numbers| found.push(numbers.to_vec()));
        assert_eq!(found, [[0, 2], [1, 3]]);
    }
}
