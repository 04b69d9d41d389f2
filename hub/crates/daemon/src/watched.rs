//! Files that may change while a program runs: certificates and their keys.

use std::{
    fs,
    path::PathBuf,
    time::{Duration, SystemTime},
};

/// How often the files are looked at.
const LOOK: Duration = Duration::from_secs(2);

/// Files, and how they were when they were last taken.
#[derive(Debug)]
pub struct Watched {
    files: Vec<PathBuf>,
    taken: Vec<About>,
    seen: Vec<About>,
}

/// When a file was last written, and its length; nothing of one that is not there.
type About = Option<(SystemTime, u64)>;

impl Watched {
    /// Files that were just taken.
    pub fn new(files: Vec<PathBuf>) -> Self {
        let taken = about(&files);
        Self { seen: taken.clone(), taken, files }
    }

    /// Returns when one of them is not as it was taken. What cannot be taken is tried again in two seconds.
    pub async fn changed(&mut self) {
        loop {
            tokio::time::sleep(LOOK).await;
            self.seen = about(&self.files);
            if self.seen != self.taken {
                return;
            }
        }
    }

    /// They were taken as they were seen.
    pub fn taken(&mut self) {
        self.taken.clone_from(&self.seen);
    }
}

fn about(files: &[PathBuf]) -> Vec<About> {
    let about = |path: &PathBuf| {
        let about = fs::metadata(path).ok()?;
        Some((about.modified().ok()?, about.len()))
    };
    files.iter().map(about).collect()
}
