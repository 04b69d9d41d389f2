//! Steps of work of the region (Unified Procedure Steps, PS3.4 annex CC), and who is told what becomes of them.

use super::step::{DeletionLock, Known, Standing, Subscriber, Workitem, WorkitemPart};
use crate::error::Error;
use access_control::{Permit, View, Work};
use async_trait::async_trait;
use imaging_domain::{InstanceUid, Query};

/// The region's worklist.
#[async_trait]
pub trait Workitems: Send + Sync {
    /// A new step, which these are told of. Answers whether there was none of its identifier, and
    /// does nothing otherwise.
    async fn add_workitem(
        &self,
        permit: &Permit<Work>,
        item: Workitem,
        told: Vec<(Subscriber, DeletionLock)>,
    ) -> Result<bool, Error>;

    /// One step.
    async fn workitem(&self, permit: &Permit<View>, uid: &InstanceUid) -> Result<Known, Error>;

    /// Puts a step in place of the one of the version it names. Answers whether that was still the one; the version that is kept
    /// is one higher.
    async fn change_workitem(&self, permit: &Permit<Work>, item: Workitem) -> Result<bool, Error>;

    /// Steps that match, in the order they came, from a place on. A part may be empty and yet not be the last: so many steps are
    /// looked at in one. Limit and offset of the query are the caller's.
    async fn workitems(&self, permit: &Permit<View>, query: &Query, from: Option<i64>) -> Result<WorkitemPart, Error>;

    /// Forgets steps that ended at a time (milliseconds since 1970 UTC) or before and have no deletion lock, so many at most; answers how
    /// many.
    async fn forget_workitems(&self, permit: &Permit<Work>, until_ms: i64, at_most: usize) -> Result<usize, Error>;

    /// Subscriptions to what is still to come.
    async fn standing(&self, permit: &Permit<View>) -> Result<Vec<Standing>, Error>;

    /// A subscription to what is still to come, in place of the one of the same subscriber.
    ///
    /// # Errors
    /// [`Error::Invalid`] when there are [`MAX_SUBSCRIBERS`](super::MAX_SUBSCRIBERS) others, or [`MAX_OF_ONE`](super::MAX_OF_ONE) of this
    /// one's.
    async fn put_standing(&self, permit: &Permit<View>, standing: Standing) -> Result<(), Error>;

    /// Ends a subscription to what is still to come; answers whether there was one.
    async fn end_standing(&self, permit: &Permit<View>, subscriber: &Subscriber) -> Result<bool, Error>;

    /// Subscribes to one step, with or without a deletion lock. Answers whether it is here.
    ///
    /// # Errors
    /// As [`put_standing`](Self::put_standing).
    async fn watch(
        &self,
        permit: &Permit<View>,
        subscriber: &Subscriber,
        uid: &InstanceUid,
        lock: DeletionLock,
    ) -> Result<bool, Error>;

    /// Subscribes to those of these steps that are here. A lock that is there stays.
    ///
    /// # Errors
    /// As [`put_standing`](Self::put_standing).
    async fn watch_these(
        &self,
        permit: &Permit<View>,
        subscriber: &Subscriber,
        uids: Vec<InstanceUid>,
        lock: DeletionLock,
    ) -> Result<(), Error>;

    /// Ends the subscription to one step, or to every one; answers whether there was one.
    async fn end_watch(
        &self,
        permit: &Permit<View>,
        subscriber: &Subscriber,
        uid: Option<&InstanceUid>,
    ) -> Result<bool, Error>;

    /// Who is told of a step.
    async fn watchers(&self, permit: &Permit<View>, uid: &InstanceUid) -> Result<Vec<Subscriber>, Error>;
}
