//! Local accounts and their sessions.

use crate::error::Error;
use access_control::{Manage, Permit};
use async_trait::async_trait;
use imaging_domain::Role;

/// A person who may sign in here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Sign-in name.
    pub name: String,
    /// What for.
    pub role: Role,
    /// Argon2id hash in PHC form.
    pub password_hash: String,
}

/// A session: who signed in, until when. The token is not kept, only its digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// SHA-256 of the token.
    pub token_digest: [u8; 32],
    /// Sign-in name.
    pub name: String,
    /// When it ends, milliseconds since 1970 UTC.
    pub expires_ms: i64,
}

/// Accounts and sessions.
#[async_trait]
pub trait Accounts: Send + Sync {
    /// Makes an account or replaces the one of the same name.
    async fn put_account(&self, permit: &Permit<Manage>, account: Account) -> Result<(), Error>;

    /// The account of a name.
    async fn account(&self, name: &str) -> Result<Option<Account>, Error>;

    /// Keeps a session; sessions that ended before `now_ms` go.
    async fn open_session(&self, session: Session, now_ms: i64) -> Result<(), Error>;

    /// The account of a session that has not ended.
    async fn session(&self, token_digest: &[u8; 32], now_ms: i64) -> Result<Option<Account>, Error>;

    /// Ends all sessions of an account; says how many had not ended by `now_ms`.
    async fn close_sessions(&self, permit: &Permit<Manage>, name: &str, now_ms: i64) -> Result<u64, Error>;

    /// Ends a session.
    async fn close_session(&self, token_digest: &[u8; 32]) -> Result<(), Error>;
}
