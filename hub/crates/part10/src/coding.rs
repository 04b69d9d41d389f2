//! How one level of a data set writes its elements, and what the dictionary adds when the VR is left out.

use dicom_core::dictionary::{DataDictionary, DataDictionaryEntry, VirtualVr};
use dicom_dictionary_std::StandardDataDictionary;
use imaging_domain::transfer_syntax::Encoding;
use imaging_domain::{Tag, VR};

/// Length field of a value whose end is marked by a delimiter.
pub(crate) const UNDEFINED: u32 = 0xFFFF_FFFF;

/// Begins an item of a sequence or of encapsulated pixel data.
pub(crate) const ITEM: Tag = Tag(0xFFFE, 0xE000);
/// Ends an item of undefined length.
pub(crate) const ITEM_END: Tag = Tag(0xFFFE, 0xE00D);
/// Ends a sequence of undefined length.
pub(crate) const SEQUENCE_END: Tag = Tag(0xFFFE, 0xE0DD);

/// Byte order and whether the VR is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Coding {
    pub explicit: bool,
    pub big: bool,
}

impl Coding {
    pub const IMPLICIT: Self = Self { explicit: false, big: false };

    pub fn of(encoding: Encoding) -> Self {
        match encoding {
            Encoding::ImplicitLittle => Self::IMPLICIT,
            Encoding::ExplicitLittle | Encoding::Deflated => Self { explicit: true, big: false },
            Encoding::ExplicitBig => Self { explicit: true, big: true },
        }
    }

    pub fn u16(self, bytes: &[u8]) -> u16 {
        let pair = [bytes[0], bytes[1]];
        if self.big { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) }
    }

    pub fn u32(self, bytes: &[u8]) -> u32 {
        let four = [bytes[0], bytes[1], bytes[2], bytes[3]];
        if self.big { u32::from_be_bytes(four) } else { u32::from_le_bytes(four) }
    }

    pub fn tag(self, bytes: &[u8]) -> Tag {
        Tag(self.u16(bytes), self.u16(&bytes[2..]))
    }
}

/// The VR that two bytes name.
pub(crate) fn vr_of(bytes: &[u8]) -> Option<VR> {
    VR::from_binary([bytes[0], bytes[1]])
}

/// Whether the VR's length field has four bytes after two reserved ones (PS3.5 table 7.1-1).
pub(crate) fn has_long_length(vr: VR) -> bool {
    use VR::*;
    matches!(vr, OB | OD | OF | OL | OV | OW | SQ | SV | UC | UN | UR | UT | UV)
}

/// The dictionary's VR; UN when it has none. `signed` says what Pixel Representation was.
pub(crate) fn dictionary_vr(tag: Tag, signed: bool) -> VR {
    if tag.element() == 0 {
        return VR::UL;
    }
    if tag.group() % 2 == 1 {
        return if (0x10..=0xFF).contains(&tag.element()) { VR::LO } else { VR::UN };
    }
    match StandardDataDictionary.by_tag(tag).map(|entry| entry.vr()) {
        Some(VirtualVr::Xs) if signed => VR::SS,
        Some(vr) => vr.relaxed(),
        None => VR::UN,
    }
}

/// Whether the standard knows the tag (group lengths and private creators too).
pub(crate) fn is_known(tag: Tag) -> bool {
    dictionary_vr(tag, false) != VR::UN
}
