//! The index in one SQLite file.
//!
//! `connection` owns the connections; `batch`, `group`, `names`, `put` and `delete` write rows for both
//! `commit` and `feed`; `search` answers queries, `list` and `overview` the rest; `links` and `link_sessions` are about study links,
//! `crawls` about old archives that are taken over, `routes` about what goes on to others, `elsewhere` about what a PACS keeps, `workitems` about the region's worklist.
//! `standing` says what becomes of an instance that is there already.

mod accounts;
mod batch;
mod columns;
mod commit;
mod connection;
mod crawls;
mod delete;
mod delete_study;
mod elsewhere;
mod failures;
mod fault;
mod feed;
mod gone;
mod group;
mod link_sessions;
mod links;
mod list;
mod names;
mod overview;
mod put;
mod readiness;
mod registry;
mod routes;
mod rows;
mod schema;
mod search;
mod standing;
mod study_index;
#[cfg(test)]
mod tests;
mod workitems;

use crate::{config::Config, error::Error};
use connection::{Connections, READ_LIMIT};

/// The index in one SQLite file: the default, at a hospital and at the hub. Cheap to clone; clones share connections.
#[derive(Clone)]
pub struct Sqlite {
    connections: Connections,
}

impl Sqlite {
    /// Opens the index, makes it when it is not there, and brings it to the newest schema. Blocks for as long as the
    /// disk needs: call it before serving, or on a blocking thread.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be opened or is no database; [`Error::Invalid`] when a newer program
    /// wrote it.
    pub fn open(config: &Config) -> Result<Self, Error> {
        let connections = Connections::open(config, READ_LIMIT).map_err(|fault| fault.doing("open"))?;
        Ok(Self { connections })
    }
}
