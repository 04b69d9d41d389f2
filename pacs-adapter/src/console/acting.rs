//! What is done at the console, by who may.

use super::{AdapterConsole, people};
use crate::peers::Listens;
use archive::Error;
use audit_log::{Event as Audited, What};
use imaging_domain::{AeTitle, Principal};
use std::net::IpAddr;
use viewer_api::Deed;

impl AdapterConsole {
    /// Does it; whether `who` may was decided.
    pub(super) async fn carry_out(&self, who: &Principal, deed: Deed) -> Result<(), Error> {
        match deed {
            Deed::DialHub => self.uplink.dial_now(),
            Deed::TryAgain(id) => self.try_again(who, id).await?,
            Deed::ThrowAway(id) => self.throw_away(who, &id).await?,
            Deed::Allow { ae_title, from, port, tls } => {
                self.audit.record(Audited::new(What::Peer, who)).await?;
                let listens = port.map(|port| Listens { port, tls });
                people::allow(&self.peers, &ae_title, (from, listens), self.notes.now_ms()).await?;
            }
            Deed::Forget { ae_title, from } => self.forget(who, &ae_title, from).await?,
            Deed::SendAgain { ae_title } => self.send_again(who, ae_title.as_ref()).await?,
            Deed::ReportAgain { ae_title } => {
                if self.commitments.retry(ae_title.as_ref()) == 0 {
                    return Err(Error::NotFound("report of storage commitment"));
                }
            }
            Deed::ForgetReports { ae_title } => {
                self.audit.record(Audited::new(What::ReportsForgotten, who)).await?;
                if self.commitments.forget(ae_title.as_ref()) == 0 {
                    return Err(Error::NotFound("report of storage commitment"));
                }
            }
            Deed::Release(study) => drop(self.forwarding.release(who, &study).await?),
        }
        Ok(())
    }

    async fn forget(&self, who: &Principal, ae_title: &AeTitle, from: IpAddr) -> Result<(), Error> {
        self.audit.record(Audited::new(What::Peer, who)).await?;
        // without it the adapter would not start with these rules
        if self.forwarding.is_sent_to(ae_title) && self.peers.is_the_only_place(ae_title, from) {
            return Err(Error::Unsupported("a rule sends copies to it"));
        }
        people::forget(&self.peers, ae_title, from).await
    }

    async fn send_again(&self, who: &Principal, ae_title: Option<&AeTitle>) -> Result<(), Error> {
        if ae_title.is_some_and(|ae_title| self.peers.by_title(ae_title).is_none()) {
            return Err(Error::NotFound("peer of this title"));
        }
        self.forwarding.retry(who, ae_title).await?;
        Ok(())
    }
}
