//! One destination: takes what waits for it, one instance after the other, until it is told to stop.

use super::{
    desk::Parts,
    pause::Pause,
    trouble::{Trouble, Troubles, told},
};
use crate::{
    images::Listed,
    peers::Peer,
    services::{Destination, NotSent, Pairs},
};
use access_control::{Object, Overview, Permit, Store, decide};
use catalog::{Queued, Scope};
use dimse::Status;
use futures_util::StreamExt;
use imaging_domain::{ErrorKind, Level, Principal};
use metrics::counter;
use std::{collections::BTreeMap, sync::Arc, time::Duration};
use tokio::{sync::Notify, time::timeout};
use tokio_util::sync::CancellationToken;

/// Who sends.
const WHO: Principal = Principal::Service("forwarding");
/// Instances that are looked at at once; the contexts of an association are those of so many.
const BATCH: usize = 200;
/// How often it is looked whether anything waits, when nobody says so.
const LOOK: Duration = Duration::from_secs(1);
/// Instances that may be taken before that is written down.
const UNWRITTEN: usize = 16;
/// How often the association may break over one instance before that one is taken for what the peer cannot take.
const MAX_BREAKS: u32 = 5;

/// What sends to one destination.
pub(super) struct Worker {
    pub(super) parts: Arc<Parts>,
    pub(super) peer: Peer,
    pub(super) troubles: Troubles,
    /// Tells it to try at once.
    pub(super) now: Arc<Notify>,
}

/// What became of one instance.
enum Sent {
    Taken,
    /// It is not there any more.
    Gone,
    /// It will never be taken.
    Refused(String),
    /// Perhaps later.
    NotNow(String),
    /// Perhaps later, and the association is of no more use.
    Lost(String),
    /// Never, and the association is of no more use.
    Breaks(String),
}

/// Where the worker is in the queue: what broke an association comes after everything else, so that it holds up nothing.
#[derive(Default)]
struct Place {
    after: i64,
    progressed: bool,
    /// The instances over which the association broke, and how often.
    breaks: BTreeMap<i64, u32>,
}

impl Place {
    /// The association broke over an instance; what that means for it.
    fn broke(&mut self, id: i64, why: String) -> Sent {
        let breaks = self.breaks.entry(id).or_default();
        *breaks += 1;
        if *breaks < MAX_BREAKS {
            return Sent::Lost(why);
        }
        self.breaks.remove(&id);
        Sent::Breaks(format!("{why}, {MAX_BREAKS} times over this one"))
    }
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
                Some(Ok(())) => {
                    self.troubles.end(&self.peer.ae_title);
                    stop.run_until_cancelled(self.wait_for_more()).await;
                }
                Some(Err(why)) => {
                    let wait = pause.next();
                    tracing::warn!(destination = %self.peer.ae_title, why, ?wait, "copies wait");
                    let next_ms = (self.parts.clock)().saturating_add(wait.as_millis() as i64);
                    self.troubles.note(&self.peer.ae_title, Trouble { why, next_ms });
                    stop.run_until_cancelled(timeout(wait, self.now.notified())).await;
                }
            }
        }
    }

    async fn wait_for_more(&self) {
        tokio::select! {
            () = self.parts.written.notified() => {}
            () = self.now.notified() => {}
            () = tokio::time::sleep(LOOK) => {}
        }
    }

    /// Sends what waits; `Ok` when nothing does any more.
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
            self.send(batch, place).await?;
        }
    }

    async fn waiting(&self, after: i64) -> Result<Vec<Queued>, String> {
        let permit: Permit<Overview> = decide(&WHO, Object::Region).map_err(|error| told(&error))?;
        let waiting = self.parts.routes.waiting(&permit, &self.peer.ae_title, after, BATCH).await;
        waiting.map_err(|error| told(&error))
    }

    /// Sends on one association: a batch, and what comes after it while that needs no other contexts.
    async fn send(&self, mut batch: Vec<Queued>, place: &mut Place) -> Result<(), String> {
        let first = batch.clone();
        let contexts = pairs(&first);
        let opened = Destination::open(&self.parts.requester, &self.peer, &contexts).await;
        let mut destination = opened.map_err(|error| told(&error))?;
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
            Ok(()) => destination.end().await,
            Err((_, Association::Open)) => destination.end().await,
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
            let outcome = match &sent {
                Sent::Taken | Sent::Gone => "taken",
                Sent::Refused(_) | Sent::Breaks(_) => "refused",
                Sent::NotNow(_) | Sent::Lost(_) => "again",
            };
            let title = self.peer.ae_title.to_string();
            counter!("forwarded_instances_total", "destination" => title, "outcome" => outcome).increment(1);
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
            Err(NotSent::Lost(error)) => Sent::Lost(told(&error)),
        }
    }

    /// Writes down what was taken; what is not written down is sent again.
    async fn write_taken(&self, taken: &mut Vec<i64>) -> Result<(), String> {
        if taken.is_empty() {
            return Ok(());
        }
        let permit: Permit<Store> = decide(&WHO, Object::Region).map_err(|error| told(&error))?;
        let written = self.parts.routes.sent(&permit, std::mem::take(taken)).await;
        written.map_err(|error| told(&error))
    }

    async fn refuse(&self, queued: &Queued, why: &str) -> Result<(), String> {
        tracing::warn!(destination = %self.peer.ae_title, instance = %queued.instance, why, "a copy is not taken");
        let permit: Permit<Store> = decide(&WHO, Object::Region).map_err(|error| told(&error))?;
        self.parts.routes.refused(&permit, queued.id, why).await.map_err(|error| told(&error))
    }
}

/// What an association is worth after something went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Association {
    Open,
    Broken,
}

fn pairs(batch: &[Queued]) -> Pairs<'_> {
    batch.iter().map(|queued| (queued.sop_class.as_str(), queued.transfer_syntax.as_str())).collect()
}

/// What a status of C-STORE means for the copy (PS3.4 B.2.3).
fn answered(status: Status) -> Sent {
    match status.code() {
        _ if status.is_done() => Sent::Taken,
        // no room, or trouble of its own: the same may succeed later
        0xA700..=0xA7FF | 0x0110 | 0x0213 => Sent::NotNow(format!("it answered {status}")),
        _ => Sent::Refused(format!("it answered {status}")),
    }
}

/// What is not read.
fn unread(error: &archive::Error) -> Sent {
    match error.kind() {
        ErrorKind::NotFound => Sent::Gone,
        ErrorKind::Unavailable | ErrorKind::Conflict => Sent::NotNow(told(error)),
        _ => Sent::Refused(told(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_say_whether_the_same_may_be_taken_later() {
        for (code, expected) in [
            (0x0000, "taken"),
            (0xB000, "taken"),
            (0xB007, "taken"),
            (0xA700, "later"),
            (0xA7FF, "later"),
            (0x0110, "later"),
            (0xA900, "never"),
            (0xC123, "never"),
            (0x0122, "never"),
            (0x0124, "never"),
        ] {
            let told = match answered(Status::from_code(code)) {
                Sent::Taken => "taken",
                Sent::NotNow(_) => "later",
                Sent::Refused(_) => "never",
                Sent::Gone | Sent::Lost(_) | Sent::Breaks(_) => "something else",
            };
            assert_eq!(told, expected, "{code:04X}");
        }
    }
}
