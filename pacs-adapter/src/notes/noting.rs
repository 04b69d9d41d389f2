//! The witness of the way in that takes the notes.

use super::{
    Notes,
    ledger::Arrived,
    why::{is_of_the_bytes, sender, why},
};
use archive::{Error, Outcome, Seen, Witness};
use async_trait::async_trait;
use imaging_domain::{Instance, tags};
use std::sync::Arc;
use tokio::task::spawn_blocking;
use viewer_api::{Failure, Quarantined};

/// Notes every arrival. Cheap to clone.
#[derive(Clone)]
pub struct Noting(pub Arc<Notes>);

#[async_trait]
impl Witness for Noting {
    fn took(&self, seen: &Seen, instance: &Instance, outcome: &Outcome) {
        self.0.arrivals.came(&instance.study, &instance.uid, outcome);
        let modality = instance.attributes.text(tags::MODALITY).unwrap_or_default();
        let arrived = Arrived { sender: &sender(&seen.who), modality, bytes: seen.bytes, outcome };
        self.0.ledger.arrived(&arrived, self.0.now_ms());
    }

    async fn refused(&self, seen: &Seen, error: &Error) {
        let ((why, detail), sender) = (why(error), sender(&seen.who));
        let (notes, at_ms) = (Arc::clone(&self.0), self.0.now_ms());
        notes.ledger.refused(&sender, at_ms);
        let told = (sender.clone(), why.to_owned(), detail.clone());
        notes.failures.add(Failure { last_ms: at_ms, times: 1, sender: told.0, why: told.1, detail: told.2 });
        if !is_of_the_bytes(error) || seen.head.is_empty() {
            return;
        }
        let (head, framing, bytes, why) = (seen.head.clone(), seen.framing.clone(), seen.bytes, why.to_owned());
        let whole = seen.ended && head.len() as u64 == bytes;
        let about = Quarantined { id: String::new(), at_ms, sender, why, detail, bytes, whole };
        let kept = spawn_blocking(move || notes.quarantine.keep(about, &framing, &head)).await;
        if let Ok(Err(error)) = kept {
            tracing::warn!(%error, "a refused arrival cannot be kept for a look");
        }
    }
}
