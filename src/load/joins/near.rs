//! Known ids that are a single slip away from unknown ones: one character off, too many or too few, or two neighbours swapped.
//!
//! In: the unknown ids, few, then every known id once, however many. Out: the unknown ones that each is near to. Two texts that
//! are a slip apart share a text that comes of leaving out at most one character of each; those of the unknown ids are kept by
//! their hash, so that a known id costs as many look-ups as it has characters, and nothing is compared with everything.

use foldhash::fast::FixedState;
use hashbrown::HashMap;

/// The base of the rolling hash.
const BASE: u64 = 0x9e37_79b9_7f4a_7c15;
/// Bits of the filter that answers most look-ups without one.
const FILTER_BITS: u32 = 22;
/// Ids with more characters are not compared.
const LONGEST: usize = 40;

/// How two ids differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slip {
    /// In one character.
    Character,
    /// Two neighbours are swapped.
    Swapped,
    /// One has a character more.
    Length,
}

/// The unknown ids, by what is left of them without a character.
pub struct Near {
    ids: Vec<Vec<char>>,
    shortest: usize,
    by_hash: HashMap<u64, Vec<u32>, FixedState>,
    filter: Vec<u64>,
}

impl Near {
    /// Of ids in their normal forms. Those with fewer characters than `shortest` are near to nobody.
    pub fn of(ids: &[&str], shortest: usize) -> Near {
        let ids: Vec<Vec<char>> = ids.iter().map(|id| id.chars().collect()).collect();
        let mut near = Near { shortest, by_hash: HashMap::default(), filter: vec![0; 1 << (FILTER_BITS - 6)], ids: Vec::new() };
        for (place, id) in ids.iter().enumerate().filter(|(_, id)| near_enough(id.len(), shortest)) {
            each_shorter(id, |hash| {
                let places = near.by_hash.entry(hash).or_default();
                if places.last() != Some(&(place as u32)) {
                    places.push(place as u32);
                }
                let bit = hash >> (64 - FILTER_BITS);
                near.filter[(bit / 64) as usize] |= 1 << (bit % 64);
            });
        }
        near.ids = ids;
        near
    }

    /// Calls `f` with the place of every unknown id that is one slip away from a known one, and how.
    pub fn find(&self, known: &str, mut f: impl FnMut(u32, Slip)) {
        let known: Vec<char> = known.chars().collect();
        if !near_enough(known.len(), self.shortest) {
            return;
        }
        let mut seen: Vec<u32> = Vec::new();
        each_shorter(&known, |hash| {
            let bit = hash >> (64 - FILTER_BITS);
            if self.filter[(bit / 64) as usize] & (1 << (bit % 64)) == 0 {
                return;
            }
            for &place in self.by_hash.get(&hash).into_iter().flatten() {
                if !seen.contains(&place) {
                    seen.push(place);
                    if let Some(slip) = slip(&self.ids[place as usize], &known) {
                        f(place, slip);
                    }
                }
            }
        });
    }
}

fn near_enough(length: usize, shortest: usize) -> bool {
    (shortest..=LONGEST).contains(&length)
}

/// The hash of a text, and of what is left of it without each of its characters.
fn each_shorter(text: &[char], mut f: impl FnMut(u64)) {
    let value = |character: char| u64::from(u32::from(character)) + 1;
    // behind[i]: the hash of what stands from i on, counted from the end; powers go with it.
    let (mut behind, mut powers) = ([0_u64; LONGEST + 1], [1_u64; LONGEST + 1]);
    for at in (0..text.len()).rev() {
        let after = text.len() - 1 - at;
        behind[at] = value(text[at]).wrapping_mul(powers[after]).wrapping_add(behind[at + 1]);
        powers[after + 1] = powers[after].wrapping_mul(BASE);
    }
    f(behind[0]);
    let mut before = 0_u64;
    for at in 0..text.len() {
        let after = text.len() - 1 - at;
        f(before.wrapping_mul(powers[after]).wrapping_add(behind[at + 1]));
        before = before.wrapping_mul(BASE).wrapping_add(value(text[at]));
    }
}

/// How two texts differ, if it is a single slip.
pub fn slip(a: &[char], b: &[char]) -> Option<Slip> {
    let start = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let (a, b) = (&a[start..], &b[start..]);
    let end = a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count();
    match (&a[..a.len() - end], &b[..b.len() - end]) {
        ([_], [_]) => Some(Slip::Character),
        ([a, b], [c, d]) if a == d && b == c => Some(Slip::Swapped),
        ([_], []) | ([], [_]) => Some(Slip::Length),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn whatever_is_one_edit_away_is_found_and_whatever_is_found_is(known in "[AB1]{3,7}", unknown in "[AB1]{3,7}") {
            // The distance with swaps of another implementation.
            let near = Near::of(&[unknown.as_str()], 3);
            let mut found = 0;
            near.find(&known, |_, _| found += 1);
            proptest::prop_assert_eq!(found, usize::from(strsim::osa_distance(&known, &unknown) == 1));
        }
    }

    #[test]
    fn every_single_slip_is_found_and_nothing_else() {
        let unknown = ["91350100M000100Y43", "ABCDE", "AB", "企业一二三"];
        let near = Near::of(&unknown, 5);
        let found = |known: &str| {
            let mut all = Vec::new();
            near.find(known, |place, slip| all.push((place, slip)));
            all
        };
        for (known, expected) in [
            ("91350100M000100Y44", vec![(0, Slip::Character)]),
            ("19350100M000100Y43", vec![(0, Slip::Swapped)]),
            ("91350100M000100Y4", vec![(0, Slip::Length)]),
            ("91350100M000100Y432", vec![(0, Slip::Length)]),
            ("91350100M000100Y43", vec![]),
            ("91350100M000100Y54", vec![]),
            ("ABCED", vec![(1, Slip::Swapped)]),
            ("AXCDE", vec![(1, Slip::Character)]),
            ("ABDEC", vec![]),
            ("AC", vec![]),
            ("企业一四三", vec![(3, Slip::Character)]),
        ] {
            assert_eq!(found(known), expected, "{known}");
        }
    }
}
