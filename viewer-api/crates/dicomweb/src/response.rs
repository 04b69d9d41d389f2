//! Answers in the DICOM JSON model (PS3.18 annex F): what the edge adds to what the index or a file has.

use crate::link::Base;
use imaging_domain::{DataSet, Instance, InstanceUid, SeriesUid, StudyUid, VR, Value, json, tags};
use serde_json::Value as Json;

/// Media type of the model. Some clients compare it as a whole, so nothing is ever added to it.
pub const DICOM_JSON: &str = "application/dicom+json";

/// One result of a search: its attributes, where to retrieve it (0008,1190), and that it can be retrieved now
/// (0008,0056). The address is that of the lowest level named.
pub fn search_json(
    mut attributes: DataSet,
    base: &Base,
    study: &StudyUid,
    series: Option<&SeriesUid>,
    instance: Option<&InstanceUid>,
) -> Json {
    let url = match (series, instance) {
        (Some(series), Some(instance)) => base.instance(study, series, instance),
        (Some(series), None) => base.series(study, series),
        (None, _) => base.study(study),
    };
    say_utf8(&mut attributes);
    attributes.put(tags::RETRIEVE_URL, VR::UR, Value::Text(vec![url]));
    attributes.put(tags::INSTANCE_AVAILABILITY, VR::CS, Value::Text(vec!["ONLINE".to_owned()]));
    json::to_json(&attributes, &|_, _| None)
}

/// The header of an instance (PS3.18 10.4.1.1.2): values left in the file become absolute `BulkDataURI`s, pixel data
/// among them.
pub fn metadata_json(mut attributes: DataSet, base: &Base, instance: &Instance) -> Json {
    say_utf8(&mut attributes);
    let uri = |offset, length| Some(base.bulk_data(&instance.study, &instance.series, &instance.uid, offset, length));
    json::to_json(&attributes, &uri)
}

/// JSON is UTF-8, whatever the file was in (PS3.18 F.2).
fn say_utf8(attributes: &mut DataSet) {
    attributes.put(tags::SPECIFIC_CHARACTER_SET, VR::CS, Value::Text(vec!["ISO_IR 192".to_owned()]));
}

#[cfg(test)]
mod tests {
    use super::*;
    use imaging_domain::Digest;

    fn uids() -> (Base, StudyUid, SeriesUid, InstanceUid) {
        (
            Base::parse("https://hub/dicomweb").unwrap(),
            StudyUid::parse("1.2").unwrap(),
            SeriesUid::parse("1.3").unwrap(),
            InstanceUid::parse("1.4").unwrap(),
        )
    }

    #[test]
    fn results_say_where_they_are() {
        let (base, study, series, instance) = uids();
        for (series, instance, url) in [
            (None, None, "https://hub/dicomweb/studies/1.2"),
            (Some(&series), None, "https://hub/dicomweb/studies/1.2/series/1.3"),
            (Some(&series), Some(&instance), "https://hub/dicomweb/studies/1.2/series/1.3/instances/1.4"),
        ] {
            let json = search_json(DataSet::new(), &base, &study, series, instance);
            assert_eq!(json["00081190"]["Value"][0], url);
            assert_eq!(json["00080056"]["Value"][0], "ONLINE");
        }
    }

    #[test]
    fn long_values_become_addresses_inside_sequences_too() {
        let (base, study, series, uid) = uids();
        let instance = Instance {
            study,
            series,
            uid,
            sop_class: None,
            transfer_syntax: "1.2.840.10008.1.2.1".into(),
            digest: Digest([0; 32]),
            size_bytes: 0,
            data_set_offset: 0,
            frames: 1,
            stored_ms: 0,
            attributes: DataSet::new(),
        };
        let mut item = DataSet::new();
        item.put(tags::ICC_PROFILE, VR::OB, Value::Bulk { offset: 7, length: 9 });
        let mut header = DataSet::new();
        header.put_text(tags::SPECIFIC_CHARACTER_SET, VR::CS, "GB18030");
        header.put(tags::OPTICAL_PATH_SEQUENCE, VR::SQ, Value::Sequence(vec![item]));
        header.put(tags::PIXEL_DATA, VR::OW, Value::Bulk { offset: 100, length: 200 });
        let json = metadata_json(header, &base, &instance);
        let prefix = "https://hub/dicomweb/studies/1.2/series/1.3/instances/1.4/bulkdata";
        assert_eq!(json["00080005"]["Value"][0], "ISO_IR 192");
        assert_eq!(json["7FE00010"]["BulkDataURI"], format!("{prefix}/100-200"));
        let icc = &json["00480105"]["Value"][0]["00282000"];
        assert_eq!((&icc["vr"], &icc["BulkDataURI"]), (&"OB".into(), &format!("{prefix}/7-9").into()));
    }
}
