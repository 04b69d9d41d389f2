//! What storing asks of the archive, as ports, so that it can be tried without disk and index.

use archive::{Deposits as HubDeposits, Error, Framing, Incoming, Outcome, Scratch};
use async_trait::async_trait;
use bytes::Bytes;
use imaging_domain::{Instance, InstanceUid, SopClassUid, StudyUid};

/// SOP Class and SOP Instance UID, as far as an instance says them.
pub(in crate::dicomweb) type Named = Option<(Option<SopClassUid>, InstanceUid)>;

/// Somebody who may store.
#[async_trait]
pub(in crate::dicomweb) trait Deposits: Send + Sync {
    /// Begins an instance, which has to be of this study when one is given.
    async fn begin(&self, framing: Framing, study: Option<&StudyUid>) -> Result<Box<dyn Deposit>, Error>;

    /// Room for bulk data until it is known where it belongs.
    async fn scratch(&self) -> Result<Scratch, Error>;
}

/// An instance on its way. Dropped before `finish` it leaves nothing.
#[async_trait]
pub(in crate::dicomweb) trait Deposit: Send {
    /// Who it says it is, once enough of it came.
    fn named(&self) -> Named;

    async fn write(&mut self, bytes: Bytes) -> Result<(), Error>;

    /// Makes it durable and visible.
    async fn finish(self: Box<Self>) -> Result<(Outcome, Instance), Error>;
}

#[async_trait]
impl Deposits for HubDeposits {
    async fn begin(&self, framing: Framing, study: Option<&StudyUid>) -> Result<Box<dyn Deposit>, Error> {
        Ok(Box::new(HubDeposits::begin(self, framing, study).await?))
    }

    async fn scratch(&self) -> Result<Scratch, Error> {
        HubDeposits::scratch(self).await
    }
}

#[async_trait]
impl Deposit for Incoming {
    fn named(&self) -> Named {
        let identity = self.identity()?;
        let class = identity.sop_class.and_then(|class| SopClassUid::parse(&class).ok());
        Some((class, InstanceUid::parse(&identity.sop_instance).ok()?))
    }

    async fn write(&mut self, bytes: Bytes) -> Result<(), Error> {
        Incoming::write(self, bytes).await
    }

    async fn finish(self: Box<Self>) -> Result<(Outcome, Instance), Error> {
        HubDeposits::finish(*self).await
    }
}
