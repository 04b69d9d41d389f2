//! Whether instances are kept: the bytes on the disk are read back, every one of them, for whoever wants to delete his own.
//!
//! A hospital keeps what is in its archive. A hub keeps, of what it holds itself, what is of the asker's site; what hospitals
//! hold their adapters answer for, and what lies in the cache nobody.

use crate::{archive::Archive, error::Error, holding::Holding, retrieve::first};
use access_control::{Permit, View};
use audit_log::{Event, What};
use blob_store::digest_of;
use catalog::{InstanceCopies, Scope};
use imaging_domain::{
    Digest, Instance, InstanceUid, Keeping, Level, Principal, Query, SeriesUid, SopClassUid, StudyUid,
};

/// Series of the region that are looked through for an instance: other hospitals may have its identifier in others.
const MAX_PLACES: u32 = 16;
/// Instances of a study that are listed at once.
const AT_ONCE: usize = 1_000;

/// An instance that somebody asks about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed {
    /// Its class.
    pub class: SopClassUid,
    /// Its identifier.
    pub uid: InstanceUid,
    /// The series it is to be in, when that is said.
    pub within: Option<(StudyUid, SeriesUid)>,
}

impl From<&(SopClassUid, InstanceUid)> for Claimed {
    fn from((class, uid): &(SopClassUid, InstanceUid)) -> Self {
        Self { class: class.clone(), uid: uid.clone(), within: None }
    }
}

/// What is found of an instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Safekeeping {
    /// It is here, of that class, and its bytes are those that were stored.
    Kept,
    /// It is not here.
    Missing,
    /// It is here, of another class.
    OtherClass,
    /// It is in the index, and its bytes are gone or are not what they were.
    Damaged,
}

impl Safekeeping {
    /// The Failure Reason (0008,1197) of whoever answers for it; none when it is kept (PS3.3 C.14.1.1).
    pub fn failure_reason(self) -> Option<u16> {
        match self {
            Self::Kept => None,
            // no such object instance
            Self::Missing => Some(0x0112),
            // class and instance conflict
            Self::OtherClass => Some(0x0119),
            // processing failure
            Self::Damaged => Some(0x0110),
        }
    }
}

impl Archive {
    /// Reads back instances that are held here, and says of each, in the same order, whether it is kept.
    ///
    /// # Errors
    /// [`Error::Denied`], or what the index and the disk say when they cannot be asked now; nothing is said then.
    pub async fn safekeeping(&self, who: &Principal, instances: &[Claimed]) -> Result<Vec<Safekeeping>, Error> {
        self.permit::<access_control::Search>(who, What::Query, None).await?;
        let permit = self.permit::<View>(who, What::Query, None).await?;
        self.parts.audit.record(Event::new(What::Query, who).count(instances.len())).await?;
        let mut found = Vec::with_capacity(instances.len());
        for claimed in instances {
            found.push(self.looked_at(&permit, claimed).await?);
        }
        Ok(found)
    }

    /// The instances of a study or series that are kept here for whoever asks; `None` when there are more than so many.
    ///
    /// # Errors
    /// As [`safekeeping`](Self::safekeeping).
    pub async fn kept_of(&self, who: &Principal, scope: &Scope, at_most: usize) -> Result<Option<Vec<Claimed>>, Error> {
        let permit = self.permit::<View>(who, What::Query, Some(&scope.study)).await?;
        let (mut kept, mut after) = (vec![], None);
        loop {
            let some = self.parts.index.instances(&permit, scope, after.as_ref(), AT_ONCE).await?;
            for copies in &some {
                if let Some(instance) = self.kept_copy(who, copies).await? {
                    kept.extend(claimed(instance));
                }
            }
            after = some.last().map(|copies| (first(copies).series.clone(), first(copies).uid.clone()));
            match some.len() {
                _ if kept.len() > at_most => return Ok(None),
                AT_ONCE => {}
                _ => return Ok(Some(kept)),
            }
        }
    }

    async fn looked_at(&self, permit: &Permit<View>, claimed: &Claimed) -> Result<Safekeeping, Error> {
        let uid = &claimed.uid;
        let searching = access_control::decide(permit.principal(), access_control::Object::Region)?;
        let query = Query::at(Level::Instance).of_instance(uid).page(MAX_PLACES, 0);
        for place in self.parts.index.search(&searching, &query).await?.matches {
            let is_there = |(study, series): &(StudyUid, SeriesUid)| {
                place.study == *study && place.series.as_ref() == Some(series)
            };
            if !claimed.within.as_ref().is_none_or(is_there) {
                continue;
            }
            let scope = Scope { study: place.study, series: place.series, instance: Some(uid.clone()) };
            let copies = self.parts.index.instances(permit, &scope, None, 1).await?;
            let Some(copies) = copies.first() else { continue };
            let Some(instance) = self.kept_copy(permit.principal(), copies).await? else { continue };
            if instance.sop_class.as_ref() != Some(&claimed.class) {
                return Ok(Safekeeping::OtherClass);
            }
            // what may leave the cache is not kept here, and what is in the PACS nobody can vouch for
            if instance.keeping != Keeping::Kept {
                return Ok(Safekeeping::Missing);
            }
            return Ok(self.read_back(permit, uid, &instance.digest).await);
        }
        Ok(Safekeeping::Missing)
    }

    async fn read_back(&self, permit: &Permit<View>, uid: &InstanceUid, digest: &Digest) -> Safekeeping {
        // behind the hub's own store is its cache, which keeps nothing
        let blobs = self.holding.as_ref().map_or(&self.parts.blobs, Holding::blobs);
        let read_back = match blobs.open(permit, digest).await {
            Ok(blob) => digest_of(blob.as_ref()).await,
            Err(error) => Err(error),
        };
        match read_back {
            Ok(found) if found == *digest => Safekeeping::Kept,
            Ok(_) => {
                tracing::error!(instance = %uid, "stored bytes are not what they were");
                Safekeeping::Damaged
            }
            // a disk that cannot be read keeps nothing safe either
            Err(error) => {
                tracing::error!(instance = %uid, %error, "stored bytes cannot be read back");
                Safekeeping::Damaged
            }
        }
    }

    /// The copy that is kept here for whoever asks.
    async fn kept_copy<'c>(&self, who: &Principal, copies: &'c InstanceCopies) -> Result<Option<&'c Instance>, Error> {
        let Some(holding) = &self.holding else { return Ok(Some(first(copies))) };
        for copy in &copies.0 {
            if holding.keeps_for(who, &copy.site).await? {
                return Ok(Some(&copy.instance));
            }
        }
        Ok(None)
    }
}

/// An instance as somebody would ask about it; one without a class nobody can.
fn claimed(instance: &Instance) -> Option<Claimed> {
    let within = Some((instance.study.clone(), instance.series.clone()));
    Some(Claimed { class: instance.sop_class.clone()?, uid: instance.uid.clone(), within })
}
