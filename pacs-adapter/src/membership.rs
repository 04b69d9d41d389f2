//! What the adapter keeps of having joined: its key, its certificate, the region's authority, and where the hub is.
//!
//! One file, replaced as a whole, so that key and certificate always belong together. Readable by its owner alone.

use anyhow::{Context, Result, bail};
use federation::{Credentials, Membership};
use imaging_domain::SiteId;
use serde::{Deserialize, Serialize};
use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{Read, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

/// The most bytes the file may have.
const MAX_BYTES: u64 = 64 << 10;

#[derive(Serialize, Deserialize)]
struct Stored {
    site: SiteId,
    federation: String,
    chain_pem: String,
    key_pem: String,
    authority_pem: String,
}

/// The membership kept in a folder; `None` before `join`.
///
/// # Errors
/// When there is a file that cannot be read.
pub fn load(dir: &Path) -> Result<Option<Membership>> {
    let path = path(dir);
    if !path.exists() {
        return Ok(None);
    }
    let mut text = String::new();
    File::open(&path)?.take(MAX_BYTES + 1).read_to_string(&mut text)?;
    if text.len() as u64 > MAX_BYTES {
        bail!("{} is too long", path.display());
    }
    let stored: Stored = serde_json::from_str(&text).context("the membership cannot be read")?;
    let Stored { site, federation, chain_pem, key_pem, authority_pem } = stored;
    Ok(Some(Membership { site, federation, credentials: Credentials { chain_pem, key_pem, authority_pem } }))
}

/// Keeps a membership in a folder, in place of the one before; durable when it returns.
///
/// # Errors
/// When the folder or the file cannot be written.
pub fn save(dir: &Path, membership: &Membership) -> Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(dir).context("the folder cannot be made")?;
    let Credentials { chain_pem, key_pem, authority_pem } = membership.credentials.clone();
    let federation = membership.federation.clone();
    let stored = Stored { site: membership.site.clone(), federation, chain_pem, key_pem, authority_pem };
    let new = dir.join("membership.new");
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&new)?;
    file.write_all(serde_json::to_string_pretty(&stored)?.as_bytes())?;
    file.sync_all()?;
    fs::rename(&new, path(dir))?;
    Ok(File::open(dir)?.sync_all()?)
}

fn path(dir: &Path) -> PathBuf {
    dir.join("membership.json")
}
