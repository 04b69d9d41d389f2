//! The whole region: in order, with progress, until it is told to stop.

use super::{
    Options,
    children::{Daemon, command},
    hospitals::{Hospital, Plan, Sent},
    ports::Ports,
    ready::{HubPlace, LinkPlace, Ready, TlsFiles, UserPlace},
    sources::{self, Source},
    told::{describe, say},
    viewer,
};
use crate::generator;
use anyhow::{Context, Result, bail};
use daemon::Parent;
use federation::{Credentials, Dialler, tls};
use futures_util::{StreamExt, TryStreamExt, stream};
use indicatif::{ProgressBar, ProgressStyle};
use rand::{Rng, distr::Alphanumeric};
use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};
use tokio::{
    net::TcpStream,
    time::{Instant, sleep, timeout},
};

/// Hospitals that are started, and sent to, at the same time.
const AT_ONCE: usize = 6;
/// How long the hub may take to listen.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often the processes are looked at.
const WATCH: Duration = Duration::from_millis(500);

/// The hub, before and after it is started.
struct Hub {
    dir: PathBuf,
    config: PathBuf,
    federation: SocketAddr,
    web: SocketAddr,
    viewer: SocketAddr,
    metrics: SocketAddr,
}

/// A password for somebody of this demo.
pub(super) fn password() -> String {
    rand::rng().sample_iter(Alphanumeric).take(16).map(char::from).collect()
}

/// Runs the demo.
pub(super) async fn run(options: Options) -> Result<()> {
    let temporary = match options.dir {
        Some(_) => None,
        None => Some(tempfile::tempdir().context("no temporary folder")?),
    };
    let root = match (&options.dir, &temporary) {
        (Some(dir), _) => std::path::absolute(dir)?,
        (None, Some(temporary)) => temporary.path().to_owned(),
        (None, None) => unreachable!("one of them is there"),
    };
    std::fs::create_dir_all(&root)?;
    let mut daemons = vec![];
    let result = tokio::select! {
        result = live(&options, &root, &mut daemons) => result,
        () = daemon::signal(Parent::Ignore) => Ok(()),
    };
    say("stopping");
    let stopping = daemons.into_iter().rev().map(Daemon::stop);
    stream::iter(stopping).buffer_unordered(32).collect::<Vec<()>>().await;
    result
}

async fn live(options: &Options, root: &Path, daemons: &mut Vec<Daemon>) -> Result<()> {
    let began = Instant::now();
    let sources = sources(options, root)?;
    let mut ports = Ports::new(options.port_offset);
    let hub = Hub::plan(root, &mut ports)?;
    let users = hub.prepare().await?;
    viewer::install(&options.viewer, &hub.config, say).await;
    daemons.push(hub.start().await?);
    let hub_pid = daemons[0].pid;
    say(&format!("hub is up, {:.1} s", began.elapsed().as_secs_f64()));
    let mut hospitals = start_hospitals(sources, root, &hub, &mut ports).await?;
    say(&format!("{} hospitals joined, {:.1} s", hospitals.len(), began.elapsed().as_secs_f64()));
    let sent = fill(&mut hospitals).await;
    let places = hospitals.iter().map(|hospital| hospital.place.clone()).collect();
    daemons.extend(hospitals.into_iter().map(|hospital| hospital.daemon));
    let sent = sent?;
    let study_uid = hub.answers().await?;
    let link = hub.link(study_uid).await?;
    let elapsed = began.elapsed().as_secs_f64();
    say(&format!("{} instances sent, {} refused; everything answers after {elapsed:.1} s", sent.stored, sent.refused));
    let ready = hub.ready(hub_pid, places, users, link);
    if let Some(path) = &options.ready_file {
        ready.write(path)?;
    }
    describe(&ready);
    if options.exit_when_ready {
        return Ok(());
    }
    loop {
        for daemon in daemons.iter_mut() {
            daemon.check()?;
        }
        sleep(WATCH).await;
    }
}

fn sources(options: &Options, root: &Path) -> Result<Vec<Source>> {
    if let Some(data) = &options.data {
        return sources::read(data, options.sites);
    }
    let data = root.join("data");
    if !data.join("region.json").exists() {
        say("drawing the studies of the region");
        generator::write_region(&data, options.sites)?;
    }
    sources::read(&data, options.sites)
}

async fn start_hospitals(sources: Vec<Source>, root: &Path, hub: &Hub, ports: &mut Ports) -> Result<Vec<Hospital>> {
    let plans: Result<Vec<Plan>> =
        (1..).zip(sources).map(|(n, source)| Plan::make(source, n, root, hub.federation, ports)).collect();
    let bar = bar("hospitals join", plans.as_ref().map_or(0, Vec::len) as u64);
    let starting = stream::iter(plans?).map(|plan| plan.start(&hub.config)).buffered(AT_ONCE);
    let hospitals = starting.inspect_ok(|_| bar.inc(1)).try_collect().await;
    bar.finish_and_clear();
    hospitals
}

async fn fill(hospitals: &mut [Hospital]) -> Result<Sent> {
    let files = hospitals.iter().map(Hospital::files).sum::<usize>();
    let bar = bar("images sent", files as u64);
    let sending = stream::iter(hospitals.iter_mut()).map(async |hospital| {
        let sent = hospital.send(|n| bar.inc(n)).await?;
        hospital.known().await?;
        anyhow::Ok(sent)
    });
    let sent: Result<Vec<Sent>> = sending.buffer_unordered(AT_ONCE).try_collect().await;
    bar.finish_and_clear();
    let sum = |total: Sent, one: Sent| Sent { stored: total.stored + one.stored, refused: total.refused + one.refused };
    Ok(sent?.into_iter().fold(Sent::default(), sum))
}

impl Hub {
    fn plan(root: &Path, ports: &mut Ports) -> Result<Self> {
        let dir = root.join("hub");
        let (federation, web, metrics) = (ports.take(8443)?, ports.take(8445)?, ports.take(9090)?);
        let (viewer, links) = (ports.take(8446)?, ports.take(8447)?);
        let mut config = hub::Config { dir: dir.clone(), region: "Demo region".into(), ..Default::default() };
        config.listen = hub::config::Listen { federation, web, metrics };
        config.public.federation = federation.to_string();
        config.public.web = web.to_string();
        config.links = hub::config::Links { listen: Some(links), public: links.to_string(), ..Default::default() };
        config.viewer = hub::config::Viewer { listen: Some(viewer), public: viewer.to_string() };
        let path = root.join("hub.toml");
        std::fs::write(&path, toml::to_string(&config)?)?;
        Ok(Self { dir, config: path, federation, web, viewer, metrics })
    }

    /// Makes the region, its machine's certificate and its users, when they are not there.
    async fn prepare(&self) -> Result<Vec<UserPlace>> {
        let kept = self.dir.join("demo-users.json");
        if self.dir.join("authority/ca.key").exists() {
            return Ok(serde_json::from_str(&std::fs::read_to_string(kept)?)?);
        }
        command("hub", &self.config, &["init"], "").await?;
        let out = self.client_dir();
        command("hub", &self.config, &["client", "issue", "demo", "--out", &out.to_string_lossy()], "").await?;
        let mut users = vec![];
        for role in ["radiologist", "operator", "auditor"] {
            let password = password();
            command("hub", &self.config, &["user", "add", role, "--role", role], &format!("{password}\n")).await?;
            users.push(UserPlace { name: role.into(), password, role: role.into() });
        }
        hub::state::write_new(&kept, &serde_json::to_string(&users)?)?;
        Ok(users)
    }

    async fn start(&self) -> Result<Daemon> {
        let mut daemon = Daemon::start("hub", "hub", &self.config)?;
        let listening = async {
            for address in [self.federation, self.web, self.metrics] {
                while TcpStream::connect(address).await.is_err() {
                    daemon.check()?;
                    sleep(Duration::from_millis(20)).await;
                }
            }
            anyhow::Ok(())
        };
        timeout(PATIENCE, listening).await.context("the hub does not listen")??;
        Ok(daemon)
    }

    /// Asks the hub for a study by mutual TLS, as the ready file's certificate may: a CT where there is one.
    async fn answers(&self) -> Result<String> {
        let read = |name: &str| hub::state::read_pem(&self.client_dir().join(name));
        let credentials = Credentials {
            chain_pem: read("client.pem")?,
            key_pem: read("client.key")?,
            authority_pem: read("ca.pem")?,
        };
        let mut line = Dialler::new(self.federation.to_string(), tls::mutual_client(&credentials)?).dial().await?;
        for query in ["ModalitiesInStudy=CT&limit=1", "limit=1"] {
            let path = format!("/dicomweb/studies?{query}");
            let found: serde_json::Value = line.get(&path, "application/dicom+json").await?;
            if let Some(uid) = found[0]["0020000D"]["Value"][0].as_str() {
                return Ok(uid.to_owned());
            }
        }
        bail!("the hub finds no study")
    }

    /// Makes a link to a study, as `hub link create` does for anybody.
    async fn link(&self, study_uid: String) -> Result<LinkPlace> {
        let made = command("hub", &self.config, &["link", "create", &study_uid, "--download", "--json"], "").await?;
        let made: serde_json::Value = serde_json::from_str(&made)?;
        let text = |key: &str| made[key].as_str().map(str::to_owned).context("no link was made");
        Ok(LinkPlace { url: text("url")?, pin: text("pin")?, study_uid })
    }

    fn has_viewer(&self) -> bool {
        hub::viewer::installed(&hub::state::StateDir::at(&self.dir)).is_some()
    }

    fn client_dir(&self) -> PathBuf {
        self.dir.join("client")
    }

    fn ready(&self, pid: u32, sites: Vec<super::SitePlace>, users: Vec<UserPlace>, link: LinkPlace) -> Ready {
        let client = self.client_dir();
        Ready {
            hub: HubPlace {
                pid,
                dicomweb: format!("https://{}/dicomweb", self.federation),
                web: format!("https://{}/", self.web),
                viewer: self.has_viewer().then(|| format!("https://{}/", self.viewer)),
                metrics: format!("http://{}/metrics", self.metrics),
            },
            tls: TlsFiles {
                ca: client.join("ca.pem"),
                cert: client.join("client.pem"),
                key: client.join("client.key"),
            },
            sites,
            users,
            link: Some(link),
        }
    }
}

fn bar(what: &'static str, length: u64) -> ProgressBar {
    let bar = ProgressBar::new(length).with_message(what);
    let style = ProgressStyle::with_template("{msg:16} {bar:40} {pos}/{len}");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar
}
