//! One arrival on its way in.

use crate::{
    archive::Parts,
    coercing::commit_coerced,
    committer::Committer,
    ended::Ended,
    error::Error,
    framing::{Framing, Outcome},
    rules::{Fate, Rules},
    terms::Terms,
    witness::Watch,
};
use access_control::{Permit, Store};
use blob_store::StagedBlob;
use bytes::Bytes;
use catalog::Orders;
use imaging_domain::{Instance, Principal};
use part10::{Identity, Keep, Limits, Scanner};
use std::sync::Arc;

/// How many bytes may come before the data set has said which instance it is; UIDs are in group 8, near the beginning.
const MAX_BEFORE_IDENTITY: usize = 4 << 20;

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

    /// By these rules, when there are any.
    pub(crate) fn ruled(mut self, rules: Option<&Arc<dyn Rules>>) -> Self {
        if let Some(rules) = rules {
            self.scanner = self.scanner.watching(rules.watched());
            self.rules = Some(Arc::clone(rules));
        }
        self
    }

    /// Before a witness.
    pub(crate) fn watched(mut self, watch: Option<Watch>) -> Self {
        self.watch = watch;
        self
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
                    return Err(Error::Mismatch("it is no DICOM, or its SOP Instance UID is not where it should be"));
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

    pub(crate) fn parts(&self) -> &Parts {
        self.committer.parts()
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
            let identity =
                self.scanner.identity().ok_or(Error::Mismatch("it is no DICOM, or has no SOP Instance UID"))?;
            self.stage(identity).await?;
        }
        let Writing::Staged { blob, identity, meta_length } = self.writing else {
            return Err(Error::Mismatch("it is no DICOM, or has no SOP Instance UID"));
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
