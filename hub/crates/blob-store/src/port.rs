//! What a store of bytes is, whatever it is made of.

use crate::error::Error;
use access_control::{Permit, Store, View};
use async_trait::async_trait;
use bytes::Bytes;
use futures_util::stream::BoxStream;
use imaging_domain::Digest;
use std::sync::Arc;

/// Bytes by their SHA-256 digest. Writing is begin, put, commit: [`stage`](BlobStore::stage), write,
/// [`seal`](StagedBlob::seal), [`publish`](BlobStore::publish). What is not published is not there, and is gone
/// after a restart.
#[async_trait]
pub trait BlobStore: Send + Sync {
    /// Begins a blob.
    async fn stage(&self, permit: &Permit<Store>) -> Result<Box<dyn StagedBlob>, Error>;

    /// Makes a sealed blob visible under its digest. When it returns it survives a power loss: file and folder were synced. Only a
    /// store that was opened as a cache promises no such thing. Of a digest that is already
    /// there a cache keeps the first bytes; any other store takes the new ones, which repair what was spoilt.
    async fn publish(&self, sealed: Sealed) -> Result<(), Error>;

    /// Opens a blob for reading.
    ///
    /// # Errors
    /// [`Error::NotFound`] when no blob has the digest.
    async fn open(&self, permit: &Permit<View>, digest: &Digest) -> Result<Arc<dyn Blob>, Error>;

    /// Whether a blob is there, without reading it or making it more recent; it may be gone by the time it is opened.
    async fn has(&self, permit: &Permit<View>, digest: &Digest) -> bool;

    /// Removes a blob; readers that have it open read on. Removing what is not there succeeds.
    async fn remove(&self, permit: &Permit<Store>, digest: &Digest) -> Result<(), Error>;

    /// Bytes in published blobs.
    async fn used_bytes(&self) -> Result<u64, Error>;
}

/// A blob that is being written. Dropped before [`seal`](StagedBlob::seal) it leaves nothing, and its followers end
/// with [`Error::Abandoned`].
#[async_trait]
pub trait StagedBlob: Send {
    /// Appends bytes. They need not be on the disk when it returns, but a follower can read them.
    async fn write(&mut self, chunk: Bytes) -> Result<(), Error>;

    /// Reads this blob from its first byte while it grows; ends when it is sealed.
    fn follow(&self) -> Follower;

    /// Says that these are all, and computes what they are. Not yet visible, and of a small blob perhaps in memory until it is
    /// published.
    async fn seal(self: Box<Self>) -> Result<Sealed, Error>;
}

/// Makes streams of a growing blob, from its first byte each, also after it was sealed and published.
pub trait Follow: Send + Sync {
    /// A stream from the first byte, in chunks of at most 256 KiB.
    fn stream(&self) -> BoxStream<'static, Result<Bytes, Error>> {
        self.stream_from(0)
    }

    /// A stream from a byte that is written already, in chunks of at most 256 KiB.
    fn stream_from(&self, offset: u64) -> BoxStream<'static, Result<Bytes, Error>>;
}

/// A shared [`Follow`].
pub type Follower = Arc<dyn Follow>;

/// A blob that is complete, but not yet visible nor durable. Dropped, it leaves nothing.
pub struct Sealed {
    /// SHA-256 of the bytes.
    pub digest: Digest,
    /// How many bytes.
    pub size_bytes: u64,
    /// What the store needs to publish it; removes the bytes when dropped unpublished.
    pub(crate) staged: Box<dyn std::any::Any + Send>,
}

/// A published blob, open.
#[async_trait]
pub trait Blob: Send + Sync {
    /// How many bytes.
    fn size_bytes(&self) -> u64;

    /// Bytes `offset..offset + length`; at most [`MAX_READ`] at once.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] when the range does not lie inside, [`Error::Corrupt`] when the wrapper that checks
    /// digests finds other bytes.
    async fn read_at(&self, offset: u64, length: usize) -> Result<Bytes, Error>;
}

/// The most bytes one [`Blob::read_at`] gives.
pub const MAX_READ: usize = 512 << 20;

/// Small finished things by name (thumbnails): a cache that may lose any of them at any time.
#[async_trait]
pub trait DerivedStore: Send + Sync {
    /// The bytes kept under a name: 1 to 200 characters of `a-z`, `0-9`, `-` and `.`.
    async fn get(&self, permit: &Permit<View>, name: &str) -> Option<Bytes>;

    /// Keeps bytes under a name; a failure to keep is logged and is no error to the caller.
    async fn put(&self, name: &str, bytes: Bytes);
}
