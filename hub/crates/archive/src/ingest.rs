//! Taking in: the one way for bytes from outside to become an instance.
//!
//! Bytes are scanned while they are written. What is stored is a file of ours: a zero preamble and file meta information
//! made from what the data set says, then the data set's bytes exactly as they came.

use crate::{
    coercing::commit_coerced,
    committer::Committer,
    ended::Ended,
    error::Error,
    framing::{Framing, Outcome},
    rules::{Fate, Rules},
    terms::Terms,
    witness::{Watch, Witness},
};
use access_control::{Object, Permit, Store, decide};
use audit_log::{Event, Outcome as AuditOutcome, What};
use blob_store::StagedBlob;
use bytes::Bytes;
use catalog::Orders;
use imaging_domain::{Instance, Principal};
use part10::{Identity, Keep, Limits, Scanner};
use std::sync::Arc;

/// How many bytes may come before the data set has said which instance it is; UIDs are in group 8, near the beginning.
const MAX_BEFORE_IDENTITY: usize = 4 << 20;

/// The way in. Cheap to clone.
#[derive(Clone)]
pub struct Ingest {
    committer: Committer,
    rules: Option<Arc<dyn Rules>>,
    witness: Option<Arc<dyn Witness>>,
}

/// One arrival, being written. Dropped before `finish` it leaves nothing.
pub struct Incoming {
    committer: Committer,
    who: Principal,
    permit: Permit<Store>,
    framing: Framing,
    terms: Terms,
    scanner: Scanner,
    writing: Writing,
    rules: Option<Arc<dyn Rules>>,
    watch: Option<Watch>,
}

/// Until the data set said who it is its bytes wait in memory, because the file meta information comes before them.
enum Writing {
    Waiting { chunks: Vec<Bytes>, length: usize },
    Staged { blob: Box<dyn StagedBlob>, identity: Identity, meta_length: u64 },
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
        let mut incoming = Incoming::new(self.committer.clone(), who.clone(), permit, framing, terms);
        if let Some(rules) = &self.rules {
            incoming.scanner = incoming.scanner.watching(rules.watched());
            incoming.rules = Some(Arc::clone(rules));
        }
        incoming.watch = watch;
        incoming
    }
}

impl Incoming {
    /// An arrival by no rules, before no witness.
    pub(crate) fn new(
        committer: Committer,
        who: Principal,
        permit: Permit<Store>,
        framing: Framing,
        terms: Terms,
    ) -> Self {
        let scanner = Scanner::new(framing.scanned(), Keep::Index, Limits::default());
        let writing = Writing::Waiting { chunks: vec![], length: 0 };
        Self { committer, who, permit, framing, terms, scanner, writing, rules: None, watch: None }
    }

    /// Takes the next bytes. After an error nothing more is taken: drop it, nothing was stored.
    ///
    /// # Errors
    /// [`Error::Unreadable`], [`Error::Mismatch`], or what the disk says.
    pub async fn write(&mut self, chunk: Bytes) -> Result<(), Error> {
        if let Some(watch) = &mut self.watch {
            watch.see(&chunk);
        }
        let written = self.write_on(chunk).await;
        if let Err(error) = &written
            && let Some(watch) = self.watch.take()
        {
            watch.broke(error).await;
        }
        written
    }

    async fn write_on(&mut self, chunk: Bytes) -> Result<(), Error> {
        self.terms.more(chunk.len())?;
        self.scanner.feed(&chunk).map_err(Error::Unreadable)?;
        match &mut self.writing {
            Writing::Staged { blob, .. } => Ok(blob.write(chunk).await?),
            Writing::Waiting { chunks, length } => {
                *length += chunk.len();
                chunks.push(chunk);
                if let Some(identity) = self.scanner.identity() {
                    return self.stage(identity).await;
                }
                if *length > MAX_BEFORE_IDENTITY {
                    return Err(Error::Mismatch("no sop instance uid where it should be"));
                }
                Ok(())
            }
        }
    }

    /// Ends the arrival. When it returns `Ok`, the instance survives a power loss: file and folder are synced, and the
    /// index transaction that also wrote the change feed is committed.
    ///
    /// # Errors
    /// As [`write`](Self::write); nothing was stored.
    pub async fn finish(self) -> Result<Outcome, Error> {
        Ok(self.finish_described().await?.0)
    }

    /// Who the arrival says it is, once enough of it came.
    pub fn identity(&self) -> Option<Identity> {
        match &self.writing {
            Writing::Staged { identity, .. } => Some(identity.clone()),
            Writing::Waiting { .. } => self.scanner.identity(),
        }
    }

    /// As [`finish`](Self::finish), with what arrived.
    pub(crate) async fn finish_described(mut self) -> Result<(Outcome, Instance), Error> {
        let watch = self.watch.take();
        let end = self.finish_unseen().await;
        if let Some(watch) = watch {
            watch.end(&end).await;
        }
        end
    }

    async fn finish_unseen(self) -> Result<(Outcome, Instance), Error> {
        let rules = self.rules.clone();
        let ended = self.end().await?;
        let Some(rules) = rules else { return ended.sealed().await?.commit(Orders::default()).await };
        let now_ms = (ended.committer.parts().clock)();
        let judgement = rules.judge(&ended.who, &ended.header.attributes, now_ms);
        let orders = judgement.orders();
        match (judgement.fate, &judgement.coercion) {
            (Fate::Dropped, _) => ended.dropped().await,
            (_, Some((coercion, said))) => commit_coerced(ended, (coercion, said), orders).await,
            (_, None) => ended.sealed().await?.commit(orders).await,
        }
    }

    /// Writes the last bytes.
    pub(crate) async fn end(mut self) -> Result<Ended, Error> {
        if let Writing::Waiting { .. } = self.writing {
            let identity = self.scanner.identity().ok_or(Error::Mismatch("no sop instance uid"))?;
            self.stage(identity).await?;
        }
        let Writing::Staged { blob, identity, meta_length } = self.writing else {
            return Err(Error::Mismatch("no sop instance uid"));
        };
        let header = self.scanner.finish().map_err(Error::Unreadable)?;
        let Self { committer, who, permit, terms, .. } = self;
        Ok(Ended { committer, who, permit, terms, blob, identity, meta_length, header })
    }

    /// Writes our file meta information and the bytes that waited, without what stood before their data set.
    async fn stage(&mut self, identity: Identity) -> Result<(), Error> {
        self.framing.agrees(&identity)?;
        self.terms.class(&self.who, identity.sop_class.as_deref(), &self.committer.parts().audit).await?;
        let mut blob = self.committer.parts().blobs.stage(&self.permit).await?;
        let sop_class = identity.sop_class.as_deref().unwrap_or_default();
        let meta = part10::file_meta(sop_class, &identity.sop_instance, &identity.transfer_syntax);
        let meta_length = meta.len() as u64;
        blob.write(meta.into()).await?;
        let mut skip = identity.data_set_offset;
        if let Writing::Waiting { chunks, .. } = &mut self.writing {
            for mut chunk in chunks.drain(..) {
                let skipped = skip.min(chunk.len() as u64);
                skip -= skipped;
                blob.write(chunk.split_off(skipped as usize)).await?;
            }
        }
        self.writing = Writing::Staged { blob, identity, meta_length };
        Ok(())
    }
}
