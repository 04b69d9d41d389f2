//! Instances that a PACS told of and nobody has seen: before their bytes are wanted, whoever has them says what they are.

use crate::{archive::Archive, error::Error, remote::Remote, retrieve::first};
use access_control::{Permit, View};
use audit_log::{Event, What};
use catalog::{InstanceCopies, Scope};
use futures_util::TryStreamExt;
use imaging_domain::{Instance, InstanceCopy, InstanceUid, Keeping, Principal, SeriesUid, SiteId, StudyUid};
use std::collections::{HashMap, hash_map::Entry};

/// A series at a site.
type Place = (SiteId, StudyUid, SeriesUid);

impl Archive {
    /// The instances of a scope as this site has them, fetched from its PACS where nobody has seen them: what the hub asks for
    /// before it asks for bytes.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the scope has no instance, [`Error::Unavailable`] when the PACS does not give them.
    pub async fn described(&self, who: &Principal, scope: &Scope) -> Result<Vec<Instance>, Error> {
        let permit = self.may_view(who, What::Query, scope).await?;
        let listed: Vec<InstanceCopies> = self.instances(&permit, scope).try_collect().await?;
        if listed.is_empty() {
            return Err(Error::NotFound("instance"));
        }
        self.parts.audit.record(Event::new(What::Query, who).study(&scope.study).count(listed.len())).await?;
        Ok(listed.iter().map(|copies| first(copies).clone()).collect())
    }

    /// The same copies, with what their sites say of those that nobody has seen. Of a series several instances are asked for at
    /// once, one by itself. Sites that do not answer leave a promise, of which no bytes can be had.
    pub(crate) async fn seen(&self, _permit: &Permit<View>, mut found: Vec<InstanceCopies>) -> Vec<InstanceCopies> {
        let Some(remote) = self.parts.remote.clone() else { return found };
        if !found.iter().any(is_promised) {
            return found;
        }
        let mut wanted: HashMap<Place, Vec<InstanceUid>> = HashMap::new();
        for copies in found.iter().filter(|copies| is_promised(copies)) {
            let InstanceCopy { site, instance } = whom_to_ask(copies, remote.as_ref());
            let place = (site.clone(), instance.study.clone(), instance.series.clone());
            wanted.entry(place).or_default().push(instance.uid.clone());
        }
        let mut said: HashMap<InstanceUid, InstanceCopy> = HashMap::new();
        for ((site, study, series), uids) in wanted {
            let only = if let [one] = uids.as_slice() { Some(one.clone()) } else { None };
            let scope = Scope { study, series: Some(series), instance: only };
            match remote.describe(&site, &scope).await {
                Ok(instances) => {
                    let copies = instances.into_iter().map(|instance| InstanceCopy { site: site.clone(), instance });
                    said.extend(copies.map(|copy| (copy.instance.uid.clone(), copy)));
                }
                Err(error) => tracing::warn!(%site, %error, "a site does not say what its archive has"),
            }
        }
        for copies in found.iter_mut().filter(|copies| is_promised(copies)) {
            let promised = first(copies).clone();
            if let Entry::Occupied(entry) = said.entry(promised.uid.clone())
                && is_what_was_promised(&promised, &entry.get().instance)
            {
                *copies = InstanceCopies(vec![entry.remove()]);
            }
        }
        found
    }

    /// The instance that stands for a scope, seen by somebody.
    pub(crate) async fn standing_for(&self, permit: &Permit<View>, scope: &Scope) -> Result<InstanceCopies, Error> {
        let found = self.parts.index.representative(permit, scope).await?;
        self.seen(permit, vec![found]).await.pop().ok_or(Error::NotFound("instance"))
    }
}

fn is_promised(copies: &InstanceCopies) -> bool {
    first(copies).keeping == Keeping::Promised
}

/// Who is connected, else whoever stands first.
fn whom_to_ask<'a>(copies: &'a InstanceCopies, remote: &dyn Remote) -> &'a InstanceCopy {
    copies.0.iter().find(|copy| remote.is_connected(&copy.site)).unwrap_or(&copies.0[0])
}

/// Whether what a site says is about the same instance, and no promise again.
fn is_what_was_promised(promised: &Instance, said: &Instance) -> bool {
    said.keeping != Keeping::Promised && said.study == promised.study && said.series == promised.series
}

/// Lets a site look at what it has now, where that may change under it: the next who asks finds it in the index.
pub(crate) async fn look_again(remote: &dyn Remote, site: &SiteId, instance: &Instance) {
    if instance.keeping == Keeping::Kept {
        return;
    }
    let (study, series) = (instance.study.clone(), Some(instance.series.clone()));
    if let Err(error) = remote.describe(site, &Scope { study, series, instance: Some(instance.uid.clone()) }).await {
        tracing::warn!(%site, %error, "a site does not say what it has now");
    }
}
