//! The hub's study links, asked as this hospital: for the console and for the command line.

use async_trait::async_trait;
use audit_log::{AuditLog, Event, What};
use federation::{Dialler, Error, Line};
use imaging_domain::Principal;
use serde_json::Value;
use tokio::sync::watch;
use viewer_api::HubLinks;

const JSON: &str = "application/json";

/// The hub's routes of links. A new certificate comes as a new dialler.
pub struct Links {
    dialler: watch::Receiver<Dialler>,
    audit: AuditLog,
}

impl Links {
    /// Asks by this dialler, and writes down in this log who had something done.
    pub fn new(dialler: watch::Receiver<Dialler>, audit: AuditLog) -> Self {
        Self { dialler, audit }
    }

    async fn dial(&self) -> Result<Line, Error> {
        let dialler = self.dialler.borrow().clone();
        dialler.dial().await
    }
}

#[async_trait]
impl HubLinks for Links {
    async fn get(&self, _: &Principal, path: &str) -> Result<Value, Error> {
        self.dial().await?.get(path, JSON).await
    }

    async fn post(&self, who: &Principal, path: &str, body: &Value) -> Result<Value, Error> {
        let what = match path.rsplit('/').next() {
            Some("extend") => What::LinkExtended,
            Some("revoke") => What::LinkRevoked,
            _ => What::LinkMade,
        };
        // the hub's log says which hospital and which study; this one says who there
        self.audit.record(Event::new(what, who)).await?;
        self.dial().await?.post(path, body).await
    }
}
