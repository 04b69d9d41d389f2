//! Attempts to open study links, and sessions of their holders.

use super::{
    Sqlite,
    fault::Fault,
    links::{COLUMNS, note, of_row, with_studies},
};
use crate::{
    error::Error,
    ports::{Link, LinkAttempt, LinkEvent, LinkFiles, LinkKey, LinkSession, LinkSessions},
};
use async_trait::async_trait;
use imaging_domain::{LinkId, StudyUid};
use rusqlite::{Connection, OptionalExtension, Row, params, types::Value};

/// A link that can be opened at `?2`.
const LIVES: &str = "revoked_ms IS NULL AND expires_ms > ?2";
/// Sessions that nobody used for so long are forgotten.
const FORGET_MS: i64 = 24 * 3600 * 1000;

#[async_trait]
impl LinkSessions for Sqlite {
    async fn take_try(&self, key: &LinkKey, now_ms: i64) -> Result<Option<LinkAttempt>, Error> {
        let key = key.clone();
        // Whoever guesses tokens does not make the writer wait.
        let (known, asked) = (key.clone(), self.connections.clone());
        let exists = asked.read("look for a link", move |c| is_there(c, &known, now_ms)).await?;
        if !exists {
            return Ok(None);
        }
        self.connections.write("take an attempt", move |t| take(t, &key, now_ms)).await
    }

    async fn open_link(&self, session: LinkSession, event: LinkEvent) -> Result<bool, Error> {
        self.connections.write("open a link", move |t| open(t, &session, &event)).await
    }

    async fn link_session(
        &self,
        token_digest: &[u8; 32],
        now_ms: i64,
        idle_since_ms: i64,
    ) -> Result<Option<(Link, LinkSession)>, Error> {
        let values = (*token_digest, now_ms, idle_since_ms);
        self.connections.read("look a link's session up", move |c| session(c, "token_digest", values)).await
    }

    async fn link_files(
        &self,
        token_digest: &[u8; 32],
        now_ms: i64,
        idle_since_ms: i64,
    ) -> Result<Option<(Link, LinkSession)>, Error> {
        let values = (*token_digest, now_ms, idle_since_ms);
        self.connections.read("look a link's files up", move |c| session(c, "files_digest", values)).await
    }

    async fn link_of_session_ended(&self, token_digest: &[u8; 32], now_ms: i64) -> Result<bool, Error> {
        let digest = *token_digest;
        let select = "SELECT 1 FROM link_session s JOIN link l ON l.id = s.link WHERE s.token_digest = ?1
                      AND s.expires_ms > ?2 AND (l.revoked_ms IS NOT NULL OR l.expires_ms <= ?2)";
        let look = move |c: &Connection| Ok(c.prepare_cached(select)?.exists(params![digest, now_ms])?);
        self.connections.read("look for a session's ended link", look).await
    }

    async fn touch_link_session(&self, token_digest: &[u8; 32], now_ms: i64) -> Result<(), Error> {
        let digest = *token_digest;
        let write = self.connections.write("note a session's use", move |t| {
            let put = "UPDATE link_session SET last_ms = max(last_ms, ?2) WHERE token_digest = ?1";
            t.prepare_cached(put)?.execute(params![digest, now_ms])?;
            Ok(())
        });
        write.await
    }

    async fn close_link_session(&self, token_digest: &[u8; 32]) -> Result<(), Error> {
        let digest = *token_digest;
        let write = self.connections.write("close a link's session", move |t| {
            t.prepare_cached("DELETE FROM link_session WHERE token_digest = ?1")?.execute([digest])?;
            Ok(())
        });
        write.await
    }
}

/// The column and the value of a key.
fn place(key: &LinkKey) -> (&'static str, Value) {
    match key {
        LinkKey::Token(digest) => ("token_digest", Value::Blob(digest.to_vec())),
        LinkKey::Manifest(digest) => ("manifest_digest", Value::Blob(digest.to_vec())),
        LinkKey::Id(id) => ("id", Value::Text(id.as_str().to_owned())),
    }
}

/// Who has opened a link has its opening already.
fn openings(key: &LinkKey) -> &'static str {
    match key {
        LinkKey::Token(_) | LinkKey::Manifest(_) => "AND (openings_left IS NULL OR openings_left > 0)",
        LinkKey::Id(_) => "",
    }
}

fn is_there(connection: &Connection, key: &LinkKey, now_ms: i64) -> Result<bool, Fault> {
    let (column, value) = place(key);
    let select = format!("SELECT 1 FROM link WHERE {column} = ?1 AND {LIVES} AND tries_left > 0 {}", openings(key));
    Ok(connection.prepare_cached(&select)?.exists(params![value, now_ms])?)
}

fn take(connection: &Connection, key: &LinkKey, now_ms: i64) -> Result<Option<LinkAttempt>, Fault> {
    let (column, value) = place(key);
    let take = format!(
        "UPDATE link SET tries_left = tries_left - 1 WHERE {column} = ?1 AND {LIVES} AND tries_left > 0 {}
         RETURNING id, pin_hash, sealed_key, tries_left",
        openings(key)
    );
    let row = |row: &Row<'_>| Ok((row.get::<_, String>(0)?, row.get(1)?, row.get(2)?, row.get(3)?));
    let taken = connection.prepare_cached(&take)?.query_row(params![value, now_ms], row).optional()?;
    let Some((id, pin_hash, sealed_key, tries_left)) = taken else { return Ok(None) };
    Ok(Some(LinkAttempt { id: LinkId::parse(&id)?, pin_hash, sealed_key, tries_left }))
}

fn open(connection: &Connection, session: &LinkSession, event: &LinkEvent) -> Result<bool, Fault> {
    let own_page = session.study.is_none();
    let give_back = format!(
        "UPDATE link SET tries_left = tries_left + 1,
                openings_left = CASE WHEN ?3 THEN openings_left - 1 ELSE openings_left END
         WHERE id = ?1 AND {LIVES} AND (NOT ?3 OR openings_left IS NULL OR openings_left > 0)"
    );
    let link = session.link.as_str();
    if connection.prepare_cached(&give_back)?.execute(params![link, event.at_ms, own_page])? == 0 {
        return Ok(false);
    }
    let forget = "DELETE FROM link_session WHERE last_ms < ?1";
    connection.prepare_cached(forget)?.execute([event.at_ms - FORGET_MS])?;
    let put = "INSERT INTO link_session (token_digest, link, study, expires_ms, last_ms, files_digest, files_sealed)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    let study = session.study.as_ref().map_or("", StudyUid::as_str);
    let (digest, sealed) = session.files.as_ref().map(|files| (files.token_digest, &files.sealed)).unzip();
    let values = params![session.token_digest, link, study, session.expires_ms, session.last_ms, digest, sealed];
    connection.prepare_cached(put)?.execute(values)?;
    note(connection, &session.link, event)?;
    Ok(true)
}

/// The link and the session whose `column` is a digest, when neither has ended at the second value and it was used after the
/// third.
fn session(
    connection: &Connection,
    column: &'static str,
    values: ([u8; 32], i64, i64),
) -> Result<Option<(Link, LinkSession)>, Fault> {
    let select = format!(
        "SELECT {COLUMNS}, s.token_digest, s.study, s.expires_ms, s.last_ms, s.files_digest, s.files_sealed
         FROM link_session s JOIN link l ON l.id = s.link
         WHERE s.{column} = ?1 AND l.revoked_ms IS NULL AND l.expires_ms > ?2 AND s.expires_ms > ?2 AND s.last_ms >= ?3"
    );
    let found = connection.prepare_cached(&select)?.query_row(values, |row| Ok(session_of(row))).optional()?;
    let Some((link, session)) = found.transpose()? else { return Ok(None) };
    Ok(Some((with_studies(connection, link)?, session)))
}

fn session_of(row: &Row<'_>) -> Result<(Link, LinkSession), Fault> {
    let link = of_row(row)?;
    let study: String = row.get(11)?;
    let study = if study.is_empty() { None } else { Some(StudyUid::parse(&study)?) };
    let files = match (row.get(14)?, row.get(15)?) {
        (Some(token_digest), Some(sealed)) => Some(LinkFiles { token_digest, sealed }),
        _ => None,
    };
    let (token_digest, expires_ms, last_ms) = (row.get(10)?, row.get(12)?, row.get(13)?);
    let session = LinkSession { token_digest, link: link.id.clone(), study, expires_ms, last_ms, files };
    Ok((link, session))
}
