//! How the lines to the hub are, and since when.

use federation::{State, Trouble};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use viewer_api::Hub;

/// The lines to the hub, watched. Cheap to clone.
#[derive(Clone)]
pub struct Connection {
    address: String,
    state: watch::Receiver<State>,
    since_ms: Arc<Mutex<i64>>,
}

impl Connection {
    /// Lines to the hub at `host:port`, which are as they are since now.
    pub fn new(address: String, state: watch::Receiver<State>, now_ms: i64) -> Self {
        Self { address, state, since_ms: Arc::new(Mutex::new(now_ms)) }
    }

    /// Notes when a line comes or goes, until told to stop.
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
        }
    }

    /// Number of the last line that the hub said it holds.
    pub fn held(&self) -> u64 {
        self.state.borrow().held
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
