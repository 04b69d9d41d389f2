//! Metadata of instances that are stored with their bulk data apart (PS3.18 10.5.2): JSON or XML into data sets.
//!
//! Both forms become the DICOM JSON model and from there a [`Described`]. What a value cannot be is an error of that
//! instance and never an empty value: nobody may lose data by sending it.

use crate::{error::Error, store::xml};
use imaging_domain::{DataSet, VR, json};
use serde::{
    Deserialize,
    de::{Deserializer, Error as _, MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer},
};
use serde_json::Value as Json;
use std::{cell::RefCell, fmt};

/// The most bytes of one request's metadata.
pub const MAX_METADATA: usize = 32 << 20;
/// The most values, names and brackets of one request's metadata: what they become in memory is many times their text.
pub const MAX_METADATA_VALUES: usize = 1_000_000;
/// The most instances of one request's metadata.
pub const MAX_DESCRIBED: usize = 20_000;

/// An instance as its metadata says it. A value that comes apart is `Value::Bulk`, its offset being an index into `uris`.
#[derive(Debug, Clone, PartialEq)]
pub struct Described {
    /// Its attributes without group 2.
    pub data_set: DataSet,
    /// Transfer syntax UID that the metadata named (0002,0010), of the bulk data.
    pub transfer_syntax: Option<String>,
    /// The `BulkDataURI`s of its values.
    pub uris: Vec<String>,
}

/// Reads metadata in JSON: one instance or an array of them. Each is read or not for itself.
///
/// # Errors
/// When the text is no JSON, or longer than a limit allows.
pub fn described_in_json(text: &[u8]) -> Result<Vec<Result<Described, Error>>, Error> {
    bounded(text)?;
    let mut reader = json::deep_reader(text)?;
    let read = reader.deserialize_any(Instances).and_then(|read| reader.end().map(|()| read));
    let read = read.map_err(|_| Error::invalid("metadata", "it is no json of instances"))?;
    if read.len() > MAX_DESCRIBED {
        return Err(Error::TooLong("list of instances"));
    }
    Ok(read)
}

/// Reads metadata in the Native DICOM Model (PS3.19 A.1): one instance.
///
/// # Errors
/// When the text is no XML, has a document type, or is longer than a limit allows, or a value cannot be what it says.
pub fn described_in_xml(text: &[u8]) -> Result<Described, Error> {
    if text.len() > MAX_METADATA {
        return Err(Error::TooLong("metadata"));
    }
    described(&xml::to_json_model(text)?)
}

/// Counts what a text would become, without making it.
fn bounded(text: &[u8]) -> Result<(), Error> {
    let values = text.iter().filter(|b| matches!(b, b'{' | b'[' | b',' | b':')).count();
    if text.len() > MAX_METADATA || values > MAX_METADATA_VALUES { Err(Error::TooLong("metadata")) } else { Ok(()) }
}

/// Takes instances one after the other, so that only one is there as JSON at a time.
struct Instances;

impl<'de> Visitor<'de> for Instances {
    type Value = Vec<Result<Described, Error>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("one instance or an array of instances")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut out = vec![];
        while let Some(item) = items.next_element::<Json>()? {
            out.push(described(&item));
            if out.len() > MAX_DESCRIBED {
                return Err(A::Error::custom("too many instances"));
            }
        }
        Ok(out)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        let item = Json::deserialize(MapAccessDeserializer::new(map))?;
        Ok(vec![described(&item)])
    }
}

/// One instance out of the JSON model.
fn described(model: &Json) -> Result<Described, Error> {
    check(model, json::MAX_JSON_DEPTH)?;
    let uris = RefCell::new(vec![]);
    let number = |uri: &str| {
        let mut uris = uris.borrow_mut();
        uris.push(uri.to_owned());
        Some((uris.len() as u64 - 1, 1))
    };
    let mut data_set = json::from_json(model, &number)?;
    let transfer_syntax = data_set.text(imaging_domain::Tag(2, 0x10)).map(str::to_owned);
    let meta: Vec<_> = data_set.iter().map(|(tag, _)| tag).filter(|tag| tag.group() < 8).collect();
    for tag in meta {
        data_set.remove(tag);
    }
    Ok(Described { data_set, transfer_syntax, uris: uris.into_inner() })
}

/// Whether each value can be what its VR says (PS3.18 F.2.3).
fn check(model: &Json, depth: usize) -> Result<(), Error> {
    let wrong = |why| Error::invalid("metadata", why);
    if depth == 0 {
        return Err(wrong("it is nested too deep"));
    }
    for (key, attribute) in model.as_object().ok_or_else(|| wrong("an instance is not an object"))? {
        let group = json::tag_of_key(key).ok_or_else(|| wrong("a key is not eight hexadecimal digits"))?.group();
        // items and their ends are written by us alone, and the groups of commands and files stand in no item
        if group >= 0xFFFE || group < 8 && depth < json::MAX_JSON_DEPTH {
            return Err(wrong("an attribute is of a group that no data set has"));
        }
        let vr = attribute.get("vr").and_then(Json::as_str).and_then(|vr| vr.parse::<VR>().ok());
        let vr = vr.ok_or_else(|| wrong("an attribute has no known vr"))?;
        let forms = ["Value", "InlineBinary", "BulkDataURI"].map(|form| attribute.get(form).is_some());
        if forms.iter().filter(|there| **there).count() > 1 {
            return Err(wrong("an attribute has several values"));
        }
        if ["InlineBinary", "BulkDataURI"].iter().any(|form| attribute.get(form).is_some_and(|text| !text.is_string()))
        {
            return Err(wrong("bulk data is not a text"));
        }
        if vr == VR::SQ && forms[1..].contains(&true) {
            return Err(wrong("a sequence has no items"));
        }
        let Some(values) = attribute.get("Value") else { continue };
        for value in values.as_array().ok_or_else(|| wrong("values are not an array"))? {
            if vr == VR::SQ {
                check(value, depth - 1)?;
            } else if !fits(vr, value) {
                return Err(wrong("a value is not of its vr"));
            }
        }
    }
    Ok(())
}

fn fits(vr: VR, value: &Json) -> bool {
    let within = |low: i64, high: i64| value.as_i64().is_some_and(|number| (low..=high).contains(&number));
    match vr {
        VR::SS => within(i16::MIN.into(), i16::MAX.into()),
        VR::US => within(0, u16::MAX.into()),
        VR::SL => within(i32::MIN.into(), i32::MAX.into()),
        VR::UL => within(0, u32::MAX.into()),
        VR::SV => value.as_i64().is_some() || value.as_str().is_some_and(|text| text.parse::<i64>().is_ok()),
        VR::UV => value.as_u64().is_some() || value.as_str().is_some_and(|text| text.parse::<u64>().is_ok()),
        VR::FL | VR::FD => value.is_number() || value.as_str().is_some_and(|text| text.parse::<f64>().is_ok()),
        VR::AT => value.as_str().is_some_and(|text| json::tag_of_key(text).is_some()),
        VR::PN => value.is_null() || value.is_string() || value.is_object(),
        VR::DS | VR::IS => value.is_null() || value.is_string() || value.is_number(),
        VR::OB | VR::OW | VR::OF | VR::OD | VR::OL | VR::OV | VR::UN => false,
        _ => value.is_null() || value.is_string() || value.is_number(),
    }
}

#[cfg(test)]
mod tests;
