//! What is stored, given in another form.

use crate::{
    files::{EXPLICIT, described, element, file_in, image, image_set, one, pixels, shape, study},
    world::{World, radiologist},
};
use archive::{Bulk, BulkData, BulkPlace, Error, Form, Otherwise, PartPlace, Wanted};
use bytes::Bytes;
use futures_util::TryStreamExt;
use imaging_domain::{ErrorKind, Tag, tags};
use part10::{Framing, Header, Keep, Limits, scan};
use std::sync::Arc;

const RLE: &str = "1.2.840.10008.1.2.5";
const JPEG_LS: &str = "1.2.840.10008.1.2.4.80";
const IMPLICIT: &str = "1.2.840.10008.1.2";
const BIG: &str = "1.2.840.10008.1.2.2";

fn wanted(form: Form) -> Wanted {
    Wanted::given(form, Otherwise::Nothing)
}

fn read(file: &[u8]) -> Header {
    let keep = Keep::Everything { max_inline_bytes: 1 << 20 };
    scan(file, Framing::File, keep, Limits::default()).expect("a file")
}

/// Native pixels of a file.
fn pixels_of(file: &[u8]) -> &[u8] {
    let header = read(file);
    assert_eq!((header.transfer_syntax.as_str(), &header.warnings[..]), (EXPLICIT, &[][..]));
    let place = header.pixel_data.expect("pixels");
    assert!(!place.encapsulated);
    let at = (header.data_set_offset + place.offset) as usize;
    &file[at..at + place.length as usize]
}

/// A data set of fragments of pixels that an image of so many frames consists of.
fn fragments(number: u32, frames: usize, fragments: &[Vec<u8>]) -> Vec<u8> {
    let item = |value: &[u8]| [&[0xFE, 0xFF, 0, 0xE0][..], &(value.len() as u32).to_le_bytes(), value].concat();
    let frames = element(0x0028_0008, "IS", frames.to_string().as_bytes());
    let open = [&[0xE0, 0x7F, 0x10, 0][..], b"OB\0\0", &[0xFF; 4]].concat();
    let items: Vec<u8> = fragments.iter().flat_map(|value| item(value)).collect();
    let (first, rest) = (shape()[..30].to_vec(), shape()[30..].to_vec());
    let end = vec![0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0];
    [described(number), first, frames, rest, open, item(&[]), items, end].concat()
}

/// One segment of literal runs (PS3.5 G.3).
fn rle(pixels: &[u8]) -> Vec<u8> {
    let mut out = [1u32, 64].iter().flat_map(|word| word.to_le_bytes()).collect::<Vec<u8>>();
    out.resize(64, 0);
    pixels.chunks(128).for_each(|run| out.extend([&[run.len() as u8 - 1][..], run].concat()));
    out
}

fn rle_file(number: u32, shades: &[u8]) -> Bytes {
    let frames: Vec<Vec<u8>> = shades.iter().map(|shade| rle(&pixels(*shade))).collect();
    file_in(RLE, number, &fragments(number, frames.len(), &frames))
}

async fn frame(world: &World, number: u32, form: Form) -> Result<(String, Bytes), Error> {
    let choose = Arc::new(move |_: &_| Ok(wanted(form)));
    let given = world.archive.frames(&radiologist(), &one(1), &[number], choose).await?;
    let frames: Vec<Bytes> = given.frames.try_collect().await?;
    Ok((given.transfer_syntax, frames.concat().into()))
}

#[tokio::test]
async fn implicit_files_become_explicit_and_stay_as_they_are_for_whoever_wants_that() {
    let world = World::hospital();
    let implicit: Vec<u8> = elements(&image_set(1, 3))
        .iter()
        .flat_map(|(tag, value)| [&tag[..], &(value.len() as u32).to_le_bytes(), value].concat())
        .collect();
    let file = file_in(IMPLICIT, 1, &implicit);
    world.take(&file).await.unwrap();
    assert_eq!(world.files(&one(1)).await.unwrap(), [file]);
    let given = world.files_in(&one(1), wanted(Form::Native)).await.unwrap();
    // pixel data of implicit data sets is OW (PS3.5 A.1)
    let explicit = [described(1), shape(), element(0x7FE0_0010, "OW", &pixels(3))].concat();
    assert!(given == [file_in(EXPLICIT, 1, &explicit)], "what would have been stored in explicit little endian");
    assert_eq!(frame(&world, 1, Form::Native).await.unwrap(), (EXPLICIT.to_owned(), pixels(3).into()));
}

#[tokio::test]
async fn what_no_transfer_syntax_describes_is_given_as_stored() {
    let implicit = |data_set: &[u8]| -> Vec<u8> {
        let each = elements(data_set);
        each.iter().flat_map(|(tag, value)| [&tag[..], &(value.len() as u32).to_le_bytes(), value].concat()).collect()
    };
    for header in [0, 40_000] {
        let comment = element(0x0028_4000, "LT", &vec![b'x'; header]);
        let before = implicit(&[described(1), shape(), comment].concat());
        let item = |value: &[u8]| [&[0xFE, 0xFF, 0, 0xE0][..], &(value.len() as u32).to_le_bytes(), value].concat();
        let pixels = [&[0xE0, 0x7F, 0x10, 0, 0xFF, 0xFF, 0xFF, 0xFF][..], &item(&[]), &item(&rle(&pixels(3)))].concat();
        let file = file_in(IMPLICIT, 1, &[before, pixels, vec![0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0]].concat());
        let world = World::hospital();
        world.take(&file).await.unwrap();
        let as_stored = Wanted::given(Form::Native, Otherwise::Stored);
        let choose = Arc::new(move |_: &_| Ok(as_stored));
        let mut files = world.archive.retrieve(&radiologist(), &one(1), choose).await.unwrap().files;
        let given = files.try_next().await.unwrap().unwrap();
        assert_eq!((given.transfer_syntax.as_str(), given.size_bytes), (IMPLICIT, Some(file.len() as u64)));
        let bytes: Vec<Bytes> = given.body.all().try_collect().await.unwrap();
        assert!(bytes.concat() == file, "other bytes");
        let refused = world.files_in(&one(1), wanted(Form::Native)).await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Unsupported);
    }
}

/// Tag and value of explicit elements.
fn elements(mut data_set: &[u8]) -> Vec<([u8; 4], Vec<u8>)> {
    let mut out = vec![];
    while let [a, b, c, d, vr @ ..] = data_set {
        let long = vr.starts_with(b"OB");
        let (from, length) = match long {
            true => (8, u32::from_le_bytes(vr[4..8].try_into().unwrap()) as usize),
            false => (4, usize::from(u16::from_le_bytes(vr[2..4].try_into().unwrap()))),
        };
        out.push(([*a, *b, *c, *d], vr[from..from + length].to_vec()));
        data_set = &vr[from + length..];
    }
    out
}

/// A big endian element.
fn big(tag: u32, vr: &str, value: &[u8]) -> Vec<u8> {
    let head = [((tag >> 16) as u16).to_be_bytes(), (tag as u16).to_be_bytes()].concat();
    let length = match vr {
        "OW" => [&[0, 0][..], &(value.len() as u32).to_be_bytes()].concat(),
        _ => (value.len() as u16).to_be_bytes().to_vec(),
    };
    [&head[..], vr.as_bytes(), &length, value].concat()
}

/// A big endian image of 2 x 2 words.
fn big_set(value: &[u8]) -> Vec<u8> {
    let text =
        |tag: u32, vr: &str, text: &str| big(tag, vr, format!("{text}{}", ["", "\0"][text.len() % 2]).as_bytes());
    let word = |tag, value: u16| big(tag, "US", &value.to_be_bytes());
    [
        text(0x0008_0016, "UI", crate::files::CLASS),
        text(0x0008_0018, "UI", &crate::files::uid(1)),
        text(0x0020_000D, "UI", crate::files::STUDY),
        text(0x0020_000E, "UI", crate::files::SERIES),
        word(0x0028_0002, 1),
        big(0x0028_0004, "CS", b"MONOCHROME2 "),
        word(0x0028_0010, 2),
        word(0x0028_0011, 2),
        word(0x0028_0100, 16),
        word(0x0028_0101, 16),
        word(0x0028_0102, 15),
        word(0x0028_0103, 0),
        big(0x7FE0_0010, "OW", value),
    ]
    .concat()
}

#[tokio::test]
async fn numbers_of_big_endian_frames_and_values_are_turned() {
    let world = World::hospital();
    let samples: Vec<u16> = (0..4).map(|value| value * 300).collect();
    let value: Vec<u8> = samples.iter().flat_map(|sample| sample.to_be_bytes()).collect();
    let turned: Vec<u8> = samples.iter().flat_map(|sample| sample.to_le_bytes()).collect();
    world.take(&file_in(BIG, 1, &big_set(&value))).await.unwrap();
    assert_eq!(frame(&world, 1, Form::Native).await.unwrap(), (EXPLICIT.to_owned(), turned.clone().into()));
    let given = world.files_in(&one(1), wanted(Form::Native)).await.unwrap();
    assert_eq!(pixels_of(&given[0]), turned);
    for (range, expected) in [(0..8, &turned[..]), (3..6, &turned[3..6])] {
        let place = BulkPlace::Path(vec![], tags::PIXEL_DATA);
        let value = value_of(&world, &place).await.unwrap();
        assert_eq!(value.length, 8);
        let pieces: Vec<Bytes> = value.range(range).try_collect().await.unwrap();
        assert_eq!(pieces.concat(), expected);
    }
    let rows = value_of(&world, &BulkPlace::Path(vec![], tags::ROWS)).await.unwrap();
    assert_eq!(rows.all().try_collect::<Vec<Bytes>>().await.unwrap().concat(), [2, 0]);
    for missing in [BulkPlace::Path(vec![], Tag(9, 9)), BulkPlace::Path(vec![(tags::ROWS, 0)], tags::ROWS)] {
        let missing = value_of(&world, &missing).await.err().unwrap();
        assert_eq!(missing.kind(), ErrorKind::NotFound);
    }
}

async fn value_of(world: &World, place: &BulkPlace) -> Result<Bulk, Error> {
    match world.archive.bulk_data(&radiologist(), &one(1), place, Wanted::stored()).await? {
        BulkData::Value(bulk) => Ok(bulk),
        BulkData::Pixels { .. } => panic!("it is no value"),
    }
}

#[tokio::test]
async fn compressed_pixel_data_is_a_value_without_what_stands_around_its_frames() {
    let world = World::hospital();
    world.take(&rle_file(1, &[7, 9])).await.unwrap();
    let bulk_data = async |place: BulkPlace, form| {
        let choose = Arc::new(move |_: &_| Ok(wanted(form)));
        let given = world.archive.bulk_data(&radiologist(), &one(1), &place, choose).await.unwrap();
        let BulkData::Pixels { parts, .. } = given else { panic!("its items are given") };
        let parts: Vec<_> = parts.try_collect().await.unwrap();
        let mut out = vec![];
        for part in parts {
            let bytes: Vec<Bytes> = part.body.try_collect().await.unwrap();
            out.push((part.place, part.transfer_syntax.unwrap(), bytes.concat()));
        }
        out
    };
    let element = || BulkPlace::Path(vec![], tags::PIXEL_DATA);
    let native = vec![(PartPlace::Pixels, EXPLICIT.to_owned(), [pixels(7), pixels(9)].concat())];
    assert_eq!(bulk_data(element(), Form::Native).await, native);
    let place = read(&rle_file(1, &[7, 9])).pixel_data.unwrap();
    assert_eq!(bulk_data(BulkPlace::Span(place.offset, place.length), Form::Native).await, native);
    let frame = |number, value| (PartPlace::Frame(number), RLE.to_owned(), rle(&pixels(value)));
    assert_eq!(bulk_data(element(), Form::Stored).await, [frame(1, 7), frame(2, 9)]);
}

#[tokio::test]
async fn compressed_frames_are_decoded_and_coded_again() {
    let world = World::hospital();
    world.take(&rle_file(1, &[7, 9, 11])).await.unwrap();
    let all = [pixels(7), pixels(9), pixels(11)].concat();
    assert_eq!(frame(&world, 2, Form::Native).await.unwrap(), (EXPLICIT.to_owned(), pixels(9).into()));
    assert_eq!(frame(&world, 2, Form::Stored).await.unwrap(), (RLE.to_owned(), rle(&pixels(9)).into()));
    let native = world.files_in(&one(1), wanted(Form::Native)).await.unwrap();
    assert_eq!(pixels_of(&native[0]), all);
    // JPEG-LS, taken in elsewhere and decoded there
    let coded = world.files_in(&one(1), wanted(Form::JpegLs)).await.unwrap();
    let header = read(&coded[0]);
    assert_eq!((header.transfer_syntax.as_str(), &header.warnings[..]), (JPEG_LS, &[][..]));
    let elsewhere = World::hospital();
    elsewhere.take(&coded[0]).await.unwrap();
    let native_again = elsewhere.files_in(&one(1), wanted(Form::Native)).await.unwrap();
    assert!(native_again == native);
    let (syntax, stream) = frame(&world, 3, Form::JpegLs).await.unwrap();
    assert_eq!(syntax, JPEG_LS);
    assert_eq!(stream, frame(&elsewhere, 3, Form::Stored).await.unwrap().1, "one coder, one stream (and its padding)");
}

#[tokio::test]
async fn frames_that_are_missing_are_counted_out() {
    let world = World::hospital();
    let one_of_two = fragments(1, 2, &[rle(&pixels(7))]);
    world.take(&file_in(RLE, 1, &one_of_two)).await.unwrap();
    let native = world.files_in(&one(1), wanted(Form::Native)).await.unwrap();
    assert_eq!(pixels_of(&native[0]), pixels(7));
    assert_eq!(read(&native[0]).attributes.int(tags::NUMBER_OF_FRAMES), Some(1));
}

#[tokio::test]
async fn what_cannot_be_decoded_is_refused_or_given_as_it_is() {
    let world = World::hospital();
    let damaged = file_in(RLE, 1, &fragments(1, 1, &[vec![1; 70]]));
    world.take(&damaged).await.unwrap();
    world.take(&image(2, 5)).await.unwrap();
    let refused = world.files_in(&one(1), wanted(Form::Native)).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Unsupported);
    assert_eq!(frame(&world, 1, Form::Native).await.unwrap_err().kind(), ErrorKind::Unsupported);
    let kindly = Wanted::given(Form::Native, Otherwise::Stored);
    assert!(world.files_in(&study(), kindly).await.unwrap() == [damaged, image(2, 5)]);
}

#[tokio::test]
async fn where_one_cannot_be_given_none_is() {
    let world = World::hospital();
    for number in 1..=2 {
        world.take(&image(number, 0)).await.unwrap();
    }
    let choose = Arc::new(|instance: &imaging_domain::Instance| match instance.uid.as_str().ends_with(".2") {
        true => Err(Error::Unsupported("not this one")),
        false => Ok(Wanted::STORED),
    });
    let before = world.events().len();
    let refused = world.archive.retrieve(&radiologist(), &study(), choose).await.err().unwrap();
    assert_eq!((refused.kind(), world.events().len()), (ErrorKind::Unsupported, before));
}

#[tokio::test]
async fn versions_differ_as_answers_do() {
    let world = World::hospital();
    world.take(&rle_file(1, &[7])).await.unwrap();
    let version = async |world: &World, form| {
        let choose = Arc::new(move |_: &_| Ok(wanted(form)));
        world.archive.retrieve(&radiologist(), &study(), choose).await.unwrap().version.to_string()
    };
    let (stored, native) = (version(&world, Form::Stored).await, version(&world, Form::Native).await);
    assert_eq!(stored, version(&world, Form::Stored).await);
    assert_ne!(stored, native);
    world.take(&image(2, 0)).await.unwrap();
    assert_ne!(stored, version(&world, Form::Stored).await);
}

#[tokio::test]
async fn whoever_knows_no_vrs_gets_none() {
    for file in [file_in(EXPLICIT, 1, &image_set(1, 3)), rle_file(1, &[3])] {
        let world = World::hospital();
        world.take(&file).await.unwrap();
        let native = world.files_in(&one(1), wanted(Form::Native)).await.unwrap().remove(0);
        let implicit = world.files_in(&one(1), wanted(Form::Implicit)).await.unwrap().remove(0);
        let header = read(&implicit);
        assert_eq!((header.transfer_syntax.as_str(), &header.warnings[..]), (IMPLICIT, &[][..]));
        let place = header.pixel_data.unwrap();
        let at = (header.data_set_offset + place.offset) as usize;
        assert_eq!(&implicit[at..at + place.length as usize], pixels_of(&native));
        assert_eq!(header.attributes.text(tags::PATIENT_ID), read(&native).attributes.text(tags::PATIENT_ID));
        assert_eq!(header.attributes.len(), read(&native).attributes.len());
    }
}
