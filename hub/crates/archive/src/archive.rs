//! The archive: everything the use cases need, chosen once by the program.

use crate::{error::Error, ingest::Ingest, remote::Remote};
use audit_log::AuditLog;
use blob_store::{BlobStore, DerivedStore};
use catalog::{Accounts, Answer, Registry, StudyIndex, Totals};
use imaging_domain::{Principal, Query, SiteSummary};
use rendering::Renderer;
use std::sync::Arc;

/// What an archive is made of.
#[derive(Clone)]
pub struct Parts {
    /// The index.
    pub index: Arc<dyn StudyIndex>,
    /// The sites.
    pub registry: Arc<dyn Registry>,
    /// Who may sign in.
    pub accounts: Arc<dyn Accounts>,
    /// The bytes: everything at a hospital, a cache at the hub.
    pub blobs: Arc<dyn BlobStore>,
    /// Finished thumbnails.
    pub derived: Arc<dyn DerivedStore>,
    /// Where to fetch what is not here; nowhere at a hospital.
    pub remote: Option<Arc<dyn Remote>>,
    /// The audit log.
    pub audit: AuditLog,
    /// The picture maker.
    pub renderer: Renderer,
    /// Milliseconds since 1970 UTC.
    pub clock: fn() -> i64,
}

/// The use cases. Cheap to clone.
#[derive(Clone)]
pub struct Archive {
    pub(crate) parts: Arc<Parts>,
}

impl Archive {
    /// An archive of these parts.
    pub fn new(parts: Parts) -> Self {
        Self { parts: Arc::new(parts) }
    }

    /// Answers a query from the index; no site is asked.
    pub async fn search(&self, _who: &Principal, _query: &Query) -> Result<Answer, Error> {
        unimplemented!()
    }

    /// The region at a glance: each site, what it holds, whether it is connected now.
    pub async fn overview(&self, _who: &Principal) -> Result<(Totals, Vec<(SiteSummary, bool)>), Error> {
        unimplemented!()
    }
}

impl Ingest {}
