//! Arrivals that could not be read: their beginning, who sent them and why they were refused, so that IT can look at what a
//! device makes. The sender was told, and keeps its own.

use anyhow::{Context, Result};
use archive::Framing;
use daemon::read_at_most;
use serde::{Deserialize, Serialize};
use std::{
    fs::{self, DirBuilder, OpenOptions},
    hash::{DefaultHasher, Hash, Hasher},
    io::Write,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};
use viewer_api::Quarantined;

/// Arrivals that are kept; the oldest go.
pub const MAX_KEPT: usize = 200;
/// The most bytes of what is said of one, and of what is kept of it.
const MAX_ABOUT: u64 = 64 << 10;
const MAX_BYTES: u64 = 1 << 20;

/// The quarantine of an adapter's folder: of each arrival its bytes, and a file about them.
pub struct Quarantine {
    dir: PathBuf,
    /// The latest first.
    kept: Mutex<Vec<Kept>>,
}

/// An arrival, with what is needed to read its bytes.
#[derive(Clone, Serialize, Deserialize)]
pub struct Kept {
    /// About it.
    pub about: Quarantined,
    /// Transfer syntax, SOP class and SOP instance that were negotiated; nothing for a file.
    negotiated: Option<(String, String, String)>,
}

impl Kept {
    /// How its bytes begin.
    pub fn framing(&self) -> Framing {
        match self.negotiated.clone() {
            None => Framing::File,
            Some((transfer_syntax, sop_class, sop_instance)) => {
                Framing::DataSet { transfer_syntax, sop_class, sop_instance }
            }
        }
    }
}

impl Quarantine {
    /// The quarantine in a folder, which is its owner's alone.
    pub(super) fn open(dir: PathBuf) -> Result<Self> {
        DirBuilder::new().recursive(true).mode(0o700).create(&dir).context("the quarantine's folder cannot be made")?;
        let files = fs::read_dir(&dir).context("the quarantine cannot be listed")?.filter_map(Result::ok);
        let about = files.map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|end| end == "json"));
        let read = |path: PathBuf| serde_json::from_slice(&read_at_most(&path, MAX_ABOUT).ok()?).ok();
        let mut kept: Vec<Kept> = about.filter_map(read).collect();
        kept.sort_by_key(|kept| std::cmp::Reverse(kept.about.at_ms));
        Ok(Self { dir, kept: Mutex::new(kept) })
    }

    fn kept(&self) -> MutexGuard<'_, Vec<Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is there, the latest first.
    pub fn list(&self) -> Vec<Quarantined> {
        self.kept().iter().map(|kept| kept.about.clone()).collect()
    }

    /// Whether one is there.
    pub fn has(&self, id: &str) -> bool {
        self.kept().iter().any(|kept| kept.about.id == id)
    }

    /// How many are there.
    pub fn len(&self) -> usize {
        self.kept().len()
    }

    /// Keeps the beginning of an arrival. The same bytes of the same sender are kept once. Not for an async thread.
    pub(super) fn keep(&self, mut about: Quarantined, framing: &Framing, head: &[u8]) -> Result<()> {
        let mut hasher = DefaultHasher::new();
        (&about.sender, &about.why, about.bytes, head).hash(&mut hasher);
        about.id = format!("{:016x}", hasher.finish());
        let negotiated = match framing {
            Framing::File => None,
            Framing::DataSet { transfer_syntax, sop_class, sop_instance } => {
                Some((transfer_syntax.clone(), sop_class.clone(), sop_instance.clone()))
            }
        };
        let entry = Kept { about, negotiated };
        let mut kept = self.kept();
        write(&self.bytes_of(&entry.about.id), head)?;
        write(&self.about(&entry.about.id), &serde_json::to_vec(&entry)?)?;
        kept.retain(|other| other.about.id != entry.about.id);
        kept.insert(0, entry);
        let most = MAX_KEPT.min(kept.len());
        for old in kept.drain(most..) {
            self.remove(&old.about.id);
        }
        Ok(())
    }

    /// One of them with its bytes; nothing when it is not there. Not for an async thread.
    pub fn open_one(&self, id: &str) -> Option<(Kept, Vec<u8>)> {
        let kept = self.kept().iter().find(|kept| kept.about.id == id).cloned()?;
        let bytes = read_at_most(&self.bytes_of(&kept.about.id), MAX_BYTES).ok()?;
        Some((kept, bytes))
    }

    /// Throws one away; says whether it was there.
    pub fn throw_away(&self, id: &str) -> bool {
        let mut kept = self.kept();
        let before = kept.len();
        kept.retain(|kept| kept.about.id != id);
        let was_there = kept.len() < before;
        if was_there {
            self.remove(id);
        }
        was_there
    }

    fn remove(&self, id: &str) {
        for path in [self.about(id), self.bytes_of(id)] {
            if let Err(error) = fs::remove_file(path) {
                tracing::warn!(%error, "a quarantined arrival cannot be removed");
            }
        }
    }

    fn about(&self, id: &str) -> PathBuf {
        self.dir.join(format!("{id}.json"))
    }

    fn bytes_of(&self, id: &str) -> PathBuf {
        self.dir.join(format!("{id}.bytes"))
    }
}

fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    Ok(file.write_all(bytes)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn about(sender: &str, at_ms: i64) -> Quarantined {
        let (sender, why, detail) = (sender.to_owned(), "unreadable".to_owned(), "not a DICOM file".to_owned());
        Quarantined { id: String::new(), at_ms, sender, why, detail, bytes: 3, whole: true }
    }

    #[test]
    fn arrivals_are_kept_once_outlive_a_restart_and_go() {
        let dir = tempfile::tempdir().unwrap();
        let quarantine = Quarantine::open(dir.path().join("quarantine")).unwrap();
        for at_ms in 1..=3 {
            quarantine.keep(about("CT1", at_ms), &Framing::File, b"abc").unwrap();
        }
        quarantine.keep(about("CT2", 4), &Framing::File, b"abc").unwrap();
        let listed = Quarantine::open(dir.path().join("quarantine")).unwrap().list();
        assert_eq!(listed.iter().map(|about| about.at_ms).collect::<Vec<_>>(), [4, 3]);
        let (kept, bytes) = quarantine.open_one(&listed[0].id).unwrap();
        assert_eq!((kept.framing(), bytes.as_slice()), (Framing::File, b"abc".as_slice()));
        assert!(quarantine.throw_away(&listed[0].id) && !quarantine.throw_away(&listed[0].id));
        assert!(quarantine.open_one(&listed[0].id).is_none() && quarantine.open_one("../today").is_none());
    }

    #[test]
    fn the_oldest_go() {
        let dir = tempfile::tempdir().unwrap();
        let quarantine = Quarantine::open(dir.path().join("quarantine")).unwrap();
        for number in 0..=MAX_KEPT {
            quarantine.keep(about(&number.to_string(), number as i64), &Framing::File, b"abc").unwrap();
        }
        assert_eq!(quarantine.len(), MAX_KEPT);
        assert_eq!(fs::read_dir(dir.path().join("quarantine")).unwrap().count(), 2 * MAX_KEPT);
        assert!(quarantine.list().iter().all(|about| about.sender != "0"));
    }
}
