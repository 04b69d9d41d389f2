//! How many arrivals are on their way into the index: what costs the disk as much for one as for all waits a moment for them.

use crate::committer::{Job, MAX_GROUP};
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};
use tokio::{sync::mpsc, time::timeout};

/// How long a group waits for those that are being published.
const PATIENCE: Duration = Duration::from_millis(2);

/// The count of a committer. Clones share it.
#[derive(Clone, Default)]
pub(crate) struct Underway(Arc<AtomicUsize>);

/// One of them, until it is dropped.
pub(crate) struct Counted(Underway);

impl Underway {
    /// Counts one more; says how many there are with it.
    pub(crate) fn one_more(&self) -> (Counted, usize) {
        let before = self.0.fetch_add(1, Relaxed);
        (Counted(self.clone()), before + 1)
    }

    /// Gathers until half of them are here. One that is alone waits for nobody.
    pub(crate) async fn gather(&self, queue: &mut mpsc::Receiver<Job>, group: &mut Vec<Job>) {
        let half = async {
            while group.len() < MAX_GROUP && group.len() * 2 < self.0.load(Relaxed) {
                if queue.recv_many(group, MAX_GROUP - group.len()).await == 0 {
                    return;
                }
            }
        };
        // those that did not come in time are of the next group
        let _ = timeout(PATIENCE, half).await;
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Relaxed);
    }
}
