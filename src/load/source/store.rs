//! Bytes of a file that can be read from any place by any thread: where they lie, or unpacked beside it.
//!
//! In: a path. Out: a [`Store`]. What has to be unpacked or decoded as a whole stays in memory up to some size and then goes
//! to a temporary file, so that memory is bounded. Next: `text` cuts it into pieces.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use encoding_rs::Encoding;
use flate2::read::MultiGzDecoder;
use tempfile::NamedTempFile;

/// What is unpacked stays in memory up to so many bytes.
const IN_MEMORY: usize = 64 << 20;
/// Beyond so many bytes what is unpacked may not be more than [`RATIO`] times what was packed: a table is packed to a third or a tenth.
pub const SMALL: u64 = 64 << 20;
/// How many times larger something unpacked may be.
pub const RATIO: u64 = 200;
/// Most bytes of anything unpacked.
pub const LARGEST: u64 = 16 << 30;

/// Where bytes are.
#[derive(Debug)]
pub enum Store {
    /// In the user's file.
    File(PathBuf),
    /// In a file of ours, which goes away with this.
    Temporary(NamedTempFile),
    /// Here.
    Memory(Vec<u8>),
}

/// Why something could not be unpacked.
#[derive(Debug)]
pub enum Refusal {
    /// The system says so.
    Io(io::Error),
    /// It grows beyond all measure.
    Bomb,
}

impl From<io::Error> for Refusal {
    fn from(error: io::Error) -> Self {
        Refusal::Io(error)
    }
}

impl Store {
    /// How many bytes.
    pub fn len(&self) -> io::Result<u64> {
        match self {
            Store::File(path) => Ok(File::open(path)?.metadata()?.len()),
            Store::Temporary(file) => Ok(file.as_file().metadata()?.len()),
            Store::Memory(bytes) => Ok(bytes.len() as u64),
        }
    }

    /// The bytes from a place to another; in the buffer, unless they are in memory already.
    /// Every call opens the file anew, so that threads need not share a place in it.
    pub fn bytes<'b>(&'b self, from: u64, to: u64, buffer: &'b mut Vec<u8>) -> io::Result<&'b [u8]> {
        let path = match self {
            Store::Memory(bytes) => return Ok(&bytes[from as usize..to as usize]),
            Store::File(path) => path,
            Store::Temporary(file) => file.path(),
        };
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(from))?;
        buffer.resize((to - from) as usize, 0);
        file.read_exact(buffer)?;
        Ok(buffer)
    }

    /// Unpacks a gzip file.
    pub fn unpacked(path: &Path) -> Result<Store, Refusal> {
        let file = File::open(path)?;
        let most = (file.metadata()?.len().saturating_mul(RATIO)).clamp(SMALL, LARGEST);
        let mut from = MultiGzDecoder::new(io::BufReader::with_capacity(1 << 16, file));
        let mut spool = Spool::default();
        let (mut buffer, mut all) = (vec![0; 1 << 16], 0);
        loop {
            let read = from.read(&mut buffer)?;
            if read == 0 {
                return Ok(spool.finish()?);
            }
            all += read as u64;
            if all > most {
                return Err(Refusal::Bomb);
            }
            spool.write_all(&buffer[..read])?;
        }
    }

    /// The same text as UTF-8. Faults become U+FFFD.
    pub fn decoded(&self, from: u64, encoding: &'static Encoding) -> io::Result<Store> {
        let length = self.len()?;
        let mut decoder = encoding.new_decoder_without_bom_handling();
        let mut spool = Spool::default();
        let (mut buffer, mut text) = (Vec::new(), String::new());
        let mut at = from;
        while at < length {
            let to = (at + (1 << 20)).min(length);
            let bytes = self.bytes(at, to, &mut buffer)?;
            text.clear();
            text.reserve(decoder.max_utf8_buffer_length(bytes.len()).unwrap_or(bytes.len() * 3));
            let _ = decoder.decode_to_string(bytes, &mut text, to == length);
            spool.write_all(text.as_bytes())?;
            at = to;
        }
        spool.finish()
    }
}

/// Bytes that go to a file when they are many.
#[derive(Default)]
struct Spool {
    memory: Vec<u8>,
    file: Option<NamedTempFile>,
}

impl Spool {
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.file.is_none() && self.memory.len() + bytes.len() > IN_MEMORY {
            let mut file = tempfile::Builder::new().prefix(".mujun-").tempfile()?;
            file.write_all(&self.memory)?;
            self.memory = Vec::new();
            self.file = Some(file);
        }
        match &mut self.file {
            Some(file) => file.write_all(bytes),
            None => {
                self.memory.extend_from_slice(bytes);
                Ok(())
            }
        }
    }

    fn finish(mut self) -> io::Result<Store> {
        match self.file.take() {
            Some(mut file) => {
                file.flush()?;
                Ok(Store::Temporary(file))
            }
            None => Ok(Store::Memory(self.memory)),
        }
    }
}
