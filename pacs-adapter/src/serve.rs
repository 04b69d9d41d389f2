//! `pacs-adapter serve`: the listeners of a running adapter and its lines to the hub, until it is told to stop.

use crate::{
    commitment::{Commitments, Reports},
    config::Config,
    console::{AdapterConsole, Connection},
    control, health,
    images::OwnImages,
    import::watch::watch,
    jobs, lan,
    listener::Listener,
    membership,
    peers::Peers,
    requester::Requester,
    services::{Commit, Find, House, Houses, Services},
    uplink::{self, Lines},
    wiring::{self, Adapter},
};
use anyhow::{Context, Result, bail};
use audit_log::{Event, What};
use daemon::Parent;
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
    adapter.audit.record(Event::new(What::Start, &Principal::Service("pacs-adapter"))).await?;
    let door = lan::bind(&config.lan).await?;
    let peers = Peers::open(config.peers.clone(), config.dir.clone()).context("peers.json cannot be read")?;
    let reports = Reports {
        requester: Requester::new(config.requester.clone(), config.dimse.ae_title.clone()),
        peers: peers.clone(),
        config: config.commitment.clone(),
    };
    let folder = config.dir.join("commitments");
    let commitments = Commitments::open(folder, adapter.archive.clone(), reports, stop.clone());
    let commitments = commitments.context("the requests of storage commitment cannot be read")?;
    let dimse = Listener::bind(config.dimse.clone(), services(&config, &adapter, commitments)).await?;
    let dimse = dimse.knowing(peers.clone());
    let control = control::bind(&config.dir)?;
    let lines = uplink::start(&config, member, &adapter, &tasks, &stop)?;
    let console = console(&config, &site, &adapter, (&lines, &peers), &tasks, &stop);
    let known = lan::known(&config, &site, &adapter, console.clone(), lines);
    let health = health::router(console.clone(), recorder, config.lan.metrics_from.clone());
    lan::open((door, &config), (health, known), &adapter, &tasks, &stop)?;
    tasks.spawn(jobs::make_ready(adapter.archive.clone(), config.ahead.clone(), stop.clone()));
    tasks.spawn(dimse.run(stop.clone()));
    tasks.spawn(jobs::write_notes(Arc::clone(&adapter.notes), stop.clone()));
    tasks.spawn(control::run(control, adapter.sink.clone(), console, stop.clone()));
    tasks.spawn(peers.keep(stop.clone()));
    tasks.spawn(watch(config.watch.clone(), config.dir.clone(), adapter.sink.clone(), stop.clone()));
    info!(%site, dimse = %config.dimse.listen, lan = %config.lan.listen, "adapter is up");
    daemon::signal(parent).await;
    info!("adapter is going down");
    stop.cancel();
    tasks.close();
    let _ = tokio::time::timeout(DRAIN, tasks.wait()).await;
    adapter.audit.record(Event::new(What::Stop, &Principal::Service("pacs-adapter"))).await?;
    Ok(())
}

/// The console over what runs.
fn console(
    config: &Config,
    site: &SiteId,
    adapter: &Adapter,
    (lines, peers): (&Lines, &Peers),
    tasks: &TaskTracker,
    stop: &CancellationToken,
) -> Arc<AdapterConsole> {
    let now_ms = daemon::now_ms();
    let connection = Connection::new(lines.hub.clone(), lines.uplink.state(), now_ms);
    tasks.spawn(connection.clone().watch(daemon::now_ms, stop.clone()));
    Arc::new(AdapterConsole {
        site: site.clone(),
        ae_title: config.dimse.ae_title.clone(),
        dimse: config.dimse.listen.to_string(),
        started_ms: now_ms,
        reserve_bytes: config.reserve_bytes,
        connection,
        uplink: Arc::clone(&lines.uplink),
        archive: adapter.archive.clone(),
        index: adapter.index.clone(),
        blobs: Arc::clone(&adapter.blobs),
        ingest: adapter.ingest.clone(),
        notes: Arc::clone(&adapter.notes),
        peers: peers.clone(),
        audit: adapter.audit.clone(),
    })
}

/// Every DIMSE service there is.
fn services(config: &Config, adapter: &Adapter, commitments: Commitments) -> Services {
    let images = Arc::new(OwnImages::of(adapter.archive.clone()));
    let houses = Houses { hospital: House { title: config.dimse.ae_title.clone(), images }, region: None };
    Services::new(adapter.sink.clone()).and(Find::new(houses)).and(Commit::new(commitments))
}
