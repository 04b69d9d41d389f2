//! The doors of study links over real parts: the one of those who make them, and the public one.

use access_control::{Object, decide};
use archive::{Archive, Parts, Pseudonyms};
use audit_log::{AuditLog, Line, Lines, Outcome, What};
use axum::{Router, body::Body, http::Request};
use blob_store::{BlobStore, Checked, Config as BlobConfig, Disk, MemoryDerived};
use bytes::Bytes;
use catalog::{Arrival, Config, Registry, Sqlite, StudyIndex};
use http_body_util::BodyExt;
use imaging_domain::{
    DataSet, Digest, Instance, InstanceUid, Keeping, Principal, Role, SeriesUid, SiteId, SopClassUid, StudyUid, VR,
    tags,
};
use rendering::Renderer;
use serde_json::Value as Json;
use std::{cell::Cell, collections::BTreeMap, net::IpAddr, path::PathBuf, sync::Arc};
use study_links::{Pepper, StudyLinks};
use tempfile::TempDir;
use tower::ServiceExt;
use viewer_api::{LinksConfig, links_router, sharing_router};

const BEGIN_MS: i64 = 1_700_000_000_000;
pub const DAY_MS: i64 = 24 * 3600 * 1000;
/// Studies 1 and 2 are one person's at hospital `a`, 3 is another's at `b`.
const ROWS: [(u32, &str, &str); 3] = [(1, "a", "17"), (2, "a", "17"), (3, "b", "18")];

thread_local! {
    /// The time of a test: each runs on a thread of its own.
    static NOW_MS: Cell<i64> = const { Cell::new(BEGIN_MS) };
}

fn now_ms() -> i64 {
    NOW_MS.get()
}

pub fn pass(ms: i64) {
    NOW_MS.set(NOW_MS.get() + ms);
}

pub struct Linked {
    staff: Router,
    public: Router,
    lines: Lines,
    _folder: TempDir,
}

/// An answer, whole.
#[derive(Debug, PartialEq, Eq)]
pub struct Told {
    pub status: u16,
    pub headers: BTreeMap<String, String>,
    pub body: Bytes,
}

impl Told {
    pub fn json(&self) -> Json {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub fn text(&self, key: &str) -> String {
        self.json()[key].as_str().unwrap().to_owned()
    }
}

impl Linked {
    pub async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let index = Arc::new(Sqlite::open(&Config { path: path("index.db"), readers: 2 }).unwrap());
        for site in ["a", "b"] {
            let permit = decide(&Principal::Service("test"), Object::Region).unwrap();
            index.hold(&permit, &SiteId::parse(site).unwrap(), "A hospital").await.unwrap();
        }
        for row in ROWS {
            let permit = decide(&Principal::Service("test"), Object::Region).unwrap();
            index.commit(&permit, vec![arrival(row)]).await.unwrap();
        }
        let (audit, lines) = AuditLog::memory(|| BEGIN_MS);
        let archive = archive(index.clone(), audit.clone(), path("cache"));
        let links = StudyLinks {
            links: index.clone(),
            sessions: index.clone(),
            index: index.clone(),
            registry: index,
            audit,
            clock: now_ms,
            pepper: Pepper::new(&[7; 32]),
            origin: "https://links.example".into(),
        };
        let peer = |extensions: &axum::http::Extensions| extensions.get::<IpAddr>().copied();
        let config = LinksConfig { clock: now_ms, peer, notice: BTreeMap::new() };
        let public = links_router(links.clone(), archive, config, None).unwrap();
        Self { staff: sharing_router(links, now_ms), public, lines, _folder: folder }
    }

    /// Asks the door of those who make links.
    pub async fn ask(&self, who: &Principal, request: Request<Body>) -> Told {
        let mut request = request;
        request.extensions_mut().insert(who.clone());
        told(&self.staff, request).await
    }

    pub async fn get(&self, who: &Principal, path: &str) -> Told {
        self.ask(who, Request::get(path).header("host", "hub").body(Body::empty()).unwrap()).await
    }

    pub async fn post(&self, who: &Principal, path: &str, body: &str) -> Told {
        self.ask(who, posted(path, body)).await
    }

    /// A link, as a radiologist makes it.
    pub async fn made(&self, body: &str) -> Told {
        let made = self.post(&user(Role::Radiologist), "/links", body).await;
        assert_eq!(made.status, 201, "{:?}", made.body);
        made
    }

    /// What the public listener says to a token and a PIN from an address.
    pub async fn open(&self, addr: u32, token: &str, pin: &str) -> Told {
        self.open_with(addr, &serde_json::json!({ "token": token, "pin": pin })).await
    }

    /// What it says to a body from an address.
    pub async fn open_with(&self, addr: u32, body: &Json) -> Told {
        let mut request = posted("/s/api/open", &body.to_string());
        request.extensions_mut().insert(IpAddr::from(addr.to_be_bytes()));
        told(&self.public, request).await
    }

    /// How many events of a kind and an outcome the audit log has.
    pub fn events(&self, what: What, outcome: Outcome) -> usize {
        let text = self.lines.text();
        let lines = text.lines().map(|line| serde_json::from_str::<Line>(line).unwrap());
        lines.filter(|line| (line.what, line.outcome) == (what, outcome)).count()
    }
}

fn archive(index: Arc<Sqlite>, audit: AuditLog, cache: PathBuf) -> Archive {
    let disk = Disk::open(&BlobConfig { dir: cache, reserve_bytes: 0 }).unwrap();
    let blobs: Arc<dyn BlobStore> = Arc::new(Checked::new(Arc::new(disk)));
    Archive::new(Parts {
        index: index.clone(),
        readiness: index.clone(),
        registry: index,
        blobs,
        derived: Arc::new(MemoryDerived::default()),
        compact: Arc::new(MemoryDerived::default()),
        remote: None,
        audit,
        renderer: Renderer::new(1, 4).unwrap(),
        pseudonyms: Pseudonyms::new(&[7; 32]),
        clock: now_ms,
    })
}

/// A request as our own page sends it.
pub fn posted(path: &str, body: &str) -> Request<Body> {
    let request = Request::post(path).header("host", "hub").header("content-type", "application/json");
    request.body(Body::from(body.to_owned())).unwrap()
}

async fn told(router: &Router, request: Request<Body>) -> Told {
    let response = router.clone().oneshot(request).await.unwrap();
    let header = |(name, value): (&axum::http::HeaderName, &axum::http::HeaderValue)| {
        (name.to_string(), value.to_str().unwrap().to_owned())
    };
    let (status, headers) = (response.status().as_u16(), response.headers().iter().map(header).collect());
    Told { status, headers, body: response.into_body().collect().await.unwrap().to_bytes() }
}

pub fn user(role: Role) -> Principal {
    Principal::User { name: "lin".into(), role }
}

pub fn hospital(name: &str) -> Principal {
    Principal::Site(SiteId::parse(name).unwrap())
}

fn arrival((number, site, id): (u32, &str, &str)) -> Arrival {
    let mut attributes = DataSet::new();
    let uid = |suffix: &str| format!("2.25.{number}{suffix}");
    for (tag, vr, text) in [
        (tags::STUDY_INSTANCE_UID, VR::UI, uid("").as_str()),
        (tags::SERIES_INSTANCE_UID, VR::UI, &uid(".1")),
        (tags::SOP_INSTANCE_UID, VR::UI, &uid(".1.1")),
        (tags::PATIENT_ID, VR::LO, id),
        (tags::PATIENT_NAME, VR::PN, "Wang^Fang=王^芳"),
        (tags::STUDY_DATE, VR::DA, "20260102"),
        (tags::MODALITY, VR::CS, "CT"),
    ] {
        attributes.put_text(tag, vr, text);
    }
    let mut digest = [0; 32];
    digest[..4].copy_from_slice(&number.to_be_bytes());
    let instance = Instance {
        study: StudyUid::parse(&uid("")).unwrap(),
        series: SeriesUid::parse(&uid(".1")).unwrap(),
        uid: InstanceUid::parse(&uid(".1.1")).unwrap(),
        sop_class: SopClassUid::parse("1.2.840.10008.5.1.4.1.1.2").ok(),
        transfer_syntax: "1.2.840.10008.1.2.1".into(),
        digest: Digest(digest),
        size_bytes: 1000,
        data_set_offset: 350,
        frames: 1,
        stored_ms: BEGIN_MS,
        keeping: Keeping::Kept,
        attributes,
    };
    Arrival::new(SiteId::parse(site).unwrap(), instance)
}
