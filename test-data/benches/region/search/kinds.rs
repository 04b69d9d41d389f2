//! The questions.

use super::people;

/// One kind of question.
pub struct Kind {
    /// What it asks by.
    pub name: &'static str,
    /// The query string for a study's number, of so many studies.
    pub query: fn(u32, u32) -> String,
}

/// Modalities of the studies: many of the first, few of the last.
const MODALITIES: [&str; 4] = ["CT", "MR", "CR", "US"];

/// The kinds. `fm` is `fuzzymatching=true`.
pub const KINDS: [Kind; 16] = [
    Kind { name: "PatientID", query: |study, _| format!("PatientID={}", people::of(study).id()) },
    Kind { name: "PatientID=*part*", query: |study, _| format!("PatientID=*{:05}*", study / 2) },
    Kind {
        name: "name prefix, family",
        query: |study, _| format!("PatientName={}*&limit=50", people::of(study).family()),
    },
    Kind { name: "name prefix, both", query: |study, _| prefix(study) },
    Kind {
        name: "name contains, hit",
        query: |study, _| format!("PatientName=*{}*&limit=50", people::of(study).given()),
    },
    Kind { name: "name contains, miss", query: |_, _| "PatientName=*qzx*&limit=50".into() },
    Kind { name: "name contains, pairs that are there", query: |_, _| "PatientName=*gxiaw*&limit=50".into() },
    Kind {
        name: "two Han characters",
        query: |study, _| format!("PatientName=*{}*&limit=50", people::of(study).han_given()),
    },
    Kind { name: "pinyin, fm", query: |study, _| fuzzy(study) },
    Kind { name: "given name first, fm", query: |study, _| reversed(study) },
    Kind { name: "one common syllable, fm", query: |_, _| "fuzzymatching=true&PatientName=wang&limit=50".into() },
    Kind { name: "date range + modality, limit 50", query: |study, _| dates(study) },
    Kind { name: "rare modality", query: |_, _| "ModalitiesInStudy=XA&limit=50".into() },
    Kind { name: "description contains, miss", query: |_, _| "StudyDescription=*nothing*&limit=50".into() },
    Kind { name: "latest 50", query: |_, _| "limit=50".into() },
    Kind { name: "50 in the middle (offset)", query: |_, studies| format!("limit=50&offset={}", studies / 2) },
];

/// The modality of a study; one in 5000 is rare.
pub fn modality(study: u32) -> &'static str {
    if study % 5000 == 77 { "XA" } else { MODALITIES[study as usize % 10 % 4] }
}

/// Days of ten years.
pub fn study_date(study: u32) -> String {
    format!("20{:02}{:02}{:02}", 15 + study % 10, study / 10 % 12 + 1, study / 120 % 28 + 1)
}

fn prefix(study: u32) -> String {
    let person = people::of(study);
    format!("PatientName={}^{}*&limit=50", person.family(), person.given())
}

fn fuzzy(study: u32) -> String {
    let person = people::of(study);
    format!("fuzzymatching=true&PatientName={} {}&limit=50", person.family(), person.given()).replace(' ', "+")
}

fn reversed(study: u32) -> String {
    let person = people::of(study);
    format!("fuzzymatching=true&PatientName={}+{}&limit=50", person.given(), person.family())
}

fn dates(study: u32) -> String {
    let (year, month) = (15 + study % 10, study % 10 + 1);
    let modality = MODALITIES[study as usize % MODALITIES.len()];
    format!("StudyDate=20{year}{month:02}01-20{year}{:02}31&ModalitiesInStudy={modality}&limit=50", month + 2)
}
