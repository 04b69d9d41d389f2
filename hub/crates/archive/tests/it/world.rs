//! An archive of real parts in a folder of its own, at a hospital or at the hub.

use crate::{
    faulty::{Blobs, Gate, Index},
    remote::Region,
};
use access_control::{Action, Object, Permit, decide};
use archive::{Archive, Committer, Error, File, Framing, Ingest, Outcome, Parts, Pseudonyms, Remote, Wanted};
use audit_log::{AuditLog, Line, Lines, Outcome as AuditOutcome, What};
use blob_store::{Checked, Config as BlobConfig, Disk, DiskDerived};
use bytes::Bytes;
use catalog::{Arrival, ChangeFeed, Config, InstanceCopies, Scope, Sqlite, StudyIndex};
use futures_util::{StreamExt, TryStreamExt};
use imaging_domain::{AeTitle, Digest, Instance, Principal, Role, SiteId};
use rendering::Renderer;
use std::{
    net::Ipv4Addr,
    path::{Path, PathBuf},
    sync::{Arc, atomic::AtomicBool},
};
use tempfile::TempDir;
use tokio::sync::Notify;

/// Milliseconds since 1970 UTC at which everything happens.
pub const NOW_MS: i64 = 1_700_000_000_000;

pub struct World {
    pub archive: Archive,
    pub ingest: Ingest,
    pub committer: Committer,
    pub index: Arc<Index>,
    pub blobs: Arc<Blobs>,
    /// What the audit log holds.
    pub lines: Lines,
    pub audit: AuditLog,
    /// Notified when the feed grew.
    pub written: Arc<Notify>,
    pub folder: TempDir,
}

impl World {
    /// A hospital: everything it knows is here.
    pub fn hospital() -> Self {
        Self::new(None)
    }

    /// The hub of a region.
    pub fn hub(region: Arc<Region>) -> Self {
        Self::new(Some(region))
    }

    fn new(remote: Option<Arc<dyn Remote>>) -> Self {
        Self::in_folder(tempfile::tempdir().unwrap(), remote)
    }

    /// The hub again, after it was stopped.
    pub fn started_again(self, region: Arc<Region>) -> Self {
        let Self { folder, .. } = self;
        Self::in_folder(folder, Some(region))
    }

    fn in_folder(folder: TempDir, remote: Option<Arc<dyn Remote>>) -> Self {
        let path = |name| folder.path().join(name);
        let real = Sqlite::open(&Config { path: path("index.db"), readers: 2 }).unwrap();
        let index = Arc::new(Index { real: real.clone(), commits: Gate::default(), fails: AtomicBool::new(false) });
        let blobs = Arc::new(Blobs {
            real: Disk::open(&BlobConfig { dir: path("blobs"), reserve_bytes: 0 }).unwrap(),
            opens: Gate::default(),
            publishes: Gate::default(),
            stage_fails: AtomicBool::new(false),
            publish_fails: AtomicBool::new(false),
        });
        let (audit, lines) = AuditLog::memory(|| NOW_MS);
        let parts = Parts {
            index: index.clone(),
            readiness: Arc::new(real.clone()),
            registry: Arc::new(real),
            blobs: Arc::new(Checked::new(blobs.clone())),
            derived: Arc::new(DiskDerived::open(&path("derived"), 1 << 20).unwrap()),
            compact: Arc::new(DiskDerived::open(&path("compact"), 1 << 20).unwrap()),
            remote,
            audit: audit.clone(),
            renderer: Renderer::new(1, 4).unwrap(),
            pseudonyms: Pseudonyms::new(&[7; 32]),
            clock: || NOW_MS,
        };
        let written = Arc::new(Notify::new());
        let committer = Committer::start(parts.clone(), site("here"), written.clone());
        let ingest = Ingest::new(committer.clone());
        Self { archive: Archive::new(parts), ingest, committer, index, blobs, lines, audit, written, folder }
    }

    /// Takes a file in, in pieces that cut elements.
    pub async fn take(&self, file: &Bytes) -> Result<Outcome, Error> {
        take(&self.ingest, Framing::File, file).await
    }

    /// What the index has of a scope.
    pub async fn copies(&self, scope: &Scope) -> Vec<InstanceCopies> {
        self.index.instances(&permit(), scope, None, 100).await.unwrap()
    }

    /// Number of the last line of the own feed.
    pub async fn last_number(&self) -> u64 {
        self.index.real.last_number(&permit(), &site("here")).await.unwrap()
    }

    /// Puts into the index, without bytes, what sites hold.
    pub async fn tell(&self, sites: &[&str], instance: &Instance) {
        for name in sites {
            let arrival = Arrival::new(site(name), instance.clone());
            self.index.real.commit(&permit(), vec![arrival]).await.unwrap();
        }
    }

    /// The files of a scope, whole, or the first thing that went wrong.
    pub async fn files(&self, scope: &Scope) -> Result<Vec<Bytes>, Error> {
        self.files_in(scope, Wanted::STORED).await
    }

    /// The same in a form.
    pub async fn files_in(&self, scope: &Scope, wanted: Wanted) -> Result<Vec<Bytes>, Error> {
        let given = self.archive.retrieve(&radiologist(), scope, Arc::new(move |_| Ok(wanted))).await?;
        given.files.and_then(whole).try_collect().await
    }

    /// Where the store keeps the bytes of a digest.
    pub fn blob_path(&self, digest: &Digest) -> PathBuf {
        let name = digest.to_string();
        self.folder.path().join("blobs/blobs").join(&name[..2]).join(&name)
    }

    /// The files of headers in compact form.
    pub fn compact_forms(&self) -> Vec<PathBuf> {
        let entries = |path: &Path| std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path());
        entries(&self.folder.path().join("compact")).flat_map(|shard| entries(&shard)).collect()
    }

    /// How many files the store's folder holds, published or not.
    pub fn stored_files(&self) -> usize {
        files_below(&self.folder.path().join("blobs"))
    }

    /// How many instances the audit log says were given.
    pub async fn given(&self) -> u64 {
        self.audit.end_accesses().await.unwrap();
        self.lines.text().lines().map(|text| serde_json::from_str::<Line>(text).unwrap().count).sum()
    }

    /// What the audit log says, the oldest first.
    pub fn events(&self) -> Vec<(What, AuditOutcome, String, Option<String>)> {
        let event = |text: &str| {
            let line: Line = serde_json::from_str(text).unwrap();
            (line.what, line.outcome, line.principal, line.study)
        };
        self.lines.text().lines().map(event).collect()
    }
}

async fn whole(file: File) -> Result<Bytes, Error> {
    let pieces: Vec<Bytes> = file.body.all().try_collect().await?;
    Ok(pieces.concat().into())
}

/// Takes bytes in, in pieces that cut elements.
pub async fn take(ingest: &Ingest, framing: Framing, bytes: &Bytes) -> Result<Outcome, Error> {
    let mut incoming = ingest.begin(&device(), framing).await?;
    let mut pieces = futures_util::stream::iter(bytes.chunks(101));
    while let Some(piece) = pieces.next().await {
        incoming.write(Bytes::copy_from_slice(piece)).await?;
    }
    incoming.finish().await
}

/// An image as a hospital stored it, and the stored file.
pub async fn stored(number: u32, shade: u8) -> (Instance, Bytes) {
    stored_of(number, &crate::files::image(number, shade)).await
}

/// A file as a hospital stored it.
pub async fn stored_of(number: u32, file: &Bytes) -> (Instance, Bytes) {
    let hospital = World::hospital();
    hospital.take(file).await.unwrap();
    let scope = crate::files::one(number);
    let instance = hospital.copies(&scope).await.remove(0).0.remove(0).instance;
    (instance, hospital.files(&scope).await.unwrap().remove(0))
}

pub fn site(name: &str) -> SiteId {
    SiteId::parse(name).unwrap()
}

pub fn permit<A: Action>() -> Permit<A> {
    decide(&Principal::Service("test"), Object::Region).unwrap()
}

/// Who may store.
pub fn device() -> Principal {
    Principal::LocalPeer { ae: AeTitle::parse("CT1").unwrap(), addr: Ipv4Addr::LOCALHOST.into() }
}

/// Who may search and see.
pub fn radiologist() -> Principal {
    Principal::User { name: "li".into(), role: Role::Radiologist }
}

/// Who may see no image.
pub fn operator() -> Principal {
    Principal::User { name: "op".into(), role: Role::Operator }
}

/// How many files there are in a folder and the folders below it.
fn files_below(folder: &Path) -> usize {
    let count = |entry: std::io::Result<std::fs::DirEntry>| {
        let path = entry.unwrap().path();
        if path.is_dir() { files_below(&path) } else { 1 }
    };
    std::fs::read_dir(folder).unwrap().map(count).sum()
}
