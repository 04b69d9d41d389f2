//! Zip files (APPNOTE 6.3.10): their entries as bytes, one after the other, with bounded memory whatever the file claims.
//!
//! Stored and deflated entries are read, also those of ZIP64. Encrypted ones, those in parts and other methods are refused one by
//! one. A name is only told, never used as a path. Everything here blocks.
//!
//! Ours, because libraries hold the whole directory in memory: a file of a million empty entries costs them half a gigabyte.

use crate::{
    entry::{Entry, u16_at, u32_at, u64_at},
    section::Section,
};
use flate2::{Crc, read::DeflateDecoder};
use std::{
    fs::File,
    io::{self, BufReader, Read},
    os::unix::fs::FileExt,
    sync::Arc,
};

/// The most entries of one file.
const MAX_ENTRIES: u64 = 1_000_000;
/// A comment at the end is at most this long, so the end record is within it.
const MAX_COMMENT: u64 = 65_535;
/// From so many bytes on it is looked at how much came out of how little: blank images shrink well too.
const JUDGED_FROM: u64 = 64 << 20;
/// How many times its size a file may become.
const MAX_RATIO: u64 = 100;

const END: &[u8; 4] = b"PK\x05\x06";
const END64: &[u8; 4] = b"PK\x06\x06";
const LOCATOR64: &[u8; 4] = b"PK\x06\x07";
const ENTRY: &[u8; 4] = b"PK\x01\x02";
const LOCAL: &[u8; 4] = b"PK\x03\x04";

/// Whether a file that begins so is a zip file. A DICOM file says `DICM` after its preamble, whatever that is.
pub fn is_zip(start: &[u8]) -> bool {
    (start.starts_with(LOCAL) || start.starts_with(END)) && start.get(128..132) != Some(b"DICM")
}

/// The end of a file, as long as whatever stands at the end of a zip file may be.
fn tail(file: &File) -> io::Result<Vec<u8>> {
    let size = file.metadata()?.len();
    let at = size.saturating_sub(MAX_COMMENT + 22 + 20);
    let mut tail = vec![0; (size - at) as usize];
    file.read_exact_at(&mut tail, at)?;
    Ok(tail)
}

/// Whether a zip file has its end: one that is still being written has not.
///
/// # Errors
/// When it cannot be read.
pub fn has_end(file: &File) -> io::Result<bool> {
    Ok(tail(file)?.windows(END.len()).any(|window| window == END))
}

/// A zip file whose entries are asked for one after the other.
pub struct Zip {
    file: Arc<File>,
    size: u64,
    directory: BufReader<Section>,
    left: u64,
    /// Bytes that came out of all entries so far.
    given: u64,
}

/// An entry's bytes.
pub struct Content {
    inner: Box<dyn Read + Send>,
    compressed: u64,
    crc: Crc,
    expected: (u32, u64),
}

fn damaged(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("zip file: {what}"))
}

impl Zip {
    /// Finds the directory.
    ///
    /// # Errors
    /// When there is none, or it claims more than a million entries.
    pub fn open(file: File) -> io::Result<Self> {
        let size = file.metadata()?.len();
        let tail = tail(&file)?;
        let end =
            tail.windows(22).rposition(|window| window.starts_with(END)).ok_or_else(|| damaged("no directory"))?;
        let (mut left, mut offset) = (u64::from(u16_at(&tail, end + 10)), u64::from(u32_at(&tail, end + 16)));
        let locator = end.checked_sub(20).map(|at| &tail[at..end]).filter(|locator| locator.starts_with(LOCATOR64));
        if let Some(locator) = locator {
            let mut record = [0; 56];
            file.read_exact_at(&mut record, u64_at(locator, 8))?;
            if !record.starts_with(END64) {
                return Err(damaged("no directory"));
            }
            (left, offset) = (u64_at(&record, 32), u64_at(&record, 48));
        }
        if left > MAX_ENTRIES {
            return Err(damaged("too many entries"));
        }
        let file = Arc::new(file);
        let directory = BufReader::new(Section { file: Arc::clone(&file), at: offset, end: size });
        Ok(Self { file, size, directory, left, given: 0 })
    }

    /// The next entry that is a file; `None` after the last.
    ///
    /// # Errors
    /// When the directory is damaged; nothing comes after that.
    pub fn next_entry(&mut self) -> io::Result<Option<Entry>> {
        while self.left > 0 {
            self.left -= 1;
            let mut header = [0; 46];
            self.directory.read_exact(&mut header)?;
            if !header.starts_with(ENTRY) {
                return Err(damaged("an entry is missing"));
            }
            let [name, extra, comment] = [28, 30, 32].map(|at| usize::from(u16_at(&header, at)));
            let mut rest = vec![0; name + extra + comment];
            self.directory.read_exact(&mut rest)?;
            let mut entry = Entry {
                name: String::from_utf8_lossy(&rest[..name]).into_owned(),
                flags: u16_at(&header, 8),
                method: u16_at(&header, 10),
                crc: u32_at(&header, 16),
                compressed: u64::from(u32_at(&header, 20)),
                size: u64::from(u32_at(&header, 24)),
                offset: u64::from(u32_at(&header, 42)),
            };
            entry.widen(&rest[name..name + extra]);
            if !entry.name.ends_with('/') {
                return Ok(Some(entry));
            }
        }
        Ok(None)
    }

    /// Opens the bytes of an entry.
    ///
    /// # Errors
    /// When they are not there, encrypted, or compressed in a way that is not read.
    pub fn content(&self, entry: &Entry) -> io::Result<Content> {
        let mut header = [0; 30];
        self.file.read_exact_at(&mut header, entry.offset)?;
        if !header.starts_with(LOCAL) {
            return Err(damaged("the entry's bytes are missing"));
        }
        if entry.flags & 1 != 0 {
            return Err(damaged("the entry is encrypted"));
        }
        let at = entry.offset + 30 + u64::from(u16_at(&header, 26)) + u64::from(u16_at(&header, 28));
        let end = at.checked_add(entry.compressed).filter(|end| *end <= self.size);
        let end = end.ok_or_else(|| damaged("the entry is cut off"))?;
        let section = Section { file: Arc::clone(&self.file), at, end };
        let inner: Box<dyn Read + Send> = match entry.method {
            0 => Box::new(section),
            8 => Box::new(DeflateDecoder::new(section)),
            _ => return Err(damaged("the entry is compressed in a way that is not read")),
        };
        Ok(Content { inner, compressed: entry.compressed, crc: Crc::new(), expected: (entry.crc, entry.size) })
    }

    /// The next bytes of an entry into `buffer`; none at its end, which is only told when all were right.
    ///
    /// # Errors
    /// When the entry is damaged, or becomes more than a hundred times what it is in the file.
    pub fn read(&mut self, content: &mut Content, buffer: &mut [u8]) -> io::Result<usize> {
        let read = content.inner.read(buffer)?;
        content.crc.update(&buffer[..read]);
        self.given += read as u64;
        let (crc, size) = content.expected;
        let came = u64::from(content.crc.amount());
        // the amount is counted in 32 bits
        if read == 0 && (content.crc.sum() != crc || came != size & u64::from(u32::MAX)) {
            return Err(damaged("the entry is damaged"));
        }
        let is_bomb = |out: u64, from: u64| out > JUDGED_FROM && out / MAX_RATIO > from;
        if is_bomb(came, content.compressed) || is_bomb(self.given, self.size) {
            return Err(damaged("more comes out of it than an image would give"));
        }
        Ok(read)
    }
}
