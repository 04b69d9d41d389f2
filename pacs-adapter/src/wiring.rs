//! The only place where the adapter's implementations are chosen and rooms are put together.

mod deposits;
mod old_archive;
mod renderer;
mod routing;
mod secret;
mod ways_in;

pub use old_archive::crawler;
use routing::ruled;
pub use routing::{forwarding, peers, rule_book, rule_book_of, rules};

use crate::{
    config::Config,
    holding::BySender,
    notes::{Notes, Noting},
    rules::RuleBook,
};
use anyhow::{Context, Result};
use archive::{Archive, Committer, Holding, Ingest, Parts, People, Witness};
use audit_log::AuditLog;
use blob_store::{Bounded, Checked, Disk, DiskDerived};
use catalog::Sqlite;
use daemon::now_ms;
use imaging_domain::SiteId;
use std::{
    fs::{File, OpenOptions, TryLockError},
    path::Path,
    sync::Arc,
};
use tokio::sync::Notify;

/// SQLite connections that read.
const READERS: usize = 4;
/// The most bytes of thumbnails a hospital keeps.
const MAX_THUMBNAIL_BYTES: u64 = 256 << 20;

/// The most bytes of series' headers in compact form: a third of a kilobyte for each image.
const MAX_HEADER_BYTES: u64 = 4 << 30;

/// The subcommand that makes this program, or one that carries it, a worker.
const DECODE_WORKER: &str = "decode-worker";

/// An adapter put together.
pub struct Adapter {
    /// The use cases of images.
    pub archive: Archive,
    /// What lets people and machines of the hospital store by DICOMweb.
    pub holding: Holding,
    /// The way in, of which no notes are taken: for what was noted.
    pub ingest: Ingest,
    /// What ends every arrival, and deletes.
    pub committer: Committer,
    /// What is done with what comes.
    pub rules: RuleBook,
    /// The way in, of which notes are taken.
    pub sink: Ingest,
    /// The way in of what comes by DIMSE: where the PACS keeps the images, what it sends goes into the cache.
    pub received: BySender<Ingest>,
    /// The way in of what the old archive gives, of which notes are taken.
    pub crawled: Ingest,
    /// Where the PACS keeps the images: where is noted what it says it has.
    pub learning: Option<Committer>,
    /// Whose adapter it is.
    pub site: SiteId,
    /// Where the images lie.
    pub blobs: Arc<Disk>,
    /// What says whether there may be more of them.
    pub bounded: Bounded,
    /// Where images lie that the old archive keeps.
    pub cache: Option<Arc<Disk>>,
    /// What is noted of arrivals.
    pub notes: Arc<Notes>,
    /// Who signs in at the LAN's door.
    pub people: People,
    /// The index, which is also the feed.
    pub index: Arc<Sqlite>,
    /// Told whenever the feed grew.
    pub written: Arc<Notify>,
    /// The audit log.
    pub audit: AuditLog,
    /// Held as long as this process owns the folder.
    _lock: File,
}

/// The folder's lock; `None` when another process has it.
///
/// # Errors
/// When the folder cannot be written.
pub fn lock(dir: &Path) -> Result<Option<File>> {
    std::fs::create_dir_all(dir).context("the folder cannot be made")?;
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(dir.join("lock"))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error.into()),
    }
}

/// The index in the configured folder.
///
/// # Errors
/// When it cannot be opened.
pub fn index(config: &Config) -> Result<Arc<Sqlite>> {
    let index = catalog::Config { path: config.dir.join("index.sqlite"), readers: READERS };
    Ok(Arc::new(Sqlite::open(&index).context("the index cannot be opened")?))
}

/// The audit chain of the command line, which is not the daemon's: a chain has one writer.
///
/// # Errors
/// When it cannot be opened.
pub fn command_audit(config: &Config, site: &SiteId) -> Result<AuditLog> {
    audit(config, site, "command")
}

fn audit(config: &Config, site: &SiteId, program: &str) -> Result<AuditLog> {
    let dir = config.dir.join("audit");
    std::fs::create_dir_all(&dir).context("the audit log's folder cannot be made")?;
    let chain = audit_log::Config { path: dir.join(format!("{program}.jsonl")) };
    AuditLog::open(&chain, site.as_str(), now_ms).context("the audit log cannot be opened")
}

/// Where the images lie.
fn images(config: &Config) -> Result<Arc<Disk>> {
    let disk = blob_store::Config { dir: config.dir.join("images"), reserve_bytes: config.reserve_bytes };
    Ok(Arc::new(Disk::open(&disk).context("the images cannot be opened")?))
}

/// What the use cases are made of, images kept.
fn parts(config: &Config, index: &Arc<Sqlite>, audit: &AuditLog, bounded: &Bounded) -> Result<Parts> {
    let derived = DiskDerived::open_remembering(&config.dir.join("thumbnails"), MAX_THUMBNAIL_BYTES);
    let compact = DiskDerived::open(&config.dir.join("headers"), MAX_HEADER_BYTES);
    Ok(Parts {
        index: index.clone(),
        readiness: index.clone(),
        registry: index.clone(),
        blobs: Arc::new(Checked::new(Arc::new(bounded.clone()))),
        derived: Arc::new(derived.context("the thumbnails cannot be opened")?),
        compact: Arc::new(compact.context("the headers in compact form cannot be opened")?),
        remote: None,
        audit: audit.clone(),
        renderer: renderer::renderer()?,
        pseudonyms: secret::pseudonyms(config)?,
        clock: now_ms,
    })
}

/// Puts an adapter together. Must be called inside the runtime that is to carry it.
///
/// # Errors
/// When a store cannot be opened.
pub fn assemble(config: &Config, site: &SiteId, lock: File) -> Result<Adapter> {
    let dir = &config.dir;
    let index = index(config)?;
    let audit = audit(config, site, "pacs-adapter")?;
    let disk = images(config)?;
    let bounded = Bounded::new(Disk::clone(&disk), config.marks());
    let parts = parts(config, &index, &audit, &bounded)?;
    let written = Arc::new(Notify::new());
    let committer = Committer::start(parts.clone(), site.clone(), Arc::clone(&written));
    let book = rule_book(config)?;
    let ingest = ruled(Ingest::new(committer.clone()), &book);
    let notes = Arc::new(Notes::open(dir, index.clone(), now_ms)?);
    let noting: Arc<dyn Witness> = Arc::new(Noting(Arc::clone(&notes)));
    let sink = ingest.clone().witnessed(Arc::clone(&noting));
    let here = old_archive::Here { parts: &parts, index: &index, site, noting: &noting, written: &written };
    let ways = ways_in::ways_in(config, &here, (&committer, &book), &sink)?;
    let people = People { accounts: index.clone(), audit: audit.clone(), clock: now_ms };
    Ok(Adapter {
        rules: book,
        holding: deposits::holding(&parts, site, &sink),
        archive: Archive::new(ways.reading),
        received: ways.received,
        crawled: ways.crawled,
        learning: ways.learning,
        site: site.clone(),
        cache: ways.cache,
        blobs: disk,
        bounded,
        notes,
        ingest,
        committer,
        sink,
        people,
        index,
        written,
        audit,
        _lock: lock,
    })
}
