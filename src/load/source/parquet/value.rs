//! Values of a Parquet file as a person would type them.
//!
//! In: a value and what its column says it means. Out: its text: numbers with the digits that spreadsheets keep, decimals exactly, dates
//! as `2025-06-30`. A moment without a place is told as the clocks of China show it, eight hours ahead of Greenwich.

use std::fmt::Write;

use parquet::basic::{ConvertedType, LogicalType, TimeUnit, Type};
use parquet::data_type::{ByteArray, FixedLenByteArray, Int96};
use parquet::schema::types::ColumnDescriptor;

use super::pages::Stop;
use crate::load::source::workbook::number;

/// What the clocks of China are ahead of Greenwich.
const AHEAD: i64 = 8 * 3600;
const DAY: i64 = 24 * 3600;

/// What the values of a column mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// What they are: a number, true or false, or a text.
    Plain,
    /// A whole number that is never negative.
    Unsigned,
    /// A whole number with so many decimals.
    Decimal(u32),
    /// Days since 1970.
    Date,
    /// So many of them make a second; since 1970, there or in Greenwich.
    Moment(i64, i64),
    /// So many of them make a second; since midnight.
    Time(i64),
    /// A number in two bytes.
    Half,
    /// Sixteen bytes with dashes.
    Uuid,
}

impl Kind {
    /// Of a column; `None` where no cell could hold its values.
    pub fn of(column: &ColumnDescriptor) -> Option<Kind> {
        let is_bytes = matches!(column.physical_type(), Type::BYTE_ARRAY | Type::FIXED_LEN_BYTE_ARRAY);
        let decimal = |scale: i32| u32::try_from(scale).ok().filter(|scale| *scale <= 38).map(Kind::Decimal);
        let moment = |unit: &TimeUnit, is_utc: bool| Kind::Moment(per_second(unit), if is_utc { AHEAD } else { 0 });
        let kind = match column.logical_type_ref() {
            Some(LogicalType::Decimal(decimals)) => return decimal(decimals.scale),
            Some(LogicalType::Date) => Kind::Date,
            Some(LogicalType::Time(time)) => Kind::Time(per_second(&time.unit)),
            Some(LogicalType::Timestamp(stamp)) => moment(&stamp.unit, stamp.is_adjusted_to_u_t_c),
            Some(LogicalType::Integer(integer)) if !integer.is_signed => Kind::Unsigned,
            Some(LogicalType::Float16) => Kind::Half,
            Some(LogicalType::Uuid) => Kind::Uuid,
            Some(LogicalType::String | LogicalType::Enum | LogicalType::Json | LogicalType::Integer(_) | LogicalType::Unknown) => {
                Kind::Plain
            }
            Some(_) => return None,
            None => match column.converted_type() {
                ConvertedType::DECIMAL => return decimal(column.type_scale()),
                ConvertedType::DATE => Kind::Date,
                ConvertedType::TIME_MILLIS => Kind::Time(1_000),
                ConvertedType::TIME_MICROS => Kind::Time(1_000_000),
                ConvertedType::TIMESTAMP_MILLIS => Kind::Moment(1_000, AHEAD),
                ConvertedType::TIMESTAMP_MICROS => Kind::Moment(1_000_000, AHEAD),
                ConvertedType::UINT_8 | ConvertedType::UINT_16 | ConvertedType::UINT_32 | ConvertedType::UINT_64 => Kind::Unsigned,
                ConvertedType::BSON | ConvertedType::INTERVAL | ConvertedType::MAP | ConvertedType::LIST => return None,
                _ => Kind::Plain,
            },
        };
        // What is said of numbers says nothing of bytes, and the other way round.
        let fits = match kind {
            Kind::Half | Kind::Uuid => column.physical_type() == Type::FIXED_LEN_BYTE_ARRAY,
            Kind::Date | Kind::Time(_) | Kind::Moment(..) | Kind::Unsigned => matches!(column.physical_type(), Type::INT32 | Type::INT64),
            _ => kind == Kind::Plain || is_bytes,
        };
        fits.then_some(kind)
    }
}

fn per_second(unit: &TimeUnit) -> i64 {
    match unit {
        TimeUnit::MILLIS => 1_000,
        TimeUnit::MICROS => 1_000_000,
        TimeUnit::NANOS => 1_000_000_000,
    }
}

/// A value that can be written as text.
pub trait Value {
    /// Writes it as its column means it.
    ///
    /// # Errors
    ///
    /// When it is no text where one is meant.
    fn write(&self, kind: Kind, text: &mut String) -> Result<(), Stop>;
}

impl Value for bool {
    fn write(&self, _: Kind, text: &mut String) -> Result<(), Stop> {
        text.push_str(if *self { "true" } else { "false" });
        Ok(())
    }
}

impl Value for i32 {
    fn write(&self, kind: Kind, text: &mut String) -> Result<(), Stop> {
        match kind {
            Kind::Unsigned => write_integer(i128::from(*self as u32), text),
            _ => i64::from(*self).write(kind, text)?,
        }
        Ok(())
    }
}

impl Value for i64 {
    fn write(&self, kind: Kind, text: &mut String) -> Result<(), Stop> {
        match kind {
            Kind::Unsigned => write_integer(i128::from(*self as u64), text),
            Kind::Decimal(scale) => write_decimal(i128::from(*self), scale, text),
            Kind::Date => write_moment(self.saturating_mul(DAY), text),
            Kind::Moment(per_second, ahead) => write_moment(self.div_euclid(per_second).saturating_add(ahead), text),
            Kind::Time(per_second) => write_time(self.div_euclid(per_second), text),
            _ => write_integer(i128::from(*self), text),
        }
        Ok(())
    }
}

impl Value for Int96 {
    fn write(&self, _: Kind, text: &mut String) -> Result<(), Stop> {
        write_moment(self.to_seconds().saturating_add(AHEAD), text);
        Ok(())
    }
}

impl Value for f32 {
    fn write(&self, _: Kind, text: &mut String) -> Result<(), Stop> {
        // The shortest digits that mean this number, not those of the wider one that is nearest to it.
        write_number(self.to_string().parse().unwrap_or(f64::from(*self)), text);
        Ok(())
    }
}

impl Value for f64 {
    fn write(&self, _: Kind, text: &mut String) -> Result<(), Stop> {
        write_number(*self, text);
        Ok(())
    }
}

impl Value for ByteArray {
    fn write(&self, kind: Kind, text: &mut String) -> Result<(), Stop> {
        write_bytes(self.data(), kind, text)
    }
}

impl Value for FixedLenByteArray {
    fn write(&self, kind: Kind, text: &mut String) -> Result<(), Stop> {
        write_bytes(self.data(), kind, text)
    }
}

fn write_bytes(bytes: &[u8], kind: Kind, text: &mut String) -> Result<(), Stop> {
    match kind {
        Kind::Decimal(scale) => {
            let first = bytes.first().map_or(0, |byte| *byte as i8);
            if bytes.len() > 16 {
                return Err(Stop::Because("reason.parquet-type"));
            }
            let value = bytes.iter().fold(if first < 0 { -1 } else { 0 }, |value: i128, byte| value << 8 | i128::from(*byte));
            write_decimal(value, scale, text);
        }
        Kind::Half => {
            let bits = u16::from_le_bytes(bytes.try_into().map_err(|_| Stop::Because("reason.parquet-damaged"))?);
            write_number(half(bits), text);
        }
        Kind::Uuid => {
            for (at, byte) in bytes.iter().enumerate() {
                text.push_str(if matches!(at, 4 | 6 | 8 | 10) { "-" } else { "" });
                let _ = write!(text, "{byte:02x}");
            }
        }
        _ => text.push_str(std::str::from_utf8(bytes).map_err(|_| Stop::Because("reason.parquet-bytes"))?),
    }
    Ok(())
}

fn write_integer(value: i128, text: &mut String) {
    let _ = write!(text, "{value}");
}

fn write_number(value: f64, text: &mut String) {
    if value.is_finite() {
        text.push_str(&number(value));
    } else {
        let _ = write!(text, "{value}");
    }
}

/// The number of two bytes, with as few digits as tell it from its neighbours.
fn half(bits: u16) -> f64 {
    let (power, fraction) = (i32::from(bits >> 10 & 0x1f), f64::from(bits & 0x3ff) / 1024.0);
    let (size, step) = match power {
        0 => (fraction * 2_f64.powi(-14), 2_f64.powi(-24)),
        31 if fraction == 0.0 => return if bits >> 15 == 1 { f64::NEG_INFINITY } else { f64::INFINITY },
        31 => return f64::NAN,
        _ => ((1.0 + fraction) * 2_f64.powi(power - 15), 2_f64.powi(power - 25)),
    };
    let rounded = (0..5).filter_map(|digits| format!("{size:.digits$e}").parse::<f64>().ok());
    let value = rounded.into_iter().find(|rounded| (rounded - size).abs() < step / 2.0).unwrap_or(size);
    if bits >> 15 == 1 { -value } else { value }
}

fn write_decimal(value: i128, scale: u32, text: &mut String) {
    let digits = format!("{:0>width$}", value.unsigned_abs(), width = scale as usize + 1);
    let (whole, decimals) = digits.split_at(digits.len() - scale as usize);
    let _ = write!(text, "{}{whole}", if value < 0 { "-" } else { "" });
    if scale > 0 {
        let _ = write!(text, ".{decimals}");
    }
}

/// A day, and the time where it is not midnight. What no calendar has is marked, so that nobody takes it for a number of days.
fn write_moment(seconds: i64, text: &mut String) {
    let day = i32::try_from(seconds.div_euclid(DAY)).ok().and_then(|day| {
        let span = jiff::Span::new().try_days(day).ok()?;
        jiff::civil::date(1970, 1, 1).checked_add(span).ok()
    });
    let Some(day) = day else {
        let _ = write!(text, "? {seconds}");
        return;
    };
    let _ = write!(text, "{day}");
    let time = seconds.rem_euclid(DAY);
    if time != 0 {
        text.push(' ');
        write_time(time, text);
    }
}

fn write_time(seconds: i64, text: &mut String) {
    let _ = write!(text, "{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(value: impl Value, kind: Kind) -> String {
        let mut text = String::new();
        value.write(kind, &mut text).expect("text");
        text
    }

    #[test]
    fn numbers_have_their_own_digits() {
        assert_eq!(text(0.1_f32, Kind::Plain), "0.1");
        assert_eq!(text(4225.4_f64, Kind::Plain), "4225.4");
        assert_eq!(text(f64::NAN, Kind::Plain), "NaN");
        assert_eq!(text(-1_i32, Kind::Unsigned), "4294967295");
        assert_eq!(text(911_330_000_000_000_001_i64, Kind::Plain), "911330000000000001");
        // 1.5 is 0 01111 1000000000, 0.1 is nearest to 0 01011 1001100110.
        assert_eq!([half(0x3e00), half(0x2e66), half(0xbe00)], [1.5, 0.1, -1.5]);
    }

    #[test]
    fn decimals_are_exact() {
        assert_eq!(text(123_456_i64, Kind::Decimal(2)), "1234.56");
        assert_eq!(text(-5_i32, Kind::Decimal(3)), "-0.005");
        assert_eq!(text(7_i32, Kind::Decimal(0)), "7");
        assert_eq!(text(ByteArray::from(vec![0xff, 0xfe]), Kind::Decimal(1)), "-0.2");
        assert_eq!(text(ByteArray::from(vec![0x01, 0x00]), Kind::Decimal(1)), "25.6");
        assert!(ByteArray::from(vec![1; 17]).write(Kind::Decimal(1), &mut String::new()).is_err());
    }

    #[test]
    fn days_are_those_of_chinese_clocks() {
        // 2025-06-30 is 20,269 days after 1970-01-01: 55 years of 365 days, 14 leap days, 180 days of 2025.
        assert_eq!(text(20_269_i32, Kind::Date), "2025-06-30");
        assert_eq!(text(-1_i32, Kind::Date), "1969-12-31");
        // Midnight in China is four in the afternoon of the day before in Greenwich.
        assert_eq!(text(20_268 * DAY + 16 * 3600, Kind::Moment(1, AHEAD)), "2025-06-30");
        assert_eq!(text((20_269 * DAY + 3_661) * 1_000, Kind::Moment(1_000, 0)), "2025-06-30 01:01:01");
        assert_eq!(text(i64::MAX, Kind::Moment(1, 0)), format!("? {}", i64::MAX));
    }
}
