//! Enterprise ids as dense numbers: found by their bytes, without a string per row.
//!
//! In: the ids of `enterprises.csv` in order. Out: for any id its number. Ids of up to 23 bytes are compared as three words.
//! Next: every other table names its enterprise by this number.
//!
//! Millions of ids are looked up at random places of a table that no cache holds, so what counts is how many waits for memory
//! overlap. That is why slots are small, apart from the ids, and looked up many at a time.

use std::hash::{BuildHasher, Hasher};

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use rayon::prelude::*;

/// No enterprise.
pub const NOBODY: u32 = u32::MAX;
/// Bytes of the longest id that stands in the table.
const SHORT: usize = 23;
/// In place of a length: the first word is the number itself.
const RESOLVED: u8 = 255;
/// Parts of the table, each filled by one thread.
const SHARDS: usize = 64;
/// Ids that are looked up at a time.
const BATCH: usize = 64;

/// An id as three words; the last byte is its length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key([u64; 3]);

impl Key {
    /// A short id.
    #[inline]
    fn short(id: &str) -> Option<Key> {
        let bytes = id.as_bytes();
        if bytes.len() > SHORT {
            return None;
        }
        let mut all = [0_u8; 24];
        all[..bytes.len()].copy_from_slice(bytes);
        all[SHORT] = bytes.len() as u8;
        let word = |at: usize| {
            u64::from_le_bytes([all[at], all[at + 1], all[at + 2], all[at + 3], all[at + 4], all[at + 5], all[at + 6], all[at + 7]])
        };
        Some(Key([word(0), word(8), word(16)]))
    }

    /// The id of a short key; a long one does not keep it.
    pub fn text(self) -> Option<String> {
        let length = usize::from((self.0[2] >> 56) as u8);
        let bytes: Vec<u8> = self.0.iter().flat_map(|word| word.to_le_bytes()).take(length).collect();
        if length <= SHORT { String::from_utf8(bytes).ok() } else { None }
    }

    /// What is already known to be nobody.
    pub const NOBODY: Key = Key([NOBODY as u64, 0, (RESOLVED as u64) << 56]);

    /// A key that is a number already.
    #[inline]
    fn resolved(number: u32) -> Key {
        Key([u64::from(number), 0, u64::from(RESOLVED) << 56])
    }

    /// The number, if the key is one already.
    #[inline]
    fn number(self) -> Option<u32> {
        if (self.0[2] >> 56) as u8 == RESOLVED { Some(self.0[0] as u32) } else { None }
    }

    #[inline]
    fn hash(self) -> u64 {
        let mut hasher = FixedState::default().build_hasher();
        self.0.iter().for_each(|&word| hasher.write_u64(word));
        hasher.finish()
    }
}

/// A number, and bits of the hash of its id that tell most others from it.
#[derive(Clone, Copy)]
struct Slot {
    tag: u32,
    number: u32,
}

const FREE: Slot = Slot { tag: 0, number: NOBODY };

/// A part of the table: open addressing, at most half full.
#[derive(Default)]
struct Shard {
    slots: Vec<Slot>,
}

/// From id to number.
#[derive(Default)]
pub struct Index {
    /// By number.
    keys: Vec<Key>,
    shards: Vec<Shard>,
    long: HashMap<String, u32, FixedState>,
}

/// An id that stands twice: its place among the ids, and the first with the same id.
pub type Twice = (u32, u32);

impl Shard {
    /// Enters places of keys in order; those whose key has been entered are given back.
    fn fill(places: &[u32], keys: &[Key]) -> (Shard, Vec<Twice>) {
        let mut shard = Shard { slots: vec![FREE; (places.len() * 2).next_power_of_two()] };
        let mut twice = Vec::new();
        for &place in places {
            let key = keys[place as usize];
            let hash = key.hash();
            match shard.probe(hash, |number| keys[number as usize] == key) {
                (_, Some(first)) => twice.push((place, first)),
                (at, None) => shard.slots[at] = Slot { tag: hash as u32, number: place },
            }
        }
        (shard, twice)
    }

    /// Where an id with this hash is expected.
    #[inline]
    fn home(&self, hash: u64) -> usize {
        (hash >> 24) as usize & (self.slots.len() - 1)
    }

    /// The first number with the tag of this hash that is the right one; else the free slot where the search ended.
    #[inline]
    fn probe(&self, hash: u64, is_right: impl Fn(u32) -> bool) -> (usize, Option<u32>) {
        let mut at = self.home(hash);
        loop {
            let slot = self.slots[at];
            if slot.number == NOBODY {
                return (at, None);
            }
            if slot.tag == hash as u32 && is_right(slot.number) {
                return (at, Some(slot.number));
            }
            at = (at + 1) & (self.slots.len() - 1);
        }
    }
}

impl Index {
    /// Numbers ids in their order; one that stands again is given back, in order, and has the number of the first.
    pub fn of(ids: &[&str]) -> (Index, Vec<Twice>) {
        let mut index = Index::default();
        let mut twice = Vec::new();
        for (place, id) in ids.iter().enumerate().filter(|(_, id)| id.len() > SHORT) {
            let first = *index.long.entry_ref(*id).or_insert(place as u32);
            if first != place as u32 {
                twice.push((place as u32, first));
            }
        }
        index.keys = ids.par_iter().map(|id| Key::short(id).unwrap_or(Key::NOBODY)).collect();
        let mut places: Vec<Vec<u32>> = (0..SHARDS).map(|_| Vec::with_capacity(ids.len() / SHARDS * 9 / 8)).collect();
        for (place, key) in index.keys.iter().enumerate().filter(|(_, key)| key.number().is_none()) {
            places[shard(key.hash())].push(place as u32);
        }
        let filled: Vec<_> = places.into_par_iter().map(|places| Shard::fill(&places, &index.keys)).collect();
        for (shard, again) in filled {
            index.shards.push(shard);
            twice.extend(again);
        }
        twice.sort_unstable();
        if !twice.is_empty() {
            index.close_gaps(&twice);
        }
        (index, twice)
    }

    /// Places become numbers: every id that stands again moves those after it up.
    fn close_gaps(&mut self, twice: &[Twice]) {
        let number = |place: u32| place - twice.partition_point(|&(again, _)| again < place) as u32;
        let slots = self.shards.iter_mut().flat_map(|shard| &mut shard.slots);
        slots.filter(|slot| slot.number != NOBODY).for_each(|slot| slot.number = number(slot.number));
        self.long.values_mut().for_each(|place| *place = number(*place));
        drop_again(&mut self.keys, twice);
    }

    /// What to look up later with [`Index::find`].
    #[inline]
    pub fn key(&self, id: &str) -> Key {
        Key::short(id).unwrap_or_else(|| Key::resolved(self.long.get(id).copied().unwrap_or(NOBODY)))
    }

    /// The numbers of ids, [`NOBODY`] for the unknown.
    /// Each step touches what the next one needs for a whole batch, so that the waits for memory overlap.
    pub fn find(&self, keys: &[Key]) -> Vec<u32> {
        let mut numbers = Vec::with_capacity(keys.len());
        let (mut hashes, mut likely, mut known) = ([0; BATCH], [NOBODY; BATCH], [Key::NOBODY; BATCH]);
        for keys in keys.chunks(BATCH) {
            let mut touched = 0;
            for (key, hash) in keys.iter().zip(&mut hashes) {
                *hash = key.hash();
                let shard = &self.shards[shard(*hash)];
                touched ^= shard.slots[shard.home(*hash)].tag;
            }
            std::hint::black_box(touched);
            for (&hash, likely) in hashes.iter().zip(&mut likely).take(keys.len()) {
                *likely = self.shards[shard(hash)].probe(hash, |_| true).1.unwrap_or(NOBODY);
            }
            for (&number, known) in likely.iter().zip(&mut known).take(keys.len()) {
                *known = self.keys.get(number as usize).copied().unwrap_or(Key::NOBODY);
            }
            numbers.extend(keys.iter().enumerate().map(|(at, &key)| match key.number() {
                Some(number) => number,
                None if known[at] == key => likely[at],
                // Nobody, or another id with the same tag came first.
                None => self.shards[shard(hashes[at])].probe(hashes[at], |number| self.keys[number as usize] == key).1.unwrap_or(NOBODY),
            }));
        }
        numbers
    }
}

/// Drops what stands at the places of ids that stand again.
pub fn drop_again<T>(items: &mut Vec<T>, twice: &[Twice]) {
    let mut again = twice.iter().map(|&(place, _)| place).peekable();
    let mut place = 0;
    items.retain(|_| {
        let goes = again.next_if_eq(&place).is_some();
        place += 1;
        !goes
    });
}

/// The shard of a hash.
#[inline]
fn shard(hash: u64) -> usize {
    (hash >> 58) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_any_length_are_found_again() {
        let ids: Vec<String> = (0..60).map(|length| "企".repeat(length / 3) + &length.to_string()).collect();
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        let (index, twice) = Index::of(&ids);
        assert_eq!(twice, []);
        let keys: Vec<Key> = ids.iter().map(|id| index.key(id)).collect();
        assert_eq!(index.find(&keys), (0..60).collect::<Vec<u32>>());
        let strangers = [index.key("nobody"), index.key(&"nobody".repeat(9)), Key::NOBODY];
        assert_eq!(index.find(&strangers), [NOBODY; 3]);
    }

    #[test]
    fn an_id_that_stands_again_has_the_number_of_the_first() {
        let long = "a".repeat(30);
        let ids = ["x", "y", "x", &long, "z", &long, "x", "w"];
        let (index, twice) = Index::of(&ids);
        assert_eq!(twice, [(2, 0), (5, 3), (6, 0)]);
        let keys: Vec<Key> = ids.iter().map(|id| index.key(id)).collect();
        assert_eq!(index.find(&keys), [0, 1, 0, 2, 3, 2, 0, 4]);
    }

    #[test]
    fn many_ids_are_found_in_a_table_of_several_shards() {
        let ids: Vec<String> = (0..10_000).map(|number| format!("E{number:017}")).collect();
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        let (index, _) = Index::of(&ids);
        let keys: Vec<Key> = ids.iter().rev().map(|id| index.key(id)).collect();
        assert_eq!(index.find(&keys), (0..10_000).rev().collect::<Vec<u32>>());
    }
}
