//! One column of a group of rows, read some records at a time and written down as text.
//!
//! In: where the column lies in the file. Out: the text of each record's cell, empty where there is none. Next: the grid.

use std::fs::File;
use std::sync::Arc;

use parquet::column::reader::{ColumnReader, ColumnReaderImpl, get_column_reader};
use parquet::data_type::DataType;
use parquet::errors::Result;
use parquet::file::metadata::ColumnChunkMetaData;

use super::pages::{Pages, Room, Stop};
use super::value::{Kind, Value};

/// A column.
pub struct Column {
    kind: Kind,
    reader: ColumnReader,
    /// Has it blank cells?
    has_levels: bool,
    text: String,
    ends: Vec<usize>,
    levels: Vec<i16>,
}

impl Column {
    /// A column of so many rows.
    ///
    /// # Errors
    ///
    /// When it holds what no cell holds, or cannot be unpacked.
    pub fn open(file: &Arc<File>, chunk: &ColumnChunkMetaData, rows: usize, room: &Room) -> std::result::Result<Column, Stop> {
        let described = chunk.column_descr_ptr();
        if described.max_rep_level() > 0 || described.max_def_level() > 1 {
            return Err(Stop::Because("reason.parquet-nested"));
        }
        let kind = Kind::of(&described).ok_or(Stop::Because("reason.parquet-type"))?;
        let has_levels = described.max_def_level() > 0;
        let pages = Pages::open(file, chunk, rows, room)?;
        let reader = get_column_reader(described, Box::new(pages));
        Ok(Column { kind, reader, has_levels, text: String::new(), ends: Vec::new(), levels: Vec::new() })
    }

    /// Reads the next records, exactly so many.
    pub fn read(&mut self, count: usize) -> Result<()> {
        self.text.clear();
        self.ends.clear();
        self.levels.clear();
        let (kind, levels) = (self.kind, self.has_levels.then_some(&mut self.levels));
        let (text, ends) = (&mut self.text, &mut self.ends);
        match &mut self.reader {
            ColumnReader::BoolColumnReader(reader) => read(reader, count, kind, levels, text, ends),
            ColumnReader::Int32ColumnReader(reader) => read(reader, count, kind, levels, text, ends),
            ColumnReader::Int64ColumnReader(reader) => read(reader, count, kind, levels, text, ends),
            ColumnReader::Int96ColumnReader(reader) => read(reader, count, kind, levels, text, ends),
            ColumnReader::FloatColumnReader(reader) => read(reader, count, kind, levels, text, ends),
            ColumnReader::DoubleColumnReader(reader) => read(reader, count, kind, levels, text, ends),
            ColumnReader::ByteArrayColumnReader(reader) => read(reader, count, kind, levels, text, ends),
            ColumnReader::FixedLenByteArrayColumnReader(reader) => read(reader, count, kind, levels, text, ends),
        }
    }

    /// The text of one of the records read last.
    pub fn text(&self, at: usize) -> &str {
        let start = if at == 0 { 0 } else { self.ends[at - 1] };
        &self.text[start..self.ends[at]]
    }
}

fn read<T: DataType<T: Value>>(
    reader: &mut ColumnReaderImpl<T>,
    count: usize,
    kind: Kind,
    mut levels: Option<&mut Vec<i16>>,
    text: &mut String,
    ends: &mut Vec<usize>,
) -> Result<()> {
    let mut values: Vec<T::T> = Vec::with_capacity(count);
    let (records, _, _) = reader.read_records(count, levels.as_deref_mut(), None, &mut values)?;
    if records != count {
        return Err(Stop::Because("reason.parquet-damaged").into());
    }
    let mut values = values.iter();
    for at in 0..count {
        if levels.as_ref().is_none_or(|levels| levels.get(at) == Some(&1)) {
            let value = values.next().ok_or(Stop::Because("reason.parquet-damaged"))?;
            value.write(kind, text)?;
        }
        ends.push(text.len());
        if text.len() > MOST_TEXT {
            return Err(Stop::Bomb.into());
        }
    }
    Ok(())
}

/// Most bytes of text in the records that are read at a time.
const MOST_TEXT: usize = 256 << 20;
