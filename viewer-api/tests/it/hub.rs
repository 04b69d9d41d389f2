//! A hub's DICOMweb routes over real parts in a folder of the test's own, which holds the site `centre`.

use access_control::{Object, decide};
use archive::{Archive, HeldFirst, Holding, HoldingLimits, Parts, Pseudonyms};
use audit_log::AuditLog;
use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Request},
};
use blob_store::{BlobStore, Checked, Config as BlobConfig, Disk, MemoryDerived};
use bytes::Bytes;
use catalog::{Config, Registry, Sqlite};
use http_body_util::BodyExt;
use imaging_domain::{Principal, SiteId};
use rendering::Renderer;
use serde_json::Value as Json;
use std::sync::Arc;
use tempfile::TempDir;
use tower::ServiceExt;
use viewer_api::{DicomwebConfig, dicomweb_router};
use worklist::Worklist;

pub struct Hub {
    router: Router,
    pub folder: TempDir,
}

/// What a request was told.
pub struct Told {
    pub status: u16,
    pub content_type: String,
    pub retry_after: bool,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Told {
    pub fn json(&self) -> Json {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// A header, or nothing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Reasons of a sequence of the answer, with the instances they are about.
    pub fn codes(&self, sequence: &str, code: &str) -> Vec<(String, Option<u64>)> {
        let items = self.json()[sequence]["Value"].as_array().cloned().unwrap_or_default();
        let uid = |item: &Json| item["00081155"]["Value"][0].as_str().unwrap_or_default().to_owned();
        items.iter().map(|item| (uid(item), item[code]["Value"][0].as_u64())).collect()
    }

    pub fn stored(&self) -> Vec<(String, Option<u64>)> {
        self.codes("00081199", "00081196")
    }

    pub fn failed(&self) -> Vec<(String, Option<u64>)> {
        self.codes("00081198", "00081197")
    }

    pub fn others(&self) -> Vec<(String, Option<u64>)> {
        self.codes("0008119A", "00081197")
    }
}

/// Limits that nothing here reaches.
pub fn limits() -> HoldingLimits {
    HoldingLimits { users_store_to: Some(site("centre")), at_once: 8, max_instance_bytes: 1 << 30 }
}

pub fn site(name: &str) -> SiteId {
    SiteId::parse(name).unwrap()
}

/// A machine of the held site.
pub fn machine() -> Principal {
    Principal::SiteMachine { site: site("centre"), name: "ct".into() }
}

impl Hub {
    pub async fn new() -> Self {
        Self::with(limits(), 0, 0).await
    }

    /// A hub with limits, which takes requests of so many bytes and leaves so many free on the disk.
    pub async fn with(limits: HoldingLimits, max_store_bytes: u64, reserve_bytes: u64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let index = Arc::new(Sqlite::open(&Config { path: path("index.db"), readers: 2 }).unwrap());
        let permit = decide(&Principal::Service("test"), Object::Region).unwrap();
        index.hold(&permit, &site("centre"), "Health centre").await.unwrap();
        index.hold(&permit, &site("other"), "Another centre").await.unwrap();
        let disk = |name, reserve_bytes| -> Arc<dyn BlobStore> {
            let disk = Disk::open(&BlobConfig { dir: path(name), reserve_bytes }).unwrap();
            Arc::new(Checked::new(Arc::new(disk)))
        };
        let held = disk("holding", reserve_bytes);
        let parts = Parts {
            index: index.clone(),
            readiness: index.clone(),
            registry: index.clone(),
            blobs: Arc::new(HeldFirst::new(held.clone(), disk("cache", 0))),
            derived: Arc::new(MemoryDerived::default()),
            compact: Arc::new(MemoryDerived::default()),
            remote: None,
            audit: AuditLog::memory(|| 1_700_000_000_000).0,
            renderer: Renderer::new(1, 4).unwrap(),
            pseudonyms: Pseudonyms::new(&[7; 32]),
            clock: || 1_700_000_000_000,
        };
        let worklist = Some(Worklist::new(index, parts.audit.clone(), || 1_700_000_000_000));
        let holding = Holding::new(Parts { blobs: held, ..parts.clone() }, limits);
        let allowed_origins = vec!["https://viewer.example".to_owned()];
        let config = DicomwebConfig { max_store_bytes, worklist, allowed_origins, ..DicomwebConfig::default() };
        let router = dicomweb_router(Archive::new(parts).with_holding(holding), config);
        Self { router: Router::new().nest("/dicomweb", router), folder }
    }

    pub async fn ask(&self, who: &Principal, request: Request<Body>) -> Told {
        let mut request = request;
        request.extensions_mut().insert(who.clone());
        let response = self.router.clone().oneshot(request).await.unwrap();
        let header = |name: &str| response.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        let (status, content_type) = (response.status().as_u16(), header("content-type").unwrap_or_default());
        let retry_after = header("retry-after").is_some();
        let headers = response.headers().clone();
        Told {
            status,
            content_type,
            retry_after,
            headers,
            body: response.into_body().collect().await.unwrap().to_bytes(),
        }
    }

    pub async fn get(&self, path: &str, accept: &str) -> Told {
        let request = Request::get(format!("/dicomweb{path}")).header("host", "hub.example").header("accept", accept);
        let who = Principal::Machine("reader".into());
        self.ask(&who, request.body(Body::empty()).unwrap()).await
    }

    /// Posts a body as a machine of the held site.
    pub async fn post(&self, path: &str, content_type: &str, body: impl Into<Body>) -> Told {
        self.post_as(&machine(), path, &[("content-type", content_type)], body).await
    }

    pub async fn post_as(&self, who: &Principal, path: &str, headers: &[(&str, &str)], body: impl Into<Body>) -> Told {
        let mut request = Request::post(format!("/dicomweb{path}")).header("host", "hub.example");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.ask(who, request.body(body.into()).unwrap()).await
    }

    /// SOP Instance UIDs that a search finds.
    pub async fn instances(&self) -> Vec<String> {
        let found = self.get("/instances", "application/dicom+json").await.json();
        let uid = |row: &Json| row["00080018"]["Value"][0].as_str().unwrap().to_owned();
        let mut uids: Vec<String> = found.as_array().unwrap().iter().map(uid).collect();
        uids.sort();
        uids
    }

    /// How many files lie in the folder of what is held, published or not.
    pub fn held_files(&self) -> usize {
        files_below(&self.folder.path().join("holding"))
    }
}

fn files_below(folder: &std::path::Path) -> usize {
    let count = |entry: std::io::Result<std::fs::DirEntry>| {
        let path = entry.unwrap().path();
        if path.is_dir() { files_below(&path) } else { 1 }
    };
    std::fs::read_dir(folder).unwrap().map(count).sum()
}
