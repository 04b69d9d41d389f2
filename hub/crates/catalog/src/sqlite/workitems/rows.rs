//! Steps as they are stored.

use crate::{
    ports::{StepState, Workitem},
    sqlite::fault::Fault,
};
use imaging_domain::{InstanceUid, json};
use rusqlite::Row;

/// A row as it is stored.
pub(super) struct Raw {
    pub(super) id: i64,
    uid: String,
    state: String,
    transaction: Option<String>,
    pub(super) attributes: String,
    version: i64,
    changed_ms: i64,
}

impl Raw {
    pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            uid: row.get(1)?,
            state: row.get(2)?,
            transaction: row.get(3)?,
            attributes: row.get(4)?,
            version: row.get(5)?,
            changed_ms: row.get(6)?,
        })
    }

    pub(super) fn workitem(self) -> Result<Workitem, Fault> {
        Ok(Workitem {
            uid: InstanceUid::parse(&self.uid)?,
            state: StepState::from_word(&self.state).ok_or(Fault::Stored("a state that is none".into()))?,
            transaction: self.transaction,
            attributes: json::from_json(&serde_json::from_str(&self.attributes)?, &|_| None)?,
            version: self.version.unsigned_abs(),
            changed_ms: self.changed_ms,
        })
    }
}
