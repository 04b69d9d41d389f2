//! What is done with quarantined arrivals, and by whom.

use super::{AdapterConsole, OURSELVES};
use archive::Error;
use audit_log::{Event, Outcome, What};
use bytes::Bytes;
use imaging_domain::Principal;
use std::sync::Arc;
use tokio::task::spawn_blocking;

impl AdapterConsole {
    /// Throws one away.
    pub(super) async fn throw_away(&self, who: &Principal, id: &str) -> Result<(), Error> {
        self.is_quarantined(id)?;
        self.audit.record(Event::new(What::ThrownAway, who)).await?;
        if self.notes.quarantine.throw_away(id) { Ok(()) } else { Err(Error::NotFound("quarantined arrival")) }
    }

    fn is_quarantined(&self, id: &str) -> Result<(), Error> {
        if self.notes.quarantine.has(id) { Ok(()) } else { Err(Error::NotFound("quarantined arrival")) }
    }

    /// Takes a quarantined arrival in again; it leaves the quarantine when that works.
    pub(super) async fn try_again(&self, who: &Principal, id: String) -> Result<(), Error> {
        self.is_quarantined(&id)?;
        self.audit.record(Event::new(What::TriedAgain, who)).await?;
        let tried = self.taken_in_again(&id).await;
        if tried.is_err() {
            self.audit.record(Event::new(What::TriedAgain, who).outcome(Outcome::Failed)).await?;
        }
        tried
    }

    async fn taken_in_again(&self, id: &str) -> Result<(), Error> {
        let (notes, named) = (Arc::clone(&self.notes), id.to_owned());
        let found = spawn_blocking(move || notes.quarantine.open_one(&named)).await.map_err(|_| Error::Stopping)?;
        let (kept, bytes) = found.ok_or(Error::NotFound("quarantined arrival"))?;
        if !kept.about.whole {
            return Err(Error::Unsupported("only the beginning of it is kept"));
        }
        let bytes = Bytes::from(bytes);
        let mut incoming = self.ingest.begin(&OURSELVES, kept.framing()).await?;
        incoming.write(bytes.clone()).await?;
        let outcome = incoming.finish().await?;
        self.notes.taken_in_again(&kept, &bytes, &outcome);
        self.notes.quarantine.throw_away(id);
        Ok(())
    }
}
