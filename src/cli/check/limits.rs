//! `--set check.PART.NAME=NUMBER` and `--without CODE`: the checks that look at several rows, changed and switched off by a user.
//!
//! In: the values of both options. Out: other figures for these checks, the findings that are not told, and what is left for the
//! rule books.

use crate::dictionary::suspicions::Suspicions;
use crate::finding::{Code, Finding, Findings, Place};

/// Before the name of a figure of these checks; other settings are of rule books.
const OWN: &str = "check.";

/// Findings that are doubts, and may be switched off.
const DOUBTS: [Code; 13] = [
    Code::UnitSlip,
    Code::RatioSlip,
    Code::ImplausibleValue,
    Code::TaxWithoutOutput,
    Code::CellSlip,
    Code::ParcelSlip,
    Code::RepeatedYear,
    Code::LandJump,
    Code::ParcelBeyondArea,
    Code::ParcelTwoWritings,
    Code::CodeOfTwoNames,
    Code::NameOfTwoCodes,
    Code::Bunching,
];

/// What `--set` says.
pub struct Limits {
    /// Other figures for the checks of several rows.
    pub suspicions: Option<&'static Suspicions>,
    /// Settings of rule books.
    pub others: Vec<String>,
}

/// Reads `--set`; `None` where a figure cannot be set so, and a finding says why.
pub fn read(settings: &[String], findings: &mut Findings) -> Option<Limits> {
    let (own, others): (Vec<&String>, Vec<&String>) = settings.iter().partition(|setting| setting.starts_with(OWN));
    let mut numbers = Vec::new();
    for setting in own {
        match setting[OWN.len()..].split_once('=').map(|(place, number)| (place.trim(), number.trim().parse::<f64>())) {
            Some((place, Ok(number))) => numbers.push((place, number)),
            _ => return refuse(setting, findings),
        }
    }
    let others = others.into_iter().cloned().collect();
    if numbers.is_empty() {
        return Some(Limits { suspicions: None, others });
    }
    match Suspicions::with(&numbers) {
        // Read once, for as long as the program runs.
        Ok(suspicions) => Some(Limits { suspicions: Some(Box::leak(Box::new(suspicions))), others }),
        Err(place) => refuse(&format!("{OWN}{place}"), findings),
    }
}

fn refuse(setting: &str, findings: &mut Findings) -> Option<Limits> {
    let known: Vec<String> = Suspicions::places().into_iter().map(|place| format!("{OWN}{place}")).collect();
    let finding = Finding::error(Code::BadOption, Place::Nowhere).text(setting).with("option", "--set");
    findings.push(finding.with("wanted", format!("{} (> 0)", known.join(", "))));
    None
}

/// Rules that do not run, and codes that are not told.
pub fn switches(without: &[String]) -> (Vec<String>, Vec<Code>) {
    let code = |word: &String| DOUBTS.into_iter().find(|code| code.as_str() == word);
    (without.iter().filter(|word| code(word).is_none()).cloned().collect(), without.iter().filter_map(code).collect())
}
