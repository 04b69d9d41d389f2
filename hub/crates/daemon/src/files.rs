//! Files of the program's own folder, and what is typed.

use std::{
    fs::File,
    io::{self, BufRead, Read},
    path::Path,
};

/// All of a file that is no longer than so many bytes.
///
/// # Errors
/// When it cannot be read, or is longer.
#[expect(clippy::disallowed_methods, reason = "the limit is said")]
pub fn read_at_most(path: &Path, max_bytes: u64) -> io::Result<Vec<u8>> {
    let mut bytes = vec![];
    File::open(path)?.take(max_bytes + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > max_bytes {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, "it is longer than it can be"));
    }
    Ok(bytes)
}

/// The first line of standard input without its end, 4096 bytes at most.
///
/// # Errors
/// When it cannot be read.
pub fn line_typed() -> io::Result<String> {
    const MAX_LINE: u64 = 4096;
    let mut line = String::new();
    io::stdin().lock().take(MAX_LINE).read_line(&mut line)?;
    line.truncate(line.trim_end_matches(['\r', '\n']).len());
    Ok(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_long_is_no_answer() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::fs::write(&path, b"12345").unwrap();
        assert_eq!(read_at_most(&path, 5).unwrap(), b"12345");
        assert_eq!(read_at_most(&path, 4).unwrap_err().kind(), io::ErrorKind::FileTooLarge);
    }
}
