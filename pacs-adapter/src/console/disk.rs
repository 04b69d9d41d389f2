//! The disk that the images are on.

use blob_store::{BlobStore, Bounded, Disk as Blobs};
use viewer_api::Disk;

/// How much there is; nothing of what the system does not say.
pub(super) async fn told(blobs: &Blobs, bounded: &Bounded) -> Disk {
    let (free_bytes, total_bytes) = blobs.room().await.unwrap_or_default();
    let images_bytes = blobs.used_bytes().await.unwrap_or_default();
    let marks = bounded.marks();
    Disk {
        images_bytes,
        free_bytes,
        total_bytes,
        reserve_bytes: marks.reserve_bytes,
        quota_bytes: marks.quota_bytes.unwrap_or_default(),
        is_accepting: bounded.is_accepting().await.unwrap_or(false),
    }
}
