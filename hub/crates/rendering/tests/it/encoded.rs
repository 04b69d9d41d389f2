//! Codings that no shared file has, written by other people's encoders when the tests run: `cjpeg` of libjpeg-turbo's
//! own tools, `dcmcjpeg` and `opj_compress`. Without them these tests are left out.

use crate::{
    real,
    support::{Made, png, shown},
};
use dicom_core::{DataElement, PrimitiveValue, VR};
use dicom_object::{FileMetaTableBuilder, InMemDicomObject};
use imaging_domain::tags;
use rendering::{Frame, Image, Samples};
use std::{io::Write as _, path::Path, process::Command};

const JPEG: &str = "1.2.840.10008.1.2.4.50";
const JPEG_2000: &str = "1.2.840.10008.1.2.4.90";
const COLUMNS: usize = 96;
const ROWS: usize = 64;

/// A slope in every channel, each in another direction.
fn slopes(channels: usize) -> Vec<u8> {
    let pixel = |row: usize, column: usize| [column * 2, row * 3, (row + column) * 255 / (ROWS + COLUMNS)];
    (0..ROWS * COLUMNS)
        .flat_map(|at| pixel(at / COLUMNS, at % COLUMNS).into_iter().take(channels))
        .map(|value| value as u8)
        .collect()
}

/// Writes `input`, runs a program in that folder, and gives what it wrote to `output`; `None` without the program.
fn encoded(program: &str, input: (&str, &[u8]), arguments: &[&str], output: &str) -> Option<Vec<u8>> {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::File::create(folder.path().join(input.0)).and_then(|mut file| file.write_all(input.1)).expect("a file");
    let Ok(ran) = Command::new(program).current_dir(folder.path()).args(arguments).output() else {
        eprintln!("left out: no {program}");
        return None;
    };
    assert!(ran.status.success(), "{program}: {}", String::from_utf8_lossy(&ran.stderr));
    Some(read(&folder.path().join(output)))
}

fn read(path: &Path) -> Vec<u8> {
    let mut bytes = vec![];
    std::io::copy(&mut std::fs::File::open(path).expect("a file"), &mut bytes).expect("bytes");
    bytes
}

/// A portable pixel map, as `cjpeg` reads it.
fn pixmap(channels: usize) -> Vec<u8> {
    let kind = if channels == 1 { 5 } else { 6 };
    let mut bytes = format!("P{kind} {COLUMNS} {ROWS} 255\n").into_bytes();
    bytes.extend(slopes(channels));
    bytes
}

fn decoded(photometric: &str, bits: i64, syntax: &'static str, bytes: &[u8]) -> Frame {
    let allocated = if bits > 16 {
        32
    } else if bits > 8 {
        16
    } else {
        8
    };
    Made::new(photometric, COLUMNS as i64, ROWS as i64, (allocated, bits)).syntax(syntax).decode(bytes)
}

fn largest_difference(frame: &Frame, expected: &[u8]) -> u8 {
    let Samples::U8(samples) = &frame.samples else { panic!("{frame:?} is not of bytes") };
    assert_eq!(samples.len(), expected.len());
    samples.iter().zip(expected).map(|(one, other)| one.abs_diff(*other)).max().unwrap_or(0)
}

#[test]
fn jpeg_with_arithmetic_coding_is_decoded() {
    for arguments in [&["-arithmetic"][..], &["-arithmetic", "-progressive"]] {
        let arguments = [arguments, &["-quality", "98", "-sample", "1x1", "-outfile", "out.jpg", "in.ppm"]].concat();
        let Some(grey) = encoded("cjpeg", ("in.ppm", &pixmap(1)), &arguments, "out.jpg") else { return };
        assert!(grey.windows(2).any(|marker| matches!(marker, [0xFF, 0xC9 | 0xCA])), "no arithmetic coding");
        let difference = largest_difference(&decoded("MONOCHROME2", 8, JPEG, &grey), &slopes(1));
        assert!(difference <= 3, "{arguments:?}: {difference}");
        let colour = encoded("cjpeg", ("in.ppm", &pixmap(3)), &arguments, "out.jpg").expect("it was there");
        let made = Made::new("YBR_FULL_422", COLUMNS as i64, ROWS as i64, (8, 8)).syntax(JPEG);
        let shown = made.pixels(&colour);
        let difference = shown.iter().zip(slopes(3)).map(|(one, other)| one.abs_diff(other)).max().expect("pixels");
        assert!(difference <= 6, "{arguments:?}: {difference}");
        for length in [grey.len() / 2, grey.len() / 3] {
            let made = Made::new("MONOCHROME2", COLUMNS as i64, ROWS as i64, (8, 8)).syntax(JPEG);
            assert!(rendering::decode(&made.image(), &grey[..length], 0).is_err());
        }
    }
}

/// A file of three channels of 12 bits, as `dcmcjpeg` reads it.
fn twelve_bits(values: &[u16]) -> Vec<u8> {
    let mut object = InMemDicomObject::new_empty();
    for (tag, vr, text) in [
        (tags::SOP_CLASS_UID, VR::UI, "1.2.840.10008.5.1.4.1.1.7"),
        (tags::SOP_INSTANCE_UID, VR::UI, "1.2.826.0.1.3680043.10.1338.78"),
        (tags::PHOTOMETRIC_INTERPRETATION, VR::CS, "RGB"),
    ] {
        object.put(DataElement::new(tag, vr, PrimitiveValue::from(text)));
    }
    for (tag, number) in [
        (tags::SAMPLES_PER_PIXEL, 3),
        (tags::PLANAR_CONFIGURATION, 0),
        (tags::ROWS, ROWS as u16),
        (tags::COLUMNS, COLUMNS as u16),
        (tags::BITS_ALLOCATED, 16),
        (tags::BITS_STORED, 12),
        (tags::HIGH_BIT, 11),
        (tags::PIXEL_REPRESENTATION, 0),
    ] {
        object.put(DataElement::new(tag, VR::US, PrimitiveValue::from(number)));
    }
    object.put(DataElement::new(tags::PIXEL_DATA, VR::OW, PrimitiveValue::U16(values.into())));
    let meta = FileMetaTableBuilder::new().transfer_syntax("1.2.840.10008.1.2.1");
    let mut bytes = vec![];
    object.with_meta(meta).expect("a file").write_all(&mut bytes).expect("memory takes every byte");
    bytes
}

#[test]
fn jpeg_of_12_bits_in_colour_is_decoded() {
    let values: Vec<u16> = slopes(3).into_iter().map(|value| u16::from(value) * 16).collect();
    let file = twelve_bits(&values);
    // Sequential and progressive; components as they are, and as luminance and colour of every subsampling.
    for process in ["+ee", "+es", "+ep"] {
        for options in [&["+cr"][..], &["+cy", "+s4"], &["+cy", "+s2"], &["+cy", "+n1"]] {
            let arguments = [&[process, "+q", "95"], options, &["in.dcm", "out.dcm"]].concat();
            let Some(bytes) = encoded("dcmcjpeg", ("in.dcm", &file), &arguments, "out.dcm") else { return };
            // The reader knows neither of the retired processes; the markers in the stream say which one it is.
            let mut bytes = bytes;
            for at in 0..bytes.len().min(1024) {
                if [&b"1.2.840.10008.1.2.4.53"[..], b"1.2.840.10008.1.2.4.55"].contains(&&bytes[at..at + 22]) {
                    bytes[at + 21] = b'1';
                }
            }
            let mut out = tempfile::NamedTempFile::new().expect("a file");
            out.write_all(&bytes).expect("written");
            let file = real::open(out.path()).expect("a file");
            let image = Image::describe(&file.attributes, &file.transfer_syntax, 0).expect("a description");
            let (_, shown) = shown(&image, &file.first_frame, 0, &png());
            let differences = shown.iter().zip(slopes(3)).map(|(one, other)| one.abs_diff(other));
            let mean = differences.clone().map(f64::from).sum::<f64>() / shown.len() as f64;
            assert!(mean < 1.5, "{arguments:?}: {mean} on average, {:?} at most", differences.max());
        }
    }
}

#[test]
fn subsampled_jpeg_2000_is_decoded() {
    let planes = |step: usize| {
        let value = |row: usize, column: usize| (40 + column + row) as u8;
        let luminance = (0..ROWS * COLUMNS).map(|at| value(at / COLUMNS, at % COLUMNS));
        let coarse = (0..ROWS / step * (COLUMNS / 2)).map(|at| (at / (COLUMNS / 2) * 2) as u8 + 60);
        luminance.chain(coarse.clone()).chain(coarse).collect::<Vec<u8>>()
    };
    for step in [1, 2] {
        let raw = planes(step);
        let shape = format!("{COLUMNS},{ROWS},3,8,u@1x1:2x{step}:2x{step}");
        let arguments = ["-i", "in.raw", "-o", "out.j2k", "-F", &shape, "-mct", "0"];
        let Some(bytes) = encoded("opj_compress", ("in.raw", &raw), &arguments, "out.j2k") else { return };
        let expected: Vec<u8> = (0..ROWS * COLUMNS)
            .flat_map(|at| {
                let coarse = at / COLUMNS / step * (COLUMNS / 2) + at % COLUMNS / 2;
                [raw[at], raw[ROWS * COLUMNS + coarse], raw[ROWS * COLUMNS + raw_plane(step) + coarse]]
            })
            .collect();
        let frame = decoded("YBR_FULL_422", 8, JPEG_2000, &bytes);
        assert_eq!(largest_difference(&frame, &expected), 0, "2x{step}");
    }
}

#[test]
fn jpeg_2000_of_more_than_16_bits_is_decoded() {
    for (sign, bits) in [('+', 20u32), ('+', 25), ('-', 20), ('-', 24)] {
        let half = if sign == '-' { 1i64 << (bits - 1) } else { 0 };
        let top = (1i64 << bits) - 1;
        let values: Vec<i32> =
            (0..ROWS * COLUMNS).map(|at| (at as i64 * top / (ROWS * COLUMNS - 1) as i64 - half) as i32).collect();
        let mut raw = format!("PG ML {sign} {bits} {COLUMNS} {ROWS}\n").into_bytes();
        raw.extend(values.iter().flat_map(|value| value.to_be_bytes()));
        if sign == '-' {
            // The encoder counts the bits of the largest value and forgets the sign: one too large, which it cuts off
            // again, makes them right.
            let at = raw.len() - 4;
            raw[at..].copy_from_slice(&(1i32 << (bits - 1)).to_be_bytes());
        }
        let arguments = ["-i", "in.pgx", "-o", "out.j2k", "-n", "1"];
        let Some(bytes) = encoded("opj_compress", ("in.pgx", &raw), &arguments, "out.j2k") else { return };
        let made = Made::new("MONOCHROME2", COLUMNS as i64, ROWS as i64, (32, bits.into())).syntax(JPEG_2000);
        let made = made.int(tags::PIXEL_REPRESENTATION, (sign == '-').into());
        match made.decode(&bytes).samples {
            Samples::U32(samples) => assert!(samples.iter().map(|sample| *sample as i32).eq(values), "+{bits}"),
            Samples::I32(samples) => assert!(samples == values, "-{bits}"),
            _ => panic!("{bits} bits are not of 32"),
        }
        assert!(rendering::picture(&made.image(), &bytes, 0, &png()).is_ok());
    }
}

fn raw_plane(step: usize) -> usize {
    ROWS / step * (COLUMNS / 2)
}
