//! Subscribing to what becomes of steps (PS3.4 CC.2.3).

use crate::{Worklist, error::Error, events::Event};
use access_control::{Permit, View};
use audit_log::What;
use catalog::{DeletionLock, Standing, Subscriber};
use dicomweb::parse_worklist_search;
use imaging_domain::{AeTitle, InstanceUid, Level, Principal, Query};

/// What is subscribed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// One step.
    One(InstanceUid),
    /// Every step, those to come too.
    Every,
    /// Every step that a filter finds, those to come too: the query string of a search. A subscriber has one of these or
    /// [`Every`](Self::Every), the last.
    Filtered(String),
}

impl Worklist {
    /// Subscribes an application entity title of ours. Who subscribes to one step, or to every one with a deletion lock, is told
    /// at once how far each is (PS3.4 CC.2.4.3).
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Invalid`] for a filter that is none.
    pub async fn subscribe(
        &self,
        who: &Principal,
        target: &Target,
        ae: &AeTitle,
        lock: DeletionLock,
    ) -> Result<(), Error> {
        let permit = self.permit::<View>(who, What::Work).await?;
        let subscriber = subscriber(who, ae);
        let filter = match target {
            Target::One(uid) => {
                let _turn = self.turn.lock().await;
                let item = self.read(&permit, uid).await?;
                self.note(What::Work, who, &item).await?;
                if !self.store.watch(&permit, &subscriber, uid, lock).await? {
                    return Err(Error::Forgotten);
                }
                self.watchers.tell(&[subscriber], uid, &[Event::state(&item)]);
                return Ok(());
            }
            Target::Every => None,
            Target::Filtered(filter) => Some(filter.clone()),
        };
        let query = match filter.as_deref().map(parse_worklist_search).transpose() {
            Ok(read) => read.map_or_else(|| Query::at(Level::Study), |(query, _)| query),
            Err(_) => return Err(Error::Invalid("the filter cannot be read")),
        };
        self.audit.record(audit_log::Event::new(What::Work, who)).await?;
        let standing = Standing { subscriber: subscriber.clone(), filter, lock };
        {
            let _turn = self.turn.lock().await;
            self.store.put_standing(&permit, standing).await?;
        }
        self.watch_all(&permit, &subscriber, &query, lock).await
    }

    /// Subscribes to the steps that are there, some after the other.
    async fn watch_all(
        &self,
        permit: &Permit<View>,
        subscriber: &Subscriber,
        query: &Query,
        lock: DeletionLock,
    ) -> Result<(), Error> {
        let mut from = None;
        loop {
            // others work on between two parts; what is new meanwhile is watched already
            let turn = self.turn.lock().await;
            let part = self.store.workitems(permit, query, from).await?;
            let uids = part.found.iter().map(|item| item.uid.clone()).collect();
            self.store.watch_these(permit, subscriber, uids, lock).await?;
            for item in part.found.iter().filter(|_| lock.is_held()) {
                self.watchers.tell(std::slice::from_ref(subscriber), &item.uid, &[Event::state(item)]);
            }
            drop(turn);
            from = part.next;
            if from.is_none() {
                return Ok(());
            }
            self.watchers.settled(subscriber).await;
        }
    }

    /// Ends a subscription; that to every step ends each of them, however it was begun.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none.
    pub async fn unsubscribe(&self, who: &Principal, target: &Target, ae: &AeTitle) -> Result<(), Error> {
        let permit = self.permit::<View>(who, What::Work).await?;
        let subscriber = subscriber(who, ae);
        let _turn = self.turn.lock().await;
        self.audit.record(audit_log::Event::new(What::Work, who)).await?;
        let ended = match target {
            Target::One(uid) => self.store.end_watch(&permit, &subscriber, Some(uid)).await?,
            Target::Every | Target::Filtered(_) => {
                let stood = self.store.end_standing(&permit, &subscriber).await?;
                self.store.end_watch(&permit, &subscriber, None).await? || stood
            }
        };
        if ended { Ok(()) } else { Err(Error::NotFound("subscription")) }
    }

    /// Goes on with the steps that are subscribed to, without those to come.
    ///
    /// # Errors
    /// [`Error::NotFound`] when none to come were subscribed to.
    pub async fn suspend(&self, who: &Principal, ae: &AeTitle) -> Result<(), Error> {
        let permit = self.permit::<View>(who, What::Work).await?;
        let _turn = self.turn.lock().await;
        self.audit.record(audit_log::Event::new(What::Work, who)).await?;
        let ended = self.store.end_standing(&permit, &subscriber(who, ae)).await?;
        if ended { Ok(()) } else { Err(Error::NotFound("subscription")) }
    }

    /// Events for an application entity title of ours, from now on.
    ///
    /// # Errors
    /// [`Error::Denied`]; [`Error::Busy`] when there are too many connections.
    pub async fn connect(&self, who: &Principal, ae: &AeTitle) -> Result<crate::Events, Error> {
        self.permit::<View>(who, What::Work).await?;
        self.audit.record(audit_log::Event::new(What::Work, who)).await?;
        self.watchers.connect(subscriber(who, ae))
    }
}

/// A title of somebody: a title is a name, and another one's subscriptions are not ended by using it.
fn subscriber(who: &Principal, ae: &AeTitle) -> Subscriber {
    Subscriber { owner: who.to_string(), ae: ae.clone() }
}
