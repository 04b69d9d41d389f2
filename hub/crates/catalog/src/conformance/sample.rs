//! Instances and permits for the cases.

use super::Index;
use crate::ports::{Answer, Arrival, Verdict};
use access_control::{Action, Object, Permit, decide};
use imaging_domain::{
    DataSet, Digest, Instance, InstanceUid, Keeping, Level, Principal, Query, SeriesUid, SiteId, SopClassUid, StudyUid,
    Tag, VR, Value, attribute, tags,
};

pub(crate) const CT: &str = "1.2.840.10008.5.1.4.1.1.2";
pub(crate) const SR: &str = "1.2.840.10008.5.1.4.1.1.88.11";

/// A permit for anything.
pub(crate) fn permit<A: Action>() -> Permit<A> {
    decide(&Principal::Service("conformance"), Object::Region).expect("a service may do everything")
}

pub(crate) fn site(name: &str) -> SiteId {
    SiteId::parse(name).expect("a site's name")
}

pub(crate) fn study(number: u32) -> StudyUid {
    StudyUid::parse(&format!("2.25.{number}")).expect("a uid")
}

pub(crate) fn series(study: u32, number: u32) -> SeriesUid {
    SeriesUid::parse(&format!("2.25.{study}.{number}")).expect("a uid")
}

pub(crate) fn uid(study: u32, series: u32, number: u32) -> InstanceUid {
    InstanceUid::parse(&format!("2.25.{study}.{series}.{number}")).expect("a uid")
}

/// A CT image: its numbers are the last components of its UIDs.
pub(crate) fn image(study_number: u32, series_number: u32, number: u32) -> Instance {
    let mut attributes = DataSet::new();
    attributes.put_text(tags::STUDY_INSTANCE_UID, VR::UI, study(study_number).as_str());
    attributes.put_text(tags::SERIES_INSTANCE_UID, VR::UI, series(study_number, series_number).as_str());
    attributes.put_text(tags::SOP_INSTANCE_UID, VR::UI, uid(study_number, series_number, number).as_str());
    attributes.put_text(tags::SOP_CLASS_UID, VR::UI, CT);
    attributes.put_text(tags::MODALITY, VR::CS, "CT");
    attributes.put_text(tags::SERIES_NUMBER, VR::IS, series_number.to_string());
    attributes.put_text(tags::INSTANCE_NUMBER, VR::IS, number.to_string());
    attributes.put(tags::ROWS, VR::US, Value::Int(vec![512]));
    let mut digest = [0; 32];
    for (place, part) in digest.chunks_exact_mut(4).zip([study_number, series_number, number]) {
        place.copy_from_slice(&part.to_be_bytes());
    }
    Instance {
        study: study(study_number),
        series: series(study_number, series_number),
        uid: uid(study_number, series_number, number),
        sop_class: SopClassUid::parse(CT).ok(),
        transfer_syntax: "1.2.840.10008.1.2.1".into(),
        digest: Digest(digest),
        size_bytes: 1000 + u64::from(number),
        data_set_offset: 350,
        frames: 1,
        stored_ms: 1_700_000_000_000 + i64::from(number),
        keeping: Keeping::Kept,
        attributes,
    }
}

/// The same with other text values; the VR is the table's.
pub(crate) fn with(mut instance: Instance, values: &[(Tag, &str)]) -> Instance {
    for (tag, text) in values {
        let vr = attribute::find(&[*tag]).expect("an attribute of the table").vr;
        let texts = text.split('\\').filter(|text| !text.is_empty()).map(str::to_owned).collect();
        instance.attributes.put(*tag, vr, Value::Text(texts));
    }
    instance
}

/// The same with other bytes.
pub(crate) fn other_bytes(mut instance: Instance, mark: u8) -> Instance {
    instance.digest.0[31] = mark;
    instance
}

pub(crate) async fn store(index: &impl Index, name: &str, instances: Vec<Instance>) -> Vec<Verdict> {
    let arrivals = instances.into_iter().map(|instance| Arrival::new(site(name), instance)).collect();
    index.commit(&permit(), arrivals).await.expect("a commit")
}

/// A query with keys as a client writes them.
pub(crate) fn query(level: Level, keys: &[(&[Tag], &str)]) -> Query {
    let mut query = Query::at(level);
    for (path, text) in keys {
        query.add_key(attribute::find(path).expect("an attribute of the table"), text).expect("a valid key");
    }
    query
}

pub(crate) async fn search(index: &impl Index, query: &Query) -> Answer {
    index.search(&permit(), query).await.expect("an answer")
}

/// Last components of the UIDs of the results, at the level of the query.
pub(crate) fn numbers(answer: &Answer) -> Vec<u32> {
    let of = |m: &crate::ports::Match| {
        let uid = match (&m.instance, &m.series) {
            (Some(instance), _) => instance.as_str(),
            (None, Some(series)) => series.as_str(),
            (None, None) => m.study.as_str(),
        };
        uid.rsplit('.').next().and_then(|number| number.parse().ok()).expect("a number")
    };
    answer.matches.iter().map(of).collect()
}
