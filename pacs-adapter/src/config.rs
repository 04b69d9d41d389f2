//! The adapter's configuration: each room's own part, put together. `config/pacs-adapter.example.toml` is its manual.

mod checking;

use crate::{
    commitment::Config as CommitmentConfig, crawl::Config as CrawlConfig, forwarding::Config as ForwardingConfig,
    holding::Holding, import::watch::WatchConfig, listener::Config as ListenerConfig, peers::Peer,
    requester::Config as RequesterConfig, rules::Rule,
};
use archive::AheadConfig;
use blob_store::Marks;
use serde::{Deserialize, Serialize};
use std::{
    net::{IpAddr, SocketAddr},
    path::PathBuf,
};

/// Everything `pacs-adapter` reads from its file and from `ADAPTER_…` in the environment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Where the adapter keeps its images, index, audit log and membership.
    pub dir: PathBuf,
    /// `host:port` of the hub's listener for hospitals, when it is not the one the hub told; empty is the hub's.
    pub hub: String,
    /// Nothing more is taken in when the disk has fewer bytes free.
    pub reserve_bytes: u64,
    /// Where the images are: "keep" has them here; "index-only" leaves them in the PACS that `crawl.archive` names.
    pub holding: Holding,
    /// With "index-only": images of that PACS beyond so many bytes leave this machine, the longest unread first.
    pub cache_bytes: u64,
    /// How much room the images may take.
    pub disk: DiskConfig,
    /// The door of modalities, the PACS and workstations.
    pub dimse: ListenerConfig,
    /// Associations that the adapter opens.
    pub requester: RequesterConfig,
    /// Reports of storage commitment.
    pub commitment: CommitmentConfig,
    /// The door of the hospital's own network for HTTP.
    pub lan: Lan,
    /// A folder whose files are taken in.
    pub watch: WatchConfig,
    /// What is made ready before the hub asks for it.
    pub ahead: AheadConfig,
    /// The old archive that is taken over.
    pub crawl: CrawlConfig,
    /// Copies to other application entities.
    pub forwarding: ForwardingConfig,
    /// The application entities of the hospital's network.
    pub peers: Vec<Peer>,
    /// A file of further rules, which come after these.
    pub rules_file: PathBuf,
    /// What is done with what arrives.
    pub rules: Vec<Rule>,
}

/// The door of the hospital's own network for HTTP.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Lan {
    /// Where to listen: DICOMweb for people who sign in and machines that show a token, and `/status` for whoever watches
    /// the daemon.
    pub listen: SocketAddr,
    /// A certificate for the door, PEM, its own first; empty is plain HTTP.
    pub certificate_file: PathBuf,
    /// The certificate's key, PEM.
    pub key_file: PathBuf,
    /// Addresses beside this machine's own that may read `/metrics`.
    pub metrics_from: Vec<IpAddr>,
}

/// How much room the images may take.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DiskConfig {
    /// The most bytes of images; 0 is as many as the disk has room for, less `reserve_bytes`.
    pub quota_bytes: u64,
    /// Bytes of room that there must be before anything is taken in again, once there was none.
    pub resume_bytes: u64,
}

impl Default for DiskConfig {
    fn default() -> Self {
        Self { quota_bytes: 0, resume_bytes: 256 << 20 }
    }
}

impl Config {
    /// Between which marks images are taken in.
    pub(crate) fn marks(&self) -> Marks {
        let DiskConfig { quota_bytes, resume_bytes } = self.disk;
        Marks { quota_bytes: (quota_bytes > 0).then_some(quota_bytes), reserve_bytes: self.reserve_bytes, resume_bytes }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            dir: "/var/lib/pacs-adapter".into(),
            hub: String::new(),
            reserve_bytes: 1 << 30,
            holding: Holding::Keep,
            cache_bytes: 50 << 30,
            disk: DiskConfig::default(),
            dimse: ListenerConfig::default(),
            requester: RequesterConfig::default(),
            commitment: CommitmentConfig::default(),
            lan: Lan::default(),
            watch: WatchConfig::default(),
            ahead: AheadConfig::default(),
            crawl: CrawlConfig::default(),
            forwarding: ForwardingConfig::default(),
            peers: Vec::new(),
            rules_file: PathBuf::new(),
            rules: Vec::new(),
        }
    }
}

impl Default for Lan {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8101)),
            certificate_file: PathBuf::new(),
            key_file: PathBuf::new(),
            metrics_from: Vec::new(),
        }
    }
}
