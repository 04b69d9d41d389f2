//! The Native DICOM Model (PS3.19 A.1) into the DICOM JSON model (PS3.18 annex F).
//!
//! A document with a document type is refused, so there are no entities but the five of XML, and nothing is fetched.

use crate::{error::Error, store::metadata::MAX_METADATA_VALUES};
use imaging_domain::{VR, json};
use roxmltree::{Document, Node, ParsingOptions};
use serde_json::{Map, Value as Json, json};

/// The highest number of a value or an item; what is between numbers has to be made.
const MAX_NUMBER: usize = 100_000;
/// The most numbers that one may leave out.
const MAX_GAP: usize = 16;
/// Component groups of a person name, and their components.
const GROUPS: [&str; 3] = ["Alphabetic", "Ideographic", "Phonetic"];
const COMPONENTS: [&str; 5] = ["FamilyName", "GivenName", "MiddleName", "NamePrefix", "NameSuffix"];

pub(crate) fn to_json_model(text: &[u8]) -> Result<Json, Error> {
    let text = std::str::from_utf8(text).map_err(|_| wrong("it is not UTF-8"))?;
    let nodes_limit = MAX_METADATA_VALUES as u32;
    let options = ParsingOptions { allow_dtd: false, nodes_limit, ..ParsingOptions::default() };
    let document = Document::parse_with_options(text.trim_start_matches('\u{feff}'), options);
    let document = document.map_err(|_| wrong("it is no xml, or has a document type, or is too long"))?;
    let root = document.root_element();
    if root.tag_name().name() != "NativeDicomModel" {
        return Err(wrong("it is not the native dicom model"));
    }
    data_set(root, json::MAX_JSON_DEPTH)
}

fn data_set(node: Node<'_, '_>, depth: usize) -> Result<Json, Error> {
    if depth == 0 {
        return Err(wrong("it is nested too deep"));
    }
    let mut out = Map::new();
    for child in elements(node, "DicomAttribute") {
        let tag = child.attribute("tag").ok_or_else(|| wrong("an attribute has no tag"))?;
        out.insert(tag.to_ascii_uppercase(), attribute(child, depth)?);
    }
    Ok(Json::Object(out))
}

fn attribute(node: Node<'_, '_>, depth: usize) -> Result<Json, Error> {
    let word = node.attribute("vr").ok_or_else(|| wrong("an attribute has no vr"))?;
    let vr: VR = word.parse().map_err(|_| wrong("an attribute has no known vr"))?;
    let mut out = Map::new();
    out.insert("vr".into(), word.into());
    if let Some(bulk) = elements(node, "BulkData").next() {
        let uri = bulk.attribute("uri").or(bulk.attribute("uuid")).or(bulk.attribute("UUID"));
        out.insert("BulkDataURI".into(), uri.ok_or_else(|| wrong("bulk data has no uri"))?.into());
    }
    if let Some(binary) = elements(node, "InlineBinary").next() {
        let text: String = binary.text().unwrap_or_default().split_whitespace().collect();
        out.insert("InlineBinary".into(), text.into());
    }
    let values = match vr {
        VR::SQ => numbered(node, "Item", |item| data_set(item, depth - 1))?,
        VR::PN => numbered(node, "PersonName", |name| Ok(person(name)))?,
        _ => numbered(node, "Value", |value| Ok(plain(vr, value.text().unwrap_or_default())))?,
    };
    if !values.is_empty() {
        out.insert("Value".into(), values.into());
    }
    Ok(Json::Object(out))
}

/// Children in the order of their numbers, which begin at 1; one that has none follows the one before.
fn numbered<'a, 'i: 'a>(
    node: Node<'a, 'i>,
    name: &'static str,
    read: impl Fn(Node<'a, 'i>) -> Result<Json, Error>,
) -> Result<Vec<Json>, Error> {
    let mut out: Vec<Json> = vec![];
    for child in elements(node, name) {
        let number = match child.attribute("number") {
            Some(number) => number.trim().parse().map_err(|_| wrong("a number is none"))?,
            None => out.len() + 1,
        };
        // numbers come one after the other in everybody's writing; what is left out is filled, and must not be much
        if number == 0 || number > MAX_NUMBER || number > out.len() + MAX_GAP {
            return Err(wrong("a number is out of range"));
        }
        let empty = || if name == "Item" { json!({}) } else { Json::Null };
        if out.len() < number {
            out.resize_with(number, empty);
        }
        out[number - 1] = read(child)?;
    }
    Ok(out)
}

fn elements<'a, 'i: 'a>(node: Node<'a, 'i>, name: &'static str) -> impl Iterator<Item = Node<'a, 'i>> {
    node.children().filter(move |child| child.is_element() && child.tag_name().name() == name)
}

/// Numbers of binary VRs are numbers in JSON too; a text that is none stays one, for the reader of the model to refuse.
fn plain(vr: VR, text: &str) -> Json {
    let number = match vr {
        VR::SS | VR::US | VR::SL | VR::UL | VR::SV | VR::UV => text.trim().parse::<i64>().ok().map(Json::from),
        VR::FL | VR::FD => text.trim().parse::<f64>().ok().and_then(serde_json::Number::from_f64).map(Json::Number),
        VR::AT => Some(text.trim().to_ascii_uppercase().into()),
        _ => None,
    };
    number.unwrap_or_else(|| if text.is_empty() { Json::Null } else { text.into() })
}

fn person(node: Node<'_, '_>) -> Json {
    let mut out = Map::new();
    for group in GROUPS {
        let Some(found) = elements(node, group).next() else { continue };
        let component = |name| elements(found, name).next().and_then(|part| part.text()).unwrap_or_default();
        let name = COMPONENTS.map(component).join("^");
        out.insert(group.into(), name.trim_end_matches('^').into());
    }
    Json::Object(out)
}

fn wrong(why: &'static str) -> Error {
    Error::invalid("metadata", why)
}
