//! Passes, windows and studies of old archives that are taken over.

mod report;
mod studies;
mod windows;

pub(super) use studies::left_out_no_more;

use super::{Sqlite, connection::COUNT_LIMIT, fault::Fault};
use crate::{
    error::Error,
    ports::{CrawlPass, CrawlReport, CrawlWindow, Crawls, DueStudy, FetchEnd, GivenUp, ListedStudy, WindowEnd},
};
use access_control::{Overview, Permit, Store};
use async_trait::async_trait;
use imaging_domain::{AeTitle, StudyUid};
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use std::collections::HashSet;

/// The most studies one call answers.
const MAX_STUDIES: usize = 10_000;

#[async_trait]
impl Crawls for Sqlite {
    async fn begin_pass(
        &self,
        _permit: &Permit<Store>,
        archive: &AeTitle,
        windows: Vec<CrawlWindow>,
        now_ms: i64,
    ) -> Result<CrawlPass, Error> {
        let archive = archive.clone();
        self.connections.write("begin a crawl", move |t| begin(t, archive.as_str(), &windows, now_ms)).await
    }

    async fn last_pass(&self, _permit: &Permit<Overview>, archive: &AeTitle) -> Result<Option<CrawlPass>, Error> {
        let archive = archive.clone();
        self.connections.read("read a crawl", move |c| last_pass(c, archive.as_str())).await
    }

    async fn next_window(
        &self,
        _permit: &Permit<Overview>,
        archive: &AeTitle,
        passed_over: &[CrawlWindow],
    ) -> Result<Option<CrawlWindow>, Error> {
        let (archive, over) = (archive.clone(), passed_over.to_vec());
        self.connections.read("read windows of a crawl", move |c| windows::next(c, archive.as_str(), &over)).await
    }

    async fn untold(
        &self,
        _permit: &Permit<Overview>,
        archive: &AeTitle,
        studies: Vec<StudyUid>,
    ) -> Result<HashSet<StudyUid>, Error> {
        let archive = archive.clone();
        self.connections.read("look for studies", move |c| studies::untold(c, archive.as_str(), studies)).await
    }

    async fn end_window(
        &self,
        _permit: &Permit<Store>,
        archive: &AeTitle,
        window: &CrawlWindow,
        studies: Vec<ListedStudy>,
        end: WindowEnd,
    ) -> Result<(), Error> {
        let (archive, window) = (archive.clone(), window.clone());
        let write = self.connections.write("keep a window of a crawl", move |t| {
            let pass = last_pass(t, archive.as_str())?.ok_or(Error::NotFound("crawl"))?;
            studies::keep(t, archive.as_str(), pass.number, &studies)?;
            windows::end(t, archive.as_str(), &window, &end)
        });
        write.await
    }

    async fn look_into(&self, _permit: &Permit<Store>, archive: &AeTitle, before_ms: i64) -> Result<usize, Error> {
        let archive = archive.clone();
        self.connections.write("look into studies", move |t| studies::look_into(t, archive.as_str(), before_ms)).await
    }

    async fn due(
        &self,
        _permit: &Permit<Overview>,
        archive: &AeTitle,
        now_ms: i64,
        limit: usize,
    ) -> Result<Vec<DueStudy>, Error> {
        let (archive, limit) = (archive.clone(), limit.min(MAX_STUDIES));
        self.connections.read("list studies to fetch", move |c| studies::due(c, archive.as_str(), now_ms, limit)).await
    }

    async fn end_fetch(
        &self,
        _permit: &Permit<Store>,
        archive: &AeTitle,
        study: &StudyUid,
        end: FetchEnd,
    ) -> Result<(), Error> {
        let (archive, study) = (archive.clone(), study.clone());
        self.connections.write("keep a fetch", move |t| studies::end(t, archive.as_str(), &study, &end)).await
    }

    async fn unseen(
        &self,
        _permit: &Permit<Overview>,
        archive: &AeTitle,
        limit: usize,
    ) -> Result<Vec<StudyUid>, Error> {
        let (archive, limit) = (archive.clone(), limit.min(MAX_STUDIES));
        self.connections.read("list what was not seen", move |c| studies::unseen(c, archive.as_str(), limit)).await
    }

    async fn end_study(&self, _permit: &Permit<Store>, archive: &AeTitle, study: &StudyUid) -> Result<(), Error> {
        let (archive, study) = (archive.clone(), study.clone());
        self.connections.write("end a study", move |t| studies::is_gone(t, archive.as_str(), &study)).await
    }

    async fn end_pass(&self, _permit: &Permit<Store>, archive: &AeTitle, now_ms: i64) -> Result<bool, Error> {
        let archive = archive.clone();
        self.connections.write("end a crawl", move |t| end_pass(t, archive.as_str(), now_ms)).await
    }

    async fn report(&self, _permit: &Permit<Overview>, archive: &AeTitle) -> Result<CrawlReport, Error> {
        let archive = archive.clone();
        let count = move |c: &Connection| report::count(c, archive.as_str());
        self.connections.read_within(COUNT_LIMIT, "count a crawl", count).await
    }

    async fn given_up(
        &self,
        _permit: &Permit<Overview>,
        archive: &AeTitle,
        limit: usize,
    ) -> Result<Vec<GivenUp>, Error> {
        let (archive, limit) = (archive.clone(), limit.min(MAX_STUDIES));
        self.connections.read("list what did not come", move |c| report::given_up(c, archive.as_str(), limit)).await
    }
}

fn begin(
    transaction: &Transaction<'_>,
    archive: &str,
    windows: &[CrawlWindow],
    now_ms: i64,
) -> Result<CrawlPass, Fault> {
    let last = last_pass(transaction, archive)?;
    if let Some(open) = last.filter(|pass| pass.ended_ms.is_none()) {
        return Ok(open);
    }
    let number = last.map_or(1, |pass| pass.number + 1);
    let insert = "INSERT INTO crawl_pass (archive, number, begun_ms) VALUES (?1, ?2, ?3)";
    transaction.execute(insert, params![archive, number as i64, now_ms])?;
    transaction.execute("DELETE FROM crawl_window WHERE archive = ?1", [archive])?;
    windows::add(transaction, archive, windows)?;
    Ok(CrawlPass { number, begun_ms: now_ms, ended_ms: None })
}

fn last_pass(connection: &Connection, archive: &str) -> Result<Option<CrawlPass>, Fault> {
    let select = "SELECT number, begun_ms, ended_ms FROM crawl_pass WHERE archive = ?1 ORDER BY number DESC LIMIT 1";
    let mut select = connection.prepare_cached(select)?;
    let pass = select.query_row([archive], |row| {
        Ok(CrawlPass { number: row.get::<_, i64>(0)? as u64, begun_ms: row.get(1)?, ended_ms: row.get(2)? })
    });
    Ok(pass.optional()?)
}

fn end_pass(transaction: &Transaction<'_>, archive: &str, now_ms: i64) -> Result<bool, Fault> {
    let waits = "SELECT EXISTS (SELECT 1 FROM crawl_window WHERE archive = ?1 AND cut = 0)
                     OR EXISTS (SELECT 1 FROM crawl_study WHERE archive = ?1 AND state = 'waiting')";
    if transaction.query_row(waits, [archive], |row| row.get(0))? {
        return Ok(false);
    }
    let end = "UPDATE crawl_pass SET ended_ms = ?2 WHERE archive = ?1 AND ended_ms IS NULL";
    transaction.execute(end, params![archive, now_ms])?;
    Ok(true)
}
