//! What people bring on a disk or send as one file: zip files, and the directory of a DICOM medium (PS3.10 clause 8).
//!
//! Start reading at [`Zip`] or [`referenced_files`]. Both read bytes of anybody, with bounded memory, and open no path that those
//! name.

mod directory;
mod entry;
mod section;
mod zip;

pub use directory::{MAX_DIRECTORY_BYTES, referenced_files};
pub use entry::Entry;
pub use zip::{Content, Zip, has_end, is_zip};
