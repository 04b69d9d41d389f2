//! Writes data sets by hand, right ones and wrong ones.

use part10::{Framing, Header, Keep, Limits, scan};

pub const EXPLICIT: &str = "1.2.840.10008.1.2.1";
pub const IMPLICIT: &str = "1.2.840.10008.1.2";
pub const EVERYTHING: Keep = Keep::Everything { max_inline_bytes: 64 };
const UNDEFINED: u32 = u32::MAX;

/// An explicit little endian element with the length its value has.
pub fn element(tag: u32, vr: &str, value: &[u8]) -> Vec<u8> {
    claiming(tag, vr, value.len() as u32, value)
}

/// An explicit little endian element that claims another length.
pub fn claiming(tag: u32, vr: &str, length: u32, value: &[u8]) -> Vec<u8> {
    let mut out = tag_bytes(tag);
    out.extend(vr.as_bytes());
    if matches!(vr, "OB" | "OW" | "OF" | "OD" | "OL" | "OV" | "SQ" | "UC" | "UN" | "UR" | "UT" | "SV" | "UV") {
        out.extend([0, 0]);
        out.extend(length.to_le_bytes());
    } else {
        out.extend((length as u16).to_le_bytes());
    }
    out.extend(value);
    out
}

/// An implicit little endian element.
pub fn implicit(tag: u32, value: &[u8]) -> Vec<u8> {
    raw(tag, value.len() as u32, value)
}

/// Tag, length, value: an implicit element or an item.
pub fn raw(tag: u32, length: u32, value: &[u8]) -> Vec<u8> {
    let mut out = tag_bytes(tag);
    out.extend(length.to_le_bytes());
    out.extend(value);
    out
}

pub fn item(value: &[u8]) -> Vec<u8> {
    raw(0xFFFE_E000, value.len() as u32, value)
}

pub fn open_item(value: &[u8]) -> Vec<u8> {
    [raw(0xFFFE_E000, UNDEFINED, value), raw(0xFFFE_E00D, 0, &[])].concat()
}

/// An explicit element of undefined length with its delimiter.
pub fn open(tag: u32, vr: &str, value: &[u8]) -> Vec<u8> {
    [claiming(tag, vr, UNDEFINED, value), raw(0xFFFE_E0DD, 0, &[])].concat()
}

/// SOP Class UID and SOP Instance UID.
pub fn identified() -> Vec<u8> {
    [element(0x0008_0016, "UI", b"1.2.840.10008.5.1.4.1.1.7\0"), element(0x0008_0018, "UI", b"1.2.3.4\0")].concat()
}

pub fn data_set(transfer_syntax: &str) -> Framing {
    Framing::DataSet { transfer_syntax: transfer_syntax.to_owned() }
}

/// Scans everything of an explicit little endian data set.
pub fn scanned(bytes: &[u8]) -> Header {
    scan(bytes, data_set(EXPLICIT), EVERYTHING, Limits::default()).expect("readable")
}

fn tag_bytes(tag: u32) -> Vec<u8> {
    [((tag >> 16) as u16).to_le_bytes(), (tag as u16).to_le_bytes()].concat()
}
