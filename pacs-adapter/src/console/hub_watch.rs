//! How the lines to the hub are, since when, and how much of the feed the hub has.

use federation::{State, Trouble};
use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::{sync::watch, task::spawn_blocking, time::sleep};
use tokio_util::sync::CancellationToken;
use viewer_api::Hub;

/// The shortest time between two writings of what the hub holds.
const PAUSE: Duration = Duration::from_secs(1);

/// The lines to the hub, watched. Cheap to clone.
#[derive(Clone)]
pub struct HubWatch {
    address: String,
    state: watch::Receiver<State>,
    since_ms: Arc<Mutex<i64>>,
    /// Number of the last line that the hub was known to hold, also before a restart: until the hub is reached again it
    /// would else seem to hold nothing.
    held: Arc<AtomicU64>,
    path: PathBuf,
}

impl HubWatch {
    /// Lines to the hub at `host:port`, which are as they are since now. What the hub holds is kept in the folder.
    pub fn new(address: String, state: watch::Receiver<State>, dir: &Path, now_ms: i64) -> Self {
        let path = dir.join("hub-held");
        let held = fs::read_to_string(&path).ok().and_then(|text| text.trim().parse().ok()).unwrap_or(0);
        Self { address, state, since_ms: Arc::new(Mutex::new(now_ms)), held: Arc::new(AtomicU64::new(held)), path }
    }

    /// Notes when a line comes or goes and what the hub holds, until told to stop.
    pub async fn watch(self, clock: fn() -> i64, stop: CancellationToken) {
        let mut state = self.state.clone();
        let lines = |state: &State| (state.feed_connected, state.channel_connected);
        let mut known = lines(&state.borrow_and_update());
        while let Some(Ok(())) = stop.run_until_cancelled(state.changed()).await {
            let now = lines(&state.borrow_and_update());
            if now != known {
                known = now;
                *self.since_ms.lock().unwrap_or_else(PoisonError::into_inner) = clock();
            }
            self.keep_held().await;
            stop.run_until_cancelled(sleep(PAUSE)).await;
        }
        self.keep_held().await;
    }

    async fn keep_held(&self) {
        let held = self.held();
        if self.held.swap(held, Ordering::Relaxed) == held {
            return;
        }
        let path = self.path.clone();
        if let Ok(Err(error)) = spawn_blocking(move || write(&path, held)).await {
            tracing::warn!(%error, "what the hub holds cannot be written down");
        }
    }

    /// Number of the last line that the hub said it holds.
    pub fn held(&self) -> u64 {
        let state = *self.state.borrow();
        if state.feed_connected || state.held > 0 { state.held } else { self.held.load(Ordering::Relaxed) }
    }

    /// For people.
    pub fn told(&self) -> Hub {
        let state = *self.state.borrow();
        Hub {
            address: self.address.clone(),
            feed_connected: state.feed_connected,
            channel_connected: state.channel_connected,
            since_ms: *self.since_ms.lock().unwrap_or_else(PoisonError::into_inner),
            trouble: state.trouble.map(Trouble::word).map(ToOwned::to_owned),
        }
    }
}

fn write(path: &Path, held: u64) -> io::Result<()> {
    let new = path.with_extension("new");
    fs::write(&new, held.to_string())?;
    fs::rename(&new, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_the_hub_holds_is_known_before_it_is_reached_again() {
        let dir = tempfile::tempdir().unwrap();
        let (state, told) = watch::channel(State::default());
        let hub = HubWatch::new("hub:8443".to_owned(), told, dir.path(), 1);
        assert_eq!(hub.held(), 0);
        let stop = CancellationToken::new();
        let watching = tokio::spawn(hub.clone().watch(|| 2, stop.clone()));
        state.send_modify(|state| (state.feed_connected, state.held) = (true, 7));
        stop.cancel();
        watching.await.unwrap();
        assert_eq!(hub.held(), 7);
        let (state, told) = watch::channel(State::default());
        let hub = HubWatch::new("hub:8443".to_owned(), told, dir.path(), 3);
        assert_eq!((hub.held(), hub.told().feed_connected, hub.told().since_ms), (7, false, 3));
        // a hub that begins anew says so itself
        state.send_modify(|state| state.feed_connected = true);
        assert_eq!(hub.held(), 0);
    }
}
