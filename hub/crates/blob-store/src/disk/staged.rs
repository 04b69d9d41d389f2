//! A file being written. Bytes wait in memory until there are enough, or until all of a small image is there: making its file,
//! write, sync and publishing are then one visit to a blocking thread. Once somebody reads along in the file, each goes there
//! at once.

use super::{Inner, writing::Writer};
use crate::{
    error::Error,
    growing::Growing,
    port::{Follower, Sealed, StagedBlob},
};
use async_trait::async_trait;
use bytes::Bytes;
use std::{path::PathBuf, sync::Arc};
use tokio::task::spawn_blocking;

/// Bytes that may wait in memory.
const WAITING: usize = 1 << 20;

pub(super) struct Staged {
    writer: Option<Box<Writer>>,
    waiting: Vec<Bytes>,
    waiting_bytes: usize,
    growing: Arc<Growing>,
}

impl Staged {
    /// Makes the file when there is something to write.
    pub(super) fn new(store: Arc<Inner>, path: PathBuf, is_synced: bool) -> Self {
        let growing = Arc::new(Growing::new(!is_synced));
        let writer = Box::new(Writer::new(store, path, Arc::clone(&growing), is_synced));
        Self { writer: Some(writer), waiting: vec![], waiting_bytes: 0, growing }
    }

    async fn flush(&mut self) -> Result<(), Error> {
        let (chunks, mut writer) = (std::mem::take(&mut self.waiting), self.writer.take().ok_or(Error::Abandoned)?);
        self.waiting_bytes = 0;
        let work = move || writer.write(&chunks).map(|_| writer);
        let writer = spawn_blocking(work).await.map_err(super::stopped)??;
        self.growing.grown(writer.in_the_file());
        self.writer = Some(writer);
        Ok(())
    }
}

#[async_trait]
impl StagedBlob for Staged {
    async fn write(&mut self, chunk: Bytes) -> Result<(), Error> {
        self.waiting_bytes += chunk.len();
        let is_in_memory = self.growing.keep(&chunk);
        if let Some(writer) = &mut self.writer {
            writer.see(&chunk, self.waiting.len());
        }
        self.waiting.push(chunk);
        let is_wanted = self.growing.is_followed() && !is_in_memory;
        if self.waiting_bytes >= WAITING || is_wanted { self.flush().await } else { Ok(()) }
    }

    fn follow(&self) -> Follower {
        Growing::follower(&self.growing)
    }

    async fn seal(mut self: Box<Self>) -> Result<Sealed, Error> {
        let (chunks, writer) = (std::mem::take(&mut self.waiting), self.writer.take().ok_or(Error::Abandoned)?);
        if writer.is_sealed_at_once(chunks.len()) {
            return writer.seal(chunks);
        }
        let sealed = spawn_blocking(move || writer.seal(chunks)).await.map_err(super::stopped)??;
        self.growing.complete(sealed.size_bytes);
        Ok(sealed)
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        self.growing.abandon();
    }
}
