//! The suite on SQLite, and what only SQLite has: files that are opened again.

use super::Sqlite;
use crate::{config::Config, conformance};
use tempfile::TempDir;

mod concurrency;
mod durability;
mod model;
mod speed;

fn config(folder: &TempDir) -> Config {
    Config { path: folder.path().join("index.sqlite"), readers: 2 }
}

/// Opens an index in a folder of its own, which goes when the process ends its tests.
fn fresh(folders: &std::sync::Mutex<Vec<TempDir>>) -> Sqlite {
    let folder = tempfile::tempdir().unwrap();
    let sqlite = Sqlite::open(&config(&folder)).unwrap();
    folders.lock().unwrap().push(folder);
    sqlite
}

#[tokio::test]
async fn passes_the_suite() {
    let folders = std::sync::Mutex::new(vec![]);
    conformance::run(async || fresh(&folders)).await;
}

#[tokio::test]
async fn passes_the_suite_when_opened_again() {
    let folders = std::sync::Mutex::new(vec![]);
    let again = async || {
        drop(fresh(&folders));
        Sqlite::open(&config(folders.lock().unwrap().last().unwrap())).unwrap()
    };
    conformance::run(again).await;
}
