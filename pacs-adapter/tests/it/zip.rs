//! Zip files: those of others, and those that nobody should make.

use crate::{files::leave_out, server::MemorySink};
use flate2::{Compression, Crc, write::DeflateEncoder};
use imaging_domain::Principal;
use pacs_adapter::{Summary, import};
use proptest::prelude::*;
use std::{fs, io::Write, path::Path, process::Command};

const WHO: Principal = Principal::Service("import");

/// One entry with its method, and the flags and CRC that its headers claim.
pub struct Entry {
    name: &'static str,
    bytes: Vec<u8>,
    size: u32,
    method: u16,
    flags: u16,
    crc: u32,
}

fn crc(bytes: &[u8]) -> u32 {
    let mut crc = Crc::new();
    crc.update(bytes);
    crc.sum()
}

pub fn plain(name: &'static str, bytes: &[u8]) -> Entry {
    Entry { name, bytes: bytes.to_vec(), size: bytes.len() as u32, method: 0, flags: 0, crc: crc(bytes) }
}

pub fn deflated(name: &'static str, bytes: &[u8]) -> Entry {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    Entry { bytes: encoder.finish().unwrap(), method: 8, ..plain(name, bytes) }
}

pub fn zipped(entries: &[Entry]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for entry in entries {
        let at = out.len() as u32;
        let mut common = Vec::new();
        for number in [20, entry.flags, entry.method, 0, 0] {
            common.extend_from_slice(&number.to_le_bytes());
        }
        for number in [entry.crc, entry.bytes.len() as u32, entry.size] {
            common.extend_from_slice(&number.to_le_bytes());
        }
        common.extend_from_slice(&(entry.name.len() as u16).to_le_bytes());
        common.extend_from_slice(&[0; 2]);
        out.extend([b"PK\x03\x04", &common[..], entry.name.as_bytes(), &entry.bytes].concat());
        let rest = [&[0; 10][..], &at.to_le_bytes()].concat();
        directory.extend([b"PK\x01\x02\x14\x00", &common[..], &rest, entry.name.as_bytes()].concat());
    }
    let (at, count) = (out.len() as u32, entries.len() as u16);
    let counts = [[0; 4].to_vec(), count.to_le_bytes().to_vec(), count.to_le_bytes().to_vec()].concat();
    let sizes = [(directory.len() as u32).to_le_bytes(), at.to_le_bytes()].concat();
    [out, directory, b"PK\x05\x06".to_vec(), counts, sizes, vec![0; 2]].concat()
}

async fn imported(path: &Path) -> (Summary, MemorySink) {
    let sink = MemorySink::default();
    (import(path, sink.clone(), &WHO, 4, |_| {}).await, sink)
}

pub async fn imported_bytes(bytes: &[u8]) -> (Summary, MemorySink) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.zip");
    fs::write(&path, bytes).unwrap();
    imported(&path).await
}

/// What is said of a DICOMDIR.
const CONTENTS: &str = "DICOMDIR: a table of contents, no instance";

pub fn reasons(summary: &Summary) -> Vec<(String, String)> {
    let named = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
    let mut all: Vec<_> = summary.refused.iter().map(|(path, why)| (named(path), why.clone())).collect();
    all.sort();
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn what_python_writes_is_taken_in_beside_what_lies_in_folders() {
    let folder = tempfile::tempdir().unwrap();
    let media = folder.path().join("media");
    fs::create_dir_all(media.join("IMAGES/A")).unwrap();
    for at in 0..30 {
        fs::write(media.join(format!("IMAGES/A/I{at}")), format!("1.2.{at}")).unwrap();
    }
    fs::write(media.join("DICOMDIR"), "1.2.99").unwrap();
    fs::write(media.join("README"), "Dear Sir").unwrap();
    let out = folder.path().join("media.zip");
    let zip = Command::new("python3").args(["-m", "zipfile", "-c"]).arg(&out).arg(&media).status();
    if !zip.is_ok_and(|status| status.success()) {
        return leave_out("python3");
    }
    let (summary, sink) = imported(&out).await;
    assert_eq!((summary.total.stored, summary.total.refused, summary.failed_here), (30, 2, 0));
    assert_eq!(
        reasons(&summary),
        [
            ("DICOMDIR".to_owned(), format!("{CONTENTS}; it cannot be read: not a DICOM file")),
            ("README".to_owned(), "data set does not match: no identifier".to_owned()),
        ]
    );
    assert_eq!(sink.0.lock().unwrap().stored["1.2.7"].2, b"1.2.7");
    // the folder beside its own zip file
    let (both, _) = imported(folder.path()).await;
    assert_eq!((both.total.stored, both.total.duplicates), (30, 30));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_entry_costs_itself_and_a_bomb_the_rest_of_its_file() {
    let bomb = vec![b'1'; 300 << 20];
    let (summary, sink) = imported_bytes(&zipped(&[
        plain("a", b"1.1"),
        deflated("b", b"1.2"),
        Entry { flags: 1, ..plain("encrypted", b"1.3") },
        Entry { method: 99, ..plain("method", b"1.4") },
        Entry { crc: 7, ..plain("wrong", b"1.5") },
        Entry { size: 9, ..deflated("longer", b"1.6") },
        Entry { bytes: vec![0xff; 40], ..deflated("garbage", b"1.7") },
        plain("../../../z", b"1.8"),
        deflated("bomb", &bomb),
        plain("after the bomb", b"1.9"),
    ]))
    .await;
    assert_eq!((summary.total.stored, summary.total.refused, summary.failed_here), (3, 7, 0), "{summary:?}");
    let reasons = reasons(&summary);
    let why = |name: &str| reasons.iter().find(|(found, _)| found == name).map(|(_, why)| why.as_str()).unwrap();
    assert_eq!(why("bomb"), "zip file: more comes out of it than an image would give");
    assert_eq!(why("after the bomb"), why("bomb"), "a file with a bomb in it gives no more");
    assert_eq!(why("encrypted"), "zip file: the entry is encrypted");
    assert_eq!(why("method"), "zip file: the entry is compressed in a way that is not read");
    assert_eq!(why("wrong"), "zip file: the entry is damaged");
    assert_eq!(why("longer"), "zip file: the entry is damaged");
    // not the 300 MB that it would have become, nor much more than is looked at before judging
    assert!(summary.total.bytes < 80 << 20, "{}", summary.total.bytes);
    assert!(sink.0.lock().unwrap().stored.contains_key("1.8"));
}

#[tokio::test]
async fn a_file_that_is_cut_or_lies_about_its_directory_is_one_complaint() {
    let whole = zipped(&[plain("a", b"1.1"), deflated("b", b"1.2")]);
    let end = whole.len() - 22;
    let mut many = whole.clone();
    many[end + 8..end + 12].fill(0xff);
    let mut beyond = whole.clone();
    beyond[end + 16..end + 20].fill(0xff);
    // a locator of ZIP64 that points at itself, and a record that claims 2^64 entries
    let record = [b"PK\x06\x06".to_vec(), vec![0xff; 52]].concat();
    let locator = [b"PK\x06\x07".to_vec(), vec![0; 4], (end as u64).to_le_bytes().to_vec(), vec![1, 0, 0, 0]].concat();
    let endless = [&whole[..end], &record, &locator, &whole[end..]].concat();
    for (bytes, stored) in
        [(whole[..end].to_vec(), 0), (many, 2), (beyond, 0), (endless, 0), (b"PK\x03\x04".to_vec(), 0)]
    {
        let (summary, _) = imported_bytes(&bytes).await;
        assert_eq!((summary.total.stored, summary.total.refused), (stored, 1), "{summary:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn changed_zip_files_are_survived(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut bytes = zipped(&[plain("a", b"1.1"), deflated("b", b"1.2"), plain("d/", b"")]);
        for (at, to) in changes {
            let at = at.index(bytes.len());
            bytes[at] = to;
        }
        if cut.index(4) == 0 {
            bytes.truncate(cut.index(bytes.len()));
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let (summary, _) = runtime.block_on(imported_bytes(&bytes));
        prop_assert!(summary.total.stored + summary.total.refused <= 4);
    }
}
