//! The file meta information that the archive writes before every data set (PS3.10 section 7.1).

/// Implementation Class UID of this software.
pub const IMPLEMENTATION_CLASS_UID: &str = "2.25.161803398874989484820458683436563811772";
/// Implementation Version Name of this software.
pub const IMPLEMENTATION_VERSION_NAME: &str = "IMAGING_HUB_1";

/// Preamble of zeros, `DICM` and group 0002 for a data set: the same bytes for the same three UIDs, always, so
/// that a stored file's digest depends on the data set alone. A value of more than 65,534 bytes is cut.
pub fn file_meta(sop_class: &str, sop_instance: &str, transfer_syntax: &str) -> Vec<u8> {
    let mut group = Vec::with_capacity(256);
    group.extend_from_slice(&[2, 0, 1, 0, b'O', b'B', 0, 0, 2, 0, 0, 0, 0, 1]);
    put(&mut group, 0x0002, *b"UI", sop_class, 0);
    put(&mut group, 0x0003, *b"UI", sop_instance, 0);
    put(&mut group, 0x0010, *b"UI", transfer_syntax, 0);
    put(&mut group, 0x0012, *b"UI", IMPLEMENTATION_CLASS_UID, 0);
    put(&mut group, 0x0013, *b"SH", IMPLEMENTATION_VERSION_NAME, b' ');
    let mut file = vec![0; 128];
    file.extend_from_slice(b"DICM\x02\x00\x00\x00UL\x04\x00");
    // five values of at most 65,534 bytes cannot overflow
    file.extend_from_slice(&(group.len() as u32).to_le_bytes());
    file.extend_from_slice(&group);
    file
}

fn put(out: &mut Vec<u8>, element: u16, vr: [u8; 2], value: &str, padding: u8) {
    let value = &value.as_bytes()[..value.len().min(65_534)];
    let padded = value.len() + value.len() % 2;
    out.extend_from_slice(&[2, 0]);
    out.extend_from_slice(&element.to_le_bytes());
    out.extend_from_slice(&vr);
    out.extend_from_slice(&(padded as u16).to_le_bytes());
    out.extend_from_slice(value);
    out.resize(out.len() + padded - value.len(), padding);
}
