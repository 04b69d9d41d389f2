//! What has arrived at the same time is written into the index together.

use crate::{
    committer::{Arriving, Place},
    error::Error,
    framing::Outcome,
};
use access_control::{Object, View, decide};
use catalog::{Arrival, Verdict};
use imaging_domain::{Instance, InstanceUid, Keeping, Principal};
use tracing::error;

/// Commits arrivals whose bytes are published and whose events are recorded, and answers each.
pub(crate) async fn commit_group(place: &Place, group: Vec<Arriving>) {
    let Place { parts, site, written, elsewhere } = place;
    let (mut arrivals, mut answers) = (vec![], vec![]);
    let group = with_bytes(place, group).await;
    let Some(permit) = group.first().map(|job| job.permit.clone()) else { return };
    for job in group {
        answers.push((job.instance.uid.clone(), job.answer));
        let keeping = if elsewhere.is_some() { Keeping::Cached } else { Keeping::Kept };
        let instance = Instance { keeping, ..job.instance };
        arrivals.push(Arrival { site: site.clone(), instance, orders: job.orders });
    }
    match parts.index.commit(&permit, arrivals).await {
        Ok(verdicts) => {
            // a duplicate may have come into a cache, which is a line too
            if elsewhere.is_some() || verdicts.contains(&Verdict::Stored) {
                written.notify_waiters();
            }
            for ((uid, answer), verdict) in answers.into_iter().zip(verdicts) {
                // a sender that went away has no use for the answer
                let _ = answer.send(Ok(outcome(uid, verdict)));
            }
        }
        Err(problem) => {
            error!(error = %problem, instances = answers.len(), "arrivals were not stored");
            for (_, answer) in answers {
                let _ = answer.send(Err(Error::NotCommitted));
            }
        }
    }
}

/// Those whose bytes are there. One whose bytes a deletion took between their publishing and now leaves nothing, and its sender
/// hears that it was not stored.
async fn with_bytes(place: &Place, group: Vec<Arriving>) -> Vec<Arriving> {
    let committer = Principal::Service("committer");
    let Ok(looks) = decide::<View>(&committer, Object::Site(&place.site)) else { return vec![] };
    let mut whole = Vec::with_capacity(group.len());
    for job in group {
        if place.parts.blobs.has(&looks, &job.instance.digest).await {
            whole.push(job);
        } else {
            if let Err(error) = place.parts.blobs.remove(&job.permit, &job.instance.digest).await {
                error!(%error, "what a deletion left of an arrival could not be removed");
            }
            // a sender that went away has no use for the answer
            let _ = job.answer.send(Err(Error::NotCommitted));
        }
    }
    whole
}

fn outcome(uid: InstanceUid, verdict: Verdict) -> Outcome {
    match verdict {
        Verdict::Stored => Outcome::Stored(uid),
        Verdict::Duplicate => Outcome::Duplicate(uid),
        Verdict::Conflict => Outcome::Conflict(uid),
    }
}
