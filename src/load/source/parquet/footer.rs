//! What the end of a Parquet file says of its columns, as far as it must be known before anybody may read it.
//!
//! In: the bytes of the footer, a record of Thrift's compact protocol. Out: the first column that holds others. The reader of the format
//! follows a schema as deep as it goes, and would follow a forged one beyond the end of the stack.

/// Records within records that are passed over.
const DEEPEST: u8 = 16;
/// Of a footer: the list of columns, of which the first is the table itself.
const SCHEMA: i64 = 2;
/// Of a column: its name.
const NAME: i64 = 4;
/// Of a column: how many others it holds.
const CHILDREN: i64 = 5;

/// Kinds of values.
mod kind {
    pub const TRUE: u8 = 1;
    pub const FALSE: u8 = 2;
    pub const BYTE: u8 = 3;
    pub const SHORT: u8 = 4;
    pub const INTEGER: u8 = 5;
    pub const LONG: u8 = 6;
    pub const DOUBLE: u8 = 7;
    pub const BINARY: u8 = 8;
    pub const LIST: u8 = 9;
    pub const SET: u8 = 10;
    pub const MAP: u8 = 11;
    pub const RECORD: u8 = 12;
}

/// The number and name of the first column that holds others, if there is one; `None` if the bytes make no sense.
pub fn first_nested(footer: &[u8]) -> Option<Option<(u32, String)>> {
    let mut bytes = Bytes(footer);
    let (mut field, mut nested) = (0, None);
    while let Some(kind) = bytes.field(&mut field)? {
        if field == SCHEMA && kind == kind::LIST {
            let found = bytes.schema()?;
            nested = nested.or(found);
        } else {
            bytes.skip(kind, 0)?;
        }
    }
    Some(nested)
}

struct Bytes<'b>(&'b [u8]);

impl<'b> Bytes<'b> {
    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    fn take(&mut self, count: u64) -> Option<&'b [u8]> {
        let (taken, rest) = self.0.split_at_checked(usize::try_from(count).ok()?)?;
        self.0 = rest;
        Some(taken)
    }

    fn number(&mut self) -> Option<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    }

    fn signed(&mut self) -> Option<i64> {
        let value = self.number()?;
        Some((value >> 1) as i64 ^ -((value & 1) as i64))
    }

    /// The kind of the next field, whose number replaces that of the last; `Some(None)` where the record ends.
    fn field(&mut self, number: &mut i64) -> Option<Option<u8>> {
        let head = self.byte()?;
        if head == 0 {
            return Some(None);
        }
        *number = match head >> 4 {
            0 => self.signed()?,
            further => number.checked_add(i64::from(further))?,
        };
        Some(Some(head & 0x0f))
    }

    /// The kind and number of what a list holds.
    fn list(&mut self) -> Option<(u8, u64)> {
        let head = self.byte()?;
        let count = if head >> 4 == 15 { self.number()? } else { u64::from(head >> 4) };
        Some((head & 0x0f, count))
    }

    fn schema(&mut self) -> Option<Option<(u32, String)>> {
        let (kind, count) = self.list()?;
        if kind != kind::RECORD {
            return None;
        }
        let mut nested = None;
        for number in 0..count {
            let (mut field, mut children, mut name) = (0, 0, &[][..]);
            while let Some(kind) = self.field(&mut field)? {
                match (field, kind) {
                    (NAME, kind::BINARY) => {
                        let length = self.number()?;
                        name = self.take(length)?;
                    }
                    (CHILDREN, kind::INTEGER) => children = self.signed()?,
                    _ => self.skip(kind, 0)?,
                }
            }
            if number > 0 && children != 0 && nested.is_none() {
                nested = Some((u32::try_from(number).ok()? - 1, String::from_utf8_lossy(name).into_owned()));
            }
        }
        Some(nested)
    }

    fn skip(&mut self, kind: u8, depth: u8) -> Option<()> {
        if depth > DEEPEST {
            return None;
        }
        match kind {
            kind::TRUE | kind::FALSE => {}
            kind::BYTE => drop(self.byte()?),
            kind::SHORT | kind::INTEGER | kind::LONG => drop(self.number()?),
            kind::DOUBLE => drop(self.take(8)?),
            kind::BINARY => {
                let length = self.number()?;
                self.take(length)?;
            }
            kind::LIST | kind::SET => {
                let (kind, count) = self.list()?;
                for _ in 0..count {
                    // In a list, what is true or false takes a byte.
                    self.skip(if kind <= kind::FALSE { kind::BYTE } else { kind }, depth + 1)?;
                }
            }
            kind::MAP => self.skip_map(depth)?,
            kind::RECORD => {
                let mut field = 0;
                while let Some(kind) = self.field(&mut field)? {
                    self.skip(kind, depth + 1)?;
                }
            }
            _ => return None,
        }
        Some(())
    }

    fn skip_map(&mut self, depth: u8) -> Option<()> {
        let count = self.number()?;
        if count > 0 {
            let kinds = self.byte()?;
            // As in a list: each takes a byte at least, so that the count cannot exceed the bytes.
            let of = |kind: u8| if kind <= kind::FALSE { kind::BYTE } else { kind };
            for _ in 0..count {
                self.skip(of(kinds >> 4), depth + 1)?;
                self.skip(of(kinds & 0x0f), depth + 1)?;
            }
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A list of columns: name and how many others each holds.
    fn footer(columns: &[(&str, u8)]) -> Vec<u8> {
        // Field 1, an integer: version 1. Field 2, a list of records.
        let mut bytes = vec![0x15, 0x02, 0x19, (columns.len() as u8) << 4 | kind::RECORD];
        for (name, children) in columns {
            // Field 4, a text; field 5, an integer.
            bytes.extend([0x48, name.len() as u8]);
            bytes.extend(name.as_bytes());
            bytes.extend([0x15, children * 2, 0]);
        }
        bytes.push(0);
        bytes
    }

    #[test]
    fn the_first_column_that_holds_others_is_named() {
        assert_eq!(first_nested(&footer(&[("schema", 2), ("a", 0), ("b", 0)])), Some(None));
        assert_eq!(first_nested(&footer(&[("schema", 2), ("a", 0), ("b", 1), ("c", 0)])), Some(Some((1, "b".to_owned()))));
    }

    #[test]
    fn what_makes_no_sense_is_none() {
        let whole = footer(&[("schema", 1), ("a", 0)]);
        for length in 0..whole.len() {
            assert_eq!(first_nested(&whole[..length]), None, "{length}");
        }
        // A list of four thousand million values that take no bytes.
        assert_eq!(first_nested(&[0x19, 0xf0, 0xff, 0xff, 0xff, 0xff, 0x0f]), None);
    }
}
