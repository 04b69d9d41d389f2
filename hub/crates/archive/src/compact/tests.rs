use super::*;
use imaging_domain::{DataSet, Digest, VR, Value, tags};
use proptest::prelude::*;

fn header(number: u32, length: usize) -> (InstanceUid, DataSet) {
    let uid = InstanceUid::parse(&format!("2.25.{number:06}")).unwrap();
    let mut header = DataSet::new();
    header.put_text(tags::SOP_INSTANCE_UID, VR::UI, uid.as_str());
    header.put_text(tags::PATIENT_NAME, VR::PN, "WANG^XIAOMING=王^小明");
    header.put_text(tags::IMAGE_COMMENTS, VR::LT, "\u{1} \"BulkDataURI\":\"1-2\" ".repeat(length));
    header.put(tags::PIXEL_DATA, VR::OW, Value::Bulk { offset: 10, length: u64::from(number) });
    (uid, header)
}

fn place() -> (StudyUid, SeriesUid) {
    (StudyUid::parse("2.25").unwrap(), SeriesUid::parse("2.25.1").unwrap())
}

fn blob(headers: &[(InstanceUid, DataSet)]) -> Option<(Digest, Vec<u8>)> {
    let mut writer = Writer::default();
    let (study, series) = place();
    for (uid, header) in headers {
        let text = HeaderText::new(&study, &series, uid, header.clone());
        writer.push(uid, Digest([7; 32]), text.as_str());
    }
    writer.finish()
}

#[test]
fn headers_come_back_in_order_and_one_by_one() {
    for (count, length) in [(0, 0), (1, 0), (3, 1), (300, 100), (3, 50_000)] {
        let headers: Vec<_> = (0..count).map(|number| header(number, length)).collect();
        let (_, bytes) = blob(&headers).unwrap();
        let compact = Compact::read(bytes.into()).unwrap();
        let (study, series) = place();
        let texts: Vec<_> = (0..compact.blocks()).flat_map(|at| compact.texts(at, &study, &series).unwrap()).collect();
        assert_eq!(texts.len(), headers.len());
        for (text, (uid, header)) in texts.iter().zip(&headers) {
            let mut expected = header.clone();
            expected.put_text(tags::SPECIFIC_CHARACTER_SET, VR::CS, "ISO_IR 192");
            assert_eq!(text.uid, *uid);
            assert!(text.data_set().unwrap() == expected);
            let (block, at) = compact.find(uid).unwrap();
            assert_eq!(compact.texts(block, &study, &series).unwrap()[at].as_str(), text.as_str());
        }
        assert!(compact.find(&InstanceUid::parse("2.26").unwrap()).is_none());
    }
}

#[test]
fn alike_headers_take_little_room() {
    let headers: Vec<_> = (0..2000).map(|number| header(number, 100)).collect();
    let texts: usize = headers.iter().map(|(uid, _)| uid.as_str().len() + 2400).sum();
    assert!(blob(&headers).unwrap().1.len() < texts / 20);
}

#[test]
fn what_is_too_large_is_no_blob() {
    let mut writer = Writer::default();
    let (uid, _) = header(1, 0);
    writer.push(&uid, Digest([0; 32]), &" ".repeat(MAX_INFLATED));
    assert!(writer.finish().is_none());
    let mut writer = Writer::default();
    writer.push(&uid, Digest([0; 32]), "{}");
    writer.push(&uid, Digest([0; 32]), "{}");
    assert!(writer.finish().is_none(), "the same twice");
}

#[test]
fn a_changed_byte_anywhere_is_noticed() {
    let (_, bytes) = blob(&[header(1, 1), header(2, 1)]).unwrap();
    for at in 0..bytes.len() {
        let mut spoilt = bytes.clone();
        spoilt[at] ^= 1;
        assert!(Compact::read(spoilt.into()).is_none(), "byte {at}");
        assert!(Compact::read(bytes[..at].to_vec().into()).is_none(), "cut at {at}");
    }
}

/// Opens all there is.
fn read_all(blob: Vec<u8>) {
    let Some(compact) = Compact::read(blob.into()) else { return };
    let (study, series) = place();
    for at in 0..compact.blocks() {
        for text in compact.texts(at, &study, &series).into_iter().flatten() {
            let _ = text.data_set();
            text.write("https://hub/", &mut vec![]);
        }
    }
}

/// A digest over whatever there is, as somebody would put who wants to be believed.
fn signed(mut blob: Vec<u8>) -> Vec<u8> {
    if blob.len() >= DIGEST.end {
        let digest = Sha256::digest(&blob[DIGEST.end..]);
        blob[DIGEST].copy_from_slice(&digest);
    }
    blob
}

/// A blob of any directory, well deflated.
fn of_directory(directory: &[u8], claimed: u32, rest: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut encoder = flate2::write::DeflateEncoder::new(vec![], flate2::Compression::fast());
    encoder.write_all(directory).unwrap();
    let deflated = encoder.finish().unwrap();
    let lengths = [(deflated.len() as u32).to_le_bytes(), claimed.to_le_bytes()].concat();
    signed([&MAGIC[..], &[0; 32], &lengths, &deflated, rest].concat())
}

proptest! {
    #[test]
    fn hostile_blobs_do_not_panic(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
        cut in any::<prop::sample::Index>(),
        noise in prop::collection::vec(any::<u8>(), 0..300),
        numbers in prop::collection::vec(prop_oneof![0..4_u32, any::<u32>()], 0..40),
    ) {
        let (_, mut bytes) = blob(&[header(1, 1), header(2, 1)]).unwrap();
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        read_all(signed(bytes.clone()));
        bytes.truncate(cut.index(bytes.len()));
        read_all(signed(bytes));
        read_all(of_directory(&noise, noise.len() as u32, &noise));
        let directory: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
        read_all(of_directory(&directory, directory.len() as u32, &noise));
        read_all(of_directory(&directory, numbers.first().copied().unwrap_or_default(), &noise));
    }
}
