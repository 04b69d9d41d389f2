//! Real files as this room gets them: attributes, transfer syntax and the bytes of the first frame.

use dicom_core::Tag;
use dicom_object::{DefaultDicomObject, InMemDicomObject, OpenFileOptions, file::ReadPreamble};
use imaging_domain::{DataSet, VR, Value, tags};
use std::{
    io::Read as _,
    path::{Path, PathBuf},
};

type Read = dicom_object::mem::InMemElement;

/// The folder of test files, if it is there.
pub fn cases() -> Option<PathBuf> {
    let root = root();
    let given = std::env::var_os("DICOM_CASES").map_or("../shared/dicom".into(), PathBuf::from);
    // A worktree lies one folder deeper than the project.
    let places = [root.join(&given), root.join("..").join(&given)];
    let found = places.into_iter().find(|folder| folder.join("manifest.json").exists());
    let required = std::env::var_os("DICOM_CASES_REQUIRED").is_some_and(|value| value == "1");
    assert!(found.is_some() || !required, "the test files are missing");
    if found.is_none() {
        eprintln!("left out: no test files");
    }
    found
}

/// What the manifest says of each file.
pub fn manifest(folder: &Path) -> Vec<serde_json::Value> {
    let manifest = std::fs::File::open(folder.join("manifest.json")).expect("a manifest");
    let manifest: serde_json::Value = serde_json::from_reader(std::io::BufReader::new(manifest)).expect("JSON");
    manifest["files"].as_array().expect("files").clone()
}

/// The peers' interpreter (`PEERS_PYTHON`, or the project's own environment) and a script of theirs, if they are there.
pub fn peer(script: &str) -> Option<(PathBuf, PathBuf)> {
    let root = root();
    let python = std::env::var_os("PEERS_PYTHON").map_or_else(|| root.join(".venv/bin/python"), PathBuf::from);
    if !python.exists() {
        eprintln!("left out: {} is not here", python.display());
        return None;
    }
    Some((python, root.join("test-data/tests/peers").join(script)))
}

fn root() -> PathBuf {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().find(|folder| folder.join("Cargo.lock").exists()).expect("a workspace").to_owned()
}

/// A file's image: attributes, transfer syntax, bytes of frame 0.
pub struct File {
    pub attributes: DataSet,
    pub transfer_syntax: String,
    pub first_frame: Vec<u8>,
}

/// Reads a file; `None` when the reader of the tests cannot.
pub fn open(path: &Path) -> Option<File> {
    // what comes after the pixels is no element in some files
    let options = || OpenFileOptions::new().read_preamble(ReadPreamble::Auto).read_until(Tag(0x7FE0, 0x0011));
    let object = options().open_file(path).ok().or_else(|| options().from_reader(&repaired(path)?[..]).ok())?;
    let transfer_syntax = object.meta().transfer_syntax().to_owned();
    let big = transfer_syntax == "1.2.840.10008.1.2.2";
    let first_frame = first_frame(&object, big)?;
    Some(File { attributes: data_set(&object), transfer_syntax, first_frame })
}

/// The file with a right group length, which the reader insists on, and without SourceApplicationEntityTitle, which
/// it wants no longer than 16 bytes: the element becomes one that it does not know.
fn repaired(path: &Path) -> Option<Vec<u8>> {
    let mut bytes = vec![];
    std::io::copy(&mut std::fs::File::open(path).ok()?.take(64 << 20), &mut bytes).ok()?;
    let mut at = 144;
    while bytes.get(at..at + 2)? == [2, 0] {
        if bytes[at + 2] == 0x16 {
            bytes[at + 2] = 0x99;
        }
        let short = !matches!(bytes.get(at + 4..at + 6)?, b"OB" | b"UN");
        let length = match short {
            true => u32::from(bytes[at + 6]) | u32::from(bytes[at + 7]) << 8,
            false => u32::from_le_bytes(bytes.get(at + 8..at + 12)?.try_into().ok()?),
        };
        at += length as usize + if short { 8 } else { 12 };
    }
    // It knows no process 6 and 8 either: the markers in the stream say the same as this syntax.
    let retired = b"1.2.840.10008.1.2.4.53";
    if let Some(found) = bytes[..at].windows(retired.len()).position(|window| window == retired) {
        bytes[found + retired.len() - 1] = b'1';
    }
    let length = (at as u32 - 144).to_le_bytes();
    bytes[140..144].copy_from_slice(&length);
    Some(bytes)
}

fn first_frame(object: &DefaultDicomObject, big: bool) -> Option<Vec<u8>> {
    let data = [tags::PIXEL_DATA, tags::FLOAT_PIXEL_DATA, tags::DOUBLE_FLOAT_PIXEL_DATA];
    let element = data.into_iter().find_map(|tag| object.element(tag).ok())?;
    let frames = object.get(tags::NUMBER_OF_FRAMES).and_then(|n| n.to_int::<usize>().ok()).unwrap_or(1).max(1);
    let Some(fragments) = element.value().fragments() else {
        let value = native(element, big)?;
        let bits = object.get(tags::BITS_ALLOCATED).and_then(|bits| bits.to_int::<u32>().ok());
        let one = if bits == Some(1) || value.len() % frames != 0 { value.len() } else { value.len() / frames };
        return Some(value[..one].to_vec());
    };
    if fragments.len() == frames {
        return Some(fragments[0].clone());
    }
    if frames == 1 {
        return Some(fragments.concat());
    }
    let starts = element.value().offset_table().and_then(|table| table.get(1).copied());
    let mut bytes = fragments[0].clone();
    let mut passed = fragments[0].len() + 8;
    for fragment in &fragments[1..] {
        if starts.is_some_and(|next| passed >= next as usize) || fragment.starts_with(&[0xFF, 0xD8]) {
            break;
        }
        bytes.extend(fragment);
        passed += fragment.len() + 8;
    }
    Some(bytes)
}

/// The value as it lies in the file: the reader has put words into the machine's order.
fn native(element: &Read, big: bool) -> Option<Vec<u8>> {
    use dicom_core::PrimitiveValue as P;
    let primitive = element.value().primitive()?;
    Some(match primitive {
        P::U16(words) if big => words.iter().flat_map(|word| word.to_be_bytes()).collect(),
        P::U32(words) if big => words.iter().flat_map(|word| word.to_be_bytes()).collect(),
        P::F32(words) if big => words.iter().flat_map(|word| word.to_be_bytes()).collect(),
        _ => primitive.to_bytes().into_owned(),
    })
}

fn data_set(object: &InMemDicomObject) -> DataSet {
    let mut set = DataSet::new();
    for element in object {
        let tag = element.header().tag;
        if let Some(value) = value(element) {
            set.put(tag, element.vr(), value);
        }
    }
    set
}

fn value(element: &Read) -> Option<Value> {
    if let Some(items) = element.items() {
        return Some(Value::Sequence(items.iter().map(data_set).collect()));
    }
    if element.header().tag == tags::PIXEL_DATA {
        return Some(Value::Bulk { offset: 0, length: 2 });
    }
    let primitive = element.value().primitive()?;
    Some(match element.vr() {
        VR::US | VR::SS | VR::UL | VR::SL | VR::SV | VR::UV => Value::Int(primitive.to_multi_int::<i64>().ok()?),
        VR::FL | VR::FD => Value::Float(primitive.to_multi_float64().ok()?),
        VR::AT => return None,
        VR::OB | VR::OW | VR::OF | VR::OD | VR::OL | VR::OV | VR::UN => Value::Bytes(primitive.to_bytes().into_owned()),
        _ => Value::Text(primitive.to_multi_str().iter().map(|text| text.trim_end().to_owned()).collect()),
    })
}
