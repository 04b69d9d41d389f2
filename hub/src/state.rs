//! Where the hub's things lie under its folder, and the small files it writes itself. Keys are readable by the owner
//! alone.

use anyhow::{Context, Result, bail};
use std::{
    fs::{self, File, OpenOptions},
    io::{Read, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

/// The most bytes of a PEM file.
const MAX_PEM_BYTES: u64 = 64 << 10;

/// The folder of one hub.
#[derive(Debug, Clone)]
pub struct StateDir(PathBuf);

impl StateDir {
    /// The folder at a path; it need not exist.
    pub fn at(path: &Path) -> Self {
        Self(path.to_owned())
    }

    /// Certificate of the region's authority.
    pub fn authority_certificate(&self) -> PathBuf {
        self.0.join("authority/ca.pem")
    }

    /// Key of the region's authority.
    pub fn authority_key(&self) -> PathBuf {
        self.0.join("authority/ca.key")
    }

    /// The federated index.
    pub fn index(&self) -> PathBuf {
        self.0.join("index.sqlite")
    }

    /// The cache of images.
    pub fn cache(&self) -> PathBuf {
        self.0.join("cache")
    }

    /// The images of sites without an adapter: nowhere else, never evicted.
    pub fn holding(&self) -> PathBuf {
        self.0.join("holding")
    }

    /// Finished thumbnails.
    pub fn thumbnails(&self) -> PathBuf {
        self.0.join("thumbnails")
    }

    /// Headers of series in compact form.
    pub fn headers(&self) -> PathBuf {
        self.0.join("headers")
    }

    /// The full viewer, one folder for each version.
    pub fn viewer(&self) -> PathBuf {
        self.0.join("viewer")
    }

    /// The secret that PINs of study links are digested with; beside the index and never in it.
    pub fn pin_secret(&self) -> PathBuf {
        self.0.join("links/pin-secret")
    }

    /// The secret that UIDs are replaced with where a file is given without who it is about.
    pub fn uid_secret(&self) -> PathBuf {
        self.0.join("uid-secret")
    }

    /// The audit logs, one chain for each program that writes.
    pub fn audit(&self) -> PathBuf {
        self.0.join("audit")
    }

    /// One chain of the audit log.
    pub fn audit_chain(&self, program: &str) -> PathBuf {
        self.audit().join(format!("{program}.jsonl"))
    }

    /// Makes the folders.
    pub fn create(&self) -> Result<()> {
        for folder in [self.0.clone(), self.0.join("authority"), self.0.join("links"), self.audit()] {
            fs::DirBuilder::new().recursive(true).mode(0o700).create(&folder).context("the folder cannot be made")?;
        }
        Ok(())
    }

    /// Whether `hub init` ran here.
    pub fn is_initialized(&self) -> bool {
        self.authority_key().exists()
    }
}

/// Writes a file that must not exist yet, durable, readable by its owner alone.
pub fn write_new(path: &Path, bytes: impl AsRef<[u8]>) -> Result<()> {
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    let mut file = file.with_context(|| format!("{} cannot be made", path.display()))?;
    file.write_all(bytes.as_ref()).and_then(|()| file.sync_all()).context("the file cannot be written")?;
    if let Some(folder) = path.parent() {
        // of a bare name the parent is empty, and means this folder
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        File::open(folder).and_then(|folder| folder.sync_all()).context("the folder cannot be synced")?;
    }
    Ok(())
}

/// Reads a small file: PEM, or a secret.
pub fn read_pem(path: &Path) -> Result<String> {
    let file = File::open(path).with_context(|| format!("{} cannot be read", path.display()))?;
    let mut text = String::new();
    file.take(MAX_PEM_BYTES + 1).read_to_string(&mut text)?;
    if text.len() as u64 > MAX_PEM_BYTES {
        bail!("{} is too long for a PEM file", path.display());
    }
    Ok(text)
}
