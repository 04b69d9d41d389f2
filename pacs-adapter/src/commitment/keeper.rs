//! The one who looks after transactions until their reports are taken.

use super::{
    delivery::Reports,
    folder::{self, Folder},
    transaction::Transaction,
};
use crate::services::Outbox;
use archive::{Archive, Claimed, Safekeeping};
use daemon::now_ms;
use dimse::Status;
use imaging_domain::Principal;
use std::{
    collections::HashMap,
    io,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{
    sync::{Notify, Semaphore},
    task::spawn_blocking,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// Transactions that are not ended; further ones are refused.
const MAX_OPEN: usize = 1000;
/// Transactions that are looked at, or reported, at once.
const AT_ONCE: usize = 4;

/// One that is not ended.
#[derive(Default)]
struct Open {
    /// Wakes the one who looks after it.
    woken: Notify,
    /// Where it was asked for last, until a report was sent there.
    outbox: Mutex<Option<Outbox>>,
}

/// The transactions of an adapter. Cheap to clone.
#[derive(Clone)]
pub struct Commitments(Arc<Inner>);

struct Inner {
    folder: Folder,
    archive: Archive,
    reports: Reports,
    /// Those that are not ended, by the names of their files.
    open: Mutex<HashMap<String, Arc<Open>>>,
    at_once: Semaphore,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Commitments {
    /// Those of a folder; goes on with what is there until `stop`.
    ///
    /// # Errors
    /// When the folder cannot be used.
    pub fn open(dir: PathBuf, archive: Archive, reports: Reports, stop: CancellationToken) -> io::Result<Self> {
        let folder = Folder::open(dir)?;
        let names = folder.names()?;
        let (open, at_once, tasks) = (Mutex::default(), Semaphore::new(AT_ONCE), TaskTracker::new());
        let this = Self(Arc::new(Inner { folder, archive, reports, open, at_once, stop, tasks }));
        for name in names {
            this.look_after(name, None);
        }
        Ok(this)
    }

    /// The transactions that are not ended, the oldest first: those whose report nobody has taken yet, and those given up.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub async fn list(&self) -> io::Result<Vec<Transaction>> {
        let folder = self.0.folder.clone();
        spawn_blocking(move || folder.all()).await.map_err(io::Error::other)?
    }

    /// Tries all of them at once, also those given up.
    pub fn retry(&self) {
        locked(&self.0.open).values().for_each(|open| open.woken.notify_one());
    }

    /// Writes a request down and begins to look after it; the status of N-ACTION.
    pub(crate) async fn accept(&self, transaction: Transaction, outbox: Option<Outbox>) -> Status {
        let transaction = Transaction { asked_ms: now_ms(), ..transaction };
        let name = folder::name(&transaction);
        if locked(&self.0.open).len() >= MAX_OPEN {
            return Status::RESOURCE_LIMITATION;
        }
        match self.written_down(&name, transaction).await {
            Ok(false) => Status::INVALID_ARGUMENT_VALUE,
            Ok(true) => {
                self.look_after(name, outbox);
                Status::SUCCESS
            }
            Err(error) => {
                tracing::warn!(%error, "a commitment cannot be written down");
                Status::PROCESSING_FAILURE
            }
        }
    }

    /// Whether it is; it is not when the peer asked for others under the same Transaction UID, which is not ended.
    async fn written_down(&self, name: &str, transaction: Transaction) -> io::Result<bool> {
        if locked(&self.0.open).contains_key(name) {
            let (folder, file) = (self.0.folder.clone(), name.to_owned());
            let there = spawn_blocking(move || folder.read(&file)).await.map_err(io::Error::other)?;
            // it may have ended just now
            if let Ok(there) = there {
                return Ok(there.instances == transaction.instances);
            }
        }
        self.write(name, transaction).await?;
        Ok(true)
    }

    async fn write(&self, name: &str, transaction: Transaction) -> io::Result<()> {
        let (folder, name) = (self.0.folder.clone(), name.to_owned());
        let writing = spawn_blocking(move || folder.write(&name, &transaction));
        writing.await.map_err(io::Error::other)?
    }

    /// In a task of its own; one that is looked after already is woken.
    fn look_after(&self, name: String, outbox: Option<Outbox>) {
        let mut all = locked(&self.0.open);
        let is_new = !all.contains_key(&name);
        let open = Arc::clone(all.entry(name.clone()).or_default());
        drop(all);
        *locked(&open.outbox) = outbox;
        if !is_new {
            return open.woken.notify_one();
        }
        let (this, stop) = (self.clone(), self.0.stop.clone());
        self.0.tasks.spawn(async move {
            stop.run_until_cancelled(this.until_taken(&name, &open)).await;
            locked(&this.0.open).remove(&name);
        });
    }

    async fn until_taken(&self, name: &str, open: &Open) {
        loop {
            let outbox = locked(&open.outbox).take();
            let pause = match self.attempt(name, outbox).await {
                Ok(None) => return,
                Ok(Some(pause)) => pause,
                Err(error) => {
                    tracing::warn!(%error, "a commitment cannot be looked after now");
                    Duration::from_secs(self.0.reports.config.longest_retry_s.max(1))
                }
            };
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = open.woken.notified() => {}
            }
        }
    }

    /// Looks at the instances if nobody has yet, and reports; how long to wait before the next attempt, or `None` at the end.
    async fn attempt(&self, name: &str, outbox: Option<Outbox>) -> anyhow::Result<Option<Duration>> {
        let _turn = self.0.at_once.acquire().await?;
        let (folder, file) = (self.0.folder.clone(), name.to_owned());
        let mut transaction = spawn_blocking(move || folder.read(&file)).await??;
        if transaction.failures.is_none() {
            transaction.failures = Some(self.looked_at(&transaction).await?);
            self.write(name, transaction.clone()).await?;
        }
        let Err(why) = self.0.reports.send(&transaction, outbox).await else {
            let (folder, file) = (self.0.folder.clone(), name.to_owned());
            spawn_blocking(move || folder.remove(&file)).await??;
            metrics::counter!("dimse_commitment_reports_total", "outcome" => "taken").increment(1);
            return Ok(None);
        };
        metrics::counter!("dimse_commitment_reports_total", "outcome" => "not taken").increment(1);
        tracing::info!(ae = %transaction.ae, transaction = %transaction.uid, why, "the report of a commitment was not taken");
        transaction.attempts += 1;
        transaction.last_failure = why;
        let config = &self.0.reports.config;
        transaction.given_up = now_ms() - transaction.asked_ms > config.give_up_after_ms();
        let (attempts, given_up) = (transaction.attempts, transaction.given_up);
        self.write(name, transaction).await?;
        // one that is given up waits until it is told
        Ok(Some(if given_up { Duration::from_secs(u64::from(u32::MAX)) } else { config.pause(attempts) }))
    }

    async fn looked_at(&self, transaction: &Transaction) -> Result<Vec<(usize, u16)>, archive::Error> {
        let who = Principal::Service("storage commitment");
        let claimed: Vec<Claimed> = transaction.instances.iter().map(Claimed::from).collect();
        let found = self.0.archive.safekeeping(&who, &claimed).await?;
        let failures = found.into_iter().map(Safekeeping::failure_reason).enumerate();
        Ok(failures.filter_map(|(at, reason)| Some((at, reason?))).collect())
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
