//! The disk that the images are on.

use blob_store::{BlobStore, Disk as Blobs};
use viewer_api::Disk;

/// How much there is; nothing of what the system does not say.
pub(super) async fn told(blobs: &Blobs, reserve_bytes: u64) -> Disk {
    let (free_bytes, total_bytes) = blobs.room().await.unwrap_or_default();
    let images_bytes = blobs.used_bytes().await.unwrap_or_default();
    Disk { images_bytes, free_bytes, total_bytes, reserve_bytes }
}
