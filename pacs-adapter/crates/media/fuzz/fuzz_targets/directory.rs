//! Whatever lies on a disk as DICOMDIR: the names that it gives lead nowhere but below its folder.

#![no_main]

use libfuzzer_sys::fuzz_target;
use media::referenced_files;
use std::path::{Component, Path};

fuzz_target!(|input: &[u8]| {
    let Ok(files) = referenced_files(input) else { return };
    for name in files.iter().flatten() {
        assert!(Path::new(name).components().eq([Component::Normal(name.as_ref())]), "{name:?}");
    }
});
