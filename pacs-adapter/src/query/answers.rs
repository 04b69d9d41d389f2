//! Results as the identifiers of C-FIND responses (PS3.4 C.4.1.1.3.2): what was asked for, and where to retrieve it.

use super::{
    identifier::Rung,
    question::{OF_PATIENTS, Question},
};
use imaging_domain::{AeTitle, DataSet, Tag, VR, Value, tags};
use part10::data_set_bytes;
use std::{
    collections::HashSet,
    hash::{DefaultHasher, Hash, Hasher},
};

/// What never is a value of a result.
const OURS: [Tag; 4] =
    [tags::SPECIFIC_CHARACTER_SET, tags::QUERY_RETRIEVE_LEVEL, tags::RETRIEVE_AE_TITLE, tags::INSTANCE_AVAILABILITY];
/// What tells patients apart: numbers alone do not, where several hospitals give them.
const PATIENT: [Tag; 5] =
    [tags::PATIENT_ID, tags::ISSUER_OF_PATIENT_ID, tags::PATIENT_NAME, tags::PATIENT_BIRTH_DATE, tags::PATIENT_SEX];

/// Writes the answers to one question.
pub(crate) struct Answers {
    level: Rung,
    asked: DataSet,
    charset: Vec<String>,
    transfer_syntax: String,
    retrieve_from: AeTitle,
    /// Digests of the patients that were told of; the index finds studies.
    patients: HashSet<u64>,
}

impl Answers {
    /// Answers in a transfer syntax, whose instances can be retrieved from `retrieve_from`.
    pub(crate) fn to(question: &Question, transfer_syntax: &str, retrieve_from: AeTitle) -> Self {
        Self {
            level: question.level,
            asked: question.asked.clone(),
            charset: question.asked.texts(tags::SPECIFIC_CHARACTER_SET).to_vec(),
            transfer_syntax: transfer_syntax.to_owned(),
            retrieve_from,
            patients: HashSet::new(),
        }
    }

    /// The identifier of a result; `None` for a patient that was told of before.
    pub(crate) fn write(&mut self, result: &DataSet) -> Option<Vec<u8>> {
        if self.level == Rung::Patient && !self.patients.insert(patient(result)) {
            return None;
        }
        let mut answer = DataSet::new();
        for (tag, asked) in self.asked.iter().filter(|(tag, _)| !OURS.contains(tag)) {
            // the index finds studies; what is theirs is nothing that a patient has
            let is_of_level = self.level > Rung::Patient || OF_PATIENTS.contains(&tag);
            match result.get(tag).filter(|_| is_of_level) {
                Some(element) => answer.put(tag, element.vr, element.value.clone()),
                None if asked.vr == VR::SQ => answer.put(tag, VR::SQ, Value::Sequence(vec![])),
                None => answer.put(tag, asked.vr, Value::Text(vec![])),
            }
        }
        answer.put_text(tags::QUERY_RETRIEVE_LEVEL, VR::CS, self.level.word());
        answer.put_text(tags::RETRIEVE_AE_TITLE, VR::AE, self.retrieve_from.as_str());
        let availability = result.text(tags::INSTANCE_AVAILABILITY).unwrap_or("ONLINE");
        answer.put_text(tags::INSTANCE_AVAILABILITY, VR::CS, availability);
        Some(data_set_bytes(&answer, &self.transfer_syntax, &self.charset))
    }
}

fn patient(result: &DataSet) -> u64 {
    let mut hasher = DefaultHasher::new();
    PATIENT.map(|tag| result.texts(tag)).hash(&mut hasher);
    hasher.finish()
}
