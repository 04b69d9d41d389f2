//! The Native DICOM Model (PS3.19 A.1), written: what DICOMweb calls `application/dicom+xml`.

use crate::{
    dataset::{DataSet, Element, Value},
    json,
    patient::PersonName,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use dicom_core::VR;
use std::fmt::Write;

/// A data set as an XML document. `bulk` is asked with offset and length for each value left where it is and answers its
/// address; with `None` the attribute has no value.
pub fn to_xml(data_set: &DataSet, bulk: &dyn Fn(u64, u64) -> Option<String>) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    out.push_str("<NativeDicomModel xmlns=\"http://dicom.nema.org/PS3.19/models/NativeDICOM\" xml:space=\"preserve\">");
    attributes(&mut out, data_set, bulk);
    out.push_str("</NativeDicomModel>");
    out
}

fn attributes(out: &mut String, data_set: &DataSet, bulk: &dyn Fn(u64, u64) -> Option<String>) {
    for (tag, element) in data_set.iter() {
        // Writing into a String never fails, here and below.
        let _ = write!(out, "<DicomAttribute tag=\"{}\" vr=\"{}\">", json::key(tag), element.vr);
        values(out, element, bulk);
        out.push_str("</DicomAttribute>");
    }
}

fn values(out: &mut String, element: &Element, bulk: &dyn Fn(u64, u64) -> Option<String>) {
    match &element.value {
        Value::Text(texts) if element.vr == VR::PN => numbered(out, "PersonName", texts, |out, text| person(out, text)),
        Value::Text(texts) => numbered(out, "Value", texts, |out, text| escaped(out, text)),
        Value::Int(numbers) => numbered(out, "Value", numbers, number),
        Value::Float(numbers) => numbered(out, "Value", numbers, number),
        Value::Tags(tags) => numbered(out, "Value", tags, |out, tag| out.push_str(&json::key(*tag))),
        Value::Sequence(items) => numbered(out, "Item", items, |out, item| attributes(out, item, bulk)),
        Value::Bytes(bytes) => {
            let _ = write!(out, "<InlineBinary>{}</InlineBinary>", STANDARD.encode(bytes));
        }
        Value::Bulk { offset, length } => {
            if let Some(uri) = bulk(*offset, *length) {
                out.push_str("<BulkData uri=\"");
                escaped(out, &uri);
                out.push_str("\"/>");
            }
        }
    }
}

fn numbered<T>(out: &mut String, name: &str, values: &[T], write_one: impl Fn(&mut String, &T)) {
    for (number, value) in (1..).zip(values) {
        let _ = write!(out, "<{name} number=\"{number}\">");
        write_one(out, value);
        let _ = write!(out, "</{name}>");
    }
}

fn number(out: &mut String, number: &impl std::fmt::Display) {
    let _ = write!(out, "{number}");
}

fn person(out: &mut String, text: &str) {
    const COMPONENTS: [&str; 5] = ["FamilyName", "GivenName", "MiddleName", "NamePrefix", "NameSuffix"];
    let name = PersonName::parse(text);
    for (group, text) in
        [("Alphabetic", name.alphabetic), ("Ideographic", name.ideographic), ("Phonetic", name.phonetic)]
    {
        if text.is_empty() {
            continue;
        }
        let _ = write!(out, "<{group}>");
        for (component, text) in COMPONENTS.into_iter().zip(text.split('^')).filter(|(_, text)| !text.is_empty()) {
            let _ = write!(out, "<{component}>");
            escaped(out, text);
            let _ = write!(out, "</{component}>");
        }
        let _ = write!(out, "</{group}>");
    }
}

/// XML 1.0 has no way to write most control characters: they go.
fn escaped(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' | '\r' => {
                let _ = write!(out, "&#{};", u32::from(c));
            }
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dicom_dictionary_std::tags;

    #[test]
    fn values_are_written_and_escaped() {
        let mut item = DataSet::new();
        item.put(tags::FAILURE_REASON, VR::US, Value::Int(vec![0xA900]));
        let mut data_set = DataSet::new();
        data_set.put(tags::FAILED_SOP_SEQUENCE, VR::SQ, Value::Sequence(vec![item]));
        data_set.put_text(tags::PATIENT_NAME, VR::PN, "WANG^X=王^小明");
        data_set.put_text(tags::STUDY_DESCRIPTION, VR::LO, "a <b> & \"c\"\u{1}");
        let xml = to_xml(&data_set, &|_, _| None);
        for expected in [
            "<DicomAttribute tag=\"00081197\" vr=\"US\"><Value number=\"1\">43264</Value></DicomAttribute></Item>",
            "<Alphabetic><FamilyName>WANG</FamilyName><GivenName>X</GivenName></Alphabetic><Ideographic>",
            "<Value number=\"1\">a &lt;b&gt; &amp; &quot;c&quot;</Value>",
        ] {
            assert!(xml.contains(expected), "{xml}");
        }
    }
}
