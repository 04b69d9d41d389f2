//! One hospital of the demo: invited, joined, started, fed, and known to the hub.

use super::{
    children::{Daemon, command},
    ports::Ports,
    ready::{SitePlace, UserPlace},
    region::password,
    sources::Source,
};
use crate::sender::{self, Peer};
use anyhow::{Context, Result, bail};
use imaging_domain::AeTitle;
use serde::Deserialize;
use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::{sleep, timeout},
};

/// The title under which each adapter answers for the region.
const REGION: &str = "REGION";
/// First ports of the adapters.
const DIMSE_PORT: u16 = 11112;
const LAN_PORT: u16 = 8101;
/// How long a started adapter may take to answer, and how long between two looks.
const PATIENCE: Duration = Duration::from_secs(60);
const LOOK: Duration = Duration::from_millis(50);
/// Files of one association.
const CHUNK: usize = 50;
/// The most bytes of a status answer.
const MAX_STATUS: u64 = 64 << 10;

/// A hospital before it is started.
pub(super) struct Plan {
    pub(super) source: Source,
    dir: PathBuf,
    config: PathBuf,
    ae_title: AeTitle,
    dimse: SocketAddr,
    lan: SocketAddr,
}

/// A hospital that runs.
pub(super) struct Hospital {
    pub(super) daemon: Daemon,
    pub(super) place: SitePlace,
    plan: Plan,
}

/// What became of a hospital's files.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Sent {
    pub(super) stored: usize,
    pub(super) refused: usize,
}

#[derive(Deserialize)]
struct Status {
    feed_connected: bool,
    channel_connected: bool,
    written: u64,
    held: u64,
}

impl Plan {
    /// Chooses ports and writes the adapter's configuration.
    pub(super) fn make(source: Source, number: u16, root: &Path, hub: SocketAddr, ports: &mut Ports) -> Result<Self> {
        let dir = root.join(source.id.as_str());
        let ae_title = AeTitle::parse(&format!("HOSPITAL{number:02}"))?;
        let (dimse, lan) = (ports.take(DIMSE_PORT + number - 1)?, ports.take(LAN_PORT + number - 1)?);
        let mut config = pacs_adapter::Config { dir: dir.clone(), hub: hub.to_string(), ..Default::default() };
        config.dimse.ae_title = ae_title.clone();
        config.dimse.region_ae_title = AeTitle::parse(REGION).ok();
        config.dimse.listen = dimse;
        // nobody knows who will try the demo out
        config.dimse.callers = pacs_adapter::Callers::Any;
        config.lan.listen = lan;
        std::fs::create_dir_all(&dir)?;
        let path = root.join(format!("{}.toml", source.id));
        std::fs::write(&path, toml::to_string(&config)?)?;
        Ok(Self { source, dir, config: path, ae_title, dimse, lan })
    }

    /// Joins the region, when it has not, and starts the adapter.
    pub(super) async fn start(self, hub_config: &Path) -> Result<Hospital> {
        let id = self.source.id.as_str();
        if !self.dir.join("membership.json").exists() {
            let invite = ["site", "invite", id, "--name", &self.source.name];
            let code = command("hub", hub_config, &invite, "").await?;
            command("adapter", &self.config, &["join", code.trim()], "").await?;
        }
        let users = self.people().await?;
        let daemon = Daemon::start(id, "adapter", &self.config)?;
        let place = SitePlace {
            id: id.to_owned(),
            pid: daemon.pid,
            dir: self.dir.clone(),
            ae_title: self.ae_title.to_string(),
            region_ae_title: REGION.into(),
            dimse: self.dimse.to_string(),
            dicomweb: format!("http://{}/dicomweb", self.lan),
            console: format!("http://{}/", self.lan),
            users,
        };
        let mut hospital = Hospital { daemon, place, plan: self };
        hospital.wait_until(|status| status.channel_connected && status.feed_connected).await?;
        Ok(hospital)
    }

    /// Makes accounts for the adapter's console.
    async fn people(&self) -> Result<Vec<UserPlace>> {
        let mut users = vec![];
        for role in ["operator", "technician"] {
            let password = password();
            let add = ["user", "add", role, "--role", role];
            command("adapter", &self.config, &add, &format!("{password}\n")).await?;
            users.push(UserPlace { name: role.to_owned(), password, role: role.to_owned() });
        }
        Ok(users)
    }
}

impl Hospital {
    /// Sends every file to the adapter by C-STORE, once in the life of the region's folder.
    pub(super) async fn send(&mut self, mut told: impl FnMut(u64)) -> Result<Sent> {
        let done = self.plan.dir.join("sent");
        if done.exists() {
            return Ok(Sent::default());
        }
        let peer = Peer::new(self.plan.dimse, "DEMO", self.plan.ae_title.as_str());
        let mut sent = Sent::default();
        for files in self.plan.source.files.chunks(CHUNK) {
            let sources = files.iter().cloned().map(sender::Source::from).collect();
            let results = sender::send(sources, &peer).await;
            let results = results.with_context(|| format!("cannot send to {}", self.place.id))?;
            let stored = results.iter().filter(|(_, sent)| sent.is_done()).count();
            sent.stored += stored;
            sent.refused += results.len() - stored;
            told(results.len() as u64);
        }
        std::fs::write(done, "")?;
        Ok(sent)
    }

    /// How many files it has.
    pub(super) fn files(&self) -> usize {
        self.plan.source.files.len()
    }

    /// Waits until the hub holds everything the adapter has written.
    pub(super) async fn known(&mut self) -> Result<()> {
        self.wait_until(|status| status.channel_connected && status.held >= status.written).await
    }

    async fn wait_until(&mut self, there: impl Fn(&Status) -> bool) -> Result<()> {
        let waiting = async {
            loop {
                self.daemon.check()?;
                if let Ok(status) = status(self.plan.lan).await
                    && there(&status)
                {
                    return Ok(());
                }
                sleep(LOOK).await;
            }
        };
        match timeout(PATIENCE, waiting).await {
            Ok(result) => result,
            Err(_) => bail!("{} is not connected to the hub after {} s", self.place.id, PATIENCE.as_secs()),
        }
    }
}

/// Reads an adapter's `/status`: a request so small that it needs no client.
async fn status(address: SocketAddr) -> Result<Status> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(b"GET /status HTTP/1.1\r\nhost: adapter\r\nconnection: close\r\n\r\n").await?;
    let mut answer = String::new();
    stream.take(MAX_STATUS).read_to_string(&mut answer).await?;
    let (_, body) = answer.split_once("\r\n\r\n").context("no answer")?;
    Ok(serde_json::from_str(body)?)
}
