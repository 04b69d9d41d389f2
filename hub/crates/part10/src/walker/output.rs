//! Writes what is walked again: little endian, with VRs or without, sequences and items of undefined length, so that nothing has
//! to be measured before it is written.

use super::copied::Copied;
use crate::coding::{ITEM, ITEM_END, SEQUENCE_END, UNDEFINED, has_long_length};
use crate::deidentification::Look;
use crate::level::{Kind, Level};
use crate::rewriter::{Changes, Pixels, Written};
use imaging_domain::{Tag, VR, tags};

/// The most bytes of a value with a 16-bit length, even.
const LONGEST_SHORT: u32 = 65_534;

/// What is written, and how the value under way becomes little endian.
pub(crate) struct Output {
    pub changes: Changes,
    pub(super) bytes: Vec<u8>,
    /// The value under way; none while bytes are left out.
    pub(super) under_way: Option<Copied>,
    /// Whether fragments of pixel data are written as they come.
    pub(super) copies_fragments: bool,
    /// What is looked for in the value that comes whole.
    pub(super) looked: Option<Look>,
}

impl Output {
    pub fn new(changes: Changes) -> Self {
        Self { changes, bytes: Vec::new(), under_way: None, copies_fragments: false, looked: None }
    }

    pub fn take_into(&mut self, out: &mut Vec<u8>) {
        out.append(&mut self.bytes);
    }

    /// Whether an element of the outermost data set is written, after what belongs before it.
    pub fn admits(&mut self, tag: Tag) -> bool {
        while let Some(entry) = self.changes.values.first_entry().filter(|entry| *entry.key() <= tag) {
            let (new, (vr, value)) = entry.remove_entry();
            self.changes.removed.insert(new);
            self.put(new, vr, &value);
        }
        !self.changes.removed.contains(&tag) && !matches!(tag.group(), 0 | 2)
    }

    pub(super) fn put(&mut self, tag: Tag, vr: VR, value: &[u8]) {
        // values of changes are a few bytes
        self.head(tag, vr, value.len() as u32);
        self.bytes.extend_from_slice(value);
    }

    /// Tag, VR and length (PS3.5 tables 7.1-1 and 7.1-2); a value too long for its VR's 16 bits is UN (PS3.5 6.2.2).
    pub(super) fn head(&mut self, tag: Tag, vr: VR, length: u32) {
        self.tag(tag);
        if self.changes.written == Written::Implicit {
            self.bytes.extend_from_slice(&length.to_le_bytes());
            return;
        }
        let long = has_long_length(vr);
        if !long && length <= LONGEST_SHORT {
            self.bytes.extend_from_slice(vr.to_string().as_bytes());
            self.bytes.extend_from_slice(&(length as u16).to_le_bytes());
            return;
        }
        let vr = if long { vr } else { VR::UN };
        self.bytes.extend_from_slice(vr.to_string().as_bytes());
        self.bytes.extend_from_slice(&[0; 2]);
        self.bytes.extend_from_slice(&length.to_le_bytes());
    }

    fn tag(&mut self, tag: Tag) {
        self.bytes.extend_from_slice(&tag.group().to_le_bytes());
        self.bytes.extend_from_slice(&tag.element().to_le_bytes());
    }

    pub(super) fn delimiter(&mut self, tag: Tag, length: u32) {
        self.tag(tag);
        self.bytes.extend_from_slice(&length.to_le_bytes());
    }

    /// A level begins.
    pub fn open(&mut self, level: &Level) {
        match level.kind {
            _ if level.silent => {}
            Kind::Sequence => self.head(level.tag, VR::SQ, UNDEFINED),
            Kind::DataSet => self.delimiter(ITEM, UNDEFINED),
        }
    }

    /// A level ends.
    pub fn close(&mut self, level: &Level) {
        if self.under_way.is_some() || level.silent {
            return;
        }
        match level.kind {
            Kind::Sequence => self.delimiter(SEQUENCE_END, 0),
            Kind::DataSet => self.delimiter(ITEM_END, 0),
        }
    }

    /// The data set ends: what is new and comes last. Nothing may follow a value that broke off.
    pub fn end(&mut self) {
        if self.under_way.is_none() {
            self.admits(Tag(0xFFFF, 0xFFFF));
        }
    }

    pub fn new_pixels(&mut self) {
        match self.changes.pixels {
            Pixels::AsTheyAre | Pixels::Fragments => {}
            Pixels::Native { vr, length } => self.head(tags::PIXEL_DATA, vr, length),
            Pixels::Encapsulated => {
                self.head(tags::PIXEL_DATA, VR::OB, UNDEFINED);
                // an empty offset table
                self.delimiter(ITEM, 0);
            }
        }
    }
}
