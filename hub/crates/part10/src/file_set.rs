//! The directory of a file set (PS3.10 chapter 8, PS3.3 annex F): patients, studies, series and instances with the files
//! that hold them.

mod record;

use crate::file_meta;
use imaging_domain::{DataSet, transfer_syntax};
use record::{Record, element};

/// Media Storage Directory Storage.
const DIRECTORY_CLASS: &str = "1.2.840.10008.1.3.10";
/// Bytes of an item's tag and length.
const ITEM_HEAD: usize = 8;

/// A directory that is being written.
#[derive(Default)]
pub struct FileSet {
    patients: Vec<Branch>,
}

/// A record with those below it.
struct Branch {
    /// What tells it from its siblings.
    key: String,
    record: Record,
    below: Vec<Branch>,
}

/// A file of a file set.
pub struct SetFile<'a> {
    /// Its File ID: up to eight components of up to eight characters (PS3.10 8.2).
    pub file_id: &'a [&'a str],
    /// SOP Class UID.
    pub sop_class: &'a str,
    /// SOP Instance UID.
    pub sop_instance: &'a str,
    /// Transfer syntax UID of the file.
    pub transfer_syntax: &'a str,
    /// What the index has of it: the keys of its records.
    pub attributes: &'a DataSet,
}

impl FileSet {
    /// An empty directory.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file. Keys that the Standard requires and the file does not have are made up: numbers count.
    pub fn add(&mut self, file: &SetFile<'_>) {
        use imaging_domain::tags;
        let text = |tag| file.attributes.text(tag).unwrap_or_default().to_owned();
        let patient = branch(&mut self.patients, text(tags::PATIENT_ID), |_| Record::patient(file.attributes));
        let study = branch(&mut patient.below, text(tags::STUDY_INSTANCE_UID), |_| Record::study(file.attributes));
        let series =
            branch(&mut study.below, text(tags::SERIES_INSTANCE_UID), |number| Record::series(file.attributes, number));
        let number = series.below.len() + 1;
        let record = Record::instance(file, number);
        series.below.push(Branch { key: String::new(), record, below: vec![] });
    }

    /// The file `DICOMDIR`, to be named by this SOP Instance UID.
    pub fn finish(self, sop_instance: &str) -> Vec<u8> {
        let mut out = file_meta(DIRECTORY_CLASS, sop_instance, transfer_syntax::EXPLICIT_LITTLE);
        element(&mut out, (0x0004, 0x1130), *b"CS", b"");
        let roots = out.len();
        element(&mut out, (0x0004, 0x1200), *b"UL", &[0; 4]);
        element(&mut out, (0x0004, 0x1202), *b"UL", &[0; 4]);
        element(&mut out, (0x0004, 0x1212), *b"US", &[0; 2]);
        let mut records = vec![];
        let begin = out.len() + 12;
        let places = lay_out(self.patients, begin, &mut records);
        let place = |at: Option<&u32>| at.copied().unwrap_or_default().to_le_bytes();
        out[roots + 8..roots + 12].copy_from_slice(&place(places.first()));
        out[roots + 20..roots + 24].copy_from_slice(&place(places.last()));
        out.extend_from_slice(&[4, 0, 0x20, 0x12, b'S', b'Q', 0, 0]);
        // what is held in memory is far below 4 GiB
        out.extend_from_slice(&(records.len() as u32).to_le_bytes());
        out.append(&mut records);
        out
    }
}

/// The branch of a key, the last one first, made when there is none; `make` is told its number among its siblings.
fn branch(siblings: &mut Vec<Branch>, key: String, make: impl FnOnce(usize) -> Record) -> &mut Branch {
    let at = match siblings.iter().rposition(|sibling| sibling.key == key) {
        Some(at) => at,
        None => {
            let record = make(siblings.len() + 1);
            siblings.push(Branch { key, record, below: vec![] });
            siblings.len() - 1
        }
    };
    &mut siblings[at]
}

/// Writes siblings, each followed by what is below it; gives where each begins in the file.
fn lay_out(siblings: Vec<Branch>, begin: usize, out: &mut Vec<u8>) -> Vec<u32> {
    let (mut places, mut previous) = (vec![], None::<usize>);
    for Branch { record, below, .. } in siblings {
        let (at, place) = (out.len(), (begin + out.len()) as u32);
        if let Some(previous) = previous {
            let next = previous + ITEM_HEAD + Record::NEXT;
            out[next..next + 4].copy_from_slice(&place.to_le_bytes());
        }
        out.extend_from_slice(&[0xFE, 0xFF, 0x00, 0xE0]);
        out.extend_from_slice(&(record.bytes.len() as u32).to_le_bytes());
        out.extend_from_slice(&record.bytes);
        if let Some(first) = lay_out(below, begin, out).first() {
            let lower = at + ITEM_HEAD + Record::LOWER;
            out[lower..lower + 4].copy_from_slice(&first.to_le_bytes());
        }
        places.push(place);
        previous = Some(at);
    }
    places
}
