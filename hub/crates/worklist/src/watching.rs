//! Who is connected now, to be told of steps at once. Nothing is kept for whoever is not.

use crate::{error::Error, events::Event};
use catalog::Subscriber;
use imaging_domain::{InstanceUid, json};
use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU16, Ordering},
    },
};
use tokio::sync::mpsc;

/// The most connections, and of whoever subscribes.
const MAX_CONNECTIONS: usize = 1_000;
const MAX_OF_ONE: usize = 16;
/// Events of some hundred bytes that wait for one connection; one that is slower than that is ended.
const WAITING: usize = 8_192;

/// Events for one connection, each as DICOM JSON (PS3.18 8.10.5).
pub type Events = mpsc::Receiver<Arc<str>>;

type Connections = HashMap<Subscriber, Vec<mpsc::Sender<Arc<str>>>>;

/// The connections. Cheap to clone.
#[derive(Clone, Default)]
pub(crate) struct Watchers {
    connected: Arc<Mutex<Connections>>,
    messages: Arc<AtomicU16>,
}

impl Watchers {
    fn connected(&self) -> MutexGuard<'_, Connections> {
        self.connected.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One more connection.
    ///
    /// # Errors
    /// [`Error::Busy`] when there are too many.
    pub(crate) fn connect(&self, subscriber: Subscriber) -> Result<Events, Error> {
        let mut connected = self.connected();
        connected.retain(|_, those| {
            those.retain(|one| !one.is_closed());
            !those.is_empty()
        });
        let own = connected.iter().filter(|(one, _)| one.owner == subscriber.owner);
        let own: usize = own.map(|(_, those)| those.len()).sum();
        if own >= MAX_OF_ONE || connected.values().map(Vec::len).sum::<usize>() >= MAX_CONNECTIONS {
            return Err(Error::Busy);
        }
        let (sender, events) = mpsc::channel(WAITING);
        connected.entry(subscriber).or_default().push(sender);
        Ok(events)
    }

    /// Tells subscribers of events, in their order.
    pub(crate) fn tell(&self, subscribers: &[Subscriber], uid: &InstanceUid, events: &[Event]) {
        let mut connected = self.connected();
        for event in events {
            let text = self.text(uid, event);
            for subscriber in subscribers {
                if let Some(those) = connected.get_mut(subscriber) {
                    // who is too slow is ended rather than told half: it connects again and asks how things are
                    those.retain(|one| one.try_send(Arc::clone(&text)).is_ok());
                }
            }
        }
    }

    fn text(&self, uid: &InstanceUid, event: &Event) -> Arc<str> {
        let message = self.messages.fetch_add(1, Ordering::Relaxed);
        json::to_text(&event.report(uid, message), &|_, _| None).into()
    }
}
