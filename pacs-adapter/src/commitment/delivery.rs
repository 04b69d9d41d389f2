//! How a report gets to whoever asked.

use super::{config::Config, report, transaction::Transaction};
use crate::{
    peers::Peers,
    requester::{Proposed, Requester, Roles},
    services::Outbox,
};
use dimse::STORAGE_COMMITMENT;
use imaging_domain::in_one_line;
use std::time::Duration;

/// How long a peer has to take a report on the association on which it asked.
const ANSWER: Duration = Duration::from_secs(30);

/// How reports go out.
#[derive(Debug, Clone)]
pub struct Reports {
    /// Opens associations of our own.
    pub requester: Requester,
    /// Who has which address.
    pub peers: Peers,
    /// How long they are tried.
    pub config: Config,
}

impl Reports {
    /// On the association that asked while that is open, else on one of our own.
    pub(super) async fn send(&self, transaction: &Transaction, outbox: Option<Outbox>) -> Result<(), String> {
        let message = report::message(transaction).ok_or("no message can be made")?;
        if let Some(outbox) = outbox {
            let data_set = report::data_set(transaction, outbox.transfer_syntax());
            let answer = tokio::time::timeout(ANSWER, outbox.report(message.clone(), data_set)).await;
            match answer {
                Ok(Some(status)) if status.is_done() => return Ok(()),
                // it is there and does not want it now
                Ok(Some(status)) => return Err(format!("the peer answered {status}")),
                Ok(None) | Err(_) => {}
            }
        }
        let Self { requester, peers, .. } = self;
        let peer = peers.by_title(&transaction.ae).ok_or("nobody knows an address of the peer")?;
        let roles = Roles::Provider;
        let proposed = Proposed { roles, ..Proposed::plain(STORAGE_COMMITMENT) };
        let mut association = requester.open(&peer, &[proposed]).await.map_err(|error| in_one_line(&error))?;
        let syntax = association.accepts(STORAGE_COMMITMENT).next().unwrap_or_default().to_owned();
        let answer = association.report(message, report::data_set(transaction, &syntax)).await;
        let status = association.end(answer).await.map_err(|error| in_one_line(&error))?;
        if status.is_done() { Ok(()) } else { Err(format!("the peer answered {status}")) }
    }
}
