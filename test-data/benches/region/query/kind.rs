//! The questions.

/// One kind of question.
pub struct Kind {
    /// What it asks by.
    pub name: &'static str,
    /// The query string of a study's number.
    pub query: fn(u32) -> String,
}

/// The kinds, asked in turn.
pub const KINDS: [Kind; 5] = [
    Kind { name: "PatientID", query: |study| format!("PatientID={}", patient_id(study)) },
    Kind { name: "PatientName=ABC*", query: |study| format!("PatientName={}*", family_name(study)) },
    Kind { name: "StudyDate range, limit 50", query: by_date },
    Kind { name: "ModalitiesInStudy, limit 50", query: by_modality },
    Kind { name: "StudyInstanceUID", query: |study| format!("StudyInstanceUID={}", study_uid(study)) },
];

/// Modalities of the studies, in turn.
pub const MODALITIES: [&str; 4] = ["CT", "MR", "CR", "US"];

/// Two studies of each patient.
pub fn patient_id(study: u32) -> String {
    format!("BENCH-{:06}", study / 2)
}

/// About six studies of each family of 20,000.
pub fn family_name(study: u32) -> String {
    format!("FAMILY{:04}", study / 2 % 3500)
}

/// The whole name, ideographic group included.
pub fn patient_name(study: u32) -> String {
    format!("{}^GIVEN{}=王{}^小明", family_name(study), study / 2 % 7, study % 100)
}

/// Days of ten years.
pub fn study_date(study: u32) -> String {
    format!("20{:02}{:02}{:02}", 15 + study % 10, study % 12 + 1, study % 28 + 1)
}

/// A UID of the generator's kind.
pub fn study_uid(study: u32) -> String {
    format!("2.25.{}", 7_000_000_000_u64 + u64::from(study))
}

fn by_date(study: u32) -> String {
    let (year, month) = (15 + study % 10, study % 10 + 1);
    format!("StudyDate=20{year}{month:02}01-20{year}{:02}31&limit=50", month + 2)
}

fn by_modality(study: u32) -> String {
    format!("ModalitiesInStudy={}&limit=50", MODALITIES[study as usize % MODALITIES.len()])
}
