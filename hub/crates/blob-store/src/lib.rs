//! Bytes by their digest.
mod error;
mod port;
pub use error::Error;
pub use port::{Blob, BlobStore, DerivedStore, Follow, Follower, MAX_READ, Sealed, StagedBlob};
