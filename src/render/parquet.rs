//! Parquet: the first table of a report, as in CSV, with the types of its columns.
//!
//! In: a report. Out: columns named by their ids; whole numbers, numbers of the digits that CSV has, true and false, and texts; what is
//! missing is null. The same bytes for the same report.

use std::io::{self, Write};
use std::sync::Arc;

use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, DoubleType, Int64Type};
use parquet::errors::Result;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::types::{Type, TypePtr};

use crate::report::cell::{Cell, Cells};
use crate::report::table::{Column, Report, Values};

use super::csv::decimals;
use super::number::exact;

/// Rows that stand together.
const GROUP: usize = 1 << 17;

/// Writes the first part of the report; nothing if there is none.
pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let Some(part) = report.parts.first() else { return Ok(()) };
    let written = written(&part.columns, part.rows()).map_err(io::Error::other)?;
    out.write_all(&written)
}

fn written(columns: &[Column], rows: usize) -> Result<Vec<u8>> {
    let fields = columns.iter().map(field).collect::<Result<Vec<TypePtr>>>()?;
    let schema = Arc::new(Type::group_type_builder("schema").with_fields(fields).build()?);
    let writer = concat!("mujun ", env!("CARGO_PKG_VERSION")).to_owned();
    let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).set_created_by(writer).build();
    let mut file = SerializedFileWriter::new(Vec::new(), schema, Arc::new(properties))?;
    let cells: Vec<(Cells, u32)> = columns.iter().map(|column| (Cells::of(&column.values), decimals(&column.values))).collect();
    for from in (0..rows).step_by(GROUP) {
        let mut group = file.next_row_group()?;
        for (column, (cells, decimals)) in columns.iter().zip(&cells) {
            let Some(mut writer) = group.next_column()? else { break };
            write_column(&column.values, (cells, *decimals), from..rows.min(from + GROUP), &mut writer)?;
            writer.close()?;
        }
        group.close()?;
    }
    file.into_inner()
}

fn field(column: &Column) -> Result<TypePtr> {
    let (physical, logical) = match column.values {
        Values::Integer(_) => (Physical::INT64, None),
        Values::Number { .. } => (Physical::DOUBLE, None),
        Values::Flag(_) => (Physical::BOOLEAN, None),
        Values::Text(_) | Values::Json(_) | Values::Shared { .. } | Values::Word(_) => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
    };
    let field = Type::primitive_type_builder(&column.id, physical).with_repetition(Repetition::OPTIONAL).with_logical_type(logical);
    field.build().map(Arc::new)
}

fn write_column(
    values: &Values,
    (cells, decimals): (&Cells, u32),
    rows: std::ops::Range<usize>,
    writer: &mut SerializedColumnWriter<'_>,
) -> Result<()> {
    let cells = rows.map(|row| cells.get(row));
    match values {
        Values::Integer(_) => put::<Int64Type>(cells, |cell| if let Cell::Integer(value) = cell { Some(value) } else { None }, writer),
        Values::Number { .. } => {
            put::<DoubleType>(cells, |cell| if let Cell::Number(value) = cell { Some(exact(value, decimals)) } else { None }, writer)
        }
        Values::Flag(_) => put::<BoolType>(cells, |cell| if let Cell::Flag(value) = cell { Some(value) } else { None }, writer),
        Values::Text(_) | Values::Json(_) | Values::Shared { .. } | Values::Word(_) => put::<ByteArrayType>(cells, text, writer),
    }
}

fn text(cell: Cell<'_>) -> Option<ByteArray> {
    match cell {
        Cell::Text(text) | Cell::Json(text) | Cell::Word(text) => Some(ByteArray::from(text)),
        _ => None,
    }
}

fn put<'c, T: DataType>(
    cells: impl Iterator<Item = Cell<'c>>,
    value: impl Fn(Cell<'c>) -> Option<T::T>,
    writer: &mut SerializedColumnWriter<'_>,
) -> Result<()> {
    let (mut values, mut levels) = (Vec::new(), Vec::new());
    for cell in cells {
        let value = value(cell);
        levels.push(i16::from(value.is_some()));
        values.extend(value);
    }
    writer.typed::<T>().write_batch(&values, Some(&levels), None).map(drop)
}

#[cfg(test)]
mod tests {
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use parquet::record::Field;

    use super::super::example;
    use super::*;

    #[test]
    fn the_first_part_is_written_with_its_types_and_nothing_is_marked() {
        let mut out = Vec::new();
        write(&example::report(), &mut out).expect("a Vec takes all");
        let reader = SerializedFileReader::new(bytes::Bytes::from(out)).expect("a file");
        let rows: Vec<Vec<(String, Field)>> = reader
            .get_row_iter(None)
            .expect("rows")
            .map(|row| row.expect("a row").get_column_iter().map(|(name, field)| (name.clone(), field.clone())).collect())
            .collect();
        let row = |fields: [Field; 6]| -> Vec<(String, Field)> {
            ["place", "name", "land_mu", "grade", "review", "above_scale"].map(str::to_owned).into_iter().zip(fields).collect()
        };
        let text = |text: &str| Field::Str(text.to_owned());
        assert_eq!(rows.len(), 4);
        assert_eq!(
            rows[0],
            row([Field::Long(1), text("甲厂, 一分厂"), Field::Double(12.345_678), text("A"), text("pass"), Field::Bool(true)])
        );
        assert_eq!(rows[3], row([Field::Null, text("=1+1"), Field::Null, Field::Null, text("unknown"), Field::Bool(true)]));
    }

    #[test]
    fn the_same_report_is_the_same_bytes() {
        let bytes = || {
            let mut out = Vec::new();
            write(&example::report(), &mut out).expect("a Vec takes all");
            out
        };
        assert_eq!(bytes(), bytes());
    }
}
