//! The console of this adapter: what its page and its command line tell and do.

mod acting;
mod crawling;
mod disk;
mod hub_watch;
mod links;
mod opened;
mod people;
mod quarantined;

pub use crawling::CrawlWatch;
pub use hub_watch::HubWatch;
pub use links::Links;

use crate::{commitment::Commitments, forwarding::Forwarding, notes::Notes, peers::Peers};
use access_control::{Feed, Manage, Object, Overview, decide};
use archive::{Archive, Error, Ingest};
use async_trait::async_trait;
use audit_log::{AuditLog, Event as Audited, What};
use blob_store::{Bounded, Disk as Blobs};
use catalog::{ChangeFeed, Sqlite, StudyIndex};
use federation::Uplink;
use imaging_domain::{AeTitle, Event, Principal, SiteId};
use std::sync::Arc;
use tokio::task::spawn_blocking;
use viewer_api::{Backlog, Console, Crawl, Deed, Holdings, KeptAside, Opened, Quarantined, Report};

/// Conflicts that are listed.
const MAX_CONFLICTS: usize = 500;
/// Who asks where the decision about the asker has been made already.
const OURSELVES: Principal = Principal::Service("console");

/// What a console looks at and works with.
pub struct AdapterConsole {
    /// Whose adapter it is.
    pub site: SiteId,
    /// Its application entity title.
    pub ae_title: AeTitle,
    /// Where associations go.
    pub dimse: String,
    /// Since when it runs.
    pub started_ms: i64,
    /// The lines to the hub.
    pub hub: HubWatch,
    /// What dials them.
    pub uplink: Arc<Uplink>,
    /// The use cases of images.
    pub archive: Archive,
    /// The index and the feed.
    pub index: Arc<Sqlite>,
    /// Where the images lie.
    pub blobs: Arc<Blobs>,
    /// What says whether there may be more of them.
    pub bounded: Bounded,
    /// The taking over of an old archive, when there is one.
    pub crawl: Option<CrawlWatch>,
    /// The way in without notes: what is tried again was noted as refused, and is noted as stored by its own sender.
    pub ingest: Ingest,
    /// What was noted of arrivals.
    pub notes: Arc<Notes>,
    /// Who may speak.
    pub peers: Peers,
    /// What goes on to others.
    pub forwarding: Forwarding,
    /// Who asked whether its images are kept.
    pub commitments: Commitments,
    /// The audit log.
    pub audit: AuditLog,
}

#[async_trait]
impl Console for AdapterConsole {
    async fn report(&self, who: &Principal) -> Result<Report, Error> {
        let (totals, _) = self.archive.overview(who).await?;
        let now_ms = self.notes.now_ms();
        let quarantined = self.notes.quarantine.len() as u64;
        Ok(Report {
            now_ms,
            started_ms: self.started_ms,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            site: self.site.clone(),
            ae_title: self.ae_title.clone(),
            dimse: self.dimse.clone(),
            hub: self.hub.told(),
            backlog: self.backlog().await?,
            routes: self.forwarding.routes(who).await?,
            unreported: self.commitments.unreported(),
            held: self.forwarding.held(who).await?,
            crawl: self.crawl_told().await?,
            today: self.notes.ledger.today(now_ms),
            holdings: Holdings {
                studies: totals.studies,
                series: totals.series,
                instances: totals.instances,
                conflicts: totals.conflicts,
                quarantined,
            },
            disk: disk::told(&self.blobs, &self.bounded).await,
            failures: self.notes.failures.list(),
            peers: people::known(&self.peers),
            strangers: people::strangers(&self.peers),
        })
    }

    async fn conflicts(&self, who: &Principal) -> Result<Vec<KeptAside>, Error> {
        let permit = decide::<Overview>(who, Object::Region)?;
        let conflicts = self.index.conflicts(&permit, MAX_CONFLICTS).await?;
        let told = conflicts.into_iter().map(|conflict| KeptAside {
            instance: conflict.instance.as_str().to_owned(),
            kept: conflict.kept.to_string(),
            aside: conflict.aside.to_string(),
            at_ms: conflict.at_ms,
        });
        Ok(told.collect())
    }

    async fn quarantine(&self, who: &Principal) -> Result<Vec<Quarantined>, Error> {
        decide::<Overview>(who, Object::Region)?;
        Ok(self.notes.quarantine.list())
    }

    async fn opened(&self, who: &Principal, id: &str) -> Result<Opened, Error> {
        decide::<Overview>(who, Object::Region)?;
        self.audit.record(Audited::new(What::View, who)).await?;
        let (notes, id) = (Arc::clone(&self.notes), id.to_owned());
        let sight = opened::Sight::of(who);
        let look = move || notes.quarantine.open_one(&id).map(|(kept, bytes)| opened::opened(kept, &bytes, sight));
        let opened = spawn_blocking(look).await.map_err(|_| Error::Stopping)?;
        opened.ok_or(Error::NotFound("quarantined arrival"))
    }

    async fn act(&self, who: &Principal, deed: Deed) -> Result<(), Error> {
        decide::<Manage>(who, Object::Region)?;
        self.carry_out(who, deed).await
    }

    async fn is_ready(&self) -> bool {
        let answers = self.archive.overview(&OURSELVES).await.is_ok();
        answers && self.bounded.is_accepting().await.unwrap_or(false)
    }
}

impl AdapterConsole {
    async fn crawl_told(&self) -> Result<Option<Crawl>, Error> {
        Ok(match &self.crawl {
            Some(crawl) => Some(crawl.told().await?),
            None => None,
        })
    }

    /// What the hub does not have, and how old the oldest of it is.
    async fn backlog(&self) -> Result<Backlog, Error> {
        let permit = decide::<Feed>(&OURSELVES, Object::Site(&self.site))?;
        let written = self.index.last_number(&permit, &self.site).await?;
        let held = self.hub.held();
        let mut oldest_ms = None;
        if written > held {
            // the first may say that lines are passed over
            let oldest = self.index.changes_after(&permit, &self.site, held, 2).await?;
            oldest_ms = oldest.iter().find_map(|change| match &change.event {
                Event::Stored(instance) => Some(instance.stored_ms),
                Event::Deleted(_) | Event::Superseded(_) => None,
            });
        }
        Ok(Backlog { written, held, oldest_ms })
    }
}
