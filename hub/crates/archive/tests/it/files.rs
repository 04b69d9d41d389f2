//! Made instances, as the bytes of a file.

use bytes::Bytes;
use catalog::Scope;
use imaging_domain::{InstanceUid, SeriesUid, StudyUid};

pub const CLASS: &str = "1.2.840.10008.5.1.4.1.1.7";
pub const EXPLICIT: &str = "1.2.840.10008.1.2.1";
pub const STUDY: &str = "2.25.1";
pub const SERIES: &str = "2.25.1.1";
/// Rows and columns of an image.
pub const SIDE: usize = 16;

/// An explicit little endian element.
pub fn element(tag: u32, vr: &str, value: &[u8]) -> Vec<u8> {
    let mut value = value.to_vec();
    if value.len() % 2 == 1 {
        value.push(if vr == "UI" { 0 } else { b' ' });
    }
    let mut out = [((tag >> 16) as u16).to_le_bytes(), (tag as u16).to_le_bytes()].concat();
    out.extend(vr.as_bytes());
    if matches!(vr, "OB" | "OW") {
        out.extend([0, 0]);
        out.extend((value.len() as u32).to_le_bytes());
    } else {
        out.extend((value.len() as u16).to_le_bytes());
    }
    out.extend(value);
    out
}

/// UID of the instance of a number.
pub fn uid(number: u32) -> String {
    format!("{SERIES}.{number}")
}

/// The data set of an instance up to its pixels.
pub fn described(number: u32) -> Vec<u8> {
    [
        element(0x0008_0016, "UI", CLASS.as_bytes()),
        element(0x0008_0018, "UI", uid(number).as_bytes()),
        element(0x0008_0060, "CS", b"OT"),
        element(0x0010_0020, "LO", b"P1"),
        element(0x0020_000D, "UI", STUDY.as_bytes()),
        element(0x0020_000E, "UI", SERIES.as_bytes()),
        element(0x0020_0013, "IS", number.to_string().as_bytes()),
    ]
    .concat()
}

/// What makes pixels an image: 8 bits of grey.
pub fn shape() -> Vec<u8> {
    let word = |tag, value: usize| element(tag, "US", &(value as u16).to_le_bytes());
    [
        word(0x0028_0002, 1),
        element(0x0028_0004, "CS", b"MONOCHROME2"),
        word(0x0028_0010, SIDE),
        word(0x0028_0011, SIDE),
        word(0x0028_0100, 8),
        word(0x0028_0101, 8),
        word(0x0028_0102, 7),
        word(0x0028_0103, 0),
    ]
    .concat()
}

/// Pixels that differ by their shade.
pub fn pixels(shade: u8) -> Vec<u8> {
    (0..SIDE * SIDE).map(|at| shade.wrapping_add(at as u8)).collect()
}

/// The data set of an image.
pub fn image_set(number: u32, shade: u8) -> Vec<u8> {
    [described(number), shape(), element(0x7FE0_0010, "OB", &pixels(shade))].concat()
}

/// A file of a data set.
pub fn file_in(transfer_syntax: &str, number: u32, data_set: &[u8]) -> Bytes {
    [part10::file_meta(CLASS, &uid(number), transfer_syntax), data_set.to_vec()].concat().into()
}

/// A file with an image.
pub fn image(number: u32, shade: u8) -> Bytes {
    file_in(EXPLICIT, number, &image_set(number, shade))
}

/// The whole study.
pub fn study() -> Scope {
    Scope { study: StudyUid::parse(STUDY).unwrap(), series: None, instance: None }
}

/// One instance.
pub fn one(number: u32) -> Scope {
    Scope {
        series: Some(SeriesUid::parse(SERIES).unwrap()),
        instance: Some(InstanceUid::parse(&uid(number)).unwrap()),
        ..study()
    }
}

/// An element whose length has four bytes.
pub fn long(tag: u32, vr: &str, value: &[u8]) -> Vec<u8> {
    let mut out = [((tag >> 16) as u16).to_le_bytes(), (tag as u16).to_le_bytes()].concat();
    out.extend(vr.as_bytes());
    out.extend([0, 0]);
    out.extend((value.len() as u32).to_le_bytes());
    out.extend(value);
    out
}

/// A sequence of one item.
pub fn sequence(tag: u32, item: &[u8]) -> Vec<u8> {
    let mut value = vec![0xFE, 0xFF, 0x00, 0xE0];
    value.extend((item.len() as u32).to_le_bytes());
    value.extend(item);
    long(tag, "SQ", &value)
}

/// The identifiers of an instance of a class.
pub fn identified(class: &str, number: u32) -> Vec<u8> {
    [
        element(0x0008_0016, "UI", class.as_bytes()),
        element(0x0008_0018, "UI", uid(number).as_bytes()),
        element(0x0010_0020, "LO", b"P1"),
    ]
    .concat()
}

pub fn placed() -> Vec<u8> {
    [element(0x0020_000D, "UI", STUDY.as_bytes()), element(0x0020_000E, "UI", SERIES.as_bytes())].concat()
}

pub fn file_of(class: &str, number: u32, data_set: &[u8]) -> Bytes {
    [part10::file_meta(class, &uid(number), EXPLICIT), data_set.to_vec()].concat().into()
}

/// Encapsulated pixel data of one fragment.
pub fn fragment(stream: &[u8]) -> Vec<u8> {
    let item = |value: &[u8]| [&[0xFE, 0xFF, 0x00, 0xE0], &(value.len() as u32).to_le_bytes()[..], value].concat();
    let mut out = vec![0xE0, 0x7F, 0x10, 0x00, b'O', b'B', 0, 0, 0xFF, 0xFF, 0xFF, 0xFF];
    out.extend([item(&[]), item(stream)].concat());
    out.extend([0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0]);
    out
}
