//! Small pieces of FHIR R4 (4.0.1): texts, dates, codes, references, bundles.

use imaging_domain::SopClassUid;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

/// The media type of a file.
pub(super) const MEDIA_TYPE: &str = "application/fhir+json";
/// The release.
pub(super) const VERSION: &str = "4.0.1";
/// The longest text of ours.
const MAX_TEXT: usize = 1000;
/// Codes of modalities (PS3.16 CID 29).
const DCM: &str = "http://dicom.nema.org/resources/ontology/DCM";

/// An object of those members that have a value: FHIR knows no null, no empty text and no empty list.
pub(super) fn object<const N: usize>(members: [(&str, Option<Value>); N]) -> Value {
    let members = members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Value::Object(members.collect::<Map<_, _>>())
}

/// A text without what FHIR does not let be in one (`string`: no control characters, not empty).
pub(super) fn text(text: &str) -> Option<Value> {
    let kept: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(MAX_TEXT).collect();
    let kept = kept.trim();
    (!kept.is_empty()).then(|| kept.into())
}

/// A list, when something is in it.
pub(super) fn list(values: Vec<Value>) -> Option<Value> {
    (!values.is_empty()).then_some(Value::Array(values))
}

/// A day (DA). A time of day would need a zone, which studies do not always say.
pub(super) fn day(date: &str) -> Option<Value> {
    let date = date.trim();
    if date.len() != 8 || !date.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let (year, month, day) = (&date[..4], &date[4..6], &date[6..]);
    let is_one = year != "0000" && ("01"..="12").contains(&month) && ("01"..="31").contains(&day);
    is_one.then(|| format!("{year}-{month}-{day}").into())
}

/// A modality (`Coding`).
pub(super) fn modality(code: &str) -> Option<Value> {
    // `code` is without blanks
    let code = code.trim();
    let is_code = !code.is_empty() && code.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    is_code.then(|| json!({ "system": DCM, "code": code }))
}

/// A SOP class (`Coding`), as PS3.20 has it.
pub(super) fn class(class: &SopClassUid) -> Value {
    json!({ "system": "urn:ietf:rfc:3986", "code": format!("urn:oid:{}", class.as_str()) })
}

/// An identifier that is a UID.
pub(super) fn uid(uid: &str) -> Value {
    json!({ "system": "urn:dicom:uid", "value": format!("urn:oid:{uid}") })
}

/// A name for a resource within its bundle, the same each time (RFC 9562 5.8).
pub(super) fn urn(parts: &[&str]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part.as_bytes());
        hasher.update([0]);
    }
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hasher.finalize()[..16]);
    bytes[6] = bytes[6] & 0x0f | 0x80;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("urn:uuid:{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

/// A reference to a resource of the same bundle.
pub(super) fn reference(urn: &str) -> Value {
    json!({ "reference": urn })
}

/// A bundle of resources under their names.
pub(super) fn bundle(entries: Vec<(String, Value)>) -> Value {
    let entries = entries.into_iter().map(|(urn, resource)| json!({ "fullUrl": urn, "resource": resource }));
    json!({ "resourceType": "Bundle", "type": "collection", "entry": entries.collect::<Vec<_>>() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_empty_or_wrong_is_left_out() {
        assert_eq!(text("<b>\u{0}x\u{7}</b> "), Some("<b> x </b>".into()));
        assert_eq!([text(""), text(" \u{1}"), list(vec![])], [None, None, None]);
        assert_eq!(day("19610203"), Some("1961-02-03".into()));
        for bad in ["", "1961", "19611303", "19610200", "1961-2-3", "００００００００"] {
            assert_eq!(day(bad), None, "{bad}");
        }
        assert_eq!(modality("C T"), None);
        assert_eq!(object([("a", None), ("b", text("c"))]), json!({ "b": "c" }));
    }

    #[test]
    fn names_of_resources_are_uuids_and_stay() {
        let one = urn(&["ImagingStudy", "1.2"]);
        assert_eq!(one, urn(&["ImagingStudy", "1.2"]));
        assert_ne!(urn(&["a", "bc"]), urn(&["ab", "c"]));
        assert_eq!((one.len(), &one[23..24]), (45, "8"));
    }
}
