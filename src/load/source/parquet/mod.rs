//! Parquet files as grids of text: names of columns are the headings of row 1, record n stands in row n + 1.
//!
//! In: a path. Out: a [`Grid`], as of a sheet of a workbook. What a file says of its size is held against what it is: rows that it
//! claims, pages that unpack to far more than the file, dictionaries larger than their column. Lists and records in a cell are refused.
//! Next: `intake` asks which table it is.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;

use parquet::errors::ParquetError;
use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData, ParquetMetaDataReader, RowGroupMetaData};

use self::column::Column;
use self::pages::{Room, Stop};
use crate::load::source::grid::{Grid, MOST_CELLS};
use crate::load::source::store;
use crate::load::source::workbook::quietly;
use crate::load::source::{MOST_COLUMNS, Refusal};

mod column;
mod footer;
mod pages;
mod value;

/// First and last bytes of a file.
const MAGIC: &[u8; 4] = b"PAR1";
/// The same where a password is needed.
const ENCRYPTED: &[u8; 4] = b"PARE";
/// Most bytes of what a file says about itself.
const MOST_FOOTER: u64 = 64 << 20;
/// Most bytes that a file may unpack to.
const UNPACKED: u64 = 4 << 30;
/// Records that are put together at a time.
const BATCH: usize = 1 << 12;

/// The records of a file.
///
/// # Errors
///
/// When it is no Parquet file, cannot be read, has lists or records in its cells, or unpacks to far too much.
pub fn read(path: &Path) -> Result<Grid, Refusal> {
    // A damaged file may lead the reader of its format where it never thought to be; that is no reason to end.
    quietly(|| read_file(path)).unwrap_or(Err(Refusal::Because("reason.parquet-damaged")))
}

impl From<ParquetError> for Refusal {
    fn from(error: ParquetError) -> Self {
        let ParquetError::External(inner) = error else { return Refusal::Because("reason.parquet-damaged") };
        match inner.downcast_ref::<Stop>() {
            Some(Stop::Bomb) => Refusal::Bomb,
            Some(Stop::Because(key)) => Refusal::Because(key),
            None => Refusal::Because("reason.parquet-damaged"),
        }
    }
}

fn read_file(path: &Path) -> Result<Grid, Refusal> {
    let mut file = File::open(path)?;
    let size = file.metadata()?.len();
    look_at_footer(&mut file, size)?;
    let metadata = ParquetMetaDataReader::new().parse_and_finish(&file)?;
    let columns = metadata.file_metadata().schema_descr().columns();
    let rows = rows(&metadata, columns.len())?;
    let mut grid = Grid::with_rows(rows + 1);
    for (at, column) in (0..).zip(columns) {
        let named = column.name();
        // A column without a name has no heading, as in a sheet.
        if !named.trim_ascii().is_empty() {
            grid.push(0, at, named)?;
        }
    }
    let file = Arc::new(file);
    let room = Room::new(size.saturating_mul(store::RATIO).clamp(store::SMALL, UNPACKED));
    let mut row = 1;
    for group in metadata.row_groups() {
        read_group(&file, group, &room, &mut row, &mut grid)?;
    }
    Ok(grid)
}

/// Refuses what is no such file, and what nests: the depth of a schema is nothing to be trusted.
fn look_at_footer(file: &mut File, size: u64) -> Result<(), Refusal> {
    let mut magic = [0; 4];
    let (mut length, damaged) = ([0; 4], || Refusal::Because("reason.parquet-damaged"));
    if size < 12 {
        return Err(Refusal::Because("reason.no-parquet"));
    }
    file.read_exact(&mut magic)?;
    if magic == *ENCRYPTED {
        return Err(Refusal::Because("reason.parquet-password"));
    }
    if magic != *MAGIC {
        return Err(Refusal::Because("reason.no-parquet"));
    }
    file.seek(SeekFrom::End(-8))?;
    file.read_exact(&mut length)?;
    file.read_exact(&mut magic)?;
    if magic == *ENCRYPTED {
        return Err(Refusal::Because("reason.parquet-password"));
    }
    let length = u64::from(u32::from_le_bytes(length));
    if magic != *MAGIC || length > size - 12 {
        return Err(damaged());
    }
    if length > MOST_FOOTER {
        return Err(Refusal::Bomb);
    }
    let mut footer = vec![0; length as usize];
    file.seek(SeekFrom::Start(size - 8 - length))?;
    file.read_exact(&mut footer)?;
    match footer::first_nested(&footer).ok_or_else(damaged)? {
        None => Ok(()),
        Some((column, name)) => Err(Refusal::Column { column, heading: name.into(), why: "reason.parquet-nested" }),
    }
}

/// How many records there are, if they can be held.
fn rows(metadata: &ParquetMetaData, columns: usize) -> Result<u32, Refusal> {
    if columns > MOST_COLUMNS {
        return Err(Refusal::ManyColumns { row: 1 });
    }
    let mut rows: u64 = 0;
    for group in metadata.row_groups() {
        let of_group = u64::try_from(group.num_rows()).map_err(|_| Refusal::Because("reason.parquet-damaged"))?;
        rows = rows.saturating_add(of_group);
    }
    let most = MOST_CELLS / columns.max(1) as u64;
    if rows > most { Err(Refusal::ManyCells { row: most + 2 }) } else { Ok(rows as u32) }
}

fn read_group(file: &Arc<File>, group: &RowGroupMetaData, room: &Room, row: &mut u32, grid: &mut Grid) -> Result<(), Refusal> {
    let open = |(at, chunk): (usize, _)| {
        let chunk: &ColumnChunkMetaData = chunk;
        Column::open(file, chunk, group.num_rows() as usize, room).map_err(|stop| match stop {
            Stop::Because(why) => Refusal::Column { column: at as u32, heading: chunk.column_descr().name().into(), why },
            Stop::Bomb => Refusal::Bomb,
        })
    };
    let mut columns = group.columns().iter().enumerate().map(open).collect::<Result<Vec<Column>, Refusal>>()?;
    let mut left = group.num_rows() as usize;
    while left > 0 {
        let count = left.min(BATCH);
        for column in &mut columns {
            column.read(count)?;
        }
        for at in 0..count {
            for (number, column) in (0..).zip(&columns) {
                let text = column.text(at);
                if !text.trim_ascii().is_empty() {
                    grid.push(*row, number, text)?;
                }
            }
            *row += 1;
        }
        left -= count;
    }
    Ok(())
}

impl From<Stop> for ParquetError {
    fn from(stop: Stop) -> Self {
        ParquetError::External(Box::new(stop))
    }
}

impl From<Stop> for io::Error {
    fn from(stop: Stop) -> Self {
        io::Error::other(stop)
    }
}

#[cfg(test)]
mod tests;
