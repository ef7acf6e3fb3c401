//! What a cell was found to be that its column cannot hold, and the finding for it.

use crate::dictionary::Office;
use crate::finding::{Code, Finding};
use crate::load::cells::cell::{BadDate, BadYear};
use crate::load::cells::period;
use crate::load::reading::reader::Reader;
use crate::load::reading::row::Layout;

/// What a cell was found to be.
pub enum Flaw {
    Unparsable(String),
    NotFinite,
    BelowLow,
    AboveHigh(String),
    Year(BadYear),
    Date(BadDate),
    Scientific,
    Rounded,
    Formula,
}

impl Layout<'_> {
    /// The finding for a cell that cannot be read.
    pub fn finding(&self, flaw: Flaw, reader: &Reader, at: usize, row: u64, text: &str) -> Finding {
        // Lenience is for what cannot be read; what is read and cannot be stays an error.
        let make = if self.lenient && !reader.key { Finding::warning } else { Finding::error };
        let place = self.place(row, Some(at));
        let finding = match flaw {
            Flaw::Formula => make(Code::FormulaError, place),
            Flaw::Unparsable(_) | Flaw::Year(BadYear::Unparsable) | Flaw::Date(BadDate::Unparsable) if is_error(text) => {
                make(Code::FormulaError, place)
            }
            Flaw::Unparsable(accepted) => {
                let finding = make(Code::UnparsableCell, place).with("accepted", accepted);
                reader.remedy().map_or(finding.clone(), |remedy| finding.with("remedy", remedy))
            }
            Flaw::Rounded => make(Code::UnparsableCell, place).with("accepted", "123456").with("remedy", "remedy.rounded"),
            Flaw::NotFinite => Finding::error(Code::NotFinite, place),
            Flaw::BelowLow if reader.low == 0.0 => Finding::error(Code::NegativeValue, place),
            Flaw::BelowLow => Finding::error(Code::OutOfRange, place).with("low", reader.low).with("high", reader.high),
            Flaw::AboveHigh(high) => Finding::error(Code::OutOfRange, place).with("low", reader.low).with("high", high),
            Flaw::Year(BadYear::OutOfRange) => Finding::error(Code::YearOutOfRange, place),
            Flaw::Year(BadYear::Unparsable) if reader.is_period => {
                make(Code::UnparsableCell, place).with("accepted", period::ACCEPTED_OF_ROWS)
            }
            Flaw::Year(BadYear::Unparsable) => {
                let finding = make(Code::UnparsableCell, place).with("accepted", "2025, 2025年");
                reader.remedy().map_or(finding.clone(), |remedy| finding.with("remedy", remedy))
            }
            Flaw::Date(BadDate::OutOfRange) => make(Code::DateOutOfRange, place),
            Flaw::Date(BadDate::Unparsable) => {
                make(Code::UnparsableCell, place).with("accepted", "2025-06-30, 2025/6/30, 2025.6.30, 2025年6月30日")
            }
            Flaw::Scientific => Finding::error(Code::ScientificId, place),
        };
        finding.text(text)
    }
}

/// Is it what a spreadsheet writes where a formula failed?
#[inline]
pub fn is_error(text: &str) -> bool {
    text.as_bytes().first() == Some(&b'#') && Office::get().is_error(text)
}
