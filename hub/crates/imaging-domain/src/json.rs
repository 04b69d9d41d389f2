//! The DICOM JSON model (PS3.18 annex F), both ways.
//!
//! The index keeps attributes in it, the change feed carries it and DICOMweb answers with it, so it is written
//! once, here. DS and IS become numbers when they are numbers and stay texts when a vendor wrote something else.

mod deep;
mod written;

use crate::{
    dataset::{DataSet, Value},
    error::Invalid,
};
pub use deep::{deep_reader, parse};
use dicom_core::{Tag, VR};
use serde_json::Value as Json;
use written::Written;

/// How deep a JSON data set may be nested when it is read.
pub const MAX_JSON_DEPTH: usize = 64;

/// What stands for a value that is not carried inside the JSON.
pub type BulkUri<'a> = &'a dyn Fn(u64, u64) -> Option<String>;

/// A data set as a JSON object. `bulk_uri` is asked with offset and length for each value left where it is
/// and answers the `BulkDataURI`; with `None` the attribute has no value.
pub fn to_json(data_set: &DataSet, bulk_uri: BulkUri<'_>) -> Json {
    serde_json::to_value(Written { data_set, bulk_uri }).expect("keys are texts, so there is nothing JSON cannot hold")
}

/// The same as text, without the object between.
pub fn to_text(data_set: &DataSet, bulk_uri: BulkUri<'_>) -> String {
    serde_json::to_string(&Written { data_set, bulk_uri })
        .expect("keys are texts, so there is nothing JSON cannot hold")
}

/// A tag as eight upper-case hexadecimal digits.
pub fn key(tag: Tag) -> String {
    format!("{:04X}{:04X}", tag.group(), tag.element())
}

/// The tag of eight hexadecimal digits.
pub fn tag_of_key(text: &str) -> Option<Tag> {
    if text.len() != 8 || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let number = u32::from_str_radix(text, 16).ok()?;
    Some(Tag((number >> 16) as u16, (number & 0xffff) as u16))
}

/// A data set from its JSON object. `Bulk` values are not read back: an attribute with a `BulkDataURI` has
/// no value afterwards unless `bulk_of_uri` knows its offset and length.
///
/// # Errors
/// [`Invalid`] when it is not an object of tags, a VR is unknown, or it is nested deeper than
/// [`MAX_JSON_DEPTH`].
pub fn from_json(json: &Json, bulk_of_uri: &dyn Fn(&str) -> Option<(u64, u64)>) -> Result<DataSet, Invalid> {
    read(json, bulk_of_uri, MAX_JSON_DEPTH)
}

fn read(json: &Json, bulk: &dyn Fn(&str) -> Option<(u64, u64)>, depth: usize) -> Result<DataSet, Invalid> {
    let wrong = |why| Invalid::new("dicom json", why);
    if depth == 0 {
        return Err(wrong("it is nested too deep"));
    }
    let object = json.as_object().ok_or_else(|| wrong("a data set is not an object"))?;
    let mut out = DataSet::new();
    for (name, attribute) in object {
        let tag = tag_of_key(name).ok_or_else(|| wrong("a key is not eight hexadecimal digits"))?;
        let vr = attribute.get("vr").and_then(Json::as_str).and_then(|vr| vr.parse::<VR>().ok());
        let vr = vr.ok_or_else(|| wrong("an attribute has no known vr"))?;
        out.put(tag, vr, read_value(vr, attribute, bulk, depth)?);
    }
    Ok(out)
}

fn read_value(vr: VR, json: &Json, bulk: &dyn Fn(&str) -> Option<(u64, u64)>, depth: usize) -> Result<Value, Invalid> {
    let wrong = |why| Invalid::new("dicom json", why);
    if let Some(binary) = json.get("InlineBinary").and_then(Json::as_str) {
        return bytes_of(binary).map(Value::Bytes).ok_or_else(|| wrong("InlineBinary is not base64"));
    }
    if let Some((offset, length)) = json.get("BulkDataURI").and_then(Json::as_str).and_then(bulk) {
        return Ok(Value::Bulk { offset, length });
    }
    let values = json.get("Value").and_then(Json::as_array).map(Vec::as_slice).unwrap_or_default();
    if values.is_empty() && vr != VR::SQ {
        return Ok(Value::Text(vec![]));
    }
    Ok(match vr {
        VR::SQ => Value::Sequence(values.iter().map(|item| read(item, bulk, depth - 1)).collect::<Result<_, _>>()?),
        // what may be beyond what most readers of JSON can count may be a text (PS3.18 F.2.3)
        VR::SV | VR::UV if values.iter().any(|value| value.as_i64().is_none()) => {
            Value::Text(values.iter().map(text_of_json).collect())
        }
        VR::SS | VR::US | VR::SL | VR::UL | VR::SV | VR::UV => {
            Value::Int(values.iter().filter_map(Json::as_i64).collect())
        }
        VR::FL | VR::FD => Value::Float(values.iter().filter_map(float_of_json).collect()),
        VR::AT => Value::Tags(values.iter().filter_map(|v| tag_of_key(v.as_str()?)).collect()),
        _ => Value::Text(values.iter().map(text_of_json).collect()),
    })
}

fn float_of_json(json: &Json) -> Option<f64> {
    json.as_f64().or_else(|| json.as_str()?.parse().ok())
}

fn text_of_json(json: &Json) -> String {
    match json {
        Json::String(text) => text.clone(),
        Json::Number(number) => number.to_string(),
        Json::Object(groups) => {
            let group = |name: &str| groups.get(name).and_then(Json::as_str).unwrap_or_default();
            let name = format!("{}={}={}", group("Alphabetic"), group("Ideographic"), group("Phonetic"));
            name.trim_end_matches('=').to_owned()
        }
        _ => String::new(),
    }
}

fn bytes_of(text: &str) -> Option<Vec<u8>> {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.decode(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use dicom_dictionary_std::tags;
    use serde_json::json;

    #[test]
    fn values_survive_the_round_trip() {
        let mut inner = DataSet::new();
        inner.put_text(tags::SCHEDULED_PROCEDURE_STEP_ID, VR::SH, "SPS1");
        let mut data_set = DataSet::new();
        data_set.put_text(tags::PATIENT_NAME, VR::PN, "WANG^XIAOMING=王^小明");
        data_set.put(tags::WINDOW_CENTER, VR::DS, Value::Text(vec!["40".into(), "-600.5".into()]));
        data_set.put(tags::ROWS, VR::US, Value::Int(vec![512]));
        data_set.put(tags::REQUEST_ATTRIBUTES_SEQUENCE, VR::SQ, Value::Sequence(vec![inner]));
        data_set.put(tags::STUDY_ID, VR::SH, Value::Text(vec![]));
        data_set.put(tags::PIXEL_DATA, VR::OW, Value::Bulk { offset: 10, length: 20 });
        let json = to_json(&data_set, &|offset, length| Some(format!("{offset}-{length}")));
        assert_eq!(json["00281050"]["Value"], json!([40, -600.5]));
        assert_eq!(json["00100010"]["Value"][0]["Ideographic"], "王^小明");
        assert_eq!(to_text(&data_set, &|offset, length| Some(format!("{offset}-{length}"))), json.to_string());
        let back = from_json(&json, &|uri| {
            let (offset, length) = uri.split_once('-')?;
            Some((offset.parse().ok()?, length.parse().ok()?))
        });
        assert!(back.unwrap() == data_set);
    }

    #[test]
    fn a_number_that_is_none_stays_text() {
        let mut data_set = DataSet::new();
        data_set.put_text(tags::SERIES_NUMBER, VR::IS, "1A");
        assert_eq!(to_json(&data_set, &|_, _| None)["00200011"]["Value"][0], "1A");
    }

    #[test]
    fn nesting_is_bounded() {
        let mut json = json!({});
        for _ in 0..100 {
            json = json!({"00400275": {"vr": "SQ", "Value": [json]}});
        }
        assert!(from_json(&json, &|_| None).is_err());
    }
}
