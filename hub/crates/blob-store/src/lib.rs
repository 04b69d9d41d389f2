//! Bytes by their digest, and small finished things by name.
//!
//! A [`BlobStore`] writes in steps (stage, write, seal, publish), so that what is visible is whole and survives a power
//! loss; a cache ([`Disk::open_cache`]) need not survive one, so it is synced later, and what a power loss tore is found by
//! its digest. A blob can be read while it grows. It is *not* an index: it knows no instance and no patient, only digests. It is
//! the only room that knows where bytes lie. Start reading at the port; [`Disk`] is the store of both programs, [`Checked`]
//! the wrapper that never gives wrong bytes, [`Bounded`] the one that stops before there is no room, and `conformance::run` (feature `conformance`) what every store has to do.

mod bounded;
mod checked;
mod config;
#[cfg(any(test, feature = "conformance"))]
pub mod conformance;
mod derived;
mod disk;
mod error;
mod ext;
mod fresh;
mod growing;
mod memory;
mod port;
mod recent;

pub use bounded::{Bounded, Marks};
pub use checked::{Checked, digest_of};
pub use config::Config;
pub use derived::{DiskDerived, MemoryDerived};
pub use disk::Disk;
pub use error::Error;
pub use ext::stream;
pub use memory::Memory;
pub use port::{Blob, BlobStore, DerivedStore, Follow, Follower, MAX_READ, Sealed, StagedBlob};
