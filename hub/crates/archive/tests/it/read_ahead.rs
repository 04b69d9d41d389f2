//! Instances that are fetched before somebody asks for them.

use crate::{
    files::one,
    remote::{Region, Site},
    world::{World, permit, radiologist, stored},
};
use archive::{PictureRequest, Wanted};
use blob_store::BlobStore;
use bytes::Bytes;
use futures_util::TryStreamExt;
use imaging_domain::Digest;
use rendering::{Format, Settings};
use std::sync::Arc;

/// The first of a series of sixteen, whose numbers sort as their UIDs do.
const FIRST: u32 = 11;
const COUNT: u32 = 16;
/// How many are fetched ahead.
const AHEAD: usize = 8;
/// What begins as a JPEG file does.
const THUMBNAIL: &[u8] = &[0xFF, 0xD8, 0xFF, 0xE0];

/// A hub that knows the series, and the digests of its instances.
async fn hub() -> (World, Arc<Region>, Vec<Digest>) {
    let (mut instances, mut files) = (vec![], std::collections::HashMap::new());
    for number in FIRST..FIRST + COUNT {
        let (instance, file) = stored(number, number as u8).await;
        files.insert(instance.uid.clone(), file);
        instances.push(instance);
    }
    let region = Region::of(&[("a", Site::Holds(files))]);
    let world = World::hub(region.clone());
    for instance in &instances {
        world.tell(&["a"], instance).await;
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

#[tokio::test]
async fn who_looks_at_one_thumbnail_after_the_other_finds_the_next_ones_here() {
    let (world, region, _) = hub().await;
    *region.thumbnail.lock().unwrap() = Some(Bytes::from_static(THUMBNAIL));
    for again in [FIRST, FIRST] {
        look(&world, again).await;
        asked(&region, 1).await;
    }
    look(&world, FIRST + 1).await;
    asked(&region, 2 + AHEAD).await;
    for number in FIRST + 2..FIRST + 5 {
        look(&world, number).await;
        asked(&region, 2 + AHEAD).await;
    }
    look(&world, FIRST + 5).await;
    asked(&region, COUNT as usize).await;
    // the hospital is not needed any more, and nothing is asked for twice
    region.becomes("a", Site::Down);
    for number in (FIRST..FIRST + COUNT).rev() {
        look(&world, number).await;
    }
    asked(&region, COUNT as usize).await;
    assert_eq!(region.files_asked(), [""; 0]);
}
