//! Who is connected now, to be told of steps at once. Nothing is kept for whoever is not.

use crate::{error::Error, events::Event};
use catalog::Subscriber;
use imaging_domain::{InstanceUid, json};
use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU16, AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::{sync::mpsc, time::sleep};

/// The most connections, and of whoever subscribes.
const MAX_CONNECTIONS: usize = 1_000;
const MAX_OF_ONE: usize = 16;
/// Events that wait for one connection, and their bytes; one that is slower than that is ended.
const WAITING: usize = 8_192;
const WAITING_BYTES: usize = 4 << 20;
/// How often, and how many times, is looked whether a connection has taken half of that.
const LOOK: Duration = Duration::from_millis(20);
const LOOKS: usize = 500;

/// Events for one connection, each as DICOM JSON (PS3.18 8.10.5).
#[derive(Debug)]
pub struct Events {
    told: mpsc::Receiver<Arc<str>>,
    waiting: Arc<AtomicUsize>,
}

impl Events {
    /// The next one; `None` when the connection was too slow.
    pub async fn recv(&mut self) -> Option<Arc<str>> {
        let event = self.told.recv().await?;
        self.waiting.fetch_sub(event.len(), Ordering::Relaxed);
        Some(event)
    }

    /// One that is there already.
    pub fn now(&mut self) -> Option<Arc<str>> {
        let event = self.told.try_recv().ok()?;
        self.waiting.fetch_sub(event.len(), Ordering::Relaxed);
        Some(event)
    }
}

/// The other end.
struct Connection {
    to: mpsc::Sender<Arc<str>>,
    waiting: Arc<AtomicUsize>,
}

impl Connection {
    /// Whether it is there and had room.
    fn take(&self, event: &Arc<str>) -> bool {
        let before = self.waiting.fetch_add(event.len(), Ordering::Relaxed);
        before + event.len() <= WAITING_BYTES && self.to.try_send(Arc::clone(event)).is_ok()
    }

    fn is_half_full(&self) -> bool {
        let bytes = self.waiting.load(Ordering::Relaxed);
        !self.to.is_closed() && (bytes > WAITING_BYTES / 2 || self.to.capacity() < WAITING / 2)
    }
}

type Connections = HashMap<Subscriber, Vec<Connection>>;

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
            those.retain(|one| !one.to.is_closed());
            !those.is_empty()
        });
        let own = connected.iter().filter(|(one, _)| one.owner == subscriber.owner);
        let own: usize = own.map(|(_, those)| those.len()).sum();
        if own >= MAX_OF_ONE || connected.values().map(Vec::len).sum::<usize>() >= MAX_CONNECTIONS {
            return Err(Error::Busy);
        }
        let (to, told) = mpsc::channel(WAITING);
        let waiting = Arc::new(AtomicUsize::new(0));
        connected.entry(subscriber).or_default().push(Connection { to, waiting: Arc::clone(&waiting) });
        Ok(Events { told, waiting })
    }

    /// Tells subscribers of events, in their order.
    pub(crate) fn tell(&self, subscribers: &[Subscriber], uid: &InstanceUid, events: &[Event]) {
        let mut connected = self.connected();
        for event in events {
            let text = self.text(uid, event);
            for subscriber in subscribers {
                if let Some(those) = connected.get_mut(subscriber) {
                    // who is too slow is ended rather than told half: it connects again and asks how things are
                    those.retain(|one| one.take(&text));
                }
            }
        }
    }

    /// Waits a little until a subscriber has taken most of what it was told.
    pub(crate) async fn settled(&self, subscriber: &Subscriber) {
        for _ in 0..LOOKS {
            let is_behind =
                self.connected().get(subscriber).is_some_and(|those| those.iter().any(Connection::is_half_full));
            if !is_behind {
                return;
            }
            sleep(LOOK).await;
        }
    }

    fn text(&self, uid: &InstanceUid, event: &Event) -> Arc<str> {
        let message = self.messages.fetch_add(1, Ordering::Relaxed);
        json::to_text(&event.report(uid, message), &|_, _| None).into()
    }
}
