//! Requests (PS3.18 table J.1-1).

use super::{MAX_COMMITTED, Named, Reference, Referenced};
use crate::error::Error;
use imaging_domain::{DataSet, InstanceUid, Invalid, SeriesUid, SopClassUid, StudyUid, tags};

/// What a request asks about.
///
/// # Errors
/// When it names nothing, or something that is none, or more than [`MAX_COMMITTED`].
pub fn asked_about(request: &DataSet) -> Result<Referenced, Error> {
    let instances = referenced(request.items(tags::REFERENCED_SOP_SEQUENCE))?;
    let mut out: Referenced = instances.into_iter().map(Reference::Instance).collect();
    for study in request.items(tags::REFERENCED_STUDY_SEQUENCE) {
        of_study(study, &mut out)?;
    }
    if out.is_empty() {
        return Err(Error::invalid("request", "it names no instance and no study"));
    }
    if out.len() > MAX_COMMITTED {
        return Err(Error::TooLong("list of instances"));
    }
    Ok(out)
}

/// A study without series, and a series without instances, is all of it.
fn of_study(item: &DataSet, out: &mut Referenced) -> Result<(), Error> {
    let study = StudyUid::parse(item.text(tags::STUDY_INSTANCE_UID).unwrap_or_default())?;
    let all = item.items(tags::REFERENCED_SERIES_SEQUENCE);
    if all.is_empty() {
        out.push(Reference::Study(study));
        return Ok(());
    }
    for item in all {
        let series = SeriesUid::parse(item.text(tags::SERIES_INSTANCE_UID).unwrap_or_default())?;
        let classes = item.items(tags::REFERENCED_INSTANCES_BY_SOP_CLASS_SEQUENCE);
        if classes.is_empty() {
            out.push(Reference::Series(study.clone(), series));
            continue;
        }
        for class in classes {
            let uid = class_of(class)?;
            for instance in class.items(tags::REFERENCED_INSTANCE_SEQUENCE) {
                out.push(Reference::Within(study.clone(), series.clone(), (uid.clone(), instance_of(instance)?)));
            }
        }
    }
    Ok(())
}

/// SOP Class and SOP Instance UID of each item (PS3.3 table 10-11).
///
/// # Errors
/// When one of them has not both.
pub fn referenced(items: &[DataSet]) -> Result<Vec<Named>, Invalid> {
    items.iter().map(|item| Ok((class_of(item)?, instance_of(item)?))).collect()
}

fn class_of(item: &DataSet) -> Result<SopClassUid, Invalid> {
    SopClassUid::parse(item.text(tags::REFERENCED_SOP_CLASS_UID).unwrap_or_default())
}

fn instance_of(item: &DataSet) -> Result<InstanceUid, Invalid> {
    InstanceUid::parse(item.text(tags::REFERENCED_SOP_INSTANCE_UID).unwrap_or_default())
}
