//! Looking after links: listing, putting the end off, taking back.

use crate::{
    StudyLinks,
    error::Error,
    making::{DAY_MS, days, owner},
};
use access_control::{Object, Permit, Share, decide};
use audit_log::{Event, What};
use catalog::{Link, LinkEvent, LinkFilter, LinkStep};
use imaging_domain::{LinkId, Principal, StudyUid};
use std::net::IpAddr;

/// The most links, or events of one, in one list.
const MAX_LISTED: usize = 500;
/// Links that are forgotten in one transaction.
const FORGOTTEN_AT_ONCE: usize = 100;

impl StudyLinks {
    /// Links, the latest first: of a study, or all. A hospital sees those that it made.
    ///
    /// # Errors
    /// [`Error::Denied`], or what the index says.
    pub async fn list(&self, who: &Principal, study: Option<&StudyUid>) -> Result<Vec<Link>, Error> {
        let permit = self.may_share(who, What::Query).await?;
        let own = matches!(who, Principal::Site(_)).then(|| owner(who));
        let filter = LinkFilter { owner: own, study: study.cloned() };
        let mut event = Event::new(What::Query, who);
        event.study = study.cloned();
        let found = self.links.links(&permit, &filter, MAX_LISTED).await?;
        self.audit.record(event.count(found.len())).await?;
        Ok(found)
    }

    /// One link, and what became of it, the latest first.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none, or it is not the asker's to know.
    pub async fn history(&self, who: &Principal, id: &LinkId) -> Result<(Link, Vec<LinkEvent>), Error> {
        let (permit, link) = self.own(who, id, What::Query).await?;
        self.note_down(What::Query, who, &link).await?;
        let events = self.links.link_events(&permit, id, MAX_LISTED).await?;
        Ok((link, events))
    }

    /// Lets a link last so many days from now. What was taken back stays so.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Invalid`] for too many days or a link that was taken back.
    pub async fn extend(&self, who: &Principal, id: &LinkId, more_days: u32) -> Result<Link, Error> {
        let days = days(more_days)?;
        let (permit, mut link) = self.own(who, id, What::LinkExtended).await?;
        if link.revoked_ms.is_some() {
            return Err(Error::Invalid("a link that was taken back stays so"));
        }
        link.expires_ms = (self.clock)() + i64::from(days) * DAY_MS;
        self.note_down(What::LinkExtended, who, &link).await?;
        self.links.extend_link(&permit, id, link.expires_ms).await?;
        self.note(id, LinkStep::Extended, None).await?;
        Ok(link)
    }

    /// Takes a link back: it opens nothing any more, and what it has opened ends.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn revoke(&self, who: &Principal, id: &LinkId) -> Result<(), Error> {
        let (permit, link) = self.own(who, id, What::LinkRevoked).await?;
        if link.revoked_ms.is_some() {
            return Ok(());
        }
        self.note_down(What::LinkRevoked, who, &link).await?;
        self.links.revoke_link(&permit, id, (self.clock)()).await?;
        self.note(id, LinkStep::Revoked, None).await
    }

    /// Forgets links that ended so many days ago, with their histories; the audit log keeps its own. Answers how many.
    ///
    /// # Errors
    /// What the index says.
    pub async fn forget(&self, after_days: u32) -> Result<usize, Error> {
        let permit = decide::<Share>(&Principal::Service("study links"), Object::Region)?;
        let before_ms = (self.clock)() - i64::from(after_days) * DAY_MS;
        let mut forgotten = 0;
        loop {
            let some = self.links.forget_links(&permit, before_ms, FORGOTTEN_AT_ONCE).await?;
            forgotten += some;
            if some < FORGOTTEN_AT_ONCE {
                return Ok(forgotten);
            }
        }
    }

    pub(crate) async fn note(&self, id: &LinkId, what: LinkStep, addr: Option<IpAddr>) -> Result<(), Error> {
        let event = LinkEvent { at_ms: (self.clock)(), what, addr: text(addr) };
        Ok(self.links.note_link_event(id, event).await?)
    }

    async fn own(&self, who: &Principal, id: &LinkId, what: What) -> Result<(Permit<Share>, Link), Error> {
        let permit = self.may_share(who, what).await?;
        let link = self.links.link(&permit, id).await?;
        let mine = |link: &Link| !matches!(who, Principal::Site(_)) || link.owner == owner(who);
        let link = link.filter(mine).ok_or(Error::NotFound("link"))?;
        Ok((permit, link))
    }
}

/// An address as it is kept.
pub(crate) fn text(addr: Option<IpAddr>) -> String {
    addr.map(|addr| addr.to_canonical().to_string()).unwrap_or_default()
}
