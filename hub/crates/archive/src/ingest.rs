//! Taking in: the one way for bytes from outside to become an instance.

use crate::error::Error;
use bytes::Bytes;
use imaging_domain::{InstanceUid, Principal};

/// How the arriving bytes begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Framing {
    /// A file of PS3.10, or what vendors leave of one: preamble and meta information may be missing.
    File,
    /// A bare data set, as C-STORE carries it.
    DataSet {
        /// Negotiated transfer syntax UID.
        transfer_syntax: String,
        /// Affected SOP Class UID of the command.
        sop_class: String,
        /// Affected SOP Instance UID of the command.
        sop_instance: String,
    },
}

/// What became of an arrival. All three are a success to the sender.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is new.
    Stored(InstanceUid),
    /// The same bytes were there.
    Duplicate(InstanceUid),
    /// Other bytes were there and stay; these are kept aside.
    Conflict(InstanceUid),
}

/// The way in. Cheap to clone.
#[derive(Clone)]
pub struct Ingest {}

/// One arrival, being written. Dropped before `finish` it leaves nothing.
pub struct Incoming {}

impl Ingest {
    /// Begins an arrival.
    ///
    /// # Errors
    /// [`Error::Denied`] when the principal may not store.
    pub async fn begin(&self, _who: &Principal, _framing: Framing) -> Result<Incoming, Error> {
        unimplemented!()
    }
}

impl Incoming {
    /// Takes the next bytes. Returns early with the reason when they can no longer become an instance; whoever writes
    /// may go on writing and is told again by `finish`.
    ///
    /// # Errors
    /// [`Error::Unreadable`], [`Error::Mismatch`], or what the disk says.
    pub async fn write(&mut self, _chunk: Bytes) -> Result<(), Error> {
        unimplemented!()
    }

    /// Ends the arrival. When it returns `Ok`, the instance survives a power loss: file and folder are synced, and the
    /// index transaction that also wrote the change feed is committed.
    ///
    /// # Errors
    /// As [`write`](Self::write); nothing was stored.
    pub async fn finish(self) -> Result<Outcome, Error> {
        unimplemented!()
    }
}
