//! Writing past the page cache: what nobody reads in its file at that moment goes from one piece of memory to the disk, which
//! costs a fraction of the processor's time and does not push out of memory what is being read. The end of a file, which is no
//! whole number of the disk's blocks, goes through the page cache.

use bytes::Bytes;
use rustix::fs::OFlags;
use std::{
    fs::File,
    io::{self, ErrorKind, Seek, SeekFrom, Write},
    os::unix::fs::{FileExt, OpenOptionsExt},
    path::Path,
    sync::{Mutex, PoisonError},
};

/// Files that come in fewer bytes at first are not worth it.
pub(super) const WORTH: usize = 64 << 10;
/// What the place of a write in memory and in the file, and its length, are multiples of; no disk wants more.
const ALIGNMENT: usize = 4096;
/// The most bytes of one write.
const ROOM: usize = 1 << 20;
/// Pieces of memory that are kept for the next files.
const KEPT: usize = 16;

/// Memory to write from, used again and again.
#[derive(Default)]
pub(super) struct Buffers(Mutex<Vec<Buffer>>);

struct Buffer {
    memory: Vec<u8>,
    from: usize,
}

impl Buffer {
    fn new() -> Self {
        let memory = vec![0; ROOM + ALIGNMENT];
        let from = memory.as_ptr().align_offset(ALIGNMENT);
        Self { memory, from }
    }

    fn room(&mut self) -> &mut [u8] {
        &mut self.memory[self.from..self.from + ROOM]
    }
}

impl Buffers {
    fn take(&self) -> Buffer {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_else(Buffer::new)
    }

    fn give_back(&self, buffer: Buffer) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() < KEPT {
            kept.push(buffer);
        }
    }
}

/// A file that is written past the page cache, by a descriptor of its own: whoever reads the other one need not know.
pub(super) struct Direct {
    file: File,
    /// Where the next block goes.
    at: u64,
    /// What does not fill a block yet.
    rest: Vec<u8>,
}

impl Direct {
    /// An empty file; `None` where the file system cannot.
    pub(super) fn begin(path: &Path) -> Option<Self> {
        let file = File::options().write(true).custom_flags(OFlags::DIRECT.bits().cast_signed()).open(path).ok()?;
        Some(Self { file, at: 0, rest: Vec::with_capacity(ALIGNMENT) })
    }

    /// Bytes that are not in the file yet.
    pub(super) fn rest(&self) -> u64 {
        self.rest.len() as u64
    }

    /// Writes what fills blocks; `file` is the same file, through the page cache.
    pub(super) fn write(&mut self, file: &File, chunks: &[Bytes], buffers: &Buffers) -> io::Result<()> {
        let mut buffer = buffers.take();
        let room = buffer.room();
        let mut filled = self.rest.len();
        room[..filled].copy_from_slice(&self.rest);
        for chunk in chunks {
            let mut left: &[u8] = chunk;
            while !left.is_empty() {
                let (now, later) = left.split_at(left.len().min(ROOM - filled));
                room[filled..filled + now.len()].copy_from_slice(now);
                (filled, left) = (filled + now.len(), later);
                if filled == ROOM {
                    self.write_blocks(file, room)?;
                    filled = 0;
                }
            }
        }
        let whole = filled - filled % ALIGNMENT;
        self.write_blocks(file, &room[..whole])?;
        self.rest.clear();
        self.rest.extend_from_slice(&room[whole..filled]);
        buffers.give_back(buffer);
        Ok(())
    }

    /// Writes the rest; whatever is written after it to `file` follows it.
    pub(super) fn end(self, mut file: &File) -> io::Result<()> {
        file.seek(SeekFrom::Start(self.at))?;
        file.write_all(&self.rest)
    }

    /// A file system that says it can and cannot is written to as others are.
    fn write_blocks(&mut self, file: &File, blocks: &[u8]) -> io::Result<()> {
        let written = match self.file.write_all_at(blocks, self.at) {
            Err(error) if error.kind() == ErrorKind::InvalidInput => file.write_all_at(blocks, self.at),
            written => written,
        };
        self.at += blocks.len() as u64;
        written
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(length: usize) -> Bytes {
        (0..length).map(|at| (at / 7 + at / ALIGNMENT) as u8).collect::<Vec<_>>().into()
    }

    /// Written in visits of chunks of these lengths.
    fn written(visits: &[&[usize]]) -> (Vec<u8>, Bytes) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        let file = File::options().read(true).write(true).create_new(true).open(&path).unwrap();
        let all = bytes(visits.iter().copied().flatten().sum());
        let (mut left, buffers) = (all.clone(), Buffers::default());
        let mut direct = Direct::begin(&path).expect("the file system of the tests writes past the page cache");
        for visit in visits {
            let chunks: Vec<Bytes> = visit.iter().map(|length| left.split_to(*length)).collect();
            direct.write(&file, &chunks, &buffers).unwrap();
        }
        assert!(direct.rest() < ALIGNMENT as u64);
        direct.end(&file).unwrap();
        (&file).write_all(b"more").unwrap();
        let mut found = vec![0; file.metadata().unwrap().len() as usize];
        file.read_exact_at(&mut found, 0).unwrap();
        assert_eq!(found.split_off(all.len()), b"more");
        (found, all)
    }

    #[test]
    fn a_file_is_what_was_written_whatever_its_pieces() {
        for visits in [
            &[&[1][..]][..],
            &[&[ALIGNMENT]],
            &[&[ALIGNMENT + 1]],
            &[&[350, 524_288]],
            &[&[ROOM]],
            &[&[350, ROOM], &[ROOM - 350], &[5]],
            &[&[100, 3 * ROOM + 7], &[], &[ALIGNMENT - 107, 9]],
            &[&[1; 5000], &[4096; 300]],
        ] {
            let (found, all) = written(visits);
            assert!(found == all, "{} of {}", found.len(), all.len());
        }
    }
}
