//! What instances of each kind can be shown as.

use crate::{
    files::{
        EXPLICIT, SERIES, element, file_in, file_of, fragment, identified, image, image_set, long, one, placed,
        sequence, shape, uid,
    },
    world::{World, radiologist},
};
use archive::{PictureRequest, Rendition};
use bytes::Bytes;
use catalog::Scope;
use futures_util::TryStreamExt;
use imaging_domain::{ErrorKind, InstanceUid, SeriesUid, tags};
use rendering::{Format, Settings};

const PDF: &str = "1.2.840.10008.5.1.4.1.1.104.1";
const REPORT: &str = "1.2.840.10008.5.1.4.1.1.88.11";
const STATE: &str = "1.2.840.10008.5.1.4.1.1.11.1";
const SEGMENTATION: &str = "1.2.840.10008.5.1.4.1.1.66.4";
const MPEG_4: &str = "1.2.840.10008.1.2.4.102";
const MPEG_2: &str = "1.2.840.10008.1.2.4.100";

async fn holding(files: &[Bytes]) -> World {
    let world = World::hospital();
    for file in files {
        world.take(file).await.unwrap();
    }
    world
}

async fn whole(world: &World, scope: &Scope) -> (&'static str, Vec<u8>) {
    let document = world.archive.document(&radiologist(), scope).await.unwrap();
    let read = (document.body)(0, document.length);
    let pieces: Vec<Bytes> = read.try_collect().await.unwrap();
    (document.media_type, pieces.concat())
}

fn png(scope: Scope, settings: Settings) -> PictureRequest {
    PictureRequest { scope, frame: None, settings: Settings { format: Format::Png, ..settings } }
}

fn pixels(png: &[u8]) -> Vec<u8> {
    image::load_from_memory(png).unwrap().into_bytes()
}

#[tokio::test]
async fn a_document_is_given_without_its_padding() {
    // one that is part of the header, and one that is left in the file
    for length in [9, 400_001] {
        let document: Vec<u8> = b"%PDF-1.7 ".iter().copied().cycle().take(length).collect();
        let padded = [document.clone(), vec![0; length % 2]].concat();
        let said = element(0x0042_0015, "UL", &(length as u32).to_le_bytes());
        let set = [identified(PDF, 1), placed(), long(0x0042_0011, "OB", &padded), said].concat();
        let world = holding(&[file_of(PDF, 1, &set)]).await;
        let rendition = world.archive.rendition(&radiologist(), &one(1)).await.unwrap();
        assert_eq!(rendition, Rendition::Document("application/pdf"));
        assert_eq!(whole(&world, &one(1)).await, ("application/pdf", document));
    }
}

#[tokio::test]
async fn a_moving_picture_is_given_only_as_a_file_that_players_open() {
    let stream = [&[0, 0, 0, 24][..], b"ftypisom and so on"].concat();
    let of =
        |syntax, stream: &[u8]| file_in(syntax, 1, &[crate::files::described(1), shape(), fragment(stream)].concat());
    let world = holding(&[of(MPEG_4, &stream)]).await;
    let rendition = world.archive.rendition(&radiologist(), &one(1)).await.unwrap();
    assert_eq!(rendition, Rendition::Moving("video/mp4", 1));
    assert_eq!(whole(&world, &one(1)).await, ("video/mp4", stream.clone()));
    let program = [&[0, 0, 1, 0xBA][..], b"program stream"].concat();
    let world = holding(&[of(MPEG_2, &program)]).await;
    assert_eq!(whole(&world, &one(1)).await, ("video/mpeg", program.clone()));
    // an elementary stream of H.264 is no file, and is not decoded here
    let world = holding(&[of(MPEG_4, &program)]).await;
    let error = world.archive.rendition(&radiologist(), &one(1)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(error.to_string().contains("moving picture"));
}

#[tokio::test]
async fn a_report_is_told_and_anything_else_says_so() {
    let set = [identified(REPORT, 1), placed(), element(0x0040_A491, "CS", b"COMPLETE")].concat();
    let world = holding(&[file_of(REPORT, 1, &set)]).await;
    assert_eq!(world.archive.rendition(&radiologist(), &one(1)).await.unwrap(), Rendition::Report);
    let report = world.archive.report(&radiologist(), &one(1)).await.unwrap();
    assert_eq!(report.text(tags::COMPLETION_FLAG), Some("COMPLETE"));
    let plan = "1.2.840.10008.5.1.4.1.1.481.5";
    let world = holding(&[file_of(plan, 1, &[identified(plan, 1), placed()].concat())]).await;
    let error = world.archive.rendition(&radiologist(), &one(1)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
}

/// A state about an image that inverts it.
fn state(number: u32, about: u32) -> Bytes {
    let image = sequence(0x0008_1140, &element(0x0008_1155, "UI", uid(about).as_bytes()));
    let series = [image, element(0x0020_000E, "UI", SERIES.as_bytes())].concat();
    let set = [identified(STATE, number), placed(), element(0x2050_0020, "CS", b"INVERSE")];
    let mut set = set.concat();
    // in the order of tags: the reference goes before group 10
    let at = identified(STATE, number).len() - element(0x0010_0020, "LO", b"P1").len();
    set.splice(at..at, sequence(0x0008_1115, &series));
    file_of(STATE, number, &set)
}

fn reference(number: u32) -> Option<(SeriesUid, InstanceUid)> {
    Some((SeriesUid::parse(SERIES).unwrap(), InstanceUid::parse(&uid(number)).unwrap()))
}

#[tokio::test]
async fn a_presentation_state_shows_its_image_and_an_image_may_be_shown_with_one() {
    let world = holding(&[image(1, 0), state(2, 1), state(3, 9), image(4, 0)]).await;
    let shown = |request: PictureRequest| {
        let archive = world.archive.clone();
        async move { archive.rendered(&radiologist(), &request).await.map(|picture| pixels(&picture.bytes)) }
    };
    let rendition = world.archive.rendition(&radiologist(), &one(2)).await.unwrap();
    assert_eq!(rendition, Rendition::PresentationState);
    let with_state = Settings { presentation: reference(2), ..Settings::default() };
    let inverse: Vec<u8> = (0..=255).rev().collect();
    assert_eq!(shown(png(one(2), Settings::default())).await.unwrap(), inverse);
    assert_eq!(shown(png(one(1), with_state.clone())).await.unwrap(), inverse);
    assert_eq!(shown(png(one(1), Settings::default())).await.unwrap(), (0..=255).collect::<Vec<u8>>());
    let thumbnail = world.archive.thumbnail(&radiologist(), &png(one(2), Settings::default())).await.unwrap();
    assert_eq!(pixels(&thumbnail.bytes), inverse);
    // about an image that is not here, and not about this one
    let gone = shown(png(one(3), Settings::default())).await.unwrap_err();
    assert_eq!(gone.kind(), ErrorKind::NotFound);
    assert_eq!(shown(png(one(4), with_state)).await.unwrap_err().kind(), ErrorKind::Invalid);
}

#[tokio::test]
async fn a_segmentation_says_which_image_it_is_about() {
    let source = sequence(0x0008_2112, &element(0x0008_1155, "UI", uid(1).as_bytes()));
    let groups = sequence(0x5200_9230, &sequence(0x0008_9124, &source));
    let bits = [255u8; 32];
    let word = |tag, value: u16| element(tag, "US", &value.to_le_bytes());
    let set = [
        identified(SEGMENTATION, 2),
        placed(),
        word(0x0028_0002, 1),
        element(0x0028_0004, "CS", b"MONOCHROME2"),
        element(0x0028_0008, "IS", b"1"),
        word(0x0028_0010, 16),
        word(0x0028_0011, 16),
        word(0x0028_0100, 1),
        word(0x0028_0101, 1),
        word(0x0028_0102, 0),
        word(0x0028_0103, 0),
        element(0x0062_0001, "CS", b"BINARY"),
        groups,
        long(0x7FE0_0010, "OB", &bits),
    ]
    .concat();
    let world = holding(&[image(1, 0), file_of(SEGMENTATION, 2, &set), image(3, 0)]).await;
    let settings = Settings { segmentation: reference(2), ..Settings::default() };
    let picture = world.archive.rendered(&radiologist(), &png(one(1), settings.clone())).await.unwrap();
    assert_eq!(pixels(&picture.bytes).len(), 256 * 3, "the tint has a colour");
    let other = world.archive.rendered(&radiologist(), &png(one(3), settings)).await.unwrap_err();
    assert_eq!(other.kind(), ErrorKind::Unsupported);
}

#[tokio::test]
async fn frames_become_a_moving_picture() {
    let set = image_set(1, 0);
    let frames = element(0x0028_0008, "IS", b"2");
    let at = set.windows(4).position(|four| four == [0x28, 0x00, 0x10, 0x00]).unwrap();
    let mut set = [&set[..at], &frames, &set[at..]].concat();
    let more: Vec<u8> = vec![200; 256];
    set.extend(&more);
    let length = set.len() - 512 - 4;
    set[length..length + 4].copy_from_slice(&512u32.to_le_bytes());
    let world = holding(&[file_in(EXPLICIT, 1, &set)]).await;
    assert_eq!(world.archive.rendition(&radiologist(), &one(1)).await.unwrap(), Rendition::Image(2));
    let ask = |frames: Vec<u32>| {
        let archive = world.archive.clone();
        async move { archive.animated(&radiologist(), &png(one(1), Settings::default()), &frames).await }
    };
    let all = ask(vec![]).await.unwrap();
    assert!(all.media_type == "image/gif" && all.bytes.starts_with(b"GIF89a"));
    let one_frame = ask(vec![2]).await.unwrap();
    assert!(one_frame.bytes.len() < all.bytes.len());
    assert_eq!(ask(vec![3]).await.unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!(ask(vec![0]).await.unwrap_err().kind(), ErrorKind::NotFound);
}
