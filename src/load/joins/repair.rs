//! What an id that no enterprise has was probably meant to be.
//!
//! In: the unknown ids with the names that stand beside them, and all enterprises. Out: for each the likeliest enterprises with
//! the reason, the surest first. Only the unknown ids are indexed; the enterprises are gone through once, side by side.

use std::collections::BTreeMap;

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use rayon::prelude::*;

use super::near::{self, Near, Slip};
use crate::dictionary::joins::{Confidence, Joins, RepairKind};
use crate::load::cells::credit_code;
use crate::load::tables::enterprises::Enterprises;

/// Enterprises that one thread goes through at a time.
const BLOCK: usize = 4096;

/// An enterprise that is perhaps meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repair {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: Option<String>,
    /// Why.
    pub kind: RepairKind,
    /// How sure.
    pub confidence: Confidence,
    /// No other enterprise is as sure for the same reason.
    pub alone: bool,
}

/// An unknown id.
pub struct Unknown<'u> {
    /// As it stands.
    pub id: &'u str,
    /// The name beside it.
    pub name: Option<&'u str>,
}

/// Is a known id near enough to an unknown one to be named for it? Both in their normal forms. A right code is nobody else's.
pub fn is_near(unknown: &str, known: &str) -> bool {
    let [a, b]: [Vec<char>; 2] = [unknown, known].map(|id| id.chars().collect());
    let is_slip = || a.len().min(b.len()) >= Joins::get().shortest_id && near::slip(&a, &b).is_some();
    credit_code::read_letters(unknown) == credit_code::read_letters(known) || !credit_code::is_valid(unknown) && is_slip()
}

type Places = HashMap<String, Vec<u32>, FixedState>;

/// The unknown ids by everything that may give them away.
struct Index {
    valid: Vec<bool>,
    normal: Places,
    letters: Places,
    organisations: Places,
    names: Places,
    cores: Places,
    near: Near,
}

/// For each unknown id the likeliest repairs.
pub fn find(unknown: &[Unknown<'_>], enterprises: &Enterprises) -> Vec<Vec<Repair>> {
    let rules = Joins::get();
    let index = Index::of(unknown);
    let blocks = enterprises.len().div_ceil(BLOCK);
    let hits: Vec<Vec<(u32, u32, RepairKind)>> = (0..blocks)
        .into_par_iter()
        .map(|block| {
            let mut hits = Vec::new();
            for number in block * BLOCK..((block + 1) * BLOCK).min(enterprises.len()) {
                index.each(enterprises.id(number), enterprises.name(number), |place, kind| hits.push((place, number as u32, kind)));
            }
            hits
        })
        .collect();
    let mut best: Vec<BTreeMap<u32, RepairKind>> = vec![BTreeMap::new(); unknown.len()];
    for (place, number, kind) in hits.into_iter().flatten() {
        let known = best[place as usize].entry(number).or_insert(kind);
        if rules.rank(kind) < rules.rank(*known) {
            *known = kind;
        }
    }
    best.into_iter().map(|found| ordered(found, enterprises)).collect()
}

/// The surest of what was found; ties in the order of ids.
fn ordered(found: BTreeMap<u32, RepairKind>, enterprises: &Enterprises) -> Vec<Repair> {
    let rules = Joins::get();
    let mut all: Vec<(u32, RepairKind)> = found.into_iter().collect();
    all.sort_by_key(|&(number, kind)| (rules.rank(kind), enterprises.id(number as usize)));
    let of_kind = |kind| all.iter().filter(|(_, other)| *other == kind).count();
    let repairs = all.iter().take(rules.most_repairs).map(|&(number, kind)| Repair {
        id: enterprises.id(number as usize).to_owned(),
        name: enterprises.name(number as usize).map(str::to_owned),
        kind,
        confidence: rules.rank(kind).1,
        alone: of_kind(kind) == 1,
    });
    repairs.collect()
}

/// A plain name without the words that are left out at will: with its brackets, and without where that is another.
fn cores<'n>(plain: &'n str, bare: &'n str) -> impl Iterator<Item = &'n str> {
    let names = &Joins::get().names;
    let [first, second] = [plain, bare].map(|name| names.core(name));
    [Some(first), Some(second).filter(|second| *second != first)].into_iter().flatten()
}

impl Index {
    fn of(unknown: &[Unknown<'_>]) -> Index {
        let rules = Joins::get();
        let normal: Vec<String> = unknown.iter().map(|unknown| credit_code::normal(unknown.id).into_owned()).collect();
        let texts: Vec<&str> = normal.iter().map(String::as_str).collect();
        let mut index = Index {
            valid: texts.iter().map(|id| credit_code::is_valid(id)).collect(),
            near: Near::of(&texts, rules.shortest_id),
            normal: Places::default(),
            letters: Places::default(),
            organisations: Places::default(),
            names: Places::default(),
            cores: Places::default(),
        };
        let add = |places: &mut Places, key: String, at: usize| places.entry(key).or_default().push(at as u32);
        for (at, (id, unknown)) in normal.iter().zip(unknown).enumerate() {
            add(&mut index.normal, id.clone(), at);
            add(&mut index.letters, credit_code::read_letters(id), at);
            if let Some(code) = credit_code::organisation(id) {
                add(&mut index.organisations, code.into_owned(), at);
            }
            // Some tables name enterprises where others number them.
            for name in [unknown.name, Some(unknown.id).filter(|id| !id.is_ascii())].into_iter().flatten() {
                let plain = rules.names.plain(name);
                let bare = rules.names.bare(&plain);
                if bare.chars().count() >= rules.shortest_name {
                    for core in cores(&plain, &bare).filter(|core| core.chars().count() >= rules.shortest_name) {
                        add(&mut index.cores, core.to_owned(), at);
                    }
                    add(&mut index.names, bare.into_owned(), at);
                }
            }
        }
        index
    }

    /// Calls `f` with every unknown id that may mean this enterprise, and why; perhaps for several reasons.
    fn each(&self, id: &str, name: Option<&str>, mut f: impl FnMut(u32, RepairKind)) {
        let normal = credit_code::normal(id);
        let mut all = |places: &Places, key: &str, kind: RepairKind| {
            places.get(key).into_iter().flatten().for_each(|&place| f(place, kind));
        };
        all(&self.normal, &normal, RepairKind::Form);
        all(&self.letters, &credit_code::read_letters(&normal), RepairKind::MisreadLetter);
        if !self.organisations.is_empty()
            && let Some(code) = credit_code::organisation(&normal)
        {
            all(&self.organisations, &code, RepairKind::OrganisationCode);
        }
        if let Some(name) = name.filter(|_| !self.names.is_empty()) {
            let names = &Joins::get().names;
            let plain = names.plain(name);
            let bare = names.bare(&plain);
            all(&self.names, &bare, RepairKind::SameName);
            cores(&plain, &bare).for_each(|core| all(&self.cores, core, RepairKind::ShortName));
        }
        let is_valid = std::cell::OnceCell::new();
        self.near.find(&normal, |place, slip| {
            // A right check character rules a slip out: no single slip leaves it right.
            let is_code = *is_valid.get_or_init(|| credit_code::is_valid(&normal));
            let kind = match slip {
                _ if self.valid[place as usize] => return,
                Slip::Character | Slip::Swapped if is_code => RepairKind::CheckSlip,
                Slip::Length if is_code => RepairKind::CheckLength,
                Slip::Character => RepairKind::OneCharacter,
                Slip::Swapped => RepairKind::Swapped,
                Slip::Length => RepairKind::Length,
            };
            f(place, kind);
        });
    }
}
