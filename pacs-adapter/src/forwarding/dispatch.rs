//! Whoever has something waiting has a worker, as long as there is anything.

use super::{desk::Parts, trouble::Troubles, worker::Worker};
use access_control::{Object, Overview, Permit, decide};
use archive::Error;
use imaging_domain::{AeTitle, Principal, in_one_line};
use std::{collections::HashMap, pin::pin, sync::Arc, time::Duration};
use tokio::{
    sync::Notify,
    task::{Id, JoinError, JoinSet},
};
use tokio_util::sync::CancellationToken;

/// How often it is looked whether anything waits, when nobody says so.
const LOOK: Duration = Duration::from_secs(1);

/// How long after the first word of news it is looked: arrivals come many a second, and each look asks the index.
const REST: Duration = Duration::from_millis(50);

/// What gives workers to queues.
pub(super) struct Dispatcher {
    parts: Arc<Parts>,
    troubles: Troubles,
    now: Arc<Notify>,
    workers: JoinSet<()>,
    busy: HashMap<Id, AeTitle>,
}

impl Dispatcher {
    pub(super) fn new(parts: Arc<Parts>, troubles: Troubles, now: Arc<Notify>) -> Self {
        Self { parts, troubles, now, workers: JoinSet::new(), busy: HashMap::new() }
    }

    /// Until told to stop, and until all workers have heard that.
    pub(super) async fn run(mut self, stop: CancellationToken) {
        let (parts, now) = (Arc::clone(&self.parts), Arc::clone(&self.now));
        while !stop.is_cancelled() {
            // from before the look, so that nothing is missed that is written meanwhile
            let mut written = pin!(parts.written.notified());
            written.as_mut().enable();
            if let Err(error) = self.dispatch(&stop).await {
                tracing::warn!(why = in_one_line(&error), "whether copies wait cannot be known");
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = async { written.await; tokio::time::sleep(REST).await } => {}
                () = now.notified() => {}
                Some(ended) = self.workers.join_next_with_id() => self.ended(ended),
                () = tokio::time::sleep(LOOK) => {}
            }
        }
        while self.workers.join_next().await.is_some() {}
    }

    fn ended(&mut self, ended: Result<(Id, ()), JoinError>) {
        let id = ended.as_ref().map_or_else(JoinError::id, |(id, ())| *id);
        self.busy.remove(&id);
    }

    async fn dispatch(&mut self, stop: &CancellationToken) -> Result<(), Error> {
        let permit: Permit<Overview> = decide(&Principal::Service("forwarding"), Object::Region)?;
        for title in self.parts.routes.destinations(&permit).await? {
            if self.parts.peers.by_title(&title).is_none() || self.busy.values().any(|busy| *busy == title) {
                continue;
            }
            let (parts, troubles, now) = (Arc::clone(&self.parts), self.troubles.clone(), Arc::clone(&self.now));
            let worker = Worker { parts, title: title.clone(), troubles, now };
            let started = self.workers.spawn(worker.run(stop.clone()));
            self.busy.insert(started.id(), title);
        }
        Ok(())
    }
}
