//! Data sets written as JSON, without an object of it in memory first.

use super::{BulkUri, key};
use crate::{
    dataset::{DataSet, Element, Value},
    patient::PersonName,
};
use dicom_core::VR;
use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::{Number, Value as Json, json};

/// A data set on its way into JSON; names in ascending order, as a JSON object of ours has them.
pub(super) struct Written<'a> {
    pub(super) data_set: &'a DataSet,
    pub(super) bulk_uri: BulkUri<'a>,
}

struct WrittenElement<'a> {
    element: &'a Element,
    bulk_uri: BulkUri<'a>,
}

/// The values of an element.
struct WrittenValues<'a>(WrittenElement<'a>);

impl Serialize for Written<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let bulk_uri = self.bulk_uri;
        serializer
            .collect_map(self.data_set.iter().map(|(tag, element)| (key(tag), WrittenElement { element, bulk_uri })))
    }
}

impl Serialize for WrittenElement<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        match &self.element.value {
            Value::Bulk { offset, length } => {
                if let Some(uri) = (self.bulk_uri)(*offset, *length) {
                    map.serialize_entry("BulkDataURI", &uri)?;
                }
            }
            Value::Bytes(bytes) if !bytes.is_empty() => map.serialize_entry("InlineBinary", &base64_of(bytes))?,
            _ if self.element.is_empty() => {}
            _ => map.serialize_entry("Value", &WrittenValues(Self { ..*self }))?,
        }
        map.serialize_entry("vr", &self.element.vr.to_string())?;
        map.end()
    }
}

impl Serialize for WrittenValues<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let WrittenElement { element, bulk_uri } = self.0;
        match &element.value {
            Value::Text(values) if matches!(element.vr, VR::PN | VR::IS | VR::DS) => {
                serializer.collect_seq(values.iter().map(|text| text_to_json(element.vr, text)))
            }
            Value::Text(values) => {
                serializer.collect_seq(values.iter().map(|text| Some(text.as_str()).filter(|text| !text.is_empty())))
            }
            Value::Int(values) => serializer.collect_seq(values),
            Value::Float(values) => serializer.collect_seq(values.iter().map(|value| float_to_json(*value))),
            Value::Tags(tags) => serializer.collect_seq(tags.iter().map(|tag| key(*tag))),
            Value::Sequence(items) => {
                serializer.collect_seq(items.iter().map(|data_set| Written { data_set, bulk_uri }))
            }
            Value::Bytes(_) | Value::Bulk { .. } => serializer.collect_seq([(); 0]),
        }
    }
}

fn text_to_json(vr: VR, text: &str) -> Json {
    if text.is_empty() {
        return Json::Null;
    }
    match vr {
        VR::PN => {
            let name = PersonName::parse(text);
            let groups =
                [("Alphabetic", name.alphabetic), ("Ideographic", name.ideographic), ("Phonetic", name.phonetic)];
            Json::Object(groups.into_iter().filter(|(_, g)| !g.is_empty()).map(|(k, g)| (k.into(), g.into())).collect())
        }
        VR::IS => text.trim().parse::<i64>().map_or_else(|_| text.into(), Into::into),
        VR::DS => {
            let number = text.trim().parse::<f64>().ok().and_then(Number::from_f64);
            number.map_or_else(|| text.into(), whole_or_float)
        }
        _ => text.into(),
    }
}

/// Whole numbers without the `.0`, as everybody else writes them.
fn whole_or_float(number: Number) -> Json {
    match number.as_f64() {
        Some(f) if f.fract() == 0.0 && f.abs() < 1e15 => json!(f as i64),
        _ => Json::Number(number),
    }
}

/// JSON has no NaN and no infinities; annex F writes them as texts.
fn float_to_json(value: f64) -> Json {
    Number::from_f64(value).map_or_else(
        || {
            Json::String(if value.is_nan() {
                "NaN".into()
            } else if value > 0.0 {
                "inf".into()
            } else {
                "-inf".into()
            })
        },
        Json::Number,
    )
}

fn base64_of(bytes: &[u8]) -> String {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}
