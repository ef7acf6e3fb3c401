//! Numbers as decimal digits: half-up on the decimal, never on the binary.
//!
//! In: a number that means a decimal of at most six places. Out: its digits, rounded to fewer places for people
//! ([`shown`]) or with trailing zeros cut for machines ([`write_exact`]). Next: the formats.

use rust_decimal::{Decimal, RoundingStrategy};

/// All numbers are decimals of so many places before anything else happens to them.
const PLACES: u32 = 6;
const UNIT: u64 = 10_u64.pow(PLACES);
/// Below 2³² a number is less than 0.24 millionths from the decimal that was meant, and its product with [`UNIT`] is rounded by
/// at most 0.25: the nearest whole number is that decimal.
const SCALED_EXACTLY: f64 = 4_294_967_296.0;

/// The digits shown to people: exactly `decimals` of them after the point, half-up (away from zero), no `-0.00`.
pub(super) fn shown(value: f64, decimals: u32) -> String {
    let mut digits = Vec::with_capacity(24);
    write(value, decimals, false, &mut digits);
    String::from_utf8(digits).expect("digits are ASCII")
}

/// The digits for machines: at most `decimals` after the point, trailing zeros cut, no `-0`.
pub(super) fn write_exact(value: f64, decimals: u32, out: &mut Vec<u8>) {
    write(value, decimals, true, out);
}

/// The number that [`write_exact`] writes.
pub(super) fn exact(value: f64, decimals: u32) -> f64 {
    let mut digits = Vec::with_capacity(24);
    write_exact(value, decimals, &mut digits);
    std::str::from_utf8(&digits).ok().and_then(|digits| digits.parse().ok()).unwrap_or(value)
}

/// A whole number.
pub(super) fn write_integer(value: i64, out: &mut Vec<u8>) {
    let mut digits = [0; 20];
    let mut start = put_digits(value.unsigned_abs(), &mut digits);
    if value < 0 {
        start -= 1; // i64 has 19 digits
        digits[start] = b'-';
    }
    out.extend_from_slice(&digits[start..]);
}

fn write(value: f64, decimals: u32, cut: bool, out: &mut Vec<u8>) {
    let decimals = decimals.min(PLACES);
    if value.abs() < SCALED_EXACTLY {
        let mut scaled = nearest(value.abs() * UNIT as f64);
        if decimals < PLACES {
            let step = 10_u64.pow(PLACES - decimals);
            scaled = (scaled + step / 2) / step * step;
        }
        write_scaled(value < 0.0, scaled, decimals as usize, cut, out);
    } else {
        write_large(value, decimals, cut, out);
    }
}

/// The nearest whole number of a number that is not negative; halves up. (`f64::round` is a slow call on plain x86-64.)
fn nearest(value: f64) -> u64 {
    let whole = value as u64;
    whole + u64::from(value - whole as f64 >= 0.5)
}

/// Writes `scaled / UNIT`, whose places beyond `decimals` are zero.
fn write_scaled(negative: bool, scaled: u64, decimals: usize, cut: bool, out: &mut Vec<u8>) {
    // 10 whole digits at most, the point, six places
    let mut digits = [b'0'; 24];
    let point = digits.len() - PLACES as usize - 1;
    let (whole, mut fraction) = (scaled / UNIT, (scaled % UNIT) as usize);
    let mut end = if decimals > 0 { point + 1 + decimals } else { point };
    if cut && fraction == 0 {
        end = point;
    } else {
        digits[point] = b'.';
        for pair in (0..3).rev() {
            digits[point + 1 + 2 * pair..][..2].copy_from_slice(&PAIRS[fraction % 100 * 2..][..2]);
            fraction /= 100;
        }
        while cut && digits[end - 1] == b'0' {
            end -= 1;
        }
    }
    let mut start = put_digits(whole, &mut digits[..point]);
    if negative && scaled != 0 {
        start -= 1;
        digits[start] = b'-';
    }
    out.extend_from_slice(&digits[start..end]);
}

/// Puts a whole number at the end of a buffer that is long enough; tells where it starts.
fn put_digits(mut value: u64, buffer: &mut [u8]) -> usize {
    let mut start = buffer.len();
    while value >= 100 {
        start -= 2;
        buffer[start..start + 2].copy_from_slice(&PAIRS[(value % 100) as usize * 2..][..2]);
        value /= 100;
    }
    if value >= 10 {
        start -= 2;
        buffer[start..start + 2].copy_from_slice(&PAIRS[value as usize * 2..][..2]);
    } else {
        start -= 1;
        buffer[start] = b'0' + value as u8;
    }
    start
}

const PAIRS: [u8; 200] = pairs();

const fn pairs() -> [u8; 200] {
    let mut pairs = [b'0'; 200];
    let mut number = 0;
    while number < 100 {
        pairs[2 * number] = b'0' + (number / 10) as u8;
        pairs[2 * number + 1] = b'0' + (number % 10) as u8;
        number += 1;
    }
    pairs
}

/// Beyond [`SCALED_EXACTLY`] the shortest decimal that names the number is the one that was meant.
fn write_large(value: f64, decimals: u32, cut: bool, out: &mut Vec<u8>) {
    let shortest = value.to_string();
    let text = match shortest.parse::<Decimal>() {
        Ok(decimal) if shortest.contains('.') || !cut && decimals > 0 => {
            let mut decimal = decimal.round_dp_with_strategy(decimals, RoundingStrategy::MidpointAwayFromZero);
            if cut {
                decimal = decimal.normalize();
            } else {
                decimal.rescale(decimals);
            }
            decimal.to_string()
        }
        _ => shortest,
    };
    out.extend_from_slice(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(value: f64, decimals: u32) -> String {
        let mut digits = Vec::new();
        write_exact(value, decimals, &mut digits);
        String::from_utf8(digits).expect("digits are ASCII")
    }

    #[test]
    fn people_are_shown_half_up_on_the_decimal() {
        let cases = [
            (2.675, 2, "2.68"),
            (1.005, 2, "1.01"),
            (-2.675, 2, "-2.68"),
            (2.674_999, 2, "2.67"),
            (0.125, 2, "0.13"),
            (-0.004, 2, "0.00"),
            (-0.0, 2, "0.00"),
            (-0.005, 2, "-0.01"),
            (0.5, 0, "1"),
            (1.5, 0, "2"),
            (99.995, 2, "100.00"),
            (7.0, 3, "7.000"),
            (0.05, 3, "0.050"),
            (1.0, 9, "1.000000"),
        ];
        for (value, decimals, digits) in cases {
            assert_eq!(shown(value, decimals), digits, "{value} at {decimals}");
        }
    }

    #[test]
    fn machines_get_no_trailing_zeros() {
        let cases = [
            (2.675, 6, "2.675"),
            (100.0, 6, "100"),
            (0.1 + 0.2, 6, "0.3"),
            (-0.000_000_4, 6, "0"),
            (-1.5, 6, "-1.5"),
            (1.000_001, 6, "1.000001"),
            (1_234.5, 2, "1234.5"),
            (0.05, 6, "0.05"),
            (10.0, 0, "10"),
        ];
        for (value, decimals, digits) in cases {
            assert_eq!(exact(value, decimals), digits, "{value} at {decimals}");
        }
    }

    #[test]
    fn huge_numbers_keep_their_digits() {
        assert_eq!(exact(1_234_567_890_123.23, 6), "1234567890123.23");
        assert_eq!(shown(1_234_567_890_123.25, 1), "1234567890123.3");
        assert_eq!(shown(12_000_000_000.0, 2), "12000000000.00");
        assert_eq!(exact(-12_000_000_000.0, 2), "-12000000000");
        assert_eq!(exact(1e30, 6), format!("1{}", "0".repeat(30)));
        assert_eq!(exact(4_294_967_295.999_999, 6), "4294967295.999999");
        assert_eq!(exact(4_294_967_296.000_001, 6), "4294967296.000001");
    }

    #[test]
    fn whole_numbers_reach_both_ends() {
        let cases = [
            (0, "0"),
            (7, "7"),
            (10, "10"),
            (100, "100"),
            (-305, "-305"),
            (i64::MAX, "9223372036854775807"),
            (i64::MIN, "-9223372036854775808"),
        ];
        for (value, text) in cases {
            let mut digits = Vec::new();
            write_integer(value, &mut digits);
            assert_eq!(String::from_utf8_lossy(&digits), text);
        }
    }
}
