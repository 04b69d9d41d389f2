//! Where arriving instances go: the archive, or a stand-in of it.

use archive::{Framing, Ingest, Outcome};
use async_trait::async_trait;
use bytes::Bytes;
use imaging_domain::Principal;

/// The way in, as [`archive::Ingest`] offers it.
#[async_trait]
pub trait StoreSink: Clone + Send + Sync + 'static {
    /// One arrival; dropped before `finish` it leaves nothing.
    type Incoming: StoreIncoming;

    /// Begins an arrival.
    ///
    /// # Errors
    /// As [`archive::Ingest::begin`].
    async fn begin(&self, who: &Principal, framing: Framing) -> Result<Self::Incoming, archive::Error>;
}

/// One arrival, being written.
#[async_trait]
pub trait StoreIncoming: Send + 'static {
    /// Takes the next bytes.
    ///
    /// # Errors
    /// As [`archive::Incoming::write`].
    async fn write(&mut self, chunk: Bytes) -> Result<(), archive::Error>;

    /// Ends the arrival; after `Ok` it survives a power loss.
    ///
    /// # Errors
    /// As [`archive::Incoming::finish`].
    async fn finish(self) -> Result<Outcome, archive::Error>;
}

#[async_trait]
impl StoreSink for Ingest {
    type Incoming = archive::Incoming;

    async fn begin(&self, who: &Principal, framing: Framing) -> Result<Self::Incoming, archive::Error> {
        Ingest::begin(self, who, framing).await
    }
}

#[async_trait]
impl StoreIncoming for archive::Incoming {
    async fn write(&mut self, chunk: Bytes) -> Result<(), archive::Error> {
        archive::Incoming::write(self, chunk).await
    }

    async fn finish(self) -> Result<Outcome, archive::Error> {
        archive::Incoming::finish(self).await
    }
}
