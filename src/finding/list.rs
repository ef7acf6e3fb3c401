//! The one list that every stage adds to, bounded: a file with a million faults of one kind is told the first thousand and the count.
//!
//! In: findings, in an order that no thread decides. Out: the same; those of rows and cells beyond [`MOST`] of a code, severity and
//! file are one finding for the whole file that says how many they are. Counts stay exact.

use std::collections::HashMap;
use std::sync::Arc;

use super::{Code, Finding, Place, Severity, Value};

/// Most findings of rows and cells of one code and severity that are told one by one for a file.
pub const MOST: u64 = 1000;
/// The sentence of the finding that stands for the others.
const REST: &str = "more.message";

/// What is counted together.
type Kind = (Arc<str>, Code, Severity);

/// What there is of a kind.
#[derive(Debug, Default, Clone, Copy)]
struct Tally {
    told: u64,
    /// Where the finding stands that stands for the rest.
    rest: Option<usize>,
}

/// The one list that every stage adds to.
#[derive(Debug, Default, Clone)]
pub struct Findings {
    list: Vec<Finding>,
    kinds: HashMap<Kind, Tally>,
    /// All are told, however many they are.
    tells_all: bool,
}

impl Finding {
    /// Does it stand for findings that are not told one by one?
    pub fn is_rest(&self) -> bool {
        self.values.iter().any(|(name, value)| *name == "message" && matches!(value, Value::Plain(key) if key == REST))
    }
}

impl Findings {
    /// An empty list; with `tells_all` one without bounds, for those who look for a certain cell.
    pub fn new(tells_all: bool) -> Findings {
        Findings { tells_all, ..Findings::default() }
    }

    /// Adds one.
    pub fn push(&mut self, finding: Finding) {
        let file = match &finding.place {
            Place::Row { file, .. } | Place::Cell { file, .. } => file,
            Place::File { file } if finding.is_rest() => file,
            _ => return self.list.push(finding),
        };
        let tally = self.kinds.entry((file.clone(), finding.code, finding.severity)).or_default();
        if !finding.is_rest() && (self.tells_all || tally.told < MOST) {
            tally.told += 1;
            self.list.push(finding);
        } else if let Some(at) = tally.rest {
            self.list[at].times += finding.times;
        } else {
            tally.rest = Some(self.list.len());
            let place = Place::File { file: file.clone() };
            let rest = Finding { severity: finding.severity, times: finding.times, ..Finding::error(finding.code, place) };
            self.list.push(rest.with("message", REST).with("remedy", "more.remedy"));
        }
    }

    /// Will a finding of a row or cell be told, or only counted? What is only counted needs no words.
    pub fn tells(&self, finding: &Finding) -> bool {
        let Some(file) = finding.place.file() else { return true };
        let told = self.kinds.get(&(file.into(), finding.code, finding.severity)).map_or(0, |tally| tally.told);
        self.tells_all || told < MOST
    }

    /// Adds all of another list.
    pub fn extend(&mut self, other: Findings) {
        other.list.into_iter().for_each(|finding| self.push(finding));
    }

    /// Adds some.
    pub fn push_all(&mut self, findings: impl IntoIterator<Item = Finding>) {
        findings.into_iter().for_each(|finding| self.push(finding));
    }

    /// All of them, in the order they were found.
    pub fn iter(&self) -> std::slice::Iter<'_, Finding> {
        self.list.iter()
    }

    /// All of them, to be told better.
    pub fn iter_mut(&mut self) -> std::slice::IterMut<'_, Finding> {
        self.list.iter_mut()
    }

    /// Keeps those that are still to be told.
    pub fn retain(&mut self, is_kept: impl FnMut(&Finding) -> bool) {
        self.list.retain(is_kept);
        self.find_rests();
    }

    /// How many are told.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// None at all?
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// How many of a severity, those that are only counted among them.
    pub fn count(&self, severity: Severity) -> usize {
        let times = self.list.iter().filter(|finding| finding.severity == severity).map(|finding| finding.times);
        usize::try_from(times.sum::<u64>()).unwrap_or(usize::MAX)
    }

    /// The errors alone.
    #[must_use]
    pub fn errors(&self) -> Findings {
        let mut errors = self.clone();
        errors.retain(|finding| finding.severity == Severity::Error);
        errors
    }

    /// The gate: is there an error that stops the run?
    pub fn stop(&self) -> bool {
        self.list.iter().any(|finding| finding.severity == Severity::Error)
    }

    /// Orders by file, row and column, so that the list never depends on threads; what stands for others comes last in its file.
    pub fn sort(&mut self) {
        self.list.sort_by(|a, b| {
            let key = |finding: &Finding| (finding.is_rest(), finding.place.row());
            a.place
                .file()
                .cmp(&b.place.file())
                .then_with(|| key(a).cmp(&key(b)))
                .then_with(|| (&a.place, a.code, &a.text).cmp(&(&b.place, b.code, &b.text)))
        });
        self.find_rests();
    }

    /// Where those stand that stand for others, after the list was changed.
    fn find_rests(&mut self) {
        if self.kinds.values().all(|tally| tally.rest.is_none()) {
            return;
        }
        self.kinds.values_mut().for_each(|tally| tally.rest = None);
        for (at, finding) in self.list.iter().enumerate().filter(|(_, finding)| finding.is_rest()) {
            if let Place::File { file } = &finding.place {
                self.kinds.entry((file.clone(), finding.code, finding.severity)).or_default().rest = Some(at);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(row: u64) -> Finding {
        Finding::error(Code::RaggedRow, Place::Row { file: "tax.csv".into(), row })
    }

    fn told(findings: &Findings) -> Vec<(Option<u64>, u64)> {
        findings.iter().map(|finding| (finding.place.row(), finding.times)).collect()
    }

    #[test]
    fn beyond_a_thousand_of_a_kind_they_are_counted() {
        let mut findings = Findings::default();
        (1..=MOST + 5).for_each(|number| findings.push(row(number)));
        assert!(!findings.tells(&row(1)) && findings.tells(&Finding { severity: Severity::Warning, ..row(7) }));
        findings.push(Finding { severity: Severity::Warning, ..row(7) });
        findings.sort();
        findings.push(row(9999));
        assert_eq!([findings.count(Severity::Error), findings.count(Severity::Warning), findings.len()], [1006, 1, 1002]);
        assert_eq!(told(&findings).last(), Some(&(None, 6)));
        assert_eq!(findings.errors().count(Severity::Error), 1006);
        findings.retain(|finding| finding.code != Code::RaggedRow);
        assert!(findings.is_empty());
        let mut all = Findings::new(true);
        (1..=2 * MOST).for_each(|number| all.push(row(number)));
        assert_eq!(all.len(), 2000);
    }

    #[test]
    fn lists_of_pieces_give_what_one_list_gives() {
        let mut whole = Findings::default();
        (1..=3 * MOST).for_each(|number| whole.push(row(number)));
        for cut in [10, 700, 1500, 2900] {
            let mut joined = Findings::default();
            for range in [1..=cut, cut + 1..=3 * MOST] {
                let mut piece = Findings::default();
                range.for_each(|number| piece.push(row(number)));
                joined.extend(piece);
            }
            joined.sort();
            assert_eq!(told(&joined), told(&whole), "{cut}");
        }
    }
}
