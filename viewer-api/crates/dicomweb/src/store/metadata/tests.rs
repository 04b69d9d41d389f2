//! Metadata as clients write it, and as nobody should.

use super::*;
use imaging_domain::{Value, tags};
use serde_json::json;

fn one(model: &Json) -> Result<Described, Error> {
    described_in_json(model.to_string().as_bytes()).and_then(|mut all| all.remove(0))
}

#[test]
fn values_are_read_in_every_form() {
    let model = json!({
        "00020010": {"vr": "UI", "Value": ["1.2.840.10008.1.2.4.50"]},
        "00080018": {"vr": "UI", "Value": ["1.4"]},
        "00100010": {"vr": "PN", "Value": [{"Alphabetic": "WANG^XIAOMING", "Ideographic": "王^小明"}]},
        "00181151": {"vr": "IS", "Value": [200, "300"]},
        "00280010": {"vr": "US", "Value": [512]},
        "00281050": {"vr": "DS", "Value": ["40", -600.5]},
        "00282000": {"vr": "OB", "InlineBinary": "AAEC"},
        "00400275": {"vr": "SQ", "Value": [{"00420011": {"vr": "OB", "BulkDataURI": "b/2"}}]},
        "00401001": {"vr": "SH"},
        "7FE00010": {"vr": "OW", "BulkDataURI": "b/1"}
    });
    let read = one(&model).unwrap();
    let set = &read.data_set;
    assert_eq!(read.transfer_syntax.as_deref(), Some("1.2.840.10008.1.2.4.50"));
    assert_eq!(set.get(imaging_domain::Tag(2, 0x10)), None);
    assert_eq!(set.text(tags::PATIENT_NAME), Some("WANG^XIAOMING=王^小明"));
    assert_eq!(set.texts(tags::X_RAY_TUBE_CURRENT), ["200", "300"]);
    assert_eq!(set.texts(tags::WINDOW_CENTER), ["40", "-600.5"]);
    assert!(set.get(tags::ICC_PROFILE).is_some_and(|icc| icc.value == Value::Bytes(vec![0, 1, 2])));
    assert!(set.get(tags::REQUESTED_PROCEDURE_ID).is_some_and(imaging_domain::Element::is_empty));
    let Some(Value::Bulk { offset, .. }) = set.get(tags::PIXEL_DATA).map(|pixels| &pixels.value) else { panic!() };
    assert_eq!(read.uris[*offset as usize], "b/1");
    assert_eq!(read.uris.len(), 2);
}

#[test]
fn what_is_wrong_fails_its_own_instance_alone() {
    let good = json!({"00080018": {"vr": "UI", "Value": ["1.4"]}});
    for bad in [
        json!({"00280010": {"vr": "US", "Value": [65536]}}),
        json!({"00280010": {"vr": "US", "Value": ["512"]}}),
        json!({"00280010": {"vr": "XX", "Value": [1]}}),
        json!({"00280010": {"Value": [1]}}),
        json!({"rows": {"vr": "US", "Value": [1]}}),
        json!({"00280010": {"vr": "US", "Value": 1}}),
        json!({"00282000": {"vr": "OB", "InlineBinary": "?"}}),
        json!({"00282000": {"vr": "OB", "InlineBinary": "AAEC", "BulkDataURI": "b"}}),
        json!({"00282000": {"vr": "OB", "BulkDataURI": 5}}),
        json!({"00400275": {"vr": "SQ", "Value": [1]}}),
        json!({"00400275": {"vr": "SQ", "BulkDataURI": "b"}}),
        json!({"FFFEE0DD": {"vr": "UN", "InlineBinary": "AAEC"}}),
        json!({"00400275": {"vr": "SQ", "Value": [{"00020010": {"vr": "UI", "Value": ["1.2"]}}]}}),
        json!(1),
    ] {
        let read = described_in_json(json!([good, bad, good]).to_string().as_bytes()).unwrap();
        assert_eq!([read[0].is_ok(), read[1].is_ok(), read[2].is_ok()], [true, false, true], "{bad}");
    }
}

#[test]
fn texts_that_are_no_instances_are_refused() {
    for text in ["", "[", "5", "null", "\"x\"", "[{}] []", "<xml/>"] {
        assert!(described_in_json(text.as_bytes()).is_err(), "{text}");
    }
    assert_eq!(described_in_json(b"[]").unwrap(), []);
}

#[test]
fn size_and_depth_are_bounded() {
    let many = format!("[{}{{}}]", "{},".repeat(MAX_METADATA_VALUES / 2));
    let deep = format!("{}1{}", "[".repeat(1000), "]".repeat(1000));
    let instances = format!("[{}{{}}]", "{},".repeat(MAX_DESCRIBED));
    for text in [many, deep, instances] {
        assert!(described_in_json(text.as_bytes()).is_err());
    }
    let nested = |times| {
        let mut nested = json!({});
        for _ in 0..times {
            nested = json!({"00400275": {"vr": "SQ", "Value": [nested]}});
        }
        described_in_json(json!([nested]).to_string().as_bytes())
    };
    assert!(nested(60).unwrap()[0].is_ok(), "what the JSON reader would not follow by itself");
    assert!(nested(64).unwrap()[0].is_err(), "an error of that instance");
    assert!(nested(100).is_err());
}

#[test]
fn the_native_model_says_the_same() {
    let xml = r#"<?xml version="1.0" encoding="UTF-8"?>
        <NativeDicomModel xmlns="http://dicom.nema.org/PS3.19/models/NativeDICOM">
          <DicomAttribute tag="00080018" vr="UI" keyword="SOPInstanceUID"><Value number="1">1.4</Value></DicomAttribute>
          <DicomAttribute tag="00100010" vr="PN"><PersonName number="1">
            <Alphabetic><FamilyName>WANG</FamilyName><GivenName>XIAOMING</GivenName></Alphabetic>
            <Ideographic><FamilyName>王</FamilyName><GivenName>小明</GivenName></Ideographic></PersonName></DicomAttribute>
          <DicomAttribute tag="00081030" vr="LO"><Value number="1">a &lt;b&gt; &#x26; c</Value></DicomAttribute>
          <DicomAttribute tag="00280010" vr="US"><Value number="1">512</Value></DicomAttribute>
          <DicomAttribute tag="00281050" vr="DS"><Value number="2">-600.5</Value><Value number="1">40</Value></DicomAttribute>
          <DicomAttribute tag="00282000" vr="OB"><InlineBinary>AAEC</InlineBinary></DicomAttribute>
          <DicomAttribute tag="00400275" vr="SQ"><Item number="1">
            <DicomAttribute tag="00400007" vr="LO"><Value number="1">head</Value></DicomAttribute></Item></DicomAttribute>
          <DicomAttribute tag="00401001" vr="SH"/>
          <DicomAttribute tag="7FE00010" vr="OW"><BulkData uri="b/1"/></DicomAttribute>
        </NativeDicomModel>"#;
    let model = json!({
        "00080018": {"vr": "UI", "Value": ["1.4"]},
        "00100010": {"vr": "PN", "Value": [{"Alphabetic": "WANG^XIAOMING", "Ideographic": "王^小明"}]},
        "00081030": {"vr": "LO", "Value": ["a <b> & c"]},
        "00280010": {"vr": "US", "Value": [512]},
        "00281050": {"vr": "DS", "Value": ["40", "-600.5"]},
        "00282000": {"vr": "OB", "InlineBinary": "AAEC"},
        "00400275": {"vr": "SQ", "Value": [{"00400007": {"vr": "LO", "Value": ["head"]}}]},
        "00401001": {"vr": "SH"},
        "7FE00010": {"vr": "OW", "BulkDataURI": "b/1"}
    });
    assert!(described_in_xml(xml.as_bytes()).unwrap() == one(&model).unwrap());
}

#[test]
fn hostile_xml_is_refused() {
    let deep = "<Item number=\"1\"><DicomAttribute tag=\"00400275\" vr=\"SQ\">".repeat(200);
    for xml in [
        "<!DOCTYPE x [<!ENTITY a \"aaaa\">]><NativeDicomModel/>".to_owned(),
        "<NativeDicomModel><DicomAttribute tag=\"00081030\" vr=\"LO\"><Value number=\"1\">&a;</Value></DicomAttribute></NativeDicomModel>".to_owned(),
        "<NativeDicomModel><DicomAttribute tag=\"00081030\" vr=\"LO\"><Value number=\"4000000000\">a</Value></DicomAttribute></NativeDicomModel>".to_owned(),
        format!("<NativeDicomModel><DicomAttribute tag=\"00400275\" vr=\"SQ\">{deep}"),
        "<NativeDicomModel>".to_owned(),
        "<html/>".to_owned(),
        String::new(),
    ] {
        assert!(described_in_xml(xml.as_bytes()).is_err(), "{xml:.80}");
    }
}
