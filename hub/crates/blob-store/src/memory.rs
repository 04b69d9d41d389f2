//! A store in memory, for tests.

use crate::{
    error::Error,
    port::{Blob, BlobStore, Follow, Follower, MAX_READ, Sealed, StagedBlob},
};
use access_control::{Permit, Store, View};
use async_trait::async_trait;
use bytes::Bytes;
use futures_util::{
    StreamExt, TryStreamExt,
    stream::{self, BoxStream},
};
use imaging_domain::Digest;
use sha2::{Digest as _, Sha256};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};
use tokio::sync::watch;

/// A store in memory. Cheap to clone; clones share their blobs.
#[derive(Clone, Default)]
pub struct Memory {
    blobs: Arc<Mutex<HashMap<Digest, Bytes>>>,
}

#[derive(Default)]
struct Staged {
    state: watch::Sender<(Vec<Bytes>, End)>,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum End {
    #[default]
    Open,
    Complete,
    Abandoned,
}

#[async_trait]
impl BlobStore for Memory {
    async fn stage(&self, _: &Permit<Store>) -> Result<Box<dyn StagedBlob>, Error> {
        Ok(Box::new(Staged::default()))
    }

    async fn publish(&self, sealed: Sealed) -> Result<(), Error> {
        let mut blobs = self.blobs.lock().unwrap_or_else(PoisonError::into_inner);
        let bytes = sealed.staged.downcast::<Bytes>().map_err(|_| Error::Abandoned)?;
        blobs.entry(sealed.digest).or_insert(*bytes);
        Ok(())
    }

    async fn open(&self, _: &Permit<View>, digest: &Digest) -> Result<Arc<dyn Blob>, Error> {
        let blobs = self.blobs.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(Arc::new(Held(blobs.get(digest).cloned().ok_or(Error::NotFound)?)))
    }

    async fn has(&self, _: &Permit<View>, digest: &Digest) -> bool {
        self.blobs.lock().unwrap_or_else(PoisonError::into_inner).contains_key(digest)
    }

    async fn remove(&self, _: &Permit<Store>, digest: &Digest) -> Result<(), Error> {
        self.blobs.lock().unwrap_or_else(PoisonError::into_inner).remove(digest);
        Ok(())
    }

    async fn used_bytes(&self) -> Result<u64, Error> {
        let blobs = self.blobs.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(blobs.values().map(|bytes| bytes.len() as u64).sum())
    }
}

#[async_trait]
impl StagedBlob for Staged {
    async fn write(&mut self, chunk: Bytes) -> Result<(), Error> {
        self.state.send_modify(|(chunks, _)| chunks.push(chunk));
        Ok(())
    }

    fn follow(&self) -> Follower {
        Arc::new(Tail(self.state.subscribe()))
    }

    async fn seal(self: Box<Self>) -> Result<Sealed, Error> {
        self.state.send_modify(|(_, end)| *end = End::Complete);
        let bytes = Bytes::from(self.state.borrow().0.concat());
        let digest = Digest(Sha256::digest(&bytes).into());
        Ok(Sealed { digest, size_bytes: bytes.len() as u64, staged: Box::new(bytes) })
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        self.state.send_modify(|(_, end)| {
            if *end == End::Open {
                *end = End::Abandoned;
            }
        });
    }
}

struct Tail(watch::Receiver<(Vec<Bytes>, End)>);

impl Follow for Tail {
    fn stream_from(&self, offset: u64) -> BoxStream<'static, Result<Bytes, Error>> {
        let chunks = stream::try_unfold((self.0.clone(), 0), async |(mut state, at)| {
            let seen = state.wait_for(|(chunks, end)| chunks.len() > at || *end != End::Open).await;
            let (chunk, end) = seen.map(|seen| (seen.0.get(at).cloned(), seen.1)).map_err(|_| Error::Abandoned)?;
            match (chunk, end) {
                (Some(chunk), _) => Ok(Some((chunk, (state, at + 1)))),
                (None, End::Complete) => Ok(None),
                (None, _) => Err(Error::Abandoned),
            }
        });
        let after = chunks.scan(offset, |skip, chunk: Result<Bytes, Error>| {
            let rest = chunk.map(|mut chunk| {
                let skipped = (*skip).min(chunk.len() as u64);
                *skip -= skipped;
                chunk.split_off(skipped as usize)
            });
            std::future::ready(Some(rest))
        });
        after.try_filter(|chunk| std::future::ready(!chunk.is_empty())).boxed()
    }
}

struct Held(Bytes);

#[async_trait]
impl Blob for Held {
    fn size_bytes(&self) -> u64 {
        self.0.len() as u64
    }

    async fn read_at(&self, offset: u64, length: usize) -> Result<Bytes, Error> {
        let start = usize::try_from(offset).map_err(|_| Error::OutOfRange)?;
        let end = start.checked_add(length).filter(|end| *end <= self.0.len() && length <= MAX_READ);
        Ok(self.0.slice(start..end.ok_or(Error::OutOfRange)?))
    }
}
