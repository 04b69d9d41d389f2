//! Study links and what became of them.

use super::{Sqlite, fault::Fault};
use crate::{
    error::Error,
    ports::{Link, LinkEvent, LinkFilter, LinkSecrets, LinkStep, Links},
};
use access_control::{Permit, Share};
use async_trait::async_trait;
use imaging_domain::{Allowed, Invalid, LinkId, StudyUid};
use rusqlite::{Connection, OptionalExtension, Row, params};

/// The columns of a link, as [`of_row`] reads them.
pub(super) const COLUMNS: &str = "l.id, l.owner, l.allowed, l.language, l.note, l.made_ms, l.expires_ms, l.revoked_ms, \
                                  l.openings_left, l.tries_left";
const VIEW: &str = "view";
const DOWNLOAD: &str = "download";

#[async_trait]
impl Links for Sqlite {
    async fn put_link(&self, _permit: &Permit<Share>, link: Link, secrets: LinkSecrets) -> Result<(), Error> {
        self.connections.write("keep a link", move |t| put(t, &link, &secrets)).await
    }

    async fn link(&self, _permit: &Permit<Share>, id: &LinkId) -> Result<Option<Link>, Error> {
        let id = id.clone();
        let read = self.connections.read("look a link up", move |c| {
            let select = format!("SELECT {COLUMNS} FROM link l WHERE l.id = ?1");
            let found = c.prepare_cached(&select)?.query_row([id.as_str()], |row| Ok(of_row(row))).optional()?;
            found.transpose()?.map(|link| with_studies(c, link)).transpose()
        });
        read.await
    }

    async fn links(&self, _permit: &Permit<Share>, filter: &LinkFilter, limit: usize) -> Result<Vec<Link>, Error> {
        let filter = filter.clone();
        self.connections.read("list links", move |c| list(c, &filter, limit)).await
    }

    async fn extend_link(&self, _permit: &Permit<Share>, id: &LinkId, expires_ms: i64) -> Result<(), Error> {
        let id = id.clone();
        let write = self.connections.write("extend a link", move |t| {
            let put = "UPDATE link SET expires_ms = ?2 WHERE id = ?1 AND revoked_ms IS NULL";
            match t.prepare_cached(put)?.execute(params![id.as_str(), expires_ms])? {
                0 => Err(Error::NotFound("link").into()),
                _ => Ok(()),
            }
        });
        write.await
    }

    async fn revoke_link(&self, _permit: &Permit<Share>, id: &LinkId, now_ms: i64) -> Result<(), Error> {
        let id = id.clone();
        let write = self.connections.write("revoke a link", move |t| {
            let put = "UPDATE link SET revoked_ms = coalesce(revoked_ms, ?2) WHERE id = ?1";
            if t.prepare_cached(put)?.execute(params![id.as_str(), now_ms])? == 0 {
                return Err(Error::NotFound("link").into());
            }
            // its sessions stay, worth nothing, so that their holders can be told why
            Ok(())
        });
        write.await
    }

    async fn forget_links(&self, _permit: &Permit<Share>, before_ms: i64, limit: usize) -> Result<usize, Error> {
        self.connections.write("forget links", move |t| forget(t, before_ms, limit)).await
    }

    async fn link_events(&self, _permit: &Permit<Share>, id: &LinkId, limit: usize) -> Result<Vec<LinkEvent>, Error> {
        let id = id.clone();
        self.connections.read("list what became of a link", move |c| events(c, &id, limit)).await
    }

    async fn note_link_event(&self, id: &LinkId, event: LinkEvent) -> Result<(), Error> {
        let id = id.clone();
        self.connections.write("note what became of a link", move |t| note(t, &id, &event)).await
    }
}

fn put(connection: &Connection, link: &Link, secrets: &LinkSecrets) -> Result<(), Fault> {
    let put = "INSERT INTO link (id, token_digest, pin_hash, owner, allowed, language, note, made_ms, expires_ms,
                                 revoked_ms, openings_left, tries_left, manifest_digest, sealed_key)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)";
    let allowed = if link.allowed == Allowed::Download { DOWNLOAD } else { VIEW };
    connection.prepare_cached(put)?.execute(params![
        link.id.as_str(),
        secrets.token_digest,
        secrets.pin_hash,
        link.owner,
        allowed,
        link.language,
        link.note,
        link.made_ms,
        link.expires_ms,
        link.revoked_ms,
        link.openings_left,
        link.tries_left,
        secrets.manifest_digest,
        secrets.sealed_key,
    ])?;
    let put = "INSERT INTO link_study (link, place, StudyInstanceUID) VALUES (?1, ?2, ?3)";
    let mut put = connection.prepare_cached(put)?;
    for (place, study) in link.studies.iter().enumerate() {
        put.execute(params![link.id.as_str(), place as i64, study.as_str()])?;
    }
    Ok(())
}

fn list(connection: &Connection, filter: &LinkFilter, limit: usize) -> Result<Vec<Link>, Fault> {
    let select = format!(
        "SELECT {COLUMNS} FROM link l
         WHERE (?1 IS NULL OR l.owner = ?1)
           AND (?2 IS NULL OR l.id IN (SELECT link FROM link_study WHERE StudyInstanceUID = ?2))
         ORDER BY l.made_ms DESC, l.id LIMIT ?3"
    );
    let mut select = connection.prepare_cached(&select)?;
    let study = filter.study.as_ref().map(StudyUid::as_str);
    let mut rows = select.query(params![filter.owner, study, limit as i64])?;
    let mut out = vec![];
    while let Some(row) = rows.next()? {
        out.push(with_studies(connection, of_row(row)?)?);
    }
    Ok(out)
}

fn forget(connection: &Connection, before_ms: i64, limit: usize) -> Result<usize, Fault> {
    let select = "SELECT id FROM link WHERE min(coalesce(revoked_ms, expires_ms), expires_ms) < ?1 LIMIT ?2";
    let mut select = connection.prepare_cached(select)?;
    let ids = select.query_map(params![before_ms, limit as i64], |row| row.get::<_, String>(0))?;
    let ids: Vec<String> = ids.collect::<Result<_, _>>()?;
    for id in &ids {
        for table in ["link_event WHERE link", "link_study WHERE link", "link_session WHERE link", "link WHERE id"] {
            connection.prepare_cached(&format!("DELETE FROM {table} = ?1"))?.execute([id])?;
        }
    }
    Ok(ids.len())
}

fn events(connection: &Connection, id: &LinkId, limit: usize) -> Result<Vec<LinkEvent>, Fault> {
    let select = "SELECT at_ms, what, addr FROM link_event WHERE link = ?1 ORDER BY at_ms DESC, rowid DESC LIMIT ?2";
    let mut select = connection.prepare_cached(select)?;
    let mut rows = select.query(params![id.as_str(), limit as i64])?;
    let mut out = vec![];
    while let Some(row) = rows.next()? {
        let what = LinkStep::from_word(&row.get::<_, String>(1)?);
        let what = what.ok_or(Invalid::new("link event", "it is not one of the words"))?;
        out.push(LinkEvent { at_ms: row.get(0)?, what, addr: row.get(2)? });
    }
    Ok(out)
}

/// Writes down what became of a link.
pub(super) fn note(connection: &Connection, id: &LinkId, event: &LinkEvent) -> Result<(), Fault> {
    let put = "INSERT INTO link_event (link, at_ms, what, addr) VALUES (?1, ?2, ?3, ?4)";
    let values = params![id.as_str(), event.at_ms, event.what.word(), event.addr];
    connection.prepare_cached(put)?.execute(values)?;
    Ok(())
}

/// A link without its studies, of [`COLUMNS`].
pub(super) fn of_row(row: &Row<'_>) -> Result<Link, Fault> {
    let allowed = match row.get_ref(2)?.as_str().map_err(|error| Fault::Stored(error.into()))? {
        DOWNLOAD => Allowed::Download,
        _ => Allowed::View,
    };
    Ok(Link {
        id: LinkId::parse(&row.get::<_, String>(0)?)?,
        studies: vec![],
        owner: row.get(1)?,
        allowed,
        language: row.get(3)?,
        note: row.get(4)?,
        made_ms: row.get(5)?,
        expires_ms: row.get(6)?,
        revoked_ms: row.get(7)?,
        openings_left: row.get(8)?,
        tries_left: row.get(9)?,
    })
}

/// Adds the studies of a link.
pub(super) fn with_studies(connection: &Connection, mut link: Link) -> Result<Link, Fault> {
    let select = "SELECT StudyInstanceUID FROM link_study WHERE link = ?1 ORDER BY place";
    let mut select = connection.prepare_cached(select)?;
    let mut rows = select.query([link.id.as_str()])?;
    while let Some(row) = rows.next()? {
        link.studies.push(StudyUid::parse(&row.get::<_, String>(0)?)?);
    }
    Ok(link)
}
