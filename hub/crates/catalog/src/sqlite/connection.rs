//! The connections: one that writes, several that read, all of them used on blocking threads only.

use super::{fault::Fault, names, schema};
use crate::{config::Config, error::Error};
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};
use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::Instant,
};

/// How long one reading may take before it is given up.
pub(super) const READ_LIMIT: Duration = Duration::from_secs(2);
/// The same for what counts over all of an archive.
pub(super) const COUNT_LIMIT: Duration = Duration::from_secs(60);
/// How long a connection waits for another process that has the database.
const BUSY: Duration = Duration::from_secs(10);
/// Virtual machine steps between two looks at the clock.
const STEPS_PER_LOOK: i32 = 5000;
/// Pages in the log at which they go into the database, which whoever commits waits for: 32 MiB. Of a page that many commits
/// changed only the last is written there.
const CHECKPOINT_PAGES: i64 = 8192;
/// Statements that each connection keeps prepared.
const STATEMENTS: usize = 128;

/// The writer, and the readers that wait for work.
#[derive(Clone)]
pub(super) struct Connections {
    // An async mutex, held across the blocking call: who waits for the writer waits without a thread, in turn.
    writer: Arc<tokio::sync::Mutex<Connection>>,
    readers: Arc<Readers>,
    permits: Arc<Semaphore>,
    read_limit: Duration,
}

struct Readers(Mutex<Vec<Connection>>);

/// A reader in use. It goes back however the reading ends, also when nobody waits for it any more.
struct Lease {
    connection: Option<Connection>,
    readers: Arc<Readers>,
    _permit: OwnedSemaphorePermit,
}

impl Connections {
    pub(super) fn open(config: &Config, read_limit: Duration) -> Result<Self, Fault> {
        private_file(&config.path).map_err(|error| Fault::Stored(error.into()))?;
        let mut writer = Connection::open(&config.path)?;
        configure(&writer, -64 * 1024)?;
        writer.pragma_update(None, "journal_mode", "wal")?;
        writer.pragma_update(None, "synchronous", "full")?;
        writer.pragma_update(None, "journal_size_limit", 64 * 1024 * 1024)?;
        writer.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?;
        schema::migrate(&mut writer)?;
        let count = config.readers.clamp(1, 64);
        let readers = (0..count).map(|_| reader(&config.path)).collect::<Result<Vec<_>, _>>()?;
        Ok(Self {
            writer: Arc::new(tokio::sync::Mutex::new(writer)),
            readers: Arc::new(Readers(Mutex::new(readers))),
            permits: Arc::new(Semaphore::new(count)),
            read_limit,
        })
    }

    /// Runs `work` in one reading transaction: all it sees is of one moment.
    pub(super) async fn read<T, F>(&self, doing: &'static str, work: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, Fault> + Send + 'static,
    {
        self.read_within(self.read_limit, doing, work).await
    }

    /// The same for what counts over millions of rows, and is asked for seldom.
    pub(super) async fn read_within<T, F>(&self, limit: Duration, doing: &'static str, work: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, Fault> + Send + 'static,
    {
        let stopped = |error| Error::Database { doing, source: Box::new(error) };
        let permit = Arc::clone(&self.permits).acquire_owned().await.map_err(stopped)?;
        let mut lease = Lease::take(&self.readers, permit).map_err(|fault| fault.doing(doing))?;
        let work = move || lease.read(limit, work);
        let stopped = |error| Error::Database { doing, source: Box::new(error) };
        tokio::task::spawn_blocking(work).await.map_err(stopped)?.map_err(|fault| fault.doing(doing))
    }

    /// Runs `work` in one writing transaction; it is durable when this returns `Ok`.
    pub(super) async fn write<T, F>(&self, doing: &'static str, work: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction<'_>) -> Result<T, Fault> + Send + 'static,
    {
        let mut writer = Arc::clone(&self.writer).lock_owned().await;
        let work = move || -> Result<T, Fault> {
            // Immediate: a counter that was read cannot be changed by another process before it is written.
            let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let out = work(&transaction)?;
            transaction.commit()?;
            Ok(out)
        };
        let stopped = |error| Error::Database { doing, source: Box::new(error) };
        tokio::task::spawn_blocking(work).await.map_err(stopped)?.map_err(|fault| fault.doing(doing))
    }
}

impl Lease {
    /// There are as many permits as connections, so there is one.
    fn take(readers: &Arc<Readers>, permit: OwnedSemaphorePermit) -> Result<Self, Fault> {
        let connection = readers.0.lock().unwrap_or_else(PoisonError::into_inner).pop();
        match connection {
            Some(_) => Ok(Self { connection, readers: Arc::clone(readers), _permit: permit }),
            None => Err(Fault::Stored("no connection is free".into())),
        }
    }

    fn read<T>(&mut self, limit: Duration, work: impl FnOnce(&Connection) -> Result<T, Fault>) -> Result<T, Fault> {
        let Some(connection) = &mut self.connection else {
            return Err(Fault::Stored("no connection is free".into()));
        };
        let deadline = Instant::now() + limit;
        connection.progress_handler(STEPS_PER_LOOK, Some(move || Instant::now() >= deadline))?;
        let transaction = connection.transaction()?;
        let out = work(&transaction)?;
        transaction.finish()?;
        Ok(out)
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            self.readers.0.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        }
    }
}

fn reader(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    configure(&connection, -16 * 1024)?;
    connection.pragma_update(None, "query_only", true)?;
    Ok(connection)
}

/// `cache` is negative kibibytes, as the pragma has it.
fn configure(connection: &Connection, cache: i64) -> rusqlite::Result<()> {
    connection.busy_timeout(BUSY)?;
    names::define(connection)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.pragma_update(None, "cache_size", cache)?;
    connection.pragma_update(None, "mmap_size", 256 * 1024 * 1024)?;
    connection.pragma_update(None, "temp_store", "memory")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "trusted_schema", false)
}

/// The file holds patients' names: nobody but its owner reads it. SQLite gives the log the mode of the database.
fn private_file(path: &Path) -> std::io::Result<()> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.sync_all()?;
    // The file's name must survive a power loss as well as its content.
    #[cfg(unix)]
    if let Some(folder) = path.parent() {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        std::fs::File::open(folder)?.sync_all()?;
    }
    Ok(())
}
