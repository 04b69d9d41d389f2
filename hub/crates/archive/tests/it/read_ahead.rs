//! Instances that are fetched before somebody asks for them.

use crate::{
    files::one,
    remote::{Region, Site},
    world::{World, permit, radiologist, stored},
};
use archive::{PictureRequest, Several, Wanted};
use blob_store::BlobStore;
use bytes::Bytes;
use catalog::Scope;
use futures_util::TryStreamExt;
use imaging_domain::{Digest, ErrorKind, InstanceUid, Principal};
use rendering::{Format, Settings};
use std::sync::Arc;

/// The first of a series of sixteen, whose numbers sort as their UIDs do.
const FIRST: u32 = 11;
const COUNT: u32 = 16;
/// How many are fetched ahead.
const AHEAD: usize = 8;
/// What begins as a JPEG file does.
const THUMBNAIL: &[u8] = &[0xFF, 0xD8, 0xFF, 0xE0];

async fn hub() -> (World, Arc<Region>, Vec<Digest>) {
    hub_of(COUNT).await
}

/// A hub that knows a series of so many, and the digests of its instances.
async fn hub_of(count: u32) -> (World, Arc<Region>, Vec<Digest>) {
    let (mut instances, mut files) = (vec![], std::collections::HashMap::new());
    for number in FIRST..FIRST + count {
        let (instance, file) = stored(number, number as u8).await;
        files.insert(instance.uid.clone(), file);
        instances.push(instance);
    }
    let region = Region::of(&[("a", Site::Holds(files))]);
    let world = World::hub(region.clone());
    for instance in &instances {
        world.tell(&["a"], instance).await;
        region.digests.lock().unwrap().insert(instance.uid.clone(), instance.digest);
    }
    (world, region, instances.iter().map(|instance| instance.digest).collect())
}

async fn show(world: &World, number: u32) {
    let frames = world.archive.frames(&radiologist(), &one(number), &[1], Wanted::stored()).await.unwrap();
    frames.frames.try_collect::<Vec<_>>().await.unwrap();
}

/// Waits until so many of the first are here, and looks that no more were asked for.
async fn here(world: &World, region: &Region, digests: &[Digest], count: usize) {
    for digest in &digests[..count] {
        while !world.blobs.has(&permit(), digest).await {
            tokio::task::yield_now().await;
        }
    }
    assert_eq!(region.files_asked().len(), count);
}

#[tokio::test]
async fn who_shows_one_instance_after_the_other_finds_the_next_ones_here() {
    let (world, region, digests) = hub().await;
    show(&world, FIRST).await;
    // one alone may be all that somebody wants
    here(&world, &region, &digests, 1).await;
    show(&world, FIRST).await;
    here(&world, &region, &digests, 1).await;
    show(&world, FIRST + 1).await;
    here(&world, &region, &digests, 2 + AHEAD).await;
    // each that is taken is followed by another one
    show(&world, FIRST + 2).await;
    here(&world, &region, &digests, 3 + AHEAD).await;
    // what was shown before is here, and says nothing of what comes next
    show(&world, FIRST).await;
    show(&world, FIRST + 2).await;
    here(&world, &region, &digests, 3 + AHEAD).await;
    for number in FIRST + 3..FIRST + COUNT {
        show(&world, number).await;
    }
    here(&world, &region, &digests, COUNT as usize).await;
}

#[tokio::test]
async fn what_is_fetched_ahead_is_no_event_until_it_is_given() {
    let (world, region, digests) = hub().await;
    show(&world, FIRST).await;
    show(&world, FIRST + 1).await;
    here(&world, &region, &digests, 2 + AHEAD).await;
    assert_eq!(world.given().await, 2);
}

#[tokio::test]
async fn a_hospital_that_gives_nothing_ahead_is_asked_again_by_whoever_wants_it() {
    let (world, region, digests) = hub().await;
    show(&world, FIRST).await;
    let holds = region.sites.lock().unwrap()["a"].clone();
    let Site::Holds(files) = &holds else { panic!("it holds them") };
    let second = files.iter().find(|(uid, _)| uid.as_str() == one(FIRST + 1).instance.unwrap().as_str()).unwrap();
    // everything else is wrong bytes now
    region.becomes("a", Site::Gives(second.1.clone()));
    show(&world, FIRST + 1).await;
    while region.files_asked().len() < 2 + AHEAD {
        tokio::task::yield_now().await;
    }
    region.becomes("a", holds);
    for number in FIRST + 2..FIRST + COUNT {
        // those that were on their way end with an error first
        while world.archive.frames(&radiologist(), &one(number), &[1], Wanted::stored()).await.is_err() {
            tokio::task::yield_now().await;
        }
    }
    for digest in &digests {
        assert!(world.blobs.has(&permit(), digest).await);
    }
}

async fn look(world: &World, number: u32) {
    let settings = Settings { fit: Some((8, 8)), format: Format::Jpeg(80), ..Settings::default() };
    let request = PictureRequest { scope: one(number), frame: None, settings };
    assert_eq!(world.archive.thumbnail(&radiologist(), &request).await.unwrap().bytes, THUMBNAIL);
}

/// Waits until so many thumbnails were asked for, each once, and looks that no more are.
async fn asked(region: &Region, count: usize) {
    let asked = || region.thumbnails_asked.lock().unwrap().clone();
    while asked().len() < count {
        tokio::task::yield_now().await;
    }
    tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    let once: std::collections::BTreeSet<_> = asked().into_iter().collect();
    assert_eq!((asked().len(), once.len()), (count, count));
}

/// How many thumbnails are asked for by one question.
const TOGETHER: u32 = 32;
/// A longer series.
const MANY: u32 = 60;

#[tokio::test]
async fn who_looks_at_one_thumbnail_after_the_other_finds_the_next_ones_here() {
    let (world, region, _) = hub_of(MANY).await;
    *region.thumbnail.lock().unwrap() = Some(Bytes::from_static(THUMBNAIL));
    let questions = || region.questions.load(std::sync::atomic::Ordering::Relaxed);
    for again in [FIRST, FIRST] {
        look(&world, again).await;
        asked(&region, 1).await;
    }
    assert_eq!(questions(), 0, "one alone may be all that somebody wants");
    look(&world, FIRST + 1).await;
    asked(&region, 2 + TOGETHER as usize).await;
    let turn = FIRST + 2 + 8;
    for number in FIRST + 2..turn {
        look(&world, number).await;
    }
    asked(&region, 2 + TOGETHER as usize).await;
    assert_eq!(questions(), 1);
    look(&world, turn).await;
    asked(&region, MANY as usize).await;
    assert_eq!(questions(), 2);
    // the hospital is not needed any more, and nothing is asked for twice
    region.becomes("a", Site::Down);
    for number in (FIRST..FIRST + MANY).rev() {
        look(&world, number).await;
    }
    asked(&region, MANY as usize).await;
    assert_eq!(region.files_asked(), [""; 0]);
}

#[tokio::test]
async fn thumbnails_of_other_files_are_not_kept_and_what_does_not_come_is_asked_for_again() {
    let (world, region, digests) = hub().await;
    *region.thumbnail.lock().unwrap() = Some(Bytes::from_static(THUMBNAIL));
    let third = InstanceUid::parse(one(FIRST + 2).instance.unwrap().as_str()).unwrap();
    region.digests.lock().unwrap().insert(third.clone(), digests[0]);
    let fourth = one(FIRST + 3).instance.unwrap();
    region.digests.lock().unwrap().remove(&fourth);
    look(&world, FIRST).await;
    look(&world, FIRST + 1).await;
    asked(&region, COUNT as usize - 1).await;
    for number in FIRST + 2..FIRST + COUNT {
        look(&world, number).await;
    }
    let asked = region.thumbnails_asked.lock().unwrap().clone();
    let times = |of: &InstanceUid| asked.iter().filter(|uid| *uid == of).count();
    assert_eq!((times(&third), times(&fourth)), (2, 1), "each once by itself");
}

#[tokio::test]
async fn a_hospital_gives_the_thumbnails_of_what_it_holds_in_order() {
    let world = World::hospital();
    for number in FIRST..FIRST + 5 {
        world.take(&crate::files::image(number, number as u8)).await.unwrap();
    }
    let settings = Settings { fit: Some((8, 8)), format: Format::Jpeg(80), ..Settings::default() };
    let Scope { study, series, .. } = one(FIRST);
    let instances = [4, 2, 1].map(|number| one(FIRST + number).instance.unwrap()).into();
    let several = Several { study, series: series.unwrap(), instances };
    let gone = world.copies(&one(FIRST + 2)).await.remove(0).0.remove(0).instance;
    world.blobs.remove(&permit(), &gone.digest).await.unwrap();
    let given = world.archive.thumbnails(&Principal::Hub, several.clone(), settings.clone()).await.unwrap();
    let given: Vec<_> = given.try_collect().await.unwrap();
    let shown: Vec<_> = given.iter().map(|thumbnail| thumbnail.instance.to_string()).collect();
    let wanted = [FIRST + 4, FIRST + 1].map(|number| one(number).instance.unwrap().to_string());
    assert_eq!(shown, wanted, "as they are named, and the file of one is not here");
    assert!(given.iter().all(|thumbnail| thumbnail.bytes.starts_with(&THUMBNAIL[..3])));
    let denied = world.archive.thumbnails(&Principal::Anonymous, several, settings).await.err();
    assert_eq!(denied.map(|error| error.kind()), Some(ErrorKind::Forbidden));
}
