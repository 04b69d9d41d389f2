//! The one who looks after transactions until their reports are taken.

use super::{
    delivery::Reports,
    folder::{self, Folder},
    open::{Open, locked},
    transaction::Transaction,
    unreported::{Vain, by_title},
};
use crate::services::Outbox;
use archive::{Archive, Claimed, Safekeeping};
use daemon::now_ms;
use dimse::Status;
use imaging_domain::{AeTitle, Principal};
use std::{
    collections::HashMap,
    io,
    path::PathBuf,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{sync::Semaphore, task::spawn_blocking};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use viewer_api::Unreported;

/// Transactions that are not ended; further ones are refused.
const MAX_OPEN: usize = 1000;
/// The same of one peer.
const MAX_OPEN_OF_ONE: usize = 500;
/// Transactions that are looked at, or reported, at once.
const AT_ONCE: usize = 4;

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
            match this.0.folder.read(&name) {
                Ok(transaction) => this.look_after(&transaction, None),
                Err(error) => tracing::warn!(%error, name, "a request of storage commitment cannot be read"),
            }
        }
        Ok(this)
    }

    /// Whom reports could not be given, by title.
    pub fn unreported(&self) -> Vec<Unreported> {
        by_title(locked(&self.0.open).values().filter_map(|open| {
            let vain = locked(&open.vain).clone()?;
            Some((open.ae.clone(), open.asked_ms, vain))
        }))
    }

    /// Tries the reports that could not be given to a peer, or to any, at once, also those given up; says how many.
    pub fn retry(&self, ae: Option<&AeTitle>) -> usize {
        let all = locked(&self.0.open);
        let vain = all.values().filter(|open| locked(&open.vain).is_some());
        vain.filter(|open| ae.is_none_or(|ae| *ae == open.ae)).map(|open| open.woken.notify_one()).count()
    }

    /// Writes a request down and begins to look after it; the status of N-ACTION.
    pub(crate) async fn accept(&self, transaction: Transaction, outbox: Option<Outbox>) -> Status {
        let transaction = Transaction { asked_ms: now_ms(), ..transaction };
        if !self.has_room(&transaction) {
            return Status::RESOURCE_LIMITATION;
        }
        match self.written_down(&transaction).await {
            Ok(false) => Status::INVALID_ARGUMENT_VALUE,
            Ok(true) => {
                self.look_after(&transaction, outbox);
                Status::SUCCESS
            }
            Err(error) => {
                tracing::warn!(%error, "a commitment cannot be written down");
                Status::PROCESSING_FAILURE
            }
        }
    }

    /// Whether one more may be open: a peer whom nobody can tell anything takes no room from the others.
    fn has_room(&self, transaction: &Transaction) -> bool {
        let all = locked(&self.0.open);
        let of_it = all.values().filter(|open| open.ae == transaction.ae).count();
        all.contains_key(&folder::name(transaction)) || all.len() < MAX_OPEN && of_it < MAX_OPEN_OF_ONE
    }

    /// Whether it is; it is not when the peer asked for others under the same Transaction UID, which is not ended.
    async fn written_down(&self, transaction: &Transaction) -> io::Result<bool> {
        let name = folder::name(transaction);
        if locked(&self.0.open).contains_key(&name) {
            let (folder, file) = (self.0.folder.clone(), name.clone());
            let there = spawn_blocking(move || folder.read(&file)).await.map_err(io::Error::other)?;
            // it may have ended just now
            if let Ok(there) = there {
                return Ok(there.instances == transaction.instances);
            }
        }
        self.write(&name, transaction.clone()).await?;
        Ok(true)
    }

    async fn write(&self, name: &str, transaction: Transaction) -> io::Result<()> {
        let (folder, name) = (self.0.folder.clone(), name.to_owned());
        let writing = spawn_blocking(move || folder.write(&name, &transaction));
        writing.await.map_err(io::Error::other)?
    }

    /// In a task of its own; one that is looked after already is woken.
    fn look_after(&self, transaction: &Transaction, outbox: Option<Outbox>) {
        let name = folder::name(transaction);
        let mut all = locked(&self.0.open);
        let is_new = !all.contains_key(&name);
        let open = Arc::clone(all.entry(name.clone()).or_insert_with(|| Arc::new(Open::of(transaction))));
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
            let pause = match self.attempt(name, open, outbox).await {
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
    async fn attempt(&self, name: &str, open: &Open, outbox: Option<Outbox>) -> anyhow::Result<Option<Duration>> {
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
        *locked(&open.vain) = Some(Vain { why: transaction.last_failure.clone(), given_up });
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
