//! What a method is about: its place, its edition, and what its source does not give.
//!
//! In: the top of a policy. Out: texts in both languages. `policy list` shows them, and every result carries what is unknown.

use super::source::Block;
use crate::dictionary::Bilingual;
use crate::finding::Findings;

/// Something that the source does not give, and what stands in for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// Which part of the method: a short word.
    pub part: String,
    /// What is not known and which default is used.
    pub note: Bilingual,
}

impl Unknown {
    /// Words of parts that have a name in both languages; others are shown as they stand.
    pub const PARTS: &'static [&'static str] = &[
        "adjustments",
        "admission",
        "benchmarks",
        "bonus",
        "bounds",
        "document",
        "energy",
        "grades",
        "groups",
        "indicators",
        "land",
        "limits",
        "merge",
        "missing",
        "moves",
        "order",
        "points",
        "pollutants",
        "review",
        "rounding",
        "shares",
        "status",
        "tax",
        "ties",
        "weights",
    ];
}

/// What a method is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct About {
    /// Province and place in words.
    pub place: Option<Bilingual>,
    /// Administrative code of the province.
    pub province: Option<String>,
    /// Which edition of the method.
    pub edition: Option<String>,
    /// What the source does not give.
    pub unknown: Vec<Unknown>,
}

/// Reads `place`, `province`, `edition` and `[[unknown]]`.
pub fn read(block: &Block, findings: &mut Findings) -> About {
    let place = block.bilingual("place", findings);
    let province = block.text("province", findings).map(|key| key.text);
    let edition = block.text("edition", findings).map(|key| key.text);
    let mut unknown = Vec::new();
    for inner in block.blocks("unknown", findings) {
        let part = inner.need_text("part", findings);
        if let (Some(part), Some(zh), Some(en)) = (part, inner.need_text("zh", findings), inner.need_text("en", findings)) {
            unknown.push(Unknown { part: part.text, note: Bilingual { zh: zh.text, en: en.text } });
        }
        inner.finish(findings);
    }
    About { place, province, edition, unknown }
}
