//! Files without who they are about.

use crate::{
    files::{
        CLASS, EXPLICIT, SERIES, STUDY, element, file_in, file_of, fragment, identified, one, pixels, placed, sequence,
    },
    files::{shape, study, uid},
    world::{World, radiologist},
};
use archive::{Form, Identity, Otherwise, Wanted};
use bytes::Bytes;
use imaging_domain::{DataSet, ErrorKind, Tag, tags};
use part10::{Framing, Header, Keep, Limits, scan};
use std::sync::Arc;

const IMPLICIT: &str = "1.2.840.10008.1.2";
const RLE: &str = "1.2.840.10008.1.2.5";
const JPEG_LS: &str = "1.2.840.10008.1.2.4.80";
const CT: &str = "1.2.840.10008.5.1.4.1.1.2";
const SOURCE_IMAGE: Tag = tags::SOURCE_IMAGE_SEQUENCE;

fn nameless(form: Form, otherwise: Otherwise) -> Wanted {
    Wanted { identity: Identity::Removed, ..Wanted::given(form, otherwise) }
}

/// An image of somebody, up to its pixels.
fn telling(class: &str, number: u32, burnt: &str) -> Vec<u8> {
    let source = element(0x0008_1155, "UI", uid(9).as_bytes());
    [
        element(0x0008_0016, "UI", class.as_bytes()),
        element(0x0008_0018, "UI", uid(number).as_bytes()),
        element(0x0008_0020, "DA", b"20240131"),
        element(0x0008_0060, "CS", b"OT"),
        element(0x0008_0080, "LO", b"SECRET HOSPITAL"),
        sequence(0x0008_2112, &source),
        element(0x0010_0010, "PN", b"SECRET^NAME"),
        element(0x0010_0020, "LO", b"SECRET"),
        placed(),
        shape(),
        element(0x0028_0301, "CS", burnt.as_bytes()),
        element(0x0029_0010, "LO", b"SECRET PRIVATE"),
    ]
    .concat()
}

fn read(file: &[u8]) -> Header {
    scan(file, Framing::File, Keep::Everything { max_inline_bytes: 1 << 20 }, Limits::default()).expect("a file")
}

fn uids(set: &DataSet) -> Vec<String> {
    let named = [tags::SOP_INSTANCE_UID, tags::STUDY_INSTANCE_UID, tags::SERIES_INSTANCE_UID];
    named.map(|tag| set.text(tag).expect("a UID").to_owned()).to_vec()
}

/// One segment of literal runs (PS3.5 G.3).
fn rle(pixels: &[u8]) -> Vec<u8> {
    let mut out = [1u32, 64].iter().flat_map(|word| word.to_le_bytes()).collect::<Vec<u8>>();
    out.resize(64, 0);
    pixels.chunks(128).for_each(|run| out.extend([&[run.len() as u8 - 1][..], run].concat()));
    out
}

fn coded(number: u32) -> Bytes {
    file_in(RLE, number, &[telling(CLASS, number, "NO"), fragment(&rle(&pixels(3)))].concat())
}

#[tokio::test]
async fn instances_of_a_study_go_on_belonging_together() {
    let world = World::hospital();
    for number in [1, 2] {
        let set = [telling(CT, number, "NO"), element(0x7FE0_0010, "OB", &pixels(3))].concat();
        world.take(&file_of(CT, number, &set)).await.unwrap();
    }
    let wanted = nameless(Form::Native, Otherwise::Stored);
    let given = world.files_in(&study(), wanted).await.unwrap();
    assert_eq!(given, world.files_in(&study(), wanted).await.unwrap(), "the same, asked twice");
    let headers: Vec<Header> = given.iter().map(|file| read(file)).collect();
    let both: Vec<Vec<String>> = headers.iter().map(|header| uids(&header.attributes)).collect();
    assert!(both[0][0] != both[1][0] && both[0][1..] == both[1][1..], "{both:?}");
    for (file, header) in given.iter().zip(&headers) {
        assert_eq!((header.transfer_syntax.as_str(), &header.warnings[..]), (EXPLICIT, &[][..]));
        assert!(both[0].iter().all(|uid| uid.starts_with("2.25.") && !uid.starts_with(SERIES)));
        for said in ["SECRET", "20240131", &format!("{STUDY}\0"), SERIES, &uid(9)] {
            assert!(!file.windows(said.len()).any(|window| window == said.as_bytes()), "{said}");
        }
        let instance = header.attributes.text(tags::SOP_INSTANCE_UID).unwrap();
        let named = part10::file_meta(CT, instance, EXPLICIT);
        assert!(file.starts_with(&named), "file meta information of the new instance");
        assert!(file.ends_with(&pixels(3)));
        assert!(header.attributes.items(SOURCE_IMAGE)[0].text(tags::REFERENCED_SOP_INSTANCE_UID).is_some());
    }
    let version = async |wanted: Wanted| {
        let given = world.archive.retrieve(&radiologist(), &one(1), Arc::new(move |_| Ok(wanted))).await.unwrap();
        given.version.bits()
    };
    assert_ne!(version(wanted).await, version(Wanted::given(Form::Native, Otherwise::Stored)).await);
    assert_eq!(world.given().await, 2 + 6, "two came; they are written down as what is given with names");
}

#[tokio::test]
async fn pixels_are_given_as_they_are_or_as_they_are_wanted() {
    let world = World::hospital();
    let file = coded(1);
    world.take(&file).await.unwrap();
    for (form, syntax) in [(Form::Stored, RLE), (Form::Native, EXPLICIT), (Form::JpegLs, JPEG_LS)] {
        let given = world.files_in(&one(1), nameless(form, Otherwise::Nothing)).await.unwrap();
        let header = read(&given[0]);
        assert_eq!((header.transfer_syntax.as_str(), &header.warnings[..]), (syntax, &[][..]));
        assert_eq!(header.attributes.text(tags::PATIENT_IDENTITY_REMOVED), Some("YES"));
        assert!(!given[0].windows(6).any(|window| window == b"SECRET"), "{syntax}");
        match form {
            Form::Stored => assert!(given[0].ends_with(&fragment(&rle(&pixels(3))))),
            Form::Native => assert!(given[0].ends_with(&pixels(3))),
            _ => {}
        }
    }
}

#[tokio::test]
async fn what_cannot_be_given_without_names_is_not_given() {
    let world = World::hospital();
    let native = |class: &str, burnt: &str| [telling(class, 1, burnt), element(0x7FE0_0010, "OB", &pixels(3))].concat();
    let report = [identified("1.2.840.10008.5.1.4.1.1.88.11", 1), placed()].concat();
    for (class, set) in [
        (CT, native(CT, "YES")),
        (CLASS, native(CLASS, "YES")),
        (CLASS, native(CLASS, "")),
        ("1.2.840.10008.5.1.4.1.1.88.11", report),
        ("1.2.840.10008.5.1.4.1.1.104.1", native("1.2.840.10008.5.1.4.1.1.104.1", "NO")),
    ] {
        let world = World::hospital();
        world.take(&file_of(class, 1, &set)).await.unwrap();
        for form in [Form::Stored, Form::Native] {
            let refused = world.files_in(&one(1), nameless(form, Otherwise::Stored)).await.unwrap_err();
            assert_eq!(refused.kind(), ErrorKind::Unsupported, "{class}");
            assert!(!refused.to_string().contains("SECRET"));
        }
    }
    // implicit little endian as stored is for whoever wants it with names
    let implicit = [
        &[8, 0, 0x16, 0, 26, 0, 0, 0][..],
        b"1.2.840.10008.5.1.4.1.1.2\0",
        &[8, 0, 0x18, 0, 12, 0, 0, 0],
        b"2.25.1.1.1\0\0",
        &[0x10, 0, 0x10, 0, 6, 0, 0, 0],
        b"SECRET",
        &[0x20, 0, 0x0D, 0, 6, 0, 0, 0],
        b"2.25.1",
        &[0x20, 0, 0x0E, 0, 8, 0, 0, 0],
        b"2.25.1.1",
    ];
    world.take(&file_in(IMPLICIT, 1, &implicit.concat())).await.unwrap();
    let refused = world.files_in(&one(1), nameless(Form::Stored, Otherwise::Nothing)).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Unsupported);
    let given = world.files_in(&one(1), nameless(Form::Native, Otherwise::Nothing)).await.unwrap();
    assert_eq!(read(&given[0]).transfer_syntax, EXPLICIT);
    assert!(!given[0].windows(6).any(|window| window == b"SECRET"));
}
