//! The index: which studies, series and instances there are at which site, in what order they came, which sites the
//! region knows, who may sign in, which links open which studies, how far the taking over of an old archive is,
//! what goes on to other application entities, and the region's worklist.
//!
//! It answers the one query language (`imaging_domain::Query`) and holds attributes only. It is *not* the bytes
//! (`blob-store`) and decides nothing about access: every port takes the permit of `access-control`. It is the only
//! room with SQL, and SQL is only in `src/sqlite/`. Start reading at the ports ([`StudyIndex`], [`ChangeFeed`],
//! [`Readiness`], [`Registry`], [`Accounts`], [`Links`], [`LinkSessions`], [`Crawls`], [`Routes`], [`Elsewhere`], [`Failures`],
//! [`Workitems`]); [`Sqlite`] implements all
//! of them and
//! `conformance::run` (feature `conformance`) says what an implementation has to do.
#![doc = include_str!("../docs/durability.md")]

mod config;
#[cfg(any(test, feature = "conformance"))]
pub mod conformance;
mod error;
mod matched;
mod names;
mod ports;
mod sqlite;

pub use config::Config;
pub use error::Error;
pub use matched::is_match;
pub use ports::*;
pub use sqlite::Sqlite;
