//! Accounts and sessions.

use super::{Sqlite, fault::Fault};
use crate::{
    error::Error,
    ports::{Account, Accounts, Session},
};
use access_control::{Manage, Permit};
use async_trait::async_trait;
use imaging_domain::{Invalid, Role};
use rusqlite::{OptionalExtension, Params, params};

#[async_trait]
impl Accounts for Sqlite {
    async fn put_account(&self, _permit: &Permit<Manage>, account: Account) -> Result<(), Error> {
        let write = self.connections.write("keep an account", move |t| {
            let put = "INSERT OR REPLACE INTO account (name, role, password_hash) VALUES (?1, ?2, ?3)";
            t.prepare_cached(put)?.execute([&account.name, account.role.word(), &account.password_hash])?;
            Ok(())
        });
        write.await
    }

    async fn account(&self, name: &str) -> Result<Option<Account>, Error> {
        let name = name.to_owned();
        let select = "SELECT name, role, password_hash FROM account WHERE name = ?1";
        self.connections.read("look an account up", move |c| find(c, select, [name])).await
    }

    async fn open_session(&self, session: Session, now_ms: i64) -> Result<(), Error> {
        let write = self.connections.write("open a session", move |t| {
            t.prepare_cached("DELETE FROM session WHERE expires_ms < ?1")?.execute([now_ms])?;
            let put = "INSERT OR REPLACE INTO session (token_digest, name, expires_ms) VALUES (?1, ?2, ?3)";
            t.prepare_cached(put)?.execute(params![session.token_digest, session.name, session.expires_ms])?;
            Ok(())
        });
        write.await
    }

    async fn session(&self, token_digest: &[u8; 32], now_ms: i64) -> Result<Option<Account>, Error> {
        let digest = *token_digest;
        let select = "SELECT a.name, a.role, a.password_hash FROM session s JOIN account a ON a.name = s.name
                      WHERE s.token_digest = ?1 AND s.expires_ms > ?2";
        self.connections.read("look a session up", move |c| find(c, select, params![digest, now_ms])).await
    }

    async fn close_sessions(&self, _permit: &Permit<Manage>, name: &str, now_ms: i64) -> Result<u64, Error> {
        let name = name.to_owned();
        let write = self.connections.write("close the sessions of an account", move |t| {
            let mut count = t.prepare_cached("SELECT count(*) FROM session WHERE name = ?1 AND expires_ms > ?2")?;
            let open: i64 = count.query_row(params![name, now_ms], |row| row.get(0))?;
            t.prepare_cached("DELETE FROM session WHERE name = ?1")?.execute([&name])?;
            Ok(open as u64)
        });
        write.await
    }

    async fn close_session(&self, token_digest: &[u8; 32]) -> Result<(), Error> {
        let digest = *token_digest;
        let write = self.connections.write("close a session", move |t| {
            t.prepare_cached("DELETE FROM session WHERE token_digest = ?1")?.execute([digest])?;
            Ok(())
        });
        write.await
    }
}

fn find(connection: &rusqlite::Connection, select: &str, values: impl Params) -> Result<Option<Account>, Fault> {
    let mut select = connection.prepare_cached(select)?;
    let row = select.query_row(values, |row| Ok((row.get(0)?, row.get::<_, String>(1)?, row.get(2)?))).optional()?;
    let Some((name, role, password_hash)) = row else { return Ok(None) };
    let role = Role::from_word(&role).ok_or(Invalid::new("role", "it is not one of the words"))?;
    Ok(Some(Account { name, role, password_hash }))
}
