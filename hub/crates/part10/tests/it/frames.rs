//! Frames lie where the index says.

use crate::build::*;
use crate::cases;
use imaging_domain::tags;
use imaging_domain::transfer_syntax::{self, Encoding, PixelCoding};
use part10::{FrameIndex, Framing, Header, Inflate, Keep, Limits, scan};
use serde_json::Value as Json;
use sha2::{Digest, Sha256};
use std::io::{self, Read};

/// Reads from bytes that are all here.
fn reader(bytes: &[u8]) -> impl FnMut(u64, &mut [u8]) -> io::Result<()> {
    |at, buffer| {
        let from = bytes.get(at as usize..at as usize + buffer.len()).ok_or(io::ErrorKind::UnexpectedEof)?;
        buffer.copy_from_slice(from);
        Ok(())
    }
}

fn index(header: &Header, data_set: &[u8]) -> FrameIndex {
    FrameIndex::build(header, &mut reader(data_set)).expect("frames")
}

fn frame_bytes(index: &FrameIndex, frame: usize, data_set: &[u8]) -> Vec<u8> {
    let ranges = &index.frame(frame).expect("a frame").ranges;
    ranges.iter().flat_map(|range| data_set[range.start as usize..range.end as usize].to_vec()).collect()
}

fn data_set_of(bytes: &[u8], header: &Header) -> Vec<u8> {
    let from = &bytes[header.data_set_offset as usize..];
    if header.transfer_syntax != transfer_syntax::DEFLATED {
        return from.to_vec();
    }
    let mut inflated = vec![];
    #[allow(clippy::disallowed_methods, reason = "bounded by take")]
    Inflate::new(from, Limits::default()).take(64 << 20).read_to_end(&mut inflated).expect("inflates");
    inflated
}

/// Every file of the test set whose first frame can be compared without a decoder has the frame the manifest hashed;
/// of the others the number of frames is right and each begins like its codec's streams.
#[test]
fn real_files_have_their_frames() {
    let Some(folder) = cases::folder() else { return };
    let manifest: Json = serde_json::from_slice(&cases::read(&folder.join("manifest.json"))).expect("manifest");
    let (mut hashed, mut begun) = (0, 0);
    for file in manifest["files"].as_array().expect("files") {
        if file["pixels"]["status"] != "decoders agree" {
            continue;
        }
        let path = file["path"].as_str().expect("path");
        let bytes = cases::read(&folder.join(path));
        let header = scan(&bytes, Framing::File, Keep::Index, Limits::default()).expect(path);
        let data_set = data_set_of(&bytes, &header);
        let index = index(&header, &data_set);
        let declared = header.attributes.int(tags::NUMBER_OF_FRAMES).unwrap_or(1).max(1);
        assert_eq!(index.len() as i64, declared, "{path}");
        let syntax = transfer_syntax::of(&header.transfer_syntax);
        if header.pixel_data.expect("pixels").encapsulated {
            for frame in 0..index.len() {
                let first = frame_bytes(&index, frame, &data_set);
                assert!(begins(syntax.coding, &first), "{path} frame {frame}: {:x?}", &first[..4]);
                begun += 1;
            }
        } else if let Some(expected) = comparable(file, &header, syntax.encoding) {
            let first = cleaned(frame_bytes(&index, 0, &data_set), &header);
            assert_eq!(hex::encode(Sha256::digest(first)), expected, "{path}");
            hashed += 1;
        }
    }
    println!("{hashed} native frames hashed, {begun} encapsulated frames begin right");
    assert!(hashed > 100 && begun > 100);
}

/// The manifest's hash, where the frame's bytes are the samples as hashed.
fn comparable<'a>(file: &'a Json, header: &Header, encoding: Encoding) -> Option<&'a str> {
    let allocated = header.attributes.int(tags::BITS_ALLOCATED)?;
    let planar = header.attributes.int(tags::PLANAR_CONFIGURATION) == Some(1);
    let subsampled = header.attributes.text(tags::PHOTOMETRIC_INTERPRETATION)?.ends_with("422");
    let plain = allocated % 8 == 0 && !planar && !subsampled && encoding != Encoding::ExplicitBig;
    if plain { file["pixels"]["raw_first_frame"]["sha256"].as_str() } else { None }
}

/// Samples of 16 bits without what stands in their unused bits, as the manifest's readers give them.
fn cleaned(frame: Vec<u8>, header: &Header) -> Vec<u8> {
    let number = |tag| header.attributes.int(tag).unwrap_or(0);
    let unused = 16 - number(tags::BITS_STORED);
    if number(tags::BITS_ALLOCATED) != 16 || !(1..16).contains(&unused) {
        return frame;
    }
    let signed = number(tags::PIXEL_REPRESENTATION) == 1;
    let clean = |sample: [u8; 2]| match signed {
        true => ((i16::from_le_bytes(sample) << unused) >> unused).to_le_bytes(),
        false => ((u16::from_le_bytes(sample) << unused) >> unused).to_le_bytes(),
    };
    frame.as_chunks::<2>().0.iter().flat_map(|sample| clean(*sample)).collect()
}

fn begins(coding: PixelCoding, first: &[u8]) -> bool {
    match coding {
        PixelCoding::Rle => first[1..4] == [0, 0, 0],
        PixelCoding::Jpeg | PixelCoding::JpegLossless | PixelCoding::JpegLs => first.starts_with(&[0xFF, 0xD8, 0xFF]),
        PixelCoding::Jpeg2000 | PixelCoding::Htj2k => {
            first.starts_with(&[0xFF, 0x4F, 0xFF, 0x51]) || first.starts_with(&[0, 0, 0, 12])
        }
        _ => true,
    }
}

fn image(frames: &str, bits: u8, pixels: Vec<u8>) -> Vec<u8> {
    let parts = [
        identified(),
        element(0x0028_0008, "IS", frames.as_bytes()),
        element(0x0028_0010, "US", &[3, 0]),
        element(0x0028_0011, "US", &[3, 0]),
        element(0x0028_0100, "US", &[bits, 0]),
        pixels,
    ];
    parts.concat()
}

#[test]
fn one_bit_frames_begin_inside_bytes() {
    let bytes = image("3", 1, element(0x7FE0_0010, "OB", &[0; 4]));
    let header = scanned(&bytes);
    let index = index(&header, &bytes);
    let offset = header.pixel_data.expect("pixels").offset;
    let spans: Vec<_> = (0..3)
        .filter_map(|n| index.frame(n))
        .map(|span| (span.ranges[0].start - offset, span.ranges[0].end - offset, span.bit_offset))
        .collect();
    assert_eq!(spans, [(0, 2, 0), (1, 3, 1), (2, 4, 2)]);
}

/// The ninth pixel of nine lies in the padded byte, which was once cut off.
#[test]
fn a_big_endian_frame_of_odd_length_keeps_its_last_word() {
    let short = |tag: u32, vr: &[u8], value: &[u8]| {
        let tag = [((tag >> 16) as u16).to_be_bytes(), (tag as u16).to_be_bytes()].concat();
        [&tag, vr, &(value.len() as u16).to_be_bytes(), value].concat()
    };
    let parts = [
        short(0x0008_0016, b"UI", b"1.2.840.10008.5.1.4.1.1.7\0"),
        short(0x0008_0018, b"UI", b"1.2.3.4\0"),
        short(0x0028_0010, b"US", &[0, 3]),
        short(0x0028_0011, b"US", &[0, 3]),
        short(0x0028_0100, b"US", &[0, 8]),
        vec![0x7F, 0xE0, 0, 0x10, b'O', b'W', 0, 0, 0, 0, 0, 10],
        vec![0; 10],
    ];
    let bytes = parts.concat();
    let header =
        scan(&bytes, data_set(transfer_syntax::EXPLICIT_BIG), EVERYTHING, Limits::default()).expect("readable");
    let range = index(&header, &bytes).frame(0).expect("a frame").ranges[0].clone();
    assert_eq!(range.end - range.start, 10);
}

#[test]
fn only_complete_native_frames_count() {
    for (frames, length, expected) in [("99", 20, 2), ("1", 9, 1), ("1", 8, 0), ("0", 9, 1), ("-1", 9, 1), ("x", 9, 1)]
    {
        let bytes = image(frames, 8, element(0x7FE0_0010, "OB", &vec![0; length]));
        assert_eq!(index(&scanned(&bytes), &bytes).len(), expected, "{frames} {length}");
    }
}

/// Number of frames, basic offset table, fragments, and how many fragments each frame has.
type Case<'a> = (&'a str, &'a [u32], &'a [&'a [u8]], &'a [usize]);

#[test]
fn fragments_are_gathered_into_frames() {
    const START: &[u8] = &[0xFF, 0xD8, 0xFF, 0xE0];
    const REST: &[u8] = &[1, 2, 3, 4];
    let cases: &[Case] = &[
        ("1", &[], &[START, REST], &[2]),
        ("2", &[], &[START, START], &[1, 1]),
        ("2", &[], &[START, REST, START], &[2, 1]),
        ("2", &[0, 12], &[START, START], &[1, 1]),
        ("2", &[0, 24], &[START, REST, START], &[2, 1]),
        ("2", &[0, 12], &[REST, REST, REST], &[1, 2]),
        // tables that point nowhere, backwards, or are filled with zeros
        ("2", &[0, 13], &[START, REST, START], &[2, 1]),
        ("2", &[12, 0], &[START, START], &[1, 1]),
        ("2", &[0, 0], &[START, START], &[1, 1]),
        ("2", &[0], &[START, START], &[1, 1]),
        // fewer fragments than frames
        ("9", &[], &[START, START], &[1, 1]),
        ("2", &[], &[], &[]),
    ];
    for (frames, table, fragments, expected) in cases {
        let table: Vec<u8> = table.iter().flat_map(|offset| offset.to_le_bytes()).collect();
        let items = fragments.iter().flat_map(|fragment| item(fragment));
        let value: Vec<u8> = item(&table).into_iter().chain(items).collect();
        let bytes = image(frames, 8, open(0x7FE0_0010, "OB", &value));
        let header = scan(&bytes, data_set("1.2.840.10008.1.2.4.50"), EVERYTHING, Limits::default()).expect("readable");
        let index = index(&header, &bytes);
        let counts: Vec<usize> = (0..index.len()).filter_map(|n| index.frame(n)).map(|s| s.ranges.len()).collect();
        assert_eq!(&counts, expected, "{frames} {table:?}");
    }
}
