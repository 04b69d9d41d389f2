//! DICOMDIR (PS3.3 F, PS3.10 8): which files a medium has.

use imaging_domain::Tag;
use part10::{Error, Framing, Keep, Limits, scan};
use std::path::{Component, Path};

/// The most bytes of a directory that are read: some 200,000 images.
pub const MAX_DIRECTORY_BYTES: u64 = 64 << 20;

/// Directory Record Sequence, and in each record Referenced File ID.
const RECORDS: Tag = Tag(0x0004, 0x1220);
const FILE_ID: Tag = Tag(0x0004, 0x1500);

/// The files that a DICOMDIR names: each as the names of its folders and its own, from the folder of the DICOMDIR on. Records without
/// a file, and names that could lead anywhere else, are left out.
///
/// # Errors
/// When the bytes are no data set, or more than can be kept in 32 MiB.
pub fn referenced_files(bytes: &[u8]) -> Result<Vec<Vec<String>>, Error> {
    let header = scan(bytes, Framing::File, Keep::Everything { max_inline_bytes: 0 }, Limits::default())?;
    let records = header.attributes.items(RECORDS);
    let files = records.iter().map(|record| record.texts(FILE_ID));
    Ok(files
        .filter(|names| !names.is_empty() && names.iter().all(|name| is_plain(name)))
        .map(<[String]>::to_vec)
        .collect())
}

/// Whether a name is one of a file or a folder here, and no way out.
fn is_plain(name: &str) -> bool {
    Path::new(name).components().eq([Component::Normal(name.as_ref())]) && !name.contains(['\0', '\\', ':'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_nowhere_else() {
        for name in ["IMG00001", "A_1", "img.dcm", "..."] {
            assert!(is_plain(name), "{name}");
        }
        for name in ["", ".", "..", "a/b", "a\\b", "/", "C:", "a\0", "a/"] {
            assert!(!is_plain(name), "{name}");
        }
    }
}
