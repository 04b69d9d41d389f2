//! The region as it is written, read by the hub's own scan.

use super::{hospitals, persons, write_region};
use imaging_domain::tags;
use part10::{FrameIndex, Framing, Header, Inflate, Keep, Limits, scan};
use sha2::{Digest, Sha256};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    io::{Cursor, Read},
    path::Path,
    sync::OnceLock,
};
use walkdir::WalkDir;

/// The most bytes of one generated file that are read.
const MOST: u64 = 64 << 20;

/// Bytes by path below the region's folder.
type Files = BTreeMap<String, Vec<u8>>;

fn written(sites: usize) -> Files {
    let dir = tempfile::tempdir().unwrap();
    write_region(dir.path(), sites).unwrap();
    let files = WalkDir::new(dir.path()).into_iter().map(Result::unwrap).filter(|entry| entry.file_type().is_file());
    files.map(|entry| (relative(entry.path(), dir.path()), bytes(entry.path()))).collect()
}

fn relative(path: &Path, dir: &Path) -> String {
    path.strip_prefix(dir).unwrap().to_string_lossy().into_owned()
}

fn bytes(path: &Path) -> Vec<u8> {
    let mut bytes = vec![];
    let length = File::open(path).unwrap().metadata().unwrap().len();
    bytes.resize(length.min(MOST) as usize, 0);
    File::open(path).unwrap().read_exact(&mut bytes).unwrap();
    bytes
}

/// The whole region, written once for all tests.
fn region() -> &'static Files {
    static REGION: OnceLock<Files> = OnceLock::new();
    REGION.get_or_init(|| written(12))
}

fn instances() -> impl Iterator<Item = (&'static str, Header)> {
    let files = region().iter().filter(|(path, _)| path.ends_with(".dcm"));
    files.map(|(path, bytes)| {
        let header = scan(bytes, Framing::File, Keep::Everything { max_inline_bytes: 4096 }, Limits::default());
        (path.as_str(), header.unwrap_or_else(|error| panic!("{path}: {error}")))
    })
}

fn truth() -> serde_json::Value {
    serde_json::from_slice(&region()["region.json"]).unwrap()
}

#[test]
fn the_same_call_writes_the_same_bytes() {
    let digests = |files: &Files| files.values().map(|bytes| Sha256::digest(bytes).to_vec()).collect::<Vec<_>>();
    let again = written(12);
    assert!(region().keys().eq(again.keys()));
    assert_eq!(digests(region()), digests(&again));
}

#[test]
fn twelve_hospitals_are_small() {
    let size = region().values().map(Vec::len).sum::<usize>();
    assert!(size < 60_000_000, "{size}");
    assert!(region().len() > 300, "{}", region().len());
}

#[test]
fn every_file_is_without_fault_and_every_frame_is_there() {
    for (path, header) in instances() {
        assert_eq!(header.warnings, [], "{path}");
        assert_eq!(Some(&header.transfer_syntax), header.declared_transfer_syntax.as_ref(), "{path}");
        let Some(pixels) = header.pixel_data else {
            assert_eq!(header.attributes.text(tags::MODALITY), Some("SR"), "{path}");
            continue;
        };
        let data_set = data_set(&region()[path], &header);
        let frames = FrameIndex::build(&header, &mut |offset, buffer| {
            buffer.copy_from_slice(&data_set[offset as usize..][..buffer.len()]);
            Ok(())
        });
        let declared = header.attributes.int(tags::NUMBER_OF_FRAMES).unwrap_or(1);
        assert_eq!(frames.unwrap().len() as i64, declared, "{path}");
        assert!(pixels.offset + pixels.length <= data_set.len() as u64, "{path}");
    }
}

/// The data set's bytes, inflated where they are deflated.
fn data_set(file: &[u8], header: &Header) -> Vec<u8> {
    let bytes = &file[header.data_set_offset as usize..];
    if header.transfer_syntax != super::Syntax::Deflated.uid() {
        return bytes.to_vec();
    }
    let mut inflated = vec![];
    std::io::copy(&mut Inflate::new(Cursor::new(bytes), Limits::default()).take(MOST), &mut inflated).unwrap();
    inflated
}

#[test]
fn names_and_descriptions_decode_to_what_was_meant() {
    let persons = persons::all();
    let mut names = BTreeSet::new();
    for (path, header) in instances() {
        let site: usize = path["hospital-".len()..][..2].parse().unwrap();
        let held_twice = path.contains("/51-");
        let hospital = &hospitals::ALL[if held_twice { 0 } else { site - 1 }];
        let text = |tag| header.attributes.text(tag).unwrap_or_default().to_owned();
        let name = text(tags::PATIENT_NAME);
        assert!(persons.iter().any(|person| hospital.spelling.of(person) == name), "{path}: {name}");
        assert_eq!(text(tags::INSTITUTION_NAME), hospital.name, "{path}");
        assert_eq!(text(tags::REFERRING_PHYSICIAN_NAME), hospital.physician, "{path}");
        assert_eq!(
            header.attributes.texts(tags::SPECIFIC_CHARACTER_SET).join("\\"),
            hospital.charset.declared().unwrap_or_default()
        );
        assert!(!text(tags::STUDY_DESCRIPTION).contains(['?', '\u{fffd}']), "{path}");
        names.insert(name);
    }
    let wanted = ["Wang^Cheng=王^乗", "陈㛃", "Yamada^Tarou=山田^太郎=やまだ^たろう", "Hong^Gildong=洪^吉洞=홍^길동"];
    for name in wanted.into_iter().chain(["Müller^Jürgen", "MUELLER^JUERGEN", "王乗", "Smith^John^Q^^Jr"]) {
        assert!(names.contains(name), "{name} is not in {names:?}");
    }
}

#[test]
fn one_study_lies_at_two_hospitals_byte_for_byte() {
    let copies: Vec<_> = region()
        .iter()
        .filter_map(|(path, bytes)| Some((path.strip_prefix("hospital-02/inbox/51-")?, bytes)))
        .collect();
    assert!(copies.len() > 20, "{}", copies.len());
    for (name, bytes) in copies {
        assert_eq!(&region()[&format!("hospital-01/inbox/01-{name}")], bytes, "{name}");
    }
    let studies = truth()["studies"].as_array().unwrap().clone();
    let twice: Vec<_> = studies.iter().filter(|study| study["hospitals"].as_array().unwrap().len() == 2).collect();
    assert_eq!(twice.len(), 1);
}

#[test]
fn the_truth_says_who_is_known_where() {
    let mut known: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
    for (_, header) in instances() {
        let text = |tag| header.attributes.text(tag).unwrap_or_default().to_owned();
        known
            .entry((text(tags::ISSUER_OF_PATIENT_ID), text(tags::PATIENT_ID)))
            .or_default()
            .insert(text(tags::PATIENT_NAME));
    }
    let mut told = BTreeMap::new();
    let mut at_several = 0;
    for person in truth()["persons"].as_array().unwrap() {
        let ids = person["local_ids"].as_array().unwrap();
        at_several += usize::from(ids.len() > 1);
        for id in ids {
            let word = |key: &str| id[key].as_str().unwrap().to_owned();
            told.insert((word("issuer"), word("patient_id")), BTreeSet::from([word("name")]));
        }
    }
    assert_eq!(known, told);
    assert!(at_several >= 8, "{at_several}");
}

#[test]
fn uids_differ_and_a_region_may_have_any_number_of_hospitals() {
    let files = written(14);
    let mut uids = BTreeMap::new();
    for (path, bytes) in files.iter().filter(|(path, _)| path.ends_with(".dcm")) {
        let header = scan(bytes, Framing::File, Keep::Index, Limits::default()).unwrap();
        let uid = header.attributes.text(tags::SOP_INSTANCE_UID).unwrap().to_owned();
        let held = uids.entry(uid).or_insert(bytes);
        assert_eq!(held, &bytes, "{path}");
    }
    assert_eq!(files.keys().map(|path| path.split('/').next()).collect::<BTreeSet<_>>().len(), 15);
    assert!(written(1).len() > 10);
}
