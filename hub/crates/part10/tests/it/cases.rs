//! Where real files for testing are, when they are there.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// The folder of real files; `None`, said aloud, when it is missing and not required.
pub fn folder() -> Option<PathBuf> {
    let root = workspace_root();
    let folder = std::env::var_os("DICOM_CASES").map_or_else(|| root.join("../shared/dicom"), PathBuf::from);
    let folder =
        [folder.clone(), root.join("../../shared/dicom")].into_iter().find(|f| f.join("manifest.json").exists());
    if folder.is_none() {
        assert!(std::env::var("DICOM_CASES_REQUIRED").as_deref() != Ok("1"), "the folder of real files is missing");
        eprintln!("left out: the folder of real files is missing");
    }
    folder
}

/// A file's bytes, 512 MiB at most.
pub fn read(path: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    #[allow(clippy::disallowed_methods, reason = "bounded by take")]
    File::open(path).expect("open").take(512 << 20).read_to_end(&mut bytes).expect("read");
    bytes
}

fn workspace_root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = here.ancestors().find(|folder| folder.join("Cargo.lock").exists());
    root.expect("a workspace").to_owned()
}
