//! The hub's configuration: each room's own part, put together. `config/hub.example.toml` is its manual.

mod dicomweb;
mod gate;
mod links;
mod oidc;
mod optional;
mod viewer;
mod worklist;

pub use dicomweb::Dicomweb;
pub use gate::Gate;
pub use links::Links;
pub use oidc::{Oidc, Roles};
pub use viewer::Viewer;
pub use worklist::Worklist;

use archive::AheadConfig;
use imaging_domain::SiteId;
use serde::{Deserialize, Serialize};
use std::{net::SocketAddr, path::PathBuf};

/// Everything `hub` reads from its file and from `HUB_…` in the environment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Where the hub keeps its authority, index, cache and audit log.
    pub dir: PathBuf,
    /// The region's name, as it stands in the authority's certificate.
    pub region: String,
    /// Where to listen.
    pub listen: Listen,
    /// How others reach those listeners.
    pub public: Public,
    /// The full viewer.
    pub viewer: Viewer,
    /// Study links.
    pub links: Links,
    /// The identity provider.
    pub oidc: Oidc,
    /// The DICOMweb routes.
    pub dicomweb: Dicomweb,
    /// The region's worklist.
    pub worklist: Worklist,
    /// The cache of images.
    pub cache: Cache,
    /// Images of sites without an adapter.
    pub holding: Holding,
    /// The picture maker.
    pub rendering: Rendering,
    /// What is made ready ahead of requests.
    pub ahead: AheadConfig,
}

/// Where to listen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Listen {
    /// Hospitals and machines, mutual TLS: change feed, retrieve channel, DICOMweb.
    pub federation: SocketAddr,
    /// People and enrolment, TLS: the first page, its API, DICOMweb by session.
    pub web: SocketAddr,
    /// Prometheus metrics and health, plain HTTP: loopback only.
    pub metrics: SocketAddr,
}

/// How others reach the listeners.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Public {
    /// `host:port` of `listen.federation` as hospitals reach it.
    pub federation: String,
    /// `host:port` of `listen.web` as hospitals and browsers reach it.
    pub web: String,
    /// Further host names and addresses for the hub's certificate.
    pub names: Vec<String>,
}

/// The cache of images.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Cache {
    /// Images beyond so many bytes leave the cache, the longest unread first.
    pub max_bytes: u64,
    /// Thumbnails beyond so many bytes leave theirs.
    pub max_thumbnail_bytes: u64,
    /// Headers of series in their compact form beyond so many bytes leave theirs.
    pub max_header_bytes: u64,
    /// Nothing more is cached when the disk has fewer bytes free.
    pub reserve_bytes: u64,
}

/// Images of sites without an adapter, which the hub holds itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Holding {
    /// The site that people who sign in store at; empty: they store nowhere.
    #[serde(with = "optional")]
    pub store_to: Option<SiteId>,
    /// Requests that store at the same time; more are told to come again.
    pub at_once: usize,
    /// The most bytes of one request that stores; 0 is any number.
    pub max_request_bytes: u64,
    /// The most bytes of one instance.
    pub max_instance_bytes: u64,
    /// Nothing more is taken in when the disk has fewer bytes free.
    pub reserve_bytes: u64,
}

/// The picture maker.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rendering {
    /// Threads of its pool, and worker processes that decode; 0 is one per core.
    pub threads: usize,
    /// Pictures that may wait for a thread.
    pub queue: usize,
    /// Address space of one worker process, in bytes; what needs more is given up.
    pub memory_bytes: u64,
    /// Seconds that one picture may take before it is given up.
    pub time_limit_s: u32,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            dir: "/var/lib/regional-imaging-hub".into(),
            region: "Regional imaging hub".into(),
            listen: Listen::default(),
            public: Public::default(),
            viewer: Viewer::default(),
            links: Links::default(),
            oidc: Oidc::default(),
            dicomweb: Dicomweb::default(),
            worklist: Worklist::default(),
            cache: Cache::default(),
            holding: Holding::default(),
            rendering: Rendering::default(),
            ahead: AheadConfig::default(),
        }
    }
}

impl Default for Listen {
    fn default() -> Self {
        let loopback = |port| SocketAddr::from(([127, 0, 0, 1], port));
        Self { federation: loopback(8443), web: loopback(8445), metrics: loopback(9090) }
    }
}

impl Default for Public {
    fn default() -> Self {
        Self { federation: "127.0.0.1:8443".into(), web: "127.0.0.1:8445".into(), names: vec!["localhost".into()] }
    }
}

impl Default for Cache {
    fn default() -> Self {
        Self { max_bytes: 100 << 30, max_thumbnail_bytes: 4 << 30, max_header_bytes: 4 << 30, reserve_bytes: 1 << 30 }
    }
}

impl Default for Holding {
    fn default() -> Self {
        Self {
            store_to: None,
            at_once: 16,
            max_request_bytes: 64 << 30,
            max_instance_bytes: 16 << 30,
            reserve_bytes: 1 << 30,
        }
    }
}

impl Default for Rendering {
    fn default() -> Self {
        Self { threads: 0, queue: 256, memory_bytes: 2 << 30, time_limit_s: 10 }
    }
}
