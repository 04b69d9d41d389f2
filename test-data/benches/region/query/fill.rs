//! Studies of twelve hospitals, put into the hub's index as their feeds would.

use super::kind::{MODALITIES, patient_id, patient_name, study_date, study_uid};
use access_control::{Feed, Object, decide};
use anyhow::{Context, Result};
use catalog::ChangeFeed;
use hub::state::StateDir;
use imaging_domain::{
    Change, DataSet, Digest, Event, Instance, InstanceUid, Principal, SeriesUid, SiteId, SopClassUid, StudyUid, VR,
    Value, tags,
};
use std::time::Instant;

/// Hospitals.
const SITES: u32 = 12;
/// Every so many studies one has a copy at the next hospital.
const COPIED: u32 = 10;
/// Lines of one batch of a feed.
const BATCH: usize = 1000;
const CT: &str = "1.2.840.10008.5.1.4.1.1.2";

/// What was put in.
pub struct Filled {
    /// Instances, copies counted.
    pub instances: usize,
    /// Instances per second.
    pub per_second: f64,
}

/// Fills the index of a hub that does not run.
pub async fn fill(config: &hub::Config, studies: u32) -> Result<Filled> {
    let index = hub::wiring::index(&StateDir::at(&config.dir))?;
    let begun = Instant::now();
    let mut total = 0;
    for number in 0..SITES {
        let site = SiteId::parse(&format!("hospital-{:02}", number + 1))?;
        let permit = decide::<Feed>(&Principal::Service("bench"), Object::Site(&site))?;
        let holds =
            |study: &u32| study % SITES == number || (study.is_multiple_of(COPIED) && (study + 1) % SITES == number);
        let instances: Result<Vec<Vec<Instance>>> = (0..studies).filter(holds).map(instances).collect();
        let mut lines: Vec<Change> = vec![];
        for (number, instance) in (1..).zip(instances?.into_iter().flatten()) {
            lines.push(Change { number, event: Event::Stored(Box::new(instance)) });
        }
        total += lines.len();
        while !lines.is_empty() {
            let rest = lines.split_off(lines.len().min(BATCH));
            index.apply(&permit, &site, std::mem::replace(&mut lines, rest), 0).await.context("the index is full")?;
        }
    }
    Ok(Filled { instances: total, per_second: total as f64 / begun.elapsed().as_secs_f64() })
}

/// Three instances in two series.
fn instances(study: u32) -> Result<Vec<Instance>> {
    [(1, 1), (1, 2), (2, 1)].into_iter().map(|(series, number)| instance(study, series, number)).collect()
}

fn instance(study: u32, series: u32, number: u32) -> Result<Instance> {
    let study_uid = study_uid(study);
    let series_uid = format!("{study_uid}.{series}");
    let uid = format!("{series_uid}.{number}");
    let mut attributes = DataSet::new();
    for (tag, vr, text) in [
        (tags::STUDY_INSTANCE_UID, VR::UI, study_uid.clone()),
        (tags::SERIES_INSTANCE_UID, VR::UI, series_uid.clone()),
        (tags::SOP_INSTANCE_UID, VR::UI, uid.clone()),
        (tags::SOP_CLASS_UID, VR::UI, CT.into()),
        (tags::PATIENT_ID, VR::LO, patient_id(study)),
        (tags::PATIENT_NAME, VR::PN, patient_name(study)),
        (tags::PATIENT_BIRTH_DATE, VR::DA, format!("19{:02}0{}11", study / 2 % 100, study / 2 % 9 + 1)),
        (tags::PATIENT_SEX, VR::CS, ["F", "M"][study as usize / 2 % 2].into()),
        (tags::STUDY_DATE, VR::DA, study_date(study)),
        (tags::STUDY_TIME, VR::TM, format!("{:02}{:02}00", study % 24, study % 60)),
        (tags::STUDY_DESCRIPTION, VR::LO, format!("Examination {}", study % 40)),
        (tags::ACCESSION_NUMBER, VR::SH, format!("A{study:08}")),
        (tags::REFERRING_PHYSICIAN_NAME, VR::PN, format!("DOCTOR^{}", study % 50)),
        (tags::STUDY_ID, VR::SH, study.to_string()),
        (tags::MODALITY, VR::CS, MODALITIES[study as usize % MODALITIES.len()].into()),
        (tags::SERIES_NUMBER, VR::IS, series.to_string()),
        (tags::SERIES_DESCRIPTION, VR::LO, format!("Series {series}")),
        (tags::INSTANCE_NUMBER, VR::IS, number.to_string()),
    ] {
        attributes.put_text(tag, vr, text);
    }
    attributes.put(tags::ROWS, VR::US, Value::Int(vec![512]));
    attributes.put(tags::COLUMNS, VR::US, Value::Int(vec![512]));
    let mut digest = [0; 32];
    for (place, part) in digest.chunks_exact_mut(4).zip([study, series, number]) {
        place.copy_from_slice(&part.to_be_bytes());
    }
    Ok(Instance {
        study: StudyUid::parse(&study_uid)?,
        series: SeriesUid::parse(&series_uid)?,
        uid: InstanceUid::parse(&uid)?,
        sop_class: SopClassUid::parse(CT).ok(),
        transfer_syntax: "1.2.840.10008.1.2.1".into(),
        digest: Digest(digest),
        size_bytes: 526_000,
        data_set_offset: 350,
        frames: 1,
        stored_ms: 1_700_000_000_000,
        attributes,
    })
}
