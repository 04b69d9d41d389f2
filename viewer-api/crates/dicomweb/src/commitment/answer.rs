//! Answers (PS3.18 table J.2-1; PS3.3 C.14.1.1).

use super::Reference;
use crate::store::{put_code, put_items, reference};
use imaging_domain::{DataSet, InstanceUid, SeriesUid, SopClassUid, StudyUid, Tag, VR, tags};
use std::collections::BTreeMap;

/// Instances with their Failure Reasons, by study, series and class.
type Grouped<'a> =
    BTreeMap<&'a StudyUid, BTreeMap<&'a SeriesUid, BTreeMap<&'a SopClassUid, Vec<(&'a InstanceUid, Option<u16>)>>>>;

/// What is committed, and what is not with its Failure Reason.
pub fn commitment_response(found: &[(Reference, Option<u16>)]) -> DataSet {
    let (committed, failed): (Vec<_>, Vec<_>) = found.iter().partition(|(_, failure)| failure.is_none());
    let mut out = DataSet::new();
    put_items(&mut out, tags::REFERENCED_SOP_SEQUENCE, instances(&committed));
    put_items(&mut out, tags::FAILED_SOP_SEQUENCE, instances(&failed));
    put_items(&mut out, tags::REFERENCED_STUDY_SEQUENCE, studies(&committed));
    put_items(&mut out, tags::FAILED_STUDY_SEQUENCE, studies(&failed));
    out
}

type Found<'a> = &'a (Reference, Option<u16>);

fn instances(found: &[Found<'_>]) -> Vec<DataSet> {
    let one = |(named, failure): Found<'_>| {
        let Reference::Instance((class, instance)) = named else { return None };
        let mut item = reference(Some(class), instance);
        put_code(&mut item, tags::FAILURE_REASON, *failure);
        Some(item)
    };
    found.iter().copied().filter_map(one).collect()
}

/// Studies with what is in them, and those of which nothing is here.
fn studies(found: &[Found<'_>]) -> Vec<DataSet> {
    let (mut grouped, mut whole) = (Grouped::new(), vec![]);
    for (named, failure) in found.iter().copied() {
        match named {
            Reference::Instance(_) => {}
            Reference::Within(study, series, (class, instance)) => {
                let classes = grouped.entry(study).or_default().entry(series).or_default();
                classes.entry(class).or_default().push((instance, *failure));
            }
            Reference::Series(study, series) => {
                let mut item = of(tags::SERIES_INSTANCE_UID, series.as_str());
                put_code(&mut item, tags::FAILURE_REASON, *failure);
                whole.push(with(study, vec![item]));
            }
            Reference::Study(study) => {
                let mut item = with(study, vec![]);
                put_code(&mut item, tags::FAILURE_REASON, *failure);
                whole.push(item);
            }
        }
    }
    let grouped = grouped.into_iter().map(|(study, all)| {
        let series = all.into_iter().map(|(series, classes)| {
            let mut item = of(tags::SERIES_INSTANCE_UID, series.as_str());
            put_items(&mut item, tags::REFERENCED_INSTANCES_BY_SOP_CLASS_SEQUENCE, by_class(classes));
            item
        });
        with(study, series.collect())
    });
    grouped.chain(whole).collect()
}

fn by_class(classes: BTreeMap<&SopClassUid, Vec<(&InstanceUid, Option<u16>)>>) -> Vec<DataSet> {
    let one = |(class, all): (&SopClassUid, Vec<(&InstanceUid, Option<u16>)>)| {
        let instances = all.into_iter().map(|(instance, failure)| {
            let mut item = of(tags::REFERENCED_SOP_INSTANCE_UID, instance.as_str());
            put_code(&mut item, tags::FAILURE_REASON, failure);
            item
        });
        let mut item = of(tags::REFERENCED_SOP_CLASS_UID, class.as_str());
        put_items(&mut item, tags::REFERENCED_INSTANCE_SEQUENCE, instances.collect());
        item
    };
    classes.into_iter().map(one).collect()
}

fn with(study: &StudyUid, series: Vec<DataSet>) -> DataSet {
    let mut item = of(tags::STUDY_INSTANCE_UID, study.as_str());
    put_items(&mut item, tags::REFERENCED_SERIES_SEQUENCE, series);
    item
}

fn of(tag: Tag, uid: &str) -> DataSet {
    let mut item = DataSet::new();
    item.put_text(tag, VR::UI, uid);
    item
}
