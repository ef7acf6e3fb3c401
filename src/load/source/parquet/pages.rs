//! The pages of a column, unpacked here so that none becomes larger than it may.
//!
//! In: a column of a group of rows. Out: its pages, one after the other, for the reader of the format. What a page says of its own size
//! is not believed: it is unpacked up to what is left for the whole file.

use std::fs::File;
use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use flate2::read::MultiGzDecoder;
use parquet::basic::{Compression, Encoding};
use parquet::column::page::{Page, PageMetadata, PageReader};
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::ColumnChunkMetaData;
use parquet::file::serialized_reader::SerializedPageReader;
use ruzstd::decoding::StreamingDecoder;

/// Why a file is given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// It unpacks to far more than it is.
    Bomb,
    /// A reason for which there are words.
    Because(&'static str),
}

impl std::fmt::Display for Stop {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Stop::Bomb => "limit.bomb",
            Stop::Because(key) => key,
        })
    }
}

impl std::error::Error for Stop {}

/// Bytes that the pages of a file may still unpack to.
#[derive(Debug, Clone)]
pub struct Room(Arc<AtomicU64>);

impl Room {
    /// So many bytes.
    pub fn new(bytes: u64) -> Room {
        Room(Arc::new(AtomicU64::new(bytes)))
    }

    fn left(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    fn take(&self, bytes: u64) -> Result<()> {
        let left = self.left().checked_sub(bytes).ok_or(Stop::Bomb)?;
        self.0.store(left, Ordering::Relaxed);
        Ok(())
    }
}

/// The pages of a column.
pub struct Pages {
    packed: SerializedPageReader<File>,
    compression: Compression,
    room: Room,
    /// Has the column blank cells? Its pages then begin with where they are.
    has_levels: bool,
    rows: usize,
    left: usize,
}

impl Pages {
    /// The pages of a column of so many rows.
    ///
    /// # Errors
    ///
    /// When they are packed in a way that is not known, or do not lie in the file.
    pub fn open(file: &Arc<File>, chunk: &ColumnChunkMetaData, rows: usize, room: &Room) -> std::result::Result<Pages, Stop> {
        let compression = chunk.compression();
        if !matches!(compression, Compression::UNCOMPRESSED | Compression::SNAPPY | Compression::GZIP(_) | Compression::ZSTD(_)) {
            return Err(Stop::Because("reason.parquet-packed"));
        }
        let damaged = |_| Stop::Because("reason.parquet-damaged");
        // The reader of the format is told that nothing is packed, and so leaves the pages as they are.
        let plain = chunk.clone().into_builder().set_compression(Compression::UNCOMPRESSED).build().map_err(damaged)?;
        let packed = SerializedPageReader::new(file.clone(), &plain, rows, None).map_err(damaged)?;
        let has_levels = chunk.column_descr().max_def_level() > 0;
        Ok(Pages { packed, compression, room: room.clone(), has_levels, rows, left: rows })
    }

    fn unpack(&self, bytes: &Bytes) -> Result<Bytes> {
        if bytes.is_empty() || self.compression == Compression::UNCOMPRESSED {
            return Ok(bytes.clone());
        }
        let left = self.room.left();
        let mut unpacked = Vec::new();
        match self.compression {
            Compression::SNAPPY => {
                let length = snap::raw::decompress_len(bytes).map_err(damaged)?;
                if length as u64 > left {
                    return Err(Stop::Bomb.into());
                }
                unpacked = snap::raw::Decoder::new().decompress_vec(bytes).map_err(damaged)?;
            }
            Compression::GZIP(_) => {
                MultiGzDecoder::new(&**bytes).take(left + 1).read_to_end(&mut unpacked).map_err(damaged)?;
            }
            _ => {
                let decoder = StreamingDecoder::new(&**bytes).map_err(damaged)?;
                decoder.take(left + 1).read_to_end(&mut unpacked).map_err(damaged)?;
            }
        }
        self.room.take(unpacked.len() as u64)?;
        Ok(unpacked.into())
    }

    /// A page of so many values: not more of them than the column has rows.
    fn count(&mut self, values: u32) -> Result<()> {
        self.left = self.left.checked_sub(values as usize).ok_or(Stop::Because("reason.parquet-damaged"))?;
        Ok(())
    }

    fn unpacked(&mut self, mut page: Page) -> Result<Page> {
        let damage = Stop::Because("reason.parquet-damaged");
        match &mut page {
            Page::DictionaryPage { buf, num_values, .. } => {
                if *num_values as usize > self.rows {
                    return Err(damage.into());
                }
                *buf = self.unpack(buf)?;
            }
            Page::DataPage { buf, num_values, encoding, .. } => {
                self.count(*num_values)?;
                *buf = self.unpack(buf)?;
                let levels = match buf.first_chunk() {
                    Some(length) if self.has_levels => u32::from_le_bytes(*length) as usize + 4,
                    _ => 0,
                };
                allow(*encoding, buf, levels, *num_values)?;
            }
            Page::DataPageV2 { buf, num_values, encoding, def_levels_byte_len, rep_levels_byte_len, is_compressed, .. } => {
                self.count(*num_values)?;
                // Where cells are blank stands before the values, and is never packed.
                let levels = *def_levels_byte_len as usize + *rep_levels_byte_len as usize;
                if levels > buf.len() {
                    return Err(damage.into());
                }
                if std::mem::take(is_compressed) {
                    let values = self.unpack(&buf.slice(levels..))?;
                    *buf = [&buf[..levels], &values].concat().into();
                }
                allow(*encoding, buf, levels, *num_values)?;
            }
        }
        Ok(page)
    }
}

fn damaged<E>(_: E) -> ParquetError {
    Stop::Because("reason.parquet-damaged").into()
}

/// Refuses what could make much out of little: texts that repeat the beginning of others, and lists of lengths longer than the page.
fn allow(encoding: Encoding, buf: &Bytes, levels: usize, values: u32) -> Result<()> {
    match encoding {
        Encoding::PLAIN | Encoding::PLAIN_DICTIONARY | Encoding::RLE_DICTIONARY | Encoding::RLE | Encoding::BYTE_STREAM_SPLIT => Ok(()),
        Encoding::DELTA_BINARY_PACKED | Encoding::DELTA_LENGTH_BYTE_ARRAY => {
            // Values of a block, its parts, and of all.
            let mut rest = buf.get(levels..).unwrap_or_default();
            let numbers = [0; 3].map(|_| number(&mut rest));
            match numbers[2] {
                Some(count) if count <= u64::from(values) => Ok(()),
                _ => Err(Stop::Because("reason.parquet-damaged").into()),
            }
        }
        _ => Err(Stop::Because("reason.parquet-encoding").into()),
    }
}

fn number(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (first, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u64::from(first & 0x7f) << shift;
        if *first < 0x80 {
            return Some(value);
        }
    }
    None
}

impl Iterator for Pages {
    type Item = Result<Page>;

    fn next(&mut self) -> Option<Self::Item> {
        self.get_next_page().transpose()
    }
}

impl PageReader for Pages {
    fn get_next_page(&mut self) -> Result<Option<Page>> {
        match self.packed.get_next_page()? {
            Some(page) => self.unpacked(page).map(Some),
            None => Ok(None),
        }
    }

    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>> {
        self.packed.peek_next_page()
    }

    fn skip_next_page(&mut self) -> Result<()> {
        self.packed.skip_next_page()
    }
}
