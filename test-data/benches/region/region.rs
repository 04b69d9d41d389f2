//! A region of one hub and, when it is wanted, one hospital: real processes, real certificates, on loopback.

use crate::children::{Daemon, command, free_port};
use anyhow::Result;
use federation::Credentials;
use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

/// A hub; runs once it was started.
pub struct Hub {
    /// Its configuration, as its file says.
    pub config: hub::Config,
    file: PathBuf,
    daemon: Option<Daemon>,
}

impl Hub {
    /// Makes a region in a folder, and a machine that may see all of it. OHIF has its listener, once it is installed.
    pub fn init(root: &Path) -> Result<Self> {
        let mut config = hub::Config { dir: root.join("hub"), region: "Bench region".into(), ..Default::default() };
        let (federation, web, metrics) = (free_port()?, free_port()?, free_port()?);
        config.listen = hub::config::Listen { federation, web, metrics };
        let links = free_port()?;
        config.links.listen = Some(links);
        config.links.public = links.to_string();
        config.public.federation = federation.to_string();
        config.public.web = web.to_string();
        let viewer = free_port()?;
        config.viewer = hub::config::Viewer { listen: Some(viewer), public: viewer.to_string() };
        let file = root.join("hub.toml");
        std::fs::write(&file, toml::to_string(&config)?)?;
        command("hub", &file, &["init"])?;
        let client = config.dir.join("client");
        command("hub", &file, &["client", "issue", "bench", "--out", &client.to_string_lossy()])?;
        Ok(Self { config, file, daemon: None })
    }

    /// Starts it and waits until it listens.
    pub fn start(&mut self) -> Result<()> {
        let mut daemon = Daemon::start("hub", &self.file)?;
        daemon.listens(self.config.listen.federation)?;
        daemon.listens(self.config.listen.web)?;
        self.daemon = Some(daemon);
        Ok(())
    }

    /// Its process, once it was started.
    pub fn pid(&self) -> Option<u32> {
        self.daemon.as_ref().map(Daemon::pid)
    }

    /// Stops it and starts it again.
    pub fn start_again(&mut self) -> Result<()> {
        self.daemon = None;
        self.start()
    }

    /// What the machine shows at the door of mutual TLS.
    pub fn credentials(&self) -> Result<Credentials> {
        let read = |name: &str| hub::state::read_pem(&self.config.dir.join("client").join(name));
        Ok(Credentials { chain_pem: read("client.pem")?, key_pem: read("client.key")?, authority_pem: read("ca.pem")? })
    }
}

/// A hospital's adapter that runs.
pub struct Adapter {
    /// Where associations go.
    pub dimse: SocketAddr,
    file: PathBuf,
    daemon: Daemon,
}

impl Adapter {
    /// Its application entity title.
    pub const AE_TITLE: &str = "PACSADAPTER";

    /// Invites a hospital, lets it join, and starts its adapter.
    pub fn start(root: &Path, hub: &Hub) -> Result<Self> {
        Self::start_set(root, hub, |_| {})
    }

    /// The same with more that is set.
    pub fn start_set(root: &Path, hub: &Hub, set: impl FnOnce(&mut pacs_adapter::Config)) -> Result<Self> {
        let (dimse, lan) = (free_port()?, free_port()?);
        let mut config = pacs_adapter::Config { dir: root.join("adapter"), ..Default::default() };
        config.dimse.listen = dimse;
        config.dimse.callers = pacs_adapter::Callers::Any;
        config.lan.listen = lan;
        set(&mut config);
        let file = root.join("adapter.toml");
        std::fs::write(&file, toml::to_string(&config)?)?;
        let code = command("hub", &hub.file, &["site", "invite", "hospital-01"])?;
        command("adapter", &file, &["join", &code])?;
        let mut daemon = Daemon::start("adapter", &file)?;
        daemon.listens(dimse)?;
        Ok(Self { dimse, file, daemon })
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.daemon.pid()
    }

    /// Kills it by SIGKILL and starts it again.
    pub fn killed(&mut self) -> Result<()> {
        self.daemon.kill()?;
        self.daemon = Daemon::start("adapter", &self.file)?;
        self.daemon.listens(self.dimse)
    }

    /// Its configuration file.
    pub fn file(&self) -> &Path {
        &self.file
    }
}
