//! The studies that are searched: one instance each; one in ten is at two hospitals.

use super::{kinds, people};
use crate::fill::{Described, Studies};
use imaging_domain::DataSet;

/// All of them.
pub const STUDIES: Studies = Studies { instances, is_copied: |study| study % 10 == 7 };

fn instances(study: u32) -> Vec<Described> {
    let person = people::of(study);
    vec![Described {
        study_uid: format!("2.25.{}", 8_000_000_000_u64 + u64::from(study)),
        series: 1,
        number: 1,
        patient_id: person.id(),
        patient_name: person.name(),
        study_date: kinds::study_date(study),
        modality: kinds::modality(study),
        more: DataSet::new(),
    }]
}
