//! Decimal text as exact numbers.
//!
//! In: the text of a cell and the factor of its unit. Out: the correctly rounded `f64` of text × factor, or the same product
//! as a count of 10⁻²⁴ that can be added without rounding. Next: `cell` (one value) and `land` (sums).

use rust_decimal::Decimal;

/// Decimals kept in an exact sum.
pub const DECIMALS: i32 = 24;
/// The largest amount that is summed, either sign: a hundred of them fit.
pub const LARGEST: i128 = 1_000_000_000_000 * 1_000_000_000_000_000_000_000_000;

/// Why a text is no usable number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bad {
    /// It is no number.
    Unparsable,
    /// It is NaN, infinite, or too large for an `f64`.
    NotFinite,
    /// It is too large to be summed.
    TooLarge,
    /// A spreadsheet shows fewer digits than it has: `1.2E+05`.
    Rounded,
}

/// Decimal text taken apart: ± mantissa × 10^exponent.
struct Parts {
    negative: bool,
    mantissa: u128,
    exponent: i32,
    /// Digits beyond the 38th that the mantissa leaves out.
    cut: bool,
}

/// text × factor, correctly rounded. Never NaN or infinite.
#[inline]
pub fn float(text: &str, factor: Decimal) -> Result<f64, Bad> {
    if let Some(value) = short(text, factor) {
        return Ok(value);
    }
    any_float(text, factor)
}

/// What nearly every cell holds: up to 16 digits, perhaps a point, no sign. `None`: it is something else.
#[inline]
fn short(text: &str, factor: Decimal) -> Option<f64> {
    let bytes = text.as_bytes();
    if bytes.len() > 16 {
        return None;
    }
    let (mut mantissa, mut digits, mut point) = (0_u64, 0, None);
    for &byte in bytes {
        match byte {
            b'0'..=b'9' => (mantissa, digits) = (mantissa * 10 + u64::from(byte - b'0'), digits + 1),
            b'.' if point.is_none() => point = Some(digits),
            _ => return None,
        }
    }
    let decimals = digits - point.unwrap_or(digits) + factor.scale() as usize;
    let product = mantissa.checked_mul(u64::try_from(factor.mantissa()).ok()?)?;
    // Both operands are exact, so the one division rounds correctly.
    if digits > 0 && product < 1 << 53 { Some(product as f64 / POWERS.get(decimals)?) } else { None }
}

fn any_float(text: &str, factor: Decimal) -> Result<f64, Bad> {
    if is_rounded(text) {
        return Err(Bad::Rounded);
    }
    if factor == Decimal::ONE
        && let Ok(value) = fast_float2::parse::<f64, _>(text)
    {
        return if value.is_finite() { Ok(value + 0.0) } else { Err(Bad::NotFinite) };
    }
    let plain = plain_digits(text);
    let text = plain.as_deref().unwrap_or(text);
    let parts = parts(text).ok_or_else(|| why_not(text))?;
    let (times, scale) = (factor.mantissa().unsigned_abs(), factor.scale() as i32);
    let decimal = match parts.mantissa.checked_mul(times) {
        Some(product) if !parts.cut => {
            let exponent = parts.exponent.saturating_sub(scale);
            if product < 1 << 53 && (-22..=0).contains(&exponent) {
                // Both operands are exact, so the one division rounds correctly.
                let value = product as f64 / POWERS[exponent.unsigned_abs() as usize];
                return Ok(if parts.negative && product != 0 { -value } else { value });
            }
            format!("{product}e{exponent}")
        }
        _ => long_product(text, times, scale),
    };
    let value: f64 = fast_float2::parse(decimal).map_err(|_| Bad::Unparsable)?;
    match value.is_finite() {
        true => Ok(if parts.negative { 0.0 - value } else { value }),
        false => Err(Bad::NotFinite),
    }
}

/// text × factor as a count of 10⁻²⁴, rounded half-even where it has more decimals.
pub fn amount(text: &str, factor: Decimal) -> Result<i128, Bad> {
    let plain = plain_digits(text);
    let text = plain.as_deref().unwrap_or(text);
    let parts = parts(text).ok_or_else(|| why_not(text))?;
    if is_rounded(text) {
        return Err(Bad::Rounded);
    }
    if parts.mantissa == 0 {
        return Ok(0);
    }
    let (times, scale) = (factor.mantissa().unsigned_abs(), factor.scale() as i32);
    let (product, shift) = match parts.mantissa.checked_mul(times) {
        Some(product) => (product, parts.exponent.saturating_sub(scale).saturating_add(DECIMALS)),
        // At 38 digits the last ten of the mantissa are far below the 24th decimal of any amount that passes.
        None => (parts.mantissa / 10_u128.pow(10) * times, parts.exponent.saturating_sub(scale).saturating_add(DECIMALS + 10)),
    };
    let count = if shift >= 0 {
        let power = u32::try_from(shift).ok().and_then(|shift| 10_u128.checked_pow(shift)).ok_or(Bad::TooLarge)?;
        product.checked_mul(power).ok_or(Bad::TooLarge)?
    } else {
        rounded(product, shift.unsigned_abs())
    };
    let count = i128::try_from(count).map_err(|_| Bad::TooLarge)?;
    if count > LARGEST { Err(Bad::TooLarge) } else { Ok(if parts.negative { -count } else { count }) }
}

/// The `f64` nearest to a count of 10⁻²⁴.
pub fn amount_to_float(count: i128) -> f64 {
    const STEP: i128 = 1_000_000_000_000_000_000;
    let millionths = count / STEP;
    if millionths.unsigned_abs() < 1 << 53 && millionths * STEP == count {
        return millionths as f64 / 1e6;
    }
    fast_float2::parse(format!("{count}e-24")).expect("an integer with an exponent is a number")
}

/// A count of 10⁻²⁴ as decimal text without trailing zeros.
pub fn amount_to_text(count: i128) -> String {
    let digits = format!("{:025}", count.unsigned_abs());
    let (whole, fraction) = digits.split_at(digits.len() - DECIMALS as usize);
    let fraction = fraction.trim_end_matches('0');
    let sign = if count < 0 { "-" } else { "" };
    if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

const POWERS: [f64; 23] =
    [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22];

/// The text with full-width digits made plain; `None` if it has none.
pub fn plain_digits(text: &str) -> Option<String> {
    let is_wide = |character: char| ('０'..='９').contains(&character);
    if text.is_ascii() || !text.contains(is_wide) {
        return None;
    }
    let plain = |character: char| if is_wide(character) { char::from(b'0' + (character as u32 - '０' as u32) as u8) } else { character };
    Some(text.chars().map(plain).collect())
}

fn why_not(text: &str) -> Bad {
    let word = text.trim_start_matches(['+', '-']).to_ascii_lowercase();
    if matches!(word.as_str(), "nan" | "inf" | "infinity") { Bad::NotFinite } else { Bad::Unparsable }
}

/// `product / 10^by`, half to even.
fn rounded(product: u128, by: u32) -> u128 {
    let Some(power) = 10_u128.checked_pow(by) else { return 0 };
    let (whole, rest) = (product / power, product % power);
    let up = rest > power / 2 || (rest == power / 2 && whole % 2 == 1);
    whole + u128::from(up)
}

fn parts(text: &str) -> Option<Parts> {
    let bytes = text.as_bytes();
    let mut at = usize::from(matches!(bytes.first(), Some(b'+' | b'-')));
    let negative = bytes.first() == Some(&b'-');
    let mut parts = Parts { negative, mantissa: 0, exponent: 0, cut: false };
    let (mut digits, mut point) = (0, false);
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'0'..=b'9' => {
                digits += 1;
                if parts.mantissa < 10_u128.pow(37) {
                    parts.mantissa = parts.mantissa * 10 + u128::from(byte - b'0');
                    parts.exponent -= i32::from(point);
                } else {
                    parts.cut |= byte != b'0';
                    parts.exponent += i32::from(!point);
                }
            }
            b'.' if !point => point = true,
            _ => break,
        }
        at += 1;
    }
    if digits == 0 {
        return None;
    }
    if at < bytes.len() {
        parts.exponent = parts.exponent.saturating_add(exponent(&bytes[at..])?);
    }
    Some(parts)
}

/// Is it a number as a spreadsheet shows it where it does not show all of its whole digits: `1.2E+05`? Programs write `1.2e5`, `1e+05`.
fn is_rounded(text: &str) -> bool {
    let Some((digits, power)) = text.split_once("E+") else { return false };
    let decimals = digits.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    power.parse::<usize>().is_ok_and(|power| decimals < power)
}

/// `e±digits`, saturating far beyond any `f64`.
fn exponent(bytes: &[u8]) -> Option<i32> {
    let [b'e' | b'E', rest @ ..] = bytes else { return None };
    let (negative, digits) = match rest {
        [b'-', digits @ ..] => (true, digits),
        [b'+', digits @ ..] => (false, digits),
        digits => (false, digits),
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let value =
        digits.iter().fold(0_i32, |value, digit| (value.saturating_mul(10).saturating_add(i32::from(digit - b'0'))).min(100_000_000));
    Some(if negative { -value } else { value })
}

/// |text| × times × 10^−scale as decimal text, for any number of digits: school multiplication.
fn long_product(text: &str, times: u128, scale: i32) -> String {
    let text = text.trim_start_matches(['+', '-']);
    let (number, power) = match text.find(['e', 'E']) {
        Some(at) => (&text[..at], exponent(&text.as_bytes()[at..]).unwrap_or(0)),
        None => (text, 0),
    };
    let fraction = number.find('.').map_or(0, |at| number.len() - at - 1);
    let mut product = Vec::with_capacity(number.len() + 32);
    let mut carry = 0_u128;
    for digit in number.bytes().rev().filter(u8::is_ascii_digit) {
        let sum = u128::from(digit - b'0') * times + carry;
        product.push(b'0' + (sum % 10) as u8);
        carry = sum / 10;
    }
    product.extend(carry.to_string().bytes().rev());
    let digits: String = product.iter().rev().map(|&digit| char::from(digit)).collect();
    let fraction = i32::try_from(fraction).unwrap_or(i32::MAX);
    format!("{digits}e{}", power.saturating_sub(scale).saturating_sub(fraction))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        text.parse().expect("a decimal")
    }

    #[test]
    fn a_number_times_its_factor_is_the_double_nearest_to_the_exact_product() {
        // 667 m² × 0.0015 = 1.0005 mu; 1 yuan = 0.0001; 32.5 ha × 15 = 487.5 mu: by arithmetic.
        let cases = [("667", "0.0015", 1.0005), ("1", "0.0001", 0.0001), ("32.5", "15", 487.5), ("-0.3", "1", -0.3), ("1e3", "0.1", 100.0)];
        for (text, factor, value) in cases {
            assert_eq!(float(text, decimal(factor)), Ok(value), "{text} × {factor}");
        }
        assert_eq!(float("１２.５", Decimal::ONE), Ok(12.5));
        assert_eq!(float("123456789012345678901234567890123456789012345", decimal("0.1")), Ok(1.2345678901234568e43));
    }

    #[test]
    fn the_short_way_and_the_long_way_agree() {
        let texts = ["0", "0.0", "5.", ".5", "1234.56", "9007199254740993", "999999999999999", "0.000000000000001", "123456.7890123456"];
        for text in texts {
            for factor in ["1", "0.0001", "15", "0.0015"] {
                assert_eq!(float(text, decimal(factor)), any_float(text, decimal(factor)), "{text} × {factor}");
            }
            assert_eq!(float(text, Decimal::ONE).ok(), text.parse().ok(), "{text}");
        }
    }

    #[test]
    fn what_is_no_decimal_is_refused() {
        for text in ["1,000", "12 3", "", "+", ".", "1e", "0x10", "1_000", "一", "--1", "12元"] {
            assert_eq!(float(text, Decimal::ONE), Err(Bad::Unparsable), "{text}");
            assert_eq!(float(text, decimal("0.1")), Err(Bad::Unparsable), "{text}");
            assert_eq!(amount(text, Decimal::ONE), Err(Bad::Unparsable), "{text}");
        }
        for text in ["NaN", "inf", "-Infinity", "1e400", "-1e999999999999"] {
            assert_eq!(float(text, Decimal::ONE), Err(Bad::NotFinite), "{text}");
            assert_eq!(float(text, decimal("0.1")), Err(Bad::NotFinite), "{text}");
        }
    }

    #[test]
    fn what_a_spreadsheet_shows_of_a_number_is_not_the_number() {
        for text in ["1.2E+05", "1E+05", "-1.23E+08"] {
            assert_eq!([float(text, Decimal::ONE), float(text, decimal("0.1"))], [Err(Bad::Rounded); 2], "{text}");
            assert_eq!(amount(text, Decimal::ONE), Err(Bad::Rounded), "{text}");
        }
        for (text, value) in
            [("1.23456E+05", 123456.0), ("1e+05", 1e5), ("1.2e5", 1.2e5), ("1.2E5", 1.2e5), ("1.5E+00", 1.5), ("1.2E-05", 1.2e-5)]
        {
            assert_eq!(float(text, Decimal::ONE), Ok(value), "{text}");
            assert_eq!(amount(text, Decimal::ONE).map(amount_to_float), Ok(value), "{text}");
        }
    }

    #[test]
    fn amounts_add_without_rounding() {
        let [a, b] = ["0.1", "0.2"].map(|text| amount(text, Decimal::ONE).expect("an amount"));
        assert_eq!(amount_to_float(a + b), 0.3);
        assert_eq!(amount_to_text(a + b), "0.3");
        assert_eq!(amount("667", decimal("0.0015")), amount("1.0005", Decimal::ONE));
        assert_eq!(amount_to_text(amount("-12.50", Decimal::ONE).expect("an amount")), "-12.5");
        assert_eq!(amount("1e13", Decimal::ONE), Err(Bad::TooLarge));
    }
}
