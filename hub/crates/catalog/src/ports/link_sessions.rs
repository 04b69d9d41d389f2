//! Opening study links: attempts that are counted, and the sessions they lead to.

use super::links::{Link, LinkEvent};
use crate::error::Error;
use async_trait::async_trait;
use imaging_domain::{LinkId, StudyUid};

/// By what a link is looked up for an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkKey {
    /// SHA-256 of its token.
    Token([u8; 32]),
    /// SHA-256 of the token in the address of its manifest.
    Manifest([u8; 32]),
    /// Its name, by whoever has opened it.
    Id(LinkId),
}

/// An attempt that was taken from those a link has. No `Debug`: it holds a hash.
#[derive(Clone)]
pub struct LinkAttempt {
    /// The link.
    pub id: LinkId,
    /// What the PIN is compared with.
    pub pin_hash: String,
    /// The key that the manifest's files are encrypted with, sealed.
    pub sealed_key: Vec<u8>,
    /// How many attempts are left after this one.
    pub tries_left: u32,
}

/// A session of a link's holder. The token is not kept, only its digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkSession {
    /// SHA-256 of the session's token.
    pub token_digest: [u8; 32],
    /// The link.
    pub link: LinkId,
    /// The one study that it is for, in the full viewer; all of the link's, in the link's own page, when absent.
    pub study: Option<StudyUid>,
    /// When it ends at the latest, milliseconds since 1970 UTC.
    pub expires_ms: i64,
    /// When it was last used, milliseconds since 1970 UTC.
    pub last_ms: i64,
    /// The files of the manifest that it began with; absent when it began at a page.
    pub files: Option<LinkFiles>,
}

/// What the addresses of a manifest's files lead to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkFiles {
    /// SHA-256 of the token in the addresses.
    pub token_digest: [u8; 32],
    /// What is needed to make a file, sealed.
    pub sealed: Vec<u8>,
}

/// Attempts and sessions. A link that is unknown, ended, taken back, opened as often as it may be, or out of attempts is
/// `None` everywhere, and nothing tells which.
#[async_trait]
pub trait LinkSessions: Send + Sync {
    /// Takes one attempt from a link, before the PIN is looked at: of a thousand at once no more are given than the link
    /// has.
    async fn take_try(&self, key: &LinkKey, now_ms: i64) -> Result<Option<LinkAttempt>, Error>;

    /// Gives back the attempt whose PIN was right, and opens a session in the same transaction. A session for all of the link's
    /// studies takes one of its openings; `false` when another took the last one, or the link ended meanwhile.
    async fn open_link(&self, session: LinkSession, event: LinkEvent) -> Result<bool, Error>;

    /// The link and the session of a digest, when neither has ended and it was used after `idle_since_ms`.
    async fn link_session(
        &self,
        token_digest: &[u8; 32],
        now_ms: i64,
        idle_since_ms: i64,
    ) -> Result<Option<(Link, LinkSession)>, Error>;

    /// As [`link_session`](Self::link_session), by the digest of its files' token.
    async fn link_files(
        &self,
        token_digest: &[u8; 32],
        now_ms: i64,
        idle_since_ms: i64,
    ) -> Result<Option<(Link, LinkSession)>, Error>;

    /// Whether a session lasts whose link has ended or was taken back: its holder may know that, who had opened it.
    async fn link_of_session_ended(&self, token_digest: &[u8; 32], now_ms: i64) -> Result<bool, Error>;

    /// Notes that a session was used.
    async fn touch_link_session(&self, token_digest: &[u8; 32], now_ms: i64) -> Result<(), Error>;

    /// Ends a session.
    async fn close_link_session(&self, token_digest: &[u8; 32]) -> Result<(), Error>;
}
