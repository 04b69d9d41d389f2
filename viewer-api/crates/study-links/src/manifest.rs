//! Opening a link by its manifest, as a standard reader does, and who comes for the manifest's files afterwards.

use crate::{
    StudyLinks,
    error::Error,
    holder::{Holder, Start},
    jwe::FileKey,
    pin,
    seal::{seal, unseal},
    shlink::file_key,
};
use access_control::Token;
use catalog::{LinkFiles, LinkKey};
use std::net::IpAddr;

/// For which use a sealing key is made.
const USE: &str = "files";

/// A link that a standard reader opened. No `Debug`: it holds secrets.
pub struct Shared {
    /// Whose it is.
    pub holder: Holder,
    /// What its files are encrypted with.
    pub key: FileKey,
    /// The session's secret, which opens the images (`Authorization: Bearer`); it stands in files, encrypted.
    pub bearer: String,
    /// The secret in the addresses of the files, which opens nothing else.
    pub files: String,
    /// When both end at the latest, milliseconds since 1970 UTC.
    pub until_ms: i64,
}

impl StudyLinks {
    /// Opens a link with the token of its manifest and its PIN. Attempts and openings are the same as the page's.
    ///
    /// # Errors
    /// [`Error::NotValid`] whatever is wrong with the link; [`Error::WrongPin`].
    pub async fn share(&self, manifest: &str, passcode: &str, addr: Option<IpAddr>) -> Result<Shared, Error> {
        let manifest = Token::parse(manifest).ok_or(Error::NotValid)?;
        let attempt = self.attempt(&LinkKey::Manifest(manifest.digest()), passcode, addr).await?;
        let pin = pin::typed(passcode).ok_or(Error::NotValid)?;
        let key = file_key(&self.pepper, &attempt.id, &manifest, &pin, &attempt.sealed_key).ok_or(Error::NotValid)?;
        let (bearer, files) = (Token::generate(), Token::generate());
        let secrets = [key.0.as_slice(), bearer.bytes()].concat();
        let sealed = seal(&self.pepper.derived(USE, &attempt.id, &[files.bytes()]), secrets);
        let kept = LinkFiles { token_digest: files.digest(), sealed };
        let start = Start { token: bearer.clone(), study: None, files: Some(kept) };
        let opened = self.begin(&attempt.id, start, addr).await?;
        let until_ms = (self.clock)() + opened.lasts_ms;
        Ok(Shared { holder: opened.holder, key, bearer: opened.token, files: files.to_text(), until_ms })
    }

    /// Whose files an address is of; nobody's when they have ended, or their link has.
    ///
    /// # Errors
    /// What the index says.
    pub async fn shared(&self, files: &str) -> Result<Option<Shared>, Error> {
        let Some(token) = Token::parse(files) else { return Ok(None) };
        let (now_ms, idle_since_ms) = self.now_and_idle();
        let Some((link, session)) = self.sessions.link_files(&token.digest(), now_ms, idle_since_ms).await? else {
            return Ok(None);
        };
        self.used(&session, now_ms).await?;
        let Some(kept) = &session.files else { return Ok(None) };
        let secrets = unseal(&self.pepper.derived(USE, &link.id, &[token.bytes()]), &kept.sealed);
        let halves = secrets.as_deref().and_then(<[u8]>::split_first_chunk::<32>);
        let Some((key, bearer)) = halves else { return Ok(None) };
        let Ok(bearer) = <[u8; 32]>::try_from(bearer) else { return Ok(None) };
        Ok(Some(Shared {
            key: FileKey(*key),
            bearer: Token::of_bytes(bearer).to_text(),
            files: files.to_owned(),
            until_ms: session.expires_ms,
            holder: Holder::of(link, &session),
        }))
    }
}
