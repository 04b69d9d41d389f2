//! Reading a blob while it is being written: from memory as long as its beginning is kept there, then from its file.

use crate::{
    disk,
    error::Error,
    fresh::Beginning,
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
        Arc, Mutex, MutexGuard, OnceLock, PoisonError,
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
    /// In memory, where what comes is read at once.
    beginning: Option<Arc<Mutex<Beginning>>>,
}

impl Growing {
    pub(crate) fn new(keeps_beginning: bool) -> Self {
        let (file, followed) = (Arc::default(), AtomicBool::new(false));
        let beginning = keeps_beginning.then(Arc::default);
        Self { file, state: watch::Sender::new(State::Growing(0)), followed, beginning }
    }

    fn beginning(&self) -> Option<MutexGuard<'_, Beginning>> {
        Some(kept(self.beginning.as_ref()?))
    }

    /// Keeps a piece in memory, where that is done. Says whether everything is there.
    pub(crate) fn keep(&self, piece: &Bytes) -> bool {
        let Some(mut beginning) = self.beginning() else { return false };
        beginning.keep(piece);
        let whole = beginning.whole();
        drop(beginning);
        whole.inspect(|length| self.grown(*length)).is_some()
    }

    /// Whether its readers need its file.
    pub(crate) fn is_followed_in_its_file(&self) -> bool {
        self.is_followed() && self.beginning().is_none_or(|beginning| beginning.whole().is_none())
    }

    /// The whole of it, when it is in memory.
    pub(crate) fn in_memory(&self) -> Option<Beginning> {
        let beginning = self.beginning()?;
        beginning.whole().map(|_| beginning.clone())
    }

    /// The file it is in; once.
    pub(crate) fn begun(&self, file: &Arc<File>) {
        let _ = self.file.set(Arc::clone(file));
    }

    /// Whether somebody ever wanted to read along.
    pub(crate) fn is_followed(&self) -> bool {
        self.followed.load(Ordering::Relaxed)
    }

    /// So many bytes can be read.
    pub(crate) fn grown(&self, readable: u64) {
        self.state.send_if_modified(|state| match state {
            State::Growing(before) if *before < readable => {
                *state = State::Growing(readable);
                true
            }
            _ => false,
        });
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
        let place = Place {
            file: Arc::clone(&self.file),
            beginning: self.beginning.clone(),
            state: self.state.subscribe(),
            at: offset,
        };
        stream::try_unfold(place, next).boxed()
    }
}

/// Where a reader is.
struct Place {
    file: Arc<OnceLock<Arc<File>>>,
    beginning: Option<Arc<Mutex<Beginning>>>,
    state: watch::Receiver<State>,
    at: u64,
}

fn kept(beginning: &Mutex<Beginning>) -> MutexGuard<'_, Beginning> {
    beginning.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn next(mut place: Place) -> Result<Option<(Bytes, Place)>, Error> {
    let at = place.at;
    let more = |state: &State| !matches!(state, State::Growing(written) if *written == at);
    let seen = *place.state.wait_for(more).await.map_err(|_| Error::Abandoned)?;
    let end = match seen {
        State::Abandoned => return Err(Error::Abandoned),
        State::Complete(size) if size == at => return Ok(None),
        State::Growing(end) | State::Complete(end) => end,
    };
    let in_memory = place.beginning.as_deref().and_then(|beginning| kept(beginning).rest_of_piece(at));
    let chunk = match in_memory {
        Some(chunk) => chunk,
        None => {
            let length = (end - at).min(CHUNK) as usize;
            let reading = Arc::clone(place.file.get().ok_or(Error::Abandoned)?);
            spawn_blocking(move || disk::read(&reading, at, length)).await.map_err(|_| Error::Abandoned)??
        }
    };
    place.at += chunk.len() as u64;
    Ok(Some((chunk, place)))
}
