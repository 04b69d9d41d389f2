//! A listener over a real archive in a folder of its own.

use crate::requester::requester;
use archive::{Archive, Committer, Ingest, Parts, Pseudonyms};
use audit_log::{AuditLog, Lines};
use blob_store::{Checked, Config as BlobConfig, Disk, DiskDerived};
use catalog::{Config as IndexConfig, Sqlite};
use imaging_domain::{AeTitle, SiteId};
use pacs_adapter::{
    Callers, Find, Get, House, Houses, Images, Listener, ListenerConfig, MoveTo, OwnImages, Peer, Peers, Services,
};
use rendering::Renderer;
use std::{
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::Arc,
};
use tempfile::TempDir;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

const NOW_MS: i64 = 1_700_000_000_000;

pub struct Hospital {
    pub address: SocketAddr,
    /// The door with TLS, where there is one.
    pub tls: Option<SocketAddr>,
    /// The way in.
    pub ingest: Ingest,
    /// What the audit log holds.
    pub lines: Lines,
    pub images: Arc<OwnImages>,
    stop: CancellationToken,
    _folder: TempDir,
}

impl Hospital {
    /// The hospital's own images under its title; `region` under `REGION`.
    pub async fn start(region: Option<Arc<dyn Images>>) -> Self {
        Self::knowing(region, vec![]).await
    }

    /// The same, with destinations of C-MOVE.
    pub async fn knowing(region: Option<Arc<dyn Images>>, peers: Vec<Peer>) -> Self {
        Self::listening(region, Peers::of(peers), |_| {}).await
    }

    /// The same, with a listener of other settings.
    pub async fn listening(
        region: Option<Arc<dyn Images>>,
        peers: Peers,
        change: impl FnOnce(&mut ListenerConfig),
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (parts, lines) = parts(folder.path());
        let ingest =
            Ingest::new(Committer::start(parts.clone(), SiteId::parse("here").unwrap(), Arc::new(Notify::new())));
        let title = |text| AeTitle::parse(text).unwrap();
        let mut config = ListenerConfig {
            callers: Callers::Any,
            listen: (Ipv4Addr::LOCALHOST, 0).into(),
            region_ae_title: Some(title("REGION")),
            ..ListenerConfig::default()
        };
        change(&mut config);
        let images = Arc::new(OwnImages::of(Archive::new(parts)));
        let houses = Houses {
            hospital: House { title: config.ae_title.clone(), images: images.clone() },
            region: region.map(|images| House { title: title("REGION"), images }),
        };
        let services = Services::new(ingest.clone()).and(Find::new(houses.clone())).and(Get::new(houses.clone()));
        let services = services.and(MoveTo::new(houses, peers, requester()));
        let listener = Listener::bind(config, services).await.unwrap();
        let (address, tls, stop) = (listener.address(), listener.tls_address(), CancellationToken::new());
        tokio::spawn(listener.run(stop.clone()));
        Self { address, tls, ingest, lines, images, stop, _folder: folder }
    }
}

impl Drop for Hospital {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

fn parts(folder: &Path) -> (Parts, Lines) {
    let path = |name| folder.join(name);
    let index = Arc::new(Sqlite::open(&IndexConfig { path: path("index.db"), readers: 2 }).unwrap());
    let (audit, lines) = AuditLog::memory(|| NOW_MS);
    let disk = Disk::open(&BlobConfig { dir: path("images"), reserve_bytes: 0 }).unwrap();
    let parts = Parts {
        index: index.clone(),
        readiness: index.clone(),
        registry: index,
        blobs: Arc::new(Checked::new(Arc::new(disk))),
        derived: Arc::new(DiskDerived::open(&path("thumbnails"), 1 << 20).unwrap()),
        compact: Arc::new(DiskDerived::open(&path("headers"), 1 << 20).unwrap()),
        remote: None,
        audit,
        renderer: Renderer::new(1, 4).unwrap(),
        pseudonyms: Pseudonyms::new(&[7; 32]),
        clock: || NOW_MS,
    };
    (parts, lines)
}

/// The folder of the whole project.
pub fn root() -> PathBuf {
    let mut above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    above.find(|path| path.join("Cargo.lock").is_file()).unwrap().to_owned()
}

/// Runs a script of the peers against an address; what it prints is its answer.
pub async fn peer(script: &'static str, args: Vec<String>) -> Output {
    let output = tokio::task::spawn_blocking(move || {
        let python = root().join(".venv/bin/python");
        Command::new(python).arg(root().join("test-data/tests/peers").join(script)).args(args).output()
    });
    let output = output.await.unwrap().unwrap();
    print!("{}", String::from_utf8_lossy(&output.stdout));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output
}
