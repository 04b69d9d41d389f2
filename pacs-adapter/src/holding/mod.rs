//! Where the images are that the index knows: here, or in the hospital's PACS with a cache of them here.
//!
//! With `index-only` the crawl learns by C-FIND what the PACS has, and the region is told that ([`Keeping::Promised`]). When somebody
//! wants bytes that nobody has seen, they are brought from the PACS by C-GET or C-MOVE into a cache ([`pacs`]) through the one
//! ingest, which gives the index their attributes, size and digest ([`Nearline`]); from then on they leave the cache when it is
//! full, the longest unread first, and come back with the digest they had, or with another that takes its place. What comes by
//! any other way than from the PACS is kept, because the cache is no place for the only copy ([`BySender`]).
//!
//! [`Keeping::Promised`]: imaging_domain::Keeping::Promised

mod by_sender;
mod config;
mod handover;
mod nearline;
mod pacs;

pub use by_sender::BySender;
pub use config::Holding;
pub use nearline::{Nearline, NearlineParts};
