//! Taking in: the one way for bytes from outside to become an instance.
//!
//! Bytes are scanned while they are written. What is stored is a file of ours: a zero preamble and file meta information
//! made from what the data set says, then the data set's bytes exactly as they came.

use crate::{
    committer::Committer,
    error::Error,
    framing::Framing,
    incoming::Incoming,
    rules::Rules,
    terms::Terms,
    witness::{Watch, Witness},
};
use access_control::{Object, Permit, Store, decide};
use audit_log::{Event, Outcome as AuditOutcome, What};
use imaging_domain::Principal;
use std::sync::Arc;

/// The way in. Cheap to clone.
#[derive(Clone)]
pub struct Ingest {
    committer: Committer,
    rules: Option<Arc<dyn Rules>>,
    witness: Option<Arc<dyn Witness>>,
}

impl Ingest {
    /// The way into what `committer` commits to.
    pub fn new(committer: Committer) -> Self {
        Self { committer, rules: None, witness: None }
    }

    /// The same by rules.
    #[must_use]
    pub fn ruled(mut self, rules: Arc<dyn Rules>) -> Self {
        self.rules = Some(rules);
        self
    }

    /// The same before a witness.
    #[must_use]
    pub fn witnessed(mut self, witness: Arc<dyn Witness>) -> Self {
        self.witness = Some(witness);
        self
    }

    /// Tells the witness that somebody was turned away who had nothing begun yet.
    pub(crate) async fn turned_away(&self, who: &Principal, framing: &Framing, error: &Error) {
        if let Some(witness) = &self.witness {
            Watch::new(witness, who, framing).broke(error).await;
        }
    }

    /// Begins an arrival.
    ///
    /// # Errors
    /// [`Error::Denied`] when the principal may not store.
    pub async fn begin(&self, who: &Principal, framing: Framing) -> Result<Incoming, Error> {
        self.begin_on(who, framing, Terms::default()).await
    }

    /// Begins an arrival that has to keep to terms.
    pub(crate) async fn begin_on(&self, who: &Principal, framing: Framing, terms: Terms) -> Result<Incoming, Error> {
        match self.permit(who, &terms).await {
            Ok(permit) => Ok(self.incoming(who, permit, framing, terms)),
            Err(error) => {
                self.turned_away(who, &framing, &error).await;
                Err(error)
            }
        }
    }

    async fn permit(&self, who: &Principal, terms: &Terms) -> Result<Permit<Store>, Error> {
        let parts = self.committer.parts();
        match decide::<Store>(who, terms.site.as_ref().map_or(Object::Region, Object::Site)) {
            Ok(permit) => Ok(permit),
            Err(denied) => {
                parts.audit.record(Event::new(What::Store, who).outcome(AuditOutcome::Denied)).await?;
                Err(denied.into())
            }
        }
    }

    fn incoming(&self, who: &Principal, permit: Permit<Store>, framing: Framing, terms: Terms) -> Incoming {
        let watch = self.witness.as_ref().map(|witness| Watch::new(witness, who, &framing));
        let incoming = Incoming::new(self.committer.clone(), who.clone(), permit, framing, terms);
        incoming.ruled(self.rules.as_ref()).watched(watch)
    }
}
