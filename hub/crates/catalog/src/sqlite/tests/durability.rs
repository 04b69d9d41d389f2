//! What was answered is there afterwards.

use super::config;
use crate::conformance::sample::{image, numbers, permit, query, site};
use crate::{
    error::Error,
    ports::{Arrival, ChangeFeed, StudyIndex, Totals, Verdict},
    sqlite::Sqlite,
    sqlite::connection::Connections,
};
use imaging_domain::{ErrorKind, Level};
use std::{path::Path, time::Duration};

fn arrivals(study: u32) -> Vec<Arrival> {
    (1..=20).map(|number| Arrival::new(site("a"), image(study, 1, number))).collect()
}

/// A copy of the files while they are open is what a killed process leaves: the log was not checkpointed.
#[tokio::test]
async fn what_was_committed_is_there_without_a_checkpoint() {
    let (folder, left) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let index = Sqlite::open(&config(&folder)).unwrap();
    for study in 1..=5 {
        index.commit(&permit(), arrivals(study)).await.unwrap();
        let copied = ["index.sqlite", "index.sqlite-wal"].map(|name| copy(folder.path(), left.path(), name));
        assert!(copied[1] > 0, "everything was in the database already: the test shows nothing");
        let _ = std::fs::remove_file(left.path().join("index.sqlite-shm"));
        let again = Sqlite::open(&config(&left)).unwrap();
        let totals =
            Totals { studies: study.into(), series: study.into(), instances: 20 * u64::from(study), conflicts: 0 };
        assert_eq!(again.totals(&permit()).await.unwrap(), totals);
        assert_eq!(again.last_number(&permit(), &site("a")).await.unwrap(), 20 * u64::from(study));
    }
    drop(index);
    let again = Sqlite::open(&config(&folder)).unwrap();
    assert_eq!(numbers(&again.search(&permit(), &query(Level::Study, &[])).await.unwrap()).len(), 5);
    assert_eq!(again.commit(&permit(), arrivals(5)).await.unwrap(), [Verdict::Duplicate; 20]);
}

fn copy(from: &Path, to: &Path, name: &str) -> u64 {
    std::fs::copy(from.join(name), to.join(name)).unwrap()
}

#[tokio::test]
async fn a_reading_has_a_limit_and_leaves_its_connection() {
    let folder = tempfile::tempdir().unwrap();
    let connections = Connections::open(&config(&folder), Duration::from_millis(50)).unwrap();
    let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n";
    for _ in 0..5 {
        let error = connections.read("count", move |c| Ok(c.query_row(endless, [], |row| row.get::<_, i64>(0))?)).await;
        let error: Error = error.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unavailable);
    }
    let one = connections.read("count", |c| Ok(c.query_row("SELECT 1", [], |row| row.get::<_, i64>(0))?)).await;
    assert_eq!(one.unwrap(), 1);
}

#[test]
fn what_is_no_index_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let config = config(&folder);
    std::fs::write(&config.path, "this is no database, but it is long enough to be taken for one".repeat(100)).unwrap();
    let error = Sqlite::open(&config).err().expect("an error");
    assert_eq!(error.kind(), ErrorKind::Unavailable);
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_but_the_owner_reads_the_files() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let index = Sqlite::open(&config(&folder)).unwrap();
    index.commit(&permit(), arrivals(1)).await.unwrap();
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", entry.file_name());
    }
}

/// A killed process does not show a missing sync, only a power loss does: so the setting itself is looked at.
#[tokio::test]
async fn the_writer_syncs_each_commit() {
    let folder = tempfile::tempdir().unwrap();
    let connections = Connections::open(&config(&folder), Duration::from_secs(1)).unwrap();
    let write = connections.write("look", |t| {
        let number = |name: &str| t.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
        let mode: String = t.pragma_query_value(None, "journal_mode", |row| row.get(0))?;
        Ok((mode, number("synchronous")?, number("foreign_keys")?))
    });
    assert_eq!(write.await.unwrap(), ("wal".to_owned(), 2, 1));
}
