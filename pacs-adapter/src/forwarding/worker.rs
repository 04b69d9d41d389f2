//! One destination: sends what waits for it, one instance after the other, until nothing does or it is told to stop.

use super::{
    desk::Parts,
    pause::Pause,
    sent::{Place, Sent, answered, unread},
    trouble::{Trouble, Troubles},
};
use crate::{
    images::Listed,
    peers::Peer,
    services::{Destination, NotSent, Pairs},
};
use access_control::{Object, Overview, Permit, Store, decide};
use catalog::{Queued, Scope};
use futures_util::StreamExt;
use imaging_domain::{AeTitle, Level, Principal, in_one_line};
use metrics::counter;
use std::sync::Arc;
use tokio::{sync::Notify, time::timeout};
use tokio_util::sync::CancellationToken;

/// Who sends.
const WHO: Principal = Principal::Service("forwarding");
/// Instances that are looked at at once; the contexts of an association are those of so many.
const BATCH: usize = 200;
/// Instances that may be taken before that is written down.
const UNWRITTEN: usize = 16;

/// What sends to one destination.
pub(super) struct Worker {
    pub(super) parts: Arc<Parts>,
    pub(super) title: AeTitle,
    pub(super) troubles: Troubles,
    /// Tells it to try at once.
    pub(super) now: Arc<Notify>,
}

/// What an association is worth after something went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Association {
    Open,
    Broken,
}

impl Worker {
    pub(super) async fn run(self, stop: CancellationToken) {
        let mut pause = Pause::new(self.parts.config.clone());
        let mut place = Place::default();
        while !stop.is_cancelled() {
            place.progressed = false;
            let round = stop.run_until_cancelled(self.round(&mut place)).await;
            if place.progressed {
                pause.reset();
            }
            match round {
                None => return,
                Some(Ok(())) => return self.troubles.end(&self.title),
                Some(Err(why)) => {
                    let wait = pause.next();
                    tracing::warn!(destination = %self.title, why, ?wait, "copies wait");
                    let next_ms = (self.parts.clock)().saturating_add(wait.as_millis() as i64);
                    self.troubles.note(&self.title, Trouble { why, next_ms });
                    stop.run_until_cancelled(timeout(wait, self.now.notified())).await;
                }
            }
        }
    }

    /// Sends what waits; `Ok` when nothing does any more, or the destination is not known any more.
    async fn round(&self, place: &mut Place) -> Result<(), String> {
        loop {
            let batch = self.waiting(place.after).await?;
            if batch.is_empty() && place.after == 0 {
                return Ok(());
            }
            if batch.is_empty() {
                // once more from the beginning, where what was left lies
                place.after = 0;
                continue;
            }
            // it may have another address since, or none
            let Some(peer) = self.parts.peers.by_title(&self.title) else { return Ok(()) };
            self.send(&peer, batch, place).await?;
        }
    }

    async fn waiting(&self, after: i64) -> Result<Vec<Queued>, String> {
        let permit: Permit<Overview> = decide(&WHO, Object::Region).map_err(|error| in_one_line(&error))?;
        let waiting = self.parts.routes.waiting(&permit, &self.title, after, BATCH).await;
        waiting.map_err(|error| in_one_line(&error))
    }

    /// Sends on one association: a batch, and what comes after it while that needs no other contexts.
    async fn send(&self, peer: &Peer, mut batch: Vec<Queued>, place: &mut Place) -> Result<(), String> {
        let first = batch.clone();
        let contexts = pairs(&first);
        let opened = Destination::open(&self.parts.requester, peer, &contexts).await;
        let mut destination = opened.map_err(|error| in_one_line(&error))?;
        let mut taken = vec![];
        let ended = loop {
            if let Err(why) = self.send_all(&batch, &mut destination, &mut taken, place).await {
                break Err(why);
            }
            batch = match self.waiting(place.after).await {
                Ok(batch) if !batch.is_empty() && pairs(&batch).is_subset(&contexts) => batch,
                Ok(_) => break Ok(()),
                Err(why) => break Err((why, Association::Open)),
            };
        };
        let written = self.write_taken(&mut taken).await;
        match ended {
            Ok(()) | Err((_, Association::Open)) => destination.end().await,
            Err((_, Association::Broken)) => destination.abort().await,
        }
        ended.map_err(|(why, _)| why).and(written)
    }

    async fn send_all(
        &self,
        batch: &[Queued],
        destination: &mut Destination,
        taken: &mut Vec<i64>,
        place: &mut Place,
    ) -> Result<(), (String, Association)> {
        for queued in batch {
            let sent = match self.send_one(queued, destination).await {
                Sent::Lost(why) => place.broke(queued.id, why),
                sent => sent,
            };
            place.after = queued.id;
            let title = self.title.to_string();
            counter!("forwarded_instances_total", "destination" => title, "outcome" => sent.word()).increment(1);
            match sent {
                Sent::Taken | Sent::Gone => taken.push(queued.id),
                Sent::Refused(why) => self.refuse(queued, &why).await.map_err(|why| (why, Association::Open))?,
                Sent::NotNow(why) => return Err((why, Association::Open)),
                Sent::Lost(why) => return Err((why, Association::Broken)),
                Sent::Breaks(why) => {
                    self.refuse(queued, &why).await.map_err(|why| (why, Association::Broken))?;
                    return Err((why, Association::Broken));
                }
            }
            place.progressed = true;
            if taken.len() >= UNWRITTEN {
                self.write_taken(taken).await.map_err(|why| (why, Association::Open))?;
            }
        }
        Ok(())
    }

    async fn send_one(&self, queued: &Queued, destination: &mut Destination) -> Sent {
        let Queued { study, series, instance, sop_class, transfer_syntax, .. } = queued.clone();
        let scope = Scope { study, series: Some(series), instance: Some(instance) };
        let listed = vec![Listed { scope, sop_class, transfer_syntax }];
        let form = destination.receiver().wanted_form();
        let given = match self.parts.images.give(&WHO, listed, Level::Instance, form).next().await {
            Some(Ok(given)) => given,
            Some(Err(error)) => return unread(&error),
            None => return Sent::Gone,
        };
        match destination.store(given, None).await {
            Ok(status) => answered(status),
            Err(NotSent::Unreadable(error)) => unread(&error),
            Err(NotSent::NotAccepted(what)) => Sent::Refused(format!("it accepts no {what}")),
            Err(NotSent::Lost(error)) => Sent::Lost(in_one_line(&error)),
        }
    }

    /// Writes down what was taken; what is not written down is sent again.
    async fn write_taken(&self, taken: &mut Vec<i64>) -> Result<(), String> {
        if taken.is_empty() {
            return Ok(());
        }
        let permit: Permit<Store> = decide(&WHO, Object::Region).map_err(|error| in_one_line(&error))?;
        let written = self.parts.routes.sent(&permit, std::mem::take(taken)).await;
        written.map_err(|error| in_one_line(&error))
    }

    async fn refuse(&self, queued: &Queued, why: &str) -> Result<(), String> {
        tracing::warn!(destination = %self.title, instance = %queued.instance, why, "a copy is not taken");
        let permit: Permit<Store> = decide(&WHO, Object::Region).map_err(|error| in_one_line(&error))?;
        self.parts.routes.refused(&permit, queued.id, why).await.map_err(|error| in_one_line(&error))
    }
}

fn pairs(batch: &[Queued]) -> Pairs<'_> {
    batch.iter().map(|queued| (queued.sop_class.as_str(), queued.transfer_syntax.as_str())).collect()
}
