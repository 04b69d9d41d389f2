//! Headers in compact form and thumbnails: made ahead, never of yesterday, made again when they are spoilt or lost.

use crate::{
    files::{self, image, one, study},
    remote::{Region, Site},
    world::{NOW_MS, World, permit, radiologist, site, stored},
};
use archive::{AheadConfig, HeaderText, PictureRequest, Round, Thumbnails};
use blob_store::BlobStore;
use catalog::{ChangeFeed, Postponed, Readiness, Scope};
use futures_util::TryStreamExt;
use imaging_domain::{Change, DataSet, ErrorKind, Event, InstanceUid, SeriesUid, VR, Value, tags};
use rendering::{Format, Settings};
use std::{fs::File, os::unix::fs::FileExt, sync::Arc};

const NOW: AheadConfig = AheadConfig { quiet_s: 0, series_at_once: 2 };
const READY: Round = Round { ready: 1, postponed: 0, more: false };

fn header(number: u32, part: &str) -> DataSet {
    let mut header = DataSet::new();
    header.put_text(tags::SOP_INSTANCE_UID, VR::UI, files::uid(number));
    header.put_text(tags::BODY_PART_EXAMINED, VR::CS, part);
    header.put(tags::PIXEL_DATA, VR::OW, Value::Bulk { offset: 7, length: 9 });
    header
}

fn series() -> Scope {
    Scope { series: Some(SeriesUid::parse(files::SERIES).unwrap()), ..study() }
}

/// A hub that knows instances 1 and 2 of site `a`, which gives their headers.
async fn region() -> (Arc<Region>, World) {
    let region = Region::of(&[("a", Site::Silent)]);
    *region.headers.lock().unwrap() = Some(vec![header(1, "HEAD"), header(2, "HEAD"), header(3, "HEAD")]);
    let world = World::hub(region.clone());
    for number in [1, 2] {
        world.tell(&["a"], &stored(number, 0).await.0).await;
    }
    (region, world)
}

/// The version, and the headers as UID and JSON.
async fn given(world: &World, scope: &Scope) -> Result<(String, Vec<(InstanceUid, String)>), archive::Error> {
    let found = world.archive.header_texts(&radiologist(), scope).await?;
    let texts: Vec<Vec<HeaderText>> = found.texts.try_collect().await?;
    let json = |text: HeaderText| {
        let mut out = vec![];
        text.write("https://hub/", &mut out);
        (text.uid, String::from_utf8(out).unwrap())
    };
    Ok((found.version, texts.into_iter().flatten().map(json).collect()))
}

fn uids(numbers: &[u32]) -> Vec<InstanceUid> {
    numbers.iter().map(|number| InstanceUid::parse(&files::uid(*number)).unwrap()).collect()
}

fn uids_of(given: &(String, Vec<(InstanceUid, String)>)) -> Vec<InstanceUid> {
    given.1.iter().map(|(uid, _)| uid.clone()).collect()
}

fn asked(region: &Region) -> usize {
    region.headers_asked.lock().unwrap().len()
}

#[tokio::test]
async fn a_quiet_series_is_ready_before_anybody_asks() {
    let (region, world) = region().await;
    let later = AheadConfig { quiet_s: 5, ..NOW };
    assert_eq!(
        world.archive.make_ready(&later, Thumbnails::None, &world.written).await.unwrap(),
        Round::default(),
        "it is not quiet yet"
    );
    assert_eq!(world.archive.make_ready(&NOW, Thumbnails::None, &world.written).await.unwrap(), READY);
    assert_eq!(
        world.archive.make_ready(&NOW, Thumbnails::None, &world.written).await.unwrap(),
        Round::default(),
        "it is ready already"
    );
    region.becomes("a", Site::Down);
    for scope in [study(), series()] {
        let given = given(&world, &scope).await.unwrap();
        assert_eq!(uids_of(&given), uids(&[1, 2]));
        let json: serde_json::Value = serde_json::from_str(&given.1[1].1).unwrap();
        assert_eq!(json["00180015"]["Value"][0], "HEAD");
        assert_eq!(json["00080005"]["Value"][0], "ISO_IR 192");
        assert_eq!(json["7FE00010"]["BulkDataURI"], "https://hub/7-9");
        let headers = world.archive.metadata(&radiologist(), &scope).await.unwrap();
        let headers: Vec<_> = headers.try_collect().await.unwrap();
        assert_eq!(headers.iter().map(|header| header.instance.uid.clone()).collect::<Vec<_>>(), uids(&[1, 2]));
        assert_eq!(headers[0].attributes.text(tags::BODY_PART_EXAMINED), Some("HEAD"));
    }
    assert_eq!(uids_of(&given(&world, &one(2)).await.unwrap()), uids(&[2]));
    let headers = world.archive.metadata(&radiologist(), &one(2)).await.unwrap();
    assert_eq!(headers.try_collect::<Vec<_>>().await.unwrap()[0].instance.uid, uids(&[2])[0]);
    assert_eq!((asked(&region), region.files_asked().len()), (1, 0));
    let missing = given(&world, &one(9)).await.unwrap_err();
    assert_eq!(missing.kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn an_instance_more_or_less_is_there_at_once() {
    let (_region, world) = region().await;
    world.archive.make_ready(&NOW, Thumbnails::None, &world.written).await.unwrap();
    let before = given(&world, &series()).await.unwrap();
    world.tell(&["a"], &stored(3, 0).await.0).await;
    let more = given(&world, &series()).await.unwrap();
    assert_eq!(uids_of(&more), uids(&[1, 2, 3]));
    assert_ne!(more.0, before.0);
    for (number, uid) in (1..).zip(uids(&[3, 1])) {
        let change = Change { number, event: Event::Deleted(uid) };
        world.index.real.apply(&permit(), &site("a"), vec![change], NOW_MS).await.unwrap();
        let less = given(&world, &series()).await.unwrap();
        let left = if number == 1 { uids(&[1, 2]) } else { uids(&[2]) };
        assert_eq!((uids_of(&less), less.0 == before.0), (left, number == 1));
    }
    assert_eq!(
        world.archive.make_ready(&NOW, Thumbnails::None, &world.written).await.unwrap(),
        READY,
        "it changed, so it waits again"
    );
}

#[tokio::test]
async fn what_was_given_once_is_kept() {
    let (region, world) = region().await;
    let first = given(&world, &study()).await.unwrap();
    region.becomes("a", Site::Down);
    assert_eq!(given(&world, &study()).await.unwrap(), first);
    assert_eq!(asked(&region), 1);
}

#[tokio::test]
async fn who_leaves_before_the_end_keeps_nothing_and_a_part_is_not_the_whole() {
    let (region, world) = region().await;
    region.headers.lock().unwrap().as_mut().unwrap().remove(1);
    assert_eq!(given(&world, &study()).await.unwrap_err().kind(), ErrorKind::Unavailable);
    drop(world.archive.header_texts(&radiologist(), &study()).await.unwrap());
    assert!(world.compact_forms().is_empty());
    assert_eq!(world.archive.make_ready(&NOW, Thumbnails::None, &world.written).await.unwrap().postponed, 1);
}

#[tokio::test]
async fn a_spoilt_form_is_noticed_and_made_again() {
    let (region, world) = region().await;
    world.archive.make_ready(&NOW, Thumbnails::None, &world.written).await.unwrap();
    let first = given(&world, &series()).await.unwrap();
    let forms = world.compact_forms();
    let form = File::options().write(true).open(&forms[0]).unwrap();
    form.write_all_at(&[0; 16], form.metadata().unwrap().len() / 2).unwrap();
    assert_eq!(given(&world, &series()).await.unwrap(), first);
    assert_eq!(asked(&region), 2);
    region.becomes("a", Site::Down);
    assert_eq!(given(&world, &series()).await.unwrap(), first);
}

#[tokio::test]
async fn a_restart_loses_nothing() {
    let (region, world) = region().await;
    world.archive.make_ready(&NOW, Thumbnails::None, &world.written).await.unwrap();
    let first = given(&world, &series()).await.unwrap();
    region.becomes("a", Site::Down);
    let world = world.started_again(region.clone());
    assert_eq!(given(&world, &series()).await.unwrap(), first);
    world.tell(&["a"], &stored(3, 0).await.0).await;
    region.becomes("a", Site::Silent);
    let world = world.started_again(region.clone());
    assert_eq!(
        world.archive.make_ready(&NOW, Thumbnails::None, &world.written).await.unwrap(),
        READY,
        "what waited before waits still"
    );
}

#[tokio::test]
async fn a_site_that_is_down_is_asked_later() {
    let (region, world) = region().await;
    region.becomes("a", Site::Down);
    let postponed = Round { ready: 0, postponed: 1, more: false };
    assert_eq!(world.archive.make_ready(&NOW, Thumbnails::None, &world.written).await.unwrap(), postponed);
    assert_eq!(
        world.archive.make_ready(&NOW, Thumbnails::None, &world.written).await.unwrap(),
        Round::default(),
        "it is not tried at once"
    );
    region.becomes("a", Site::Silent);
    let waiting = world.index.real.quiet(&permit(), NOW_MS + 60_000, 9).await.unwrap();
    let (study, series) = waiting[0].clone();
    let due = vec![Postponed { study, series, until_ms: NOW_MS }];
    world.index.real.settle(&permit(), vec![], due).await.unwrap();
    assert_eq!(world.archive.make_ready(&NOW, Thumbnails::None, &world.written).await.unwrap(), READY);
    assert!(region.files_asked().is_empty(), "a whole file was fetched for its header");
}

#[tokio::test]
async fn a_hospital_gives_headers_without_opening_files() {
    let world = World::hospital();
    for number in [1, 2, 3] {
        world.take(&image(number, 0)).await.unwrap();
    }
    let before = given(&world, &study()).await.unwrap();
    let world = World::hospital();
    for number in [1, 2, 3] {
        world.take(&image(number, 0)).await.unwrap();
    }
    assert_eq!(world.archive.make_ready(&NOW, Thumbnails::None, &world.written).await.unwrap(), READY);
    let opens = world.blobs.opens.count();
    assert_eq!(given(&world, &study()).await.unwrap(), before);
    assert_eq!(world.blobs.opens.count(), opens);
}

#[tokio::test]
async fn headers_are_those_of_the_copy_that_was_stored_first() {
    let (first, mut second) = (stored(1, 0).await.0, stored(1, 9).await.0);
    second.stored_ms -= 1;
    let region = Region::of(&[("a", Site::Silent), ("b", Site::Silent)]);
    *region.headers.lock().unwrap() = Some(vec![header(1, "HEAD")]);
    let world = World::hub(region.clone());
    world.tell(&["a"], &first).await;
    world.tell(&["b"], &second).await;
    assert_eq!(world.archive.make_ready(&NOW, Thumbnails::None, &world.written).await.unwrap(), READY);
    assert_eq!(*region.headers_asked.lock().unwrap(), ["b"]);
}

#[tokio::test]
async fn the_thumbnail_is_ready_before_anybody_asks() {
    let (instance, file) = stored(1, 0).await;
    let region = Region::of(&[("a", Site::Gives(file))]);
    *region.headers.lock().unwrap() = Some(vec![header(1, "HEAD")]);
    let world = World::hub(region.clone());
    world.tell(&["a"], &instance).await;
    let settings = Settings { fit: Some((8, 8)), format: Format::Jpeg(80), ..Settings::default() };
    assert_eq!(world.archive.make_ready(&NOW, Thumbnails::OfSeries(&settings), &world.written).await.unwrap(), READY);
    world.blobs.remove(&permit(), &instance.digest).await.unwrap();
    region.becomes("a", Site::Down);
    for scope in [study(), series()] {
        let request = PictureRequest { scope, frame: None, settings: settings.clone() };
        assert!(!world.archive.thumbnail(&radiologist(), &request).await.unwrap().bytes.is_empty());
    }
}

#[tokio::test]
async fn a_hospital_has_the_thumbnail_of_every_image_ready() {
    let world = World::hospital();
    let (first, second) = (stored(1, 0).await, stored(2, 0).await);
    for (instance, file) in [&first, &second] {
        world.take(file).await.unwrap();
        assert_eq!(world.copies(&one(1)).await.len(), 1, "{}", instance.uid);
    }
    let settings = Settings { fit: Some((8, 8)), format: Format::Jpeg(80), ..Settings::default() };
    assert_eq!(
        world.archive.make_ready(&NOW, Thumbnails::OfInstances(&settings), &world.written).await.unwrap(),
        READY
    );
    for (number, (instance, _)) in [(1, &first), (2, &second)] {
        world.blobs.remove(&permit(), &instance.digest).await.unwrap();
        let request = PictureRequest { scope: one(number), frame: None, settings: settings.clone() };
        assert!(!world.archive.thumbnail(&radiologist(), &request).await.unwrap().bytes.is_empty());
    }
}
