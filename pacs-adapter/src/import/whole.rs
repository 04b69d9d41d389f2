//! Whether a file has all of what it says: one that somebody still writes, or that a broken line cut off, has not.

use media::{has_end, is_zip};
use part10::{Framing, Keep, Limits, Scanner};
use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    os::unix::fs::FileExt,
    path::Path,
};

/// Bytes that are read at once.
const PIECE: usize = 64 << 10;

/// Whether a file ends before its data set does, or, as a zip file, before its directory. One that is neither does not.
///
/// # Errors
/// When it cannot be read.
pub(super) fn ends_early(path: &Path) -> io::Result<bool> {
    let mut file = File::open(path)?;
    let mut start = [0; 132];
    let read = file.read_at(&mut start, 0)?;
    if is_zip(&start[..read]) { Ok(!has_end(&file)?) } else { data_set_ends_early(&mut file) }
}

fn data_set_ends_early(file: &mut File) -> io::Result<bool> {
    let length = file.metadata()?.len();
    let mut scanner = Scanner::new(Framing::File, Keep::Index, Limits::default());
    let (mut piece, mut at) = (vec![0; PIECE], 0);
    while at < length {
        let read = file.read(&mut piece)?;
        if read == 0 {
            break;
        }
        // what is no data set is not waited for
        if scanner.feed(&piece[..read]).is_err() {
            return Ok(false);
        }
        at += read as u64;
        let Ok(passed) = scanner.pass_over(length.saturating_sub(at)) else { return Ok(false) };
        at = file.seek(SeekFrom::Start(at + passed))?;
    }
    Ok(match scanner.finish() {
        Ok(header) => header.is_truncated(),
        Err(error) => matches!(error, part10::Error::TruncatedMeta),
    })
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
