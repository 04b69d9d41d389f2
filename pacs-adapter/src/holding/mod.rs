//! Where the images are that the index knows: here, or in the hospital's PACS with a cache of them here.
//!
//! With `index-only` every study is fetched once, by the crawl: the index then has the attributes, size and digest of each
//! instance, and the region cannot tell it from one that is kept. The bytes leave the cache when it is full, the longest unread
//! first, and come back by C-GET when somebody wants them ([`Nearline`]), with the digest they had. What comes by any other way
//! than the crawl is kept, because the cache is no place for the only copy.

mod config;
mod nearline;

pub use config::Holding;
pub use nearline::Nearline;
