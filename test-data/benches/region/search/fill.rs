//! Studies of one instance, put into an index as the feeds of twelve hospitals would; one in ten is at two of them.

use super::{kinds, people};
use access_control::{Feed, Object, decide};
use anyhow::{Context, Result};
use catalog::ChangeFeed;
use hub::state::StateDir;
use imaging_domain::{
    Change, DataSet, Digest, Event, Instance, InstanceUid, Principal, SeriesUid, SiteId, SopClassUid, StudyUid, VR,
    tags,
};
use std::time::Instant;

/// Hospitals.
const SITES: u32 = 12;
/// Lines of one batch of a feed.
const BATCH: usize = 1000;
const CT: &str = "1.2.840.10008.5.1.4.1.1.2";

/// What was put in.
pub struct Filled {
    /// Instances per second.
    pub per_second: f64,
    /// Bytes of the index.
    pub bytes: u64,
}

/// Fills the index of a hub that does not run.
pub async fn fill(config: &hub::Config, studies: u32) -> Result<Filled> {
    let index = hub::wiring::index(&StateDir::at(&config.dir))?;
    let begun = Instant::now();
    let mut total = 0;
    for number in 0..SITES {
        let site = SiteId::parse(&format!("hospital-{:02}", number + 1))?;
        let permit = decide::<Feed>(&Principal::Service("bench"), Object::Site(&site))?;
        let holds = |study: &u32| study % SITES == number || (study % 10 == 7 && (study + 1) % SITES == number);
        let held: Vec<u32> = (0..studies).filter(holds).collect();
        total += held.len();
        for (place, batch) in held.chunks(BATCH).enumerate() {
            let numbered = (1 + (place * BATCH) as u64..).zip(batch);
            let lines: Result<Vec<Change>> = numbered
                .map(|(number, study)| Ok(Change { number, event: Event::Stored(Box::new(instance(*study)?)) }))
                .collect();
            index.apply(&permit, &site, lines?, 0).await.context("the index is full")?;
        }
    }
    let per_second = total as f64 / begun.elapsed().as_secs_f64();
    drop(index);
    let mut bytes = 0;
    for entry in std::fs::read_dir(&config.dir)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().contains("sqlite") {
            bytes += entry.metadata()?.len();
        }
    }
    Ok(Filled { per_second, bytes })
}

fn instance(study: u32) -> Result<Instance> {
    let study_uid = format!("2.25.{}", 8_000_000_000_u64 + u64::from(study));
    let (series_uid, uid) = (format!("{study_uid}.1"), format!("{study_uid}.1.1"));
    let person = people::of(study);
    let mut attributes = DataSet::new();
    for (tag, vr, text) in [
        (tags::STUDY_INSTANCE_UID, VR::UI, study_uid.clone()),
        (tags::SERIES_INSTANCE_UID, VR::UI, series_uid.clone()),
        (tags::SOP_INSTANCE_UID, VR::UI, uid.clone()),
        (tags::SOP_CLASS_UID, VR::UI, CT.into()),
        (tags::PATIENT_ID, VR::LO, person.id()),
        (tags::PATIENT_NAME, VR::PN, person.name()),
        (tags::PATIENT_BIRTH_DATE, VR::DA, format!("19{:02}0{}11", study / 2 % 100, study / 2 % 9 + 1)),
        (tags::STUDY_DATE, VR::DA, kinds::study_date(study)),
        (tags::STUDY_TIME, VR::TM, format!("{:02}{:02}00", study % 24, study % 60)),
        (tags::STUDY_DESCRIPTION, VR::LO, format!("Examination {}", study % 40)),
        (tags::ACCESSION_NUMBER, VR::SH, format!("A{study:08}")),
        (tags::REFERRING_PHYSICIAN_NAME, VR::PN, format!("DOCTOR^{}", study % 50)),
        (tags::MODALITY, VR::CS, kinds::modality(study).into()),
        (tags::SERIES_NUMBER, VR::IS, "1".into()),
        (tags::INSTANCE_NUMBER, VR::IS, "1".into()),
    ] {
        attributes.put_text(tag, vr, text);
    }
    let mut digest = [0; 32];
    digest[..4].copy_from_slice(&study.to_be_bytes());
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
