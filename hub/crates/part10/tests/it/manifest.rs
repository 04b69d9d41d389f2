//! Every file of the test set gives what the manifest says an independent reader finds in it.

use crate::cases;
use dicom_core::dictionary::{DataDictionary, DataDictionaryEntry};
use dicom_dictionary_std::StandardDataDictionary;
use imaging_domain::{DataSet, Tag, Value};
use part10::{Error, Framing, Header, Keep, Limits, Scanner, scan};
use serde_json::Value as Json;

const EVERYTHING: Keep = Keep::Everything { max_inline_bytes: 1024 };

/// Where our reading differs from the manifest's for good reason.
const DIFFERENCES: &[(&str, &str, &str)] = &[
    ("curated/broken/no_meta.dcm", "readable", "begins in the middle of an element; forced readers find nothing in it"),
    ("curated/broken/badVR.dcm", "NumberOfFrames", "the manifest has pydicom's error; the text is 1A"),
    ("constructed/structure/truncated-header.dcm", "InstitutionName", "half a value is not a value"),
    ("curated/syntax/JLSL_RGB_ILV0.dcm", "has_pixel_data", NOT_LOOKED),
    ("curated/image/CR-MONO1-10-chest", "has_pixel_data", NOT_LOOKED),
    ("curated/broken/GH340.dcm", "has_pixel_data", NOT_LOOKED),
    ("constructed/structure/no-preamble.dcm", "has_pixel_data", NOT_LOOKED),
    ("curated/broken/emri_small_jpeg_2k_lossless_too_short.dcm", "has_pixel_data", NOT_LOOKED),
    ("curated/broken/GH177_D_CLUNIE_CT1_IVRLE_BigEndian_undefined_length.dcm", "has_pixel_data", NOT_LOOKED),
];

/// The manifest looked for pixels only where the strict reader could read the file.
const NOT_LOOKED: &str = "there are pixels, but the manifest's strict reader refuses the file";

#[test]
fn every_file_gives_what_the_manifest_says() {
    let Some(folder) = cases::folder() else { return };
    let manifest: Json = serde_json::from_slice(&cases::read(&folder.join("manifest.json"))).expect("manifest");
    let mut wrong = vec![];
    for file in manifest["files"].as_array().expect("files") {
        let path = file["path"].as_str().expect("path");
        let bytes = cases::read(&folder.join(path));
        for keep in [Keep::Index, EVERYTHING] {
            let whole = scan(&bytes, Framing::File, keep, Limits::default());
            for size in [1, 7, 4096] {
                let chunked = in_chunks(&bytes, size, keep);
                if outcome(&whole) != outcome(&chunked) {
                    wrong.push(format!("{path}: {keep:?} in chunks of {size} gives another result"));
                }
            }
            match (&whole, file["readable"].as_str()) {
                (Ok(_), Some("no")) => wrong.push(format!("{path}: read although it must be refused")),
                (Err(_), Some("no")) => {}
                (Err(_), _) if is_excused(path, "readable") => {}
                (Err(error), _) => wrong.push(format!("{path}: {error}")),
                (Ok(header), _) => compare(path, header, file, keep, &mut wrong),
            }
        }
    }
    assert!(wrong.is_empty(), "{} differences\n{}", wrong.len(), wrong.join("\n"));
}

fn in_chunks(bytes: &[u8], size: usize, keep: Keep) -> Result<Header, Error> {
    let mut scanner = Scanner::new(Framing::File, keep, Limits::default());
    for chunk in bytes.chunks(size) {
        scanner.feed(chunk)?;
    }
    scanner.finish()
}

fn outcome(result: &Result<Header, Error>) -> Result<&Header, String> {
    result.as_ref().map_err(Error::to_string)
}

fn compare(path: &str, header: &Header, file: &Json, keep: Keep, wrong: &mut Vec<String>) {
    let mut differ = |what: &str, ours: String, theirs: String| {
        if ours != theirs && !is_excused(path, what) {
            wrong
                .push(format!("{path}: {what} is {ours:?}, manifest says {theirs:?} ({keep:?}) {:?}", header.warnings));
        }
    };
    let tags = file["tags"].as_object();
    for (keyword, value) in tags.into_iter().flatten() {
        if keyword == "TransferSyntaxUID" {
            let declared = header.declared_transfer_syntax.as_deref().unwrap_or("").to_owned();
            differ(keyword, declared, value.as_str().unwrap_or("").to_owned());
        } else if keyword == "PatientName" && file.get("PatientName_expected").is_some() {
            let expected = &file["PatientName_expected"];
            if !expected.is_null() {
                differ(keyword, shown(&header.attributes, keyword), json_shown(expected));
            }
        } else {
            differ(keyword, shown(&header.attributes, keyword), json_shown(value));
        }
    }
    if let Some(there) = file["has_pixel_data"].as_bool() {
        differ("has_pixel_data", header.pixel_data.is_some().to_string(), there.to_string());
    }
}

fn is_excused(path: &str, what: &str) -> bool {
    DIFFERENCES.iter().any(|(p, w, _)| *p == path && *w == what)
}

fn tag(keyword: &str) -> Tag {
    StandardDataDictionary.by_name(keyword).expect("keyword").tag()
}

fn shown(attributes: &DataSet, keyword: &str) -> String {
    match attributes.get(tag(keyword)).map(|element| &element.value) {
        None => "absent".to_owned(),
        Some(Value::Text(values)) => values.join("\\"),
        Some(Value::Int(values)) => values.iter().map(i64::to_string).collect::<Vec<_>>().join("\\"),
        Some(_) => "something else".to_owned(),
    }
}

fn json_shown(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        Json::Array(values) => values.iter().map(json_shown).collect::<Vec<_>>().join("\\"),
        Json::Null => String::new(),
        other => other.to_string(),
    }
}
