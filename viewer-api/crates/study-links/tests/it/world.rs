//! Hospitals `a` and `b` with studies of three persons, and who asks for links to them.

use access_control::{Object, decide};
use audit_log::{AuditLog, Line, Lines, Outcome, What};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use catalog::{Arrival, Config, LinkStep, Registry, Sqlite, StudyIndex};
use imaging_domain::{
    Allowed, DataSet, Digest, Instance, InstanceUid, Keeping, LinkId, Principal, Role, SeriesUid, SiteId, SopClassUid,
    StudyUid, VR, tags,
};
use std::{cell::Cell, net::IpAddr, sync::Arc};
use study_links::{Error, Made, Opened, Pepper, StudyLinks, Wanted};
use tempfile::TempDir;

pub const DAY_MS: i64 = 24 * 3600 * 1000;
const BEGIN_MS: i64 = 1_700_000_000_000;

thread_local! {
    /// The time of a test: each runs on a thread of its own.
    static NOW_MS: Cell<i64> = const { Cell::new(BEGIN_MS) };
}

pub fn now_ms() -> i64 {
    NOW_MS.get()
}

pub fn pass(ms: i64) {
    NOW_MS.set(NOW_MS.get() + ms);
}

/// Number, hospital, then Patient ID, issuer, name, birth date.
type Row<'a> = (u32, &'a str, [&'a str; 4]);

/// Studies 1, 2 and 3 are Wang Fang's, the third at the other hospital; 4 is her twin's, 5 somebody's of her number there;
/// 6 is at both hospitals.
const ROWS: [Row<'_>; 7] = [
    (1, "a", ["17", "", "Wang^Fang=王^芳", "19610203"]),
    (2, "a", ["17", "", "Wang^Fang", "19610203"]),
    (3, "b", ["B9", "", "王^芳", "19610203"]),
    (4, "a", ["18", "", "Wang^Min=王^敏", "19610203"]),
    (5, "b", ["17", "", "Li^Na=李^娜", "19880502"]),
    (6, "a", ["21", "", "Zhao^Lei=赵^磊", "19700101"]),
    (6, "b", ["21", "", "Zhao^Lei=赵^磊", "19700101"]),
];

pub struct World {
    pub links: StudyLinks,
    pub lines: Lines,
    pub folder: TempDir,
}

impl World {
    pub async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let index = Arc::new(Sqlite::open(&Config { path: folder.path().join("index.db"), readers: 2 }).unwrap());
        let permit = decide(&Principal::Service("test"), Object::Region).unwrap();
        for (site, name) in [("a", "First Hospital 第一医院"), ("b", "")] {
            index.hold(&permit, &SiteId::parse(site).unwrap(), name).await.unwrap();
        }
        let permit = decide(&Principal::Service("test"), Object::Region).unwrap();
        for row in ROWS {
            index.commit(&permit, vec![arrival(row)]).await.unwrap();
        }
        let (audit, lines) = AuditLog::memory(|| BEGIN_MS);
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
        Self { links, lines, folder }
    }

    /// A link to a study, as a radiologist makes it.
    pub async fn made(&self, number: u32) -> Made {
        self.links.make(&radiologist(), wanted(&[number])).await.unwrap()
    }

    /// Opens what was made with another PIN or its own.
    pub async fn open(&self, made: &Made, pin: &str) -> Result<Opened, Error> {
        self.links.open(token(made), pin, Some(addr())).await
    }

    /// What became of a link, the oldest first.
    pub async fn steps(&self, id: &LinkId) -> Vec<LinkStep> {
        let (_, events) = self.links.history(&radiologist(), id).await.unwrap();
        events.iter().rev().map(|event| event.what).collect()
    }

    /// What the audit log says, the oldest first: what, whether, who, which study.
    pub fn events(&self) -> Vec<(What, Outcome, String, String)> {
        let event = |text: &str| {
            let line: Line = serde_json::from_str(text).unwrap();
            (line.what, line.outcome, line.principal, line.study.unwrap_or_default())
        };
        self.lines.text().lines().map(event).collect()
    }
}

pub fn study(number: u32) -> StudyUid {
    StudyUid::parse(&format!("2.25.{number}")).unwrap()
}

fn arrival((number, site, [id, issuer, name, birth_date]): Row<'_>) -> Arrival {
    let mut attributes = DataSet::new();
    let uid = |suffix: &str| format!("2.25.{number}{suffix}");
    for (tag, vr, text) in [
        (tags::STUDY_INSTANCE_UID, VR::UI, uid("").as_str()),
        (tags::SERIES_INSTANCE_UID, VR::UI, &uid(".1")),
        (tags::SOP_INSTANCE_UID, VR::UI, &uid(".1.1")),
        (tags::PATIENT_ID, VR::LO, id),
        (tags::ISSUER_OF_PATIENT_ID, VR::LO, issuer),
        (tags::PATIENT_NAME, VR::PN, name),
        (tags::PATIENT_BIRTH_DATE, VR::DA, birth_date),
        (tags::PATIENT_SEX, VR::CS, "F"),
        (tags::STUDY_DATE, VR::DA, "20260102"),
        (tags::STUDY_DESCRIPTION, VR::LO, "CHEST <plain>"),
        (tags::MODALITY, VR::CS, "CT"),
    ] {
        attributes.put_text(tag, vr, text);
    }
    let mut digest = [0; 32];
    digest[..4].copy_from_slice(&number.to_be_bytes());
    let instance = Instance {
        study: study(number),
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

pub fn wanted(studies: &[u32]) -> Wanted {
    Wanted {
        studies: studies.iter().map(|number| study(*number)).collect(),
        days: None,
        allowed: Allowed::View,
        language: String::new(),
        openings: None,
        note: String::new(),
    }
}

pub fn user(name: &str, role: Role) -> Principal {
    Principal::User { name: name.into(), role }
}

pub fn radiologist() -> Principal {
    user("lin", Role::Radiologist)
}

pub fn hospital(name: &str) -> Principal {
    Principal::Site(SiteId::parse(name).unwrap())
}

pub fn addr() -> IpAddr {
    IpAddr::from([192, 0, 2, 7])
}

/// What stands after the hash of the address.
pub fn token(made: &Made) -> &str {
    made.url.strip_prefix("https://links.example/s#").unwrap()
}

/// What stands in the second form: the manifest's token and the key.
pub fn payload(made: &Made) -> (String, String) {
    let text = made.shlink.as_deref().unwrap().strip_prefix("shlink:/").unwrap();
    let payload: serde_json::Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).unwrap()).unwrap();
    let of = |member: &str| payload[member].as_str().unwrap().to_owned();
    (of("url").strip_prefix("https://links.example/s/shl/").unwrap().to_owned(), of("key"))
}

/// Another PIN than the link's.
pub fn wrong(made: &Made) -> String {
    format!("{:06}", (made.pin.parse::<u32>().unwrap() + 1) % 1_000_000)
}
