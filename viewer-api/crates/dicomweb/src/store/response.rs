//! The answer to a store request (PS3.18 10.5.3, table 10.5.3-1).

use crate::link::Base;
use imaging_domain::{DataSet, InstanceUid, SeriesUid, SopClassUid, StudyUid, Tag, VR, Value, tags};

/// Warning reason: what the address gives is not, bit for bit, what was sent (PS3.18 table I.2-1).
pub const COERCED: u16 = 0xB000;

/// The form of the answer (PS3.18 table 10.5.3-2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoreAnswer {
    /// `application/dicom+json`.
    Json,
    /// `application/dicom+xml`.
    Xml,
}

/// What became of one part, or of one instance of the metadata.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreOutcome {
    /// It is stored.
    Stored {
        /// What it is; absent when the file does not say.
        class: Option<SopClassUid>,
        /// Study.
        study: StudyUid,
        /// Series.
        series: SeriesUid,
        /// Instance.
        instance: InstanceUid,
        /// Warning Reason (0008,1196).
        warning: Option<u16>,
    },
    /// It is not.
    Failed {
        /// SOP Class UID and SOP Instance UID, as far as it said before it failed.
        named: Option<(Option<SopClassUid>, InstanceUid)>,
        /// Failure Reason (0008,1197).
        reason: u16,
    },
}

/// How many were stored, of those with a warning, and how many were not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StoreCounts {
    /// Stored.
    pub stored: usize,
    /// Stored with a warning.
    pub warned: usize,
    /// Not stored.
    pub failed: usize,
}

impl StoreCounts {
    /// Counts outcomes.
    pub fn of(outcomes: &[StoreOutcome]) -> Self {
        let mut out = Self::default();
        for outcome in outcomes {
            match outcome {
                StoreOutcome::Stored { warning, .. } => {
                    out.stored += 1;
                    out.warned += usize::from(warning.is_some());
                }
                StoreOutcome::Failed { .. } => out.failed += 1,
            }
        }
        out
    }
}

/// The store instances response: what is stored with its address, what is not, and what said not even what it is.
pub fn store_response(base: &Base, outcomes: &[StoreOutcome]) -> DataSet {
    let (mut stored, mut failed, mut others) = (vec![], vec![], vec![]);
    let mut studies: Vec<&StudyUid> = vec![];
    for outcome in outcomes {
        match outcome {
            StoreOutcome::Stored { class, study, series, instance, warning } => {
                if !studies.contains(&study) && studies.len() < 2 {
                    studies.push(study);
                }
                let mut item = reference(class.as_ref(), instance);
                item.put_text(tags::RETRIEVE_URL, VR::UR, base.instance(study, series, instance));
                put_code(&mut item, tags::WARNING_REASON, *warning);
                stored.push(item);
            }
            StoreOutcome::Failed { named, reason } => {
                let (mut item, list) = match named {
                    Some((class, instance)) => (reference(class.as_ref(), instance), &mut failed),
                    None => (DataSet::new(), &mut others),
                };
                put_code(&mut item, tags::FAILURE_REASON, Some(*reason));
                list.push(item);
            }
        }
    }
    let mut out = DataSet::new();
    // the study's address when all of it is one study, else without a value
    let url = if let [study] = studies[..] { base.study(study) } else { String::new() };
    out.put_text(tags::RETRIEVE_URL, VR::UR, url);
    put_items(&mut out, tags::REFERENCED_SOP_SEQUENCE, stored);
    put_items(&mut out, tags::FAILED_SOP_SEQUENCE, failed);
    put_items(&mut out, tags::OTHER_FAILURES_SEQUENCE, others);
    out
}

/// A sequence, when it has items.
pub(crate) fn put_items(out: &mut DataSet, tag: Tag, items: Vec<DataSet>) {
    if !items.is_empty() {
        out.put(tag, VR::SQ, Value::Sequence(items));
    }
}

/// An item that names an instance (PS3.3 table 10-11).
pub(crate) fn reference(class: Option<&SopClassUid>, instance: &InstanceUid) -> DataSet {
    let mut item = DataSet::new();
    item.put_text(tags::REFERENCED_SOP_CLASS_UID, VR::UI, class.map_or("", SopClassUid::as_str));
    item.put_text(tags::REFERENCED_SOP_INSTANCE_UID, VR::UI, instance.as_str());
    item
}

pub(crate) fn put_code(item: &mut DataSet, tag: Tag, code: Option<u16>) {
    if let Some(code) = code {
        item.put(tag, VR::US, Value::Int(vec![i64::from(code)]));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use imaging_domain::json;

    fn stored(study: &str, instance: &str, warning: Option<u16>) -> StoreOutcome {
        StoreOutcome::Stored {
            class: SopClassUid::parse("1.2.840.10008.5.1.4.1.1.2").ok(),
            study: StudyUid::parse(study).unwrap(),
            series: SeriesUid::parse("1.3").unwrap(),
            instance: InstanceUid::parse(instance).unwrap(),
            warning,
        }
    }

    #[test]
    fn each_outcome_is_in_its_sequence() {
        let base = Base::parse("https://hub/dicomweb").unwrap();
        let named = Some((None, InstanceUid::parse("1.5").unwrap()));
        let outcomes = [
            stored("1.2", "1.4", None),
            stored("1.2", "1.6", Some(COERCED)),
            StoreOutcome::Failed { named, reason: 0xA900 },
            StoreOutcome::Failed { named: None, reason: 0xC000 },
        ];
        assert_eq!(StoreCounts::of(&outcomes), StoreCounts { stored: 2, warned: 1, failed: 2 });
        let json = json::to_json(&store_response(&base, &outcomes), &|_, _| None);
        assert_eq!(json["00081190"]["Value"][0], "https://hub/dicomweb/studies/1.2");
        let items = &json["00081199"]["Value"];
        assert_eq!(items[0]["00081150"]["Value"][0], "1.2.840.10008.5.1.4.1.1.2");
        assert_eq!(items[0]["00081155"]["Value"][0], "1.4");
        assert_eq!(items[0]["00081190"]["Value"][0], "https://hub/dicomweb/studies/1.2/series/1.3/instances/1.4");
        assert_eq!(items[1]["00081196"]["Value"][0], 0xB000);
        assert_eq!(json["00081198"]["Value"][0]["00081155"]["Value"][0], "1.5");
        assert_eq!(json["00081198"]["Value"][0]["00081197"]["Value"][0], 0xA900);
        assert_eq!(json["0008119A"]["Value"][0]["00081197"]["Value"][0], 0xC000);
        let several = store_response(&base, &[stored("1.2", "1.4", None), stored("1.9", "1.6", None)]);
        assert!(several.get(tags::RETRIEVE_URL).is_some_and(imaging_domain::Element::is_empty));
    }
}
