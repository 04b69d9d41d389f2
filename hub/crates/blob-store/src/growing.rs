//! Reading a blob while it is being written.

use crate::{
    disk,
    error::Error,
    port::{Follow, Follower},
};
use bytes::Bytes;
use futures_util::{
    StreamExt,
    stream::{self, BoxStream},
};
use std::{
    fs::File,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
};
use tokio::{sync::watch, task::spawn_blocking};

/// The most bytes of one chunk.
const CHUNK: u64 = 256 << 10;

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Growing(u64),
    Complete(u64),
    Abandoned,
}

/// How far a file is written. The open file stays readable when it is renamed or removed.
pub(crate) struct Growing {
    /// There before the first byte is.
    file: Arc<OnceLock<Arc<File>>>,
    state: watch::Sender<State>,
    followed: AtomicBool,
}

impl Default for Growing {
    fn default() -> Self {
        let (file, followed) = (Arc::default(), AtomicBool::new(false));
        Self { file, state: watch::Sender::new(State::Growing(0)), followed }
    }
}

impl Growing {
    /// The file it is in; once.
    pub(crate) fn begun(&self, file: &Arc<File>) {
        let _ = self.file.set(Arc::clone(file));
    }

    /// Whether somebody ever wanted to read along.
    pub(crate) fn is_followed(&self) -> bool {
        self.followed.load(Ordering::Relaxed)
    }

    pub(crate) fn grown(&self, written: u64) {
        self.state.send_replace(State::Growing(written));
    }

    pub(crate) fn complete(&self, size: u64) {
        self.state.send_replace(State::Complete(size));
    }

    /// The writer is gone; says nothing when it had completed.
    pub(crate) fn abandon(&self) {
        self.state.send_if_modified(|state| {
            let growing = matches!(state, State::Growing(_));
            if growing {
                *state = State::Abandoned;
            }
            growing
        });
    }

    pub(crate) fn follower(this: &Arc<Self>) -> Follower {
        this.followed.store(true, Ordering::Relaxed);
        Arc::clone(this) as Follower
    }
}

impl Follow for Growing {
    fn stream_from(&self, offset: u64) -> BoxStream<'static, Result<Bytes, Error>> {
        let (file, state) = (Arc::clone(&self.file), self.state.subscribe());
        stream::try_unfold((file, state, offset), next).boxed()
    }
}

type Place = (Arc<OnceLock<Arc<File>>>, watch::Receiver<State>, u64);

async fn next((file, mut state, at): Place) -> Result<Option<(Bytes, Place)>, Error> {
    let more = |state: &State| !matches!(state, State::Growing(written) if *written == at);
    let seen = *state.wait_for(more).await.map_err(|_| Error::Abandoned)?;
    let end = match seen {
        State::Abandoned => return Err(Error::Abandoned),
        State::Complete(size) if size == at => return Ok(None),
        State::Growing(end) | State::Complete(end) => end,
    };
    let length = (end - at).min(CHUNK) as usize;
    let reading = Arc::clone(file.get().ok_or(Error::Abandoned)?);
    let chunk = spawn_blocking(move || disk::read(&reading, at, length)).await.map_err(|_| Error::Abandoned)??;
    let at = at + chunk.len() as u64;
    Ok(Some((chunk, (file, state, at))))
}
