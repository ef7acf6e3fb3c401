//! What the format of a number in a workbook says of it, beyond its value.
//!
//! In: the code of a format. Out: percent, or how many digits are shown at least. Next: `workbook` writes the number as a person
//! sees it.

/// How a number is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// As it is.
    Plain,
    /// As a percentage.
    Percent,
    /// With zeros before it, up to so many digits: ids that were stored as numbers.
    Padded(usize),
}

impl Shown {
    /// What a format says. `000000` is nothing but zeros; one zero alone pads nothing.
    pub fn of(format: &str) -> Shown {
        if format.contains('%') {
            Shown::Percent
        } else if format.len() > 1 && format.bytes().all(|byte| byte == b'0') {
            Shown::Padded(format.len())
        } else {
            Shown::Plain
        }
    }
}

/// A number with the zeros that are shown before it; what is no whole number stays as it is.
pub fn padded(number: String, shown: Shown) -> String {
    match shown {
        Shown::Padded(digits) if number.bytes().all(|byte| byte.is_ascii_digit()) => format!("{number:0>digits$}"),
        _ => number,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zeros_before_a_number_are_seen() {
        let show = |number: &str, format: &str| padded(number.to_owned(), Shown::of(format));
        assert_eq!(show("42", "000000"), "000042");
        assert_eq!(show("1234567", "000000"), "1234567");
        for (number, format) in [("42", "0"), ("42", "General"), ("42", "0.00"), ("4.5", "000"), ("-4", "000"), ("42", "#,##0")] {
            assert_eq!(show(number, format), number, "{number} {format}");
        }
        assert_eq!(Shown::of("0.00%"), Shown::Percent);
    }
}
