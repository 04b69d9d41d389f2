//! Made instances, and an index in a folder.

use access_control::{Action, Object, Permit, decide};
use catalog::{Arrival, Config, Scope, Sqlite, StudyIndex, Verdict};
use imaging_domain::{
    DataSet, Digest, Instance, InstanceCopy, InstanceUid, Keeping, Principal, SeriesUid, SiteId, StudyUid, VR, tags,
};
use std::path::Path;

/// Instances of one study.
const STUDY_SIZE: u32 = 7;
/// Instances of one series.
const SERIES_SIZE: u32 = 3;

pub fn site(name: &str) -> SiteId {
    SiteId::parse(name).unwrap()
}

pub fn permit<A: Action>() -> Permit<A> {
    decide(&Principal::Service("test"), Object::Region).unwrap()
}

pub fn open(folder: &Path, name: &str) -> Sqlite {
    Sqlite::open(&Config { path: folder.join(name), readers: 1 }).unwrap()
}

pub fn study(number: u32) -> StudyUid {
    StudyUid::parse(&format!("2.25.{}", number / STUDY_SIZE)).unwrap()
}

/// The instance of a number; `mark` makes its bytes.
pub fn instance(number: u32, mark: u8) -> Instance {
    let (study, series) = (study(number), number % STUDY_SIZE / SERIES_SIZE);
    let series = SeriesUid::parse(&format!("{study}.{series}")).unwrap();
    let uid = InstanceUid::parse(&format!("{series}.{number}")).unwrap();
    let mut attributes = DataSet::new();
    attributes.put_text(tags::STUDY_INSTANCE_UID, VR::UI, study.as_str());
    attributes.put_text(tags::SERIES_INSTANCE_UID, VR::UI, series.as_str());
    attributes.put_text(tags::SOP_INSTANCE_UID, VR::UI, uid.as_str());
    attributes.put_text(tags::PATIENT_NAME, VR::PN, format!("TEST^{}", number / STUDY_SIZE));
    attributes.put_text(tags::INSTANCE_NUMBER, VR::IS, number.to_string());
    let mut digest = [mark; 32];
    digest[..4].copy_from_slice(&number.to_be_bytes());
    Instance {
        study,
        series,
        uid,
        sop_class: None,
        transfer_syntax: "1.2.840.10008.1.2.1".into(),
        digest: Digest(digest),
        size_bytes: 1000,
        data_set_offset: 400,
        frames: 1,
        stored_ms: 1_700_000_000_000 + i64::from(number),
        keeping: Keeping::Kept,
        attributes,
    }
}

/// Puts instances into a hospital's index.
pub async fn store(index: &Sqlite, name: &str, instances: Vec<Instance>) -> Vec<Verdict> {
    let arrivals = instances.into_iter().map(|instance| Arrival::new(site(name), instance)).collect();
    index.commit(&permit(), arrivals).await.unwrap()
}

/// Every copy that an index has of a site's instances with numbers below `end`, in order.
pub async fn copies(index: &Sqlite, name: &str, end: u32) -> Vec<InstanceCopy> {
    let mut found = vec![];
    for first in (0..end).step_by(STUDY_SIZE as usize) {
        let scope = Scope { study: study(first), series: None, instance: None };
        let listed = index.instances(&permit(), &scope, None, 100).await.unwrap();
        found.extend(listed.into_iter().flat_map(|copies| copies.0).filter(|copy| copy.site == site(name)));
    }
    found
}
