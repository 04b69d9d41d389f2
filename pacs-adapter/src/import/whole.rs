//! Whether a file has all of what it says: one that somebody still writes, or that a broken line cut off, has not.

use media::is_zip;
use part10::{Framing, Keep, Limits, Scanner};
use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    path::Path,
};

/// Bytes that are read at once.
const PIECE: usize = 64 << 10;
/// How a zip file ends (APPNOTE 4.3.16), and how far from its end that may begin.
const ZIP_END: &[u8] = b"PK\x05\x06";
const ZIP_TAIL: u64 = 22 + 65_535;

/// Whether a file ends before its data set does, or, as a zip file, before its directory. One that is neither does not.
///
/// # Errors
/// When it cannot be read.
pub(super) fn ends_early(path: &Path) -> io::Result<bool> {
    let (mut file, length) = (File::open(path)?, path.metadata()?.len());
    let mut start = [0; 132];
    let read = read_up_to(&mut file, &mut start)?;
    if is_zip(&start[..read]) {
        file.seek(SeekFrom::Start(length.saturating_sub(ZIP_TAIL)))?;
        let mut tail = vec![0; ZIP_TAIL.min(length) as usize];
        let read = read_up_to(&mut file, &mut tail)?;
        return Ok(!tail[..read].windows(ZIP_END.len()).any(|bytes| bytes == ZIP_END));
    }
    file.rewind()?;
    data_set_ends_early(&mut file, length)
}

fn data_set_ends_early(file: &mut File, length: u64) -> io::Result<bool> {
    let mut scanner = Scanner::new(Framing::File, Keep::Index, Limits::default());
    let (mut piece, mut at) = (vec![0; PIECE], 0);
    while at < length {
        let read = read_up_to(file, &mut piece)?;
        // what is no data set is not waited for
        if scanner.feed(&piece[..read]).is_err() {
            return Ok(false);
        }
        at += read as u64;
        let Ok(passed) = scanner.pass_over(length.saturating_sub(at)) else { return Ok(false) };
        at += passed;
        if passed > 0 {
            file.seek(SeekFrom::Start(at))?;
        }
        if read == 0 {
            break;
        }
    }
    Ok(match scanner.finish() {
        Ok(header) => header.is_truncated(),
        Err(error) => matches!(error, part10::Error::TruncatedMeta),
    })
}

fn read_up_to(file: &mut File, buffer: &mut [u8]) -> io::Result<usize> {
    let mut read = 0;
    while read < buffer.len() {
        match file.read(&mut buffer[read..])? {
            0 => break,
            more => read += more,
        }
    }
    Ok(read)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ends_before_it_should_is_seen_at_every_length() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("image");
        let whole = test_data::generator::instance_of_size(20_000, 1);
        let early = |bytes: &[u8]| {
            std::fs::write(&path, bytes).unwrap();
            ends_early(&path).unwrap()
        };
        assert!(!early(&whole));
        for length in [140, 200, 400, 1000, 10_000, whole.len() - 2, whole.len() - 1] {
            assert!(early(&whole[..length]), "{length} of {}", whole.len());
        }
        for other in
            [&b""[..], b"<html>no image at all, however long this may be, and it may be longer than the head</html>"]
        {
            assert!(!early(other));
        }
        assert!(early(b"PK\x03\x04 a zip file that somebody still writes"));
        assert!(!early(b"PK\x03\x04 one that is whole PK\x05\x06 its end"));
    }
}
