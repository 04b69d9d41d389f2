//! Directory records (PS3.3 F.3.2.2, F.5): what is said of an entity, and of which kind it is.

use super::SetFile;
use crate::coding::has_long_length;
use imaging_domain::{DataSet, Tag, VR, tags};

/// The elements of a record's item.
pub(super) struct Record {
    pub(super) bytes: Vec<u8>,
}

/// Kinds of records by SOP class (PS3.3 table F.4-1), the first prefix that fits; what is none of these is an image.
const KINDS: &[(&str, &str)] = &[
    ("1.2.840.10008.5.1.4.1.1.88.59", "KEY OBJECT DOC"),
    ("1.2.840.10008.5.1.4.1.1.88.", "SR DOCUMENT"),
    ("1.2.840.10008.5.1.4.1.1.11.", "PRESENTATION"),
    ("1.2.840.10008.5.1.4.1.1.9.", "WAVEFORM"),
    ("1.2.840.10008.5.1.4.1.1.104.", "ENCAP DOC"),
    ("1.2.840.10008.5.1.4.1.1.481.2", "RT DOSE"),
    ("1.2.840.10008.5.1.4.1.1.481.3", "RT STRUCTURE SET"),
    ("1.2.840.10008.5.1.4.1.1.481.5", "RT PLAN"),
    ("1.2.840.10008.5.1.4.1.1.481.8", "RT PLAN"),
    ("1.2.840.10008.5.1.4.1.1.481.4", "RT TREAT RECORD"),
    ("1.2.840.10008.5.1.4.1.1.481.6", "RT TREAT RECORD"),
    ("1.2.840.10008.5.1.4.1.1.481.7", "RT TREAT RECORD"),
    ("1.2.840.10008.5.1.4.1.1.481.9", "RT TREAT RECORD"),
    ("1.2.840.10008.5.1.4.1.1.66.1", "REGISTRATION"),
    ("1.2.840.10008.5.1.4.1.1.66.3", "REGISTRATION"),
    ("1.2.840.10008.5.1.4.1.1.66.2", "FIDUCIAL"),
    ("1.2.840.10008.5.1.4.1.1.66.5", "SURFACE"),
    ("1.2.840.10008.5.1.4.1.1.66.6", "TRACT"),
    ("1.2.840.10008.5.1.4.1.1.67", "VALUE MAP"),
    ("1.2.840.10008.5.1.4.1.1.4.2", "SPECTROSCOPY"),
    ("1.2.840.10008.5.1.4.1.1.77.1.5.3", "STEREOMETRIC"),
    ("1.2.840.10008.5.1.4.1.1.78.", "MEASUREMENT"),
];

/// A prefix that names one class alone and no family.
const RAW_DATA: &str = "1.2.840.10008.5.1.4.1.1.66";

impl Record {
    /// Where the offset of the next record stands.
    pub(super) const NEXT: usize = 8;
    /// Where the offset of the first record below stands.
    pub(super) const LOWER: usize = 30;

    fn new(kind: &str) -> Self {
        let mut out = Self { bytes: vec![] };
        out.put((0x0004, 0x1400), VR::UL, &[0; 4]);
        out.put((0x0004, 0x1410), VR::US, &[0xFF; 2]);
        out.put((0x0004, 0x1420), VR::UL, &[0; 4]);
        out.put((0x0004, 0x1430), VR::CS, kind.as_bytes());
        out
    }

    pub(super) fn patient(keys: &DataSet) -> Self {
        let mut out = Self::new("PATIENT");
        out.utf8();
        out.key(keys, tags::PATIENT_NAME, VR::PN, "");
        out.key(keys, tags::PATIENT_ID, VR::LO, "UNKNOWN");
        out
    }

    pub(super) fn study(keys: &DataSet) -> Self {
        let mut out = Self::new("STUDY");
        out.utf8();
        out.key(keys, tags::STUDY_DATE, VR::DA, "");
        out.key(keys, tags::STUDY_TIME, VR::TM, "");
        out.key(keys, tags::ACCESSION_NUMBER, VR::SH, "");
        out.key(keys, tags::STUDY_DESCRIPTION, VR::LO, "");
        out.key(keys, tags::STUDY_INSTANCE_UID, VR::UI, "");
        out.key(keys, tags::STUDY_ID, VR::SH, "1");
        out
    }

    pub(super) fn series(keys: &DataSet, number: usize) -> Self {
        let mut out = Self::new("SERIES");
        out.utf8();
        out.key(keys, tags::MODALITY, VR::CS, "OT");
        out.key(keys, tags::SERIES_DESCRIPTION, VR::LO, "");
        out.key(keys, tags::SERIES_INSTANCE_UID, VR::UI, "");
        out.key(keys, tags::SERIES_NUMBER, VR::IS, &number.to_string());
        out
    }

    pub(super) fn instance(file: &SetFile<'_>, number: usize) -> Self {
        let mut out = Self::new(kind(file.sop_class));
        out.text(Tag(0x0004, 0x1500), VR::CS, &file.file_id.join("\\"));
        out.text(Tag(0x0004, 0x1510), VR::UI, file.sop_class);
        out.text(Tag(0x0004, 0x1511), VR::UI, file.sop_instance);
        out.text(Tag(0x0004, 0x1512), VR::UI, file.transfer_syntax);
        out.utf8();
        for (tag, vr) in [(tags::CONTENT_DATE, VR::DA), (tags::CONTENT_TIME, VR::TM)] {
            if file.attributes.text(tag).is_some() {
                out.key(file.attributes, tag, vr, "");
            }
        }
        out.key(file.attributes, tags::INSTANCE_NUMBER, VR::IS, &number.to_string());
        out
    }

    fn utf8(&mut self) {
        self.text(tags::SPECIFIC_CHARACTER_SET, VR::CS, "ISO_IR 192");
    }

    /// A key of the file, or what stands for it.
    fn key(&mut self, keys: &DataSet, tag: Tag, vr: VR, otherwise: &str) {
        let text = keys.text(tag).filter(|text| !text.is_empty()).unwrap_or(otherwise);
        self.text(tag, vr, text);
    }

    fn text(&mut self, tag: Tag, vr: VR, text: &str) {
        let mut value = text.as_bytes().to_vec();
        if value.len() % 2 == 1 {
            value.push(if vr == VR::UI { 0 } else { b' ' });
        }
        self.put((tag.group(), tag.element()), vr, &value);
    }

    fn put(&mut self, tag: (u16, u16), vr: VR, value: &[u8]) {
        debug_assert!(!has_long_length(vr), "keys are short");
        let mut letters = [0; 2];
        letters.copy_from_slice(vr.to_string().as_bytes());
        element(&mut self.bytes, tag, letters, value);
    }
}

fn kind(sop_class: &str) -> &'static str {
    if sop_class == RAW_DATA {
        return "RAW DATA";
    }
    let fits = |prefix: &str| match prefix.ends_with('.') {
        true => sop_class.starts_with(prefix),
        false => sop_class == prefix,
    };
    KINDS.iter().find(|(prefix, _)| fits(prefix)).map_or("IMAGE", |(_, kind)| kind)
}

/// An explicit little endian element with a 16-bit length; a value that is longer is cut.
pub(super) fn element(out: &mut Vec<u8>, tag: (u16, u16), vr: [u8; 2], value: &[u8]) {
    let value = &value[..value.len().min(65_534)];
    out.extend_from_slice(&tag.0.to_le_bytes());
    out.extend_from_slice(&tag.1.to_le_bytes());
    out.extend_from_slice(&vr);
    out.extend_from_slice(&(value.len() as u16).to_le_bytes());
    out.extend_from_slice(value);
}
