//! What comes next in a series: the order in which somebody looks through it, which is that of the Instance Numbers, and
//! whether somebody does.

use crate::{archive::Archive, error::Error};
use access_control::{Permit, View};
use imaging_domain::{Instance, InstanceUid, SeriesUid};
use moka::future::Cache;
use std::{sync::Arc, time::Duration};

/// How many instances of all series are remembered, and how long: what is fetched ahead is a guess, and may be of a moment ago.
const REMEMBERED_INSTANCES: u64 = 500_000;
const REMEMBERED: Duration = Duration::from_secs(60);
/// How many series are remembered of which something was missing.
const MISSED_SERIES: u64 = 1024;

/// The instance of each series that was not here when it was last asked for. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Missed(Cache<SeriesUid, InstanceUid>);

impl Missed {
    pub(crate) fn new() -> Self {
        Self(Cache::new(MISSED_SERIES))
    }

    /// Told of an instance that is asked for and is not here; whether it is the second of its series. One alone may be all that
    /// somebody wants.
    pub(crate) async fn goes_on(&self, instance: &Instance) -> bool {
        let before = self.0.get(&instance.series).await;
        self.0.insert(instance.series.clone(), instance.uid.clone()).await;
        before.is_some_and(|before| before != instance.uid)
    }
}

/// The order of series that somebody looks through. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Sequences(Cache<SeriesUid, Arc<[InstanceUid]>>);

impl Sequences {
    pub(crate) fn new() -> Self {
        let weigh = |_: &SeriesUid, order: &Arc<[InstanceUid]>| u32::try_from(order.len()).unwrap_or(u32::MAX);
        let cache = Cache::builder().max_capacity(REMEMBERED_INSTANCES).weigher(weigh);
        Self(cache.time_to_live(REMEMBERED).build())
    }
}

impl Archive {
    /// The instances that follow one, at most so many.
    pub(crate) async fn following(
        &self,
        permit: &Permit<View>,
        of: &Instance,
        after: &InstanceUid,
        count: usize,
    ) -> Result<Vec<InstanceUid>, Error> {
        let order = self.order(permit, of).await?;
        let at = order.iter().position(|uid| uid == after).map_or(order.len(), |at| at + 1);
        Ok(order[at..].iter().take(count).cloned().collect())
    }

    async fn order(&self, permit: &Permit<View>, of: &Instance) -> Result<Arc<[InstanceUid]>, Error> {
        if let Some(order) = self.sequences.0.get(&of.series).await
            && order.contains(&of.uid)
        {
            return Ok(order);
        }
        let order: Arc<[InstanceUid]> = self.parts.index.order(permit, (&of.study, &of.series)).await?.into();
        self.sequences.0.insert(of.series.clone(), Arc::clone(&order)).await;
        Ok(order)
    }
}
