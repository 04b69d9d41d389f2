//! Instances of one request on their way: written one after the other, made durable several at a time.

use super::{
    port::{Deposit, Named},
    reason::reason_of,
};
use crate::error::Error;
use ::dicomweb::{COERCED, StoreOutcome};
use archive::Outcome;
use bytes::{Bytes, BytesMut};
use imaging_domain::ErrorKind;
use tokio::task::JoinSet;

/// Bytes that are gathered before they are written: what an arrival holds in memory.
const GATHERED: usize = 256 << 10;
/// Instances of one request that are made durable at the same time, so that they share commits.
const MAX_FINISHING: usize = 32;

/// One instance, being written. Once it failed the rest of its bytes is passed over.
pub(super) struct Arrival {
    deposit: Result<Box<dyn Deposit>, Refused>,
    gathered: BytesMut,
}

/// Why an instance was not taken, and who it said it was.
struct Refused {
    named: Named,
    reason: u16,
    kind: ErrorKind,
}

impl Arrival {
    /// An arrival whose beginning went so.
    pub(super) fn of(begun: Result<Box<dyn Deposit>, archive::Error>, named: Named) -> Self {
        Self { deposit: begun.map_err(|error| Refused::by(&error, named)), gathered: BytesMut::new() }
    }

    /// An instance that is not taken for a reason of the request's own.
    pub(super) fn refused(named: Named, reason: u16) -> Self {
        Self { deposit: Err(Refused { named, reason, kind: ErrorKind::Invalid }), gathered: BytesMut::new() }
    }

    /// Takes the next bytes.
    pub(super) async fn write(&mut self, bytes: &[u8]) {
        if self.deposit.is_ok() {
            self.gathered.extend_from_slice(bytes);
            if self.gathered.len() >= GATHERED {
                self.flush().await;
            }
        }
    }

    async fn flush(&mut self) {
        let Ok(deposit) = &mut self.deposit else { return };
        let bytes: Bytes = self.gathered.split().freeze();
        if let Err(error) = deposit.write(bytes).await {
            self.deposit = Err(Refused::by(&error, deposit.named()));
        }
    }

    async fn finish(mut self) -> (StoreOutcome, Option<ErrorKind>) {
        if !self.gathered.is_empty() {
            self.flush().await;
        }
        let refused = match self.deposit {
            Ok(deposit) => {
                let named = deposit.named();
                match deposit.finish().await {
                    Ok((outcome, instance)) => return (stored(outcome, instance), None),
                    Err(error) => Refused::by(&error, named),
                }
            }
            Err(refused) => refused,
        };
        (StoreOutcome::Failed { named: refused.named, reason: refused.reason }, Some(refused.kind))
    }
}

impl Refused {
    fn by(error: &archive::Error, named: Named) -> Self {
        let source = std::error::Error::source(error);
        tracing::warn!(%error, source, "instance was refused");
        Self { named, reason: reason_of(error), kind: error.kind() }
    }
}

fn stored(outcome: Outcome, instance: imaging_domain::Instance) -> StoreOutcome {
    // the first bytes under the UID stay, so what the address gives is not what was sent
    // or a rule of the hospital changed it
    let warning = matches!(outcome, Outcome::Conflict(_) | Outcome::Coerced(_)).then_some(COERCED);
    StoreOutcome::Stored {
        class: instance.sop_class,
        study: instance.study,
        series: instance.series,
        instance: instance.uid,
        warning,
    }
}

/// What became of the instances of a request, in their order.
#[derive(Default)]
pub(super) struct Arrivals {
    finishing: JoinSet<(usize, (StoreOutcome, Option<ErrorKind>))>,
    ended: Vec<(usize, (StoreOutcome, Option<ErrorKind>))>,
    begun: usize,
}

impl Arrivals {
    /// Ends an instance. Waits only when many are ending already.
    pub(super) async fn end(&mut self, arrival: Arrival) -> Result<(), Error> {
        if self.finishing.len() >= MAX_FINISHING
            && let Some(ended) = self.finishing.join_next().await
        {
            self.ended.push(ended?);
        }
        let number = self.begun;
        self.begun += 1;
        // owned by the request: when it is given up, what is not ended is dropped and leaves nothing
        self.finishing.spawn(async move { (number, arrival.finish().await) });
        Ok(())
    }

    /// Waits for all of them. Beside the outcomes: whether nothing was stored, for no reason but that it cannot be now.
    pub(super) async fn all(mut self) -> Result<(Vec<StoreOutcome>, bool), Error> {
        while let Some(ended) = self.finishing.join_next().await {
            self.ended.push(ended?);
        }
        self.ended.sort_by_key(|(number, _)| *number);
        let unavailable =
            !self.ended.is_empty() && self.ended.iter().all(|(_, (_, kind))| *kind == Some(ErrorKind::Unavailable));
        Ok((self.ended.into_iter().map(|(_, (outcome, _))| outcome).collect(), unavailable))
    }
}
