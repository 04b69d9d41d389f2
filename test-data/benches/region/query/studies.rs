//! The studies that are asked for: three instances in two series; one in ten is at two hospitals.

use super::kind::{MODALITIES, patient_id, patient_name, study_date, study_uid};
use crate::fill::{Described, Studies};
use imaging_domain::{DataSet, VR, Value, tags};

/// All of them.
pub const STUDIES: Studies = Studies { instances, is_copied: |study| study.is_multiple_of(10) };

fn instances(study: u32) -> Vec<Described> {
    [(1, 1), (1, 2), (2, 1)].into_iter().map(|(series, number)| instance(study, series, number)).collect()
}

fn instance(study: u32, series: u32, number: u32) -> Described {
    let mut more = DataSet::new();
    more.put_text(tags::PATIENT_SEX, VR::CS, ["F", "M"][study as usize / 2 % 2]);
    more.put_text(tags::STUDY_ID, VR::SH, study.to_string());
    more.put_text(tags::SERIES_DESCRIPTION, VR::LO, format!("Series {series}"));
    more.put(tags::ROWS, VR::US, Value::Int(vec![512]));
    more.put(tags::COLUMNS, VR::US, Value::Int(vec![512]));
    Described {
        study_uid: study_uid(study),
        series,
        number,
        patient_id: patient_id(study),
        patient_name: patient_name(study),
        study_date: study_date(study),
        modality: MODALITIES[study as usize % MODALITIES.len()],
        more,
    }
}
