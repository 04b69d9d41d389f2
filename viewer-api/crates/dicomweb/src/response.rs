//! Answers in the DICOM JSON model (PS3.18 annex F) and the native one (PS3.19 A.1): what the edge adds to what the index
//! or a file has.

use crate::link::Base;
use imaging_domain::{DataSet, InstanceUid, SeriesUid, StudyUid, VR, Value, json, tags, xml};

/// Media type of the model. Some clients compare it as a whole, so nothing is ever added to it.
pub const DICOM_JSON: &str = "application/dicom+json";

/// Media type of one result in the native model; several are parts.
pub const DICOM_XML: &str = "application/dicom+xml";

/// In which model a search is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SearchAnswer {
    /// One array, as [`DICOM_JSON`].
    Json,
    /// Parts of [`DICOM_XML`].
    Xml,
}

impl SearchAnswer {
    /// A result's text.
    pub fn write(self, result: &DataSet) -> String {
        match self {
            Self::Json => json::to_json(result, &|_, _| None).to_string(),
            Self::Xml => xml::to_xml(result, &|_, _| None),
        }
    }
}

/// One result of a search: its attributes, where to retrieve it (0008,1190), and that it can be retrieved now (0008,0056), unless
/// they say that it comes from a PACS first. The address is that of the lowest level named.
pub fn search_result(
    mut attributes: DataSet,
    base: &Base,
    study: &StudyUid,
    series: Option<&SeriesUid>,
    instance: Option<&InstanceUid>,
) -> DataSet {
    let url = match (series, instance) {
        (Some(series), Some(instance)) => base.instance(study, series, instance),
        (Some(series), None) => base.series(study, series),
        (None, _) => base.study(study),
    };
    say_utf8(&mut attributes);
    attributes.put(tags::RETRIEVE_URL, VR::UR, Value::Text(vec![url]));
    if attributes.text(tags::INSTANCE_AVAILABILITY).is_none() {
        attributes.put_text(tags::INSTANCE_AVAILABILITY, VR::CS, "ONLINE");
    }
    attributes
}

/// Both models are UTF-8, whatever the file was in (PS3.18 F.2).
fn say_utf8(attributes: &mut DataSet) {
    attributes.put(tags::SPECIFIC_CHARACTER_SET, VR::CS, Value::Text(vec!["ISO_IR 192".to_owned()]));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uids() -> (Base, StudyUid, SeriesUid, InstanceUid) {
        (
            Base::parse("https://hub/dicomweb").unwrap(),
            StudyUid::parse("1.2").unwrap(),
            SeriesUid::parse("1.3").unwrap(),
            InstanceUid::parse("1.4").unwrap(),
        )
    }

    #[test]
    fn what_comes_from_a_pacs_first_says_so() {
        let (base, study, ..) = uids();
        let mut attributes = DataSet::new();
        attributes.put_text(tags::INSTANCE_AVAILABILITY, VR::CS, "NEARLINE");
        let result = search_result(attributes, &base, &study, None, None);
        assert_eq!(result.text(tags::INSTANCE_AVAILABILITY), Some("NEARLINE"));
    }

    #[test]
    fn results_say_where_they_are() {
        let (base, study, series, instance) = uids();
        for (series, instance, url) in [
            (None, None, "https://hub/dicomweb/studies/1.2"),
            (Some(&series), None, "https://hub/dicomweb/studies/1.2/series/1.3"),
            (Some(&series), Some(&instance), "https://hub/dicomweb/studies/1.2/series/1.3/instances/1.4"),
        ] {
            let result = search_result(DataSet::new(), &base, &study, series, instance);
            assert_eq!(result.text(tags::RETRIEVE_URL), Some(url));
            assert_eq!(result.text(tags::INSTANCE_AVAILABILITY), Some("ONLINE"));
            assert_eq!(result.text(tags::SPECIFIC_CHARACTER_SET), Some("ISO_IR 192"));
            let (json, xml) = (SearchAnswer::Json.write(&result), SearchAnswer::Xml.write(&result));
            assert!(json.contains(&format!("\"{url}\"")) && xml.contains(&format!(">{url}</Value>")), "{json} {xml}");
        }
    }
}
