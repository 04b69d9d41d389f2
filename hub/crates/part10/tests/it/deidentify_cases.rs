//! Of no file of the test set anything is left, before its pixels, of who it is about.

use crate::build::data_set;
use crate::cases;
use crate::deidentify::{deidentified, pseudonym};
use imaging_domain::{DataSet, Tag, VR, Value, tags, transfer_syntax};
use part10::{Framing, Header, Keep, Limits, MAX_DEFLATED_PIECE, Pixels, scan};
use std::collections::BTreeSet;

const ALL: Keep = Keep::Everything { max_inline_bytes: 4 << 20 };

/// What is written in place of values.
const OURS: [&str; 3] = ["19000101", "ANONYMIZED", "REMOVED"];

/// Texts that tell who, where and by whom.
const TELLING: [Tag; 16] = [
    tags::PATIENT_ID,
    Tag(0x0010, 0x1000),
    tags::ISSUER_OF_PATIENT_ID,
    tags::PATIENT_ADDRESS,
    tags::PATIENT_TELEPHONE_NUMBERS,
    tags::PATIENT_COMMENTS,
    tags::ACCESSION_NUMBER,
    tags::STUDY_ID,
    tags::STUDY_DESCRIPTION,
    tags::SERIES_DESCRIPTION,
    tags::INSTITUTION_NAME,
    tags::INSTITUTION_ADDRESS,
    tags::INSTITUTIONAL_DEPARTMENT_NAME,
    tags::STATION_NAME,
    tags::DEVICE_SERIAL_NUMBER,
    tags::IMAGE_COMMENTS,
];

/// Values of a data set and of its items that must not be found again, and what else it says.
fn telling(set: &DataSet, tells: &mut BTreeSet<String>, others: &mut BTreeSet<String>) {
    for (tag, element) in set.iter() {
        match &element.value {
            Value::Sequence(items) => items.iter().for_each(|item| telling(item, tells, others)),
            Value::Text(texts) => {
                let is_telling = match element.vr {
                    VR::PN | VR::DA | VR::DT => true,
                    VR::UI => texts.iter().any(|uid| !uid.starts_with("1.2.840.10008.")),
                    _ => TELLING.contains(&tag),
                };
                let out = if is_telling { &mut *tells } else { &mut *others };
                out.extend(texts.iter().filter(|text| text.len() >= 4).cloned());
            }
            _ => {}
        }
    }
}

/// Whether a value that tells something may be found: an attribute that tells nothing has the same words, we write it
/// ourselves, or it is a short number, which numbers may have within.
fn is_found_elsewhere(text: &str, others: &BTreeSet<String>) -> bool {
    let short_number = text.len() < 8 && text.bytes().all(|byte| byte.is_ascii_digit());
    short_number || OURS.contains(&text) || others.iter().any(|other| other.contains(text))
}

fn finds(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}

/// What is wrong with one file; `None` when it cannot be read, or nothing describes it.
fn look(bytes: &[u8], name: Option<Vec<u8>>) -> Option<Vec<String>> {
    let header = scan(bytes, Framing::File, ALL, Limits::default()).ok()?;
    let encapsulated = transfer_syntax::of(&header.transfer_syntax).is_encapsulated();
    let pixels = if encapsulated { Pixels::Fragments } else { Pixels::AsTheyAre };
    let source = &bytes[header.data_set_offset as usize..];
    let out = deidentified(&header.transfer_syntax, source, pixels, MAX_DEFLATED_PIECE).ok()?;
    let syntax = if encapsulated { &header.transfer_syntax } else { transfer_syntax::EXPLICIT_LITTLE };
    let mut wrong = vec![];
    if source.len() < 1 << 18 && deidentified(&header.transfer_syntax, source, pixels, 7).ok()? != out {
        wrong.push("another result in small pieces".to_owned());
    }
    let again = match scan(&out, data_set(syntax), ALL, Limits::default()) {
        Ok(again) => again,
        Err(error) => return Some(vec![error.to_string()]),
    };
    let end = again.pixel_data.map_or(out.len(), |pixels| pixels.offset as usize);
    let (mut tells, mut others) = (BTreeSet::new(), BTreeSet::new());
    telling(&header.attributes, &mut tells, &mut others);
    tells.retain(|text| finds(&out[..end], text.as_bytes()) && !is_found_elsewhere(text, &others));
    wrong.extend(tells.iter().map(|text| format!("{text:?} is there")));
    wrong.extend(
        name.filter(|name| name.len() >= 4 && finds(&out[..end], name)).map(|_| "the name is there".to_owned()),
    );
    if again.attributes.text(tags::PATIENT_IDENTITY_REMOVED) != Some("YES") && !header.is_truncated() {
        wrong.push("does not say what it is".to_owned());
    }
    let uid = header.attributes.text(tags::SOP_INSTANCE_UID).map(pseudonym);
    if again.attributes.text(tags::SOP_INSTANCE_UID) != uid.as_deref() {
        wrong.push("another instance".to_owned());
    }
    wrong.extend(has_other_pixels(&header, source, &again, &out).then(|| "other pixels".to_owned()));
    Some(wrong)
}

/// Whether little endian pixels are not as they were.
fn has_other_pixels(header: &Header, source: &[u8], again: &Header, out: &[u8]) -> bool {
    let (Some(before), Some(after), false) = (header.pixel_data, again.pixel_data, header.is_truncated()) else {
        return false;
    };
    let stored = source.get(before.offset as usize..(before.offset + before.length) as usize);
    let same = stored.is_none_or(|stored| out[after.offset as usize..].starts_with(stored));
    let odd = header.warnings.iter().any(|warning| warning.to_string().contains("fragment"));
    let turned = [transfer_syntax::EXPLICIT_BIG, transfer_syntax::DEFLATED].contains(&&*header.transfer_syntax);
    !same && !odd && !turned
}

#[test]
fn nothing_of_who_it_is_about_is_left_of_any_file() {
    let Some(folder) = cases::folder() else { return };
    let manifest: serde_json::Value =
        serde_json::from_slice(&cases::read(&folder.join("manifest.json"))).expect("JSON");
    let (mut wrong, mut count) = (vec![], 0);
    for file in manifest["files"].as_array().expect("files") {
        let path = file["path"].as_str().expect("path");
        let name = file["PatientName_bytes_hex"].as_str().and_then(|text| hex::decode(text).ok());
        let Some(found) = look(&cases::read(&folder.join(path)), name) else { continue };
        count += 1;
        wrong.extend(found.into_iter().map(|what| format!("{path}: {what}")));
    }
    assert!(wrong.is_empty() && count > 300, "{} of {count}\n{}", wrong.len(), wrong.join("\n"));
}
