//! Study links: who made them for which studies, until when, and what became of them.

use crate::error::Error;
use access_control::{Permit, Share};
use async_trait::async_trait;
use imaging_domain::{Allowed, LinkId, StudyUid};

/// A study link. What opens it is not in it. `Debug` hides the note.
#[derive(Clone, PartialEq, Eq)]
pub struct Link {
    /// Its name.
    pub id: LinkId,
    /// The studies it opens, in the order they were given.
    pub studies: Vec<StudyUid>,
    /// Who made it, in the audit log's form.
    pub owner: String,
    /// What its holder may do.
    pub allowed: Allowed,
    /// The language its page begins in; empty for the browser's.
    pub language: String,
    /// What its maker wants to remember.
    pub note: String,
    /// When it was made, milliseconds since 1970 UTC.
    pub made_ms: i64,
    /// When it ends, milliseconds since 1970 UTC.
    pub expires_ms: i64,
    /// When it was taken back.
    pub revoked_ms: Option<i64>,
    /// How often it may still be opened; absent for any number.
    pub openings_left: Option<u32>,
    /// How many wrong PINs it still bears.
    pub tries_left: u32,
}

impl Link {
    /// What can be done with it now: `open`, `expired`, `revoked`, `used_up` (opened as often as it may be) or `locked` (too
    /// many wrong PINs).
    pub fn state(&self, now_ms: i64) -> &'static str {
        match self {
            Self { revoked_ms: Some(_), .. } => "revoked",
            Self { expires_ms, .. } if *expires_ms <= now_ms => "expired",
            Self { tries_left: 0, .. } => "locked",
            Self { openings_left: Some(0), .. } => "used_up",
            _ => "open",
        }
    }
}

impl std::fmt::Debug for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Link").field("id", &self.id).field("studies", &self.studies).finish_non_exhaustive()
    }
}

/// What opens a link.
#[derive(Clone)]
pub struct LinkSecrets {
    /// SHA-256 of the token.
    pub token_digest: [u8; 32],
    /// Hash of the PIN in PHC form.
    pub pin_hash: String,
    /// SHA-256 of the token in the address of its manifest.
    pub manifest_digest: [u8; 32],
    /// The key that the manifest's files are encrypted with, sealed.
    pub sealed_key: Vec<u8>,
}

/// What can become of a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LinkStep {
    /// Opened with its PIN.
    Opened,
    /// A wrong PIN was given.
    WrongPin,
    /// One study of it opened in the full viewer, with the PIN.
    Professional,
    /// A study taken away as files.
    Downloaded,
    /// Its end was put off.
    Extended,
    /// Taken back.
    Revoked,
}

impl LinkStep {
    /// Its word in the index and in answers.
    pub fn word(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::WrongPin => "wrong_pin",
            Self::Professional => "professional",
            Self::Downloaded => "downloaded",
            Self::Extended => "extended",
            Self::Revoked => "revoked",
        }
    }

    /// The step of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Opened, Self::WrongPin, Self::Professional, Self::Downloaded, Self::Extended, Self::Revoked]
            .into_iter()
            .find(|step| step.word() == word)
    }
}

/// One thing that became of a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkEvent {
    /// When, milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// What.
    pub what: LinkStep,
    /// From which address; empty when nobody knows.
    pub addr: String,
}

/// Which links are listed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LinkFilter {
    /// Made by this one only.
    pub owner: Option<String>,
    /// For this study only.
    pub study: Option<StudyUid>,
}

/// The links.
#[async_trait]
pub trait Links: Send + Sync {
    /// Keeps a new link.
    async fn put_link(&self, permit: &Permit<Share>, link: Link, secrets: LinkSecrets) -> Result<(), Error>;

    /// The link of a name.
    async fn link(&self, permit: &Permit<Share>, id: &LinkId) -> Result<Option<Link>, Error>;

    /// Links, the latest first, at most `limit`.
    async fn links(&self, permit: &Permit<Share>, filter: &LinkFilter, limit: usize) -> Result<Vec<Link>, Error>;

    /// Puts a link's end off, or brings it nearer.
    async fn extend_link(&self, permit: &Permit<Share>, id: &LinkId, expires_ms: i64) -> Result<(), Error>;

    /// Takes a link back and ends its sessions. The first time stands.
    async fn revoke_link(&self, permit: &Permit<Share>, id: &LinkId, now_ms: i64) -> Result<(), Error>;

    /// Forgets links that ended or were taken back before a moment, with everything about them, at most `limit` at once; answers
    /// how many.
    async fn forget_links(&self, permit: &Permit<Share>, before_ms: i64, limit: usize) -> Result<usize, Error>;

    /// What became of a link, the latest first, at most `limit`.
    async fn link_events(&self, permit: &Permit<Share>, id: &LinkId, limit: usize) -> Result<Vec<LinkEvent>, Error>;

    /// Notes what became of a link.
    async fn note_link_event(&self, id: &LinkId, event: LinkEvent) -> Result<(), Error>;
}
