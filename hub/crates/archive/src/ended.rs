//! An arrival that is whole: what is done with it.

use crate::{committer::Committer, described::instance, error::Error, framing::Outcome, terms::Terms};
use access_control::{Permit, Store};
use audit_log::{Event, What};
use blob_store::{Sealed, StagedBlob};
use catalog::Orders;
use imaging_domain::{Digest, Instance, Principal};
use part10::{Header, Identity};

/// An arrival whose last byte is written.
pub(crate) struct Ended {
    pub(crate) committer: Committer,
    pub(crate) who: Principal,
    pub(crate) permit: Permit<Store>,
    pub(crate) terms: Terms,
    pub(crate) blob: Box<dyn StagedBlob>,
    pub(crate) identity: Identity,
    pub(crate) meta_length: u64,
    pub(crate) header: Header,
}

/// An arrival whose bytes are known.
pub(crate) struct Finished {
    pub(crate) committer: Committer,
    pub(crate) who: Principal,
    pub(crate) permit: Permit<Store>,
    pub(crate) sealed: Sealed,
    pub(crate) instance: Instance,
}

impl Ended {
    /// Says what its bytes are.
    pub(crate) async fn sealed(self) -> Result<Finished, Error> {
        let sealed = self.blob.seal().await?;
        let stored_ms = (self.committer.parts().clock)();
        let bytes = (sealed.digest, sealed.size_bytes);
        let instance = instance(&self.header, &self.identity, bytes, self.meta_length, stored_ms)?;
        self.terms.study(&instance.study)?;
        Ok(Finished { committer: self.committer, who: self.who, permit: self.permit, sealed, instance })
    }

    /// Throws it away, and writes that down before anybody hears that it was taken.
    pub(crate) async fn dropped(self) -> Result<(Outcome, Instance), Error> {
        let parts = self.committer.parts();
        let instance = instance(&self.header, &self.identity, (Digest([0; 32]), 0), self.meta_length, (parts.clock)())?;
        parts.audit.record(Event::new(What::Drop, &self.who).study(&instance.study).count(1)).await?;
        Ok((Outcome::Dropped(instance.uid.clone()), instance))
    }
}

impl Finished {
    /// Commits it, also when nobody waits for that any more: what is published is not left without a line in the index.
    pub(crate) async fn commit(self, orders: Orders) -> Result<(Outcome, Instance), Error> {
        let Self { committer, who, permit, sealed, instance } = self;
        let stored = instance.clone();
        let commit = tokio::spawn(async move { committer.commit(who, permit, sealed, stored, orders).await });
        let outcome = commit.await.map_err(|_| Error::Stopping)??;
        Ok((outcome, instance))
    }
}
