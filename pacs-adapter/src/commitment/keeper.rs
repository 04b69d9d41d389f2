//! The one who looks after transactions until their reports are taken.

use super::{
    delivery::Reports,
    folder::{self, Folder},
    open::{Open, locked},
    room::has_room,
    transaction::Transaction,
    turns::Turns,
    unreported::by_title,
};
use crate::services::Outbox;
use archive::Archive;
use daemon::now_ms;
use dimse::Status;
use imaging_domain::AeTitle;
use std::{
    collections::HashMap,
    io,
    path::PathBuf,
    sync::{Arc, Mutex},
};
use tokio::task::spawn_blocking;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use viewer_api::Unreported;

/// The transactions of an adapter. Cheap to clone.
#[derive(Clone)]
pub struct Commitments(pub(super) Arc<Inner>);

pub(super) struct Inner {
    pub(super) folder: Folder,
    pub(super) archive: Archive,
    pub(super) reports: Reports,
    /// Those that are not ended, by the names of their files.
    pub(super) open: Mutex<HashMap<String, Arc<Open>>>,
    pub(super) turns: Turns,
    pub(super) stop: CancellationToken,
    pub(super) tasks: TaskTracker,
}

impl Commitments {
    /// Those of a folder; goes on with what is there until `stop`.
    ///
    /// # Errors
    /// When the folder cannot be used.
    pub fn open(dir: PathBuf, archive: Archive, reports: Reports, stop: CancellationToken) -> io::Result<Self> {
        let folder = Folder::open(dir)?;
        let names = folder.names()?;
        let (open, turns, tasks) = (Mutex::default(), Turns::new(), TaskTracker::new());
        let this = Self(Arc::new(Inner { folder, archive, reports, open, turns, stop, tasks }));
        for name in names {
            match this.0.folder.read(&name) {
                Ok(transaction) => drop(this.look_after(&transaction, None)),
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
        self.in_vain(ae, |open| open.woken.notify_one())
    }

    /// Forgets the reports that could not be given to a peer, or to any; says how many. Whoever asked knows nothing then, keeps
    /// what it has, and may ask again.
    pub fn forget(&self, ae: Option<&AeTitle>) -> usize {
        self.in_vain(ae, |open| open.forgotten.cancel())
    }

    /// While nobody asks for one of them again.
    fn in_vain(&self, ae: Option<&AeTitle>, what: impl Fn(&Open)) -> usize {
        let all = locked(&self.0.open);
        let of_it = all.values().filter(|open| ae.is_none_or(|ae| *ae == open.ae));
        of_it.filter(|open| locked(&open.vain).is_some()).map(|open| what(open)).count()
    }

    /// Writes a request down and begins to look after it; the status of N-ACTION.
    pub(crate) async fn accept(&self, transaction: Transaction, outbox: Option<Outbox>) -> Status {
        let transaction = Transaction { asked_ms: now_ms(), ..transaction };
        if !self.has_room(&transaction) {
            return Status::RESOURCE_LIMITATION;
        }
        match self.written_down(&transaction).await {
            Ok(false) => Status::INVALID_ARGUMENT_VALUE,
            Ok(true) if self.look_after(&transaction, outbox) => Status::SUCCESS,
            // it is being forgotten: it can be asked for again when it is
            Ok(true) => Status::PROCESSING_FAILURE,
            Err(error) => {
                tracing::warn!(%error, "a commitment cannot be written down");
                Status::PROCESSING_FAILURE
            }
        }
    }

    fn has_room(&self, transaction: &Transaction) -> bool {
        let all = locked(&self.0.open);
        all.contains_key(&folder::name(transaction)) || has_room(&transaction.ae, all.values())
    }

    /// Whether it is; it is not when the peer asked for others under the same Transaction UID, which is not ended.
    async fn written_down(&self, transaction: &Transaction) -> io::Result<bool> {
        let name = folder::name(transaction);
        if locked(&self.0.open).contains_key(&name) {
            // it may have ended just now
            if let Ok(there) = self.read(&name).await {
                return Ok(there.instances == transaction.instances);
            }
        }
        self.write(&name, transaction.clone()).await?;
        Ok(true)
    }

    pub(super) async fn read(&self, name: &str) -> io::Result<Transaction> {
        let (folder, name) = (self.0.folder.clone(), name.to_owned());
        spawn_blocking(move || folder.read(&name)).await.map_err(io::Error::other)?
    }

    pub(super) async fn write(&self, name: &str, transaction: Transaction) -> io::Result<()> {
        let (folder, name) = (self.0.folder.clone(), name.to_owned());
        let writing = spawn_blocking(move || folder.write(&name, &transaction));
        writing.await.map_err(io::Error::other)?
    }

    pub(super) async fn remove(&self, name: &str) -> io::Result<()> {
        let (folder, name) = (self.0.folder.clone(), name.to_owned());
        spawn_blocking(move || folder.remove(&name)).await.map_err(io::Error::other)?
    }
}
