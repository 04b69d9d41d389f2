//! Studies put into a hub's index as the feeds of twelve hospitals would.

use access_control::{Feed, Object, decide};
use anyhow::{Context, Result};
use catalog::{ChangeFeed, Sqlite};
use hub::state::StateDir;
use imaging_domain::{
    Change, DataSet, Digest, Event, Instance, InstanceUid, Keeping, Principal, SeriesUid, SiteId, SopClassUid,
    StudyUid, VR, tags,
};
use std::{path::Path, time::Instant};

/// Hospitals.
const SITES: u32 = 12;
/// Lines of one batch of a feed.
const BATCH: usize = 1000;
const CT: &str = "1.2.840.10008.5.1.4.1.1.2";

/// What studies are made of, by their number.
#[derive(Clone, Copy)]
pub struct Studies {
    /// The instances of a study.
    pub instances: fn(u32) -> Vec<Described>,
    /// Whether the next hospital has a copy.
    pub is_copied: fn(u32) -> bool,
}

/// An instance.
pub struct Described {
    /// Its study's UID, which the others begin with.
    pub study_uid: String,
    /// Number of its series.
    pub series: u32,
    /// Its number in the series.
    pub number: u32,
    /// Patient ID.
    pub patient_id: String,
    /// Patient's Name.
    pub patient_name: String,
    /// Study Date.
    pub study_date: String,
    /// Modality.
    pub modality: &'static str,
    /// Further attributes.
    pub more: DataSet,
}

/// What was put in.
pub struct Filled {
    /// Instances, copies counted.
    pub instances: usize,
    /// Instances per second.
    pub per_second: f64,
    /// Bytes of the index.
    pub bytes: u64,
}

/// Fills the index of a hub that does not run with so many studies.
pub async fn fill(config: &hub::Config, studies: Studies, count: u32) -> Result<Filled> {
    let index = hub::wiring::index(&StateDir::at(&config.dir))?;
    let begun = Instant::now();
    let mut total = 0;
    for site in 0..SITES {
        let holds = |study: &u32| study % SITES == site || ((studies.is_copied)(*study) && (study + 1) % SITES == site);
        total += fill_site(&index, site, studies, (0..count).filter(holds)).await?;
    }
    let per_second = total as f64 / begun.elapsed().as_secs_f64();
    drop(index);
    Ok(Filled { instances: total, per_second, bytes: bytes(&config.dir)? })
}

async fn fill_site(index: &Sqlite, site: u32, studies: Studies, numbers: impl Iterator<Item = u32>) -> Result<usize> {
    let site = SiteId::parse(&format!("hospital-{:02}", site + 1))?;
    let permit = decide::<Feed>(&Principal::Service("bench"), Object::Site(&site))?;
    let (mut lines, mut last) = (vec![], 0);
    for study in numbers {
        for described in (studies.instances)(study) {
            last += 1;
            lines.push(Change { number: last, event: Event::Stored(Box::new(instance(study, described)?)) });
        }
        if lines.len() >= BATCH {
            index.apply(&permit, &site, std::mem::take(&mut lines), 0).await.context("the index is full")?;
        }
    }
    index.apply(&permit, &site, lines, 0).await.context("the index is full")?;
    Ok(last as usize)
}

fn bytes(dir: &Path) -> Result<u64> {
    let mut bytes = 0;
    for entry in std::fs::read_dir(dir)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().contains("sqlite") {
            bytes += entry.metadata()?.len();
        }
    }
    Ok(bytes)
}

fn instance(study: u32, described: Described) -> Result<Instance> {
    let Described { study_uid, series, number, patient_id, patient_name, study_date, modality, more } = described;
    let series_uid = format!("{study_uid}.{series}");
    let uid = format!("{series_uid}.{number}");
    let mut attributes = more;
    for (tag, vr, text) in [
        (tags::STUDY_INSTANCE_UID, VR::UI, study_uid.clone()),
        (tags::SERIES_INSTANCE_UID, VR::UI, series_uid.clone()),
        (tags::SOP_INSTANCE_UID, VR::UI, uid.clone()),
        (tags::SOP_CLASS_UID, VR::UI, CT.into()),
        (tags::PATIENT_ID, VR::LO, patient_id),
        (tags::PATIENT_NAME, VR::PN, patient_name),
        (tags::PATIENT_BIRTH_DATE, VR::DA, format!("19{:02}0{}11", study / 2 % 100, study / 2 % 9 + 1)),
        (tags::STUDY_DATE, VR::DA, study_date),
        (tags::STUDY_TIME, VR::TM, format!("{:02}{:02}00", study % 24, study % 60)),
        (tags::STUDY_DESCRIPTION, VR::LO, format!("Examination {}", study % 40)),
        (tags::ACCESSION_NUMBER, VR::SH, format!("A{study:08}")),
        (tags::REFERRING_PHYSICIAN_NAME, VR::PN, format!("DOCTOR^{}", study % 50)),
        (tags::MODALITY, VR::CS, modality.into()),
        (tags::SERIES_NUMBER, VR::IS, series.to_string()),
        (tags::INSTANCE_NUMBER, VR::IS, number.to_string()),
    ] {
        attributes.put_text(tag, vr, text);
    }
    Ok(Instance {
        study: StudyUid::parse(&study_uid)?,
        series: SeriesUid::parse(&series_uid)?,
        uid: InstanceUid::parse(&uid)?,
        sop_class: SopClassUid::parse(CT).ok(),
        transfer_syntax: "1.2.840.10008.1.2.1".into(),
        digest: digest(study, series, number),
        size_bytes: 526_000,
        data_set_offset: 350,
        frames: 1,
        stored_ms: 1_700_000_000_000,
        keeping: Keeping::Kept,
        attributes,
    })
}

/// Unlike that of any other.
fn digest(study: u32, series: u32, number: u32) -> Digest {
    let mut digest = [0; 32];
    for (place, part) in digest.chunks_exact_mut(4).zip([study, series, number]) {
        place.copy_from_slice(&part.to_be_bytes());
    }
    Digest(digest)
}
