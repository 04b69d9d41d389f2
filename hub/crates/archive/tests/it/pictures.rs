//! Showing: what is kept, and what is no picture.

use crate::{
    files::{EXPLICIT, described, element, file_in, image, one, pixels, shape, study},
    remote::{Region, Site},
    world::{World, permit, radiologist, stored},
};
use archive::PictureRequest;
use blob_store::BlobStore;
use bytes::Bytes;
use catalog::Scope;
use futures_util::TryStreamExt;
use imaging_domain::{ErrorKind, tags};
use rendering::{Format, Settings};

fn asked(scope: Scope) -> PictureRequest {
    let settings = Settings { fit: Some((8, 8)), format: Format::Png, ..Settings::default() };
    PictureRequest { scope, frame: None, settings }
}

/// Width and height of a PNG (ISO/IEC 15948, 11.2.2).
fn size(png: &Bytes) -> (u32, u32) {
    let side = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap());
    (side(16), side(20))
}

async fn failure(file: &Bytes, request: &PictureRequest) -> ErrorKind {
    let world = World::hospital();
    world.take(file).await.unwrap();
    let rendered = world.archive.rendered(&radiologist(), request).await.unwrap_err().kind();
    let thumbnail = world.archive.thumbnail(&radiologist(), request).await.unwrap_err().kind();
    assert_eq!(rendered, thumbnail);
    rendered
}

#[tokio::test]
async fn a_thumbnail_is_kept_and_nothing_is_fetched_or_decoded_again() {
    let (instance, file) = stored(1, 0).await;
    let region = Region::of(&[("a", Site::Gives(file))]);
    let world = World::hub(region.clone());
    world.tell(&["a"], &instance).await;
    let first = world.archive.thumbnail(&radiologist(), &asked(study())).await.unwrap();
    assert_eq!((first.media_type, size(&first.bytes)), ("image/png", (8, 8)));
    // without bytes here and without a site nothing could be made
    world.blobs.remove(&permit(), &instance.digest).await.unwrap();
    region.becomes("a", Site::Down);
    let second = world.archive.thumbnail(&radiologist(), &asked(study())).await.unwrap();
    assert_eq!(second.bytes, first.bytes);
    assert_eq!(region.files_asked(), ["a"]);
    let other = PictureRequest { frame: Some(1), ..asked(one(1)) };
    let unavailable = world.archive.rendered(&radiologist(), &other).await.unwrap_err();
    assert_eq!(unavailable.kind(), ErrorKind::Unavailable);
}

#[tokio::test]
async fn a_hospital_makes_the_thumbnail_of_what_is_not_here() {
    let (instance, file) = stored(1, 0).await;
    let hospital = World::hospital();
    hospital.take(&image(1, 0)).await.unwrap();
    let there = hospital.archive.thumbnail(&radiologist(), &asked(study())).await.unwrap().bytes;
    let region = Region::of(&[("a", Site::Gives(file))]);
    let world = World::hub(region.clone());
    world.tell(&["a"], &instance).await;
    *region.thumbnail.lock().unwrap() = Some(there.clone());
    for _ in 0..2 {
        let given = world.archive.thumbnail(&radiologist(), &asked(study())).await.unwrap();
        assert_eq!((given.media_type, given.bytes), ("image/png", there.clone()));
        *region.thumbnail.lock().unwrap() = None;
    }
    assert_eq!(region.files_asked(), [""; 0], "a few kilobytes came, and were kept");
    *region.thumbnail.lock().unwrap() = Some(there.clone());
    let frame = PictureRequest { frame: Some(1), ..asked(one(1)) };
    assert_eq!(world.archive.thumbnail(&radiologist(), &frame).await.unwrap().bytes, there, "made here");
    assert_eq!(region.files_asked(), ["a"]);
}

#[tokio::test]
async fn what_a_hospital_gives_in_place_of_a_thumbnail_is_not_passed_on() {
    let (instance, file) = stored(1, 0).await;
    let region = Region::of(&[("a", Site::Gives(file))]);
    let world = World::hub(region.clone());
    world.tell(&["a"], &instance).await;
    *region.thumbnail.lock().unwrap() = Some(Bytes::from_static(b"<!doctype html><script>"));
    let given = world.archive.thumbnail(&radiologist(), &asked(study())).await.unwrap();
    assert_eq!(size(&given.bytes), (8, 8));
    assert_eq!(region.files_asked(), ["a"]);
}

#[tokio::test]
async fn a_viewport_may_be_larger_than_its_image_and_a_thumbnail_not() {
    let world = World::hospital();
    world.take(&image(1, 0)).await.unwrap();
    let mut request = asked(one(1));
    request.settings.fit = Some((64, 64));
    let rendered = world.archive.rendered(&radiologist(), &request).await.unwrap();
    let thumbnail = world.archive.thumbnail(&radiologist(), &request).await.unwrap();
    assert_eq!((size(&rendered.bytes), size(&thumbnail.bytes)), ((64, 64), (16, 16)));
}

#[tokio::test]
async fn pixel_data_without_rows_still_has_metadata() {
    let pixel_data = element(0x7FE0_0010, "OB", &pixels(0));
    let file = file_in(EXPLICIT, 1, &[described(1), pixel_data].concat());
    let world = World::hospital();
    world.take(&file).await.unwrap();
    for scope in [study(), one(1)] {
        let headers = world.archive.metadata(&radiologist(), &scope).await.unwrap();
        let headers: Vec<_> = headers.try_collect().await.unwrap();
        assert_eq!(headers.len(), 1);
        assert_eq!(headers[0].attributes.text(tags::PATIENT_ID), Some("P1"));
    }
    assert_eq!(world.files(&one(1)).await.unwrap().len(), 1);
    let frames = world.archive.frames(&radiologist(), &one(1), &[1], archive::Wanted::stored()).await.err().unwrap();
    assert_eq!(frames.kind(), ErrorKind::NotFound);
    assert!(world.archive.rendered(&radiologist(), &asked(one(1))).await.is_err());
}

#[tokio::test]
async fn what_cannot_be_shown_says_so() {
    let report = file_in(EXPLICIT, 1, &described(1));
    assert_eq!(failure(&report, &asked(one(1))).await, ErrorKind::Unsupported);
    let no_frame = PictureRequest { frame: Some(2), ..asked(one(1)) };
    assert_eq!(failure(&image(1, 0), &no_frame).await, ErrorKind::NotFound);
    assert_eq!(failure(&image(1, 0), &asked(one(2))).await, ErrorKind::NotFound);
    let fragments = |stream: &[u8]| {
        let item = |value: &[u8]| [&[0xFE, 0xFF, 0x00, 0xE0], &(value.len() as u32).to_le_bytes()[..], value].concat();
        let mut pixel_data = vec![0xE0, 0x7F, 0x10, 0x00, b'O', b'B', 0, 0, 0xFF, 0xFF, 0xFF, 0xFF];
        pixel_data.extend([item(&[]), item(stream)].concat());
        pixel_data.extend([0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0]);
        [described(1), shape(), pixel_data].concat()
    };
    let noise = fragments(b"no stream of any codec, of course.");
    let jpeg = file_in("1.2.840.10008.1.2.4.50", 1, &noise);
    assert_eq!(failure(&jpeg, &asked(one(1))).await, ErrorKind::Invalid);
    let mpeg = file_in("1.2.840.10008.1.2.4.100", 1, &noise);
    assert_eq!(failure(&mpeg, &asked(one(1))).await, ErrorKind::Unsupported);
}
