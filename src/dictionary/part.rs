//! Parts of a year: quarters, halves, the whole.
//!
//! In: a period as a table or an option writes it (`2025`, `2025H1`, `2025Q3`). Out: year and part.

/// A part of a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// The whole year.
    Year,
    /// January to June.
    H1,
    /// July to December.
    H2,
    /// January to March.
    Q1,
    /// April to June.
    Q2,
    /// July to September.
    Q3,
    /// October to December.
    Q4,
}

impl Part {
    /// Every part, the whole first.
    pub const ALL: [Part; 7] = [Part::Year, Part::H1, Part::H2, Part::Q1, Part::Q2, Part::Q3, Part::Q4];
    /// The quarters.
    pub const QUARTERS: [Part; 4] = [Part::Q1, Part::Q2, Part::Q3, Part::Q4];

    /// The word of tables and plans.
    pub fn as_str(self) -> &'static str {
        match self {
            Part::Year => "Y",
            Part::H1 => "H1",
            Part::H2 => "H2",
            Part::Q1 => "Q1",
            Part::Q2 => "Q2",
            Part::Q3 => "Q3",
            Part::Q4 => "Q4",
        }
    }

    /// A period: `2025`, `2025H1`, `2025Q3`.
    pub fn period(self, year: i32) -> String {
        if self == Part::Year { year.to_string() } else { format!("{year}{}", self.as_str()) }
    }

    /// Year and part of a period written `2025`, `2025H1` or `2025Q3`.
    pub fn parse(period: &str) -> Option<(i32, Part)> {
        let (year, rest) = period.split_at_checked(4)?;
        let year = year.parse().ok().filter(|year| (1990..=2100).contains(year))?;
        let part = if rest.is_empty() { Some(Part::Year) } else { Part::ALL.into_iter().skip(1).find(|part| part.as_str() == rest) };
        Some((year, part?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_read_as_they_are_written() {
        for part in Part::ALL {
            assert_eq!(Part::parse(&part.period(2025)), Some((2025, part)));
        }
        for none in ["", "25", "2025H3", "2025Y", "1899", "2025Q", "年度年度"] {
            assert_eq!(Part::parse(none), None, "{none}");
        }
    }
}
