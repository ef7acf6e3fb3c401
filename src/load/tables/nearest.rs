//! The known name nearest to one that is not known, at a bounded cost.
//!
//! In: an unknown text and all known ones. Out: the place of the nearest. A first pass compares only beginnings and ends,
//! which finds every single slip of the pen; the few best are then compared properly.

use rayon::prelude::*;

/// How many different unknown names of a file are looked up.
pub const LOOKED_UP: usize = 50;
/// How many comparisons a file may cost.
const COMPARISONS: usize = 20_000_000;
/// How many candidates are compared properly.
const CANDIDATES: usize = 8;

/// For each of the first unknown names (at most 50) the place of the nearest known one; ties go to the earlier.
pub fn nearest_each<T: AsRef<str> + Sync>(unknown: &[T], known: &[T]) -> Vec<Option<usize>> {
    let affordable = (COMPARISONS / known.len().max(1)).clamp(1, LOOKED_UP);
    unknown.par_iter().take(affordable).map(|name| nearest(name.as_ref(), known.iter().map(AsRef::as_ref))).collect()
}

/// The place of the known name nearest to an unknown one.
pub fn nearest<'k>(name: &str, known: impl Iterator<Item = &'k str>) -> Option<usize> {
    let mut best: Vec<(usize, usize, &str)> = Vec::with_capacity(CANDIDATES + 1);
    for (place, candidate) in known.enumerate() {
        let difference = slack(name.as_bytes(), candidate.as_bytes());
        if best.len() == CANDIDATES && best.last().is_some_and(|worst| worst.0 <= difference) {
            continue;
        }
        let at = best.partition_point(|entry| entry.0 <= difference);
        best.insert(at, (difference, place, candidate));
        best.truncate(CANDIDATES);
    }
    best.iter().map(|&(_, place, candidate)| (strsim::osa_distance(name, candidate), place)).min().map(|(_, place)| place)
}

/// Bytes that neither the common beginning nor the common end explains.
fn slack(a: &[u8], b: &[u8]) -> usize {
    let shorter = a.len().min(b.len());
    let start = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let end = a.iter().rev().zip(b.iter().rev()).take(shorter - start).take_while(|(a, b)| a == b).count();
    a.len().max(b.len()) - start - end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_pen_is_found() {
        let known = ["E100", "E200", "临江开发区", "E2001"];
        for (name, expected) in [("E20O", 1), ("E10", 0), ("E2011", 3), ("临江开发", 2), ("E010", 0)] {
            assert_eq!(nearest(name, known.iter().copied()), Some(expected), "{name}");
        }
        assert_eq!(nearest("x", std::iter::empty()), None);
    }
}
