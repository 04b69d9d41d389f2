//! What a folder of blobs holds when it is opened.

use imaging_domain::Digest;
use lru::LruCache;
use std::{fs, os::unix::fs::MetadataExt, path::Path, time::UNIX_EPOCH};

/// Every published blob, the longest unread first.
pub(super) fn published_blobs(dir: &Path) -> std::io::Result<LruCache<Digest, u64>> {
    let mut found = vec![];
    for shard in fs::read_dir(dir.join("blobs"))? {
        for entry in fs::read_dir(shard?.path())? {
            let entry = entry?;
            let Ok(digest) = Digest::parse(&entry.file_name().to_string_lossy()) else { continue };
            let about = entry.metadata()?;
            let read = about.accessed().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
            found.push((read.unwrap_or_default(), digest, about.size()));
        }
    }
    found.sort();
    let mut recent = LruCache::unbounded();
    for (_, digest, size) in found {
        recent.put(digest, size);
    }
    Ok(recent)
}
