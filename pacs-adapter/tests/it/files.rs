//! Real files and made ones.

use bytes::Bytes;
use imaging_domain::{InstanceUid, SopClassUid};
use std::{
    env,
    path::{Path, PathBuf},
};
use test_data::sender::{FileMeta, Source};
use walkdir::WalkDir;

pub const CT: &str = "1.2.840.10008.5.1.4.1.1.2";
pub const EXPLICIT: &str = "1.2.840.10008.1.2.1";

/// Whether leaving out a test for want of something is a failure.
fn is_required() -> bool {
    env::var("DICOM_CASES_REQUIRED").is_ok_and(|value| value == "1")
}

/// Says that a test is left out, or fails when it may not be.
pub fn leave_out(what: &str) {
    assert!(!is_required(), "{what} is missing and DICOM_CASES_REQUIRED=1");
    println!("LEFT OUT: {what} is missing");
}

/// The folder of real files.
pub fn cases() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().find(|path| path.join("Cargo.lock").is_file())?;
    let folder = env::var_os("DICOM_CASES").map_or_else(|| root.join("../shared/dicom"), PathBuf::from);
    if folder.is_dir() {
        return Some(folder);
    }
    leave_out("DICOM_CASES");
    None
}

/// Every regular file below.
pub fn below(folder: &Path) -> Vec<PathBuf> {
    let entries = WalkDir::new(folder).sort_by_file_name().into_iter().map(Result::unwrap);
    entries.filter(|entry| entry.file_type().is_file()).map(walkdir::DirEntry::into_path).collect()
}

/// Meta information of a CT instance whose data set begins at the start.
pub fn meta(instance: &str) -> FileMeta {
    FileMeta {
        sop_class: SopClassUid::parse(CT).unwrap(),
        sop_instance: InstanceUid::parse(instance).unwrap(),
        transfer_syntax: EXPLICIT.to_owned(),
        data_set_offset: 0,
    }
}

/// A file whose data set is `data_set`.
pub fn file(instance: &str, data_set: &[u8]) -> Source {
    let mut bytes = [vec![0; 128], b"DICM".to_vec()].concat();
    for (number, value) in [(2, CT), (3, instance), (0x10, EXPLICIT)] {
        let mut value = value.as_bytes().to_vec();
        value.resize(value.len().next_multiple_of(2), 0);
        bytes.extend_from_slice(&[2, 0, number, 0, b'U', b'I', value.len() as u8, 0]);
        bytes.extend_from_slice(&value);
    }
    bytes.extend_from_slice(data_set);
    Source::Memory(Bytes::from(bytes))
}
