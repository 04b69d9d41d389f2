//! `pacs-adapter serve`: the listeners of a running adapter and its lines to the hub, until it is told to stop.

use crate::{
    commitment::{Commitments, Reports},
    config::Config,
    console::{AdapterConsole, CrawlWatch, HubWatch},
    control::{self, Hands},
    crawl::Crawler,
    images::{OwnImages, RegionImages},
    jobs, lan,
    listener::Listener,
    membership,
    peers::Peers,
    requester::Requester,
    services::{Commit, Find, Get, House, Houses, MoveTo, Services},
    uplink::{self, Lines},
    wiring::{self, Adapter},
};
use anyhow::{Context, Result, bail};
use audit_log::{Event, What};
use daemon::Parent;
use federation::Region;
use imaging_domain::{Principal, SiteId};
use std::{sync::Arc, time::Duration};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::info;
use viewer_api::Recorder;

/// How long open associations and requests may go on after the signal.
const DRAIN: Duration = Duration::from_secs(5);

/// Runs the adapter.
///
/// # Errors
/// When it has not joined, the folder is in use, or an address is taken.
pub async fn run(config: Config, parent: Parent) -> Result<()> {
    // before anything that counts is begun
    let recorder = Recorder::install().context("metrics cannot be recorded")?;
    let member = membership::load(&config.dir)?.context("this hospital has not joined yet: run `pacs-adapter join`")?;
    let Some(lock) = wiring::lock(&config.dir)? else { bail!("another adapter runs in {}", config.dir.display()) };
    let site = member.site.clone();
    let adapter = wiring::assemble(&config, &site, lock)?;
    let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
    adapter.notes.failures.load().await?;
    adapter.audit.record(Event::new(What::Start, &Principal::Service("pacs-adapter"))).await?;
    let (door, peers) = (lan::bind(&config.lan).await?, wiring::peers(&config)?);
    let region = uplink::region(&config, &member)?;
    let commitments = commitments(&config, &adapter, &peers, &stop)?;
    let services = services(&config, &adapter, (region.as_ref(), &peers), commitments.clone());
    let dimse = Listener::bind(config.dimse.clone(), services).await?.knowing(peers.clone());
    let control = control::bind(&config.dir)?;
    let lines = uplink::start(&config, member, &adapter, region, &tasks, &stop)?;
    let crawler = wiring::crawler(&config, &adapter)?;
    let console = console(&config, &site, &adapter, (&lines, &peers, crawler.clone(), commitments), &tasks, &stop);
    let known = lan::known(&config, &site, &adapter, console.clone(), lines);
    let health = viewer_api::console_health_router(console.clone(), recorder, config.lan.metrics_from.clone());
    lan::open((door, &config), (health, known), &adapter, &tasks, &stop)?;
    tasks.spawn(dimse.run(stop.clone()));
    tasks.spawn(peers.keep(stop.clone()));
    jobs::start(&config, &adapter, &tasks, &stop);
    crawler.iter().for_each(|crawler| drop(tasks.spawn(crawler.clone().run(stop.clone()))));
    let (sink, committer, archive) = (adapter.sink.clone(), adapter.committer.clone(), adapter.archive.clone());
    let hands = Hands { sink, committer, archive, config: Arc::new(config.clone()), console, crawler };
    tasks.spawn(control::run(control, hands, stop.clone()));
    info!(%site, dimse = %config.dimse.listen, lan = %config.lan.listen, "adapter is up");
    daemon::ready();
    daemon::signal(parent).await;
    info!("adapter is going down");
    stop.cancel();
    tasks.close();
    let _ = tokio::time::timeout(DRAIN, tasks.wait()).await;
    adapter.audit.end_accesses().await?;
    adapter.audit.record(Event::new(What::Stop, &Principal::Service("pacs-adapter"))).await?;
    Ok(())
}

/// The requests of storage commitment, those that were not answered yet among them.
fn commitments(config: &Config, adapter: &Adapter, peers: &Peers, stop: &CancellationToken) -> Result<Commitments> {
    let reports = Reports {
        requester: Requester::new(config.requester.clone(), config.dimse.ae_title.clone()),
        peers: peers.clone(),
        config: config.commitment.clone(),
    };
    let folder = config.dir.join("commitments");
    let commitments = Commitments::open(folder, adapter.archive.clone(), reports, stop.clone());
    commitments.context("the requests of storage commitment cannot be read")
}

/// Every DIMSE service there is.
fn services(
    config: &Config,
    adapter: &Adapter,
    (region, peers): (Option<&Arc<Region>>, &Peers),
    commitments: Commitments,
) -> Services {
    let images = Arc::new(OwnImages::of(adapter.archive.clone()));
    let hospital = House { title: config.dimse.ae_title.clone(), images };
    let region = region.zip(config.dimse.region_ae_title.clone()).map(|(region, title)| {
        let images = Arc::new(RegionImages::new(Arc::clone(region), adapter.audit.clone()));
        House { title, images }
    });
    let houses = Houses { hospital, region };
    let requester = Requester::new(config.requester.clone(), config.dimse.ae_title.clone());
    let moving = MoveTo::new(houses.clone(), peers.clone(), requester);
    let images = Services::new(adapter.received.clone()).and(Find::new(houses.clone())).and(Get::new(houses));
    images.and(moving).and(Commit::new(commitments))
}

/// The console over what runs, and the copies that it tells of.
fn console(
    config: &Config,
    site: &SiteId,
    adapter: &Adapter,
    (lines, peers, crawler, commitments): (&Lines, &Peers, Option<Crawler>, Commitments),
    tasks: &TaskTracker,
    stop: &CancellationToken,
) -> Arc<AdapterConsole> {
    let now_ms = daemon::now_ms();
    let hub = HubWatch::new(lines.hub.clone(), lines.uplink.state(), &config.dir, now_ms);
    tasks.spawn(hub.clone().watch(daemon::now_ms, stop.clone()));
    let forwarding = wiring::forwarding(config, site, adapter, peers.clone());
    forwarding.start(tasks, stop);
    let crawl = crawler.map(|crawler| CrawlWatch::new(crawler, daemon::now_ms));
    if let Some(crawl) = &crawl {
        tasks.spawn(crawl.clone().watch(stop.clone()));
    }
    Arc::new(AdapterConsole {
        site: site.clone(),
        ae_title: config.dimse.ae_title.clone(),
        dimse: config.dimse.listen.to_string(),
        started_ms: now_ms,
        hub,
        uplink: Arc::clone(&lines.uplink),
        archive: adapter.archive.clone(),
        index: adapter.index.clone(),
        blobs: Arc::clone(&adapter.blobs),
        bounded: adapter.bounded.clone(),
        crawl,
        ingest: adapter.ingest.clone(),
        notes: Arc::clone(&adapter.notes),
        peers: peers.clone(),
        forwarding,
        commitments,
        audit: adapter.audit.clone(),
    })
}
