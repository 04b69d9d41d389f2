//! Opening a link, and who its holder is afterwards.

use crate::{
    StudyLinks,
    error::Error,
    holder::{Door, Holder, Start},
    pin,
    tending::text,
};
use access_control::{Object, Share, Token, decide};
use audit_log::{Event, Outcome, What};
use catalog::{Link, LinkAttempt, LinkEvent, LinkKey, LinkSession, LinkStep};
use imaging_domain::{LinkId, Principal, StudyUid};
use std::net::IpAddr;
use tokio::task::spawn_blocking;

/// How long a session lasts that nobody uses.
const IDLE_MS: i64 = 15 * 60 * 1000;
/// How long a session of a link's page lasts at most.
pub const SESSION_MS: i64 = 2 * 3600 * 1000;
/// How long a session of the full viewer lasts at most.
const PROFESSIONAL_MS: i64 = 3600 * 1000;
/// How long a session of a standard reader lasts at most: so long the addresses of a manifest's files may.
const READER_MS: i64 = 3600 * 1000;
/// A use is noted when the last one noted is so old.
const TOUCH_MS: i64 = 30 * 1000;

/// A link that was opened. No `Debug`: it holds the session's secret.
pub struct Opened {
    /// The session's secret, for a cookie; kept nowhere.
    pub token: String,
    /// How long the session lasts at most.
    pub lasts_ms: i64,
    /// Whose it is.
    pub holder: Holder,
}

impl StudyLinks {
    /// Opens a link with its token and its PIN; a browser that was given the link's second form has the token of its manifest.
    /// The attempt is taken before the PIN is looked at.
    ///
    /// # Errors
    /// [`Error::NotValid`] whatever is wrong with the link; [`Error::WrongPin`].
    pub async fn open(&self, token: &str, pin: &str, addr: Option<IpAddr>) -> Result<Opened, Error> {
        let token = Token::parse(token).ok_or(Error::NotValid)?;
        let attempt = match self.attempt(&LinkKey::Token(token.digest()), pin, addr).await {
            Err(Error::NotValid) => self.attempt(&LinkKey::Manifest(token.digest()), pin, addr).await?,
            other => other?,
        };
        self.begin(&attempt.id, Start::page(), addr).await
    }

    /// Opens one study of a link in the full viewer, with the PIN once more: for the doctor the holder shows it to.
    ///
    /// # Errors
    /// As [`open`](Self::open), also when the session opened no link or the study is not one of its.
    pub async fn professional(
        &self,
        session: &str,
        pin: &str,
        study: &StudyUid,
        addr: Option<IpAddr>,
    ) -> Result<Opened, Error> {
        let holder = self.session(session).await?.ok_or(Error::NotValid)?;
        if holder.door != Door::Page || !holder.link.studies.contains(study) {
            return Err(Error::NotValid);
        }
        let attempt = self.attempt(&LinkKey::Id(holder.link.id), pin, addr).await?;
        self.begin(&attempt.id, Start { study: Some(study.clone()), ..Start::page() }, addr).await
    }

    /// Whose session a secret is; nobody's when it has ended, or its link has.
    ///
    /// # Errors
    /// What the index says.
    pub async fn session(&self, token: &str) -> Result<Option<Holder>, Error> {
        let Some(token) = Token::parse(token) else { return Ok(None) };
        let (now_ms, idle_since_ms) = self.now_and_idle();
        let Some((link, session)) = self.sessions.link_session(&token.digest(), now_ms, idle_since_ms).await? else {
            return Ok(None);
        };
        self.used(&session, now_ms).await?;
        Ok(Some(Holder::of(link, &session)))
    }

    /// Whether a session that opens nothing any more is one whose link has ended or was taken back.
    ///
    /// # Errors
    /// What the index says.
    pub async fn has_ended(&self, token: &str) -> Result<bool, Error> {
        match Token::parse(token) {
            Some(token) => Ok(self.sessions.link_of_session_ended(&token.digest(), (self.clock)()).await?),
            None => Ok(false),
        }
    }

    /// Now, and the moment since which a session must have been used.
    pub(crate) fn now_and_idle(&self) -> (i64, i64) {
        let now_ms = (self.clock)();
        (now_ms, now_ms - IDLE_MS)
    }

    pub(crate) async fn used(&self, session: &LinkSession, now_ms: i64) -> Result<(), Error> {
        if now_ms - session.last_ms > TOUCH_MS {
            self.sessions.touch_link_session(&session.token_digest, now_ms).await?;
        }
        Ok(())
    }

    /// Ends a session.
    ///
    /// # Errors
    /// What the index says.
    pub async fn leave(&self, token: &str) -> Result<(), Error> {
        match Token::parse(token) {
            Some(token) => Ok(self.sessions.close_link_session(&token.digest()).await?),
            None => Ok(()),
        }
    }

    /// Notes that a study was taken away, for the link's history; the audit log's event is the archive's.
    ///
    /// # Errors
    /// What the index says.
    pub async fn downloaded(&self, holder: &Holder, addr: Option<IpAddr>) -> Result<(), Error> {
        self.note(&holder.link.id, LinkStep::Downloaded, addr).await
    }

    /// Takes an attempt, and looks at the PIN.
    pub(crate) async fn attempt(&self, key: &LinkKey, pin: &str, addr: Option<IpAddr>) -> Result<LinkAttempt, Error> {
        let attempt = self.sessions.take_try(key, (self.clock)()).await?.ok_or(Error::NotValid)?;
        let (pepper, known) = (self.pepper.clone(), attempt.clone());
        let typed = pin::typed(pin);
        // what is no PIN at all costs its attempt too, or it would tell that the link is there
        let check = move || typed.is_some_and(|typed| pepper.verify(&known.id, &typed, &known.pin_hash));
        if spawn_blocking(check).await.map_err(|_| Error::Stopping)? {
            return Ok(attempt);
        }
        let link = self.known(&attempt.id).await?;
        let event = Event::new(What::LinkOpened, &Holder::at(Door::Page, link.clone(), None).principal)
            .outcome(Outcome::Denied);
        self.audit.record(about(event, &link)).await?;
        self.note(&attempt.id, LinkStep::WrongPin, addr).await?;
        Err(Error::WrongPin { left: attempt.tries_left })
    }

    pub(crate) async fn begin(&self, id: &LinkId, start: Start, addr: Option<IpAddr>) -> Result<Opened, Error> {
        let Start { token, study, files } = start;
        let now_ms = (self.clock)();
        let (lasts_ms, what) = match (&study, &files) {
            (Some(_), _) => (PROFESSIONAL_MS, LinkStep::Professional),
            (None, Some(_)) => (READER_MS, LinkStep::Opened),
            (None, None) => (SESSION_MS, LinkStep::Opened),
        };
        let session = LinkSession {
            token_digest: token.digest(),
            link: id.clone(),
            study: study.clone(),
            expires_ms: now_ms + lasts_ms,
            last_ms: now_ms,
            files,
        };
        let holder = Holder::of(self.known(id).await?, &session);
        for one in holder.link.studies.iter().filter(|one| study.as_ref().is_none_or(|study| study == *one)) {
            self.audit.record(Event::new(What::LinkOpened, &holder.principal).study(one)).await?;
        }
        let event = LinkEvent { at_ms: now_ms, what, addr: text(addr) };
        if !self.sessions.open_link(session, event).await? {
            return Err(Error::NotValid);
        }
        Ok(Opened { token: token.to_text(), lasts_ms, holder })
    }

    async fn known(&self, id: &LinkId) -> Result<Link, Error> {
        let permit = decide::<Share>(&Principal::Service("study links"), Object::Region)?;
        self.links.link(&permit, id).await?.ok_or(Error::NotValid)
    }
}

fn about(event: Event, link: &Link) -> Event {
    match link.studies.first() {
        Some(study) => event.study(study),
        None => event,
    }
}
